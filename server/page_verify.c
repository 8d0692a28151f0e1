#include <string.h>

#include "format.h"
#include "hex.h"
#include "html.h"
#include "page_table.h"
#include "static.h"

#include "page_verify.h"

/* --- The log --------------------------------------------------------------*/

static void
state(struct buf *b, const struct page *p, const struct page_log *log)
{
	char hex[2 * HASH_BYTES + 1], a[FORMAT_CHARS];

	format_count(p->lang, log->size, a);
	hex_encode(hash_slice(&log->root), hex);
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_VERIFY_HEAD);
	buf_str(b, "<dl>\n");
	page_element(b, p, "dt", TEXT_VERIFY_SIZE);
	buf_printf(b, "<dd>%s</dd>\n", a);
	page_element(b, p, "dt", TEXT_VERIFY_ROOT);
	buf_printf(b, "<dd><code>%s</code></dd>\n</dl>\n", hex);
	page_element(b, p, "p", TEXT_VERIFY_HEAD_WHY);
	buf_str(b, "<pre><code>");
	html_text(b, log->checkpoint);
	buf_str(b, "</code></pre>\n");
	page_element(b, p, "h3", TEXT_VERIFY_KEY);
	page_element(b, p, "p", TEXT_VERIFY_KEY_WHY);
	buf_str(b, "<pre><code>");
	html_text(b, log->vkey);
	buf_str(b, "</code></pre>\n</section>\n");
}

static void
witness(struct buf *b, const struct page *p, const struct page_witness *w)
{
	char date[FORMAT_CHARS];

	page_table_row(b, NULL);
	page_table_name(b);
	page_bdi(b, w->name);
	page_table_name_end(b);
	page_table_cell(b, p, TEXT_VERIFY_WITNESS_STATE, 0);
	if (w->time > 0) {
		format_date(p->lang, w->time, date);
		page_fill(b, p, TEXT_VERIFY_WITNESS_SIGNED,
		    (const char *[4]){ date, "", "", "" });
	} else {
		page_text(b, p, TEXT_VERIFY_WITNESS_MISSING);
	}
	page_table_cell_end(b);
	page_table_row_end(b);
}

static void
witnesses(struct buf *b, const struct page *p, const struct page_log *log)
{
	size_t i;

	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_VERIFY_WITNESSES);
	page_element(b, p, "p", TEXT_VERIFY_WITNESSES_WHY);
	if (log->n_witnesses == 0) {
		page_element(b, p, "p", TEXT_VERIFY_WITNESSES_NONE);
	} else {
		page_table_open(b, p, TEXT_VERIFY_WITNESSES_CAPTION);
		page_table_head(b, p, TEXT_VERIFY_WITNESS, 0);
		page_table_head(b, p, TEXT_VERIFY_WITNESS_STATE, 0);
		page_table_body(b);
		for (i = 0; i < log->n_witnesses; i++)
			witness(b, p, &log->witnesses[i]);
		page_table_close(b);
		page_element(b, p, "p",
		    log->has_quorum ? TEXT_VERIFY_QUORUM
				    : TEXT_VERIFY_QUORUM_SHORT);
	}
	buf_str(b, "</section>\n");
}

/* --- Numbers --------------------------------------------------------------*/

static void
count_open(struct buf *b)
{
	page_table_row(b, NULL);
	page_table_name(b);
}

static void
count_close(struct buf *b, const struct page *p, uint64_t n)
{
	char a[FORMAT_CHARS];

	format_count(p->lang, n, a);
	page_table_name_end(b);
	page_table_text(b, p, TEXT_VERIFY_NUMBERS_COUNT, 1, a);
	page_table_row_end(b);
}

static void
count(struct buf *b, const struct page *p, enum text key, uint64_t n)
{
	count_open(b);
	page_text(b, p, key);
	count_close(b, p, n);
}

static uint32_t
entitled(const struct roll_counts *c)
{
	uint32_t all = c->roll + c->added, out = c->removed + c->struck;

	return all > out ? all - out : 0;
}

