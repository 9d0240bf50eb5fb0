/* SPDX-License-Identifier: MIT */
/* gen-children: Fill the tables whose rows refer to rows that exist already, level by level. */
#include "common/run/run_stage.h"

static struct run_options given = {.stage = "gen-children", .parents = false, .jobs = 1};

static int run(struct err *e)
{
	return run_generate(&given, e);
}

int main(int argc, char **argv)
{
	struct opt opts[RUN_STAGE_OPTS];
	const struct stage stage = {.name = "gen-children",
		.about = "Generate the rows of the tables that refer to other tables of the plan, "
			 "level by level.",
		.usage = RUN_STAGE_USAGE,
		.reads = "schema.msgpack plan.msgpack keys/*",
		.writes = "data/* keys/* receipts/gen.* generation_report.json logs.ndjson",
		.examples = "  gen-children --run runs/1 --jobs 4\n"
			    "  gen-children --run runs/1 --table crm.leads --shard 3\n"
			    "  gen-children --run runs/1 --table crm.leads --out leads.csv\n",
		.opts = opts,
		.nopts = RUN_STAGE_OPTS,
		.run = run};

	run_stage_opts(&given, opts);
	return stage_main(&stage, argc, argv);
}
