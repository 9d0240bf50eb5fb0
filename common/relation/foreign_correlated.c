/* SPDX-License-Identifier: MIT */
#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/relation/foreign_expr.h"
#include "common/relation/foreign_int.h"

/*
 * Foreign keys that share columns, or whose parent has a column that is to be as one of the row's
 * (a contact of the row's own company): the base chooses the values with its parent, the
 * others pick among the parents that have them.  The base picks only parents whose values
 * all the others can follow.
 */

static const struct pg_constraint *constraint_of(const struct foreign *fc, uint32_t fk)
{
	return &fc->child->table->cons[fc->child->fks[fk].con];
}

/* Notes that a column of the base's parent and a column of the follower's parent
 * must be equal. At most GROUP_COLUMNS pairs are noted: as many as an index of
 * PostgreSQL has columns. */
static int add_pair(struct group_columns *base, const struct pg_constraint *x, const char *x_name,
	struct group_columns *own, const struct pg_constraint *y, const char *y_name, struct err *e)
{
	if (base->n == GROUP_COLUMNS)
		return 0;
	base->col[base->n++] = keys_column(base->keys, x_name);
	own->col[own->n++] = keys_column(own->keys, y_name);
	if (base->col[base->n - 1] != -1 && own->col[own->n - 1] != -1)
		return 0;
	return err_set(e, ERR_INPUT, "the keys of %s.%s or %s.%s lack a column: rerun plan-check",
		x->ref_schema, x->ref_table, y->ref_schema, y->ref_table);
}

/* The columns that ${fk} shares with its base or is tied to there, in the parents of each. */
static int shared(const struct foreign *fc, uint32_t fk, struct group_columns *base,
	struct group_columns *own, struct err *e)
{
	const struct plan_fk *f = &fc->child->fks[fk];
	uint32_t b = f->base;
	const struct pg_constraint *x = constraint_of(fc, b), *y = constraint_of(fc, fk);

	*base = (struct group_columns){.keys = fc->links[b].keys};
	*own = (struct group_columns){.keys = fc->links[fk].keys};
	for (uint32_t i = 0; i < x->ncols; i++)
		for (uint32_t k = 0; k < y->ncols; k++)
			if (x->cols[i] == y->cols[k] && add_pair(base, x, x->ref_names[i], own, y,
								y->ref_names[k], e) == -1)
				return -1;
	for (uint32_t s = 0; s < f->nsame; s++)
		for (uint32_t i = 0; i < x->ncols; i++)
			if (x->cols[i] == f->same[s].column &&
				add_pair(base, x, x->ref_names[i], own, y,
					y->ref->columns[f->same[s].parent].name, e) == -1)
				return -1;
	return 0;
}

/* Whether fk restricts whom the base may pick: a follower that may stay NULL
 * when nobody agrees does not. */
static bool follows(const struct foreign *fc, uint32_t fk, uint32_t base)
{
	return how_follows(fc->child->fks[fk].how) && fc->child->fks[fk].base == base &&
	       fc->links[fk].correlated != NULL && !fc->child->fks[fk].optional;
}

/* Rows that a database already has can be NULL in a column that the foreign key
 * refers to. They are nobody's parents. The columns in which that can happen are
 * listed in of. */
static bool has_nulls(const struct foreign *fc, uint32_t fk, struct group_columns *of)
{
	const struct pg_constraint *con = constraint_of(fc, fk);
	const struct keys *k = fc->links[fk].keys;

	*of = (struct group_columns){.keys = k};
	if (k == NULL || !fc->plan->tables[fc->child->fks[fk].parent].existing)
		return false;
	for (uint32_t i = 0; i < con->ncols && of->n < GROUP_COLUMNS; i++) {
		int col = keys_column(k, con->ref_names[i]);

		if (col != -1 && keys_nullable(k, col))
			of->col[of->n++] = col;
	}
	return of->n > 0;
}

/* Decides which parents may be picked: the condition of the plan's rule, the
 * values that followers can agree with, and no NULL in the key. */
