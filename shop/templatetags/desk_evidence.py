"""Evidence on the desk's pages of other things: `{% evidence_of "document" document.pk %}`."""

from typing import Any

from django import template
from django.urls import reverse

from aid_packages.evidence import queries
from aid_packages.evidence.models import EventKind, SubjectKind, WithheldReason

register = template.Library()


@register.inclusion_tag("staff/evidence_items.html")
def evidence_of(subject_kind: str, subject_id: int) -> dict[str, Any]:
    """The list of what belongs to a document, delivery or grant, and the way to add to it. One query."""
    kind = SubjectKind(subject_kind)
    return {
        "items": queries.items_of(subject_kind=kind, subject_id=subject_id),
        "add_url": reverse("staff:evidence_of", args=[subject_kind, subject_id]),
    }


@register.filter
def standing_label(value: str) -> str:
    """`taken_in` in words."""
    return str(EventKind(value).label)


@register.filter
def why_label(value: str) -> str:
    """`safety` in words."""
    return str(WithheldReason(value).label)
