/* SPDX-License-Identifier: MIT */
/*
 * Transforms of columns in a program: they are prepared, and refused where they
 * would break a promise. A unique column must stay distinct, a value that became
 * text must still fit the column's type, and an aggregate must stay what its
 * children sum up to.
 */
#include "common/program/compile_written.h"

#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/gen_transform.h"
#include "common/generators/genreg.h"
#include "common/io/msgpack.h"

/* ---- a column's transforms, one after the other --------------------------------------------- */

/* ---- distinct values ------------------------------------------------------------------------ */

enum { HASH_LEAST = 16 /* hexadecimal digits, 64 bits */ };

/* Hashes of 64 bits are taken to be distinct; masks of the format are if the
 * column's own row number stands in them. */
static bool mask_distinct(const struct compiler *k, uint32_t c, const struct transform *x,
	const msgpack_object *params)
{
	struct view mode = mp_get_view(params, "mode");

	if (view_eq(mode, view_of("hash")))
		return transform_limit(x->col) >= HASH_LEAST;
	/* a token of the row stands in place of what is hidden */
	return view_eq(mode, view_of("format_preserving")) && k->alone[c] && x->col->unique;
}

/* Whether distinct values are distinct after the transform, of which x is the
 * prepared form. */
static bool keeps_distinct(const struct compiler *k, uint32_t c, const struct plan_transform *px,
	const struct transform *x)
{
	int64_t max = 0;
	struct transform_pieces p;
	const char *text = NULL;

	if (strcmp(px->id, "transform.null_rate") == 0 ||
		strcmp(px->id, "transform.prefix_suffix") == 0)
		return true;
	if (px->params == NULL)
		return false;
	if (strcmp(px->id, "transform.mask") == 0)
		return mask_distinct(k, c, x, px->params);
	if (strcmp(px->id, "transform.casing") == 0)
		return (k->equiv[c] & SQL_EQUIV_CASE) != 0; /* they differ in more than that */
	if (strcmp(px->id, "transform.truncate") == 0)
		return gen_arg_int(px->params, "max_len", &max) && transform_never_cuts(x, max);
	/* its length tells how long the value is, and what begins after the first piece is it */
	return strcmp(px->id, "transform.format") == 0 &&
	       gen_arg_string(px->params, "template", k->a, &text) && text != NULL &&
	       transform_split(&p, text, k->a) == 0 && p.n > 1;
}

/* Refuses transforms that may make two values of a unique column equal. Only
 * transforms that are known to keep values apart pass; all others are refused by
 * name. */
static int check_distinct(struct compiler *k, uint32_t c)
{
	const struct plan_column *pc = &k->b->t->columns[c];
	const struct program_column *b = &k->b->columns[c];

	for (uint32_t i = 0; k->member[c] && i < b->ntransforms; i++)
		if (!keeps_distinct(k, c, &pc->transforms[i], &b->transforms[i]))
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
