#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keys.h"
#include "token.h"

#include "datadir.h"

struct folder {
	char dir[DATADIR_PATH];
	char file[DATADIR_PATH + 64];
	struct keys *keys;
};

static int
setup(void **state)
{
	struct folder *f = calloc(1, sizeof(*f));
	struct why why;

	if (f == NULL)
		return -1;
	datadir_new(f->dir);
	if (keys_create(f->dir, &why) != OK ||
	    keys_open(f->dir, &f->keys, &why) != OK)
		return -1;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct folder *f = *state;

	keys_free(f->keys);
	datadir_remove(f->dir);
	free(f);
	return 0;
}

static const char *
path(struct folder *f, const char *name)
{
	snprintf(f->file, sizeof(f->file), "%s/%s", f->dir, name);
	return f->file;
}

static void
write_file(const char *name, const void *p, size_t n)
{
	FILE *f = fopen(name, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(name, 0600), 0);
}

static enum err
open_again(struct folder *f, struct why *why)
{
	keys_free(f->keys);
	f->keys = NULL;
	return keys_open(f->dir, &f->keys, why);
}

static const struct key_ids none;

static void
keys_are_the_same_after_opening_again(void **state)
{
	struct folder *f = *state;
	uint8_t spki[BLIND_SPKI], again[BLIND_SPKI];
	struct public_key log = keys_log(f->keys)->pk;
	struct public_key receipt = keys_receipt(f->keys)->pk;
	struct hash x = { { 1 } }, mac, mac2;
	struct why why;

	assert_int_not_equal(public_key_cmp(&log, &receipt), 0);
	keys_factor(f->keys, &x, &mac);
	assert_int_equal(
	    keys_token_make(f->keys, "a-vote", PURPOSE_VOTE, &none, spki, &why),
	    OK);
	assert_int_equal(open_again(f, &why), OK);
	assert_int_equal(public_key_cmp(&log, &keys_log(f->keys)->pk), 0);
	assert_int_equal(
	    public_key_cmp(&receipt, &keys_receipt(f->keys)->pk), 0);
	keys_factor(f->keys, &x, &mac2);
	assert_true(hash_equal(&mac, &mac2));
	/* Made once: asking again gives the same one. */
	assert_int_equal(keys_token_make(f->keys, "a-vote", PURPOSE_VOTE, &none,
			     again, &why),
	    OK);
	assert_memory_equal(spki, again, BLIND_SPKI);
	assert_int_equal(
	    keys_token_is(f->keys, "a-vote", PURPOSE_VOTE, spki), OK);
	assert_int_equal(
	    keys_token_is(f->keys, "a", PURPOSE_VOTE, spki), ERR_NOT_FOUND);
	assert_int_equal(keys_token_is(f->keys, "a-vote", PURPOSE_VOICE, spki),
	    ERR_NOT_FOUND);
	spki[100] ^= 1;
	assert_int_equal(keys_token_is(f->keys, "a-vote", PURPOSE_VOTE, spki),
	    ERR_NOT_FOUND);
}

static void
keys_are_never_made_over_others(void **state)
{
	struct folder *f = *state;
	struct why why;

	assert_int_equal(keys_create(f->dir, &why), ERR_CONFLICT);
}

static void
a_key_that_others_may_read_is_refused(void **state)
{
	static const char *const names[] = { "log.key", "receipt.key",
		"factor.key", "token-a-vote.pk8" };
	static const mode_t modes[] = { 0640, 0604, 0620, 0602 };
	struct folder *f = *state;
	uint8_t spki[BLIND_SPKI];
	struct stat st;
	struct why why;
	size_t i;

	assert_int_equal(
	    keys_token_make(f->keys, "a", PURPOSE_VOTE, &none, spki, &why), OK);
	for (i = 0; i < 4; i++) {
		assert_int_equal(stat(path(f, names[i]), &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		assert_int_equal(chmod(f->file, modes[i]), 0);
		memset(&why, 0, sizeof(why));
		assert_int_equal(open_again(f, &why), ERR_FORBIDDEN);
		assert_non_null(strstr(why.text, names[i]));
		assert_int_equal(chmod(f->file, 0600), 0);
	}
	assert_int_equal(open_again(f, &why), OK);
}

static void
what_is_no_key_is_refused(void **state)
{
	static const char *const bad[] = { "", "00", "zz", "\n",
		/* 64 digits without newline, in capitals, one too many */
		"00000000000000000000000000000000"
		"00000000000000000000000000000000",
		"A0000000000000000000000000000000"
		"00000000000000000000000000000000\n",
		"00000000000000000000000000000000"
		"00000000000000000000000000000000\n\n" };
	struct folder *f = *state;
	struct why why;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_file(path(f, "receipt.key"), bad[i], strlen(bad[i]));
		assert_int_equal(open_again(f, &why), ERR_FORMAT);
		assert_non_null(strstr(why.text, "receipt.key"));
	}
	assert_int_equal(unlink(f->file), 0);
	assert_int_equal(open_again(f, &why), ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "receipt.key"));
}

