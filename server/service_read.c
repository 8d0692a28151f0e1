/* What anybody may read. */
#include <string.h>

#include "base64.h"
#include "hex.h"
#include "json.h"

#include "service_impl.h"
#include "service_witness.h"

enum err
service_checkpoint(struct service *s, struct buf *out)
{
	pthread_mutex_lock(&s->small_lock);
	buf_put(out, s->checkpoint.p, s->checkpoint.n);
	pthread_mutex_unlock(&s->small_lock);
	return buf_end(out);
}

uint64_t
service_size(struct service *s)
{
	uint64_t size;

	pthread_mutex_lock(&s->small_lock);
	size = s->size;
	pthread_mutex_unlock(&s->small_lock);
	return size;
}

enum err
service_vkey(struct service *s, struct buf *out)
{
	note_key_print(&s->log_key, out);
	buf_str(out, "\n");
	return buf_end(out);
}

enum err
service_policy(struct service *s, struct buf *out)
{
	service_witness_policy(s, out);
	return buf_end(out);
}

struct store *
service_store(struct service *s)
{
	return s->store;
}

const char *
service_host(const struct service *s)
{
	return s->host;
}

uint64_t
service_now(struct service *s)
{
	return clock_now(s->clock);
}

struct world *
service_read(struct service *s)
{
	pthread_rwlock_rdlock(&s->world_lock);
	return s->world;
}

void
service_done(struct service *s)
{
	pthread_rwlock_unlock(&s->world_lock);
}

const struct service_bundle *
service_bundles(const struct service *s, size_t *n)
{
	*n = s->n_bundles;
	return s->bundles;
}

void
service_page_keep(struct service *s, const struct space *space,
    unsigned variant, struct slice page)
{
	struct kept_page *k, old;
	struct buf copy = { 0 };

	buf_put(&copy, page.p, page.n);
	if (page.n > SERVICE_KEPT_MAX || buf_end(&copy) != OK) {
		buf_free(&copy);
		return;
	}
	pthread_mutex_lock(&s->small_lock);
	k = &s->kept[s->next_kept++ % SERVICE_KEPT_PAGES];
	old = *k;
	k->space = space;
	k->variant = variant;
	k->page = copy;
	pthread_mutex_unlock(&s->small_lock);
	buf_free(&old.page);
}

enum err
service_page_kept(struct service *s, const struct space *space,
    unsigned variant, struct buf *out)
{
	const struct kept_page *k;
	enum err r = ERR_NOT_FOUND;

	pthread_mutex_lock(&s->small_lock);
	for (k = s->kept; k < s->kept + SERVICE_KEPT_PAGES; k++) {
		if (k->space != space || k->variant != variant)
			continue;
		buf_put(out, k->page.p, k->page.n);
		r = buf_end(out);
		break;
	}
	pthread_mutex_unlock(&s->small_lock);
	return r;
}

struct space *
service_read_find(struct service *s, const char *slug, struct track **track)
{
	struct space *sp;

	pthread_rwlock_rdlock(&s->world_lock);
	sp = world_space_by_slug(s->world, slug);
	*track = sp != NULL ? s->tracks[sp->no] : NULL;
	pthread_rwlock_unlock(&s->world_lock);
	return sp;
}

/* One key of the directory. */
static void
directory_key(const struct ask_key *k, const char *comma, struct buf *out)
{
	const struct header *h = k->space->header;
	const uint8_t *spki = h->issuers[k->issuer].keys[k->purpose].spki;

	buf_printf(
	    out, "%s{\"token-type\":%d,\"token-key\":\"", comma, TOKEN_TYPE);
	base64_put(out, BASE64_URL_PADDED, slice_of(spki, BLIND_SPKI));
	buf_printf(out, "\",\"not-before\":%llu}",
	    (unsigned long long)h->issuance.from);
}

