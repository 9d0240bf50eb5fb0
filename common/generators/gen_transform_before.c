/* SPDX-License-Identifier: MIT */
/*
 * What a generator has to know of the checks of a column that has transforms. A
 * CHECK judges the text that is written, but a generator makes the text that
 * the transforms get. So what is known of the written value is taken back
 * through the transforms, the last one first, before the generator is prepared:
 * with a suffix of four characters, "at most 20 characters" becomes "at most
 * 16". What a transform does not let through (a pattern, for a text that is
 * hashed) is dropped; the samples that are drawn later tell how often the check
 * is then met.
 */
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/generators/gen_transform.h"

/* What says more of a text than its length and whether it is NULL. */
static void forget_looks(struct sql_domain *d)
{
	if (d->texts != NULL)
		d->nset = 0;
	if (d->not_texts != NULL)
		d->nnot = 0;
	d->texts = NULL;
	d->not_texts = NULL;
	d->contains = NULL;
	d->contains_at = 0;
	d->no_upper = d->no_lower = false;
	d->patterns = NULL;
	d->npatterns = 0;
}

/* Whatever comes in, what goes out is another value: masks, choices. */
int transform_before_any(const msgpack_object *params, struct sql_domain *d,
	enum transform_before how, struct arena *a, struct err *e)
{
	(void)params;
	(void)how;
	(void)a;
	(void)e;
	*d = (struct sql_domain){.max_len = UINT32_MAX,
		.must_null = d->must_null,
		.must_not_null = d->must_not_null};
	return 0;
}

/* ---- sets of texts ----------------------------------------------------------------------------
 */

/* The text that becomes ${t}, or NULL: none does, or it is not known which; *nomem. */
typedef const char *take_back(const void *ctx, const char *t, struct arena *a, bool *nomem);

/* d->texts, each taken back, those without one left out: how many are left; -1: no memory. */
static int64_t set_back(struct sql_domain *d, take_back *back, const void *ctx, struct arena *a)
{
	const char **to = arena_array(a, d->nset + 1UL, sizeof(*to));
	bool nomem = to == NULL;
	uint32_t n = 0;

	for (uint32_t i = 0; !nomem && i < d->nset; i++) {
		const char *t = back(ctx, d->texts[i], a, &nomem);

		if (t != NULL)
			to[n++] = t;
	}
	d->texts = to;
	d->nset = n;
	return nomem ? -1 : (int64_t)n;
}

/* ---- truncate ---------------------------------------------------------------------------------
 */

static const char *uncut(const void *ctx, const char *t, struct arena *a, bool *nomem)
{
	const int64_t *max = ctx;

	(void)a;
	(void)nomem;
	return (int64_t)utf8_len(t, strlen(t)) <= *max ? t : NULL;
}

/*
 * Longer texts may come in than go out; the limit of what goes out has to allow
 * what the transform leaves.
 */
int transform_before_cut(const msgpack_object *params, struct sql_domain *d,
	enum transform_before how, struct arena *a, struct err *e)
{
	int64_t max = 0;

	(void)gen_arg_int(params, "max_len", &max);
	if ((int64_t)d->min_len > max) {
		(void)err_set(e, ERR_NO,
			"transform.truncate leaves at most %lld characters, and at least %u are "
			"asked for",
			(long long)max, d->min_len);
		return 1;
	}
	if ((int64_t)d->max_len >= max)
		d->max_len = UINT32_MAX;
	if (how == XFORM_ALL)
		forget_looks(d);
	else if (d->texts != NULL && set_back(d, uncut, &max, a) == -1)
		return err_nomem(e);
	if (d->texts != NULL && d->nset == 0)
		forget_looks(d);
	return 0;
}

/* ---- prefix, suffix, templates -----------------------------------------------------------------
 */

/* Of a text with a piece before and one after: what is between them. */
static const char *between(const void *ctx, const char *t, struct arena *a, bool *nomem)
{
	const struct transform_pieces *p = ctx;
	size_t n = strlen(t), before = strlen(p->piece[0]), after = strlen(p->piece[1]);
	const char *to;

	if (n < before + after || memcmp(t, p->piece[0], before) != 0 ||
		memcmp(t + n - after, p->piece[1], after) != 0)
		return NULL;
	to = arena_strndup(a, t + before, n - before - after);
	*nomem = *nomem || to == NULL;
	return to;
}

