/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PLAN_HOW_H
#define COMMON_PLAN_HOW_H

#include <stdbool.h>
#include <stddef.h>

/*
 * how: how the rows of a child choose rows of a parent, by one foreign key.  It is a product of
 * four fields that know nothing of each other: which parents are eligible, by which law they are
 * shared out, whether a row knows its rank among its siblings, and whether it is NULL.  What a law
 * implies is in one table, plan_how.c; other code asks the questions below and names no law, unless
 * it decides which one there is to be, or carries it out.
 *
 * A rule's where, and rows that a database has, restrict who is eligible of either kind.
 */

enum plan_eligible {
	PLAN_ELIGIBLE_ALL,	/* all rows of the parent */
	PLAN_ELIGIBLE_AGREEING, /* those that agree with the row's parent by another foreign key,
				   the base, in the columns that both share or are tied by */
};

enum plan_law {
	PLAN_LAW_NONE,	      /* no parent is chosen: the columns have generators, or are NULL */
	PLAN_LAW_UNIFORM,     /* all alike; ranked: each has as many children, or one more */
	PLAN_LAW_ROUND_ROBIN, /* the row number modulo their number */
	PLAN_LAW_ZIPF,	      /* that of rank r in proportion to r^-s */
	PLAN_LAW_WEIGHTED,    /* in proportion to an expression over the parent */
	PLAN_LAW_FAN_OUT,     /* each has a number of children that is known beforehand */
	PLAN_LAW_ONE_TO_ONE,  /* at most one child each: an injection */
	PLAN_LAW_FOREST,      /* a table to itself: roots, then rows whose parent is before them */
	PLAN_LAW_CYCLE,	      /* a table to itself: each the next one's, and the last the first's */
	PLAN_LAWS
};

struct plan_how {
	enum plan_eligible eligible;
	enum plan_law law;
	bool ranked;   /* a row knows its place among the children of its parent */
	bool all_null; /* every row is NULL; else as often as rates say */
};

/** how_by(law): of all parents, by that law, ranked where the law cannot be without. */
struct plan_how how_by(enum plan_law law);

/** how_agreeing(h): the same of those that agree with a base.  how_ranking(h): the same, every row
 *  knowing its rank. */
struct plan_how how_agreeing(struct plan_how h);
struct plan_how how_ranking(struct plan_how h);

/** how_sound(h): whether the fields fit together, so that rows can be made by them. */
bool how_sound(struct plan_how h);

/** how_none(all_null): no parent is chosen. */
struct plan_how how_none(bool all_null);

/* ---- questions --------------------------------------------------------------------------- */

/** how_picks(h): whether rows have a parent at all.  how_off(h): no, and their columns have values
 *  of their own. */
bool how_picks(struct plan_how h);
bool how_off(struct plan_how h);

/** how_agrees(h): whether it has a base.  how_follows(h): and picks any parent that agrees.
 *  how_grows(h): and is of a table to itself, among the children of each of the base's parents,
 *  which the base lists. */
bool how_agrees(struct plan_how h);
bool how_follows(struct plan_how h);
bool how_grows(struct plan_how h);

/** how_enumerable(h): whether the parents share the rows so that a row's rank, and a parent's
 *  children, are found by counting.  how_lists(h): whether a parent can list its children: that,
 *  or one to one. */
bool how_enumerable(struct plan_how h);
bool how_lists(struct plan_how h);

/** how_ranks_draws(h): whether the law draws parents, and the rows know their ranks all the same:
 *  see relation/foreign_rank.h. */
bool how_ranks_draws(struct plan_how h);

/** how_rankable(h): whether its law draws, and draws of it can be ranked whoever is eligible.  That
 *  is so of uniform ones too where they are free, which makes them even, or where only one of the
 *  base's parents has each set of values. */
bool how_rankable(struct plan_how h);

/** how_free(h): whether nothing is asked of it: any parent, at random, unranked; so it may become
 *  what a key needs. */
bool how_free(struct plan_how h);

/** how_alone(h): whether the law has each row pick any parent by itself; how_drawn(h): or any of
 *  some.  Ranked ones are of it, but for those that are enumerable. */
bool how_alone(struct plan_how h);
bool how_drawn(struct plan_how h);

/** how_redraws(h): whether a row may draw another parent. */
bool how_redraws(struct plan_how h);

/** how_one_to_one(h): whether no two rows have a parent in common, of all parents.  how_cycles(h):
 *  the same within a base's children.  how_forest(h): whether it makes trees. */
bool how_one_to_one(struct plan_how h);
bool how_cycles(struct plan_how h);
bool how_forest(struct plan_how h);

/** how_even(h): whether the parents have as many children each, as nearly as rows go. */
bool how_even(struct plan_how h);

/** how_exact(h): whether the number of rows with a parent is exact, not drawn. */
bool how_exact(struct plan_how h);

/* What a law is to be told beside. */
enum plan_parameter {
	PLAN_TELL_NOTHING,
	PLAN_TELL_FAN,	   /* numbers of children, a distribution of them: plan_fk.fan */
	PLAN_TELL_WEIGHTS, /* plan_fk.by */
	PLAN_TELL_TREES,   /* roots and depths */
};

/** how_told(h): which. */
enum plan_parameter how_told(struct plan_how h);

/** plan_eligible_name(i), plan_law_name(i): the words of documents: "agreeing", "round_robin"; NULL
 *  beyond the last. */
const char *plan_eligible_name(int i);
const char *plan_law_name(int i);

/** how_word(h): one word for a usual product, such as "uniform" or "balanced": explain-row shows it
 *  as the mode, and plans had it before there were laws.  how_named(h, word, n): the product that
 *  a word of ${n} bytes stands for; false: it stands for none. */
const char *how_word(struct plan_how h);
bool how_named(struct plan_how *h, const char *word, size_t n);

#endif
