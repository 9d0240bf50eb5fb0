/* SPDX-License-Identifier: MIT */
#include "tests/unit/gen_fixture.h"

/* Parameters that choose among what faker.* and semantic.* make: lengths, letters, patterns,
 * ratios. */

static bool (*wanted)(struct vtext t);
static int unwanted;

static void hold(const struct vec *v, uint32_t i)
{
	unwanted += !wanted(v->v.t[i]);
}

static bool begins_with_m(struct vtext t)
{
	return t.n >= 6 && t.n <= 7 && t.p[0] == 'M';
}

static bool of_three_letters(struct vtext t)
{
	for (size_t i = 0; i < t.n; i++)
		if (strchr("abc", t.p[i]) == NULL)
			return false;
	return t.n >= 4 && t.n <= 6;
}

static bool ends_in_7(struct vtext t)
{
	return t.p[t.n - 1] == '7';
}

static bool without_q_and_x(struct vtext t)
{
	for (size_t i = 0; i < t.n; i++)
		if (strchr("qxQX", t.p[i]) != NULL)
			return false;
	return t.n >= 5 && t.n <= 20;
}

static void parameters_choose_among_texts(void)
{
	static const struct {
		const char *id, *pattern, *charset;
		int64_t min_len, max_len;
		bool (*wanted)(struct vtext t);
		bool unique;
	} all[] = {
		{"faker.name.raw.FirstName", "^M", NULL, 6, 7, begins_with_m, true},
		{"faker.internet.raw.Password", NULL, "abc", 4, 6, of_three_letters, true},
		{"semantic.person.phone", "7$", NULL, 0, 0, ends_in_7, false},
		{"faker.creditcard.raw.CreditCardNumber", "7$", NULL, 0, 0, ends_in_7, true},
		{"semantic.us.ssn", "^[0-9]+7$", NULL, 9, 9, ends_in_7, true},
		{"faker.name.raw.Name", NULL, "abcdefghijklmnoprstuvwyzABCDEFGHIJKLMNOPRSTUVWYZ ",
			5, 20, without_q_and_x, false},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct gen_fix f;

		fix_column(&f, PG_TEXT, -1);
		f.c.locale = "en_US";
		f.c.unique = all[i].unique;
		f.c.rows = 10;
		fix_params(&f, (all[i].pattern != NULL) + (all[i].charset != NULL) +
				       2 * (all[i].max_len > 0));
		if (all[i].pattern != NULL)
			fix_str(&f, "pattern", all[i].pattern);
		if (all[i].charset != NULL)
			fix_str(&f, "charset", all[i].charset);
		if (all[i].max_len > 0) {
			mp_kint(&f.packed, "min_len", all[i].min_len);
			mp_kint(&f.packed, "max_len", all[i].max_len);
		}
		wanted = all[i].wanted;
		unwanted = 0;
		CHECK(fix_prepare(&f, all[i].id) == 0);
		if (f.e.kind != ERR_NONE)
			fprintf(stderr, "%s\n", f.e.msg);
		else
			CHECK(fix_doubles(&f, hold) == 0 && f.g.space >= 10);
		CHECK(unwanted == 0);
		fix_free(&f);
	}
}

static void what_no_text_meets_is_refused(void)
{
	struct gen_fix f;

	fix_column(&f, PG_TEXT, -1);
	f.c.locale = "pt_BR";
	fix_params(&f, 1);
	fix_str(&f, "pattern", "^[0-9]+$");
	CHECK(fix_prepare(&f, "faker.name.raw.LastName") == -1 && f.e.kind == ERR_NO);
	fix_free(&f);
	fix_column(&f, PG_VARCHAR, 5 + 4);
	fix_params(&f, 1);
	mp_kint(&f.packed, "max_len", 6);
	CHECK(fix_prepare(&f, "faker.name.raw.LastName") == -1 && f.e.kind == ERR_NO);
	fix_free(&f);
	fix_column(&f, PG_DATE, -1);
	fix_params(&f, 1);
	mp_kint(&f.packed, "max_len", 10);
	CHECK(fix_prepare(&f, "faker.chrono.raw.Date") == 0 || f.e.kind == ERR_NO);
	fix_free(&f);
	fix_column(&f, PG_TEXT, -1);
	f.c.locale = "en_US";
	f.c.unique = true;
	f.c.rows = 6;
	CHECK(fix_prepare(&f, "faker.name.raw.Title") == -1 && f.e.kind == ERR_NO);
	fix_free(&f);
}

static uint64_t trues, flags;

static void count_true(const struct vec *v, uint32_t i)
{
	trues += v->v.i[i] != 0;
	flags++;
}

static void a_flag_has_its_ratio(void)
{
	struct gen_fix f;

	fix_column(&f, PG_BOOL, -1);
	f.c.distinct = false;
	fix_params(&f, 1);
	mp_kint(&f.packed, "ratio", 80);
	CHECK(fix_prepare(&f, "faker.boolean.raw.Boolean") == 0);
	(void)fix_doubles(&f, count_true);
	CHECK(flags > 0 && 100 * trues == 80 * flags);
	fix_free(&f);
}

int main(void)
{
	parameters_choose_among_texts();
	what_no_text_meets_is_refused();
	a_flag_has_its_ratio();
	return check_done();
}
