"""Mails that could not be sent: which, why, and sending them again. Whom they are for stays unsaid."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from donors.models import Mail, MailKind
from donors.queries import donor_label, failed_mails, outbox_counts
from shop.staff.acts import Act, ActPage
from shop.staff.mails import send_again
from shop.staff.tables import Cell, Listing, at


class FailedMails(Listing, ActPage):
    """Mails given up, the newest first."""

    template_name = "staff/mails.html"
    page_title = _("Mails not sent")
    columns = (_("Mail"), _("Kind"), _("To"), _("Given up"), _("Problem"))
    export_name = "mails"
    empty = _("Every mail was sent, or is being tried by itself.")

    def rows(self, wanted: dict[str, Any], *, limit: int, offset: int) -> list[list[Cell]]:
        return [
            [
                Cell(str(mail.pk)),
                Cell(str(MailKind(mail.kind).label)),
                _to(mail),
                at(mail.tried_at or mail.queued_at),
                Cell(mail.last_problem),
            ]
            for mail in failed_mails()[offset : offset + limit]
        ]

    def acts(self) -> list[Act]:
        return [
            Act(
                name=f"retry-{mail.pk}",
                label=_("Send mail %(number)s again") % {"number": mail.pk},
                do=self._retrying(mail.pk),
                done=_("It is being tried again."),
            )
            for mail in failed_mails()
            if mail.context is not None
        ]

    def _retrying(self, mail_id: int) -> Any:
        def do(typed: dict[str, Any]) -> None:
            send_again(mail_id=mail_id, actor=self.actor, reason=typed["reason"], now=self.now)

        return do

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(counts=outbox_counts(now=self.now), **kwargs)


def _to(mail: Mail) -> Cell:
    """A donor's number, which leads to what that donor gave."""
    if mail.donor_id is None:
        return Cell(str(_("Somebody else")))
    return Cell(donor_label(donor_id=mail.donor_id), url=f"{reverse('staff:donations')}?donor={mail.donor_id}")
