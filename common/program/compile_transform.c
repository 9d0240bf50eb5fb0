/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include <stdio.h>
#include <string.h>

#include "common/base/rng.h"
#include "common/generators/genreg.h"
#include "common/io/msgpack.h"

/* Transforms that never make two different values equal. */
bool bind_keeps_distinct(const struct plan_xform *x)
{
	static const struct {
		const char *id, *param, *value;
	} known[] = {
		{"transform.null_rate", NULL, NULL},
		{"transform.prefix_suffix", NULL, NULL},
		{"transform.mask", "mode", "hash"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(x->id, known[i].id) != 0)
			continue;
		return known[i].param == NULL ||
		       (x->params != NULL && view_eq(mpk_get_view(x->params, known[i].param),
						     view_of(known[i].value)));
	}
	return false;
}

static int prepare(struct binder *k, uint32_t c, uint32_t i)
{
	const struct plan_xform *px = &k->b->t->columns[c].xforms[i];
	const struct xform_op *op = xformreg_find(px->id);
	struct bound_column *b = &k->b->columns[c];
	struct xform *x = &b->xforms[i];
	struct err why = {.kind = ERR_NONE};
	char purpose[32];

	if (op == NULL)
		return bind_problem(k, "unknown_transform_id", false, bind_column(k, c),
			xformreg_nearest(px->id), "unknown transform %s", px->id);
	(void)snprintf(purpose, sizeof(purpose), "transform %u", i);
	*x = (struct xform){.key = bind_key_of(k, bind_column(k, c)->name, purpose),
		.salt = rng_key(k->b->plan->seed, NULL, 0, "salt"),
		.in_type = b->out_type,
		.in_scale = b->scale,
		.in_bytes = b->gen.max_bytes};
	if (i > 0 && b->xforms[i - 1].max_bytes > 0)
		x->in_bytes = b->xforms[i - 1].max_bytes;
	else if (i > 0)
		x->in_bytes = b->xforms[i - 1].in_bytes;
	if (xform_prepare(x, op, &b->gc, px->params, k->a, &why) == -1) {
		if (why.kind != ERR_NO) {
			*k->e = why;
			return -1;
		}
		return bind_problem(k, "invalid_transform_params", false, bind_column(k, c), NULL,
			"%s", why.msg);
	}
	if (x->makes_text)
		b->out_type = VT_TEXT;
	b->max_bytes += x->max_bytes > 0 ? x->max_bytes : x->in_bytes;
	if (k->member[c] && !bind_keeps_distinct(px))
		return bind_problem(k, "unsupported_unique", false, bind_column(k, c),
			"leave the transform out",
			"%s may make two values equal, and the column is unique", px->id);
	return 0;
}

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

int bind_xforms(struct binder *k)
{
	for (uint32_t c = 0; c < bind_table(k)->ncolumns; c++) {
		const struct plan_column *pc = &k->b->t->columns[c];
		struct bound_column *b = &k->b->columns[c];

		if (b->ways_bytes > b->gen.max_bytes)
			b->gen.max_bytes = b->ways_bytes;
		b->max_bytes = b->gen.own_texts ? 0 : b->gen.max_bytes + b->ways_bytes;
		if (folded_as_it_is(k, c) == -1)
			return -1;
		if (pc->nxforms == 0 || !b->output || b->source == PLAN_ALWAYS_NULL)
			continue;
		b->xforms = arena_array(k->a, pc->nxforms, sizeof(b->xforms[0]));
		if (b->xforms == NULL)
			return err_nomem(k->e);
		for (; b->nxforms < pc->nxforms; b->nxforms++)
			if (prepare(k, c, b->nxforms) == -1)
				return -1;
		if (check_type(k, c) == -1)
			return -1;
	}
	return 0;
}
