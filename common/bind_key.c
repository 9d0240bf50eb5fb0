/* SPDX-License-Identifier: MIT */
#include "common/bind_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/foreign.h"
#include "common/rng.h"

/*
 * Uniqueness by construction.  For every set of columns that must be distinct, smallest
 * set first:
 *
 *	already distinct, because a part of it is;
 *	one column: its index is a bijection of the row number;
 *	one FK and nothing else: one to one;
 *	an FK and others: the FK's parents share the rows evenly, and the others are read
 *	from the k-th element of a bijection that the parent names, k being the row's
 *	position among its siblings.  A junction's second FK is such an other;
 *	several columns: the digits of one bijection of the row number.
 */

#define KEY_SPACE_MAX (UINT64_C(1) << 62)

struct set {
	const char *name, *definition;
	const uint32_t *cols;
	uint32_t ncols;
	bool nulls_equal; /* NULLS NOT DISTINCT */
	enum plan_policy policy;
};

/* What can take a digit: a column that draws, or a foreign key. */
struct unit {
	bool is_fk;
	uint32_t at; /* column, or index in table->fks */
	uint64_t space;
};

struct units {
	struct unit *v;
	uint32_t n;
};

/* ---- the sets ---------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
	const struct set *x = a, *y = b;

	if (x->ncols != y->ncols)
		return x->ncols < y->ncols ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int sets_of(const struct binder *k, struct set **out, uint32_t *n)
{
	const struct pg_table *t = bind_table(k);
	struct set *s = arena_array(k->a, t->ncons + t->nindexes + 1UL, sizeof(*s));
	const enum plan_policy *policy = k->b->t->policy;

	if (s == NULL)
		return err_nomem(k->e);
	*n = 0;
	for (uint32_t i = 0; i < t->ncons; i++) {
		const struct pg_constraint *c = &t->cons[i];

		if (c->kind == PG_CON_PRIMARY || c->kind == PG_CON_UNIQUE)
			s[(*n)++] = (struct set){c->name, c->definition, c->cols, c->ncols,
				c->nulls_not_distinct,
				policy[c->kind == PG_CON_PRIMARY ? PLAN_POLICY_PRIMARY_KEY
								 : PLAN_POLICY_UNIQUE]};
	}
	for (uint32_t i = 0; i < t->nindexes; i++) {
		const struct pg_index *x = &t->indexes[i];

		if (x->unique && x->valid && !x->of_constraint && !x->primary)
			s[(*n)++] = (struct set){x->name, x->definition, x->cols, x->ncols,
				x->nulls_not_distinct, policy[PLAN_POLICY_UNIQUE]};
	}
	qsort(s, *n, sizeof(*s), by_size);
	*out = s;
	return 0;
}

static bool has_expression(const struct set *s)
{
	for (uint32_t i = 0; i < s->ncols; i++)
		if (s->cols[i] == UINT32_MAX)
			return true;
	return false;
}

int bind_unique_columns(struct binder *k)
{
	struct set *s;
	uint32_t n;

	if (sets_of(k, &s, &n) == -1)
		return -1;
	for (uint32_t i = 0; i < n; i++) {
		if (s[i].policy == PLAN_IGNORE || has_expression(&s[i]))
			continue;
		for (uint32_t c = 0; c < s[i].ncols; c++) {
			k->member[s[i].cols[c]] = true;
			if (s[i].nulls_equal)
				k->not_null[s[i].cols[c]] = true;
		}
		if (s[i].ncols == 1 && k->b->columns[s[i].cols[0]].source == PLAN_GENERATOR) {
			uint64_t need = plan_need(k->b->t, s[i].name);

			k->alone[s[i].cols[0]] = true;
			if (need > k->need[s[i].cols[0]])
				k->need[s[i].cols[0]] = need;
		}
	}
	return 0;
}

/* ---- what is distinct already ---------------------------------------------------------- */

static bool within(const uint32_t *small, uint32_t nsmall, const struct set *s)
{
	for (uint32_t i = 0; i < nsmall; i++) {
		uint32_t j = 0;

		while (j < s->ncols && s->cols[j] != small[i])
			j++;
		if (j == s->ncols)
			return false;
	}
	return true;
}

/* A sequence that does not run into its cap, or a column the server numbers. */
static bool counts(const struct binder *k, uint32_t c)
{
	const struct bound_column *b = &k->b->columns[c];
	const struct pg_column *col = bind_column(k, c);

	if (b->source == PLAN_SERVER_DEFAULT)
		return col->identity != PG_IDENTITY_NONE || col->sequence != NULL;
	if (b->source != PLAN_GENERATOR || b->gen.op == NULL)
		return false;
	if (b->gen.op->derives)
		return k->alone[c] && b->gen.space >= k->need[c];
	if (b->gen.affine) {
		__int128 last = b->gen.lo + (__int128)b->gen.step * (k->b->t->rows - 1);

		return b->gen.step > 0 ? last <= b->gen.hi : b->gen.step < 0 && last >= b->gen.hi;
	}
	return b->pick == BIND_KEY && b->div == 1 && k->b->keys[b->key].anchor < 0 &&
	       b->size >= k->b->keys[b->key].need;
}

