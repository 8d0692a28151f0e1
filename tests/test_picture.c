/* Pictures of options: what is shown as it is, and what is refused. */
#include <stdio.h>
#include <string.h>

#include "picture.h"

#include "file.h"
#include "vec.h"

static struct buf
file(const char *name)
{
	struct buf b = { 0 };
	struct why why = { { 0 } };
	char path[100];

	(void)snprintf(path, sizeof(path), "tests/pictures/%s", name);
	if (file_read(path, PICTURE_BYTES_MAX, &b, &why) != OK)
		fail_msg("%s", why.text);
	return b;
}

/* Refused, with a sentence that has ${what} in it. */
static void
refused(const struct buf *b, enum err want, const char *what)
{
	struct picture p = { PICTURE_PNG, 7, 7 };
	struct why why = { { 0 } };

	assert_int_equal(picture_parse(buf_slice(b), &p, &why), want);
	if (strstr(why.text, what) == NULL)
		fail_msg("not \"%s\": %s", what, why.text);
	assert_int_equal(p.width, 7);
}

/* The bytes ${in}, of ${n}, put in at ${at}. */
static struct buf
with(const struct buf *b, size_t at, const void *in, size_t n)
{
	struct buf out = { 0 };

	assert_true(at <= b->n);
	buf_put(&out, b->p, at);
	buf_put(&out, in, n);
	buf_put(&out, b->p + at, b->n - at);
	assert_int_equal(buf_end(&out), OK);
	return out;
}

static void
pictures_of_three_formats_say_their_size(void **state)
{
	static const struct {
		const char *name;
		const char *type;
	} rows[] = { { "good.jpg", "image/jpeg" }, { "good.png", "image/png" },
		{ "good.webp", "image/webp" },
		{ "lossless.webp", "image/webp" },
		{ "alpha.webp", "image/webp" } };
	struct picture p;
	struct why why = { { 0 } };
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		b = file(rows[i].name);
		if (picture_parse(buf_slice(&b), &p, &why) != OK)
			fail_msg("%s: %s", rows[i].name, why.text);
		assert_string_equal(picture_media_type(p.type), rows[i].type);
		assert_int_equal(p.width, 16);
		assert_int_equal(p.height, 12);
		buf_free(&b);
	}
}

static void
a_picture_that_is_cut_off_or_goes_on_is_refused(void **state)
{
	static const char *const names[] = { "good.jpg", "good.png",
		"good.webp", "lossless.webp", "alpha.webp" };
	struct picture p;
	struct buf b;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		b = file(names[i]);
		for (n = 0; n < b.n; n++) {
			uint8_t *copy = malloc(n + 1); /* its end is watched */

			assert_non_null(copy);
			memcpy(copy, b.p, n);
			assert_int_equal(
			    picture_parse(slice_of(copy, n), &p, NULL),
			    ERR_FORMAT);
			free(copy);
		}
		buf_put(&b, "", 1);
		refused(&b, ERR_FORMAT, "");
		buf_free(&b);
	}
}

static void
what_cameras_and_editors_add_is_refused_with_what_to_do(void **state)
{
	static const uint8_t exif[] = { 0xff, 0xe1, 0, 8, 'E', 'x', 'i', 'f', 0,
		0 };
	static const uint8_t comment[] = { 0xff, 0xfe, 0, 4, 'h', 'i' };
	static const uint8_t iptc[] = { 0xff, 0xed, 0, 4, 'h', 'i' };
	static const uint8_t mpf[] = { 0xff, 0xe2, 0, 6, 'M', 'P', 'F', 0 };
	static const uint8_t text[] = { 0, 0, 0, 3, 't', 'E', 'X', 't', 'a', 0,
		'b', 0, 0, 0, 0 };
	static const uint8_t exif_png[] = { 0, 0, 0, 1, 'e', 'X', 'I', 'f', 'a',
		0, 0, 0, 0 };
	static const uint8_t moving[] = { 0, 0, 0, 0, 'a', 'c', 'T', 'L', 0, 0,
		0, 0 };
	static const struct {
		const char *name;
		size_t at;
		const uint8_t *in;
		size_t n;
		const char *what;
	} rows[] = {
		{ "good.jpg", 2, exif, sizeof(exif), "Exif" },
		{ "good.jpg", 20, exif, sizeof(exif), "without metadata" },
		{ "good.jpg", 2, comment, sizeof(comment), "marker fe" },
		{ "good.jpg", 2, iptc, sizeof(iptc), "marker ed" },
		{ "good.jpg", 2, mpf, sizeof(mpf), "marker e2" },
		{ "good.png", 33, text, sizeof(text), "(tEXt)" },
		{ "good.png", 33, exif_png, sizeof(exif_png), "(eXIf)" },
		{ "good.png", 33, moving, sizeof(moving), "(acTL)" },
	};
	struct buf b, spoilt;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		b = file(rows[i].name);
		spoilt = with(&b, rows[i].at, rows[i].in, rows[i].n);
		refused(&spoilt, ERR_FORMAT, rows[i].what);
		buf_free(&spoilt);
		buf_free(&b);
	}
	b = file("good.webp");
	spoilt = with(&b, b.n, "EXIF\2\0\0\0ab", 10);
	spoilt.p[4] = (uint8_t)(spoilt.p[4] + 10);
	refused(&spoilt, ERR_FORMAT, "(EXIF)");
	buf_free(&spoilt);
	buf_free(&b);
	/* After the first pixels, too. */
	b = file("good.jpg");
	spoilt = with(&b, b.n - 2, exif, sizeof(exif));
	refused(&spoilt, ERR_FORMAT, "Exif");
	buf_free(&spoilt);
	buf_free(&b);
}

static void
what_is_too_large_is_refused(void **state)
{
	struct buf b = file("good.png");
	struct picture p;
	struct why why = { { 0 } };

	(void)state;
	b.p[18] = 0x10; /* 4,112 wide */
	refused(&b, ERR_LIMIT, "4112 x 12");
	b.p[18] = b.p[19] = 0; /* nothing wide */
	refused(&b, ERR_LIMIT, "0 x 12");
	b.p[18] = 0x10; /* 4,096 */
	assert_int_equal(picture_parse(buf_slice(&b), &p, &why), OK);
	assert_int_equal(p.width, PICTURE_SIDE_MAX);
	while (b.n <= PICTURE_BYTES_MAX)
		buf_put(&b, "0123456789abcdef", 16);
	refused(&b, ERR_LIMIT, "524288");
	buf_free(&b);
}

static void
what_is_no_picture_is_refused(void **state)
{
	static const char *const texts[] = { "", "GIF89a", "<svg/>",
		"\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "RIFF\x04\0\0\0WEBP",
		"{\"version\":1}", "<!DOCTYPE html>" };
	struct picture p;
	struct why why = { { 0 } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(
		    picture_parse(slice_str(texts[i]), &p, &why), ERR_FORMAT);
		assert_true(why.text[0] != '\0');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pictures_of_three_formats_say_their_size),
		cmocka_unit_test(
		    a_picture_that_is_cut_off_or_goes_on_is_refused),
		cmocka_unit_test(
		    what_cameras_and_editors_add_is_refused_with_what_to_do),
		cmocka_unit_test(what_is_too_large_is_refused),
		cmocka_unit_test(what_is_no_picture_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
