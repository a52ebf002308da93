"""The page that explains how what a gift did is found."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.money import format_money
from payments.operations.line_up import REFUND_WINDOW
from transparency import answers
from transparency.attribution.example import Example, picture, worked_example
from transparency.attribution.lines import METHOD_VERSION


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    """The method, and an example that the method computes."""
    example = worked_example()
    above, below = picture(example)
    context = {
        "version": METHOD_VERSION,
        "days": REFUND_WINDOW.days,
        "example": example,
        "above": above,
        "below": below,
        "standing": _standing(example),
        "taken": [[f"{each.mark}  {each.name}", format_money(each.amount)] for each in example.spendings],
        "became": _became(example),
        "standing_headers": [_("Gift"), _("Given"), _("Cost"), _("Given back"), _("On the line"), _("From, to")],
        "taken_headers": [_("Spending"), _("Sum")],
        "became_headers": [_("Gift"), "1", "2", "3", _("Still waiting"), _("Together")],
        "freed_sum": format_money(example.freed[1]),
    }
    return answers.page(request, answers.made(render(request, "pages/reports/how.html", context).content))


def _standing(example: Example) -> list[list[str]]:
    return [
        [
            f"{each.mark}  {each.name}",
            format_money(each.came),
            _sum(each.fees),
            _sum(each.given_back),
            format_money(each.where.length),
            _("%(start)s to %(end)s") % {"start": format_money(each.where.start), "end": format_money(each.where.end)},
        ]
        for each in example.standing
    ]


def _became(example: Example) -> list[list[str]]:
    return [
        [
            f"{each.mark}  {each.name}",
            *(_sum(each.parts.get(key, 0)) for key in ("1", "2", "3")),
            _sum(each.waiting),
            format_money(each.net),
        ]
        for each in example.became
    ]


def _sum(amount_minor: int) -> str:
    return format_money(amount_minor) if amount_minor else "\N{EN DASH}"
