/* SPDX-License-Identifier: MIT */
/*
 * What a call asks for: which table, which of its shards or rows, in which form, and where they go.
 * Options that contradict each other, or name what is not there, are refused before any work.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/num.h"
#include "common/io/file.h"
#include "common/run/run_int.h"

/* ---- shards ----------------------------------------------------------------------------- */

/* A number of ${n} characters, in decimal; leading zeros are nothing special. */
static bool number(const char *s, size_t n, uint32_t *out)
{
	uint64_t v;

	if (n == 0 || s[0] < '0' || s[0] > '9' || !num_parse_u64(s, n, &v) || v >= UINT32_MAX)
		return false;
	*out = (uint32_t)v;
	return true;
}

/* "3" or "4-7". */
static bool range(const char *s, size_t n, struct run_range *r)
{
	const char *dash = memchr(s, '-', n);
	size_t first = dash == NULL ? n : (size_t)(dash - s);

	if (!number(s, first, &r->from))
		return false;
	r->to = r->from;
	return dash == NULL || (number(dash + 1, n - first - 1, &r->to) && r->from <= r->to);
}

/* "1,3,8-11" */
static bool ranges(struct run_job *j, const char *s)
{
	for (;;) {
		size_t n = strcspn(s, ",");

		if (j->nranges == RUN_RANGES || !range(s, n, &j->ranges[j->nranges++]))
			return false;
		if (s[n] == '\0')
			return true;
		s += n + 1;
	}
}

static int choose_shards(struct run_job *j, const char *s, struct err *e)
{
	const char *slash = s == NULL ? NULL : strchr(s, '/');
	bool fine;

	if (s == NULL)
		return 0;
	if (slash != NULL)
		fine = number(s, (size_t)(slash - s), &j->part) &&
		       number(slash + 1, strlen(slash + 1), &j->parts) && j->part < j->parts;
	else
		fine = ranges(j, s);
	if (!fine)
		return err_set(e, ERR_INPUT,
			"--shard %s: write a number from 0, several as 1,3,8-11, or I/N for the "
			"part I of N equal parts, from 0",
			s);
	if (j->one == NULL && j->parts == 0)
		return err_set(e, ERR_INPUT,
			"--shard needs --table SCHEMA.TABLE; I/N goes without, for every table");
	for (uint32_t i = 0; i < j->nranges; i++)
		if (j->ranges[i].to >= j->one->shards)
			return err_set(e, ERR_INPUT, "table %s has shards 0 to %u, no %u",
				j->o->table, j->one->shards - 1, j->ranges[i].to);
	return 0;
}

bool run_wants(const struct run_job *j, const struct plan_table *t, uint32_t shard)
{
	if (j->parts > 0)
		return shard >= shard_start(t->shards, j->part, j->parts) &&
		       shard < shard_start(t->shards, j->part + 1, j->parts);
	for (uint32_t i = 0; i < j->nranges; i++)
		if (shard >= j->ranges[i].from && shard <= j->ranges[i].to)
			return true;
	return j->nranges == 0;
}

/* ---- the table and its rows --------------------------------------------------------------- */

/* With a table of the plan that is called nearly so. */
static void no_table(const struct run_job *j, const char *name, struct err *e)
{
	const struct pg_table *near = schema_nearest(j->schema, name);

	for (uint32_t i = 0; i < j->plan->ntables; i++)
		if (j->plan->tables[i].table == near) {
			err_set(e, ERR_INPUT, "no table %s in the plan: did you mean %s.%s?", name,
				near->schema, near->name);
			return;
		}
	err_set(e, ERR_INPUT,
		"no table %s in the plan: write SCHEMA.TABLE, as resolved_plan.json has it", name);
}

/*
 * The table that SCHEMA.TABLE means. Either part may have dots; the name as
 * files have it is taken too, if it means one table only.
 */
