/* SPDX-License-Identifier: MIT */
#include "stages/eval/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"

static const struct {
	const char *code, *member, *title, *noun;
} kinds[KINDS] = {
	[KIND_FILE] = {"file", "files", "files intact", "file"},
	[KIND_ROW_COUNT] = {"row_count", "row_count", "row counts", "rows"},
	[KIND_TYPE] = {"type", "type", "types", "type"},
	[KIND_LENGTH] = {"length", "length", "lengths", "length"},
	[KIND_NOT_NULL] = {"not_null", "not_null", "NOT NULL", "NOT NULL"},
	[KIND_PRIMARY_KEY] = {"primary_key", "pk", "PRIMARY KEY", "PRIMARY KEY"},
	[KIND_UNIQUE] = {"unique", "unique", "UNIQUE", "UNIQUE"},
	[KIND_FOREIGN_KEY] = {"foreign_key", "fk", "FOREIGN KEY", "FOREIGN KEY"},
	[KIND_CHECK] = {"check", "check", "CHECK", "CHECK"},
	[KIND_EXCLUDE] = {"exclude", "exclude", "EXCLUDE", "EXCLUDE"},
	[KIND_GENERATED] = {"generated", "generated", "generated columns", "GENERATED"},
};

const char *kind_code(enum kind k)
{
	return kinds[k].code;
}

const char *kind_member(enum kind k)
{
	return kinds[k].member;
}

const char *kind_title(enum kind k)
{
	return kinds[k].title;
}

const char *kind_noun(enum kind k)
{
	return kinds[k].noun;
}

/* Of metrics.json: readers of version 0.1 find its five members first. */
static const enum kind in_order[KINDS] = {KIND_NOT_NULL, KIND_PRIMARY_KEY, KIND_UNIQUE,
	KIND_FOREIGN_KEY, KIND_CHECK, KIND_EXCLUDE, KIND_GENERATED, KIND_TYPE, KIND_LENGTH,
	KIND_ROW_COUNT, KIND_FILE};

enum kind kind_in_order(size_t i)
{
	return in_order[i];
}

static const struct {
	const char *name, *title;
} answers[ANSWERS] = {
	[ANSWER_HOLDS] = {"holds", "holds"},
	[ANSWER_FAILS] = {"fails", "fails"},
	[ANSWER_NOT_EVALUATED] = {"not_evaluated", "not evaluated"},
};

const char *answer_name(enum answer a)
{
	return answers[a].name;
}

const char *answer_title(enum answer a)
{
	return answers[a].title;
}

/* A copy of ${n} elements with room for one more. */
static void *grown(struct arena *a, void *old, uint32_t n, uint32_t *cap, size_t size)
{
	uint32_t more = *cap == 0 ? 64 : *cap * 2;
	void *p;

	if (n < *cap)
		return old;
	p = arena_array(a, more, size);
	if (p == NULL)
		return NULL;
	if (n > 0)
		memcpy(p, old, n * size);
	*cap = more;
	return p;
}

struct rule *findings_rule(struct findings *f, enum kind kind, enum plan_policy policy,
	const struct plan_table *t, const char *path)
{
	struct rule **rules = grown(f->a, f->rules, f->nrules, &f->cap_rules, sizeof(*rules));
	struct rule *r = arena_alloc(f->a, sizeof(*r));

	if (rules == NULL || r == NULL || path == NULL)
		return NULL;
	f->rules = rules;
	*r = (struct rule){
		.kind = kind, .policy = policy, .table = t, .path = path, .of = {.col = -1}};
	f->rules[f->nrules++] = r;
	return r;
}

void findings_hit(
	const struct findings *f, struct rule *r, uint64_t row, uint64_t first, const char *what)
{
	uint32_t at;

	r->violations++;
	if (r->examples == NULL) /* without memory there are no examples, and the count is right */
		r->examples = arena_array(f->a, f->keep, sizeof(*r->examples));
	if (r->examples == NULL || f->keep == 0)
		return;
	if (r->nexamples == f->keep) {
		if (row >= r->examples[f->keep - 1].row)
			return;
		r->nexamples--;
	}
	for (at = r->nexamples; at > 0 && r->examples[at - 1].row > row; at--)
		r->examples[at] = r->examples[at - 1];
	r->examples[at] = (struct example){row, first, what};
	r->nexamples++;
}

int findings_warn(struct findings *f, const char *code, const char *path, const char *hint,
	const char *fmt, ...)
{
	struct warning *w = grown(f->a, f->warnings, f->nwarnings, &f->cap_warnings, sizeof(*w));
	char message[1024];
	va_list ap;

	if (w == NULL)
		return -1;
	f->warnings = w;
	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	w[f->nwarnings] =
		(struct warning){code, arena_strdup(f->a, path), arena_strdup(f->a, message), hint};
	if (w[f->nwarnings].path == NULL || w[f->nwarnings].message == NULL)
		return -1;
	f->nwarnings++;
	return 0;
}

