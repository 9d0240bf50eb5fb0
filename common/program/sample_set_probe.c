/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/generators/gen_kit.h"
#include "common/program/sample_set.h"
#include "common/sql/narrow/sql_probe.h"

/*
 * Values that a check's constants suggest.  None of them need be right: the checks are
 * asked of every combination, and those that fail are forgotten.
 */

enum { LITERALS = 64, TEXT_MOST = 400 };

struct prober {
	const struct compiler *k;
	struct sample_group *g;
	struct arena *a;
	struct sql_literal lit[LITERALS];
	uint32_t nlit;
	bool nomem;
};

/* The next random number below n. */
static uint64_t roll(uint64_t *h, uint64_t n)
{
	*h = rng_subkey(*h, 0);
	return rng_below(*h, n);
}

/* ---- texts --------------------------------------------------------------------------------- */

/* Two texts, one after the other. */
static struct vtext joined(struct prober *p, struct vtext x, struct vtext y)
{
	char *to = arena_alloc(p->a, x.n + y.n + 1);

	if (to == NULL) {
		p->nomem = true;
		return (struct vtext){"", 0};
	}
	memcpy(to, x.p, x.n);
	memcpy(to + x.n, y.p, y.n);
	return (struct vtext){to, x.n + y.n};
}

/* A constant of the checks, text or number, starting from a random one. */
static const struct sql_literal *literal(struct prober *p, bool text, uint64_t *h)
{
	uint32_t first = p->nlit > 0 ? (uint32_t)roll(h, p->nlit) : 0;

	for (uint32_t i = 0; i < p->nlit; i++) {
		const struct sql_literal *l = &p->lit[(first + i) % p->nlit];

		if (l->is_text == text)
			return l;
	}
	return NULL;
}

/* The plain text of a pattern: what is left without its special characters. */
static struct vtext plain(struct prober *p, struct vtext t)
{
	char *to = arena_alloc(p->a, t.n + 1);
	size_t n = 0;

	if (to == NULL) {
		p->nomem = true;
		return (struct vtext){"", 0};
	}
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '\\' && i + 1 < t.n)
			to[n++] = t.p[++i];
		else if (strchr("%_^$*+?()[]{}|\\", t.p[i]) == NULL)
			to[n++] = t.p[i];
	}
	return (struct vtext){to, n};
}

/* The text in one case; letters beyond ASCII become an x. */
static struct vtext cased(struct prober *p, struct vtext t, bool upper)
{
	struct vtext c = joined(p, t, (struct vtext){"", 0});
	char *to = arena_strndup(p->a, c.p, c.n);

	for (size_t i = 0; to != NULL && i < c.n; i++)
		if ((unsigned char)to[i] >= 0x80)
			to[i] = 'x';
		else if (upper ? to[i] >= 'a' && to[i] <= 'z' : to[i] >= 'A' && to[i] <= 'Z')
			to[i] ^= 0x20;
	p->nomem = p->nomem || to == NULL;
	return to != NULL ? (struct vtext){to, c.n} : t;
}

static struct vtext digits(struct prober *p, uint64_t n)
{
	char *to = arena_alloc(p->a, 24);

	if (to == NULL) {
		p->nomem = true;
		return (struct vtext){"", 0};
	}
	return (struct vtext){to, num_fmt_i64(to, (int64_t)n)};
}

/* An e-mail address at nobody's. */
static struct vtext address(struct prober *p, struct vtext own)
{
	static const char at[] = "@example.com";
	char *to = arena_alloc(p->a, 2 * own.n + sizeof(at) + 1);
	size_t n = 0;

	if (to == NULL) {
		p->nomem = true;
		return own;
	}
	n = gen_transliterate(own.p, own.n, to);
	memcpy(to + n, at, sizeof(at));
	return (struct vtext){to, n + sizeof(at) - 1};
}

/* A text that may pass: a constant, its plain text beside the sample's own,
 * another case, digits, an address. */
static struct vtext text_probe(struct prober *p, struct vtext own, uint64_t *h)
{
	const struct sql_literal *l = literal(p, true, h), *m = literal(p, true, h);
	struct vtext t = l != NULL ? plain(p, l->text) : own;
	struct vtext u = m != NULL ? plain(p, m->text) : own;

