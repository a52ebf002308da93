"""What a stranger downloads is small, ours, and harmless."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from tests.unit.design.stylesheet import JOINED, OWN, REPORTS

HOUSE = Path(__file__).resolve().parents[3]
STATIC = HOUSE / "shop" / "static" / "shop"
TEMPLATES = HOUSE / "templates"
DRAWINGS = sorted((STATIC / "illustrations").glob("*.svg"))
PAGES = sorted(
    path for path in TEMPLATES.rglob("*.html") if path.relative_to(TEMPLATES).parts[0] not in {"oscar", "emails"}
)
SVG = "{http://www.w3.org/2000/svg}"
FROM_AFAR = re.compile(
    r"""(?:href|src|srcset|poster|action|data)\s*=\s*["']?\s*(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import""",
    re.IGNORECASE,
)


def weight(*paths: Path) -> int:
    return sum(path.stat().st_size for path in paths)


def test_the_style_sheet_is_small():
    assert weight(JOINED) < 30_000
    assert weight(OWN) < 12_000
    assert weight(REPORTS) < 12_000


def test_the_typeface_is_small():
    fonts = {path.stem.removeprefix("brygada-1918-"): path for path in (STATIC / "fonts").glob("*.woff2")}
    assert set(fonts) == {"latin", "latin-ext", "cyrillic"}
    assert weight(fonts["latin"], fonts["latin-ext"]) < 36_000
    assert weight(*fonts.values()) < 50_000
    assert "SIL Open Font License" in (STATIC / "fonts" / "OFL.txt").read_text(encoding="utf-8")


def test_the_frame_leaves_room_for_the_page():
    """Of the 100 KB that a stranger's page may weigh, style, type for Polish, mark and hero take less than 68."""
    fonts = [STATIC / "fonts" / f"brygada-1918-{subset}.woff2" for subset in ("latin", "latin-ext")]
    drawings = [STATIC / "illustrations" / f"{name}.svg" for name in ("mark", "favicon", "hero")]
    assert weight(JOINED, *fonts, *drawings) < 68_000


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_is_small_well_formed_and_only_draws(path: Path):
    assert weight(path) < 4_096
    root = ElementTree.parse(path).getroot()
    for element in root.iter():
        assert element.tag in {
            SVG + name for name in ("svg", "g", "path", "circle", "ellipse", "rect", "line", "polyline")
        }
        assert not any(name.startswith("on") or name == "style" or name.endswith("href") for name in element.attrib)
    if path.stem != "favicon":
        assert root.find(f"{SVG}g[@id='art']") is not None, "pages draw it with <use href='...#art'>"


def test_every_package_need_and_area_has_its_drawing():
    catalogue = yaml.safe_load((HOUSE / "aid_packages" / "catalogue" / "demo.yaml").read_text(encoding="utf-8"))
    wanted = {package.get("illustration", package["sku"].lower()) for package in catalogue["packages"]}
    wanted |= {need.get("illustration", need["code"]) for need in catalogue["needs"]}
    wanted |= {area["code"].lower() for area in catalogue["areas"]} | {"general"}
    assert wanted <= {path.stem for path in DRAWINGS}


@pytest.mark.parametrize(
    "path", [*STATIC.rglob("*.css"), *STATIC.rglob("*.js"), *DRAWINGS, *PAGES], ids=lambda path: path.name
)
def test_nothing_comes_from_a_third_party(path: Path):
    assert not FROM_AFAR.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_page_keeps_style_and_script_out_of_its_text(path: Path):
    """The content security policy refuses them, so they would silently not work."""
    text = path.read_text(encoding="utf-8")
    assert not re.findall(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|<script(?![^>]*\ssrc=)", text, re.IGNORECASE)
