"""An own or reimbursed purchase: a document we owe the money for until it is paid."""

from django.conf import settings
from django.db import models
from django.utils.translation import pgettext_lazy

from aid_packages.models.document import SpendingDocument
from ledger.models import JournalEntry


class Payee(models.TextChoices):
    """To whom the money of a purchase is owed: a role, never a person's name."""

    ISSUER = "issuer", pgettext_lazy("payee", "The issuer of the document")
    """Nobody has paid it yet: the transfer goes to whoever issued the document."""
    STAFF = "staff", pgettext_lazy("payee", "Somebody of our staff, who paid it")
    """A reimbursement: one of our own people paid the document with their money."""
    VOLUNTEER = "volunteer", pgettext_lazy("payee", "A volunteer, who paid it")
    """A reimbursement: somebody who helps us paid the document with their money."""
    PARTNER = "partner", pgettext_lazy("payee", "The partner, who paid it")
    """A reimbursement: the partner paid the document without an advance."""


class Purchase(models.Model):
    """The debt side of a document (ledger: PURCHASE when accepted, PAYMENT when paid).

    Who is reimbursed stands here as a role; whose bank account it is, the bank knows.
    """

    document = models.OneToOneField(SpendingDocument, on_delete=models.PROTECT, related_name="purchase")
    payee = models.CharField(max_length=10, choices=Payee.choices, default=Payee.ISSUER)
    due_on = models.DateField(null=True)
    paid_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    event_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    request_key = models.CharField(max_length=100, unique=True, null=True)
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(entry=None, paid_by=None, paid_at=None, event_at=None, request_key=None)
                | models.Q(
                    entry__isnull=False,
                    paid_by__isnull=False,
                    paid_at__isnull=False,
                    event_at__isnull=False,
                    request_key__isnull=False,
                ),
                name="purchase_paid_whole_or_not_at_all",
            ),
            models.CheckConstraint(condition=models.Q(payee__in=Payee.values), name="purchase_payee_is_known"),
        ]

    def __str__(self) -> str:
        return f"purchase:{self.pk}"

    @property
    def is_reimbursement(self) -> bool:
        """Whether somebody else than the issuer gets the money."""
        return self.payee != Payee.ISSUER
