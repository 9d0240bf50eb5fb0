/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include "common/base/num.h"
#include "common/relation/foreign.h"
#include "common/relation/foreign_twin.h"

/*
 * Two foreign keys to one parent of which a check asks that they differ (a <> b), or that one is
 * before the other (a < b).  The second picks among the parents without that of the first; those
 * in order are two parents, whichever they are, the lower value for the lower column.  Where
 * pairs in order are unique, a row takes one by number.
 */

static const struct pg_constraint *constraint_of(const struct compiler *k, uint32_t f)
{
	return &compiler_table(k)->cons[k->b->t->fks[f].con];
}

/* The foreign key of one column that makes column c and is open to all parents,
 * or -1. */
static int fk_of(const struct compiler *k, uint32_t c)
{
	uint32_t f = k->b->t->columns[c].fk;

	if (k->b->columns[c].source != PLAN_FOREIGN || constraint_of(k, f)->ncols != 1 ||
		k->b->t->fks[f].where != NULL || k->b->t->fks[f].cover)
		return -1;
	for (uint32_t i = 0; i < k->b->t->nfks; i++)
		if (how_follows(k->b->t->fks[i].how) && k->b->t->fks[i].base == f)
			return -1;
	return how_free(k->b->fks[f].how) || how_enumerable(k->b->fks[f].how) ? (int)f : -1;
}

/* The twins that two foreign keys are already. */
static struct program_twins *find(const struct compiler *k, uint32_t f, uint32_t g)
{
	for (uint32_t i = 0; i < k->b->ntwins; i++) {
		struct program_twins *t = &k->b->twins[i];

		if ((t->first == f && t->second == g) || (t->first == g && t->second == f))
			return t;
	}
	return NULL;
}

/* Whether a foreign key has a twin already; three in a row are left to
 * verification. */
static bool has_twin(const struct compiler *k, uint32_t f)
{
	for (uint32_t i = 0; i < k->b->ntwins; i++)
		if (k->b->twins[i].first == f || k->b->twins[i].second == f)
			return true;
	return false;
}

/* The twins that two columns make, or NULL. Both must be foreign keys of one
 * column to the same column of the same parent, and neither may have a twin
 * already. */
static struct program_twins *twins(struct compiler *k, uint32_t left, uint32_t right)
{
	int f = fk_of(k, left), g = fk_of(k, right);
	struct program_twins *t;

	if (f < 0 || g < 0 || f == g || k->b->t->fks[f].parent != k->b->t->fks[g].parent ||
		constraint_of(k, (uint32_t)f)->ref_cols == NULL ||
		constraint_of(k, (uint32_t)g)->ref_cols == NULL ||
		constraint_of(k, (uint32_t)f)->ref_cols[0] !=
			constraint_of(k, (uint32_t)g)->ref_cols[0])
		return NULL;
	if ((t = find(k, (uint32_t)f, (uint32_t)g)) != NULL)
		return t;
	if (has_twin(k, (uint32_t)f) || has_twin(k, (uint32_t)g))
		return NULL;
	t = &k->b->twins[k->b->ntwins++];
	*t = (struct program_twins){
		.first = (uint32_t)f, .second = (uint32_t)g, .low = -1, .key = -1};
	return t;
}

/* Two parents that differ need at least two rows. */
static int too_few_parents(struct compiler *k, const struct program_twins *t)
{
	const struct pg_constraint *f = constraint_of(k, t->first),
				   *g = constraint_of(k, t->second);

	return compile_problem(k, "key_space_too_small", false, NULL, "ask for more of the parent",
		"%s and %s must differ, and %s.%s has %s", compiler_column(k, f->cols[0])->name,
		compiler_column(k, g->cols[0])->name, f->ref_schema, f->ref_table,
		num_people(compile_parents_of(k, t->first)).s);
}

/* Twins in order are both picked freely, so the plan must not ask for numbers of
 * children. */
