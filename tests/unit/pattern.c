/* SPDX-License-Identifier: MIT */
/*
 * pattern: texts drawn from a regular expression match it, PCRE2 being asked; what is not of the
 * subset is refused with its place.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/generators/gen_pattern.h"
#include "tests/unit/check.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { REPEAT = 8, DRAWN = 500 };

static struct pattern *parse(const char *text, struct arena *a, struct err *e)
{
	*e = (struct err){.kind = ERR_NONE};
	return pattern_parse(text, strlen(text), REPEAT, a, e);
}

/* ---- what is drawn matches ------------------------------------------------------------------ */

/* The expression for PCRE2, which knows no \uHHHH unless it is told to. */
static pcre2_code *oracle(const char *text)
{
	int error;
	PCRE2_SIZE at;

	return pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
		PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_ANCHORED | PCRE2_ENDANCHORED, &error, &at, NULL);
}

static bool matches(const pcre2_code *code, const char *p, size_t n)
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	int rc = pcre2_match(code, (PCRE2_SPTR)p, n, 0, 0, data, NULL);

	pcre2_match_data_free(data);
	return rc >= 0;
}

/* Draws some texts, spread over all indexes; ${min} and ${max} characters bound them. */
static void draw(const char *text, const struct pattern *p, uint32_t min, uint32_t max)
{
	uint64_t space = pattern_space(p), n = space < DRAWN ? space : DRAWN, bad = 0;
	char *to = malloc(pattern_max_bytes(p) + 1UL);
	pcre2_code *code = oracle(text);

	CHECK(to != NULL && code != NULL && space > 0);
	for (uint64_t i = 0; i < n; i++) {
		size_t bytes = pattern_put(p, 77, space / n * i, to), chars = utf8_len(to, bytes);

		CHECK(bytes <= pattern_max_bytes(p));
		if (bad++ == 0 && matches(code, to, bytes) && chars >= min && chars <= max)
			bad = 0;
		else if (bad == 1)
			fprintf(stderr, "%s: not %.*s\n", text, (int)bytes, to);
	}
	CHECK(bad == 0);
	pcre2_code_free(code);
	free(to);
}

static void every_text_that_is_drawn_matches(void)
{
	static const char *const all[] = {"abc", "[a-c]x?y*z+", "(ab|c(d|e){2,3})*",
		"^\\d{3}-\\d{4}$", "\\w+@\\w+\\.com", "\\D\\W\\S", "[^a-z\\d]{1,5}",
		"[[:alpha:]_][[:alnum:][:punct:]]*", "[[:xdigit:]]{4}",
		"\\x41\\x7e[\\u00e7-\\u00ea]{2}", "[\\x30-\\x39]\\t\\n", ".{0,4}", "\\Aa{2}\\Z",
		"(?:a|b|)c??", "a{2,}?", "[]a]", "[a-]", "[\\]\\-\\\\]", "\\^\\$\\.\\*",
		"ção|não|x{3}", "((a|b){2}|(c|d){3}){1,2}", "[\\D]", "x{0}y", "a{b",
		"[^\\x01-\\x5a]"};

	for (size_t i = 0; i < COUNT(all); i++) {
		struct arena a = ARENA_INIT;
		struct err e;
		struct pattern *p = parse(all[i], &a, &e);

		if (p == NULL)
			fprintf(stderr, "%s: %s\n", all[i], e.msg);
		else
			draw(all[i], p, 0, UINT32_MAX);
		CHECK(p != NULL);
		arena_free(&a);
	}
}

/* The number of texts is known where an expression has a few. */
static void a_small_expression_has_as_many_texts_as_it_can_have(void)
{
	static const struct {
		const char *text;
		uint64_t space;
	} all[] = {{"a", 1}, {"[abc]{3}", 27}, {"a|b|c", 3}, {"x?", 2}, {"(a|b){0,2}", 7},
		{"\\d{18}", UINT64_C(1000000000000000000)}, {"\\d{30}", UINT64_C(1) << 62}};

	for (size_t i = 0; i < COUNT(all); i++) {
		struct arena a = ARENA_INIT;
		struct err e;
		struct pattern *p = parse(all[i].text, &a, &e);

		CHECK(p != NULL && pattern_space(p) == all[i].space);
		CHECK(p != NULL && pattern_unambiguous(p));
		arena_free(&a);
	}
}

static void a_text_that_can_be_read_in_two_ways_is_ambiguous(void)
{
	static const char *const all[] = {"a*a*", "(a|ab)(c|bc)", "(a|a)b", "(a?){2}"};

	for (size_t i = 0; i < COUNT(all); i++) {
		struct arena a = ARENA_INIT;
		struct err e;
		struct pattern *p = parse(all[i], &a, &e);

		CHECK(p != NULL && !pattern_unambiguous(p));
		arena_free(&a);
	}
}

