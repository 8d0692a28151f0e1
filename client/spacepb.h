#ifndef SPACEPB_H
#define SPACEPB_H

#include "form.h"
#include "pb.h"

/* From elections in the .pb format to the forms of spaces; back: form_pb.h. */

/**
 * spacepb_form(pb, out, widened, why):
 * Make a form's file (as spacefile_form completes it) from the projects, the
 * ballot type and the limits of ${pb}.  Where ballots in the file break its
 * limits these are widened, and ${widened} is set.  ERR_LIMIT: something that
 * no form can hold.  The caller json_decref's.
 */
enum err spacepb_form(
    const struct pb *pb, json_t **out, int *widened, struct why *why) MUST_USE;

/**
 * spacepb_choices(pb, vote, f, v, out):
 * Ballot number ${vote} of ${pb} as choices of the form made from it; ${v}
 * holds f->n_options numbers.  A default score goes to who is not named.
 */
void spacepb_choices(const struct pb *pb, size_t vote, const struct form *f,
    uint32_t *v, struct choices *out);

#endif /* SPACEPB_H */
