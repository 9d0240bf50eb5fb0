/* SPDX-License-Identifier: MIT */
/*
 * Which operator or function a name and its arguments mean: the rules of
 * PostgreSQL's manual, 10.2 and 10.3 (oper_select_candidate() of parse_oper.c,
 * func_select_candidate() of parse_func.c), over the tables of functions of
 * this module.
 *
 * Candidates are all rows of that name that the arguments can be implicitly
 * coerced to. An exact match of all types wins at once. Then those are kept
 * that match exactly most often, of these those that match or take the
 * preferred type of the category most often; literals of unknown type are
 * decided by the category of types that the candidates take, and last by the
 * one type that all known arguments have. What is still ambiguous is an error,
 * as in PostgreSQL.
 */
#include "common/sql/sql_comp.h"

#include <string.h>

static const struct sql_fn_table *const tables[] = {&sql_fns_draw, &sql_fns_cmp, &sql_fns_int,
	&sql_fns_num, &sql_fns_float, &sql_fns_text, &sql_fns_match, &sql_fns_time,
	&sql_fns_extract, &sql_fns_case, &sql_fns_misc, &sql_fns_array, &sql_fns_json,
	&sql_fns_range, &sql_fns_zone, &sql_fns_replace, &sql_fns_enum, &sql_fns_to_char};

enum { MAX_CANDIDATES = 64, TABLE_SHIFT = 16 };

/*
 * Goes through the rows of that name in all tables. *it is the position of the
 * next row to look at: the table's number in the upper bits, the row's in the
 * lower.
 */
const struct sql_fn *sql_fn_next(const char *name, uint32_t nargs, size_t *it)
{
	size_t t = *it >> TABLE_SHIFT, k = *it & ((1u << TABLE_SHIFT) - 1);

	for (; t < sizeof tables / sizeof tables[0]; t++, k = 0)
		for (; k < tables[t]->n; k++) {
			const struct sql_fn *f = &tables[t]->fn[k];

			if (f->name[0] != name[0] || strcmp(f->name, name) != 0)
				continue;
			if (f->nargs == nargs ||
				((f->flags & SQL_F_VARIADIC) && nargs >= f->nargs)) {
				*it = (t << TABLE_SHIFT) + k + 1;
				return f;
			}
		}
	return NULL;
}

bool sql_fn_known(const char *name)
{
	for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++)
		for (size_t k = 0; k < tables[t]->n; k++)
			if (strcmp(tables[t]->fn[k].name, name) == 0)
				return true;
	return false;
}

/*
 * The class of argument ${k}; the last argument of a variadic function repeats.
 */
static unsigned want(const struct sql_fn *f, uint32_t k)
{
	return k < f->nargs ? f->arg[k] : f->arg[f->nargs - 1];
}

/*
 * Whether the class is one of those that take several types (anyelement ...).
 */
static bool polymorphic(unsigned cls)
{
	return cls >= SQL_ANYENUM;
}

/*
 * The enum, array or range among the arguments, which decides what the
 * polymorphic arguments of the call are.
 */
static struct sql_type concrete(struct sql_node *const *args, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
		if (args[k]->type.cls == PG_ENUM || args[k]->type.cls == PG_ARRAY ||
			args[k]->type.cls == PG_RANGE)
			return args[k]->type;
	return sql_type_of(SQL_UNKNOWN);
}

/* The type of the elements of an array or range. */
static struct sql_type element_of(struct sql_type t)
{
	return (struct sql_type){.cls = t.elem, .pg = t.elem == PG_ENUM ? t.pg : NULL};
}

/*
 * Whether the arguments can be implicitly coerced to what the function takes.
 * anyelement has to agree with the array or range in the same call.
 */
static bool accepts(const struct sql_fn *f, struct sql_node *const *args, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++) {
		struct sql_type t = args[k]->type;

		if (!sql_can_coerce(t, sql_type_of(want(f, k))))
			return false;
		if (want(f, k) == SQL_ANYELEM && t.cls != SQL_UNKNOWN &&
			!sql_can_coerce(t, element_of(concrete(args, n))))
			return false;
	}
	return true;
}

/*
 * Whether all types are as given. An unknown literal beside one other argument
 * is taken to be of that argument's type (rule 2a of section 10.2 in the
 * manual).
 */
