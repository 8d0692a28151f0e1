#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkpoint.h"
#include "hex.h"
#include "tile.h"

#include "forge.h"

#define KEYS_MAX 16

const struct blind_key *
forge_key(size_t i)
{
	static struct blind_key *keys[KEYS_MAX];

	assert_true(i < KEYS_MAX);
	if (keys[i] == NULL)
		assert_int_equal(blind_key_new(&keys[i]), OK);
	return keys[i];
}

static void
key_of(const char *what, size_t no, struct sign_key *out)
{
	char text[64];
	struct hash h;

	(void)snprintf(text, sizeof(text), "forge %s %zu", what, no);
	hash_bytes(slice_str(text), &h);
	sign_key_from_seed(h.b, out);
}

struct forge *
forge_new(const char *twist)
{
	struct forge *f = calloc(1, sizeof(*f));
	size_t i;

	assert_non_null(f);
	f->twist = twist;
	key_of("log", 0, &f->log);
	key_of("receipt", 0, &f->receipt);
	key_of("witness", 0, &f->witness);
	key_of("witness", 1, &f->second_witness);
	for (i = 0; i < FORGE_STAFF; i++)
		key_of("staff", i, &f->staff[i]);
	for (i = 0; i < FORGE_LINES; i++) {
		key_of("roll", i, &f->voters[i].roll);
		key_of("credential", i, &f->voters[i].credential);
	}
	return f;
}

void
forge_free(struct forge *f)
{
	size_t i;

	if (f == NULL)
		return;
	for (i = 0; i < f->n_entries; i++)
		buf_free(&f->entries[i].bytes);
	for (i = 0; i < f->n_objects; i++)
		buf_free(&f->objects[i].bytes);
	free(f->entries);
	free(f->objects);
	trustees_free(&f->trustees);
	form_free(f->form);
	header_free(f->header);
	free(f);
}

int
forge_is(const struct forge *f, const char *twist)
{
	return strcmp(f->twist, twist) == 0;
}

static struct forge_bytes *
more(struct forge_bytes **list, size_t *n, size_t *cap, struct slice bytes)
{
	struct forge_bytes *b;

	if (*n == *cap) {
		*cap = *cap == 0 ? 64 : 2 * *cap;
		*list = realloc(*list, *cap * sizeof(**list));
		assert_non_null(*list);
	}
	b = &(*list)[(*n)++];
	memset(b, 0, sizeof(*b));
	buf_put(&b->bytes, bytes.p, bytes.n);
	assert_int_equal(buf_end(&b->bytes), OK);
	return b;
}

void
forge_object_as(struct forge *f, const struct hash *name, struct slice bytes)
{
	more(&f->objects, &f->n_objects, &f->cap_objects, bytes)->name = *name;
}

void
forge_object(struct forge *f, struct slice bytes, struct hash *name)
{
	hash_bytes(bytes, name);
	forge_object_as(f, name, bytes);
}

uint64_t
forge_raw(struct forge *f, struct slice bytes)
{
	(void)more(&f->entries, &f->n_entries, &f->cap_entries, bytes);
	return f->n_entries - 1;
}

uint64_t
forge_entry(struct forge *f, struct entry *e)
{
	const struct entry_rule *rule = entry_rule_of(e->kind);
	struct buf b = { 0 };
	uint64_t index;
	size_t i, who;

	e->n_signers = 0;
	for (i = 0; i < rule->signers; i++) {
		who = rule->signers > 1		    ? i
		      : e->kind == ENTRY_MODERATION ? FORGE_MODERATOR
		      : e->kind == ENTRY_PROGRESS   ? FORGE_EDITOR
						    : FORGE_ADMIN_1;
		assert_int_equal(
		    entry_sign(e, FORGE_ORIGIN, ++f->n[who], &f->staff[who]),
		    OK);
	}
	assert_int_equal(entry_put(&b, e), OK);
	assert_int_equal(buf_end(&b), OK);
	index = forge_raw(f, buf_slice(&b));
	buf_free(&b);
	return index;
}

/* --- Files -------------------------------------------------------------------
 */

const char *
forge_dir(const char *name)
{
	static char dir[300];
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(dir, sizeof(dir), "%.100s/partecipa-%.50s-%ld",
	    tmp != NULL ? tmp : "/tmp", name, (long)getpid());
	forge_clean(dir);
	return dir;
}

void
forge_clean(const char *dir)
{
	char path[2048];
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (unlink(path) != 0)
			forge_clean(path);
	}
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(dir);
}

