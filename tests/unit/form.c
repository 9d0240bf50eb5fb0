/* SPDX-License-Identifier: MIT */
#include "common/generators/gen_form.h"

#include "common/generators/gen_form_token.h"
#include "common/generators/gen_kit.h"
#include "tests/unit/gen_fixture.h"

#define T(s)                                                                                       \
	{                                                                                          \
		s, sizeof(s) - 1                                                                   \
	}

/* Names that can be read in two ways: Ana + Maria Silva, Ana Maria + Silva. */
static const struct vtext given[] = {T("Ana"), T("Ana Maria"), T("Bia"), T("Anabela")};
static const struct vtext family[] = {T("Silva"), T("Maria Silva"), T("Sá"), T("Souza Silva")};
static const uint32_t often[] = {8, 1, 4, 3};
static const struct vtext forms[] = {T("name"), T("name"), T("long"), T("code"), T("round"),
	T("{given} {family}"), T("{given} {family} {other}"), T("{given}"), T("{1..99}{1..99}"),
	T("{round}")};
static const uint32_t form_weight[] = {3, 1, 1, 1, 1};
static const char *const form_columns[] = {"key", "form"};
static const struct locale_list lists[] = {
	{"given", given, often, 4, 1, NULL, true},
	{"family", family, NULL, 4, 1, NULL, true},
	{"forms", forms, form_weight, 5, 2, form_columns, false},
};
static const struct locale words = {"xx_YY", lists, 3, NULL};

static const struct gen_op op = {.id = "test.form", .families = GF_TEXT, .value = gen_draw_value};

static int prepare(struct gen_fix *f, bool distinct, const char *key)
{
	f->c.distinct = distinct;
	f->g = (struct gen){.op = &op, .col = &f->c, .key = 7};
	f->e = (struct err){0};
	return gen_form(&f->g, &f->c, &words, key, &f->a, &f->e);
}

static int by_text(const void *a, const void *b)
{
	const struct vtext *x = a, *y = b;
	size_t n = x->n < y->n ? x->n : y->n;
	int d = memcmp(x->p, y->p, n);

	return d != 0 ? d : (x->n > y->n) - (x->n < y->n);
}

/* All texts of a small generator, sorted; how many. */
static uint32_t all_texts(struct gen_fix *f, struct vtext *to, struct gen_heap *h)
{
	struct vec v = {0};
	uint64_t idx[VEC_BLOCK];
	uint32_t n = (uint32_t)f->g.space;

	CHECK(n <= VEC_BLOCK);
	for (uint32_t i = 0; i < n; i++)
		idx[i] = i;
	fix_draw(f, idx, n, &v, h);
	memcpy(to, v.v.t, n * sizeof(*to));
	qsort(to, n, sizeof(*to), by_text);
	return n;
}

static void unique_texts_are_distinct(void)
{
	struct gen_heap h = GEN_HEAP_INIT;
	struct vtext t[VEC_BLOCK];
	struct gen_fix f;
	uint32_t n;

	fix_column(&f, PG_TEXT, -1);
	f.c.unique = true;
	f.c.rows = 12;
	CHECK(prepare(&f, true, "name") == 0 && f.g.space >= 12);
	n = all_texts(&f, t, &h);
	for (uint32_t i = 1; i < n; i++)
		CHECK(by_text(&t[i - 1], &t[i]) != 0);
	f.c.rows = 1;
	CHECK(prepare(&f, true, "code") == -1 && f.e.kind == ERR_NO); /* 1 + 12, 11 + 2 ... */
	gen_heap_free(&h);
	fix_free(&f);
}

static void words_come_by_weight(void)
{
	struct gen_heap h = GEN_HEAP_INIT;
	struct vec v = {0};
	struct gen_fix f;
	uint64_t idx[VEC_BLOCK];
	uint32_t count[2] = {0};

	fix_column(&f, PG_TEXT, -1);
	CHECK(prepare(&f, false, "long") == 0);
	for (uint64_t block = 0; block < 16; block++) {
		for (uint32_t i = 0; i < VEC_BLOCK; i++)
			idx[i] = rng_below(rng_at(f.g.key, block * VEC_BLOCK + i), f.g.space);
		fix_draw(&f, idx, VEC_BLOCK, &v, &h);
		for (uint32_t i = 0; i < VEC_BLOCK; i++) {
			count[0] += v.v.t[i].n == 3 && memcmp(v.v.t[i].p, "Ana", 3) == 0;
			count[1] += v.v.t[i].n == strlen("Ana Maria");
		}
	}
	CHECK(count[0] > 7900 && count[0] < 8480); /* 8 of 16 of 16,384 */
	CHECK(count[1] > 860 && count[1] < 1190);  /* 1 of 16 */
	gen_heap_free(&h);
	fix_free(&f);
}

static void words_that_are_too_long_are_left_out(void)
{
	struct gen_heap h = GEN_HEAP_INIT;
	struct vtext t[VEC_BLOCK];
	struct gen_fix f;
	uint32_t n;

	fix_column(&f, PG_VARCHAR, 9 + 4);
	CHECK(prepare(&f, true, "name") == 0);
	n = all_texts(&f, t, &h);
	for (uint32_t i = 0; i < n; i++)
		CHECK(utf8_len(t[i].p, t[i].n) <= 9);
	fix_free(&f);
	fix_column(&f, PG_VARCHAR, 3 + 4);
	CHECK(prepare(&f, true, "name") == -1 && f.e.kind == ERR_NO);
	CHECK(prepare(&f, true, "none") == -1 && f.e.kind == ERR_NO);
	gen_heap_free(&h);
	fix_free(&f);
}

