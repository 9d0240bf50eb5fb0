/* SPDX-License-Identifier: MIT */
#include "common/generators/gen_derive.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/base/str.h"
#include "common/generators/gen_expr.h"
#include "common/generators/genreg.h"
#include "common/schema/keyset.h"

/*
 * derive.root_value: one value for all rows of a tree, in a table that refers to itself.  The root
 * draws it as the column would without a rule; every other row has its parent's.  So a key such as
 * (tenant, parent_id) to (tenant, id) finds the same tenant in the whole tree, where no table has
 * the tenants.
 */

struct root_state {
	struct gen drawn; /* what a root has */
};

/* The column of the parent is the column itself, unless another is named. */
static int own_column(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const char *name = NULL;
	uint32_t fk;

	if (gen_arg_string(params, "parent_column", a, &name))
		return derive_parent(g, c, params, a, e);
	if (derive_fk(g, c, params, a, &fk, e) == -1)
		return -1;
	g->nin = 1;
	g->in[0] = (struct gen_input){
		.from = GEN_PARENT, .fk = fk, .column = (uint32_t)(c->column - c->table->columns)};
	return 0;
}

static int prepare_root(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct root_state *s = arena_alloc(a, sizeof(*s));
	struct gen_column *own = arena_alloc(a, sizeof(*own));
	const struct gen_op *op;
	const char *id;
	uint8_t scale;

	if (s == NULL || own == NULL)
		return err_nomem(e);
	if (own_column(g, c, params, a, e) == -1)
		return -1;
	if (c->table->cons[g->in[0].fk].ref != c->table)
		return err_set(e, ERR_NO, "%s: %s is no foreign key to the table itself", g->op->id,
			c->table->cons[g->in[0].fk].name);
	if (derive_input_type(g, c, 0, &scale) != c->type || scale != c->scale)
		return err_set(e, ERR_NO, "%s: the parent's column is of another type", g->op->id);
	*own = *c;
	own->by_rule = false;
	own->unique = false;
	id = gen_default_id(own);
	op = id != NULL ? genreg_find_plain(id) : NULL;
	if (op == NULL || op->derives || op->aggregates)
		return err_set(e, ERR_NO, "%s: nothing is drawn for a column of type %s", g->op->id,
			c->column->formatted);
	if (gen_prepare(&s->drawn, op, own, NULL, a, e) == -1)
		return -1;
	g->max_bytes = s->drawn.max_bytes;
	g->state = s;
	return 0;
}

/* The value of one vector at ${i}, as a vector of one. */
static struct vec one_of(const struct vec *v, uint32_t i)
{
	struct vec one = *v;

	if (vec_is_ordinal(v->type))
		one.v.i = v->v.i + i;
	else if (v->type == VT_F64)
		one.v.f = v->v.f + i;
	else if (v->type == VT_UUID)
		one.v.u = v->v.u + i;
	else
		one.v.t = v->v.t + i;
	one.n = 1;
	return one;
}

/* What the root of row ${i} draws: by the row's number, if its generator counts. */
static void draw(const struct gen *g, uint64_t row, uint32_t i, struct vec *out, struct gen_heap *h)
{
	const struct root_state *s = g->state;
	struct vec one = one_of(out, i);
	uint64_t at = s->drawn.affine ? row : rng_below(rng_at(g->key, row), s->drawn.space);

	if (s->drawn.op->value != NULL)
		s->drawn.op->value(&s->drawn, &at, 1, &one, h);
	else
		one.v.i[0] = s->drawn.lo + (int64_t)at * s->drawn.step;
}

/* Texts of parents are shared, not copied. */
static void derive_root(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	out->has_null = false;
	for (uint32_t i = 0; i < n; i++)
		if (vec_is_null(in[0], i))
			draw(g, row[i], i, out, h);
		else
			vec_take(out, i, in[0], i);
}

/* ---- derive.tree_path -------------------------------------------------------------------- */

/*
 * The parent's path and the row's own label: '1/5/12', an ltree 1.5.12, an array {1,5,12}.  Texts
 * and ltree have a separator between labels, and may have something before the first and after the
 * last.  A label that is a key, and has no separator in it, makes the path one, too: it ends with
 * the label.
 */
enum path_form { PATH_TEXT, PATH_LTREE, PATH_ARRAY };

struct path_state {
	enum path_form form;
	const char *start, *separator, *end;
	uint32_t nstart, nseparator, nend;
	struct pg_base label;
	uint32_t limit; /* characters of the column's type */
};

