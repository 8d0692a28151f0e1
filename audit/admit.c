#include <string.h>

#include "hash.h"
#include "pok.h"

#include "admit.h"

static enum err
refuse(struct verdict *v, enum rule_no rule, enum err e, const char *text)
{
	v->rule = rule;
	v->index = UINT64_MAX;
	(void)why_say(&v->why, e, "%s", text);
	return e;
}

/* PROTOCOL 6, admission 1 and 2. */
static enum err
format(const struct space *s, struct slice raw, struct record *out,
    struct verdict *v)
{
	const struct header *h = s->header;
	struct record rec;
	enum err r;

	if ((r = record_parse(raw, h->n_issuers, &rec)) != OK)
		return refuse(v, RULE_RECORD_FORMAT, r,
		    r == ERR_LIMIT
			? "the body of the record is too long"
			: "the bytes are not one record, or lack its tokens");
	*out = rec;
	if ((rec.kind == RECORD_BALLOT) != (h->kind == SPACE_BALLOT))
		return refuse(v, RULE_RECORD_FORMAT, ERR_FORMAT,
		    "this space takes no records of this kind");
	if (!header_has_purpose(h->kind, rec.purpose))
		return refuse(v, RULE_RECORD_FORMAT, ERR_FORMAT,
		    "this space has no credentials of this purpose");
	if (!hash_equal(&rec.space_id, &h->id))
		return refuse(v, RULE_RECORD_FORMAT, ERR_NOT_FOUND,
		    "the record is for another space");
	if (!hash_equal(&rec.form_id, &s->form->id))
		return refuse(v, RULE_RECORD_FORMAT, ERR_NOT_FOUND,
		    "the record is for another form");
	return OK;
}

/* PROTOCOL 6: an action has content, always, never, or as it likes. */
static int
commit_fits(const struct contribution *c)
{
	int none = hash_is_zero(&c->commit);

	switch (c->action) {
	case ACTION_IDEA:
	case ACTION_COMMENT:
	case ACTION_EDIT:
	case ACTION_ANSWER:
		return !none;
	case ACTION_WITHDRAW:
	case ACTION_SUPPORT:
	case ACTION_UNSUPPORT:
	case ACTION_AGREE:
	case ACTION_DISAGREE:
	case ACTION_PASS:
		return none;
	case ACTION_REPORT:
		return 1;
	}
	return 0;
}

/* A sealed body, with R as a point. */
struct sealed_parts {
	struct sealed_body body;
	struct point r;
};

static enum err
sealed_parts(const struct record *rec, struct sealed_parts *out)
{
	enum err r;

	if ((r = sealed_body_parse(rec->body, &out->body)) != OK)
		return r;
	memcpy(out->r.b, out->body.r, sizeof(out->r.b));
	return OK;
}

static enum err
sealed(const struct space *s, const struct record *rec, struct verdict *v)
{
	struct sealed_parts b;

	if (rec->body.n != s->form->body_bytes || sealed_parts(rec, &b) != OK)
		return refuse(v, RULE_RECORD_BODY, ERR_FORMAT,
		    "the body is not a sealed ballot of this form");
	return OK;
}

/*
 * Verifying the proof decodes R: it fails where R is no point or the identity.
 * Which fault comes first is asked only of a record that has one, as decoding
 * costs a tenth of an admission.
 */
static enum err
unless_no_point(const struct point *r, struct verdict *v, enum err e)
{
	if (e == ERR_NOMEM || e == ERR_INTERNAL || point_check(r) == OK)
		return e;
	return refuse(v, RULE_RECORD_BODY, ERR_FORMAT,
	    "R is not a point, or the identity");
}

/* Admission 6. */
static enum err
proof(const struct space *s, const struct record *rec, struct verdict *v)
{
	struct sealed_parts b;
	struct scalar c, z;
	struct pok p;
	enum err r;

	if ((r = sealed_parts(rec, &b)) != OK)
		return r;
	p.space_id = &rec->space_id;
	p.form_id = &rec->form_id;
	p.pk = &rec->pk;
	p.seq = rec->seq;
	p.y = &s->form->seal_key;
	p.r = &b.r;
	p.ct = b.body.ct;
	memcpy(c.b, b.body.pok_c, sizeof(c.b));
	memcpy(z.b, b.body.pok_z, sizeof(z.b));
	if ((r = pok_verify(&p, &c, &z)) == OK)
		return OK;
	if (r == ERR_SIGNATURE)
		r = refuse(v, RULE_RECORD_PROOF, r,
		    "the proof of knowledge does not verify");
	return unless_no_point(&b.r, v, r);
}

