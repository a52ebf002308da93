"""What gifts did: they step onto a line, spending takes from its start, and donors read it at home."""

from collections.abc import Callable, Iterator

import pytest

from aid_packages import operations as aid
from aid_packages.models import Need, SpendingDocument
from core.models import User
from core.money import format_money
from tests.factories.attribution import lines_table, taken_from
from tests.stories.books import compare_text
from tests.stories.desk import Desk, bank_account_opens
from tests.stories.home import Home
from tests.support.story import Donor, Story
from transparency.attribution.queries import gift_attribution

pytestmark = pytest.mark.money

FIFTEEN_DAYS = 15
Names = dict[str, Donor]


@pytest.fixture
def ends_in_shares(story: Story, request: pytest.FixtureRequest) -> Iterator[Callable[[Names], None]]:
    """At the end, what stands where and what each gift did, beside the story's books."""
    people: Names = {}
    yield people.update
    name = request.node.name.removeprefix("test_")
    if not getattr(request.node, "broke_off", False):
        compare_text(name=f"shares/{name}", text=shares_as_text(people))


def shares_as_text(people: Names) -> str:
    """The lines in grosze, and each gift's shares with what waits: they sum to its net."""
    names = {donor.donation.pk: name for name, donor in people.items()}
    told = [lines_table(names, funds=["WARM-NIGHT", "FOREST", "GENERAL"])]
    for name, donor in people.items():
        found = gift_attribution(donation_id=donor.donation.pk)
        assert found is not None
        told.append(f"{name}, net {format_money(found.net_minor, language='en')}")
        told += [
            f"  {format_money(share.amount_minor, language='en'):>12}  {share.kind.value} in {share.fund_code}"
            + (f", given to {share.given_to}" if share.given_to else "")
            for share in found.shares
        ]
        told.append(f"  {format_money(found.waiting_minor, language='en'):>12}  waiting")
        assert sum(share.amount_minor for share in found.shares) + found.waiting_minor == found.net_minor
    return "\n".join(told).replace("\xa0", " ") + "\n"


def gives(donor: Donor, amount: str, *, to: str = "WARM-NIGHT") -> Donor:
    donor.chooses_sum(amount, to=to)
    donor.gives_now()
    donor.pays()
    donor.world.everybody_does_their_part()
    return donor


def night_falls(story: Story, *, days: int = FIFTEEN_DAYS) -> None:
    """Days pass, and the lines grow."""
    story.clock.passes(days=days)
    story.workers.beat_strikes("attribution.line_up_day")


def buys(
    ada: Desk, bartek: Desk, *, number: str, amount: str, fund: str = "WARM-NIGHT", months: str = "2026-11"
) -> None:
    """An own invoice, accepted."""
    envelope = ada.drafts(fund=fund, amount=amount, purpose="Sleeping bags", months=months)
    bartek.approves(envelope)
    bartek.accepts(ada.records(envelope, number, amount, act="purchase"))


def takes_back(*, document: str, people: dict[str, User], story: Story) -> None:
    """What was wrongly accepted is taken back, by two people."""
    proposed = aid.propose_document_reversal(
        document_id=SpendingDocument.objects.get(number=document).pk,
        actor=people["ada"],
        reason="it is another shop's",
        request_key=f"reversal of {document}",
        now=story.clock.now,
    )
    aid.approve_reversal(reversal_id=proposed.pk, actor=people["bartek"], reason="so it is", now=story.clock.now)


def redirects(zloty: int, *, people: dict[str, User], story: Story) -> None:
    """The need ends, and what it can't use goes up, by two people."""
    need = Need.objects.get(fund_code="WARM-NIGHT")
    aid.end_need(need_id=need.pk, actor=people["ada"], reason="it is warm", now=story.clock.now)
    proposed = aid.propose_redirect(
        need_id=need.pk,
        to_fund="FOREST",
        amount_minor=zloty * 100,
        actor=people["ada"],
        reason="the season is over",
        request_key="redirect of the rest",
        now=story.clock.now,
    )
    aid.approve_redirect(redirect_id=proposed.pk, actor=people["bartek"], reason="agreed", now=story.clock.now)


def test_what_two_gifts_did(
    donor: Donor, story: Story, ada: Desk, bartek: Desk, ends_in_shares: Callable[[Names], None]
) -> None:
    """Zofia gives 370 zł and Piotr 200 zł, of which 50 zł go back in time; 30 zł were left before, and 400 zł are spent."""
    bank_account_opens(fund="WARM-NIGHT", amount_minor=3_000, clock=story.clock)
    gives(donor, "370")
    piotr = gives(story.another_donor("piotr@example.org"), "200")
    ends_in_shares({"Zofia": donor, "Piotr": piotr})
    home = Home(donor)
    page = f"gifts/{donor.donation.pk}/"
    assert "steps onto the line of its need" in home.reads(page)
    bartek.gives_back(piotr.donation, "50")
    story.everybody_does_their_part()
    buys(ada, bartek, number="FV 1", amount="400")
    night_falls(story)
    said = home.reads(page)
    assert "attributed by method v1" in said
    assert "turned into help" in said
    assert "still waiting" not in said
    assert "still waiting" in Home(piotr).reads(f"gifts/{piotr.donation.pk}/")


def test_a_redirect_takes_the_gift_along_and_a_wrong_invoice_lets_it_go(
    donor: Donor, story: Story, ada: Desk, bartek: Desk, ends_in_shares: Callable[[Names], None]
) -> None:
    """An invoice of 100 zł was wrong; the need ends, 150 zł move to its area, and 60 zł are spent there; here 110 zł."""
    gives(donor, "370")
    ends_in_shares({"Zofia": donor})
    buys(ada, bartek, number="FV 1", amount="100")
    night_falls(story)
    assert taken_from("WARM-NIGHT") == [("purchase:1", 0, 10_000)]
    people = {desk: User.objects.get(username=desk) for desk in ("ada", "bartek")}
    takes_back(document="FV 1", people=people, story=story)
    redirects(150, people=people, story=story)
    night_falls(story, days=1)
    buys(ada, bartek, number="FV 2", amount="60", fund="FOREST", months="2026-12")
    buys(ada, bartek, number="FV 3", amount="110", months="2026-12")
    night_falls(story, days=1)
    said = Home(donor).reads(f"gifts/{donor.donation.pk}/")
    assert "moved from" in said
    assert "moved, and waiting there" in said


def test_who_gives_where_it_is_needed_most_bears_a_late_refund(
    donor: Donor, story: Story, ada: Desk, bartek: Desk, ends_in_shares: Callable[[Names], None]
) -> None:
    """Piotr gets 80 zł back after they were spent: what was bought stays his, and Zofia's page says that hers bore it."""
    gives(donor, "100", to="GENERAL")
    piotr = gives(story.another_donor("piotr@example.org"), "80")
    ends_in_shares({"Zofia": donor, "Piotr": piotr})
    buys(ada, bartek, number="FV 1", amount="70")
    night_falls(story)
    bartek.gives_back(piotr.donation, "80")
    story.everybody_does_their_part()
    night_falls(story, days=1)
    assert "bore losses" in Home(donor).reads(f"gifts/{donor.donation.pk}/")
    assert "changes nothing here" in Home(piotr).reads(f"gifts/{piotr.donation.pk}/")
