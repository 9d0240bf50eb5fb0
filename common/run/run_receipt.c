/* SPDX-License-Identifier: MIT */
/*
 * Receipts: a JSON file for each shard that says from what it was made and what
 * came out. It has digests of inputs and outputs, and counters for the report;
 * no time and no path outside the run, so that equal runs have equal receipts.
 * It is written last: a shard without a receipt is not done.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/version.h"
#include "common/io/file.h"
#include "common/io/json.h"
#include "common/io/json_read.h"
#include "common/keys/receipt.h"
#include "common/run/run_int.h"

enum { RECEIPT_VERSION = 1 };

/* The path within the run. */
const char *run_relative(const struct rundir *run, const char *path)
{
	return path + strlen(run->path) + 1;
}

/* ---- counters ------------------------------------------------------------------------ */

/* A map of names to sums, small enough to search: of columns, of which PostgreSQL allows 1,600 in a
 * table, or of what is named less often. */
enum { TALLY_NAMES = 1664 };

/* Names and sums. */
struct tally {
	const char *name[TALLY_NAMES];
	uint64_t n[TALLY_NAMES];
	size_t used;
};

/* Only the count is set: to zero the names of every tally would cost more than to write most
 * receipts. */
static void tally_clear(struct tally *t)
{
	t->used = 0;
}

/*
 * Adds to the sum of a name; names beyond the bound are not counted, which no
 * table can have.
 */
static void tally_add(struct tally *t, const char *name, uint64_t n)
{
	size_t i = 0;

	while (i < t->used && strcmp(t->name[i], name) != 0)
		i++;
	if (i == TALLY_NAMES)
		return;
	if (i == t->used) {
		t->name[t->used] = name;
		t->n[t->used++] = 0;
	}
	t->n[i] += n;
}

/*
 * In the order of names, so that the file does not depend on the order of
 * columns.
 */
static void tally_write(struct jsonw *j, const char *key, const struct tally *t)
{
	jw_key(j, key);
	jw_object(j);
	for (const char *last = "";;) { /* by name */
		size_t next = t->used;

		for (size_t i = 0; i < t->used; i++)
			if (strcmp(t->name[i], last) > 0 &&
				(next == t->used || strcmp(t->name[i], t->name[next]) < 0))
				next = i;
		if (next == t->used)
			break;
		last = t->name[next];
		jw_kuint(j, last, t->n[next]);
	}
	jw_end(j);
}

/*
 * What a column's name says of the person that it describes. Words of the name
 * count, not parts of words: "tipo" has no ip in it.
 */
static const char *pii_of_name(const char *name)
{
	static const struct {
		const char *word, *tag;
	} words[] = {
		{"email", "pii.email"},
		{"cpf", "pii.cpf"},
		{"cnpj", "pii.cnpj"},
		{"rg", "pii.rg"},
		{"telefone", "pii.phone"},
		{"phone", "pii.phone"},
		{"nome", "pii.name"},
		{"name", "pii.name"},
		{"endereco", "pii.address"},
		{"logradouro", "pii.address"},
		{"cep", "pii.location"},
		{"cidade", "pii.location"},
		{"uf", "pii.location"},
		{"ip", "pii.network"},
		{"url", "pii.network"},
	};

	while (*name != '\0') {
		size_t n = strcspn(name, "_");

		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (strlen(words[i].word) == n && strncasecmp(name, words[i].word, n) == 0)
				return words[i].tag;
		name += n + (name[n] == '_');
	}
	return NULL;
}

/*
 * How often each generator and transform was used, and what the rows say about
 * people.
 */
