#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hex.h"

#include "file.h"
#include "forge.h"
#include "sample.h"
#include "stick.h"
#include "trustees.h"

const char *
stick_dir(const struct stick *s, size_t i, char out[static 300])
{
	(void)snprintf(out, 300, "%s/garante%zu", s->root, i);
	return out;
}

const char *
stick_path(const struct stick *s, const char *what, char out[static 400])
{
	(void)snprintf(out, 400, "%s/" STICK_SLUG "-%s", s->box, what);
	return out;
}

static void
header_make(struct stick *s)
{
	json_t *doc = sample_header(SPACE_BALLOT);
	struct buf b = { 0 };
	struct why why = { { 0 } };

	sample_edit(doc, "slug", "\"" STICK_SLUG "\"");
	trustees_set(doc, s->n, s->t);
	sample_text(doc, &b);
	json_decref(doc);
	if (header_parse(buf_slice(&b), &s->header, &why) != OK)
		fail_msg("%s", why.text);
	stick_write(s, "header.json", buf_slice(&b));
	buf_free(&b);
}

struct stick *
stick_new(size_t n, unsigned t)
{
	struct stick *s = calloc(1, sizeof(*s));
	char dir[300], name[40];
	size_t i;

	assert_non_null(s);
	s->n = n;
	s->t = t;
	(void)snprintf(s->root, sizeof(s->root), "/tmp/partecipa-XXXXXX");
	assert_non_null(mkdtemp(s->root));
	(void)snprintf(s->box, sizeof(s->box), "%s/stick", s->root);
	assert_int_equal(mkdir(s->box, 0700), 0);
	for (i = 1; i <= n; i++) {
		(void)snprintf(name, sizeof(name), "garante%zu", i);
		assert_int_equal(trustee_key_new(name, &s->keys[i - 1]), OK);
		trustees_identity(i - 1, &s->keys[i - 1].key);
		assert_int_equal(mkdir(stick_dir(s, i, dir), 0700), 0);
	}
	header_make(s);
	return s;
}

void
stick_lock(const struct stick *s, const char *passphrase)
{
	struct buf text = { 0 };
	struct why why = { { 0 } };
	char dir[300], path[400];
	size_t i;

	for (i = 0; i < s->n; i++) {
		text.n = 0;
		assert_int_equal(
		    trustee_key_lock(&s->keys[i], slice_str(passphrase), &text),
		    OK);
		(void)snprintf(path, sizeof(path), "%s/%s.key",
		    stick_dir(s, i + 1, dir), s->keys[i].name);
		if (file_write(path, 0600, buf_slice(&text), &why) != OK)
			fail_msg("%s", why.text);
	}
	buf_free(&text);
}

void
stick_free(struct stick *s)
{
	forge_clean(s->root);
	header_free(s->header);
	buf_free(&s->said);
	free(s);
}

enum err
stick_enter(struct stick *s, size_t i, const char *box, struct trustee *out)
{
	static char dirs[DKG_TRUSTEES_MAX][300];

	memset(out, 0, sizeof(*out));
	out->lock = -1;
	out->dir = stick_dir(s, i, dirs[i - 1]);
	out->key = s->keys[i - 1];
	memset(&s->why, 0, sizeof(s->why));
	return trustee_enter(
	    out, NULL, box == NULL ? s->box : box, STICK_SLUG, &s->why);
}

static enum err
sign(struct trustee *t, struct why *why)
{
	struct form *f = NULL;
	enum err r;

	if ((r = trustee_form(t, &f, why)) == OK)
		r = trustee_sign(t, f, why);
	form_free(f);
	return r;
}

static enum err
step(struct stick *s, size_t i, enum stick_step which, uint32_t attempt)
{
	struct trustee t;
	enum err r;

	if ((r = stick_enter(s, i, NULL, &t)) == OK) {
		switch (which) {
		case STICK_COMMIT:
			r = trustee_commit(&t, attempt, &s->why);
			break;
		case STICK_REVEAL:
			r = trustee_reveal(&t, &s->why);
			break;
		case STICK_SHARE:
			r = trustee_share(&t, &s->why);
			break;
		case STICK_CHECK:
			r = trustee_check(&t, &s->why);
			break;
		case STICK_SIGN:
			r = sign(&t, &s->why);
			break;
		}
	}
	s->said.n = 0;
	if (r == OK)
		buf_put(&s->said, t.said.p, t.said.n);
	else
		buf_str(&s->said, s->why.text);
	trustee_close(&t);
	return r;
}

