#include <stdio.h>
#include <string.h>

#include "auth.h"
#include "base64.h"

#include "vec.h"

/* Values of the right lengths, in base64url. */
static char key[64], salt[128], sig[128], factor[64];

static void
fill(void)
{
	uint8_t b[64];
	size_t i;

	for (i = 0; i < sizeof(b); i++)
		b[i] = (uint8_t)(i * 7 + 3);
	base64_encode(BASE64_URL, slice_of(b, 32), key);
	base64_encode(BASE64_URL, slice_of(b, 64), salt);
	base64_encode(BASE64_URL, slice_of(b, 64), sig);
	base64_encode(BASE64_URL, slice_of(b + 8, 32), factor);
}

static void
reads_the_header_of_a_resident(void **state)
{
	struct auth_roll a;
	char value[600];

	(void)state;
	fill();
	snprintf(value, sizeof(value),
	    "Roll key=\"%s\", salt=\"%s\", sig=\"%s\", factor=\"%s\"", key,
	    salt, sig, factor);
	assert_int_equal(auth_roll_parse(value, &a), OK);
	assert_int_equal(a.key.b[1], 10);
	assert_int_equal(a.salt[63], (63 * 7 + 3) & 0xff);
	assert_int_equal(a.sig.b[0], 3);
	assert_true(a.has_factor);
	assert_int_equal(a.factor.b[0], 8 * 7 + 3);
	*strrchr(value, ',') = '\0';
	assert_int_equal(auth_roll_parse(value, &a), OK);
	assert_false(a.has_factor);
	assert_true(hash_is_zero(&a.factor));
}

static void
takes_parameters_in_any_order(void **state)
{
	struct auth_roll a;
	char value[600];

	(void)state;
	fill();
	snprintf(value, sizeof(value),
	    "Roll sig=\"%s\",salt=\"%s\",\tfactor=\"%s\",  key=\"%s\"", sig,
	    salt, factor, key);
	assert_int_equal(auth_roll_parse(value, &a), OK);
	assert_int_equal(a.key.b[0], 3);
}

static void
refuses_other_forms(void **state)
{
	static const char *const bad[] = {
		"",
		"Roll",
		"Roll ",
		"Bearer abc",
		"Staff key=\"K\", salt=\"S\", sig=\"G\"",
		"Rollkey=\"K\", salt=\"S\", sig=\"G\"",
		"Roll  key=\"K\", salt=\"S\", sig=\"G\"",
		"Roll key=\"K\", salt=\"S\"",
		"Roll key=\"K\", sig=\"G\"",
		"Roll salt=\"S\", sig=\"G\"",
		"Roll key=\"K\", salt=\"S\", sig=\"G\",",
		"Roll key=\"K\", salt=\"S\", sig=\"G\", ",
		"Roll key=\"K\", salt=\"S\", sig=\"G\" ",
		"Roll key=\"K\", salt=\"S\", sig=\"G\", sig=\"G\"",
		"Roll key=\"K\", salt=\"S\", sig=\"G\", name=\"x\"",
		"Roll key=\"K\"; salt=\"S\"; sig=\"G\"",
		"Roll key=\"K\" salt=\"S\" sig=\"G\"",
		"Roll key=K, salt=\"S\", sig=\"G\"",
		"Roll key=\"K\", salt=\"S\", sig=\"G",
		"Roll key=\"K=\", salt=\"S\", sig=\"G\"",
		"Roll key=\"K\", salt=\"S==\", sig=\"G\"",
		"Roll key=\" K\", salt=\"S\", sig=\"G\"",
		"Roll key=\"S\", salt=\"K\", sig=\"G\"",
		"Roll key=\"\", salt=\"S\", sig=\"G\"",
		"Roll KEY=\"K\", salt=\"S\", sig=\"G\"",
		"Roll key=\"K\", salt=\"S\", sig=\"G\", factor=\"\"",
		"Roll key=\"K\", salt=\"S\", sig=\"G\", factor=\"S\"",
	};
	struct buf b = { 0 };
	struct auth_roll a;
	const char *s;
	size_t i;

	(void)state;
	fill();
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		for (s = bad[i]; *s != '\0'; s++) {
			/* Only inside quotes: the letters of "Staff" stay. */
			if (*s == 'K' && s > bad[i] && strchr("\" =", s[-1]))
				buf_str(&b, key);
			else if (*s == 'S' && s > bad[i] && s[-1] == '"')
				buf_str(&b, salt);
			else if (*s == 'G' && s > bad[i] && s[-1] == '"')
				buf_str(&b, sig);
			else
				buf_put(&b, s, 1);
		}
		if (auth_roll_parse(buf_text(&b), &a) != ERR_FORMAT)
			fail_msg("accepted: %s", bad[i]);
		buf_free(&b);
	}
}

static void
refuses_every_truncation(void **state)
{
	struct auth_roll a;
	struct auth_staff f;
	char value[600] = { 0 };
	size_t n;

	(void)state;
	fill();
	snprintf(value, sizeof(value),
	    "Roll key=\"%s\", salt=\"%s\", sig=\"%s\"", key, salt, sig);
	for (n = strlen(value); n-- > 0;) {
		value[n] = '\0';
		assert_int_equal(auth_roll_parse(value, &a), ERR_FORMAT);
	}
	snprintf(value, sizeof(value), "Staff key=\"%s\", sig=\"%s\", n=\"12\"",
	    key, sig);
	for (n = strlen(value); n-- > 0;) {
		value[n] = '\0';
		assert_int_equal(auth_staff_parse(value, &f), ERR_FORMAT);
	}
}

static enum err
staff(const char *n, uint64_t *out)
{
	struct auth_staff f;
	char value[600];
	enum err r;

	fill();
	snprintf(value, sizeof(value), "Staff key=\"%s\", n=\"%s\", sig=\"%s\"",
	    key, n, sig);
	if ((r = auth_staff_parse(value, &f)) == OK)
		*out = f.n;
	return r;
}

static void
numbers_of_staff_have_one_spelling(void **state)
{
	static const char *const bad[] = { "", "0", "01", "-1", "+1", " 1",
		"1 ", "0x1", "1.0", "18446744073709551616", "1e3" };
	uint64_t n = 0;
	size_t i;

	(void)state;
	assert_int_equal(staff("1", &n), OK);
	assert_int_equal(n, 1);
	assert_int_equal(staff("18446744073709551615", &n), OK);
	assert_true(n == UINT64_MAX);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (staff(bad[i], &n) != ERR_FORMAT)
			fail_msg("accepted: \"%s\"", bad[i]);
}

static void
refuses_a_header_that_never_ends(void **state)
{
	struct auth_roll a;
	char value[5000];

	(void)state;
	memset(value, ' ', sizeof(value));
	memcpy(value, "Roll key=\"", 10);
	value[sizeof(value) - 1] = '\0';
	assert_int_equal(auth_roll_parse(value, &a), ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_header_of_a_resident),
		cmocka_unit_test(takes_parameters_in_any_order),
		cmocka_unit_test(refuses_other_forms),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(numbers_of_staff_have_one_spelling),
		cmocka_unit_test(refuses_a_header_that_never_ends),
	};

	return cmocka_run_group_tests_name("auth", tests, NULL, NULL);
}
