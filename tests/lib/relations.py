"""A plan for tests/fixtures/zoo_relations.sql.

usage: relations.py ROWS [SEED]     ROWS of rel.parent; children in proportion
"""
import json
import sys

N = int(sys.argv[1])
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 7


def target(table, rows=None, schema="rel"):
    t = {"schema": schema, "table": table}
    if rows is not None:
        t["rows"] = rows
    return t


def rel(table, columns=("parent_id",), schema="rel", **more):
    return {"type": "relationship", "schema": schema, "table": table, "columns": list(columns), **more}


def holds(table):
    """left_on is NULL wherever it may be"""
    return {"type": "column_generator", "schema": "rel", "table": table, "column": "left_on",
            "generator": "primitive.date", "transforms": [{"transform": "transform.null_rate", "params": {"rate": 1}}]}


plan = {
    "plan_version": "0.3",
    "seed": SEED,
    "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
    "global": {"locale": "en_US", "as_of": "2026-11-22"},
    "targets": [
        target("parent", N),
        target("fan_uniform", N * 5), target("fan_zipf", N * 5), target("fan_weighted"),
        target("fan_exact"), target("fan_nulls"), target("fan_shuffled"),
        target("pick_zipf", N * 5), target("pick_cover", N * 3),
        target("pick_weighted", N * 5), target("pick_some", N * 5), target("pick_round", N * 2),
        target("led_zipf", N * 5), target("led_weighted", N * 5), target("led_cover", N * 3),
        target("part", N * 3), target("owned", N * 3), target("loose", N * 3),
        target("by_code", N), target("Child", N, "rel other"), target("not_valid", N),
        target("subtype", N // 2, "rel other"), target("passport", N // 2),
        target("tag", 20), target("tagged", N * 2), target("maybe_tagged", N * 2), target("main_of_tag", N * 2),
        target("tree", N * 2), target("bounded", N * 2), target("own_root", N),
        target("heir", N * 2), target("heir_bounded", N * 2), target("post", N * 3),
        target("chain", N), target("model", N), target("image", N * 2), target("hen", N), target("egg", N),
        target("ring_a", N), target("ring_b", N), target("ring_c", N * 2),
        target("five_a", N * 2), target("five_b", N), target("five_c", N), target("five_d", N), target("five_e", N * 2),
        target("filtered", N * 3), target("counted", N),
        target("tenant", max(3, N // 10)), target("customer", N), target("product", max(2, N // 10)),
        target("orders", N * 4), target("visit", N * 2),
        target("role", N), target("project", N), target("granted", N * 2), target("staffed", N * 5), target("labelled", N * 2),
        target("badge", N // 2), target("task", N * 3), target("room", N * 2), target("desk", N * 3),
        target("office", N), target("clerk", N * 3),
        target("node", N * 3), target("deputy", N * 3), target("main_order", N * 3), target("of_unit", N * 5), target("next", N * 3), target("after", N * 3), target("unit", N * 3),
        target("place", N), target("match_full", N * 2), target("match_full_three", N * 2),
        target("match_simple", N * 2), target("match_some", N * 2),
        target("part_any", N * 5), target("part_some", N * 5), target("cell", N), target("part_three"),
        target("part_single", N), target("part_sale", N * 5), target("part_checked", N * 5),
        target("twice", N), target("by_list", N), target("by_range", N * 3), target("by_hash", N), target("by_two", N * 2),
        target("by_default", N), target("of_parts", N * 2), target("thing", N), target("thing_more", N), target("of_thing", N * 2),
    ],
    "rules": [
        rel("fan_uniform", children_per_parent={"min": 1, "max": 9}),
        rel("fan_zipf", children_per_parent={"min": 1, "distribution": {"zipf": {"s": 1.2}}}),
        rel("fan_weighted", children_per_parent={"distribution": {"weighted": [1, 2, 5, 2]}}),
        rel("fan_exact", children_per_parent=4),
        rel("fan_nulls", children_per_parent={"min": 0, "max": 4}, null_rate=0.2),
        rel("fan_shuffled", children_per_parent={"min": 1, "max": 3}, null_rate=0.25, order="shuffled"),
        rel("pick_zipf", pick={"zipf": {"s": 1.1}}),
        rel("pick_weighted", pick={"weighted": {"by": "score"}}),
        rel("pick_some", pick={"weighted": {"by": "0.5 + score / 4.0"}}, where="region = 'N'", null_rate=0.5),
        rel("pick_cover", pick="uniform", cover=True),
        rel("pick_round", pick="round_robin"),
        rel("led_zipf", pick={"zipf": {"s": 1.1}}), holds("led_zipf"),
        rel("led_weighted", pick={"weighted": {"by": "score"}}), holds("led_weighted"),
        rel("led_cover", pick="zipf", cover=True, null_rate=0.5), holds("led_cover"),
        holds("heir"), rel("heir_bounded", roots=max(1, N // 10), max_depth=3), holds("heir_bounded"), holds("deputy"),
        holds("main_order"), holds("main_of_tag"), holds("of_unit"),
        rel("of_unit", ["tenant_id"], pick={"zipf": {"s": 0.5}}), rel("of_unit", ["unit_id"], same={"tenant_id": "tenant_id"}),
        rel("after", ["tenant_id", "customer_id"], children_per_parent={"min": 0, "max": 9}, order="shuffled"),
        rel("after", ["next_id", "tenant_id"], null_rate=0.2),
        rel("filtered", where="region IN ('N', 'S') AND NOT (id % 5 = 0)", null_rate=0.5),
        rel("counted", where="id <= %d" % (N // 2), children_per_parent={"min": 1, "max": 3}, order="shuffled"),
        rel("bounded", roots=max(1, N // 10), max_depth=3),
        rel("task", ["tenant_id", "project_id"], children_per_parent=3),
        rel("unit", ["above", "tenant_id"], roots=1, max_depth=2),
        rel("own_root", ["parent_code"], roots=0.25),
        rel("post", ["thread"], roots=max(2, N // 5), max_depth=1),
        rel("image", ["model_id"], children_per_parent=2),
        rel("match_full_three", ["a", "b", "c"], null_rate=0.25),
        rel("part_any", ["x", "y"], null_rate=0.4, partial_nulls=0.75),
        {"type": "column_generator", "schema": "rel", "table": "part_any", "column": "place_id", "generator": "derive.parent_value",
         "params": {"input_columns": ["x"], "parent_schema": "rel", "parent_table": "place", "parent_column": "id"}},
        rel("part_some", ["x", "y"], null_rate=0.3, pick={"zipf": {"s": 1.1}}),
        {"type": "column_generator", "schema": "rel", "table": "cell", "column": "kind", "generator": "primitive.shares",
         "params": {"choices": [{"value": "own", "weight": 1}, {"value": "let", "weight": 1}]}},
        rel("part_three", ["x", "y", "z"], null_rate=0.6, partial_nulls=0.9, where="kind = 'let'",
            children_per_parent={"min": 1, "max": 7}),
        rel("part_single", ["x", "y"], null_rate=0.5, partial_nulls=0.8),
        rel("part_sale", ["tenant_id", "customer_id"], null_rate=0.5),
        rel("part_checked", ["x", "y"], null_rate=0.5, partial_nulls=1),
        rel("tagged", children_per_parent={"min": 0, "max": 10}),
        rel("maybe_tagged", ["tag_id"], null_rate=0.4),
    ],
}
json.dump(plan, sys.stdout, indent=1)
