/* The form of a space; of a sealed one the ceremony that made its key. */
#include <string.h>

#include "ceremony.h"

#include "trust.h"

/* The first form entry of the space from ${i} on. */
static enum err
form_entry(struct trust *t, uint64_t i, const struct hash *space_id,
    struct entry *e, struct why *why)
{
	struct slice bytes = { NULL, 0 };
	enum err r;

	for (;; i++) {
		if ((r = trust_entry(t, i, &bytes, why)) != OK)
			return r;
		if (entry_parse(bytes, e) != OK)
			return why_say(why, ERR_FORMAT,
			    "an entry of the log is malformed");
		if (e->kind == ENTRY_FORM && hash_equal(&e->space_id, space_id))
			return OK;
	}
}

/* Each trustee signs one form, after she compared it with her ceremony. */
static enum err
signed_by_all(const struct entry *e, const struct header *h, struct why *why)
{
	struct slice id = hash_slice(&e->object);
	size_t i;
	enum err r;

	if (e->n_trustees != h->n_trustees)
		return why_say(why, ERR_SIGNATURE,
		    "the form of \"%s\" is signed by %zu of its %zu trustees: "
		    "do not vote, and tell an auditor",
		    h->slug, e->n_trustees, h->n_trustees);
	for (i = 0; i < h->n_trustees; i++) {
		r = sign_verify_dst(
		    &h->trustees[i], "form", &id, 1, &e->trustee_sigs[i]);
		if (r != OK)
			return why_say(why, r,
			    "the signature of trustee %zu of \"%s\" does not "
			    "verify: do not vote, and tell an auditor",
			    i + 1, h->slug);
	}
	return OK;
}

/*
 * The key that ballots are sealed with, as the trustees made it.  What the
 * transcript says is computed again here: whoever gives one voter another key
 * would read her ballot.
 */
static enum err
ceremony(struct trust *t, const struct header *h, const struct form *f,
    struct why *why)
{
	struct ceremony_keys keys;
	struct buf b = { 0 };
	enum err r;

	memset(&keys, 0, sizeof(keys));
	if ((r = trust_object(t, &f->transcript, &b, why)) != OK) {
		why_prefix(why, "the transcript of the key ceremony: ");
		goto out;
	}
	if ((r = ceremony_transcript_parse(buf_slice(&b), h, &keys, why)) !=
		OK ||
	    (r = ceremony_form_check(f, &keys, why)) != OK)
		why_prefix(why,
		    "do not vote, and tell an auditor: the key that seals the "
		    "ballots of \"%s\" is not the trustees': ",
		    h->slug);

out:
	buf_free(&b);
	return r;
}

enum err
trust_form(struct trust *t, uint64_t first, const struct header *h,
    struct slice bytes, struct form **out, struct why *why)
{
	struct form *f = NULL;
	struct entry e;
	enum err r;

	memset(&e, 0, sizeof(e));
	if ((r = form_parse(bytes, h, &f, why)) != OK)
		goto out;
	r = form_entry(t, first, &h->id, &e, why);
	if (r == ERR_NOT_FOUND || (r == OK && !hash_equal(&e.object, &f->id)))
		r = why_say(why, ERR_SIGNATURE,
		    "the form that the server gives for \"%s\" is not the one "
		    "in the log",
		    h->slug);
	if (r == OK && h->n_trustees > 0 &&
	    (r = signed_by_all(&e, h, why)) == OK)
		r = ceremony(t, h, f, why);
	if (r != OK)
		goto out;
	*out = f;
	f = NULL; /* handed over */

out:
	form_free(f);
	return r;
}
