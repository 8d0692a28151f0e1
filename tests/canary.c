#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "hex.h"

#include "canary.h"

#define HEAD 4
#define LONG_HEAD 8 /* of patterns that have so many bytes */
#define RUN 32
#define HEADS (1 << 16)

struct value {
	enum canary_class class;
	const char *what;
	unsigned seen; /* number of the search that saw it */
};

struct pattern {
	struct buf bytes;
	size_t value;
	enum canary_form form;
	size_t next; /* number + 1 of the next with this head, 0: none */
};

struct canaries {
	size_t n_values, n;
	struct value *value;
	struct pattern *pattern;
	size_t by_head[2][HEADS]; /* short and long; number + 1, 0: none */
	unsigned searches;
};

static void
stop(void)
{
	perror("tests/canary.c");
	abort();
}

/* A macro, so that the analyser sees what holds afterwards. */
#define need(good) ((good) ? (void)0 : stop())

struct canaries *
canaries_new(void)
{
	struct canaries *c = calloc(1, sizeof(*c));

	need(c != NULL);
	return c;
}

void
canaries_free(struct canaries *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < c->n; i++)
		buf_free(&c->pattern[i].bytes);
	free(c->pattern);
	free(c->value);
	free(c);
}

/* --- Forms ---------------------------------------------------------------- */

static void
write_hex(struct slice s, int upper, struct buf *out)
{
	char *hex = malloc(2 * s.n + 1);
	size_t i;

	need(hex != NULL);
	hex_encode(s, hex);
	for (i = 0; upper && i < 2 * s.n; i++)
		hex[i] = (char)toupper((unsigned char)hex[i]);
	buf_put(out, hex, 2 * s.n);
	free(hex);
}

static void
write_base64(
    enum base64_kind kind, size_t before, struct slice s, struct buf *out)
{
	/* Characters that what stands before has a bit in. */
	static const size_t skip[] = { 0, 2, 3 };
	struct buf shifted = { 0 };
	size_t end = (before + s.n) * 8 / 6;
	char *text = malloc(BASE64_CHARS(before + s.n));

	need(text != NULL);
	buf_put(&shifted, "\0\0", before);
	buf_put(&shifted, s.p, s.n);
	need(buf_end(&shifted) == OK);
	base64_encode(kind, buf_slice(&shifted), text);
	buf_put(out, text + skip[before], end - skip[before]);
	buf_free(&shifted);
	free(text);
}

void
canaries_write(enum canary_form form, struct slice s, struct buf *out)
{
	switch (form) {
	case CANARY_RAW:
		buf_put(out, s.p, s.n);
		break;
	case CANARY_HEX:
	case CANARY_HEX_UPPER:
		write_hex(s, form == CANARY_HEX_UPPER, out);
		break;
	case CANARY_BASE64:
	case CANARY_BASE64_1:
	case CANARY_BASE64_2:
		write_base64(
		    BASE64_STD, (size_t)(form - CANARY_BASE64), s, out);
		break;
	case CANARY_URL:
	case CANARY_URL_1:
	case CANARY_URL_2:
		write_base64(BASE64_URL, (size_t)(form - CANARY_URL), s, out);
		break;
	case CANARY_FORMS:
		break;
	}
	need(buf_end(out) == OK);
}

/* --- The set -------------------------------------------------------------- */

/* A value that begins with zeros is not to be tried at every zero. */
static size_t
head_of(const uint8_t *p, int is_long)
{
	uint32_t h = load32(p);

	if (is_long)
		h = h * 31 + load32(p + HEAD);
	return (h * 2654435761U) >> 16;
}

/* The pattern's bytes become the set's. */
static void
add_pattern(struct canaries *c, enum canary_form form, struct buf bytes)
{
	struct pattern *more, *p;
	size_t *head;
	int is_long;

	more = realloc(c->pattern, (c->n + 1) * sizeof(*more));
	need(more != NULL);
	c->pattern = more;
	p = &c->pattern[c->n++];
	memset(p, 0, sizeof(*p));
	p->bytes = bytes;
	need(p->bytes.n >= HEAD);
	p->value = c->n_values - 1;
	p->form = form;
	is_long = p->bytes.n >= LONG_HEAD;
	head = &c->by_head[is_long][head_of(p->bytes.p, is_long)];
	p->next = *head;
	*head = c->n;
}

