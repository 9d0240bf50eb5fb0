/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/init_int.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/visible.h"
#include "common/io/json.h"
#include "stages/plan-check/check.h"
#include "stages/plan-check/drift.h"

enum { INIT_ROWS = 100 };

/* jansson escapes what JSON asks for, and no more. */
static void put_visible(struct jsonw *j, const char *text)
{
	struct buf b = BUF_INIT;

	buf_visible(&b, text, strlen(text), VISIBLE_JSON);
	jw_raw(j, b.p != NULL ? b.p : "", b.n);
	j->b->failed |= !buf_ok(&b);
	buf_free(&b);
}

/* A value on one line. */
static void put_line(struct init *in, struct jsonw *j, json_t *v)
{
	enum { DIGITS = 15 };
	char *text = json_dumps(v, JSON_REAL_PRECISION(DIGITS) | JSON_ENCODE_ANY);

	if (text == NULL)
		in->d.failed = true;
	else
		put_visible(j, text);
	free(text);
}

/* The columns of the schema, a table a line: what they were is asked when it has changed. */
static void put_columns(struct init *in, struct jsonw *j)
{
	json_t *all = drift_columns(in->s), *columns;
	const char *name;

	if (all == NULL)
		in->d.failed = true;
	jw_key(j, "columns");
	jw_object(j);
	json_object_foreach(all, name, columns)
	{
		jw_key(j, name);
		put_line(in, j, columns);
	}
	jw_end(j);
	json_decref(all);
}

static void put_schema_ref(struct init *in, struct jsonw *j)
{
	const struct schema *s = in->s;

	jw_key(j, "schema_ref");
	jw_object(j);
	jw_kstr(j, "schema_version", CHECK_SCHEMA_VERSION);
	if (s->fingerprint[0] != '\0')
		jw_kstr(j, "schema_fingerprint", s->fingerprint);
	jw_kstr(j, "engine", CHECK_ENGINE);
	put_columns(in, j);
	jw_end(j);
}

/* The rows of a table that has no number of its own: as asked for by --rows, else the default
 * number times --scale, which is at least one. */
uint64_t init_rows(const struct init *in)
{
	double scaled = INIT_ROWS * in->o->scale + 0.5;
	uint64_t n = scaled < 1 ? 1 : (uint64_t)scaled;

	(void)sizes_of_all(&in->o->rows, &n);
	return n;
}

static void put_target(struct init *in, struct jsonw *j, uint32_t i)
{
	const struct pg_table *t = &in->s->tables[i];
	uint64_t rows = in->d.tables != NULL ? in->d.tables[i].rows : 0;
	json_t *o = json_pack("{s:s, s:s}", "schema", t->schema, "table", t->name);

	if (sizes_of_one(&in->o->rows, t, &rows) || rows > 0)
		json_object_set_new(o, "rows", json_integer((json_int_t)rows));
	if (in->existing[i])
		json_object_set_new(o, "append", json_true());
	put_line(in, j, o);
	json_decref(o);
}

/* A table a line: those of the plan that is brought up to date, then those that it lacks. */
static void put_targets(struct init *in, struct jsonw *j)
{
	json_t *o;
	size_t k;

	jw_key(j, "targets");
	jw_array(j);
	json_array_foreach(in->old.targets, k, o)
	{
		put_line(in, j, o);
	}
	for (uint32_t i = 0; i < in->s->ntables; i++)
		if (in->chosen[i] && (in->old.has == NULL || !in->old.has[i]))
			put_target(in, j, i);
	jw_end(j);
}

static void put_global(const struct init *in, struct jsonw *j)
{
	char day[CAL_MAX];

	day[cal_fmt_date(day, in->s->introspected_on)] = '\0';
	jw_key(j, "global");
	jw_object(j);
	jw_kstr(j, "locale", in->locale);
	jw_kstr(j, "as_of", in->o->as_of != NULL ? in->o->as_of : day);
	jw_kuint(j, "rows", init_rows(in));
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

/* What the plan that is brought up to date says besides, as it stands there. */
static void put_rest(struct init *in, struct jsonw *j)
{
	static const char *const ours[] = {
		"plan_version", "seed", "schema_ref", "targets", "rules", NULL};
	const char *key;
	json_t *v;

	json_object_foreach(in->old.plan, key, v)
	{
		size_t i = 0;

		while (ours[i] != NULL && strcmp(ours[i], key) != 0)
			i++;
		if (ours[i] != NULL)
			continue;
		jw_key(j, key);
		put_line(in, j, v);
	}
}

void init_put(struct init *in, struct buf *b)
{
	struct buf rules = BUF_INIT;
	struct jsonw j;

	draft_put(&in->d, in->old.rules, &rules);
	jw_begin(&j, b, true);
	jw_object(&j);
	jw_kstr(&j, "plan_version", "0.3");
	jw_kuint(&j, "seed", in->old.plan != NULL ? in->old.seed : in->o->seed);
	put_schema_ref(in, &j);
	if (in->old.plan != NULL)
		put_rest(in, &j);
	else
		put_global(in, &j);
	put_targets(in, &j);
	jw_key(&j, "rules");
	jw_raw(&j, rules.p != NULL ? rules.p : "[]", rules.p != NULL ? rules.n : 2);
	jw_end(&j);
	buf_addc(b, '\n');
	b->failed = b->failed || !buf_ok(&rules);
	buf_free(&rules);
}
