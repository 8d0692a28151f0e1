#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "wipe.h"

#include "file.h"
#include "trustee_destroy.h"

enum err
trustee_destroy_may(struct trustee *t, const char *where, struct why *why)
{
	struct trustee_state *s = &t->state;
	struct slice entry = { NULL, 0 };
	struct entry e;
	uint64_t i;
	enum err r;

	if ((r = trust_open(where,
		 s->log_key.n > 0 ? buf_text(&s->log_key) : NULL,
		 buf_slice(&s->checkpoint), &t->log, why)) != OK)
		return r;
	for (i = trust_checkpoint(t->log)->size; i > 0; i--) {
		if ((r = trust_entry(t->log, i - 1, &entry, why)) != OK)
			return r;
		if (entry_parse(entry, &e) == OK &&
		    (e.kind == ENTRY_RESULT || e.kind == ENTRY_CANCEL) &&
		    hash_equal(&e.space_id, &s->space_id))
			return OK;
	}
	return why_say(why, ERR_FORBIDDEN,
	    "\"%s\" has neither a result nor been cancelled: without your "
	    "share it may be impossible to count it. Wait, or say --force",
	    s->slug);
}

/* Write over all bytes of the file ${fd}. */
static enum err
overwrite(int fd)
{
	uint8_t noise[4096];
	off_t left;
	size_t n;

	left = lseek(fd, 0, SEEK_END);
	if (left == -1 || lseek(fd, 0, SEEK_SET) == -1)
		return ERR_IO;
	for (; left > 0; left -= (off_t)n) {
		n = left < (off_t)sizeof(noise) ? (size_t)left : sizeof(noise);
		random_bytes(noise, n);
		if (write(fd, noise, n) != (ssize_t)n)
			return ERR_IO;
	}
	return fsync(fd) == -1 ? ERR_IO : OK;
}

enum err
trustee_destroy_rests(const struct trustee *t, struct why *why)
{
	struct buf path = { 0 }, name = { 0 };
	const struct dirent *e;
	enum err r = OK;
	DIR *d;
	int fd;

	buf_printf(&name, "%s.ceremony.", t->state.slug);
	if (buf_text(&name) == NULL || (d = opendir(t->dir)) == NULL) {
		buf_free(&name);
		return why_say(why, ERR_IO, "%s: %s", t->dir, strerror(errno));
	}
	while (r == OK && (e = readdir(d)) != NULL) {
		if (strncmp(e->d_name, buf_text(&name), name.n) != 0 ||
		    strlen(e->d_name) != name.n + 6)
			continue;
		if (file_join(&path, t->dir, e->d_name) == NULL) {
			r = ERR_NOMEM;
			break;
		}
		fd = open(buf_text(&path), O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
		if (fd == -1 || overwrite(fd) != OK ||
		    unlink(buf_text(&path)) == -1)
			r = why_say(why, ERR_IO, "%s: %s", buf_text(&path),
			    strerror(errno));
		if (fd != -1)
			(void)close(fd);
	}
	(void)closedir(d);
	buf_free(&path);
	buf_free(&name);
	return r;
}

enum err
trustee_destroy(struct trustee *t, struct why *why)
{
	struct buf path = { 0 };
	enum err r;
	int fd = -1;

	buf_printf(&path, "%s/%s.ceremony", t->dir, t->state.slug);
	if (buf_text(&path) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((fd = open(buf_text(&path), O_WRONLY | O_CLOEXEC)) == -1) {
		r = why_say(
		    why, ERR_IO, "%s: %s", buf_text(&path), strerror(errno));
		goto out;
	}
	trustee_state_forget(&t->state);
	t->state.destroyed = 1;
	if ((r = trustee_state_save(t->dir, &t->state, &t->key, why)) == OK &&
	    (r = overwrite(fd)) != OK)
		(void)why_say(
		    why, r, "%s: %s", buf_text(&path), strerror(errno));
	if (r == OK)
		r = trustee_destroy_rests(t, why);

out:
	if (fd != -1)
		(void)close(fd);
	buf_free(&path);
	return r;
}
