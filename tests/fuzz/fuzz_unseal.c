/*
 * Bodies of ballots (each after its length), whose first byte stands for a
 * point, are taken in as counted ones; then, after an empty one, an opening
 * file of them.  Whatever the bytes are, the file is judged to be none: the
 * proof would have to be found.  Opened with it all the same, every ballot is
 * null or keeps the form's limits.
 */
#include <string.h>

#include "sample.h"
#include "unseal.h"

#include "fuzz.h"

#define POINT "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"

static struct {
	struct header *h;
	struct form *f;
	struct ceremony_keys keys;
	struct sign_key identity;
} world;

static void
make_world(void)
{
	static const uint8_t seed[SEED_BYTES] = { 1 };
	static const char digits[] = "0123456789abcdef";
	json_t *doc = sample_header(SPACE_BALLOT);
	char hex[2 * 32 + 3];
	struct buf b = { 0 };
	size_t i;

	sign_key_from_seed(seed, &world.identity);
	hex[0] = '"';
	for (i = 0; i < 32; i++) {
		hex[1 + 2 * i] = digits[world.identity.pk.b[i] >> 4];
		hex[2 + 2 * i] = digits[world.identity.pk.b[i] & 15];
	}
	hex[65] = '"';
	hex[66] = 0;
	sample_edit(doc, "trustees.keys.0", hex);
	sample_edit(doc, "trustees.threshold", "1");
	sample_text(doc, &b);
	json_decref(doc);
	MUST(header_parse(buf_slice(&b), &world.h, NULL) == OK);
	doc = sample_form(world.h, "{\"type\":\"choice\"}");
	sample_edit(doc, "seal",
	    "{\"key\":\"" POINT "\",\"shares\":[\"" POINT
	    "\"],\"transcript\":\"" POINT "\"}");
	b.n = 0;
	sample_text(doc, &b);
	json_decref(doc);
	MUST(form_parse(buf_slice(&b), world.h, &world.f, NULL) == OK);
	buf_free(&b);
	world.keys.n = 1;
	world.keys.t = 1;
	world.keys.y = world.f->seal_key;
	world.keys.v[0] = world.f->shares[0];
}

static enum err
each(void *cookie, const struct unseal_ballot *b, struct slice choices)
{
	uint32_t v[OPTIONS_MAX];
	struct choices c = { 0, v, 0 };
	size_t *n = cookie;

	MUST(b->index == *n);
	++*n;
	MUST(
	    choices.n == 0 || choices_decode(world.f, choices, &c, NULL) == OK);
	return OK;
}

/* The bytes, and the same as this space's, signed. */
static void
judge(struct unseal *u, struct slice s)
{
	struct opening_file f;
	struct why why = { "" };
	struct buf b = { 0 };
	size_t n = 0;
	enum err r;

	MUST(unseal_judge(u, &world.keys, world.h, s, 1, NULL, &f, &why) != OK);
	MUST(why.text[0] != 0);
	if (opening_parse(s, &f) != OK || f.opening.m != u->m)
		return;
	f.opening.space_id = world.h->id;
	f.opening.form_id = world.f->id;
	f.opening.size = u->size;
	f.opening.root = u->root;
	f.opening.trustee = 1;
	MUST(opening_put(&f.opening, &f.proof, &world.identity, &b) == OK);
	MUST(unseal_judge(u, &world.keys, world.h, buf_slice(&b), 1, NULL, &f,
		 &why) == ERR_SIGNATURE);
	MUST(opening_parse(buf_slice(&b), &f) == OK);
	r = unseal_open(u, &f, 1, NULL, each, &n);
	MUST(r == OK ? n == u->m : n < u->m);
	buf_free(&b);
}

/* Take in ${body}, once as it is and once with a point in front. */
static void
add(struct unseal *u, struct slice body, uint8_t *last)
{
	struct record r = { .kind = RECORD_BALLOT, .purpose = PURPOSE_VOTE };
	struct scalar factor;
	struct point point;
	struct buf b = { 0 };
	enum err e;

	r.pk.b[0] = ++*last;
	r.body = body;
	if (unseal_add(u, &r, u->m) == OK || body.n <= POINT_BYTES)
		return;
	scalar_of(body.p[0] + 1U, &factor);
	MUST(point_base(&factor, &point) == OK);
	buf_put(&b, point.b, POINT_BYTES);
	buf_put(&b, body.p + POINT_BYTES, body.n - POINT_BYTES);
	r.body = buf_slice(&b);
	e = unseal_add(u, &r, u->m);
	MUST((e == OK) == (b.n == world.f->body_bytes));
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_of(slice_of(data, size));
	struct hash root = { { 3 } };
	struct unseal *u = NULL;
	struct slice body;
	uint8_t last = 0;

	if (world.h == NULL)
		make_world();
	MUST(unseal_new(world.f, &world.h->id, 9, &root, &u) == OK);
	while (c.n > 0 && last < UINT8_MAX) {
		body = cursor_lp(&c);
		if (c.bad || body.n == 0)
			break;
		add(u, body, &last);
	}
	if (u->m > 0 && !c.bad)
		judge(u, slice_of(c.p, c.n));
	unseal_free(u);
	return 0;
}
