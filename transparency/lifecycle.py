"""The way of a report to the public, as one table. Whatever isn't in it can't happen."""

from dataclasses import dataclass
from datetime import datetime

from core import trail
from core.models import User
from transparency.models import Report, ReportAct, ReportState, ReportStep

OF_THE_CALENDAR = "the calendar asked for it"
PREPARING = (ReportAct.REQUEST, ReportAct.REBUILD, ReportAct.ACCEPT_DIFFERENCE, ReportAct.SEND_TO_REVIEW)
"""Who did one of these has a part in the report, and can't publish it."""


class WrongState(Exception):
    """The report isn't where this act can be done. Expected: two people looked at it at once."""

    def __init__(self, *, act: ReportAct, state: ReportState) -> None:
        super().__init__(f"{act.value} is not possible in state {state.value}")
        self.act = act
        self.state = state


@dataclass(frozen=True)
class Move:
    """From where an act leads to where, and whether a person has to say why."""

    sources: frozenset[ReportState]
    target: ReportState
    by_a_person: bool


MOVES: dict[ReportAct, Move] = {
    ReportAct.START: Move(
        sources=frozenset({ReportState.REQUESTED, ReportState.BUILDING}), target=ReportState.BUILDING, by_a_person=False
    ),
    ReportAct.BLOCK: Move(sources=frozenset({ReportState.BUILDING}), target=ReportState.BLOCKED, by_a_person=False),
    ReportAct.DRAFT: Move(sources=frozenset({ReportState.BUILDING}), target=ReportState.DRAFT, by_a_person=False),
    ReportAct.SEND_TO_REVIEW: Move(
        sources=frozenset({ReportState.DRAFT, ReportState.CHANGES_REQUESTED}),
        target=ReportState.IN_REVIEW,
        by_a_person=True,
    ),
    ReportAct.ASK_FOR_CHANGES: Move(
        sources=frozenset({ReportState.IN_REVIEW}), target=ReportState.CHANGES_REQUESTED, by_a_person=True
    ),
    ReportAct.REBUILD: Move(
        sources=frozenset({ReportState.BLOCKED, ReportState.DRAFT, ReportState.CHANGES_REQUESTED}),
        target=ReportState.REQUESTED,
        by_a_person=True,
    ),
    ReportAct.ACCEPT_DIFFERENCE: Move(
        sources=frozenset({ReportState.BLOCKED}), target=ReportState.REQUESTED, by_a_person=True
    ),
    ReportAct.OPEN_EVIDENCE: Move(
        sources=frozenset({ReportState.IN_REVIEW}), target=ReportState.IN_REVIEW, by_a_person=True
    ),
    ReportAct.PUBLISH: Move(sources=frozenset({ReportState.IN_REVIEW}), target=ReportState.PUBLISHED, by_a_person=True),
    ReportAct.SUPERSEDE: Move(
        sources=frozenset({ReportState.PUBLISHED}), target=ReportState.SUPERSEDED, by_a_person=True
    ),
}


def possible_acts(state: ReportState) -> list[ReportAct]:
    """What a person can do with a report in `state`; superseding follows from publishing another."""
    return [
        act
        for act, move in MOVES.items()
        if move.by_a_person and state in move.sources and act is not ReportAct.SUPERSEDE
    ]


def check_move(*, report: Report, act: ReportAct) -> Move:
    """The move that `act` is. Raises WrongState."""
    move = MOVES[act]
    state = ReportState(report.state)
    if state not in move.sources:
        raise WrongState(act=act, state=state)
    return move


def make_move(*, report: Report, act: ReportAct, actor: User | None, comment: str, now: datetime) -> None:
    """Sets the new state on a row that the caller holds locked and will save; writes both trails. Raises WrongState."""
    move = check_move(report=report, act=act)
    note_step(report=report, act=act, source=report.state, target=move.target, actor=actor, comment=comment, now=now)
    report.state = move.target


def note_step(
    *, report: Report, act: ReportAct, source: str, target: ReportState, actor: User | None, comment: str, now: datetime
) -> None:
    """One line in the report's own trail and, where a person or the calendar decided, in the house's."""
    ReportStep.objects.create(
        report=report, act=act, from_state=source, to_state=target, actor=actor, comment=comment, at=now
    )
    if actor is not None or act is ReportAct.REQUEST:
        trail.record(
            actor=actor,
            act=f"report.{act.value}",
            subject=f"report:{report.pk}",
            reason=comment or OF_THE_CALENDAR,
            now=now,
            facts={"slug": report.slug, "from": source, "to": target.value},
        )
