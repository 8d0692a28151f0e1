/* Who may take part, and who asked: changes, ledgers, disputes, keys. */
#include <stdlib.h>
#include <string.h>

#include "world_step.h"

/* --- Changes of the roll ---------------------------------------------------
 */

/* Whole rows, each well formed, sorted, none twice. */
static enum err
list_check(struct slice list, uint32_t count, struct why *why)
{
	struct roll_change c;
	size_t i, n = list.n / ROLL_CHANGE_BYTES;
	const uint8_t *p = list.p;
	enum err r;

	if (list.n % ROLL_CHANGE_BYTES != 0)
		return why_say(why, ERR_FORMAT, "the list ends inside a row");
	if (n != count)
		return why_say(why, ERR_FORMAT,
		    "the list has %zu rows, its entry says %u", n,
		    (unsigned)count);
	for (i = 0; i < n; i++, p += ROLL_CHANGE_BYTES) {
		r = roll_change_parse(slice_of(p, ROLL_CHANGE_BYTES), &c, why);
		if (r != OK) {
			why_prefix(why, "row %zu: ", i + 1);
			return r;
		}
		if (i > 0 &&
		    memcmp(p - ROLL_CHANGE_BYTES, p, ROLL_CHANGE_BYTES) >= 0)
			return why_say(why, ERR_FORMAT,
			    "row %zu is not sorted, or there twice", i + 1);
	}
	return OK;
}

static int
line_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Nonzero iff a ledger of ${s} names the line. */
static int
has_collected(const struct space *s, uint32_t line)
{
	size_t i, p;

	for (i = 0; i < s->header->n_issuers; i++) {
		for (p = 1; p <= PURPOSE_MAX; p++) {
			if (s->lines[i][p].n > 0 &&
			    bsearch(&line, s->lines[i][p].line,
				s->lines[i][p].n, sizeof(line),
				line_cmp) != NULL)
				return 1;
		}
	}
	return 0;
}

/* The line of ${pk}, looked up through the replacements of the same list. */
static uint32_t
line_of(const struct roll *roll, struct slice list, struct public_key pk)
{
	size_t i, hops, n = list.n / ROLL_CHANGE_BYTES;
	struct roll_change c;
	uint32_t line;

	for (hops = 0; hops <= n; hops++) {
		if ((line = roll_line(roll, &pk)) != ROLL_NO_LINE)
			return line;
		for (i = 0; i < n; i++) {
			struct slice row = slice_of(
			    list.p + i * ROLL_CHANGE_BYTES, ROLL_CHANGE_BYTES);

			if (roll_change_parse(row, &c, NULL) == OK &&
			    c.action == ROLL_REPLACE &&
			    public_key_cmp(&c.new_pk, &pk) == 0)
				break;
		}
		if (i == n)
			break;
		pk = c.old_pk;
	}
	return ROLL_NO_LINE;
}

/* A line that collected keeps its right: its paper would be a second vote. */
static enum err
strikes_judge(struct world_step *t, struct slice list)
{
	size_t i, k, n = list.n / ROLL_CHANGE_BYTES;
	struct roll_change c;
	uint32_t line;
	enum err r;

	for (i = 0; i < n; i++) {
		struct slice row =
		    slice_of(list.p + i * ROLL_CHANGE_BYTES, ROLL_CHANGE_BYTES);

		if ((r = roll_change_parse(row, &c, NULL)) != OK)
			return r;
		if (c.action != ROLL_STRIKE && c.action != ROLL_REMOVE)
			continue;
		line = line_of(t->w->roll, list, c.old_pk);
		for (k = 0; k < t->w->n_spaces && line != ROLL_NO_LINE; k++) {
			const struct space *s = t->w->spaces[k];

			if (s->closed || s->cancelled)
				continue;
			if ((r = world_check(t, RULE_CHANGE_LINES,
				 !has_collected(s, line),
				 "row %zu strikes a line that has collected "
				 "in %s",
				 i + 1, s->header->slug)) != OK)
				return r;
		}
	}
	return OK;
}

