/*
 * Openings of sealed spaces (PROTOCOL 7.3).  Nothing in here computes anything
 * before the close: the ballots are gathered only once the space is closed.
 */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "log.h"

#include "service_counted.h"
#include "service_witness.h"

/* --- What may be opened ---------------------------------------------------*/

static const struct space_opening *
opening_of(const struct space *sp, uint64_t trustee)
{
	size_t i;

	for (i = 0; i < sp->n_openings; i++) {
		if (sp->openings[i].trustee == trustee)
			return &sp->openings[i];
	}
	return NULL;
}

/* Is there anything that trustees are to open, ever? */
static int
is_opened(const struct space *sp)
{
	return sp->header->n_trustees > 0 && sp->form != NULL && sp->closed &&
	       sp->close_credentials > 0 &&
	       sp->close_credentials >= sp->header->min_open;
}

/* The world does not change meanwhile. */
static enum problem
judge_space(const struct space *sp, struct why *why)
{
	const char *slug = sp->header->slug;
	enum err r = OK;

	if (sp->cancelled)
		r = why_say(why, ERR_FORBIDDEN,
		    "%s was cancelled: nothing of it is ever opened", slug);
	else if (!sp->closed)
		r = why_say(why, ERR_FORBIDDEN, "%s is not closed", slug);
	else if (sp->has_result)
		r = why_say(why, ERR_FORBIDDEN, "%s has its result", slug);
	else if (!is_opened(sp))
		r = why_say(why, ERR_FORBIDDEN,
		    "%s has %u counted ballots and is opened from %u on: it "
		    "stays closed for ever",
		    slug, (unsigned)sp->close_credentials,
		    sp->header->min_open > 0 ? (unsigned)sp->header->min_open
					     : 1U);
	return r == OK ? PROBLEM_NONE : PROBLEM_NOTHING_TO_OPEN;
}

uint64_t
service_opening_room(struct service *s, const char *slug)
{
	const struct space *sp;
	uint64_t room = 0;

	sp = world_space_by_slug(service_read(s), slug);
	if (sp != NULL && is_opened(sp) && !sp->has_result && !sp->cancelled)
		room = OPENING_FIXED +
		       (uint64_t)sp->close_credentials * POINT_BYTES;
	service_done(s);
	return room;
}

/* --- The counted ballots, in order of their keys --------------------------*/

static enum err
take(void *cookie, const struct service_ballot *b)
{
	struct unseal *u = cookie;
	struct record rec;

	memset(&rec, 0, sizeof(rec));
	rec.kind = RECORD_BALLOT;
	rec.purpose = PURPOSE_VOTE;
	rec.space_id = *u->space_id;
	rec.form_id = u->form->id;
	rec.pk = b->pk;
	rec.seq = b->seq;
	rec.body = b->body;
	return unseal_add(u, &rec, b->index);
}

static void
forget(struct service *s)
{
	unseal_free(s->unsealing.ballots);
	s->unsealing.ballots = NULL;
	s->unsealing.space = NULL;
}

/*
 * Kept for the next trustee.  The space is closed: form, records and the tree
 * of its close do not change any more.  opening_lock is held.
 */
static enum err
ballots_of(struct service *s, const struct space *sp)
{
	struct unseal *u = NULL;
	enum err r;

	if (s->unsealing.space == sp)
		return OK;
	forget(s);
	if ((r = unseal_new(sp->form, &sp->header->id, sp->close_size,
		 &sp->close_root, &u)) != OK ||
	    (r = service_counted(s, sp, take, u)) != OK)
		goto out;
	if (u->m != sp->close_credentials) {
		r = ERR_STATE;
		goto out;
	}
	s->unsealing.space = sp;
	s->unsealing.ballots = u;
	u = NULL; /* handed over */

out:
	unseal_free(u);
	return r;
}

void
service_opening_forget(struct service *s)
{
	const struct space *sp;
	int over;

	pthread_mutex_lock(&s->opening_lock);
	if ((sp = s->unsealing.space) != NULL) {
		(void)service_read(s);
		over = sp->has_result || sp->cancelled;
		service_done(s);
		if (over)
			forget(s);
	}
	pthread_mutex_unlock(&s->opening_lock);
}

/* --- Judging and logging --------------------------------------------------*/

static enum problem
invalid(enum err r, struct why *why)
{
	if (r != ERR_FORMAT && r != ERR_CONFLICT && r != ERR_SIGNATURE &&
	    r != ERR_LIMIT)
		return PROBLEM_UNAVAILABLE;
	why_prefix(why, "not a valid opening: ");
	return PROBLEM_OPENING;
}

