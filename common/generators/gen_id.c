/* SPDX-License-Identifier: MIT */
/*
 * Numbers of documents, from tables of data (gen_id.h). When a generator is
 * prepared the spec of a series is taken apart into a template, slots that
 * may vary, and check digits with their weights; a value then is the index in the
 * radixes of the slots, the check digits of that, and the punctuation.
 */
#include "common/generators/gen_id.h"

#include <string.h>

#include "common/base/err.h"

/* A place that may vary, and the characters that may stand there. */
struct slot {
	uint8_t at, radix;
	const char *alphabet;
};

struct check {
	uint8_t at, n; /* n weights */
	uint8_t weight[ID_LEN];
	char (*digit)(const char *num, unsigned sum);
};

struct id_state {
	struct gen_draw draw;
	char text[ID_LEN]; /* the number, '0' where it varies */
	uint8_t n, nslots, nchecks, no_x;
	struct slot slot[ID_LEN];
	struct check check[ID_CHECKS];
	uint64_t (*number)(uint64_t idx);
	uint64_t from, group; /* group: how many numbers lie between two of equal digits; 0: all */
	const char *mask;
	uint32_t len; /* of the text */
	bool invalid;
};

static const struct {
	char token;
	uint8_t radix;
	const char *alphabet;
} classes[] = {
	{'#', 10, "0123456789"},
	{'k', 9, "0123456789"},
	{'p', 23, "ABCDEFGHJKLMNPRSTUVWXYZ"},
	{'l', 26, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
	{'j', 10, "ABCDEFGHIJ"},
	{'n', 36, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
	{'t', 5, "03578"},
	{'h', 16, "0123456789abcdef"},
};

/* ---- rules of check digits -------------------------------------------------------------- */

char id_mod10(unsigned sum)
{
	return (char)('0' + (10 - sum % 10) % 10);
}

char id_luhn(const char *digits, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(digits[n - 1 - i] - '0');

		d = i % 2 == 0 ? 2 * d : d;
		sum += d / 10 + d % 10;
	}
	return id_mod10(sum);
}

char id_mod11(const char *num, unsigned sum)
{
	(void)num;
	sum %= 11;
	return (char)(sum < 2 ? '0' : '0' + 11 - sum);
}

char id_mod11_x(const char *num, unsigned sum)
{
	return sum % 11 == 1 ? 'X' : id_mod11(num, sum);
}

char id_rest11(const char *num, unsigned sum)
{
	(void)num;
	return (char)('0' + sum % 11 % 10);
}

/* ---- values ------------------------------------------------------------------------------ */

static void put_checks(const struct id_state *s, char *num)
{
	for (uint32_t i = 0; i < s->nchecks; i++) {
		const struct check *k = &s->check[i];
		unsigned sum = 0;

		for (uint32_t j = 0; j < k->n; j++)
			sum += k->weight[j] * (unsigned)(num[j] - '0');
		num[k->at] = k->digit(num, sum);
	}
}

/*
 * The number of an index. Where a check digit must not be X, the digit before
 * it has nine values: one of the ten at most leads to X, since its weight has
 * an inverse modulo 11; if it is one of the nine, the tenth takes its place.
 */
static void put_number(const struct id_state *s, uint64_t idx, char *num)
{
	uint64_t v = s->number != NULL ? s->number(idx)
		     : s->group != 0   ? idx + 1 + idx / s->group
				       : idx + s->from;

	memcpy(num, s->text, s->n);
	for (uint32_t i = s->nslots; i-- > 0;) {
		const struct slot *t = &s->slot[i];

		if (t->radix == 10) {
			num[t->at] = t->alphabet[v % 10];
			v /= 10;
		} else {
			num[t->at] = t->alphabet[v % t->radix];
			v /= t->radix;
		}
	}
	put_checks(s, num);
	if (s->no_x != 0 && memchr(num, 'X', s->n) != NULL) {
		num[s->no_x] = '9';
		put_checks(s, num);
	}
}

static void id_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct id_state *s = g->state;
	const struct check *last = &s->check[s->nchecks > 0 ? s->nchecks - 1 : 0];
	char num[ID_LEN];

	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, s->len), *to = p;
		const char *from = num;

		put_number(s, idx[i], num);
		if (s->invalid && s->nchecks > 0)
			num[last->at] = num[last->at] >= '9' ? '0' : (char)(num[last->at] + 1);
		if (s->mask == NULL)
			memcpy(p, num, s->n);
		else
			for (const char *m = s->mask; *m != '\0'; m++)
				*to++ = *m == '#' ? *from++ : *m;
		out->v.t[i] = (struct vtext){p, s->len};
	}
}

/* ---- preparing ----------------------------------------------------------------------------- */

/* The weights of a check digit, and where it stands. */
static void read_check(const struct id_check *k, const char *spec, struct check *to)
{
	to->at = (uint8_t)(strchr(spec, k->at) - spec);
	to->n = (uint8_t)strlen(k->weights);
	to->digit = k->digit;
	for (uint32_t i = 0; i < to->n; i++)
		to->weight[i] = (uint8_t)(k->weights[i] >= 'a' ? k->weights[i] - 'a' + 10
							       : k->weights[i] - '0');
}

