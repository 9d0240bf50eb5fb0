/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_H
#define COMMON_SQL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/vec.h"
#include "common/schema/schema.h"
#include "common/sql/sql_num.h"

/*
 * sql: PostgreSQL's expressions, as PostgreSQL means them.
 *
 * Text is parsed by PostgreSQL's own parser (libpg_query), typed against the
 * columns of a table, and evaluated over blocks of rows with three-valued
 * logic.  What the compiler does not cover is refused by name: the node or the
 * function that stopped it.  Nothing is assumed true.
 *
 * One compiled form is used three ways: narrowing (before drawing), verifying
 * (a block being made), auditing (eval).
 *
 * The clock stands still: CURRENT_DATE is as_of, and now() and its kin are midnight of
 * that day, so that a row not later than "now" is not later than the load either.  The
 * session's time zone is UTC; AT TIME ZONE knows the zones of scope->schema.  Numerics are exact
 * within 38 digits; what needs more fails the row. Texts are ordered by bytes, and only where
 * PostgreSQL does the same: under COLLATE "C", or when scope->bytewise says so of the default
 * collation; otherwise <, > and their kin are refused (= and <> never are).  Letters have the cases
 * of C.UTF-8. Text is bounded to 32 KB, nesting to 400 levels, a regular expression to 2,000,000
 * steps, a text to 64 MiB, and what a block's evaluation allocates to 512 MiB (then it is out of
 * memory).
 */

struct err;
struct sql_expr;

enum sql_status {
	SQL_OK = 0,
	SQL_FAILED = -1,      /* bad text or out of memory */
	SQL_UNSUPPORTED = -2, /* e->msg names the node and the way out */
};

/*
 * What an expression of a plan may say beyond SQL: columns of parents by a qualified name,
 * draws (uniform, choice, normal), and the row's place among siblings (sibling_number,
 * sibling_count).  All become columns of scope->table, which the
 * callbacks may add to while the text is compiled.
 */
struct sql_names {
	/* the column that part[0].part[1]... means (n > 1): its index; -1 and ${e} when none */
	int (*column)(void *ctx, const char *const *part, uint32_t n, struct err *e);
	/* a new bigint column of 64 random bits: its index; -1 and ${e} when there is no room */
	int (*draw)(void *ctx, struct err *e);
	/* a new integer column: the row's place among the children of its parent by a foreign key
	 * column, from 1, or how many they are: its index; -1 and ${e} when there is none.  NULL:
	 * rows have no siblings here */
	int (*sibling)(void *ctx, const char *fk_column, bool count, struct err *e);
	void *ctx;
};

/* What names in the text mean. */
struct sql_scope {
	const struct schema *schema;
	const struct pg_table *table;  /* columns by name; NULL for a domain check */
	const struct pg_type *domain;  /* then VALUE is of this domain's base type */
	int32_t as_of;		       /* "now": CURRENT_DATE, days since 2000-01-01 */
	uint32_t domain_column;	       /* the column VALUE stands for (0 for a domain alone) */
	bool bytewise;		       /* the database's default collation is C or POSIX */
	const struct sql_names *names; /* NULL: SQL as PostgreSQL reads it */
};

/**
 * sql_memo_new(a): a store of parse trees, in arena ${a}, or NULL if memory is out.  While a schema
 * has one (schema.parsed), each text is parsed once.  Most of what compiling a short expression
 * costs is parsing it.
 */
struct sql_memo *sql_memo_new(struct arena *a);

/** sql_compile(x, scope, text, a, e): a boolean or value expression. */
enum sql_status sql_compile(struct sql_expr **x, const struct sql_scope *scope, const char *text,
	struct arena *a, struct err *e);

/**
 * sql_compile_as(x, scope, text, to, a, e):
 * The same, as what an INSERT makes of it for a column of type ${to}: PostgreSQL's assignment
 * casts, the rounding of a scale, a text that is too long an error of the row.
 */
enum sql_status sql_compile_as(struct sql_expr **x, const struct sql_scope *scope, const char *text,
	struct pg_base to, struct arena *a, struct err *e);

