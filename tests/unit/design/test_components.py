"""A component is one template, one style sheet, one block; and a frame that knows nobody."""

import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from tests.unit.design.stylesheet import AT_HOME, CSS, JOINED, ON_REPORTS, OWN, REPORTS

HOUSE = Path(__file__).resolve().parents[3]
TEMPLATES = {path.stem: path for path in (HOUSE / "templates" / "components").glob("*.html")}
SHEETS = {path.stem: path for path in (CSS / "components").glob("*.css")}


class GiftForm(forms.Form):
    email = forms.EmailField(label="E-mail", help_text="Where the confirmation goes.")
    giver = forms.ChoiceField(
        label="Who gives", choices=[("person", "A person"), ("company", "A company")], widget=forms.RadioSelect
    )
    terms = forms.BooleanField(label="I accept the terms")


class Page(HTMLParser):
    """The elements of a page, each as its tag and attributes."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def ids(self) -> set[str]:
        return {attrs["id"] for _, attrs in self.elements if attrs.get("id")}

    def one(self, tag: str, **wanted: str) -> dict[str, str | None]:
        (found,) = [
            attrs for name, attrs in self.elements if name == tag and all(attrs.get(k) == v for k, v in wanted.items())
        ]
        return found


def component(name: str, **context: object) -> str:
    with translation.override("en"):
        return render_to_string(f"components/{name}.html", context)


def test_each_template_has_its_sheet_and_each_sheet_its_template():
    assert {name.replace("_", "-") for name in TEMPLATES} == set(SHEETS)


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_a_sheet_styles_its_own_block_and_the_template_uses_it(name: str):
    rules = re.sub(r"/\*.*?\*/", "", SHEETS[name].read_text(encoding="utf-8"), flags=re.DOTALL)
    blocks = {found.split("__")[0].split("--")[0] for found in re.findall(r"\.([a-z][a-z0-9_-]*)(?=[^{}]*\{)", rules)}
    assert blocks - {"band"} == {name}
    assert re.search(
        rf'class="(?:[^"]*\s)?{name}(?:\s|"|\{{|__|--)', TEMPLATES[name.replace("-", "_")].read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("path", TEMPLATES.values(), ids=lambda path: path.stem)
def test_a_component_says_what_it_takes(path: Path):
    assert path.read_text(encoding="utf-8").startswith("{# ")


def test_a_field_ties_help_and_error_to_its_control_and_keeps_what_was_typed():
    form = GiftForm({"email": "<ada@"})
    page = component("field", field=form["email"])
    control = Page(page).one("input", name="email")
    assert control["value"] == "<ada@"
    assert control["aria-invalid"] == "true"
    assert (
        set((control["aria-describedby"] or "").split()) == {"id_email_helptext", "id_email_error"} <= Page(page).ids()
    )
    assert "<ada@" not in page


def test_choices_and_ticks_are_tied_to_their_errors_too():
    form = GiftForm({})
    choices = Page(component("field", field=form["giver"]))
    assert "id_giver_error" in (choices.one("fieldset")["aria-describedby"] or "").split()
    tick = Page(component("field", field=form["terms"]))
    assert tick.one("input", name="terms")["aria-describedby"] == "id_terms_error"
    assert {"id_giver_error", "id_terms_error"} <= choices.ids() | tick.ids()


def test_each_error_of_the_summary_leads_to_a_control():
    form = GiftForm({})
    targets = re.findall(r'href="#([^"]+)"', component("form_errors", form=form))
    fields = "".join(component("field", field=field) for field in form)
    assert len(targets) == 3
    assert set(targets) <= Page(fields).ids()


def test_a_form_without_errors_has_no_summary():
    assert not component("form_errors", form=GiftForm()).strip()


def test_sums_to_choose_from_are_sent_in_grosze():
    page = Page(
        component("amount_choice", legend="How much", choices=[5000, 123456700], selected=5000, own_value='"12"')
    )
    values = [attrs["value"] for tag, attrs in page.elements if tag == "input" and attrs["type"] == "radio"]
    assert values == ["5000", "123456700", "own"]
    assert "checked" in page.one("input", value="5000")
    assert page.one("input", name="own_amount")["value"] == '"12"'


def test_a_wrong_sum_is_said_at_the_field():
    page = Page(
        component(
            "amount_choice", legend="How much", choices=[5000], selected="own", own_value="abc", errors=["Not a sum."]
        )
    )
    own = page.one("input", name="own_amount")
    assert (own["value"], own["aria-invalid"], own["aria-describedby"]) == ("abc", "true", "id_amount_error")
    assert "id_amount_error" in page.ids()


@pytest.mark.parametrize(
    ("funded", "goal", "width"),
    [
        (0, 100, "0%"),
        (2500, 10000, "25%"),
        (9_999, 10_000, "99%"),
        (10000, 10000, "100%"),
        (15000, 10000, "150%"),
        (100, 0, "0%"),
    ],
)
def test_the_bar_repeats_the_words(funded: int, goal: int, width: str):
    page = component("funding_bar", funded_minor=funded, goal_minor=goal)
    assert Page(page).one("rect", **{"class": "funding-bar__fill"})["width"] == width
    assert f"{width} of" in page


@pytest.mark.parametrize("language", ["pl", "en"])
def test_what_is_drawn_keeps_its_numbers_in_every_language(language: str):
    """A thousands separator or a decimal comma would break a drawing."""
    row = SimpleNamespace(label="Forest", amount_minor=123456789, percent=57)
    with translation.override(language):
        page = render_to_string("components/bar_chart.html", {"id": "areas", "title": "Areas", "rows": [row] * 300})
    svg = [attrs for tag, attrs in Page(page).elements if tag in {"svg", "rect"}]
    lengths = [attrs[side] for attrs in svg for side in ("y", "width", "height") if attrs.get(side)]
    assert all(re.fullmatch(r"[0-9]+(\.[0-9]+)?(em|%)", length or "") for length in lengths)
    assert "1200em" in lengths


def test_a_chart_has_its_table_beside_it():
    rows = [
        SimpleNamespace(label="Forest", amount_minor=125000, percent=80),
        SimpleNamespace(label="Law", amount_minor=31250, percent=20),
    ]
    page = component("bar_chart", id="areas", title="Areas", label_header="Area", value_header="Sum", rows=rows)
    assert page.count("<tr>") == 3
    assert "1,250.00" in page
    assert "312.50" in page


def test_what_people_wrote_is_escaped():
    name = "<script>alert(1)</script>"
    need = component(
        "need_card", href="/", title=name, summary=name, area=name, urgency=3, funded_minor=1, goal_minor=2
    )
    answers = component("accordion", items=[(name, name)])
    assert "<script" not in need + answers


def test_a_short_list_has_no_pager_and_a_long_one_keeps_its_filter():
    assert not component("pager", page=Paginator(range(5), 10).page(1)).strip()
    middle = component("pager", page=Paginator(range(30), 10).page(2), query="year=2026&")
    assert "?year=2026&amp;page=1" in middle
    assert "?year=2026&amp;page=3" in middle


def test_no_class_is_without_a_rule():
    """A class that no rule knows is a misspelling. Elements of a known block may go without."""
    sheets = "".join(sheet.read_text(encoding="utf-8") for sheet in (JOINED, OWN, REPORTS))
    known = set(re.findall(r"\.([a-z][a-z0-9_-]*)", sheets))
    blocks = {name.split("__")[0].split("--")[0] for name in known} | set(SHEETS)
    for path in (*TEMPLATES.values(), *(HOUSE / "templates" / "pages").rglob("*.html")):
        text = re.sub(r"--\{% if.*?endif %\}", "", path.read_text(encoding="utf-8"))
        text = re.sub(r"\{[{%#].*?[}%#]\}", " ", text)
        used = {name for value in re.findall(r'class="([^"]*)"', text) for name in value.split()}
        unknown = {name for name in used if name.split("__")[0].split("--")[0] not in blocks}
        assert not unknown, path.name


@pytest.mark.parametrize("path", ["/pl/", "/en/"])
def test_the_frame_is_the_same_for_every_stranger(path: str):
    """It is cached, so who asks must leave no trace in it."""
    with translation.override(path.strip("/")):
        plain = render_to_string("base.html", {"request": RequestFactory().get(path)})
        known = RequestFactory().get(path, headers={"cookie": "sessionid=secret; csrftoken=secret"})
        known.META["CSRF_COOKIE"] = "secret"
        assert render_to_string("base.html", {"request": known, "user": "Ada", "csrf_token": "secret"}) == plain


def test_the_frame_leads_everywhere_and_says_its_language():
    with translation.override("pl"):
        frame = render_to_string(
            "base.html", {"request": RequestFactory().get("/pl/"), "other_languages": [("en", "English", "/en/")]}
        )
    page = Page(frame)
    assert page.one("html")["lang"] == "pl"
    assert page.one("a", hreflang="en")["lang"] == "en"
    assert all(attrs["href"] for tag, attrs in page.elements if tag == "a")
    assert page.one("a", **{"class": "skip-link"})["href"] == "#" + page.one("main")["id"]


def test_the_basket_is_named_only_when_there_is_one():
    request = RequestFactory().get("/en/")
    with translation.override("en"):
        assert "Basket" not in render_to_string("base.html", {"request": request, "basket_count": None})
        assert "2 packages" in render_to_string("base.html", {"request": request, "basket_count": 2})


def test_a_demonstration_says_so():
    request = RequestFactory().get("/en/")
    with translation.override("en"):
        assert "no real money" in render_to_string("base.html", {"request": request, "demo": True})
        assert "no real money" not in render_to_string("base.html", {"request": request, "demo": False})


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_pages_of_last_resort_need_nothing(name: str):
    source = (HOUSE / "templates" / name).read_text(encoding="utf-8")
    assert "{%" not in source
    assert "{{" not in source
    assert 'lang="pl"' in source
    assert 'lang="en"' in source
    for address in re.findall(r'(?:href|src)="/static/([^"]+)"', source):
        assert (HOUSE / "shop" / "static" / address).exists()


def test_components_of_a_donors_own_pages_stand_on_no_other():
    """Only those pages load their sheet."""
    strangers = [path for path in (HOUSE / "templates" / "pages").rglob("*.html") if path.parent.name != "giving"]
    frame = [TEMPLATES["site_header"], TEMPLATES["site_footer"], HOUSE / "templates" / "base.html"]
    text = "".join(path.read_text(encoding="utf-8") for path in (*strangers, *frame))
    assert {name for name in AT_HOME if f"components/{name.replace('-', '_')}.html" in text} == set()


def test_components_of_reports_stand_on_no_other_page():
    """Only those pages load their sheet."""
    others = [path for path in (HOUSE / "templates" / "pages").rglob("*.html") if path.parent.name != "reports"]
    text = "".join(path.read_text(encoding="utf-8") for path in others)
    assert {name for name in ON_REPORTS if f"components/{name.replace('-', '_')}.html" in text} == set()


def test_the_docs_name_every_component():
    guide = (HOUSE / "docs" / "design.md").read_text(encoding="utf-8")
    assert {name for name in TEMPLATES if f"`{name}`" not in guide} == set()


@pytest.mark.parametrize(("name", "context"), [("money", {"amount_minor": 10254}), ("tag", {"text": "published"})])
def test_what_stands_in_a_sentence_brings_no_space(name: str, context: dict[str, object]):
    html = component(name, **context)
    assert html == html.strip()
