/* SPDX-License-Identifier: MIT */
/*
 * plan_check DIR: what plan-check reads and says, one function at a time: places in the text of a
 * plan, issues, numbers for tables, JSON Schema, and the rules for make.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/io/file.h"
#include "stages/plan-check/issue.h"
#include "stages/plan-check/jsonschema.h"
#include "stages/plan-check/locate.h"
#include "stages/plan-check/sizes.h"
#include "stages/plan-check/source.h"
#include "stages/plan-check/tables_mk.h"
#include "tests/unit/check.h"
#include "tests/unit/how.h"

#define DIGEST	 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct arena a = ARENA_INIT;

/* ---- places -------------------------------------------------------------------------------- */

/* The place of a pointer's value in the text is where ${rest} begins. */
static void found(const char *text, const char *pointer, const char *rest)
{
	size_t at = locate_offset((struct view){text, strlen(text)}, pointer);

	CHECK_STR(text + at, rest);
}

static void a_pointer_leads_to_its_value_or_to_what_is_around_it(void)
{
	static const char text[] = " {\"a\": [10, {\"b/c\": \"x,]}\\\"\", \"d~\": true}, [ ]],"
				   " \"e\": {\"f\": null}}";

	found(text, "/", text + 1);
	found(text, "/a/0",
		"10, {\"b/c\": \"x,]}\\\"\", \"d~\": true}, [ ]], \"e\": {\"f\": null}}");
	found(text, "/a/1/b~1c", "\"x,]}\\\"\", \"d~\": true}, [ ]], \"e\": {\"f\": null}}");
	found(text, "/a/1/d~0", "true}, [ ]], \"e\": {\"f\": null}}");
	found(text, "/a/2", "[ ]], \"e\": {\"f\": null}}");
	found(text, "/a/2/0", "[ ]], \"e\": {\"f\": null}}");
	found(text, "/a/x",
		"[10, {\"b/c\": \"x,]}\\\"\", \"d~\": true}, [ ]], \"e\": {\"f\": null}}");
	found(text, "/e/f", "null}}");
	found(text, "/e/missing", "{\"f\": null}}");
	found(text, "/e/f/g", "null}}");
	found(text, "/missing/b", text + 1);
}

static void lines_and_columns_count_from_1_and_in_characters(void)
{
	static const char text[] = "{\n  \"preço\": 1, \"x\": 2}";
	unsigned line, col;

	locate((struct view){text, strlen(text)}, "/x", &line, &col);
	CHECK(line == 2 && col == 20);
	locate((struct view){text, strlen(text)}, "/", &line, &col);
	CHECK(line == 1 && col == 1);
}

/* Whatever is cut off, the place is inside of what is left. */
static void text_that_is_cut_has_a_place_too(void)
{
	static const char text[] = "{\"a\": [1, {\"b\\\"\": \"c\"}], \"d\": 2}";

	for (size_t n = 0; n < sizeof(text); n++) {
		CHECK(locate_offset((struct view){text, n}, "/a/1/b\"") <= n);
		CHECK(locate_offset((struct view){text, n}, "/d") <= n);
	}
}

/* ---- issues -------------------------------------------------------------------------------- */

static void errors_are_told_before_warnings_each_on_one_line(void)
{
	static const char text[] = "{\"targets\": [{\"rows\": 0}]}";
	struct issues is = {.a = &a};
	struct buf b = BUF_INIT;
	struct issue *i;

	issue_add(&is, ISSUE_WARNING, "unknown_key", "/note", NULL, "%s is not known", "note");
	i = issue_add(&is, ISSUE_ERROR, "invalid_rows", issue_path(&is, "/targets/%d", 0),
		"at least 1", "a name with a\nline break");
	i->at = issue_member(&is, i->path, "rows");
	issue_add(&is, ISSUE_ERROR, "schema_violation", "", NULL, "the whole");
	issues_place(&is, (struct view){text, strlen(text)});
	issues_text(&is, &b);
	buf_addc(&b, '\0');
	CHECK_STR(b.p, "error invalid_rows /targets/0 (1:23): a name with a line break\n"
		       "    hint: at least 1\n"
		       "error schema_violation / (1:1): the whole\n"
		       "warning unknown_key /note (1:1): note is not known\n");
	CHECK(is.count[ISSUE_ERROR] == 2 && is.count[ISSUE_WARNING] == 1);
	CHECK(issue_known(&is, ISSUE_ERROR, "/targets/0"));
	CHECK(!issue_known(&is, ISSUE_WARNING, "/targets/0"));
	CHECK(!issue_known(&is, ISSUE_ERROR, "/targets"));
	buf_free(&b);
}

