/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PLAN_H
#define COMMON_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <msgpack.h>

#include "common/base/arena.h"
#include "common/base/str.h"
#include "common/plan/plan_how.h"
#include "common/schema/schema.h"

/*
 * plan: the resolved plan: what plan-check decided, table by table and column
 * by column, and every later stage obeys.  plan.msgpack carries it (body: the
 * document that resolved_plan.json shows); nothing in it is still to be guessed.
 */

struct err;
struct table_program;
struct foreign_memo;
struct gen_memo;

enum plan_source {
	PLAN_GENERATOR,	     /* a base or derive generator, gen and params say which */
	PLAN_FOREIGN,	     /* member of the FK fks[fk] that fills it */
	PLAN_ALWAYS_NULL,    /* nullable, and no generator for its type, or told so */
	PLAN_GENERATED,	     /* stored generated column: the server computes, not in the output */
	PLAN_SERVER_DEFAULT, /* left out of the output: the server's default fills it */
	PLAN_EXISTING,	     /* of a table whose rows are in the database */
};

struct plan_transform {
	const char *id;
	const msgpack_object *params; /* a map, or NULL */
};

struct plan_column {
	enum plan_source source;
	const char *gen;	      /* canonical id, PLAN_GENERATOR */
	bool by_rule;		      /* the user asked for it; false: the default by type */
	const char *locale;	      /* effective, never NULL for PLAN_GENERATOR */
	const msgpack_object *params; /* a map, or NULL */
	uint32_t fk;		      /* PLAN_FOREIGN: index in plan_table.fks */
	double null_rate;	      /* 0 for NOT NULL and for members of a primary key */
	bool null_by_rule; /* transform.null_rate says so, be it 0; false: the plan's options */
	/* Of a unique column that is derived or transformed: "proof", "rank" or "row_number" keeps
	 * it distinct, and of the last why; NULL otherwise.  For people: the programs know it
	 * themselves. */
	const char *unique_by, *unique_why;
	struct plan_transform *transforms; /* without transform.null_rate: null_rate has it */
	uint32_t ntransforms;
};

enum plan_dist { PLAN_DIST_UNIFORM, PLAN_DIST_ZIPF, PLAN_DIST_WEIGHTED, PLAN_DIST_GEOMETRIC };

enum { PLAN_WEIGHTS = 4000, PLAN_ZIPF_MAX = 20000 };

/* How many children a parent has, each of them, and all together exactly the rows. */
struct plan_fan {
	uint64_t min, max; /* max UINT64_MAX: no bound */
	enum plan_dist dist;
	uint32_t s;		 /* in thousandths: zipf: its exponent; geometric: the mean
				    where nothing says the rows, 0: not said */
	const uint32_t *weights; /* weighted: of having min, min + 1 ... max children */
	uint32_t nweights;
};

/* A column of the row is as one of its parent's. */
struct plan_tie {
	uint32_t column, parent;
};

/* Every foreign key of a table has one.  Columns of one that does not pick have a source of
 * their own (all_null: PLAN_ALWAYS_NULL). */
struct plan_fk {
	uint32_t con; /* index in table->cons */
	struct plan_how how;
	uint32_t parent;  /* index in plan->tables; UINT32_MAX when not in the plan: never when it
			     picks */
	double null_rate; /* where how_exact(how), exactly that share of the rows */
	/* of these rows, those with NULLs in some columns only; not of one that has a base, nor of
	 * a forest */
	double partial_nulls;
	bool shuffled;	     /* enumerable: siblings are apart */
	bool cover;	     /* independent: every parent has a child */
	struct plan_fan fan; /* PLAN_TELL_FAN; of zipf its s */
	bool computed;	     /* the parent's keys are made anew, not read: it may be this table, or
				one that waits for it */
	bool optional; /* it follows, leads back, and its own columns may be NULL: it picks where it
			  can, and its base picks whom it likes; of no document */
	const char *where; /* SQL over the parent's columns: who may be picked; NULL: all */
	const char
		*by; /* PLAN_TELL_WEIGHTS: SQL over the parent's columns: how often it is picked */
	uint32_t base;		     /* how_agrees(how): in the table's fks */
	const struct plan_tie *same; /* it follows: columns of the base, beside those both have */
	uint32_t nsame;
	uint64_t roots;	    /* of a forest, of each where it has a base; or 0 and ... */
	double root_share;  /* ... the share of its rows */
	bool own_roots;	    /* a root is its own parent, not NULL */
	uint32_t max_depth; /* generations below the roots; 0: as many as come */
};

