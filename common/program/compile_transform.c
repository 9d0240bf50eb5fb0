/* SPDX-License-Identifier: MIT */
/*
 * Transforms of columns in a program: they are prepared, and refused where they
 * would break a promise. A unique column must stay distinct, a value that became
 * text must still fit the column's type, and an aggregate must stay what its
 * children sum up to.
 */
#include "common/program/compile_written.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/genreg.h"

/* ---- distinct values ------------------------------------------------------------------------ */

/* Whether distinct values are distinct after the transform. */
static bool keeps_distinct(const struct compiler *k, uint32_t c, const struct transform *x,
	const msgpack_object *params)
{
	struct transform_key key = {
		.alone = k->alone[c] && !k->loose[c], .apart = (k->equiv[c] & SQL_EQUIV_CASE) != 0};

	return x->op->distinct != NULL && x->op->distinct(x, params, &key, k->a);
}

bool compile_keeps_distinct(const struct compiler *k, uint32_t c, const struct gen *g)
{
	const struct plan_column *pc = &k->b->t->columns[c];
	struct err why = {.kind = ERR_NONE};
	struct compile_chain chain;
	const char *code;

	if (compile_chain(k, c, g->max_bytes, &chain, &code, &why) == -1)
		return false;
	for (uint32_t i = 0; i < chain.n; i++)
		if (!keeps_distinct(k, c, &chain.x[i], pc->transforms[i].params))
			return false;
	return true;
}

/* A number comes after the last transform that could make two texts equal, so that those after it
 * keep their form: the prefix and suffix of a code. */
static int place_suffix(struct compiler *k, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];
	uint32_t after = b->ntransforms;

	while (after > 0 && keeps_distinct(k, c, &b->transforms[after - 1],
				    k->b->t->columns[c].transforms[after - 1].params))
		after--;
	return compile_suffix_after(k, c, after);
}

/* Refuses transforms that may make two values of a unique column equal. Only
 * transforms that are known to keep values apart pass; all others are refused by
 * name. */
static int check_distinct(struct compiler *k, uint32_t c)
{
	const struct plan_column *pc = &k->b->t->columns[c];
	const struct program_column *b = &k->b->columns[c];

	for (uint32_t i = 0; k->member[c] && !k->loose[c] && i < b->ntransforms; i++)
		if (!keeps_distinct(k, c, &b->transforms[i], pc->transforms[i].params))
			return compile_problem(k, "unsupported_unique", false,
				compiler_column(k, c), "leave the transform out",
				"%s may make two values equal, and the column is unique",
				pc->transforms[i].id);
	return 0;
}

/* ---- all columns ---------------------------------------------------------------------------- */

/* Refuses transforms that make text for a column that takes none. */
static int check_type(struct compiler *k, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];
	unsigned f = gen_family(b->gc.base);

	if (b->out_type == b->type || (f & (GF_TEXT | GF_RAW)) != 0)
		return 0;
	return compile_problem(k, "invalid_transform_params", false, compiler_column(k, c), NULL,
		"its transforms make text, which type %s does not take",
		pg_class_name(b->gc.base.type->cls));
}

/* An aggregate must agree with its children's rows, so that nothing may change
 * it. */
static int folded_as_it_is(struct compiler *k, uint32_t c)
{
	const struct plan_column *pc = &k->b->t->columns[c];
	const struct gen_op *op = k->b->columns[c].gen.op;

	if (op == NULL || !op->aggregates || (pc->ntransforms == 0 && !(pc->null_rate > 0)))
		return 0;
	return compile_problem(k, "invalid_transform_params", false, compiler_column(k, c),
		"leave the transform out", "the column is an aggregate of its children's rows");
}

/* Prepares a column's transforms and adds up the bytes that they need. */
static int transforms_of(struct compiler *k, uint32_t c)
{
	struct program_column *b = &k->b->columns[c];
	struct err why = {.kind = ERR_NONE};
	struct compile_chain chain;
	const char *code = NULL;

	if (compile_chain(k, c, b->gen.max_bytes, &chain, &code, &why) == -1) {
		if (why.kind != ERR_NO) {
			*k->e = why;
			return -1;
		}
		return compile_problem(k, code, false, compiler_column(k, c),
			strcmp(code, "unknown_transform_id") == 0
				? transformreg_nearest(k->b->t->columns[c].transforms[chain.n].id)
				: NULL,
			"%s", why.msg);
	}
	b->transforms = chain.x;
	b->ntransforms = chain.n;
	b->out_type = chain.out_type;
	b->max_bytes += chain.bytes;
	if (b->suffix != NULL && place_suffix(k, c) == -1)
		return -1;
	return check_distinct(k, c) == -1 ? -1 : check_type(k, c);
}

/* Text sizes are known here, because transforms are the last to change values. */
int compile_transforms(struct compiler *k)
{
	for (uint32_t c = 0; c < compiler_table(k)->ncolumns; c++) {
		struct program_column *b = &k->b->columns[c];

		if (b->branches_bytes > b->gen.max_bytes)
			b->gen.max_bytes = b->branches_bytes;
		b->max_bytes = b->gen.own_texts ? 0 : b->gen.max_bytes + b->branches_bytes;
		if (folded_as_it_is(k, c) == -1)
			return -1;
		if (compile_transformed(k, c) && transforms_of(k, c) == -1)
			return -1;
	}
	return 0;
}
