/* SPDX-License-Identifier: MIT */
/*
 * The members of a receipt, each with what has to be true of it.  A member that is not in the table
 * is refused, so that none is written that nobody looks at.
 */
#include "common/keys/receipt.h"

#include <string.h>

#include "common/base/err.h"
#include "common/io/json_read.h"
#include "common/keys/dataset.h"

enum { VERSION = 1 };

/* What a receipt is held against. */
struct subject {
	const struct rundir *run;
	const struct plan_table *t;
	uint32_t shard;
	const json_t *j;
	struct err *e; /* memory */
};

/* ---- values --------------------------------------------------------------------------------- */

static bool is_text(const json_t *v, const char *text)
{
	return json_is_string(v) && strcmp(json_string_value(v), text) == 0;
}

static bool is_number(const json_t *v, uint64_t n)
{
	return json_is_integer(v) && json_integer_value(v) == (json_int_t)n;
}

static bool is_count(const json_t *v)
{
	return json_is_integer(v) && json_integer_value(v) >= 0;
}

static bool is_hex(const json_t *v, size_t digits)
{
	const char *s = json_string_value(v);

	return s != NULL && strlen(s) == digits && strspn(s, "0123456789abcdef") == digits;
}

/* ---- members -------------------------------------------------------------------------------- */

static bool is_version(const struct subject *x, const json_t *v)
{
	(void)x;
	return is_number(v, VERSION);
}

static bool is_any_text(const struct subject *x, const json_t *v)
{
	(void)x;
	return json_is_string(v);
}

static bool is_stage(const struct subject *x, const json_t *v)
{
	return is_text(v, data_stage(x->t));
}

static bool is_schema(const struct subject *x, const json_t *v)
{
	return is_text(v, x->t->table->schema);
}

static bool is_table(const struct subject *x, const json_t *v)
{
	return is_text(v, x->t->table->name);
}

static bool is_shard(const struct subject *x, const json_t *v)
{
	return is_number(v, x->shard);
}

static bool is_shards(const struct subject *x, const json_t *v)
{
	return is_number(v, x->t->shards);
}

static uint64_t first_row(const struct subject *x)
{
	return shard_start(x->t->rows, x->shard, x->t->shards);
}

static uint64_t row_count(const struct subject *x)
{
	return shard_start(x->t->rows, x->shard + 1, x->t->shards) - first_row(x);
}

static bool is_row0(const struct subject *x, const json_t *v)
{
	return is_number(v, first_row(x));
}

static bool is_rows(const struct subject *x, const json_t *v)
{
	return is_number(v, row_count(x));
}

static bool is_digest(const struct subject *x, const json_t *v)
{
	return is_text(v, x->t->digest);
}

static bool is_fingerprint(const struct subject *x, const json_t *v)
{
	enum { DIGITS = 64 };

	(void)x;
	return is_hex(v, DIGITS);
}

static bool is_format(const struct subject *x, const json_t *v)
{
	(void)x;
	return json_is_string(v) && data_format_named(json_string_value(v)) < DATA_FILES;
}

static bool is_compression(const struct subject *x, const json_t *v)
{
	const char *s = json_string_value(v);

	(void)x;
	return s != NULL && (s[0] == '\0' || strncmp(s, "zstd:", 5) == 0);
}

/* What is written where it is not the first shard alone, as receipts always meant. */
static bool is_header(const struct subject *x, const json_t *v)
{
	enum data_header h =
		json_is_string(v) ? data_header_named(json_string_value(v)) : DATA_HEADERS;

	(void)x;
	return h < DATA_HEADERS && h != DATA_HEADER_FIRST;
}

static bool is_inputs(const struct subject *x, const json_t *v)
{
	enum { DIGITS = 32 };
	const json_t *in;
	size_t i;

	(void)x;
	json_array_foreach(v, i, in)
	{
		if (json_object_size(in) != 2 || strncmp(json_text(in, "path"), "keys/", 5) != 0 ||
			!is_hex(json_object_get(in, "xxh3_128"), DIGITS))
			return false;
	}
	return json_is_array(v);
}

/* One output.  Whether the file is there, as long and with that digest, is for who reads it to say.
 */
