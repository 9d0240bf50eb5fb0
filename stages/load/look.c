/* SPDX-License-Identifier: MIT */
/*
 * What a load would meet, found out before a row is generated and without a change to the database:
 * load --check.
 *
 * Each question is a fact about some of the plan's tables: they have rows, the role may not insert
 * into them, they have triggers.  A fact is told once, in one line, with the first tables that it
 * holds for.  Some facts stop a load, the others say how it will go.  All that stop it are told, so
 * that a user does not meet them one after another.
 */
#include "stages/load/load.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/str.h"
#include "common/stage/stage.h"

/* Tables that a line names; of those that the user is to decide about, more. */
enum { NAMED = 3, DECIDED = 40 };

enum fact {
	IS_MISSING,
	IS_NO_TABLE,
	NO_USAGE,
	NO_INSERT,
	NO_SELECT,
	NO_TRUNCATE,
	ROW_SECURITY,
	HAS_ROWS,
	NOT_OWNED,
	HAS_TRIGGERS,
	IN_USE,
	FACTS
};

/* How a fact is told: "TABLES WHAT: ADVICE".  It stops the load, or is only told. */
static const struct {
	bool stops;
	const char *one, *many, *advice;
} told[FACTS] = {
	[IS_MISSING] = {true, "is not in this database", "are not in this database",
		"create the schema first, or introspect this database"},
	[IS_NO_TABLE] = {true, "is not a table", "are not tables", "leave it out of the plan"},
	[NO_USAGE] = {true, "is in a schema that the role may not use",
		"are in schemas that the role may not use", "GRANT USAGE ON SCHEMA"},
	[NO_INSERT] = {true, "may not be inserted into by the role",
		"may not be inserted into by the role", "GRANT INSERT, or load as the owner"},
	[NO_SELECT] = {true, "may not be read by the role", "may not be read by the role",
		"GRANT SELECT, without which rows that are there already cannot be seen"},
	[NO_TRUNCATE] = {true, "may not be truncated by the role",
		"may not be truncated by the role", "GRANT TRUNCATE, or load as the owner"},
	[ROW_SECURITY] = {true, "has row security that holds for this role",
		"have row security that holds for this role",
		"load as the owner or as a role with BYPASSRLS"},
	[HAS_ROWS] = {true}, /* told by target_filled() */
	[NOT_OWNED] = {false, "is not owned by the role", "are not owned by the role",
		"loaded with keys and indexes in place, which is slower"},
	[HAS_TRIGGERS] = {false, "has insert triggers", "have insert triggers",
		"those that reject rows will be off; choose with --triggers on|off|auto"},
	[IN_USE] = {false, "is in use by another session", "are in use by other sessions",
		"the load waits until their transactions end"},
};

struct look {
	struct load *l;
	struct buf schemas, tables; /* the plan's, as text[] */
	uint32_t count[FACTS];
	bool *holds[FACTS]; /* by table */
	bool stops;	    /* something was told that stops the load */
};

static void note(struct look *k, enum fact f, uint32_t table)
{
	k->holds[f][table] = true;
	k->count[f]++;
}

/* ---- the server ------------------------------------------------------------------- */

static const char sql_server[] = "SELECT pg_catalog.current_database()::text, CURRENT_USER::text,"
				 " pg_catalog.current_setting('server_version')";
static const char sql_takes[] = "SELECT pg_catalog.pg_is_in_recovery(),"
				" pg_catalog.current_setting('transaction_read_only')::bool";

int look_takes_rows(struct load *l, struct err *e)
{
	struct pg_rows *r = pg_ask(l->pg, sql_takes, 0, NULL, e);
	bool standby, read_only;

	if (r == NULL)
		return -1;
	standby = pg_bool(r, 0, 0);
	read_only = pg_bool(r, 0, 1);
	if (pg_done(r, e) == -1)
		return -1;
	if (standby)
		return err_set(e, ERR_INPUT,
			"the server is a standby, which takes no rows: connect to its primary");
	if (read_only)
		return err_set(e, ERR_INPUT,
			"transactions are read-only here (default_transaction_read_only): turn it "
			"off for this role or database, or connect to another one");
	return 0;
}

