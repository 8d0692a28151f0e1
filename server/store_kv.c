/*
 * The only file that knows LMDB.  Reading transactions are expensive to make
 * and cheap to renew, so they are kept in a pool.  A rewrite replaces the
 * environment under everybody's feet, hence the lock: transactions hold it
 * shared, a rewrite alone, and so does who writes to a file with groups.
 */
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store_kv.h"

#define READERS 1024
#define LOCK_BYTES ((off_t)64 * (READERS + 8)) /* a reader takes 64 */
#define MAP_LEAST ((size_t)64 << 20)
/* Sorts behind every key of a map, whose first byte is a capital letter. */
#define GROUPS "~groups"

/* An open file. */
struct place {
	MDB_env *env;
	MDB_dbi map;
	MDB_dbi groups;
};

struct kv {
	struct place at; /* env NULL: lost by a rewrite that failed */
	char *path;
	enum kv_kind kind;
	size_t map;
	struct fault *fault;
	pthread_mutex_t gate; /* lets a rewrite in before more readers */
	pthread_rwlock_t lock;
	pthread_mutex_t pool_lock;
	struct kv_txn *pool;
};

struct kv_txn {
	struct kv *kv;
	MDB_txn *txn;
	MDB_cursor *map;
	MDB_cursor *groups;
	int writes;
	struct kv_txn *next;
};

static MDB_val
val_of(struct slice s)
{
	MDB_val v;

	/* LMDB does not write to what it is given to read. */
	v.mv_data = (void *)(uintptr_t)s.p;
	v.mv_size = s.n;
	return v;
}

static struct slice
slice_val(MDB_val v)
{
	return slice_of(v.mv_data, v.mv_size);
}

static enum err
result(struct fault *fault, int rc, const char *doing, const char *path)
{
	switch (rc) {
	case MDB_SUCCESS:
		return OK;
	case MDB_NOTFOUND:
		return ERR_NOT_FOUND;
	case MDB_MAP_FULL:
		return fault_say(fault, ERR_IO,
		    "cannot %s %s: the file has reached its largest size; "
		    "nothing was accepted",
		    doing, path);
	case MDB_INVALID:
	case MDB_CORRUPTED:
	case MDB_PAGE_NOTFOUND:
	case MDB_VERSION_MISMATCH:
		return fault_say(fault, ERR_STATE,
		    "cannot %s %s: the file is damaged (%s); restore the data "
		    "folder from a backup",
		    doing, path, mdb_strerror(rc));
	default:
		break;
	}
	if (rc > 0)
		return fault_errno(fault, rc, doing, path);
	return fault_say(fault, ERR_IO, "cannot %s %s: %s; restart the server",
	    doing, path, mdb_strerror(rc));
}

/* --- Opening -------------------------------------------------------------- */

static void
place_close(struct place *at)
{
	if (at->env != NULL)
		mdb_env_close(at->env);
	at->env = NULL;
}

static int
place_tables(struct place *at, enum kv_kind kind)
{
	MDB_txn *txn = NULL;
	int rc;

	/* A plain file stays untouched by being opened. */
	rc = mdb_txn_begin(
	    at->env, NULL, kind == KV_GROUPS ? 0 : MDB_RDONLY, &txn);
	if (rc != 0)
		return rc;
	if ((rc = mdb_dbi_open(txn, NULL, 0, &at->map)) == 0 &&
	    kind == KV_GROUPS)
		rc = mdb_dbi_open(txn, GROUPS,
		    MDB_CREATE | MDB_DUPSORT | MDB_DUPFIXED, &at->groups);
	if (rc == 0)
		return mdb_txn_commit(txn);
	mdb_txn_abort(txn);
	return rc;
}

/*
 * Nobody else has the folder: a lock left by a crash is nobody's.  LMDB writes
 * to the file through memory: where the disk has no room for it, that would end
 * the program, hence the room is taken before.
 */
static int
lock_make(const char *path)
{
	char lock[4096];
	int fd, rc;

	if (snprintf(lock, sizeof(lock), "%s-lock", path) >= (int)sizeof(lock))
		return ENAMETOOLONG;
	(void)unlink(lock);
	fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	rc = posix_fallocate(fd, 0, LOCK_BYTES);
	(void)close(fd);
	return rc;
}

