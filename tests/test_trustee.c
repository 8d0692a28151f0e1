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
#include "trustee_backup.h"
#include "trustee_opening.h"

#include "sample.h"
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

/* ---- Refusals ------------------------------------------------------------ */

static void
header_edit(struct stick *s, const char *path, const char *value)
{
	struct buf b = { 0 };
	json_t *doc = NULL;

	stick_read(s, "header.json", &b);
	assert_int_equal(json_read(buf_slice(&b), &doc, NULL), OK);
	sample_edit(doc, path, value);
	b.n = 0;
	sample_text(doc, &b);
	stick_write(s, "header.json", buf_slice(&b));
	json_decref(doc);
	buf_free(&b);
}

static void
a_header_that_is_not_hers_is_refused(void **state)
{
	struct stick *s = stick_new(2, 2);
	struct buf kept = { 0 };

	(void)state;
	stick_read(s, "header.json", &kept);
	header_edit(s, "slug", "\"altro\"");
	assert_int_equal(stick_step(s, 1, STICK_COMMIT), ERR_SIGNATURE);
	assert_true(stick_says(s, "another space, \"altro\""));
	stick_write(s, "header.json", buf_slice(&kept));
	header_edit(s, "trustees", "{\"keys\": [], \"threshold\": 0}");
	assert_int_equal(stick_step(s, 1, STICK_COMMIT), ERR_FORBIDDEN);
	assert_true(stick_says(s, "is not sealed"));
	stick_write(s, "header.json", slice_str("{}"));
	assert_int_equal(stick_step(s, 1, STICK_COMMIT), ERR_FORMAT);
	assert_true(stick_says(s, "header.json"));
	stick_write(s, "header.json", buf_slice(&kept));
	assert_int_equal(stick_step(s, 1, STICK_COMMIT), OK);
	/* Announced again under the same name: another space. */
	header_edit(s, "min_open", "77");
	assert_int_equal(stick_step(s, 1, STICK_REVEAL), ERR_CONFLICT);
	assert_true(stick_says(s, "another one than that of your ceremony"));
	stick_drop(s, "header.json");
	assert_int_equal(stick_step(s, 1, STICK_REVEAL), ERR_NOT_FOUND);
	buf_free(&kept);
	stick_free(s);
}

static void
who_signed_or_destroyed_begins_no_attempt(void **state)
{
	struct stick *s = stick_new(2, 2);
	struct trustee_state a;
	char dir[300];

	(void)state;
	stick_until(s, STICK_CHECK);
	stick_form(s, NULL);
	stick_all(s, STICK_SIGN);
	assert_int_equal(stick_attempt(s, 1, 2), ERR_FORBIDDEN);
	assert_true(stick_says(s, "ceremony is over"));
	stick_state(s, 1, &a);
	trustee_state_forget(&a);
	a.destroyed = 1;
	assert_int_equal(
	    trustee_state_save(stick_dir(s, 1, dir), &a, &s->keys[0], &s->why),
	    OK);
	trustee_state_free(&a);
	assert_int_equal(stick_attempt(s, 1, 2), ERR_FORBIDDEN);
	assert_true(stick_says(s, "destroyed"));
	assert_int_equal(stick_step(s, 1, STICK_CHECK), ERR_FORBIDDEN);
	assert_int_equal(stick_step(s, 1, STICK_SIGN), ERR_FORBIDDEN);
	stick_free(s);
}

static void
nothing_on_the_stick_is_overwritten(void **state)
{
	struct stick *s = stick_new(2, 2);
	struct buf text = { 0 };

	(void)state;
	stick_until(s, STICK_SHARE);
	stick_write(s, "transcript.json", slice_str("{}"));
	assert_int_equal(stick_step(s, 1, STICK_CHECK), OK);
	assert_int_equal(stick_step(s, 2, STICK_CHECK), ERR_CONFLICT);
	assert_true(stick_says(s, "nothing was overwritten"));
	stick_read(s, "transcript.json", &text);
	assert_bytes(buf_slice(&text), slice_str("{}"));
	stick_drop(s, "transcript.json");
	assert_int_equal(stick_step(s, 2, STICK_CHECK), OK);
	stick_form(s, NULL);
	stick_write(s, "signature-1.txt", slice_str("hello\n"));
	assert_int_equal(stick_step(s, 1, STICK_SIGN), ERR_CONFLICT);
	buf_free(&text);
	stick_free(s);
}

