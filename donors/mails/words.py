"""Codes in mails as a donor reads them. A code that is unknown here says nothing rather than something wrong."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

INTERVALS: Mapping[str, str | Promise] = {
    "month": _("every month"),
    "quarter": _("every three months"),
    "year": _("every year"),
}
CHANGES: Mapping[str, str | Promise] = {
    "change": _("It was changed."),
    "skip": _("The next payment is skipped."),
    "pause": _("It rests, and goes on by itself."),
    "resume": _("It goes on."),
    "restart": _("It begins again."),
    "use_method": _("It uses another way of paying from now on."),
    "switch_kind": _("The way of giving was changed."),
    "merge": _("Two regular payments were joined to one."),
    "mend": _("The payment that had failed was made."),
    "upgrade": _("It was raised."),
    "not_done": _("What was asked for did not come about. Everything is as it was."),
}
ENDINGS: Mapping[str, str | Promise] = {
    "undone": _("It was undone from the first message, as if it had never been set up."),
    "failed": _("The last payments failed, so we stopped asking the bank."),
    "merge": _("It was joined to another one, which goes on."),
}
"""Why it ended, where saying so helps. What a donor told us in confidence is not repeated in a mail."""


def word(words: Mapping[str, str | Promise], code: object) -> str:
    """The words of a code in the language at hand; empty for an unknown one."""
    return str(words.get(str(code), ""))
