#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "hex.h"

#include "header.h"

#define TIME_MAX 9007199254740991 /* what a document can hold, 2^53 - 1 */
#define TITLE_CHARS 200
#define TEXT_CHARS 20000
#define HOST_CHARS 255
#define URL_CHARS 1000
/* The receipt key's name is the origin and "/receipt". */
#define ORIGIN_CHARS (NOTE_NAME_MAX - 8)
#define AGE_MAX 120
#define SEQ_MAX 1000000
#define INTERVAL_MAX 604800

static const char *const members[] = { "batch_interval", "cast_url",
	"eligibility", "grace", "issuance", "issuers", "kind", "min_age",
	"min_collected", "min_open", "mode", "origin", "origin_info", "paper",
	"participation", "process", "roll", "seq_limit", "slug", "titles",
	"trustees", "version", "witnesses", NULL };

static const char *const kinds[] = { NULL, "ballot", "ideas", "questionnaire" };
static const char *const factors[] = { "none", "birth_date", "document" };

const char *
space_kind_name(enum space_kind k)
{
	return k >= SPACE_BALLOT && k <= SPACE_QUESTIONNAIRE ? kinds[k] : NULL;
}

const char *
factor_kind_name(enum factor_kind k)
{
	return (unsigned)k <= FACTOR_DOCUMENT ? factors[k] : NULL;
}

int
header_has_purpose(enum space_kind kind, unsigned p)
{
	switch (kind) {
	case SPACE_BALLOT:
		return p == PURPOSE_VOTE;
	case SPACE_IDEAS:
		return p == PURPOSE_AUTHOR || p == PURPOSE_VOICE;
	case SPACE_QUESTIONNAIRE:
		return p == PURPOSE_ANSWER;
	}
	return 0;
}

int
header_shares_key(const struct header *a, const struct header *b)
{
	size_t i, p, j, q;

	for (i = 0; i < a->n_issuers * (PURPOSE_MAX + 1); i++) {
		const struct issuer_key *k = &a->issuers[i / (PURPOSE_MAX + 1)]
						  .keys[i % (PURPOSE_MAX + 1)];

		if (k->pub == NULL)
			continue;
		for (j = 0; j < b->n_issuers; j++) {
			for (q = 1; q <= PURPOSE_MAX; q++) {
				p = j * (PURPOSE_MAX + 1) + q;
				if (b->issuers[j].keys[q].pub != NULL &&
				    (a != b || p != i) &&
				    hash_equal(&k->key_id,
					&b->issuers[j].keys[q].key_id))
					return 1;
			}
		}
	}
	return 0;
}

uint64_t
header_window_end(const struct header *h, uint64_t t)
{
	const struct window *w = &h->participation;
	uint64_t end;

	if (t < w->from || t >= w->to)
		return 0;
	end = t - (t - w->from) % h->batch_interval + h->batch_interval;
	return end < w->to ? end : w->to;
}

int
header_is_window_end(const struct header *h, uint64_t end)
{
	const struct window *w = &h->participation;

	if (end == w->to)
		return 1;
	return end > w->from && end < w->to &&
	       (end - w->from) % h->batch_interval == 0;
}

enum err
slug_check(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (n == 0 || n > SLUG_MAX || s[n] != 0 || s[0] == '-' ||
	    s[n - 1] == '-')
		return ERR_FORMAT;
	return OK;
}

/* One line of ASCII without blanks: what names a host. */
static int
is_word(const char *s)
{
	for (; *s != 0; s++) {
		if (*s <= ' ' || *s >= 0x7f)
			return 0;
	}
	return 1;
}

static enum err
get_slug(const json_t *o, const char *name, size_t min, const char **out,
    struct why *why)
{
	enum err r;

	if ((r = json_get_string(o, name, min, SLUG_MAX, out, why)) != OK)
		return r;
	if ((*out)[0] != 0 && slug_check(*out) != OK)
		return why_say(why, ERR_FORMAT,
		    "%s is not 1 to %d of a-z, 0-9 and -, with no - at either "
		    "end",
		    name, SLUG_MAX);
	return OK;
}

static enum err
get_host(const json_t *o, const char *name, const char **out, struct why *why)
{
	enum err r;

	if ((r = json_get_string(o, name, 1, HOST_CHARS, out, why)) != OK)
		return r;
	if (!is_word(*out))
		return why_say(why, ERR_FORMAT,
		    "%s is not a host name: ASCII without blanks", name);
	return OK;
}

