/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include <string.h>

#include "common/base/num.h"
#include "common/relation/foreign.h"

/*
 * Ranges that do not overlap among rows that are alike in some columns.  What the ranges' ends are
 * drawn from is cut in as many equal slots as such a group has rows, the k-th row of it takes the
 * slot that a bijection has for k, and its range lies within.
 *
 * A group is the children of one parent, where the columns hold a foreign key that lists them;
 * the rows that share digits of a bijection, where they are drawn and it must be so; else the
 * whole table, whose ranges then do not meet whatever the columns are.
 */

/* ---- how many slots there are ---------------------------------------------------------- */

/* What is cut in slots, and the least that a slot needs of it. */
struct room {
	struct program_interval from, to;
	uint64_t values, least, slots;
};

static int64_t last_of(const struct gen *g)
{
	return (int64_t)((uint64_t)g->lo + (uint64_t)g->step * (g->space - 1));
}

/* How far the ends are apart at least, in their units, as checks ask it. */
static int64_t gap_of(const struct compiler *k, const struct range_exclusion *s)
{
	int64_t gap = 0;

	for (uint32_t i = 0; i < k->narrow.norders; i++) {
		const struct sql_order *o = &k->narrow.orders[i];

		if (o->left == s->to && o->right == s->from && o->gap > gap)
			gap = o->gap;
	}
	return gap;
}

/* Whether one end is drawn within limits that the other sets. */
static bool is_limited_by(const struct compiler *k, uint32_t c, uint32_t other)
{
	const struct program_column *b = &k->b->columns[c];

	for (uint32_t i = 0; i < b->nlimits; i++)
		if (b->limits[i].other == other)
			return true;
	return false;
}

/* How far beyond the start a derived end is at most; 0 if it is drawn, or if it
 * is not known. */
static int64_t reach_of(const struct compiler *k, const struct range_exclusion *s)
{
	const struct program_column *t = &k->b->columns[s->to];

	return compile_derives(t) && t->gen.nin == 1 && t->gen.in[0].from == GEN_ROW &&
			       t->gen.in[0].column == s->from
		       ? t->gen.reach
		       : 0;
}

/* The room of a column that is a range itself. */
static int measure_range(struct compiler *k, uint32_t c, struct room *r)
{
	struct range_room left;

	if (compile_range_room(k, c, &left) == -1)
		return -1;
	r->values = left.parts;
	r->least = left.shortest;
	r->from = r->to = (struct program_interval){.lo = (int64_t)left.first,
		.step = 1,
		.parts = left.parts,
		.shortest = left.shortest,
		.longest = left.longest};
	return 0;
}

/* The room where the end follows from the start. */
static void measure_start(const struct compiler *k, const struct range_exclusion *s, struct room *r)
{
	const struct gen *f = &k->b->columns[s->from].gen;
	__int128 steps = ((__int128)reach_of(k, s) + f->step - 1) / f->step;

	r->least = (uint64_t)steps + s->closed;
	r->values = f->space + (uint64_t)steps;
	r->from = (struct program_interval){.lo = f->lo,
		.step = f->step,
		.parts = r->values - !s->closed,
		.meets = !s->closed,
		.tail = (int64_t)(steps * f->step)};
}

/* The room where both ends are drawn: the values that both can have, far enough
 * apart. */
static void measure_drawn(const struct compiler *k, const struct range_exclusion *s, struct room *r)
{
	const struct gen *f = &k->b->columns[s->from].gen, *t = &k->b->columns[s->to].gen;
	bool alike = f->step == t->step && ((__int128)f->lo - t->lo) % f->step == 0;
	int64_t step = alike ? f->step : 1;
	__int128 gap = ((__int128)gap_of(k, s) + step - 1) / step * step, lo, hi;

	lo = t->lo - gap > f->lo ? t->lo - gap : f->lo;
	hi = last_of(f) + gap < last_of(t) ? last_of(f) + gap : last_of(t);
	r->values = hi < lo ? 0 : (uint64_t)((hi - lo) / step) + 1;
	r->least = (uint64_t)(gap / step) + s->closed +
		   (alike ? 0 : (uint64_t)f->step + (uint64_t)t->step - 2);
	r->from = (struct program_interval){.lo = (int64_t)lo, .step = step, .meets = !s->closed};
	r->from.parts = r->values > 0 && !s->closed ? r->values - 1 : r->values;
	r->to = r->from;
	if (is_limited_by(k, s->to, s->from))
		r->from.tail = (int64_t)gap;
	else
		r->to.head = (int64_t)gap;
}

