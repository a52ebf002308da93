"""Promise 20, rehearsed: the backup of yesterday, restored into another server, and the provider asked what happened since.

The steps are those of docs/operations.md. The other server is a new one: it counts its database transactions from the
beginning, so numbers that old entries keep come up again.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction

from aid_packages.operations import approve_allocation
from donors.models import Donor
from donors.operations import erase_everything, export_erasures
from ledger import audit
from ledger.models import Home, JournalEntry
from payments import operations
from payments.models import Donation
from payments.states import DonationState
from shop.embedded import OWNER_ROLE, EmbeddedPostgres
from stripe_sandbox.testing import Client
from tests.factories.aid_packages import approved, draft, hold, make_envelope_books, make_staff
from tests.factories.donors import make_donor
from tests.factories.payments import begin, books, checkout_ref, deliver_all, give
from tests.factories.time import NOW
from tests.support.database import CommittedDatabase, at_database
from tests.support.servers import ROOT

TOMORROW = NOW + timedelta(days=1)
RESTORED = "restored"


ONCE_MORE = """
    INSERT INTO ledger_posting (entry_id, account_id, amount_minor, currency, period)
    SELECT entry_id, account_id, amount_minor, currency, period FROM ledger_posting WHERE entry_id = %s
"""


class _NotYet(Exception):
    """Another number was drawn."""


@dataclass
class Copy:
    """A backup restored into a server of its own."""

    server: EmbeddedPostgres
    file: Path

    def migrates(self) -> None:
        """As its owner, in a process of its own, as the manual says."""
        environment = os.environ | {
            "DATABASE_URL": self.server.url(RESTORED),
            "DATABASE_OWNER_URL": self.server.url(RESTORED, role=OWNER_ROLE),
            "DJANGO_SETTINGS_MODULE": "shop.settings.test",
        }
        command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
        subprocess.run(command, env=environment, cwd=ROOT, check=True, timeout=800)

    def is_restored(self) -> None:
        self.server.ensure_database(RESTORED)
        address = self.server.url(RESTORED, role="postgres")
        restore = [str(self.server.program("pg_restore")), "--exit-on-error", "--dbname", address, str(self.file)]
        subprocess.run(restore, check=True, timeout=600)

    @contextmanager
    def is_used(self) -> Iterator[None]:
        """The shop's connection leads to the copy, as the application; afterwards where it led before."""
        connections.close_all()
        settings = connections["default"].settings_dict
        before = dict(settings)
        where = urlsplit(self.server.url(RESTORED))
        settings |= {"NAME": RESTORED, "USER": where.username, "PASSWORD": where.password}
        settings |= {"HOST": where.hostname, "PORT": where.port}
        try:
            yield
        finally:
            connections.close_all()
            settings |= before


@pytest.fixture
def copy(committed_db: CommittedDatabase, tmp_path: Path) -> Iterator[Copy]:
    server = EmbeddedPostgres(tmp_path / "another", durable=False)
    server.start()
    yield Copy(server, tmp_path / "backup")
    server.stop()
    shutil.rmtree(server.data.parent)


def back_up(database: CommittedDatabase, copy: Copy) -> None:
    address = at_database(os.environ["TEST_SUPERUSER_URL"], database.name)
    dump = [str(copy.server.program("pg_dump")), "--format=custom", "--file", str(copy.file), address]
    subprocess.run(dump, check=True, timeout=600)


def books_go_on(sandbox: Client, *, asked: str) -> None:
    """What the provider knows of: who stood on its page pays, who paid gets back, and it takes its fees."""
    sandbox.pay(asked)
    deliver_all(sandbox=sandbox, now=TOMORROW)


@pytest.mark.money
def test_a_restored_copy_catches_up_with_the_provider(
    committed_db: CommittedDatabase, sandbox: Client, copy: Copy, tmp_path: Path
) -> None:
    make_envelope_books()
    hold(fund_code="CONTACT", amount_minor=500_000, reference="contact")
    approved(fund_code="CONTACT", amount_minor=100_000)
    given = give(sandbox=sandbox, intent_key="gift-of-zofia")
    waiting = begin(intent_key="gift-of-jan")
    asked = checkout_ref(waiting)
    leaving = make_donor(email="leaving@example.org")
    back_up(committed_db, copy)

    books_go_on(sandbox, asked=asked)
    erase_everything(donor_id=leaving, now=TOMORROW)
    export_erasures(path=tmp_path / "log")
    operations.compare_with_provider(now=TOMORROW)
    as_if_nothing_had_happened = books()
    assert "gift" in {kind for _, kind, _ in as_if_nothing_had_happened}

    copy.is_restored()
    with copy.is_used():
        assert books() != as_if_nothing_had_happened, "the copy is older"
        assert {finding.number for finding in audit.run().findings} == {20}
        copy.migrates()
        call_command("erasure_log", "apply", str(tmp_path / "log"))
        assert Donor.objects.get(pk=leaving).erased_at == TOMORROW
        operations.sweep(now=TOMORROW)
        assert operations.compare_with_provider(now=TOMORROW).unexplained == []

        assert books() == as_if_nothing_had_happened
        assert Donation.objects.get(pk=waiting.donation_id).state == DonationState.SETTLED
        assert Donation.objects.get(pk=given.pk).state == DonationState.SETTLED
        _decides_again()
        assert audit.run().findings == []
        _no_old_entry_grows(copy.server.url(RESTORED, role="postgres"))
        with psycopg.connect(copy.server.url(RESTORED, role="postgres")) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute("DELETE FROM ledger_home WHERE after_entry_id > 0")
            owner.commit()
        assert {12, 20} <= {finding.number for finding in audit.run().findings}, "without its home it is mixed up"


def _decides_again() -> None:
    """An approval in the copy: its snapshot has numbers that are lower than those of every old entry."""
    envelope = draft(fund_code="CONTACT", amount_minor=150_000, purpose="after the restore")
    approve_allocation(allocation_id=envelope.pk, actor=make_staff("bartek"), reason="as agreed", now=TOMORROW)
    assert Home.objects.count() == 2


def _no_old_entry_grows(owner_url: str) -> None:
    """An old entry whose number comes up again as that of a new database transaction still takes no posting."""
    with psycopg.connect(owner_url) as owner:
        owner.execute("SET session_replication_role = replica")
        soon = "(pg_current_xact_id()::text::bigint + 5)::text::xid8"
        owner.execute(
            f"UPDATE ledger_journalentry SET txid = {soon} WHERE id = (SELECT min(id) FROM ledger_journalentry)"
        )
    entry = JournalEntry.objects.order_by("id")[0]
    for _ in range(10):
        with suppress(_NotYet), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            if cursor.fetchone()[0] != int(entry.txid):
                raise _NotYet
            with pytest.raises(IntegrityError, match="transaction of its entry"):
                cursor.execute(ONCE_MORE, [entry.pk])
            connection.set_rollback(True)
            return
    raise AssertionError("the number did not come up again")
