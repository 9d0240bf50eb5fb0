/* SPDX-License-Identifier: MIT */
/*
 * The options that gen-parents and gen-children share, so that both have the
 * same names, defaults and help.
 */
#include "common/run/run_stage.h"

#include <string.h>

void run_stage_opts(struct run_options *o, struct opt opts[RUN_STAGE_OPTS])
{
	const struct opt all[RUN_STAGE_OPTS] = {
		{"run", 0, OPT_STR, &o->run, "DIR", "run directory, after plan-check"},
		{"table", 't', OPT_STR, &o->table, "SCHEMA.TABLE", "only this table"},
		{"level", 0, OPT_STR, &o->level, "L",
			"only the tables of this level.  Level 0 has the tables\n"
			"without parents in the plan; the parents of a table are\n"
			"on lower levels"},
		{"shard", 0, OPT_STR, &o->shard, "WHICH",
			"only these shards of the table, counted from 0: 3, or\n"
			"1,4-7.  I/N means part I of N equal parts, counted from\n"
			"0, and without --table a part of every table"},
		{"jobs", 'j', OPT_U32, &o->jobs, "N",
			"worker processes, which share the shards and tables"},
		{"format", 'f', OPT_STR, &o->format, "FORMAT",
			"csv (the default), text or binary as COPY reads them,\n"
			"jsonl, or, with --out, sql (INSERT statements).  A table\n"
			"with a type that has no binary form here is written as\n"
			"text instead of binary"},
		{"header", 0, OPT_STR, &o->header, "WHERE",
			"which shards begin with the names of the columns (csv)\n"
			"or have COPY's signature and trailer (binary): first\n"
			"(the default, for shards that will be concatenated),\n"
			"each (for shards that will be read one by one), none"},
		{"out", 'o', OPT_STR, &o->out, "FILE",
			"write the rows of --table to this file, or to stdout if\n"
			"it is -, and write nothing into the run directory"},
		{"compress", 'z', OPT_STR, &o->compress, "zstd[:LEVEL]",
			"compress the files; the level is 1 (default) to 19"},
		{"slice", 0, OPT_STR, &o->slice, "FROM:COUNT",
			"print these rows of --table, counted from 0, and\nwrite nothing"},
		{"list", 0, OPT_STR, &o->list, "WHICH",
			"generate nothing, but print which shards this call would\n"
			"generate (missing), which have files that differ from\n"
			"their receipts (damaged; reads them), or all; a line\n"
			"has level, table, shard, number of shards, file name, rows"},
		{"force", 0, OPT_FLAG, &o->force, NULL,
			"generate shards again even if they are up to date"},
		{"discard", 0, OPT_FLAG, &o->discard, NULL,
			"generate and encode the rows but write only the key\n"
			"snapshots, to measure the time"},
		{"unchecked", 0, OPT_FLAG, &o->unchecked, NULL,
			"with --discard: evaluate no CHECK constraints and write\n"
			"no key snapshots, to measure what they cost"},
	};

	memcpy(opts, all, sizeof(all));
}
