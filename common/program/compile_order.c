/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/divide.h"
#include "common/base/num.h"
#include "common/program/reads.h"

/*
 * Orders between columns (left >= right + gap) hold by construction where one side
 * can be drawn within what the other leaves: the side that is fixed (unique, derived,
 * a foreign key) first, else the right side first.  So that it is always feasible the
 * bounds of the first are narrowed by those of the second, over the whole table.
 * What cannot be kept so is verified and redrawn like any other check.
 */

/* Whether the column can be drawn row by row within bounds that the other sets. */
static bool adjustable(const struct compiler *k, uint32_t c, uint32_t other)
{
	return compile_draws(k, c) && k->b->columns[c].gen.ordinal &&
	       (!k->member[c] || interval_mate(k, c) == other);
}

/* ---- units -------------------------------------------------------------------- */

/* What a unit of the column is in the finest unit of its kind; false if its type
 * cannot be compared so. */
static bool kind_of(const struct program_column *c, char *kind, int64_t *mul, unsigned finest)
{
	*mul = 1;
	switch (c->type) {
	case VT_INT:
	case VT_DEC:
		*kind = 'n';
		*mul = num_pow10(finest - (c->type == VT_DEC ? c->scale : 0));
		return true;
	case VT_DATE:
		*kind = 'd';
		*mul = CAL_DAY;
		return true;
	case VT_TS:
	case VT_TSTZ:
		*kind = 'd';
		return true;
	default:
		*kind = (char)('0' + (int)c->type);
		return vec_is_ordinal(c->type);
	}
}

/* The factors that bring two columns to one unit; false if they are of different
 * kinds. */
static bool units(
	const struct program_column *a, const struct program_column *b, int64_t *ma, int64_t *mb)
{
	unsigned sa = a->type == VT_DEC ? a->scale : 0, sb = b->type == VT_DEC ? b->scale : 0;
	char ka, kb;

	if (!kind_of(a, &ka, ma, sa > sb ? sa : sb) || !kind_of(b, &kb, mb, sa > sb ? sa : sb))
		return false;
	if (a->type == VT_DATE && b->type == VT_DATE)
		*ma = *mb = 1;
	return ka == kb;
}

/* ---- limits --------------------------------------------------------------------- */

/* Whether column to must be made after from: 1 or 0, -1 if memory is short. */
static int depends(const struct compiler *k, uint32_t to, uint32_t from)
{
	struct program_walk w = {.b = k->b, .follow = READ_LIMIT | READ_INPUT};
	struct thing column = {THING_COLUMN, to};

	if (program_walk_init(&w, k->a) == -1)
		return err_nomem(k->e);
	(void)program_walk_from(&w, column, column);
	return program_walked(&w, (struct thing){THING_COLUMN, from});
}

/* Has column c drawn within what the other leaves, unless that would make the
 * two wait for each other or their types have no common unit. *kept says whether
 * the limit was set. */
static int limit(struct compiler *k, uint32_t c, uint32_t other, bool low, int64_t gap, bool *kept)
{
	struct program_column *b = &k->b->columns[c];
	struct program_limit l = {.other = other, .low = low, .gap = gap};
	int circle = depends(k, other, c);

	if (b->limits == NULL)
		b->limits = arena_array(k->a, k->narrow.norders + 1UL, sizeof(b->limits[0]));
	if (b->limits == NULL)
		return err_nomem(k->e);
	if (circle == -1)
		return -1;
	*kept = units(b, &k->b->columns[other], &l.mul, &l.other_mul) && circle == 0;
	if (*kept)
		b->limits[b->nlimits++] = l;
	return 0;
}

/* Has a column that is computed from moments take one more, unless that would make the two wait for
 * each other. */
static int take_order(struct compiler *k, uint32_t c, uint32_t other, bool low, int64_t gap)
{
	struct program_column *b = &k->b->columns[c];
	const struct program_column *o = &k->b->columns[other];
	int64_t mul, other_mul;
	bool taken;
	int circle;

	if (!compile_derives(b) || b->gen.op->order == NULL || !units(b, o, &mul, &other_mul))
		return 0;
	if ((circle = depends(k, other, c)) != 0)
		return circle == -1 ? -1 : 0;
	if (b->type == VT_DATE && o->type == VT_DATE)
		gap *= CAL_DAY; /* they are compared in days */
	return b->gen.op->order(&b->gen, other, low, gap, &taken, k->e);
}

/* Whether some branch draws the column from another range, which is not made to
 * leave room. */
static bool has_ways(const struct compiler *k, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];

	for (uint32_t w = 0; b->disjunction >= 0 && w < k->b->disjunctions[b->disjunction].n; w++)
		if (b->branches[w].gen != NULL)
			return true;
	return false;
}

