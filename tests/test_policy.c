#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy.h"
#include "wipe.h"

#include "vec.h"

/* Keys that the policies below name with %0 to %7 (witnesses) and %L, %M. */
#define WITNESSES 8
static struct sign_key secret[WITNESSES];
static struct note_key witness[WITNESSES], logs[2];

static const char text[] = "log0.example\n1\n"
			   "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

static int
setup(void **state)
{
	uint8_t seed[SEED_BYTES];
	struct sign_key k;
	char name[32];
	unsigned i;

	(void)state;
	for (i = 0; i < WITNESSES; i++) {
		memset(seed, (int)i + 1, sizeof(seed));
		sign_key_from_seed(seed, &secret[i]);
		(void)snprintf(name, sizeof(name), "w%u.example", i);
		assert_int_equal(note_key_make(name, NOTE_COSIGNATURE,
				     &secret[i].pk, &witness[i]),
		    OK);
	}
	for (i = 0; i < 2; i++) {
		memset(seed, (int)i + 100, sizeof(seed));
		sign_key_from_seed(seed, &k);
		(void)snprintf(name, sizeof(name), "log%u.example", i);
		assert_int_equal(
		    note_key_make(name, NOTE_ED25519, &k.pk, &logs[i]), OK);
	}
	return 0;
}

/* ${s} with keys put in. */
static void
fill(const char *s, struct buf *b)
{
	b->n = 0;
	for (; *s != '\0'; s++) {
		if (*s != '%') {
			buf_put(b, s, 1);
			continue;
		}
		s++;
		if (*s == 'L' || *s == 'M')
			note_key_print(&logs[*s == 'M'], b);
		else
			note_key_print(&witness[*s - '0'], b);
	}
	assert_int_equal(buf_end(b), OK);
}

static struct policy *
parsed(const char *s)
{
	struct why why = { "" };
	struct policy *p = NULL;
	struct buf b = { 0 };

	fill(s, &b);
	if (policy_parse(buf_slice(&b), &p, &why) != OK)
		fail_msg("%s: %s", s, why.text);
	buf_free(&b);
	return p;
}

static void
refused(const char *s, const char *because)
{
	struct why why = { "" };
	struct policy *p = NULL;
	struct buf b = { 0 };

	fill(s, &b);
	if (policy_parse(buf_slice(&b), &p, &why) == OK)
		fail_msg("taken: %s", s);
	assert_null(p);
	if (strstr(why.text, because) == NULL)
		fail_msg("%s\nsaid: %s\nwanted: %s", s, why.text, because);
	buf_free(&b);
}

/* Is ${p} met by those whose bits are set in ${who}? */
static int
met(const struct policy *p, unsigned who)
{
	struct buf b = { 0 };
	struct note note;
	enum err r;
	unsigned i;

	buf_str(&b, text);
	buf_str(&b, "\n\xe2\x80\x94 stranger.example AAAAAAA=\n");
	for (i = 0; i < WITNESSES; i++)
		if ((who >> i & 1) != 0)
			assert_int_equal(
			    note_cosign_line(slice_str(text), witness[i].name,
				&secret[i], 1800000000, &b),
			    OK);
	assert_int_equal(note_parse(buf_slice(&b), &note), OK);
	r = policy_check(p, &note);
	assert_true(r == OK || r == ERR_SIGNATURE);
	buf_free(&b);
	return r == OK;
}

/* --- Tests ------------------------------------------------------------------
 */

static void
the_example_of_the_standard_is_met_as_it_says(void **state)
{
	struct policy *p = parsed("log %L\n\n"
				  "witness X1 %0\nwitness X2 %1\n"
				  "witness X3 %2\n"
				  "group X-witnesses 2 X1 X2 X3\n\n"
				  "witness Y1 %3\nwitness Y2 %4\n"
				  "witness Y3 %5\n"
				  "group Y-witnesses any Y1 Y2 Y3\n\n"
				  "group X-and-Y all X-witnesses Y-witnesses\n"
				  "quorum X-and-Y\n");
	unsigned who, x, y;

	(void)state;
	assert_int_equal(p->n_logs, 1);
	assert_int_equal(p->n_witnesses, 6);
	assert_int_equal(p->n_groups, 3);
	for (who = 0; who < 1U << WITNESSES; who++) {
		x = (who & 1) + (who >> 1 & 1) + (who >> 2 & 1);
		y = who >> 3 & 7;
		assert_int_equal(met(p, who), x >= 2 && y != 0);
	}
	free(p);
}