enum err
service_directory(struct service *s, struct buf *out)
{
	uint64_t now = clock_now(s->clock);
	const char *comma = "";
	size_t i;

	buf_str(out, "{\"issuer-request-uri\":\"/token-request\","
		     "\"token-keys\":[");
	pthread_mutex_lock(&s->small_lock);
	for (i = 0; i < 256; i++) {
		const struct ask_key *k = &s->ask_keys[i];

		if (k->space == NULL || now < k->space->header->issuance.from ||
		    now >= k->space->header->issuance.to)
			continue;
		directory_key(k, comma, out);
		comma = ",";
	}
	pthread_mutex_unlock(&s->small_lock);
	buf_str(out, "]}");
	return buf_end(out);
}

static enum err
put_space(const struct space *sp, uint64_t now, struct buf *out)
{
	char id[2 * HASH_BYTES + 1], form[2 * HASH_BYTES + 1] = "";
	enum err r;

	hex_encode(hash_slice(&sp->header->id), id);
	if (sp->form != NULL)
		hex_encode(hash_slice(&sp->form->id), form);
	buf_printf(out,
	    "{\"first\":%llu,\"form_id\":\"%s\",\"kind\":\"%s\",\"last\":%llu,"
	    "\"phase\":\"%s\",\"slug\":\"%s\",\"space_id\":\"%s\",\"titles\":",
	    (unsigned long long)sp->header_index, form,
	    space_kind_name(sp->header->kind), (unsigned long long)sp->end,
	    world_phase_name(world_phase(sp, now)), sp->header->slug, id);
	r = json_canonical_put(out, sp->header->titles);
	buf_str(out, "}");
	return r;
}

enum err
service_spaces(struct service *s, struct buf *out)
{
	uint64_t now = clock_now(s->clock);
	size_t i, n;
	enum err r = OK;

	buf_str(out, "[");
	pthread_rwlock_rdlock(&s->world_lock);
	n = world_spaces(s->world);
	for (i = 0; i < n && r == OK; i++) {
		if (i > 0)
			buf_str(out, ",");
		r = put_space(world_space(s->world, i), now, out);
	}
	pthread_rwlock_unlock(&s->world_lock);
	buf_str(out, "]");
	return r == OK ? buf_end(out) : r;
}

enum err
service_read_counts(struct service *s, const struct space *sp,
    uint32_t *records, uint32_t *credentials)
{
	uint32_t some, distinct, all = 0, all_distinct = 0;
	unsigned p;
	enum err r;

	for (p = 1; p <= PURPOSE_MAX; p++) {
		if (!header_has_purpose(sp->header->kind, p))
			continue;
		r = store_credentials(
		    s->store, (uint32_t)sp->no, p, &some, &distinct);
		if (r != OK)
			return r;
		all += some;
		all_distinct += distinct;
	}
	*records = all;
	*credentials = all_distinct;
	return OK;
}

void
service_turnout(struct service *s, const struct space *space, uint32_t *issued,
    uint32_t *cast)
{
	struct track *t = s->tracks[space->no];
	uint32_t records, credentials, most = 0;
	size_t i;
	unsigned p;
	int known;

	for (i = 0; i < space->header->n_issuers; i++) {
		for (p = 1; p <= PURPOSE_MAX; p++) {
			if (space->ledgers[i][p].count > most)
				most = space->ledgers[i][p].count;
		}
	}
	*issued = most;

	/* Counted once per batch, not at each look at a page. */
	pthread_mutex_lock(&s->small_lock);
	known = t->counted_at == space->records + 1;
	credentials = t->credentials;
	pthread_mutex_unlock(&s->small_lock);
	if (!known &&
	    service_read_counts(s, space, &records, &credentials) == OK) {
		pthread_mutex_lock(&s->small_lock);
		t->counted_at = space->records + 1;
		t->credentials = credentials;
		pthread_mutex_unlock(&s->small_lock);
	}
	*cast = credentials;
}
