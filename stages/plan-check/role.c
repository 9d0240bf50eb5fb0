/* SPDX-License-Identifier: MIT */
/*
 * Finding a column's role. Each name of a role that is in the column's name gives it points: more
 * if it is all of the name than if it is its end, more there than at the beginning; the table's
 * name, the values of a check and the column's comment add some. The role with the most points has
 * the column, if they are enough; of several with as many, the one whose name is longer, then the
 * first of the data.
 */
#include "stages/plan-check/role.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/generators/locale.h"

enum {
	WHOLE = 100,	/* the name is all of the column's */
	BUT_TABLE = 95, /* but for words of the table's own name */
	AT_END = 82,
	AT_BEGIN = 74, /* in Portuguese, where the first word leads */
	AT_BEGIN_ENGLISH = 69,
	WITHIN = 66,
	BY_VALUES = 78, /* its values alone speak for the role */
	BY_COMMENT = 62,
	PER_WORD = 3, /* a word in front of or behind the role's name */
	TABLE_LIKES = 12,
	VALUES_LIKE = 12,
	MOST = 100,
};

/* One name of one role. */
struct entry {
	const struct role *role;
	const char *given, *words; /* as the data have it, and as role_words() makes it */
	uint16_t n;
	bool whole;
	bool english;
};

struct role_book {
	struct entry *v;
	uint32_t n;
	const char **words; /* of all names, in order, each once: what a name run together has */
	uint32_t nwords;
};

/* What is looked for. */
struct wanted {
	const struct pg_table *t;
	const struct pg_column *col;
	const struct sql_domain *dom;
	const char *kind;
	char name[ROLE_WORDS], table[ROLE_WORDS], bare[ROLE_WORDS], comment[ROLE_WORDS];
};

struct found {
	const struct role *role;
	const char *how, *what; /* "its name is", "unit_price" */
	int points, length;
};

static int words_in(const char *words, size_t n)
{
	int k = 0;

	for (size_t i = 0; i < n; i++)
		k += words[i] == '_';
	return k - 1;
}

/* ---- the book ------------------------------------------------------------------------------- */

static uint32_t count_names(const char *list)
{
	uint32_t n = 0;

	for (; list != NULL && *list != '\0'; list++)
		n += *list == ' ';
	return n;
}

