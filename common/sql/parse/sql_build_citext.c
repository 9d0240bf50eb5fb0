/* SPDX-License-Identifier: MIT */
/*
 * The operators of the extension citext. They stand in the extension's schema, and
 * expressions name them with it: OPERATOR(public.=).
 */
#include <string.h>

#include "common/sql/parse/sql_build.h"

/*
 * The operators of citext, by what they are over text: patterns that do not tell
 * cases apart, and comparisons, which fold both sides.
 */
static const struct {
	const char *name, *over_text;
	bool folds;
} citext_ops[] = {
	{"=", "=", true},
	{"<>", "<>", true},
	{"~", "~*", false},
	{"~*", "~*", false},
	{"!~", "!~*", false},
	{"!~*", "!~*", false},
	{"~~", "~~*", false},
	{"~~*", "~~*", false},
	{"!~~", "!~~*", false},
	{"!~~*", "!~~*", false},
};

/* Whether the extension's type is in that schema. */
static bool has_citext(const struct sql_comp *c, const char *schema)
{
	const struct schema *s = c->scope->schema;

	for (uint32_t i = 0; s != NULL && i < s->ntypes; i++)
		if (strcmp(s->types[i].name, "citext") == 0 &&
			strcmp(s->types[i].schema, schema) == 0)
			return true;
	return false;
}

const char *sql_citext_op(const struct sql_comp *c, const PgQuery__AExpr *e, bool *folds)
{
	const char *schema = e->n_name == 2 ? sql_str_of(e->name[0]) : NULL;
	const char *op = sql_str_of(e->name[e->n_name - 1]);

	if (schema == NULL || op == NULL || !has_citext(c, schema))
		return NULL;
	for (size_t i = 0; i < sizeof citext_ops / sizeof citext_ops[0]; i++)
		if (strcmp(citext_ops[i].name, op) == 0) {
			*folds = citext_ops[i].folds;
			return citext_ops[i].over_text;
		}
	return NULL;
}

struct sql_node *sql_lowered(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	struct sql_node *args[1] = {x};

	return x != NULL ? sql_call(c, "lower", args, 1, st) : NULL;
}
