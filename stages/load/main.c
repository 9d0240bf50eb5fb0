/* SPDX-License-Identifier: MIT */
#include "stages/load/load.h"

#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/codec/enc.h"
#include "common/io/file.h"
#include "common/io/log.h"
#include "common/stage/stage.h"

static const char *opt_run, *opt_conn, *opt_triggers, *opt_record, *opt_lock_timeout;
static struct opt_list opt_without, opt_set;
static bool opt_in_place, opt_truncate, opt_append, opt_no_triggers, opt_no_analyze;
static bool opt_check, opt_dry_run, opt_resume, opt_no_verify;

/* The files that the receipts of this plan tell of: what has none, nobody vouches for. */
static int proven_files(struct load *l, struct load_table *t, struct err *e)
{
	struct data_file *f = arena_array(l->a, t->plan->shards, sizeof(*f));
	int64_t known = f != NULL ? data_of_receipts(&l->run, t->plan, f, l->a, e) : err_nomem(e);
	const char *stage = data_stage(t->plan);

	t->files = f;
	if (known == -1)
		return -1;
	if (known < t->plan->shards)
		return err_set(e, ERR_INPUT,
			"%s.%s: shard %lld of %u has no receipt that says what its rows are: run "
			"%s, or add --no-verify if the file was made elsewhere",
			t->plan->table->schema, t->plan->table->name, (long long)known,
			t->plan->shards, stage);
	for (uint32_t i = 1; i < t->plan->shards; i++)
		if (f[i].format != f[0].format || f[i].header != f[0].header)
			return err_set(e, ERR_INPUT,
				"%s.%s: shard %u of %u is %s with --header %s, shard 0 is %s with "
				"--header %s: run %s --force with one --format and one --header",
				t->plan->table->schema, t->plan->table->name, i, t->plan->shards,
				data_format_name(f[i].format), data_header_name(f[i].header),
				data_format_name(f[0].format), data_header_name(f[0].header),
				stage);
	return 0;
}

static int find_files(struct load *l, struct load_table *t, struct err *e)
{
	if (l->opt.verify)
		return proven_files(l, t, e);
	t->files = data_find_all(&l->run, t->plan, l->a, e);
	return t->files != NULL ? 0 : -1;
}

/* The rows of a run, all of them in one form, before the server is asked anything. */
static int find_rows(struct load *l, struct err *e)
{
	enum data_format slowest = DATA_BINARY;

	for (uint32_t i = 0; i < l->ntables; i++) {
		struct load_table *t = &l->tables[i];

		if (find_files(l, t, e) == -1)
			return -1;
		if (t->files[0].format == DATA_JSONL)
			return err_set(e, ERR_INPUT,
				"%s.%s has only jsonl rows, which COPY does not read: run the "
				"generators with --format binary, text or csv",
				t->plan->table->schema, t->plan->table->name);
		if (t->files[0].format > slowest &&
			enc_format(t->plan->table, DATA_BINARY) == DATA_BINARY)
			slowest = t->files[0].format;
	}
	if (slowest != DATA_BINARY)
		stage_warn("the run has %s rows: COPY BINARY is about 2.5 times cheaper for the "
			   "server; generate with --format binary to have it",
			data_format_name(slowest));
	return 0;
}

static int read_run(struct load *l, struct err *e)
{
	char *path;

	if (rundir_open(&l->run, opt_run, l->a, e) == -1)
		return -1;
	if ((path = rundir_file(&l->run, "schema.msgpack")) == NULL)
		return err_nomem(e);
	if (schema_read(&l->schema, path, l->a, e) == -1)
		return -1;
	if ((path = rundir_file(&l->run, "plan.msgpack")) == NULL)
		return err_nomem(e);
	if (plan_read(&l->plan, path, &l->schema, l->a, e) == -1)
		return -1;
	l->tables = arena_array(l->a, l->plan.ntables, sizeof(*l->tables));
	if (l->tables == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < l->plan.ntables; i++)
		if (!l->plan.tables[i].existing)
			l->tables[l->ntables++].plan = &l->plan.tables[i];
	return l->opt.check ? 0 : find_rows(l, e);
}