enum err
world_roll_change(struct world_step *t)
{
	struct why why = { { 0 } };
	struct buf b = { 0 };
	size_t i;
	enum err r;

	if ((r = world_fetch(t, &t->e->object, &b)) != OK)
		goto out;
	r = list_check(buf_slice(&b), t->e->count, &why);
	if ((r = world_must(t, RULE_CHANGES, r == OK, "%s", why.text)) != OK ||
	    (r = strikes_judge(t, buf_slice(&b))) != OK)
		goto out;
	r = roll_apply(t->w->roll, buf_slice(&b), &why);
	if (r != OK && r != ERR_NOMEM && t->w->lost_roll)
		r = ERR_SIGNATURE;
	else if (r != OK && r != ERR_NOMEM)
		r = world_must(t, RULE_CHANGE_LINES, 0, "%s", why.text);
	else if (r == OK)
		r = world_check(t, RULE_CHANGE_LINES, 1, "%s", "");

out:
	if (r == ERR_SIGNATURE && t->w->audit.report != NULL) {
		for (i = 0; i < t->w->n_spaces; i++)
			t->w->spaces[i]->lost_roll |= !t->w->spaces[i]->closed;
	}
	buf_free(&b);
	return r;
}

/* --- Ledgers ---------------------------------------------------------------
 */

static const char *
purpose_text(unsigned p)
{
	const char *s = purpose_name(p);

	return s != NULL ? s : "unknown";
}

static enum err
ledger_signatures(struct world_step *t, struct slice rows)
{
	const struct entry *e = t->e;
	const struct header *h = t->s->header;
	struct ledger_row row;
	size_t i, n = rows.n / LEDGER_ROW;
	enum err r;

	if (t->w->trust || !world_wanted(t->w, t->s))
		return OK;
	world_rows(t, RULE_LEDGER_SIGNATURE, n);
	if (t->w->audit.ledger != NULL)
		return t->w->audit.ledger(t->w->audit.cookie, t->s, e->issuer,
		    e->purpose, rows, t->index);
	for (i = 0; i < n; i++) {
		ledger_row_at(rows, (uint32_t)i, &row);
		r = ledger_ask_verify(&row, &h->id,
		    &h->issuers[e->issuer].keys[e->purpose].key_id);
		if (r != OK && r != ERR_SIGNATURE)
			return r;
		if ((r = world_check(t, RULE_LEDGER_SIGNATURE, r == OK,
			 "row %zu is not signed by its roll key", i + 1)) != OK)
			return r;
	}
	return OK;
}

/* Which lines asked: sorted numbers to ${lines}, ${n} of them. */
static enum err
ledger_lines(
    struct world_step *t, struct slice rows, uint32_t *lines, size_t *n)
{
	const struct roll *roll = t->w->roll;
	struct ledger_row row;
	size_t i, k, rows_n = rows.n / LEDGER_ROW;
	enum err r;

	for (i = 0, k = 0; i < rows_n; i++) {
		ledger_row_at(rows, (uint32_t)i, &row);
		lines[k] = roll_line(roll, &row.roll_pk);
		if (lines[k] != ROLL_NO_LINE &&
		    roll_entitled(roll, &t->s->header->id, lines[k])) {
			k++;
			continue;
		}
		if (t->s->lost_roll)
			continue;
		if ((r = world_check(t, RULE_LEDGER_LINES, 0,
			 "row %zu is of no line that may take part", i + 1)) !=
		    OK)
			return r;
	}
	if (k > 0)
		qsort(lines, k, sizeof(*lines), line_cmp);
	if (!t->s->lost_roll)
		world_rows(t, RULE_LEDGER_LINES, rows_n);
	for (i = 1; i < k && !t->s->lost_roll; i++) {
		if ((r = world_check(t, RULE_LEDGER_LINES,
			 lines[i - 1] != lines[i],
			 "two rows are of one line")) != OK)
			return r;
	}
	*n = k;
	return OK;
}

