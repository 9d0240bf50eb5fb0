/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_INT_H
#define COMMON_SQL_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/str.h"
#include "common/sql/sql.h"
#include "common/sql/sql_num.h"

/*
 * sql_int: what the files of the sql module share; nobody else includes it.
 *
 * text --sql_parse--> PostgreSQL's tree --sql_build--> typed tree (struct sql_node)
 *      --sql_eval--> registers, one per node and block.
 *
 * A register holds a value per row, or one for all rows.  Operators, functions and
 * casts are rows of tables (sql_fn_*.c, sql_cast*.c): name, argument types, result,
 * kernel.  A kernel works on the rows whose null flag is not set; the evaluator has
 * set it for rows with a NULL argument and for rows that are not to be evaluated.
 */

struct err;

/* ---- types ------------------------------------------------------------------ */

/* Beyond enum pg_class: the types only expressions have. */
enum {
	SQL_UNKNOWN = PG_CLASS_COUNT, /* an untyped literal */
	SQL_JSONPATH,
	SQL_ROW,
	SQL_ANYENUM, /* arguments of polymorphic functions ... */
	SQL_ANYELEM,
	SQL_ANYARRAY,
	SQL_ANYRANGE,
	SQL_ANY, /* ... and of those that take anything */
	SQL_CLASSES
};

/* A type without domains. */
struct sql_type {
	uint8_t cls;		  /* enum pg_class or one of the above */
	uint8_t elem;		  /* of an array, a range: class of the elements */
	const struct pg_type *pg; /* the enum, of an array its elements' */
};

enum sql_kind { SQL_K_INT, SQL_K_F64, SQL_K_NUM, SQL_K_STR, SQL_K_IVL, SQL_K_PTR, SQL_KINDS };

/** sql_kind_of(cls): how values of a class are held in a register. */
enum sql_kind sql_kind_of(unsigned cls);

const char *sql_type_name(struct sql_type t);

bool sql_type_eq(struct sql_type a, struct sql_type b);

/** sql_class_category(cls): pg_type.typcategory; sql_class_preferred: pg_type.typispreferred. */
char sql_class_category(unsigned cls);
bool sql_class_preferred(unsigned cls);

/** sql_collatable(t): texts, and arrays of them. */
bool sql_collatable(struct sql_type t);

/** sql_class_named(name): by catalogue name (int4, bpchar) or SQL_CLASSES. */
unsigned sql_class_named(const char *name);

static inline struct sql_type sql_type_of(unsigned cls)
{
	return (struct sql_type){.cls = (uint8_t)cls};
}

/* ---- values ----------------------------------------------------------------- */

struct sql_ivl {
	int64_t us;
	int32_t days, months;
};

struct sql_reg {
	enum sql_kind kind;
	uint32_t mask; /* UINT32_MAX: a value per row; 0: one value for all */
	uint8_t *null; /* [n], or [1] when mask is 0; NULL: no NULLs */
	union {
		int64_t *i;
		double *f;
		struct sql_num *n;
		struct vtext *t;
		struct sql_ivl *iv;
		void **p;
	} v;
	void *own; /* the pool's buffer behind it, or NULL */
};

/* One array value: elements in a register of their own. */
struct sql_array {
	uint32_t n;
	uint8_t elem; /* class of the elements */
	uint8_t ndim;
	int32_t dim[6], lower[6];
	struct sql_reg e;
};

struct sql_range {
	uint8_t elem;
	bool empty, lo_inf, hi_inf, lo_inc, hi_inc;
	struct sql_reg lo, hi; /* one value each */
};

static inline bool sql_null(const struct sql_reg *r, uint32_t i)
{
	return r->null != NULL && r->null[i & r->mask] != 0;
}

/* ---- the typed tree ------------------------------------------------------------ */

enum sql_op {
	SQL_CONST,
	SQL_COL,
	SQL_CALL,	/* a strict kernel */
	SQL_CALL_NULLS, /* a kernel that sees NULL arguments and sets out->null itself */
	SQL_CALL_LAZY,	/* a strict kernel; a NULL first argument keeps the others uncomputed */
	SQL_AND,
	SQL_OR,
	SQL_IS,	       /* param: enum sql_is */
	SQL_DISTINCT,  /* args compared by fn "=" */
	SQL_ANY_OF,    /* args[0] op ANY (args[1..]); param 1: ALL */
	SQL_ANY_ARRAY, /* args[0] op ANY (args[1], an array); param 1: ALL */
	SQL_CASE,      /* when, then, ..., else */
	SQL_COALESCE,
	SQL_MINMAX, /* param: 1 greatest, -1 least */
	SQL_NULLIF, /* args[0] unless args[0] = args[1] by fn */
	SQL_ARRAY,
	SQL_ROWCMP, /* pairs of args; param: mask of the accepted orders */
	SQL_OPS
};

