/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/str.h"
#include "common/sql/sql_recover.h"
#include "tests/unit/check.h"
#include "tests/unit/sqltable.h"

/* What narrowing makes of checks, told in a line of text; and what it refuses. */

enum { AS_OF = 9000 }; /* 2024-08-22 */

static char columns[] = "email\ttext\t-1\n"
			"outro\ttext\t-1\n"
			"score\tint4\t-1\n"
			"ordem\tint4\t-1\n"
			"valor\tnumeric\t786438\n" /* numeric(12,2) */
			"prob\tnumeric\t327686\n"  /* numeric(5,2) */
			"inicio\tdate\t-1\n"
			"fim\tdate\t-1\n"
			"criado\ttimestamptz\t-1\n"
			"feito\ttimestamptz\t-1\n"
			"ativo\tbool\t-1\n"
			"humor\tmood\t-1\tenum sad,ok,happy\n"
			"moeda\tbpchar\t7\n" /* char(3) */
			"peso\tfloat8\t-1\n"
			"nome\tvarchar\t14\n" /* varchar(10) */
			"pai\tuuid\t-1\n"
			"mae\tuuid\t-1\n"
			"hora\ttime\t-1\n"
			"par\tpositive\t-1\tdomain int4\n"
			"from\tint8\t-1\n";

static struct pg_type types[2 * SQLTABLE_MAX];
static struct schema schema = {.types = types};
static struct pg_table table = {.schema = "crm", .name = "t"};
static struct pg_check positive[] = {{.name = "positive_check", .expr = "(VALUE > 0)"}};
static const struct sql_scope scope = {.schema = &schema, .table = &table, .as_of = AS_OF};

static void tell_list(
	struct buf *b, const char *what, const int64_t *set, const char **texts, uint32_t n)
{
	buf_addf(b, " %s{", what);
	for (uint32_t i = 0; i < n; i++)
		if (set != NULL)
			buf_addf(b, "%s%" PRId64, i > 0 ? "," : "", set[i]);
		else
			buf_addf(b, "%s%s", i > 0 ? "," : "", texts[i]);
	buf_addc(b, '}');
}

static void tell_domain(struct buf *b, const struct pg_column *c, const struct sql_domain *d)
{
	const bool real = c->type->cls == PG_FLOAT8;
	size_t from = b->n;

	buf_addf(b, "%s", c->name);
	from = b->n;
	if (d->has_lo && real)
		buf_addf(b, " %s%g", d->flo_open ? ">" : ">=", d->flo);
	else if (d->has_lo)
		buf_addf(b, " >=%" PRId64 "%s", d->lo, d->lo_now ? "(now)" : "");
	if (d->has_hi && real)
		buf_addf(b, " %s%g", d->fhi_open ? "<" : "<=", d->fhi);
	else if (d->has_hi)
		buf_addf(b, " <=%" PRId64 "%s", d->hi, d->hi_now ? "(now)" : "");
	if (d->set != NULL || d->texts != NULL)
		tell_list(b, "in", d->set, d->texts, d->nset);
	if (d->nnot > 0)
		tell_list(b, "not", d->not_set, d->not_texts, d->nnot);
	if (d->min_len > 0)
		buf_addf(b, " len>=%u", d->min_len);
	if (d->max_len != UINT32_MAX)
		buf_addf(b, " len<=%u", d->max_len);
	if (d->contains != NULL)
		buf_addf(b, " has %s@%u", d->contains, d->contains_at);
	for (uint32_t i = 0; i < d->npatterns; i++)
		buf_addf(b, " ~%s", d->patterns[i]);
	buf_adds(b, d->must_null ? " null" : "");
	buf_adds(b, d->must_not_null ? " notnull" : "");
	buf_adds(b, d->more ? " more" : "");
	if (b->n == from)
		b->p[b->n -= strlen(c->name)] = '\0';
	else
		buf_adds(b, "; ");
}

