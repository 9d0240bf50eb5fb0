/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/schema/keyset.h"
#include "common/schema/schema.h"
#include "common/schema/schema_lift.h"

/*
 * What partitions ask of a row, as one CHECK more of the table that rows go through: that one
 * of them takes it.  From there on it is narrowed, verified and audited like any other.
 *
 * A bound is the text that PostgreSQL prints: FOR VALUES IN (...), FROM (...) TO (...),
 * WITH (modulus m, remainder r), or DEFAULT; values are constants without a type.
 */

struct words { /* parts of a list, at its commas */
	const char **w;
	uint32_t n;
};

/* The method (list, range or hash) and the columns of a partition key. */
struct key {
	char method; /* L R H */
	struct words cols;
};

/* What all steps need. */
struct ctx {
	const struct schema *s;
	struct arena *a;
	bool nomem;
};

static bool condition(struct ctx *c, const struct pg_table *t, struct buf *out);

/* A copy of ${n} bytes. */
static const char *keep(struct ctx *c, const char *p, size_t n)
{
	const char *s = arena_strndup(c->a, p, n);

	c->nomem = c->nomem || s == NULL;
	return s != NULL ? s : "";
}

/* ---- reading --------------------------------------------------------------------- */

/* The end of a quoted text that begins at p[0]: a quote within is doubled. */
static const char *past_quotes(const char *p)
{
	const char *end = strchr(p + 1, *p);

	while (end != NULL && end[1] == *p)
		end = strchr(end + 2, *p);
	return end != NULL ? end + 1 : p + strlen(p);
}

/* The list in the parenthesis at or after ${p}; *end is behind it. */
static struct words list_at(struct ctx *c, const char *p, const char **end)
{
	struct words w = {NULL, 0};
	const char *from;
	int depth = 0;

	p = strchr(p, '(');
	*end = p != NULL ? p : "";
	if (p == NULL || (w.w = arena_array(c->a, strlen(p), sizeof(w.w[0]))) == NULL) {
		c->nomem = c->nomem || p != NULL;
		return w;
	}
	for (from = ++p; *p != '\0'; p++) {
		if (*p == '\'' || *p == '"')
			p = past_quotes(p) - 1;
		else if (*p == '(')
			depth++;
		if (depth == 0 && (*p == ',' || *p == ')')) {
			from += strspn(from, " ");
			w.w[w.n++] = keep(c, from, (size_t)(p - from));
			from = p + 1;
			if (*p == ')')
				break;
		} else if (*p == ')') {
			depth--;
		}
	}
	*end = p;
	return w;
}

static struct key key_of(struct ctx *c, const struct pg_table *t)
{
	const char *end;

	return (struct key){t->partition_key[0], list_at(c, t->partition_key, &end)};
}

static bool is_default(const struct pg_table *t)
{
	return strcmp(t->partition_bound, "DEFAULT") == 0;
}

/*
 * Whether the key's column is NOT NULL. A name in quotes is not recognised and
 * gets a test too many, which does no harm.
 */
static bool never_null(const struct pg_table *t, const char *key)
{
	int col = pg_column_named(t, key);

	return col >= 0 && pg_column_not_null(&t->columns[col]);
}

/* The next partition of a table, from *i on; NULL when there is none left. */
static const struct pg_table *partition(const struct ctx *c, const struct pg_table *of, uint32_t *i)
{
	while (*i < c->s->ntables) {
		const struct pg_table *t = &c->s->tables[(*i)++];

		if (t->parent == of && t->partition_bound != NULL)
			return t;
	}
	return NULL;
}

/* ---- one partition --------------------------------------------------------------------- */

/* AND before one condition more, within the parenthesis that is open. */
static void also(struct buf *b)
{
	if (buf_ok(b) && b->p[b->n - 1] != '(')
		buf_adds(b, " AND ");
}

