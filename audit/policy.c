#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#include "policy.h"

/* Enough for a group of all names. */
#define TOKENS_MAX (POLICY_WITNESSES_MAX + POLICY_GROUPS_MAX + 4)

/* A line on its way into the policy. */
struct line {
	struct policy *p;
	struct why *why;
	unsigned no;
	struct slice token[TOKENS_MAX];
	size_t n;
	int has_quorum;
};

/* What a name stands for; both are the maximum: nothing. */
struct named {
	size_t witness;
	size_t group;
};

static const struct named nothing = { POLICY_WITNESSES_MAX, POLICY_GROUPS_MAX };

#define refuse(l, e, ...) (why_say((l)->why, e, __VA_ARGS__))

static int
is(struct slice token, const char *text)
{
	return slice_equal(token, slice_str(text));
}

/* --- Words ----------------------------------------------------------------*/

static enum err
split(struct line *l, struct slice s)
{
	size_t i = 0, from;

	l->n = 0;
	while (i < s.n) {
		if (s.p[i] == ' ' || s.p[i] == '\t') {
			i++;
			continue;
		}
		for (from = i; i < s.n && s.p[i] != ' ' && s.p[i] != '\t'; i++)
			continue;
		if (l->n == TOKENS_MAX)
			return refuse(l, ERR_LIMIT, "too many words");
		l->token[l->n++] = slice_of(s.p + from, i - from);
	}
	return OK;
}

static enum err
text_take(
    struct line *l, struct slice token, const char *what, size_t max, char *out)
{
	if (token.n > max)
		return refuse(l, ERR_LIMIT,
		    "the %s has %zu bytes, more than %zu", what, token.n, max);
	memcpy(out, token.p, token.n);
	out[token.n] = '\0';
	return OK;
}

static struct named
find(const struct policy *p, struct slice name)
{
	struct named found = nothing;
	size_t i;

	for (i = 0; i < p->n_witnesses; i++)
		if (is(name, p->witnesses[i].name))
			found.witness = i;
	for (i = 0; i < p->n_groups; i++)
		if (is(name, p->groups[i].name))
			found.group = i;
	return found;
}

static int
is_known(struct named n)
{
	return n.witness < POLICY_WITNESSES_MAX || n.group < POLICY_GROUPS_MAX;
}

/* A name that is to be defined. */
static enum err
name_take(struct line *l, struct slice token, char *out)
{
	enum err r;

	if (is(token, "none"))
		return refuse(l, ERR_FORMAT, "\"none\" is no name");
	if ((r = text_take(l, token, "name", POLICY_NAME_MAX, out)) != OK)
		return r;
	if (is_known(find(l->p, token)))
		return refuse(
		    l, ERR_FORMAT, "the name \"%s\" is there already", out);
	return OK;
}

static enum err
key_take(struct line *l, struct slice token, enum note_type type,
    struct note_key *out)
{
	enum err r = note_key_parse(token, out);

	if (r == ERR_FORMAT)
		return refuse(
		    l, r, "not a verifier key (name+id+key), or a wrong id");
	if (r == ERR_NOT_FOUND || (r == OK && out->type != type))
		return refuse(l, ERR_FORMAT, "a key of this kind cannot be %s",
		    type == NOTE_ED25519
			? "a log's: Ed25519 (type 01) is needed"
			: "a witness's: a cosigner's (type 04) is needed");
	return r;
}

/* --- Lines ----------------------------------------------------------------*/

static enum err
log_line(struct line *l)
{
	struct policy *p = l->p;
	struct policy_log *log;
	size_t i;
	enum err r;

	if (l->n < 2 || l->n > 3)
		return refuse(l, ERR_FORMAT, "want \"log VKEY [URL]\"");
	if (p->n_logs == POLICY_LOGS_MAX)
		return refuse(
		    l, ERR_LIMIT, "more than %d logs", POLICY_LOGS_MAX);
	log = &p->logs[p->n_logs];
	if ((r = key_take(l, l->token[1], NOTE_ED25519, &log->key)) != OK)
		return r;
	for (i = 0; i < p->n_logs; i++)
		if (public_key_cmp(&p->logs[i].key.pk, &log->key.pk) == 0)
			return refuse(l, ERR_FORMAT,
			    "the key of this log is there already");
	if (l->n == 3 && (r = text_take(l, l->token[2], "URL", POLICY_URL_MAX,
			      log->url)) != OK)
		return r;
	p->n_logs++;
	return OK;
}

