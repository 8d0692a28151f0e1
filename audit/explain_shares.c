/* Equal shares: rounds, payments, what each project lacked. */
#include <stdlib.h>
#include <string.h>

#include "mes.h"
#include "money.h"

#include "explain_part.h"

enum { NOBODY = -1 };

/* What a winner took of the money of a project's supporters. */
struct taken {
	uint32_t winner;
	uint64_t voters;
	mpq_t money;
};

/* A project during the run. */
struct entrant {
	uint8_t live;
	uint8_t barred; /* a winner of its group: its support is final */
	uint8_t won;
	mpz_t support;	     /* percent, rounded down; the best so far */
	struct taken *taken; /* the most first */
	size_t n, cap;
};

struct shares {
	struct explain *x;
	const struct election *e;
	const struct outcome *o;
	struct money *m;
	struct entrant *entrants;
	size_t n_free; /* winners that cost nothing */
	json_t *rounds;
	json_t *winners;
	struct price price;
	struct payment payment;
	mpq_t t;
	mpz_t num, den, offer;
};

/* ---- Effective support ---- */

/**
 * set_quality(s, m, winner):
 * The price that ${winner} has, as a project of cost 1 (or any cost) would have
 * it: num / (den * q).
 */
static void
set_quality(struct shares *s, const struct money *m, uint32_t winner)
{
	mpz_set(s->num, s->price.num);
	mpz_set_ui(s->den, s->price.d);
	if (s->x->rule->key == RULE_BY_EFFECTIVE)
		mpz_mul(s->den, s->den, m->cost[winner]);
}

/**
 * raise_support(support, part, whole):
 * Raise it to ${part} of ${whole} in percent.
 */
static void
raise_support(mpz_t support, mpz_t part, mpz_srcptr whole)
{
	mpz_mul_ui(part, part, 100);
	mpz_fdiv_q(part, part, whole);
	if (mpz_cmp(part, support) > 0)
		mpz_set(support, part);
}

/**
 * bid(s, m, project, support):
 * What the supporters of ${project} could give at the quality that was set.
 */
static void
bid(struct shares *s, struct money *m, uint32_t project, mpz_t support)
{
	mpz_t num;
	mpz_t whole;

	mpz_init_set(num, s->num);
	mpz_init(whole);
	if (s->x->rule->key == RULE_BY_EFFECTIVE)
		mpz_mul(num, num, m->cost[project]);
	money_offer(m, project, num, s->den, s->offer);
	mpz_mul(whole, m->cost[project], s->den);
	raise_support(support, s->offer, whole);
	mpz_clears(num, whole, NULL);
}

/**
 * support_of_winner(s, mes, m, order, project):
 * Its effective support: in a run without it.
 */
static void
support_of_winner(struct shares *s, struct mes *mes, struct money *m,
    uint32_t *order, uint32_t project)
{
	struct entrant *c = &s->entrants[project];
	const struct backer *b;
	size_t n = 0;
	size_t i;
	enum err r;

	r = mes_run_without(mes, s->o->endowment, project, order, &n);
	if (r != OK && s->x->err == OK)
		s->x->err = r;
	money_start(m, s->o->endowment);
	for (i = s->n_free; i < n && r == OK; i++) {
		if (!money_price(m, order[i], &s->price)) {
			s->x->err = ERR_INTERNAL;
			return;
		}
		set_quality(s, m, order[i]);
		bid(s, m, project, c->support);
		if (election_bars(s->e, project, order[i]))
			break;
		money_pay(m, order[i], &s->price, &s->payment);
	}
	if (i == n) {
		mpz_set_ui(s->offer, 0);
		b = m->backers + m->first[project];
		for (; b < m->backers + m->first[project + 1]; b++)
			mpz_addmul_ui(s->offer, money_held(m, b->group),
			    s->e->groups[b->group].weight);
		raise_support(c->support, s->offer, m->cost[project]);
	}
	if (mpz_cmp_ui(c->support, 100) < 0)
		mpz_set_ui(c->support, 100);
}