struct filter {
	struct foreign *fc;
	uint32_t fk;
	struct group_columns nulls;
	const char *text; /* of the condition, or NULL */
	struct foreign_expr where;
};

/* Sets ok[i] if the condition is true of row i. As in a WHERE clause, NULL does
 * not count as true. */
static int ask(struct filter *x, const uint64_t *row, uint32_t n, bool *ok, struct err *e)
{
	struct vec out;

	if (foreign_expr_value(&x->where, row, n, &out, e) == -1)
		return -1;
	if (out.type != VT_BOOL)
		return err_set(e, ERR_NO, "where of foreign key %s is no condition",
			constraint_of(x->fc, x->fk)->name);
	for (uint32_t i = 0; i < n; i++)
		ok[i] = !vec_is_null(&out, i) && out.v.i[i] != 0;
	return 0;
}

/* Goes over all rows of the parent a block at a time and lists those that pass
 * every test, in order. The order matters: relation_place_of() searches the list
 * by halves. */
static int filter_rows(struct filter *x, uint64_t *list, uint64_t *count, struct err *e)
{
	struct foreign *fc = x->fc;
	uint64_t rows = keys_rows(fc->links[x->fk].keys), row[VEC_BLOCK], size;
	struct group_hash h[VEC_BLOCK];
	bool ok[VEC_BLOCK];

	*count = 0;
	for (uint64_t row0 = 0; row0 < rows; row0 += VEC_BLOCK) {
		uint32_t n = rows - row0 < VEC_BLOCK ? (uint32_t)(rows - row0) : VEC_BLOCK;

		for (uint32_t i = 0; i < n; i++) {
			row[i] = row0 + i;
			ok[i] = true;
		}
		if (x->text != NULL && ask(x, row, n, ok, e) == -1)
			return -1;
		if (x->nulls.n > 0)
			group_hashes(&x->nulls, row, n, h);
		for (uint32_t i = 0; i < n && x->nulls.n > 0; i++)
			ok[i] = ok[i] && (h[i].a != 0 || h[i].b != 0);
		for (uint32_t f = 0; f < fc->child->nfks; f++) {
			if (!follows(fc, f, x->fk))
				continue;
			group_hashes(&fc->links[f].correlated->base, row, n, h);
			for (uint32_t i = 0; i < n; i++)
				ok[i] = ok[i] && group_find(&fc->links[f].correlated->g, h[i],
							 &size) != NULL;
		}
		for (uint32_t i = 0; i < n; i++)
			if (ok[i])
				list[(*count)++] = row[i];
	}
	return 0;
}

/* Builds the relation again over the listed parents alone. What plan-check could
 * prove for all parents has to be checked again for those that are left. */
static int fewer(struct foreign *fc, uint32_t fk, uint64_t parents, struct err *e)
{
	const struct plan_fk *f = &fc->child->fks[fk];
	struct link *l = &fc->links[fk];

	if (how_one_to_one(f->how) && fc->child->rows > parents)
		return err_no(e, "one_to_one_too_few_parents",
			"table %s.%s: foreign key %s is unique: %llu rows need as many rows of its "
			"parent, and %llu may be picked",
			fc->child->table->schema, fc->child->table->name,
			constraint_of(fc, fk)->name, (unsigned long long)fc->child->rows,
			(unsigned long long)parents);
	if (how_one_to_one(f->how) && f->cover && fc->child->rows < parents)
		return err_no(e, "fan_out_impossible",
			"table %s.%s: foreign key %s: every parent is to have a child, and %llu "
			"rows are fewer than the %llu parents that may be picked",
			fc->child->table->schema, fc->child->table->name,
			constraint_of(fc, fk)->name, (unsigned long long)fc->child->rows,
			(unsigned long long)parents);
	relation_init(&l->rel, f->how, l->rel.key, fc->child->rows, parents, f->null_rate);
	l->rel.eligible = l->eligible.p;
	if (relation_shape(&l->rel, f, fc->a, e) == -1)
		return err_wrap(e, "table %s.%s: foreign key %s", fc->child->table->schema,
			fc->child->table->name, constraint_of(fc, fk)->name);
	return 0;
}

