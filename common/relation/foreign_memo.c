/* SPDX-License-Identifier: MIT */
#include "common/relation/foreign_memo.h"

#include <string.h>

#include "common/base/err.h"

/* A group that was built, and of what. */
struct known_group {
	struct known_group *next;
	struct group_columns of;
	struct group g;
};

/* A list of parents, and what decided it. */
struct known_list {
	struct known_list *next;
	struct foreign_chosen x;
	struct scratch list;
	uint64_t n;
};

struct foreign_memo {
	const struct plan *p;
	struct keys **keys; /* [p->ntables] */
	const char **at;    /* [p->ntables]: keys_at of the table, when that was opened */
	struct known_group *groups;
	struct known_list *lists;
	struct arena *a;
};

struct foreign_memo *foreign_memo_new(const struct plan *p, struct arena *a)
{
	struct foreign_memo *m = arena_alloc(a, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->p = p;
	m->a = a;
	m->keys = arena_array(a, p->ntables + 1UL, sizeof(m->keys[0]));
	m->at = arena_array(a, p->ntables + 1UL, sizeof(m->at[0]));
	return m->keys != NULL && m->at != NULL ? m : NULL;
}

void foreign_memo_free(struct foreign_memo *m)
{
	if (m == NULL)
		return;
	for (struct known_list *l = m->lists; l != NULL; l = l->next)
		scratch_close(&l->list);
	for (struct known_group *k = m->groups; k != NULL; k = k->next)
		group_close(&k->g);
	for (uint32_t i = 0; i < m->p->ntables; i++)
		keys_close(m->keys[i]);
}

struct arena *foreign_memo_arena(const struct foreign_memo *m)
{
	return m->a;
}

/* A context that has rows written for itself alone gives the table a path of its own, and
 * keys_at is that very string only where it is the plan's.  Where the plan's table has got another
 * snapshot since, the first one remains the memo's. */
bool foreign_memo_shares(const struct foreign_memo *m, const struct plan_table *t, uint32_t table)
{
	return m != NULL && t->keys_at == m->p->tables[table].keys_at &&
	       (m->keys[table] == NULL || m->at[table] == t->keys_at);
}

struct keys **foreign_memo_keys(struct foreign_memo *m, uint32_t table)
{
	m->at[table] = m->p->tables[table].keys_at;
	return &m->keys[table];
}

bool foreign_memo_has(const struct foreign_memo *m, const struct keys *k)
{
	bool has = false;

	for (uint32_t i = 0; m != NULL && k != NULL && !has && i < m->p->ntables; i++)
		has = m->keys[i] == k;
	return has;
}

/* ---- groups -------------------------------------------------------------------------------- */

static bool same_columns(const struct group_columns *x, const struct group_columns *y)
{
	return x->keys == y->keys && x->n == y->n &&
	       memcmp(x->col, y->col, x->n * sizeof(x->col[0])) == 0;
}

int foreign_memo_group(struct group *g, struct foreign_memo *m, const struct group_columns *of,
	const char *dir, struct err *e)
{
	struct known_group *k = m->groups;

	while (k != NULL && !same_columns(&k->of, of))
		k = k->next;
	if (k == NULL) {
		if ((k = arena_alloc(m->a, sizeof(*k))) == NULL)
			return err_nomem(e);
		if (group_open(&k->g, of, dir, e) == -1)
			return -1;
		k->of = *of;
		k->next = m->groups;
		m->groups = k;
	}
	*g = k->g;
	return 0;
}

/* ---- lists ---------------------------------------------------------------------------------- */

static bool same_text(const char *x, const char *y)
{
	return x == NULL || y == NULL ? x == y : strcmp(x, y) == 0;
}

/* Groups are lent, so that the same group has the same memory. */
static bool same_choice(const struct foreign_chosen *x, const struct foreign_chosen *y)
{
	bool same = x->con == y->con && x->keys == y->keys && x->n == y->n &&
		    same_text(x->where, y->where);

	for (uint32_t i = 0; same && i < x->n; i++)
		same = x->with[i]->rows.p == y->with[i]->rows.p &&
		       same_columns(x->base[i], y->base[i]);
	return same;
}

const struct scratch *foreign_memo_list(
	const struct foreign_memo *m, const struct foreign_chosen *x, uint64_t *n)
{
	const struct known_list *l = m->lists;

	while (l != NULL && !same_choice(&l->x, x))
		l = l->next;
	*n = l != NULL ? l->n : 0;
	return l != NULL ? &l->list : NULL;
}

/* A copy that does not point into a context, which is gone earlier. */
static bool copy_choice(struct foreign_chosen *to, const struct foreign_chosen *x, struct arena *a)
{
	struct group *with = arena_array(a, x->n + 1UL, sizeof(*with));
	struct group_columns *base = arena_array(a, x->n + 1UL, sizeof(*base));

	*to = *x;
	to->with = arena_array(a, x->n + 1UL, sizeof(to->with[0]));
	to->base = arena_array(a, x->n + 1UL, sizeof(to->base[0]));
	if (with == NULL || base == NULL || to->with == NULL || to->base == NULL)
		return false;
	for (uint32_t i = 0; i < x->n; i++) {
		with[i] = *x->with[i];
		base[i] = *x->base[i];
		to->with[i] = &with[i];
		to->base[i] = &base[i];
	}
	to->where = x->where != NULL ? arena_strdup(a, x->where) : NULL;
	return x->where == NULL || to->where != NULL;
}

bool foreign_memo_keep(struct foreign_memo *m, const struct foreign_chosen *x,
	const struct scratch *list, uint64_t n)
{
	struct known_list *l = arena_alloc(m->a, sizeof(*l));

	if (l == NULL || !copy_choice(&l->x, x, m->a))
		return false;
	l->list = *list;
	l->n = n;
	l->next = m->lists;
	m->lists = l;
	return true;
}
