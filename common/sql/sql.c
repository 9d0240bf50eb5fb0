/* SPDX-License-Identifier: MIT */
/*
 * The public functions of sql.h, put together from the parts of this folder.
 *
 * An expression goes through three steps. sql_parse() gives the text to
 * PostgreSQL's own parser (libpg_query). sql_build() makes a typed tree of what
 * the parser returns, and folds constants on the way as PostgreSQL's planner
 * does. A "finish" function then has the last word about the root, for instance
 * by casting it to the type of a column. The result, struct sql_expr, lives in
 * the caller's arena; parse trees live in an arena that is freed before the
 * function returns.
 *
 * Evaluation works on blocks of at most VEC_BLOCK rows: one call of sql_eval()
 * computes the root for all of them, and the functions here turn the resulting
 * register into what the caller asked for (pass or fail, a verdict per row, a
 * vector of values).
 */
#include "common/sql/sql.h"

#include <string.h>

#include "common/base/err.h"
#include "common/sql/sql_comp.h"

/* Sets seen[k] for every column k that the tree below ${x} reads. */
static void mark(const struct sql_node *x, uint8_t *seen)
{
	if (x->op == SQL_COL)
		seen[x->col] = 1;
	for (uint32_t k = 0; k < x->nargs; k++)
		mark(x->args[k], seen);
}

/*
 * The list is made from an array of flags, so it is ascending and has no
 * duplicates.
 */
bool sql_list_columns(struct sql_expr *x, struct arena *a)
{
	uint8_t *seen = arena_alloc(a, x->ntable + 1);

	if (seen == NULL || (x->cols = arena_array(a, x->ntable + 1, sizeof *x->cols)) == NULL)
		return false;
	x->ncols = 0;
	mark(x->root, seen);
	for (uint32_t k = 0; k < x->ntable; k++)
		if (seen[k])
			x->cols[x->ncols++] = k;
	return true;
}

/* sql_parse(); but what a server of 16 or later has printed, and the parser, which is that of 15,
 * does not read, is no mistake of anybody's: it is not covered. */
static enum sql_status parsed(struct sql_comp *c, const char *text, const PgQuery__Node **tree)
{
	enum sql_status st = sql_parse(c, text, tree);
	const bool newer = c->scope->schema != NULL && c->scope->schema->server_version >= 160000;
	const char *why;

	if (st != SQL_FAILED || c->e->kind != ERR_INPUT || c->scope->names != NULL || !newer)
		return st;
	why = arena_strdup(c->tmp, c->e->msg);
	sql_refuse(c, &st, "syntax that PostgreSQL 15 does not have (%s)", why != NULL ? why : "");
	return st;
}

/*
 * Compiles with the caller's own last step. An error in a constant (1/0 in a
 * CHECK) does not fail the compilation: PostgreSQL reports it when the first
 * row is checked, so the root becomes a node that fails every row. Only an
 * answer that differs between versions of PostgreSQL is refused here, because
 * no row could be right for all of them.
 */
enum sql_status sql_compile_with(struct sql_expr **x, const struct sql_scope *scope,
	const char *text, sql_finish *finish, const void *ctx, struct arena *a, struct err *e)
{
	struct arena tmp = ARENA_INIT;
	uint32_t calls = 0;
	const char *differs = NULL;
	struct sql_comp c = {.build = sql_build_node,
		.scope = scope,
		.a = a,
		.tmp = &tmp,
		.e = e,
		.calls = &calls,
		.differs = &differs};
	const PgQuery__Node *tree;
	enum sql_status st = parsed(&c, text, &tree);
	struct sql_expr *r = NULL;

	if (st != SQL_OK)
		goto out;
	r = arena_alloc(a, sizeof *r);
	if (r == NULL || (r->text = arena_strdup(a, text)) == NULL) {
		st = err_nomem(e);
		goto out;
	}
	r->root = sql_build(&c, tree, &st);
	if (r->root == NULL)
		goto out;
	if ((r->root = finish(&c, r->root, ctx, &st)) == NULL)
		goto out;
	if (differs != NULL) {
		sql_refuse(&c, &st,
			"%s, of which versions of PostgreSQL make different values here,", differs);
		goto out;
	}
	if (r->root->fails && (r->root = sql_failing(&c, r->root)) == NULL) {
		st = err_nomem(e);
		goto out;
	}
	r->now = r->root->now;
	r->ntable = scope->table != NULL ? scope->table->ncolumns : scope->domain_column + 1;
	if (!sql_list_columns(r, a)) {
		st = err_nomem(e);
		goto out;
	}
	*x = r;
out:
	/* a caller may go on without an expression that is not covered, but not without one for
	 * which memory was out */
	if (st == SQL_FAILED && e->kind == ERR_TEMP)
		arena_fail(a);
	arena_free(&tmp);
	return st;
}

