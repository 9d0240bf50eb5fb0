/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/init.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/generators/locale.h"
#include "common/io/file.h"
#include "common/io/json.h"
#include "stages/plan-check/check.h"
#include "stages/plan-check/dry_run.h"
#include "stages/plan-check/guess.h"
#include "stages/plan-check/narrow.h"
#include "stages/plan-check/resolve.h"
#include "stages/plan-check/settle.h"
#include "stages/plan-check/source.h"

enum { INIT_ROWS = 100, INIT_SEED = 42 };

struct guesses {
	struct guess *v;
	uint32_t n;
};

/* What one call works on. */
struct init {
	const struct schema *s;
	const struct rundir *run;
	const struct init_options *o;
	bool *existing; /* by table: introspect has read the keys of its rows */
	bool *chosen;	/* by table: it is a target */
	struct guesses g;
	struct arena *a;
};

struct init_options init_defaults(void)
{
	return (struct init_options){.scale = 1,
		.seed = INIT_SEED,
		.locale = "pt_BR",
		.null_rate = -1,
		.on_impossible = "skip",
		.guess = true};
}

/* Rows of a partitioned table go through its root; of some tables none are made. */
static bool wanted(const struct pg_table *t)
{
	return (t->kind == 'r' || t->kind == 'p') && t->partition_of == NULL && t->reserved == NULL;
}

static void put_schema_ref(struct jsonw *j, const struct schema *s)
{
	jw_key(j, "schema_ref");
	jw_object(j);
	jw_kstr(j, "schema_version", CHECK_SCHEMA_VERSION);
	if (s->fingerprint[0] != '\0')
		jw_kstr(j, "schema_fingerprint", s->fingerprint);
	jw_kstr(j, "engine", CHECK_ENGINE);
	jw_end(j);
}

/* Whether a table is a target by what it is and by the patterns alone. */
static bool is_asked(const struct init *in, uint32_t table)
{
	const struct init_options *o = in->o;
	const struct pg_table *t = &in->s->tables[table];

	return wanted(t) && (!in->existing[table] || o->append) &&
	       !pg_table_matches(t, o->exclude, o->nexclude) &&
	       (o->ntables == 0 || pg_table_matches(t, o->tables, o->ntables));
}

static bool targeted(const struct init *in, uint32_t table)
{
	return in->chosen[table];
}

/* The table that foreign key ${con} of a target refers to becomes a target too. */
static int choose_parent(struct init *in, const struct pg_table *t, const struct pg_constraint *con,
	bool *more, struct err *e)
{
	const struct pg_table *ref = con->kind == PG_CON_FOREIGN ? con->ref : NULL;

	if (ref == NULL || in->chosen[ref->index] || in->existing[ref->index] || !wanted(ref))
		return 0;
	if (pg_table_matches(ref, in->o->exclude, in->o->nexclude))
		return err_set(e, ERR_INPUT,
			"--exclude: %s.%s is referred to by %s.%s: exclude it when you introspect, "
			"which reads whether it has rows to refer to",
			ref->schema, ref->name, t->schema, t->name);
	in->chosen[ref->index] = *more = true;
	return 0;
}

/* The tables that are asked for, and the parents that these refer to, and theirs. */
static int choose(struct init *in, struct err *e)
{
	bool more = true;

	in->chosen = arena_array(in->a, in->s->ntables + 1UL, sizeof(*in->chosen));
	if (in->chosen == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < in->s->ntables; i++)
		in->chosen[i] = is_asked(in, i);
	while (more) {
		more = false;
		for (uint32_t i = 0; i < in->s->ntables; i++)
			for (uint32_t k = 0; in->chosen[i] && k < in->s->tables[i].ncons; k++)
				if (choose_parent(in, &in->s->tables[i], &in->s->tables[i].cons[k],
					    &more, e) == -1)
					return -1;
	}
	return 0;
}

/* The rows of a table that has no number of its own: as asked for by --rows, else the default
 * number times --scale, which is at least one. */