/* What costs nothing comes before gathering ballots for a stranger. */
static enum problem
judge_author(
    const struct space *sp, uint8_t trustee, struct slice file, struct why *why)
{
	struct opening_file f;
	enum err r;

	if ((r = opening_parse(file, &f)) != OK) {
		(void)why_say(why, r,
		    "the bytes are not one opening file (PROTOCOL 7.3)");
		return invalid(r, why);
	}
	r = opening_signed(&f, &sp->header->trustees[trustee - 1]);
	if (r == OK)
		return PROBLEM_NONE;
	(void)why_say(
	    why, r, "it is not signed by trustee %u", (unsigned)trustee);
	return invalid(r, why);
}

/* opening_lock is held, and no other. */
static enum problem
judge_file(struct service *s, const struct space *sp, uint8_t trustee,
    struct slice file, struct why *why)
{
	struct opening_file f;
	struct pool *pool = NULL;
	enum problem pr = PROBLEM_NONE;
	enum err r;

	if ((r = ballots_of(s, sp)) != OK) {
		log_event(LOG_ERROR,
		    "the ballots of a space could not be gathered cause=\"%s\"",
		    err_str(r));
		return PROBLEM_UNAVAILABLE;
	}
	if (pool_new(0, &pool) != OK)
		return PROBLEM_UNAVAILABLE;
	r = unseal_judge(s->unsealing.ballots, &sp->seal, sp->header, file,
	    trustee, pool, &f, why);
	pool_free(pool);
	if (r != OK)
		pr = invalid(r, why);
	return pr;
}

/* log_lock is held: nothing moves between this and the entry. */
static enum problem
enter(struct service *s, const struct space *sp, uint8_t trustee,
    struct slice file, struct why *why)
{
	struct entry e = { .kind = ENTRY_OPENING };
	struct verdict v = { 0 };
	enum problem pr;

	if ((pr = judge_space(sp, why)) != PROBLEM_NONE)
		return pr;
	e.space_id = sp->header->id;
	e.issuer = trustee;
	hash_bytes(file, &e.object);
	return service_log_problem(service_log_put(s, &e, file, &v), &v, why);
}

/* Is there a space to be opened by that trustee; and did she? */
static enum problem
look(struct service *s, const char *slug, uint64_t trustee,
    const struct space **out, uint64_t *index, int *repeat, struct why *why)
{
	enum problem pr = PROBLEM_NOT_FOUND;
	const struct space_opening *o;
	const struct space *sp;

	sp = world_space_by_slug(service_read(s), slug);
	if (sp == NULL || trustee < 1 || trustee > sp->header->n_trustees)
		goto out;
	*out = sp;
	if ((o = opening_of(sp, trustee)) != NULL) {
		*index = o->index;
		*repeat = 1;
		pr = PROBLEM_NONE;
	} else {
		pr = judge_space(sp, why);
	}

out:
	service_done(s);
	return pr;
}

enum problem
service_opening_post(struct service *s, const char *slug, uint64_t trustee,
    struct slice file, uint64_t *index, int *repeat, struct why *why)
{
	const struct space *sp = NULL;
	enum problem pr;

	*repeat = 0;
	pr = look(s, slug, trustee, &sp, index, repeat, why);
	if (pr != PROBLEM_NONE || *repeat ||
	    (pr = judge_author(sp, (uint8_t)trustee, file, why)) !=
		PROBLEM_NONE)
		return pr;
	pthread_mutex_lock(&s->opening_lock);
	/* The same file may have come twice at once. */
	pr = look(s, slug, trustee, &sp, index, repeat, why);
	if (pr != PROBLEM_NONE || *repeat ||
	    (pr = judge_file(s, sp, (uint8_t)trustee, file, why)) !=
		PROBLEM_NONE)
		goto out;
	pthread_mutex_lock(&s->log_lock);
	pr = enter(s, sp, (uint8_t)trustee, file, why);
	*index = service_log_size(s) - 1;
	pthread_mutex_unlock(&s->log_lock);

out:
	pthread_mutex_unlock(&s->opening_lock);
	if (pr == PROBLEM_NONE && !*repeat)
		service_witness_wait(s);
	return pr;
}

enum problem
service_opening(
    struct service *s, const char *slug, uint64_t trustee, struct buf *out)
{
	const struct space_opening *o = NULL;
	const struct space *sp;
	struct hash h;
	enum err r = ERR_NOT_FOUND;

	memset(&h, 0, sizeof(h));
	sp = world_space_by_slug(service_read(s), slug);
	if (sp != NULL && (o = opening_of(sp, trustee)) != NULL)
		h = o->file;
	service_done(s);
	if (o != NULL)
		r = store_object_get(s->store, &h, out);
	return r == OK		    ? PROBLEM_NONE
	       : r == ERR_NOT_FOUND ? PROBLEM_NOT_FOUND
				    : PROBLEM_UNAVAILABLE;
}