static void
add_form(struct canaries *c, enum canary_form form, struct slice s)
{
	struct buf b = { 0 };

	canaries_write(form, s, &b);
	add_pattern(c, form, b);
}

/*
 * The characters of four bytes that depend on nothing beside are four or five,
 * which are found by chance.  With those at both ends, whatever the four bits
 * of the neighbours in them, there are six.
 */
static void
add_short_base64(struct canaries *c, enum base64_kind kind, size_t before,
    enum canary_form form, struct slice s)
{
	size_t ours = 2 * before; /* bits of the one before */
	uint8_t b[2 + 4 + 1];
	char text[BASE64_CHARS(sizeof(b))];
	unsigned around;

	for (around = 0; around < 16; around++) {
		struct buf six = { 0 };

		memset(b, 0, sizeof(b));
		if (before > 0)
			b[before - 1] = (uint8_t)(around & ((1U << ours) - 1));
		memcpy(b + before, s.p, 4);
		b[before + 4] = (uint8_t)(around >> ours << (4 + ours));
		base64_encode(kind, slice_of(b, sizeof(b)), text);
		buf_put(&six, text + before, 6);
		need(buf_end(&six) == OK);
		add_pattern(c, form, six);
	}
}

static void
add_run(struct canaries *c, enum canary_class class, const char *what,
    struct slice s)
{
	struct value *more;
	int form;

	need(class != CANARY_SHORT || s.n == 4);
	more = realloc(c->value, (c->n_values + 1) * sizeof(*more));
	need(more != NULL);
	c->value = more;
	c->value[c->n_values++] = (struct value){ class, what, 0 };
	for (form = 0; form < CANARY_FORMS; form++) {
		if (class != CANARY_SHORT || form < CANARY_BASE64)
			add_form(c, (enum canary_form)form, s);
		else if (form < CANARY_URL)
			add_short_base64(c, BASE64_STD,
			    (size_t)(form - CANARY_BASE64),
			    (enum canary_form)form, s);
		else
			add_short_base64(c, BASE64_URL,
			    (size_t)(form - CANARY_URL), (enum canary_form)form,
			    s);
	}
}

void
canaries_add(struct canaries *c, enum canary_class class, const char *what,
    const void *p, size_t n)
{
	const uint8_t *b = p;
	size_t i;

	if (n <= RUN)
		add_run(c, class, what, slice_of(b, n));
	for (i = 0; n > RUN && i + RUN <= n; i += RUN)
		add_run(c, class, what, slice_of(b + i, RUN));
}

void
canaries_text(struct canaries *c, enum canary_class class, const char *what,
    const char *text)
{
	add_run(c, class, what, slice_str(text));
}

/* --- The search ----------------------------------------------------------- */

static void
note(struct canaries *c, const struct pattern *p, struct canary_found *out)
{
	struct value *v = &c->value[p->value];

	if (v->seen == c->searches)
		return;
	v->seen = c->searches;
	out->n[v->class]++;
	out->what[v->class] = v->what;
	out->form[v->class] = p->form;
}

static void
search_here(struct canaries *c, struct slice rest, int is_long,
    struct canary_found *out)
{
	const struct pattern *p;
	size_t at;

	for (at = c->by_head[is_long][head_of(rest.p, is_long)]; at != 0;
	     at = p->next) {
		p = &c->pattern[at - 1];
		if (p->bytes.n <= rest.n &&
		    memcmp(rest.p, p->bytes.p, p->bytes.n) == 0)
			note(c, p, out);
	}
}

void
canaries_search(struct canaries *c, struct slice unit, struct canary_found *out)
{
	memset(out, 0, sizeof(*out));
	c->searches++;
	for (; unit.n >= HEAD; unit.p++, unit.n--) {
		search_here(c, unit, 0, out);
		if (unit.n >= LONG_HEAD)
			search_here(c, unit, 1, out);
	}
}

const char *
canaries_leak(const struct canary_found *f, int over)
{
	if (f->n[CANARY_NEVER] > 0)
		return f->what[CANARY_NEVER];
	if (f->n[CANARY_SHORT] > 1)
		return f->what[CANARY_SHORT];
	if (over && f->n[CANARY_GONE] > 0)
		return f->what[CANARY_GONE];
	if (f->n[CANARY_ROLL] > 0 && f->n[CANARY_CREDENTIAL] > 0)
		return "a roll key beside a credential";
	return NULL;
}
