"""What a donor does to a monthly gift: each act on a page of its own, which says before what will happen.

GET shows it, POST does it and leads back to the gift's page, which tells what was read back. A form sent twice has one
key, and so is one act.
"""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aid_packages.queries.targets import NEEDED_MOST, free_choices, free_target
from core.money import MAX_GIFT, AmountError
from payments.models import MonthlyGift
from payments.monthly_calendar import warsaw_day
from payments.monthly_states import ActState, ActVerb, MonthlyKind, ReceiptPolicy
from payments.operations import ProviderRefused, ProviderUnavailable
from payments.operations.monthly.acts import Acted, By, NotNow
from payments.operations.monthly.cancel import cancel_monthly
from payments.operations.monthly.change import change_terms
from payments.operations.monthly.choices import choose_receipts
from payments.operations.monthly.pause import pause, resume
from payments.operations.monthly.restart import next_regular_at, restart
from payments.operations.monthly.skip import skip_next
from payments.operations.monthly.switch_kind import switch_kind
from payments.queries.monthly import MonthlyPage, MonthlyRow, next_dates, terms_of
from payments.queries.monthly_dates import anchor_of
from shop.forms.monthly_change import typed_sum
from shop.giving.access import absolute, crumbs, see_other
from shop.giving.forms.monthly import ActForm, CancelForm, ChangeForm, PauseForm, new_key, too_large
from shop.giving.views.monthly import NOT_NOW, RECEIPTS, MonthlyOwn, address_of
from shop.giving.words import Fact, days, each_time, on_day

MORE = "more"
"""In the address of the form of a change: by how many grosze the sum in it is raised."""


class ActPage(MonthlyOwn):
    """One act. Subclasses say its words, its facts, and the operation."""

    verb: ClassVar[ActVerb]
    template_name = "pages/giving/act.html"
    title: Any = ""
    lead: Any = ""
    button: Any = ""

    def form(self, found: MonthlyPage, data: Any = None) -> ActForm:
        """The form, bound to what was sent."""
        return ActForm(data, initial={"request_key": new_key()})

    def facts(self, row: MonthlyRow) -> list[Fact]:
        """What will happen, exactly."""
        return [(_("Each gift"), each_time(row.sum_minor, row.interval, currency=row.currency))]

    def more(self, row: MonthlyRow) -> dict[str, Any]:
        """What else the page shows."""
        return {}

    def do(self, found: MonthlyPage, form: Any, **common: Any) -> Acted:
        """The operation. `common`: gift_id, by, request_key, now."""
        raise NotImplementedError(type(self).__name__)

    def get(self, request: HttpRequest, gift_id: int) -> HttpResponseBase:
        found = self.find(gift_id)
        if self.verb not in found.row.can:
            return see_other(f"{address_of(gift_id)}?{NOT_NOW}=1")
        return self.show(request, found, self.form(found))

    def post(self, request: HttpRequest, gift_id: int) -> HttpResponseBase:
        found = self.find(gift_id)
        form = self.form(found, request.POST)
        if not form.is_valid():
            return self.show(request, found, form, status=422)
        common = {
            "gift_id": gift_id,
            "by": By(donor_id=self.donor_id, staff=None),
            "request_key": f"my:{self.verb}:{gift_id}:{form.cleaned_data['request_key']}",
            "now": self.now,
        }
        try:
            acted = self.do(found, form, **common)
        except NotNow as refused:
            form.add_error(None, str(refused.words))
            return self.show(request, found, form, status=409)
        except AmountError as refused:
            form.add_error("sum" if "sum" in form.fields else None, too_large(refused))
            return self.show(request, found, form, status=422)
        except (ProviderUnavailable, ProviderRefused) as trouble:
            form.add_error(None, str(trouble.telling.donor))
            return self.show(request, found, form, status=503)
        if acted.url and acted.state is not ActState.CONFIRMED:
            return see_other(acted.url)
        return see_other(f"{address_of(gift_id)}?act={acted.act_id}#told")

    def show(self, request: HttpRequest, found: MonthlyPage, form: ActForm, *, status: int = 200) -> HttpResponse:
        """The page of the act."""
        row = found.row
        context = {
            "row": row,
            "form": form,
            "title": self.title,
            "lead": self.lead,
            "button": self.button,
            "facts": self.facts(row),
            "hidden": [("request_key", form["request_key"].value() or "")],
            "back_href": address_of(row.gift_id),
            **crumbs(str(self.title), (_("Monthly gift"), address_of(row.gift_id))),
            **self.more(row),
        }
        return render(request, self.template_name, context, status=status)


