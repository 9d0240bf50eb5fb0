/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/locate.h"

#include <stdbool.h>
#include <string.h>

struct scan {
	const char *p, *end;
};

static void blanks(struct scan *s)
{
	while (s->p < s->end && strchr(" \t\r\n", *s->p) != NULL && *s->p != '\0')
		s->p++;
}

/* over a string, from its opening quote */
static void string(struct scan *s)
{
	for (s->p++; s->p < s->end && *s->p != '"'; s->p++)
		if (*s->p == '\\' && s->p + 1 < s->end)
			s->p++;
	if (s->p < s->end)
		s->p++;
}

/* over any value; brackets inside strings are passed by string() */
static void value(struct scan *s)
{
	int depth = 0;

	blanks(s);
	do {
		if (s->p >= s->end)
			return;
		if (*s->p == '"') {
			string(s);
			continue;
		}
		if (strchr("[{", *s->p) != NULL)
			depth++;
		else if (strchr("]}", *s->p) != NULL && depth-- == 0)
			return;
		else if (depth == 0 && *s->p == ',')
			return;
		s->p++;
	} while (depth > 0 || (s->p < s->end && strchr(",]} \t\r\n", *s->p) == NULL));
}

/* next element of an array or member of an object: over the comma, false at the end */
static bool next(struct scan *s)
{
	blanks(s);
	if (s->p < s->end && *s->p == ',')
		s->p++;
	blanks(s);
	return s->p < s->end && *s->p != ']' && *s->p != '}';
}

static bool same_key(const char *key, size_t nkey, const char *tok, size_t ntok)
{
	size_t i = 0;

	for (size_t k = 0; k < nkey; k++, i++) {
		char c = key[k];

		if (i >= ntok)
			return false;
		if (tok[i] == '~' && i + 1 < ntok) {
			i++;
			if (c != (tok[i] == '0' ? '~' : '/'))
				return false;
		} else if (c != tok[i]) {
			return false;
		}
	}
	return i == ntok;
}

/* go to the member of the object at s->p; false when there is none */
static bool member(struct scan *s, const char *tok, size_t n)
{
	s->p++;
	while (next(s)) {
		const char *key = s->p + 1;

		string(s);
		bool found = s->p - 1 > key && same_key(key, (size_t)(s->p - 1 - key), tok, n);

		blanks(s);
		if (s->p < s->end)
			s->p++; /* the colon */
		blanks(s);
		if (found)
			return true;
		value(s);
	}
	return false;
}

static bool element(struct scan *s, const char *tok, size_t n)
{
	unsigned long want = 0;

	for (size_t i = 0; i < n; i++)
		want = want * 10 + (unsigned long)(tok[i] - '0');
	s->p++;
	while (next(s)) {
		if (want-- == 0)
			return true;
		value(s);
	}
	return false;
}

/* line and column of a place */
static void count(struct view text, const char *at, unsigned *line, unsigned *col)
{
	*line = *col = 1;
	for (const char *p = text.p; p < at; p++) {
		if (*p == '\n') {
			++*line;
			*col = 1;
		} else if (((unsigned char)*p & 0xc0) != 0x80) {
			++*col;
		}
	}
}

size_t locate_offset(struct view text, const char *pointer)
{
	struct scan s = {text.p, text.p + text.n};
	const char *best;

	blanks(&s);
	best = s.p;
	while (*pointer == '/' && pointer[1] != '\0' && s.p < s.end) {
		const char *tok = pointer + 1;
		size_t n = strcspn(tok, "/");
		bool found = *s.p == '{'   ? member(&s, tok, n)
			     : *s.p == '[' ? strspn(tok, "0123456789") >= n && element(&s, tok, n)
					   : false;

		if (!found)
			break;
		best = s.p;
		pointer = tok + n;
	}
	return (size_t)(best - text.p);
}

void locate(struct view text, const char *pointer, unsigned *line, unsigned *col)
{
	count(text, text.p + locate_offset(text, pointer), line, col);
}