/* Keeps one order by a limit on its left or on its right side. It holds without
 * verification only if both sides are drawn over ranges that leave each other
 * room. */
static int keep(struct compiler *k, uint32_t i)
{
	const struct sql_order *o = &k->narrow.orders[i];
	const struct program_column *l = &k->b->columns[o->left], *r = &k->b->columns[o->right];
	bool kept = false;

	if (!l->made || !r->made || l->source == PLAN_ALWAYS_NULL || r->source == PLAN_ALWAYS_NULL)
		return 0;
	if (adjustable(k, o->left, o->right) &&
		limit(k, o->left, o->right, true, o->gap, &kept) == -1)
		return -1;
	if (!kept && adjustable(k, o->right, o->left) &&
		limit(k, o->right, o->left, false, o->gap, &kept) == -1)
		return -1;
	if (!kept && (take_order(k, o->left, o->right, true, o->gap) == -1 ||
			     take_order(k, o->right, o->left, false, o->gap) == -1))
		return -1;
	k->order_kept[i] = kept && compile_draws(k, o->left) && compile_draws(k, o->right) &&
			   l->gen.ordinal && r->gen.ordinal && !has_ways(k, o->left) &&
			   !has_ways(k, o->right);
	return 0;
}

/* ---- bounds ------------------------------------------------------------------------ */

/* A value in 128 bits, cut to the range of 64. */
static int64_t clamp(__int128 v)
{
	return v < INT64_MIN ? INT64_MIN : v > INT64_MAX ? INT64_MAX : (int64_t)v;
}

/* The last value of an ordinal generator. */
static int64_t last_of(const struct gen *g)
{
	return (int64_t)((uint64_t)g->lo + (uint64_t)g->step * (g->space - 1));
}

/* Shrinks the generator's range to within [lo, hi], on its own steps; false if
 * nothing is left. */
static bool shrink(struct gen *g, int64_t lo, int64_t hi, bool *changed)
{
	int64_t last = last_of(g);
	__int128 first = g->lo;

	if (lo > g->lo)
		first = g->lo - divide_floor((__int128)g->lo - lo, g->step) * g->step;
	if (first > hi || first > last)
		return false;
	hi = hi < last ? hi : last;
	hi = clamp(first + divide_floor(hi - first, g->step) * g->step);
	*changed = *changed || first != g->lo || hi != last;
	g->lo = (int64_t)first;
	g->hi = hi;
	g->space = (uint64_t)((__int128)hi - first) / (uint64_t)g->step + 1;
	return true;
}

/* The column that is made first is narrowed so that the second always has a
 * value left. */
static bool make_room(
	struct compiler *k, struct program_column *b, const struct program_limit *l, bool *changed)
{
	struct program_column *o = &k->b->columns[l->other];
	int64_t lo = INT64_MIN, hi = INT64_MAX;

	if (!compile_draws(k, l->other) || !o->gen.ordinal)
		return true;
	if (l->low)
		hi = clamp(
			divide_floor((__int128)last_of(&b->gen) * l->mul - l->gap, l->other_mul));
	else
		lo = clamp(-divide_floor(-((__int128)b->gen.lo * l->mul + l->gap), l->other_mul));
	return shrink(&o->gen, lo, hi, changed);
}

/* Narrowing one column may narrow the next, so it goes on until nothing changes;
 * there are at most as many rounds as columns. */
static int propagate(struct compiler *k)
{
	uint32_t n = compiler_table(k)->ncolumns;
	bool changed = true;

	for (uint32_t round = 0; changed && round <= n; round++) {
		changed = false;
		for (uint32_t c = 0; c < n; c++) {
			struct program_column *b = &k->b->columns[c];

			for (uint32_t i = 0; i < b->nlimits; i++)
				if (!make_room(k, b, &b->limits[i], &changed))
					return compile_problem(k, "check_unsatisfiable", false,
						compiler_column(k, c),
						"widen the range of one of the two generators",
						"its range and that of %s leave no pair that the "
						"checks allow",
						compiler_column(k, b->limits[i].other)->name);
		}
	}
	return 0;
}

/* Whether a column is held from below and from above by values drawn
 * independently, so that a row may have no room. */
static bool squeezed(const struct program_column *b)
{
	for (uint32_t i = 1; i < b->nlimits; i++)
		if (b->limits[i].low != b->limits[0].low)
			return true;
	return false;
}

/* Keeps the orders that it can; the others stay checks. A column that is
 * squeezed between two others may have no room in some rows, so its orders are
 * verified as well. */
