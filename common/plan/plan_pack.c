/* SPDX-License-Identifier: MIT */
#include "common/plan/plan.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/rng.h"
#include "common/io/msgpack.h"

/*
 * The resolved part of the document.  plan_doc.c reads what is written here.
 *
 *	{rng_version, as_of, as_of_pinned, strict, locale, schema_fingerprint,
 *	 tables: [{schema, table, rows, columns, foreign_keys, policies?,
 *		   append?: {after, snapshot, taken: [{key, have, at}]},
 *		   shards, level, auto_added, existing?, snapshot?, keep, carry?, reads?, digest}]}
 *
 *	carry: [{name, foreign_key, column}]
 *	reads: [{schema, table}]
 *
 *	column: {column, source, generator?, by_rule?, locale?, params?, foreign_key?,
 *		 null_rate?, null_by_rule?, transforms?}
 *	foreign key: {constraint, law, eligible?, ranked?, all_null?,
 *		      parent_schema, parent_table, null_rate?,
 *		      partial_nulls?, shuffled?, cover?, computed?, where?, by?, base?,
 *		      roots?, root_share?, own_roots?, max_depth?,
 *		      fan?: {min, max?, distribution, s?, weights?},
 *		      same?: {column: the parent's}}
 */

static const char *const source_names[] = {
	[PLAN_GENERATOR] = "generator",
	[PLAN_FOREIGN] = "foreign_key",
	[PLAN_ALWAYS_NULL] = "always_null",
	[PLAN_COMPUTED] = "computed",
	[PLAN_SERVER_DEFAULT] = "server_default",
	[PLAN_EXISTING] = "existing",
};

static const char *const dist_names[] = {
	[PLAN_DIST_UNIFORM] = "uniform",
	[PLAN_DIST_ZIPF] = "zipf",
	[PLAN_DIST_WEIGHTED] = "weighted",
};

static const char *const policy_names[] = {
	[PLAN_ENFORCE] = "enforce",
	[PLAN_WARN] = "warn",
	[PLAN_IGNORE] = "ignore",
};

static const char *const policy_kind_names[] = {
	[PLAN_POLICY_CHECK] = "check",
	[PLAN_POLICY_UNIQUE] = "unique",
	[PLAN_POLICY_NOT_NULL] = "not_null",
	[PLAN_POLICY_PRIMARY_KEY] = "primary_key",
	[PLAN_POLICY_FOREIGN_KEY] = "foreign_key",
};

#define NAME(table, i) ((size_t)(i) < sizeof(table) / sizeof((table)[0]) ? (table)[i] : NULL)

const char *plan_source_name(enum plan_source s)
{
	return NAME(source_names, s);
}

const char *plan_dist_name(enum plan_dist d)
{
	return NAME(dist_names, d);
}

const char *plan_policy_name(enum plan_policy p)
{
	return NAME(policy_names, p);
}

const char *plan_policy_kind_name(enum plan_policy_kind k)
{
	return NAME(policy_kind_names, k);
}

static void key_double(struct buf *b, const char *key, double d)
{
	mpk_str(b, key);
	mpk_double(b, d);
}

/* The transforms of a column. */
static void pack_xforms(struct buf *b, const struct plan_column *c)
{
	mpk_str(b, "transforms");
	mpk_array(b, c->nxforms);
	for (uint32_t i = 0; i < c->nxforms; i++) {
		const struct plan_xform *x = &c->xforms[i];

		mpk_map(b, 1 + (x->params != NULL));
		mpk_kstr(b, "transform", x->id);
		if (x->params != NULL) {
			mpk_str(b, "params");
			mpk_object(b, x->params);
		}
	}
}

/* A column; members with their default are left out. */
static void pack_column(struct buf *b, const struct plan_table *t, uint32_t col)
{
	const struct plan_column *c = &t->columns[col];
	bool gen = c->source == PLAN_GENERATOR, fk = c->source == PLAN_FOREIGN;
	bool nulls = c->null_rate > 0, params = gen && c->params != NULL;

	mpk_map(b, 2 + 3 * gen + params + fk + nulls + c->null_by_rule + (c->nxforms > 0));
	mpk_kstr(b, "column", t->table->columns[col].name);
	mpk_kstr(b, "source", plan_source_name(c->source));
	if (gen) {
		mpk_kstr(b, "generator", c->gen);
		mpk_kbool(b, "by_rule", c->by_rule);
		mpk_kstr(b, "locale", c->locale);
	}
	if (params) {
		mpk_str(b, "params");
		mpk_object(b, c->params);
	}
	if (fk)
		mpk_kstr(b, "foreign_key", t->table->cons[t->fks[c->fk].con].name);
	if (nulls)
		key_double(b, "null_rate", c->null_rate);
	if (c->null_by_rule)
		mpk_kbool(b, "null_by_rule", true);
	if (c->nxforms > 0)
		pack_xforms(b, c);
}

