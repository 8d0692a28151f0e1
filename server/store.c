/*
 * A data folder.
 *
 *   format        "partecipa data folder 1": the version of all that follows;
 *                 written last when a folder is made
 *   lock          held by the process that has the folder
 *   log/          the flat files of store_flat.h
 *   log.mdb       M -> u64 size | u64 bytes | root[32]: what is committed
 *                 I u64 entry -> "" or, for a batch, u64 window_end: the
 *                   entries that are no records
 *                 group u32 space | u8 purpose, values pk[0..8] | u32 seq |
 *                   u40 entry: the credentials.  Eight bytes find the entry,
 *                   the record in it says whose it is.
 *   main.mdb      O hash[32] -> object
 *                 C change[98] -> ""
 *                 S pk[32] -> u64 last request number
 *                 V name -> value
 *                 P u32 space | u32 attempt | u8 round | u8 index | u8 sort ->
 *                   message of a key ceremony
 *                 D u32 space -> u32 length | form | transcript: the draft
 *                 G u32 space | u8 index -> signature of the draft
 *   contents.mdb  T leaf[32] -> content
 *   cast.mdb      W u32 space | u8 purpose | pk[32] | u32 seq ->
 *                   u64 window_end | record
 *   issue.mdb     A u32 space | u8 issuer | u8 purpose | line[32] ->
 *                   roll_pk[32] | c[32] | sig[64] | H(blinded)[32] | answer
 *                 B u32 space | u8 issuer | u8 purpose | H(blinded)[32] -> ""
 *                 F pk[32] -> mac[32] | u32 wrong tries: here, because a page
 *                   of main.mdb would remember in which order people tried
 *
 * The order in which the parts are made durable when entries are appended:
 * flat files, log.mdb (the commit), and later cast.mdb without what is in the
 * log now.  A crash in between leaves bytes that are cut off, or records that
 * both wait and are in the log, which store_settle drops.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_int.h"

#define FORMAT_NAME "partecipa data folder"
#define FORMAT_VERSION 1
#define MAP_LARGE ((size_t)64 << 30)
#define MAP_SMALL ((size_t)16 << 30)

static void
path_of(const struct store *s, const char *name, char out[static 4096])
{
	(void)snprintf(out, 4096, "%s/%s", s->dir, name);
}

/* --- Which folder is it --------------------------------------------------- */

/* "partecipa data folder N\n"; 0 when it is not that. */
static unsigned long
format_version(char *line)
{
	const size_t n = strlen(FORMAT_NAME " ");
	unsigned long v;
	char *end;

	if (strncmp(line, FORMAT_NAME " ", n) != 0 || line[n] < '1' ||
	    line[n] > '9')
		return 0;
	v = strtoul(line + n, &end, 10);
	return strcmp(end, "\n") == 0 ? v : 0;
}

static enum err
format_check(struct store *s)
{
	char path[4096], line[64];
	unsigned long version;
	FILE *f;
	size_t n;

	path_of(s, "format", path);
	if ((f = fopen(path, "re")) == NULL) {
		if (errno != ENOENT && errno != ENOTDIR)
			return fault_errno(&s->fault, errno, "open", path);
		return fault_say(&s->fault, ERR_NOT_FOUND,
		    "%s is not a data folder (it has no file \"format\"); "
		    "make one with: partecipa init",
		    s->dir);
	}
	n = fread(line, 1, sizeof(line) - 1, f);
	(void)fclose(f);
	line[n] = '\0';
	if ((version = format_version(line)) == 0)
		return fault_say(&s->fault, ERR_FORMAT,
		    "%s does not say \"" FORMAT_NAME " %d\"; is %s a data "
		    "folder?",
		    path, FORMAT_VERSION, s->dir);
	if (version != FORMAT_VERSION)
		return fault_say(&s->fault, ERR_FORMAT,
		    "%s has format %lu, this program knows %d; use the "
		    "program that made it, or a newer one",
		    s->dir, version, FORMAT_VERSION);
	return OK;
}

