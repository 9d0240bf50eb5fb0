/* SPDX-License-Identifier: MIT */
/*
 * Lists of values from a plan, or from a file that plan-check has read into it.
 *
 * They are texts, and become values of the column by an expression that is
 * compiled once: a cast to the type without its length or precision, which reads
 * the text as the type's input function does, and then the assignment that an
 * INSERT makes, which refuses what does not fit. All values go through it in
 * blocks, as rows do. Only labels, dates and times are read one by one.
 */
#include "common/generators/gen_values.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/io/msgpack.h"

/* The one column that the expression reads. */
static const char value_name[] = "value";

/* ---- texts ----------------------------------------------------------------------------------- */

/* A weight that is an integer, or any number. */
static double weight_of(const msgpack_object *o)
{
	return o->type == MSGPACK_OBJECT_POSITIVE_INTEGER ? (double)o->via.u64 : o->via.f64;
}

/* ---- values of the type ------------------------------------------------------------------------
 */

/* What texts go through on their way to the column. */
struct converting {
	const char *id;
	const struct gen_column *c;
	struct pg_type text;
	struct pg_column column;
	struct pg_table table;
	struct sql_expr *x;
	struct vec in, out;
	struct arena *a;
	struct err *e;
};

/* Texts need no cast, and keep the blanks that one to character(n) would cut. */
static int compile(struct converting *k)
{
	const struct gen_column *c = k->c;
	struct sql_scope scope = {.schema = c->schema, .table = &k->table, .as_of = c->as_of};
	const char *text = value_name;

	k->text = (struct pg_type){
		.schema = "pg_catalog", .name = "text", .cls = PG_TEXT, .typmod = -1};
	k->column = (struct pg_column){
		.name = value_name, .type = &k->text, .typmod = -1, .formatted = "text"};
	k->table = (struct pg_table){
		.schema = "pg_temp", .name = "list", .columns = &k->column, .ncolumns = 1};
	if (gen_family(c->base) != GF_TEXT) {
		const char *schema = str_quoted(k->a, '"', c->base.type->schema);
		const char *name = str_quoted(k->a, '"', c->base.type->name);

		text = schema == NULL || name == NULL
			       ? NULL
			       : arena_printf(k->a, "CAST(%s AS %s.%s)", value_name, schema, name);
	}
	if (text == NULL || !vec_init(&k->in, VT_TEXT, k->a) || !vec_init(&k->out, c->type, k->a))
		return err_nomem(k->e);
	k->out.scale = c->scale;
	if (sql_compile_as(&k->x, &scope, text, c->base, k->a, k->e) == SQL_OK)
		return 0;
	return k->e->kind == ERR_TEMP
		       ? -1
		       : err_set(k->e, ERR_NO, "%s: a list cannot give values of type %s", k->id,
				 c->column->formatted);
}

/* A value of the vector, whatever its type. */
static void keep(struct gen_choice *to, const struct vec *v, uint32_t i)
{
	if (v->type == VT_F64)
		to->v.f = v->v.f[i];
	else if (v->type == VT_UUID)
		to->v.u = v->v.u[i];
	else if (vec_is_ordinal(v->type))
		to->v.i = v->v.i[i];
	else
		to->v.t = v->v.t[i];
}

/* Whether a time has no more decimals of a second than its column holds. */
static bool is_whole(const struct gen_column *c, const struct gen_choice *k)
{
	int64_t unit = 1;

	if (c->type == VT_DATE || c->base.typmod < 0)
		return true;
	for (int32_t i = c->base.typmod; i < 6; i++)
		unit *= 10;
	return k->v.i % unit == 0;
}

/*
 * Labels of enums are looked up. How dates and times are read depends on the
 * session in PostgreSQL, so that here they are written as ISO 8601 has them.
 */
static int parse_all(struct converting *k, const struct vtext *t, struct gen_values *s)
{
	for (uint32_t i = 0; i < s->n; i++) {
		bool read = gen_choice_parse(k->c, t[i], &s->v[i]);

		if (k->c->type == VT_ENUM && !read)
			return err_set(k->e, ERR_NO,
				"%s: value %u is no label of the column's type", k->id, i + 1);
		if (!read || (k->c->type != VT_ENUM && !is_whole(k->c, &s->v[i])))
			return err_set(k->e, ERR_NO,
				"%s: value %u is none that the column can hold: write it as %s",
				k->id, i + 1,
				k->c->type == VT_DATE	? "2026-12-31"
				: k->c->type == VT_TIME ? "23:59:59"
							: "2026-12-31 23:59:59");
	}
	return 0;
}

/* A block of texts; the first that is no value of the column is named by its place. */
static int convert(struct converting *k, struct gen_choice *to, uint32_t first, uint32_t n)
{
	const struct vec *cols[] = {&k->in};
	struct sql_fault fault = {.why = NULL};

	k->in.n = k->out.n = n;
	k->in.has_null = k->out.has_null = false;
	if (sql_assign(k->x, cols, n, NULL, &k->out, &fault, k->a, k->e) == -1)
		return -1;
	if (fault.why != NULL)
		return err_set(k->e, ERR_NO, "%s: value %u is none that the column can hold: %s",
			k->id, first + fault.row + 1, fault.why);
	for (uint32_t i = 0; i < n; i++)
		keep(&to[i], &k->out, i);
	return 0;
}