static int
place_open(struct place *at, const char *path, enum kv_kind kind, size_t map)
{
	int rc;

	if ((rc = lock_make(path)) != 0)
		return rc;
	for (;; map /= 2) {
		if ((rc = mdb_env_create(&at->env)) != 0)
			return rc;
		if ((rc = mdb_env_set_mapsize(at->env, map)) == 0 &&
		    (rc = mdb_env_set_maxreaders(at->env, READERS)) == 0 &&
		    (rc = mdb_env_set_maxdbs(at->env, 1)) == 0)
			rc = mdb_env_open(at->env, path,
			    MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD, 0600);
		if (rc == 0)
			rc = place_tables(at, kind);
		if (rc == 0)
			return 0;
		place_close(at);
		/* Under a limit of address space, less must do. */
		if (rc != ENOMEM || map / 2 < MAP_LEAST)
			return rc;
	}
}

static enum err
remove_left(struct kv *kv)
{
	static const char *const ends[] = { ".new", ".new-lock" };
	char left[4096];
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		(void)snprintf(left, sizeof(left), "%s%s", kv->path, ends[i]);
		if (unlink(left) != 0 && errno != ENOENT)
			return fault_errno(kv->fault, errno, "remove", left);
	}
	return OK;
}

enum err
kv_open(const char *path, enum kv_kind kind, size_t map, struct fault *fault,
    struct kv **out)
{
	struct kv *kv;
	enum err r;

	if (strlen(path) > 4000)
		return fault_errno(fault, ENAMETOOLONG, "open", path);
	if ((kv = calloc(1, sizeof(*kv))) == NULL)
		return ERR_NOMEM;
	kv->fault = fault;
	kv->map = map;
	kv->kind = kind;
	(void)pthread_mutex_init(&kv->gate, NULL);
	(void)pthread_rwlock_init(&kv->lock, NULL);
	(void)pthread_mutex_init(&kv->pool_lock, NULL);
	if ((kv->path = strdup(path)) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = remove_left(kv)) != OK ||
	    (r = result(fault, place_open(&kv->at, path, kind, map), "open",
		 path)) != OK)
		goto out;
	*out = kv;
	kv = NULL;

out:
	kv_close(kv);
	return r;
}

static void
txn_free(struct kv_txn *t)
{
	if (t->groups != NULL)
		mdb_cursor_close(t->groups);
	if (t->map != NULL)
		mdb_cursor_close(t->map);
	if (t->txn != NULL)
		mdb_txn_abort(t->txn);
	free(t);
}

static void
pool_empty(struct kv *kv)
{
	struct kv_txn *t;

	(void)pthread_mutex_lock(&kv->pool_lock);
	while ((t = kv->pool) != NULL) {
		kv->pool = t->next;
		txn_free(t);
	}
	(void)pthread_mutex_unlock(&kv->pool_lock);
}

void
kv_close(struct kv *kv)
{
	if (kv == NULL)
		return;
	pool_empty(kv);
	place_close(&kv->at);
	(void)pthread_mutex_destroy(&kv->gate);
	(void)pthread_rwlock_destroy(&kv->lock);
	(void)pthread_mutex_destroy(&kv->pool_lock);
	free(kv->path);
	free(kv);
}

/* --- Transactions --------------------------------------------------------- */

static enum err
enter(struct kv *kv, int alone)
{
	(void)pthread_mutex_lock(&kv->gate);
	if (alone)
		(void)pthread_rwlock_wrlock(&kv->lock);
	else
		(void)pthread_rwlock_rdlock(&kv->lock);
	(void)pthread_mutex_unlock(&kv->gate);
	if (kv->at.env != NULL)
		return OK;
	(void)pthread_rwlock_unlock(&kv->lock);
	return fault_say(kv->fault, ERR_IO,
	    "%s could not be opened again after it was written anew; restart "
	    "the server",
	    kv->path);
}

static void
leave(struct kv *kv)
{
	(void)pthread_rwlock_unlock(&kv->lock);
}