/**
 * sql_compile_move(x, from, to, exact, a, e):
 * What an INSERT makes of a value of column ${from}, given to column ${to}: the assignment cast
 * between their types, and the length, precision or scale of ${to}.  sql_assign() computes it
 * from one vector, cols[0], which holds values of ${from}; ${a} keeps both columns' names of types
 * for messages.  *x is NULL where the vectors are alike and every value fits: then the value is
 * what it was, and there is nothing to compute.  ${exact}, for a foreign key: a value that
 * PostgreSQL's "=" tells apart from what it becomes is an error of the row.
 * SQL_FAILED with ERR_NO: there is no such assignment, or none that the values here can be put
 * through; both types are named.
 */
enum sql_status sql_compile_move(struct sql_expr **x, const struct pg_column *from,
	const struct pg_column *to, bool exact, struct arena *a, struct err *e);

/* What went wrong while rows were computed. */
struct sql_fault {
	uint32_t row;	 /* the first that failed */
	const char *why; /* NULL: none did */
};

/** sql_is_limit(why): whether a failure is no error of PostgreSQL's, but more than this evaluator
 *  can do.  A reason that may be either counts as a limit: whoever audits rows must not call a row
 *  wrong that PostgreSQL may accept. */
bool sql_is_limit(const char *why);

/* sql_fault's why where versions of PostgreSQL from 13 on answer differently (see common/SQL). */
extern const char sql_differing[];

/**
 * sql_assign(x, cols, n, live, out, fault, tmp, e):
 * Evaluate what sql_compile_as() or sql_compile_move() made into ${out}, a vector of the column's
 * own type and scale; texts are made in ${tmp}.  Rows with live[i] == 0 (NULL: none) are not looked
 * at and become NULL; so do those that fail, the first of which is told in ${fault}.
 */
int sql_assign(const struct sql_expr *x, const struct vec *const *cols, uint32_t n,
	const uint8_t *live, struct vec *out, struct sql_fault *fault, struct arena *tmp,
	struct err *e);

/** sql_columns(x, n): indexes of the table's columns it reads, ascending, without doubles. */
const uint32_t *sql_columns(const struct sql_expr *x, uint32_t *n);

/** sql_result_name(x): the type of its value as PostgreSQL writes it: "boolean". */
const char *sql_result_name(const struct sql_expr *x);

/**
 * sql_check(x, cols, n, pass, tmp, e):
 * Evaluate a boolean over ${n} rows.  cols[i] is the vector of table column i
 * (only those of sql_columns() are read; a domain check reads cols[0]).
 * pass[i] = 1 when the row is TRUE or NULL, as a CHECK passes; 0 when FALSE.
 * ${tmp} is reset by the caller.  An evaluation error (division by zero, out of
 * range) makes that row 0 and is counted in the return value >= 0; -1 on failure.
 */
int sql_check(const struct sql_expr *x, const struct vec *const *cols, uint32_t n, uint8_t *pass,
	struct arena *tmp, struct err *e);

/* What is known of a row under a condition. */
enum sql_verdict {
	SQL_DENIES,	/* FALSE */
	SQL_PASSES,	/* TRUE or NULL */
	SQL_ERRS,	/* evaluating it fails, as it does in PostgreSQL */
	SQL_UNKNOWABLE, /* it needs more than this evaluator can do; PostgreSQL may accept it */
};

/**
 * sql_judge(x, cols, n, verdict, fault, tmp, e):
 * The same as sql_check() for those who must not take one kind of failure for another:
 * verdict[i] is an enum sql_verdict, ${fault} tells of the first row that could not be evaluated.
 */
int sql_judge(const struct sql_expr *x, const struct vec *const *cols, uint32_t n, uint8_t *verdict,
	struct sql_fault *fault, struct arena *tmp, struct err *e);

/**
 * sql_value(x, cols, n, out, tmp, e):
 * Evaluate to a vector of x's result type, made in ${tmp}.  A numeric comes with the decimals
 * it needs in this block (out->scale).  A row whose evaluation fails, or that the vector
 * cannot hold, is NULL and counted in the return value >= 0; -1 on failure.
 */
