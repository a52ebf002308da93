"""What a file says of itself before its figures: what it is, from when, and how it can be checked."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.periods import WARSAW
from core.texts import in_language
from transparency.exports.naming import Content
from transparency.exports.sections import Wanted, choices_of
from transparency.pages import words


def title_of(content: Content) -> str:
    """What the report is called in the active language, with a capital letter: it heads pages and files."""
    about = content["report"]
    campaign = about.get("campaign")
    title = words.title_of(
        kind=about["kind"],
        first_period=about["first_period"],
        campaign=in_language(campaign["name"]) if campaign else "",
        cohort=about.get("cohort"),
    )
    return capfirst(title)


def taken_at(content: Content) -> datetime:
    """When the books were read, as a clock in Warsaw showed it."""
    return datetime.fromisoformat(content["mark"]["taken_at"]).astimezone(WARSAW)


def months_of(content: Content) -> str:
    """The months that the report is about."""
    first, last = content["report"]["first_period"], content["report"]["last_period"]
    if first == last:
        return words.month_name(first)
    return _("%(first)s to %(last)s") % {"first": words.month_name(first), "last": words.month_name(last)}


def narrowed_to(content: Content, wanted: Wanted) -> str:
    """What the figures are narrowed to, in words; empty for the whole."""
    known = choices_of(content)
    return ", ".join(known[dimension][code] for dimension, code in wanted.active().items())


def facts(content: Content, *, sha256: str, address: str, wanted: Wanted) -> list[tuple[str, str]]:
    """Names and texts for the first sheet, the first page, and whoever finds the file in ten years."""
    about, donee = content["report"], content["donee"]
    found = [
        (_("Report"), title_of(content)),
        (_("Months"), months_of(content)),
        (_("Recipient"), f"{donee['name']}, KRS {donee['krs']}, NIP {donee['nip']}"),
        (_("Revision"), str(about["revision"])),
        (_("As of"), in_warsaw(taken_at(content))),
        (_("Method"), str(content["method"]["version"])),
        (_("Address"), address),
        (_("SHA-256 of the canonical JSON"), sha256),
    ]
    if "last_entry" in content["mark"]:
        found.insert(5, (_("Journal up to entry"), str(content["mark"]["last_entry"])))
    if wanted.active():
        found.insert(1, (_("Narrowed to"), narrowed_to(content, wanted)))
    return found


def in_warsaw(moment: datetime) -> str:
    """An instant as Warsaw's clocks show it, to the minute."""
    local = moment.astimezone(WARSAW).replace(tzinfo=None)
    return _("%(moment)s, Warsaw time") % {"moment": date_format(local, "j E Y, H:i")}