static void
a_form_by_a_rule_that_nobody_knows_is_not_signed(void **state)
{
	static const char *const rule[] = { "rule",
		"{\"id\": \"by-lot\", \"increment\": \"1\", "
		"\"min_score\": \"0\"}",
		NULL };
	struct stick *s = stick_new(1, 1);

	(void)state;
	stick_until(s, STICK_CHECK);
	stick_form(s, rule);
	assert_int_equal(stick_step(s, 1, STICK_SIGN), ERR_FORMAT);
	stick_write(s, "form.json", slice_str("{}"));
	assert_int_equal(stick_step(s, 1, STICK_SIGN), ERR_FORMAT);
	stick_free(s);
}

/* All had accepted, then all began anew: the old transcript is in nobody's way.
 */
static void
a_transcript_of_an_earlier_attempt_gives_way(void **state)
{
	struct stick *s = stick_new(2, 2);
	struct buf old = { 0 }, text = { 0 };

	(void)state;
	stick_until(s, STICK_CHECK);
	stick_read(s, "transcript.json", &old);
	assert_int_equal(stick_attempt(s, 1, 2), OK);
	assert_int_equal(stick_attempt(s, 2, 2), OK);
	stick_all(s, STICK_REVEAL);
	stick_all(s, STICK_SHARE);
	stick_all(s, STICK_CHECK);
	assert_true(stick_says(s, "ceremony is complete"));
	stick_read(s, "transcript.json", &text);
	assert_false(slice_equal(buf_slice(&old), buf_slice(&text)));
	/* One that nobody can place stays, and what to do is said. */
	stick_write(s, "transcript.json", slice_str("{}"));
	assert_int_equal(stick_step(s, 1, STICK_CHECK), ERR_CONFLICT);
	assert_true(stick_says(s, "take it off the stick"));
	buf_free(&old);
	buf_free(&text);
	stick_free(s);
}

static void
what_is_no_message_is_named_with_what_to_do(void **state)
{
	struct stick *s = stick_new(2, 2);
	struct buf text = { 0 };

	(void)state;
	stick_until(s, STICK_COMMIT);
	stick_read(s, "1-commit-2.txt", &text);
	text.p[text.n - 10] ^= 1;
	stick_write(s, "1-commit-2.txt", buf_slice(&text));
	assert_int_not_equal(stick_step(s, 1, STICK_REVEAL), OK);
	assert_true(stick_says(s, "1-commit-2.txt"));
	assert_true(stick_says(s, "Take this file off the stick"));
	buf_free(&text);
	stick_free(s);
}

/* ---- Backup -------------------------------------------------------------- */

#define BACKUP_PASSPHRASE slice_str("una parola di riserva")

static void
a_backup_brings_everything_back(void **state)
{
	struct stick *s = stick_new(2, 2);
	struct trustee_backup b, again;
	struct trustee_state x, y;
	struct buf text = { 0 };
	char dir[300], to[320];

	(void)state;
	stick_until(s, STICK_CHECK);
	assert_int_equal(
	    trustee_backup_read(stick_dir(s, 1, dir), &s->keys[0], &b, &s->why),
	    OK);
	assert_int_equal(b.n, 1);
	assert_int_equal(trustee_backup_put(&b, BACKUP_PASSPHRASE, &text), OK);
	assert_int_equal(trustee_backup_parse(buf_slice(&text),
			     BACKUP_PASSPHRASE, &again, &s->why),
	    OK);
	(void)snprintf(to, sizeof(to), "%s/again", s->root);
	assert_int_equal(
	    trustee_backup_restore(&again, to, BACKUP_PASSPHRASE, &s->why), OK);
	assert_int_equal(
	    trustee_backup_restore(&again, to, BACKUP_PASSPHRASE, &s->why),
	    ERR_CONFLICT);
	stick_state(s, 1, &x);
	assert_int_equal(
	    trustee_state_load(to, STICK_SLUG, &again.key, &y, &s->why), OK);
	assert_memory_equal(x.x.b, y.x.b, SCALAR_BYTES);
	trustee_state_free(&x);
	trustee_state_free(&y);
	trustee_backup_free(&b);
	trustee_backup_free(&again);
	buf_free(&text);
	stick_free(s);
}