class Change(ActPage):
    """Another sum, need, interval, day or covered fee."""

    verb = ActVerb.CHANGE
    template_name = "pages/giving/change.html"
    title = gettext_lazy("Change the monthly gift")
    button = gettext_lazy("Change it")

    def form(self, found: MonthlyPage, data: Any = None) -> ActForm:
        return ChangeForm(
            data,
            initial={"request_key": new_key(), **_raised(found.row, more=self.request.GET.get(MORE, ""))},
            row=found.row,
            now=self.now,
            needed_most=free_target(code=NEEDED_MOST),
            groups=free_choices(now=self.now),
        )

    def post(self, request: HttpRequest, gift_id: int) -> HttpResponseBase:
        """Which mails come with it is our own business: it is kept first, and is no act at the provider."""
        found = self.find(gift_id)
        form = self.form(found, request.POST)
        if not form.is_valid():
            return self.show(request, found, form, status=422)
        policy = form.cleaned_data["receipts"]
        if policy != found.row.receipt_policy:
            by = By(donor_id=self.donor_id)
            choose_receipts(gift_id=gift_id, policy=ReceiptPolicy(policy), by=by, now=self.now)
            if not any(value is not None for value in form.changes().values()):
                return see_other(f"{address_of(gift_id)}?{RECEIPTS}=1")
        return super().post(request, gift_id)

    def do(self, found: MonthlyPage, form: Any, **common: Any) -> Acted:
        return change_terms(**common, **form.changes())


def _raised(row: MonthlyRow, *, more: str) -> dict[str, str]:
    """The sum that stands in the form of who chose, where a second gift was about to begin, to raise this one by it."""
    single = len(row.lines) == 1 and row.lines[0].quantity == 1
    if not single or not more.isascii() or not more.isdigit() or int(more[:12]) > MAX_GIFT:
        return {}
    return {"sum": typed_sum(row.lines_minor + int(more[:12]))}


class Skip(ActPage):
    """The next gift is left out."""

    verb = ActVerb.SKIP
    title = gettext_lazy("Skip the next one")
    lead = gettext_lazy("One gift is left out. You need not do anything to go on.")
    button = gettext_lazy("Skip it")

    def facts(self, row: MonthlyRow) -> list[Fact]:
        left_out, then = row.next_dates[:1], row.next_dates[1:]
        return [(_("Left out"), days(left_out)), (_("Then"), days(then)), *super().facts(row)]

    def do(self, found: MonthlyPage, form: Any, **common: Any) -> Acted:
        return skip_next(**common)


class Pause(ActPage):
    """Nothing is taken for some months."""

    verb = ActVerb.PAUSE
    template_name = "pages/giving/pause.html"
    title = gettext_lazy("Pause the monthly gift")
    lead = gettext_lazy("Nothing is taken until the pause ends. Then it goes on by itself.")
    button = gettext_lazy("Pause it")

    def form(self, found: MonthlyPage, data: Any = None) -> ActForm:
        return PauseForm(data, initial={"request_key": new_key(), "months": 1}, today=warsaw_day(self.now))

    def do(self, found: MonthlyPage, form: Any, **common: Any) -> Acted:
        return pause(**common, months=form.cleaned_data["months"])


