/*
 * A trustee's steps through a folder: what each gives, what it waits for, what
 * it refuses, and that whatever breaks in between can be gone on with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "forge.h"
#include "stick.h"
#include "vec.h"

/* ---- The whole way ------------------------------------------------------- */

static void
three_trustees_make_one_key_and_sign_one_form(void **state)
{
	struct stick *s = stick_new(3, 2);
	struct trustee_state a;
	struct point mine;
	size_t i;

	(void)state;
	stick_until(s, STICK_CHECK);
	assert_true(stick_says(s, "ceremony is complete"));
	assert_true(stick_has(s, "transcript.json"));
	stick_form(s, NULL);
	stick_all(s, STICK_SIGN);
	assert_true(stick_says(s, "No checkpoint"));
	for (i = 1; i <= 3; i++) {
		stick_state(s, i, &a);
		assert_int_equal(point_base(&a.x, &mine), OK);
		assert_true(point_equal(&mine, &a.v[i - 1]));
		assert_true(a.has_form && a.accepted);
		trustee_state_free(&a);
	}
	assert_true(stick_has(s, "signature-3.txt"));
	stick_free(s);
}

static void
one_trustee_of_one_goes_the_same_way(void **state)
{
	struct stick *s = stick_new(1, 1);

	(void)state;
	stick_until(s, STICK_CHECK);
	stick_form(s, NULL);
	stick_all(s, STICK_SIGN);
	stick_free(s);
}

static void
nine_trustees_of_whom_five_are_needed(void **state)
{
	struct stick *s = stick_new(9, 5);

	(void)state;
	stick_until(s, STICK_CHECK);
	stick_form(s, NULL);
	stick_all(s, STICK_SIGN);
	stick_free(s);
}

static void
every_step_says_who_is_waited_for_and_what_comes_next(void **state)
{
	struct stick *s = stick_new(3, 2);
	struct buf line = { 0 };
	char path[400];
	struct why why;

	(void)state;
	trustee_key_public_put(&s->keys[1], &line);
	assert_int_equal(stick_step(s, 1, STICK_COMMIT), OK);
	assert_true(stick_says(s, "Your commit of attempt 1 is in the box"));
	assert_true(stick_says(s, "Waiting for: trustee 2, trustee 3"));
	(void)snprintf(path, sizeof(path), "%s/b.trustee", s->box);
	assert_int_equal(file_write(path, 0644, buf_slice(&line), &why), OK);
	assert_int_equal(stick_step(s, 1, STICK_COMMIT), OK);
	assert_true(stick_says(s, "trustee 2 (garante2), trustee 3"));
	assert_int_equal(stick_step(s, 1, STICK_REVEAL), ERR_NOT_FOUND);
	assert_true(stick_says(s, "not yet"));
	assert_true(stick_says(s, "trustee 2 (garante2)"));
	stick_all(s, STICK_COMMIT);
	assert_true(stick_says(s, "partecipa trustee reveal bilancio"));
	assert_int_equal(stick_step(s, 1, STICK_SHARE), ERR_NOT_FOUND);
	assert_true(stick_says(s, "trustee reveal bilancio first"));
	stick_all(s, STICK_REVEAL);
	assert_true(stick_says(s, "partecipa trustee share bilancio"));
	assert_int_equal(stick_step(s, 1, STICK_CHECK), ERR_NOT_FOUND);
	stick_all(s, STICK_SHARE);
	assert_int_equal(stick_step(s, 2, STICK_CHECK), OK);
	assert_true(stick_says(s, "Waiting for: trustee 1, trustee 3"));
	assert_int_equal(stick_step(s, 2, STICK_SIGN), ERR_NOT_FOUND);
	assert_int_equal(stick_step(s, 1, STICK_SIGN), ERR_NOT_FOUND);
	assert_true(stick_says(s, "have not accepted"));
	buf_free(&line);
	stick_free(s);
}

/* ---- Going on ------------------------------------------------------------ */

/* Every file that trustee 1 lays on the stick. */
static const char *const of_one[] = { "1-commit-1.txt", "1-reveal-1.txt",
	"1-share-1.txt", "1-accept-1.txt" };

static void
a_step_done_again_gives_the_same_message(void **state)
{
	struct stick *s = stick_new(3, 2);
	struct buf first = { 0 }, again = { 0 };
	int k;

	(void)state;
	for (k = STICK_COMMIT; k <= STICK_CHECK; k++) {
		stick_all(s, (enum stick_step)k);
		stick_read(s, of_one[k], &first);
		stick_drop(s, of_one[k]);
		assert_int_equal(stick_step(s, 1, (enum stick_step)k), OK);
		stick_read(s, of_one[k], &again);
		assert_bytes(buf_slice(&first), buf_slice(&again));
	}
	buf_free(&first);
	buf_free(&again);
	stick_free(s);
}

/* Fill the stick, or make room again. */
static void
stick_fill(const struct stick *s, int full)
{
	static const uint8_t noise[4096];
	char path[400];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/fill", s->box);
	if (!full) {
		assert_int_equal(unlink(path), 0);
		return;
	}
	assert_non_null(f = fopen(path, "wb"));
	setbuf(f, NULL);
	while (fwrite(noise, 1, sizeof(noise), f) == sizeof(noise))
		;
	(void)fclose(f);
}

/*
 * The stick is full when the message comes: the state is on disk, the message
 * is not out.  Done again, the step sends what it kept.
 */
