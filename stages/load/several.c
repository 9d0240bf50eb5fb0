/* SPDX-License-Identifier: MIT */
/* Calls of load that use several connections, or are one of several loaders. */
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/io/log.h"
#include "common/stage/stage.h"
#include "stages/load/shared.h"

int several_undo(struct load *l, struct err *e)
{
	struct err why = *e, ignored;

	if (e->kind != ERR_INPUT)
		return -1;
	(void)pg_exec(l->pg, "ROLLBACK", &ignored);
	if (shared_abandon(l, e) == -1) {
		struct err second = *e;

		return err_set(e, why.kind,
			"%s; and what was copied is there still: call load --abandon (%s)", why.msg,
			second.msg);
	}
	*e = why;
	return -1;
}

int several_begin(struct load *l, bool *ours, struct err *e)
{
	struct shared_copied copied;

	if (shared_begin(l, ours, e) == -1)
		return -1;
	if (!l->begun) {
		stage_warn("no table of the plan can be loaded by several connections: all are "
			   "loaded by one");
		return 0;
	}
	if (shared_copy(l, &copied, e) == 0)
		return 0;
	return *ours && copied.refused ? several_undo(l, e) : -1;
}

int several_end(struct load *l, struct err *e)
{
	int there = shared_state(l, e);

	if (there == -1)
		return -1;
	if (there == 0)
		return err_set(e, ERR_INPUT,
			"no loader has begun to load this run here, or another call has finished "
			"it: begin with load --shared");
	return files_rest(l, e);
}

/* Whether any shard's file is in this run directory. */
static bool any_file(const struct load *l)
{
	for (uint32_t i = 0; i < l->ntables; i++)
		for (uint32_t k = 0; k < l->tables[i].plan->shards; k++)
			if (l->tables[i].files[k].path != NULL)
				return true;
	return false;
}

static void say_shared(const struct load *l, const struct shared_copied *c, double seconds)
{
	stage_say("%s row%s of %llu shard%s copied in %.3f s; %s", num_people(c->rows).s,
		c->rows == 1 ? "" : "s", (unsigned long long)c->shards, c->shards == 1 ? "" : "s",
		seconds, c->left > 0 ? "other shards are missing" : "all shards are there");
	if (c->left == 0)
		stage_say("load --finish creates the keys again");
	log_event(&l->run, "load", "shards_copied", "rows", LOG_UINT, c->rows, "shards", LOG_UINT,
		c->shards, NULL);
}

int several_share(struct load *l, struct err *e)
{
	double start = load_clock();
	int earlier = commit_earlier(l, e);
	struct shared_copied copied;
	bool ours;

	if (earlier == -1)
		return -1;
	if (earlier == 1) {
		stage_say("the rows of this run are loaded: an earlier call committed them");
		return 0;
	}
	if (!any_file(l))
		return err_set(e, ERR_INPUT,
			"%s has no file of rows that a receipt tells of: run the generators, or "
			"name the run directory that has them",
			l->run.path);
	if (look_takes_rows(l, e) == -1 || shared_begin(l, &ours, e) == -1)
		return -1;
	if (!l->begun)
		return err_set(e, ERR_INPUT,
			"no table of the plan can be loaded by several loaders: call load without "
			"--shared");
	if (shared_copy(l, &copied, e) == -1)
		return copied.refused ? err_wrap(e, "nothing of that shard is in the database")
				      : -1;
	say_shared(l, &copied, load_clock() - start);
	return 0;
}

int several_abandon(struct load *l, struct err *e)
{
	int done = shared_abandon(l, e);

	if (done == -1)
		return -1;
	stage_say(done == 1 ? "the tables are empty, and their keys are as they were"
			    : "no load by several loaders is under way: nothing was changed");
	return 0;
}