static void
blanks_comments_urls_and_any_name_are_taken(void **state)
{
	struct policy *p = parsed("# \xc3\xa8 un commento\n"
				  " \t witness \xff\x80 %0 \t http://w/ \n"
				  "\t# ancora\n\t\n"
				  "log %L https://log.example/x\n"
				  "quorum\t\xff\x80\n"
				  "witness dopo %1\nlog %M\n");

	(void)state;
	assert_string_equal(p->witnesses[0].url, "http://w/");
	assert_string_equal(p->logs[0].url, "https://log.example/x");
	assert_int_equal(p->quorum_witness, 0);
	assert_true(met(p, 1) && !met(p, 2));
	assert_ptr_equal(policy_log_of(p, &logs[1]), &p->logs[1]);
	assert_ptr_equal(policy_witness_of(p, &witness[1]), &p->witnesses[1]);
	assert_null(policy_witness_of(p, &witness[2]));
	assert_null(policy_log_of(p, &witness[0]));
	free(p);
	p = parsed("quorum none\n");
	assert_true(met(p, 0));
	assert_null(policy_log_of(p, &logs[0]));
	free(p);
}

static void
what_is_wrong_is_named_with_its_line(void **state)
{
	(void)state;
	refused("", "no line \"quorum");
	refused("log %L\n", "no line \"quorum");
	refused("quorum none", "line 1: the last line has no newline");
	refused("\nquorum none\r\n", "line 2: the control character 0x0d");
	refused("quorum none\n# \x7f\n", "0x7f");
	refused("quorum none\nquorum none\n", "line 2: a second quorum");
	refused("quorum\n", "want \"quorum");
	refused("quorum none x\n", "want \"quorum");
	refused("quorum a\nwitness a %0\n", "line 1: no line above");
	refused("group g any g\nquorum g\n", "line 1: no line above");
	refused("group g any none\nquorum g\n", "line 1: no line above");
	refused("wittness a %0\nquorum none\n", "line 1: a line begins");
	refused("witness a %0 u v\nquorum none\n", "want \"witness");
	refused("witness a\nquorum none\n", "want \"witness");
	refused("witness none %0\nquorum none\n", "\"none\" is no name");
	refused("witness a %0\nwitness a %1\nquorum none\n", "there already");
	refused("witness a %0\nwitness b %0\nquorum none\n", "as \"a\"");
	refused("witness a %0\ngroup a any a\nquorum a\n", "there already");
	refused("witness a %L\nquorum none\n", "a witness's: a cosigner's");
	refused("log %0\nquorum none\n", "a log's: Ed25519");
	refused("log x\nquorum none\n", "not a verifier key");
	refused("log\nquorum none\n", "want \"log");
	refused("log %L a b\nquorum none\n", "want \"log");
	refused("log %L\nlog %L http://x\nquorum none\n", "line 2: the key");
	refused("group g any\nquorum g\n", "want \"group");
	refused("witness a %0\ngroup g 0 a\nquorum g\n", "from 1 to its 1");
	refused("witness a %0\ngroup g 2 a\nquorum g\n", "from 1 to its 1");
	refused("witness a %0\ngroup g 01 a\nquorum g\n", "from 1 to its 1");
	refused("witness a %0\ngroup g most a\nquorum g\n", "from 1 to its 1");
	refused("witness a %0\ngroup g any a a\nquorum g\n",
	    "is a member already, of \"this group\"");
	refused("witness a %0\ngroup g any a\ngroup h any a\nquorum g\n",
	    "is a member already, of \"g\"");
}

/* One key under two names in two lines is one witness. */
static void
one_key_under_two_names_is_refused(void **state)
{
	struct buf b = { 0 };
	struct policy *p = NULL;
	struct note_key again;

	(void)state;
	assert_int_equal(note_key_make("other.example", NOTE_COSIGNATURE,
			     &secret[0].pk, &again),
	    OK);
	buf_str(&b, "witness a ");
	note_key_print(&witness[0], &b);
	buf_str(&b, "\nwitness b ");
	note_key_print(&again, &b);
	buf_str(&b, "\ngroup g 2 a b\nquorum g\n");
	assert_int_equal(policy_parse(buf_slice(&b), &p, NULL), ERR_FORMAT);
	buf_free(&b);
}

/* ${n} lines of a kind, which name each other as far as they may. */
static void
many(char kind, unsigned n, struct buf *b)
{
	struct sign_key k;
	struct note_key v;
	unsigned i;

	b->n = 0;
	for (i = 0; i < (kind == 'g' ? 1 : n); i++) {
		sign_key_random(&k);
		assert_int_equal(
		    note_key_make("k.example",
			kind == 'l' ? NOTE_ED25519 : NOTE_COSIGNATURE, &k.pk,
			&v),
		    OK);
		if (kind == 'l')
			buf_str(b, "log ");
		else
			buf_printf(b, "witness n%u ", i);
		note_key_print(&v, b);
		buf_str(b, "\n");
	}
	for (i = 0; kind == 'g' && i < n; i++)
		buf_printf(b, "group g%u any %c%u\n", i, i == 0 ? 'n' : 'g',
		    i == 0 ? 0 : i - 1);
}

