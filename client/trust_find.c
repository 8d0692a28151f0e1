/* The records of one credential, without telling the server whose. */
#include <string.h>

#include "trust.h"

/* Is this a record of the credential?  Its length is that of its seq. */
static int
is_of(struct slice raw, const struct header *h, enum purpose purpose,
    const struct public_key *pk, struct record *rec)
{
	if (record_parse(raw, h->n_issuers, rec) != OK)
		return 0;
	return hash_equal(&rec->space_id, &h->id) && rec->purpose == purpose &&
	       public_key_cmp(&rec->pk, pk) == 0;
}

enum err
trust_records(struct trust *t, const struct trust_range *range,
    const struct header *h, enum purpose purpose, const struct public_key *pk,
    trust_each *each, void *cookie, struct why *why)
{
	struct trust_record found;
	struct slice bytes = { NULL, 0 };
	struct record rec;
	struct entry e;
	enum err r = OK;

	memset(&found, 0, sizeof(found));
	for (found.index = range->first; found.index < range->last;
	     found.index++) {
		if ((r = trust_entry(t, found.index, &bytes, why)) != OK)
			goto out;
		if (entry_parse(bytes, &e) != OK) {
			r = why_say(why, ERR_FORMAT,
			    "an entry of the log is malformed");
			goto out;
		}
		if (e.kind == ENTRY_BATCH && hash_equal(&e.space_id, &h->id))
			found.window_end = e.window_end;
		if (e.kind != ENTRY_RECORD ||
		    !is_of(e.record, h, purpose, pk, &rec))
			continue;
		found.seq = rec.seq;
		hash_leaf(bytes, &found.leaf);
		found.raw.n = 0;
		buf_put(&found.raw, rec.raw.p, rec.raw.n);
		if ((r = buf_end(&found.raw)) != OK ||
		    (r = each(cookie, &found)) != OK)
			goto out;
	}

out:
	buf_free(&found.raw);
	return r;
}

/* Keep the record if it is later than what was found before. */
static enum err
keep(void *cookie, const struct trust_record *found)
{
	struct trust_record *last = cookie;
	struct buf raw = last->raw;

	if (raw.n > 0 && found->seq < last->seq)
		return OK;
	*last = *found;
	last->raw = raw;
	last->raw.n = 0;
	buf_put(&last->raw, found->raw.p, found->raw.n);
	return buf_end(&last->raw);
}

enum err
trust_find(struct trust *t, uint64_t first, uint64_t last,
    const struct header *h, enum purpose purpose, const struct public_key *pk,
    struct trust_record *out, struct why *why)
{
	const struct trust_range range = { first, last };
	struct trust_record found;
	enum err r;

	memset(&found, 0, sizeof(found));
	if ((r = trust_records(t, &range, h, purpose, pk, keep, &found, why)) !=
	    OK)
		goto out;
	if (found.raw.n == 0) {
		r = ERR_NOT_FOUND;
		goto out;
	}
	*out = found;
	memset(&found, 0, sizeof(found));

out:
	buf_free(&found.raw);
	return r;
}
