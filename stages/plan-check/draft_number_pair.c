/* SPDX-License-Identifier: MIT */
/*
 * Two numbers of a row of which one is bounded by the other: a cost is below the price, what is
 * reserved is in stock, a maximum is above its minimum. And numbers whose scale only the checks or
 * the type tell: shares of one or of a hundred, marks up to five, ten or a hundred.
 */
#include "stages/plan-check/draft_number.h"
#include "stages/plan-check/draft_worth.h"

#include <string.h>

/* ---- pairs ------------------------------------------------------------------------------------
 */

/* The second is so many times the first, to the cent. */
struct pair {
	enum number_kind of, is;
	const char *times, *why;
};

static void pair_of(struct draft *d, struct draft_table *dt, const struct pair *p)
{
	int from = number_at(dt, p->of), to = number_at(dt, p->is);

	if (from == -1 || to == -1 || from == to)
		return;
	number_write(d, dt, to,
		draft_textf(d, "round((%s * %s)::numeric, %d)", number_sql(d, dt, (uint32_t)from),
			p->times, strcmp(dt->columns[to].kind, "int") == 0 ? 0 : 2),
		p->why);
}

/* How far the two ends of a range are from each other. A counter that runs, as an odometer, is at
 * its second end a little further than at its first. */
enum distance { WIDE, NEAR, RUNS };

/* Words for the two ends of a range. */
struct ends {
	const char *low, *high;
	enum distance distance;
};

static const struct ends ranges[] = {
	{"min", "max", WIDE},
	{"minimum", "maximum", WIDE},
	{"minimo", "maximo", WIDE},
	{"minima", "maxima", WIDE},
	{"least", "most", WIDE},
	{"low", "high", WIDE},
	{"lower", "upper", WIDE},
	{"from", "to", WIDE},
	{"floor", "ceiling", WIDE},
	{"piso", "teto", WIDE},
	{"inferior", "superior", WIDE},
	{"floor", "roof", WIDE},
	{"tara", "pbt", WIDE},
	{"tare", "gvw", WIDE},
	{"average", "max", NEAR},
	{"average", "peak", NEAR},
	{"media", "maxima", NEAR},
	{"medio", "maximo", NEAR},
	{"start", "end", RUNS},
	{"begin", "end", RUNS},
	{"opening", "closing", RUNS},
	{"initial", "final", RUNS},
	{"inicial", "final", RUNS},
	{"inicio", "fim", RUNS},
	{"saida", "chegada", RUNS},
	{"out", "in", RUNS},
	{"in", "out", RUNS},
	{"entrada", "saida", RUNS},
	{"retirada", "devolucao", RUNS},
	{"departure", "arrival", RUNS},
	{"past", "present", RUNS},
	{"old", "new", RUNS},
	{"previous", "current", RUNS},
	{"prev", "curr", RUNS},
	{"anterior", "atual", RUNS},
	{"ant", "atual", RUNS},
};

static int column_called(const struct draft_table *dt, const char *words)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		char name[ROLE_WORDS];

		role_words(dt->t->columns[c].name, name);
		if (strcmp(name, words) == 0 && role_of_kind("number ", dt->columns[c].kind))
			return (int)c;
	}
	return -1;
}

/* Whether the other end is there. Of a counter that runs it is the one that is listed later: a car
 * goes out and comes in, a visitor comes in and goes out. */
static bool is_listed(
	const struct draft_table *dt, uint32_t c, const struct ends *ends, const char *words)
{
	int other = column_called(dt, words);

	if (ends->distance == RUNS && strstr(words, "_count_") != NULL)
		return false;
	return other != -1 && (ends->distance != RUNS || other > (int)c);
}

/* "_minimo_" in words as "_maximo_": the name of the other end; NULL: it is no first end. */
static const struct ends *other_end(
	const struct draft_table *dt, uint32_t c, const char *words, char to[ROLE_WORDS])
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		char low[ROLE_WORDS], high[ROLE_WORDS];
		const char *at, *rest;

		role_words(ranges[i].low, low);
		role_words(ranges[i].high, high);
		at = strstr(words, low);
		rest = at != NULL ? at + strlen(low) : "";
		if (at == NULL || strlen(words) + strlen(high) >= ROLE_WORDS)
			continue;
		memcpy(to, words, (size_t)(at - words));
		memcpy(to + (at - words), high, strlen(high));
		memcpy(to + (at - words) + strlen(high), rest, strlen(rest) + 1);
		if (is_listed(dt, c, &ranges[i], to))
			return &ranges[i];
	}
	return NULL;
}

/* What is above ${low}: by its half, or by once or twice as much; a minimum below zero is so far
 * below its maximum, and one of zero has room above it too. */
