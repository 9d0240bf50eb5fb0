/* SPDX-License-Identifier: MIT */
/*
 * Choices: values with weights. transform.weighted_choice draws among them;
 * primitive.shares, below, gives each its exact share of the rows.
 *
 * A choice is written in the plan as a text, a number or a boolean, and read as a value of the
 * column's type once. It has to be one that the column can store.
 */
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/perm.h"
#include "common/generators/gen_choice_raw.h"
#include "common/generators/gen_kit.h"
#include "common/io/msgpack.h"

/* Reads a choice as a value of the column's type; false when it is none. */
bool gen_choice_parse(const struct gen_column *c, struct vtext t, struct gen_choice *out)
{
	const struct pg_type *type = c->base.type;

	switch (c->type) {
	case VT_BOOL:
		out->v.i = t.n == 4 && memcmp(t.p, "true", 4) == 0;
		return out->v.i || (t.n == 5 && memcmp(t.p, "false", 5) == 0);
	case VT_INT:
		return num_parse_i64(t.p, t.n, &out->v.i);
	case VT_DEC:
		return num_parse_dec(t.p, t.n, c->scale, &out->v.i);
	case VT_DATE:
		return cal_parse_date(t.p, t.n, &out->v.i);
	case VT_TIME:
		return cal_parse_time(t.p, t.n, &out->v.i);
	case VT_TS:
		return cal_parse_ts(t.p, t.n, &out->v.i);
	case VT_TSTZ:
		return cal_parse_tstz(t.p, t.n, &out->v.i);
	case VT_ENUM:
		for (uint32_t i = 0; i < type->nlabels; i++)
			if (strlen(type->labels[i]) == t.n &&
				memcmp(type->labels[i], t.p, t.n) == 0) {
				out->v.i = i;
				return true;
			}
		return false;
	case VT_F64:
		return num_parse_f64(t.p, t.n, &out->v.f);
	case VT_TEXT:
	case VT_RAW:
		out->v.t = t;
		return c->type == VT_TEXT || gen_choice_raw(&c->base, t);
	default:
		return false;
	}
}

/*
 * Whether the column's checks, as far as they list values or exclude some,
 * allow the value.
 */
static bool in_set(const struct sql_domain *d, int64_t v)
{
	bool in = d == NULL || d->set == NULL, out = false;

	for (uint32_t i = 0; !in && i < d->nset; i++)
		in = d->set[i] == v;
	for (uint32_t i = 0; d != NULL && d->not_set != NULL && i < d->nnot; i++)
		out = out || d->not_set[i] == v;
	return in && !out;
}

/* Whether a floating-point number is within the bounds that the checks leave. */
static bool within(const struct sql_domain *d, double v)
{
	bool low = d != NULL && d->has_lo && (d->flo_open ? v <= d->flo : v < d->flo);
	bool high = d != NULL && d->has_hi && (d->fhi_open ? v >= d->fhi : v > d->fhi);

	return !low && !high;
}

/*
 * Whether a choice can be stored: within the range of the type, and passing the
 * column's checks.
 */
bool gen_choice_fits(
	const struct gen_column *c, const struct gen_choice *k, const struct gen_text_check *check)
{
	int64_t lo, hi;

	if (c->type == VT_TEXT)
		return gen_text_ok(check, k->v.t.p, k->v.t.n);
	if (c->type == VT_F64)
		return within(c->dom, k->v.f);
	if (!vec_is_ordinal(c->type))
		return true;
	gen_bounds(c, 0, &lo, &hi);
	return k->v.i >= lo && k->v.i <= hi && in_set(c->dom, k->v.i);
}

/* One entry of the list: a value and a weight above 0. */
static int read_choice(const char *id, const struct gen_column *c, const msgpack_object *o,
	uint32_t at, const struct gen_text_check *check, struct gen_choice *k, struct arena *a,
	struct err *e)
{
	const msgpack_object *v = o->type == MSGPACK_OBJECT_MAP ? mp_get(o, "value") : NULL;
	struct vtext text;
	int rc = v != NULL ? gen_value_text(v, a, &text) : 0;

	if (rc == -1)
		return err_nomem(e);
	if (rc == 0 || !gen_arg_float(o, "weight", &k->weight) || !(k->weight > 0))
		return err_set(e, ERR_NO,
			"%s: choice %u is not {value: string, number or boolean, weight: number "
			"above 0}",
			id, at);
	if (gen_choice_parse(c, text, k) && gen_choice_fits(c, k, check))
		return 0;
	return err_set(e, ERR_NO, "%s: the column cannot hold choice %u", id, at);
}

/*
 * Reads the parameter "choices"; weights are kept as they are, and scaled by
 * whoever draws.
 */