static int look_at_server(struct look *k, struct err *e)
{
	struct pg_rows *r = pg_ask(k->l->pg, sql_server, 0, NULL, e);

	if (r == NULL)
		return -1;
	stage_say("target: database %s, role %s, PostgreSQL %s", pg_str(r, 0, 0), pg_str(r, 0, 1),
		pg_str(r, 0, 2));
	return pg_done(r, e) == -1 ? -1 : look_takes_rows(k->l, e);
}

/* ---- the tables ------------------------------------------------------------------- */

/* What the catalogue says of each table, one row a table of the plan, in the plan's order. */
static const char sql_tables[] =
	"SELECT w.i::int, c.oid::bigint, coalesce(c.relkind::text, ''),"
	" coalesce(c.relispartition OR c.relhassubclass, false),"
	" coalesce(pg_catalog.pg_has_role(c.relowner, 'USAGE'), false),"
	" coalesce(pg_catalog.has_schema_privilege(n.oid, 'USAGE'), true),"
	" coalesce(pg_catalog.has_table_privilege(c.oid, 'INSERT'), false),"
	" coalesce(pg_catalog.has_table_privilege(c.oid, 'SELECT'), false),"
	" coalesce(pg_catalog.has_table_privilege(c.oid, 'TRUNCATE'), false),"
	" coalesce(pg_catalog.row_security_active(c.oid), false),"
	" EXISTS (SELECT 1 FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid"
	"  AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
	"  AND t.tgtype OPERATOR(pg_catalog.&) 4 <> 0),"
	" EXISTS (SELECT 1 FROM pg_catalog.pg_locks k WHERE k.relation = c.oid AND k.granted"
	"  AND k.pid <> pg_catalog.pg_backend_pid() AND k.database = (SELECT d.oid"
	"  FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))"
	" FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(s, t, i)"
	" LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = w.s"
	" LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.t"
	" ORDER BY w.i";

enum {
	COL_PLACE,
	COL_OID,
	COL_KIND,
	COL_RELATED,
	COL_OWNED,
	COL_USAGE,
	COL_INSERT,
	COL_SELECT,
	COL_TRUNCATE,
	COL_SECURITY,
	COL_TRIGGERS,
	COL_LOCKS
};

/* The facts of one table that the catalogue knows.  Its rows are looked for only if
 * may_read(...): else the server would refuse to. */
static bool catalogue_facts(struct look *k, struct pg_rows *r, size_t i)
{
	uint32_t at = (uint32_t)pg_int(r, i, COL_PLACE) - 1;
	struct load_table *t = &k->l->tables[at];
	bool truncates = k->l->opt.existing == LOAD_TRUNCATE;
	char kind = pg_str(r, i, COL_KIND)[0];

	t->oid = pg_int0(r, i, COL_OID, 0);
	t->owned = pg_bool(r, i, COL_OWNED);
	t->plain = kind == 'r' && !pg_bool(r, i, COL_RELATED);
	t->bulk = t->plain && t->owned && !k->l->opt.in_place && !t->plan->append;
	if (kind == '\0') {
		note(k, IS_MISSING, at);
		return false;
	}
	if (strchr("rpf", kind) == NULL) {
		note(k, IS_NO_TABLE, at);
		return false;
	}
	if (!pg_bool(r, i, COL_USAGE)) {
		note(k, NO_USAGE, at);
		return false;
	}
	if (!pg_bool(r, i, COL_INSERT))
		note(k, NO_INSERT, at);
	if (!pg_bool(r, i, COL_SELECT))
		note(k, NO_SELECT, at);
	if (truncates && !pg_bool(r, i, COL_TRUNCATE))
		note(k, NO_TRUNCATE, at);
	if (pg_bool(r, i, COL_SECURITY))
		note(k, ROW_SECURITY, at);
	if (!t->owned)
		note(k, NOT_OWNED, at);
	if (pg_bool(r, i, COL_TRIGGERS) && k->l->opt.triggers != TRIGGERS_OFF)
		note(k, HAS_TRIGGERS, at);
	if (pg_bool(r, i, COL_LOCKS))
		note(k, IN_USE, at);
	return pg_bool(r, i, COL_SELECT);
}

