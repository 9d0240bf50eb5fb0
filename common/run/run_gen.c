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
	struct arena a;		      /* of the call */
	char (**digests)[RUN_HEX];    /* by plan table, then shard: of key files */
	const struct plan_table *one; /* --table, or NULL */
	struct run_table *tables;     /* of a level */
	uint32_t ntables;
	struct run_task *tasks;
	uint32_t ntasks;
};

/* ---- options ------------------------------------------------------------------------- */

/*
 * The table that SCHEMA.TABLE means. Either part may have dots; the name as
 * files have it is taken too, if it means one table only.
 */
static const struct plan_table *named(struct call *c, const char *name, struct err *e)
{
	const struct plan_table *found = NULL;

	for (uint32_t i = 0; i < c->plan.ntables; i++) {
		const struct pg_table *t = c->plan.tables[i].table;
		const char *file = rundir_table(&c->run, t->schema, t->name);
		size_t n = strlen(t->schema);

		if (file == NULL) {
			err_nomem(e);
			return NULL;
		}
		if (strcmp(file, name) == 0)
			return &c->plan.tables[i];
		if (strncmp(name, t->schema, n) != 0 || name[n] != '.' ||
			strcmp(name + n + 1, t->name) != 0)
			continue;
		if (found != NULL) {
			err_set(e, ERR_INPUT, "--table %s: more than one: name its files, %s or %s",
				name,
				rundir_table(&c->run, found->table->schema, found->table->name),
				file);
			return NULL;
		}
		found = &c->plan.tables[i];
	}
	if (found == NULL)
		err_set(e, ERR_INPUT, "no table %s in the plan", name);
	return found;
}

/* The table and shard that were asked for. */
static int choose_table(struct call *c, const struct run_options *o, struct err *e)
{
	if (o->table == NULL)
		return o->shard == UINT32_MAX
			       ? 0
			       : err_set(e, ERR_INPUT, "--shard needs --table SCHEMA.TABLE");
	if ((c->one = named(c, o->table, e)) == NULL)
		return -1;
	if (c->one->existing)
		return err_set(e, ERR_INPUT,
			"table %s: its rows are in the database: none are made", o->table);
	if (o->look == NULL && (c->one->level == 0) != o->parents)
		return err_set(e, ERR_INPUT, "table %s has %s in the plan: it is made by %s",
			o->table, o->parents ? "parents" : "no parent",
			o->parents ? "gen-children" : "gen-parents");
	if (o->shard != UINT32_MAX && o->shard >= c->one->shards)
		return err_set(e, ERR_INPUT, "table %s has shards 0 to %u, no %u", o->table,
			c->one->shards - 1, o->shard);
	return 0;
}

/* The rows that were asked for, which have to exist. */
static int choose_slice(struct call *c, const struct run_options *o, struct err *e)
{
	struct run_job *j = &c->job;
	const char *colon = o->slice == NULL ? NULL : strchr(o->slice, ':');

	if (o->look != NULL && o->look->row >= c->one->rows)
		return err_set(e, ERR_INPUT,
			"table %s has %llu rows, counted from 0: there is no row %llu", o->table,
			(unsigned long long)c->one->rows, (unsigned long long)o->look->row);
	if (o->slice == NULL)
		return 0;
	if (c->one == NULL || o->shard != UINT32_MAX)
		return err_set(e, ERR_INPUT, "--slice needs --table SCHEMA.TABLE, without --shard");
	if (colon == NULL || !num_parse_count(o->slice, (size_t)(colon - o->slice), &j->from) ||
		!num_parse_count(colon + 1, strlen(colon + 1), &j->count))
		return err_set(e, ERR_INPUT, "--slice %s: write FROM:COUNT", o->slice);
	if (j->from > c->one->rows || j->count > c->one->rows - j->from)
		return err_set(e, ERR_INPUT, "--slice %s: table %s has %llu rows", o->slice,
			o->table, (unsigned long long)c->one->rows);
	return 0;
}

/* Rows that were not checked must not be kept. */
static int choose_checks(const struct run_options *o, struct err *e)
{
	if (o->unchecked && !o->discard)
		return err_set(
			e, ERR_INPUT, "--unchecked needs --discard: its rows are not to be kept");
	return 0;
}

