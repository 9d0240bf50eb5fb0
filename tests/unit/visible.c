/* SPDX-License-Identifier: MIT */
#include "common/base/visible.h"

#include "common/base/str.h"
#include "tests/unit/check.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *text, *line, *cell, *json;
} cases[] = {
	{"", "", "", ""},
	{"pedido", "pedido", "pedido", "pedido"},
	{"ação 日本 \xf0\x9f\x98\x80", "ação 日本 \xf0\x9f\x98\x80", "ação 日本 \xf0\x9f\x98\x80",
		"ação 日本 \xf0\x9f\x98\x80"},
	{"a\nb\tc", "a b c", "a\\nb\\tc", "a\nb\tc"},
	{"\x1b[31m", "\\u{1b}[31m", "\\u{1b}[31m", "\\u001b[31m"},
	{"x\ry", "x\\u{d}y", "x\\ry", "x\\u000dy"},
	{"\x7f", "\\u{7f}", "\\u{7f}", "\\u007f"},
	{"\xc2\x9b"
	 "2J",
		"\\u{9b}2J", "\\u{9b}2J", "\\u009b2J"},
	{"\xe2\x80\xae"
	 "abc",
		"\\u{202e}abc", "\\u{202e}abc", "\\u202eabc"},
	{"\xf3\xa0\x81\x81", "\\u{e0041}", "\\u{e0041}", "\\udb40\\udc41"},
	/* the joiners belong to words */
	{"\xe2\x80\x8c\xe2\x80\x8d", "\xe2\x80\x8c\xe2\x80\x8d", "\xe2\x80\x8c\xe2\x80\x8d",
		"\xe2\x80\x8c\xe2\x80\x8d"},
	/* no UTF-8: CSI as one byte, a character that is cut, a surrogate */
	{"\x9b"
	 "1m",
		"\\x{9b}1m", "\\x{9b}1m",
		"\xef\xbf\xbd"
		"1m"},
	{"\xe2\x80", "\\x{e2}\\x{80}", "\\x{e2}\\x{80}", "\xef\xbf\xbd\xef\xbf\xbd"},
	{"\xed\xa0\x80", "\\x{ed}\\x{a0}\\x{80}", "\\x{ed}\\x{a0}\\x{80}",
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
};

static bool makes(const char *text, enum visible how, const char *want)
{
	struct buf b = BUF_INIT;
	bool same;

	buf_adds(&b, "");
	buf_visible(&b, text, strlen(text), how);
	same = buf_ok(&b) && strcmp(b.p, want) == 0;
	buf_free(&b);
	return same;
}

static void each_form(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		char line[VISIBLE_GROWS * 64];

		CHECK(makes(cases[i].text, VISIBLE_LINE, cases[i].line));
		CHECK(makes(cases[i].text, VISIBLE_CELL, cases[i].cell));
		CHECK(makes(cases[i].text, VISIBLE_JSON, cases[i].json));
		CHECK(strcmp(visible_line(line, sizeof(line), cases[i].text), cases[i].line) == 0);
	}
	CHECK(makes("a\n\tb\x1b", VISIBLE_TEXT, "a\n\tb\\u{1b}"));
}

/* Without room for all there is as much as fits, and its end. */
static void too_little_room(void)
{
	char to[8];

	CHECK(strcmp(visible_line(to, sizeof(to), "abcdefghij"), "abcdefg") == 0);
	CHECK(strcmp(visible_line(to, sizeof(to), "\x1b\x1b"), "\\u{1b}\\") == 0);
	CHECK(strcmp(visible_line(to, 1, "a"), "") == 0);
}

/* No byte becomes more than VISIBLE_GROWS, whatever stands beside it. */
static void growth(void)
{
	char text[3] = "", to[64];

	for (int a = 1; a < 256; a++)
		for (int b = 1; b < 256; b++) {
			text[0] = (char)a;
			text[1] = (char)b;
			(void)visible_line(to, sizeof(to), text);
			CHECK(strlen(to) <= VISIBLE_GROWS * 2);
		}
}

int main(void)
{
	each_form();
	too_little_room();
	growth();
	return check_done();
}
