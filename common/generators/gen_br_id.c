/* SPDX-License-Identifier: MIT */
/*
 * CPF and CNPJ, the registry numbers of people and companies in Brazil: digits,
 * then two check digits. A check digit is 11 minus the weighted sum of the
 * digits before it modulo 11, or 0 if that is above 9 (Receita Federal).
 * Numbers of eleven equal digits pass that test, but are not issued.
 */
#include "common/generators/gen_kit.h"

#include <string.h>

#include "common/base/num.h"

enum { CPF_LEN = 11, CNPJ_LEN = 14, CPF_BASE = 9, CNPJ_ROOT = 8, CNPJ_BRANCH = 4 };

/* nine groups of numbers lie between those of equal digits */
enum { CPF_GROUP = 111111110 };

#define CPF_SPACE (UINT64_C(9) * CPF_GROUP)

/* Weights count up from 2 at the right; for CNPJ they start again after 9. */
static char check_digit(const char *digits, unsigned n, unsigned top)
{
	unsigned sum = 0, weight = 2;

	for (unsigned i = n; i-- > 0;) {
		sum += weight * (unsigned)(digits[i] - '0');
		weight = weight == top ? 2 : weight + 1;
	}
	sum %= 11;
	return (char)(sum < 2 ? '0' : '0' + 11 - sum);
}

/* The number with leading zeros, two digits at a time. */
static void put_digits(char *to, uint64_t v, unsigned width)
{
	for (unsigned i = width; i >= 2; i -= 2, v /= 100)
		memcpy(to + i - 2, num_two_digits + 2 * (v % 100), 2);
	if (width % 2 != 0)
		*to = (char)('0' + v % 10);
}

/*
 * The idx-th CPF. Numbers of equal digits are left out by adding one for each
 * group of 111,111,110 that lies before.
 */
static void put_cpf(char *to, uint64_t idx)
{
	put_digits(to, idx + 1 + idx / CPF_GROUP, CPF_BASE);
	to[9] = check_digit(to, 9, 11);
	to[10] = check_digit(to, 10, 11);
}

/*
 * The idx-th CNPJ. Root 00000000 is not issued; branches after the first are
 * used only when the roots do not suffice.
 */
static void put_cnpj(char *to, uint64_t idx)
{
	const uint64_t roots = UINT64_C(99999999);

	put_digits(to, idx % roots + 1, CNPJ_ROOT);
	put_digits(to + CNPJ_ROOT, idx / roots + 1, CNPJ_BRANCH);
	to[12] = check_digit(to, 12, 9);
	to[13] = check_digit(to, 13, 9);
}

static int prepare_cpf(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	(void)params;
	g->space = CPF_SPACE;
	g->max_bytes = CPF_LEN;
	return gen_text_verify(g, c, a, e);
}

/*
 * The space is that of the roots, unless a unique column has more rows than
 * there are.
 */
static int prepare_cnpj(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const uint64_t roots = UINT64_C(99999999), branches = 9999;

	(void)params;
	g->space = c->unique && c->rows > roots ? roots * branches : roots;
	g->max_bytes = CNPJ_LEN;
	return gen_text_verify(g, c, a, e);
}

static void cpf_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	(void)g;
	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, CPF_LEN);

		put_cpf(p, idx[i]);
		out->v.t[i] = (struct vtext){p, CPF_LEN};
	}
}

static void cnpj_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	(void)g;
	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, CNPJ_LEN);

		put_cnpj(p, idx[i]);
		out->v.t[i] = (struct vtext){p, CNPJ_LEN};
	}
}

const struct gen_op gen_br_id_ops[] = {
	{.id = "semantic.br.cpf",
		.help = "a person's registry number, eleven digits with valid check digits",
		.families = GF_TEXT,
		.locale = "pt_BR",
		.pii = "pii.cpf",
		.distinct = GEN_DISTINCT_LETTERS,
		.lenient = true,
		.prepare = prepare_cpf,
		.value = cpf_value},
	{.id = "semantic.br.cnpj",
		.help = "a company's registry number, fourteen digits with valid check digits",
		.families = GF_TEXT,
		.locale = "pt_BR",
		.pii = "pii.cnpj",
		.distinct = GEN_DISTINCT_LETTERS,
		.lenient = true,
		.prepare = prepare_cnpj,
		.value = cnpj_value},
	{0},
};