static int copy_all(struct load *l, struct err *e)
{
	uint64_t total = 0;
	struct progress *p;
	int rc = 0;

	for (uint32_t i = 0; i < l->ntables; i++)
		total += l->tables[i].plan->rows;
	p = progress_start("rows loaded", total);
	for (uint32_t i = 0; i < l->ntables && rc == 0; i++) {
		struct load_table *t = &l->tables[l->order[i]];

		rc = trial_copy(l, t, e);
		progress_add(p, t->rows);
		progress_tick(p);
	}
	progress_end(p);
	return rc;
}

/* Everything between BEGIN and COMMIT. */
static int transaction(struct load *l, struct err *e)
{
	const char *before, *after;
	struct dropped *keys;

	if (target_find(l, e) == -1 || (before = catalog_text(l, e)) == NULL ||
		triggers_begin(l, e) == -1 || checks_order(l, e) == -1 ||
		(keys = keys_drop(l, e)) == NULL || defer_rings(l, e) == -1 || copy_all(l, e) == -1)
		return -1;
	/* what was deferred is checked now: a table with events pending cannot be altered */
	if (pg_exec(l->pg, "SET CONSTRAINTS ALL IMMEDIATE", e) == -1 || defer_back(l, e) == -1 ||
		keys_restore(l, keys, e) == -1 || checks_ask(l, e) == -1 ||
		triggers_end(l, e) == -1 || finish_sequences(l, e) == -1 ||
		(after = catalog_text(l, e)) == NULL)
		return -1;
	if (strcmp(before, after) != 0)
		return err_set(e, ERR_INPUT,
			"a key or index would not come back exactly as it was: nothing was "
			"loaded; use --in-place");
	return 0;
}

static double per_second(uint64_t rows, double seconds)
{
	return seconds > 0 ? (double)rows / seconds : 0;
}

/* What the server has checked. Keys that were dropped were created again, and validated then. */
static const char *checked(const struct load *l)
{
	for (uint32_t i = 0; i < l->ntables; i++)
		if (!l->keys_fire && !l->tables[i].bulk)
			return "foreign keys of tables in place NOT checked";
	return "every constraint checked";
}

static void say(const struct load *l, double seconds)
{
	uint64_t rows = 0;

	stage_say("%-40s %12s %10s %12s  %s", "table", "rows", "copy s", "rows/s", "road");
	for (uint32_t i = 0; i < l->ntables; i++) {
		const struct load_table *t = &l->tables[i];
		char name[160];

		(void)snprintf(
			name, sizeof(name), "%s.%s", t->plan->table->schema, t->plan->table->name);
		stage_say("%-40s %12llu %10.3f %12.0f  %s", name, (unsigned long long)t->rows,
			t->seconds, per_second(t->rows, t->seconds), load_road(t));
		rows += t->rows;
	}
	stage_say("%-40s %12llu %10.3f %12.0f  with %s%s", "all", (unsigned long long)rows, seconds,
		per_second(rows, seconds), checked(l),
		l->opt.dry_run ? ", then rolled back: nothing was loaded" : "");
	log_event(&l->run, "load", "run_finished", "rows", LOG_UINT, rows, "duration_ms", LOG_UINT,
		(uint64_t)(seconds * 1000), NULL);
}

static bool violates(const struct load *l, const struct plan_table *t, const char *constraint,
	const struct err *e)
{
	const char *named = arena_printf(
		l->a, "constraint %s of %s.%s)", constraint, t->table->schema, t->table->name);

	return named != NULL && strstr(e->msg, named) != NULL;
}

static const char again[] =
	"nothing was loaded; run introspect --keys, plan-check and the generators again";

