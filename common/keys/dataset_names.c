/* SPDX-License-Identifier: MIT */
/*
 * What data files are called: formats, their extensions, the values of --header, and the stage that
 * makes a table's rows.
 */
#include "common/keys/dataset.h"

#include <string.h>

static const struct {
	const char *name, *ext, *zst;
} formats[DATA_FORMATS] = {
	[DATA_BINARY] = {"binary", "bin", "bin.zst"},
	[DATA_TEXT] = {"text", "txt", "txt.zst"},
	[DATA_CSV] = {"csv", "csv", "csv.zst"},
	[DATA_JSONL] = {"jsonl", "jsonl", "jsonl.zst"},
	[DATA_SQL] = {"sql", "sql", "sql.zst"},
};

const char *data_format_name(enum data_format f)
{
	return formats[f].name;
}

enum data_format data_format_named(const char *name)
{
	for (enum data_format f = 0; f < DATA_FORMATS; f++)
		if (strcmp(formats[f].name, name) == 0)
			return f;
	return DATA_FORMATS;
}

static const char *const headers[DATA_HEADERS] = {
	[DATA_HEADER_FIRST] = "first", [DATA_HEADER_EACH] = "each", [DATA_HEADER_NONE] = "none"};

const char *data_header_name(enum data_header h)
{
	return headers[h];
}

enum data_header data_header_named(const char *name)
{
	for (enum data_header h = 0; h < DATA_HEADERS; h++)
		if (strcmp(headers[h], name) == 0)
			return h;
	return DATA_HEADERS;
}

bool data_has_header(enum data_header h, uint32_t shard)
{
	return h == DATA_HEADER_EACH || (h == DATA_HEADER_FIRST && shard == 0);
}

char *data_path(const struct rundir *run, const struct plan_table *t, uint32_t shard,
	enum data_format format, bool zstd)
{
	return rundir_shard(run, "data", t->table->schema, t->table->name, shard, t->shards,
		zstd ? formats[format].zst : formats[format].ext);
}

const char *data_stage(const struct plan_table *t)
{
	return t->level == 0 ? "gen-parents" : "gen-children";
}
