/* SPDX-License-Identifier: MIT */
#include "common/generators/genreg.h"

#include <string.h>

#include "common/generators/gen_children.h"
#include "common/generators/gen_expr.h"
#include "common/generators/gen_faker.h"
#include "common/generators/gen_id.h"
#include "common/generators/gen_kit.h"

/*
 * The families of generators, but for the one that chooses among rules (genreg_when.c): what such
 * a choice is made of is found here.
 */

static const struct gen_op *const plain[] = {gen_br_ops, gen_derive_ops, gen_domain_ops,
	gen_record_ops, gen_expr_ops, gen_children_ops, gen_default_ops, gen_derive_time_ops,
	gen_moment_derive_ops, gen_moment_window_ops, gen_derive_sibling_ops, gen_shares_ops,
	gen_choice_ops, gen_shape_ops, gen_lookup_ops, gen_prim_id_ops, gen_prim_num_ops,
	gen_prim_text_ops, gen_prim_time_ops, gen_faker_people_ops, gen_faker_place_ops,
	gen_faker_work_ops, gen_faker_net_ops, gen_faker_code_ops, gen_faker_time_ops,
	gen_faker_prose_ops, gen_locale_ops, gen_derive_slug_ops, gen_code_ops, gen_code_number_ops,
	gen_code_secret_ops, gen_json_ops, gen_text_ops, gen_name_ops, gen_listrow_ops};

enum { NPLAIN = sizeof(plain) / sizeof(plain[0]) };

const struct gen_op *genreg_plain(size_t i)
{
	return i < NPLAIN ? plain[i] : gen_id_all[i - NPLAIN];
}

const struct gen_op *genreg_find_in(const struct gen_op *op, const char *id)
{
	for (; op->id != NULL; op++)
		if (strcmp(op->id, id) == 0)
			return op;
	return NULL;
}

/* Ids that come from these tables, as those of defaults do, are found by their address: that is ten
 * times faster than to compare texts, most of which begin alike. */
static const struct gen_op *find_own(const char *id)
{
	for (size_t i = 0; genreg_plain(i) != NULL; i++)
		for (const struct gen_op *op = genreg_plain(i); op->id != NULL; op++)
			if (op->id == id)
				return op;
	return NULL;
}

const struct gen_op *genreg_find_plain(const char *id)
{
	const struct gen_op *op = find_own(id);

	for (size_t i = 0; op == NULL && genreg_plain(i) != NULL; i++)
		op = genreg_find_in(genreg_plain(i), id);
	return op != NULL ? op : genreg_find_in(gen_native_ops, id);
}

bool genreg_has_locale(const struct gen_op *op, const char *locale)
{
	return op->locale != NULL &&
	       (strcmp(op->locale, GEN_LOCALES) == 0 || strcmp(op->locale, locale) == 0);
}
