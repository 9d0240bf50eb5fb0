/* SPDX-License-Identifier: MIT */
/*
 * generation_report.json: the receipts of all shards, added up. Everything in
 * it except "performance" is a function of the plan, so that two runs of one
 * plan have equal reports; the times are read from the log.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/version.h"
#include "common/io/file.h"
#include "common/io/json.h"
#include "common/io/log.h"
#include "common/run/run_int.h"

struct report {
	const struct rundir *run;
	const struct plan *plan;
	json_t **receipts; /* of every shard, in the order of the plan */
	size_t n;
	json_t *generators, *transforms, *pii, *codes;
	uint64_t rows, retries, most, bytes; /* most: attempts at any one row */
	bool lost;			     /* memory was out for something of it */
};

/* ---- reading ------------------------------------------------------------------------- */

/* All receipts: 1; 0 when a shard is not done; -1 on failure. */
static int read_receipts(struct report *r, struct arena *a, struct err *e)
{
	size_t shards = 0;

	for (uint32_t i = 0; i < r->plan->ntables; i++)
		shards += r->plan->tables[i].shards;
	if ((r->receipts = arena_array(a, shards + 1, sizeof(r->receipts[0]))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < r->plan->ntables; i++)
		for (uint32_t s = 0; !r->plan->tables[i].existing && s < r->plan->tables[i].shards;
			s++) {
			json_t *j;
			int there = run_receipt_read(r->run, &r->plan->tables[i], s, &j, e);

			if (there != 1)
				return there;
			r->receipts[r->n++] = j;
		}
	return 1;
}

static uint64_t number(const json_t *j, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(j, key));
}

static uint64_t more(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Adds to a member of an object of sums; a sum that finds no memory is lost, and so the report. */
static void add(struct report *r, json_t *sums, const char *key, uint64_t n)
{
	if (json_object_set_new(sums, key, json_integer((json_int_t)(number(sums, key) + n))) == -1)
		r->lost = true;
}

static void add_all(struct report *r, json_t *sums, json_t *from)
{
	const char *key;
	json_t *value;

	json_object_foreach(from, key, value)
	{
		add(r, sums, key, (uint64_t)json_integer_value(value));
	}
}

/*
 * Rows that fail a check whose policy is to warn, and what the compiler warned
 * of.
 */
static void add_codes(struct report *r, const json_t *receipt)
{
	json_t *failed = json_object_get(receipt, "checks_failed"), *value;
	const json_t *issue;
	const char *key;
	size_t i;

	json_object_foreach(failed, key, value)
	{
		add(r, r->codes, "check_failed", (uint64_t)json_integer_value(value));
	}
	if (number(receipt, "shard") == 0)
		json_array_foreach(json_object_get(receipt, "issues"), i, issue)
		{
			const char *code = json_string_value(json_object_get(issue, "code"));

			if (code != NULL)
				add(r, r->codes, code, 1);
		}
}

/* Adds up all receipts. */
static void sum(struct report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const json_t *j = r->receipts[i], *o;
		size_t k;

		add_all(r, r->generators, json_object_get(j, "generator_usage"));
		add_all(r, r->transforms, json_object_get(j, "transform_usage"));
		add_all(r, r->pii, json_object_get(j, "pii_columns_touched"));
		add_codes(r, j);
		r->rows += number(j, "rows");
		r->retries += number(j, "retries");
		r->most = more(r->most, number(j, "attempts_most"));
		json_array_foreach(json_object_get(j, "outputs"), k, o)
		{
			const char *path = json_string_value(json_object_get(o, "path"));

			if (path != NULL && strncmp(path, "data/", 5) == 0)
				r->bytes += number(o, "bytes");
		}
	}
}

/* What the log has said of the plan's shards: the last time each was made. */
struct durations {
	const struct plan *plan;
	bool **known; /* by table, and shard */
	uint64_t us, left;
};

/* The log is read from its end: the first that it says of a shard is how it was made last. */
static bool duration_of_shard(void *ctx, const char *target, const json_t *fields)
{
	struct durations *d = ctx;
	const char *event = json_string_value(json_object_get(fields, "event"));
	const char *schema = json_string_value(json_object_get(fields, "schema"));
	const char *table = json_string_value(json_object_get(fields, "table"));
	uint64_t shard = number(fields, "shard");
	const struct plan_table *t;

	(void)target;
	if (event == NULL || strcmp(event, "shard_finished") != 0 || schema == NULL ||
		table == NULL)
		return true;
	t = plan_table(d->plan, schema, table);
	if (t == NULL || t->existing || shard >= t->shards || d->known[t - d->plan->tables][shard])
		return true;
	d->known[t - d->plan->tables][shard] = true;
	d->us += number(fields, "duration_us");
	return --d->left > 0;
}

