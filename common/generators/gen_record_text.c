/* SPDX-License-Identifier: MIT */
/*
 * The texts of a record's facets: a form is read into tokens once, and put
 * together for each row.
 */
#include "common/generators/gen_record.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/base/str.h"
#include "common/generators/gen_form_token.h"

enum { STREAM_VALUES = 300, STREAM_DIGITS, STREAM_CODE };

/* ---- reading ------------------------------------------------------------------------------ */

static bool equal(struct vtext a, struct vtext b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

/* The cell of another table whose row begins with ${key}; empty where none does. */
static struct vtext look_up(const struct locale_list *in, uint32_t column, struct vtext key)
{
	for (uint32_t i = 0; i < in->n; i++)
		if (equal(locale_cell(in, i, 0), key))
			return locale_cell(in, i, column);
	return (struct vtext){"", 0};
}

/* The list of a token, among those that the record draws from, by its index; -1. */
static int list_of(struct record *r, const struct form_token *f, struct err *e)
{
	char *name = arena_strndup(r->a, f->list.p, f->list.n);

	return name != NULL ? record_list(r, name, e) : err_nomem(e);
}

/* The list that a token's cells are looked up in; NULL: it names none, or there is none. */
static const struct locale_list *looked_up_in(const struct record *r, const struct form_token *f)
{
	char *name = f->in.n > 0 ? arena_strndup(r->a, f->in.p, f->in.n) : NULL;

	return name != NULL ? locale_list(r->l, name) : NULL;
}

/* What a token stands for, by entry of its list. */
static int read_cell(
	struct record *r, const struct form_token *f, struct record_token *t, struct err *e)
{
	const struct locale_list *list, *in = looked_up_in(r, f);
	struct vtext *words;
	int at, column, its = 0;

	if ((at = list_of(r, f, e)) == -1)
		return -1;
	list = r->list[at].list;
	column = form_token_column(list, f->column, r->a);
	if (in != NULL)
		its = form_token_column(in, f->its, r->a);
	if (column < 0 || its < 0 || (f->in.n > 0 && in == NULL))
		return err_set(e, ERR_NO, "{%.*s} names no column", (int)f->text.n, f->text.p);
	if ((words = arena_array(r->a, list->n, sizeof(*words))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < list->n; i++) {
		words[i] = locale_cell(list, i, (uint32_t)column);
		if (in != NULL)
			words[i] = look_up(in, (uint32_t)its, words[i]);
		if (!form_token_change(&words[i], f->change, r->a))
			return err_nomem(e);
	}
	*t = (struct record_token){.kind = RECORD_CELL,
		.list = (uint32_t)at,
		.words = words,
		.many = in == NULL && list->columns != NULL && locale_many(list, (uint32_t)column),
		.key = rng_subkey(r->list[at].key, STREAM_VALUES),
		.folded = f->change == '~'};
	return 0;
}

/* Digits and numbers: equal tokens of a record have equal keys. */
static int read_number(const struct record *r, const struct form_token *f, struct record_token *t)
{
	*t = (struct record_token){.kind = f->kind == TOKEN_DIGITS ? RECORD_DIGITS : RECORD_NUMBER,
		.text = {f->mask.p, f->mask.n},
		.width = f->width,
		.from = f->from,
		.count = f->count};
	t->key = rng_subkey(
		rng_subkey(rng_subkey(r->key, STREAM_DIGITS + t->width), t->from), t->count);
	t->distinct = t->count >= r->rows && r->after == 0;
	if (t->distinct)
		perm_init(&t->perm, t->key, t->count);
	return 0;
}

/* {rank}, {rank: }: of the pair of lists of a token before it. */
static int read_rank(const struct record *r, const struct form_token *f, struct record_token *t,
	const struct record_token *before, uint32_t n, struct err *e)
{
	*t = (struct record_token){.kind = RECORD_RANK, .text = {f->mask.p, f->mask.n}};
	for (uint32_t i = 0; i < n; i++)
		if (before[i].kind == RECORD_CELL && r->list[before[i].list].pair != NULL) {
			t->pair = r->list[before[i].list].pair;
			t->folded = t->folded || before[i].folded;
		}
	return t->pair != NULL ? 0 : err_set(e, ERR_NO, "{rank} follows no names");
}

/* {place.postal:#####-###}: a code between two columns of the entry, postal_from and postal_to. */
static int read_code(
	struct record *r, const struct form_token *f, struct record_token *t, struct err *e)
{
	static const char *const ends[] = {"from", "to"};
	const struct locale_list *l;
	int64_t *range[2];
	int at = list_of(r, f, e);

	if (at == -1)
		return -1;
	l = r->list[at].list;
	for (int k = 0; k < 2; k++) {
		char *name = arena_printf(r->a, "%.*s_%s", (int)f->column.n, f->column.p, ends[k]);
		int c = name != NULL ? locale_column(l, name) : -1;

		if ((range[k] = arena_array(r->a, l->n, sizeof(int64_t))) == NULL || name == NULL)
			return err_nomem(e);
		for (uint32_t i = 0; i < l->n; i++)
			if (c < 0 || !locale_int(l, i, (uint32_t)c, &range[k][i]))
				return err_set(e, ERR_NO, "list %s has no numbers in %s",
					r->list[at].name, name);
	}
	*t = (struct record_token){.kind = RECORD_CODE,
		.text = {f->mask.p, f->mask.n},
		.list = (uint32_t)at,
		.least = range[0],
		.most = range[1],
		.key = rng_subkey(r->list[at].key, STREAM_CODE)};
	return 0;
}

static int read_token(struct record *r, const struct form_token *f, struct record_token *t,
	uint32_t n, struct err *e)
{
	switch (f->kind) {
	case TOKEN_LITERAL:
		t[n] = (struct record_token){
			.kind = RECORD_LITERAL, .text = {f->text.p, f->text.n}};
		return 0;
	case TOKEN_DIGITS:
	case TOKEN_NUMBER:
		return read_number(r, f, &t[n]);
	case TOKEN_RANK:
		return read_rank(r, f, &t[n], t, n, e);
	case TOKEN_CODE:
		return read_code(r, f, &t[n], e);
	case TOKEN_CELL:
		if (f->other.n == 0)
			return read_cell(r, f, &t[n], e);
		break;
	case TOKEN_OTHER:
		break;
	}
	return err_set(e, ERR_NO, "{%.*s} is not for records: a row has one entry of each list",
		(int)f->text.n, f->text.p);
}

int record_read(
	struct record *r, const char *form, struct record_token *t, uint32_t *n, struct err *e)
{
	struct form_token f;

	*n = 0;
	for (const char *p = form; *p != '\0'; (*n)++) {
		if (*n == RECORD_TOKENS)
			return err_set(e, ERR_NO, "a form has more than %d tokens", RECORD_TOKENS);
		if ((p = form_token_next(p, &f)) == NULL)
			return err_set(e, ERR_NO, "form %s has a brace without its pair", form);
		if (read_token(r, &f, t, *n, e) == -1)
			return -1;
	}
	return 0;
}

/* ---- writing ------------------------------------------------------------------------------ */

static uint64_t number_of(const struct record_token *t, uint64_t row)
{
	return t->from +
	       (t->distinct ? perm_at(&t->perm, row) : rng_below(rng_at(t->key, row), t->count));
}

/* The digits of ${v} where the mask has "#". */
static uint32_t put_masked(struct vtext mask, uint64_t v, char *to)
{
	for (size_t i = mask.n; i > 0; i--) {
		to[i - 1] = mask.p[i - 1];
		if (to[i - 1] == '#') {
			to[i - 1] = (char)('0' + v % 10);
			v /= 10;
		}
	}
	return (uint32_t)mask.n;
}

static uint32_t put_code(const struct record_token *t, uint32_t entry, uint64_t row, char *to)
{
	uint64_t span = (uint64_t)(t->most[entry] - t->least[entry]) + 1;
	uint64_t v = (uint64_t)t->least[entry] + rng_below(rng_at(t->key, row), span);

	return put_masked(t->text, v, to);
}

static uint32_t put_digits(const struct record_token *t, uint64_t row, char *to)
{
	uint64_t v = number_of(t, row);

	return t->text.n > 0 ? put_masked(t->text, v, to)
			     : (uint32_t)(num_put_digits(to, v, t->width) - to);
}

static uint32_t put_text(struct vtext t, char *to)
{
	memcpy(to, t.p, t.n);
	return (uint32_t)t.n;
}

/* One of the values of a cell, drawn by the row. */
static struct vtext one_value(const struct record_token *t, struct vtext cell, uint64_t row)
{
	uint32_t n = 1;

	for (size_t i = 0; i < cell.n; i++)
		n += cell.p[i] == ' ';
	return locale_value(cell, (uint32_t)rng_below(rng_at(t->key, row), n));
}

static uint32_t put_cell(
	const struct record *r, const struct record_token *t, struct record_row *now, char *to)
{
	struct vtext w = t->words[record_entry(r, t->list, now)];

	return put_text(t->many ? one_value(t, w, now->row) : w, to);
}

/* Nothing for the first row with its name; 2 for the second. */
static uint32_t put_rank(const struct record_token *t, struct record_row *now, char *to)
{
	uint64_t rank = record_rank(t->pair, now, t->folded);
	uint32_t n;

	if (rank == 0)
		return 0;
	n = put_text(t->text, to);
	return n + (uint32_t)num_fmt_u64(to + n, rank + 1);
}

uint32_t record_put(
	const struct record *r, const struct record_token *t, uint32_t n, uint64_t row, char *to)
{
	struct record_row now = {.row = row};
	uint32_t len = 0;

	for (const struct record_token *end = t + n; t < end; t++)
		switch (t->kind) {
		case RECORD_LITERAL:
			len += put_text(t->text, to + len);
			break;
		case RECORD_CELL:
			len += put_cell(r, t, &now, to + len);
			break;
		case RECORD_DIGITS:
			len += put_digits(t, row, to + len);
			break;
		case RECORD_NUMBER:
			len += (uint32_t)num_fmt_u64(to + len, number_of(t, row));
			break;
		case RECORD_RANK:
			len += put_rank(t, &now, to + len);
			break;
		case RECORD_CODE:
			len += put_code(t, record_entry(r, t->list, &now), row, to + len);
			break;
		}
	return len;
}

/* ---- lengths ------------------------------------------------------------------------------ */

static struct record_span span_of_words(const struct record *r, const struct record_token *t)
{
	struct record_span s = {UINT32_MAX, 0, 0};

	for (uint32_t i = 0; i < r->list[t->list].list->n; i++) {
		struct vtext w = t->words[i], v = w;

		for (uint32_t k = 0; k == 0 || (t->many && v.n > 0); k++) {
			uint32_t len;

			v = t->many ? locale_value(w, k) : w;
			if (v.n == 0 && k > 0)
				break;
			len = (uint32_t)utf8_len(v.p, v.n);
			s.least = len < s.least ? len : s.least;
			s.most = len > s.most ? len : s.most;
			s.bytes = v.n > s.bytes ? (uint32_t)v.n : s.bytes;
		}
	}
	return s;
}

/* The rank of a row is below their number times the ways to write a pair. */
static struct record_span span_of_rank(const struct record *r, const struct record_token *t)
{
	uint64_t ways = 1;
	uint32_t most;

	for (int slot = 0; t->folded && slot < 2; slot++) {
		uint32_t alike = 1;

		for (uint32_t i = 0; i < t->pair->n[slot]; i++)
			alike = t->pair->alike[slot][i] > alike ? t->pair->alike[slot][i] : alike;
		ways *= alike;
	}
	most = (uint32_t)t->text.n + num_digits((r->after + r->rows) * ways + 1);
	return (struct record_span){0, most, most};
}

static struct record_span span_of(const struct record *r, const struct record_token *t)
{
	uint32_t n = (uint32_t)t->text.n;

	switch (t->kind) {
	case RECORD_CELL:
		return span_of_words(r, t);
	case RECORD_DIGITS:
		n = t->text.n > 0 ? n : t->width;
		return (struct record_span){n, n, n};
	case RECORD_NUMBER:
		n = num_digits(t->from + t->count - 1);
		return (struct record_span){num_digits(t->from), n, n};
	case RECORD_RANK:
		return span_of_rank(r, t);
	case RECORD_LITERAL:
	case RECORD_CODE:
		break;
	}
	return (struct record_span){
		(uint32_t)utf8_len(t->text.p, n), (uint32_t)utf8_len(t->text.p, n), n};
}

struct record_span record_span(const struct record *r, const struct record_token *t, uint32_t n)
{
	struct record_span all = {0, 0, 0};

	for (uint32_t i = 0; i < n; i++) {
		struct record_span s = span_of(r, &t[i]);

		all.least += s.least;
		all.most += s.most;
		all.bytes += s.bytes;
	}
	return all;
}

static bool is_word(const struct record *r, const struct record_token *t, struct vtext w)
{
	for (uint32_t i = 0; i < r->list[t->list].list->n; i++)
		if (equal(t->words[i], w))
			return true;
	return false;
}

/* Whether the second name behind ${more} begins another second name that is in the list: "Leaf" is
 * such where both "Leaf Media" and "Media" are. */
static bool begins_another(
	const struct record *r, const struct record_token *second, struct vtext more)
{
	for (uint32_t i = 0; i < r->list[second->list].list->n; i++) {
		struct vtext w = second->words[i];

		if (w.n > more.n && memcmp(w.p, more.p, more.n) == 0 &&
			is_word(r, second, (struct vtext){w.p + more.n, w.n - more.n}))
			return true;
	}
	return false;
}

/*
 * Whether no two pairs of names are the same text with ${between} between them. They could be only
 * if a first name is another one, what stands between, and more: "Maple Leaf" is "Maple", a blank
 * and "Leaf"; and if this more, what stands between and a second name are a second name too.
 */
static bool read_one_way(const struct record *r, const struct record_token *first,
	const struct record_token *second, struct vtext between)
{
	for (uint32_t i = 0; i < r->list[first->list].list->n; i++) {
		const char *end = first->words[i].p + first->words[i].n, *at = first->words[i].p;

		for (; (at = memmem(at, (size_t)(end - at), between.p, between.n)) != NULL; at++) {
			struct vtext head = {first->words[i].p, (size_t)(at - first->words[i].p)};
			char more[256];
			size_t n = (size_t)(end - at) - between.n;

			if (n + between.n > sizeof(more))
				return false;
			memcpy(more, at + between.n, n);
			memcpy(more + n, between.p, between.n);
			if (is_word(r, first, head) &&
				begins_another(r, second, (struct vtext){more, n + between.n}))
				return false;
		}
	}
	return between.n > 0;
}

/* Whether both names of a rank's pair are in the text before it, and the text tells where the first
 * of them ends. */
static bool names_apart(const struct record *r, const struct record_token *t, uint32_t rank)
{
	const struct record_token *name[2] = {NULL, NULL};

	for (uint32_t k = 0; k < rank; k++)
		if (t[k].kind == RECORD_CELL && r->list[t[k].list].pair == t[rank].pair)
			name[r->list[t[k].list].slot] = &t[k];
	if (name[0] == NULL || name[1] != name[0] + 2 || name[0][1].kind != RECORD_LITERAL)
		return false;
	return read_one_way(r, name[0], name[1], name[0][1].text);
}

/*
 * A rank makes rows with the same names distinct. Digits that no two rows share
 * make them distinct by themselves.
 */
bool record_distinct(const struct record *r, const struct record_token *t, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if ((t[i].kind == RECORD_DIGITS && t[i].distinct) ||
			(t[i].kind == RECORD_RANK && names_apart(r, t, i)))
			return true;
	return false;
}

bool record_folded(const struct record_token *t, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (t[i].kind == RECORD_RANK && !t[i].folded)
			return false;
	return true;
}
