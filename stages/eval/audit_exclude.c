/* SPDX-License-Identifier: MIT */
/*
 * Exclusion constraints, asked of the files.
 *
 * Elements that are compared by = make groups of rows; a range that is compared by && is an
 * interval on a line, and rows of a group exclude each other where theirs overlap (sweep.h).
 * Without such a range every row of a group has the whole line.  NULL in an element, an empty
 * range, and a predicate that is not TRUE leave a row out, as PostgreSQL does.
 */
#include "stages/eval/audit_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/schema/keyset.h"
#include "stages/eval/sweep.h"

/* What is asked of a range: its ends, whether they belong to it, and whether it has any value. */
enum { BOUND_LOWER, BOUND_UPPER, BOUND_LOWER_INC, BOUND_UPPER_INC, BOUND_EMPTY, BOUNDS };

/*
 * An exclusion constraint that compares by more than =.  Rows exclude each other where all
 * elements say so: those compared by = make groups, one range that is compared by && is an
 * interval within its group.  Elements that are compared otherwise are not evaluated: rows that
 * the others do not find together are certainly apart, those that they do find may be.
 */
struct exclusion {
	struct audit_over over;
	struct rule *rule;
	struct audit_key group;		/* with the predicate; without a set of its own */
	struct sql_expr *bound[BOUNDS]; /* NULL: there is no such range */
	const char *rest;		/* why rows found together may be apart, or NULL */
	struct sweep *sweep;
};

/* The ends of the line. */
#define LINE_LAST  ((__int128)1 << 126)
#define LINE_FIRST (-LINE_LAST)

/* ---- the rule ------------------------------------------------------------------------ */

/* What is asked of the range that is element ${text}; ${why} tells why it cannot be. */
static int compile_bounds(struct audit *u, struct audit_table *t, struct exclusion *x,
	const char *text, const char **why, struct err *e)
{
	static const char *const ask[BOUNDS] = {[BOUND_LOWER] = "lower",
		[BOUND_UPPER] = "upper",
		[BOUND_LOWER_INC] = "lower_inc",
		[BOUND_UPPER_INC] = "upper_inc",
		[BOUND_EMPTY] = "isempty"};

	for (uint32_t i = 0; *why == NULL && i < BOUNDS; i++) {
		const char *sql = arena_printf(u->a, "%s(%s)", ask[i], text);

		if (sql == NULL)
			return err_nomem(e);
		if (audit_compile_row(u, t, sql, &x->bound[i], why, e) == -1)
			return -1;
	}
	return 0;
}

/* The elements that are not compared by =: one range becomes the interval, the rest stays out. */
static int other_elements(struct audit *u, struct audit_table *t, struct exclusion *x,
	const struct pg_key *all, struct err *e)
{
	for (uint32_t i = 0; i < all->nparts; i++) {
		const char *why = NULL;

		if (strcmp(all->parts[i].op, "=") == 0)
			continue;
		if (strcmp(all->parts[i].op, "&&") == 0 && x->bound[BOUND_LOWER] == NULL) {
			if (compile_bounds(u, t, x, all->parts[i].text, &why, e) == -1)
				return -1;
			if (why == NULL)
				continue;
			memset(x->bound, 0, sizeof(x->bound));
		}
		x->rest = arena_printf(u->a, "element %s WITH %s is not evaluated%s%s",
			all->parts[i].text, all->parts[i].op, why != NULL ? ": " : "",
			why != NULL ? why : "");
		if (x->rest == NULL)
			return err_nomem(e);
	}
	return 0;
}

/* The elements that are compared by = are a key of their own. */
static int equal_elements(
	struct audit *u, const struct pg_key *all, struct pg_key *equal, struct err *e)
{
	uint32_t *cols = arena_array(u->a, all->nparts + 1UL, sizeof(*cols));

	*equal = (struct pg_key){.name = all->name, .where = all->where, .cols = cols};
	equal->parts = arena_array(u->a, all->nparts + 1UL, sizeof(*equal->parts));
	if (cols == NULL || equal->parts == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < all->nparts; i++) {
		if (strcmp(all->parts[i].op, "=") != 0)
			continue;
		cols[equal->nparts] = all->cols[i];
		equal->parts[equal->nparts++] = all->parts[i];
	}
	return 0;
}

/* ---- a block ------------------------------------------------------------------------- */

/*
 * A place on the line.  Each value has two: its own, and the one just after it.  A range that does
 * not have its lower bound begins after it, one that has its upper bound ends after it, so that
 * every range is a half-open interval.  Decimals are on a line of 18 decimals, which holds any
 * vector of them exactly; floats are in the order of their bits.
 */
static __int128 place(const struct vec *v, uint32_t i, bool after)
{
	__int128 at;

	if (v->type == VT_F64) {
		double d = v->v.f[i] == 0 ? 0 : v->v.f[i];
		int64_t bits;

		memcpy(&bits, &d, sizeof(bits));
		at = bits < 0 ? -(__int128)(bits & INT64_MAX) : bits;
	} else if (v->type == VT_DEC) {
		at = (__int128)v->v.i[i] * num_pow10(18U - v->scale);
	} else {
		at = v->v.i[i];
	}
	return at * 2 + after;
}