static uint32_t characters(const struct transform_pieces *p)
{
	size_t n = 0;

	for (uint32_t i = 0; i < p->n; i++)
		n += utf8_len(p->piece[i], strlen(p->piece[i]));
	return n > INT32_MAX ? INT32_MAX : (uint32_t)n;
}

/*
 * The lengths are shortened by the characters that are added, and listed texts
 * lose their pieces.
 */
static int before_pieces(struct sql_domain *d, const struct transform_pieces *p, struct arena *a,
	const char *id, struct err *e)
{
	uint32_t chars = characters(p), values = p->n - 1, most = d->max_len;

	if (most < chars) {
		(void)err_set(e, ERR_NO,
			"%s adds %u characters, and the column and its checks "
			"allow %u in all",
			id, chars, most);
		return 1;
	}
	d->min_len = d->min_len > chars ? d->min_len - chars : 0;
	d->max_len = most == UINT32_MAX ? most : most - chars;
	if (values > 1) {
		d->min_len = (d->min_len + values - 1) / values;
		d->max_len = d->max_len == UINT32_MAX ? UINT32_MAX : d->max_len / values;
	}
	if (values == 1 && d->texts != NULL) {
		int64_t left = set_back(d, between, p, a);

		if (left == -1)
			return err_nomem(e);
		if (left == 0) {
			(void)err_set(e, ERR_NO,
				"%s: no text that the checks list begins and ends with what it "
				"adds",
				id);
			return 1;
		}
		d->patterns = NULL; /* the texts meet them, and what is in between need not */
		d->npatterns = 0;
		d->contains = NULL;
		d->no_upper = d->no_lower = false;
		return 0;
	}
	forget_looks(d);
	if (values == 0)
		d->min_len = 0, d->max_len = UINT32_MAX;
	return 0;
}

int transform_before_affix(const msgpack_object *params, struct sql_domain *d,
	enum transform_before how, struct arena *a, struct err *e)
{
	struct transform_pieces p;

	(void)how;
	if (!transform_affixes(&p, params, a))
		return err_nomem(e);
	return before_pieces(d, &p, a, "transform.prefix_suffix", e);
}

int transform_before_format(const msgpack_object *params, struct sql_domain *d,
	enum transform_before how, struct arena *a, struct err *e)
{
	struct transform_pieces p = {.n = 0};
	const char *text = NULL;
	int rc;

	if (!gen_arg_string(params, "template", a, &text)) {
		/* a date may move to either side of a bound, and on or off any step */
		if (how == XFORM_ALL)
			return transform_before_any(params, d, how, a, e);
		return 0;
	}
	if (text == NULL || (rc = transform_split(&p, text, a)) == -1)
		return err_nomem(e);
	return rc == 1 ? 0 : before_pieces(d, &p, a, "transform.format", e);
}

/* ---- casing ------------------------------------------------------------------------------------
 */

/* A text that the transform leaves alone. */
static const char *unchanged(const void *ctx, const char *t, struct arena *a, bool *nomem)
{
	const char *mode = ctx;
	size_t n = strlen(t);
	char *to = arena_alloc(a, n + 1);

	*nomem = *nomem || to == NULL;
	if (to == NULL)
		return NULL;
	transform_recase(*mode, t, n, to);
	return memcmp(to, t, n) == 0 ? t : NULL;
}

/*
 * With upper or lower case, texts in that case stay as they are, so that a list
 * of such texts can be drawn from.
 */
int transform_before_case(const msgpack_object *params, struct sql_domain *d,
	enum transform_before how, struct arena *a, struct err *e)
{
	const char *mode = NULL;
	int64_t left = 1;

	if (gen_arg_string(params, "mode", a, &mode) && mode == NULL)
		return err_nomem(e);
	if (mode == NULL || how == XFORM_ALL) {
		forget_looks(d);
		return 0;
	}
	if (d->texts != NULL && (left = set_back(d, unchanged, mode, a)) == -1)
		return err_nomem(e);
	if (left == 0)
		forget_looks(d);
	return 0;
}
