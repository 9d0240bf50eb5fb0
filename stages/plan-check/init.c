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
#include "common/stage/stage.h"
#include "stages/plan-check/check.h"
#include "stages/plan-check/draft.h"
#include "stages/plan-check/init_int.h"
#include "stages/plan-check/source.h"

enum { INIT_SEED = 42 };

struct init_options init_defaults(void)
{
	return (struct init_options){.scale = 1,
		.seed = INIT_SEED,
		.null_rate = -1,
		.on_impossible = "skip",
		.guess = true};
}

/* Whether a table is a target by what it is and by the patterns alone. */
static bool is_asked(const struct init *in, uint32_t table)
{
	const struct init_options *o = in->o;
	const struct pg_table *t = &in->s->tables[table];

	return drift_is_target(t) && (!in->existing[table] || o->append) &&
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

	if (ref == NULL || in->chosen[ref->index] || in->existing[ref->index] ||
		!drift_is_target(ref))
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

static int put(const struct buf *b, const char *path, struct err *e)
{
	int there;

	if (path == NULL)
		return stage_print(b, e);
	if ((there = file_exists(path, e)) == -1)
		return -1;
	if (there == 1)
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
		int there = path != NULL ? file_exists(path, e) : err_nomem(e);

		if (there == -1)
			return -1;
		in->existing[i] = there == 1;
	}
	return 0;
}

/* What a plan says and nothing later would refuse by the name of the option. */
static int verify_options(const struct init *in, struct err *e)
{
	const char *day = in->o->as_of;
	char names[LOCALE_NAMES];
	int64_t parsed;

	if (in->o->locale != NULL && locale_find(in->o->locale) == NULL)
		return err_set(e, ERR_INPUT, "--locale: there is no locale \"%s\": use %s",
			in->o->locale, locale_names(names));
	if (day != NULL && (!cal_parse_date(day, strlen(day), &parsed) || !cal_date_finite(parsed)))
		return err_set(e, ERR_INPUT, "--as-of: \"%s\" is not a date (YYYY-MM-DD)", day);
	for (size_t i = 0; i < in->o->rows.n; i++) {
		const struct pg_table *t = in->o->rows.v[i].table;

		if (t != NULL && !targeted(in, t->index))
			return err_set(e, ERR_INPUT, "--rows: no rows are made for %s.%s: it is %s",
				t->schema, t->name,
				drift_is_target(t) ? "a table whose existing rows children refer to"
						   : "no table of its own (a view or a partition)");
	}
	return 0;
}

/* Roles and rules, and then none of these that plan-check would refuse. */
static int guess(struct init *in, struct err *e)
{
	struct draft *d = &in->d;
	uint64_t all;

	d->locale = in->locale;
	d->as_of = in->as_of;
	d->default_rows = init_rows(in);
	d->nulls_said = in->o->null_rate >= 0;
	d->rows_said = sizes_of_all(&in->o->rows, &all);
	if (draft_open(d, in->chosen) == -1)
		return err_nomem(e);
	for (uint32_t i = 0; i < in->s->ntables; i++)
		(void)sizes_of_one(&in->o->rows, &in->s->tables[i], &d->tables[i].said);
	if (draft_guess(d) == -1)
		return err_nomem(e);
	if (in->old.plan != NULL && init_fresh(in, e) == -1)
		return -1;
	return init_weed(in, e);
}

/* The locale that is asked for, or the one whose language the schema's names are in. */
static int choose_locale(struct init *in, struct err *e)
{
	json_t *global = json_object_get(in->old.plan, "global");

	in->locale = in->o->locale;
	if (in->locale == NULL)
		in->locale = json_string_value(json_object_get(global, "locale"));
	if (in->locale != NULL)
		return 0;
	if ((in->d.book = role_book(in->a)) == NULL)
		return err_nomem(e);
	in->locale = role_language(in->d.book, in->s);
	return 0;
}

static void choose_day(struct init *in)
{
	int64_t day;

	in->as_of = in->s->introspected_on;
	if (in->o->as_of != NULL && cal_parse_date(in->o->as_of, strlen(in->o->as_of), &day))
		in->as_of = (int32_t)day;
}

