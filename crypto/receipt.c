#include <string.h>

#include "base64.h"
#include "text.h"

#include "receipt.h"

#define PLAIN "partecipa/receipt/v1"
#define GROUP "partecipa/receipt-group/v1"
#define MEMBER "partecipa/receipt-member/v1"
#define SALT_BYTES 16

static void
put_hash(struct buf *b, const struct hash *h)
{
	base64_put(b, BASE64_STD, hash_slice(h));
	buf_str(b, "\n");
}

static enum err
read_hash(struct slice line, struct hash *out)
{
	return base64_decode_exact(BASE64_STD, line, out->b, HASH_BYTES);
}

void
receipt_text(const struct receipt *r, struct buf *b)
{
	buf_str(b, PLAIN "\n");
	put_hash(b, &r->space_id);
	put_hash(b, &r->leaf);
	buf_printf(b, "%llu\n", (unsigned long long)r->window_end);
}

/* Sign what ${text} holds, and free it. */
static enum err
sign_text(
    struct buf *text, const char *name, const struct sign_key *k, struct buf *b)
{
	enum err r;

	if ((r = buf_end(text)) == OK)
		r = note_sign(buf_slice(text), name, k, b);
	buf_free(text);
	return r;
}

enum err
receipt_sign(const struct receipt *r, const char *name,
    const struct sign_key *k, struct buf *b)
{
	struct buf text = { 0 };

	receipt_text(r, &text);
	return sign_text(&text, name, k, b);
}

void
receipt_group_leaf(
    const uint8_t salt[static 16], const struct hash *leaf, struct hash *out)
{
	struct slice parts[2] = { slice_of(salt, SALT_BYTES),
		hash_slice(leaf) };

	hash_dst("receipt", parts, 2, out);
}

enum err
receipt_group_sign(const struct hash *space_id, uint64_t window_end,
    const struct hash *root, uint64_t size, const char *name,
    const struct sign_key *k, struct buf *b)
{
	struct buf text = { 0 };

	buf_str(&text, GROUP "\n");
	put_hash(&text, space_id);
	buf_printf(&text, "%llu\n%llu\n", (unsigned long long)window_end,
	    (unsigned long long)size);
	put_hash(&text, root);
	return sign_text(&text, name, k, b);
}

void
receipt_group_put(struct buf *b, const uint8_t salt[static 16], uint64_t index,
    const struct merkle_proof *path, struct slice note)
{
	size_t i;

	buf_str(b, MEMBER "\nsalt ");
	base64_put(b, BASE64_STD, slice_of(salt, SALT_BYTES));
	buf_printf(b, "\nindex %llu\n", (unsigned long long)index);
	for (i = 0; i < path->n; i++)
		put_hash(b, &path->h[i]);
	buf_str(b, "\n");
	buf_put(b, note.p, note.n);
}

/* Parse the note ${s} and demand that ${k} signed it; its text to ${text}. */
static enum err
open_note(struct slice s, const struct note_key *k, struct slice *text)
{
	struct note note;
	enum err r;

	if ((r = note_parse(s, &note)) != OK)
		return r;
	if (note_verify(&note, k) != OK)
		return ERR_SIGNATURE;
	*text = note.text;
	return OK;
}

static enum err
open_plain(struct slice s, const struct note_key *k, struct receipt *out)
{
	struct slice text, head, space, leaf, end;
	struct cursor c;
	enum err r;

	if ((r = open_note(s, k, &text)) != OK)
		return r;
	c = cursor_of(text);
	head = text_line(&c);
	space = text_line(&c);
	leaf = text_line(&c);
	end = text_line(&c);
	if ((r = cursor_end(&c)) != OK)
		return r;
	if (!slice_equal(head, slice_str(PLAIN)))
		return ERR_FORMAT;
	if ((r = read_hash(space, &out->space_id)) != OK ||
	    (r = read_hash(leaf, &out->leaf)) != OK)
		return r;
	return text_u64(end, &out->window_end);
}

/* What a group's note says. */
struct group {
	uint64_t size;
	struct hash root;
};

static enum err
open_group(struct slice s, const struct note_key *k, struct receipt *out,
    struct group *g)
{
	struct slice text, head, space, end, size, root;
	struct cursor c;
	enum err r;