static const char *above(struct draft *d, const struct draft_table *dt, const struct ends *ends,
	uint32_t low, uint32_t high)
{
	const char *from = number_sql(d, dt, low);
	char words[ROLE_WORDS];

	role_words(dt->t->columns[low].name, words);
	if (role_among("temp temperature temperatura ", words) != NULL)
		return draft_textf(d, "%s + choice(4, 6, 8, 11)", from);
	if (ends->distance == RUNS)
		return draft_textf(d, "%s + choice(12, 35, 60, 90, 140, 220, 380)", from);
	return draft_textf(d,
		"round((%s + CASE WHEN %s = 0 THEN %s ELSE abs(%s) END * choice(%s))::numeric, %d)",
		from, from, number_is_fraction(dt, high) ? "0.1" : "2", from,
		ends->distance == NEAR ? "0.2, 0.3, 0.45, 0.7" : "0.5, 1, 1, 2",
		number_is_whole(dt, high) ? 0 : 2);
}

/* What a counter has run from one reading to the next: the consumption, the distance. */
static void run_of(struct draft *d, struct draft_table *dt, uint32_t low, uint32_t high)
{
	static const char words[] =
		"consumption consumo usage usado distance distancia driven rodado "
		"percorrido difference diferenca delta variation variacao ";

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		char name[ROLE_WORDS];

		role_words(dt->t->columns[c].name, name);
		if (c != low && c != high && role_of_kind("number ", dt->columns[c].kind) &&
			role_among(words, name) != NULL)
			number_write(d, dt, (int)c,
				draft_textf(d, "%s - %s", number_sql(d, dt, high),
					number_sql(d, dt, low)),
				draft_textf(d, "from %s to %s", dt->t->columns[low].name,
					dt->t->columns[high].name));
	}
}

/* A maximum beside its minimum, a ceiling beside its floor, where a journey ended beside where it
 * began. */
static void maximum_of(struct draft *d, struct draft_table *dt, uint32_t low)
{
	char words[ROLE_WORDS], other[ROLE_WORDS];
	const struct ends *ends;
	int high;

	if (!role_of_kind("number ", dt->columns[low].kind))
		return;
	role_words(dt->t->columns[low].name, words);
	if ((ends = other_end(dt, low, words, other)) == NULL ||
		(high = column_called(dt, other)) == -1)
		return;
	number_write(d, dt, high, above(d, dt, ends, low, (uint32_t)high),
		draft_textf(d, "above %s", dt->t->columns[low].name));
	if (ends->distance == RUNS)
		run_of(d, dt, low, (uint32_t)high);
}

