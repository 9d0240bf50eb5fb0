/* SPDX-License-Identifier: MIT */
/*
 * Tables whose rows are never made nor removed: those of extensions, which bring their rows with
 * them, and those in which migration tools note what they have done.  A made-up row in a migration
 * tool's table has its next run fail or begin at the wrong place.
 */
#include "common/schema/schema.h"

#include <string.h>
#include <strings.h>

/*
 * The tables of migration tools, by name in any case.  A name that an application might use too
 * counts only with the column beside it, and some tools have a schema of their own.
 */
static const struct {
	const char *schema, *table, *column;
} books[] = {
	{NULL, "schema_migrations", NULL},	    /* Rails, Ecto, golang-migrate, dbmate */
	{NULL, "ar_internal_metadata", NULL},	    /* Rails */
	{NULL, "alembic_version", NULL},	    /* Alembic */
	{NULL, "migrate_version", NULL},	    /* SQLAlchemy-Migrate */
	{NULL, "flyway_schema_history", NULL},	    /* Flyway */
	{NULL, "schema_version", "installed_rank"}, /* Flyway before 5 */
	{NULL, "schema_version", "version"},	    /* tern */
	{NULL, "schema_history", "version"},	    /* EdgeDB and others */
	{NULL, "databasechangelog", NULL},	    /* Liquibase */
	{NULL, "databasechangeloglock", NULL},
	{NULL, "django_migrations", NULL}, /* Django */
	{NULL, "south_migrationhistory", NULL},
	{NULL, "__EFMigrationsHistory", NULL}, /* Entity Framework */
	{NULL, "__EFMigrationsLock", NULL},
	{NULL, "__MigrationHistory", NULL},
	{NULL, "knex_migrations", NULL}, /* Knex */
	{NULL, "knex_migrations_lock", NULL},
	{NULL, "kysely_migration", NULL}, /* Kysely */
	{NULL, "kysely_migration_lock", NULL},
	{NULL, "goose_db_version", NULL},     /* goose */
	{NULL, "gorp_migrations", NULL},      /* sql-migrate */
	{NULL, "darwin_migrations", NULL},    /* Darwin */
	{NULL, "_prisma_migrations", NULL},   /* Prisma */
	{NULL, "__drizzle_migrations", NULL}, /* Drizzle */
	{NULL, "SequelizeMeta", NULL},	      /* Sequelize */
	{NULL, "SequelizeData", NULL},
	{NULL, "migrations", "migration"}, /* Laravel */
	{NULL, "migrations", "timestamp"}, /* TypeORM */
	{NULL, "typeorm_metadata", NULL},
	{NULL, "mikro_orm_migrations", NULL},	     /* MikroORM */
	{NULL, "pgmigrations", NULL},		     /* node-pg-migrate */
	{NULL, "phinxlog", NULL},		     /* Phinx */
	{NULL, "doctrine_migration_versions", NULL}, /* Doctrine */
	{NULL, "migration_versions", "executed_at"}, /* Doctrine before 3 */
	{NULL, "_sqlx_migrations", NULL},	     /* SQLx */
	{NULL, "__diesel_schema_migrations", NULL},  /* Diesel */
	{NULL, "refinery_schema_history", NULL},     /* Refinery */
	{NULL, "seaql_migrations", NULL},	     /* SeaORM */
	{NULL, "atlas_schema_revisions", NULL},	     /* Atlas */
	{NULL, "play_evolutions", NULL},	     /* Play */
	{NULL, "play_evolutions_lock", NULL},
	{NULL, "_yoyo_migration", NULL}, /* yoyo */
	{NULL, "_yoyo_log", NULL},
	{NULL, "_yoyo_version", NULL},
	{NULL, "yoyo_lock", NULL},
	{"sqitch", NULL, NULL}, /* Sqitch */
	{"pgroll", NULL, NULL}, /* pgroll */
	{"graphile_migrate", NULL, NULL},
};

static bool has_column(const struct pg_table *t, const char *name)
{
	for (uint32_t i = 0; i < t->ncolumns; i++)
		if (strcasecmp(t->columns[i].name, name) == 0)
			return true;
	return false;
}

/* A tool's own schema is its book beside an application's tables.  Where there is nothing else,
 * whoever asks for rows asks for rows in these. */
static bool beside_others(const struct schema *s, const char *name)
{
	for (uint32_t i = 0; i < s->ntables; i++)
		if (strcmp(s->tables[i].schema, name) != 0)
			return true;
	return false;
}

static const char *reserved(const struct schema *s, const struct pg_table *t)
{
	if (t->extension != NULL)
		return "belongs to an extension, which brings its rows";
	if (t->filled)
		return "has rows, which are left alone";
	for (size_t i = 0; i < sizeof(books) / sizeof(books[0]); i++) {
		if (books[i].schema != NULL &&
			(strcmp(books[i].schema, t->schema) != 0 || !beside_others(s, t->schema)))
			continue;
		if ((books[i].table == NULL || strcasecmp(books[i].table, t->name) == 0) &&
			(books[i].column == NULL || has_column(t, books[i].column)))
			return "is where a migration tool notes what it has done";
	}
	return NULL;
}

void schema_reserve(struct schema *s)
{
	for (uint32_t i = 0; i < s->ntables; i++)
		s->tables[i].reserved = reserved(s, &s->tables[i]);
}
