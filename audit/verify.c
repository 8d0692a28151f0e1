/* What an audit found, for people and as JSON. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"

#include "replay.h"
#include "verify_sealed.h"

#include "verify.h"

static const char *
state_of(const struct replay *r, enum rule_no rule)
{
	size_t i;

	for (i = 0; i < r->n_broken; i++) {
		if (r->broken[i].rule == rule)
			return "broken";
	}
	return r->not_due[rule] || r->world == NULL ? "not-due" : "held";
}

static enum verify_status
status_of(const struct replay *r)
{
	size_t i;

	if (r->n_broken > 0)
		return VERIFY_BROKEN;
	for (i = 1; i <= RULE_MAX; i++) {
		if (r->not_due[i])
			return VERIFY_NOT_DUE;
	}
	return VERIFY_COMPLETE;
}

/* Where a space has come to by the log alone: clocks are not public. */
static const char *
phase_of(const struct space *s)
{
	if (s->cancelled)
		return "cancelled";
	if (s->has_result)
		return "result";
	if (s->closed)
		return "closed";
	if (s->batches > 0)
		return "open";
	return s->form != NULL ? "form" : "announced";
}

static uint32_t
credentials(const struct replay *r, const struct space *s)
{
	uint32_t n = 0;
	unsigned p;

	for (p = 1; p <= PURPOSE_MAX; p++)
		n += seen_credentials(r->seen, s->no, p);
	return n;
}

/* --- JSON --------------------------------------------------------------------
 */

static json_t *
rules_json(const struct replay *r)
{
	json_t *a = json_array();
	size_t i;

	for (i = 0; i < RULE_MAX; i++) {
		const struct rule_row *row = &rules[i];

		json_array_append_new(
		    a, json_pack("{si ss sI ss}", "no", (int)row->no, "name",
			   row->name, "judged", (json_int_t)r->judged[row->no],
			   "state", state_of(r, row->no)));
	}
	return a;
}

static json_t *
broken_json(const struct replay *r)
{
	json_t *a = json_array(), *o;
	size_t i;

	for (i = 0; i < r->n_broken; i++) {
		const struct verdict *v = &r->broken[i];

		o = json_pack("{si ss ss}", "no", (int)v->rule, "rule",
		    rule_of(v->rule)->name, "why", v->why.text);
		if (o == NULL)
			continue;
		if (v->index != UINT64_MAX)
			json_object_set_new(
			    o, "index", json_integer((json_int_t)v->index));
		json_array_append_new(a, o);
	}
	return a;
}

static json_t *
issued_json(const struct space *s)
{
	json_t *a = json_array();
	size_t i;
	unsigned p;

	for (i = 0; i < s->header->n_issuers; i++) {
		for (p = 1; p <= PURPOSE_MAX; p++) {
			if (!s->ledgers[i][p].present)
				continue;
			json_array_append_new(
			    a, json_pack("{sI sI ss}", "count",
				   (json_int_t)s->ledgers[i][p].count, "issuer",
				   (json_int_t)i, "purpose", purpose_name(p)));
		}
	}
	return a;
}

static json_t *
spaces_json(const struct replay *r)
{
	json_t *a = json_array(), *o, *result;
	struct slice doc;
	size_t i;

	for (i = 0; r->world != NULL && i < world_spaces(r->world); i++) {
		const struct space *s = world_space(r->world, i);

		if (!world_wanted(r->world, s))
			continue;
		o = json_pack("{ss ss sI sI so}", "slug", s->header->slug,
		    "phase", phase_of(s), "records", (json_int_t)s->records,
		    "credentials", (json_int_t)credentials(r, s), "issued",
		    issued_json(s));
		verify_sealed_json(r, s, o);
		doc = replay_recounted(r, s);
		if (doc.n > 0 && json_read(doc, &result, NULL) == OK)
			json_object_set_new(o, "result", result);
		json_array_append_new(a, o);
	}
	return a;
}