static const struct plan_table *named(const struct run_job *j, const char *name, struct err *e)
{
	const struct plan_table *found = NULL;

	for (uint32_t i = 0; i < j->plan->ntables; i++) {
		const struct pg_table *t = j->plan->tables[i].table;
		const char *file = rundir_table(j->run, t->schema, t->name);
		size_t n = strlen(t->schema);

		if (file == NULL) {
			err_nomem(e);
			return NULL;
		}
		if (strcmp(file, name) == 0)
			return &j->plan->tables[i];
		if (strncmp(name, t->schema, n) != 0 || name[n] != '.' ||
			strcmp(name + n + 1, t->name) != 0)
			continue;
		if (found != NULL) {
			err_set(e, ERR_INPUT, "--table %s: more than one: name its files, %s or %s",
				name,
				rundir_table(j->run, found->table->schema, found->table->name),
				file);
			return NULL;
		}
		found = &j->plan->tables[i];
	}
	if (found == NULL)
		no_table(j, name, e);
	return found;
}

/* The table that was asked for. */
static int choose_table(struct run_job *j, const struct run_options *o, struct err *e)
{
	if (o->table == NULL)
		return 0;
	if ((j->one = named(j, o->table, e)) == NULL)
		return -1;
	if (j->one->existing)
		return err_set(e, ERR_INPUT,
			"table %s: its rows are in the database: none are made", o->table);
	if (o->look == NULL && (j->one->level == 0) != o->parents)
		return err_set(e, ERR_INPUT, "table %s has %s in the plan: it is made by %s",
			o->table, o->parents ? "parents" : "no parent",
			o->parents ? "gen-children" : "gen-parents");
	return 0;
}

/* The level that was asked for, which has to be one of the stage's. */
static int choose_level(struct run_job *j, const struct run_options *o, struct err *e)
{
	uint32_t last = 0;

	j->level_asked = RUN_EVERY_LEVEL;
	if (o->level == NULL)
		return 0;
	if (!number(o->level, strlen(o->level), &j->level_asked))
		return err_set(e, ERR_INPUT, "--level %s: write a number, from 0", o->level);
	for (uint32_t i = 0; i < j->plan->ntables; i++)
		last = j->plan->tables[i].level > last ? j->plan->tables[i].level : last;
	if (o->table != NULL)
		return err_set(e, ERR_INPUT, "--level and --table exclude each other");
	if (j->level_asked > last)
		return err_set(e, ERR_INPUT, "--level %u: the plan's last level is %u",
			j->level_asked, last);
	if ((j->level_asked == 0) != o->parents)
		return err_set(e, ERR_INPUT, "--level %u is made by %s", j->level_asked,
			o->parents ? "gen-children" : "gen-parents");
	return 0;
}

/* The rows that were asked for, which have to exist. */
static int choose_slice(struct run_job *j, const struct run_options *o, struct err *e)
{
	const char *colon = o->slice == NULL ? NULL : strchr(o->slice, ':');

	if (o->look != NULL && o->look->row >= j->one->rows)
		return err_set(e, ERR_INPUT,
			"table %s has %llu rows, counted from 0: there is no row %llu", o->table,
			(unsigned long long)j->one->rows, (unsigned long long)o->look->row);
	if (o->slice == NULL)
		return 0;
	if (j->one == NULL || o->shard != NULL)
		return err_set(e, ERR_INPUT, "--slice needs --table SCHEMA.TABLE, without --shard");
	if (colon == NULL || !num_parse_count(o->slice, (size_t)(colon - o->slice), &j->from) ||
		!num_parse_count(colon + 1, strlen(colon + 1), &j->count))
		return err_set(e, ERR_INPUT, "--slice %s: write FROM:COUNT", o->slice);
	if (j->from > j->one->rows || j->count > j->one->rows - j->from)
		return err_set(e, ERR_INPUT, "--slice %s: table %s has %llu rows", o->slice,
			o->table, (unsigned long long)j->one->rows);
	return 0;
}

int run_choose(struct run_job *j, const struct run_options *o, struct err *e)
{
	if (choose_table(j, o, e) == -1 || choose_level(j, o, e) == -1 ||
		choose_shards(j, o->shard, e) == -1)
		return -1;
	return choose_slice(j, o, e);
}

/* ---- the form ------------------------------------------------------------------------------- */

