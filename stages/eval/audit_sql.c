/* SPDX-License-Identifier: MIT */
#include "stages/eval/audit_sql.h"

#include <string.h>
#include <time.h>

#include "common/base/err.h"
#include "common/pg/pg.h"
#include "common/sql/sql.h"

/* Where the question about ${name} goes, once its text is in ${b}. */
static int add(struct audit_sql *s, struct arena *a, enum kind kind, const struct pg_table *t,
	const char *name, struct buf *b, struct err *e)
{
	if (s->n == s->cap) {
		uint32_t cap = s->cap == 0 ? 128 : s->cap * 2;
		struct question *q = arena_array(a, cap, sizeof(*q));

		if (q == NULL)
			return err_nomem(e);
		if (s->n > 0)
			memcpy(q, s->q, s->n * sizeof(*q));
		s->q = q;
		s->cap = cap;
	}
	s->q[s->n] = (struct question){kind, t, name, buf_ok(b) ? arena_strdup(a, b->p) : NULL, 0};
	buf_clear(b);
	if (s->q[s->n].sql == NULL)
		return err_nomem(e);
	s->n++;
	return 0;
}

/* Rows of tables that inherit from it are not its own; those of partitions are. */
static void from(struct buf *b, const struct pg_table *t)
{
	buf_adds(b, t->kind == 'p' ? " FROM " : " FROM ONLY ");
	pg_qname(b, t->schema, t->name);
}

/* ---- one kind each ------------------------------------------------------------------ */

static void rows_sql(struct buf *b, const struct plan_table *t)
{
	buf_addf(b, "SELECT (count(*) %s %llu)::integer", t->append ? "<" : "<>",
		(unsigned long long)t->rows);
	from(b, t->table);
}

static void not_null_sql(struct buf *b, const struct pg_table *t, uint32_t col)
{
	buf_adds(b, "SELECT count(*)");
	from(b, t);
	buf_adds(b, " WHERE ");
	pg_ident(b, t->columns[col].name);
	buf_adds(b, " IS NULL");
}

static void check_sql(struct buf *b, const struct pg_table *t, const char *expr)
{
	buf_adds(b, "SELECT count(*)");
	from(b, t);
	buf_addf(b, " WHERE NOT (%s)", expr);
}

/* The server computed it when the row came in; its expression may have been changed since. */
static void generated_sql(struct buf *b, const struct pg_table *t, uint32_t col)
{
	buf_adds(b, "SELECT count(*)");
	from(b, t);
	buf_adds(b, " WHERE ");
	pg_ident(b, t->columns[col].name);
	buf_addf(b, " IS DISTINCT FROM (%s)::%s", t->columns[col].generated,
		t->columns[col].formatted);
}

/* In a domain's check the value is called VALUE, which is a fine name for a column. */
static void domain_sql(struct buf *b, const struct pg_table *t, uint32_t col, const char *expr)
{
	buf_adds(b, "SELECT count(*) FROM (SELECT ");
	pg_ident(b, t->columns[col].name);
	buf_adds(b, " AS value");
	from(b, t);
	buf_addf(b, ") d WHERE NOT (%s)", expr);
}

/* GROUP BY takes no constant, which an index on ((true)) has: coalesce() of one is none. */
static void key_part(struct buf *b, const struct pg_table *t, uint32_t col, const char *expr)
{
	if (col == UINT32_MAX)
		buf_addf(b, "coalesce(%s)", expr);
	else
		pg_ident(b, t->columns[col].name);
}

/* Rows beyond the first of each key; of a primary key also those with a NULL in it. */
static void key_sql(struct buf *b, const struct pg_table *t, const struct pg_index *x, bool primary)
{
	const char *and = " WHERE ";

	buf_adds(b, "SELECT coalesce(sum(n - 1), 0)::bigint");
	for (uint32_t i = 0; primary && i < x->ncols; i++) {
		buf_adds(b, " + (");
		not_null_sql(b, t, x->cols[i]);
		buf_addc(b, ')');
	}
	buf_adds(b, " FROM (SELECT count(*) AS n");
	from(b, t);
	if (x->predicate != NULL) {
		buf_addf(b, "%s(%s)", and, x->predicate);
		and = " AND ";
	}
	for (uint32_t i = 0; !x->nulls_not_distinct && i < x->ncols; i++) {
		buf_adds(b, and);
		key_part(b, t, x->cols[i], x->exprs != NULL ? x->exprs[i] : NULL);
		buf_adds(b, " IS NOT NULL");
		and = " AND ";
	}
	buf_adds(b, " GROUP BY ");
	for (uint32_t i = 0; i < x->ncols; i++) {
		buf_adds(b, i == 0 ? "" : ", ");
		key_part(b, t, x->cols[i], x->exprs != NULL ? x->exprs[i] : NULL);
	}
	buf_adds(b, " HAVING count(*) > 1) d");
}

