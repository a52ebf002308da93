"""Each donor whose gift to the need is concerned is told, once, however often the telling is begun again."""

import pytest

from aid_packages.models import Area, Need, NeedState, Redirect, RedirectTold
from aid_packages.operations import approve_redirect
from donors.models import Mail, MailKind
from donors.operations.queue_mail import read_mail
from payments.models import Donation
from shop.staff import redirect_mails
from tests.factories.aid_life import area_redirect, over_goal, proposed_redirect, redirected
from tests.factories.aid_packages import make_staff
from tests.factories.time import NOW
from tests.factories.transparency import Giving

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def redirect(catalogue: None) -> Redirect:
    """Three donors gave 100 zł, 100 zł and 50 zł to a need that was ended, and 100 zł of it went up."""
    for amount in (10_000, 10_000, 5_000):
        Giving(fund="CONTACT").give(amount)
    Giving(fund="WARM-NIGHT").give(10_000)
    Need.objects.filter(code="contact").update(state=NeedState.ENDED)
    return redirected(Need.objects.get(code="contact"), amount_minor=10_001)


def shares() -> list[int]:
    mails = Mail.objects.filter(kind=MailKind.GIFT_REDIRECTED).order_by("donor_id")
    return [read_mail(mail)[1]["sum_minor"] for mail in mails]


def tell(redirect: Redirect) -> int:
    return redirect_mails.tell_of_redirect(redirect_id=redirect.pk, now=NOW)


def test_the_sum_is_laid_over_the_gifts_to_the_last_grosz(redirect: Redirect) -> None:
    assert tell(redirect) == 3
    assert shares() == [4_001, 4_000, 2_000] or shares() == [4_000, 4_001, 2_000]
    assert sum(shares()) == redirect.amount_minor
    assert RedirectTold.objects.get().donors == 3


def test_a_mail_says_from_where_to_where_why_and_under_which_clause(redirect: Redirect) -> None:
    tell(redirect)
    told = read_mail(Mail.objects.filter(kind=MailKind.GIFT_REDIRECTED).order_by("pk")[0])[1]
    assert (told["from_name"], told["to_name"]) == ("Kontakt", "Przetrwanie w lesie")
    assert told["clause"] == redirect.clause.text["pl"]
    assert told["reason"]


def test_begun_again_nobody_is_told_twice(redirect: Redirect) -> None:
    assert [tell(redirect), tell(redirect)] == [3, 0]
    assert len(shares()) == 3


def test_cut_short_it_is_finished_by_the_sweeper(redirect: Redirect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redirect_mails, "BATCH", 1)
    real, told = redirect_mails.queue_mail, []

    def dies_at_the_second(**facts: object) -> None:
        if told:
            raise ConnectionError
        told.append(facts)
        real(**facts)  # type: ignore[arg-type]  # what it was given

    monkeypatch.setattr(redirect_mails, "queue_mail", dies_at_the_second)
    with pytest.raises(ConnectionError):
        tell(redirect)
    assert (len(shares()), RedirectTold.objects.count()) == (1, 0)
    monkeypatch.setattr(redirect_mails, "queue_mail", real)
    redirect_mails.sweep_redirects(now=NOW)
    assert (len(shares()), sum(shares()), RedirectTold.objects.get().donors) == (3, 10_001, 3)


def test_who_got_all_back_is_not_asked_and_whoever_gave_later_neither(redirect: Redirect) -> None:
    Giving(fund="CONTACT").give(90_000, now=NOW)
    first = Donation.objects.order_by("pk")[0]
    Donation.objects.filter(pk=first.pk).update(refunded_minor=first.gross_minor)
    tell(redirect)
    assert shares() == [6_667, 3_334]
    Donation.objects.filter(pk=first.pk).update(refunded_minor=0)


def test_what_is_only_proposed_is_told_to_nobody(catalogue: None) -> None:
    proposed = proposed_redirect(over_goal(), amount_minor=1)
    assert tell(proposed) == 0
    redirect_mails.sweep_redirects(now=NOW)
    assert shares() == []


def test_of_an_area_both_its_own_donors_and_those_whose_need_was_redirected_there_are_told(redirect: Redirect) -> None:
    """100.01 zł came from three donors' need, 50 zł from a donor to the area itself; 75 zł of both go on."""
    own = Giving(fund="FOREST").give(5_000)
    Need.objects.filter(area__code="FOREST").update(state=NeedState.ENDED)
    tell(redirect)
    proposed = area_redirect(Area.objects.get(code="FOREST"), amount_minor=7_500)
    decided = approve_redirect(redirect_id=proposed.pk, actor=make_staff("bartek"), reason="as agreed", now=NOW)
    parts = {one.donor_id: one.share_minor for one in redirect_mails.concerned(decided)}
    assert (len(parts), sum(parts.values())) == (4, 7_500)
    assert tell(decided) == 4
    told = read_mail(Mail.objects.get(kind=MailKind.GIFT_REDIRECTED, donor_id=own.donor_id))[1]
    assert told["sum_minor"] == parts[own.donor_id] == 2_500
    assert (told["from_name"], told["to_name"]) == ("Przetrwanie w lesie", "Tam, gdzie najpilniej")
    assert "obszar" in told["clause"]