static bool is_key(const struct pg_table *t, uint32_t c)
{
	for (uint32_t i = 0; i < t->nkeys; i++)
		if (key_is_unique(&t->keys[i]) && t->keys[i].where == NULL &&
			t->keys[i].nparts == 1 && t->keys[i].cols[0] == c)
			return true;
	return false;
}

/* Whether the separator ends with a character that no integer and no uuid has: then the last label
 * of a path can be read off it. */
static bool tells_apart(const struct path_state *s)
{
	char last = s->nseparator > 0 ? s->separator[s->nseparator - 1] : '0';

	return strchr("0123456789abcdefABCDEF-_", last) == NULL;
}

/* The column of the row whose value ends its path: what children refer to, unless it is said. */
static int find_label(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, uint32_t *label, struct err *e)
{
	const struct pg_constraint *con = &c->table->cons[g->in[0].fk];
	const char *name = NULL;
	uint32_t i = 0;
	int at;

	if (gen_arg_string(params, "label", a, &name)) {
		if (name == NULL || (at = pg_column_named(c->table, name)) == -1)
			return err_set(e, ERR_NO, "%s: parameter label is a column of the table",
				g->op->id);
		*label = (uint32_t)at;
	} else {
		while (i + 1 < con->ncols && con->cols[i] == con->ref_cols[i])
			i++;
		*label = con->ref_cols[i];
	}
	if (&c->table->columns[*label] == c->column)
		return err_set(e, ERR_NO, "%s: the column is its own label", g->op->id);
	return 0;
}

static int path_form(struct gen *g, const struct gen_column *c, struct path_state *s, struct err *e)
{
	const struct pg_type *type = c->base.type;

	if (type->cls == PG_TEXT || type->cls == PG_VARCHAR)
		s->form = PATH_TEXT;
	else if (strcmp(type->name, "ltree") == 0)
		s->form = PATH_LTREE;
	else if (type->cls == PG_ARRAY)
		s->form = PATH_ARRAY;
	else
		return err_set(e, ERR_NO, "%s: a path is a text, an ltree or an array, not %s",
			g->op->id, c->column->formatted);
	return 0;
}

static int read_path_params(struct gen *g, const msgpack_object *params, struct arena *a,
	struct path_state *s, struct err *e)
{
	bool separated, begun, ended;

	s->start = s->end = "";
	s->separator = s->form == PATH_LTREE ? "." : s->form == PATH_ARRAY ? "," : "/";
	separated = gen_arg_string(params, "separator", a, &s->separator);
	begun = gen_arg_string(params, "start", a, &s->start);
	ended = gen_arg_string(params, "end", a, &s->end);
	if ((separated || begun || ended) && s->form != PATH_TEXT)
		return err_set(e, ERR_NO, "%s: separator, start and end are of texts", g->op->id);
	if (s->separator == NULL || s->start == NULL || s->end == NULL)
		return err_nomem(e);
	if (s->form == PATH_ARRAY) {
		s->start = "{";
		s->end = "}";
	}
	s->nstart = (uint32_t)strlen(s->start);
	s->nseparator = (uint32_t)strlen(s->separator);
	s->nend = (uint32_t)strlen(s->end);
	return 0;
}

static int prepare_path(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct path_state *s = arena_alloc(a, sizeof(*s));
	const struct pg_column *col;
	uint32_t label = 0, fk;
	int32_t limit = pg_char_limit(c->base);
	uint8_t scale;
	enum vtype type;

	if (s == NULL)
		return err_nomem(e);
	if (derive_fk(g, c, params, a, &fk, e) == -1 || path_form(g, c, s, e) == -1 ||
		read_path_params(g, params, a, s, e) == -1)
		return -1;
	if (c->table->cons[fk].ref != c->table)
		return err_set(e, ERR_NO, "%s: %s is no foreign key to the table itself", g->op->id,
			c->table->cons[fk].name);
	g->in[0] = (struct gen_input){
		.from = GEN_PARENT, .fk = fk, .column = (uint32_t)(c->column - c->table->columns)};
	if (find_label(g, c, params, a, &label, e) == -1)
		return -1;
	g->in[1] = (struct gen_input){.from = GEN_ROW, .column = label};
	g->nin = 2;
	col = &c->table->columns[label];
	s->label = pg_base_of(col->type, col->typmod);
	s->limit = limit >= 0 ? (uint32_t)limit : UINT32_MAX;
	type = pg_vtype(s->label, &scale);
	if ((type == VT_INT || type == VT_UUID) && is_key(c->table, label) && tells_apart(s))
		g->space = UINT64_MAX;
	if (s->form == PATH_ARRAY && type != VT_INT && type != VT_UUID)
		return err_set(
			e, ERR_NO, "%s: labels in an array are integers or uuids", g->op->id);
	g->max_bytes = gen_expr_max_bytes(c);
	g->own_texts = true;
	g->state = s;
	return 0;
}

