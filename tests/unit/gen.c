/* SPDX-License-Identifier: MIT */
#include "tests/unit/gen_fixture.h"

#include "common/base/str.h"
#include "common/generators/gen_id.h"

/* A class of column each family is tried on. */
static enum pg_class class_for(const struct gen_op *op)
{
	static const struct {
		unsigned family;
		enum pg_class cls;
	} on[] = {
		{GF_TEXT, PG_TEXT},
		{GF_INT, PG_INT4},
		{GF_DATE, PG_DATE},
		{GF_TS, PG_TIMESTAMPTZ},
		{GF_TIME, PG_TIME},
		{GF_BOOL, PG_BOOL},
		{GF_UUID, PG_UUID},
		{GF_ENUM, PG_ENUM},
	};

	if (strcmp(op->id, "primitive.uuid") == 0)
		return PG_UUID;
	for (size_t i = 0; i < sizeof(on) / sizeof(on[0]); i++)
		if (op->families & on[i].family)
			return on[i].cls;
	return PG_OTHER;
}

static unsigned claimed; /* of the texts that are looked at */

static void valid(const struct vec *v, uint32_t i)
{
	static int shown, unlike;

	if ((claimed & TEXT_BARE) != 0 && !vtext_is_bare(&v->v.t[i]) && unlike++ == 0)
		CHECK(!"bare");
	if (v->type == VT_TEXT && !utf8_valid(v->v.t[i].p, v->v.t[i].n) && shown++ == 0)
		CHECK(!"valid UTF-8");
}

/* Every base id on a column it is made for, plain and unique. */
static void every_id(bool unique)
{
	static const char *labels[] = {"a", "b", "c"};

	struct arena a = ARENA_INIT;
	size_t n;
	const struct gen_op *const *all = genreg_list(&a, &n);

	for (size_t i = 0; all != NULL && i < n; i++) {
		const struct gen_op *op = all[i];
		struct gen_fix f;
		uint64_t doubles;
		bool weighed; /* values by their weights, so that there are doubles */

		CHECK(op != NULL && genreg_find(op->id) == op && op->help != NULL);
		if (op->derives)
			continue;
		weighed = strcmp(op->id, "primitive.choice") == 0;
		fix_column(&f, class_for(op), -1);
		f.type.labels = labels;
		f.type.nlabels = 3;
		f.c.unique = unique && !weighed;
		f.c.distinct = !weighed;
		f.c.rows = unique ? 2 : 1000;
		if (fix_prepare(&f, op->id) == -1)
			fix_example(&f, op);
		if (fix_prepare(&f, op->id) == -1) {
			fprintf(stderr, "%s: %s\n", op->id, f.e.msg);
			CHECK(!"prepared");
			continue;
		}
		CHECK(f.g.space > 0);
		claimed = f.g.texts;
		doubles = fix_doubles(&f, valid);
		claimed = 0;
		if ((doubles > 0) != weighed)
			fprintf(stderr, "%s: %llu doubles\n", op->id, (unsigned long long)doubles);
		CHECK((doubles > 0) == weighed);
		fix_free(&f);
	}
	arena_free(&a);
}

/* Types without a rule, each with what a catalogue would say. */
static void every_class(void)
{
	static const char *labels[] = {"um", "do\"is"};
	struct pg_type int4 = {.name = "int4", .cls = PG_INT4},
		       text = {.name = "text", .cls = PG_TEXT},
		       date = {.name = "date", .cls = PG_DATE};
	struct pg_attr attrs[] = {{"x", &int4, -1}, {"y", &text, -1}};

	for (enum pg_class cls = PG_BOOL; cls < PG_OTHER; cls++) {
		struct gen_fix f;
		const char *id;

		if (cls == PG_DOMAIN)
			continue;
		fix_column(&f, cls, -1);
		f.c.by_rule = false;
		f.type.labels = labels;
		f.type.nlabels = 2;
		f.type.elem = cls == PG_ARRAY ? &text : &date;
		f.type.attrs = attrs;
		f.type.nattrs = 2;
		id = gen_default_id(&f.c);
		CHECK(id != NULL);
		if (id == NULL || fix_prepare(&f, id) == -1) {
			fprintf(stderr, "%s: %s\n", pg_class_name(cls), f.e.msg);
			CHECK(!"prepared");
			continue;
		}
		CHECK(fix_doubles(&f, valid) == 0);
		fix_free(&f);
	}
}

