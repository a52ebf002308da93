"""The page of an invoice that was not paid by itself: one sum, the kept card, or another."""

from stripe_sandbox import mending, money, paying
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.pages import portal_html
from stripe_sandbox.pages.checkout import card_panel, contact, problems
from stripe_sandbox.pages.confirm import notice_page
from stripe_sandbox.pages.html import Html, h
from stripe_sandbox.pages.layout import page, redirect
from stripe_sandbox.pages.reply import Reply
from stripe_sandbox.pages.texts import TEXTS, language, told
from stripe_sandbox.paying import Result
from stripe_sandbox.world import World

_LONGEST_FIELD = 200
_FIELDS = ("email", "name", "number", "expiry", "cvc")

_CONTENT = """<section class="form" aria-labelledby="title">
<h1 id="title">{title}</h1>
{facts}
{problems}
{kept}
<h2>{other}</h2>
<p>{other_text}</p>
<form method="post" action="/i/{invoice}" novalidate>
{contact}
{card}
<button class="button" type="submit" name="with" value="card">{pay} {amount}</button>
</form>
</section>
"""


def answer(
    world: World, identifier: str, rest: list[str], *, method: str, sent: dict[str, str], accept_language: str
) -> Reply:
    """The answer to a browser at ``/i/{id}``, or below it where the bank asks."""
    spoken = language(None, accept_language)
    invoice = world.store.get("invoice", identifier)
    if invoice is None or invoice["status"] == "draft" or rest not in ([], ["confirm"]):
        return notice_page(spoken, "unknown", status=404)
    if not mending.can_be_paid(invoice):
        return notice_page(spoken, "invoice_paid" if invoice["status"] == "paid" else "invoice_closed")
    payer = world.store.get("customer", invoice["customer"]) or {}
    with world.at_time_of(payer):
        if rest:
            return _confirm(world, invoice, spoken, sent.get("answer") if method == "POST" else None)
        return _pay(world, invoice, spoken, sent) if method == "POST" else _form(world, invoice, spoken)


def _pay(world: World, invoice: JsonObject, spoken: str, sent: dict[str, str]) -> Reply:
    typed = {name: sent.get(name, "").strip()[:_LONGEST_FIELD] for name in _FIELDS}
    form = None if sent.get("with") == "kept" else paying.Form(method="card", **typed)
    outcome = mending.begin(world, invoice, form)
    if outcome.result is Result.INVALID:
        return _form(world, invoice, spoken, form=form, errors=outcome.errors, status=422)
    if outcome.refusal is not None:
        why = told(outcome.refusal.code, outcome.refusal.decline_code)
        return _form(world, invoice, spoken, form=form, refusal=why, status=402)
    return redirect(f"/i/{invoice['id']}" + ("/confirm" if outcome.result is Result.CHALLENGED else ""))


def _confirm(world: World, invoice: JsonObject, spoken: str, given: str | None) -> Reply:
    if not mending.waits(world, invoice):
        return redirect(f"/i/{invoice['id']}")
    if given not in ("approve", "refuse"):
        facts = _facts(invoice, spoken)
        return portal_html.confirm(f"/i/{invoice['id']}/confirm", spoken, about=facts)
    outcome = mending.answer(world, invoice, approve=given == "approve")
    if outcome.refusal is not None:
        return _form(world, invoice, spoken, refusal=outcome.refusal.code, status=402)
    return redirect(f"/i/{invoice['id']}")


def _form(
    world: World,
    invoice: JsonObject,
    spoken: str,
    *,
    form: paying.Form | None = None,
    errors: dict[str, str] | None = None,
    refusal: str | None = None,
    status: int = 200,
) -> Reply:
    texts = TEXTS[spoken]
    if refusal is None and not errors and mending.waits(world, invoice):
        return redirect(f"/i/{invoice['id']}/confirm")
    wrong = {name: texts[key] for name, key in (errors or {}).items()}
    form = form or paying.Form(
        method="card", email=invoice["customer_email"] or "", name=invoice["customer_name"] or ""
    )
    content = h(
        _CONTENT,
        title=texts["invoice_title"],
        facts=_facts(invoice, spoken),
        problems=problems(texts, wrong, refusal, title=texts["not_paid"], heading="h2"),
        kept=_kept(world, invoice, spoken),
        other=texts["invoice_other"],
        other_text=texts["invoice_other_text"],
        invoice=invoice["id"],
        contact=contact(texts, form, wrong),
        card=card_panel(texts, form, wrong),
        pay=texts["pay"],
        amount=_amount(invoice, spoken),
    )
    title = f"{texts['error_prefix']}: {texts['invoice_title']}" if wrong or refusal else texts["invoice_title"]
    return page(spoken, title, content, status=status)


def _kept(world: World, invoice: JsonObject, spoken: str) -> Html | None:
    """The button that pays with what is kept."""
    method = mending.kept_for(world, invoice)
    if method is None:
        return None
    texts = TEXTS[spoken]
    return h(
        '<form method="post" action="/i/{invoice}"><button class="button" name="with" value="kept">{text}</button></form>',
        invoice=invoice["id"],
        text=texts["invoice_kept"].format(card=portal_html.long(method, texts)),
    )


def _facts(invoice: JsonObject, spoken: str) -> Html:
    return h(
        '<dl class="facts"><div><dt>{to_pay}</dt><dd>{amount}</dd></div></dl>',
        to_pay=TEXTS[spoken]["to_pay"],
        amount=_amount(invoice, spoken),
    )


def _amount(invoice: JsonObject, spoken: str) -> str:
    return money.written(invoice["amount_due"], invoice["currency"], spoken)
