/* SPDX-License-Identifier: MIT */
/*
 * Exclusion constraints over ranges: what they ask, and of which columns. EXCLUDE
 * (room WITH =, tsrange(a, b) WITH &&) is read as a span from column a to column b
 * among rows that are alike in room. compile_exclusion.c then keeps the spans from
 * overlapping. Constraints of any other form are reported with the element that is
 * not understood.
 */
#include "common/program/compile.h"

#include <string.h>

#include "common/schema/keyset.h"

/* Exclusion constraints over ranges: what they ask, and of which columns. */

/* ---- reading --------------------------------------------------------------------------- */

/* Compiles an element; one that is not covered gives NULL. */
static int compile(
	struct compiler *k, const struct pg_key *c, const char *text, struct sql_expr **x)
{
	struct err why = {.kind = ERR_NONE};

	*x = NULL;
	if (sql_compile(x, &k->scope, text, k->a, &why) != SQL_FAILED)
		return 0;
	*k->e = why;
	return err_wrap(k->e, "constraint %s of %s.%s", c->name, compiler_table(k)->schema,
		compiler_table(k)->name);
}

/* An element with =. One that is not simply a column may be left out: rows then
 * count as alike that are not, which only asks for more. */
static int equal(
	struct compiler *k, const struct pg_key *c, struct range_exclusion *s, const char *text)
{
	struct sql_expr *x;
	struct sql_key key;

	if (compile(k, c, text, &x) == -1)
		return -1;
	if (x != NULL && sql_key_of(x, &key, k->a) && key.col != UINT32_MAX && key.equiv == 0 &&
		key.null_as == NULL && key.only == NULL)
		s->of.cols[s->of.ncols++] = key.col;
	return 0;
}

/* An element with &&: a range of two columns, a column that is a range, or a
 * generated column that is computed as one. The order of two columns is kept as
 * a condition, for compile_check.c to compile like a CHECK. */
static int range(struct compiler *k, const struct pg_key *c, struct range_exclusion *s,
	const char *text, bool *got)
{
	struct sql_expr *x;
	struct sql_span span;

	if (compile(k, c, text, &x) == -1)
		return -1;
	*got = x != NULL && sql_span_of(x, &span);
	if (*got && span.from == span.to && compiler_column(k, span.from)->generated != NULL) {
		if (compile(k, c, compiler_column(k, span.from)->generated, &x) == -1)
			return -1;
		*got = x != NULL && sql_span_of(x, &span);
	}
	if (!*got)
		return 0;
	s->from = span.from;
	s->to = span.to;
	s->closed = span.closed;
	if (span.from == span.to)
		return 0;
	s->order = arena_printf(k->a, "(%s %s %s)", compile_quoted(k, span.from),
		span.closed ? "<=" : "<", compile_quoted(k, span.to));
	return s->order != NULL ? 0 : err_nomem(k->e);
}

/* Tells the columns what they are for, before their generators are prepared. A
 * NULL end would be infinite, so there are none. */
static void tell(struct compiler *k, const struct range_exclusion *s)
{
	k->member[s->from] = k->member[s->to] = true;
	k->b->columns[s->from].gc.disjoint = s->from == s->to;
	if (s->from != s->to) /* a NULL would be infinite */
		k->not_null[s->from] = k->not_null[s->to] = true;
}

/* Reads the elements of one constraint. */
int interval_read(struct compiler *k, const struct pg_key *c)
{
	struct range_exclusion *s = &k->intervals[k->nintervals++];
	bool got = false;

	*s = (struct range_exclusion){
		.of = {.name = c->name,
			.definition = c->definition,
			.null_of = -1,
			.policy = k->b->t->policy[c->kind == KEY_PRIMARY ? PLAN_POLICY_PRIMARY_KEY
									 : PLAN_POLICY_UNIQUE]}};
	if ((s->of.cols = arena_array(k->a, c->nparts + 1UL, sizeof(s->of.cols[0]))) == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < c->nparts && s->why == NULL; i++) {
		const struct key_part *p = &c->parts[i];
		bool is_range = strcmp(p->op, "&&") == 0 && !got;

		if (strcmp(p->op, "=") == 0) {
			if (equal(k, c, s, p->text) == -1)
				return -1;
		} else if (is_range && range(k, c, s, p->text, &got) == -1) {
			return -1;
		} else if (!is_range || !got) {
			s->why = arena_printf(k->a, "%s WITH %s", p->text, p->op);
			if (s->why == NULL)
				return err_nomem(k->e);
		}
	}
	if (!got && s->why == NULL)
		s->why = c->definition;
	if (c->where != NULL && compile_predicate(k, &s->of, c->where) == -1)
		return -1;
	if (s->why == NULL && s->of.policy != PLAN_IGNORE)
		tell(k, s);
	return 0;
}

/* Whether the constraint is to be kept. */
bool interval_asked(const struct range_exclusion *s)
{
	return s->why == NULL && s->of.policy != PLAN_IGNORE;
}

/* The other end of a span that the column is an end of, or UINT32_MAX. */
uint32_t interval_mate(const struct compiler *k, uint32_t c)
{
	for (uint32_t i = 0; i < k->nintervals; i++) {
		const struct range_exclusion *s = &k->intervals[i];

		if (interval_asked(s) && s->from != s->to && (s->from == c || s->to == c))
			return s->from == c ? s->to : s->from;
	}
	return UINT32_MAX;
}

/* Whether all rows have slots, not only those within a predicate. */
static bool keeps_apart(const struct compiler *k, const struct range_exclusion *s)
{
	const struct program_column *b = &k->b->columns[s->from];

	return b->pick == DRAW_INTERVAL && !k->b->keys[b->interval->key].partial;
}

/* Whether the set is distinct because rows that are equal in it would have
 * overlapping ranges. */
bool interval_covers(const struct compiler *k, const struct distinct_set *s)
{
	for (uint32_t i = 0; i < k->nintervals; i++) {
		const struct range_exclusion *x = &k->intervals[i];

		if (interval_asked(x) && !s->nulls_equal && (x->refused || keeps_apart(k, x)) &&
			(compile_set_has(s, x->from) || compile_set_has(s, x->to)) &&
			compile_set_holds(s, x->of.cols, x->of.ncols))
			return true;
	}
	return false;
}
