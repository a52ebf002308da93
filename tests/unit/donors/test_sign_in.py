"""Signing in by mail: who asked gets in, once, and nobody learns who gives."""

import re
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import TrailEntry, User
from core.trail import ReasonMissing
from donors import operations, sessions
from donors.models import DonorSession, Mail, MailState, SignInCount, SignInRequest
from donors.operations import use_link
from donors.operations.sign_in_limits import ASKING, GUESSING
from donors.sign_in import (
    LIFETIME,
    LinkLook,
    Refusal,
    ask_for_link,
    look_at_link,
    new_browser,
    sign_in_by_code,
    sign_in_by_link,
)
from donors.staff_view import NotAllowed
from donors.vault import DonorErased
from tests.factories.donors import CANARIES, CANARY_EMAIL, Asked, ask_and_read, make_donor, queue_receipt
from tests.factories.time import NOW

SECOND = timedelta(seconds=1)


@pytest.mark.django_db
class TestTheWayIn:
    def test_by_link_and_the_path_asked_for_comes_back(self) -> None:
        donor_id = make_donor()
        asked = ask_and_read(next_path="/pl/my-giving/cards/")
        assert look_at_link(token=asked.token, browser=asked.browser, now=NOW) is LinkLook.READY
        session = sign_in_by_link(token=asked.token, browser=asked.browser, now=NOW)
        assert isinstance(session, sessions.NewSession)
        assert (session.donor_id, session.next_path) == (donor_id, "/pl/my-giving/cards/")
        assert sessions.current_donor(token=session.token, now=NOW) == donor_id
        assert session.token not in repr(session)

    @pytest.mark.parametrize("typed", ["{}", " {} ", "{:.3} {:.0}"], ids=["plain", "spaces", "grouped"])
    def test_by_code_typed_in_the_browser_that_asked(self, typed: str) -> None:
        donor_id = make_donor()
        asked = ask_and_read()
        code = f"{asked.code[:3]} {asked.code[3:]}" if ":" in typed else typed.format(asked.code)
        session = sign_in_by_code(code=code, browser=asked.browser, now=NOW)
        assert isinstance(session, sessions.NewSession)
        assert session.donor_id == donor_id

    def test_looking_uses_nothing_up(self) -> None:
        make_donor()
        asked = ask_and_read()
        for _ in range(3):
            assert look_at_link(token=asked.token, browser=asked.browser, now=NOW) is LinkLook.READY
        assert isinstance(sign_in_by_link(token=asked.token, browser=asked.browser, now=NOW), sessions.NewSession)

    def test_link_and_code_are_one_use(self) -> None:
        make_donor()
        asked = ask_and_read()
        assert isinstance(sign_in_by_code(code=asked.code, browser=asked.browser, now=NOW), sessions.NewSession)
        assert sign_in_by_link(token=asked.token, browser=asked.browser, now=NOW) is Refusal.GONE
        assert sign_in_by_code(code=asked.code, browser=asked.browser, now=NOW) is Refusal.GONE
        assert look_at_link(token=asked.token, browser=asked.browser, now=NOW) is LinkLook.GONE
        assert DonorSession.objects.count() == 1

    def test_another_browser_is_told_where_to_type_the_code(self) -> None:
        make_donor()
        asked = ask_and_read()
        for stranger in (new_browser(), ""):
            assert look_at_link(token=asked.token, browser=stranger, now=NOW) is LinkLook.OTHER_BROWSER
            assert sign_in_by_link(token=asked.token, browser=stranger, now=NOW) is Refusal.OTHER_BROWSER
            assert sign_in_by_code(code=asked.code, browser=stranger, now=NOW) is Refusal.GONE
        assert not DonorSession.objects.exists()

    def test_browsers_without_a_cookie_are_not_taken_for_each_other(self) -> None:
        make_donor()
        asked = ask_and_read(browser="")
        assert sign_in_by_link(token=asked.token, browser="", now=NOW) is Refusal.OTHER_BROWSER
        assert sign_in_by_code(code=asked.code, browser="", now=NOW) is Refusal.GONE

    def test_it_lives_ten_minutes(self) -> None:
        make_donor()
        asked = ask_and_read()
        over = NOW + LIFETIME
        assert look_at_link(token=asked.token, browser=asked.browser, now=over - SECOND) is LinkLook.READY
        assert look_at_link(token=asked.token, browser=asked.browser, now=over) is LinkLook.GONE
        assert sign_in_by_link(token=asked.token, browser=asked.browser, now=over) is Refusal.GONE
        assert sign_in_by_code(code=asked.code, browser=asked.browser, now=over) is Refusal.GONE
        operations.sweep_sign_ins(now=over)
        assert not SignInRequest.objects.exists(), "rows go with their time"

    def test_five_codes_may_be_typed_and_the_link_works_all_the_same(self) -> None:
        make_donor()
        asked = ask_and_read()
        for _ in range(5):
            assert sign_in_by_code(code=wrong(asked), browser=asked.browser, now=NOW) is Refusal.WRONG_CODE
        assert sign_in_by_code(code=asked.code, browser=asked.browser, now=NOW) is Refusal.TOO_MANY_TRIES
        assert isinstance(sign_in_by_link(token=asked.token, browser=asked.browser, now=NOW), sessions.NewSession)

    def test_only_the_newest_mails_code_is_taken(self) -> None:
        make_donor()
        older = ask_and_read()
        newer = ask_and_read(browser=older.browser)
        assert newer.code == older.code or (
            sign_in_by_code(code=older.code, browser=older.browser, now=NOW) is Refusal.WRONG_CODE
        )
        assert isinstance(sign_in_by_code(code=newer.code, browser=newer.browser, now=NOW), sessions.NewSession)

    @pytest.mark.parametrize(
        "path",
        [
            "//evil.example/",
            "https://evil.example/",
            "/\\evil.example",
            "javascript:alert(1)",
            f"/{CANARY_EMAIL}/",
            "/a/?b=c",
            "/a\nb",
            "/" + "x" * 200,
        ],
    )
    def test_a_path_of_a_stranger_is_forgotten(self, path: str) -> None:
        make_donor()
        asked = ask_and_read(next_path=path)
        session = sign_in_by_link(token=asked.token, browser=asked.browser, now=NOW)
        assert isinstance(session, sessions.NewSession)
        assert session.next_path == ""


