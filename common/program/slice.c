/* SPDX-License-Identifier: MIT */
#include "common/program/slice_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_children.h"
#include "common/program/reads.h"
#include "common/relation/foreign.h"

/*
 * A slice of a table's program: what some of its columns are made from, and nothing else.  It lets
 * the keys of a row be made without the row, and without the row's parents where the keys do not
 * depend on them.
 */

enum { ABOVE = UINT32_MAX }; /* asked for by whoever the slice is for */

struct slice {
	const struct table_program *b;
	struct program_walk walk;
	uint32_t *from;	  /* by column: which column reads it */
	uint32_t *reader; /* by thing: the column on whose behalf it is made */
	bool changes;	  /* a check may have something of it drawn again */
	bool checked;	  /* all checks are of it */
	bool ancestors;	  /* it is made of its own parents by ... */
	uint32_t climb;	  /* ... this foreign key */
	const char *why;  /* it cannot be, or NULL */
	const char *name; /* of what stands in the way */
	struct arena *a;
};

/* Keeps the first reason why the slice cannot be made. */
static void stop(struct slice *p, const char *why, const char *name)
{
	if (p->why == NULL) {
		p->why = why;
		p->name = name;
	}
}

/* ---- what is of the slice ---------------------------------------------------------------- */

/* Whether the plan itself, not the slice, has the parent's rows recomputed: then
 * the slice would lead back to its own table. */
static bool leads_back(const struct table_program *b, uint32_t f)
{
	for (uint32_t i = 0; i < b->plan->ntables; i++)
		if (b->plan->tables[i].table == b->t->table)
			return b->plan->tables[i].fks[f].computed;
	return false;
}

/* Whether a foreign key makes trees of the table's rows, whose roots have no parent or are their
 * own: going from parent to parent ends there.  Roots that are each other's parents do not end. */
static bool is_tree(const struct table_program *b, uint32_t f)
{
	return how_picks(b->fks[f].how) && how_forest(b->fks[f].how) && b->fks[f].turn == 0 &&
	       b->t->fks[f].computed && b->t->table->cons[b->t->fks[f].con].ref == b->t->table &&
	       !program_needs_values(b, f);
}

/* A parent that is picked in the slice may change with an attempt, if it is
 * drawn or can be NULL. */
static void enter_parent(struct slice *p, uint32_t f)
{
	const struct program_fk *fk = &p->b->fks[f];

	if (!p->b->is_child && leads_back(p->b, f) && !is_tree(p->b, f))
		stop(p, "hangs on a row that is made in turn, by foreign key",
			p->b->t->table->cons[p->b->t->fks[f].con].name);
	if (fk->tied != 0 && ((fk->completes < 0 && how_drawn(fk->how)) || fk->null_rate > 0))
		p->changes = true;
}

static bool drawn(const struct program_column *b)
{
	return b->null_below > 0 ||
	       (!b->gen.affine && b->pick != DRAW_DIGIT && gen_children_of(&b->gen) == NULL);
}

/* A column that the server fills is in no slice; an aggregate is, unless it
 * would depend on itself. */
static void enter_column(struct slice *p, uint32_t c)
{
	const struct program_column *b = &p->b->columns[c];
	const char *loop;

	if (!b->made)
		stop(p, "is filled by the server: column", p->b->t->table->columns[c].name);
	if (gen_children_of(&b->gen) != NULL) {
		loop = slice_loop(p->b, c, p->from, p->a);
		if (loop != NULL)
			stop(p, loop, "");
	}
	if (b->source != PLAN_FOREIGN && b->source != PLAN_ALWAYS_NULL && b->tied != 0 && drawn(b))
		p->changes = true;
}

static void want_place(struct slice *p, uint32_t at);

/* What a slice reads of a row's parents in its own table is of the slice too, if that is made from
 * parents in turn: one slice makes all ancestors.  Going up by two keys at once would double the
 * rows with each step. */
static void enter_value(struct slice *p, uint32_t at)
{
	const struct program_gather *g = &p->b->gathers[at];

	if (!g->endless && (!g->climbs || !p->ancestors))
		return;
	if (g->endless || g->fk != p->climb)
		stop(p, "hangs on a row that is made in turn, by foreign key",
			p->b->t->table->cons[p->b->t->fks[g->fk].con].name);
	else
		want_place(p, g->column);
}

