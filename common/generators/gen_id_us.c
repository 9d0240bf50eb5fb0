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

#include <string.h>

#include "common/base/err.h"

enum { AREAS = 100, FIRST_AREA = 900, SERIALS = 9999, GROUP = 10000, AREA = 1000000, MARKS = 2 };

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

/* Digits with the weights 3, 7 and 1 in turn, whose sum is a multiple of ten. */
static uint64_t routing(uint64_t idx)
{
	static const unsigned char weight[] = {1, 7, 3};
	uint64_t n = (ROUTING_FIRST + idx % ROUTING_PREFIXES) * AREA + idx / ROUTING_PREFIXES;
	unsigned sum = 0;

	/* from the right: the last of the eight digits has 7 */
	for (uint64_t rest = n, i = 1; rest > 0; rest /= 10, i++)
		sum += weight[i % 3] * (unsigned)(rest % 10);
	return 10 * n + (10 - sum % 10) % 10;
}

#define PEOPLE(groups) (UINT64_C(100) * (groups)*SERIALS)

static const struct us_number {
	const char *name;
	unsigned digits, mark[MARKS]; /* a hyphen after so many digits; 0: none */
	uint64_t space;
	uint64_t (*number)(uint64_t idx);
} numbers[] = {
	{"ssn", 9, {3, 5}, PEOPLE(55), ssn},
	{"itin", 9, {3, 5}, PEOPLE(44), itin},
	{"invalid itin", 9, {3, 5}, PEOPLE(1), invalid_itin},
	{"ein", 9, {2, 0}, UINT64_C(16) * EIN_REST, ein},
	{"routing", 9, {0, 0}, UINT64_C(8) * AREA, routing},
};

struct us_state {
	struct gen_draw draw;
	const struct us_number *number;
	bool marked;
};

enum { MOST_BYTES = 16 };

static void number_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct us_state *s = g->state;
	const struct us_number *k = s->number;
	uint32_t len = k->digits;

	for (unsigned m = 0; s->marked && m < MARKS; m++)
		len += k->mark[m] > 0;
	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, len), *to = p + len;
		uint64_t v = k->number(idx[i]);

		for (unsigned d = k->digits; d-- > 0; v /= 10) {
			*--to = (char)('0' + v % 10);
			if (s->marked && d > 0 && (d == k->mark[0] || d == k->mark[1]))
				*--to = '-';
		}
		out->v.t[i] = (struct vtext){p, len};
	}
}

static const struct us_number *number_named(const char *name)
{
	const struct us_number *k = numbers;

	while (strcmp(k->name, name) != 0)
		k++;
	return k;
}

/*
 * With hyphens if a parameter says so, or the column and its checks take them;
 * else the digits alone.
 */
static int make_number(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct us_state *s = arena_alloc(a, sizeof(*s));
	bool marked = true, invalid = false, said;

	if (s == NULL)
		return err_nomem(e);
	said = gen_arg_bool(params, "punctuated", &marked);
	(void)gen_arg_bool(params, "invalid", &invalid);
	*s = (struct us_state){
		{number_value}, number_named(invalid ? "invalid itin" : g->op->makes), marked};
	g->state = s;
	g->space = s->number->space;
	g->max_bytes = MOST_BYTES;
	if (gen_text_verify(g, c, a, e) == 0)
		return 0;
	if (said || e->kind != ERR_NO)
		return -1;
	s->marked = false;
	return gen_text_verify(g, c, a, e);
}

static int prepare_number(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_narrow(g, c, params, make_number, a, e);
}

/* ---- plates and money ---------------------------------------------------------------------------
 */

enum { PLATE_LETTERS = 23, PLATE_CHARS = 8 };
#define PLATES (UINT64_C(23) * 23 * 23 * 10000)

/* Letters that are not taken for digits, as most states have them. */
static void plate_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	static const char letter[] = "ABCDEFGHJKLMNPRSTUVWXYZ";

	(void)g;
	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, PLATE_CHARS);
		uint64_t x = idx[i];

		for (unsigned k = 0; k < 3; k++, x /= PLATE_LETTERS)
			p[k] = letter[x % PLATE_LETTERS];
		p[3] = '-';
		for (unsigned k = PLATE_CHARS; k-- > 4; x /= 10)
			p[k] = (char)('0' + x % 10);
		out->v.t[i] = (struct vtext){p, PLATE_CHARS};
	}
}

static int make_plate(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct us_state *s = arena_alloc(a, sizeof(*s));

	(void)params;
	if (s == NULL)
		return err_nomem(e);
	*s = (struct us_state){.draw = {plate_value}};
	g->state = s;
	g->space = PLATES;
	g->max_bytes = PLATE_CHARS;
	return gen_text_verify(g, c, a, e);
}

static int prepare_plate(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_narrow(g, c, params, make_plate, a, e);
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

static const struct gen_param routing_params[] = {GEN_NARROW_PARAMS, {0}};

static const struct gen_param money_params[] = {
	{"min", GP_FLOAT, false, "10.0", "least value", .not_above = "max"},
	{"max", GP_FLOAT, false, "10000.0", "greatest value"},
	{0},
};

#define NUMBER(name, what, spec, tag, text)                                                        \
	{                                                                                          \
		.id = (name), .makes = (what), .help = (text), .params = (spec),                   \
		.families = GF_TEXT, .locale = "en_US", .pii = (tag),                              \
		.distinct = GEN_DISTINCT_LETTERS, .prepare = prepare_number,                       \
		.value = gen_draw_value                                                            \
	}

const struct gen_op gen_us_ops[] = {
	NUMBER("semantic.us.ssn", "ssn", number_params, "pii.ssn",
		"a social security number that is never issued"),
	NUMBER("semantic.us.itin", "itin", itin_params, "pii.ssn",
		"a taxpayer's number, which may be somebody's"),
	NUMBER("semantic.us.ein", "ein", number_params, NULL,
		"an employer's number with a prefix that nobody assigns"),
	NUMBER("semantic.us.routing_number", "routing", routing_params, NULL,
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
	{.id = "semantic.us.plate",
		.help = "a vehicle's plate, ABC-1234, whoever may have it",
		.params = gen_narrow_params,
		.families = GF_TEXT,
		.locale = "en_US",
		.distinct = GEN_DISTINCT_LETTERS,
		.prepare = prepare_plate,
		.value = gen_draw_value},
	{.id = "semantic.us.money.usd",
		.help = "an amount in dollars, with cents",
		.params = money_params,
		.families = GF_INT | GF_NUM | GF_FLOAT,
		.output = GF_NUM,
		.prepare = prepare_money,
		.value = gen_number_value},
	{0},
};
