/* SPDX-License-Identifier: MIT */
#include "common/program/slice_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_children.h"
#include "common/relation/foreign.h"

/*
 * A part of a bound table: what some columns need and nothing else.  It lets a row's keys be
 * made without the row, and so without its parents where the keys do not hang on them.
 */

enum { ABOVE = UINT32_MAX }; /* asked for by whoever the part is for */

struct part {
	const struct bound *b;
	bool *column, *fk, *key; /* wanted */
	uint32_t *from;		 /* which column wants each */
	bool changes;		 /* a check may have something of it drawn again */
	bool checked;		 /* all checks are of it */
	const char *why;	 /* it cannot be, or NULL */
	const char *name;	 /* of what stands in the way */
	struct arena *a;
};

static void stop(struct part *p, const char *why, const char *name)
{
	if (p->why == NULL) {
		p->why = why;
		p->name = name;
	}
}

static void want_key(struct part *p, uint32_t at, uint32_t from);
static void want_column(struct part *p, uint32_t c, uint32_t from);

/* ---- foreign keys --------------------------------------------------------------------- */

/* Whether the plan itself, not the part, has the parent's rows made: that leads back. */
static bool leads_back(const struct bound *b, uint32_t f)
{
	for (uint32_t i = 0; i < b->plan->ntables; i++)
		if (b->plan->tables[i].table == b->t->table)
			return b->plan->tables[i].fks[f].computed;
	return false;
}

static void want_fk(struct part *p, uint32_t f, uint32_t from);

/* Both; and their values, which say which is the lower. */
static void want_twins(struct part *p, const struct bound_twins *t, uint32_t from)
{
	const struct plan_table *pt = p->b->t;

	want_fk(p, t->first, from);
	want_fk(p, t->second, from);
	if (t->low < 0)
		return;
	want_column(p, pt->table->cons[pt->fks[t->first].con].cols[0], from);
	want_column(p, pt->table->cons[pt->fks[t->second].con].cols[0], from);
}

/* How many children a parent has by the base of a joint key hangs on all keys that count them. */
static void want_joint(struct part *p, uint32_t base, uint32_t from)
{
	bool any = false;

	for (uint32_t i = 0; i < p->b->nkeys; i++)
		any = any || (p->b->keys[i].joint && p->b->keys[i].anchor == (int)base);
	for (uint32_t i = 0; any && i < p->b->nkeys; i++)
		if (p->b->keys[i].anchor == (int)base && !p->key[i])
			want_key(p, i, from);
}

static void want_fk(struct part *p, uint32_t f, uint32_t from)
{
	const struct bound_fk *fk = &p->b->fks[f];
	const struct plan_fk *pf = &p->b->t->fks[f];
	const struct pg_constraint *con = &p->b->t->table->cons[pf->con];
	const char *name = con->name;

	if (p->fk[f])
		return;
	p->fk[f] = true;
	if (!p->b->is_child && leads_back(p->b, f))
		stop(p, "hangs on a row that is made in turn, by foreign key", name);
	if (fk->tied != 0 && ((fk->pair < 0 && relation_drawn(fk->mode)) || fk->null_rate > 0))
		p->changes = true;
	if (fk->mode == PLAN_FK_AMONG || plan_fk_within(fk->mode))
		want_fk(p, pf->base, from);
	/* whom a base picks from depends on who follows it */
	for (uint32_t i = 0; i < p->b->t->nfks; i++)
		if (p->b->fks[i].mode == PLAN_FK_AMONG && p->b->t->fks[i].base == f &&
			!p->b->t->fks[i].optional)
			want_fk(p, i, from);
	/* checks may leave a row without a parent: its members say so */
	for (uint32_t i = 0; i < con->ncols; i++)
		if (p->b->columns[con->cols[i]].source == PLAN_FOREIGN &&
			p->b->t->columns[con->cols[i]].fk == f &&
			p->b->columns[con->cols[i]].choice >= 0)
			want_column(p, con->cols[i], from);
	if (fk->pair >= 0)
		want_key(p, (uint32_t)fk->pair, from);
	want_joint(p, f, from);
	for (uint32_t i = 0; i < p->b->ntwins; i++)
		if (p->b->twins[i].first == f || p->b->twins[i].second == f)
			want_twins(p, &p->b->twins[i], from);
}

static void want_key(struct part *p, uint32_t at, uint32_t from)
{
	p->key[at] = true;
	if (p->b->keys[at].anchor >= 0)
		want_fk(p, (uint32_t)p->b->keys[at].anchor, from);
}

/* ---- columns -------------------------------------------------------------------------- */