static void
print_json(const struct replay *r, FILE *out)
{
	static const char *const names[] = { "complete", "broken", "unreadable",
		"not-due" };
	char root[2 * HASH_BYTES + 1];
	json_t *o;

	hex_encode(hash_slice(&r->checkpoint.root), root);
	o = json_pack("{ss ss sI ss so so so}", "status", names[status_of(r)],
	    "origin", r->checkpoint.origin, "size",
	    (json_int_t)r->checkpoint.size, "root", root, "rules",
	    rules_json(r), "broken", broken_json(r), "spaces", spaces_json(r));
	json_dumpf(o, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(o);
}

/* --- For people --------------------------------------------------------------
 */

static void
print_space(const struct replay *r, const struct space *s, FILE *out)
{
	struct slice doc = replay_recounted(r, s);
	json_t *result, *wins;
	size_t i;

	fprintf(out, "space %s: %s, %u records of %u credentials",
	    s->header->slug, phase_of(s), (unsigned)s->records,
	    (unsigned)credentials(r, s));
	for (i = 0; i < s->header->n_issuers; i++) {
		unsigned p;

		for (p = 1; p <= PURPOSE_MAX; p++) {
			if (s->ledgers[i][p].present)
				fprintf(out, ", %u issued (%s)",
				    (unsigned)s->ledgers[i][p].count,
				    purpose_name(p));
		}
	}
	fputc('\n', out);
	verify_sealed_print(r, s, out);
	if (doc.n == 0 || json_read(doc, &result, NULL) != OK)
		return;
	wins = json_object_get(json_object_get(result, "outcome"), "selected");
	if (wins != NULL)
		fprintf(out, "  wins:");
	for (i = 0; i < json_array_size(wins); i++)
		fprintf(out, " %s", json_string_value(json_array_get(wins, i)));
	if (wins != NULL)
		fputc('\n', out);
	json_decref(result);
}

static void
print_verdict(const struct replay *r, FILE *out)
{
	size_t i, waiting = 0;

	for (i = 0; i < r->n_broken; i++) {
		const struct verdict *v = &r->broken[i];

		fprintf(out, "broken: rule %d, %s", (int)v->rule,
		    rule_of(v->rule)->name);
		if (v->index != UINT64_MAX)
			fprintf(out, ", at entry %" PRIu64, v->index);
		fprintf(out, ": %s\n", v->why.text);
	}
	for (i = 1; i <= RULE_MAX; i++)
		waiting += r->not_due[i] ? 1 : 0;
	if (r->n_broken > 0)
		fprintf(out, "This log breaks the rules: do not trust it.\n");
	else if (waiting > 0)
		fprintf(out,
		    "Nothing is broken; %zu rules cannot be judged yet.\n",
		    waiting);
	else
		fprintf(out, "Complete, and every rule held.\n");
}

static void
print_people(const struct replay *r, FILE *out)
{
	char root[2 * HASH_BYTES + 1];
	size_t i;

	hex_encode(hash_slice(&r->checkpoint.root), root);
	fprintf(out, "log %s\n%" PRIu64 " entries, root %s\n\n",
	    r->checkpoint.origin, r->checkpoint.size, root);
	fprintf(out, " no  rule                 judged  state\n");
	for (i = 0; i < RULE_MAX; i++)
		fprintf(out, " %2d  %-18s %8" PRIu64 "  %s\n", (int)rules[i].no,
		    rules[i].name, r->judged[rules[i].no],
		    state_of(r, rules[i].no));
	fputc('\n', out);
	for (i = 0; r->world != NULL && i < world_spaces(r->world); i++) {
		const struct space *s = world_space(r->world, i);

		if (world_wanted(r->world, s))
			print_space(r, s, out);
	}
	print_verdict(r, out);
}

void
verify_rules(FILE *out)
{
	size_t i;

	for (i = 0; i < RULE_MAX; i++)
		fprintf(out, "%2d  %-16s  from %-7s  %s\n", (int)rules[i].no,
		    rules[i].name, rule_phase_name(rules[i].phase),
		    rules[i].text);
}

/* --- The whole ---------------------------------------------------------------
 */

enum err
verify_key(const char *arg, char out[static VERIFY_KEY_CHARS], struct why *why)
{
	struct note_key k;
	FILE *f;
	size_t n;

	if (note_key_parse(slice_str(arg), &k) == OK &&
	    strlen(arg) < VERIFY_KEY_CHARS) {
		memcpy(out, arg, strlen(arg) + 1);
		return OK;
	}
	if ((f = fopen(arg, "rb")) == NULL)
		return why_say(why, ERR_IO,
		    "--key: '%s' is neither a verifier key nor a file", arg);
	n = fread(out, 1, VERIFY_KEY_CHARS - 1, f);
	(void)fclose(f);
	out[n] = 0;
	out[strcspn(out, "\r\n")] = 0;
	return OK;
}

enum verify_status
verify_run(const struct verify_options *o, FILE *out, FILE *err)
{
	struct replay_options opt = { .space = o->space,
		.earlier = o->earlier,
		.threads = o->threads,
		.keep_going = 1 };
	enum verify_status status = VERIFY_UNREADABLE;
	struct why why = { { 0 } };
	struct policy *policy = NULL;
	struct source *src = NULL;
	struct replay *r = NULL;
	char key[VERIFY_KEY_CHARS];
	json_t *j;

	if (o->key != NULL) {
		if (verify_key(o->key, key, &why) != OK)
			goto out;
		opt.key = key;
	}
	if (o->policy != NULL && policy_open(o->policy, &policy, &why) != OK)
		goto out;
	opt.policy = policy;
	if (source_open(o->where, &src, &why) != OK ||
	    replay_log(src, &opt, &r, &why) != OK)
		goto out;
	status = status_of(r);
	if (o->json)
		print_json(r, out);
	else
		print_people(r, out);
	if (ferror(out) || fflush(out) != 0) {
		(void)why_say(&why, ERR_IO, "the output cannot be written");
		status = VERIFY_UNREADABLE;
	}

out:
	if (status == VERIFY_UNREADABLE) {
		fprintf(err, "partecipa-audit verify: %s\n", why.text);
		j = o->json ? json_pack("{ss ss}", "status", "unreadable",
				  "why", why.text)
			    : NULL;
		if (j != NULL && json_dumpf(j, out, JSON_COMPACT) == 0)
			fputc('\n', out);
		json_decref(j);
	}
	replay_free(r);
	source_free(src);
	free(policy);
	return status;
}
