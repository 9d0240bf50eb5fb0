/* SPDX-License-Identifier: MIT */
#include "common/base/err.h"
#include "common/relation/foreign_expr.h"

/*
 * The weights of parents that are picked in proportion to an expression over their columns:
 * integers as they are, numerics in millionths.
 */

enum { DECIMALS = 6 };

static const uint64_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000};

struct weighing {
	struct foreign *fc;
	uint32_t fk;
	struct foreign_expr by;
	struct alias_place *p; /* below: the weights */
	unsigned __int128 sum;
};

static const struct pg_constraint *constraint_of(const struct weighing *w)
{
	return &w->fc->child->table->cons[w->fc->child->fks[w->fk].con];
}

/* The message names the row but not its weight, which could be a real value. */
static int bad_weight(const struct weighing *w, uint64_t row, const char *what, struct err *e)
{
	const struct pg_constraint *con = constraint_of(w);

	return err_no(e, "weights_unusable",
		"table %s.%s: foreign key %s: row %llu of %s.%s has a weight that is %s: %s; let "
		"the expression be 0 or more for every row, or leave rows out by where",
		w->fc->child->table->schema, w->fc->child->table->name, con->name,
		(unsigned long long)row, con->ref_schema, con->ref_table, what,
		w->fc->child->fks[w->fk].by);
}

/* Numerics are counted in millionths and round up, so that a weight above 0
 * stays above 0. False means that it does not fit. */
static bool weight_of(const struct vec *v, uint32_t i, uint64_t *weight)
{
	int64_t x = v->v.i[i];

	if (v->type != VT_DEC) {
		*weight = (uint64_t)x;
		return true;
	}
	for (uint8_t s = v->scale; s > DECIMALS; s--)
		x = x / 10 + (x % 10 != 0);
	return !__builtin_mul_overflow(
		(uint64_t)x, v->scale < DECIMALS ? tens[DECIMALS - v->scale] : 1, weight);
}

/* Evaluates the weights of a block of parents, and refuses NULL and negative
 * ones by row. */
static int weigh_block(
	struct weighing *w, const uint64_t *row, uint64_t at, uint32_t n, struct err *e)
{
	struct vec v;

	if (foreign_expr_value(&w->by, row, n, &v, e) == -1)
		return -1;
	if (v.type != VT_INT && v.type != VT_DEC)
		return err_set(e, ERR_NO, "the weight of foreign key %s is no integer or numeric",
			constraint_of(w)->name);
	for (uint32_t i = 0; i < n; i++) {
		if (vec_is_null(&v, i))
			return bad_weight(w, row[i], "NULL", e);
		if (v.v.i[i] < 0)
			return bad_weight(w, row[i], "negative", e);
		if (!weight_of(&v, i, &w->p[at + i].below))
			return bad_weight(w, row[i], "beyond what can be weighed", e);
		w->sum += w->p[at + i].below;
	}
	return 0;
}

static int weigh_all(struct weighing *w, const struct relation *r, struct err *e)
{
	const struct pg_constraint *con = constraint_of(w);
	uint64_t row[VEC_BLOCK];

	for (uint64_t at = 0; at < r->parents; at += VEC_BLOCK) {
		uint32_t n = r->parents - at < VEC_BLOCK ? (uint32_t)(r->parents - at) : VEC_BLOCK;

		for (uint32_t i = 0; i < n; i++)
			row[i] = r->eligible != NULL ? r->eligible[at + i] : at + i;
		if (weigh_block(w, row, at, n, e) == -1)
			return -1;
	}
	if (w->sum > 0)
		return 0;
	return err_no(e, "weights_unusable",
		"table %s.%s: foreign key %s: all %llu rows of %s.%s that may be picked have the "
		"weight 0: %s",
		w->fc->child->table->schema, w->fc->child->table->name, con->name,
		(unsigned long long)r->parents, con->ref_schema, con->ref_table,
		w->fc->child->fks[w->fk].by);
}

/* The alias table needs a sum below 2^63. If the sum is larger, all weights lose
 * their last bits, but none that was above 0 becomes 0. */
static void lighten(struct weighing *w, uint64_t n)
{
	unsigned shift = 0;

	while ((w->sum >> shift) + n >= (unsigned __int128)1 << 63)
		shift++;
	for (uint64_t i = 0; shift > 0 && i < n; i++)
		if (w->p[i].below > 0)
			w->p[i].below = w->p[i].below >> shift > 0 ? w->p[i].below >> shift : 1;
}

/* All weights, in ${to}, for the caller to close. */
static int weights(struct foreign *fc, uint32_t fk, struct scratch *to, struct err *e)
{
	struct link *l = &fc->links[fk];
	struct weighing w = {.fc = fc, .fk = fk};
	int rc = -1;

	if (foreign_expr_open(&w.by, fc, fk, fc->child->fks[fk].by, "weights", e) == 0 &&
		scratch_open(to, fc->dir, l->rel.parents, sizeof(struct alias_place), e) == 0) {
		w.p = to->p;
		rc = weigh_all(&w, &l->rel, e);
	}
	foreign_expr_close(&w.by);
	if (rc == 0)
		lighten(&w, l->rel.parents);
	return rc;
}

/* Weights for independent picks: an alias table. */
int foreign_weigh(struct foreign *fc, uint32_t fk, struct err *e)
{
	struct link *l = &fc->links[fk];

	if (weights(fc, fk, &l->alias_table, e) == -1)
		return -1;
	l->rel.alias_table = l->alias_table.p;
	l->rel.total = alias_build(l->alias_table.p, l->rel.parents);
	return 0;
}

/* Weights for relations that deal rows out: cumulated sums, which give each
 * parent a run of rows. */
int foreign_sum_weights(struct foreign *fc, uint32_t fk, struct err *e)
{
	struct link *l = &fc->links[fk];
	struct scratch each = {.p = NULL};
	uint64_t parents = l->rel.parents, *cum;
	int rc;

	if (l->rel.cum != NULL || l->keys == NULL)
		return 0; /* another shard was before us */
	rc = weights(fc, fk, &each, e);
	if (rc == 0)
		rc = scratch_open(&l->cum, fc->dir, parents + 1, sizeof(cum[0]), e);
	if (rc == 0) {
		const struct alias_place *from = each.p;

		l->rel.cum = cum = l->cum.p;
		for (uint64_t i = 0; i < parents; i++)
			cum[i + 1] = cum[i] + from[i].below;
	}
	scratch_close(&each);
	return rc;
}
