/* SPDX-License-Identifier: MIT */
#include "stages/eval/page.h"

#include <string.h>

#include "common/base/visible.h"

/* ---- text ----------------------------------------------------------------------------------- */

static void character(struct buf *b, uint32_t c, const char *p, size_t n)
{
	if (c == '&')
		buf_adds(b, "&amp;");
	else if (c == '<')
		buf_adds(b, "&lt;");
	else if (c == '>')
		buf_adds(b, "&gt;");
	else if (c == '"')
		buf_adds(b, "&quot;");
	else if (c == '\'')
		buf_adds(b, "&#39;");
	else if (c < 0x20) /* U+2400 to U+241F are pictures of them */
		buf_addf(b, "&#%u;", 0x2400 + c);
	else if (c == 0x7f)
		buf_adds(b, "&#9249;");
	else if (c == UINT32_MAX)
		buf_adds(b, "&#65533;");
	else if (visible_is_hidden(c))
		buf_addf(b, "&#10216;U+%04X&#10217;", c);
	else
		buf_add(b, p, n);
}

void page_text(struct buf *b, const char *p, size_t n)
{
	for (size_t i = 0, len; i < n; i += len) {
		uint32_t c;

		len = visible_next(p + i, n - i, &c);
		character(b, c, p + i, len);
	}
}

void page_str(struct buf *b, const char *s)
{
	page_text(b, s, strlen(s));
}

/* ---- numbers --------------------------------------------------------------------------------- */

const struct figure_style page_style = {"&#8239;", "&#8239;", "&lt;"};

void page_number(struct buf *b, uint64_t n)
{
	figure_number(b, n, &page_style);
}

void page_share(struct buf *b, uint64_t n, uint64_t of)
{
	figure_share(b, n, of, &page_style);
}

void page_count(struct buf *b, uint64_t n, const char *one, const char *many)
{
	page_number(b, n);
	buf_addf(b, " %s", n == 1 ? one : many);
}

void page_seconds(struct buf *b, uint64_t us)
{
	figure_seconds(b, us, &page_style);
}

/* ---- anchors --------------------------------------------------------------------------------- */

static void slug(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			c == '_')
			buf_addc(b, *s);
		else
			buf_addf(b, "-%02X", c);
	}
}

void page_anchor(struct buf *b, const struct pg_table *t, const char *column)
{
	buf_adds(b, column != NULL ? "c." : "t.");
	slug(b, t->schema);
	buf_addc(b, '.');
	slug(b, t->name);
	if (column != NULL) {
		buf_addc(b, '.');
		slug(b, column);
	}
}

void page_table_link(struct buf *b, const struct pg_table *t)
{
	buf_adds(b, "<a href=\"#");
	page_anchor(b, t, NULL);
	buf_adds(b, "\">");
	page_str(b, t->schema);
	buf_addc(b, '.');
	page_str(b, t->name);
	buf_adds(b, "</a>");
}

/* ---- sections and tables --------------------------------------------------------------------- */

void page_section(struct buf *b, const char *id, const char *title)
{
	buf_addf(b, "<section id=\"%s\" aria-labelledby=\"%s-h\">\n<h2 id=\"%s-h\">%s</h2>\n", id,
		id, id, title);
}

void page_box(struct buf *b, const char *id)
{
	buf_addf(b,
		"<div class=\"card\" role=\"region\" tabindex=\"0\" aria-labelledby=\"%s-t\">"
		"<table>\n",
		id);
}

void page_caption(struct buf *b, const char *id, const char *text, bool hidden)
{
	buf_addf(b, "<caption id=\"%s-t\"%s>%s</caption>\n", id, hidden ? " class=\"sr\"" : "",
		text);
}

void page_box_end(struct buf *b)
{
	buf_adds(b, "</tbody></table></div>\n");
}

void page_heads(struct buf *b, const char *const *heads)
{
	buf_adds(b, "<thead><tr>");
	for (; *heads != NULL; heads++)
		buf_addf(b, "<th scope=\"col\"%s>%s</th>", **heads == '#' ? " class=\"n\"" : "",
			*heads + (**heads == '#'));
	buf_adds(b, "</tr></thead><tbody>\n");
}

void page_number_cell(struct buf *b, uint64_t n, bool bad)
{
	buf_addf(b, "<td class=\"n%s\">", bad && n > 0 ? " bad" : "");
	page_number(b, n);
	buf_adds(b, "</td>");
}

void page_text_cell(struct buf *b, const char *s)
{
	buf_adds(b, "<td>");
	page_str(b, s != NULL ? s : "-");
	buf_adds(b, "</td>");
}
