/* SPDX-License-Identifier: MIT */
#include "tests/unit/derive_world.h"

#include "common/generators/gen_derive.h"

static struct pg_type real = {.name = "float8", .cls = PG_FLOAT8, .typmod = -1};

/* A child's date against its parent's timestamp, as PostgreSQL compares them: at midnight. */
static void date_after_timestamp(void)
{
	struct world w;
	int bad = 0, near = 0, far = 0;

	make_world(&w, &date, -1);
	inputs(&w, 4, "fk", NULL);
	fix_str(&w.f, "parent_column", "ts");
	fix_str(&w.f, "min", "0d");
	fix_str(&w.f, "max", "30d");
	CHECK(fix_prepare(&w.f, "derive.after_parent") == 0);
	CHECK(w.f.g.nin == 1 && w.f.g.in[0].from == GEN_PARENT && w.f.g.in[0].column == 2);
	run(&w, VT_TSTZ, 0, VT_INT);
	for (uint32_t i = 0; i < N; i++)
		in[0].v.i[i] = 8000 * CAL_DAY + (i % 3) * CAL_HOUR;
	vec_set_null(&in[0], 5);
	derive(&w);
	CHECK(vec_is_null(&out, 5));
	for (uint32_t i = 0; i < N; i++) {
		int64_t gap = out.v.i[i] * CAL_DAY - in[0].v.i[i];

		if (i == 5)
			continue;
		bad += gap < 0 || gap > 30 * CAL_DAY;
		near += gap < CAL_DAY;
		far += gap > 29 * CAL_DAY;
	}
	CHECK(bad == 0 && near > 10 && far > 10);
	w.cols[OUT].not_null = true; /* where NULL cannot be, a date of its own */
	CHECK(fix_prepare(&w.f, "derive.after_parent") == 0);
	derive(&w);
	CHECK(!vec_is_null(&out, 5) && out.v.i[5] <= w.f.c.as_of);
	done(&w);
}

static void timestamp_before_date(void)
{
	struct world w;
	int bad = 0;

	make_world(&w, &tstz, -1);
	inputs(&w, 4, "fk", NULL);
	fix_str(&w.f, "parent_column", "d");
	fix_str(&w.f, "min", "2h");
	fix_str(&w.f, "max", "1d12h");
	CHECK(fix_prepare(&w.f, "derive.before_parent") == 0);
	run(&w, VT_DATE, 0, VT_INT);
	for (uint32_t i = 0; i < N; i++)
		in[0].v.i[i] = 8000 + i;
	in[0].v.i[3] = CAL_DATE_NEG_INF;
	derive(&w);
	for (uint32_t i = 0; i < N; i++) {
		int64_t gap = i == 3 ? CAL_DAY : in[0].v.i[i] * CAL_DAY - out.v.i[i];

		bad += gap < 2 * CAL_HOUR || gap > 36 * CAL_HOUR;
	}
	CHECK(bad == 0 && out.v.i[3] == CAL_TS_NEG_INF);
	done(&w);
}

/* What must not be later than today is spread over what is left, not heaped on today. */
static void bounds_shrink_the_span(void)
{
	struct world w;
	int bad = 0, today = 0;

	make_world(&w, &date, -1);
	inputs(&w, 2, "fk", NULL);
	fix_str(&w.f, "parent_column", "d");
	w.f.c.dom = &w.f.dom;
	w.f.dom.has_hi = w.f.dom.hi_now = true;
	w.f.dom.hi = w.f.c.as_of;
	CHECK(fix_prepare(&w.f, "derive.after_parent") == 0);
	run(&w, VT_DATE, 0, VT_INT);
	for (uint32_t i = 0; i < N; i++)
		in[0].v.i[i] = w.f.c.as_of - 9;
	derive(&w);
	for (uint32_t i = 0; i < N; i++) {
		bad += out.v.i[i] < in[0].v.i[i] || out.v.i[i] > w.f.c.as_of;
		today += out.v.i[i] == w.f.c.as_of;
	}
	CHECK(bad == 0 && today > N / 20 && today < N / 5);
	done(&w);
}

