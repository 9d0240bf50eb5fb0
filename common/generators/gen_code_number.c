/* SPDX-License-Identifier: MIT */
/*
 * Codes with check digits: articles' numbers (GTIN, GS1 General Specifications), the key of
 * a Brazilian electronic invoice (NF-e, Manual de Orientacao do Contribuinte), and numbers of bank
 * accounts (IBAN, ISO 13616).
 *
 * None is somebody's.  Articles have the prefix 2, which shops number their own goods with; the
 * issuer of invoices has a CNPJ from 99.000.000 on (gen_id_br.c); accounts are of the country XX,
 * which is none.
 */
#include "common/generators/gen_id.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/generators/gen_form.h"

/* ---- articles -------------------------------------------------------------------------------- */

/* What is missing to a multiple of ten, the digits having weights 3 and 1 in turn. */
static char gtin_digit(const char *num, unsigned sum)
{
	(void)num;
	return (char)('0' + (10 - sum % 10) % 10);
}

static const struct id_form plain[] = {{"plain", NULL}, {0}};
static const struct id_check checks13[] = {{'x', "131313131313", gtin_digit}, {0}};
static const struct id_check checks8[] = {{'x', "3131313", gtin_digit}, {0}};
static const struct id_check checks12[] = {{'x', "31313131313", gtin_digit}, {0}};
static const struct id_check checks14[] = {{'x', "3131313131313", gtin_digit}, {0}};
static const struct id_series gtin13[] = {
	{.spec = "2###########x", .checks = checks13, .forms = plain}, {0}};
static const struct id_series gtin8[] = {
	{.spec = "2######x", .checks = checks8, .forms = plain}, {0}};
static const struct id_series gtin12[] = {
	{.spec = "2##########x", .checks = checks12, .forms = plain}, {0}};
static const struct id_series gtin14[] = {
	{.spec = "12###########x", .checks = checks14, .forms = plain}, {0}};

/* In the order of preference where a column takes more than one. */
static const struct id_doc articles[] = {
	{"13", NULL, NULL, gtin13},
	{"12", NULL, NULL, gtin12},
	{"8", NULL, NULL, gtin8},
	{"14", NULL, NULL, gtin14},
};

/* The numbers of thirteen digits, and shorter ones where these do not fit. */
static int prepare_gtin(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct err first = {0};

	(void)params;
	for (size_t i = 0; i < sizeof(articles) / sizeof(articles[0]); i++) {
		if (gen_id(g, c, &articles[i], NULL, a, e) == 0)
			return 0;
		if (e->kind != ERR_NO)
			return -1;
		if (i == 0)
			first = *e;
	}
	*e = first;
	return -1;
}

/* ---- keys of invoices ------------------------------------------------------------------------ */

enum { KEY_LEN = 44, ISSUER_AT = 6, MONTHS = 36, NUMBERS = 999999, CODES = 100000000 };

/* Of one company, as the invoices of one database are: state and CNPJ are the same in all. */
struct key_state {
	struct gen_draw draw;
	char text[KEY_LEN];
	int32_t as_of;
};

/* Modulo 11, the weights running from 2 to 9 and again, from the right. */
static char check11(const char *num, unsigned n, unsigned heaviest)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += (2 + i % (heaviest - 1)) * (unsigned)(num[n - 1 - i] - '0');
	return id_mod11(num, sum);
}

/* State, year and month, CNPJ, model 55, series, number, way of issuing 1, code, check digit. */
static void put_key(const struct key_state *s, uint64_t idx, char *to)
{
	struct cal_date d = cal_date(cal_add_months(s->as_of, -(int64_t)(idx % MONTHS)));

	idx /= MONTHS;
	memcpy(to, s->text, KEY_LEN);
	(void)num_put_digits(to + 2, (uint64_t)d.year % 100, 2);
	(void)num_put_digits(to + 4, (uint64_t)d.month, 2);
	(void)num_put_digits(to + 25, idx % NUMBERS + 1, 9);
	(void)num_put_digits(to + 35, idx / NUMBERS, 8);
	to[KEY_LEN - 1] = check11(to, KEY_LEN - 1, 9);
}

static void key_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct key_state *s = g->state;

	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, KEY_LEN);

		put_key(s, idx[i], p);
		out->v.t[i] = (struct vtext){p, KEY_LEN};
	}
}

static int prepare_key(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	static const char *const states[] = {"35", "31", "33", "41", "42", "43", "29", "52"};
	struct key_state *s = arena_alloc(a, sizeof(*s));
	uint64_t bits = rng_at(c->table_key, 0);
	char *issuer;

	(void)params;
	if (s == NULL)
		return err_nomem(e);
	*s = (struct key_state){{key_value}, {0}, c->as_of};
	memset(s->text, '0', KEY_LEN);
	memcpy(s->text, states[bits % (sizeof(states) / sizeof(states[0]))], 2);
	issuer = s->text + ISSUER_AT;
	memcpy(issuer, "99", 2);
	(void)num_put_digits(issuer + 2, bits >> 8, 6);
	memcpy(issuer + 8, "0001", 4);
	issuer[12] = check11(issuer, 12, 9);
	issuer[13] = check11(issuer, 13, 9);
	memcpy(s->text + 20, "55001", 5);
	s->text[34] = '1';
	g->state = s;
	g->space = (uint64_t)MONTHS * NUMBERS * CODES;
	g->max_bytes = KEY_LEN;
	return gen_text_verify(g, c, a, e);
}