static bool already(
	const struct binder *k, const struct set *s, const struct set *done, uint32_t ndone)
{
	for (uint32_t i = 0; i < ndone; i++)
		if (done[i].policy != PLAN_IGNORE && !has_expression(&done[i]) &&
			within(done[i].cols, done[i].ncols, s))
			return true;
	for (uint32_t i = 0; i < s->ncols; i++) {
		if (counts(k, s->cols[i]))
			return true;
		if (!s->nulls_equal && k->b->columns[s->cols[i]].source == PLAN_ALWAYS_NULL)
			return true;
	}
	return false;
}

/* ---- units --------------------------------------------------------------------------- */

static bool fk_picks(const struct binder *k, uint32_t f)
{
	enum plan_fk_mode m = k->b->fks[f].mode;

	return m != PLAN_FK_OFF && m != PLAN_FK_NULL;
}

static uint64_t parents_of(const struct binder *k, uint32_t f)
{
	uint32_t p = k->b->t->fks[f].parent;

	return p < k->b->plan->ntables ? k->b->plan->tables[p].rows : 0;
}

static int units_of(struct binder *k, const struct set *s, struct units *u)
{
	u->n = 0;
	if ((u->v = arena_array(k->a, s->ncols + k->b->t->nfks + 1UL, sizeof(u->v[0]))) == NULL)
		return err_nomem(k->e);
	for (uint32_t f = 0; f < k->b->t->nfks; f++) {
		const struct pg_constraint *c = &bind_table(k)->cons[k->b->t->fks[f].con];
		bool fills = true;

		for (uint32_t i = 0; i < c->ncols; i++)
			fills = fills && k->b->columns[c->cols[i]].source == PLAN_FOREIGN &&
				k->b->t->columns[c->cols[i]].fk == f;
		if (fills && fk_picks(k, f) && within(c->cols, c->ncols, s))
			u->v[u->n++] = (struct unit){true, f, parents_of(k, f)};
	}
	for (uint32_t i = 0; i < s->ncols; i++)
		if (bind_draws(k, s->cols[i]) && k->b->columns[s->cols[i]].pick == BIND_DRAW)
			u->v[u->n++] = (struct unit){
				false, s->cols[i], k->b->columns[s->cols[i]].gen.space};
	return 0;
}

static bool is_ordered(const struct binder *k, uint32_t c)
{
	for (uint32_t i = 0; i < k->narrow.norders; i++)
		if (k->narrow.orders[i].left == c || k->narrow.orders[i].right == c)
			return true;
	return false;
}

/* Room of a unit for ${need} distinct values, the generator being asked to make it if it can. */
static uint64_t room(struct binder *k, struct unit *u, uint64_t need)
{
	struct err e = {.kind = ERR_NONE};
	struct gen_column was;
	struct gen g;

	if (u->is_fk || u->space >= need || is_ordered(k, u->at))
		return u->space;
	was = k->b->columns[u->at].gc;
	if (bind_generator(k, u->at, true, need, &g, &e) == 0 && !g.affine && g.space >= need) {
		k->b->columns[u->at].gen = g;
		u->space = g.space;
	} else {
		k->b->columns[u->at].gc = was;
	}
	return u->space;
}

/* ---- keys ----------------------------------------------------------------------------- */

static int take_key(struct binder *k, const struct set *s, int anchor, uint64_t need)
{
	const struct plan_taken *taken = plan_taken(k->b->t, s->name);
	struct bound *b = k->b;

	b->keys[b->nkeys] = (struct bound_key){.name = s->name,
		.anchor = anchor,
		.key = bind_key_of(k, s->name, "unique"),
		.size = 1,
		.need = need};
	if (anchor < 0 && taken != NULL) {
		b->keys[b->nkeys].taken = taken->at;
		b->keys[b->nkeys].ntaken = taken->n;
	}
	if (anchor >= 0 && b->fks[anchor].mode == PLAN_FK_UNIFORM)
		b->fks[anchor].mode = PLAN_FK_BALANCED;
	return (int)b->nkeys++;
}