/** plan_settle_fks(t): what of t->fks follows from the rest: optional. */
struct plan_table;
void plan_settle_fks(struct plan_table *t);

enum plan_policy { PLAN_ENFORCE, PLAN_WARN, PLAN_IGNORE };

/* "check" "unique" "not_null" "primary_key" "foreign_key" */
enum plan_policy_kind {
	PLAN_POLICY_CHECK,
	PLAN_POLICY_UNIQUE,
	PLAN_POLICY_NOT_NULL,
	PLAN_POLICY_PRIMARY_KEY,
	PLAN_POLICY_FOREIGN_KEY
};

/* A value of a row's parent that its snapshot carries, for children that look further up. */
struct plan_inherited {
	const char *name; /* in the snapshot; no column's and no other's */
	uint32_t fk;	  /* in the table's fks */
	uint32_t column;  /* of the parent: place in what its snapshot may hold, as kept has it */
};

/* Of a unique key of a table that is appended to: how many of its values the database has, and
 * the places, ascending, at which its bijection has one of them. */
enum { PLAN_TAKEN = 1000000 };

/* Shards of a table.  More have no use: receipts and file names would be most of the work. */
enum { PLAN_SHARDS_MAX = 65536 };

struct plan_taken {
	const char *key; /* the constraint or index */
	uint64_t have;
	const uint64_t *at;
	uint32_t n;
};

struct plan_table {
	struct pg_table *table;
	uint64_t rows;
	uint32_t shards;
	uint32_t level;		  /* 0: no parent in the plan, gen-parents' work */
	bool auto_added;	  /* not a target: a parent somebody needs */
	bool existing;		  /* its rows are the database's: none are made; children read
				     the key snapshot that introspect --keys took */
	bool append;		  /* rows are added to those the database has: not existing */
	uint64_t after;		  /* append: the database's rows, as its snapshot has them */
	struct plan_taken *taken; /* append: every unique key's */
	uint32_t ntaken;
	char snapshot[17];	     /* existing, append: that snapshot's digest, as snap has it */
	struct plan_column *columns; /* [table->ncolumns] */
	struct plan_fk *fks;
	uint32_t nfks;
	struct plan_inherited *inherited;
	uint32_t ninherited;
	uint32_t *kept; /* what the key snapshot holds, ascending: columns, and from ncolumns on
			   inherited[0], inherited[1] ...; none: no snapshot */
	uint32_t nkept;
	const char *keys_at; /* where its key snapshot is, if not in the run directory; of no
				document */
	const struct table_program *on_demand; /* its program, where no snapshot of it is there and
					  what is read of its rows is made when it is read; else
					  NULL; of no document, and of plan-check's dry run alone */
	const struct table_program *program; /* compiled from this table as it is here; NULL: it has
						to be compiled; of no document */
	uint32_t *reads; /* in plan->tables: tables made before this one whose snapshots its */
	uint32_t nreads; /* aggregates read, beside the parents it picks from */
	enum plan_policy policy[5]; /* by enum plan_policy_kind */
	char digest[65]; /* SHA-256 of all that decides this table's rows: its part of the
			    plan and of the schema, the seed, its parents' digests; not the
			    shards nor what the snapshot keeps, which decide no value */
};

/* A table that is not filled as its plan asks, because the plan lets what is impossible be left
 * out: it is skipped, or a default of rows was more than its constraints hold. */
struct plan_exception {
	const struct pg_table *table;
	bool skipped;		/* no rows of it are made, and it is not in plan->tables */
	uint64_t asked, rows;	/* not skipped: the default, and what it was clipped to */
	const char *code;	/* of the problem, as plan-check has it */
	const char *constraint; /* names of those in the way, or NULL */
	const char *reason;
	const char *hint; /* what would fill it, or NULL */
};

