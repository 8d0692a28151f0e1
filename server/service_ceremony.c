/*
 * The post box of a key ceremony (PROTOCOL 7.1, 10).  The server is no
 * authority in it: every trustee verifies all of it herself.  What is kept here
 * was signed by a trustee, so that nobody else can fill the disk.
 */
#include <string.h>

#include "hex.h"
#include "result.h"

#include "log.h"

#include "service_impl.h"

#define ATTEMPTS_MAX 20 /* of one trustee */

/* The sealed space of that name, or NULL. */
static struct space *
sealed(struct service *s, const char *slug)
{
	struct track *t;
	struct space *sp = service_read_find(s, slug, &t);

	return sp != NULL && sp->header->n_trustees > 0 ? sp : NULL;
}

/* log_lock is held. */
static enum problem
box_open(const struct space *sp, struct why *why)
{
	if (sp->form == NULL && !sp->cancelled)
		return PROBLEM_NONE;
	(void)why_say(why, ERR_FORBIDDEN,
	    sp->cancelled ? "%s is cancelled" : "the form of %s is in the log",
	    sp->header->slug);
	return PROBLEM_CEREMONY_OVER;
}

/* --- Reading --------------------------------------------------------------*/

static enum err
text_add(void *cookie, struct slice text)
{
	json_t *list = cookie;

	return json_array_append_new(
		   list, json_stringn((const char *)text.p, text.n)) == 0
		   ? OK
		   : ERR_NOMEM;
}

static enum err
draft_add(json_t *doc, struct slice form, struct slice transcript)
{
	char hex[2 * HASH_BYTES + 1] = "";
	struct hash h;

	if (transcript.n > 0) {
		hash_bytes(transcript, &h);
		hex_encode(hash_slice(&h), hex);
	} else {
		form = slice_str("");
	}
	if (json_object_set_new(doc, "draft",
		json_stringn((const char *)form.p, form.n)) != 0 ||
	    json_object_set_new(doc, "transcript", json_string(hex)) != 0)
		return ERR_NOMEM;
	return OK;
}

enum problem
service_ceremony(struct service *s, const char *slug, struct buf *out)
{
	struct space *sp = sealed(s, slug);
	struct buf form = { 0 }, transcript = { 0 };
	json_t *doc, *messages, *signatures;
	enum err r = ERR_NOMEM;

	if (sp == NULL)
		return PROBLEM_NOT_FOUND;
	messages = json_array();
	signatures = json_array();
	doc = json_pack(
	    "{s:o, s:o}", "messages", messages, "signatures", signatures);
	if (doc == NULL)
		goto out;
	r = store_draft_get(s->store, (uint32_t)sp->no, &form, &transcript);
	if ((r != OK && r != ERR_NOT_FOUND) ||
	    (r = store_messages(
		 s->store, (uint32_t)sp->no, text_add, messages)) != OK ||
	    (r = store_signatures(
		 s->store, (uint32_t)sp->no, text_add, signatures)) != OK ||
	    (r = draft_add(doc, buf_slice(&form), buf_slice(&transcript))) !=
		OK)
		goto out;
	if ((r = json_canonical_put(out, doc)) == OK)
		r = buf_end(out);

out:
	json_decref(doc);
	buf_free(&form);
	buf_free(&transcript);
	return r == OK ? PROBLEM_NONE : PROBLEM_UNAVAILABLE;
}

enum problem
service_transcript(struct service *s, const char *slug, struct buf *out)
{
	struct space *sp = sealed(s, slug);
	struct buf form = { 0 };
	struct hash h;
	enum err r;

	if (sp == NULL)
		return PROBLEM_NOT_FOUND;
	memset(&h, 0, sizeof(h));
	(void)service_read(s);
	if (sp->form != NULL)
		h = sp->form->transcript;
	service_done(s);
	if (hash_is_zero(&h))
		r = store_draft_get(s->store, (uint32_t)sp->no, &form, out);
	else
		r = store_object_get(s->store, &h, out);
	buf_free(&form);
	return r == OK		    ? PROBLEM_NONE
	       : r == ERR_NOT_FOUND ? PROBLEM_NOT_FOUND
				    : PROBLEM_UNAVAILABLE;
}

