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

static json_t *
cpu_json(const struct rehearse_cpu *c)
{
	return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "issue_us",
	    c->issue, "cast_us", c->cast, "audit_us", c->audit, "resident_us",
	    c->resident, "prepare_us", c->prepare, "ceremony_us", c->ceremony,
	    "open_us", c->open, "result_us", c->result);
}

static void
print_json(const struct rehearse *r, const json_t *result)
{
	const json_t *outcome = json_object_get(result, "outcome");
	json_t *doc;
	char *text, sealed[16] = "";

	if (r->o->trustees > 0)
		(void)snprintf(sealed, sizeof(sealed), "%u/%u", r->o->threshold,
		    r->o->trustees);
	doc = json_pack("{s:I, s:I, s:I, s:I, s:O?, s:s, s:s, s:I, s:o}",
	    "residents", (json_int_t)r->n, "issued", (json_int_t)r->issued,
	    "cast", (json_int_t)r->cast, "again", (json_int_t)r->again,
	    "selected", json_object_get(outcome, "selected"), "rule",
	    rehearse_rule(r), "audit", r->audit, "log_size",
	    (json_int_t)r->log_size, "cpu", cpu_json(&r->cpu));
	if (doc == NULL ||
	    json_object_update_new(
		doc, json_pack("{s:s, s:i, s:i, s:{s:I, s:I}}", "trustees",
			 sealed, "issuers", (int)r->o->issuers, "witnesses",
			 (int)r->o->witnesses, "peak_kib", "self",
			 (json_int_t)spawn_peak(0), "programs",
			 (json_int_t)spawn_peak(1))) != 0)
		goto out;
	text = json_dumps(doc, JSON_COMPACT | JSON_REAL_PRECISION(6));
	if (text != NULL) {
		puts(text);
		free(text);
	}

out:
	json_decref(doc);
}

