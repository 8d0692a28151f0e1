/* `partecipa rehearse`: play it, compare it with the plain tally, say so. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "rational.h"
#include "tally.h"

#include "args.h"
#include "cmd.h"
#include "rehearse.h"

#define CLIENTS "16"
#define CLIENTS_MAX 90

static enum err
plain_rule(const struct rehearse *r, struct rule *out)
{
	uint64_t n;
	enum err e;

	if ((e = rule_parse(rehearse_rule(r), out)) != OK)
		return e;
	if (r->o->min_score != NULL) {
		if ((e = pb_number(r->o->min_score, &n)) != OK)
			return e;
		out->min_score = n;
	}
	if (r->o->increment != NULL) {
		if (strlen(r->o->increment) >= sizeof(out->increment))
			return ERR_LIMIT;
		memcpy(out->increment, r->o->increment,
		    strlen(r->o->increment) + 1);
	}
	return OK;
}

/* Are the winners of the result those of the file, in the same order? */
static enum err
same_winners(const struct rehearse *r, const struct election *election,
    const struct outcome *plain, const json_t *result, struct why *why)
{
	const json_t *order =
	    json_object_get(json_object_get(result, "outcome"), "order");
	const char *id, *ours;
	size_t i;

	(void)r;
	if (json_array_size(order) != plain->n)
		return why_say(why, ERR_SIGNATURE,
		    "the result has %zu winners, the file's tally %zu",
		    json_array_size(order), plain->n);
	for (i = 0; i < plain->n; i++) {
		id = json_string_value(json_array_get(order, i));
		ours = election->projects[plain->order[i]].id;
		if (id == NULL || strcmp(id, ours) != 0)
			return why_say(why, ERR_SIGNATURE,
			    "winner %zu is %s in the result and %s in the "
			    "file's tally",
			    i + 1, id != NULL ? id : "?", ours);
	}
	return OK;
}

static enum err
compare(const struct rehearse *r, json_t **result, struct why *why)
{
	struct election *election = NULL;
	struct outcome *plain = NULL;
	struct rule rule;
	enum err e;

	if ((e = json_read(buf_slice(&r->result), result, why)) != OK)
		return e;
	if ((e = pb_election(r->pb, &election)) != OK ||
	    (e = plain_rule(r, &rule)) != OK ||
	    (e = tally_run(election, &rule, NULL, 0, &plain)) != OK) {
		(void)why_say(
		    why, e, "the file's plain tally fails: %s", err_str(e));
		goto out;
	}
	e = same_winners(r, election, plain, *result, why);

out:
	tally_free(plain);
	election_free(election);
	return e;
}

static void
print_json(const struct rehearse *r, const json_t *result)
{
	const json_t *outcome = json_object_get(result, "outcome");
	json_t *cpu, *doc;
	char *text;

	cpu = json_pack("{s:f, s:f, s:f, s:f}", "issue_us", r->cpu.issue,
	    "cast_us", r->cpu.cast, "audit_us", r->cpu.audit, "resident_us",
	    r->cpu.resident);
	doc = json_pack("{s:I, s:I, s:I, s:O?, s:s, s:s, s:I, s:o}",
	    "residents", (json_int_t)r->n, "issued", (json_int_t)r->issued,
	    "cast", (json_int_t)r->cast, "selected",
	    json_object_get(outcome, "selected"), "rule", rehearse_rule(r),
	    "audit", r->audit, "log_size", (json_int_t)r->log_size, "cpu", cpu);
	if (doc != NULL &&
	    (text = json_dumps(doc, JSON_COMPACT | JSON_REAL_PRECISION(6))) !=
		NULL) {
		puts(text);
		free(text);
	}
	json_decref(doc);
}

