#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "form.h"
#include "hex.h"
#include "text.h"

#include "ceremony.h"

#define HEAD "partecipa/ceremony/v1 "
#define SIGNATURE_HEAD "partecipa/form-signature/v1"

static const char *const names[] = { NULL, "commit", "reveal", "share",
	"accept", "complaint" };

const char *
ceremony_round_name(enum ceremony_round r)
{
	return r >= CEREMONY_COMMIT && r <= CEREMONY_COMPLAINT ? names[r]
							       : NULL;
}

static enum err
round_parse(struct slice name, enum ceremony_round *out)
{
	unsigned r;

	for (r = CEREMONY_COMMIT; r <= CEREMONY_COMPLAINT; r++) {
		if (slice_equal(name, slice_str(names[r]))) {
			*out = (enum ceremony_round)r;
			return OK;
		}
	}
	return ERR_FORMAT;
}

enum err
ceremony_round_parse(const char *name, enum ceremony_round *out)
{
	return round_parse(slice_str(name), out);
}

/* --- One message -------------------------------------------------------------
 */

/* A line of base64; exactly ${n} bytes. */
static enum err
read_bytes(struct cursor *c, uint8_t *out, size_t n)
{
	return base64_decode_exact(BASE64_STD, text_line(c), out, n);
}

static enum err
read_number(struct cursor *c, uint64_t max, uint64_t *out)
{
	uint64_t v;
	enum err r;

	if ((r = text_u64(text_line(c), &v)) != OK)
		return r;
	if (v == 0 || v > max)
		return ERR_FORMAT;
	*out = v;
	return OK;
}

/* Points, as many lines as there are. */
static enum err
read_points(struct cursor *c, struct point *out, size_t n)
{
	size_t i;
	enum err r;

	for (i = 0; i < n; i++) {
		if ((r = read_bytes(c, out[i].b, POINT_BYTES)) != OK)
			return r;
		if (point_check(&out[i]) != OK)
			return ERR_SIGNATURE;
	}
	return OK;
}

static enum err
read_scalar(struct cursor *c, struct scalar *out)
{
	enum err r;

	if ((r = read_bytes(c, out->b, SCALAR_BYTES)) != OK)
		return r;
	return scalar_check(out) == OK ? OK : ERR_SIGNATURE;
}

/* What follows the first four lines. */
static enum err
read_content(
    struct cursor *c, const struct header *h, struct ceremony_message *m)
{
	uint64_t accused = 0;
	size_t i;
	enum err r;

	if (m->round == CEREMONY_COMMIT) {
		if ((r = read_points(c, &m->e, 1)) != OK)
			return r;
		return read_bytes(c, m->commitment.b, HASH_BYTES);
	}
	if ((r = read_bytes(c, m->before.b, HASH_BYTES)) != OK)
		return r;
	switch (m->round) {
	case CEREMONY_REVEAL:
		if ((r = read_points(c, m->a, h->threshold)) != OK ||
		    (r = read_scalar(c, &m->proof.c)) != OK)
			return r;
		return read_scalar(c, &m->proof.z);
	case CEREMONY_SHARE:
		for (i = 0; i < h->n_trustees; i++) {
			r = read_bytes(c, m->shares[i], DKG_SHARE_BYTES);
			if (r != OK)
				return r;
		}
		return OK;
	case CEREMONY_ACCEPT:
		if ((r = read_points(c, &m->y, 1)) != OK)
			return r;
		return read_points(c, m->v, h->n_trustees);
	case CEREMONY_COMPLAINT:
		r = read_number(c, h->n_trustees, &accused);
		m->accused = (uint8_t)accused;
		return r;
	case CEREMONY_COMMIT:
	default:
		return ERR_INTERNAL;
	}
}

/* The first four lines. */
static enum err
read_head(struct cursor *c, const struct header *h, struct ceremony_message *m,
    struct why *why)
{
	struct slice word;
	uint64_t attempt = 0, index = 0;

