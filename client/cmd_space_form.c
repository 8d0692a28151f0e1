#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "pb_read.h"

#include "box.h"
#include "cmd.h"
#include "cmd_space.h"
#include "file.h"
#include "pictures.h"
#include "spacefile.h"
#include "spacepb.h"

#define SIGNATURE_FILE_MAX 1024

struct forming {
	const char *plain[2]; /* slug, file */
	const char *pb, *server, *out, *box, *transcript, *form;
	int draft, publish;
	struct spacefile_rule rule;
	struct args_list keys, signatures;
	struct cmd_signers signers;
	struct header *header;
	struct box *mail;
	struct buf transcript_bytes; /* n = 0: none */
	struct buf doc;		     /* the form */
};

static enum err
form_of_pb(const char *path, json_t **out, struct why *why)
{
	struct pb_report *report;
	struct pb *pb = NULL;
	int widened;
	enum err r;

	if ((report = calloc(1, sizeof(*report))) == NULL)
		return ERR_NOMEM;
	if ((r = pb_read_file(path, &pb, report)) != OK) {
		pb_report_print(report, path, stderr);
		(void)why_say(why, r, "%s cannot be used", path);
		goto out;
	}
	if ((r = spacepb_form(pb, out, &widened, why)) == OK && widened)
		(void)fprintf(stderr,
		    "%s: its ballots break its own limits; the form's are "
		    "wider.\n",
		    path);

out:
	pb_free(pb);
	free(report);
	return r;
}

static enum err
form_file(const struct forming *o, json_t **out, struct why *why)
{
	struct buf b = { 0 };
	enum err r;

	if (o->pb != NULL)
		return form_of_pb(o->pb, out, why);
	if ((r = file_read(o->plain[1], DOCUMENT_MAX, &b, why)) == OK &&
	    (r = json_read(buf_slice(&b), out, why)) != OK)
		why_prefix(why, "%s: ", o->plain[1]);
	buf_free(&b);
	return r;
}

/* ---- What the trustees made ---------------------------------------------- */

/* Lay the messages of one attempt in their places. */
static void
attempt_take(const struct forming *o, uint32_t attempt, struct ceremony *c)
{
	struct ceremony_message m;
	struct slice text;
	size_t i;

	memset(c, 0, sizeof(*c));
	c->attempt = attempt;
	for (i = 0; i < o->mail->n_messages; i++) {
		text = buf_slice(&o->mail->messages[i].text);
		if (ceremony_parse(text, o->header, &m, NULL) == OK &&
		    m.attempt == attempt)
			c->messages[m.round][m.index - 1] = text;
	}
}

/* The transcript of the latest attempt in the post box. */
static enum err
transcript_collect(struct forming *o, struct why *why)
{
	struct ceremony_message m;
	struct ceremony c;
	uint32_t last = 0;
	size_t i;

	for (i = 0; i < o->mail->n_messages; i++)
		if (ceremony_parse(buf_slice(&o->mail->messages[i].text),
			o->header, &m, NULL) == OK &&
		    m.attempt > last)
			last = m.attempt;
	if (last == 0)
		return why_say(why, ERR_NOT_FOUND,
		    "the trustees have not begun their ceremony: the post box "
		    "is empty");
	attempt_take(o, last, &c);
	return ceremony_transcript_put(
	    &c, o->header, &o->transcript_bytes, why);
}

static enum err
mail_open(struct forming *o, struct why *why)
{
	enum err r;

	if (o->mail != NULL)
		return OK;
	if ((r = box_open(o->server, o->box, o->plain[0], &o->mail, why)) != OK)
		return r;
	return box_read(o->mail, why);
}

static enum err
transcript_get(struct forming *o, struct why *why)
{
	enum err r;

	if (o->transcript != NULL)
		return file_read(
		    o->transcript, DOCUMENT_MAX, &o->transcript_bytes, why);
	if ((r = mail_open(o, why)) != OK)
		return r;
	if (o->box == NULL)
		return transcript_collect(o, why);
	if (o->mail->transcript.n == 0)
		return why_say(why, ERR_NOT_FOUND,
		    "%s/%s-transcript.json is not there: the ceremony is not "
		    "complete",
		    o->box, o->plain[0]);
	buf_put(
	    &o->transcript_bytes, o->mail->transcript.p, o->mail->transcript.n);
	return buf_end(&o->transcript_bytes);
}