uint32_t findings_warnings_of(const struct findings *f, uint32_t at)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < f->nwarnings; i++) {
		if (strcmp(f->warnings[i].code, f->warnings[at].code) != 0)
			continue;
		if (i < at)
			return 0;
		n++;
	}
	return n;
}

bool rule_counts(const struct rule *r)
{
	return r->policy == PLAN_ENFORCE;
}

enum answer rule_answer(const struct rule *r)
{
	if (r->violations > 0 || r->sql_violations > 0)
		return ANSWER_FAILS;
	if (r->not_asked != NULL || (r->not_evaluated != NULL && !r->asked))
		return ANSWER_NOT_EVALUATED;
	return ANSWER_HOLDS;
}

const char *rule_why(const struct rule *r)
{
	return r->not_asked != NULL ? r->not_asked : r->not_evaluated;
}

const char *rule_name(const struct rule *r)
{
	return r->name != NULL ? r->name : kinds[r->kind].noun;
}

const char *rule_aside(const struct rule *r)
{
	static const char *const words[] = {[PLAN_ENFORCE] = NULL,
		[PLAN_WARN] = "the plan's policy for it is warn",
		[PLAN_IGNORE] = "switched off by the plan"};

	return words[r->policy];
}

/* ---- at the end --------------------------------------------------------------------- */

static int by_path(const void *a, const void *b)
{
	const struct rule *x = *(struct rule *const *)a, *y = *(struct rule *const *)b;
	int c = strcmp(x->path, y->path);

	if (c == 0)
		c = (int)x->kind - (int)y->kind;
	if (c == 0 && x->name != NULL && y->name != NULL)
		c = strcmp(x->name, y->name);
	return c;
}

static int by_path_and_code(const void *a, const void *b)
{
	const struct warning *x = a, *y = b;
	int c = strcmp(x->path, y->path);

	if (c == 0)
		c = strcmp(x->code, y->code);
	return c != 0 ? c : strcmp(x->message, y->message);
}

static int warn_of_rule(struct findings *f, const struct rule *r)
{
	if (rule_answer(r) == ANSWER_NOT_EVALUATED &&
		findings_warn(f, r->kind == KIND_CHECK ? "check_unsupported" : "not_evaluated",
			r->path,
			r->not_asked != NULL
				? "introspect this database, or ask the one that was introspected"
				: "eval --conn asks the database instead",
			"%s was not evaluated%s%s: %s", rule_name(r),
			rule_aside(r) != NULL ? ", and " : "",
			rule_aside(r) != NULL ? rule_aside(r) : "", rule_why(r)) == -1)
		return -1;
	if (!rule_counts(r) && rule_answer(r) == ANSWER_FAILS)
		return findings_warn(f, kinds[r->kind].code, r->path,
			"it does not count, but PostgreSQL refuses such rows where the "
			"constraint is in place",
			"%s, %s: %llu violations in the files, %llu in the database", rule_name(r),
			rule_aside(r), (unsigned long long)r->violations,
			(unsigned long long)r->sql_violations);
	return 0;
}

int findings_finish(struct findings *f, struct err *e)
{
	for (uint32_t i = 0; i < f->nrules; i++)
		if (warn_of_rule(f, f->rules[i]) == -1)
			return err_nomem(e);
	if (f->nrules > 0)
		qsort(f->rules, f->nrules, sizeof(*f->rules), by_path);
	if (f->nwarnings > 0)
		qsort(f->warnings, f->nwarnings, sizeof(*f->warnings), by_path_and_code);
	return 0;
}

struct tally findings_tally(const struct findings *f, enum kind k)
{
	struct tally t = {0};

	for (uint32_t i = 0; i < f->nrules; i++) {
		const struct rule *r = f->rules[i];

		if (r->kind != k)
			continue;
		if (r->not_evaluated != NULL && r->violations == 0)
			t.not_evaluated++;
		else
			t.checked++;
		t.asked += r->asked;
		if (rule_counts(r)) {
			t.violations += r->violations;
			t.by_sql += r->sql_violations;
		} else {
			t.aside++;
			t.aside_violations += r->violations + r->sql_violations;
		}
	}
	return t;
}

struct outcome findings_outcome(const struct findings *f)
{
	struct outcome o = {.violations = 0};

	for (uint32_t i = 0; i < f->nrules; i++) {
		const struct rule *r = f->rules[i];

		if (rule_counts(r)) {
			o.counted[rule_answer(r)]++;
			o.violations += r->violations + r->sql_violations;
		} else {
			o.aside[rule_answer(r)]++;
		}
	}
	return o;
}

enum answer outcome_answer(const struct outcome *o)
{
	if (o->counted[ANSWER_FAILS] + o->aside[ANSWER_FAILS] > 0)
		return ANSWER_FAILS;
	if (o->counted[ANSWER_NOT_EVALUATED] + o->aside[ANSWER_NOT_EVALUATED] > 0)
		return ANSWER_NOT_EVALUATED;
	return ANSWER_HOLDS;
}
