/* SPDX-License-Identifier: MIT */
#include "stages/eval/md.h"

#include <string.h>

const struct figure_style md_style = {.group = ",", .blank = " ", .less = "\\<"};

void md_cell(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		if (strchr("|\\`<", *s) != NULL)
			buf_addc(b, '\\');
		buf_addc(b, (unsigned char)*s < ' ' ? ' ' : *s);
	}
}

void md_number(struct buf *b, uint64_t n)
{
	figure_number(b, n, &md_style);
}
