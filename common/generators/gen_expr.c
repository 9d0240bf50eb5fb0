/* SPDX-License-Identifier: MIT */
/*
 * derive.expr, conditions of rules, and stored generated columns: values
 * computed by an SQL expression.
 *
 * The expression is compiled against a table that has the real one's columns
 * and behind them one more for each other thing that it reads: a column of a
 * parent (fatura_id.data_emissao), a draw (uniform() and its kin), or the row's
 * number among its siblings. These are the generator's inputs, or random bits
 * that are a function of the row's number. Evaluation is that of common/sql, a
 * block at a time.
 */
#include "common/generators/gen_expr.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/gen_path.h"
#include "common/sql/sql.h"

enum { DRAWS = 16, MORE = GEN_INPUTS + DRAWS, TEXT_MAX = 32 * 1024 };

/*
 * What a column of the expression's table stands for, beyond the real ones: an
 * input, or a draw.
 */
struct slot {
	bool draw;
	uint32_t at; /* of the generator's inputs, or number of the draw */
};

struct gen_expr {
	struct sql_expr *x;
	const struct pg_column *column; /* it is for */
	bool not_null;			/* that */
	struct pg_table table;		/* the real one's columns, then those looked up and drawn */
	uint32_t own;			/* how many are the real one's */
	struct slot *slot;		/* by column */
	uint32_t ndraws;
};

/* What the callbacks of the compiler need. */
struct compiling {
	struct gen_expr *x;
	struct gen *g;
	const struct gen_column *c;
	struct arena *a;
};

/* ---- names ------------------------------------------------------------------------------ */

/* The index of the input, which is added if it is new. */
static int add_input(struct gen *g, struct gen_input in, struct err *e)
{
	for (uint32_t i = 0; i < g->nin; i++)
		if (gen_input_same(&g->in[i], &in))
			return (int)i;
	if (g->nin == GEN_INPUTS)
		return err_set(
			e, ERR_NO, "%s: it reads more than %d columns", g->op->id, GEN_INPUTS);
	g->in[g->nin] = in;
	return (int)g->nin++;
}

/*
 * Adds a column to the expression's table; one that is read twice is there
 * once, but every draw is its own.
 */
static int add_column(struct gen_expr *x, struct pg_column col, struct slot s)
{
	uint32_t at = x->table.ncolumns;

	for (uint32_t i = x->own; i < at && !s.draw; i++)
		if (!x->slot[i].draw && x->slot[i].at == s.at)
			return (int)i;
	assert(at < x->own + MORE);
	x->table.columns[at] = col;
	x->table.columns[at].name = ""; /* by its qualified name alone */
	x->slot[at] = s;
	x->table.ncolumns++;
	return (int)at;
}

/*
 * A qualified name. The table's own name may come first, as in SQL; otherwise
 * the first part is a column of a foreign key, and each further one leads to
 * that parent's columns.
 */
static int named(void *ctx, const char *const *part, uint32_t n, struct err *e)
{
	struct compiling *k = ctx;
	const struct pg_table *t = k->c->table;
	struct gen_input in;
	int at;

	if (strcmp(part[0], t->name) == 0 && pg_column_named(t, part[0]) == -1) {
		part++;
		n--;
		if (n == 1 && (at = pg_column_named(t, part[0])) == -1)
			return err_set(
				e, ERR_NO, "%s.%s has no column %s", t->schema, t->name, part[0]);
		if (n == 1)
			return at;
	}
	if (gen_path_names(t, part, n, &in, e) == -1 || (at = add_input(k->g, in, e)) == -1)
		return -1;
	return add_column(k->x, *gen_input_column(t, &in), (struct slot){false, (uint32_t)at});
}

/* A new column of random bits, at most DRAWS of them. */
static int draw(void *ctx, struct err *e)
{
	struct compiling *k = ctx;

	if (k->x->ndraws == DRAWS)
		return err_set(e, ERR_NO, "%s: more than %d draws", k->g->op->id, DRAWS);
	return add_column(
		k->x, (struct pg_column){.name = ""}, (struct slot){true, k->x->ndraws++});
}

/* The row's number among the children of a parent, or how many they are. */
static int sibling(void *ctx, const char *fk_column, bool count, struct err *e)
{
	struct compiling *k = ctx;
	int fk = gen_path_fk(k->c->table, fk_column), at;

	if (fk == -1)
		return err_set(e, ERR_NO, "%s.%s has no foreign key of a column %s",
			k->c->table->schema, k->c->table->name, fk_column);
	at = add_input(k->g,
		(struct gen_input){.from = count ? GEN_SIBLINGS : GEN_NUMBER, .fk = (uint32_t)fk},
		e);
	if (at == -1)
		return -1;
	return add_column(k->x, (struct pg_column){.name = ""}, (struct slot){false, (uint32_t)at});
}

/* ---- compiling ----------------------------------------------------------------------------- */