enum sql_is {
	SQL_IS_NULL,
	SQL_IS_NOT_NULL,
	SQL_IS_TRUE,
	SQL_IS_NOT_TRUE,
	SQL_IS_FALSE,
	SQL_IS_NOT_FALSE,
};

/* The order of texts. */
enum sql_coll { SQL_COLL_NONE, SQL_COLL_DEFAULT, SQL_COLL_C, SQL_COLL_OTHER };

struct sql_fn;

struct sql_node {
	uint8_t op;
	uint8_t coll; /* enum sql_coll */
	bool coll_explicit;
	bool now;	 /* its value comes from the clock */
	bool literal;	 /* an untyped literal: cval.v.t is its text */
	bool fails;	 /* a constant in it cannot be computed; see sql_fold */
	bool late;	 /* PostgreSQL does not compute it before it sees rows */
	bool unscaled;	 /* its scale differs between versions of PostgreSQL: sql_settle() */
	uint32_t weight; /* nodes below and with it, saturated; 0: not counted yet */
	struct sql_type type;
	int32_t typmod;
	int32_t param;
	uint32_t col; /* SQL_COL: index in the table */
	uint32_t nargs;
	struct sql_node **args;
	const struct sql_fn *fn;
	struct sql_reg cval; /* SQL_CONST */
	void *aux;	     /* what a kernel prepared: a compiled pattern */
};

struct sql_expr {
	const char *text;
	struct sql_node *root;
	uint32_t *cols, ncols;
	struct pg_base *base; /* by column of the table: what the vectors hold */
	uint32_t ntable;
	bool now;
	struct pg_base *to;	/* sql_compile_as(): the column's type */
	struct sql_node *equal; /* sql_compile_move(): whether the value stays what it was */
	const char *what;	/* the same: "a bigint does not fit smallint" */
};

/** sql_list_columns(x, a): x->cols, those its tree reads of x->ntable; false: no memory. */
bool sql_list_columns(struct sql_expr *x, struct arena *a);

/* ---- evaluation ------------------------------------------------------------------ */

/* How a row failed: as in PostgreSQL, or because this evaluator has limits of its own. */
enum sql_err { SQL_ERR_NONE, SQL_ERR_RAISED, SQL_ERR_LIMIT };

struct sql_eval {
	const struct vec *const *cols;
	const struct sql_expr *x;
	uint32_t n;
	struct arena *tmp;
	uint8_t *err;	 /* [n]: the row failed, an enum sql_err */
	const char *why; /* the first failure of the first row that failed */
	uint32_t why_row;
	bool nomem;
	size_t made;   /* bytes, at most SQL_MAX_MADE */
	void *scratch; /* of regular expressions */
	void *pool[2]; /* free buffers of registers: of 16-byte and of 32-byte values */
};

typedef void sql_kernel(struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a,
	struct sql_reg *out);

/** SQL_EACH(i): the rows a kernel has to compute. */
#define SQL_EACH(i)                                                                                \
	for (uint32_t i = 0; i < ev->n; i++)                                                       \
		if (out->null[i] != 0) {                                                           \
		} else

#define SQL_I(k, i)  (a[k].v.i[(i)&a[k].mask])
#define SQL_F(k, i)  (a[k].v.f[(i)&a[k].mask])
#define SQL_N(k, i)  (&a[k].v.n[(i)&a[k].mask])
#define SQL_T(k, i)  (a[k].v.t[(i)&a[k].mask])
#define SQL_IV(k, i) (a[k].v.iv[(i)&a[k].mask])
#define SQL_P(k, i)  (a[k].v.p[(i)&a[k].mask])

/** sql_raise(ev, out, i, why): row ${i} fails: division by zero, out of range ... */
void sql_raise(struct sql_eval *ev, struct sql_reg *out, uint32_t i, const char *why);

