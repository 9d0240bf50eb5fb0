/* SPDX-License-Identifier: MIT */
/* Small bars, as SVG: one path each, so that a thousand of them are a small page. */
#include <stdio.h>
#include <string.h>

#include "stages/eval/html.h"

enum { WIDE = 240, HIGH = 40, SHOWN = 8 };

/* ${n} bars side by side; each is the part of the height that it is of the highest. */
static void bars(struct buf *b, const uint64_t *count, uint32_t n, const char *of)
{
	uint64_t most = 1, all = 0;
	uint32_t step, peak = 0;

	for (uint32_t i = 0; i < n; i++) {
		peak = count[i] > count[peak] ? i : peak;
		all += count[i];
	}
	most = count[peak] > 0 ? count[peak] : 1;
	step = n > 0 ? WIDE / n : WIDE;
	step = step > 24 ? 24 : step;
	buf_addf(b,
		"<svg class=\"plot\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
		"role=\"img\" aria-label=\"Histogram of ",
		WIDE, HIGH + 1, WIDE, HIGH + 1);
	page_number(b, all);
	buf_addf(b, " %s in %u %s; the highest is number %u, with ", of, n, n == 1 ? "bar" : "bars",
		peak + 1);
	page_share(b, count[peak], all);
	buf_adds(b, "\"><path d=\"");
	for (uint32_t i = 0; i < n; i++) {
		uint32_t h = (uint32_t)((unsigned __int128)count[i] * HIGH / most);

		h = count[i] > 0 && h == 0 ? 1 : h;
		if (h > 0)
			buf_addf(b, "M%u %uv-%uh%uv%uz", i * step, HIGH, h, step - 1, h);
	}
	buf_addf(b, "\"/><line x1=\"0\" y1=\"%d.5\" x2=\"%u\" y2=\"%d.5\"/></svg>", HIGH, step * n,
		HIGH);
}

/* A date, where a timestamp's hours would leave no room. */
static void end(struct buf *b, const char *s)
{
	const char *hours = strchr(s, 'T');

	if (hours != NULL && hours > s && hours[-1] >= '0' && hours[-1] <= '9')
		page_text(b, s, (size_t)(hours - s));
	else
		page_str(b, s);
}

static void ends(struct buf *b, uint32_t n, const char *from, const char *to, bool open)
{
	uint32_t step = n > 0 ? WIDE / n : WIDE;

	step = step > 24 ? 24 : step;
	buf_addf(b, "<div class=\"ends\" style=\"max-width:%upx\"><span>", step * n);
	end(b, from);
	buf_adds(b, "</span><span>");
	end(b, to);
	buf_adds(b, open ? " and more</span></div>" : "</span></div>");
}

/* ---- columns --------------------------------------------------------------------------------- */

static void one_of_few(struct buf *b, const char *p, size_t n, uint64_t count, uint64_t of)
{
	unsigned percent = of > 0 ? (unsigned)((unsigned __int128)count * 100 / of) : 0;

	buf_adds(b, "<li><span>");
	if (n == 0)
		buf_adds(b, "<span class=\"dim\">empty text</span>");
	page_text(b, p, n);
	buf_addf(b, "</span><i style=\"width:%u%%\"></i><span>", percent);
	page_share(b, count, of);
	buf_adds(b, "</span></li>");
}

static void few(const struct profile_column *c, struct buf *b)
{
	uint32_t shown = c->nfew <= SHOWN + 1 ? c->nfew : SHOWN;
	uint64_t others = 0;

	buf_adds(b, "<ul class=\"few\">");
	for (uint32_t i = 0; i < c->nfew; i++)
		if (i < shown)
			one_of_few(
				b, c->few[i].text.p, c->few[i].text.n, c->few[i].count, c->values);
		else
			others += c->few[i].count;
	if (others > 0) {
		char what[40];
		int n = snprintf(what, sizeof(what), "%u others", c->nfew - shown);

		one_of_few(b, what, (size_t)n, others, c->values);
	}
	buf_adds(b, "</ul>");
}

void html_column_plot(const struct profile_column *c, struct buf *b)
{
	uint64_t count[PROFILE_BARS];
	/* numbers have few values in a picture of their own, if there are more than one screen's */
	bool values = c->nfew > 0 && (!c->ranged || c->nfew <= SHOWN + 1);

	if (values) {
		few(c, b);
		return;
	}
	if (c->bars.n == 0) {
		buf_adds(b, "<span class=\"dim\">-</span>");
		return;
	}
	for (uint32_t i = 0; i < c->bars.n; i++)
		count[i] = c->bars.count[i];
	bars(b, count, c->bars.n, c->sized ? "lengths" : "values");
	ends(b, c->bars.n, c->bars.from, c->bars.to, c->bars.open);
}

/* ---- fan-out --------------------------------------------------------------------------------- */

/* The numbers of children that a bar is of. */
static const char *children(const struct fan *f, uint32_t bar, char to[static 48])
{
	unsigned long long from = f->base + bar * f->width;

	if (f->width == 1)
		(void)snprintf(to, 48, "%llu", from);
	else
		(void)snprintf(to, 48, "%llu to %llu", from, from + f->width - 1);
	return to;
}

void html_fan_plot(const struct fan *f, struct buf *b)
{
	char from[48], to[48];

	bars(b, f->bars, f->nbars, "parents by their children");
	if (f->nbars == 1) {
		ends(b, 1, children(f, 0, from), "", false);
		return;
	}
	ends(b, f->nbars, children(f, 0, from), children(f, f->nbars - 1, to),
		f->most >= f->base + f->nbars * f->width);
}

/* ---- rows ------------------------------------------------------------------------------------ */

void html_bar(struct buf *b, uint64_t n, uint64_t most, bool bad)
{
	enum { LINE = 100 };
	uint64_t w = most == 0 ? 0 : (uint64_t)((unsigned __int128)n * LINE / most);

	buf_addf(b,
		"<svg width=\"%d\" height=\"14\" aria-hidden=\"true\">"
		"<rect width=\"%d\" height=\"14\" rx=\"3\" fill=\"var(--line)\"/>"
		"<rect width=\"%llu\" height=\"14\" rx=\"3\" fill=\"var(--%s)\"/></svg>",
		LINE, LINE, (unsigned long long)(w < 2 && n > 0 ? 2 : w), bad ? "bad" : "bar");
}