static enum err
get_url(const json_t *o, const char *name, const char **out, struct why *why)
{
	const char *s = "";
	const char *host = NULL;
	size_t n;
	enum err r;

	if ((r = json_get_string(o, name, 0, URL_CHARS, &s, why)) != OK)
		return r;
	*out = s;
	if (s[0] == 0)
		return OK;
	if (strncmp(s, "https://", 8) == 0)
		host = s + 8;
	else if (strncmp(s, "http://", 7) == 0)
		host = s + 7;
	n = strlen(s);
	if (host == NULL || host[0] == 0 || host[0] == '/' || !is_word(s) ||
	    strpbrk(s, "?#\"<>\\") != NULL || s[n - 1] == '/')
		return why_say(why, ERR_FORMAT,
		    "%s is neither empty nor http(s)://host... without query "
		    "and without a slash at the end",
		    name);
	return OK;
}

/* A number below 2^32. */
static enum err
get_u32(const json_t *o, const char *name, int64_t max, uint32_t *out,
    struct why *why)
{
	int64_t v = 0;
	enum err r;

	if ((r = json_get_int(o, name, 0, max, &v, why)) == OK)
		*out = (uint32_t)v;
	return r;
}

static enum err
get_window(
    const json_t *o, const char *name, struct window *out, struct why *why)
{
	static const char *const names[] = { "from", "to", NULL };
	json_t *w = NULL;
	int64_t from = 0, to = 0;
	enum err r;

	if ((r = json_get_object(o, name, &w, why)) != OK)
		return r;
	if ((r = json_only(w, names, why)) != OK ||
	    (r = json_get_int(w, "from", 0, TIME_MAX, &from, why)) != OK ||
	    (r = json_get_int(w, "to", 0, TIME_MAX, &to, why)) != OK) {
		why_prefix(why, "%s.", name);
		return r;
	}
	if (from >= to)
		return why_say(why, ERR_FORMAT,
		    "%s ends (to) before or when it begins (from)", name);
	out->from = (uint64_t)from;
	out->to = (uint64_t)to;
	return OK;
}

static enum err
parse_texts(struct header *h, struct why *why)
{
	void *it;
	enum err r;

	if ((r = json_get_texts(
		 h->doc, "titles", TITLE_CHARS, &h->titles, why)) != OK ||
	    (r = json_get_texts(h->doc, "eligibility", TEXT_CHARS,
		 &h->eligibility, why)) != OK)
		return r;
	for (it = json_object_iter(h->titles); it != NULL;
	     it = json_object_iter_next(h->titles, it)) {
		if (json_string_length(json_object_iter_value(it)) == 0)
			return why_say(why, ERR_LIMIT, "titles.%s is empty",
			    json_object_iter_key(it));
	}
	return OK;
}

static enum err
parse_names(struct header *h, struct why *why)
{
	const char *kind = "";
	int64_t v = 0;
	unsigned k;
	enum err r;

	if ((r = json_get_int(h->doc, "version", 1, 1, &v, why)) != OK ||
	    (r = json_get_string(
		 h->doc, "origin", 1, ORIGIN_CHARS, &h->origin, why)) != OK ||
	    (r = get_slug(h->doc, "slug", 1, &h->slug, why)) != OK ||
	    (r = get_slug(h->doc, "process", 0, &h->process, why)) != OK ||
	    (r = json_get_string(h->doc, "kind", 1, 20, &kind, why)) != OK ||
	    (r = get_host(h->doc, "origin_info", &h->origin_info, why)) != OK ||
	    (r = get_url(h->doc, "cast_url", &h->cast_url, why)) != OK ||
	    (r = parse_texts(h, why)) != OK)
		return r;
	if (note_name_check(slice_str(h->origin)) != OK ||
	    strlen(h->origin) > ORIGIN_CHARS)
		return why_say(why, ERR_FORMAT,
		    "origin is not the name of a log: at most %d bytes, no "
		    "blanks, no +",
		    ORIGIN_CHARS);
	for (k = SPACE_BALLOT; k <= SPACE_QUESTIONNAIRE; k++) {
		if (strcmp(kinds[k], kind) == 0) {
			h->kind = (enum space_kind)k;
			return OK;
		}
	}
	return why_say(
	    why, ERR_FORMAT, "kind is none of ballot, ideas, questionnaire");
}

