/* SPDX-License-Identifier: MIT */
#include "stages/eval/proof.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/base/digest.h"
#include "common/base/err.h"
#include "common/base/str.h"
#include "common/io/file.h"
#include "common/io/json_read.h"
#include "common/keys/dataset.h"
#include "common/keys/keys.h"
#include "common/stage/stage.h"

/* A file of the run. */
struct proven {
	const char *path; /* within the run */
	char hex[33];	  /* XXH3-128: of what is there */
	char sha[2 * SHA256_BYTES + 1];
	uint64_t bytes;
};

/* What a shard was made from; looked up once all files are known. */
struct source {
	const char *receipt, *path, *hex;
	const struct plan_table *t; /* made from it */
};

struct proof {
	const struct rundir *run;
	const struct plan *plan;
	const char *fingerprint;
	struct arena *a;
	struct proven *files; /* sorted by path, once all are there */
	struct source *sources;
	size_t nfiles, files_cap, nsources, sources_cap;
	uint64_t wrong, most; /* things; so many are told, the rest is counted */
};

/* ---- what is said ----------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void say_wrong(struct proof *p, const char *fmt, ...)
{
	char line[1024];
	va_list args;

	if (p->wrong++ >= p->most)
		return;
	va_start(args, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	stage_error("%s", line);
}

/* ---- files --------------------------------------------------------------------------------- */

/* One more element at the end of an array that doubles when it is full; NULL: no memory. */
static void *add(void **all, size_t *n, size_t *cap, size_t size)
{
	if (*n == *cap) {
		size_t more = *cap == 0 ? 64 : *cap * 2;
		void *grown = realloc(*all, more * size);

		if (grown == NULL)
			return NULL;
		*all = grown;
		*cap = more;
	}
	return memset((char *)*all + (*n)++ * size, 0, size);
}

/* Both digests of a file that is there. */
static int add_file(struct proof *p, const char *name, struct proven **out, struct err *e)
{
	struct proven *f = add((void **)&p->files, &p->nfiles, &p->files_cap, sizeof(*p->files));
	const char *path = rundir_file(p->run, name);
	struct mapfile m;

	if (f == NULL || path == NULL || (f->path = arena_strdup(p->a, name)) == NULL)
		return err_nomem(e);
	if (mapfile_open(&m, path, e) == -1)
		return -1;
	mapfile_digest(&m, f->hex);
	f->bytes = m.n;
	digest_sha256_hex(m.p, m.n, f->sha);
	mapfile_close(&m);
	*out = f;
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct proven *)a)->path, ((const struct proven *)b)->path);
}

static const struct proven *find_file(const struct proof *p, const char *path)
{
	const struct proven key = {.path = path};

	return p->nfiles == 0 ? NULL
			      : bsearch(&key, p->files, p->nfiles, sizeof(*p->files), by_path);
}

/* ---- receipts ----------------------------------------------------------------------------- */

static bool is_count(const json_t *j, const char *key, uint64_t value)
{
	const json_t *n = json_object_get(j, key);

	return json_is_integer(n) && json_integer_value(n) == (json_int_t)value;
}

/* Whether the receipt is of this shard, and of no other. */
static bool is_of(
	const struct proof *p, const struct plan_table *t, uint32_t shard, const json_t *receipt)
{
	uint64_t row0 = shard_start(t->rows, shard, t->shards);

	return strcmp(json_text(receipt, "schema"), t->table->schema) == 0 &&
	       strcmp(json_text(receipt, "table"), t->table->name) == 0 &&
	       strcmp(json_text(receipt, "schema_fingerprint"), p->fingerprint) == 0 &&
	       is_count(receipt, "shard", shard) && is_count(receipt, "shards", t->shards) &&
	       is_count(receipt, "row0", row0) &&
	       is_count(receipt, "rows", shard_start(t->rows, shard + 1, t->shards) - row0);
}

/* An output of a receipt: the file with its digest. */
static int prove_output(struct proof *p, const struct plan_table *t, const json_t *o, struct err *e)
{
	const char *name = json_text(o, "path");
	struct proven *f;

	if (strncmp(name, "data/", 5) != 0 && strncmp(name, "keys/", 5) != 0) {
		say_wrong(p, "%s.%s: a receipt names an output that is no file of the run",
			t->table->schema, t->table->name);
		return 0;
	}
	if (add_file(p, name, &f, e) == -1) {
		if (e->kind != ERR_INPUT)
			return -1;
		p->nfiles--;
		say_wrong(p, "%s: run %s again", e->msg, data_stage(t));
		*e = (struct err){0};
		return 0;
	}
	if (strcmp(f->hex, json_text(o, "xxh3_128")) != 0)
		say_wrong(p, "%s is not what was generated: its digest is not the receipt's", name);
	else if (!is_count(o, "bytes", f->bytes))
		say_wrong(p, "%s is not what was generated: its size is not the receipt's", name);
	return 0;
}

