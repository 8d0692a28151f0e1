/*
 * What decodes, encoded again, is the same text: base64 of all kinds, hex, and
 * decimal numbers.
 */
#include <string.h>

#include "base64.h"
#include "hex.h"
#include "text.h"

#include "fuzz.h"

static void
check_base64(enum base64_kind kind, struct slice s)
{
	struct buf out = { 0 }, text = { 0 };
	uint8_t *exact;

	if (base64_decode(kind, s, &out) == OK) {
		base64_put(&text, kind, buf_slice(&out));
		MUST(slice_equal(buf_slice(&text), s));
		MUST((exact = malloc(out.n + 1)) != NULL);
		MUST(base64_decode_exact(kind, s, exact, out.n) == OK);
		MUST(out.n == 0 || memcmp(exact, out.p, out.n) == 0);
		MUST(base64_decode_exact(kind, s, exact, out.n + 1) != OK);
		free(exact);
	} else {
		MUST(out.n == 0);
	}
	text.n = out.n = 0;
	base64_put(&text, kind, s);
	MUST(base64_decode(kind, buf_slice(&text), &out) == OK);
	MUST(slice_equal(buf_slice(&out), s));
	buf_free(&out);
	buf_free(&text);
}

static void
check_hex(struct slice s)
{
	uint8_t *out = malloc(s.n / 2 + 1);
	char *text = malloc(s.n + 1);

	MUST(out != NULL && text != NULL);
	if (hex_decode(s, out, s.n / 2) == OK) {
		hex_encode(slice_of(out, s.n / 2), text);
		MUST(slice_equal(slice_str(text), s));
	}
	free(out);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct buf b = { 0 };
	uint64_t n;

	check_base64(BASE64_STD, s);
	check_base64(BASE64_URL_PADDED, s);
	check_base64(BASE64_URL, s);
	check_hex(s);
	if (text_u64(s, &n) == OK) {
		buf_printf(&b, "%llu", (unsigned long long)n);
		MUST(slice_equal(buf_slice(&b), s));
		buf_free(&b);
	}
	return 0;
}
