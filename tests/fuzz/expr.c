/* SPDX-License-Identifier: MIT */
/* Expressions of SQL over the columns of a table: compiled, narrowed, and evaluated over a block.
 */
#include "common/base/vec.h"
#include "tests/fuzz/fuzz.h"

enum { ROWS = 4 };

/* Rows of small values, and NULL in the last. */
static const struct vec *const *block_of(const struct pg_table *t, struct arena *a)
{
	struct vec *v = arena_array(a, t->ncolumns, sizeof(*v));
	const struct vec **all = arena_array(a, t->ncolumns, sizeof(*all));

	for (uint32_t c = 0; c < t->ncolumns; c++) {
		const struct pg_column *col = &t->columns[c];
		uint8_t scale = 0;

		if (!vec_init(&v[c], pg_vtype(pg_base_of(col->type, col->typmod), &scale), a))
			fuzz_die("memory");
		v[c].scale = scale;
		v[c].n = ROWS;
		for (uint32_t i = 0; i < ROWS; i++)
			vec_set_null(&v[c], i);
		all[c] = &v[c];
	}
	return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct arena a = ARENA_INIT, tmp = ARENA_INIT;
	struct err e = {.kind = ERR_NONE};
	uint8_t pass[VEC_BLOCK];
	struct sql_expr *x;

	fuzz_open();
	if (n == 0)
		return 0;
	{
		const struct pg_table *t = &fuzz_schema.tables[p[0] % fuzz_schema.ntables];
		const struct sql_scope scope = {.schema = &fuzz_schema, .table = t};
		const char *text = fuzz_text(&a, p + 1, n - 1);

		if (sql_compile(&x, &scope, text, &a, &e) == SQL_OK &&
			strcmp(sql_result_name(x), "boolean") == 0)
			(void)sql_check(x, block_of(t, &a), ROWS, pass, &tmp, &e);
	}
	arena_free(&tmp);
	arena_free(&a);
	return 0;
}
