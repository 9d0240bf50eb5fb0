/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_TRANSFORM_H
#define COMMON_GEN_TRANSFORM_H

#include <stdint.h>

#include "common/generators/gen.h"

/*
 * gen_xform: what transforms share.
 */

struct err;

/** xform_wants_text(x, e): 0 when what comes in is text, else ERR_NO. */
int xform_wants_text(const struct xform *x, struct err *e);

/** xform_not_unique(x, e): ERR_NO on a unique column: the transform can make values alike. */
int xform_not_unique(const struct xform *x, struct err *e);

/** xform_limit(c): the most characters the column holds, UINT32_MAX for any. */
uint32_t xform_limit(const struct gen_column *c);

/** xform_template(x, text, a, e): every {value} in ${text} stands for the value. */
int xform_template(struct xform *x, const char *text, struct arena *a, struct err *e);
void xform_apply_template(
	const struct xform *x, const uint64_t *row, uint32_t n, struct vec *v, struct gen_heap *h);

#endif
