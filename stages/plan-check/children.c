/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/children.h"

#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_children.h"
#include "common/generators/genreg.h"
#include "common/program/sources.h"
#include "common/relation/foreign.h"
#include "stages/plan-check/lookups.h"

/* ---- what is read ----------------------------------------------------------------------- */

/* Tables whose snapshots a table's rows read before there are rows they may read. */
struct walk {
	bool *reads; /* by index in the plan */
	bool slices; /* within a slice: what it reads of parents counts too */
	struct arena *a;
	struct err *e;
};

static int walk_source(void *ctx, const struct program_source *s);

/* All that a slice reads, directly or through slices of its own. */
static int walk_slice(struct walk *w, const struct table_program *slice)
{
	struct walk within = *w;

	within.slices = true;
	return program_sources(slice, walk_source, &within, w->a, w->e);
}

/* The parents that a table's own rows read are made before it in any case. */
static int walk_source(void *ctx, const struct program_source *s)
{
	struct walk *w = ctx;

	switch (s->how) {
	case SOURCE_SNAPSHOT:
		w->reads[s->table] = w->reads[s->table] || w->slices;
		return 0;
	case SOURCE_RECOMPUTED:
		return w->slices ? walk_slice(w, s->slice) : 0;
	case SOURCE_WRITTEN:
	case SOURCE_AGGREGATED:
		break;
	}
	return walk_slice(w, s->slice);
}

/* ---- order ------------------------------------------------------------------------------- */

static bool folds(const struct plan_column *c)
{
	const struct gen_op *op = c->source == PLAN_GENERATOR ? genreg_find(c->gen) : NULL;

	return op != NULL && op->aggregates;
}

/* Whether its rows read some that are made no earlier. */
static bool looks_ahead(const struct plan_table *t)
{
	bool any = false;

	for (uint32_t f = 0; f < t->nfks; f++)
		any = any || (how_picks(t->fks[f].how) && t->fks[f].computed);

	for (uint32_t c = 0; c < t->table->ncolumns; c++)
		any = any || folds(&t->columns[c]);
	return any;
}

/* What cannot be bound is for feasible() to report. */
static void find_reads(struct resolver *r, const struct plan_table *t)
{
	struct node *n = &r->nodes[t->table->index];
	struct err why = {.kind = ERR_NONE};
	struct walk w = {.a = r->c->a, .e = &why};
	struct table_program *b;

	w.reads = arena_array(w.a, r->p->ntables + 1UL, sizeof(bool));
	n->reads = arena_array(w.a, r->p->ntables + 1UL, sizeof(n->reads[0]));
	if (w.reads == NULL || n->reads == NULL) {
		r->c->is.failed = true;
		return;
	}
	if (program_compile(&b, r->p, t, r->c->schema, NULL, w.a, &why) == -1 ||
		program_sources(b, walk_source, &w, w.a, &why) == -1) {
		r->c->is.failed = r->c->is.failed || why.kind == ERR_TEMP;
		return;
	}
	for (uint32_t f = 0; f < t->nfks; f++) /* these it reads anyway */
		if (how_picks(t->fks[f].how) && !t->fks[f].computed)
			w.reads[t->fks[f].parent] = false;
	for (uint32_t i = 0; i < r->p->ntables; i++)
		if (w.reads[i])
			n->reads[n->nreads++] = r->p->tables[i].table->index;
}

static bool in_circles(struct resolver *r, const struct plan_table *t)
{
	const struct node *n = &r->nodes[t->table->index];
	bool any = false;

	for (uint32_t i = 0; i < n->nreads; i++) {
		const struct pg_table *other = &r->c->schema->tables[n->reads[i]];

		if (!resolve_needs(r, other, t->table))
			continue;
		issue_add(&r->c->is, ISSUE_ERROR, "aggregate_cycle", resolve_place(r, t->table),
			"let the aggregates fold columns that do not read other parents",
			"\"%s.%s\" has an aggregate whose rows read \"%s.%s\", and that table "
			"waits for \"%s.%s\"",
			t->table->schema, t->table->name, other->schema, other->name,
			t->table->schema, t->table->name);
		any = true;
	}
	return any;
}

