/* SPDX-License-Identifier: MIT */
/*
 * The work of gen-parents and gen-children: which shards of which tables are to
 * be made, and making them.
 *
 * Tables are made level by level: those of one level do not depend on each
 * other, so that their shards are tasks for a pool of processes. A shard is
 * done when its receipt says that it was made from the same plan, inputs and
 * options, and its files are there; then it is left alone. Programs of tables
 * are compiled only if there is something to make. Everything of a level is
 * freed before the next one begins.
 */
#include "common/codec/enc.h"
#include "common/run/run.h"

#include <stdio.h>
#include <string.h>

#include "common/base/num.h"
#include "common/io/file.h"
#include "common/io/log.h"
#include "common/relation/foreign.h"
#include "common/run/run_int.h"

/* A call of a stage: the job, and what is to be made of the level at hand. */
struct call {
	struct run_job job;
	struct rundir run;
	struct plan plan;
	struct schema schema;
	struct arena a;		   /* of the call */
	char (**digests)[RUN_HEX]; /* by plan table, then shard: of key files */
	struct run_table *tables;  /* of a level */
	uint32_t ntables;
	struct run_task *tasks;
	uint32_t ntasks;
	struct run_done done; /* of the worker, which has a copy of all of this */
};

/* ---- a level --------------------------------------------------------------------------- */

/* Problems that are found while a table's program is compiled. */
struct issues {
	struct arena *a;
	struct run_issue *first, **last;
	struct err *e; /* the first problem that is no warning */
};

/* Keeps warnings in order, and the first problem that is none. */
static void note(void *ctx, const char *code, bool warning, const struct pg_table *t,
	const struct pg_column *c, const char *message, const char *hint)
{
	struct issues *all = ctx;
	struct run_issue *i;

	if (!warning) {
		if (all->e->kind == ERR_NONE)
			err_set(all->e, ERR_NO, "table %s.%s%s%s: %s%s%s", t->schema, t->name,
				c ? ", column " : "", c ? c->name : "", message, hint ? ": " : "",
				hint ? hint : "");
		return;
	}
	if ((i = arena_alloc(all->a, sizeof(*i))) == NULL)
		return;
	i->code = arena_strdup(all->a, code);
	i->message = arena_strdup(all->a, message);
	i->column = c != NULL ? arena_strdup(all->a, c->name) : NULL;
	if (i->code == NULL || i->message == NULL)
		return;
	*all->last = i;
	all->last = &i->next;
}

/* Compiles the program of a table. */
static int bind_one(struct call *c, struct run_table *t, struct arena *a, struct err *e)
{
	struct issues all = {.a = a, .e = e};
	struct compile_report report = {note, &all};
	struct table_program *b;
	int rc;

	all.last = &all.first;
	e->kind = ERR_NONE;
	rc = program_compile(&b, &c->plan, t->t, &c->schema, &report, a, e);
	t->b = b;
	t->issues = all.first;
	return rc == 0 ? 0 : -1;
}

/* Whether a shard is there, made from what would be used now: 1 or 0, -1 on failure. */
static int is_done(struct call *c, const struct run_table *t, uint32_t shard, struct err *e)
{
	json_t *j = NULL;
	int there;

	if (c->job.o->force || c->job.o->discard || run_shows(c->job.o))
		return 0;
	there = run_is_done(&c->job, t, shard, &j, e);
	json_decref(j);
	return there;
}

/*
 * The shards of a table that are to be made; its program is compiled only when
 * there are any.
 */
