"""The one page on which a gift is given: shown, sent back with errors, or led on to the payment page.

What is given (a basket, one package, a free sum) is the business of those who inherit: they say what the gift is, and
may reserve something for it before the donor is sent to pay.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.views import View

from core.money import MAX_GIFT
from donors.operations import Giver, keep_gift_details, remember_donor, save_draft
from donors.operations.anonymous_gift import anonymous_donor_of
from payments.operations import (
    FrozenLine,
    ProviderRefused,
    ProviderUnavailable,
    ShareChanged,
    TotalChanged,
    cover_fee_for,
)
from payments.queries import shares_of
from payments.queries.donation_page import donor_of_intent
from payments.queries.share_policies import share_in_force, told_of
from shop.forms import draft
from shop.forms.attempt import new_attempt, number_of, read_attempt, sign_attempt
from shop.forms.donor import DonorForm
from shop.forms.gift import Gift
from shop.forms.terms import CURRENT_TERMS

MOST_TURNS = 8


class Standing(Enum):
    """How what was begun on a page stands."""

    OPEN = "open"  # It can still be paid, or nobody knows yet.
    GIVEN = "given"  # It was paid, or the payment is on its way.
    DEAD = "dead"  # It never will be: the same form, sent again, means another attempt.


class Begun(Protocol):
    """A donation, or a monthly gift, that was begun: what the page needs of it."""

    @property
    def token(self) -> str: ...
    @property
    def checkout_url(self) -> str | None: ...


class Notice(Enum):
    """What the page says above the form when it was sent and led nowhere. Nothing was charged in any of them."""

    SHARE_CHANGED = "share_changed"  # Another share goes to running costs than the page said when it was opened.
    PRICE_CHANGED = "price_changed"  # The server's sum is no longer the one the donor saw.
    TOO_OLD = "too_old"  # The page was open for a day, or its hidden fields were changed.
    TOO_MUCH = "too_much"  # The sum is above what is taken online.
    PROVIDER = "provider"  # The payment provider did not open a payment page.
    BASKET_MOVED = "basket_moved"  # The basket was changed or paid in another window.
    ALREADY_GIVES = "already_gives"  # A signed-in donor gives to the same need already: raise that, or keep both?


class CannotReserve(Exception):
    """What is given can't be reserved any more. Expected: two windows, one basket."""


class AlreadyGiven(Exception):
    """The gift was already paid. Expected: the back button. `token` leads to its thank-you page."""

    def __init__(self, token: str) -> None:
        super().__init__("already given")
        self.token = token


@dataclass(frozen=True)
class Sheet:
    """The form as it was filled in, for what it gives, and the secret of the attempt."""

    gift: Gift
    form: DonorForm
    attempt: str

    @property
    def expected_share(self) -> int:
        """The permille for running costs that the page said, as it came back: compared with what is in force, no more."""
        typed = str(self.form.cleaned_data.get("expected_share", ""))
        return int(typed) if typed.isascii() and typed.isdigit() else 0


B = TypeVar("B", bound=Begun)


