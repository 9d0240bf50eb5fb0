/* SPDX-License-Identifier: MIT */
/*
 * What states say. Labels have weights that a person would expect; a column with a default has it
 * in most rows; what explains an end, as cancel_reason, is there where the row ended so; a flag
 * that says what another column says too agrees with it.
 */
#include "stages/plan-check/draft.h"

#include <stdlib.h>
#include <string.h>

#include "stages/plan-check/draft_life.h"

enum {
	UNKNOWN_WEIGHT = 10, /* of a label of which nothing is known */
	DEFAULT_PERCENT = 80,
	FLAG_PERCENT = 85, /* of a flag that has its default */
	SET_PERCENT = 30,  /* of a flag that has none */
	LIKELY = 55, /* of a hundred: how sure a guess is that only a type or a default tells */
};

/* ---- defaults ----------------------------------------------------------------------------------
 */

/* Whether a default is one value for all rows: a quoted constant, a number, true or false. */
static bool is_constant(struct draft *d, const char *expr)
{
	const char *text = expr != NULL ? draft_constant(d, expr) : NULL;
	char *end;

	if (expr == NULL)
		return false;
	if (text != NULL) /* an empty one is what forms send, not what rows say */
		return *text != '\0';
	if (strcmp(expr, "true") == 0 || strcmp(expr, "false") == 0)
		return true;
	expr += *expr == '(';
	(void)strtod(expr, &end);
	return end != expr && (*end == '\0' || *end == ')' || *end == ':');
}

/* ---- labels ------------------------------------------------------------------------------------
 */

static bool add_choice(json_t *list, json_t *value, uint32_t weight)
{
	return json_array_append_new(list,
		       json_pack("{s:o, s:I}", "value", value, "weight", (json_int_t)weight)) == 0;
}

/* The label that the column has by default weighs as much as all others, where nothing is known of
 * them. */
static void weigh_labels(struct draft *d, struct draft_table *dt, uint32_t c)
{
	const char *expr = dt->t->columns[c].deflt;
	const char *deflt = expr != NULL ? draft_constant(d, expr) : NULL;
	uint32_t n, known = 0;
	const char *const *labels = life_labels(d, dt, c, &n);
	json_t *list = json_array();

	for (uint32_t i = 0; labels != NULL && i < n; i++)
		known += role_label_of(labels[i]) != NULL;
	for (uint32_t i = 0; labels != NULL && i < n; i++) {
		const struct role_label *l = role_label_of(labels[i]);
		uint32_t weight = l != NULL ? l->weight : UNKNOWN_WEIGHT;

		if (deflt != NULL && 2 * known < n && strcmp(deflt, labels[i]) == 0)
			weight += UNKNOWN_WEIGHT * n;
		d->failed = !add_choice(list, json_string(labels[i]), weight) || d->failed;
	}
	if (labels == NULL || n < 2 || (known == 0 && deflt == NULL)) {
		json_decref(list);
		return;
	}
	draft_says(draft_rule(d, dt, c, "primitive.choice", json_pack("{s:o}", "choices", list)),
		(int)c == dt->status ? "state.status" : "state.label",
		known > 0 ? "its labels say how frequent they are"
			  : "its default is the most frequent",
		known > 0 ? 80 : LIKELY);
}

/* ---- flags -------------------------------------------------------------------------------------
 */

/* Parameters of a choice of two values, the first for ${percent} of the rows. */
static json_t *one_or_other(struct draft *d, json_t *one, json_t *other, int percent)
{
	json_t *list = json_array();

	d->failed = !add_choice(list, one, (uint32_t)percent) ||
		    !add_choice(list, other, (uint32_t)(100 - percent)) || d->failed;
	return json_pack("{s:o}", "choices", list);
}

static void put_flag(
	struct draft *d, struct draft_table *dt, uint32_t c, int percent, const char *why)
{
	struct draft_rule *r = draft_rule(
		d, dt, c, "primitive.choice", one_or_other(d, json_true(), json_false(), percent));

