/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions: compiling the translated pattern with PCRE2, and
 * matching, with all of PCRE2's memory in an arena.
 *
 * A backtracking matcher can take exponential time for some patterns. So
 * matching is bounded in steps; where the first, small bound is exceeded and
 * only the answer yes or no is wanted, pcre2_dfa_match() is tried, which does
 * not backtrack. What exceeds the large bound fails the row as too costly. The
 * bounds count PCRE2's own steps and not time, so that results do not depend on
 * the machine.
 */
#include "common/sql/functions/sql_regex.h"

#include <stdint.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "common/sql/functions/sql_regex_pg.h"

enum {
	RE_MAX_PATTERN = 16 * 1024,
	RE_STEPS_FIRST = 20000, /* then without backtracking, where that is possible */
	RE_STEPS = 2000000,
	RE_HEAP_KIB = 32 * 1024,
	RE_STATES = 16 * 1024
};

struct sql_regex {
	pcre2_code *code;
	unsigned groups;
	bool simple;
};

static void *re_malloc(size_t n, void *arena)
{
	return arena_alloc(arena, n);
}

static void re_free(void *p, void *arena)
{
	(void)p;
	(void)arena;
}

/*
 * Compiles with the options under which PCRE2 agrees with PostgreSQL: "."
 * matches a newline, and "$" only the very end. Look-behinds of variable length
 * are the known shape that PCRE2 does not have.
 */
static enum sql_regex_status compile(
	struct sql_regex *re, const struct sql_re_trans *t, struct arena *a, const char **why)
{
	pcre2_general_context *g = pcre2_general_context_create(re_malloc, re_free, a);
	pcre2_compile_context *cc = g != NULL ? pcre2_compile_context_create(g) : NULL;
	uint32_t flags = PCRE2_UTF | PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_UTF_CHECK;
	int code;
	size_t at;

	if (cc == NULL || !buf_ok(&t->out))
		return SQL_RE_NOMEM;
	if (!t->ascii)
		flags |= PCRE2_UCP;
	re->code = pcre2_compile(
		(PCRE2_SPTR)(t->out.p != NULL ? t->out.p : ""), t->out.n, flags, &code, &at, cc);
	if (re->code != NULL)
		return SQL_RE_OK;
	*why = "a look-behind without a fixed length, or another shape PCRE2 has not";
	return code == PCRE2_ERROR_NOMEMORY ? SQL_RE_NOMEM : SQL_RE_UNSUPPORTED;
}

/*
 * Translates, then compiles. A pattern is invalid where PostgreSQL refuses it
 * too, and unsupported where it cannot be translated.
 */
enum sql_regex_status sql_regex_compile(struct sql_regex **re, struct vtext pattern, bool icase,
	bool ascii, struct arena *a, const char **why)
{
	struct sql_re_trans t = {.out = BUF_INIT, .icase = icase, .ascii = ascii};
	enum sql_regex_status st;

	*why = "a pattern of more than 16 KiB";
	if (pattern.n > RE_MAX_PATTERN)
		return SQL_RE_UNSUPPORTED;
	*re = arena_alloc(a, sizeof **re);
	if (*re == NULL)
		return SQL_RE_NOMEM;
	if (sql_regex_translate(&t, pattern)) {
		st = compile(*re, &t, a, why);
		(*re)->groups = t.groups;
		(*re)->simple = t.simple;
	} else {
		*why = t.why;
		st = t.unsupported ? SQL_RE_UNSUPPORTED : SQL_RE_INVALID;
	}
	buf_free(&t.out);
	return st;
}

bool sql_regex_simple(const struct sql_regex *re)
{
	return re->simple;
}

unsigned sql_regex_groups(const struct sql_regex *re)
{
	return re->groups;
}

/* What matching needs, kept for all rows of a block. */
struct scratch {
	pcre2_match_context *mc;
	pcre2_match_data *md;
	int *states; /* [RE_STATES] of pcre2_dfa_match(), when it is first needed */
};

/*
 * Whether it matches at all, without backtracking: in time that grows with the
 * length of the text alone.
 */
static int match_flat(
	const struct sql_regex *re, struct vtext text, struct scratch *s, struct arena *tmp)
{
	if (s->states == NULL)
		s->states = arena_array(tmp, RE_STATES, sizeof *s->states);
	if (s->states == NULL)
		return PCRE2_ERROR_NOMEMORY;
	return pcre2_dfa_match(re->code, (PCRE2_SPTR)text.p, text.n, 0,
		PCRE2_NO_UTF_CHECK | PCRE2_DFA_SHORTEST, s->md, s->mc, s->states, RE_STATES);
}

/* The block's scratch, made when it is first needed. */
static struct scratch *scratch_of(void **at, struct arena *tmp)
{
	struct scratch *s = *at;
	pcre2_general_context *g;

	if (s != NULL)
		return s;
	s = arena_alloc(tmp, sizeof *s);
	g = pcre2_general_context_create(re_malloc, re_free, tmp);
	if (s == NULL || g == NULL || (s->mc = pcre2_match_context_create(g)) == NULL ||
		(s->md = pcre2_match_data_create(2, g)) == NULL)
		return NULL;
	pcre2_set_heap_limit(s->mc, RE_HEAP_KIB);
	*at = s;
	return s;
}

/*
 * 1, 0, or -1 with *why. With ${group}, the match or its first group is
 * returned.
 */
int sql_regex_match(const struct sql_regex *re, struct vtext text, struct vtext *group,
	void **scratch, struct arena *tmp, const char **why)
{
	struct scratch *s = scratch_of(scratch, tmp);
	const size_t *o;
	int rc, k;

	*why = "out of memory";
	if (s == NULL)
		return -1;
	text.p = text.p != NULL ? text.p : "";
	pcre2_set_match_limit(s->mc, group == NULL ? RE_STEPS_FIRST : RE_STEPS);
	rc = pcre2_match(re->code, (PCRE2_SPTR)text.p, text.n, 0, PCRE2_NO_UTF_CHECK, s->md, s->mc);
	if (group == NULL && rc == PCRE2_ERROR_MATCHLIMIT) {
		pcre2_set_match_limit(s->mc, RE_STEPS);
		rc = match_flat(re, text, s, tmp);
	}
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	*why = "the regular expression is too costly for this text";
	if (rc < 0)
		return -1;
	if (group == NULL)
		return 1;
	o = pcre2_get_ovector_pointer(s->md);
	k = re->groups > 0;
	*group = (struct vtext){NULL, 0};
	if (o[2 * k] != PCRE2_UNSET && (rc == 0 || rc > k))
		*group = (struct vtext){text.p + o[2 * k], o[2 * k + 1] - o[2 * k]};
	return 1;
}
