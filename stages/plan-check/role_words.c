/* SPDX-License-Identifier: MIT */
/*
 * Names as words. Schemas write unit_price, unitPrice, UNIT_PRICE, vl_unit and preço_unitário; what
 * is compared is one form of them all. The form is no word of a language: it only has to be the
 * same for what means the same, so endings are taken off without a dictionary.
 */
#include "stages/plan-check/role.h"

#include <stdio.h>
#include <string.h>

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The letter without its accent, of one between U+00C0 and U+00FF; 0: it has none. */
static char plain_letter(unsigned char second)
{
	static const char letters[] = "aaaaaaaceeeeiiii"
				      "dnooooo\0ouuuuy\0s"
				      "aaaaaaaceeeeiiii"
				      "dnooooo\0ouuuuy\0y";

	return letters[second & 0x3f];
}

/* Appends one character of the name in lower case; returns how many bytes of the name that was. */
static size_t put_letter(const char *name, char *to, size_t *n)
{
	unsigned char c = (unsigned char)name[0], next = (unsigned char)name[1];

	if (c == 0xc3 && (next & 0xc0) == 0x80) {
		char plain = plain_letter(next);

		if (plain != '\0')
			to[(*n)++] = plain;
		return 2;
	}
	to[(*n)++] = is_upper(name[0]) ? (char)(c - 'A' + 'a') : name[0];
	return 1;
}

/* What a plural and some singulars lose, so that both are one: categories, fornecedores, prices. */
static size_t without_ending(char *w, size_t n)
{
	if (n > 4 && memcmp(w + n - 3, "oes", 3) == 0) { /* transacoes, reunioes */
		memcpy(w + n - 3, "ao", 2);
		return n - 1;
	}
	if (n > 4 && memcmp(w + n - 3, "ies", 3) == 0) {
		w[n - 3] = 'y';
		return n - 2;
	}
	if (n > 4 && w[n - 1] == 's' && w[n - 2] == 'i' && strchr("aeo", w[n - 3]) != NULL) {
		w[n - 2] = 'l'; /* canais, papeis, lencois */
		return n - 1;
	}
	if (n > 3 && w[n - 1] == 's' && strchr("siu", w[n - 2]) == NULL)
		n--;
	if (n > 4 && w[n - 1] == 'e' && memcmp(w + n - 2, "ee", 2) != 0)
		n--;
	if (n > 3 && w[n - 1] == 'm' && strchr("aeiou", w[n - 2]) != NULL)
		w[n - 1] = 'n'; /* itens and item, cupons and cupom */
	if (n > 4 && w[n - 1] == 'a' && strchr("dtv", w[n - 2]) != NULL)
		w[n - 1] = 'o'; /* emitida and emitido, aberta and aberto, ativa and ativo */
	return n;
}

static const char *expand(const char *w, size_t n)
{
	for (const struct role_abbreviation *x = role_abbreviations; x->from != NULL; x++)
		if (strncmp(x->from, w, n) == 0 && x->from[n] == '\0')
			return x->to;
	return NULL;
}

/* Adds the words of ${text}, which may be several with _ between, each without its ending. */
static size_t add_words(char to[ROLE_WORDS], size_t at, const char *text, size_t len)
{
	while (len > 0) {
		const char *end = memchr(text, '_', len);
		size_t n = end != NULL ? (size_t)(end - text) : len, keep;

		if (n > 0 && at + n + 2 < ROLE_WORDS) {
			memcpy(to + at, text, n);
			keep = without_ending(to + at, n);
			at += keep;
			to[at++] = '_';
		}
		if (end == NULL)
			break;
		len -= n + 1;
		text += n + 1;
	}
	return at;
}

/* The name in lower case, with _ where a word ends; at most ROLE_WORDS - 2 bytes. */
size_t role_split(const char *name, char to[ROLE_WORDS])
{
	size_t n = 0;

	for (char last = '_'; *name != '\0' && n < ROLE_WORDS - 4;) {
		char c = *name;
		bool word = is_lower(c) || is_upper(c) || is_digit(c) || (unsigned char)c >= 128;

		if ((is_upper(c) && (is_lower(last) || is_digit(last))) ||
			(is_upper(c) && is_upper(last) && is_lower(name[1])))
			to[n++] = '_';
		last = c;
		if (word)
			name += put_letter(name, to, &n);
		else {
			to[n++] = '_';
			name++;
		}
	}
	to[n] = '\0';
	return n;
}

