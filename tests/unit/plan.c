/* SPDX-License-Identifier: MIT */
#include "common/plan/plan.h"

#include <sys/stat.h>

#include "common/base/err.h"
#include "common/io/msgpack.h"
#include "tests/unit/check.h"
#include "tests/unit/how.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* ---- a schema of two tables, by hand ------------------------------------ */

static struct pg_type int4 = {.schema = "pg_catalog", .name = "int4", .cls = PG_INT4};
static struct pg_type text = {.schema = "pg_catalog", .name = "text", .cls = PG_TEXT};

static struct pg_column owner_columns[] = {
	{.name = "id", .position = 1, .type = &int4, .typmod = -1, .not_null = true},
	{.name = "name", .position = 2, .type = &text, .typmod = -1},
	{.name = "born", .position = 3, .type = &int4, .typmod = -1},
};
static struct pg_column pet_columns[] = {
	{.name = "owner_id", .position = 1, .type = &int4, .typmod = -1},
	{.name = "friend_id", .position = 2, .type = &int4, .typmod = -1},
	{.name = "name", .position = 3, .type = &text, .typmod = -1},
};

static uint32_t first[] = {0}, second[] = {1}, third[] = {2};
static const char *id_name[] = {"id"};

static struct pg_table tables[] = {
	{.schema = "zoo",
		.name = "owner",
		.kind = 'r',
		.columns = owner_columns,
		.ncolumns = 3,
		.index = 0},
	{.schema = "zoo",
		.name = "pet",
		.kind = 'r',
		.columns = pet_columns,
		.ncolumns = 3,
		.index = 1},
};
static struct pg_constraint pet_cons[] = {
	{.kind = PG_CON_FOREIGN,
		.name = "friend_fkey",
		.cols = second,
		.ncols = 1,
		.ref_schema = "zoo",
		.ref_table = "pet",
		.ref = &tables[1],
		.ref_names = id_name,
		.ref_cols = second},
	{.kind = PG_CON_FOREIGN,
		.name = "owner_fkey",
		.cols = first,
		.ncols = 1,
		.ref_schema = "zoo",
		.ref_table = "owner",
		.ref = &tables[0],
		.ref_names = id_name,
		.ref_cols = first},
	{.kind = PG_CON_FOREIGN,
		.name = "keeper_fkey",
		.cols = third,
		.ncols = 1,
		.ref_schema = "zoo",
		.ref_table = "owner",
		.ref = &tables[0],
		.ref_names = id_name,
		.ref_cols = first},
};
static struct schema zoo = {.tables = tables, .ntables = 2, .fingerprint = DIGEST};

/* ---- a plan for it ------------------------------------------------------ */

static msgpack_object word(const char *s)
{
	return (msgpack_object){
		.type = MSGPACK_OBJECT_STR, .via.str = {.size = (uint32_t)strlen(s), .ptr = s}};
}

static struct plan_column pet_plan[] = {
	{.source = PLAN_FOREIGN, .fk = 1, .null_rate = 0.1},
	{.source = PLAN_ALWAYS_NULL},
	{.source = PLAN_GENERATED},
};