/* How long the shards took together, each as it was made last. */
static uint64_t duration_ms(struct report *r)
{
	struct arena a = ARENA_INIT;
	struct durations d = {.plan = r->plan, .left = r->n};

	d.known = arena_array(&a, r->plan->ntables + 1UL, sizeof(d.known[0]));
	for (uint32_t i = 0; d.known != NULL && i < r->plan->ntables; i++)
		d.known[i] = arena_array(&a, r->plan->tables[i].shards, sizeof(bool));
	r->lost = r->lost || a.failed;
	if (r->n > 0 && !a.failed)
		log_backwards(r->run, "\"shard_finished\"", duration_of_shard, &d);
	arena_free(&a);
	return d.us / 1000;
}

/* ---- writing ------------------------------------------------------------------------- */

/* How often a row was drawn, the first time included. */
static void attempts(struct jsonw *j, uint64_t rows, uint64_t retries, uint64_t most)
{
	jw_kdouble(j, "attempts_average", rows > 0 ? (double)(rows + retries) / (double)rows : 0);
	jw_kuint(j, "attempts_most", most);
}

/* One entry for each table. */
static void tables(const struct report *r, struct jsonw *j)
{
	size_t at = 0;

	jw_key(j, "tables");
	jw_array(j);
	for (uint32_t i = 0; i < r->plan->ntables; i++) {
		const struct plan_table *t = &r->plan->tables[i];
		uint64_t rows = 0, retries = 0, most = 0;

		if (t->existing)
			continue;
		for (uint32_t s = 0; s < t->shards; s++, at++) {
			rows += number(r->receipts[at], "rows");
			retries += number(r->receipts[at], "retries");
			most = more(most, number(r->receipts[at], "attempts_most"));
		}
		jw_object(j);
		jw_kstr(j, "schema", t->table->schema);
		jw_kstr(j, "table", t->table->name);
		jw_kuint(j, "rows_requested", t->rows);
		jw_kuint(j, "rows_generated", rows);
		jw_kuint(j, "retries", retries);
		attempts(j, rows, retries, most);
		jw_end(j);
	}
	jw_end(j);
}

/* What keeps the unique columns distinct that are derived or transformed, as the plan has it. */
static void uniques(const struct report *r, struct jsonw *j)
{
	jw_key(j, "unique_columns");
	jw_array(j);
	for (uint32_t i = 0; i < r->plan->ntables; i++) {
		const struct plan_table *t = &r->plan->tables[i];

		for (uint32_t c = 0; !t->existing && c < t->table->ncolumns; c++) {
			if (t->columns[c].unique_by == NULL)
				continue;
			jw_object(j);
			jw_kstr(j, "schema", t->table->schema);
			jw_kstr(j, "table", t->table->name);
			jw_kstr(j, "column", t->table->columns[c].name);
			jw_kstr(j, "by", t->columns[c].unique_by);
			if (t->columns[c].unique_why != NULL)
				jw_kstr(j, "why", t->columns[c].unique_why);
			jw_end(j);
		}
	}
	jw_end(j);
}

/* An object of names and sums, ordered by name. */
static void sums_write(struct report *r, struct jsonw *j, const char *name, json_t *sums)
{
	const char **keys = calloc(json_object_size(sums) + 1, sizeof(keys[0]));
	const char *key;
	json_t *value;
	size_t n = 0;

	r->lost = r->lost || keys == NULL;
	jw_key(j, name);
	jw_object(j);
	json_object_foreach(sums, key, value)
	{
		size_t at = n++;

		if (keys == NULL)
			continue;
		for (; at > 0 && strcmp(keys[at - 1], key) > 0; at--)
			keys[at] = keys[at - 1];
		keys[at] = key;
	}
	for (size_t i = 0; keys != NULL && i < n; i++)
		jw_kuint(j, keys[i], number(sums, keys[i]));
	jw_end(j);
	free(keys);
}

struct issue {
	const char *level, *code, *message, *column;
	const struct pg_table *t;
};

/* One problem, with its place as SCHEMA.TABLE.COLUMN. */
static void issue_write(struct jsonw *j, const struct issue *i)
{
	char path[400];

	(void)snprintf(path, sizeof(path), "%s.%s%s%s", i->t->schema, i->t->name,
		i->column ? "." : "", i->column ? i->column : "");
	jw_object(j);
	jw_kstr(j, "level", i->level);
	jw_kstr(j, "code", i->code);
	jw_kstr(j, "message", i->message);
	jw_kstr(j, "path", path);
	jw_kstr(j, "schema", i->t->schema);
	jw_kstr(j, "table", i->t->name);
	if (i->column != NULL)
		jw_kstr(j, "column", i->column);
	jw_end(j);
}

/* One line for a check and table, whatever the number of rows. */
static void failed_checks(struct report *r, struct jsonw *j, const struct plan_table *t, size_t at)
{
	json_t *sums = json_object(), *value;
	const char *name;

	for (uint32_t s = 0; s < t->shards; s++)
		add_all(r, sums, json_object_get(r->receipts[at + s], "checks_failed"));
	json_object_foreach(sums, name, value)
	{
		struct issue i = {.level = "warning", .code = "check_failed", .t = t->table};

		i.message = arena_printf(r->run->a, "%lld rows fail check %s",
			(long long)json_integer_value(value), name);
		r->lost = r->lost || i.message == NULL;
		issue_write(j, &i);
	}
	json_decref(sums);
}

