"""The shapes of the API's answers, as JSON Schema."""

from typing import Any

from transparency.api.resources import KINDS
from transparency.exports.model import Kind
from transparency.exports.sections import KEYS

Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_DAY: Json = {"type": "string", "format": "date"}
_INSTANT: Json = {"type": "string", "format": "date-time"}
_ADDRESS: Json = {"type": "string", "format": "uri-reference"}
_HASH: Json = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_PERIOD: Json = {"type": "integer", "minimum": 200001, "maximum": 999912, "description": "A month: 202610."}
_MONEY: Json = {"type": "integer", "description": "Grosze."}
_BAND: Json = {
    "type": "object",
    "required": ["from", "below"],
    "additionalProperties": False,
    "properties": {"from": _COUNT, "below": _COUNT},
}
_CELL: Json = {
    "oneOf": [{"type": ["integer", "string", "null"]}, {"$ref": "#/components/schemas/Band"}],
    "description": "By the column's type: money in grosze, count, share in permille, band, day, text; or null.",
}
_LINES: Json = {"type": "object", "additionalProperties": _MONEY}


def _object(required: Json, **more: Any) -> Json:
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": required,
        **more,
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(of: Json) -> Json:
    return {"type": "array", "items": of}


def _links(*names: str) -> Json:
    return _object(dict.fromkeys(names, _ADDRESS))


_SELF = _links("self")

SCHEMAS: Json = {
    "Band": _BAND,
    "ReportList": _object({"reports": _list(_ref("ListedReport"))}),
    "ListedReport": _object(
        {
            "slug": _TEXT,
            "kind": {"enum": list(KINDS)},
            "title": _TEXT,
            "revision": {"type": "integer", "minimum": 1},
            "published_on": _DAY,
            "sha256": _HASH,
            "currency": _TEXT,
            "lines": _LINES,
            "links": _SELF,
        }
    ),
    "Report": _object(
        {
            "slug": _TEXT,
            "kind": {"enum": list(KINDS)},
            "title": _TEXT,
            "first_period": _PERIOD,
            "last_period": _PERIOD,
            "revision": {"type": "integer", "minimum": 1},
            "published_on": _DAY,
            "as_of": _INSTANT,
            "superseded_by": {"type": ["string", "null"]},
            "sha256": _HASH,
            "currency": _TEXT,
            "lines": _LINES,
            "donors": _ref("Band"),
            "sections": _list(_object({"key": {"enum": list(KEYS)}, "title": _TEXT, "rows": _COUNT})),
            "links": _links("self", "content", "sections", "revisions", "page"),
        }
    ),
    "Sections": _object({"slug": _TEXT, "sections": _list(_ref("Section"))}),
    "Section": _object(
        {
            "key": {"enum": list(KEYS)},
            "title": _TEXT,
            "columns": _list(_object({"key": _TEXT, "label": _TEXT, "type": {"enum": [kind.value for kind in Kind]}})),
            "rows": _list(
                _object(
                    {"code": _TEXT, "level": _COUNT, "cells": {"type": "object", "additionalProperties": _ref("Cell")}}
                )
            ),
            "together": {
                "oneOf": [{"type": "null"}, {"type": "object", "additionalProperties": _ref("Cell")}],
                "description": "The sums of the columns that are summed.",
            },
        }
    ),
    "Cell": _CELL,
    "Revisions": _object(
        {
            "revisions": _list(
                _object(
                    {
                        "slug": _TEXT,
                        "revision": {"type": "integer", "minimum": 1},
                        "published_on": _DAY,
                        "newest": {"type": "boolean"},
                        "links": _SELF,
                    }
                )
            )
        }
    ),
    "Log": _object(
        {
            "links": _object(
                {name: {"oneOf": [{"type": "null"}, _ADDRESS]} for name in ("checkpoint", "keys", "verify_page")}
            )
        }
    ),
    "Content": {
        "type": "object",
        "required": ["schema", "report", "lines"],
        "description": "The sealed report, by the JSON Schema that its `schema` names (see the Link of its file).",
    },
    "Description": {"type": "object", "required": ["openapi", "paths"]},
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "description": "RFC 9457.",
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "parameter": {"type": "string", "description": "Which parameter it is about."},
        },
    },
}