/* Rows that another one excludes. */
static void exclusion_sql(struct buf *b, const struct pg_table *t, const struct sql_exclusion *x)
{
	buf_adds(b, "SELECT count(*)");
	for (int i = 0; i < 2; i++) {
		buf_adds(b,
			i == 0 ? " FROM (SELECT tableoid AS t, ctid AS id"
			       : " a WHERE EXISTS (SELECT FROM (SELECT tableoid AS t, ctid AS id");
		for (uint32_t p = 0; p < x->n; p++)
			buf_addf(b, ", %s AS e%u", x->parts[p].text, p);
		from(b, t);
		buf_addf(b, "%s%s)", x->where != NULL ? " WHERE " : "",
			x->where != NULL ? x->where : "");
	}
	buf_adds(b, " b WHERE (a.t, a.id) IS DISTINCT FROM (b.t, b.id)");
	for (uint32_t p = 0; p < x->n; p++)
		buf_addf(b, " AND a.e%u %s b.e%u", p, x->parts[p].with, p);
	buf_addc(b, ')');
}

/* p.x = c.y, by the operator of the type where an extension brought it (search_path is empty). */
static void equals(struct buf *b, const struct pg_column *p, const struct pg_column *c)
{
	struct pg_base base = pg_base_of(p->type, p->typmod);

	buf_adds(b, "p.");
	pg_ident(b, p->name);
	if (base.type->extension != NULL) {
		buf_adds(b, " OPERATOR(");
		pg_ident(b, base.type->schema);
		buf_adds(b, ".=) c.");
	} else {
		buf_adds(b, " = c.");
	}
	pg_ident(b, c->name);
}

static void nulls_of(struct buf *b, const struct pg_table *t, const struct pg_constraint *c)
{
	buf_adds(b, "num_nulls(");
	for (uint32_t i = 0; i < c->ncols; i++) {
		buf_adds(b, i == 0 ? "c." : ", c.");
		pg_ident(b, t->columns[c->cols[i]].name);
	}
	buf_addc(b, ')');
}

static void foreign_sql(struct buf *b, const struct pg_table *t, const struct pg_constraint *c)
{
	buf_adds(b, "SELECT count(*)");
	from(b, t);
	buf_adds(b, " c WHERE ");
	if (c->match == PG_MATCH_FULL && c->ncols > 1) {
		nulls_of(b, t, c);
		buf_addf(b, " BETWEEN 1 AND %u OR ", c->ncols - 1);
	}
	for (uint32_t i = 0; i < c->ncols; i++) {
		buf_adds(b, i == 0 ? "c." : " AND c.");
		pg_ident(b, t->columns[c->cols[i]].name);
		buf_adds(b, " IS NOT NULL");
	}
	buf_adds(b, " AND NOT EXISTS (SELECT");
	from(b, c->ref);
	buf_adds(b, " p WHERE ");
	for (uint32_t i = 0; i < c->ncols; i++) {
		buf_adds(b, i == 0 ? "" : " AND ");
		equals(b, &c->ref->columns[c->ref_cols[i]], &t->columns[c->cols[i]]);
	}
	buf_addc(b, ')');
}

/* ---- a table --------------------------------------------------------------------------- */

struct asking {
	struct audit_sql *s;
	const struct plan_table *pt;
	struct arena *a;
	struct buf b;
	struct err *e;
};

static bool enforced(const struct plan_table *t, enum plan_policy_kind k)
{
	return t->policy[k] == PLAN_ENFORCE;
}

static int ask_columns(struct asking *k)
{
	const struct pg_table *t = k->pt->table;

	for (uint32_t i = 0; i < t->ncolumns; i++) {
		const struct pg_column *c = &t->columns[i];

		if (pg_column_not_null(c) && enforced(k->pt, PLAN_POLICY_NOT_NULL)) {
			not_null_sql(&k->b, t, i);
			if (add(k->s, k->a, KIND_NOT_NULL, t, c->name, &k->b, k->e) == -1)
				return -1;
		}
		if (c->generated != NULL) {
			generated_sql(&k->b, t, i);
			if (add(k->s, k->a, KIND_GENERATED, t, c->name, &k->b, k->e) == -1)
				return -1;
		}
		for (const struct pg_type *d = c->type; d != NULL && d->cls == PG_DOMAIN;
			d = d->elem)
			for (uint32_t n = 0; n < d->nchecks; n++) {
				if (!enforced(k->pt, PLAN_POLICY_CHECK))
					continue;
				domain_sql(&k->b, t, i, d->checks[n].expr);
				if (add(k->s, k->a, KIND_CHECK, t, d->checks[n].name, &k->b,
					    k->e) == -1)
					return -1;
			}
	}
	return 0;
}

static bool fk_is_off(const struct plan_table *t, uint32_t con)
{
	for (uint32_t i = 0; i < t->nfks; i++)
		if (t->fks[i].con == con)
			return t->fks[i].mode == PLAN_FK_OFF;
	return false;
}

