/* SPDX-License-Identifier: MIT */
#include "common/generators/genreg.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/perm.h"
#include "common/base/rng.h"
#include "common/generators/gen_expr.h"
#include "common/generators/gen_kit.h"
#include "common/generators/gen_path.h"
#include "common/generators/locale.h"
#include "common/io/msgpack.h"

/*
 * derive.when: several generators for one column, and conditions that choose among them: the
 * first whose condition is true makes the row's value, the last resort when none is.  Rules
 * of a plan with `when` become it.  Each generator draws from a stream of its own; that of
 * the last resort is the column's, so that a rule more changes no row it does not take.
 */

/* A condition and its generator. */
struct branch {
	struct gen_expr *when; /* NULL: the last resort */
	struct gen gen;
	struct gen_column column;
	uint32_t in[GEN_INPUTS]; /* of its inputs, which of the whole's */
	struct perm perm;	 /* of a unique column: from rows to indexes */
};

struct when_state {
	struct branch *branch; /* the last resort last */
	uint32_t n;
	bool unique;
};

/* ---- preparing ------------------------------------------------------------------------------ */

/*
 * Adds a branch's inputs to those of the whole generator, and records where
 * each is.
 */
static int take_inputs(struct gen *g, struct branch *b, struct err *e)
{
	for (uint32_t i = 0; i < b->gen.nin; i++) {
		const struct gen_input *in = &b->gen.in[i];
		uint32_t k = 0;

		while (k < g->nin && !gen_input_same(&g->in[k], in))
			k++;
		if (k == GEN_INPUTS)
			return err_set(e, ERR_NO, "%s: its rules read more than %d columns",
				g->op->id, GEN_INPUTS);
		if (k == g->nin)
			g->in[g->nin++] = *in;
		b->in[i] = k;
	}
	return 0;
}

/*
 * Prepares a branch's generator on a copy of the column, with a key of its own.
 */
static int prepare_branch(struct gen *g, const struct gen_column *c, struct branch *b,
	const msgpack_object *rule, struct arena *a, struct err *e)
{
	const char *id = mp_get_str(rule, "generator", a), *locale = mp_get_str(rule, "locale", a);
	const struct gen_op *op = id != NULL ? genreg_find_plain(id) : NULL;

	if (op == NULL)
		return err_set(e, ERR_NO, "%s: unknown generator %s", g->op->id,
			id != NULL ? id : "(none)");
	if (op->aggregates)
		return err_set(
			e, ERR_NO, "%s: %s makes every row of its column or none", g->op->id, id);
	b->column = *c;
	b->column.by_rule = mp_get_bool(rule, "by_rule", true);
	if (locale != NULL && locale_find(locale) == NULL)
		return err_set(e, ERR_NO, "%s: there is no locale \"%s\"", g->op->id, locale);
	if (locale != NULL && !genreg_has_locale(op, locale))
		return err_set(e, ERR_NO,
			"%s: the locale \"%s\" changes nothing in values of %s: leave it out",
			g->op->id, locale, id);
	if (locale != NULL)
		b->column.locale = locale;
	if (gen_prepare(&b->gen, op, &b->column, mp_get(rule, "params"), a, e) == -1 ||
		take_inputs(g, b, e) == -1)
		return -1;
	if (b->gen.ordinal && b->gen.space == 0)
		b->gen.space =
			((uint64_t)b->gen.hi - (uint64_t)b->gen.lo) / (uint64_t)b->gen.step + 1;
	g->max_bytes = (uint32_t)gen_add(g->max_bytes, b->gen.max_bytes);
	if (g->pii == NULL)
		g->pii = op->pii;
	return 0;
}

static int prepare_when(struct gen *g, const struct gen_column *c, struct branch *b,
	const msgpack_object *rule, struct arena *a, struct err *e)
{
	const char *text = mp_get_str(rule, "when", a);

	if (text == NULL)
		return err_set(e, ERR_NO, "%s: a rule without a condition", g->op->id);
	return (b->when = gen_expr_condition(g, c, text, a, e)) != NULL ? 0 : -1;
}

/* ---- unique columns ------------------------------------------------------------------------- */