/* A literal that nothing has given a type is text, as in SELECT 'x'. */
static struct sql_node *as_selected(
	struct sql_comp *c, struct sql_node *x, const void *ctx, enum sql_status *st)
{
	(void)ctx;
	return x->literal ? sql_coerce(c, x, sql_type_of(PG_TEXT), -1, SQL_IMPLICIT, st) : x;
}

enum sql_status sql_compile(struct sql_expr **x, const struct sql_scope *scope, const char *text,
	struct arena *a, struct err *e)
{
	return sql_compile_with(x, scope, text, as_selected, NULL, a, e);
}

const uint32_t *sql_columns(const struct sql_expr *x, uint32_t *n)
{
	*n = x->ncols;
	return x->cols;
}

const char *sql_result_name(const struct sql_expr *x)
{
	return sql_type_name(x->root->type);
}

/*
 * Evaluates the root over the block. Returns -1 only when memory runs out; rows
 * that failed are marked in ev->err, which lives in ${tmp} as everything else
 * that is made here.
 */
static int run(const struct sql_expr *x, const struct vec *const *cols, uint32_t n,
	struct sql_eval *ev, struct sql_reg *out, struct arena *tmp, struct err *e)
{
	uint8_t *live = arena_alloc(tmp, 2 * (size_t)VEC_BLOCK);

	*ev = (struct sql_eval){.cols = cols, .x = x, .n = n, .tmp = tmp};
	if (live == NULL)
		return err_nomem(e);
	ev->err = live + VEC_BLOCK;
	memset(live, 1, n);
	if (!sql_eval(ev, x->root, live, out))
		return err_nomem(e);
	return 0;
}

/*
 * Evaluates a condition over the block; anything that is not boolean is an
 * error of the caller's text. Rows that failed are marked in ev->err.
 */
static int condition(const struct sql_expr *x, const struct vec *const *cols, uint32_t n,
	struct sql_eval *ev, struct sql_reg *r, struct arena *tmp, struct err *e)
{
	if (x->root->type.cls != PG_BOOL)
		return err_set(e, ERR_INPUT, "%s: a condition must be boolean, not %s", x->text,
			sql_type_name(x->root->type));
	return run(x, cols, n, ev, r, tmp, e);
}

/*
 * A CHECK constraint accepts a row unless the condition is FALSE: NULL passes.
 * A row that cannot be evaluated does not pass, and is counted.
 */
int sql_check(const struct sql_expr *x, const struct vec *const *cols, uint32_t n, uint8_t *pass,
	struct arena *tmp, struct err *e)
{
	struct sql_eval ev;
	struct sql_reg r;
	int failed = 0;

	if (condition(x, cols, n, &ev, &r, tmp, e) == -1)
		return -1;
	for (uint32_t i = 0; i < n; i++) {
		pass[i] = !ev.err[i] && (sql_null(&r, i) || r.v.i[i & r.mask] != 0);
		failed += ev.err[i] != 0;
	}
	return failed;
}

/*
 * Like sql_check(), but tells a row that PostgreSQL would reject from one that
 * only this evaluator cannot decide. An audit may report the first and must not
 * report the second.
 */
int sql_judge(const struct sql_expr *x, const struct vec *const *cols, uint32_t n, uint8_t *verdict,
	struct sql_fault *fault, struct arena *tmp, struct err *e)
{
	struct sql_eval ev;
	struct sql_reg r;
	int failed = 0;

	if (condition(x, cols, n, &ev, &r, tmp, e) == -1)
		return -1;
	*fault = (struct sql_fault){ev.why_row, ev.why};
	for (uint32_t i = 0; i < n; i++) {
		if (ev.err[i])
			verdict[i] = ev.err[i] == SQL_ERR_LIMIT ? SQL_UNKNOWABLE : SQL_ERRS;
		else
			verdict[i] =
				sql_null(&r, i) || r.v.i[i & r.mask] != 0 ? SQL_PASSES : SQL_DENIES;
		failed += ev.err[i] != 0;
	}
	return failed;
}

