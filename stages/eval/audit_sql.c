/* SPDX-License-Identifier: MIT */
#include "stages/eval/audit_sql.h"

#include <string.h>
#include <time.h>

#include "common/base/err.h"
#include "common/pg/pg.h"
#include "common/stage/stage.h"
#include "common/schema/keyset.h"
#include "common/schema/keyset_exclude.h"
#include "stages/eval/known.h"

/*
 * A question that is being written.  Names come from the files, and are quoted; expressions, types
 * and operators come from the catalogue of the connected database, whose own text stands in for
 * the files' (known.h).
 */
struct asking {
	struct buf *b;
	struct arena *a;
	const struct schema *schema;
	struct known *known;
	bool differs; /* the database has another text, or none: nothing is to be asked */
};

/* What known.h found, or "" in a question that is not going to be asked. */
static const char *found(struct asking *q, const char *text)
{
	q->differs |= text == NULL;
	return text != NULL ? text : "";
}

static const char *text_of(struct asking *q, enum known_kind kind, const struct pg_table *t,
	const char *name, const char *text)
{
	return found(q, known_in(q->known, q->schema, kind, t, name, text));
}

void audit_sql_from(struct buf *b, const struct pg_table *t)
{
	buf_adds(b, " FROM ");
	pg_own_rows(b, t->kind, t->schema, t->name);
}

/* ---- one kind each ------------------------------------------------------------------ */

static void rows_sql(struct buf *b, const struct plan_table *t)
{
	buf_addf(b, "SELECT (pg_catalog.count(*) %s %llu)::integer", t->append ? "<" : "<>",
		(unsigned long long)t->rows);
	audit_sql_from(b, t->table);
}

/* Values of a domain that are NULL, where they lie deeper than in a column: a query gives them. */
static void deep_null_sql(struct buf *b, const char *query)
{
	buf_addf(b, "SELECT pg_catalog.count(*) FROM (%s) d WHERE value IS NULL", query);
}

static void not_null_sql(struct buf *b, const struct pg_table *t, uint32_t col)
{
	buf_adds(b, "SELECT pg_catalog.count(*)");
	audit_sql_from(b, t);
	buf_adds(b, " WHERE ");
	pg_ident(b, t->columns[col].name);
	buf_adds(b, " IS NULL");
}

static void check_sql(struct buf *b, const struct pg_table *t, const char *expr)
{
	buf_adds(b, "SELECT pg_catalog.count(*)");
	audit_sql_from(b, t);
	buf_addf(b, " WHERE NOT (%s)", expr);
}

/* The server computed it when the row came in; its expression may have been changed since. */
static void generated_sql(struct asking *q, const struct pg_table *t, uint32_t col)
{
	const struct pg_column *c = &t->columns[col];

	buf_adds(q->b, "SELECT pg_catalog.count(*)");
	audit_sql_from(q->b, t);
	buf_adds(q->b, " WHERE ");
	pg_ident(q->b, c->name);
	buf_addf(q->b, " IS DISTINCT FROM (%s)::%s",
		text_of(q, KNOWN_GENERATED, t, c->name, c->generated),
		text_of(q, KNOWN_TYPE, t, c->name, c->formatted));
}

/*
 * In a domain's check the value is called VALUE, which is a fine name for a column.  It is not of
 * the domain's type but of the type that the domain is over, which decides the operators: an enum
 * has some that a domain over it has not.
 */
static void domain_sql(struct asking *q, const struct rule *r)
{
	const struct pg_table *t = r->table->table;
	const struct pg_type *d = r->of.domain;
	struct buf *b = q->b;

	buf_adds(b, "SELECT pg_catalog.count(*) FROM (SELECT ");
	if (r->of.deep != NULL)
		buf_adds(b, "value");
	else
		pg_ident(b, t->columns[r->of.col].name);
	buf_adds(b, "::");
	pg_qname(b, d->elem->schema, d->elem->name);
	buf_adds(b, " AS value");
	if (r->of.deep != NULL)
		buf_addf(b, " FROM (%s) d", r->of.deep);
	else
		audit_sql_from(b, t);
	buf_addf(b, ") d WHERE NOT (%s)",
		found(q, known_text(q->known, KNOWN_DOMAIN, d->schema, d->name, r->of.check->name,
				 r->of.check->expr)));
}

/* GROUP BY takes no constant, which an index on ((true)) has: coalesce() of one is none.  The text
 * of a column is its quoted name, made by keyset_fill(). */
