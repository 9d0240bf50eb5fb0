/* SPDX-License-Identifier: MIT */
/* Templates of JSON texts: reading them into tokens, and writing texts of them (gen_json.h). */
#include "common/generators/gen_json.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/divide.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"

enum { YEARS_DAYS = 730, HEX_MOST = 16, MOMENT_BYTES = 20, DAY_SECONDS = 86400 };

/* ---- writing --------------------------------------------------------------------------------- */

static char *put_text(struct vtext t, char *to)
{
	memcpy(to, t.p, t.n);
	return to + t.n;
}

static char *put_date(int64_t day, char *to)
{
	struct cal_date d = cal_date(day);

	to = num_put_digits(to, (uint64_t)d.year, 4);
	*to++ = '-';
	to = num_put_digits(to, (uint64_t)d.month, 2);
	*to++ = '-';
	return num_put_digits(to, (uint64_t)d.day, 2);
}

/* Seconds since 2000-01-01 00:00 UTC. */
static char *put_moment(int64_t second, char *to)
{
	int64_t day = (int64_t)divide_floor(second, DAY_SECONDS);
	uint64_t of_day = (uint64_t)(second - day * DAY_SECONDS);

	to = put_date(day, to);
	*to++ = 'T';
	to = num_put_digits(to, of_day / 3600, 2);
	*to++ = ':';
	to = num_put_digits(to, of_day / 60 % 60, 2);
	*to++ = ':';
	to = num_put_digits(to, of_day % 60, 2);
	*to++ = 'Z';
	return to;
}

static char *put_hex(uint64_t bits, uint32_t n, char *to)
{
	static const char digit[] = "0123456789abcdef";

	for (uint32_t i = 0; i < n; i++, bits >>= 4)
		*to++ = digit[bits & 15];
	return to;
}

static char *put_token(const struct json_token *t, uint64_t bits, char *to)
{
	switch (t->kind) {
	case JSON_TEXT:
		return put_text(t->text, to);
	case JSON_WORD:
		return put_text(t->words[gen_pick(t->places, t->n, bits)], to);
	case JSON_NUMBER:
		return to + num_fmt_dec(to, t->from + (int64_t)rng_below(bits, t->count), t->scale);
	case JSON_DATE:
		return put_date(t->from - (int64_t)rng_below(bits, t->count), to);
	case JSON_MOMENT:
		return put_moment(t->from - (int64_t)rng_below(bits, t->count), to);
	case JSON_HEX:
		break;
	}
	return put_hex(bits, t->scale, to);
}

char *json_put(const struct json_text *t, uint64_t bits, char *to)
{
	for (const struct json_token *k = t->token, *end = k + t->n; k < end; k++)
		to = put_token(k, gen_mix(bits, k->use), to);
	return to;
}

/* ---- reading --------------------------------------------------------------------------------- */

static int bad(struct json_reader *r, const char *why)
{
	return err_set(r->e, ERR_NO, "%s: the template %.60s ... of locale %s: %s", r->id, r->whole,
		r->l->name, why);
}

void json_begin(struct json_reader *r, const char *whole)
{
	r->whole = whole;
	r->ntables = 0;
	r->uses = 0;
}

/* A word as it stands within quotes. */
static struct vtext escaped(struct vtext w, struct arena *a, bool *nomem)
{
	char *to, *at;

	if (memchr(w.p, '"', w.n) == NULL && memchr(w.p, '\\', w.n) == NULL)
		return w;
	if ((at = to = arena_alloc(a, 2 * w.n)) == NULL) {
		*nomem = true;
		return w;
	}
	for (size_t i = 0; i < w.n; i++) {
		if (w.p[i] == '"' || w.p[i] == '\\')
			*at++ = '\\';
		*at++ = w.p[i];
	}
	return (struct vtext){to, (size_t)(at - to)};
}

/* How often the template has the token before ${p}, and how often in all. */
static void count_token(const char *whole, const char *p, size_t n, uint32_t *before, uint32_t *all)
{
	*before = *all = 0;
	for (const char *at = whole; (at = memmem(at, strlen(at), p, n)) != NULL; at += n) {
		*before += at < p;
		++*all;
	}
}

/* The words of a list that a token takes: each k-th, where the template has k tokens of the list.
 */
static int take_words(struct json_reader *r, const struct locale_list *l, uint32_t column,
	uint32_t first, uint32_t step, struct json_token *t)
{
	uint32_t room = (l->n + step - 1) / step;
	struct vtext *words = arena_array(r->a, room, sizeof(*words));
	uint64_t *weight = arena_array(r->a, room, sizeof(*weight));
	bool nomem = words == NULL || weight == NULL;

	for (uint32_t i = first; !nomem && i < l->n; i += step) {
		words[t->n] = escaped(locale_cell(l, i, column), r->a, &nomem);
		weight[t->n++] = locale_weight(l, i);
	}
	if (!nomem && l->weight != NULL)
		nomem = (t->places = gen_places(weight, t->n, r->a)) == NULL;
	t->words = words;
	return nomem ? err_nomem(r->e) : 0;
}

/* The draw that all cells of the table have. */
static uint32_t use_of(struct json_reader *r, const struct locale_list *l)
{
	for (uint32_t i = 0; i < r->ntables; i++)
		if (r->table[i] == l)
			return r->use[i];
	if (r->ntables < JSON_TABLES) {
		r->table[r->ntables] = l;
		r->use[r->ntables++] = r->uses;
	}
	return r->uses++;
}

