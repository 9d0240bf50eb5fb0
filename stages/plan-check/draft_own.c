/* SPDX-License-Identifier: MIT */
/*
 * Columns that the schema itself explains, whatever they are called: a foreign key to the row's own
 * child, and how deep a row of a tree is.
 */
#include "stages/plan-check/draft.h"

#include "stages/plan-check/draft_tree.h"
#include "stages/plan-check/own_child.h"

enum { SURE = 90 };

/* The place in ${back} of the child's column that column i of ${con} refers to, if that refers back
 * to the same column of the table; back->ncols: it does not. */
static uint32_t back_at(
	const struct pg_constraint *con, uint32_t i, const struct pg_constraint *back)
{
	uint32_t k = 0;

	while (k < back->ncols &&
		(back->cols[k] != con->ref_cols[i] || back->ref_cols[k] != con->cols[i]))
		k++;
	return k;
}

bool own_child(const struct pg_table *t, const struct pg_constraint *con, uint32_t *column,
	const struct pg_constraint **back)
{
	const struct pg_table *child = con->kind == PG_CON_FOREIGN ? con->ref : NULL;

	for (uint32_t f = 0; child != NULL && child != t && f < child->ncons; f++) {
		uint32_t others = 0;

		*back = &child->cons[f];
		if ((*back)->kind != PG_CON_FOREIGN || (*back)->ref != t ||
			con->ncols != (*back)->ncols + 1)
			continue;
		for (uint32_t i = 0; i < con->ncols; i++)
			if (back_at(con, i, *back) == (*back)->ncols) {
				*column = i;
				others++;
			}
		if (others == 1)
			return true;
	}
	return false;
}

/* Whether the column may be the least of the children's: only this key has it, and values have an
 * order. */
static bool can_be_least(const struct pg_table *t, const struct pg_constraint *con, uint32_t at)
{
	const struct pg_column *col = &t->columns[con->cols[at]];
	uint8_t scale;

	return pg_foreign_keys_with(t, con->cols[at]) == 1 && col->generated == NULL &&
	       vec_is_ordinal(pg_vtype(pg_base_of(col->type, col->typmod), &scale)) &&
	       pg_column_not_null(&con->ref->columns[con->ref_cols[at]]);
}

/* A key to the row's own child: the child with the least value is the one. */
static void child_of(struct draft *d, struct draft_table *dt, const struct pg_constraint *con)
{
	const struct pg_constraint *back;
	const struct pg_table *child;
	uint32_t at;

	if (!own_child(dt->t, con, &at, &back) || !can_be_least(dt->t, con, at))
		return;
	child = con->ref;
	draft_says(draft_rule(d, dt, con->cols[at], "derive.children",
			   json_pack("{s:s, s:s, s:s, s:s}", "child",
				   draft_textf(d, "%s.%s", child->schema, child->name),
				   "foreign_key", back->name, "aggregate", "min", "expr",
				   draft_sql(d, child, con->ref_cols[at]))),
		"key.own_child", "the foreign key refers to a row of its own", SURE);
}

static void depth_of(struct draft *d, struct draft_table *dt, uint32_t c)
{
	static const char words[] = "depth level lvl tree_depth tree_level nivel profundidade ";
	const char *expr;
	char name[ROLE_WORDS];

	role_words(dt->t->columns[c].name, name);
	if (!draft_free(dt, c) || !role_has(words, name) ||
		(expr = draft_depth(d, dt->t, c, dt->columns[c].dom)) == NULL)
		return;
	draft_says(draft_rule(d, dt, c, "derive.expr", json_pack("{s:s}", "expr", expr)),
		"tree.depth", "the table refers to itself, and its name is that of a depth", SURE);
}

void draft_own(struct draft *d, struct draft_table *dt)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		depth_of(d, dt, c);
	for (uint32_t k = 0; k < dt->t->ncons; k++)
		child_of(d, dt, &dt->t->cons[k]);
}