static enum err
witness_line(struct line *l)
{
	struct policy *p = l->p;
	struct policy_witness *w;
	size_t i;
	enum err r;

	if (l->n < 3 || l->n > 4)
		return refuse(
		    l, ERR_FORMAT, "want \"witness NAME VKEY [URL]\"");
	if (p->n_witnesses == POLICY_WITNESSES_MAX)
		return refuse(l, ERR_LIMIT, "more than %d witnesses",
		    POLICY_WITNESSES_MAX);
	w = &p->witnesses[p->n_witnesses];
	if ((r = name_take(l, l->token[1], w->name)) != OK ||
	    (r = key_take(l, l->token[2], NOTE_COSIGNATURE, &w->key)) != OK)
		return r;
	for (i = 0; i < p->n_witnesses; i++)
		if (public_key_cmp(&p->witnesses[i].key.pk, &w->key.pk) == 0)
			return refuse(l, ERR_FORMAT,
			    "the key of this witness is there already, as "
			    "\"%s\"",
			    p->witnesses[i].name);
	if (l->n == 4 && (r = text_take(l, l->token[3], "URL", POLICY_URL_MAX,
			      w->url)) != OK)
		return r;
	w->group = POLICY_GROUPS_MAX;
	p->n_witnesses++;
	return OK;
}

/* Make ${token} a member of group number ${group}. */
static enum err
member_take(struct line *l, struct slice token, size_t group)
{
	struct named m = find(l->p, token);
	size_t *place;

	if (!is_known(m))
		return refuse(l, ERR_FORMAT,
		    "no line above defines the member \"%.*s\"", (int)token.n,
		    (const char *)token.p);
	place = m.witness < POLICY_WITNESSES_MAX
		    ? &l->p->witnesses[m.witness].group
		    : &l->p->groups[m.group].group;
	if (*place != POLICY_GROUPS_MAX)
		return refuse(l, ERR_FORMAT,
		    "\"%.*s\" is a member already, of \"%s\"", (int)token.n,
		    (const char *)token.p,
		    *place < l->p->n_groups ? l->p->groups[*place].name
					    : "this group");
	*place = group;
	return OK;
}

static enum err
group_line(struct line *l)
{
	struct policy *p = l->p;
	struct policy_group *g;
	uint64_t k;
	size_t i;
	enum err r;

	if (l->n < 4)
		return refuse(
		    l, ERR_FORMAT, "want \"group NAME all|any|K MEMBER ...\"");
	if (p->n_groups == POLICY_GROUPS_MAX)
		return refuse(
		    l, ERR_LIMIT, "more than %d groups", POLICY_GROUPS_MAX);
	g = &p->groups[p->n_groups];
	if ((r = name_take(l, l->token[1], g->name)) != OK)
		return r;
	g->n = l->n - 3;
	g->group = POLICY_GROUPS_MAX;
	if (is(l->token[2], "all"))
		k = g->n;
	else if (is(l->token[2], "any"))
		k = 1;
	else if (text_u64(l->token[2], &k) != OK || k < 1 || k > g->n)
		return refuse(l, ERR_FORMAT,
		    "a group needs \"all\", \"any\" or a number from 1 to its "
		    "%zu members",
		    g->n);
	g->k = (size_t)k;
	for (i = 3; i < l->n; i++)
		if ((r = member_take(l, l->token[i], p->n_groups)) != OK)
			return r;
	p->n_groups++;
	return OK;
}

static enum err
quorum_line(struct line *l)
{
	struct named q = nothing;

	if (l->n != 2)
		return refuse(l, ERR_FORMAT, "want \"quorum NAME|none\"");
	if (l->has_quorum)
		return refuse(l, ERR_FORMAT, "a second quorum line");
	if (!is(l->token[1], "none")) {
		q = find(l->p, l->token[1]);
		if (!is_known(q))
			return refuse(l, ERR_FORMAT,
			    "no line above defines the quorum \"%.*s\"",
			    (int)l->token[1].n, (const char *)l->token[1].p);
	}
	l->p->quorum_witness = q.witness;
	l->p->quorum_group = q.group;
	l->has_quorum = 1;
	return OK;
}

