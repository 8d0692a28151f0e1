#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "hex.h"
#include "locked.h"
#include "text.h"

#include "file.h"
#include "trustee_backup.h"

#define TITLE "partecipa/trustee-backup/v1"
#define WHAT "Partecipa trustee backup"
#define CEREMONIES_MAX 1000
#define ENDING ".ceremony"

void
trustee_backup_free(struct trustee_backup *b)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		buf_free(&b->files[i]);
	free(b->files);
	free(b->slugs);
	trustee_key_wipe(&b->key);
	memset(b, 0, sizeof(*b));
}

/* Only what opens with the key, and is of the space that it says. */
static enum err
file_add(struct trustee_backup *b, struct slice text, struct why *why)
{
	char(*slugs)[SLUG_MAX + 1];
	struct trustee_state s;
	struct buf *files;
	enum err r;

	if (b->n >= CEREMONIES_MAX)
		return why_say(
		    why, ERR_LIMIT, "more than %d ceremonies", CEREMONIES_MAX);
	if ((r = trustee_state_unlock(text, &b->key, &s, why)) != OK)
		return r;
	files = realloc(b->files, (b->n + 1) * sizeof(*files));
	if (files != NULL)
		b->files = files;
	slugs = realloc(b->slugs, (b->n + 1) * sizeof(*slugs));
	if (slugs != NULL)
		b->slugs = slugs;
	if (files == NULL || slugs == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	memset(&files[b->n], 0, sizeof(*files));
	memcpy(slugs[b->n], s.slug, sizeof(s.slug));
	buf_put(&files[b->n], text.p, text.n);
	r = buf_end(&files[b->n++]);

out:
	trustee_state_free(&s);
	return r;
}

static enum err
folder_add(struct trustee_backup *b, const char *dir, DIR *d, struct why *why)
{
	struct buf path = { 0 }, text = { 0 };
	const struct dirent *e;
	enum err r = OK;
	size_t n;

	while (r == OK && (e = readdir(d)) != NULL) {
		n = strlen(e->d_name);
		if (n <= strlen(ENDING) ||
		    strcmp(e->d_name + n - strlen(ENDING), ENDING) != 0)
			continue;
		text.n = 0;
		if (file_join(&path, dir, e->d_name) == NULL)
			r = ERR_NOMEM;
		else if ((r = file_read(buf_text(&path), TRUSTEE_STATE_MAX,
			      &text, why)) == OK &&
			 (r = file_add(b, buf_slice(&text), why)) != OK)
			why_prefix(why, "%s: ", buf_text(&path));
	}
	buf_free(&path);
	buf_free(&text);
	return r;
}

enum err
trustee_backup_read(const char *dir, const struct trustee_key *k,
    struct trustee_backup *out, struct why *why)
{
	struct trustee_backup b;
	enum err r;
	DIR *d;

	memset(&b, 0, sizeof(b));
	b.key = *k;
	if ((d = opendir(dir)) == NULL) {
		r = why_say(why, ERR_IO, "%s: %s", dir, strerror(errno));
		goto out;
	}
	if ((r = folder_add(&b, dir, d, why)) == OK) {
		*out = b;
		memset(&b, 0, sizeof(b)); /* handed over */
	}

out:
	if (d != NULL)
		(void)closedir(d);
	trustee_backup_free(&b);
	return r;
}

enum err
trustee_backup_put(
    const struct trustee_backup *b, struct slice passphrase, struct buf *out)
{
	struct buf rest = { 0 }, plain = { 0 }, locked = { 0 };
	char hex[2 * HASH_BYTES + 1];
	struct hash h;
	size_t i;
	enum err r;

	for (i = 0; i < b->n; i++) {
		base64_put(&rest, BASE64_STD, buf_slice(&b->files[i]));
		buf_str(&rest, "\n");
	}
	if ((r = buf_end(&rest)) != OK)
		goto out;
	hash_bytes(buf_slice(&rest), &h);
	hex_encode(hash_slice(&h), hex);
	buf_printf(&plain, "%s\n", hex);
	trustee_key_plain_put(&b->key, &plain);
	if ((r = buf_end(&plain)) != OK ||
	    (r = locked_seal(WHAT, passphrase, buf_slice(&plain), &locked)) !=
		OK)
		goto out;
	buf_str(out, TITLE "\n");
	base64_put(out, BASE64_STD, buf_slice(&locked));
	buf_str(out, "\n");
	buf_put(out, rest.p, rest.n);
	r = buf_end(out);

out:
	buf_free(&rest);
	buf_free(&plain);
	buf_free(&locked);
	return r;
}

/* The locked line: the hash of the rest, and the key. */
static enum err
key_take(struct slice line, struct slice passphrase, struct slice rest,
    struct trustee_key *out, struct why *why)
{
	struct buf locked = { 0 }, plain = { 0 };
	uint8_t want[HASH_BYTES] = { 0 };
	struct cursor c;
	struct hash h;
	enum err r;

	if (base64_decode(BASE64_STD, line, &locked) != OK) {
		r = why_say(why, ERR_FORMAT, "this is no trustee's backup");
		goto out;
	}
	if ((r = locked_open(buf_slice(&locked), WHAT, passphrase, &plain)) !=
	    OK) {
		(void)why_say(why, r,
		    r == ERR_SIGNATURE
			? "the backup's passphrase is wrong, or the file was "
			  "altered"
			: "this is no trustee's backup");
		goto out;
	}
	c = cursor_of(buf_slice(&plain));
	hash_bytes(rest, &h);
	if (hex_decode(text_line(&c), want, sizeof(want)) != OK ||
	    memcmp(want, h.b, sizeof(want)) != 0) {
		r = why_say(why, ERR_SIGNATURE, "the backup was altered");
		goto out;
	}
	r = trustee_key_plain_parse(slice_of(c.p, c.n), out, why);

out:
	buf_free(&locked);
	buf_free(&plain);
	return r;
}

enum err
trustee_backup_parse(struct slice s, struct slice passphrase,
    struct trustee_backup *out, struct why *why)
{
	struct cursor c = cursor_of(s);
	struct slice title = text_line(&c), line = text_line(&c);
	struct buf text = { 0 };
	struct trustee_backup b;
	enum err r = OK;

	memset(&b, 0, sizeof(b));
	if (c.bad || !slice_equal(title, slice_str(TITLE)))
		return why_say(why, ERR_FORMAT, "this is no trustee's backup");
	if ((r = key_take(line, passphrase, slice_of(c.p, c.n), &b.key, why)) !=
	    OK)
		goto out;
	while (r == OK && c.n > 0) {
		text.n = 0;
		r = base64_decode(BASE64_STD, text_line(&c), &text);
		if (c.bad || r != OK)
			r = why_say(
			    why, ERR_FORMAT, "this is no trustee's backup");
		else
			r = file_add(&b, buf_slice(&text), why);
	}
	if (r == OK) {
		*out = b;
		memset(&b, 0, sizeof(b)); /* handed over */
	}

out:
	buf_free(&text);
	trustee_backup_free(&b);
	return r;
}

static enum err
absent(const char *dir, const char *name, const char *end, struct why *why)
{
	struct buf path = { 0 };
	enum err r = OK;

	buf_printf(&path, "%s/%s%s", dir, name, end);
	if (buf_text(&path) == NULL)
		r = ERR_NOMEM;
	else if (file_exists(buf_text(&path)))
		r = why_say(why, ERR_CONFLICT,
		    "%s is there already; restore into another folder",
		    buf_text(&path));
	buf_free(&path);
	return r;
}

static enum err
put(const char *dir, const char *name, const char *end, unsigned mode,
    struct slice text, struct why *why)
{
	struct buf path = { 0 };
	enum err r;

	buf_printf(&path, "%s/%s%s", dir, name, end);
	r = buf_text(&path) == NULL
		? ERR_NOMEM
		: file_write(buf_text(&path), mode, text, why);
	buf_free(&path);
	return r;
}

/* The ceremony ${i} of a backup, with the mark that it was in one. */
static enum err
marked(
    const struct trustee_backup *b, size_t i, struct buf *out, struct why *why)
{
	struct trustee_state s;
	enum err r;

	r = trustee_state_unlock(buf_slice(&b->files[i]), &b->key, &s, why);
	if (r != OK)
		return r;
	s.restored = 1;
	out->n = 0;
	r = trustee_state_lock(&s, &b->key, out);
	trustee_state_free(&s);
	return r;
}

enum err
trustee_backup_restore(const struct trustee_backup *b, const char *dir,
    struct slice passphrase, struct why *why)
{
	struct buf key = { 0 }, pub = { 0 }, text = { 0 };
	enum err r;
	size_t i;

	if (!file_is_folder(dir) && (r = file_folder_new(dir, why)) != OK)
		return r;
	r = absent(dir, b->key.name, ".key", why);
	for (i = 0; r == OK && i < b->n; i++)
		r = absent(dir, b->slugs[i], ENDING, why);
	if (r != OK || (r = trustee_key_lock(&b->key, passphrase, &key)) != OK)
		goto out;
	trustee_key_public_put(&b->key, &pub);
	if ((r = buf_end(&pub)) != OK)
		goto out;
	/* The key comes last: a folder with a key is a whole one. */
	for (i = 0; r == OK && i < b->n; i++)
		if ((r = marked(b, i, &text, why)) == OK)
			r = put(dir, b->slugs[i], ENDING, 0600,
			    buf_slice(&text), why);
	if (r == OK)
		r = put(
		    dir, b->key.name, ".trustee", 0644, buf_slice(&pub), why);
	if (r == OK)
		r = put(dir, b->key.name, ".key", 0600, buf_slice(&key), why);

out:
	buf_free(&key);
	buf_free(&pub);
	buf_free(&text);
	return r;
}