	own.n = roll(h, 2) != 0 ? own.n : utf8_cut(own.p, own.n, (uint32_t)(1 + roll(h, 9)));
	switch (roll(h, 10)) {
	case 0:
		return l != NULL ? l->text : own;
	case 1:
		return t;
	case 2:
		return joined(p, t, own);
	case 3:
		return joined(p, own, t);
	case 4:
		return cased(p, own, false);
	case 5:
		return cased(p, own, true);
	case 6:
		return digits(p, 1 + roll(h, 9999));
	case 7:
		return joined(p, t, joined(p, u, own));
	case 8:
		return address(p, own);
	default:
		return own;
	}
}

static struct vtext around(struct prober *p, const char *before, struct vtext t, const char *after)
{
	struct vtext b = {before, strlen(before)}, a = {after, strlen(after)};

	return joined(p, b, joined(p, t, a));
}

/* An array of equal elements, as many as a constant says or a few. */
static struct vtext elements(struct prober *p, struct vtext t, uint64_t *h)
{
	const struct sql_literal *l = literal(p, false, h);
	uint64_t n = l != NULL && l->i > 0 && l->i < 20 ? (uint64_t)l->i : 1 + roll(h, 4);
	struct vtext all = t;

	for (uint64_t i = 1; i < n; i++)
		all = joined(p, all, joined(p, (struct vtext){",", 1}, t));
	return around(p, "{", all, "}");
}

/* Types held as text: documents, arrays and ranges around the constants. */
static struct vtext raw_probe(struct prober *p, enum pg_class cls, struct vtext own, uint64_t *h)
{
	static const char *const forms[][2] = {
		{"{\"", "\": 1}"}, {"[\"", "\"]"}, {"{\"", "\": \"a\"}"}};
	static const char *const ranges[] = {"[1,5)", "[0,10)", "[3,90)", "[20,70)", "[7,8)"};
	const struct sql_literal *l = literal(p, true, h);
	struct vtext t = l != NULL ? l->text : (struct vtext){"1", 1};
	uint64_t n = roll(h, 5);

	if (cls == PG_JSON || cls == PG_JSONB)
		return around(p, forms[n % 3][0], t, forms[n % 3][1]);
	if (cls == PG_ARRAY)
		return elements(p, t, h);
	if (cls == PG_RANGE)
		return (struct vtext){ranges[n], strlen(ranges[n])};
	return l != NULL && roll(h, 2) != 0 ? l->text : own;
}

static void probe_text(struct prober *p, struct sample_column *c, uint32_t i, uint64_t *h)
{
	const struct program_column *b = &p->k->b->columns[c->column];
	struct vtext own = c->v.v.t[i], t;
	struct gen_limits lim;
	const struct sql_literal *l;

	if (b->type == VT_RAW) {
		c->v.v.t[i] = raw_probe(p, b->gc.base.type->cls, own, h);
		return;
	}
	if (b->type == VT_BYTES) {
		l = literal(p, false, h);
		t.n = l != NULL && l->i >= 0 && l->i < TEXT_MOST ? (size_t)l->i : roll(h, 40);
		t.p = arena_alloc(p->a, t.n + 8);
		p->nomem = p->nomem || t.p == NULL;
		for (size_t k = 0; t.p != NULL && k < t.n; k++)
			((char *)(uintptr_t)t.p)[k] = (char)roll(h, 256);
		if (t.p != NULL)
			c->v.v.t[i] = t;
		return;
	}
	t = text_probe(p, own, h);
	lim = gen_text_limits(&b->gc);
	if (t.n > TEXT_MOST || utf8_len(t.p, t.n) > lim.max || utf8_len(t.p, t.n) < lim.min)
		return;
	c->v.v.t[i] = t;
}

/* ---- numbers and times ----------------------------------------------------------------------- */

/* A constant in the column's scale. */
static int64_t scaled(const struct sql_literal *l, unsigned scale)
{
	__int128 v = l->i;

	for (unsigned s = l->scale; s < scale && v < INT64_MAX / 10 && v > INT64_MIN / 10; s++)
		v *= 10;
	for (unsigned s = l->scale; s > scale; s--)
		v /= 10;
	return v > INT64_MAX || v < INT64_MIN ? 0 : (int64_t)v;
}

