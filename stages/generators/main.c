/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/catalogue/catalogue.h"
#include "common/generators/locale.h"
#include "common/stage/stage.h"

static struct {
	const char *id, *locale, *seed;
	uint32_t samples;
	bool json, page, manual;
} arg = {.samples = UINT32_MAX};

static int read_options(struct catalogue_options *o, struct err *e)
{
	char names[LOCALE_NAMES];

	*o = (struct catalogue_options){.prefix = arg.id,
		.locale = arg.locale,
		.samples = arg.samples,
		.seed = 42,
		.json = arg.json};
	o->brief = arg.id == NULL && arg.samples == UINT32_MAX && !arg.json;
	if (arg.samples == UINT32_MAX)
		o->samples = arg.id != NULL ? 5 : 0;
	if (o->samples > CATALOGUE_SAMPLES)
		return err_set(e, ERR_INPUT, "--sample: at most %d values", CATALOGUE_SAMPLES);
	if (arg.locale != NULL && locale_find(arg.locale) == NULL)
		return err_set(e, ERR_INPUT, "--locale: there is no locale \"%s\": use %s",
			arg.locale, locale_names(names));
	if (arg.seed != NULL && !num_parse_u64(arg.seed, strlen(arg.seed), &o->seed))
		return err_set(
			e, ERR_INPUT, "--seed: \"%s\" is not an integer, 0 or more", arg.seed);
	return 0;
}

/* A page of the whole table, onto standard output. */
static int put_page(struct err *e)
{
	struct buf b = BUF_INIT;
	int rc = arg.page ? catalogue_page(&b, e) : catalogue_manual(&b, e);

	if (rc == 0 && (fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout) != 0))
		rc = err_sys(e, "standard output");
	buf_free(&b);
	return rc;
}

static int run(struct err *e)
{
	struct catalogue_options o;

	if (arg.page || arg.manual)
		return put_page(e);
	return read_options(&o, e) == -1 ? -1 : catalogue_print(&o, e);
}

int main(int argc, char **argv)
{
	static const struct opt opts[] = {
		{"sample", 'n', OPT_U32, &arg.samples, "N",
			"show N values of each, made with the parameters of its\nexample (default "
			"5 where an ID is given)"},
		{"locale", 0, OPT_STR, &arg.locale, "LOCALE",
			"values of this locale, instead of all of them"},
		{"seed", 0, OPT_STR, &arg.seed, "N", "other values (default 42)"},
		{"json", 0, OPT_FLAG, &arg.json, NULL, "as JSON, with everything that is known"},
		{"markdown", 0, OPT_FLAG, &arg.page, NULL, "all of them as plans/GENERATORS.md"},
		{"troff", 0, OPT_FLAG, &arg.manual, NULL, "all of them as a page of the manual"},
	};
	static const struct stage stage = {
		.name = "generators",
		.about = "List the generators and transforms that a plan may name, with their "
			 "parameters and\nvalues that they make.  ID is one of them, or how its id "
			 "begins.",
		.usage = "[ID] [--sample N] [--locale LOCALE] [--json]",
		.reads = "nothing",
		.writes = "nothing",
		.examples = "generators\n"
			    "generators semantic.br.cpf\n"
			    "generators derive. --sample 3\n"
			    "generators --json | jq -r '.[].id'",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
		.args = &arg.id,
		.nargs = 1,
		.run = run,
	};

	return stage_main(&stage, argc, argv);
}
