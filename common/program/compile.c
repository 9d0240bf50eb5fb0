/* SPDX-License-Identifier: MIT */
/*
 * The compiler. It turns a table of the plan into a program that makes its rows, or
 * reports why no program can. program_compile() runs the passes in a fixed order, each
 * of which reads what the ones before it have found: sets of unique columns,
 * checks, equations, generators, disjunctions, orders between columns, keys,
 * inputs, transforms, sample sets, and at the end the proofs, which say which
 * checks need not be evaluated. Every pass may report problems and go on, so that
 * plan-check lists all of them at once.
 */
#include "common/program/compile_equation.h"
#include "common/program/compile_written.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/rng.h"
#include "common/generators/gen_expr.h"
#include "common/generators/gen_memo.h"
#include "common/generators/genreg.h"
#include "common/generators/locale.h"
#include "common/relation/foreign.h"

/* ---- columns ------------------------------------------------------------------- */

/* A text that a transform will truncate may be drawn longer than the column
 * holds. */
static struct pg_base drawn_type(const struct plan_column *pc, struct pg_base declared)
{
	bool limited = declared.type->cls == PG_VARCHAR || declared.type->cls == PG_BPCHAR;

	for (uint32_t i = 0; limited && i < pc->ntransforms; i++) {
		const struct transform_op *op = transformreg_find(pc->transforms[i].id);

		if (op != NULL && op->shortens)
			declared.typmod = -1;
	}
	return declared;
}

/* What is known of a column before any pass has run. */
static void column_init(struct compiler *k, uint32_t c)
{
	const struct plan_column *pc = &k->b->t->columns[c];
	const struct pg_column *col = compiler_column(k, c);
	struct program_column *b = &k->b->columns[c];
	struct pg_base base = pg_base_of(col->type, col->typmod);

	b->source = pc->source;
	b->output = pc->source != PLAN_GENERATED && pc->source != PLAN_SERVER_DEFAULT;
	b->made = b->output;
	b->type = pg_vtype(base, &b->scale);
	b->out_type = b->type;
	b->null_key = compile_key_of(k, col->name, "null");
	b->gc = (struct gen_column){.schema = k->b->schema,
		.table = compiler_table(k),
		.column = col,
		.base = drawn_type(pc, base),
		.type = b->type,
		.scale = b->scale,
		.key = compile_key_of(k, col->name, "value"),
		.rows = k->b->t->rows,
		.table_rows = k->b->t->rows,
		.table_after = k->b->t->append ? k->b->t->after : 0,
		.table_key = compile_key_of(k, "", "record"),
		.locale = pc->locale,
		.data = k->data,
		.memo = k->b->plan->memo,
		.as_of = k->b->plan->as_of,
		.by_rule = pc->by_rule};
}

/* Lists of the plan's own.  With a memo they are unpacked once for all tables. */
static const struct locale_set *unpack_data(const struct plan *p, struct arena *a)
{
	return p->memo != NULL ? gen_memo_data(p->memo, p->data) : locale_unpack(p->data, a);
}

/* Memory for what is said of each column, and the foreign keys as the plan has
 * them. */
static int begin(struct compiler *k)
{
	struct table_program *b = k->b;
	uint32_t n = compiler_table(k)->ncolumns;

	b->columns = arena_array(k->a, n + 1UL, sizeof(b->columns[0]));
	b->order = arena_array(k->a, n + 1UL, sizeof(b->order[0]));
	b->fks = arena_array(k->a, b->t->nfks + 1UL, sizeof(b->fks[0]));
	k->alone = arena_array(k->a, n + 1UL, sizeof(bool));
	k->member = arena_array(k->a, n + 1UL, sizeof(bool));
	k->not_null = arena_array(k->a, n + 1UL, sizeof(bool));
	k->image_not_null = arena_array(k->a, n + 1UL, sizeof(bool));
	k->complemented = arena_array(k->a, n + 1UL, sizeof(bool));
	k->loose = arena_array(k->a, n + 1UL, sizeof(bool));
	k->counted = arena_array(k->a, n + 1UL, sizeof(bool));
	k->equiv = arena_array(k->a, n + 1UL, sizeof(k->equiv[0]));
	k->need = arena_array(k->a, n + 1UL, sizeof(uint64_t));
	if (b->columns == NULL || b->order == NULL || b->fks == NULL || k->alone == NULL ||
		k->member == NULL || k->not_null == NULL || k->need == NULL ||
		k->complemented == NULL || k->equiv == NULL || k->image_not_null == NULL ||
		k->loose == NULL || k->counted == NULL)
		return err_nomem(k->e);
	if (b->plan->data != NULL && (k->data = unpack_data(b->plan, k->a)) == NULL)
		return err_set(
			k->e, ERR_INPUT, "the plan's lists cannot be read: rerun plan-check");
	for (uint32_t c = 0; c < n; c++) {
		column_init(k, c);
		k->need[c] = b->t->rows;
	}
	for (uint32_t i = 0; i < b->t->nfks; i++)
		b->fks[i] = (struct program_fk){.how = b->t->fks[i].how,
			.completes = -1,
			.null_rate = b->t->fks[i].null_rate};
	k->scope = (struct sql_scope){
		.schema = b->schema, .table = b->t->table, .as_of = b->plan->as_of};
	return 0;
}

