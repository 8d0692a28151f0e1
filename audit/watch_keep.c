/*
 * What the folder of a watch remembers: the checkpoints that were signed, each
 * in a file named after its size and root, and the faults that were said.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "grow.h"
#include "hex.h"

#include "watch_int.h"

#define SIZE_DIGITS 20
#define NAME_CHARS (SIZE_DIGITS + 1 + 2 * HASH_BYTES)
#define FAULTS_MAX 10000

/* --- Checkpoints -------------------------------------------------------------
 */

void
watch_keep_name(uint64_t size, const struct hash *root, char out[static 120])
{
	char hex[2 * HASH_BYTES + 1];

	hex_encode(hash_slice(root), hex);
	(void)snprintf(out, 120, "checkpoints/%020" PRIu64 "-%s", size, hex);
}

static enum err
remember(struct watch *w, uint64_t size, const struct hash *root)
{
	struct watch_seen *p;
	size_t i;

	for (i = 0; i < w->n_seen; i++) {
		if (w->seen[i].size == size &&
		    hash_equal(&w->seen[i].root, root))
			return OK;
	}
	p = grow(w->seen, w->n_seen, &w->cap_seen, sizeof(*p));
	if (p == NULL)
		return ERR_NOMEM;
	w->seen = p;
	/* In order of size. */
	for (i = w->n_seen++; i > 0 && p[i - 1].size > size; i--)
		p[i] = p[i - 1];
	p[i].size = size;
	p[i].root = *root;
	p[i].proven = 0;
	return OK;
}

/* A file of ours; others are left alone. */
static enum err
seen_name(struct watch *w, const char *name)
{
	struct hash root;
	uint64_t size;
	char *end;

	if (strlen(name) != NAME_CHARS || name[SIZE_DIGITS] != '-' ||
	    name[0] < '0' || name[0] > '9')
		return OK;
	size = strtoull(name, &end, 10);
	if (end != name + SIZE_DIGITS ||
	    hex_decode(slice_str(name + SIZE_DIGITS + 1), root.b, HASH_BYTES) !=
		OK)
		return OK;
	return remember(w, size, &root);
}

static enum err
seen_load(struct watch *w, struct why *why)
{
	char path[WATCH_PATH];
	struct dirent *e;
	DIR *d;
	enum err r = OK;

	(void)snprintf(path, sizeof(path), "%s/checkpoints", w->o.keep);
	if ((d = opendir(path)) == NULL)
		return errno == ENOENT ? OK
				       : why_say(why, ERR_IO, "%s: %s", path,
					     strerror(errno));
	while (r == OK && (e = readdir(d)) != NULL)
		r = seen_name(w, e->d_name);
	(void)closedir(d);
	return r;
}

enum err
watch_keep_checkpoint(struct watch *w, const struct checkpoint *c,
    struct slice note, struct why *why)
{
	char path[120];
	enum err r;

	watch_keep_name(c->size, &c->root, path);
	if ((r = folder_put(w->o.keep, path, note, why)) != OK)
		return r;
	return remember(w, c->size, &c->root);
}

void
watch_keep_evidence(struct watch *w, const char *name, struct slice bytes,
    char path[static 120])
{
	char hex[2 * HASH_BYTES + 1];
	struct why why;
	struct hash h;

	hash_bytes(bytes, &h);
	hex_encode(hash_slice(&h), hex);
	(void)snprintf(path, 120, "evidence/%.20s-%.16s", name, hex);
	if (!folder_has(w->o.keep, path) &&
	    folder_put(w->o.keep, path, bytes, &why) != OK)
		fprintf(w->o.err, "partecipa-audit watch: %s\n", why.text);
}

/* --- Faults ------------------------------------------------------------------
 */

static struct watch_fault *
fault_find(struct watch *w, const char *key)
{
	size_t i;

	for (i = 0; i < w->n_faults; i++) {
		if (!w->faults[i].mended && strcmp(w->faults[i].key, key) == 0)
			return &w->faults[i];
	}
	return NULL;
}

static struct watch_fault *
fault_add(struct watch *w, const char *key, int lasting)
{
	struct watch_fault *p;
	char *own;

	if (w->n_faults == FAULTS_MAX || (own = strdup(key)) == NULL)
		return NULL;
	p = grow(w->faults, w->n_faults, &w->cap_faults, sizeof(*p));
	if (p == NULL) {
		free(own);
		return NULL;
	}
	w->faults = p;
	p += w->n_faults++;
	p->key = own;
	p->lasting = lasting;
	p->present = 1;
	p->mended = 0;
	return p;
}