static int free_order(struct compiler *k, const struct program_twins *t)
{
	const uint32_t fks[] = {t->first, t->second};

	for (int i = 0; i < 2; i++) {
		struct plan_how *h = &k->b->fks[fks[i]].how;

		if (how_even(*h))
			h->ranked = false;
		if (!how_free(*h) && k->b->t->rows > 1)
			return compile_problem(k, "unsupported_relationship", false, NULL,
				"leave the number of children, or the check, out",
				"the parents of %s have so many children each, and a check has the "
				"foreign key in order with another one: both cannot be kept",
				constraint_of(k, fks[i])->name);
	}
	return 0;
}

/* Whether two columns that must differ are column of foreign key f and the one it
 * refers to, so that no row may be its own parent. */
static bool refers_to(const struct compiler *k, uint32_t f, uint32_t left, uint32_t right)
{
	const struct pg_constraint *con = constraint_of(k, f);

	for (uint32_t i = 0; con->ref_cols != NULL && i < con->ncols; i++)
		if ((con->cols[i] == left && con->ref_cols[i] == right) ||
			(con->cols[i] == right && con->ref_cols[i] == left))
			return true;
	return false;
}

/* Whether the foreign key makes a tree, and the column is one of its own. */
static bool is_tree_column(const struct compiler *k, uint32_t f, uint32_t c)
{
	return how_forest(k->b->fks[f].how) && k->b->columns[c].source == PLAN_FOREIGN &&
	       k->b->t->columns[c].fk == f;
}

/* Trees of which a check asks that no row is its own parent (parent_id <> id), or
 * that the parents by two of them differ. A row below the roots has a parent
 * before it, and draws another one for a check that it fails. The roots cannot, so
 * that those with a parent go round in a ring, of each tree by another turn. */
static void turn_roots(struct compiler *k, uint32_t left, uint32_t right)
{
	struct program_fk *fks = k->b->fks;

	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		if (how_forest(fks[f].how) && refers_to(k, f, left, right) && fks[f].turn == 0)
			fks[f].turn = 1;
	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		for (uint32_t g = 0; g < f; g++) {
			if (!(is_tree_column(k, f, left) && is_tree_column(k, g, right)) &&
				!(is_tree_column(k, f, right) && is_tree_column(k, g, left)))
				continue;
			fks[f].apart = fks[g].apart = true;
			fks[f].turn += fks[f].turn == fks[g].turn;
		}
}

/* A pair that is unique in either order (LEAST(a, b), GREATEST(a, b)) is kept by pairs in order:
 * the parent with the lower number is in the first column. */
static int in_either_order(struct compiler *k, struct distinct_set *s)
{
	struct program_twins *t;
	uint32_t *cols;

	if (s->pair_has != 3 || s->policy == PLAN_IGNORE ||
		(t = twins(k, s->pair[0], s->pair[1])) == NULL || k->b->t->fks[t->first].computed ||
		k->b->t->fks[t->second].computed)
		return 0;
	if ((cols = arena_array(k->a, s->ncols + 3UL, sizeof(*cols))) == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < s->ncols; i++)
		cols[i] = s->cols[i];
	for (uint32_t i = 0; i < 2; i++) {
		if (!compile_set_has(s, s->pair[i]))
			cols[s->ncols++] = s->pair[i];
		k->not_null[s->pair[i]] = true; /* LEAST() passes over a NULL */
	}
	s->cols = cols;
	s->why = NULL;
	t->differ = true;
	if (t->low >= 0)
		return 0;
	t->low = (int)k->b->t->columns[s->pair[0]].fk;
	return free_order(k, t);
}

