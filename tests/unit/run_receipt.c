/* SPDX-License-Identifier: MIT */
/*
 * run_receipt DIR: receipts of shards, the report that adds them up, the times that make is to
 * see, and the files of another number of shards, for a table that is made by hand.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/generators/genreg.h"
#include "common/io/file.h"
#include "common/run/run_int.h"
#include "tests/unit/check.h"
#include "tests/unit/how.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX    "00112233445566778899aabbccddeeff"

enum { SHARDS = 3, OLD = 1000, YOUNG = 2000000000 };

/* ---- a table of a plan, made by hand --------------------------------------------------------- */

static struct pg_column columns[] = {{.name = "id"}, {.name = "email"}, {.name = "parent_id"}};
static struct pg_table tables[] = {
	{.schema = "shop", .name = "parents", .columns = columns, .ncolumns = 3},
	{.schema = "shop", .name = "orders", .columns = columns, .ncolumns = 3},
	{.schema = "shop", .name = "there", .columns = columns, .ncolumns = 3},
};
static uint32_t kept[] = {0, 1}, order[] = {0, 1, 2};
static struct plan_fk fk = {.parent = 0};
static struct plan_column plan_columns[] = {
	{.source = PLAN_GENERATOR},
	{.source = PLAN_GENERATOR, .null_by_rule = true},
	{.source = PLAN_FOREIGN},
};
static struct plan_table plan_tables[] = {
	{.table = &tables[0], .rows = 5, .shards = 1, .columns = plan_columns, .digest = DIGEST},
	{.table = &tables[1],
		.rows = 100,
		.shards = SHARDS,
		.level = 1,
		.columns = plan_columns,
		.fks = &fk,
		.nfks = 1,
		.kept = kept,
		.nkept = 2,
		.digest = DIGEST},
	{.table = &tables[2], .rows = 7, .shards = 1, .existing = true, .columns = plan_columns},
};
static struct plan plan = {
	.tables = plan_tables, .ntables = 3, .schema_fingerprint = DIGEST, .digest = DIGEST};
static struct transform mask;
static struct program_column program_columns[3];
static struct program_check check = {.name = "orders_check"};
static struct table_program program = {.plan = &plan,
	.t = &plan_tables[1],
	.columns = program_columns,
	.order = order,
	.norder = 3,
	.checks = &check,
	.nchecks = 1};
static uint64_t redrawn[] = {0, 4, 0}, nulls[] = {0, 3, 1}, failed[] = {2};
static struct engine_counts counts = {
	.rows = 33, .retries = 4, .most = 2, .redrawn = redrawn, .nulls = nulls, .failed = failed};

/* A receipt of a shard whose rows are "data/NAME" and whose keys are in "keys". */
struct fixture {
	struct arena a;
	struct rundir run;
	struct run_file input;
	struct run_issue issues[2];
	struct run_receipt r;
};

static void write_file(const struct fixture *f, const char *name, const char *text)
{
	struct err e = {.kind = ERR_NONE};

	CHECK(file_replace(rundir_file(&f->run, name), text, strlen(text), &e) == 0);
}

/* The receipt of a shard of a table, and the outputs of which it speaks: 5 bytes and 4. */
static void receipt_of(struct fixture *f, const struct plan_table *t, uint32_t shard)
{
	const char *data = run_relative(&f->run, data_path(&f->run, t, shard, DATA_CSV, false));
	const char *keys =
		run_relative(&f->run, rundir_shard(&f->run, "keys", t->table->schema,
					      t->table->name, shard, t->shards, "msgpack"));

	uint64_t rows =
		shard_start(t->rows, shard + 1, t->shards) - shard_start(t->rows, shard, t->shards);

	f->input = (struct run_file){.path = "keys/shop.parents.msgpack", .hex = HEX};
	f->issues[0] = (struct run_issue){"check_unsupported", NULL, "not covered", &f->issues[1]};
	f->issues[1] = (struct run_issue){"as_of_unpinned", "email", "not pinned", NULL};
	f->r = (struct run_receipt){.t = t,
		.shard = shard,
		.stage = data_stage(t),
		.format = "csv",
		.compress = "",
		.inputs = &f->input,
		.ninputs = 1,
		.data = {.path = data, .bytes = 5, .rows = rows, .hex = HEX},
		.keys = {.path = t->nkept > 0 ? keys : NULL, .bytes = 4, .rows = rows, .hex = HEX},
		.b = &program,
		.counts = &counts,
		.issues = f->issues};
	write_file(f, data, "rows\n");
	write_file(f, keys, "keys");
}

static void write_receipt(struct fixture *f, const struct plan_table *t, uint32_t shard)
{
	struct err e = {.kind = ERR_NONE};
	struct buf b = BUF_INIT;

	receipt_of(f, t, shard);
	run_receipt_text(&b, &f->r);
	CHECK(file_replace(data_receipt_path(&f->run, f->r.t, f->r.shard), b.p, b.n, &e) == 0);
	buf_free(&b);
}