/* --- The result -----------------------------------------------------------*/

static enum problem
stale(const struct space *sp, const char *what, struct why *why)
{
	(void)why_say(why, ERR_CONFLICT,
	    "rule %d, %s: the result of %s does not have the %s of the log as "
	    "it is now; compute it again",
	    RULE_RESULT, rule_of(RULE_RESULT)->name, sp->header->slug, what);
	return PROBLEM_RULE;
}

/* Are these the t lowest of those who opened? */
static int
lists_openings(const struct space *sp, const json_t *list)
{
	unsigned j, n = 0;

	for (j = 1; j <= sp->header->n_trustees; j++) {
		if (opening_of(sp, j) == NULL || n == sp->header->threshold)
			continue;
		if (json_integer_value(json_array_get(list, n)) != j)
			return 0;
		n++;
	}
	return n == json_array_size(list);
}

/* What else is wrong with a result auditors say; this may be nobody's fault. */
static enum problem
judge_current(const struct space *sp, struct slice result, struct why *why)
{
	enum problem pr = PROBLEM_NONE;
	json_t *doc = NULL;
	const json_t *list, *disputes, *paper;

	if (json_read(result, &doc, NULL) != OK)
		return PROBLEM_NONE;
	list = json_object_get(doc, "openings");
	disputes = json_object_get(doc, "disputes");
	paper = json_object_get(json_object_get(doc, "ballots"), "paper");
	if (json_is_array(list) && !lists_openings(sp, list))
		pr = stale(sp, "openings", why);
	else if (json_is_integer(disputes) &&
		 json_integer_value(disputes) != sp->disputes)
		pr = stale(sp, "disputes", why);
	else if (json_is_integer(paper) &&
		 json_integer_value(paper) != sp->paper[1])
		pr = stale(sp, "paper ballots", why);
	json_decref(doc);
	return pr;
}

/* Every opening in our log was judged when it came. */
enum problem
service_opening_result(
    const struct space *sp, struct slice result, struct why *why)
{
	unsigned j, n = 0;

	if (sp->has_result || sp->cancelled)
		return PROBLEM_NONE; /* the rules judge it */
	if (!is_opened(sp))
		return judge_current(sp, result, why);
	for (j = 1; j <= sp->header->n_trustees; j++)
		n += opening_of(sp, j) != NULL;
	if (n >= sp->header->threshold)
		return judge_current(sp, result, why);
	(void)why_say(why, ERR_FORBIDDEN,
	    "rule %d, %s: %u of the %u trustees who are needed opened %s",
	    RULE_OPENED, rule_of(RULE_OPENED)->name, n, sp->header->threshold,
	    sp->header->slug);
	return PROBLEM_RULE;
}

/* --- After the result -----------------------------------------------------*/

/* The openings of the ${n} trustees that the result names. */
static enum err
files_read(struct service *s, const struct space *sp, const json_t *list,
    struct buf *bytes, struct opening_file *files)
{
	const struct space_opening *o;
	size_t i;
	enum err r = OK;

	for (i = 0; r == OK && i < json_array_size(list); i++) {
		o = opening_of(
		    sp, (uint64_t)json_integer_value(json_array_get(list, i)));
		if (o == NULL)
			return ERR_STATE;
		if ((r = store_object_get(s->store, &o->file, &bytes[i])) == OK)
			r = opening_parse(buf_slice(&bytes[i]), &files[i]);
	}
	return r;
}

enum err
service_opening_each(struct service *s, const struct space *sp,
    const json_t *result, unseal_each *each, void *cookie)
{
	const json_t *list = json_object_get(result, "openings");
	struct opening_file files[HEADER_TRUSTEES_MAX];
	struct buf bytes[HEADER_TRUSTEES_MAX];
	size_t i, n = json_array_size(list);
	enum err r;

	if (n > HEADER_TRUSTEES_MAX)
		return ERR_STATE;
	memset(bytes, 0, sizeof(bytes));
	pthread_mutex_lock(&s->opening_lock);
	if ((r = files_read(s, sp, list, bytes, files)) == OK &&
	    (r = ballots_of(s, sp)) == OK)
		r = unseal_open(
		    s->unsealing.ballots, files, n, NULL, each, cookie);
	if (s->unsealing.space == sp)
		forget(s);
	pthread_mutex_unlock(&s->opening_lock);
	for (i = 0; i < HEADER_TRUSTEES_MAX; i++)
		buf_free(&bytes[i]);
	return r;
}
