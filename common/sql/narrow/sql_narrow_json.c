/* SPDX-License-Identifier: MIT */
/*
 * What conditions ask of the parts of a json or jsonb column.
 *
 * Before narrowing, each way in which a condition looks at a part becomes a column of its own,
 * after those of the table: data ->> 'size' a text, (data ->> 'size')::int an integer,
 * jsonb_typeof(data) a text, jsonb_array_length(data) an integer, and data -> 'size' or data
 * itself, compared with a constant, the text that jsonb prints.  So all that is known about
 * conditions on columns (bounds, sets, patterns, branches) holds for them, too.  Afterwards what
 * was found is folded into the column that they are parts of, as its members (struct sql_member),
 * for a generator to put together.
 *
 * A condition that was rewritten stays residual: it is verified as it stands.  For drawing it does
 * no harm that the rewritten one asks for a little more, such as that a key that has to be there
 * is not null.
 */
#include "common/sql/narrow/sql_narrow_json.h"

#include <string.h>

#include "common/sql/types/sql_json.h"

enum { MAX_DEPTH = 16, MAX_PARTS = 256 };

/* A path from a column. */
struct path {
	uint32_t col;
	const char *key[MAX_DEPTH];
	uint32_t n;
};

/* ---- paths ---------------------------------------------------------------------- */

static bool is_json(const struct sql_node *x)
{
	return x->type.cls == PG_JSON || x->type.cls == PG_JSONB;
}

/* A NUL-terminated copy of a text. */
static const char *copied(struct sql_narrowing *w, struct vtext t)
{
	const char *s = arena_strndup(w->a, t.n > 0 ? t.p : "", t.n);

	w->nomem |= s == NULL;
	return s != NULL ? s : "";
}

static bool add_key(struct sql_narrowing *w, struct path *p, struct vtext key)
{
	if (p->n == MAX_DEPTH)
		return false;
	p->key[p->n++] = copied(w, key);
	return true;
}

/* The keys that a constant names: one, or with #> and #>> an array of them. */
static bool add_keys(struct sql_narrowing *w, struct path *p, const struct sql_node *k)
{
	const struct sql_array *keys;

	if (!sql_is_value(k))
		return false;
	if (sql_kind_of(k->type.cls) == SQL_K_STR)
		return add_key(w, p, k->cval.v.t[0]);
	if (k->type.cls != PG_ARRAY)
		return false; /* a position */
	keys = k->cval.v.p[0];
	for (uint32_t i = 0; i < keys->n; i++)
		if (sql_null(&keys->e, i) || !add_key(w, p, keys->e.v.t[i]))
			return false;
	return true;
}

/* data, data -> 'a', data #> '{a,b}': a part that is json. */
static bool path_of(struct sql_narrowing *w, const struct sql_node *x, struct path *p)
{
	if (!is_json(x))
		return false;
	if (x->op == SQL_COL) {
		*p = (struct path){.col = x->col};
		return x->col < w->scope->table->ncolumns;
	}
	if (sql_is_call(x, "cast"))
		return is_json(x->args[0]) && path_of(w, x->args[0], p);
	return (sql_is_call(x, "->") || sql_is_call(x, "#>")) && path_of(w, x->args[0], p) &&
	       add_keys(w, p, x->args[1]);
}

/* data ->> 'a', data #>> '{a,b}' */
static bool text_path_of(struct sql_narrowing *w, const struct sql_node *x, struct path *p)
{
	return (sql_is_call(x, "->>") || sql_is_call(x, "#>>")) && path_of(w, x->args[0], p) &&
	       add_keys(w, p, x->args[1]);
}

/* ---- columns for parts ------------------------------------------------------------ */

static const struct pg_type *type_of_class(unsigned cls)
{
	static const struct pg_type types[] = {
		{.schema = "pg_catalog", .name = "text", .cls = PG_TEXT, .typmod = -1},
		{.schema = "pg_catalog", .name = "bool", .cls = PG_BOOL, .typmod = -1},
		{.schema = "pg_catalog", .name = "int2", .cls = PG_INT2, .typmod = -1},
		{.schema = "pg_catalog", .name = "int4", .cls = PG_INT4, .typmod = -1},
		{.schema = "pg_catalog", .name = "int8", .cls = PG_INT8, .typmod = -1},
		{.schema = "pg_catalog", .name = "numeric", .cls = PG_NUMERIC, .typmod = -1},
		{.schema = "pg_catalog", .name = "float4", .cls = PG_FLOAT4, .typmod = -1},
		{.schema = "pg_catalog", .name = "float8", .cls = PG_FLOAT8, .typmod = -1},
		{.schema = "pg_catalog", .name = "date", .cls = PG_DATE, .typmod = -1},
		{.schema = "pg_catalog", .name = "timestamp", .cls = PG_TIMESTAMP, .typmod = -1},
		{.schema = "pg_catalog",
			.name = "timestamptz",
			.cls = PG_TIMESTAMPTZ,
			.typmod = -1},
		{.schema = "pg_catalog", .name = "uuid", .cls = PG_UUID, .typmod = -1},
	};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (types[i].cls == cls)
			return &types[i];
	return NULL;
}