int compile_orders(struct compiler *k)
{
	for (uint32_t i = 0; i < k->narrow.norders; i++)
		if (keep(k, i) == -1)
			return -1;
	for (uint32_t i = 0; i < k->narrow.norders; i++)
		if (squeezed(&k->b->columns[k->narrow.orders[i].left]) ||
			squeezed(&k->b->columns[k->narrow.orders[i].right]))
			k->order_kept[i] = false;
	return propagate(k);
}

/* ---- inputs, and the order of making ------------------------------------------------- */

/* The value that is a row's rank or the number of its siblings; each is listed
 * once. */
static void gather_place(struct compiler *k, enum gen_from from, uint32_t fk, uint32_t *out)
{
	struct table_program *b = k->b;

	for (*out = 0; *out < b->ngathers; ++*out)
		if (b->gathers[*out].from == from && b->gathers[*out].fk == fk)
			return;
	b->gathers[b->ngathers++] = (struct program_gather){.from = from, .fk = fk, .type = VT_INT};
}

/* A value that is read of a parent; what several columns read is listed once. */
static int gather(struct compiler *k, uint32_t fk, uint32_t column, uint32_t member, uint32_t *out)
{
	struct table_program *b = k->b;
	const struct pg_column *c =
		plan_kept_column(b->plan, &b->plan->tables[b->t->fks[fk].parent], column);
	struct pg_base base = pg_base_of(c->type, c->typmod);

	for (*out = 0; *out < b->ngathers; ++*out)
		if (b->gathers[*out].from == GEN_PARENT && b->gathers[*out].fk == fk &&
			b->gathers[*out].column == column && b->gathers[*out].member == member)
			return 0;
	b->gathers[b->ngathers] = (struct program_gather){
		.from = GEN_PARENT, .fk = fk, .column = column, .member = member};
	b->gathers[b->ngathers].type = pg_vtype(base, &b->gathers[b->ngathers].scale);
	b->ngathers++;
	return 0;
}

/* Whether other foreign keys have the column too. Their parents are compared by
 * its values. */
static bool is_shared(const struct compiler *k, const struct pg_constraint *con, uint32_t c)
{
	for (uint32_t f = 0; f < k->b->t->nfks; f++) {
		const struct pg_constraint *other = &compiler_table(k)->cons[k->b->t->fks[f].con];

		if (other != con && pg_has_column(other->cols, other->ncols, c))
			return true;
	}
	return false;
}

/* The value of the referenced column is assigned to the column as PostgreSQL
 * does it. Where types differ, columns of several foreign keys are refused,
 * because their parents are compared before the assignment. */
static int assign_member(
	struct compiler *k, uint32_t c, const struct pg_constraint *con, uint32_t m)
{
	struct program_column *b = &k->b->columns[c];
	const struct program_gather *g = &k->b->gathers[b->gather];
	struct err why = {.kind = ERR_NONE};

	if (sql_compile_move(&b->move, &con->ref->columns[con->ref_cols[m]], compiler_column(k, c),
		    true, k->a, &why) != SQL_OK) {
		if (why.kind != ERR_NO) {
			*k->e = why;
			return -1;
		}
		return compile_problem(k, "generator_cannot", false, compiler_column(k, c),
			"give both columns one type", "it refers to %s.%s.%s by foreign key %s: %s",
			con->ref_schema, con->ref_table, con->ref_names[m], con->name, why.msg);
	}
	if (b->move == NULL || (g->type == b->type && g->scale == b->scale) ||
		!is_shared(k, con, c))
		return 0;
	return compile_problem(k, "generator_cannot", false, compiler_column(k, c),
		"give both columns one type",
		"its type differs from that of %s.%s.%s, which it refers to, and it is a column of "
		"other foreign keys, too",
		con->ref_schema, con->ref_table, con->ref_names[m]);
}

/* A member of a foreign key takes the value of the column that it refers to. */
static int foreign_member(struct compiler *k, uint32_t c)
{
	struct program_column *b = &k->b->columns[c];
	uint32_t fk = k->b->t->columns[c].fk;
	const struct pg_constraint *con = &compiler_table(k)->cons[k->b->t->fks[fk].con];
	bool partial = k->b->t->fks[fk].partial_nulls > 0;

	for (uint32_t m = 0; m < con->ncols && con->ref_cols != NULL; m++) {
		if (con->cols[m] != c)
			continue;
		if (gather(k, fk, con->ref_cols[m], (uint32_t)partial << m, &b->gather) == -1)
			return -1;
		if (pg_column_not_null(compiler_column(k, c)))
			k->b->gathers[b->gather].keeps = true;
		return assign_member(k, c, con, m);
	}
	return compile_problem(k, "generator_cannot", false, compiler_column(k, c), NULL,
		"foreign key %s does not have the column", con->name);
}

