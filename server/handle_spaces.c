#include <string.h>

#include "derive.h"
#include "hex.h"
#include "text.h"

#include "handle.h"
#include "kept.h"

enum part {
	PART_HEADER,
	PART_FORM,
	PART_ROLL,
	PART_RESULT,
};

enum problem
handle_spaces_list(struct service *s, const struct req *q, struct resp *p)
{
	(void)q;
	p->content_type = "application/json";
	return handle_problem(service_spaces(s, &p->body));
}

/* The hash of a space's document; zero: there is none (yet). */
static struct hash
part_hash(const struct space *space, enum part part)
{
	struct hash none;

	memset(&none, 0, sizeof(none));
	if (part == PART_HEADER)
		return space->header->id;
	if (part == PART_ROLL)
		return space->header->roll_root;
	if (part == PART_FORM)
		return space->form != NULL ? space->form->id : none;
	return space->has_result ? space->result : none;
}

static enum problem
object_send(struct service *s, const struct req *q, const struct hash *h,
    struct resp *p)
{
	enum err r;

	if (hash_is_zero(h))
		return PROBLEM_NOT_FOUND;
	p->hash = *h;
	if (kept_find(q->kept, h, &p->lent) == OK)
		return PROBLEM_NONE;
	if ((r = store_object_get(service_store(s), h, &p->body)) == OK)
		kept_add(q->kept, h, buf_slice(&p->body));
	return handle_problem(r);
}

static enum problem
part_send(
    struct service *s, const struct req *q, struct resp *p, enum part part)
{
	const struct space *space;
	struct hash h;

	memset(&h, 0, sizeof(h));
	space = world_space_by_slug(service_read(s), q->params.v[0]);
	if (space != NULL)
		h = part_hash(space, part);
	service_done(s);
	p->content_type =
	    part == PART_ROLL ? "application/octet-stream" : "application/json";
	return object_send(s, q, &h, p);
}

enum problem
handle_spaces_header(struct service *s, const struct req *q, struct resp *p)
{
	return part_send(s, q, p, PART_HEADER);
}

enum problem
handle_spaces_form(struct service *s, const struct req *q, struct resp *p)
{
	return part_send(s, q, p, PART_FORM);
}

enum problem
handle_spaces_roll(struct service *s, const struct req *q, struct resp *p)
{
	return part_send(s, q, p, PART_ROLL);
}

enum problem
handle_spaces_result(struct service *s, const struct req *q, struct resp *p)
{
	return part_send(s, q, p, PART_RESULT);
}

enum problem
handle_spaces_ledger(struct service *s, const struct req *q, struct resp *p)
{
	const struct space *space;
	enum purpose purpose;
	uint64_t issuer;
	struct hash h;

	memset(&h, 0, sizeof(h));
	if (text_u64(slice_str(q->params.v[1]), &issuer) != OK ||
	    purpose_parse(slice_str(q->params.v[2]), &purpose) != OK)
		return PROBLEM_NOT_FOUND;
	space = world_space_by_slug(service_read(s), q->params.v[0]);
	if (space != NULL && issuer < space->header->n_issuers &&
	    space->ledgers[issuer][purpose].present)
		h = space->ledgers[issuer][purpose].hash;
	service_done(s);
	p->content_type = "application/octet-stream";
	return object_send(s, q, &h, p);
}

enum problem
handle_spaces_object(struct service *s, const struct req *q, struct resp *p)
{
	struct hash h;

	if (hex_decode(slice_str(q->params.v[0]), h.b, sizeof(h.b)) != OK)
		return PROBLEM_NOT_FOUND;
	p->content_type = "application/octet-stream";
	return object_send(s, q, &h, p);
}