/* Takes the series apart; how many numbers it has. */
static uint64_t read_series(const struct id_series *r, struct id_state *s)
{
	uint64_t space = 1;

	*s = (struct id_state){
		{id_value}, .n = (uint8_t)strlen(r->spec), .from = r->from, .number = r->number};
	for (uint8_t at = 0; at < s->n; at++) {
		bool check = strchr("wxyz", r->spec[at]) != NULL;

		s->text[at] = check ? '0' : r->spec[at];
		for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
			if (classes[i].token == r->spec[at]) {
				s->slot[s->nslots++] =
					(struct slot){at, classes[i].radix, classes[i].alphabet};
				space = gen_mul(space, classes[i].radix);
			}
		if (r->spec[at] == 'k')
			s->no_x = at;
	}
	for (const struct id_check *k = r->checks; k != NULL && k->at != 0; k++)
		read_check(k, r->spec, &s->check[s->nchecks++]);
	if (r->number != NULL)
		return r->space;
	if (r->unequal) {
		s->group = (space - 1) / 9 - 1;
		return 9 * s->group;
	}
	return space - r->from;
}

/*
 * The series that the column takes: of those of the key the first, or for
 * a unique column the first that has enough numbers, or else the one with the most.
 */
static const struct id_series *choose_series(
	const struct gen_column *c, const struct id_doc *doc, const char *key)
{
	const struct id_series *best = NULL;
	uint64_t most = 0;

	for (const struct id_series *r = doc->series; r->spec != NULL; r++) {
		struct id_state s;
		uint64_t space;

		if (r->key != NULL && key != NULL && strcmp(r->key, key) != 0)
			continue;
		space = read_series(r, &s);
		if (space > most) {
			best = r;
			most = space;
		}
		if (!c->unique || most >= c->rows)
			break;
	}
	return best;
}

static uint32_t form_len(const struct id_form *f, const struct id_state *s)
{
	return f->mask != NULL ? (uint32_t)strlen(f->mask) : s->n;
}

static int try_form(struct gen *g, const struct gen_column *c, const struct id_form *f,
	struct id_state *s, struct arena *a, struct err *e)
{
	s->mask = f->mask;
	s->len = g->max_bytes = form_len(f, s);
	return gen_text_verify(g, c, a, e);
}

/*
 * Tries the forms until one passes what the column asks for, those first that
 * fill it: a column of 14 characters is made for a CPF with its punctuation. The
 * error is that of the first form.
 */
static int choose_form(struct gen *g, const struct gen_column *c, const struct id_form *forms,
	struct id_state *s, struct arena *a, struct err *e)
{
	struct gen_limits lim = gen_text_limits(c);
	struct err first = {0};

	for (int fills = 1; fills >= 0; fills--)
		for (const struct id_form *f = forms; f->name != NULL; f++) {
			if ((form_len(f, s) == lim.max) != fills)
				continue;
			if (try_form(g, c, f, s, a, e) == 0)
				return 0;
			if (e->kind != ERR_NO)
				return -1;
			if (first.kind == ERR_NONE || f == forms)
				first = *e;
		}
	*e = first;
	return -1;
}

/* The form of that name, of the series; an error names those that there are. */
static const struct id_form *form_named(
	const struct gen *g, const struct id_form *forms, const char *name, struct err *e)
{
	for (const struct id_form *f = forms; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	err_set(e, ERR_NO, "%s: these numbers have no form \"%s\": choose \"%s\", or leave it out",
		g->op->id, name, forms->name);
	return NULL;
}

int gen_id(struct gen *g, const struct gen_column *c, const struct id_doc *doc,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	const char *key = doc->key, *form = NULL;
	struct id_state *s = arena_alloc(a, sizeof(*s));
	const struct id_series *r;
	const struct id_form *f;
	bool punctuated;

	if (gen_arg_bool(params, "punctuated", &punctuated))
		form = punctuated ? "punctuated" : "plain";
	if (s == NULL ||
		(doc->param != NULL && gen_arg_string(params, doc->param, a, &key) &&
			key == NULL) ||
		(gen_arg_string(params, "form", a, &form) && form == NULL))
		return err_nomem(e);
	if ((r = choose_series(c, doc, key)) == NULL)
		return err_set(e, ERR_NO, "%s: there are no such numbers for this %s", g->op->id,
			doc->param);
	g->space = read_series(r, s);
	g->state = s;
	gen_arg_bool(params, "invalid", &s->invalid);
	if (form == NULL)
		return choose_form(g, c, r->forms, s, a, e);
	if ((f = form_named(g, r->forms, form, e)) == NULL)
		return -1;
	return try_form(g, c, f, s, a, e);
}

const struct id_doc *id_doc_of(const struct id_doc *docs, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(docs[i].id, id) == 0)
			return &docs[i];
	assert(!"a generator of documents without its document");
	return NULL;
}