/* Finds twins in the differences and the orders that narrowing has found. */
int compile_twins(struct compiler *k)
{
	const struct sql_narrow *n = &k->narrow;
	struct table_program *b = k->b;

	b->twins = arena_array(
		k->a, (size_t)n->norders + n->ndiffers + k->nsets + 1, sizeof(b->twins[0]));
	if (b->twins == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; n->dom != NULL && i < n->ndiffers; i++) {
		struct program_twins *t = twins(k, n->differs[i].left, n->differs[i].right);

		if (t != NULL)
			t->differ = true;
	}
	for (int again = 0; n->dom != NULL && again < 2; again++)
		for (uint32_t i = 0; i < n->ndiffers; i++)
			turn_roots(k, n->differs[i].left, n->differs[i].right);
	for (uint32_t i = 0; n->dom != NULL && i < n->norders; i++) {
		const struct sql_order *o = &n->orders[i];
		struct program_twins *t =
			o->gap == 0 || o->gap == 1 ? twins(k, o->left, o->right) : NULL;

		if (t == NULL || b->t->fks[t->first].computed || b->t->fks[t->second].computed)
			continue;
		t->low = (int)b->t->columns[o->right].fk;
		t->differ = t->differ || o->gap == 1;
		if (free_order(k, t) == -1)
			return -1;
	}
	for (uint32_t i = 0; i < k->nsets; i++)
		if (in_either_order(k, &k->sets[i]) == -1)
			return -1;
	for (uint32_t i = 0; i < b->ntwins; i++)
		if (b->twins[i].differ && compile_parents_of(k, b->twins[i].first) < 2 &&
			compile_parents_of(k, b->twins[i].first) > 0 &&
			too_few_parents(k, &b->twins[i]) == -1)
			return -1;
	return 0;
}

/* The other one of twins that must differ without being in order, or -1. */
int compile_twin_of(const struct compiler *k, uint32_t f)
{
	for (uint32_t i = 0; i < k->b->ntwins; i++) {
		const struct program_twins *t = &k->b->twins[i];

		if (t->differ && t->low < 0 && (t->first == f || t->second == f))
			return (int)(t->first == f ? t->second : t->first);
	}
	return -1;
}

/* Twins whose unordered pair the set makes unique, and how many pairs there are. */
struct program_twins *compile_pairs(
	struct compiler *k, const struct distinct_set *s, uint64_t *pairs)
{
	for (uint32_t i = 0; i < k->b->ntwins; i++) {
		struct program_twins *t = &k->b->twins[i];

		if (t->differ && t->low >= 0 && t->key < 0 && compile_names(k, s, t->first) &&
			compile_names(k, s, t->second)) {
			*pairs = twins_pairs(compile_parents_of(k, t->first));
			return t;
		}
	}
	return NULL;
}

/* Whether the foreign key can be the second: it picks freely, or its digit
 * leaves one parent out. */
static bool may_follow(const struct compiler *k, uint32_t f)
{
	const struct program_fk *fk = &k->b->fks[f];

	if (!how_free(fk->how))
		return false;
	if (fk->completes >= 0)
		return fk->excluded == 1;
	return true;
}

/* Once keys are planned it is known which of the two can leave the other's
 * parent out; they change places if it is the first. If neither can, because
 * both have fixed numbers of children, the plan is refused, for then no choice
 * of parents would keep the check in every row. */
int compile_settle_twins(struct compiler *k)
{
	for (uint32_t i = 0; i < k->b->ntwins; i++) {
		struct program_twins *t = &k->b->twins[i];
		uint32_t was = t->first;

		if (!t->differ || t->key >= 0)
			continue;
		if (!may_follow(k, t->second)) {
			t->first = t->second;
			t->second = was;
		}
		if (may_follow(k, t->second)) {
			k->b->fks[t->second].excluded = 1;
			continue;
		}
		t->differ = false;
		if (k->b->t->rows > 1 &&
			compile_problem(k, "unsupported_relationship", false, NULL,
				"let one of the two be picked freely",
				"foreign keys %s and %s must differ, and how many children each "
				"parent has is fixed for both",
				constraint_of(k, was)->name,
				constraint_of(k, t->first)->name) == -1)
			return -1;
	}
	return 0;
}
