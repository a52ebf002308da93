"""One piece of evidence: looked at, released with the checklist by a second person, withheld, erased."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aid_packages.deliveries.weeks import week_text
from aid_packages.evidence import operations, queries, vault
from aid_packages.evidence.checklist import Look
from aid_packages.evidence.models import EventKind, Item, SubjectKind, WithheldReason
from core.texts import in_language
from core.trail import trail_of
from shop.staff.access import APPROVE, PREPARE, Desk
from shop.staff.acts import Act, ActPage
from shop.staff.evidence_forms import ReleaseForm, WithholdForm
from shop.staff.labels import trail_lines

NOTHING_BUT_THE_PICTURE = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
"""What a browser may do with a file that somebody sent us, even after we made it anew: show it."""


def one_item(item_id: int) -> Item:
    """The item with `standing` and `why`, or 404."""
    item = queries.standing_items().select_related("uploaded_by", "region").filter(pk=item_id).first()
    if item is None:
        raise Http404
    return item


class EvidenceItem(ActPage):
    """One piece of evidence, with what can be decided about it."""

    template_name = "staff/evidence_item.html"

    def acts(self) -> list[Act]:
        item = one_item(self.kwargs["item_id"])
        after = operations.MOVES[EventKind(item.standing)]
        every = {
            EventKind.RELEASED: self._releasing,
            EventKind.WITHHELD: self._withholding,
            EventKind.ERASED: self._erasing,
        }
        own = item.uploaded_by_id == self.actor.pk
        return [
            make(item) for kind, make in every.items() if kind in after and not (own and kind == EventKind.RELEASED)
        ]

    def _releasing(self, item: Item) -> Act:
        def do(typed: dict[str, Any]) -> None:
            looked_for = {Look(value) for value in typed["looked_for"]}
            operations.release(
                item_id=item.pk, looked_for=looked_for, actor=self.actor, reason=typed["reason"], now=self.now
            )

        return Act(
            name="release",
            label=pgettext_lazy("evidence", "Release"),
            do=do,
            done=_("Released. Strangers can see it on a Monday, two weeks after it was put in at the earliest."),
            form=ReleaseForm,
            warning=_(
                "What has been seen can't be taken back. If you are not sure, withhold it: nothing is lost by it."
            ),
            right=APPROVE,
        )

    def _withholding(self, item: Item) -> Act:
        return Act(
            name="withhold",
            label=_("Withhold"),
            do=self._with_reason(operations.withhold),
            done=_("Withheld. Nobody outside sees it; reports count it with its reason."),
            form=WithholdForm,
            initial={"why": item.why or WithheldReason.SAFETY},
        )

    def _erasing(self, item: Item) -> Act:
        return Act(
            name="erase",
            label=_("Erase for ever"),
            do=self._with_reason(operations.erase),
            done=_("Erased: its key is destroyed."),
            form=WithholdForm,
            initial={"why": item.why or WithheldReason.PRIVACY},
            warning=_("Nobody can read it any more afterwards, not even we. That it was there stays counted."),
            right=APPROVE,
        )

    def _with_reason(self, verb: Any) -> Any:
        def do(typed: dict[str, Any]) -> None:
            why = WithheldReason(typed["why"])
            verb(item_id=self.kwargs["item_id"], why=why, actor=self.actor, reason=typed["reason"], now=self.now)

        return do

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item = one_item(self.kwargs["item_id"])
        last = queries.last_events(item_ids=[item.pk])[item.pk]
        released = last.kind == EventKind.RELEASED
        from_day = queries.shown_from(uploaded_at=item.uploaded_at, released_at=last.at) if released else None
        return super().get_context_data(
            item=item,
            standing=EventKind(item.standing),
            why=WithheldReason(item.why).label if item.why else "",
            week=week_text(item.week),
            region=in_language(item.region.title) if item.region else "",
            subject=SubjectKind(item.subject_kind).label,
            subject_url=reverse("staff:evidence_of", args=[item.subject_kind, item.subject_id]),
            readable=item.standing != EventKind.ERASED,
            from_day=from_day,
            public_url=reverse("evidence:item", args=[item.token]) if from_day and from_day <= self.now else "",
            own=item.uploaded_by_id == self.actor.pk,
            trail=trail_lines(trail_of(subject=str(item))),
            page_title=item.title,
            **kwargs,
        )


class EvidenceFile(Desk):
    """The file itself, for the desk alone; a browser keeps no copy of it."""

    rights = (PREPARE, APPROVE)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        item = one_item(self.kwargs["item_id"])
        try:
            content = vault.load(item.pk)
        except vault.Unreadable as erased:
            raise Http404 from erased
        return as_file(content, media_type=item.media_type, name=f"evidence-{item.pk}")


def as_file(content: bytes, *, media_type: str, name: str) -> HttpResponse:
    """A picture that may be looked at, or a PDF to be saved; a browser may do nothing else with it."""
    picture = media_type == "image/jpeg"
    answer = HttpResponse(content, content_type=media_type)
    shown, ending = ("inline", "jpg") if picture else ("attachment", "pdf")
    answer["Content-Disposition"] = f'{shown}; filename="{name}.{ending}"'
    answer["Content-Security-Policy"] = NOTHING_BUT_THE_PICTURE
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
