"""Monthly gifts in words: what pages and links say of sums, dates, and of how an act ended."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from core.money import format_money
from payments.monthly_states import ActState, ActVerb, Interval, MonthlyKind, MonthlyState
from payments.monthly_told import Told
from payments.operations.monthly.acts import REFUSALS, REFUSED_ANYHOW
from payments.queries.monthly import ActRow, MonthlyRow, Standing
from shop.forms.monthly_days import on_day

Fact = tuple[str, str]
"""A name and what it is, both ready to be read."""

GOOD = frozenset({Standing.TAKEN, Standing.ASKED, Standing.BEGINS})
BAD = frozenset({Standing.TRIED_AGAIN, Standing.NEEDS_DONOR, Standing.NOT_PAID, Standing.WITHOUT_METHOD})


def face_of(row: MonthlyRow) -> str:
    """How a monthly gift looks: good, bad, or neither (paused, skipped, ended)."""
    if row.standing in GOOD:
        return "good"
    return "bad" if row.standing in BAD else ""


def state_of(row: MonthlyRow) -> str:
    """How a monthly gift stands, in a word."""
    return state_word(row.state, paused=row.paused_until is not None, skipped=row.skipped_on is not None)


def state_word(state: MonthlyState, *, paused: bool, skipped: bool) -> str:
    """The state in a word. To the provider a gift that is paused is active; to its donor it is paused."""
    if skipped:
        return _("next one skipped")
    return _("paused") if paused else str(state.label)


def each_time(sum_minor: int, interval: Interval | str, *, currency: str = "PLN") -> str:
    """A sum with how often it is given: "50.00 zł every month"."""
    return f"{format_money(sum_minor, currency=currency)} {Interval(interval).label}"


def days(dates: tuple[date, ...]) -> str:
    """Several days in a row."""
    return ", ".join(on_day(day) for day in dates)


@dataclass(frozen=True)
class Outcome:
    """How an act ended, for the component "told". `kind` is one of the notices' kinds."""

    kind: str
    title: str
    text: str
    facts: tuple[Fact, ...] = ()


def outcome_of(act: ActRow, *, kind: MonthlyKind) -> Outcome:
    """What the page says of an act, from what was read back; nothing is claimed that nobody confirmed."""
    if act.state is ActState.CONFIRMED and act.told is not None:
        who = (
            _("So our calendar stands now.") if kind is MonthlyKind.BY_HAND else _("So the payment provider answered.")
        )
        return Outcome(kind="success", title=_done(act.verb), text=who, facts=told_facts(act.told))
    if act.state is ActState.REFUSED:
        return Outcome(
            kind="error", title=_("It was not done"), text=str(REFUSALS.get(act.failure_kind, REFUSED_ANYHOW))
        )
    return Outcome(
        kind="warning",
        title=_("We don’t know yet whether it is done"),
        text=_(
            "The payment provider has not answered. It may have happened, or not. We ask again by ourselves and write to"
            " you when we know; you need not send it again."
        ),
    )


def told_facts(told: Told) -> tuple[Fact, ...]:
    """What was read back, as names and figures."""
    state = state_word(told.state, paused=told.paused_until is not None, skipped=told.skipped_on is not None)
    facts = [(_("State"), state), (_("Each gift"), each_time(told.sum_minor, told.interval))]
    if told.paused_until:
        facts.append((_("Paused until"), on_day(told.paused_until)))
    if told.skipped_on:
        facts.append((_("Skipped"), on_day(told.skipped_on)))
    if told.next_dates:
        facts.append((_("Next dates"), days(told.next_dates)))
    else:
        facts.append((_("Next dates"), _("none: nothing more is taken")))
    return tuple(facts)


def history_of(acts: tuple[ActRow, ...]) -> list[tuple[date, str, str]]:
    """The acts as day, what, and how it ended."""
    return [(act.requested_at.date(), _what(act), _ended(act)) for act in acts]


def _what(act: ActRow) -> str:
    title = _done(act.verb) if act.state is ActState.CONFIRMED else str(act.verb.label).capitalize()
    return _("%(act)s (by our staff, at your wish)") % {"act": title} if act.by_staff else title


def _ended(act: ActRow) -> str:
    if act.state is ActState.CONFIRMED and act.told is not None:
        parts = [each_time(act.told.sum_minor, act.told.interval)]
        if act.told.paused_until:
            parts.append(_("paused until %(day)s") % {"day": on_day(act.told.paused_until)})
        if act.told.skipped_on:
            parts.append(_("without %(day)s") % {"day": on_day(act.told.skipped_on)})
        if act.told.next_dates:
            parts.append(_("next on %(day)s") % {"day": on_day(act.told.next_dates[0])})
        return "; ".join(parts)
    return str(act.state.label)


def _done(verb: ActVerb) -> str:
    return {
        ActVerb.CHANGE: _("Changed"),
        ActVerb.SKIP: _("The next gift is skipped"),
        ActVerb.PAUSE: _("Paused"),
        ActVerb.RESUME: _("It goes on"),
        ActVerb.CANCEL: _("Ended"),
        ActVerb.RESTART: _("Begun again"),
        ActVerb.USE_METHOD: _("The other card is used from now on"),
        ActVerb.SWITCH_KIND: _("Given in another way from now on"),
        ActVerb.MERGE: _("Two gifts are one now"),
        ActVerb.MEND: _("The payment was tried again"),
    }[verb]
