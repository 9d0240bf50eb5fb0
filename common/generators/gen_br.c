/* SPDX-License-Identifier: MIT */
/*
 * Texts of Brazil: names, addresses, telephone numbers, companies. Most of them
 * are words and numbers put together, by a table of forms for each id. The
 * first form is used unless its texts do not fit the column, or the column is
 * unique and needs more texts; then the next one, which has more to vary. A
 * form is a text with tokens in braces:
 *
 *   {first} {last} {street} ...   a word of a list
 *   {other}                       a word of the list before, but not the same word
 *   {first~}                      the words folded to ASCII letters
 *   {#8}  {#8:1000000}            8 digits; 8 digits from a number on
 *   {1..99}                       a number
 */
#include "common/generators/gen_br.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_kit.h"

enum { MAX_FORMS = 6 };

/* A generator's id, and its forms in the order in which they are tried. */
struct br_text {
	const char *id, *forms[MAX_FORMS];
};

static const struct br_text texts[] = {
	{"semantic.br.name",
		{"{first} {last}", "{first} {last} {other}", "{first} {last} {other} {other}"}},
	{"semantic.br.email.safe",
		{"{first~}.{last~}@example.com", "{first~}.{last~}{1..99}@example.com",
			"{first~}.{last~}{1..9999}@example.com",
			"{first~}.{last~}{1..99999999}@example.com",
			"{first~}{1..9999}@example.com", "{#8}@example.com"}},
	{"semantic.br.phone", {"+55{ddd}9{#8}", "{ddd}9{#8}"}},
	{"semantic.br.rg", {"{#9}"}},
	{"semantic.br.cep", {"{#8:1000000}"}},
	{"semantic.br.address", {"{street}, {1..9999}", "{street}, {1..9999} - {district}"}},
	{"semantic.br.ip", {"{1..254}.{1..254}.{1..254}.{1..254}"}},
	{"semantic.br.url",
		{"https://example.com/pagina-{1..9999}", "https://example.com/pagina-{1..9999999}",
			"https://example.com/pagina-{1..9999999999}"}},
	{"semantic.br.company.name",
		{"{company_word} {company_line} {company_form}",
			"{company_word} {other} {company_line} {company_form}",
			"{company_word} {other} {company_line} {1..9999} {company_form}",
			"{company_word} {company_line}", "{company_word}"}},
	{"semantic.br.product.name",
		{"{product_noun} {product_kind} {product_look}",
			"{product_noun} {product_kind} {product_look} Ref. {1..99999}",
			"{product_noun} {product_kind} {product_look} Ref. {1..9999999999}",
			"{product_noun} {product_kind}", "{product_noun}"}},
};

static const struct {
	const char *name;
	enum br_list_id list;
} names[] = {
	{"first", BR_FIRST},
	{"last", BR_LAST},
	{"street", BR_STREET},
	{"district", BR_DISTRICT},
	{"company_word", BR_COMPANY_WORD},
	{"company_line", BR_COMPANY_LINE},
	{"company_form", BR_COMPANY_FORM},
	{"product_noun", BR_PRODUCT_NOUN},
	{"product_kind", BR_PRODUCT_KIND},
	{"product_look", BR_PRODUCT_LOOK},
};

/* ---- words ------------------------------------------------------------------------------ */

/* The order of qsort() for texts: by bytes, a prefix first. */
static int by_text(const void *a, const void *b)
{
	const struct vtext *x = a, *y = b;
	size_t n = x->n < y->n ? x->n : y->n;
	int d = memcmp(x->p, y->p, n);

	return d != 0 ? d : x->n < y->n ? -1 : x->n > y->n;
}

/*
 * The words of the list in ASCII letters. Words that become the same text are
 * there once, or a column could not be promised distinct values.
 */
static int folded(const struct br_list *l, struct gen_part *p, struct arena *a, struct err *e)
{
	struct vtext *v = arena_array(a, l->n, sizeof(*v));

	if (v == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < l->n; i++) {
		char *to = arena_alloc(a, 2 * l->v[i].n);

		if (to == NULL)
			return err_nomem(e);
		v[i] = (struct vtext){to, gen_transliterate(l->v[i].p, l->v[i].n, to)};
	}
	qsort(v, l->n, sizeof(*v), by_text);
	p->nwords = 0;
	for (uint32_t i = 0; i < l->n; i++)
		if (i == 0 || by_text(&v[p->nwords - 1], &v[i]) != 0)
			v[p->nwords++] = v[i];
	p->words = v;
	return 0;
}

