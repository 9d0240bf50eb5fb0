/* SPDX-License-Identifier: MIT */
/*
 * Generators that compute a value from other columns of the row or of its
 * parents: copies of a parent's value, e-mail addresses made from names, and
 * totals of money.
 *
 * Such a generator lists its inputs when it is prepared (gen_derive_input.c
 * reads the parameters); the program of the table then orders the columns so
 * that inputs are there first. derive() gets the inputs as vectors, and the
 * numbers of the rows, which decide what is drawn.
 */
#include "common/generators/gen_derive.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/str.h"
#include "common/generators/gen_expr.h"

/* An output without NULLs yet. */
static void start(struct vec *out)
{
	out->has_null = false;
}

/* ---- copies: derive.fk, derive.parent_value --------------------------------------------- */

/*
 * The parent's value is assigned to the column as an INSERT would do it.  Between two columns of
 * one type, or to one that holds more, that is a copy of the vector.
 */
struct copy_state {
	struct sql_expr *move; /* NULL: a copy */
	bool not_null;
};

/* Finds out, once, whether the parent's values need a conversion. */
static int prepare_copy(struct gen *g, const struct gen_column *c, struct arena *a, struct err *e)
{
	const struct pg_column *parent = derive_input(g, c, 0);
	struct copy_state *s = arena_alloc(a, sizeof(*s));

	if (s == NULL)
		return err_nomem(e);
	if (sql_compile_move(&s->move, parent, c->column, false, a, e) != SQL_OK)
		return err_wrap(e, "%s: column %s of the parent", g->op->id, parent->name);
	s->not_null = pg_column_not_null(c->column);
	g->max_bytes = gen_expr_max_bytes(c);
	g->own_texts = true;
	g->state = s;
	return 0;
}

/*
 * derive.fk: the column is a member of a foreign key, and copies that key's
 * column.
 */
static int prepare_fk(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	uint32_t me = (uint32_t)(c->column - c->table->columns);

	(void)params;
	for (uint32_t i = 0; i < c->table->ncons; i++) {
		const struct pg_constraint *k = &c->table->cons[i];

		for (uint32_t j = 0; k->kind == PG_CON_FOREIGN && j < k->ncols; j++) {
			if (k->cols[j] != me)
				continue;
			if (k->ref == NULL)
				return err_set(e, ERR_NO,
					"%s: the parent %s.%s was not introspected", g->op->id,
					k->ref_schema, k->ref_table);
			g->in[0] = (struct gen_input){
				.from = GEN_PARENT, .column = k->ref_cols[j], .fk = i};
			g->nin = 1;
			return prepare_copy(g, c, a, e);
		}
	}
	return err_set(e, ERR_NO, "%s: the column is in no foreign key", g->op->id);
}

static int prepare_parent_value(struct gen *g, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	return derive_parent(g, c, params, a, e) == -1 ? -1 : prepare_copy(g, c, a, e);
}

/* A copy of the vector; texts are shared, not copied. */
static void copy(const struct vec *in, uint32_t n, struct vec *out)
{
	for (uint32_t i = 0; in->has_null && i < n; i++)
		if (in->null[i])
			vec_set_null(out, i);
	if (vec_is_ordinal(out->type))
		memcpy(out->v.i, in->v.i, n * sizeof(*out->v.i));
	else if (out->type == VT_F64)
		memcpy(out->v.f, in->v.f, n * sizeof(*out->v.f));
	else if (out->type == VT_UUID)
		memcpy(out->v.u, in->v.u, n * sizeof(*out->v.u));
	else
		memcpy(out->v.t, in->v.t, n * sizeof(*out->v.t));
}

/*
 * A value that the column cannot hold fails its row, with the reason; so does a
 * NULL where the column has none.
 */
static void derive_copy(const struct gen *g, const struct vec *const *ins, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct copy_state *s = g->state;
	struct err ignored = {.kind = ERR_NONE};
	struct sql_fault fault = {0, NULL};

	(void)row;
	start(out);
	if (s->move == NULL)
		copy(ins[0], n, out);
	else if (sql_assign(s->move, ins, n, h->live, out, &fault, &h->arena, &ignored) == -1)
		h->nomem = true;
	if (fault.why != NULL)
		gen_fail(h, fault.row, fault.why);
	for (uint32_t i = 0; s->not_null && out->has_null && i < n; i++)
		if (out->null[i] && (h->live == NULL || h->live[i]))
			gen_fail(h, i, "there is no value of a parent, and the column is NOT NULL");
}

bool derive_copies(const struct gen *g)
{
	return g->op != NULL && g->op->derive == derive_copy;
}

/* ---- derive.email_from_name ---------------------------------------------------------------- */

enum { LOCAL_MAX = 64, WORD_MAX = 256, ROW_DIGITS = 21 };

/*
 * The domain, and how long the part before the "@" may be (64 bytes: RFC 5321,
 * 4.5.3.1.1).
 */
struct email_state {
	const char *domain;
	uint32_t ndomain, local; /* the most bytes of the local part */
	struct pg_base base[GEN_INPUTS];
};

