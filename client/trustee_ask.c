#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "locked.h"
#include "wipe.h"

#include "file.h"
#include "trustee_ask.h"

#define INTERRUPT 3 /* what Ctrl-C types */

static enum err
tty_open(int *fd, struct why *why)
{
	if ((*fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) == -1)
		return why_say(why, ERR_IO,
		    "there is no terminal to ask at (%s); give "
		    "--passphrase-file, and --yes where a question waits",
		    strerror(errno));
	return OK;
}

static void
tty_say(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) == -1)
		return; /* whoever cannot read the question sees nothing */
}

/* One line, without its newline. */
static enum err
tty_line(int fd, struct buf *out)
{
	char c = 0;
	ssize_t n;

	for (;;) {
		n = read(fd, &c, 1);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0 || c == '\n' || c == INTERRUPT)
			break;
		if (out->n <= LOCKED_PASSPHRASE_MAX)
			buf_put(out, &c, 1);
	}
	if (n <= 0 || c == INTERRUPT)
		return ERR_IO;
	return buf_end(out);
}

static enum err
tty_secret(int fd, const char *question, struct buf *out, struct why *why)
{
	struct termios old, quiet;
	enum err r;

	if (tcgetattr(fd, &old) == -1)
		return why_say(
		    why, ERR_IO, "the terminal: %s", strerror(errno));
	quiet = old;
	/* An interrupt is read, so that the terminal is not left mute. */
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	if (tcsetattr(fd, TCSAFLUSH, &quiet) == -1)
		return why_say(
		    why, ERR_IO, "the terminal: %s", strerror(errno));
	tty_say(fd, question);
	r = tty_line(fd, out);
	(void)tcsetattr(fd, TCSAFLUSH, &old);
	tty_say(fd, "\n");
	return r == ERR_IO ? why_say(why, r, "nothing was typed") : r;
}

static enum err
ask_typed(const char *what, int twice, struct buf *out, struct why *why)
{
	struct buf again = { 0 }, question = { 0 };
	enum err r;
	int fd = -1;

	buf_printf(&question, "Passphrase for %s: ", what);
	if (buf_text(&question) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = tty_open(&fd, why)) != OK ||
	    (r = tty_secret(fd, buf_text(&question), out, why)) != OK || !twice)
		goto out;
	if ((r = tty_secret(fd, "The same once more: ", &again, why)) != OK)
		goto out;
	if (again.n != out->n || !equal_ct(again.p, out->p, out->n))
		r = why_say(why, ERR_CONFLICT,
		    "the two passphrases are not the same; nothing was done");

out:
	if (fd != -1)
		(void)close(fd);
	buf_free(&again);
	buf_free(&question);
	return r;
}

enum err
trustee_ask_passphrase(const char *file, const char *what, int twice,
    struct buf *out, struct why *why)
{
	const uint8_t *end;
	enum err r;

	if (file == NULL)
		r = ask_typed(what, twice, out, why);
	else
		r = file_read(file, LOCKED_PASSPHRASE_MAX + 2, out, why);
	if (r != OK)
		return r;
	if (file != NULL && out->n > 0 &&
	    (end = memchr(out->p, '\n', out->n)) != NULL)
		out->n = (size_t)(end - out->p);
	if (out->n > 0 && out->p[out->n - 1] == '\r')
		out->n--;
	if (out->n < LOCKED_PASSPHRASE_MIN)
		return why_say(why, ERR_LIMIT,
		    "the passphrase is too short: at least %d characters, for "
		    "example four words",
		    LOCKED_PASSPHRASE_MIN);
	if (out->n > LOCKED_PASSPHRASE_MAX)
		return why_say(why, ERR_LIMIT,
		    "the passphrase is longer than %d characters",
		    LOCKED_PASSPHRASE_MAX);
	return OK;
}

enum err
trustee_ask_yes(const char *question, struct why *why)
{
	static const char *const words[] = { "yes", "sì", "si", "sÌ", "SI" };
	struct buf line = { 0 };
	enum err r;
	size_t i;
	int fd = -1;

	if ((r = tty_open(&fd, why)) != OK)
		goto out;
	tty_say(fd, question);
	tty_say(fd, " (yes/no) ");
	if ((r = tty_line(fd, &line)) != OK)
		goto out;
	r = ERR_FORBIDDEN;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (slice_equal(buf_slice(&line), slice_str(words[i])))
			r = OK;
	if (r != OK)
		(void)why_say(
		    why, r, "the answer was not yes; nothing was done");

out:
	if (fd != -1)
		(void)close(fd);
	buf_free(&line);
	return r;
}
