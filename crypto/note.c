#include <string.h>

#include "base64.h"
#include "hex.h"
#include "text.h"

#include "note.h"

#define DASH "\xe2\x80\x94 " /* every signature line starts so */
#define ID_BYTES 4
#define SIG_BYTES 64
#define TIME_BYTES 8
#define KEY_DATA 33 /* type and key */

/* Is there a blank of Unicode at ${p}?  All of them have 2 or 3 bytes. */
static int
is_wide_blank(const uint8_t *p, size_t n)
{
	static const char *const two[] = { "\xc2\x85", "\xc2\xa0" };
	static const char *const three[] = { "\xe1\x9a\x80", "\xe2\x80\xa8",
		"\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
		"\xe3\x80\x80" };
	size_t i;

	for (i = 0; n >= 2 && i < sizeof(two) / sizeof(two[0]); i++) {
		if (memcmp(p, two[i], 2) == 0)
			return 1;
	}
	for (i = 0; n >= 3 && i < sizeof(three) / sizeof(three[0]); i++) {
		if (memcmp(p, three[i], 3) == 0)
			return 1;
	}
	/* U+2000 to U+200A. */
	return n >= 3 && p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x80 &&
	       p[2] <= 0x8a;
}

/* The same without the limit of length: a note may name keys we never hold. */
static enum err
name_check(struct slice name)
{
	size_t i;

	if (name.n == 0 || text_utf8(name) != OK)
		return ERR_FORMAT;
	for (i = 0; i < name.n; i++) {
		if (name.p[i] <= ' ' || name.p[i] == '+' ||
		    is_wide_blank(name.p + i, name.n - i))
			return ERR_FORMAT;
	}
	return OK;
}

enum err
note_name_check(struct slice name)
{
	return name.n > NOTE_NAME_MAX ? ERR_FORMAT : name_check(name);
}

/* The first bytes of SHA-256(name || 0a || type || key). */
static uint32_t
key_id(struct slice name, struct slice data)
{
	struct slice parts[3] = { name, slice_of("\n", 1), data };
	struct hash h;

	hash_parts(parts, 3, &h);
	return load32(h.b);
}

enum err
note_key_make(const char *name, enum note_type type,
    const struct public_key *pk, struct note_key *out)
{
	uint8_t data[KEY_DATA];
	struct slice s = slice_str(name);
	enum err r;

	if ((r = note_name_check(s)) != OK)
		return r;
	data[0] = (uint8_t)type;
	memcpy(data + 1, pk->b, sizeof(pk->b));
	*out = (struct note_key){ .id = key_id(s, slice_of(data, KEY_DATA)),
		.type = data[0],
		.pk = *pk };
	memcpy(out->name, s.p, s.n);
	return OK;
}

/* Split ${vkey} at its first two '+': base64 has some of its own. */
static enum err
vkey_split(struct slice vkey, struct slice part[static 3])
{
	const uint8_t *plus;
	size_t i;

	for (i = 0; i < 2; i++) {
		if (vkey.n == 0 || (plus = memchr(vkey.p, '+', vkey.n)) == NULL)
			return ERR_FORMAT;
		part[i] = slice_of(vkey.p, (size_t)(plus - vkey.p));
		vkey = slice_of(plus + 1, vkey.n - part[i].n - 1);
	}
	part[2] = vkey;
	return OK;
}

enum err
note_key_parse(struct slice vkey, struct note_key *out)
{
	struct slice part[3];
	struct note_key k = { 0 };
	struct buf data = { 0 };
	uint8_t id[ID_BYTES];
	enum err r;

	if ((r = vkey_split(vkey, part)) != OK ||
	    (r = note_name_check(part[0])) != OK ||
	    (r = hex_decode(part[1], id, sizeof(id))) != OK ||
	    (r = base64_decode(BASE64_STD, part[2], &data)) != OK)
		goto out;
	k.id = load32(id);
	r = ERR_FORMAT;
	if (data.n == 0 || k.id != key_id(part[0], buf_slice(&data)))
		goto out;
	k.type = data.p[0];
	if (k.type != NOTE_ED25519 && k.type != NOTE_COSIGNATURE) {
		r = ERR_NOT_FOUND;
		goto out;
	}
	if (data.n != KEY_DATA)
		goto out;
	memcpy(k.name, part[0].p, part[0].n);
	memcpy(k.pk.b, data.p + 1, sizeof(k.pk.b));
	*out = k;
	r = OK;

out:
	buf_free(&data);
	return r;
}