static int64_t last_of(const struct gen *g)
{
	return (int64_t)((uint64_t)g->lo + (uint64_t)g->step * (g->space - 1));
}

/* Whether two branches never make the same value in different rows: ranges that do not meet, or
 * values that are the same function of the row. */
static bool never_meet(const struct branch *a, const struct branch *b)
{
	if (a->gen.ordinal && b->gen.ordinal)
		return last_of(&a->gen) < b->gen.lo || last_of(&b->gen) < a->gen.lo;
	return a->gen.op == b->gen.op && a->gen.space == b->gen.space && a->column.type == VT_UUID;
}

static bool all_apart(const struct when_state *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		for (uint32_t j = 0; j < i; j++)
			if (!never_meet(&s->branch[i], &s->branch[j]))
				return false;
	return true;
}

/* Leaves branch i every value whose place is i modulo the number of branches: ranges that meet
 * then have no value in common. */
static bool deal(struct when_state *s)
{
	for (uint32_t i = 0; i < s->n; i++) {
		struct gen *g = &s->branch[i].gen;
		int64_t skip = (int64_t)i - g->lo % (int64_t)s->n;

		skip += skip < 0 ? (int64_t)s->n : 0;
		skip -= skip >= (int64_t)s->n ? (int64_t)s->n : 0;
		if (!g->ordinal || !vec_is_ordinal(s->branch[i].column.type) || g->step != 1 ||
			g->space <= (uint64_t)skip)
			return false;
		g->lo += skip;
		g->space = (g->space - (uint64_t)skip + s->n - 1) / s->n;
		g->step = s->n;
	}
	return true;
}

/* Each branch draws from a bijection of the row's number, and no two make the same value. */
static int be_distinct(
	struct gen *g, struct when_state *s, const struct gen_column *c, struct err *e)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (s->branch[i].gen.op->derives || s->branch[i].gen.affine)
			return err_set(e, ERR_NO,
				"%s: the column is unique, and %s cannot promise values that those "
				"of its other rules differ from",
				g->op->id, s->branch[i].gen.op->id);
	if (!all_apart(s) && !deal(s))
		return err_set(e, ERR_NO,
			"%s: the column is unique, and values of several rules may meet: give "
			"them ranges that do not",
			g->op->id);
	for (uint32_t i = 0; i < s->n; i++) {
		struct branch *b = &s->branch[i];

		if (b->gen.space < c->rows)
			return err_set(e, ERR_NO,
				"%s: %s has %s distinct values beside those of its other rules, "
				"and the column is unique over %s rows",
				g->op->id, b->gen.op->id, num_people(b->gen.space).s,
				num_people(c->rows).s);
		perm_init(&b->perm, c->key, b->gen.space);
	}
	s->unique = true;
	g->space = c->rows;
	return 0;
}