/* Write ${dir}/${path}, making the folders between. */
static void
put_file(const char *dir, const char *path, struct slice bytes)
{
	char full[1024], *at;
	FILE *out;

	(void)snprintf(full, sizeof(full), "%s/%s", dir, path);
	for (at = strchr(full + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
		*at = 0;
		assert_true(mkdir(full, 0777) == 0 || errno == EEXIST);
		*at = '/';
	}
	out = fopen(full, "wb");
	assert_non_null(out);
	if (bytes.n > 0)
		assert_int_equal(fwrite(bytes.p, 1, bytes.n, out), bytes.n);
	assert_int_equal(fclose(out), 0);
}

static void
put_tile(
    const char *dir, unsigned level, uint64_t index, size_t n, struct slice s)
{
	struct tile t = { level, index, (unsigned)n };
	char name[TILE_PATH_MAX], path[TILE_PATH_MAX + 4];

	tile_print(&t, name);
	(void)snprintf(path, sizeof(path), "log/%s", name);
	put_file(dir, path, s);
}

/* All tiles of one level; the hashes of the level above replace ${h}. */
static size_t
put_level(
    struct forge *f, const char *dir, unsigned level, struct hash *h, size_t n)
{
	struct merkle m;
	struct buf b = { 0 };
	size_t i, k, full = 0;

	for (i = 0; i < n; i += TILE_WIDTH) {
		size_t width = n - i < TILE_WIDTH ? n - i : TILE_WIDTH;

		b.n = 0;
		memset(&m, 0, sizeof(m));
		for (k = i; k < i + width; k++) {
			buf_put(&b, h[k].b, HASH_BYTES);
			merkle_append(&m, &h[k]);
		}
		if (level == 0 && i == 0 && forge_is(f, "tile"))
			b.p[7] ^= 1;
		put_tile(dir, level, i / TILE_WIDTH, width, buf_slice(&b));
		if (width == TILE_WIDTH)
			merkle_root(&m, &h[full++]);
	}
	buf_free(&b);
	return full;
}

static void
put_checkpoint(struct forge *f, const char *dir, struct merkle *m)
{
	struct checkpoint c = { FORGE_ORIGIN, m->size, { { 0 } } };
	struct sign_key other;
	struct buf b = { 0 };
	struct note note;

	merkle_root(m, &c.root);
	if (forge_is(f, "root"))
		c.root.b[3] ^= 1;
	key_of("other", 0, &other);
	assert_int_equal(checkpoint_sign(&c,
			     forge_is(f, "checkpoint") ? &other : &f->log, &b),
	    OK);
	assert_int_equal(note_parse(buf_slice(&b), &note), OK);
	if (!forge_is(f, "quorum")) {
		struct buf line = { 0 };

		assert_int_equal(note_cosign_line(note.text, "witness.example",
				     &f->witness, 1700000000, &line),
		    OK);
		if (f->two_witnesses && !forge_is(f, "quorum-second"))
			assert_int_equal(
			    note_cosign_line(note.text, "testimone.example",
				&f->second_witness, 1700000001, &line),
			    OK);
		buf_put(&b, line.p, line.n);
		buf_free(&line);
	}
	put_file(dir, "log/checkpoint", buf_slice(&b));
	buf_free(&b);
}

static void
put_key(struct forge *f, const char *dir)
{
	struct note_key k;
	struct buf b = { 0 };

	assert_int_equal(
	    note_key_make(FORGE_ORIGIN, NOTE_ED25519, &f->log.pk, &k), OK);
	note_key_print(&k, &b);
	buf_str(&b, "\n");
	put_file(dir, "log/key", buf_slice(&b));
	buf_free(&b);
}

void
forge_write(struct forge *f, const char *dir)
{
	struct hash *h = calloc(f->n_entries + 1, sizeof(*h));
	struct merkle m = { 0 };
	struct buf b = { 0 };
	char path[100] = "objects/";
	unsigned level;
	size_t i, n;

	assert_non_null(h);
	for (i = 0; i < f->n_entries; i++) {
		struct slice e = buf_slice(&f->entries[i].bytes);

		hash_leaf(e, &h[i]);
		merkle_append(&m, &h[i]);
		buf_lp(&b, e);
		if ((i + 1) % TILE_WIDTH == 0 || i + 1 == f->n_entries) {
			put_tile(dir, TILE_LEVEL_ENTRIES, i / TILE_WIDTH,
			    i % TILE_WIDTH + 1, buf_slice(&b));
			b.n = 0;
		}
	}
	for (level = 0, n = f->n_entries; n > 0; level++)
		n = put_level(f, dir, level, h, n);
	for (i = 0; i < f->n_objects; i++) {
		hex_encode(hash_slice(&f->objects[i].name), path + 8);
		put_file(dir, path, buf_slice(&f->objects[i].bytes));
	}
	put_key(f, dir);
	put_checkpoint(f, dir, &m);
	buf_free(&b);
	free(h);
}