/* Whether a receipt names the snapshots that the plan has its table read, in their order: 1 or 0.
 */
static int names_all_sources(
	const struct proof *p, const struct plan_table *t, const json_t *inputs, struct err *e)
{
	size_t n = 0;

	for (uint32_t i = 0; i < p->plan->ntables; i++) {
		const struct plan_table *of = &p->plan->tables[i];

		for (uint32_t s = 0; plan_reads(p->plan, t, i) && s < of->shards; s++) {
			const char *path = keys_path(p->run, of, s);

			if (path == NULL)
				return err_nomem(e);
			if (strcmp(json_text(json_array_get(inputs, n++), "path"),
				    path + strlen(p->run->path) + 1) != 0)
				return 0;
		}
	}
	return json_array_size(inputs) == n;
}

static int note_sources(struct proof *p, const struct plan_table *t, const char *receipt,
	const json_t *j, struct err *e)
{
	const json_t *in, *all = json_object_get(j, "inputs");
	int complete = names_all_sources(p, t, all, e);
	size_t i;

	if (complete == -1)
		return -1;
	if (complete == 0)
		say_wrong(p, "%s: \"inputs\" is not what the table reads: run %s again", receipt,
			data_stage(t));
	json_array_foreach(all, i, in)
	{
		struct source *s = add(
			(void **)&p->sources, &p->nsources, &p->sources_cap, sizeof(*p->sources));

		if (s == NULL)
			return err_nomem(e);
		*s = (struct source){.receipt = receipt,
			.path = arena_strdup(p->a, json_text(in, "path")),
			.hex = arena_strdup(p->a, json_text(in, "xxh3_128")),
			.t = t};
		if (s->path == NULL || s->hex == NULL)
			return err_nomem(e);
	}
	return 0;
}

static int prove_receipt(struct proof *p, const struct plan_table *t, uint32_t shard,
	const char *name, const json_t *receipt, struct err *e)
{
	const json_t *outputs = json_object_get(receipt, "outputs"), *o;
	struct proven *f;
	size_t i;

	if (!is_of(p, t, shard, receipt) ||
		json_array_size(outputs) != (size_t)(t->nkept > 0 ? 2 : 1))
		say_wrong(p, "%s is not the receipt of this shard of this plan", name);
	json_array_foreach(outputs, i, o)
	{
		if (prove_output(p, t, o, e) == -1)
			return -1;
	}
	if (add_file(p, name, &f, e) == -1)
		return -1;
	return note_sources(p, t, f->path, receipt, e);
}

static int prove_shard(struct proof *p, const struct plan_table *t, uint32_t shard, struct err *e)
{
	const char *path = data_receipt_path(p->run, t, shard);
	const char *name = path != NULL ? path + strlen(p->run->path) + 1 : NULL;
	json_t *receipt;
	int rc = name == NULL ? err_nomem(e) : data_receipt(p->run, t, shard, &receipt, e);

	if (name == NULL)
		return -1;
	if (rc == 1) {
		rc = prove_receipt(p, t, shard, name, receipt, e);
		json_decref(receipt);
		return rc;
	}
	if (rc == -1 && e->kind != ERR_INPUT)
		return -1;
	if (rc == -1)
		say_wrong(p, "%s", e->msg);
	else
		say_wrong(p, "%s.%s: shard %u of %u is missing: run %s --table %s.%s --shard %u",
			t->table->schema, t->table->name, shard, t->shards, data_stage(t),
			t->table->schema, t->table->name, shard);
	*e = (struct err){0};
	return 0;
}

/* ---- the whole ------------------------------------------------------------------------------ */

/* Children were made from the snapshots of parents that are there now. */
static void prove_sources(struct proof *p)
{
	for (size_t i = 0; i < p->nsources; i++) {
		const struct source *s = &p->sources[i];
		const struct proven *f = find_file(p, s->path);

		if (f == NULL || strcmp(f->hex, s->hex) != 0)
			say_wrong(p, "%s was made from another %s: run %s again", s->receipt,
				s->path, data_stage(s->t));
	}
}

