"""The share for running costs at the desk: proposed by Ada, decided by Bartek, and said what holds."""

from datetime import timedelta

import pytest

from core.trail import trail_of
from payments.models import SharePolicy
from payments.queries.share_policies import share_in_force
from shop.staff.fields import today
from tests.factories.staff import Seat, read

pytestmark = pytest.mark.django_db

PAGE = "running-costs/"


def proposes(seat: Seat, percent: str, *, days: int = 1) -> int:
    """The answer's status."""
    day = (today() + timedelta(days=days)).isoformat()
    return seat.act(PAGE, "propose", percent=percent, from_day=day, reason="rent and servers").status_code


def test_one_proposes_and_another_decides(ada: Seat, bartek: Seat) -> None:
    assert "running costs get no part of it" in ada.text(PAGE)
    assert proposes(ada, "2,5") == 302
    policy = SharePolicy.objects.get()
    assert policy.permille == 25
    assert "another person has to decide" in ada.text(PAGE)
    assert ada.offers(PAGE) == ["propose"]
    assert "Shares for running costs to decide" in read(bartek.client.get("/en/dashboard/"))
    assert bartek.act(PAGE, f"approve-{policy.pk}", reason="agreed").status_code == 302
    assert "approved" in bartek.text(PAGE)
    assert share_in_force(now=policy.proposed_at) is None
    assert [entry.act for entry in trail_of(subject=f"{policy}")] == ["share_policy.proposed", "share_policy.approved"]
    assert "approved the share for running costs" in bartek.text("trail/")


def test_what_can_not_be_is_said_at_its_field(ada: Seat) -> None:
    for percent in ("20,1", "five", "-1", "2.55"):
        assert proposes(ada, percent) == 422
    assert proposes(ada, "5", days=0) == 422
    assert not SharePolicy.objects.exists()


def test_it_is_refused_for_good(ada: Seat, bartek: Seat) -> None:
    proposes(ada, "5")
    policy = SharePolicy.objects.get()
    bartek.act(PAGE, f"refuse-{policy.pk}", reason="too much")
    assert bartek.offers(PAGE) == []
    assert "refused" in bartek.text(PAGE)
