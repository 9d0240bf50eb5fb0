/* SPDX-License-Identifier: MIT */
/*
 * Counters and places in an order. comments_count counts the rows of comments that refer to the
 * row; an average rating is that of its reviews; seq, position and the like number the children
 * of a parent; a whole number that is a key by itself goes up by one.
 */
#include "stages/plan-check/draft_number.h"

#include <stdio.h>
#include <string.h>

#include "common/base/calendar.h"

enum { SURE = 90, LIKELY = 55 };

/* ---- counters ---------------------------------------------------------------------------------
 */

/* The words of the column but for those that say that it counts. */
static void counted_words(const struct draft_table *dt, uint32_t c, char to[ROLE_WORDS])
{
	static const char says[] = "count number num total quantidade numero contador contagem of ";
	char words[ROLE_WORDS], word[ROLE_WORDS];
	size_t n = 0;

	role_words(dt->t->columns[c].name, words);
	to[n++] = '_';
	for (const char *p = words + 1; *p != '\0';) {
		size_t len = strcspn(p, "_");

		(void)snprintf(word, sizeof(word), "_%.*s_", (int)len, p);
		if (!role_has(says, word)) {
			memcpy(to + n, p, len + 1);
			n += len + 1;
		}
		p += len + 1;
	}
	to[n] = '\0';
}

/* The only foreign key of ${child} to the table; NULL: none or several. */
static const struct pg_constraint *key_to(
	const struct draft_table *child, const struct draft_table *dt)
{
	const struct pg_constraint *found = NULL;

	for (uint32_t i = 0; i < child->t->ncons; i++) {
		const struct pg_constraint *con = &child->t->cons[i];

		if (con->kind != PG_CON_FOREIGN || con->ref != dt->t)
			continue;
		if (found != NULL)
			return NULL;
		found = con;
	}
	return found;
}

/* Whether the name of the table ends in those words: post_comments for comments. */
static bool ends_in(const char *table, const char *words)
{
	size_t n = strlen(table), k = strlen(words);

	return k > 2 && k <= n && strcmp(table + n - k, words) == 0;
}

/* The children that a counter counts: by their name, or for uses the only ones there are. */
static struct draft_table *counted_table(
	struct draft *d, const struct draft_table *dt, uint32_t c, const struct pg_constraint **con)
{
	bool uses = strcmp(draft_role(dt, c), "number.uses") == 0;
	struct draft_table *found = NULL;
	char words[ROLE_WORDS];

	counted_words(dt, c, words);
	*con = NULL;
	for (uint32_t i = 0; i < d->s->ntables; i++) {
		struct draft_table *child = &d->tables[i];
		const struct pg_constraint *key =
			child->target && child != dt ? key_to(child, dt) : NULL;

		if (key == NULL || (!uses && !ends_in(child->words, words)))
			continue;
		if (found != NULL)
			return NULL;
		found = child;
		*con = key;
	}
	return found;
}

/* What the rule of a type and an id says of the table: the member of its parents; NULL: nothing. */
static json_t *parent_in(const struct draft_rule *r, const struct draft_table *dt)
{
	json_t *parent;
	size_t i;

	json_array_foreach(json_object_get(r->params, "parents"), i,
		parent) if (strcmp(json_string_value(json_object_get(parent, "table")),
				    dt->t->name) == 0 &&
			    strcmp(json_string_value(json_object_get(parent, "schema")),
				    dt->t->schema) == 0) return parent;
	return NULL;
}

/* Rows that refer to the table by a type and an id: they take its rows one after the other, so that
 * each row's own can be counted. */
