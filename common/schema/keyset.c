/* SPDX-License-Identifier: MIT */
/*
 * All that keeps rows of a table distinct, in one list: primary keys, UNIQUE
 * constraints, unique indexes, and exclusion constraints.
 *
 * A key (struct pg_key) is a list of elements, each a column or an expression
 * with an operator, and possibly a predicate. Two rows conflict when the
 * operators of all elements are TRUE of them and both meet the predicate. For
 * the first three kinds every operator is "=" under the column's equality,
 * which is that of citext or of a collation where the column has such. Whoever
 * needs to know what must be distinct asks this list, so that a new kind of
 * constraint is added in one place.
 */
#include "common/schema/keyset.h"

#include <string.h>

#include "common/base/err.h"
#include "common/schema/keyset_exclude.h"

/* ---- elements -------------------------------------------------------------------------- */

/*
 * How values of the column are compared. Of types that are held as text only
 * bits and wide numerics have exactly one text for each value. A collation of pg_catalog is
 * deterministic; one that has a schema was made by CREATE COLLATION and may not
 * be.
 */
enum key_equality key_equality_of(const struct pg_column *c)
{
	struct pg_base base = pg_base_of(c->type, c->typmod);
	uint8_t scale;

	if (strcmp(base.type->name, "citext") == 0)
		return KEY_CASE;
	if (c->collation != NULL && strchr(c->collation, '.') != NULL)
		return KEY_COLLATION;
	if (pg_vtype(base, &scale) == VT_RAW && base.type->cls != PG_BIT &&
		base.type->cls != PG_VARBIT && !base.type->wide)
		return KEY_SPELLING;
	return KEY_BYTES;
}

/*
 * The column that an element of an exclusion constraint is, as PostgreSQL
 * prints it (quoted where its name needs it); UINT32_MAX for an expression.
 */
static uint32_t column_of(const struct pg_table *t, const char *text, struct arena *a)
{
	int col = text[0] != '"' ? pg_column_named(t, text) : -1;

	for (uint32_t i = 0; text[0] == '"' && i < t->ncolumns; i++) {
		const char *name = str_quoted(a, '"', t->columns[i].name);

		if (name != NULL && strcmp(name, text) == 0)
			col = (int)i;
	}
	return (uint32_t)col; /* -1 is UINT32_MAX */
}

/*
 * Completes elements that have a text and an operator: their columns, and when
 * values are equal.
 */
static int finish_parts(const struct pg_table *t, struct pg_key *k, struct arena *a, struct err *e)
{
	uint32_t *cols = arena_array(a, k->nparts + 1UL, sizeof(*cols));

	if (cols == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < k->nparts; i++) {
		struct key_part *p = &k->parts[i];

		cols[i] = p->col;
		p->equality = p->col == UINT32_MAX ? KEY_EXPRESSION
						   : key_equality_of(&t->columns[p->col]);
		if (p->text == NULL)
			p->text = str_quoted(a, '"', t->columns[p->col].name);
		if (p->text == NULL)
			return err_nomem(e);
	}
	k->cols = cols;
	return 0;
}

/* The elements of a key that compares by "=". */
static int equal_parts(const struct pg_table *t, struct pg_key *k, const uint32_t *cols,
	const char **exprs, uint32_t n, struct arena *a, struct err *e)
{
	k->parts = arena_array(a, n + 1UL, sizeof(k->parts[0]));
	if (k->parts == NULL)
		return err_nomem(e);
	k->nparts = n;
	for (uint32_t i = 0; i < n; i++) {
		k->parts[i] = (struct key_part){.col = cols[i], .op = "=", .with = "="};
		if (cols[i] == UINT32_MAX)
			k->parts[i].text = exprs[i];
	}
	return finish_parts(t, k, a, e);
}

/* ---- keys ------------------------------------------------------------------------------ */

/* WITHOUT OVERLAPS, which PostgreSQL has from version 18 on: the last column is a range, and rows
 * that are equal in the others must not overlap in it. */
static bool is_temporal(const struct pg_constraint *c)
{
	static const char end[] = " WITHOUT OVERLAPS)";

	return c->definition != NULL && strstr(c->definition, end) != NULL;
}

/* The key of a constraint. */
static int of_constraint(const struct pg_table *t, const struct pg_constraint *c, struct pg_key *k,
	struct arena *a, struct err *e)
{
	*k = (struct pg_key){.kind = c->kind == PG_CON_PRIMARY	? KEY_PRIMARY
				     : c->kind == PG_CON_UNIQUE ? KEY_UNIQUE
								: KEY_EXCLUSION,
		.name = c->name,
		.definition = c->definition,
		.con = c,
		.nulls_equal = c->nulls_not_distinct};
	if (c->kind != PG_CON_EXCLUDE) {
		if (equal_parts(t, k, c->cols, NULL, c->ncols, a, e) == -1)
			return -1;
		if (is_temporal(c) && k->nparts > 0)
			k->parts[k->nparts - 1].op = k->parts[k->nparts - 1].with = "&&";
		return 0;
	}
	if (keyset_exclude(c->definition, k, a, e) == -1)
		return -1;
	for (uint32_t i = 0; i < k->nparts; i++)
		k->parts[i].col = column_of(t, k->parts[i].text, a);
	return finish_parts(t, k, a, e);
}

