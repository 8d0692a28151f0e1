#include <stdlib.h>
#include <string.h>

#include "derive.h"
#include "wipe.h"

#include "registrar.h"
#include "wallet.h"

static int
line_cmp(const void *a, const void *b)
{
	const struct registrar_line *const *x = a, *const *y = b;

	return public_key_cmp(&(*x)->pk, &(*y)->pk);
}

/* Pointers to the lines in the order of their keys; the caller frees. */
static enum err
sorted(const struct registrar_line *lines, size_t n,
    const struct registrar_line ***out)
{
	const struct registrar_line **p;
	size_t i;

	if ((p = calloc(n + 1, sizeof(struct registrar_line *))) == NULL)
		return ERR_NOMEM;
	for (i = 0; i < n; i++)
		p[i] = &lines[i];
	qsort(p, n, sizeof(struct registrar_line *), line_cmp);
	*out = p;
	return OK;
}

enum err
registrar_draw(struct registrar_line *lines, size_t n, size_t spares)
{
	const struct registrar_line **p = NULL;
	struct sign_key k;
	enum err r = OK;
	size_t i;

	for (i = 0; i < n + spares && r == OK; i++) {
		roll_code_random(&lines[i].code);
		lines[i].type = i < n ? ROLL_REGULAR : ROLL_SPARE;
		r = derive_roll_key(&lines[i].code, &k);
		lines[i].pk = k.pk;
	}
	wipe(&k, sizeof(k));
	if (r != OK || (r = sorted(lines, n + spares, &p)) != OK)
		return r;
	/* 95 random bits: a repetition means a broken random source. */
	for (i = 1; i < n + spares; i++)
		if (public_key_cmp(&p[i - 1]->pk, &p[i]->pk) == 0)
			r = ERR_INTERNAL;
	free(p);
	return r;
}

enum err
registrar_roll_put(const struct registrar_line *lines, size_t n, struct buf *b)
{
	const struct registrar_line **p = NULL;
	enum err r;
	size_t i;

	if ((r = sorted(lines, n, &p)) != OK)
		return r;
	for (i = 0; i < n; i++) {
		buf_put(b, p[i]->pk.b, sizeof(p[i]->pk.b));
		buf_u8(b, (uint8_t)p[i]->type);
	}
	free(p);
	return buf_end(b);
}

enum err
registrar_factors_put(const struct registrar_line *lines, size_t n,
    registrar_factor *text, void *cookie, struct buf *b)
{
	const struct registrar_line **p = NULL;
	const char *t;
	struct hash f;
	enum err r;
	size_t i;

	if ((r = sorted(lines, n, &p)) != OK)
		return r;
	for (i = 0; i < n; i++) {
		if ((t = text(cookie, (size_t)(p[i] - lines))) == NULL)
			continue;
		wallet_factor(&p[i]->pk, t, &f);
		buf_put(b, p[i]->pk.b, sizeof(p[i]->pk.b));
		buf_put(b, f.b, sizeof(f.b));
	}
	free(p);
	return buf_end(b);
}
