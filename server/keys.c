#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "header.h"
#include "hex.h"
#include "token.h"
#include "wipe.h"

#include "durable.h"
#include "keys.h"

#define PATH_BYTES 4096
#define KEY_FILE_MAX 8192
#define SEED_LINE (2 * SEED_BYTES + 1) /* hex and a newline */
#define PREFIX "token-"
#define SUFFIX ".pk8"

struct token_key {
	struct token_key *next;
	char slug[SLUG_MAX + 1];
	enum purpose purpose;
	struct blind_key *key;
	uint8_t spki[BLIND_SPKI];
	struct hash id;
	unsigned users; /* threads that sign with it */
	int destroyed;	/* out of the list; the last user frees it */
};

struct keys {
	char dir[PATH_BYTES];
	struct sign_key log;
	struct sign_key receipt;
	uint8_t factor[SEED_BYTES];
	pthread_mutex_t making; /* one key is made at a time */
	pthread_mutex_t lock;	/* the list */
	struct token_key *tokens;
};

void
key_ids_add(struct key_ids *ids, uint8_t id)
{
	ids->taken[id / 8] = (uint8_t)(ids->taken[id / 8] | 1U << id % 8);
}

int
key_ids_has(const struct key_ids *ids, uint8_t id)
{
	return ids->taken[id / 8] >> id % 8 & 1;
}

/* --- Files ----------------------------------------------------------------*/

static enum err
path_of(const char *dir, const char *name, char out[static PATH_BYTES],
    struct why *why)
{
	int n = snprintf(out, PATH_BYTES, "%s/%s", dir, name);

	if (n < 0 || n >= PATH_BYTES)
		return why_say(why, ERR_LIMIT, "%s: the path is too long", dir);
	return OK;
}

static enum err
file_get(const char *dir, const char *name, struct buf *out, struct why *why)
{
	uint8_t chunk[KEY_FILE_MAX];
	char path[PATH_BYTES];
	struct stat st;
	ssize_t n;
	int fd;
	enum err r;

	if ((r = path_of(dir, name, path, why)) != OK)
		return r;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return why_say(why, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
		    "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) != 0) {
		r = why_say(why, ERR_IO, "%s: %s", path, strerror(errno));
		goto out;
	}
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		r = why_say(why, ERR_FORBIDDEN,
		    "%s: others than its owner may read or write this secret "
		    "key; chmod 600 it and consider whether it is still secret",
		    path);
		goto out;
	}
	n = read(fd, chunk, sizeof(chunk));
	if (n < 0 || (size_t)n == sizeof(chunk)) {
		r = why_say(why, n < 0 ? ERR_IO : ERR_FORMAT, "%s: %s", path,
		    n < 0 ? strerror(errno) : "too long for a key");
		goto out;
	}
	buf_put(out, chunk, (size_t)n);
	r = buf_end(out);

out:
	wipe(chunk, sizeof(chunk));
	close(fd);
	return r;
}

/* --- The three keys that last ---------------------------------------------*/

static enum err
seed_put(const char *dir, const char *name, struct why *why)
{
	uint8_t seed[SEED_BYTES];
	char line[SEED_LINE + 1];
	enum err r;

	random_bytes(seed, sizeof(seed));
	hex_encode(slice_of(seed, sizeof(seed)), line);
	line[SEED_LINE - 1] = '\n';
	r = durable_put(dir, name, 0600, slice_of(line, SEED_LINE), why);
	wipe(seed, sizeof(seed));
	wipe(line, sizeof(line));
	return r;
}

static enum err
seed_get(const char *dir, const char *name, uint8_t seed[static SEED_BYTES],
    struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if ((r = file_get(dir, name, &b, why)) != OK)
		goto out;
	if (b.n != SEED_LINE || b.p[SEED_LINE - 1] != '\n' ||
	    hex_decode(slice_of(b.p, SEED_LINE - 1), seed, SEED_BYTES) != OK)
		r = why_say(why, ERR_FORMAT,
		    "%s/%s: not 64 lower-case hex digits and a newline", dir,
		    name);

out:
	buf_free(&b);
	return r;
}

/* The folder, in which there is no ${last} yet. */
static enum err
folder_make(const char *dir, const char *last, struct why *why)
{
	char path[PATH_BYTES];
	enum err r;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return why_say(why, ERR_IO, "%s: %s", dir, strerror(errno));
	if ((r = path_of(dir, last, path, why)) != OK)
		return r;
	if (access(path, F_OK) == 0)
		return why_say(
		    why, ERR_CONFLICT, "%s: there are keys already", dir);
	return OK;
}

