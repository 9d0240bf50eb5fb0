/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/catalogue/catalogue.h"
#include "common/base/num.h"
#include "common/io/file.h"
#include "common/io/json.h"
#include "common/io/log.h"
#include "common/io/msgpack.h"
#include "common/io/rundir.h"
#include "common/plan/plan.h"
#include "common/schema/schema.h"
#include "common/sql/sql.h"
#include "common/stage/stage.h"
#include "stages/plan-check/accepted.h"
#include "stages/plan-check/check.h"
#include "stages/plan-check/data.h"
#include "stages/plan-check/document.h"
#include "stages/plan-check/estimate.h"
#include "stages/plan-check/init.h"
#include "stages/plan-check/jsonschema.h"
#include "stages/plan-check/lists.h"
#include "stages/plan-check/dry_run.h"
#include "stages/plan-check/resolve.h"
#include "stages/plan-check/schema_part.h"
#include "stages/plan-check/settle.h"
#include "stages/plan-check/shape.h"
#include "stages/plan-check/shards.h"
#include "stages/plan-check/source.h"
#include "stages/plan-check/tables_mk.h"

static struct {
	const char *plan, *run, *shards, *seed, *rows, *null_rate, *as_of, *output, *plan_schema,
		*data, *shard_seconds;
	const char *scale, *locale, *on_impossible;
	const char *update;
	struct opt_list tables, exclude, skip;
	bool init, bare, explain, append, generators, draw_unchecked, estimate;
} arg = {.output = "text"};

/* What one call works on. */
struct job {
	struct arena a;
	struct rundir run;
	struct schema schema;
	struct source src;
	struct source house; /* --plan-schema */
	struct check check;
	struct plan plan;
	struct dry_run_left left;
	double seconds; /* that a shard is to take, of those that are chosen */
};

/* --seed and --null-rate, which mean the same for a plan and for --init */
static int read_numbers(uint64_t *seed, double *null_rate, struct err *e)
{
	if (arg.seed != NULL && !num_parse_u64(arg.seed, strlen(arg.seed), seed))
		return err_set(
			e, ERR_INPUT, "--seed: \"%s\" is not an integer, 0 or more", arg.seed);
	if (arg.null_rate != NULL &&
		!(num_parse_f64(arg.null_rate, strlen(arg.null_rate), null_rate) &&
			*null_rate >= 0 && *null_rate <= 1))
		return err_set(e, ERR_INPUT, "--null-rate: \"%s\" is not a number from 0 to 1",
			arg.null_rate);
	return 0;
}

/* --shard-seconds, which only "auto" heeds. */
static int read_seconds(double *seconds, const struct sizes *shards, struct err *e)
{
	const char *s = arg.shard_seconds;
	bool chosen = false;

	for (size_t i = 0; i < shards->n; i++)
		chosen = chosen || shards->v[i].n == SIZE_AUTO;
	if (s == NULL)
		return 0;
	if (!chosen)
		return err_set(e, ERR_INPUT, "--shard-seconds is for --shards auto");
	if (!num_parse_f64(s, strlen(s), seconds) || !(*seconds > 0))
		return err_set(e, ERR_INPUT, "--shard-seconds: \"%s\" is not a number above 0", s);
	return 0;
}

static int read_options(struct job *j, struct options *o, struct err *e)
{
	*o = (struct options){.seed = j->src.seed,
		.null_rate = -1,
		.as_of = arg.as_of,
		.run = &j->run,
		.skip = arg.skip.v,
		.nskip = arg.skip.n,
		.draw_unchecked = arg.draw_unchecked};
	if (sizes_parse(&o->rows, "rows", arg.rows, &j->schema, &j->a, e) == -1 ||
		sizes_parse(&o->shards, "shards", arg.shards, &j->schema, &j->a, e) == -1 ||
		read_seconds(&j->seconds, &o->shards, e) == -1)
		return -1;
	return read_numbers(&o->seed, &o->null_rate, e);
}

/* Options of what a new plan is to say. */
static bool has_plan_options(void)
{
	return arg.plan != NULL || arg.append || arg.bare || arg.rows != NULL ||
	       arg.scale != NULL || arg.seed != NULL || arg.as_of != NULL || arg.locale != NULL ||
	       arg.on_impossible != NULL || arg.null_rate != NULL || arg.tables.n > 0 ||
	       arg.exclude.n > 0;
}

