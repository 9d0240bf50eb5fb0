/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_TRANSFORM_H
#define COMMON_GEN_TRANSFORM_H

#include <stdint.h>

#include "common/generators/gen.h"

/*
 * gen_xform: what transforms share.
 */

struct err;

/** transform_wants_text(x, e): 0 when what comes in is text, else ERR_NO. */
int transform_wants_text(const struct transform *x, struct err *e);

/** transform_not_unique(x, e): ERR_NO on a unique column: the transform can make values alike. */
int transform_not_unique(const struct transform *x, struct err *e);

/** transform_limit(c): the most characters the column holds, UINT32_MAX for any. */
uint32_t transform_limit(const struct gen_column *c);

/** transform_template(x, text, a, e): every {value} in ${text} stands for the value. */
int transform_template(struct transform *x, const char *text, struct arena *a, struct err *e);
void transform_apply_template(const struct transform *x, const uint64_t *row, uint32_t n,
	struct vec *v, struct gen_heap *h);

/*
 * transform_before_...: .before of each transform (gen.h): what it asks of the values that it gets,
 * by what is asked of those that it leaves.
 */
typedef int transform_before_fn(const msgpack_object *params, struct sql_domain *d,
	enum transform_before how, struct arena *a, struct err *e);

transform_before_fn transform_before_any, transform_before_cut, transform_before_affix,
	transform_before_case, transform_before_format;

/* What stands around the values in the text that a template makes. */
enum { XFORM_PIECES = 16 };

struct transform_pieces {
	const char *piece[XFORM_PIECES]; /* with a value between each and the next */
	uint32_t n;
};

/** transform_split(p, text, a): the pieces of a template, in which {value} stands for the value: 0;
 *  1: they are more than XFORM_PIECES; -1: no memory. */
int transform_split(struct transform_pieces *p, const char *text, struct arena *a);

/** transform_affixes(p, params, a): those of a prefix and a suffix; false: no memory. */
bool transform_affixes(struct transform_pieces *p, const msgpack_object *params, struct arena *a);

/** transform_recase(mode, p, n, to): the n bytes of a text in upper, lower or title case ('u', 'l',
 *  't'), as many bytes of ${to}. */
void transform_recase(char mode, const char *p, size_t n, char *to);

#endif
