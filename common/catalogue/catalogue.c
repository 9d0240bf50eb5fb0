/* SPDX-License-Identifier: MIT */
/*
 * The table of generators for people and for programs.  Every word comes from the
 * table's rows, and every value from the generator itself.
 */
#include "common/catalogue/catalogue.h"

#include <stdio.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/catalogue/catalogue_words.h"
#include "common/generators/genreg.h"
#include "common/generators/locale.h"
#include "common/io/json.h"

int catalogue_open(struct catalogue *c, struct arena *a, struct err *e)
{
	size_t ngens, ntransforms;
	const struct gen_op *const *gens = genreg_list(a, &ngens);
	const struct transform_op *const *transforms = transformreg_list(a, &ntransforms);

	*c = (struct catalogue){.v = arena_array(a, ngens + ntransforms + 1, sizeof(*c->v))};
	if (gens == NULL || transforms == NULL || c->v == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < ngens; i++)
		c->v[c->n++] = (struct catalogue_entry){"generator", gens[i]->id, gens[i]->help,
			gens[i]->example, gens[i]->params, gens[i], NULL};
	for (size_t i = 0; i < ntransforms; i++)
		c->v[c->n++] = (struct catalogue_entry){"transform", transforms[i]->id,
			transforms[i]->help, transforms[i]->example, transforms[i]->params, NULL,
			transforms[i]};
	return 0;
}

/* ---- samples ----------------------------------------------------------------------------- */

/* The locales that a sample is made in: one, or each where it makes a difference. */
static size_t locales_of(
	const struct catalogue_entry *x, const struct catalogue_options *o, const char **to)
{
	const char *own = x->gen != NULL ? x->gen->locale : NULL;
	size_t n = 0;

	if (own == NULL || strcmp(own, GEN_LOCALES) != 0) {
		to[0] = own != NULL ? own : o->locale;
		return 1;
	}
	if (o->locale != NULL) {
		to[0] = o->locale;
		return 1;
	}
	for (; n < locale_count() && n < CATALOGUE_LOCALES; n++)
		to[n] = locale_at(n)->name;
	return n;
}

static void put_values(struct buf *b, const struct catalogue_sample *s)
{
	for (uint32_t i = 0; i < s->n; i++) {
		bool long_one = s->n > 8 || s->v[i].n > 40;

		buf_adds(b, i == 0 ? "" : long_one ? "\n                     " : "  |  ");
		if (s->v[i].p == NULL)
			buf_adds(b, "NULL");
		else
			buf_add(b, s->v[i].p, s->v[i].n);
	}
	buf_addc(b, '\n');
}

/* The sample lines of an entry. */
static int put_samples(struct buf *b, const struct catalogue_entry *x,
	const struct catalogue_options *o, struct arena *a, struct err *e)
{
	const char *locales[CATALOGUE_LOCALES];
	size_t n = locales_of(x, o, locales);

	for (size_t i = 0; i < n; i++) {
		struct catalogue_sample s;

		if (catalogue_sample(x, o, locales[i], &s, a, e) == -1) {
			if (e->kind != ERR_NO)
				return -1;
			buf_addf(b, "    %-16s none: %s\n", "sample", e->msg);
			continue;
		}
		if (s.space > 0 && !s.counts)
			buf_addf(b, "    %-16s %s in a %s column%s%s\n", "different values",
				num_people(s.space).s, s.type, n > 1 ? ", " : "",
				n > 1 ? locales[i] : "");
		if (s.n == 0)
			continue;
		buf_addf(b, "    %-16s ", n > 1 ? locales[i] : "sample");
		put_values(b, &s);
	}
	return 0;
}

/* ---- text -------------------------------------------------------------------------------- */

/* Whether ${p} may be left out where ${o} is given, and not else. */
static bool is_alternative(const struct gen_param *p, const struct gen_param *o)
{
	return p != o && p->need == GP_ONE_OF && o->need == GP_ONE_OF;
}