	draft_says(r, r->role != NULL ? r->role : "state.flag", why, LIKELY);
}

/* Rows that have come so far: those that have the moment of it; else by their status; NULL: nobody
 * knows. */
static const char *reached(struct draft *d, const struct draft_table *dt, int rank)
{
	for (uint32_t k = 0; k < dt->t->ncolumns; k++)
		if (role_order(dt->columns[k].m.role, "event") == rank && dt->columns[k].nullable)
			return draft_textf(d, "%s IS NOT NULL", draft_sql(d, dt->t, k));
	return life_condition(d, dt, rank, NULL);
}

/* A flag says whether another column has a moment: is_deleted beside deleted_at, pago beside
 * pago_em. */
static const char *said_by_moment(struct draft *d, const struct draft_table *dt, uint32_t c)
{
	const struct role *role = dt->columns[c].m.role;
	int rank = role_order(role, "reached"), gone = draft_kind_of(dt, "delete");

	if (role_is(role, "deleted") && gone >= 0)
		return draft_textf(d, "%s IS NOT NULL", draft_sql(d, dt->t, (uint32_t)gone));
	if (role_is(role, "active") && gone >= 0)
		return draft_textf(d, "%s IS NULL AND uniform(1, 100) <= 96",
			draft_sql(d, dt->t, (uint32_t)gone));
	return rank >= 0 ? reached(d, dt, rank) : NULL;
}

static void state_flag(struct draft *d, struct draft_table *dt, uint32_t c)
{
	const char *expr = said_by_moment(d, dt, c), *deflt = dt->t->columns[c].deflt;

	if (expr != NULL)
		draft_rule(d, dt, c, "derive.expr", json_pack("{s:s}", "expr", expr));
	else if (draft_rule_for(d, dt->columns[c].m.role) != NULL)
		return; /* its role says how often */
	else if (deflt != NULL && strcmp(deflt, "true") == 0)
		put_flag(d, dt, c, FLAG_PERCENT, "it is true by default");
	else if (deflt != NULL && strcmp(deflt, "false") == 0)
		put_flag(d, dt, c, 100 - FLAG_PERCENT, "it is false by default");
	else
		put_flag(d, dt, c, SET_PERCENT, "it is a flag");
}

/* ---- what explains an end ----------------------------------------------------------------------
 */

/* Rows that ended so: by their status; else those that have the moment of it. */
static const char *ended(struct draft *d, const struct draft_table *dt, const char *class)
{
	const char *when = life_condition(d, dt, 0, class);

	for (uint32_t k = 0; when == NULL && k < dt->t->ncolumns; k++) {
		char other[ROLE_WORDS];

		if (role_is(dt->columns[k].m.role, "event") && life_class(dt, k, other) &&
			strcmp(other, class) == 0)
			when = draft_textf(d, "%s IS NOT NULL", draft_sql(d, dt->t, k));
	}
	return when != NULL ? when : "uniform(1, 100) <= 5";
}

/* The rule of its role, for rows of which ${when} is true. */
static void state_when(struct draft *d, struct draft_table *dt, uint32_t c, const char *when)
{
	const struct role_rule *rule = draft_rule_for(d, dt->columns[c].m.role);

	if (rule != NULL && when != NULL && dt->columns[c].nullable)
		life_only_if(d, dt, c, rule->generator,
			draft_params_for(d, &dt->t->columns[c], dt->columns[c].m.role, rule), when);
}

static bool is_card(const char *label)
{
	static const char *const parts[] = {"card", "cart", "cred", "debit"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strstr(label, parts[i]) != NULL)
			return true;
	return false;
}

/* "card" is any label that speaks of a card. */
static bool is_method(const char *label, const void *how)
{
	return strcmp(how, "card") == 0 ? is_card(label) : strstr(label, how) != NULL;
}