void number_pairs(struct draft *d, struct draft_table *dt)
{
	static const struct pair pairs[] = {
		{NUMBER_PRICE, NUMBER_COST, "uniform(0.45, 0.75)", "below the price"},
		{NUMBER_PRICE, NUMBER_PROMO, "choice(0.7, 0.8, 0.85, 0.9, 0.95)",
			"below the price"},
		{NUMBER_PRICE, NUMBER_COMPARE, "choice(1.1, 1.2, 1.25, 1.4)", "above the price"},
		{NUMBER_STOCK, NUMBER_RESERVED, "choice(0, 0, 0, 0.05, 0.1, 0.2)",
			"a part of what is in stock"},
		{NUMBER_BUDGET, NUMBER_SPENT, "uniform(0.2, 0.98)", "a part of the budget"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		pair_of(d, dt, &pairs[i]);
	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		maximum_of(d, dt, c);
}

/* ---- scales -----------------------------------------------------------------------------------
 */

/* The greatest number of a role as its rule has it; 0: it has no scale. */
static double scale_of(const struct role *r)
{
	static const struct {
		const char *kind;
		double top;
	} scales[] = {
		{"percent", 100},
		{"score", 100},
		{"rating", 5},
		{"average_rating", 5},
		{"confidence", 1},
	};

	for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++)
		if (role_is(r, scales[i].kind))
			return scales[i].top;
	return 0;
}

/* Whether the name says that whole numbers are cents, and the role's amounts are not. */
static bool is_in_cents(const struct draft_table *dt, uint32_t c)
{
	static const char cents[] = "cents cent centavos centavo minor pence ";
	char words[ROLE_WORDS], known[ROLE_WORDS];
	const char *id = draft_role(dt, c);

	role_words(dt->t->columns[c].name, words);
	role_words(id, known);
	return number_is_whole(dt, c) && strncmp(id, "money.", strlen("money.")) == 0 &&
	       role_among(cents, words) != NULL && role_among(cents, known) == NULL;
}

/* By how much numbers of the role are to be multiplied to be of the column's scale. */
static double factor_of(const struct draft_table *dt, uint32_t c)
{
	const struct role *r = dt->columns[c].m.role;
	const struct sql_domain *dom = dt->columns[c].dom;
	double top = scale_of(r), limit = number_limit(dt, c);
	const double percent = 100;

	if (is_in_cents(dt, c))
		return percent;
	if (top == 0)
		return 1;
	if (role_is(r, "percent") || (role_is(r, "score") && number_is_fraction(dt, c)))
		return number_is_fraction(dt, c) ? 1 / percent : 1;
	return (dom != NULL && dom->has_hi) || limit < top ? limit / top : 1;
}

static double to_hundredth(double v)
{
	const double hundred = 100, ten_thousand = 10000;
	double unit = v < 1 ? ten_thousand : hundred;

	return (double)(int64_t)(v * unit + 0.5) / unit;
}

static void scale_number(json_t *params, const char *key, double factor, bool whole)
{
	json_t *v = json_object_get(params, key);
	double x = json_number_value(v) * factor;

	if (v == NULL)
		return;
	json_object_set_new(params, key,
		whole ? json_integer((json_int_t)(x + 0.5)) : json_real(to_hundredth(x)));
}

static void scale_choices(json_t *params, double factor, bool whole)
{
	json_t *choice;
	size_t i;

	json_array_foreach(json_object_get(params, "choices"), i, choice)
		scale_number(choice, "value", factor, whole);
}

/* Whole marks up to some other number: the upper ones are the most frequent. */
static void marks(json_t *params, int64_t lo, int64_t hi)
{
	static const int weights[] = {5, 6, 13, 30, 46};
	enum { STEPS = sizeof(weights) / sizeof(weights[0]) };
	json_t *choices = json_array();

	for (int64_t v = lo; v <= hi; v++) {
		int64_t step = hi > lo ? (v - lo) * STEPS / (hi - lo + 1) : STEPS - 1;

		json_array_append_new(choices,
			json_pack("{s:I, s:i}", "value", (json_int_t)v, "weight", weights[step]));
	}
	json_object_set_new(params, "choices", choices);
}

static bool is_marks(const struct draft_table *dt, uint32_t c)
{
	enum { MOST = 20, USUAL = 5 };
	const struct sql_domain *dom = dt->columns[c].dom;

	return role_is(dt->columns[c].m.role, "rating") && dom != NULL && dom->set == NULL &&
	       dom->has_hi && dom->hi != USUAL && dom->hi > 1 && dom->hi <= MOST &&
	       (!dom->has_lo || dom->lo >= -MOST); /* each mark is a choice of the rule */
}

void number_shrink(json_t *params, double limit, bool whole)
{
	const char *shape = json_string_value(json_object_get(params, "shape"));
	bool even = shape != NULL && strcmp(shape, "lognormal") != 0;
	double max = json_number_value(json_object_get(params, "max"));
	double p90 = json_number_value(json_object_get(params, "p90"));
	const double third = 3;

	if (max > limit)
		json_object_set_new(
			params, "max", whole ? json_integer((json_int_t)limit) : json_real(limit));
	if (p90 > limit || (!even && p90 > limit / third)) {
		double factor = limit / third / p90;

		scale_number(params, "median", factor, whole);
		scale_number(params, "p90", factor, whole);
		if (even)
			scale_number(params, "min", factor, whole);
	}
}

static void scale_of_column(struct draft *d, struct draft_table *dt, uint32_t c)
{
	const struct role_rule *rule =
		draft_free(dt, c) ? draft_rule_for(d, dt->columns[c].m.role) : NULL;
	bool whole = strcmp(dt->columns[c].kind, "int") == 0, shaped;
	double factor, limit;
	struct draft_rule *r;

	if (rule == NULL || rule->params == NULL || !role_of_kind("number ", dt->columns[c].kind))
		return;
	shaped = strcmp(rule->generator, "primitive.number") == 0;
	if (!shaped && strcmp(rule->generator, "primitive.choice") != 0)
		return;
	factor = factor_of(dt, c);
	limit = number_limit(dt, c);
	r = draft_own_rule(d, dt, c, rule);
	if (r->params == NULL)
		return;
	if (shaped && worth_set(d, dt, c, r->params)) {
		number_shrink(r->params, limit, whole);
	} else if (factor < 1 || factor > 1) {
		static const char *const sizes[] = {"min", "max", "median", "p90"};

		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			scale_number(r->params, sizes[i], factor, whole);
		scale_choices(r->params, factor, whole);
	} else if (shaped) {
		number_shrink(r->params, limit, whole);
	}
	if (is_marks(dt, c))
		marks(r->params, dt->columns[c].dom->has_lo ? dt->columns[c].dom->lo : 1,
			dt->columns[c].dom->hi);
}

void number_scales(struct draft *d, struct draft_table *dt)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		scale_of_column(d, dt, c);
}