static bool same_part(const struct sql_part *a, const struct path *p, enum sql_facet facet,
	const struct pg_type *type)
{
	if (a->col != p->col || a->npath != p->n || a->facet != facet || a->type != type)
		return false;
	for (uint32_t i = 0; i < p->n; i++)
		if (strcmp(a->path[i], p->key[i]) != 0)
			return false;
	return true;
}

/* The part's number, new or not; UINT32_MAX: there are too many. */
static uint32_t part_number(struct sql_narrowing *w, const struct path *p, enum sql_facet facet,
	const struct pg_type *type)
{
	const char **path;
	uint32_t i = 0;

	while (i < w->nparts && !same_part(&w->parts[i], p, facet, type))
		i++;
	if (i < w->nparts)
		return i;
	if (w->parts == NULL)
		w->parts = arena_array(w->a, MAX_PARTS, sizeof *w->parts);
	path = arena_array(w->a, p->n + 1UL, sizeof *path);
	if (w->parts == NULL || path == NULL) {
		w->nomem = true;
		return UINT32_MAX;
	}
	if (w->nparts == MAX_PARTS)
		return UINT32_MAX;
	memcpy(path, p->key, p->n * sizeof *path);
	w->parts[w->nparts++] = (struct sql_part){p->col, path, p->n, facet, type};
	return i;
}

static struct sql_node *new_node(
	struct sql_narrowing *w, enum sql_op op, unsigned cls, uint32_t nargs)
{
	struct sql_node *x = arena_alloc(w->a, sizeof *x);

	if (x == NULL || (x->args = arena_array(w->a, nargs + 1UL, sizeof *x->args)) == NULL) {
		w->nomem = true;
		return NULL;
	}
	x->op = (uint8_t)op;
	x->type = sql_type_of(cls);
	x->typmod = -1;
	x->nargs = nargs;
	return x;
}

/* The column of a part as the class that is asked for; NULL: it is none. */
static struct sql_node *part(
	struct sql_narrowing *w, const struct path *p, enum sql_facet facet, unsigned cls)
{
	const struct pg_type *type = type_of_class(cls);
	uint32_t i = type == NULL ? UINT32_MAX : part_number(w, p, facet, type);
	struct sql_node *x = i == UINT32_MAX ? NULL : new_node(w, SQL_COL, cls, 0);

	if (x != NULL)
		x->col = w->scope->table->ncolumns + i;
	return x;
}

/* ---- conditions about parts --------------------------------------------------------- */

static struct sql_node *is_not_null(struct sql_narrowing *w, struct sql_node *x)
{
	struct sql_node *is = x == NULL ? NULL : new_node(w, SQL_IS, PG_BOOL, 1);

	if (is == NULL)
		return NULL;
	is->param = SQL_IS_NOT_NULL;
	is->args[0] = x;
	return is;
}

/* The text that jsonb prints, as a constant. */
static struct sql_node *printed(struct sql_narrowing *w, const struct sql_json *j)
{
	struct sql_node *x = new_node(w, SQL_CONST, PG_TEXT, 0);
	struct vtext *t = arena_alloc(w->a, sizeof *t);
	struct buf b = BUF_INIT;

	sql_json_print(j, &b);
	if (x != NULL && t != NULL && buf_ok(&b)) {
		t->p = copied(w, (struct vtext){b.p, b.n});
		t->n = b.n;
		x->cval = (struct sql_reg){.kind = SQL_K_STR, .v.t = t};
	} else {
		w->nomem = true;
		x = NULL;
	}
	buf_free(&b);
	return x;
}

/* text = text, whose mask says what a comparison of the name accepts. */
static const struct sql_fn *compared(const char *name)
{
	const struct sql_fn *f;
	size_t it = 0;

	while ((f = sql_fn_next(name, 2, &it)) != NULL)
		if (f->arg[0] == PG_TEXT && f->arg[1] == PG_TEXT)
			return f;
	return NULL;
}

static struct sql_node *equal(struct sql_narrowing *w, struct sql_node *l, struct sql_node *r)
{
	const struct sql_fn *f = compared("=");
	struct sql_node *x =
		l == NULL || r == NULL || f == NULL ? NULL : new_node(w, SQL_CALL, PG_BOOL, 2);

