/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/generators/genreg.h"

/* What every pass of the compiler needs: to report a problem, to name a stream, to prepare a
 * generator. */

/* Reports a problem, or, where nobody collects them, makes the first one the
 * error. An attempt that may be followed by another one only notes it. */
int compile_problem(struct compiler *k, const char *code, bool warning, const struct pg_column *c,
	const char *hint, const char *fmt, ...)
{
	const struct pg_table *t = compiler_table(k);
	char msg[512];
	va_list ap;

	if (k->quiet) {
		k->failed = k->failed != NULL ? k->failed : "";
		return 0;
	}
	va_start(ap, fmt);
	(void)vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	k->refused = k->refused || !warning;
	if (k->report != NULL) {
		k->report->problem(k->report->ctx, code, warning, t, c, msg, hint);
		return 0;
	}
	if (warning)
		return 0;
	return err_set(k->e, ERR_NO, "%s.%s%s%s: %s%s%s", t->schema, t->name, c ? "." : "",
		c ? c->name : "", msg, hint ? ": " : "", hint ? hint : "");
}

/* The name of a random stream: seed, table, name and purpose. */
uint64_t compile_key_of(const struct compiler *k, const char *name, const char *purpose)
{
	return plan_stream(k->b->plan, k->b->t, name, purpose);
}

/* Whether the column's values are drawn from an index, so that they can be drawn
 * again or be a key's digit. */
bool compile_draws(const struct compiler *k, uint32_t c)
{
	const struct program_column *col = &k->b->columns[c];

	return col->source == PLAN_GENERATOR && col->gen.op != NULL && !col->gen.op->derives &&
	       !col->gen.affine;
}

/* Whether an index of the column may be a digit: of a unique key, or beside the slots of an
 * exclusion constraint. Its values may then have no weights, by which different indexes would give
 * the same one. */
static bool is_of_key(const struct compiler *k, uint32_t c)
{
	for (uint32_t i = 0; i < k->nintervals; i++)
		if (compile_set_has(&k->intervals[i].of, c))
			return true;
	return k->member[c];
}

bool compile_is_untouched(const struct compiler *k, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];

	if (!compile_draws(k, c) || b->pick != DRAW_RANDOM || b->nlimits > 0 || b->disjunction >= 0)
		return false;
	for (uint32_t i = 0; i < k->narrow.norders; i++)
		if (k->narrow.orders[i].left == c || k->narrow.orders[i].right == c)
			return false;
	return true;
}

/* Prepares the column's generator with what the checks have left of the column. */
int compile_plain_generator(const struct compiler *k, uint32_t c, bool unique, uint64_t rows,
	struct gen *g, struct err *e)
{
	const struct plan_column *pc = &k->b->t->columns[c];
	const struct gen_op *op = genreg_find(pc->gen);
	struct gen_column *gc = &k->b->columns[c].gc;
	int letters;

	if (op == NULL)
		return err_set(e, ERR_NO, "unknown generator %s", pc->gen);
	gc->dom = k->narrow.dom != NULL ? &k->narrow.dom[c] : NULL;
	if ((letters = compile_letters(k, c, &gc->dom)) == -1)
		return err_set(e, ERR_NO,
			"its checks do not allow texts of letters and digits of "
			"one length, as an expression of a unique key needs");
	gc->unique = unique && !k->loose[c];
	gc->distinct = !k->loose[c] && (unique || is_of_key(k, c));
	gc->rows = rows;
	g->op = op;
	if ((k->equiv[c] != 0 && !letters && !k->loose[c]
			    ? compile_equivalent(k, c, gc, pc->params, g, e)
			    : gen_prepare(g, op, gc, pc->params, k->a, e)) == -1)
		return -1;
	if (g->ordinal && g->space == 0)
		g->space = ((uint64_t)g->hi - (uint64_t)g->lo) / (uint64_t)g->step + 1;
	return 0;
}
