/*
 * What a trustee keeps has one encoding: what parses is written the same.  The
 * server's answer of a post box is read or refused, and nothing is a backup
 * without its passphrase.
 */
#include <string.h>

#include "box.h"
#include "trustee_backup.h"

#include "fuzz.h"

static void
key_try(struct slice s)
{
	struct trustee_public pub;
	struct trustee_key k;
	struct buf b = { 0 };

	if (trustee_key_plain_parse(s, &k, NULL) == OK) {
		trustee_key_plain_put(&k, &b);
		MUST(slice_equal(buf_slice(&b), s));
		b.n = 0;
		trustee_key_public_put(&k, &b);
		MUST(trustee_key_public_parse(buf_slice(&b), &pub, NULL) == OK);
		MUST(strcmp(pub.name, k.name) == 0);
	}
	b.n = 0;
	if (trustee_key_public_parse(s, &pub, NULL) == OK) {
		memset(&k, 0, sizeof(k));
		memcpy(k.name, pub.name, sizeof(k.name));
		k.key.pk = pub.pk;
		trustee_key_public_put(&k, &b);
		MUST(slice_equal(buf_slice(&b), s));
	}
	buf_free(&b);
}

static void
state_try(struct slice s)
{
	struct trustee_state st;
	struct trustee_key k;
	struct buf b = { 0 };

	memset(&k, 0, sizeof(k));
	if (trustee_state_parse(s, &st, NULL) == OK) {
		MUST(trustee_state_put(&st, &b) == OK);
		MUST(slice_equal(buf_slice(&b), s));
		trustee_state_free(&st);
	}
	MUST(trustee_state_unlock(s, &k, &st, NULL) != OK);
	buf_free(&b);
}

static void
box_try(struct slice s)
{
	struct box *b = calloc(1, sizeof(*b));
	size_t i;

	MUST(b != NULL);
	if (box_answer_parse(s, b, NULL) == OK)
		for (i = 0; i < b->n_messages; i++)
			MUST(b->messages[i].name[0] != '\0');
	box_close(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_of(data, size);
	struct trustee_backup backup;

	key_try(s);
	state_try(s);
	box_try(s);
	MUST(trustee_backup_parse(
		 s, slice_str("a wrong passphrase"), &backup, NULL) != OK);
	return 0;
}