	if (text_after(text_line(c), HEAD, &word) != OK ||
	    round_parse(word, &m->round) != OK)
		return why_say(why, ERR_FORMAT,
		    "line 1 is not \"" HEAD "\" and commit, reveal, share, "
		    "accept or complaint");
	if (read_bytes(c, m->space_id.b, HASH_BYTES) != OK)
		return why_say(
		    why, ERR_FORMAT, "line 2 is not a space in base64");
	if (!hash_equal(&m->space_id, &h->id))
		return why_say(why, ERR_NOT_FOUND,
		    "line 2: the message belongs to another space than %s",
		    h->slug);
	if (read_number(c, CEREMONY_ATTEMPT_MAX, &attempt) != OK)
		return why_say(why, ERR_FORMAT,
		    "line 3 is not the number of an attempt, 1 to %d",
		    CEREMONY_ATTEMPT_MAX);
	if (read_number(c, UINT32_MAX, &index) != OK)
		return why_say(why, ERR_FORMAT,
		    "line 4 is not the number of a trustee, from 1");
	if (index > h->n_trustees)
		return why_say(why, ERR_NOT_FOUND,
		    "line 4: there is no trustee %llu, %s has %zu",
		    (unsigned long long)index, h->slug, h->n_trustees);
	m->attempt = (uint32_t)attempt;
	m->index = (uint8_t)index;
	return OK;
}

static enum err
read_text(struct slice text, const struct header *h, struct ceremony_message *m,
    struct why *why)
{
	struct cursor c = cursor_of(text);
	enum err r;

	if ((r = read_head(&c, h, m, why)) != OK)
		return r;
	r = read_content(&c, h, m);
	if (r == ERR_SIGNATURE)
		return why_say(why, ERR_FORMAT,
		    "trustee %u: a point or a scalar of the %s is none",
		    (unsigned)m->index, ceremony_round_name(m->round));
	if (r == OK)
		r = cursor_end(&c);
	if (r != OK)
		return why_say(why, ERR_FORMAT,
		    "trustee %u: the lines of the %s are not those of a "
		    "ceremony of %u of %zu",
		    (unsigned)m->index, ceremony_round_name(m->round),
		    h->threshold, h->n_trustees);
	return OK;
}

static enum err
key_name(const struct header *h, char out[static NOTE_NAME_MAX + 1])
{
	size_t n = strlen(h->origin);

	if (n + sizeof("/trustee") > NOTE_NAME_MAX + 1)
		return ERR_LIMIT;
	memcpy(out, h->origin, n);
	memcpy(out + n, "/trustee", sizeof("/trustee"));
	return OK;
}

enum err
ceremony_parse(struct slice text, const struct header *h,
    struct ceremony_message *out, struct why *why)
{
	struct ceremony_message m = { 0 };
	char name[NOTE_NAME_MAX + 1];
	struct note_key key;
	struct note note;
	enum err r;

	if (text.n > CEREMONY_MESSAGE_MAX)
		return why_say(why, ERR_FORMAT,
		    "the message has %zu bytes, at most %d are allowed", text.n,
		    CEREMONY_MESSAGE_MAX);
	if (note_parse(text, &note) != OK)
		return why_say(
		    why, ERR_FORMAT, "the message is not a signed note");
	if (note.n_sigs != 1)
		return why_say(why, ERR_FORMAT,
		    "the message has %zu signatures, and must have one",
		    note.n_sigs);
	if ((r = read_text(note.text, h, &m, why)) != OK)
		return r;
	if (key_name(h, name) != OK ||
	    note_key_make(
		name, NOTE_ED25519, &h->trustees[m.index - 1], &key) != OK)
		return why_say(
		    why, ERR_FORMAT, "the origin makes no name of a key");
	if (note_verify(&note, &key) != OK)
		return why_say(why, ERR_SIGNATURE,
		    "the %s is not signed by trustee %u",
		    ceremony_round_name(m.round), (unsigned)m.index);
	*out = m;
	return OK;
}

