/* SPDX-License-Identifier: MIT */
/*
 * Places: words of the locale, postal codes of its cities, and where on Earth
 * something lies; and small numbers of the net: status codes, digits, flags.
 */
#include "common/generators/gen_faker.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"

/* ---- postal codes -----------------------------------------------------------------------------
 */

enum { POSTAL_MAX = 16, ZIP_DIGITS = 5, CEP_DIGITS = 8, PLUS_DIGITS = 4, PLUS_SPACE = 9999 };

/* The codes from ${from} on, of which ${before} stand before them. */
struct postal_range {
	uint64_t before, from;
};

struct postal_state {
	struct gen_draw draw;
	const struct postal_range *range;
	uint32_t n;
	unsigned digits; /* of a code */
	unsigned mark;	 /* a hyphen after so many digits; 0: none */
	uint64_t codes;	 /* a ZIP code's four digits more are counted above these; 0: it has none */
};

/* The range that has the code, by halving. */
static const struct postal_range *range_of(const struct postal_state *s, uint64_t idx)
{
	uint32_t lo = 0, hi = s->n;

	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (s->range[mid].before <= idx)
			lo = mid;
		else
			hi = mid;
	}
	return &s->range[lo];
}

static void postal_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct postal_state *s = g->state;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t at = s->codes > 0 ? idx[i] % s->codes : idx[i];
		const struct postal_range *r = range_of(s, at);
		char *p = gen_heap_take(h, POSTAL_MAX), *to;

		to = num_put_digits(p, r->from + (at - r->before), s->digits);
		if (s->mark > 0) {
			memmove(p + s->mark + 1, p + s->mark, s->digits - s->mark);
			p[s->mark] = '-';
			to++;
		}
		if (s->codes > 0) {
			*to++ = '-';
			to = num_put_digits(to, 1 + idx[i] / s->codes, PLUS_DIGITS);
		}
		gen_heap_give(h, POSTAL_MAX - (uint32_t)(to - p));
		out->v.t[i] = (struct vtext){p, (size_t)(to - p)};
	}
}

/* The ranges of the locale's cities, in the order of the table. */
static int read_ranges(struct gen *g, struct postal_state *s, const struct locale *l,
	struct arena *a, struct err *e)
{
	const struct locale_list *places = locale_list(l, "place");
	int from_at = places != NULL ? locale_column(places, "postal_from") : -1;
	int to_at = places != NULL ? locale_column(places, "postal_to") : -1;
	struct postal_range *r;

	if (from_at < 0 || to_at < 0)
		return err_set(e, ERR_NO, "%s: locale %s has no postal codes", g->op->id, l->name);
	if ((r = arena_array(a, places->n, sizeof(*r))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < places->n; i++) {
		int64_t from, to;

		if (!locale_int(places, i, (uint32_t)from_at, &from) ||
			!locale_int(places, i, (uint32_t)to_at, &to) || from > to)
			continue;
		r[s->n++] = (struct postal_range){g->space, (uint64_t)from};
		g->space += (uint64_t)(to - from) + 1;
		s->digits = (unsigned)locale_cell(places, i, (uint32_t)from_at).n;
	}
	s->range = r;
	return 0;
}

/*
 * Codes of the cities. Those of Brazil have a hyphen where the column has room
 * for it; those of the United States have four digits more where a unique column
 * needs more codes than there are. The parameter "form" says whether there is a
 * hyphen; a ZIP code with one has the four digits behind it.
 */
static int make_postal(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct postal_state *s = arena_alloc(a, sizeof(*s));
	struct gen_limits lim = gen_text_limits(c);
	const char *form;
	bool punctuated, plain;

	if (s == NULL)
		return err_nomem(e);
	if (written_form(g, params, a, &form, e) == -1)
		return -1;
	punctuated = form != NULL && strcmp(form, "punctuated") == 0;
	plain = form != NULL && !punctuated;
	s->draw.value = postal_value;
	g->space = 0;
	if (read_ranges(g, s, gen_own_locale(g, c), a, e) == -1)
		return -1;
	g->state = s;
	g->max_bytes = POSTAL_MAX;
	if (s->digits == ZIP_DIGITS && !plain &&
		(punctuated || (c->unique && c->rows > g->space) || lim.min > ZIP_DIGITS)) {
		s->codes = g->space;
		g->space *= PLUS_SPACE;
	}
	if (s->digits != CEP_DIGITS || plain || (lim.max <= CEP_DIGITS && !punctuated))
		return gen_text_verify(g, c, a, e);
	s->mark = ZIP_DIGITS;
	if (gen_text_verify(g, c, a, e) == 0)
		return 0;
	if (punctuated)
		return -1;
	s->mark = 0; /* a check may want digits only */
	return e->kind == ERR_NO ? gen_text_verify(g, c, a, e) : -1;
}

int gen_faker_postal(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_narrow(g, c, params, make_postal, a, e);
}

/* ---- on Earth -------------------------------------------------------------------------------- */

enum { DEGREE_DECIMALS = 6, MILLIONTHS = 1000000, DEGREES_MAX = 12 };

struct degrees_state {
	struct gen_draw draw;
	int64_t lo;
};

/* Degrees with six decimals, which tell ten centimetres apart. */
static void degrees_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct degrees_state *s = g->state;

	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, NUM_MAX);
		size_t len = num_fmt_dec(p, s->lo + (int64_t)idx[i], DEGREE_DECIMALS);

		gen_heap_give(h, NUM_MAX - (uint32_t)len);
		out->v.t[i] = (struct vtext){p, len};
	}
}

