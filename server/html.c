#include <string.h>

#include "html.h"

static const char replacement[] = "\xef\xbf\xbd";

/*
 * The length of the UTF-8 sequence (RFC 3629) at ${s}, 0 if it is none.  The
 * final NUL ends every incomplete one.
 */
static size_t
sequence(const unsigned char *s)
{
	size_t n, i;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	for (i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

/*
 * C1 controls, and the characters that turn the direction of writing around:
 * a title with them can change how the text beside it reads.
 */
static int
is_unwanted(const unsigned char *s, size_t n)
{
	if (n == 1)
		return (s[0] < 0x20 && s[0] != '\n' && s[0] != '\t') ||
		       s[0] == 0x7f;
	if (n == 2)
		return s[0] == 0xc2 && s[1] < 0xa0;
	return n == 3 && s[0] == 0xe2 &&
	       ((s[1] == 0x80 && s[2] >= 0xaa && s[2] <= 0xae) ||
		   (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9));
}

static const char *
entity(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&#34;";
	case '\'':
		return "&#39;";
	case '`':
		return "&#96;";
	default:
		return NULL;
	}
}

void
html_text(struct buf *b, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	const char *e;
	size_t n;

	for (; *p != '\0'; p += n) {
		if ((n = sequence(p)) == 0) {
			n = 1;
			buf_str(b, replacement);
		} else if (is_unwanted(p, n)) {
			buf_str(b, replacement);
		} else if (n == 1 && (e = entity(*p)) != NULL) {
			buf_str(b, e);
		} else {
			buf_put(b, p, n);
		}
	}
}

void
html_attr(struct buf *b, const char *s)
{
	html_text(b, s);
}

void
html_url(struct buf *b, const char *s)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *s != '\0'; s++) {
		if (strchr(plain, *s) != NULL)
			buf_put(b, s, 1);
		else
			buf_printf(b, "%%%02X", (unsigned)(unsigned char)*s);
	}
}

void
html_paragraphs(struct buf *b, const char *s)
{
	char line[512];
	size_t n, k;
	int open = 0;

	while (*s != '\0') {
		n = strcspn(s, "\n");
		if (strspn(s, " \t\r") >= n) {
			buf_str(b, open ? "</p>\n" : "");
			open = 0;
		} else {
			buf_str(b, open ? "<br>\n" : "<p>");
			open = 1;
		}
		/* In pieces; never cut inside a character. */
		while (open && n > 0) {
			k = n < sizeof(line) ? n : sizeof(line) - 1;
			while (k < n && k > 1 &&
			       ((unsigned char)s[k] & 0xc0) == 0x80)
				k--;
			memcpy(line, s, k);
			line[k] = '\0';
			html_text(b, line);
			s += k;
			n -= k;
		}
		s += n + (s[n] == '\n');
	}
	buf_str(b, open ? "</p>\n" : "");
}
