#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "wire.h"

static void
stop(const char *what)
{
	perror(what);
	abort();
}

/* A macro, so that the analyser sees what holds afterwards. */
#define need(good) ((good) ? (void)0 : stop(#good))

void
wire_talk(
    uint32_t from, unsigned port, struct slice request, struct buf *answer)
{
	const struct timeval tv = { 60, 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	uint8_t piece[16384];
	struct sockaddr_in a;
	ssize_t got;

	need(fd >= 0);
	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	if (from != 0) {
		a.sin_addr.s_addr = from;
		need(bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	}
	a.sin_port = htons((uint16_t)port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	need(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)) == 0);
	need(connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	need(
	    send(fd, request.p, request.n, MSG_NOSIGNAL) == (ssize_t)request.n);
	while ((got = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_put(answer, piece, (size_t)got);
	need(got == 0);
	(void)close(fd);
	need(buf_end(answer) == OK);
}

int
wire_status(struct slice answer)
{
	char text[4] = "";

	if (answer.n < 12 || memcmp(answer.p, "HTTP/1.1 ", 9) != 0)
		return 0;
	memcpy(text, answer.p + 9, 3);
	return (int)strtol(text, NULL, 10);
}

struct slice
wire_body(struct slice answer)
{
	size_t i;

	for (i = 0; i + 4 <= answer.n; i++)
		if (memcmp(answer.p + i, "\r\n\r\n", 4) == 0)
			return slice_of(answer.p + i + 4, answer.n - i - 4);
	return slice_of(NULL, 0);
}
