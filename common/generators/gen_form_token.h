/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_FORM_TOKEN_H
#define COMMON_GEN_FORM_TOKEN_H

#include "common/base/str.h"
#include "common/generators/locale.h"

/*
 * gen_form_token: the one reader of what forms.txt and record.tsv are written in: texts with tokens
 * in braces (gen_form.h, gen_record.h).  It says what a token is; what a list has for it is looked
 * up by those that make texts of it: forms for a column (gen_form_read.c), and the facets of
 * records (gen_record_text.c).
 */

enum form_token_kind {
	TOKEN_LITERAL,
	TOKEN_CELL,   /* {list}, {list.column}, {list[other=value]}, {list.column>in.its}, ~ or ^ */
	TOKEN_OTHER,  /* {other} */
	TOKEN_DIGITS, /* {#8}, {#4:2000}, {###-####} */
	TOKEN_NUMBER, /* {1..99} */
	TOKEN_RANK,   /* {rank}, {rank:-} */
	TOKEN_CODE,   /* {list.column:#####-###} */
};

/* All views are parts of the form, and empty where the token does not say them. */
struct form_token {
	enum form_token_kind kind;
	struct view text;	  /* the literal, or what stands between the braces */
	struct view list, column; /* CELL, CODE */
	struct view other, value; /* CELL: only rows with that value in that column */
	struct view in, its;	  /* CELL: the cell is looked up there */
	char change;		  /* CELL: '~', '^' or 0 */
	struct view mask;	  /* CODE, and DIGITS with something between them: "#" is a
				   * digit; RANK: what stands before it */
	uint32_t width;		  /* DIGITS: how many */
	uint64_t from, count;	  /* DIGITS, NUMBER: the first of them, and how many there are */
};

/** form_token_next(p, t): the token or the literal that ${p} begins with, in ${t}; where the next
 *  one begins.  NULL: a brace without its pair, or nothing between them. */
const char *form_token_next(const char *p, struct form_token *t);

/** form_token_of(p, n, t): the token that stands between two braces. */
void form_token_of(const char *p, size_t n, struct form_token *t);

/** form_token_column(l, name, a): the column of that name; the first where none is said; -1: there
 *  is none, or no memory in ${a}. */
int form_token_column(const struct locale_list *l, struct view name, struct arena *a);

/** form_token_change(t, how, a): fold ${t} to ASCII letters and digits ('~'), or make its first
 * letter large if it is one of ASCII ('^'), in a copy in ${a}; 0 leaves it.  false when memory is
 * out. */
bool form_token_change(struct vtext *t, char how, struct arena *a);

#endif