/* ---- generators ------------------------------------------------------------------- */

/* What stops a generator. It is prepared again without being unique, and then
 * without the checks; what makes it possible names the problem. If neither does,
 * its parameters or the column's type are to blame. */
static const char *why_not(struct compiler *k, uint32_t c)
{
	const struct plan_column *pc = &k->b->t->columns[c];
	const struct gen_op *op = genreg_find(pc->gen);
	struct sql_domain *dom = k->narrow.dom;
	struct gen g;
	struct err e;
	int rc;

	if (op == NULL)
		return "unknown_generator_id";
	if (k->alone[c] && compile_generator(k, c, false, k->b->t->rows, &g, &e) == 0)
		return "key_space_too_small";
	k->narrow.dom = NULL;
	rc = compile_generator(k, c, false, k->b->t->rows, &g, &e);
	k->narrow.dom = dom;
	if (rc == 0)
		return "check_unsatisfiable";
	return pc->by_rule && (op->families & gen_family(k->b->columns[c].gc.base)) != 0
		       ? "invalid_generator_params"
		       : "generator_cannot";
}

/* A default range grows where its column must be distinct or its ranges must not
 * overlap. If the larger range is not possible, less is asked for. */
static int fitting(struct compiler *k, uint32_t c, struct gen *g, struct err *e)
{
	uint64_t need = k->alone[c] ? 0 : interval_need(k, c);

	if (need == 0)
		return compile_generator(k, c, k->alone[c], k->need[c], g, e);
	if (!k->b->columns[c].gc.disjoint && compile_generator(k, c, true, need, g, e) == 0)
		return 0;
	return compile_generator(k, c, false, need, g, e);
}

/* A column with transforms needs a generator whose values pass its checks after
 * them. */
static int generator(struct compiler *k, uint32_t c, struct gen *g, struct err *e)
{
	return compile_transformed(k, c) && k->narrow.dom != NULL
		       ? compile_written_generator(k, c, fitting, g, e)
		       : fitting(k, c, g, e);
}

/* A column of a key is to have distinct values.  What is derived from other columns, or what
 * transforms may make alike, is made as if it were of no key: it gets numbers (compile_suffix.c)
 * where nothing else makes the key distinct. */
static int of_key(struct compiler *k, uint32_t c, struct gen *g, struct err *e)
{
	const struct gen_op *op = genreg_find(k->b->t->columns[c].gen);
	struct sql_domain dom;
	struct err why = {.kind = ERR_NONE};
	struct gen other;
	int rc;

	k->loose[c] = op != NULL && op->derives && !op->exact && k->member[c] &&
		      k->b->columns[c].type == VT_TEXT;
	if (k->narrow.dom != NULL)
		dom = k->narrow.dom[c];
	rc = generator(k, c, g, e);
	if (k->loose[c] || !k->member[c] || !compile_transformed(k, c) ||
		(rc == -1 && e->kind != ERR_NO) || !compile_may_be_loose(k, c) ||
		(rc == 0 && compile_keeps_distinct(k, c, g)))
		return rc;
	k->loose[c] = true;
	if (k->narrow.dom != NULL)
		k->narrow.dom[c] = dom;
	if (generator(k, c, &other, &why) == 0) {
		*g = other;
		return 0;
	}
	k->loose[c] = false;
	if (why.kind != ERR_NO)
		*e = why;
	return rc;
}

/* Prepares the generators of all columns. A column that an equation computes
 * needs none. */
static int generators(struct compiler *k)
{
	for (uint32_t c = 0; c < compiler_table(k)->ncolumns; c++) {
		struct program_column *b = &k->b->columns[c];
		struct err e = {.kind = ERR_NONE};

		if (b->source != PLAN_GENERATOR)
			continue;
		if (of_key(k, c, &b->gen, &e) == 0) {
			b->pii = b->gen.op->pii != NULL ? b->gen.op->pii : b->gen.pii;
			continue;
		}
		b->gen.op = NULL;
		if (e.kind == ERR_TEMP) {
			*k->e = e;
			return -1;
		}
		if (compile_equation_of(k, c) != NULL)
			continue; /* its own generator would only be a second best */
		if (compile_problem(k, e.code != NULL ? e.code : why_not(k, c), false,
			    compiler_column(k, c), NULL, "%s", e.msg) == -1)
			return -1;
	}
	return 0;
}

