"""Free sums: to a need, to an area, to where it is needed most; and to a need that has enough."""

import pytest

from aid_packages.models import Need
from ledger.queries import fund_balance
from tests.support.story import Donor, Story

pytestmark = pytest.mark.money


def test_a_free_sum_for_a_need_an_area_and_where_it_is_needed_most(donor: Donor, story: Story) -> None:
    """Three evenings, three sums: 50.50 to a need, 20 to an area, 2 to where it is needed most."""
    for amount, target in (("50.50", "lawyer"), ("20", "FOREST"), ("2", "GENERAL")):
        donor.chooses_sum(amount, to=target)
        donor.gives_now()
        assert "Thank you" in donor.pays()
    story.everybody_does_their_part()
    assert len(donor.finds_mails()) == 3


def test_a_need_that_has_enough(donor: Donor, story: Story) -> None:
    """More is given for warm nights than their goal: the page says so, the rule is shown, the money stays pooled."""
    clause = Need.objects.get(code="warm-night").clause.text["en"]
    donor.chooses_sum("50000", to="warm-night")
    donor.gives_now()
    donor.pays()
    assert "fully funded" not in donor.opens("needs/warm-night/")

    neighbour = story.another_donor("piotr@example.org")
    neighbour.chooses_sum("20000", to="warm-night")
    assert clause in neighbour.reads_the_form(), "the rule stands on the form, before paying"
    neighbour.gives_now()
    neighbour.pays()

    late = story.another_donor("maria@example.org")
    page = late.opens("needs/warm-night/")
    assert "This need is fully funded" in page
    assert clause in page
    assert clause in late.opens_package("warm-night")
    late.gives_now()
    late.pays()
    story.everybody_does_their_part()
    assert late.donation.lines.get().fallback == clause, "the rule that was shown is kept with the gift"
    assert fund_balance(code="WARM-NIGHT") > Need.objects.get(code="warm-night").goal_minor
