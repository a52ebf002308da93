"""What the API is, as OpenAPI 3.1: served to programs, and held against the real answers by the tests."""

from functools import cache
from typing import Any

from transparency.addresses import REPORT
from transparency.api.resources import KINDS
from transparency.api.shapes import SCHEMAS
from transparency.exports.sections import KEYS

Json = dict[str, Any]


@cache
def description() -> Json:
    """The whole description. Texts are English: they are for those who write programs."""
    slug, section = _in_path("slug", REPORT), {**_in_path("section", ""), "schema": {"enum": list(KEYS)}}
    filters = [_filter("need", "a fund or need"), _filter("partner", "a partner"), _filter("region", "a region")]
    kind = {
        "name": "kind",
        "in": "query",
        "description": "Only reports of this kind.",
        "schema": {"type": "string", "enum": list(KINDS)},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Reports of Store Without Borders",
            "version": "1",
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
            "description": (
                "Published reports, read-only. Amounts are integers in grosze, shares in permille, days ISO 8601. A number "
                "of people is a band: at least `from`, fewer than `below`. A report's content never changes under its "
                "address; a correction is another revision. Nobody needs a key, and nothing about who asks is kept."
            ),
        },
        "servers": [{"url": "/api/v1"}],
        "paths": {
            "/reports": _path("reports", "The newest revision of each report", "ReportList", [], [kind]),
            "/reports/{slug}": _path("report", "One report and where its parts are", "Report", [slug], []),
            "/reports/{slug}/content": _path(
                "content", "The sealed canonical JSON (RFC 8785); its ETag is its SHA-256", "Content", [slug], []
            ),
            "/reports/{slug}/revisions": _path(
                "revisions", "Every revision of the same report", "Revisions", [slug], []
            ),
            "/reports/{slug}/sections": _path(
                "sections", "Every table of the report, narrowed as its page would be", "Sections", [slug], filters
            ),
            "/reports/{slug}/sections/{section}": _path(
                "section", "One table of the report, narrowed as its page would be", "Section", [slug, section], filters
            ),
            "/log": _path("log", "Where the log that seals the reports can be read", "Log", [], []),
            "/openapi.json": _path("openapi", "This description", "Description", [], []),
        },
        "components": {"schemas": SCHEMAS, "headers": _HEADERS, "responses": _RESPONSES, "parameters": _PARAMETERS},
    }


def _path(name: str, summary: str, schema: str, in_path: list[Json], in_query: list[Json]) -> Json:
    common: list[Json] = [*in_path, *in_query, {"$ref": "#/components/parameters/language"}]
    refused = {code: {"$ref": f"#/components/responses/{response}"} for code, response in _REFUSALS.items()}
    return {
        "parameters": [*common, {"$ref": "#/components/parameters/if-none-match"}],
        "get": {
            "operationId": name,
            "summary": summary,
            "responses": {
                "200": {
                    "description": summary,
                    "headers": _WITH_ETAG,
                    "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
                },
                **refused,
            },
        },
        "head": {
            "operationId": f"{name}_head",
            "summary": f"{summary}: the headers alone",
            "responses": {
                "200": {"description": "There is an answer.", "headers": _WITH_ETAG},
                **{code: {"description": _RESPONSES[response]["description"]} for code, response in _REFUSALS.items()},
            },
        },
        "options": {
            "operationId": f"{name}_options",
            "summary": "What can be asked here, and from where",
            "responses": {"204": {"description": "GET, HEAD and OPTIONS, from everywhere."}},
        },
    }


def _in_path(name: str, pattern: str) -> Json:
    schema = {"type": "string", "pattern": f"^(?:{pattern})$", "maxLength": 80}
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": "2026-10-r1"}


def _filter(name: str, what: str) -> Json:
    return {
        "name": name,
        "in": "query",
        "description": f"The code of {what} in the report: only rows about it. Other tables are left out.",
        "schema": {"type": "string", "maxLength": 64},
    }


def _problem(text: str, **headers: str) -> Json:
    return {
        "description": text,
        "headers": {
            **_LIMITS,
            **{
                name.replace("_", "-"): {"schema": {"type": "string"}, "description": told}
                for name, told in headers.items()
            },
        },
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


_HEADERS: Json = {
    "ETag": {"description": "A strong validator of these very bytes.", "schema": {"type": "string"}},
    "RateLimit": {"description": "What is left in this minute.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "How much there is in a minute.", "schema": {"type": "string"}},
}
_LIMITS: Json = {name: {"$ref": f"#/components/headers/{name}"} for name in ("RateLimit", "RateLimit-Policy")}
_WITH_ETAG: Json = {"ETag": {"$ref": "#/components/headers/ETag"}, **_LIMITS}
_REFUSALS = {
    "304": "NotModified",
    "400": "BadParameter",
    "404": "NotFound",
    "406": "NotAcceptable",
    "429": "TooManyRequests",
}
_RESPONSES: Json = {
    "NotModified": {"description": "You have these very bytes already (If-None-Match).", "headers": _WITH_ETAG},
    "BadParameter": _problem("A parameter isn't known here, came twice, or has a value that can't be."),
    "NotFound": _problem("There is no such report or section, or it knows nothing under the filter's code."),
    "NotAcceptable": _problem("You accept neither JSON nor a problem in JSON."),
    "TooManyRequests": _problem("Ask again when the minute is over.", Retry_After="Seconds until then."),
}
_PARAMETERS: Json = {
    "language": {
        "name": "language",
        "in": "query",
        "description": "Of names and titles.",
        "schema": {"type": "string", "enum": ["pl", "en"], "default": "pl"},
    },
    "if-none-match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "An ETag that you have: 304 when it still holds.",
        "schema": {"type": "string"},
    },
}