static void
support_of_winners(struct shares *s)
{
	struct mes *mes = NULL;
	struct money *m = NULL;
	uint32_t *order = calloc(s->e->n_projects + 1, sizeof(*order));
	size_t i;
	enum err r = ERR_NOMEM;

	if (order == NULL ||
	    (r = mes_new(&mes, s->e, s->x->rank,
		 s->x->rule->key == RULE_BY_EFFECTIVE)) != OK ||
	    (r = money_new(&m, s->e, 0)) != OK) {
		s->x->err = r;
		goto out;
	}
	for (i = s->n_free; i < s->o->n_run && s->x->err == OK; i++)
		support_of_winner(s, mes, m, order, s->o->order[i]);
out:
	mes_free(mes);
	money_free(m);
	free(order);
}

/* ---- What was taken ---- */

/**
 * take(s, project, winner):
 * Note what ${winner} took from the supporters of ${project}.
 */
static void
take(struct shares *s, uint32_t project, uint32_t winner)
{
	struct entrant *c = &s->entrants[project];
	struct taken *list;
	struct taken new;
	size_t i;

	if (mpz_sgn(s->m->given[project]) == 0)
		return;
	if (c->n == c->cap) {
		list = realloc(c->taken, (c->cap * 2 + 4) * sizeof(*c->taken));
		if (list == NULL) {
			s->x->err = ERR_NOMEM;
			return;
		}
		c->taken = list;
		c->cap = c->cap * 2 + 4;
	}
	new.winner = winner;
	new.voters = s->m->givers[project];
	mpq_init(new.money);
	money_amount(s->m, s->m->given[project], new.money);
	for (i = c->n++; i > 0 && mpq_cmp(c->taken[i - 1].money, new.money) < 0;
	     i--)
		c->taken[i] = c->taken[i - 1];
	c->taken[i] = new;
}

static void
write_taken(struct shares *s, const struct entrant *c, json_t *o)
{
	json_t *a = json_array();
	json_t *row;
	size_t i;

	explain_put(s->x, o, "taken", a);
	for (i = 0; i < c->n; i++) {
		row = explain_add(s->x, a, json_object());
		explain_id(s->x, row, "id", c->taken[i].winner);
		explain_number(s->x, row, "money", c->taken[i].money);
		explain_count(s->x, row, "voters", c->taken[i].voters);
	}
}

/* ---- Rounds ---- */

/**
 * too_few(s, i):
 * Project ${i} could not be paid for even with all money.
 */
static void
too_few(struct shares *s, uint32_t i)
{
	json_t *o = explain_fate(s->x, i, "votes");

	if (o == NULL || mpq_sgn(s->o->endowment) == 0)
		return;
	mpq_div(s->t, s->e->projects[i].cost, s->o->endowment);
	mpz_cdiv_q(s->offer, mpq_numref(s->t), mpq_denref(s->t));
	explain_integer(s->x, o, "needed", s->offer);
}

/**
 * fall_short(s, i, round):
 * The supporters of ${i} have too little left.
 */
static void
fall_short(struct shares *s, uint32_t i, size_t round)
{
	json_t *o = explain_fate(s->x, i, "money");

	if (o == NULL)
		return;
	money_amount(s->m, s->m->sum[i], s->t);
	explain_number(s->x, o, "left", s->t);
	explain_count(s->x, o, "round", round);
	write_taken(s, &s->entrants[i], o);
}

/**
 * look(s, table, round, winner):
 * Look at all live projects as ${round} begins; ${winner} may be NOBODY.  The
 * ${table} is filled as long as there may be rows.
 */
