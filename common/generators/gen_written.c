/* SPDX-License-Identifier: MIT */
/*
 * Telephones, and the ways to write them. Without the parameter "form" the forms
 * of the locale's key are tried in their order, as of any other text: the first one
 * that the column's length and its checks allow is used. With it there is one way,
 * and a column that has no room for it is refused.
 */
#include "common/generators/gen_written.h"

#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_faker.h"

const struct gen_param gen_telephone_params[] = {WRITTEN_TELEPHONE_PARAM, GEN_NARROW_PARAMS, {0}};
const struct gen_param gen_postal_params[] = {WRITTEN_POSTAL_PARAM, GEN_NARROW_PARAMS, {0}};
const struct gen_param gen_telephone_form_params[] = {WRITTEN_TELEPHONE_PARAM, {0}};
const struct gen_param gen_postal_form_params[] = {WRITTEN_POSTAL_PARAM, {0}};

/* Whether ${name} is one of the words, which have a blank between two. */
static bool is_one_of(const char *words, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = words; n > 0 && (p = strstr(p, name)) != NULL; p += n)
		if ((p == words || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return true;
	return false;
}

int written_form(const struct gen *g, const msgpack_object *params, struct arena *a,
	const char **form, struct err *e)
{
	const struct gen_param *spec =
		g->op->params != NULL ? gen_param_named(g->op->params, "form") : NULL;

	*form = NULL;
	if (spec == NULL || !gen_arg_string(params, "form", a, form))
		return 0;
	if (*form == NULL)
		return err_nomem(e);
	if (is_one_of(spec->one_of, *form))
		return 0;
	return err_set(e, ERR_NO, "%s: there is no form \"%s\": choose one of %s, or leave it out",
		g->op->id, *form, spec->one_of);
}

static int make_telephone(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const char *key = g->op->makes, *form;

	if (written_form(g, params, a, &form, e) == -1)
		return -1;
	if (form != NULL) {
		key = strcmp(key, "landline") == 0 ? key : "cell";
		if ((key = arena_printf(a, "%s_%s", key, form)) == NULL)
			return err_nomem(e);
	}
	return gen_form(g, c, gen_own_locale(g, c), key, a, e);
}

int gen_telephone(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_narrow(g, c, params, make_telephone, a, e);
}
