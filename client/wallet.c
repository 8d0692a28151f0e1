#include <string.h>

#include "base64.h"
#include "seal.h"
#include "text.h"
#include "wipe.h"

#include "wallet.h"

/* Nearly every candidate fits: r >= n happens once in two for the worst n. */
#define COUNTER_MAX 4096

struct parts {
	struct sign_key credential;
	uint8_t salt[BLIND_SALT];
	uint8_t input[TOKEN_INPUT_BYTES];
	const struct issuer_key *key;
};

/* Everything of a request but the blinding factor. */
static enum err
parts_make(const struct secret *ss, const struct header *h, size_t issuer,
    enum purpose purpose, struct parts *p)
{
	enum err r;

	if (issuer >= h->n_issuers ||
	    h->issuers[issuer].keys[purpose].pub == NULL)
		return ERR_NOT_FOUND;
	p->key = &h->issuers[issuer].keys[purpose];
	if ((r = derive_credential(ss, purpose, &p->credential)) != OK ||
	    (r = derive_pss_salt(ss, &p->key->key_id, p->salt)) != OK)
		return r;
	token_input(&p->credential.pk, &h->issuers[issuer].challenge,
	    &p->key->key_id, p->input);
	return OK;
}

/* Blind with the first factor that fits; gives it and the blinded message. */
static enum err
blind(const struct secret *ss, const struct parts *p,
    uint8_t r_out[static BLIND_BYTES], uint8_t blinded[static BLIND_BYTES],
    uint32_t *counter)
{
	enum err r = ERR_INTERNAL;
	uint32_t i;

	for (i = 0; i < COUNTER_MAX; i++) {
		if ((r = derive_blind(ss, &p->key->key_id, i, r_out)) != OK)
			return r;
		r = blind_blind(p->key->pub,
		    slice_of(p->input, sizeof(p->input)),
		    slice_of(p->salt, sizeof(p->salt)),
		    slice_of(r_out, BLIND_BYTES), blinded);
		if (r != ERR_LIMIT)
			break;
	}
	if (r == OK)
		*counter = i;
	return r == ERR_LIMIT ? ERR_INTERNAL : r;
}

enum err
wallet_ask(const struct secret *ss, const struct header *h, size_t issuer,
    enum purpose purpose, struct wallet_ask *out)
{
	uint8_t blinded[BLIND_BYTES], r_bytes[BLIND_BYTES];
	struct buf body = { 0 };
	struct parts p;
	uint32_t counter;
	enum err r;

	if ((r = parts_make(ss, h, issuer, purpose, &p)) != OK ||
	    (r = blind(ss, &p, r_bytes, blinded, &counter)) != OK)
		goto out;
	token_request_put(&body, &p.key->key_id, blinded);
	if ((r = buf_end(&body)) != OK)
		goto out;
	memcpy(out->body, body.p, sizeof(out->body));
	out->pk = p.credential.pk;
	out->counter = counter;

out:
	wipe(&p, sizeof(p));
	wipe(r_bytes, sizeof(r_bytes));
	buf_free(&body);
	return r;
}

enum err
wallet_authorization(const struct sign_key *roll, const struct header *h,
    size_t issuer, enum purpose purpose, const struct wallet_ask *ask,
    const uint8_t salt[static 64], const struct hash *factor, struct buf *out)
{
	struct signature sig;
	struct hash c;
	enum err r;

	ledger_ask_commit(
	    salt, ask->body + TOKEN_REQUEST_BYTES - BLIND_BYTES, &c);
	if ((r = ledger_ask_sign(roll, &h->id,
		 &h->issuers[issuer].keys[purpose].key_id, &c, &sig)) != OK)
		return r;
	buf_str(out, "Roll key=\"");
	base64_put(out, BASE64_URL, public_key_slice(&roll->pk));
	buf_str(out, "\", salt=\"");
	base64_put(out, BASE64_URL, slice_of(salt, 64));
	buf_str(out, "\", sig=\"");
	base64_put(out, BASE64_URL, slice_of(sig.b, sizeof(sig.b)));
	if (factor != NULL) {
		buf_str(out, "\", factor=\"");
		base64_put(out, BASE64_URL, hash_slice(factor));
	}
	buf_str(out, "\"");
	return buf_end(out);
}