/* The bounds and the distribution of the number of children. */
static void pack_fan(struct buf *b, const struct plan_fan *f)
{
	bool max = f->max != UINT64_MAX, weighted = f->dist == PLAN_DIST_WEIGHTED;

	mpk_str(b, "fan");
	mpk_map(b, 2 + max + weighted + (f->s > 0));
	mpk_kuint(b, "min", f->min);
	if (max)
		mpk_kuint(b, "max", f->max);
	mpk_kstr(b, "distribution", plan_dist_name(f->dist));
	if (f->s > 0)
		mpk_kuint(b, "s", f->s);
	if (!weighted)
		return;
	mpk_str(b, "weights");
	mpk_array(b, f->nweights);
	for (uint32_t i = 0; i < f->nweights; i++)
		mpk_uint(b, f->weights[i]);
}

/*
 * A foreign key; members with their default are left out, so that documents
 * stay as they were when a member is added.
 */
static void pack_fk(struct buf *b, const struct plan_table *t, const struct plan_fk *fk)
{
	const struct pg_constraint *con = &t->table->cons[fk->con];
	bool fan = how_told(fk->how) == PLAN_TELL_FAN;
	bool based = how_agrees(fk->how);
	bool ranked = fk->how.ranked && !how_by(fk->how.law).ranked;

	mpk_map(b, 4 + (fk->null_rate > 0) + fk->shuffled + fk->cover + fan + fk->computed +
			   (fk->roots > 0) + (fk->root_share > 0) + based + (fk->nsame > 0) +
			   (fk->where != NULL) + (fk->by != NULL) + fk->own_roots +
			   (fk->max_depth > 0) + (fk->partial_nulls > 0) + based + ranked +
			   fk->how.all_null);
	mpk_kstr(b, "constraint", con->name);
	mpk_kstr(b, "law", plan_law_name((int)fk->how.law));
	if (based)
		mpk_kstr(b, "eligible", plan_eligible_name((int)fk->how.eligible));
	if (ranked)
		mpk_kbool(b, "ranked", true);
	if (fk->how.all_null)
		mpk_kbool(b, "all_null", true);
	mpk_kstr(b, "parent_schema", con->ref_schema);
	mpk_kstr(b, "parent_table", con->ref_table);
	if (fk->null_rate > 0)
		key_double(b, "null_rate", fk->null_rate);
	if (fk->partial_nulls > 0)
		key_double(b, "partial_nulls", fk->partial_nulls);
	if (fk->shuffled)
		mpk_kbool(b, "shuffled", true);
	if (fk->cover)
		mpk_kbool(b, "cover", true);
	if (fk->computed)
		mpk_kbool(b, "computed", true);
	if (based)
		mpk_kstr(b, "base", t->table->cons[t->fks[fk->base].con].name);
	if (fk->nsame > 0) {
		mpk_str(b, "same");
		mpk_map(b, fk->nsame);
		for (uint32_t i = 0; i < fk->nsame; i++)
			mpk_kstr(b, t->table->columns[fk->same[i].column].name,
				con->ref->columns[fk->same[i].parent].name);
	}
	if (fk->where != NULL)
		mpk_kstr(b, "where", fk->where);
	if (fk->by != NULL)
		mpk_kstr(b, "by", fk->by);
	if (fk->roots > 0)
		mpk_kuint(b, "roots", fk->roots);
	if (fk->root_share > 0)
		key_double(b, "root_share", fk->root_share);
	if (fk->own_roots)
		mpk_kbool(b, "own_roots", true);
	if (fk->max_depth > 0)
		mpk_kuint(b, "max_depth", fk->max_depth);
	if (fan)
		pack_fan(b, &fk->fan);
}

/* only what is not "enforce" is written; returns whether anything is to be */
static bool has_policies(const struct plan_table *t)
{
	for (int k = 0; k < 5; k++)
		if (t->policy[k] != PLAN_ENFORCE)
			return true;
	return false;
}

/* Only what is not "enforce" is written. */
static void pack_policies(struct buf *b, const struct plan_table *t)
{
	uint32_t n = 0;

	for (int k = 0; k < 5; k++)
		n += t->policy[k] != PLAN_ENFORCE;
	mpk_str(b, "policies");
	mpk_map(b, n);
	for (int k = 0; k < 5; k++)
		if (t->policy[k] != PLAN_ENFORCE)
			mpk_kstr(b, policy_kind_names[k], plan_policy_name(t->policy[k]));
}

