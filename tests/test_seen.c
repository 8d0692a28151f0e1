#include <stdlib.h>
#include <string.h>

#include "seen.h"
#include "vec.h"

static void
make(struct record *r, uint32_t who, uint32_t seq, const char *body)
{
	memset(r, 0, sizeof(*r));
	r->kind = RECORD_BALLOT;
	r->purpose = PURPOSE_VOTE;
	store32(r->pk.b, who);
	r->seq = seq;
	r->body = slice_str(body);
}

static void
numbers_follow_each_other(void **state)
{
	struct seen *s = seen_new();
	struct record r;
	struct verdict v;

	(void)state;
	assert_non_null(s);
	make(&r, 1, 1, "a");
	assert_int_equal(seen_add(s, 0, &r, 10, &v), ERR_CONFLICT);
	assert_int_equal(v.rule, RULE_RECORD_SEQUENCE);
	assert_int_equal(v.index, 10);
	assert_int_equal(seen_credentials(s, 0, PURPOSE_VOTE), 0);
	make(&r, 1, 0, "a");
	assert_int_equal(seen_add(s, 0, &r, 11, &v), OK);
	assert_int_equal(seen_add(s, 0, &r, 12, &v), ERR_CONFLICT);
	make(&r, 1, 2, "a");
	assert_int_equal(seen_add(s, 0, &r, 13, &v), ERR_CONFLICT);
	make(&r, 1, 1, "a");
	assert_int_equal(seen_add(s, 0, &r, 14, &v), OK);
	assert_int_equal(seen_credentials(s, 0, PURPOSE_VOTE), 1);
	seen_free(s);
	seen_free(NULL);
}

static void
spaces_and_purposes_are_apart(void **state)
{
	struct seen *s = seen_new();
	struct record r;
	struct verdict v;

	(void)state;
	make(&r, 1, 0, "a");
	assert_int_equal(seen_add(s, 0, &r, 1, &v), OK);
	assert_int_equal(seen_add(s, 1, &r, 2, &v), OK);
	r.purpose = PURPOSE_VOICE;
	assert_int_equal(seen_add(s, 0, &r, 3, &v), OK);
	assert_int_equal(seen_credentials(s, 0, PURPOSE_VOTE), 1);
	assert_int_equal(seen_credentials(s, 0, PURPOSE_VOICE), 1);
	assert_int_equal(seen_credentials(s, 1, PURPOSE_VOTE), 1);
	assert_int_equal(seen_credentials(s, 2, PURPOSE_VOTE), 0);
	seen_free(s);
}

static void
what_is_forced_counts_only_if_it_is_the_highest(void **state)
{
	struct seen *s = seen_new();
	struct record r;
	struct verdict v;
	uint64_t *list;
	size_t n;

	(void)state;
	make(&r, 1, 5, "b");
	assert_int_equal(seen_force(s, 0, &r, 7), OK);
	make(&r, 1, 3, "c");
	assert_int_equal(seen_force(s, 0, &r, 8), OK);
	make(&r, 1, 6, "d");
	assert_int_equal(seen_add(s, 0, &r, 9, &v), OK);
	assert_int_equal(seen_counted(s, 0, PURPOSE_VOTE, &list, &n), OK);
	assert_int_equal(n, 1);
	assert_int_equal(list[0], 9);
	free(list);
	seen_free(s);
}

struct sum {
	char bodies[100];
	uint64_t n;
};

static enum err
add(void *cookie, struct slice body, uint64_t n)
{
	struct sum *s = cookie;

	strncat(s->bodies, (const char *)body.p, body.n);
	s->n += n;
	return OK;
}