static int add_table(struct call *c, struct run_table *t, struct arena *a, struct err *e)
{
	bool rows = c->job.o->slice == NULL && c->job.o->look == NULL;
	uint32_t shards = rows ? t->t->shards : 1;

	if (run_inputs(&c->job, t, c->digests, a, e) == -1)
		return -1;
	for (uint32_t s = 0; s < shards; s++) {
		int done;

		if (rows && !run_wants(&c->job, t->t, s))
			continue;
		done = is_done(c, t, s, e);
		if (done == -1)
			return -1;
		if (done == 1) {
			run_receipt_age(&c->job, t->t, s);
			t->shards_kept++;
			continue;
		}
		c->tasks[c->ntasks++] = (struct run_task){t, s};
		t->shards_made++;
		t->made += shard_start(t->t->rows, s + 1, t->t->shards) -
			   shard_start(t->t->rows, s, t->t->shards);
		if (c->ntasks == 1)
			c->job.first_shard = s;
		c->job.last_shard = s;
	}
	if (t->shards_made == 0)
		return 0;
	if (!c->job.o->discard && !run_shows(c->job.o) && run_sweep(&c->job, t->t, e) == -1)
		return -1;
	if (bind_one(c, t, a, e) == -1)
		return -1;
	if (engine_context(&t->b, &t->fc, t->b, &c->run, NULL, a, e) == -1)
		return -1;
	return engine_share(t->b, t->fc, e);
}

/* Lists the tasks of a level. */
static int level_begin(struct call *c, uint32_t level, struct arena *a, struct err *e)
{
	size_t shards = 0;

	for (uint32_t i = 0; i < c->plan.ntables; i++)
		shards += c->plan.tables[i].level == level ? c->plan.tables[i].shards : 0;
	c->ntables = c->ntasks = 0;
	c->tables = arena_array(a, c->plan.ntables, sizeof(c->tables[0]));
	c->tasks = arena_array(a, shards + 1, sizeof(c->tasks[0]));
	if (c->tables == NULL || c->tasks == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < c->plan.ntables; i++) {
		const struct plan_table *t = &c->plan.tables[i];

		if (t->level != level || t->existing || (c->job.one != NULL && c->job.one != t))
			continue;
		c->tables[c->ntables].t = t;
		if (add_table(c, &c->tables[c->ntables++], a, e) == -1)
			return -1;
	}
	return 0;
}

/* One shard, by a worker of the pool. */
static int task(const struct run_pool *pool, void *ctx, uint32_t i, struct err *e)
{
	struct call *c = ctx;

	return run_shard(&c->job, pool, &c->tasks[i], &c->done, e);
}

/* The shards of a worker that lack a receipt. */
static int finish(void *ctx, struct err *e)
{
	struct call *c = ctx;

	return run_done_all(&c->done, &c->job, e);
}

/* Before an error of a task that could not say itself whose it was. */
static void name_task(const void *ctx, uint32_t i, struct err *e)
{
	const struct call *c = ctx;
	const struct run_task *t = &c->tasks[i];
	const struct pg_table *p = t->table->t->table;

	if (t->table->t->shards == 1)
		err_wrap(e, "table %s.%s", p->schema, p->name);
	else
		err_wrap(e, "table %s.%s, shard %u", p->schema, p->name, t->shard);
}

/* Shows the warnings of the level's tables. */
static void say(const struct call *c)
{
	for (uint32_t i = 0; i < c->ntables; i++) {
		const struct run_table *t = &c->tables[i];
		const struct pg_table *p = t->t->table;

		for (const struct run_issue *w = t->issues; w != NULL; w = w->next)
			stage_warn("%s: %s.%s: %s", w->code, p->schema, p->name, w->message);
		if (t->shards_made == 0)
			stage_say("%s.%s: up to date", p->schema, p->name);
		else if (t->t->shards == 1)
			stage_say("%s.%s: %llu rows", p->schema, p->name,
				(unsigned long long)t->made);
		else
			stage_say("%s.%s: %llu rows in %u of %u shards", p->schema, p->name,
				(unsigned long long)t->made, t->shards_made, t->t->shards);
	}
}

/* Makes all shards of a level. */
static int make_level(struct call *c, uint32_t level, struct err *e)
{
	struct arena a = ARENA_INIT;
	int rc = level_begin(c, level, &a, e);
	struct run_work w = {c->ntasks, task, name_task, c, c->job.progress, finish};

	if (rc == 0)
		rc = run_pool(c->job.o->jobs, &w, e);
	if (rc == 0 && !run_shows(c->job.o))
		say(c);
	for (uint32_t i = 0; i < c->ntables; i++)
		foreign_close(c->tables[i].fc);
	arena_free(&a);
	return rc;
}

/* ---- the call ------------------------------------------------------------------------------ */