/* rows that children attach to have gone since their keys were read */
static int rows_gone(const struct load *l, const struct plan_table *t, struct err *e)
{
	for (uint32_t k = 0; k < t->nfks; k++) {
		const struct pg_constraint *c = &t->table->cons[t->fks[k].con];

		if (how_picks(t->fks[k].how) && l->plan.tables[t->fks[k].parent].existing &&
			violates(l, t, c->name, e))
			return err_set(e, ERR_INPUT,
				"%s.%s: foreign key %s: rows of %s.%s that were there when "
				"introspect --keys read them are gone: %s",
				t->table->schema, t->table->name, c->name, c->ref_schema,
				c->ref_table, again);
	}
	return -1;
}

/* rows were added meanwhile to a table that we add to */
static int rows_came(const struct load *l, const struct plan_table *t, struct err *e)
{
	for (uint32_t i = 0; t->append && i < t->table->ncons + t->table->nindexes; i++) {
		const char *name = i < t->table->ncons
					   ? t->table->cons[i].name
					   : t->table->indexes[i - t->table->ncons].name;

		if (violates(l, t, name, e))
			return err_set(e, ERR_INPUT,
				"%s.%s: %s: a row has come since introspect --keys read them that "
				"has the same key: %s",
				t->table->schema, t->table->name, name, again);
	}
	return -1;
}

/* The server says what is wrong; what that means for the run is ours to say. */
static int explain(const struct load *l, struct err *e)
{
	bool gone = strstr(e->msg, "SQLSTATE 23503") != NULL;
	bool came = strstr(e->msg, "SQLSTATE 23505") != NULL;

	if (strstr(e->msg, "SQLSTATE P0") != NULL)
		return triggers_explain(l, e);

	if (strstr(e->msg, "max_locks_per_transaction") != NULL &&
		strstr(e->msg, "--in-place") == NULL) {
		struct err was = *e;

		return err_set(e, was.kind, "%s, or load with --in-place", was.msg);
	}
	for (uint32_t i = 0; i < l->ntables && gone; i++)
		(void)rows_gone(l, l->tables[i].plan, e);
	for (uint32_t i = 0; i < l->ntables && came; i++)
		(void)rows_came(l, l->tables[i].plan, e);
	return -1;
}

/* The transaction, and its end: committed, or rolled back if it was only to be tried. */
static int load_rows(struct load *l, struct err *e)
{
	commit_watch_client(l);
	if (pg_exec(l->pg, "BEGIN", e) == -1 || transaction(l, e) == -1)
		return -1;
	if (l->opt.dry_run)
		return pg_exec(l->pg, "ROLLBACK", e);
	/* what may fail is done before the commit: after it nothing may say that the call failed */
	if (record_add(l, e) == -1 || receipt_stage(l, e) == -1 || commit_prepare(l, e) == -1)
		return -1;
	if (pg_exec(l->pg, "COMMIT", e) == 0)
		return 0;
	if (e->kind != ERR_TEMP) /* the server has said that it did not */
		commit_done(l);
	return -1;
}

static const char *const committed =
	"the rows of this run are loaded: an earlier call committed them";

/* --check: nothing is changed, not even in the run directory. */
static int check_run(struct load *l, struct err *e)
{
	const char *what = committed;
	int earlier = commit_earlier(l, e);

	if (earlier == 0 && l->opt.resumed) {
		what = "these rows are loaded already, and are there still";
		earlier = receipt_says_loaded(l, e);
	}
	if (earlier == 0)
		return look_at_target(l, e);
	if (earlier == 1)
		stage_say("%s", what);
	return earlier == 1 ? 0 : -1;
}

/* What earlier calls of load that were killed have left beside the receipts; it may stay. */
static void sweep_receipts(struct load *l)
{
	struct err ignored = {.kind = ERR_NONE};
	const char *path = rundir_file(&l->run, "receipts");

	if (path != NULL)
		(void)dir_sweep(path, &ignored);
}

