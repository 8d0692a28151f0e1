/*
 * A data folder held against itself.  The log is read once from its first byte;
 * what else is known about it is compared with what the entries say.  Entries
 * are parsed, signatures are not looked at: that is the audit's work.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "entry.h"
#include "form.h"
#include "hex.h"
#include "roll.h"

#include "store_int.h"

/* A space, and how far it is when it is sealed. */
struct doctor_space {
	struct hash id;
	char slug[SLUG_MAX + 1]; /* "": its header is not there */
	unsigned trustees;	 /* 0: not sealed */
	unsigned needed;
	int form;
	int closed;
	int cancelled;
	int result;
	uint16_t opened; /* a bit for each trustee, from 1 */
};

struct doctor {
	struct store *s;
	store_report *report;
	void *cookie;
	unsigned faults;
	struct view v;
	/* What the entries say, as they are read. */
	uint64_t index;
	uint64_t bytes;
	uint64_t records;
	uint64_t specials;
	struct merkle tree;
	struct merkle tiles[FLAT_LEVELS];
	struct doctor_space *spaces; /* by number */
	size_t n_spaces;
};

static void say(struct doctor *d, int fault, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
say(struct doctor *d, int fault, const char *fmt, ...)
{
	char text[WHY_CHARS];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	d->faults += fault != 0;
	d->report(d->cookie, fault, text);
}

/* --- Records -------------------------------------------------------------- */

/* How many authenticators it has is known to its header only; here they are
   what is left of the length. */
static enum err
parse_record(struct slice raw, struct record *out)
{
	size_t body;

	if (raw.n < RECORD_FIXED)
		return ERR_FORMAT;
	body = load16(raw.p + 103);
	if (raw.n < RECORD_FIXED + body ||
	    (raw.n - RECORD_FIXED - body) / BLIND_BYTES > RECORD_ISSUERS_MAX)
		return ERR_FORMAT;
	return record_parse(
	    raw, (raw.n - RECORD_FIXED - body) / BLIND_BYTES, out);
}

static int
space_number(const struct doctor *d, const struct hash *id, uint32_t *no)
{
	size_t i;

	for (i = 0; i < d->n_spaces; i++) {
		if (!hash_equal(&d->spaces[i].id, id))
			continue;
		*no = (uint32_t)i;
		return 1;
	}
	return 0;
}

static void
check_record(struct doctor *d, struct slice raw)
{
	struct credential c;
	struct record rec;
	uint64_t first;

	d->records++;
	if (parse_record(raw, &rec) != OK ||
	    !space_number(d, &rec.space_id, &c.space_no)) {
		say(d, 1, "entry %" PRIu64 ": not a record of a known space",
		    d->index);
		return;
	}
	c.purpose = (uint8_t)rec.purpose;
	c.pk = &rec.pk;
	if (!view_has_row(&d->v, &c, rec.seq, d->index))
		say(d, 1, "entry %" PRIu64 ": its credential is not in log.mdb",
		    d->index);
	else if (!view_is_first(&d->v, &c, rec.seq, d->index) &&
		 (view_find(&d->v, &c, rec.seq, &first) != OK ||
		     first != d->index))
		say(d, 1,
		    "entry %" PRIu64 ": its credential used seq %" PRIu32
		    " before",
		    d->index, rec.seq);
	if (rec.seq > 0 && !view_has_seq(&d->v, &c, rec.seq - 1))
		say(d, 1,
		    "entry %" PRIu64 ": no record before its seq %" PRIu32,
		    d->index, rec.seq);
}

/* --- The log -------------------------------------------------------------- */

/* What a header says of its trustees. */
static void
read_header(struct doctor *d, struct doctor_space *p)
{
	struct header *h = NULL;
	struct buf b = { 0 };

	if (store_object_get(d->s, &p->id, &b) == OK &&
	    header_parse(buf_slice(&b), &h, NULL) == OK) {
		(void)snprintf(p->slug, sizeof(p->slug), "%s", h->slug);
		p->trustees = (unsigned)h->n_trustees;
		p->needed = h->threshold;
	}
	header_free(h);
	buf_free(&b);
}

static enum err
add_space(struct doctor *d, const struct hash *id)
{
	struct doctor_space *p;

	p = realloc(d->spaces, (d->n_spaces + 1) * sizeof(*p));
	if (p == NULL)
		return ERR_NOMEM;
	d->spaces = p;
	memset(&p[d->n_spaces], 0, sizeof(*p));
	p[d->n_spaces].id = *id;
	read_header(d, &p[d->n_spaces++]);
	return OK;
}

static enum err
check_object(struct doctor *d, const struct hash *hash)
{
	struct key k = key_of(TABLE_OBJECT);
	struct kv_txn *t = NULL;
	struct slice v;
	enum err r;

	if (hash_is_zero(hash))
		return OK;
	if ((r = kv_read(d->s->main, &t)) != OK)
		return r;
	key_put(&k, hash->b, HASH_BYTES);
	if ((r = kv_get(t, key_slice(&k), &v)) == ERR_NOT_FOUND) {
		say(d, 1, "entry %" PRIu64 ": its object is missing", d->index);
		r = OK;
	}
	kv_end(t);
	return r;
}

/* A sealed form names the transcript of its ceremony. */
static enum err
check_form(struct doctor *d, const struct hash *id)
{
	struct form *f = NULL;
	struct buf b = { 0 };
	enum err r = OK;

	if (store_object_get(d->s, id, &b) == OK &&
	    form_parse(buf_slice(&b), NULL, &f, NULL) == OK && f->sealed)
		r = check_object(d, &f->transcript);
	form_free(f);
	buf_free(&b);
	return r;
}

static void
follow(struct doctor *d, const struct entry *e)
{
	struct doctor_space *p;
	uint32_t no;

	if (!space_number(d, &e->space_id, &no))
		return;
	p = &d->spaces[no];
	p->form |= e->kind == ENTRY_FORM;
	p->closed |= e->kind == ENTRY_CLOSE;
	p->cancelled |= e->kind == ENTRY_CANCEL;
	p->result |= e->kind == ENTRY_RESULT;
	if (e->kind == ENTRY_OPENING && e->issuer <= HEADER_TRUSTEES_MAX)
		p->opened |= (uint16_t)(1U << e->issuer);
}

static enum err
check_special(struct doctor *d, const struct entry *e)
{
	uint64_t window_end;
	int batch;
	enum err r;

	d->specials++;
	r = view_special(&d->v, d->index, &batch, &window_end);
	if (r != OK || batch != (e->kind == ENTRY_BATCH) ||
	    window_end != e->window_end)
		say(d, 1, "entry %" PRIu64 ": log.mdb has it wrong", d->index);
	if (e->kind == ENTRY_HEADER && (r = add_space(d, &e->space_id)) != OK)
		return r;
	follow(d, e);
	if ((r = check_object(d, &e->object)) != OK)
		return r;
	return e->kind == ENTRY_FORM ? check_form(d, &e->object) : OK;
}

/* The hash of level ${level} that this entry completes, against its file. */
static enum err
check_hash(struct doctor *d, unsigned level, const struct hash *h)
{
	struct buf b = { 0 };
	enum err r;

	r = flat_hashes(
	    d->s->flat, level, ((d->index + 1) >> 8 * level) - 1, 1, &b);
	if (r == OK && memcmp(b.p, h->b, HASH_BYTES) != 0)
		say(d, 1, "entry %" PRIu64 ": level-%u has another hash",
		    d->index, level);
	buf_free(&b);
	return r;
}

static enum err
check_hashes(struct doctor *d, struct slice bytes)
{
	struct hash h;
	unsigned level;
	enum err r;

	hash_leaf(bytes, &h);
	merkle_append(&d->tree, &h);
	for (level = 0; level < FLAT_LEVELS; level++) {
		if ((r = check_hash(d, level, &h)) != OK)
			return r;
		merkle_append(&d->tiles[level], &h);
		if (d->tiles[level].size < TILE_WIDTH)
			return OK;
		merkle_root(&d->tiles[level], &h);
		memset(&d->tiles[level], 0, sizeof(struct merkle));
	}
	return OK;
}

static enum err
check_entry(struct doctor *d, struct slice bytes)
{
	struct entry e;
	enum err r;

	if ((r = check_hashes(d, bytes)) != OK)
		return r;
	if (entry_parse(bytes, &e) != OK) {
		say(d, 1, "entry %" PRIu64 ": malformed", d->index);
		return OK;
	}
	if (e.kind != ENTRY_RECORD)
		return check_special(d, &e);
	check_record(d, e.record);
	return OK;
}

static enum err
check_bundle(struct doctor *d, struct buf *b)
{
	uint64_t at = 0, left = d->v.size - d->index;
	unsigned width = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;
	struct cursor c;
	enum err r;

	if ((r = flat_offset(d->s->flat, d->index / TILE_WIDTH, &at)) != OK)
		return r;
	if (at != d->bytes)
		say(d, 1, "log/offsets: bundle %" PRIu64 " begins elsewhere",
		    d->index / TILE_WIDTH);
	b->n = 0;
	if ((r = flat_bundle(d->s->flat, d->index / TILE_WIDTH, width,
		 d->v.size, d->v.bytes, b)) != OK)
		return r;
	d->bytes += b->n;
	c = cursor_of(buf_slice(b));
	for (; width > 0; width--) {
		if ((r = check_entry(d, cursor_lp(&c))) != OK)
			return r;
		d->index++;
	}
	return OK;
}

static enum err
count_specials(struct doctor *d, uint64_t *n)
{
	struct key from = key_of(TABLE_SPECIAL);
	struct slice k, v;
	enum err r;

	*n = 0;
	r = kv_from(d->v.t, key_slice(&from), &k, &v);
	for (; r == OK && k.p[0] == TABLE_SPECIAL; r = kv_next(d->v.t, &k, &v))
		++*n;
	return r == ERR_NOT_FOUND ? OK : r;
}

/* How far each sealed space is, and what it waits for. */
static void
tell_sealed(struct doctor *d)
{
	const struct doctor_space *p;
	const char *state;
	unsigned j, n;

	for (p = d->spaces; p < d->spaces + d->n_spaces; p++) {
		if (p->trustees == 0)
			continue;
		for (j = 1, n = 0; j <= p->trustees; j++)
			n += (unsigned)(p->opened >> j) & 1U;
		state = p->cancelled ? "cancelled, it is never opened"
			: p->result  ? "it has its result"
			: p->closed  ? "it is closed"
			: p->form    ? "it has its form"
				     : "its ceremony is not over";
		say(d, 0,
		    "sealed: %s, %u of %u trustees needed, %s; %u opened it",
		    p->slug, p->needed, p->trustees, state, n);
	}
}

static enum err
check_log(struct doctor *d)
{
	struct buf b = { 0 };
	struct hash root;
	uint64_t n = 0;
	enum err r = OK;

	while (r == OK && d->index < d->v.size)
		r = check_bundle(d, &b);
	buf_free(&b);
	if (r == ERR_STATE || r == ERR_NOT_FOUND) {
		/* The rest cannot be read, but other tables can. */
		say(d, 1, "log: cannot be read from entry %" PRIu64 " on",
		    d->index);
		return OK;
	}
	if (r != OK)
		return r;
	merkle_root(&d->tree, &root);
	if (!hash_equal(&root, &d->v.root) || d->bytes != d->v.bytes)
		say(d, 1, "log: the entries do not give the committed root");
	if ((r = kv_groups_count(d->v.t, &n)) != OK)
		return r;
	if (n != d->records)
		say(d, 1,
		    "log.mdb: %" PRIu64 " credentials, %" PRIu64
		    " records in the log",
		    n, d->records);
	if ((r = count_specials(d, &n)) != OK)
		return r;
	if (n != d->specials)
		say(d, 1,
		    "log.mdb: %" PRIu64 " other entries, %" PRIu64
		    " in the log",
		    n, d->specials);
	say(d, 0, "log: %" PRIu64 " entries, %" PRIu64 " records, %zu spaces",
	    d->v.size, d->records, d->n_spaces);
	tell_sealed(d);
	return OK;
}

/* --- What waits ----------------------------------------------------------- */

static enum err
check_waiting_row(struct doctor *d, const struct waiting_row *w, uint64_t *both)
{
	struct credential c = { w->space_no, w->purpose, &w->pk };
	struct hash here, there;
	struct record rec;
	uint64_t index;
	enum err r;

	if (parse_record(w->raw, &rec) != OK || w->space_no >= d->n_spaces ||
	    !hash_equal(&rec.space_id, &d->spaces[w->space_no].id) ||
	    rec.purpose != w->purpose || rec.seq != w->seq ||
	    public_key_cmp(&rec.pk, &w->pk) != 0) {
		say(d, 1, "cast.mdb: a record that is not what its key says");
		return OK;
	}
	r = view_find(&d->v, &c, w->seq, &index);
	if (r == ERR_NOT_FOUND)
		return OK;
	if (r != OK || (r = flat_node(d->s->flat, 0, index, &there)) != OK)
		return r;
	waiting_leaf(w->raw, &here);
	if (!hash_equal(&here, &there))
		say(d, 1,
		    "cast.mdb: entry %" PRIu64
		    " has the seq of another record that waits",
		    index);
	++*both;
	return OK;
}

/* Of all rows, by a view of the log that is not older than they are. */
static enum err
check_waiting_rows(struct doctor *d, struct kv_txn *t)
{
	struct waiting_row w;
	struct slice k, v;
	uint64_t n = 0, both = 0;
	enum err r;

	if ((r = view_begin(d->s, &d->v)) != OK)
		return r;
	r = kv_from(t, slice_of(NULL, 0), &k, &v);
	for (; r == OK; r = kv_next(t, &k, &v)) {
		n++;
		if (waiting_row_parse(k, v, &w) != OK)
			say(d, 1, "cast.mdb: a row that cannot be read");
		else if ((r = check_waiting_row(d, &w, &both)) != OK)
			break;
	}
	view_end(&d->v);
	if (r != ERR_NOT_FOUND)
		return r;
	say(d, 0,
	    "waiting: %" PRIu64 " records, %" PRIu64
	    " of them in the log already",
	    n, both);
	return OK;
}

static enum err
check_waiting(struct doctor *d)
{
	struct kv_txn *t = NULL;
	enum err r;

	if ((r = kv_read(d->s->cast, &t)) != OK)
		return r;
	r = check_waiting_rows(d, t);
	kv_end(t);
	return r;
}

/* --- The other tables ----------------------------------------------------- */

static int
object_is_right(struct slice hash, struct slice bytes)
{
	struct hash h;
	uint32_t n;

	hash_bytes(bytes, &h);
	if (slice_equal(hash, hash_slice(&h)))
		return 1;
	/* A roll file has the name of its tree. */
	return roll_file_check(bytes, &h, &n, NULL) == OK &&
	       slice_equal(hash, hash_slice(&h));
}

static int
main_row_is_right(struct slice k, struct slice v)
{
	struct slice name = slice_of(k.p + 1, k.n - 1);
	struct roll_change c;

	switch (k.p[0]) {
	case TABLE_OBJECT:
		return object_is_right(name, v);
	case TABLE_CHANGE:
		return v.n == 0 && roll_change_parse(name, &c, NULL) == OK;
	case TABLE_STAFF:
		return name.n == 32 && v.n == 8;
	case TABLE_VALUE:
		return 1;
	case TABLE_MESSAGE:
	case TABLE_DRAFT:
	case TABLE_SIGNED:
		return post_row_is_right(k.p[0], name, v);
	default:
		return 0;
	}
}

static enum err
check_main(struct doctor *d)
{
	struct kv_txn *t = NULL;
	char hex[2 * 98 + 1];
	struct slice k, v;
	uint64_t n = 0, objects = 0;
	enum err r;

	if ((r = kv_read(d->s->main, &t)) != OK)
		return r;
	r = kv_from(t, slice_of(NULL, 0), &k, &v);
	for (; r == OK; r = kv_next(t, &k, &v)) {
		n++;
		objects += k.p[0] == TABLE_OBJECT;
		if (main_row_is_right(k, v))
			continue;
		hex_encode(slice_of(k.p + 1, k.n - 1 > 98 ? 98 : k.n - 1), hex);
		say(d, 1, "main.mdb: row %c %s is not what its key says",
		    k.p[0], hex);
	}
	kv_end(t);
	if (r != ERR_NOT_FOUND)
		return r;
	say(d, 0, "main: %" PRIu64 " rows, %" PRIu64 " objects", n, objects);
	return OK;
}

static enum err
check_issue(struct doctor *d)
{
	struct kv_txn *t = NULL;
	uint64_t n = 0;
	enum err r;

	if ((r = kv_read(d->s->issue, &t)) != OK)
		return r;
	r = issue_check(t, &n);
	kv_end(t);
	if (r == ERR_STATE) {
		say(d, 1, "issue.mdb: asks and blinded messages do not match");
		r = OK;
	}
	if (r == OK)
		say(d, 0, "issue: %" PRIu64 " asks", n);
	return r;
}

enum err
store_doctor(
    struct store *s, store_report *report, void *cookie, unsigned *faults)
{
	struct doctor d = { 0 };
	enum err r;

	d.s = s;
	d.report = report;
	d.cookie = cookie;
	if ((r = view_begin(s, &d.v)) != OK)
		return r;
	r = check_log(&d);
	view_end(&d.v);
	if (r == OK && (r = check_waiting(&d)) == OK &&
	    (r = check_main(&d)) == OK && (r = check_issue(&d)) == OK)
		*faults = d.faults;
	free(d.spaces);
	return r;
}
