#include <pthread.h>
#include <string.h>

#include "admit.h"
#include "forge.h"

/* The spaces of a log, and its records, each with its space. */
struct bench {
	struct forge *f;
	struct source *src;
	struct replay *r;
	const struct space *of[64];
	struct slice raw[64];
	size_t n;
};

static void
begin(struct bench *b, const char *twist)
{
	struct replay_options opt = { .keep_going = 1 };
	const char *dir = forge_dir("admit");
	struct hash id;
	struct why why;
	size_t i;

	memset(b, 0, sizeof(*b));
	b->f = forge_new(twist);
	forge_town(b->f, dir);
	assert_int_equal(source_open(dir, &b->src, &why), OK);
	assert_int_equal(replay_log(b->src, &opt, &b->r, &why), OK);
	forge_clean(dir);
	for (i = 0; i < b->f->n_entries; i++) {
		struct slice e = buf_slice(&b->f->entries[i].bytes);

		if (e.p[0] != ENTRY_RECORD)
			continue;
		b->raw[b->n] = slice_of(e.p + 2, e.n - 2);
		assert_int_equal(record_space(b->raw[b->n], &id), OK);
		b->of[b->n++] = world_space_by_id(b->r->world, &id);
	}
}

static void
end(struct bench *b)
{
	replay_free(b->r);
	source_free(b->src);
	forge_free(b->f);
}

static void
every_record_of_an_honest_log_is_admitted(void **state)
{
	struct bench b;
	struct admitted a;
	struct verdict v;
	struct hash leaf;
	struct buf entry = { 0 };
	size_t i;

	(void)state;
	begin(&b, "");
	assert_int_equal(b.n, 13);
	for (i = 0; i < b.n; i++) {
		assert_int_equal(admit_record(b.of[i], b.raw[i], &a, &v), OK);
		assert_int_equal(v.rule, RULE_NONE);
		assert_ptr_equal(a.record.raw.p, b.raw[i].p);
		entry.n = 0;
		buf_u8(&entry, ENTRY_RECORD);
		buf_u8(&entry, 1);
		buf_put(&entry, b.raw[i].p, b.raw[i].n);
		hash_leaf(buf_slice(&entry), &leaf);
		assert_true(hash_equal(&leaf, &a.leaf));
	}
	buf_free(&entry);
	end(&b);
}

static void
no_byte_of_a_record_can_be_changed(void **state)
{
	struct bench b;
	struct admitted a;
	struct verdict v;
	uint8_t copy[RECORD_FIXED + 200 + 2 * BLIND_BYTES];
	size_t i, k;

	(void)state;
	begin(&b, "");
	for (i = 0; i < b.n; i++) {
		for (k = 0; k < b.raw[i].n; k++) {
			memcpy(copy, b.raw[i].p, b.raw[i].n);
			copy[k] ^= 0x10;
			assert_int_not_equal(
			    admit_record(
				b.of[i], slice_of(copy, b.raw[i].n), &a, &v),
			    OK);
			assert_in_range(
			    v.rule, RULE_RECORD_FORMAT, RULE_RECORD_SEQUENCE);
			assert_true(v.why.text[0] != 0);
		}
	}
	end(&b);
}

static void
no_record_can_be_cut_or_continued(void **state)
{
	struct bench b;
	struct admitted a;
	struct verdict v;
	uint8_t copy[RECORD_FIXED + 200 + 2 * BLIND_BYTES];
	size_t k;

	(void)state;
	begin(&b, "");
	memset(copy, 0, sizeof(copy));
	memcpy(copy, b.raw[0].p, b.raw[0].n);
	for (k = 0; k < b.raw[0].n + 3; k++) {
		if (k == b.raw[0].n)
			continue;
		assert_int_equal(
		    admit_record(b.of[0], slice_of(copy, k), &a, &v),
		    ERR_FORMAT);
		assert_int_equal(v.rule, RULE_RECORD_FORMAT);
	}
	end(&b);
}

/* The checks come in the order of the protocol. */
static void
each_fault_is_named_by_its_rule(void **state)
{
	static const struct {
		const char *twist;
		enum rule_no rule;
		enum err e;
	} rows[] = {
		{ "record-kind", RULE_RECORD_FORMAT, ERR_FORMAT },
		{ "form-other", RULE_RECORD_FORMAT, ERR_NOT_FOUND },
		{ "record-key", RULE_RECORD_KEY, ERR_SIGNATURE },
		{ "record-long", RULE_RECORD_BODY, ERR_FORMAT },
		{ "token", RULE_RECORD_TOKEN, ERR_SIGNATURE },
		{ "sealed-proof", RULE_RECORD_PROOF, ERR_SIGNATURE },
		{ "record-signature", RULE_RECORD_SIGNATURE, ERR_SIGNATURE },
		{ "seq-limit", RULE_RECORD_SEQUENCE, ERR_LIMIT },
	};
	struct bench b;
	struct admitted a;
	struct verdict v;
	size_t i, k, found;
	enum err r;

	(void)state;
	for (k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		begin(&b, rows[k].twist);
		for (i = 0, found = 0; i < b.n; i++) {
			r = admit_record(b.of[i], b.raw[i], &a, &v);
			if (r == OK)
				continue;
			assert_int_equal(r, rows[k].e);
			assert_int_equal(v.rule, rows[k].rule);
			found++;
		}
		assert_int_equal(found, 1);
		end(&b);
	}
}

static void
a_record_is_for_one_space_only(void **state)
{
	struct bench b;
	struct admitted a;
	struct verdict v;
	size_t i;

	(void)state;
	begin(&b, "");
	for (i = 0; i < b.n; i++) {
		const struct space *other =
		    b.of[i] == b.of[0] ? b.of[b.n - 1] : b.of[0];

		assert_int_not_equal(admit_record(other, b.raw[i], &a, &v), OK);
		assert_int_equal(v.rule, RULE_RECORD_FORMAT);
	}
	end(&b);
}

static void *
admit_many(void *cookie)
{
	const struct bench *b = cookie;
	struct admitted a;
	struct verdict v;
	size_t i, k;

	for (k = 0; k < 20; k++) {
		for (i = 0; i < b->n; i++) {
			if (admit_record(b->of[i], b->raw[i], &a, &v) != OK)
				return cookie;
		}
	}
	return NULL;
}

static void
many_threads_admit_at_once(void **state)
{
	pthread_t t[4];
	struct bench b;
	void *bad;
	size_t i;

	(void)state;
	begin(&b, "");
	for (i = 0; i < 4; i++)
		assert_int_equal(
		    pthread_create(&t[i], NULL, admit_many, &b), 0);
	for (i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(t[i], &bad), 0);
		assert_null(bad);
	}
	end(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_of_an_honest_log_is_admitted),
		cmocka_unit_test(no_byte_of_a_record_can_be_changed),
		cmocka_unit_test(no_record_can_be_cut_or_continued),
		cmocka_unit_test(each_fault_is_named_by_its_rule),
		cmocka_unit_test(a_record_is_for_one_space_only),
		cmocka_unit_test(many_threads_admit_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