enum err
keys_create_issuer(const char *dir, struct why *why)
{
	enum err r;

	if ((r = folder_make(dir, "factor.key", why)) != OK)
		return r;
	return seed_put(dir, "factor.key", why);
}

enum err
keys_create(const char *dir, struct why *why)
{
	enum err r;

	if ((r = folder_make(dir, "log.key", why)) != OK)
		return r;
	/* log.key last: where it is, the others are too. */
	if ((r = seed_put(dir, "factor.key", why)) != OK ||
	    (r = seed_put(dir, "receipt.key", why)) != OK ||
	    (r = seed_put(dir, "log.key", why)) != OK)
		return r;
	return OK;
}

/* --- Token keys -----------------------------------------------------------*/

static void
token_free(struct token_key *t)
{
	if (t == NULL)
		return;
	blind_key_free(t->key);
	free(t);
}

static void
token_name(const char *slug, enum purpose purpose, char *out, size_t n)
{
	snprintf(out, n, PREFIX "%s-%s" SUFFIX, slug, purpose_name(purpose));
}

static enum err
token_wrap(const char *slug, enum purpose purpose, struct blind_key *key,
    struct token_key **out)
{
	struct token_key *t = NULL;
	enum err r;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		return ERR_NOMEM;
	if ((r = blind_key_spki(key, t->spki)) != OK) {
		free(t);
		return r;
	}
	token_key_id(t->spki, &t->id);
	snprintf(t->slug, sizeof(t->slug), "%s", slug);
	t->purpose = purpose;
	t->key = key;
	*out = t;
	return OK;
}

/* "token-<slug>-<purpose>.pk8"; ERR_NOT_FOUND for any other name. */
static enum err
name_parse(
    const char *name, char slug[static SLUG_MAX + 1], enum purpose *purpose)
{
	size_t n = strlen(name), head = strlen(PREFIX), tail = strlen(SUFFIX);
	size_t dash;

	if (n <= head + tail || strncmp(name, PREFIX, head) != 0 ||
	    strcmp(name + n - tail, SUFFIX) != 0)
		return ERR_NOT_FOUND;
	for (dash = n - tail - 1; dash > head && name[dash] != '-'; dash--)
		continue;
	if (dash == head || dash - head > SLUG_MAX)
		return ERR_NOT_FOUND;
	memcpy(slug, name + head, dash - head);
	slug[dash - head] = '\0';
	if (slug_check(slug) != OK)
		return ERR_NOT_FOUND;
	return purpose_parse(
	    slice_of(name + dash + 1, n - tail - dash - 1), purpose);
}

static enum err
token_load(struct keys *k, const char *name, struct why *why)
{
	char slug[SLUG_MAX + 1];
	struct blind_key *key = NULL;
	struct token_key *t;
	enum purpose purpose;
	struct buf der = { 0 };
	size_t n = strlen(name), tail = strlen(DURABLE_UNFINISHED);
	enum err r;

	/* What a crash left of a key that nobody has seen. */
	if (n > tail && strcmp(name + n - tail, DURABLE_UNFINISHED) == 0)
		return durable_destroy(k->dir, name, why);
	if (name_parse(name, slug, &purpose) != OK)
		return OK;
	if ((r = file_get(k->dir, name, &der, why)) != OK)
		goto out;
	/* DER never begins with zero: a crash came between zeros and unlink. */
	if (der.n > 0 && der.p[0] == 0) {
		r = durable_destroy(k->dir, name, why);
		goto out;
	}
	if (blind_key_parse(buf_slice(&der), &key) != OK) {
		r = why_say(why, ERR_FORMAT,
		    "%s/%s: not a PKCS#8 RSA-2048 key in DER", k->dir, name);
		goto out;
	}
	if ((r = token_wrap(slug, purpose, key, &t)) != OK)
		goto out;
	key = NULL; /* handed over */
	t->next = k->tokens;
	k->tokens = t;

out:
	blind_key_free(key);
	buf_free(&der);
	return r;
}

