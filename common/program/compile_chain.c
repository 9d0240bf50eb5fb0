/* SPDX-License-Identifier: MIT */
#include "common/program/compile_written.h"

#include <stdio.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/gen_transform.h"
#include "common/generators/genreg.h"

/* The transforms of a column, prepared one after the other: each works on what the one before it
 * leaves. */

/* What may be written to the column: what its checks leave, no longer than its
 * type. */
bool compile_written_domain(const struct compiler *k, uint32_t c, struct sql_domain *d)
{
	int32_t limit = gen_declared_limit(&k->b->columns[c].gc);

	if (k->narrow.dom == NULL)
		return false;
	*d = k->written[c] != NULL ? *k->written[c] : k->narrow.dom[c];
	if (limit >= 0 && (uint32_t)limit < d->max_len)
		d->max_len = (uint32_t)limit;
	return true;
}

/* Asks the transforms, last one first, which values lead to those that may be
 * written. */
int compile_take_back(const struct compiler *k, uint32_t c, uint32_t from,
	enum transform_before how, struct sql_domain *d, struct err *why)
{
	const struct plan_column *pc = &k->b->t->columns[c];

	for (uint32_t i = pc->ntransforms; i-- > from;) {
		const struct transform_op *op = transformreg_find(pc->transforms[i].id);
		int rc = op == NULL || op->before == NULL
				 ? 0
				 : op->before(pc->transforms[i].params, d, how, k->a, why);

		if (rc != 0)
			return rc;
	}
	return 0;
}

/* What a transform is told of its column: what the checks say of the values that
 * leave it, taken back through the transforms after it. */
static const struct gen_column *column_after(
	const struct compiler *k, uint32_t c, uint32_t i, struct err *why)
{
	struct gen_column *gc = arena_alloc(k->a, sizeof(*gc));
	struct sql_domain *d = arena_alloc(k->a, sizeof(*d));

	if (gc == NULL || d == NULL) {
		(void)err_nomem(why);
		return NULL;
	}
	*gc = k->b->columns[c].gc;
	gc->dom = NULL;
	if (!compile_written_domain(k, c, d))
		return gc;
	switch (compile_take_back(k, c, i + 1, XFORM_ALL, d, why)) {
	case 0:
		gc->dom = d;
		return gc;
	case 1:
		return gc; /* compile_written() reports it */
	default:
		return NULL;
	}
}

/* Prepares one transform, with the type and size of what the one before it
 * leaves. Its random stream is named by its place, so that two equal transforms
 * of a column draw differently. */
static int prepare(const struct compiler *k, uint32_t c, uint32_t i, struct compile_chain *to,
	const char **code, struct err *why)
{
	const struct plan_transform *px = &k->b->t->columns[c].transforms[i];
	const struct transform_op *op = transformreg_find(px->id);
	const struct gen_column *gc;
	struct transform *x = &to->x[i];
	char purpose[32];

	*code = "unknown_transform_id";
	if (op == NULL || op->apply == NULL)
		return err_set(why, ERR_NO, "unknown transform %s", px->id);
	*code = "invalid_transform_params";
	if ((gc = column_after(k, c, i, why)) == NULL)
		return -1;
	(void)snprintf(purpose, sizeof(purpose), "transform %u", i);
	*x = (struct transform){.key = compile_key_of(k, compiler_column(k, c)->name, purpose),
		.salt = rng_key(k->b->plan->seed, NULL, 0, "salt"),
		.in_type = to->out_type,
		.in_scale = k->b->columns[c].scale,
		.in_bytes = to->last_bytes};
	if (transform_prepare(x, op, gc, px->params, k->a, why) == -1)
		return -1;
	if (x->makes_text)
		to->out_type = VT_TEXT;
	to->last_bytes = x->max_bytes > 0 ? x->max_bytes : x->in_bytes;
	to->bytes += to->last_bytes;
	to->n = i + 1;
	return 0;
}

/* Prepares all transforms of a column. If one fails, to->n says which. */
int compile_chain(const struct compiler *k, uint32_t c, uint32_t bytes, struct compile_chain *to,
	const char **code, struct err *why)
{
	const struct plan_column *pc = &k->b->t->columns[c];

	*to = (struct compile_chain){
		.x = arena_array(k->a, pc->ntransforms + 1UL, sizeof(to->x[0])),
		.out_type = k->b->columns[c].type,
		.last_bytes = bytes};
	if (to->x == NULL)
		return err_nomem(why);
	for (uint32_t i = 0; i < pc->ntransforms; i++)
		if (prepare(k, c, i, to, code, why) == -1)
			return -1;
	return 0;
}
