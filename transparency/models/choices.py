"""The words of the room: kinds, states, acts, the steps of building and the checks."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportKind(models.TextChoices):
    """What time a report is about."""

    MONTH = "month", _("month")
    """One calendar month in Warsaw that is over; publishing it closes the month."""
    QUARTER = "quarter", _("quarter")
    """Three closed months."""
    YEAR = "year", _("year")
    """Twelve closed months, January to December."""
    TO_DATE = "to_date", _("month to date")
    """The present month up to the mark; it closes nothing, and the month's own report follows."""
    CAMPAIGN = "campaign", _("campaign")
    """Some funds in some whole, closed months, under a name."""
    COHORT = "cohort", _("gifts of a year")
    """All gifts of one year, followed to the mark: how much of them was turned into help, and what still waits."""


class ReportState(models.TextChoices):
    """Where a report stands on its way to the public."""

    REQUESTED = "requested", _("requested")
    """Somebody, or the calendar, asked for it; no worker has begun."""
    BUILDING = "building", _("being built")
    """A worker is at it; its progress is on the row."""
    BLOCKED = "blocked", _("blocked by findings")
    """A check failed: the findings say which, with their entries; it can't go on until it is built again."""
    DRAFT = "draft", _("draft")
    """Every check held and the content stands; nobody has sent it to review."""
    IN_REVIEW = "in_review", _("in review")
    """One person sent it; another is to read it."""
    CHANGES_REQUESTED = "changes_requested", _("changes requested")
    """The reviewer sent it back with a comment."""
    PUBLISHED = "published", _("published")
    """Everyone can read it; its content can't change any more."""
    SUPERSEDED = "superseded", _("superseded")
    """A later revision took its place; it stays at its address and says so."""


class ReportAct(models.TextChoices):
    """What can be done with a report; each act leaves a step in its trail."""

    REQUEST = "request", _("asked for")
    """It was asked for, with the reason."""
    START = "start", _("building began")
    """A worker took it, or took it over from one that died."""
    BLOCK = "block", _("stopped by findings")
    """The checks found something that doesn't hold."""
    DRAFT = "draft", _("drafted")
    """The checks held, and the content was written."""
    SEND_TO_REVIEW = "send_to_review", _("sent to review")
    """Its preparer answers for it and asks another to read it."""
    ASK_FOR_CHANGES = "ask_for_changes", _("sent back")
    """The reviewer wants something put right first."""
    REBUILD = "rebuild", _("asked to be built again")
    """It is to be built anew, at a new mark."""
    ACCEPT_DIFFERENCE = "accept_difference", _("a difference accepted")
    """The treasurer accepted a named finding under the cap; it is built again at the same mark, and prints the reason."""
    OPEN_EVIDENCE = "open_evidence", _("evidence opened")
    """The reviewer opened a sample of the evidence behind it."""
    PUBLISH = "publish", _("published")
    """A second person published it."""
    SUPERSEDE = "supersede", _("superseded")
    """A later revision was published."""


class BuildStep(models.TextChoices):
    """What a worker is doing, in the order in which it does it."""

    WAITING = "waiting", _("waiting for a worker")
    """Nobody has begun."""
    MARK = "mark", _("taking the mark")
    """The ledger's snapshot is taken, and the names of the day are written beside it."""
    CHECKS = "checks", _("checking the books")
    """Each named check runs at the mark."""
    FIGURES = "figures", _("adding up")
    """Lines, funds, partners and regions are computed."""
    NOTES = "notes", _("breaking gifts into notes")
    """The month's gifts become notes that anyone can add up; their root goes into the content."""
    CONTENT = "content", _("writing the content")
    """The canonical bytes are made and held against the schema."""
    DONE = "done", _("done")
    """Nothing is left to do."""


class CheckName(models.TextChoices):
    """What must hold before a report can go to review."""

    ENTRIES_BALANCE = "entries_balance", _("Every entry balances")
    """Each entry up to the mark has postings, and they sum to zero in each currency."""
    MONTHLY_BALANCES = "monthly_balances", _("The monthly balances equal a full recount")
    """The kept balances are recomputed from all postings and compared."""
    CLEARING = "clearing", _("Money at the payment provider equals the provider's own movements")
    """Stripe clearing at the mark equals opening plus all balance movements, by category."""
    CHARGES_HAVE_MOVEMENTS = "charges_have_movements", _("Every charge has the provider's balance movement")
    """No charge booked up to the mark is without the movement that shows its fee and net."""
    FUND_IDENTITY = "fund_identity", _("Each fund's movements lead from its opening to its closing balance")
    """Opening + received + share received + redirected in + covered - everything that left = closing, per fund."""
    INTERNAL_MOVES = "internal_moves", _("Moves between funds cancel out")
    """What is redirected out of funds is redirected into others; what one covers is covered in another."""
    FUNDS_EQUAL_ASSETS = "funds_equal_assets", _("All funds and debts equal what stands at the bank, Stripe, partners")
    """Funds + payables + unmatched = bank + Stripe + cash + advances, and no other account holds anything."""
    SPENDING_HAS_DOCUMENTS = "spending_has_documents", _("Spending equals the accepted documents")
    """What the ledger calls spent is, fund by fund, the sum of accepted documents and purchases."""
    NO_FUND_BELOW_ZERO = "no_fund_below_zero", _("No fund is below zero")
    """A deficit is named; a cover, or gifts, have to fill it before the report goes on."""
    EARLIER_MONTHS_CLOSED = "earlier_months_closed", _("Earlier months are closed")
    """A month before it that money moved in is still open, so its figures, and our opening balance, could change."""
    ONE_CURRENCY = "one_currency", _("Everything is in one currency")
    """A report adds up złoty; a posting in another currency is named instead of added."""
    PAYOUTS_EQUAL_PARTS = "payouts_equal_parts", _("Each payout equals its parts")
    """What the provider sent to the bank is the sum of the movements that it names for it."""
    EMERGENCIES_COUNTERSIGNED = "emergencies_countersigned", _("Emergencies were countersigned in time")
    """Each emergency spending has the second signature that it needed within 72 hours."""
    NOTES_SUM = "notes_sum", _("The notes add up to what came in")
    """Counted notes times their denominations, less what was taken back, are exactly the gifts of the month."""
    REDIRECTS_TOLD = "redirects_told", _("Redirects are named and told")
    """Each fund's redirects in the books have their rows with clause and reason, and their donors were told."""
    SMALL_CELLS = "small_cells", _("Nobody can be found by subtraction")
    """Fewer than five donors would show, by themselves or as the difference from what is already published."""
    BUILD_COMPLETES = "build_completes", _("The report can be computed")
    """A worker failed several times on it; the log has the error."""
