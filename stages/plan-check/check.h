/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_CHECK_H
#define PLAN_CHECK_CHECK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/generators/gen.h"
#include "common/plan/plan.h"
#include "common/schema/schema.h"
#include "stages/plan-check/issue.h"

/*
 * check: a plan held against a schema.  shape_check() has found its structure right; what
 * is wrong beyond that is collected here, and what the plan wishes is put in reach: by
 * table and by column instead of by place in the document.
 */

#define CHECK_SCHEMA_VERSION "0.2"
#define CHECK_ENGINE	     "postgres"
#define CHECK_LOCALE	     "en_US"

/* a column_generator rule */
struct rule {
	const char *path;   /* /rules/3 */
	const char *pp;	    /* /rules/3/generator/params or /rules/3/params */
	struct pg_table *t; /* NULL: the rule has another type, or names nothing */
	uint32_t col;
	const char *given;	  /* the id as written */
	const char *id;		  /* canonical */
	const struct gen_op *op;  /* NULL: no such generator */
	const char *locale;	  /* of its own, or NULL */
	json_t *params;		  /* an object, or NULL */
	const msgpack_object *mp; /* the same for generators, or NULL */
	json_t *transforms;	  /* an array, or NULL */
	const char *when;	  /* the condition it is tried under, or NULL */
	const char *record;	  /* whose columns it agrees with, or NULL */
	struct rule *next;	  /* of its column's rules with conditions */
	uint32_t fk;		  /* constraint its first input column follows, or UINT32_MAX */
	const struct pg_table *parent;
	const struct pg_column *parent_col; /* looked up there or further up, or NULL */
	bool sound;			    /* no error in it */
	bool counts; /* named a generator: the next one for its column is held against it */
};

enum check_pick { PICK_UNSAID, PICK_UNIFORM, PICK_ZIPF, PICK_WEIGHTED, PICK_ROUND_ROBIN };
enum check_order { ORDER_UNSAID, ORDER_CLUSTERED, ORDER_SHUFFLED };

/* a relationship rule */
struct relationship {
	const char *path;
	const struct pg_table *t;
	uint32_t con;
	bool has_fan; /* children_per_parent */
	struct plan_fan fan;
	enum check_pick pick;
	uint32_t s;	/* PICK_ZIPF: thousandths */
	const char *by; /* PICK_WEIGHTED */
	enum check_order order;
	bool cover;
	double null_rate;     /* negative: not said */
	double partial_nulls; /* the same, until check_partial_nulls() has settled it */
	bool partial_said;
	const char *where;
	const struct plan_tie *same;
	uint32_t nsame;
	bool has_roots;
	uint64_t roots;	    /* a number of rows, or 0 and ... */
	double root_share;  /* ... a share of them */
	uint32_t max_depth; /* 0: not said */
	bool sound;
};

/* what the plan says of one table of the schema */
struct requested {
	const char *target; /* pointer of its target, or NULL */
	uint64_t rows;
	bool append;		      /* to the rows that the database has */
	bool rows_said;		      /* else a relationship gives them */
	struct relationship **by_con; /* by constraint, NULL none; NULL when there is none at all */
	struct rule **by_col;	      /* by column, NULL none; NULL when no rule names the table */
	struct rule **when;	      /* the same for rules with a condition: the first */
	enum plan_policy policy[5];
	const char *fk_strategy;   /* pointer of its strategy rule, or NULL */
	const char *policy_set[5]; /* pointer of the rule that set it, or NULL */
	bool fk_disabled;
};

/*
 * What is done about a table where the plan says "on_impossible": "skip".  Each round of settle()
 * adds to these, and nothing is ever taken back: so the rounds end.
 */
struct exception {
	bool skipped;	/* no rows of it are made */
	bool soft;	/* its rows are a default of this round: they may be fewer */
	uint64_t asked; /* rows that the default gave it before ... */
	uint64_t limit; /* ... its constraints were found to hold no more than these; 0: no limit */
	const char *code, *path, *constraint, *reason, *hint; /* as the issue that led to it */
};

struct check {
	json_t *plan;
	const struct schema *schema;
	struct arena *a;
	struct issues is;
	bool tolerant; /* 0.1 and 0.2: lenient where the earlier tool was */
	struct rule *rules;
	size_t nrules, nwritten; /* the first nwritten are as the plan has them */
	const char **origin; /* paths of the rules that the others are made of, in their order */
	struct requested *requested;	  /* by table index */
	const char *locale;		  /* global, never NULL */
	const msgpack_object *data;	  /* of --data: as plan.h has it, or NULL */
	const struct locale_set *locales; /* the same, for generators */
	struct gen_memo *memo;		  /* of all generators that are prepared for the plan */
	struct narrowed *narrowed;	  /* by table index: narrow_of() */
	struct known *known;		  /* programs of earlier rounds; NULL: there are none */
	bool locale_given;		  /* the plan names it */
	uint64_t rows;			  /* of targets that say none; 0: nothing gives them any */
	bool skips;			  /* on_impossible */
	bool stop_at_rules;		  /* settle() ends as soon as a rule is in the way */
	struct exception *except;	  /* by table index */
};

/** check_open(c, plan, schema, a): ready to check; -1 when memory is out. */
int check_open(struct check *c, json_t *plan, const struct schema *schema, struct arena *a);

/** check_document(c): everything but rules: schema_ref, targets, options, rules_unsupported;
 *  and calls the two below. */
void check_document(struct check *c);

/** check_rule(c, i, v): column_generator rule ${v}, number ${i}. */
void check_rule(struct check *c, size_t i, json_t *v);

/** check_rule_values(c, r): generator, locale, parameters, transforms of a rule that is there. */
void check_rule_values(struct check *c, struct rule *r);

/** check_near_table(c, table), check_near_column(c, t, column): the end of a message, that one
 *  of nearly this name may be meant; "": there is none. */
const char *check_near_table(struct check *c, const char *table);
const char *check_near_column(struct check *c, const struct pg_table *t, const char *column);

/** check_no_locale(c, path, locale): the error that there is no such locale. */
void check_no_locale(struct check *c, const char *path, const char *locale);

/** rule_names_parent(r): whether its generator has to be told which table the parent is. */
bool rule_names_parent(const struct rule *r);

/** check_rule_inputs(c, r): what a derive rule reads: foreign keys and parents. */
void check_rule_inputs(struct check *c, struct rule *r);

/** check_relationship(c, path, v): relationship rule ${v}. */
void check_relationship(struct check *c, const char *path, json_t *v);

/** check_partial_nulls(c, r): whether rows of the key may have NULLs in some columns only, as
 *  partial_nulls asks or as a null_rate means where a column is NOT NULL: r->partial_nulls. */
void check_partial_nulls(struct check *c, struct relationship *r);

/** check_cycles(c): derive rules that read one another. */
void check_cycles(struct check *c);

/** check_pack(c, v): a JSON value as msgpack, objects sorted by key; NULL when memory is out. */
const msgpack_object *check_pack(struct check *c, json_t *v);

/** check_makes_nulls(v): whether transform ${v} of a rule is part of the column's rate of NULLs. */
bool check_makes_nulls(json_t *v);

/** check_null_rate(r): of its transform.null_rate, several multiplied; -1 when it has none. */
double check_null_rate(const struct rule *r);

/** an error of a rule: it is not sound any more */
#define RULE_ERROR(c, r, ...) ((r)->sound = false, issue_add(&(c)->is, ISSUE_ERROR, __VA_ARGS__))

#endif
