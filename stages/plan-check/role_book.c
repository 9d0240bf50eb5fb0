/* SPDX-License-Identifier: MIT */
/*
 * The names of all roles, and names of columns and tables as words: those that are run together
 * (lastupdated, dsramo) are taken apart where all of them are words of roles.
 */
#include "stages/plan-check/role_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int role_count_words(const char *words, size_t n)
{
	int k = 0;

	for (size_t i = 0; i < n; i++)
		k += words[i] == '_';
	return k - 1;
}

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
		n += (size_t)role_count_words(b->v[i].words, b->v[i].n) + 1;
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

/* Old systems run what kind of value it is together with what is meant: nmcliente, codramo. Writes
 * both words to ${to}; the bytes written, 0: the word is none of these. */
static size_t divide_prefix(const struct role_book *b, const char *w, size_t n, char *to)
{
	static const char *const prefixes[] = {"nm", "ds", "st", "dt", "vl", "nr", "cd", "tp", "qt",
		"sg", "cod", "num", "dsc", "qtd"};
	enum { SHORTEST = 4 };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t m = strlen(prefixes[i]);

		if (n < m + SHORTEST || strncmp(w, prefixes[i], m) != 0 ||
			!is_word(b, w + m, n - m))
			continue;
		memcpy(to, w, m);
		to[m] = '_';
		memcpy(to + m + 1, w + m, n - m);
		return n + 1;
	}
	return 0;
}

void role_book_words(const struct role_book *b, const char *name, char words[ROLE_WORDS])
{
	enum { LEAST = 6 };
	char whole[ROLE_WORDS], to[ROLE_WORDS];
	size_t at = 0;

	(void)role_split(name, whole);
	for (const char *p = whole; *p != '\0'; p += strcspn(p, "_"), p += *p == '_') {
		size_t n = strcspn(p, "_"), m = 0;

		if (at + 2 * n + 2 >= sizeof(to))
			break;
		if (n >= LEAST && !is_word(b, p, n)) {
			m = divide_prefix(b, p, n, to + at);
			m = m > 0 ? m : divide(b, p, n, to + at);
		}
		if (m == 0)
			memcpy(to + at, p, m = n);
		at += m;
		to[at++] = '_';
	}
	to[at] = '\0';
	role_words(to, words);
}
