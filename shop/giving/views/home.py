"""The donor's home: monthly gifts, and every donation."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from payments.queries.gifts import GiftRow, gifts_count, gifts_of
from payments.queries.monthly import monthly_gifts_of
from shop.giving.access import OwnPage
from shop.giving.words import face_of, state_of

ON_A_PAGE = 20


@dataclass(frozen=True)
class AllGifts:
    """A donor's donations as a paginator wants them: counted once, and read a page at a time."""

    donor_id: int
    total: int

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, part: slice) -> list[GiftRow]:
        start, stop = part.start or 0, part.stop or self.total
        return gifts_of(donor_id=self.donor_id, limit=stop - start, offset=start)


class Home(OwnPage):
    """My giving."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        gifts = AllGifts(self.donor_id, gifts_count(donor_id=self.donor_id))
        page = Paginator(gifts, ON_A_PAGE).get_page(_number(request.GET.get("page", "")))
        rows = monthly_gifts_of(donor_id=self.donor_id, now=self.now)
        cards = [(row, face_of(row), state_of(row), reverse("giving:monthly", args=[row.gift_id])) for row in rows]
        context: dict[str, Any] = {"cards": cards, "page": page, "gifts": list(page.object_list)}
        return render(request, "pages/giving/home.html", context)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1