/* The tables, filled, in the order that the nodes now say. */
static void put_in_order(struct resolver *r)
{
	struct plan_table *was = r->p->tables;
	uint32_t n = r->p->ntables;

	resolve_order(r);
	if (r->c->is.failed || r->p->ntables < n)
		return;
	for (uint32_t i = 0; i < n; i++) {
		struct node *node = &r->nodes[was[i].table->index];
		struct plan_table *t = &r->p->tables[node->place];

		*t = was[i];
		t->level = node->level;
		for (uint32_t f = 0; f < t->nfks; f++)
			if (t->fks[f].parent != UINT32_MAX)
				t->fks[f].parent =
					r->nodes[was[t->fks[f].parent].table->index].place;
		t->reads = node->reads;
		t->nreads = node->nreads;
		for (uint32_t k = 0; k < t->nreads; k++)
			t->reads[k] = r->nodes[t->reads[k]].place;
	}
}

void children_order(struct resolver *r)
{
	bool any = false, circles = false;

	for (uint32_t i = 0; i < r->p->ntables && !r->c->is.failed; i++)
		if (looks_ahead(&r->p->tables[i])) {
			find_reads(r, &r->p->tables[i]);
			any = any || r->nodes[r->p->tables[i].table->index].nreads > 0;
		}
	for (uint32_t i = 0; any && i < r->p->ntables; i++) {
		r->c->is.about = r->p->tables[i].table;
		circles = in_circles(r, &r->p->tables[i]) || circles;
	}
	r->c->is.about = NULL;
	if (any && !circles && !r->c->is.failed)
		put_in_order(r);
}

/* ---- of which tables --------------------------------------------------------------------- */

void children_of(struct resolver *r, const struct plan_table *t, children_found *found, void *ctx)
{
	for (uint32_t c = 0; c < t->table->ncolumns; c++) {
		const struct pg_table *child;
		uint32_t i = 0;

		if (!folds(&t->columns[c]) || (child = lookups_child(r, t, c)) == NULL)
			continue;
		while (i < r->p->ntables && r->p->tables[i].table != child)
			i++;
		if (i < r->p->ntables)
			found(ctx, r, t, c, &r->p->tables[i]);
	}
}

/* ---- whether it can be ------------------------------------------------------------------- */

struct column {
	const struct compile_report *report;
	const struct table_program *b;
	const struct pg_column *column;
	const struct gen_children *g;
	const struct program_children *x;
	uint64_t least, most; /* children of a parent */
};

static void say(const struct column *k, const char *code, bool warning, const char *message,
	const char *hint)
{
	k->report->problem(k->report->ctx, code, warning, k->b->t->table, k->column, message, hint);
}

/* The values of the one column that is summed, where its generator says them. */
static bool values_of(const struct column *k, __int128 *lo, __int128 *hi, uint8_t *scale)
{
	const struct program_column *c;

	if (k->g->aggregate == CHILDREN_COUNT) {
		*lo = *hi = 1;
		*scale = 0;
		return true;
	}
	if (k->g->bare < 0)
		return false;
	c = &k->x->slice->columns[k->g->bare];
	if (c->source != PLAN_GENERATOR || c->gen.op == NULL || c->gen.op->derives ||
		!c->gen.ordinal || c->ntransforms > 0 || c->nlimits > 0 || c->disjunction >= 0 ||
		c->pool != NULL || (c->type != VT_INT && c->type != VT_DEC))
		return false;
	*lo = c->gen.lo;
	*hi = c->gen.lo + (__int128)c->gen.step * (c->gen.space - 1);
	*scale = c->type == VT_DEC ? c->scale : 0;
	/* values that may be left out or NULL */
	if (c->null_below > 0)
		*lo = *lo < 0 ? *lo : 0;
	return true;
}

/* The largest whole number that the column holds; 0: not known. */
static __int128 capacity(const struct program_column *c)
{
	static const struct {
		enum pg_class cls;
		int64_t most;
	} whole[] = {{PG_INT2, INT16_MAX}, {PG_INT4, INT32_MAX}, {PG_INT8, INT64_MAX}};
	int precision, scale;
	__int128 n = 1;

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		if (c->gc.base.type->cls == whole[i].cls)
			return whole[i].most;
	if (c->gc.base.type->cls != PG_NUMERIC)
		return 0;
	pg_numeric_limits(c->gc.base, &precision, &scale);
	precision = precision < 0 ? 18 : precision - scale;
	for (int i = 0; i < precision && i < 18; i++)
		n *= 10;
	return n - 1;
}