	if (x == NULL)
		return NULL;
	x->fn = f;
	x->args[0] = l;
	x->args[1] = r;
	return x;
}

/* Several conditions, joined; those that are NULL have not become any, and so the whole has not. */
static struct sql_node *joined(
	struct sql_narrowing *w, enum sql_op op, struct sql_node **v, uint32_t n)
{
	struct sql_node *x = n == 0 ? NULL : new_node(w, op, PG_BOOL, n);

	for (uint32_t i = 0; x != NULL && i < n; i++)
		if (v[i] == NULL)
			return NULL;
		else
			x->args[i] = v[i];
	return n == 1 && x != NULL ? v[0] : x;
}

/* data ? 'a', and of several keys ?& and ?|. */
static struct sql_node *has_keys(struct sql_narrowing *w, const struct sql_node *x)
{
	struct sql_node *each[MAX_DEPTH];
	const struct sql_array *keys;
	struct path p, one;

	if (!path_of(w, x->args[0], &p) || !sql_is_value(x->args[1]))
		return NULL;
	if (sql_is_call(x, "?"))
		return add_keys(w, &p, x->args[1])
			       ? is_not_null(w, part(w, &p, SQL_FACET_VALUE, PG_TEXT))
			       : NULL;
	keys = x->args[1]->cval.v.p[0];
	if (x->args[1]->type.cls != PG_ARRAY || keys->n > MAX_DEPTH)
		return NULL;
	for (uint32_t i = 0; i < keys->n; i++) {
		one = p;
		if (sql_null(&keys->e, i) || !add_key(w, &one, keys->e.v.t[i]))
			return NULL;
		each[i] = is_not_null(w, part(w, &one, SQL_FACET_VALUE, PG_TEXT));
	}
	return joined(w, sql_is_call(x, "?&") ? SQL_AND : SQL_OR, each, keys->n);
}

/* data @> constant: each member of the constant is there, with its value. */
static struct sql_node *has_members(
	struct sql_narrowing *w, const struct path *p, const struct sql_json *j)
{
	struct sql_node *each[MAX_DEPTH];
	struct path one;

	if (j->kind != SQL_J_OBJECT || j->n == 0)
		return equal(w, part(w, p, SQL_FACET_VALUE, PG_TEXT), printed(w, j));
	if (j->n > MAX_DEPTH)
		return NULL;
	for (uint32_t i = 0; i < j->n; i++) {
		one = *p;
		if (!add_key(w, &one, j->key[i]))
			return NULL;
		each[i] = has_members(w, &one, j->item[i]);
	}
	return joined(w, SQL_AND, each, j->n);
}

static struct sql_node *contains(struct sql_narrowing *w, const struct sql_node *x)
{
	struct path p;

	if (!sql_is_value(x->args[1]) || !path_of(w, x->args[0], &p))
		return NULL;
	return has_members(w, &p, x->args[1]->cval.v.p[0]);
}

/* data -> 'a' = constant; <>; and = ANY of several. */
static struct sql_node *compare(struct sql_narrowing *w, const struct sql_node *x)
{
	const struct sql_fn *f = compared(x->fn->name);
	struct sql_node *y;
	struct path p;

	if (f == NULL || (strcmp(f->name, "=") != 0 && strcmp(f->name, "<>") != 0) ||
		x->args[0]->type.cls != PG_JSONB || !path_of(w, x->args[0], &p))
		return NULL;
	for (uint32_t i = 1; i < x->nargs; i++)
		if (!sql_is_value(x->args[i]) || x->args[i]->type.cls != PG_JSONB)
			return NULL;
	if ((y = new_node(w, (enum sql_op)x->op, PG_BOOL, x->nargs)) == NULL)
		return NULL;
	y->fn = f;
	y->param = x->param;
	y->args[0] = part(w, &p, SQL_FACET_VALUE, PG_TEXT);
	for (uint32_t i = 1; i < x->nargs; i++)
		y->args[i] = printed(w, x->args[i]->cval.v.p[0]);
	for (uint32_t i = 0; i < x->nargs; i++)
		if (y->args[i] == NULL)
			return NULL;
	return y;
}

/* A part as a value: NULL where it is none. */
static struct sql_node *value(struct sql_narrowing *w, const struct sql_node *x)
{
	const struct sql_node *of = x->nargs > 0 ? x->args[0] : NULL;
	struct path p;