static void counters_write(struct jsonw *j, const struct run_receipt *r)
{
	struct tally gens, transforms, pii, nulls, failed;
	const struct pg_table *t = r->t->table;

	tally_clear(&gens);
	tally_clear(&transforms);
	tally_clear(&pii);
	tally_clear(&nulls);
	tally_clear(&failed);
	for (uint32_t i = 0; i < r->b->norder; i++) {
		uint32_t c = r->b->order[i];
		const struct program_column *b = &r->b->columns[c];
		uint64_t made = r->counts->rows + r->counts->redrawn[c];
		const char *named = pii_of_name(t->columns[c].name);

		if (r->counts->nulls[c] > 0)
			tally_add(&nulls, t->columns[c].name, r->counts->nulls[c]);
		if (b->source != PLAN_GENERATOR)
			continue;
		tally_add(&gens, b->gen.op->id, made);
		if (b->pii != NULL)
			tally_add(&pii, b->pii, made);
		if (named != NULL && (b->pii == NULL || strcmp(named, b->pii) != 0))
			tally_add(&pii, named, made);
		for (uint32_t x = 0; x < b->ntransforms; x++)
			tally_add(&transforms, b->transforms[x].op->id,
				r->counts->rows - r->counts->nulls[c]);
	}
	/* transform.null_rate is put to every row; those it leaves alone count too.  A foreign key
	 * has it as well, of which the values are nobody's. */
	for (uint32_t c = 0; c < t->ncolumns; c++)
		if (r->t->columns[c].null_by_rule && r->counts->rows > 0)
			tally_add(&transforms, "transform.null_rate", r->counts->rows);
	for (uint32_t i = 0; i < r->b->nchecks; i++)
		if (r->counts->failed[i] > 0)
			tally_add(&failed, r->b->checks[i].name, r->counts->failed[i]);
	jw_kuint(j, "retries", r->counts->retries);
	jw_kuint(j, "attempts_most", r->counts->most);
	tally_write(j, "generator_usage", &gens);
	tally_write(j, "transform_usage", &transforms);
	tally_write(j, "pii_columns_touched", &pii);
	tally_write(j, "nulls", &nulls);
	tally_write(j, "checks_failed", &failed);
}

/* ---- writing -------------------------------------------------------------------------- */

/*
 * A file with its size and digest; ${kind} is "rows" or "keys" for an output,
 * NULL for an input.
 */
static void file_write(struct jsonw *j, const struct run_file *f, const char *kind)
{
	jw_object(j);
	jw_kstr(j, "path", f->path);
	if (kind != NULL) {
		jw_kstr(j, "kind", kind);
		jw_kuint(j, "bytes", f->bytes);
		jw_kuint(j, "rows", f->rows);
	}
	jw_kstr(j, "xxh3_128", f->hex);
	jw_end(j);
}

/* What the compiler warned of. */
static void issues_write(struct jsonw *j, const struct run_issue *i)
{
	jw_key(j, "issues");
	jw_array(j);
	for (; i != NULL; i = i->next) {
		jw_object(j);
		jw_kstr(j, "code", i->code);
		if (i->column != NULL)
			jw_kstr(j, "column", i->column);
		jw_kstr(j, "message", i->message);
		jw_end(j);
	}
	jw_end(j);
}

/* Whose receipt it is, and under which options the shard was made. */
static void head_write(struct jsonw *j, const struct run_receipt *r)
{
	const struct plan_table *t = r->t;
	uint64_t row0 = shard_start(t->rows, r->shard, t->shards);

	jw_kuint(j, "receipt_version", RECEIPT_VERSION);
	jw_kstr(j, "tool_version", DATALCHEMY_VERSION);
	jw_kstr(j, "stage", r->stage);
	jw_kstr(j, "schema", t->table->schema);
	jw_kstr(j, "table", t->table->name);
	jw_kuint(j, "shard", r->shard);
	jw_kuint(j, "shards", t->shards);
	jw_kuint(j, "row0", row0);
	jw_kuint(j, "rows", shard_start(t->rows, r->shard + 1, t->shards) - row0);
	jw_kstr(j, "table_digest", t->digest);
	jw_kstr(j, "schema_fingerprint", r->b->plan->schema_fingerprint);
	jw_kstr(j, "format", r->format);
	jw_kstr(j, "compress", r->compress);
	if (r->header != NULL && strcmp(r->header, "first") != 0) /* what receipts always meant */
		jw_kstr(j, "header", r->header);
}