class GivingPage(View, Generic[B]):
    """GET shows the form, POST gives. Those who inherit say what is begun, and how it stands."""

    http_method_names = ["get", "head", "post"]
    template_name = "pages/give_details.html"
    key_prefix = "gift"
    form_class: type[DonorForm] = DonorForm

    def find_gift(self, request: HttpRequest) -> Gift | HttpResponse:
        """What is given, or the answer to someone who has nothing to give."""
        raise NotImplementedError

    def clear_way(self, gift: Gift, *, number: str, now: datetime) -> None:
        """Called first, outside any database transaction: ends what stands in the way of this number.

        Raises CannotReserve or AlreadyGiven.
        """

    def reserve(self, gift: Gift, *, number: str, now: datetime) -> None:
        """Called in a database transaction before the provider is asked; may run twice for one number.

        Raises CannotReserve.
        """

    def release(self, begun: B, *, number: str, now: datetime) -> None:
        """Called when what was begun under this number is dead, before another turn."""

    def begin(self, sheet: Sheet, *, intent_key: str, donor_id: int, now: datetime) -> B:
        """Commits the intent and opens its payment page. Called outside any database transaction.

        Raises TotalChanged, ShareChanged, ProviderUnavailable, ProviderRefused.
        """
        raise NotImplementedError

    def standing(self, begun: B) -> Standing:
        """How it stands after it was begun."""
        raise NotImplementedError

    def finish(self, sheet: Sheet, begun: B, *, donor_id: int, now: datetime) -> None:
        """Called once it was begun and is not dead; may run twice."""

    def close_open(self, *, token: str, now: datetime) -> Standing:
        """Closes the payment page of what was begun before, so that nobody pays for both. Raises as `begin`."""
        raise NotImplementedError

    def is_in_doubt(self, *, token: str) -> bool:
        """Whether what was begun before may still come about."""
        raise NotImplementedError

    def thank_you_path(self, *, token: str) -> str:
        """The page that says how it stands."""
        raise NotImplementedError

    def question(self, request: HttpRequest, sheet: Sheet, *, now: datetime) -> HttpResponse | None:
        """An answer that must come before anything is begun, such as a question to the donor; None to go on."""
        return None

    def more_context(self, sheet: Sheet) -> dict[str, Any]:
        """What this page's template needs besides."""
        return {}

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        gift = self.find_gift(request)
        if isinstance(gift, HttpResponse):
            return gift
        begun = draft.find_begun(request, now=now)
        form = self.form_class(initial=begun.typed, now=now)
        return self._show(request, Sheet(gift, form, self._attempt_of(begun, gift)))

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        gift = self.find_gift(request)
        if isinstance(gift, HttpResponse):
            return gift
        form = self.form_class(request.POST, now=now)
        attempt = read_attempt(request.POST.get("attempt", ""))
        sheet = Sheet(gift, form, attempt or new_attempt())
        if not form.is_valid():
            return self._show(request, sheet)
        notice = Notice.TOO_OLD if attempt is None else _objection(gift, form)
        if notice is not None:
            return self._show(request, sheet, notice=notice, status=409)
        return self.question(request, sheet, now=now) or self._give(request, sheet, now=now)

    def _give(self, request: HttpRequest, sheet: Sheet, *, now: datetime) -> HttpResponse:
        """Keeps what was typed, commits the intent, and leads to the payment page."""
        begun = draft.find_begun(request, now=now)
        kept = {"typed": sheet.form.typed(), "page": sheet.gift.page, "attempt": sheet.attempt, "content": _mark(sheet)}
        draft_token = save_draft(token=begun.draft_token or None, data=kept, now=now)
        try:
            self._close_earlier(begun, sheet, now=now)
            started = self._start(sheet, now=now)
        except (ProviderUnavailable, ProviderRefused) as trouble:
            response = self._show(
                request, sheet, notice=Notice.PROVIDER, status=503, trouble=str(trouble.telling.donor)
            )
        except TotalChanged:
            response = self._show(
                request, replace(sheet, attempt=new_attempt()), notice=Notice.PRICE_CHANGED, status=409
            )
        except ShareChanged:
            response = self._show(request, sheet, notice=Notice.SHARE_CHANGED, status=409)
        except CannotReserve:
            response = self._show(request, sheet, notice=Notice.BASKET_MOVED, status=409)
        except AlreadyGiven as given:
            return redirect(self.thank_you_path(token=given.token))
        else:
            response = self._lead_on(started)
            draft.keep_tokens(response, draft_token=draft_token, donation_token=started.token)
            return response
        draft.keep_tokens(response, draft_token=draft_token, donation_token=begun.donation_token)
        return response

    def _start(self, sheet: Sheet, *, now: datetime) -> B:
        """What this attempt began: the one that is there, or a new one if that is dead."""
        for turn in range(MOST_TURNS):
            number = number_of(attempt=sheet.attempt, content=_content(sheet), turn=turn)
            donor_id = _donor(sheet.form, gift=f"{self.key_prefix}:{number}", now=now)
            self.clear_way(sheet.gift, number=number, now=now)
            self._reserve(sheet, number=number, donor_id=donor_id, now=now)
            begun = self.begin(sheet, intent_key=f"{self.key_prefix}:{number}", donor_id=donor_id, now=now)
            if self.standing(begun) is not Standing.DEAD:
                self.finish(sheet, begun, donor_id=donor_id, now=now)
                return begun
            self.release(begun, number=number, now=now)
        raise CannotReserve

    def _reserve(self, sheet: Sheet, *, number: str, donor_id: int, now: datetime) -> None:
        """What names the giver and what is given, kept together. A twin of this post may have been quicker."""
        for is_second_try in (False, True):
            try:
                with transaction.atomic():
                    key = f"{self.key_prefix}:{number}"
                    keep_gift_details(donor_id=donor_id, gift=key, giver=_giver(sheet.form), now=now)
                    self.reserve(sheet.gift, number=number, now=now)
            except IntegrityError:
                if is_second_try:
                    raise
            else:
                return

    def _close_earlier(self, begun: draft.Begun, sheet: Sheet, *, now: datetime) -> None:
        """The same page, sent before with other content: its payment page is closed, so that nobody pays for both.

        Raises AlreadyGiven when that one was paid meanwhile, and what the provider raises.
        """
        before = begun.data
        if not begun.donation_token or before.get("attempt") != sheet.attempt or before.get("content") == _mark(sheet):
            return
        standing = self.close_open(token=begun.donation_token, now=now)
        if standing is Standing.GIVEN:
            raise AlreadyGiven(begun.donation_token)
        if standing is Standing.OPEN:
            raise CannotReserve

    def _attempt_of(self, begun: draft.Begun, gift: Gift) -> str:
        """The begun attempt while its payment may still come about, so that Back and Pay never pay twice.

        Else a new one.
        """
        if (
            begun.donation_token
            and begun.data.get("page") == gift.page
            and self.is_in_doubt(token=begun.donation_token)
        ):
            return str(begun.data["attempt"])
        return new_attempt()

    def _lead_on(self, begun: B) -> HttpResponse:
        """To the payment page, or, when there is nothing left to pay, to the page that says how it stands."""
        if self.standing(begun) is Standing.OPEN and begun.checkout_url:
            response = HttpResponseRedirect(begun.checkout_url)
            response.status_code = 303
            return response
        return redirect(self.thank_you_path(token=begun.token))

    def _show(
        self, request: HttpRequest, sheet: Sheet, *, notice: Notice | None = None, status: int = 200, trouble: str = ""
    ) -> HttpResponse:
        gift = sheet.gift
        cover = cover_fee_for(total_minor=gift.total_minor)
        in_force = share_in_force(now=timezone.now())
        context = {
            "gift": gift,
            "form": sheet.form,
            "attempt": sign_attempt(sheet.attempt),
            "expected_total": str(gift.total_minor),
            "cover_minor": cover,
            "with_cover_minor": gift.total_minor + cover,
            "notice": notice.value if notice else "",
            "trouble": trouble,
            "terms_version": CURRENT_TERMS,
            "expected_share": str(in_force.permille if in_force else 0),
            "share": told_of(parts=shares_of(lines=gift.lines, cover_fee_minor=0), in_force=in_force),
            **self.more_context(sheet),
        }
        response = render(request, self.template_name, context, status=status)
        add_never_cache_headers(response)
        return response