static void issues_as_json_have_the_verdict_and_every_member(void)
{
	struct issues is = {.a = &a};
	struct buf b = BUF_INIT;
	const json_t *one;
	json_t *j;

	for (unsigned i = 0; i < 40; i++) /* more than there is room for at first */
		issue_add(&is, ISSUE_WARNING, "unknown_key", "/x", i == 0 ? "no" : NULL, "%u", i);
	issues_place(&is, (struct view){"{}", 2});
	issues_json(&is, &b);
	j = json_loadb(b.p, b.n, 0, NULL);
	CHECK(json_is_true(json_object_get(j, "accepted")));
	CHECK(json_integer_value(json_object_get(j, "warnings")) == 40);
	CHECK(json_array_size(json_object_get(j, "issues")) == 40);
	one = json_array_get(json_object_get(j, "issues"), 39);
	CHECK_STR(json_string_value(json_object_get(one, "message")), "39");
	CHECK(json_object_get(one, "hint") == NULL && json_object_size(one) == 6);
	CHECK(json_object_size(json_array_get(json_object_get(j, "issues"), 0)) == 7);
	json_decref(j);
	buf_free(&b);
}

static void keys_are_escaped_in_pointers(void)
{
	struct issues is = {.a = &a};

	CHECK_STR(issue_member(&is, "/rules/3", "a/b~c"), "/rules/3/a~1b~0c");
	CHECK_STR(issue_member(&is, "", ""), "/");
}

/* ---- numbers for tables ------------------------------------------------------------------------
 */

static struct pg_table tables[] = {
	{.schema = "s", .name = "t"},
	{.schema = "s", .name = "t=1"},
	{.schema = "s.t", .name = "u.v"},
};
static const struct schema schema = {.tables = tables, .ntables = 3};

static void of_two_numbers_for_a_table_its_own_and_the_later_counts(void)
{
	struct err e = {.kind = ERR_NONE};
	struct sizes s;
	uint64_t n = 7;

	CHECK(sizes_parse(&s, "rows", NULL, &schema, &a, &e) == 0);
	CHECK(!sizes_get(&s, &tables[0], &n) && n == 7);
	CHECK(sizes_parse(&s, "rows", "10;s.t=20;;s.t=1k;s.t=1=5;30", &schema, &a, &e) == 0);
	CHECK(sizes_get(&s, &tables[0], &n) && n == 1000);
	CHECK(sizes_get(&s, &tables[1], &n) && n == 5);
	CHECK(sizes_get(&s, &tables[2], &n) && n == 30);
	CHECK(sizes_parse(&s, "rows", "s.t.u.v=4", &schema, &a, &e) == 0);
	CHECK(sizes_get(&s, &tables[2], &n) && n == 4);
	CHECK(!sizes_get(&s, &tables[0], &n));
}

static void numbers_that_are_none_are_refused_by_option(void)
{
	static const struct {
		const char *text, *msg;
	} all[] = {
		{"0", "--shards: \"0\" is not a number above 0: write it as 1000, 10_000 or 10k"},
		{"s.t=many;3", "--shards: \"many\" is not a number above 0: write it as 1000, "
			       "10_000 or 10k"},
		{"s.x=3", "--shards: there is no table s.x: write SCHEMA.TABLE=N"},
		{"=3", "--shards: there is no table : write SCHEMA.TABLE=N"},
		{"s.t=", "--shards: \"\" is not a number above 0: write it as 1000, 10_000 or 10k"},
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		struct err e = {.kind = ERR_NONE};
		struct sizes s;

		CHECK(sizes_parse(&s, "shards", all[i].text, &schema, &a, &e) == -1);
		CHECK(e.kind == ERR_INPUT);
		CHECK_STR(e.msg, all[i].msg);
	}
}

