#ifndef PICTURES_H
#define PICTURES_H

#include <jansson.h>

#include "api.h"
#include "hash.h"
#include "staff.h"

/* Pictures of options, from files to the server (PROTOCOL 10.1). */

/**
 * pictures_send(a, key, path, out, why):
 * Judge the file ${path}, upload it, and set ${out} to its hash.  ERR_FORMAT,
 * ERR_LIMIT: it cannot be used, with what to do; ERR_SIGNATURE: the server says
 * another hash.
 */
enum err pictures_send(struct api *a, struct staff_key *key, const char *path,
    struct hash *out, struct why *why) MUST_USE;

/**
 * pictures_fill(a, key, file, path, why):
 * In a form's file, which lies at ${path}, make of each option's "picture":
 * {"file", "alt"} what a form has, and upload the files, which are named from
 * the folder of ${path} on.
 */
enum err pictures_fill(struct api *a, struct staff_key *key, json_t *file,
    const char *path, struct why *why) MUST_USE;

#endif /* PICTURES_H */
