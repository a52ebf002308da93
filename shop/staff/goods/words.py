"""What goods and services refuse, and what was done with them, in words."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from aid_packages.deliveries.operations import deliveries, items, lots, papers, refusals
from aid_packages.deliveries.operations.imports import AlreadyImported, CellReason, FileRefused, HasFaults
from aid_packages.deliveries.weeks import NoSuchWeek, week_text
from aid_packages.models import Allocation
from core.money import format_money

Telling = Promise | str | Callable[[Any], str]

_UNITS = _("Count in whole units, at least one.")


def _not_enough(refusal: Any) -> str:
    there = ngettext("%(number)s unit is there", "%(number)s units are there", refusal.available)
    return _("%(there)s, %(wanted)s are wanted. Somebody may have been quicker.") % {
        "there": there % {"number": refusal.available},
        "wanted": refusal.wanted,
    }


def _over_document(refusal: Any) -> str:
    return _("Of this document only %(sum)s is not yet accounted for by goods.") % {
        "sum": format_money(refusal.left_minor)
    }


def _too_early(refusal: Any) -> str:
    return _("The lot came in later, in week %(week)s.") % {"week": week_text(refusal.came_in)}


def _over_run(refusal: AlreadyImported) -> str:
    return _("The same rows were handed in before, as import %(number)s: nothing is booked twice.") % {
        "number": refusal.run_id
    }


TELLINGS: dict[type[Exception], Telling] = {
    refusals.UnknownItem: lambda refusal: _("There is no such item: %(code)s.") % {"code": refusal.code},
    refusals.UnknownRegion: lambda refusal: _("There is no such region: %(code)s.") % {"code": refusal.code},
    refusals.UnknownNeed: lambda refusal: _("There is no such need: %(code)s.") % {"code": refusal.fund_code},
    refusals.WeekNotOver: _(
        "This week is not over yet. Help is written down when its week is over, so nobody learns a day."
    ),
    refusals.FutureWeek: _("This week has not begun yet."),
    refusals.WeekTooEarly: _too_early,
    refusals.BadUnits: _UNITS,
    refusals.BadPeople: _("Leave it empty where nobody counted; there are no more nationalities than people."),
    refusals.NotEnough: _not_enough,
    refusals.OtherPurpose: _("These goods came for another purpose: they serve their own need, or all needs below it."),
    refusals.AlreadyTakenBack: _("This was taken back before, or can't be taken back by itself."),
    NoSuchWeek: _("This is not a week, such as 2026-W41."),
    deliveries.NothingHanded: _("Say what was handed on, each item once."),
    items.ItemTaken: _("This code stands for another item already."),
    items.BadItemCode: _("A code is made of small letters, digits and hyphens, and begins with a letter."),
    items.TitleMissing: _("Name it in both languages."),
    items.NoSuchPart: _("The package has no such line any more."),
    lots.NoDocument: _("There is no accepted document of ours with this number."),
    lots.CorrectedSince: _("This document was corrected since: choose its newest correction."),
    lots.OtherFund: _("This document is not paid from that need's money."),
    lots.OverDocument: _over_document,
    lots.BadUseBy: _("This is not a month, such as 2026-11."),
    papers.PaperStands: _("The document of these goods counts: nothing is to be put right."),
    AlreadyImported: _over_run,
    HasFaults: _("Some rows can't be booked, so none is. Mend the file and hand it in again."),
    FileRefused: lambda refusal: refusal.sentence,
    Allocation.DoesNotExist: _("There is no such allocation."),
}

ACTS: dict[str, str | Promise] = {
    "aid_item.named": _("named an item"),
    "aid_item.tied": _("tied the item to a package"),
    "aid_item.untied": _("untied the item from a package"),
    "lot.taken_in": _("took goods in"),
    "lot.taken_back": _("took a wrong lot back"),
    "lot.put_on_document": _("put goods on another document"),
    "lot.reserved": _("reserved goods"),
    "lot.released": _("released reserved goods"),
    "lot.lost": _("wrote goods off as lost"),
    "lot.expired": _("wrote goods off as expired"),
    "lot.move_taken_back": _("took a wrong move of goods back"),
    "delivery.recorded": _("recorded a delivery"),
    "delivery.taken_back": _("took a wrong delivery back"),
    "service.recorded": _("recorded a service"),
    "service.taken_back": _("took a wrong service back"),
    "import.handed_in": _("handed a file in"),
    "import.confirmed": _("had an import booked"),
    "import.dropped": _("put an import aside"),
}

NOUNS: dict[str, tuple[str | Promise, str]] = {
    "aid_item": (_("Item no. %(number)s"), "staff:good"),
    "lot": (_("Lot %(number)s"), "staff:lot"),
    "delivery": (_("Delivery %(number)s"), "staff:delivery"),
    "service": (_("Service no. %(number)s"), "staff:service"),
    "import": (_("Import %(number)s"), "staff:import"),
}


def fault_sentence(*, code: str, facts: dict[str, Any], tellings: dict[type[Exception], Telling]) -> str:
    """What is wrong with a row, in the reader's language, from the code and facts that were kept."""
    if code in CellReason.values:
        label = str(CellReason(code).label)
        return label % facts if facts else label
    for kind, telling in tellings.items():
        if kind.__qualname__ == code:
            if isinstance(telling, str | Promise):
                return str(telling)
            try:
                return str(telling(SimpleNamespace(**facts)))
            except AttributeError:  # a fact that JSON could not keep: the sentence without its figures is not invented
                break
    return str(_("This row can't be booked by the rules."))