static void
equal_ballots_are_counted_together(void **state)
{
	static const char *const bodies[] = { "c", "a", "b", "ab" };
	struct seen *s = seen_new();
	struct sum sum = { { 0 }, 0 };
	struct record r;
	struct verdict v;
	uint64_t *list;
	uint32_t i;
	size_t n;

	(void)state;
	for (i = 0; i < 20000; i++) {
		make(&r, i, 0, bodies[i % 4]);
		assert_int_equal(seen_add(s, 0, &r, i, &v), OK);
	}
	/* All who said "ab" change their minds. */
	for (i = 3; i < 20000; i += 4) {
		make(&r, i, 1, "c");
		assert_int_equal(seen_add(s, 0, &r, 20000 + i, &v), OK);
	}
	make(&r, 1, 0, "other space");
	assert_int_equal(seen_add(s, 1, &r, 50000, &v), OK);
	assert_int_equal(seen_ballots(s, 0, add, &sum), OK);
	assert_string_equal(sum.bodies, "abc");
	assert_int_equal(sum.n, 20000);
	assert_int_equal(seen_credentials(s, 0, PURPOSE_VOTE), 20000);
	assert_int_equal(seen_counted(s, 0, PURPOSE_VOTE, &list, &n), OK);
	assert_int_equal(n, 20000);
	for (i = 1; i < n; i++)
		assert_true(list[i - 1] < list[i]);
	free(list);
	seen_free(s);
}

/* A body of 114 bytes whose ciphertext is all ${mark}. */
static void
sealed_body(uint32_t who, uint8_t mark, uint8_t out[static 114])
{
	struct scalar factor;
	struct point r;

	memset(out, mark, 114);
	scalar_of(who + 1, &factor);
	assert_int_equal(point_base(&factor, &r), OK);
	memcpy(out, r.b, sizeof(r.b));
}

static void
of_sealed_ballots_the_last_of_each_credential_is_kept(void **state)
{
	struct form f = { .sealed = 1, .body_bytes = 114 };
	struct seen *s = seen_new();
	struct hash zero = { { 0 } };
	struct unseal *u = NULL;
	struct record r;
	struct verdict v;
	uint8_t body[114];
	uint32_t i, who;

	(void)state;
	assert_int_equal(seen_seal(s, 3, 114), OK);
	assert_int_equal(seen_seal(s, 3, 114), OK);
	for (i = 0; i < 900; i++) {
		who = i * 7 % 300;
		make(&r, who, i / 300, "");
		sealed_body(who, (uint8_t)(i / 300 + 1), body);
		r.body = slice_of(body, sizeof(body));
		assert_int_equal(seen_add(s, 3, &r, 1000 + i, &v), OK);
	}
	/* Of another space. */
	make(&r, 5, 0, "open");
	assert_int_equal(seen_add(s, 4, &r, 1, &v), OK);
	assert_int_equal(unseal_new(&f, &zero, 1, &zero, &u), OK);
	assert_int_equal(seen_unseal(s, 3, u), OK);
	assert_int_equal(u->m, 300);
	for (i = 0; i < 300; i++) {
		assert_int_equal(load32(u->ballots[i].pk.b), i);
		assert_int_equal(u->ballots[i].seq, 2);
		assert_in_range(u->ballots[i].index, 1600, 1899);
		sealed_body(i, 3, body);
		assert_memory_equal(&u->r[i], body, 32);
		assert_int_equal(u->ct[i * u->ct_bytes], 3);
	}
	unseal_free(u);
	/* What is no sealed ballot cannot be opened, but was counted. */
	make(&r, 7, 3, "short");
	assert_int_equal(seen_add(s, 3, &r, 2000, &v), OK);
	assert_int_equal(seen_credentials(s, 3, PURPOSE_VOTE), 300);
	assert_int_equal(unseal_new(&f, &zero, 1, &zero, &u), OK);
	assert_int_equal(seen_unseal(s, 3, u), ERR_SIGNATURE);
	unseal_free(u);
	assert_int_equal(unseal_new(&f, &zero, 1, &zero, &u), OK);
	assert_int_equal(seen_unseal(s, 4, u), ERR_FORMAT);
	assert_int_equal(seen_unseal(s, 9, u), OK);
	assert_int_equal(u->m, 0);
	unseal_free(u);
	seen_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_follow_each_other),
		cmocka_unit_test(spaces_and_purposes_are_apart),
		cmocka_unit_test(
		    what_is_forced_counts_only_if_it_is_the_highest),
		cmocka_unit_test(equal_ballots_are_counted_together),
		cmocka_unit_test(
		    of_sealed_ballots_the_last_of_each_credential_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
