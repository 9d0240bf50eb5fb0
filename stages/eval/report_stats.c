/* SPDX-License-Identifier: MIT */
/* The members of metrics.json that describe columns and foreign keys.  No text of a row is among
 * them: counts, lengths, and the ranges of numbers and dates that are made. */
#include "stages/eval/report.h"

#include "common/io/json.h"

static void bars(struct jsonw *j, const struct profile_column *c)
{
	const struct profile_bars *b = &c->bars;

	if (b->n == 0)
		return;
	jw_key(j, "histogram");
	jw_object(j);
	jw_kstr(j, "of", c->sized ? "lengths" : "values");
	jw_kstr(j, "from", b->from);
	jw_kstr(j, "to", b->to);
	jw_kbool(j, "last_holds_greater", b->open);
	jw_key(j, "counts");
	jw_array(j);
	for (uint32_t i = 0; i < b->n; i++)
		jw_uint(j, b->count[i]);
	jw_end(j);
	jw_end(j);
}

static void few(struct jsonw *j, const struct profile_column *c)
{
	if (c->nfew == 0)
		return;
	jw_key(j, "counts_by_value");
	jw_array(j);
	for (uint32_t i = 0; i < c->nfew; i++)
		jw_uint(j, c->few[i].count);
	jw_end(j);
}

static void values(struct jsonw *j, const struct profile_column *c)
{
	jw_kuint(j, "value_count", c->values);
	jw_kuint(j, "distinct", c->distinct);
	jw_kbool(j, "distinct_is_exact", c->exact);
	if (c->least != NULL) {
		jw_kstr(j, "min", c->least);
		jw_kstr(j, "max", c->most);
	}
	if (c->sized) {
		jw_kuint(j, "min_length", c->shortest);
		jw_kuint(j, "max_length", c->longest);
	}
	jw_kuint(j, "sampled", c->sampled);
	jw_kuint(j, "most_frequent_in_sample", c->mode);
	if (c->judged > 0) {
		jw_kuint(j, "texts_judged", c->judged);
		jw_kuint(j, "texts_unlike_words", c->unlike);
	}
	few(j, c);
	bars(j, c);
}

void report_column_json(struct jsonw *j, const struct audit_table *t, uint32_t col)
{
	const struct profile_column *c = &t->profile.columns[col];

	jw_object(j);
	jw_kstr(j, "schema", t->plan->table->schema);
	jw_kstr(j, "table", t->plan->table->name);
	jw_kstr(j, "column", t->plan->table->columns[col].name);
	jw_kuint(j, "null_count", t->nulls[col]);
	jw_kstr(j, "source", c->source);
	if (c->role != NULL)
		jw_kstr(j, "role", c->role);
	if (c->read)
		values(j, c);
	jw_end(j);
}

static void fan(struct jsonw *j, const struct fan *f)
{
	jw_kuint(j, "parents", f->parents);
	jw_kbool(j, "parents_are_all", f->exact);
	jw_kuint(j, "without_children", f->none);
	jw_kuint(j, "children", f->total);
	jw_kuint(j, "min", f->least);
	jw_kuint(j, "median", f->median);
	jw_kuint(j, "p90", f->p90);
	jw_kuint(j, "max", f->most);
	jw_kuint(j, "first_bar", f->base);
	jw_kuint(j, "bar_width", f->width);
	jw_key(j, "counts");
	jw_array(j);
	for (uint32_t i = 0; i < f->nbars; i++)
		jw_uint(j, f->bars[i]);
	jw_end(j);
}

void report_fan_json(struct jsonw *j, const struct report *r, const struct audit_table *t,
	const struct audit_fk *f)
{
	const struct pg_table *parent = r->audit->plan->tables[f->parent].table;

	jw_object(j);
	jw_kstr(j, "schema", t->plan->table->schema);
	jw_kstr(j, "table", t->plan->table->name);
	if (f->rule->name != NULL)
		jw_kstr(j, "constraint", f->rule->name);
	jw_kstr(j, "parent_schema", parent->schema);
	jw_kstr(j, "parent_table", parent->name);
	jw_kuint(j, "rows", f->fan.rows);
	fan(j, &f->fan);
	if (f->fan.compared > 0) {
		jw_kuint(j, "births_compared", f->fan.compared);
		jw_kuint(j, "born_before_parent", f->fan.early);
	}
	jw_end(j);
}

void report_times_json(struct jsonw *j, const struct report *r)
{
	jw_key(j, "stages");
	jw_array(j);
	for (uint32_t i = 0; i < r->times.n; i++) {
		const struct stage_time *s = &r->times.stage[i];

		jw_object(j);
		jw_kstr(j, "stage", s->stage);
		jw_kuint(j, "duration_ms", s->us / 1000);
		if (s->rows > 0)
			jw_kuint(j, "rows", s->rows);
		jw_end(j);
	}
	jw_end(j);
}
