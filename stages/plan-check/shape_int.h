/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_SHAPE_INT_H
#define PLAN_CHECK_SHAPE_INT_H

#include <stdint.h>

/*
 * shape_int: the structure of a plan as data, for the check of it and for the part of
 * plans/plan.schema.json that is made of it.
 */

enum kind {
	K_ANY,
	K_STR,
	K_WORD,
	K_UINT,
	K_BOOL,
	K_RATE,
	K_DAY,
	K_MAP, /* an object whose keys are names */
	K_OBJ,
	K_ARR,
	K_RULE,
	K_GENERATOR
};

enum { REQUIRED = 1, NULLABLE = 2, ONCE_REQUIRED = 4 }; /* ONCE: before 0.3 */

struct member {
	const char *name;
	enum kind kind;
	unsigned flags;
	const struct member *sub; /* K_OBJ: members; K_ARR: the one entry says what elements are */
	const char *const *words; /* K_WORD */
	uint64_t max;		  /* K_UINT: what the type holds; 0 no limit but 64 bits */
};

/* Lists of members end with one without a name. */
extern const struct member shape_plan[];
extern const char *const shape_rule_words[];	 /* ended by NULL */
extern const struct member *const shape_rules[]; /* by type of rule, as the words */

#endif