static struct kv_txn *
pool_take(struct kv *kv)
{
	struct kv_txn *t;

	(void)pthread_mutex_lock(&kv->pool_lock);
	if ((t = kv->pool) != NULL)
		kv->pool = t->next;
	(void)pthread_mutex_unlock(&kv->pool_lock);
	return t;
}

static int
cursors(struct kv_txn *t)
{
	int rc;

	rc = mdb_cursor_open(t->txn, t->kv->at.map, &t->map);
	if (rc == 0 && t->kv->kind == KV_GROUPS)
		rc = mdb_cursor_open(t->txn, t->kv->at.groups, &t->groups);
	return rc;
}

static int
txn_renew(struct kv_txn *t)
{
	int rc;

	if ((rc = mdb_txn_renew(t->txn)) != 0 ||
	    (rc = mdb_cursor_renew(t->txn, t->map)) != 0)
		return rc;
	return t->groups == NULL ? 0 : mdb_cursor_renew(t->txn, t->groups);
}

enum err
kv_read(struct kv *kv, struct kv_txn **out)
{
	struct kv_txn *t;
	enum err r;
	int rc;

	if ((r = enter(kv, 0)) != OK)
		return r;
	if ((t = pool_take(kv)) != NULL) {
		rc = txn_renew(t);
	} else if ((t = calloc(1, sizeof(*t))) != NULL) {
		t->kv = kv;
		rc = mdb_txn_begin(kv->at.env, NULL, MDB_RDONLY, &t->txn);
		if (rc == 0)
			rc = cursors(t);
	} else {
		rc = ENOMEM;
	}
	if (rc == 0) {
		*out = t;
		return OK;
	}
	if (t != NULL)
		txn_free(t);
	r = result(kv->fault, rc, "read", kv->path);
	leave(kv);
	return r;
}

enum err
kv_write(struct kv *kv, struct kv_txn **out)
{
	struct kv_txn *t;
	enum err r;
	int rc;

	/* LMDB does not use a page again while somebody may read it.  A file
	   that is never written anew must not remember who read when. */
	if ((r = enter(kv, kv->kind == KV_GROUPS)) != OK)
		return r;
	if ((t = calloc(1, sizeof(*t))) == NULL) {
		leave(kv);
		return ERR_NOMEM;
	}
	t->kv = kv;
	t->writes = 1;
	if ((rc = mdb_txn_begin(kv->at.env, NULL, 0, &t->txn)) == 0 &&
	    (rc = cursors(t)) == 0) {
		*out = t;
		return OK;
	}
	txn_free(t);
	r = result(kv->fault, rc, "write", kv->path);
	leave(kv);
	return r;
}

void
kv_end(struct kv_txn *t)
{
	struct kv *kv;

	if (t == NULL)
		return;
	kv = t->kv;
	if (t->writes) {
		txn_free(t);
	} else {
		mdb_txn_reset(t->txn);
		(void)pthread_mutex_lock(&kv->pool_lock);
		t->next = kv->pool;
		kv->pool = t;
		(void)pthread_mutex_unlock(&kv->pool_lock);
	}
	leave(kv);
}

enum err
kv_commit(struct kv_txn **t)
{
	struct kv *kv = (*t)->kv;
	MDB_txn *txn = (*t)->txn;
	enum err r;

	(*t)->txn = NULL;
	mdb_cursor_close((*t)->map);
	(*t)->map = NULL;
	if ((*t)->groups != NULL)
		mdb_cursor_close((*t)->groups);
	(*t)->groups = NULL;
	r = result(kv->fault, mdb_txn_commit(txn), "write", kv->path);
	txn_free(*t);
	*t = NULL;
	leave(kv);
	return r;
}

/* --- Rows ----------------------------------------------------------------- */

static enum err
row(struct kv_txn *t, int rc)
{
	return result(
	    t->kv->fault, rc, t->writes ? "write" : "read", t->kv->path);
}

enum err
kv_get(struct kv_txn *t, struct slice key, struct slice *value)
{
	MDB_val k = val_of(key), v;
	int rc;

	if ((rc = mdb_get(t->txn, t->kv->at.map, &k, &v)) == 0)
		*value = slice_val(v);
	return row(t, rc);
}

