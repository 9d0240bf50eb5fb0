/* SPDX-License-Identifier: MIT */
/*
 * derive.slug: the part of an address that names a page, made of a name or a title:
 * "Camiseta Básica, Azul" becomes "camiseta-basica-azul".
 *
 * Letters and digits are folded to lower-case ASCII, and whatever stands between words becomes one
 * hyphen; an apostrophe does not divide a word.  A slug that would be too long stops at the end of
 * a word.  So all of them have the form ^[a-z0-9]+(-[a-z0-9]+)*$, whatever goes in.  Equal names
 * make equal slugs: a unique column has "-2" put to them, as to any other derived text
 * (gen_suffix.h).
 */
#include "common/generators/gen_derive.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/str.h"

enum { ROW_DIGITS = 20, WORD_MAX = 256 };

static const char instead[] = "item-"; /* before the row's number, where no name is left */

struct slug_state {
	uint32_t min, max; /* characters; of max, as many as a slug is to have at most */
	const struct sql_domain *dom;
	struct pg_base base[GEN_INPUTS];
};

/* The longest slug where the column has no limit: an address is to be read. */
enum { USUAL_MAX = 120 };

/* ---- making ---------------------------------------------------------------------------------- */

/* Whether the letter at ${p} is part of a word, and its bytes.  Of what is beyond ASCII, signs and
 * dashes (U+0080 to U+00BF, U+2000 to U+203F) are not, but for apostrophes; letters that cannot be
 * folded are left out afterwards. */
static bool in_word(const char *p, size_t n, size_t *bytes)
{
	unsigned char c = (unsigned char)p[0];

	*bytes = utf8_cut(p, n, 1);
	*bytes = *bytes > 0 ? *bytes : 1;
	if (c < 0x80)
		return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '\'';
	if (*bytes == 3 && memcmp(p, "\xe2\x80", 2) == 0)
		return (unsigned char)p[2] == 0x98 || (unsigned char)p[2] == 0x99;
	return c != 0xc2;
}

/* Puts a word behind those that are there.  False when there is no room; the first is cut. */
static bool add_word(
	const struct slug_state *s, const char *word, size_t n, char *to, uint32_t *len)
{
	uint32_t hyphen = *len > 0;

	if (n == 0)
		return true;
	if (*len + hyphen + n > s->max) {
		if (*len > 0)
			return false;
		n = s->max;
	}
	if (hyphen)
		to[(*len)++] = '-';
	memcpy(to + *len, word, n);
	*len += (uint32_t)n;
	return true;
}

/* Adds the words of a text; false when there is no room for more. */
static bool add_text(const struct slug_state *s, struct vtext t, char *to, uint32_t *len)
{
	size_t from = 0;

	for (size_t i = 0, step = 1; i <= t.n; i += step) {
		char word[WORD_MAX];
		size_t n;

		if (i < t.n && in_word(t.p + i, t.n - i, &step))
			continue;
		n = gen_transliterate(t.p + from, i - from > WORD_MAX ? WORD_MAX : i - from, word);
		from = i + step;
		if (!add_word(s, word, n, to, len))
			return false;
	}
	return true;
}

/* The row's number behind what is there, with as many digits as the least length asks for. */
static void add_number(const struct slug_state *s, uint64_t row, char *to, uint32_t *len)
{
	uint32_t width = num_digits(row), room;

	if (*len > 0)
		to[(*len)++] = '-';
	if (s->min > *len + width)
		width = s->min - *len;
	room = s->max - *len;
	width = width > room ? room : width;
	(void)num_put_digits(to + *len, row, width);
	*len += width;
}

/* Whether a check excludes the slug by name. */
static bool is_excluded(const struct sql_domain *d, const char *p, uint32_t n)
{
	for (uint32_t i = 0; d != NULL && d->not_texts != NULL && i < d->nnot; i++)
		if (strlen(d->not_texts[i]) == n && memcmp(d->not_texts[i], p, n) == 0)
			return true;
	return false;
}