static int make_degrees(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	int64_t most = strcmp(g->op->makes, "latitude") == 0 ? 90 : 180;
	struct degrees_state *s = arena_alloc(a, sizeof(*s));
	struct gen_limits lim = gen_text_limits(c);

	(void)params;
	if (s == NULL)
		return err_nomem(e);
	*s = (struct degrees_state){{degrees_value}, -most * MILLIONTHS};
	g->state = s;
	g->space = (uint64_t)(2 * most * MILLIONTHS) + 1;
	g->max_bytes = NUM_MAX;
	if (lim.min > sizeof("0.000000") - 1 || lim.max < DEGREES_MAX - 1)
		return err_set(e, ERR_NO, "%s: its texts have 8 to 11 characters", g->op->id);
	return gen_text_verify(g, c, a, e);
}

static int prepare_degrees(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	double most = strcmp(g->op->makes, "latitude") == 0 ? 90 : 180;
	struct gen_number num = {.min = -most, .max = most, .scale = DEGREE_DECIMALS};

	if (c->type == VT_TEXT)
		return gen_narrow(g, c, params, make_degrees, a, e);
	return gen_number(g, c, &num, a, e);
}

enum { GEOHASH_MOST = 12, GEOHASH_USUAL = 8, GEOHASH_BITS = 5 };

struct geohash_state {
	struct gen_draw draw;
	unsigned precision;
};

/* Five bits a letter, of an alphabet without a, i, l and o (Niemeyer, 2008). */
static void geohash_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	static const char digit[] = "0123456789bcdefghjkmnpqrstuvwxyz";
	const struct geohash_state *s = g->state;

	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, s->precision);

		for (unsigned k = 0; k < s->precision; k++)
			p[k] = digit[idx[i] >> (GEOHASH_BITS * k) & 31];
		out->v.t[i] = (struct vtext){p, s->precision};
	}
}

/* As precise as the column has room for, if no parameter says how precise. */
static int make_geohash(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct geohash_state *s = arena_alloc(a, sizeof(*s));
	struct gen_limits lim = gen_text_limits(c);
	int64_t precision = lim.max < GEOHASH_USUAL ? lim.max : GEOHASH_USUAL;

	if (s == NULL)
		return err_nomem(e);
	if (precision < lim.min)
		precision = lim.min;
	(void)gen_arg_int(params, "precision", &precision);
	if (precision < 1 || precision > GEOHASH_MOST)
		return err_set(e, ERR_NO, "%s: precision is not from 1 to 12", g->op->id);
	*s = (struct geohash_state){{geohash_value}, (unsigned)precision};
	g->state = s;
	g->space = UINT64_C(1) << (GEOHASH_BITS * (unsigned)precision);
	g->max_bytes = GEOHASH_MOST;
	return gen_text_verify(g, c, a, e);
}

static int prepare_geohash(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_narrow(g, c, params, make_geohash, a, e);
}

/* ---- small numbers ----------------------------------------------------------------------------
 */

/* A number of a house, a digit: as a text of the locale's words, or as a number. */
static int prepare_small(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	bool digit = strcmp(g->op->makes, "{0..9}") == 0;
	bool status = strcmp(g->op->makes, "{100..599}") == 0;
	struct gen_number num = {.min = digit	 ? 0
					: status ? 100
						 : 1,
		.max = digit	? 9
		       : status ? 599
				: 9999,
		.whole = true};

	if (c->type == VT_TEXT)
		return gen_faker_words(g, c, params, a, e);
	return gen_number(g, c, &num, a, e);
}