static json_t *read_receipt(const struct fixture *f, uint32_t shard)
{
	struct err e = {.kind = ERR_NONE};
	json_t *j;
	int is = run_receipt_read(&f->run, &plan_tables[1], shard, &j, &e);

	CHECK(is == (j != NULL));
	return j;
}

static bool there(const struct fixture *f, uint32_t shard)
{
	json_t *j = read_receipt(f, shard);
	bool is = j != NULL;

	json_decref(j);
	return is;
}

static json_int_t number(const json_t *j, const char *key)
{
	return json_integer_value(json_object_get(j, key));
}

/* ---- receipts ----------------------------------------------------------------------------------
 */

static void a_receipt_says_what_was_made_and_from_what(struct fixture *f)
{
	const json_t *of;
	json_t *j;

	CHECK_STR(run_relative(&f->run, data_receipt_path(&f->run, &plan_tables[1], 2)),
		"receipts/gen.shop.orders.2-of-3.json");
	write_receipt(f, &plan_tables[1], 2);
	j = read_receipt(f, 2);
	CHECK(j != NULL);
	CHECK(number(j, "row0") == 66 && number(j, "rows") == 34);
	CHECK(number(j, "retries") == 4 && number(j, "attempts_most") == 2);
	CHECK(run_receipt_same(j, &f->r));
	CHECK_STR(run_receipt_output(j, "data/shop.orders.2-of-3.csv"), HEX);
	CHECK_STR(run_receipt_output(j, "keys/shop.orders.2-of-3.msgpack"), HEX);
	CHECK(run_receipt_output(j, "data/shop.orders.1-of-3.csv") == NULL);
	of = json_object_get(j, "kept");
	CHECK_STR(json_string_value(json_array_get(of, 1)), "email");
	of = json_object_get(j, "nulls");
	CHECK(json_object_size(of) == 2 && number(of, "email") == 3 &&
		number(of, "parent_id") == 1);
	CHECK(number(json_object_get(j, "checks_failed"), "orders_check") == 2);
	CHECK(json_array_size(json_object_get(j, "issues")) == 2);
	json_decref(j);
}

/* Rows and values that were drawn again count for the generator; NULLs not for a transform. */
static void uses_are_counted_by_generator_transform_and_person(struct fixture *f)
{
	const json_t *of;
	json_t *j;

	write_receipt(f, &plan_tables[1], 0);
	j = read_receipt(f, 0);
	of = json_object_get(j, "generator_usage");
	CHECK(json_object_size(of) == 2);
	CHECK(number(of, "primitive.int.sequence_hint") == 33 &&
		number(of, "semantic.br.cpf") == 37);
	of = json_object_get(j, "transform_usage");
	CHECK(number(of, "transform.mask") == 30 && number(of, "transform.null_rate") == 33);
	/* what the generator says of its values, and what the column's name says of them */
	of = json_object_get(j, "pii_columns_touched");
	CHECK(json_object_size(of) == 2);
	CHECK(number(of, "pii.cpf") == 37 && number(of, "pii.email") == 37);
	json_decref(j);
}

/* A shard is made again when anything differs that its rows, or their form, are made from. */
static void a_receipt_is_not_the_same_for_other_inputs_or_another_form(struct fixture *f)
{
	json_t *j;

	write_receipt(f, &plan_tables[1], 0);
	j = read_receipt(f, 0);
	CHECK(run_receipt_same(j, &f->r));
	f->r.format = "text";
	CHECK(!run_receipt_same(j, &f->r));
	f->r.format = "csv";
	f->r.compress = "zstd:1";
	CHECK(!run_receipt_same(j, &f->r));
	f->r.compress = "";
	f->r.ninputs = 0;
	CHECK(!run_receipt_same(j, &f->r));
	f->r.ninputs = 1;
	f->input.hex[0] = 'f';
	CHECK(!run_receipt_same(j, &f->r));
	f->input.hex[0] = '0';
	f->input.path = "keys/shop.others.msgpack";
	CHECK(!run_receipt_same(j, &f->r));
	json_decref(j);
}

static void a_receipt_of_another_plan_or_without_its_files_is_none(struct fixture *f)
{
	struct plan_table *t = &plan_tables[1];

	write_receipt(f, t, 1);
	CHECK(there(f, 1));
	t->digest[0] = 'f';
	CHECK(!there(f, 1));
	t->digest[0] = '0';
	t->nkept = 1;
	CHECK(!there(f, 1));
	t->nkept = 2;
	t->kept[1] = 2;
	CHECK(!there(f, 1));
	t->kept[1] = 1;
	CHECK(there(f, 1));
	t->rows = 101;
	CHECK(!there(f, 1));
	t->rows = 100;
	write_file(f, "keys/shop.orders.1-of-3.msgpack", "longer keys");
	CHECK(!there(f, 1));
	write_file(f, "keys/shop.orders.1-of-3.msgpack", "keys");
	CHECK(there(f, 1));
	CHECK(unlink(rundir_file(&f->run, "data/shop.orders.1-of-3.csv")) == 0);
	CHECK(!there(f, 1));
	write_file(f, "receipts/gen.shop.orders.1-of-3.json", "{\"receipt_version\": ");
	CHECK(!there(f, 1));
}

