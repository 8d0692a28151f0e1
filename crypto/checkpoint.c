#include <string.h>

#include "base64.h"
#include "text.h"

#include "checkpoint.h"

#define PROOF_HEAD "c2sp.org/tlog-proof@v1"

enum err
checkpoint_text_parse(struct slice text, struct checkpoint *out)
{
	struct cursor c = cursor_of(text);
	struct slice origin = text_line(&c);
	struct slice size = text_line(&c);
	struct slice root = text_line(&c);
	struct checkpoint v = { 0 };
	enum err r;

	if (c.bad)
		return ERR_FORMAT;
	if ((r = note_name_check(origin)) != OK ||
	    (r = text_u64(size, &v.size)) != OK ||
	    (r = base64_decode_exact(BASE64_STD, root, v.root.b, HASH_BYTES)) !=
		OK)
		return r;
	while (c.n > 0) {
		if (text_line(&c).n == 0)
			return ERR_FORMAT;
	}
	memcpy(v.origin, origin.p, origin.n);
	*out = v;
	return OK;
}

enum err
checkpoint_open(struct slice s, const struct note_key *k, struct note *note,
    struct checkpoint *out)
{
	struct checkpoint v;
	enum err r;

	if ((r = note_parse(s, note)) != OK ||
	    (r = checkpoint_text_parse(note->text, &v)) != OK)
		return r;
	/* Another log's checkpoint, or one that nobody we know has signed. */
	if (strcmp(v.origin, k->name) != 0 || note_verify(note, k) != OK)
		return ERR_SIGNATURE;
	*out = v;
	return OK;
}

enum err
checkpoint_sign(
    const struct checkpoint *c, const struct sign_key *k, struct buf *b)
{
	struct buf text = { 0 };
	enum err r;

	buf_printf(&text, "%s\n%llu\n", c->origin, (unsigned long long)c->size);
	base64_put(&text, BASE64_STD, hash_slice(&c->root));
	buf_str(&text, "\n");
	if ((r = buf_end(&text)) == OK)
		r = note_sign(buf_slice(&text), c->origin, k, b);
	buf_free(&text);
	return r;
}

enum err
checkpoint_quorum(const struct note *note, const struct note_key *keys,
    size_t n, size_t quorum)
{
	const struct note_key *counted[NOTE_SIGS_MAX];
	size_t i, j, have = 0;

	for (i = 0; i < n && have < quorum; i++) {
		if (note_cosigned(note, &keys[i], NULL) != OK)
			continue;
		/* One key under two names is one witness. */
		for (j = 0; j < have; j++) {
			if (public_key_cmp(&counted[j]->pk, &keys[i].pk) == 0)
				break;
		}
		if (j == have && have < NOTE_SIGS_MAX)
			counted[have++] = &keys[i];
	}
	return have >= quorum ? OK : ERR_SIGNATURE;
}

/* A line "index <n>", an "extra" line before it allowed. */
static enum err
parse_index(struct cursor *c, struct tlog_proof *out)
{
	struct slice line = text_line(c), text;
	struct buf extra = { 0 };
	enum err r;

	if (text_after(line, "extra ", &text) == OK) {
		if ((r = base64_decode(BASE64_STD, text, &extra)) == OK &&
		    extra.n == 0)
			r = ERR_FORMAT;
		buf_free(&extra);
		if (r != OK)
			return r;
		out->extra = text;
		line = text_line(c);
	}
	if ((r = text_after(line, "index ", &text)) != OK)
		return r;
	return text_u64(text, &out->index);
}

enum err
tlog_path_parse(struct cursor *c, struct merkle_proof *out)
{
	struct merkle_proof v = { 0 };
	struct slice line;
	enum err r;

	while ((line = text_line(c)).n > 0) {
		if (v.n == MERKLE_PROOF_MAX)
			return ERR_LIMIT;
		if ((r = base64_decode_exact(
			 BASE64_STD, line, v.h[v.n].b, HASH_BYTES)) != OK)
			return r;
		v.n++;
	}
	if (c->bad)
		return ERR_FORMAT;
	*out = v;
	return OK;
}

void
tlog_path_put(struct buf *b, const struct merkle_proof *path)
{
	size_t i;

	for (i = 0; i < path->n; i++) {
		base64_put(b, BASE64_STD, hash_slice(&path->h[i]));
		buf_str(b, "\n");
	}
	buf_str(b, "\n");
}

enum err
tlog_proof_parse(struct slice s, struct tlog_proof *out)
{
	struct cursor c = cursor_of(s);
	struct slice head = text_line(&c);
	struct tlog_proof v = { 0 };
	enum err r;

	if (!slice_equal(head, slice_str(PROOF_HEAD)))
		return ERR_FORMAT;
	if ((r = parse_index(&c, &v)) != OK ||
	    (r = tlog_path_parse(&c, &v.path)) != OK)
		return r;
	if (c.n == 0)
		return ERR_FORMAT;
	v.checkpoint = slice_of(c.p, c.n);
	*out = v;
	return OK;
}

void
tlog_proof_put(struct buf *b, uint64_t index, const struct merkle_proof *path,
    struct slice checkpoint)
{
	buf_printf(b, PROOF_HEAD "\nindex %llu\n", (unsigned long long)index);
	tlog_path_put(b, path);
	buf_put(b, checkpoint.p, checkpoint.n);
}

enum err
tlog_proof_verify(const struct tlog_proof *p, const struct hash *leaf,
    const struct note_key *k, struct note *note, struct checkpoint *out)
{
	struct checkpoint v;
	enum err r;

	if ((r = checkpoint_open(p->checkpoint, k, note, &v)) != OK ||
	    (r = merkle_verify_inclusion(
		 leaf, p->index, v.size, &p->path, &v.root)) != OK)
		return r;
	*out = v;
	return OK;
}
