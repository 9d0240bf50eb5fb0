/* SPDX-License-Identifier: MIT */
/*
 * How long what a row is about lasts. A call is over in minutes, a shift in hours, a lease after a
 * year to the day: common/data/roles says so by words, which are looked for in the column's name
 * first (sales_start of a concert), then in the table's. Of what nobody knows, a timestamp speaks
 * of hours and a date of weeks.
 */
#include "stages/plan-check/draft_span.h"

#include <stdlib.h>
#include <string.h>

#include "stages/plan-check/draft_number.h"

/* ---- beginnings and ends ----------------------------------------------------------------------
 */

static const struct {
	const char *first, *last;
} ends[] = {
	{"start", "end"},
	{"start", "finish"},
	{"start", "stop"},
	{"started", "ended"},
	{"started", "finished"},
	{"started", "stopped"},
	{"begin", "end"},
	{"began", "ended"},
	{"inicio", "fim"},
	{"inicio", "termino"},
	{"inicio", "final"},
	{"inicial", "final"},
	{"from", "to"},
	{"from", "until"},
	{"from", "thru"},
	{"de", "ate"},
	{"open", "close"},
	{"opened", "closed"},
	{"abertura", "fechamento"},
	{"abertura", "encerramento"},
	{"aberta", "encerram"},
	{"abrem", "encerram"},
	{"in", "out"},
	{"checkin", "checkout"},
	{"login", "logout"},
	{"entry", "exit"},
	{"entered", "exited"},
	{"arrived", "left"},
	{"admitted", "discharged"},
	{"admission", "discharge"},
	{"internacao", "alta"},
	{"departure", "arrival"},
	{"departed", "arrived"},
	{"embarque", "desembarque"},
	{"partida", "chegada"},
	{"saida", "chegada"},
	{"saida", "retorno"},
	{"entrada", "saida"},
	{"retirada", "devolucao"},
	{"montagem", "desmontagem"},
	{"plantio", "colheita"},
	{"planted", "harvested"},
	{"incision", "closure"},
	{"started", "restored"},
	{"started", "completed"},
	{"started", "resolved"},
	{"opened", "resolved"},
	{"raised", "cleared"},
};

/* The words of a name without ${word} and those that say only that it is a moment; false: it has
 * not got the word. */
static bool without(const char *words, const char *word, char left[ROLE_WORDS])
{
	static const char idle[] = "at on date time data hora em ts timestamp datetime dia real ";
	char wanted[ROLE_WORDS];
	bool found = false;
	size_t n = 0;

	role_words(word, wanted);
	left[n++] = '_';
	for (const char *p = words + 1; *p != '\0'; p += strcspn(p, "_") + 1) {
		size_t len = strcspn(p, "_") + 1;
		char one[ROLE_WORDS];

		one[0] = '_';
		memcpy(one + 1, p, len);
		one[len + 1] = '\0';
		if (strcmp(one, wanted) == 0) {
			found = true;
		} else if (!role_has(idle, one)) {
			memcpy(left + n, p, len);
			n += len;
		}
	}
	left[n] = '\0';
	return found;
}

static bool same_kind(const char *a, const char *b)
{
	return strcmp(a, "time") == 0 ? strcmp(b, "time") == 0 : role_of_kind("moment ", b);
}

/* A column before ${c} whose name has ${first}, and else the words ${left}; both are times of day,
 * or neither. */
static int called(const struct draft_table *dt, uint32_t c, const char *first, const char *left)
{
	for (uint32_t k = 0; k < c; k++) {
		char words[ROLE_WORDS], other[ROLE_WORDS];

		role_words(dt->t->columns[k].name, words);
		if (same_kind(dt->columns[c].kind, dt->columns[k].kind) &&
			without(words, first, other) && strcmp(other, left) == 0)
			return (int)k;
	}
	return -1;
}

