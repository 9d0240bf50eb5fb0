/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/base/digest.h"
#include "common/base/err.h"
#include "common/io/file.h"
#include "common/io/json.h"
#include "common/io/log.h"
#include "common/io/redact.h"
#include "common/io/rundir.h"
#include "common/pg/pg.h"
#include "common/schema/schema.h"
#include "common/snapshot/snap.h"
#include "common/stage/stage.h"
#include "stages/introspect/catalog.h"
#include "stages/introspect/ddl.h"
#include "stages/introspect/existing.h"
#include "stages/introspect/report.h"

static struct {
	const char *conn, *ddl, *run, *run_dir, *out, *positional, *lock_timeout;
	struct opt_list set, schemas, keys, tables, exclude;
	struct selection selection;
	struct catalog_opts what;
	bool strict;
} opt;

static const char stage_name[] = "introspect";

/* ---- config.json ------------------------------------------------------------------ */

static void put_list(struct jsonw *j, const char *name, const struct opt_list *list)
{
	jw_key(j, name);
	if (list->n == 0) {
		jw_null(j);
		return;
	}
	jw_array(j);
	for (size_t i = 0; i < list->n; i++)
		jw_str(j, list->v[i]);
	jw_end(j);
}

static void put_options(struct jsonw *j)
{
	jw_key(j, "options");
	jw_object(j);
	jw_kbool(j, "include_system_schemas", opt.what.system);
	jw_kbool(j, "include_views", !opt.what.no_views);
	jw_kbool(j, "include_materialized_views", !opt.what.no_matviews);
	jw_kbool(j, "include_foreign_tables", !opt.what.no_foreign);
	jw_kbool(j, "include_indexes", !opt.what.no_indexes);
	jw_kbool(j, "include_comments", !opt.what.no_comments);
	put_list(j, "schemas", &opt.schemas);
	if (opt.tables.n > 0)
		put_list(j, "tables", &opt.tables);
	if (opt.exclude.n > 0)
		put_list(j, "exclude", &opt.exclude);
	if (opt.keys.n > 0)
		put_list(j, "keys", &opt.keys);
	jw_end(j);
}

static int put_connection(struct jsonw *j, struct arena *a, struct err *e)
{
	struct redacted c;

	jw_key(j, "connection");
	if (opt.ddl != NULL) {
		jw_null(j);
		return 0;
	}
	if (!redact_conn(pg_conn_used(opt.conn), a, &c))
		return err_nomem(e);
	jw_object(j);
	jw_kstr(j, "engine", c.engine);
	jw_kstr(j, "user", c.user);
	jw_kstr(j, "host", c.host);
	jw_key(j, "port");
	if (c.port >= 0)
		jw_int(j, c.port);
	else
		jw_null(j);
	jw_kstr(j, "database", c.database);
	jw_kstr(j, "redacted", c.redacted);
	jw_end(j);
	return 0;
}

/* The random id of a run that was given its name, else the name of the folder. */
static const char *run_id(const struct rundir *run)
{
	const char *base = strrchr(run->path, '/'), *id;

	base = base != NULL && base[1] != '\0' ? base + 1 : run->path;
	id = strstr(base, "__run_");
	return id != NULL ? id + strlen("__run_") : base;
}

static int save(const char *path, struct buf *b, struct err *e)
{
	if (path == NULL || !buf_ok(b))
		return err_nomem(e);
	return file_replace(path, b->p, b->n, e);
}

/*
 * config.json records this call: how it was asked, and when.  It is made from no input, no stage
 * reads it, and no digest covers it; so it may hold a time, which what is made from inputs may not.
 */
static int write_config(const struct rundir *run, const struct buf *ddl, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jsonw j;
	const char *path;
	char hex[65];
	int rc = -1;

	jw_begin(&j, &b, true);
	jw_object(&j);
	jw_kstr(&j, "run_id", run_id(run));
	log_time(&j, "started_at");
	jw_kstr(&j, "engine", "postgres");
	jw_kstr(&j, "schema_version", "0.2");
	jw_kbool(&j, "strict", opt.strict);
	put_options(&j);
	if (put_connection(&j, run->a, e) != 0)
		goto out;
	if (opt.ddl != NULL) {
		digest_sha256_hex(ddl->p, ddl->n, hex);
		jw_kstr(&j, "ddl_sha256", hex);
	}
	jw_kstr(&j, "tool_version", STAGE_VERSION);
	jw_end(&j);
	path = rundir_file(run, "config.json");
	rc = path != NULL && buf_ok(&b) ? file_replace_private(path, b.p, b.n, e) : err_nomem(e);
out:
	buf_free(&b);
	return rc;
}

