"""The one door to many donors: a right, a reason, a cap and a trail."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command

from core.models import TrailEntry, User
from core.trail import ReasonMissing
from donors import bulk, operations
from donors.bulk import BulkQuery, read_in_bulk
from donors.models import Mail, MailState
from donors.staff_view import NotAllowed
from tests.factories.donors import CANARIES, CANARY_EMAIL, make_donor, queue_receipt
from tests.factories.time import NOW

pytestmark = pytest.mark.django_db


def staff(*, may_reveal: bool = True) -> User:
    user = User.objects.create_user(username="ada", is_staff=True)
    if may_reveal:
        user.user_permissions.add(Permission.objects.get(codename="reveal_contact"))
    return user


def failed_mail(donor_id: int, key: str) -> None:
    mail = queue_receipt(donor_id=donor_id, key=key)
    Mail.objects.filter(pk=mail.pk).update(state=MailState.FAILED)


def read(query: BulkQuery, actor: User) -> bulk.BulkAnswer:
    return read_in_bulk(query=query, actor=actor, reason="a letter came back", now=NOW)


def test_each_question_has_its_answer_and_its_trail() -> None:
    donor_id, other_id = make_donor(), make_donor(email="other@example.org", language="en")
    make_donor(email="third@example.org")
    for key in ("a", "b"):
        failed_mail(donor_id, key)
    failed_mail(other_id, "card")
    Mail.objects.filter(key="card").update(address=b"somebody else's")
    operations.choose_mails(donor_id=other_id, topic="reports", wanted=False, now=NOW)
    actor = staff()
    answers = {query: read(query, actor).rows for query in BulkQuery}
    assert answers[BulkQuery.COUNT_BY_LANGUAGE] == [{"language": "en", "donors": 1}, {"language": "pl", "donors": 2}]
    assert answers[BulkQuery.MAILS_TURNED_OFF] == [{"topic": "reports", "donors": 1}]
    assert [row["donor"] for row in answers[BulkQuery.MAIL_FAILED]] == [other_id, donor_id, donor_id]
    assert answers[BulkQuery.ADDRESSES_REFUSED] == [{"donor": donor_id, "address": CANARY_EMAIL}]
    traces = list(TrailEntry.objects.order_by("pk"))
    assert [trace.subject for trace in traces] == [f"bulk:{query}" for query in BulkQuery]
    assert {(trace.actor, trace.reason) for trace in traces} == {(actor, "a letter came back")}
    assert not [word for word in CANARIES if word in str([trace.facts for trace in traces])]


def test_without_the_right_or_a_reason_nothing_is_read(monkeypatch) -> None:
    make_donor()
    with pytest.raises(NotAllowed):
        read(BulkQuery.COUNT_BY_LANGUAGE, staff(may_reveal=False))
    permitted = User.objects.create_superuser(username="root")
    with pytest.raises(ReasonMissing):
        read_in_bulk(query=BulkQuery.COUNT_BY_LANGUAGE, actor=permitted, reason=" ", now=NOW)
    assert not TrailEntry.objects.exists()


def test_no_more_than_the_cap_comes_through(monkeypatch) -> None:
    actor = staff()
    for number in range(4):
        failed_mail(make_donor(email=f"a{number}@example.org"), f"mail {number}")
    ask, _most = bulk.QUERIES[BulkQuery.ADDRESSES_REFUSED]
    monkeypatch.setitem(bulk.QUERIES, BulkQuery.ADDRESSES_REFUSED, (ask, 3))
    answer = read(BulkQuery.ADDRESSES_REFUSED, actor)
    assert (len(answer.rows), answer.cut) == (3, True)
    assert TrailEntry.objects.get().facts == {"rows": 3, "cut": True}
    assert "example.org" not in repr(answer)


def test_what_shows_who_somebody_is_has_the_smaller_cap() -> None:
    assert bulk.QUERIES[BulkQuery.ADDRESSES_REFUSED][1] == bulk.MOST_READABLE < bulk.MOST_ROWS
    assert set(bulk.QUERIES) == set(BulkQuery)


def test_the_command_asks_for_somebody_with_the_right(capsys) -> None:
    make_donor()
    staff()
    call_command("donors_in_bulk", "count_by_language", actor="ada", reason="planning")
    assert json.loads(capsys.readouterr().out) == {"language": "pl", "donors": 1}
    with pytest.raises(CommandError, match="nobody"):
        call_command("donors_in_bulk", "count_by_language", actor="eve", reason="planning")
