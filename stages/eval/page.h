/* SPDX-License-Identifier: MIT */
#ifndef EVAL_PAGE_H
#define EVAL_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/str.h"
#include "common/schema/schema.h"
#include "stages/eval/figures.h"

/*
 * page: pieces of report.html.  Whatever comes from a schema, a plan or a row goes through
 * page_text(), so that no name and no value is taken for markup, and none is invisible.
 */

/** page_head: up to the end of the style of all that follows, which more rules may follow;
 *  page_body: the rest of the head, and <body>. */
extern const char page_head[], page_body[];

/** page_text(b, p, n): text, escaped for elements and quoted attributes.  Control characters, and
 * those that change the direction of text or have no width, are shown as symbols. */
void page_text(struct buf *b, const char *p, size_t n);
void page_str(struct buf *b, const char *s);

extern const struct figure_style page_style;

/** page_number(b, n): 1234567 as 1 234 567, with narrow blanks. */
void page_number(struct buf *b, uint64_t n);

/** page_share(b, n, of): "12.3 %"; "< 0.1 %" of what is little and not nothing. */
void page_share(struct buf *b, uint64_t n, uint64_t of);

/** page_count(b, n, one, many): "1 row", "7 rows" */
void page_count(struct buf *b, uint64_t n, const char *one, const char *many);

/** page_seconds(b, us): "1.23 s" */
void page_seconds(struct buf *b, uint64_t us);

/** page_anchor(b, t, column): the id of a table, or of a column of it: other bytes of names than
 * letters, digits and _ are written -XX, so that no two have the same. */
void page_anchor(struct buf *b, const struct pg_table *t, const char *column);

/** page_table_link(b, t): its name, as a link to its section. */
void page_table_link(struct buf *b, const struct pg_table *t);

/** page_section(b, id, title): begins a section with a heading, which "</section>" ends. */
void page_section(struct buf *b, const char *id, const char *title);

/** page_box(b, id): a table in a box that scrolls by itself, named by its caption, which has that
 * id with "-t" and is to be written next by page_caption(); page_box_end() ends both. */
void page_box(struct buf *b, const char *id);
void page_caption(struct buf *b, const char *id, const char *text, bool hidden);
void page_box_end(struct buf *b);

/** page_heads(b, heads): a row of column headings; one that begins with # is of numbers.  Ends with
 * NULL. */
void page_heads(struct buf *b, const char *const *heads);

/** page_number_cell(b, n, bad): a cell; ${bad} marks one above 0. */
void page_number_cell(struct buf *b, uint64_t n, bool bad);

/** page_text_cell(b, s): a cell, "-" where there is nothing. */
void page_text_cell(struct buf *b, const char *s);

#endif
