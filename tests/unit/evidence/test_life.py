"""The life of a piece of evidence: taken in, withheld, released by another, taken back, erased."""

import base64
import sys
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from pytest_django import Settings

from aid_packages.evidence import vault
from aid_packages.evidence.checklist import Look
from aid_packages.evidence.models import Content, ContentKey, Event, EventKind, Item, WithheldReason
from aid_packages.evidence.operations import (
    MOVES,
    NoSubject,
    NotLookedFor,
    NotTaken,
    TitleMissing,
    erase,
    release,
    take_in,
    withhold,
)
from aid_packages.evidence.queries import public_file, public_item, shown_from, standing_items
from aid_packages.models import PartnerMember, SpendingDocument
from aid_packages.operations import PartOfPartner, RequestKeyReused, SamePerson, WrongState
from core.models import TrailEntry
from core.trail import ReasonMissing
from donors.crypto import DecryptionRefused
from donors.wrapping import WrappingKeyMissing
from tests.factories.aid_packages import make_staff
from tests.factories.evidence import picture, released, taken_in
from tests.factories.time import NOW


def standing(item: Item) -> tuple[str, str]:
    found = standing_items().get(pk=item.pk)
    return found.standing, found.why


def test_it_is_withheld_from_the_first_moment_and_nothing_of_the_sent_file_is_kept(document: SpendingDocument) -> None:
    sent = picture(comment=b"Narewkowska 7")
    item = taken_in(document.pk, content=sent)
    assert standing(item) == (EventKind.TAKEN_IN, WithheldReason.SAFETY)
    assert item.region == document.allocation.region
    kept = vault.load(item.pk)
    assert kept != sent
    assert b"Narewkowska" in sent
    assert b"Narewkowska" not in kept
    assert kept not in bytes(Content.objects.get(item=item).sealed), "encrypted at rest"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM evidence_content WHERE position(%s IN sealed) > 0", [kept[:40]])
        assert cursor.fetchone() == (0,)


