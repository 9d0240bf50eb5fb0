"""One plan for every code: each case changes a valid plan and says what must be found.

usage: cases.py RUN [NAME]     RUN has a schema.msgpack of the CRM fixture and odd.sql
"""
import copy
import json
import subprocess
import sys

BASE = {
    "plan_version": "0.2",
    "seed": 42,
    "schema_ref": {"schema_version": "0.2", "engine": "postgres", "schema_fingerprint": None},
    "global": {"locale": "pt_BR", "as_of": "2026-11-22"},
    "targets": [
        {"schema": "crm", "table": "contatos", "rows": 20},
        {"schema": "crm", "table": "empresas", "rows": 10},
    ],
    "rules": [],
}

E, W = "error", "warning"


def rule(table, column, generator, schema="crm", **more):
    return {"type": "column_generator", "schema": schema, "table": table, "column": column,
            "generator": generator, **more}


def policy(kind="check", mode="warn", table="empresas", schema="crm"):
    return {"type": "constraint_policy", "schema": schema, "table": table, "constraint": kind, "mode": mode}


def strategy(mode="disable", table="contatos", schema="crm"):
    return {"type": "foreign_key_strategy", "schema": schema, "table": table, "mode": mode}


def target(table, rows=10, schema="odd"):
    return {"schema": schema, "table": table, "rows": rows}


def at(path, value):
    """the plan with one member changed; DEL removes it"""
    def change(plan):
        *way, last = path
        for k in way:
            plan = plan[k]
        if value is DEL:
            del plan[last]
        elif isinstance(plan, list) and last == len(plan):
            plan.append(value)
        else:
            plan[last] = value
    return change


DEL = object()


def rules(*list_, targets=None, **top):
    def change(plan):
        plan["rules"] = list(list_)
        if targets is not None:
            plan["targets"] = targets
        plan.update(top)
    return change


def targets(*list_):
    return at(["targets"], list(list_))


def unsupported(**ref):
    return at(["rules_unsupported"], [{"description": "d", "reason": "r", "reference": ref}])


FK = dict(parent_schema="crm", parent_table="empresas", parent_column="nome_fantasia")
PV = {"input_columns": ["empresa_id"], **FK}
NULLS = {"transform": "transform.null_rate", "params": {"rate": 0.5}}

def rel(table="contatos", columns=("empresa_id",), **more):
    return {"type": "relationship", "schema": "crm", "table": table, "columns": list(columns), **more}


def rels(*list_, **sizes):
    """a plan 0.3 with these rules; sizes by table"""
    some = [target(t, n, "crm") for t, n in (sizes or {"contatos": 20, "empresas": 10}).items()]
    return rules(*list_, targets=[{k: v for k, v in t.items() if v is not None} for t in some], plan_version="0.3")