/* Rows that are there already are in the way unless they are to be emptied or added to. */
static int look_for_rows(struct look *k, uint32_t at, struct err *e)
{
	const struct load_table *t = &k->l->tables[at];
	int rows;

	if (k->l->opt.existing != LOAD_REFUSE || t->plan->append)
		return 0;
	if ((rows = target_has_rows(k->l, t, e)) == -1)
		return -1;
	if (rows == 1)
		note(k, HAS_ROWS, at);
	return 0;
}

static int look_at_tables(struct look *k, struct err *e)
{
	struct pg_rows *r = pg_ask(
		k->l->pg, sql_tables, 2, (const char *const[]){k->schemas.p, k->tables.p}, e);
	int rc = 0;

	if (r == NULL)
		return -1;
	for (size_t i = 0; i < pg_count(r) && rc == 0; i++)
		if (catalogue_facts(k, r, i))
			rc = look_for_rows(k, (uint32_t)pg_int(r, i, COL_PLACE) - 1, e);
	if (rc == -1) {
		pg_free(r);
		return -1;
	}
	if (pg_done(r, e) == -1)
		return -1;
	return k->l->opt.existing == LOAD_TRUNCATE ? outside_add(k->l, NULL, e) : 0;
}

/* ---- space ------------------------------------------------------------------------ */

/*
 * About how many bytes a value takes in a data file and in a key snapshot.  It need not be
 * better than a factor of two: the question is whether a disk has room, not how much is left.
 */
static uint64_t width(const struct pg_column *c)
{
	static const uint8_t by_class[PG_CLASS_COUNT] = {
		[PG_BOOL] = 2,
		[PG_INT2] = 7,
		[PG_INT4] = 10,
		[PG_INT8] = 14,
		[PG_NUMERIC] = 14,
		[PG_FLOAT4] = 10,
		[PG_FLOAT8] = 18,
		[PG_CHAR] = 2,
		[PG_UUID] = 37,
		[PG_DATE] = 11,
		[PG_TIME] = 16,
		[PG_TIMETZ] = 20,
		[PG_TIMESTAMP] = 27,
		[PG_TIMESTAMPTZ] = 30,
		[PG_ENUM] = 10,
	};
	enum { OTHER = 40, TEXT = 32 };
	struct pg_base b = pg_base_of(c->type, c->typmod);
	int32_t most = pg_char_limit(b);

	if (by_class[b.type->cls] != 0)
		return by_class[b.type->cls];
	if (most >= 0 && most < TEXT)
		return (uint64_t)most + 1;
	return most >= 0 ? TEXT : OTHER;
}

static uint64_t bytes_of(const struct plan_table *t)
{
	uint64_t row = 1;

	for (uint32_t c = 0; c < t->table->ncolumns; c++)
		if (data_written(t, c))
			row += width(&t->table->columns[c]);
	for (uint32_t i = 0; i < t->nkept; i++)
		if (t->kept[i] < t->table->ncolumns)
			row += width(&t->table->columns[t->kept[i]]);
	return row * t->rows;
}

/* Whether the files of a table are there, as in a run that is resumed. */
static bool is_made(const struct load *l, const struct plan_table *t)
{
	struct err ignored = {.kind = ERR_NONE};

	return data_find_all(&l->run, t, l->a, &ignored) != NULL;
}

/* "about 1.2 GB" */
static const char *people_bytes(char to[static 24], uint64_t n)
{
	static const char *const unit[] = {"kB", "MB", "GB", "TB", "PB"};
	double v = (double)n / 1000;
	size_t u = 0;

	for (; v >= 1000 && u + 1 < sizeof(unit) / sizeof(unit[0]); u++)
		v /= 1000;
	(void)snprintf(to, 24, v < 10 ? "%.1f %s" : "%.0f %s", v, unit[u]);
	return to;
}

