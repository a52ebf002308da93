"""Why a file can't be read, and what is wrong with a row of one. Kept as codes: each reader reads their own language."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class FileReason(models.TextChoices):
    """Why a whole file is refused."""

    TOO_BIG = "too_big", _("The file is larger than 2 MB. Split it.")
    """More bytes than any list of ours needs."""
    NOT_A_TABLE = "not_a_table", _("This is neither a CSV file nor an XLSX workbook.")
    """Another kind of file, or a broken one."""
    OLD_EXCEL = "old_excel", _("This is an old Excel file (XLS). Save it as XLSX or CSV.")
    """The binary format of before 2007."""
    PROTECTED = "protected", _("The workbook is protected by a password. Save it without one.")
    """Encrypted; nobody should type a workbook's password here."""
    MACROS = "macros", _("The workbook holds macros or links to other files. Save it as a plain XLSX.")
    """Programs and links are never needed in a list."""
    BOMB = "bomb", _("The workbook is far larger inside than out: it was not opened.")
    """It would unpack to more than any list of ours needs."""
    MERGED = (
        "merged",
        _("Some cells of the workbook are merged. Unmerge them, so that every row says everything itself."),
    )
    """A merged cell stands in its first row alone; the others would be read as empty."""
    ENCODING = "encoding", _("The file's letters can't be read for certain. Save it as “CSV UTF-8”.")
    """Neither UTF-8 nor, beyond doubt, Windows-1250."""
    NO_ROWS = "no_rows", _("There is nothing under the header.")
    """A header alone, or nothing at all."""
    TOO_MANY_ROWS = "too_many_rows", _("There are more than 2,000 rows. Split the file.")
    """More rows than one database transaction should hold others up for."""
    TWO_COLUMNS = "two_columns", _("Two columns have the same name.")
    """Which one is meant can't be told."""
    UNKNOWN_COLUMNS = (
        "unknown_columns",
        _("These columns are unknown here, so nothing of the file was kept: %(names)s."),
    )
    """Somebody may have taken another file, or one with names of people in it."""
    MISSING_COLUMNS = "missing_columns", _("These columns are missing: %(names)s.")
    """Without them nothing can be booked."""


class FileRefused(ValueError):
    """A file that can't be read. Expected. `facts` fill the reason's sentence."""

    def __init__(self, reason: FileReason, **facts: str) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.facts = facts

    @property
    def sentence(self) -> str:
        return str(self.reason.label) % self.facts if self.facts else str(self.reason.label)


class CellReason(models.TextChoices):
    """What is wrong with one cell."""

    MISSING = "missing", _("This has to be filled in.")
    """Empty where something is needed."""
    FORMULA = "formula", _("This is a formula. Put its result there as a plain value.")
    """What a formula says depends on who opens it."""
    NOT_WHOLE = "not_whole", _("This is not a whole number of units or people.")
    """Units and people are counted, not measured."""
    NOT_A_SUM = "not_a_sum", _("This is not a sum in złoty, such as 1250,50.")
    """Also where it could be read in two ways."""
    NOT_A_WEEK = "not_a_week", _("This is not a week, such as 2026-W41.")
    """Weeks, never days: nothing finer is kept."""
    NOT_A_MONTH = "not_a_month", _("This is not a month, such as 2026-11.")
    """A year and a month."""
    NOT_A_DAY = "not_a_day", _("This is not a day, such as 2026-11-21.")
    """Only documents have days."""
    NOT_A_CHOICE = "not_a_choice", _("This has to be one of: %(choices)s.")
    """A word that is not in the list."""
    NOT_A_LINE = "not_a_line", _("This text holds signs that can't be kept, or is too long.")
    """Control characters, or more than the field takes."""
    NO_DOCUMENT = "no_document", _("No accepted document of ours has this number, or several have.")
    """A lot hangs on a document that a second person accepted."""
    NEEDED_HERE = "needed_here", _("This has to be filled in for “%(because)s”.")
    """Needed because of another cell of the row."""
    NOT_HERE = "not_here", _("This has to stay empty for “%(because)s”.")
    """Would contradict another cell of the row."""
    DIFFERS = "differs", _("Rows of one delivery have to agree on this.")
    """Several rows make one delivery: same need, region, week and people."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row: the line in the file, the column where it can be told, a code and its facts."""

    line: int
    column: str
    code: str
    """A value of CellReason, or the name of a refusal's class."""
    facts: dict[str, Any] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


class CellRefused(ValueError):
    """A cell that can't be taken. Expected."""

    def __init__(self, reason: CellReason, **facts: str) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.facts = facts
