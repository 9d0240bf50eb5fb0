/* SPDX-License-Identifier: MIT */
/*
 * What checks ask of a json value, arranged as a tree of the keys that they name, and the writing
 * of a value of it.
 */
#include "common/generators/gen_native_json.h"

#include <stdio.h>
#include <string.h>

#include "common/base/err.h"

static const char *const type_names[] = {"string", "number", "boolean", "object", "array", "null"};

/* ---- the tree ---------------------------------------------------------------------- */

static struct part *kid_of(struct part *p, const char *key, const struct native_build *b)
{
	struct part *kid, **more;

	for (uint32_t i = 0; i < p->nkids; i++)
		if (strcmp(p->kids[i]->key, key) == 0)
			return p->kids[i];
	if (p->nkids == p->room) {
		more = arena_array(b->a, 2 * p->room + 4UL, sizeof(struct part *));
		if (more == NULL)
			return NULL;
		if (p->nkids > 0)
			memcpy(more, p->kids, p->nkids * sizeof(struct part *));
		p->kids = more;
		p->room = 2 * p->room + 4;
	}
	if ((kid = arena_alloc(b->a, sizeof(*kid))) == NULL)
		return NULL;
	kid->key = key;
	p->kids[p->nkids++] = kid;
	return kid;
}

/* Puts all that is known in its place. */
int json_arrange(struct part *root, const struct sql_domain *d, const struct native_build *b)
{
	for (uint32_t i = 0; i < d->nmembers; i++) {
		const struct sql_member *m = &d->members[i];
		struct part *p = root;

		for (uint32_t k = 0; k < m->npath; k++)
			if ((p = kid_of(p, m->path[k], b)) == NULL)
				return err_nomem(b->e);
		p->absent = p->absent || m->dom.must_null;
		if (p->nfacets < JSON_FACETS)
			p->facet[p->nfacets++] = m;
	}
	return 0;
}

bool json_has_kids(const struct part *p)
{
	for (uint32_t i = 0; i < p->nkids; i++)
		if (!p->kids[i]->absent)
			return true;
	return false;
}

/* ---- what is known of a part ---------------------------------------------------------- */

/* Whether values are restricted, and not only that there is one. */
bool json_restricts(const struct sql_domain *d)
{
	return d->has_lo || d->has_hi || d->set != NULL || d->texts != NULL || d->nnot > 0 ||
	       d->min_len > 0 || d->max_len != UINT32_MAX || d->contains != NULL ||
	       d->npatterns > 0 || d->no_upper || d->no_lower || d->step != 0;
}

/* The member that looks at the part in this way; with ${values}, one that restricts its values. */
const struct sql_member *json_facet(const struct part *p, enum sql_facet facet, bool values)
{
	for (uint32_t i = 0; i < p->nfacets; i++)
		if (p->facet[i]->facet == facet && (!values || json_restricts(&p->facet[i]->dom)))
			return p->facet[i];
	return NULL;
}

bool json_listed(const char *const *v, uint32_t n, const char *s)
{
	for (uint32_t i = 0; v != NULL && i < n; i++)
		if (strcmp(v[i], s) == 0)
			return true;
	return false;
}

/* The types that jsonb_typeof() may say of it. */
unsigned json_types(const struct part *p)
{
	unsigned types = T_ANY;

	for (uint32_t i = 0; i < p->nfacets; i++) {
		const struct sql_domain *d = &p->facet[i]->dom;

		if (p->facet[i]->facet == SQL_FACET_LENGTH)
			types &= T_ARRAY;
		for (unsigned k = 0; p->facet[i]->facet == SQL_FACET_TYPE && k < 6; k++)
			if ((d->texts != NULL && !json_listed(d->texts, d->nset, type_names[k])) ||
				json_listed(d->not_texts, d->nnot, type_names[k]))
				types &= ~(1U << k);
	}
	return types;
}

/* ---- writing ----------------------------------------------------------------------- */

char *json_put_key(char *to, const char *key)
{
	*to++ = '"';
	for (; *key != '\0'; key++) {
		unsigned char c = (unsigned char)*key;

		if (c < 0x20) {
			to += snprintf(to, sizeof("\\u0000"), "\\u%04x", c);
			continue;
		}
		if (c == '"' || c == '\\')
			*to++ = '\\';
		*to++ = *key;
	}
	return native_puts(to, "\": ");
}

char *json_put_part(const struct part *p, const char *id, uint64_t *idx, char *to)
{
	bool any = false;

	if (!json_has_kids(p) && id == NULL) {
		const struct vtext *t = &p->list.texts[*idx % p->list.space];

		*idx /= p->list.space;
		memcpy(to, t->p, t->n);
		return to + t->n;
	}
	*to++ = '{';
	for (uint32_t i = 0; i < p->nkids; i++) {
		if (p->kids[i]->absent)
			continue;
		if (any)
			to = native_puts(to, ", ");
		any = true;
		to = json_put_key(to, p->kids[i]->key);
		to = json_put_part(p->kids[i], NULL, idx, to);
	}
	if (id != NULL) {
		if (any)
			to = native_puts(to, ", ");
		to = json_put_key(to, id);
		to = native_u64(to, *idx);
	}
	*to++ = '}';
	return to;
}