/** sql_differs(ev, out, i): row ${i} fails with sql_differing, because versions of PostgreSQL from
 *  13 on give different answers.  A constant that does so is refused when it is compiled. */
void sql_differs(struct sql_eval *ev, struct sql_reg *out, uint32_t i);

/* What one evaluation of a block may allocate; more is as good as out of memory. */
#define SQL_MAX_MADE ((size_t)512 << 20)

/** sql_alloc(ev, n): bytes that live as long as the block; NULL (and ev->nomem) when out. */
void *sql_alloc(struct sql_eval *ev, size_t n);

/** sql_eval(ev, x, live, out): evaluate node ${x} for the rows with live[i] != 0. */
bool sql_eval(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out);

/** sql_kind_width(k): bytes of one value. */
size_t sql_kind_width(enum sql_kind k);

/** sql_reg_drop(ev, r): its memory may be used again. */
void sql_reg_drop(struct sql_eval *ev, struct sql_reg *r);

/** sql_reg_new(ev, kind, out): a register of ev->n rows, null flags clear. */
bool sql_reg_new(struct sql_eval *ev, enum sql_kind kind, struct sql_reg *out);

/** sql_reg_copy(to, i, from, j): one value and its null flag; same kind. */
void sql_reg_copy(struct sql_reg *to, uint32_t i, const struct sql_reg *from, uint32_t j);

/** sql_load(ev, x, live, out): a column of the block as a register; sql_eval calls it. */
bool sql_load(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out);

/** sql_cmp(cls, a, i, b, j): order of two values of one class: negative, 0, positive. */
int sql_cmp(unsigned cls, const struct sql_reg *a, uint32_t i, const struct sql_reg *b, uint32_t j);

/** sql_scalar_cmp(): the same of types that have no elements.  sql_f64_order, sql_str_order: of
 *  two values, NaN being the greatest, texts by their bytes; sql_unpadded(t): a bpchar without its
 *  trailing blanks. */
int sql_scalar_cmp(
	unsigned cls, const struct sql_reg *a, uint32_t i, const struct sql_reg *b, uint32_t j);
static inline int sql_f64_order(double l, double r)
{
	bool a = l != l, b = r != r; /* NaN is equal to itself and greater than all else */

	return a || b ? a - b : (l > r) - (l < r);
}
static inline int sql_str_order(struct vtext l, struct vtext r)
{
	size_t n = l.n < r.n ? l.n : r.n;
	int o = n > 0 ? memcmp(l.p, r.p, n) : 0;

	return o != 0 ? o : (l.n > r.n) - (l.n < r.n);
}
struct vtext sql_unpadded(struct vtext t);

/** sql_store(ev, t, r, i, out): value ${i} of a register into a vector of the type's own kind;
 *  false: it does not fit. */
bool sql_store(struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i,
	struct vec *out);

/* ---- tables of functions ------------------------------------------------------------ */

struct sql_comp;

/* Look at constant arguments: fill x->aux, or refuse. */
typedef struct sql_node *sql_prepare(struct sql_comp *c, struct sql_node *x, enum sql_status *st);

enum {
	SQL_F_NULLS = 1,    /* not strict */
	SQL_F_ORDER = 2,    /* compares: texts need a known order */
	SQL_F_VARIADIC = 4, /* the last argument may be repeated */
	SQL_F_TEXTS = 8,    /* arguments of any type are passed as text */
	SQL_F_LAZY = 16,    /* SQL_CALL_LAZY */
};

struct sql_fn {
	const char *name; /* an operator's symbol or a function's name */
	uint8_t arg[4];
	uint8_t nargs;
	uint8_t result;
	uint8_t flags;
	int32_t param;	      /* for the kernel: x->fn->param */
	sql_kernel *run;      /* NULL: prepare() leaves no call of it */
	sql_prepare *prepare; /* NULL, or called once when compiled */
};

struct sql_fn_table {
	const struct sql_fn *fn;
	size_t n;
};

extern const struct sql_fn_table sql_fns_draw;
extern const struct sql_fn_table sql_fns_cmp, sql_fns_int, sql_fns_num, sql_fns_float, sql_fns_text,
	sql_fns_match, sql_fns_time, sql_fns_extract, sql_fns_case, sql_fns_misc, sql_fns_array,
	sql_fns_json, sql_fns_range, sql_fns_zone, sql_fns_replace, sql_fns_enum, sql_fns_to_char;