static void make_body(struct buf *b)
{
	msgpack_object_kv kv[] = {{word("min"), word("x")}, {word("rate"), word("y")}};
	msgpack_object params = {.type = MSGPACK_OBJECT_MAP, .via.map = {.size = 2, .ptr = kv}};
	struct plan_transform transforms[] = {
		{"transform.casing", &params}, {"transform.mask", NULL}};
	struct plan_column owner[] = {
		{.source = PLAN_GENERATOR, .gen = "primitive.int", .locale = "pt_BR"},
		{.source = PLAN_GENERATOR,
			.gen = "primitive.text",
			.by_rule = true,
			.locale = "en_US",
			.params = &params,
			.null_rate = 0.125,
			.transforms = transforms,
			.ntransforms = 2},
		{.source = PLAN_SERVER_DEFAULT},
	};
	struct plan_tie tie = {.column = 0, .parent = 2};
	struct plan_fk fks[] = {{.con = 0, .how = how("null"), .parent = 1},
		{.con = 1, .how = how("balanced"), .parent = 0, .null_rate = 0.1},
		{.con = 2, .how = how("among"), .parent = 0, .base = 1, .same = &tie, .nsame = 1}};
	struct plan_inherited carry[] = {{"owner_fkey.born", 1, 2}, {"keeper_fkey.name", 2, 1}};
	uint32_t keep[] = {0, 2}, pet_keep[] = {2, 4};
	struct plan_table pt[] = {
		{.table = &tables[0],
			.rows = UINT64_C(1) << 40,
			.shards = 7,
			.columns = owner,
			.kept = keep,
			.nkept = 2,
			.auto_added = true,
			.digest = DIGEST},
		{.table = &tables[1],
			.rows = 3,
			.shards = 1,
			.level = 1,
			.columns = pet_plan,
			.fks = fks,
			.nfks = 3,
			.inherited = carry,
			.ninherited = 2,
			.kept = pet_keep,
			.nkept = 2,
			.policy = {[PLAN_POLICY_UNIQUE] = PLAN_WARN},
			.digest = DIGEST},
	};
	struct plan p = {.as_of = -1,
		.as_of_pinned = true,
		.strict = true,
		.locale = "pt_BR",
		.tables = pt,
		.ntables = 2,
		.schema_fingerprint = DIGEST};

	mp_map(b, 3);
	mp_kstr(b, "plan_version", "0.2");
	mp_kuint(b, "seed", UINT64_MAX);
	mp_str(b, "resolved");
	plan_pack(b, &p);
}

static void check_plan(const struct plan *p)
{
	const struct plan_table *owner = plan_table(p, "zoo", "owner"), *pet;
	const struct plan_column *name;

	CHECK_STR(p->version, "0.2");
	CHECK(p->seed == UINT64_MAX && p->as_of == -1 && p->as_of_pinned && p->strict);
	CHECK_STR(p->locale, "pt_BR");
	CHECK(p->ntables == 2 && plan_table(p, "zoo", "cage") == NULL);
	pet = plan_table(p, "zoo", "pet");
	if (owner == NULL || pet == NULL)
		return;
	CHECK(owner->table == &tables[0] && owner->rows == UINT64_C(1) << 40 && owner->shards == 7);
	CHECK(owner->auto_added && owner->level == 0 && pet->level == 1 && !pet->auto_added);
	CHECK(owner->nkept == 2 && owner->kept[0] == 0 && owner->kept[1] == 2);
	CHECK_STR(owner->digest, DIGEST);
	name = &owner->columns[1];
	CHECK(name->by_rule && name->null_rate == 0.125 && name->ntransforms == 2);
	CHECK_STR(name->gen, "primitive.text");
	CHECK_STR(name->locale, "en_US");
	CHECK(name->params != NULL && mp_get(name->params, "rate") != NULL);
	CHECK_STR(name->transforms[1].id, "transform.mask");
	CHECK(name->transforms[0].params != NULL && name->transforms[1].params == NULL);
	CHECK(owner->columns[2].source == PLAN_SERVER_DEFAULT);
	CHECK(pet->nfks == 3 && pet->fks[0].how.all_null);
	CHECK(how_follows(pet->fks[2].how) && pet->fks[2].base == 1);
	CHECK(pet->fks[2].nsame == 1 && pet->fks[2].same[0].column == 0);
	CHECK(pet->fks[2].nsame == 1 && pet->fks[2].same[0].parent == 2);
	CHECK(pet->ninherited == 2 && pet->inherited[0].fk == 1 && pet->inherited[0].column == 2);
	CHECK(pet->nkept == 2 && pet->kept[0] == 2 && pet->kept[1] == 4);
	CHECK_STR(plan_kept_name(pet, 4), "keeper_fkey.name");
	CHECK(plan_kept_column(p, pet, 3) == &owner_columns[2]);
	CHECK(plan_kept_at(p, pet, second, 1, 2) == 3);
	CHECK(plan_kept_at(p, pet, second, 1, 1) == UINT32_MAX); /* not carried by that key */
	CHECK(plan_kept_at(p, pet, first, 1, 1) == UINT32_MAX);
	CHECK(how_even(pet->fks[1].how) && pet->fks[1].parent == 0);
	CHECK(pet->columns[0].source == PLAN_FOREIGN && pet->columns[0].fk == 1);
	CHECK(pet->columns[0].null_rate == 0.1 && pet->columns[2].source == PLAN_GENERATED);
	CHECK(pet->policy[PLAN_POLICY_UNIQUE] == PLAN_WARN);
	CHECK(pet->policy[PLAN_POLICY_CHECK] == PLAN_ENFORCE);
}