static int prepare(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	size_t n;
	const msgpack_object *rules = mp_get_array(params, "rules", &n);
	const msgpack_object *last = mp_get(params, "otherwise");
	struct when_state *s = arena_alloc(a, sizeof(*s));

	if (s == NULL || (s->branch = arena_array(a, n + 1, sizeof(s->branch[0]))) == NULL)
		return err_nomem(e);
	for (s->n = 0; s->n < n; s->n++)
		if (prepare_when(g, c, &s->branch[s->n], &rules[s->n], a, e) == -1 ||
			prepare_branch(g, c, &s->branch[s->n], &rules[s->n], a, e) == -1)
			return -1;
	g->state = s;
	if (prepare_branch(g, c, &s->branch[s->n++], last, a, e) == -1)
		return -1;
	return c->unique ? be_distinct(g, s, c, e) : 0;
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* Indexes of the live rows, their values, and nothing else. */
static void draw(const struct branch *b, bool unique, uint64_t key, const uint64_t *row,
	const uint32_t *at, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct gen *g = &b->gen;
	uint64_t idx[VEC_BLOCK];

	for (uint32_t i = 0; i < n; i++)
		idx[i] = unique ? perm_at(&b->perm, row[at[i]])
				: rng_below(rng_at(key, row[at[i]]), g->space);
	if (!g->ordinal && !g->affine) {
		g->op->value(g, idx, n, out, h);
		return;
	}
	if (!vec_is_ordinal(out->type)) {
		g->op->value(g, idx, n, out, h);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint64_t k = g->affine ? row[at[i]] : idx[i];
		__int128 x = g->lo + (__int128)g->step * k;

		if (g->affine && (g->step > 0 ? x > g->hi : x < g->hi))
			x = g->hi;
		out->v.i[i] = (int64_t)x;
	}
}

/* Makes the rows in live[] by one branch; the others are left alone. */
static void fill(const struct branch *b, bool unique, uint64_t key, const struct vec *const *ins,
	const uint64_t *row, uint32_t n, const uint8_t *live, struct vec *out, struct gen_heap *h)
{
	const uint8_t *outer = h->live;
	const struct vec *in[GEN_INPUTS];
	struct gen g = b->gen;
	uint32_t at[VEC_BLOCK], m = 0;
	struct vec v;

	for (uint32_t i = 0; i < n; i++)
		if (live[i])
			at[m++] = i;
	if (m == 0)
		return;
	if (!vec_init(&v, out->type, &h->arena)) {
		h->nomem = true;
		return;
	}
	v.scale = out->scale;
	if (!g.op->derives) {
		v.n = m;
		draw(b, unique, key, row, at, m, &v, h);
	} else {
		v.n = n;
		g.key = key;
		for (uint32_t i = 0; i < g.nin; i++)
			in[i] = ins[b->in[i]];
		h->live = live;
		g.op->derive(&g, in, row, n, &v, h);
		h->live = outer;
	}
	for (uint32_t i = 0; i < m; i++)
		vec_take(out, at[i], &v, g.op->derives ? at[i] : i);
}

/* Each condition is tested only for rows that none before it took. */
static void derive(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct when_state *s = g->state;
	uint8_t left[VEC_BLOCK], test[VEC_BLOCK];

	out->has_null = false;
	for (uint32_t i = 0; i < n; i++)
		left[i] = h->live == NULL || h->live[i];
	for (uint32_t k = 0; k < s->n; k++) {
		const struct branch *b = &s->branch[k];
		uint64_t key = b->when != NULL ? rng_subkey(g->key, 2 * k + 1) : g->key;

		if (b->when != NULL)
			gen_expr_test(b->when, in, row, n, rng_subkey(g->key, 2 * k), test, h);
		for (uint32_t i = 0; i < n; i++) {
			test[i] = left[i] && (b->when == NULL || test[i]);
			left[i] = left[i] && !test[i];
		}
		fill(b, s->unique, key, in, row, n, test, out, h);
	}
}

/* An order that a check asks for is kept by each generator that can; its new input is the whole's.
 */
static int order(struct gen *g, uint32_t column, bool low, int64_t gap, bool *taken, struct err *e)
{
	struct when_state *s = g->state;

	*taken = false;
	for (uint32_t i = 0; i < s->n; i++) {
		struct gen *of = &s->branch[i].gen;
		bool took;

		if (of->op->order == NULL || g->nin == GEN_INPUTS)
			continue;
		if (of->op->order(of, column, low, gap, &took, e) == -1 ||
			take_inputs(g, &s->branch[i], e) == -1)
			return -1;
		*taken = *taken || took;
	}
	return 0;
}

static const struct gen_param params[] = {
	{"rules", GP_RULES, true, NULL, "conditions, and the generator each chooses"},
	{"otherwise", GP_RULE, true, NULL, "the generator of the rows that meet no condition"},
	{NULL, GP_STRING, false, NULL, NULL},
};

const struct gen_op genreg_when_ops[] = {
	{.id = "derive.when",
		.help = "the generator of the first condition that is true in the row",
		.params = params,
		.example = "{\"rules\": [{\"when\": \"quantity > 5\", \"generator\": "
			   "\"primitive.int\", \"params\": {\"min\": 10, \"max\": 20}}], "
			   "\"otherwise\": {\"generator\": \"primitive.int\", "
			   "\"params\": {\"min\": 1, \"max\": 9}}}",
		.families = GF_ANY,
		.locale = GEN_LOCALES,
		.reads = GR_ROW | GR_PARENT,
		.derives = true,
		.prepare = prepare,
		.derive = derive,
		.order = order},
	{.id = NULL},
};
