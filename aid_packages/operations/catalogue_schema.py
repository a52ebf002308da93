"""The shape of a catalogue file, as a JSON Schema; what a shape can't say is checked in catalogue_file."""

from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1}
_FUND_CODE: Schema = {"type": "string", "pattern": "^[A-Z][A-Z0-9-]{1,39}$"}
_SLUG: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9-]{1,39}$"}
_DAY: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_POSITIVE: Schema = {"type": "integer", "minimum": 1}


def _strict(optional: Schema | None = None, **required: Schema) -> Schema:
    """An object with exactly these members."""
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": sorted(required),
        "additionalProperties": False,
    }


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of, "minItems": 1}


def _texts(*names: str) -> Schema:
    return _strict(**dict.fromkeys(names, _TEXT))


_ITEM = _strict(
    kind={"enum": ["goods", "service", "transport", "payment", "running"]},
    pl=_TEXT,
    en=_TEXT,
    quantity=_POSITIVE,
    unit_cost=_POSITIVE,
    optional={"estimate": {"type": "boolean"}, "source": _strict(date=_DAY, pl=_TEXT, en=_TEXT)},
)

_AGREEMENT = _strict(
    **{"number": _TEXT, "signed": _DAY, "from": _DAY, "to": _DAY, "may_be_named": {"type": "boolean"}},
    optional={"cap": _POSITIVE},
)

CATALOGUE: Schema = _strict(
    currency={"const": "PLN"},
    clause=_strict(number=_POSITIVE, in_force_from=_DAY, pl=_TEXT, en=_TEXT),
    areas=_list(_strict(code=_FUND_CODE, pl=_texts("title", "summary"), en=_texts("title", "summary"))),
    needs=_list(
        _strict(
            code=_SLUG,
            area=_FUND_CODE,
            urgency={"enum": [1, 2, 3]},
            season=_strict(**{"from": _DAY, "to": _DAY}),
            goal=_POSITIVE,
            pl=_texts("title", "summary", "body"),
            en=_texts("title", "summary", "body"),
            optional={"state": {"enum": ["open", "paused", "ended"]}, "illustration": _SLUG},
        )
    ),
    regions=_list(_strict(code=_SLUG, pl=_TEXT, en=_TEXT)),
    partners=_list(_strict(code=_FUND_CODE, name=_TEXT, areas=_list(_FUND_CODE), optional={"agreement": _AGREEMENT})),
    unit_cost_source=_strict(date=_DAY, pl=_TEXT, en=_TEXT),
    packages=_list(
        _strict(
            sku=_FUND_CODE,
            need=_SLUG,
            pl=_texts("title", "summary"),
            en=_texts("title", "summary"),
            items=_list(_ITEM),
            amount=_POSITIVE,
            limit_per_order=_POSITIVE,
            optional={"public": {"type": "boolean"}, "illustration": _SLUG},
        )
    ),
)
