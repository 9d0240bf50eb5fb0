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

void target_rows(struct buf *b, char kind, const char *schema, const char *table)
{
	buf_adds(b, kind == 'p' ? "" : "ONLY ");
	pg_qname(b, schema, table);
}
