"""Loads the demo's story: two months of gifts, help and reports, through the real operations."""

import os
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.periods import period_of
from ledger.models import Donee
from shop.demo.content.bank import plan_bank
from shop.demo.content.books import begin_books
from shop.demo.content.gifts import give, plan_gifts
from shop.demo.content.goods import plan_goods
from shop.demo.content.help import Step, plan_help
from shop.demo.content.monthly import begin_days, begin_monthly, follow_renewals
from shop.demo.content.months import Months
from shop.demo.content.papers import plan_papers
from shop.demo.content.reports import publish, send_report
from shop.demo.content.sandbox import SandboxHand
from shop.demo.content.staff import make_staff

ONE_DAY = timedelta(days=1)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--catalogue-only", action="store_true", help="needs and packages, but no story")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo's story belongs into the demo alone: DEMO is not set.")
        if Donee.objects.exists():
            raise CommandError("There are books here already.")
        months = Months(now=timezone.now())
        staff = make_staff(passwords={name: os.environ[f"DEMO_PASSWORD_{name.upper()}"] for name in ("ada", "bartek")})
        begin_books(months=months)
        if options["catalogue_only"]:
            return
        sandbox = SandboxHand(settings.STRIPE_API_BASE)
        try:
            for _, act in sorted(self._story(months, sandbox, staff), key=lambda step: step[0]):
                act()
        finally:
            sandbox.release_clock()
        self.stdout.write(f"Told the story of {months.first} and {months.second}.")

    def _story(self, months: Months, sandbox: SandboxHand, staff: Any) -> list[Step]:
        story: list[Step] = [
            (gift.at, lambda gift=gift: give(gift=gift, sandbox=sandbox, staff=staff))
            for gift in plan_gifts(months=months)
        ]
        story += [
            (at, lambda at=at, plan=plan: begin_monthly(plan=plan, at=at, sandbox=sandbox))
            for at, plan in begin_days(months=months)
        ]
        story += [
            (night, lambda night=night: follow_renewals(now=night, sandbox=sandbox))
            for night in (*(months.report_day(month) - ONE_DAY for month in (months.first, months.second)), months.now)
        ]
        story += plan_help(months=months, staff=staff)
        story += plan_goods(months=months, staff=staff)
        story += plan_papers(months=months, staff=staff)
        story += plan_bank(months=months, sandbox=sandbox)
        first_day, second_day = months.report_day(months.first), months.report_day(months.second)
        story.append((first_day, lambda: self._at(sandbox, first_day, publish, months.first, staff)))
        if period_of(months.now) > months.second:
            story.append((second_day, lambda: self._at(sandbox, second_day, send_report, months.second, staff)))
        return story

    def _at(self, sandbox: SandboxHand, day: datetime, act: Any, period: int, staff: Any) -> None:
        sandbox.set_clock(day)
        act(period=period, staff=staff, now=day)