/* ---- the plan's text ----------------------------------------------------------------------- */

/* Reads it from a file; ${msg} NULL: it is understood. */
static void source(const char *text, const char *msg, uint64_t seed)
{
	struct err e = {.kind = ERR_NONE};
	struct source s;
	int rc;

	CHECK(file_replace("plan.json", text, strlen(text), &e) == 0);
	rc = source_read(&s, "plan.json", &e);
	CHECK(rc == (msg == NULL ? 0 : -1));
	if (rc == 0)
		CHECK(s.seed == seed);
	else
		CHECK_STR(e.msg, msg != NULL ? msg : "");
	source_close(&s);
}

static void a_seed_has_64_bits_and_what_is_no_json_has_a_place(void)
{
	source("{\"seed\": 42}", NULL, 42);
	source("{\"x\": 1}", NULL, 0);
	source("{\"seed\": -1}", NULL, 0);
	source("{\"seed\": 18446744073709551615}", NULL, UINT64_MAX);
	source("{\"seed\": 9223372036854775807}", NULL, INT64_MAX);
	source("{\"seed\": 18446744073709551616}",
		"plan.json:1:29: too big integer near '18446744073709551616': a plan has none "
		"beyond 64 bits",
		0);
	source("{\"a\": 1,\n \"a\": 2}",
		"plan.json:2:4: not JSON: duplicate object key near '\"a\"'", 0);
	source("", "plan.json:1:0: not JSON: unexpected token near end of file", 0);
}

/* ---- JSON Schema --------------------------------------------------------------------------- */

static json_t *json(const char *text)
{
	return json_loads(text, JSON_DECODE_ANY, NULL);
}

/* The issues of a value under a schema, "" when it holds, "; " between them. */
static const char *judged(const char *rules, const char *value)
{
	struct issues is = {.a = &a};
	json_t *house = json(rules), *v = json(value);
	const char *all = "";

	CHECK(house != NULL && v != NULL);
	if (jsonschema_compile(house, &is))
		jsonschema_check(house, v, &is);
	for (size_t i = 0; i < is.n; i++)
		all = arena_printf(
			&a, "%s%s%s %s", all, i > 0 ? "; " : "", is.v[i].path, is.v[i].message);
	json_decref(house);
	json_decref(v);
	return all;
}