static void
look(struct shares *s, json_t *table, size_t round, int64_t winner)
{
	struct entrant *c;
	json_t *row = NULL;
	int short_of;
	uint32_t i;

	for (i = 0; i < s->e->n_projects; i++) {
		c = &s->entrants[i];
		if (!c->live)
			continue;
		short_of = mpz_cmp(s->m->sum[i], s->m->cost[i]) < 0;
		mpq_set_ui(s->t, 0, 1);
		if (!s->x->over && !short_of && money_price(s->m, i, &s->price))
			money_effective(s->m, i, &s->price, s->t);
		if (!s->x->over) {
			row = explain_row(s->x, table);
			explain_number(s->x, row, "effective", s->t);
			explain_id(s->x, row, "id", i);
			money_amount(s->m, s->m->sum[i], s->t);
			explain_number(s->x, row, "money", s->t);
		}
		if (short_of) {
			c->live = 0;
			fall_short(s, i, round);
		} else if (winner == NOBODY && s->x->err == OK) {
			s->x->err = ERR_INTERNAL; /* it should have won */
		}
	}
}

static void
write_payment(struct shares *s, uint32_t winner, size_t round, mpq_srcptr evc)
{
	json_t *o = explain_add(s->x, s->winners, json_object());

	mpq_set_ui(s->t, s->payment.payers, 1);
	mpq_div(s->t, s->e->projects[winner].cost, s->t);
	explain_number(s->x, o, "average", s->t);
	explain_number(s->x, o, "effective", evc);
	explain_id(s->x, o, "id", winner);
	money_amount(s->m, s->payment.max, s->t);
	explain_number(s->x, o, "max", s->t);
	money_amount(s->m, s->payment.min, s->t);
	explain_number(s->x, o, "min", s->t);
	explain_count(s->x, o, "part", s->payment.part);
	explain_count(s->x, o, "payers", s->payment.payers);
	explain_count(s->x, o, "round", round);
}

/**
 * settle(s, winner, round):
 * Everything that happens when ${winner} is paid.
 */
static void
settle(struct shares *s, uint32_t winner, size_t round)
{
	struct entrant *c;
	json_t *o;
	uint32_t i;
	mpq_t evc;

	if (!s->entrants[winner].live ||
	    !money_price(s->m, winner, &s->price)) {
		s->x->err = ERR_INTERNAL;
		return;
	}
	mpq_init(evc);
	money_effective(s->m, winner, &s->price, evc);
	set_quality(s, s->m, winner);
	for (i = 0; i < s->e->n_projects; i++) {
		c = &s->entrants[i];
		if (i != winner && !c->won && !c->barred)
			bid(s, s->m, i, c->support);
	}
	money_pay(s->m, winner, &s->price, &s->payment);
	write_payment(s, winner, round, evc);
	s->entrants[winner].live = 0;
	o = explain_fate(s->x, winner, "selected");
	if (o != NULL)
		explain_count(s->x, o, "round", round);
	for (i = 0; i < s->e->n_projects; i++) {
		c = &s->entrants[i];
		if (election_bars(s->e, i, winner)) {
			if (c->live)
				explain_barred(s->x, i, winner);
			c->live = 0;
			c->barred = 1;
		} else if (c->live) {
			take(s, i, winner);
		}
	}
	mpq_clear(evc);
}

static int
any_live(const struct shares *s)
{
	size_t i;

	for (i = 0; i < s->e->n_projects; i++)
		if (s->entrants[i].live)
			return 1;
	return 0;
}

static void
run_rounds(struct shares *s)
{
	size_t n = s->o->n_run - s->n_free;
	int64_t winner;
	json_t *o;
	json_t *table;
	size_t i;

	for (i = 0; s->x->err == OK && (i < n || any_live(s)); i++) {
		winner = i < n ? (int64_t)s->o->order[s->n_free + i] : NOBODY;
		o = explain_row(s->x, s->rounds);
		table = json_array();
		explain_put(s->x, o, "projects", table);
		if (winner != NOBODY)
			explain_id(s->x, o, "winner", (uint32_t)winner);
		look(s, table, i + 1, winner);
		if (winner == NOBODY)
			break;
		if (s->x->err == OK)
			settle(s, (uint32_t)winner, i + 1);
	}
}

/* ---- Before and after ---- */

/**
 * enter(s):
 * Who takes part, who wins without being paid, and who never can.
 */
