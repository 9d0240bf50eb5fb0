/* SPDX-License-Identifier: MIT */
#include "tests/unit/derive_world.h"

/* derive.moment: after what a row's other columns and its parents say, and by today. */

static void moment_params(struct world *w, const char *typical, const char *most)
{
	fix_params(&w->f, 3);
	mp_str(&w->f.packed, "after");
	mp_array(&w->f.packed, 2);
	mp_str(&w->f.packed, "fk.ts");
	mp_str(&w->f.packed, "d");
	fix_str(&w->f, "typical", typical);
	fix_str(&w->f, "most", most);
}

/* Children of parents of the last days: by today, each where its own parent leaves room, the median
 * in the middle of it, and no moment twice as often as chance has it. */
static void moments_near_today(void)
{
	enum { DAYS = 3 };
	struct world w;
	int bad = 0, early = 0, at_end = 0;
	int64_t today;

	make_world(&w, &tstz, -1);
	moment_params(&w, "60d", "900d");
	CHECK(fix_prepare(&w.f, "derive.moment") == 0);
	CHECK(w.f.g.nin == 2 && w.f.g.in[0].from == GEN_PARENT && w.f.g.in[1].from == GEN_ROW);
	run(&w, VT_TSTZ, 0, VT_DATE);
	today = w.f.c.as_of * CAL_DAY;
	for (uint32_t i = 0; i < N; i++) {
		in[0].v.i[i] = today - DAYS * CAL_DAY + i * CAL_SECOND;
		in[1].v.i[i] = w.f.c.as_of - 100;
		if (i % 2 == 0)
			vec_set_null(&in[1], i);
	}
	derive(&w);
	for (uint32_t i = 0; i < N; i++) {
		int64_t room = today - in[0].v.i[i], gap = out.v.i[i] - in[0].v.i[i];

		bad += gap < 0 || gap > room;
		early += gap < room / 2;
		at_end += gap > room - room / 20;
	}
	CHECK(bad == 0 && early > N * 45 / 100 && early < N * 58 / 100);
	CHECK(at_end > N * 2 / 100 && at_end < N * 8 / 100);
	done(&w);
}

/* The median and the end that the plan gives, where today is far; all NULL, the last three years.
 */
static void moments_have_their_median(void)
{
	struct world w;
	int early = 0, bad = 0, recent = 0;

	make_world(&w, &date, -1);
	moment_params(&w, "5d", "30d");
	CHECK(fix_prepare(&w.f, "derive.moment") == 0);
	run(&w, VT_TSTZ, 0, VT_DATE);
	for (uint32_t i = 0; i < N; i++) {
		in[0].v.i[i] = (w.f.c.as_of - 400) * CAL_DAY;
		in[1].v.i[i] = w.f.c.as_of - 500;
	}
	derive(&w);
	for (uint32_t i = 0; i < N; i++) {
		/* 14 hours of time zones make it the next day */
		int64_t gap = out.v.i[i] - (w.f.c.as_of - 399);

		bad += gap < 0 || gap > 30;
		early += gap < 5;
	}
	CHECK(bad == 0 && early > N * 42 / 100 && early < N * 55 / 100);
	for (uint32_t i = 0; i < N; i++) {
		vec_set_null(&in[0], i);
		vec_set_null(&in[1], i);
	}
	derive(&w);
	for (uint32_t i = 0; i < N; i++) {
		CHECK(out.v.i[i] <= w.f.c.as_of && out.v.i[i] >= w.f.c.as_of - 3 * 365);
		recent += out.v.i[i] > w.f.c.as_of - 3 * 365 / 2;
	}
	CHECK(recent > N * 54 / 100 && recent < N * 64 / 100);
	done(&w);
}

/* Names that mean nothing, columns that are no moments, distances out of order: said by name. */
static void moments_are_refused(void)
{
	struct world w;

	make_world(&w, &tstz, -1);
	moment_params(&w, "5d", "3d");
	CHECK(fix_prepare(&w.f, "derive.moment") == -1);
	CHECK_STR(w.f.e.msg,
		"derive.moment: least, typical and most are not in order from 0 up, typical after "
		"least");
	done(&w);
	for (int i = 0; i < 4; i++) {
		static const char *const name[] = {"nome", "x", "fk.id", "other"};
		static const char *const why[] = {
			"derive.moment: nome (text) is no date and no timestamp",
			"derive.moment: the column is its own input",
			"derive.moment: id (text) is no date and no timestamp",
			"derive.moment: there is no column other in s.t"};

		make_world(&w, &tstz, -1);
		fix_params(&w.f, 1);
		mp_str(&w.f.packed, "before");
		mp_array(&w.f.packed, 1);
		mp_str(&w.f.packed, name[i]);
		CHECK(fix_prepare(&w.f, "derive.moment") == -1);
		CHECK_STR(w.f.e.msg, why[i]);
		done(&w);
	}
}

int main(void)
{
	moments_near_today();
	moments_have_their_median();
	moments_are_refused();
	return check_done();
}