static void count_by_type(struct draft *d, struct draft_table *dt, uint32_t c)
{
	char words[ROLE_WORDS];

	counted_words(dt, c, words);
	for (uint32_t i = 0; i < d->nrules; i++) {
		const struct draft_table *child = &d->tables[d->rules[i].t->index];
		json_t *parent =
			d->rules[i].type == DRAFT_POLYMORPHIC ? parent_in(&d->rules[i], dt) : NULL;
		const char *type, *value, *quoted, *column;

		if (parent == NULL || !ends_in(child->words, words))
			continue;
		type = json_string_value(json_object_get(d->rules[i].params, "type_column"));
		value = json_string_value(json_object_get(parent, "value"));
		quoted = str_quoted(d->a, '\'', value);
		column = sql_name(d->a, type);
		if (quoted == NULL || column == NULL ||
			json_object_set_new(parent, "pick", json_string("round_robin")) == -1)
			d->failed = true;
		draft_says(
			draft_rule(d, dt, c, "derive.children",
				json_pack("{s:s, s:s, s:s, s:s}", "aggregate", "count", "child",
					draft_textf(d, "%s.%s", child->t->schema, child->t->name),
					"foreign_key", draft_textf(d, "%s=%s", type, value),
					"where",
					draft_textf(d, "%s = %s", column != NULL ? column : "",
						quoted != NULL ? quoted : ""))),
			draft_role(dt, c), draft_textf(d, "how many %s it has", child->t->name),
			SURE);
		return;
	}
}

static struct draft_rule *aggregate(struct draft *d, struct draft_table *dt, uint32_t c,
	struct draft_table *child, const struct pg_constraint *con, json_t *params)
{
	struct draft_rule *r;

	json_object_set_new(params, "child",
		json_string(draft_textf(d, "%s.%s", child->t->schema, child->t->name)));
	json_object_set_new(params, "foreign_key", json_string(con->name));
	r = draft_rule(d, dt, c, "derive.children", params);
	r->nulls = 0;
	child->counted[con - child->t->cons] = true;
	return r;
}

static void count_of(struct draft *d, struct draft_table *dt, uint32_t c)
{
	const struct pg_constraint *con;
	struct draft_table *child;

	if (!draft_free(dt, c) || dt->columns[c].in_key ||
		!role_of_kind("number ", dt->columns[c].kind) ||
		!role_is(dt->columns[c].m.role, "counter"))
		return;
	if ((child = counted_table(d, dt, c, &con)) == NULL) {
		count_by_type(d, dt, c);
		return;
	}
	draft_says(aggregate(d, dt, c, child, con, json_pack("{s:s}", "aggregate", "count")),
		draft_role(dt, c), draft_textf(d, "how many %s it has", child->t->name), SURE);
}

/* The average rating of a table whose children are rated. */
static void average_of(struct draft *d, struct draft_table *dt, uint32_t c)
{
	if (!draft_free(dt, c) || dt->columns[c].in_key || !dt->columns[c].nullable ||
		!role_is(dt->columns[c].m.role, "average_rating"))
		return;
	for (uint32_t i = 0; i < d->s->ntables; i++) {
		struct draft_table *child = &d->tables[i];
		const struct pg_constraint *con =
			child->target && child != dt ? key_to(child, dt) : NULL;
		int rating = con != NULL ? draft_kind_of(child, "rating") : -1;

		if (rating == -1)
			continue;
		draft_says(aggregate(d, dt, c, child, con,
				   json_pack("{s:s, s:s}", "aggregate", "avg", "expr",
					   draft_sql(d, child->t, (uint32_t)rating))),
			draft_role(dt, c), draft_textf(d, "the average of its %s", child->t->name),
			SURE);
		return;
	}
}

void number_counts(struct draft *d, struct draft_table *dt)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		count_of(d, dt, c);
		average_of(d, dt, c);
	}
}

/* ---- places in an order -----------------------------------------------------------------------
 */

/* Whether a key of the table has the column, and all of the foreign key's. */
static bool key_has(const struct pg_table *t, const struct pg_constraint *con, uint32_t c)
{
	for (uint32_t i = 0; i < t->ncons; i++) {
		const struct pg_constraint *key = &t->cons[i];

		if ((key->kind == PG_CON_PRIMARY || key->kind == PG_CON_UNIQUE) &&
			pg_has_column(key->cols, key->ncols, c) && draft_has_all(key, con))
			return true;
	}
	return false;
}