/* Whether the line has places for values of the vector: numbers, dates and times do, texts not. */
static bool has_places(const struct vec *v)
{
	return vec_is_ordinal(v->type) || v->type == VT_F64;
}

/* The interval of a row; false: it is NULL or empty. */
static bool interval_of(const struct vec *b, uint32_t i, struct interval *x)
{
	if (vec_is_null(&b[BOUND_EMPTY], i) || b[BOUND_EMPTY].v.i[i] != 0)
		return false;
	x->from = LINE_FIRST;
	x->to = LINE_LAST;
	if (!vec_is_null(&b[BOUND_LOWER], i))
		x->from = place(&b[BOUND_LOWER], i, b[BOUND_LOWER_INC].v.i[i] == 0);
	if (!vec_is_null(&b[BOUND_UPPER], i))
		x->to = place(&b[BOUND_UPPER], i, b[BOUND_UPPER_INC].v.i[i] != 0);
	return x->from < x->to;
}

/* Evaluate the bounds; 0: they have no places on a line, which the rule is told; -1. */
static int bound_vectors(struct audit_pass *s, struct exclusion *x, struct vec *bound)
{
	int failed = 0;

	for (uint32_t i = 0; x->bound[BOUND_LOWER] != NULL && i < BOUNDS; i++) {
		int n;

		bound[i] = (struct vec){0};
		n = sql_value(x->bound[i], s->cols, s->block.n, &bound[i], &s->tmp, s->e);
		if (n == -1)
			return -1;
		failed += n;
	}
	if (failed > 0)
		x->rule->not_evaluated = "its ranges could not be evaluated in every row";
	if (x->bound[BOUND_LOWER] == NULL || has_places(&bound[BOUND_LOWER]))
		return 1;
	x->rule->not_evaluated = "ranges of this type are not compared";
	return 0;
}

static int collect(struct audit_pass *s, struct audit_over *o)
{
	struct exclusion *x = (struct exclusion *)o;
	const struct vec *v[32];
	struct vec made[32], bound[BOUNDS];
	int there = bound_vectors(s, x, bound);

	if (there == 1)
		there = audit_key_vectors(s, &x->group, v, made);
	if (there != 1)
		return there;
	for (uint32_t i = 0; i < s->block.n; i++) {
		struct interval one = {
			.from = LINE_FIRST, .to = LINE_LAST, .row = s->block.row0 + i + 1};

		if (audit_key_code(s, &x->group, v, i, &one.group) != 0)
			continue;
		if (x->bound[BOUND_LOWER] != NULL && !interval_of(bound, i, &one))
			continue;
		if (sweep_add(x->sweep, &one, s->e) == -1)
			return -1;
	}
	return 0;
}

/* ---- all ------------------------------------------------------------------------------- */

struct meeting {
	const struct findings *f;
	struct rule *r; /* NULL: only count */
	uint64_t n;
};

static void on_overlap(void *ctx, uint64_t row, uint64_t other)
{
	struct meeting *m = ctx;

	m->n++;
	if (m->r != NULL)
		findings_hit(m->f, m->r, row, other, "the row is excluded by another");
}

static void release(struct audit_over *o)
{
	struct exclusion *x = (struct exclusion *)o;

	sweep_free(x->sweep);
	x->sweep = NULL;
}

static int finish(struct audit *u, struct audit_over *o, struct err *e)
{
	struct exclusion *x = (struct exclusion *)o;
	struct meeting m = {u->findings, x->rest == NULL ? x->rule : NULL, 0};

	if (sweep_overlaps(x->sweep, on_overlap, &m, e) == -1)
		return -1;
	release(o);
	if (x->rule->not_evaluated != NULL)
		return 0;
	if (m.n > 0 && x->rest != NULL)
		x->rule->not_evaluated = x->rest;
	else if (x->over.missing != NULL)
		x->rule->not_evaluated = x->over.missing;
	else
		x->rule->not_evaluated = x->group.spellings;
	return 0;
}

static const struct audit_over_op exclusion_op = {collect, finish, release};

int audit_exclusion_rule(struct audit *u, struct audit_table *t, struct rule *r, struct err *e)
{
	const struct pg_key *all = r->of.key;
	struct exclusion *x = arena_alloc(u->a, sizeof(*x));
	struct pg_key equal;

	if (x == NULL || equal_elements(u, all, &equal, e) == -1)
		return err_nomem(e);
	if (all->nparts == 0) {
		r->not_evaluated = "its definition is not understood";
		return 0;
	}
	if (audit_key_parts(u, t, &equal, &x->group, &r->not_evaluated, e) == -1 ||
		other_elements(u, t, x, all, e) == -1)
		return -1;
	if (r->not_evaluated != NULL)
		return 0;
	x->rule = x->group.rule = r;
	x->sweep = sweep_new(u->pool, e);
	if (x->sweep == NULL)
		return -1;
	x->over.op = &exclusion_op;
	x->over.next = t->over;
	t->over = &x->over;
	return 0;
}