int span_start(const struct draft_table *dt, uint32_t c)
{
	char words[ROLE_WORDS], left[ROLE_WORDS];
	int start = -1;

	role_words(dt->t->columns[c].name, words);
	for (size_t i = 0; start == -1 && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (without(words, ends[i].last, left))
			start = called(dt, c, ends[i].first, left);
	return start;
}

int span_order(const struct draft_table *dt, uint32_t c)
{
	int order = role_order(dt->columns[c].m.role, "event"), start, before;

	if (order < 0 || (start = span_start(dt, c)) < 0)
		return order;
	before = role_order(dt->columns[start].m.role, "event");
	return before >= order ? before + 1 : order;
}

/* ---- lengths ----------------------------------------------------------------------------------
 */

static const struct role_span *span_of(const struct draft_table *dt, uint32_t c)
{
	char words[ROLE_WORDS];
	const struct role_span *s;

	role_words(dt->t->columns[c].name, words);
	s = role_span_of(words);
	return s != NULL ? s : role_span_of(dt->words);
}

/* Whether a duration as "90m" or "12h" is less than some days. */
static bool is_short(const char *duration)
{
	return duration != NULL &&
	       (strchr(duration, 'd') == NULL || (duration[1] == 'd' && duration[0] <= '3'));
}

bool span_is_short(const struct draft_table *dt)
{
	const struct role_span *s = role_span_of(dt->words);

	return s != NULL && is_short(s->most);
}

bool span_is_month(const struct draft_table *dt, uint32_t c)
{
	const struct role_span *s = span_of(dt, c);

	return s != NULL && s->terms != NULL && strncmp(s->terms, "29,", 3) == 0;
}

const char *span_terms(struct draft *d, const struct draft_table *dt, uint32_t c, int from)
{
	const struct role_span *s = span_of(dt, c);
	const char *start = from >= 0 ? draft_sql(d, dt->t, (uint32_t)from) : NULL;

	if (s == NULL || s->terms == NULL || start == NULL)
		return NULL;
	if (strcmp(dt->columns[c].kind, "date") == 0)
		return draft_textf(d, "%s%s + choice(%s)", start,
			strcmp(dt->columns[from].kind, "date") == 0 ? "" : "::date", s->terms);
	return draft_textf(d, "%s + choice(%s) * interval '1 day'", start, s->terms);
}

static void set(json_t *params, const char *key, const char *value)
{
	if (value != NULL)
		json_object_set_new(params, key, json_string(value));
}

static void set_distances(json_t *params, const char *least, const char *typical, const char *most)
{
	set(params, "least", least);
	set(params, "typical", typical);
	set(params, "most", most);
}

/* The end of something. */
static void set_end(const struct draft_table *dt, uint32_t c, json_t *params)
{
	const struct role_span *s = span_of(dt, c);
	bool day = strcmp(dt->columns[c].kind, "date") == 0;

	if (s != NULL && s->terms == NULL && (!day || !is_short(s->typical)))
		set_distances(params, s->least, s->typical, s->most);
	else if (s != NULL && s->terms == NULL)
		set_distances(params, NULL, "1d", "3d");
	else if (s == NULL && !day)
		set_distances(params, "15m", "2h", "10h");
}

void span_set(const struct draft_table *dt, uint32_t c, json_t *params)
{
	enum { BEGUN = 40, OVER = 80 };
	const struct role *role = dt->columns[c].m.role;
	const struct role_span *s = role_span_of(dt->words);
	bool stamp = strcmp(dt->columns[c].kind, "timestamp") == 0;
	int order = role_order(role, "event");

	if (role_is(role, "lasting") ||
		(order < 0 && !role_is(role, "end") && span_start(dt, c) >= 0))
		set_end(dt, c, params);
	else if (stamp && s != NULL && is_short(s->most) &&
		 (role == NULL || (order >= BEGUN && order < OVER)))
		set_distances(params, NULL, s->typical, s->most);
	else if (stamp && s != NULL && strcmp(s->hours, "any") != 0 &&
		 (role_is(role, "start") || (int)c == dt->birth))
		set(params, "hours", s->hours);
}

/* ---- durations --------------------------------------------------------------------------------
 */

/* A unit of a duration, in the words of names, and how many seconds it has. */
static const struct {
	const char *words;
	int seconds;
} units[] = {
	{"second sec s segundo seg ", 1},
	{"minute min m minuto ", 60},
	{"hour hr h hora ", 3600},
	{"day dia night noite diaria ", 86400},
};

/* How many seconds the unit in a name has that says how long something lasts and nothing else; 0:
 * it is no such name. */
static int unit_of(const struct draft_table *dt, uint32_t c, uint32_t to)
{
	static const char said[] =
		"duration duracao elapsed decorrido length stay permanencia of "
		"total in em time tempo actual real quantidade number downtime outage ";
	static const char working[] =
		"shift turno plantao ponto jornada attendance timesheet clock ";
	char words[ROLE_WORDS], end[ROLE_WORDS];
	bool works = role_among(working, dt->words) != NULL;
	int seconds = 0;

	role_words(dt->t->columns[c].name, words);
	role_words(dt->t->columns[to].name, end);
	for (const char *p = words + 1; *p != '\0'; p += strcspn(p, "_") + 1) {
		size_t len = strcspn(p, "_") + 1;
		char one[ROLE_WORDS];
		int unit = 0;

		one[0] = '_';
		memcpy(one + 1, p, len);
		one[len + 1] = '\0';
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
			unit = role_has(units[i].words, one) ? units[i].seconds : unit;
		if (unit > 0)
			seconds = unit;
		else if (!role_has(said, one) && !(works && role_has("worked trabalhado ", one)) &&
			 strstr(dt->words, one) == NULL && strstr(end, one) == NULL)
			return 0;
	}
	return seconds;
}

/* How much the name says beside that it is an end. What is planned is no more than the plan. */
static size_t words_left(const struct draft_table *dt, uint32_t c)
{
	static const char plans[] = "planned scheduled expected planejado previsto programado ";
	char words[ROLE_WORDS], left[ROLE_WORDS];
	size_t n = ROLE_WORDS;

	role_words(dt->t->columns[c].name, words);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (without(words, ends[i].last, left) && strlen(left) < n)
			n = strlen(left);
	if (strstr(words, "_actual_") != NULL)
		return 1;
	return n + (role_among(plans, words) != NULL ? ROLE_WORDS : 0);
}

/* The moments that are the beginning and the end of what the row is about: the pair with the
 * shortest name, and of those the last one, as what was planned is listed before what came of it;
 * false: there is none. */
static bool find_ends(const struct draft_table *dt, uint32_t *from, uint32_t *to)
{
	size_t best = SIZE_MAX;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		int start = role_of_kind("moment ", dt->columns[c].kind) ? span_start(dt, c) : -1;

		if (start >= 0 && strcmp(dt->columns[c].kind, dt->columns[start].kind) == 0 &&
			words_left(dt, c) <= best) {
			*from = (uint32_t)start;
			*to = c;
			best = words_left(dt, c);
		}
	}
	return best != SIZE_MAX;
}

