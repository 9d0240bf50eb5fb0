/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/init_int.h"

#include "common/base/calendar.h"
#include "common/io/json.h"
#include "stages/plan-check/check.h"

enum { INIT_ROWS = 100 };

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

/* The rows of a table that has no number of its own: as asked for by --rows, else the default
 * number times --scale, which is at least one. */
uint64_t init_rows(const struct init *in)
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
		uint64_t rows = in->d.tables != NULL ? in->d.tables[i].rows : 0;
		bool said = rows > 0;

		if (!in->chosen[i])
			continue;
		jw_object(j);
		jw_kstr(j, "schema", t->schema);
		jw_kstr(j, "table", t->name);
		said |= sizes_of_one(&in->o->rows, t, &rows);
		if (said)
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

void init_put(struct init *in, struct buf *b)
{
	struct buf rules = BUF_INIT;
	struct jsonw j;

	draft_put(&in->d, &rules);
	jw_begin(&j, b, true);
	jw_object(&j);
	jw_kstr(&j, "plan_version", "0.3");
	jw_kuint(&j, "seed", in->o->seed);
	put_schema_ref(&j, in->s);
	put_global(&j, in);
	put_targets(&j, in);
	jw_key(&j, "rules");
	jw_raw(&j, rules.p, rules.n);
	jw_end(&j);
	buf_addc(b, '\n');
	b->failed = b->failed || !buf_ok(&rules);
	buf_free(&rules);
}
