#include <string.h>

#include "token.h"

void
token_challenge_put(struct buf *b, const struct token_challenge *c)
{
	buf_u16(b, c->type);
	buf_lp(b, c->issuer_name);
	if (c->redemption_context.n != 0 && c->redemption_context.n != 32)
		b->bad = 1;
	buf_u8(b, (uint8_t)c->redemption_context.n);
	buf_put(b, c->redemption_context.p, c->redemption_context.n);
	buf_lp(b, c->origin_info);
}

enum err
token_challenge_parse(struct slice s, struct token_challenge *c)
{
	struct cursor in = cursor_of(s);
	struct token_challenge v;
	enum err r;

	v.type = cursor_u16(&in);
	v.issuer_name = cursor_lp(&in);
	v.redemption_context = cursor_take(&in, cursor_u8(&in));
	v.origin_info = cursor_lp(&in);
	if ((r = cursor_end(&in)) != OK)
		return r;
	if (v.issuer_name.n == 0 ||
	    (v.redemption_context.n != 0 && v.redemption_context.n != 32))
		return ERR_FORMAT;
	*c = v;
	return OK;
}

enum err
token_space_digest(struct slice issuer_name, const struct hash *space_id,
    struct slice origin_info, struct hash *out)
{
	struct token_challenge c = { TOKEN_TYPE, issuer_name,
		hash_slice(space_id), origin_info };
	struct buf b = { 0 };
	enum err r = ERR_LIMIT;

	if (issuer_name.n == 0 || issuer_name.n > UINT16_MAX ||
	    origin_info.n > UINT16_MAX)
		goto out;
	token_challenge_put(&b, &c);
	if ((r = buf_end(&b)) == OK)
		hash_bytes(buf_slice(&b), out);

out:
	buf_free(&b);
	return r;
}

void
token_key_id(const uint8_t spki[static BLIND_SPKI], struct hash *out)
{
	hash_bytes(slice_of(spki, BLIND_SPKI), out);
}

void
token_input(const struct public_key *pk, const struct hash *digest,
    const struct hash *key_id, uint8_t out[static TOKEN_INPUT_BYTES])
{
	store16(out, TOKEN_TYPE);
	memcpy(out + 2, pk->b, sizeof(pk->b));
	memcpy(out + 34, digest->b, HASH_BYTES);
	memcpy(out + 66, key_id->b, HASH_BYTES);
}

void
token_request_put(struct buf *b, const struct hash *key_id,
    const uint8_t blinded[static BLIND_BYTES])
{
	buf_u16(b, TOKEN_TYPE);
	buf_u8(b, key_id->b[HASH_BYTES - 1]);
	buf_put(b, blinded, BLIND_BYTES);
}

enum err
token_request_parse(struct slice s, struct token_request *out)
{
	if (s.n != TOKEN_REQUEST_BYTES || load16(s.p) != TOKEN_TYPE)
		return ERR_FORMAT;
	out->truncated_key_id = s.p[2];
	out->blinded = s.p + 3;
	return OK;
}

void
token_put(struct buf *b, const struct public_key *pk, const struct hash *digest,
    const struct hash *key_id, const uint8_t authenticator[static BLIND_BYTES])
{
	uint8_t input[TOKEN_INPUT_BYTES];

	token_input(pk, digest, key_id, input);
	buf_put(b, input, sizeof(input));
	buf_put(b, authenticator, BLIND_BYTES);
}

enum err
token_parse(struct slice s, struct token *out)
{
	if (s.n != TOKEN_BYTES || load16(s.p) != TOKEN_TYPE)
		return ERR_FORMAT;
	memcpy(out->nonce.b, s.p + 2, sizeof(out->nonce.b));
	memcpy(out->challenge_digest.b, s.p + 34, HASH_BYTES);
	memcpy(out->key_id.b, s.p + 66, HASH_BYTES);
	out->authenticator = s.p + TOKEN_INPUT_BYTES;
	return OK;
}
