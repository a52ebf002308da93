"""How the pages of the billing portal look."""

from collections.abc import Mapping
from dataclasses import dataclass

from stripe_sandbox import money, payer_form
from stripe_sandbox.errors import JsonObject
from stripe_sandbox.objects.payment_method import is_past
from stripe_sandbox.pages.checkout import card_panel, contact, problems
from stripe_sandbox.pages.html import Html, h, join
from stripe_sandbox.pages.layout import page
from stripe_sandbox.pages.reply import Reply
from stripe_sandbox.pages.sums import day, every
from stripe_sandbox.pages.texts import TEXTS

_HOME = """<section class="form" aria-labelledby="title">
<h1 id="title">{title}</h1>
{notice}
<h2>{subscriptions_title}</h2>
{subscriptions}
<h2>{cards_title}</h2>
{cards}
{add}
{back}
</section>
"""

_SUBSCRIPTION = """<li class="kept">
<p class="kept__name">{name}</p>
<p>{sum}</p>
<p class="hint">{said}</p>
{act}
</li>
"""

_CARD = """<li class="kept">
<p class="kept__name">{name}</p>
{said}
{acts}
</li>
"""

_CARD_FORM = """<section class="form" aria-labelledby="title">
<h1 id="title">{title}</h1>
<p>{text}</p>
{problems}
<form method="post" action="{action}" novalidate>
{contact}
{card}
<button class="button" type="submit">{button}</button>
</form>
{home}
</section>
"""

_QUESTION = """<section class="form" aria-labelledby="title">
<h1 id="title">{title}</h1>
{about}
<p>{question}</p>
<form method="post" action="{action}" class="answers">{buttons}</form>
{home}
</section>
"""


@dataclass(frozen=True)
class View:
    """What the first page shows, and what may be done on it."""

    session: JsonObject
    language: str
    now: int
    subscriptions: list[JsonObject]
    methods: list[JsonObject]
    #: The id of the method that is charged unless a subscription says otherwise.
    default: str | None
    may_change: bool
    may_cancel: bool

    @property
    def texts(self) -> Mapping[str, str]:
        """The texts of its language."""
        return TEXTS[self.language]

    @property
    def used(self) -> set[str | None]:
        """The ids of the methods that something is charged to, or would be."""
        return {each["default_payment_method"] or self.default for each in self.subscriptions} or {self.default}


def home(view: View, *, notice: str | None = None, status: int = 200) -> Reply:
    """What is taken regularly and what is kept, with a button for each thing that may be done."""
    texts, session = view.texts, view.session
    content = h(
        _HOME,
        title=texts["portal"],
        notice=h('<p class="problems" role="alert">{text}</p>', text=texts[notice]) if notice else None,
        subscriptions_title=texts["subscriptions"],
        subscriptions=_listed([_subscription(view, each) for each in view.subscriptions], texts["no_subscriptions"]),
        cards_title=texts["cards"],
        cards=_listed([_method(view, each) for each in view.methods], texts["no_cards"]),
        add=_link(f"{session['url']}/card", texts["add_card"], "button") if view.may_change else None,
        back=_link(session["return_url"], texts["portal_back"], "back") if session["return_url"] else None,
    )
    return page(view.language, texts["portal"], content, status=status)


def _listed(entries: list[Html], nothing: str) -> Html:
    if not entries:
        return h('<p class="hint">{text}</p>', text=nothing)
    return h('<ul class="keeps">{entries}</ul>', entries=join(entries))


def _link(url: str, text: str, style: str) -> Html:
    return h('<p><a class="{style}" href="{url}">{text}</a></p>', style=style, url=url, text=text)


def sum_of(subscription: JsonObject, language: str) -> str:
    """What a subscription takes and how often."""
    items = subscription["items"]["data"]
    recurring = items[0]["price"]["recurring"]
    total = sum(item["price"]["unit_amount"] * item["quantity"] for item in items)
    often = every(recurring["interval"], recurring["interval_count"], language)
    return f"{money.written(total, subscription['currency'], language)} {often}"


def _subscription(view: View, subscription: JsonObject) -> Html:
    texts, language = view.texts, view.language
    charged = subscription["default_payment_method"] or view.default
    method = next((each for each in view.methods if each["id"] == charged), None)
    said = [_when(subscription, view.now, language)]
    if subscription["status"] in ("past_due", "unpaid", "incomplete"):
        said.insert(0, texts["is_past_due"])
    if method is not None:
        said.append(texts["charged_to"].format(card=short(method, texts)))
    return h(
        _SUBSCRIPTION,
        name=subscription["_name"],
        sum=sum_of(subscription, language),
        said=" ".join(said),
        act=_act_on(view, subscription) if view.may_cancel else None,
    )


def _act_on(view: View, subscription: JsonObject) -> Html:
    """The way to cancel, or to take a cancellation back."""
    address = f"{view.session['url']}/cancel/{subscription['id']}"
    ends = subscription["cancel_at_period_end"]
    text = view.texts["cancel_undo" if ends else "cancel"]
    label = h('{text}<span class="hidden">: {name}</span>', text=text, name=subscription["_name"])
    return _post(address, label, "keep") if ends else h('<p><a href="{url}">{label}</a></p>', url=address, label=label)


