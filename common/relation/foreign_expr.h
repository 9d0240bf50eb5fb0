/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FOREIGN_EXPR_H
#define COMMON_FOREIGN_EXPR_H

#include "common/relation/foreign_int.h"
#include "common/sql/sql.h"

/*
 * foreign_expr: an expression of a relationship rule, over columns of the parent, read from its
 * mapped keys.
 */

struct foreign_expr {
	const struct foreign *fc;
	uint32_t fk;
	struct sql_expr *x;
	struct vec *vecs; /* by the parent's column, those it reads */
	const struct vec **cols;
	struct arena a, tmp;
};

/** foreign_expr_open(x, fc, fk, text, what, e): compile ${text}, which the rule calls ${what}:
 *  "where".  To be closed in either case. */
int foreign_expr_open(struct foreign_expr *x, const struct foreign *fc, uint32_t fk,
	const char *text, const char *what, struct err *e);
void foreign_expr_close(struct foreign_expr *x);

/** foreign_expr_value(x, row, n, out, e): its values at rows of the parent, NULL where it has
 *  none; valid until the next call. */
int foreign_expr_value(
	struct foreign_expr *x, const uint64_t *row, uint32_t n, struct vec *out, struct err *e);

#endif
