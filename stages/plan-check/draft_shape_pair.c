/* SPDX-License-Identifier: MIT */
/*
 * Foreign keys that have to agree, as a delivery address with the customer of an order: the
 * address belongs to that customer. Both lead to the same row, one of them through another table.
 * Who wrote a comment is not who wrote the post, so that people agree only through what they own.
 */
#include "stages/plan-check/draft_shape.h"

#include <string.h>

/* Tables of people who do things. */
static bool is_people(const struct draft_table *dt)
{
	static const char names[] =
		"user usuario member membro person pessoa employee funcionario "
		"staff author autor profile perfil agent colaborador vendedor seller ";

	return role_among(names, dt->words) != NULL;
}

/* Tables of what somebody has for himself. */
static bool is_belonging(const struct draft_table *dt)
{
	static const char names[] =
		"address endereco card cartao payment pagamento subscription "
		"assinatura vehicle veiculo pet cart carrinho device dispositivo session sessao "
		"wallet carteira order pedido account conta booking reserva invoice fatura ";

	return role_among(names, dt->words) != NULL;
}

/* The column of ${ref} that refers to what ${to} refers to, under the same name; -1: none. */
static int back_to(
	const struct pg_table *t, const struct pg_table *ref, const struct pg_constraint *to)
{
	char own[ROLE_WORDS], other[ROLE_WORDS];

	role_words(t->columns[to->cols[0]].name, own);
	for (uint32_t i = 0; i < ref->ncons; i++) {
		const struct pg_constraint *con = &ref->cons[i];

		if (con->kind != PG_CON_FOREIGN || con->ncols != 1 || con->ref != to->ref ||
			con->ref_cols[0] != to->ref_cols[0])
			continue;
		role_words(ref->columns[con->cols[0]].name, other);
		if (strcmp(own, other) == 0)
			return (int)con->cols[0];
	}
	return -1;
}

/* Whether the key stands by itself: one column that no other key has. */
static bool is_single(
	struct draft *d, const struct draft_table *dt, const struct pg_constraint *con)
{
	return con->kind == PG_CON_FOREIGN && con->ncols == 1 && draft_parent(d, con) != NULL &&
	       con->ref != dt->t && pg_foreign_keys_with(dt->t, con->cols[0]) == 1 &&
	       !dt->columns[con->cols[0]].unique;
}

static void agree(struct draft *d, struct draft_table *dt, uint32_t i, uint32_t k, int column)
{
	enum { SURE = 85 };
	const struct pg_constraint *con = &dt->t->cons[i], *base = &dt->t->cons[k];
	const char *own = dt->t->columns[base->cols[0]].name;
	double nulls = shape_nulls(dt, con);
	json_t *members = json_pack("{s:{s:s}}", "same", own, con->ref->columns[column].name);

	if (nulls >= 0 && !d->nulls_said && !pg_column_not_null(&dt->t->columns[con->cols[0]]))
		json_object_set_new(members, "null_rate", json_real(nulls));
	draft_says(draft_relation(d, dt, con, members), "shape.same",
		draft_textf(d, "it has a %s as well", own), SURE);
	dt->tied[i] = true;
}

void shape_same(struct draft *d, struct draft_table *dt)
{
	/* those that others agree with, which choose first */
	bool *base_of = arena_array(d->a, dt->t->ncons + 1UL, sizeof(*base_of));

	if (base_of == NULL) {
		d->failed = true;
		return;
	}
	for (uint32_t i = 0; i < dt->t->ncons; i++)
		for (uint32_t k = 0; k < dt->t->ncons; k++) {
			const struct pg_constraint *con = &dt->t->cons[i], *base = &dt->t->cons[k];
			int column;

			if (i == k || dt->tied[i] || dt->tied[k] || base_of[i] || dt->counted[i] ||
				!is_single(d, dt, con) || !is_single(d, dt, base) ||
				base->ref == con->ref ||
				(column = back_to(dt->t, con->ref, base)) == -1 ||
				(is_people(draft_parent(d, base)) &&
					!is_belonging(draft_parent(d, con))))
				continue;
			agree(d, dt, i, k, column);
			base_of[k] = true;
		}
}