/* ---- artefacts -------------------------------------------------------------------- */

static int write_schema(const struct rundir *run, struct schema *s, struct err *e)
{
	char *path = rundir_file(run, "schema.msgpack");
	struct buf b = BUF_INIT;
	int rc = -1;

	if (path == NULL)
		return err_nomem(e);
	schema_json(s, &b);
	if (save(rundir_file(run, "schema.json"), &b, e) != 0)
		goto out;
	if (opt.out != NULL && save(opt.out, &b, e) != 0)
		goto out;
	/* last: who finds it finds all the others */
	rc = schema_write(s, path, e);
	log_event(run, stage_name, "schema_written", "path", LOG_STR, "schema.msgpack", NULL);
out:
	buf_free(&b);
	return rc;
}

static int write_metrics(const struct rundir *run, const struct report *r, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc;

	report_json(r, &b);
	rc = save(rundir_file(run, "schema_metrics.json"), &b, e);
	if (rc == 0)
		log_event(run, stage_name, "metrics_written", "path", LOG_STR,
			"schema_metrics.json", NULL);
	buf_free(&b);
	return rc;
}

static int say(const struct rundir *run, const struct report *r, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc;

	report_text(r, &b);
	rc = stage_print(&b, e);
	buf_free(&b);
	if (rc == -1)
		return -1;
	for (uint32_t i = 0; i < opt.selection.nnotes; i++)
		stage_say("%s", opt.selection.notes[i]);
	for (uint32_t i = 0; i < r->nwarnings; i++) {
		stage_warn("%s", r->warnings[i]);
		log_event(run, stage_name, "warning", "text", LOG_STR, r->warnings[i], NULL);
	}
	return 0;
}

static int refuse_cycle(const struct report *r, struct err *e)
{
	struct buf b = BUF_INIT;

	report_cycle(r, &b);
	err_set(e, ERR_NO, "--strict: the foreign keys have a cycle: %.800s", b.p ? b.p : "");
	buf_free(&b);
	return -1;
}

static int write_all(const struct rundir *run, struct schema *s, const struct catalog_notes *notes,
	struct existing *x, struct err *e)
{
	struct report r;

	if (report_make(&r, s, run->a, e) != 0)
		return -1;
	for (uint32_t i = 0; i < notes->nno_usage; i++)
		if (report_warn(&r, e,
			    "schema %s: this role has no USAGE on it: rows cannot be "
			    "loaded there: ask its owner to GRANT it",
			    notes->no_usage[i]) != 0)
			return -1;
	if (write_metrics(run, &r, e) != 0 || existing_commit(x, e) != 0 ||
		write_schema(run, s, e) != 0 || say(run, &r, e) != 0)
		return -1;
	return opt.strict && r.graph.has_cycle ? refuse_cycle(&r, e) : 0;
}

/* ---- the run ---------------------------------------------------------------------- */

static int read_existing(void *ctx, struct pg *pg, struct schema *s, struct err *e)
{
	struct existing *x = ctx;

	if (opt.selection.keys != KEYS_LISTED) {
		x->specs = opt.selection.specs;
		x->n = opt.selection.nspecs;
	}
	return existing_read(x, pg, s, e);
}

/* --keys names tables, or says by one word which ones are meant. */
static enum select_keys keys_word(const char *text)
{
	return strcmp(text, "auto") == 0     ? KEYS_AUTO
	       : strcmp(text, "all") == 0    ? KEYS_ALL
	       : strcmp(text, "filled") == 0 ? KEYS_FILLED
					     : KEYS_LISTED;
}

static int parse_keys(struct existing *x, struct err *e)
{
	struct keyspec *specs = NULL;

	for (size_t i = 0; i < opt.keys.n; i++)
		if (keys_word(opt.keys.v[i]) != KEYS_LISTED)
			opt.selection.keys = keys_word(opt.keys.v[i]);
		else if (keyspec_parse(opt.keys.v[i], &specs, &x->n, x->run->a, e) == -1)
			return -1;
	x->specs = specs;
	if (x->n > 0 && opt.selection.keys != KEYS_LISTED)
		return err_set(e, ERR_INPUT,
			"--keys: auto, all or filled chooses the tables: name none beside it");
	return 0;
}

