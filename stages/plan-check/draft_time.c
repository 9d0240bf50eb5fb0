/* SPDX-License-Identifier: MIT */
/*
 * When things happen. A table has a birth column where it has one (draft_life.c). It comes after
 * the births of all parents, so that no order is older than its customer. What happens to a row
 * comes after its birth, in the order of the roles' numbers, and only where its status says that it
 * has come so far; where there is no status, only where what comes before has happened. All of it
 * is at or before today, but for what is about the future. What is changed is changed last.
 *
 * Births follow the foreign keys from table to table. Where these go round in a circle, the one
 * that would close it is left out.
 */
#include "stages/plan-check/draft.h"

#include <stdlib.h>
#include <string.h>

#include "common/generators/gen.h"
#include "stages/plan-check/draft_life.h"
#include "stages/plan-check/draft_tree.h"

enum {
	UNSURE = 40,
	ROOM = GEN_INPUTS - 1, /* columns that a moment comes after; its condition reads one more */
};

/* A pass over the tables. */
struct times {
	struct draft *d;
	uint8_t *seen;		/* by table: 0 not yet, 1 being visited, 2 done */
	const char **by_status; /* by column of the table at hand: of what status rows have it */
};

/* ---- births ------------------------------------------------------------------------------------
 */

/* Whether a row's parent may be asked when it was born. */
static bool can_ask(const struct times *x, const struct draft_table *dt,
	const struct pg_constraint *con, const struct draft_table *parent)
{
	if (parent == NULL || parent->birth == -1)
		return false;
	if (con->ref == dt->t)
		return con->ncols == 1 && draft_parent_column(dt->t) == (int)con->cols[0];
	return x->seen[con->ref->index] == 2;
}

/* "fk_column.column" of the parent's birth; NULL: it cannot be asked. Rules have names of columns
 * as they are, which only expressions quote. */
static const char *birth_of_parent(
	const struct times *x, const struct draft_table *dt, const struct pg_constraint *con)
{
	const struct draft_table *parent = draft_parent(x->d, con);
	int key = can_ask(x, dt, con, parent) ? draft_key_column(dt->t, con) : -1;

	return key >= 0 ? draft_textf(x->d, "%s.%s", dt->t->columns[key].name,
				  parent->t->columns[parent->birth].name)
			: NULL;
}

/* How many parents' births can be asked. */
static uint32_t count_births(const struct times *x, const struct draft_table *dt)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < dt->t->ncons; i++)
		n += birth_of_parent(x, dt, &dt->t->cons[i]) != NULL;
	return n;
}

/* The births of all parents, into ${after}; how many. A generator reads a limited number of
 * columns: of more parents than that, those that every row has come first, and the others are left
 * out. */
static size_t add_parents(struct times *x, const struct draft_table *dt, json_t *after)
{
	const struct pg_table *t = dt->t;
	uint32_t n = count_births(x, dt);

	for (int maybe = 0; maybe <= 1; maybe++)
		for (uint32_t i = 0; i < t->ncons && json_array_size(after) < ROOM; i++) {
			const char *birth = birth_of_parent(x, dt, &t->cons[i]);
			int missing = n > ROOM && pg_may_be_null(t, &t->cons[i]);

			if (birth != NULL && missing == maybe)
				json_array_append_new(after, json_string(birth));
		}
	return json_array_size(after);
}

/* How long after its parents a row is made: lines at once, papers in days, others in months. */
static void set_distance(const struct draft_table *dt, json_t *params)
{
	static const char papers[] =
		"payment invoice shipment receipt delivery bill pagamento fatura "
		"nota entrega recibo parcela refund installment endereco address ";
	const char *typical = "150d", *most = "1500d";

	if (role_among(draft_line_words, dt->words) != NULL) {
		typical = "2m";
		most = "1h";
	} else if (role_among(papers, dt->words) != NULL) {
		typical = "1d";
		most = "20d";
	}
	json_object_set_new(params, "typical", json_string(typical));
	json_object_set_new(params, "most", json_string(most));
}

