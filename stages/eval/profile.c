/* SPDX-License-Identifier: MIT */
#include "stages/eval/profile.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "stages/eval/audit_int.h"
#include "stages/eval/profile_int.h"

/* Values of a sample over all columns of a table, so that a wide one takes no more memory. */
enum { SAMPLED_VALUES = 1 << 21 };

/* ---- what may be shown ---------------------------------------------------------------------- */

/* Whether the plan has rows of a database beside those that are made. */
static bool has_existing(const struct plan *p)
{
	for (uint32_t i = 0; i < p->ntables; i++)
		if (p->tables[i].existing || p->tables[i].append)
			return true;
	return false;
}

/* Whether a generator makes its values of nothing but the plan: no foreign key gives them, and
 * nothing is read of a parent, whose rows may be a database's. */
static bool is_invented(const struct plan_column *c)
{
	static const char *const families[] = {"primitive.", "semantic.", "record."};

	if (c->source != PLAN_GENERATOR || c->gen == NULL)
		return false;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (strncmp(c->gen, families[i], strlen(families[i])) == 0)
			return true;
	return false;
}

/* ---- before --------------------------------------------------------------------------------- */

/* The rule of a key that alone tells how many distinct values the column has, or NULL. */
static const struct audit_key *unique_key(const struct audit_table *t, uint32_t col)
{
	for (const struct audit_key *k = t->keys; k != NULL; k = k->next)
		if (k->rule != NULL && k->ncols == 1 && k->cols[0] == col && k->where == NULL &&
			k->equiv == 0 && k->spellings == NULL && !t->plan->append &&
			k->rule->not_evaluated == NULL)
			return k;
	return NULL;
}

static const char *source_of(const struct plan_column *c)
{
	static const char *const names[] = {
		[PLAN_FOREIGN] = "foreign key",
		[PLAN_ALWAYS_NULL] = "always NULL",
		[PLAN_GENERATED] = "computed by the server",
		[PLAN_SERVER_DEFAULT] = "the server's default",
		[PLAN_EXISTING] = "of the database",
	};

	return c->source == PLAN_GENERATOR ? c->gen : names[c->source];
}

static int begin_column(
	struct audit *u, struct audit_table *t, uint32_t col, uint32_t cap, struct err *e)
{
	const struct pg_column *of = &t->plan->table->columns[col];
	struct profile_column *c = &t->profile.columns[col];
	struct profile_work *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return err_nomem(e);
	c->work = w;
	c->shortest = UINT64_MAX;
	c->read = true;
	w->base = pg_base_of(of->type, of->typmod);
	w->sketch = SKETCH_INIT(PROFILE_DISTINCT);
	w->unique = unique_key(t, col);
	w->pairs = pg_class_is_text(w->base.type->cls) ? u->pairs : NULL;
	w->low = INT64_MAX;
	w->high = INT64_MIN;
	w->flow = DBL_MAX;
	w->fhigh = -DBL_MAX;
	w->cap = cap;
	w->hash = calloc(cap, sizeof(*w->hash));
	w->number = calloc(cap, sizeof(*w->number));
	w->text = calloc(PROFILE_FEW, sizeof(*w->text));
	if (w->hash == NULL || w->number == NULL || w->text == NULL)
		return err_nomem(e);
	return 0;
}

int profile_begin(struct audit *u, struct audit_table *t, struct err *e)
{
	struct profile *p = &t->profile;
	uint32_t n = t->plan->table->ncolumns, cap = PROFILE_SAMPLE;

	p->columns = arena_array(u->a, n, sizeof(*p->columns));
	p->cells = arena_array(u->a, (size_t)n * PROFILE_ROWS, sizeof(*p->cells));
	if (p->columns == NULL || p->cells == NULL)
		return err_nomem(e);
	if (t->nwritten > 0 && cap > SAMPLED_VALUES / t->nwritten)
		cap = SAMPLED_VALUES / t->nwritten + 1;
	p->stride = t->plan->rows / cap + 1;
	p->made = !t->unproven;
	p->borrowed = has_existing(u->plan);
	for (uint32_t i = 0; i < n; i++) {
		const struct plan_column *c = &t->plan->columns[i];

		p->columns[i].source = source_of(c);
		p->columns[i].shown = p->made && (!p->borrowed || is_invented(c));
	}
	if (profile_roles(u, t, e) == -1)
		return -1;
	for (uint32_t i = 0; i < t->nwritten; i++)
		if (audit_absent(u, t, &t->written[i], 1) == NULL &&
			begin_column(u, t, t->written[i], cap, e) == -1)
			return -1;
	return 0;
}

/* ---- while ---------------------------------------------------------------------------------- */

/* The first rows, as they are shown. */
static int keep_rows(
	struct audit *u, struct audit_table *t, const struct dec_block *b, struct err *e)
{
	struct profile *p = &t->profile;
	char text[PROFILE_TEXT];

	for (; p->nrows < PROFILE_ROWS && p->nrows < b->row0 + b->n; p->nrows++)
		for (uint32_t k = 0; p->made && k < t->nwritten; k++) {
			uint32_t col = t->written[k], i = (uint32_t)(p->nrows - b->row0);
			const struct vec *v = b->cols[col];
			const char **to = &p->cells[p->nrows * t->plan->table->ncolumns + col];

			if (v == NULL || !p->columns[col].shown || !p->columns[col].read ||
				vec_is_null(v, i))
				continue;
			*to = arena_strndup(
				u->a, text, profile_text(v, i, p->columns[col].work->base, text));
			if (*to == NULL)
				return err_nomem(e);
		}
	return 0;
}

int profile_block(struct audit *u, struct audit_table *t, const struct dec_block *b, struct err *e)
{
	struct profile *p = &t->profile;

	if (p->nrows < PROFILE_ROWS && keep_rows(u, t, b, e) == -1)
		return -1;
	for (uint32_t k = 0; k < t->nwritten; k++) {
		struct profile_column *c = &p->columns[t->written[k]];
		const struct vec *v = b->cols[t->written[k]];

		if (c->read && v != NULL && profile_see(c, v, b, p->stride, e) == -1)
			return -1;
	}
	event_see(t->pairs, t->npairs, b->cols, b->n);
	if (t->birth >= 0) /* a time zone may be a day ahead */
		t->born_late += event_after(b->cols[t->birth], (int64_t)u->plan->as_of + 1);
	return 0;
}

/* ---- after ---------------------------------------------------------------------------------- */

int profile_end(struct audit *u, struct audit_table *t, struct err *e)
{
	for (uint32_t k = 0; k < t->nwritten; k++) {
		struct profile_column *c = &t->profile.columns[t->written[k]];

		if (c->read && profile_spread(c, u->a, e) == -1)
			return -1;
	}
	profile_free(t);
	return 0;
}

void profile_free(struct audit_table *t)
{
	for (uint32_t i = 0; t->profile.columns != NULL && i < t->plan->table->ncolumns; i++) {
		struct profile_work *w = t->profile.columns[i].work;

		if (w == NULL)
			continue;
		sketch_free(&w->sketch);
		free(w->hash);
		free(w->number);
		free(w->text);
		free(w);
		t->profile.columns[i].work = NULL;
	}
}
