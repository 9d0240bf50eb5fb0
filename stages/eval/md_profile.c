/* SPDX-License-Identifier: MIT */
/* Sections of report.md about what the tables hold, and about how long it took. */
#include "stages/eval/md.h"

/* ---- columns --------------------------------------------------------------------------------- */

/* The role that a guess gave the column, and what makes it. */
static void source(struct buf *b, const struct profile_column *c)
{
	if (c->role != NULL) {
		md_cell(b, c->role);
		buf_adds(b, ": ");
	}
	md_cell(b, c->source);
}

static void column(struct buf *b, const struct audit_table *t, uint32_t col)
{
	const struct profile_column *c = &t->profile.columns[col];

	buf_adds(b, "| ");
	md_cell(b, t->row_count->path);
	buf_addc(b, '.');
	md_cell(b, t->plan->table->columns[col].name);
	buf_adds(b, " | ");
	if (data_written(t->plan, col))
		figure_share(b, t->nulls[col], t->rows, &md_style);
	else
		buf_addc(b, '-');
	buf_adds(b, " | ");
	figure_distinct(b, c, &md_style);
	buf_adds(b, " | ");
	figure_share(b, c->mode, c->sampled, &md_style);
	buf_adds(b, " | ");
	if (c->sized)
		figure_lengths(b, c, &md_style);
	else
		buf_addc(b, '-');
	buf_adds(b, " | ");
	source(b, c);
	buf_adds(b, " |\n");
}

void md_columns(const struct report *r, struct buf *b)
{
	if (r->audit->nmade == 0)
		return;
	buf_addf(b,
		"\n## Columns\n\nNULLs, distinct values and lengths are of all rows; more than %d "
		"distinct values are estimated, unless a key tells their number. How often the "
		"most frequent value stands there is of at most %d rows of a table. The values "
		"themselves are not in this report: report.html shows those that are made.\n\n"
		"| column | NULL | distinct | most frequent | length | made by |\n"
		"|---|---:|---:|---:|---|---|\n",
		PROFILE_DISTINCT, PROFILE_SAMPLE);
	for (uint32_t i = 0; i < r->audit->nmade; i++)
		for (uint32_t k = 0; k < r->audit->by_name[i]->plan->table->ncolumns; k++)
			column(b, r->audit->by_name[i], k);
}

/* ---- foreign keys ---------------------------------------------------------------------------- */

static void fan(struct buf *b, const struct audit_fk *k)
{
	const struct fan *f = &k->fan;
	const uint64_t counts[] = {f->least, f->median, f->p90, f->most};

	buf_adds(b, "| ");
	md_cell(b, k->rule->path);
	if (k->rule->name != NULL) {
		buf_adds(b, " (");
		md_cell(b, k->rule->name);
		buf_addc(b, ')');
	}
	buf_adds(b, f->exact ? " | " : " | a sample of ");
	md_number(b, f->parents);
	buf_adds(b, " | ");
	figure_share(b, f->none, f->parents, &md_style);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		buf_adds(b, " | ");
		md_number(b, counts[i]);
	}
	buf_adds(b, " | ");
	figure_share(b, f->early, f->compared, &md_style);
	buf_adds(b, " |\n");
}

void md_fans(const struct report *r, struct buf *b)
{
	bool any = false;

	for (uint32_t i = 0; i < r->audit->nmade; i++)
		for (uint32_t k = 0; k < r->audit->by_name[i]->nfks; k++) {
			if (!r->audit->by_name[i]->fks[k].fan.known)
				continue;
			if (!any)
				buf_adds(b,
					"\n## Children of each parent\n\n"
					"| foreign key | parents | without a child | least | half "
					"have at most | nine in ten at most | most | children born "
					"before their parent |\n"
					"|---|---:|---:|---:|---:|---:|---:|---:|\n");
			any = true;
			fan(b, &r->audit->by_name[i]->fks[k]);
		}
}

/* ---- time ------------------------------------------------------------------------------------ */

static void time_cells(struct buf *b, const struct stage_time *s)
{
	buf_adds(b, " | ");
	figure_seconds(b, s->us, &md_style);
	buf_adds(b, " | ");
	md_number(b, s->rows);
	buf_adds(b, " | ");
	if (times_per_second(s) > 0)
		md_number(b, times_per_second(s));
	else
		buf_addc(b, '-');
	buf_adds(b, " |\n");
}

void md_times(const struct report *r, struct buf *b)
{
	if (r->times.n == 0)
		return;
	buf_addf(b,
		"\n## Time and rows by stage\n\n%s\n\n"
		"| stage or table | time | rows | rows a second |\n|---|---:|---:|---:|\n",
		times_note);
	for (uint32_t i = 0; i < r->times.n; i++) {
		buf_addf(b, "| %s", r->times.stage[i].stage);
		time_cells(b, &r->times.stage[i]);
	}
	for (uint32_t i = 0; i < r->audit->nmade; i++) {
		const struct audit_table *t = r->audit->by_name[i];
		struct stage_time s = times_of_table(&r->times, r->audit, t);

		if (s.us == 0)
			continue;
		buf_adds(b, "| ");
		md_cell(b, t->row_count->path);
		time_cells(b, &s);
	}
}
