"""A donor's year with a donee, as a document: made when asked for, mailed after the year, corrected after a refund."""

from payments.operations.statements.claims import ClaimRefused, claim_code, claim_gift
from payments.operations.statements.correct import correct_statements
from payments.operations.statements.mail import mail_statements
from payments.operations.statements.pdf import statement_pdf
from payments.operations.statements.write import NothingGiven, yearly_statement

__all__ = [
    "ClaimRefused",
    "NothingGiven",
    "claim_code",
    "claim_gift",
    "correct_statements",
    "mail_statements",
    "statement_pdf",
    "yearly_statement",
]