static enum err
tokens_load(struct keys *k, struct why *why)
{
	struct dirent *e;
	DIR *d;
	enum err r = OK;

	if ((d = opendir(k->dir)) == NULL)
		return why_say(why, ERR_IO, "%s: %s", k->dir, strerror(errno));
	while (r == OK && (e = readdir(d)) != NULL)
		r = token_load(k, e->d_name, why);
	closedir(d);
	return r;
}

static enum err
signers_get(const char *dir, struct keys *k, struct why *why)
{
	uint8_t seed[SEED_BYTES] = { 0 };
	enum err r;

	if ((r = seed_get(dir, "log.key", seed, why)) != OK)
		goto out;
	sign_key_from_seed(seed, &k->log);
	if ((r = seed_get(dir, "receipt.key", seed, why)) == OK)
		sign_key_from_seed(seed, &k->receipt);

out:
	wipe(seed, sizeof(seed));
	return r;
}

static enum err
open_all(const char *dir, int issuer, struct keys **out, struct why *why)
{
	struct keys *k;
	enum err r;

	if ((k = calloc(1, sizeof(*k))) == NULL)
		return ERR_NOMEM;
	pthread_mutex_init(&k->making, NULL);
	pthread_mutex_init(&k->lock, NULL);
	if (strlen(dir) >= sizeof(k->dir)) {
		r = why_say(why, ERR_LIMIT, "%s: the path is too long", dir);
		goto out;
	}
	memcpy(k->dir, dir, strlen(dir) + 1);
	if (!issuer && (r = signers_get(dir, k, why)) != OK)
		goto out;
	if ((r = seed_get(dir, "factor.key", k->factor, why)) != OK ||
	    (r = tokens_load(k, why)) != OK)
		goto out;
	*out = k;
	k = NULL; /* handed over */

out:
	keys_free(k);
	return r;
}

enum err
keys_open(const char *dir, struct keys **out, struct why *why)
{
	return open_all(dir, 0, out, why);
}

enum err
keys_open_issuer(const char *dir, struct keys **out, struct why *why)
{
	return open_all(dir, 1, out, why);
}

void
keys_free(struct keys *k)
{
	struct token_key *t;

	if (k == NULL)
		return;
	while ((t = k->tokens) != NULL) {
		k->tokens = t->next;
		token_free(t);
	}
	pthread_mutex_destroy(&k->lock);
	pthread_mutex_destroy(&k->making);
	wipe(k, sizeof(*k));
	free(k);
}

const struct sign_key *
keys_log(const struct keys *k)
{
	return &k->log;
}

const struct sign_key *
keys_receipt(const struct keys *k)
{
	return &k->receipt;
}

void
keys_factor(const struct keys *k, const struct hash *f, struct hash *out)
{
	hash_hmac(slice_of(k->factor, sizeof(k->factor)), hash_slice(f), out);
}

/* The lock is held in both. */
static struct token_key *
find_name(struct keys *k, const char *slug, enum purpose purpose)
{
	struct token_key *t;

	for (t = k->tokens; t != NULL; t = t->next) {
		if (t->purpose == purpose && strcmp(t->slug, slug) == 0)
			break;
	}
	return t;
}

static struct token_key *
find_id(struct keys *k, const struct hash *id)
{
	struct token_key *t;

	for (t = k->tokens; t != NULL; t = t->next) {
		if (hash_equal(&t->id, id))
			break;
	}
	return t;
}

/* A fresh key whose truncated id is not in ${ids}. */
static enum err
token_fresh(const char *slug, enum purpose purpose, const struct key_ids *ids,
    struct token_key **out)
{
	struct token_key *t = NULL;
	struct blind_key *key;
	enum err r;

	do {
		token_free(t);
		t = NULL;
		if ((r = blind_key_new(&key)) != OK)
			return r;
		if ((r = token_wrap(slug, purpose, key, &t)) != OK) {
			blind_key_free(key);
			return r;
		}
	} while (key_ids_has(ids, t->id.b[HASH_BYTES - 1]));
	*out = t;
	return OK;
}

static int
ids_full(const struct key_ids *ids)
{
	size_t i;

	for (i = 0; i < sizeof(ids->taken); i++) {
		if (ids->taken[i] != 0xff)
			return 0;
	}
	return 1;
}

enum err
keys_token_make(struct keys *k, const char *slug, enum purpose purpose,
    const struct key_ids *reserved, uint8_t spki[static BLIND_SPKI],
    struct why *why)
{
	char name[sizeof(PREFIX) + SLUG_MAX + 16 + sizeof(SUFFIX)];
	struct key_ids ids = *reserved;
	struct token_key *t;
	struct buf der = { 0 };
	enum err r = OK;

