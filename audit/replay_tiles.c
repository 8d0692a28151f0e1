/* Rule 5: the published hash tiles are those of the entries. */
#include <string.h>

#include "replay_run.h"

/* Hold the computed tile of ${level} against the published one. */
static enum err
compare(struct replay_run *run, unsigned level)
{
	struct hash there[TILE_WIDTH];
	struct verdict v = { .rule = RULE_TILES, .index = UINT64_MAX };
	uint64_t index = run->tiles.level[level].index;
	size_t i, n = 0, want = run->tiles.level[level].n;
	const struct hash *own = run->tiles.level[level].h;
	enum err r;

	r = source_hashes(
	    run->src, level, index, run->r->checkpoint.size, there, &n, &v.why);
	if (r != OK && r != ERR_FORMAT)
		return why_say(run->why, r, "%s", v.why.text);
	run->r->judged[RULE_TILES]++;
	if (r == ERR_FORMAT) {
		replay_report(run, &v);
		return OK;
	}
	for (i = 0; i < want && i < n; i++) {
		if (hash_equal(&there[i], &own[i]))
			continue;
		if (level == 0 && run->n_altered < REPLAY_ALTERED_MAX)
			run->altered[run->n_altered++] = index * TILE_WIDTH + i;
		if (v.why.text[0] != 0)
			continue;
		(void)why_say(&v.why, OK,
		    "hash %zu of tile %u/%llu is not that of the entries", i,
		    level, (unsigned long long)index);
		replay_report(run, &v);
	}
	return OK;
}

static enum err
push(struct replay_run *run, unsigned level, const struct hash *h)
{
	struct merkle m = { 0 };
	struct hash root;
	size_t i;
	enum err r;

	for (; level < REPLAY_TILE_LEVELS; level++) {
		run->tiles.level[level].h[run->tiles.level[level].n++] = *h;
		if (run->tiles.level[level].n < TILE_WIDTH)
			return OK;
		if ((r = compare(run, level)) != OK)
			return r;
		m.size = 0;
		for (i = 0; i < TILE_WIDTH; i++)
			merkle_append(&m, &run->tiles.level[level].h[i]);
		merkle_root(&m, &root);
		h = &root;
		run->tiles.level[level].n = 0;
		run->tiles.level[level].index++;
	}
	return OK;
}

enum err
replay_tiles_push(struct replay_run *run, const struct hash *leaf)
{
	enum err r;

	if (run->tiles.level[0].n < TILE_WIDTH - 1)
		return push(run, 0, leaf);
	run->before = run->tiles;
	if ((r = push(run, 0, leaf)) != OK)
		run->tiles = run->before;
	return r;
}

enum err
replay_tiles_end(struct replay_run *run)
{
	unsigned level;
	enum err r;

	for (level = 0; level < REPLAY_TILE_LEVELS; level++) {
		if (run->tiles.level[level].n > 0 &&
		    (r = compare(run, level)) != OK)
			return r;
	}
	return OK;
}