/* Lines "time TAB lasting TAB key TAB message". */
static enum err
faults_load(struct watch *w, struct why *why)
{
	char path[WATCH_PATH], line[3 * WATCH_TEXT], *lasting, *key, *end;
	FILE *f;
	enum err r = OK;

	(void)snprintf(path, sizeof(path), "%s/faults", w->o.keep);
	if ((f = fopen(path, "r")) == NULL)
		return errno == ENOENT ? OK
				       : why_say(why, ERR_IO, "%s: %s", path,
					     strerror(errno));
	while (r == OK && fgets(line, sizeof(line), f) != NULL) {
		if ((lasting = strchr(line, '\t')) == NULL ||
		    (key = strchr(lasting + 1, '\t')) == NULL ||
		    (end = strchr(key + 1, '\t')) == NULL) {
			r = why_say(why, ERR_FORMAT,
			    "%s: this line is none of ours: %.40s", path, line);
			break;
		}
		*end = 0;
		if (fault_find(w, key + 1) == NULL &&
		    fault_add(w, key + 1, lasting[1] == '1') == NULL)
			r = why_say(why, ERR_NOMEM, "out of memory");
	}
	(void)fclose(f);
	w->n_before = w->n_faults;
	return r;
}

static void
fault_write(struct watch *w, const char *key, int lasting, const char *text)
{
	char path[WATCH_PATH];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/faults", w->o.keep);
	if ((f = fopen(path, "a")) == NULL ||
	    fprintf(
		f, "%" PRIu64 "\t%d\t%s\t%s\n", w->now, lasting, key, text) < 0)
		fprintf(w->o.err, "partecipa-audit watch: %s: %s\n", path,
		    strerror(errno));
	if (f != NULL && fclose(f) != 0)
		fprintf(w->o.err, "partecipa-audit watch: %s: %s\n", path,
		    strerror(errno));
}

/* The evidence, with the folder, divided by blanks. */
static void
files_list(const struct watch *w, const struct watch_cry *c,
    char out[static WATCH_TEXT])
{
	size_t i, n = 0;
	int k;

	out[0] = 0;
	for (i = 0; i < 3 && c->files[i] != NULL; i++) {
		k = snprintf(out + n, WATCH_TEXT - n, "%s%s/%s",
		    i > 0 ? " " : "", w->o.keep, c->files[i]);
		if (k < 0 || (size_t)k >= WATCH_TEXT - n)
			break;
		n += (size_t)k;
	}
}

void
watch_keep_cry(struct watch *w, const struct watch_cry *c, const char *fmt, ...)
{
	char text[WATCH_TEXT], files[WATCH_TEXT], rule[40] = "";
	struct watch_fault *known;
	struct why why;
	const char *key;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	why_clean(text); /* also for the file of lines */
	key = c->key != NULL ? c->key : text;
	if ((known = fault_find(w, key)) != NULL) {
		known->present = 1;
		return;
	}
	(void)fault_add(w, key, c->lasting);
	fault_write(w, key, c->lasting, text);
	files_list(w, c, files);
	if (c->rule != RULE_NONE)
		(void)snprintf(rule, sizeof(rule), "rule %d, %s", (int)c->rule,
		    rule_of(c->rule)->name);
	fprintf(w->o.err, "partecipa-audit watch: FAULT: %s%s%s%s%s\n", rule,
	    rule[0] != 0 ? ": " : "", text, files[0] != 0 ? "; evidence: " : "",
	    files);
	(void)fflush(w->o.err);
	if (w->o.hook != NULL &&
	    watch_hook(w->o.hook, rule, text, files, &why) != OK)
		fprintf(w->o.err, "partecipa-audit watch: %s\n", why.text);
}

void
watch_keep_begin(struct watch *w)
{
	size_t i;

	for (i = 0; i < w->n_faults; i++)
		w->faults[i].present = 0;
}

void
watch_keep_mended(struct watch *w)
{
	size_t i;

	for (i = 0; i < w->n_faults; i++)
		w->faults[i].mended |=
		    !w->faults[i].present && !w->faults[i].lasting;
}

enum err
watch_keep_load(struct watch *w, struct why *why)
{
	enum err r;

	/* For people; and a folder that cannot be written is no use. */
	if ((r = folder_put(
		 w->o.keep, "watched", slice_str(w->o.where), why)) != OK ||
	    (r = seen_load(w, why)) != OK)
		return r;
	return faults_load(w, why);
}

void
watch_keep_free(struct watch *w)
{
	size_t i;

	for (i = 0; i < w->n_faults; i++)
		free(w->faults[i].key);
	free(w->faults);
	free(w->seen);
}