/* Rows are loaded, unless an earlier call was killed after the server had committed them. */
static int load_or_finish(struct load *l, struct err *e)
{
	double start = load_clock();
	int earlier = commit_earlier(l, e);

	sweep_receipts(l);
	for (uint32_t i = 0; i < l->ntables && earlier == 1; i++)
		l->tables[i].rows = l->tables[i].plan->rows;
	if (earlier == -1 || (earlier == 1 && receipt_stage(l, e) == -1) ||
		(earlier == 0 && load_rows(l, e) == -1)) {
		receipt_drop(l);
		return -1;
	}
	/* in transactions of their own: statistics need a lock on each index until the commit */
	if (l->opt.analyze && !l->opt.dry_run && earlier == 0)
		finish_analyze(l);
	if (!l->opt.dry_run || earlier == 1)
		receipt_keep(l);
	if (earlier == 1) {
		stage_say("%s", committed);
	} else {
		triggers_say(l);
		say(l, load_clock() - start);
	}
	return 0;
}

/* A plan may skip every table that it was to fill, and then asks nothing of the database. */
static int load_run(struct load *l, struct err *e)
{
	if (l->ntables == 0) {
		stage_say("the plan makes no rows: nothing is loaded");
		return 0;
	}
	if (l->opt.check)
		return check_run(l, e);
	log_event(&l->run, "load", "run_started", NULL);
	if (load_or_finish(l, e) == 0)
		return 0;
	log_event(&l->run, "load", "run_failed", NULL);
	return explain(l, e);
}

static int read_policy(enum load_triggers *to, struct err *e)
{
	static const char *const words[] = {
		[TRIGGERS_ON] = "on", [TRIGGERS_OFF] = "off", [TRIGGERS_AUTO] = "auto"};

	*to = opt_no_triggers ? TRIGGERS_OFF : TRIGGERS_TRY;
	if (opt_triggers == NULL)
		return 0;
	if (opt_no_triggers)
		return err_set(e, ERR_INPUT, "--triggers and --no-triggers exclude each other");
	for (size_t i = TRIGGERS_ON; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i], opt_triggers) == 0) {
			*to = (enum load_triggers)i;
			return 0;
		}
	return err_set(e, ERR_INPUT, "--triggers is on, off or auto, not %s", opt_triggers);
}

/* A session in which what is promised can be kept. */
static int connect_to(struct load *l, struct err *e)
{
	l->pg = pg_connect(opt_conn, "datalchemy load", e);
	if (l->pg == NULL || pg_set(l->pg, opt_set.v, opt_set.n, e) == -1 ||
		pg_lock_timeout(l->pg, opt_lock_timeout, e) == -1 ||
		pg_keys_fire(l->pg, &l->keys_fire, e) == -1)
		return -1;
	pg_on_wait(l->pg, stage_waits);
	if (!l->keys_fire)
		stage_warn("session_replication_role is replica for this role or database, and the "
			   "role may not set it: the server does not check foreign keys of tables "
			   "that are loaded in place, and their triggers do not fire");
	return 0;
}

static int run(struct err *e)
{
	struct arena a = ARENA_INIT;
	struct load l = {.a = &a};
	int rc = -1;

	if (opt_run == NULL)
		return err_set(e, ERR_INPUT, "--run is required");
	if (opt_resume && !opt_check)
		return err_set(e, ERR_INPUT, "--resume is for --check");
	if (opt_truncate && opt_append)
		return err_set(e, ERR_INPUT, "--truncate and --append exclude each other");
	if (opt_record != NULL && record_check(opt_record, e) == -1)
		return -1;
	l.opt = (struct load_options){
		.in_place = opt_in_place || opt_append,
		.existing = opt_truncate ? LOAD_TRUNCATE
			    : opt_append ? LOAD_APPEND
					 : LOAD_REFUSE,
		.without = opt_without.v,
		.nwithout = opt_without.n,
		.analyze = !opt_no_analyze,
		.check = opt_check,
		.dry_run = opt_dry_run,
		.resumed = opt_resume,
		.verify = !opt_no_verify,
		.record = opt_record,
	};
	if (read_policy(&l.opt.triggers, e) == -1)
		return -1;
	if (read_run(&l, e) == 0 && connect_to(&l, e) == 0)
		rc = load_run(&l, e);
	pg_close(l.pg);
	arena_free(&a);
	return rc;
}