@pytest.mark.django_db
class TestNobodyLearnsWhoGives:
    def test_asking_is_the_same_work_whether_the_address_is_known_or_not(self, hints) -> None:
        make_donor()
        shapes = []
        for email in (CANARY_EMAIL, "nobody@example.org", "no address", "", "\x00\udcff"):
            with CaptureQueriesContext(connection) as asked:
                ask_for_link(email=email, next_path="", language="pl", browser=new_browser(), now=NOW)
            shapes.append(
                [re.sub(r"'[^']*'|\bs\d+_x\d+|\b\d+\b", "?", query["sql"]) for query in asked.captured_queries]
            )
        assert all(shape == shapes[0] for shape in shapes)
        assert SignInRequest.objects.filter(decided_at__isnull=True).count() == len(shapes)

    def test_only_the_task_looks_and_only_a_donor_is_written_to(self) -> None:
        make_donor()
        ask_for_link(email="nobody@example.org", next_path="", language="pl", browser="b", now=NOW)
        ask_for_link(email=CANARY_EMAIL.upper(), next_path="", language="pl", browser="b", now=NOW)
        assert not Mail.objects.exists()
        operations.sweep_sign_ins(now=NOW)
        assert Mail.objects.count() == 1
        assert not SignInRequest.objects.filter(address__isnull=False).exists(), "the address is forgotten at once"

    def test_for_an_unknown_address_codes_are_wrong_as_for_a_known_one(self) -> None:
        make_donor()
        known, unknown = new_browser(), new_browser()
        ask_for_link(email=CANARY_EMAIL, next_path="", language="pl", browser=known, now=NOW)
        ask_for_link(email="nobody@example.org", next_path="", language="pl", browser=unknown, now=NOW)
        operations.sweep_sign_ins(now=NOW)
        for browser in (known, unknown):
            answers = [sign_in_by_code(code="12345x", browser=browser, now=NOW) for _ in range(6)]
            assert answers == [Refusal.WRONG_CODE] * 5 + [Refusal.TOO_MANY_TRIES]

    def test_past_the_limit_of_an_address_no_mail_goes_out_and_nothing_else_differs(self) -> None:
        make_donor()
        for email in (CANARY_EMAIL, "nobody@example.org"):
            for _ in range(8):
                ask_for_link(email=email, next_path="", language="pl", browser=new_browser(), now=NOW)
        operations.sweep_sign_ins(now=NOW)
        assert SignInRequest.objects.filter(decided_at=NOW).count() == 16
        assert Mail.objects.count() == ASKING[0].most
        assert SignInRequest.objects.filter(allowed=False).count() == 6
        ask_for_link(email=CANARY_EMAIL, next_path="", language="pl", browser="b", now=NOW + timedelta(hours=1))
        operations.sweep_sign_ins(now=NOW + timedelta(hours=1))
        assert Mail.objects.count() == ASKING[0].most + 1

    def test_a_browser_that_tries_many_addresses_is_slowed(self) -> None:
        for number in range(12):
            ask_for_link(email=f"a{number}@example.org", next_path="", language="pl", browser="one", now=NOW)
        assert SignInRequest.objects.filter(allowed=True).count() == 10

    def test_everybody_together_is_counted(self, monkeypatch) -> None:
        everywhere = ASKING[3]
        monkeypatch.setattr(
            "donors.operations.sign_in_limits.ASKING",
            (*ASKING[:3], everywhere.__class__(everywhere.scope, everywhere.window, 3)),
        )
        for number in range(5):
            ask_for_link(email=f"a{number}@example.org", next_path="", language="pl", browser=new_browser(), now=NOW)
        assert SignInRequest.objects.filter(allowed=True).count() == 3

    def test_guessing_at_many_addresses_ends_for_everybody_and_links_go_on(self) -> None:
        make_donor()
        asked = ask_and_read()
        sign_in_by_code(code="x", browser=asked.browser, now=NOW)
        SignInCount.objects.filter(scope=GUESSING.scope).update(count=GUESSING.most)
        assert sign_in_by_code(code=asked.code, browser=asked.browser, now=NOW) is Refusal.TOO_MANY_TRIES
        assert isinstance(sign_in_by_link(token=asked.token, browser=asked.browser, now=NOW), sessions.NewSession)

    def test_nothing_stored_lets_anybody_in(self, settings) -> None:
        """Link and code stand nowhere but in the mail, and the code's hash needs a key from outside the database."""
        make_donor()
        asked = ask_and_read()
        row = SignInRequest.objects.get()
        stored = b"".join(bytes(value) for value in vars(row).values() if isinstance(value, bytes | memoryview))
        assert asked.token.encode() not in stored
        assert asked.code.encode() not in stored
        assert use_link.code_hash(code=asked.code, salt=row.code_salt) == bytes(row.code_hash)
        settings.DONOR_HASH_KEY = "another"
        assert use_link.code_hash(code=asked.code, salt=row.code_salt) != bytes(row.code_hash)

    def test_counters_go_with_their_window(self) -> None:
        ask_for_link(email=CANARY_EMAIL, next_path="", language="pl", browser="b", now=NOW)
        assert SignInCount.objects.count() == len(ASKING)
        operations.forget_counts(now=NOW + timedelta(days=1))
        assert not SignInCount.objects.exists()