/* Give the next digit of key ${at} to a unit. */
static void take_digit(struct binder *k, int at, const struct unit *u)
{
	struct bound_key *key = &k->b->keys[at];
	uint64_t most = KEY_SPACE_MAX / key->size, space = u->space < most ? u->space : most;

	if (u->is_fk) {
		k->b->fks[u->at].mode = PLAN_FK_UNIFORM;
		k->b->fks[u->at].pair = at;
		k->b->fks[u->at].div = key->size;
	} else {
		struct bound_column *c = &k->b->columns[u->at];

		c->pick = BIND_KEY;
		c->key = (uint32_t)at;
		c->div = key->size;
		c->size = space;
	}
	key->size *= space;
}

/* Whether the unit may be a digit: an FK that nothing else is planned for. */
static bool is_free(const struct binder *k, const struct unit *u)
{
	return !u->is_fk || (k->b->fks[u->at].mode == PLAN_FK_UNIFORM && k->b->fks[u->at].pair < 0);
}

static bool may_anchor(const struct binder *k, const struct unit *u)
{
	enum plan_fk_mode m = u->is_fk ? k->b->fks[u->at].mode : PLAN_FK_OFF;

	return u->is_fk && u->space > 0 && k->b->fks[u->at].pair < 0 &&
	       (relation_enumerable(m) || m == PLAN_FK_UNIFORM);
}

/* One unit with room for all, columns before FKs; else digits of several. */
static bool fill(struct binder *k, const struct set *s, struct units *u, int anchor, uint64_t need)
{
	uint64_t product = 1;
	int at;

	for (int fk = 0; fk < 2; fk++)
		for (uint32_t i = 0; i < u->n; i++)
			if (u->v[i].is_fk == fk && (!fk || (int)u->v[i].at != anchor) &&
				(!fk || anchor >= 0) && is_free(k, &u->v[i]) &&
				room(k, &u->v[i], need) >= need) {
				take_digit(k, take_key(k, s, anchor, need), &u->v[i]);
				return true;
			}
	for (uint32_t i = 0; i < u->n; i++)
		if ((!u->v[i].is_fk || ((int)u->v[i].at != anchor && anchor >= 0)) &&
			is_free(k, &u->v[i]) && u->v[i].space > 0 && product < need)
			product = u->v[i].space > KEY_SPACE_MAX / product ? KEY_SPACE_MAX
									  : product * u->v[i].space;
	if (product < need)
		return false;
	at = take_key(k, s, anchor, need);
	for (uint32_t i = 0; i < u->n && k->b->keys[at].size < need; i++)
		if ((!u->v[i].is_fk || ((int)u->v[i].at != anchor && anchor >= 0)) &&
			is_free(k, &u->v[i]) && u->v[i].space > 0)
			take_digit(k, at, &u->v[i]);
	return true;
}

/* The most children a parent has of an FK that anchors a key. */
static uint64_t most_children(const struct binder *k, uint32_t f, uint64_t parents)
{
	const struct plan_fk *fk = &k->b->t->fks[f];
	uint64_t rows = k->b->t->rows;
	struct fan fan;

	if (k->b->fks[f].mode != PLAN_FK_FANOUT)
		return rows / parents + (rows % parents != 0);
	if (fan_init(&fan, &fk->fan, 0, relation_linked(rows, k->b->fks[f].null_rate), parents,
		    k->a) != 0)
		return rows;
	return fan.most;
}

static bool anchored(struct binder *k, const struct set *s, struct units *u)
{
	for (int planned = 1; planned >= 0; planned--) /* those that count children already */
		for (uint32_t i = 0; i < u->n; i++) {
			uint64_t p = u->v[i].space;

			if (may_anchor(k, &u->v[i]) &&
				relation_enumerable(k->b->fks[u->v[i].at].mode) == planned &&
				fill(k, s, u, (int)u->v[i].at, most_children(k, u->v[i].at, p)))
				return true;
		}
	return false;
}

/* ---- what cannot be ------------------------------------------------------------------ */

static void columns_text(const struct binder *k, const struct set *s, char *to, size_t size)
{
	size_t n = 0;

	for (uint32_t i = 0; i < s->ncols && n < size; i++)
		n += (size_t)snprintf(to + n, size - n, "%s%s", i > 0 ? ", " : "",
			s->cols[i] == UINT32_MAX ? "an expression"
						 : bind_column(k, s->cols[i])->name);
}

