/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/source.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/io/file.h"
#include "common/io/json_read.h"
#include "stages/plan-check/locate.h"

#define PLAN_MAX (64u << 20)

static json_t *parse(const struct buf *text, json_error_t *error, struct err *e)
{
	return json_read_text(text->p, text->n,
		JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, error, e);
}

/* A seed beyond what the parser holds is read here and blanked: every other place stays
 * where it was. */
static bool take_seed(struct source *s)
{
	size_t at = locate_offset((struct view){s->text.p, s->text.n}, "/seed");
	size_t n = strspn(s->text.p + at, "0123456789");

	if (n == 0 || !num_parse_u64(s->text.p + at, n, &s->seed))
		return false;
	memset(s->text.p + at, ' ', n);
	s->text.p[at] = '0';
	return true;
}

/* s->json and s->seed from s->text; ${path} is what a message calls it. */
static int understand(struct source *s, const char *path, struct err *e)
{
	json_error_t error;
	uint64_t seed = 0;

	s->json = parse(&s->text, &error, e);
	if (s->json == NULL && json_error_code(&error) == json_error_numeric_overflow &&
		take_seed(s)) {
		seed = s->seed;
		e->kind = ERR_NONE;
		s->json = parse(&s->text, &error, e);
	}
	if (s->json == NULL && json_error_code(&error) == json_error_numeric_overflow)
		return err_set(e, ERR_INPUT, "%s:%d:%d: %s: a plan has none beyond 64 bits", path,
			error.line, error.column, error.text);
	if (s->json == NULL)
		return err_set(e, ERR_INPUT, "%s:%d:%d: not JSON: %s", path, error.line,
			error.column, error.text);
	s->seed = seed;
	if (seed == 0 && json_integer_value(json_object_get(s->json, "seed")) > 0)
		s->seed = (uint64_t)json_integer_value(json_object_get(s->json, "seed"));
	return 0;
}

int source_read(struct source *s, const char *path, struct err *e)
{
	*s = (struct source){.text = BUF_INIT};
	if (file_read(path, PLAN_MAX, &s->text, e) == -1)
		return -1;
	return understand(s, path, e);
}

int source_of(struct source *s, const struct buf *text, struct err *e)
{
	*s = (struct source){.text = BUF_INIT};
	buf_add(&s->text, text->p, text->n);
	return buf_ok(&s->text) ? understand(s, "the plan", e) : err_nomem(e);
}

void source_close(struct source *s)
{
	json_decref(s->json);
	buf_free(&s->text);
}