/* ---- ranges ----------------------------------------------------------------------------- */

static int64_t seen_lo, seen_hi;

static void track(const struct vec *v, uint32_t i)
{
	seen_lo = v->v.i[i] < seen_lo ? v->v.i[i] : seen_lo;
	seen_hi = v->v.i[i] > seen_hi ? v->v.i[i] : seen_hi;
}

static void see(struct gen_fix *f)
{
	seen_lo = INT64_MAX;
	seen_hi = INT64_MIN;
	CHECK(fix_doubles(f, track) == 0);
}

static void ranges_follow_checks(void)
{
	struct gen_fix f;
	int64_t set[] = {1, 2, 7, 20000}, not_set[] = {3, 5};

	fix_column(&f, PG_INT4, -1);
	f.dom.has_lo = f.dom.has_hi = true;
	f.dom.lo = 1;
	f.dom.hi = 5;
	f.c.dom = &f.dom;
	CHECK(fix_prepare(&f, "primitive.int") == 0);
	CHECK(f.g.ordinal && f.g.lo == 1 && f.g.hi == 5 && f.g.space == 5);
	f.dom.lo = 20000; /* both ends are said: the default range is none */
	f.dom.hi = 50000;
	CHECK(fix_prepare(&f, "primitive.int") == 0);
	CHECK(f.g.lo == 20000 && f.g.hi == 50000);
	f.dom.has_hi = false; /* one is: it moves to where values are allowed ... */
	CHECK(fix_prepare(&f, "primitive.int") == 0);
	CHECK(f.g.lo == 20000 && f.g.hi == 30000);
	f.dom.lo = -5; /* ... or begins there, below 0 */
	CHECK(fix_prepare(&f, "primitive.int") == 0);
	CHECK(f.g.lo == -5 && f.g.hi == 10000);
	f.dom.lo = 20000;
	f.dom.has_hi = true;
	fix_params(&f, 1); /* a given one does not */
	mp_kint(&f.packed, "max", 100);
	CHECK(fix_prepare(&f, "primitive.int") == -1 && f.e.kind == ERR_NO);
	fix_free(&f);

	fix_column(&f, PG_INT4, -1);
	f.c.dom = &f.dom;
	f.dom.set = set;
	f.dom.nset = 4;
	CHECK(fix_prepare(&f, "primitive.int") == 0 && f.g.space == 4 && !f.g.ordinal);
	see(&f);
	CHECK(seen_lo == 1 && seen_hi == 20000);
	f.dom.set = NULL;
	f.dom.not_set = not_set;
	f.dom.nnot = 2;
	f.dom.has_lo = f.dom.has_hi = true;
	f.dom.lo = 2;
	f.dom.hi = 5;
	CHECK(fix_prepare(&f, "primitive.int") == 0 && f.g.space == 2);
	see(&f);
	CHECK(seen_lo == 2 && seen_hi == 4);
	fix_free(&f);
}

static void types_are_not_overflown(void)
{
	struct gen_fix f;

	fix_column(&f, PG_NUMERIC, (5 << 16 | 2) + 4);
	CHECK(fix_prepare(&f, "primitive.decimal.numeric") == 0);
	CHECK(f.g.lo == 0 && f.g.hi == 99999 && f.g.step == 1);
	CHECK(fix_prepare(&f, "primitive.int") == 0 && f.g.step == 100 && f.g.hi == 99900);
	fix_free(&f);
	fix_column(&f, PG_INT2, -1);
	f.c.unique = true;
	f.c.rows = 60000;
	CHECK(fix_prepare(&f, "primitive.int") == 0 && f.g.space >= 60000);
	see(&f);
	CHECK(seen_lo >= INT16_MIN && seen_hi <= INT16_MAX);
	f.c.rows = 70000;
	CHECK(fix_prepare(&f, "primitive.int") == -1 && f.e.kind == ERR_NO);
	fix_free(&f);
	fix_column(&f, PG_NUMERIC, (10 << 16 | 3) + 4);
	fix_params(&f, 2);
	mp_kstr(&f.packed, "min", NULL);
	mp_str(&f.packed, "max");
	mp_double(&f.packed, 0.3);
	CHECK(fix_prepare(&f, "primitive.decimal.numeric") == 0 && f.g.hi == 300);
	fix_free(&f);
}

