/* SPDX-License-Identifier: MIT */
/*
 * How children choose their parents, as a product of independent fields (struct
 * plan_how): which parents are eligible, by which law one is chosen, whether a
 * row knows its rank among its siblings, and whether all are NULL.
 *
 * What a law implies is a row of the table below, and every question about a
 * foreign key is a function of the product. So code asks for the property that
 * it needs ("does a row know its rank?") and not for a list of laws, and a new
 * law is a new row.
 */
#include "common/plan/plan_how.h"

#include <string.h>

/* ---- laws -------------------------------------------------------------------------------- */

/* What a law implies, whoever is eligible. */
static const struct law {
	const char *name;
	bool draws;	/* a row's parent is drawn at random ... */
	bool rankable;	/* ... and may be placed instead, so that rows know their ranks */
	bool shares;	/* parents share the rows by counting: a row always knows its rank */
	bool injective; /* a parent has one child at most */
	bool own;	/* it is of a table to itself */
	bool exact;	/* its share of NULLs is exact */
	enum plan_parameter told;
} laws[] = {
	[PLAN_LAW_NONE] = {.name = "none"},
	[PLAN_LAW_UNIFORM] = {.name = "uniform", .draws = true},
	[PLAN_LAW_ROUND_ROBIN] = {.name = "round_robin", .shares = true},
	[PLAN_LAW_ZIPF] = {.name = "zipf", .draws = true, .rankable = true, .told = PLAN_TELL_FAN},
	[PLAN_LAW_WEIGHTED] = {.name = "weighted",
		.draws = true,
		.rankable = true,
		.told = PLAN_TELL_WEIGHTS},
	[PLAN_LAW_FAN_OUT] = {.name = "fan_out",
		.shares = true,
		.exact = true,
		.told = PLAN_TELL_FAN},
	[PLAN_LAW_ONE_TO_ONE] = {.name = "one_to_one", .injective = true},
	[PLAN_LAW_FOREST] = {.name = "forest",
		.draws = true,
		.rankable = true,
		.own = true,
		.told = PLAN_TELL_TREES},
	[PLAN_LAW_CYCLE] = {.name = "cycle", .injective = true, .own = true},
};

static const char *const eligibles[] = {
	[PLAN_ELIGIBLE_ALL] = "all",
	[PLAN_ELIGIBLE_AGREEING] = "agreeing",
};

/* The words that plans had for products before they had laws. */
static const struct {
	const char *word;
	struct plan_how how;
} words[] = {
	{"uniform", {PLAN_ELIGIBLE_ALL, PLAN_LAW_UNIFORM, false, false}},
	{"balanced", {PLAN_ELIGIBLE_ALL, PLAN_LAW_UNIFORM, true, false}},
	{"one_to_one", {PLAN_ELIGIBLE_ALL, PLAN_LAW_ONE_TO_ONE, false, false}},
	{"round_robin", {PLAN_ELIGIBLE_ALL, PLAN_LAW_ROUND_ROBIN, true, false}},
	{"fan_out", {PLAN_ELIGIBLE_ALL, PLAN_LAW_FAN_OUT, true, false}},
	{"zipf", {PLAN_ELIGIBLE_ALL, PLAN_LAW_ZIPF, false, false}},
	{"weighted", {PLAN_ELIGIBLE_ALL, PLAN_LAW_WEIGHTED, false, false}},
	{"forest", {PLAN_ELIGIBLE_ALL, PLAN_LAW_FOREST, false, false}},
	{"grove", {PLAN_ELIGIBLE_AGREEING, PLAN_LAW_FOREST, false, false}},
	{"ring", {PLAN_ELIGIBLE_AGREEING, PLAN_LAW_CYCLE, false, false}},
	{"among", {PLAN_ELIGIBLE_AGREEING, PLAN_LAW_UNIFORM, false, false}},
	{"off", {PLAN_ELIGIBLE_ALL, PLAN_LAW_NONE, false, false}},
	{"null", {PLAN_ELIGIBLE_ALL, PLAN_LAW_NONE, false, true}},
};

enum { WORDS = sizeof(words) / sizeof(words[0]) };

static const struct law *law_of(struct plan_how h)
{
	return &laws[h.law];
}

/* ---- products ---------------------------------------------------------------------------- */

struct plan_how how_by(enum plan_law law)
{
	return (struct plan_how){.law = law, .ranked = laws[law].shares};
}