/* The key of a unique index that no constraint stands for. */
static int of_index(const struct pg_table *t, const struct pg_index *x, struct pg_key *k,
	struct arena *a, struct err *e)
{
	*k = (struct pg_key){.kind = KEY_INDEX,
		.name = x->name,
		.definition = x->definition,
		.index = x,
		.nulls_equal = x->nulls_not_distinct,
		.where = x->predicate};
	return equal_parts(t, k, x->cols, x->exprs, x->ncols, a, e);
}

/* Makes the list of a table's keys. */
int keyset_fill(struct pg_table *t, struct arena *a, struct err *e)
{
	struct pg_key *keys = arena_array(a, t->ncons + t->nindexes + 1UL, sizeof(*keys));
	uint32_t n = 0;

	if (keys == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < t->ncons; i++) {
		const struct pg_constraint *c = &t->cons[i];

		if (c->kind != PG_CON_PRIMARY && c->kind != PG_CON_UNIQUE &&
			c->kind != PG_CON_EXCLUDE)
			continue;
		if (of_constraint(t, c, &keys[n++], a, e) == -1)
			return -1;
	}
	for (uint32_t i = 0; i < t->nindexes; i++) {
		const struct pg_index *x = &t->indexes[i];

		if (x->unique && x->valid && !x->of_constraint && !x->primary &&
			of_index(t, x, &keys[n++], a, e) == -1)
			return -1;
	}
	t->keys = keys;
	t->nkeys = n;
	return 0;
}

/* ---- what they say ----------------------------------------------------------------------- */

bool key_is_unique(const struct pg_key *k)
{
	static const bool unique[] = {[KEY_PRIMARY] = true,
		[KEY_UNIQUE] = true,
		[KEY_EXCLUSION] = false,
		[KEY_INDEX] = true};

	return unique[k->kind];
}

/* Whether every operator is "=". */
bool key_by_equality(const struct pg_key *k)
{
	for (uint32_t i = 0; i < k->nparts; i++)
		if (strcmp(k->parts[i].op, "=") != 0)
			return false;
	return k->nparts > 0;
}

/*
 * Whether it is a list of columns, without expressions and without a predicate.
 */
bool key_is_plain(const struct pg_key *k)
{
	return k->where == NULL && key_by_equality(k) &&
	       !pg_has_column(k->cols, k->nparts, UINT32_MAX);
}

/*
 * Whether two elements are the same column or the same expression, compared by
 * the same operator.
 */
static bool same_part(const struct key_part *a, const struct key_part *b)
{
	if (strcmp(a->op, b->op) != 0 || a->col != b->col)
		return false;
	return a->col != UINT32_MAX || strcmp(a->text, b->text) == 0;
}

static bool has_part(const struct pg_key *k, const struct key_part *p)
{
	for (uint32_t i = 0; i < k->nparts; i++)
		if (same_part(p, &k->parts[i]))
			return true;
	return false;
}

/* Whether no element can be NULL. A key with a NULL conflicts with nothing. */
static bool never_null(const struct pg_table *t, const struct pg_key *k)
{
	for (uint32_t i = 0; i < k->nparts; i++)
		if (k->cols[i] == UINT32_MAX || !pg_column_not_null(&t->columns[k->cols[i]]))
			return false;
	return true;
}

/*
 * Whether rows that satisfy key ${a} satisfy ${b} as well: the elements of a
 * are among those of b, a has no predicate or the same one, and NULLs are as
 * strict in a as in b (NULLS NOT DISTINCT).
 */
bool key_implies(const struct pg_table *t, const struct pg_key *a, const struct pg_key *b)
{
	if (a->nparts == 0 || b->nparts == 0)
		return false;
	if (a->where != NULL && (b->where == NULL || strcmp(a->where, b->where) != 0))
		return false;
	for (uint32_t i = 0; i < a->nparts; i++)
		if (!has_part(b, &a->parts[i]))
			return false;
	return a->nulls_equal || !b->nulls_equal || a->kind == KEY_PRIMARY || never_null(t, a);
}

/*
 * Whether the columns contain a key, so that no two rows have the same values
 * in them.
 */
bool keyset_tells_apart(const struct pg_table *t, const uint32_t *cols, uint32_t n)
{
	for (uint32_t i = 0; i < t->nkeys; i++) {
		const struct pg_key *k = &t->keys[i];

		if (key_is_plain(k) && pg_common_columns(k->cols, k->nparts, cols, n) == k->nparts)
			return true;
	}
	return false;
}

const struct pg_key *keyset_of(const struct pg_table *t, const struct pg_constraint *con)
{
	for (uint32_t i = 0; i < t->nkeys; i++)
		if (t->keys[i].con == con)
			return &t->keys[i];
	return NULL;
}
