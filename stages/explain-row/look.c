/* SPDX-License-Identifier: MIT */
/*
 * A row as the engine made it, for explain-row: its values, what they were computed
 * from, what was left of each column before it was drawn, and its checks. How it
 * chose its parents is in look_fk.c.
 */
#include "stages/explain-row/look.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/codec/enc.h"
#include "common/generators/gen_children.h"
#include "common/generators/gen_path.h"
#include "common/io/json.h"

enum { LOOK_KEY = 32 }; /* columns of a key at most, as PostgreSQL has it */

const char *look_printf(struct look *x, const char *fmt, ...)
{
	va_list ap, again;
	char *s;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	s = n < 0 ? NULL : arena_alloc(x->a, (size_t)n + 1);
	if (s != NULL)
		(void)vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	x->nomem |= s == NULL;
	return s == NULL ? "" : s;
}

/* what a buffer holds, without the LF at its end; the buffer ends here */
static const char *taken(struct look *x, struct buf *b)
{
	char *s = NULL;

	while (b->n > 0 && b->p[b->n - 1] == '\n')
		b->n--;
	if (buf_ok(b))
		s = arena_strndup(x->a, b->p == NULL ? "" : b->p, b->n);
	buf_free(b);
	x->nomem |= s == NULL;
	return s == NULL ? "" : s;
}

/* ---- values -------------------------------------------------------------------------- */

static void unquote(char *s)
{
	char *to = s, *p = s + 1;

	if (*s != '"')
		return;
	for (; *p != '\0' && (*p != '"' || p[1] == '"'); p++) {
		p += *p == '"';
		*to++ = *p;
	}
	*to = '\0';
}

static const char *encoded_as(
	struct look *x, struct pg_base base, const struct vec *v, enum vtype type)
{
	const struct enc_column col = {.name = "x", .type = type, .scale = v->scale, .base = base};
	struct buf b = BUF_INIT;
	struct enc *enc;
	struct err e;
	char *s;

	if (enc_open(&enc, DATA_CSV, &col, 1, x->a, &e) == -1) {
		x->nomem |= e.kind == ERR_TEMP;
		return "?";
	}
	enc_rows(enc, &v, 1, &b);
	s = arena_strdup(x->a, taken(x, &b));
	if (s == NULL) {
		x->nomem = true;
		return "";
	}
	unquote(s);
	return s;
}

static const char *encoded(struct look *x, uint32_t c, const struct vec *v, enum vtype type)
{
	return encoded_as(x, x->b->columns[c].gc.base, v, type);
}

/* One value; any member of its union begins where the others do. */
static const char *valued(struct look *x, struct pg_base base, const struct fvalue *value)
{
	struct fvalue copy = *value;
	struct vec v = {.type = value->type, .scale = value->scale, .n = 1, .v.i = &copy.v.i};

	return value->null ? NULL : encoded_as(x, base, &v, value->type);
}

bool look_made(const struct look *x, uint32_t c)
{
	return x->b->columns[c].made && x->cols[c] != NULL;
}

const char *look_value(struct look *x, uint32_t c)
{
	const struct vec *v = x->cols[c];

	return !look_made(x, c) || vec_is_null(v, 0) ? NULL
						     : encoded(x, c, v, x->b->columns[c].out_type);
}

const char *look_picked(struct look *x, uint32_t c)
{
	const struct pg_table *t = x->b->t->table;
	struct fvalue key;
	struct err e;

	if (x->b->columns[c].source != PLAN_FOREIGN)
		return look_value(x, c);
	if (context_pick_fk(x->c, t->schema, t->name, t->columns[c].name, &key, &e) == -1) {
		x->nomem |= e.kind == ERR_TEMP;
		return "?";
	}
	return valued(x, x->b->columns[c].gc.base, &key);
}

static const char *ordinal(struct look *x, uint32_t c, int64_t value)
{
	struct vec v = {.type = x->b->columns[c].type,
		.scale = x->b->columns[c].scale,
		.n = 1,
		.v.i = &value};

	return encoded(x, c, &v, v.type);
}