/* Admission 4. */
static enum err
body(const struct space *s, const struct record *rec, struct verdict *v)
{
	uint32_t places[OPTIONS_MAX];
	struct choices c = { 0, places, 0 };
	struct contribution what = { 0 };
	enum err r;

	v->rule = RULE_RECORD_BODY;
	v->index = UINT64_MAX;
	if (rec->kind == RECORD_CONTRIBUTION) {
		if (contribution_parse(rec->body, &what) != OK)
			return refuse(v, RULE_RECORD_BODY, ERR_FORMAT,
			    "the body is not a contribution");
		if ((what.action == ACTION_ANSWER) !=
		    (rec->purpose == PURPOSE_ANSWER))
			return refuse(v, RULE_RECORD_BODY, ERR_FORMAT,
			    "the credential has another purpose than this");
		if (!commit_fits(&what))
			return refuse(v, RULE_RECORD_BODY, ERR_FORMAT,
			    "content is missing, or not allowed here");
		return OK;
	}
	if (s->header->n_trustees > 0)
		return sealed(s, rec, v);
	if ((r = choices_decode(s->form, rec->body, &c, &v->why)) != OK)
		return r;
	return OK;
}

/* Admission 5. */
static enum err
tokens(const struct space *s, const struct record *rec, struct verdict *v)
{
	uint8_t input[TOKEN_INPUT_BYTES];
	const struct issuer *is;
	const struct issuer_key *k;
	size_t i;
	enum err r;

	for (i = 0; i < rec->n_auth; i++) {
		is = &s->header->issuers[i];
		k = &is->keys[rec->purpose];
		token_input(&rec->pk, &is->challenge, &k->key_id, input);
		r = blind_verify(k->pub, slice_of(input, sizeof(input)),
		    slice_of(
			rec->authenticators + i * BLIND_BYTES, BLIND_BYTES));
		if (r == ERR_INTERNAL || r == ERR_NOMEM)
			return r;
		if (r != OK)
			return refuse(v, RULE_RECORD_TOKEN, ERR_SIGNATURE,
			    "a token does not verify");
	}
	return OK;
}

static int
is_sealed(const struct space *s, const struct record *rec)
{
	return s->header->n_trustees > 0 && rec->kind == RECORD_BALLOT;
}

/* R comes before the tokens (admission 4). */
static enum err
no_token(const struct record *rec, struct verdict *v, enum err e)
{
	struct sealed_parts b;

	return sealed_parts(rec, &b) == OK ? unless_no_point(&b.r, v, e) : e;
}

enum err
admit_check(const struct space *s, struct slice raw, struct record *rec,
    struct verdict *v)
{
	enum err r;

	v->rule = RULE_NONE;
	if ((r = format(s, raw, rec, v)) != OK)
		return r;
	if (sign_point_check(&rec->pk) != OK)
		return refuse(v, RULE_RECORD_KEY, ERR_SIGNATURE,
		    "the key is not a point of prime order");
	if ((r = body(s, rec, v)) != OK)
		return r;
	if ((r = tokens(s, rec, v)) != OK)
		return is_sealed(s, rec) ? no_token(rec, v, r) : r;
	if (is_sealed(s, rec) && (r = proof(s, rec, v)) != OK)
		return r;
	if ((r = record_verify(rec)) != OK)
		return r != ERR_SIGNATURE
			   ? r
			   : refuse(v, RULE_RECORD_SIGNATURE, r,
				 "the record is not signed by its key");
	if (rec->seq > s->header->seq_limit)
		return refuse(v, RULE_RECORD_SEQUENCE, ERR_LIMIT,
		    "the record's number is above the limit");
	v->rule = RULE_NONE;
	return OK;
}

enum err
admit_record(const struct space *s, struct slice raw, struct admitted *out,
    struct verdict *v)
{
	struct record rec;
	enum err r;

	if ((r = admit_check(s, raw, &rec, v)) != OK)
		return r;
	out->record = rec;
	admit_leaf(raw, &out->leaf);
	return OK;
}

void
admit_leaf(struct slice raw, struct hash *out)
{
	static const uint8_t head[3] = { 0, ENTRY_RECORD, 1 };
	struct slice parts[2] = { slice_of(head, sizeof(head)), raw };

	hash_parts(parts, 2, out);
}