static int too_small(struct binder *k, const struct set *s, const struct units *u)
{
	unsigned long long rows = plan_need(k->b->t, s->name);
	char names[200], product[200] = "";
	uint64_t allowed = 1;
	size_t n = 0;

	columns_text(k, s, names, sizeof(names));
	for (uint32_t i = 0; i < u->n && n < sizeof(product); i++) {
		n += (size_t)snprintf(product + n, sizeof(product) - n, "%s%llu",
			i > 0 ? " x " : "", (unsigned long long)u->v[i].space);
		if (__builtin_mul_overflow(allowed, u->v[i].space, &allowed))
			allowed = UINT64_MAX;
	}
	if (u->n == 0 || allowed >= rows)
		return bind_problem(k, "unsupported_unique", s->policy != PLAN_ENFORCE, NULL,
			"remove the rules of its columns, or set the policy of unique to ignore",
			"%s on (%s): its columns cannot be made distinct by construction: a "
			"derived column, or one that another key decides",
			s->name, names);
	return bind_problem(k, "key_space_too_small", s->policy != PLAN_ENFORCE, NULL,
		"ask for fewer rows, more parents, or a generator with more values",
		"%s: %llu rows need %llu distinct (%s), %s allow %llu", s->name, rows, rows, names,
		product, (unsigned long long)allowed);
}

static int one_to_one(struct binder *k, const struct set *s, const struct unit *u)
{
	struct bound_fk *f = &k->b->fks[u->at];
	const struct pg_constraint *c = &bind_table(k)->cons[k->b->t->fks[u->at].con];

	if (k->b->t->rows > u->space)
		return bind_problem(k, "one_to_one_too_few_parents", s->policy != PLAN_ENFORCE,
			NULL, "ask for more parents or fewer rows",
			"%s: %llu rows need %llu different rows of %s.%s, which has %llu", s->name,
			(unsigned long long)k->b->t->rows, (unsigned long long)k->b->t->rows,
			c->ref_schema, c->ref_table, (unsigned long long)u->space);
	if (f->mode == PLAN_FK_UNIFORM)
		f->mode = PLAN_FK_ONE_TO_ONE;
	return 0;
}

static int plan_set(struct binder *k, const struct set *s)
{
	struct units u;
	char names[200];

	if (has_expression(s)) {
		columns_text(k, s, names, sizeof(names));
		return bind_problem(k, "unsupported_unique", s->policy != PLAN_ENFORCE, NULL,
			"set the policy of unique to ignore, or drop the index while loading",
			"unique index %s on (%s): expressions are not made distinct", s->name,
			names);
	}
	if (units_of(k, s, &u) == -1)
		return -1;
	if (u.n == 1 && u.v[0].is_fk &&
		s->ncols == bind_table(k)->cons[k->b->t->fks[u.v[0].at].con].ncols)
		return one_to_one(k, s, &u.v[0]);
	if (anchored(k, s, &u) || fill(k, s, &u, -1, plan_need(k->b->t, s->name)))
		return 0;
	return too_small(k, s, &u);
}

static int zero_parents(struct binder *k, uint32_t f)
{
	const struct pg_constraint *c = &bind_table(k)->cons[k->b->t->fks[f].con];
	uint32_t p = k->b->t->fks[f].parent;

	if (p < k->b->plan->ntables && k->b->plan->tables[p].existing)
		return bind_problem(k, "zero_parents", false, NULL,
			"fill it first, or make it a target and introspect without its keys",
			"foreign key %s: %s.%s has no rows in the database", c->name, c->ref_schema,
			c->ref_table);
	return bind_problem(k, "zero_parents", false, NULL, "give the parent rows",
		"foreign key %s: %s.%s has no rows to refer to", c->name, c->ref_schema,
		c->ref_table);
}

static int others(struct binder *k)
{
	const struct pg_table *t = bind_table(k);

	for (uint32_t i = 0; i < t->ncons; i++)
		if (t->cons[i].kind == PG_CON_EXCLUDE &&
			bind_problem(k, "unsupported_unique", k->b->t->rows <= 1, NULL, NULL,
				"exclusion constraint %s, %s", t->cons[i].name,
				t->cons[i].definition) == -1)
			return -1;
	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		if (fk_picks(k, f) && parents_of(k, f) == 0 && zero_parents(k, f) == -1)
			return -1;
	return 0;
}

/* A column whose generator was refused has been reported: its keys say nothing new. */
static bool broken(const struct binder *k, const struct set *s)
{
	for (uint32_t i = 0; i < s->ncols; i++)
		if (s->cols[i] != UINT32_MAX &&
			k->b->columns[s->cols[i]].source == PLAN_GENERATOR &&
			k->b->columns[s->cols[i]].gen.op == NULL)
			return true;
	return false;
}

int bind_keys(struct binder *k)
{
	struct set *s;
	uint32_t n;

	if (sets_of(k, &s, &n) == -1)
		return -1;
	if ((k->b->keys = arena_array(k->a, n + 1UL, sizeof(k->b->keys[0]))) == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < n; i++)
		if (s[i].policy != PLAN_IGNORE && plan_need(k->b->t, s[i].name) > 1 &&
			!broken(k, &s[i]) && !already(k, &s[i], s, i) && plan_set(k, &s[i]) == -1)
			return -1;
	return others(k);
}
