"""The page on which a session is paid."""

from collections.abc import Mapping

from stripe_sandbox import payer_form
from stripe_sandbox.cards import CARDS
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.pages.fields import choice_field, text_field
from stripe_sandbox.pages.html import Html, attributes, h, join
from stripe_sandbox.pages.layout import page
from stripe_sandbox.pages.reply import Reply
from stripe_sandbox.pages.summary import agreement, summary, verb_of
from stripe_sandbox.pages.sums import each_time
from stripe_sandbox.pages.texts import TEXTS
from stripe_sandbox.recurrence import Plan

BANK_NAMES = {
    "alior_bank": "Alior Bank",
    "bank_millennium": "Bank Millennium",
    "bank_pekao_sa": "Bank Pekao",
    "credit_agricole": "Credit Agricole",
    "ing": "ING Bank Śląski",
    "mbank_mtransfer": "mBank",
    "pbac_z_ipko": "PKO Bank Polski",
    "santander_przelew24": "Santander",
}

_CONTENT = """{summary}
<section class="form" aria-labelledby="form-title">
<h2 id="form-title">{method_title}</h2>
{problems}
<form method="post" action="/c/pay/{session}" novalidate>
{contact}
<fieldset class="methods"><legend class="hidden">{method_title}</legend>{method_error}{methods}</fieldset>
{agreement}
<button class="button" type="submit">{button}</button>
{beside}
</form>
</section>
"""

_METHOD = """<div class="method">
<label class="method__label"><input{facts}> <span>{label}</span></label>
<div class="method__panel">{panel}</div>
</div>
"""


def checkout_page(
    session: JsonObject,
    language: str,
    form: payer_form.Form,
    *,
    plan: Plan | None,
    now: int,
    errors: Mapping[str, str] | None = None,
    refusal: str | None = None,
    status: int = 200,
) -> Reply:
    """The page with what was typed, each error at its field, or why the last attempt failed.

    ``plan`` is what a session in subscription mode takes now and later.
    """
    texts = TEXTS[language]
    wrong = {name: texts[key] for name, key in (errors or {}).items()}
    methods = session["payment_method_types"]
    chosen = form.method if form.method in methods else methods[0]
    verb = texts[verb_of(session)]
    content = h(
        _CONTENT,
        session=session["id"],
        summary=summary(session, plan, now, language),
        beside=_beside_button(session),
        agreement=agreement(session, plan, now, language) if plan else None,
        button=verb if session["mode"] == "setup" else f"{verb} {each_time(session, plan, language)}",
        method_title=texts["method"],
        problems=problems(texts, wrong, refusal, title=texts["not_kept" if session["mode"] == "setup" else "not_paid"]),
        contact=contact(texts, form, wrong),
        method_error=h('<p class="error">{text}</p>', text=wrong["method"]) if "method" in wrong else None,
        methods=join(_method(name, name == chosen, texts, form, wrong) for name in methods),
    )
    title = texts["keep_title" if session["mode"] == "setup" else "page_title"]
    if wrong or refusal:
        title = f"{texts['error_prefix']}: {title}"
    return page(language, title, content, status=status, shape="wide")


def _beside_button(session: JsonObject) -> Html | None:
    """What the session wants said by the button."""
    said = (session["custom_text"] or {}).get("submit")
    return h('<p class="hint">{text}</p>', text=said["message"]) if said else None


def problems(
    texts: Mapping[str, str], wrong: Mapping[str, str], refusal: str | None, *, title: str, heading: str = "h3"
) -> Html | None:
    """What is wrong, at the top of a form: why the bank refused (under ``title``), or a link to each field."""
    if not refusal and not wrong:
        return None
    if refusal:
        said = h("<p>{why}</p><p>{rest}</p>", why=texts[refusal], rest=texts["nothing_taken"])
    else:
        title = texts["problems"]
        links = join(h('<li><a href="#{name}">{text}</a></li>', name=name, text=text) for name, text in wrong.items())
        said = h("<ul>{links}</ul>", links=links)
    return h(
        '<div class="problems" role="alert" tabindex="-1" autofocus><{heading}>{title}</{heading}>{said}</div>',
        heading=heading,
        title=title,
        said=said,
    )


def contact(texts: Mapping[str, str], form: payer_form.Form, wrong: Mapping[str, str]) -> Html:
    """The fields that say who pays."""
    email = text_field(
        "email", texts["email"], value=form.email, error=wrong.get("email"), kind="email", autocomplete="email"
    )
    return join([email, text_field("name", texts["name"], value=form.name, autocomplete="name")])


def _method(name: str, chosen: bool, texts: Mapping[str, str], form: payer_form.Form, wrong: Mapping[str, str]) -> Html:
    facts = attributes(type="radio", name="method", id=f"method-{name}", value=name, checked=chosen)
    panel = {"card": card_panel, "blik": _blik_panel, "p24": _bank_panel}[name](texts, form, wrong)
    return h(_METHOD, facts=facts, label=texts[name], panel=panel)


def card_panel(texts: Mapping[str, str], form: payer_form.Form, wrong: Mapping[str, str]) -> Html:
    """The fields of a card, with the test cards below."""
    number = text_field(
        "number",
        texts["number"],
        value=form.number,
        hint=texts["number_hint"],
        error=wrong.get("number"),
        inputmode="numeric",
        maxlength=30,
    )
    expiry = text_field(
        "expiry",
        texts["expiry"],
        value=form.expiry,
        hint=texts["expiry_hint"],
        error=wrong.get("expiry"),
        inputmode="numeric",
        maxlength=10,
    )
    # The security code is never sent back to the page.
    cvc = text_field(
        "cvc", texts["cvc"], hint=texts["cvc_hint"], error=wrong.get("cvc"), inputmode="numeric", maxlength=4
    )
    pair = h('<div class="pair">{expiry}{cvc}</div>', expiry=expiry, cvc=cvc)
    return join([number, pair, _test_cards(texts)])


def _test_cards(texts: Mapping[str, str]) -> Html:
    rows = join(
        h(
            "<tr><td><code>{number}</code></td><td>{effect}</td></tr>",
            number=_grouped(number),
            effect=texts[card.behaviour.name],
        )
        for number, card in CARDS.items()
    )
    return h(
        "<details><summary>{title}</summary><table><thead><tr><th scope='col'>{number}</th>"
        "<th scope='col'>{effect}</th>"
        "</tr></thead><tbody>{rows}</tbody></table></details>",
        title=texts["test_cards"],
        number=texts["card_column"],
        effect=texts["effect_column"],
        rows=rows,
    )


def _grouped(number: str) -> str:
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _blik_panel(texts: Mapping[str, str], form: payer_form.Form, wrong: Mapping[str, str]) -> Html:
    return text_field(
        "blik", texts["blik_code"], hint=texts["blik_hint"], error=wrong.get("blik"), inputmode="numeric", maxlength=9
    )


def _bank_panel(texts: Mapping[str, str], form: payer_form.Form, wrong: Mapping[str, str]) -> Html:
    options = [("", texts["bank_choose"]), *BANK_NAMES.items()]
    return choice_field(
        "bank", texts["bank"], options, value=form.bank, hint=texts["bank_hint"], error=wrong.get("bank")
    )
