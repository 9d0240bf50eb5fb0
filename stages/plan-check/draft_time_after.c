/* SPDX-License-Identifier: MIT */
/*
 * A moment after others: the births of a row's parents, and columns of its own.
 */
#include "stages/plan-check/draft_time.h"

#include <stdio.h>
#include <string.h>

#include "stages/plan-check/draft_life.h"
#include "stages/plan-check/draft_span.h"
#include "stages/plan-check/draft_tree.h"

/* ---- births of parents ------------------------------------------------------------------------
 */

/* Whether a row's parent may be asked when it was born. */
static bool can_ask(const struct times *x, const struct draft_table *dt,
	const struct pg_constraint *con, const struct draft_table *parent)
{
	if (parent == NULL || parent->birth == -1)
		return false;
	if (con->ref == dt->t)
		return con->ncols == 1 && draft_parent_column(dt->t) == (int)con->cols[0];
	return x->seen[con->ref->index] == 2;
}

/* "fk_column.column" of the parent's birth; NULL: it cannot be asked. Rules have names of columns
 * as they are, which only expressions quote. */
static const char *birth_of_parent(
	const struct times *x, const struct draft_table *dt, const struct pg_constraint *con)
{
	const struct draft_table *parent = draft_parent(x->d, con);
	int key = can_ask(x, dt, con, parent) ? draft_key_column(dt->t, con) : -1;

	return key >= 0 ? draft_textf(x->d, "%s.%s", dt->t->columns[key].name,
				  parent->t->columns[parent->birth].name)
			: NULL;
}

/* How many parents' births can be asked. */
uint32_t time_count_births(const struct times *x, const struct draft_table *dt)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < dt->t->ncons; i++)
		n += birth_of_parent(x, dt, &dt->t->cons[i]) != NULL;
	return n;
}

/* The births of all parents, into ${after}; how many. A generator reads a limited number of
 * columns: of more parents than that, those that every row has come first, and the others are left
 * out. */
size_t time_add_parents(struct times *x, const struct draft_table *dt, json_t *after)
{
	const struct pg_table *t = dt->t;
	uint32_t n = time_count_births(x, dt);

	for (int maybe = 0; maybe <= 1; maybe++)
		for (uint32_t i = 0; i < t->ncons && json_array_size(after) < ROOM; i++) {
			const char *birth = birth_of_parent(x, dt, &t->cons[i]);
			int missing = n > ROOM && pg_may_be_null(t, &t->cons[i]);

			if (birth != NULL && missing == maybe)
				json_array_append_new(after, json_string(birth));
		}
	return json_array_size(after);
}

/* ---- a moment ---------------------------------------------------------------------------------
 */

const char *time_by_chance(struct draft *d, double nulls)
{
	return draft_textf(d, "uniform(1, 100) <= %d", (int)(100.5 - 100 * nulls));
}

/* Whether a later one of the columns has a value in all rows in which column ${i} of them has one:
 * both wait for the same state of the row. */
static bool is_covered(const struct times *x, const int *cols, size_t i, size_t n)
{
	for (size_t k = i + 1; k < n && x->by_status[cols[i]] != NULL; k++)
		if (x->by_status[cols[k]] != NULL &&
			strcmp(x->by_status[cols[k]], x->by_status[cols[i]]) == 0)
			return true;
	return false;
}

/*
 * The columns that a moment comes after, by their names. A generator reads a limited number
 * of columns. Of more than that, some are left out, and the order is kept all the same wherever one
 * that stays has a value, because that one came after those that are left out. So what stays is the
 * last column that every row has, and the latest ones; condition() sees to it that the first of
 * these has a value where those before it have.
 */
json_t *time_names(
	const struct times *x, const struct draft_table *dt, const int *given, size_t most)
{
	int *cols = arena_array(x->d->a, most + 1, sizeof(*cols));
	size_t n = 0, always = 0, kept = 0, first;
	json_t *list = json_array();

	for (size_t i = 0; cols != NULL && i < most; i++)
		if (given[i] >= 0)
			cols[n++] = given[i];
	for (size_t i = 0; n > ROOM && i < n; i++)
		if (!is_covered(x, cols, i, n))
			cols[kept++] = cols[i];
	n = n > ROOM ? kept : n;
	for (size_t i = 0; i < n; i++)
		always = dt->columns[cols[i]].nullable ? always : i;
	first = n > ROOM ? n - ROOM : 0;
	first += always < first;
	for (size_t i = 0; i < n; i++)
		if (i >= first || i == always)
			json_array_append_new(list, json_string(dt->t->columns[cols[i]].name));
	return list;
}

/* The window of a moment that comes after nothing: what is about the future is mostly there, and
 * people have been hired in many years. */
static json_t *by_itself(const struct draft_table *dt, uint32_t c, json_t *params)
{
	const struct role *role = dt->columns[c].m.role;
	const char *most = json_string_value(json_object_get(params, "most"));

	if (role_is(role, "future") && most != NULL) {
		char to[32];

		(void)snprintf(to, sizeof(to), "-%s", most);
		return json_pack("{s:s, s:s, s:f}", "from", "60d", "to", to, "growth", 0.5);
	}
	return json_pack("{s:s}", "from", role_is(role, "hire") ? "12y" : "3y");
}

void time_after(struct times *x, struct draft_table *dt, uint32_t c, const int *cols, size_t n,
	const char *when)
{
	const struct role_rule *rule = draft_rule_for(x->d, dt->columns[c].m.role);
	json_t *params = rule != NULL ? draft_params(x->d, rule) : NULL;
	json_t *after = time_names(x, dt, cols, n);

	if (json_array_size(after) == 0)
		(void)time_add_parents(x, dt, after);
	if (json_array_size(after) > 0) {
		params = params != NULL ? params : json_object();
		json_object_set_new(params, "after", after);
		span_set(dt, c, params);
		life_only_if(x->d, dt, c, "derive.moment", params, when);
		return;
	}
	json_decref(after);
	life_only_if(x->d, dt, c, "primitive.moment", by_itself(dt, c, params), when);
	json_decref(params);
}