static void
issued(struct buf *b, const struct page *p, const struct page_numbers *s,
    size_t issuer)
{
	static const enum text names[PAGE_METHODS] = {
		[ROLL_LETTER] = TEXT_VERIFY_METHOD_LETTER,
		[ROLL_DESK] = TEXT_VERIFY_METHOD_DESK,
		[ROLL_OIDC] = TEXT_VERIFY_METHOD_OIDC,
		[ROLL_PAPER] = TEXT_VERIFY_METHOD_PAPER,
	};
	const struct space *sp = s->now.space;
	const char *name = sp->header->issuers[issuer].name;
	int present = sp->ledgers[issuer][PURPOSE_VOTE].present;
	size_t m;

	count_open(b);
	page_fill_bdi(
	    b, p, TEXT_VERIFY_ISSUED, (const char *[4]){ name, "", "", "" });
	if (!present) {
		page_table_name_end(b);
		page_table_text(b, p, TEXT_VERIFY_NUMBERS_COUNT, 1,
		    text_of(TEXT_VERIFY_ISSUED_LATER, p->lang));
		page_table_row_end(b);
		return;
	}
	count_close(b, p, sp->ledgers[issuer][PURPOSE_VOTE].count);
	for (m = ROLL_LETTER; m < PAGE_METHODS; m++) {
		if (s->methods[issuer][m] == 0)
			continue;
		count_open(b);
		page_fill(b, p, TEXT_VERIFY_ISSUED_BY,
		    (const char *[4]){
			text_of(names[m], p->lang), "", "", "" });
		count_close(b, p, s->methods[issuer][m]);
	}
}

/* What must hold of the numbers that there are. */
static enum text
verdict(const struct page_numbers *s)
{
	const struct space *sp = s->now.space;
	uint32_t can = entitled(&s->roll), n;
	int all = 1;
	size_t i;

	if (sp->paper[1] > s->roll.struck)
		return TEXT_VERIFY_DISAGREE;
	for (i = 0; i < sp->header->n_issuers; i++) {
		n = sp->ledgers[i][PURPOSE_VOTE].count;
		if (!sp->ledgers[i][PURPOSE_VOTE].present)
			all = 0;
		else if (n > can || s->now.cast > n)
			return TEXT_VERIFY_DISAGREE;
	}
	return all && sp->closed ? TEXT_VERIFY_AGREE : TEXT_VERIFY_AGREE_SO_FAR;
}

static void
numbers(struct buf *b, const struct page *p, const struct page_numbers *s)
{
	const struct space *sp = s->now.space;
	size_t i;

	buf_str(b, "<h3>");
	page_bdi(b, page_title_of(p, sp->header->titles));
	buf_str(b, "</h3>\n");
	page_phase(b, p, &s->now);
	page_table_open(b, p, TEXT_VERIFY_NUMBERS_CAPTION);
	page_table_head(b, p, TEXT_VERIFY_NUMBERS_WHAT, 0);
	page_table_head(b, p, TEXT_VERIFY_NUMBERS_COUNT, 1);
	page_table_body(b);
	count(b, p, TEXT_VERIFY_ROLL, s->roll.roll);
	count(b, p, TEXT_VERIFY_ADDED, s->roll.added);
	count(b, p, TEXT_VERIFY_REMOVED, s->roll.removed);
	count(b, p, TEXT_VERIFY_STRUCK, s->roll.struck);
	count(b, p, TEXT_VERIFY_ENTITLED, entitled(&s->roll));
	count(b, p, TEXT_VERIFY_REPLACED, s->roll.replaced);
	for (i = 0; i < sp->header->n_issuers; i++)
		issued(b, p, s, i);
	count(b, p, TEXT_VERIFY_CAST, sp->records);
	count(b, p, TEXT_VERIFY_CREDENTIALS, s->now.cast);
	count(b, p, TEXT_VERIFY_PAPER, sp->paper[1]);
	count(b, p, TEXT_VERIFY_DISPUTES, sp->disputes);
	page_table_close(b);
	buf_str(b, "<p><strong>");
	page_text(b, p, verdict(s));
	buf_str(b, "</strong></p>\n");
}