/* A number with a random number of digits, because checks of a number's text
 * often ask how many it has. */
static int64_t digits_probe(const struct program_column *b, uint64_t *h)
{
	int64_t lo, hi, least;

	gen_type_range(&b->gc, &lo, &hi);
	least = num_pow10((unsigned)roll(h, 18));
	return least > hi / 10 ? hi : least + (int64_t)roll(h, (uint64_t)least * 9);
}

/* A number near a constant, a small one, a rounder one, or a multiple of a
 * constant. */
static int64_t number_probe(
	struct prober *p, const struct program_column *b, int64_t own, uint64_t *h)
{
	unsigned scale = b->type == VT_DEC ? b->scale : 0;
	const struct sql_literal *l = literal(p, false, h);
	int64_t unit = num_pow10(scale), near = l != NULL ? scaled(l, scale) : 0, grain;

	switch (roll(h, 4)) {
	case 0:
		return near + ((int64_t)roll(h, 3) - 1) * unit;
	case 1:
		return ((int64_t)roll(h, 130) - 15) * unit;
	case 2:
		grain = num_pow10((unsigned)roll(h, scale + 1u));
		return own - own % grain;
	default:
		return near == 0 || near == -1 ? own : own - own % near;
	}
}

/* A time on a whole day, hour, minute or second; a date at the start of a month
 * or year. */
static int64_t time_probe(
	const struct prober *p, const struct program_column *b, int64_t own, uint64_t *h)
{
	static const int64_t grains[] = {CAL_DAY, CAL_DAY / 24, CAL_DAY / 1440, CAL_DAY / 86400};
	int64_t grain = grains[roll(h, 4)], day;
	struct cal_date d;

	if (b->type != VT_DATE)
		return own - ((own % grain) + grain) % grain;
	day = roll(h, 2) != 0 ? own : p->k->b->plan->as_of - (int64_t)roll(h, 36525);
	if (!cal_date_finite(day) || roll(h, 2) != 0)
		return day;
	d = cal_date(day);
	return cal_days(d.year, roll(h, 2) != 0 ? d.month : 1, 1);
}

static void probe_ordinal(struct prober *p, struct sample_column *c, uint32_t i, uint64_t *h)
{
	const struct program_column *b = &p->k->b->columns[c->column];
	int64_t lo, hi, v = c->v.v.i[i];

	if (c->as_text && roll(h, 2) != 0)
		v = digits_probe(b, h);
	else if (b->type == VT_INT || b->type == VT_DEC)
		v = number_probe(p, b, v, h);
	else if (b->type != VT_BOOL && b->type != VT_ENUM)
		v = time_probe(p, b, v, h);
	gen_type_range(&b->gc, &lo, &hi);
	if (v >= lo && v <= hi)
		c->v.v.i[i] = v;
}

static void probe_float(struct prober *p, struct sample_column *c, uint32_t i, uint64_t *h)
{
	const struct sql_literal *l = literal(p, false, h);
	double own = c->v.v.f[i];

	if (own > -1e15 && own < 1e15 && roll(h, 2) != 0)
		c->v.v.f[i] = (double)(int64_t)own;
	else
		c->v.v.f[i] = (l != NULL ? (double)scaled(l, 0) : 0) + (double)roll(h, 100);
}

/* ---- other columns -----------------------------------------------------------------------------
 */

/* Takes the value of another column of the group: checks often compare two. */
static bool copy(struct prober *p, struct sample_column *c, uint32_t i, uint64_t *h)
{
	const struct sample_column *column = &p->g->col[roll(h, p->g->ncols)];
	const struct vec *from = pool_seen(column);

	if (column == c || from->type != c->v.type || from->scale != c->v.scale ||
		column->fixed_null || vec_is_null(from, i))
		return false;
	if (vec_is_ordinal(c->v.type))
		c->v.v.i[i] = from->v.i[i];
	else if (c->v.type == VT_TEXT &&
		 utf8_len(from->v.t[i].p, from->v.t[i].n) <=
			 gen_text_limits(&p->k->b->columns[c->column].gc).max)
		c->v.v.t[i] = from->v.t[i];
	else
		return false;
	return true;
}