static void tell(struct buf *b, const struct sql_narrow *n)
{
	for (uint32_t c = 0; c < table.ncolumns; c++)
		if (table.columns[c].type->cls != PG_DOMAIN)
			tell_domain(b, &table.columns[c], &n->dom[c]);
	for (uint32_t k = 0; k < n->norders; k++)
		buf_addf(b, "%s>=%s%+" PRId64 "; ", table.columns[n->orders[k].left].name,
			table.columns[n->orders[k].right].name, n->orders[k].gap);
	for (uint32_t k = 0; k < n->ndiffers; k++)
		buf_addf(b, "%s<>%s; ", table.columns[n->differs[k].left].name,
			table.columns[n->differs[k].right].name);
	for (uint32_t k = 0; k < n->nresidual; k++)
		buf_addf(b, "residual %u; ", n->residual[k]);
}

/* Up to three checks together say exactly ${want}. */
static void says(const char *want, const char *a, const char *b, const char *c)
{
	const char *text[] = {a, b, c};
	struct sql_expr *x[3];
	struct arena mem = ARENA_INIT;
	struct buf got = BUF_INIT;
	struct err e = {0};
	struct sql_narrow n;
	uint32_t k = 0;

	for (; k < 3 && text[k] != NULL; k++)
		if (sql_compile(&x[k], &scope, text[k], &mem, &e) != SQL_OK) {
			fprintf(stderr, "%s: %s\n", text[k], e.msg);
			CHECK(!"compiles");
			goto out;
		}
	if (sql_narrow(&n, &scope, x, k, &mem, &e) == SQL_OK)
		tell(&got, &n);
	else
		buf_addf(&got, "%d %s", (int)e.kind, e.msg);
	if (got.n >= 2 && strcmp(got.p + got.n - 2, "; ") == 0)
		got.p[got.n - 2] = '\0';
	CHECK_STR(got.p != NULL ? got.p : "", want);
out:
	buf_free(&got);
	arena_free(&mem);
}