static void measure_pair(const struct compiler *k, const struct range_exclusion *s, struct room *r)
{
	if (reach_of(k, s) > 0)
		measure_start(k, s, r);
	else
		measure_drawn(k, s, r);
}

/* ---- who can be put in slots ----------------------------------------------------------- */

/* Whether the column can be drawn within a slot. */
static bool is_open(const struct compiler *k, uint32_t c, bool completes)
{
	const struct program_column *b = &k->b->columns[c];

	return compile_draws(k, c) && b->pick == DRAW_RANDOM &&
	       compile_only_nulls(&k->b->t->columns[c]) &&
	       (completes ? b->gen.ordinal : b->gen.lengths > 0);
}

/* The column that makes slots impossible, or UINT32_MAX. */
static uint32_t obstacle(const struct compiler *k, const struct range_exclusion *s)
{
	const struct program_column *f = &k->b->columns[s->from], *t = &k->b->columns[s->to];
	bool completes = s->from != s->to;

	if (!is_open(k, s->from, completes))
		return s->from;
	if (f->type != t->type || f->scale != t->scale ||
		!compile_only_nulls(&k->b->t->columns[s->to]))
		return s->to;
	if (completes && reach_of(k, s) > 0)
		return UINT32_MAX;
	if (!is_open(k, s->to, completes))
		return s->to;
	if (completes && !is_limited_by(k, s->to, s->from) && !is_limited_by(k, s->from, s->to))
		return s->to;
	return UINT32_MAX;
}

/* ---- groups ---------------------------------------------------------------------------- */

/* Whether groups can be the children of a parent by this foreign key. */
static bool may_anchor(const struct compiler *k, const struct range_exclusion *s, uint32_t f)
{
	const struct pg_constraint *c = &compiler_table(k)->cons[k->b->t->fks[f].con];

	for (uint32_t i = 0; i < c->ncols; i++)
		if (k->b->columns[c->cols[i]].source != PLAN_FOREIGN ||
			k->b->t->columns[c->cols[i]].fk != f)
			return false;
	return compile_names(k, &s->of, f) && compile_may_rank(k, f);
}

/* Who may list the rows of a group, those that do already first; and last nobody: -1. */
enum { ANCHORS = 16 };

/* The foreign keys whose children may be a group, those with known ranks first,
 * and at the end -1 for the whole table. */
static int anchors(const struct compiler *k, const struct range_exclusion *s, int *to)
{
	int n = 0;

	for (int planned = 1; planned >= 0; planned--)
		for (uint32_t f = 0; f < k->b->t->nfks && n < ANCHORS; f++)
			if (how_enumerable(k->b->fks[f].how) == planned && may_anchor(k, s, f))
				to[n++] = (int)f;
	to[n++] = -1;
	return n;
}

/* How many rows a group has at most. */
static uint64_t need_of(const struct compiler *k, const struct range_exclusion *s, int ranking_fk)
{
	return ranking_fk >= 0 ? compile_most_children(k, (uint32_t)ranking_fk)
			       : plan_need(k->b->t, s->of.name);
}

/* How many different values the ends need, so that default ranges can grow to
 * it. Dates stop growing at five years, as nobody expects test data from a
 * distant century. */
uint64_t interval_need(const struct compiler *k, uint32_t c)
{
	enum { DAYS = 5 * 365, EACH = 4 };
	uint64_t need = 0, n = 0, rows;
	int order[ANCHORS + 1];

	for (uint32_t i = 0; i < k->nintervals; i++) {
		const struct range_exclusion *s = &k->intervals[i];

		if (!interval_asked(s) || (s->from != c && s->to != c))
			continue;
		(void)anchors(k, s, order);
		rows = need_of(k, s, order[0]);
		need = rows > need ? rows : need;
		n++;
	}
	if (n > 1) /* kept apart in the whole table */
		need = k->b->t->rows;
	if (k->b->columns[c].type == VT_DATE && need > DAYS)
		return DAYS;
	/* ordinal ranges grow by more than they are asked for */
	return k->b->columns[c].gc.disjoint && need < UINT64_MAX / EACH ? need * EACH : need;
}

/* Whether the column's values can be digits beside the slots: rows with
 * different values may then overlap. */
