/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/catalogue.h"

#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/generators/genreg.h"
#include "common/io/json.h"

/* what generators and transforms have in common */
struct entry {
	const char *kind, *id, *help, *pii;
	const struct gen_param *params;
};

struct entries {
	const struct gen_op *const *gens;
	const struct transform_op *const *transforms;
	size_t ngens, ntransforms;
};

static struct entry entry_at(const struct entries *all, size_t i)
{
	const struct gen_op *g;
	const struct transform_op *x;

	if (i < all->ngens) {
		g = all->gens[i];
		return (struct entry){"generator", g->id, g->help, g->pii, g->params};
	}
	x = all->transforms[i - all->ngens];
	return (struct entry){"transform", x->id, x->help, NULL, x->params};
}

/* Whether ${p} may be left out where ${o} is given, and not else. */
static bool is_alternative(const struct gen_param *p, const struct gen_param *o)
{
	return p != o && p->need == GP_ONE_OF && o->need == GP_ONE_OF;
}

static void put_text(struct buf *b, const struct entry *x)
{
	buf_addf(b, "%s\n    %s\n", x->id, x->help);
	for (const struct gen_param *p = x->params; p != NULL && p->name != NULL; p++) {
		buf_addf(b, "    %-16s %s", p->name, gen_pkind_name(p->kind));
		if (p->need == GP_REQUIRED)
			buf_adds(b, ", required");
		for (const struct gen_param *o = x->params; o->name != NULL; o++)
			if (is_alternative(p, o))
				buf_addf(b, ", required unless %s is given", o->name);
		if (p->deflt != NULL)
			buf_addf(b, ", %s when left out", p->deflt);
		buf_addf(b, "%s%s\n", p->help != NULL ? ": " : "", p->help != NULL ? p->help : "");
	}
}

static void put_alternatives(struct jsonw *j, const struct entry *x, const struct gen_param *p)
{
	if (p->need != GP_ONE_OF)
		return;
	jw_key(j, "required_unless");
	jw_array(j);
	for (const struct gen_param *o = x->params; o->name != NULL; o++)
		if (is_alternative(p, o))
			jw_str(j, o->name);
	jw_end(j);
}

static void put_json(struct jsonw *j, const struct entry *x)
{
	jw_object(j);
	jw_kstr(j, "kind", x->kind);
	jw_kstr(j, "id", x->id);
	jw_kstr(j, "help", x->help);
	if (x->pii != NULL)
		jw_kstr(j, "pii", x->pii);
	jw_key(j, "params");
	jw_array(j);
	for (const struct gen_param *p = x->params; p != NULL && p->name != NULL; p++) {
		jw_object(j);
		jw_kstr(j, "name", p->name);
		jw_kstr(j, "kind", gen_pkind_name(p->kind));
		jw_kbool(j, "required", p->need == GP_REQUIRED);
		put_alternatives(j, x, p);
		jw_kstr(j, "default", p->deflt);
		jw_kstr(j, "help", p->help);
		jw_end(j);
	}
	jw_end(j);
	jw_end(j);
}

int catalogue_print(const char *prefix, bool json, struct err *e)
{
	struct buf b = BUF_INIT;
	struct arena a = ARENA_INIT;
	struct entries all;
	struct jsonw j;
	size_t found = 0;
	int rc = 0;

	all.gens = genreg_list(&a, &all.ngens);
	all.transforms = transformreg_list(&a, &all.ntransforms);

	jw_begin(&j, &b, true);
	if (json)
		jw_array(&j);
	for (size_t i = 0; i < all.ngens + all.ntransforms; i++) {
		struct entry x = entry_at(&all, i);

		if (prefix != NULL && strncmp(x.id, prefix, strlen(prefix)) != 0)
			continue;
		found++;
		if (json)
			put_json(&j, &x);
		else
			put_text(&b, &x);
	}
	if (json) {
		jw_end(&j);
		buf_addc(&b, '\n');
	}
	if (!buf_ok(&b) || all.gens == NULL || all.transforms == NULL)
		rc = err_nomem(e);
	else if (found == 0)
		rc = err_set(e, ERR_INPUT, "no generator or transform begins with \"%s\"", prefix);
	else if (fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout) != 0)
		rc = err_sys(e, "standard output");
	buf_free(&b);
	arena_free(&a);
	return rc;
}