static void a_value_is_judged_by_every_keyword(void)
{
	static const struct {
		const char *rules, *good, *bad, *why;
	} all[] = {
		{"{\"type\": \"integer\"}", "3.0", "3.5", NULL},
		{"{\"type\": [\"string\", \"null\"]}", "null", "true", NULL},
		{"{\"enum\": [1, \"a\", [2]]}", "[2]", "[3]", NULL},
		{"{\"const\": {\"a\": 1}}", "{\"a\": 1.0}", "{\"a\": 2}", NULL},
		{"{\"const\": [[], {}]}", "[[], {}]", "[{}, {}]", NULL},
		{"{\"enum\": [[1, {\"a\": [2.0]}]]}", "[1.0, {\"a\": [2]}]", "[1, {\"b\": [2]}]",
			NULL},
		{"{\"minimum\": 2}", "2", "1.5", NULL},
		{"{\"exclusiveMaximum\": 2}", "1", "2", NULL},
		{"{\"multipleOf\": 3}", "9", "10", "/ must be a multiple of 3"},
		{"{\"minLength\": 2}", "\"éé\"", "\"é\"", NULL},
		{"{\"maxItems\": 1}", "[1]", "[1, 2]", NULL},
		{"{\"minProperties\": 1}", "{\"a\": 1}", "{}", NULL},
		{"{\"uniqueItems\": true}", "[1, 2]", "[1, 2, 1.0]", "/ has an element twice"},
		{"{\"pattern\": \"^a+$\"}", "\"aa\"", "\"ab\"", "/ must match ^a+$"},
		{"{\"required\": [\"a\"]}", "{\"a\": null}", "{}", "/ \"a\" is missing"},
		{"{\"properties\": {\"a/b\": {\"type\": \"null\"}}}", "{\"c\": 1}", "{\"a/b\": 1}",
			NULL},
		{"{\"patternProperties\": {\"^n\": {\"maximum\": 1}}}", "{\"n\": 1, \"m\": 2}",
			"{\"n\": 2}", NULL},
		{"{\"properties\": {\"a\": {}}, \"patternProperties\": {\"^n\": {}},"
		 " \"additionalProperties\": false}",
			"{\"a\": 1, \"n\": 1}", "{\"b\": 1}", "/b is not allowed"},
		{"{\"items\": {\"minimum\": 1}}", "[1, 2]", "[1, 0]", NULL},
		{"{\"items\": [{}, {\"minimum\": 1}], \"additionalItems\": false}", "[0, 1]",
			"[0, 1, 2]", "/2 is not allowed"},
		{"{\"allOf\": [{\"minimum\": 1}, {\"maximum\": 2}]}", "2", "3", NULL},
		{"{\"anyOf\": [{\"minimum\": 5}, {\"maximum\": 2}]}", "2", "3",
			"/ is none of the forms allowed"},
		{"{\"oneOf\": [{\"minimum\": 1}, {\"maximum\": 2}]}", "3", "2",
			"/ is more than one of the forms allowed"},
		{"{\"oneOf\": [{\"minimum\": 5}, {\"maximum\": 2}]}", "1", "3",
			"/ is none of the forms allowed"},
		{"{\"not\": {\"type\": \"string\"}}", "1", "\"\"",
			"/ has a form that is not allowed"},
		{"{\"definitions\": {\"n\": {\"minimum\": 1}},"
		 " \"items\": {\"$ref\": \"#/definitions/n\", \"maximum\": 0}}",
			"[7]", "[0]", NULL},
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		const char *why = judged(all[i].rules, all[i].bad);

		CHECK_STR(judged(all[i].rules, all[i].good), "");
		if (all[i].why != NULL)
			CHECK_STR(why, all[i].why);
		else
			CHECK(why[0] == '/' && strstr(why, "; ") == NULL);
	}
}

static void what_is_no_schema_is_refused_all_of_it_with_its_place(void)
{
	static const struct {
		const char *rules, *why;
	} all[] = {
		{"7", "/ the plan schema: must be an object, true or false"},
		{"{\"contains\": {}}", "/ the plan schema at /contains: is no keyword we know"},
		{"{\"minimum\": \"1\", \"maxLength\": -1}",
			"/ the plan schema at /minimum: must be a number; "
			"/ the plan schema at /maxLength: must be an integer, 0 or more"},
		{"{\"multipleOf\": 0}",
			"/ the plan schema at /multipleOf: must be a number above 0"},
		{"{\"uniqueItems\": 1}",
			"/ the plan schema at /uniqueItems: must be true or false"},
		{"{\"pattern\": \"(\"}",
			"/ the plan schema at /pattern: must be a regular expression"},
		{"{\"type\": \"text\"}", "/ the plan schema at /type: must be the name of a type, "
					 "or an array of them"},
		{"{\"required\": [1]}",
			"/ the plan schema at /required: must be an array of names"},
		{"{\"enum\": 1}", "/ the plan schema at /enum: must be an array"},
		{"{\"anyOf\": []}", "/ the plan schema at /anyOf: must be an array of schemas"},
		{"{\"properties\": []}",
			"/ the plan schema at /properties: must be an object of schemas"},
		{"{\"patternProperties\": {\"(\": {}}}",
			"/ the plan schema at /patternProperties/(: must be a regular expression"},
		{"{\"items\": {\"$ref\": \"other.json\"}}",
			"/ the plan schema at /items: $ref must be the place of a schema in this "
			"file"},
	};

	for (size_t i = 0; i < COUNT(all); i++)
		CHECK_STR(judged(all[i].rules, "1"), all[i].why);
}

static void a_schema_that_goes_round_ends(void)
{
	CHECK_STR(judged("{\"allOf\": [{\"$ref\": \"#\"}]}", "1"),
		"/ is nested too deep for the plan schema");
}

/* ---- rules for make ------------------------------------------------------------------------ */