void
note_key_print(const struct note_key *k, struct buf *b)
{
	uint8_t data[KEY_DATA];

	data[0] = k->type;
	memcpy(data + 1, k->pk.b, sizeof(k->pk.b));
	buf_printf(b, "%s+%08x+", k->name, (unsigned)k->id);
	base64_put(b, BASE64_STD, slice_of(data, sizeof(data)));
}

/* One signature line; ${blob} is working space. */
static enum err
parse_line(struct slice line, struct buf *blob, struct note_sig *out)
{
	struct slice rest;
	const uint8_t *space;
	enum err r;

	if ((r = text_after(line, DASH, &rest)) != OK)
		return r;
	if (rest.n == 0 || (space = memchr(rest.p, ' ', rest.n)) == NULL)
		return ERR_FORMAT;
	out->name = slice_of(rest.p, (size_t)(space - rest.p));
	rest = slice_of(space + 1, rest.n - out->name.n - 1);
	blob->n = 0;
	if ((r = name_check(out->name)) != OK ||
	    (r = base64_decode(BASE64_STD, rest, blob)) != OK)
		return r;
	if (blob->n <= ID_BYTES)
		return ERR_FORMAT;
	out->id = load32(blob->p);
	out->n = blob->n - ID_BYTES;
	memset(out->blob, 0, sizeof(out->blob));
	memcpy(out->blob, blob->p + ID_BYTES,
	    out->n < sizeof(out->blob) ? out->n : sizeof(out->blob));
	return OK;
}

/* Where the text ends: after the first newline of the last empty line. */
static enum err
find_split(struct slice s, size_t *out)
{
	size_t i;

	for (i = s.n; i >= 2; i--) {
		if (s.p[i - 2] == '\n' && s.p[i - 1] == '\n') {
			*out = i - 1;
			return OK;
		}
	}
	return ERR_FORMAT;
}

enum err
note_text(struct slice s, struct slice *out)
{
	size_t split;
	enum err r;

	if (s.n > NOTE_MAX)
		return ERR_LIMIT;
	if ((r = text_utf8(s)) == OK && (r = find_split(s, &split)) == OK)
		*out = slice_of(s.p, split);
	return r;
}

enum err
note_parse(struct slice s, struct note *out)
{
	struct buf blob = { 0 };
	struct cursor c;
	size_t split;
	enum err r;

	if (s.n > NOTE_MAX)
		return ERR_LIMIT;
	if ((r = text_utf8(s)) != OK || (r = find_split(s, &split)) != OK)
		return r;
	out->text = slice_of(s.p, split);
	out->n_sigs = 0;
	c = cursor_of(slice_of(s.p + split + 1, s.n - split - 1));
	do {
		if (out->n_sigs == NOTE_SIGS_MAX) {
			r = ERR_LIMIT;
			goto out;
		}
		if ((r = parse_line(
			 text_line(&c), &blob, &out->sigs[out->n_sigs])) != OK)
			goto out;
		out->n_sigs++;
	} while (c.n > 0);

out:
	buf_free(&blob);
	return r;
}

static int
is_from(const struct note_sig *sig, const struct note_key *k)
{
	return sig->id == k->id && slice_equal(sig->name, slice_str(k->name));
}

enum err
note_verify(const struct note *n, const struct note_key *k)
{
	struct signature sig;
	enum err r = ERR_NOT_FOUND;
	size_t i;

	if (k->type != NOTE_ED25519)
		return r;
	for (i = 0; i < n->n_sigs; i++) {
		if (!is_from(&n->sigs[i], k))
			continue;
		if (n->sigs[i].n != SIG_BYTES)
			return ERR_SIGNATURE;
		memcpy(sig.b, n->sigs[i].blob, SIG_BYTES);
		/* One bad line of a known key spoils the note. */
		if ((r = sign_verify(&k->pk, n->text, &sig)) != OK)
			return r;
	}
	return r;
}