static void
put_bytes(struct buf *b, const void *p, size_t n)
{
	base64_put(b, BASE64_STD, slice_of(p, n));
	buf_str(b, "\n");
}

static void
put_points(struct buf *b, const struct point *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		put_bytes(b, p[i].b, POINT_BYTES);
}

static void
put_content(
    const struct ceremony_message *m, const struct header *h, struct buf *b)
{
	size_t i;

	if (m->round != CEREMONY_COMMIT)
		put_bytes(b, m->before.b, HASH_BYTES);
	switch (m->round) {
	case CEREMONY_COMMIT:
		put_points(b, &m->e, 1);
		put_bytes(b, m->commitment.b, HASH_BYTES);
		break;
	case CEREMONY_REVEAL:
		put_points(b, m->a, h->threshold);
		put_bytes(b, m->proof.c.b, SCALAR_BYTES);
		put_bytes(b, m->proof.z.b, SCALAR_BYTES);
		break;
	case CEREMONY_SHARE:
		for (i = 0; i < h->n_trustees; i++)
			put_bytes(b, m->shares[i], DKG_SHARE_BYTES);
		break;
	case CEREMONY_ACCEPT:
		put_points(b, &m->y, 1);
		put_points(b, m->v, h->n_trustees);
		break;
	case CEREMONY_COMPLAINT:
		buf_printf(b, "%u\n", (unsigned)m->accused);
		break;
	}
}

enum err
ceremony_put(const struct ceremony_message *m, const struct header *h,
    const struct sign_key *k, struct buf *out)
{
	char name[NOTE_NAME_MAX + 1];
	struct buf text = { 0 };
	enum err r;

	if (ceremony_round_name(m->round) == NULL || m->index == 0 ||
	    m->index > h->n_trustees ||
	    public_key_cmp(&h->trustees[m->index - 1], &k->pk) != 0)
		return ERR_SIGNATURE;
	if ((r = key_name(h, name)) != OK)
		return r;
	buf_printf(&text, HEAD "%s\n", ceremony_round_name(m->round));
	put_bytes(&text, h->id.b, HASH_BYTES);
	buf_printf(&text, "%u\n%u\n", (unsigned)m->attempt, (unsigned)m->index);
	put_content(m, h, &text);
	if ((r = buf_end(&text)) == OK)
		r = note_sign(buf_slice(&text), name, k, out);
	buf_free(&text);
	return r;
}

/* --- All messages of an attempt ----------------------------------------------
 */

enum err
ceremony_binding(const struct ceremony *c, const struct header *h,
    enum ceremony_round round, struct hash *out)
{
	struct hash t = { { 0 } };
	struct buf b = { 0 };
	struct slice s;
	const struct slice *list;
	unsigned k;
	size_t i;
	enum err r = OK;

	if (round < CEREMONY_COMMIT || round > CEREMONY_SHARE)
		return ERR_INTERNAL;
	for (k = CEREMONY_COMMIT; r == OK && k <= round; k++) {
		list = c->messages[k];
		buf_u8(&b, (uint8_t)k);
		if (k > CEREMONY_COMMIT)
			buf_put(&b, t.b, HASH_BYTES);
		for (i = 0; r == OK && i < h->n_trustees; i++) {
			if (list[i].n == 0)
				r = ERR_NOT_FOUND;
			else
				buf_lp(&b, list[i]);
		}
		if (r == OK && (r = buf_end(&b)) == OK) {
			s = buf_slice(&b);
			hash_dst("transcript", &s, 1, &t);
		}
		buf_free(&b);
	}
	if (r == OK)
		*out = t;
	return r;
}

/* A check in progress. */
struct check {
	const struct ceremony *c;
	const struct header *h;
	struct dkg_public publics[DKG_TRUSTEES_MAX];
	struct hash commitments[DKG_TRUSTEES_MAX];
	struct point y, v[DKG_TRUSTEES_MAX]; /* once all have accepted */
	struct why *why;
};