enum err
stick_step(struct stick *s, size_t i, enum stick_step which)
{
	return step(s, i, which, 0);
}

enum err
stick_attempt(struct stick *s, size_t i, uint32_t attempt)
{
	return step(s, i, STICK_COMMIT, attempt);
}

void
stick_all(struct stick *s, enum stick_step which)
{
	size_t i;

	for (i = 1; i <= s->n; i++)
		if (stick_step(s, i, which) != OK)
			fail_msg("trustee %zu: %s", i, s->why.text);
}

void
stick_until(struct stick *s, enum stick_step which)
{
	int k;

	for (k = STICK_COMMIT; k <= (int)which; k++)
		stick_all(s, (enum stick_step)k);
}

void
stick_form(struct stick *s, const char *const *edits)
{
	struct buf transcript = { 0 }, text = { 0 };
	struct trustees made;
	json_t *doc;

	memset(&made, 0, sizeof(made));
	made.h = s->header;
	stick_read(s, "transcript.json", &transcript);
	assert_int_equal(ceremony_transcript_parse(buf_slice(&transcript),
			     s->header, &made.keys, &s->why),
	    OK);
	doc = sample_form(s->header, "{\"type\": \"choice\"}");
	trustees_seal(&made, doc);
	for (; edits != NULL && *edits != NULL; edits += 2)
		sample_edit(doc, edits[0], edits[1]);
	sample_text(doc, &text);
	stick_write(s, "form.json", buf_slice(&text));
	json_decref(doc);
	buf_free(&text);
	buf_free(&transcript);
}

void
stick_read(const struct stick *s, const char *what, struct buf *out)
{
	struct why why = { { 0 } };
	char path[400];

	out->n = 0;
	if (file_read(stick_path(s, what, path), DOCUMENT_MAX, out, &why) != OK)
		fail_msg("%s", why.text);
}

void
stick_write(const struct stick *s, const char *what, struct slice text)
{
	struct why why = { { 0 } };
	char path[400];

	if (file_write(stick_path(s, what, path), 0644, text, &why) != OK)
		fail_msg("%s", why.text);
}

void
stick_drop(const struct stick *s, const char *what)
{
	char path[400];

	assert_int_equal(unlink(stick_path(s, what, path)), 0);
}

int
stick_has(const struct stick *s, const char *what)
{
	char path[400];

	return file_exists(stick_path(s, what, path));
}

void
stick_state(const struct stick *s, size_t i, struct trustee_state *out)
{
	struct why why = { { 0 } };
	char dir[300];

	if (trustee_state_load(stick_dir(s, i, dir), STICK_SLUG,
		&s->keys[i - 1], out, &why) != OK)
		fail_msg("%s", why.text);
}

void
stick_message(const struct stick *s, size_t i, const struct ceremony_message *m)
{
	struct buf text = { 0 };
	char name[64];

	assert_int_equal(
	    ceremony_put(m, s->header, &s->keys[i - 1].key, &text), OK);
	(void)snprintf(name, sizeof(name), "%u-%s-%u.txt", (unsigned)m->attempt,
	    ceremony_round_name(m->round), (unsigned)m->index);
	stick_write(s, name, buf_slice(&text));
	buf_free(&text);
}

void
stick_parse(
    const struct stick *s, const char *what, struct ceremony_message *out)
{
	struct why why = { { 0 } };
	struct buf text = { 0 };

	stick_read(s, what, &text);
	if (ceremony_parse(buf_slice(&text), s->header, out, &why) != OK)
		fail_msg("%s", why.text);
	buf_free(&text);
}

int
stick_says(struct stick *s, const char *word)
{
	const char *said = buf_text(&s->said);

	if (said != NULL && strstr(said, word) != NULL)
		return 1;
	print_message("\"%s\" is not in: %s\n", word, said);
	return 0;
}