static void
reconciliation(struct buf *b, const struct page *p, const struct page_log *log)
{
	size_t i, n = 0;

	for (i = log->n_spaces; i-- > 0;) {
		if (log->spaces[i].now.space->header->kind != SPACE_BALLOT)
			continue;
		if (n++ == 0) {
			buf_str(b, "<section>\n");
			page_element(b, p, "h2", TEXT_VERIFY_NUMBERS);
			page_element(b, p, "p", TEXT_VERIFY_NUMBERS_WHY);
		}
		numbers(b, p, &log->spaces[i]);
	}
	if (n > 0)
		buf_str(b, "</section>\n");
}

/* --- The web client -------------------------------------------------------*/

static void
bundle_newest(struct buf *b, const struct page *p, const struct page_log *log)
{
	char hex[2 * HASH_BYTES + 1];
	struct hash h;

	hash_bytes(static_manifest, &h);
	hex_encode(hash_slice(&h), hex);
	buf_str(b, "<p>");
	if (hash_equal(&h, &log->bundles[log->n_bundles - 1].manifest))
		page_text(b, p, TEXT_VERIFY_BUNDLE_SAME);
	else
		page_fill(b, p, TEXT_VERIFY_BUNDLE_OTHER,
		    (const char *[4]){ hex, "", "", "" });
	buf_str(b, "</p>\n");
}

/* Every version, the newest first. */
static void
bundles(struct buf *b, const struct page *p, const struct page_log *log)
{
	char number[FORMAT_CHARS], hex[2 * HASH_BYTES + 1];
	size_t i;

	if (log->n_bundles == 0)
		return;
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_VERIFY_BUNDLES);
	page_element(b, p, "p", TEXT_VERIFY_BUNDLES_WHY);
	bundle_newest(b, p, log);
	buf_str(b, "<ul>\n");
	for (i = log->n_bundles; i-- > 0;) {
		format_count(p->lang, log->bundles[i].index, number);
		hex_encode(hash_slice(&log->bundles[i].manifest), hex);
		buf_printf(b,
		    "<li><a href=\"/api/v1/objects/%s\"><code>%s</code></a> ",
		    hex, hex);
		page_fill(b, p, TEXT_VERIFY_BUNDLE,
		    (const char *[4]){ number, "", "", "" });
		buf_str(b, "</li>\n");
	}
	buf_str(b, "</ul>\n</section>\n");
}

/* --- The page -------------------------------------------------------------*/

static void
browser(struct buf *b, const struct page *p)
{
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_VERIFY_BROWSER);
	page_element(b, p, "p", TEXT_VERIFY_BROWSER_WHY);
	page_app_open(b, p, "verify", NULL);
	buf_str(b, "<noscript>\n");
	page_element(b, p, "p", TEXT_VERIFY_NOSCRIPT);
	buf_str(b, "</noscript>\n</div>\n</section>\n");
}

static void
command(struct buf *b, const struct page *p)
{
	buf_str(b, "<section>\n");
	page_element(b, p, "h2", TEXT_VERIFY_HOW);
	buf_str(b, "<p>");
	page_fill(b, p, TEXT_VERIFY_COMMAND,
	    (const char *[4]){ "partecipa-audit", "", "", "" });
	buf_str(b, "</p>\n<pre><code>partecipa-audit verify ");
	page_server(b, p);
	buf_str(b, "</code></pre>\n");
	page_element(b, p, "p", TEXT_VERIFY_WHAT);
	buf_str(b, "</section>\n");
}

void
page_verify(struct buf *b, const struct page *p, const struct page_log *log)
{
	struct page page = *p;

	page.script = "verify";
	page_begin(b, &page, text_of(TEXT_VERIFY_TITLE, page.lang));
	buf_str(b, "<p class=\"lead\">");
	page_text(b, &page, TEXT_VERIFY_LEAD);
	buf_str(b, "</p>\n");
	browser(b, &page);
	command(b, &page);
	reconciliation(b, &page, log);
	witnesses(b, &page, log);
	state(b, &page, log);
	bundles(b, &page, log);
	page_end(b, &page);
}