static int ask_constraint(struct asking *k, uint32_t con)
{
	const struct pg_table *t = k->pt->table;
	const struct pg_constraint *c = &t->cons[con];
	struct pg_index key = {
		.cols = c->cols, .ncols = c->ncols, .nulls_not_distinct = c->nulls_not_distinct};
	enum kind kind = KIND_UNIQUE;
	struct sql_exclusion x;
	bool primary = c->kind == PG_CON_PRIMARY;
	int rc;

	switch (c->kind) {
	case PG_CON_PRIMARY:
	case PG_CON_UNIQUE:
		if (!enforced(k->pt, primary ? PLAN_POLICY_PRIMARY_KEY : PLAN_POLICY_UNIQUE))
			return 0;
		kind = primary ? KIND_PRIMARY_KEY : KIND_UNIQUE;
		key_sql(&k->b, t, &key, primary);
		break;
	case PG_CON_CHECK:
		if (!enforced(k->pt, PLAN_POLICY_CHECK))
			return 0;
		kind = KIND_CHECK;
		check_sql(&k->b, t, c->expr);
		break;
	case PG_CON_FOREIGN:
		if (!enforced(k->pt, PLAN_POLICY_FOREIGN_KEY) || c->ref == NULL ||
			fk_is_off(k->pt, con))
			return 0;
		kind = KIND_FOREIGN_KEY;
		foreign_sql(&k->b, t, c);
		break;
	case PG_CON_EXCLUDE:
		if (!enforced(k->pt, PLAN_POLICY_UNIQUE))
			return 0;
		rc = sql_exclusion_of(c->definition, &x, k->a, k->e);
		if (rc != 0)
			return rc == 1 ? 0 : -1;
		kind = KIND_EXCLUDE;
		exclusion_sql(&k->b, t, &x);
		break;
	}
	return add(k->s, k->a, kind, t, c->name, &k->b, k->e);
}

static int ask_table(struct asking *k)
{
	const struct pg_table *t = k->pt->table;

	rows_sql(&k->b, k->pt);
	if (add(k->s, k->a, KIND_ROW_COUNT, t, NULL, &k->b, k->e) == -1 || ask_columns(k) == -1)
		return -1;
	for (uint32_t i = 0; i < t->ncons; i++)
		if (ask_constraint(k, i) == -1)
			return -1;
	for (uint32_t i = 0; i < t->nindexes; i++) {
		const struct pg_index *x = &t->indexes[i];

		if (!x->unique || x->of_constraint || x->primary || !x->valid ||
			!enforced(k->pt, PLAN_POLICY_UNIQUE))
			continue;
		key_sql(&k->b, t, x, false);
		if (add(k->s, k->a, KIND_UNIQUE, t, x->name, &k->b, k->e) == -1)
			return -1;
	}
	return 0;
}

int audit_sql_questions(
	struct audit_sql *s, const struct plan *plan, struct arena *a, struct err *e)
{
	struct asking k = {.s = s, .a = a, .b = BUF_INIT, .e = e};
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < plan->ntables; i++) {
		k.pt = &plan->tables[i];
		if (!k.pt->existing)
			rc = ask_table(&k);
	}
	buf_free(&k.b);
	return rc;
}

/* ---- asking ----------------------------------------------------------------------------- */

static int ask(struct pg *c, struct question *q, struct err *e)
{
	struct pg_rows *r = pg_query(c, q->sql, 0, NULL, e);

	if (r == NULL)
		return err_wrap(
			e, "%s of %s.%s", kind_title(q->kind), q->table->schema, q->table->name);
	q->violations = (uint64_t)pg_int(r, 0, 0);
	return pg_done(r, e);
}

int audit_sql_ask(struct audit_sql *s, const char *conn, struct err *e)
{
	struct pg *c = pg_connect(conn, "datalchemy eval", e);
	struct timespec t0, t1;
	int rc;

	if (c == NULL)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &t0);
	s->server_version = pg_server_version(c);
	rc = pg_exec(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", e);
	for (uint32_t i = 0; rc == 0 && i < s->n; i++)
		rc = ask(c, &s->q[i], e);
	if (rc == 0)
		rc = pg_exec(c, "COMMIT", e);
	pg_close(c);
	clock_gettime(CLOCK_MONOTONIC, &t1);
	s->seconds = (double)(t1.tv_sec - t0.tv_sec) + (double)(t1.tv_nsec - t0.tv_nsec) / 1e9;
	return rc == 0 ? 0 : err_wrap(e, "asking the database");
}

struct tally audit_sql_tally(const struct audit_sql *s, enum kind k)
{
	struct tally t = {0};

	for (uint32_t i = 0; i < s->n; i++)
		if (s->q[i].kind == k) {
			t.checked++;
			t.violations += s->q[i].violations;
		}
	return t;
}

uint64_t audit_sql_total(const struct audit_sql *s)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < s->n; i++)
		n += s->q[i].violations;
	return n;
}