/* What is known of the rows to which others are added. */
static void pack_append(struct buf *b, const struct plan_table *t)
{
	mpk_str(b, "append");
	mpk_map(b, 3);
	mpk_kuint(b, "after", t->after);
	mpk_kstr(b, "snapshot", t->snapshot);
	mpk_str(b, "taken");
	mpk_array(b, t->ntaken);
	for (uint32_t i = 0; i < t->ntaken; i++) {
		mpk_map(b, 3);
		mpk_kstr(b, "key", t->taken[i].key);
		mpk_kuint(b, "have", t->taken[i].have);
		mpk_str(b, "at");
		mpk_array(b, t->taken[i].n);
		for (uint32_t k = 0; k < t->taken[i].n; k++)
			mpk_uint(b, t->taken[i].at[k]);
	}
}

/* The members that decide about the rows of a table. */
static void pack_rows(struct buf *b, const struct plan_table *t)
{
	mpk_kstr(b, "schema", t->table->schema);
	mpk_kstr(b, "table", t->table->name);
	mpk_kuint(b, "rows", t->rows);
	mpk_str(b, "columns");
	mpk_array(b, t->table->ncolumns);
	for (uint32_t i = 0; i < t->table->ncolumns; i++)
		pack_column(b, t, i);
	mpk_str(b, "foreign_keys");
	mpk_array(b, t->nfks);
	for (uint32_t i = 0; i < t->nfks; i++)
		pack_fk(b, t, &t->fks[i]);
	if (has_policies(t))
		pack_policies(b, t);
	if (t->append)
		pack_append(b, t);
}

static void pack_day(struct buf *b, int32_t day)
{
	char text[CAL_MAX];

	mpk_strn(b, text, cal_fmt_date(text, day));
}

/*
 * What decides about the rows of a table and nothing else: its digest tells
 * whether they have to be made again.
 */
void plan_pack_table(struct buf *b, const struct plan *p, const struct plan_table *t)
{
	mpk_map(b, 3 + 5 + has_policies(t) + t->append);
	mpk_kint(b, "rng_version", RNG_VERSION);
	mpk_kuint(b, "seed", p->seed);
	mpk_str(b, "as_of");
	pack_day(b, p->as_of);
	pack_rows(b, t);
}

/* Inherited columns. */
static void pack_carry(struct buf *b, const struct plan *p, const struct plan_table *t)
{
	mpk_str(b, "carry");
	mpk_array(b, t->ncarry);
	for (uint32_t i = 0; i < t->ncarry; i++) {
		const struct plan_carry *c = &t->carry[i];
		const struct plan_fk *fk = &t->fks[c->fk];

		mpk_map(b, 3);
		mpk_kstr(b, "name", c->name);
		mpk_kstr(b, "foreign_key", t->table->cons[fk->con].name);
		mpk_kstr(b, "column", plan_kept_name(&p->tables[fk->parent], c->column));
	}
}

static void pack_reads(struct buf *b, const struct plan *p, const struct plan_table *t)
{
	mpk_str(b, "reads");
	mpk_array(b, t->nreads);
	for (uint32_t i = 0; i < t->nreads; i++) {
		const struct pg_table *r = p->tables[t->reads[i]].table;

		mpk_map(b, 2);
		mpk_kstr(b, "schema", r->schema);
		mpk_kstr(b, "table", r->name);
	}
}

/*
 * What decides about the rows, and beside it what only says how they are
 * stored.
 */
static void pack_whole_table(struct buf *b, const struct plan *p, const struct plan_table *t)
{
	mpk_map(b, 5 + 5 + has_policies(t) + t->append + 2 * t->existing + (t->ncarry > 0) +
			   (t->nreads > 0));
	pack_rows(b, t);
	mpk_kuint(b, "shards", t->shards);
	mpk_kuint(b, "level", t->level);
	mpk_kbool(b, "auto_added", t->auto_added);
	if (t->existing) {
		mpk_kbool(b, "existing", true);
		mpk_kstr(b, "snapshot", t->snapshot);
	}
	mpk_str(b, "keep");
	mpk_array(b, t->nkeep);
	for (uint32_t i = 0; i < t->nkeep; i++)
		mpk_str(b, plan_kept_name(t, t->keep[i]));
	if (t->ncarry > 0)
		pack_carry(b, p, t);
	if (t->nreads > 0)
		pack_reads(b, p, t);
	mpk_kstr(b, "digest", t->digest);
}

/* Appends the resolved part of the document to ${b}. */
void plan_pack(struct buf *b, const struct plan *p)
{
	mpk_map(b, 7);
	mpk_kint(b, "rng_version", RNG_VERSION);
	mpk_str(b, "as_of");
	pack_day(b, p->as_of);
	mpk_kbool(b, "as_of_pinned", p->as_of_pinned);
	mpk_kbool(b, "strict", p->strict);
	mpk_kstr(b, "locale", p->locale);
	mpk_kstr(b, "schema_fingerprint", p->schema_fingerprint);
	mpk_str(b, "tables");
	mpk_array(b, p->ntables);
	for (uint32_t i = 0; i < p->ntables; i++)
		pack_whole_table(b, p, &p->tables[i]);
}