/* Labels of ltree are letters, digits and _ in every version. */
static void put_label(struct path_state const *s, struct vtext x, char *to)
{
	memcpy(to, x.p, x.n);
	for (size_t i = 0; s->form == PATH_LTREE && i < x.n; i++) {
		bool word = (to[i] >= '0' && to[i] <= '9') || (to[i] >= 'a' && to[i] <= 'z') ||
			    (to[i] >= 'A' && to[i] <= 'Z') || to[i] == '_';

		to[i] = (char)(word ? to[i] : '_');
	}
}

/* The path of one row; ${above} is its parent's, NULL at a root. */
static bool put_path(const struct path_state *s, struct vtext above, struct vtext label,
	struct vtext *out, struct gen_heap *h)
{
	bool root = above.p == NULL;
	size_t n = root ? s->nstart : above.n - s->nend + s->nseparator;
	char *to = arena_alloc(&h->arena, n + label.n + s->nend + 1), *p = to;

	if (to == NULL) {
		h->nomem = true;
		return false;
	}
	if (root) {
		memcpy(p, s->start, s->nstart);
	} else {
		memcpy(p, above.p, above.n - s->nend);
		memcpy(p + above.n - s->nend, s->separator, s->nseparator);
	}
	put_label(s, label, p + n);
	memcpy(p + n + label.n, s->end, s->nend);
	*out = (struct vtext){to, n + label.n + s->nend};
	return true;
}

static void derive_path(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct path_state *s = g->state;
	char text[DERIVE_TEXT];

	(void)row;
	out->has_null = false;
	for (uint32_t i = 0; i < n; i++) {
		bool root = vec_is_null(in[0], i);

		if (vec_is_null(in[1], i)) {
			gen_fail(h, i, "its label is NULL");
			out->v.t[i] = (struct vtext){"", 0};
			continue;
		}
		if (!put_path(s, root ? (struct vtext){NULL, 0} : in[0]->v.t[i],
			    derive_text(in[1], i, s->label, text), &out->v.t[i], h))
			return;
		if (s->limit != UINT32_MAX && utf8_len(out->v.t[i].p, out->v.t[i].n) > s->limit)
			gen_fail(h, i, "the path is longer than the column");
	}
}

static const struct gen_param path_params[] = {
	{"input_columns", GP_COLUMNS, true, NULL,
		"the column of the foreign key to the table itself"},
	{"label", GP_STRING, false, "the column that it refers to",
		"the column that ends the path"},
	{"separator", GP_STRING, false, "/", "between labels, of a text"},
	{"start", GP_STRING, false, "nothing", "before the first label, of a text"},
	{"end", GP_STRING, false, "nothing", "after the last label, of a text"},
	{NULL, GP_STRING, false, NULL, NULL},
};

static const struct gen_param root_params[] = {
	{"input_columns", GP_COLUMNS, true, NULL,
		"the column of the foreign key to the table itself", .min = "1"},
	{"parent_column", GP_STRING, false, "the column itself", "the parent's column"},
	{NULL, GP_STRING, false, NULL, NULL},
};

const struct gen_op gen_derive_tree_ops[] = {
	{.id = "derive.root_value",
		.help = "one value for every tree of a table that refers to itself: the root's",
		.params = root_params,
		.example = "{\"input_columns\": [\"follows_id\"]}",
		.families = GF_ANY,
		.reads = GR_PARENT,
		.derives = true,
		.of_tree = true,
		.prepare = prepare_root,
		.derive = derive_root},
	{.id = "derive.tree_path",
		.help = "the parent's path and a column of the row: a text, an ltree or an array",
		.params = path_params,
		.example = "{\"input_columns\": [\"follows_id\"]}",
		.families = GF_TEXT | GF_RAW,
		.output = GF_TEXT,
		.reads = GR_ROW | GR_PARENT,
		.derives = true,
		.prepare = prepare_path,
		.derive = derive_path},
	{.id = NULL},
};