static void today_keeps_its_margin(void)
{
	struct gen_fix f;

	fix_column(&f, PG_DATE, -1);
	f.c.dom = &f.dom;
	f.dom.has_lo = f.dom.lo_now = true;
	f.dom.lo = f.c.as_of;
	CHECK(fix_prepare(&f, "primitive.date") == 0);
	CHECK(f.g.lo == f.c.as_of + 365 && f.g.hi >= f.g.lo + 300);
	f.dom = (struct sql_domain){.has_hi = true, .hi_now = true, .hi = f.c.as_of};
	f.c.by_rule = false;
	CHECK(fix_prepare(&f, "primitive.date") == 0);
	CHECK(f.g.hi == f.c.as_of && f.g.lo == f.c.as_of - 730);
	fix_free(&f);
	fix_column(&f, PG_TIMESTAMPTZ, -1);
	CHECK(fix_prepare(&f, "primitive.timestamp") == 0);
	CHECK(f.g.lo == cal_days(2024, 1, 1) * CAL_DAY && f.g.step == CAL_SECOND);
	CHECK(f.g.hi == cal_days(2025, 1, 1) * CAL_DAY - CAL_SECOND);
	fix_free(&f);
}

static void sequences_count(void)
{
	struct gen_fix f;

	fix_column(&f, PG_INT2, -1);
	f.c.by_rule = false;
	f.column.sequence = "s.q";
	f.column.seq_start = 10;
	f.column.seq_step = 10;
	CHECK_STR(gen_default_id(&f.c), "primitive.int.sequence_hint");
	CHECK(fix_prepare(&f, "primitive.int.sequence_hint") == 0);
	CHECK(f.g.affine && f.g.lo == 10 && f.g.step == 10 && f.g.space == 3276);
	f.c.unique = true;
	f.c.rows = 4000;
	CHECK(fix_prepare(&f, "primitive.int.sequence_hint") == -1);
	fix_free(&f);
}

/* ---- texts --------------------------------------------------------------------------------- */

static uint32_t longest, shortest;

static void measure(const struct vec *v, uint32_t i)
{
	uint32_t n = (uint32_t)utf8_len(v->v.t[i].p, v->v.t[i].n);

	longest = n > longest ? n : longest;
	shortest = n < shortest ? n : shortest;
}

static void texts_fit_their_columns(void)
{
	static const char *ids[] = {"primitive.text", "primitive.text.lorem", "semantic.br.name",
		"semantic.br.email.safe", "semantic.br.company.name", "semantic.br.product.name",
		"semantic.br.city", "semantic.br.address"};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct gen_fix f;

		longest = 0;
		shortest = UINT32_MAX;
		fix_column(&f, PG_VARCHAR, 22 + 4);
		f.c.dom = &f.dom;
		f.dom.min_len = 8;
		CHECK(fix_prepare(&f, ids[i]) == 0);
		if (f.e.kind != ERR_NONE)
			fprintf(stderr, "%s: %s\n", ids[i], f.e.msg);
		else
			CHECK(fix_doubles(&f, measure) == 0);
		CHECK(longest <= 22 && shortest >= 8);
		fix_free(&f);
	}
}

static const char *allowed[] = {"tarefa", "reuniao", "anotacao"};
static int outside;

static void is_allowed(const struct vec *v, uint32_t i)
{
	bool ok = false;

	for (size_t k = 0; k < 3; k++)
		ok = ok || (strlen(allowed[k]) == v->v.t[i].n &&
				   memcmp(allowed[k], v->v.t[i].p, v->v.t[i].n) == 0);
	outside += !ok;
}

