/* SPDX-License-Identifier: MIT */
#include "common/plan/plan_int.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/rng.h"
#include "common/io/msgpack.h"

/*
 * The resolved part of the document.  plan_doc.c reads what is written here.
 *
 *	{rng_version, as_of, as_of_pinned, strict, locale, schema_fingerprint, data?,
 *	 tables: [{schema, table, rows, columns, foreign_keys, policies?,
 *		   append?: {after, snapshot, taken: [{key, have, at}]},
 *		   shards, level, auto_added, existing?, snapshot?, keep, carry?, reads?, digest}]}
 *
 *	and beside tables, where the plan skips what cannot be filled, skipped and clipped: see
 *	plan_except.c
 *
 *	data: {locale: {list: {columns?, cells, weights?}}}, the cells column by column
 *	carry: [{name, foreign_key, column}]
 *	reads: [{schema, table}]
 *
 *	column: {column, source, generator?, by_rule?, locale?, params?, foreign_key?,
 *		 null_rate?, null_by_rule?, unique_by?, unique_why?,
 *		 transforms?}
 *	foreign key: {constraint, law, eligible?, ranked?, all_null?,
 *		      parent_schema, parent_table, null_rate?,
 *		      partial_nulls?, shuffled?, cover?, computed?, where?, by?, base?,
 *		      roots?, root_share?, own_roots?, max_depth?,
 *		      fan?: {min, max?, distribution, s?, weights?},
 *		      same?: {column: the parent's},
 *		      reference?: {definition, value, type_column, id_column, schema, table,
 *				   column}}
 */

static const char *const source_names[] = {
	[PLAN_GENERATOR] = "generator",
	[PLAN_FOREIGN] = "foreign_key",
	[PLAN_ALWAYS_NULL] = "always_null",
	[PLAN_GENERATED] = "computed",
	[PLAN_SERVER_DEFAULT] = "server_default",
	[PLAN_EXISTING] = "existing",
};

static const char *const dist_names[] = {
	[PLAN_DIST_UNIFORM] = "uniform",
	[PLAN_DIST_ZIPF] = "zipf",
	[PLAN_DIST_WEIGHTED] = "weighted",
	[PLAN_DIST_GEOMETRIC] = "geometric",
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
	mp_str(b, key);
	mp_double(b, d);
}

/* The transforms of a column. */
static void pack_xforms(struct buf *b, const struct plan_column *c)
{
	mp_str(b, "transforms");
	mp_array(b, c->ntransforms);
	for (uint32_t i = 0; i < c->ntransforms; i++) {
		const struct plan_transform *x = &c->transforms[i];

		mp_map(b, 1 + (x->params != NULL));
		mp_kstr(b, "transform", x->id);
		if (x->params != NULL) {
			mp_str(b, "params");
			mp_object(b, x->params);
		}
	}
}

/* A column; members with their default are left out.  How it is unique is ${told}, and decides
 * nothing: it follows from the rest. */
static void pack_column(struct buf *b, const struct plan_table *t, uint32_t col, bool told)
{
	const struct plan_column *c = &t->columns[col];
	bool gen = c->source == PLAN_GENERATOR, fk = c->source == PLAN_FOREIGN;
	bool by = told && c->unique_by != NULL, why = told && c->unique_why != NULL;
	bool nulls = c->null_rate > 0, params = gen && c->params != NULL;

	mp_map(b, 2 + 3 * gen + params + fk + nulls + c->null_by_rule + (c->ntransforms > 0) + by +
			  why);
	mp_kstr(b, "column", t->table->columns[col].name);
	mp_kstr(b, "source", plan_source_name(c->source));
	if (gen) {
		mp_kstr(b, "generator", c->gen);
		mp_kbool(b, "by_rule", c->by_rule);
		mp_kstr(b, "locale", c->locale);
	}
	if (params) {
		mp_str(b, "params");
		mp_object(b, c->params);
	}
	if (fk)
		mp_kstr(b, "foreign_key", t->table->cons[t->fks[c->fk].con].name);
	if (nulls)
		key_double(b, "null_rate", c->null_rate);
	if (c->null_by_rule)
		mp_kbool(b, "null_by_rule", true);
	if (by)
		mp_kstr(b, "unique_by", c->unique_by);
	if (why)
		mp_kstr(b, "unique_why", c->unique_why);
	if (c->ntransforms > 0)
		pack_xforms(b, c);
}

