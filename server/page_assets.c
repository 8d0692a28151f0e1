#include <stdio.h>
#include <string.h>

#include "static.h"
#include "world.h"

#include "page_assets.h"

/* The weights that are seen before anybody scrolls. */
static const char *const fonts[] = { "titillium-400.woff2",
	"titillium-600.woff2" };

void
page_assets_url(struct buf *b, const char *logical)
{
	const struct static_file *f = static_logical(logical);

	if (f != NULL)
		buf_str(b, f->path);
}

void
page_assets_head(struct buf *b)
{
	const struct static_file *f;
	size_t i;

	if ((f = static_logical("style.css")) != NULL)
		buf_printf(b,
		    "<link rel=\"stylesheet\" href=\"%s\" integrity=\"%s\">\n",
		    f->path, f->integrity);
	for (i = 0; i < sizeof(fonts) / sizeof(fonts[0]); i++)
		if ((f = static_logical(fonts[i])) != NULL)
			buf_printf(b,
			    "<link rel=\"preload\" href=\"%s\" as=\"font\" "
			    "type=\"font/woff2\" crossorigin>\n",
			    f->path);
	if ((f = static_logical("favicon.svg")) != NULL)
		buf_printf(b,
		    "<link rel=\"icon\" type=\"image/svg+xml\" "
		    "href=\"%s\">\n",
		    f->path);
}

static void
script(struct buf *b, const char *logical)
{
	const struct static_file *f = static_logical(logical);

	if (f != NULL)
		buf_printf(b,
		    "<script src=\"%s\" integrity=\"%s\" defer></script>\n",
		    f->path, f->integrity);
}

void
page_assets_script(struct buf *b, const char *name, enum lang l)
{
	char logical[64];

	/* The words first: scripts run in this order. */
	(void)snprintf(
	    logical, sizeof(logical), "%s.%s.js", name, lang_name(l));
	script(b, logical);
	(void)snprintf(logical, sizeof(logical), "%s.js", name);
	script(b, logical);
}

void
page_assets_data(struct buf *b)
{
	const struct static_file *f;

	if ((f = static_logical("qr.js")) != NULL)
		buf_printf(b, " data-qr=\"%s\" data-qr-sri=\"%s\"", f->path,
		    f->integrity);
	if ((f = static_logical("audit.js")) != NULL)
		buf_printf(b, " data-audit=\"%s\"", f->path);
}

/* Its scheme and authority; 0: not a URL that may stand in a header. */
static size_t
origin_length(const char *url)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:";
	const char *at = strstr(url, "://");
	size_t n;

	if (at == NULL || (strncmp(url, "https://", 8) != 0 &&
			      strncmp(url, "http://", 7) != 0))
		return 0;
	n = strspn(at + 3, plain);
	if (n == 0 || (at[3 + n] != '\0' && at[3 + n] != '/'))
		return 0;
	return (size_t)(at - url) + 3 + n;
}

void
page_assets_connect(struct resp *p, const char *url)
{
	struct buf *b = &p->connect;
	size_t n = url != NULL ? origin_length(url) : 0, i;

	if (n == 0)
		return;
	for (i = 0; i + n < b->n; i++)
		if (b->p[i] == ' ' && memcmp(b->p + i + 1, url, n) == 0 &&
		    (i + 1 + n == b->n || b->p[i + 1 + n] == ' '))
			return;
	buf_str(b, " ");
	buf_put(b, url, n);
}

void
page_assets_policy(struct resp *p, struct world *w, uint64_t now)
{
	const struct space *s;
	size_t i, j;

	for (i = 0; i < world_spaces(w); i++) {
		s = world_space(w, i);
		if (world_phase(s, now) >= SPACE_CLOSED)
			continue;
		for (j = 0; j < s->header->n_issuers; j++)
			page_assets_connect(p, s->header->issuers[j].url);
		page_assets_connect(p, s->header->cast_url);
	}
}

void
page_assets_camera(struct resp *p)
{
	p->camera = 1;
}