/* ---- the report ------------------------------------------------------------------------------ */

static void there_is_no_report_before_every_shard_is_done(struct fixture *f)
{
	struct err e = {.kind = ERR_NONE};

	write_receipt(f, &plan_tables[0], 0);
	write_receipt(f, &plan_tables[1], 0);
	CHECK(unlink(data_receipt_path(&f->run, &plan_tables[1], 1)) == 0);
	CHECK(run_report_write(&f->run, &plan, &e) == 0);
	CHECK(access(rundir_file(&f->run, "generation_report.json"), F_OK) == -1);
}

/* Of the log, the last time that each shard was made; what is no event is passed over. */
static void write_log(const struct fixture *f)
{
	static const char done[] =
		"{\"fields\": {\"event\": \"shard_finished\", \"schema\": \"shop\", "
		"\"table\": \"orders\", \"shard\": %u, \"duration_us\": %u}}\n";
	char log[1024];
	int n = snprintf(log, sizeof(log), "no JSON\n{\"fields\": {\"event\": \"started\"}}\n");

	n += snprintf(log + n, sizeof(log) - (size_t)n, done, 0, 9000000);
	n += snprintf(log + n, sizeof(log) - (size_t)n, done, 0, 2000);
	(void)snprintf(log + n, sizeof(log) - (size_t)n, done, 1, 3000);
	write_file(f, "logs.ndjson", log);
}

static void the_report_adds_up_all_receipts(struct fixture *f)
{
	struct err e = {.kind = ERR_NONE};
	const json_t *t;
	json_t *j;

	for (uint32_t s = 0; s < SHARDS; s++)
		write_receipt(f, &plan_tables[1], s);
	write_log(f);
	CHECK(run_report_write(&f->run, &plan, &e) == 1);
	j = json_load_file(rundir_file(&f->run, "generation_report.json"), 0, NULL);
	CHECK(j != NULL);
	CHECK_STR(json_string_value(json_object_get(j, "run_id")),
		"01234567-89ab-cdef-0123-456789abcdef");
	/* existing rows are nobody's work */
	CHECK(json_array_size(json_object_get(j, "tables")) == 2);
	t = json_array_get(json_object_get(j, "tables"), 1);
	CHECK(number(t, "rows_requested") == 100 && number(t, "rows_generated") == 100);
	CHECK(number(t, "retries") == 12 && number(t, "attempts_most") == 2);
	CHECK(json_real_value(json_object_get(t, "attempts_average")) == 1.12);
	CHECK(number(j, "retries_total") == 16 && number(j, "bytes_written") == 20);
	CHECK(number(json_object_get(j, "generator_usage"), "semantic.br.cpf") == 4 * 37);
	/* the compiler's warnings once a table, rows that fail a check in every shard */
	t = json_object_get(j, "warnings_by_code");
	CHECK(number(t, "as_of_unpinned") == 2 && number(t, "check_unsupported") == 2);
	CHECK(number(t, "check_failed") == 8);
	CHECK(json_array_size(json_object_get(j, "warnings")) == 4);
	t = json_array_get(json_object_get(j, "warnings"), 2);
	CHECK_STR(
		json_string_value(json_object_get(t, "message")), "6 rows fail check orders_check");
	t = json_array_get(json_object_get(j, "warnings"), 3);
	CHECK_STR(json_string_value(json_object_get(t, "path")), "shop.orders.email");
	CHECK(json_array_size(json_object_get(j, "unsupported")) == 2);
	t = json_object_get(j, "performance");
	CHECK(number(t, "duration_ms") == 5);
	CHECK(json_number_value(json_object_get(t, "throughput_bytes_per_sec")) == 4000);
	json_decref(j);
}

/* ---- times ----------------------------------------------------------------------------------- */

static void set_time(const char *path, time_t when)
{
	const struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};

	CHECK(utimensat(AT_FDCWD, path, times, 0) == 0);
}

static time_t time_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_mtim.tv_sec : -1;
}