static const struct {
	const char *want, *check;
} one[] = {
	/* the shapes of the CRM fixture, as the server prints them */
	{"criado>=feito+0", "(criado >= feito)"},
	{"feito>=criado+0", "((feito IS NULL) OR (feito >= criado))"},
	{"fim>=inicio+0", "((fim IS NULL) OR (fim >= inicio))"},
	{"inicio <=9000(now)", "((inicio IS NULL) OR (inicio <= CURRENT_DATE))"},
	{"inicio >=9000(now)", "((inicio IS NULL) OR (inicio >= CURRENT_DATE))"},
	{"score >=1", "(score > 0)"},
	{"valor >=0", "(valor >= (0)::numeric)"},
	{"valor >=1", "(valor > (0)::numeric)"},
	{"score >=0 <=100", "((score >= 0) AND (score <= 100))"},
	{"prob >=0 <=10000", "((prob >= (0)::numeric) AND (prob <= (100)::numeric))"},
	{"email has @@2", "(POSITION(('@'::text) IN (email)) > 1)"},
	{"email has @@2", "((email IS NULL) OR (POSITION(('@'::text) IN (email)) > 1))"},
	{"email in{anotacao,reuniao,tarefa}",
		"(email = ANY (ARRAY['tarefa'::text, 'reuniao'::text, 'anotacao'::text]))"},
	/* bounds */
	{"score <=-1", "(0 > score)"},
	{"score >=6 <=6", "(score = 6)"},
	{"score not{6}", "(score <> 6)"},
	{"score >=3", "((score)::numeric > 2.5)"},
	{"score <=2", "(NOT ((score)::numeric > 2.5))"},
	{"prob >=251", "(prob > 2.505)"},
	{"prob <=250", "(prob < 2.505)"},
	{"ordem >=5", "((ordem)::bigint > '4'::bigint)"},
	{"inicio >=1", "(inicio > '2000-01-01'::date)"},
	{"inicio >=1", "(inicio >= '2000-01-01 00:00:01'::timestamp without time zone)"},
	{"inicio <=2429(now)", "(inicio < (CURRENT_DATE - (18 * 365)))"},
	{"humor >=1", "(humor > 'sad'::mood)"},
	{"humor in{0,2}", "(humor = ANY (ARRAY['sad'::mood, 'happy'::mood]))"},
	{"ativo >=1 <=1", "ativo"},
	{"ativo >=0 <=0", "(NOT ativo)"},
	{"ativo >=1 <=1 notnull", "(ativo IS TRUE)"},
	{"ativo >=1 <=1", "(ativo = true)"},
	{"peso >0 <=1.5", "((peso > (0)::double precision) AND (peso <= (1.5)::double precision))"},
	{"hora >=28800000000", "(hora >= '08:00:00'::time without time zone)"},
	/* sets */
	{"score in{1,2,3}", "(score = ANY (ARRAY[3, 1, 2, 1]))"},
	{"score not{1,2}", "(score <> ALL (ARRAY[1, 2]))"},
	{"score in{1,4}", "((score = 1) OR (score = 4))"},
	{"score in{1,4}", "((score IS NULL) OR (score = 1) OR (score = 4))"},
	{"email not{x,y}", "(email <> ALL (ARRAY['x'::text, 'y'::text]))"},
	{"moeda in{BRL,USD}", "(moeda = ANY (ARRAY['BRL'::bpchar, 'USD'::bpchar]))"},
	{"nome in{a,b}", "((nome)::text = ANY ((ARRAY['a'::character varying, 'b'::character "
			 "varying])::text[]))"},
	/* text */
	{"email len>=1", "(email <> ''::text)"},
	{"email len>=3 len<=20", "((length(email) >= 3) AND (char_length(email) <= 20))"},
	{"nome len<=5", "(char_length((nome)::text) <= 5)"},
	{"email len<=31; residual 0", "(octet_length(email) < 32)"},
	{"email len>=8; residual 0", "(octet_length(email) >= 32)"},
	{"email len>=1; residual 0", "(btrim(email) <> ''::text)"},
	{"email len>=1; residual 0", "(length(TRIM(BOTH FROM email)) > 0)"},
	{"email ~^[a-z]+$; residual 0", "(email ~ '^[a-z]+$'::text)"},
	{"residual 0", "(lower(email) = email)"},
	/* columns tied */
	{"criado>=feito+1", "(criado > feito)"},
	{"fim>=inicio+8; residual 0", "(fim > (inicio + 7))"},
	{"inicio>=fim-30; residual 0", "((fim - inicio) <= 30)"},
	{"fim>=inicio+2; residual 0", "(fim > (inicio + '1 day'::interval))"},
	{"feito>=criado+3600000001; residual 0", "(feito > (criado + '01:00:00'::interval))"},
	{"residual 0", "(feito > (criado + '1 mon'::interval))"},
	{"criado>=inicio+0", "(criado >= inicio)"},
	{"score>=ordem+0; ordem>=score+0", "(score = ordem)"},
	{"valor>=prob+0", "(valor >= prob)"},
	{"pai<>mae", "(pai <> mae)"},
	{"score<>ordem", "(score <> ordem)"},
	/* NULLs */
	{"score notnull", "(score IS NOT NULL)"},
	{"score null", "(score IS NULL)"},
	{"residual 0", "((score IS NULL) <> (ordem IS NULL))"},
	{"residual 0", "(num_nonnulls(score, ordem) = 1)"},
	/* an OR that a NULL would break is not taken for its other side */
	{"residual 0", "((ordem IS NULL) OR (score > 0))"},
	{"residual 0", "((score < 1) OR (score > 5))"},
	{"", "true"},
};

static void shapes(void)
{
	for (size_t k = 0; k < sizeof one / sizeof one[0]; k++)
		says(one[k].want, one[k].check, NULL, NULL);
}