struct plan {
	const struct schema *schema; /* it is for */
	const char *version;	     /* "0.1", "0.2", "0.3" */
	uint64_t seed;
	int32_t as_of; /* "today", days since 2000-01-01 */
	bool as_of_pinned;
	bool strict;
	const char *locale;
	const msgpack_object *data; /* lists over those of the locales: FORMATS; NULL: none */
	struct gen_memo *memo; /* what its generators share while they are prepared; of no document;
				  NULL: nothing */
	struct foreign_memo *shared; /* what contexts of its tables share; of no document; NULL:
					nothing */
	struct plan_table *tables;   /* parents before children */
	uint32_t ntables;
	bool skips;			   /* "on_impossible" is "skip" */
	struct plan_exception *exceptions; /* the skipped first; each by name of the table */
	uint32_t nexceptions;
	char schema_fingerprint[65];
	char digest[65];    /* SHA-256 of the body */
	msgpack_object doc; /* the whole document */
};

/**
 * plan_read(p, path, s, a, e): read plan.msgpack and resolve its names in ${s}.  A plan made
 * from another schema is refused: "rerun plan-check".
 */
int plan_read(
	struct plan *p, const char *path, const struct schema *s, struct arena *a, struct err *e);

/** plan_from_doc(p, doc, s, a, e): the same from a document in memory (plan-check itself). */
int plan_from_doc(struct plan *p, const msgpack_object *doc, const struct schema *s,
	struct arena *a, struct err *e);

/** plan_write(path, body, fingerprint, e): write plan.msgpack; untouched when nothing changed. */
int plan_write(const char *path, const struct buf *body, const char *fingerprint, struct err *e);

/** plan_stream(p, t, name, purpose): the stream key of a column, key or constraint of ${t}.  Rows
 *  that are appended have streams of their own: they are not those that were made before. */
uint64_t plan_stream(
	const struct plan *p, const struct plan_table *t, const char *name, const char *purpose);

/** plan_taken(t, key): what is taken of a unique key, or NULL.  plan_need(t, key): how many
 *  distinct values it may need: one for every row, and those that are taken. */
const struct plan_taken *plan_taken(const struct plan_table *t, const char *key);
uint64_t plan_need(const struct plan_table *t, const char *key);

/* How many tables have rows made, and what became of the others. */
struct plan_counts {
	uint32_t filled, skipped, clipped;
};

/** plan_counts(p): of a plan, those that are clipped among the filled ones. */
struct plan_counts plan_counts(const struct plan *p);

/** plan_exceptions_json(j, p): members of a report's object: "tables_by_outcome", "skipped" and
 *  "clipped"; none where the plan is refused for what is impossible. */
struct jsonw;
void plan_exceptions_json(struct jsonw *j, const struct plan *p);

struct plan_table *plan_table(const struct plan *p, const char *schema, const char *table);

/**
 * plan_pack(b, p): the value of the document's member "resolved", all that plan_from_doc()
 * needs beside plan_version and seed.  plan_pack_table(b, p, t): what of it decides the
 * rows of ${t}, for its digest.
 */
/** plan_reads(p, t, parent): whether making ${t} reads the key snapshot of table ${parent}: as a
 *  parent, or as one of a parent whose keys are computed. */
bool plan_reads(const struct plan *p, const struct plan_table *t, uint32_t parent);

void plan_pack(struct buf *b, const struct plan *p);
void plan_pack_table(struct buf *b, const struct plan *p, const struct plan_table *t);

/* ---- what a snapshot may hold: columns, then what is carried ---- */

/** plan_kept_name(t, at): its name there. */
const char *plan_kept_name(const struct plan_table *t, uint32_t at);

/** plan_kept_column(p, t, at): the column whose values it has, of ${t} or of a parent. */
const struct pg_column *plan_kept_column(
	const struct plan *p, const struct plan_table *t, uint32_t at);

/** plan_kept_at(p, t, hops, n, column): the place of what ${n} foreign keys, each a constraint of
 *  its table, lead to from ${t}; UINT32_MAX: it is not carried. */
uint32_t plan_kept_at(const struct plan *p, const struct plan_table *t, const uint32_t *hops,
	uint32_t n, uint32_t column);

/** plan_fk_at(t, con): the place of a constraint in t->fks, or UINT32_MAX. */
uint32_t plan_fk_at(const struct plan_table *t, uint32_t con);

/** the words documents use: "generator", "one_to_one", "enforce", "not_null" */
const char *plan_source_name(enum plan_source s);
const char *plan_dist_name(enum plan_dist d);
const char *plan_policy_name(enum plan_policy p);
const char *plan_policy_kind_name(enum plan_policy_kind k);

#endif
