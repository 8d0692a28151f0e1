/* Secrets as text: hex, base64, and the codes that people type. */
#include "base64.h"
#include "code.h"
#include "hex.h"
#include "wipe.h"

#include "secret.h"

static void
hex(void)
{
	uint8_t in[48], out[48];
	char text[97];
	size_t i;
	enum err r;

	for (i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 41);
	SECRET(in);
	hex_encode(slice_of(in, sizeof(in)), text);
	r = hex_decode(slice_of(text, 96), out, sizeof(out));
	MUST(r == OK);
	r = equal_ct(in, out, sizeof(in)) ? OK : ERR_CONFLICT;
	PUBLIC(r);
	MUST(r == OK);
}

static void
base64(enum base64_kind kind)
{
	uint8_t in[64], out[64];
	char text[BASE64_CHARS(64)];
	struct buf b = { 0 }, c = { 0 };
	size_t i, n;

	for (i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 61 + 1);
	n = (64 + 2) / 3 * 4 - (kind == BASE64_URL ? 2 : 0);
	SECRET(in);
	base64_encode(kind, slice_of(in, sizeof(in)), text);
	MUST(base64_decode_exact(kind, slice_of(text, n), out, 64) == OK);
	MUST(base64_decode(kind, slice_of(text, n), &b) == OK);
	base64_put(&c, kind, slice_of(in, sizeof(in)));
	MUST(b.n == 64 && c.n == n);
	PUBLIC(in);
	PUBLIC(out);
	PUBLIC_BYTES(b.p, b.n);
	MUST(memcmp(in, out, 64) == 0 && memcmp(in, b.p, 64) == 0);
	buf_free(&b);
	buf_free(&c);
}

static void
recovery(enum code_kind kind)
{
	struct secret s, back;
	char text[35];

	memset(s.b, 0xa7, sizeof(s.b));
	SECRET(s);
	recovery_print(kind, &s, text);
	MUST(recovery_parse(kind, slice_of(text, 34), &back) == OK);
	PUBLIC(s);
	PUBLIC(back);
	MUST(memcmp(&s, &back, sizeof(s)) == 0);
	/* A code that is wrong is refused at the same cost, and no sooner. */
	SECRET(text);
	text[3] = (char)(text[3] ^ 1);
	MUST(recovery_parse(kind, slice_of(text, 34), &back) != OK);
}

static void
roll(void)
{
	struct roll_code c, back;
	char text[25];

	roll_code_random(&c);
	SECRET(c);
	roll_code_print(&c, text);
	MUST(roll_code_parse(slice_of(text, 24), &back) == OK);
	PUBLIC(c);
	PUBLIC(back);
	MUST(strcmp(c.c, back.c) == 0);
}

int
main(void)
{
	hex();
	base64(BASE64_STD);
	base64(BASE64_URL);
	base64(BASE64_URL_PADDED);
	recovery(CODE_MASTER);
	recovery(CODE_SPACE);
	roll();
	return 0;
}