void role_words(const char *name, char to[ROLE_WORDS])
{
	char plain[ROLE_WORDS];
	size_t n = role_split(name, plain), at = 0;

	to[at++] = '_';
	for (size_t i = 0; i < n;) {
		size_t len = strcspn(plain + i, "_");
		const char *longer = len > 0 ? expand(plain + i, len) : NULL;

		at = longer != NULL ? add_words(to, at, longer, strlen(longer))
				    : add_words(to, at, plain + i, len);
		i += len + 1;
	}
	to[at] = '\0';
}

/* Calls for each name of a list; false: the list is at its end. */
static bool next_name(const char **list, char words[ROLE_WORDS])
{
	char name[ROLE_WORDS];
	size_t n;

	if (*list == NULL || **list == '\0')
		return false;
	n = strcspn(*list, " ");
	if (n >= sizeof(name))
		n = sizeof(name) - 1;
	memcpy(name, *list, n);
	name[n] = '\0';
	*list += n + (*(*list + n) == ' ');
	role_words(name, words);
	return true;
}

bool role_has(const char *list, const char *words)
{
	char name[ROLE_WORDS];

	while (next_name(&list, name))
		if (strcmp(name, words) == 0)
			return true;
	return false;
}

const char *role_among(const char *list, const char *words)
{
	char name[ROLE_WORDS];

	for (const char *at = list; next_name(&list, name); at = list)
		if (strstr(words, name) != NULL)
			return at;
	return NULL;
}

/* The word in a list of words with blanks after them; NULL: it is not there. */
static const char *word_in(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; p != NULL && (p = strstr(p, word)) != NULL; p += n)
		if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return p;
	return NULL;
}

bool role_lists(const char *list, const char *word)
{
	return word_in(list, word) != NULL;
}

bool role_is(const struct role *r, const char *kind)
{
	return r != NULL && word_in(r->kind, kind) != NULL;
}

int role_order(const struct role *r, const char *kind)
{
	const char *p = r != NULL ? word_in(r->kind, kind) : NULL;
	int n = 0;

	if (p == NULL)
		return -1;
	p += strlen(kind);
	if (*p != ' ' || !is_digit(p[1]))
		return -1;
	for (p++; is_digit(*p); p++)
		n = 10 * n + (*p - '0');
	return n;
}

bool role_after(const struct role *r, const char *kind, char to[ROLE_WORDS])
{
	const char *p = r != NULL ? word_in(r->kind, kind) : NULL;
	size_t n;

	if (p == NULL || p[strlen(kind)] != ' ')
		return false;
	p += strlen(kind) + 1;
	n = strcspn(p, " ");
	if (n == 0 || n >= ROLE_WORDS)
		return false;
	memcpy(to, p, n);
	to[n] = '\0';
	return true;
}

const struct role_label *role_label_of(const char *text)
{
	char words[ROLE_WORDS];

	role_words(text, words);
	for (const struct role_label *l = role_labels; l->name != NULL; l++) {
		char known[ROLE_WORDS];

		role_words(l->name, known);
		if (strcmp(known, words) == 0)
			return l;
	}
	return NULL;
}

/* The last of the words of a name that is looked for: of several in one place the longest. */
struct last_word {
	const char *at;
	size_t length;
};

/* Whether a word of the list stands in ${words} behind the last one that was found; then it is
 * that.
 */
static bool stands_later(const char *list, const char *words, struct last_word *last)
{
	char name[ROLE_WORDS];
	bool later = false;

	while (next_name(&list, name)) {
		const char *at = strstr(words, name);
		size_t n = strlen(name);

		if (at == NULL || (last->at != NULL && at + n < last->at) ||
			(last->at == at + n && n <= last->length))
			continue;
		*last = (struct last_word){at + n, n};
		later = true;
	}
	return later;
}

const struct role_span *role_span_of(const char *words)
{
	const struct role_span *best = NULL;
	struct last_word last = {NULL, 0};

	for (const struct role_span *s = role_spans; s->words != NULL; s++)
		if (stands_later(s->words, words, &last))
			best = s;
	return best;
}

uint32_t role_worth_of(const char *words)
{
	struct last_word last = {NULL, 0};
	uint32_t amount = 0;

	for (const struct role_worth *w = role_worths; w->words != NULL; w++)
		if (stands_later(w->words, words, &last))
			amount = w->amount;
	return amount;
}

bool role_of_kind(const char *types, const char *kind)
{
	static const struct {
		const char *wide, *kinds;
	} wider[] = {
		{"number", "int decimal float "},
		{"moment", "date timestamp "},
	};

	if (word_in(types, kind) != NULL)
		return true;
	for (size_t i = 0; i < sizeof(wider) / sizeof(wider[0]); i++)
		if (word_in(types, wider[i].wide) != NULL && word_in(wider[i].kinds, kind) != NULL)
			return true;
	return word_in(types, "any") != NULL && strcmp(kind, "choice") != 0;
}

