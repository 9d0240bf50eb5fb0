/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/err.h"
#include "common/io/file.h"
#include "common/io/log.h"
#include "common/schema/schema.h"
#include "common/stage/stage.h"
#include "stages/eval/audit.h"
#include "stages/eval/audit_sql.h"
#include "stages/eval/proof.h"
#include "stages/eval/receipts.h"
#include "stages/eval/report.h"
#include "stages/eval/sense.h"

enum { MIB = 1 << 20, KEPT_FOR_VIOLATIONS = 1000 };

static const char *opt_run, *opt_conn, *opt_output;
static struct opt_list opt_set;
static bool opt_strict, opt_no_strict, opt_write_violations, opt_sql, opt_receipts;
static uint32_t opt_max_examples = 20, opt_memory = 256;

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- the files ------------------------------------------------------------------------ */

static int by_name(const void *a, const void *b)
{
	const struct pg_table *x = (*(const struct audit_table *const *)a)->plan->table;
	const struct pg_table *y = (*(const struct audit_table *const *)b)->plan->table;
	int c = strcmp(x->schema, y->schema);

	return c != 0 ? c : strcmp(x->name, y->name);
}

static int find_files(struct audit *u, struct err *e)
{
	u->by_name = arena_array(u->a, u->plan->ntables, sizeof(*u->by_name));
	if (u->by_name == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < u->plan->ntables; i++) {
		struct audit_table *t = &u->tables[i];

		if (t->plan->existing)
			continue;
		if (receipts_files(u, t, e) == -1)
			return -1;
		u->by_name[u->nmade++] = t;
	}
	qsort(u->by_name, u->nmade, sizeof(*u->by_name), by_name);
	return 0;
}

static int read_tables(struct audit *u, struct err *e)
{
	struct progress *p;
	uint64_t rows = 0;
	int rc = 0;

	for (uint32_t i = 0; i < u->plan->ntables; i++)
		rows += u->plan->tables[i].rows;
	p = progress_start("eval", rows);
	for (uint32_t i = 0; rc == 0 && i < u->plan->ntables; i++) {
		struct audit_table *t = &u->tables[i];

		u->progress = p;
		rc = audit_rows(u, t, e);
		if (rc == 0)
			rc = audit_foreign(u, e);
		if (rc == 0)
			log_event(u->run, "eval", "table_audited", "schema", LOG_STR,
				t->plan->table->schema, "table", LOG_STR, t->plan->table->name,
				"rows", LOG_UINT, t->rows, NULL);
	}
	progress_end(p);
	return rc;
}

/* ---- artefacts ------------------------------------------------------------------------ */

typedef void writer_fn(const struct report *r, struct buf *b);

/* Always written, also when nothing changed: to make, a report is as new as the look. */
static int write_one(const struct report *r, const char *name, writer_fn *write, struct err *e)
{
	char *path = rundir_file(r->audit->run, name);
	struct outfile *f = NULL;
	struct buf b = BUF_INIT;
	int rc = -1;

	write(r, &b);
	if (path == NULL || !buf_ok(&b)) {
		err_nomem(e);
		goto out;
	}
	f = outfile_open(path, e);
	if (f == NULL || outfile_write(f, b.p, b.n, e) == -1)
		goto out;
	rc = outfile_commit(f, e);
	f = NULL;
out:
	outfile_abort(f);
	buf_free(&b);
	return rc;
}

static int write_all(const struct report *r, struct err *e)
{
	if (write_one(r, "metrics.json", report_metrics, e) == -1 ||
		write_one(r, "report.md", report_md, e) == -1 ||
		write_one(r, "report.html", report_html, e) == -1)
		return -1;
	if (opt_write_violations && write_one(r, "violations.json", report_violations, e) == -1)
		return -1;
	return 0;
}

static void say(const struct report *r)
{
	const char *run = r->audit->run->path;
	struct buf b = BUF_INIT;

	if (opt_output != NULL && strcmp(opt_output, "json") == 0) {
		report_metrics(r, &b);
		if (buf_ok(&b))
			stage_say("%.*s", (int)(b.n - 1), b.p);
		buf_free(&b);
		return;
	}
	report_summary(r);
	stage_say("metrics_path=%s/metrics.json", run);
	stage_say("report_path=%s/report.md", run);
	if (opt_write_violations)
		stage_say("violations_path=%s/violations.json", run);
}

