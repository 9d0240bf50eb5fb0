/* SPDX-License-Identifier: MIT */
/*
 * The tables' own insert triggers: which there are, and which are switched off and on again.
 *
 * A trigger that belongs to a partition alone counts as one of the table that rows go through.
 * Constraint triggers are rules that somebody wrote as code; they are switched off only by name.
 */
#include "stages/load/load.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/stage/stage.h"

/* Triggers that fire for a role's own INSERT; those set to REPLICA or off do not.  Those that a
 * partition has from its parent are the parent's. */
static const char sql_triggers[] =
	"WITH rel(i, o) AS (SELECT w.i, w.o::oid FROM unnest($1::bigint[]) WITH ORDINALITY w(o, i)"
	" UNION SELECT w.i, p.relid FROM unnest($1::bigint[]) WITH ORDINALITY w(o, i)"
	"  CROSS JOIN LATERAL pg_partition_tree(w.o::oid) p)"
	" SELECT rel.i::int, n.nspname::text, c.relname::text, t.tgname::text,"
	" t.tgconstraint <> 0, t.tgenabled = 'A', pg_has_role(c.relowner, 'USAGE')"
	" FROM rel JOIN pg_trigger t ON t.tgrelid = rel.o JOIN pg_class c ON c.oid = t.tgrelid"
	" JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgenabled IN ('O', 'A')"
	" AND t.tgtype & 4 <> 0 ORDER BY 1, 2, 3, 4";

static const char *keep(struct load *l, struct pg_rows *r, size_t i, size_t col, bool *bad)
{
	const char *s = arena_strdup(l->a, pg_str(r, i, col));

	*bad |= s == NULL;
	return s;
}

int triggers_read(struct load *l, struct err *e)
{
	struct pg_rows *r = pg_ask(l->pg, sql_triggers, 1, &l->oids, e);
	bool bad;

	if (r == NULL)
		return -1;
	l->ntriggers = 0;
	l->triggers = arena_array(l->a, pg_count(r) + 1, sizeof(*l->triggers));
	bad = l->triggers == NULL;
	for (size_t i = 0; !bad && i < pg_count(r); i++)
		l->triggers[l->ntriggers++] = (struct load_trigger){
			.table = (uint32_t)pg_int(r, i, 0) - 1,
			.schema = keep(l, r, i, 1, &bad),
			.rel = keep(l, r, i, 2, &bad),
			.name = keep(l, r, i, 3, &bad),
			.constraint = pg_bool(r, i, 4),
			.always = pg_bool(r, i, 5),
			.owned = pg_bool(r, i, 6),
		};
	if (bad) {
		pg_free(r);
		return err_nomem(e);
	}
	return pg_done(r, e);
}

/* ALTER TABLE ... DISABLE TRIGGER, or back to what it was. */
static int alter(struct load *l, const struct load_trigger *t, bool on, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc;

	buf_adds(&b, "ALTER TABLE ");
	pg_qname(&b, t->schema, t->rel);
	buf_adds(&b, !on	 ? " DISABLE TRIGGER "
		     : t->always ? " ENABLE ALWAYS TRIGGER "
				 : " ENABLE TRIGGER ");
	pg_ident(&b, t->name);
	rc = buf_ok(&b) ? pg_exec(l->pg, b.p, e) : err_nomem(e);
	buf_free(&b);
	return rc;
}

int trigger_switch(struct load *l, struct load_trigger *t, bool on, struct err *e)
{
	if (t->off == !on)
		return 0;
	t->off = !on;
	return alter(l, t, on, e);
}

bool trigger_may_go(const struct load_trigger *t)
{
	return !t->off && !t->constraint && t->owned;
}

/* Those that the user named. */
static int off_by_name(struct load *l, struct err *e)
{
	for (size_t i = 0; i < l->opt.nwithout; i++) {
		const char *name = l->opt.without[i];
		bool found = false;

		for (uint32_t k = 0; k < l->ntriggers; k++) {
			struct load_trigger *t = &l->triggers[k];
			const char *is = arena_printf(l->a, "%s.%s.%s", t->schema, t->rel, t->name);

			if (is == NULL)
				return err_nomem(e);
			if (strcmp(is, name) != 0)
				continue;
			found = true;
			if (trigger_switch(l, t, false, e) == -1)
				return -1;
		}
		if (!found)
			return err_set(e, ERR_INPUT,
				"--without-trigger %s: no table of the plan has an insert trigger "
				"of that name that is on: write SCHEMA.TABLE.TRIGGER",
				name);
	}
	return 0;
}

int triggers_begin(struct load *l, struct err *e)
{
	if (triggers_read(l, e) == -1 || off_by_name(l, e) == -1)
		return -1;
	for (uint32_t i = 0; i < l->ntriggers && l->opt.triggers == TRIGGERS_OFF; i++)
		if (!l->triggers[i].constraint &&
			trigger_switch(l, &l->triggers[i], false, e) == -1)
			return -1;
	return 0;
}

int triggers_end(struct load *l, struct err *e)
{
	for (uint32_t i = 0; i < l->ntriggers; i++)
		if (l->triggers[i].off && alter(l, &l->triggers[i], true, e) == -1)
			return -1;
	return 0;
}

void triggers_say(const struct load *l)
{
	for (uint32_t i = 0; i < l->ntriggers; i++) {
		const struct load_trigger *t = &l->triggers[i];

		if (t->off && t->why != NULL)
			stage_warn("%s.%s: trigger %s was off during the load: %s", t->schema,
				t->rel, t->name, t->why);
		else if (!t->off)
			stage_warn("%s.%s: %s %s fired for every row and may have changed it; %s "
				   "loads with it off",
				t->schema, t->rel, t->constraint ? "constraint trigger" : "trigger",
				t->name, t->constraint ? "--without-trigger" : "--no-triggers");
	}
}

int triggers_explain(const struct load *l, struct err *e)
{
	for (uint32_t i = 0; i < l->ntriggers; i++) {
		const struct load_trigger *t = &l->triggers[i];
		struct err was = *e;

		if (t->constraint && !t->off)
			return err_set(e, was.kind,
				"%s; if a constraint trigger says so, it is switched off only by "
				"name: --without-trigger %s.%s.%s",
				was.msg, t->schema, t->rel, t->name);
	}
	return -1;
}