/* As old as the youngest of the table's stamp and its parents' receipts; files are no older. */
static void a_receipt_is_as_old_as_what_it_was_made_from(struct fixture *f)
{
	const struct run_job j = {.run = &f->run, .plan = &plan, .format = DATA_CSV};
	const struct plan_table *t = &plan_tables[1];
	char *receipt = data_receipt_path(&f->run, t, 0), *rows;
	char *stamp = rundir_file(&f->run, "tables/shop.orders.digest");

	write_receipt(f, &plan_tables[0], 0);
	write_receipt(f, t, 0);
	rows = data_path(&f->run, t, 0, DATA_CSV, false);
	set_time(receipt, OLD);
	run_receipt_age(&j, t, 0);
	CHECK(time_of(receipt) == OLD); /* without a stamp nobody asked for rules of make */
	CHECK(mkdir(rundir_file(&f->run, "tables"), 0777) == 0);
	write_file(f, "tables/shop.orders.digest", DIGEST);
	set_time(stamp, YOUNG);
	set_time(data_receipt_path(&f->run, &plan_tables[0], 0), OLD);
	run_receipt_age(&j, t, 0);
	CHECK(time_of(receipt) == YOUNG && time_of(rows) == YOUNG);
	set_time(stamp, OLD);
	run_receipt_age(&j, t, 0);
	CHECK(time_of(receipt) == OLD && time_of(rows) == YOUNG);
	set_time(data_receipt_path(&f->run, &plan_tables[0], 0), OLD + 1);
	run_receipt_age(&j, t, 0);
	CHECK(time_of(receipt) == OLD + 1);
}

/* ---- files of another number of shards ---------------------------------------------------------
 */

static bool has(const struct fixture *f, const char *name)
{
	return access(rundir_file(&f->run, name), F_OK) == 0;
}

static void files_of_another_number_of_shards_are_removed_and_no_others(struct fixture *f)
{
	static const char *const stale[] = {"data/shop.orders.csv", "data/shop.orders.0-of-2.csv",
		"keys/shop.orders.1-of-2.msgpack", "receipts/gen.shop.orders.00-of-10.json"};
	static const char *const good[] = {"data/shop.orders.1-of-3.csv.zst",
		"data/shop.orders2.csv", "data/shop.orders.1-of-2.csv.tmp.77",
		"keys/shop.orders.existing.msgpack", "keys/shop.orders.1-of-3.msgpack",
		"receipts/gen.shop.parents.json"};
	struct run_job j = {.run = &f->run, .plan = &plan};
	struct err e = {.kind = ERR_NONE};

	for (size_t i = 0; i < sizeof(stale) / sizeof(stale[0]); i++)
		write_file(f, stale[i], "x");
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		write_file(f, good[i], "x");
	CHECK(run_folders_read(&j.folders, &f->run, &e) == 0);
	CHECK(run_sweep(&j, &plan_tables[1], &e) == 0);
	for (size_t i = 0; i < sizeof(stale) / sizeof(stale[0]); i++)
		CHECK(!has(f, stale[i]));
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK(has(f, good[i]));
}

static void a_folder_that_is_not_there_is_named(struct fixture *f)
{
	const struct rundir nowhere = {.path = "nowhere", .a = &f->a};
	struct run_folders folders = {0};
	struct err e = {.kind = ERR_NONE};

	CHECK(run_folders_read(&folders, &nowhere, &e) == -1);
	CHECK_STR(e.msg, "open folder nowhere/receipts: No such file or directory");
}

/* ---- ------------------------------------------------------------------------------------------
 */

static void make_program(void)
{
	fk.how = how("uniform");
	mask.op = transformreg_find("transform.mask");
	program_columns[0] = (struct program_column){
		.source = PLAN_GENERATOR, .gen.op = genreg_find("primitive.int.sequence_hint")};
	program_columns[1] = (struct program_column){.source = PLAN_GENERATOR,
		.gen.op = genreg_find("semantic.br.cpf"),
		.pii = "pii.cpf",
		.transforms = &mask,
		.ntransforms = 1};
	program_columns[2] = (struct program_column){.source = PLAN_FOREIGN};
}

int main(int argc, char **argv)
{
	static struct fixture f;
	struct err e = {.kind = ERR_NONE};

	f.a = ARENA_INIT;
	if (argc != 2 || chdir(argv[1]) == -1 || rundir_create(&f.run, "run", &f.a, &e) == -1)
		return 2;
	make_program();
	a_receipt_says_what_was_made_and_from_what(&f);
	uses_are_counted_by_generator_transform_and_person(&f);
	a_receipt_is_not_the_same_for_other_inputs_or_another_form(&f);
	a_receipt_of_another_plan_or_without_its_files_is_none(&f);
	there_is_no_report_before_every_shard_is_done(&f);
	the_report_adds_up_all_receipts(&f);
	a_receipt_is_as_old_as_what_it_was_made_from(&f);
	files_of_another_number_of_shards_are_removed_and_no_others(&f);
	a_folder_that_is_not_there_is_named(&f);
	arena_free(&f.a);
	return check_done();
}