static const struct opt opts[] = {
	{"run", 0, OPT_STR, &opt_run, "DIR", "the run directory"},
	{"conn", 0, OPT_STR, &opt_conn, "URL",
		"the database (default: what DATABASE_URL or else libpq's environment\n"
		"variables name).  Others can see a password in arguments: give it by\n"
		"DATABASE_URL, PGPASSFILE or PGSERVICE"},
	{"in-place", 0, OPT_FLAG, &opt_in_place, NULL,
		"keep keys and indexes while rows are copied, instead of dropping and\n"
		"creating them again; for tables that other sessions use meanwhile"},
	{"truncate", 0, OPT_FLAG, &opt_truncate, NULL,
		"empty the plan's tables first, in the same transaction"},
	{"append", 0, OPT_FLAG, &opt_append, NULL,
		"load into tables that already have rows; new keys may collide with\n"
		"existing ones; implies --in-place.  Targets with \"append\": true in the\n"
		"plan do not need this option, and their keys do not collide"},
	{"triggers", 0, OPT_STR, &opt_triggers, "on|off|auto",
		"which insert triggers of the tables fire: all, none, or auto: load tries\n"
		"the first rows, and switches off triggers that raise errors, discard\n"
		"rows or write into tables of the plan.  The default is as auto, but\n"
		"triggers may update rows of the plan"},
	{"no-triggers", 0, OPT_FLAG, &opt_no_triggers, NULL, "the same as --triggers off"},
	{"without-trigger", 0, OPT_LIST, &opt_without, "NAME",
		"switch this trigger off, SCHEMA.TABLE.TRIGGER; may be repeated.  It is\n"
		"the only way to switch off constraint triggers"},
	{"check", 0, OPT_FLAG, &opt_check, NULL,
		"examine the database, print how the rows would be loaded or what\n"
		"prevents it, and load nothing; works before the generators have run, too"},
	{"resume", 0, OPT_FLAG, &opt_resume, NULL,
		"with --check: also report whether an earlier call has loaded the rows,\n"
		"and refuse a database other than the one that call loaded them into"},
	{"dry-run", 0, OPT_FLAG, &opt_dry_run, NULL,
		"load the rows, have the server validate every constraint, and roll back"},
	{"set", 0, OPT_LIST, &opt_set, "NAME=VALUE",
		"set a custom parameter, such as app.tenant=1, in the session, because\n"
		"triggers and CHECK constraints may read it by current_setting(); may be\n"
		"repeated"},
	{"record", 0, OPT_STR, &opt_record, "SCHEMA.TABLE",
		"write a row of this run into that table, which is created if it does not\n"
		"exist, in the transaction of the rows; a later call with the same option\n"
		"finds it, and loads nothing twice, whatever became of the run directory"},
	{"lock-timeout", 0, OPT_STR, &opt_lock_timeout, "SECONDS",
		"how long to wait for locks of other sessions; 0 means for ever (default:\n"
		"what PGOPTIONS, the role or the database set, else 30)"},
	{"no-verify", 0, OPT_FLAG, &opt_no_verify, NULL,
		"also load files that have no receipt, or that differ from what their\n"
		"receipt says, because they were made or changed by another program"},
	{"no-analyze", 0, OPT_FLAG, &opt_no_analyze, NULL,
		"do not run ANALYZE on the loaded tables"},
};

int main(int argc, char **argv)
{
	static const struct stage stage = {
		.name = "load",
		.about = "Load the rows of a run into a database, parents first, in one "
			 "transaction.",
		.usage = "--run DIR [--conn URL] [--check] [--dry-run] [--in-place]\n"
			 "[--truncate | --append]",
		.reads = "schema.msgpack plan.msgpack data/* receipts/gen.*",
		.writes = "receipts/load.json logs.ndjson, and the database",
		.examples = "load --run runs/a --conn postgresql://localhost/crm\n"
			    "DATABASE_URL=... load --run runs/a --truncate",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
		.run = run,
	};

	return stage_main(&stage, argc, argv);
}
