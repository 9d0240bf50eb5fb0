/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/assigned.h"

#include <stdio.h>

#include "common/base/num.h"
#include "common/generators/gen_derive.h"

/*
 * Values of a parent's column that are known before they are made: lo, lo + step ... hi, in units
 * of 10^-scale.  They are those of a generator that counts or draws from a range, without
 * transforms; a foreign key has those of the key it refers to.
 */
struct known {
	__int128 lo, hi, step;
	unsigned scale;
};

enum { MAX_LINKS = 16 }; /* foreign keys that lead from table to table */

static bool of_generator(
	const struct table_program *b, const struct program_column *c, struct known *k)
{
	const struct gen *g = &c->gen;
	__int128 last;

	if (g->op == NULL || g->op->derives || (!g->ordinal && !g->affine) || c->disjunction >= 0 ||
		c->pool != NULL || b->t->rows == 0)
		return false;
	last = g->lo + (__int128)g->step * (g->affine ? b->t->rows - 1 : g->space - 1);
	*k = (struct known){.lo = g->step < 0 ? last : g->lo,
		.hi = g->step < 0 ? g->lo : last,
		.step = g->step < 0 ? -g->step : g->step,
		.scale = c->type == VT_DEC ? c->scale : 0};
	return true;
}

static bool known_values(
	struct table_program *const *all, uint32_t table, uint32_t column, struct known *k)
{
	for (int link = 0; link < MAX_LINKS; link++) {
		const struct table_program *b = all[table];
		const struct program_column *c;
		const struct program_gather *g;

		if (b == NULL || b->t->append || column >= b->t->table->ncolumns)
			return false;
		c = &b->columns[column];
		if (!c->made || c->ntransforms > 0 || (c->type != VT_INT && c->type != VT_DEC))
			return false;
		if (c->source == PLAN_GENERATOR)
			return of_generator(b, c, k);
		if (c->source != PLAN_FOREIGN || c->move != NULL)
			return false;
		g = &b->gathers[c->gather];
		table = b->t->fks[g->fk].parent;
		column = g->column;
	}
	return false;
}

/* ---- fitting ----------------------------------------------------------------------------- */

static __int128 power(unsigned n)
{
	return n <= 18 ? num_pow10(n) : (__int128)num_pow10(18) * num_pow10(n - 18);
}

/* What the column holds, in units of 10^-scale; false: its type has no such limits. */
static bool holds(const struct program_column *c, struct known *k)
{
	enum { MOST_DIGITS = 36 };
	static const int64_t most[PG_CLASS_COUNT] = {
		[PG_INT2] = INT16_MAX, [PG_INT4] = INT32_MAX, [PG_INT8] = INT64_MAX};
	int64_t last = most[c->gc.base.type->cls];
	int precision, scale;

	if (last > 0) {
		*k = (struct known){.lo = -last - 1, .hi = last};
		return true;
	}
	pg_numeric_limits(c->gc.base, &precision, &scale);
	if (precision < 0 || precision > MOST_DIGITS || scale < 0)
		return false;
	*k = (struct known){
		.lo = 1 - power((unsigned)precision), .hi = power((unsigned)precision) - 1};
	k->scale = (unsigned)scale;
	return true;
}

/* ${v} in units of 10^-from as units of 10^-to: rounded half away from zero, as an assignment to
 * numeric and to integers is. */
static __int128 in_units(__int128 v, unsigned from, unsigned to)
{
	__int128 unit;

	if (to >= from)
		return v * power(to - from);
	unit = power(from - to);
	return (v + (v < 0 ? -unit / 2 : unit / 2)) / unit;
}

static bool whole(const struct known *k, unsigned scale)
{
	__int128 unit = scale < k->scale ? power(k->scale - scale) : 1;

	return k->lo % unit == 0 && (k->lo == k->hi || k->step % unit == 0);
}

/* Whether all the values fit; a key's must stay what they are. */
static bool fits(const struct known *k, const struct known *room, bool exact)
{
	return in_units(k->lo, k->scale, room->scale) >= room->lo &&
	       in_units(k->hi, k->scale, room->scale) <= room->hi &&
	       (!exact || whole(k, room->scale));
}

/* ---- columns ------------------------------------------------------------------------------- */

struct assigned {
	struct table_program *const *all;
	const struct table_program *b;
	const struct compile_report *report;
};

/* What ${c} takes from the parents' column of ${g}, by a foreign key or by a copy. */
static void check_values(const struct assigned *x, const struct program_column *c,
	const struct program_gather *g, bool exact)
{
	const struct plan_fk *fk = &x->b->t->fks[g->fk];
	const struct plan_table *parent = &x->b->plan->tables[fk->parent];
	char lo[NUM_MAX], hi[NUM_MAX], msg[512];
	struct known k, room;

	if (fk->where != NULL || !holds(c, &room) ||
		!known_values(x->all, fk->parent, g->column, &k) || fits(&k, &room, exact))
		return;
	lo[num_fmt_dec(lo, (int64_t)k.lo, k.scale)] = '\0';
	hi[num_fmt_dec(hi, (int64_t)k.hi, k.scale)] = '\0';
	(void)snprintf(msg, sizeof(msg),
		"it takes the values of %s.%s.%s, which are from %s to %s, and type %s does not "
		"hold all of them",
		parent->table->schema, parent->table->name, parent->table->columns[g->column].name,
		lo, hi, c->gc.column->formatted);
	x->report->problem(x->report->ctx, "generator_cannot", false, x->b->t->table, c->gc.column,
		msg,
		exact ? "give that column other values, or let a relationship's where choose among "
			"the parents"
		      : "give that column other values, or this one a rule that computes what "
			"fits");
}

/* A NULL that a copy brings into a column that is NOT NULL. */
static void check_nulls(
	const struct assigned *x, const struct program_column *c, const struct program_gather *g)
{
	const struct plan_fk *fk = &x->b->t->fks[g->fk];
	const struct table_program *parent = x->all[fk->parent];
	const char *why = NULL;

	if (!pg_column_not_null(c->gc.column))
		return;
	if (x->b->fks[g->fk].null_rate > 0)
		why = "some rows have no parent";
	else if (parent != NULL && g->column < parent->t->table->ncolumns &&
		 parent->columns[g->column].null_below > 0)
		why = "some parents have no value";
	if (why != NULL)
		x->report->problem(x->report->ctx, "generator_cannot", false, x->b->t->table,
			c->gc.column, why, "give it a rule whose values are never NULL");
}

void assigned_feasible(struct table_program *const *all, const struct table_program *b,
	const struct compile_report *report)
{
	const struct assigned x = {all, b, report};

	for (uint32_t i = 0; i < b->norder; i++) {
		const struct program_column *c = &b->columns[b->order[i]];
		const struct program_gather *g;

		if (c->source == PLAN_FOREIGN && c->move != NULL)
			check_values(&x, c, &b->gathers[c->gather], true);
		if (c->source != PLAN_GENERATOR || !derive_copies(&c->gen))
			continue;
		g = &b->gathers[c->in[0]];
		check_values(&x, c, g, false);
		check_nulls(&x, c, g);
	}
}