struct plan_how how_agreeing(struct plan_how h)
{
	h.eligible = PLAN_ELIGIBLE_AGREEING;
	return h;
}

struct plan_how how_ranking(struct plan_how h)
{
	h.ranked = true;
	return h;
}

struct plan_how how_none(bool all_null)
{
	return (struct plan_how){.law = PLAN_LAW_NONE, .all_null = all_null};
}

/* Whether the fields fit together; documents may say anything. */
bool how_sound(struct plan_how h)
{
	const struct law *l = law_of(h);

	if (!how_picks(h))
		return !how_agrees(h) && !h.ranked;
	if (h.all_null || (l->shares && !h.ranked) || (l->injective && h.ranked))
		return false;
	if (how_agrees(h)) /* one of those that agree, or a tree or a cycle of them */
		return l->own || h.law == PLAN_LAW_UNIFORM;
	return h.law != PLAN_LAW_CYCLE; /* without a base it is one to one */
}

/* ---- questions --------------------------------------------------------------------------- */

/* Whether there is a parent to be chosen at all. */
bool how_picks(struct plan_how h)
{
	return h.law != PLAN_LAW_NONE;
}

bool how_off(struct plan_how h)
{
	return h.law == PLAN_LAW_NONE && !h.all_null;
}

bool how_agrees(struct plan_how h)
{
	return h.eligible == PLAN_ELIGIBLE_AGREEING;
}

/*
 * Whether any parent will do that agrees with the one its base has chosen in
 * the columns that they share.
 */
bool how_follows(struct plan_how h)
{
	return how_agrees(h) && !law_of(h)->own;
}

bool how_grows(struct plan_how h)
{
	return how_agrees(h) && law_of(h)->own;
}

bool how_even(struct plan_how h)
{
	return h.law == PLAN_LAW_UNIFORM && h.ranked && !how_agrees(h);
}

/* Whether the parent of a row can be computed from the row's number. */
bool how_enumerable(struct plan_how h)
{
	return law_of(h)->shares || how_even(h);
}

bool how_lists(struct plan_how h)
{
	return how_enumerable(h) || how_one_to_one(h);
}

bool how_ranks_draws(struct plan_how h)
{
	return h.ranked && !how_enumerable(h);
}

bool how_rankable(struct plan_how h)
{
	return law_of(h)->rankable;
}

bool how_free(struct plan_how h)
{
	return h.law == PLAN_LAW_UNIFORM && !h.ranked && !how_agrees(h);
}

bool how_drawn(struct plan_how h)
{
	return law_of(h)->draws && !how_enumerable(h);
}

bool how_alone(struct plan_how h)
{
	return how_drawn(h) && !law_of(h)->own && !how_agrees(h);
}

/* Whether another parent may be drawn when a check of the row fails. */
bool how_redraws(struct plan_how h)
{
	return law_of(h)->draws && !h.ranked;
}

/* Whether each parent has at most one child. */
bool how_one_to_one(struct plan_how h)
{
	return law_of(h)->injective && !how_agrees(h);
}

bool how_cycles(struct plan_how h)
{
	return law_of(h)->injective && how_agrees(h);
}

bool how_forest(struct plan_how h)
{
	return law_of(h)->told == PLAN_TELL_TREES;
}

bool how_exact(struct plan_how h)
{
	return law_of(h)->exact;
}

enum plan_parameter how_told(struct plan_how h)
{
	return law_of(h)->told;
}

/* ---- words ------------------------------------------------------------------------------- */

const char *plan_eligible_name(int i)
{
	return (size_t)i < sizeof(eligibles) / sizeof(eligibles[0]) ? eligibles[i] : NULL;
}

const char *plan_law_name(int i)
{
	return (size_t)i < PLAN_LAWS ? laws[i].name : NULL;
}

/* A ranked draw has the word of the draw. */
const char *how_word(struct plan_how h)
{
	size_t i = 0;

	while (i + 1 < WORDS && (words[i].how.eligible != h.eligible || words[i].how.law != h.law ||
					words[i].how.all_null != h.all_null ||
					how_even(words[i].how) != how_even(h)))
		i++;
	return words[i].word;
}

/*
 * The product that one of the old words stands for; false when it is none of
 * them.
 */
bool how_named(struct plan_how *h, const char *word, size_t n)
{
	for (size_t i = 0; i < WORDS; i++)
		if (strlen(words[i].word) == n && memcmp(words[i].word, word, n) == 0) {
			*h = words[i].how;
			return true;
		}
	return false;
}