def _content(sheet: Sheet) -> dict[str, Any]:
    """Everything that would make it another donation."""
    typed = sheet.form.typed()
    said = {"share": sheet.expected_share} if sheet.expected_share else {}
    return {**sheet.gift.content(), "typed": typed, "language": get_language() or "pl", "terms": CURRENT_TERMS, **said}


def _mark(sheet: Sheet) -> str:
    """A short sign of the content, to tell whether the same page was sent again with something changed."""
    return number_of(attempt=sheet.attempt, content=_content(sheet))


def _objection(gift: Gift, form: DonorForm) -> Notice | None:
    if form.cleaned_data["expected_total"] != str(gift.total_minor):
        return Notice.PRICE_CHANGED
    return Notice.TOO_MUCH if gift.total_minor + cover_of(gift, form) > MAX_GIFT else None


def cover_of(gift: Gift, form: DonorForm) -> int:
    """The covered fee in grosze, as the server counts it; 0 when it isn't ticked."""
    return cover_fee_for(total_minor=gift.total_minor) if form.cleaned_data["cover_fee"] else 0


def frozen(gift: Gift) -> list[FrozenLine]:
    return [
        FrozenLine(
            title=line.title,
            fund_code=line.fund_code,
            unit_minor=line.unit_minor,
            quantity=line.quantity,
            fallback=line.fallback,
        )
        for line in gift.lines
    ]


def _donor(form: DonorForm, *, gift: str, now: datetime) -> int:
    """Who gives: found by the address, or, anonymously, somebody who stands for this one gift."""
    typed = form.cleaned_data
    if typed.get("anonymous"):
        return donor_of_intent(intent_key=gift) or anonymous_donor_of(
            gift=gift, email=typed["email"], giver=_giver(form), language=get_language() or "pl", now=now
        )
    return remember_donor(
        email=typed["email"],
        name=typed["name"],
        company_name=typed["company_name"],
        nip=typed["nip"],
        language=get_language() or "pl",
        now=now,
    )


def _giver(form: DonorForm) -> Giver:
    """Who this gift's receipt will name, whatever is typed for the next one."""
    typed = form.cleaned_data
    return Giver(name=typed["name"], company_name=typed["company_name"], nip=typed["nip"])


def absolute(path: str) -> str:
    """An address for the provider: from the settings, never from the Host header that a visitor sends."""
    return str(settings.SITE_URL).rstrip("/") + path