static bool is_digit(const struct compiler *k, uint32_t c)
{
	const struct pg_column *col = compiler_column(k, c);

	return compile_draws(k, c) && k->b->columns[c].pick == DRAW_RANDOM && !k->member[c] &&
	       !k->complemented[c] && k->b->columns[c].disjunction < 0 &&
	       k->b->columns[c].nlimits == 0 && k->b->columns[c].gen.space > 0 &&
	       compile_only_nulls(&k->b->t->columns[c]) &&
	       strcmp(pg_base_of(col->type, col->typmod).type->name, "citext") != 0;
}

/* How many rows a group may have, digits and slots together. */
static uint64_t most(
	const struct compiler *k, const struct range_exclusion *s, uint64_t need, uint64_t slots)
{
	uint64_t n = slots;

	for (uint32_t i = 0; i < s->of.ncols && n < need; i++)
		if (is_digit(k, s->of.cols[i]) &&
			__builtin_mul_overflow(n, k->b->columns[s->of.cols[i]].gen.space, &n))
			n = UINT64_MAX;
	return n;
}

static uint64_t parts(uint64_t n, uint64_t of)
{
	return n / of + (n % of != 0);
}

/* Has the column draw within its row's slot. */
static bool put(struct compiler *k, uint32_t c, const struct program_interval *interval)
{
	struct program_column *b = &k->b->columns[c];

	if ((b->interval = arena_alloc(k->a, sizeof(*b->interval))) == NULL)
		return false;
	b->pick = DRAW_INTERVAL;
	*b->interval = *interval;
	return true;
}

/* Makes the key. Columns that are compared by = become digits as long as there
 * are too few slots for the rows, because rows that differ there may overlap.
 * What is left of the rows per combination of digits is the number of slots. */
static int take(struct compiler *k, const struct range_exclusion *s, struct room *r, int ranking_fk,
	bool with_digits, bool partial)
{
	uint64_t need = need_of(k, s, ranking_fk);
	int at = compile_take_key(k, s->of.name, ranking_fk, need);
	struct program_key *key = &k->b->keys[at];
	uint64_t slots = r->slots;

	for (uint32_t i = 0; i < s->of.ncols && with_digits; i++)
		if (is_digit(k, s->of.cols[i]) && (partial || parts(need, key->size) > slots))
			compile_take_column(k, (uint32_t)at, s->of.cols[i]);
	r->from.key = r->to.key = (uint32_t)at;
	r->from.div = r->to.div = key->size;
	if (!partial)
		slots = parts(need, key->size);
	else if (slots > KEY_SPACE_MAX / key->size)
		slots = KEY_SPACE_MAX / key->size;
	if (!partial && key->size == 1 && ranking_fk >= 0)
		key->slots = r->slots;
	key->size *= slots;
	key->partial = partial;
	if (!put(k, s->from, &r->from) ||
		(s->to != s->from && reach_of(k, s) == 0 && !put(k, s->to, &r->to)))
		return err_nomem(k->e);
	return 0;
}

/* ---- problems --------------------------------------------------------------------------- */

static int unsupported(struct compiler *k, struct range_exclusion *s, const char *hint,
	const char *what, const char *why)
{
	char shown[STR_SHOWN];

	s->refused = true;
	return compile_problem(k, "unsupported_unique",
		s->of.policy != PLAN_ENFORCE || k->b->t->rows <= 1, NULL, hint,
		"exclusion constraint %s, %s: %s%s", s->of.name, str_shown(shown, s->of.definition),
		what, why);
}

/* Names who needs how many ranges, and how many there is room for. */
static int too_small(
	struct compiler *k, struct range_exclusion *s, const struct room *r, int ranking_fk)
{
	struct num_people need = num_people(need_of(k, s, ranking_fk));
	const char *who, *what;

	who = ranking_fk < 0
		      ? arena_printf(k->a, "%s rows", need.s)
		      : arena_printf(k->a, "a parent by %s has up to %s children, which",
				compiler_table(k)->cons[k->b->t->fks[ranking_fk].con].name, need.s);
	what = s->from == s->to ? arena_printf(k->a, "(%s)", compiler_column(k, s->from)->name)
				: arena_printf(k->a, "(%s, %s)", compiler_column(k, s->from)->name,
					  compiler_column(k, s->to)->name);
	if (who == NULL || what == NULL)
		return err_nomem(k->e);
	s->refused = true;
	return compile_problem(k, "key_space_too_small", s->of.policy != PLAN_ENFORCE, NULL,
		"ask for fewer rows, more parents, or ends with more values: a wider range of "
		"their generators, times instead of dates",
		"%s: %s need as many %s that do not overlap: %s values leave room for %s%s",
		s->of.name, who, what, num_people(r->values).s, num_people(r->slots).s,
		s->of.partial ? ", and no column can be kept from its predicate" : "");
}

