/*
 * Entries (each after its length) on top of a space that is open, a sealed one
 * if the first byte is 255.  A world that
 * stops at a fault is, after a refusal, what it was before; one that audits
 * goes on; both answer nothing but yes and no.
 */
#include <stdio.h>
#include <string.h>

#include "sample.h"
#include "trustees.h"
#include "world.h"

#include "fuzz.h"

#define ORIGIN "example.org/log"

/* The documents, made once. */
static struct {
	struct note_key key;
	struct buf genesis;
	struct hash root;
	uint8_t roll[3 * ROLL_ROW];
	struct trustees trustees;
	struct space_docs {
		struct buf header, form;
		struct hash space_id, form_id;
	} open, sealed;
} docs;

static void
put_vkey(json_t *doc, const char *path, const char *name, uint8_t seed)
{
	uint8_t s[SEED_BYTES] = { seed };
	struct sign_key k;
	struct note_key nk;
	struct buf b = { 0 };

	sign_key_from_seed(s, &k);
	MUST(note_key_make(name, NOTE_ED25519, &k.pk, &nk) == OK);
	if (seed == 1)
		docs.key = nk;
	buf_str(&b, "\"");
	note_key_print(&nk, &b);
	buf_str(&b, "\"");
	sample_edit(doc, path, buf_text(&b));
	buf_free(&b);
}

/* Header and form; with trustees a ceremony too. */
static void
make_space(struct space_docs *d, int sealed)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	char hex[2 * HASH_BYTES + 3];
	static struct header *h;
	size_t i;

	hex[0] = '"';
	for (i = 0; i < HASH_BYTES; i++)
		(void)snprintf(hex + 1 + 2 * i, 3, "%02x", docs.root.b[i]);
	hex[65] = '"';
	hex[66] = 0;
	sample_edit(doc, "roll.root", hex);
	sample_edit(doc, "roll.size", "3");
	sample_edit(doc, "min_open", "1");
	if (sealed)
		trustees_set(doc, 2, 2);
	sample_text(doc, &d->header);
	json_decref(doc);
	MUST(header_parse(buf_slice(&d->header), &h, NULL) == OK);
	doc = sample_form(h, "{\"type\": \"choice\"}");
	if (sealed) {
		trustees_ceremony(&docs.trustees, h);
		trustees_seal(&docs.trustees, doc);
	}
	sample_text(doc, &d->form);
	json_decref(doc);
	d->space_id = h->id;
	hash_bytes(buf_slice(&d->form), &d->form_id);
	if (!sealed) /* the trustees keep theirs */
		header_free(h);
}

static void
make_documents(void)
{
	static const char genesis[] =
	    "{\"log_key\": \"\", \"name\": \"Comune\", \"origin\": \"" ORIGIN
	    "\", \"receipt_key\": \"\", \"rehearsal\": 1, \"staff\": ["
	    "{\"key\": \"01000000000000000000000000000000"
	    "00000000000000000000000000000000\", \"name\": \"a\", \"role\": "
	    "\"admin\"}, {\"key\": \"02000000000000000000000000000000"
	    "00000000000000000000000000000000\", \"name\": \"b\", \"role\": "
	    "\"admin\"}], \"version\": 1}";
	json_t *doc = json_loads(genesis, 0, NULL);
	uint32_t n;
	size_t i;

	put_vkey(doc, "log_key", ORIGIN, 1);
	put_vkey(doc, "receipt_key", ORIGIN "/receipt", 2);
	sample_text(doc, &docs.genesis);
	json_decref(doc);
	for (i = 0; i < 3; i++) {
		docs.roll[i * ROLL_ROW] = (uint8_t)(i + 1);
		docs.roll[i * ROLL_ROW + 32] = ROLL_REGULAR;
	}
	MUST(roll_file_check(slice_of(docs.roll, sizeof(docs.roll)), &docs.root,
		 &n, NULL) == OK);
	make_space(&docs.open, 0);
	make_space(&docs.sealed, 1);
}

static enum err
object(void *cookie, const struct hash *hash, struct buf *out)
{
	const struct space_docs *d = cookie;
	struct hash list;

