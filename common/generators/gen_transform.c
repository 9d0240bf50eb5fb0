/* SPDX-License-Identifier: MIT */
/*
 * Transforms change a generated value before it is written: NULLs, truncation,
 * prefixes and suffixes, casing (this file), choices and formats
 * (gen_transform_choice.c), masks (gen_transform_mask.c).
 *
 * A transform works in place on a vector of a block; what it draws is a
 * function of the row's number. It says how many bytes its texts may have, so
 * that the heap can be reserved before. NULL stays NULL.
 */
#include "common/generators/gen_kit.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/str.h"
#include "common/generators/gen_transform.h"

/* ---- what they share --------------------------------------------------------------------- */

int transform_wants_text(const struct transform *x, struct err *e)
{
	if (x->in_type == VT_TEXT)
		return 0;
	return err_set(e, ERR_NO, "%s makes text, and the column's type is %s", x->op->id,
		pg_class_name(x->col->base.type->cls));
}

/* The column's declared length in characters; UINT32_MAX without one. */
uint32_t transform_limit(const struct gen_column *c)
{
	int32_t limit = gen_declared_limit(c);

	return limit < 0 ? UINT32_MAX : (uint32_t)limit;
}

/* Refuses a transform that could make two values of a unique column alike. */
int transform_not_unique(const struct transform *x, struct err *e)
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

