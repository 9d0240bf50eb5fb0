/* SPDX-License-Identifier: MIT */
/*
 * The texts of a record's facets: a form is read into tokens once, and put
 * together for each row.
 */
#include "common/generators/gen_record.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/base/str.h"

enum { STREAM_VALUES = 300, STREAM_DIGITS, STREAM_CODE, WORD_MAX_BYTES = 64 };

/* ---- reading ------------------------------------------------------------------------------ */

/* What a token says, without its braces: "place.state>state.name~" taken apart. */
struct cell_name {
	char list[WORD_MAX_BYTES], column[WORD_MAX_BYTES], in[WORD_MAX_BYTES], its[WORD_MAX_BYTES];
	char how; /* '~', '^', or 0 */
};

/* The text up to one of ${stops}, into ${to}; where it ends, or NULL when it is too long. */
static const char *word(const char *p, const char *end, const char *stops, char *to)
{
	size_t n = 0;

	while (p + n < end && strchr(stops, p[n]) == NULL)
		n++;
	if (n == 0 || n >= WORD_MAX_BYTES)
		return NULL;
	memcpy(to, p, n);
	to[n] = '\0';
	return p + n;
}

static bool take_apart(const char *p, const char *end, struct cell_name *c)
{
	*c = (struct cell_name){.how = 0};
	if (end > p && (end[-1] == '~' || end[-1] == '^'))
		c->how = *--end;
	if ((p = word(p, end, ".>", c->list)) == NULL)
		return false;
	if (p < end && *p == '.' && (p = word(p + 1, end, ">", c->column)) == NULL)
		return false;
	if (p == end)
		return true;
	return (p = word(p + 1, end, ".", c->in)) != NULL && p < end &&
	       word(p + 1, end, "", c->its) == end;
}

/* A text folded to ASCII, or with a capital; a copy where it changes. */
static bool change(struct vtext *t, char how, struct arena *a)
{
	char *to = how == 0 ? NULL : arena_alloc(a, 2 * t->n + 1);

	if (how == 0)
		return true;
	if (to == NULL)
		return false;
	if (how == '~') {
		*t = (struct vtext){to, gen_transliterate(t->p, t->n, to)};
		return true;
	}
	memcpy(to, t->p, t->n);
	if (t->n > 0 && to[0] >= 'a' && to[0] <= 'z')
		to[0] = (char)(to[0] - 'a' + 'A');
	*t = (struct vtext){to, t->n};
	return true;
}

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

static int column_of(const struct locale_list *list, const char *name)
{
	return *name == '\0' ? 0 : locale_column(list, name);
}

/* What a token stands for, by entry of its list. */
static int read_cell(
	struct record *r, const char *p, const char *end, struct record_token *t, struct err *e)
{
	struct cell_name c;
	const struct locale_list *list, *in = NULL;
	struct vtext *words;
	int at, column, its = 0;

	if (!take_apart(p, end, &c))
		return err_set(e, ERR_NO, "{%.*s} is no token", (int)(end - p), p);
	if ((at = record_list(r, c.list, e)) == -1)
		return -1;
	list = r->list[at].list;
	column = column_of(list, c.column);
	if (*c.in != '\0' && (in = locale_list(r->l, c.in)) != NULL)
		its = column_of(in, c.its);
	if (column < 0 || its < 0 || (*c.in != '\0' && in == NULL))
		return err_set(e, ERR_NO, "{%.*s} names no column", (int)(end - p), p);
	if ((words = arena_array(r->a, list->n, sizeof(*words))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < list->n; i++) {
		words[i] = locale_cell(list, i, (uint32_t)column);
		if (in != NULL)
			words[i] = look_up(in, (uint32_t)its, words[i]);
		if (!change(&words[i], c.how, r->a))
			return err_nomem(e);
	}
	*t = (struct record_token){.kind = RECORD_CELL,
		.list = (uint32_t)at,
		.words = words,
		.many = in == NULL && list->columns != NULL && locale_many(list, (uint32_t)column),
		.key = rng_subkey(r->list[at].key, STREAM_VALUES),
		.folded = c.how == '~'};
	return 0;
}

/*
 * {#8}, {#4:2000}, {1..99}: equal tokens of a record have equal keys. {###-####} is {#7} with
 * something between its digits.
 */
static int read_number(struct record *r, const char *p, const char *close, struct record_token *t)
{
	char *end = NULL;

	*t = (struct record_token){.kind = *p == '#' ? RECORD_DIGITS : RECORD_NUMBER, .count = 1};
	if (*p == '#') {
		if (p[1] == '#') {
			t->text = (struct vtext){p, (size_t)(close - p)};
			for (const char *s = p; s < close; s++)
				t->width += *s == '#';
		} else {
			t->width = (uint32_t)strtoul(p + 1, &end, 10);
			t->from = *end == ':' ? strtoull(end + 1, NULL, 10) : 0;
		}
		for (uint32_t i = 0; i < t->width; i++)
			t->count *= 10;
		t->count -= t->from;
	} else {
		t->from = strtoull(p, &end, 10);
		t->count = strtoull(end + 2, NULL, 10) - t->from + 1;
	}
	t->key = rng_subkey(
		rng_subkey(rng_subkey(r->key, STREAM_DIGITS + t->width), t->from), t->count);
	t->distinct = t->count >= r->rows && r->after == 0;
	if (t->distinct)
		perm_init(&t->perm, t->key, t->count);
	return 0;
}

/* {rank}, {rank: }: of the pair of lists of a token before it. */
static int read_rank(struct record *r, const char *p, const char *end, struct record_token *t,
	const struct record_token *before, uint32_t n, struct err *e)
{
	const char *text = p + strlen("rank");

	*t = (struct record_token){.kind = RECORD_RANK};
	if (text < end)
		t->text = (struct vtext){text + 1, (size_t)(end - text - 1)};
	for (uint32_t i = 0; i < n; i++)
		if (before[i].kind == RECORD_CELL && r->list[before[i].list].pair != NULL) {
			t->pair = r->list[before[i].list].pair;
			t->folded = t->folded || before[i].folded;
		}
	return t->pair != NULL ? 0 : err_set(e, ERR_NO, "{rank} follows no names");
}

/* {place.postal:#####-###}: a code between two columns of the entry. */
static int read_code(struct record *r, const char *p, const char *colon, const char *end,
	struct record_token *t, struct err *e)
{
	char list[WORD_MAX_BYTES], column[WORD_MAX_BYTES], name[WORD_MAX_BYTES + 8];
	const char *dot = word(p, colon, ".", list);
	const struct locale_list *l;
	int64_t *range[2];
	int at;