/* The generator that puts years of the plan's today into a form first, if one does. */
static const char *with_years(const char *form)
{
	return strcmp(form, "code_invoice") == 0  ? "semantic.code.invoice_number"
	       : strcmp(form, "stored_path") == 0 ? "semantic.file.path"
						  : NULL;
}

/* Whatever stands in a locale's forms.txt makes texts, for columns that are unique and not. */
static void every_form_of_the_data_is_sound(void)
{
	for (size_t i = 0; i < locale_count(); i++) {
		const struct locale *l = locale_at(i);
		const struct locale_list *all = locale_list(l, "forms");

		CHECK(all != NULL);
		for (uint32_t k = 0; all != NULL && k < all->n; k++) {
			const char *dated;
			struct gen_fix f;
			int rc;

			fix_column(&f, PG_TEXT, -1);
			f.g = (struct gen){.op = &op, .col = &f.c, .key = 7};
			f.c.distinct = k % 2 == 0;
			f.c.locale = l->name;
			dated = with_years(all->v[k].p);
			rc = dated != NULL ? fix_prepare(&f, dated)
					   : gen_form(&f.g, &f.c, l, all->v[k].p, &f.a, &f.e);
			if (rc == -1) {
				fprintf(stderr, "%s\n", f.e.msg);
				CHECK(!"a form of the data is sound");
			}
			fix_free(&f);
		}
	}
}

/* A view as a text, "" for none. */
static bool is(struct view v, const char *text)
{
	return view_eq(v, view_of(text));
}

static void tokens_are_taken_apart(void)
{
	static const struct {
		const char *form;
		enum form_token_kind kind;
		const char *list, *column, *other, *value, *in, *its, *mask;
		char change;
		uint32_t width;
		uint64_t from, count;
	} cases[] = {
		{"{given}", TOKEN_CELL, "given", "", "", "", "", "", "", 0, 0, 0, 0},
		{"{given~}", TOKEN_CELL, "given", "", "", "", "", "", "", '~', 0, 0, 0},
		{"{place.state>state.name^}", TOKEN_CELL, "place", "state", "", "", "state", "name",
			"", '^', 0, 0, 0},
		{"{product.name[category=Home & Garden]}", TOKEN_CELL, "product", "name",
			"category", "Home & Garden", "", "", "", 0, 0, 0, 0},
		{"{other}", TOKEN_OTHER, "", "", "", "", "", "", "", 0, 0, 0, 0},
		{"{#8}", TOKEN_DIGITS, "", "", "", "", "", "", "", 0, 8, 0, 100000000},
		{"{#4:2000}", TOKEN_DIGITS, "", "", "", "", "", "", "", 0, 4, 2000, 8000},
		{"{###-####}", TOKEN_DIGITS, "", "", "", "", "", "", "###-####", 0, 7, 0, 10000000},
		{"{10..99}", TOKEN_NUMBER, "", "", "", "", "", "", "", 0, 0, 10, 90},
		{"{rank}", TOKEN_RANK, "", "", "", "", "", "", "", 0, 0, 0, 0},
		{"{rank:-}", TOKEN_RANK, "", "", "", "", "", "", "-", 0, 0, 0, 0},
		{"{ranking}", TOKEN_CELL, "ranking", "", "", "", "", "", "", 0, 0, 0, 0},
		{"{place.postal:#####-###}", TOKEN_CODE, "place", "postal", "", "", "", "",
			"#####-###", 0, 0, 0, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct form_token t;
		const char *end = form_token_next(cases[i].form, &t);

		CHECK(end != NULL && *end == '\0' && t.kind == cases[i].kind);
		CHECK(is(t.list, cases[i].list) && is(t.column, cases[i].column));
		CHECK(is(t.other, cases[i].other) && is(t.value, cases[i].value));
		CHECK(is(t.in, cases[i].in) && is(t.its, cases[i].its) &&
			is(t.mask, cases[i].mask));
		CHECK(t.change == cases[i].change && t.width == cases[i].width);
		CHECK(t.from == cases[i].from && t.count == cases[i].count);
	}
}

static void what_no_form_can_say_is_refused(void)
{
	static const char *const bad[][2] = {
		{"{given", "without its pair"},
		{"a {} b", "without its pair"},
		{"{other} {given}", "without a list before it"},
		{"{given} {rank}", "is for records only"},
		{"{given.postal:##}", "is for records only"},
		{"{given>family.family}", "no list, column or form"},
		{"{given.sex}", "no list, column or form"},
		{"{round}", "contain themselves"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct gen_fix f;

		fix_column(&f, PG_TEXT, -1);
		f.g = (struct gen){.op = &op, .col = &f.c, .key = 7};
		f.e = (struct err){0};
		CHECK(gen_form_of(&f.g, &f.c, &words, &bad[i][0], 1, &f.a, &f.e) == -1);
		CHECK(strstr(f.e.msg, bad[i][1]) != NULL);
		fix_free(&f);
	}
}

int main(void)
{
	tokens_are_taken_apart();
	what_no_form_can_say_is_refused();
	unique_texts_are_distinct();
	words_come_by_weight();
	words_that_are_too_long_are_left_out();
	every_form_of_the_data_is_sound();
	return check_done();
}
