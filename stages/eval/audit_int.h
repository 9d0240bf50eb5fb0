/* SPDX-License-Identifier: MIT */
#ifndef EVAL_AUDIT_INT_H
#define EVAL_AUDIT_INT_H

#include "stages/eval/audit.h"

/*
 * audit_int: shared by those who ask, which are audit (tables), audit_block and audit_codes (blocks
 * of rows), and by the makers of rules, which are audit_rules (tables, columns), audit_check,
 * audit_deep (domains within other types), audit_key and audit_keys.  audit_exclude is both.
 */

/* The number of every row that the database has. */
#define AUDIT_EXISTING UINT64_MAX

/* What a pass over a table has at hand. */
struct audit_pass {
	struct audit *u;
	struct audit_table *t;
	struct dec_block block;
	const struct vec **cols; /* of the block, computed ones included */
	struct vec *computed;	 /* [t->ncomputed] */
	struct arena tmp;	 /* of the block */
	uint8_t pass[VEC_BLOCK]; /* an enum sql_verdict, or whether a partial index has the row */
	bool existing;		 /* the rows are the database's: they have no number */
	bool failed;		 /* memory was out where nobody could be told */
	struct err *e;
};

/** audit_block(s): ask every rule of the table of the block in s->block. */
int audit_block(struct audit_pass *s);

/** audit_unreadable(s, cols, n, row): whether the files' value of one of these columns could not be
 *  read. */
bool audit_unreadable(const struct audit_pass *s, const uint32_t *cols, uint32_t n, uint32_t row);

/** audit_collect_key(s, k): the block's codes of a key; audit_collect_fk(s, f): of a foreign key.
 */
int audit_collect_key(struct audit_pass *s, struct audit_key *k);
int audit_collect_fk(struct audit_pass *s, struct audit_fk *f);

/** audit_key_free(k), audit_fk_free(f): what was collected of a key, once nobody asks for it. */
void audit_key_free(struct audit_key *k);
void audit_fk_free(struct audit_fk *f);

/** audit_key_vectors(s, k, v, made): the vectors of a key, expressions evaluated into ${made}, and
 *  in s->pass which rows its predicate takes: 1; 0 when a column is not in the files; -1.  Rows
 *  whose expression or predicate cannot be evaluated are left out, which the rule is told. */
int audit_key_vectors(
	struct audit_pass *s, const struct audit_key *k, const struct vec **v, struct vec *made);

/** audit_key_code(s, k, v, i, h): the code of row ${i}; how many NULLs are in it; -1: the row is
 *  not looked at. */
int audit_key_code(const struct audit_pass *s, struct audit_key *k, const struct vec *const *v,
	uint32_t i, struct keyhash *h);

/* ---- the making of rules ---- */

/** audit_path(u, t, cols, n): "schema.table" and, with columns, ".c1,c2"; NULL when memory is
 *  out. */
const char *audit_path(struct audit *u, const struct pg_table *t, const uint32_t *cols, uint32_t n);

/** audit_class(c): the class of a column's type; audit_is_raw(c): whether its values are held as
 * the text of their input function. */
enum pg_class audit_class(const struct pg_column *c);
bool audit_is_raw(const struct pg_column *c);

/** audit_absent(u, t, cols, n): why the values of these columns are not at hand, or NULL. */
const char *audit_absent(
	struct audit *u, const struct audit_table *t, const uint32_t *cols, uint32_t n);

struct sql_scope audit_scope(const struct audit *u, const struct pg_table *t);

/** audit_compile(u, scope, text, x, why, e): what is not covered is told in ${why} and leaves *x
 *  NULL; -1 when memory is out. */
int audit_compile(struct audit *u, const struct sql_scope *scope, const char *text,
	struct sql_expr **x, const char **why, struct err *e);

/** audit_compiled(u, st, x, why, e): the same of what ${st} is the outcome of. */
int audit_compiled(
	struct audit *u, enum sql_status st, struct sql_expr **x, const char **why, struct err *e);

/** audit_compile_row(u, t, text, x, why, e): the same of an expression over the rows of ${t};
 *  ${why} also tells where values that it reads are not at hand. */
int audit_compile_row(struct audit *u, struct audit_table *t, const char *text, struct sql_expr **x,
	const char **why, struct err *e);

/** why the files cannot answer for a domain within another type */
extern const char audit_why_deep[];

/** audit_table_checks(u, t, e): a rule for each check of the table. */
int audit_table_checks(struct audit *u, struct audit_table *t, struct err *e);

/** audit_domain_checks(u, t, col, d, deep, e): a rule for each check of domain ${d}, which column
 *  ${col} has; or which lies within its type, where query ${deep} has the values. */
int audit_domain_checks(struct audit *u, struct audit_table *t, uint32_t col,
	const struct pg_type *d, const char *deep, struct err *e);

/** audit_deep_rules(u, t, col, e): rules of the domains within the type of a column: in the
 * elements of arrays, the bounds of ranges, the attributes of composite types. */
int audit_deep_rules(struct audit *u, struct audit_table *t, uint32_t col, struct err *e);

/** audit_key_parts(u, t, key, k, why, e): the elements of a key that compares by =, NULLs and
 *  predicate; ${why} tells why it cannot be evaluated. */
struct pg_key;
int audit_key_parts(struct audit *u, struct audit_table *t, const struct pg_key *key,
	struct audit_key *k, const char **why, struct err *e);

/** audit_key_columns(u, k, t, cols, n): the same of plain columns, in ascending order.
 *  audit_sort_columns(key, partner, n): sort the pairs by ${key}, so that equal sets of columns are
 *  equal keys.  audit_spellings(u, c): why values of a column that differ in bytes may be equal, or
 *  NULL where they cannot. */
void audit_key_columns(struct audit *u, struct audit_key *k, const struct pg_table *t,
	const uint32_t *cols, uint32_t n);
void audit_sort_columns(uint32_t *key, uint32_t *partner, uint32_t n);
const char *audit_spellings(struct audit *u, const struct pg_column *c);

/** audit_exclusion_rule(u, t, r, e): rule ${r} is of a key that rows are excluded by. */
int audit_exclusion_rule(struct audit *u, struct audit_table *t, struct rule *r, struct err *e);

/** audit_implied_keys(u, t): once all rows are seen: a key that could not be evaluated holds where
 *  another one that does leaves nothing to ask of it. */
void audit_implied_keys(struct audit *u, const struct audit_table *t);

int audit_key_rules(struct audit *u, struct audit_table *t, struct err *e);

/** audit_fk_rules(u, t, e): after the keys of every table. */
int audit_fk_rules(struct audit *u, struct audit_table *t, struct err *e);

#endif