class Resume(ActPage):
    """A pause or a skip ends now."""

    verb = ActVerb.RESUME
    title = gettext_lazy("Go on now")
    lead = gettext_lazy("The pause ends. Nothing is taken at this moment; the next gift comes on its own next day.")
    button = gettext_lazy("Go on")

    def facts(self, row: MonthlyRow) -> list[Fact]:
        gift = MonthlyGift.objects.get(pk=row.gift_id)
        gift.paused_until = None
        terms, anchor_at = terms_of(gift_id=row.gift_id), anchor_of(gift=gift)
        dates = next_dates(gift=gift, terms=terms, anchor_at=anchor_at, now=self.now)
        return [*super().facts(row), (_("Next dates"), days(dates))]

    def do(self, found: MonthlyPage, form: Any, **common: Any) -> Acted:
        return resume(**common)


class Cancel(ActPage):
    """The end."""

    verb = ActVerb.CANCEL
    template_name = "pages/giving/cancel.html"
    title = gettext_lazy("End the monthly gift")
    lead = gettext_lazy("Nothing more is taken from the moment you press. Thank you for every gift so far.")
    button = gettext_lazy("End it now")

    def form(self, found: MonthlyPage, data: Any = None) -> ActForm:
        return CancelForm(data, initial={"request_key": new_key()})

    def facts(self, row: MonthlyRow) -> list[Fact]:
        next_ones = [(_("Would come next"), days(row.next_dates))] if row.next_dates else []
        return [*super().facts(row), *next_ones]

    def more(self, row: MonthlyRow) -> dict[str, Any]:
        """Less, or a pause, offered once."""
        ways = {
            ActVerb.CHANGE: (_("Give less"), _("Another sum, from the next gift on."), "monthly_change"),
            ActVerb.PAUSE: (_("Pause"), _("For one to twelve months."), "monthly_pause"),
        }
        offered = [
            (title, meaning, reverse(f"giving:{name}", args=[row.gift_id]))
            for verb, (title, meaning, name) in ways.items()
            if verb in row.can
        ]
        return {"other_ways": offered}

    def do(self, found: MonthlyPage, form: Any, **common: Any) -> Acted:
        return cancel_monthly(**common, why=form.cleaned_data["why"])


class Restart(ActPage):
    """An ended gift goes on."""

    verb = ActVerb.RESTART
    title = gettext_lazy("Begin it again")
    lead = gettext_lazy("Nothing is taken today. You can change or end it any time.")
    button = gettext_lazy("Begin again")

    def facts(self, row: MonthlyRow) -> list[Fact]:
        gift = MonthlyGift.objects.get(pk=row.gift_id)
        first = warsaw_day(next_regular_at(gift=gift, terms=terms_of(gift_id=row.gift_id), now=self.now))
        return [*super().facts(row), (_("What for"), ", ".join(row.titles)), (_("First on"), on_day(first))]

    def do(self, found: MonthlyPage, form: Any, **common: Any) -> Acted:
        return restart(**common, **provider_page(found.row.gift_id))


class Switch(ActPage):
    """By itself, or by a mail each time."""

    verb = ActVerb.SWITCH_KIND
    template_name = "pages/giving/act.html"
    title = gettext_lazy("Give in another way")
    button = gettext_lazy("Give this way from now on")

    def facts(self, row: MonthlyRow) -> list[Fact]:
        by_itself = _("by card, taken by itself on its day")
        by_mail = _("by a mail on the day; you pay by BLIK or card, or you don’t")
        now_and_then = (by_mail, by_itself) if row.kind is MonthlyKind.BY_HAND else (by_itself, by_mail)
        return [(_("Now"), now_and_then[0]), (_("From then on"), now_and_then[1]), *super().facts(row)]

    def do(self, found: MonthlyPage, form: Any, **common: Any) -> Acted:
        other = MonthlyKind.AUTOMATIC if found.row.kind is MonthlyKind.BY_HAND else MonthlyKind.BY_HAND
        return switch_kind(**common, kind=other, **provider_page(found.row.gift_id))


def provider_page(gift_id: int) -> dict[str, str]:
    """Where the donor comes back to, when a card has to be given on the provider's page first."""
    return {
        "return_url": absolute(reverse("giving:monthly_card_back", args=[gift_id])),
        "cancel_url": absolute(address_of(gift_id)),
    }
