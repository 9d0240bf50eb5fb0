/* SPDX-License-Identifier: MIT */
#ifndef EVAL_HTML_H
#define EVAL_HTML_H

#include "stages/eval/page.h"
#include "stages/eval/report.h"

/*
 * html: the parts of report.html that a file each writes: html_graph the picture of the tables,
 * html_table a section for each, html_plot the bars in it, html_rules what must hold and what does
 * not.  report_html puts them together.
 */

/** html_graph_style(r, b): the part of the style that names its boxes and lines. */
void html_graph_style(const struct report *r, struct buf *b);

/** html_graph(r, b): the tables as boxes, by level, and their foreign keys as lines. */
void html_graph(const struct report *r, struct buf *b);

/** html_tables(r, b): a section for each table whose rows are made. */
void html_tables(const struct report *r, struct buf *b);

/** html_column_plot(c, b): bars of a column's values, or the values themselves where they are
 *  few. */
void html_column_plot(const struct profile_column *c, struct buf *b);

/** html_fan_plot(f, b): how many parents have how many children. */
void html_fan_plot(const struct fan *f, struct buf *b);

/** html_bar(b, n, most, bad): a bar of ${n} rows on a line of ${most}. */
void html_bar(struct buf *b, uint64_t n, uint64_t most, bool bad);

/* Sections, or nothing where there is nothing to say. */
void html_violations(const struct report *r, struct buf *b);
void html_warnings(const struct report *r, struct buf *b);
void html_constraints(const struct report *r, struct buf *b);
void html_sql(const struct report *r, struct buf *b);
void html_rules(const struct report *r, struct buf *b);

#endif
