#include <inttypes.h>
#include <string.h>

#include "code.h"
#include "replay.h"
#include "replay_sealed.h"
#include "seal.h"
#include "wipe.h"

#include "file.h"
#include "trustee_opening.h"
#include "when.h"

/* One opening in the making. */
struct making {
	struct trustee *t;
	const struct trustee_opening_options *o;
	struct buf earlier; /* path of the checkpoint kept; n = 0: none */
	struct source *source;
	struct replay *replay;
	const struct space *space;
	struct unseal *ballots;
	struct why *why;
};

/* ---- What she has -------------------------------------------------------- */

static enum err
state_check(const struct making *k)
{
	const struct trustee_state *s = &k->t->state;

	if (s->destroyed)
		return why_say(k->why, ERR_FORBIDDEN,
		    "you destroyed your share of \"%s\": you cannot open it "
		    "any more",
		    s->slug);
	if (!s->accepted || !s->has_form)
		return why_say(k->why, ERR_NOT_FOUND,
		    "you have not signed the form of \"%s\": there is nothing "
		    "of yours to open",
		    s->slug);
	if (s->restored && !s->has_opened && !k->o->first)
		return why_say(k->why, ERR_FORBIDDEN,
		    "your files came back from a backup, which does not know "
		    "whether you opened \"%s\" since: two openings of two "
		    "logs would show what was replaced. Nothing is opened",
		    s->slug);
	if (s->log_key.n == 0 && k->o->log_key == NULL)
		return why_say(k->why, ERR_NOT_FOUND,
		    "you never saw the log in this ceremony: give its key "
		    "with --log-key, as it was printed for the ceremony");
	return OK;
}

/* The checkpoint kept from the ceremony, where the replay finds it. */
static enum err
earlier_write(struct making *k)
{
	const struct trustee_state *s = &k->t->state;

	if (s->checkpoint.n == 0)
		return OK;
	buf_printf(&k->earlier, "%s/%s.checkpoint", k->t->dir, s->slug);
	if (buf_text(&k->earlier) == NULL)
		return ERR_NOMEM;
	return file_write(
	    buf_text(&k->earlier), 0644, buf_slice(&s->checkpoint), k->why);
}

/* ---- What the log says --------------------------------------------------- */

/* Of what is broken, what matters most. */
static enum err
broken_say(const struct making *k)
{
	const struct verdict *v = &k->replay->broken[0];
	size_t i;

	for (i = 0; i < k->replay->n_broken; i++)
		if (k->replay->broken[i].rule == RULE_CONSISTENCY)
			v = &k->replay->broken[i];
	if (v->rule == RULE_CONSISTENCY)
		return why_say(k->why, ERR_SIGNATURE,
		    "the log is not the one that you saw before (%.250s): "
		    "somebody changed its past or shows you another one. "
		    "Nothing is opened; keep your files and tell an auditor",
		    v->why.text);
	if (v->rule == RULE_QUORUM)
		return why_say(k->why, ERR_SIGNATURE,
		    "the log's checkpoint lacks its witnesses (%.250s): it "
		    "may be one that is shown to you only. Nothing is opened; "
		    "try again later",
		    v->why.text);
	return why_say(k->why, ERR_SIGNATURE,
	    "the log breaks rule %d (%s): %.300s. Nothing is opened; tell the "
	    "office and an auditor",
	    (int)v->rule, rule_of(v->rule)->name, v->why.text);
}

static enum err
log_judge(struct making *k)
{
	struct trustee_state *s = &k->t->state;
	struct replay_options opt;
	enum err r;

	memset(&opt, 0, sizeof(opt));
	opt.key = s->log_key.n > 0 ? buf_text(&s->log_key) : k->o->log_key;
	opt.earlier = k->earlier.n > 0 ? buf_text(&k->earlier) : NULL;
	opt.threads = k->o->threads;
	opt.keep_going = 1;
	if ((r = source_open(k->o->where, &k->source, k->why)) != OK ||
	    (r = replay_log(k->source, &opt, &k->replay, k->why)) != OK)
		return r;
	if (k->replay->n_broken > 0)
		return broken_say(k);
	k->space = world_space_by_id(k->replay->world, &s->space_id);
	if (k->space == NULL)
		return why_say(k->why, ERR_NOT_FOUND,
		    "the log does not announce the space \"%s\" of your "
		    "ceremony",
		    s->slug);
	return OK;
}

