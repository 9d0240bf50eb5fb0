/* SPDX-License-Identifier: MIT */
/*
 * Text to parse tree, by PostgreSQL's own parser in libpg_query: the text is
 * parsed as the one output column of "SELECT text", and anything that makes it
 * more than one expression (FROM, several columns, an alias) is refused.
 *
 * libpg_query hands the tree over as protobuf, which protobuf-c unpacks with
 * one call for each level: 10,000 terms of a + a + ... would overflow a stack
 * of 8 MB. So the text is bounded (SQL_MAX_TEXT), and what is longer than a few
 * hundred terms is parsed on a thread with a stack of its own.
 */
#include "common/sql/sql_comp.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pg_query.h>

#include "common/base/err.h"

/*
 * The tree is unpacked by protobuf-c, which recurses once per level: 10,000 terms
 * of a + a + ... overflow 8 MB of stack.  So text is bounded, and what is longer
 * than a few hundred terms is parsed on a stack of its own.
 */
enum { PARSE_INLINE = 2048, PARSE_STACK = 256 << 20 };

/* What the parser's thread gets and gives; everything it makes is in ${tmp}. */
struct parse_job {
	const char *sql;
	struct arena *tmp;
	PgQuery__ParseResult *tree;
	char *message;
	int cursor;
	bool oom;
};

static void *tree_alloc(void *arena, size_t n)
{
	return arena_alloc(arena, n);
}

/* The tree lives in an arena, which is freed as a whole. */
static void tree_free(void *arena, void *p)
{
	(void)arena;
	(void)p;
}

/*
 * Whether there is memory for a parse of ${sql}. libpg_query does not survive without it: where it
 * has no memory for its contexts, or for the tree's protobuf, it writes to stderr, exits or
 * crashes. So what it will need, and more, is asked for before it is called, and given back.
 */
static bool has_room(const char *sql)
{
	enum { LEAST = 1 << 20, BYTE = 256 }; /* a byte of text is a node at most */
	void *volatile room = malloc(LEAST + strlen(sql) * BYTE); /* or gcc would leave it out */

	free(room);
	return room != NULL;
}

/*
 * Parses j->sql, and unpacks the tree or copies the message. Runs on either
 * stack.
 */
static void *parse_run(void *arg)
{
	struct parse_job *j = arg;
	ProtobufCAllocator alloc = {tree_alloc, tree_free, j->tmp};
	PgQueryProtobufParseResult r;

	if (!has_room(j->sql)) {
		j->oom = true;
		return NULL;
	}
	r = pg_query_parse_protobuf(j->sql);
	if (r.error != NULL) {
		j->message = arena_strdup(j->tmp, r.error->message);
		j->cursor = r.error->cursorpos;
		j->oom = j->message == NULL || strcmp(j->message, "out of memory") == 0;
	} else {
		j->tree = pg_query__parse_result__unpack(
			&alloc, r.parse_tree.len, (const uint8_t *)r.parse_tree.data);
		j->oom = j->tree == NULL;
	}
	pg_query_free_protobuf_parse_result(r);
	return NULL;
}

/*
 * Runs the job on a thread of PARSE_STACK bytes of stack and waits for it. The
 * memory of the stack is reserved only; pages that are not touched cost
 * nothing.
 */
static int parse_threaded(struct parse_job *j, struct err *e)
{
	pthread_attr_t attr;
	pthread_t t;
	int rc;

	if (pthread_attr_init(&attr) != 0)
		return err_nomem(e);
	rc = pthread_attr_setstacksize(&attr, PARSE_STACK);
	if (rc == 0)
		rc = pthread_create(&t, &attr, parse_run, j);
	pthread_attr_destroy(&attr);
	if (rc != 0)
		return err_nomem(e);
	pthread_join(t, NULL);
	return 0;
}

/*
 * The parser's messages quote the place where it stopped, which can be all that
 * is left of the text: cut to 160 characters, control characters made blanks.
 */