static enum err
ledger_place(struct world_step *t)
{
	const struct entry *e = t->e;
	const struct space *s = t->s;
	enum err r;

	if ((r = world_must(t, RULE_LEDGER,
		 e->issuer < s->header->n_issuers &&
		     header_has_purpose(s->header->kind, e->purpose),
		 "%s has no issuer %u for purpose %s", s->header->slug,
		 (unsigned)e->issuer, purpose_text(e->purpose))) != OK ||
	    (r = world_must(t, RULE_LEDGER,
		 !s->ledgers[e->issuer][e->purpose].present,
		 "a second ledger of issuer %u for purpose %s",
		 (unsigned)e->issuer, purpose_text(e->purpose))) != OK)
		return r;
	return world_check(t, RULE_LEDGER_TIME,
	    !s->closed && !(s->header->separated && s->batches > 0),
	    "a ledger of %s stands after its %s", s->header->slug,
	    s->closed ? "close" : "first batch");
}

enum err
world_roll_ledger(struct world_step *t)
{
	const struct entry *e = t->e;
	struct space *s = t->s;
	struct why why = { { 0 } };
	struct buf b = { 0 };
	uint32_t *lines = NULL, rows = 0;
	size_t n = 0;
	enum err r;

	if ((r = ledger_place(t)) != OK)
		goto out;
	r = world_fetch(t, &e->object, &b);
	/* Its count is known even where its rows are not. */
	if (t->w->audit.report != NULL && (r == OK || r == ERR_SIGNATURE)) {
		s->ledgers[e->issuer][e->purpose].present = 1;
		s->ledgers[e->issuer][e->purpose].count = e->count;
	}
	if (r != OK)
		goto out;
	r = ledger_check(buf_slice(&b), &rows, &why);
	if ((r = world_must(t, RULE_LEDGER, r == OK, "%s", why.text)) != OK ||
	    (r = world_check(t, RULE_LEDGER, rows == e->count,
		 "the ledger has %u rows, its entry says %u", (unsigned)rows,
		 (unsigned)e->count)) != OK)
		goto out;
	if ((lines = calloc((size_t)rows + 1, sizeof(*lines))) == NULL ||
	    (s->lines[e->issuer][e->purpose].disputed =
		    calloc((size_t)rows + 1, 1)) == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	if ((r = ledger_signatures(t, buf_slice(&b))) != OK ||
	    (r = ledger_lines(t, buf_slice(&b), lines, &n)) != OK)
		goto out;
	s->lines[e->issuer][e->purpose].line = lines;
	s->lines[e->issuer][e->purpose].n = n;
	lines = NULL; /* handed over */
	s->ledgers[e->issuer][e->purpose].present = 1;
	s->ledgers[e->issuer][e->purpose].count = rows;
	s->ledgers[e->issuer][e->purpose].hash = e->object;

out:
	if (r != OK && e->issuer < RECORD_ISSUERS_MAX &&
	    e->purpose <= PURPOSE_MAX &&
	    s->lines[e->issuer][e->purpose].line == NULL) {
		free(s->lines[e->issuer][e->purpose].disputed);
		s->lines[e->issuer][e->purpose].disputed = NULL;
		s->lost_ledgers |=
		    r == ERR_SIGNATURE && t->w->audit.report != NULL;
	}
	free(lines);
	buf_free(&b);
	return r;
}

enum err
world_roll_missing(struct world_step *t, struct space *s)
{
	size_t i;
	unsigned p;
	enum err r;

	for (i = 0; i < s->header->n_issuers; i++) {
		for (p = 1; p <= PURPOSE_MAX; p++) {
			if (!header_has_purpose(s->header->kind, p) ||
			    s->lost_ledgers)
				continue;
			r = world_check(t, RULE_LEDGER_TIME,
			    s->ledgers[i][p].present,
			    "%s: the ledger of issuer %zu for purpose %s is "
			    "not there yet",
			    s->header->slug, i, purpose_text(p));
			if (r != OK)
				return r;
			s->lost_ledgers |= !s->ledgers[i][p].present;
		}
	}
	return OK;
}

/* --- Destroyed keys ----------------------------------------------------------
 */

enum err
world_roll_destroyed(struct world_step *t)
{
	const struct entry *e = t->e;
	struct space *s = t->s;
	const struct issuer_key *k;
	enum err r;

	if ((r = world_must(t, RULE_KEY_DESTROYED,
		 e->issuer < s->header->n_issuers &&
		     header_has_purpose(s->header->kind, e->purpose),
		 "%s has no issuer %u for purpose %s", s->header->slug,
		 (unsigned)e->issuer, purpose_text(e->purpose))) != OK)
		return r;
	k = &s->header->issuers[e->issuer].keys[e->purpose];
	if ((r = world_check(t, RULE_KEY_DESTROYED,
		 hash_equal(&k->key_id, &e->target),
		 "the key is not the one in the header of %s",
		 s->header->slug)) != OK ||
	    (r = world_check(t, RULE_KEY_DESTROYED,
		 s->cancelled || s->lost_ledgers ||
		     s->ledgers[e->issuer][e->purpose].present,
		 "a key of %s is destroyed before its ledger",
		 s->header->slug)) != OK ||
	    (r = world_must(t, RULE_KEY_DESTROYED,
		 !s->ledgers[e->issuer][e->purpose].destroyed,
		 "a key of %s is destroyed twice", s->header->slug)) != OK)
		return r;
	s->ledgers[e->issuer][e->purpose].destroyed = 1;
	return OK;
}

/* --- Disputes ----------------------------------------------------------------
 */

enum err
world_roll_dispute(struct world_step *t)
{
	const struct entry *e = t->e;
	struct space *s = t->s;
	uint8_t who[2] = { e->issuer, e->purpose };
	struct slice parts[2] = { hash_slice(&s->header->id),
		slice_of(who, 2) };
	uint32_t line = roll_line(t->w->roll, &e->roll_pk), *at = NULL;
	size_t no;
	enum err r;

	if ((r = world_must(t, RULE_DISPUTE,
		 e->issuer < s->header->n_issuers &&
		     header_has_purpose(s->header->kind, e->purpose),
		 "%s has no issuer %u for purpose %s", s->header->slug,
		 (unsigned)e->issuer, purpose_text(e->purpose))) != OK)
		return r;
	r = sign_verify_dst(&e->roll_pk, "dispute", parts, 2, &e->roll_sig);
	if (r != OK && r != ERR_SIGNATURE)
		return r;
	if ((r = world_check(t, RULE_DISPUTE, r == OK,
		 "the dispute is not signed by its roll key")) != OK)
		return r;
	s->disputes++;
	if (s->lost_ledgers || s->lost_roll)
		return OK;
	if (s->lines[e->issuer][e->purpose].n > 0)
		at = bsearch(&line, s->lines[e->issuer][e->purpose].line,
		    s->lines[e->issuer][e->purpose].n, sizeof(line), line_cmp);
	r = world_check(t, RULE_DISPUTE, at != NULL,
	    "the dispute is of no line in the ledger");
	if (r == OK && at != NULL) {
		no = (size_t)(at - s->lines[e->issuer][e->purpose].line);
		r = world_check(t, RULE_DISPUTE,
		    !s->lines[e->issuer][e->purpose].disputed[no],
		    "the line has disputed before");
		if (r == OK)
			s->lines[e->issuer][e->purpose].disputed[no] = 1;
	}
	if (r != OK)
		s->disputes--;
	return r;
}