static void
what_was_kept_but_not_sent_is_sent_the_next_time(void **state)
{
	struct stick *s = stick_new(2, 2);
	struct trustee_state kept;
	struct buf header = { 0 }, out = { 0 };
	int k;

	(void)state;
	stick_read(s, "header.json", &header);
	if (mount("none", s->box, "tmpfs", 0, "size=64k") != 0) {
		stick_free(s);
		buf_free(&header);
		print_message("skipped: no right to mount a small stick\n");
		skip();
	}
	stick_write(s, "header.json", buf_slice(&header));
	for (k = STICK_COMMIT; k <= STICK_CHECK; k++) {
		stick_fill(s, 1);
		assert_int_equal(stick_step(s, 1, (enum stick_step)k), ERR_IO);
		assert_false(stick_has(s, of_one[k]));
		stick_fill(s, 0);
		stick_state(s, 1, &kept);
		assert_int_equal(stick_step(s, 1, (enum stick_step)k), OK);
		stick_read(s, of_one[k], &out);
		assert_bytes(buf_slice(&kept.own[k + 1]), buf_slice(&out));
		trustee_state_free(&kept);
		assert_int_equal(stick_step(s, 2, (enum stick_step)k), OK);
	}
	assert_int_equal(umount2(s->box, MNT_DETACH), 0);
	buf_free(&header);
	buf_free(&out);
	stick_free(s);
}

/* ---- What is kept -------------------------------------------------------- */

static void
the_state_is_read_as_it_was_written(void **state)
{
	struct stick *s = stick_new(3, 2);
	struct trustee_state a, b;
	struct buf x = { 0 }, y = { 0 };
	size_t n;

	(void)state;
	stick_until(s, STICK_CHECK);
	stick_state(s, 2, &a);
	assert_int_equal(trustee_state_put(&a, &x), OK);
	assert_int_equal(trustee_state_parse(buf_slice(&x), &b, NULL), OK);
	assert_int_equal(trustee_state_put(&b, &y), OK);
	assert_bytes(buf_slice(&x), buf_slice(&y));
	trustee_state_free(&b);
	for (n = 0; n < x.n; n++)
		assert_int_equal(
		    trustee_state_parse(slice_of(x.p, n), &b, NULL),
		    ERR_FORMAT);
	buf_u8(&x, 0);
	assert_int_equal(
	    trustee_state_parse(buf_slice(&x), &b, NULL), ERR_FORMAT);
	trustee_state_free(&a);
	buf_free(&x);
	buf_free(&y);
	stick_free(s);
}

static void
the_state_opens_for_its_owner_only_and_no_byte_may_change(void **state)
{
	struct stick *s = stick_new(2, 2);
	struct trustee_state a;
	struct buf text = { 0 };
	char path[400], dir[300];
	struct why why;
	size_t i;

	(void)state;
	stick_until(s, STICK_COMMIT);
	(void)snprintf(path, sizeof(path), "%s/" STICK_SLUG ".ceremony",
	    stick_dir(s, 1, dir));
	assert_int_equal(file_read(path, 100000, &text, &why), OK);
	assert_int_equal(
	    trustee_state_unlock(buf_slice(&text), &s->keys[1], &a, &why),
	    ERR_SIGNATURE);
	for (i = 0; i < text.n; i += 7) {
		text.p[i] ^= 1;
		assert_int_not_equal(trustee_state_unlock(buf_slice(&text),
					 &s->keys[0], &a, &why),
		    OK);
		text.p[i] ^= 1;
	}
	assert_int_equal(
	    trustee_state_unlock(buf_slice(&text), &s->keys[0], &a, &why), OK);
	trustee_state_free(&a);
	buf_free(&text);
	stick_free(s);
}

static void
no_secret_lies_on_the_disk_in_the_clear(void **state)
{
	struct stick *s = stick_new(2, 2);
	struct buf text = { 0 };
	struct trustee_state a;
	char path[400], dir[300];
	struct stat st;
	struct why why;
	size_t i;

	(void)state;
	stick_until(s, STICK_CHECK);
	stick_state(s, 1, &a);
	(void)snprintf(path, sizeof(path), "%s/" STICK_SLUG ".ceremony",
	    stick_dir(s, 1, dir));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(file_read(path, 100000, &text, &why), OK);
	for (i = 0; i + SCALAR_BYTES <= text.n; i++) {
		assert_memory_not_equal(text.p + i, a.x.b, SCALAR_BYTES);
		assert_memory_not_equal(
		    text.p + i, a.secret.a[0].b, SCALAR_BYTES);
	}
	trustee_state_free(&a);
	buf_free(&text);
	stick_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_trustees_make_one_key_and_sign_one_form),
		cmocka_unit_test(one_trustee_of_one_goes_the_same_way),
		cmocka_unit_test(nine_trustees_of_whom_five_are_needed),
		cmocka_unit_test(
		    every_step_says_who_is_waited_for_and_what_comes_next),
		cmocka_unit_test(a_step_done_again_gives_the_same_message),
		cmocka_unit_test(
		    what_was_kept_but_not_sent_is_sent_the_next_time),
		cmocka_unit_test(the_state_is_read_as_it_was_written),
		cmocka_unit_test(
		    the_state_opens_for_its_owner_only_and_no_byte_may_change),
		cmocka_unit_test(no_secret_lies_on_the_disk_in_the_clear),
	};

	return cmocka_run_group_tests(tests, NULL, vec_free);
}