static void
a_token_key_file_that_is_none_is_refused(void **state)
{
	struct folder *f = *state;
	struct why why;

	write_file(path(f, "token-a-vote.pk8"), "\x30nonsense", 9);
	assert_int_equal(open_again(f, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "token-a-vote.pk8"));
	/* What a crash left of destroying, or of making, a key goes. */
	write_file(f->file, "\0\0\0\0", 4);
	write_file(path(f, "token-b-vote.pk8.new"), "half", 4);
	assert_int_equal(open_again(f, &why), OK);
	assert_int_not_equal(access(path(f, "token-a-vote.pk8"), F_OK), 0);
	assert_int_not_equal(access(path(f, "token-b-vote.pk8.new"), F_OK), 0);
}

static void
a_key_signs_until_it_is_destroyed(void **state)
{
	struct folder *f = *state;
	uint8_t spki[BLIND_SPKI], out[BLIND_BYTES], in[BLIND_BYTES] = { 0, 1 };
	struct hash id;
	struct why why;

	assert_int_equal(
	    keys_token_make(f->keys, "a", PURPOSE_VOTE, &none, spki, &why), OK);
	token_key_id(spki, &id);
	assert_int_equal(keys_token_sign(f->keys, &id, in, out), OK);
	memset(in, 0xff, sizeof(in));
	assert_int_equal(keys_token_sign(f->keys, &id, in, out), ERR_FORMAT);
	assert_int_equal(keys_token_destroy(f->keys, &id), OK);
	assert_int_not_equal(access(path(f, "token-a-vote.pk8"), F_OK), 0);
	assert_int_equal(keys_token_sign(f->keys, &id, in, out), ERR_NOT_FOUND);
	assert_int_equal(keys_token_destroy(f->keys, &id), OK);
	assert_int_equal(open_again(f, &why), OK);
	assert_int_equal(keys_token_sign(f->keys, &id, in, out), ERR_NOT_FOUND);
}

static void
truncated_ids_do_not_clash(void **state)
{
	struct folder *f = *state;
	uint8_t spki[BLIND_SPKI], last;
	struct key_ids ids = none;
	struct hash id;
	struct why why;
	unsigned i;
	char slug[16];

	/* Half of them are taken by spaces of which only the names remain. */
	for (i = 0; i < 256; i += 2)
		key_ids_add(&ids, (uint8_t)i);
	for (i = 0; i < 4; i++) {
		snprintf(slug, sizeof(slug), "s%u", i);
		assert_int_equal(keys_token_make(f->keys, slug, PURPOSE_VOTE,
				     &ids, spki, &why),
		    OK);
		token_key_id(spki, &id);
		last = id.b[HASH_BYTES - 1];
		assert_false(key_ids_has(&ids, last));
		key_ids_add(&ids, last);
	}
	/* A 257th is refused, and says why. */
	for (i = 0; i < 256; i++)
		key_ids_add(&ids, (uint8_t)i);
	assert_int_equal(
	    keys_token_make(f->keys, "more", PURPOSE_VOTE, &ids, spki, &why),
	    ERR_LIMIT);
	assert_non_null(strstr(why.text, "256"));
	assert_int_not_equal(access(path(f, "token-more-vote.pk8"), F_OK), 0);
}

/* It keeps no log and gives no receipts. */
static void
an_issuer_has_its_own_keys_only(void **state)
{
	struct folder *f = *state;
	struct keys *k = NULL;
	uint8_t made[BLIND_SPKI], got[BLIND_SPKI];
	char dir[DATADIR_PATH];
	struct why why;

	datadir_new(dir);
	assert_int_equal(keys_create_issuer(dir, &why), OK);
	assert_int_equal(keys_create_issuer(dir, &why), ERR_CONFLICT);
	assert_int_equal(keys_open(dir, &k, &why), ERR_NOT_FOUND);
	assert_int_equal(keys_open_issuer(dir, &k, &why), OK);
	assert_int_equal(
	    keys_token_get(k, "uno", PURPOSE_VOTE, got), ERR_NOT_FOUND);
	assert_int_equal(
	    keys_token_make(k, "uno", PURPOSE_VOTE, &none, made, &why), OK);
	assert_int_equal(keys_token_get(k, "uno", PURPOSE_VOTE, got), OK);
	assert_memory_equal(got, made, sizeof(got));
	keys_free(k);
	(void)snprintf(f->file, sizeof(f->file), "%s/log.key", dir);
	assert_int_not_equal(access(f->file, F_OK), 0);
	datadir_remove(dir);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(keys_are_the_same_after_opening_again),
		TEST(keys_are_never_made_over_others),
		TEST(a_key_that_others_may_read_is_refused),
		TEST(what_is_no_key_is_refused),
		TEST(a_token_key_file_that_is_none_is_refused),
		TEST(a_key_signs_until_it_is_destroyed),
		TEST(truncated_ids_do_not_clash),
		TEST(an_issuer_has_its_own_keys_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
