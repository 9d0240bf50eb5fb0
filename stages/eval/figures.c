/* SPDX-License-Identifier: MIT */
#include "stages/eval/figures.h"

#include "stages/eval/profile.h"

typedef unsigned long long llu;

void figure_number(struct buf *b, uint64_t n, const struct figure_style *s)
{
	char digits[24];
	int len = 0;

	do {
		digits[len++] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	while (len-- > 0) {
		buf_addc(b, digits[len]);
		if (len > 0 && len % 3 == 0)
			buf_adds(b, s->group);
	}
}

void figure_share(struct buf *b, uint64_t n, uint64_t of, const struct figure_style *s)
{
	uint64_t permille;

	if (of == 0) {
		buf_addc(b, '-');
		return;
	}
	permille = (uint64_t)((unsigned __int128)n * 1000 / of);
	if (n > 0 && permille == 0)
		buf_addf(b, "%s%s0.1%s%%", s->less, s->blank, s->blank);
	else if (permille % 10 == 0)
		buf_addf(b, "%llu%s%%", (llu)permille / 10, s->blank);
	else
		buf_addf(b, "%llu.%llu%s%%", (llu)permille / 10, (llu)permille % 10, s->blank);
}

void figure_seconds(struct buf *b, uint64_t us, const struct figure_style *s)
{
	buf_addf(b, "%llu.%02llu%ss", (llu)(us / 1000000), (llu)(us / 10000 % 100), s->blank);
}

void figure_distinct(struct buf *b, const struct profile_column *c, const struct figure_style *s)
{
	if (!c->read) {
		buf_addc(b, '-');
	} else if (c->exact && c->distinct == c->values && c->values > 1) {
		buf_adds(b, "all");
	} else {
		if (!c->exact)
			buf_addf(b, "about%s", s->blank);
		figure_number(b, c->distinct, s);
	}
}

void figure_lengths(struct buf *b, const struct profile_column *c, const struct figure_style *s)
{
	figure_number(b, c->shortest, s);
	if (c->longest != c->shortest) {
		buf_adds(b, " to ");
		figure_number(b, c->longest, s);
	}
	buf_addf(b, " %s%s", c->bytes ? "byte" : "character", c->longest == 1 ? "" : "s");
}