/* --- Messages -------------------------------------------------------------*/

static enum problem
kept(enum err r, const char *what, unsigned index, struct why *why)
{
	switch (r) {
	case OK:
		return PROBLEM_NONE;
	case ERR_CONFLICT:
		(void)why_say(why, r,
		    "another %s of trustee %u is kept; the first one stays, "
		    "and whoever has both can prove that there were two",
		    what, index);
		return PROBLEM_CEREMONY_OTHER;
	case ERR_LIMIT:
		(void)why_say(why, r,
		    "messages of %d attempts of trustee %u are kept",
		    ATTEMPTS_MAX, index);
		return PROBLEM_CEREMONY_FULL;
	case ERR_NOT_FOUND:
		(void)why_say(why, r,
		    "trustee %u signed another form than the draft that is "
		    "here now; read it again",
		    index);
		return PROBLEM_CEREMONY;
	case ERR_NOMEM:
	case ERR_IO:
	case ERR_FORMAT:
	case ERR_SIGNATURE:
	case ERR_FORBIDDEN:
	case ERR_STATE:
	case ERR_INTERNAL:
		break;
	}
	return PROBLEM_UNAVAILABLE;
}

static enum problem
message_post(struct service *s, const struct space *sp,
    enum ceremony_round round, struct slice text, int *repeat, struct why *why)
{
	struct ceremony_message m;
	struct store_slot slot;
	enum problem pr;
	enum err r;

	if ((r = ceremony_parse(text, sp->header, &m, why)) != OK)
		return r == ERR_NOMEM || r == ERR_INTERNAL ? PROBLEM_UNAVAILABLE
							   : PROBLEM_CEREMONY;
	if (m.round != round) {
		(void)why_say(why, ERR_CONFLICT,
		    "line 1 says %s, the address %s",
		    ceremony_round_name(m.round), ceremony_round_name(round));
		return PROBLEM_CEREMONY;
	}
	/* A complaint belongs to the round of the accepts, after them. */
	slot.attempt = m.attempt;
	slot.round =
	    (uint8_t)(round == CEREMONY_COMPLAINT ? CEREMONY_ACCEPT : round);
	slot.index = m.index;
	slot.sort = round == CEREMONY_COMPLAINT;
	pthread_mutex_lock(&s->log_lock);
	if ((pr = box_open(sp, why)) == PROBLEM_NONE)
		pr = kept(store_message_put(s->store, (uint32_t)sp->no, &slot,
			      text, ATTEMPTS_MAX, repeat),
		    ceremony_round_name(round), m.index, why);
	pthread_mutex_unlock(&s->log_lock);
	return pr;
}

static enum problem
signature_post(struct service *s, const struct space *sp, struct slice text,
    int *repeat, struct why *why)
{
	struct ceremony_signature sig;
	enum problem pr;
	enum err r;

	r = ceremony_signature_parse(text, sp->header, &sig, why);
	if (r != OK)
		return r == ERR_NOMEM || r == ERR_INTERNAL ? PROBLEM_UNAVAILABLE
							   : PROBLEM_CEREMONY;
	pthread_mutex_lock(&s->log_lock);
	if ((pr = box_open(sp, why)) == PROBLEM_NONE)
		pr = kept(store_signature_put(s->store, (uint32_t)sp->no,
			      &sig.form_id, sig.index, text, repeat),
		    "signature", sig.index, why);
	pthread_mutex_unlock(&s->log_lock);
	return pr;
}

enum problem
service_ceremony_post(struct service *s, const char *slug, const char *round,
    struct slice text, int *repeat, struct why *why)
{
	const struct space *sp = sealed(s, slug);
	enum ceremony_round no;

	if (sp == NULL)
		return PROBLEM_NOT_FOUND;
	if (strcmp(round, "sign") == 0)
		return signature_post(s, sp, text, repeat, why);
	if (ceremony_round_parse(round, &no) != OK)
		return PROBLEM_NOT_FOUND;
	return message_post(s, sp, no, text, repeat, why);
}

/* --- The draft ------------------------------------------------------------*/

/* As world_apply will judge the form, before anybody signs it. */
static enum err
draft_judge(const struct header *h, struct slice form, struct slice transcript,
    struct form **out, struct why *why)
{
	struct ceremony_keys keys;
	struct form *f = NULL;
	enum err r;