/* Whether rows of other tables refer to the table's. */
static bool is_parent(const struct draft *d, const struct pg_table *t)
{
	for (uint32_t i = 0; i < d->s->ntables; i++)
		for (uint32_t k = 0; d->tables[i].target && k < d->s->tables[i].ncons; k++)
			if (d->s->tables[i].cons[k].kind == PG_CON_FOREIGN &&
				d->s->tables[i].cons[k].ref == t && &d->s->tables[i] != t)
				return true;
	return false;
}

/* A birth without a role is one only because it is the first moment that the row has. */
static void say_first(const struct draft_table *dt, uint32_t c, struct draft_rule *r)
{
	if (dt->columns[c].m.role == NULL)
		draft_says(r, "other.moment", "it is the first moment of the row", UNSURE);
}

/* The first moment of a row's life. */
static void put_birth(struct times *x, struct draft_table *dt, uint32_t c)
{
	json_t *after = json_array(), *params;
	uint32_t parents = count_births(x, dt);
	struct draft_rule *r;

	if (!draft_free(dt, c) || dt->columns[c].in_key) {
		json_decref(after);
		return;
	}
	if (add_parents(x, dt, after) > 0) {
		params = json_pack("{s:o}", "after", after);
		set_distance(dt, params);
		r = draft_rule(x->d, dt, c, "derive.moment", params);
		say_first(dt, c, r);
		if (parents > ROOM)
			r->why = draft_textf(x->d,
				"%s; it is after %d of its %u parents, as many as a "
				"rule reads",
				r->why, ROOM, parents);
		return;
	}
	json_decref(after);
	params = is_parent(x->d, dt->t) ? json_pack("{s:s, s:s}", "from", "4y", "to", "30d")
					: json_pack("{s:s}", "from", "2y");
	say_first(dt, c, draft_rule(x->d, dt, c, "primitive.moment", params));
}

/* ---- the rest of a life ------------------------------------------------------------------------
 */

/* Whether a later one of the columns has a value in all rows in which column ${i} of them has one:
 * both wait for the same state of the row. */
static bool is_covered(const struct times *x, const int *cols, size_t i, size_t n)
{
	for (size_t k = i + 1; k < n && x->by_status[cols[i]] != NULL; k++)
		if (x->by_status[cols[k]] != NULL &&
			strcmp(x->by_status[cols[k]], x->by_status[cols[i]]) == 0)
			return true;
	return false;
}

/*
 * The columns that a moment comes after, by their names. A generator reads a limited number
 * of columns. Of more than that, some are left out, and the order is kept all the same wherever one
 * that stays has a value, because that one came after those that are left out. So what stays is the
 * last column that every row has, and the latest ones; condition() sees to it that the first of
 * these has a value where those before it have.
 */
static json_t *names(
	const struct times *x, const struct draft_table *dt, const int *given, size_t most)
{
	int *cols = arena_array(x->d->a, most + 1, sizeof(*cols));
	size_t n = 0, always = 0, kept = 0, first;
	json_t *list = json_array();

	for (size_t i = 0; cols != NULL && i < most; i++)
		if (given[i] >= 0)
			cols[n++] = given[i];
	for (size_t i = 0; n > ROOM && i < n; i++)
		if (!is_covered(x, cols, i, n))
			cols[kept++] = cols[i];
	n = n > ROOM ? kept : n;
	for (size_t i = 0; i < n; i++)
		always = dt->columns[cols[i]].nullable ? always : i;
	first = n > ROOM ? n - ROOM : 0;
	first += always < first;
	for (size_t i = 0; i < n; i++)
		if (i >= first || i == always)
			json_array_append_new(list, json_string(dt->t->columns[cols[i]].name));
	return list;
}

/* A moment after others, with the distances of its role, only where ${when}. Without others it is a
 * birth. */
static void put_after(struct times *x, struct draft_table *dt, uint32_t c, const int *cols,
	size_t n, const char *when)
{
	const struct role_rule *rule = draft_rule_for(x->d, dt->columns[c].m.role);
	json_t *params = rule != NULL ? draft_params(x->d, rule) : NULL;
	json_t *after = names(x, dt, cols, n);

	if (json_array_size(after) == 0)
		(void)add_parents(x, dt, after);
	if (json_array_size(after) > 0) {
		params = params != NULL ? params : json_object();
		json_object_set_new(params, "after", after);
		life_only_if(x->d, dt, c, "derive.moment", params, when);
		return;
	}
	json_decref(after);
	json_decref(params);
	life_only_if(x->d, dt, c, "primitive.moment", json_pack("{s:s}", "from", "3y"), when);
}