/* ---- lengths ------------------------------------------------------------------------------- */

static void repetitions_are_narrowed_to_lengths(void)
{
	static const struct {
		const char *text;
		uint32_t min, max;
		bool fits;
	} all[] = {
		{"[a-z]+", 3, 5, true},
		{"[a-z]*-\\d*", 4, 4, true},
		{"(ab|cd)+", 3, 5, true},
		{"(ab|c)+", 2, 3, false}, /* numbers of repetitions alone do not do it */
		{"é{1,9}", 2, 2, true},
		{"abc", 1, 2, false},
		{"abc", 4, 9, false},
		{"a{5,}", 1, 4, false},
		{"x?", 2, 9, false},
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		struct arena a = ARENA_INIT;
		struct err e;
		struct pattern *p = parse(all[i].text, &a, &e);
		bool fits = p != NULL && pattern_fit(p, all[i].min, all[i].max);

		if (fits != all[i].fits)
			fprintf(stderr, "%s: %d to %d\n", all[i].text, (int)all[i].min,
				(int)all[i].max);
		CHECK(fits == all[i].fits);
		if (fits)
			draw(all[i].text, p, all[i].min, all[i].max);
		arena_free(&a);
	}
}

/* ---- what is refused ------------------------------------------------------------------------ */

static void what_is_not_of_the_subset_is_refused_with_its_place(void)
{
	static const struct {
		const char *text, *msg;
	} all[] = {
		{"a(?=b)", "unsupported group (only (...) and (?:...)) at character 3"},
		{"(a", "group without ) at character 3"},
		{"a)", ") without ( at character 2"},
		{"*a", "nothing to repeat at character 1"},
		{"a^b", "anchor not at an end at character 2"},
		{"a$b", "anchor not at an end at character 2"},
		{"a{1001}", "repetition above 1000 at character 7"},
		{"a{3,2}", "bad repetition at character 6"},
		{"a{3", "repetition without } at character 4"},
		{"a\\", "nothing after \\ at character 3"},
		{"\\1(a)", "back reference to a group that is not before it at character 1"},
		{"\\bx", "unsupported escape at character 2"},
		{"\\x4g", "bad hexadecimal escape at character 4"},
		{"\\u00e", "bad hexadecimal escape at character 6"},
		{"a\\x00", "an escape that is no character of a text ends at character 6"},
		{"\\ud800", "an escape that is no character of a text ends at character 7"},
		{"[abc", "class without ] at character 5"},
		{"[[:letter:]]", "unknown class at character 4"},
		{"[z-a]", "range out of order at character 5"},
		{"[!-\\d]", "bad range at character 6"},
		{"[!-\\w]", "bad range at character 6"},
		{"[^ -~]", "empty class at character 7"},
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		struct arena a = ARENA_INIT;
		struct err e;

		CHECK(parse(all[i].text, &a, &e) == NULL && e.kind == ERR_NO);
		CHECK(strncmp(e.msg, "regular expression: ", 20) == 0);
		CHECK_STR(e.msg + 20, all[i].msg);
		arena_free(&a);
	}
}

/* ${open} so often, then "a", then ${close} as often. */
static const char *nested(struct arena *a, size_t times, const char *open, const char *close)
{
	struct buf b = BUF_INIT;
	const char *text;

	for (size_t i = 0; i < times; i++)
		buf_adds(&b, open);
	buf_adds(&b, "a");
	for (size_t i = 0; i < times; i++)
		buf_adds(&b, close);
	text = arena_strndup(a, b.p, b.n);
	buf_free(&b);
	return text;
}

static void expressions_have_bounds(void)
{
	struct arena a = ARENA_INIT;
	struct err e;

	CHECK(parse(nested(&a, 64, "(", ")"), &a, &e) != NULL);
	CHECK(parse(nested(&a, 65, "(", ")"), &a, &e) == NULL);
	CHECK_STR(e.msg, "regular expression: groups nested too deep at character 66");
	CHECK(parse(nested(&a, 300, "b", ""), &a, &e) == NULL);
	CHECK_STR(e.msg, "regular expression: expression too long at character 257");
	CHECK(parse(nested(&a, 300, "b|", ""), &a, &e) == NULL);
	CHECK_STR(e.msg, "regular expression: too many branches at character 513");
	CHECK(parse(arena_printf(&a, "[%s]", nested(&a, 300, "bd", "")), &a, &e) == NULL);
	CHECK_STR(e.msg, "regular expression: class too large at character 243");
	arena_free(&a);
}

int main(void)
{
	every_text_that_is_drawn_matches();
	a_small_expression_has_as_many_texts_as_it_can_have();
	a_text_that_can_be_read_in_two_ways_is_ambiguous();
	repetitions_are_narrowed_to_lengths();
	what_is_not_of_the_subset_is_refused_with_its_place();
	expressions_have_bounds();
	return check_done();
}
