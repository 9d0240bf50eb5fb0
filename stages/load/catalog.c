/* SPDX-License-Identifier: MIT */
#include "stages/load/load.h"

#include "common/base/err.h"

/* Names and definitions, never an oid: what a person, or pg_dump, would see. */
static const char sql_catalog[] =
	"WITH t(o) AS (SELECT unnest($1::bigint[])::oid),"
	" lines(l) AS ("
	"SELECT concat_ws(' ', 'constraint', con.conrelid::regclass, con.conname, con.contype,"
	"  pg_get_constraintdef(con.oid), con.convalidated, con.condeferrable, con.condeferred,"
	"  con.connoinherit, con.conislocal, con.coninhcount,"
	"  obj_description(con.oid, 'pg_constraint'))"
	" FROM pg_constraint con WHERE con.conrelid IN (TABLE t) OR con.confrelid IN (TABLE t)"
	" UNION ALL "
	"SELECT concat_ws(' ', 'index', pg_get_indexdef(x.indexrelid), x.indisvalid,"
	"  x.indisclustered, x.indisreplident, x.indisprimary, x.indisunique, x.indimmediate,"
	"  c.reltablespace, obj_description(x.indexrelid, 'pg_class'))"
	" FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid WHERE x.indrelid IN (TABLE t)"
	" UNION ALL "
	"SELECT concat_ws(' ', 'trigger', tg.tgrelid::regclass, tg.tgenabled,"
	"  CASE WHEN tg.tgisinternal THEN coalesce(con.conname::text, '') || ' ' ||"
	"   tg.tgfoid::regproc ELSE tg.tgname END, tg.tgdeferrable, tg.tginitdeferred)"
	" FROM pg_trigger tg LEFT JOIN pg_constraint con ON con.oid = tg.tgconstraint"
	" WHERE tg.tgrelid IN (TABLE t)"
	" UNION ALL "
	"SELECT concat_ws(' ', 'column', a.attrelid::regclass, a.attname, a.attnotnull)"
	" FROM pg_attribute a WHERE a.attrelid IN (TABLE t) AND a.attnum > 0"
	" UNION ALL "
	"SELECT concat_ws(' ', 'table', c.oid::regclass, c.relreplident, c.relrowsecurity)"
	" FROM pg_class c WHERE c.oid IN (TABLE t)"
	") SELECT coalesce(string_agg(l, E'\\n' ORDER BY l COLLATE \"C\"), '') FROM lines";

char *load_text(struct load *l, struct pg_rows *r, struct err *e)
{
	char *text;

	if (r == NULL)
		return NULL;
	text = arena_strdup(l->a, pg_str(r, 0, 0));
	if (pg_done(r, e) == -1)
		return NULL;
	if (text == NULL)
		err_nomem(e);
	return text;
}

char *catalog_text(struct load *l, struct err *e)
{
	return load_text(l, pg_ask(l->pg, sql_catalog, 1, &l->oids, e), e);
}
