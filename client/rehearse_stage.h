#ifndef REHEARSE_STAGE_H
#define REHEARSE_STAGE_H

#include <jansson.h>

#include "header.h"
#include "why.h"

/*
 * Where a rehearsal is played: the municipality, the space, the days.  Usually
 * an invented one; with --as another, so that what was rehearsed can be shown
 * as a vote that is over (make run).
 */
struct rehearse_stage {
	json_t *doc;
	const char *name; /* of the municipality */
	const char *origin;
	const char *host;
	const char *slug;
	uint64_t start;	     /* UNIX seconds; collecting begins */
	size_t idle;	     /* residents who take no part */
	const json_t *space; /* members of the header's file */
	const json_t *form;  /* the form's file; NULL: made from the ballots */
};

/**
 * rehearse_stage_parse(text, out, why), rehearse_stage_read(path, out, why):
 * The stage that the JSON ${text} describes, or the file, or the usual one
 * where ${path} is NULL; the caller's rehearse_stage_free.  ERR_FORMAT names
 * the member that is wrong.
 */
enum err rehearse_stage_parse(
    struct slice text, struct rehearse_stage *out, struct why *why) MUST_USE;
enum err rehearse_stage_read(
    const char *path, struct rehearse_stage *out, struct why *why) MUST_USE;
void rehearse_stage_free(struct rehearse_stage *stage);

#endif /* REHEARSE_STAGE_H */