/* Equal names make equal addresses: a unique column has numbers put to them. */
static int prepare_email(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_limits lim = gen_text_limits(c);
	struct email_state *s = arena_alloc(a, sizeof(*s));

	if (s == NULL)
		return err_nomem(e);
	if (derive_inputs(g, c, params, 1, a, e) == -1)
		return -1;
	s->domain = "example.com";
	(void)gen_arg_string(params, "domain", a, &s->domain);
	if (s->domain == NULL)
		return err_nomem(e);
	s->ndomain = (uint32_t)strlen(s->domain);
	if (c->dom != NULL && (c->dom->texts != NULL || c->dom->npatterns > 0))
		return err_set(e, ERR_NO, "%s cannot honour the checks of the column", g->op->id);
	if (lim.max < s->ndomain + 2)
		return err_set(e, ERR_NO, "%s: an address at %s does not fit %u characters",
			g->op->id, s->domain, lim.max);
	s->local = lim.max - s->ndomain - 1;
	s->local = s->local > LOCAL_MAX ? LOCAL_MAX : s->local;
	if (c->dom != NULL && c->dom->min_len > s->ndomain + 2)
		return err_set(e, ERR_NO, "%s cannot make texts of at least %u characters",
			g->op->id, c->dom->min_len);
	for (uint32_t i = 0; i < g->nin; i++) {
		const struct pg_column *in = derive_input(g, c, i);

		s->base[i] = pg_base_of(in->type, in->typmod);
	}
	g->max_bytes = s->local + 1 + s->ndomain;
	g->state = s;
	return 0;
}

/*
 * Letters and digits folded to ASCII; runs of blanks, "-", "_" and "." become
 * one dot, with none at the ends. Returns the length, at most ${room}.
 */
static uint32_t dotted(const char *p, size_t n, char *to, uint32_t room)
{
	uint32_t len = 0;
	size_t from = 0;

	for (size_t i = 0; i <= n; i++) {
		char word[2 * WORD_MAX];
		size_t m;

		if (i < n && strchr(" \t-_.", p[i]) == NULL)
			continue;
		m = gen_transliterate(p + from, i - from > WORD_MAX ? WORD_MAX : i - from, word);
		from = i + 1;
		if (m == 0 || len + (len > 0) >= room)
			continue;
		if (len > 0)
			to[len++] = '.';
		m = m > room - len ? room - len : m;
		memcpy(to + len, word, m);
		len += (uint32_t)m;
	}
	return len;
}

/* The part before the "@", made of all inputs that are not NULL. */
static uint32_t local_part(const struct email_state *s, const struct gen *g,
	const struct vec *const *ins, uint32_t i, char *to, uint32_t room)
{
	uint32_t len = 0;

	for (uint32_t k = 0; k < g->nin; k++) {
		char text[DERIVE_TEXT];
		struct vtext t;
		uint32_t dot = len > 0, m;

		if (vec_is_null(ins[k], i) || len + dot >= room)
			continue;
		t = derive_text(ins[k], i, s->base[k], text);
		m = dotted(t.p, t.n, to + len + dot, room - len - dot);
		if (m > 0 && dot)
			to[len] = '.';
		len += m > 0 ? m + dot : 0;
	}
	return len;
}

/* An address is local part, "@" and domain. Where nothing of the name is left the row's number
 * stands for it. */
static void derive_email(const struct gen *g, const struct vec *const *ins, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct email_state *s = g->state;

	start(out);
	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, g->max_bytes);
		uint32_t len = local_part(s, g, ins, i, p, s->local);

		if (len == 0) {
			char tail[ROW_DIGITS + 11];
			uint32_t nt = (uint32_t)num_fmt_u64(tail, row[i] + 1);

			nt = nt > s->local ? s->local : nt;
			len = s->local >= 4 + nt ? 4 : 0;
			memcpy(p, "user", len);
			memcpy(p + len, tail, nt);
			len += nt;
		}
		p[len++] = '@';
		memcpy(p + len, s->domain, s->ndomain);
		len += s->ndomain;
		gen_heap_give(h, g->max_bytes - len);
		out->v.t[i] = (struct vtext){p, len};
	}
}

/* ---- derive.money_total ---------------------------------------------------------------------- */

/* The range of the result. */
struct total_state {
	int64_t lo, hi; /* what the column's type and checks allow */
};

/*
 * Price and quantity are required, a discount is optional; all have to be
 * numbers.
 */
static int prepare_total(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct total_state *s = arena_alloc(a, sizeof(*s));

	if (s == NULL)
		return err_nomem(e);
	if (derive_inputs(g, c, params, 2, a, e) == -1)
		return -1;
	for (uint32_t i = 0; i < g->nin; i++) {
		uint8_t scale;
		enum vtype t = derive_input_type(g, c, i, &scale);

		if (t != VT_INT && t != VT_DEC && t != VT_F64)
			return err_set(e, ERR_NO, "%s: input column %s is not a number", g->op->id,
				derive_input(g, c, i)->name);
	}
	if (c->unique)
		return err_set(e, ERR_NO, "%s cannot promise distinct values for a unique column",
			g->op->id);
	gen_bounds(c, 0, &s->lo, &s->hi);
	g->state = s;
	return 0;
}

