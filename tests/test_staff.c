#include "file.h"
#include "proposal.h"
#include "staff.h"
#include "vec.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ORIGIN "comune.example/log"

static struct staff_key
key_new(const char *name, enum role role)
{
	struct staff_key k;

	assert_int_equal(staff_key_new(name, role, &k), OK);
	return k;
}

static void
a_key_file_reads_back(void **state)
{
	struct staff_key k = key_new("anna", ROLE_ADMIN), back;
	struct buf b = { 0 };

	(void)state;
	k.entry = 7;
	k.request = 1234567890123;
	staff_key_put(&k, &b);
	assert_int_equal(staff_key_parse(buf_slice(&b), &back, NULL), OK);
	assert_string_equal(back.name, "anna");
	assert_int_equal(back.role, ROLE_ADMIN);
	assert_int_equal(back.entry, 7);
	assert_int_equal(back.request, 1234567890123);
	assert_memory_equal(back.key.secret, k.key.secret, 64);
	buf_free(&b);
}

static void
a_cut_or_longer_key_file_is_refused(void **state)
{
	struct staff_key k = key_new("anna", ROLE_ADMIN), back;
	struct buf b = { 0 };
	struct why why = { { 0 } };
	size_t i;

	(void)state;
	staff_key_put(&k, &b);
	for (i = 0; i < b.n; i++) {
		assert_int_equal(
		    staff_key_parse(slice_of(b.p, i), &back, &why), ERR_FORMAT);
		assert_int_not_equal(strlen(why.text), 0);
	}
	buf_u8(&b, '\n');
	assert_int_equal(
	    staff_key_parse(buf_slice(&b), &back, NULL), ERR_FORMAT);
	buf_free(&b);
}

static void
a_key_file_has_one_encoding(void **state)
{
	struct staff_key k = key_new("anna", ROLE_ADMIN), back;
	struct buf b = { 0 }, again = { 0 };
	size_t i;
	int bit;

	(void)state;
	staff_key_put(&k, &b);
	for (i = 0; i < b.n; i++)
		for (bit = 0; bit < 8; bit++) {
			b.p[i] ^= (uint8_t)(1 << bit);
			again.n = 0;
			if (staff_key_parse(buf_slice(&b), &back, NULL) == OK) {
				staff_key_put(&back, &again);
				assert_bytes(buf_slice(&b), buf_slice(&again));
			}
			b.p[i] ^= (uint8_t)(1 << bit);
		}
	buf_free(&b);
	buf_free(&again);
}