static struct dkg
part_of(const struct check *k, size_t i)
{
	struct dkg d = { 0 };

	d.space_id = &k->h->id;
	d.attempt = k->c->attempt;
	d.index = (uint8_t)(i + 1);
	d.n = (uint8_t)k->h->n_trustees;
	d.t = (uint8_t)k->h->threshold;
	return d;
}

/* Are all messages of the round there?  Else whose are not. */
static enum err
check_there(const struct check *k, enum ceremony_round round)
{
	const struct slice *list = k->c->messages[round];
	char text[4 * DKG_TRUSTEES_MAX] = "";
	size_t i, missing = 0;

	for (i = 0; i < k->h->n_trustees; i++) {
		if (list[i].n > 0)
			continue;
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "%s%zu", missing++ > 0 ? ", " : "", i + 1);
	}
	if (missing == 0)
		return OK;
	return why_say(k->why, ERR_NOT_FOUND, "the %s%s of trustee%s %s %s",
	    ceremony_round_name(round), missing > 1 ? "s" : "",
	    missing > 1 ? "s" : "", text,
	    missing > 1 ? "are missing" : "is missing");
}

/* Message ${i} of a round, of this attempt, by whom it should be. */
static enum err
check_one(const struct check *k, enum ceremony_round round, size_t i,
    const struct hash *before, struct ceremony_message *m)
{
	enum err r;

	memset(m, 0, sizeof(*m));
	r = ceremony_parse(k->c->messages[round][i], k->h, m, k->why);
	if (r != OK) {
		why_prefix(k->why, "the %s in place of trustee %zu: ",
		    ceremony_round_name(round), i + 1);
		return r == ERR_NOMEM ? r : ERR_SIGNATURE;
	}
	if (m->round != round || m->index != i + 1 ||
	    m->attempt != k->c->attempt)
		return why_say(k->why, ERR_SIGNATURE,
		    "in place of the %s of trustee %zu for attempt %u stands "
		    "the %s of trustee %u for attempt %u",
		    ceremony_round_name(round), i + 1, (unsigned)k->c->attempt,
		    ceremony_round_name(m->round), (unsigned)m->index,
		    (unsigned)m->attempt);
	if (before != NULL && !hash_equal(&m->before, before))
		return why_say(k->why, ERR_SIGNATURE,
		    "the %s of trustee %zu follows other messages than these: "
		    "somebody showed the trustees different ones",
		    ceremony_round_name(round), i + 1);
	return OK;
}

static enum err
check_complaints(const struct check *k)
{
	struct ceremony_message m;
	size_t i;
	enum err r;

	for (i = 0; i < k->h->n_trustees; i++) {
		if (k->c->messages[CEREMONY_COMPLAINT][i].n == 0)
			continue;
		r = check_one(k, CEREMONY_COMPLAINT, i, NULL, &m);
		if (r != OK)
			return r;
		return why_say(k->why, ERR_FORBIDDEN,
		    "trustee %zu complained of the share that trustee %u gave: "
		    "attempt %u is over, begin the next",
		    i + 1, (unsigned)m.accused, (unsigned)k->c->attempt);
	}
	return OK;
}

static enum err
check_commit(struct check *k, size_t i, const struct hash *before)
{
	struct ceremony_message m;
	enum err r;

	if ((r = check_one(k, CEREMONY_COMMIT, i, before, &m)) != OK)
		return r;
	k->publics[i].e = m.e;
	k->commitments[i] = m.commitment;
	return OK;
}