CASES = {
    # structure
    "no rows": (at(["targets", 0, "rows"], DEL), [(E, "schema_violation", "/targets/0")]),
    "no seed": (at(["seed"], DEL), [(E, "schema_violation", "/")]),
    "negative rows": (at(["targets", 1, "rows"], -1), [(E, "schema_violation", "/targets/1/rows")]),
    "negative seed": (at(["seed"], -1), [(E, "schema_violation", "/seed")]),
    "rows with a half": (at(["targets", 0, "rows"], 50.5), [(E, "schema_violation", "/targets/0/rows")]),
    "rows 50.0": (at(["targets", 0, "rows"], 50.0), [(E, "invalid_plan_json", "/")]),
    "batch_size beyond 32 bits": (at(["targets", 0, "strategy"], {"batch_size": 2**32}),
                                  [(E, "invalid_plan_json", "/")]),
    "insert_order": (at(["targets", 0, "strategy"], {"insert_order": "random"}),
                     [(E, "schema_violation", "/targets/0/strategy/insert_order")]),
    "generator a number": (rules(rule("contatos", "nome", 7)), [(E, "schema_violation", "/rules/0")]),
    "generator without id": (rules(rule("contatos", "nome", {})), [(E, "schema_violation", "/rules/0")]),
    "unknown rule type": (rules({"type": "magic"}), [(E, "schema_violation", "/rules/0")]),
    "unknown policy mode": (rules(policy(mode="maybe")), [(E, "schema_violation", "/rules/0")]),
    "unknown constraint": (rules(policy(kind="luck")), [(E, "schema_violation", "/rules/0")]),
    "unknown fk mode": (rules(strategy("maybe")), [(E, "schema_violation", "/rules/0")]),
    "transforms null": (rules(rule("contatos", "nome", "primitive.text", transforms=None)),
                        [(E, "schema_violation", "/rules/0")]),
    "rules_unsupported null": (at(["rules_unsupported"], None), [(E, "schema_violation", "/rules_unsupported")]),
    "all violations": (rules(rule("contatos", 3, "x"), {"type": "magic"}, targets=[{}]),
                       [(E, "schema_violation", "/targets/0")] * 3 + [(E, "schema_violation", "/rules/0"),
                                                                     (E, "schema_violation", "/rules/1")]),
    "as_of not a date": (at(["global", "as_of"], "2026-02-30"), [(E, "schema_violation", "/global/as_of")]),
    "version": (at(["plan_version"], "9.9"), [(E, "unsupported_plan_version", "/plan_version")]),
    "unknown key": (at(["targets", 0, "rowz"], 1), [(W, "unknown_key", "/targets/0/rowz")]),
    "unknown key in 0.3": (lambda p: p.update(plan_version="0.3", **{"a/b~c": 1}),
                           [(E, "unknown_key", "/a~1b~0c")]),
    "comment": (at(["targets", 0, "comment"], "any"), []),
    # schema_ref
    "engine": (at(["schema_ref", "engine"], "sqlite"), [(E, "engine_mismatch", "/schema_ref/engine")]),
    "schema version": (at(["schema_ref", "schema_version"], "0.1"),
                       [(E, "schema_version_mismatch", "/schema_ref/schema_version")]),
    "fingerprint": (at(["schema_ref", "schema_fingerprint"], "00"),
                    [(E, "schema_fingerprint_mismatch", "/schema_ref/schema_fingerprint")]),
    "no fingerprint": (at(["schema_ref", "schema_fingerprint"], DEL),
                       [(W, "schema_fingerprint_not_set", "/schema_ref")]),
    # targets
    "no targets": (targets(), [(E, "targets_empty", "/targets")]),
    "zero rows": (at(["targets", 0, "rows"], 0), [(E, "rows_zero", "/targets/0/rows")]),
    "unknown schema": (at(["targets", 0, "schema"], "cmr"), [(E, "unknown_schema", "/targets/0/schema")]),
    "unknown table": (at(["targets", 0, "table"], "Contatos"), [(E, "unknown_table", "/targets/0/table")]),
    "twice": (at(["targets", 2], target("contatos", 5, "crm")), [(E, "duplicate_target", "/targets/2")]),
    "unknown twice": (targets(target("x", 1, "crm"), target("x", 1, "crm")),
                      [(E, "unknown_table", "/targets/0/table"), (E, "unknown_table", "/targets/1/table"),
                       (E, "duplicate_target", "/targets/1")]),
    "a view": (targets(target("adults")), [(E, "target_not_fillable", "/targets/0/table")]),
    "no partitions": (targets(target("parts")), [(E, "target_not_fillable", "/targets/0/table")]),
    # column rules, in order, with stops
    "rule table": (rules(rule("nada", "nome", "x")), [(E, "unknown_column_target", "/rules/0/table")]),
    "rule column": (rules(rule("contatos", "nada", "x")), [(E, "unknown_column", "/rules/0/column")]),
    "inputs not an array": (rules(rule("contatos", "email", "derive.email_from_name",
                                       params={"input_columns": "nome"})),
                            [(E, "invalid_input_columns", "/rules/0/params/input_columns")]),
    "input not a string": (rules(rule("contatos", "email", {"id": "derive.email_from_name",
                                                            "params": {"input_columns": ["nome", 1]}})),
                           [(E, "invalid_input_columns", "/rules/0/generator/params/input_columns/1")]),
    "input unknown": (rules(rule("contatos", "email", "derive.email_from_name",
                                 params={"input_columns": ["NOME"]})),
                      [(E, "unknown_input_column", "/rules/0/params/input_columns/0")]),
    "parent without params": (rules(rule("contatos", "cargo", "derive.parent_value")),
                              [(E, "missing_parent_reference", "/rules/0/params")]),
    "parent without table": (rules(rule("contatos", "cargo", "derive.parent_value",
                                        params={"parent_schema": "crm", "input_columns": ["empresa_id"]})),
                             [(E, "missing_parent_reference", "/rules/0/params/parent_table")]),
    "unknown parent schema": (rules(rule("contatos", "cargo", "derive.parent_value",
                                         params=PV | {"parent_schema": "x"})),
                              [(E, "unknown_parent_reference", "/rules/0/params/parent_schema")]),
    "unknown parent table": (rules(rule("contatos", "cargo", {"id": "derive.parent_value",
                                                              "params": PV | {"parent_table": "x"}})),
                             [(E, "unknown_parent_reference", "/rules/0/params/parent_table")]),
    "unknown parent column": (rules(rule("contatos", "cargo", "derive.parent_value",
                                         params=PV | {"parent_column": "x"})),
                              [(E, "unknown_parent_reference", "/rules/0/params/parent_column")]),
    "empty id": (rules(rule("contatos", "nome", "  ")), [(E, "empty_generator_id", "/rules/0/generator")]),
    "params a list": (rules(rule("contatos", "nome", "primitive.text", params=[])),
                      [(E, "invalid_generator_params", "/rules/0/params")]),
    "params null": (rules(rule("contatos", "nome", "primitive.text", params=None)), []),
    "two generators": (rules(rule("contatos", "nome", "primitive.text"), rule("contatos", "nome", "semantic.br.name")),
                       [(E, "duplicate_generator_rule", "/rules/1")]),
    "the same twice": (rules(rule("contatos", "nome", "primitive.text", params={"max_len": 5}),
                             rule("contatos", "nome", "primitive.text", params={"max_len": 9})), []),
    "nameless transform": (rules(rule("contatos", "nome", "primitive.text", transforms=[{"transform": " "}])),
                           [(E, "transform_empty_id", "/rules/0/transforms/0/transform")]),
    "transform twice": (rules(rule("contatos", "cargo", "primitive.text", transforms=[NULLS, NULLS])),
                        [(W, "duplicate_transform", "/rules/0/transforms/1/transform")]),
    # policies and strategies
    "policy table": (rules(policy(table="x")), [(E, "unknown_constraint_target", "/rules/0/table")]),
    "two policies": (rules(policy(), policy(mode="ignore")), [(E, "duplicate_constraint_policy", "/rules/1")]),
    "nothing to relax": (rules(policy("foreign_key")), [(W, "constraint_not_found", "/rules/0")]),
    "strategy table": (rules(strategy(table="x")), [(E, "unknown_fk_target", "/rules/0/table")]),
    "two strategies": (rules(strategy("respect"), strategy()), [(E, "duplicate_fk_strategy", "/rules/1")]),
    "strategy for nothing": (rules(strategy("respect", "empresas")), [(W, "fk_strategy_without_fk", "/rules/0")]),
    "disabled": (rules(strategy()), [(W, "fk_disable_without_flag", "/rules/0")]),
    "disabled on purpose": (rules(strategy(), options={"allow_fk_disable": True}), []),
    # rules_unsupported
    "note on a schema": (unsupported(schema="x", table="y"),
                         [(W, "unsupported_unknown_schema", "/rules_unsupported/0/reference/schema")]),
    "note on a table": (unsupported(schema="crm", table="y"),
                        [(W, "unsupported_unknown_table", "/rules_unsupported/0/reference/table")]),
    "note on a column": (unsupported(schema="crm", table="leads", column="y"),
                         [(W, "unsupported_unknown_column", "/rules_unsupported/0/reference/column")]),
    # what the earlier tool did not look at
    "generator that a type has by itself": (rules(rule("contatos", "nome", "native.json")),
                                            [(E, "unknown_generator_id", "/rules/0/generator")]),
    "unknown generator": (rules(rule("contatos", "nome", "semantic.br.nme")),
                          [(E, "unknown_generator_id", "/rules/0/generator")]),
    "generator of another tool": (rules(rule("contatos", "nome", "faker.name.raw.FirstName")), []),
    "unknown transform": (rules(rule("contatos", "nome", "primitive.text", transforms=[{"transform": "shout"}])),
                          [(E, "unknown_transform_id", "/rules/0/transforms/0/transform")]),
    "unknown locale of a rule": (rules(rule("contatos", "nome", {"id": "faker.name.raw.FirstName", "locale": "xx"})),
                                 [(E, "unknown_locale", "/rules/0/generator/locale")]),
    "locale nobody needs": (rules(rule("contatos", "nome", {"id": "primitive.text", "locale": "xx"})),
                            [(E, "unknown_locale", "/rules/0/generator/locale")]),
    "locale that changes nothing": (rules(rule("contatos", "nome", {"id": "primitive.text", "locale": "en_US"})),
                                    [(W, "locale_without_effect", "/rules/0/generator/locale")]),
    "locale of another country": (rules(rule("contatos", "nome", {"id": "semantic.br.name", "locale": "en_US"})),
                                  [(W, "locale_without_effect", "/rules/0/generator/locale")]),
    "locale of the country": (rules(rule("contatos", "nome", {"id": "semantic.br.name", "locale": "pt_BR"})), []),
    "locale without a rule": (rules(**{"global": {"locale": "pt_PT", "as_of": "2026-11-22"}}),
                              [(E, "unknown_locale", "/global/locale")]),
    "unknown global locale": (rules(rule("contatos", "nome", "primitive.text"),
                                    rule("contatos", "cargo", "primitive.text"),
                                    **{"global": {"locale": "xx", "as_of": "2026-11-22"}}),
                              [(E, "unknown_locale", "/global/locale")]),
    "parameter of another kind": (rules(rule("leads", "score", "primitive.int", params={"min": "a"})),
                                  [(E, "invalid_generator_params", "/rules/0/params/min"),
                                   (W, "rule_without_target", "/rules/0")]),
    "unknown parameter": (rules(rule("contatos", "nome", {"id": "primitive.text", "params": {"size": 3}})),
                          [(E, "invalid_generator_params", "/rules/0/generator/params/size")]),
    "unknown parameter, leniently": (rules(rule("contatos", "nome", "semantic.br.name", params={"size": 3})),
                                     [(W, "invalid_generator_params", "/rules/0/params/size")]),
    "unknown parameter, 0.3": (rules(rule("contatos", "nome", "semantic.br.name", params={"size": 3}),
                                     plan_version="0.3"),
                               [(E, "invalid_generator_params", "/rules/0/params/size")]),
    "required parameter": (rules(rule("contatos", "nome", "primitive.text.pattern")),
                           [(E, "invalid_generator_params", "/rules/0/params/pattern")]),
    "transform parameter": (rules(rule("contatos", "nome", "primitive.text",
                                       transforms=[{"transform": "transform.truncate", "params": {"max_len": "x"}}])),
                            [(E, "invalid_transform_params", "/rules/0/transforms/0/params/max_len")]),
    "rate beyond 1": (rules(rule("contatos", "cargo", "primitive.text",
                                 transforms=[{"transform": "transform.null_rate", "params": {"rate": 2}}])),
                      [(E, "invalid_transform_params", "/rules/0/transforms/0/params/rate")]),
    "wrong type": (rules(rule("contatos", "data_nascimento", "primitive.int")),
                   [(E, "incompatible_generator", "/rules/0")]),
    "NULL in NOT NULL": (rules(rule("contatos", "nome", "primitive.text", transforms=[NULLS])),
                         [(E, "null_rate_on_not_null", "/rules/0/transforms/0/params/rate")]),
    "cycle": (rules(rule("listas_precos", "data_inicio", "derive.end_after_start",
                         params={"input_columns": ["data_fim"]}),
                    rule("listas_precos", "data_fim", "derive.end_after_start",
                         params={"input_columns": ["data_inicio"]}),
                    targets=[target("listas_precos", 5, "crm")]),
              [(E, "derive_cycle", "/rules/0")]),
    "reads itself": (rules(rule("listas_precos", "data_fim", "derive.end_after_start",
                                params={"input_columns": ["data_fim"]}),
                           targets=[target("listas_precos", 5, "crm")]),
                     [(E, "derive_cycle", "/rules/0")]),
    "derive.fk elsewhere": (rules(rule("contatos", "nome", "derive.fk")),
                            [(E, "derive_fk_without_fk", "/rules/0")]),
    "no way to the parent": (rules(rule("contatos", "cargo", "derive.parent_value",
                                        params=PV | {"input_columns": ["nome"]})),
                             [(E, "parent_not_reachable", "/rules/0/params/input_columns/0")]),
    "parent cut off": (rules(rule("contatos", "cargo", "derive.parent_value", params=PV), strategy(),
                             options={"allow_fk_disable": True}),
                       [(E, "parent_not_reachable", "/rules/0/params/input_columns/0")]),
    "parent not a date": (rules(rule("contatos", "data_criacao", "derive.after_parent",
                                     params={"input_columns": ["empresa_id"], "parent_column": "nome_fantasia"})),
                          [(E, "incompatible_parent_column", "/rules/0/params/parent_column")]),
    "after a parent's nothing": (rules(rule("contatos", "data_criacao", "derive.after_parent",
                                            params={"input_columns": ["empresa_id"], "parent_column": "x"})),
                                 [(E, "unknown_parent_reference", "/rules/0/params/parent_column")]),
    "rule on a key": (rules(rule("contatos", "empresa_id", "primitive.uuid")),
                      [(W, "fk_rule_may_break", "/rules/0")]),
    "derive.fk made something else": (rules(rule("contatos", "empresa_id", "derive.fk",
                                                 transforms=[{"transform": "transform.mask",
                                                              "params": {"mode": "hash"}}])),
                                      [(E, "transform_breaks_fk", "/rules/0/transforms/0")]),
    "two rules for one key": (rules(rule("tickets", "user_id", "derive.fk", "odd"),
                                    rule("tickets", "tenant_id", "primitive.int", "odd"),
                                    targets=[target("tickets")]),
                              [(E, "fk_rule_conflict", "/rules/1")]),
    "generated column": (rules(rule("people", "shouted", "primitive.text", "odd"), targets=[target("people")]),
                         [(E, "rule_on_generated_column", "/rules/0"), (W, "fk_parent_outside", "/targets/0")]),
    "idle rule": (rules(rule("leads", "score", "primitive.int", params={"max": 100})),
                  [(W, "rule_without_target", "/rules/0")]),
    # relationships
    "more than one to one": (targets(target("tarefas", 30, "crm"), target("atividades", 20, "crm")),
                             [(E, "one_to_one_too_few_parents", "/targets/0/rows")]),
    "a cycle to cut": (targets(target("members")), []),
    "a cycle": (targets(target("hens")), []),
    "a cycle of the keys themselves": (targets(target("yin"), target("yang")), [(E, "fk_cycle", "/targets/1")]),
    "overlap": (targets(target("docs", 50)), []),
    "overlap by chance": (targets(target("docs")), [(E, "fk_group_empty", "/targets/0")]),
    "unknown type": (targets(target("states")), [(E, "unsupported_column_type", "/targets/0")]),
    "unknown types with a way out": (targets(target("soft_states")),
                                     [(W, "column_always_null", "/targets/0"),
                                      (W, "column_server_default", "/targets/0")]),
    "what the server computes": (targets(target("uses_computed"), target("computed")), []),
    "children": (rels(rel(children_per_parent={"min": 1, "max": 3})), []),
    "children give the rows": (rels(rel(children_per_parent=3), contatos=None, empresas=10), []),
    "nothing gives the rows": (rels(contatos=None, empresas=10), [(E, "rows_missing", "/targets/0")]),
    "not zipf either": (rels(rel(children_per_parent={"distribution": "zipf"}), contatos=None, empresas=10),
                        [(E, "rows_missing", "/targets/0")]),
    "a relationship in 0.2": (rules(rel(children_per_parent=2)), [(E, "schema_violation", "/rules/0")]),
    "too few rows to share": (rels(rel(children_per_parent={"min": 3, "max": 9})),
                              [(E, "fan_out_impossible", "/rules/0")]),
    "too many rows to share": (rels(rel(children_per_parent={"min": 0, "max": 1})),
                               [(E, "fan_out_impossible", "/rules/0")]),
    "cannot cover": (rels(rel(pick="uniform", cover=True), contatos=9, empresas=10),
                     [(E, "fan_out_impossible", "/rules/0")]),
    "no such key": (rels(rel(columns=["nome"], children_per_parent=2)),
                    [(E, "relationship_without_fk", "/rules/0/columns")]),
    "which key": (rels({**rel(), "constraint": "x"}), [(E, "invalid_relationship", "/rules/0/columns")]),
    "two rules for a key": (rels(rel(children_per_parent=2), rel(pick="uniform")),
                            [(E, "duplicate_relationship", "/rules/1")]),
    "a rule for a column of it": (rels(rel(children_per_parent=2), rule("contatos", "empresa_id", "derive.fk")),
                                  [(E, "fk_rule_conflict", "/rules/0")]),
    "children and pick": (rels(rel(children_per_parent=2, pick="uniform")),
                          [(E, "invalid_relationship", "/rules/0/pick")]),
    "max below min": (rels(rel(children_per_parent={"min": 3, "max": 2})),
                      [(E, "invalid_relationship", "/rules/0/children_per_parent")]),
    "half a child": (rels(rel(children_per_parent=1.5)),
                     [(E, "invalid_relationship", "/rules/0/children_per_parent")]),
    "no weights": (rels(rel(children_per_parent={"distribution": {"weighted": [0, 0]}})),
                   [(E, "invalid_relationship", "/rules/0/children_per_parent")]),
    "weights beyond max": (rels(rel(children_per_parent={"max": 1, "distribution": {"weighted": [1, 2, 3]}})),
                           [(E, "invalid_relationship", "/rules/0/children_per_parent")]),
    "normal": (rels(rel(children_per_parent={"distribution": "normal"})),
               [(E, "invalid_relationship", "/rules/0/children_per_parent")]),
    "minimum": (rels(rel(children_per_parent={"minimum": 1})),
                [(E, "unknown_key", "/rules/0/children_per_parent/minimum")]),
    "pick what": (rels(rel(pick="any")), [(E, "invalid_relationship", "/rules/0/pick")]),
    "zipf 0": (rels(rel(pick={"zipf": {"s": 0}})), [(E, "invalid_relationship", "/rules/0/pick")]),
    "NULL where it may not be": (rels(rel(null_rate=0.1)), [(E, "null_rate_on_not_null", "/rules/0/null_rate")]),
    "where": (rels(rel(where="nome_fantasia LIKE 'A%' OR data_criacao > '2020-01-01'")), []),
    "where of no column": (rels(rel(where="nome = 'x'")), [(E, "where_unsupported", "/rules/0/where")]),
    "where of no condition": (rels(rel(where="nome_fantasia")), [(E, "where_unsupported", "/rules/0/where")]),
    "weighted": (rels(rel(pick={"weighted": {"by": "length(nome_fantasia)"}})), []),
    "weighted by what": (rels(rel(pick={"weighted": "length(nome_fantasia)"})),
                         [(E, "invalid_relationship", "/rules/0/pick")]),
    "weighted by no column": (rels(rel(pick={"weighted": {"by": "nome + 1"}})),
                              [(E, "weight_unsupported", "/rules/0/pick/weighted/by")]),
    "weighted by no number": (rels(rel(pick={"weighted": {"by": "nome_fantasia"}})),
                              [(E, "weight_unsupported", "/rules/0/pick/weighted/by")]),
    "weighted by a float": (rels(rel(pick={"weighted": {"by": "1.5::float8"}})),
                            [(E, "weight_unsupported", "/rules/0/pick/weighted/by")]),
    "roots of no tree": (rels(rel(roots=2)), [(E, "invalid_relationship", "/rules/0/roots")]),
    "one to two": (rels(rel("tarefas", ["atividade_id"], children_per_parent=2), tarefas=20, atividades=10),
                   [(E, "relationship_conflict", "/rules/0"), (E, "one_to_one_too_few_parents", "/targets/0/rows")]),
    "zipf within a key": (rels(rel("itens_cotacao", ["produto_id"], pick="zipf"), itens_cotacao=20, cotacoes=10,
                               produtos=10), [(E, "unsupported_unique", "/targets/0")]),
    # what binding finds: plans that cannot be met
    "too few keys": (rules(rule("funis", "nome", "primitive.text.pattern", params={"pattern": "[ab]"}),
                           targets=[target("funis", 3, "crm")]), [(E, "key_space_too_small", "/rules/0")]),
    "no value left": (rules(rule("leads", "score", "primitive.int", params={"min": 101, "max": 200}),
                            targets=[target("leads", 3, "crm")]), [(E, "check_unsatisfiable", "/rules/0")]),
    "min above max": (rules(rule("leads", "score", "primitive.int", params={"min": 9, "max": 1}),
                            targets=[target("leads", 3, "crm")]), [(E, "invalid_generator_params", "/rules/0/params/min")]),
    "too many pairs": (targets(target("itens_cotacao", 10, "crm"), target("cotacoes", 3, "crm"),
                               target("produtos", 3, "crm")),
                       [(E, "key_space_too_small", "/targets/0/rows")]),
    "bad transform": (rules(rule("contatos", "cargo", "primitive.text",
                                 transforms=[{"transform": "transform.casing", "params": {"mode": "x"}}])),
                      [(E, "invalid_transform_params", "/rules/0/transforms/0/params/mode")]),
    "today is not pinned": (at(["global", "as_of"], DEL), [(W, "as_of_not_pinned", "/global")]),
    "several at once": (rules(rule("contatos", "nome", "nope"), rule("x", "y", "z"), policy("foreign_key"),
                              targets=[target("contatos", 0, "crm")]),
                        [(E, "rows_zero", "/targets/0/rows"), (E, "unknown_generator_id", "/rules/0/generator"),
                         (E, "unknown_column_target", "/rules/1/table"), (W, "constraint_not_found", "/rules/2"),
                         (W, "rule_without_target", "/rules/2")][:4]),
}

