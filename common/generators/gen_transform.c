/* SPDX-License-Identifier: MIT */
#include "common/generators/gen_kit.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/str.h"
#include "common/generators/gen_transform.h"

/* ---- what they share --------------------------------------------------------------------- */

int xform_wants_text(const struct xform *x, struct err *e)
{
	if (x->in_type == VT_TEXT)
		return 0;
	return err_set(e, ERR_NO, "%s makes text, and the column's type is %s", x->op->id,
		pg_class_name(x->col->base.type->cls));
}

uint32_t xform_limit(const struct gen_column *c)
{
	int32_t limit = pg_char_limit(c->base);

	return limit < 0 ? UINT32_MAX : (uint32_t)limit;
}

int xform_not_unique(const struct xform *x, struct err *e)
{
	if (!x->col->unique)
		return 0;
	return err_set(e, ERR_NO,
		"%s could make values of a unique column alike: leave it out, or use "
		"transform.mask "
		"with mode hash",
		x->op->id);
}

/* ---- transform.null_rate -------------------------------------------------------------------- */

static int prepare_null_rate(struct xform *x, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	double rate = -1;

	(void)a;
	(void)gen_arg_float(params, "rate", &rate);
	if (!(rate >= 0 && rate <= 1))
		return err_set(e, ERR_NO, "%s: rate is not from 0 to 1", x->op->id);
	if (rate > 0 && pg_column_not_null(c->column))
		return err_set(e, ERR_NO, "%s: the column is NOT NULL", x->op->id);
	x->null_rate = rate;
	return 0;
}

/* The engine draws the NULLs, together with the column's own. */
static void pass(
	const struct xform *x, const uint64_t *row, uint32_t n, struct vec *v, struct gen_heap *h)
{
	(void)x;
	(void)row;
	(void)n;
	(void)v;
	(void)h;
}

/* ---- transform.truncate -----------------------------------------------------------------------
 */

struct truncate_state {
	uint32_t max; /* characters */
};

static int prepare_truncate(struct xform *x, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	struct truncate_state *s = arena_alloc(a, sizeof(*s));
	int64_t max = -1;

	(void)c;
	if (s == NULL)
		return err_nomem(e);
	(void)gen_arg_int(params, "max_len", &max);
	if (max < 0)
		return err_set(e, ERR_NO, "%s: max_len is negative", x->op->id);
	if (xform_wants_text(x, e) == -1 ||
		(max < (int64_t)x->in_bytes && xform_not_unique(x, e) == -1))
		return -1;
	s->max = max > UINT32_MAX ? UINT32_MAX : (uint32_t)max;
	x->state = s;
	return 0;
}

static void apply_truncate(
	const struct xform *x, const uint64_t *row, uint32_t n, struct vec *v, struct gen_heap *h)
{
	const struct truncate_state *s = x->state;

	(void)row;
	(void)h;
	for (uint32_t i = 0; i < n; i++)
		if (!vec_is_null(v, i) && v->v.t[i].n > s->max)
			v->v.t[i].n = utf8_cut(v->v.t[i].p, v->v.t[i].n, s->max);
}

/* ---- transform.prefix_suffix, and templates
 * ------------------------------------------------------ */

enum { MAX_PIECES = 16 };

/* Literals with the value between them. */
struct template_state {
	const char *piece[MAX_PIECES];
	uint32_t bytes[MAX_PIECES], n; /* n pieces, n - 1 values */
	uint32_t room;		       /* characters left for each value */
};

/* ${s} has its pieces; the value is cut to fit the column, but never a unique one. */
static int finish_template(struct xform *x, struct template_state *s, struct err *e)
{
	uint32_t limit = xform_limit(x->col), chars = 0, bytes = 0;

	for (uint32_t i = 0; i < s->n; i++) {
		s->bytes[i] = (uint32_t)strlen(s->piece[i]);
		bytes += s->bytes[i];
		chars += (uint32_t)utf8_len(s->piece[i], s->bytes[i]);
	}
	if (xform_wants_text(x, e) == -1)
		return -1;
	if (s->n == 1 && xform_not_unique(x, e) == -1)
		return -1;
	if (chars > limit)
		return err_set(
			e, ERR_NO, "%s: %u characters do not fit the column", x->op->id, chars);
	s->room = limit == UINT32_MAX || s->n < 2 ? UINT32_MAX : (limit - chars) / (s->n - 1);
	if (x->in_bytes > s->room && x->col->unique)
		return err_set(e, ERR_NO,
			"%s: with %u characters more the unique values do not fit the column",
			x->op->id, chars);
	x->max_bytes = bytes + (s->n - 1) * x->in_bytes;
	x->state = s;
	return 0;
}

static int prepare_affix(struct xform *x, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct template_state *s = arena_alloc(a, sizeof(*s));

	(void)c;
	if (s == NULL)
		return err_nomem(e);
	s->piece[0] = s->piece[1] = "";
	s->n = 2;
	(void)gen_arg_string(params, "prefix", a, &s->piece[0]);
	(void)gen_arg_string(params, "suffix", a, &s->piece[1]);
	if (s->piece[0] == NULL || s->piece[1] == NULL)
		return err_nomem(e);
	return finish_template(x, s, e);
}

int xform_template(struct xform *x, const char *text, struct arena *a, struct err *e)
{
	static const char value[] = "{value}";
	struct template_state *s = arena_alloc(a, sizeof(*s));

	if (s == NULL)
		return err_nomem(e);
	for (const char *p;; text = p + sizeof(value) - 1) {
		p = strstr(text, value);
		if (s->n == MAX_PIECES)
			return err_set(e, ERR_NO, "%s: {value} stands there more than %d times",
				x->op->id, MAX_PIECES - 1);
		s->piece[s->n] = p == NULL ? text : arena_strndup(a, text, (size_t)(p - text));
		if (s->piece[s->n++] == NULL)
			return err_nomem(e);
		if (p == NULL)
			break;
	}
	return finish_template(x, s, e);
}

