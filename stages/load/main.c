/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/codec/enc.h"
#include "common/io/file.h"
#include "common/io/log.h"
#include "common/stage/stage.h"
#include "stages/load/shared.h"

static const char *opt_run, *opt_conn, *opt_triggers, *opt_record, *opt_lock_timeout;
static struct opt_list opt_without, opt_set;
static bool opt_in_place, opt_truncate, opt_append, opt_no_triggers, opt_no_analyze;
static bool opt_check, opt_dry_run, opt_resume, opt_no_verify;
static bool opt_shared, opt_finish, opt_abandon;
static uint32_t opt_jobs = 1;

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
	if (l->opt.mode == LOAD_SHARED)
		return files_here(l, e);
	return l->opt.check || l->opt.mode > LOAD_SHARED ? 0 : files_find(l, e);
}

/* Everything between BEGIN and COMMIT, of one loader. */
static int transaction(struct load *l, struct err *e)
{
	const char *before;
	struct dropped *keys;

	if (shared_keep_out(l, e) == -1 || target_find(l, e) == -1 ||
		(before = catalog_text(l, e)) == NULL || triggers_begin(l, e) == -1 ||
		checks_order(l, e) == -1 || (keys = keys_drop(l, e)) == NULL ||
		rows_copy(l, e) == -1)
		return -1;
	return rows_leave(l, before, keys, e);
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

/* The transaction, and its end: committed, or rolled back if it was only to be tried. */
static int load_rows(struct load *l, struct err *e)
{
	bool ours = false;

	commit_watch_client(l);
	if (look_takes_rows(l, e) == -1)
		return -1;
	if (l->opt.mode == LOAD_JOBS && several_begin(l, &ours, e) == -1)
		return -1;
	if (l->opt.mode == LOAD_FINISH && several_end(l, e) == -1)
		return -1;
	if (pg_exec(l->pg, "BEGIN", e) == -1)
		return -1;
	if ((l->begun ? shared_finish(l, e) : transaction(l, e)) == -1)
		return ours ? several_undo(l, e) : -1;
	if (l->opt.dry_run)
		return pg_exec(l->pg, "ROLLBACK", e);
	/* what may fail is done before the commit: after it nothing may say that the call failed */
	if (record_add(l, e) == -1 || receipt_stage(l, e) == -1 || commit_prepare(l, e) == -1)
		return -1;
	if (pg_commit(l->pg, e) == 0)
		return 0;
	if (e->kind == ERR_TEMP)
		return err_wrap(e, "whether the server has committed is not known, and the next "
				   "call finds out before it loads anything");
	commit_done(l); /* the server has said that it did not */
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
	if (l->opt.mode == LOAD_ABANDON)
		return several_abandon(l, e);
	log_event(&l->run, "load", "run_started", NULL);
	if ((l->opt.mode == LOAD_SHARED ? several_share(l, e) : load_or_finish(l, e)) == 0)
		return 0;
	log_event(&l->run, "load", "run_failed", NULL);
	return load_explain(l, e);
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

/* What the call is about, and what cannot go with it. */
static int read_mode(enum load_mode *to, struct err *e)
{
	bool several = opt_shared || opt_finish || opt_abandon;

	if (opt_shared + opt_finish + opt_abandon > 1)
		return err_set(e, ERR_INPUT, "--shared, --finish and --abandon exclude each other");
	if (opt_jobs == 0)
		return err_set(e, ERR_INPUT, "--jobs is a number above 0");
	if (opt_jobs > 1 && (opt_finish || opt_abandon))
		return err_set(e, ERR_INPUT, "--jobs is for --shared, or for itself");
	if ((several || opt_jobs > 1) && (opt_in_place || opt_append || opt_dry_run))
		return err_set(e, ERR_INPUT,
			"%s: several connections cannot share one transaction, nor the work of "
			"tables in place: leave out --jobs, --shared and --finish",
			opt_in_place ? "--in-place"
			: opt_append ? "--append"
				     : "--dry-run");
	if (several && opt_truncate)
		return err_set(e, ERR_INPUT,
			"--truncate: a loader that comes late would empty what others have loaded: "
			"empty the tables first, or load with --jobs");
	*to = opt_shared     ? LOAD_SHARED
	      : opt_finish   ? LOAD_FINISH
	      : opt_abandon  ? LOAD_ABANDON
	      : opt_jobs > 1 ? LOAD_JOBS
			     : LOAD_WHOLE;
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
		.conn = opt_conn,
		.lock_timeout = opt_lock_timeout,
		.set = opt_set.v,
		.nset = opt_set.n,
		.jobs = opt_jobs,
	};
	if (read_mode(&l.opt.mode, e) == -1 || read_policy(&l.opt.triggers, e) == -1)
		return -1;
	if (read_run(&l, e) == 0 && session_begin(&l, e) == 0)
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
	{"jobs", 'j', OPT_U32, &opt_jobs, "N",
		"copy tables and shards by N connections, each shard in a transaction of its\n"
		"own; keys are created again, and validated, in the last transaction.  Until\n"
		"then others see tables that are filled in part and have no keys.  A call\n"
		"that was killed is gone on with by the same call, or undone by --abandon"},
	{"shared", 0, OPT_FLAG, &opt_shared, NULL,
		"be one of several loaders, also on other machines: copy the shards whose\n"
		"files are in DIR and which no other loader has copied; then --finish"},
	{"finish", 0, OPT_FLAG, &opt_finish, NULL,
		"when all shards are copied: load the tables that cannot be shared, and\n"
		"create all keys again, validated, in one transaction"},
	{"abandon", 0, OPT_FLAG, &opt_abandon, NULL,
		"undo what --shared or --jobs have begun: empty the tables that they filled,\n"
		"and create their keys again"},
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
			 "[--truncate | --append] [--jobs N] [--shared | --finish | --abandon]",
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
