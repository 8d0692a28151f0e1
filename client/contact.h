#ifndef CONTACT_H
#define CONTACT_H

#include "api.h"
#include "papers.h"
#include "trust.h"

/* One contact of a resident with a server, checked against her papers. */
struct contact {
	struct api *api;
	struct trust *trust;
	struct api_spaces spaces;
	struct note_key receipt_key;
	struct papers *papers;	/* NULL where there are none */
	struct header **listed; /* of ${spaces}, once needed */
	const char *policy;	/* file whose quorum is demanded; NULL: none */
};

/**
 * contact_open(c, server, why):
 * The log that c->papers know, if there are any, is the only one believed, and
 * it may only grow; its checkpoint goes into the papers.  The caller's
 * contact_close, which frees the papers too, whatever came out.
 */
enum err contact_open(
    struct contact *c, const char *server, struct why *why) MUST_USE;
void contact_close(struct contact *c);

/**
 * contact_space(c, slug, out, why):
 * What the server's list says of a space; borrowed.  ERR_NOT_FOUND.
 */
enum err contact_space(struct contact *c, const char *slug,
    const struct api_space **out, struct why *why) MUST_USE;

/**
 * contact_header(c, s, out, why), contact_form(c, s, h, out, why):
 * Header and form, accepted as trust.h says; the caller frees.
 */
enum err contact_header(struct contact *c, const struct api_space *s,
    struct header **out, struct why *why) MUST_USE;
enum err contact_form(struct contact *c, const struct api_space *s,
    const struct header *h, struct form **out, struct why *why) MUST_USE;

/**
 * contact_keys_alone(c, h, why):
 * With a token key that serves two spaces, a right to one can be made one to
 * the other: ERR_SIGNATURE, nobody should ask for a paper under it.
 */
enum err contact_keys_alone(
    struct contact *c, const struct header *h, struct why *why) MUST_USE;

#endif /* CONTACT_H */
