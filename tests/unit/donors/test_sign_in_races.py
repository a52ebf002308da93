"""Signing in by mail, twenty at once: one session, five tries, twenty counted."""

import threading

from donors import sessions
from donors.models import DonorSession, SignInCount, SignInRequest
from donors.operations import use_link
from donors.operations.sign_in_limits import ASKING
from donors.sign_in import Refusal, ask_for_link, new_browser, sign_in_by_code, sign_in_by_link
from tests.factories.donors import CANARY_EMAIL, ask_and_read, make_donor
from tests.factories.time import NOW
from tests.unit.donors.test_races import AT_ONCE, all_at_once
from tests.unit.donors.test_sign_in import wrong


def sessions_made(answers: list[object]) -> int:
    return sum(isinstance(answer, sessions.NewSession) for answer in answers)


def test_twenty_posts_of_one_link_or_code_make_one_session(committed_db) -> None:
    make_donor()
    asked = ask_and_read()
    by_turns = iter([sign_in_by_link, sign_in_by_code] * 10)
    turn = threading.Lock()

    def use() -> object:
        with turn:
            by = next(by_turns)
        if by is sign_in_by_link:
            return sign_in_by_link(token=asked.token, browser=asked.browser, now=NOW)
        return sign_in_by_code(code=asked.code, browser=asked.browser, now=NOW)

    answers = all_at_once(use)
    assert sessions_made(answers) == 1
    assert set(answers) - {next(a for a in answers if isinstance(a, sessions.NewSession))} == {Refusal.GONE}
    assert DonorSession.objects.count() == 1


def test_without_the_lock_they_make_several(committed_db, monkeypatch) -> None:
    make_donor()
    asked = ask_and_read()
    together = threading.Barrier(AT_ONCE)

    def look(**which: bytes) -> SignInRequest | None:
        request = SignInRequest.objects.filter(**which).first()
        together.wait(timeout=60)
        return request

    monkeypatch.setattr(use_link, "_locked", look)
    all_at_once(lambda: sign_in_by_link(token=asked.token, browser=asked.browser, now=NOW))
    assert DonorSession.objects.count() > 1


def test_twenty_wrong_codes_at_once_are_five_tries(committed_db) -> None:
    make_donor()
    asked = ask_and_read()
    answers = all_at_once(lambda: sign_in_by_code(code=wrong(asked), browser=asked.browser, now=NOW))
    assert answers.count(Refusal.WRONG_CODE) == 5
    assert answers.count(Refusal.TOO_MANY_TRIES) == 15


def test_twenty_requests_at_once_are_counted_as_twenty(committed_db) -> None:
    all_at_once(lambda: ask_for_link(email=CANARY_EMAIL, next_path="", language="pl", browser=new_browser(), now=NOW))
    assert set(SignInCount.objects.values_list("count", flat=True)) == {20, 1}, "one for each browser"
    assert 0 < SignInRequest.objects.filter(allowed=True).count() <= ASKING[0].most
