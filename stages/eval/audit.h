/* SPDX-License-Identifier: MIT */
#ifndef EVAL_AUDIT_H
#define EVAL_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/codec/dec.h"
#include "common/io/rundir.h"
#include "common/keys/dataset.h"
#include "common/plan/plan.h"
#include "common/sql/sql.h"
#include "stages/eval/events.h"
#include "stages/eval/fan.h"
#include "stages/eval/findings.h"
#include "stages/eval/keyhashes.h"
#include "stages/eval/pairs.h"
#include "stages/eval/profile.h"

/*
 * audit: the rows of a run against everything the schema says of them.  Each table is
 * read once; keys outlive their table until the last foreign key that asks for them.
 */

struct audit;

/* A CHECK of the table, or of a column's domain. */
struct audit_check {
	struct rule *rule;
	struct sql_expr *x;
	const uint32_t *cols; /* it reads */
	uint32_t ncols;
	int value; /* domain: the column, else -1 */
};

/*
 * A key to collect: of a PRIMARY KEY, UNIQUE or unique index, or of rows that others name.
 *
 * Equal codes are equal values.  Where ${spellings} is said, the reverse is not certain: one value
 * may have several texts, so that rows without a repeated code have not been shown to be distinct,
 * and a reference without its code among the parent's has not been shown to be without a parent.
 * ${missing} tells that the set lacks rows, which leaves the same doubts.
 */
struct audit_key {
	struct rule *rule; /* NULL: collected for children only */
	uint32_t cols[32]; /* ascending, or UINT32_MAX and an expression */
	uint32_t ncols;
	uint32_t equiv;		/* bit k: case-insensitive */
	struct sql_expr **expr; /* [ncols], NULL where a column is */
	struct sql_expr *where; /* of a partial index, or NULL */
	bool nulls_equal;
	const char *spellings, *missing; /* or NULL */
	struct keyhashes *set;
	uint32_t wanted;       /* foreign keys that will still ask */
	struct sketch parents; /* with it: the rows, and when they were born */
	struct audit_key *next;
};

/*
 * A rule over all rows of a table that is neither a key nor a foreign key: what it collects of each
 * block, and its answer after the last one.  Its maker embeds this as the first member, and puts it
 * into the table's list.
 */
struct audit_over;
struct audit_pass;
struct audit_over_op {
	int (*collect)(struct audit_pass *s, struct audit_over *o); /* a block; -1: an error */
	int (*finish)(struct audit *u, struct audit_over *o, struct err *e);
	void (*release)(struct audit_over *o); /* also before it is finished */
};

struct audit_over {
	const struct audit_over_op *op;
	const char *missing; /* which rows it was not shown, or NULL */
	struct audit_over *next;
};

struct audit_fk {
	struct rule *rule;
	uint32_t cols[32]; /* paired with the parent key's columns */
	uint32_t ncols;
	uint32_t equiv;
	bool full;	       /* MATCH FULL */
	const char *type;      /* of a reference: it is of rows of this type, as text, ... */
	uint32_t type_col;     /* ... which stands in this column; NULL: of all */
	const char *spellings; /* as of a key */
	uint32_t parent;       /* index in plan->tables */
	struct audit_key *key; /* of the parent; NULL: it is not in the plan */
	struct keyhashes *set;
	struct fan fan;
};

/* A stored generated column: not in the files, so that its checks need it computed. */
struct audit_computed {
	uint32_t col;
	struct sql_expr *x;
	struct rule *rule;
	enum vtype type; /* of the column */
	uint8_t scale;
};

struct audit_table {
	const struct plan_table *plan;
	const struct data_file *files; /* [plan->shards] */
	uint64_t rows;		       /* found */
	uint64_t retries, most; /* the receipts': rows drawn again; attempts at any one row, 0 where
				   none tells */
	bool done;
	uint32_t *written; /* columns of the files */
	uint32_t nwritten;
	uint64_t *nulls; /* by column, of what was written */
	uint64_t *rounded;
	struct rule *row_count, *form;		  /* form: rows that cannot be cut */
	struct rule **type, **length, **not_null; /* by column, NULL where nothing is said */
	struct audit_check *checks;
	uint32_t nchecks;
	struct audit_key *keys;
	struct audit_over *over;
	struct audit_fk *fks;
	uint32_t nfks;
	struct audit_computed *computed;
	uint32_t ncomputed;
	bool unproven; /* no receipt says of some file that it is what a generator wrote */
	struct profile profile;
	int birth;		  /* the column that tells when a row came to be, or -1 */
	uint64_t born_late;	  /* rows that came to be after the plan's today */
	struct event_pair *pairs; /* columns that tell of events in an order */
	uint32_t npairs;
};

struct audit {
	const struct rundir *run;
	const struct schema *schema;
	const struct plan *plan;
	struct arena *a;
	struct findings *findings;
	struct spill *pool;
	const struct pairs *pairs;	    /* texts are judged by them */
	struct audit_table *tables;	    /* [plan->ntables] */
	const struct audit_table **by_name; /* those whose rows are made, sorted ... */
	uint32_t nmade;			    /* ... this many */
	struct progress *progress;	    /* NULL: nobody looks */
};

/** audit_tables(u, e): a table of the audit for each of the plan's. */
int audit_tables(struct audit *u, struct err *e);

/** audit_prepare(u, e): their rules, from schema and plan, once their files are known: every
 *  constraint has one, whether or not the files can answer. */
int audit_prepare(struct audit *u, struct err *e);

/** audit_rows(u, t, e): read a table and ask all that needs no other table.  Of one whose rows
 *  are in the database, the key snapshot is read, for its children. */
int audit_rows(struct audit *u, struct audit_table *t, struct err *e);

/** audit_foreign(u, e): the foreign keys whose two tables have been read. */
int audit_foreign(struct audit *u, struct err *e);

void audit_free(struct audit *u);

#endif
