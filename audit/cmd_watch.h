#ifndef CMD_WATCH_H
#define CMD_WATCH_H

/**
 * cmd_watch(argc, argv):
 * `partecipa-audit watch`; ${argv}[0] is the command's name.  Returns the exit
 * status: 0 nothing wrong was found, 1 something was, now or before, 2 the log
 * could not be read (with --once), or an argument is wrong.
 */
int cmd_watch(int argc, char **argv);

#endif /* CMD_WATCH_H */