/* Her clock, and no other, says when the vote is over. */
static enum err
clock_check(const struct making *k)
{
	char to[WHEN_CHARS];

	if (k->o->clock_given && !world_is_rehearsal(k->replay->world))
		return why_say(k->why, ERR_FORBIDDEN,
		    "--clock is for rehearsals: this log is a real one");
	if (k->o->now >= k->space->header->participation.to)
		return OK;
	when_print(k->space->header->participation.to, to);
	return why_say(k->why, ERR_FORBIDDEN,
	    "it is too early: by this computer's clock the vote is open until "
	    "%s. Nothing is opened before, whatever the log says",
	    to);
}

static enum err
ended_check(const struct making *k)
{
	const struct space *sp = k->space;

	if (sp->cancelled)
		return why_say(k->why, ERR_FORBIDDEN,
		    "\"%s\" was cancelled: nothing of it is ever opened",
		    sp->header->slug);
	if (!sp->closed)
		return why_say(k->why, ERR_FORBIDDEN,
		    "\"%s\" is not closed: the office closes it with "
		    "partecipa space close",
		    sp->header->slug);
	if (sp->has_result)
		return why_say(k->why, ERR_FORBIDDEN,
		    "\"%s\" has its result already: your opening is not "
		    "needed any more",
		    sp->header->slug);
	return OK;
}

/* The form that she signed, and the key that she made. */
static enum err
form_check(const struct making *k)
{
	const struct trustee_state *s = &k->t->state;
	const struct space *sp = k->space;
	size_t i;

	if (sp->form == NULL || !hash_equal(&sp->form->id, &s->form_id))
		return why_say(k->why, ERR_CONFLICT,
		    "\"%s\" was voted on with another form than the one you "
		    "signed. Nothing is opened; tell an auditor",
		    sp->header->slug);
	if (!point_equal(&sp->seal.y, &s->y))
		return why_say(k->why, ERR_CONFLICT,
		    "the ballots are sealed for another key than the one you "
		    "made together. Nothing is opened");
	for (i = 0; i < s->n; i++)
		if (!point_equal(&sp->seal.v[i], &s->v[i]))
			return why_say(k->why, ERR_CONFLICT,
			    "the log has another key of trustee %zu than you. "
			    "Nothing is opened",
			    i + 1);
	return OK;
}

static enum err
ballots_check(struct making *k)
{
	const struct space *sp = k->space;
	uint32_t m;

	m = seen_credentials(k->replay->seen, sp->no, PURPOSE_VOTE);
	if (m < sp->header->min_open)
		return why_say(k->why, ERR_FORBIDDEN,
		    "\"%s\" has %" PRIu32 " ballots and is opened with at "
		    "least %" PRIu32 ": with so few, one could tell who voted "
		    "what. Nothing is ever opened",
		    sp->header->slug, m, sp->header->min_open);
	if (m == 0)
		return why_say(k->why, ERR_FORBIDDEN,
		    "nobody voted in \"%s\": there is nothing to open",
		    sp->header->slug);
	return replay_sealed_ballots(k->replay, sp, &k->ballots, k->why);
}

/* One tree, ever: remembered before the share is touched. */
static enum err
tree_keep(struct making *k)
{
	struct trustee_state *s = &k->t->state;
	const struct space *sp = k->space;

	if (s->has_opened && (s->size != sp->close_size ||
				 !hash_equal(&s->root, &sp->close_root)))
		return why_say(k->why, ERR_CONFLICT,
		    "you opened \"%s\" already, closed at another place "
		    "(entry %" PRIu64 ", now %" PRIu64 "): there are two "
		    "logs. Nothing is opened; keep your files and tell an "
		    "auditor",
		    s->slug, s->size - 1, sp->close_size - 1);
	s->has_opened = 1;
	s->size = sp->close_size;
	s->root = sp->close_root;
	return trustee_state_save(k->t->dir, s, &k->t->key, k->why);
}