/* The rate of NULLs; a column that is NOT NULL takes none. */
static int prepare_null_rate(struct transform *x, const struct gen_column *c,
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

/* ---- transform.truncate -----------------------------------------------------------------------
 */

struct truncate_state {
	uint32_t max; /* characters */
};

/*
 * Whether truncating to ${max} characters changes no text that the column can
 * hold.
 */
static bool never_cuts(const struct transform *x, int64_t max)
{
	const struct sql_domain *d = x->col->dom;

	return max >= (int64_t)x->in_bytes || (d != NULL && d->max_len < max);
}

/*
 * Truncation could make two values of a unique column alike, and is refused
 * there unless it never cuts.
 */
static int prepare_truncate(struct transform *x, const struct gen_column *c,
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
	if (transform_wants_text(x, e) == -1 ||
		(!never_cuts(x, max) && transform_not_unique(x, e) == -1))
		return -1;
	s->max = max > UINT32_MAX ? UINT32_MAX : (uint32_t)max;
	x->state = s;
	return 0;
}

static void apply_truncate(const struct transform *x, const uint64_t *row, uint32_t n,
	struct vec *v, struct gen_heap *h)
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

/* Literals with the value between them. */
struct template_state {
	struct transform_pieces p; /* p.n - 1 values */
	uint32_t bytes[XFORM_PIECES];
};

/* ${s} has its pieces.  Nothing is cut here: a text that is too long for the column in the end is
 * an error of its row, and what the generator draws leaves the pieces room:
 * transform_before_affix().
 */
static int finish_template(struct transform *x, struct template_state *s, struct err *e)
{
	uint32_t bytes = 0;

	for (uint32_t i = 0; i < s->p.n; i++) {
		s->bytes[i] = (uint32_t)strlen(s->p.piece[i]);
		bytes += s->bytes[i];
	}
	if (transform_wants_text(x, e) == -1)
		return -1;
	if (s->p.n == 1 && transform_not_unique(x, e) == -1)
		return -1;
	x->max_bytes = bytes + (s->p.n - 1) * x->in_bytes;
	x->state = s;
	return 0;
}

static int prepare_affix(struct transform *x, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	struct template_state *s = arena_alloc(a, sizeof(*s));

	(void)c;
	if (s == NULL || !transform_affixes(&s->p, params, a))
		return err_nomem(e);
	return finish_template(x, s, e);
}

int transform_template(struct transform *x, const char *text, struct arena *a, struct err *e)
{
	struct template_state *s = arena_alloc(a, sizeof(*s));
	int rc = s != NULL ? transform_split(&s->p, text, a) : -1;

	if (rc == -1)
		return err_nomem(e);
	if (rc == 1)
		return err_set(e, ERR_NO, "%s: {value} stands there more than %d times", x->op->id,
			XFORM_PIECES - 1);
	return finish_template(x, s, e);
}

/* Writes the pieces with the value between them. */
void transform_apply_template(const struct transform *x, const uint64_t *row, uint32_t n,
	struct vec *v, struct gen_heap *h)
{
	const struct template_state *s = x->state;

	(void)row;
	for (uint32_t i = 0; i < n; i++) {
		struct vtext t;
		char *p, *to;

		if (vec_is_null(v, i))
			continue;
		t = v->v.t[i];
		p = to = gen_heap_take(h, x->max_bytes);
		for (uint32_t k = 0; k < s->p.n; k++) {
			memcpy(to, s->p.piece[k], s->bytes[k]);
			to += s->bytes[k];
			if (k + 1 < s->p.n) {
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

struct casing_state {
	char mode; /* as transform_recase() takes it */
};

static int prepare_casing(struct transform *x, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	struct casing_state *s = arena_alloc(a, sizeof(*s));
	const char *mode = NULL;

	(void)c;
	if (s == NULL || (gen_arg_string(params, "mode", a, &mode) && mode == NULL))
		return err_nomem(e);
	if (mode == NULL || (strcmp(mode, "upper") != 0 && strcmp(mode, "lower") != 0 &&
				    strcmp(mode, "title") != 0))
		return err_set(e, ERR_NO, "%s: mode is none of upper, lower, title", x->op->id);
	s->mode = mode[0];
	x->max_bytes = x->in_bytes;
	x->state = s;
	return transform_wants_text(x, e);
}

/* Writes the text anew: generated texts may be shared between rows. */
static void apply_casing(const struct transform *x, const uint64_t *row, uint32_t n, struct vec *v,
	struct gen_heap *h)
{
	const struct casing_state *s = x->state;

	(void)row;
	for (uint32_t i = 0; i < n; i++) {
		struct vtext *t = &v->v.t[i];
		char *to;

		if (vec_is_null(v, i))
			continue;
		to = gen_heap_take(h, (uint32_t)t->n);
		transform_recase(s->mode, t->p, t->n, to);
		t->p = to;
	}
}

/* ---- distinct values ------------------------------------------------------------------------ */

static bool truncate_distinct(const struct transform *x, const msgpack_object *params,
	const struct transform_key *key, struct arena *a)
{
	int64_t max = 0;

	(void)key;
	(void)a;
	return gen_arg_int(params, "max_len", &max) && never_cuts(x, max);
}

static bool affix_distinct(const struct transform *x, const msgpack_object *params,
	const struct transform_key *key, struct arena *a)
{
	(void)x;
	(void)params;
	(void)key;
	(void)a;
	return true;
}

static bool casing_distinct(const struct transform *x, const msgpack_object *params,
	const struct transform_key *key, struct arena *a)
{
	(void)x;
	(void)params;
	(void)a;
	return key->apart;
}

static const struct gen_param null_rate_params[] = {
	{"rate", GP_FLOAT, true, NULL, "share of NULLs", .min = "0", .max = "1"},
	{0},
};

static const struct gen_param truncate_params[] = {
	{"max_len", GP_INT, true, NULL, "most characters", .min = "0"},
	{0},
};

static const struct gen_param affix_params[] = {
	{"prefix", GP_STRING, false, "", "before the value"},
	{"suffix", GP_STRING, false, "", "after the value"},
	{0},
};

static const struct gen_param casing_params[] = {
	{"mode", GP_STRING, true, NULL, "the case of the letters", .one_of = "upper lower title"},
	{0},
};

const struct transform_op gen_transform_ops[] = {
	{.id = "transform.null_rate",
		.help = "NULL in a share of the rows",
		.params = null_rate_params,
		.example = "{\"rate\": 0.25}",
		.nulls = true,
		.prepare = prepare_null_rate}, /* the engine draws them, with the column's own */
	{.id = "transform.truncate",
		.help = "cut to so many characters",
		.params = truncate_params,
		.example = "{\"max_len\": 5}",
		.families = GF_TEXT,
		.shortens = true,
		.distinct = truncate_distinct,
		.prepare = prepare_truncate,
		.before = transform_before_cut,
		.apply = apply_truncate},
	{.id = "transform.prefix_suffix",
		.help = "a text before and after",
		.params = affix_params,
		.example = "{\"prefix\": \"no. \"}",
		.families = GF_TEXT,
		.distinct = affix_distinct,
		.prepare = prepare_affix,
		.before = transform_before_affix,
		.apply = transform_apply_template},
	{.id = "transform.casing",
		.help = "upper case, lower case, or each word's first letter upper",
		.params = casing_params,
		.example = "{\"mode\": \"upper\"}",
		.families = GF_TEXT,
		.folds_case = true,
		.distinct = casing_distinct,
		.prepare = prepare_casing,
		.before = transform_before_case,
		.apply = apply_casing},
	{0},
};