	if (text_path_of(w, x, &p))
		return part(w, &p, SQL_FACET_TEXT, PG_TEXT);
	if (sql_is_call(x, "cast") && !is_json(x)) {
		bool text = x->type.cls == PG_TEXT;

		if (text_path_of(w, of, &p))
			return part(w, &p, text ? SQL_FACET_TEXT : SQL_FACET_AS, x->type.cls);
		/* what jsonb prints has the quotes of a text */
		if (path_of(w, of, &p) && p.n > 0)
			return part(w, &p, text ? SQL_FACET_VALUE : SQL_FACET_AS, x->type.cls);
	}
	if ((sql_is_call(x, "jsonb_typeof") || sql_is_call(x, "json_typeof")) && path_of(w, of, &p))
		return part(w, &p, SQL_FACET_TYPE, PG_TEXT);
	if ((sql_is_call(x, "jsonb_array_length") || sql_is_call(x, "json_array_length")) &&
		path_of(w, of, &p))
		return part(w, &p, SQL_FACET_LENGTH, PG_INT4);
	return NULL;
}

/* A condition about a part. */
static struct sql_node *condition(struct sql_narrowing *w, const struct sql_node *x)
{
	struct path p;

	if (sql_is_call(x, "?") || sql_is_call(x, "?&") || sql_is_call(x, "?|"))
		return has_keys(w, x);
	if (sql_is_call(x, "@>") && x->args[0]->type.cls == PG_JSONB)
		return contains(w, x);
	if ((x->op == SQL_CALL || x->op == SQL_ANY_OF) && x->nargs >= 2)
		return compare(w, x);
	if (x->op == SQL_IS && x->param <= SQL_IS_NOT_NULL && path_of(w, x->args[0], &p) &&
		p.n > 0) {
		struct sql_node *is = is_not_null(w, part(w, &p, SQL_FACET_VALUE, PG_TEXT));

		if (is != NULL)
			is->param = x->param;
		return is;
	}
	return NULL;
}

/* The tree with parts as columns; ${x} itself where it reads none. */
static struct sql_node *rewritten(struct sql_narrowing *w, struct sql_node *x)
{
	struct sql_node *y = value(w, x), **args;
	bool changed = false;

	if (y == NULL && x->type.cls == PG_BOOL)
		y = condition(w, x);
	if (y != NULL || x->nargs == 0)
		return y != NULL ? y : x;
	if ((args = arena_array(w->a, x->nargs, sizeof *args)) == NULL) {
		w->nomem = true;
		return x;
	}
	for (uint32_t i = 0; i < x->nargs; i++) {
		args[i] = rewritten(w, x->args[i]);
		changed |= args[i] != x->args[i];
	}
	if (!changed)
		return x;
	if ((y = arena_alloc(w->a, sizeof *y)) == NULL) {
		w->nomem = true;
		return x;
	}
	*y = *x;
	y->args = args;
	return y;
}

struct sql_expr *sql_narrow_parted(struct sql_narrowing *w, struct sql_expr *x)
{
	struct sql_node *root = rewritten(w, x->root);
	struct sql_expr *y;

	if (root == x->root)
		return x;
	if ((y = arena_alloc(w->a, sizeof *y)) == NULL) {
		w->nomem = true;
		return x;
	}
	*y = *x;
	y->root = root;
	return y;
}

/* ---- what was found ------------------------------------------------------------------ */

/* Whether anything is known of a part. */
static bool is_said(const struct sql_domain *d)
{
	return d->must_null || d->must_not_null || d->has_lo || d->has_hi || d->set != NULL ||
	       d->texts != NULL || d->nnot > 0 || d->min_len > 0 || d->max_len != UINT32_MAX ||
	       d->contains != NULL || d->npatterns > 0 || d->no_upper || d->no_lower ||
	       d->counted || d->step != 0;
}

/* Whether the one must be missing, and the other, which is it or a part of it, be there. */
static bool contradict(const struct sql_member *none, const struct sql_member *some)
{
	if (!none->dom.must_null || !some->dom.must_not_null || none->npath > some->npath)
		return false;
	for (uint32_t i = 0; i < none->npath; i++)
		if (strcmp(none->path[i], some->path[i]) != 0)
			return false;
	return true;
}

bool sql_narrow_members(struct sql_narrowing *w, uint32_t col, struct sql_domain *to)
{
	const uint32_t nc = w->scope->table->ncolumns;
	struct sql_member *v = NULL;
	uint32_t n = 0;

	for (uint32_t i = 0; i < w->nparts; i++) {
		const struct sql_part *p = &w->parts[i];
		struct sql_domain d;

		if (p->col != col)
			continue;
		if (!sql_narrow_left(w, nc + i, &d))
			return false;
		if (v == NULL && (v = arena_array(w->a, w->nparts, sizeof *v)) == NULL) {
			w->nomem = true;
			return false;
		}
		if (is_said(&d))
			v[n++] = (struct sql_member){p->path, p->npath, p->facet, p->type, d};
	}
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < n; k++)
			if (contradict(&v[i], &v[k]))
				return false;
	to->members = n > 0 ? v : NULL;
	to->nmembers = n;
	return true;
}