	if ((r = open_note(s, k, &text)) != OK)
		return r;
	c = cursor_of(text);
	head = text_line(&c);
	space = text_line(&c);
	end = text_line(&c);
	size = text_line(&c);
	root = text_line(&c);
	if ((r = cursor_end(&c)) != OK)
		return r;
	if (!slice_equal(head, slice_str(GROUP)))
		return ERR_FORMAT;
	if ((r = read_hash(space, &out->space_id)) != OK ||
	    (r = text_u64(end, &out->window_end)) != OK ||
	    (r = text_u64(size, &g->size)) != OK)
		return r;
	return read_hash(root, &g->root);
}

/* What stands in front of a group's note. */
struct member {
	uint8_t salt[SALT_BYTES];
	uint64_t index;
	struct merkle_proof path;
	struct slice note;
};

static enum err
parse_member(struct slice s, struct member *out)
{
	struct cursor c = cursor_of(s);
	struct slice line, text;
	enum err r;

	(void)text_line(&c); /* seen by receipt_open */
	if ((r = text_after(text_line(&c), "salt ", &text)) != OK ||
	    (r = base64_decode_exact(
		 BASE64_STD, text, out->salt, SALT_BYTES)) != OK ||
	    (r = text_after(text_line(&c), "index ", &text)) != OK ||
	    (r = text_u64(text, &out->index)) != OK)
		return r;
	out->path.n = 0;
	for (;;) {
		line = text_line(&c);
		if (line.n == 0)
			break;
		if (out->path.n == MERKLE_PROOF_MAX)
			return ERR_LIMIT;
		if ((r = read_hash(line, &out->path.h[out->path.n])) != OK)
			return r;
		out->path.n++;
	}
	if (c.bad)
		return ERR_FORMAT;
	out->note = slice_of(c.p, c.n);
	return OK;
}

static enum err
open_member(
    struct slice s, const struct note_key *k, struct receipt_promise *out)
{
	struct receipt r;
	struct member m;
	struct group g;
	enum err e;

	if ((e = parse_member(s, &m)) != OK ||
	    (e = open_group(m.note, k, &r, &g)) != OK)
		return e;
	if (m.index >= g.size)
		return ERR_SIGNATURE;
	out->space_id = r.space_id;
	out->window_end = r.window_end;
	out->grouped = 1;
	memcpy(out->salt, m.salt, SALT_BYTES);
	out->index = m.index;
	out->size = g.size;
	out->path = m.path;
	out->root = g.root;
	return OK;
}

enum err
receipt_promise_open(
    struct slice s, const struct note_key *k, struct receipt_promise *out)
{
	struct receipt_promise v = { .grouped = 0 };
	struct cursor c = cursor_of(s);
	struct slice head = text_line(&c);
	struct receipt r;
	enum err e;

	if (slice_equal(head, slice_str(PLAIN))) {
		if ((e = open_plain(s, k, &r)) != OK)
			return e;
		v.space_id = r.space_id;
		v.window_end = r.window_end;
		v.leaf = r.leaf;
	} else if (!slice_equal(head, slice_str(MEMBER))) {
		return ERR_FORMAT;
	} else if ((e = open_member(s, k, &v)) != OK) {
		return e;
	}
	*out = v;
	return OK;
}

int
receipt_promise_is_of(const struct receipt_promise *p, const struct hash *leaf)
{
	struct hash entry, h;

	if (!p->grouped)
		return hash_equal(&p->leaf, leaf);
	receipt_group_leaf(p->salt, leaf, &entry);
	hash_leaf(hash_slice(&entry), &h);
	return merkle_verify_inclusion(
		   &h, p->index, p->size, &p->path, &p->root) == OK;
}

enum err
receipt_open(struct slice s, const struct note_key *k, const struct hash *leaf,
    struct receipt *out)
{
	struct receipt_promise p;
	enum err r;

	if ((r = receipt_promise_open(s, k, &p)) != OK)
		return r;
	if (!receipt_promise_is_of(&p, leaf))
		return p.grouped ? ERR_SIGNATURE : ERR_CONFLICT;
	out->space_id = p.space_id;
	out->leaf = *leaf;
	out->window_end = p.window_end;
	return OK;
}
