/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/accepted.h"

#include <stdio.h>

#include "common/base/calendar.h"
#include "common/base/num.h"
#include "common/io/log.h"
#include "common/stage/stage.h"

static void say_left(const struct dry_run_left *x)
{
	char more[32] = "";

	if (x->left > 1)
		(void)snprintf(more, sizeof(more), " and %u more", x->left - 1);
	if (x->left > 0)
		stage_say(
			"the first rows of %s.%s%s were not tried, because that needs more than %s "
			"rows of their parents; gen-children will report what fails",
			x->first->schema, x->first->name, more, num_people(DRY_RUN_ROWS).s);
}

/* How many tables have rows, and what became of the others. */
static void say_counts(const struct plan *p)
{
	struct plan_counts n = plan_counts(p);

	if (p->skips)
		stage_say("%u table%s filled, %u skipped, %u clipped", n.filled,
			n.filled == 1 ? "" : "s", n.skipped, n.clipped);
}

/* "s", unless there is one of them */
static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* Tables whose rows in the database matter: each of few, or how many there are. */
static void say_existing(const struct plan *p, bool append)
{
	enum { FEW = 3 };
	const struct plan_table *first = NULL;
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->ntables; i++) {
		const struct plan_table *t = &p->tables[i];

		if (append ? !t->append : !t->existing)
			continue;
		first = n++ == 0 ? t : first;
	}
	if (n > FEW) {
		stage_say(append ? "rows are added to those of %u tables, as to the %llu of %s.%s"
				 : "children attach to the rows of %u tables, as to the %llu of "
				   "%s.%s",
			n, (unsigned long long)(append ? first->after : first->rows),
			first->table->schema, first->table->name);
		return;
	}
	for (uint32_t i = 0; i < p->ntables; i++) {
		const struct plan_table *t = &p->tables[i];

		if (append && t->append)
			stage_say("%s.%s: %llu row%s are added to the %llu in the database",
				t->table->schema, t->table->name, (unsigned long long)t->rows,
				plural(t->rows), (unsigned long long)t->after);
		else if (!append && t->existing)
			stage_say("children attach to the %llu row%s that %s.%s has in the "
				  "database",
				(unsigned long long)t->rows, plural(t->rows), t->table->schema,
				t->table->name);
	}
}

/* What decides the values besides the plan's rules. */
static void say_values(const struct plan *p)
{
	char day[CAL_MAX];

	day[cal_fmt_date(day, p->as_of)] = '\0';
	stage_say("values: locale %s, seed %llu, today is %s", p->locale,
		(unsigned long long)p->seed, day);
}

void say_accepted(const struct rundir *run, const struct check *c, const struct plan *p,
	const struct dry_run_left *left, bool quiet)
{
	uint64_t rows = 0, shards = 0;
	uint32_t levels = 0, added = 0, made = 0;
	char parents[40] = "";

	for (uint32_t i = 0; i < p->ntables; i++) {
		if (p->tables[i].existing)
			continue;
		made++;
		rows += p->tables[i].rows;
		shards += p->tables[i].shards;
		added += p->tables[i].auto_added;
		if (p->tables[i].level >= levels)
			levels = p->tables[i].level + 1;
	}
	log_event(run, "plan-check", "plan_accepted", "tables", LOG_UINT, (uint64_t)p->ntables,
		"rows", LOG_UINT, rows, "shards", LOG_UINT, shards, "warnings", LOG_UINT,
		(uint64_t)c->is.count[ISSUE_WARNING], NULL);
	if (quiet)
		return;
	if (added > 0)
		(void)snprintf(parents, sizeof(parents), " (%u added as parents)", added);
	stage_say("plan accepted: %u table%s%s, %llu row%s in %llu shard%s, %u level%s", made,
		plural(made), parents, (unsigned long long)rows, plural(rows),
		(unsigned long long)shards, plural(shards), levels, plural(levels));
	say_values(p);
	say_existing(p, false);
	say_existing(p, true);
	say_left(left);
	say_counts(p);
}