static bool exact(const struct sql_fn *f, struct sql_node *const *args, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++) {
		unsigned cls = args[k]->type.cls;

		if (cls == SQL_UNKNOWN && n == 2)
			cls = args[1 - k]->type.cls;
		if (cls != want(f, k) || cls == SQL_UNKNOWN)
			return false;
	}
	return n == f->nargs;
}

/* Keep the candidates with the best score; returns how many. */
typedef int score_fn(const struct sql_fn *f, struct sql_node *const *args, uint32_t n);

/*
 * Keeps the candidates with the best score, at the front of ${cand}; returns
 * how many.
 */
static uint32_t keep_best(const struct sql_fn **cand, uint32_t nc, struct sql_node *const *args,
	uint32_t n, score_fn *score)
{
	int best = -1;
	uint32_t kept = 0;

	for (uint32_t k = 0; k < nc; k++) {
		int s = score(cand[k], args, n);

		if (s > best) {
			best = s;
			kept = 0;
		}
		if (s == best)
			cand[kept++] = cand[k];
	}
	return kept;
}

/* The number of arguments whose type is exactly what the candidate takes. */
static int exact_matches(const struct sql_fn *f, struct sql_node *const *args, uint32_t n)
{
	int s = 0;

	for (uint32_t k = 0; k < n; k++)
		s += args[k]->type.cls != SQL_UNKNOWN && args[k]->type.cls == want(f, k);
	return s;
}

/*
 * The same, and the candidate's preferred types of the argument's category
 * count too.
 */
static int exact_or_preferred(const struct sql_fn *f, struct sql_node *const *args, uint32_t n)
{
	int s = 0;

	for (uint32_t k = 0; k < n; k++) {
		unsigned cls = args[k]->type.cls, w = want(f, k);

		if (cls != SQL_UNKNOWN)
			s += cls == w || (sql_class_preferred(w) &&
						 sql_class_category(w) == sql_class_category(cls));
	}
	return s;
}

/*
 * For each literal of unknown type: the string category if any candidate takes
 * a string there, else the one category that all candidates take; of these,
 * candidates with the preferred type if there is one (rule 4e of section 10.3).
 * Returns how many are left.
 */
static uint32_t by_category(
	const struct sql_fn **cand, uint32_t nc, struct sql_node *const *args, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++) {
		char cat = 0;
		bool preferred = false, conflict = false;
		uint32_t kept = 0;

		if (args[k]->type.cls != SQL_UNKNOWN)
			continue;
		for (uint32_t j = 0; j < nc; j++) {
			char g = sql_class_category(want(cand[j], k));

			if (cat == 0) {
				cat = g;
			} else if (g == 'S') {
				if (cat != 'S')
					preferred = false;
				cat = 'S', conflict = false;
			} else if (g != cat && cat != 'S') {
				conflict = true;
			}
			if (g == cat)
				preferred |= sql_class_preferred(want(cand[j], k));
		}
		if (conflict)
			continue;
		for (uint32_t j = 0; j < nc; j++) {
			unsigned w = want(cand[j], k);

			if (sql_class_category(w) == cat && (!preferred || sql_class_preferred(w)))
				cand[kept++] = cand[j];
		}
		if (kept > 0)
			nc = kept;
	}
	return nc;
}

/*
 * The last rule: if all known arguments are of one type, the unknown ones are
 * taken to be of that type, and the one candidate that accepts it wins (rule
 * 4f).
 */
static uint32_t by_known(
	const struct sql_fn **cand, uint32_t nc, struct sql_node *const *args, uint32_t n)
{
	struct sql_type t = sql_type_of(SQL_UNKNOWN);
	uint32_t kept = 0;

	for (uint32_t k = 0; k < n; k++) {
		if (args[k]->type.cls == SQL_UNKNOWN)
			continue;
		if (t.cls != SQL_UNKNOWN && !sql_type_eq(t, args[k]->type))
			return nc;
		t = args[k]->type;
	}
	for (uint32_t j = 0; j < nc && t.cls != SQL_UNKNOWN; j++) {
		bool all = true;

		for (uint32_t k = 0; k < n; k++)
			all &= sql_can_coerce(t, sql_type_of(want(cand[j], k)));
		if (all)
			cand[kept++] = cand[j];
	}
	return kept == 1 ? 1 : nc;
}

/*
 * The function that is meant; NULL when there is none, or more than one
 * (*ambiguous).
 */