	pthread_mutex_lock(&k->making);
	pthread_mutex_lock(&k->lock);
	if ((t = find_name(k, slug, purpose)) != NULL)
		memcpy(spki, t->spki, BLIND_SPKI);
	for (struct token_key *o = k->tokens; o != NULL; o = o->next)
		key_ids_add(&ids, o->id.b[HASH_BYTES - 1]);
	pthread_mutex_unlock(&k->lock);
	if (t != NULL) {
		t = NULL; /* the list's */
		goto out;
	}

	if (ids_full(&ids)) {
		r = why_say(why, ERR_LIMIT,
		    "256 token keys are in use, and a request names its key by "
		    "one byte: wait until participation in some space is over");
		goto out;
	}
	token_name(slug, purpose, name, sizeof(name));
	if ((r = token_fresh(slug, purpose, &ids, &t)) != OK ||
	    (r = blind_key_encode(t->key, &der)) != OK ||
	    (r = durable_put(k->dir, name, 0600, buf_slice(&der), why)) != OK)
		goto out;
	memcpy(spki, t->spki, BLIND_SPKI);
	pthread_mutex_lock(&k->lock);
	t->next = k->tokens;
	k->tokens = t;
	t = NULL; /* handed over */
	pthread_mutex_unlock(&k->lock);

out:
	pthread_mutex_unlock(&k->making);
	token_free(t);
	buf_free(&der);
	return r;
}

enum err
keys_token_is(struct keys *k, const char *slug, enum purpose purpose,
    const uint8_t spki[static BLIND_SPKI])
{
	struct token_key *t;
	enum err r = ERR_NOT_FOUND;

	pthread_mutex_lock(&k->lock);
	t = find_name(k, slug, purpose);
	if (t != NULL && memcmp(t->spki, spki, BLIND_SPKI) == 0)
		r = OK;
	pthread_mutex_unlock(&k->lock);
	return r;
}

enum err
keys_token_get(struct keys *k, const char *slug, enum purpose purpose,
    uint8_t spki[static BLIND_SPKI])
{
	struct token_key *t;

	pthread_mutex_lock(&k->lock);
	if ((t = find_name(k, slug, purpose)) != NULL)
		memcpy(spki, t->spki, BLIND_SPKI);
	pthread_mutex_unlock(&k->lock);
	return t != NULL ? OK : ERR_NOT_FOUND;
}

enum err
keys_token_sign(struct keys *k, const struct hash *key_id,
    const uint8_t blinded[static BLIND_BYTES], uint8_t out[static BLIND_BYTES])
{
	struct token_key *t;
	int last;
	enum err r;

	pthread_mutex_lock(&k->lock);
	if ((t = find_id(k, key_id)) != NULL)
		t->users++;
	pthread_mutex_unlock(&k->lock);
	if (t == NULL)
		return ERR_NOT_FOUND;

	r = blind_sign(t->key, slice_of(blinded, BLIND_BYTES), out);

	pthread_mutex_lock(&k->lock);
	last = --t->users == 0 && t->destroyed;
	pthread_mutex_unlock(&k->lock);
	if (last)
		token_free(t);
	return r;
}

enum err
keys_token_destroy(struct keys *k, const struct hash *key_id)
{
	char name[sizeof(PREFIX) + SLUG_MAX + 16 + sizeof(SUFFIX)];
	struct token_key **p, *t;
	int last;
	enum err r;

	pthread_mutex_lock(&k->making);
	pthread_mutex_lock(&k->lock);
	t = find_id(k, key_id);
	pthread_mutex_unlock(&k->lock);
	if (t == NULL) {
		pthread_mutex_unlock(&k->making);
		return OK;
	}
	/* Only under the making lock does a key leave the list. */
	token_name(t->slug, t->purpose, name, sizeof(name));
	if ((r = durable_destroy(k->dir, name, NULL)) != OK) {
		pthread_mutex_unlock(&k->making);
		return r;
	}
	pthread_mutex_lock(&k->lock);
	for (p = &k->tokens; *p != t; p = &(*p)->next)
		continue;
	*p = t->next;
	t->destroyed = 1;
	last = t->users == 0;
	pthread_mutex_unlock(&k->lock);
	pthread_mutex_unlock(&k->making);
	if (last)
		token_free(t);
	return OK;
}