/* The bounds and the distribution of the number of children. */
static void pack_fan(struct buf *b, const struct plan_fan *f)
{
	bool max = f->max != UINT64_MAX, weighted = f->dist == PLAN_DIST_WEIGHTED;

	mp_str(b, "fan");
	mp_map(b, 2 + max + weighted + (f->s > 0));
	mp_kuint(b, "min", f->min);
	if (max)
		mp_kuint(b, "max", f->max);
	mp_kstr(b, "distribution", plan_dist_name(f->dist));
	if (f->s > 0)
		mp_kuint(b, "s", f->s);
	if (!weighted)
		return;
	mp_str(b, "weights");
	mp_array(b, f->nweights);
	for (uint32_t i = 0; i < f->nweights; i++)
		mp_uint(b, f->weights[i]);
}

/* What a plan says of a reference that no database knows. */
static void pack_reference(struct buf *b, const struct pg_table *t, const struct pg_constraint *con)
{
	mp_str(b, "reference");
	mp_map(b, 7);
	mp_kstr(b, "definition", con->definition);
	mp_kstr(b, "value", con->type_value);
	mp_kstr(b, "type_column", t->columns[con->type_col].name);
	mp_kstr(b, "id_column", t->columns[con->id_col].name);
	mp_kstr(b, "schema", con->ref_schema);
	mp_kstr(b, "table", con->ref_table);
	mp_kstr(b, "column", con->ref->columns[con->parent_col].name);
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

	mp_map(b, 4 + (fk->null_rate > 0) + fk->shuffled + fk->cover + fan + fk->computed +
			  (fk->roots > 0) + (fk->root_share > 0) + based + (fk->nsame > 0) +
			  (fk->where != NULL) + (fk->by != NULL) + fk->own_roots +
			  (fk->max_depth > 0) + (fk->partial_nulls > 0) + based + ranked +
			  fk->how.all_null + (con->kind == PG_CON_REFERENCE));
	mp_kstr(b, "constraint", con->name);
	mp_kstr(b, "law", plan_law_name((int)fk->how.law));
	if (based)
		mp_kstr(b, "eligible", plan_eligible_name((int)fk->how.eligible));
	if (ranked)
		mp_kbool(b, "ranked", true);
	if (con->kind == PG_CON_REFERENCE)
		pack_reference(b, t->table, con);
	if (fk->how.all_null)
		mp_kbool(b, "all_null", true);
	mp_kstr(b, "parent_schema", con->ref_schema);
	mp_kstr(b, "parent_table", con->ref_table);
	if (fk->null_rate > 0)
		key_double(b, "null_rate", fk->null_rate);
	if (fk->partial_nulls > 0)
		key_double(b, "partial_nulls", fk->partial_nulls);
	if (fk->shuffled)
		mp_kbool(b, "shuffled", true);
	if (fk->cover)
		mp_kbool(b, "cover", true);
	if (fk->computed)
		mp_kbool(b, "computed", true);
	if (based)
		mp_kstr(b, "base", t->table->cons[t->fks[fk->base].con].name);
	if (fk->nsame > 0) {
		mp_str(b, "same");
		mp_map(b, fk->nsame);
		for (uint32_t i = 0; i < fk->nsame; i++)
			mp_kstr(b, t->table->columns[fk->same[i].column].name,
				con->ref->columns[fk->same[i].parent].name);
	}
	if (fk->where != NULL)
		mp_kstr(b, "where", fk->where);
	if (fk->by != NULL)
		mp_kstr(b, "by", fk->by);
	if (fk->roots > 0)
		mp_kuint(b, "roots", fk->roots);
	if (fk->root_share > 0)
		key_double(b, "root_share", fk->root_share);
	if (fk->own_roots)
		mp_kbool(b, "own_roots", true);
	if (fk->max_depth > 0)
		mp_kuint(b, "max_depth", fk->max_depth);
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
	mp_str(b, "policies");
	mp_map(b, n);
	for (int k = 0; k < 5; k++)
		if (t->policy[k] != PLAN_ENFORCE)
			mp_kstr(b, policy_kind_names[k], plan_policy_name(t->policy[k]));
}

/* What is known of the rows to which others are added. */
static void pack_append(struct buf *b, const struct plan_table *t)
{
	mp_str(b, "append");
	mp_map(b, 3);
	mp_kuint(b, "after", t->after);
	mp_kstr(b, "snapshot", t->snapshot);
	mp_str(b, "taken");
	mp_array(b, t->ntaken);
	for (uint32_t i = 0; i < t->ntaken; i++) {
		mp_map(b, 3);
		mp_kstr(b, "key", t->taken[i].key);
		mp_kuint(b, "have", t->taken[i].have);
		mp_str(b, "at");
		mp_array(b, t->taken[i].n);
		for (uint32_t k = 0; k < t->taken[i].n; k++)
			mp_uint(b, t->taken[i].at[k]);
	}
}

