/*
 * Whatever text goes into a page, it stays text: no tag, no quote, no
 * ampersand that is not an entity of ours, no control character.
 */
#include <string.h>

#include "html.h"
#include "text.h"

#include "fuzz.h"

static void
entities(const char *s)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&#34;",
		"&#39;", "&#96;" };
	size_t i, n = sizeof(known) / sizeof(known[0]);

	while ((s = strchr(s, '&')) != NULL) {
		for (i = 0; i < n; i++)
			if (strncmp(s, known[i], strlen(known[i])) == 0)
				break;
		MUST(i < n);
		s++;
	}
}

/* Nothing in ${b} but text, and the tags that html_paragraphs writes. */
static void
check(struct buf *b, const char *allowed)
{
	const char *s = buf_text(b), *p;

	MUST(s != NULL && strlen(s) == b->n);
	for (p = s; (p = strchr(p, '<')) != NULL; p++)
		MUST(allowed != NULL &&
		     (strncmp(p, "<p>", 3) == 0 || strncmp(p, "</p>", 4) == 0 ||
			 strncmp(p, "<br>", 4) == 0));
	if (allowed == NULL)
		MUST(strchr(s, '>') == NULL);
	entities(s);
	MUST(memchr(s, '\t', b->n) != NULL || text_utf8(buf_slice(b)) == OK);
	for (p = s; *p != 0; p++)
		MUST((unsigned char)*p >= 0x20 || *p == '\n' || *p == '\t' ||
		     *p == '\r');
	buf_free(b);
}

/* How often U+FFFD stands there. */
static size_t
replaced(struct buf *b)
{
	const char *p = buf_text(b);
	size_t n = 0;

	while ((p = strstr(p, "\xef\xbf\xbd")) != NULL) {
		p += 3;
		n++;
	}
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = { 0 };
	size_t signs;
	const char *p;
	char *text;

	MUST((text = malloc(size + 1)) != NULL);
	memcpy(text, data, size);
	text[size] = 0;
	buf_str(&b, "-");
	html_text(&b, text);
	signs = replaced(&b);
	check(&b, NULL);
	buf_str(&b, "-");
	html_attr(&b, text);
	MUST(strchr(buf_text(&b), '"') == NULL);
	check(&b, NULL);
	buf_str(&b, "-");
	html_url(&b, text);
	for (p = buf_text(&b); *p != 0; p++)
		MUST(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx"
			    "yz0123456789-._~%",
			 *p) != NULL);
	buf_free(&b);
	buf_str(&b, "-");
	html_paragraphs(&b, text);
	/* Long lines are not cut within a character. */
	MUST(replaced(&b) <= signs);
	check(&b, "p");
	free(text);
	return 0;
}