/* Notes on whose behalf a thing is made: the nearest column on the way to it.
 * Messages about loops name these columns. What cannot be in a slice stops it
 * here. */
static int enter(void *ctx, struct thing t, struct thing reader)
{
	struct slice *p = ctx;
	uint32_t column = p->reader[thing_number(p->b, reader)];

	if (reader.kind == THING_COLUMN)
		column = reader.at;
	if (reader.kind == THING_INHERITED || (reader.kind == t.kind && reader.at == t.at))
		column = ABOVE;
	p->reader[thing_number(p->b, t)] = column;
	switch (t.kind) {
	case THING_COLUMN:
		p->from[t.at] = column;
		enter_column(p, t.at);
		break;
	case THING_PARENT:
		enter_parent(p, t.at);
		break;
	case THING_VALUE:
		enter_value(p, t.at);
		break;
	case THING_BRANCH:
		p->changes = p->changes || p->b->disjunctions[t.at].tied != 0;
		break;
	default:
		break;
	}
	return 0;
}

/* Asks for a thing, and so for all that it is made from. */
static void want(struct slice *p, enum thing_kind kind, uint32_t at)
{
	(void)program_walk_from(&p->walk, (struct thing){kind, at}, (struct thing){kind, at});
}

/* The same for a column, or what the table inherits, by its place in what a snapshot may hold. */
static void want_place(struct slice *p, uint32_t at)
{
	uint32_t ncolumns = p->b->t->table->ncolumns;

	if (at < ncolumns)
		want(p, THING_COLUMN, at);
	else
		want(p, THING_INHERITED, at - ncolumns);
}

/* Whether the walk has reached the thing. */
static bool wanted(const struct slice *p, enum thing_kind kind, uint32_t at)
{
	return program_walked(&p->walk, (struct thing){kind, at});
}

/* Whether a column is an aggregate as it is: no attempt at the row makes another value of it. */
static bool is_settled(const struct program_column *c)
{
	return c->source == PLAN_GENERATOR && gen_children_of(&c->gen) != NULL &&
	       c->null_below == 0 && c->ntransforms == 0 && c->suffix == NULL && c->pool == NULL &&
	       c->disjunction < 0;
}

/* Whether a row that fails the check may pass it when it is drawn again. One that fails a check of
 * settled columns alone never will: it is refused, and what its attempts make does not matter. */
static bool is_drawn_for(const struct table_program *b, const struct program_check *k)
{
	uint32_t n = 0;
	const uint32_t *cols = sql_columns(k->expr, &n);
	bool settled = k->column >= 0 ? is_settled(&b->columns[k->column]) : n > 0;

	for (uint32_t c = 0; k->column < 0 && settled && c < n; c++)
		settled = is_settled(&b->columns[cols[c]]);
	return k->policy == PLAN_ENFORCE && !settled;
}

/* Which checks a row fails decides how often it is drawn again. So a slice has
 * all checks for which it may be, or none if nothing of it can change. */
static void want_checks(struct slice *p)
{
	for (uint32_t i = 0; i < p->b->nchecks; i++) {
		const struct program_check *k = &p->b->checks[i];
		uint32_t n = 0;
		const uint32_t *cols = sql_columns(k->expr, &n);

		if (!is_drawn_for(p->b, k))
			continue;
		if (k->column >= 0)
			want(p, THING_COLUMN, (uint32_t)k->column);
		for (uint32_t c = 0; k->column < 0 && c < n; c++)
			want(p, THING_COLUMN, cols[c]);
	}
	p->checked = true;
}

/* Memory for a slice of p->b.  What comes after something is made, but does not read it, is no part
 * of its slice. */
static int begin(struct slice *p)
{
	const struct table_program *b = p->b;

	p->walk = (struct program_walk){
		.b = b, .follow = READ_ALL & ~READ_AFTER, .enter = enter, .ctx = p};
	p->from = arena_array(p->a, b->t->table->ncolumns + 1UL, sizeof(p->from[0]));
	p->reader = arena_array(p->a, thing_count(b) + 1UL, sizeof(p->reader[0]));
	if (p->from == NULL || p->reader == NULL)
		return -1;
	return program_walk_init(&p->walk, p->a);
}

/* ---- trees ------------------------------------------------------------------------------- */

/* Whether rows whose parent has no values of this kind would break a NOT NULL: members of the key
 * itself, where a root is its own parent. */