/* The format and the compression. */
static int choose_form(struct run_job *j, const struct run_options *o, struct err *e)
{
	const char *z = o->compress;
	int64_t level = 1;

	j->format = data_format_named(o->format != NULL ? o->format : "csv");
	if (j->format == DATA_FORMATS)
		return err_set(e, ERR_INPUT,
			"--format %s: the formats are csv, text, binary and jsonl", o->format);
	if (z == NULL)
		return 0;
	if (strncmp(z, "zstd", 4) != 0 || (z[4] != '\0' && z[4] != ':') ||
		(z[4] == ':' && !num_parse_i64(z + 5, strlen(z + 5), &level)) || level < 1 ||
		level > 19)
		return err_set(e, ERR_INPUT, "--compress %s: write zstd or zstd:LEVEL, 1 to 19", z);
	j->level = (int)level;
	(void)snprintf(j->compress, sizeof(j->compress), "zstd:%d", j->level);
	return 0;
}

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

/* Whether a shard is there, made from what would be used now. */
static bool is_done(struct call *c, const struct run_table *t, uint32_t shard)
{
	struct run_receipt r = {.t = t->t,
		.shard = shard,
		.format = data_format_name(enc_format(t->t->table, c->job.format)),
		.compress = c->job.compress,
		.inputs = t->inputs,
		.ninputs = t->ninputs};
	json_t *j;
	bool same;

	if (c->job.o->force || c->job.o->discard || run_shows(c->job.o))
		return false;
	if ((j = run_receipt_read(&c->run, t->t, shard)) == NULL)
		return false;
	same = run_receipt_same(j, &r);
	json_decref(j);
	return same;
}

/*
 * The shards of a table that are to be made; its program is compiled only when
 * there are any.
 */
static int add_table(struct call *c, struct run_table *t, struct arena *a, struct err *e)
{
	uint32_t from = 0, to = t->t->shards;

	if (run_shows(c->job.o))
		to = 1;
	if (c->one != NULL && c->job.o->shard != UINT32_MAX) {
		from = c->job.o->shard;
		to = from + 1;
	}
	if (run_inputs(&c->job, t, c->digests, a, e) == -1)
		return -1;
	for (uint32_t s = from; s < to; s++) {
		if (is_done(c, t, s)) {
			run_receipt_age(&c->job, t->t, s);
			t->shards_kept++;
			continue;
		}
		c->tasks[c->ntasks++] = (struct run_task){t, s};
		t->shards_made++;
		t->made += shard_start(t->t->rows, s + 1, t->t->shards) -
			   shard_start(t->t->rows, s, t->t->shards);
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

		if (t->level != level || t->existing || (c->one != NULL && c->one != t))
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

	return run_shard(&c->job, pool, &c->tasks[i], e);
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
	struct run_work w = {c->ntasks, task, name_task, c, c->job.progress};

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
		if (c->one == &c->plan.tables[i] ||
			(c->one == NULL && !c->plan.tables[i].existing &&
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
	if (choose_checks(o, e) == -1 || choose_form(&c->job, o, e) == -1 ||
		rundir_open(&c->run, o->run, &c->a, e) == -1)
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
	return choose_table(c, o, e) == -1 ? -1 : choose_slice(c, o, e);
}

/*
 * gen-parents makes the first level, gen-children all others; a single table
 * makes its own only.
 */
static int make_levels(struct call *c, const struct run_options *o, struct err *e)
{
	uint32_t last = 0;

	if (o->look != NULL)
		return make_level(c, c->one->level, e);
	for (uint32_t i = 0; i < c->plan.ntables && !o->parents; i++)
		last = c->plan.tables[i].level > last ? c->plan.tables[i].level : last;
	for (uint32_t level = o->parents ? 0 : 1; level <= last; level++)
		if ((c->one == NULL || c->one->level == level) && make_level(c, level, e) == -1)
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
	if (rc == 0 && !run_shows(o))
		rc = make_dirs(&c.run, e);
	if (rc == 0) {
		c.job.progress = progress_start(o->stage, rows_of(&c, o->parents));
		rc = make_levels(&c, o, e);
		progress_end(c.job.progress);
	}
	if (rc == 0 && !o->discard && !run_shows(o))
		rc = run_report_write(&c.run, &c.plan, e) == -1 ? -1 : 0;
	arena_free(&c.a);
	return rc;
}
