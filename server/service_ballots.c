/*
 * The ballots of a counted space as a file.  It says what the log says, sorted:
 * whoever asks learns nothing more.
 */
#include <string.h>

#include "form_pb.h"
#include "log.h"
#include "pb_write.h"

#include "service_ballots.h"
#include "service_counted.h"

enum err
service_result(struct service *s, const struct space *space, json_t **out)
{
	struct buf b = { 0 };
	enum err r = ERR_NOT_FOUND;

	if (space->has_result &&
	    (r = store_object_get(s->store, &space->result, &b)) == OK)
		r = json_read_document(buf_slice(&b), out, NULL);
	buf_free(&b);
	return r;
}

struct making {
	struct pb *pb;
	const struct form *form;
};

static enum err
take(void *cookie, const struct service_ballot *b)
{
	const struct making *m = cookie;

	return form_pb_list(m->pb, m->form, b->body);
}

/* Null ones, which have no choices, are none. */
static enum err
take_opened(void *cookie, const struct unseal_ballot *b, struct slice choices)
{
	const struct making *m = cookie;

	(void)b;
	return form_pb_list(m->pb, m->form, choices);
}

static enum err
take_paper(struct service *s, const struct space *sp, const struct making *m)
{
	struct buf list = { 0 };
	enum err r;

	if (hash_is_zero(&sp->paper_hash[1]))
		return OK;
	if ((r = store_object_get(s->store, &sp->paper_hash[1], &list)) == OK)
		r = form_pb_list(m->pb, m->form, buf_slice(&list));
	buf_free(&list);
	return r;
}

static void
mark_selected(struct pb *pb, const json_t *result)
{
	const json_t *list =
	    json_object_get(json_object_get(result, "outcome"), "selected");
	const char *id;
	size_t i, at;

	for (i = 0; i < pb->n_projects; i++)
		pb->projects[i].selected = 0;
	for (i = 0; i < json_array_size(list); i++) {
		id = json_string_value(json_array_get(list, i));
		if (id != NULL && (at = pb_find(pb, id)) < pb->n_projects)
			pb->projects[at].selected = 1;
	}
}

/* ballots_lock is held, and no other; the space has changed for the last time.
 */
static enum err
make(struct service *s, const struct space *sp, const char *unit,
    const json_t *result, struct buf *out)
{
	struct making m = { NULL, sp->form };
	enum err r;

	if ((r = form_pb_new(sp->header, sp->form, unit, &m.pb)) != OK)
		goto out;
	r = sp->form->sealed
		? service_opening_each(s, sp, result, take_opened, &m)
		: service_counted(s, sp, take, &m);
	if (r != OK || (r = take_paper(s, sp, &m)) != OK)
		goto out;
	mark_selected(m.pb, result);
	if ((r = pb_write(m.pb, out)) == OK)
		r = buf_end(out);

out:
	pb_free(m.pb);
	return r;
}

/* What was made before; small_lock guards the step from nothing to all. */
static int
kept(struct service *s, struct track *t, struct slice *out)
{
	pthread_mutex_lock(&s->small_lock);
	*out = buf_slice(&t->ballots);
	pthread_mutex_unlock(&s->small_lock);
	return out->n > 0;
}

static enum problem
make_and_keep(struct service *s, const struct space *sp, struct track *t,
    const char *unit, struct slice *out)
{
	struct buf text = { 0 };
	json_t *result = NULL;
	const char *status;
	enum problem no = PROBLEM_NONE;
	enum err r;

	if ((r = service_result(s, sp, &result)) != OK)
		goto out;
	status = json_string_value(json_object_get(result, "status"));
	if (status == NULL || strcmp(status, "counted") != 0) {
		no = PROBLEM_NOT_FOUND;
		goto out;
	}
	if ((r = make(s, sp, unit, result, &text)) != OK)
		goto out;
	pthread_mutex_lock(&s->small_lock);
	t->ballots = text;
	pthread_mutex_unlock(&s->small_lock);
	memset(&text, 0, sizeof(text)); /* handed over */
	(void)kept(s, t, out);

out:
	if (r != OK) {
		log_event(LOG_ERROR,
		    "the ballots of a space could not be written cause=\"%s\"",
		    err_str(r));
		no = PROBLEM_UNAVAILABLE;
	}
	buf_free(&text);
	json_decref(result);
	return no;
}

enum problem
service_ballots(
    struct service *s, const char *slug, struct slice *out, struct why *why)
{
	struct world *w = service_read(s);
	const struct space *sp = world_space_by_slug(w, slug);
	const char *unit =
	    json_string_value(json_object_get(world_genesis(w), "name"));
	struct track *t = sp != NULL ? s->tracks[sp->no] : NULL;
	int counted = sp != NULL && sp->has_result;
	enum problem no;

	service_done(s);
	if (sp == NULL)
		return PROBLEM_NOT_FOUND;
	if (!counted)
		return PROBLEM_NOT_COUNTED;
	if (kept(s, t, out))
		return PROBLEM_NONE;
	if (pthread_mutex_trylock(&s->ballots_lock) != 0) {
		(void)why_say(why, ERR_STATE,
		    "the file is being made; ask again in a few seconds");
		return PROBLEM_UNAVAILABLE;
	}
	no = kept(s, t, out)
		 ? PROBLEM_NONE
		 : make_and_keep(s, sp, t, unit != NULL ? unit : "?", out);
	pthread_mutex_unlock(&s->ballots_lock);
	return no;
}
