/* SPDX-License-Identifier: MIT */
#include "tests/unit/gen_fixture.h"

#include "common/base/str.h"

enum { N = 4 };

static struct transform x;
static struct gen_fix f;
static struct vec v;
static struct gen_heap heap;
static char got[256];

static void open_column(enum pg_class cls, int32_t typmod)
{
	fix_column(&f, cls, typmod);
	heap = GEN_HEAP_INIT;
	CHECK(vec_init(&v, f.c.type, &f.a));
	v.scale = f.c.scale;
}

static void close_column(void)
{
	gen_heap_free(&heap);
	fix_free(&f);
}

static int prepare(const char *id)
{
	const struct transform_op *op = transformreg_find(id);
	int rc;

	x = (struct transform){.key = 7, .salt = 99, .in_type = f.c.type, .in_bytes = 64};
	f.e = (struct err){0};
	if (f.zone != NULL)
		msgpack_zone_free(f.zone);
	f.zone = msgpack_zone_new(1024);
	CHECK(mp_parse(f.zone, f.packed.p, f.packed.n, &f.params, &f.e) == 0);
	rc = transform_prepare(&x, op, &f.c, &f.params, &f.a, &f.e);
	buf_free(&f.packed);
	return rc;
}

/* The text of one value after the transform, in row ${row}. */
static const char *apply(const char *value, uint64_t row)
{
	uint64_t rows[N] = {row, row + 1, row + 2, row + 3};

	v.n = N;
	v.has_null = false;
	for (uint32_t i = 0; i < N; i++)
		v.v.t[i] = (struct vtext){value, strlen(value)};
	vec_set_null(&v, 1);
	CHECK(gen_heap_reserve(&heap, (size_t)N * (x.max_bytes + 64)));
	gen_heap_reset(&heap);
	x.op->apply(&x, rows, N, &v, &heap);
	CHECK(vec_is_null(&v, 1));
	memcpy(got, v.v.t[0].p, v.v.t[0].n);
	got[v.v.t[0].n] = '\0';
	return got;
}

static void one(const char *name, const char *value)
{
	fix_params(&f, 1);
	fix_str(&f, name, value);
}

static void texts_change(void)
{
	open_column(PG_TEXT, -1);
	one("mode", "title");
	CHECK(prepare("transform.casing") == 0);
	CHECK_STR(apply("érica DE álvaro", 0), "Érica De Álvaro");
	one("mode", "upper");
	CHECK(prepare("transform.casing") == 0);
	CHECK_STR(apply("coração ß", 0), "CORAÇÃO ß");
	one("mode", "loud");
	CHECK(prepare("transform.casing") == -1);
	fix_params(&f, 1);
	mp_kint(&f.packed, "max_len", 4);
	CHECK(prepare("transform.truncate") == 0);
	CHECK_STR(apply("ação!", 0), "ação");
	fix_params(&f, 2);
	fix_str(&f, "prefix", "<");
	fix_str(&f, "suffix", ">");
	CHECK(prepare("transform.prefix_suffix") == 0);
	CHECK_STR(apply("x", 0), "<x>");
	one("template", "{value}/{value}!");
	CHECK(prepare("transform.format") == 0);
	CHECK_STR(apply("ab", 0), "ab/ab!");
	close_column();
	open_column(PG_VARCHAR, 5 + 4);
	one("prefix", "ção");
	CHECK(prepare("transform.prefix_suffix") == 0);
	CHECK_STR(apply("áéíóú", 0), "çãoáéíóú"); /* whole: what is too long is not cut here */
	close_column();
}

static void masks_hide(void)
{
	char first[256];

	open_column(PG_TEXT, -1);
	one("mode", "format_preserving");
	CHECK(prepare("transform.mask") == 0);
	CHECK_STR(apply("maria.silva@example.com", 0), "m*********a@example.com");
	CHECK_STR(apply("529.982.247-25", 0), "***.***.***-25");
	CHECK_STR(apply("11222333000181", 0), "**.***.***/****-81");
	CHECK_STR(apply("órgão", 0), "ó***o");
	CHECK_STR(apply("ab", 0), "**");
	one("mode", "hash");
	CHECK(prepare("transform.mask") == 0);
	CHECK(strlen(apply("52998224725", 0)) == 64);
	memcpy(first, got, sizeof(first));
	CHECK_STR(apply("52998224725", 9), first);
	x.salt++; /* another seed, another hash */
	CHECK(strcmp(apply("52998224725", 0), first) != 0);
	f.c.unique = true; /* the same value in two rows, told apart by the row */
	one("mode", "format_preserving");
	CHECK(prepare("transform.mask") == 0);
	memcpy(first, apply("ana@example.com", 1), sizeof(first));
	CHECK(strcmp(apply("ana@example.com", 2), first) != 0);
	memcpy(first, apply("52998224725", 1), sizeof(first));
	CHECK(strcmp(apply("52998224725", 2), first) != 0 && strlen(first) == 14);
	one("mode", "redact");
	CHECK(prepare("transform.mask") == -1 && f.e.kind == ERR_NO);
	close_column();
}

static void choose(const char *a, double wa, const char *b, double wb)
{
	fix_params(&f, 1);
	mp_str(&f.packed, "choices");
	mp_array(&f.packed, 2);
	for (int i = 0; i < 2; i++) {
		mp_map(&f.packed, 2);
		mp_kstr(&f.packed, "value", i == 0 ? a : b);
		mp_str(&f.packed, "weight");
		mp_double(&f.packed, i == 0 ? wa : wb);
	}
}