def test_sent_twice_it_is_taken_once(document: SpendingDocument) -> None:
    first = taken_in(document.pk, request_key="once")
    assert taken_in(document.pk, request_key="once") == first
    with pytest.raises(RequestKeyReused):
        taken_in(document.pk, request_key="once", title="Another")


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"content": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}, NotTaken),
        ({"title": "  "}, TitleMissing),
        ({"reason": " "}, ReasonMissing),
    ],
)
def test_what_is_refused_leaves_nothing(
    document: SpendingDocument, changed: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        taken_in(document.pk, **changed)
    assert not Item.objects.exists()


def test_it_belongs_to_something_that_exists(document: SpendingDocument) -> None:
    with pytest.raises(NoSubject):
        taken_in(document.pk + 1)


def test_who_put_it_in_does_not_release_it(document: SpendingDocument) -> None:
    item = taken_in(document.pk)
    with pytest.raises(SamePerson):
        released(item, actor=make_staff("ada"))
    assert standing(item)[0] == EventKind.TAKEN_IN


def test_the_database_refuses_it_as_well(document: SpendingDocument) -> None:
    item = taken_in(document.pk)
    with pytest.raises(IntegrityError, match="does not release it"), transaction.atomic():
        Event.objects.create(item=item, kind=EventKind.RELEASED, actor=make_staff("ada"), at=NOW)
    Event.objects.create(item=item, kind=EventKind.RELEASED, actor=make_staff("bartek"), at=NOW)


def test_who_has_a_part_in_the_partner_does_not_release_it(document: SpendingDocument) -> None:
    bartek = make_staff("bartek")
    assert document.allocation.partner
    PartnerMember.objects.create(partner=document.allocation.partner, user=bartek, since=NOW)
    with pytest.raises(PartOfPartner):
        released(taken_in(document.pk), actor=bartek)


@pytest.mark.parametrize("left_out", list(Look))
def test_a_release_needs_every_line_of_the_checklist(document: SpendingDocument, left_out: Look) -> None:
    item = taken_in(document.pk)
    with pytest.raises(NotLookedFor) as refusal:
        release(item_id=item.pk, looked_for=set(Look) - {left_out}, actor=make_staff("bartek"), reason="fine", now=NOW)
    assert refusal.value.missing == (left_out,)
    assert standing(item)[0] == EventKind.TAKEN_IN


def test_released_again_by_the_same_person_nothing_happens(document: SpendingDocument) -> None:
    item = taken_in(document.pk)
    assert released(item) == released(item)
    assert [event.kind for event in item.events.all()] == [EventKind.TAKEN_IN, EventKind.RELEASED]
    with pytest.raises(WrongState):
        released(item, actor=make_staff("celina"))


def test_a_release_is_taken_back_at_once_by_anyone(document: SpendingDocument) -> None:
    item = taken_in(document.pk)
    released(item)
    late = shown_from(uploaded_at=NOW, released_at=NOW)
    assert public_item(token=item.token, now=late)
    withhold(item_id=item.pk, why=WithheldReason.PRIVACY, actor=make_staff("ada"), reason="a name", now=late)
    assert standing(item) == (EventKind.WITHHELD, WithheldReason.PRIVACY)
    assert public_item(token=item.token, now=late) is None
    assert public_file(token=item.token, now=late) is None


def test_erased_nobody_can_read_it_and_nothing_follows(document: SpendingDocument) -> None:
    item = taken_in(document.pk)
    released(item)
    erase(item_id=item.pk, why=WithheldReason.PRIVACY, actor=make_staff("ada"), reason="she asked", now=NOW)
    assert not ContentKey.objects.filter(item=item).exists()
    with pytest.raises(vault.Unreadable):
        vault.load(item.pk)
    assert public_file(token=item.token, now=shown_from(uploaded_at=NOW, released_at=NOW)) is None
    for verb in (released, withhold_by_bartek):
        with pytest.raises(WrongState):
            verb(item)
    assert MOVES[EventKind.ERASED] == frozenset()


def withhold_by_bartek(item: Item) -> Event:
    return withhold(item_id=item.pk, why=WithheldReason.SAFETY, actor=make_staff("bartek"), reason="no", now=NOW)


def test_every_act_stands_in_the_trail(document: SpendingDocument) -> None:
    item = taken_in(document.pk)
    withhold_by_bartek(item)
    released(item)
    erase(item_id=item.pk, why=WithheldReason.PRIVACY, actor=make_staff("ada"), reason="she asked", now=NOW)
    acts = TrailEntry.objects.filter(subject=f"evidence:{item.pk}").order_by("id").values_list("act", flat=True)
    assert list(acts) == ["evidence.taken_in", "evidence.withheld", "evidence.released", "evidence.erased"]


@pytest.mark.parametrize("table", ["item", "content", "event"])
def test_nothing_of_it_is_rewritten(document: SpendingDocument, table: str) -> None:
    taken_in(document.pk)
    for change in (f"UPDATE evidence_{table} SET id = id", f"DELETE FROM evidence_{table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_the_bytes_of_one_are_not_read_as_anothers(document: SpendingDocument) -> None:
    ours, theirs = taken_in(document.pk), taken_in(document.pk)
    key = ContentKey.objects.get(item=theirs)
    ContentKey.objects.filter(item=ours).update(wrapped=key.wrapped)
    with pytest.raises(DecryptionRefused):
        vault.load(ours.pk)


def test_decoding_happens_outside_of_any_lock(document: SpendingDocument, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow file must not make donors' payments wait."""
    order: list[str] = []
    room = sys.modules[take_in.__module__]
    made, held = room.made_anew, room.hold_for_posting
    monkeypatch.setattr(room, "made_anew", lambda content: (order.append("decoded"), made(content))[1])
    monkeypatch.setattr(room, "hold_for_posting", lambda: (order.append("held"), held())[1])
    taken_in(document.pk)
    assert order == ["decoded", "held"]


def test_a_new_wrapping_key_takes_over(document: SpendingDocument, settings: Settings) -> None:
    item = taken_in(document.pk)
    before, old = vault.load(item.pk), list(settings.DONOR_KEY_WRAPPING_KEYS)
    new = base64.urlsafe_b64encode(bytes(range(32))).decode()
    settings.DONOR_KEY_WRAPPING_KEYS = [new, *old]
    said = StringIO()
    call_command("rotate_evidence_keys", stdout=said)
    assert "1 pieces of evidence" in said.getvalue()
    settings.DONOR_KEY_WRAPPING_KEYS = [new]
    assert vault.load(item.pk) == before
    settings.DONOR_KEY_WRAPPING_KEYS = old
    with pytest.raises(WrappingKeyMissing):
        vault.load(item.pk)