/* The area codes of Brazil as words. */
static int area_codes(struct gen_part *p, struct arena *a, struct err *e)
{
	struct vtext *v = arena_array(a, br_nddd, sizeof(*v));

	if (v == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < br_nddd; i++)
		v[i] = br_ddd[i].name;
	p->words = v;
	p->nwords = br_nddd;
	return 0;
}

/* ---- forms -------------------------------------------------------------------------------- */

/* Whether the token, which is not terminated, is ${name}. */
static bool is(const char *token, size_t n, const char *name)
{
	return strlen(name) == n && memcmp(token, name, n) == 0;
}

/*
 * {#8} or {#8:1000000}: a number of that many digits, from the number after the
 * colon on.
 */
static void digits(const char *token, struct gen_part *p)
{
	char *end;

	p->kind = PART_DIGITS;
	p->width = (uint32_t)strtoul(token + 1, &end, 10);
	p->from = *end == ':' ? strtoull(end + 1, NULL, 10) : 0;
	p->count = 1;
	for (uint32_t i = 0; i < p->width; i++)
		p->count *= 10;
	p->count -= p->from;
}

/* {1..99}: a number without leading zeros. */
static void number(const char *token, struct gen_part *p)
{
	char *end;

	p->kind = PART_NUMBER;
	p->from = strtoull(token, &end, 10);
	p->count = strtoull(end + 2, NULL, 10) - p->from + 1;
}

/*
 * What stands between braces, as a part; ${last} is the word list before it,
 * which {other} refers to.
 */
static int token_part(const char *token, size_t n, struct gen_part *p, const struct gen_part *last,
	struct arena *a, struct err *e)
{
	p->kind = PART_WORD;
	if (*token == '#') {
		digits(token, p);
		return 0;
	}
	if (*token >= '0' && *token <= '9') {
		number(token, p);
		return 0;
	}
	if (is(token, n, "ddd"))
		return area_codes(p, a, e);
	if (is(token, n, "other")) {
		p->kind = PART_OTHER;
		p->words = last->words;
		p->nwords = last->nwords;
		return 0;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct br_list *l = &br_list[names[i].list];

		if (is(token, n, names[i].name)) {
			p->words = l->v;
			p->nwords = l->n;
			return 0;
		}
		if (token[n - 1] == '~' && is(token, n - 1, names[i].name))
			return folded(l, p, a, e);
	}
	assert(!"a form names no list");
	return -1;
}

/*
 * Reads a form into parts, of which there are at most GEN_PARTS; returns how
 * many, or -1.
 */
static int read_form(const char *form, struct gen_part *p, struct arena *a, struct err *e)
{
	const struct gen_part *last = NULL;
	int n = 0;

	for (const char *s = form, *end; *s != '\0'; s = end, n++) {
		assert(n < GEN_PARTS);
		p[n] = (struct gen_part){.kind = PART_LITERAL};
		if (*s != '{') {
			end = strchrnul(s, '{');
			if ((p[n].text = arena_strndup(a, s, (size_t)(end - s))) == NULL)
				return err_nomem(e);
			continue;
		}
		end = strchr(s, '}');
		if (token_part(s + 1, (size_t)(end - s - 1), &p[n], last, a, e) == -1)
			return -1;
		end++;
		if (p[n].words != NULL)
			last = &p[n];
	}
	return n;
}

/*
 * Tries the forms in order, and keeps the first that fits the column and has
 * enough texts for a unique one; if none has enough, the one with the most. The
 * error is that of the first form, which people expect to be used.
 */