static enum err
check_reveal(struct check *k, size_t i, const struct hash *before)
{
	struct dkg d = part_of(k, i);
	struct ceremony_message m;
	struct hash commitment;
	enum err r;

	if ((r = check_one(k, CEREMONY_REVEAL, i, before, &m)) != OK)
		return r;
	memcpy(k->publics[i].a, m.a, sizeof(m.a));
	dkg_commitment(&d, &k->publics[i], &commitment);
	if (!hash_equal(&commitment, &k->commitments[i]))
		return why_say(k->why, ERR_SIGNATURE,
		    "trustee %zu revealed other coefficients than those of the "
		    "commit",
		    i + 1);
	r = dkg_verify(&d, before, &k->publics[i], &m.proof);
	if (r == ERR_SIGNATURE)
		(void)why_say(k->why, r,
		    "trustee %zu does not prove to know the secret of the "
		    "first coefficient",
		    i + 1);
	return r;
}

static enum err
check_share(struct check *k, size_t i, const struct hash *before)
{
	struct ceremony_message m;

	return check_one(k, CEREMONY_SHARE, i, before, &m);
}

static enum err
joint(struct check *k)
{
	enum err r;

	r = dkg_joint(k->publics, (uint8_t)k->h->n_trustees,
	    (uint8_t)k->h->threshold, &k->y, k->v);
	if (r == ERR_SIGNATURE)
		(void)why_say(k->why, r,
		    "the coefficients add up to no key: begin a new attempt");
	return r;
}

static enum err
check_accept(struct check *k, size_t i, const struct hash *before)
{
	struct ceremony_message m;
	size_t j;
	enum err r;

	if ((i == 0 && (r = joint(k)) != OK) ||
	    (r = check_one(k, CEREMONY_ACCEPT, i, before, &m)) != OK)
		return r;
	if (!point_equal(&m.y, &k->y))
		return why_say(k->why, ERR_SIGNATURE,
		    "trustee %zu accepted another joint key", i + 1);
	for (j = 0; j < k->h->n_trustees; j++) {
		if (!point_equal(&m.v[j], &k->v[j]))
			return why_say(k->why, ERR_SIGNATURE,
			    "trustee %zu accepted another V for trustee %zu",
			    i + 1, j + 1);
	}
	return OK;
}

static enum err
check_round(struct check *k, enum ceremony_round round)
{
	static enum err (*const one[])(
	    struct check *, size_t, const struct hash *) = { NULL, check_commit,
		check_reveal, check_share, check_accept };
	struct hash before;
	size_t i;
	enum err r;

	if ((r = check_there(k, round)) != OK)
		return r;
	if (round > CEREMONY_COMMIT &&
	    (r = ceremony_binding(
		 k->c, k->h, (enum ceremony_round)(round - 1), &before)) != OK)
		return r;
	for (i = 0; i < k->h->n_trustees; i++) {
		r = one[round](k, i, round > CEREMONY_COMMIT ? &before : NULL);
		if (r != OK)
			return r;
	}
	return OK;
}

static enum err
check_rounds(struct check *k, enum ceremony_round upto)
{
	unsigned round;
	enum err r;

	if (upto > CEREMONY_ACCEPT)
		return ERR_INTERNAL;
	if (k->h->n_trustees == 0)
		return why_say(k->why, ERR_NOT_FOUND,
		    "%s is not sealed: it has no trustees", k->h->slug);
	if ((r = check_complaints(k)) != OK)
		return r;
	for (round = CEREMONY_COMMIT; round <= upto; round++) {
		if ((r = check_round(k, (enum ceremony_round)round)) != OK)
			return r;
	}
	return OK;
}

enum err
ceremony_check(const struct ceremony *c, const struct header *h,
    enum ceremony_round upto, struct dkg_public publics[DKG_TRUSTEES_MAX],
    struct why *why)
{
	struct check k = { .c = c, .h = h, .why = why };
	enum err r;

	if ((r = check_rounds(&k, upto)) != OK)
		return r;
	if (publics != NULL && upto >= CEREMONY_REVEAL)
		memcpy(publics, k.publics, sizeof(k.publics));
	return OK;
}

/* --- Transcript --------------------------------------------------------------
 */