static void put_param(struct buf *b, const struct catalogue_entry *x, const struct gen_param *p)
{
	char range[CATALOGUE_WORDS];

	buf_addf(b, "    %-16s %s", p->name, gen_pkind_name(p->kind));
	if (*catalogue_range(p, range) != '\0')
		buf_addf(b, ", %s", range);
	if (p->need == GP_REQUIRED)
		buf_adds(b, ", required");
	for (const struct gen_param *o = x->params; o->name != NULL; o++)
		if (is_alternative(p, o))
			buf_addf(b, ", required unless %s is given", o->name);
	if (p->deflt != NULL)
		buf_addf(b, ", %s when left out", *p->deflt != '\0' ? p->deflt : "none");
	buf_addf(b, "%s%s\n", p->help != NULL ? ": " : "", p->help != NULL ? p->help : "");
}

static int put_text(struct buf *b, const struct catalogue_entry *x,
	const struct catalogue_options *o, struct arena *a, struct err *e)
{
	char words[CATALOGUE_WORDS];

	if (o->brief) {
		buf_addf(b, "%-36s %s\n", x->id, x->help);
		return 0;
	}
	buf_addf(b, "%s\n    %s\n", x->id, x->help);
	for (const struct gen_param *p = x->params; p != NULL && p->name != NULL; p++)
		put_param(b, x, p);
	if (x->gen != NULL) {
		buf_addf(b, "    %-16s %s\n", "columns", catalogue_columns(x->gen, words));
		if (x->gen->reads != 0)
			buf_addf(b, "    %-16s %s\n", "reads", catalogue_reads(x->gen, words));
		if (x->gen->locale != NULL)
			buf_addf(b, "    %-16s %s\n", "locale", catalogue_locale(x->gen, words));
		if (x->gen->pii != NULL)
			buf_addf(b, "    %-16s %s\n", "privacy", x->gen->pii);
	}
	if (o->samples == 0)
		return 0;
	if (x->example != NULL)
		buf_addf(b, "    %-16s %s\n", "example", x->example);
	return put_samples(b, x, o, a, e);
}

/* ---- JSON -------------------------------------------------------------------------------- */

static void put_alternatives(
	struct jsonw *j, const struct catalogue_entry *x, const struct gen_param *p)
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

static void put_param_json(
	struct jsonw *j, const struct catalogue_entry *x, const struct gen_param *p)
{
	jw_object(j);
	jw_kstr(j, "name", p->name);
	jw_kstr(j, "kind", gen_pkind_name(p->kind));
	jw_kbool(j, "required", p->need == GP_REQUIRED);
	put_alternatives(j, x, p);
	jw_kstr(j, "default", p->deflt);
	jw_kstr(j, "help", p->help);
	if (p->min != NULL)
		jw_kstr(j, "min", p->min);
	if (p->max != NULL)
		jw_kstr(j, "max", p->max);
	if (p->one_of != NULL)
		jw_kstr(j, "one_of", p->one_of);
	if (p->not_zero)
		jw_kbool(j, "not_zero", true);
	if (p->not_above != NULL)
		jw_kstr(j, "not_above", p->not_above);
	if (p->excludes != NULL)
		jw_kstr(j, "excludes", p->excludes);
	jw_end(j);
}

static int put_samples_json(struct jsonw *j, const struct catalogue_entry *x,
	const struct catalogue_options *o, struct arena *a, struct err *e)
{
	const char *locales[CATALOGUE_LOCALES];
	size_t n = locales_of(x, o, locales);

	jw_key(j, "samples");
	jw_array(j);
	for (size_t i = 0; i < n; i++) {
		struct catalogue_sample s;

		if (catalogue_sample(x, o, locales[i], &s, a, e) == -1) {
			if (e->kind != ERR_NO)
				return -1;
			continue;
		}
		jw_object(j);
		jw_kstr(j, "locale", locales[i]);
		jw_kstr(j, "type", s.type);
		if (s.space > 0)
			jw_kuint(j, "different_values", s.space);
		jw_key(j, "values");
		jw_array(j);
		for (uint32_t k = 0; k < s.n; k++)
			if (s.v[k].p == NULL)
				jw_null(j);
			else
				jw_strn(j, s.v[k].p, s.v[k].n);
		jw_end(j);
		jw_end(j);
	}
	jw_end(j);
	return 0;
}