static void choices_are_of_the_columns_type(void)
{
	static const char *labels[] = {"novo", "perdido"};
	uint64_t rows[VEC_BLOCK];
	int64_t second = 0;

	open_column(PG_ENUM, -1);
	f.type.labels = labels;
	f.type.nlabels = 2;
	choose("novo", 3, "perdido", 1);
	CHECK(prepare("transform.weighted_choice") == 0);
	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		rows[i] = i;
	v.n = VEC_BLOCK;
	x.op->apply(&x, rows, VEC_BLOCK, &v, &heap);
	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		second += v.v.i[i];
	CHECK(second > VEC_BLOCK / 5 && second < VEC_BLOCK * 3 / 10);
	choose("novo", 3, "velho", 1);
	CHECK(prepare("transform.weighted_choice") == -1);
	choose("novo", 3, "perdido", 0);
	CHECK(prepare("transform.weighted_choice") == -1);
	close_column();
}

static void dates_go_through_formats(void)
{
	uint64_t row = 0;

	open_column(PG_DATE, -1);
	one("format", "%Y-%m-01");
	CHECK(prepare("transform.format") == 0);
	v.n = 1;
	v.v.i[0] = cal_days(2026, 11, 22);
	x.op->apply(&x, &row, 1, &v, &heap);
	CHECK(v.v.i[0] == cal_days(2026, 11, 1));
	one("format", "%d of %Q");
	CHECK(prepare("transform.format") == -1);
	one("mode", "upper");
	CHECK(prepare("transform.casing") == -1); /* not text */
	fix_params(&f, 1);
	mp_str(&f.packed, "rate");
	mp_double(&f.packed, 0.25);
	CHECK(prepare("transform.null_rate") == 0 && x.null_rate == 0.25);
	f.column.not_null = true;
	fix_params(&f, 1);
	mp_str(&f.packed, "rate");
	mp_double(&f.packed, 0.25);
	CHECK(prepare("transform.null_rate") == -1);
	close_column();
}

/* What ${id} asks of the values it gets, of ${d}: of those it leaves. */
static int before(const char *id, struct sql_domain *d, enum transform_before how)
{
	int rc;

	f.e = (struct err){0};
	if (f.zone != NULL)
		msgpack_zone_free(f.zone);
	f.zone = msgpack_zone_new(1024);
	CHECK(mp_parse(f.zone, f.packed.p, f.packed.n, &f.params, &f.e) == 0);
	rc = transformreg_find(id)->before(&f.params, d, how, &f.a, &f.e);
	buf_free(&f.packed);
	return rc;
}

static void what_is_asked_goes_back_through_them(void)
{
	const char *texts[] = {"a-xx", "a-yy", "zz"}, *states[] = {"SP", "rj"};
	const char *pattern = "^[A-Z]+$";
	struct sql_domain d = {.min_len = 4, .max_len = 20, .must_not_null = true};

	open_column(PG_TEXT, -1);
	one("prefix", "a-");
	CHECK(before("transform.prefix_suffix", &d, XFORM_ALL) == 0);
	CHECK(d.min_len == 2 && d.max_len == 18 && d.must_not_null);
	d = (struct sql_domain){.max_len = 1};
	one("prefix", "a-");
	CHECK(before("transform.prefix_suffix", &d, XFORM_ALL) == 1 && f.e.kind == ERR_NO);
	d = (struct sql_domain){.max_len = 9, .texts = texts, .nset = 3};
	one("prefix", "a-");
	CHECK(before("transform.prefix_suffix", &d, XFORM_ALL) == 0 && d.nset == 2);
	CHECK_STR(d.texts[0], "xx");
	d = (struct sql_domain){.max_len = 11};
	one("template", "{value}.{value}"); /* twice the value, and one more */
	CHECK(before("transform.format", &d, XFORM_ALL) == 0 && d.max_len == 5);
	d = (struct sql_domain){.max_len = 9, .texts = states, .nset = 2};
	one("mode", "upper");
	CHECK(before("transform.casing", &d, XFORM_LIKELY) == 0 && d.nset == 1);
	one("mode", "upper");
	CHECK(before("transform.casing", &d, XFORM_ALL) == 0 && d.texts == NULL);
	d = (struct sql_domain){.max_len = 9, .patterns = &pattern, .npatterns = 1};
	one("mode", "hash");
	CHECK(before("transform.mask", &d, XFORM_LIKELY) == 0);
	CHECK(d.npatterns == 0 && d.max_len == UINT32_MAX);
	d = (struct sql_domain){.min_len = 2, .max_len = 8};
	fix_params(&f, 1);
	mp_kint(&f.packed, "max_len", 5);
	CHECK(before("transform.truncate", &d, XFORM_ALL) == 0);
	CHECK(d.min_len == 2 && d.max_len == UINT32_MAX); /* what is longer is cut */
	d.min_len = 6;
	fix_params(&f, 1);
	mp_kint(&f.packed, "max_len", 5);
	CHECK(before("transform.truncate", &d, XFORM_ALL) == 1);
	close_column();
}

int main(void)
{
	struct arena a = ARENA_INIT;
	size_t n;
	const struct transform_op *const *all = transformreg_list(&a, &n);

	CHECK(all != NULL && n == 7);
	for (size_t i = 1; all != NULL && i < n; i++)
		CHECK(strcmp(all[i - 1]->id, all[i]->id) < 0);
	arena_free(&a);
	CHECK_STR(transformreg_nearest("transform.maks"), "transform.mask");
	texts_change();
	masks_hide();
	choices_are_of_the_columns_type();
	dates_go_through_formats();
	what_is_asked_goes_back_through_them();
	return check_done();
}
