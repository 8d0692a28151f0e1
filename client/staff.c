#include <inttypes.h>
#include <string.h>

#include "base64.h"
#include "hash.h"
#include "hex.h"
#include "json.h"
#include "text.h"
#include "wipe.h"

#include "file.h"
#include "staff.h"

#define STAFF_TITLE \
	"partecipa staff key 1: secret, whoever has this file can sign"

enum err
staff_name_check(const char *s)
{
	size_t n = strlen(s), i;
	int alnum;
	char c;

	if (n == 0 || n > STAFF_NAME_MAX)
		return ERR_FORMAT;
	for (i = 0; i < n; i++) {
		c = s[i];
		alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9');
		if (!alnum && (i == 0 || (c != '.' && c != '_' && c != '-')))
			return ERR_FORMAT;
	}
	return OK;
}

enum err
staff_key_new(const char *name, enum role role, struct staff_key *out)
{
	if (staff_name_check(name) != OK)
		return ERR_FORMAT;
	memset(out, 0, sizeof(*out));
	memcpy(out->name, name, strlen(name) + 1);
	out->role = role;
	sign_key_random(&out->key);
	return OK;
}

void
staff_key_wipe(struct staff_key *k)
{
	wipe(k, sizeof(*k));
}

void
staff_key_put(const struct staff_key *k, struct buf *b)
{
	uint8_t seed[SEED_BYTES];
	char hex[2 * SEED_BYTES + 1];

	sign_key_seed(&k->key, seed);
	hex_encode(slice_of(seed, sizeof(seed)), hex);
	buf_printf(b, STAFF_TITLE "\nname: %s\nrole: %s\nseed: ", k->name,
	    role_name(k->role));
	buf_put(b, hex, sizeof(hex) - 1);
	buf_printf(b, "\nentry: %" PRIu64 "\nrequest: %" PRIu64 "\n", k->entry,
	    k->request);
	wipe(seed, sizeof(seed));
	wipe(hex, sizeof(hex));
}

/* The value of the next line, which must be "name: value". */
static enum err
member(struct cursor *c, const char *name, struct slice *out, struct why *why)
{
	struct slice line = text_line(c), rest;

	if (c->bad || text_after(line, name, &rest) != OK ||
	    text_after(rest, ": ", out) != OK)
		return why_say(why, ERR_FORMAT,
		    "a staff key file has a line \"%s: ...\" here", name);
	return OK;
}

static enum err
name_take(struct slice s, char out[static STAFF_NAME_MAX + 1], struct why *why)
{
	char name[STAFF_NAME_MAX + 1];

	memset(name, 0, sizeof(name));
	if (s.n > 0 && s.n <= STAFF_NAME_MAX)
		memcpy(name, s.p, s.n);
	if (s.n > STAFF_NAME_MAX || strlen(name) != s.n ||
	    staff_name_check(name) != OK)
		return why_say(why, ERR_FORMAT,
		    "the name must be 1 to %d letters, digits, '.', '_', '-'",
		    STAFF_NAME_MAX);
	memcpy(out, name, sizeof(name));
	return OK;
}

enum err
staff_key_parse(struct slice s, struct staff_key *out, struct why *why)
{
	struct cursor c = cursor_of(s);
	uint8_t seed[SEED_BYTES];
	struct staff_key k;
	struct slice v = slice_str("");
	enum err r;

	memset(&k, 0, sizeof(k));
	if (!slice_equal(text_line(&c), slice_str(STAFF_TITLE))) {
		r = why_say(why, ERR_FORMAT,
		    "this is no staff key file: its first line is not \"%s\"",
		    STAFF_TITLE);
		goto out;
	}
	if ((r = member(&c, "name", &v, why)) != OK ||
	    (r = name_take(v, k.name, why)) != OK ||
	    (r = member(&c, "role", &v, why)) != OK)
		goto out;
	if (role_parse(v, &k.role) != OK) {
		r = why_say(why, ERR_FORMAT, "there is no such role");
		goto out;
	}
	if ((r = member(&c, "seed", &v, why)) != OK)
		goto out;
	if (hex_decode(v, seed, sizeof(seed)) != OK) {
		r = why_say(why, ERR_FORMAT,
		    "the seed must be 64 lower-case hex digits");
		goto out;
	}
	if ((r = member(&c, "entry", &v, why)) != OK)
		goto out;
	if (text_u64(v, &k.entry) != OK) {
		r = why_say(why, ERR_FORMAT, "\"entry\" must be a number");
		goto out;
	}
	if ((r = member(&c, "request", &v, why)) != OK)
		goto out;
	if (text_u64(v, &k.request) != OK || cursor_end(&c) != OK) {
		r = why_say(why, ERR_FORMAT,
		    "\"request\" must be a number and the last line");
		goto out;
	}
	sign_key_from_seed(seed, &k.key);
	*out = k;

out:
	wipe(seed, sizeof(seed));
	wipe(&k, sizeof(k));
	return r;
}