int gen_choices(struct gen_choices *s, const char *id, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	size_t n = 0;
	const msgpack_object *list = params == NULL ? NULL : mp_get_array(params, "choices", &n);
	struct gen_text_check *check;
	int rc = 0;

	if (list == NULL || n == 0)
		return err_set(e, ERR_NO, "%s: choices is empty", id);
	*s = (struct gen_choices){.n = (uint32_t)n};
	if ((s->v = arena_array(a, n, sizeof(s->v[0]))) == NULL)
		return err_nomem(e);
	if ((check = gen_text_check(c, gen_text_limits(c), a, e)) == NULL)
		return -1;
	for (uint32_t i = 0; rc == 0 && i < s->n; i++) {
		rc = read_choice(id, c, &list[i], i, check, &s->v[i], a, e);
		s->sum += s->v[i].weight;
		if (rc == 0 && (c->type == VT_TEXT || c->type == VT_RAW) &&
			s->v[i].v.t.n > s->bytes)
			s->bytes = (uint32_t)s->v[i].v.t.n;
	}
	gen_text_check_free(check);
	return rc;
}

/* Puts the choice into the vector in the form that its type has there. */
void gen_choice_put(const struct gen_choice *k, struct vec *v, uint32_t i)
{
	if (v->type == VT_TEXT || v->type == VT_RAW)
		v->v.t[i] = k->v.t;
	else if (v->type == VT_F64)
		v->v.f[i] = k->v.f;
	else
		v->v.i[i] = k->v.i;
}

/* ---- primitive.shares --------------------------------------------------------------------- */

/*
 * The rows go through a keyed bijection, and the first of what comes out take the first choice,
 * and so on: each has its share of the rows, to the row, and how many that is is known before any
 * is made.  A row's value is not drawn again: another would make the shares wrong.
 */
struct shares_state {
	struct gen_choices c;
	uint64_t *below; /* places below this take it */
	struct perm perm;
};

/*
 * Turns weights into places: below[k] is the first row, in shuffled order, that
 * choice k does not take.
 */
static int prepare_shares(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct shares_state *s = arena_alloc(a, sizeof(*s));
	double upto = 0;

	if (s == NULL)
		return err_nomem(e);
	if (c->unique)
		return err_set(e, ERR_NO, "%s cannot promise distinct values for a unique column",
			g->op->id);
	if (gen_choices(&s->c, g->op->id, c, params, a, e) == -1)
		return -1;
	if ((s->below = arena_array(a, s->c.n, sizeof(s->below[0]))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < s->c.n; i++) {
		double share;

		upto += s->c.v[i].weight;
		share = upto / s->c.sum;
		s->below[i] = share >= 1
				      ? c->rows
				      : (uint64_t)(((unsigned __int128)(share * 0x1p64) * c->rows +
							   ((unsigned __int128)1 << 63)) >>
						   64);
	}
	s->below[s->c.n - 1] = c->rows;
	perm_init(&s->perm, c->key, c->rows > 0 ? c->rows : 1);
	g->max_bytes = s->c.bytes;
	g->state = s;
	return 0;
}

/* A row's place in the shuffled order decides its value. */
static void derive_shares(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct shares_state *s = g->state;
	uint64_t at[VEC_BLOCK];

	(void)in;
	(void)h;
	out->has_null = false;
	perm_many(&s->perm, row, n, at);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = 0;

		while (at[i] >= s->below[k])
			k++;
		gen_choice_put(&s->c.v[k], out, i);
	}
}

/* How many rows take choice ${at}, and its value; false beyond the last. */
static bool tally_shares(
	const struct gen *g, uint32_t at, struct vec *v, uint32_t i, uint64_t *rows)
{
	const struct shares_state *s = g->state;

	if (at >= s->c.n)
		return false;
	*rows = s->below[at] - (at > 0 ? s->below[at - 1] : 0);
	gen_choice_put(&s->c.v[at], v, i);
	return true;
}

static const struct gen_param shares_params[] = {
	{"choices", GP_CHOICES, true, NULL, "values, and the weight of each one's share"},
	{0},
};

const struct gen_op gen_shares_ops[] = {
	{.id = "primitive.shares",
		.help = "values that have exact shares of the rows, in no order",
		.params = shares_params,
		.example = "{\"choices\": [{\"value\": \"3\", \"weight\": 9}, "
			   "{\"value\": \"7\", \"weight\": 1}]}",
		.families = GF_BOOL | GF_INT | GF_NUM | GF_FLOAT | GF_TEXT | GF_DATE | GF_TIME |
			    GF_TS | GF_ENUM | GF_RAW,
		.derives = true,
		.prepare = prepare_shares,
		.derive = derive_shares,
		.tally = tally_shares},
	{0},
};
