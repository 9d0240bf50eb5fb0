/* SPDX-License-Identifier: MIT */
/*
 * The facets of records as generators. A facet is computed from the row's number
 * alone: it reads no other column, and agrees with the other facets of its record
 * because all are made from the same entries.
 */
#include "common/generators/gen_record_int.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/generators/gen_form.h"
#include "common/generators/gen_written.h"

enum { STREAM_DAY = 400 };

/* ---- texts -------------------------------------------------------------------------------- */

enum { SAMPLES = 256 };

/* Whether the texts of the form pass what the checks say: lengths are known, the rest is tried. */
static int passes(
	const struct record_state *s, const struct gen_column *c, struct arena *a, struct err *e)
{
	struct gen_limits lim = gen_word_limits(c);
	struct record_span span = record_span(&s->r, s->token, s->n);
	struct gen_text_check *k;
	char *text = arena_alloc(a, span.bytes + 1UL);
	bool ok = true;

	if (text == NULL)
		return err_nomem(e);
	if (span.least < lim.min || span.most > lim.max)
		return 0;
	if ((k = gen_text_check(c, lim, a, e)) == NULL)
		return -1;
	for (uint64_t i = 0; ok && i < SAMPLES && i < s->r.rows; i++) {
		uint64_t row = s->r.rows <= SAMPLES ? i : rng_below(rng_at(s->r.key, i), s->r.rows);

		ok = gen_text_ok(k, text, record_put(&s->r, s->token, s->n, row, text));
	}
	gen_text_check_free(k);
	return ok;
}

static bool differs(const struct gen *g, const struct record_state *s)
{
	return record_distinct(&s->r, s->token, s->n) &&
	       (g->op->distinct != GEN_DISTINCT_LETTERS || record_folded(s->token, s->n));
}

/* A form that is another generator, {=semantic.br.cnpj}: 1, 0 where it does not fit, -1. */
static int numbered(struct gen *g, struct record_state *s, const struct gen_column *c,
	struct vtext form, struct err *e)
{
	struct vtext id = {form.p + 2, form.n - 3};
	struct record_number *k = arena_alloc(s->r.a, sizeof(*k));
	int fits = k == NULL ? err_nomem(e) : record_number(k, &s->r, c, id, e);

	if (fits != 1 || (c->unique && !k->distinct))
		return fits < 0 ? -1 : 0;
	s->number = k;
	g->max_bytes = k->of.max_bytes;
	g->space = k->distinct ? c->rows : 0;
	g->state = s;
	return 1;
}

/* Whether the text of a row of record.tsv is one of the facet's, in that form where one is asked
 * for: "person.cell=plain". */
static bool is_of(struct vtext name, const char *facet, const char *form)
{
	size_t n = strlen(facet);
	struct vtext rest;

	if (name.n < n || memcmp(name.p, facet, n) != 0)
		return false;
	rest = (struct vtext){name.p + n, name.n - n};
	if (rest.n == 0 || rest.p[0] != '=')
		return rest.n == 0 && form == NULL;
	return form == NULL ||
	       (rest.n == strlen(form) + 1 && memcmp(rest.p + 1, form, rest.n - 1) == 0);
}

/* Has the facet made of the form: 1, 0 where it does not fit, -1. */
static int try_form(struct gen *g, struct record_state *s, const struct gen_column *c,
	struct vtext form, struct err *e)
{
	struct arena *a = s->r.a;
	char *text;
	int ok;

	if (form.n > 3 && form.p[1] == '=')
		return numbered(g, s, c, form, e);
	if ((text = arena_strndup(a, form.p, form.n)) == NULL)
		return err_nomem(e);
	if (record_read(&s->r, text, s->token, &s->n, e) == -1 || (ok = passes(s, c, a, e)) == -1)
		return -1;
	if (!ok || (c->unique && !differs(g, s)))
		return 0;
	g->max_bytes = record_span(&s->r, s->token, s->n).bytes;
	g->space = record_distinct(&s->r, s->token, s->n) ? c->rows : 0;
	g->state = s;
	return 1;
}