/* The rows that a call makes, for the progress line. */
static uint64_t rows_of(const struct call *c, bool parents)
{
	uint64_t rows = 0;

	for (uint32_t i = 0; i < c->plan.ntables; i++)
		if (c->job.one == &c->plan.tables[i] ||
			(c->job.one == NULL && !c->plan.tables[i].existing &&
				(c->plan.tables[i].level == 0) == parents))
			rows += c->plan.tables[i].rows;
	return rows;
}

/* The folders that shards are written to. */
static int make_dirs(const struct rundir *run, struct err *e)
{
	static const char *const names[] = {"data", "keys", "receipts"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = rundir_file(run, names[i]);

		if (path == NULL)
			return err_nomem(e);
		if (dir_make(path, e) == -1 || dir_sweep(path, e) == -1)
			return -1;
	}
	return 0;
}

/* Opens the run, its schema and plan. */
static int open_run(struct call *c, const struct run_options *o, struct err *e)
{
	char *schema, *plan;

	if (o->run == NULL)
		return err_set(e, ERR_INPUT, "--run DIR is required");
	if (run_choose_form(&c->job, o, e) == -1 || rundir_open(&c->run, o->run, &c->a, e) == -1)
		return -1;
	schema = rundir_file(&c->run, "schema.msgpack");
	plan = rundir_file(&c->run, "plan.msgpack");
	if (schema == NULL || plan == NULL)
		return err_nomem(e);
	if (schema_read(&c->schema, schema, &c->a, e) == -1 ||
		plan_read(&c->plan, plan, &c->schema, &c->a, e) == -1 ||
		sql_widen(&c->schema, &c->a, e) == -1)
		return -1;
	c->digests = arena_array(&c->a, c->plan.ntables + 1UL, sizeof(c->digests[0]));
	if (c->digests == NULL)
		return err_nomem(e);
	return run_choose(&c->job, o, e);
}

static bool wants_level(const struct call *c, uint32_t level)
{
	if (c->job.one != NULL)
		return c->job.one->level == level;
	return c->job.level_asked == RUN_EVERY_LEVEL || c->job.level_asked == level;
}

/*
 * gen-parents makes the first level, gen-children all others; a single table
 * makes its own only.
 */
static int make_levels(struct call *c, const struct run_options *o, struct err *e)
{
	uint32_t last = 0;

	if (o->look != NULL)
		return make_level(c, c->job.one->level, e);
	for (uint32_t i = 0; i < c->plan.ntables && !o->parents; i++)
		last = c->plan.tables[i].level > last ? c->plan.tables[i].level : last;
	for (uint32_t level = o->parents ? 0 : 1; level <= last; level++)
		if (wants_level(c, level) && (o->list != NULL ? run_list(&c->job, level, e)
							      : make_level(c, level, e)) == -1)
			return -1;
	return 0;
}

/* What both stages do after reading their options. */
int run_generate(const struct run_options *o, struct err *e)
{
	struct call c = {.a = ARENA_INIT};
	int rc;

	json_object_seed(1); /* else jansson asks /dev/urandom; order does not hang on it */
	c.job = (struct run_job){.o = o, .run = &c.run, .plan = &c.plan, .schema = &c.schema};
	rc = open_run(&c, o, e);
	if (rc == -1 || o->list != NULL) {
		if (rc == 0)
			rc = make_levels(&c, o, e);
		arena_free(&c.a);
		return rc;
	}
	if (!run_shows(o))
		rc = make_dirs(&c.run, e) == 0 ? run_folders_read(&c.job.folders, &c.run, e) : -1;
	if (rc == 0)
		rc = run_stream_open(&c.job, e);
	if (rc == 0) {
		c.job.progress = progress_start(o->stage, rows_of(&c, o->parents));
		rc = make_levels(&c, o, e);
		progress_end(c.job.progress);
	}
	rc = run_stream_end(&c.job, rc == 0, e);
	if (rc == 0 && !o->discard && !run_shows(o))
		rc = run_report_write(&c.run, &c.plan, e) == -1 ? -1 : 0;
	arena_free(&c.a);
	return rc;
}
