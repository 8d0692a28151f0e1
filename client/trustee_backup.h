#ifndef TRUSTEE_BACKUP_H
#define TRUSTEE_BACKUP_H

#include "trustee_state.h"

/*
 * One file with a trustee's identity and all her ceremonies: a title, the
 * locked key with the hash of what follows, and the ceremony files as they are,
 * each in base64 on a line.
 */
#define TRUSTEE_BACKUP_MAX ((size_t)64 << 20)

/* What is in a backup; free with trustee_backup_free, which wipes. */
struct trustee_backup {
	struct trustee_key key;
	size_t n;
	struct buf *files; /* texts of ceremony files */
	char (*slugs)[SLUG_MAX + 1];
};

/**
 * trustee_backup_read(dir, k, out, why):
 * All ceremonies in the folder ${dir}, which must open with ${k}.
 */
enum err trustee_backup_read(const char *dir, const struct trustee_key *k,
    struct trustee_backup *out, struct why *why) MUST_USE;
void trustee_backup_free(struct trustee_backup *b);

/**
 * trustee_backup_put(b, passphrase, out), trustee_backup_parse(s, passphrase,
 * out, why):
 * The file's text.  ERR_SIGNATURE: wrong passphrase, or altered.
 */
enum err trustee_backup_put(const struct trustee_backup *b,
    struct slice passphrase, struct buf *out) MUST_USE;
enum err trustee_backup_parse(struct slice s, struct slice passphrase,
    struct trustee_backup *out, struct why *why) MUST_USE;

/**
 * trustee_backup_restore(b, dir, passphrase, why):
 * Write everything to the folder ${dir}, the key locked by ${passphrase}; every
 * ceremony is marked as restored.
 * ERR_CONFLICT: something of it is there already; nothing is written.
 */
enum err trustee_backup_restore(const struct trustee_backup *b, const char *dir,
    struct slice passphrase, struct why *why) MUST_USE;

#endif /* TRUSTEE_BACKUP_H */