/* The first form that fits the column; of a unique one, one whose rows differ. */
static int prepare_text(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct record_state *s;
	const struct locale_list *forms;
	const char *facet = g->op->id + strlen("record."), *form;
	bool any = false;

	if (record_open(&s, c, params, a, e) == -1 || written_form(g, params, a, &form, e) == -1)
		return -1;
	if ((forms = locale_list(s->r.l, "record")) == NULL)
		return err_set(e, ERR_NO, "locale %s has no records", s->r.l->name);
	for (uint32_t i = 0; i < forms->n; i++) {
		int ok;

		if (!is_of(locale_cell(forms, i, 0), facet, form))
			continue;
		any = true;
		if ((ok = try_form(g, s, c, locale_cell(forms, i, 1), e)) != 0)
			return ok == 1 ? 0 : -1;
	}
	if (!any)
		return err_set(e, ERR_NO, "%s: locale %s does not have it%s%s", g->op->id,
			s->r.l->name, form != NULL ? " in the form " : "",
			form != NULL ? form : "");
	return err_set(e, ERR_NO, "%s: %s", g->op->id,
		c->unique ? "its values are not distinct, or do not fit the column or its checks"
			  : "its values do not fit the column or its checks");
}

static void derive_text_facet(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct record_state *s = g->state;

	(void)in;
	out->has_null = false;
	if (s->number != NULL) {
		record_number_put(s->number, row, n, out, h);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, g->max_bytes);
		uint32_t len = record_put(&s->r, s->token, s->n, row[i], p);

		gen_heap_give(h, g->max_bytes - len);
		out->v.t[i] = (struct vtext){p, len};
	}
}

/* ---- days --------------------------------------------------------------------------------- */

/* Grown-up people: from 18 to 80 years old, most of them in between. */
enum { ADULT_DAYS = 18 * 365 + 5, OLD_DAYS = 80 * 365 + 20, VALID_MONTHS = 120 };

static int64_t birth_of(const struct record_state *s, uint64_t row)
{
	uint64_t bits = rng_at(s->key, row), half = (OLD_DAYS - ADULT_DAYS) / 2;

	return s->as_of - ADULT_DAYS - (int64_t)rng_below(bits, half) -
	       (int64_t)rng_below(rng_subkey(bits, 1), half);
}

/* A document is issued to a grown-up, before today. */
static int64_t issue_of(const struct record_state *s, uint64_t row)
{
	int64_t adult = birth_of(s, row) + ADULT_DAYS;

	return adult + (int64_t)rng_below(rng_at(rng_subkey(s->key, 2), row),
			       (uint64_t)(s->as_of - adult) + 1);
}

static int64_t expiry_of(const struct record_state *s, uint64_t row)
{
	return cal_add_months(issue_of(s, row), VALID_MONTHS);
}

static const struct {
	const char *id;
	int64_t (*day)(const struct record_state *s, uint64_t row);
	int64_t least, most; /* from today on */
} days[] = {
	{"record.person.birth_date", birth_of, -OLD_DAYS, -ADULT_DAYS},
	{"record.document.issued_on", issue_of, -(OLD_DAYS - ADULT_DAYS), 0},
	{"record.document.expires_on", expiry_of, -(OLD_DAYS - ADULT_DAYS), 3660},
};

static size_t days_of(const struct gen *g)
{
	size_t i = 0;

	while (strcmp(days[i].id, g->op->id) != 0)
		i++;
	return i;
}

static int record_prepare_day(struct gen *g, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	struct record_state *s;
	int64_t lo, hi, unit = gen_day(c->type);
	size_t d = days_of(g);

	if (c->unique)
		return err_set(e, ERR_NO, "%s cannot promise distinct values for a unique column",
			g->op->id);
	if (record_open(&s, c, params, a, e) == -1)
		return -1;
	gen_bounds(c, 0, &lo, &hi);
	if ((c->as_of + days[d].least) * unit < lo || (c->as_of + days[d].most) * unit > hi)
		return err_set(e, ERR_NO, "%s: its values do not pass the checks of the column",
			g->op->id);
	s->key = rng_subkey(s->r.key, STREAM_DAY);
	s->as_of = c->as_of;
	g->state = s;
	return 0;
}

static void record_derive_day(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct record_state *s = g->state;
	int64_t unit = gen_day(out->type);
	size_t d = days_of(g);

	(void)in;
	(void)h;
	out->has_null = false;
	for (uint32_t i = 0; i < n; i++)
		out->v.i[i] = days[d].day(s, row[i]) * unit;
}

/* ---- sex ---------------------------------------------------------------------------------- */

