#ifndef CMD_TALLY_H
#define CMD_TALLY_H

#include <stdio.h>

/**
 * cmd_tally(argc, argv):
 * "partecipa-audit tally": count a .pb file by a rule.  ${argv}[0] is "tally".
 * Return the exit status: 0, or 2 if an argument or the file is bad.
 */
int cmd_tally(int argc, char **argv);

/**
 * cmd_tally_to(argc, argv, out, err):
 * The same, printing to ${out} and complaining to ${err}.
 */
int cmd_tally_to(int argc, char **argv, FILE *out, FILE *err);

#endif /* CMD_TALLY_H */