static void key_part(struct asking *q, const struct pg_table *t, const struct pg_key *k, uint32_t i)
{
	const struct key_part *p = &k->parts[i];

	if (p->col == UINT32_MAX)
		buf_addf(q->b, "coalesce(%s)", text_of(q, KNOWN_ELEMENT, t, k->name, p->text));
	else
		buf_adds(q->b, p->text);
}

/* Rows beyond the first of each key; of a primary key also those with a NULL in it. */
static void unique_sql(struct asking *q, const struct pg_table *t, const struct pg_key *k)
{
	const char *and = " WHERE ";
	struct buf *b = q->b;

	buf_adds(b, "SELECT coalesce(pg_catalog.sum(n - 1), 0)::bigint");
	for (uint32_t i = 0; k->kind == KEY_PRIMARY && i < k->nparts; i++) {
		buf_adds(b, " + (");
		not_null_sql(b, t, k->cols[i]);
		buf_addc(b, ')');
	}
	buf_adds(b, " FROM (SELECT pg_catalog.count(*) AS n");
	audit_sql_from(b, t);
	if (k->where != NULL) {
		buf_addf(b, "%s(%s)", and, text_of(q, KNOWN_PREDICATE, t, k->name, k->where));
		and = " AND ";
	}
	for (uint32_t i = 0; !k->nulls_equal && i < k->nparts; i++) {
		buf_adds(b, and);
		key_part(q, t, k, i);
		buf_adds(b, " IS NOT NULL");
		and = " AND ";
	}
	buf_adds(b, " GROUP BY ");
	for (uint32_t i = 0; i < k->nparts; i++) {
		buf_adds(b, i == 0 ? "" : ", ");
		key_part(q, t, k, i);
	}
	buf_adds(b, " HAVING pg_catalog.count(*) > 1) d");
}

/* Rows that another one excludes. */
static void excluded_sql(struct buf *b, const struct pg_table *t, const struct pg_key *k)
{
	buf_adds(b, "SELECT pg_catalog.count(*)");
	for (int i = 0; i < 2; i++) {
		buf_adds(b,
			i == 0 ? " FROM (SELECT tableoid AS t, ctid AS id"
			       : " a WHERE EXISTS (SELECT FROM (SELECT tableoid AS t, ctid AS id");
		for (uint32_t p = 0; p < k->nparts; p++)
			buf_addf(b, ", %s AS e%u", k->parts[p].text, p);
		audit_sql_from(b, t);
		buf_addf(b, "%s%s)", k->where != NULL ? " WHERE " : "",
			k->where != NULL ? k->where : "");
	}
	buf_adds(b, " b WHERE (a.t, a.id) IS DISTINCT FROM (b.t, b.id)");
	for (uint32_t p = 0; p < k->nparts; p++)
		buf_addf(b, " AND a.e%u %s b.e%u", p, k->parts[p].with, p);
	buf_addc(b, ')');
}

/* A unique key whose last column must not overlap has quoted names and && of ours.  What an
 * exclusion constraint compares, by which operators and of which rows, is read from the database's
 * text. */
static int exclusion_sql(
	struct asking *q, const struct pg_table *t, const struct pg_key *k, struct err *e)
{
	struct pg_key own = *k;

	if (k->kind == KEY_EXCLUSION) {
		own.where = NULL;
		if (keyset_exclude(text_of(q, KNOWN_EXCLUSION, t, k->name, k->definition), &own,
			    q->a, e) == -1)
			return -1;
	}
	if (own.nparts > 0)
		excluded_sql(q->b, t, &own);
	return 0;
}

/* p.x = c.y, by the operator of pg_catalog, or the one that came with the type. */
static void equals(struct buf *b, const char *parent, const struct pg_column *type,
	const struct pg_column *child)
{
	struct pg_base base = pg_base_of(type->type, type->typmod);
	bool own = base.type->extension != NULL || base.type->cls == PG_OTHER;

	buf_adds(b, "p.");
	pg_ident(b, parent);
	buf_adds(b, " OPERATOR(");
	pg_ident(b, own ? base.type->schema : "pg_catalog");
	buf_adds(b, ".=) c.");
	pg_ident(b, child->name);
}

/* Ids of rows of one type that are not in the table which the type means. Where ids are texts
 * and keys are not, the key's text counts. */