/* The label that begins as one of these letters, in any case: F for women, M for men, and so on. */
static int label_for(const struct gen_column *c, const char *letters, struct gen_choice *to)
{
	const char *const *labels = c->type == VT_ENUM ? c->base.type->labels
				    : c->dom != NULL   ? c->dom->texts
						       : NULL;
	uint32_t n = c->type == VT_ENUM ? c->base.type->nlabels : c->dom != NULL ? c->dom->nset : 0;

	for (uint32_t i = 0; labels != NULL && i < n; i++)
		if (labels[i][0] != '\0' && strchr(letters, labels[i][0]) != NULL) {
			if (c->type == VT_ENUM)
				to->v.i = i;
			else
				to->v.t = (struct vtext){labels[i], strlen(labels[i])};
			return 0;
		}
	return -1;
}

/* Where the column has labels, those of women and men; else the letters F and M. */
static int choose_labels(struct record_state *s, const struct gen *g, const struct gen_column *c,
	struct arena *a, struct err *e)
{
	static const char *const letters[2] = {"FfWw", "MmHh"}, *const plain[2] = {"F", "M"};
	struct gen_text_check *check = gen_text_check(c, gen_text_limits(c), a, e);
	bool fit = true;

	if (check == NULL)
		return -1;
	for (int k = 0; k < 2; k++) {
		if (label_for(c, letters[k], &s->label[k]) == -1)
			s->label[k].v.t = (struct vtext){plain[k], 1};
		fit = fit && gen_choice_fits(c, &s->label[k], check) &&
		      !(c->type == VT_ENUM && s->label[k].v.t.p == plain[k]);
	}
	gen_text_check_free(check);
	return fit ? 0
		   : err_set(e, ERR_NO,
			     "%s: the column, or a check of it, has no label for women, or none "
			     "for men",
			     g->op->id);
}

