#include <string.h>

#include "record.h"

#define VERSION 1
#define SIG 64
#define DST_NAME "record"
#define SEALED_TAG 16

enum err
record_space(struct slice raw, struct hash *space_id)
{
	if (raw.n < RECORD_FIXED || raw.p[0] != VERSION)
		return ERR_FORMAT;
	memcpy(space_id->b, raw.p + 2, HASH_BYTES);
	return OK;
}

enum err
record_parse(struct slice raw, size_t issuers, struct record *out)
{
	struct cursor c = cursor_of(raw);
	struct record v = { 0 };
	uint8_t version, kind, purpose;
	enum err r;

	if (issuers > RECORD_ISSUERS_MAX)
		return ERR_LIMIT;
	version = cursor_u8(&c);
	kind = cursor_u8(&c);
	cursor_copy(&c, v.space_id.b, HASH_BYTES);
	cursor_copy(&c, v.form_id.b, HASH_BYTES);
	purpose = cursor_u8(&c);
	cursor_copy(&c, v.pk.b, sizeof(v.pk.b));
	v.seq = cursor_u32(&c);
	v.body = cursor_lp(&c);
	v.n_auth = v.seq == 0 ? issuers : 0;
	v.authenticators = cursor_take(&c, v.n_auth * BLIND_BYTES).p;
	cursor_copy(&c, v.sig.b, sizeof(v.sig.b));
	if ((r = cursor_end(&c)) != OK)
		return r;
	if (version != VERSION ||
	    (kind != RECORD_BALLOT && kind != RECORD_CONTRIBUTION) ||
	    purpose_name(purpose) == NULL)
		return ERR_FORMAT;
	if (v.body.n > RECORD_BODY_MAX)
		return ERR_LIMIT;
	v.kind = (enum record_kind)kind;
	v.purpose = (enum purpose)purpose;
	v.signed_part = slice_of(raw.p, raw.n - SIG);
	v.raw = raw;
	*out = v;
	return OK;
}

enum err
record_sign(const struct record *r, const struct sign_key *k, struct buf *out)
{
	struct slice part;
	struct signature sig;
	struct buf b = { 0 };
	enum err e;

	if (r->body.n > RECORD_BODY_MAX || r->n_auth > RECORD_ISSUERS_MAX ||
	    (r->seq > 0 && r->n_auth > 0))
		return ERR_LIMIT;
	buf_u8(&b, VERSION);
	buf_u8(&b, (uint8_t)r->kind);
	buf_put(&b, r->space_id.b, HASH_BYTES);
	buf_put(&b, r->form_id.b, HASH_BYTES);
	buf_u8(&b, (uint8_t)r->purpose);
	buf_put(&b, k->pk.b, sizeof(k->pk.b));
	buf_u32(&b, r->seq);
	buf_lp(&b, r->body);
	buf_put(&b, r->authenticators, r->n_auth * BLIND_BYTES);
	if ((e = buf_end(&b)) != OK)
		goto out;
	part = buf_slice(&b);
	if ((e = sign_dst(k, DST_NAME, &part, 1, &sig)) != OK)
		goto out;
	buf_put(&b, sig.b, sizeof(sig.b));
	if ((e = buf_end(&b)) != OK)
		goto out;
	buf_put(out, b.p, b.n);
	e = buf_end(out);

out:
	buf_free(&b);
	return e;
}

enum err
record_verify(const struct record *r)
{
	return sign_verify_dst(&r->pk, DST_NAME, &r->signed_part, 1, &r->sig);
}

enum err
sealed_body_parse(struct slice body, struct sealed_body *out)
{
	struct cursor c = cursor_of(body);
	struct sealed_body v;

	cursor_copy(&c, v.r, sizeof(v.r));
	cursor_copy(&c, v.pok_c, sizeof(v.pok_c));
	cursor_copy(&c, v.pok_z, sizeof(v.pok_z));
	v.ct = cursor_take(&c, c.n);
	if (c.bad || v.ct.n < SEALED_TAG)
		return ERR_FORMAT;
	*out = v;
	return OK;
}

enum err
contribution_parse(struct slice body, struct contribution *out)
{
	if (body.n != CONTRIBUTION_BODY || body.p[0] < ACTION_IDEA ||
	    body.p[0] > ACTION_MAX)
		return ERR_FORMAT;
	out->action = (enum action)body.p[0];
	memcpy(out->target.b, body.p + 1, HASH_BYTES);
	memcpy(out->commit.b, body.p + 1 + HASH_BYTES, HASH_BYTES);
	return OK;
}

void
contribution_put(struct buf *b, const struct contribution *c)
{
	buf_u8(b, (uint8_t)c->action);
	buf_put(b, c->target.b, HASH_BYTES);
	buf_put(b, c->commit.b, HASH_BYTES);
}

void
content_commit(
    const uint8_t salt[static 16], struct slice content, struct hash *out)
{
	struct slice parts[2] = { slice_of(salt, 16), content };

	hash_dst("content", parts, 2, out);
}
