"""Colours stand in tokens.css alone, and every pair that a reader meets can be read."""

import re

import pytest

from tests.unit.design.stylesheet import (
    CSS,
    JOINED,
    OWN,
    REPORTS,
    joined,
    own_sources,
    report_sources,
    sources,
)

COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b(?=\s*[;,)])|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color|color-mix)\(|"
    r":[^;{}]*\b(?:white|black|red|green|blue|gold|gray|grey|silver|orange|yellow|brown)\b",
    re.IGNORECASE,
)
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
LIGHT = TOKENS.split("@media", 1)[0]
DARK = TOKENS.split("@media (prefers-color-scheme: dark)", 1)[1].split("@media", 1)[0]

TEXT_PAIRS = [
    ("ink", "paper"),
    ("ink", "paper-sunk"),
    ("ink", "paper-raised"),
    ("ink", "gold-soft"),
    ("ink", "good-soft"),
    ("ink", "bad-soft"),
    ("ink-soft", "paper"),
    ("ink-soft", "paper-sunk"),
    ("ink-soft", "paper-raised"),
    ("link", "paper"),
    ("link", "paper-sunk"),
    ("link", "paper-raised"),
    ("link", "gold-soft"),
    ("forest-strong", "paper"),
    ("on-forest", "forest"),
    ("on-forest", "forest-strong"),
    ("on-gold", "gold"),
    ("on-gold", "gold-strong"),
    ("gold-ink", "paper"),
    ("gold-ink", "paper-sunk"),
    ("gold-ink", "paper-raised"),
    ("on-band", "band"),
    ("on-band-soft", "band"),
    ("gold-strong", "band"),
    ("bad", "paper"),
    ("bad", "paper-sunk"),
    ("bad", "bad-soft"),
    ("good", "paper"),
    ("good", "paper-raised"),
]
SIGN_PAIRS = [
    ("line-strong", "paper"),
    ("line-strong", "paper-raised"),
    ("bad", "paper-raised"),
    ("focus", "paper"),
    ("focus", "paper-sunk"),
    ("focus", "paper-raised"),
    ("draw-line", "draw-shade"),
    ("on-band", "band-shade"),
]


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", css))


SCHEMES = {"light": colours(LIGHT), "dark": colours(LIGHT) | colours(DARK)}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_itself_is_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(scheme: str, text: str, ground: str):
    palette = SCHEMES[scheme]
    assert contrast(palette[text], palette[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("sign", "ground"), SIGN_PAIRS)
def test_borders_rings_and_lines_can_be_seen(scheme: str, sign: str, ground: str):
    palette = SCHEMES[scheme]
    assert contrast(palette[sign], palette[ground]) >= 3


def test_the_ring_shows_on_gold_and_on_the_band():
    """On those grounds one of its two colours has to stand out."""
    for palette in SCHEMES.values():
        for ground in ("gold", "band"):
            best = max(contrast(palette[ring], palette[ground]) for ring in ("focus", "focus-halo"))
            assert best >= 3, ground


@pytest.mark.parametrize("path", [*sources()[1:], *own_sources(), *report_sources()], ids=lambda path: path.name)
def test_only_the_tokens_name_colours(path):
    rules = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not COLOUR.findall(re.sub(r"var\(--[a-z0-9-]+\)", "", rules))


@pytest.mark.parametrize("path", [*sources()[1:], *own_sources(), *report_sources()], ids=lambda path: path.name)
def test_every_token_that_is_used_exists(path):
    known = set(re.findall(r"(--[a-z0-9-]+):", TOKENS))
    used = set(re.findall(r"var\((--[a-z0-9-]+)", path.read_text(encoding="utf-8")))
    assert used <= known


def test_the_joined_file_is_the_sources_joined():
    assert JOINED.read_text(encoding="utf-8") == joined(), "run: python -m tests.unit.design.stylesheet"
    assert OWN.read_text(encoding="utf-8") == joined(own_sources()), "run: python -m tests.unit.design.stylesheet"
    assert REPORTS.read_text(encoding="utf-8") == joined(report_sources()), (
        "run: python -m tests.unit.design.stylesheet"
    )


def test_joining_loses_no_rule():
    whole = "".join(re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL) for path in sources())
    assert joined().count("{") == whole.count("{")
    assert joined().count("}") == whole.count("}")
