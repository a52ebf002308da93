"""Who sits at the desk in these tests, and a house with something to do."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from core.models import User
from tests.factories.aid_life import lacking, over_goal, proposed_cover, proposed_redirect
from tests.factories.aid_packages import advanced, approved, hold, make_catalogue, recorded
from tests.factories.deliveries import one_of_each
from tests.factories.evidence import taken_in
from tests.factories.money_afterwards import make_dispute, make_payout
from tests.factories.monthly import make_monthly
from tests.factories.staff import Seat, make_member, sign_in
from tests.factories.time import NOW
from tests.factories.transparency import Giving
from transparency.models import ReportKind
from transparency.operations import build_report, request_report


@pytest.fixture
def catalogue(db: None) -> None:
    """Open books and the demo's needs and packages."""
    make_catalogue()


@pytest.fixture
def ada(db: None) -> Seat:
    """She prepares."""
    return sign_in(make_member("ada", "preparers"))


@pytest.fixture
def bartek(db: None) -> Seat:
    """He approves."""
    return sign_in(make_member("bartek", "approvers"))


@pytest.fixture
def celina(db: None) -> Seat:
    """She may do both."""
    return sign_in(make_member("celina", "preparers", "approvers"))


@pytest.fixture
def seats(ada: Seat, bartek: Seat, celina: Seat) -> dict[str, Seat]:
    """Everybody who may or may not be here."""
    return {
        "nobody": Seat(User(), Client()),
        "a stranger with an account": sign_in(User.objects.create_user("daria")),
        "staff without rights": sign_in(make_member("edek")),
        "somebody who left": sign_in(make_member("felka", "approvers"), left=True),
        "preparer": ada,
        "approver": bartek,
        "both": celina,
        "superuser": sign_in(User.objects.create_superuser("grazyna")),
    }


@pytest.fixture
def may_reveal(bartek: Seat) -> Seat:
    """Bartek with the right to see who donors are."""
    bartek.user.user_permissions.add(Permission.objects.get(codename="reveal_contact"))
    assert Group.objects.filter(name="approvers").exists()
    return bartek


PAGES = (
    "dashboard:index",
    "staff:allocations",
    "staff:allocation",
    "staff:documents",
    "staff:document",
    "staff:evidence",
    "staff:evidence_item",
    "staff:evidence_file",
    "staff:evidence_of",
    "staff:goods",
    "staff:good",
    "staff:lots",
    "staff:lot",
    "staff:deliveries",
    "staff:delivery",
    "staff:services",
    "staff:service",
    "staff:imports",
    "staff:import",
    "staff:import_template",
    "staff:grants",
    "staff:payables",
    "staff:partners",
    "staff:partner",
    "staff:redirects",
    "staff:redirect",
    "staff:deficits",
    "staff:cover",
    "staff:funds",
    "staff:fund",
    "staff:donations",
    "staff:donation",
    "staff:monthly_gifts",
    "staff:monthly_gift",
    "staff:unmatched",
    "staff:matters",
    "staff:payouts",
    "staff:payout",
    "staff:disputes",
    "staff:dispute",
    "staff:mails",
    "staff:share_policies",
    "staff:reports",
    "staff:report",
    "staff:report_preview",
    "staff:trail",
)


@pytest.fixture
def addresses(catalogue: None, ada: Seat, bartek: Seat) -> dict[str, str]:
    """An address of each page, of a thing that exists."""
    hold(fund_code="WARM-NIGHT", amount_minor=500_000, reference="start")
    allocation = approved()
    advanced(allocation, amount_minor=50_000)
    document = recorded(allocation, amount_minor=10_000)
    evidence = taken_in(document.pk)
    donation = Giving().give(20_000)
    report = request_report(kind=ReportKind.MONTH, period=202610, actor=ada.user, reason="over", now=NOW)
    built = request_report(kind=ReportKind.MONTH, period=202609, actor=ada.user, reason="over", now=NOW)
    build_report(report_id=built.pk, now=NOW)
    given = {
        "staff:allocation": [allocation.pk],
        "staff:partner": [allocation.partner_id],
        "staff:redirect": [proposed_redirect(over_goal(), amount_minor=1).pk],
        "staff:cover": [proposed_cover(fund_code=lacking(), amount_minor=1).pk],
        "staff:document": [document.pk],
        "staff:evidence_item": [evidence.pk],
        "staff:evidence_file": [evidence.pk],
        "staff:evidence_of": ["document", document.pk],
        "staff:donation": [donation.pk],
        "staff:monthly_gift": [make_monthly().pk],
        "staff:payout": [make_payout().pk],
        "staff:dispute": [make_dispute(donation.charges.get()).pk],
        "staff:fund": ["WARM-NIGHT"],
        "staff:report": [report.pk],
        "staff:report_preview": [built.pk],
    }
    help_in_units = {name: list(parts.values()) for name, parts in one_of_each().addresses().items()}
    return {name: reverse(name, args=(given | help_in_units).get(name, [])) for name in PAGES}