static enum err
sync_dir(struct store *s, const char *path)
{
	int fd, failed;

	if ((fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return fault_errno(&s->fault, errno, "open", path);
	failed = fsync(fd) != 0;
	(void)close(fd);
	return failed ? fault_errno(&s->fault, errno, "write", path) : OK;
}

static enum err
format_write(struct store *s)
{
	char path[4096];
	FILE *f;
	int failed;

	path_of(s, "format", path);
	if ((f = fopen(path, "wxe")) == NULL)
		return fault_errno(&s->fault, errno, "make", path);
	failed = fprintf(f, FORMAT_NAME " %d\n", FORMAT_VERSION) < 0 ||
		 fflush(f) != 0 || fsync(fileno(f)) != 0;
	if (fclose(f) != 0 || failed)
		return fault_errno(&s->fault, errno, "write", path);
	return sync_dir(s, s->dir);
}

static enum err
make_folders(struct store *s)
{
	static const char *const own[] = { "format", "log", "log.mdb",
		"main.mdb", "cast.mdb", "issue.mdb", "contents.mdb" };
	char path[4096];
	struct stat st;
	size_t i;

	if (mkdir(s->dir, 0700) != 0 && errno != EEXIST)
		return fault_errno(&s->fault, errno, "make", s->dir);
	for (i = 0; i < sizeof(own) / sizeof(*own); i++) {
		path_of(s, own[i], path);
		if (lstat(path, &st) == 0)
			return fault_say(&s->fault, ERR_CONFLICT,
			    "%s is there already; nothing was changed, take "
			    "another folder",
			    path);
	}
	path_of(s, "log", path);
	if (mkdir(path, 0700) != 0)
		return fault_errno(&s->fault, errno, "make", path);
	return OK;
}

static enum err
lock_folder(struct store *s)
{
	char path[4096];

	path_of(s, "lock", path);
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->lock_fd < 0)
		return fault_errno(&s->fault, errno, "open", path);
	if (flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return OK;
	if (errno != EWOULDBLOCK)
		return fault_errno(&s->fault, errno, "lock", path);
	return fault_say(&s->fault, ERR_CONFLICT,
	    "another process has the data folder %s open; stop it first",
	    s->dir);
}

/* --- Opening -------------------------------------------------------------- */

static enum err
open_tables(struct store *s)
{
	const struct {
		const char *name;
		enum kv_kind kind;
		size_t map;
		struct kv **kv;
	} tables[] = {
		{ "log.mdb", KV_GROUPS, MAP_LARGE, &s->log },
		{ "main.mdb", KV_PLAIN, MAP_LARGE, &s->main },
		{ "cast.mdb", KV_PLAIN, MAP_SMALL, &s->cast },
		{ "issue.mdb", KV_PLAIN, MAP_SMALL, &s->issue },
		{ "contents.mdb", KV_PLAIN, MAP_SMALL, &s->contents },
	};
	char path[4096];
	size_t i;
	enum err r;

	for (i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		path_of(s, tables[i].name, path);
		if ((r = kv_open(path, tables[i].kind, tables[i].map, &s->fault,
			 tables[i].kv)) != OK)
			return r;
	}
	return OK;
}

enum err
store_open(const char *dir, int create, struct store **out, struct why *why)
{
	struct store *s;
	char path[4096];
	enum err r;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	s->lock_fd = -1;
	fault_init(&s->fault);
	(void)pthread_mutex_init(&s->append_lock, NULL);
	(void)pthread_mutex_init(&s->count_lock, NULL);
	if (strlen(dir) > 3900)
		r = fault_errno(&s->fault, ENAMETOOLONG, "open", dir);
	else if ((s->dir = strdup(dir)) == NULL)
		r = fault_errno(&s->fault, ENOMEM, "open", dir);
	else
		r = create ? make_folders(s) : format_check(s);
	if (r != OK || (r = lock_folder(s)) != OK ||
	    (r = open_tables(s)) != OK || (r = log_start(s)) != OK ||
	    (r = cast_count(s)) != OK)
		goto out;
	if (create) {
		path_of(s, "log", path);
		if ((r = sync_dir(s, path)) != OK ||
		    (r = format_write(s)) != OK)
			goto out;
	}
	*out = s;
	s = NULL;

out:
	if (s != NULL && why != NULL) {
		fault_get(&s->fault, why);
		if (why->text[0] == '\0')
			(void)why_say(
			    why, r, "cannot open %s: %s", dir, err_str(r));
	}
	store_close(s);
	return r;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	flat_close(s->flat);
	kv_close(s->log);
	kv_close(s->main);
	kv_close(s->cast);
	kv_close(s->issue);
	kv_close(s->contents);
	if (s->lock_fd >= 0)
		(void)close(s->lock_fd);
	(void)pthread_mutex_destroy(&s->append_lock);
	(void)pthread_mutex_destroy(&s->count_lock);
	fault_destroy(&s->fault);
	free(s->waiting.n);
	free(s->dir);
	free(s);
}

void
store_fault(struct store *s, struct why *why)
{
	fault_get(&s->fault, why);
}
