#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "wipe.h"
#include "witness.h"
#include "witness_request.h"

#include "datadir.h"
#include "forge.h"
#include "vec.h"

/* A log of numbered leaves, and a witness of it in a folder of its own. */
#define LEAVES 300
#define ORIGIN "log.example/voto"

struct scene {
	char dir[DATADIR_PATH];
	struct witness *w;
	struct sign_key secret;
	struct note_key log;
	struct buf vkey; /* of the log */
	struct hash leaves[LEAVES];
	struct buf out;
	uint64_t asked; /* when, for the last answer */
};

/* Remove a folder of datadir_new's, whatever is in it. */
static void
gone(const char *dir)
{
	char parent[DATADIR_PATH];

	forge_clean(dir);
	(void)snprintf(parent, sizeof(parent), "%s", dir);
	*strrchr(parent, '/') = '\0';
	(void)rmdir(parent);
}

static void
witness_start(struct scene *x)
{
	const char *vkey = buf_text(&x->vkey);
	struct witness_options o = { x->dir, &vkey, 1 };
	struct why why = { "" };

	if (witness_open(&o, &x->w, &why) != OK)
		fail_msg("%s", why.text);
}

static void
witness_stop(struct scene *x)
{
	witness_close(x->w);
	x->w = NULL;
}

static int
setup(void **state)
{
	struct scene *x = calloc(1, sizeof(*x));
	struct why why = { "" };
	struct buf vkey = { 0 };
	uint64_t i;

	assert_non_null(x);
	datadir_new(x->dir);
	sign_key_random(&x->secret);
	assert_int_equal(
	    note_key_make(ORIGIN, NOTE_ED25519, &x->secret.pk, &x->log), OK);
	note_key_print(&x->log, &x->vkey);
	for (i = 0; i < LEAVES; i++)
		hash_leaf(slice_of(&i, sizeof(i)), &x->leaves[i]);
	if (witness_init(x->dir, "witness.example/1", &vkey, &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&vkey);
	witness_start(x);
	*state = x;
	return 0;
}

static int
teardown(void **state)
{
	struct scene *x = *state;

	witness_close(x->w);
	gone(x->dir);
	buf_free(&x->out);
	buf_free(&x->vkey);
	free(x);
	return 0;
}

static enum err
leaf_node(void *cookie, unsigned level, uint64_t index, struct hash *out)
{
	const struct hash *leaves = cookie;
	struct merkle m = { 0 };
	uint64_t i;

	for (i = index << level; i < (index + 1) << level; i++)
		merkle_append(&m, &leaves[i]);
	merkle_root(&m, out);
	return OK;
}

static void
root_of(const struct hash *leaves, uint64_t n, struct hash *out)
{
	struct merkle m = { 0 };
	uint64_t i;

	for (i = 0; i < n; i++)
		merkle_append(&m, &leaves[i]);
	merkle_root(&m, out);
}

/* A request for the tree of ${size} of ${leaves}, from ${old}. */
static void
request(const struct scene *x, struct hash *leaves, uint64_t old, uint64_t size,
    struct buf *b)
{
	struct witness_request q = { .old = old };
	struct checkpoint c = { .size = size };
	struct buf note = { 0 };

	(void)snprintf(c.origin, sizeof(c.origin), "%s", ORIGIN);
	root_of(leaves, size, &c.root);
	assert_int_equal(checkpoint_sign(&c, &x->secret, &note), OK);
	if (old > 0 && old <= size)
		assert_int_equal(merkle_prove_consistency(
				     old, size, leaf_node, leaves, &q.proof),
		    OK);
	q.note = buf_slice(&note);
	witness_request_put(b, &q);
	assert_int_equal(buf_end(b), OK);
	buf_free(&note);
}

/* Not time(): its clock may lag this one, by which is cosigned. */
static uint64_t
seconds(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_REALTIME, &t), 0);
	return (uint64_t)t.tv_sec;
}

static int
ask(struct scene *x, struct hash *leaves, uint64_t old, uint64_t size)
{
	struct buf b = { 0 };
	int status;

	request(x, leaves, old, size, &b);
	x->out.n = 0;
	x->asked = seconds();
	status = (int)witness_add(x->w, buf_slice(&b), &x->out);
	buf_free(&b);
	return status;
}