static int look_at_space(struct look *k, struct err *e)
{
	uint64_t need = 0, left;
	char a[24], b[24];
	struct statvfs fs;

	for (uint32_t i = 0; i < k->l->ntables; i++)
		if (!is_made(k->l, k->l->tables[i].plan))
			need += bytes_of(k->l->tables[i].plan);
	if (statvfs(k->l->run.path, &fs) == -1)
		return err_sys(e, "ask how much room %s has", k->l->run.path);
	left = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (need == 0) /* all of them are made */
		return 0;
	stage_say("space: about %s of files in the run directory, which has room for %s",
		people_bytes(a, need), people_bytes(b, left));
	if (need <= left)
		return 0;
	return err_set(e, ERR_TEMP,
		"the run directory's disk has room for %s, the rows need about %s: free some, "
		"choose another disk with --run, or make fewer rows with --rows",
		b, a);
}

/* ---- what was found --------------------------------------------------------------- */

/* "crm.a, crm.b, crm.c and 4 more have rows already: ..." */
static void say_fact(struct look *k, enum fact f)
{
	struct buf b = BUF_INIT;

	if (f == HAS_ROWS) {
		target_filled(k->l, k->holds[f], DECIDED, &b);
	} else {
		target_list(k->l, k->holds[f], NAMED, &b);
		buf_addf(&b, " %s: %s", k->count[f] == 1 ? told[f].one : told[f].many,
			told[f].advice);
	}
	if (buf_ok(&b) && told[f].stops)
		stage_error("%s", b.p);
	else if (buf_ok(&b))
		stage_say("%s", b.p);
	k->stops = k->stops || told[f].stops;
	buf_free(&b);
}

static void say_road(const struct look *k)
{
	uint32_t bulk = 0, in_place = 0;
	uint64_t rows = 0;

	for (uint32_t i = 0; i < k->l->ntables; i++) {
		rows += k->l->tables[i].plan->rows;
		if (k->l->tables[i].bulk)
			bulk++;
		else
			in_place++;
	}
	stage_say("will load %s row%s into %u table%s in one transaction: %u with keys and indexes "
		  "dropped and made again, %u with them in place%s",
		num_people(rows).s, rows == 1 ? "" : "s", k->l->ntables,
		k->l->ntables == 1 ? "" : "s", bulk, in_place,
		k->l->opt.dry_run ? "; rolled back at the end" : "");
}

/* Whether the server has room for the locks of so many tables, if some are loaded in place. */
static int look_at_locks(struct look *k, struct err *e)
{
	struct load_locks locks;

	if (target_oids(k->l, e) == -1 || locks_count(k->l, &locks, e) == -1)
		return -1;
	locks_choose(k->l, &locks);
	return 0;
}

static int conclude(struct look *k, struct err *e)
{
	for (int f = 0; f < FACTS; f++)
		if (told[f].stops && k->count[f] > 0)
			say_fact(k, (enum fact)f);
	if (k->stops)
		return err_set(e, ERR_INPUT, "the database would not take the rows: see above");
	if (look_at_locks(k, e) == -1)
		return -1;
	say_road(k);
	for (int f = 0; f < FACTS; f++)
		if (!told[f].stops && k->count[f] > 0)
			say_fact(k, (enum fact)f);
	return look_at_space(k, e);
}

int look_at_target(struct load *l, struct err *e)
{
	struct look k = {.l = l, .schemas = BUF_INIT, .tables = BUF_INIT};
	int rc = -1;

	for (int f = 0; f < FACTS; f++)
		if ((k.holds[f] = arena_array(l->a, l->ntables + 1UL, sizeof(bool))) == NULL)
			return err_nomem(e);
	if (target_names(l, &k.schemas, &k.tables, e) == 0 && look_at_server(&k, e) == 0 &&
		look_at_tables(&k, e) == 0)
		rc = conclude(&k, e);
	buf_free(&k.schemas);
	buf_free(&k.tables);
	return rc;
}