static bool roots_need_it(const struct table_program *b, uint32_t at)
{
	bool any = false;

	for (uint32_t i = 0; i < b->norder; i++) {
		const struct program_column *c = &b->columns[b->order[i]];

		any = any || (c->source == PLAN_FOREIGN && c->gather == at);
	}
	return any &&
	       (b->t->fks[b->gathers[at].fk].own_roots || b->fks[b->gathers[at].fk].own_roots);
}

/* Whether some value that is read of a parent in the same table is of the slice. */
static bool reads_own_parent(const struct slice *p)
{
	const struct table_program *b = p->b;

	for (uint32_t i = 0; i < b->ngathers; i++)
		if (b->gathers[i].from == GEN_PARENT && is_tree(b, b->gathers[i].fk) &&
			wanted(p, THING_VALUE, i))
			return true;
	return false;
}

/* The depth of a row is its parent's depth and one: that value is made from another of the same
 * kind, and so on up to the root of the tree.  Such a value climbs.  A row's parent is known by its
 * number, so its ancestors are too, and they are as many as the tree is deep. */
int program_climbs(struct table_program *b, struct arena *a, struct err *e)
{
	for (uint32_t i = 0; i < b->ngathers; i++) {
		struct program_gather *g = &b->gathers[i];
		struct slice p = {.b = b, .a = a};

		if (g->from != GEN_PARENT || !is_tree(b, g->fk))
			continue;
		if (begin(&p) == -1)
			return err_nomem(e);
		want_place(&p, g->column);
		if (p.changes)
			want_checks(&p);
		g->climbs = reads_own_parent(&p);
		g->endless = g->climbs && roots_need_it(b, i);
		g->climbs = g->climbs && !g->endless;
	}
	return 0;
}

/* ---- the slice --------------------------------------------------------------------------- */

/* Values read from parents get new numbers in the slice. */
static bool copy_gathers(struct table_program *x, const struct slice *p)
{
	const struct table_program *b = p->b;
	uint32_t *to = arena_array(p->a, b->ngathers + 1UL, sizeof(*to));

	x->gathers = arena_array(p->a, b->ngathers + 1UL, sizeof(x->gathers[0]));
	x->inherited = arena_array(p->a, b->t->ninherited + 1UL, sizeof(x->inherited[0]));
	if (to == NULL || x->gathers == NULL || x->inherited == NULL)
		return false;
	x->ngathers = 0;
	for (uint32_t i = 0; i < b->ngathers; i++)
		if (wanted(p, THING_VALUE, i)) {
			to[i] = x->ngathers;
			x->gathers[x->ngathers++] = b->gathers[i];
		}
	for (uint32_t i = 0; i < b->t->ninherited; i++)
		x->inherited[i] = wanted(p, THING_INHERITED, i) ? to[b->inherited[i]] : UINT32_MAX;
	for (uint32_t i = 0; i < x->norder; i++) {
		struct program_column *c = &x->columns[x->order[i]];

		if (c->source == PLAN_FOREIGN)
			c->gather = to[c->gather];
		for (uint32_t k = 0; k < c->gen.nin; k++)
			if (c->gen.in[k].from != GEN_ROW)
				c->in[k] = to[c->in[k]];
	}
	return true;
}

/* The columns of the slice, in the order of the whole program. */
static bool copy_columns(struct table_program *x, const struct slice *p)
{
	const struct table_program *b = p->b;
	size_t n = b->t->table->ncolumns;

	x->columns = arena_array(p->a, n + 1, sizeof(x->columns[0]));
	x->order = arena_array(p->a, b->norder + 1UL, sizeof(x->order[0]));
	if (x->columns == NULL || x->order == NULL)
		return false;
	memcpy(x->columns, b->columns, n * sizeof(x->columns[0]));
	x->norder = 0;
	for (uint32_t i = 0; i < b->norder; i++)
		if (wanted(p, THING_COLUMN, b->order[i]))
			x->order[x->norder++] = b->order[i];
	return copy_gathers(x, p);
}

