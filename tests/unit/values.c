/* SPDX-License-Identifier: MIT */
/* Values and our texts for them, as lines "kind TAB a TAB b TAB ours", for PostgreSQL to judge. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/num.h"
#include "common/base/rng.h"

enum { EACH = 20000 };

static void reals(uint64_t i)
{
	uint64_t bits = rng_at(11, i);
	uint32_t low = (uint32_t)bits;
	char t[NUM_MAX + 1];
	double d;
	float f;

	memcpy(&d, &bits, sizeof(d));
	memcpy(&f, &low, sizeof(f));
	if (i % 2 == 1) /* near one, and of few digits, as people's numbers are */
		d = (double)(int64_t)(bits >> 36) / 1000 - 100000, f = (float)d;
	if (isfinite(d) && fabs(d) >= DBL_MIN) {
		t[num_fmt_f64(t, d)] = '\0';
		printf("f8\t%.17g\t0\t%s\n", d, t);
	}
	if (isfinite(f) && fabsf(f) >= FLT_MIN) {
		t[num_fmt_f32(t, f)] = '\0';
		printf("f4\t%.9g\t0\t%s\n", (double)f, t);
	}
}

static void dates(uint64_t i)
{
	uint64_t span = (uint64_t)(CAL_DATE_MAX - CAL_DATE_MIN + 1);
	int64_t day = CAL_DATE_MIN + (int64_t)rng_below(rng_at(12, i), i % 2 ? span : 5000000);
	int64_t usec = (int64_t)rng_below(rng_at(13, i), (uint64_t)CAL_DAY), ts;
	char t[CAL_MAX + 1];

	t[cal_fmt_date(t, day)] = '\0';
	printf("date\t%" PRId64 "\t0\t%s\n", day, t);
	if (i % 3 == 0)
		usec -= usec % 1000;
	t[cal_fmt_time(t, usec)] = '\0';
	printf("time\t0\t%" PRId64 "\t%s\n", usec, t);
	day = day % 100000000; /* timestamps end earlier */
	ts = day * CAL_DAY + usec;
	t[cal_fmt_ts(t, ts, ' ')] = '\0';
	printf("ts\t%" PRId64 "\t%" PRId64 "\t%s\n", day, usec, t);
	t[cal_fmt_tstz(t, ts, ' ')] = '\0';
	printf("tstz\t%" PRId64 "\t%" PRId64 "\t%s\n", day, usec, t);
	t[cal_fmt_rfc3339(t, ts)] = '\0';
	if (ts > -CAL_UNIX_USEC && day < 2900000)
		printf("rfc\t%" PRId64 "\t%" PRId64 "\t%s\n", day, usec, t);
	printf("week\t%" PRId64 "\t0\t%d %d\n", day, cal_weekday(day), cal_yearday(day));
	t[cal_fmt_date(t, cal_add_months(day, (int64_t)(i % 500) - 250))] = '\0';
	if (day > CAL_DATE_MIN + 10000)
		printf("month\t%" PRId64 "\t%d\t%s\n", day, (int)(i % 500) - 250, t);
}

int main(void)
{
	for (uint64_t i = 0; i < EACH; i++) {
		reals(i);
		dates(i);
	}
	return 0;
}