/* An expression without columns beyond the table's own. */
static struct gen_expr *expr_new(const struct gen_column *c, struct arena *a)
{
	struct gen_expr *x = arena_alloc(a, sizeof(*x));
	const struct pg_table *t = c->table;

	if (x == NULL)
		return NULL;
	x->column = c->column;
	x->not_null = pg_column_not_null(c->column);
	x->own = t->ncolumns;
	x->table = *t;
	x->table.columns = arena_array(a, t->ncolumns + (size_t)MORE, sizeof(*t->columns));
	x->slot = arena_array(a, t->ncolumns + (size_t)MORE, sizeof(*x->slot));
	if (x->table.columns == NULL || x->slot == NULL)
		return NULL;
	memcpy(x->table.columns, t->columns, t->ncolumns * sizeof(*t->columns));
	return x;
}

/*
 * Adds the row's own columns that the expression reads to the inputs; reading
 * the column that it is for is refused.
 */
static int own_inputs(struct compiling *k, struct err *e)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(k->x->x, &n);
	int in;

	for (uint32_t i = 0; i < n; i++) {
		if (cols[i] >= k->x->own)
			continue;
		if (&k->c->table->columns[cols[i]] == k->c->column)
			return err_set(e, ERR_NO, "%s: it reads %s, the column it is for",
				k->g->op->id, k->c->column->name);
		in = add_input(k->g, (struct gen_input){.from = GEN_ROW, .column = cols[i]}, e);
		if (in == -1)
			return -1;
		k->x->slot[cols[i]] = (struct slot){false, (uint32_t)in};
	}
	return 0;
}

/*
 * Compiles the text: as a value that is assigned to the column (${value}), or
 * as a condition.
 */
static struct gen_expr *compile(struct gen *g, const struct gen_column *c, const char *text,
	bool value, struct arena *a, struct err *e)
{
	struct compiling k = {.x = expr_new(c, a), .g = g, .c = c, .a = a};
	const struct sql_names names = {
		.column = named, .draw = draw, .sibling = sibling, .ctx = &k};
	const struct sql_scope scope = {
		.schema = c->schema, .table = &k.x->table, .as_of = c->as_of, .names = &names};
	enum sql_status st;

	if (k.x == NULL) {
		err_nomem(e);
		return NULL;
	}
	st = value ? sql_compile_as(&k.x->x, &scope, text, c->base, a, e)
		   : sql_compile(&k.x->x, &scope, text, a, e);
	if (st != SQL_OK) {
		if (e->kind == ERR_TEMP)
			return NULL;
		e->kind = ERR_NO;
		err_wrap(e, "%s: %s%.200s", g->op->id, st == SQL_UNSUPPORTED ? "not covered: " : "",
			text);
		return NULL;
	}
	return own_inputs(&k, e) == -1 ? NULL : k.x;
}

struct gen_expr *gen_expr_value(
	struct gen *g, const struct gen_column *c, const char *text, struct arena *a, struct err *e)
{
	return compile(g, c, text, true, a, e);
}

/* The same for a condition, which has to be boolean. */
struct gen_expr *gen_expr_condition(
	struct gen *g, const struct gen_column *c, const char *text, struct arena *a, struct err *e)
{
	struct gen_expr *x = compile(g, c, text, false, a, e);
	const char *type = x != NULL ? sql_result_name(x->x) : NULL;

	if (x == NULL || strcmp(type, "boolean") == 0)
		return x;
	err_set(e, ERR_NO, "%s: %.200s: a condition must be boolean, not %s", g->op->id, text,
		type);
	return NULL;
}

/* ---- evaluating -------------------------------------------------------------------------------
 */

/* Random bits for the rows, from the stream ${key}. */
static struct vec *draws(uint64_t key, const uint64_t *row, uint32_t n, struct gen_heap *h)
{
	struct vec *v = arena_alloc(&h->arena, sizeof(*v));

	if (v == NULL || !vec_init(v, VT_INT, &h->arena))
		return NULL;
	v->n = n;
	for (uint32_t i = 0; i < n; i++)
		v->v.i[i] = (int64_t)rng_at(key, row[i]);
	return v;
}

/*
 * The vectors of the expression's table, by column: inputs where they are,
 * draws newly made. NULL when out of memory.
 */
const struct vec *const *gen_expr_columns(const struct gen_expr *x, const struct vec *const *in,
	const uint64_t *row, uint32_t n, uint64_t key, struct gen_heap *h)
{
	uint32_t ncols;
	const uint32_t *cols = sql_columns(x->x, &ncols);
	const struct vec **v =
		arena_array(&h->arena, x->table.ncolumns + 1UL, sizeof(struct vec *));

	for (uint32_t i = 0; v != NULL && i < ncols; i++) {
		const struct slot *s = &x->slot[cols[i]];

		v[cols[i]] = s->draw ? draws(rng_subkey(key, s->at), row, n, h) : in[s->at];
		if (v[cols[i]] == NULL)
			v = NULL;
	}
	h->nomem = h->nomem || v == NULL;
	return v;
}