static void
print_words(const struct rehearse *r, const json_t *result)
{
	const json_t *selected =
	    json_object_get(json_object_get(result, "outcome"), "selected");
	size_t i;

	printf("%zu residents: %llu collected, %llu cast; the log has %llu "
	       "entries.\n",
	    r->n, (unsigned long long)r->issued, (unsigned long long)r->cast,
	    (unsigned long long)r->log_size);
	printf("Rule %s, %zu winners:", rehearse_rule(r),
	    json_array_size(selected));
	for (i = 0; i < json_array_size(selected); i++)
		printf(" %s", json_string_value(json_array_get(selected, i)));
	printf("\nThe audit says: %s. The winners are those of the plain tally "
	       "of the file.\n",
	    r->audit);
	printf("CPU per ballot: server %.0f us to issue and %.0f us to take "
	       "in, audit %.0f us, resident %.0f us.\n",
	    r->cpu.issue, r->cpu.cast, r->cpu.audit, r->cpu.resident);
	if (r->o->keep)
		printf("Everything is in %s.\n", r->dir);
}

static int
run(const struct rehearse_options *o, int json)
{
	struct rehearse r;
	struct why why = { "" };
	json_t *result = NULL;
	int status = 1;
	enum err e;

	if ((e = rehearse_play(o, &r)) != OK) {
		status = cmd_fail(e, &r.why);
		goto out;
	}
	if (strcmp(r.audit, "ok") != 0) {
		fprintf(stderr, "partecipa: the audit refuses: %s\n", r.audit);
		if (json)
			print_json(&r, NULL);
		goto out;
	}
	if ((e = compare(&r, &result, &why)) != OK) {
		status = cmd_fail(e, &why);
		goto out;
	}
	if (json)
		print_json(&r, result);
	else
		print_words(&r, result);
	status = 0;

out:
	json_decref(result);
	rehearse_end(&r);
	return status;
}

int
cmd_rehearse(int argc, char **argv)
{
	struct rehearse_options o = { 0 };
	const char *voters = "0", *clients = CLIENTS;
	struct rule rule;
	unsigned long n;
	int json = 0, status;
	const struct args_option options[] = {
		{ "rule", ARGS_TEXT, &o.rule, "ID",
		    "the rule of counting; else the file's" },
		{ "increment", ARGS_TEXT, &o.increment, "D",
		    "step of the add1 rules" },
		{ "min-score", ARGS_TEXT, &o.min_score, "N",
		    "threshold of the greedy rules" },
		{ "voters", ARGS_TEXT, &voters, "N",
		    "residents; else one per ballot of the file" },
		{ "data", ARGS_TEXT, &o.data, "DIR",
		    "a new folder; else a temporary one" },
		{ "keep", ARGS_FLAG, &o.keep, NULL, "keep the folder" },
		{ "clients", ARGS_TEXT, &clients, "N",
		    "residents at the same time, else " CLIENTS },
		{ "before-audit", ARGS_TEXT, &o.before, "COMMAND",
		    "a drill: run this with the data folder as $1" },
		{ "json", ARGS_FLAG, &json, NULL,
		    "the last line is one JSON object" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "rehearse FILE.pb [options]",
		"Play a whole election on this machine: letters, issuing, "
		"casting, closing,\naudit, with one synthetic resident per "
		"ballot of the file.",
		options, 1, 1 };

	if ((status = args_parse(&spec, argc, argv, &o.file)) != ARGS_GO)
		return status;
	if (o.rule != NULL && rule_parse(o.rule, &rule) != OK)
		return args_usage("There is no rule %s; partecipa-audit tally "
				  "--help lists them.",
		    o.rule);
	if (!args_number(voters, 0, PB_MAX_VOTES, &n))
		return args_usage(
		    "--voters must be a number up to %u.", PB_MAX_VOTES);
	o.voters = n;
	if (!args_number(clients, 1, CLIENTS_MAX, &n))
		return args_usage(
		    "--clients must be a number from 1 to %d.", CLIENTS_MAX);
	o.clients = (unsigned)n;
	o.keep = o.keep || o.data != NULL;
	o.progress = isatty(STDERR_FILENO);
	return run(&o, json);
}