/* The last answer is a cosignature of that tree. */
static void
check_line(struct scene *x, uint64_t size)
{
	struct checkpoint c = { .size = size };
	struct buf note = { 0 };
	struct note n;
	uint64_t when = 0;

	(void)snprintf(c.origin, sizeof(c.origin), "%s", ORIGIN);
	root_of(x->leaves, size, &c.root);
	assert_int_equal(checkpoint_sign(&c, &x->secret, &note), OK);
	buf_put(&note, x->out.p, x->out.n);
	assert_int_equal(note_parse(buf_slice(&note), &n), OK);
	assert_int_equal(n.n_sigs, 2);
	assert_int_equal(note_cosigned(&n, witness_key(x->w), &when), OK);
	assert_true(when >= x->asked && when <= seconds());
	buf_free(&note);
}

static int
has_size(struct scene *x, const char *size)
{
	return slice_equal(buf_slice(&x->out), slice_str(size));
}

static int
there(const struct scene *x, const char *end, struct buf *out)
{
	char path[DATADIR_PATH + 100], piece[4096];
	struct hash id;
	char hex[65];
	size_t i, n;
	FILE *f;

	hash_bytes(slice_str(ORIGIN), &id);
	for (i = 0; i < 32; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", id.b[i]);
	(void)snprintf(path, sizeof(path), "%s/%s%s", x->dir, hex, end);
	if ((f = fopen(path, "rb")) == NULL)
		return 0;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_put(out, piece, n);
	(void)fclose(f);
	return 1;
}

/* --- The conversation of another witness ------------------------------------
 */

static void
it_answers_as_another_witness_did(void **state)
{
	const json_t *root = vec_shared("c2sp/witness_add_checkpoint.json"), *t;
	const char *vkey = vec_str(root, "log_vkey");
	char dir[DATADIR_PATH];
	struct witness_options o = { dir, &vkey, 1 };
	struct witness *w = NULL;
	struct buf b = { 0 };
	struct why why = { "" };
	size_t i;
	int status;

	(void)state;
	datadir_new(dir);
	assert_int_equal(witness_init(dir, "w.example", &b, &why), OK);
	if (witness_open(&o, &w, &why) != OK)
		fail_msg("%s", why.text);
	json_array_foreach(json_object_get(root, "requests"), i, t)
	{
		b.n = 0;
		status = (int)witness_add(w, slice_str(vec_str(t, "body")), &b);
		if ((uint64_t)status != vec_u64(t, "status_now"))
			fail_msg("request %zu: %d %.*s", i, status, (int)b.n,
			    (const char *)b.p);
		if (vec_has(t, "response_body"))
			assert_bytes(buf_slice(&b),
			    slice_str(vec_str(t, "response_body")));
	}
	assert_int_equal(i, 9);
	witness_close(w);
	gone(dir);
	buf_free(&b);
}

/* --- What it cosigns --------------------------------------------------------
 */

static void
it_follows_a_log_through_all_sizes(void **state)
{
	struct scene *x = *state;
	uint64_t old = 0, size;

	for (size = 0; size <= LEAVES; size += 1 + size / 7) {
		assert_int_equal(ask(x, x->leaves, old, size), 200);
		check_line(x, size);
		/* The same once more: a new line for the same tree. */
		assert_int_equal(ask(x, x->leaves, size, size), 200);
		check_line(x, size);
		old = size;
	}
}

static void
the_size_that_it_has_is_told(void **state)
{
	struct scene *x = *state;

	assert_int_equal(ask(x, x->leaves, 5, 10), 409);
	assert_true(has_size(x, "0\n"));
	assert_int_equal(ask(x, x->leaves, 0, 10), 200);
	assert_int_equal(ask(x, x->leaves, 0, 10), 409);
	assert_true(has_size(x, "10\n"));
	assert_int_equal(ask(x, x->leaves, 9, 20), 409);
	assert_true(has_size(x, "10\n"));
	/* A log that was rolled back finds out so. */
	assert_int_equal(ask(x, x->leaves, 7, 8), 409);
	assert_true(has_size(x, "10\n"));
	assert_int_equal(ask(x, x->leaves, 11, 8), 400);
	assert_int_equal(ask(x, x->leaves, 10, 20), 200);
	check_line(x, 20);
}

static void
A36_two_trees_of_one_size_are_never_cosigned(void **state)
{
	struct scene *x = *state;
	struct hash other[LEAVES];
	struct buf proof = { 0 };
	struct checkpoint c;
	struct note n;

	memcpy(other, x->leaves, sizeof(other));
	other[3].b[0] ^= 1;
	assert_int_equal(ask(x, x->leaves, 0, 10), 200);
	assert_int_equal(ask(x, other, 10, 10), 422);
	assert_int_equal(ask(x, other, 0, 10), 409);
	/* What the log signed beside it is kept: it is the proof. */
	assert_true(there(x, ".fork", &proof));
	assert_int_equal(
	    checkpoint_open(buf_slice(&proof), &x->log, &n, &c), OK);
	assert_int_equal(c.size, 10);
	/* And the witness still goes on with the log that it knows only. */
	assert_int_equal(ask(x, other, 10, 20), 422);
	assert_int_equal(ask(x, x->leaves, 10, 20), 200);
	check_line(x, 20);
	buf_free(&proof);
}

static void
A36_a_forked_log_is_not_cosigned(void **state)
{
	struct scene *x = *state;
	struct hash other[LEAVES];
	uint64_t at;

	for (at = 0; at < 10; at++) {
		memcpy(other, x->leaves, sizeof(other));
		other[at].b[31] ^= 0x80;
		if (at == 0)
			assert_int_equal(ask(x, x->leaves, 0, 10), 200);
		assert_int_equal(ask(x, other, 10, 11), 422);
		assert_int_equal(ask(x, other, 10, 200), 422);
	}
	/* A fork behind what was cosigned looks like the log. */
	memcpy(other, x->leaves, sizeof(other));
	other[10].b[0] ^= 1;
	assert_int_equal(ask(x, other, 10, 12), 200);
	assert_int_equal(ask(x, x->leaves, 12, 12), 422);
	assert_int_equal(ask(x, x->leaves, 12, 13), 422);
}

static void
what_is_no_request_is_refused_and_changes_nothing(void **state)
{
	struct scene *x = *state;
	struct buf b = { 0 }, cut = { 0 };
	struct sign_key stranger;
	struct scene y;
	size_t i;
	int status;

	assert_int_equal(ask(x, x->leaves, 0, 10), 200);
	request(x, x->leaves, 10, 20, &b);
	for (i = 0; i < b.n; i++) {
		x->out.n = 0;
		status = (int)witness_add(x->w, slice_of(b.p, i), &x->out);
		assert_true(status == 400 || status == 403);
	}
	/* Every byte of it matters. */
	for (i = 0; i < b.n; i++) {
		cut.n = x->out.n = 0;
		buf_put(&cut, b.p, b.n);
		cut.p[i] ^= 1;
		status = (int)witness_add(x->w, buf_slice(&cut), &x->out);
		if (status == 200)
			fail_msg("byte %zu of the request was not read", i);
		/* A size is told where it is another, no more than that. */
		assert_true(status != 503);
	}
	/* By another key, under the log's name. */
	sign_key_random(&stranger);
	y = *x;
	y.secret = stranger;
	b.n = x->out.n = 0;
	request(&y, x->leaves, 10, 20, &b);
	assert_int_equal(witness_add(x->w, buf_slice(&b), &x->out), 403);
	/* 64 lines of proof. */
	b.n = x->out.n = 0;
	buf_str(&b, "old 10\n");
	for (i = 0; i < 64; i++)
		buf_str(&b, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	request(x, x->leaves, 0, 20, &b);
	assert_int_equal(witness_add(x->w, buf_slice(&b), &x->out), 400);
	assert_int_equal(ask(x, x->leaves, 10, 20), 200);
	buf_free(&b);
	buf_free(&cut);
}

/* Empty trees and proofs that nobody needs. */
static void
there_is_one_proof_for_each_step(void **state)
{
	struct scene *x = *state;
	struct witness_request q = { 0 };
	struct checkpoint c = { 0 };
	struct buf note = { 0 }, b = { 0 };

	(void)snprintf(c.origin, sizeof(c.origin), "%s", ORIGIN);
	assert_int_equal(checkpoint_sign(&c, &x->secret, &note), OK);
	q.note = buf_slice(&note);
	witness_request_put(&b, &q);
	/* Size 0 with a root of zeros. */
	assert_int_equal(witness_add(x->w, buf_slice(&b), &x->out), 422);
	/* A proof from nothing. */
	c.size = 5;
	root_of(x->leaves, 5, &c.root);
	note.n = b.n = 0;
	assert_int_equal(checkpoint_sign(&c, &x->secret, &note), OK);
	q.note = buf_slice(&note);
	q.proof.n = 1;
	witness_request_put(&b, &q);
	assert_int_equal(witness_add(x->w, buf_slice(&b), &x->out), 422);
	q.proof.n = 0;
	b.n = x->out.n = 0;
	witness_request_put(&b, &q);
	assert_int_equal(witness_add(x->w, buf_slice(&b), &x->out), 200);
	/* A proof from a tree to itself. */
	q.old = 5;
	q.proof.n = 1;
	b.n = 0;
	witness_request_put(&b, &q);
	assert_int_equal(witness_add(x->w, buf_slice(&b), &x->out), 422);
	buf_free(&note);
	buf_free(&b);
}

/* --- What it remembers ------------------------------------------------------
 */

static void
what_was_cosigned_is_there_after_a_restart(void **state)
{
	struct scene *x = *state;
	struct buf before = { 0 }, after = { 0 };
	struct hash id;

	hash_bytes(slice_str(ORIGIN), &id);
	assert_int_equal(witness_checkpoint(x->w, &id, &before), ERR_NOT_FOUND);
	assert_int_equal(ask(x, x->leaves, 0, 10), 200);
	assert_int_equal(witness_checkpoint(x->w, &id, &before), OK);
	witness_stop(x);
	witness_start(x);
	assert_int_equal(witness_checkpoint(x->w, &id, &after), OK);
	assert_bytes(buf_slice(&before), buf_slice(&after));
	assert_int_equal(ask(x, x->leaves, 0, 10), 409);
	assert_true(has_size(x, "10\n"));
	assert_int_equal(ask(x, x->leaves, 10, 11), 200);
	memset(&id, 0, sizeof(id));
	assert_int_equal(witness_checkpoint(x->w, &id, &after), ERR_NOT_FOUND);
	buf_free(&before);
	buf_free(&after);
}

/* Lines of others are not kept: the file is the log's line and its own. */
static void
lines_of_others_are_read_over_and_not_kept(void **state)
{
	struct scene *x = *state;
	struct buf b = { 0 }, kept = { 0 };
	struct note n;
	size_t i;

	request(x, x->leaves, 0, 10, &b);
	for (i = 0; i < NOTE_SIGS_MAX - 1; i++)
		buf_str(&b, "\xe2\x80\x94 other.example AAAAAAA=\n");
	assert_int_equal(witness_add(x->w, buf_slice(&b), &x->out), 200);
	check_line(x, 10);
	assert_true(there(x, ".checkpoint", &kept));
	assert_int_equal(note_parse(buf_slice(&kept), &n), OK);
	assert_int_equal(n.n_sigs, 2);
	witness_stop(x);
	witness_start(x);
	buf_free(&b);
	buf_free(&kept);
}

static void
a_file_that_it_did_not_cosign_is_refused(void **state)
{
	struct scene *x = *state;
	const char *vkey = buf_text(&x->vkey);
	struct witness_options o = { x->dir, &vkey, 1 };
	struct witness *second = NULL;
	struct why why = { "" };
	struct buf kept = { 0 };
	char path[DATADIR_PATH + 100], hex[65];
	struct hash id;
	size_t i;
	FILE *f;

	assert_int_equal(witness_open(&o, &second, &why), ERR_CONFLICT);
	assert_non_null(strstr(why.text, "another process"));
	assert_int_equal(ask(x, x->leaves, 0, 10), 200);
	witness_stop(x);
	assert_true(there(x, ".checkpoint", &kept));
	hash_bytes(slice_str(ORIGIN), &id);
	for (i = 0; i < 32; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", id.b[i]);
	(void)snprintf(path, sizeof(path), "%s/%s.checkpoint", x->dir, hex);
	for (i = 0; i < kept.n; i += 7) {
		kept.p[i] ^= 1;
		f = fopen(path, "wb");
		assert_non_null(f);
		assert_int_equal(fwrite(kept.p, 1, kept.n, f), kept.n);
		assert_int_equal(fclose(f), 0);
		kept.p[i] ^= 1;
		assert_int_equal(witness_open(&o, &second, &why), ERR_STATE);
	}
	assert_int_equal(unlink(path), 0);
	witness_start(x);
	buf_free(&kept);
}

static void
a_checkpoint_that_cannot_be_stored_is_not_cosigned(void **state)
{
	struct scene *x = *state;
	char moved[DATADIR_PATH + 8];

	assert_int_equal(ask(x, x->leaves, 0, 10), 200);
	(void)snprintf(moved, sizeof(moved), "%s.away", x->dir);
	assert_int_equal(rename(x->dir, moved), 0);
	assert_int_equal(ask(x, x->leaves, 10, 20), 503);
	assert_null(memchr(x->out.p, 0xe2, x->out.n));
	assert_int_equal(rename(moved, x->dir), 0);
	assert_int_equal(ask(x, x->leaves, 10, 20), 200);
}

/* --- Many at once -----------------------------------------------------------
 */

#define RACERS 8
struct racer {
	struct scene *x;
	struct hash *leaves;
	unsigned cosigned;
};

static void *
race(void *arg)
{
	struct racer *r = arg;
	struct buf b = { 0 }, out = { 0 };
	uint64_t size;

	for (size = 1; size <= 30; size++) {
		b.n = out.n = 0;
		request(r->x, r->leaves, size - 1, size, &b);
		if (witness_add(r->x->w, buf_slice(&b), &out) == WITNESS_OK)
			r->cosigned++;
	}
	buf_free(&b);
	buf_free(&out);
	return NULL;
}

static void
A36_many_forks_at_once_get_one_tree_of_each_size(void **state)
{
	struct scene *x = *state;
	static struct hash leaves[RACERS][LEAVES];
	struct racer racers[RACERS];
	pthread_t threads[RACERS];
	unsigned i, winners = 0, sum = 0;

	for (i = 0; i < RACERS; i++) {
		memcpy(leaves[i], x->leaves, sizeof(leaves[i]));
		leaves[i][0].b[0] ^= (uint8_t)(i + 1);
		racers[i] = (struct racer){ x, leaves[i], 0 };
		assert_int_equal(
		    pthread_create(&threads[i], NULL, race, &racers[i]), 0);
	}
	for (i = 0; i < RACERS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		winners += racers[i].cosigned > 0;
		sum += racers[i].cosigned;
	}
	/* All of them differ from the first leaf on. */
	assert_int_equal(winners, 1);
	assert_true(sum >= 1 && sum <= 30);
}

/* --- Folders ----------------------------------------------------------------
 */

static void
a_witness_is_made_once_and_says_what_is_wrong(void **state)
{
	struct scene *x = *state;
	const char *bad[] = { "no key", "" };
	struct witness_options o = { x->dir, bad, 1 };
	struct witness *w = NULL;
	char empty[DATADIR_PATH], path[DATADIR_PATH + 16];
	struct why why = { "" };
	struct buf b = { 0 };
	struct stat st;
	FILE *f;

	assert_int_equal(
	    witness_init(x->dir, "w.example", &b, &why), ERR_CONFLICT);
	assert_int_equal(
	    witness_init(x->dir, "with blank", &b, &why), ERR_FORMAT);
	witness_stop(x);
	(void)snprintf(path, sizeof(path), "%s/witness.key", x->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(witness_open(&o, &w, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "\"no key\""));
	o.n_logs = 0;
	assert_int_equal(witness_open(&o, &w, &why), ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "--log"));
	/* Keys may stand in a file, too. */
	(void)snprintf(path, sizeof(path), "%s/logs", x->dir);
	assert_non_null(f = fopen(path, "w"));
	fprintf(f, "# the municipality\n\n%s\n", buf_text(&x->vkey));
	assert_int_equal(fclose(f), 0);
	assert_int_equal(witness_open(&o, &w, &why), OK);
	assert_int_equal(witness_logs(w), 1);
	witness_close(w);
	assert_non_null(f = fopen(path, "a"));
	fprintf(f, "w.example\n");
	assert_int_equal(fclose(f), 0);
	assert_int_equal(witness_open(&o, &w, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, "/logs:4: "));
	datadir_new(empty);
	o.dir = empty;
	assert_int_equal(witness_open(&o, &w, &why), ERR_NOT_FOUND);
	assert_non_null(strstr(why.text, "--witness-only"));
	gone(empty);
	buf_free(&b);
}

#define test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_answers_as_another_witness_did),
		test(it_follows_a_log_through_all_sizes),
		test(the_size_that_it_has_is_told),
		test(A36_two_trees_of_one_size_are_never_cosigned),
		test(A36_a_forked_log_is_not_cosigned),
		test(what_is_no_request_is_refused_and_changes_nothing),
		test(there_is_one_proof_for_each_step),
		test(what_was_cosigned_is_there_after_a_restart),
		test(lines_of_others_are_read_over_and_not_kept),
		test(a_file_that_it_did_not_cosign_is_refused),
		test(a_checkpoint_that_cannot_be_stored_is_not_cosigned),
		test(A36_many_forks_at_once_get_one_tree_of_each_size),
		test(a_witness_is_made_once_and_says_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, vec_free);
}