int sql_value(const struct sql_expr *x, const struct vec *const *cols, uint32_t n, struct vec *out,
	struct arena *tmp, struct err *e);

/* ---- narrowing ------------------------------------------------------------ */

/*
 * What a conjunction of checks says about one column, before anything is drawn.
 * Bounds are in the vector's own units (see vec.h; VT_DEC: scaled by the
 * column's scale), inclusive.
 */
struct sql_domain {
	bool has_lo, has_hi;
	int64_t lo, hi;	 /* ordinal types */
	double flo, fhi; /* VT_F64, with has_lo and has_hi */
	bool flo_open, fhi_open;
	bool lo_now, hi_now; /* the bound came from the clock: keep a margin (design 7) */
	int64_t *set;	     /* ordinal: the allowed values, ascending; NULL any */
	const char **texts;  /* text: the allowed values; NULL any */
	uint32_t nset;	     /* of set or texts */
	int64_t *not_set;    /* ordinal values excluded */
	const char **not_texts;
	uint32_t nnot;
	uint32_t min_len, max_len; /* text: characters; 0 and UINT32_MAX when not said */
	bool must_null, must_not_null;
	const char
		*contains; /* text: position('@' in c) > k: the substring's first occurrence ... */
	uint32_t contains_at;	 /* ... begins at this character or later, counted from 1 */
	bool no_upper, no_lower; /* text: lower(c) = c, upper(c) = c */
	const char **patterns;	 /* regular expressions it must match (~), as written; (?i)
				  before one that does not tell cases apart */
	uint32_t npatterns;
	bool counted; /* bytes of a bytea, elements of an array: from min_count to max_count */
	uint32_t min_count, max_count;
	int64_t step, rem; /* ordinal: v = rem modulo step; 0: any */
	bool more; /* a check of the column's domain (type) says more than this: verify it */
	/* a wide numeric (pg_widen): bounds, and the allowed values, ascending, in units of its
	 * last decimal */
	bool has_wide_lo, has_wide_hi;
	sql_i128 wide_lo, wide_hi;
	const sql_i128 *wide_set; /* NULL: any */
	uint32_t nwide;
	const struct sql_member *members; /* json: of its parts, those that checks ask about */
	uint32_t nmembers;
};

/* How a check looks at a part of a json value. */
enum sql_facet {
	SQL_FACET_VALUE,  /* itself: the text that jsonb prints */
	SQL_FACET_TEXT,	  /* ->>: without quotes */
	SQL_FACET_AS,	  /* cast to another type */
	SQL_FACET_TYPE,	  /* jsonb_typeof() */
	SQL_FACET_LENGTH, /* jsonb_array_length() */
};

/* What is known of a part in one of these ways.  NULL is a part that is not there. */
struct sql_member {
	const char **path; /* keys of objects, from the outermost; none: the value as a whole */
	uint32_t npath;
	enum sql_facet facet;
	const struct pg_type *type; /* of the values of dom */
	struct sql_domain dom;
};

/* left >= right + gap (or > as gap + 1), when neither is NULL. Units of the vector; for date
 * against timestamp the narrower is widened; of values that are no numbers (uuid, text) 1: >. */
struct sql_order {
	uint32_t left, right; /* column indexes */
	int64_t gap;
};

struct sql_differ { /* left <> right */
	uint32_t left, right;
};

/*
 * Columns tied by checks that can be met in several ways: the branches of an OR or a CASE, NULL
 * patterns.  A row takes one; its columns are then drawn from what that leaves of each.
 */
struct sql_choice {
	uint32_t check; /* the first of its checks, in the list given */
	uint32_t *cols, ncols;
	struct sql_domain **dom; /* dom[way][k]: of cols[k] */
	uint32_t n;
	bool nulls; /* the ways differ in what is NULL and in nothing else */
};

