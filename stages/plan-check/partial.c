/* SPDX-License-Identifier: MIT */
#include "common/relation/foreign_partial.h"

#include "stages/plan-check/resolve.h"

/*
 * partial_nulls: foreign keys of several columns of which only some are NULL.
 */

#define REFUSE(c, r, ...)                                                                          \
	RULE_ERROR(c, r, "invalid_relationship",                                                   \
		issue_path(&(c)->is, "%s/partial_nulls", (r)->path), __VA_ARGS__)

/* ---- by the rule alone ------------------------------------------------------------- */

static const struct pg_column *not_null_column(
	const struct pg_table *t, const struct pg_constraint *con)
{
	uint32_t bits = partial_nullable(t, con), i = 0;

	while (bits >> i & 1)
		i++;
	return &t->columns[con->cols[i]];
}

/* why a key has no NULLs in only some columns, or NULL, and a way out */
static const char *impossible(const struct relationship *r, const char **hint)
{
	const struct pg_constraint *con = &r->t->cons[r->con];
	uint32_t bits = partial_nullable(r->t, con);

	*hint = "leave partial_nulls out";
	if (con->ncols == 1)
		return "has one column, which is NULL or not: null_rate says how often";
	if (con->match != PG_MATCH_SIMPLE)
		return "is MATCH FULL: all of its columns are NULL, or none";
	if (bits == 0)
		return "has no column that may be NULL";
	if (__builtin_popcount(bits) > PARTIAL_COLUMNS)
		return "has more columns that may be NULL than the 10 this version takes";
	if (con->ref == r->t) {
		*hint = "leave partial_nulls out: roots, or null_rate, says how many have none";
		return "leads to the table itself, where NULL is a root";
	}
	if (r->nsame > 0)
		return "picks among the parents that have the same values as another key: with "
		       "NULLs in some columns there would be nothing to go by";
	return NULL;
}

static void refuse_rule(struct check *c, struct relationship *r, const char *why, const char *hint)
{
	REFUSE(c, r, hint, "foreign key \"%s\" of \"%s.%s\" %s", r->t->cons[r->con].name,
		r->t->schema, r->t->name, why);
}

void check_partial_nulls(struct check *c, struct relationship *r)
{
	const struct pg_constraint *con = &r->t->cons[r->con];
	bool some = partial_nullable(r->t, con) != partial_all(con); /* never all of them */
	double said = r->partial_nulls;
	const char *hint, *why = impossible(r, &hint);

	r->partial_said = said > 0;
	r->partial_nulls = said > 0 && why == NULL ? said : 0;
	if (said > 0 && why != NULL) {
		refuse_rule(c, r, why, hint);
	} else if (said > 0 && (r->null_rate == 0 || (r->has_fan && r->null_rate < 0))) {
		refuse_rule(c, r, "has no row with NULLs",
			"say in null_rate how many rows have any, or leave partial_nulls out");
	} else if (why != NULL) {
		return; /* whether it may be NULL at all is for its edge to say */
	} else if (some && said >= 0 && said < 1 && (said > 0 || r->null_rate > 0)) {
		REFUSE(c, r, "leave partial_nulls out, or set it to 1",
			"foreign key \"%s\" of \"%s.%s\": every row with NULLs has them in some "
			"columns only, as \"%s\" is NOT NULL",
			con->name, r->t->schema, r->t->name, not_null_column(r->t, con)->name);
	} else if (some && (r->null_rate > 0 || said > 0)) {
		r->partial_nulls = 1;
	}
}

/* ---- beside the other keys of the table ----------------------------------------------- */

double resolve_partial_nulls(const struct edge *e)
{
	return e->rel == NULL || how_follows(e->how) ? 0 : e->rel->partial_nulls;
}