static void reference_sql(struct buf *b, const struct pg_table *t, const struct pg_constraint *c)
{
	const struct pg_column *id = &t->columns[c->id_col];
	const struct pg_column *key = &c->ref->columns[c->parent_col];

	buf_adds(b, "SELECT pg_catalog.count(*)");
	audit_sql_from(b, t);
	buf_adds(b, " c WHERE c.");
	pg_ident(b, t->columns[c->type_col].name);
	buf_adds(b, "::pg_catalog.text OPERATOR(pg_catalog.=) ");
	pg_literal(b, c->type_value);
	buf_adds(b, " AND c.");
	pg_ident(b, id->name);
	buf_adds(b, " IS NOT NULL AND NOT EXISTS (SELECT");
	audit_sql_from(b, c->ref);
	buf_adds(b, " p WHERE ");
	if (pg_column_is_text(id) == pg_column_is_text(key)) {
		equals(b, key->name, key, id);
	} else {
		buf_adds(b, "p.");
		pg_ident(b, key->name);
		buf_adds(b, "::pg_catalog.text OPERATOR(pg_catalog.=) c.");
		pg_ident(b, id->name);
		buf_adds(b, "::pg_catalog.text");
	}
	buf_addc(b, ')');
}

static void nulls_of(struct buf *b, const struct pg_table *t, const struct pg_constraint *c)
{
	buf_adds(b, "pg_catalog.num_nulls(");
	for (uint32_t i = 0; i < c->ncols; i++) {
		buf_adds(b, i == 0 ? "c." : ", c.");
		pg_ident(b, t->columns[c->cols[i]].name);
	}
	buf_addc(b, ')');
}

/* The parent may be a table that was not introspected: then its columns are taken to have the
 * types of those that refer to them. */
static void foreign_sql(struct buf *b, const struct pg_table *t, const struct pg_constraint *c)
{
	buf_adds(b, "SELECT pg_catalog.count(*)");
	audit_sql_from(b, t);
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
	if (c->ref != NULL) {
		audit_sql_from(b, c->ref);
	} else {
		buf_adds(b, " FROM ");
		pg_qname(b, c->ref_schema, c->ref_table);
	}
	buf_adds(b, " p WHERE ");
	for (uint32_t i = 0; i < c->ncols; i++) {
		const struct pg_column *child = &t->columns[c->cols[i]];

		buf_adds(b, i == 0 ? "" : " AND ");
		equals(b, c->ref_names[i],
			c->ref != NULL ? &c->ref->columns[c->ref_cols[i]] : child, child);
	}
	buf_addc(b, ')');
}

/* ---- a question of each rule -------------------------------------------------------- */

static void column_sql(struct asking *q, const struct rule *r)
{
	if (r->of.deep != NULL)
		deep_null_sql(q->b, r->of.deep);
	else if (r->kind == KIND_NOT_NULL)
		not_null_sql(q->b, r->table->table, (uint32_t)r->of.col);
	else
		generated_sql(q, r->table->table, (uint32_t)r->of.col);
}

/* What partitions take of a row is not asked: PostgreSQL keeps no row where it does not belong, so
 * that it holds where the partitions are the same (hold_by_themselves()). */
static bool is_of_partitions(const struct rule *r)
{
	return r->kind == KIND_CHECK && r->of.con != NULL &&
	       strcmp(r->of.con->name, "the partitions") == 0;
}

/* A CHECK of the table; of one of its partitions, asked of all rows or of that partition's. */
static void check_of_table(struct asking *q, const struct rule *r)
{
	const struct pg_table *t = r->table->table, *of = t;
	const struct pg_constraint *c = r->of.con;
	const char *text = known_in(q->known, q->schema, KNOWN_CHECK, t, c->name, c->expr);

	if (text == NULL && is_of_partitions(r) && known_partitions(q->known, q->schema, t))
		return;
	if (text == NULL)
		text = known_lifted(q->known, q->schema, t, c, &of);
	check_sql(q->b, text != NULL ? of : t, found(q, text));
}

static void condition_sql(struct asking *q, const struct rule *r)
{
	if (r->of.check != NULL)
		domain_sql(q, r);
	else
		check_of_table(q, r);
}

/* A definition that is not understood has no elements, and no query. */
static int keys_sql(struct asking *q, const struct rule *r, struct err *e)
{
	const struct pg_key *k = r->of.key;

	if (!key_is_unique(k) || !key_by_equality(k))
		return k->nparts > 0 ? exclusion_sql(q, r->table->table, k, e) : 0;
	unique_sql(q, r->table->table, k);
	return 0;
}

/* The query about a rule into ${q->b}, which stays empty where none can answer. */
static int write_question(struct asking *q, const struct rule *r, struct err *e)
{
	switch (r->kind) {
	case KIND_ROW_COUNT:
		rows_sql(q->b, r->table);
		break;
	case KIND_NOT_NULL:
	case KIND_GENERATED:
		column_sql(q, r);
		break;
	case KIND_CHECK:
		condition_sql(q, r);
		break;
	case KIND_PRIMARY_KEY:
	case KIND_UNIQUE:
	case KIND_EXCLUDE:
		return keys_sql(q, r, e);
	case KIND_FOREIGN_KEY:
		(r->of.con->kind == PG_CON_FOREIGN ? foreign_sql : reference_sql)(
			q->b, r->table->table, r->of.con);
		break;
	default:
		break;
	}
	return 0;
}