/* ---- accounts -------------------------------------------------------------------------------- */

enum { IBAN_HEAD = 4, IBAN_LEAST = 15, IBAN_USUAL = 22, IBAN_MOST = 34, BANKS = 40, ACCOUNT = 10 };

struct iban_state {
	struct gen_draw draw;
	uint32_t len, account; /* digits of the account */
	char bank[BANKS][32];  /* the digits before it; the first two tell the banks apart */
};

/* The remainder of a number of digits by 97, after one that had the remainder ${r}. */
static unsigned mod97(unsigned r, const char *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		r = (r * 10 + (unsigned)(p[i] - '0')) % 97;
	return r;
}

/* The check digits make the number, with the country (X is 33) and them behind it, 1 modulo 97. */
static void iban_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct iban_state *s = g->state;
	uint32_t bank = s->len - IBAN_HEAD - s->account;

	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, s->len);
		unsigned r;

		memcpy(p, "XX00", IBAN_HEAD);
		memcpy(p + IBAN_HEAD, s->bank[idx[i] % BANKS], bank);
		(void)num_put_digits(p + IBAN_HEAD + bank, idx[i] / BANKS, s->account);
		r = mod97(mod97(0, p + IBAN_HEAD, s->len - IBAN_HEAD), "333300", 6);
		(void)num_put_digits(p + 2, 98 - r, 2);
		out->v.t[i] = (struct vtext){p, s->len};
	}
}

/* How long those of the locale's country are; where nothing is said, as most countries' are. */
static uint32_t iban_length(const struct gen_column *c)
{
	struct vtext said = locale_fact(gen_locale(c), "iban_length");
	long n = strtol(said.p, NULL, 10);

	return n >= IBAN_LEAST && n <= IBAN_MOST ? (uint32_t)n : IBAN_USUAL;
}

/* As long as those of the country are, and shorter if need be. */
static int prepare_iban(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_limits lim = gen_text_limits(c);
	struct iban_state *s = arena_alloc(a, sizeof(*s));
	uint32_t bank;

	(void)params;
	if (s == NULL)
		return err_nomem(e);
	s->draw.value = iban_value;
	s->len = iban_length(c);
	if (lim.min > s->len)
		s->len = lim.min;
	if (lim.max < s->len)
		s->len = lim.max < IBAN_USUAL ? lim.max : IBAN_USUAL;
	if (s->len < IBAN_LEAST || s->len > IBAN_MOST)
		return err_set(e, ERR_NO,
			"%s: its texts have 15 to 34 characters, and the column and its checks "
			"allow %u to %u",
			g->op->id, lim.min, lim.max);
	s->account = s->len - IBAN_HEAD - 2 < ACCOUNT ? s->len - IBAN_HEAD - 2 : ACCOUNT;
	bank = s->len - IBAN_HEAD - s->account;
	for (uint32_t i = 0; i < BANKS; i++) {
		(void)num_put_digits(s->bank[i], i + 10, 2);
		(void)num_put_digits(s->bank[i] + 2, rng_at(c->table_key, i), bank - 2);
	}
	g->state = s;
	g->space = (uint64_t)BANKS * (uint64_t)num_pow10(s->account);
	g->max_bytes = s->len;
	return gen_text_verify(g, c, a, e);
}

const struct gen_op gen_code_number_ops[] = {
	{.id = "semantic.code.gtin13",
		.help = "an article's number (EAN) of the prefix 2, which shops number their own "
			"goods with; of 12 or 8 digits where the column is shorter",
		.families = GF_TEXT,
		.distinct = GEN_DISTINCT_LETTERS,
		.prepare = prepare_gtin,
		.value = gen_draw_value},
	{.id = "semantic.code.nfe_key",
		.help = "the 44 digits of a Brazilian electronic invoice, of one company with a "
			"CNPJ "
			"from 99.000.000 on and of the last three years",
		.families = GF_TEXT,
		.locale = "pt_BR",
		.distinct = GEN_DISTINCT_LETTERS,
		.prepare = prepare_key,
		.value = gen_draw_value},
	{.id = "semantic.code.iban",
		.help = "the number of a bank account with valid check digits, of the country XX, "
			"which is none",
		.families = GF_TEXT,
		.locale = GEN_LOCALES,
		.pii = "pii.document",
		.distinct = GEN_DISTINCT_LETTERS,
		.prepare = prepare_iban,
		.value = gen_draw_value},
	{0},
};
