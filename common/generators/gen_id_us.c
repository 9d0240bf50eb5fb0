/* SPDX-License-Identifier: MIT */
/*
 * Numbers of the United States, of ranges that are never given to anybody:
 *
 *   SSN      begins with 900 to 999, which the Social Security Administration does not
 *            issue, and has a group that the tax office does not use for its own numbers
 *            of that range (20 CFR 422; IRS, Publication 1915)
 *   EIN      begins with two digits that no office of the tax service assigns
 *   routing  begins with 13 to 20, between the Federal Reserve's districts and those of
 *            savings banks (American Bankers Association), and has its check digit
 *
 * An ITIN has no such range: of the groups in use any may be somebody's, unless it is asked
 * to be invalid. Telephone numbers are 555-0100 to 555-0199, which are kept for fiction.
 */
#include "common/generators/gen_faker.h"
#include "common/generators/gen_id.h"

#include "common/base/err.h"

enum { AREAS = 100, FIRST_AREA = 900, SERIALS = 9999, GROUP = 10000, AREA = 1000000 };

/* Ranges of groups, first and last. */
struct groups {
	unsigned char from, to;
};

static const struct groups never[] = {{1, 49}, {66, 69}, {89, 89}, {93, 93}, {0, 0}};
static const struct groups in_use[] = {{50, 65}, {70, 88}, {90, 92}, {94, 99}, {0, 0}};
static const struct groups unused[] = {{89, 89}, {0, 0}};

static unsigned count_groups(const struct groups *g)
{
	unsigned n = 0;

	for (; g->to > 0; g++)
		n += g->to - g->from + 1U;
	return n;
}

/* 9AA, a group, and a serial from 1 on. */
static uint64_t person(const struct groups *g, uint64_t idx)
{
	unsigned n = count_groups(g), k = (unsigned)(idx / AREAS % n);
	uint64_t area = FIRST_AREA + idx % AREAS, serial = idx / AREAS / n + 1;

	for (; k > (unsigned)(g->to - g->from); g++)
		k -= g->to - g->from + 1U;
	return area * AREA + (g->from + k) * (uint64_t)GROUP + serial;
}

static uint64_t ssn(uint64_t idx)
{
	return person(never, idx);
}

static uint64_t itin(uint64_t idx)
{
	return person(in_use, idx);
}

static uint64_t invalid_itin(uint64_t idx)
{
	return person(unused, idx);
}

enum { PREFIXES = 16, EIN_REST = 10000000, ROUTING_FIRST = 13, ROUTING_PREFIXES = 8 };

static uint64_t ein(uint64_t idx)
{
	static const unsigned char prefix[PREFIXES] = {
		7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97};

	return prefix[idx % PREFIXES] * (uint64_t)EIN_REST + idx / PREFIXES;
}

static uint64_t routing(uint64_t idx)
{
	return (ROUTING_FIRST + idx % ROUTING_PREFIXES) * AREA + idx / ROUTING_PREFIXES;
}

static char routing_check(const char *num, unsigned sum)
{
	(void)num;
	return id_mod10(sum);
}

static const struct id_check routing_checks[] = {{'x', "37137137", routing_check}, {0}};

enum { PLATE_LETTERS = 23, PLATE_DIGITS = 10000 };
#define LETTERS (UINT64_C(23) * 23 * 23)

/* The first letter is the one that changes from one index to the next. */
static uint64_t plate(uint64_t idx)
{
	uint64_t letters = 0;

	for (uint64_t k = 0, left = idx % LETTERS; k < 3; k++, left /= PLATE_LETTERS)
		letters = letters * PLATE_LETTERS + left % PLATE_LETTERS;
	return letters * PLATE_DIGITS + idx / LETTERS;
}

/* ---- the documents ----------------------------------------------------------------------------
 */

#define PEOPLE(groups) (UINT64_C(100) * (groups)*SERIALS)

static const struct id_form plain[] = {{"plain", NULL}, {0}};
static const struct id_form person_forms[] = {{"punctuated", "###-##-####"}, {"plain", NULL}, {0}};
static const struct id_form ein_forms[] = {{"punctuated", "##-#######"}, {"plain", NULL}, {0}};
static const struct id_form plate_forms[] = {{"punctuated", "###-####"}, {0}};

#define SERIES(mask, fn, n, rules, ways)                                                           \
	{                                                                                          \
		{.spec = (mask),                                                                   \
			.number = (fn),                                                            \
			.space = (n),                                                              \
			.checks = (rules),                                                         \
			.forms = (ways)},                                                          \
		{                                                                                  \
			0                                                                          \
		}                                                                                  \
	}

