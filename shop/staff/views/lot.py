"""One lot: kept for an allocation, released, written off, taken back."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from aid_packages import queries
from aid_packages.deliveries.models import Lot, Place, StockMove
from aid_packages.deliveries.operations import lots as lot_verbs
from aid_packages.deliveries.operations import refusals as of_help
from aid_packages.deliveries.operations import stock as verbs
from aid_packages.deliveries.operations.papers import put_on_document
from aid_packages.deliveries.queries import LotStock, average, papers_of, reserved_for, stock_of
from aid_packages.deliveries.weeks import week_of, week_text
from aid_packages.models import Allocation, SpendingDocument
from aid_packages.operations import refusals as of_money
from core.texts import in_language
from core.trail import trail_of
from shop.staff.access import PREPARE
from shop.staff.acts import Act, ActPage
from shop.staff.fields import SumField, sum_as_typed
from shop.staff.forms import ReasonForm
from shop.staff.goods.choices import NONE, UnitsField, WeekField, accepted_documents, envelopes
from shop.staff.labels import trail_lines
from shop.staff.tables import month


class UnitsForm(ReasonForm):
    """How many units, and of which allocation."""

    units = UnitsField(label=_("Units"))
    allocation = forms.ChoiceField(label=_("Allocation"))
    errors_at = {
        of_help.NotEnough: "units",
        of_help.BadUnits: "units",
        of_help.OtherPurpose: "allocation",
        of_help.WeekTooEarly: "week",
        of_help.FutureWeek: "week",
    }

    def __init__(self, *args: Any, envelopes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["allocation"].choices = envelopes


class WriteOffForm(UnitsForm):
    """What became of units that nobody can hand on."""

    place = forms.ChoiceField(
        label=_("What happened"), choices=[(p.value, p.label) for p in (Place.LOST, Place.EXPIRED)]
    )
    week = WeekField(label=_("Week"))
    field_order = ("place", "units", "week", "allocation")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["allocation"].required = False
        self.fields["allocation"].label = _("Of what is reserved for allocation")


class OtherDocumentForm(ReasonForm):
    """On which document goods stand from now on, and their part of it."""

    document = forms.ChoiceField(label=_("Accepted document"), choices=accepted_documents)
    cost = SumField(label=_("What the lot cost, in zł"), help_text=_("Its part of the document's whole sum."))
    field_order = ("document", "cost")
    errors_at = {
        lot_verbs.NoDocument: "document",
        lot_verbs.OtherFund: "document",
        lot_verbs.OverDocument: "cost",
        of_money.NotPositive: "cost",
    }


class OneLot(ActPage):
    """One lot, with where its units are."""

    template_name = "staff/lot.html"

    def acts(self) -> list[Act]:
        lot = self._lot()
        held = self._stock(lot)
        kept = [(str(number), f"{number}: {units}") for number, units in reserved_for(lot_id=lot.pk).items()]
        acts = [*self._of_paper(lot, held), *self._of_free(held), *self._of_reserved(held, kept)]
        if held.in_store:
            acts.append(self._write_off(kept))
        if held.procured and held.free == held.procured:
            acts.append(self._take_back())
        return [*acts, *self._corrections(lot)]

    def _of_paper(self, lot: Lot, held: LotStock) -> list[Act]:
        paper = papers_of(lot_ids=[lot.pk]).get(lot.pk)
        if paper is None or not paper.is_taken_back or not held.procured:
            return []

        def do(typed: dict[str, Any]) -> None:
            document_id = int(typed["document"])
            put_on_document(lot_id=lot.pk, document_id=document_id, cost_minor=typed["cost"], **self._shared(typed))

        return [
            Act(
                name="put_on_document",
                label=_("Put it on another document"),
                do=do,
                done=_("The goods stand on that document now."),
                form=OtherDocumentForm,
                initial={"cost": sum_as_typed(paper.cost_minor)},
                note=_("For goods that are really here: record the invoice anew, have it accepted, and choose it."),
                right=PREPARE,
            )
        ]

    def _of_free(self, held: LotStock) -> list[Act]:
        if not held.free:
            return []
        return [
            Act(
                name="reserve",
                label=_("Reserve for an allocation"),
                do=self._moving(verbs.reserve),
                done=_("Reserved."),
                form=partial(UnitsForm, envelopes=envelopes()[1:]),
                note=_("Free: %(number)s.") % {"number": held.free},
                right=PREPARE,
            )
        ]

    def _of_reserved(self, held: LotStock, kept: list[tuple[str, str]]) -> list[Act]:
        if not held.reserved:
            return []
        return [
            Act(
                name="release",
                label=_("Release what is reserved"),
                do=self._moving(verbs.release),
                done=_("Released."),
                form=partial(UnitsForm, envelopes=kept),
                note=_("Reserved: %(number)s.") % {"number": held.reserved},
                right=PREPARE,
            )
        ]

    def _write_off(self, kept: list[tuple[str, str]]) -> Act:
        def do(typed: dict[str, Any]) -> None:
            verbs.write_off(
                lot_id=self.kwargs["lot_id"],
                place=Place(typed["place"]),
                units=typed["units"],
                week=typed["week"],
                allocation_id=int(typed["allocation"]) if typed["allocation"] else None,
                **self._shared(typed),
            )

        return Act(
            name="write_off",
            label=_("Write off what is lost or expired"),
            do=do,
            done=_("Written off."),
            form=partial(WriteOffForm, envelopes=[NONE, *kept]),
            initial={"week": week_text(week_of(self.now))},
            right=PREPARE,
        )

    def _take_back(self) -> Act:
        def do(typed: dict[str, Any]) -> None:
            facts = {"actor": self.actor, "reason": typed["reason"], "now": self.now}
            lot_verbs.take_back_lot(lot_id=self.kwargs["lot_id"], **facts)

        return Act(
            name="take_back",
            label=_("Take this lot back"),
            do=do,
            done=_("Taken back by a second row; the first one stays."),
            warning=_("For a lot that was entered wrongly. Enter it again afterwards."),
            right=PREPARE,
        )

    def _corrections(self, lot: Lot) -> list[Act]:
        plain = ("free", "reserved", "lost", "expired")
        moves = lot.moves.filter(source__in=plain, target__in=plain, counters=None, taken_back=None).order_by("-id")
        return [
            Act(
                name=f"undo-{move.pk}",
                label=_("Take back: %(what)s") % {"what": move_words(move)},
                do=partial(self._undo, move.pk),
                done=_("Taken back by a second row; the first one stays."),
                right=PREPARE,
            )
            for move in moves[:5]
        ]

    def _undo(self, move_id: int, typed: dict[str, Any]) -> None:
        verbs.take_back_move(move_id=move_id, actor=self.actor, reason=typed["reason"], now=self.now)

    def _moving(self, verb: Any) -> Any:
        def do(typed: dict[str, Any]) -> None:
            facts = {
                "lot_id": self.kwargs["lot_id"],
                "allocation_id": int(typed["allocation"]),
                "units": typed["units"],
            }
            verb(**facts, **self._shared(typed))

        return do

    def _shared(self, typed: dict[str, Any]) -> dict[str, Any]:
        key = f"desk:{typed['request_key']}"
        return {"actor": self.actor, "reason": typed["reason"], "request_key": key, "now": self.now}

    def _stock(self, lot: Lot) -> LotStock:
        return stock_of(lot_ids=[lot.pk])[lot.pk]

    def _lot(self) -> Lot:
        lot = Lot.objects.select_related("item", "region", "document").filter(pk=self.kwargs["lot_id"]).first()
        if lot is None:
            raise Http404
        return lot

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lot = self._lot()
        reserved, paper = reserved_for(lot_id=lot.pk), papers_of(lot_ids=[lot.pk]).get(lot.pk)
        cost_minor = paper.cost_minor if paper else lot.cost_minor
        return super().get_context_data(
            lot=lot,
            stock=self._stock(lot),
            title=in_language(lot.item.title),
            need=queries.fund_titles().get(lot.fund_code, lot.fund_code),
            region=in_language(lot.region.title),
            week=week_text(lot.week),
            use_by=month(lot.use_by) if lot.use_by else "",
            document=SpendingDocument.objects.get(pk=paper.document_id) if paper else None,
            document_is_taken_back=paper is not None and paper.is_taken_back,
            cost_minor=cost_minor,
            average_minor=average(cost_minor=cost_minor, units=lot.units),
            reserved=[(row, reserved[row.pk]) for row in Allocation.objects.filter(pk__in=reserved)],
            moves=[(move, move_words(move), week_text(move.week)) for move in lot.moves.order_by("id")],
            trail=trail_lines(trail_of(subject=str(lot))),
            page_title=_("Lot %(number)s") % {"number": lot.pk},
            **kwargs,
        )


def move_words(move: StockMove) -> str:
    """A move as a person says it: "3 units: free to reserved"."""
    return str(_("%(units)s: from “%(source)s” to “%(target)s”")) % {
        "units": move.units,
        "source": move.get_source_display(),
        "target": move.get_target_display(),
    }