enum { F64_SCALE = 6 }; /* decimals a double takes part with */

/*
 * A number as an integer and a scale. A double takes part with F64_SCALE
 * decimals, rounded and saturated.
 */
static int64_t exact(const struct vec *v, uint32_t i, unsigned *scale)
{
	double d;

	*scale = v->type == VT_DEC ? v->scale : 0;
	if (v->type != VT_F64)
		return v->v.i[i];
	*scale = F64_SCALE;
	d = v->v.f[i] * 1e6;
	return d > 9e18 ? INT64_MAX : d < -9e18 ? INT64_MIN : (int64_t)(d < 0 ? d - 0.5 : d + 0.5);
}

/* v * 10^-from in units of 10^-to, rounded half away from zero. */
static __int128 rescale(__int128 v, unsigned from, unsigned to)
{
	const __int128 most = (__int128)1 << 120;
	__int128 half;

	for (; from < to; from++) {
		if (v > most || v < -most)
			return v; /* beyond any column already */
		v *= 10;
	}
	if (from == to)
		return v;
	for (; from > to + 1; from--)
		v /= 10;
	half = v < 0 ? -5 : 5;
	return (v + half) / 10;
}

/*
 * price * quantity - discount, exact in 128 bits, rounded once at the end. A
 * result outside the column's range becomes the nearest value that is in it.
 */
static void derive_total(const struct gen *g, const struct vec *const *ins, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct total_state *s = g->state;
	unsigned scale = out->type == VT_DEC ? out->scale : out->type == VT_F64 ? F64_SCALE : 0;

	(void)row;
	(void)h;
	start(out);
	for (uint32_t i = 0; i < n; i++) {
		unsigned sp, sq, sd;
		__int128 total;

		if (vec_is_null(ins[0], i) || vec_is_null(ins[1], i)) {
			vec_set_null(out, i);
			continue;
		}
		total = (__int128)exact(ins[0], i, &sp) * exact(ins[1], i, &sq);
		total = rescale(total, sp + sq, scale);
		if (g->nin > 2 && !vec_is_null(ins[2], i)) {
			__int128 discount = exact(ins[2], i, &sd);

			total -= rescale(discount, sd, scale);
		}
		if (out->type == VT_F64) {
			out->v.f[i] = (double)total / 1e6;
			continue;
		}
		/* what the column cannot hold is held at its end */
		total = total < s->lo ? s->lo : total > s->hi ? s->hi : total;
		out->v.i[i] = (int64_t)total;
	}
}

static const struct gen_param email_params[] = {
	{"input_columns", GP_COLUMNS, true, NULL, "columns of the name", .min = "1"},
	{"domain", GP_STRING, false, "example.com", "after the @"},
	{0},
};

static const struct gen_param total_params[] = {
	{"input_columns", GP_COLUMNS, true, NULL, "price, quantity[, discount]", .min = "2"},
	{0},
};

static const struct gen_param parent_params[] = {
	{"input_columns", GP_COLUMNS, true, NULL, "the foreign key column", .min = "1"},
	{"parent_column", GP_STRING, true, NULL,
		"column to copy, or of its parent: fk_column.column"},
	{"parent_schema", GP_STRING, true, NULL, "of the table the foreign key refers to"},
	{"parent_table", GP_STRING, true, NULL, "the table the foreign key refers to"},
	{0},
};

const struct gen_op gen_derive_ops[] = {
	{.id = "derive.email_from_name",
		.help = "an e-mail address made from other columns, accents folded",
		.params = email_params,
		.families = GF_TEXT,
		.example = "{\"input_columns\": [\"first_name\", \"last_name\"]}",
		.pii = "pii.email",
		.distinct = GEN_DISTINCT_LETTERS,
		.reads = GR_ROW,
		.lenient = true,
		.derives = true,
		.prepare = prepare_email,
		.derive = derive_email},
	{.id = "derive.money_total",
		.help = "price times quantity less discount, exact",
		.params = total_params,
		.example = "{\"input_columns\": [\"price\", \"quantity\"]}",
		.families = GF_INT | GF_NUM | GF_FLOAT,
		.output = GF_NUM,
		.reads = GR_ROW,
		.lenient = true,
		.derives = true,
		.prepare = prepare_total,
		.derive = derive_total},
	{.id = "derive.fk",
		.help = "the parents' keys in turn",
		.families = GF_ANY,
		.reads = GR_PARENT,
		.fills_fk = true,
		.lenient = true,
		.derives = true,
		.prepare = prepare_fk,
		.derive = derive_copy},
	{.id = "derive.parent_value",
		.help = "a column of the parent row",
		.params = parent_params,
		.example = "{\"input_columns\": [\"customer_id\"], \"parent_schema\": "
			   "\"shop\", \"parent_table\": \"customers\", "
			   "\"parent_column\": \"name\"}",
		.families = GF_ANY,
		.reads = GR_PARENT,
		.lenient = true,
		.derives = true,
		.prepare = prepare_parent_value,
		.derive = derive_copy},
	{0},
};
