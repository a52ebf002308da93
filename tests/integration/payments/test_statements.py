"""The year of a donor: net of refunds, corrected by revisions, mailed once, and nothing joined by a claim but a sum."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from django.db import ProgrammingError, transaction
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from donors.models import Mail, MailKind, StatutoryRecord
from donors.operations import change_contact, erase_contact, remember_anonymous, remember_donor
from payments import operations
from payments.models import Donation, MonthlyGift, MonthlyTerms, Statement, StatementLine, StatementReason
from payments.monthly_states import Interval, MonthlyKind, MonthlyState
from payments.operations.statements import (
    ClaimRefused,
    NothingGiven,
    claim_code,
    claim_gift,
    correct_statements,
    mail_statements,
    statement_pdf,
    yearly_statement,
)
from payments.operations.statements import mail as mails
from payments.queries.statements import statement_of, statements_of
from stripe_sandbox.testing import Client
from tests.factories.donors import CANARY_EMAIL, CANARY_NAME, make_donor
from tests.factories.payments import FOREST_GIFT, NIGHT, give, make_staff
from tests.factories.share import share_policy
from tests.factories.time import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.money]

NEW_YEAR = datetime(2027, 1, 8, 9, tzinfo=UTC)


@pytest.fixture
def donor_id() -> int:
    return make_donor()


def donee_of(donation: Donation) -> str:
    return donation.receipt.donee.code


def statement_for(donation: Donation, *, year: int = 2026, now: datetime = NOW) -> Statement:
    return yearly_statement(donor_id=donation.donor_id, donee_code=donee_of(donation), year=year, now=now)


def give_back(donation: Donation, minor: int, *, now: datetime = NOW) -> None:
    operations.refund_donation(
        donation_id=donation.pk,
        amount_minor=minor,
        reason="the donor asked",
        actor=make_staff(f"staff-{now.timestamp():.0f}-{minor}"),
        request_key=f"refund-{donation.pk}-{minor}-{now.timestamp():.0f}",
        now=now,
    )


def test_a_year_counts_its_gifts_net_of_refunds(sandbox: Client, donor_id: int) -> None:
    night = give(sandbox=sandbox, donor_id=donor_id, intent_key="night")
    forest = give(sandbox=sandbox, donor_id=donor_id, intent_key="forest", lines=[FOREST_GIFT])
    give_back(forest, 2_000)
    statement = statement_for(night)
    assert (statement.gross_minor, statement.refunded_minor, statement.net_minor) == (42_000, 2_000, 40_000)
    lines = [(line.reference, line.gross_minor, line.refunded_minor) for line in statement.lines.all()]
    assert lines == [(night.receipt.number, 37_000, 0), (forest.receipt.number, 5_000, 2_000)]
    assert statement.reason == StatementReason.FIRST


def test_asking_again_gives_the_same_one_and_leaves_nothing_behind(sandbox: Client, donor_id: int) -> None:
    night = give(sandbox=sandbox, donor_id=donor_id)
    first = statement_for(night)
    records = StatutoryRecord.objects.count()
    assert statement_for(night, now=NOW + timedelta(days=3)).pk == first.pk
    assert StatutoryRecord.objects.count() == records


def test_the_year_ends_in_warsaw(sandbox: Client, donor_id: int) -> None:
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    sandbox.clock(now=int(new_year.timestamp()), stopped=True)
    late = give(sandbox=sandbox, donor_id=donor_id, now=new_year)
    with pytest.raises(NothingGiven):
        statement_for(late, year=2026, now=NEW_YEAR)
    assert statement_for(late, year=2027, now=NEW_YEAR).net_minor == 37_000


def test_a_later_refund_is_corrected_once_by_a_revision(sandbox: Client, donor_id: int) -> None:
    night = give(sandbox=sandbox, donor_id=donor_id)
    first = statement_for(night)
    assert correct_statements(now=NOW) == 0
    give_back(night, 7_000, now=NOW + timedelta(days=1))
    assert correct_statements(now=NOW + timedelta(days=2)) == 1
    assert correct_statements(now=NOW + timedelta(days=2)) == 0
    corrected = Statement.objects.get(revision=2)
    assert (corrected.reason, corrected.net_minor) == (StatementReason.REFUND, 30_000)
    first.refresh_from_db()
    assert first.net_minor == 37_000
    mail = Mail.objects.get(kind=MailKind.YEARLY_STATEMENT)
    assert mail.key == f"statement:{corrected.pk}"


def test_another_gift_waits_until_the_statement_is_asked_for(sandbox: Client, donor_id: int) -> None:
    night = give(sandbox=sandbox, donor_id=donor_id, intent_key="night")
    statement_for(night)
    give(sandbox=sandbox, donor_id=donor_id, intent_key="forest", lines=[FOREST_GIFT])
    assert correct_statements(now=NOW) == 0
    again = statement_for(night)
    assert (again.revision, again.reason, again.net_minor) == (2, StatementReason.MORE_GIFTS, 42_000)


def test_a_name_can_be_added_later(sandbox: Client) -> None:
    donor_id = make_donor(name="", company_name="", nip="", address="")
    night = give(sandbox=sandbox, donor_id=donor_id)
    unnamed = statement_for(night)
    remember_donor(email=CANARY_EMAIL, name="Ktoś Inny", language="pl", now=NOW)
    assert statement_for(night).pk == unnamed.pk, "whoever knows an address changes nothing by typing it"
    change_contact(donor_id=donor_id, name=CANARY_NAME, company_name="", nip="", address="", language="pl", now=NOW)
    named = statement_for(night)
    assert (named.revision, named.reason) == (2, StatementReason.DETAILS)
    assert len(statement_pdf(statement_id=named.pk, language="pl")) != len(
        statement_pdf(statement_id=unnamed.pk, language="pl")
    )


@pytest.mark.parametrize("language", ["pl", "en"])
def test_it_is_a_document(sandbox: Client, donor_id: int, language: str) -> None:
    night = give(sandbox=sandbox, donor_id=donor_id)
    give_back(night, 7_000)
    statement = statement_for(night)
    pdf = statement_pdf(statement_id=statement.pk, language=language)
    assert pdf.startswith(b"%PDF")
    assert statement_pdf(statement_id=statement.pk, language=language) == pdf


def read(pdf: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_it_says_what_of_the_year_is_for_running_costs_as_it_was_said_before(
    sandbox: Client, donor_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailed: list[dict[str, object]] = []
    monkeypatch.setattr(mails, "queue_mail", lambda **mail: mailed.append(mail["context"]))
    share_policy(permille=50)
    night = give(sandbox=sandbox, donor_id=donor_id)
    make_monthly(night)
    give_back(night, 18_500)
    assert mail_statements(now=NEW_YEAR) == 1
    statement = Statement.objects.get()
    assert (statement.net_minor, statement.share_minor) == (18_500, 925)
    assert "Of it for running costs: 9.25 zł, as was said" in read(
        statement_pdf(statement_id=statement.pk, language="en")
    )
    (row,) = statements_of(donor_id=donor_id)
    assert row.share_minor == 925
    assert [(mail["sum_minor"], mail["share_minor"]) for mail in mailed] == [(18_500, 925)]


def test_without_a_share_nothing_is_said_of_one(sandbox: Client, donor_id: int) -> None:
    statement = statement_for(give(sandbox=sandbox, donor_id=donor_id))
    assert statement.share_minor == 0
    assert "running costs" not in read(statement_pdf(statement_id=statement.pk, language="en"))


def test_each_currency_has_a_statement_of_its_own(sandbox: Client, donor_id: int) -> None:
    share_policy(permille=50)
    night = give(sandbox=sandbox, donor_id=donor_id, intent_key="night")
    abroad = give(sandbox=sandbox, donor_id=donor_id, intent_key="abroad", currency="EUR", lines=[FOREST_GIFT])
    make_monthly(night)
    make_monthly(abroad)
    rows = [(row.currency, row.gifts, row.net_minor, row.share_minor) for row in statements_of(donor_id=donor_id)]
    assert rows == [("EUR", 1, 5_000, 250), ("PLN", 1, 37_000, 1_850)]
    assert mail_statements(now=NEW_YEAR) == 2
    made = {row.currency: row for row in Statement.objects.all()}
    assert {currency: (row.revision, row.net_minor) for currency, row in made.items()} == {
        "EUR": (1, 5_000),
        "PLN": (1, 37_000),
    }
    assert "€50.00" in read(statement_pdf(statement_id=made["EUR"].pk, language="en"))
    give_back(night, 7_000, now=NEW_YEAR)
    assert correct_statements(now=NEW_YEAR) == 1, "that of the other currency still says the truth"


def test_the_list_says_which_statements_are_current(
    sandbox: Client, donor_id: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    night = give(sandbox=sandbox, donor_id=donor_id, intent_key="night")
    (row,) = statements_of(donor_id=donor_id)
    assert (row.year, row.gifts, row.net_minor, row.statement_id, row.is_current) == (2026, 1, 37_000, None, False)
    statement = statement_for(night)
    (row,) = statements_of(donor_id=donor_id)
    assert (row.statement_id, row.is_current) == (statement.pk, True)
    give(sandbox=sandbox, donor_id=donor_id, intent_key="forest", lines=[FOREST_GIFT])
    with django_assert_max_num_queries(6):
        (row,) = statements_of(donor_id=donor_id)
    assert (row.gifts, row.is_current) == (2, False)


def test_a_statement_is_its_own_donors(sandbox: Client, donor_id: int) -> None:
    statement = statement_for(give(sandbox=sandbox, donor_id=donor_id))
    assert statement_of(statement_id=statement.pk, donor_id=donor_id) == statement
    stranger = make_donor(email="ktos.inny@poczta.example.org")
    assert statement_of(statement_id=statement.pk, donor_id=stranger) is None


def test_the_database_refuses_a_change(sandbox: Client, donor_id: int) -> None:
    statement = statement_for(give(sandbox=sandbox, donor_id=donor_id))
    for rows in (Statement.objects.filter(pk=statement.pk), StatementLine.objects.filter(statement=statement)):
        with pytest.raises(ProgrammingError), transaction.atomic():
            rows.update(gross_minor=1)


def make_monthly(donation: Donation) -> None:
    """As if the gift had come by a monthly one."""
    gift = MonthlyGift.objects.create(
        kind=MonthlyKind.BY_HAND,
        state=MonthlyState.ACTIVE,
        donor_id=donation.donor_id,
        intent_key=f"monthly-{donation.pk}",
        content_digest="",
        token=f"monthly-{donation.pk}",
        language="pl",
        terms_version="2026-11",
        success_url="",
        cancel_url="",
        created_at=NOW,
    )
    terms = MonthlyTerms.objects.create(
        gift=gift,
        version=1,
        interval=Interval.MONTH,
        day=21,
        lines_minor=NIGHT.unit_minor,
        gross_minor=NIGHT.unit_minor,
        because="begun",
        share_policy=donation.share_policy,
        created_at=NOW,
    )
    Donation.objects.filter(pk=donation.pk).update(monthly_gift=gift, monthly_terms=terms, due_on=NOW.date())


def test_after_the_year_monthly_donors_are_mailed_once(sandbox: Client, donor_id: int) -> None:
    make_monthly(give(sandbox=sandbox, donor_id=donor_id, intent_key="monthly"))
    once = make_donor(email="raz@poczta.example.org")
    give(sandbox=sandbox, donor_id=once, intent_key="once", lines=[FOREST_GIFT])
    assert mail_statements(now=NEW_YEAR - timedelta(days=2)) == 0
    assert mail_statements(now=NEW_YEAR) == 1
    assert mail_statements(now=NEW_YEAR + timedelta(days=1)) == 0
    (mail,) = Mail.objects.filter(kind=MailKind.YEARLY_STATEMENT)
    assert mail.donor_id == donor_id


def test_a_worker_that_died_half_way_goes_on(sandbox: Client, donor_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payments.operations.statements.mail.BATCH", 1)
    make_monthly(give(sandbox=sandbox, donor_id=donor_id, intent_key="first"))
    second = make_donor(email="druga@poczta.example.org")
    make_monthly(give(sandbox=sandbox, donor_id=second, intent_key="second", lines=[FOREST_GIFT]))

    def dies_at_the_second(*, statement: Statement, is_correction: bool, now: datetime) -> None:
        if statement.donor_id == second:
            raise ConnectionError
        told(statement=statement, is_correction=is_correction, now=now)

    told = mails.tell
    monkeypatch.setattr(mails, "tell", dies_at_the_second)
    with pytest.raises(ConnectionError), transaction.atomic():
        mail_statements(now=NEW_YEAR)
    monkeypatch.setattr(mails, "tell", told)
    assert mail_statements(now=NEW_YEAR) >= 1
    assert Mail.objects.filter(kind=MailKind.YEARLY_STATEMENT).count() == 2


def claimed_code(donation: Donation) -> str:
    code = claim_code(receipt=donation.receipt)
    assert code is not None
    return code


@pytest.fixture
def anonymous_gift(sandbox: Client) -> Donation:
    nameless = remember_anonymous(email="nikt@poczta.example.org", language="pl", now=NOW)
    return give(sandbox=sandbox, donor_id=nameless, intent_key="anonymous", lines=[FOREST_GIFT])


def test_a_code_counts_an_anonymous_gift_in_a_statement_and_joins_nothing_else(
    sandbox: Client, donor_id: int, anonymous_gift: Donation
) -> None:
    night = give(sandbox=sandbox, donor_id=donor_id)
    code = claimed_code(anonymous_gift)
    for _twice in range(2):
        assert claim_gift(donor_id=donor_id, code=f"  {code.lower()} ", now=NOW) == anonymous_gift.pk
    statement = statement_for(night)
    assert statement.net_minor == 42_000
    (year,) = statements_of(donor_id=donor_id)
    assert [(gift.reference, gift.net_minor) for gift in year.claimed] == [(anonymous_gift.receipt.number, 5_000)]
    anonymous_gift.refresh_from_db()
    assert anonymous_gift.donor_id != donor_id
    assert list(Donation.objects.filter(donor_id=donor_id)) == [night]


def test_a_claimed_gift_is_nobody_elses(donor_id: int, anonymous_gift: Donation) -> None:
    code = claimed_code(anonymous_gift)
    claim_gift(donor_id=donor_id, code=code, now=NOW)
    stranger = make_donor(email="ktos.inny@poczta.example.org")
    with pytest.raises(ClaimRefused):
        claim_gift(donor_id=stranger, code=code, now=NOW)


@pytest.mark.parametrize(
    "spoil", ["", "2026/000001", "x", "2026/000001 AAAA-AAAA-AAAA-AAAA", "2026/999999 {proof}", "\x00"]
)
def test_a_wrong_code_proves_nothing(donor_id: int, anonymous_gift: Donation, spoil: str) -> None:
    proof = claimed_code(anonymous_gift).partition(" ")[2]
    with pytest.raises(ClaimRefused):
        claim_gift(donor_id=donor_id, code=spoil.format(proof=proof), now=NOW)


def test_a_named_gift_has_no_code(sandbox: Client, donor_id: int) -> None:
    assert claim_code(receipt=give(sandbox=sandbox, donor_id=donor_id).receipt) is None


def test_the_receipt_of_an_anonymous_gift_shows_its_code(
    anonymous_gift: Donation, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: dict[str, object] = {}

    def listen(*, template: str, data: dict[str, object], language: str) -> bytes:
        said.update(data)
        return b""

    plain = operations.receipt_pdf(receipt_id=anonymous_gift.receipt.pk)
    assert plain.startswith(b"%PDF")
    monkeypatch.setattr("payments.operations.receipts.render_pdf", listen)
    operations.receipt_pdf(receipt_id=anonymous_gift.receipt.pk)
    assert said["claim_code"] == claimed_code(anonymous_gift)


def test_erasing_who_gave_anonymously_ends_the_code(donor_id: int, anonymous_gift: Donation) -> None:
    code = claimed_code(anonymous_gift)
    erase_contact(donor_id=anonymous_gift.donor_id, now=NOW)
    with pytest.raises(ClaimRefused):
        claim_gift(donor_id=donor_id, code=code, now=NOW)
