#ifndef NODUMP_H
#define NODUMP_H

/**
 * nodump_process():
 * From now on this process leaves no core file, and other processes of the
 * same user cannot read its memory: for commands that hold secrets.  Swap is
 * not kept away (the passphrase's stretching takes more memory than may be
 * locked): CEREMONY says so.
 */
void nodump_process(void);

#endif /* NODUMP_H */