	if ((r = form_parse(form, h, &f, why)) != OK ||
	    (r = result_rule_check(f, why)) != OK) {
		why_prefix(why, "form: ");
		goto out;
	}
	if ((r = ceremony_transcript_parse(transcript, h, &keys, why)) != OK) {
		why_prefix(why, "transcript: ");
		goto out;
	}
	if ((r = ceremony_form_check(f, &keys, why)) != OK)
		goto out;
	*out = f;
	f = NULL; /* handed over */

out:
	form_free(f);
	return r;
}

/* What trustees sign could not be published without its pictures. */
static enum err
pictures_there(struct service *s, const struct form *f, struct why *why)
{
	struct buf b = { 0 };
	size_t i;
	enum err r = OK;

	for (i = 0; i < f->n_options && r == OK; i++) {
		if (f->options[i].alt == NULL)
			continue;
		b.n = 0;
		r = store_object_get(s->store, &f->options[i].picture, &b);
		if (r == ERR_NOT_FOUND)
			(void)why_say(why, r,
			    "options[%zu].picture: it is not here; upload it "
			    "first (partecipa space picture)",
			    i);
	}
	buf_free(&b);
	return r;
}

enum problem
service_draft(struct service *s, const char *slug, struct slice form,
    struct slice transcript, struct buf *out, struct why *why)
{
	const struct space *sp = sealed(s, slug);
	char id[2 * HASH_BYTES + 1], hash[2 * HASH_BYTES + 1];
	struct form *f = NULL;
	enum problem pr;
	enum err r;

	if (sp == NULL)
		return PROBLEM_NOT_FOUND;
	r = draft_judge(sp->header, form, transcript, &f, why);
	if (r == OK && (r = pictures_there(s, f, why)) != OK) {
		form_free(f);
		f = NULL;
	}
	if (r != OK)
		return r == ERR_NOMEM || r == ERR_INTERNAL ? PROBLEM_UNAVAILABLE
							   : PROBLEM_CEREMONY;
	hex_encode(hash_slice(&f->id), id);
	hex_encode(hash_slice(&f->transcript), hash);
	form_free(f);
	pthread_mutex_lock(&s->log_lock);
	if ((pr = box_open(sp, why)) == PROBLEM_NONE &&
	    store_draft_put(s->store, (uint32_t)sp->no, form, transcript) != OK)
		pr = PROBLEM_UNAVAILABLE;
	pthread_mutex_unlock(&s->log_lock);
	if (pr == PROBLEM_NONE)
		buf_printf(out, "{\"form_id\":\"%s\",\"transcript\":\"%s\"}",
		    id, hash);
	return pr;
}

/* --- The form's entry -----------------------------------------------------*/

enum problem
service_ceremony_form(struct service *s, const struct space *sp,
    struct slice form, struct buf *transcript, struct why *why)
{
	struct buf draft = { 0 };
	enum problem pr = PROBLEM_NONE;
	enum err r;

	r = store_draft_get(s->store, (uint32_t)sp->no, &draft, transcript);
	if (r != OK && r != ERR_NOT_FOUND) {
		pr = PROBLEM_UNAVAILABLE;
	} else if (r != OK || !slice_equal(buf_slice(&draft), form)) {
		(void)why_say(why, ERR_NOT_FOUND,
		    "the form is not the draft of %s, with which the "
		    "transcript of the ceremony is kept: hand that in first",
		    sp->header->slug);
		pr = PROBLEM_RULE;
	}
	buf_free(&draft);
	return pr;
}

enum err
service_ceremony_done(struct service *s, const struct space *sp)
{
	return store_draft_drop(s->store, (uint32_t)sp->no);
}

void
service_ceremony_tidy(struct service *s)
{
	const struct space *sp;
	size_t i;

	for (i = 0; i < world_spaces(s->world); i++) {
		sp = world_space(s->world, i);
		if (sp->header->n_trustees > 0 && sp->form != NULL &&
		    service_ceremony_done(s, sp) != OK)
			log_event(LOG_WARNING,
			    "a draft whose form is in the log was not "
			    "dropped");
	}
}