static enum err
line_take(struct line *l, struct slice s)
{
	size_t i;
	enum err r;

	for (i = 0; i < s.n; i++)
		if ((s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
			return refuse(l, ERR_FORMAT,
			    "the control character 0x%02x", s.p[i]);
	for (i = 0; i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'); i++)
		continue;
	if (i == s.n || s.p[i] == '#')
		return OK;
	if ((r = split(l, s)) != OK)
		return r;
	if (is(l->token[0], "log"))
		return log_line(l);
	if (is(l->token[0], "witness"))
		return witness_line(l);
	if (is(l->token[0], "group"))
		return group_line(l);
	if (is(l->token[0], "quorum"))
		return quorum_line(l);
	return refuse(l, ERR_FORMAT,
	    "a line begins with log, witness, group, quorum or #");
}

enum err
policy_parse(struct slice s, struct policy **out, struct why *why)
{
	struct cursor c = cursor_of(s);
	struct line l = { .why = why };
	struct slice text;
	enum err r = OK;

	if (s.n > POLICY_MAX)
		return why_say(why, ERR_LIMIT, "a policy has at most %d bytes",
		    POLICY_MAX);
	if ((l.p = calloc(1, sizeof(*l.p))) == NULL)
		return why_say(why, ERR_NOMEM, "out of memory");
	while (c.n > 0 && r == OK) {
		l.no++;
		text = text_line(&c);
		r = c.bad ? refuse(&l, ERR_FORMAT,
				"the last line has no newline at its end")
			  : line_take(&l, text);
	}
	if (r != OK)
		why_prefix(why, "line %u: ", l.no);
	else if (!l.has_quorum)
		r = why_say(why, ERR_FORMAT,
		    "there is no line \"quorum NAME\" (or \"quorum none\")");
	if (r == OK) {
		*out = l.p;
		l.p = NULL; /* handed over */
	}
	free(l.p);
	return r;
}

enum err
policy_open(const char *path, struct policy **out, struct why *why)
{
	struct buf b = { 0 };
	char piece[4096];
	FILE *f;
	size_t n;
	enum err r;

	if ((f = fopen(path, "rb")) == NULL)
		return why_say(why, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
		    "%s: %s", path, strerror(errno));
	while (b.n <= POLICY_MAX && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_put(&b, piece, n);
	if (ferror(f))
		r = why_say(why, ERR_IO, "%s: cannot be read", path);
	else if ((r = buf_end(&b)) == OK &&
		 (r = policy_parse(buf_slice(&b), out, why)) != OK)
		why_prefix(why, "%s: ", path);
	(void)fclose(f);
	buf_free(&b);
	return r;
}

/* --- Printing -------------------------------------------------------------*/

static void
print_end(const char *url, struct buf *b)
{
	buf_printf(b, "%s%s\n", url[0] != '\0' ? " " : "", url);
}

void
policy_print(const struct policy *p, struct buf *b)
{
	const char *quorum = "none";
	size_t i, k;

	for (i = 0; i < p->n_logs; i++) {
		buf_str(b, "log ");
		note_key_print(&p->logs[i].key, b);
		print_end(p->logs[i].url, b);
	}
	for (i = 0; i < p->n_witnesses; i++) {
		buf_printf(b, "witness %s ", p->witnesses[i].name);
		note_key_print(&p->witnesses[i].key, b);
		print_end(p->witnesses[i].url, b);
	}
	for (i = 0; i < p->n_groups; i++) {
		buf_printf(
		    b, "group %s %zu", p->groups[i].name, p->groups[i].k);
		for (k = 0; k < p->n_witnesses; k++)
			if (p->witnesses[k].group == i)
				buf_printf(b, " %s", p->witnesses[k].name);
		for (k = 0; k < p->n_groups; k++)
			if (p->groups[k].group == i)
				buf_printf(b, " %s", p->groups[k].name);
		buf_str(b, "\n");
	}
	if (p->quorum_witness < POLICY_WITNESSES_MAX)
		quorum = p->witnesses[p->quorum_witness].name;
	else if (p->quorum_group < POLICY_GROUPS_MAX)
		quorum = p->groups[p->quorum_group].name;
	buf_printf(b, "quorum %s\n", quorum);
}

/* --- Judging --------------------------------------------------------------*/

static int
is_same_key(const struct note_key *a, const struct note_key *b)
{
	return a->type == b->type && a->id == b->id &&
	       strcmp(a->name, b->name) == 0 &&
	       public_key_cmp(&a->pk, &b->pk) == 0;
}

const struct policy_log *
policy_log_of(const struct policy *p, const struct note_key *key)
{
	size_t i;

	for (i = 0; i < p->n_logs; i++)
		if (is_same_key(&p->logs[i].key, key))
			return &p->logs[i];
	return NULL;
}

const struct policy_witness *
policy_witness_of(const struct policy *p, const struct note_key *key)
{
	size_t i;

	for (i = 0; i < p->n_witnesses; i++)
		if (is_same_key(&p->witnesses[i].key, key))
			return &p->witnesses[i];
	return NULL;
}

enum err
policy_check(const struct policy *p, const struct note *note)
{
	size_t have[POLICY_GROUPS_MAX] = { 0 };
	int met = p->quorum_witness == POLICY_WITNESSES_MAX &&
		  p->quorum_group == POLICY_GROUPS_MAX;
	size_t i;

	for (i = 0; i < p->n_witnesses; i++) {
		const struct policy_witness *w = &p->witnesses[i];

		if (note_cosigned(note, &w->key, NULL) != OK)
			continue;
		met |= p->quorum_witness == i;
		if (w->group < POLICY_GROUPS_MAX)
			have[w->group]++;
	}
	/* Members stand before their group. */
	for (i = 0; i < p->n_groups; i++) {
		const struct policy_group *g = &p->groups[i];

		if (have[i] < g->k)
			continue;
		met |= p->quorum_group == i;
		if (g->group < POLICY_GROUPS_MAX)
			have[g->group]++;
	}
	return met ? OK : ERR_SIGNATURE;
}

enum err
policy_demand(const struct policy *p, const struct note_key *key,
    const struct note *note, struct why *why)
{
	if (p->n_logs > 0 && policy_log_of(p, key) == NULL)
		return why_say(why, ERR_FORBIDDEN,
		    "the policy names %zu logs, and %s with this key is none "
		    "of them",
		    p->n_logs, key->name);
	if (policy_check(p, note) != OK)
		return why_say(why, ERR_SIGNATURE,
		    "the witnesses that cosigned the log's checkpoint are not "
		    "the quorum that the policy asks for");
	return OK;
}
