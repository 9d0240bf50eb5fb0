/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/base/calendar.h"
#include "common/base/num.h"
#include "common/base/rng.h"

/*
 * lineitem ROWS: rows of lineitem's shape, by a loop that knows the table: what a plan can at best
 * come near to.  Each cell is a draw of the same random numbers and is written straight into the
 * buffer; keys of parents are their numbers, so that nothing is read.  Prints nanoseconds of CPU a
 * row, and bytes a row, and writes the rows to stdout if there is another argument.
 */

enum { BUFFER = 512 * 1024, ROW_MAX = 320, DAYS = 2700, FIRST_DAY = -2922, SLOT = 32 };

struct word {
	char text[SLOT];
	uint32_t n;
};

#define WORD(s)                                                                                    \
	{                                                                                          \
		s, sizeof(s) - 1                                                                   \
	}

static const struct word instructions[4] = {
	WORD("DELIVER IN PERSON"), WORD("COLLECT COD"), WORD("NONE"), WORD("TAKE BACK RETURN")};
static const struct word modes[7] = {WORD("REG AIR"), WORD("AIR"), WORD("RAIL"), WORD("SHIP"),
	WORD("TRUCK"), WORD("MAIL"), WORD("FOB")};
static const char letters[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789ab";

static char pairs[4096][2]; /* two letters by twelve bits */
static char days[DAYS][16];

static void tables(void)
{
	for (size_t i = 0; i < 4096; i++) {
		pairs[i][0] = letters[i % 64];
		pairs[i][1] = letters[i / 64];
	}
	for (size_t i = 0; i < DAYS; i++) {
		char text[CAL_MAX];

		(void)cal_fmt_date(text, FIRST_DAY + (int64_t)i);
		memcpy(days[i], text, 10);
		days[i][10] = ',';
	}
}

static uint64_t below(uint64_t column, uint64_t row, uint64_t n)
{
	return rng_below(rng_at(column * 0x9e3779b9, row), n);
}

static char *integer(char *to, uint64_t v)
{
	uint64_t digits = num_eight((uint32_t)v);

	to = num_put_eight(to, digits, num_zeros(digits, 7));
	*to = ',';
	return to + 1;
}

static char *money(char *to, uint64_t v)
{
	uint64_t digits = num_eight((uint32_t)v);

	to = num_put_eight(to, digits, num_zeros(digits, 5)) - 2;
	*to = '.';
	to = num_put_eight(to + 1, digits, 6);
	*to = ',';
	return to + 1;
}

static char *word(char *to, const struct word *w)
{
	memcpy(to, w->text, SLOT);
	to[w->n] = ',';
	return to + w->n + 1;
}

static char *letter(char *to, char c)
{
	to[0] = c;
	to[1] = ',';
	return to + 2;
}

static char *day(char *to, uint64_t at)
{
	memcpy(to, days[at], 16);
	return to + 11;
}

/* 10 to 43 letters, ten of them from each draw. */
static char *comment(char *to, uint64_t row)
{
	uint64_t n = 10 + below(16, row, 34), bits = 0;
	char *end = to + n;

	for (uint64_t i = 0; to < end; i++, to += 2, bits >>= 12) {
		if (i % 5 == 0)
			bits = rng_at(17 + i, row);
		memcpy(to, pairs[bits & 4095], 2);
	}
	*end = '\n';
	return end + 1;
}

static char *one(char *to, uint64_t r)
{
	uint64_t order = r / 4, at = below(10, order, DAYS - 160),
		 ship = at + 1 + below(11, r, 121);

	to = integer(to, order + 1);
	to = integer(to, 1 + below(1, r, 200000));
	to = integer(to, 1 + below(2, r, 10000));
	to = integer(to, 1 + r % 4);
	to = money(to, 100 + below(3, r, 4901));
	to = money(to, 90100 + below(4, r, 10404850));
	to = money(to, below(5, r, 11));
	to = money(to, below(6, r, 9));
	to = letter(to, "ANR"[below(7, r, 3)]);
	to = letter(to, "FO"[below(8, r, 2)]);
	to = day(to, ship);
	to = day(to, at + 30 + below(12, r, 61));
	to = day(to, ship + 1 + below(13, r, 30));
	to = word(to, &instructions[below(14, r, 4)]);
	to = word(to, &modes[below(15, r, 7)]);
	return comment(to, r);
}

int main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 0, bytes = 0;
	FILE *f = argc > 2 ? stdout : fopen("/dev/null", "w");
	char *buffer = malloc(BUFFER), *to = buffer;
	struct rusage u;

	if (n == 0 || f == NULL || buffer == NULL)
		return 2;
	tables();
	for (uint64_t r = 0; r < n; r++) {
		to = one(to, r);
		if (r + 1 < n && (size_t)(to - buffer) < BUFFER - ROW_MAX)
			continue;
		bytes += (uint64_t)(to - buffer);
		if (fwrite(buffer, 1, (size_t)(to - buffer), f) == 0)
			return 1;
		to = buffer;
	}
	if (fclose(f) != 0)
		return 1;
	getrusage(RUSAGE_SELF, &u);
	free(buffer);
	fprintf(stderr, "%.1f %.1f\n",
		((double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e9 +
			(double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e3) /
			(double)n,
		(double)bytes / (double)n);
	return 0;
}
