/* SPDX-License-Identifier: MIT */
/* plan_how: which products of eligible parents, law, rank and NULLs there are, and what each is. */
#include "common/plan/plan_how.h"

#include <stdint.h>

#include "tests/unit/check.h"
#include "tests/unit/how.h"

static const struct {
	const char *name;
	bool (*ask)(struct plan_how h);
} questions[] = {
	{"picks", how_picks},
	{"off", how_off},
	{"agrees", how_agrees},
	{"follows", how_follows},
	{"grows", how_grows},
	{"enumerable", how_enumerable},
	{"lists", how_lists},
	{"ranks_draws", how_ranks_draws},
	{"rankable", how_rankable},
	{"free", how_free},
	{"alone", how_alone},
	{"drawn", how_drawn},
	{"redraws", how_redraws},
	{"one_to_one", how_one_to_one},
	{"cycles", how_cycles},
	{"forest", how_forest},
	{"even", how_even},
	{"exact", how_exact},
};

/* The questions that a product answers with yes. */
static const char *answers(struct plan_how h)
{
	static char text[512];

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		if (questions[i].ask(h))
			(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
				text[0] != '\0' ? " " : "", questions[i].name);
	return text;
}

static void check_words(void)
{
	static const struct {
		const char *word, *yes;
	} all[] = {
		{"uniform", "picks free alone drawn redraws"},
		{"balanced", "picks enumerable lists even"},
		{"one_to_one", "picks lists one_to_one"},
		{"round_robin", "picks enumerable lists"},
		{"fan_out", "picks enumerable lists exact"},
		{"zipf", "picks rankable alone drawn redraws"},
		{"weighted", "picks rankable alone drawn redraws"},
		{"forest", "picks rankable drawn redraws forest"},
		{"grove", "picks agrees grows rankable drawn redraws forest"},
		{"ring", "picks agrees grows cycles"},
		{"among", "picks agrees follows drawn redraws"},
		{"off", "off"},
		{"null", ""},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct plan_how h = how(all[i].word);

		CHECK(how_sound(h));
		CHECK_STR(answers(h), all[i].yes);
		CHECK_STR(how_word(h), all[i].word);
	}
	CHECK_STR(answers(how_ranking(how("uniform"))), answers(how("balanced")));
	CHECK_STR(answers(how_ranking(how("zipf"))), "picks ranks_draws rankable alone drawn");
	CHECK_STR(answers(how_ranking(how("among"))), "picks agrees follows ranks_draws drawn");
	CHECK_STR(how_word(how_ranking(how("zipf"))), "zipf");
}

/* Of all products there are, those that are sound: the words', and draws that are ranked. */
static void check_products(void)
{
	uint32_t sound = 0;

	for (uint32_t i = 0; i < 2 * 2 * 2 * PLAN_LAWS; i++) {
		struct plan_how h = {
			.eligible = i % 2 == 0 ? PLAN_ELIGIBLE_ALL : PLAN_ELIGIBLE_AGREEING,
			.ranked = i / 2 % 2 == 1,
			.all_null = i / 4 % 2 == 1,
			.law = (enum plan_law)(i / 8)};

		if (!how_sound(h))
			continue;
		sound++;
		CHECK(how_picks(h) != (h.law == PLAN_LAW_NONE));
		CHECK(!how_enumerable(h) || (h.ranked && !how_redraws(h)));
		CHECK(!how_ranks_draws(h) || (h.ranked && how_drawn(h)));
		CHECK(how_agrees(h) == (how_follows(h) || how_grows(h)));
		CHECK(!how_lists(h) || !how_agrees(h));
	}
	/* ranked besides: zipf, weighted, forest, grove, among */
	CHECK(sound == 13 + 5);
	CHECK(plan_law_name(PLAN_LAWS) == NULL && plan_eligible_name(2) == NULL);
}

int main(void)
{
	struct plan_how h;

	check_words();
	check_products();
	CHECK(!how_named(&h, "balancedx", 9) && !how_named(&h, "balance", 7));
	return check_done();
}
