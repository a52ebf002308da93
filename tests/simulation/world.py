"""The world in which the lives are lived: our operations on one side, the stand-in's clock and faults on the other."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from core.money import AmountError
from donors.models import Mail
from donors.operations.queue_mail import read_mail
from payments import operations
from payments.models import (
    Donation,
    EventState,
    MonthlyAct,
    MonthlyGift,
    MonthlyOccasion,
    ProviderEvent,
    RenewalTrouble,
)
from payments.monthly_calendar import in_months, warsaw_day
from payments.monthly_states import (
    LIVE,
    ActState,
    ActVerb,
    Interval,
    MonthlyKind,
    MonthlyState,
    OccasionState,
    ReceiptPolicy,
)
from payments.operations import FrozenLine, ProviderRefused, ProviderUnavailable
from payments.operations.coalesce import SETTLE_MOST, close_known
from payments.operations.monthly import start_monthly
from payments.operations.monthly.acts import Acted, By, NotNow
from payments.operations.monthly.cancel import cancel_monthly
from payments.operations.monthly.change import change_terms
from payments.operations.monthly.follow import settle_monthly
from payments.operations.monthly.method import keep_method, use_other_method
from payments.operations.monthly.occasion_links import OccasionClosed, give_occasion, skip_occasion
from payments.operations.monthly.occasions import make_occasions
from payments.operations.monthly.pause import pause, resume
from payments.operations.monthly.restart import restart
from payments.operations.monthly.skip import skip_next
from payments.queries.monthly_rows import OPEN_TROUBLE, rows_of
from stripe_sandbox.testing import Client
from tests.factories.donors import make_donor
from tests.factories.payments import CANCEL, FALLBACK, RETURN, TERMS
from tests.simulation.lives import FUNDS, GOOD_CARD, Life, Lives, Plan
from tests.simulation.post import Post

FIRST_DAY = datetime(2027, 1, 1, tzinfo=UTC)
MORNING, NOON, EVENING = timedelta(hours=7), timedelta(hours=12), timedelta(hours=23, minutes=30)
SWEEP_EACH, COMPARE_EACH = 3, 30
FAULTS: list[tuple[str, dict[str, object]]] = [
    ("webhook_drop", {"probability": 0.05}),
    ("webhook_duplicate", {"probability": 0.05, "copies": 2}),
    ("event_never_made", {"probability": 0.005, "event_type": "invoice.paid"}),
    ("error", {"probability": 0.004, "method": "POST", "status": 500, "when": "after"}),
    ("error", {"probability": 0.004, "method": "POST", "status": 500, "when": "before"}),
    ("timeout", {"probability": 0.003, "method": "POST", "when": "after", "seconds": 0}),
]


@dataclass
class Broken:
    """Promises that did not hold, each in a sentence."""

    sentences: list[str] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        self.sentences.append(sentence)


class World:
    """Days pass; donors act in the morning, the provider takes gifts at its hours, notices come in the evening."""

    def __init__(self, *, sandbox: Client, post: Post, lives: Lives) -> None:
        self.sandbox, self.post, self.lives = sandbox, post, lives
        self.random = lives.random
        self.gifts: dict[int, int] = {}
        self.done: Counter[str] = Counter()
        self.broken = Broken()
        self._told: dict[int, set[date]] = defaultdict(set)
        self._seen_donation = 0
        self._acts = 0
        for kind, facts in FAULTS:
            sandbox.fault(kind, times=None, **facts)

    def live_through(self) -> None:
        """All the days, one after the other; then a quiet night in which everything is compared."""
        for day in range(self.lives.days):
            self._pass(day)
        self.sandbox.clear_faults()
        end = FIRST_DAY + timedelta(days=self.lives.days)
        self._set_clock(end)
        self._take_notices(now=end)
        for _twice in range(2):
            self._catch_up(now=end + timedelta(hours=1))

    def _pass(self, day: int) -> None:
        morning = FIRST_DAY + timedelta(days=day) + MORNING
        self._set_clock(morning)
        for plan in self.lives.due(day):
            self._do(plan, day=day, now=morning)
        noon = FIRST_DAY + timedelta(days=day) + NOON
        self._set_clock(noon)
        make_occasions(now=noon)
        self._answer_occasions(now=noon)
        evening = FIRST_DAY + timedelta(days=day) + EVENING
        self._set_clock(evening)
        self._take_notices(now=evening)
        if day % SWEEP_EACH == 0:
            operations.sweep(now=evening)
            self._take_trouble(day=day)
        if day % COMPARE_EACH == 0:
            self._catch_up(now=evening)
        self._check_days()

    def _set_clock(self, now: datetime) -> None:
        self.sandbox.clock(now=int(now.timestamp()), stopped=True)

    def _take_notices(self, *, now: datetime) -> None:
        """What the provider sent, in any order, some of it twice and some never."""
        self.sandbox.deliver("shuffled")
        real_now = datetime.now(UTC)
        for body, signature in self.post.take():
            operations.receive_webhook(body=body, signature=signature, now=real_now)
        pending = ProviderEvent.objects.filter(state=EventState.PENDING, next_attempt_at__lte=now)
        for which in (pending.filter(topic__in=SETTLE_MOST), pending):
            for event_id in list(which.order_by("pk").values_list("pk", flat=True)):
                operations.process_event(event_id=event_id, now=now)
                self.done["notices"] += 1
            close_known(now=now)  # as the sweeper does with what waited

    def _catch_up(self, *, now: datetime) -> None:
        """The hourly and the nightly work."""
        operations.fetch_missed_events(now=now)
        for event_id in list(ProviderEvent.objects.filter(state=EventState.PENDING).values_list("pk", flat=True)):
            operations.process_event(event_id=event_id, now=now)
        operations.sweep(now=now)
        for sentence in operations.compare_with_provider(now=now).unexplained:
            self.broken.note(f"{now.date()}: not explained: {sentence}")

    def _do(self, plan: Plan, *, day: int, now: datetime) -> None:
        life = self.lives.all[plan.number]
        try:
            if plan.verb is None:
                self._join(life, now=now)
            elif life.number not in self.gifts:
                self.done["a wish before its gift was begun"] += 1  # the provider failed the day before
            else:
                self._wish(life, verb=plan.verb, day=day, now=now)
        except (NotNow, AmountError) as refused:
            self.done[f"refused: {refused}"] += 1
        except (ProviderUnavailable, ProviderRefused):
            self.done["the provider failed"] += 1
            if plan.verb is None:
                self.lives.plan(number=life.number, verb=None, in_days=1, day=day)
        if plan.verb in (None, *_WISHED):
            self.lives.plan_next_wish(number=life.number, day=day)

    def _join(self, life: Life, *, now: datetime) -> None:
        started = start_monthly(
            intent_key=f"life-{life.number}",
            donor_id=self._donor_of(life),
            kind=life.kind,
            lines=[self._line(life.fund, life.minor)],
            interval=life.interval,
            day=life.day or warsaw_day(FIRST_DAY + timedelta(days=life.joins_on) + MORNING).day,
            cover_fee=life.covers_fee,
            expected_total_minor=self._total(life),
            receipt_policy=ReceiptPolicy.YEARLY,
            language="pl",
            terms_version=TERMS,
            return_url=lambda token: RETURN.format(token=token),
            cancel_url=CANCEL,
            now=now,
        )
        self.gifts[life.number] = started.gift_id
        gift = MonthlyGift.objects.get(pk=started.gift_id)
        if gift.checkout_ref:
            self.sandbox.pay(gift.checkout_ref, card=life.card, expiry=self._expiry(life, now))
            if self.random.random() < 0.7:  # the others close the page, and a notice brings it
                settle_monthly(gift_id=gift.pk, now=now)
        self.done["joined"] += 1

    def _wish(self, life: Life, *, verb: ActVerb, day: int, now: datetime) -> None:
        gift = MonthlyGift.objects.get(pk=self.gifts[life.number])
        row = rows_of(gifts=[gift], now=now)[0]
        if verb not in row.can:
            self.done[f"not possible: {verb}"] += 1
            return
        self._acts += 1
        common = {
            "gift_id": gift.pk,
            "by": By(donor_id=gift.donor_id),
            "request_key": f"wish-{self._acts}",
            "now": now,
        }
        acted = self._ask(verb, common, life=life, gift=gift, day=day, now=now)
        state = ActState.CONFIRMED if acted is None else acted.state
        self.done[f"{verb}: {state}"] += 1
        if acted is not None and acted.told is not None:
            self._told[gift.pk] |= set(acted.told.next_dates)

    def _ask(
        self, verb: ActVerb, common: dict, *, life: Life, gift: MonthlyGift, day: int, now: datetime
    ) -> Acted | None:
        draw = self.random
        if verb is ActVerb.CHANGE:
            return change_terms(**common, **self._change(life))
        if verb is ActVerb.SKIP:
            return skip_next(**common)
        if verb is ActVerb.PAUSE:
            if draw.random() < 0.4:
                self.lives.plan(number=life.number, verb=ActVerb.RESUME, in_days=draw.randrange(5, 200), day=day)
            return pause(**common, months=draw.randint(1, 12))
        if verb is ActVerb.RESUME:
            return resume(**common)
        if verb is ActVerb.CANCEL:
            if draw.random() < 0.4:
                self.lives.plan(number=life.number, verb=ActVerb.RESTART, in_days=draw.randrange(20, 300), day=day)
            return cancel_monthly(**common)
        pages = {"return_url": RETURN.format(token="back"), "cancel_url": CANCEL}
        if verb is ActVerb.RESTART:
            restarted = restart(**common, **pages)
            return self._give_card(gift, now=now) if restarted.url else restarted
        use_other_method(**common, **pages)
        return self._give_card(gift, now=now)

    def _change(self, life: Life) -> dict:
        draw = self.random
        return draw.choice(
            [
                {"lines": [self._line(life.fund, draw.choice([1_500, 4_000, 7_777, 12_000]))]},
                {"lines": [self._line(draw.randrange(len(FUNDS)), draw.choice([2_500, 6_000]))]},
                {"day": draw.choice([1, 5, 15, 28, 29, 30, 31])},
                {"interval": draw.choice(list(Interval))},
                {"cover_fee": draw.random() < 0.5},
            ]
        )

    def _give_card(self, gift: MonthlyGift, *, now: datetime) -> Acted | None:
        """On the provider's page, and back, or not back."""
        page = gift.calls.filter(key__contains=":method_page:").order_by("-pk").values_list("answer_ref", flat=True)[0]
        self.sandbox.setup(page, card=GOOD_CARD, exp=f"12/{(now.year + 6) % 100:02}")
        return keep_method(gift_id=gift.pk, now=now) if self.random.random() < 0.7 else None

    def _take_trouble(self, *, day: int) -> None:
        """Half of those whose renewal failed give another card within days; the others let it end."""
        for trouble in RenewalTrouble.objects.filter(state__in=OPEN_TROUBLE).select_related("gift"):
            number = next((n for n, pk in self.gifts.items() if pk == trouble.gift_id), None)
            if number is not None and self.random.random() < 0.25:
                self.lives.plan(number=number, verb=ActVerb.USE_METHOD, in_days=1, day=day)

    def _answer_occasions(self, *, now: datetime) -> None:
        """Who gives by hand follows the link, leaves one out, or doesn't answer."""
        asked = MonthlyOccasion.objects.filter(state=OccasionState.ASKED, asked_at=now)
        for occasion in list(asked):
            # the day's own mail, or, where the gift began on its very day, its first one
            keys = (f"occasion:{occasion.pk}", f"monthly_started:{occasion.gift_id}")
            mail = Mail.objects.filter(key__in=keys).order_by("-pk")[0]
            token = read_mail(mail)[1]["give_url"].rstrip("/").rpartition("/")[2]
            chance = self.random.random()
            try:
                if chance < 0.75:
                    started = give_occasion(token=token, now=now)
                    assert started is not None
                    donation = Donation.objects.get(pk=started.donation_id)
                    self.sandbox.pay(donation.checkout_ref or "", blik="123456")
                    self.done["given by hand"] += 1
                elif chance < 0.85:
                    skip_occasion(token=token, now=now)
            except (OccasionClosed, ProviderUnavailable):
                self.done["by hand: in doubt or closed"] += 1

    def _check_days(self) -> None:
        """Each automatic gift that came is for a day that its donor had been told, now or before a retry or a late notice."""
        fresh = Donation.objects.filter(pk__gt=self._seen_donation, settled_at__isnull=False, invoice_ref__isnull=False)
        touched = set()
        for donation in fresh.order_by("pk"):
            self._seen_donation = max(self._seen_donation, donation.pk)
            told = self._told[donation.monthly_gift_id or 0]
            if told and donation.due_on not in told:
                told |= _mailed_days(gift_id=donation.monthly_gift_id or 0)
            if told and donation.due_on not in told:
                days = ", ".join(str(day) for day in sorted(told))
                self.broken.note(f"donation {donation.pk} fell on {donation.due_on}, and its donor was told {days}")
            touched.add(donation.monthly_gift_id)
        new = [pk for pk in self.gifts.values() if not self._told[pk]]
        gifts = MonthlyGift.objects.filter(pk__in=[*touched, *new], kind=MonthlyKind.AUTOMATIC, state__in=LIVE)
        latest = Donation.objects.order_by("-pk").values_list("settled_at", flat=True).first()
        for row in rows_of(gifts=gifts, now=latest or FIRST_DAY) if gifts else []:
            if row.next_dates and row.state is not MonthlyState.INCOMPLETE:
                self._told[row.gift_id] |= set(row.next_dates)

    def _donor_of(self, life: Life) -> int:
        return make_donor(email=f"donor-{life.number}@example.org", name="", company_name="", nip="", address="")

    def _expiry(self, life: Life, now: datetime) -> str:
        last = in_months(day=now.date(), months=life.card_lasts, wanted_day=1)
        return f"{last.month:02}/{last.year % 100:02}"

    def _line(self, fund: int, minor: int) -> FrozenLine:
        code, title = FUNDS[fund]
        return FrozenLine(title=title, fund_code=code, unit_minor=minor, quantity=1, fallback=FALLBACK)

    def _total(self, life: Life) -> int:
        return life.minor + (operations.cover_fee_for(total_minor=life.minor) if life.covers_fee else 0)


def _mailed_days(*, gift_id: int) -> set[date]:
    """The days that were mailed after each act, also after one whose answer the sweeper looked up days later."""
    acts = MonthlyAct.objects.filter(gift_id=gift_id, state=ActState.CONFIRMED, told__isnull=False)
    return {date.fromisoformat(day) for told in acts.values_list("told", flat=True) for day in told["next_dates"]}


_WISHED = (ActVerb.CHANGE, ActVerb.SKIP, ActVerb.PAUSE, ActVerb.CANCEL)
