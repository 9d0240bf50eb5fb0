/* SPDX-License-Identifier: MIT */
#ifndef EVAL_AUDIT_INT_H
#define EVAL_AUDIT_INT_H

#include "stages/eval/audit.h"

/*
 * audit_int: shared by the makers of rules, which are audit_rules (tables, columns,
 * checks) and audit_keys.
 */

/** audit_path(u, t, cols, n): "schema.table" and, with columns, ".c1,c2"; NULL when memory is
 *  out. */
const char *audit_path(struct audit *u, const struct pg_table *t, const uint32_t *cols, uint32_t n);

/** audit_absent(u, t, cols, n): why the values of these columns are not at hand, or NULL. */
const char *audit_absent(
	struct audit *u, const struct audit_table *t, const uint32_t *cols, uint32_t n);

struct sql_scope audit_scope(const struct audit *u, const struct pg_table *t);

/** audit_compile(u, scope, text, x, why, e): what is not covered is told in ${why} and leaves *x
 *  NULL; -1 when memory is out. */
int audit_compile(struct audit *u, const struct sql_scope *scope, const char *text,
	struct sql_expr **x, const char **why, struct err *e);

int audit_key_rules(struct audit *u, struct audit_table *t, struct err *e);

/** audit_fk_rules(u, t, e): after the keys of every table. */
int audit_fk_rules(struct audit *u, struct audit_table *t, struct err *e);

#endif