static int convert_all(struct converting *k, const struct vtext *t, struct gen_values *s)
{
	enum vtype type = k->c->type;

	if (type == VT_ENUM || type == VT_DATE || type == VT_TIME || type == VT_TS ||
		type == VT_TSTZ)
		return parse_all(k, t, s);
	if (compile(k) == -1)
		return -1;
	for (uint32_t at = 0; at < s->n; at += VEC_BLOCK) {
		uint32_t n = s->n - at < VEC_BLOCK ? s->n - at : VEC_BLOCK;

		memcpy(k->in.v.t, t + at, n * sizeof(*t));
		if (convert(k, &s->v[at], at, n) == -1)
			return -1;
	}
	return 0;
}

int gen_values_of(struct gen_values *s, const char *id, const struct gen_column *c,
	const struct vtext *text, uint32_t n, struct arena *a, struct err *e)
{
	struct converting k = {.id = id, .c = c, .a = a, .e = e};

	*s = (struct gen_values){arena_array(a, n, sizeof(s->v[0])), n, false};
	if (s->v == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < n; i++)
		s->v[i].weight = 1;
	return convert_all(&k, text, s);
}

int gen_values(struct gen_values *s, const char *id, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	size_t n = 0, nweights = 0;
	const msgpack_object *values = params == NULL ? NULL : mp_get_array(params, "values", &n);
	const msgpack_object *weights =
		params == NULL ? NULL : mp_get_array(params, "weights", &nweights);
	struct vtext *text;

	if (values == NULL || n == 0 || n > UINT32_MAX)
		return err_set(e, ERR_NO, "%s: it has no values", id);
	if (weights != NULL && nweights != n)
		return err_set(e, ERR_NO, "%s: %zu values, but %zu weights", id, n, nweights);
	if ((text = arena_array(a, n, sizeof(*text))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < n; i++)
		if (gen_value_text(&values[i], a, &text[i]) != 1)
			return err_nomem(e);
	if (gen_values_of(s, id, c, text, (uint32_t)n, a, e) == -1)
		return -1;
	for (uint32_t i = 0; weights != NULL && i < n; i++)
		s->v[i].weight = weight_of(&weights[i]);
	s->weighted = weights != NULL;
	return 0;
}

/* ---- drawing --------------------------------------------------------------------------------- */

void gen_values_put(const struct gen_values *s, uint32_t at, struct vec *v, uint32_t i)
{
	if (v->type == VT_UUID)
		v->v.u[i] = s->v[at].v.u;
	else if (v->type == VT_BYTES)
		v->v.t[i] = s->v[at].v.t;
	else
		gen_choice_put(&s->v[at], v, i);
}

uint32_t gen_values_bytes(const struct gen_values *s, enum vtype type)
{
	size_t most = 0;

	if (vec_is_ordinal(type) || type == VT_F64 || type == VT_UUID)
		return 0;
	for (uint32_t i = 0; i < s->n; i++)
		most = s->v[i].v.t.n > most ? s->v[i].v.t.n : most;
	return (uint32_t)most;
}

/* ---- leaving out -------------------------------------------------------------------------------
 */

int64_t gen_values_allow(
	struct gen_values *s, const struct gen_column *c, struct arena *a, struct err *e)
{
	struct gen_text_check *check = gen_text_check(c, gen_text_limits(c), a, e);
	uint32_t n = 0, was = s->n;

	if (check == NULL)
		return -1;
	for (uint32_t i = 0; i < was; i++)
		if (gen_choice_fits(c, &s->v[i], check))
			s->v[n++] = s->v[i];
	gen_text_check_free(check);
	s->n = n;
	return was - n;
}

/* Values in order, and those that are equal in the order of the list. */
struct ordered {
	const struct gen_choice *k;
	enum vtype type;
	uint32_t at;
};

static int by_value(const struct ordered *x, const struct ordered *y)
{
	const struct gen_choice *a = x->k, *b = y->k;
	size_t n;
	int d;

	if (x->type == VT_F64)
		return (a->v.f > b->v.f) - (a->v.f < b->v.f);
	if (x->type == VT_UUID)
		return memcmp(&a->v.u, &b->v.u, sizeof(a->v.u));
	if (vec_is_ordinal(x->type))
		return (a->v.i > b->v.i) - (a->v.i < b->v.i);
	n = a->v.t.n < b->v.t.n ? a->v.t.n : b->v.t.n;
	d = memcmp(a->v.t.p, b->v.t.p, n);
	return d != 0 ? d : (a->v.t.n > b->v.t.n) - (a->v.t.n < b->v.t.n);
}

static int by_value_and_place(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;
	int d = by_value(x, y);

	return d != 0 ? d : (x->at > y->at) - (x->at < y->at);
}

bool gen_values_distinct(struct gen_values *s, const struct gen_column *c, struct arena *a)
{
	struct ordered *o = arena_array(a, s->n, sizeof(*o));
	bool *again = arena_array(a, s->n, sizeof(*again));
	uint32_t n = 0;

	if (o == NULL || again == NULL)
		return false;
	for (uint32_t i = 0; i < s->n; i++)
		o[i] = (struct ordered){&s->v[i], c->type, i};
	qsort(o, s->n, sizeof(*o), by_value_and_place);
	for (uint32_t i = 1; i < s->n; i++)
		again[o[i].at] = by_value(&o[i - 1], &o[i]) == 0;
	for (uint32_t i = 0; i < s->n; i++)
		if (!again[i])
			s->v[n++] = s->v[i];
	s->n = n;
	return true;
}
