/* SPDX-License-Identifier: MIT */
#include "common/bind.h"

#include <string.h>

#include "common/err.h"
#include "common/foreign.h"

/*
 * A part of a bound table: what some columns need and nothing else.  It lets a row's keys be
 * made without the row, and so without its parents where the keys do not hang on them.
 */

struct part {
	const struct bound *b;
	bool *column, *fk, *key; /* wanted */
	const char *why;	 /* it cannot be, or NULL */
	const char *name;	 /* of what stands in the way */
};

static void stop(struct part *p, const char *why, const char *name)
{
	if (p->why == NULL) {
		p->why = why;
		p->name = name;
	}
}

static void want_key(struct part *p, uint32_t at);

static void want_fk(struct part *p, uint32_t f)
{
	const struct bound_fk *fk = &p->b->fks[f];
	const struct plan_fk *pf = &p->b->t->fks[f];
	const char *name = p->b->t->table->cons[pf->con].name;

	if (p->fk[f])
		return;
	p->fk[f] = true;
	if (pf->computed)
		stop(p, "hangs on a row that is made in turn, by foreign key", name);
	if (fk->tied != 0 && fk->pair < 0 && (relation_drawn(fk->mode) || fk->null_rate > 0))
		stop(p, "may be picked again for a check, by foreign key", name);
	if (fk->mode == PLAN_FK_AMONG)
		want_fk(p, pf->base);
	if (fk->pair >= 0)
		want_key(p, (uint32_t)fk->pair);
}

static void want_key(struct part *p, uint32_t at)
{
	p->key[at] = true;
	if (p->b->keys[at].anchor >= 0)
		want_fk(p, (uint32_t)p->b->keys[at].anchor);
}

static void want_column(struct part *p, uint32_t c)
{
	const struct bound_column *b = &p->b->columns[c];
	const char *name;

	if (c >= p->b->t->table->ncolumns) {
		want_fk(p, p->b->t->carry[c - p->b->t->table->ncolumns].fk);
		return;
	}
	if (p->column[c])
		return;
	name = p->b->t->table->columns[c].name;
	p->column[c] = true;
	if (!b->made)
		stop(p, "is filled by the server: column", name);
	if (b->source == PLAN_FOREIGN)
		want_fk(p, p->b->t->columns[c].fk);
	else if (b->tied != 0 && b->source != PLAN_ALWAYS_NULL &&
		 (b->null_below > 0 || (!b->gen.affine && b->pick == BIND_DRAW)))
		stop(p, "may be drawn again for a check: column", name);
	for (uint32_t i = 0; b->choice >= 0 && i < p->b->choices[b->choice].nfixed; i++)
		want_column(p, p->b->choices[b->choice].fixed[i]);
	if (b->choice >= 0 && p->b->choices[b->choice].tied != 0)
		stop(p, "may be drawn again for a check: column", name);
	if (b->source != PLAN_GENERATOR && b->source != PLAN_COMPUTED)
		return;
	if (b->pick == BIND_KEY)
		want_key(p, b->key);
	for (uint32_t i = 0; i < b->nlimits; i++)
		want_column(p, b->limits[i].other);
	for (uint32_t i = 0; i < b->gen.nin; i++)
		if (b->gen.in[i].from == GEN_ROW)
			want_column(p, b->in[i]);
		else
			want_fk(p, p->b->gathers[b->in[i]].fk);
}

static int copy(struct bound **out, const struct part *p, struct arena *a)
{
	const struct bound *b = p->b;
	struct bound *x = arena_alloc(a, sizeof(*x));

	if (x == NULL)
		return -1;
	*x = *b;
	x->nchecks = x->norder = 0;
	x->order = arena_array(a, b->norder + 1UL, sizeof(x->order[0]));
	x->fks = arena_array(a, b->t->nfks + 1UL, sizeof(x->fks[0]));
	x->keys = arena_array(a, b->nkeys + 1UL, sizeof(x->keys[0]));
	if (x->order == NULL || x->fks == NULL || x->keys == NULL)
		return -1;
	for (uint32_t i = 0; i < b->norder; i++)
		if (p->column[b->order[i]])
			x->order[x->norder++] = b->order[i];
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
	*out = x;
	return 0;
}

int bound_only(struct bound **out, const struct bound *b, const uint32_t *cols, uint32_t n,
	struct arena *a, struct err *e)
{
	struct part p = {.b = b};

	p.column = arena_array(a, b->t->table->ncolumns + 1UL, sizeof(bool));
	p.fk = arena_array(a, b->t->nfks + 1UL, sizeof(bool));
	p.key = arena_array(a, b->nkeys + 1UL, sizeof(bool));
	if (p.column == NULL || p.fk == NULL || p.key == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < n; i++)
		want_column(&p, cols[i]);
	if (p.why != NULL)
		return err_set(e, ERR_NO,
			"the keys of %s.%s are not known before its rows: what they "
			"are made of %s %s",
			b->t->table->schema, b->t->table->name, p.why, p.name);
	return copy(out, &p, a) == -1 ? err_nomem(e) : 0;
}
