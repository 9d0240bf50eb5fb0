/* SPDX-License-Identifier: MIT */
/*
 * Opens everything that children need of their parents: for each foreign key the
 * parent's key snapshot, mapped, and the relation that says which parent a row has.
 * The relation starts as the plan says it. Then a where clause, shared columns and
 * weights narrow it, in that order, because weights are only asked of the parents
 * that are still eligible.
 */
#include "common/relation/foreign_int.h"

#include "common/base/err.h"

/* ---- opening ----------------------------------------------------------------- */

/* Two foreign keys to one table share one mapping. The first of them owns it,
 * and foreign_close() asks this function who that is. */
static struct keys *already_open(const struct foreign *fc, uint32_t n, uint32_t parent)
{
	for (uint32_t i = 0; i < n; i++)
		if (fc->child->fks[i].parent == parent && fc->links[i].keys != NULL)
			return fc->links[i].keys;
	return NULL;
}

static const struct pg_constraint *constraint_of(const struct foreign *fc, uint32_t fk)
{
	return &fc->child->table->cons[fc->child->fks[fk].con];
}

/* A foreign key that is NULL in every row needs no parent at all. */
static bool reads_parent(const struct plan_fk *f)
{
	return how_picks(f->how);
}

/* Refuses what no relation can do: rows without any parent to refer to, and a
 * unique foreign key with fewer parents than rows. */
static int check_rows(const struct foreign *fc, uint32_t fk, uint64_t parents, struct err *e)
{
	const struct plan_fk *f = &fc->child->fks[fk];
	const struct pg_table *t = fc->child->table;
	const struct pg_constraint *c = constraint_of(fc, fk);

	if (parents == 0)
		return err_no(e, "zero_parents",
			"table %s.%s: foreign key %s: %s.%s has no rows to refer to", t->schema,
			t->name, c->name, c->ref_schema, c->ref_table);
	if (how_one_to_one(f->how) && fc->child->rows > parents)
		return err_no(e, "one_to_one_too_few_parents",
			"table %s.%s: foreign key %s is unique: %llu rows need as many rows of "
			"%s.%s, which has %llu",
			t->schema, t->name, c->name, (unsigned long long)fc->child->rows,
			c->ref_schema, c->ref_table, (unsigned long long)parents);
	return 0;
}

/* Opens the parent's snapshot and checks that it was written for the columns
 * that the plan has, whoever wrote it. */
static int open_keys(struct foreign *fc, const struct rundir *run, const struct plan_table *parent,
	struct arena *a, struct keys **k, struct err *e)
{
	if (keys_open(k, run, parent, SNAP_VALUES, a, e) == -1)
		return -1;
	if (keys_fit(*k, fc->plan, parent, e) == 0)
		return 0;
	keys_close(*k);
	*k = NULL;
	return -1;
}

/* The same snapshot for all contexts, where the plan has them share it. */
static int share_keys(struct foreign *fc, const struct rundir *run, uint32_t parent,
	struct keys **k, struct err *e)
{
	const struct plan_table *t = &fc->plan->tables[parent];
	struct foreign_memo *m = fc->plan->shared;
	struct keys **known;

	if (!foreign_memo_shares(m, t, parent))
		return open_keys(fc, run, t, fc->a, k, e);
	known = foreign_memo_keys(m, parent);
	if (*known == NULL && open_keys(fc, run, t, foreign_memo_arena(m), known, e) == -1)
		return -1;
	*k = *known;
	return 0;
}

/* Opens the snapshot of one foreign key and builds its relation. A parent whose
 * rows are recomputed has no snapshot: its number of rows comes from the plan.
 * If there is a where clause the shape is left to foreign_correlated_open(),
 * which knows how many parents remain. */
static int open_link(struct foreign *fc, const struct rundir *run, uint32_t fk, struct err *e)
{
	const struct plan_fk *f = &fc->child->fks[fk];
	const struct pg_table *t = fc->child->table;
	struct link *l = &fc->links[fk];
	uint64_t parents = 0;

	if (f->computed && reads_parent(f)) {
		parents = fc->plan->tables[f->parent].rows;
		if (check_rows(fc, fk, parents, e) == -1)
			return -1;
	} else if (reads_parent(f)) {
		if ((l->keys = already_open(fc, fk, f->parent)) == NULL &&
			share_keys(fc, run, f->parent, &l->keys, e) == -1)
			return -1;
		parents = keys_rows(l->keys);
		if (check_rows(fc, fk, parents, e) == -1)
			return -1;
	}
	relation_init(&l->rel, f->how,
		plan_stream(fc->plan, fc->child, constraint_of(fc, fk)->name, "foreign key"),
		fc->child->rows, parents, f->null_rate);
	if (parents > 0 && f->where == NULL && relation_shape(&l->rel, f, fc->a, e) == -1)
		return err_wrap(e, "table %s.%s: foreign key %s", t->schema, t->name,
			constraint_of(fc, fk)->name);
	return 0;
}

/* Opens in the order in which one thing needs another: snapshots, then the
 * parents that are eligible, then their weights, then the patterns of NULLs. */
int foreign_open(struct foreign **out, const struct rundir *run, const struct plan *plan,
	const struct plan_table *child, const bool *read, struct arena *a, struct err *e)
{
	struct foreign *fc = arena_alloc(a, sizeof(*fc));

	if (fc == NULL)
		return err_nomem(e);
	*fc = (struct foreign){.run = run, .plan = plan, .dir = run->path, .child = child, .a = a};
	fc->links = arena_array(a, child->nfks + 1UL, sizeof(fc->links[0]));
	if (fc->links == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < child->nfks; i++)
		if ((read == NULL || read[i]) && open_link(fc, run, i, e) == -1) {
			foreign_close(fc);
			return -1;
		}
	if (foreign_correlated_open(fc, e) == -1) {
		foreign_close(fc);
		return -1;
	}
	for (uint32_t i = 0; i < child->nfks; i++)
		if (how_told(child->fks[i].how) == PLAN_TELL_WEIGHTS && fc->links[i].keys != NULL &&
			foreign_weigh(fc, i, e) == -1) {
			foreign_close(fc);
			return -1;
		}
	for (uint32_t i = 0; i < child->nfks; i++)
		if ((read == NULL || read[i]) &&
			partial_init(&fc->links[i].rel.partial, child, i, a) == -1) {
			foreign_close(fc);
			return err_nomem(e);
		}
	*out = fc;
	return 0;
}

const struct rundir *foreign_run(const struct foreign *fc)
{
	return fc->run;
}

/* Closes each mapping once, but for those that are shared with other contexts. Where several
 * foreign keys share it, the first of them owns it, and already_open() is NULL for that one alone.
 */
void foreign_close(struct foreign *fc)
{
	if (fc == NULL)
		return;
	for (uint32_t i = 0; i < fc->child->nfks; i++)
		foreign_correlated_close(&fc->links[i]);
	for (uint32_t i = 0; i < fc->child->nfks; i++)
		if (fc->links[i].keys != NULL &&
			already_open(fc, i, fc->child->fks[i].parent) == NULL &&
			!foreign_memo_has(fc->plan->shared, fc->links[i].keys))
			keys_close(fc->links[i].keys);
}

struct relation *foreign_relation(const struct foreign *fc, uint32_t fk)
{
	return &fc->links[fk].rel;
}

const struct keys *foreign_keys(const struct foreign *fc, uint32_t fk)
{
	return fc->links[fk].keys;
}