const char *role_kind(const struct pg_column *col, const struct sql_domain *dom)
{
	static const char *const kinds[PG_CLASS_COUNT] = {
		[PG_BOOL] = "bool",
		[PG_INT2] = "int",
		[PG_INT4] = "int",
		[PG_INT8] = "int",
		[PG_NUMERIC] = "decimal",
		[PG_MONEY] = "decimal",
		[PG_FLOAT4] = "float",
		[PG_FLOAT8] = "float",
		[PG_TEXT] = "text",
		[PG_VARCHAR] = "text",
		[PG_BPCHAR] = "text",
		[PG_NAME] = "text",
		[PG_BYTEA] = "bytes",
		[PG_UUID] = "uuid",
		[PG_DATE] = "date",
		[PG_TIME] = "time",
		[PG_TIMETZ] = "time",
		[PG_TIMESTAMP] = "timestamp",
		[PG_INTERVAL] = "interval",
		[PG_TIMESTAMPTZ] = "timestamp",
		[PG_JSON] = "json",
		[PG_JSONB] = "json",
		[PG_INET] = "inet",
		[PG_CIDR] = "inet",
		[PG_ARRAY] = "array",
		[PG_ENUM] = "choice",
	};
	const struct pg_type *type = pg_base_of(col->type, col->typmod).type;
	const char *kind = kinds[type->cls];

	if (dom != NULL && dom->nset > 0 && (dom->texts != NULL || dom->set != NULL))
		return "choice";
	/* roles of arrays are of words, which arrays of other types do not take */
	if (type->cls == PG_ARRAY && (type->elem == NULL || !pg_class_is_text(type->elem->cls)))
		return "other";
	return kind != NULL ? kind : "other";
}

bool role_is_agent(const struct role *r, const char *word)
{
	static const char *const ends[] = {"er", "or", "ist", "ant", "ian", "ee", "ora", "eira",
		"eiro", "ista", "ante", "ente", "man", "woman"};
	size_t n = word[0] != '\0' ? strcspn(word + 1, "_") : 0;

	if (!role_is(r, "agent") || n < 5 || role_has(r->unlike, word))
		return false;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t k = strlen(ends[i]);

		if (k < n && strncmp(word + 1 + n - k, ends[i], k) == 0)
			return true;
	}
	return false;
}

const char role_name_words[] = "name title nome titulo ";

const char *role_last_word(const char *words)
{
	const char *at = words;

	/* "_": a name without a letter or digit has no word */
	for (const char *p = words + 1; words[0] != '\0' && *p != '\0'; p++)
		if (p[-1] == '_')
			at = p - 1;
	return at;
}

bool role_is_indicator(const char *name)
{
	static const char *const ends[] = {"_ind", "_flag", "_yn", "_sn", "Flag"};
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t k = strlen(ends[i]);

		if (n > k && strcmp(name + n - k, ends[i]) == 0)
			return true;
	}
	return false;
}

bool role_without_name(const char *words, char left[ROLE_WORDS])
{
	char *to = left;

	*to++ = '_';
	for (const char *p = words + 1; *p != '\0'; p += strcspn(p, "_") + 1) {
		size_t n = strcspn(p, "_") + 1;
		char word[ROLE_WORDS];

		(void)snprintf(word, sizeof(word), "_%.*s", (int)n, p);
		if (!role_has(role_name_words, word)) {
			memcpy(to, p, n);
			to += n;
		}
	}
	*to = '\0';
	return to > left + 1;
}

void role_head_word(const char *words, bool first, char head[ROLE_WORDS])
{
	/* what stands in front of a noun in Portuguese too, and behind one in no language */
	static const char before[] =
		"novo antigo ultimo primeiro segundo terceiro proximo outro vice ex co "
		"principal atual nome meu seu ";
	static const char behind[] = "principal secundario atual anterior origem destino titular "
				     "padrao preferido favorito vinculado escolhido ";
	const char *last = role_last_word(words);
	size_t n = words[0] != '\0' ? strcspn(words + 1, "_") + 2 : 0;
	char lead[ROLE_WORDS];

	(void)snprintf(lead, sizeof(lead), "%.*s", (int)n, words);
	first = first ? !role_has(before, lead) : role_has(behind, last);
	if (first)
		(void)snprintf(head, ROLE_WORDS, "%s", lead);
	else
		memmove(head, last, strlen(last) + 1);
}