/* The options of --init: each is honoured, or refused. */
static int read_init(struct job *j, struct init_options *o, struct err *e)
{
	static const double scale_max = 1e12;

	*o = init_defaults();
	o->as_of = arg.as_of;
	o->guess = !arg.bare;
	o->explain = arg.explain;
	o->update = arg.update;
	o->append = arg.append;
	o->tables = arg.tables.v;
	o->ntables = arg.tables.n;
	o->exclude = arg.exclude.v;
	o->nexclude = arg.exclude.n;
	if (arg.locale != NULL)
		o->locale = arg.locale;
	if (arg.on_impossible != NULL)
		o->on_impossible = arg.on_impossible;
	if (strcmp(o->on_impossible, "skip") != 0 && strcmp(o->on_impossible, "refuse") != 0)
		return err_set(e, ERR_INPUT, "--on-impossible: \"%s\" is neither skip nor refuse",
			o->on_impossible);
	if (arg.rows != NULL && arg.scale != NULL)
		return err_set(e, ERR_INPUT, "--rows and --scale exclude each other");
	if (arg.update != NULL && has_plan_options())
		return err_set(e, ERR_INPUT,
			"--update: the plan says all of that itself; it takes no other option than "
			"--explain");
	if (arg.shards != NULL || arg.shard_seconds != NULL || arg.plan_schema != NULL)
		return err_set(e, ERR_INPUT, "--%s is for checking a plan, not for --init",
			arg.shards != NULL	    ? "shards"
			: arg.shard_seconds != NULL ? "shard-seconds"
						    : "plan-schema");
	if (arg.scale != NULL && !(num_parse_f64(arg.scale, strlen(arg.scale), &o->scale) &&
					 o->scale > 0 && o->scale <= scale_max))
		return err_set(e, ERR_INPUT, "--scale: \"%s\" is not a number above 0", arg.scale);
	if (sizes_parse(&o->rows, "rows", arg.rows, &j->schema, &j->a, e) == -1)
		return -1;
	return read_numbers(&o->seed, &o->null_rate, e);
}

static int init(struct job *j, struct err *e)
{
	struct init_options o;

	if (read_init(j, &o, e) == -1)
		return -1;
	return init_plan(&j->schema, &j->run, arg.plan, &o, &j->a, e);
}

/* An issue of a rule names the table and the column of the rule, beside the place in the plan: the
 * messages that do not, get it in front. */
static void name_rules(struct job *j)
{
	static const char rules[] = "/rules/";
	struct issues *is = &j->check.is;

	for (size_t i = 0; i < is->n; i++) {
		struct issue *x = &is->v[i];
		bool of_rule = strncmp(x->path, rules, sizeof(rules) - 1) == 0;
		unsigned long n = of_rule ? strtoul(x->path + sizeof(rules) - 1, NULL, 10) : 0;
		json_t *rule =
			of_rule ? json_array_get(json_object_get(j->src.json, "rules"), n) : NULL;
		const char *schema = json_string_value(json_object_get(rule, "schema"));
		const char *table = json_string_value(json_object_get(rule, "table"));
		const char *column = json_string_value(json_object_get(rule, "column"));
		const char *name;

		if (schema == NULL || table == NULL)
			continue;
		name = issue_path(is, "%s.%s", schema, table);
		if (strstr(x->message, name) == NULL)
			x->message =
				issue_path(is, "\"%s%s%s\": %s", name, column != NULL ? "." : "",
					column != NULL ? column : "", x->message);
	}
}

/* issues in text go to stderr, as JSON to stdout, both in one piece */
static int tell(struct job *j, struct err *e)
{
	struct issues *is = &j->check.is;
	bool json = strcmp(arg.output, "json") == 0;
	struct buf b = BUF_INIT;
	FILE *to = json ? stdout : stderr;
	int rc = 0;

	name_rules(j);
	issues_place(is, (struct view){j->src.text.p, j->src.text.n});
	if (json)
		issues_json(is, &b);
	else
		issues_text(is, &b);
	if (issues_failed(is) || !buf_ok(&b))
		rc = err_nomem(e);
	else if (b.n > 0 && (fwrite(b.p, 1, b.n, to) != b.n || fflush(to) != 0))
		rc = err_sys(e, "writing the issues");
	buf_free(&b);
	return rc;
}