static const struct {
	const char *member;
	enum ceremony_round round;
} lists[] = {
	{ "accepts", CEREMONY_ACCEPT },
	{ "commits", CEREMONY_COMMIT },
	{ "reveals", CEREMONY_REVEAL },
	{ "shares", CEREMONY_SHARE },
};
#define LISTS (sizeof(lists) / sizeof(lists[0]))

static enum err
put_lists(const struct ceremony *c, size_t n, json_t *doc)
{
	const struct slice *list;
	json_t *a, *note;
	size_t i, k;

	for (k = 0; k < LISTS; k++) {
		list = c->messages[lists[k].round];
		a = json_array();
		if (json_object_set_new(doc, lists[k].member, a) != 0)
			return ERR_NOMEM;
		for (i = 0; i < n; i++) {
			note = json_stringn((const char *)list[i].p, list[i].n);
			if (json_array_append_new(a, note) != 0)
				return ERR_NOMEM;
		}
	}
	return OK;
}

enum err
ceremony_transcript_put(const struct ceremony *c, const struct header *h,
    struct buf *out, struct why *why)
{
	char id[2 * HASH_BYTES + 1];
	json_t *doc = NULL;
	enum err r;

	if ((r = ceremony_check(c, h, CEREMONY_ACCEPT, NULL, why)) != OK)
		return r;
	hex_encode(hash_slice(&h->id), id);
	doc = json_pack("{s:i, s:s, s:i}", "attempt", (int)c->attempt,
	    "space_id", id, "version", 1);
	if (doc == NULL)
		r = ERR_NOMEM;
	else if ((r = put_lists(c, h->n_trustees, doc)) == OK)
		r = json_canonical_put(out, doc);
	if (r != OK)
		(void)why_say(why, r, "the transcript: %s", err_str(r));
	json_decref(doc);
	return r;
}

static enum err
get_lists(const json_t *doc, const struct header *h, struct ceremony *c,
    struct why *why)
{
	const json_t *note;
	json_t *a = NULL;
	size_t i, k;
	enum err r;

	for (k = 0; k < LISTS; k++) {
		r = json_get_array(doc, lists[k].member, h->n_trustees,
		    h->n_trustees, &a, why);
		if (r != OK)
			return r;
		for (i = 0; i < h->n_trustees; i++) {
			note = json_array_get(a, i);
			if (!json_is_string(note))
				return why_say(why, ERR_FORMAT,
				    "%s[%zu] is not a string", lists[k].member,
				    i);
			c->messages[lists[k].round][i] = slice_of(
			    json_string_value(note), json_string_length(note));
		}
	}
	return OK;
}

static enum err
transcript_read(const json_t *doc, const struct header *h, struct ceremony *c,
    struct why *why)
{
	static const char *const members[] = { "accepts", "attempt", "commits",
		"reveals", "shares", "space_id", "version", NULL };
	struct hash space;
	int64_t v = 0, attempt = 0;
	enum err r;

	if (!json_is_object(doc))
		return why_say(
		    why, ERR_FORMAT, "the transcript is not an object");
	if ((r = json_only(doc, members, why)) != OK ||
	    (r = json_get_int(doc, "version", 1, 1, &v, why)) != OK ||
	    (r = json_get_int(doc, "attempt", 1, CEREMONY_ATTEMPT_MAX, &attempt,
		 why)) != OK ||
	    (r = json_get_hex(doc, "space_id", space.b, HASH_BYTES, why)) != OK)
		return r;
	if (!hash_equal(&space, &h->id))
		return why_say(why, ERR_NOT_FOUND,
		    "the transcript belongs to another space than %s", h->slug);
	c->attempt = (uint32_t)attempt;
	return get_lists(doc, h, c, why);
}

enum err
ceremony_transcript_parse(struct slice s, const struct header *h,
    struct ceremony_keys *out, struct why *why)
{
	struct ceremony_keys keys = { 0 };
	struct ceremony c = { 0 };
	struct check k = { .c = &c, .h = h, .why = why };
	json_t *doc = NULL;
	enum err r;

