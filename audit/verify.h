#ifndef VERIFY_H
#define VERIFY_H

#include <stdio.h>

#include "why.h"

/* What `partecipa-audit verify` was asked for; strings may be NULL. */
struct verify_options {
	const char *where; /* a folder or a URL */
	const char *space; /* a slug */
	const char *key;   /* a vkey, or a file with one */
	const char *earlier;
	const char *policy; /* a file: whose cosignatures are asked for */
	unsigned threads;
	int json;
};

/* Exit statuses (PROTOCOL 9). */
enum verify_status {
	VERIFY_COMPLETE = 0,
	VERIFY_BROKEN = 1,
	VERIFY_UNREADABLE = 2,
	VERIFY_NOT_DUE = 3,
};

/**
 * verify_run(o, out, err):
 * Judge a log and print what was judged to ${out}; what could not be read to
 * ${err}.
 */
enum verify_status verify_run(
    const struct verify_options *o, FILE *out, FILE *err);

/**
 * verify_key(arg, out, why):
 * What --key gives: a vkey as it is, or the first line of a file.
 */
#define VERIFY_KEY_CHARS 1024
enum err verify_key(const char *arg, char out[static VERIFY_KEY_CHARS],
    struct why *why) MUST_USE;

/**
 * verify_rules(out):
 * Print the table of rules.
 */
void verify_rules(FILE *out);

#endif /* VERIFY_H */