/* What a witness signs (C2SP tlog-cosignature). */
static void
cosigned_message(struct slice text, uint64_t time, struct buf *b)
{
	buf_printf(b, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
	buf_put(b, text.p, text.n);
}

static enum err
verify_cosignature(struct slice text, const struct note_sig *line,
    const struct public_key *pk, uint64_t *time)
{
	struct buf b = { 0 };
	struct signature sig;
	uint64_t t;
	enum err r;

	if (line->n != TIME_BYTES + SIG_BYTES)
		return ERR_SIGNATURE;
	t = load64(line->blob);
	if (t > INT64_MAX)
		return ERR_SIGNATURE;
	memcpy(sig.b, line->blob + TIME_BYTES, SIG_BYTES);
	cosigned_message(text, t, &b);
	if ((r = buf_end(&b)) == OK &&
	    (r = sign_verify(pk, buf_slice(&b), &sig)) == OK)
		*time = t;
	buf_free(&b);
	return r;
}

enum err
note_cosigned(const struct note *n, const struct note_key *k, uint64_t *time)
{
	uint64_t t, latest = 0;
	enum err r = ERR_NOT_FOUND;
	size_t i;

	if (k->type != NOTE_COSIGNATURE)
		return r;
	for (i = 0; i < n->n_sigs; i++) {
		if (!is_from(&n->sigs[i], k))
			continue;
		if ((r = verify_cosignature(
			 n->text, &n->sigs[i], &k->pk, &t)) != OK)
			return r;
		if (t > latest)
			latest = t;
	}
	if (r == OK && time != NULL)
		*time = latest;
	return r;
}

static void
put_line(struct buf *b, const struct note_key *k, struct slice blob)
{
	uint8_t all[ID_BYTES + TIME_BYTES + SIG_BYTES];

	store32(all, k->id);
	memcpy(all + ID_BYTES, blob.p, blob.n);
	buf_printf(b, DASH "%s ", k->name);
	base64_put(b, BASE64_STD, slice_of(all, ID_BYTES + blob.n));
	buf_str(b, "\n");
}

/* A text that may stand in a note. */
static enum err
text_check(struct slice text)
{
	if (text.n > NOTE_MAX)
		return ERR_LIMIT;
	if (text.n == 0 || text.p[text.n - 1] != '\n')
		return ERR_FORMAT;
	return text_utf8(text);
}

enum err
note_sign(struct slice text, const char *name, const struct sign_key *k,
    struct buf *b)
{
	struct note_key key;
	struct signature sig;
	enum err r;

	if ((r = text_check(text)) != OK ||
	    (r = note_key_make(name, NOTE_ED25519, &k->pk, &key)) != OK)
		return r;
	sign_message(k, text, &sig);
	buf_put(b, text.p, text.n);
	buf_str(b, "\n");
	put_line(b, &key, slice_of(sig.b, sizeof(sig.b)));
	return buf_end(b);
}

enum err
note_cosign_line(struct slice text, const char *name, const struct sign_key *k,
    uint64_t time, struct buf *b)
{
	uint8_t blob[TIME_BYTES + SIG_BYTES];
	struct buf msg = { 0 };
	struct note_key key;
	struct signature sig;
	enum err r;

	if (time > INT64_MAX)
		return ERR_LIMIT;
	if ((r = text_check(text)) != OK ||
	    (r = note_key_make(name, NOTE_COSIGNATURE, &k->pk, &key)) != OK)
		return r;
	cosigned_message(text, time, &msg);
	if ((r = buf_end(&msg)) != OK)
		goto out;
	sign_message(k, buf_slice(&msg), &sig);
	store64(blob, time);
	memcpy(blob + TIME_BYTES, sig.b, SIG_BYTES);
	put_line(b, &key, slice_of(blob, sizeof(blob)));
	r = buf_end(b);

out:
	buf_free(&msg);
	return r;
}