/* "seal", as the ceremony made it. */
static enum err
seal_set(json_t *file, const struct ceremony_keys *k)
{
	char hex[2 * POINT_BYTES + 1];
	json_t *seal = json_object(), *shares = json_array();
	int bad = 0;
	size_t i;

	hex_encode(point_slice(&k->y), hex);
	bad |= json_object_set_new(seal, "key", json_string(hex));
	for (i = 0; i < k->n; i++) {
		hex_encode(point_slice(&k->v[i]), hex);
		bad |= json_array_append_new(shares, json_string(hex));
	}
	bad |= json_object_set_new(seal, "shares", shares);
	hex_encode(hash_slice(&k->transcript), hex);
	bad |= json_object_set_new(seal, "transcript", json_string(hex));
	bad |= json_object_set_new(file, "seal", seal);
	return bad ? ERR_NOMEM : OK;
}

static enum err
seal_get(struct forming *o, json_t *file, struct why *why)
{
	struct ceremony_keys keys;
	enum err r;

	if ((r = transcript_get(o, why)) != OK)
		return r;
	if ((r = ceremony_transcript_parse(buf_slice(&o->transcript_bytes),
		 o->header, &keys, why)) != OK) {
		why_prefix(why, "the transcript: ");
		return r;
	}
	return seal_set(file, &keys);
}

/* ---- The form ------------------------------------------------------------ */

static enum err
form_make(struct forming *o, struct why *why)
{
	json_t *file = NULL;
	enum err r;

	if ((r = form_file(o, &file, why)) != OK ||
	    (o->pb == NULL &&
		(r = pictures_fill(o->signers.api, &o->signers.key[0], file,
		     o->plain[1], why)) != OK))
		goto out;
	if (o->header->n_trustees > 0 && (r = seal_get(o, file, why)) != OK)
		goto out;
	if ((r = spacefile_form(file, o->header, &o->rule, &o->doc, why)) != OK)
		why_prefix(why, "%s: ", o->pb != NULL ? o->pb : o->plain[1]);

out:
	json_decref(file);
	return r;
}

static enum err
form_enter(struct forming *o, struct entry *e, struct why *why)
{
	uint64_t index;
	enum err r;

	e->kind = ENTRY_FORM;
	e->space_id = o->header->id;
	hash_bytes(buf_slice(&o->doc), &e->object);
	if ((r = cmd_enter(&o->signers, e, buf_slice(&o->doc), o->out, &index,
		 why)) == OK)
		cmd_entered(index, o->out);
	return r;
}

/* ---- Draft --------------------------------------------------------------- */

static enum err
draft_upload(struct forming *o, struct why *why)
{
	struct buf path = { 0 }, body = { 0 }, answer = { 0 };
	struct hash id, said;
	json_t *j = NULL;
	enum err r;

	hash_bytes(buf_slice(&o->doc), &id);
	buf_printf(&path, "spaces/%s/draft", o->plain[0]);
	buf_u32(&body, (uint32_t)o->doc.n);
	buf_put(&body, o->doc.p, o->doc.n);
	buf_u32(&body, (uint32_t)o->transcript_bytes.n);
	buf_put(&body, o->transcript_bytes.p, o->transcript_bytes.n);
	if ((r = buf_end(&body)) != OK || buf_text(&path) == NULL)
		goto out;
	if ((r = api_staff(o->signers.api, &o->signers.key[0], "POST",
		 buf_text(&path), buf_slice(&body), &answer, why)) != OK ||
	    (r = json_read(buf_slice(&answer), &j, why)) != OK ||
	    (r = json_get_hex(j, "form_id", said.b, HASH_BYTES, why)) != OK)
		goto out;
	if (!hash_equal(&said, &id))
		r = why_say(why, ERR_SIGNATURE,
		    "the server keeps another form than the one that was sent");

out:
	json_decref(j);
	buf_free(&path);
	buf_free(&body);
	buf_free(&answer);
	return r;
}

/* For the trustees' stick, or to be looked at. */
static enum err
draft_write(
    struct forming *o, const char *what, const struct buf *b, struct why *why)
{
	struct buf path = { 0 };
	enum err r;

	buf_printf(&path, "%s/%s-%s", o->box != NULL ? o->box : ".",
	    o->plain[0], what);
	r = buf_text(&path) == NULL
		? ERR_NOMEM
		: file_write(buf_text(&path), 0644, buf_slice(b), why);
	if (r == OK)
		printf("%s\n", buf_text(&path));
	buf_free(&path);
	return r;
}

static enum err
draft_do(struct forming *o, struct why *why)
{
	char hex[2 * HASH_BYTES + 1];
	struct hash id;
	enum err r;

	if (o->header->n_trustees == 0)
		return why_say(why, ERR_FORBIDDEN,
		    "\"%s\" has no trustees: its form needs no draft; leave "
		    "--draft out",
		    o->plain[0]);
	if ((r = form_make(o, why)) != OK || (r = draft_upload(o, why)) != OK ||
	    (r = draft_write(o, "form.json", &o->doc, why)) != OK ||
	    (r = draft_write(
		 o, "transcript.json", &o->transcript_bytes, why)) != OK)
		return r;
	hash_bytes(buf_slice(&o->doc), &id);
	hex_encode(hash_slice(&id), hex);
	printf("The form %s waits for the signatures of all %zu trustees: "
	       "partecipa trustee sign %s. Then: partecipa space form %s "
	       "--publish\n",
	    hex, o->header->n_trustees, o->plain[0], o->plain[0]);
	return OK;
}