@pytest.mark.django_db
class TestTheMail:
    def test_it_goes_to_the_donors_own_address_with_link_and_code_and_says_nothing_in_its_subject(self) -> None:
        make_donor()
        ask_and_read(language="en")
        (sent,) = django_mail.outbox
        assert sent.to == [CANARY_EMAIL]
        assert sent.subject == "Your link and code"

    def test_it_goes_before_mails_that_can_wait(self) -> None:
        donor_id = make_donor()
        waiting = [queue_receipt(donor_id=donor_id, key=key) for key in ("a", "b")]
        ask_for_link(email=CANARY_EMAIL, next_path="", language="en", browser="b", now=NOW)
        operations.sweep_sign_ins(now=NOW)
        operations.send_mail(mail_id=waiting[0].pk, now=NOW)
        assert [sent.subject == "Your link and code" for sent in django_mail.outbox] == [True, False]
        ask_for_link(email=CANARY_EMAIL, next_path="", language="en", browser="b", now=NOW)
        operations.sweep_sign_ins(now=NOW)
        operations.send_due_mails(now=NOW)
        assert [sent.subject == "Your link and code" for sent in django_mail.outbox] == [True, False, True, False]

    def test_one_that_comes_too_late_is_not_sent(self) -> None:
        make_donor()
        ask_for_link(email=CANARY_EMAIL, next_path="", language="pl", browser="b", now=NOW)
        operations.sweep_sign_ins(now=NOW)
        operations.send_due_mails(now=NOW + LIFETIME)
        assert django_mail.outbox == []
        assert Mail.objects.get().state == MailState.CANCELLED

    def test_a_hint_that_comes_twice_writes_once(self, hints, django_capture_on_commit_callbacks) -> None:
        make_donor()
        with django_capture_on_commit_callbacks(execute=True):
            ask_for_link(email=CANARY_EMAIL, next_path="", language="pl", browser="b", now=NOW)
        assert hints == [("donors.decide_sign_in", (SignInRequest.objects.get().pk,))]
        for _ in range(2):
            operations.decide_sign_in(request_id=SignInRequest.objects.get().pk, now=NOW)
        assert Mail.objects.count() == 1