/* The members are in a fixed order. */
void run_receipt_text(struct buf *b, const struct run_receipt *r)
{
	struct jsonw j;

	jw_begin(&j, b, true);
	jw_object(&j);
	head_write(&j, r);
	jw_key(&j, "inputs");
	jw_array(&j);
	for (uint32_t i = 0; i < r->ninputs; i++)
		file_write(&j, &r->inputs[i], NULL);
	jw_end(&j);
	jw_key(&j, "outputs");
	jw_array(&j);
	file_write(&j, &r->data, "rows");
	if (r->keys.path != NULL)
		file_write(&j, &r->keys, "keys");
	jw_end(&j);
	jw_key(&j, "kept");
	jw_array(&j);
	for (uint32_t i = 0; i < r->t->nkept; i++)
		jw_str(&j, plan_kept_name(r->t, r->t->kept[i]));
	jw_end(&j);
	counters_write(&j, r);
	issues_write(&j, r->issues);
	jw_end(&j);
	buf_addc(b, '\n');
}

/* ---- reading ---------------------------------------------------------------------------- */

/* Whether a member is that string. */
static bool is(const json_t *j, const char *key, const char *value)
{
	const char *s = json_string_value(json_object_get(j, key));

	return s != NULL && strcmp(s, value) == 0;
}

static bool is_number(const json_t *j, const char *key, uint64_t value)
{
	const json_t *n = json_object_get(j, key);

	return json_is_integer(n) && json_integer_value(n) == (json_int_t)value;
}

/* Whether every output is there and as long as it was: 1 or 0, -1 on failure. */
static int outputs_there(const struct rundir *run, const json_t *j, struct err *e)
{
	const json_t *all = json_object_get(j, "outputs"), *o;
	size_t i;

	json_array_foreach(all, i, o)
	{
		const char *name = json_string_value(json_object_get(o, "path"));
		char *path;
		struct stat st;

		if (name == NULL)
			return 0;
		if ((path = rundir_file(run, name)) == NULL)
			return err_nomem(e);
		if (stat(path, &st) == -1)
			return errno == ENOENT ? 0 : err_sys(e, "open %s", path);
		if (!is_number(o, "bytes", (uint64_t)st.st_size))
			return 0;
	}
	return json_array_size(all) > 0;
}

/* The receipt, if it is of this program, plan and shard and its outputs are there. */
int run_receipt_read(const struct rundir *run, const struct plan_table *t, uint32_t shard,
	json_t **out, struct err *e)
{
	char *path = data_receipt_path(run, t, shard);
	struct err wrong = {.kind = ERR_NONE};
	json_t *j = NULL;
	int there = 0;

	*out = NULL;
	if (path == NULL)
		return err_nomem(e);
	/* one that is no JSON, or no file, is written anew with its shard */
	if (json_read_file(path, 0, &j, e) == -1 && e->kind != ERR_INPUT)
		return -1;
	if (j != NULL && is(j, "tool_version", DATALCHEMY_VERSION))
		there = receipt_check(run, t, shard, j, &wrong) == 0 ? outputs_there(run, j, e)
			: wrong.kind == ERR_INPUT		     ? 0
								     : -1;
	if (there == -1 && wrong.kind == ERR_TEMP)
		*e = wrong;
	if (there == 1)
		*out = j;
	else
		json_decref(j);
	return there;
}

/* Whether it would be written again as it is; inputs whose digest is not known are as they were. */
bool run_receipt_same(const json_t *j, const struct run_receipt *r)
{
	const json_t *in = json_object_get(j, "inputs");
	const char *header = json_string_value(json_object_get(j, "header"));

	if (strcmp(header != NULL ? header : "first", r->header != NULL ? r->header : "first") != 0)
		return false;
	if (!is(j, "format", r->format) || !is(j, "compress", r->compress) ||
		json_array_size(in) != r->ninputs)
		return false;
	for (uint32_t i = 0; i < r->ninputs; i++)
		if (!is(json_array_get(in, i), "path", r->inputs[i].path) ||
			(r->inputs[i].hex[0] != '\0' &&
				!is(json_array_get(in, i), "xxh3_128", r->inputs[i].hex)))
			return false;
	return true;
}

const char *run_receipt_output(const json_t *j, const char *path)
{
	const json_t *o;
	size_t i;

	json_array_foreach(json_object_get(j, "outputs"), i, o)
	{
		if (is(o, "path", path))
			return json_string_value(json_object_get(o, "xxh3_128"));
	}
	return NULL;
}
