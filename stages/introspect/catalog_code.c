/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/pg/pg.h"
#include "stages/introspect/catalog.h"

/* ---- triggers and rules ------------------------------------------------------- */

/*
 * What a trigger's function may do is judged by its text, in lower case and without comments and
 * quoted texts: it need not do so for a given row, and a function in C or one that it calls may do
 * more.  Only a trigger BEFORE each row can change or drop the row.
 *
 * tgtype: bit 0 is FOR EACH ROW, bit 1 is BEFORE; bit 2 is INSERT (TRIGGER_TYPE_INSERT); ev_type:
 * '3' is INSERT */
static const char triggers_sql[] =
	"SELECT tgrelid AS rel, tgname AS name, pg_get_triggerdef(g.oid), false AS rule,"
	" tgtype::integer & 4 <> 0, tgenabled IN ('O', 'A'),"
	" CASE WHEN tgtype::integer & 4 <> 0 THEN ARRAY("
	"  SELECT e FROM (VALUES"
	"   ('raises errors', s.t ~ '\\mraise\\s+(?!notice|warning|info|log|debug)'"
	"    OR s.t ~ '\\mraise\\s*;' OR s.t ~ '\\massert\\M'),"
	"   ('changes the row', tgtype::integer & 3 = 3"
	"    AND s.t ~ '\\mnew(\\.[^ ;:=]+)?\\s*:?='),"
	"   ('takes rows away', tgtype::integer & 3 = 3 AND s.t ~ '\\mreturn\\s+null\\M'),"
	"   ('reads settings', s.t ~ '\\mcurrent_setting\\M'),"
	"   ('runs SQL made at run time', s.t ~ '\\mexecute\\M')) v(e, yes) WHERE yes"
	"  UNION ALL SELECT DISTINCT 'writes to ' || m[1] FROM regexp_matches(s.t,"
	"   '\\m(?:insert\\s+into|update|delete\\s+from|merge\\s+into|truncate)\\s+(?:only\\s+)?"
	"([a-z_\"][^ (;,\\n]*)', 'g') m WHERE m[1] <> 'set' ORDER BY 1) END"
	" FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid"
	" CROSS JOIN LATERAL (SELECT lower(regexp_replace(regexp_replace(regexp_replace(p.prosrc,"
	"  '--[^\\n]*', '', 'g'), '/\\*.*?\\*/', '', 'g'), '''[^'']*''', '''''', 'g')) AS t) s"
	" WHERE tgrelid = ANY ($1::oid[]) AND NOT tgisinternal"
	" UNION ALL SELECT ev_class, rulename, pg_get_ruledef(oid), true, ev_type = '3',"
	" ev_enabled IN ('O', 'A'), NULL FROM pg_rewrite"
	" WHERE ev_class = ANY ($1::oid[]) AND rulename <> '_RETURN' ORDER BY rel, rule, name";

static void fill_triggers(struct catalog *c, struct pg_rows *r, uint32_t at, size_t from, size_t to)
{
	enum { TABLE, NAME, DEFINITION, RULE, ON_INSERT, ENABLED, EFFECTS };
	struct pg_table *t = &c->s->tables[at];

	t->triggers = catalog_room(c, to - from, sizeof(*t->triggers));
	for (size_t i = from; t->triggers != NULL && i < to; i++) {
		struct pg_trigger *g = &t->triggers[t->ntriggers++];

		*g = (struct pg_trigger){
			.name = catalog_str(c, r, i, NAME),
			.definition = catalog_text(c, r, i, DEFINITION),
			.rule = pg_bool(r, i, RULE),
			.on_insert = pg_bool(r, i, ON_INSERT),
			.enabled = pg_bool(r, i, ENABLED),
		};
		g->effects = catalog_strs(c, r, i, EFFECTS, &g->neffects);
	}
}

int catalog_triggers(struct catalog *c, struct err *e)
{
	struct pg_rows *r = catalog_ask(c, triggers_sql, 1, &c->tables.list, e);

	if (r == NULL)
		return -1;
	catalog_each(c, r, &c->tables, fill_triggers);
	return catalog_end(c, r, e);
}

/* ---- functions ---------------------------------------------------------------- */