/* ---- Publish ------------------------------------------------------------- */

/* A signature counts if it is of this form; ${where} names it. */
static enum err
signature_take(const struct forming *o, struct slice text, const char *where,
    struct entry *e, int *have, struct why *why)
{
	struct ceremony_signature s;
	enum err r;

	if ((r = ceremony_signature_parse(text, o->header, &s, why)) != OK) {
		why_prefix(why, "%s: ", where);
		return r;
	}
	if (!hash_equal(&s.form_id, &e->object))
		return why_say(why, ERR_CONFLICT,
		    "%s: trustee %u signed another form than this one", where,
		    (unsigned)s.index);
	e->trustee_sigs[s.index - 1] = s.sig;
	have[s.index - 1] = 1;
	return OK;
}

static enum err
signatures_files(
    const struct forming *o, struct entry *e, int *have, struct why *why)
{
	struct buf b = { 0 };
	enum err r = OK;
	size_t i;

	for (i = 0; r == OK && i < o->signatures.n; i++) {
		b.n = 0;
		if ((r = file_read(o->signatures.v[i], SIGNATURE_FILE_MAX, &b,
			 why)) == OK)
			r = signature_take(
			    o, buf_slice(&b), o->signatures.v[i], e, have, why);
	}
	buf_free(&b);
	return r;
}

static enum err
signatures_mail(struct forming *o, struct entry *e, int *have, struct why *why)
{
	enum err r = OK;
	size_t i;

	for (i = 0; r == OK && i < o->mail->n_signatures; i++)
		r = signature_take(o, buf_slice(&o->mail->signatures[i].text),
		    o->mail->signatures[i].name, e, have, why);
	return r;
}

static enum err
signatures_get(struct forming *o, struct entry *e, struct why *why)
{
	int have[DKG_TRUSTEES_MAX] = { 0 };
	char missing[4 * DKG_TRUSTEES_MAX + 1] = "";
	size_t i;
	enum err r;

	hash_bytes(buf_slice(&o->doc), &e->object);
	e->n_trustees = o->header->n_trustees;
	if ((r = signatures_files(o, e, have, why)) != OK)
		return r;
	if (o->signatures.n == 0 &&
	    ((r = mail_open(o, why)) != OK ||
		(r = signatures_mail(o, e, have, why)) != OK))
		return r;
	for (i = 0; i < o->header->n_trustees; i++)
		if (!have[i])
			(void)snprintf(missing + strlen(missing),
			    sizeof(missing) - strlen(missing), " %zu", i + 1);
	if (missing[0] != '\0')
		return why_say(why, ERR_FORBIDDEN,
		    "all trustees have to sign the form; missing: trustee%s",
		    missing);
	return OK;
}

/* The form and its transcript, as they lie in the files or the post box. */
static enum err
published_get(struct forming *o, struct why *why)
{
	enum err r;

	if (o->form != NULL) {
		if ((r = file_read(o->form, DOCUMENT_MAX, &o->doc, why)) != OK)
			return r;
		return transcript_get(o, why);
	}
	if ((r = mail_open(o, why)) != OK)
		return r;
	if (o->mail->form.n == 0 || o->mail->transcript.n == 0)
		return why_say(why, ERR_NOT_FOUND,
		    "there is no draft to publish: partecipa space form %s "
		    "FILE.json --draft",
		    o->plain[0]);
	buf_put(&o->doc, o->mail->form.p, o->mail->form.n);
	buf_put(
	    &o->transcript_bytes, o->mail->transcript.p, o->mail->transcript.n);
	r = buf_end(&o->doc);
	return r == OK ? buf_end(&o->transcript_bytes) : r;
}

static enum err
published_check(struct forming *o, struct why *why)
{
	struct ceremony_keys keys;
	struct form *f = NULL;
	enum err r;

	if ((r = form_parse(buf_slice(&o->doc), o->header, &f, why)) != OK)
		return r;
	if (!f->sealed)
		r = why_say(why, ERR_FORBIDDEN,
		    "\"%s\" has no trustees: leave --publish out", o->plain[0]);
	else if ((r = ceremony_transcript_parse(buf_slice(&o->transcript_bytes),
		      o->header, &keys, why)) == OK)
		r = ceremony_form_check(f, &keys, why);
	form_free(f);
	return r;
}