static bool is_output(const struct subject *x, const json_t *o, const char *path, const char *kind)
{
	enum { DIGITS = 32, MEMBERS = 5 };

	if (path == NULL) {
		(void)err_nomem(x->e);
		return false;
	}
	return json_object_size(o) == MEMBERS && is_text(json_object_get(o, "kind"), kind) &&
	       is_text(json_object_get(o, "path"), path + strlen(x->run->path) + 1) &&
	       is_number(json_object_get(o, "rows"), row_count(x)) &&
	       is_hex(json_object_get(o, "xxh3_128"), DIGITS) &&
	       is_count(json_object_get(o, "bytes"));
}

static bool is_outputs(const struct subject *x, const json_t *v)
{
	const struct plan_table *t = x->t;
	enum data_format format = data_format_named(json_text(x->j, "format"));
	bool zstd = json_text(x->j, "compress")[0] != '\0';

	if (format >= DATA_FILES || json_array_size(v) != (size_t)(t->nkept > 0 ? 2 : 1))
		return false;
	return is_output(x, json_array_get(v, 0), data_path(x->run, t, x->shard, format, zstd),
		       "rows") &&
	       (t->nkept == 0 || is_output(x, json_array_get(v, 1),
					 rundir_shard(x->run, "keys", t->table->schema,
						 t->table->name, x->shard, t->shards, "msgpack"),
					 "keys"));
}

/* The snapshot has the columns that the plan wants now. */
static bool is_kept(const struct subject *x, const json_t *v)
{
	if (!json_is_array(v) || json_array_size(v) != x->t->nkept)
		return false;
	for (uint32_t i = 0; i < x->t->nkept; i++)
		if (!is_text(json_array_get(v, i), plan_kept_name(x->t, x->t->kept[i])))
			return false;
	return true;
}

static bool is_any_count(const struct subject *x, const json_t *v)
{
	(void)x;
	return is_count(v);
}

static bool is_tally(const struct subject *x, const json_t *v)
{
	const char *name;
	json_t *n;

	(void)x;
	json_object_foreach((json_t *)(uintptr_t)v, name, n)
	{
		if (!is_count(n))
			return false;
	}
	return json_is_object(v);
}

static bool is_issues(const struct subject *x, const json_t *v)
{
	const json_t *o;
	size_t i;

	(void)x;
	json_array_foreach(v, i, o)
	{
		const json_t *column = json_object_get(o, "column");

		if (!json_is_string(json_object_get(o, "code")) ||
			!json_is_string(json_object_get(o, "message")) ||
			(column != NULL && !json_is_string(column)) ||
			json_object_size(o) != (size_t)(column != NULL ? 3 : 2))
			return false;
	}
	return json_is_array(v);
}

static const struct {
	const char *name;
	bool (*holds)(const struct subject *x, const json_t *v);
	bool optional;
} members[] = {
	{"receipt_version", is_version, false},
	{"tool_version", is_any_text, false},
	{"stage", is_stage, false},
	{"schema", is_schema, false},
	{"table", is_table, false},
	{"shard", is_shard, false},
	{"shards", is_shards, false},
	{"row0", is_row0, false},
	{"rows", is_rows, false},
	{"table_digest", is_digest, false},
	{"schema_fingerprint", is_fingerprint, false},
	{"format", is_format, false},
	{"compress", is_compression, false},
	{"header", is_header, true},
	{"inputs", is_inputs, false},
	{"outputs", is_outputs, false},
	{"kept", is_kept, false},
	{"retries", is_any_count, false},
	{"attempts_most", is_any_count, false},
	{"generator_usage", is_tally, false},
	{"transform_usage", is_tally, false},
	{"pii_columns_touched", is_tally, false},
	{"nulls", is_tally, false},
	{"checks_failed", is_tally, false},
	{"issues", is_issues, false},
};

int receipt_check(const struct rundir *run, const struct plan_table *t, uint32_t shard,
	const json_t *j, struct err *e)
{
	const struct subject x = {run, t, shard, j, e};
	size_t known = 0;

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const json_t *v = json_object_get(j, members[i].name);

		known += v != NULL;
		if (v == NULL && members[i].optional)
			continue;
		if (v != NULL && members[i].holds(&x, v))
			continue;
		return e->kind != ERR_NONE
			       ? -1
			       : err_set(e, ERR_INPUT, "\"%s\" is %s: run %s again",
					 members[i].name,
					 v == NULL ? "missing"
						   : "not what this shard of the plan has",
					 data_stage(t));
	}
	if (known != json_object_size(j))
		return err_set(
			e, ERR_INPUT, "a member that no receipt has: run %s again", data_stage(t));
	return 0;
}
