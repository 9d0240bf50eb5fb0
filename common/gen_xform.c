/* SPDX-License-Identifier: MIT */
#include "common/gen_kit.h"

#include "common/err.h"

static int prepare_null_rate(struct xform *x, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	double rate = -1;

	(void)a;
	(void)gen_arg_float(params, "rate", &rate);
	if (!(rate >= 0 && rate <= 1))
		return err_set(e, ERR_NO, "%s: rate is not from 0 to 1", x->op->id);
	if (rate > 0 && pg_column_not_null(c->column))
		return err_set(e, ERR_NO, "%s: the column is NOT NULL", x->op->id);
	x->null_rate = rate;
	return 0;
}

/* The engine draws the NULLs, together with the column's own. */
static void pass(
	const struct xform *x, const uint64_t *row, uint32_t n, struct vec *v, struct gen_heap *h)
{
	(void)x;
	(void)row;
	(void)n;
	(void)v;
	(void)h;
}

static const struct gen_param null_rate_params[] = {
	{"rate", GP_FLOAT, true, NULL, "share of NULLs, from 0 to 1"},
	{0},
};

const struct xform_op gen_xform_ops[] = {
	{.id = "transform.null_rate",
		.help = "NULL in a share of the rows",
		.params = null_rate_params,
		.prepare = prepare_null_rate,
		.apply = pass},
	{0},
};