static enum err
publish_do(struct forming *o, struct why *why)
{
	struct entry e;
	enum err r;

	memset(&e, 0, sizeof(e));
	if ((r = published_get(o, why)) != OK ||
	    (r = published_check(o, why)) != OK ||
	    (r = signatures_get(o, &e, why)) != OK)
		return r;
	/* What came on a stick the server may not have seen. */
	if ((o->form != NULL || o->box != NULL) &&
	    (r = draft_upload(o, why)) != OK)
		return r;
	return form_enter(o, &e, why);
}

/* ---- The command --------------------------------------------------------- */

static enum err
form_do(struct forming *o, struct why *why)
{
	struct buf bytes = { 0 };
	struct entry e;
	enum err r;

	memset(&e, 0, sizeof(e));
	if ((r = cmd_signers_open(o->server, &o->keys, &o->signers, why)) !=
		OK ||
	    (r = api_header(o->signers.api, o->plain[0], &bytes, why)) != OK ||
	    (r = header_parse(buf_slice(&bytes), &o->header, why)) != OK)
		goto out;
	if (o->draft)
		r = draft_do(o, why);
	else if (o->publish)
		r = publish_do(o, why);
	else if (o->header->n_trustees > 0)
		r = why_say(why, ERR_FORBIDDEN,
		    "\"%s\" is sealed: its form is made with --draft, signed "
		    "by all trustees, then entered with --publish",
		    o->plain[0]);
	else if ((r = form_make(o, why)) == OK)
		r = form_enter(o, &e, why);

out:
	buf_free(&bytes);
	return r;
}

static int
form_arguments(const struct forming *o)
{
	if (o->server == NULL || o->keys.n == 0)
		return args_usage("space form needs --server and --key.");
	if (o->draft && o->publish)
		return args_usage("--draft and --publish are two steps.");
	if (o->publish)
		return o->plain[1] == NULL && o->pb == NULL
			   ? ARGS_GO
			   : args_usage("space form --publish takes the form "
					"from the post box, or by --form.");
	if ((o->plain[1] == NULL) == (o->pb == NULL))
		return args_usage("space form needs a FILE.json or --pb.");
	return ARGS_GO;
}

int
cmd_space_form(int argc, char **argv)
{
	struct forming o = { 0 };
	const struct args_option options[] = {
		{ "pb", ARGS_TEXT, &o.pb, "FILE.pb",
		    "projects and limits of a .pb file" },
		{ "rule", ARGS_TEXT, &o.rule.id, "ID", "the rule of counting" },
		{ "increment", ARGS_TEXT, &o.rule.increment, "D",
		    "step of the add1 rules (default: 1)" },
		{ "min-score", ARGS_TEXT, &o.rule.min_score, "N",
		    "for greedy-threshold" },
		{ "draft", ARGS_FLAG, &o.draft, NULL,
		    "sealed: for the trustees to sign" },
		{ "publish", ARGS_FLAG, &o.publish, NULL,
		    "sealed: enter what they signed" },
		{ "box", ARGS_TEXT, &o.box, "FOLDER",
		    "sealed: the trustees' stick" },
		{ "transcript", ARGS_TEXT, &o.transcript, "FILE",
		    "sealed: of the ceremony" },
		{ "form", ARGS_TEXT, &o.form, "FILE",
		    "with --publish: the form that was signed" },
		{ "signature", ARGS_LIST, &o.signatures, "FILE",
		    "with --publish: one per trustee" },
		{ "server", ARGS_TEXT, &o.server, "URL", "the server" },
		{ "key", ARGS_LIST, &o.keys, "FILE", "two admins' key files" },
		{ "out", ARGS_TEXT, &o.out, "FILE",
		    "with one key: a proposal for the second to sign" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = {
		"space form SLUG FILE.json|--pb FILE.pb [--rule ID] --server "
		"URL --key A --key B",
		"Publishes what is voted on. FILE.json: options [{id, titles, "
		"cost, ...}], ballot\n(\"choice\" or {type, min, max, ...}), "
		"budget, rule; the rest has defaults. An option's\n\"picture\" "
		"is {file, alt}: the file is uploaded. The form cannot be "
		"changed afterwards. For a sealed space: --draft with one key, "
		"then "
		"the trustees sign, then\n--publish.",
		options, 1, 2
	};
	struct why why = { { 0 } };
	enum err r;
	int status;

	if ((status = args_parse(&spec, argc, argv, o.plain)) != ARGS_GO ||
	    (status = form_arguments(&o)) != ARGS_GO)
		return status;
	r = form_do(&o, &why);
	header_free(o.header);
	box_close(o.mail);
	buf_free(&o.transcript_bytes);
	buf_free(&o.doc);
	cmd_signers_close(&o.signers);
	return r == OK ? 0 : cmd_fail(r, &why);
}