static enum err
share_use(struct making *k, struct buf *file)
{
	struct trustee_state *s = &k->t->state;
	struct unseal_trustee who;
	struct ceremony_keys keys;
	struct pool *pool = NULL;
	enum err r;

	trustee_keys(s, &keys);
	who.trustee = s->index;
	who.x = &s->x;
	who.identity = &k->t->key.key;
	if ((r = pool_new(k->o->threads, &pool)) == OK)
		r = unseal_share(k->ballots, &keys, &who, pool, file, k->why);
	pool_free(pool);
	return r;
}

enum err
trustee_opening_make(struct trustee *t, const struct trustee_opening_options *o,
    struct trustee_opened *out, struct buf *file, struct why *why)
{
	struct making k = { .t = t, .o = o, .why = why };
	enum err r;

	if ((r = state_check(&k)) != OK || (r = earlier_write(&k)) != OK ||
	    (r = log_judge(&k)) != OK || (r = clock_check(&k)) != OK ||
	    (r = ended_check(&k)) != OK || (r = form_check(&k)) != OK ||
	    (r = ballots_check(&k)) != OK || (r = tree_keep(&k)) != OK ||
	    (r = share_use(&k, file)) != OK)
		goto out;
	out->m = (uint32_t)k.ballots->m;
	out->size = k.space->close_size;
	out->cast = k.space->close_records;

out:
	unseal_free(k.ballots);
	replay_free(k.replay);
	source_free(k.source);
	buf_free(&k.earlier);
	return r;
}

/* ---- Practice ------------------------------------------------------------ */

/* A ballot of nobody, sealed for the real key. */
static enum err
ballot_invent(const struct trustee_state *s, struct point *r_out)
{
	struct sealed_body sealed;
	struct buf body = { 0 };
	struct sign_key credential;
	struct hash form_id;
	struct secret ss;
	uint8_t choices[16];
	struct seal seal = { .space_id = &s->space_id,
		.form_id = &form_id,
		.pk = &credential.pk,
		.y = &s->y };
	enum err r;

	random_bytes(form_id.b, sizeof(form_id.b));
	random_bytes(ss.b, sizeof(ss.b));
	random_bytes(choices, sizeof(choices));
	sign_key_random(&credential);
	if ((r = seal_make(&seal, &ss, slice_of(choices, sizeof(choices)),
		 &body, NULL)) == OK &&
	    (r = sealed_body_parse(buf_slice(&body), &sealed)) == OK)
		memcpy(r_out->b, sealed.r, POINT_BYTES);
	wipe(&ss, sizeof(ss));
	wipe(&credential, sizeof(credential));
	buf_free(&body);
	return r;
}

/* The real proof, for this ballot, verified as an auditor verifies it. */
static enum err
ballot_open(const struct trustee_state *s, const struct point *r_point)
{
	struct opening_proof proof;
	struct opening_sums sums;
	struct opening_seed seed;
	uint8_t noise[32];
	struct opening o;
	struct point d;
	enum err r;

	memset(&o, 0, sizeof(o));
	o.space_id = s->space_id;
	o.trustee = s->index;
	o.v = &s->v[s->index - 1];
	o.m = 1;
	o.r = r_point;
	o.d = &d;
	random_bytes(noise, sizeof(noise));
	if ((r = opening_share(&s->x, r_point, &d, 0, 1)) == OK &&
	    (r = opening_seed(&o, &seed)) == OK &&
	    (r = opening_sum(&o, &seed, 0, 1, &sums)) == OK &&
	    (r = opening_prove(&seed, &sums, &s->x, noise, &proof)) == OK)
		r = opening_verify(&o, &proof);
	wipe(noise, sizeof(noise));
	return r;
}

enum err
trustee_opening_practice(const struct trustee_state *s, struct why *why)
{
	struct point mine, r_point;
	enum err r;

	if (s->destroyed || !s->accepted)
		return why_say(why, ERR_NOT_FOUND,
		    s->destroyed ? "the share was destroyed"
				 : "the ceremony is not complete: there is no "
				   "share yet");
	r = point_base(&s->x, &mine);
	if (r != OK || !point_equal(&mine, &s->v[s->index - 1]))
		return why_say(why, ERR_SIGNATURE,
		    "the share does not fit the key of the ceremony: restore "
		    "a backup");
	if ((r = ballot_invent(s, &r_point)) == OK)
		r = ballot_open(s, &r_point);
	if (r != OK)
		return why_say(why, r,
		    "the share did not open an invented ballot (%s)",
		    err_str(r));
	return OK;
}