enum err
wallet_finalize(const struct secret *ss, const struct header *h, size_t issuer,
    enum purpose purpose, const struct wallet_ask *ask,
    const uint8_t blind_sig[static BLIND_BYTES],
    uint8_t out[static BLIND_BYTES])
{
	uint8_t r_bytes[BLIND_BYTES];
	struct parts p;
	enum err r;

	if ((r = parts_make(ss, h, issuer, purpose, &p)) != OK ||
	    (r = derive_blind(ss, &p.key->key_id, ask->counter, r_bytes)) != OK)
		goto out;
	r = blind_finalize(p.key->pub, slice_of(p.input, sizeof(p.input)),
	    slice_of(r_bytes, sizeof(r_bytes)),
	    slice_of(blind_sig, BLIND_BYTES), BLIND_SALT, out);

out:
	wipe(&p, sizeof(p));
	wipe(r_bytes, sizeof(r_bytes));
	return r;
}

enum err
wallet_token_check(const struct secret *ss, const struct header *h,
    size_t issuer, enum purpose purpose,
    const uint8_t token[static BLIND_BYTES])
{
	struct parts p;
	enum err r;

	if ((r = parts_make(ss, h, issuer, purpose, &p)) == OK)
		r = blind_verify_with(p.key->pub,
		    slice_of(p.input, sizeof(p.input)),
		    slice_of(p.salt, sizeof(p.salt)),
		    slice_of(token, BLIND_BYTES));
	wipe(&p, sizeof(p));
	return r;
}