static void
numbers_are_on_disk_before_they_are_used(void **state)
{
	char dir[] = "/tmp/partecipa-staff-XXXXXX";
	struct staff_key k = key_new("anna", ROLE_ADMIN), disk;
	struct buf path = { 0 };
	struct stat st;
	uint64_t n;
	int i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	k.path = file_join(&path, dir, "anna.key");
	assert_int_equal(staff_key_save(&k, NULL), OK);
	assert_int_equal(stat(k.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	for (i = 1; i < 4; i++) {
		assert_int_equal(staff_next_entry(&k, &n, NULL), OK);
		assert_int_equal(n, i);
		assert_int_equal(staff_next_request(&k, &n, NULL), OK);
		assert_int_equal(staff_key_load(k.path, &disk, NULL), OK);
		assert_int_equal(disk.entry, i);
		assert_int_equal(disk.request, i);
	}
	assert_int_equal(unlink(k.path), 0);
	assert_int_equal(rmdir(dir), 0);
	/* Where nothing can be kept, nothing is signed. */
	assert_int_equal(staff_next_entry(&k, &n, NULL), ERR_NOT_FOUND);
	buf_free(&path);
}

static void
names_are_file_names(void **state)
{
	static const char *const bad[] = { "", "-a", ".a", "a b", "a/b", "à",
		"a\n" };
	char longest[STAFF_NAME_MAX + 2];
	size_t i;

	(void)state;
	assert_int_equal(staff_name_check("anna.bianchi-2_x"), OK);
	assert_int_equal(staff_name_check("1"), OK);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(staff_name_check(bad[i]), ERR_FORMAT);
	memset(longest, 'a', sizeof(longest));
	longest[STAFF_NAME_MAX + 1] = '\0';
	assert_int_equal(staff_name_check(longest), ERR_FORMAT);
	longest[STAFF_NAME_MAX] = '\0';
	assert_int_equal(staff_name_check(longest), OK);
}

static void
a_pub_file_is_one_line(void **state)
{
	static const char *const bad[] = { "", "anna admin\n", "anna  x\n",
		"anna king 00\n" };
	struct staff_key k = key_new("anna", ROLE_DESK);
	struct staff_pub pub;
	struct buf b = { 0 };
	size_t i;

	(void)state;
	staff_pub_put(&k, &b);
	assert_int_equal(staff_pub_parse(buf_slice(&b), &pub, NULL), OK);
	assert_string_equal(pub.name, "anna");
	assert_int_equal(pub.role, ROLE_DESK);
	assert_memory_equal(pub.pk.b, k.key.pk.b, 32);
	for (i = 0; i < b.n; i++)
		assert_int_equal(
		    staff_pub_parse(slice_of(b.p, i), &pub, NULL), ERR_FORMAT);
	buf_str(&b, "\n");
	assert_int_equal(
	    staff_pub_parse(buf_slice(&b), &pub, NULL), ERR_FORMAT);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    staff_pub_parse(slice_str(bad[i]), &pub, NULL), ERR_FORMAT);
	buf_free(&b);
}

/* ---- Proposals ------------------------------------------------------------
 */

static struct proposal *
proposal_of_a_key(void)
{
	struct staff_key k = key_new("dario", ROLE_DESK);
	struct proposal *p = NULL;
	struct staff_pub pub;
	struct buf line = { 0 }, doc = { 0 };
	struct entry e;

	memset(&e, 0, sizeof(e));
	staff_pub_put(&k, &line);
	assert_int_equal(staff_pub_parse(buf_slice(&line), &pub, NULL), OK);
	assert_int_equal(staff_document_put("add", &pub, &doc), OK);
	e.kind = ENTRY_STAFF;
	e.text = buf_slice(&doc);
	assert_int_equal(proposal_make(ORIGIN, &e, slice_of(NULL, 0), &p), OK);
	buf_free(&line);
	buf_free(&doc);
	return p;
}

static struct proposal *
reread(const struct proposal *p)
{
	struct proposal *back = NULL;
	struct why why = { { 0 } };
	struct buf b = { 0 };

	assert_int_equal(proposal_put(p, &b), OK);
	if (proposal_parse(buf_slice(&b), &back, &why) != OK)
		fail_msg("%s\n%.*s", why.text, (int)b.n, (char *)b.p);
	buf_free(&b);
	return back;
}

static void
two_people_sign_a_file_one_after_the_other(void **state)
{
	struct staff_key a = key_new("anna", ROLE_ADMIN);
	struct staff_key b = key_new("bruno", ROLE_ADMIN);
	struct staff_key c = key_new("carla", ROLE_REGISTRAR);
	struct proposal *p = proposal_of_a_key(), *q, *s;
	struct buf bytes = { 0 };
	struct entry e;

	(void)state;
	assert_int_equal(proposal_missing(p), 2);
	assert_int_equal(proposal_sign(p, &c, NULL), ERR_FORBIDDEN);
	assert_int_equal(proposal_sign(p, &a, NULL), OK);
	q = reread(p);
	assert_int_equal(proposal_missing(q), 1);
	assert_int_equal(proposal_sign(q, &a, NULL), ERR_CONFLICT);
	assert_int_equal(proposal_sign(q, &b, NULL), OK);
	s = reread(q);
	assert_int_equal(proposal_missing(s), 0);
	assert_int_equal(proposal_sign(s, &b, NULL), ERR_CONFLICT);
	assert_int_equal(entry_put(&bytes, &s->entry), OK);
	assert_int_equal(entry_parse(buf_slice(&bytes), &e), OK);
	assert_int_equal(entry_verify(&e, ORIGIN, 0), OK);
	assert_int_equal(entry_verify(&e, ORIGIN, 1), OK);
	assert_int_equal(entry_verify(&e, "another/log", 0), ERR_SIGNATURE);
	proposal_free(p);
	proposal_free(q);
	proposal_free(s);
	buf_free(&bytes);
}

static void
a_proposal_carries_its_object_and_no_other(void **state)
{
	static const uint8_t list[98] = { 3, 1, 2, 3 };
	struct staff_key a = key_new("anna", ROLE_ADMIN);
	struct proposal *p = NULL, *q;
	struct buf b = { 0 };
	struct entry e;
	char *at;

	(void)state;
	memset(&e, 0, sizeof(e));
	e.kind = ENTRY_ROLL_CHANGE;
	e.count = 1;
	hash_bytes(slice_of(list, sizeof(list)), &e.object);
	assert_int_equal(
	    proposal_make(ORIGIN, &e, slice_of(list, sizeof(list)), &p), OK);
	assert_int_equal(proposal_sign(p, &a, NULL), OK);
	q = reread(p);
	assert_bytes(buf_slice(&q->object), slice_of(list, sizeof(list)));
	assert_int_equal(proposal_put(p, &b), OK);
	assert_non_null(buf_text(&b));
	at = strstr((char *)b.p, "\"AwEC");
	assert_non_null(at);
	at[3] = 'F';
	proposal_free(q);
	q = NULL;
	assert_int_equal(
	    proposal_parse(buf_slice(&b), &q, NULL), ERR_SIGNATURE);
	proposal_free(p);
	buf_free(&b);
}

static void
a_changed_proposal_is_refused(void **state)
{
	struct staff_key a = key_new("anna", ROLE_ADMIN);
	struct proposal *p = proposal_of_a_key(), *q;
	struct buf b = { 0 }, again = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(proposal_sign(p, &a, NULL), OK);
	assert_int_equal(proposal_put(p, &b), OK);
	for (i = 0; i < b.n; i++) {
		b.p[i] ^= 1;
		q = NULL;
		again.n = 0;
		if (proposal_parse(buf_slice(&b), &q, NULL) == OK) {
			/* White space and the like: the same proposal. */
			assert_int_equal(proposal_put(q, &again), OK);
			b.p[i] ^= 1;
			assert_bytes(buf_slice(&b), buf_slice(&again));
			b.p[i] ^= 1;
		}
		proposal_free(q);
		b.p[i] ^= 1;
	}
	for (i = 0; i + 1 < b.n; i++) {
		q = NULL;
		assert_int_not_equal(
		    proposal_parse(slice_of(b.p, i), &q, NULL), OK);
	}
	proposal_free(p);
	buf_free(&b);
	buf_free(&again);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_file_reads_back),
		cmocka_unit_test(a_cut_or_longer_key_file_is_refused),
		cmocka_unit_test(a_key_file_has_one_encoding),
		cmocka_unit_test(numbers_are_on_disk_before_they_are_used),
		cmocka_unit_test(names_are_file_names),
		cmocka_unit_test(a_pub_file_is_one_line),
		cmocka_unit_test(two_people_sign_a_file_one_after_the_other),
		cmocka_unit_test(a_proposal_carries_its_object_and_no_other),
		cmocka_unit_test(a_changed_proposal_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