/* A stored generated column has values here if its expression is covered;
 * otherwise only the server knows them, and what reads the column reports it. */
static int computed(struct compiler *k)
{
	for (uint32_t c = 0; c < compiler_table(k)->ncolumns; c++) {
		struct program_column *b = &k->b->columns[c];
		struct err why = {.kind = ERR_NONE};

		if (b->source != PLAN_GENERATED || compiler_column(k, c)->generated == NULL)
			continue;
		b->made = gen_prepare(&b->gen, &gen_computed, &b->gc, NULL, k->a, &why) == 0;
		if (b->made)
			continue;
		b->gen = (struct gen){.op = NULL};
		if (why.kind == ERR_TEMP) {
			*k->e = why;
			return -1;
		}
	}
	return 0;
}

/* ---- NULLs ---------------------------------------------------------------------------- */

/* IS NOT DISTINCT FROM in an equation says where the column is NULL, too. */
static bool same_nulls(const struct compiler *k, uint32_t c)
{
	const struct compile_equation *q = compile_equation_of(k, c);

	return q != NULL && q->q.same_nulls;
}

/* Whether the column, a key or a check lets no row be NULL there. */
static bool never_null(const struct compiler *k, uint32_t c)
{
	return pg_column_not_null(compiler_column(k, c)) || k->not_null[c] ||
	       (k->narrow.dom != NULL && k->narrow.dom[c].must_not_null);
}

/* The share of NULLs of each column: the plan's rate, which has those of transforms in
 * it, unless checks or keys force or forbid NULLs. A foreign key with a
 * column that is NOT NULL has none, except where the plan asks for keys that are
 * NULL in part. */
static void nulls(struct compiler *k)
{
	for (uint32_t c = 0; c < compiler_table(k)->ncolumns; c++) {
		struct program_column *b = &k->b->columns[c];
		const struct sql_domain *dom = k->narrow.dom != NULL ? &k->narrow.dom[c] : NULL;

		b->null_below = 0; /* its combinations say where it is NULL, its expression ... */
		if (b->pool != NULL || b->source == PLAN_GENERATED || same_nulls(k, c))
			continue;
		b->null_below = rng_share(k->b->t->columns[c].null_rate);
		if (dom != NULL && dom->must_null)
			b->null_below = UINT64_MAX;
		if (never_null(k, c))
			b->null_below = 0;
	}
	for (uint32_t f = 0; f < k->b->t->nfks; f++) {
		const struct pg_constraint *con = &compiler_table(k)->cons[k->b->t->fks[f].con];

		for (uint32_t i = 0; k->b->t->fks[f].partial_nulls <= 0 && i < con->ncols; i++)
			if (k->b->columns[con->cols[i]].source == PLAN_FOREIGN &&
				k->b->t->columns[con->cols[i]].fk == f && /* else its base's */
				never_null(k, con->cols[i])) {
				k->b->fks[f].null_rate = 0;
				k->b->fks[f].own_roots = true;
			}
	}
}

/* Runs the passes, and then what needs all of them: sample sets are tied, NULLs
 * settled, checks verified by samples, branches weighted, operations assembled.
 * A table with problems is refused after all passes have had their say. */
int program_compile(struct table_program **out, const struct plan *plan, const struct plan_table *t,
	const struct schema *schema, const struct compile_report *report, struct arena *a,
	struct err *e)
{
	static int (*const steps[])(struct compiler * k) = {begin, compile_sets, computed,
		compile_checks, compile_release_nulls, compile_equations, compile_written,
		compile_key_branches, generators, compile_settle_equations, compile_written_ways,
		compile_disjunctions, compile_orders, compile_keys, compile_inputs,
		compile_transforms, compile_suffixes, compile_sample_sets, compile_proofs};
	struct compiler k = {.b = arena_alloc(a, sizeof(*k.b)), .report = report, .a = a, .e = e};

	*out = NULL;
	if (k.b == NULL)
		return err_nomem(e);
	*k.b = (struct table_program){.plan = plan, .t = t, .schema = schema};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i](&k) == -1)
			return -1;
	compile_tie_sample_sets(&k);
	nulls(&k);
	if (compile_verify(&k) == -1)
		return -1;
	if (compile_partials(&k) == -1)
		return -1;
	compile_branch_weights(&k);
	if (arena_failed(a))
		return err_nomem(e);
	if (k.refused)
		return 1;
	if (program_climbs(k.b, a, e) == -1)
		return -1;
	if (program_assemble(k.b, a) == -1 || arena_failed(a))
		return err_nomem(e);
	*out = k.b;
	return 0;
}
