"""The API's description as a page shows it: rooms, operations, what each takes and gives."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Parameter:
    name: str
    where: str
    type: str
    is_required: bool
    description: str


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    parameters: list[Parameter]
    body: list[Parameter]
    example: str
    answers: list[tuple[str, str]]


def rooms(schema: dict[str, Any]) -> dict[str, list[Operation]]:
    """Every operation under its room, in the order of the description."""
    found: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                one = methods[method]
                found.setdefault(one["tags"][0], []).append(_operation(schema, path, method, one))
    return found


def _operation(schema: dict[str, Any], path: str, method: str, one: dict[str, Any]) -> Operation:
    body = body_of(one)
    shape = resolved(schema, body)
    return Operation(
        id=one["operationId"],
        method=method.upper(),
        path=path,
        summary=one.get("description") or one["summary"],
        parameters=[_parameter(schema, p) for p in one.get("parameters", [])],
        body=list(_fields(schema, shape)),
        example=json.dumps(example(schema, shape), ensure_ascii=False, indent=2) if shape else "",
        answers=[(status, _name(body_of(answer))) for status, answer in sorted(one["responses"].items())],
    )


def body_of(one: dict[str, Any]) -> dict[str, Any]:
    content = one.get("requestBody", one).get("content", {})
    return next((kind.get("schema", {}) for kind in content.values()), {})


def _parameter(schema: dict[str, Any], one: dict[str, Any]) -> Parameter:
    shape = one["schema"]
    return Parameter(
        one["name"], one["in"], _type(schema, shape), one.get("required", False), shape.get("description", "")
    )


def _fields(schema: dict[str, Any], shape: dict[str, Any]) -> list[Parameter]:
    required = shape.get("required", [])
    return [
        Parameter(name, "body", _type(schema, field), name in required, field.get("description", ""))
        for name, field in shape.get("properties", {}).items()
    ]


def resolved(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    """A reference followed to what it names."""
    if "$ref" in shape:
        return schema["components"]["schemas"][_name(shape)]
    return shape


def _name(shape: dict[str, Any]) -> str:
    return shape.get("$ref", "").rsplit("/", 1)[-1]


def _type(schema: dict[str, Any], field: dict[str, Any]) -> str:
    if "enum" in field:
        return " | ".join(repr(v) if v == "" else str(v) for v in field["enum"])
    if "$ref" in field:
        return _name(field)
    if "anyOf" in field:
        return " | ".join(_type(schema, f) for f in field["anyOf"])
    if field.get("type") == "array":
        return f"{_type(schema, field['items'])}[]"
    return field.get("format") or field.get("const") or field.get("type", "any")


_EXAMPLES = {
    "uuid": "6f1c2d9e-0b3a-4c58-9d7e-2a4b6c8d0e1f",
    "date": "2026-12-01",
    "date-time": "2026-11-23T09:30:00+08:00",
    "integer": 1,
    "number": 1,
    "boolean": False,
    "string": "…",
    "object": {},
}


def example(schema: dict[str, Any], shape: dict[str, Any]) -> Any:
    """A body that could be sent."""
    shape = resolved(schema, shape)
    if "examples" in shape:
        return shape["examples"][0]
    if shape.get("properties"):
        return {name: example(schema, field) for name, field in shape["properties"].items()}
    if shape.get("default") is not None:
        return shape["default"]
    if "anyOf" in shape:
        return example(schema, shape["anyOf"][0])
    if "enum" in shape:
        return shape["enum"][0]
    if shape.get("type") == "array":
        return [example(schema, shape["items"])]
    return _EXAMPLES.get(shape.get("format", ""), _EXAMPLES.get(shape.get("type", ""), "…"))
