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

/** xform_never_cuts(x, max): no text that comes in and may be written is longer than ${max}
 *  characters. */
bool xform_never_cuts(const struct xform *x, int64_t max);

/** xform_limit(c): the most characters the column holds, UINT32_MAX for any. */
uint32_t xform_limit(const struct gen_column *c);

/** xform_template(x, text, a, e): every {value} in ${text} stands for the value. */
int xform_template(struct xform *x, const char *text, struct arena *a, struct err *e);
void xform_apply_template(
	const struct xform *x, const uint64_t *row, uint32_t n, struct vec *v, struct gen_heap *h);

/*
 * xform_before_...: .before of each transform (gen.h): what it asks of the values that it gets, by
 * what is asked of those that it leaves.
 */
typedef int xform_before_fn(const msgpack_object *params, struct sql_domain *d,
	enum xform_before how, struct arena *a, struct err *e);

xform_before_fn xform_before_any, xform_before_same, xform_before_cut, xform_before_affix,
	xform_before_case, xform_before_format;

/* What stands around the values in the text that a template makes. */
enum { XFORM_PIECES = 16 };

struct xform_pieces {
	const char *piece[XFORM_PIECES]; /* with a value between each and the next */
	uint32_t n;
};

/** xform_split(p, text, a): the pieces of a template, in which {value} stands for the value: 0;
 *  1: they are more than XFORM_PIECES; -1: no memory. */
int xform_split(struct xform_pieces *p, const char *text, struct arena *a);

/** xform_affixes(p, params, a): those of a prefix and a suffix; false: no memory. */
bool xform_affixes(struct xform_pieces *p, const msgpack_object *params, struct arena *a);

/** xform_recase(mode, p, n, to): the n bytes of a text in upper, lower or title case ('u', 'l',
 *  't'), as many bytes of ${to}. */
void xform_recase(char mode, const char *p, size_t n, char *to);

#endif