enum err
kv_put(struct kv_txn *t, struct slice key, struct slice value)
{
	MDB_val k = val_of(key), v = val_of(value);

	return row(t, mdb_put(t->txn, t->kv->at.map, &k, &v, 0));
}

enum err
kv_del(struct kv_txn *t, struct slice key)
{
	MDB_val k = val_of(key);

	return row(t, mdb_del(t->txn, t->kv->at.map, &k, NULL));
}

/* Is what a cursor found one of our rows, not the name of the groups? */
static int
found(MDB_val k)
{
	return k.mv_size == 0 || *(const char *)k.mv_data != *GROUPS;
}

static enum err
step(struct kv_txn *t, MDB_val k, MDB_cursor_op op, struct slice *key,
    struct slice *value)
{
	MDB_val v;
	int rc;

	rc = mdb_cursor_get(t->map, &k, &v, op);
	if (rc != 0)
		return row(t, rc);
	if (!found(k))
		return ERR_NOT_FOUND;
	*key = slice_val(k);
	*value = slice_val(v);
	return OK;
}

enum err
kv_from(struct kv_txn *t, struct slice key, struct slice *k, struct slice *v)
{
	return step(
	    t, val_of(key), key.n == 0 ? MDB_FIRST : MDB_SET_RANGE, k, v);
}

enum err
kv_next(struct kv_txn *t, struct slice *k, struct slice *v)
{
	return step(t, val_of(slice_of(NULL, 0)), MDB_NEXT, k, v);
}

enum err
kv_below(struct kv_txn *t, struct slice key, struct slice *k, struct slice *v)
{
	MDB_val at = val_of(key), old;
	int rc;

	/* The row before the first that is not below; without one, the last. */
	rc = mdb_cursor_get(t->map, &at, &old, MDB_SET_RANGE);
	if (rc != 0 && rc != MDB_NOTFOUND)
		return row(t, rc);
	return step(
	    t, val_of(slice_of(NULL, 0)), rc == 0 ? MDB_PREV : MDB_LAST, k, v);
}

/* --- Groups --------------------------------------------------------------- */

enum err
kv_group_put(struct kv_txn *t, struct slice group, struct slice value)
{
	MDB_val k = val_of(group), v = val_of(value);

	return row(t, mdb_put(t->txn, t->kv->at.groups, &k, &v, 0));
}

static enum err
group_step(struct kv_txn *t, MDB_cursor_op op, struct slice *out)
{
	MDB_val k = { 0 }, v = { 0 };
	int rc;

	if ((rc = mdb_cursor_get(t->groups, &k, &v, op)) == 0)
		*out = slice_val(v);
	return row(t, rc);
}

enum err
kv_group_from(
    struct kv_txn *t, struct slice group, struct slice value, struct slice *out)
{
	MDB_val k = val_of(group), v = val_of(value);
	int rc;

	rc = mdb_cursor_get(t->groups, &k, &v, MDB_GET_BOTH_RANGE);
	if (rc == 0)
		*out = slice_val(v);
	return row(t, rc);
}

enum err
kv_group_below(
    struct kv_txn *t, struct slice group, struct slice value, struct slice *out)
{
	MDB_val k = val_of(group), v = val_of(value);
	int rc;

	rc = mdb_cursor_get(t->groups, &k, &v, MDB_GET_BOTH_RANGE);
	if (rc == 0)
		return group_step(t, MDB_PREV_DUP, out);
	if (rc != MDB_NOTFOUND)
		return row(t, rc);
	/* All values of the group are below, if there are any. */
	k = val_of(group);
	if ((rc = mdb_cursor_get(t->groups, &k, &v, MDB_SET)) != 0)
		return row(t, rc);
	return group_step(t, MDB_LAST_DUP, out);
}

enum err
kv_group_next(struct kv_txn *t, struct slice *out)
{
	return group_step(t, MDB_NEXT_DUP, out);
}

enum err
kv_group_prev(struct kv_txn *t, struct slice *out)
{
	return group_step(t, MDB_PREV_DUP, out);
}

