/* SPDX-License-Identifier: MIT */
/* What a plan's guesses took columns for: the "guessed" of rules, or of the resolved columns. */
#include <string.h>

#include "common/base/err.h"
#include "common/io/msgpack.h"
#include "stages/eval/profile_int.h"

static int note(
	struct audit *u, struct profile_column *c, const msgpack_object *guess, struct err *e)
{
	struct view role = mp_get_view(guess, "role"), why = mp_get_view(guess, "why");

	if (role.n == 0)
		return 0;
	c->role = arena_strndup(u->a, role.p, role.n);
	c->why = why.n > 0 ? arena_strndup(u->a, why.p, why.n) : "";
	c->confidence = mp_get_double(guess, "confidence", 0);
	return c->role != NULL && c->why != NULL ? 0 : err_nomem(e);
}

static bool is_named(const msgpack_object *o, const char *key, const char *name)
{
	struct view v = mp_get_view(o, key);

	return v.n == strlen(name) && memcmp(v.p, name, v.n) == 0;
}

/* The columns that a rule, or an entry of a table's columns, is about. */
static int read_guess(
	struct audit *u, const struct audit_table *t, const msgpack_object *o, struct err *e)
{
	const msgpack_object *guess = mp_get(o, "guessed");

	for (uint32_t i = 0; guess != NULL && i < t->plan->table->ncolumns; i++)
		if (is_named(o, "column", t->plan->table->columns[i].name))
			return note(u, &t->profile.columns[i], guess, e);
	return 0;
}

int profile_roles(struct audit *u, const struct audit_table *t, struct err *e)
{
	const struct pg_table *of = t->plan->table;
	size_t n, m;
	const msgpack_object *rules = mp_get_array(&u->plan->doc, "rules", &n);
	const msgpack_object *tables =
		mp_get_array(mp_get(&u->plan->doc, "resolved"), "tables", &m);

	for (size_t i = 0; i < n; i++)
		if (is_named(&rules[i], "table", of->name) &&
			is_named(&rules[i], "schema", of->schema) &&
			read_guess(u, t, &rules[i], e) == -1)
			return -1;
	for (size_t i = 0; i < m; i++) {
		size_t k;
		const msgpack_object *cols = mp_get_array(&tables[i], "columns", &k);

		if (!is_named(&tables[i], "table", of->name) ||
			!is_named(&tables[i], "schema", of->schema))
			continue;
		for (size_t c = 0; c < k; c++)
			if (read_guess(u, t, &cols[c], e) == -1)
				return -1;
	}
	return 0;
}
