/* SPDX-License-Identifier: MIT */
/*
 * primitive.default: what the server would have filled in. A sequence becomes a
 * count of the rows, a random uuid a uuid that depends on the row, and any
 * other default an expression, with the plan's date as the current one.
 */
#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_expr.h"
#include "common/generators/gen_kit.h"

/* How a row is filled, and what that needs. */
struct default_state {
	void (*fill)(const struct gen *g, const struct vec *const *in, const uint64_t *row,
		uint32_t n, struct vec *out, struct gen_heap *h);
	int64_t start, step;
	uint64_t key;
	struct gen_expr *x;
};

/*
 * The column's default, else that of the innermost domain that has one, as
 * PostgreSQL looks for it.
 */
static const char *default_of(const struct pg_column *c)
{
	const char *text = c->deflt;

	for (const struct pg_type *t = c->type; text == NULL && t->cls == PG_DOMAIN; t = t->elem)
		text = t->deflt;
	return text;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/*
 * The value of a row is start + step * row: the row's number, not the order of
 * generation, decides.
 */
static void fill_sequence(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct default_state *s = g->state;

	(void)in;
	(void)h;
	out->has_null = false;
	for (uint32_t i = 0; i < n; i++)
		out->v.i[i] = (int64_t)((uint64_t)s->start + (uint64_t)s->step * row[i]);
}

/*
 * Refuses a sequence whose values would leave the column's range before the
 * last row.
 */
static int prepare_sequence(
	struct gen *g, const struct gen_column *c, struct default_state *s, struct err *e)
{
	bool known = c->column->sequence != NULL && c->column->seq_step != 0;
	int64_t lo, hi;
	__int128 last;

	if (c->type != VT_INT)
		return err_set(e, ERR_NO, "%s: a sequence fills an integer column, not one of %s",
			g->op->id, c->column->formatted);
	gen_type_range(c, &lo, &hi);
	s->start = known ? c->column->seq_start : 1;
	s->step = known ? c->column->seq_step : 1;
	last = s->start + (__int128)s->step * (c->rows > 0 ? c->rows - 1 : 0);
	if (last < lo || last > hi)
		return err_set(e, ERR_NO, "%s: its sequence leaves the range of %s before row %llu",
			g->op->id, c->column->formatted, (unsigned long long)c->rows);
	s->fill = fill_sequence;
	g->space = GEN_SPACE_MAX;
	return 0;
}

/*
 * One for each row, the same however often the row is drawn again, since it is
 * often the key.
 */
static void fill_uuid(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct default_state *s = g->state;

	(void)in;
	(void)h;
	out->has_null = false;
	for (uint32_t i = 0; i < n; i++)
		out->v.u[i] = gen_uuid_at(s->key, row[i]);
}

/* Whether the default is one of the calls that give a random uuid. */
static bool makes_uuid(const char *text)
{
	static const char *const calls[] = {
		"gen_random_uuid()", "uuid_generate_v4()", "public.uuid_generate_v4()"};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strcmp(text, calls[i]) == 0)
			return true;
	return false;
}

static void fill_expr(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct default_state *s = g->state;

	gen_expr_derive(s->x, in, row, n, g->key, out, h);
}

/*
 * nextval() becomes a sequence of rows, a call that makes a random uuid becomes
 * one, and any other default is compiled as an expression.
 */
static int prepare(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct default_state *s = arena_alloc(a, sizeof(*s));
	const char *text = default_of(c->column);

	(void)params;
	if (s == NULL)
		return err_nomem(e);
	g->state = s;
	s->key = c->key;
	if (c->column->identity != PG_IDENTITY_NONE || (text != NULL && begins(text, "nextval(")))
		return prepare_sequence(g, c, s, e);
	if (text == NULL)
		return err_set(e, ERR_NO, "%s: the column has no default", g->op->id);
	if (c->type == VT_UUID && makes_uuid(text)) {
		s->fill = fill_uuid;
		g->space = GEN_SPACE_MAX;
		return 0;
	}
	s->fill = fill_expr;
	g->max_bytes = gen_expr_max_bytes(c);
	g->own_texts = true;
	return (s->x = gen_expr_value(g, c, text, a, e)) != NULL ? 0 : -1;
}

static void derive(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct default_state *s = g->state;

	s->fill(g, in, row, n, out, h);
}

const struct gen_op gen_default_ops[] = {
	{.id = "primitive.default",
		.help = "the column's own default: a constant, its sequence, a uuid, the plan's "
			"now",
		.families = GF_ANY,
		.derives = true,
		.prepare = prepare,
		.derive = derive},
	{.id = NULL},
};
