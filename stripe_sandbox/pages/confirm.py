"""The pages that stand for a bank: authentication of a card, the BLIK app, the bank behind Przelewy24."""

from stripe_sandbox.errors import JsonObject
from stripe_sandbox.pages.checkout import BANK_NAMES
from stripe_sandbox.pages.html import Html, h, join
from stripe_sandbox.pages.layout import page
from stripe_sandbox.pages.reply import Reply
from stripe_sandbox.pages.sums import each_time
from stripe_sandbox.pages.texts import TEXTS
from stripe_sandbox.recurrence import Plan

#: What can be answered to each kind of question, the first one being the way on.
ANSWERS = {
    "card": ("approve", "refuse"),
    "blik": ("approve", "refuse", "time_out"),
    "p24": ("approve", "refuse", "later"),
}

_CONTENT = """<section class="form" aria-labelledby="title">
<h1 id="title">{title}</h1>
<p>{text}</p>
{facts}
<form method="post" action="/c/pay/{session}/confirm" class="answers">{buttons}</form>
</section>
"""


def confirm_page(session: JsonObject, language: str, bank: str | None, *, plan: Plan | None) -> Reply:
    """Asks the payer what the bank would ask."""
    texts = TEXTS[language]
    kind = session["_challenge"]["kind"]
    content = h(
        _CONTENT,
        session=session["id"],
        title=texts[f"confirm_{kind}"],
        text=texts[f"confirm_{kind}_text"].format(bank=BANK_NAMES.get(bank or "", "")),
        facts=None if session["mode"] == "setup" else _facts(texts["to_pay"], each_time(session, plan, language)),
        buttons=join(_button(kind, answer, texts) for answer in ANSWERS[kind]),
    )
    return page(language, texts[f"confirm_{kind}"], content)


def _facts(to_pay: str, amount: str) -> Html:
    return h('<dl class="facts"><div><dt>{to_pay}</dt><dd>{amount}</dd></div></dl>', to_pay=to_pay, amount=amount)


def _button(kind: str, answer: str, texts: dict[str, str]) -> Html:
    return h(
        '<button class="button{quiet}" name="answer" value="{answer}">{text}</button>',
        quiet="" if answer == "approve" else " button--quiet",
        answer=answer,
        text=texts[f"confirm_{kind}_{answer}"],
    )


def notice_page(
    language: str, name: str, *, status: int = 200, link: tuple[str, str] | None = None, text: str | None = None
) -> Reply:
    """A page with one message (the texts ``name`` and ``name_text``) and perhaps a way on: text key and address.

    ``text`` stands instead of the second.
    """
    texts = TEXTS[language]
    onward = h('<p><a class="button" href="{url}">{text}</a></p>', url=link[1], text=texts[link[0]]) if link else None
    content = h(
        '<section class="form"><h1>{title}</h1><p>{text}</p>{onward}</section>',
        title=texts[name],
        text=text or texts[f"{name}_text"],
        onward=onward,
    )
    return page(language, texts[name], content, status=status)