static int read_catalogue(const struct rundir *run, const char *conn, struct err *e)
{
	struct existing x = {.run = run};
	const struct catalog_more more = {read_existing, &x};
	struct catalog_notes notes = {0};
	struct schema s = {0};
	struct pg *pg;
	int rc;

	if (parse_keys(&x, e) == -1)
		return -1;
	pg = pg_connect(conn, stage_name, e);

	if (pg == NULL)
		return -1;
	if (pg_set(pg, opt.set.v, opt.set.n, e) != 0 ||
		pg_lock_timeout(pg, opt.lock_timeout, e) == -1) {
		pg_close(pg);
		return -1;
	}
	pg_on_wait(pg, stage_waits);
	log_event(run, stage_name, "engine_detected", "engine", LOG_STR, "postgres",
		"server_version", LOG_INT, (int64_t)pg_server_version(pg), NULL);
	log_event(run, stage_name, "introspection_started", NULL);
	rc = catalog_read(pg, &opt.what, &s, &notes, &more, run->a, e);
	pg_close(pg);
	if (rc == 0) {
		log_event(run, stage_name, "introspection_finished", "tables", LOG_UINT,
			(uint64_t)s.ntables, NULL);
		rc = write_all(run, &s, &notes, &x, e);
	}
	existing_end(&x);
	return rc;
}

static int from_ddl(const struct rundir *run, const struct buf *text, struct err *e)
{
	const char *base = strrchr(opt.ddl, '/');
	struct ddl d = {0};
	int rc = -1;

	if (ddl_start(&d, run->a, e) == 0 &&
		ddl_run(&d, base != NULL ? base + 1 : opt.ddl, text, e) == 0)
		rc = read_catalogue(run, d.url, e);
	ddl_stop(&d);
	return rc;
}

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int introspect(const struct rundir *run, const struct buf *ddl, struct err *e)
{
	int64_t start = now_ms();
	int rc;

	log_event(run, stage_name, "run_started", "run_id", LOG_STR, run_id(run), "engine", LOG_STR,
		"postgres", NULL);
	rc = write_config(run, ddl, e);
	if (rc == 0)
		rc = opt.ddl != NULL ? from_ddl(run, ddl, e) : read_catalogue(run, opt.conn, e);
	if (rc == 0)
		log_event(run, stage_name, "run_finished", "status", LOG_STR, "success",
			"duration_ms", LOG_INT, now_ms() - start, NULL);
	else
		log_event(run, stage_name, "run_failed", "status", LOG_INT, (int64_t)e->kind,
			"message", LOG_STR, e->msg, "duration_ms", LOG_INT, now_ms() - start, NULL);
	return rc;
}

static int check_options(struct err *e)
{
	if (opt.conn != NULL && opt.positional != NULL)
		return err_set(
			e, ERR_INPUT, "the connection is given twice: --conn and an argument");
	if (opt.positional != NULL)
		opt.conn = opt.positional;
	if (opt.conn != NULL && opt.ddl != NULL)
		return err_set(e, ERR_INPUT, "--conn and --ddl exclude one another");
	if (opt.keys.n > 0 && opt.ddl != NULL)
		return err_set(e, ERR_INPUT, "--keys reads rows of a database: --ddl has none");
	if (opt.run != NULL && opt.run_dir != NULL)
		return err_set(e, ERR_INPUT, "--run and --run-dir exclude one another");
	opt.what.schemas = opt.schemas.v;
	opt.what.nschemas = opt.schemas.n;
	opt.what.selection = &opt.selection;
	opt.selection.tables = opt.tables.v;
	opt.selection.ntables = opt.tables.n;
	opt.selection.exclude = opt.exclude.v;
	opt.selection.nexclude = opt.exclude.n;
	return 0;
}

static int open_run(struct rundir *run, struct arena *a, struct err *e)
{
	if (opt.run != NULL)
		return rundir_create(run, opt.run, a, e) == 0 ? dir_sweep(opt.run, e) : -1;
	if (rundir_create_in(run, opt.run_dir != NULL ? opt.run_dir : "runs", a, e) != 0)
		return -1;
	stage_say("%s", run->path);
	return 0;
}

static int run_stage(struct err *e)
{
	enum { DDL_MAX = 256 << 20 };
	struct arena a = ARENA_INIT;
	struct buf ddl = BUF_INIT;
	struct rundir run;
	int rc = -1;

	if (check_options(e) != 0)
		return -1;
	/* before the run is there: a wrong name leaves nothing behind */
	if (opt.ddl != NULL && file_read(opt.ddl, DDL_MAX, &ddl, e) != 0)
		goto out;
	if (open_run(&run, &a, e) == 0)
		rc = introspect(&run, &ddl, e);
out:
	buf_free(&ddl);
	arena_free(&a);
	return rc;
}