static int choose_compression(struct run_job *j, const char *z, struct err *e)
{
	int64_t level = 1;

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

/* Which files have a header, where the format has one. */
static int choose_header(struct run_job *j, const char *name, struct err *e)
{
	if (name == NULL)
		return 0;
	j->header = data_header_named(name);
	if (j->header == DATA_HEADERS)
		return err_set(e, ERR_INPUT, "--header %s: write first, each or none", name);
	if (j->format == DATA_TEXT || j->format == DATA_JSONL)
		return err_set(e, ERR_INPUT, "--header %s: the format %s has no header", name,
			data_format_name(j->format));
	if (j->format == DATA_BINARY && j->header == DATA_HEADER_NONE)
		return err_set(e, ERR_INPUT,
			"--header none: no program reads COPY BINARY without its signature");
	return 0;
}

const char *run_header(const struct run_job *j, enum data_format format)
{
	return format == DATA_CSV || format == DATA_BINARY ? data_header_name(j->header) : NULL;
}

/* Where rows go that are no files of the run. */
static int choose_stream(const struct run_options *o, struct err *e)
{
	if (o->out == NULL)
		return 0;
	if (o->table == NULL)
		return err_set(e, ERR_INPUT, "--out needs --table SCHEMA.TABLE");
	if (o->jobs > 1)
		return err_set(e, ERR_INPUT,
			"--out writes the shards one after another: leave out --jobs");
	if (o->discard)
		return err_set(e, ERR_INPUT, "--out and --discard exclude each other");
	return 0;
}

int run_list_named(const char *name)
{
	static const char *const names[RUN_WHICH] = {
		[RUN_MISSING] = "missing", [RUN_DAMAGED] = "damaged", [RUN_ALL] = "all"};

	for (int i = 0; i < RUN_WHICH; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

int run_choose_form(struct run_job *j, const struct run_options *o, struct err *e)
{
	if (o->list != NULL && run_list_named(o->list) == -1)
		return err_set(e, ERR_INPUT, "--list %s: write missing, damaged or all", o->list);
	if (o->list != NULL && (run_streams(o) || o->discard))
		return err_set(e, ERR_INPUT,
			"--list is of files in the run: leave out --out, --slice and --discard");
	/* rows that were not checked must not be kept */
	if (o->unchecked && !o->discard)
		return err_set(
			e, ERR_INPUT, "--unchecked needs --discard: its rows are not to be kept");
	j->format = data_format_named(o->format != NULL ? o->format : "csv");
	if (j->format == DATA_FORMATS)
		return err_set(e, ERR_INPUT,
			"--format %s: the formats are csv, text, binary, jsonl and, with --out, "
			"sql",
			o->format);
	if (j->format == DATA_SQL && o->out == NULL && o->slice == NULL)
		return err_set(e, ERR_INPUT,
			"--format sql needs --out FILE: load does not read it, psql does");
	if (choose_header(j, o->header, e) == -1 || choose_stream(o, e) == -1)
		return -1;
	return choose_compression(j, o->compress, e);
}

/* ---- the stream ----------------------------------------------------------------------------- */

/* A regular file appears whole, as all files here do; a pipe or a device is written to as it is. */
static int open_stream(struct run_job *j, const char *path, struct err *e)
{
	struct stat st;

	j->fd = -1;
	if (strcmp(path, "-") == 0) {
		j->stream = outfile_stream(STDOUT_FILENO, "standard output", e);
	} else if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		j->fd = open(path, O_WRONLY | O_CLOEXEC);
		if (j->fd == -1)
			return err_sys(e, "open %s", path);
		j->stream = outfile_stream(j->fd, path, e);
	} else {
		j->stream = outfile_open(path, e);
	}
	return j->stream != NULL ? 0 : -1;
}

int run_stream_open(struct run_job *j, struct err *e)
{
	const struct run_options *o = j->o;

	if (!run_streams(o) || o->discard)
		return 0;
	if (open_stream(j, o->out != NULL ? o->out : "-", e) == -1)
		return -1;
	if (j->level > 0 && (j->zstd = ziow_open(j->stream, j->level, e)) == NULL)
		return -1;
	return 0;
}

int run_stream_end(struct run_job *j, bool ok, struct err *e)
{
	struct outfile *f = j->stream;
	int rc = ok ? 0 : -1;

	if (f == NULL)
		return rc;
	if (ok && j->zstd != NULL)
		rc = ziow_end(j->zstd, e);
	ziow_free(j->zstd);
	if (rc == 0)
		rc = outfile_commit(f, e);
	else
		outfile_abort(f);
	if (j->fd != -1)
		close(j->fd);
	return rc;
}
