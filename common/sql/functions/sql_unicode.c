/* SPDX-License-Identifier: MIT */
#include "common/sql/functions/sql_unicode.h"

#include <stddef.h>

#include "common/sql/functions/sql_unicode_table.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/*
 * The tables are runs in ascending order, found by bisection: some 8 comparisons for a letter that
 * is no ASCII, and no table of a million entries.  Every second code point changes where upper and
 * lower case alternate (Latin Extended): a run has a step for those.
 */
uint32_t sql_letter_case(uint32_t c, bool upper)
{
	const struct change *t = upper ? uppers : lowers;
	size_t lo = 0, n = upper ? COUNT(uppers) : COUNT(lowers), hi = n;

	if (c < 0x80) {
		uint32_t first = upper ? 'a' : 'A';

		return c - first < 26 ? c ^ 32 : c;
	}
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t[mid].last < c)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == n || c < t[lo].first || (c - t[lo].first) % (uint32_t)t[lo].step != 0)
		return c;
	return (uint32_t)((int64_t)c + t[lo].by);
}

bool sql_letter_alnum(uint32_t c)
{
	size_t lo = 0, hi = COUNT(alnums);

	if (c < 0x80)
		return c - '0' < 10 || (c | 32) - 'a' < 26;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (alnums[mid].last < c)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < COUNT(alnums) && c >= alnums[lo].first;
}
