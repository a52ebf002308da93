"""The left side of a session's page: what is paid for, how much of it now and how much later."""

from collections.abc import Mapping

from stripe_sandbox import money
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.objects import line_item
from stripe_sandbox.pages.html import Html, h, join
from stripe_sandbox.pages.sums import day, each_time, every
from stripe_sandbox.pages.texts import TEXTS
from stripe_sandbox.recurrence import Plan

_SUMMARY = """<section class="summary" aria-labelledby="summary-title">
<p class="account">{account}</p>
<h1 class="amount" id="summary-title"><span>{verb}</span> {amount}</h1>
{first}
<h2 class="quiet">{summary}</h2>
<ul class="items">{items}</ul>
{totals}
{back}
</section>
"""

_TO_KEEP = """<section class="summary" aria-labelledby="summary-title">
<p class="account">{account}</p>
<h1 id="summary-title">{title}</h1>
<p class="said">{text}</p>
{back}
</section>
"""


def summary(session: JsonObject, plan: Plan | None, now: int, language: str) -> Html:
    """What the session is about; ``plan`` is that of a subscription."""
    texts = TEXTS[language]
    if session["mode"] == "setup":
        facts = {"title": texts["keep_title"], "text": texts["keep_text"]}
        return h(_TO_KEEP, account=texts["account"], back=_back(session, texts), **facts)
    return h(
        _SUMMARY,
        account=texts["account"],
        verb=texts[verb_of(session)],
        amount=each_time(session, plan, language),
        first=h('<p class="said">{text}</p>', text=_first(plan, now, texts, language)) if plan else None,
        summary=texts["summary"],
        items=_items(session, plan, texts, language),
        totals=_totals(session, plan, now, language),
        back=_back(session, texts),
    )


def agreement(session: JsonObject, plan: Plan, now: int, language: str) -> Html:
    """What a payer agrees to by sending the form."""
    texts = TEXTS[language]
    said = texts["agreement"].format(sum=each_time(session, plan, language), first=_first(plan, now, texts, language))
    return h('<p class="agreement">{said}</p>', said=said)


def verb_of(session: JsonObject) -> str:
    """The key of the text that says what the button does."""
    if session["mode"] == "setup":
        return "keep"
    verb = session["submit_type"]
    if verb in ("donate", "book", "subscribe"):
        return str(verb)
    return "subscribe" if session["mode"] == "subscription" and verb != "pay" else "pay"


def _first(plan: Plan, now: int, texts: Mapping[str, str], language: str) -> str:
    if plan.first_on is None:
        return texts["first_today"]
    return texts["first_on"].format(day=day(plan.first_on, now, language))


def _items(session: JsonObject, plan: Plan | None, texts: Mapping[str, str], language: str) -> Html:
    return join(
        h(
            "<li><span>{name}{quantity}{once}</span> <span>{amount}</span></li>",
            name=item["description"],
            quantity=h(" <small>× {count}</small>", count=item["quantity"]) if item["quantity"] > 1 else None,
            once=h(" <small>({once})</small>", once=texts["once"])
            if plan and not line_item.is_recurring(item)
            else None,
            amount=money.written(line_item.full_amount(item), item["currency"], language),
        )
        for item in session["_line_items"]
    )


def _totals(session: JsonObject, plan: Plan | None, now: int, language: str) -> Html:
    texts, currency = TEXTS[language], session["currency"]
    if plan is None:
        return _total(texts["total"], money.written(session["amount_total"], currency, language))
    often = every(plan.interval, plan.interval_count, language)
    each = money.written(plan.recurring, currency, language)
    if plan.due_now == 0 and plan.first_on is not None:
        later = texts["each_time"].format(day=day(plan.first_on, now, language), every=often)
        return join([_total(later, each), h('<p class="said">{text}</p>', text=texts["nothing_now"])])
    due_now = _total(texts["due_now"], money.written(plan.due_now, currency, language))
    return join([due_now, _total(texts["then_each_time"].format(every=often), each)])


def _total(name: str, amount: str) -> Html:
    return h('<p class="total"><span>{name}</span> <strong>{amount}</strong></p>', name=name, amount=amount)


def _back(session: JsonObject, texts: Mapping[str, str]) -> Html | None:
    if not session["cancel_url"]:
        return None
    return h('<p><a class="back" href="{url}">{text}</a></p>', url=session["cancel_url"], text=texts["back"])