/*
 * Values of the column; rows whose evaluation fails are recorded in the heap
 * with the reason.
 */
void gen_expr_derive(const struct gen_expr *x, const struct vec *const *in, const uint64_t *row,
	uint32_t n, uint64_t key, struct vec *out, struct gen_heap *h)
{
	const struct vec *const *cols = gen_expr_columns(x, in, row, n, key, h);
	struct err ignored = {.kind = ERR_NONE};
	struct sql_fault fault;

	if (cols == NULL)
		return;
	if (sql_assign(x->x, cols, n, h->live, out, &fault, &h->arena, &ignored) == -1) {
		h->nomem = true;
		return;
	}
	if (fault.why != NULL)
		gen_fail(h, fault.row, fault.why);
	for (uint32_t i = 0; x->not_null && out->has_null && i < n; i++)
		if (out->null[i] && (h->live == NULL || h->live[i]))
			gen_fail(h, i, "the expression is NULL and the column is NOT NULL");
}

/* to[i] = 1 where the condition is TRUE. */
void gen_expr_test(const struct gen_expr *x, const struct vec *const *in, const uint64_t *row,
	uint32_t n, uint64_t key, uint8_t *to, struct gen_heap *h)
{
	const struct vec *const *cols = gen_expr_columns(x, in, row, n, key, h);
	struct err ignored = {.kind = ERR_NONE};
	struct vec v;
	int failed;

	memset(to, 0, n);
	if (cols == NULL)
		return;
	failed = sql_value(x->x, cols, n, &v, &h->arena, &ignored);
	h->nomem = h->nomem || failed == -1;
	for (uint32_t i = 0; failed >= 0 && i < n; i++)
		to[i] = !vec_is_null(&v, i) && v.v.i[i] != 0;
}

/*
 * The most bytes that a text of the column may have; 0 for types of fixed size.
 */
uint32_t gen_expr_max_bytes(const struct gen_column *c)
{
	int32_t limit = pg_char_limit(c->base);

	if (vec_is_ordinal(c->type) || c->type == VT_F64 || c->type == VT_UUID)
		return 0;
	return limit >= 0 && limit < TEXT_MAX / 4 ? (uint32_t)limit * 4 : TEXT_MAX;
}

/* ---- generators
 * ---------------------------------------------------------------------------------- */

struct expr_state {
	struct gen_expr *x;
};

/*
 * Texts of an expression may have any length up to the column's, which the heap
 * has to have room for.
 */
static int prepare(
	struct gen *g, const struct gen_column *c, const char *text, struct arena *a, struct err *e)
{
	struct expr_state *s = arena_alloc(a, sizeof(*s));

	if (s == NULL)
		return err_nomem(e);
	if ((s->x = gen_expr_value(g, c, text, a, e)) == NULL)
		return -1;
	g->max_bytes = gen_expr_max_bytes(c);
	g->own_texts = true;
	g->state = s;
	return 0;
}

static int prepare_expr(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const char *text = NULL;

	if (!gen_arg_string(params, "expr", a, &text))
		return err_set(e, ERR_NO, "%s: parameter expr is required (a string)", g->op->id);
	return text == NULL ? err_nomem(e) : prepare(g, c, text, a, e);
}

static int prepare_computed(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	(void)params;
	return prepare(g, c, c->column->generated, a, e);
}

static void derive_expr(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct expr_state *s = g->state;

	gen_expr_derive(s->x, in, row, n, g->key, out, h);
}

const struct sql_expr *gen_expr_of(const struct gen *g)
{
	const struct expr_state *s = g->state;
	const uint32_t *cols;
	uint32_t n;

	if (g->op == NULL || g->op->derive != derive_expr)
		return NULL;
	cols = sql_columns(s->x->x, &n);
	return n > 0 && cols[n - 1] < s->x->own ? s->x->x : NULL;
}

static const struct gen_param expr_params[] = {
	{"expr", GP_STRING, true, NULL,
		"SQL over the row's columns and its parents' (fatura_id.data_emissao + 5, "
		"contato_id.empresa_id.nome), sibling_number(fatura_id) and "
		"sibling_count(fatura_id), with "
		"uniform(a, b), choice(a, b, ...) and normal(mean, deviation)"},
	{NULL, GP_STRING, false, NULL, NULL},
};

const struct gen_op gen_expr_ops[] = {
	{.id = "derive.expr",
		.help = "what a SQL expression over the row and its parents says",
		.params = expr_params,
		.example = "{\"expr\": \"price * quantity\"}",
		.families = GF_ANY,
		.reads = GR_ROW | GR_PARENT | GR_SIBLINGS,
		.derives = true,
		.prepare = prepare_expr,
		.derive = derive_expr},
	{.id = NULL},
};

const struct gen_op gen_computed = {.id = "generated column",
	.help = "the expression of a stored generated column",
	.families = GF_ANY,
	.derives = true,
	.prepare = prepare_computed,
	.derive = derive_expr};