/* Tables that a guess gives fewer rows than somebody asked for of all tables: each of few is named.
 * A plan that says their rows clips nothing, so that plan-check has nothing to tell of them. */
static int say_fewer(const struct init *in, struct err *e)
{
	enum { FEW = 12 };
	struct buf b = BUF_INIT;
	uint32_t n = 0;

	for (uint32_t i = 0; in->d.rows_said && i < in->s->ntables; i++) {
		const struct draft_table *dt = &in->d.tables[i];

		if (!in->chosen[i] || dt->said > 0 || dt->rows == 0 ||
			dt->rows >= in->d.default_rows)
			continue;
		if (n++ < FEW)
			buf_addf(&b, "%s%s.%s %llu", n > 1 ? ", " : "", dt->t->schema, dt->t->name,
				(unsigned long long)dt->rows);
	}
	if (n > FEW)
		buf_addf(&b, " and %u more", n - FEW);
	if (!buf_ok(&b)) {
		buf_free(&b);
		return err_nomem(e);
	}
	if (n > 0)
		stage_warn(
			"%u table%s get%s fewer rows than --rows says, as their lists of values or "
			"pairs of parents have no more: %.*s (--rows 'N;schema.table=M' says "
			"otherwise)",
			n, n == 1 ? "" : "s", n == 1 ? "s" : "", (int)b.n, b.p);
	buf_free(&b);
	return 0;
}

/* The plan, or what is guessed for it, as text. */
static int write_out(struct init *in, const char *path, struct err *e)
{
	struct buf b = BUF_INIT;
	int rc;

	if (in->o->explain)
		init_explain(in, &b);
	else
		init_put(in, &b);
	if (!buf_ok(&b) || in->d.failed)
		rc = err_nomem(e);
	else if (in->old.plan != NULL && !in->o->explain)
		rc = file_replace(in->o->update, b.p, b.n, e);
	else
		rc = put(&b, path, e);
	buf_free(&b);
	return rc;
}

static bool is_text(const char *name)
{
	return utf8_valid(name, strlen(name));
}

/* A plan is JSON, which cannot name what is not UTF-8. */
static int verify_names(const struct schema *s, struct err *e)
{
	for (uint32_t i = 0; i < s->ntables; i++) {
		const struct pg_table *t = &s->tables[i];
		bool ok = is_text(t->schema) && is_text(t->name);

		for (uint32_t c = 0; ok && c < t->ncolumns; c++)
			ok = is_text(t->columns[c].name) && is_text(t->columns[c].formatted);
		for (uint32_t k = 0; ok && k < t->ncons; k++)
			ok = is_text(t->cons[k].name);
		if (!ok)
			return err_set(e, ERR_INPUT,
				"table number %u of the schema has a name that is not UTF-8, or a "
				"column, type or constraint of it has: a plan cannot name it; "
				"exclude "
				"it when you introspect, or rename it",
				i + 1);
	}
	return 0;
}

static int make(struct init *in, const struct source *src, const char *path, struct err *e)
{
	if (verify_names(in->s, e) == -1)
		return -1;
	if (find_existing(in, e) == -1 || choose(in, e) == -1)
		return -1;
	if (src != NULL && init_update(in, src, e) == -1)
		return -1;
	if (verify_options(in, e) == -1 || choose_locale(in, e) == -1)
		return -1;
	choose_day(in);
	if (in->o->guess && (guess(in, e) == -1 || say_fewer(in, e) == -1))
		return -1;
	return write_out(in, path, e);
}

int init_plan(const struct schema *s, const struct rundir *run, const char *path,
	const struct init_options *o, struct arena *a, struct err *e)
{
	struct init in = {.s = s, .run = run, .o = o, .a = a, .d = {.s = s, .a = a}};
	struct source src = {.text = BUF_INIT};
	int rc = -1;

	if (o->update == NULL)
		rc = make(&in, NULL, path, e);
	else if (source_read(&src, o->update, e) == 0)
		rc = make(&in, &src, path, e);
	draft_close(&in.d);
	json_decref(in.old.targets);
	json_decref(in.old.rules);
	source_close(&src);
	return rc;
}
