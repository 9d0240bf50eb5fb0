/* SPDX-License-Identifier: MIT */
/* The names of the plan's tables, in statements and as parameters of questions. */
#include "common/base/err.h"
#include "stages/load/load.h"

int target_names(const struct load *l, struct buf *schemas, struct buf *tables, struct err *e)
{
	const char **s = arena_array(l->a, l->ntables, sizeof(*s));
	const char **t = arena_array(l->a, l->ntables, sizeof(*t));

	if (s == NULL || t == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < l->ntables; i++) {
		s[i] = l->tables[i].plan->table->schema;
		t[i] = l->tables[i].plan->table->name;
	}
	pg_array(schemas, s, l->ntables);
	pg_array(tables, t, l->ntables);
	return buf_ok(schemas) && buf_ok(tables) ? 0 : err_nomem(e);
}

static uint32_t marked(const struct load *l, const bool *which)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < l->ntables; i++)
		n += which[i];
	return n;
}

void target_list(const struct load *l, const bool *which, uint32_t most, struct buf *b)
{
	uint32_t all = marked(l, which), n = 0;

	for (uint32_t i = 0; i < l->ntables && n < most; i++)
		if (which[i])
			buf_addf(b, "%s%s.%s", n++ == 0 ? "" : ", ",
				l->tables[i].plan->table->schema, l->tables[i].plan->table->name);
	if (all > n)
		buf_addf(b, " and %u more", all - n);
}

void target_filled(const struct load *l, const bool *which, uint32_t most, struct buf *b)
{
	uint32_t n = marked(l, which);

	target_list(l, which, most, b);
	buf_addf(b,
		" %s rows already: %u of %u tables: --truncate empties them first, --append adds "
		"to them; or leave them out of the plan",
		n == 1 ? "has" : "have", n, l->ntables);
}
