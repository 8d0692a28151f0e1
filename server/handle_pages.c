#include <stdlib.h>
#include <string.h>

#include "handle_pages.h"
#include "page_assets.h"
#include "static.h"

static const char html[] = "text/html; charset=utf-8";

/* Where the log names the files that this server hands out; 0: nowhere. */
static uint64_t
bundle_index(struct service *s)
{
	const struct service_bundle *list;
	struct hash h;
	size_t n = 0;

	list = service_bundles(s, &n);
	hash_bytes(static_manifest, &h);
	while (n > 0 && !hash_equal(&list[n - 1].manifest, &h))
		n--;
	return n > 0 ? list[n - 1].index : 0;
}

struct page
handle_pages_frame(
    struct service *s, const struct world *w, const struct req *q)
{
	struct page p;

	memset(&p, 0, sizeof(p));
	p.lang = q->lang;
	p.lang_asked = q->lang_asked;
	p.path = q->path;
	p.town = json_string_value(json_object_get(world_genesis(w), "name"));
	p.host = q->host[0] != '\0' ? q->host : service_host(s);
	p.rehearsal = world_is_rehearsal(w);
	p.site = q->site;
	p.bundle = bundle_index(s);
	return p;
}

struct page_space
handle_pages_look(struct service *s, const struct space *space)
{
	struct page_space v = { space, SPACE_ANNOUNCED, 0, 0 };

	v.phase = world_phase(space, service_now(s));
	service_turnout(s, space, &v.issued, &v.cast);
	return v;
}

enum problem
handle_pages_home(struct service *s, const struct req *q, struct resp *p)
{
	struct world *w = service_read(s);
	struct page page = handle_pages_frame(s, w, q);
	size_t n = world_spaces(w), i;
	struct page_space *list = calloc(n + 1, sizeof(*list));

	for (i = 0; list != NULL && i < n; i++)
		list[i] = handle_pages_look(s, world_space(w, i));
	if (list != NULL)
		page_home(&p->body, &page, list, n);
	page_assets_policy(p, w, service_now(s));
	service_done(s);
	p->content_type = html;
	if (list == NULL)
		return PROBLEM_UNAVAILABLE;
	free(list);
	return PROBLEM_NONE;
}

enum problem
handle_pages_space(struct service *s, const struct req *q, struct resp *p)
{
	struct world *w = service_read(s);
	const struct space *space = world_space_by_slug(w, q->params.v[0]);
	struct page page = handle_pages_frame(s, w, q);
	struct page_space v;

	if (space != NULL) {
		v = handle_pages_look(s, space);
		page_space(&p->body, &page, &v);
	}
	service_done(s);
	p->content_type = html;
	return space != NULL ? PROBLEM_NONE : PROBLEM_NOT_FOUND;
}

enum problem
handle_pages_privacy(struct service *s, const struct req *q, struct resp *p)
{
	struct page page = handle_pages_frame(s, service_read(s), q);

	page_privacy(&p->body, &page);
	service_done(s);
	p->content_type = html;
	return PROBLEM_NONE;
}