	if (dot == NULL || word(dot + 1, colon, "", column) != colon)
		return err_set(e, ERR_NO, "{%.*s} is no token", (int)(end - p), p);
	if ((at = record_list(r, list, e)) == -1)
		return -1;
	l = r->list[at].list;
	for (int k = 0; k < 2; k++) {
		int c;

		(void)snprintf(name, sizeof(name), "%s_%s", column, k == 0 ? "from" : "to");
		if ((range[k] = arena_array(r->a, l->n, sizeof(int64_t))) == NULL)
			return err_nomem(e);
		c = locale_column(l, name);
		for (uint32_t i = 0; i < l->n; i++)
			if (c < 0 || !locale_int(l, i, (uint32_t)c, &range[k][i]))
				return err_set(
					e, ERR_NO, "list %s has no numbers in %s", list, name);
	}
	*t = (struct record_token){.kind = RECORD_CODE,
		.text = {colon + 1, (size_t)(end - colon - 1)},
		.list = (uint32_t)at,
		.least = range[0],
		.most = range[1],
		.key = rng_subkey(r->list[at].key, STREAM_CODE)};
	return 0;
}

static int read_token(struct record *r, const char *p, const char *end, struct record_token *t,
	uint32_t n, struct err *e)
{
	const char *colon = memchr(p, ':', (size_t)(end - p));

	if (*p == '#' || (*p >= '0' && *p <= '9'))
		return read_number(r, p, end, &t[n]);
	if (strncmp(p, "rank", 4) == 0 && (p + 4 == end || p[4] == ':'))
		return read_rank(r, p, end, &t[n], t, n, e);
	if (colon != NULL)
		return read_code(r, p, colon, end, &t[n], e);
	return read_cell(r, p, end, &t[n], e);
}

int record_read(
	struct record *r, const char *form, struct record_token *t, uint32_t *n, struct err *e)
{
	*n = 0;
	for (const char *p = form, *end; *p != '\0'; p = end, (*n)++) {
		if (*n == RECORD_TOKENS)
			return err_set(e, ERR_NO, "a form has more than %d tokens", RECORD_TOKENS);
		if (*p != '{') {
			end = strchrnul(p, '{');
			t[*n] = (struct record_token){
				.kind = RECORD_LITERAL, .text = {p, (size_t)(end - p)}};
			continue;
		}
		if ((end = strchr(p, '}')) == NULL)
			return err_set(e, ERR_NO, "form %s has a brace without its other", form);
		if (read_token(r, p + 1, end, t, *n, e) == -1)
			return -1;
		end++;
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

/* Whether the text stands in no word of the token. */
static bool in_no_word(const struct record *r, const struct record_token *t, struct vtext text)
{
	for (uint32_t i = 0; i < r->list[t->list].list->n; i++)
		if (memmem(t->words[i].p, t->words[i].n, text.p, text.n) != NULL)
			return false;
	return text.n > 0;
}

/* Whether both names of a rank's pair are in the text before it, and the text tells where the first
 * of them ends: what stands between them is in no word of one of the two lists. */
static bool names_apart(const struct record *r, const struct record_token *t, uint32_t rank)
{
	const struct record_token *name[2] = {NULL, NULL};

	for (uint32_t k = 0; k < rank; k++)
		if (t[k].kind == RECORD_CELL && r->list[t[k].list].pair == t[rank].pair)
			name[r->list[t[k].list].slot] = &t[k];
	if (name[0] == NULL || name[1] != name[0] + 2 || name[0][1].kind != RECORD_LITERAL)
		return false;
	return in_no_word(r, name[0], name[0][1].text) || in_no_word(r, name[1], name[0][1].text);
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
