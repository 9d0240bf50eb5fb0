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
		{"table", 't', OPT_STR, &o->table, "SCHEMA.TABLE", "this table only"},
		{"level", 0, OPT_STR, &o->level, "L",
			"the tables of this level of the plan only: those\nwhose parents' levels "
			"are "
			"below it, from 0"},
		{"shard", 0, OPT_STR, &o->shard, "WHICH",
			"shards of it only, counted from 0: 3, 1,4-7; I/N is\npart I of N equal "
			"parts, of every table without\n--table"},
		{"jobs", 'j', OPT_U32, &o->jobs, "N", "worker processes, over shards and tables"},
		{"format", 'f', OPT_STR, &o->format, "FORMAT",
			"csv (the default), text or binary (as COPY takes\nthem; tables with types "
			"that have no binary form\nhere are text), jsonl; sql (INSERT statements) "
			"with\n--out"},
		{"header", 0, OPT_STR, &o->header, "WHERE",
			"which shards of csv have the names of columns, and of\nbinary a signature "
			"and an end: first (the default:\nconcatenated shards are the table), each "
			"(every file\nis read by itself), none"},
		{"out", 'o', OPT_STR, &o->out, "FILE",
			"write the rows of --table there, - for stdout, shard\nafter shard, and "
			"nothing in the run directory"},
		{"compress", 'z', OPT_STR, &o->compress, "zstd[:LEVEL]",
			"compress the rows, level 1 to 19, 1 when not given"},
		{"slice", 0, OPT_STR, &o->slice, "FROM:COUNT",
			"print these rows of --table, counted from 0, and\nwrite nothing"},
		{"force", 0, OPT_FLAG, &o->force, NULL, "make shards again that are up to date"},
		{"discard", 0, OPT_FLAG, &o->discard, NULL,
			"make and encode the rows, but write only the key\nsnapshots: for "
			"measurements"},
		{"unchecked", 0, OPT_FLAG, &o->unchecked, NULL,
			"with --discard: evaluate no checks and write no key\nsnapshots, to "
			"measure their "
			"cost"},
	};

	memcpy(opts, all, sizeof(all));
}