/* A range partition takes no NULLs. */
static void not_null(const struct pg_table *of, const struct key *k, struct buf *b)
{
	for (uint32_t i = 0; i < k->cols.n; i++)
		if (!never_null(of, k->cols.w[i])) {
			also(b);
			buf_addf(b, "%s IS NOT NULL", k->cols.w[i]);
		}
}

/*
 * A list partition: the column is one of the values, or NULL where NULL is
 * listed.
 */
static void values(const struct key *k, const struct words *v, struct buf *b)
{
	bool null = false, any = false;

	for (uint32_t i = 0; i < v->n; i++) {
		if (strcmp(v->w[i], "NULL") == 0) {
			null = true;
			continue;
		}
		buf_addf(b, any ? ", %s" : "%s IN (%s", any ? v->w[i] : k->cols.w[0], v->w[i]);
		any = true;
	}
	if (any)
		buf_addc(b, ')');
	if (null)
		buf_addf(b, any ? " OR %s IS NULL" : "%s IS NULL", k->cols.w[0]);
}

/* MINVALUE and MAXVALUE are no values. */
static bool is_end(const char *w)
{
	return strcmp(w, "MINVALUE") == 0 || strcmp(w, "MAXVALUE") == 0;
}

static void row(const struct words *w, uint32_t n, struct buf *b)
{
	for (uint32_t i = 0; i < n; i++)
		buf_addf(b, i > 0 ? ", %s" : n > 1 ? "(%s" : "%s", w->w[i]);
	buf_adds(b, n > 1 ? ")" : "");
}

/*
 * One end of a range, as a row comparison: (a, b) >= (1, 2), up to the first
 * MINVALUE or MAXVALUE.
 */
static void side(const struct key *k, const struct words *v, bool low, struct buf *b)
{
	uint32_t n = 0;
	bool max;

	while (n < v->n && n < k->cols.n && !is_end(v->w[n]))
		n++;
	if (n == 0)
		return;
	max = n < v->n && v->w[n][1] == 'A';
	also(b);
	row(&k->cols, n, b);
	buf_adds(b, low ? max ? " > " : " >= " : max ? " <= " : " < ");
	row(v, n, b);
}

struct range {
	struct words from, to;
	bool taken;
};

static bool same(const struct words *a, const struct words *b)
{
	for (uint32_t i = 0; i < a->n; i++)
		if (i >= b->n || strcmp(a->w[i], b->w[i]) != 0)
			return false;
	return a->n == b->n;
}

/* The two ends of a range partition, as lists of values. */
static struct range range_of(struct ctx *c, const struct pg_table *t)
{
	struct range r = {.taken = false};
	const char *end;

	r.from = list_at(c, t->partition_bound, &end);
	r.to = list_at(c, end, &end);
	return r;
}

/* What one range partition asks of a row. */
static void takes(
	const struct pg_table *of, const struct key *k, const struct range *r, struct buf *b)
{
	not_null(of, k, b);
	side(k, &r->from, true, b);
	side(k, &r->to, false, b);
	if (buf_ok(b) && b->p[b->n - 1] == '(')
		buf_adds(b, "true");
}

/* ---- all of them ------------------------------------------------------------------------ */

/* A partition that is partitioned itself narrows what comes to it. */
static void within(struct ctx *c, const struct pg_table *p, struct buf *b)
{
	struct buf own = BUF_INIT;

	if (p->kind == 'p' && condition(c, p, &own) && buf_ok(&own))
		buf_addf(b, " AND (%s)", own.p);
	buf_free(&own);
}

