/* SPDX-License-Identifier: MIT */
#include "common/program/compile_written.h"

#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/gen_transform.h"
#include "common/generators/genreg.h"
#include "common/io/msgpack.h"

/* ---- a column's transforms, one after the other --------------------------------------------- */

/* What a transform is told of its column: what checks say of the values that leave it. */
static const struct gen_column *column_after(
	const struct binder *k, uint32_t c, uint32_t i, struct err *why)
{
	struct gen_column *gc = arena_alloc(k->a, sizeof(*gc));
	struct sql_domain *d = arena_alloc(k->a, sizeof(*d));

	if (gc == NULL || d == NULL) {
		(void)err_nomem(why);
		return NULL;
	}
	*gc = k->b->columns[c].gc;
	gc->dom = NULL;
	if (!bind_written_domain(k, c, d))
		return gc;
	switch (bind_take_back(k, c, i + 1, XFORM_ALL, d, why)) {
	case 0:
		gc->dom = d;
		return gc;
	case 1:
		return gc; /* bind_written() reports it */
	default:
		return NULL;
	}
}

static int prepare(const struct binder *k, uint32_t c, uint32_t i, struct bind_chain *to,
	const char **code, struct err *why)
{
	const struct plan_xform *px = &k->b->t->columns[c].xforms[i];
	const struct xform_op *op = xformreg_find(px->id);
	const struct gen_column *gc;
	struct xform *x = &to->x[i];
	char purpose[32];

	*code = "unknown_transform_id";
	if (op == NULL)
		return err_set(why, ERR_NO, "unknown transform %s", px->id);
	*code = "invalid_transform_params";
	if ((gc = column_after(k, c, i, why)) == NULL)
		return -1;
	(void)snprintf(purpose, sizeof(purpose), "transform %u", i);
	*x = (struct xform){.key = bind_key_of(k, bind_column(k, c)->name, purpose),
		.salt = rng_key(k->b->plan->seed, NULL, 0, "salt"),
		.in_type = to->out_type,
		.in_scale = k->b->columns[c].scale,
		.in_bytes = to->last_bytes};
	if (xform_prepare(x, op, gc, px->params, k->a, why) == -1)
		return -1;
	if (x->makes_text)
		to->out_type = VT_TEXT;
	to->last_bytes = x->max_bytes > 0 ? x->max_bytes : x->in_bytes;
	to->bytes += to->last_bytes;
	to->n = i + 1;
	return 0;
}

int bind_chain(const struct binder *k, uint32_t c, uint32_t bytes, struct bind_chain *to,
	const char **code, struct err *why)
{
	const struct plan_column *pc = &k->b->t->columns[c];

	*to = (struct bind_chain){.x = arena_array(k->a, pc->nxforms + 1UL, sizeof(to->x[0])),
		.out_type = k->b->columns[c].type,
		.last_bytes = bytes};
	if (to->x == NULL)
		return err_nomem(why);
	for (uint32_t i = 0; i < pc->nxforms; i++)
		if (prepare(k, c, i, to, code, why) == -1)
			return -1;
	return 0;
}

/* ---- distinct values ------------------------------------------------------------------------ */

enum { HASH_LEAST = 16 /* hexadecimal digits, 64 bits */ };

static bool mask_distinct(
	const struct binder *k, uint32_t c, const struct xform *x, const msgpack_object *params)
{
	struct view mode = mpk_get_view(params, "mode");

	if (view_eq(mode, view_of("hash")))
		return xform_limit(x->col) >= HASH_LEAST;
	/* a token of the row stands in place of what is hidden */
	return view_eq(mode, view_of("format_preserving")) && k->alone[c] && x->col->unique;
}