/* What belongs to one way to pay: rows whose method is it. */
static const char *paid_by(struct draft *d, const struct draft_table *dt, const char *how)
{
	int c = draft_column_of(dt, "thing.payment_method");

	if (c < 0)
		c = draft_column_of(dt, "thing.payment_method_of_table");
	return c >= 0 ? life_is_one_of(d, dt, (uint32_t)c, is_method, how) : NULL;
}

/* ---- defaults of columns without a role ---------------------------------------------------------
 */

/* A whole number that is 0 or 1 by default, and of which nothing else is known, is a flag. */
static bool put_number_flag(struct draft *d, struct draft_table *dt, uint32_t c)
{
	const char *deflt = dt->t->columns[c].deflt;
	int usual = strcmp(deflt, "1") == 0 ? 1 : 0;

	if (strcmp(deflt, "0") != 0 && strcmp(deflt, "1") != 0)
		return false;
	draft_says(draft_rule(d, dt, c, "primitive.choice",
			   one_or_other(
				   d, json_integer(usual), json_integer(1 - usual), FLAG_PERCENT)),
		"state.flag", "its default is 0 or 1", LIKELY);
	return true;
}

static void state_default(struct draft *d, struct draft_table *dt, uint32_t c)
{
	const char *kind = dt->columns[c].kind;
	struct draft_rule *r;

	if (dt->columns[c].m.role != NULL || !is_constant(d, dt->t->columns[c].deflt) ||
		!role_of_kind("text number ", kind))
		return;
	if (strcmp(kind, "int") == 0 && put_number_flag(d, dt, c))
		return;
	r = draft_rule(d, dt, c, "primitive.default", NULL);
	draft_says(r, "other.default", "most rows have the default", LIKELY);
	r->nulls = 0;
	if (strcmp(kind, "text") != 0)
		r->when = draft_textf(d, "uniform(1, 100) <= %d", DEFAULT_PERCENT);
}

/* Names of tables of the plan, of which an audit log speaks. */
static void put_table_names(struct draft *d, struct draft_table *dt, uint32_t c)
{
	enum { MANY = 12 };
	json_t *list = json_array();

	for (uint32_t i = 0, n = 0; i < d->s->ntables && n < MANY; i++)
		if (d->tables[i].target && &d->tables[i] != dt) {
			d->failed =
				!add_choice(list, json_string(d->s->tables[i].name), MANY - n) ||
				d->failed;
			n++;
		}
	draft_rule(d, dt, c, "primitive.choice", json_pack("{s:o}", "choices", list));
}

/* Whether the labels of a choice say more than its role, whose own may be others. */
static bool by_labels(const struct draft *d, const struct draft_column *x)
{
	const struct role_rule *rule = draft_rule_for(d, x->m.role);

	return rule == NULL || strcmp(rule->generator, "primitive.choice") == 0;
}

void draft_state(struct draft *d, struct draft_table *dt)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		const struct draft_column *x = &dt->columns[c];
		char class[ROLE_WORDS];

		if (!draft_free(dt, c) || x->in_key)
			continue;
		if (strcmp(x->kind, "bool") == 0)
			state_flag(d, dt, c);
		else if (role_is(x->m.role, "table_name"))
			put_table_names(d, dt, c);
		else if (life_class(dt, c, class))
			state_when(d, dt, c, ended(d, dt, class));
		else if (role_after(x->m.role, "paid_by", class))
			state_when(d, dt, c, paid_by(d, dt, class));
		else if (role_order(x->m.role, "reached") >= 0)
			state_when(d, dt, c, reached(d, dt, role_order(x->m.role, "reached")));
		else if (strcmp(x->kind, "choice") == 0 &&
			 ((int)c == dt->status || by_labels(d, x)))
			weigh_labels(d, dt, c);
		else
			state_default(d, dt, c);
	}
}