static void
enter(struct shares *s)
{
	const struct project *p;
	struct entrant *c;
	size_t k;
	uint32_t i;

	for (s->n_free = 0; s->n_free < s->o->n_run; s->n_free++) {
		i = s->o->order[s->n_free];
		if (mpq_sgn(s->e->projects[i].cost) != 0)
			break;
		(void)explain_fate(s->x, i, "free");
	}
	for (i = 0; i < s->e->n_projects; i++) {
		p = &s->e->projects[i];
		c = &s->entrants[i];
		/* of these there is no support to speak of */
		c->won = p->withdrawn || mpq_sgn(p->cost) == 0;
		if (p->score == 0)
			(void)explain_fate(s->x, i, "unsupported");
		for (k = 0; k < s->n_free; k++)
			if (election_bars(s->e, i, s->o->order[k])) {
				c->barred = 1;
				explain_barred(s->x, i, s->o->order[k]);
			}
		c->live = !c->won && !c->barred && p->score > 0;
		if (c->live && mpz_cmp(s->m->sum[i], s->m->cost[i]) < 0) {
			c->live = 0;
			too_few(s, i);
		}
	}
	for (k = s->n_free; k < s->o->n_run; k++)
		s->entrants[s->o->order[k]].won = 1;
}

/**
 * finish(s):
 * Write effective supports, and what is left of the money.
 */
static void
finish(struct shares *s)
{
	const struct project *p;
	struct entrant *c;
	uint32_t i;

	for (i = 0; i < s->e->n_projects; i++) {
		p = &s->e->projects[i];
		c = &s->entrants[i];
		if (p->withdrawn || mpq_sgn(p->cost) == 0)
			continue;
		if (!c->won && !c->barred) {
			mpz_set(s->offer, s->m->sum[i]);
			raise_support(c->support, s->offer, s->m->cost[i]);
		}
		explain_integer(s->x, s->x->projects[i], "support", c->support);
	}
	mpz_set_ui(s->offer, 0);
	mpz_set(s->x->paid_q, s->m->q);
	s->x->paid = calloc(s->e->n_groups + 1, sizeof(mpz_t));
	if (s->x->paid == NULL) {
		s->x->err = ERR_NOMEM;
		return;
	}
	mpz_mul(s->num, mpq_numref(s->o->endowment), s->m->q);
	mpz_divexact(s->num, s->num, mpq_denref(s->o->endowment));
	for (i = 0; i < s->e->n_groups; i++) {
		mpz_addmul_ui(
		    s->offer, money_held(s->m, i), s->e->groups[i].weight);
		mpz_init(s->x->paid[i]);
		mpz_sub(s->x->paid[i], s->num, s->m->held[i]);
	}
	money_amount(s->m, s->offer, s->t);
	explain_number(s->x, s->x->doc, "unspent", s->t);
}

void
explain_shares(struct explain *x)
{
	struct shares s = { .x = x, .e = x->e, .o = x->q->outcome };
	struct entrant *c;
	size_t i;

	mpq_init(s.t);
	mpz_inits(s.num, s.den, s.offer, s.price.num, s.payment.min,
	    s.payment.max, NULL);
	s.rounds = explain_table(x, "rounds");
	s.winners = json_array();
	explain_put(x, x->doc, "payments", s.winners);
	s.entrants = calloc(x->e->n_projects + 1, sizeof(*s.entrants));
	if (s.entrants == NULL || money_new(&s.m, x->e, 1) != OK) {
		x->err = ERR_NOMEM;
		goto out;
	}
	for (i = 0; i < x->e->n_projects; i++)
		mpz_init(s.entrants[i].support);
	money_start(s.m, s.o->endowment);
	enter(&s);
	run_rounds(&s);
	if (x->err == OK)
		support_of_winners(&s);
	if (x->err == OK)
		finish(&s);
	for (c = s.entrants; c < s.entrants + x->e->n_projects; c++) {
		for (i = 0; i < c->n; i++)
			mpq_clear(c->taken[i].money);
		free(c->taken);
		mpz_clear(c->support);
	}
out:
	money_free(s.m);
	free(s.entrants);
	mpq_clear(s.t);
	mpz_clears(s.num, s.den, s.offer, s.price.num, s.payment.min,
	    s.payment.max, NULL);
}