static void is_email(const struct vec *v, uint32_t i)
{
	const char *at = memchr(v->v.t[i].p, '@', v->v.t[i].n);

	outside += at == NULL || at == v->v.t[i].p;
	for (size_t k = 0; k < v->v.t[i].n; k++)
		outside += (unsigned char)v->v.t[i].p[k] > 126;
}

static void texts_follow_checks(void)
{
	struct gen_fix f;
	const char *pattern = "^[A-Z]{2}[0-9]{3}$";

	fix_column(&f, PG_TEXT, -1);
	f.c.dom = &f.dom;
	f.dom.texts = allowed;
	f.dom.nset = 3;
	CHECK(fix_prepare(&f, "primitive.text") == 0 && f.g.space == 3);
	CHECK(fix_doubles(&f, is_allowed) == 0 && outside == 0);
	CHECK(fix_prepare(&f, "semantic.br.uf") == -1 && f.e.kind == ERR_NO);
	fix_free(&f);

	fix_column(&f, PG_TEXT, -1);
	f.c.dom = &f.dom;
	f.dom.contains = "@";
	f.dom.contains_at = 2;
	CHECK_STR(gen_default_id(&f.c), "semantic.br.email.safe");
	f.c.unique = true;
	f.c.rows = 5000000;
	CHECK(fix_prepare(&f, "semantic.br.email.safe") == 0);
	CHECK(fix_doubles(&f, is_email) == 0 && outside == 0);
	CHECK(fix_prepare(&f, "primitive.text") == 0);
	CHECK(fix_doubles(&f, is_email) == 0 && outside == 0);
	CHECK(fix_prepare(&f, "semantic.br.name") == -1);
	f.dom = (struct sql_domain){.max_len = UINT32_MAX, .patterns = &pattern, .npatterns = 1};
	f.c.rows = 676000;
	CHECK(fix_prepare(&f, "primitive.text") == 0 && f.g.space == 676000);
	CHECK(fix_doubles(&f, NULL) == 0);
	fix_free(&f);
}

static void unique_columns_keep_the_look(void)
{
	static const char *ids[] = {"semantic.br.name", "semantic.br.email.safe",
		"semantic.br.company.name", "semantic.br.product.name", "semantic.br.cpf",
		"semantic.br.cnpj", "semantic.br.url", "semantic.br.address"};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct gen_fix f;

		fix_column(&f, PG_TEXT, -1);
		f.c.unique = true;
		f.c.rows = 10000000;
		CHECK(fix_prepare(&f, ids[i]) == 0 && f.g.space >= f.c.rows);
		CHECK(fix_doubles(&f, valid) == 0);
		fix_free(&f);
	}
}

/* The official rule, written the other way round: the weighted sum with the check digit is 0. */
static unsigned remainder_of(const char *d, unsigned n, unsigned top)
{
	unsigned sum = 0, w = 2;

	for (unsigned i = n - 1; i-- > 0; w = w == top ? 2 : w + 1)
		sum += w * (unsigned)(d[i] - '0');
	return (sum * 10 % 11 % 10 + 10 - (unsigned)(d[n - 1] - '0')) % 10;
}

static void check_digits(const struct vec *v, uint32_t i)
{
	const struct vtext *t = &v->v.t[i];
	unsigned n = (unsigned)t->n, top = n == 11 ? 11 : 9;

	outside += remainder_of(t->p, n - 1, top) != 0 || remainder_of(t->p, n, top) != 0;
}

static void registry_numbers_are_valid(void)
{
	static const char *ids[] = {"semantic.br.cpf", "semantic.br.cnpj"};

	CHECK(remainder_of("52998224725", 11, 11) == 0);
	CHECK(remainder_of("11222333000181", 14, 9) == 0);
	for (size_t i = 0; i < 2; i++) {
		struct gen_fix f;

		fix_column(&f, PG_TEXT, -1);
		CHECK(fix_prepare(&f, ids[i]) == 0);
		CHECK(fix_doubles(&f, check_digits) == 0 && outside == 0);
		fix_free(&f);
	}
}

/* ---- parameters and the catalogue ------------------------------------------------------------ */