static enum err
parse_numbers(struct header *h, struct why *why)
{
	uint32_t age = 0, interval = 0, grace = 0, paper = 0;
	int64_t v = 0;
	enum err r;

	if ((r = get_u32(h->doc, "min_age", AGE_MAX, &age, why)) != OK ||
	    (r = get_u32(h->doc, "seq_limit", SEQ_MAX, &h->seq_limit, why)) !=
		OK ||
	    (r = json_get_int(
		 h->doc, "batch_interval", 1, INTERVAL_MAX, &v, why)) != OK ||
	    (r = get_u32(h->doc, "grace", INTERVAL_MAX, &grace, why)) != OK ||
	    (r = get_u32(h->doc, "min_collected", UINT32_MAX, &h->min_collected,
		 why)) != OK ||
	    (r = get_u32(h->doc, "min_open", UINT32_MAX, &h->min_open, why)) !=
		OK ||
	    (r = get_u32(h->doc, "paper", 1, &paper, why)) != OK)
		return r;
	interval = (uint32_t)v;
	h->min_age = age;
	h->batch_interval = interval;
	h->grace = grace;
	h->paper = paper != 0;
	return OK;
}

/* Both windows, and what the mode asks of them. */
static enum err
parse_windows(struct header *h, struct why *why)
{
	const struct window *i = &h->issuance, *p = &h->participation;
	const char *mode = "";
	enum err r;

	if ((r = get_window(h->doc, "issuance", &h->issuance, why)) != OK ||
	    (r = get_window(h->doc, "participation", &h->participation, why)) !=
		OK ||
	    (r = json_get_string(h->doc, "mode", 1, 20, &mode, why)) != OK)
		return r;
	if (strcmp(mode, "separated") == 0) {
		h->separated = 1;
		if (i->to > p->from)
			return why_say(why, ERR_FORMAT,
			    "mode is separated, but participation.from is "
			    "before issuance.to");
		return OK;
	}
	if (strcmp(mode, "overlapping") != 0)
		return why_say(why, ERR_FORMAT,
		    "mode is neither separated nor overlapping");
	if (i->from > p->from)
		return why_say(why, ERR_FORMAT,
		    "mode is overlapping, but participation.from is before "
		    "issuance.from");
	if (i->to <= p->from)
		return why_say(why, ERR_FORMAT,
		    "mode is overlapping, but issuance.to is not after "
		    "participation.from: that is separated");
	if (i->to > p->to)
		return why_say(why, ERR_FORMAT,
		    "mode is overlapping, but issuance.to is after "
		    "participation.to");
	return OK;
}

static enum err
parse_roll(struct header *h, struct why *why)
{
	static const char *const names[] = { "root", "size", NULL };
	json_t *o = NULL;
	enum err r;

	if ((r = json_get_object(h->doc, "roll", &o, why)) != OK)
		return r;
	if ((r = json_only(o, names, why)) != OK ||
	    (r = json_get_hex(o, "root", h->roll_root.b, HASH_BYTES, why)) !=
		OK ||
	    (r = get_u32(o, "size", UINT32_MAX, &h->roll_size, why)) != OK)
		why_prefix(why, "roll.");
	return r;
}

/* Element ${i} of an array of strings. */
static enum err
element(const json_t *a, size_t i, struct slice *out, struct why *why)
{
	const json_t *j = json_array_get(a, i);

	if (!json_is_string(j))
		return why_say(why, ERR_FORMAT, "keys[%zu] is not a string", i);
	*out = slice_of(json_string_value(j), json_string_length(j));
	return OK;
}

static enum err
trustee_keys(struct header *h, const json_t *keys, struct why *why)
{
	struct slice s = { NULL, 0 };
	size_t i, k;
	enum err r;

	for (i = 0; i < json_array_size(keys); i++) {
		if ((r = element(keys, i, &s, why)) != OK)
			return r;
		if (hex_decode(s, h->trustees[i].b, 32) != OK ||
		    sign_point_check(&h->trustees[i]) != OK)
			return why_say(why, ERR_FORMAT,
			    "keys[%zu] is not an Ed25519 key as lower-case hex",
			    i);
		for (k = 0; k < i; k++) {
			if (public_key_cmp(&h->trustees[k], &h->trustees[i]) ==
			    0)
				return why_say(why, ERR_CONFLICT,
				    "keys[%zu] and keys[%zu] are the same", k,
				    i);
		}
	}
	h->n_trustees = i;
	return OK;
}