/** sql_text_case(ev, t, upper, coll): lower() or upper() of a text. */
struct vtext sql_text_case(struct sql_eval *ev, struct vtext t, bool upper, enum sql_coll coll);

/** sql_fn_next(name, nargs, it): the candidates of that name, one a call; *it starts at 0. */
const struct sql_fn *sql_fn_next(const char *name, uint32_t nargs, size_t *it);

/** sql_fn_known(name): whether any function or operator has the name. */
bool sql_fn_known(const char *name);

/* Result masks of comparisons: bit 0 less, bit 1 equal, bit 2 greater. */
enum { SQL_LT = 1, SQL_EQ = 2, SQL_GT = 4 };

/* ---- casts ------------------------------------------------------------------------ */

enum sql_context { SQL_IMPLICIT, SQL_ASSIGNMENT, SQL_EXPLICIT };

struct sql_cast {
	uint8_t from, to;
	uint8_t context; /* the least it needs */
	int32_t param;
	sql_kernel *run; /* NULL: the same bits */
};

/** sql_cast_find(from, to, context): the cast, or NULL.  Of an array or range to text it is one
 *  only where sql_printable() says so of the elements. */
const struct sql_cast *sql_cast_find(unsigned from, unsigned to, enum sql_context context);

/** sql_printable(cls): values of the class have an output function here. */
bool sql_printable(unsigned cls);

/** sql_fit_find(cls): what applies a length, precision or scale to a value of the class, or NULL.
 */
const struct sql_fn *sql_fit_find(unsigned cls);

/** sql_input(ev, t, typmod, text, out, i): the input function of a type; false: invalid (and *why
 *  says so). */
bool sql_input(struct sql_eval *ev, struct sql_type t, struct vtext text, struct sql_reg *out,
	uint32_t i, const char **why);

/** sql_scalar_input(), sql_scalar_output(): the same of types that have no elements. */
bool sql_scalar_input(struct sql_eval *ev, struct sql_type t, struct vtext text,
	struct sql_reg *out, uint32_t i, const char **why);
struct vtext sql_scalar_output(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i);

/* of sql_time.c: the text of intervals */
bool sql_ivl_parse(const char *s, size_t n, struct sql_ivl *iv);
size_t sql_ivl_print(char *to, const struct sql_ivl *iv); /* at most SQL_IVL_TEXT bytes */
int sql_ivl_cmp(const struct sql_ivl *a, const struct sql_ivl *b);
enum { SQL_IVL_TEXT = 128, SQL_IVL_ANY_PRECISION = 0xffff /* in a typmod */ };

/** sql_ivl_all_fields(typmod): whether an interval of this typmod, not -1, keeps all fields. */
bool sql_ivl_all_fields(int32_t typmod);

/* of arrays, ranges and jsonb, whose values are pointers */
bool sql_array_in(struct sql_eval *ev, struct sql_type t, struct vtext text, struct sql_reg *out,
	uint32_t i, const char **why);
bool sql_range_in(struct sql_eval *ev, struct sql_type t, struct vtext text, struct sql_reg *out,
	uint32_t i, const char **why);
bool sql_jsonb_in(struct sql_eval *ev, struct sql_type t, struct vtext text, struct sql_reg *out,
	uint32_t i, const char **why);
struct vtext sql_jsonb_out(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i);
struct vtext sql_array_out(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i);
struct vtext sql_range_out(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i);
int sql_range_cmp(const void *l, const void *r);
int sql_json_cmp(const void *l, const void *r);

/** sql_date_to_ts(days): midnight; saturated beyond the timestamps, infinities kept. */
int64_t sql_date_to_ts(int64_t days);

/** sql_output(ev, t, r, i): the output function of a type: text that lives as long as the block. */
struct vtext sql_output(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i);

/** sql_is_value(x): a constant that is not NULL. */
static inline bool sql_is_value(const struct sql_node *x)
{
	return x->op == SQL_CONST && !sql_null(&x->cval, 0);
}

/** sql_int_fits(cls, v): whether ${v} is in the range of an integer type. */
static inline bool sql_int_fits(unsigned cls, int64_t v)
{
	if (cls == PG_INT4)
		return v >= INT32_MIN && v <= INT32_MAX;
	return cls != PG_INT2 || (v >= INT16_MIN && v <= INT16_MAX);
}

#endif