static void parameters_are_checked(void)
{
	struct gen_fix f;

	fix_column(&f, PG_INT4, -1);
	fix_params(&f, 1);
	fix_str(&f, "min", "x");
	CHECK(fix_prepare(&f, "primitive.int") == -1);
	CHECK_STR(f.e.msg, "primitive.int: parameter min must be an integer");
	buf_free(&f.packed);
	fix_params(&f, 1);
	mp_kint(&f.packed, "mim", 1);
	CHECK(fix_prepare(&f, "primitive.int") == -1);
	CHECK_STR(f.e.msg, "primitive.int: unknown parameter mim");
	CHECK(fix_prepare(&f, "semantic.br.money.brl") == 0); /* lenient since 0.1 */
	CHECK(fix_prepare(&f, "semantic.br.name") == -1);     /* of another family */
	fix_free(&f);
}

static void durations_are_read(void)
{
	static const struct {
		const char *text;
		int64_t usec;
	} good[] = {{"0d", 0}, {"30d", 30 * CAL_DAY}, {"2h", 2 * CAL_HOUR},
		{"90m", 90 * CAL_MINUTE}, {"1d12h", 36 * CAL_HOUR}, {"-1d", -CAL_DAY},
		{"2w", 14 * CAL_DAY}, {"3y", 1095 * CAL_DAY}};
	static const char *bad[] = {"", "d", "3", "1W", "-", "1d ", "99999999999999999999d", "1y6"};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		msgpack_object o = {.type = MSGPACK_OBJECT_STR};
		msgpack_object_kv kv = {.key = {.type = MSGPACK_OBJECT_STR}};
		msgpack_object map = {.type = MSGPACK_OBJECT_MAP};
		int64_t v = -1;

		o.via.str.ptr = good[i].text;
		o.via.str.size = (uint32_t)strlen(good[i].text);
		kv.key.via.str.ptr = "min";
		kv.key.via.str.size = 3;
		kv.val = o;
		map.via.map.size = 1;
		map.via.map.ptr = &kv;
		CHECK(gen_arg_duration(&map, "min", CAL_DAY, &v) && v == good[i].usec);
		kv.val.via.str.ptr = bad[i];
		kv.val.via.str.size = (uint32_t)strlen(bad[i]);
		CHECK(!gen_arg_duration(&map, "min", CAL_DAY, &v));
	}
}

/* A country's documents are a file that the build finds, and a country more is no fault. */
static size_t documents(void)
{
	size_t n = 0;

	for (size_t i = 0; gen_id_all[i] != NULL; i++)
		for (const struct gen_op *op = gen_id_all[i]; op->id != NULL; op++)
			n++;
	return n;
}

static void the_catalogue_is_whole(void)
{
	struct arena a = ARENA_INIT;
	size_t n;
	const struct gen_op *const *all = genreg_list(&a, &n);

	CHECK(documents() >= 20);
	CHECK(n - documents() ==
		21 + 15 + 15 + 12 + 35 + 165 + 8 + 10 + 7 + 2 + 2 + 44 + 36 + 3 + 1 - 20);
	for (size_t i = 1; all != NULL && i < n; i++)
		CHECK(strcmp(all[i - 1]->id, all[i]->id) < 0);
	arena_free(&a);
	CHECK_STR(genreg_nearest("primitive.txt"), "primitive.text");
	CHECK(genreg_nearest("xyz") == NULL);
	CHECK_STR(genreg_legacy("int_range", GF_NUM), "primitive.int");
	CHECK_STR(genreg_legacy("date_range", GF_DATE), "primitive.date");
	CHECK_STR(genreg_legacy("date_range", GF_TIME), "primitive.time");
	CHECK(genreg_legacy("int", GF_INT) == NULL);
}

int main(void)
{
	every_id(false);
	every_id(true);
	every_class();
	ranges_follow_checks();
	types_are_not_overflown();
	today_keeps_its_margin();
	sequences_count();
	texts_fit_their_columns();
	texts_follow_checks();
	unique_columns_keep_the_look();
	registry_numbers_are_valid();
	parameters_are_checked();
	durations_are_read();
	the_catalogue_is_whole();
	return check_done();
}