/* ---- what can go wrong -------------------------------------------------- */

/* every bit of the body flipped in turn: an error or a plan, never anything else */
static void flip_bits(const struct buf *body)
{
	unsigned refused = 0;

	for (size_t i = 0; i < body->n * 8; i++) {
		struct arena a = ARENA_INIT;
		msgpack_zone *zone = msgpack_zone_new(4096);
		msgpack_object doc;
		struct err e = {0};
		struct plan p;

		body->p[i / 8] = (char)(body->p[i / 8] ^ (1 << (i % 8)));
		if (mp_check(body->p, body->n, &e) == -1 ||
			mp_parse(zone, body->p, body->n, &doc, &e) == -1 ||
			plan_from_doc(&p, &doc, &zoo, &a, &e) == -1)
			refused++;
		body->p[i / 8] = (char)(body->p[i / 8] ^ (1 << (i % 8)));
		msgpack_zone_free(zone);
		arena_free(&a);
	}
	CHECK(refused > body->n * 4);
}

static void check_file(const struct buf *body)
{
	struct arena a = ARENA_INIT;
	struct stat before, after;
	struct schema other = zoo;
	struct err e = {0};
	struct plan p;

	CHECK(plan_write("plan.msgpack", body, DIGEST, &e) == 0);
	CHECK(stat("plan.msgpack", &before) == 0);
	CHECK(plan_write("plan.msgpack", body, DIGEST, &e) == 0);
	CHECK(stat("plan.msgpack", &after) == 0 && before.st_ino == after.st_ino);
	CHECK(plan_read(&p, "plan.msgpack", &zoo, &a, &e) == 0);
	check_plan(&p);
	CHECK(strlen(p.digest) == 64);
	other.fingerprint[0] = 'f';
	CHECK(plan_read(&p, "plan.msgpack", &other, &a, &e) == -1);
	CHECK_STR(e.msg, "plan.msgpack: plan: made from another schema: rerun plan-check");
	CHECK(e.kind == ERR_INPUT);
	CHECK(plan_write("plan.msgpack", body, "00", &e) == 0);
	CHECK(stat("plan.msgpack", &after) == 0 && before.st_ino != after.st_ino);
	CHECK(plan_read(&p, "nothing.msgpack", &zoo, &a, &e) == -1);
	arena_free(&a);
}

/* the digest's input leaves out what decides no value */
static void check_identity(struct plan *p)
{
	struct buf one = BUF_INIT, two = BUF_INIT;

	plan_pack_table(&one, p, &p->tables[1]);
	p->tables[1].shards = 9;
	p->tables[1].level = 0;
	p->tables[1].auto_added = true;
	p->tables[1].columns[0].unique_by = "rank";
	p->tables[1].columns[0].unique_why = "another word for it";
	plan_pack_table(&two, p, &p->tables[1]);
	CHECK(one.n == two.n && memcmp(one.p, two.p, one.n) == 0);
	buf_clear(&two);
	p->tables[1].rows++;
	plan_pack_table(&two, p, &p->tables[1]);
	CHECK(one.n != two.n || memcmp(one.p, two.p, one.n) != 0);
	buf_free(&one);
	buf_free(&two);
}

