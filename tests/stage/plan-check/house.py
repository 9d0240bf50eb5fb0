"""Schemas held against one plan, by plan-check --plan-schema and by jsonschema.

usage: house.py RUN PLAN
"""
import json
import subprocess
import sys

import jsonschema

# of the member seed, 42
NUMBER = [
    {"type": "integer"}, {"type": "number"}, {"type": "string"}, {"type": ["string", "integer"]}, {"type": "boolean"},
    {"enum": [1, 42.0]}, {"enum": [1, "42"]}, {"const": 42}, {"const": 43}, {"minimum": 42}, {"minimum": 42.5},
    {"maximum": 42}, {"maximum": 41}, {"exclusiveMinimum": 42}, {"exclusiveMinimum": 41.5}, {"exclusiveMaximum": 42},
    {"exclusiveMaximum": 43}, {"multipleOf": 7}, {"multipleOf": 5}, {"minLength": 99}, {"pattern": "x"}, True, False,
    {"not": {"type": "string"}}, {"not": {}}, {"allOf": [{"minimum": 1}, {"maximum": 9}]},
    {"anyOf": [{"minimum": 50}, {"maximum": 9}]}, {"anyOf": [{"minimum": 50}, {"maximum": 50}]},
    {"oneOf": [{"minimum": 1}, {"maximum": 50}]}, {"oneOf": [{"minimum": 1}, {"maximum": 5}]},
    {"if": {"minimum": 40}, "then": {"maximum": 41}}, {"if": {"minimum": 43}, "then": False},
    {"if": {"minimum": 43}, "else": {"const": 42}}, {"if": True, "else": False}, {"then": False, "else": False},
    {"$ref": "#/definitions/big"}, {"$ref": "#/definitions/big", "const": 1}, {"$ref": "#/definitions/small"},
]
# of the member comment, a text with a semicolon
TEXT = [
    {"minLength": 5}, {"minLength": 5000}, {"maxLength": 5}, {"maxLength": 5000}, {"pattern": ";"}, {"pattern": "^;"},
    {"pattern": "^The"}, {"pattern": "\\d{3}"}, {"minimum": 1}, {"format": "date"}, {"items": False},
]
# of the targets
LIST = [
    {"minItems": 3}, {"minItems": 4}, {"maxItems": 3}, {"maxItems": 2}, {"uniqueItems": True},
    {"items": {"properties": {"rows": {"maximum": 150}}}}, {"items": {"required": ["rows", "strategy"]}},
    {"items": {"properties": {"schema": {"const": "crm"}}, "additionalProperties": False}},
    {"items": {"additionalProperties": {"type": ["string", "integer"]}}},
    {"items": {"properties": {"rows": True}, "patternProperties": {"^(sch|tab)": {"type": "string"}},
               "additionalProperties": False}},
    {"items": {"patternProperties": {"^sch": {"type": "integer"}}}},
    {"items": {"minProperties": 3, "maxProperties": 3}}, {"items": {"maxProperties": 2}},
    {"items": {"propertyNames": {"pattern": "^[a-z]+$"}}}, {"items": {"propertyNames": {"maxLength": 4}}},
    {"items": {"propertyNames": {"enum": ["schema", "table", "rows"]}}}, {"propertyNames": False},
    {"items": [{"type": "object"}, {"type": "string"}]}, {"items": [{}], "additionalItems": {"not": {}}},
    {"items": [{}, {}, {}], "additionalItems": False}, {"items": [{}], "additionalItems": {"required": ["rows"]}},
    {"required": ["x"]}, {"additionalProperties": False},
]


def main():
    run, path = sys.argv[1:]
    plan = json.load(open(path))
    wrong, refused = [], 0
    for member, list_ in (("seed", NUMBER), ("comment", TEXT), ("targets", LIST)):
        for sub in list_:
            schema = {"definitions": {"big": {"minimum": 40}, "small": {"maximum": 40}}, "properties": {member: sub}}
            with open(f"{run}/house.json", "w") as f:
                json.dump(schema, f)
            want = sorted({"/" + "/".join(map(str, e.absolute_path))
                           for e in jsonschema.Draft7Validator(schema).iter_errors(plan)})
            p = subprocess.run(["plan-check", path, "--run", run, "--output", "json", "--plan-schema",
                                f"{run}/house.json"], capture_output=True, text=True)
            issues = json.loads(p.stdout)["issues"]
            got = sorted({i["path"] for i in issues if i["severity"] == "error"})
            # one false member makes jsonschema point at the object around it
            if bool(want) != bool(got) or (want != got and "additional" not in json.dumps(sub)):
                wrong.append(f"{sub}: want {want}, got {got}")
            refused += bool(want)
    print("\n".join(wrong) or f"{refused} refused")
    sys.exit(bool(wrong))


main()
