/* SPDX-License-Identifier: MIT */
#include "stages/eval/md.h"

#include <string.h>

#include "common/base/visible.h"

const struct figure_style md_style = {.group = ",", .blank = " ", .less = "\\<"};

void md_cell(struct buf *b, const char *s)
{
	static const char markup[] = "|\\`<";

	for (size_t n; *s != '\0'; s += n) {
		if ((n = strspn(s, markup)) > 0) {
			buf_addc(b, '\\');
			buf_addc(b, *s);
			n = 1;
			continue;
		}
		n = strcspn(s, markup);
		buf_visible(b, s, n, VISIBLE_LINE);
	}
}

void md_number(struct buf *b, uint64_t n)
{
	figure_number(b, n, &md_style);
}