static const struct sql_fn *select_fn(
	const char *name, struct sql_node *const *args, uint32_t n, bool *ambiguous)
{
	const struct sql_fn *cand[MAX_CANDIDATES], *f;
	uint32_t nc = 0;
	bool unknown = false;
	size_t it = 0;

	*ambiguous = false;
	for (uint32_t k = 0; k < n; k++)
		unknown |= args[k]->type.cls == SQL_UNKNOWN;
	while ((f = sql_fn_next(name, n, &it)) != NULL) {
		if (exact(f, args, n))
			return f;
		if (accepts(f, args, n) && nc < MAX_CANDIDATES)
			cand[nc++] = f;
	}
	if (nc > 1)
		nc = keep_best(cand, nc, args, n, exact_matches);
	if (nc > 1)
		nc = keep_best(cand, nc, args, n, exact_or_preferred);
	if (nc > 1 && unknown)
		nc = by_category(cand, nc, args, n);
	if (nc > 1 && unknown)
		nc = by_known(cand, nc, args, n);
	*ambiguous = nc > 1;
	return nc == 1 ? cand[0] : NULL;
}

/* ---- the call ---------------------------------------------------------------------- */

/*
 * The type that argument ${k} has to become, which for polymorphic arguments
 * follows from the others. False, with an error, when the argument cannot be of
 * that type.
 */
static bool target(struct sql_comp *c, const struct sql_fn *f, struct sql_node *const *args,
	uint32_t n, uint32_t k, struct sql_type *t, enum sql_status *st)
{
	unsigned w = want(f, k);
	struct sql_type poly = concrete(args, n);

	*t = sql_type_of(w);
	if (!polymorphic(w) || w == SQL_ANY)
		return true;
	*t = poly.cls == SQL_UNKNOWN ? args[k]->type : w == SQL_ANYELEM ? element_of(poly) : poly;
	if (args[k]->type.cls == SQL_UNKNOWN || sql_can_coerce(args[k]->type, *t))
		return true;
	sql_fail(
		c, st, "%s of %s and %s", f->name, sql_type_name(*t), sql_type_name(args[k]->type));
	return false;
}

/*
 * The collation of a node, derived from its arguments (PostgreSQL's manual,
 * 24.2 "Collation Support"): an explicit one wins, then one that is not the
 * default; two that conflict leave none whose order is known.
 */
void sql_collate(struct sql_node *x)
{
	uint8_t coll = SQL_COLL_NONE;
	bool explicit = false;

	for (uint32_t k = 0; k < x->nargs; k++) {
		const struct sql_node *a = x->args[k];

		if (!sql_collatable(a->type) || a->coll == SQL_COLL_NONE ||
			(explicit && !a->coll_explicit))
			continue;
		if (a->coll_explicit || coll == SQL_COLL_NONE || coll == SQL_COLL_DEFAULT)
			coll = a->coll;
		else if (a->coll != coll && a->coll != SQL_COLL_DEFAULT)
			coll = SQL_COLL_OTHER;
		explicit |= a->coll_explicit;
	}
	x->coll = coll;
	x->coll_explicit = explicit && sql_class_category(x->type.cls) == 'S';
}

/*
 * Whether comparing the arguments of ${x} gives the order that PostgreSQL
 * gives. For texts that is known under C alone, or if the database's default
 * collation is.
 */
static bool ordered(const struct sql_comp *c, const struct sql_node *x)
{
	if (x->nargs == 0)
		return true;
	if (sql_class_category(x->args[0]->type.cls) != 'S' &&
		!(x->args[0]->type.cls == PG_ARRAY &&
			sql_class_category(x->args[0]->type.elem) == 'S'))
		return true;
	if (x->args[0]->type.cls == PG_NAME)
		return true;
	return x->coll == SQL_COLL_C || (c->scope->bytewise && x->coll != SQL_COLL_OTHER);
}

/* Refuses a node that depends on the order of texts when that is not known. */
bool sql_ordered(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	sql_collate(x);
	if (ordered(c, x))
		return true;
	sql_refuse(c, st, "the order of texts under a collation that is not C (COLLATE \"C\" is)");
	return false;
}

/*
 * The error for a call that means nothing here, with the types of its
 * arguments.
 */