static int record_prepare_sex(struct gen *g, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	struct record_state *s;
	const struct locale_list *l;
	int64_t *man;
	int at, sex;

	if (c->unique)
		return err_set(e, ERR_NO, "%s cannot promise distinct values for a unique column",
			g->op->id);
	if (record_open(&s, c, params, a, e) == -1 || (at = record_list(&s->r, "given", e)) == -1)
		return -1;
	l = s->r.list[at].list;
	if ((sex = locale_column(l, "sex")) < 0)
		return err_set(e, ERR_NO, "locale %s does not know the sex of names", s->r.l->name);
	if ((man = arena_array(a, l->n, sizeof(*man))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < l->n; i++)
		man[i] = locale_cell(l, i, (uint32_t)sex).p[0] == 'M';
	if (choose_labels(s, g, c, a, e) == -1)
		return -1;
	for (int k = 0; k < 2 && c->type != VT_ENUM; k++)
		if (s->label[k].v.t.n > g->max_bytes)
			g->max_bytes = (uint32_t)s->label[k].v.t.n;
	s->list = (uint32_t)at;
	s->value = man;
	g->state = s;
	return 0;
}

static void record_derive_sex(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct record_state *s = g->state;

	(void)in;
	(void)h;
	out->has_null = false;
	for (uint32_t i = 0; i < n; i++) {
		struct record_row now = {.row = row[i]};

		gen_choice_put(&s->label[s->value[record_entry(&s->r, s->list, &now)]], out, i);
	}
}

/* ---- the table ---------------------------------------------------------------------------- */

#define RECORD_PARAM                                                                               \
	{                                                                                          \
		.name = "record", .kind = GP_STRING, .deflt = "",                                  \
		.help = "columns of a table with the same record speak of one thing"               \
	}

static const struct gen_param params[] = {RECORD_PARAM, {0}};
static const struct gen_param telephone_params[] = {RECORD_PARAM, WRITTEN_TELEPHONE_PARAM, {0}};
static const struct gen_param postal_params[] = {RECORD_PARAM, WRITTEN_POSTAL_PARAM, {0}};

#define FACET(name, text, tag, fams, how)                                                          \
	{                                                                                          \
		.id = "record." name, .help = text, .params = params, .families = fams,            \
		.output = (fams)&GF_DATE, .locale = GEN_LOCALES, .pii = tag, .derives = true,      \
		.exact = true, .prepare = record_prepare_##how, .derive = record_derive_##how      \
	}
#define TEXT(name, text, tag)	       FACET_TEXT(name, text, tag, GEN_DISTINCT_VALUE, params)
#define WRITTEN(name, text, tag, spec) FACET_TEXT(name, text, tag, GEN_DISTINCT_VALUE, spec)
/* in lower case: no two differ in the case of letters alone */
#define LOWER_TEXT(name, text, tag) FACET_TEXT(name, text, tag, GEN_DISTINCT_LETTERS, params)
#define FACET_TEXT(name, text, tag, apart, spec)                                                   \
	{                                                                                          \
		.id = "record." name, .help = text, .params = spec, .families = GF_TEXT,           \
		.output = GF_TEXT, .locale = GEN_LOCALES, .pii = tag, .derives = true,             \
		.distinct = apart, .exact = true, .prepare = prepare_text,                         \
		.derive = derive_text_facet                                                        \
	}

const struct gen_op gen_record_ops[] = {
	LOWER_TEXT("company.domain", "the company's domain", NULL),
	LOWER_TEXT("company.email", "an address at the company's domain", "pii.email"),
	TEXT("company.name", "the company's name with its legal form", NULL),
	TEXT("company.registry", "the company's number: a CNPJ or an EIN", NULL),
	TEXT("company.site", "the company's site", "pii.network"),
	TEXT("company.trade_name", "the company's name without its legal form", NULL),
	FACET("document.expires_on", "ten years after it was issued", NULL, GF_DATE | GF_TS, day),
	FACET("document.issued_on", "the day it was issued, to a grown-up", NULL, GF_DATE | GF_TS,
		day),
	TEXT("document.issuer", "who issued it, in the state of the place", NULL),
	TEXT("document.number", "its number: of an identity card or a driver's license",
		"pii.document"),
	TEXT("file.extension", "what the file's name ends in", NULL),
	TEXT("file.mime", "the file's media type", NULL),
	LOWER_TEXT("file.name", "the name of a file that people keep", NULL),
	LOWER_TEXT("file.path", "where it is kept, with its name", NULL),
	FACET("file.size", "its bytes, as many as such files have", NULL, GF_INT, size),
	LOWER_TEXT("file.url", "its address at example.com", NULL),
	FACET("person.birth_date", "of somebody between 18 and 80 years old", "pii.birth",
		GF_DATE | GF_TS, day),
	WRITTEN("person.cell", "a mobile number with the area code of the place", "pii.phone",
		telephone_params),
	LOWER_TEXT("person.email", "an e-mail address made of the name", "pii.email"),
	TEXT("person.first_name", "a given name", "pii.name"),
	TEXT("person.full_name", "given, middle and family name", "pii.name"),
	TEXT("person.last_name", "a family name", "pii.name"),
	TEXT("person.middle_name", "another family name", "pii.name"),
	TEXT("person.name", "given and family name", "pii.name"),
	WRITTEN("person.phone", "a telephone number with the area code of the place", "pii.phone",
		telephone_params),
	FACET("person.sex", "of the given name: F or M, or the column's labels for them", NULL,
		GF_TEXT | GF_ENUM, sex),
	LOWER_TEXT("person.username", "a user name made of the name", "pii.name"),
	TEXT("place.address", "street and number as they are written", "pii.address"),
	TEXT("place.area_code", "a telephone area code of the city", NULL),
	TEXT("place.building_number", "the number in the street", "pii.address"),
	TEXT("place.city", "a city, more often a large one", "pii.location"),
	TEXT("place.complement", "flat, suite or floor", "pii.address"),
	TEXT("place.country", "the locale's country", NULL),
	TEXT("place.country_code", "its two letters", NULL),
	TEXT("place.district", "a part of the city", "pii.location"),
	FACET("place.latitude", "near the middle of the city", "pii.location",
		GF_NUM | GF_FLOAT | GF_TEXT, coordinate),
	FACET("place.longitude", "near the middle of the city", "pii.location",
		GF_NUM | GF_FLOAT | GF_TEXT, coordinate),
	WRITTEN("place.postal_code", "one of the city's postal codes", "pii.location",
		postal_params),
	TEXT("place.state", "the state's abbreviation", "pii.location"),
	TEXT("place.state_name", "the state's name", "pii.location"),
	TEXT("place.street", "a street", "pii.address"),
	{0},
};