/* ---- the stage -------------------------------------------------------------------------- */

/* Whether the exit status says no.  Without options only what the plan enforces decides, and what
 * nobody could evaluate is left to the reader; --strict wants every rule to hold. */
static int conclude(const struct report *r, struct err *e)
{
	const struct outcome *o = &r->outcome;
	const char *run = r->audit->run->path;

	if (opt_no_strict)
		return 0;
	if (o->violations > 0)
		return err_set(e, ERR_NO, "%llu violation%s: see %s/report.md",
			(unsigned long long)o->violations, o->violations == 1 ? "" : "s", run);
	if (!opt_strict || outcome_answer(o) == ANSWER_HOLDS)
		return 0;
	return err_set(e, ERR_NO,
		"--strict: rules not evaluated: %llu; rules that fail and are not enforced: %llu: "
		"see %s/report.md",
		(unsigned long long)(o->counted[ANSWER_NOT_EVALUATED] +
				     o->aside[ANSWER_NOT_EVALUATED]),
		(unsigned long long)o->aside[ANSWER_FAILS], run);
}

/* The files first, then the database, which completes what they could not tell. */
static int ask_all(struct report *r, struct audit *u, struct audit_sql *sql, struct err *e)
{
	if (read_tables(u, e) == -1)
		return -1;
	if (opt_conn != NULL || opt_sql) {
		const struct audit_subject of = {u->schema, u->findings, u->a};

		if (audit_sql_ask(sql, &of, opt_conn, e) == -1)
			return -1;
		r->sql = sql;
		if (loaded_read(&r->loaded, u, e) == -1)
			return -1;
	}
	if (sense_all(u, e) == -1 || findings_finish(u->findings, e) == -1)
		return -1;
	r->outcome = findings_outcome(u->findings);
	return 0;
}

static int evaluate(struct report *r, struct audit *u, struct audit_sql *sql, struct err *e)
{
	const struct locale *locale = locale_find(u->plan->locale);
	double t0 = now_ms(), t1;

	if (locale == NULL)
		return err_set(e, ERR_INPUT,
			"plan.msgpack: there is no locale \"%s\": run plan-check again",
			u->plan->locale);
	u->pairs = pairs_new(locale, u->a);
	if (u->pairs == NULL)
		return err_nomem(e);
	if (audit_tables(u, e) == -1 || find_files(u, e) == -1 || audit_prepare(u, e) == -1 ||
		receipts_check(u, e) == -1)
		return -1;
	t1 = now_ms();
	if (ask_all(r, u, sql, e) == -1)
		return -1;
	r->load_ms = t1 - t0;
	r->validate_ms = now_ms() - t1;
	r->total_ms = now_ms() - t0;
	if (receipts_report(u, e) == -1 || times_read(&r->times, u, e) == -1)
		return -1;
	r->run_id = receipts_run_id(u);
	if (r->run_id == NULL)
		return err_nomem(e);
	if (write_all(r, e) == -1)
		return -1;
	log_event(u->run, "eval", "run_finished", "verdict", LOG_STR,
		answer_name(outcome_answer(&r->outcome)), "violations", LOG_UINT,
		r->outcome.violations, "duration_ms", LOG_UINT, (uint64_t)r->total_ms, NULL);
	say(r);
	return conclude(r, e);
}

static int check_options(struct err *e)
{
	if (opt_run == NULL)
		return err_set(e, ERR_INPUT, "--run is required");
	if (opt_output != NULL && strcmp(opt_output, "text") != 0 &&
		strcmp(opt_output, "json") != 0)
		return err_set(e, ERR_INPUT, "--output is text or json, not %s", opt_output);
	if (opt_strict && opt_no_strict)
		return err_set(e, ERR_INPUT, "--strict and --no-strict exclude each other");
	if (opt_receipts && (opt_conn != NULL || opt_sql || opt_strict || opt_no_strict ||
				    opt_write_violations || opt_output != NULL))
		return err_set(e, ERR_INPUT,
			"--receipts reads no rows: it goes with --run and --max-examples alone");
	return 0;
}

