/* SPDX-License-Identifier: MIT */
#ifndef EVAL_FINDINGS_H
#define EVAL_FINDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/plan/plan.h"

/*
 * findings: what was asked of the rows and what came out.  A rule is one question
 * about one table; it counts every violation and keeps the first rows as examples.
 * No value of a row is kept: rows are named by number.
 *
 * A rule has one of three answers: it holds, it fails, or it was not evaluated.  The files
 * answer first; where a database is asked too, its answer completes what the files could
 * not tell, and a rule that it has in another form was not evaluated, whatever the files say. Rules
 * that the plan switched off or only warns of are evaluated like the others, because PostgreSQL
 * enforces them all the same: they do not count towards the exit status, but the verdict names
 * them.
 */

struct err;

enum kind {
	KIND_FILE,
	KIND_ROW_COUNT,
	KIND_TYPE,
	KIND_LENGTH,
	KIND_NOT_NULL,
	KIND_PRIMARY_KEY,
	KIND_UNIQUE,
	KIND_FOREIGN_KEY,
	KIND_CHECK,
	KIND_EXCLUDE,
	KIND_GENERATED,
	KINDS
};

/** kind_code(k): "row_count" ..., of violations; kind_member(k): "pk" ..., of metrics.json;
 *  kind_title(k): for people, of the kind; kind_noun(k): of one such rule */
const char *kind_code(enum kind k);
const char *kind_member(enum kind k);
const char *kind_title(enum kind k);
const char *kind_noun(enum kind k);

/** kind_in_order(i): number ${i} of KINDS in the order of metrics.json, which begins with the
 * members of version 0.1 in theirs. */
enum kind kind_in_order(size_t i);

struct example {
	uint64_t row;	  /* of the table, from 1; 0 none */
	uint64_t first;	  /* the row that had the key first, or 0 */
	const char *what; /* what is wrong, static, or NULL */
};

enum answer { ANSWER_HOLDS, ANSWER_FAILS, ANSWER_NOT_EVALUATED, ANSWERS };

/** answer_name(a): "holds" "fails" "not_evaluated"; answer_title(a): for people. */
const char *answer_name(enum answer a);
const char *answer_title(enum answer a);

/*
 * What a rule is about.  A column's own rules have the column; those of a domain's checks the
 * check too; those of a CHECK or a foreign key the constraint; those of a key (keyset.h) that.  A
 * domain may lie deeper, in the elements of an
 * array or the attributes of a composite type: then ${deep} has its values, as SQL.
 */
struct subject {
	const struct pg_constraint *con;
	const struct pg_key *key;
	const struct pg_check *check;
	const struct pg_type *domain; /* that the check is of */
	int col;		      /* -1: none */
	const char *deep;	      /* a query that gives one column, value; or NULL */
};

struct rule {
	enum kind kind;
	struct subject of;
	enum plan_policy policy;
	const struct plan_table *table;
	const char *code;	   /* of its violations; NULL: the kind's */
	const char *path;	   /* "crm.leads.email" */
	const char *name;	   /* of the constraint, or NULL */
	const char *definition;	   /* what must hold */
	const char *not_evaluated; /* why the files could not answer, or NULL */
	const char *not_asked;	   /* why the database could not be asked, or NULL */
	bool asked;		   /* the database answered */
	uint64_t violations;	   /* in the files ... */
	uint64_t sql_violations;   /* ... and in the database */
	struct example *examples;  /* by row */
	uint32_t nexamples;
};

struct warning {
	const char *code, *path, *message, *hint; /* hint or NULL */
};

struct findings {
	struct arena *a;
	uint32_t keep; /* examples a rule */
	struct rule **rules;
	uint32_t nrules, cap_rules;
	struct warning *warnings;
	uint32_t nwarnings, cap_warnings;
};

/** findings_rule(f, kind, policy, t, path): a rule about the table; the caller says what else it
 *  is about.  NULL when memory is out. */
struct rule *findings_rule(struct findings *f, enum kind kind, enum plan_policy policy,
	const struct plan_table *t, const char *path);

/** findings_hit(f, r, row, first, what): a violation. */
void findings_hit(
	const struct findings *f, struct rule *r, uint64_t row, uint64_t first, const char *what);

/** findings_warn(f, code, path, hint, fmt, ...): -1 when memory is out. */
int findings_warn(struct findings *f, const char *code, const char *path, const char *hint,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/** findings_warnings_of(f, at): how many warnings have the code of number ${at}, where that is the
 *  first of them; else 0. */
uint32_t findings_warnings_of(const struct findings *f, uint32_t at);

/** findings_finish(f, e): what policy "warn" lets pass becomes warnings; all is sorted. */
int findings_finish(struct findings *f, struct err *e);

/** rule_counts(r): whether the plan wants it enforced: its violations decide the exit status. */
bool rule_counts(const struct rule *r);

/** rule_answer(r): what is known of it, once files and database have answered. */
enum answer rule_answer(const struct rule *r);

/** rule_why(r): why it was not evaluated, by the database or else by the files; NULL where both
 * that were asked could answer. */
const char *rule_why(const struct rule *r);

/** rule_name(r): of the constraint, else of the kind: "NOT NULL". */
const char *rule_name(const struct rule *r);

/** rule_aside(r): what the plan says of a rule that does not count: "switched off by the plan";
 *  NULL for one that does. */
const char *rule_aside(const struct rule *r);

/* Sums of a kind, as the files answered.  Rules that do not count are in checked or not_evaluated
 * too, their violations are apart. */
struct tally {
	uint64_t checked, violations, not_evaluated;
	uint64_t aside, aside_violations; /* rules that the plan switched off or only warns of */
	uint64_t asked, by_sql;		  /* rules the database answered; violations that count */
};

struct tally findings_tally(const struct findings *f, enum kind k);

/* All rules by their answers: those that count, and those that the plan set aside. */
struct outcome {
	uint64_t counted[ANSWERS], aside[ANSWERS];
	uint64_t violations; /* of rules that count, in files and database */
};

struct outcome findings_outcome(const struct findings *f);

/** outcome_answer(o): the verdict over all rules, those set aside included, because PostgreSQL
 *  enforces them too: fails where one fails, holds only where every one was evaluated and holds. */
enum answer outcome_answer(const struct outcome *o);

#endif