/* What decides the list, if all of it can be shared with other contexts: 1; 0: it cannot. */
static int chosen(struct foreign_chosen *out, const struct filter *x, struct err *e)
{
	struct foreign *fc = x->fc;
	uint32_t nfks = fc->child->nfks;

	*out = (struct foreign_chosen){.con = constraint_of(fc, x->fk),
		.keys = fc->links[x->fk].keys,
		.where = x->text,
		.with = arena_array(fc->a, nfks + 1UL, sizeof(out->with[0])),
		.base = arena_array(fc->a, nfks + 1UL, sizeof(out->base[0]))};
	if (out->with == NULL || out->base == NULL)
		return err_nomem(e);
	for (uint32_t f = 0; f < nfks; f++) {
		const struct correlated *c = fc->links[f].correlated;

		if (!follows(fc, f, x->fk))
			continue;
		if (!c->lent)
			return 0;
		out->with[out->n] = &c->g;
		out->base[out->n++] = &c->base;
	}
	return foreign_memo_has(fc->plan->shared, out->keys);
}

/* Lists the parents that may be picked, or finds the list that another context has made. */
static int list_parents(struct filter *x, uint64_t *n, struct err *e)
{
	struct link *l = &x->fc->links[x->fk];
	struct foreign_memo *m = x->fc->plan->shared;
	const struct scratch *known = NULL;
	struct foreign_chosen key;
	int shares = chosen(&key, x, e);

	if (shares == -1)
		return -1;
	if (shares == 1 && (known = foreign_memo_list(m, &key, n)) != NULL) {
		l->eligible = *known;
		l->lent = true;
		return 0;
	}
	if (scratch_open(&l->eligible, x->fc->dir, keys_rows(l->keys), sizeof(uint64_t), e) == -1 ||
		filter_rows(x, l->eligible.p, n, e) == -1)
		return -1;
	l->lent = shares == 1 && foreign_memo_keep(m, &key, &l->eligible, *n);
	return 0;
}

/* Makes the list of parents that may be picked, in a scratch file because it can
 * be as long as the parent. If none is left the message names the reason: the
 * condition, the followers, or both. */
static int filter(struct foreign *fc, uint32_t fk, struct err *e)
{
	const char *where = fc->child->fks[fk].where;
	struct filter x = {.fc = fc, .fk = fk, .text = where};
	const struct pg_constraint *con = constraint_of(fc, fk);
	struct link *l = &fc->links[fk];
	bool followed = false;
	uint64_t n = 0;
	int rc = -1;

	(void)has_nulls(fc, fk, &x.nulls);
	if (where == NULL || foreign_expr_open(&x.where, fc, fk, where, "where", e) == 0)
		rc = list_parents(&x, &n, e);
	if (where != NULL)
		foreign_expr_close(&x.where);
	if (rc == -1)
		return -1;
	if (n > 0)
		return fewer(fc, fk, n, e);
	for (uint32_t f = 0; f < fc->child->nfks; f++)
		followed = followed || follows(fc, f, fk);
	return err_no(e, where == NULL || followed ? "fk_group_empty" : "where_matches_none",
		"table %s.%s: foreign key %s: of %llu rows of %s.%s none %s%s%s%s",
		fc->child->table->schema, fc->child->table->name, con->name,
		(unsigned long long)keys_rows(l->keys), con->ref_schema, con->ref_table,
		where != NULL ? "is so that " : "", where != NULL ? where : "",
		where != NULL && followed ? ", and " : "",
		where == NULL || followed ? "has values that the other foreign keys of the same "
					    "columns can follow"
					  : "");
}

/* The groups of a follower's parents. */
static int open_group(struct foreign *fc, struct correlated *x, struct err *e)
{
	struct foreign_memo *m = fc->plan->shared;

	x->lent = foreign_memo_has(m, x->own.keys);
	return x->lent ? foreign_memo_group(&x->g, m, &x->own, fc->dir, e)
		       : group_open(&x->g, &x->own, fc->dir, e);
}

