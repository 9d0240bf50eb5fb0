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
#include "stages/plan-check/role_book.h"

enum {
	WHOLE = 100,	/* the name is all of the column's */
	BUT_TABLE = 95, /* but for words of the table's own name */
	AT_END = 82,
	AT_BEGIN = 74, /* in Portuguese, where the first word leads ... */
	AT_HEAD = 83,  /* ... in a schema whose names are Portuguese */
	AT_BEGIN_ENGLISH = 69,
	WITHIN = 66,
	BY_VALUES = 78, /* its values alone speak for the role */
	BY_COMMENT = 62,
	ALL_OF_TABLE = 3, /* the table is called as the role's tables are; else by its head */
	HEAD_OF_TABLE = 2,
	PER_WORD = 3, /* a word in front of or behind the role's name */
	TABLE_LIKES = 12,
	SCHEMA_LIKES = 2,
	VALUES_LIKE = 12,
	MOST = 100,
};

/* What is looked for. */
struct wanted {
	const struct pg_table *t;
	const struct pg_column *col;
	const struct sql_domain *dom;
	const char *tables; /* words of all tables */
	const char *called; /* the column's name, or one that it could have as well */
	bool head_first;    /* the word that says what it is leads the others */
	const char *kind;
	char name[ROLE_WORDS], table[ROLE_WORDS], bare[ROLE_WORDS], comment[ROLE_WORDS];
};

struct found {
	const struct role *role;
	const char *how, *what; /* "its name is", "unit_price" */
	int points, length;
};

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
	if (!last && (is_vague(x->words) || role_is_indicator(w->called)))
		return 0;
	spare = PER_WORD * (role_count_words(w->name, n) - role_count_words(x->words, x->n) - 1);
	*how = last ? "its name ends in" : at == w->name ? "its name begins with" : "its name has";
	if (!last && at == w->name && x->english)
		return AT_BEGIN_ENGLISH - spare;
	if (!last && at == w->name)
		return (w->head_first ? AT_HEAD : AT_BEGIN) - spare;
	return (last ? AT_END : WITHIN) - spare;
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

/* How well the names of tables in ${list} fit this table's: an order's line is rather a line than
 * an order, so the word that leads a Portuguese name, or ends an English one, counts more than the
 * others, and all of them together more than one. */
static int table_fit(const char *list, const struct wanted *w)
{
	size_t n = strlen(w->table);
	int best = 0;

	for (; (list = role_among(list, w->table)) != NULL; list += strcspn(list, " ") + 1) {
		char name[ROLE_WORDS], words[ROLE_WORDS];
		bool leads, ends;
		size_t m;
		int points;

		(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(list, " "), list);
		role_words(name, words);
		m = strlen(words);
		leads = strncmp(w->table, words, m) == 0;
		ends = strcmp(w->table + n - m, words) == 0;
		points = m == n ? ALL_OF_TABLE : (w->head_first ? leads : ends) ? HEAD_OF_TABLE : 0;
		points += role_count_words(words, m) > 1;
		best = points > best ? points : best;
	}
	return best;
}

static int more_points(const struct role *r, const struct wanted *w)
{
	int more = 0;

	if (role_among(r->likes, w->table) != NULL)
		more += TABLE_LIKES;
	if (r->where != NULL)
		more += SCHEMA_LIKES;
	if (r->tables != NULL)
		more += TABLE_LIKES + table_fit(r->tables, w);
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
	       role_among(r->unlike, w->table) == NULL &&
	       (r->where == NULL || role_among(r->where, w->tables) != NULL) &&
	       role_among(r->nowhere, w->tables) == NULL;
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

static void want(const struct role_book *b, struct wanted *w, const struct role_asked *ask)
{
	*w = (struct wanted){.t = ask->t,
		.col = &ask->t->columns[ask->c],
		.dom = ask->dom,
		.tables = ask->tables != NULL ? ask->tables : "",
		.head_first = ask->head_first};
	w->called = ask->called != NULL ? ask->called : w->col->name;
	w->kind = role_kind(w->col, w->dom);
	role_book_words(b, w->called, w->name);
	role_book_words(b, w->t->name, w->table);
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

static bool is_plural(const char *name)
{
	size_t n = strlen(name);

	return n > 2 && name[n - 1] == 's' && name[n - 2] != 's';
}

/* A text that is called as a table is: the name of one of its rows (produto, of the tables of
 * products; head_teacher, of those of people). The whole name is asked first, then the word of it
 * that says what a thing is. */
static void look_as_table(const struct role_book *b, const struct wanted *w, struct found *best)
{
	enum { SURE = 64, LESS = 61 };
	char name[ROLE_WORDS], first[ROLE_WORDS], whole[ROLE_WORDS], agent[ROLE_WORDS];
	const char *tables[] = {name, NULL};
	struct found as = {.role = NULL};

	/* an agent's word is asked as it is: avaliadora is not taken apart */
	role_words(w->called, whole);
	if (is_id(w->name) || role_is_indicator(w->called) || !role_without_name(w->name, name) ||
		!role_without_name(whole, agent))
		return;
	role_head_word(agent, w->head_first, agent);
	role_head_word(name, w->head_first, first);
	tables[1] = first;
	for (size_t k = 0; k < sizeof(tables) / sizeof(tables[0]) && as.role == NULL; k++)
		for (uint32_t i = 0; i < b->n; i++)
			if (is_for_rows(&b->v[i], tables[k]) &&
				!(k > 0 && role_is(b->v[i].role, "entry")) &&
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
		if (role_is_agent(r, agent) && !is_plural(w->called))
			as = (struct found){r, "it ends as who does", "something", LESS, 0};
	if (as.role != NULL)
		*best = as;
}

/* Looks for zip5 as for zip, and for address_2 as for address; false where no digit is at the end,
 * or nothing else. */
static bool drop_digits(const struct role_book *b, struct wanted *w)
{
	char name[ROLE_WORDS];
	size_t n = strlen(w->called), was = n;

	while (n > 0 && w->called[n - 1] >= '0' && w->called[n - 1] <= '9')
		n--;
	if (n == was || n == 0 || n >= sizeof(name))
		return false;
	memcpy(name, w->called, n);
	name[n] = '\0';
	role_book_words(b, name, w->name);
	without_table(w);
	return true;
}

struct role_match role_find(
	const struct role_book *b, const struct role_asked *ask, struct arena *a)
{
	struct role_match m = {.role = NULL};
	struct found best = {.role = NULL};
	char why[2 * ROLE_WORDS];
	struct wanted w;

	want(b, &w, ask);
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