static void
print_words(const struct rehearse *r, const json_t *result)
{
	const json_t *selected =
	    json_object_get(json_object_get(result, "outcome"), "selected");
	size_t i;

	printf("%zu residents: %llu collected, %llu records cast, %llu of them "
	       "by who voted again; the log has %llu entries.\n",
	    r->n, (unsigned long long)r->issued, (unsigned long long)r->cast,
	    (unsigned long long)r->again, (unsigned long long)r->log_size);
	if (r->o->trustees > 0)
		printf("Sealed: %u of %u trustees opened it. ", r->o->threshold,
		    r->o->trustees);
	printf("Rule %s, %zu winners:", rehearse_rule(r),
	    json_array_size(selected));
	for (i = 0; i < json_array_size(selected); i++)
		printf(" %s", json_string_value(json_array_get(selected, i)));
	printf("\nThe audit says: %s. The winners are those of the plain tally "
	       "of the file.\n",
	    r->audit);
	printf("CPU per record: server %.0f us to issue and %.0f us to take "
	       "in, audit %.0f us, resident %.0f us.\n",
	    r->cpu.issue, r->cpu.cast, r->cpu.audit, r->cpu.resident);
	if (r->o->trustees > 0)
		printf("The trustees' ceremony took %.1f s of CPU, an opening "
		       "%.0f us per ballot.\n",
		    r->cpu.ceremony / 1e6, r->cpu.open);
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

/* What is written as a number. */
struct numbers {
	const char *voters, *clients, *trustees, *issuers, *witnesses, *revote;
};

/* "2/3": so many of so many; PROTOCOL 3. */
static int
trustees_read(const char *text, struct rehearse_options *o)
{
	const char *slash = strchr(text, '/');
	char needed[8];
	unsigned long t, n;

	if (slash == NULL || (size_t)(slash - text) >= sizeof(needed))
		return 0;
	memcpy(needed, text, (size_t)(slash - text));
	needed[slash - text] = '\0';
	if (!args_number(slash + 1, 1, HEADER_TRUSTEES_MAX, &n) ||
	    !args_number(needed, 1, n, &t) || n >= 2 * t)
		return 0;
	o->threshold = (unsigned)t;
	o->trustees = (unsigned)n;
	return 1;
}

/* "10%", or "10". */
static int
percent_read(const char *text, unsigned *out)
{
	size_t n = strlen(text);
	char digits[8];
	unsigned long v;

	if (n > 0 && text[n - 1] == '%')
		n--;
	if (n >= sizeof(digits))
		return 0;
	memcpy(digits, text, n);
	digits[n] = '\0';
	if (!args_number(digits, 0, 100, &v))
		return 0;
	*out = (unsigned)v;
	return 1;
}

static int
numbers_read(const struct numbers *s, struct rehearse_options *o)
{
	unsigned long n;

	if (!args_number(s->voters, 0, PB_MAX_VOTES, &n))
		return args_usage(
		    "--voters must be a number up to %u.", PB_MAX_VOTES);
	o->voters = n;
	if (!args_number(s->clients, 1, CLIENTS_MAX, &n))
		return args_usage(
		    "--clients must be a number from 1 to %d.", CLIENTS_MAX);
	o->clients = (unsigned)n;
	if (s->trustees != NULL && !trustees_read(s->trustees, o))
		return args_usage("--trustees must be needed/all, as in 2/3: "
				  "at most %d, and more than half needed.",
		    HEADER_TRUSTEES_MAX);
	if (!args_number(s->issuers, 1, RECORD_ISSUERS_MAX, &n))
		return args_usage("--issuers must be a number from 1 to %d.",
		    RECORD_ISSUERS_MAX);
	o->issuers = (unsigned)n;
	if (!args_number(s->witnesses, 0, REHEARSE_WITNESSES_MAX, &n))
		return args_usage("--witnesses must be a number up to %d.",
		    REHEARSE_WITNESSES_MAX);
	o->witnesses = (unsigned)n;
	if (!percent_read(s->revote, &o->revote))
		return args_usage(
		    "--revote must be a part of a hundred, as in 10%%.");
	return ARGS_GO;
}

int
cmd_rehearse(int argc, char **argv)
{
	struct rehearse_options o = { 0 };
	struct numbers s = { "0", CLIENTS, NULL, "1", "0", "0" };
	struct rule rule;
	int json = 0, status;
	const struct args_option options[] = {
		{ "rule", ARGS_TEXT, &o.rule, "ID",
		    "the rule of counting; else the file's" },
		{ "increment", ARGS_TEXT, &o.increment, "D",
		    "step of the add1 rules" },
		{ "min-score", ARGS_TEXT, &o.min_score, "N",
		    "threshold of the greedy rules" },
		{ "voters", ARGS_TEXT, &s.voters, "N",
		    "residents; else one per ballot of the file" },
		{ "as", ARGS_TEXT, &o.as, "FILE",
		    "municipality, space and days, else invented ones" },
		{ "data", ARGS_TEXT, &o.data, "DIR",
		    "a new folder; else a temporary one" },
		{ "keep", ARGS_FLAG, &o.keep, NULL, "keep the folder" },
		{ "clients", ARGS_TEXT, &s.clients, "N",
		    "residents at the same time, else " CLIENTS },
		{ "trustees", ARGS_TEXT, &s.trustees, "T/N",
		    "sealed: T of N trustees open it, as in 2/3" },
		{ "issuers", ARGS_TEXT, &s.issuers, "N",
		    "offices that issue, each a server; else 1" },
		{ "witnesses", ARGS_TEXT, &s.witnesses, "N",
		    "servers that cosign the log, all needed" },
		{ "revote", ARGS_TEXT, &s.revote, "P%",
		    "how many of a hundred vote again" },
		{ "before-audit", ARGS_TEXT, &o.before, "COMMAND",
		    "a drill: run this with the data folder as $1" },
		{ "json", ARGS_FLAG, &json, NULL,
		    "the last line is one JSON object" },
		{ NULL, ARGS_FLAG, NULL, NULL, NULL },
	};
	const struct args_spec spec = { "rehearse FILE.pb [options]",
		"Play a whole election on this machine: letters, issuing, "
		"casting, closing,\nopening, audit, with one synthetic "
		"resident per ballot of the file.",
		options, 1, 1 };

	if ((status = args_parse(&spec, argc, argv, &o.file)) != ARGS_GO)
		return status;
	if (o.rule != NULL && rule_parse(o.rule, &rule) != OK)
		return args_usage("There is no rule %s; partecipa-audit tally "
				  "--help lists them.",
		    o.rule);
	if ((status = numbers_read(&s, &o)) != ARGS_GO)
		return status;
	o.keep = o.keep || o.data != NULL;
	o.progress = isatty(STDERR_FILENO);
	return run(&o, json);
}