static void want_choice(struct part *p, uint32_t c)
{
	const struct bound_choice *x = &p->b->choices[p->b->columns[c].choice];

	for (uint32_t i = 0; i < x->nfixed; i++)
		want_column(p, x->fixed[i], c);
	for (uint32_t i = 0; i < x->nkeys; i++)
		want_key(p, x->keys[i], c);
	p->changes = p->changes || x->tied != 0;
}

static void want_inputs(struct part *p, uint32_t c)
{
	const struct bound_column *b = &p->b->columns[c];

	if (b->pick == BIND_KEY)
		want_key(p, b->key, c);
	if (b->pick == BIND_SLOT)
		want_key(p, b->slot->key, c);
	for (uint32_t i = 0; i < b->nlimits; i++)
		want_column(p, b->limits[i].other, c);
	for (uint32_t i = 0; i < b->gen.nin; i++) {
		const struct gen_input *in = &b->gen.in[i];

		if (in->from == GEN_ROW)
			want_column(p, b->in[i], c);
		else
			want_fk(p, p->b->gathers[b->in[i]].fk, c);
	}
}

static bool drawn(const struct bound_column *b)
{
	return b->null_below > 0 ||
	       (!b->gen.affine && b->pick != BIND_KEY && gen_children_of(&b->gen) == NULL);
}

static void want_column(struct part *p, uint32_t c, uint32_t from)
{
	const struct bound_column *b = &p->b->columns[c];
	const uint32_t ncolumns = p->b->t->table->ncolumns;
	const char *name, *loop;

	if (p->column[c])
		return;
	p->column[c] = true;
	if (c >= ncolumns) { /* carried */
		want_fk(p, p->b->t->carry[c - ncolumns].fk, ABOVE);
		return;
	}
	name = p->b->t->table->columns[c].name;
	p->from[c] = from;
	if (!b->made)
		stop(p, "is filled by the server: column", name);
	if (gen_children_of(&b->gen) != NULL) {
		loop = part_loop(p->b, c, p->from, p->a);
		if (loop != NULL)
			stop(p, loop, "");
	}
	if (b->source == PLAN_FOREIGN)
		want_fk(p, p->b->t->columns[c].fk, c);
	else if (b->tied != 0 && b->source != PLAN_ALWAYS_NULL && drawn(b))
		p->changes = true;
	if (b->choice >= 0)
		want_choice(p, c);
	if (b->source == PLAN_GENERATOR || b->source == PLAN_COMPUTED)
		want_inputs(p, c);
}

/* Which checks a row fails decides how often it is drawn again: all of them or none. */
static void want_checks(struct part *p)
{
	for (uint32_t i = 0; i < p->b->nchecks; i++) {
		const struct bound_check *k = &p->b->checks[i];
		uint32_t n = 0;
		const uint32_t *cols = sql_columns(k->expr, &n);

		if (k->policy != PLAN_ENFORCE)
			continue;
		if (k->column >= 0)
			want_column(p, (uint32_t)k->column, ABOVE);
		for (uint32_t c = 0; k->column < 0 && c < n; c++)
			want_column(p, cols[c], ABOVE);
	}
	p->checked = true;
}

/* ---- the part --------------------------------------------------------------------------- */

/* Values read from parents: those that the columns of the part read. */
static bool copy_gathers(struct bound *x, const struct part *p)
{
	const struct bound *b = p->b;
	uint32_t *to = arena_array(p->a, b->ngathers + 1UL, sizeof(*to));
	bool *read = arena_array(p->a, b->ngathers + 1UL, sizeof(*read));

	x->gathers = arena_array(p->a, b->ngathers + 1UL, sizeof(x->gathers[0]));
	x->carry = arena_array(p->a, b->t->ncarry + 1UL, sizeof(x->carry[0]));
	if (to == NULL || read == NULL || x->gathers == NULL || x->carry == NULL)
		return false;
	for (uint32_t i = 0; i < b->t->ncarry; i++)
		if (p->column[b->t->table->ncolumns + i])
			read[b->carry[i]] = true;
	for (uint32_t i = 0; i < x->norder; i++) {
		const struct bound_column *c = &b->columns[x->order[i]];

		if (c->source == PLAN_FOREIGN)
			read[c->gather] = true;
		for (uint32_t k = 0; k < c->gen.nin; k++)
			if (c->gen.in[k].from != GEN_ROW)
				read[c->in[k]] = true;
	}
	x->ngathers = 0;
	for (uint32_t i = 0; i < b->ngathers; i++)
		if (read[i]) {
			to[i] = x->ngathers;
			x->gathers[x->ngathers++] = b->gathers[i];
		}
	for (uint32_t i = 0; i < b->t->ncarry; i++)
		x->carry[i] = p->column[b->t->table->ncolumns + i] ? to[b->carry[i]] : UINT32_MAX;
	for (uint32_t i = 0; i < x->norder; i++) {
		struct bound_column *c = &x->columns[x->order[i]];

		if (c->source == PLAN_FOREIGN)
			c->gather = to[c->gather];
		for (uint32_t k = 0; k < c->gen.nin; k++)
			if (c->gen.in[k].from != GEN_ROW)
				c->in[k] = to[c->in[k]];
	}
	return true;
}