static int run(struct err *e)
{
	struct arena a = ARENA_INIT;
	struct rundir dir;
	struct schema schema;
	struct plan plan;
	struct findings findings = {.a = &a};
	struct audit u = {
		.run = &dir, .schema = &schema, .plan = &plan, .a = &a, .findings = &findings};
	struct audit_sql sql = {.set = opt_set.v, .nset = opt_set.n};
	struct report r = {.audit = &u, .max_examples = opt_max_examples};
	const char *tmp = getenv("TMPDIR");
	int rc = -1;

	if (check_options(e) == -1)
		return -1;
	findings.keep = opt_max_examples;
	if (opt_write_violations && findings.keep < KEPT_FOR_VIOLATIONS)
		findings.keep = KEPT_FOR_VIOLATIONS;
	if (rundir_open(&dir, opt_run, &a, e) == -1 ||
		schema_read(&schema, rundir_file(&dir, "schema.msgpack"), &a, e) == -1 ||
		plan_read(&plan, rundir_file(&dir, "plan.msgpack"), &schema, &a, e) == -1 ||
		sql_widen(&schema, &a, e) == -1)
		goto out;
	if (opt_receipts) {
		rc = proof_run(&dir, &plan, schema.fingerprint, opt_max_examples, &a, e);
		goto out;
	}
	u.pool = spill_new(
		tmp != NULL && tmp[0] != '\0' ? tmp : dir.path, (size_t)opt_memory * MIB, e);
	if (u.pool == NULL)
		goto out;
	log_event(&dir, "eval", "run_started", NULL);
	rc = evaluate(&r, &u, &sql, e);
	if (rc == -1 && e->kind != ERR_NO)
		log_event(&dir, "eval", "run_failed", NULL);
out:
	audit_free(&u);
	spill_free(u.pool);
	arena_free(&a);
	return rc;
}

int main(int argc, char **argv)
{
	static const struct opt opts[] = {
		{"run", 0, OPT_STR, &opt_run, "DIR", "the run directory"},
		{"conn", 0, OPT_STR, &opt_conn, "URL",
			"ask the same questions by SQL in this database, into which the run was\n"
			"loaded; a constraint that it defines otherwise, or does not have, is not\n"
			"evaluated"},
		{"sql", 0, OPT_FLAG, &opt_sql, NULL,
			"as --conn, with the database that DATABASE_URL or libpq's environment\n"
			"variables name"},
		{"set", 0, OPT_LIST, &opt_set, "NAME=VALUE",
			"set a custom parameter, such as app.tenant=1, in that session, because\n"
			"CHECK constraints may read it by current_setting(); may be repeated"},
		{"strict", 0, OPT_FLAG, &opt_strict, NULL,
			"end with status 1 unless every constraint was evaluated and holds, also\n"
			"those that the plan does not enforce"},
		{"no-strict", 0, OPT_FLAG, &opt_no_strict, NULL,
			"end with status 0 even if there are violations"},
		{"max-examples", 0, OPT_U32, &opt_max_examples, "N",
			"how many violating rows the reports name (default 20); with --receipts,\n"
			"how many problems"},
		{"write-violations", 0, OPT_FLAG, &opt_write_violations, NULL,
			"also write violations.json, with at most 1000 violations of a constraint"},
		{"receipts", 0, OPT_FLAG, &opt_receipts, NULL,
			"read no rows; check by the receipts that every shard is there once, made\n"
			"from one plan, with the digests that were written, and write\n"
			"manifest.sha256 for sha256sum -c"},
		{"output", 0, OPT_STR, &opt_output, "text|json",
			"what to print: a table (text) or metrics.json (json)"},
		{"format", 0, OPT_STR, NULL, "output", NULL},
		{"memory", 0, OPT_U32, &opt_memory, "MIB",
			"memory for keys (default 256); what does not fit goes to a temporary\n"
			"file in TMPDIR, or else in the run directory"},
	};
	static const struct stage stage = {
		.name = "eval",
		.about = "Audit the files of a run against every constraint of the schema.  Each "
			 "rule holds,\n"
			 "fails, or was not evaluated.",
		.usage = "--run DIR [--conn URL | --sql] [--strict | --no-strict] "
			 "[--write-violations]\n"
			 "       eval --run DIR --receipts [--max-examples N]",
		.reads = "schema.msgpack plan.msgpack data/* receipts/* keys/*.existing.msgpack",
		.writes = "metrics.json report.md report.html generation_report.json logs.ndjson "
			  "violations.json manifest.sha256",
		.examples = "datalchemy eval --run runs/a\n"
			    "datalchemy eval --run runs/a --conn postgresql://localhost/crm",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
		.run = run,
	};

	return stage_main(&stage, argc, argv);
}