static void updated_after_created(void)
{
	struct world w;
	int bad = 0;

	make_world(&w, &tstz, -1);
	inputs(&w, 1, "ts", NULL);
	CHECK(fix_prepare(&w.f, "derive.updated_after_created") == 0);
	run(&w, VT_TSTZ, 0, VT_INT);
	for (uint32_t i = 0; i < N; i++)
		in[0].v.i[i] = (w.f.c.as_of - i % 2) * CAL_DAY;
	derive(&w);
	for (uint32_t i = 0; i < N; i++)
		bad += out.v.i[i] < in[0].v.i[i] || out.v.i[i] > w.f.c.as_of * CAL_DAY;
	CHECK(bad == 0);
	done(&w);
	make_world(&w, &date, -1);
	inputs(&w, 1, "nome", NULL);
	CHECK(fix_prepare(&w.f, "derive.end_after_start") == -1);
	fix_free(&w.f);
}

static void totals_are_exact(void)
{
	struct world w;

	make_world(&w, &num, (14 << 16 | 2) + 4);
	inputs(&w, 1, "preco", "qtd");
	CHECK(fix_prepare(&w.f, "derive.money_total") == 0);
	run(&w, VT_DEC, 2, VT_INT);
	for (uint32_t i = 0; i < N; i++) {
		in[0].v.i[i] = 1999;
		in[1].v.i[i] = i;
	}
	derive(&w);
	CHECK(out.v.i[3] == 5997 && out.v.i[0] == 0);
	in[0].v.i[3] = 999999999999;
	in[1].v.i[3] = 1000000; /* what does not fit is held at the end */
	derive(&w);
	CHECK(out.v.i[3] == 99999999999999);
	done(&w);
}

/* Price times quantity less discount, rounded half away from zero into the column's scale. */
static void discounts_are_taken_and_totals_rounded_once(void)
{
	static const struct {
		int64_t price, discount, total; /* in cents, 0.001, whole numbers */
		double quantity;
	} all[] = {{1000, 0, 30, 3}, {1005, 0, 15, 1.5}, {1005, 580, 14, 1.5}, {-1050, 0, -11, 1},
		{149, 0, 1, 1}, {150, 0, 2, 1}, {0, 500, -1, 0}};
	struct world w;
	struct vec discount;
	const struct vec *ins[] = {&in[0], &in[1], &discount};

	make_world(&w, &int4, -1);
	w.cols[QTD].type = &real;
	w.cols[NOME].type = &num;
	w.cols[NOME].typmod = (12 << 16 | 3) + 4;
	fix_params(&w.f, 1);
	mp_str(&w.f.packed, "input_columns");
	mp_array(&w.f.packed, 3);
	mp_str(&w.f.packed, "preco");
	mp_str(&w.f.packed, "qtd");
	mp_str(&w.f.packed, "nome");
	CHECK(fix_prepare(&w.f, "derive.money_total") == 0 && w.f.g.nin == 3);
	run(&w, VT_DEC, 2, VT_F64);
	CHECK(vec_init(&discount, VT_DEC, &w.f.a));
	discount.scale = 3;
	for (uint32_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		in[0].v.i[i] = all[i].price;
		in[1].v.f[i] = all[i].quantity;
		discount.v.i[i] = all[i].discount;
	}
	vec_set_null(&discount, 10); /* none */
	vec_set_null(&in[0], 11);
	in[0].v.i[10] = 200, in[1].v.f[10] = 2;
	out.n = N;
	w.f.g.op->derive(&w.f.g, ins, rows, N, &out, &heap);
	for (uint32_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		CHECK(out.v.i[i] == all[i].total);
	CHECK(out.v.i[10] == 4 && vec_is_null(&out, 11));
	done(&w);
}

/* An address can be made of any column's value. */
static void a_value_of_every_type_has_a_text(void)
{
	static const char *labels[] = {"low", "high"};
	static const struct pg_type mood = {
		.name = "mood", .cls = PG_ENUM, .labels = labels, .nlabels = 2};
	static const struct {
		enum vtype type;
		int64_t value;
		const char *text;
	} all[] = {
		{VT_BOOL, 1, "true"}, {VT_BOOL, 0, "false"}, {VT_INT, -42, "-42"},
		{VT_DEC, -150, "-1.50"}, {VT_DATE, 1, "2000-01-02"},
		{VT_TIME, CAL_SECOND, "00:00:01"}, {VT_TS, CAL_DAY, "2000-01-02T00:00:00"},
		{VT_TSTZ, CAL_DAY, "2000-01-02T00:00:00+00"}, {VT_ENUM, 1, "high"},
		{VT_ENUM, 2, ""}, /* past its labels */
	};
	struct arena a = ARENA_INIT;
	char to[DERIVE_TEXT + 1];
	struct vtext t;
	struct vec v;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		CHECK(vec_init(&v, all[i].type, &a));
		v.scale = 2;
		v.v.i[3] = all[i].value;
		t = derive_text(&v, 3, (struct pg_base){&mood, -1}, to);
		CHECK_STR(arena_strndup(&a, t.p, t.n), all[i].text);
	}
	CHECK(vec_init(&v, VT_F64, &a));
	v.v.f[0] = 0.1;
	t = derive_text(&v, 0, (struct pg_base){&real, -1}, to);
	CHECK_STR(arena_strndup(&a, t.p, t.n), "0.1");
	CHECK(vec_init(&v, VT_UUID, &a));
	memset(v.v.u[0].b, 0xab, 16);
	t = derive_text(&v, 0, (struct pg_base){&text, -1}, to);
	CHECK_STR(arena_strndup(&a, t.p, t.n), "abababab-abab-abab-abab-abababababab");
	CHECK(vec_init(&v, VT_TEXT, &a));
	v.v.t[0] = (struct vtext){"as it is", 8};
	CHECK(derive_text(&v, 0, (struct pg_base){&text, -1}, to).p == v.v.t[0].p);
	arena_free(&a);
}