	hash_bytes(slice_of(docs.roll, 0), &list);
	if (hash_equal(hash, &docs.root))
		buf_put(out, docs.roll, sizeof(docs.roll));
	else if (hash_equal(hash, &docs.trustees.keys.transcript))
		buf_put(out, docs.trustees.transcript.p,
		    docs.trustees.transcript.n);
	else if (hash_equal(hash, &d->space_id))
		buf_put(out, d->header.p, d->header.n);
	else if (hash_equal(hash, &d->form_id))
		buf_put(out, d->form.p, d->form.n);
	else if (!hash_equal(hash, &list)) /* an empty list or ledger */
		return ERR_NOT_FOUND;
	return buf_end(out);
}

static void
report(void *cookie, const struct verdict *v)
{
	(void)cookie;
	MUST(v->rule >= 1 && v->rule <= RULE_MAX);
	MUST(v->why.text[0] != 0);
}

/* What can be seen of a world. */
struct sight {
	size_t spaces, staff;
	uint32_t records, batches, lines, disputes;
	uint64_t end, last_window;
	size_t openings;
	int form, closed, cancelled, result;
};

static void
look(struct world *w, struct sight *out)
{
	const struct space *s = world_space(w, 0);

	memset(out, 0, sizeof(*out));
	out->spaces = world_spaces(w);
	out->staff = world_staff_count(w);
	out->lines = roll_lines(world_roll(w));
	if (s == NULL)
		return;
	out->records = s->records;
	out->batches = s->batches;
	out->disputes = s->disputes;
	out->end = s->end;
	out->openings = s->n_openings;
	out->last_window = s->last_window;
	out->form = s->form != NULL;
	out->closed = s->closed;
	out->cancelled = s->cancelled;
	out->result = s->has_result;
}

static enum err
apply(struct world *w, uint64_t *index, const struct entry *e)
{
	struct hash root = { { 1 } };
	struct verdict v;
	enum err r;

	r = world_apply(w, *index, e, &root, &v);
	MUST(r == OK || r == ERR_SIGNATURE || r == ERR_STATE);
	++*index;
	return r;
}

static void
play(struct space_docs *d, struct slice input, int audits)
{
	struct world_audit a = { .report = report };
	struct entry e = { .kind = ENTRY_GENESIS };
	struct cursor c = cursor_of(input);
	struct world *w = NULL;
	struct sight before, after;
	struct slice bytes;
	struct verdict v;
	uint64_t index = 0;

	MUST(world_new(&docs.key, object, d, &w) == OK);
	e.text = buf_slice(&docs.genesis);
	world_audit(w, &a);
	MUST(apply(w, &index, &e) == OK);
	memset(&e, 0, sizeof(e));
	e.kind = ENTRY_HEADER;
	e.space_id = d->space_id;
	e.object = d->space_id;
	MUST(apply(w, &index, &e) == OK);
	e.kind = ENTRY_FORM;
	e.object = d->form_id;
	MUST(apply(w, &index, &e) == OK);
	if (!audits)
		world_audit(w, &(struct world_audit){ 0 });
	while (c.n > 0) {
		bytes = cursor_lp(&c);
		if (c.bad)
			break;
		if (entry_parse(bytes, &e) != OK) {
			if (audits)
				world_gap(w, index);
			continue;
		}
		/* Let most entries speak of the space that is there. */
		if (e.space_id.b[0] != 0)
			e.space_id = d->space_id;
		look(w, &before);
		if (apply(w, &index, &e) == OK || audits)
			continue;
		look(w, &after);
		MUST(memcmp(&before, &after, sizeof(before)) == 0);
	}
	MUST(world_end(w, index, &v) != ERR_INTERNAL);
	world_free(w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (docs.genesis.n == 0)
		make_documents();
	if (size > 0 && data[0] == 0xff) {
		play(&docs.sealed, slice_of(data + 1, size - 1), 0);
		play(&docs.sealed, slice_of(data + 1, size - 1), 1);
	} else {
		play(&docs.open, slice_of(data, size), 0);
		play(&docs.open, slice_of(data, size), 1);
	}
	return 0;
}