/* Nobody knows what she opened after the backup but herself (C6). */
static void
who_came_back_from_a_backup_is_asked_before_she_opens(void **state)
{
	struct trustee_opening_options o = { .log_key = "none", .now = 1 };
	struct stick *s = stick_new(1, 1);
	struct trustee_opened opened;
	struct trustee_backup b;
	struct buf file = { 0 };
	char dir[300], to[320];
	struct trustee t;

	(void)state;
	stick_until(s, STICK_CHECK);
	stick_form(s, NULL);
	stick_all(s, STICK_SIGN);
	assert_int_equal(
	    trustee_backup_read(stick_dir(s, 1, dir), &s->keys[0], &b, &s->why),
	    OK);
	(void)snprintf(to, sizeof(to), "%s/again", s->root);
	assert_int_equal(
	    trustee_backup_restore(&b, to, BACKUP_PASSPHRASE, &s->why), OK);
	memset(&t, 0, sizeof(t));
	t.lock = -1;
	t.dir = to;
	t.key = s->keys[0];
	assert_int_equal(
	    trustee_state_load(to, STICK_SLUG, &t.key, &t.state, &s->why), OK);
	assert_true(t.state.restored);
	o.where = s->box;
	assert_int_equal(trustee_opening_make(&t, &o, &opened, &file, &s->why),
	    ERR_FORBIDDEN);
	assert_non_null(strstr(s->why.text, "came back from a backup"));
	/* It goes on to the log, which there is none of here. */
	o.first = 1;
	memset(&s->why, 0, sizeof(s->why));
	assert_int_not_equal(
	    trustee_opening_make(&t, &o, &opened, &file, &s->why), OK);
	assert_null(strstr(s->why.text, "came back from a backup"));
	/* What she remembers to have opened needs no question. */
	o.first = 0;
	t.state.has_opened = 1;
	assert_int_not_equal(
	    trustee_opening_make(&t, &o, &opened, &file, &s->why), OK);
	assert_null(strstr(s->why.text, "came back from a backup"));
	trustee_close(&t);
	trustee_backup_free(&b);
	buf_free(&file);
	stick_free(s);
}

static void
an_altered_backup_is_refused(void **state)
{
	struct stick *s = stick_new(2, 2);
	struct trustee_backup b, again;
	struct buf text = { 0 };
	char dir[300];
	size_t i;

	(void)state;
	stick_until(s, STICK_COMMIT);
	assert_int_equal(
	    trustee_backup_read(stick_dir(s, 1, dir), &s->keys[0], &b, &s->why),
	    OK);
	assert_int_equal(trustee_backup_put(&b, BACKUP_PASSPHRASE, &text), OK);
	assert_int_equal(trustee_backup_parse(buf_slice(&text),
			     slice_str("another passphrase"), &again, &s->why),
	    ERR_SIGNATURE);
	for (i = 0; i < text.n; i += text.n / 12) {
		text.p[i] ^= 1;
		assert_int_not_equal(trustee_backup_parse(buf_slice(&text),
					 BACKUP_PASSPHRASE, &again, &s->why),
		    OK);
		text.p[i] ^= 1;
	}
	/* The ceremony left out. */
	while (text.n > 1 && text.p[text.n - 2] != '\n')
		text.n--;
	text.n--;
	assert_int_equal(trustee_backup_parse(buf_slice(&text),
			     BACKUP_PASSPHRASE, &again, &s->why),
	    ERR_SIGNATURE);
	trustee_backup_free(&b);
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
		cmocka_unit_test(a_header_that_is_not_hers_is_refused),
		cmocka_unit_test(who_signed_or_destroyed_begins_no_attempt),
		cmocka_unit_test(nothing_on_the_stick_is_overwritten),
		cmocka_unit_test(
		    a_form_by_a_rule_that_nobody_knows_is_not_signed),
		cmocka_unit_test(a_transcript_of_an_earlier_attempt_gives_way),
		cmocka_unit_test(what_is_no_message_is_named_with_what_to_do),
		cmocka_unit_test(a_backup_brings_everything_back),
		cmocka_unit_test(
		    who_came_back_from_a_backup_is_asked_before_she_opens),
		cmocka_unit_test(an_altered_backup_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, vec_free);
}