/* "@list" or "@table.column"; ${n} bytes. */
static int read_words(struct json_reader *r, const char *p, size_t n, struct json_token *t)
{
	char *name = arena_strndup(r->a, p + 1, n - 1), *dot;
	const struct locale_list *l;
	uint32_t before, all;
	int column = 0;

	if (name == NULL)
		return err_nomem(r->e);
	if ((dot = strchr(name, '.')) != NULL)
		*dot = '\0';
	l = locale_list(r->l, name);
	if (l == NULL || (dot != NULL && (column = locale_column(l, dot + 1)) == -1))
		return bad(r, "it names a list that there is not");
	t->kind = JSON_WORD;
	t->use = dot != NULL ? use_of(r, l) : r->uses++;
	count_token(r->whole, p, n, &before, &all);
	if (dot != NULL || all < 2 || l->n < 2 * all)
		return take_words(r, l, (uint32_t)column, 0, 1, t);
	return take_words(r, l, 0, before, all, t);
}

/* "a|b|c"; each text as it is. */
static int read_choices(struct json_reader *r, const char *p, size_t n, struct json_token *t)
{
	struct vtext *words = arena_array(r->a, n + 1, sizeof(*words));

	if (words == NULL)
		return err_nomem(r->e);
	for (size_t i = 0, from = 0; i <= n; i++) {
		if (i < n && p[i] != '|')
			continue;
		words[t->n++] = (struct vtext){p + from, i - from};
		from = i + 1;
	}
	t->kind = JSON_WORD;
	t->words = words;
	t->use = r->uses++;
	return 0;
}

/* "1..99"; false: it is no range. */
static bool read_range(const char *p, size_t n, struct json_token *t)
{
	const char *dots = memmem(p, n, "..", 2), *end = p + n, *point;
	int64_t to;

	if (dots == NULL)
		return false;
	point = memchr(dots + 2, '.', (size_t)(end - dots - 2));
	t->scale = point != NULL ? (uint32_t)(end - point - 1) : 0;
	if (t->scale > 6 || !num_parse_dec(p, (size_t)(dots - p), t->scale, &t->from) ||
		!num_parse_dec(dots + 2, (size_t)(end - dots - 2), t->scale, &to) || to < t->from)
		return false;
	t->kind = JSON_NUMBER;
	t->count = (uint64_t)to - (uint64_t)t->from + 1;
	return true;
}

/* What stands between "<" and ">". */
static int read_token(struct json_reader *r, const char *p, size_t n, struct json_token *t)
{
	if (n > 1 && p[0] == '@')
		return read_words(r, p, n, t);
	if (read_range(p, n, t)) {
		t->use = r->uses++;
		return 0;
	}
	if (n == 4 && memcmp(p, "date", 4) == 0) {
		*t = (struct json_token){.kind = JSON_DATE, .from = r->as_of, .count = YEARS_DAYS};
	} else if (n == 6 && memcmp(p, "moment", 6) == 0) {
		*t = (struct json_token){.kind = JSON_MOMENT,
			.from = (int64_t)r->as_of * DAY_SECONDS - 1,
			.count = (uint64_t)YEARS_DAYS * DAY_SECONDS};
	} else if (n > 4 && memcmp(p, "hex:", 4) == 0) {
		uint64_t digits;

		if (!num_parse_u64(p + 4, n - 4, &digits) || digits == 0 || digits > HEX_MOST)
			return bad(r, "hexadecimal digits are 1 to 16");
		*t = (struct json_token){.kind = JSON_HEX, .scale = (uint32_t)digits};
	} else {
		return read_choices(r, p, n, t);
	}
	t->use = r->uses++;
	return 0;
}

static uint32_t most_bytes(const struct json_token *t)
{
	char least[NUM_MAX], most[NUM_MAX];
	uint32_t bytes = 0, more;

	switch (t->kind) {
	case JSON_TEXT:
		return (uint32_t)t->text.n;
	case JSON_WORD:
		for (uint32_t i = 0; i < t->n; i++)
			bytes = t->words[i].n > bytes ? (uint32_t)t->words[i].n : bytes;
		return bytes;
	case JSON_HEX:
		return t->scale;
	case JSON_NUMBER:
		bytes = (uint32_t)num_fmt_dec(least, t->from, t->scale);
		more = (uint32_t)num_fmt_dec(most, t->from + (int64_t)t->count - 1, t->scale);
		return bytes > more ? bytes : more;
	default:
		return MOMENT_BYTES;
	}
}

int json_read(struct json_reader *r, const char *p, size_t n, struct json_text *to)
{
	*to = (struct json_text){.token = arena_array(r->a, JSON_TOKENS, sizeof(*to->token))};
	if (to->token == NULL)
		return err_nomem(r->e);
	for (const char *end = p + n; p < end; to->n++) {
		const char *open = memchr(p, '<', (size_t)(end - p)), *close;
		struct json_token *t = &to->token[to->n];

		if (to->n == JSON_TOKENS)
			return bad(r, "it has too many tokens");
		if (open != p) {
			const char *stop = open != NULL ? open : end;

			*t = (struct json_token){.text = {p, (size_t)(stop - p)}};
			p = stop;
		} else {
			if ((close = memchr(p, '>', (size_t)(end - p))) == NULL)
				return bad(r, "a < has no >");
			if (read_token(r, p + 1, (size_t)(close - p - 1), t) == -1)
				return -1;
			p = close + 1;
		}
		to->max += most_bytes(t);
	}
	return 0;
}