/*
 * Functions that constraints, defaults, generated columns, indexes and partition keys
 * call, by the server's record of dependencies, operators' functions included; and what
 * those call.  Of a body that is text the server records nothing: every function whose
 * name is a word of it is taken, which may be a few more than are called.
 */
static const char functions_sql[] =
	"WITH RECURSIVE object(classid, objid) AS ("
	" SELECT 'pg_constraint'::regclass::oid, oid FROM pg_constraint"
	"  WHERE conrelid = ANY ($1::oid[]) OR contypid = ANY ($2::oid[])"
	" UNION ALL SELECT 'pg_attrdef'::regclass, oid FROM pg_attrdef"
	"  WHERE adrelid = ANY ($1::oid[])"
	" UNION ALL SELECT 'pg_class'::regclass, indexrelid FROM pg_index"
	"  WHERE indrelid = ANY ($1::oid[])"
	" UNION ALL SELECT 'pg_class'::regclass, unnest($1::oid[])"
	" UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type"
	"  WHERE oid = ANY ($2::oid[]) AND typtype = 'd'),"
	" called(oid) AS ("
	" SELECT CASE d.refclassid WHEN 'pg_proc'::regclass THEN d.refobjid ELSE"
	"  (SELECT oprcode::oid FROM pg_operator WHERE oid = d.refobjid) END"
	"  FROM pg_depend d JOIN object o ON d.classid = o.classid AND d.objid = o.objid"
	"  WHERE d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass)"
	" UNION SELECT x.oid FROM called JOIN pg_proc p ON p.oid = called.oid"
	"  JOIN pg_language l ON l.oid = p.prolang AND l.lanname NOT IN ('c', 'internal')"
	"  CROSS JOIN LATERAL ("
	"   SELECT d.refobjid FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass"
	"    AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass"
	"   UNION ALL SELECT q.oid FROM pg_proc q"
	"    WHERE q.pronamespace <> 'pg_catalog'::regnamespace"
	"    AND q.pronamespace <> 'information_schema'::regnamespace"
	"    AND q.proname::text = ANY (regexp_split_to_array(p.prosrc || ' ' || lower(p.prosrc),"
	"     '[][\\s().,:;''\"<>=+*/|!@#%%^&~?{}-]+'))) x(oid))"
	" SELECT n.nspname, p.proname, pg_get_function_identity_arguments(p.oid), l.lanname,"
	" pg_get_function_result(p.oid), p.provolatile, p.proisstrict, %s"
	" FROM called JOIN pg_proc p ON p.oid = called.oid"
	" JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang"
	" WHERE n.nspname <> 'pg_catalog'"
	" ORDER BY n.nspname, p.proname, pg_get_function_identity_arguments(p.oid) COLLATE \"C\"";

int catalog_functions(struct catalog *c, struct err *e)
{
	enum { SCHEMA, NAME, ARGS, LANGUAGE, RESULT, VOLATILITY, STRICT, BODY };
	const char *const params[] = {c->tables.list, c->types.list};
	char *sql = arena_printf(c->a, functions_sql,
		c->version >= 140000 ? "CASE WHEN p.prosqlbody IS NULL THEN p.prosrc"
				       " ELSE pg_get_function_sqlbody(p.oid) END"
				     : "p.prosrc");
	struct schema *s = c->s;
	struct pg_rows *r;

	if (sql == NULL)
		return err_nomem(e);
	r = catalog_ask(c, sql, 2, params, e);
	if (r == NULL)
		return -1;
	s->functions = catalog_room(c, pg_count(r), sizeof(*s->functions));
	for (size_t i = 0; s->functions != NULL && i < pg_count(r); i++)
		s->functions[s->nfunctions++] = (struct pg_function){
			.schema = catalog_str(c, r, i, SCHEMA),
			.name = catalog_str(c, r, i, NAME),
			.identity_args = catalog_text(c, r, i, ARGS),
			.language = catalog_str(c, r, i, LANGUAGE),
			.result = catalog_str0(c, r, i, RESULT),
			.volatility = pg_str(r, i, VOLATILITY)[0],
			.strict = pg_bool(r, i, STRICT),
			.body = catalog_text(c, r, i, BODY),
		};
	return catalog_end(c, r, e);
}
