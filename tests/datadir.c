#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entry.h"

#include "datadir.h"

static void
stop(const char *what)
{
	perror(what);
	abort();
}

/* A macro, so that the analyser sees what holds afterwards. */
#define need(good, what) ((good) ? (void)0 : stop(what))

/* --- Folders -------------------------------------------------------------- */

void
datadir_new(char path[static DATADIR_PATH])
{
	const char *tmp = getenv("TMPDIR");
	char dir[DATADIR_PATH - 8];

	(void)snprintf(dir, sizeof(dir), "%s/partecipa-XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	need(mkdtemp(dir) != NULL, "mkdtemp");
	(void)snprintf(path, DATADIR_PATH, "%s/data", dir);
}

/* Calls ${f} for each file of a folder and of its folders. */
static int
each_file(const char *dir, const char *below,
    int (*f)(const char *dir, const char *name, void *cookie), void *cookie)
{
	char path[2 * DATADIR_PATH], name[DATADIR_PATH];
	struct dirent *e;
	struct stat st;
	int found = 0;
	DIR *d;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, below);
	need((d = opendir(path)) != NULL, path);
	while (!found && (e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		(void)snprintf(name, sizeof(name), "%s%s%s", below,
		    *below == '\0' ? "" : "/", e->d_name);
		(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
		need(stat(path, &st) == 0, path);
		found = S_ISDIR(st.st_mode) ? each_file(dir, name, f, cookie)
					    : f(dir, name, cookie);
	}
	(void)closedir(d);
	return found;
}

void
datadir_read(const char *dir, const char *name, struct buf *out)
{
	char path[2 * DATADIR_PATH];
	uint8_t b[65536];
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	need((f = fopen(path, "rb")) != NULL, path);
	while ((n = fread(b, 1, sizeof(b), f)) > 0)
		buf_put(out, b, n);
	(void)fclose(f);
	need(buf_end(out) == OK, path);
}

void
datadir_copy_file(const char *from, const char *to, const char *name)
{
	char path[2 * DATADIR_PATH];
	struct buf b = { 0 };
	FILE *f;

	datadir_read(from, name, &b);
	(void)snprintf(path, sizeof(path), "%s/%s", to, name);
	need((f = fopen(path, "wb")) != NULL, path);
	need(b.n == 0 || fwrite(b.p, b.n, 1, f) == 1, path);
	need(fclose(f) == 0, path);
	buf_free(&b);
}

static int
copy_one(const char *dir, const char *name, void *cookie)
{
	datadir_copy_file(dir, cookie, name);
	return 0;
}

void
datadir_copy(const char *from, char path[static DATADIR_PATH])
{
	char log[DATADIR_PATH + 8];

	datadir_new(path);
	need(mkdir(path, 0700) == 0, path);
	(void)snprintf(log, sizeof(log), "%s/log", path);
	need(mkdir(log, 0700) == 0, log);
	(void)each_file(from, "", copy_one, path);
}

static int
remove_one(const char *dir, const char *name, void *cookie)
{
	char path[2 * DATADIR_PATH];

	(void)cookie;
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	need(unlink(path) == 0, path);
	return 0;
}

void
datadir_remove(const char *path)
{
	char p[DATADIR_PATH + 8];

	need(path != NULL, "datadir_remove");
	if (access(path, F_OK) == 0)
		(void)each_file(path, "", remove_one, NULL);
	(void)snprintf(p, sizeof(p), "%s/log", path);
	(void)rmdir(p);
	(void)rmdir(path);
	(void)snprintf(p, sizeof(p), "%s", path);
	*strrchr(p, '/') = '\0';
	(void)rmdir(p);
}

void
datadir_flip(const char *dir, const char *name, long at)
{
	char path[2 * DATADIR_PATH];
	FILE *f;
	int c = EOF;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	need((f = fopen(path, "r+b")) != NULL, path);
	need(fseek(f, at, SEEK_SET) == 0 && (c = getc(f)) != EOF, path);
	need(fseek(f, at, SEEK_SET) == 0 && putc(c ^ 1, f) != EOF, path);
	need(fclose(f) == 0, path);
}

static int
contains_one(const char *dir, const char *name, void *cookie)
{
	const struct slice *needle = cookie;
	struct buf b = { 0 };
	size_t i;
	int found = 0;

	datadir_read(dir, name, &b);
	for (i = 0; !found && b.p != NULL && i + needle->n <= b.n; i++)
		found = memcmp(b.p + i, needle->p, needle->n) == 0;
	buf_free(&b);
	return found;
}

int
datadir_contains(const char *dir, struct slice needle)
{
	return each_file(dir, "", contains_one, &needle);
}

/* --- Stores --------------------------------------------------------------- */

static struct store *
open_store(const char *path, int create)
{
	struct store *s = NULL;
	struct why why = { "" };

	if (store_open(path, create, &s, &why) != OK) {
		(void)fprintf(stderr, "%s\n", why.text);
		abort();
	}
	return s;
}

struct store *
datadir_open(const char *path)
{
	return open_store(path, 0);
}

struct store *
datadir_make(const char *path)
{
	return open_store(path, 1);
}

static void
print_fault(void *cookie, int fault, const char *text)
{
	(void)cookie;
	if (fault)
		(void)printf("doctor: %s\n", text);
}

int
datadir_sound(struct store *s)
{
	unsigned faults = 1;

	return store_doctor(s, print_fault, NULL, &faults) == OK && faults == 0;
}

/* --- Records -------------------------------------------------------------- */

void
synth_space(uint32_t space_no, struct hash *id)
{
	uint8_t b[4];

	/* As if its header were these four bytes. */
	store32(b, space_no);
	hash_bytes(slice_of(b, sizeof(b)), id);
}

void
synth_make(struct synth *y, uint32_t space_no, uint64_t who, uint32_t seq,
    uint32_t vote)
{
	struct buf b = { 0 };
	struct hash id, pk;
	uint8_t junk[BLIND_BYTES + 64], number[8];
	size_t i, issuers = seq == 0;

	store64(number, who);
	hash_bytes(slice_of(number, sizeof(number)), &pk);
	for (i = 0; i < sizeof(junk); i++)
		junk[i] = (uint8_t)(pk.b[i % 32] + i * 7);
	synth_space(space_no, &id);
	buf_u8(&b, ENTRY_RECORD);
	buf_u8(&b, 1);
	buf_u8(&b, 1);
	buf_u8(&b, RECORD_BALLOT);
	buf_put(&b, id.b, sizeof(id.b));
	buf_put(&b, id.b, sizeof(id.b));
	buf_u8(&b, PURPOSE_VOTE);
	buf_put(&b, pk.b, sizeof(pk.b));
	buf_u32(&b, seq);
	buf_u16(&b, 8);
	buf_u64(&b, vote);
	buf_put(&b, junk, issuers * BLIND_BYTES);
	buf_put(&b, junk + BLIND_BYTES, 64);
	need(buf_end(&b) == OK && b.n <= sizeof(y->entry), "synth");
	memcpy(y->entry, b.p, b.n);
	y->n = b.n;
	y->space_no = space_no;
	buf_free(&b);
	hash_leaf(slice_of(y->entry, y->n), &y->leaf);
	need(record_parse(
		 slice_of(y->entry + 2, y->n - 2), issuers, &y->record) == OK,
	    "record_parse");
}

enum store_cast_outcome
synth_cast(struct store *s, const struct synth *y, uint64_t *window_end)
{
	struct store_cast job = { 0 };

	job.space_no = y->space_no;
	job.record = &y->record;
	job.leaf = y->leaf;
	job.window_end = *window_end;
	need(store_cast(s, &job, 1) == OK, "store_cast");
	*window_end = job.window_end;
	return job.outcome;
}

void
synth_header(struct store *s, uint32_t space_no)
{
	struct store_item item = { 0 };
	struct buf b = { 0 };
	struct entry e = { 0 };
	uint8_t header[4];

	store32(header, space_no);
	synth_space(space_no, &e.space_id);
	e.kind = ENTRY_HEADER;
	e.object = e.space_id;
	e.n_signers = 2;
	e.signers[0].n = 1;
	e.signers[1].n = 1;
	e.signers[1].pk.b[0] = 1;
	need(entry_put(&b, &e) == OK, "entry_put");
	item.entry = buf_slice(&b);
	hash_leaf(item.entry, &item.leaf);
	need(store_object_put(s, &e.object, slice_of(header, 4)) == OK &&
		 store_append(s, &item, 1) == OK,
	    "header");
	buf_free(&b);
}

/* A record entry that waits: its bytes, its record. */
struct member {
	uint8_t entry[2 + DATADIR_RECORD];
	struct record record;
};

static void
batch_item(struct store_item *item, struct member *m,
    const struct store_waiting *w, uint32_t space_no)
{
	m->entry[0] = ENTRY_RECORD;
	m->entry[1] = 1;
	need(w->raw.n <= DATADIR_RECORD, "record");
	memcpy(m->entry + 2, w->raw.p, w->raw.n);
	need(record_parse(slice_of(m->entry + 2, w->raw.n), w->seq == 0,
		 &m->record) == OK,
	    "record_parse");
	item->entry = slice_of(m->entry, 2 + w->raw.n);
	item->leaf = w->leaf;
	item->record = &m->record;
	item->space_no = space_no;
}

size_t
synth_batch(struct store *s, uint32_t space_no, uint64_t window_end)
{
	struct store_waiting *list = NULL;
	struct store_item *items;
	struct member *members;
	struct entry e = { 0 };
	struct buf b = { 0 };
	size_t n = 0, i;

	need(store_waiting(s, space_no, window_end, &list, &n) == OK,
	    "store_waiting");
	need((items = calloc(n + 1, sizeof(*items))) != NULL, "calloc");
	need((members = calloc(n + 1, sizeof(*members))) != NULL, "calloc");
	e.kind = ENTRY_BATCH;
	synth_space(space_no, &e.space_id);
	e.window_end = window_end;
	e.count = (uint32_t)n;
	need(entry_put(&b, &e) == OK, "entry_put");
	items[0].entry = buf_slice(&b);
	hash_leaf(items[0].entry, &items[0].leaf);
	for (i = 0; i < n; i++)
		batch_item(&items[i + 1], &members[i], &list[i], space_no);
	need(store_append(s, items, n + 1) == OK, "store_append");
	free(list);
	free(items);
	free(members);
	buf_free(&b);
	return n;
}