static bool copy_columns(struct bound *x, const struct part *p)
{
	const struct bound *b = p->b;
	size_t n = b->t->table->ncolumns;

	x->columns = arena_array(p->a, n + 1, sizeof(x->columns[0]));
	x->order = arena_array(p->a, b->norder + 1UL, sizeof(x->order[0]));
	if (x->columns == NULL || x->order == NULL)
		return false;
	memcpy(x->columns, b->columns, n * sizeof(x->columns[0]));
	x->norder = 0;
	for (uint32_t i = 0; i < b->norder; i++)
		if (p->column[b->order[i]])
			x->order[x->norder++] = b->order[i];
	return copy_gathers(x, p);
}

static bool copy_twins(struct bound *x, const struct part *p)
{
	const struct bound *b = p->b;

	x->ntwins = 0;
	x->twins = arena_array(p->a, b->ntwins + 1UL, sizeof(x->twins[0]));
	for (uint32_t i = 0; x->twins != NULL && i < b->ntwins; i++)
		if (p->fk[b->twins[i].first])
			x->twins[x->ntwins++] = b->twins[i];
	return x->twins != NULL;
}

static bool copy_checks(struct bound *x, const struct part *p)
{
	const struct bound *b = p->b;

	x->checks = arena_array(p->a, b->nchecks + 1UL, sizeof(x->checks[0]));
	x->nchecks = 0;
	for (uint32_t i = 0; x->checks != NULL && p->checked && i < b->nchecks; i++)
		if (b->checks[i].policy == PLAN_ENFORCE)
			x->checks[x->nchecks++] = b->checks[i];
	return x->checks != NULL;
}

static bool copy_keys(struct bound *x, const struct part *p)
{
	const struct bound *b = p->b;

	x->fks = arena_array(p->a, b->t->nfks + 1UL, sizeof(x->fks[0]));
	x->keys = arena_array(p->a, b->nkeys + 1UL, sizeof(x->keys[0]));
	if (x->fks == NULL || x->keys == NULL)
		return false;
	for (uint32_t f = 0; f < b->t->nfks; f++) {
		x->fks[f] = b->fks[f];
		if (!p->fk[f]) {
			x->fks[f].mode = PLAN_FK_OFF;
			x->fks[f].pair = -1;
		}
	}
	for (uint32_t i = 0; i < b->nkeys; i++) {
		x->keys[i] = b->keys[i];
		if (!p->key[i]) {
			x->keys[i].anchor = -1;
			x->keys[i].size = 0;
		}
	}
	return true;
}

static int refuse(const struct part *p, struct err *e)
{
	const struct pg_table *t = p->b->t->table;

	if (*p->name == '\0')
		return err_set(e, ERR_NO, "%s", p->why);
	return err_set(e, ERR_NO,
		"the %s of %s.%s are not known before its rows: what they are made of %s %s",
		p->b->is_child ? "values" : "keys", t->schema, t->name, p->why, p->name);
}

int bound_only(struct bound **out, const struct bound *b, const struct bound_wish *wish,
	struct arena *a, struct err *e)
{
	struct part p = {.b = b, .a = a};
	struct bound *x = arena_alloc(a, sizeof(*x));

	p.column = arena_array(a, b->t->table->ncolumns + b->t->ncarry + 1UL, sizeof(bool));
	p.from = arena_array(a, b->t->table->ncolumns + 1UL, sizeof(p.from[0]));
	p.fk = arena_array(a, b->t->nfks + 1UL, sizeof(bool));
	p.key = arena_array(a, b->nkeys + 1UL, sizeof(bool));
	if (x == NULL || p.column == NULL || p.from == NULL || p.fk == NULL || p.key == NULL)
		return err_nomem(e);
	if (wish->fk >= 0)
		want_fk(&p, (uint32_t)wish->fk, ABOVE);
	for (uint32_t i = 0; i < wish->ncols; i++)
		want_column(&p, wish->cols[i], ABOVE);
	if (p.changes)
		want_checks(&p);
	if (p.why != NULL)
		return refuse(&p, e);
	*x = *b;
	x->from = p.from;
	if (!copy_columns(x, &p) || !copy_checks(x, &p) || !copy_keys(x, &p) || !copy_twins(x, &p))
		return err_nomem(e);
	*out = x;
	return 0;
}
