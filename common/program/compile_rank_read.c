/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include "common/relation/foreign.h"

/*
 * A row's place among the children of its parent is known where the foreign key counts them:
 * every parent has an exact number, or one at most.
 */

/* Whether the foreign key gives every row a rank. */
static bool is_counted(const struct compiler *k, uint32_t f)
{
	struct plan_how m = k->b->fks[f].how;

	return how_one_to_one(m) || (how_enumerable(m) && k->b->fks[f].completes < 0);
}

/* Whether rows that become NULL after all would leave holes among the ranks: by
 * a branch, or by a rate of NULLs that the numbers of children do not account
 * for. */
static bool has_holes(const struct compiler *k, uint32_t f)
{
	const struct plan_fk *fk = &k->b->t->fks[f];
	const struct pg_constraint *con = &compiler_table(k)->cons[fk->con];

	if (how_one_to_one(k->b->fks[f].how))
		return false;
	for (uint32_t i = 0; i < con->ncols; i++)
		if (k->b->columns[con->cols[i]].disjunction >= 0)
			return true;
	return fk->null_rate > 0 && !how_exact(k->b->fks[f].how);
}

/* The most children of a parent; 0 if a condition on parents or followers leaves
 * it open. */
static int most_of(struct compiler *k, uint32_t f, uint64_t *most)
{
	struct plan_fk fk = k->b->t->fks[f];
	uint64_t rows = k->b->t->rows, parents = k->b->plan->tables[fk.parent].rows;
	struct err why = {.kind = ERR_NONE};
	struct relation r;

	*most = how_one_to_one(k->b->fks[f].how);
	if (*most == 1 || fk.where != NULL || program_is_base(k->b, f) || rows == 0 || parents == 0)
		return 0;
	relation_init(&r, k->b->fks[f].how, 0, rows, parents, fk.null_rate);
	if (relation_shape(&r, &fk, k->a, &why) == 0) {
		*most = relation_most(&r);
	} else if (why.kind == ERR_TEMP) {
		*k->e = why;
		return -1;
	}
	return 0;
}

/* Refuses a derived column whose rank or number of siblings cannot be known, or
 * does not fit an integer. The generator itself may also refuse, if the numbers
 * of children that are possible lead out of its column's range. */
int compile_rank_read(struct compiler *k, uint32_t c, enum gen_from from, uint32_t f)
{
	const struct gen *g = &k->b->columns[c].gen;
	const char *name = compiler_table(k)->cons[k->b->t->fks[f].con].name;
	struct err why = {.kind = ERR_NONE};
	uint64_t most;

	if (!is_counted(k, f) || has_holes(k, f))
		return compile_problem(k, "generator_cannot", false, compiler_column(k, c),
			"give the foreign key a relationship with children_per_parent",
			"it reads the row's place among its siblings by foreign key %s, %s", name,
			is_counted(k, f) ? "whose NULLs would leave holes among them"
					 : "whose rows pick their parents without counting them");
	if (most_of(k, f, &most) == -1)
		return -1;
	if (most > INT32_MAX)
		return compile_problem(k, "generator_cannot", false, compiler_column(k, c), NULL,
			"it counts siblings by foreign key %s, and a parent may have more than %d",
			name, INT32_MAX);
	if (from == GEN_NUMBER && most > 0 && g->op->siblings != NULL &&
		g->op->siblings(g, most, &why) == -1)
		return compile_problem(k, "check_unsatisfiable", false, compiler_column(k, c), NULL,
			"%s", why.msg);
	return 0;
}
