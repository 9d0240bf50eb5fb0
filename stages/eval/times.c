/* SPDX-License-Identifier: MIT */
#include "stages/eval/times.h"

#include <string.h>

#include <jansson.h>

#include "common/base/err.h"
#include "common/io/json_read.h"
#include "common/io/log.h"

enum { INTROSPECT, PARENTS, CHILDREN, LOAD };

static const char *const names[TIMES_STAGES] = {
	"introspect", "gen-parents", "gen-children", "load"};

/* What the log has said so far, from its end: what it says first was last. */
struct reading {
	const struct audit *u;
	uint64_t **shard_us; /* by table of the plan, and shard: one more; 0: not yet */
	uint64_t left;	     /* shards of which it has said nothing */
	struct stage_time stage[TIMES_STAGES];
};

static uint64_t number(const json_t *j, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(j, key));

	return n > 0 ? (uint64_t)n : 0;
}

static void shard(struct reading *r, const json_t *f)
{
	const struct plan *p = r->u->plan;
	const struct plan_table *t = plan_table(p, json_text(f, "schema"), json_text(f, "table"));
	uint64_t s = number(f, "shard");

	if (t == NULL || t->existing || s >= t->shards || r->shard_us[t - p->tables][s] != 0)
		return;
	r->shard_us[t - p->tables][s] = number(f, "duration_us") + 1;
	r->left--;
}

static bool event(void *ctx, const char *target, const json_t *f)
{
	struct reading *r = ctx;
	const char *event = json_text(f, "event");

	if (strcmp(event, "shard_finished") == 0)
		shard(r, f);
	for (uint32_t i = 0; strcmp(event, "run_finished") == 0 && i < TIMES_STAGES; i++)
		if (strcmp(target, names[i]) == 0 && r->stage[i].stage == NULL)
			r->stage[i] = (struct stage_time){
				names[i], number(f, "duration_ms") * 1000, number(f, "rows")};
	return r->left > 0 || r->stage[INTROSPECT].stage == NULL || r->stage[LOAD].stage == NULL;
}

/* The shards of the tables, added up by table and by stage. */
static void add_up(struct times *to, struct reading *r)
{
	const struct plan *p = r->u->plan;

	for (uint32_t i = 0; i < p->ntables; i++) {
		int at = p->tables[i].level == 0 ? PARENTS : CHILDREN;

		for (uint32_t s = 0; r->shard_us[i] != NULL && s < p->tables[i].shards; s++)
			to->table_us[i] += r->shard_us[i][s] > 0 ? r->shard_us[i][s] - 1 : 0;
		if (to->table_us[i] == 0)
			continue;
		r->stage[at].stage = names[at];
		r->stage[at].us += to->table_us[i];
		r->stage[at].rows += p->tables[i].rows;
	}
	for (uint32_t i = 0; i < TIMES_STAGES; i++)
		if (r->stage[i].stage != NULL)
			to->stage[to->n++] = r->stage[i];
}

int times_read(struct times *to, const struct audit *u, struct err *e)
{
	struct reading r = {.u = u};

	*to = (struct times){.table_us = arena_array(u->a, u->plan->ntables, sizeof(uint64_t))};
	r.shard_us = arena_array(u->a, u->plan->ntables, sizeof(*r.shard_us));
	if (to->table_us == NULL || r.shard_us == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < u->plan->ntables; i++) {
		if (u->plan->tables[i].existing)
			continue;
		r.shard_us[i] = arena_array(u->a, u->plan->tables[i].shards, sizeof(uint64_t));
		if (r.shard_us[i] == NULL)
			return err_nomem(e);
		r.left += u->plan->tables[i].shards;
	}
	log_backwards(u->run, "_finished\"", event, &r);
	add_up(to, &r);
	return 0;
}

const char times_note[] =
	"From the log of this run. Times of generators are those of their shards, added up, "
	"whatever "
	"ran beside them. Other runs of the plan have the same rows and other times.";

struct stage_time times_of_table(
	const struct times *t, const struct audit *u, const struct audit_table *of)
{
	return (struct stage_time){
		.us = t->table_us[of->plan - u->plan->tables], .rows = of->plan->rows};
}

uint64_t times_per_second(const struct stage_time *s)
{
	return s->us == 0 ? 0 : (uint64_t)((unsigned __int128)s->rows * 1000000 / s->us);
}
