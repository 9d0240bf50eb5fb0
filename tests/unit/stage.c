/* SPDX-License-Identifier: MIT */
/* A stage of the tests' own: it says what it was given, and fails as it is told to. */
#include "common/stage/stage.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/err.h"

static struct {
	const char *run, *conn, *fail;
	uint32_t jobs;
	uint64_t rows;
	bool strict, noisy, ps;
	struct opt_list tables;
	const char *args[2];
} given;

static const struct opt opts[] = {
	{"run", 'r', OPT_STR, &given.run, "DIR", "run directory"},
	{"conn", 0, OPT_STR, &given.conn, "URL", "database\nelse DATABASE_URL"},
	{"jobs", 'j', OPT_U32, &given.jobs, "N", "workers at once"},
	{"rows", 0, OPT_U64, &given.rows, "N", "rows, as in 10k"},
	{"strict", 's', OPT_FLAG, &given.strict, NULL, "be strict"},
	{"noisy", 'n', OPT_FLAG, &given.noisy, NULL, "warn"},
	{"ps", 0, OPT_FLAG, &given.ps, NULL, "print what ps shows"},
	{"table", 't', OPT_LIST, &given.tables, "S.T", "a table, may be repeated"},
	{"fail", 0, OPT_STR, &given.fail, "KIND", "no, input or temp"},
	{"workers", 0, OPT_U32, NULL, "jobs", NULL},
};

static void show_ps(void)
{
	char line[4096];
	FILE *f = fopen("/proc/self/cmdline", "r");
	size_t n = f == NULL ? 0 : fread(line, 1, sizeof(line), f);

	for (size_t i = 0; i < n; i++)
		putchar(line[i] == '\0' ? ' ' : line[i]);
	putchar('\n');
	if (f != NULL)
		fclose(f);
}

static int run(struct err *e)
{
	static const struct {
		const char *name;
		enum err_kind kind;
	} kinds[] = {{"no", ERR_NO}, {"input", ERR_INPUT}, {"temp", ERR_TEMP}};

	stage_say("run=%s conn=%s jobs=%" PRIu32 " rows=%" PRIu64 " strict=%d args=%s,%s",
		given.run ? given.run : "-", given.conn ? given.conn : "-", given.jobs, given.rows,
		given.strict, given.args[0] ? given.args[0] : "-",
		given.args[1] ? given.args[1] : "-");
	for (size_t i = 0; i < given.tables.n; i++)
		stage_say("table=%s", given.tables.v[i]);
	if (given.noisy)
		stage_warn("%s", "noisy");
	if (given.ps)
		show_ps();
	for (size_t i = 0; given.fail != NULL && i < 3; i++)
		if (strcmp(kinds[i].name, given.fail) == 0)
			return err_set(e, kinds[i].kind, "told to");
	return 0;
}

int main(int argc, char **argv)
{
	static const struct stage stage = {
		.name = "demo",
		.about = "Say what was given.",
		.usage = "[--run DIR] [ARG [ARG]]",
		.reads = "nothing",
		.writes = "nothing",
		.examples = "demo --run r\n    says run=r",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
		.args = given.args,
		.nargs = 2,
		.run = run,
	};

	return stage_main(&stage, argc, argv);
}
