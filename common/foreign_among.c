/* SPDX-License-Identifier: MIT */
#include "common/foreign_int.h"

#include <string.h>

#include "common/err.h"
#include "common/rng.h"

/*
 * Foreign keys that share columns: the base chooses the shared values with its parent, the
 * others pick among the parents that have them.  The base picks only parents whose values
 * all the others can follow.
 */

static const struct pg_constraint *constraint_of(const struct foreign *fc, uint32_t fk)
{
	return &fc->child->table->cons[fc->child->fks[fk].con];
}

/* The columns that ${fk} shares with its base, in the parents of each. */
static int shared(const struct foreign *fc, uint32_t fk, struct group_columns *base,
	struct group_columns *own, struct err *e)
{
	uint32_t b = fc->child->fks[fk].base;
	const struct pg_constraint *x = constraint_of(fc, b), *y = constraint_of(fc, fk);

	*base = (struct group_columns){.keys = fc->links[b].keys};
	*own = (struct group_columns){.keys = fc->links[fk].keys};
	for (uint32_t i = 0; i < x->ncols; i++)
		for (uint32_t k = 0; k < y->ncols && base->n < GROUP_COLUMNS; k++) {
			if (x->cols[i] != y->cols[k])
				continue;
			base->col[base->n++] = keys_column(base->keys, x->ref_names[i]);
			own->col[own->n++] = keys_column(own->keys, y->ref_names[k]);
			if (base->col[base->n - 1] == -1 || own->col[own->n - 1] == -1)
				return err_set(e, ERR_INPUT,
					"the keys of %s.%s or %s.%s lack a column: rerun "
					"plan-check",
					x->ref_schema, x->ref_table, y->ref_schema, y->ref_table);
		}
	return 0;
}

static bool follows(const struct foreign *fc, uint32_t fk, uint32_t base)
{
	return fc->child->fks[fk].mode == PLAN_FK_AMONG && fc->child->fks[fk].base == base &&
	       fc->links[fk].among != NULL;
}

/* The parents of the base whose values every follower has: a list, row by row in order. */
static int keep_followed(struct foreign *fc, uint32_t base, struct err *e)
{
	struct link *l = &fc->links[base];
	uint64_t rows = keys_rows(l->keys), row[VEC_BLOCK], left, n = 0, *list;
	struct group_hash h[VEC_BLOCK];
	bool ok[VEC_BLOCK];

	if (scratch_open(&l->list, fc->dir, rows, sizeof(uint64_t), e) == -1)
		return -1;
	list = l->list.p;
	for (uint64_t row0 = 0; row0 < rows; row0 += VEC_BLOCK) {
		uint32_t m = rows - row0 < VEC_BLOCK ? (uint32_t)(rows - row0) : VEC_BLOCK;

		for (uint32_t i = 0; i < m; i++) {
			row[i] = row0 + i;
			ok[i] = true;
		}
		for (uint32_t f = 0; f < fc->child->nfks; f++) {
			if (!follows(fc, f, base))
				continue;
			group_hashes(&fc->links[f].among->base, row, m, h);
			for (uint32_t i = 0; i < m; i++)
				ok[i] = ok[i] &&
					group_find(&fc->links[f].among->g, h[i], &left) != NULL;
		}
		for (uint32_t i = 0; i < m; i++)
			if (ok[i])
				list[n++] = row[i];
	}
	l->rel.list = list;
	l->rel.parents = n;
	if (n > 0)
		return 0;
	return err_set(e, ERR_NO,
		"table %s.%s: foreign key %s: no row of %s.%s has values that the other foreign "
		"keys "
		"of the same columns can follow",
		fc->child->table->schema, fc->child->table->name, constraint_of(fc, base)->name,
		constraint_of(fc, base)->ref_schema, constraint_of(fc, base)->ref_table);
}

int foreign_among_open(struct foreign *fc, struct err *e)
{
	for (uint32_t f = 0; f < fc->child->nfks; f++) {
		struct link *l = &fc->links[f];

		if (fc->child->fks[f].mode != PLAN_FK_AMONG || l->keys == NULL)
			continue;
		if ((l->among = arena_alloc(fc->a, sizeof(*l->among))) == NULL)
			return err_nomem(e);
		if (shared(fc, f, &l->among->base, &l->among->own, e) == -1 ||
			group_open(&l->among->g, &l->among->own, fc->dir, e) == -1)
			return -1;
	}
	for (uint32_t b = 0; b < fc->child->nfks; b++) {
		bool any = false;

		for (uint32_t f = 0; f < fc->child->nfks; f++)
			any = any || follows(fc, f, b);
		if (any && keep_followed(fc, b, e) == -1)
			return -1;
	}
	return 0;
}

void foreign_among_close(struct link *l)
{
	if (l->among != NULL)
		group_close(&l->among->g);
	scratch_close(&l->list);
}

void foreign_among(const struct foreign *fc, uint32_t fk, const struct relation *r,
	const uint64_t *base, const uint64_t *row, uint32_t n, uint64_t *parent)
{
	const struct among *x = fc->links[fk].among;
	struct group_hash h[VEC_BLOCK];

	group_hashes(&x->base, base, n, h);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t size;
		const uint64_t *rows = group_find(&x->g, h[i], &size);

		parent[i] = UINT64_MAX;
		if (rows != NULL && !(rng_at(r->null_key, row[i]) < r->null_below))
			parent[i] = rows[rng_below(rng_at(r->key, row[i]), size)];
	}
}