enum err
kv_groups_count(struct kv_txn *t, uint64_t *n)
{
	MDB_stat st;
	int rc;

	if ((rc = mdb_stat(t->txn, t->kv->at.groups, &st)) == 0)
		*n = st.ms_entries;
	return row(t, rc);
}

/* --- Writing anew --------------------------------------------------------- */

static int
copy_wanted(
    MDB_cursor *from, MDB_cursor *to, kv_keep *keep, void *cookie, enum err *r)
{
	MDB_val k, v;
	int rc;

	while ((rc = mdb_cursor_get(from, &k, &v, MDB_NEXT)) == 0) {
		*r = keep == NULL ? OK
				  : keep(cookie, slice_val(k), slice_val(v));
		if (*r == ERR_NOT_FOUND)
			continue;
		if (*r != OK)
			return 0;
		if ((rc = mdb_cursor_put(to, &k, &v, MDB_APPEND)) != 0)
			return rc;
	}
	*r = OK;
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static enum err
copy_rows(struct kv *kv, struct place *to, kv_keep *keep, void *cookie)
{
	MDB_txn *in = NULL, *out = NULL;
	MDB_cursor *from = NULL;
	MDB_cursor *at = NULL;
	enum err r = OK;
	int rc;

	if ((rc = mdb_txn_begin(kv->at.env, NULL, MDB_RDONLY, &in)) == 0 &&
	    (rc = mdb_cursor_open(in, kv->at.map, &from)) == 0 &&
	    (rc = mdb_txn_begin(to->env, NULL, 0, &out)) == 0 &&
	    (rc = mdb_cursor_open(out, to->map, &at)) == 0)
		rc = copy_wanted(from, at, keep, cookie, &r);
	if (at != NULL)
		mdb_cursor_close(at);
	if (from != NULL)
		mdb_cursor_close(from);
	mdb_txn_abort(in);
	if (rc == 0 && r == OK)
		rc = mdb_txn_commit(out);
	else
		mdb_txn_abort(out);
	return rc == 0 ? r : result(kv->fault, rc, "write anew", kv->path);
}

/* The name's new meaning must outlive a loss of power. */
static int
sync_parent(const char *path)
{
	char dir[4096];
	char *slash;
	int fd, rc = 0;

	(void)snprintf(dir, sizeof(dir), "%s", path);
	if ((slash = strrchr(dir, '/')) == NULL)
		(void)snprintf(dir, sizeof(dir), ".");
	else
		*slash = '\0';
	if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return errno;
	if (fsync(fd) != 0)
		rc = errno;
	(void)close(fd);
	return rc;
}

/* Put the file ${path} in the place of the open one. */
static int
replace(struct kv *kv, const char *path)
{
	int rc;

	if (rename(path, kv->path) != 0)
		return errno;
	/* From here on the old file has no name: it must not be used again. */
	pool_empty(kv);
	place_close(&kv->at);
	if ((rc = sync_parent(kv->path)) != 0)
		return rc;
	return place_open(&kv->at, kv->path, kv->kind, kv->map);
}

enum err
kv_rewrite(struct kv *kv, kv_keep *keep, void *cookie)
{
	struct place fresh = { 0 };
	char path[4096];
	enum err r;

	(void)snprintf(path, sizeof(path), "%s.new", kv->path);
	if ((r = enter(kv, 1)) != OK)
		return r;
	if ((r = remove_left(kv)) == OK &&
	    (r = result(kv->fault, place_open(&fresh, path, kv->kind, kv->map),
		 "make", path)) == OK)
		r = copy_rows(kv, &fresh, keep, cookie);
	place_close(&fresh);
	if (r == OK)
		r = result(
		    kv->fault, replace(kv, path), "write anew", kv->path);
	if (remove_left(kv) != OK && r == OK)
		r = ERR_IO;
	leave(kv);
	return r;
}

int
kv_is_fresh(struct kv *kv)
{
	MDB_envinfo info;
	int fresh;

	if (enter(kv, 0) != OK)
		return 0;
	/* A rewrite is one transaction. */
	fresh = mdb_env_info(kv->at.env, &info) == 0 && info.me_last_txnid <= 1;
	leave(kv);
	return fresh;
}