/*
 * Problems that the compiler found; they are the same for all shards of a
 * table, so that the first one's receipt is read.
 */
static void bind_issues(
	const struct report *r, struct jsonw *j, const struct plan_table *t, size_t at, bool checks)
{
	const json_t *issue;
	size_t k;

	json_array_foreach(json_object_get(r->receipts[at], "issues"), k, issue)
	{
		struct issue i = {.level = "warning",
			.code = json_string_value(json_object_get(issue, "code")),
			.message = json_string_value(json_object_get(issue, "message")),
			.column = json_string_value(json_object_get(issue, "column")),
			.t = t->table};

		if (i.code != NULL && (strcmp(i.code, "check_unsupported") == 0) == checks)
			issue_write(j, &i);
	}
}

/* Warnings of the compiler and checks that failed, table by table. */
static void issues(struct report *r, struct jsonw *j, const char *key, bool unsupported)
{
	size_t at = 0;

	jw_key(j, key);
	jw_array(j);
	for (uint32_t i = 0; i < r->plan->ntables; i++) {
		const struct plan_table *t = &r->plan->tables[i];

		if (t->existing)
			continue;
		if (!unsupported)
			failed_checks(r, j, t, at);
		bind_issues(r, j, t, at, unsupported);
		at += t->shards;
	}
	jw_end(j);
}

/* The id in the directory's name, else one that is derived from the plan. */
static const char *run_id(const struct report *r, char to[37])
{
	const char *base = strrchr(r->run->path, '/'), *mark;
	const char *d = r->plan->digest;

	base = base != NULL ? base + 1 : r->run->path;
	if ((mark = strstr(base, "__run_")) != NULL)
		return mark + strlen("__run_");
	(void)snprintf(to, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", d, d + 8, d + 12, d + 16, d + 20);
	return to;
}

/* The members of the document, in a fixed order. */
static void write_all(struct report *r, struct jsonw *j)
{
	uint64_t ms = duration_ms(r);
	char id[37];

	jw_object(j);
	jw_kstr(j, "run_id", run_id(r, id));
	jw_kstr(j, "tool_version", DATALCHEMY_VERSION);
	jw_kstr(j, "plan_digest", r->plan->digest);
	jw_kstr(j, "schema_fingerprint", r->plan->schema_fingerprint);
	tables(r, j);
	plan_exceptions_json(j, r->plan);
	uniques(r, j);
	jw_kuint(j, "retries_total", r->retries);
	attempts(j, r->rows, r->retries, r->most);
	sums_write(r, j, "generator_usage", r->generators);
	sums_write(r, j, "transform_usage", r->transforms);
	jw_kuint(j, "fallback_count", 0);
	jw_kuint(j, "heuristic_count", 0);
	jw_kuint(j, "unknown_generator_id_count", 0);
	sums_write(r, j, "pii_columns_touched", r->pii);
	sums_write(r, j, "warnings_by_code", r->codes);
	jw_kuint(j, "bytes_written", r->bytes);
	issues(r, j, "warnings", false);
	issues(r, j, "unsupported", true);
	jw_key(j, "performance");
	jw_object(j);
	jw_kuint(j, "duration_ms", ms);
	jw_kdouble(
		j, "throughput_bytes_per_sec", ms > 0 ? (double)r->bytes * 1000 / (double)ms : 0);
	jw_end(j);
	jw_end(j);
}

static int write_report(struct report *r, struct err *e)
{
	char *path = rundir_file(r->run, "generation_report.json");
	struct buf b = BUF_INIT;
	struct jsonw j;
	int rc;

	jw_begin(&j, &b, true);
	write_all(r, &j);
	buf_addc(&b, '\n');
	rc = path == NULL || !buf_ok(&b) || r->lost ? err_nomem(e)
						    : file_replace(path, b.p, b.n, e);
	buf_free(&b);
	return rc == -1 ? -1 : 1;
}

/* Writes the report when all shards are done; until then there is none. */
int run_report_write(const struct rundir *run, const struct plan *plan, struct err *e)
{
	struct report r = {.run = run,
		.plan = plan,
		.generators = json_object(),
		.transforms = json_object(),
		.pii = json_object(),
		.codes = json_object()};
	struct arena a = ARENA_INIT;
	int rc = read_receipts(&r, &a, e);

	if (rc == 1) {
		sum(&r);
		rc = write_report(&r, e);
	}
	for (size_t i = 0; i < r.n; i++)
		json_decref(r.receipts[i]);
	json_decref(r.generators);
	json_decref(r.transforms);
	json_decref(r.pii);
	json_decref(r.codes);
	arena_free(&a);
	return rc;
}
