#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "hex.h"
#include "locked.h"
#include "text.h"
#include "wipe.h"

#include "file.h"
#include "trustee_key.h"

#define WHAT "Partecipa trustee key"
#define PUBLIC_WORD "partecipa-trustee "
#define PUBLIC_MAX 200

enum err
trustee_key_new(const char *name, struct trustee_key *out)
{
	if (staff_name_check(name) != OK)
		return ERR_FORMAT;
	memset(out, 0, sizeof(*out));
	memcpy(out->name, name, strlen(name) + 1);
	sign_key_random(&out->key);
	random_bytes(out->store, sizeof(out->store));
	return OK;
}

void
trustee_key_wipe(struct trustee_key *k)
{
	wipe(k, sizeof(*k));
}

void
trustee_key_plain_put(const struct trustee_key *k, struct buf *b)
{
	uint8_t seed[SEED_BYTES];
	char hex[2 * SEED_BYTES + 1];

	sign_key_seed(&k->key, seed);
	hex_encode(slice_of(seed, sizeof(seed)), hex);
	buf_str(b, "name: ");
	buf_str(b, k->name);
	buf_str(b, "\nseed: ");
	buf_put(b, hex, sizeof(hex) - 1);
	hex_encode(slice_of(k->store, sizeof(k->store)), hex);
	buf_str(b, "\nstore: ");
	buf_put(b, hex, sizeof(hex) - 1);
	buf_str(b, "\n");
	wipe(seed, sizeof(seed));
	wipe(hex, sizeof(hex));
}

static enum err
name_take(struct slice s, char out[static STAFF_NAME_MAX + 1])
{
	char name[STAFF_NAME_MAX + 1];

	memset(name, 0, sizeof(name));
	if (s.n == 0 || s.n > STAFF_NAME_MAX)
		return ERR_FORMAT;
	memcpy(name, s.p, s.n);
	if (strlen(name) != s.n || staff_name_check(name) != OK)
		return ERR_FORMAT;
	memcpy(out, name, sizeof(name));
	return OK;
}

enum err
trustee_key_plain_parse(
    struct slice s, struct trustee_key *out, struct why *why)
{
	struct slice name = slice_str(""), seed = name, store = name;
	struct cursor c = cursor_of(s);
	uint8_t bytes[SEED_BYTES];
	struct trustee_key k;
	enum err r = ERR_FORMAT;

	memset(&k, 0, sizeof(k));
	if (text_after(text_line(&c), "name: ", &name) != OK ||
	    text_after(text_line(&c), "seed: ", &seed) != OK ||
	    text_after(text_line(&c), "store: ", &store) != OK ||
	    cursor_end(&c) != OK || name_take(name, k.name) != OK ||
	    hex_decode(seed, bytes, sizeof(bytes)) != OK ||
	    hex_decode(store, k.store, sizeof(k.store)) != OK) {
		(void)why_say(
		    why, r, "what is locked in it is no trustee's key");
		goto out;
	}
	sign_key_from_seed(bytes, &k.key);
	*out = k;
	r = OK;

out:
	wipe(bytes, sizeof(bytes));
	wipe(&k, sizeof(k));
	return r;
}

enum err
trustee_key_lock(
    const struct trustee_key *k, struct slice passphrase, struct buf *out)
{
	struct buf plain = { 0 };
	enum err r;

	trustee_key_plain_put(k, &plain);
	if ((r = buf_end(&plain)) == OK)
		r = locked_seal(WHAT, passphrase, buf_slice(&plain), out);
	buf_free(&plain);
	return r;
}

enum err
trustee_key_unlock(struct slice text, struct slice passphrase,
    struct trustee_key *out, struct why *why)
{
	struct buf plain = { 0 };
	enum err r;

	r = locked_open(text, WHAT, passphrase, &plain);
	if (r == ERR_SIGNATURE)
		(void)why_say(
		    why, r, "the passphrase is wrong, or the file was altered");
	else if (r != OK)
		(void)why_say(why, r, "this is no trustee's key file");
	else
		r = trustee_key_plain_parse(buf_slice(&plain), out, why);
	buf_free(&plain);
	return r;
}