/* The question about rule ${r}, if there is one, at the end of the list. */
static int add_question(struct audit_sql *s, struct asking *q, struct rule *r, struct err *e)
{
	buf_clear(q->b);
	q->differs = false;
	if (write_question(q, r, e) == -1)
		return -1;
	if (!buf_ok(q->b) || q->known->nomem)
		return err_nomem(e);
	if (q->differs)
		r->not_asked = "the database has another definition of it, or none";
	if (q->differs || q->b->n == 0)
		return 0;
	s->q[s->n].rule = r;
	s->q[s->n].sql = arena_strdup(q->a, q->b->p);
	return s->q[s->n++].sql != NULL ? 0 : err_nomem(e);
}

/* A query for every rule that one can answer. */
static int write_questions(
	struct audit_sql *s, const struct findings *f, struct asking *q, struct err *e)
{
	s->q = arena_array(q->a, f->nrules + 1UL, sizeof(*s->q));
	if (s->q == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < f->nrules; i++)
		if (add_question(s, q, f->rules[i], e) == -1)
			return -1;
	return 0;
}

/* ---- asking ----------------------------------------------------------------------------- */

static int ask(struct pg *c, struct question *q, struct err *e)
{
	struct pg_rows *r = pg_query(c, q->sql, 0, NULL, e);

	if (r == NULL)
		return err_wrap(e, "%s of %s", kind_title(q->rule->kind), q->rule->path);
	q->rule->sql_violations = (uint64_t)pg_int(r, 0, 0);
	q->rule->asked = true;
	return pg_done(r, e);
}

/* What a column of the database holds is of its type and no longer than that, and a row lies where
 * its partition takes it. */
static void hold_by_themselves(const struct findings *f)
{
	for (uint32_t i = 0; i < f->nrules; i++) {
		struct rule *r = f->rules[i];
		bool holds = r->kind == KIND_TYPE || r->kind == KIND_LENGTH ||
			     (is_of_partitions(r) && r->not_asked == NULL);

		if (holds && r->not_evaluated != NULL)
			r->asked = true;
	}
}

enum { AT_ONCE = 200 }; /* questions whose locks are held together */

/* The texts are looked up and the questions asked of one snapshot: nobody changes a definition
 * between the two. */
static int ask_all(struct audit_sql *s, const struct audit_subject *of, struct pg *c, struct err *e)
{
	struct known known;
	struct buf b = BUF_INIT;
	struct asking q = {.b = &b, .a = of->a, .schema = of->schema, .known = &known};
	int rc = pg_exec(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SAVEPOINT locks", e);

	if (rc == 0)
		rc = known_read(&known, c, of->schema, of->a, e);
	if (rc == 0)
		rc = write_questions(s, of->findings, &q, e);
	buf_free(&b);
	for (uint32_t i = 0; rc == 0 && i < s->n; i++) {
		/* the server has not locks enough for all tables and indexes of any schema */
		if (i % AT_ONCE == 0)
			rc = pg_exec(c, "ROLLBACK TO locks", e);
		if (rc == 0)
			rc = ask(c, &s->q[i], e);
	}
	return rc == 0 ? pg_exec(c, "COMMIT", e) : rc;
}

int audit_sql_ask(
	struct audit_sql *s, const struct audit_subject *of, const char *conn, struct err *e)
{
	struct pg *c = pg_connect(conn, "datalchemy eval", e);
	struct timespec t0, t1;
	int rc;

	if (c == NULL)
		return -1;
	if (pg_set(c, s->set, s->nset, e) == -1) {
		pg_close(c);
		return -1;
	}
	pg_on_wait(c, stage_waits);
	clock_gettime(CLOCK_MONOTONIC, &t0);
	s->server_version = pg_server_version(c);
	rc = ask_all(s, of, c, e);
	pg_close(c);
	clock_gettime(CLOCK_MONOTONIC, &t1);
	s->seconds = (double)(t1.tv_sec - t0.tv_sec) + (double)(t1.tv_nsec - t0.tv_nsec) / 1e9;
	if (rc == 0)
		hold_by_themselves(of->findings);
	return rc == 0 ? 0 : err_wrap(e, "asking the database");
}

uint64_t audit_sql_total(const struct audit_sql *s)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < s->n; i++)
		if (rule_counts(s->q[i].rule))
			n += s->q[i].rule->sql_violations;
	return n;
}