const char *look_index(struct look *x, uint32_t c, const struct gen *g, uint64_t i)
{
	return ordinal(x, c, (int64_t)((uint64_t)g->lo + (uint64_t)g->step * i));
}

const char *look_params(struct look *x, uint32_t c)
{
	const msgpack_object *params = x->b->t->columns[c].params;
	struct buf b = BUF_INIT;
	struct jsonw j;

	if (params == NULL || x->b->t->columns[c].source != PLAN_GENERATOR)
		return NULL;
	jw_begin(&j, &b, false);
	jw_object_of(&j, params);
	return taken(x, &b);
}

/* empresas.data_criacao of contatos_empresa_id_fkey of leads_contato_id_fkey */
static void say_path(struct buf *s, const struct pg_table *t, const struct gen_input *in)
{
	const struct pg_constraint *con[GEN_HOPS + 1] = {&t->cons[in->fk]};

	for (uint32_t h = 0; h < in->nhops; h++)
		con[h + 1] = &con[h]->ref->cons[in->hops[h]];
	buf_addf(s, "%s.%s", gen_input_table(t, in)->name, gen_input_column(t, in)->name);
	for (uint32_t h = in->nhops + 1; h > 0; h--)
		buf_addf(s, " of %s", con[h - 1]->name);
}

const char *look_inputs(struct look *x, uint32_t c)
{
	const struct program_column *b = &x->b->columns[c];
	const struct pg_table *t = x->b->t->table;
	const struct gen_children *g = gen_children_of(&b->gen);
	struct buf s = BUF_INIT;

	if (g != NULL)
		buf_addf(&s, "the rows of %s.%s that refer to this one by %s", g->child->schema,
			g->child->name, g->child->cons[g->con].name);
	for (uint32_t i = 0; i < b->gen.nin; i++) {
		const struct gen_input *in = &b->gen.in[i];

		buf_adds(&s, i > 0 ? ", " : "");
		if (in->from == GEN_ROW)
			buf_adds(&s, t->columns[in->column].name);
		else if (in->from == GEN_PARENT)
			say_path(&s, t, in);
		else
			buf_addf(&s, "%s by %s",
				in->from == GEN_NUMBER ? "its place among siblings"
						       : "how many siblings",
				t->cons[in->fk].name);
	}
	return taken(x, &s);
}

/* The value of ${column} in the parent by a foreign key; false: the row has none, or it is made
 * anew and not in a snapshot. */
static bool parent_value(struct look *x, uint32_t fk, uint32_t column, const char **value)
{
	const struct plan_fk *f = &x->b->t->fks[fk];
	const struct pg_table *t = x->b->t->table;
	const struct pg_constraint *con = &t->cons[f->con];
	const struct pg_column *col = &con->ref->columns[column];
	struct context_key key[LOOK_KEY];
	struct fvalue found;
	struct err e;

	if (f->computed || con->ncols == 0 || con->ncols > LOOK_KEY)
		return false;
	for (uint32_t i = 0; i < con->ncols; i++) {
		key[i].column = con->ref_names[i];
		if (context_pick_fk(x->c, t->schema, t->name, t->columns[con->cols[i]].name,
			    &key[i].value, &e) == -1)
			return false;
	}
	if (context_lookup_parent(x->c, con->ref_schema, con->ref_table, key, con->ncols, col->name,
		    &found, &e) != 1)
		return false;
	*value = valued(x, pg_base_of(col->type, col->typmod), &found);
	return true;
}

struct look_read *look_reads(struct look *x, uint32_t c, uint32_t *n)
{
	const struct gen *g = &x->b->columns[c].gen;
	const struct pg_table *t = x->b->t->table;
	struct look_read *all = arena_array(x->a, g->nin + 1UL, sizeof(*all));

