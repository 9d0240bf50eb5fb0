/* SPDX-License-Identifier: MIT */
#include "common/sql/sql_comp.h"

#include <string.h>

/*
 * Answers in which versions of PostgreSQL differ.
 *
 * An expression is evaluated here for a server that may be of any version from 13 on, and rows
 * that are made today may be loaded into another one tomorrow.  So where versions give different
 * answers, none of them is built in:
 *
 *   - a row whose answer differs fails with sql_differing (sql_differs());
 *   - a constant whose answer differs is refused by name when the expression is compiled;
 *   - what a version does not have at all, and the catalogue is of that version, is refused by
 *     name (sql_before()).
 *
 * The scale of a power of numerics is one of them.  Up to 15 a power has at least 16 decimals,
 * from 16 on at least 16 significant digits.  Its value is the same where it is exact
 * (sql_num_power_settled()), but 9.0000000000000000 and 9.000000000000000 differ as texts.  Such
 * a node is marked unscaled; the mark is passed on by functions whose value does not depend on
 * the scale, is taken away by those that choose another one, and every other function is refused.
 */

void sql_differs(struct sql_eval *ev, struct sql_reg *out, uint32_t i)
{
	sql_raise(ev, out, i, sql_differing);
}

/*
 * Whether the catalogue is of a server older than ${major}. A catalogue that
 * does not say its version is taken as the newest.
 */
bool sql_before(const struct sql_comp *c, int major)
{
	const int version = c->scope->schema != NULL ? c->scope->schema->server_version : 0;

	return version > 0 && version < major * 10000;
}

/*
 * What a function does with a scale that is not known: it cannot be used, the
 * result's scale is unknown too, or the result does not depend on it.
 */
enum effect { REFUSED, PASSED_ON, SETTLED };

/*
 * The effect of a function of numerics. Those in the table compute a value that
 * does not depend on the scale of their arguments. A comparison, and a number
 * of another type, depend on the value alone.
 */
static enum effect effect_of(const struct sql_fn *fn)
{
	static const struct {
		const char *name;
		enum effect effect;
	} of[] = {
		{"+", PASSED_ON},
		{"-", PASSED_ON},
		{"*", PASSED_ON},
		{"%", PASSED_ON},
		{"mod", PASSED_ON},
		{"@", PASSED_ON},
		{"abs", PASSED_ON},
		{"[]", PASSED_ON},
		{"sign", SETTLED},
		{"div", SETTLED},
		{"round", SETTLED},
		{"trunc", SETTLED},
		{"ceil", SETTLED},
		{"ceiling", SETTLED},
		{"floor", SETTLED},
		{"trim_scale", SETTLED},
		{"scale", REFUSED},
	};

	for (size_t k = 0; k < sizeof of / sizeof of[0]; k++)
		if (strcmp(fn->name, of[k].name) == 0)
			return of[k].effect;
	/* A comparison, or a number of another type, depends on the value alone. */
	return fn->result == PG_BOOL || fn == sql_fit_find(PG_NUMERIC) ||
			       (sql_class_category(fn->result) == 'N' && fn->result != PG_NUMERIC)
		       ? SETTLED
		       : REFUSED;
}

/*
 * Whether an argument's scale is unknown. ARRAY[...] is looked at where it is
 * used, since its elements may still be cast.
 */
static bool has_unscaled(const struct sql_node *x)
{
	for (uint32_t k = 0; k < x->nargs; k++)
		if (x->args[k]->unscaled ||
			(x->args[k]->op == SQL_ARRAY && has_unscaled(x->args[k])))
			return true;
	return false;
}

/*
 * Decides, for a new node, whether its scale is known; c->differs names the
 * function that makes answers differ between versions.
 */
void sql_settle(struct sql_comp *c, struct sql_node *x)
{
	const bool call = x->op == SQL_CALL || x->op == SQL_CALL_NULLS || x->op == SQL_CALL_LAZY;
	enum effect effect = x->type.cls == PG_BOOL ? SETTLED : PASSED_ON;

	if (!has_unscaled(x))
		return;
	if (call)
		effect = effect_of(x->fn);
	if (effect == REFUSED)
		*c->differs = x->fn->name;
	x->unscaled |= effect == PASSED_ON;
}