static uint64_t default_rows(const struct init *in)
{
	double scaled = INIT_ROWS * in->o->scale + 0.5;
	uint64_t n = scaled < 1 ? 1 : (uint64_t)scaled;

	(void)sizes_of_all(&in->o->rows, &n);
	return n;
}

static void put_targets(struct jsonw *j, const struct init *in)
{
	jw_key(j, "targets");
	jw_array(j);
	for (uint32_t i = 0; i < in->s->ntables; i++) {
		const struct pg_table *t = &in->s->tables[i];
		uint64_t rows;

		if (!targeted(in, i))
			continue;
		jw_object(j);
		jw_kstr(j, "schema", t->schema);
		jw_kstr(j, "table", t->name);
		if (sizes_of_one(&in->o->rows, t, &rows))
			jw_kuint(j, "rows", rows);
		if (in->existing[i])
			jw_kbool(j, "append", true);
		jw_end(j);
	}
	jw_end(j);
}

static void put_global(struct jsonw *j, const struct init *in)
{
	char day[CAL_MAX];

	day[cal_fmt_date(day, in->s->introspected_on)] = '\0';
	jw_key(j, "global");
	jw_object(j);
	jw_kstr(j, "locale", in->o->locale);
	jw_kstr(j, "as_of", in->o->as_of != NULL ? in->o->as_of : day);
	jw_kuint(j, "rows", default_rows(in));
	jw_end(j);
	jw_key(j, "options");
	jw_object(j);
	jw_kstr(j, "on_impossible", in->o->on_impossible);
	if (in->o->null_rate >= 0) {
		jw_key(j, "null_rate");
		jw_double(j, in->o->null_rate);
	}
	jw_end(j);
}

static void put_plan(struct buf *b, struct init *in)
{
	uint32_t rule = 0;
	struct jsonw j;

	jw_begin(&j, b, true);
	jw_object(&j);
	jw_kstr(&j, "plan_version", "0.3");
	jw_kuint(&j, "seed", in->o->seed);
	put_schema_ref(&j, in->s);
	put_global(&j, in);
	put_targets(&j, in);
	jw_key(&j, "rules");
	jw_array(&j);
	for (uint32_t i = 0; i < in->g.n; i++)
		if (!in->g.v[i].refused) {
			in->g.v[i].rule = rule++;
			guess_put(&j, &in->g.v[i]);
		}
	jw_end(&j);
	jw_end(&j);
	buf_addc(b, '\n');
}

/* Leaves out guesses at columns of checks that only the server can evaluate; how many are left. */
static int sure_ones(const struct init *in, const struct pg_table *t, struct guess *of, int n)
{
	const struct pg_constraint **beyond =
		narrow_beyond(in->s, t, in->s->introspected_on, in->a);
	int kept = 0;

	if (beyond == NULL)
		return -1;
	for (int i = 0; i < n; i++)
		if (beyond[of[i].column] == NULL)
			of[kept++] = of[i];
	return kept;
}

static int all_guesses(struct init *in, struct err *e)
{
	struct guesses *g = &in->g;

	for (uint32_t i = 0; i < in->s->ntables; i++) {
		struct guess *of, *more;
		const struct pg_table *t = &in->s->tables[i];
		int n = targeted(in, i)
				? guess_table(t,
					  narrow_table(in->s, t, in->s->introspected_on, in->a),
					  in->o->locale, &of, in->a)
				: 0;

		if (n > 0)
			n = sure_ones(in, &in->s->tables[i], of, n);
		if (n == 0)
			continue;
		if (n < 0 || (more = arena_array(in->a, g->n + (size_t)n, sizeof(*more))) == NULL)
			return err_nomem(e);
		if (g->n > 0)
			memcpy(more, g->v, g->n * sizeof(*more));
		memcpy(more + g->n, of, (size_t)n * sizeof(*more));
		g->v = more;
		g->n += (uint32_t)n;
	}
	return 0;
}

/* Refuse the guess that is rule number ${at} of the plan, which numbered them so. */
static void refuse_rule(struct guesses *g, unsigned long at)
{
	for (uint32_t i = 0; i < g->n; i++)
		if (g->v[i].rule == at)
			g->v[i].refused = true;
}