@pytest.mark.django_db
class TestStaff:
    def staff(self, *, is_staff: bool = True) -> User:
        return User.objects.create_user(username="ada", is_staff=is_staff)

    def test_a_resent_link_goes_to_the_donors_own_address_with_a_trace(self) -> None:
        donor_id = make_donor()
        actor = self.staff()
        operations.resend_sign_in(donor_id=donor_id, actor=actor, reason="asked on the phone", now=NOW)
        operations.send_due_mails(now=NOW)
        (sent,) = django_mail.outbox
        assert sent.to == [CANARY_EMAIL]
        trace = TrailEntry.objects.get(subject=f"donor:{donor_id}")
        assert (trace.actor, trace.act, trace.facts) == (actor, "donors.resend_sign_in", {})
        token = re.search(r"/link/([\w-]+)/", sent.body)[1]
        assert not re.search(r"^\d{6}$", sent.body, re.MULTILINE), "a code would have nowhere to be typed"
        assert isinstance(sign_in_by_link(token=token, browser="", now=NOW), sessions.NewSession)
        assert sign_in_by_link(token=token, browser="", now=NOW) is Refusal.GONE

    def test_it_needs_a_reason_and_somebody_of_the_staff(self) -> None:
        donor_id = make_donor()
        with pytest.raises(ReasonMissing):
            operations.resend_sign_in(donor_id=donor_id, actor=self.staff(), reason=" ", now=NOW)
        stranger = User.objects.create_user(username="eve")
        with pytest.raises(NotAllowed):
            operations.resend_sign_in(donor_id=donor_id, actor=stranger, reason="why not", now=NOW)
        assert not SignInRequest.objects.exists()

    def test_who_was_erased_gets_none(self) -> None:
        donor_id = make_donor()
        operations.erase_contact(donor_id=donor_id, now=NOW)
        with pytest.raises(DonorErased):
            operations.resend_sign_in(donor_id=donor_id, actor=self.staff(), reason="asked", now=NOW)


@pytest.mark.django_db
class TestSessions:
    def test_thirty_minutes_idle_and_twelve_hours_at_most(self) -> None:
        donor_id = make_donor()
        token = sessions.start_session(donor_id=donor_id, now=NOW)
        now = NOW
        while now < NOW + sessions.LONGEST - timedelta(minutes=29):
            now += timedelta(minutes=29)
            assert sessions.current_donor(token=token, now=now) == donor_id
        assert sessions.current_donor(token=token, now=NOW + sessions.LONGEST) is None
        assert sessions.sweep_sessions(now=NOW + sessions.LONGEST) == 1

        idle = sessions.start_session(donor_id=donor_id, now=NOW)
        assert sessions.current_donor(token=idle, now=NOW + sessions.IDLE - SECOND) == donor_id
        assert sessions.current_donor(token=idle, now=NOW + 2 * sessions.IDLE - SECOND) is None

    @pytest.mark.parametrize("token", ["", None, "unknown", "\udcff"])
    def test_a_made_up_token_is_nobody(self, token: str | None) -> None:
        make_donor()
        assert sessions.current_donor(token=token, now=NOW) is None

    def test_one_or_all_can_be_ended(self) -> None:
        donor_id, other_id = make_donor(), make_donor(email="other@example.org")
        here, there = (sessions.start_session(donor_id=donor_id, now=NOW) for _ in range(2))
        other = sessions.start_session(donor_id=other_id, now=NOW)
        sessions.end_session(token=here)
        assert sessions.current_donor(token=here, now=NOW) is None
        assert sessions.current_donor(token=there, now=NOW) == donor_id
        assert sessions.end_all(donor_id=donor_id) == 1
        assert sessions.current_donor(token=there, now=NOW) is None
        assert sessions.current_donor(token=other, now=NOW) == other_id

    def test_erasure_ends_sessions_and_links(self) -> None:
        donor_id = make_donor()
        asked = ask_and_read()
        token = sessions.start_session(donor_id=donor_id, now=NOW)
        operations.erase_contact(donor_id=donor_id, now=NOW)
        assert sessions.current_donor(token=token, now=NOW) is None
        assert sign_in_by_link(token=asked.token, browser=asked.browser, now=NOW) is Refusal.GONE
        assert not DonorSession.objects.exists()


def wrong(asked: Asked) -> str:
    """A code that isn't the one in the mail."""
    return f"{(int(asked.code) + 1) % 1_000_000:06d}"


@pytest.mark.django_db
def test_no_column_holds_what_was_asked_for() -> None:
    ask_for_link(email=CANARY_EMAIL, next_path="", language="pl", browser="b", now=NOW)
    row = SignInRequest.objects.get()
    readable = b" ".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in vars(row).values())
    assert not [word for word in CANARIES if word.lower().encode() in readable.lower()]