static enum err
parse_trustees(struct header *h, struct why *why)
{
	static const char *const names[] = { "keys", "threshold", NULL };
	json_t *o = NULL, *keys = NULL;
	uint32_t t = 0;
	enum err r;

	if ((r = json_get_object(h->doc, "trustees", &o, why)) != OK)
		return r;
	if ((r = json_only(o, names, why)) != OK ||
	    (r = json_get_array(
		 o, "keys", 0, HEADER_TRUSTEES_MAX, &keys, why)) != OK ||
	    (r = get_u32(o, "threshold", HEADER_TRUSTEES_MAX, &t, why)) != OK ||
	    (r = trustee_keys(h, keys, why)) != OK) {
		why_prefix(why, "trustees.");
		return r;
	}
	h->threshold = t;
	if (h->n_trustees > 0 && h->kind != SPACE_BALLOT)
		return why_say(why, ERR_FORMAT,
		    "trustees: only votes are sealed, and this space is none");
	if (h->n_trustees == 0 && t != 0)
		return why_say(why, ERR_FORMAT,
		    "trustees.threshold is %u, but there are no keys", t);
	if (h->n_trustees != 0 &&
	    (t > h->n_trustees || h->n_trustees >= 2 * (size_t)t))
		return why_say(why, ERR_FORMAT,
		    "trustees.threshold is %u of %zu keys, and must be more "
		    "than half and at most all",
		    t, h->n_trustees);
	return OK;
}

static enum err
witness_keys(struct header *h, const json_t *keys, struct why *why)
{
	struct slice s = { NULL, 0 };
	struct note_key *w;
	size_t i, k;
	enum err r;

	for (i = 0; i < json_array_size(keys); i++) {
		w = &h->witnesses[i];
		if ((r = element(keys, i, &s, why)) != OK)
			return r;
		if (note_key_parse(s, w) != OK || w->type != NOTE_COSIGNATURE)
			return why_say(why, ERR_FORMAT,
			    "keys[%zu] is not a witness's verifier key (type "
			    "04)",
			    i);
		for (k = 0; k < i; k++) {
			if (public_key_cmp(&h->witnesses[k].pk, &w->pk) == 0)
				return why_say(why, ERR_CONFLICT,
				    "keys[%zu] and keys[%zu] are the same", k,
				    i);
		}
	}
	h->n_witnesses = i;
	return OK;
}

static enum err
parse_witnesses(struct header *h, struct why *why)
{
	static const char *const names[] = { "keys", "quorum", NULL };
	json_t *o = NULL, *keys = NULL;
	uint32_t quorum = 0;
	enum err r;

	if ((r = json_get_object(h->doc, "witnesses", &o, why)) != OK)
		return r;
	if ((r = json_only(o, names, why)) != OK ||
	    (r = json_get_array(
		 o, "keys", 0, HEADER_WITNESSES_MAX, &keys, why)) != OK ||
	    (r = get_u32(o, "quorum", HEADER_WITNESSES_MAX, &quorum, why)) !=
		OK ||
	    (r = witness_keys(h, keys, why)) != OK) {
		why_prefix(why, "witnesses.");
		return r;
	}
	h->quorum = quorum;
	if (h->quorum > h->n_witnesses)
		return why_say(why, ERR_FORMAT,
		    "witnesses.quorum is %u, but there are %zu keys", quorum,
		    h->n_witnesses);
	return OK;
}

/* Has the header this key already, at the issuers before ${i} or at a purpose
   of ${i} before ${p}? */
static int
key_used(const struct header *h, size_t i, unsigned p)
{
	const struct hash *id = &h->issuers[i].keys[p].key_id;
	size_t k;
	unsigned q;

	for (k = 0; k <= i; k++) {
		for (q = 1; q <= PURPOSE_MAX; q++) {
			if ((k < i || q < p) &&
			    h->issuers[k].keys[q].pub != NULL &&
			    hash_equal(&h->issuers[k].keys[q].key_id, id))
				return 1;
		}
	}
	return 0;
}

static enum err
issuer_key(
    struct header *h, size_t i, const json_t *keys, unsigned p, struct why *why)
{
	struct issuer_key *key = &h->issuers[i].keys[p];
	const char *name = purpose_name(p);
	const char *text = "";
	enum err r;

	r = json_get_string(
	    keys, name, 0, BASE64_CHARS(BLIND_SPKI), &text, why);
	if (r != OK)
		goto out;
	r = base64_decode_exact(
	    BASE64_URL, slice_str(text), key->spki, BLIND_SPKI);
	if (r == OK)
		r = blind_public_parse(
		    slice_of(key->spki, BLIND_SPKI), &key->pub);
	if (r != OK) {
		(void)why_say(why, r,
		    "%s is not a 2048-bit token key of RFC 9578 as base64url",
		    name);
		goto out;
	}
	token_key_id(key->spki, &key->key_id);
	if (key_used(h, i, p))
		r = why_say(why, ERR_CONFLICT,
		    "%s is used in this header already; every issuer and "
		    "purpose needs a key of its own",
		    name);

out:
	if (r != OK)
		why_prefix(why, "issuers[%zu].keys.", i);
	return r;
}