static int
digits(struct slice s, size_t from, size_t n)
{
	size_t i;

	for (i = from; i < from + n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return 0;
	return 1;
}

static unsigned
number(const char *p, size_t n)
{
	unsigned v = 0;

	while (n-- > 0)
		v = v * 10 + (unsigned)(*p++ - '0');
	return v;
}

static int
is_date(const char *iso)
{
	static const unsigned char days[12] = { 31, 28, 31, 30, 31, 30, 31, 31,
		30, 31, 30, 31 };
	unsigned y = number(iso, 4), m = number(iso + 5, 2);
	unsigned d = number(iso + 8, 2), leap, most;

	if (y < 1850 || m < 1 || m > 12)
		return 0;
	leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	most = days[m - 1] + (unsigned)(m == 2 && leap);
	return d >= 1 && d <= most;
}

static enum err
birth_date(
    struct slice s, char out[static WALLET_FACTOR_MAX + 1], struct why *why)
{
	static const unsigned char swap[10] = { 6, 7, 8, 9, 0, 3, 4, 0, 0, 1 };
	char iso[11] = { 0 };
	size_t i;

	if (s.n == 10 && s.p[4] == '-' && s.p[7] == '-' && digits(s, 0, 4) &&
	    digits(s, 5, 2) && digits(s, 8, 2)) {
		memcpy(iso, s.p, 10);
	} else if (s.n == 10 && s.p[2] == '/' && s.p[5] == '/' &&
		   digits(s, 0, 2) && digits(s, 3, 2) && digits(s, 6, 4)) {
		for (i = 0; i < 10; i++)
			iso[i] = (char)s.p[swap[i]];
		iso[4] = iso[7] = '-';
	}
	if (iso[0] == '\0' || !is_date(iso))
		return why_say(why, ERR_FORMAT,
		    "the date of birth must be a day written as 31/12/1970 or "
		    "1970-12-31");
	memcpy(out, iso, sizeof(iso));
	return OK;
}

static enum err
document(
    struct slice s, char out[static WALLET_FACTOR_MAX + 1], struct why *why)
{
	char c, all[65];
	size_t n = 0, i;

	for (i = 0; i < s.n; i++) {
		c = (char)s.p[i];
		if (c == ' ' || c == '-')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (n == sizeof(all) - 1 ||
		    !((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
			break;
		all[n++] = c;
	}
	if (i < s.n || n < 4)
		return why_say(why, ERR_FORMAT,
		    "the document's number must be letters and digits, four at "
		    "least");
	memcpy(out, all + n - 4, 4);
	out[4] = '\0';
	return OK;
}

enum err
wallet_factor_text(enum factor_kind kind, struct slice typed,
    char out[static WALLET_FACTOR_MAX + 1], struct why *why)
{
	switch (kind) {
	case FACTOR_NONE:
		break;
	case FACTOR_BIRTH_DATE:
		return birth_date(typed, out, why);
	case FACTOR_DOCUMENT:
		return document(typed, out, why);
	}
	return why_say(why, ERR_FORMAT, "no second factor is asked for");
}

void
wallet_factor(const struct public_key *roll, const char *text, struct hash *out)
{
	struct slice parts[2] = { public_key_slice(roll), slice_str(text) };

	hash_dst("factor", parts, 2, out);
}

enum err
wallet_pk(const struct secret *ss, enum purpose purpose, struct public_key *out)
{
	struct sign_key k;
	enum err r;

	if ((r = derive_credential(ss, purpose, &k)) == OK)
		*out = k.pk;
	wipe(&k, sizeof(k));
	return r;
}

/*
 * What stands in the record: the choices, sealed where the form is.  That the
 * key is the trustees' was judged with the form (trust.h).
 */
static enum err
body(const struct secret *ss, const struct form *f, const struct seal *s,
    const struct choices *choices, struct buf *out, struct why *why)
{
	struct buf plain = { 0 };
	enum err r;

	if (!f->sealed)
		return choices_put(f, choices, out, why);
	if ((r = choices_put(f, choices, &plain, why)) == OK &&
	    (r = buf_end(&plain)) == OK)
		r = seal_make(s, ss, buf_slice(&plain), out, NULL);
	wipe(plain.p, plain.n);
	buf_free(&plain);
	return r;
}

enum err
wallet_ballot(const struct secret *ss, const struct header *h,
    const struct form *f, uint32_t seq, const uint8_t *tokens,
    const struct choices *choices, struct buf *out, struct why *why)
{
	struct buf bytes = { 0 };
	struct record rec;
	struct sign_key k;
	const struct seal s = { &h->id, &f->id, &k.pk, seq, &f->seal_key };
	enum err r;

	memset(&k, 0, sizeof(k));
	if (seq > h->seq_limit)
		return why_say(why, ERR_LIMIT,
		    "the choice in this space can be changed %u times, and "
		    "was: it stands",
		    (unsigned)h->seq_limit);
	if ((r = derive_credential(ss, PURPOSE_VOTE, &k)) != OK ||
	    (r = body(ss, f, &s, choices, &bytes, why)) != OK ||
	    (r = buf_end(&bytes)) != OK)
		goto out;
	memset(&rec, 0, sizeof(rec));
	rec.kind = RECORD_BALLOT;
	rec.purpose = PURPOSE_VOTE;
	rec.space_id = h->id;
	rec.form_id = f->id;
	rec.seq = seq;
	rec.body = buf_slice(&bytes);
	rec.authenticators = tokens;
	rec.n_auth = seq == 0 ? h->n_issuers : 0;
	r = record_sign(&rec, &k, out);

out:
	wipe(&k, sizeof(k));
	buf_free(&bytes);
	return r;
}

void
wallet_blank(const struct form *f, uint32_t *v, struct choices *out)
{
	memset(v, 0, f->n_options * sizeof(*v));
	out->n = f->n_options;
	out->v = v;
	out->blank = 1;
}

/* One number of a list; ${s} becomes what follows it. */
static enum err
list_number(struct slice *s, uint64_t max, uint32_t *out)
{
	uint64_t v;
	size_t n;

	for (n = 0; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++)
		;
	if (text_u64(slice_of(s->p, n), &v) != OK || v > max)
		return ERR_FORMAT;
	s->p += n;
	s->n -= n;
	*out = (uint32_t)v;
	return OK;
}

static int
list_mark(struct slice *s, uint8_t mark)
{
	if (s->n == 0 || s->p[0] != mark)
		return 0;
	s->p++;
	s->n--;
	return 1;
}

enum err
wallet_choose(const struct form *f, const char *text, uint32_t *v,
    struct choices *out, struct why *why)
{
	uint32_t option, value, place = 0;
	struct slice s = slice_str(text);

	wallet_blank(f, v, out);
	out->blank = 0;
	do {
		value = 1;
		if (list_number(&s, f->n_options, &option) != OK || option == 0)
			return why_say(why, ERR_FORMAT,
			    "\"%.80s\" must be numbers of options from 1 to "
			    "%zu with commas between",
			    text, f->n_options);
		if (f->ballot.type == BALLOT_POINTS &&
		    (!list_mark(&s, '=') ||
			list_number(&s, 65535, &value) != OK || value == 0))
			return why_say(why, ERR_FORMAT,
			    "\"%.80s\" must be option=points with commas "
			    "between, as in 1=3,2=1",
			    text);
		if (f->ballot.type == BALLOT_RANKING)
			value = ++place;
		if (v[option - 1] != 0)
			return why_say(why, ERR_FORMAT,
			    "option %u is named twice", (unsigned)option);
		v[option - 1] = value;
	} while (list_mark(&s, ','));
	if (s.n > 0)
		return why_say(why, ERR_FORMAT,
		    "\"%.80s\" has something after a number that is no comma",
		    text);
	return OK;
}