static void probe_column(struct prober *p, struct sample_column *c, uint64_t key)
{
	const struct program_column *b = &p->k->b->columns[c->column];

	for (uint32_t i = 0; i < VEC_BLOCK && !p->nomem; i++) {
		uint64_t h = rng_at(key, i);

		if (vec_is_null(&c->v, i) || roll(&h, 4) == 0)
			continue;
		if (p->g->ncols > 1 && roll(&h, 4) == 0 && copy(p, c, i, &h))
			continue;
		if (vec_is_ordinal(b->type))
			probe_ordinal(p, c, i, &h);
		else if (b->type == VT_F64)
			probe_float(p, c, i, &h);
		else if (b->type != VT_UUID)
			probe_text(p, c, i, &h);
	}
}

/* Where a check says what a column is (a = b + c), takes that value if it fits
 * the column exactly. */
static void define(struct prober *p, struct sample_column *c, uint32_t i, const struct vec *v)
{
	const struct gen_column *gc = &p->k->b->columns[c->column].gc;
	int64_t lo, hi, x, down;

	if (vec_is_null(v, i)) {
		if (!pg_column_not_null(gc->column))
			vec_set_null(&c->v, i);
		return;
	}
	if (c->v.has_null)
		c->v.null[i] = 0;
	if (v->type == VT_TEXT && c->v.type == VT_TEXT) {
		if (utf8_len(v->v.t[i].p, v->v.t[i].n) <= gen_text_limits(gc).max)
			c->v.v.t[i] = v->v.t[i];
		return;
	}
	if (!vec_is_ordinal(v->type) || !vec_is_ordinal(c->v.type))
		return;
	x = v->v.i[i];
	if (v->scale < c->v.scale &&
		__builtin_mul_overflow(x, num_pow10(c->v.scale - v->scale), &x))
		return;
	down = v->scale > c->v.scale ? num_pow10(v->scale - c->v.scale) : 1;
	gen_type_range(gc, &lo, &hi);
	if (x % down == 0 && x / down >= lo && x / down <= hi)
		c->v.v.i[i] = x / down;
}

/* Does so for every second sample, so that the others keep their variety. */
static int definitions(struct prober *p, const struct vec *const *v)
{
	for (uint32_t n = 0; n < p->g->nchecks; n++) {
		uint32_t at = 0, col;
		struct sql_expr *x;

		if (p->g->of[n] >= 0)
			continue;
		for (; (x = sql_definition(p->g->check[n], &at, &col, p->a)) != NULL; at++) {
			struct sample_column *c = sample_column_in(p->g, col);
			struct vec made;

			if (c == NULL || c->fixed_null || c->computed ||
				p->k->b->columns[col].gc.by_rule)
				continue;
			if (sql_value(x, v, VEC_BLOCK, &made, p->a, p->k->e) == -1)
				return -1;
			for (uint32_t i = 0; i < VEC_BLOCK; i += 2)
				define(p, c, i, &made);
		}
	}
	return 0;
}

/* Changes the samples of all columns without a rule, since a rule's values stay
 * what the plan asks for. Constants come from the group's checks. Nothing that
 * is suggested can do harm: a combination that fails is forgotten. */
int sample_probe(const struct compiler *k, struct sample_group *g, uint64_t key,
	const struct vec **v, struct arena *a)
{
	struct prober p = {.k = k, .g = g, .a = a};

	for (uint32_t i = 0; i < g->nchecks; i++)
		p.nlit += sql_literals(g->check[i], p.lit + p.nlit, LITERALS - p.nlit);
	for (uint32_t i = 0; i < g->ncols; i++) {
		struct sample_column *c = &g->col[i];

		for (uint32_t j = 0; j < g->nchecks; j++)
			c->as_text = c->as_text ||
				     (g->of[j] < 0 && sql_reads_text(g->check[j], c->column));
		if (!c->fixed_null && !c->computed && !k->b->columns[c->column].gc.by_rule)
			probe_column(&p, c, rng_subkey(key, i));
	}
	if (p.nomem)
		return err_nomem(k->e);
	return definitions(&p, v);
}