/* ---- planning ---------------------------------------------------------------------------- */

/* Several constraints over the same range become one, over the columns that all
 * of them compare by =. A column can only be cut into slots once, and ranges
 * that do not overlap among more rows do not overlap among fewer. */
static void merge(struct compiler *k, struct range_exclusion *s)
{
	for (struct range_exclusion *o = s + 1; o < k->intervals + k->nintervals; o++) {
		uint32_t n = 0;

		if (!interval_asked(o) || o->from != s->from || o->to != s->to ||
			compile_distinct(k, &o->of))
			continue;
		for (uint32_t c = 0; c < s->of.ncols; c++)
			if (compile_set_has(&o->of, s->of.cols[c]))
				s->of.cols[n++] = s->of.cols[c];
		s->of.ncols = n;
		s->of.partial = false;
		s->closed = s->closed || o->closed;
		o->merged = true;
	}
}

/* Whether a group with all its rows fits into the slots, with or without digits. */
static bool fits(const struct compiler *k, const struct range_exclusion *s, const struct room *r,
	int ranking_fk, bool with_digits)
{
	uint64_t need = need_of(k, s, ranking_fk);

	return r->slots > 0 && need <= (with_digits ? most(k, s, need, r->slots) : r->slots);
}

/* Tries groups without digits before groups with them, and children of a parent
 * before the whole table: the first has the longest ranges. If nothing fits and
 * the constraint is partial, the rows beyond the room are kept out of its
 * predicate. */
static int plan(struct compiler *k, struct range_exclusion *s)
{
	int order[ANCHORS + 1], n = anchors(k, s, order), rc;
	struct room r = {.least = 1};

	if (s->from != s->to)
		measure_pair(k, s, &r);
	else if (measure_range(k, s->from, &r) == -1)
		return -1;
	r.slots = r.from.parts / r.least;
	for (int with_digits = 0; with_digits < 2; with_digits++)
		for (int i = 0; i < n; i++)
			if (fits(k, s, &r, order[i], with_digits))
				return take(k, s, &r, order[i], with_digits, false);
	if (r.slots > 0 && s->of.partial && (rc = compile_complement(k, &s->of, k->b->nkeys)) != 0)
		return rc == 1 ? take(k, s, &r, order[0], true, true) : -1;
	return too_small(k, s, &r, order[0]);
}

/* Whether each row begins so long after its sibling that the sibling's range has
 * ended. */
static bool is_in_order(const struct compiler *k, const struct range_exclusion *s)
{
	const struct program_column *f = &k->b->columns[s->from];
	int64_t reach = s->from != s->to ? reach_of(k, s) : 0;

	if (reach == 0 || !compile_derives(f) || f->gen.every < reach + s->closed)
		return false;
	for (uint32_t i = 0; i < k->b->t->nfks; i++)
		if (k->b->t->fks[i].con == f->gen.in[0].fk)
			return compile_names(k, &s->of, i);
	return false;
}

/* Plans one constraint, or says why its ranges cannot be kept from overlapping. */
static int plan_span(struct compiler *k, struct range_exclusion *s)
{
	uint32_t c;

	if (s->of.policy == PLAN_IGNORE || s->merged ||
		(s->why == NULL && k->b->t->rows <= 1 && !k->b->t->append))
		return 0;
	if (s->why != NULL)
		return unsupported(k, s,
			"drop it while loading, or set the policy of unique to ignore", s->why,
			" is not made apart");
	if (compile_distinct(k, &s->of) || is_in_order(k, s) ||
		k->b->columns[s->from].source == PLAN_ALWAYS_NULL)
		return 0;
	if (k->b->t->append)
		return unsupported(k, s, "fill the table in a database of its own", "",
			"rows are added to those of the database, whose ranges nobody knows");
	if ((c = obstacle(k, s)) != UINT32_MAX)
		return k->b->columns[c].source == PLAN_GENERATOR && k->b->columns[c].gen.op == NULL
			       ? 0 /* it has been reported */
			       : unsupported(k, s,
					 "remove the rules of its columns, or set the policy of "
					 "unique to ignore",
					 compiler_column(k, c)->name,
					 " is not drawn so that ranges can be kept apart");
	merge(k, s);
	return plan(k, s);
}

int compile_intervals(struct compiler *k)
{
	for (uint32_t i = 0; i < k->nintervals; i++)
		if (plan_span(k, &k->intervals[i]) == -1)
			return -1;
	return 0;
}