static void has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fprintf(stderr, "not there: %s\n", part);
	CHECK(strstr(text, part) != NULL);
}

/* A parent with a percent sign in its name, whose snapshot a child of two shards reads. */
static void rules_name_each_shard_and_what_it_waits_for(void)
{
	struct pg_column id[] = {{.name = "id"}};
	struct pg_table parent = {.schema = "s", .name = "50%", .columns = id, .ncolumns = 1};
	struct pg_table child = {.schema = "s", .name = "child", .columns = id, .ncolumns = 1};
	struct plan_fk fk = {.how = how("uniform"), .parent = 0};
	uint32_t kept[] = {0};
	struct plan_table t[] = {
		{.table = &parent, .shards = 1, .kept = kept, .nkept = 1, .digest = DIGEST},
		{.table = &child, .shards = 2, .level = 1, .fks = &fk, .nfks = 1, .digest = DIGEST},
	};
	const struct plan p = {.tables = t, .ntables = 2};
	struct err e = {.kind = ERR_NONE};
	struct buf b = BUF_INIT;
	struct stat before, after;
	struct rundir run;

	CHECK(rundir_create(&run, "run", &a, &e) == 0);
	CHECK(tables_mk_write(&run, &p, &e) == 0);
	CHECK(file_read("run/tables.mk", 1 << 20, &b, &e) == 0);
	buf_addc(&b, '\0');
	has(b.p, "LEVEL_0 := \\\n\t$(RUN)/receipts/gen.s.50%25.json\n"
		 "LEVEL_1 := \\\n\t$(RUN)/receipts/gen.s.child.0-of-2.json \\\n"
		 "\t$(RUN)/receipts/gen.s.child.1-of-2.json\n");
	has(b.p, "$(RUN)/receipts/gen.s.50\\%25.json $(RUN)/data/s.50\\%25.$(EXT) "
		 "$(RUN)/keys/s.50\\%25.msgpack &: \\\n\t$(RUN)/tables/s.50%25.digest\n"
		 "\t$(LAUNCH) $(BIN)gen-parents --run '$(RUN)' --table 's.50%25' $(GENFLAGS)\n");
	has(b.p, "$(RUN)/receipts/gen.s.child.1-of-2.json $(RUN)/data/s.child.1-of-2.$(EXT) &: \\\n"
		 "\t$(RUN)/tables/s.child.digest \\\n\t$(RUN)/receipts/gen.s.50%25.json | \\\n"
		 "\t$(RUN)/keys/s.50%25.msgpack\n"
		 "\t$(LAUNCH) $(BIN)gen-children --run '$(RUN)' --table 's.child' --shard 1 "
		 "$(GENFLAGS)\n");
	buf_clear(&b);
	CHECK(file_read("run/tables/s.50%25.digest", 1000, &b, &e) == 0);
	buf_addc(&b, '\0');
	CHECK_STR(b.p, DIGEST "\nkeep id\n");
	/* what stays the same is not touched, or make would do everything again */
	CHECK(stat("run/tables.mk", &before) == 0 && tables_mk_write(&run, &p, &e) == 0);
	CHECK(stat("run/tables.mk", &after) == 0 && before.st_ino == after.st_ino);
	buf_free(&b);
}

int main(int argc, char **argv)
{
	if (argc != 2 || chdir(argv[1]) == -1)
		return 2;
	a_pointer_leads_to_its_value_or_to_what_is_around_it();
	lines_and_columns_count_from_1_and_in_characters();
	text_that_is_cut_has_a_place_too();
	errors_are_told_before_warnings_each_on_one_line();
	issues_as_json_have_the_verdict_and_every_member();
	keys_are_escaped_in_pointers();
	of_two_numbers_for_a_table_its_own_and_the_later_counts();
	numbers_that_are_none_are_refused_by_option();
	a_seed_has_64_bits_and_what_is_no_json_has_a_place();
	a_value_is_judged_by_every_keyword();
	what_is_no_schema_is_refused_all_of_it_with_its_place();
	a_schema_that_goes_round_ends();
	rules_name_each_shard_and_what_it_waits_for();
	arena_free(&a);
	return check_done();
}