/* Any of the list partitions. */
static void lists(struct ctx *c, const struct pg_table *of, const struct key *k, struct buf *b)
{
	struct words all = {NULL, 0};
	const struct pg_table *p;
	const char *end;
	bool first = true, nulls = false;

	for (uint32_t i = 0; (p = partition(c, of, &i)) != NULL;) {
		struct words v = list_at(c, p->partition_bound, &end), more;

		for (uint32_t n = 0; n < v.n; n++)
			nulls = nulls || strcmp(v.w[n], "NULL") == 0;
		if (p->kind == 'p') {
			buf_adds(b, first ? "((" : " OR ((");
			values(k, &v, b);
			buf_addc(b, ')');
			within(c, p, b);
			buf_addc(b, ')');
			first = false;
			continue;
		}
		more.w = arena_array(c->a, all.n + v.n + 1UL, sizeof(more.w[0]));
		c->nomem = c->nomem || more.w == NULL;
		if (c->nomem)
			return;
		more.n = all.n + v.n;
		for (uint32_t n = 0; n < more.n; n++)
			more.w[n] = n < all.n ? all.w[n] : v.w[n - all.n];
		all = more;
	}
	if (all.n > 0) {
		buf_adds(b, first ? "(" : " OR (");
		values(k, &all, b);
		buf_addc(b, ')');
	}
	if (!nulls && !never_null(of, k->cols.w[0]) && buf_ok(b)) {
		const char *was = keep(c, b->p, b->n);

		buf_clear(b);
		buf_addf(b, "%s IS NOT NULL AND (%s)", k->cols.w[0], was);
	}
}

/* Any of the range partitions; those that touch are one range. */
static void ranges(struct ctx *c, const struct pg_table *of, const struct key *k, struct buf *b)
{
	struct range *r = arena_array(c->a, c->s->ntables + 1UL, sizeof(*r));
	const struct pg_table **leaf = arena_array(c->a, c->s->ntables + 1UL, sizeof(*leaf));
	const struct pg_table *p;
	uint32_t n = 0;
	bool first = true, more = true;

	c->nomem = c->nomem || r == NULL || leaf == NULL;
	if (c->nomem)
		return;
	for (uint32_t i = 0; (p = partition(c, of, &i)) != NULL; n++) {
		r[n] = range_of(c, p);
		leaf[n] = p;
	}
	while (more) {
		more = false;
		for (uint32_t i = 0; i < n; i++)
			for (uint32_t j = 0; j < n; j++)
				if (i != j && !r[i].taken && !r[j].taken && leaf[i]->kind != 'p' &&
					leaf[j]->kind != 'p' && same(&r[i].to, &r[j].from)) {
					r[i].to = r[j].to;
					r[j].taken = more = true;
				}
	}
	for (uint32_t i = 0; i < n; i++) {
		if (r[i].taken)
			continue;
		buf_adds(b, first ? "(" : " OR (");
		takes(of, k, &r[i], b);
		within(c, leaf[i], b);
		buf_addc(b, ')');
		first = false;
	}
}

/*
 * Which partition a row goes to is the hash function's choice, so that every
 * remainder has to have one; the largest modulus tells, because each divides
 * the larger ones.
 */
static void hashes(struct ctx *c, const struct pg_table *of, struct buf *b)
{
	uint64_t most = 1, there = 0;
	const struct pg_table *p;

	for (uint32_t i = 0; (p = partition(c, of, &i)) != NULL;) {
		const char *m = strstr(p->partition_bound, "modulus ");
		uint64_t mod = m != NULL ? strtoull(m + strlen("modulus "), NULL, 10) : 0;

		most = mod > most ? mod : most; /* each divides the larger ones */
	}
	for (uint32_t i = 0; (p = partition(c, of, &i)) != NULL;) {
		const char *m = strstr(p->partition_bound, "modulus ");
		uint64_t mod = m != NULL ? strtoull(m + strlen("modulus "), NULL, 10) : 0;

		there += mod > 0 ? most / mod : 0;
	}
	buf_adds(b, there == most ? "true" : "false");
	for (uint32_t i = 0; (p = partition(c, of, &i)) != NULL;)
		within(c, p, b);
}

/*
 * What the partitions of ${t} ask of a row together; false when that is
 * nothing, as with a DEFAULT partition.
 */