static const char *one_line(char *message)
{
	message[utf8_cut(message, strlen(message), 160)] = '\0';
	for (char *p = message; *p != '\0'; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
	return message;
}

/*
 * The one expression of the SELECT, or NULL when the text was more than that.
 */
static const PgQuery__Node *only_target(const PgQuery__ParseResult *r)
{
	const PgQuery__SelectStmt *s;

	if (r->n_stmts != 1 || r->stmts[0]->stmt == NULL ||
		r->stmts[0]->stmt->node_case != PG_QUERY__NODE__NODE_SELECT_STMT)
		return NULL;
	s = r->stmts[0]->stmt->select_stmt;
	if (s->n_target_list != 1 || s->n_from_clause != 0 || s->where_clause != NULL ||
		s->n_distinct_clause != 0 || s->into_clause != NULL || s->n_group_clause != 0 ||
		s->having_clause != NULL || s->n_window_clause != 0 || s->n_values_lists != 0 ||
		s->n_sort_clause != 0 || s->limit_offset != NULL || s->limit_count != NULL ||
		s->n_locking_clause != 0 || s->with_clause != NULL || s->larg != NULL)
		return NULL;
	if (s->target_list[0]->node_case != PG_QUERY__NODE__NODE_RES_TARGET ||
		s->target_list[0]->res_target->name != NULL)
		if (s->target_list[0]->res_target->name[0] != '\0')
			return NULL;
	return s->target_list[0]->res_target->val;
}

/* ---- trees that are kept ------------------------------------------------------------------- */

enum { BUCKETS = 1024 };

struct kept_tree {
	const char *text;
	const PgQuery__Node *root;
	const struct kept_tree *next;
};

struct sql_memo {
	struct arena *a;
	const struct kept_tree *bucket[BUCKETS];
};

struct sql_memo *sql_memo_new(struct arena *a)
{
	struct sql_memo *m = arena_alloc(a, sizeof(*m));

	if (m != NULL)
		m->a = a;
	return m;
}

/* The hash of Fowler, Noll and Vo (FNV-1a, 64 bits). */
static size_t bucket_of(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return (size_t)(h >> 32) % BUCKETS;
}

static const PgQuery__Node *kept(const struct sql_memo *m, const char *text)
{
	const struct kept_tree *k = m->bucket[bucket_of(text)];

	while (k != NULL && strcmp(k->text, text) != 0)
		k = k->next;
	return k != NULL ? k->root : NULL;
}

static enum sql_status keep(
	struct sql_memo *m, const char *text, const PgQuery__Node *root, struct err *e)
{
	struct kept_tree *k = arena_alloc(m->a, sizeof(*k)), copy = {.root = root};
	size_t at = bucket_of(text);

	if (k == NULL || (copy.text = arena_strdup(m->a, text)) == NULL)
		return err_nomem(e);
	copy.next = m->bucket[at];
	*k = copy;
	m->bucket[at] = k;
	return SQL_OK;
}

/* ---- parsing ------------------------------------------------------------------------------- */

/* Parses a text of ${n} bytes; the tree is in ${a}. */
static enum sql_status parse(
	const char *text, size_t n, struct arena *a, const PgQuery__Node **root, struct err *e)
{
	static const char head[] = "SELECT ";
	struct parse_job j = {.tmp = a};

	j.sql = arena_printf(a, "%s%s", head, text);
	if (j.sql == NULL)
		return err_nomem(e);
	if (n <= PARSE_INLINE)
		parse_run(&j);
	else if (parse_threaded(&j, e) == -1)
		return SQL_FAILED;
	if (j.oom)
		return err_nomem(e);
	if (j.message != NULL)
		return err_set(e, ERR_INPUT, "%s at character %d of the expression",
			one_line(j.message), j.cursor - (int)sizeof head + 1);
	*root = only_target(j.tree);
	if (*root == NULL)
		return err_set(e, ERR_INPUT, "not one expression");
	return SQL_OK;
}

enum sql_status sql_parse(const struct sql_comp *c, const char *text, const PgQuery__Node **root)
{
	struct sql_memo *m = c->scope->schema != NULL ? c->scope->schema->parsed : NULL;
	size_t n = strlen(text);
	enum sql_status st;

	if (n > SQL_MAX_TEXT) {
		err_set(c->e, ERR_INPUT, "an expression of %zu bytes; at most %d are read", n,
			SQL_MAX_TEXT);
		return SQL_UNSUPPORTED;
	}
	if (m != NULL && (*root = kept(m, text)) != NULL)
		return SQL_OK;
	if (!utf8_valid(text, n))
		return err_set(c->e, ERR_INPUT, "the expression is not valid UTF-8");
	st = parse(text, n, m != NULL ? m->a : c->tmp, root, c->e);
	return st == SQL_OK && m != NULL ? keep(m, text, *root, c->e) : st;
}
