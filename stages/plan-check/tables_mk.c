/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/tables_mk.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/io/file.h"

/*
 * A table's shard is three files made together: rows, key snapshot when children need one,
 * and the receipt, written last and left alone when its content stays.  They are a grouped
 * target ("&:", GNU make 4.3); a goal that asks for ALL_FILES gets back any that is missing by
 * rerunning that shard alone.  A shard is remade when the stamp of its table or the receipt of
 * a parent's shard is newer; parents' snapshots must only be there.
 */

static const char head[] =
	"# Written by plan-check: the tables of this run and what each waits for.\n"
	"# Set from outside: BIN (a folder and its slash), RUN, GENFLAGS (--format ...), LAUNCH\n"
	"# (srun ..., nice ...); EXT, of the files with rows, follows from GENFLAGS.\n"
	"RUN_HERE := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))\n"
	"RUN ?= $(RUN_HERE)\n"
	"DATALCHEMY_BIN ?=\n"
	"BIN ?= $(DATALCHEMY_BIN)\n"
	"GENFLAGS ?=\n"
	"LAUNCH ?=\n"
	"EXT_binary := bin\n"
	"EXT_text := txt\n"
	"EXT_jsonl := jsonl\n"
	"FORMAT := $(patsubst --format=%,%,\\\n"
	"\t$(lastword $(filter --format=%,$(subst --format ,--format=,$(GENFLAGS)))))\n"
	"EXT ?= $(or $(EXT_$(FORMAT)),csv)$(if $(findstring --compress,$(GENFLAGS)),.zst)\n";

struct mk {
	struct buf b;
	const struct rundir *run;
	const struct plan *p;
	bool failed;
};

/* SCHEMA.TABLE[.I-of-N] as files have it */
static const char *shard_name(struct mk *m, const struct plan_table *t, uint32_t shard)
{
	char *path =
		rundir_shard(m->run, "x", t->table->schema, t->table->name, shard, t->shards, "x");
	char *name;

	if (path == NULL) {
		m->failed = true;
		return "";
	}
	name = strrchr(path, '/') + 1;
	*strrchr(name, '.') = '\0';
	return name;
}

static const char *table_name(struct mk *m, const struct plan_table *t)
{
	const char *name = rundir_table(m->run, t->table->schema, t->table->name);

	m->failed |= name == NULL;
	return name == NULL ? "" : name;
}

/* a target of an explicit rule: a bare % would make it a pattern */
static void add_target(struct mk *m, const char *sub, const char *name, const char *ext)
{
	buf_addf(&m->b, "$(RUN)/%s", sub);
	for (; *name != '\0'; name++) {
		if (*name == '%')
			buf_addc(&m->b, '\\');
		buf_addc(&m->b, *name);
	}
	buf_addf(&m->b, "%s ", ext);
}

/* what a shard leaves, in the order it is listed everywhere */
static const struct {
	const char *sub, *ext;
	bool keys; /* only of tables with a snapshot */
} outputs[] = {
	{"receipts/gen.", ".json", false},
	{"data/", ".$(EXT)", false},
	{"keys/", ".msgpack", true},
};
enum { RECEIPTS, DATA, KEYS, OUTPUTS };

/* one kind of file of every shard of a table, as prerequisites */
static void add_files(struct mk *m, const struct plan_table *t, int kind)
{
	if (t->existing) {
		if (kind == KEYS)
			buf_addf(&m->b, " \\\n\t$(RUN)/keys/%s." RUNDIR_EXISTING, table_name(m, t));
		return;
	}
	for (uint32_t i = 0; i < t->shards && (!outputs[kind].keys || t->nkept > 0); i++)
		buf_addf(&m->b, " \\\n\t$(RUN)/%s%s%s", outputs[kind].sub, shard_name(m, t, i),
			outputs[kind].ext);
}

/* ---- rules and lists ---------------------------------------------------- */

static void add_parents(struct mk *m, const struct plan_table *t, int kind)
{
	for (uint32_t i = 0; i < m->p->ntables; i++)
		if (plan_reads(m->p, t, i))
			add_files(m, &m->p->tables[i], kind);
}