bool resolve_partial_follows(
	const struct pg_table *t, const struct edge *e, const struct pg_constraint *base)
{
	const struct pg_constraint *con = &t->cons[e->con];
	uint32_t bits = partial_nullable(t, con);

	if (!(resolve_partial_nulls(e) > 0))
		return true;
	if (!e->rel->partial_said)
		return pg_own_nullable(t, con, base);
	for (uint32_t i = 0; i < con->ncols; i++)
		if (pg_has_column(base->cols, base->ncols, con->cols[i]) == (bits >> i & 1))
			return false;
	return __builtin_popcount(bits) == 1; /* else any of them is */
}

/* The columns of ${base} that ${e} shares or is tied to, as bits. */
static uint32_t followed(
	const struct pg_table *t, const struct edge *e, const struct pg_constraint *base)
{
	const struct pg_constraint *con = &t->cons[e->con];
	uint32_t bits = 0;

	for (uint32_t i = 0; i < base->ncols; i++) {
		bool in = pg_has_column(con->cols, con->ncols, base->cols[i]);

		for (uint32_t s = 0; e->rel != NULL && s < e->rel->nsame; s++)
			in = in || e->rel->same[s].column == base->cols[i];
		bits |= (uint32_t)in << i;
	}
	return bits;
}

/* Whether a row may do without a parent by ${e} where ${base} has none: the columns of its own
 *  are NULL then; ${part}: and where only some of those it shares are. */
static bool can_do_without(
	const struct pg_table *t, const struct edge *e, const struct pg_constraint *base, bool part)
{
	const struct pg_constraint *con = &t->cons[e->con];
	uint32_t nullable = partial_nullable(t, con);
	bool shares = false, null = true;

	for (uint32_t k = 0; k < con->ncols; k++) {
		bool in = pg_has_column(base->cols, base->ncols, con->cols[k]);

		shares = shares || in;
		null = null && (in || (nullable >> k & 1));
	}
	return null && (con->match == PG_MATCH_SIMPLE || !shares || !part);
}

static void conflict(struct resolver *r, const struct pg_table *t, const struct edge *e,
	const char *what, const struct edge *by, const char *why)
{
	issue_add(&r->c->is, ISSUE_ERROR, "relationship_conflict",
		e->rel != NULL ? e->rel->path : e->rule->path,
		"leave null_rate and partial_nulls out",
		"foreign key \"%s\" of \"%s.%s\" cannot %s: \"%s\" %s", t->cons[e->con].name,
		t->schema, t->name, what, t->cons[by->con].name, why);
}

/* ${e} follows ${base}, which may have NULLs. */
static void check_follower(
	struct resolver *r, const struct pg_table *t, const struct edge *e, struct edge *base)
{
	static const char in_part[] = "have NULLs in some columns only";
	static const char needs[] =
		"shares columns with it, and needs a parent where they are NULL";
	const struct pg_constraint *first = &t->cons[base->con];
	bool part = resolve_partial_nulls(base) > 0;
	bool shared = (followed(t, e, first) & partial_nullable(t, first)) != 0;

	if (part && how_grows(e->how))
		conflict(r, t, base, in_part, e,
			"makes trees or rings among the children of each of its parents");
	else if (part && shared && !can_do_without(t, e, first, true))
		conflict(r, t, base, in_part, e, needs);
	else if (!part && base->nullable && !can_do_without(t, e, first, false)) {
		if ((base->rel != NULL && base->rel->null_rate > 0) ||
			(base->rule != NULL && check_null_rate(base->rule) > 0))
			conflict(r, t, base, "be NULL", e, needs);
		base->nullable = false;
	}
}

void resolve_partials(struct resolver *r, const struct pg_table *t)
{
	const struct node *n = &r->nodes[t->index];

	for (uint32_t i = 0; i < n->nedges; i++) {
		struct edge *e = &n->edges[i];

		if (!how_picks(e->how))
			continue;
		for (uint32_t k = 0; k < n->nedges; k++)
			if (how_agrees(n->edges[k].how) && n->edges[k].base == i)
				check_follower(r, t, &n->edges[k], e);
	}
}