	*n = 0;
	x->nomem |= all == NULL;
	for (uint32_t i = 0; all != NULL && i < g->nin; i++) {
		const struct gen_input *in = &g->in[i];
		uint32_t fk = plan_fk_at(x->b->t, in->fk);

		if (in->from != GEN_PARENT || in->nhops > 0 || fk == UINT32_MAX)
			continue;
		all[*n].fk = &t->cons[in->fk];
		all[*n].column = gen_input_column(t, in)->name;
		*n += parent_value(x, fk, in->column, &all[*n].value);
	}
	return all;
}

/* ---- what is left of a column ------------------------------------------------------------ */

static void say(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(struct buf *b, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_addf(b, "%s%s", b->n > 0 ? ", " : "", text);
}

enum { SHOWN = 8 }; /* of a set */

static void say_sets(struct look *x, uint32_t c, const struct sql_domain *d, struct buf *b)
{
	bool ordinals = vec_is_ordinal(x->b->columns[c].type);

	if (d->set != NULL || d->texts != NULL)
		say(b, "one of %u:", d->nset);
	for (uint32_t i = 0; i < d->nset && i < SHOWN; i++)
		if (d->texts != NULL)
			buf_addf(b, " %.60s", d->texts[i]);
		else if (ordinals)
			buf_addf(b, " %s", ordinal(x, c, d->set[i]));
	if ((d->set != NULL || d->texts != NULL) && d->nset > SHOWN)
		buf_adds(b, " ...");
	for (uint32_t i = 0; i < d->nnot && i < SHOWN; i++)
		if (d->not_texts != NULL)
			say(b, "not %.60s", d->not_texts[i]);
		else if (ordinals && d->not_set != NULL)
			say(b, "not %s", ordinal(x, c, d->not_set[i]));
}

const char *look_narrowed(struct look *x, uint32_t c)
{
	const struct sql_domain *d = x->b->columns[c].gc.dom;
	bool ordinals = vec_is_ordinal(x->b->columns[c].type);
	struct buf b = BUF_INIT;
	const char *s;

	if (d == NULL)
		return NULL;
	if (d->has_lo && ordinals)
		say(&b, "at least %s", ordinal(x, c, d->lo));
	else if (d->has_lo)
		say(&b, "%s %g", d->flo_open ? "above" : "at least", d->flo);
	if (d->has_hi && ordinals)
		say(&b, "at most %s", ordinal(x, c, d->hi));
	else if (d->has_hi)
		say(&b, "%s %g", d->fhi_open ? "below" : "at most", d->fhi);
	say_sets(x, c, d, &b);
	if (d->step > 1)
		say(&b, "%lld modulo %lld", (long long)d->rem, (long long)d->step);
	if (d->min_len > 0)
		say(&b, "%u characters or more", d->min_len);
	if (d->max_len != UINT32_MAX && d->max_len > 0)
		say(&b, "%u characters or fewer", d->max_len);
	for (uint32_t i = 0; i < d->npatterns; i++)
		say(&b, "like /%s/", d->patterns[i]);
	if (d->contains != NULL)
		say(&b, "with \"%s\" from character %u on", d->contains, d->contains_at);
	if (d->no_upper || d->no_lower)
		say(&b, "without %s letters", d->no_upper ? "upper-case" : "lower-case");
	if (d->counted)
		say(&b, "%u to %u bytes or elements", d->min_count, d->max_count);
	if (d->must_null)
		say(&b, "NULL");
	s = taken(x, &b);
	return *s == '\0' ? NULL : s;
}

struct look_stream look_stream(const struct look *x, uint32_t c)
{
	const struct program_column *b = &x->b->columns[c];

	if (b->pick == DRAW_DIGIT)
		return (struct look_stream){x->b->keys[b->key].name, "unique"};
	return (struct look_stream){x->b->t->table->columns[c].name, "value"};
}

struct look_stream look_fk_stream(const struct look *x, uint32_t fk)
{
	const struct program_fk *b = &x->b->fks[fk];

	if (b->completes >= 0)
		return (struct look_stream){x->b->keys[b->completes].name, "unique"};
	return (struct look_stream){x->b->t->table->cons[x->b->t->fks[fk].con].name, "foreign key"};
}

/* ---- checks -------------------------------------------------------------------------------- */

/* the place of a check among those that are verified, or UINT32_MAX */
static uint32_t verified(const struct look *x, const char *name, int column)
{
	for (uint32_t i = 0; i < x->b->nchecks; i++)
		if (x->b->checks[i].column == column && strcmp(x->b->checks[i].name, name) == 0)
			return i;
	return UINT32_MAX;
}

static bool unsupported(const struct look *x, const char *name)
{
	const char *named = arena_printf(x->a, "check %s,", name);

	for (const struct run_issue *i = x->issues; i != NULL; i = i->next)
		if (strcmp(i->code, "check_unsupported") == 0 && named != NULL &&
			strncmp(i->message, named, strlen(named)) == 0)
			return true;
	return false;
}

static struct look_check judge(struct look *x, const char *name, const char *definition, int column)
{
	static const struct {
		const char *status, *words;
	} branches[] = {
		{"ignored", "not looked at: the plan says so"},
		{"not_evaluated", "not looked at: it is not covered; the server will"},
		{"by_construction", "holds whatever is drawn"},
		{"verified", "verified on the row"},
	};
	struct look_check k = {.name = name, .definition = definition};
	uint32_t at = verified(x, name, column);
	size_t branch = at != UINT32_MAX ? 3 : unsupported(x, name) ? 1 : 2;

	if (x->b->t->policy[PLAN_POLICY_CHECK] == PLAN_IGNORE)
		branch = 0;
	k.status = branches[branch].status;
	k.words = branches[branch].words;
	for (uint32_t i = 0; i < x->how.attempts && at != UINT32_MAX; i++)
		k.failed_draws += (x->how.failed[i] & x->b->checks[at].bit) != 0;
	return k;
}

struct look_check *look_checks(struct look *x, uint32_t *n)
{
	const struct pg_table *t = x->b->t->table;
	size_t most = t->ncons + 1UL;
	struct look_check *all;

	for (uint32_t c = 0; c < t->ncolumns; c++)
		most += pg_domain_checks(t->columns[c].type);
	*n = 0;
	if ((all = arena_array(x->a, most, sizeof(*all))) == NULL) {
		x->nomem = true;
		return NULL;
	}
	for (uint32_t i = 0; i < t->ncons; i++)
		if (t->cons[i].kind == PG_CON_CHECK)
			all[(*n)++] = judge(x, t->cons[i].name, t->cons[i].definition, -1);
	for (uint32_t c = 0; c < t->ncolumns; c++)
		for (const struct pg_type *d = t->columns[c].type; d->cls == PG_DOMAIN; d = d->elem)
			for (uint32_t i = 0; i < d->nchecks; i++)
				all[(*n)++] = judge(x, d->checks[i].name,
					look_printf(x, "%s: domain %s.%s CHECK (%s)",
						t->columns[c].name, d->schema, d->name,
						d->checks[i].expr),
					(int)c);
	return all;
}

/* ---- the row ----------------------------------------------------------------------------------
 */

int look_open(struct look *x, struct engine *g, uint64_t row, struct err *e)
{
	const struct engine_row *how;
	struct buf b = BUF_INIT;
	struct enc *enc;

	x->row = row;
	if (context_open(&x->c, x->b, x->fc, g, x->a, e) == -1)
		return -1;
	context_seek(x->c, row);
	if ((how = context_row(x->c, e)) == NULL ||
		run_encoder(&enc, x->b, DATA_CSV, x->a, e) == -1)
		return -1;
	x->how = *how;
	x->cols = engine_columns(g);
	enc_rows(enc, x->cols, 1, &b);
	x->csv = taken(x, &b);
	return x->nomem ? err_nomem(e) : 0;
}