/* Events of a table, in the order of life. */
struct events {
	const struct draft_table *dt;
	int *v;
	size_t n;
};

static int order_of(const struct draft_table *dt, int c)
{
	return role_order(dt->columns[c].m.role, "event");
}

static bool is_free_event(const struct draft_table *dt, uint32_t c, int birth)
{
	return (int)c != birth && draft_free(dt, c) && !dt->columns[c].in_key &&
	       (role_is(dt->columns[c].m.role, "event") || role_is(dt->columns[c].m.role, "birth"));
}

static void find_events(struct events *ev, int birth)
{
	const struct draft_table *dt = ev->dt;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		size_t at = ev->n;

		if (!is_free_event(dt, c, birth))
			continue;
		for (; at > 0 && order_of(dt, ev->v[at - 1]) > order_of(dt, (int)c); at--)
			ev->v[at] = ev->v[at - 1];
		ev->v[at] = (int)c;
		ev->n++;
	}
}

static const char *by_chance(struct draft *d, double nulls)
{
	return draft_textf(d, "uniform(1, 100) <= %d", (int)(100.5 - 100 * nulls));
}

/* Whether event ${k} is among those that later moments cannot all read (names()), or the first that
 * they do read: they have the birth beside them, and an end. */
static bool is_crowded(const struct events *ev, size_t k)
{
	return ev->n > ROOM - 2 && k <= ev->n - (ROOM - 2);
}

/* The event before ${k} that some rows do not have, and that is no end; -1: there is none. */
static int before(const struct events *ev, size_t k)
{
	while (k-- > 0) {
		const struct draft_column *x = &ev->dt->columns[ev->v[k]];

		if (!role_is(x->m.role, "of") && x->nullable)
			return ev->v[k];
	}
	return -1;
}

/* Of which rows event ${k} is true: those of a status that has come so far; else some of those that
 * have what comes before it; of a crowd of events all of them. */
static const char *condition(
	struct times *x, struct draft_table *dt, const struct events *ev, size_t k)
{
	enum { BY_ITSELF = 90 };
	struct draft *d = x->d;
	const struct role *role = dt->columns[ev->v[k]].m.role;
	int rank = role_order(role, "event"), last = before(ev, k);
	double nulls = role->nulls >= 0 ? role->nulls : 0.1;
	char class[ROLE_WORDS];
	bool of_class = life_class(dt, (uint32_t)ev->v[k], class), waits;

	if (rank >= 0 && rank < BY_ITSELF)
		x->by_status[ev->v[k]] = life_condition(d, dt, rank, of_class ? class : NULL);
	if (x->by_status[ev->v[k]] != NULL)
		return x->by_status[ev->v[k]];
	waits = last != -1 && ((rank < BY_ITSELF && !of_class) || is_crowded(ev, k));
	if (waits && is_crowded(ev, k))
		return draft_textf(d, "%s IS NOT NULL", draft_sql(d, dt->t, (uint32_t)last));
	if (nulls == 0)
		return NULL;
	return waits ? draft_textf(d, "%s AND %s IS NOT NULL", by_chance(d, nulls),
			       draft_sql(d, dt->t, (uint32_t)last))
		     : by_chance(d, nulls);
}

/* The events of the table in their order, each after the birth and all before it. ${all} begins
 * with the birth, and gets the events; how many there are then. */
static size_t put_events(struct times *x, struct draft_table *dt, int birth, int *all)
{
	struct events ev = {.dt = dt, .v = all + 1};

	all[0] = birth;
	find_events(&ev, birth);
	for (size_t k = 0; k < ev.n; k++)
		put_after(x, dt, (uint32_t)ev.v[k], all, k + 1, condition(x, dt, &ev, k));
	return ev.n + 1;
}

