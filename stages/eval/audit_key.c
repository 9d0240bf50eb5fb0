/* SPDX-License-Identifier: MIT */
/*
 * The columns and expressions of a key, as the files can tell whether two rows have the
 * same.
 */
#include "stages/eval/audit_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/schema/keyset.h"

/* Why values of a column that differ in bytes may be equal, or NULL where they cannot. */
const char *audit_spellings(struct audit *u, const struct pg_column *c)
{
	switch (key_equality_of(c)) {
	case KEY_COLLATION:
		return arena_printf(
			u->a, "collation %s may take texts that differ for equal", c->collation);
	case KEY_SPELLING:
		return arena_printf(
			u->a, "a value of type %s may be written in several ways", c->formatted);
	default:
		return NULL;
	}
}

/* Sort the pairs (key, partner) by key, so that equal sets of columns are equal keys. */
void audit_sort_columns(uint32_t *key, uint32_t *partner, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t k = i; k > 0 && key[k - 1] > key[k]; k--) {
			uint32_t a = key[k], b = partner[k];

			key[k] = key[k - 1];
			partner[k] = partner[k - 1];
			key[k - 1] = a;
			partner[k - 1] = b;
		}
}

/* Which columns fold, and why values that differ in bytes may be equal. */
static void key_equality(struct audit *u, struct audit_key *k, const struct pg_table *t)
{
	for (uint32_t i = 0; i < k->ncols; i++) {
		const struct pg_column *c =
			k->cols[i] < t->ncolumns ? &t->columns[k->cols[i]] : NULL;

		if (c != NULL && key_equality_of(c) == KEY_CASE)
			k->equiv |= 1u << i;
		if (c != NULL && k->spellings == NULL)
			k->spellings = audit_spellings(u, c);
	}
}

void audit_key_columns(struct audit *u, struct audit_key *k, const struct pg_table *t,
	const uint32_t *cols, uint32_t n)
{
	uint32_t same[32];

	k->ncols = n;
	memcpy(k->cols, cols, n * sizeof(*cols));
	memcpy(same, cols, n * sizeof(*cols));
	audit_sort_columns(k->cols, same, n);
	key_equality(u, k, t);
}

/* Expressions and predicate of a key. */
static int key_texts(struct audit *u, struct audit_table *t, const struct pg_key *key,
	struct audit_key *k, const char **why, struct err *e)
{
	const char *only_true;

	k->expr = arena_array(u->a, key->nparts + 1UL, sizeof(struct sql_expr *));
	if (k->expr == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; *why == NULL && i < key->nparts; i++)
		if (key->cols[i] == UINT32_MAX &&
			audit_compile_row(u, t, key->parts[i].text, &k->expr[i], why, e) == -1)
			return -1;
	if (*why != NULL || key->where == NULL)
		return 0;
	only_true = arena_printf(u->a, "((%s) IS TRUE)", key->where);
	if (only_true == NULL)
		return err_nomem(e);
	return audit_compile_row(u, t, only_true, &k->where, why, e);
}

int audit_key_parts(struct audit *u, struct audit_table *t, const struct pg_key *key,
	struct audit_key *k, const char **why, struct err *e)
{
	*why = audit_absent(u, t, key->cols, key->nparts);
	k->nulls_equal = key->nulls_equal;
	if (key_is_plain(key)) {
		audit_key_columns(u, k, t->plan->table, key->cols, key->nparts);
		return 0;
	}
	k->ncols = key->nparts; /* in their order: expressions are paired with them */
	memcpy(k->cols, key->cols, key->nparts * sizeof(*key->cols));
	key_equality(u, k, t->plan->table);
	return *why != NULL ? 0 : key_texts(u, t, key, k, why, e);
}