/* A document of before there were laws: "mode", one word, in place of the four fields. */
static void check_modes(const msgpack_object *doc)
{
	static const char *const words[] = {"null", "balanced", "among"};
	struct arena a = ARENA_INIT;
	struct err e = {0};
	struct plan p;
	size_t tables_n, n;
	const msgpack_object *list = mp_get_array(mp_get(doc, "resolved"), "tables", &tables_n);

	CHECK(tables_n == 2);
	list = mp_get_array(&list[1], "foreign_keys", &n);
	CHECK(n == 3);
	for (size_t i = 0; i < n; i++)
		for (uint32_t m = 0; m < list[i].via.map.size; m++) {
			msgpack_object_kv *kv = &list[i].via.map.ptr[m];
			struct view key = {kv->key.via.str.ptr, kv->key.via.str.size};

			if (view_eq(key, view_of("law"))) {
				kv->key.via.str = (msgpack_object_str){4, "mode"};
				kv->val.via.str =
					(msgpack_object_str){(uint32_t)strlen(words[i]), words[i]};
			} else if (view_eq(key, view_of("ranked")) ||
				   view_eq(key, view_of("eligible")) ||
				   view_eq(key, view_of("all_null"))) {
				kv->key.via.str = (msgpack_object_str){4, "none"};
			}
		}
	CHECK(plan_from_doc(&p, doc, &zoo, &a, &e) == 0);
	check_plan(&p);
	for (uint32_t m = 0; m < list[1].via.map.size; m++) {
		msgpack_object_kv *kv = &list[1].via.map.ptr[m];

		if (view_eq((struct view){kv->key.via.str.ptr, kv->key.via.str.size},
			    view_of("mode")))
			kv->val.via.str = (msgpack_object_str){4, "ball"};
	}
	CHECK(plan_from_doc(&p, doc, &zoo, &a, &e) == -1 && e.kind == ERR_INPUT);
	CHECK(strstr(e.msg, "rerun plan-check") != NULL);
	arena_free(&a);
}

/* A transform would make of the parent's key something that no parent has. */
static void check_keys_are_not_transformed(const msgpack_object *doc)
{
	struct arena a = ARENA_INIT;
	struct err e = {0};
	struct plan p;
	size_t n;
	const msgpack_object *t = mp_get_array(mp_get(doc, "resolved"), "tables", &n), *c;
	const msgpack_object *transforms =
		mp_get(&mp_get_array(&t[0], "columns", &n)[1], "transforms");

	c = mp_get_array(&t[1], "columns", &n);
	for (uint32_t m = 0; m < c->via.map.size; m++) {
		msgpack_object_kv *kv = &c->via.map.ptr[m];

		if (view_eq((struct view){kv->key.via.str.ptr, kv->key.via.str.size},
			    view_of("null_rate"))) {
			kv->key = word("transforms");
			kv->val = *transforms;
		}
	}
	CHECK(plan_from_doc(&p, doc, &zoo, &a, &e) == -1 && e.kind == ERR_INPUT);
	CHECK(strstr(e.msg, "transforms of a column that follows a foreign key") != NULL);
	arena_free(&a);
}

int main(void)
{
	struct buf body = BUF_INIT;
	struct arena a = ARENA_INIT;
	msgpack_zone *zone = msgpack_zone_new(4096);
	msgpack_object doc;
	struct err e = {0};
	struct plan p;

	tables[1].cons = pet_cons;
	tables[1].ncons = 3;
	make_body(&body);
	CHECK(mp_parse(zone, body.p, body.n, &doc, &e) == 0);
	if (plan_from_doc(&p, &doc, &zoo, &a, &e) == -1) {
		fprintf(stderr, "%s\n", e.msg);
		return EXIT_FAILURE;
	}
	check_plan(&p);
	check_identity(&p);
	check_file(&body);
	flip_bits(&body);
	check_keys_are_not_transformed(&doc);
	msgpack_zone_free(zone);
	zone = msgpack_zone_new(4096);
	CHECK(mp_parse(zone, body.p, body.n, &doc, &e) == 0);
	check_modes(&doc);
	msgpack_zone_free(zone);
	arena_free(&a);
	buf_free(&body);
	return check_done();
}
