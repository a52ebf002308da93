"""What the desk's pages know on every request: the menu, and what waits."""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MENU = (
    ("dashboard:index", _("What waits")),
    ("staff:allocations", _("Allocations")),
    ("staff:documents", _("Documents")),
    ("staff:evidence", pgettext_lazy("desk", "Evidence")),
    ("staff:goods", _("Goods")),
    ("staff:lots", _("Lots")),
    ("staff:deliveries", _("Deliveries")),
    ("staff:services", _("Services")),
    ("staff:imports", _("Imports")),
    ("staff:grants", _("Grants")),
    ("staff:payables", _("To pay")),
    ("staff:partners", _("Partners")),
    ("staff:funds", _("Funds")),
    ("staff:redirects", _("Redirects")),
    ("staff:deficits", _("Deficits")),
    ("staff:donations", _("Donations")),
    ("staff:monthly_gifts", _("Monthly gifts")),
    ("staff:unmatched", _("Unmatched money")),
    ("staff:matters", _("To look at")),
    ("staff:payouts", _("Payouts")),
    ("staff:disputes", _("Disputes")),
    ("staff:mails", _("Mails not sent")),
    ("staff:share_policies", _("Share for running costs")),
    ("staff:reports", _("Reports")),
    ("staff:trail", _("Trail")),
)


def desk(request: HttpRequest) -> dict[str, object]:
    """`desk_menu`: [(label, address, whether this page belongs to it)]. Made only where a template asks for it."""
    return {"desk_menu": SimpleLazyObject(lambda: menu(request.path))}


def menu(path: str) -> list[tuple[str, str, bool]]:
    """The desk's menu as seen from `path`."""
    entries = []
    for name, label in MENU:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        current = path == url if name == "dashboard:index" else path.startswith(url)
        entries.append((str(label), url, current))
    return entries
