/*
 * Every byte of every file of a whole log as `partecipa-audit fetch` brings it,
 * changed one at a time: the auditor never says that all is well, nor that all
 * is well so far.  One half of the bytes per processor.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forge.h"
#include "mirror.h"
#include "verify.h"

#define FILES 200
#define PATH 400
#define WORKERS 2

struct file {
	char path[PATH]; /* below the folder */
	size_t n;
};

struct files {
	struct file f[FILES];
	size_t n, bytes;
};

/*
 * What verify does not read.  log/policy tells witnesses' tools which keys to
 * use; a client never follows it, and the log does not name it.
 */
static const char *const unread[] = { "log/policy" };

static void
list(const char *dir, const char *below, struct files *out)
{
	char path[2 * PATH], sub[PATH];
	struct dirent *e;
	struct stat st;
	struct file *f;
	DIR *d;
	size_t i;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, below);
	assert_non_null(d = opendir(path));
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(sub, sizeof(sub), "%.150s%s%.200s", below,
		    *below != 0 ? "/" : "", e->d_name);
		(void)snprintf(path, sizeof(path), "%s/%s", dir, sub);
		assert_int_equal(stat(path, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			list(dir, sub, out);
			continue;
		}
		for (i = 0; i < sizeof(unread) / sizeof(unread[0]); i++)
			if (strcmp(sub, unread[i]) == 0)
				break;
		if (i < sizeof(unread) / sizeof(unread[0]))
			continue;
		assert_true(out->n < FILES);
		f = &out->f[out->n++];
		memcpy(f->path, sub, sizeof(sub));
		f->n = (size_t)st.st_size;
		out->bytes += f->n;
	}
	(void)closedir(d);
}

static enum verify_status
verify(const char *dir)
{
	struct verify_options o = { .where = dir, .threads = 1 };
	FILE *out = fopen("/dev/null", "w");
	enum verify_status s;

	if (out == NULL)
		return VERIFY_COMPLETE;
	s = verify_run(&o, out, out);
	(void)fclose(out);
	return s;
}

static void
write_file(const char *path, const uint8_t *p, size_t n)
{
	FILE *f = fopen(path, "r+b");

	if (f == NULL || fwrite(p, 1, n, f) != n || fclose(f) != 0)
		abort();
}

/* One bit changed; nonzero if the auditor accepts it. */
static int
is_accepted(const char *dir, const char *path, uint8_t *p,
    const struct file *file, size_t at, unsigned bit)
{
	enum verify_status s;

	p[at] ^= (uint8_t)(1 << bit);
	write_file(path, p, file->n);
	s = verify(dir);
	p[at] ^= (uint8_t)(1 << bit);
	/*
	 * Lines of cosignatures that nobody knows are ignored, as the standard
	 * has it: then the quorum is not reached, which is a broken rule.
	 */
	if (s == VERIFY_BROKEN ||
	    (s == VERIFY_UNREADABLE &&
		strcmp(file->path, "log/checkpoint") != 0))
		return 0;
	printf("%s: byte %zu, bit %u: exit %d\n", file->path, at, bit, (int)s);
	return 1;
}

/* Key and checkpoint: what is in them is not only hashed. */
static int
is_text(const struct file *file)
{
	return strcmp(file->path, "log/key") == 0 ||
	       strcmp(file->path, "log/checkpoint") == 0;
}

/*
 * The bytes ${from}, ${from} + WORKERS, ... of a file: all bits of the key's
 * and the checkpoint's, in other files one, another one each time.  Returns how
 * many changes were accepted.
 */
static size_t
flip_file(const char *dir, const struct file *file, size_t from)
{
	uint8_t *p = malloc(file->n + 1);
	int all = is_text(file);
	unsigned bit;
	char path[2 * PATH];
	size_t i, bad = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, file->path);
	if (p == NULL || (f = fopen(path, "rb")) == NULL ||
	    fread(p, 1, file->n, f) != file->n || fclose(f) != 0)
		abort();
	for (i = from; i < file->n; i += WORKERS)
		for (bit = all ? 0 : i / WORKERS % 8; bit < 8; bit++) {
			bad += is_accepted(dir, path, p, file, i, bit) != 0;
			if (!all)
				break;
		}
	write_file(path, p, file->n);
	free(p);
	return bad;
}

/* A child with a folder of its own; its exit status is nonzero if bad. */
static pid_t
worker(const char *dir, const struct files *all, size_t from)
{
	size_t i, bad = 0;
	pid_t pid;

	(void)fflush(NULL);
	if ((pid = fork()) != 0)
		return pid;
	for (i = 0; i < all->n; i++)
		bad += flip_file(dir, &all->f[i], from);
	/* All that was changed is back. */
	if (verify(dir) != VERIFY_COMPLETE) {
		printf("the log is not what it was\n");
		bad++;
	}
	(void)fflush(NULL);
	_exit(bad > 0);
}

/* Copies of what ${town} makes with a twist. */
static void
make_copies(char dir[WORKERS][PATH], const char *twist,
    void (*town)(struct forge *, const char *))
{
	struct forge *f = forge_new(twist);
	char original[PATH];
	struct source *src = NULL;
	struct mirror_count n;
	struct why why;
	size_t i;

	(void)snprintf(original, sizeof(original), "%s", forge_dir("flip"));
	town(f, original);
	assert_int_equal(source_open(original, &src, &why), OK);
	for (i = 0; i < WORKERS; i++) {
		(void)snprintf(dir[i], PATH, "%s",
		    forge_dir(i == 0 ? "flip-even" : "flip-odd"));
		assert_int_equal(mirror_log(src, dir[i], &n, &why), OK);
	}
	source_free(src);
	forge_clean(original);
	forge_free(f);
}

static void
flip_all(const char *twist, void (*town)(struct forge *, const char *))
{
	static struct files all;
	char dir[WORKERS][PATH];
	pid_t pid[WORKERS];
	int status, bad = 0;
	size_t i;

	all.n = all.bytes = 0;
	make_copies(dir, twist, town);
	list(dir[0], "", &all);
	assert_int_equal(verify(dir[0]), VERIFY_COMPLETE);
	for (i = 0; i < WORKERS; i++)
		assert_true((pid[i] = worker(dir[i], &all, i)) > 0);
	for (i = 0; i < WORKERS; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		bad |= !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	}
	print_message(
	    "%zu bytes of %zu files were changed\n", all.bytes, all.n);
	for (i = 0; i < WORKERS; i++)
		forge_clean(dir[i]);
	assert_false(bad);
}

static void
no_changed_byte_passes_the_audit(void **state)
{
	(void)state;
	flip_all("unsealed", forge_town);
}

static void
no_changed_byte_of_a_sealed_vote_passes_and_no_cosignature(void **state)
{
	(void)state;
	flip_all("", forge_sealed_log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_changed_byte_passes_the_audit),
		cmocka_unit_test(
		    no_changed_byte_of_a_sealed_vote_passes_and_no_cosignature),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
