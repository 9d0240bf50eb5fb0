/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/issue.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/visible.h"
#include "common/io/json.h"
#include "stages/plan-check/locate.h"

static const char *const severity_name[] = {"error", "warning"};

static __attribute__((format(printf, 2, 0))) const char *print(
	struct issues *is, const char *fmt, va_list ap)
{
	va_list again;
	char *s;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0 || (s = arena_alloc(is->a, (size_t)n + 1)) == NULL) {
		is->failed = true;
		return "";
	}
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	return s;
}

const char *issue_path(struct issues *is, const char *fmt, ...)
{
	va_list ap;
	const char *s;

	va_start(ap, fmt);
	s = print(is, fmt, ap);
	va_end(ap);
	return s;
}

const char *issue_member(struct issues *is, const char *path, const char *key)
{
	size_t n = strlen(path);
	char *s = arena_alloc(is->a, n + 2 * strlen(key) + 2), *to;

	if (s == NULL) {
		is->failed = true;
		return "";
	}
	memcpy(s, path, n);
	to = s + n;
	*to++ = '/';
	for (; *key != '\0'; key++) {
		if (*key == '~' || *key == '/') {
			*to++ = '~';
			*to++ = *key == '~' ? '0' : '1';
		} else {
			*to++ = *key;
		}
	}
	return s;
}

struct issue *issue_add(struct issues *is, enum severity severity, const char *code,
	const char *path, const char *hint, const char *fmt, ...)
{
	va_list ap;
	struct issue *i;

	is->count[severity]++;
	if (is->n == is->cap) {
		size_t cap = is->cap == 0 ? 32 : 2 * is->cap;
		struct issue *v = arena_array(is->a, cap, sizeof(*v));

		if (v == NULL) {
			is->failed = true;
			return &is->spare;
		}
		if (is->n > 0)
			memcpy(v, is->v, is->n * sizeof(*v));
		is->v = v;
		is->cap = cap;
	}
	i = &is->v[is->n++];
	va_start(ap, fmt);
	*i = (struct issue){
		.severity = severity,
		.code = code,
		.path = path[0] == '\0' ? "/" : path,
		.at = path,
		.hint = hint,
		.message = print(is, fmt, ap),
		.table = is->about,
	};
	va_end(ap);
	return i;
}

struct issue_mark issues_mark(const struct issues *is)
{
	return (struct issue_mark){is->n, {is->count[0], is->count[1]}};
}

void issues_rewind(struct issues *is, struct issue_mark mark)
{
	is->n = mark.n;
	memcpy(is->count, mark.count, sizeof(is->count));
}

bool issue_known(const struct issues *is, enum severity severity, const char *path)
{
	for (size_t i = 0; i < is->n; i++)
		if (is->v[i].severity == severity && strcmp(is->v[i].path, path) == 0)
			return true;
	return false;
}

void issues_place(struct issues *is, struct view text)
{
	for (size_t i = 0; i < is->n; i++)
		locate(text, is->v[i].at, &is->v[i].line, &is->v[i].col);
}

/* message and hint are one line each, whatever names they quote */
static void add_line(struct buf *b, const char *s)
{
	buf_visible(b, s, strlen(s), VISIBLE_LINE);
}

void issues_text(const struct issues *is, struct buf *b)
{
	for (int severity = ISSUE_ERROR; severity <= ISSUE_WARNING; severity++) {
		for (size_t i = 0; i < is->n; i++) {
			const struct issue *x = &is->v[i];

			if ((int)x->severity != severity)
				continue;
			buf_addf(b, "%s %s ", severity_name[severity], x->code);
			add_line(b, x->path);
			buf_addf(b, " (%u:%u): ", x->line, x->col);
			add_line(b, x->message);
			buf_addc(b, '\n');
			if (x->hint != NULL) {
				buf_adds(b, "    hint: ");
				add_line(b, x->hint);
				buf_addc(b, '\n');
			}
		}
	}
}

static void issue_json(struct jsonw *j, const struct issue *x)
{
	jw_object(j);
	jw_kstr(j, "severity", severity_name[x->severity]);
	jw_kstr(j, "code", x->code);
	jw_kstr(j, "path", x->path);
	jw_kuint(j, "line", x->line);
	jw_kuint(j, "column", x->col);
	jw_kstr(j, "message", x->message);
	if (x->hint != NULL)
		jw_kstr(j, "hint", x->hint);
	jw_end(j);
}

void issues_json(const struct issues *is, struct buf *b)
{
	struct jsonw j;

	jw_begin(&j, b, true);
	jw_object(&j);
	jw_kbool(&j, "accepted", is->count[ISSUE_ERROR] == 0);
	jw_kuint(&j, "errors", is->count[ISSUE_ERROR]);
	jw_kuint(&j, "warnings", is->count[ISSUE_WARNING]);
	jw_key(&j, "issues");
	jw_array(&j);
	for (int severity = ISSUE_ERROR; severity <= ISSUE_WARNING; severity++)
		for (size_t i = 0; i < is->n; i++)
			if ((int)is->v[i].severity == severity)
				issue_json(&j, &is->v[i]);
	jw_end(&j);
	jw_end(&j);
	buf_addc(b, '\n');
}