static __int128 times(uint64_t n, __int128 v, uint8_t scale)
{
	for (; scale > 0; scale--)
		v /= 10;
	return n * v;
}

static void check_room(const struct column *k, struct arena *a)
{
	const struct program_column *c = &k->b->columns[k->column - k->b->t->table->columns];
	__int128 lo, hi, holds = capacity(c);
	uint8_t scale;
	bool certain;

	if ((k->g->aggregate != CHILDREN_SUM && k->g->aggregate != CHILDREN_COUNT) || holds == 0 ||
		!values_of(k, &lo, &hi, &scale) || times(k->most, hi, scale) <= holds)
		return;
	certain = !k->g->filtered && k->x->nmembers == 0 && times(k->most, lo, scale) > holds &&
		  (k->g->aggregate == CHILDREN_SUM || k->g->x == NULL);
	say(k, certain ? "aggregate_too_large" : "aggregate_may_overflow", !certain,
		arena_printf(a,
			"a parent has up to %llu children, of up to %lld each, and the column "
			"holds %lld at most",
			(unsigned long long)k->most, (long long)times(1, hi, scale),
			(long long)holds),
		"give a parent fewer children, or fold smaller values");
}

static void check_empty(const struct column *k)
{
	if (k->least > 0 && k->x->nmembers == 0)
		return;
	if (k->g->empty_null && k->g->not_null)
		say(k, "aggregate_null", false,
			"a parent may have no children, which makes it NULL, and the column is "
			"NOT NULL",
			"say the value it has then in \"empty\", or give every parent a child");
}

static int check_counts(struct column *k, struct check *c, struct err *e)
{
	const struct table_program *slice = k->x->slice;
	struct plan_fk as = slice->t->fks[k->x->fk];
	struct err why = {.kind = ERR_NONE};
	struct relation rel;

	if (program_needs_values(slice, k->x->fk)) {
		check_empty(k); /* who may be picked is not known, nor how many children that is */
		return 0;
	}
	as.null_rate = slice->fks[k->x->fk].null_rate;
	relation_init(&rel, slice->fks[k->x->fk].how, 0, slice->t->rows,
		slice->plan->tables[as.parent].rows, as.null_rate);
	if (relation_shape(&rel, &as, c->a, &why) == -1) {
		if (why.kind == ERR_NO)
			return 0; /* it is reported as what it is */
		*e = why;
		return -1;
	}
	k->least = relation_least(&rel);
	k->most = relation_most(&rel);
	check_room(k, c->a);
	check_empty(k);
	return 0;
}

static int check_column(struct check *c, const struct table_program *b, uint32_t col,
	const struct compile_report *report, struct err *e)
{
	struct program_children x;
	struct column k = {.report = report,
		.b = b,
		.column = &b->t->table->columns[col],
		.g = gen_children_of(&b->columns[col].gen),
		.x = &x};
	struct err why = {.kind = ERR_NONE};
	struct walk w = {.a = c->a, .e = &why};

	if ((w.reads = arena_array(c->a, b->plan->ntables + 1UL, sizeof(bool))) == NULL)
		return err_nomem(e);
	if (slice_of_children(&x, b, col, c->a, &why) == 0 && walk_slice(&w, x.slice) == 0)
		return b->plan->tables[x.slice->t->fks[x.fk].parent].rows == 0 ||
				       x.slice->t->rows == 0
			       ? 0
			       : check_counts(&k, c, e);
	if (why.kind != ERR_NO) {
		*e = why;
		return -1;
	}
	say(&k, "aggregate_not_computable", false, why.msg, NULL);
	return 0;
}

int children_before(struct check *c, const struct table_program *b, uint32_t fk, struct err *e)
{
	struct walk w = {.a = c->a, .e = e};
	struct table_program *parents;

	if ((w.reads = arena_array(c->a, b->plan->ntables + 1UL, sizeof(bool))) == NULL)
		return err_nomem(e);
	return slice_written_before(&parents, b, fk, c->a, e) == -1 ? -1 : walk_slice(&w, parents);
}

int children_feasible(struct check *c, const struct table_program *b,
	const struct compile_report *report, struct err *e)
{
	for (uint32_t i = 0; i < b->norder; i++)
		if (gen_children_of(&b->columns[b->order[i]].gen) != NULL &&
			check_column(c, b, b->order[i], report, e) == -1)
			return -1;
	return 0;
}