static bool add_names(
	struct role_book *b, const struct role *r, const char *list, bool english, struct arena *a)
{
	while (list != NULL && *list != '\0') {
		struct entry *x = &b->v[b->n++];
		char name[ROLE_WORDS], words[ROLE_WORDS];
		size_t n = strcspn(list, " ");

		*x = (struct entry){.role = r, .english = english, .whole = list[n - 1] == '!'};
		(void)snprintf(name, sizeof(name), "%.*s", (int)(n - x->whole), list);
		role_words(name, words);
		x->n = (uint16_t)strlen(words);
		x->words = arena_strdup(a, words);
		x->given = arena_strdup(a, name);
		if (x->words == NULL || x->given == NULL)
			return false;
		list += n + 1;
	}
	return true;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The words of the names, for names without anything between their words: lastupdated. */
static bool collect_words(struct role_book *b, struct arena *a)
{
	size_t n = 0;

	for (uint32_t i = 0; i < b->n; i++)
		n += (size_t)words_in(b->v[i].words, b->v[i].n) + 1;
	if ((b->words = arena_array(a, n + 1, sizeof(char *))) == NULL)
		return false;
	for (uint32_t i = 0; i < b->n; i++)
		for (const char *p = b->v[i].words + 1; *p != '\0'; p += strcspn(p, "_") + 1)
			if ((b->words[b->nwords++] = arena_strndup(a, p, strcspn(p, "_"))) == NULL)
				return false;
	qsort(b->words, b->nwords, sizeof(char *), by_text);
	n = 0;
	for (uint32_t i = 0; i < b->nwords; i++)
		if (n == 0 || strcmp(b->words[n - 1], b->words[i]) != 0)
			b->words[n++] = b->words[i];
	b->nwords = (uint32_t)n;
	return true;
}

const struct role_book *role_book(struct arena *a)
{
	struct role_book *b = arena_alloc(a, sizeof(*b));
	uint32_t n = 0;

	for (const struct role *r = roles; r->id != NULL; r++)
		n += count_names(r->en) + count_names(r->pt);
	if (b == NULL || (b->v = arena_array(a, n + 1UL, sizeof(*b->v))) == NULL)
		return NULL;
	for (const struct role *r = roles; r->id != NULL; r++)
		if (!add_names(b, r, r->en, true, a) || !add_names(b, r, r->pt, false, a))
			return NULL;
	return collect_words(b, a) ? b : NULL;
}

/* Whether the letters are a word of some name; they may have a plural's ending yet. */
static bool is_word(const struct role_book *b, const char *w, size_t n)
{
	char word[ROLE_WORDS], plain[ROLE_WORDS], *key = plain + 1;

	if (n < 2 || n + 2 >= sizeof(word))
		return false;
	memcpy(word, w, n);
	word[n] = '\0';
	role_words(word, plain);
	plain[strlen(plain) - 1] = '\0';
	return plain[0] != '\0' && plain[1] != '\0' &&
	       bsearch(&key, b->words, b->nwords, sizeof(char *), by_text) != NULL;
}

/* Divides a word into two or more that are known, the longest first; bytes written to ${to}, 0: it
 * cannot be. Short words count at the end alone (paidat), else nearly anything could be divided. */
static size_t divide(const struct role_book *b, const char *w, size_t n, char *to)
{
	enum { SHORT = 3 };

	for (size_t head = n - 1; head >= SHORT; head--) {
		size_t more;

		/* taxid is tax and id, but catraca (a turnstile) is not cat and raca */
		if (!is_word(b, w, head) || (head == SHORT && n - head > SHORT))
			continue;
		memcpy(to, w, head);
		to[head] = '_';
		if (is_word(b, w + head, n - head)) {
			memcpy(to + head + 1, w + head, n - head);
			return n + 1;
		}
		more = n - head > SHORT ? divide(b, w + head, n - head, to + head + 1) : 0;
		if (more > 0)
			return head + 1 + more;
	}
	return 0;
}

/* The name of a column or table as words, those apart that were run together. */
static void words_of(const struct role_book *b, const char *name, char words[ROLE_WORDS])
{
	enum { LEAST = 6 };
	char whole[ROLE_WORDS], to[ROLE_WORDS];
	size_t at = 0;

	(void)role_split(name, whole);
	for (const char *p = whole; *p != '\0'; p += strcspn(p, "_"), p += *p == '_') {
		size_t n = strcspn(p, "_"), m = 0;

		if (at + 2 * n + 2 >= sizeof(to))
			break;
		if (n >= LEAST && !is_word(b, p, n))
			m = divide(b, p, n, to + at);
		if (m == 0)
			memcpy(to + at, p, m = n);
		at += m;
		to[at++] = '_';
	}
	to[at] = '\0';
	role_words(to, words);
}

/* ---- points --------------------------------------------------------------------------------- */

/* A number that stands for a row says nothing of what the words before "id" would be. */
static bool is_id(const char *words)
{
	size_t n = strlen(words);

	return n > 4 && strcmp(words + n - 4, "_id_") == 0;
}

/* Words in front that say what kind of value it is, not which: vl_pressao is no amount, ds_alergia
 * no description of a product. */
static bool is_vague(const char *words)
{
	static const char vague[] =
		"description value number quantity code name date type status year "
		"descricao valor numero quantidade codigo nome data tipo situacao hora ";

	return role_has(vague, words);
}

/* How well the name of a role fits that of the column: 0, not at all. */
static int fit(const struct entry *x, const struct wanted *w, const char **how)
{
	size_t n = strlen(w->name), bare = strlen(w->bare);
	const char *at;
	bool last;
	int spare;

	if (is_id(w->name) && !is_id(x->words))
		return 0;
	if (strcmp(x->words, w->name) == 0) {
		*how = "its name is";
		return WHOLE;
	}
	if (bare > 1 && strcmp(x->words, w->bare) == 0) {
		*how = "its name, without the table's, is";
		return BUT_TABLE;
	}
	if (x->whole || x->n >= n || x->n < 3 || (at = strstr(w->name, x->words)) == NULL)
		return 0;
	last = strcmp(w->name + n - x->n, x->words) == 0;
	if (!last && (is_vague(x->words) || role_is_indicator(w->col->name)))
		return 0;
	spare = PER_WORD * (words_in(w->name, n) - words_in(x->words, x->n) - 1);
	*how = last ? "its name ends in" : at == w->name ? "its name begins with" : "its name has";
	if (!last && at == w->name && x->english)
		return AT_BEGIN_ENGLISH - spare;
	return (last ? AT_END : at == w->name ? AT_BEGIN : WITHIN) - spare;
}

/* The share, of a hundred, of the column's values that the role knows. */
static int values_known(const struct role *r, const struct wanted *w)
{
	const struct pg_type *type = pg_base_of(w->col->type, w->col->typmod).type;
	bool is_enum = type->cls == PG_ENUM;
	uint32_t n = is_enum				       ? type->nlabels
		     : w->dom != NULL && w->dom->texts != NULL ? w->dom->nset
							       : 0;
	uint32_t known = 0;

	for (uint32_t i = 0; i < n && r->values != NULL; i++) {
		char words[ROLE_WORDS];

		role_words(is_enum ? type->labels[i] : w->dom->texts[i], words);
		known += role_has(r->values, words);
	}
	return n > 0 ? (int)(100 * known / n) : 0;
}

static int more_points(const struct role *r, const struct wanted *w)
{
	int more = 0;

	if (role_among(r->likes, w->table) != NULL)
		more += TABLE_LIKES;
	if (r->tables != NULL)
		more += TABLE_LIKES; /* the table was asked for already */
	if (r->values != NULL)
		more += VALUES_LIKE * values_known(r, w) / 100;
	return more;
}

/* A table of codes has few columns: one with an address and a telephone is none, whatever its name.
 */
static bool is_list(const struct pg_table *t)
{
	enum { MOST_COLUMNS = 10 };

	return t->ncolumns <= MOST_COLUMNS;
}

static bool is_possible(const struct role *r, const struct wanted *w)
{
	return role_of_kind(r->types, w->kind) && (!role_is(r, "entry") || is_list(w->t)) &&
	       (r->tables == NULL || role_among(r->tables, w->table) != NULL) &&
	       role_among(r->unlike, w->table) == NULL;
}

static void offer(struct found *best, struct found x)
{
	if (best->role == NULL || x.points > best->points ||
		(x.points == best->points && x.length > best->length))
		*best = x;
}

/* ---- the best ------------------------------------------------------------------------------- */

/* The column's name without words that are the table's own: product_name of products; a short form
 * of it counts, as cli_nome of clientes. */
static void without_table(struct wanted *w)
{
	char *to = w->bare;
	bool first = true;

	*to++ = '_';
	for (const char *p = w->name + 1; *p != '\0';) {
		size_t n = strcspn(p, "_");
		char word[ROLE_WORDS];
		bool own;

		(void)snprintf(word, sizeof(word), "_%.*s", (int)n, p);
		own = strstr(w->table, word) != NULL && (n >= 3 || w->table[n + 1] == '_');
		if (!(own && (first || p[n + 1] == '\0'))) {
			memcpy(to, p, n + 1);
			to += n + 1;
		}
		first = false;
		p += n + 1;
	}
	*to = '\0';
}

static void want(const struct role_book *b, struct wanted *w, const struct pg_table *t, uint32_t c,
	const struct sql_domain *dom)
{
	*w = (struct wanted){.t = t, .col = &t->columns[c], .dom = dom};
	w->kind = role_kind(w->col, dom);
	words_of(b, w->col->name, w->name);
	words_of(b, t->name, w->table);
	without_table(w);
	if (w->col->comment != NULL)
		role_words(w->col->comment, w->comment);
}

static void look_at(const struct entry *x, const struct wanted *w, struct found *best)
{
	struct found f = {.role = x->role, .what = x->given, .length = x->n};

	f.points = fit(x, w, &f.how);
	if (f.points == 0 && w->comment[0] != '\0' && x->n > 4 &&
		strstr(w->comment, x->words) != NULL) {
		f.points = BY_COMMENT;
		f.how = "its comment has";
	}
	if (f.points == 0 || !is_possible(x->role, w))
		return;
	f.points += more_points(x->role, w);
	offer(best, f);
}

/* Roles whose values alone are those of the column. */
static void look_at_values(const struct wanted *w, struct found *best)
{
	enum { SURE = 60 };

	for (const struct role *r = roles; r->id != NULL; r++) {
		int known = r->values != NULL && is_possible(r, w) ? values_known(r, w) : 0;

		if (known >= SURE)
			offer(best, (struct found){.role = r,
					    .how = "its values are those of",
					    .what = r->id,
					    .points = BY_VALUES * known / 100});
	}
}

/* Whether the role is that of names of what a table of these words has. */
static bool is_for_rows(const struct entry *x, const char *table)
{
	return x->role->tables != NULL && role_has(role_name_words, x->words) &&
	       role_has(x->role->tables, table) && role_among(x->role->unlike, table) == NULL;
}

/* A text that is called as a table is: the name of one of its rows (produto, of the tables of
 * products; head_teacher, of those of people). The whole name is asked first, then the word that
 * leads it. */
static void look_as_table(const struct role_book *b, const struct wanted *w, struct found *best)
{
	enum { SURE = 64, LESS = 61 };
	char name[ROLE_WORDS], first[ROLE_WORDS], whole[ROLE_WORDS], agent[ROLE_WORDS];
	const char *tables[] = {name, NULL, first};
	struct found as = {.role = NULL};

	/* an agent's word is asked as it is: avaliadora is not taken apart */
	role_words(w->col->name, whole);
	if (is_id(w->name) || role_is_indicator(w->col->name) ||
		!role_without_name(w->name, name) || !role_without_name(whole, agent))
		return;
	memmove(agent, role_last_word(agent), strlen(role_last_word(agent)) + 1);
	tables[1] = role_last_word(name);
	role_leading_word(name, first);
	for (size_t k = 0; k < sizeof(tables) / sizeof(tables[0]) && as.role == NULL; k++)
		for (uint32_t i = 0; i < b->n; i++)
			if (is_for_rows(&b->v[i], tables[k]) &&
				role_of_kind(b->v[i].role->types, w->kind))
				offer(&as, (struct found){.role = b->v[i].role,
						   .how = "it is called as tables of",
						   .what = b->v[i].role->id,
						   .points = k == 0 ? SURE : LESS});
	for (uint32_t i = 0; as.role == NULL && i < b->n; i++)
		if (strcmp(b->v[i].words, name) == 0 && !role_is(b->v[i].role, "any_name") &&
			is_possible(b->v[i].role, w))
			as = (struct found){
				b->v[i].role, "it is the name of", b->v[i].given, SURE, 0};
	for (const struct role *r = roles; as.role == NULL && r->id != NULL; r++)
		if (role_is_agent(r, agent))
			as = (struct found){r, "it ends as who does", "something", LESS, 0};
	if (as.role != NULL)
		*best = as;
}

/* Looks for zip5 as for zip, and for address_2 as for address; false where no digit is at the end,
 * or nothing else. */
static bool drop_digits(const struct role_book *b, struct wanted *w)
{
	char name[ROLE_WORDS];
	size_t n = strlen(w->col->name), was = n;

	while (n > 0 && w->col->name[n - 1] >= '0' && w->col->name[n - 1] <= '9')
		n--;
	if (n == was || n == 0 || n >= sizeof(name))
		return false;
	memcpy(name, w->col->name, n);
	name[n] = '\0';
	words_of(b, name, w->name);
	without_table(w);
	return true;
}

struct role_match role_find(const struct role_book *b, const struct pg_table *t, uint32_t c,
	const struct sql_domain *dom, struct arena *a)
{
	struct role_match m = {.role = NULL};
	struct found best = {.role = NULL};
	char why[2 * ROLE_WORDS];
	struct wanted w;

	want(b, &w, t, c, dom);
	for (uint32_t i = 0; i < b->n; i++)
		look_at(&b->v[i], &w, &best);
	if (best.role == NULL && drop_digits(b, &w))
		for (uint32_t i = 0; i < b->n; i++)
			look_at(&b->v[i], &w, &best);
	if (strcmp(w.kind, "choice") == 0)
		look_at_values(&w, &best);
	if (strcmp(w.kind, "text") == 0 &&
		(best.points < ROLE_CONFIDENT || role_is(best.role, "any_name")))
		look_as_table(b, &w, &best);
	if (best.role == NULL || best.points < ROLE_CONFIDENT)
		return m;
	m.role = best.role;
	m.confidence = (uint8_t)(best.points < MOST ? best.points : MOST);
	(void)snprintf(why, sizeof(why), "%s %s", best.how, best.what);
	m.why = arena_strdup(a, why);
	return m;
}

const char *role_language(const struct role_book *b, const struct schema *s)
{
	uint32_t english = 0, portuguese = 0;

	for (uint32_t i = 0; i < s->ntables; i++)
		for (uint32_t c = 0; c < s->tables[i].ncolumns; c++) {
			char words[ROLE_WORDS];
			bool en = false, pt = false;

			role_words(s->tables[i].columns[c].name, words);
			for (uint32_t k = 0; k < b->n; k++)
				if (strcmp(b->v[k].words, words) == 0) {
					en = en || b->v[k].english;
					pt = pt || !b->v[k].english;
				}
			english += en && !pt;
			portuguese += pt && !en;
		}
	return locale_of_language(english > portuguese ? "en" : "pt");
}
