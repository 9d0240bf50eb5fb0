/* SPDX-License-Identifier: MIT */
#ifndef EVAL_FINDINGS_H
#define EVAL_FINDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/plan/plan.h"

/*
 * findings: what was asked of the files and what came out.  A rule is one question
 * about one table; it counts every violation and keeps the first rows as examples.
 * No value of a row is kept: rows are named by number.
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

struct example {
	uint64_t row;	  /* of the table, from 1; 0 none */
	uint64_t first;	  /* the row that had the key first, or 0 */
	const char *what; /* what is wrong, static, or NULL */
};

struct rule {
	enum kind kind;
	enum plan_policy policy;
	const struct plan_table *table;
	const char *code;	   /* of its violations; NULL: the kind's */
	const char *path;	   /* "crm.leads.email" */
	const char *name;	   /* of the constraint, or NULL */
	const char *definition;	   /* what must hold */
	const char *not_evaluated; /* why it was not, or NULL */
	bool off;		   /* nobody asked: policy ignore, FK off */
	uint64_t violations;
	struct example *examples; /* by row */
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

/** findings_rule(f, kind, policy, t, path): a rule; NULL when memory is out. */
struct rule *findings_rule(struct findings *f, enum kind kind, enum plan_policy policy,
	const struct plan_table *t, const char *path);

/** findings_hit(f, r, row, first, what): a violation. */
void findings_hit(
	const struct findings *f, struct rule *r, uint64_t row, uint64_t first, const char *what);

/** findings_warn(f, code, path, hint, fmt, ...): -1 when memory is out. */
int findings_warn(struct findings *f, const char *code, const char *path, const char *hint,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/** findings_finish(f, e): what policy "warn" lets pass becomes warnings; all is sorted. */
int findings_finish(struct findings *f, struct err *e);

/** rule_counts(r): whether its violations count: evaluated, and enforced. */
bool rule_counts(const struct rule *r);

/* Sums of a kind. */
struct tally {
	uint64_t checked, violations, not_evaluated, off;
};

struct tally findings_tally(const struct findings *f, enum kind k);

/** findings_total(f): violations that count; an enforced CHECK nobody could evaluate is one. */
uint64_t findings_total(const struct findings *f);

#endif