enum err
staff_key_load(const char *path, struct staff_key *out, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = file_read(path, STAFF_FILE_MAX, &b, why)) != OK)
		goto out;
	if ((r = staff_key_parse(buf_slice(&b), out, why)) != OK) {
		why_prefix(why, "%s: ", path);
		goto out;
	}
	out->path = path;

out:
	buf_free(&b);
	return r;
}

enum err
staff_key_save(const struct staff_key *k, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if (k->path == NULL)
		return OK;
	staff_key_put(k, &b);
	if ((r = buf_end(&b)) == OK)
		r = file_write(k->path, 0600, buf_slice(&b), why);
	buf_free(&b);
	return r;
}

enum err
staff_next_entry(struct staff_key *k, uint64_t *out, struct why *why)
{
	enum err r;

	k->entry++;
	if ((r = staff_key_save(k, why)) == OK)
		*out = k->entry;
	return r;
}

enum err
staff_next_request(struct staff_key *k, uint64_t *out, struct why *why)
{
	enum err r;

	k->request++;
	if ((r = staff_key_save(k, why)) == OK)
		*out = k->request;
	return r;
}

/* The part of ${s} up to the first blank; ${s} becomes what follows it. */
static struct slice
word(struct slice *s)
{
	struct slice w = *s;
	size_t i;

	for (i = 0; i < s->n && s->p[i] != ' '; i++)
		;
	w.n = i;
	i += i < s->n;
	s->p += i;
	s->n -= i;
	return w;
}

enum err
staff_pub_parse(struct slice s, struct staff_pub *out, struct why *why)
{
	struct cursor c = cursor_of(s);
	struct slice line = text_line(&c), name, role;
	struct staff_pub p;
	enum err r;

	memset(&p, 0, sizeof(p));
	if (cursor_end(&c) != OK)
		return why_say(
		    why, ERR_FORMAT, "a .pub file is one line: NAME ROLE KEY");
	name = word(&line);
	role = word(&line);
	if ((r = name_take(name, p.name, why)) != OK)
		return r;
	if (role_parse(role, &p.role) != OK)
		return why_say(why, ERR_FORMAT,
		    "the second word must be a role: admin, registrar, desk, "
		    "moderator, editor or observer");
	if (hex_decode(line, p.pk.b, sizeof(p.pk.b)) != OK)
		return why_say(why, ERR_FORMAT,
		    "the third word must be a key of 64 lower-case hex "
		    "digits");
	*out = p;
	return OK;
}

void
staff_pub_put(const struct staff_key *k, struct buf *b)
{
	char hex[65];

	hex_encode(public_key_slice(&k->key.pk), hex);
	buf_printf(b, "%s %s %s\n", k->name, role_name(k->role), hex);
}

enum err
staff_document_put(
    const char *action, const struct staff_pub *pub, struct buf *b)
{
	enum err r = ERR_NOMEM;
	json_t *j = NULL;
	char hex[65];

	hex_encode(public_key_slice(&pub->pk), hex);
	j = json_pack("{s:s,s:s,s:s,s:s}", "action", action, "key", hex, "name",
	    pub->name, "role", role_name(pub->role));
	if (j != NULL)
		r = json_canonical_put(b, j);
	json_decref(j);
	return r;
}

enum err
staff_request_sign(const struct sign_key *k, uint64_t n, const char *origin,
    const char *method, const char *path, struct slice body, struct buf *out)
{
	struct buf msg = { 0 };
	struct signature sig;
	struct slice part;
	struct hash h;
	enum err r;

	hash_bytes(body, &h);
	buf_lp(&msg, slice_str(origin));
	buf_u64(&msg, n);
	buf_lp(&msg, slice_str(method));
	buf_lp(&msg, slice_str(path));
	buf_put(&msg, h.b, sizeof(h.b));
	if ((r = buf_end(&msg)) != OK)
		goto out;
	part = buf_slice(&msg);
	if ((r = sign_dst(k, "staff", &part, 1, &sig)) != OK)
		goto out;
	buf_str(out, "Staff key=\"");
	base64_put(out, BASE64_URL, public_key_slice(&k->pk));
	buf_printf(out, "\", n=\"%" PRIu64 "\", sig=\"", n);
	base64_put(out, BASE64_URL, slice_of(sig.b, sizeof(sig.b)));
	buf_str(out, "\"");
	r = buf_end(out);

out:
	buf_free(&msg);
	return r;
}