static bool condition(struct ctx *c, const struct pg_table *t, struct buf *b)
{
	struct key k = key_of(c, t);
	const struct pg_table *p;

	for (uint32_t i = 0; (p = partition(c, t, &i)) != NULL;)
		if (is_default(p))
			return false;
	if (k.cols.n == 0)
		return false;
	if (k.method == 'L')
		lists(c, t, &k, b);
	else if (k.method == 'R')
		ranges(c, t, &k, b);
	else
		hashes(c, t, b);
	c->nomem = c->nomem || !buf_ok(b); /* which does not mean that nothing is asked */
	return buf_ok(b) && b->n > 0 && strcmp(b->p, "true") != 0;
}

/* Adds the condition to the table as one more CHECK. */
static int add_check(struct ctx *c, struct pg_table *t, const struct buf *b, struct err *e)
{
	struct pg_constraint *cons = arena_array(c->a, t->ncons + 1UL, sizeof(*cons));
	const char *expr = keep(c, b->p, b->n);

	if (cons == NULL || c->nomem)
		return err_nomem(e);
	for (uint32_t i = 0; i < t->ncons; i++)
		cons[i] = t->cons[i];
	cons[t->ncons] = (struct pg_constraint){.kind = PG_CON_CHECK,
		.name = "the partitions",
		.validated = true,
		.expr = expr,
		.definition = arena_printf(c->a, "CHECK (%s)", expr)};
	if (cons[t->ncons].definition == NULL)
		return err_nomem(e);
	t->cons = cons;
	t->ncons++;
	return keyset_fill(t, c->a, e); /* its keys refer to the constraints, which have moved */
}

/* What partition ${p} of ${t} alone takes; NULL where no expression says it. */
static const char *taken_by(struct ctx *c, const struct pg_table *t, const struct pg_table *p)
{
	struct key k = key_of(c, t);
	struct buf b = BUF_INIT;
	const char *text = NULL, *end;

	if (k.cols.n == 0 || is_default(p) || (k.method != 'L' && k.method != 'R'))
		return NULL;
	buf_addc(&b, '(');
	if (k.method == 'L') {
		struct words v = list_at(c, p->partition_bound, &end);

		values(&k, &v, &b);
	} else {
		struct range r = range_of(c, p);

		takes(t, &k, &r, &b);
	}
	buf_addc(&b, ')');
	if (buf_ok(&b))
		text = keep(c, b.p, b.n);
	else
		c->nomem = true;
	buf_free(&b);
	return text;
}

/*
 * The constraints that partitions have for themselves, as constraints of ${t}.  What a partition of
 * a partition takes is not told apart from what its siblings take.
 */
static int lift(struct ctx *c, struct pg_table *t, const struct pg_table *of, struct err *e)
{
	const struct pg_table *p;

	for (uint32_t i = 0; (p = partition(c, of, &i)) != NULL;) {
		const char *text = of == t ? taken_by(c, t, p) : NULL;

		if (schema_lift(c->s, t, p, text, c->a, e) == -1 || lift(c, t, p, e) == -1)
			return -1;
	}
	return 0;
}

/*
 * Adds the condition, and what single partitions ask, to every partitioned table that is not a
 * partition itself.
 */
int schema_partitions(struct schema *s, struct arena *a, struct err *e)
{
	struct ctx c = {.s = s, .a = a};

	for (uint32_t i = 0; i < s->ntables; i++) {
		struct pg_table *t = &s->tables[i];
		struct buf b = BUF_INIT;
		uint32_t at = 0;
		int rc = 0;

		if (t->kind != 'p' || t->partition_key == NULL || t->partition_of != NULL ||
			partition(&c, t, &at) == NULL)
			continue;
		if (lift(&c, t, t, e) == -1)
			return -1;
		if (condition(&c, t, &b))
			rc = add_check(&c, t, &b, e);
		else
			rc = keyset_fill(t, a, e);
		buf_free(&b);
		if (rc == -1 || c.nomem)
			return err_nomem(e);
	}
	return 0;
}