/* The members that decide about the rows of a table, and what is ${told} of them. */
static void pack_rows(struct buf *b, const struct plan_table *t, bool told)
{
	mp_kstr(b, "schema", t->table->schema);
	mp_kstr(b, "table", t->table->name);
	mp_kuint(b, "rows", t->rows);
	mp_str(b, "columns");
	mp_array(b, t->table->ncolumns);
	for (uint32_t i = 0; i < t->table->ncolumns; i++)
		pack_column(b, t, i, told);
	mp_str(b, "foreign_keys");
	mp_array(b, t->nfks);
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

	mp_strn(b, text, cal_fmt_date(text, day));
}

/* Lists of the plan's own may decide about any row. */
static void pack_data(struct buf *b, const struct plan *p)
{
	mp_str(b, "data");
	mp_object(b, p->data);
}

/*
 * What decides about the rows of a table and nothing else: its digest tells
 * whether they have to be made again.
 */
void plan_pack_table(struct buf *b, const struct plan *p, const struct plan_table *t)
{
	mp_map(b, 3 + 5 + has_policies(t) + t->append + (p->data != NULL));
	mp_kint(b, "rng_version", RNG_VERSION);
	mp_kuint(b, "seed", p->seed);
	mp_str(b, "as_of");
	pack_day(b, p->as_of);
	if (p->data != NULL)
		pack_data(b, p);
	pack_rows(b, t, false);
}

/* Inherited columns. */
static void pack_carry(struct buf *b, const struct plan *p, const struct plan_table *t)
{
	mp_str(b, "carry");
	mp_array(b, t->ninherited);
	for (uint32_t i = 0; i < t->ninherited; i++) {
		const struct plan_inherited *c = &t->inherited[i];
		const struct plan_fk *fk = &t->fks[c->fk];

		mp_map(b, 3);
		mp_kstr(b, "name", c->name);
		mp_kstr(b, "foreign_key", t->table->cons[fk->con].name);
		mp_kstr(b, "column", plan_kept_name(&p->tables[fk->parent], c->column));
	}
}

static void pack_reads(struct buf *b, const struct plan *p, const struct plan_table *t)
{
	mp_str(b, "reads");
	mp_array(b, t->nreads);
	for (uint32_t i = 0; i < t->nreads; i++) {
		const struct pg_table *r = p->tables[t->reads[i]].table;

		mp_map(b, 2);
		mp_kstr(b, "schema", r->schema);
		mp_kstr(b, "table", r->name);
	}
}

/*
 * What decides about the rows, and beside it what only says how they are
 * stored.
 */
static void pack_whole_table(struct buf *b, const struct plan *p, const struct plan_table *t)
{
	mp_map(b, 5 + 5 + has_policies(t) + t->append + 2 * t->existing + (t->ninherited > 0) +
			  (t->nreads > 0));
	pack_rows(b, t, true);
	mp_kuint(b, "shards", t->shards);
	mp_kuint(b, "level", t->level);
	mp_kbool(b, "auto_added", t->auto_added);
	if (t->existing) {
		mp_kbool(b, "existing", true);
		mp_kstr(b, "snapshot", t->snapshot);
	}
	mp_str(b, "keep");
	mp_array(b, t->nkept);
	for (uint32_t i = 0; i < t->nkept; i++)
		mp_str(b, plan_kept_name(t, t->kept[i]));
	if (t->ninherited > 0)
		pack_carry(b, p, t);
	if (t->nreads > 0)
		pack_reads(b, p, t);
	mp_kstr(b, "digest", t->digest);
}

/* Appends the resolved part of the document to ${b}. */
void plan_pack(struct buf *b, const struct plan *p)
{
	mp_map(b, 7 + 2 * p->skips + (p->data != NULL));
	mp_kint(b, "rng_version", RNG_VERSION);
	mp_str(b, "as_of");
	pack_day(b, p->as_of);
	mp_kbool(b, "as_of_pinned", p->as_of_pinned);
	mp_kbool(b, "strict", p->strict);
	mp_kstr(b, "locale", p->locale);
	mp_kstr(b, "schema_fingerprint", p->schema_fingerprint);
	if (p->data != NULL)
		pack_data(b, p);
	mp_str(b, "tables");
	mp_array(b, p->ntables);
	for (uint32_t i = 0; i < p->ntables; i++)
		pack_whole_table(b, p, &p->tables[i]);
	if (p->skips)
		plan_pack_exceptions(b, p);
}
