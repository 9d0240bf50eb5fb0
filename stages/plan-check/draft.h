/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DRAFT_H
#define PLAN_CHECK_DRAFT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/str.h"
#include "common/schema/schema.h"
#include "common/sql/sql.h"
#include "stages/plan-check/role.h"

/*
 * draft: the rules of a plan to start from, which init guesses. Each column of a target has a role,
 * or none; passes look at whole tables, and at tables with their parents, and write rules: what
 * agrees in a row (draft_record), when things happen (draft_time), what a status decides
 * (draft_state), what numbers have to do with each other (draft_number), how rows choose parents
 * and how many rows there are (draft_shape), and what is left, column by column (draft_rest). A
 * pass writes rules for columns that are open and that no pass before has taken. What plan-check
 * would refuse is dropped afterwards, rule by rule, so a pass may write what is mostly right; but
 * it must not write what fails later than plan-check.
 */

struct draft_column {
	struct role_match m;
	const char *kind;	      /* role_kind() */
	const struct sql_domain *dom; /* what checks say of it, or NULL */
	bool open;   /* a rule may say what is in it: no foreign key, not generated, no sequence */
	bool unique; /* alone */
	bool in_key; /* of a primary or unique key, or of a unique index */
	bool nullable;
	bool referred; /* foreign keys refer to it: a NULL would be no key */
	bool taken;    /* a pass has written a rule for it, or wants none */
};

struct draft_table {
	const struct pg_table *t;
	struct draft_column *columns; /* by column */
	char words[ROLE_WORDS];	      /* of its name */
	bool target;
	int birth;  /* the column that says when a row came to be, as rows that refer to it see it;
		       -1 */
	int status; /* the column whose labels say how far a row has come; -1 */
	bool *counted; /* by constraint: foreign keys whose parents read their children */
	bool *tied;    /* by constraint: foreign keys that agree with another one */
	bool shaped;   /* a rule says how its rows choose a parent */
	uint64_t rows; /* that the target is to say; 0: what the plan says of all */
	uint64_t said; /* that somebody asked for of this table; 0: nobody did */
};

enum draft_type { DRAFT_COLUMN, DRAFT_RELATION, DRAFT_POLYMORPHIC };

/* A rule of the plan to be. */
struct draft_rule {
	enum draft_type type;
	const struct pg_table *t;
	uint32_t column;		 /* DRAFT_COLUMN; else UINT32_MAX */
	const struct pg_constraint *con; /* DRAFT_RELATION */
	const char *generator, *when, *record;
	const struct role
		*from; /* whose rule number ${nth} it is; NULL: a pass has thought of it */
	uint8_t nth;
	json_t *params; /* an object, or NULL; of the other types their members */
	double nulls;	/* negative: the plan's null_rate, if the column may be NULL */
	const char *role, *why;
	uint8_t confidence;   /* of a hundred */
	uint32_t group;	      /* rules of one group are dropped together; 0: alone */
	unsigned long number; /* its place in the plan ... */
	bool dropped;	      /* ... where it is not, because ... */
	const char *refused;  /* ... plan-check says this of it; in the arena */
	bool divided; /* it is for some rows only; refused so, it is for all of them again */
	bool retried; /* it was dropped, and given another chance */
};

struct draft {
	const struct schema *s;
	const char *locale;
	int32_t as_of;
	uint64_t default_rows; /* of targets that say none */
	bool rows_said;	       /* somebody asked for a number of rows of all tables */
	bool nulls_said; /* somebody asked for a share of NULLs: roles have none of their own */
	const struct role_book *book;
	const char *words;	    /* of the names of all tables */
	struct draft_table *tables; /* by table index */
	const uint32_t *referred;   /* by table index: how many foreign keys refer to it */
	struct draft_rule *rules;
	struct draft_rule spare; /* what draft_rule() returns when memory is out */
	uint32_t nrules, cap, groups;
	struct arena *a;
	bool failed; /* out of memory somewhere */
};

/** draft_open(d, target): roles of all columns of tables for which target[index] is true; s,
 * locale, as_of, default_rows and a are set. -1: out of memory. */
int draft_open(struct draft *d, const bool *target);

/** draft_close(d): frees the rules' parameters. */
void draft_close(struct draft *d);

/** draft_guess(d): runs the passes. -1: out of memory. */
int draft_guess(struct draft *d);

/* Passes over all tables, or over one that is a target; draft_guess.c has their order, and
 * draft_number.h and draft_shape.h have others. */
void draft_time(struct draft *d);
void draft_record(struct draft *d, struct draft_table *dt);
void draft_state(struct draft *d, struct draft_table *dt);
void draft_own(struct draft *d, struct draft_table *dt);
void draft_pairs(struct draft *d, struct draft_table *dt);
void draft_rest(struct draft *d, struct draft_table *dt);
void draft_legal(struct draft *d, struct draft_table *dt);

/** draft_tell(d, dt): roles that the table's other columns, or its shape, tell better than names.
 */
void draft_tell(struct draft *d, struct draft_table *dt);

/** draft_head_first(d): whether the language of the locale has the word first that says what a
 * thing is. */
bool draft_head_first(const struct draft *d);