void xform_apply_template(
	const struct xform *x, const uint64_t *row, uint32_t n, struct vec *v, struct gen_heap *h)
{
	const struct template_state *s = x->state;

	(void)row;
	for (uint32_t i = 0; i < n; i++) {
		struct vtext t;
		char *p, *to;

		if (vec_is_null(v, i))
			continue;
		t = v->v.t[i];
		if (t.n > s->room)
			t.n = utf8_cut(t.p, t.n, s->room);
		p = to = gen_heap_take(h, x->max_bytes);
		for (uint32_t k = 0; k < s->n; k++) {
			memcpy(to, s->piece[k], s->bytes[k]);
			to += s->bytes[k];
			if (k + 1 < s->n) {
				memcpy(to, t.p, t.n);
				to += t.n;
			}
		}
		gen_heap_give(h, x->max_bytes - (uint32_t)(to - p));
		v->v.t[i] = (struct vtext){p, (size_t)(to - p)};
	}
}

/* ---- transform.casing
 * ------------------------------------------------------------------------------ */

enum casing { UPPER, LOWER, TITLE };

struct casing_state {
	enum casing mode;
};

static int prepare_casing(struct xform *x, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	static const char *const modes[] = {"upper", "lower", "title"};
	struct casing_state *s = arena_alloc(a, sizeof(*s));
	const char *mode = NULL;

	(void)c;
	if (s == NULL || (gen_arg_string(params, "mode", a, &mode) && mode == NULL))
		return err_nomem(e);
	while (s->mode <= TITLE && (mode == NULL || strcmp(mode, modes[s->mode]) != 0))
		s->mode++;
	if (s->mode > TITLE)
		return err_set(e, ERR_NO, "%s: mode is none of upper, lower, title", x->op->id);
	x->max_bytes = x->in_bytes;
	x->state = s;
	return xform_wants_text(x, e);
}

/* The letters of U+00C0 to U+017E that have their other case in two bytes as well. */
static unsigned other_case(unsigned c, bool up)
{
	bool odd_is_lower = (c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) ||
			    (c >= 0x14a && c <= 0x177);
	bool even_is_lower = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);

	if (c >= 0xc0 && c <= 0xde && c != 0xd7)
		return up ? c : c + 0x20;
	if (c >= 0xe0 && c <= 0xfe && c != 0xf7)
		return up ? c - 0x20 : c;
	if (odd_is_lower)
		return up ? c & ~1u : c | 1;
	if (even_is_lower)
		return up ? ((c - 1) | 1) : ((c + 1) & ~1u);
	return c;
}

static size_t recase(enum casing mode, const char *p, size_t n, char *to)
{
	bool start = true;

	for (size_t i = 0; i < n; i++) {
		unsigned c = (unsigned char)p[i];
		bool up = mode == UPPER || (mode == TITLE && start);

		start = c == ' ' || (c >= '\t' && c <= '\r');
		if (c >= 'a' && c <= 'z' && up) {
			c -= 'a' - 'A';
		} else if (c >= 'A' && c <= 'Z' && !up) {
			c += 'a' - 'A';
		} else if (c >= 0xc3 && c <= 0xc5 && i + 1 < n) {
			unsigned d = (c & 0x1f) << 6 | ((unsigned char)p[i + 1] & 0x3f);

			d = other_case(d, up);
			to[i] = (char)(0xc0 | d >> 6);
			c = 0x80 | (d & 0x3f);
			i++;
		}
		to[i] = (char)c;
	}
	return n;
}

static void apply_casing(
	const struct xform *x, const uint64_t *row, uint32_t n, struct vec *v, struct gen_heap *h)
{
	const struct casing_state *s = x->state;

	(void)row;
	for (uint32_t i = 0; i < n; i++) {
		struct vtext *t = &v->v.t[i];
		char *to;

		if (vec_is_null(v, i))
			continue;
		to = gen_heap_take(h, (uint32_t)t->n);
		(void)recase(s->mode, t->p, t->n, to);
		t->p = to;
	}
}

static const struct gen_param null_rate_params[] = {
	{"rate", GP_FLOAT, true, NULL, "share of NULLs, from 0 to 1"},
	{0},
};

static const struct gen_param truncate_params[] = {
	{"max_len", GP_INT, true, NULL, "most characters"},
	{0},
};

static const struct gen_param affix_params[] = {
	{"prefix", GP_STRING, false, "", "before the value"},
	{"suffix", GP_STRING, false, "", "after the value"},
	{0},
};

static const struct gen_param casing_params[] = {
	{"mode", GP_STRING, true, NULL, "upper, lower or title"},
	{0},
};

const struct xform_op gen_xform_ops[] = {
	{.id = "transform.null_rate",
		.help = "NULL in a share of the rows",
		.params = null_rate_params,
		.prepare = prepare_null_rate,
		.apply = pass},
	{.id = "transform.truncate",
		.help = "cut to so many characters",
		.params = truncate_params,
		.prepare = prepare_truncate,
		.apply = apply_truncate},
	{.id = "transform.prefix_suffix",
		.help = "a text before and after",
		.params = affix_params,
		.prepare = prepare_affix,
		.apply = xform_apply_template},
	{.id = "transform.casing",
		.help = "upper case, lower case, or each word's first letter upper",
		.params = casing_params,
		.prepare = prepare_casing,
		.apply = apply_casing},
	{0},
};