	if ((r = json_read_document(s, &doc, why)) != OK)
		return r;
	if ((r = transcript_read(doc, h, &c, why)) != OK ||
	    (r = check_rounds(&k, CEREMONY_ACCEPT)) != OK)
		goto out;
	keys.n = (uint8_t)h->n_trustees;
	keys.t = (uint8_t)h->threshold;
	keys.attempt = c.attempt;
	keys.y = k.y;
	memcpy(keys.v, k.v, sizeof(keys.v));
	hash_bytes(s, &keys.transcript);
	*out = keys;

out:
	json_decref(doc);
	return r;
}

/* --- The form ----------------------------------------------------------------
 */

enum err
ceremony_form_check(
    const struct form *f, const struct ceremony_keys *k, struct why *why)
{
	size_t i;

	if (!f->sealed || f->n_shares != k->n)
		return why_say(why, ERR_SIGNATURE,
		    "the form is not sealed for these %u trustees",
		    (unsigned)k->n);
	if (!hash_equal(&f->transcript, &k->transcript))
		return why_say(why, ERR_SIGNATURE,
		    "seal.transcript is not the hash of the transcript");
	if (!point_equal(&f->seal_key, &k->y))
		return why_say(why, ERR_SIGNATURE,
		    "seal.key is not the key that the ceremony made");
	for (i = 0; i < k->n; i++) {
		if (!point_equal(&f->shares[i], &k->v[i]))
			return why_say(why, ERR_SIGNATURE,
			    "seal.shares[%zu] is not what the ceremony made "
			    "for trustee %zu",
			    i, i + 1);
	}
	return OK;
}

enum err
ceremony_signature_parse(struct slice s, const struct header *h,
    struct ceremony_signature *out, struct why *why)
{
	struct cursor c = cursor_of(s);
	struct ceremony_signature v = { 0 };
	struct slice id;
	uint64_t index = 0;
	enum err r;

	if (!slice_equal(text_line(&c), slice_str(SIGNATURE_HEAD)))
		return why_say(
		    why, ERR_FORMAT, "line 1 is not " SIGNATURE_HEAD);
	if (read_bytes(&c, v.space_id.b, HASH_BYTES) != OK ||
	    read_bytes(&c, v.form_id.b, HASH_BYTES) != OK ||
	    read_number(&c, UINT32_MAX, &index) != OK ||
	    read_bytes(&c, v.sig.b, sizeof(v.sig.b)) != OK ||
	    cursor_end(&c) != OK)
		return why_say(why, ERR_FORMAT,
		    "the five lines are not those of a form's signature: what "
		    "it is, space, form, number of the trustee, signature");
	if (!hash_equal(&v.space_id, &h->id))
		return why_say(why, ERR_NOT_FOUND,
		    "line 2: the signature belongs to another space than %s",
		    h->slug);
	if (index > h->n_trustees)
		return why_say(why, ERR_NOT_FOUND,
		    "line 4: there is no trustee %llu, %s has %zu",
		    (unsigned long long)index, h->slug, h->n_trustees);
	v.index = (uint8_t)index;
	id = hash_slice(&v.form_id);
	r = sign_verify_dst(&h->trustees[v.index - 1], "form", &id, 1, &v.sig);
	if (r == ERR_SIGNATURE)
		(void)why_say(why, r,
		    "line 5 is not the signature of trustee %u over that form",
		    (unsigned)v.index);
	if (r == OK)
		*out = v;
	return r;
}

void
ceremony_signature_put(const struct ceremony_signature *s, struct buf *out)
{
	buf_str(out, SIGNATURE_HEAD "\n");
	put_bytes(out, s->space_id.b, HASH_BYTES);
	put_bytes(out, s->form_id.b, HASH_BYTES);
	buf_printf(out, "%u\n", (unsigned)s->index);
	put_bytes(out, s->sig.b, sizeof(s->sig.b));
}