static struct sql_node *unresolved(struct sql_comp *c, const char *name,
	struct sql_node *const *args, uint32_t n, bool ambiguous, enum sql_status *st)
{
	if (ambiguous)
		return sql_fail(c, st, "%s is not unique for these arguments", name);
	if (!sql_fn_known(name))
		return sql_refuse(c, st, "%s%s", name, (name[0] | 32) >= 'a' ? "()" : "");
	if (n == 2)
		return sql_refuse(c, st, "%s of %s and %s", name, sql_type_name(args[0]->type),
			sql_type_name(args[1]->type));
	return sql_refuse(
		c, st, "%s of %s", name, n > 0 ? sql_type_name(args[0]->type) : "nothing");
}

/*
 * The type of the call's value; polymorphic results follow from the arguments.
 */
static struct sql_type result_type(const struct sql_fn *f, struct sql_node *const *args, uint32_t n)
{
	if (f->result == SQL_ANYELEM)
		return element_of(concrete(args, n));
	if (polymorphic(f->result))
		return concrete(args, n);
	return sql_type_of(f->result);
}

/*
 * text || anything: PostgreSQL's textanycat() and anytextcat() cast the other
 * side to text, unless it is an array.
 */
static bool concat_any(struct sql_comp *c, const char *name, struct sql_node **args, uint32_t n,
	enum sql_status *st)
{
	for (uint32_t k = 0; n == 2 && strcmp(name, "||") == 0 && k < 2; k++) {
		const struct sql_type other = args[1 - k]->type;

		if (args[k]->type.cls == PG_TEXT && other.cls != PG_ARRAY &&
			other.cls != SQL_UNKNOWN && sql_class_category(other.cls) != 'S')
			args[1 - k] = sql_coerce(
				c, args[1 - k], sql_type_of(PG_TEXT), -1, SQL_EXPLICIT, st);
		if (args[1 - k] == NULL)
			return false;
	}
	return true;
}

/*
 * A value by its output function. A cast of char(n) to text removes the
 * trailing blanks; the output function, which concat() and format() call, does
 * not.
 */
static struct sql_node *as_shown(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	const struct sql_type text = sql_type_of(PG_TEXT);

	if (x->type.cls != PG_BPCHAR)
		return sql_coerce(c, x, text, -1, SQL_EXPLICIT, st);
	x = sql_relabelled(c, x, text);
	return x != NULL ? sql_fold(c, x) : sql_oom(c, st);
}

/*
 * Resolves the call, coerces the arguments, checks that an order of texts is
 * known where one is needed, lets the function look at its constant arguments
 * (prepare), and folds.
 */
struct sql_node *sql_call(struct sql_comp *c, const char *name, struct sql_node **args, uint32_t n,
	enum sql_status *st)
{
	bool ambiguous;
	const struct sql_fn *f;
	struct sql_node *x;
	struct sql_type t;

	if (!concat_any(c, name, args, n, st))
		return NULL;
	f = select_fn(name, args, n, &ambiguous);
	if (f == NULL)
		return unresolved(c, name, args, n, ambiguous, st);
	for (uint32_t k = 0; k < n; k++) {
		if (!target(c, f, args, n, k, &t, st))
			return NULL;
		if (t.cls == SQL_ANY &&
			((f->flags & SQL_F_TEXTS) || args[k]->type.cls == SQL_UNKNOWN)) {
			if (args[k]->type.cls == PG_BOOL)
				return sql_refuse(c, st, "%s() of booleans", name);
			args[k] = as_shown(c, args[k], st);
		} else {
			args[k] = sql_coerce(c, args[k], t, -1, SQL_IMPLICIT, st);
		}
		if (args[k] == NULL)
			return NULL;
	}
	x = sql_node_new(c,
		f->flags & SQL_F_NULLS	? SQL_CALL_NULLS
		: f->flags & SQL_F_LAZY ? SQL_CALL_LAZY
					: SQL_CALL,
		result_type(f, args, n), n);
	if (x == NULL)
		return sql_oom(c, st);
	if (n > 0)
		memcpy(x->args, args, n * sizeof *args);
	x->fn = f;
	sql_collate(x);
	if (sql_class_category(x->type.cls) == 'S' && x->coll == SQL_COLL_NONE)
		x->coll = SQL_COLL_DEFAULT;
	if ((f->flags & SQL_F_ORDER) && !sql_ordered(c, x, st))
		return NULL;
	if (f->prepare != NULL && (x = f->prepare(c, x, st)) == NULL)
		return NULL;
	x = sql_fold(c, x);
	return x != NULL ? x : sql_oom(c, st);
}