static int prepare_text(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const struct br_text *t = texts;
	struct err first = {0};
	struct gen best = {0};

	(void)params;
	while (strcmp(t->id, g->op->id) != 0)
		t++;
	for (int i = 0; i < MAX_FORMS && t->forms[i] != NULL; i++) {
		struct gen_part parts[GEN_PARTS];
		struct gen try = *g;
		int n = read_form(t->forms[i], parts, a, e);

		if (n == -1)
			return -1;
		if (gen_parts(&try, c, parts, (uint32_t)n, a, e) == -1) {
			if (e->kind != ERR_NO)
				return -1;
			if (first.kind == ERR_NONE)
				first = *e;
			continue;
		}
		if (try.space > best.space)
			best = try;
		if (!c->unique || best.space >= c->rows)
			break;
	}
	if (best.space == 0) {
		*e = first;
		return -1;
	}
	*g = best;
	return 0;
}

/* ---- states, cities, money --------------------------------------------------------------------
 */

static int prepare_uf(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	(void)params;
	return gen_list(g, c, br_list[BR_UF].v, br_list[BR_UF].n, a, e);
}

/* Cities, of one state or of all. */
static int prepare_city(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct vtext *v = arena_array(a, br_ncity, sizeof(*v));
	const char *uf = NULL;
	bool given = gen_arg_string(params, "uf", a, &uf);
	uint32_t n = 0;

	if (v == NULL || (given && uf == NULL))
		return err_nomem(e);
	for (uint32_t i = 0; i < br_ncity; i++)
		if (uf == NULL || strcmp(uf, br_city[i].uf) == 0)
			v[n++] = br_city[i].name;
	if (n == 0)
		return err_set(e, ERR_NO, "%s: uf is not a state of Brazil", g->op->id);
	return gen_list(g, c, v, n, a, e);
}

/*
 * Amounts from 10 to 10,000 with two decimals, unless the parameters say
 * otherwise.
 */
static int prepare_money(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_number num = {.min = 10, .max = 10000, .scale = 2};

	num.min_given = gen_arg_float(params, "min", &num.min);
	num.max_given = gen_arg_float(params, "max", &num.max);
	return gen_number(g, c, &num, a, e);
}

static const struct gen_param city_params[] = {
	{"uf", GP_STRING, false, NULL, "only cities of this state (SP, RJ ...)"},
	{0},
};

static const struct gen_param money_params[] = {
	{"min", GP_FLOAT, false, "10.0", "least value"},
	{"max", GP_FLOAT, false, "10000.0", "greatest value"},
	{0},
};

#define TEXT_OP(name, text, tag, fams)                                                             \
	{                                                                                          \
		.id = name, .help = text, .families = fams, .pii = tag, .lenient = true,           \
		.prepare = prepare_text, .value = gen_draw_value                                   \
	}

const struct gen_op gen_br_ops[] = {
	TEXT_OP("semantic.br.name", "a person's name", "pii.name", GF_TEXT),
	TEXT_OP("semantic.br.email.safe", "an e-mail address at example.com", "pii.email", GF_TEXT),
	TEXT_OP("semantic.br.phone", "a mobile number, +55, area code and nine digits", "pii.phone",
		GF_TEXT),
	TEXT_OP("semantic.br.rg", "an identity card number, nine digits", "pii.rg", GF_TEXT),
	TEXT_OP("semantic.br.cep", "a postal code, eight digits", "pii.location", GF_TEXT),
	TEXT_OP("semantic.br.address", "a street and a number", "pii.address", GF_TEXT),
	TEXT_OP("semantic.br.ip", "an IPv4 address", "pii.network", GF_TEXT | GF_RAW),
	TEXT_OP("semantic.br.url", "an address at example.com", "pii.network", GF_TEXT),
	TEXT_OP("semantic.br.company.name", "a company's name", NULL, GF_TEXT),
	TEXT_OP("semantic.br.product.name", "a product's name", NULL, GF_TEXT),
	{.id = "semantic.br.uf",
		.help = "a state's two letters",
		.families = GF_TEXT,
		.pii = "pii.location",
		.lenient = true,
		.prepare = prepare_uf,
		.value = gen_draw_value},
	{.id = "semantic.br.city",
		.help = "a city's name",
		.params = city_params,
		.families = GF_TEXT,
		.pii = "pii.location",
		.lenient = true,
		.prepare = prepare_city,
		.value = gen_draw_value},
	{.id = "semantic.br.money.brl",
		.help = "an amount in reais, with cents",
		.params = money_params,
		.families = GF_INT | GF_NUM | GF_FLOAT,
		.lenient = true,
		.prepare = prepare_money,
		.value = gen_number_value},
	{0},
};