void
trustee_key_public_put(const struct trustee_key *k, struct buf *b)
{
	char hex[65];

	hex_encode(public_key_slice(&k->key.pk), hex);
	buf_printf(b, PUBLIC_WORD "%s %s\n", k->name, hex);
}

enum err
trustee_key_public_parse(
    struct slice s, struct trustee_public *out, struct why *why)
{
	struct cursor c = cursor_of(s);
	struct slice line = text_line(&c), rest = slice_str(""), name;
	struct trustee_public p;

	memset(&p, 0, sizeof(p));
	if (cursor_end(&c) != OK || text_after(line, PUBLIC_WORD, &rest) != OK)
		return why_say(why, ERR_FORMAT,
		    "a .trustee file is one line: partecipa-trustee NAME KEY");
	for (name = rest; rest.n > 0 && *rest.p != ' '; rest.p++, rest.n--)
		;
	name.n -= rest.n;
	if (rest.n == 0 || name_take(name, p.name) != OK ||
	    hex_decode(slice_of(rest.p + 1, rest.n - 1), p.pk.b,
		sizeof(p.pk.b)) != OK ||
	    sign_point_check(&p.pk) != OK)
		return why_say(why, ERR_FORMAT,
		    "a .trustee file is one line: partecipa-trustee NAME KEY, "
		    "the key of 64 lower-case hex digits");
	*out = p;
	return OK;
}

/* The next name in the folder that ends with ${end}; NULL: no more. */
static const char *
next_named(DIR *d, const char *end)
{
	const struct dirent *e;
	size_t n, m = strlen(end);

	while ((e = readdir(d)) != NULL) {
		n = strlen(e->d_name);
		if (n > m && strcmp(e->d_name + n - m, end) == 0)
			return e->d_name;
	}
	return NULL;
}

enum err
trustee_key_path(
    const char *dir, const char *name, struct buf *out, struct why *why)
{
	char found[STAFF_NAME_MAX + 5] = "";
	const char *entry;
	enum err r = OK;
	DIR *d;

	if (name != NULL) {
		if (staff_name_check(name) != OK)
			return why_say(why, ERR_FORMAT,
			    "\"%.80s\" is no name of a trustee", name);
		buf_printf(out, "%s/%s.key", dir, name);
		return buf_text(out) == NULL ? ERR_NOMEM : OK;
	}
	if ((d = opendir(dir)) == NULL)
		return why_say(why, ERR_NOT_FOUND,
		    "%s: %s; partecipa trustee "
		    "init makes the folder",
		    dir, strerror(errno));
	while (r == OK && (entry = next_named(d, ".key")) != NULL) {
		if (strlen(entry) >= sizeof(found))
			continue;
		if (found[0] != '\0')
			r = why_say(why, ERR_CONFLICT,
			    "%s has several key files; say which with --name",
			    dir);
		memcpy(found, entry, strlen(entry) + 1);
	}
	(void)closedir(d);
	if (r != OK)
		return r;
	if (found[0] == '\0')
		return why_say(why, ERR_NOT_FOUND,
		    "%s has no NAME.key; partecipa trustee init makes one",
		    dir);
	buf_printf(out, "%s/%s", dir, found);
	return buf_text(out) == NULL ? ERR_NOMEM : OK;
}

enum err
trustee_key_name_of(const char *dir, const struct public_key *pk,
    char out[static STAFF_NAME_MAX + 1])
{
	struct buf path = { 0 }, text = { 0 };
	struct trustee_public p;
	enum err r = ERR_NOT_FOUND;
	const char *entry;
	DIR *d;

	if ((d = opendir(dir)) == NULL)
		return r;
	while (r != OK && (entry = next_named(d, ".trustee")) != NULL) {
		text.n = 0;
		if (file_join(&path, dir, entry) == NULL ||
		    file_read(buf_text(&path), PUBLIC_MAX, &text, NULL) != OK ||
		    trustee_key_public_parse(buf_slice(&text), &p, NULL) !=
			OK ||
		    public_key_cmp(&p.pk, pk) != 0)
			continue;
		memcpy(out, p.name, sizeof(p.name));
		r = OK;
	}
	(void)closedir(d);
	buf_free(&path);
	buf_free(&text);
	return r;
}
