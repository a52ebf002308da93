"""Sums in templates: `{{ minor|money }}`."""

from django import template

from core.money import format_money, format_whole

register = template.Library()


@register.filter
def money(minor: int, currency: str = "PLN") -> str:
    """A sum in minor units as the reader writes it."""
    return format_money(int(minor), currency=currency)


@register.filter
def whole_money(minor: int) -> str:
    """A sum rounded to whole złoty, for goals and overviews where grosze would be noise."""
    return format_whole(int(minor))
