#include "handle_pages.h"
#include "page_assets.h"

/* Pages about the service, and those that the web client fills. */

static const char html[] = "text/html; charset=utf-8";

enum problem
handle_app_how(struct service *s, const struct req *q, struct resp *p)
{
	struct page page = handle_pages_frame(s, service_read(s), q);

	page_how(&p->body, &page);
	service_done(s);
	p->content_type = html;
	return PROBLEM_NONE;
}

enum problem
handle_app_legal(struct service *s, const struct req *q, struct resp *p)
{
	struct page page = handle_pages_frame(s, service_read(s), q);

	page_legal(&p->body, &page);
	service_done(s);
	p->content_type = html;
	return PROBLEM_NONE;
}

/* ${slug}: NULL where the page is of no one space. */
static enum problem
answer(struct service *s, const struct req *q, struct resp *p,
    enum page_app app, const char *slug)
{
	struct world *w = service_read(s);
	const struct space *space =
	    slug != NULL ? world_space_by_slug(w, slug) : NULL;
	struct page page = handle_pages_frame(s, w, q);
	struct page_space v;
	int found = slug == NULL || space != NULL;

	if (space != NULL)
		v = handle_pages_look(s, space);
	if (found) {
		page_app(&p->body, &page, app, space != NULL ? &v : NULL);
		page_assets_policy(p, w, service_now(s));
	}
	if (app == PAGE_APP_COLLECT || app == PAGE_APP_KIOSK)
		page_assets_camera(p);
	service_done(s);
	p->content_type = html;
	return found ? PROBLEM_NONE : PROBLEM_NOT_FOUND;
}

enum problem
handle_app_collect(struct service *s, const struct req *q, struct resp *p)
{
	return answer(s, q, p, PAGE_APP_COLLECT, NULL);
}

enum problem
handle_app_papers(struct service *s, const struct req *q, struct resp *p)
{
	return answer(s, q, p, PAGE_APP_PAPERS, NULL);
}

enum problem
handle_app_booth(struct service *s, const struct req *q, struct resp *p)
{
	return answer(s, q, p, PAGE_APP_BOOTH, q->params.v[0]);
}

enum problem
handle_app_check(struct service *s, const struct req *q, struct resp *p)
{
	return answer(s, q, p, PAGE_APP_CHECK, NULL);
}

enum problem
handle_app_check_space(struct service *s, const struct req *q, struct resp *p)
{
	return answer(s, q, p, PAGE_APP_CHECK, q->params.v[0]);
}

enum problem
handle_app_kiosk(struct service *s, const struct req *q, struct resp *p)
{
	return answer(s, q, p, PAGE_APP_KIOSK, NULL);
}