static void emails_fold_accents(void)
{
	struct world w;
	const char *name = "João D'Ávila-Conceição  Jr.";

	make_world(&w, &text, -1);
	inputs(&w, 1, "nome", NULL);
	CHECK(fix_prepare(&w.f, "derive.email_from_name") == 0);
	run(&w, VT_TEXT, 0, VT_INT);
	for (uint32_t i = 0; i < N; i++)
		in[0].v.t[i] = (struct vtext){name, strlen(name)};
	in[0].v.t[1].n = 0;
	derive(&w);
	CHECK(out.v.t[0].n == strlen("joao.davila.conceicao.jr@example.com") &&
		memcmp(out.v.t[0].p, "joao.davila.conceicao.jr@example.com", out.v.t[0].n) == 0);
	CHECK(memcmp(out.v.t[1].p, "user1002@example.com", 20) == 0);
	done(&w);
}

static void parents_are_copied(void)
{
	struct world w;

	make_world(&w, &num, (12 << 16 | 2) + 4);
	inputs(&w, 2, "fk", NULL);
	fix_str(&w.f, "parent_column", "id");
	CHECK(fix_prepare(&w.f, "derive.parent_value") == 0);
	run(&w, VT_INT, 0, VT_INT);
	for (uint32_t i = 0; i < N; i++)
		in[0].v.i[i] = i;
	derive(&w);
	CHECK(out.v.i[7] == 700);
	done(&w);
	make_world(&w, &int4, -1);
	inputs(&w, 2, "fk", NULL);
	fix_str(&w.f, "parent_column", "d");
	CHECK(fix_prepare(&w.f, "derive.parent_value") == -1); /* a date is no integer */
	w.f.c.column = &w.cols[FK];
	CHECK(fix_prepare(&w.f, "derive.fk") == 0 && w.f.g.in[0].column == 0);
	w.f.c.column = &w.cols[QTD];
	CHECK(fix_prepare(&w.f, "derive.fk") == -1);
	fix_free(&w.f);
}

int main(void)
{
	date_after_timestamp();
	timestamp_before_date();
	bounds_shrink_the_span();
	updated_after_created();
	totals_are_exact();
	discounts_are_taken_and_totals_rounded_once();
	a_value_of_every_type_has_a_text();
	emails_fold_accents();
	parents_are_copied();
	return check_done();
}