/* Whether distinct values are distinct after the transform, of which ${x} is the prepared form. */
static bool keeps_distinct(
	const struct binder *k, uint32_t c, const struct plan_xform *px, const struct xform *x)
{
	int64_t max = 0;
	struct xform_pieces p;
	const char *text = NULL;

	if (strcmp(px->id, "transform.null_rate") == 0 ||
		strcmp(px->id, "transform.prefix_suffix") == 0)
		return true;
	if (px->params == NULL)
		return false;
	if (strcmp(px->id, "transform.mask") == 0)
		return mask_distinct(k, c, x, px->params);
	if (strcmp(px->id, "transform.casing") == 0)
		return (k->fold[c] & SQL_FOLD_CASE) != 0; /* they differ in more than that */
	if (strcmp(px->id, "transform.truncate") == 0)
		return gen_arg_int(px->params, "max_len", &max) && xform_never_cuts(x, max);
	/* its length tells how long the value is, and what begins after the first piece is it */
	return strcmp(px->id, "transform.format") == 0 &&
	       gen_arg_string(px->params, "template", k->a, &text) && text != NULL &&
	       xform_split(&p, text, k->a) == 0 && p.n > 1;
}

static int check_distinct(struct binder *k, uint32_t c)
{
	const struct plan_column *pc = &k->b->t->columns[c];
	const struct bound_column *b = &k->b->columns[c];

	for (uint32_t i = 0; k->member[c] && i < b->nxforms; i++)
		if (!keeps_distinct(k, c, &pc->xforms[i], &b->xforms[i]))
			return bind_problem(k, "unsupported_unique", false, bind_column(k, c),
				"leave the transform out",
				"%s may make two values equal, and the column is unique",
				pc->xforms[i].id);
	return 0;
}

/* ---- all columns ---------------------------------------------------------------------------- */

/* A value that became text must still be one of the column's type. */
static int check_type(struct binder *k, uint32_t c)
{
	const struct bound_column *b = &k->b->columns[c];
	unsigned f = gen_family(b->gc.base);

	if (b->out_type == b->type || (f & (GF_TEXT | GF_RAW)) != 0)
		return 0;
	return bind_problem(k, "invalid_transform_params", false, bind_column(k, c), NULL,
		"its transforms make text, which type %s does not take",
		pg_class_name(b->gc.base.type->cls));
}

/* An aggregate is what it is. */
static int folded_as_it_is(struct binder *k, uint32_t c)
{
	const struct plan_column *pc = &k->b->t->columns[c];
	const struct gen_op *op = k->b->columns[c].gen.op;

	if (op == NULL || !op->folds || (pc->nxforms == 0 && !(pc->null_rate > 0)))
		return 0;
	return bind_problem(k, "invalid_transform_params", false, bind_column(k, c),
		"leave the transform out", "the column is an aggregate of its children's rows");
}

static int transforms_of(struct binder *k, uint32_t c)
{
	struct bound_column *b = &k->b->columns[c];
	struct err why = {.kind = ERR_NONE};
	struct bind_chain chain;
	const char *code = NULL;

	if (bind_chain(k, c, b->gen.max_bytes, &chain, &code, &why) == -1) {
		if (why.kind != ERR_NO) {
			*k->e = why;
			return -1;
		}
		return bind_problem(k, code, false, bind_column(k, c),
			strcmp(code, "unknown_transform_id") == 0
				? xformreg_nearest(k->b->t->columns[c].xforms[chain.n].id)
				: NULL,
			"%s", why.msg);
	}
	b->xforms = chain.x;
	b->nxforms = chain.n;
	b->out_type = chain.out_type;
	b->max_bytes += chain.bytes;
	return check_distinct(k, c) == -1 ? -1 : check_type(k, c);
}

int bind_xforms(struct binder *k)
{
	for (uint32_t c = 0; c < bind_table(k)->ncolumns; c++) {
		struct bound_column *b = &k->b->columns[c];

		if (b->ways_bytes > b->gen.max_bytes)
			b->gen.max_bytes = b->ways_bytes;
		b->max_bytes = b->gen.own_texts ? 0 : b->gen.max_bytes + b->ways_bytes;
		if (folded_as_it_is(k, c) == -1)
			return -1;
		if (bind_transformed(k, c) && transforms_of(k, c) == -1)
			return -1;
	}
	return 0;
}