/* ---- values ---------------------------------------------------------------------- */

/*
 * The type of vector that holds values of an expression's type. Classes without
 * a vector of their own (intervals, arrays, json) are carried as their text,
 * VT_RAW.
 */
static enum vtype value_type(struct sql_type t)
{
	static const uint8_t vt[SQL_CLASSES] = {
		[PG_BOOL] = VT_BOOL,
		[PG_INT2] = VT_INT,
		[PG_INT4] = VT_INT,
		[PG_INT8] = VT_INT,
		[PG_NUMERIC] = VT_DEC,
		[PG_FLOAT4] = VT_F64,
		[PG_FLOAT8] = VT_F64,
		[PG_TEXT] = VT_TEXT,
		[PG_VARCHAR] = VT_TEXT,
		[PG_BPCHAR] = VT_TEXT,
		[PG_CHAR] = VT_TEXT,
		[PG_NAME] = VT_TEXT,
		[PG_BYTEA] = VT_BYTES,
		[PG_UUID] = VT_UUID,
		[PG_DATE] = VT_DATE,
		[PG_TIME] = VT_TIME,
		[PG_TIMESTAMP] = VT_TS,
		[PG_TIMESTAMPTZ] = VT_TSTZ,
		[PG_ENUM] = VT_ENUM,
	};

	/* PG_BOOL is 0 and so is VT_BOOL: what is not listed is carried as text */
	return t.cls != PG_BOOL && vt[t.cls] == VT_BOOL ? VT_RAW : (enum vtype)vt[t.cls];
}

/*
 * The number of decimals that loses nothing of any value of the block, at most
 * 18: a VT_DEC vector holds 64-bit integers, which have room for 18 digits.
 */
static uint8_t value_scale(const struct sql_reg *r, uint32_t n)
{
	int32_t scale = 0;

	for (uint32_t i = 0; i < n; i++)
		if (!sql_null(r, i) && r->v.n[i & r->mask].scale > scale)
			scale = r->v.n[i & r->mask].scale;
	return (uint8_t)(scale > 18 ? 18 : scale);
}

/*
 * Puts one value of a register into a vector of the type's own kind. Only a
 * numeric can fail to fit: it is rounded to the vector's scale, and has to fit
 * 64 bits then. Texts are not copied; they live as long as the block.
 */
bool sql_store(struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i,
	struct vec *out)
{
	struct sql_num n;
	const char *why;

	switch (out->type) {
	case VT_DEC:
		if (r->v.n[i & r->mask].kind != SQL_NUM_FINITE ||
			!sql_num_round(
				&n, &r->v.n[i & r->mask], out->scale, SQL_ROUND_HALF_AWAY, &why) ||
			n.v > INT64_MAX || n.v < INT64_MIN)
			return false;
		out->v.i[i] = (int64_t)n.v;
		return true;
	case VT_F64:
		out->v.f[i] = r->v.f[i & r->mask];
		return true;
	case VT_UUID:
		memcpy(out->v.u[i].b, r->v.t[i & r->mask].p, 16);
		return true;
	case VT_TEXT:
	case VT_BYTES:
		out->v.t[i] = r->v.t[i & r->mask];
		return true;
	case VT_RAW:
		out->v.t[i] = sql_output(ev, t, r, i);
		return true;
	default:
		out->v.i[i] = r->v.i[i & r->mask];
		return true;
	}
}

/*
 * Rows that failed, and values that the vector cannot hold, become NULL and are
 * counted, so that the caller can refuse the block instead of using it.
 */
int sql_value(const struct sql_expr *x, const struct vec *const *cols, uint32_t n, struct vec *out,
	struct arena *tmp, struct err *e)
{
	struct sql_eval ev;
	struct sql_reg r;
	int failed = 0;

	if (run(x, cols, n, &ev, &r, tmp, e) == -1)
		return -1;
	if (!vec_init(out, value_type(x->root->type), tmp))
		return err_nomem(e);
	out->n = n;
	out->scale = out->type == VT_DEC ? value_scale(&r, n) : 0;
	for (uint32_t i = 0; i < n; i++) {
		bool bad = ev.err[i] != 0;

		if (!bad && !sql_null(&r, i))
			bad = !sql_store(&ev, x->root->type, &r, i, out);
		if (bad || sql_null(&r, i))
			vec_set_null(out, i);
		failed += bad;
	}
	return ev.nomem ? err_nomem(e) : failed;
}
