/* SPDX-License-Identifier: MIT */
/*
 * Unique keys that share columns, planned together.
 *
 * compile_plan_sets() takes the keys one by one and gives each what it needs most cheaply.  A
 *column or foreign key can serve one key only, so an early key may take what a later one cannot do
 * without: in UNIQUE (a, name), UNIQUE (b, name) the name is first made distinct among the rows
 * of each a, and then says nothing about those of each b.
 *
 * So where an attempt fails, another one follows that knows of which key it failed, and does one
 * more thing for it beforehand.  In this order:
 *
 *	an expression of the key, or a generated column in it, is met by a column that it reads
 *	(compile_image.c);
 *	a column of the key becomes distinct in the whole table, which serves every key that
 *	has it;
 *	a foreign key of it becomes one to one, if there are parents enough;
 *	the key is planned before all others.
 *
 * Each attempt starts from the same state, adds one thing to those before, and there are finitely
 * many of these, so the search ends.  If it ends without a plan the first attempt is repeated,
 * and reports what is in the way.  A table for which the first attempt succeeds is not touched: its
 * rows are what they were before there was a search.
 *
 * This is the conflict-driven reordering of constraint solvers (W. Harvey, M. Ginsberg, "Limited
 * discrepancy search", 1995; J. Crawford, A. Baker, 1994), without the going back.
 */
#include "common/program/compile.h"

#include <string.h>

#include "common/relation/foreign.h"

/* What an attempt changes. */
struct state {
	struct program_column *columns;
	struct program_fk *fks;
	struct program_twins *twins;
	struct program_disjunction *disjunctions;
	struct distinct_set *sets;
	bool *complemented, *not_null, *order_kept;
	uint32_t nkeys, ncomplements, ndisjunctions;
};

/* Copies n elements of the given size; NULL if memory is out. */
static void *copy(struct compiler *k, const void *from, size_t n, size_t size)
{
	void *to = arena_array(k->a, n + 1, size);

	if (to != NULL && n > 0)
		memcpy(to, from, n * size);
	return to;
}

static int save(struct compiler *k, struct state *s)
{
	const struct table_program *b = k->b;
	uint32_t n = compiler_table(k)->ncolumns;

	*s = (struct state){.columns = copy(k, b->columns, n, sizeof(*s->columns)),
		.fks = copy(k, b->fks, b->t->nfks, sizeof(*s->fks)),
		.twins = copy(k, b->twins, b->ntwins, sizeof(*s->twins)),
		.disjunctions =
			copy(k, b->disjunctions, b->ndisjunctions, sizeof(*s->disjunctions)),
		.sets = copy(k, k->sets, k->nsets, sizeof(*s->sets)),
		.complemented = copy(k, k->complemented, n, sizeof(bool)),
		.not_null = copy(k, k->not_null, n, sizeof(bool)),
		.order_kept = copy(k, k->order_kept, k->narrow.norders, sizeof(bool)),
		.nkeys = b->nkeys,
		.ncomplements = k->ncomplements,
		.ndisjunctions = b->ndisjunctions};
	return arena_failed(k->a) ? err_nomem(k->e) : 0;
}

/* Puts n elements back. */
static void put_back(void *to, const void *from, size_t n, size_t size)
{
	if (n > 0)
		memcpy(to, from, n * size);
}

static void restore(struct compiler *k, const struct state *s)
{
	struct table_program *b = k->b;
	uint32_t n = compiler_table(k)->ncolumns;

	put_back(b->columns, s->columns, n, sizeof(*s->columns));
	put_back(b->fks, s->fks, b->t->nfks, sizeof(*s->fks));
	put_back(b->twins, s->twins, b->ntwins, sizeof(*s->twins));
	put_back(b->disjunctions, s->disjunctions, s->ndisjunctions, sizeof(*s->disjunctions));
	put_back(k->sets, s->sets, k->nsets, sizeof(*s->sets));
	put_back(k->complemented, s->complemented, n, sizeof(bool));
	put_back(k->not_null, s->not_null, n, sizeof(bool));
	put_back(k->order_kept, s->order_kept, k->narrow.norders, sizeof(bool));
	b->nkeys = s->nkeys;
	k->ncomplements = s->ncomplements;
	b->ndisjunctions = s->ndisjunctions;
	k->failed = NULL;
}

/* ---- what to do for a key ---------------------------------------------------------------- */

/* A column of the set becomes distinct in all rows.  False: none can. */
static bool by_column(struct compiler *k, const struct distinct_set *s)
{
	for (uint32_t i = 0; i < s->ncols; i++) {
		uint32_t c = s->cols[i];

		if (k->search->alone[c] == NULL && compile_may_stand_alone(k, c)) {
			k->search->alone[c] = s->name;
			return true;
		}
	}
	return false;
}

/* A foreign key of the set becomes one to one.  False: none can. */
static bool by_parents(struct compiler *k, const struct distinct_set *s)
{
	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		if (!k->search->single[f] && compile_names(k, s, f) &&
			compile_may_be_single(k, f)) {
			k->search->single[f] = s->name;
			return true;
		}
	return false;
}

/* The set has a column instead of one of its expressions, from now on. */
static bool by_image(struct compiler *k, struct state *from, const char *name)
{
	struct distinct_set *s = NULL;

	for (uint32_t i = 0; i < k->nsets; i++)
		if (strcmp(from->sets[i].name, name) == 0 && from->sets[i].nimages > 0)
			s = &from->sets[i];
	return s != NULL && compile_take_image(k, s);
}