static int refuse(struct job *j, struct err *e)
{
	const struct issues *is = &j->check.is;

	log_event(&j->run, "plan-check", "plan_refused", "errors", LOG_UINT,
		(uint64_t)is->count[ISSUE_ERROR], NULL);
	return err_set(e, ERR_NO, "%s is refused: %zu error%s, %zu warning%s", arg.plan,
		is->count[ISSUE_ERROR], is->count[ISSUE_ERROR] == 1 ? "" : "s",
		is->count[ISSUE_WARNING], is->count[ISSUE_WARNING] == 1 ? "" : "s");
}

/* ---- artefacts ---------------------------------------------------------- */

static int write_json(const struct job *j, const msgpack_object *doc, struct err *e)
{
	char *path = rundir_file(&j->run, "resolved_plan.json");
	struct buf b = BUF_INIT;
	struct jsonw w;
	int rc;

	jw_begin(&w, &b, true);
	jw_object_of(&w, doc);
	rc = path == NULL || !buf_ok(&b) ? err_nomem(e) : file_replace(path, b.p, b.n, e);
	buf_free(&b);
	return rc;
}

/* The document is read back before anything is written: what later stages will see is what
 * was judged. */
static int write_all(struct job *j, struct err *e)
{
	char *path = rundir_file(&j->run, "plan.msgpack");
	msgpack_zone *zone = msgpack_zone_new(8192);
	struct buf body = BUF_INIT;
	msgpack_object doc;
	struct plan again;
	int rc = -1;

	document_pack(&body, &j->check, &j->plan);
	if (path == NULL || zone == NULL || !buf_ok(&body) || issues_failed(&j->check.is))
		err_nomem(e);
	else if (mp_parse(zone, body.p, body.n, &doc, e) == 0 &&
		 plan_from_doc(&again, &doc, &j->schema, &j->a, e) == 0 &&
		 plan_write(path, &body, j->schema.fingerprint, e) == 0 &&
		 write_json(j, &doc, e) == 0)
		rc = tables_mk_write(&j->run, &again, e);
	if (zone != NULL)
		msgpack_zone_free(zone);
	buf_free(&body);
	return rc;
}

/* ---- the stage ---------------------------------------------------------- */

/* the structure: ours, then that of --plan-schema */
static bool readable(struct job *j)
{
	struct issues *is = &j->check.is;
	json_t *house = j->house.json;

	if (house != NULL && !jsonschema_compile(house, is))
		return false;
	if (!shape_check(j->src.json, is))
		return false;
	if (house != NULL)
		jsonschema_check(house, j->src.json, is);
	return true;
}

/* A sample is made by plan-check too, which is to read the plan as this call does. */
static int estimate(const struct job *j, struct err *e)
{
	const char *words[16] = {arg.plan};
	const struct {
		const char *option, *value;
	} given[] = {{"--seed", arg.seed}, {"--null-rate", arg.null_rate}, {"--as-of", arg.as_of},
		{"--data", arg.data}};
	size_t n = 1;

	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
		if (given[i].value != NULL) {
			words[n++] = given[i].option;
			words[n++] = given[i].value;
		}
	if (arg.draw_unchecked)
		words[n++] = "--draw-unchecked";
	return estimate_run(&j->run, &j->plan, words, n, e);
}

static int check_plan(struct job *j, struct err *e)
{
	struct check *c = &j->check;
	struct options options;

	if (check_open(c, j->src.json, &j->schema, &j->a) == -1)
		return err_nomem(e);
	if (arg.plan_schema != NULL && source_read(&j->house, arg.plan_schema, e) == -1)
		return -1;
	if (arg.data != NULL && data_read(c, arg.data, e) == -1)
		return -1;
	if (readable(j)) {
		if (read_options(j, &options, e) == -1)
			return -1;
		if (lists_read(j->src.json, arg.plan, &c->is, &j->a) == -1)
			return err_nomem(e);
		check_document(c);
		if (settle(c, &options, &j->plan, &j->left, e) == -1)
			return -1;
		shards_choose(&j->plan, &options, &j->left, j->seconds);
	}
	if (tell(j, e) == -1)
		return -1;
	if (c->is.count[ISSUE_ERROR] > 0)
		return refuse(j, e);
	if (write_all(j, e) == -1)
		return -1;
	say_accepted(&j->run, c, &j->plan, &j->left, strcmp(arg.output, "json") == 0);
	return arg.estimate ? estimate(j, e) : 0;
}

