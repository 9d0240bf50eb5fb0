/* SPDX-License-Identifier: MIT */
/* schema_reserve: whose rows are never made: what extensions own, and what migration tools note. */
#include "common/schema/schema.h"
#include "tests/unit/check.h"

static struct pg_column id[] = {{.name = "id"}};
static struct pg_column laravel[] = {{.name = "id"}, {.name = "Migration"}};

/* Why table ${at} of some is left alone, or NULL. */
static const char *why(struct pg_table *tables, uint32_t n, uint32_t at)
{
	struct schema s = {.tables = tables, .ntables = n};

	schema_reserve(&s);
	return tables[at].reserved;
}

#define T(s, n, c)                                                                                 \
	{                                                                                          \
		.schema = s, .name = n, .columns = c, .ncolumns = sizeof(c) / sizeof((c)[0])       \
	}

static void a_tool_s_table_is_known_by_its_name_in_any_case(void)
{
	struct pg_table t[] = {T("public", "Alembic_Version", id),
		T("app", "schema_migrations", id), T("public", "versions", id)};

	CHECK_STR(why(t, 3, 0), "is where a migration tool notes what it has done");
	CHECK_STR(why(t, 3, 1), "is where a migration tool notes what it has done");
	CHECK(why(t, 3, 2) == NULL);
}

/* An application may have migrations of its own: of birds. */
static void a_name_that_others_use_counts_with_its_column_alone(void)
{
	struct pg_table t[] = {T("public", "migrations", id), T("public", "migrations", laravel)};

	CHECK(why(t, 2, 0) == NULL);
	CHECK(why(t, 2, 1) != NULL);
}

static void a_tool_s_schema_is_left_alone_beside_others(void)
{
	struct pg_table t[] = {T("app", "orders", id), T("sqitch", "changes", id)};

	CHECK(why(t, 2, 0) == NULL);
	CHECK(why(t, 2, 1) != NULL);
	/* whoever has nothing else asks for rows in these */
	CHECK(why(&t[1], 1, 0) == NULL);
}

static void what_an_extension_owns_is_left_alone(void)
{
	struct pg_table t[] = {T("public", "spatial_ref_sys", id)};

	CHECK(why(t, 1, 0) == NULL);
	t[0].extension = "postgis";
	CHECK_STR(why(t, 1, 0), "belongs to an extension, which brings its rows");
}

int main(void)
{
	a_tool_s_table_is_known_by_its_name_in_any_case();
	a_name_that_others_use_counts_with_its_column_alone();
	a_tool_s_schema_is_left_alone_beside_others();
	what_an_extension_owns_is_left_alone();
	return check_done();
}
