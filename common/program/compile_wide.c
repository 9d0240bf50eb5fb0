/* SPDX-License-Identifier: MIT */
/*
 * Numbers beyond what a numeric column is filled with. Its values are integers of 18 digits in
 * units of its last decimal, so that numeric(30,10) has at most 8 digits before the point, whatever
 * the type allows. A check that asks for more is refused; the message then says this, because "none
 * of 163,840 rows passes" hides the reason.
 */
#include "common/program/compile.h"

#include <ctype.h>
#include <stdlib.h>

#include "common/base/num.h"

enum { DIGITS = 18 };

/* Whether the text has a number as great as 10^${digits}, in figures: 1e20 is printed so. */
static bool has_number_beyond(const char *text, unsigned digits)
{
	for (const char *p = text; *p != '\0'; p++) {
		unsigned n = 0;

		if (!isdigit((unsigned char)*p))
			continue;
		while (*p == '0')
			p++;
		while (isdigit((unsigned char)p[n]))
			n++;
		if (n > digits)
			return true;
		p += n;
		if (*p == '\0')
			break;
	}
	return false;
}

const char *compile_wide_hint(
	struct compiler *k, const uint32_t *cols, uint32_t n, const char *definition)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct gen_column *c = &k->b->columns[cols[i]].gc;
		int precision, scale;

		if (c->type != VT_DEC || c->scale > DIGITS)
			continue;
		pg_numeric_limits(c->base, &precision, &scale);
		if ((precision >= 0 && precision <= DIGITS) ||
			!has_number_beyond(definition, DIGITS - c->scale))
			continue;
		return arena_printf(k->a,
			"numbers of column %s are made of %d digits, %u of them behind the point: "
			"%slet it be NULL, or leave the table out",
			c->column->name, DIGITS, (unsigned)c->scale,
			c->scale > 0 ? "declare it with fewer decimals, " : "");
	}
	return NULL;
}