static const struct id_series ssns[] = SERIES("#########", ssn, PEOPLE(55), NULL, person_forms);
static const struct id_series itins[] = SERIES("#########", itin, PEOPLE(44), NULL, person_forms);
static const struct id_series unused_itins[] =
	SERIES("#########", invalid_itin, PEOPLE(1), NULL, person_forms);
static const struct id_series eins[] =
	SERIES("#########", ein, UINT64_C(16) * EIN_REST, NULL, ein_forms);
static const struct id_series routings[] =
	SERIES("########x", routing, UINT64_C(8) * AREA, routing_checks, plain);
static const struct id_series plates[] =
	SERIES("ppp####", plate, LETTERS *PLATE_DIGITS, NULL, plate_forms);

static const struct id_doc docs[] = {
	{"semantic.us.ssn", NULL, NULL, ssns},
	{"semantic.us.itin", NULL, NULL, itins},
	{"semantic.us.ein", NULL, NULL, eins},
	{"semantic.us.routing_number", NULL, NULL, routings},
	{"semantic.us.plate", NULL, NULL, plates},
};

/* An ITIN has no check digit: an invalid one is of a group that is not in use. */
static int make_number(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	static const struct id_doc nobody = {"semantic.us.itin", NULL, NULL, unused_itins};
	const struct id_doc *doc = id_doc_of(docs, sizeof(docs) / sizeof(docs[0]), g->op->id);
	bool invalid = false;

	(void)gen_arg_bool(params, "invalid", &invalid);
	return gen_id(g, c, invalid ? &nobody : doc, params, a, e);
}

static int prepare_number(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_narrow(g, c, params, make_number, a, e);
}

/* Amounts from 10 to 10,000 with two decimals, unless the parameters say otherwise. */
static int prepare_money(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_number num = {.min = 10, .max = 10000, .scale = 2};

	num.min_given = gen_arg_float(params, "min", &num.min);
	num.max_given = gen_arg_float(params, "max", &num.max);
	return gen_number(g, c, &num, a, e);
}

/* ---- the ids ------------------------------------------------------------------------------------
 */

#define PUNCTUATED                                                                                 \
	{                                                                                          \
		"punctuated", GP_BOOL, false, "as the column takes it", "with hyphens"             \
	}

static const struct gen_param number_params[] = {PUNCTUATED, GEN_NARROW_PARAMS, {0}};

static const struct gen_param itin_params[] = {
	PUNCTUATED,
	{"invalid", GP_BOOL, false, "false", "of a group that is not in use: nobody's for certain"},
	GEN_NARROW_PARAMS,
	{0},
};

static const struct gen_param money_params[] = {
	{"min", GP_FLOAT, false, "10.0", "least value", .not_above = "max"},
	{"max", GP_FLOAT, false, "10000.0", "greatest value"},
	{0},
};

#define NUMBER(name, spec, tag, text)                                                              \
	{                                                                                          \
		.id = (name), .help = (text), .params = (spec), .families = GF_TEXT,               \
		.locale = "en_US", .pii = (tag), .distinct = GEN_DISTINCT_LETTERS,                 \
		.prepare = prepare_number, .value = gen_draw_value                                 \
	}

const struct gen_op gen_id_us_ops[] = {
	NUMBER("semantic.us.ssn", number_params, "pii.ssn",
		"a social security number that is never issued"),
	NUMBER("semantic.us.itin", itin_params, "pii.ssn",
		"a taxpayer's number, which may be somebody's"),
	NUMBER("semantic.us.ein", number_params, NULL,
		"an employer's number with a prefix that nobody assigns"),
	NUMBER("semantic.us.routing_number", gen_narrow_params, NULL,
		"a bank's number of a range without banks, with its check digit"),
	{.id = "semantic.us.phone",
		.makes = "phone",
		.help = "a telephone number, 555-0100 to 555-0199 of an area code",
		.params = gen_telephone_params,
		.families = GF_TEXT,
		.locale = "en_US",
		.pii = "pii.phone",
		.prepare = gen_telephone,
		.value = gen_draw_value},
	{.id = "semantic.us.zip",
		.help = "a ZIP code of a city",
		.params = gen_postal_params,
		.families = GF_TEXT,
		.locale = "en_US",
		.pii = "pii.location",
		.prepare = gen_faker_postal,
		.value = gen_draw_value},
	NUMBER("semantic.us.plate", gen_narrow_params, NULL,
		"a vehicle's plate, ABC-1234, whoever may have it"),
	{.id = "semantic.us.money.usd",
		.help = "an amount in dollars, with cents",
		.params = money_params,
		.families = GF_INT | GF_NUM | GF_FLOAT,
		.output = GF_NUM,
		.prepare = prepare_money,
		.value = gen_number_value},
	{0},
};