static int open_run(struct job *j, struct err *e)
{
	char *path;

	if (arg.run == NULL)
		return err_set(e, ERR_INPUT, "--run is required");
	if (rundir_open(&j->run, arg.run, &j->a, e) == -1)
		return -1;
	if ((path = rundir_file(&j->run, "schema.msgpack")) == NULL)
		return err_nomem(e);
	if (schema_read(&j->schema, path, &j->a, e) == -1)
		return -1;
	j->schema.parsed = sql_memo_new(&j->a);
	return j->schema.parsed != NULL ? sql_widen(&j->schema, &j->a, e) : err_nomem(e);
}

/* What only --init heeds is no option of a check. */
static int check_init_alone(struct err *e)
{
	const char *only = arg.scale != NULL	? "scale"
			   : arg.locale != NULL ? "locale"
			   : arg.append		? "append"
			   : arg.tables.n > 0	? "tables"
			   : arg.exclude.n > 0	? "exclude"
			   : arg.on_impossible	? "on-impossible"
			   : arg.bare		? "bare"
			   : arg.explain	? "explain"
			   : arg.update != NULL ? "update"
						: NULL;

	if (arg.init && arg.estimate)
		return err_set(e, ERR_INPUT, "--estimate is for checking a plan, not for --init");
	if (only != NULL && !arg.init)
		return err_set(e, ERR_INPUT, "--%s is for --init: write it into the plan", only);
	if (arg.plan == NULL && !arg.init)
		return err_set(e, ERR_INPUT, "name a plan, or ask for one with --init");
	return 0;
}

static int list_generators(struct err *e)
{
	struct catalogue_options o = {.prefix = arg.plan, .json = strcmp(arg.output, "json") == 0};

	/* what make catalogue writes into plans/plan.schema.json */
	if (strcmp(arg.output, "schema") == 0)
		return schema_part_print(e);
	return catalogue_print(&o, e);
}

static int run_stage(struct err *e)
{
	struct job j = {.a = ARENA_INIT,
		.src = {.text = BUF_INIT},
		.house = {.text = BUF_INIT},
		.seconds = 10};
	int rc = -1;

	if (strcmp(arg.output, "text") != 0 && strcmp(arg.output, "json") != 0 &&
		!(arg.generators && strcmp(arg.output, "schema") == 0))
		return err_set(
			e, ERR_INPUT, "--output: \"%s\" is neither text nor json", arg.output);
	if (arg.generators)
		return list_generators(e);
	if (check_init_alone(e) == -1)
		return -1;
	if (open_run(&j, e) == 0) {
		if (arg.init)
			rc = init(&j, e);
		else if (source_read(&j.src, arg.plan, e) == 0)
			rc = check_plan(&j, e);
	}
	source_close(&j.src);
	source_close(&j.house);
	arena_free(&j.a);
	return rc;
}