# by the format: those with a hint
HINTS = {
    "engine_mismatch", "schema_version_mismatch", "schema_fingerprint_mismatch", "schema_fingerprint_not_set",
    "targets_empty", "rows_zero", "duplicate_target", "duplicate_generator_rule", "duplicate_constraint_policy",
    "duplicate_fk_strategy", "fk_disable_without_flag",
}
NO_HINTS = {
    "schema_violation", "invalid_plan_json", "unknown_schema", "unknown_table", "unknown_column_target",
    "unknown_column", "invalid_input_columns", "unknown_input_column", "missing_parent_reference",
    "empty_generator_id", "transform_empty_id", "duplicate_transform", "unknown_constraint_target",
    "constraint_not_found", "unknown_fk_target", "fk_strategy_without_fk", "unsupported_unknown_schema",
    "unsupported_unknown_table", "unsupported_unknown_column", "incompatible_generator",
}


def check(run, name, fingerprint):
    change, want = CASES[name]
    plan = copy.deepcopy(BASE)
    plan["schema_ref"]["schema_fingerprint"] = fingerprint
    change(plan)
    path = f"{run}/case.json"
    with open(path, "w") as f:
        json.dump(plan, f, indent=1, ensure_ascii=False)
    p = subprocess.run(["plan-check", path, "--run", run, "--output", "json"], capture_output=True, text=True)
    try:
        got = json.loads(p.stdout)
    except ValueError:
        return [f"{name}: status {p.returncode}: {p.stderr}"]
    found = [(i["severity"], i["code"], i["path"]) for i in got["issues"]]
    wrong = []
    if found != want:
        wrong.append(f"{name}:\n  want {want}\n  got  {found}")
    refused = any(s == E for s, _, _ in want)
    if p.returncode != (1 if refused else 0) or got["accepted"] == refused:
        wrong.append(f"{name}: status {p.returncode}")
    for i in got["issues"]:
        if (i["code"] in HINTS and "hint" not in i) or (i["code"] in NO_HINTS and "hint" in i):
            wrong.append(f"{name}: {i['code']}: hint {i.get('hint')}")
        if i["line"] < 1 or i["column"] < 1:
            wrong.append(f"{name}: no place")
    return wrong


def main():
    run = sys.argv[1]
    with open(f"{run}/schema.json") as f:
        fingerprint = json.load(f)["schema_fingerprint"]
    wrong = []
    for name in sys.argv[2:] or CASES:
        wrong += check(run, name, fingerprint)
    print("\n".join(wrong) or f"{len(CASES)} cases")
    sys.exit(bool(wrong))


main()
