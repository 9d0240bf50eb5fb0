/* SPDX-License-Identifier: MIT */
/* gen-parents: Fill the tables that refer to no other table of the plan. */
#include "common/run/run_stage.h"

static struct run_options given = {.stage = "gen-parents", .parents = true, .jobs = 1};

static int run(struct err *e)
{
	return run_generate(&given, e);
}

int main(int argc, char **argv)
{
	struct opt opts[RUN_STAGE_OPTS];
	const struct stage stage = {.name = "gen-parents",
		.about =
			"Generate the rows of the tables that refer to no other table of the plan.",
		.usage = RUN_STAGE_USAGE,
		.reads = "schema.msgpack plan.msgpack",
		.writes = "data/* keys/* receipts/gen.* generation_report.json logs.ndjson",
		.examples = "  gen-parents --run runs/1 --jobs 4\n"
			    "  gen-parents --run runs/1 --table crm.empresas --format binary\n",
		.opts = opts,
		.nopts = RUN_STAGE_OPTS,
		.run = run};

	run_stage_opts(&given, opts);
	return stage_main(&stage, argc, argv);
}
