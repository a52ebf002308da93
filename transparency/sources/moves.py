"""Redirects of what a few people gave: a whole balance that moves tells what they gave, whatever rows are shown."""

from core.periods import periods_between
from ledger.models import Mark
from transparency.method import too_few
from transparency.sources.aid import read_redirects
from transparency.sources.pieces import cut_up, givers_of_pieces


def moves_of_few(*, first_period: int, last_period: int, began: int, mark: Mark) -> list[tuple[str, str]]:
    """(from, to) of each redirect of the months from a fund to which, since the books began, one to four people gave."""
    found = []
    for row in read_redirects(first_period=first_period, last_period=last_period, mark=mark):
        gave = givers_of_pieces(cut_up(funds=[row["from"]], periods=periods_between(began, row["period"]), marks=()))
        people = [donors for donors in gave.values() if donors is not None]
        if len(people) == len(gave) and too_few(len(frozenset().union(*people))):
            found.append((row["from"], row["to"]))
    return found