/* The set is planned first, in this and all further attempts.  False: it was the first. */
static bool by_order(struct state *from, uint32_t at)
{
	struct distinct_set s = from->sets[at];

	if (at == 0)
		return false;
	memmove(&from->sets[1], &from->sets[0], at * sizeof(s));
	from->sets[0] = s;
	return true;
}

/* One more thing for the key that failed.  The state is the one that attempts start from. */
static bool one_more(struct compiler *k, struct state *from, const char *name)
{
	if (by_image(k, from, name))
		return true;
	for (uint32_t i = 0; i < k->nsets; i++)
		if (strcmp(k->sets[i].name, name) == 0)
			return by_column(k, &k->sets[i]) || by_parents(k, &k->sets[i]) ||
			       by_order(from, i);
	return false;
}

/* The key cannot be met.  What was done for it is undone, and the search goes on without it, so
 * that what is said of the table is said of keys that cannot be met and of no other. */
static bool give_up(const struct compiler *k, struct state *from, const char *name)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < k->nsets; i++)
		if (strcmp(from->sets[i].name, name) == 0 && from->sets[i].policy != PLAN_IGNORE) {
			from->sets[i].policy = PLAN_IGNORE;
			n++;
		}
	for (uint32_t c = 0; n > 0 && c < compiler_table(k)->ncolumns; c++)
		if (k->search->alone[c] != NULL && strcmp(k->search->alone[c], name) == 0)
			k->search->alone[c] = NULL;
	for (uint32_t f = 0; n > 0 && f < k->b->t->nfks; f++)
		if (k->search->single[f] != NULL && strcmp(k->search->single[f], name) == 0)
			k->search->single[f] = NULL;
	return n > 0;
}

/* ---- the search -------------------------------------------------------------------------- */

/* Whether there is anything to search for: the first attempt is to be reported where rows are
 * added to a table, whose rows there are known by the places of its keys. */
static bool may_search(const struct compiler *k)
{
	return k->nsets > 0 && !k->b->t->append && !k->refused;
}

/* Memory for what attempts are to do. */
static int begin(struct compiler *k)
{
	struct key_search *ks = arena_alloc(k->a, sizeof(*ks));

	if (ks == NULL)
		return err_nomem(k->e);
	ks->alone = arena_array(k->a, compiler_table(k)->ncolumns + 1UL, sizeof(ks->alone[0]));
	ks->single = arena_array(k->a, k->b->t->nfks + 1UL, sizeof(ks->single[0]));
	k->search = ks;
	return ks->alone == NULL || ks->single == NULL ? err_nomem(k->e) : 0;
}

/* Further attempts, the first with what only a search looks at (compile_distinct_by()), each later
 * one with one more thing.  Returns 1 if one of them has a plan for all.  If not,
 * ${from} is the state in which what cannot be is to be reported. */
static int search(struct compiler *k, struct state *from)
{
	uint32_t most = 3 * k->nsets + IMAGES + compiler_table(k)->ncolumns + k->b->t->nfks;
	bool hopeless = false;

	if (begin(k) == -1)
		return -1;
	for (uint32_t i = 0; i < most; i++) {
		const char *failed = k->failed;

		restore(k, from);
		if (i > 0 && !one_more(k, from, failed)) {
			if (!give_up(k, from, failed))
				return 0;
			hopeless = true;
		}
		restore(k, from);
		if (compile_plan_sets(k) == -1)
			return -1;
		if (k->failed == NULL)
			return !hopeless;
	}
	return 0;
}

/* What the plan says of a key. */
static enum plan_policy policy_of(const struct compiler *k, const char *name)
{
	const struct pg_constraint *primary = pg_primary(compiler_table(k));
	bool is_primary = primary != NULL && strcmp(primary->name, name) == 0;

	return k->b->t->policy[is_primary ? PLAN_POLICY_PRIMARY_KEY : PLAN_POLICY_UNIQUE];
}

/* Plans twins, line numbers and exclusion constraints before keys, because these may make keys
 * distinct; then all keys. */
int compile_keys(struct compiler *k)
{
	struct state start;
	int rc;

	k->b->keys = arena_array(k->a,
		(size_t)k->nsets + k->nintervals + compiler_table(k)->ncolumns + 1,
		sizeof(k->b->keys[0]));
	k->complements =
		arena_array(k->a, k->nsets + k->nintervals + 1UL, sizeof(k->complements[0]));
	if (k->b->keys == NULL || k->complements == NULL)
		return err_nomem(k->e);
	if (compile_twins(k) == -1 || compile_lines(k) == -1 || compile_intervals(k) == -1 ||
		save(k, &start) == -1)
		return -1;
	if (!may_search(k))
		return compile_plan_sets(k);
	k->quiet = true;
	rc = compile_plan_sets(k) == -1 ? -1 : k->failed == NULL ? 1 : search(k, &start);
	k->quiet = false;
	if (rc != 0)
		return rc == -1 ? -1 : 0;
	for (uint32_t i = 0; i < k->nsets; i++) /* those that were given up too */
		start.sets[i].policy = policy_of(k, start.sets[i].name);
	restore(k, &start);
	return compile_plan_sets(k);
}