def _when(subscription: JsonObject, now: int, language: str) -> str:
    texts = TEXTS[language]
    if subscription["pause_collection"]:
        return texts["is_paused"]
    end = subscription["items"]["data"][0]["current_period_end"]
    key = "ends_on" if subscription["cancel_at_period_end"] else "next_on"
    return texts[key].format(day=day(end, now, language))


def _method(view: View, method: JsonObject) -> Html:
    texts, name = view.texts, long(method, view.texts)
    is_used = method["id"] in view.used
    card = method.get("card")
    said = [texts["is_default"]] * is_used
    if card is not None and is_past(view.now, card["exp_month"], card["exp_year"]):
        said.append(texts["card_past"])
    acts = []
    if view.may_change:
        hidden = h('<span class="hidden">: {name}</span>', name=name)
        # One that is used can't be removed while a subscription needs it; one that isn't can be used instead.
        for act, key in (("default", "make_default"), ("remove", "remove")):
            if not (is_used and act == "default"):
                label = h("{text}{hidden}", text=texts[key], hidden=hidden)
                acts.append(_post(f"{view.session['url']}/method/{method['id']}/{act}", label, act))
    return h(
        _CARD,
        name=name,
        said=h('<p class="hint">{text}</p>', text=". ".join(said) + ".") if said else None,
        acts=h('<div class="acts">{acts}</div>', acts=join(acts)) if acts else None,
    )


def _post(address: str, label: Html, answer: str) -> Html:
    return h(
        '<form method="post" action="{address}"><button class="small" name="answer" value="{answer}">{label}</button>'
        "</form>",
        address=address,
        label=label,
        answer=answer,
    )


def long(method: JsonObject, texts: Mapping[str, str]) -> str:
    """A kept method with its date."""
    return _named("card_line", method, texts)


def short(method: JsonObject, texts: Mapping[str, str]) -> str:
    """A kept method in few words."""
    return _named("card_short", method, texts)


def _named(key: str, method: JsonObject, texts: Mapping[str, str]) -> str:
    if method["type"] != "card":
        return texts["blik_line"]
    card = method["card"]
    facts = {"month": card["exp_month"], "year": card["exp_year"], "last4": card["last4"]}
    return texts[key].format(brand=card["brand"].capitalize(), **facts)


def card_form(
    session: JsonObject,
    language: str,
    form: payer_form.Form,
    *,
    errors: Mapping[str, str] | None = None,
    refusal: str | None = None,
    status: int = 200,
) -> Reply:
    """The form to type a card, with what was wrong about the last one."""
    texts = TEXTS[language]
    wrong = {name: texts[key] for name, key in (errors or {}).items()}
    content = h(
        _CARD_FORM,
        title=texts["add_card"],
        text=texts["add_card_text"],
        problems=problems(texts, wrong, refusal, title=texts["not_kept"], heading="h2"),
        action=f"{session['url']}/card",
        contact=contact(texts, form, wrong),
        card=card_panel(texts, form, wrong),
        button=texts["keep"],
        home=_home_link(session, texts),
    )
    title = f"{texts['error_prefix']}: {texts['add_card']}" if wrong or refusal else texts["add_card"]
    return page(language, title, content, status=status)


def _home_link(session: JsonObject, texts: Mapping[str, str]) -> Html | None:
    if session["flow"] is None:
        return _link(session["url"], texts["portal_home"], "back")
    return _link(session["return_url"], texts["portal_back"], "back") if session["return_url"] else None


def confirm(action: str, language: str, about: Html | None = None, home_link: Html | None = None) -> Reply:
    """The page that stands for the bank, asking about a card."""
    texts = TEXTS[language]
    buttons = [
        h(
            '<button class="button{quiet}" name="answer" value="{answer}">{text}</button>',
            quiet="" if answer == "approve" else " button--quiet",
            answer=answer,
            text=texts[f"confirm_card_{answer}"],
        )
        for answer in ("approve", "refuse")
    ]
    content = h(
        _QUESTION,
        title=texts["confirm_card"],
        about=about,
        question=texts["confirm_card_text"],
        action=action,
        buttons=join(buttons),
        home=home_link,
    )
    return page(language, texts["confirm_card"], content)


def cancel(session: JsonObject, language: str, subscription: JsonObject, *, now: int, immediately: bool) -> Reply:
    """One question, one button, and the way back."""
    texts = TEXTS[language]
    end = subscription["items"]["data"][0]["current_period_end"]
    key = "cancel_question_now" if immediately else "cancel_question"
    content = h(
        _QUESTION,
        title=texts["cancel_title"],
        about=h('<p class="kept__name">{text}</p>', text=subscription["_name"]),
        question=texts[key].format(day=day(end, now, language)),
        action=f"{session['url']}/cancel/{subscription['id']}",
        buttons=h('<button class="button" name="answer" value="cancel">{text}</button>', text=texts["cancel_do"]),
        home=_home_link(session, texts),
    )
    return page(language, texts["cancel_title"], content)