/* Whether the row's own key has the foreign key: it is a part of that parent, or pairs it with
 * another one. */
static bool is_in_primary(const struct pg_table *t, const struct pg_constraint *con)
{
	const struct pg_constraint *pk = pg_primary(t);

	return pk != NULL && draft_has_all(pk, con);
}

/* The parent among whose children a column numbers the row: a key says so, or the row goes with
 * that parent or has it in its key, or it is the only one. */
static const struct pg_constraint *numbered_in(const struct draft_table *dt, uint32_t c)
{
	const struct pg_table *t = dt->t;
	const struct pg_constraint *owner = NULL, *only = NULL;
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->ncons; i++) {
		const struct pg_constraint *con = &t->cons[i];

		if (con->kind != PG_CON_FOREIGN || con->ref == NULL || con->ref == t)
			continue;
		if (key_has(t, con, c))
			return con;
		if (owner == NULL && (draft_goes_with(t, con) || is_in_primary(t, con)))
			owner = con;
		only = con;
		n++;
	}
	return owner != NULL ? owner : n == 1 ? only : NULL;
}

/* Whether the table refers to no other one, so that a place can be one among all rows only. */
static bool is_parentless(const struct pg_table *t)
{
	for (uint32_t i = 0; i < t->ncons; i++)
		if (t->cons[i].kind == PG_CON_FOREIGN && t->cons[i].ref != t)
			return false;
	return true;
}

static void position_of(struct draft *d, struct draft_table *dt, uint32_t c)
{
	const struct pg_constraint *con = numbered_in(dt, c);

	if (con != NULL)
		draft_says(draft_rule(d, dt, c, "derive.sibling_number",
				   json_pack("{s:s}", "foreign_key", con->name)),
			draft_role(dt, c),
			draft_textf(d, "its place among the rows of one of %s", con->ref_table),
			SURE);
	else if (is_parentless(dt->t) || dt->columns[c].in_key)
		draft_says(draft_rule(d, dt, c, "primitive.int.sequence_hint",
				   json_pack("{s:i}", "start", 1)),
			draft_role(dt, c), "its place among all rows", SURE);
	else
		draft_says(draft_rule(d, dt, c, "primitive.number",
				   json_pack("{s:s, s:i, s:i, s:i}", "shape", "geometric", "mean",
					   3, "min", 1, "max", 12)),
			draft_role(dt, c), "its place among some rows", LIKELY);
}

/* A whole number that is a key and that nothing else makes: 1, 2, 3 ... */
static bool is_number_key(const struct draft_table *dt, uint32_t c)
{
	const struct draft_column *x = &dt->columns[c];

	return x->unique && strcmp(x->kind, "int") == 0 && dt->t->columns[c].deflt == NULL &&
	       (x->m.role == NULL || strncmp(x->m.role->id, "number.", 7) == 0 ||
		       strncmp(x->m.role->id, "money.", 6) == 0) &&
	       !role_is(x->m.role, "serial");
}

/* Where such a key begins: with 1, but years that are keys are those of late, and few. */
static int first_of(struct draft *d, struct draft_table *dt, uint32_t c)
{
	enum { YEARS = 10 };

	if (strcmp(draft_role(dt, c), "number.year") != 0 || dt->said > 0 || dt->rows > 0)
		return 1;
	dt->rows = YEARS;
	return (int)cal_date(d->as_of).year - YEARS + 1;
}

void number_keys(struct draft *d, struct draft_table *dt)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		if (!draft_free(dt, c))
			continue;
		if (is_number_key(dt, c))
			draft_says(draft_rule(d, dt, c, "primitive.int.sequence_hint",
					   json_pack("{s:i}", "start", first_of(d, dt, c))),
				"key.number", "a key of whole numbers", SURE);
		else if (role_is(dt->columns[c].m.role, "position") &&
			 strcmp(dt->columns[c].kind, "int") == 0)
			position_of(d, dt, c);
	}
}
