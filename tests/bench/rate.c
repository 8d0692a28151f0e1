#define _GNU_SOURCE

#include <civetweb.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http.h"
#include "static.h"
#include "town.h"

#include "rate.h"

#define CLIENTS 4
#define ROUNDS 24
#define ROUND_NS 100000000L
#define THREADS "8"

/* One connection that asks for one thing over and over. */
struct client {
	unsigned port;
	const char *path;
	atomic_int *stop;
	uint64_t answers;
	pthread_t thread;
};

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "bench: rates: %s\n", what);
	exit(1);
}

/* Of the processor, by client and server together. */
static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
dial(unsigned port)
{
	struct sockaddr_in a;
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	memset(&a, 0, sizeof(a));
	a.sin_family = AF_INET;
	a.sin_port = htons((uint16_t)port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		die("no connection");
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

/* One whole answer of status 200. */
static void
receive(int fd, char *p, size_t size)
{
	size_t n = 0, want = 0;
	const char *end, *length;
	ssize_t got;

	while (want == 0 || n < want) {
		if ((got = recv(fd, p + n, size - 1 - n, 0)) <= 0)
			die("an answer breaks off");
		n += (size_t)got;
		p[n] = '\0';
		if (want > 0 || (end = strstr(p, "\r\n\r\n")) == NULL)
			continue;
		length = strstr(p, "Content-Length: ");
		if (strncmp(p, "HTTP/1.1 200 ", 13) != 0 || length == NULL)
			die(p);
		want = (size_t)(end - p) + 4 +
		       (size_t)strtoul(length + 16, NULL, 10);
		if (want >= size)
			die("an answer is too long");
	}
}

static void *
client_run(void *cookie)
{
	struct client *c = cookie;
	char request[300], *room = malloc(1 << 20);
	int fd = dial(c->port), n;

	n = snprintf(request, sizeof(request),
	    "GET %s HTTP/1.1\r\nHost: voto.example\r\n"
	    "User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: */*\r\n"
	    "Accept-Encoding: gzip, deflate, br\r\n"
	    "Accept-Language: it-IT,it;q=0.9,en;q=0.8\r\n\r\n",
	    c->path);
	if (room == NULL)
		die("no memory");
	while (!atomic_load(c->stop)) {
		if (send(fd, request, (size_t)n, MSG_NOSIGNAL) != n)
			die("a question is not taken");
		receive(fd, room, 1 << 20);
		c->answers++;
	}
	(void)close(fd);
	free(room);
	return NULL;
}

/* One turn: what was answered, and what it took. */
struct tally {
	double answers;
	double seconds;
};

static void
turn(unsigned port, const char *path, struct tally *out)
{
	const struct timespec pause = { .tv_nsec = ROUND_NS };
	struct client clients[CLIENTS];
	double from = seconds();
	atomic_int stop = 0;
	size_t i;

	memset(clients, 0, sizeof(clients));
	for (i = 0; i < CLIENTS; i++) {
		clients[i].port = port;
		clients[i].path = path;
		clients[i].stop = &stop;
		if (pthread_create(
			&clients[i].thread, NULL, client_run, &clients[i]) != 0)
			die("no thread");
	}
	(void)nanosleep(&pause, NULL);
	atomic_store(&stop, 1);
	for (i = 0; i < CLIENTS; i++) {
		pthread_join(clients[i].thread, NULL);
		out->answers += (double)clients[i].answers;
	}
	out->seconds += seconds() - from;
}

/* The floor: head and body are ready, and go out in one write. */
struct bare {
	struct mg_context *mg;
	unsigned port;
	struct buf answer;
};

static int
bare_answer(struct mg_connection *conn, void *cookie)
{
	const struct bare *b = cookie;

	(void)mg_write(conn, b->answer.p, b->answer.n);
	return 200;
}

static void
bare_start(struct bare *b, struct slice body, const char *type)
{
	const char *options[] = { "listening_ports", "127.0.0.1:0",
		"num_threads", THREADS, "enable_keep_alive", "yes",
		"tcp_nodelay", "1", "keep_alive_timeout_ms", "5000", NULL };
	struct mg_server_port port;

	memset(b, 0, sizeof(*b));
	buf_printf(&b->answer,
	    "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
	    "\r\n",
	    type, body.n);
	buf_put(&b->answer, body.p, body.n);
	if (buf_end(&b->answer) != OK ||
	    (b->mg = mg_start(NULL, NULL, options)) == NULL ||
	    mg_get_server_ports(b->mg, 1, &port) != 1)
		die("the bare server does not start");
	b->port = (unsigned)port.port;
	mg_set_request_handler(b->mg, "/", bare_answer, b);
}

static void
bare_stop(struct bare *b)
{
	mg_stop(b->mg);
	buf_free(&b->answer);
}

static void
compare(unsigned port, const char *path, struct slice body, const char *type,
    struct rate *out)
{
	struct tally own = { 0, 0 }, floor = { 0, 0 };
	struct bare bare;
	size_t i;

	bare_start(&bare, body, type);
	for (i = 0; i < ROUNDS; i++) {
		turn(port, path, &own);
		turn(bare.port, "/", &floor);
	}
	out->own = own.answers / own.seconds;
	out->bare = floor.answers / floor.seconds;
	bare_stop(&bare);
}

void
rate_measure(struct rate out[static RATE_MAX])
{
	const struct static_file *f = static_logical("style.css");
	struct http_options o = { .listen = "127.0.0.1", .threads = 8 };
	struct town *t = calloc(1, sizeof(*t));
	struct buf header = { 0 }, form = { 0 };
	struct why why = { "" };
	struct http *h = NULL;
	struct space *sp;

	if (t == NULL || f == NULL)
		die("no memory");
	town_new(t);
	sp = town_space(t, "bilancio", NULL);
	if (store_object_get(
		service_store(t->service), &sp->header->id, &header) != OK ||
	    store_object_get(service_store(t->service), &sp->form->id, &form) !=
		OK ||
	    http_start(t->service, &o, &h, &why) != OK)
		die("the town is not there");
	compare(http_port(h), f->path, f->parts[STATIC_BR].bytes, f->type,
	    &out[RATE_STATIC]);
	compare(http_port(h), "/api/v1/spaces/bilancio/header",
	    buf_slice(&header), "application/json", &out[RATE_HEADER]);
	compare(http_port(h), "/api/v1/spaces/bilancio/form", buf_slice(&form),
	    "application/json", &out[RATE_FORM]);
	buf_free(&header);
	buf_free(&form);
	http_stop(h);
	town_free(t);
	free(t);
}