static enum err
issuer_keys(struct header *h, size_t i, const json_t *keys, struct why *why)
{
	const char *names[PURPOSE_MAX + 1] = { NULL };
	size_t n = 0;
	unsigned p;
	enum err r;

	for (p = 1; p <= PURPOSE_MAX; p++) {
		if (header_has_purpose(h->kind, p))
			names[n++] = purpose_name(p);
	}
	if ((r = json_only(keys, names, why)) != OK) {
		why_prefix(why, "issuers[%zu].keys.", i);
		return r;
	}
	for (p = 1; p <= PURPOSE_MAX; p++) {
		if (header_has_purpose(h->kind, p) &&
		    (r = issuer_key(h, i, keys, p, why)) != OK)
			return r;
	}
	return OK;
}

static enum err
parse_issuer(struct header *h, size_t i, const json_t *o, struct why *why)
{
	static const char *const names[] = { "factor", "keys", "name", "url",
		NULL };
	struct issuer *is = &h->issuers[i];
	const char *factor = "";
	json_t *keys = NULL;
	unsigned f;
	enum err r;

	if (!json_is_object(o))
		return why_say(
		    why, ERR_FORMAT, "issuers[%zu] is not an object", i);
	if ((r = json_only(o, names, why)) != OK ||
	    (r = get_host(o, "name", &is->name, why)) != OK ||
	    (r = get_url(o, "url", &is->url, why)) != OK ||
	    (r = json_get_string(o, "factor", 1, 20, &factor, why)) != OK ||
	    (r = json_get_object(o, "keys", &keys, why)) != OK) {
		why_prefix(why, "issuers[%zu].", i);
		return r;
	}
	for (f = 0; f <= FACTOR_DOCUMENT; f++) {
		if (strcmp(factors[f], factor) == 0)
			break;
	}
	if (f > FACTOR_DOCUMENT)
		return why_say(why, ERR_FORMAT,
		    "issuers[%zu].factor is none of none, birth_date, document",
		    i);
	is->factor = (enum factor_kind)f;
	if ((r = issuer_keys(h, i, keys, why)) != OK)
		return r;
	return token_space_digest(slice_str(is->name), &h->id,
	    slice_str(h->origin_info), &is->challenge);
}

static enum err
parse_issuers(struct header *h, struct why *why)
{
	json_t *a = NULL;
	size_t i;
	enum err r;

	r = json_get_array(h->doc, "issuers", 1, RECORD_ISSUERS_MAX, &a, why);
	if (r != OK)
		return r;
	h->n_issuers = json_array_size(a);
	for (i = 0; i < h->n_issuers; i++) {
		if ((r = parse_issuer(h, i, json_array_get(a, i), why)) != OK)
			return r;
	}
	return OK;
}

enum err
header_parse(struct slice s, struct header **out, struct why *why)
{
	struct header *h;
	enum err r;

	if ((h = calloc(1, sizeof(*h))) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	hash_bytes(s, &h->id);
	if ((r = json_read_document(s, &h->doc, why)) != OK)
		goto out;
	if (!json_is_object(h->doc)) {
		r = why_say(why, ERR_FORMAT, "the header is not an object");
		goto out;
	}
	if ((r = json_only(h->doc, members, why)) != OK ||
	    (r = parse_names(h, why)) != OK ||
	    (r = parse_numbers(h, why)) != OK ||
	    (r = parse_windows(h, why)) != OK ||
	    (r = parse_roll(h, why)) != OK ||
	    (r = parse_trustees(h, why)) != OK ||
	    (r = parse_witnesses(h, why)) != OK ||
	    (r = parse_issuers(h, why)) != OK)
		goto out;
	*out = h;
	h = NULL; /* transferred */

out:
	header_free(h);
	return r;
}

void
header_free(struct header *h)
{
	size_t i;
	unsigned p;

	if (h == NULL)
		return;
	for (i = 0; i < RECORD_ISSUERS_MAX; i++) {
		for (p = 0; p <= PURPOSE_MAX; p++)
			blind_public_free(h->issuers[i].keys[p].pub);
	}
	json_decref(h->doc);
	free(h);
}