struct sql_narrow {
	struct sql_domain *dom; /* by column index */
	struct sql_order *orders;
	uint32_t norders;
	struct sql_differ *differs;
	uint32_t ndiffers;
	struct sql_choice *disjunctions; /* of columns of their own each */
	uint32_t ndisjunctions;
	/* checks that the above does not imply: to be verified, their columns redrawn together */
	uint32_t *residual; /* indexes into the list given */
	uint32_t nresidual;
};

/*
 * A check with a pattern stays residual: the pattern is for drawing.  So does a check with
 * arithmetic over columns, which may fail (overflow) where the order it implies holds.
 */

/**
 * sql_narrow(out, scope, checks, n, a, e):
 * What ${n} compiled checks, together, and the checks of the columns' domains, say of each column.
 * Sound: every value excluded would fail a check.  An empty domain is SQL_FAILED with
 * kind ERR_NO and a message that names the column and the checks.
 */
enum sql_status sql_narrow(struct sql_narrow *out, const struct sql_scope *scope,
	struct sql_expr *const *checks, uint32_t n, struct arena *a, struct err *e);

/**
 * sql_widen(s, a, e): widen (pg_widen) the columns of numeric whose values need more than 18
 * digits: those of which the checks leave nothing else, and those that refer to a wide one.
 * To be called once after the schema was read, by whoever reads or makes values of it.
 */
int sql_widen(struct schema *s, struct arena *a, struct err *e);

/* ---- unique indexes ------------------------------------------------------- */

/* What values of a column may differ in and still be alike in a key. */
enum { SQL_EQUIV_CASE = 1, SQL_EQUIV_BLANKS = 2 /* at the ends */ };

/* An expression of a unique index that tells the values of one column apart. */
struct sql_key {
	uint32_t col;		  /* UINT32_MAX: the expression is a constant */
	unsigned equiv;		  /* but for these differences */
	struct sql_expr *null_as; /* coalesce(): the constant a NULL is; NULL: it stays NULL */
	struct sql_expr *only;	  /* CASE WHEN p THEN c END: where this is not TRUE it is NULL */
};

/** sql_key_of(x, k, a): false: the expression is another one. */
bool sql_key_of(const struct sql_expr *x, struct sql_key *k, struct arena *a);

/** sql_tells_letters(x, col, len): whether rows that differ in a column of text differ in ${x},
 * where NULLs aside its values are of ${len} digits and letters of one case, whatever other columns
 * are. A digest (md5, sha256) is taken to tell its arguments apart. */
bool sql_tells_letters(const struct sql_expr *x, uint32_t col, uint32_t len);

/** sql_recovers(x, col, most): whether rows that differ in a column, which is NULL in neither,
 * differ in ${x}, whatever other columns are.  ${most}: it is a whole number from 0 to that; 0: it
 * may be anything.  A digest is taken to tell its arguments apart. */
bool sql_recovers(const struct sql_expr *x, uint32_t col, uint64_t most);

/** sql_pair_of(x, greatest, pair): LEAST or GREATEST of two columns, of which pair[0] is the
 *  first. */
bool sql_pair_of(const struct sql_expr *x, bool *greatest, uint32_t pair[2]);

/** sql_denials(x, to, most, a): of each condition that ${x} joins by AND, that it is not TRUE, an
 *  expression for sql_narrow(); how many.  Where one of them holds, ${x} does not. */
uint32_t sql_denials(
	const struct sql_expr *x, struct sql_expr **to, uint32_t most, struct arena *a);

/* ---- ranges of exclusion constraints (keyset.h) --------------------------------- */

/* A range: a column, or one made of two. */
struct sql_span {
	uint32_t from, to; /* columns of the table; the same: it is the range */
	bool closed;	   /* '[]': from its first value to its last */
};

/** sql_span_of(x, s): false: it is not understood. */
bool sql_span_of(const struct sql_expr *x, struct sql_span *s);

/** sql_name(a, name): a column's name as expressions have it, in ${a}: quoted where it is a
 * keyword, or has other characters than lower-case letters, digits and _.  NULL: out of memory. */
const char *sql_name(struct arena *a, const char *name);

#endif