/* Whether such a name is none of the generators'. */
static bool is_others(const char *folder, const char *name)
{
	return name[0] == '.' || strstr(name, ".tmp.") != NULL ||
	       (strcmp(folder, "receipts") == 0 && strncmp(name, "gen.", 4) != 0);
}

/* Files that no receipt tells of, as those of another number of shards. */
static int find_strays(struct proof *p, const char *folder, struct err *e)
{
	const char *path = rundir_file(p->run, folder);
	DIR *d = path != NULL ? opendir(path) : NULL;
	struct dirent *entry;

	if (path == NULL)
		return err_nomem(e);
	if (d == NULL)
		return errno == ENOENT ? 0 : err_sys(e, "%s", path);
	while ((entry = readdir(d)) != NULL) {
		const char *name = arena_printf(p->a, "%s/%s", folder, entry->d_name);

		if (name == NULL) {
			closedir(d);
			return err_nomem(e);
		}
		if (!is_others(folder, entry->d_name) && find_file(p, name) == NULL)
			say_wrong(p, "%s: no receipt of this plan tells of it: remove it", name);
	}
	closedir(d);
	return 0;
}

/* Key snapshots of rows that a database has, and what all was made from. */
static int add_others(struct proof *p, struct err *e)
{
	struct proven *f;

	if (add_file(p, "schema.msgpack", &f, e) == -1 || add_file(p, "plan.msgpack", &f, e) == -1)
		return -1;
	for (uint32_t i = 0; i < p->plan->ntables; i++) {
		const struct plan_table *t = &p->plan->tables[i];
		const char *name;

		if (!t->existing && !t->append)
			continue;
		name = arena_printf(p->a, "keys/%s.existing.msgpack",
			rundir_table(p->run, t->table->schema, t->table->name));
		if (name == NULL)
			return err_nomem(e);
		if (add_file(p, name, &f, e) == -1)
			return -1;
	}
	return 0;
}

static int write_manifest(const struct proof *p, struct err *e)
{
	const char *path = rundir_file(p->run, "manifest.sha256");
	struct buf b = BUF_INIT;
	int rc;

	for (size_t i = 0; i < p->nfiles; i++)
		buf_addf(&b, "%s  %s\n", p->files[i].sha, p->files[i].path);
	rc = path == NULL || !buf_ok(&b) ? err_nomem(e) : file_replace(path, b.p, b.n, e);
	buf_free(&b);
	return rc;
}

static int prove_all(struct proof *p, struct err *e)
{
	static const char *const folders[] = {"data", "keys", "receipts"};

	for (uint32_t i = 0; i < p->plan->ntables; i++) {
		const struct plan_table *t = &p->plan->tables[i];

		for (uint32_t s = 0; !t->existing && s < t->shards; s++)
			if (prove_shard(p, t, s, e) == -1)
				return -1;
	}
	if (add_others(p, e) == -1)
		return -1;
	qsort(p->files, p->nfiles, sizeof(*p->files), by_path);
	prove_sources(p);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (find_strays(p, folders[i], e) == -1)
			return -1;
	if (p->wrong > p->most)
		stage_error(
			"... and %" PRIu64 " more: --max-examples shows them", p->wrong - p->most);
	return p->wrong == 0 ? write_manifest(p, e) : 0;
}

/* Shards that were made, for the line of success. */
static uint64_t shards_of(const struct plan *plan)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < plan->ntables; i++)
		n += plan->tables[i].existing ? 0 : plan->tables[i].shards;
	return n;
}

int proof_run(const struct rundir *run, const struct plan *plan, const char *fingerprint,
	uint32_t most, struct arena *a, struct err *e)
{
	struct proof p = {
		.run = run, .plan = plan, .fingerprint = fingerprint, .most = most, .a = a};
	int rc = prove_all(&p, e);

	if (rc == 0 && p.wrong > 0)
		rc = err_set(e, ERR_NO, "%" PRIu64 " thing%s wrong with the files of %s: see above",
			p.wrong, p.wrong == 1 ? " is" : "s are", run->path);
	if (rc == 0) {
		stage_say("%" PRIu64 " shards of %u tables are complete, of one plan, and as "
			  "they were written",
			shards_of(plan), plan->ntables);
		stage_say("manifest_path=%s/manifest.sha256", run->path);
	}
	free(p.files);
	free(p.sources);
	return rc;
}