/* Twins are chosen together, so that both are in the slice or neither is. */
static bool copy_twins(struct table_program *x, const struct slice *p)
{
	const struct table_program *b = p->b;

	x->ntwins = 0;
	x->twins = arena_array(p->a, b->ntwins + 1UL, sizeof(x->twins[0]));
	for (uint32_t i = 0; x->twins != NULL && i < b->ntwins; i++)
		if (wanted(p, THING_PARENT, b->twins[i].first))
			x->twins[x->ntwins++] = b->twins[i];
	return x->twins != NULL;
}

/* Only checks that have rows drawn again are of a slice; the others are not counted
 * there. */
static bool copy_checks(struct table_program *x, const struct slice *p)
{
	const struct table_program *b = p->b;

	x->checks = arena_array(p->a, b->nchecks + 1UL, sizeof(x->checks[0]));
	x->nchecks = 0;
	for (uint32_t i = 0; x->checks != NULL && p->checked && i < b->nchecks; i++)
		if (is_drawn_for(b, &b->checks[i]))
			x->checks[x->nchecks++] = b->checks[i];
	return x->checks != NULL;
}

/* Foreign keys and keys that the slice has no use for are switched off, but keep
 * their places, because operations and columns refer to them by number. */
static bool copy_keys(struct table_program *x, const struct slice *p)
{
	const struct table_program *b = p->b;

	x->fks = arena_array(p->a, b->t->nfks + 1UL, sizeof(x->fks[0]));
	x->keys = arena_array(p->a, b->nkeys + 1UL, sizeof(x->keys[0]));
	if (x->fks == NULL || x->keys == NULL)
		return false;
	for (uint32_t f = 0; f < b->t->nfks; f++) {
		x->fks[f] = b->fks[f];
		if (!wanted(p, THING_PARENT, f)) {
			x->fks[f].how = how_none(false);
			x->fks[f].completes = -1;
		}
	}
	for (uint32_t i = 0; i < b->nkeys; i++) {
		x->keys[i] = b->keys[i];
		if (!wanted(p, THING_DIGITS, i)) {
			x->keys[i].ranking_fk = -1;
			x->keys[i].size = 0;
		}
	}
	return true;
}

static int refuse(const struct slice *p, struct err *e)
{
	const struct pg_table *t = p->b->t->table;

	if (*p->name == '\0')
		return err_set(e, ERR_NO, "%s", p->why);
	return err_set(e, ERR_NO,
		"the %s of %s.%s are not known before its rows: what they are made of %s %s",
		p->b->is_child ? "values" : "keys", t->schema, t->name, p->why, p->name);
}

/* Walks from what is asked for over everything that it is made from, then copies
 * the program without the rest and assembles it anew. A value of the slice
 * equals the one in the whole row, because streams are named by column and not
 * by place in the program. That holds for attempts too: if something of the
 * slice can be drawn again, all checks are slice of it. */
int program_slice(struct table_program **out, const struct table_program *b,
	const struct slice_request *request, struct arena *a, struct err *e)
{
	struct slice p = {.b = b, .a = a, .ancestors = request->ancestors, .climb = request->climb};
	struct table_program *x = arena_alloc(a, sizeof(*x));

	if (x == NULL || begin(&p) == -1)
		return err_nomem(e);
	if (request->fk >= 0)
		want(&p, THING_PARENT, (uint32_t)request->fk);
	for (uint32_t i = 0; i < request->ncols; i++)
		want_place(&p, request->cols[i]);
	if (p.changes)
		want_checks(&p);
	if (p.why != NULL)
		return refuse(&p, e);
	*x = *b;
	x->from = p.from;
	x->ancestors = request->ancestors ? x : NULL;
	if (!copy_columns(x, &p) || !copy_checks(x, &p) || !copy_keys(x, &p) ||
		!copy_twins(x, &p) || program_assemble(x, a) == -1)
		return err_nomem(e);
	*out = x;
	return 0;
}

int slice_of_texts(struct table_program **out, const struct table_program *b, uint32_t column,
	struct arena *a, struct err *e)
{
	const struct slice_request request = {.cols = &column, .ncols = 1, .fk = -1};
	struct program_column *c;

	if (program_slice(out, b, &request, a, e) == -1)
		return -1;
	c = &(*out)->columns[column];
	c->ntransforms = c->suffix->after;
	c->suffix = NULL;
	for (uint32_t i = 0; i < b->t->table->ncolumns; i++)
		(*out)->columns[i].sampled = false; /* these rows are the samples */
	return program_assemble(*out, a) == 0 ? 0 : err_nomem(e);
}
