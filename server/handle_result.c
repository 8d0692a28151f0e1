/* Results: to be read, step by step, and to be counted again. */
#include <string.h>

#include "text.h"

#include "handle_pages.h"
#include "page_result.h"
#include "service_ballots.h"

static const char html[] = "text/html; charset=utf-8";

/* A result does not change: its page is made once for each kind of reader. */
static void
result_page(struct service *s, const struct space *space,
    const struct page *page, struct buf *out)
{
	unsigned variant =
	    (unsigned)page->lang * 2 + (page->lang_asked ? 1 : 0);
	struct page_space v;
	json_t *result = NULL;

	if (space->has_result &&
	    service_page_kept(s, space, variant, out) == OK)
		return;
	v = handle_pages_look(s, space);
	if (service_result(s, space, &result) != OK)
		result = NULL;
	page_result(out, page, &v, result);
	if (result != NULL && buf_end(out) == OK)
		service_page_keep(s, space, variant, buf_slice(out));
	json_decref(result);
}

enum problem
handle_result_page(struct service *s, const struct req *q, struct resp *p)
{
	struct world *w = service_read(s);
	const struct space *space = world_space_by_slug(w, q->params.v[0]);
	struct page page = handle_pages_frame(s, w, q);

	if (space != NULL)
		result_page(s, space, &page, &p->body);
	service_done(s);
	p->content_type = html;
	return space != NULL ? PROBLEM_NONE : PROBLEM_NOT_FOUND;
}

enum problem
handle_result_round(struct service *s, const struct req *q, struct resp *p)
{
	struct world *w = service_read(s);
	const struct space *space = world_space_by_slug(w, q->params.v[0]);
	struct page page = handle_pages_frame(s, w, q);
	enum problem no = PROBLEM_NOT_FOUND;
	struct page_space v;
	json_t *result = NULL;
	uint64_t n;

	if (space != NULL && text_u64(slice_str(q->params.v[1]), &n) == OK &&
	    service_result(s, space, &result) == OK) {
		v = handle_pages_look(s, space);
		if (page_rounds(&p->body, &page, &v, result, n))
			no = PROBLEM_NONE;
	}
	service_done(s);
	json_decref(result);
	p->content_type = html;
	return no;
}

enum problem
handle_result_ballots(struct service *s, const struct req *q, struct resp *p)
{
	struct slice text = { NULL, 0 };
	enum problem no;

	no = service_ballots(s, q->params.v[0], &text, &p->why);
	if (no == PROBLEM_NONE)
		buf_put(&p->body, text.p, text.n);
	return no;
}

enum problem
handle_result_table(struct service *s, const struct req *q, struct resp *p)
{
	const struct space *space;
	enum problem no = PROBLEM_NOT_FOUND;
	json_t *result = NULL;

	space = world_space_by_slug(service_read(s), q->params.v[0]);
	if (space != NULL && !space->has_result)
		no = PROBLEM_NOT_COUNTED;
	else if (space != NULL && space->form != NULL)
		no = handle_problem(service_result(s, space, &result));
	if (no == PROBLEM_NONE)
		page_result_csv(&p->body, space->form, result);
	service_done(s);
	json_decref(result);
	p->content_type = "text/csv; charset=utf-8";
	return no;
}