static void conjunctions(void)
{
	says("score >=5 <=9", "(score > 2)", "(score >= 5)", "(score < 10)");
	says("score >=2 in{3}", "(score = ANY (ARRAY[1, 2, 3]))", "(score <> 2)", "(score > 1)");
	says("email in{ab,abc} len>=2", "(email = ANY (ARRAY['a'::text, 'ab'::text, 'abc'::text]))",
		"(length(email) > 1)", NULL);
	says("email in{b}", "(email = ANY (ARRAY['a'::text, 'b'::text]))",
		"(email = ANY (ARRAY['c'::text, 'b'::text]))", NULL);
	says("inicio >=9001", "(inicio >= CURRENT_DATE)", "(inicio >= '2024-08-23'::date)", NULL);
	says("humor in{1}", "(humor <> 'sad'::mood)",
		"(humor = ANY (ARRAY['sad'::mood, 'ok'::mood]))", NULL);
	says("1 crm.t.score: no value satisfies CHECK (score > 5) and CHECK (score < 5)",
		"(score > 5)", "(score < 5)", NULL);
	says("1 crm.t.humor: no value satisfies CHECK (humor <> 'sad'::mood) and CHECK (humor > "
	     "'happy'::mood)",
		"(humor <> 'sad'::mood)", "(humor > 'happy'::mood)", NULL);
	says("1 crm.t.nome: no value satisfies CHECK (length((nome)::text) > 10)",
		"(length((nome)::text) > 10)", NULL, NULL);
	says("1 crm.t.score: no value satisfies CHECK (score IS NULL) and CHECK (score IS NOT "
	     "NULL)",
		"(score IS NULL)", "(score IS NOT NULL)", NULL);
	says("1 crm.t.email: no value satisfies CHECK false", "false", NULL, NULL);
}

/* The checks of a column's domain are taken too. */
static void domains(void)
{
	struct arena mem = ARENA_INIT;
	struct err e = {0};
	struct sql_narrow n;
	int par = pg_column_named(&table, "par");

	CHECK(sql_narrow(&n, &scope, NULL, 0, &mem, &e) == SQL_OK);
	CHECK(n.dom[par].has_lo && n.dom[par].lo == 1 && !n.dom[par].more);
	positive[0].expr = "((VALUE % 2) = 0)";
	CHECK(sql_narrow(&n, &scope, NULL, 0, &mem, &e) == SQL_OK);
	CHECK(!n.dom[par].has_lo && n.dom[par].more);
	arena_free(&mem);
}

static char *repeated(const char *s, size_t n, const char *tail)
{
	struct buf b = BUF_INIT;

	for (size_t k = 0; k < n; k++)
		buf_adds(&b, s);
	buf_adds(&b, tail);
	return b.p;
}

/* Deep, huge, malformed: an error that names it, in bounded time. */
static void hostile(void)
{
	static const struct {
		const char *piece;
		size_t n;
		const char *tail;
	} bad[] = {{"score+", 10000, "1 > 0"}, {"1+", 12000, "1 > 0"}, {"(", 12000, "1"},
		{"NOT ", 8000, "ativo"}, {"x", 1 << 20, ""}, {"\xff", 4, ""}, {"'", 1, ""},
		{"", 0, ""}, {"score > 0; DROP TABLE t", 1, ""}, {"(SELECT true)", 1, ""},
		{"score > 0 FROM t", 1, ""}, {"CASE WHEN ativo THEN ", 1400, "1"},
		{"-", 30000, "1 > 0"}, {"email ~ '(((a+)+)+", 1, "'"},
		{"score::int::", 2500, "int > 0"}};

	for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
		struct arena mem = ARENA_INIT;
		struct err e = {0};
		struct sql_expr *x = NULL;
		char *text = repeated(bad[k].piece, bad[k].n, bad[k].tail);

		CHECK(sql_compile(&x, &scope, text != NULL ? text : "", &mem, &e) != SQL_OK);
		CHECK(e.kind == ERR_INPUT && e.msg[0] != '\0' && x == NULL);
		free(text);
		arena_free(&mem);
	}
}

/* A catastrophic pattern is matched without backtracking; one that needs it fails its row and
 * no other. */
