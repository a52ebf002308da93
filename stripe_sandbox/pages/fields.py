"""Labelled fields with their hint and their error."""

from collections.abc import Iterable

from stripe_sandbox.pages.html import Html, attributes, h, join

_FIELD = """<div class="field{wrong}">
<label for="{name}">{label}</label>
{hint}{error}{control}
</div>
"""


def text_field(
    name: str,
    label: str,
    *,
    value: str = "",
    hint: str | None = None,
    error: str | None = None,
    kind: str = "text",
    autocomplete: str = "off",
    inputmode: str | None = None,
    maxlength: int = 200,
) -> Html:
    """A field to type in."""
    control = h(
        "<input{facts}>",
        facts=attributes(
            id=name,
            name=name,
            type=kind,
            value=value,
            autocomplete=autocomplete,
            inputmode=inputmode,
            maxlength=str(maxlength),
            **_described(name, hint, error),
        ),
    )
    return _field(name, label, control, hint, error)


def choice_field(
    name: str,
    label: str,
    options: Iterable[tuple[str, str]],
    *,
    value: str = "",
    hint: str | None = None,
    error: str | None = None,
) -> Html:
    """A field to choose from."""
    listed = join(
        h("<option{facts}>{text}</option>", facts=attributes(value=key, selected=key == value), text=text)
        for key, text in options
    )
    facts = attributes(id=name, name=name, **_described(name, hint, error))
    return _field(name, label, h("<select{facts}>{listed}</select>", facts=facts, listed=listed), hint, error)


def _described(name: str, hint: str | None, error: str | None) -> dict[str, str | None]:
    told = [f"{name}-error"] * bool(error) + [f"{name}-hint"] * bool(hint)
    return {"aria_describedby": " ".join(told) or None, "aria_invalid": "true" if error else None}


def _field(name: str, label: str, control: Html, hint: str | None, error: str | None) -> Html:
    return h(
        _FIELD,
        name=name,
        label=label,
        control=control,
        wrong=" is-wrong" if error else "",
        hint=h('<p class="hint" id="{name}-hint">{hint}</p>', name=name, hint=hint) if hint else None,
        error=h('<p class="error" id="{name}-error">{error}</p>', name=name, error=error) if error else None,
    )