/* "404 Not Found", or the code alone where not all of them fit. */
static int make_status(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const struct locale_list *l = locale_list(gen_locale(c), "http_status");
	struct gen_limits lim = gen_text_limits(c);
	struct vtext *v;
	size_t longest = 0;

	(void)params;
	if (l == NULL || l->ncolumns < 2)
		return err_set(e, ERR_NO, "%s: there is no list of status codes", g->op->id);
	if ((v = arena_array(a, l->n, sizeof(*v))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < l->n; i++) {
		struct vtext code = locale_cell(l, i, 0), phrase = locale_cell(l, i, 1);
		char *p =
			arena_printf(a, "%.*s %.*s", (int)code.n, code.p, (int)phrase.n, phrase.p);

		if (p == NULL)
			return err_nomem(e);
		v[i] = (struct vtext){p, strlen(p)};
		longest = v[i].n > longest ? v[i].n : longest;
	}
	for (uint32_t i = 0; longest > lim.max && i < l->n; i++)
		v[i] = locale_cell(l, i, 0);
	return gen_list(g, c, v, l->n, a, e);
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* On a column of integers the codes themselves. */
static int prepare_status(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const struct locale_list *l = locale_list(gen_locale(c), "http_status");
	struct sql_domain mine = {.max_len = UINT32_MAX, .max_count = UINT32_MAX};
	struct gen_range all = {.lo = 100, .hi = 599, .step = 1};
	struct gen_column narrowed = *c;
	int64_t *set;

	if (c->type == VT_TEXT)
		return gen_narrow(g, c, params, make_status, a, e);
	if (l == NULL || (set = arena_array(a, l->n, sizeof(*set))) == NULL)
		return err_nomem(e);
	if (c->dom != NULL)
		mine = *c->dom;
	if (mine.set != NULL) /* a check that lists values chooses among all */
		return gen_ordinal(g, c, all, a, e);
	for (uint32_t i = 0; i < l->n; i++)
		if (locale_int(l, i, 0, &set[mine.nset]))
			mine.nset++;
	qsort(set, mine.nset, sizeof(*set), by_number);
	mine.set = set;
	narrowed.dom = &mine;
	return gen_ordinal(g, &narrowed, all, a, e);
}

/* ---- flags ----------------------------------------------------------------------------------- */

enum { PERCENT = 100 };

struct flag_state {
	struct gen_draw draw;
	uint64_t trues; /* of 100 indexes */
};

/* Where the column is not unique an index is one of a hundred, of which so many are true. */
static void flag_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	static const struct vtext text[] = {{"false", 5}, {"true", 4}};
	const struct flag_state *s = g->state;

	(void)h;
	for (uint32_t i = 0; i < n; i++)
		if (out->type == VT_TEXT)
			out->v.t[i] = text[idx[i] < s->trues];
		else
			out->v.i[i] = idx[i] < s->trues;
}

/*
 * The ratio, in percent, where a column takes both values; a check that leaves one
 * of them, or a unique column, has no room for it.
 */
static int prepare_flag(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	static const struct vtext text[] = {{"false", 5}, {"true", 4}};
	struct gen_range both = {.lo = 0, .hi = 1, .step = 1, .step_fixed = true};
	struct flag_state *s = arena_alloc(a, sizeof(*s));
	int64_t ratio = PERCENT / 2;
	int rc;

	if (s == NULL)
		return err_nomem(e);
	(void)gen_arg_int(params, "ratio", &ratio);
	if (ratio < 0 || ratio > PERCENT)
		return err_set(e, ERR_NO, "%s: ratio is not from 0 to 100", g->op->id);
	rc = c->type == VT_TEXT ? gen_list(g, c, text, 2, a, e) : gen_ordinal(g, c, both, a, e);
	if (rc == -1 || gen_distinct(c) || g->space != 2 || ratio == PERCENT / 2)
		return rc;
	*s = (struct flag_state){{flag_value}, (uint64_t)ratio};
	g->state = s;
	g->ordinal = false;
	g->space = PERCENT;
	return 0;
}

static void flag_or_ordinal(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	if (out->type == VT_TEXT || g->space == PERCENT)
		gen_draw_value(g, idx, n, out, h);
	else
		gen_ordinal_value(g, idx, n, out, h);
}

/* ---- the ids ----------------------------------------------------------------------------------
 */

static const struct gen_param geohash_params[] = {
	{"precision", GP_INT, false, "8", "characters", .min = "1", .max = "12"},
	GEN_NARROW_PARAMS,
	{0},
};

static const struct gen_param flag_params[] = {
	{"ratio", GP_INT, false, "50", "how many of a hundred are true", .min = "0", .max = "100"},
	{0},
};

#define SMALL(what, text)                                                                          \
	.makes = (what), .help = (text), .params = gen_narrow_params,                              \
	.families = GF_TEXT | GF_INT | GF_NUM | GF_FLOAT, .output = GF_TEXT,                       \
	.locale = GEN_LOCALES, .prepare = prepare_small, .value = gen_faker_value
#define DEGREES(what, text)                                                                        \
	.makes = (what), .help = (text), .params = gen_narrow_params,                              \
	.families = GF_TEXT | GF_NUM | GF_FLOAT, .output = GF_TEXT, .pii = "pii.location",         \
	.prepare = prepare_degrees, .value = gen_faker_value
#define POSTAL(text)                                                                               \
	.help = (text), .params = gen_postal_params, .families = GF_TEXT, .locale = GEN_LOCALES,   \
	.pii = "pii.location", .prepare = gen_faker_postal, .value = gen_draw_value

const struct gen_op gen_faker_place_ops[] = {
	FAKER_AS("faker.address.raw.BuildingNumber", "semantic.address.building_number",
		SMALL("house_number", "the number of a building in its street")),
	FAKER_AS("faker.address.raw.CityName", "semantic.address.city",
		WORDS("{place.city}", "a city's name"), .pii = "pii.location"),
	FAKER("faker.address.raw.CityPrefix",
		WORDS("{city_prefix}", "what names of cities begin with")),
	FAKER("faker.address.raw.CitySuffix",
		WORDS("{city_suffix}", "what names of cities end in")),
	FAKER_AS("faker.address.raw.CountryCode", "semantic.address.country_code",
		WORDS("{country.code}", "a country's two letters (ISO 3166)")),
	FAKER_AS("faker.address.raw.CountryName", "semantic.address.country",
		WORDS("{country.name}", "a country's name")),
	FAKER("faker.address.raw.Geohash", .makes = "geohash",
		.help = "a rectangle on Earth, as letters and digits", .params = geohash_params,
		.families = GF_TEXT, .pii = "pii.location", .prepare = prepare_geohash,
		.value = gen_draw_value),
	FAKER("faker.address.raw.Latitude", DEGREES("latitude", "degrees north, from -90 to 90")),
	FAKER("faker.address.raw.Longitude",
		DEGREES("longitude", "degrees east, from -180 to 180")),
	FAKER_AS("faker.address.raw.PostCode", "semantic.address.postcode",
		POSTAL("a postal code of one of the locale's cities")),
	FAKER_AS("faker.address.raw.ZipCode", "semantic.address.zipcode",
		POSTAL("a postal code of one of the locale's cities, the same as PostCode")),
	FAKER_AS("faker.address.raw.SecondaryAddress", "semantic.address.secondary",
		WORDS("complement", "a part of a building: Apt. 12")),
	FAKER_AS("faker.address.raw.SecondaryAddressType", "semantic.address.secondary_type",
		WORDS("{secondary}", "a kind of part of a building: Apt.")),
	FAKER_AS("faker.address.raw.StateAbbr", "semantic.address.state_abbr",
		WORDS("{state.abbr}", "a state's two letters"), .pii = "pii.location"),
	FAKER_AS("faker.address.raw.StateName", "semantic.address.state",
		WORDS("{state.name}", "a state's name"), .pii = "pii.location"),
	FAKER_AS("faker.address.raw.StreetName", "semantic.address.street",
		WORDS("street", "a street's name with its kind"), .pii = "pii.address"),
	FAKER_AS("faker.address.raw.StreetSuffix", "semantic.address.street_suffix",
		WORDS("{street_kind}", "a kind of street")),
	FAKER_AS("faker.address.raw.TimeZone", "semantic.address.timezone",
		WORDS("{timezone}", "a time zone of the IANA's database")),
	FAKER("faker.number.raw.Digit", SMALL("{0..9}", "a digit")),
	FAKER_AS("faker.http.raw.ValidStatusCode", "semantic.http.status_code",
		SMALL("{100..599}", "a status code of HTTP, from 100 to 599, assigned or not")),
	FAKER("faker.http.raw.RfcStatusCode", .makes = "http_status",
		.help = "a status code of HTTP with its phrase; as an integer, the code",
		.params = gen_narrow_params, .families = GF_TEXT | GF_INT, .output = GF_TEXT,
		.prepare = prepare_status, .value = gen_faker_value),
	FAKER("faker.boolean.raw.Boolean", .help = "true or false", .params = flag_params,
		.example = "{\"ratio\": 80}", .families = GF_BOOL | GF_TEXT, .output = GF_BOOL,
		.prepare = prepare_flag, .value = flag_or_ordinal),
	{0},
};
