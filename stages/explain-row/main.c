/* SPDX-License-Identifier: MIT */
/* explain-row: how the values of one row came to be. */
#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/stage/stage.h"
#include "stages/explain-row/look.h"

static struct {
	const char *run, *output;
	const char *what[2]; /* SCHEMA.TABLE ROW */
} given = {.output = "text"};

static int show(void *ctx, const struct table_program *b, struct foreign *fc, struct engine *g,
	const struct run_issue *issues, struct err *e)
{
	const struct run_look *l = ctx;
	struct arena a = ARENA_INIT;
	struct look x = {.b = b, .fc = fc, .issues = issues, .a = &a};
	struct buf text = BUF_INIT;
	int rc = look_open(&x, g, l->row, e);

	if (rc == 0) {
		(strcmp(given.output, "json") == 0 ? look_json : look_words)(&x, &text);
		rc = x.nomem ? err_nomem(e) : stage_print(&text, e);
	}
	context_close(x.c);
	buf_free(&text);
	arena_free(&a);
	return rc;
}

static int run(struct err *e)
{
	struct run_look look = {.look = show, .ctx = &look};
	const struct run_options o = {.stage = "explain-row",
		.run = given.run,
		.table = given.what[0],
		.jobs = 1,
		.look = &look};
	const char *row = given.what[1];

	if (given.what[0] == NULL || row == NULL)
		return err_set(e, ERR_INPUT, "name a table and a row: SCHEMA.TABLE ROW");
	if (!num_parse_count(row, strlen(row), &look.row))
		return err_set(e, ERR_INPUT, "\"%s\" is no row: write a number, from 0", row);
	if (strcmp(given.output, "text") != 0 && strcmp(given.output, "json") != 0)
		return err_set(
			e, ERR_INPUT, "--output: \"%s\" is neither text nor json", given.output);
	return run_generate(&o, e);
}

int main(int argc, char **argv)
{
	static const struct opt opts[] = {
		{"run", 0, OPT_STR, &given.run, "DIR", "run directory, after plan-check"},
		{"output", 0, OPT_STR, &given.output, "FORMAT", "text (the default) or json"},
		{"format", 0, OPT_STR, NULL, "output", NULL},
	};
	static const struct stage stage = {
		.name = "explain-row",
		.about =
			"Explain where the values of one row come from: its parents and siblings,\n"
			"the random values that were drawn, and the checks that were evaluated.\n"
			"Rows count from 0.",
		.usage = "--run DIR SCHEMA.TABLE ROW [--output text|json]",
		.reads = "schema.msgpack plan.msgpack keys/*",
		.writes = "nothing",
		.examples = "datalchemy explain-row --run runs/a crm.leads 0\n"
			    "explain-row --run runs/a crm.leads 17 --output json | jq .parents",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
		.args = given.what,
		.nargs = 2,
		.run = run,
	};

	return stage_main(&stage, argc, argv);
}