/* Finds the inputs of a derived column: columns of the row, values of parents,
 * ranks. An input that nobody can make is reported. */
static int derive_inputs(struct compiler *k, uint32_t c)
{
	struct program_column *b = &k->b->columns[c];

	for (uint32_t i = 0; i < b->gen.nin; i++) {
		const struct gen_input *in = &b->gen.in[i];
		uint32_t f = 0, at;

		if (in->from == GEN_ROW) {
			b->in[i] = in->column;
			if (k->b->columns[in->column].made)
				continue;
			if (compile_problem(k, "generator_cannot", false, compiler_column(k, c),
				    NULL, "its input %s is filled by the server",
				    compiler_column(k, in->column)->name) == -1)
				return -1;
			continue;
		}
		while (f < k->b->t->nfks && k->b->t->fks[f].con != in->fk)
			f++;
		if (f == k->b->t->nfks || !how_picks(k->b->fks[f].how)) {
			if (compile_problem(k, "generator_cannot", false, compiler_column(k, c),
				    NULL,
				    "it reads a parent through foreign key %s, which picks none",
				    compiler_table(k)->cons[in->fk].name) == -1)
				return -1;
			continue;
		}
		if (in->from != GEN_PARENT) {
			gather_place(k, in->from, f, &b->in[i]);
			if (compile_rank_read(k, c, in->from, f) == -1)
				return -1;
			continue;
		}
		at = plan_kept_at(k->b->plan, &k->b->plan->tables[k->b->t->fks[f].parent], in->hops,
			in->nhops, in->column);
		if (at != UINT32_MAX && gather(k, f, at, 0, &b->in[i]) == -1)
			return -1;
		if (at == UINT32_MAX &&
			compile_problem(k, "generator_cannot", false, compiler_column(k, c), NULL,
				"what it reads of a parent's parent does not reach it") == -1)
			return -1;
	}
	return 0;
}

/* Values of parents that the table's own snapshot hands on to its children. */
static int carries(struct compiler *k)
{
	const struct plan_table *t = k->b->t;

	if ((k->b->inherited = arena_array(
		     k->a, t->ninherited + 1UL, sizeof(k->b->inherited[0]))) == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < t->ninherited; i++)
		if (gather(k, t->inherited[i].fk, t->inherited[i].column, 0, &k->b->inherited[i]) ==
			-1)
			return -1;
	return 0;
}

/* A column that is derived from itself is reported where the walk comes back to
 * it. */
static int is_circle(void *ctx, struct thing t)
{
	struct compiler *k = ctx;

	if (t.kind != THING_COLUMN)
		return 0;
	return compile_problem(k, "derive_cycle", false, compiler_column(k, t.at),
		"break the circle of input columns", "it is derived from itself");
}

/* The walk leaves a column when it has left all that the column reads: the
 * column is next. */
static int place(void *ctx, struct thing t)
{
	struct compiler *k = ctx;

	if (t.kind == THING_COLUMN && k->b->columns[t.at].made)
		k->b->order[k->b->norder++] = t.at;
	return 0;
}

/* The order in which columns are made: a depth-first topological order over what
 * they read. */
static int put_in_order(struct compiler *k)
{
	struct program_walk w = {.b = k->b,
		.follow = READ_LIMIT | READ_BRANCH | READ_INPUT | READ_AFTER,
		.leave = place,
		.circle = is_circle,
		.ctx = k};

	if (program_walk_init(&w, k->a) == -1)
		return err_nomem(k->e);
	for (uint32_t c = 0; c < compiler_table(k)->ncolumns; c++) {
		struct thing column = {THING_COLUMN, c};

		if (program_walk_from(&w, column, column) == -1)
			return -1;
	}
	return 0;
}

int compile_inputs(struct compiler *k)
{
	uint32_t n = compiler_table(k)->ncolumns;
	size_t most = n + k->b->t->ninherited;

	for (uint32_t c = 0; c < n; c++)
		most += k->b->columns[c].gen.nin;
	k->b->gathers = arena_array(k->a, most + 1, sizeof(k->b->gathers[0]));
	if (k->b->gathers == NULL)
		return err_nomem(k->e);
	for (uint32_t c = 0; c < n; c++) {
		struct program_column *b = &k->b->columns[c];

		if (b->source == PLAN_FOREIGN && foreign_member(k, c) == -1)
			return -1;
		if (compile_derives(b) && derive_inputs(k, c) == -1)
			return -1;
	}
	if (carries(k) == -1)
		return -1;
	return put_in_order(k);
}