/** draft_role_named(id): the role of that id; NULL: there is none. */
const struct role *draft_role_named(const char *id);

/* Words of tables whose rows are lines of something, as role_among() reads them. */
extern const char draft_line_words[];

/* ---- what passes ask ------------------------------------------------------------------------- */

/** draft_free(d, dt, c): whether a pass may write a rule for the column. */
bool draft_free(const struct draft_table *dt, uint32_t c);

/** draft_role(dt, c): the id of the column's role, "" where it has none. */
const char *draft_role(const struct draft_table *dt, uint32_t c);

/** draft_under(dt, c, prefix): whether the role's id begins so, as "person.". */
bool draft_under(const struct draft_table *dt, uint32_t c, const char *prefix);

/** draft_column_of(dt, role): the first column whose role has that id; -1: there is none. */
int draft_column_of(const struct draft_table *dt, const char *role);

/** draft_kind_of(dt, kind): the first column whose role is of that kind; -1: there is none. */
int draft_kind_of(const struct draft_table *dt, const char *kind);

/** draft_parent(d, con): the table that a foreign key refers to, if it is a target of the plan;
 * NULL: it is none. */
struct draft_table *draft_parent(struct draft *d, const struct pg_constraint *con);

/** draft_has_all(key, con): whether the key has all columns of the foreign key. */
bool draft_has_all(const struct pg_constraint *key, const struct pg_constraint *con);

/** draft_goes_with(t, con): whether a row always has a parent by the foreign key, and is deleted
 * with it: it is a part of that. */
bool draft_goes_with(const struct pg_table *t, const struct pg_constraint *con);

/* ---- what passes write ----------------------------------------------------------------------- */

/**
 * draft_rule(d, dt, c, generator, params):
 * A rule for the column, which is taken by it, with the column's role, why and confidence. It takes
 * over the reference to ${params}, an object or NULL, also when memory is out; then it returns a
 * rule that nobody reads. Valid until the next one is made.
 */
struct draft_rule *draft_rule(
	struct draft *d, struct draft_table *dt, uint32_t c, const char *generator, json_t *params);

/** draft_says(r, role, why, confidence): the guess that stands beside the rule instead of the
 * column's. */
void draft_says(struct draft_rule *r, const char *role, const char *why, uint8_t confidence);

/** draft_relation(d, dt, con, members): a relationship rule; ${members} as children_per_parent,
 * pick ... */
struct draft_rule *draft_relation(
	struct draft *d, struct draft_table *dt, const struct pg_constraint *con, json_t *members);

/** draft_polymorphic(d, dt, members): a polymorphic rule; ${members} are those but type, schema and
 * table. */
struct draft_rule *draft_polymorphic(struct draft *d, struct draft_table *dt, json_t *members);

/** draft_group(d): a number for rules that stand or fall together. */
uint32_t draft_group(struct draft *d);

/** draft_own_rule(d, dt, c, rule): the rule by the role's generator ${rule}, with its parameters.
 */
struct draft_rule *draft_own_rule(
	struct draft *d, struct draft_table *dt, uint32_t c, const struct role_rule *rule);

/** draft_next(d, r): the rule becomes the next one of its role; false: there is none. */
bool draft_next(struct draft *d, struct draft_rule *r);

/** draft_rule_for(d, role): the role's first rule for the draft's locale; NULL: it has none. */
const struct role_rule *draft_rule_for(const struct draft *d, const struct role *role);

/** draft_sql(d, t, c): the column's name as SQL wants it, quoted where needed. */
const char *draft_sql(struct draft *d, const struct pg_table *t, uint32_t c);

/** draft_key_column(t, con): the column by which one goes to the parent of ${con}; -1: other
 * foreign keys have each of its columns too. */
int draft_key_column(const struct pg_table *t, const struct pg_constraint *con);

/** draft_key(d, t, con): the same, as SQL wants it; "" for none. */
const char *draft_key(struct draft *d, const struct pg_table *t, const struct pg_constraint *con);

/** draft_params(d, rule): the rule's parameters, an object for the caller; NULL: it has none. */
json_t *draft_params(struct draft *d, const struct role_rule *rule);

/** draft_constant(d, expr): the text of a default such as 'pago'::status, without its quotes; NULL:
 * it is none. */
const char *draft_constant(struct draft *d, const char *expr);

/** draft_params_for(d, col, role, rule): as draft_params(), with labels that the column has room
 * for, in the case of its default, which is among them. */
json_t *draft_params_for(struct draft *d, const struct pg_column *col, const struct role *role,
	const struct role_rule *rule);

/** draft_textf(d, fmt, ...): a text in the arena; "" when memory is out. */
const char *draft_textf(struct draft *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- into the plan ----------------------------------------------------------------------------
 */

/** draft_put(d, kept, b): the rules of ${kept}, an array or NULL, and behind them those that are
 * not dropped, one a line, numbered as they stand there. */
void draft_put(struct draft *d, json_t *kept, struct buf *b);

/** draft_drop(d, number, why): drops the rule that has the number in the plan, and those of its
 *  group, and notes what was said of it; a rule of a role becomes the role's next one, if there is
 *  any.  false: no rule has the number. */
bool draft_drop(struct draft *d, unsigned long number, const char *why);

#endif