static const struct opt opts[] = {
	{"run", 0, OPT_STR, &arg.run, "DIR", "run directory that introspect has written"},
	{"shards", 0, OPT_STR, &arg.shards, "N",
		"number of shards of every table; 'N;schema.table=M'\n"
		"for some; auto: by the number and length of rows"},
	{"shard-seconds", 0, OPT_STR, &arg.shard_seconds, "S",
		"with --shards auto: seconds of processor time that a\n"
		"shard should take (default 10), at 50 MB of CSV a second"},
	{"estimate", 0, OPT_FLAG, &arg.estimate, NULL,
		"then generate samples of the plan for about a second,\n"
		"and print rows, bytes, time and memory of each stage"},
	{"seed", 0, OPT_STR, &arg.seed, "N", "use this seed instead of the plan's"},
	{"rows", 0, OPT_STR, &arg.rows, "N", "rows of every target; 'N;schema.table=M' for some"},
	{"null-rate", 0, OPT_STR, &arg.null_rate, "R",
		"share of NULLs in nullable columns without a rule (0.1)"},
	{"as-of", 0, OPT_STR, &arg.as_of, "DATE",
		"the date that counts as today, instead of the plan's\nglobal.as_of"},
	{"plan-schema", 0, OPT_STR, &arg.plan_schema, "FILE",
		"a JSON Schema (Draft 7) that the plan must satisfy too"},
	{"data", 0, OPT_STR, &arg.data, "DIR",
		"use the lists of words in DIR/LOCALE/NAME.txt and .tsv\n"
		"instead of the compiled-in ones of the same name"},
	{"output", 0, OPT_STR, &arg.output, "FORMAT", "issues as text (default) or json"},
	{"format", 0, OPT_STR, NULL, "output", NULL},
	{"init", 0, OPT_FLAG, &arg.init, NULL,
		"write a plan to start from, to PLAN or to stdout, with\n"
		"rules guessed from names, types and checks; --rows,\n"
		"--seed, --as-of and --null-rate are written into it"},
	{"bare", 0, OPT_FLAG, &arg.bare, NULL, "with --init: write no guessed rules"},
	{"explain", 0, OPT_FLAG, &arg.explain, NULL,
		"with --init: print what is guessed for each column, and\n"
		"why, instead of a plan"},
	{"update", 0, OPT_STR, &arg.update, "PLAN",
		"with --init: rewrite PLAN for a schema that has changed:\n"
		"keep its rules, add rules for new columns, and print\n"
		"what changed (on stdout; with --explain, on stderr)"},
	{"scale", 0, OPT_STR, &arg.scale, "X", "with --init: X times 100 rows in every table"},
	{"locale", 0, OPT_STR, &arg.locale, "LOCALE",
		"with --init: pt_BR or en_US (default: the language of\n"
		"the names in the schema)"},
	{"tables", 0, OPT_LIST, &arg.tables, "PATTERN",
		"with --init: only tables that match, such as 'crm.*' or\n"
		"leads, and their parents; may be repeated"},
	{"include", 0, OPT_LIST, NULL, "tables", NULL},
	{"exclude", 0, OPT_LIST, &arg.exclude, "PATTERN", "with --init: not tables that match"},
	{"on-impossible", 0, OPT_STR, &arg.on_impossible, "WORD",
		"with --init: skip (default) tables that cannot be\n"
		"filled, or refuse the whole plan"},
	{"skip", 0, OPT_LIST, &arg.skip, "TABLE[=REASON]",
		"skip this table and those that need it; may be repeated"},
	{"draw-unchecked", 0, OPT_FLAG, &arg.draw_unchecked, NULL,
		"do not skip tables with checks that only the server can\n"
		"evaluate: generate rows, which the server may reject"},
	{"append", 0, OPT_FLAG, &arg.append, NULL,
		"with --init: add rows to tables whose keys introspect\n"
		"--keys has read"},
	{"generators", 0, OPT_FLAG, &arg.generators, NULL,
		"list generators and transforms with their parameters;\n"
		"with PLAN, only those whose id begins with it"},
};

int main(int argc, char **argv)
{
	static const struct stage stage = {
		.name = "plan-check",
		.about = "Check a plan against the schema, report every problem, write "
			 "plan.msgpack.\n"
			 "Before it accepts a plan, it generates the first rows of every table.",
		.usage = "PLAN --run DIR\n"
			 "       plan-check --init [PLAN] --run DIR     (datalchemy init)",
		.reads = "PLAN schema.msgpack keys/*.existing.msgpack, CSV files that PLAN names",
		.writes = "plan.msgpack resolved_plan.json tables.mk tables/",
		.examples = "plan-check --init --run runs/crm > plan.json\n"
			    "datalchemy init --run runs/crm --rows '1k;crm.leads=5k' > plan.json\n"
			    "datalchemy init --explain --run runs/crm\n"
			    "datalchemy init --update plan.json --run runs/crm\n"
			    "plan-check --generators derive.\n"
			    "plan-check plan.json --run runs/crm --shards '4;crm.leads=16'",
		.opts = opts,
		.nopts = sizeof(opts) / sizeof(opts[0]),
		.args = &arg.plan,
		.nargs = 1,
		.run = run_stage,
	};

	return stage_main(&stage, argc, argv);
}