/* First the groups of every follower are built, and then the bases are filtered,
 * because a base's filter looks into the groups of all its followers. */
int foreign_correlated_open(struct foreign *fc, struct err *e)
{
	for (uint32_t f = 0; f < fc->child->nfks; f++) {
		struct link *l = &fc->links[f];

		if (!how_follows(fc->child->fks[f].how) || l->keys == NULL)
			continue;
		if ((l->correlated = arena_alloc(fc->a, sizeof(*l->correlated))) == NULL)
			return err_nomem(e);
		if (shared(fc, f, &l->correlated->base, &l->correlated->own, e) == -1 ||
			open_group(fc, l->correlated, e) == -1)
			return -1;
	}
	for (uint32_t b = 0; b < fc->child->nfks; b++) {
		struct group_columns nulls;
		bool any = fc->child->fks[b].where != NULL && fc->links[b].keys != NULL;

		for (uint32_t f = 0; f < fc->child->nfks; f++)
			any = any || follows(fc, f, b);
		any = any || (!how_follows(fc->child->fks[b].how) && has_nulls(fc, b, &nulls));
		if (any && filter(fc, b, e) == -1)
			return -1;
	}
	return 0;
}

void foreign_correlated_close(struct link *l)
{
	if (l->correlated != NULL && !l->correlated->lent)
		group_close(&l->correlated->g);
	if (!l->lent)
		scratch_close(&l->eligible);
	scratch_close(&l->alias_table);
	scratch_close(&l->cum);
}

/* For parents of the base, where the group of agreeing rows begins and how many
 * there are. A size of 0 means that nobody agrees. */
void foreign_group(const struct foreign *fc, uint32_t fk, const uint64_t *base, uint32_t n,
	uint64_t *first, uint64_t *size)
{
	const struct correlated *x = fc->links[fk].correlated;
	struct group_hash h[VEC_BLOCK];

	group_hashes(&x->base, base, n, h);
	for (uint32_t i = 0; i < n; i++) {
		const uint64_t *rows = group_find(&x->g, h[i], &size[i]);

		first[i] = rows != NULL ? (uint64_t)(rows - (const uint64_t *)x->g.rows.p) : 0;
	}
}

uint64_t foreign_grouped(const struct foreign *fc, uint32_t fk, uint64_t at)
{
	return ((const uint64_t *)fc->links[fk].correlated->g.rows.p)[at];
}

/* The base numbers the children of each parent and no other parent has this
 * group. So the children take the group's rows in turn, and each turn has an
 * order of its own: every row gets nearly the same number of children. */
static uint64_t in_turn(const struct foreign *fc, uint32_t fk, uint64_t key, uint64_t row,
	uint64_t size, uint64_t *k)
{
	uint64_t of, kth;
	struct perm p;

	relation_place(&fc->links[fc->child->fks[fk].base].rel, row, &of, &kth);
	*k = kth / size;
	perm_init(&p, rng_subkey(rng_subkey(key, of), *k), size);
	return perm_at(&p, kth % size);
}

/* Picks a parent for each row among those that agree with the base's parent. It
 * draws at random, or in turn if the children's ranks have to be known. */
void foreign_correlated(const struct foreign *fc, uint32_t fk, const struct relation *r,
	const uint64_t *base, const uint64_t *row, uint32_t n, uint64_t *parent, uint64_t *k)
{
	uint64_t size[VEC_BLOCK];

	foreign_group(fc, fk, base, n, parent, size);
	for (uint32_t i = 0; i < n; i++) {
		bool none = size[i] == 0 || rng_at(r->null_key, row[i]) < r->null_below;
		uint64_t at = 0;

		k[i] = 0;
		if (!none)
			at = r->ranks_draws ? in_turn(fc, fk, r->key, row[i], size[i], &k[i])
					    : rng_below(rng_at(r->key, row[i]), size[i]);
		parent[i] = none ? UINT64_MAX : foreign_grouped(fc, fk, parent[i] + at);
	}
}
