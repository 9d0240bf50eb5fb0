/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/init.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/io/file.h"
#include "common/io/json.h"
#include "stages/plan-check/check.h"
#include "stages/plan-check/dry_run.h"
#include "stages/plan-check/guess.h"
#include "stages/plan-check/resolve.h"

enum { INIT_ROWS = 100, INIT_SEED = 42 };

struct guesses {
	struct guess *v;
	uint32_t n;
};

/* Rows of a partitioned table go through its root. */
static bool wanted(const struct pg_table *t)
{
	return (t->kind == 'r' || t->kind == 'p') && t->partition_of == NULL;
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

static void put_targets(struct jsonw *j, const struct schema *s)
{
	jw_key(j, "targets");
	jw_array(j);
	for (uint32_t i = 0; i < s->ntables; i++) {
		if (!wanted(&s->tables[i]))
			continue;
		jw_object(j);
		jw_kstr(j, "schema", s->tables[i].schema);
		jw_kstr(j, "table", s->tables[i].name);
		jw_kuint(j, "rows", INIT_ROWS);
		jw_end(j);
	}
	jw_end(j);
}

static void put_plan(struct buf *b, const struct schema *s, struct guesses *g)
{
	uint32_t rule = 0;
	char day[CAL_MAX];
	struct jsonw j;

	day[cal_fmt_date(day, s->introspected_on)] = '\0';
	jw_begin(&j, b, true);
	jw_object(&j);
	jw_kstr(&j, "plan_version", "0.2");
	jw_kuint(&j, "seed", INIT_SEED);
	put_schema_ref(&j, s);
	jw_key(&j, "global");
	jw_object(&j);
	jw_kstr(&j, "locale", "pt_BR");
	jw_kstr(&j, "as_of", day);
	jw_end(&j);
	put_targets(&j, s);
	jw_key(&j, "rules");
	jw_array(&j);
	for (uint32_t i = 0; i < g->n; i++)
		if (!g->v[i].refused) {
			g->v[i].rule = rule++;
			guess_put(&j, &g->v[i]);
		}
	jw_end(&j);
	jw_end(&j);
	buf_addc(b, '\n');
}

static int all_guesses(const struct schema *s, struct guesses *g, struct arena *a, struct err *e)
{
	for (uint32_t i = 0; i < s->ntables; i++) {
		struct guess *of, *more;
		int n = wanted(&s->tables[i]) ? guess_table(&s->tables[i], &of, a) : 0;

		if (n == 0)
			continue;
		if (n < 0 || (more = arena_array(a, g->n + (size_t)n, sizeof(*more))) == NULL)
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
static int weed(struct guesses *g, const struct buf *text, const struct schema *s,
	const struct rundir *run, struct arena *a, struct err *e)
{
	struct options options = {.seed = INIT_SEED, .null_rate = -1, .run = run};
	json_t *json = json_loadb(text->p, text->n, 0, NULL);
	struct dry_run_left left;
	struct plan plan = {0};
	struct check c;
	int rc = -1;

	if (json == NULL || check_open(&c, json, s, a) == -1) {
		json_decref(json);
		return err_nomem(e);
	}
	check_document(&c);
	if (resolve(&c, &options, &plan, e) == 0 && try_tables(&c, run, &plan, &left, e) == 0)
		rc = issues_failed(&c.is) ? err_nomem(e) : 0;
	for (size_t i = 0; rc >= 0 && i < c.is.n; i++)
		if (c.is.v[i].severity == ISSUE_ERROR &&
			strncmp(c.is.v[i].path, "/rules/", 7) == 0) {
			refuse_rule(g, strtoul(c.is.v[i].path + 7, NULL, 10));
			rc = 1;
		}
	json_decref(json);
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

int init_plan(const struct schema *s, const struct rundir *run, const char *path, bool guess,
	struct arena *a, struct err *e)
{
	struct guesses g = {NULL, 0};
	struct buf b = BUF_INIT;
	int again = 1, rc = -1;

	if (guess && all_guesses(s, &g, a, e) == -1)
		return -1;
	while (again == 1) {
		buf_clear(&b);
		put_plan(&b, s, &g);
		again = !buf_ok(&b) ? err_nomem(e) : g.n == 0 ? 0 : weed(&g, &b, s, run, a, e);
	}
	if (again == 0)
		rc = put(&b, path, e);
	buf_free(&b);
	return rc;
}