static void add_rule(struct mk *m, const struct plan_table *t, uint32_t shard)
{
	const char *name = shard_name(m, t, shard);

	buf_addc(&m->b, '\n');
	for (int i = 0; i < OUTPUTS; i++)
		if (!outputs[i].keys || t->nkept > 0)
			add_target(m, outputs[i].sub, name, outputs[i].ext);
	buf_addf(&m->b, "&: \\\n\t$(RUN)/tables/%s.digest", table_name(m, t));
	add_parents(m, t, RECEIPTS);
	if (t->level > 0) {
		buf_adds(&m->b, " |");
		add_parents(m, t, KEYS);
	}
	/* as files have it: nothing that make or a shell would read, and no other table's name */
	buf_addf(&m->b, "\n\t$(LAUNCH) $(BIN)%s --run '$(RUN)' --table '%s'",
		t->level == 0 ? "gen-parents" : "gen-children", table_name(m, t));
	if (t->shards > 1)
		buf_addf(&m->b, " --shard %u", shard);
	buf_adds(&m->b, " $(GENFLAGS)\n");
}

static void add_level(struct mk *m, uint32_t level)
{
	buf_addf(&m->b, "\nLEVEL_%u :=", level);
	for (uint32_t i = 0; i < m->p->ntables; i++)
		if (m->p->tables[i].level == level)
			add_files(m, &m->p->tables[i], RECEIPTS);
}

static void add_lists(struct mk *m)
{
	uint32_t top = 0;

	for (uint32_t i = 0; i < m->p->ntables; i++)
		if (m->p->tables[i].level > top)
			top = m->p->tables[i].level;
	for (uint32_t level = 0; level <= top; level++)
		add_level(m, level);
	buf_adds(&m->b, "\nPARENTS := $(LEVEL_0)\nCHILDREN :=");
	for (uint32_t level = 1; level <= top; level++)
		buf_addf(&m->b, " $(LEVEL_%u)", level);
	buf_adds(&m->b, "\nALL_RECEIPTS := $(PARENTS) $(CHILDREN)\nALL_FILES := $(ALL_RECEIPTS)");
	for (int kind = DATA; kind <= KEYS; kind++)
		for (uint32_t i = 0; i < m->p->ntables; i++)
			if (!m->p->tables[i].existing)
				add_files(m, &m->p->tables[i], kind);
	buf_addc(&m->b, '\n');
}

/* ---- stamps ------------------------------------------------------------- */

/* what a table's files depend on: its digest, and the columns its snapshot holds */
static int write_stamp(struct mk *m, const struct plan_table *t, struct err *e)
{
	char *path = arena_printf(m->run->a, "tables/%s.digest", table_name(m, t));
	char *file = path == NULL ? NULL : rundir_file(m->run, path);
	struct buf b = BUF_INIT;
	int rc;

	buf_addf(&b, "%s\n", t->digest);
	for (uint32_t i = 0; i < t->nkept; i++)
		buf_addf(&b, "keep %s\n", plan_kept_name(t, t->kept[i]));
	if (file == NULL || !buf_ok(&b))
		rc = err_nomem(e);
	else
		rc = file_replace(file, b.p, b.n, e);
	buf_free(&b);
	return rc;
}

int tables_mk_write(const struct rundir *run, const struct plan *p, struct err *e)
{
	struct mk m = {.b = BUF_INIT, .run = run, .p = p};
	char *folder = rundir_file(run, "tables"), *path = rundir_file(run, "tables.mk");
	int rc = -1;

	if (folder == NULL || path == NULL)
		return err_nomem(e);
	if (dir_make(folder, e) == -1 || dir_sweep(folder, e) == -1)
		return -1;
	for (uint32_t i = 0; i < p->ntables; i++)
		if (!p->tables[i].existing && write_stamp(&m, &p->tables[i], e) == -1)
			return -1;
	buf_adds(&m.b, head);
	add_lists(&m);
	for (uint32_t i = 0; i < p->ntables; i++)
		for (uint32_t k = 0; !p->tables[i].existing && k < p->tables[i].shards; k++)
			add_rule(&m, &p->tables[i], k);
	if (m.failed || !buf_ok(&m.b))
		err_nomem(e);
	else
		rc = file_replace(path, m.b.p, m.b.n, e);
	buf_free(&m.b);
	return rc;
}