static const struct opt options[] = {
	{"conn", 'c', OPT_STR, &opt.conn, "URL",
		"the database: URL or keyword=value (default: what DATABASE_URL or else\n"
		"libpq's environment variables name).  Others can see a password in\n"
		"arguments: give it by DATABASE_URL, PGPASSFILE or PGSERVICE"},
	{"ddl", 0, OPT_STR, &opt.ddl, "FILE",
		"read SQL text instead of a database: it is run in a temporary PostgreSQL\n"
		"server, whose catalogue is read"},
	{"run", 0, OPT_STR, &opt.run, "DIR",
		"the run directory; it is created if it does not exist"},
	{"run-dir", 0, OPT_STR, &opt.run_dir, "DIR",
		"make a new run directory in DIR (default: runs) and print it"},
	{"keys", 'k', OPT_LIST, &opt.keys, "TABLES",
		"also read the keys of the rows of these tables, so that new children can\n"
		"refer to them: SCHEMA.TABLE[(COLUMN,...)][,...]; may be repeated.  Without\n"
		"columns, the primary key, unique keys and referenced columns are read; with\n"
		"columns, the primary key and those; with (*), all columns.  Or one of these\n"
		"words: auto: tables that have rows, that foreign keys refer to, and that\n"
		"--tables or --exclude leaves out; all: also the other tables that have\n"
		"rows; filled: as auto, and no rows are generated for tables that have rows,\n"
		"whatever the plan says"},
	{"set", 0, OPT_LIST, &opt.set, "NAME=VALUE",
		"set a custom parameter, such as app.tenant=1, in the session, because\n"
		"row security policies may read it by current_setting(); may be repeated"},
	{"lock-timeout", 0, OPT_STR, &opt.lock_timeout, "SECONDS",
		"how long to wait for locks of other sessions; 0 means for ever (default:\n"
		"what PGOPTIONS, the role or the database set, else 30)"},
	{"schema", 's', OPT_LIST, &opt.schemas, "NAME", "only this schema; may be repeated"},
	{"tables", 't', OPT_LIST, &opt.tables, "PATTERN",
		"only tables that match, such as 'crm.*' or leads, and those that their\n"
		"foreign keys refer to; may be repeated"},
	{"exclude", 'x', OPT_LIST, &opt.exclude, "PATTERN",
		"leave out tables that match; may be repeated"},
	{"no-views", 0, OPT_FLAG, &opt.what.no_views, NULL, "leave out views"},
	{"no-materialized-views", 0, OPT_FLAG, &opt.what.no_matviews, NULL,
		"leave out materialized views"},
	{"no-foreign-tables", 0, OPT_FLAG, &opt.what.no_foreign, NULL, "leave out foreign tables"},
	{"no-indexes", 0, OPT_FLAG, &opt.what.no_indexes, NULL,
		"leave out indexes that are not unique"},
	{"no-comments", 0, OPT_FLAG, &opt.what.no_comments, NULL, "leave out comments"},
	{"include-system-schemas", 0, OPT_FLAG, &opt.what.system, NULL,
		"read pg_catalog and information_schema too"},
	{"out", 'o', OPT_STR, &opt.out, "FILE", "write a second copy of schema.json to FILE"},
	{"strict", 0, OPT_FLAG, &opt.strict, NULL,
		"end with status 1 if foreign keys form a cycle (everything is written\n"
		"all the same)"},
};

static const struct stage stage = {
	.name = stage_name,
	.about = "Read the catalogue of a PostgreSQL database into a run directory.",
	.usage = "[URL | --conn URL | --ddl FILE] [--run DIR | --run-dir DIR] [options]",
	.reads = "a database, or SQL text",
	.writes = "config.json schema.msgpack schema.json schema_metrics.json logs.ndjson\n"
		  "keys/*.existing.msgpack",
	.examples = "introspect --conn postgresql:///crm --run run\n"
		    "introspect --ddl schema.sql --run-dir runs\n"
		    "introspect --schema crm --strict --run run\n"
		    "introspect --run run --keys 'crm.usuarios,crm.empresas(data_criacao)'",
	.opts = options,
	.nopts = sizeof(options) / sizeof(options[0]),
	.args = &opt.positional,
	.nargs = 1,
	.run = run_stage,
};

int main(int argc, char **argv)
{
	return stage_main(&stage, argc, argv);
}