static void
as_many_as_the_standard_asks_for_fit_and_no_more(void **state)
{
	struct policy *p = NULL;
	struct buf b = { 0 };
	const char *kind;
	unsigned i;

	(void)state;
	for (kind = "lwg"; *kind != '\0'; kind++) {
		many(*kind, 32, &b);
		if (*kind == 'w') {
			buf_str(&b, "group all 32");
			for (i = 0; i < 32; i++)
				buf_printf(&b, " n%u", i);
			buf_str(&b, "\nquorum all\n");
		} else {
			buf_str(&b, "quorum none\n");
		}
		assert_int_equal(policy_parse(buf_slice(&b), &p, NULL), OK);
		free(p);
		p = NULL;
		many(*kind, 33, &b);
		buf_str(&b, "quorum none\n");
		assert_int_equal(
		    policy_parse(buf_slice(&b), &p, NULL), ERR_LIMIT);
	}
	buf_free(&b);
}

static void
what_is_printed_is_the_same_policy(void **state)
{
	static const char plain[] = "log %L http://l\nwitness a %0 http://w\n"
				    "witness b %1\ngroup g 1 a\n"
				    "group h 2 b g\nquorum h\n";
	struct policy *p = parsed("# x\nwitness a %0 http://w\n"
				  "log %L http://l\ngroup g all a\n"
				  "witness b %1\ngroup h all g b\n"
				  "quorum h\n");
	struct buf b = { 0 }, want = { 0 };

	(void)state;
	policy_print(p, &b);
	fill(plain, &want);
	assert_bytes(buf_slice(&b), buf_slice(&want));
	free(p);
	buf_free(&b);
	buf_free(&want);
}

static void
a_witness_with_a_line_that_does_not_verify_is_missing(void **state)
{
	struct policy *p = parsed("witness a %0\nwitness b %1\n"
				  "group g any a b\nquorum g\n");
	struct buf b = { 0 };
	struct note note;

	(void)state;
	buf_str(&b, text);
	buf_str(&b, "\n");
	/* Of another text. */
	assert_int_equal(note_cosign_line(slice_str("x\n"), witness[0].name,
			     &secret[0], 1, &b),
	    OK);
	assert_int_equal(note_parse(buf_slice(&b), &note), OK);
	assert_int_equal(policy_check(p, &note), ERR_SIGNATURE);
	/* Under the other's name. */
	b.n = strlen(text) + 1;
	assert_int_equal(note_cosign_line(slice_str(text), witness[1].name,
			     &secret[0], 1, &b),
	    OK);
	assert_int_equal(note_parse(buf_slice(&b), &note), OK);
	assert_int_equal(policy_check(p, &note), ERR_SIGNATURE);
	/* A good one beside them. */
	assert_int_equal(note_cosign_line(slice_str(text), witness[1].name,
			     &secret[1], 1, &b),
	    OK);
	assert_int_equal(note_parse(buf_slice(&b), &note), OK);
	assert_int_equal(policy_check(p, &note), OK);
	free(p);
	buf_free(&b);
}

static void
a_policy_that_names_logs_is_for_those(void **state)
{
	struct policy *p = parsed("log %M\nquorum none\n");
	struct why why = { "" };
	struct buf b = { 0 };
	struct note note;

	(void)state;
	buf_printf(&b, "%s\n\xe2\x80\x94 n.example AAAAAAA=\n", text);
	assert_int_equal(note_parse(buf_slice(&b), &note), OK);
	assert_int_equal(
	    policy_demand(p, &logs[0], &note, &why), ERR_FORBIDDEN);
	assert_non_null(strstr(why.text, "log0.example"));
	assert_int_equal(policy_demand(p, &logs[1], &note, &why), OK);
	free(p);
	p = parsed("witness a %0\nquorum a\n");
	assert_int_equal(
	    policy_demand(p, &logs[0], &note, &why), ERR_SIGNATURE);
	free(p);
	buf_free(&b);
}

static void
a_file_is_read_and_named(void **state)
{
	char path[] = "/tmp/partecipa-policy-XXXXXX";
	struct policy *p = NULL;
	struct why why = { "" };
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "quorum nun\n", 11), 11);
	assert_int_equal(policy_open(path, &p, &why), ERR_FORMAT);
	assert_non_null(strstr(why.text, path));
	assert_non_null(strstr(why.text, "line 1: "));
	assert_int_equal(pwrite(fd, "quorum none\n", 12, 0), 12);
	assert_int_equal(policy_open(path, &p, &why), OK);
	free(p);
	(void)close(fd);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(policy_open(path, &p, &why), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_standard_is_met_as_it_says),
		cmocka_unit_test(blanks_comments_urls_and_any_name_are_taken),
		cmocka_unit_test(what_is_wrong_is_named_with_its_line),
		cmocka_unit_test(one_key_under_two_names_is_refused),
		cmocka_unit_test(
		    as_many_as_the_standard_asks_for_fit_and_no_more),
		cmocka_unit_test(what_is_printed_is_the_same_policy),
		cmocka_unit_test(
		    a_witness_with_a_line_that_does_not_verify_is_missing),
		cmocka_unit_test(a_policy_that_names_logs_is_for_those),
		cmocka_unit_test(a_file_is_read_and_named),
	};

	return cmocka_run_group_tests(tests, setup, vec_free);
}