static uint32_t put_slug(
	const struct gen *g, const struct vec *const *ins, uint32_t i, uint64_t row, char *to)
{
	const struct slug_state *s = g->state;
	uint32_t len = 0;
	bool more = true;

	for (uint32_t k = 0; more && k < g->nin; k++) {
		char text[DERIVE_TEXT];

		if (!vec_is_null(ins[k], i))
			more = add_text(s, derive_text(ins[k], i, s->base[k], text), to, &len);
	}
	if (len == 0 || is_excluded(s->dom, to, len)) {
		len = 0;
		if (strlen(instead) + num_digits(row + 1) <= s->max)
			(void)add_word(s, instead, strlen(instead) - 1, to, &len);
		add_number(s, row + 1, to, &len);
	} else if (len < s->min) {
		add_number(s, row + 1, to, &len);
	}
	return len;
}

static void derive_slug(const struct gen *g, const struct vec *const *ins, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	out->has_null = false;
	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, g->max_bytes);
		uint32_t len = put_slug(g, ins, i, row[i], p);

		gen_heap_give(h, g->max_bytes - len);
		out->v.t[i] = (struct vtext){p, len};
	}
}

/* ---- preparing ------------------------------------------------------------------------------- */

/* Whether slugs pass the column's patterns: these are some of all kinds. */
static int hold_samples(
	const struct gen *g, const struct gen_column *c, struct arena *a, struct err *e)
{
	static const char *const samples[] = {"7", "x", "tv", "tv-42", "item-17", "casa-azul",
		"4-estacoes-do-ano", "camiseta-basica-azul-2"};
	struct gen_limits lim = {0, UINT32_MAX, UINT32_MAX};
	struct sql_domain patterns = {.max_len = UINT32_MAX, .max_count = UINT32_MAX};
	struct gen_column only = *c;
	struct gen_text_check *k;
	int rc = 0;

	patterns.patterns = c->dom->patterns;
	patterns.npatterns = c->dom->npatterns;
	patterns.contains = c->dom->contains;
	patterns.contains_at = c->dom->contains_at;
	patterns.no_lower = c->dom->no_lower;
	only.dom = &patterns;
	if ((k = gen_text_check(&only, lim, a, e)) == NULL)
		return -1;
	for (size_t i = 0; rc == 0 && i < sizeof(samples) / sizeof(samples[0]); i++) {
		size_t n = strlen(samples[i]);

		if (n <= gen_text_limits(c).max && !gen_text_ok(k, samples[i], n))
			rc = err_set(e, ERR_NO,
				"%s: a check of the column takes other texts than words of "
				"a-z and 0-9 with hyphens between them: choose another generator",
				g->op->id);
	}
	gen_text_check_free(k);
	return rc;
}

static int prepare_slug(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_limits lim = gen_text_limits(c);
	struct slug_state *s = arena_alloc(a, sizeof(*s));

	if (s == NULL)
		return err_nomem(e);
	if (derive_inputs(g, c, params, 1, a, e) == -1)
		return -1;
	*s = (struct slug_state){.min = lim.min, .max = lim.max, .dom = c->dom};
	if (s->max > USUAL_MAX)
		s->max = s->min < USUAL_MAX ? USUAL_MAX : s->min + ROW_DIGITS;
	s->max = s->max > lim.max ? lim.max : s->max;
	if (s->max == 0 || (s->min > 1 && s->min + 1 > s->max))
		return err_set(e, ERR_NO, "%s cannot make texts of %u to %u characters", g->op->id,
			lim.min, lim.max);
	if (c->dom != NULL && c->dom->texts != NULL)
		return err_set(e, ERR_NO, "%s: a check of the column lists its values", g->op->id);
	if (c->dom != NULL && hold_samples(g, c, a, e) == -1)
		return -1;
	for (uint32_t i = 0; i < g->nin; i++) {
		const struct pg_column *in = derive_input(g, c, i);

		s->base[i] = pg_base_of(in->type, in->typmod);
	}
	g->max_bytes = s->max + ROW_DIGITS;
	g->state = s;
	return 0;
}

static const struct gen_param slug_params[] = {
	{"input_columns", GP_COLUMNS, true, NULL, "columns of the name", .min = "1"},
	{0},
};

const struct gen_op gen_derive_slug_ops[] = {
	{.id = "derive.slug",
		.help = "lower-case words with hyphens between them, made from other columns, "
			"accents "
			"folded: camiseta-basica-azul",
		.params = slug_params,
		.families = GF_TEXT,
		.example = "{\"input_columns\": [\"first_name\", \"last_name\"]}",
		.distinct = GEN_DISTINCT_LETTERS,
		.reads = GR_ROW,
		.derives = true,
		.prepare = prepare_slug,
		.derive = derive_slug},
	{0},
};