static void catastrophe(void)
{
	struct arena mem = ARENA_INIT;
	struct err e = {0};
	struct sql_expr *x;
	struct vec v;
	const struct vec *cols[1] = {&v};
	uint8_t pass[VEC_BLOCK];

	CHECK(vec_init(&v, VT_TEXT, &mem));
	v.n = 2;
	v.v.t[0] = (struct vtext){"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 53};
	v.v.t[1] = (struct vtext){"aaa", 3};
	CHECK(sql_compile(&x, &scope, "(email ~ '^(a*)*(b|a)*c?(a*)*$|^a+$'::text)", &mem, &e) ==
		SQL_OK);
	CHECK(sql_compile(&x, &scope, "(email ~ '^(a|aa|aaa)+$'::text)", &mem, &e) == SQL_OK);
	CHECK(sql_check(x, cols, 2, pass, &mem, &e) == 0);
	CHECK(pass[0] == 0 && pass[1] == 1);
	CHECK(sql_compile(&x, &scope, "(email ~ '^(a|aa|aaa)+\\1+(a|aa)+$'::text)", &mem, &e) ==
		SQL_OK);
	CHECK(sql_check(x, cols, 2, pass, &mem, &e) == 1);
	CHECK(pass[0] == 0 && pass[1] == 1);
	arena_free(&mem);
}

/* Whether the column is told by the value of an expression; ${most} as of sql_recovers(). */
static bool told(const char *text, const char *column, uint64_t most)
{
	struct arena mem = ARENA_INIT;
	struct err e = {.kind = ERR_NONE};
	struct sql_expr *x = NULL;
	bool is;

	CHECK(sql_compile(&x, &scope, text, &mem, &e) == SQL_OK);
	is = x != NULL && sql_recovers(x, (uint32_t)pg_column_named(&table, column), most);
	if (x != NULL && strstr(text, "ARRAY") != NULL) {
		CHECK(!is);
		is = sql_recovers_or_null(x, (uint32_t)pg_column_named(&table, column), most);
	}
	arena_free(&mem);
	return is;
}

static void columns_are_told_by_what_is_one_to_one(void)
{
	static const struct {
		const char *text, *column;
		uint64_t most;
		bool told;
	} cases[] = {
		{"'SKU-' || score::text", "score", 0, true},
		{"'SKU-' || lpad(score::text, 4, '0')", "score", 9999, true},
		{"'SKU-' || lpad(score::text, 4, '0')", "score", 10000, false},
		{"'SKU-' || lpad(score::text, 4, '1')", "score", 9999, false},
		{"'SKU-' || lpad(score::text, 4, '0')", "score", 0, false},
		{"nome || '/' || score::text", "score", 99, true},
		{"nome || '/' || score::text", "score", 0, false},
		{"nome || '7' || score::text", "score", 99, false},
		{"score::text || ' ' || nome", "score", 99, true},
		{"score::text || nome", "score", 99, false},
		{"nome || '/' || score::bigint::text", "score", 99, true},
		{"nome || '/' || (score::bool)::text", "score", 99, false},
		{"nome || '/' || score::real::text", "score", 99, false},
		{"nome || '/' || email", "email", 0, false},
		{"md5('x' || email)", "email", 0, true},
		{"lower(email)", "email", 0, false},
		{"left(email, 3)", "email", 0, false},
		{"1000 - score", "score", 0, true},
		{"score * 2", "score", 0, false},
		{"score + ordem", "score", 99, false},
		{"inicio + 5", "inicio", 0, true},
		{"criado + interval '1 month'", "criado", 0, false},
		{"valor::int", "valor", 0, false},
		{"email::int", "email", 0, false},
		{"pai::text", "pai", 0, true},
		{"(ARRAY['a', 'b', 'c'])[score]", "score", 3, true},
		{"'x' || (ARRAY[3, 1, 2])[score]::text", "score", 3, true},
		{"(ARRAY['a', 'b', 'c'])[score + 1]", "score", 0, true},
		{"(ARRAY['a', 'b', 'c'])[score * 2]", "score", 0, false},
		{"(ARRAY['a', 'b', 'a'])[score]", "score", 3, false},
		{"(ARRAY['a', 'B', 'b'])[score]", "score", 3, false},
		{"(ARRAY['a', nome])[score]", "score", 2, false},
		{"(ARRAY['a', NULL])[score]", "score", 2, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (told(cases[i].text, cases[i].column, cases[i].most) != cases[i].told) {
			fprintf(stderr, "%s\n", cases[i].text);
			CHECK(false);
		}
}

int main(void)
{
	sqltable_read(&schema, &table, columns);
	sqltable_type(&schema, "positive")->checks = positive;
	sqltable_type(&schema, "positive")->nchecks = 1;
	shapes();
	conjunctions();
	domains();
	hostile();
	catastrophe();
	columns_are_told_by_what_is_one_to_one();
	arena_free(&sqltable_arena);
	return check_done();
}
