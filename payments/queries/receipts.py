"""Finding a receipt."""

from datetime import datetime

from django.urls import reverse

from payments.models import Receipt
from payments.queries.tokens import is_token


def receipt_path(*, token: str, language: str) -> str:
    """The path of a receipt's capability link on this site."""
    return reverse("payments:receipt", kwargs={"language": language, "token": token})


def receipt_by_link(*, token: str, now: datetime) -> Receipt | None:
    """The receipt behind a capability link. None for a wrong or an expired one, without telling them apart."""
    if not is_token(token):
        return None
    return Receipt.objects.filter(link_token=token, link_expires_at__gt=now).first()


def receipt_by_number(*, number: str) -> Receipt | None:
    """The receipt with this number, as staff type it ("2026/000123"); spaces around it don't matter."""
    return Receipt.objects.filter(number=number.strip()).select_related("donation").first()