static void duration_of(
	struct draft *d, struct draft_table *dt, uint32_t c, uint32_t from, uint32_t to)
{
	enum { SURE = 90, DAY = 86400 };
	const char *first = draft_sql(d, dt->t, from), *last = draft_sql(d, dt->t, to), *expr;
	struct draft_rule *r;
	bool day = strcmp(dt->columns[to].kind, "date") == 0;
	bool whole = strcmp(dt->columns[c].kind, "int") == 0;
	int seconds = unit_of(dt, c, to);

	/* seconds are of what is over soon, as a call, and not of days */
	if (seconds == 0 || (day && seconds != DAY) || (seconds == 1 && !span_is_short(dt)))
		return;
	expr = day ? draft_textf(d, "%s - %s + 1", last, first)
		   : draft_textf(d, "round((extract(epoch FROM %s - %s) / %d)::numeric, %d)", last,
			     first, seconds, whole ? 0 : 2);
	r = number_write(d, dt, (int)c, expr,
		draft_textf(
			d, "from %s to %s", dt->t->columns[from].name, dt->t->columns[to].name));
	if (r == NULL)
		return;
	draft_says(r, "time.duration", r->why, SURE);
	/* the bounds of the column, which the expression has, would stand for a missing end */
	expr = json_string_value(json_object_get(r->params, "expr"));
	if (dt->columns[to].nullable && expr != NULL)
		json_object_set_new(r->params, "expr",
			json_string(draft_textf(d, "CASE WHEN %s IS NOT NULL THEN %s%s END", last,
				expr, dt->columns[c].nullable ? "" : " ELSE 0")));
}

/* "90m", "12h" in quarters of an hour, at least one. */
static int quarters(const char *duration)
{
	enum { QUARTER = 15, HOUR = 60 };
	char *end = NULL;
	long n = strtol(duration, &end, 10);
	long minutes = *end == 'h' ? n * HOUR : n;

	return minutes > QUARTER ? (int)((minutes + QUARTER / 2) / QUARTER) : 1;
}

/* The time of day at which ends what began at another, where the table says how long it lasts. */
static void end_of_day(struct draft *d, struct draft_table *dt, uint32_t c)
{
	enum { SURE = 85 };
	const struct role_span *s = role_span_of(dt->words);
	int start = strcmp(dt->columns[c].kind, "time") == 0 ? span_start(dt, c) : -1;
	struct draft_rule *r;

	if (start == -1 || s == NULL || !is_short(s->most) || strchr(s->most, 'd') != NULL ||
		!draft_free(dt, c) || dt->columns[c].in_key)
		return;
	r = draft_rule(d, dt, c, "derive.expr",
		json_pack("{s:s}", "expr",
			draft_textf(d, "%s + choice(%d, %d, %d) * interval '15 minutes'",
				draft_sql(d, dt->t, (uint32_t)start), quarters(s->typical),
				quarters(s->typical),
				(quarters(s->typical) + quarters(s->most)) / 2)));
	draft_says(
		r, "time.end_of_day", draft_textf(d, "after %s", dt->t->columns[start].name), SURE);
}

void draft_durations(struct draft *d, struct draft_table *dt)
{
	uint32_t from, to;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		end_of_day(d, dt, c);
	if (!find_ends(dt, &from, &to))
		return;
	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		if (role_of_kind("number ", dt->columns[c].kind))
			duration_of(d, dt, c, from, to);
}