static int put_json(struct jsonw *j, const struct catalogue_entry *x,
	const struct catalogue_options *o, struct arena *a, struct err *e)
{
	char words[CATALOGUE_WORDS];

	jw_object(j);
	jw_kstr(j, "kind", x->kind);
	jw_kstr(j, "id", x->id);
	jw_kstr(j, "help", x->help);
	if (x->gen != NULL) {
		if (x->gen->pii != NULL)
			jw_kstr(j, "pii", x->gen->pii);
		jw_kstr(j, "columns", catalogue_columns(x->gen, words));
		if (gen_output(x->gen) != 0)
			jw_kstr(j, "output", gen_family_names(gen_output(x->gen), words));
		if (x->gen->locale != NULL)
			jw_kstr(j, "locale", x->gen->locale);
		if (x->gen->alias_of != NULL)
			jw_kstr(j, "alias_of", x->gen->alias_of);
		if (x->gen->reads != 0)
			jw_kstr(j, "reads", catalogue_reads(x->gen, words));
	}
	if (x->example != NULL)
		jw_kstr(j, "example", x->example);
	jw_key(j, "params");
	jw_array(j);
	for (const struct gen_param *p = x->params; p != NULL && p->name != NULL; p++)
		put_param_json(j, x, p);
	jw_end(j);
	if (o->samples > 0 && put_samples_json(j, x, o, a, e) == -1)
		return -1;
	jw_end(j);
	return 0;
}

/* ---- which ------------------------------------------------------------------------------- */

/* An id means itself alone, though others begin with it. */
static bool is_meant(const struct catalogue *c, const char *prefix, const struct catalogue_entry *x)
{
	if (prefix == NULL || strcmp(x->id, prefix) == 0)
		return true;
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->v[i].id, prefix) == 0)
			return false;
	return strncmp(x->id, prefix, strlen(prefix)) == 0;
}

static int none(const char *prefix, struct err *e)
{
	const char *near = genreg_nearest(prefix);

	if (near == NULL)
		near = transformreg_nearest(prefix);
	return err_set(e, ERR_INPUT, "no generator or transform begins with \"%s\"%s%s%s", prefix,
		near != NULL ? ": did you mean \"" : "", near != NULL ? near : "",
		near != NULL ? "\"?" : "");
}

static int put_all(struct buf *b, const struct catalogue *c, const struct catalogue_options *o,
	struct arena *a, struct err *e)
{
	struct jsonw j;
	size_t found = 0;

	jw_begin(&j, b, true);
	if (o->json)
		jw_array(&j);
	for (size_t i = 0; i < c->n; i++) {
		const struct catalogue_entry *x = &c->v[i];

		if (!is_meant(c, o->prefix, x))
			continue;
		found++;
		if ((o->json ? put_json(&j, x, o, a, e) : put_text(b, x, o, a, e)) == -1)
			return -1;
	}
	if (found == 0)
		return none(o->prefix, e);
	if (o->json) {
		jw_end(&j);
		buf_addc(b, '\n');
	}
	return buf_ok(b) ? 0 : err_nomem(e);
}

int catalogue_print(const struct catalogue_options *o, struct err *e)
{
	struct buf b = BUF_INIT;
	struct arena a = ARENA_INIT;
	struct catalogue c;
	int rc = catalogue_open(&c, &a, e);

	if (rc == 0)
		rc = put_all(&b, &c, o, &a, e);
	if (rc == 0 && (fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout) != 0))
		rc = err_sys(e, "standard output");
	buf_free(&b);
	arena_free(&a);
	return rc;
}