/* Columns of one kind, each after those. */
static void put_kind(struct times *x, struct draft_table *dt, const char *kind, const int *cols,
	size_t n, bool rarely)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		const struct role *role = dt->columns[c].m.role;

		if (role_is(role, kind) && draft_free(dt, c) && !dt->columns[c].in_key)
			put_after(x, dt, c, cols, n,
				rarely && role->nulls > 0 ? by_chance(x->d, role->nulls) : NULL);
	}
}

/* Whether a moment is one of those that are listed as they happen. */
static bool happens(const struct draft_column *x)
{
	return role_of_kind("moment ", x->kind) && !x->in_key &&
	       (x->m.role == NULL || role_is(x->m.role, "event"));
}

/* Moments of which nothing is known but the row they are in: they come after the one before them in
 * the order in which somebody has listed them, as raised_at, seen_at and cleared_at. */
static void put_others(struct times *x, struct draft_table *dt)
{
	int last = dt->birth;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		const struct draft_column *col = &dt->columns[c];
		json_t *after;
		struct draft_rule *r;

		if (!happens(col) || dt->birth == -1)
			continue;
		if (!draft_free(dt, c) || col->m.role != NULL) {
			last = (int)c;
			continue;
		}
		after = names(x, dt, (int[]){dt->birth, last}, last != dt->birth ? 2 : 1);
		r = draft_rule(x->d, dt, c, "derive.moment",
			json_pack("{s:o, s:s, s:s}", "after", after, "typical", "5d", "most",
				"200d"));
		draft_says(r, "other.moment", "nothing says what it holds", UNSURE);
		last = (int)c;
	}
}

/* The first of the columns that are born: the row is made, then what it is about begins. */
static int first_birth(const struct draft_table *dt)
{
	int first = -1;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		if (role_is(dt->columns[c].m.role, "birth") &&
			(first == -1 || (role_is(dt->columns[first].m.role, "event") &&
						!role_is(dt->columns[c].m.role, "event"))))
			first = (int)c;
	return first != -1 ? first : dt->birth;
}

static void live(struct times *x, struct draft_table *dt)
{
	int birth = first_birth(dt), start, since[2];
	int *all = arena_array(x->d->a, dt->t->ncolumns + 2UL, sizeof(*all));
	size_t n;

	x->by_status = arena_array(x->d->a, dt->t->ncolumns + 1UL, sizeof(*x->by_status));
	if (all == NULL || x->by_status == NULL) {
		x->d->failed = true;
		return;
	}
	if (birth >= 0)
		put_birth(x, dt, (uint32_t)birth);
	n = put_events(x, dt, birth, all);
	put_kind(x, dt, "delete", all, n, true);
	all[n++] = draft_kind_of(dt, "delete");
	put_kind(x, dt, "update", all, n, false);
	put_kind(x, dt, "start", &birth, 1, false);
	start = draft_kind_of(dt, "start");
	since[0] = start >= 0 ? start : birth;
	since[1] = draft_kind_of(dt, "hire");
	put_kind(x, dt, "hire", (int[]){draft_kind_of(dt, "birthday")}, 1, false);
	put_kind(x, dt, "end", since, 2, true);
	put_kind(x, dt, "future", &dt->birth, 1, false);
	put_others(x, dt);
}

/* Parents first. */
static void visit(struct times *x, struct draft_table *dt)
{
	uint8_t *seen = &x->seen[dt->t->index];

	if (*seen != 0)
		return;
	*seen = 1;
	for (uint32_t i = 0; i < dt->t->ncons; i++) {
		struct draft_table *parent = draft_parent(x->d, &dt->t->cons[i]);

		if (parent != NULL)
			visit(x, parent);
	}
	live(x, dt);
	*seen = 2;
}

void draft_time(struct draft *d)
{
	struct times x = {.d = d, .seen = arena_array(d->a, d->s->ntables + 1UL, 1)};

	if (x.seen == NULL) {
		d->failed = true;
		return;
	}
	for (uint32_t i = 0; i < d->s->ntables; i++)
		if (d->tables[i].target)
			visit(&x, &d->tables[i]);
}