/* Which guesses the checks of the plan do not take: 1 when there were any, else 0. */
static int weed(struct init *in, const struct buf *text, struct err *e)
{
	struct options options = {.seed = in->o->seed, .null_rate = -1, .run = in->run};
	struct dry_run_left left;
	struct source src;
	struct plan plan = {0};
	struct check c;
	int rc = -1;

	if (source_of(&src, text, e) == -1 || check_open(&c, src.json, in->s, in->a) == -1) {
		source_close(&src);
		return err_nomem(e);
	}
	check_document(&c);
	c.stop_at_rules = true;
	if (settle(&c, &options, &plan, &left, e) == 0)
		rc = issues_failed(&c.is) ? err_nomem(e) : 0;
	for (size_t i = 0; rc >= 0 && i < c.is.n; i++)
		if (c.is.v[i].severity == ISSUE_ERROR &&
			strncmp(c.is.v[i].path, "/rules/", 7) == 0) {
			refuse_rule(&in->g, strtoul(c.is.v[i].path + 7, NULL, 10));
			rc = 1;
		}
	source_close(&src);
	return rc;
}

static int put(const struct buf *b, const char *path, struct err *e)
{
	if (path == NULL && (fwrite(b->p, 1, b->n, stdout) != b->n || fflush(stdout) != 0))
		return err_sys(e, "standard output");
	if (path == NULL)
		return 0;
	if (access(path, F_OK) == 0)
		return err_set(
			e, ERR_INPUT, "%s exists already; --init does not overwrite it", path);
	return file_replace(path, b->p, b->n, e);
}

/* Which tables have rows whose keys introspect has read. */
static int find_existing(struct init *in, struct err *e)
{
	in->existing = arena_array(in->a, in->s->ntables + 1UL, sizeof(*in->existing));
	if (in->existing == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < in->s->ntables; i++) {
		const struct pg_table *t = &in->s->tables[i];
		const char *path = rundir_existing(in->run, t->schema, t->name);

		if (path == NULL)
			return err_nomem(e);
		in->existing[i] = access(path, F_OK) == 0;
	}
	return 0;
}

/* What a plan says and nothing later would refuse by the name of the option. */
static int verify_options(const struct init *in, struct err *e)
{
	const char *day = in->o->as_of;
	char names[LOCALE_NAMES];
	int64_t parsed;

	if (locale_find(in->o->locale) == NULL)
		return err_set(e, ERR_INPUT, "--locale: there is no locale \"%s\": use %s",
			in->o->locale, locale_names(names));
	if (day != NULL && (!cal_parse_date(day, strlen(day), &parsed) || !cal_date_finite(parsed)))
		return err_set(e, ERR_INPUT, "--as-of: \"%s\" is not a date (YYYY-MM-DD)", day);
	for (size_t i = 0; i < in->o->rows.n; i++) {
		const struct pg_table *t = in->o->rows.v[i].table;

		if (t != NULL && !targeted(in, t->index))
			return err_set(e, ERR_INPUT, "--rows: no rows are made for %s.%s: it is %s",
				t->schema, t->name,
				wanted(t) ? "a table whose existing rows children refer to"
					  : "no table of its own (a view or a partition)");
	}
	return 0;
}

int init_plan(const struct schema *s, const struct rundir *run, const char *path,
	const struct init_options *o, struct arena *a, struct err *e)
{
	struct init in = {.s = s, .run = run, .o = o, .a = a};
	struct buf b = BUF_INIT;
	int again = 1, rc = -1;

	if (find_existing(&in, e) == -1 || choose(&in, e) == -1 || verify_options(&in, e) == -1 ||
		(o->guess && all_guesses(&in, e) == -1))
		return -1;
	while (again == 1) {
		buf_clear(&b);
		put_plan(&b, &in);
		again = !buf_ok(&b) ? err_nomem(e) : in.g.n == 0 ? 0 : weed(&in, &b, e);
	}
	if (again == 0)
		rc = put(&b, path, e);
	buf_free(&b);
	return rc;
}
