"""What was given in a year, on paper; and a donation made anonymously, proved for it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from payments.operations.statements import ClaimRefused, NothingGiven, claim_gift, statement_pdf, yearly_statement
from payments.queries.statements import YearRow, statement_of, statements_of
from shop.giving.access import OwnPage, crumbs, see_other
from shop.giving.forms.own import ClaimForm


class Statements(OwnPage):
    """Each year by donee and currency. POST makes its statement, if it isn't made or isn't current, and leads to the PDF."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"years": statements_of(donor_id=self.donor_id), **crumbs(_("Yearly statements"))}
        return render(request, "pages/giving/statements.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = _asked_row(request, statements_of(donor_id=self.donor_id))
        if asked is None:
            raise Http404
        try:
            made = yearly_statement(
                donor_id=self.donor_id,
                donee_code=asked.donee_code,
                year=asked.year,
                currency=asked.currency,
                now=self.now,
            )
        except NothingGiven:
            return see_other(reverse("giving:statements"))
        return see_other(reverse("giving:statement_pdf", args=[made.pk]))


class StatementPdf(OwnPage):
    """A statement of the donor's own, as PDF in the page's language."""

    http_method_names = ["get", "head"]
    names_object = True

    def get(self, request: HttpRequest, statement_id: int) -> HttpResponse:
        found = statement_of(statement_id=statement_id, donor_id=self.donor_id)
        if found is None:
            raise Http404
        pdf = statement_pdf(statement_id=found.pk, language=get_language() or "pl")
        response = HttpResponse(pdf, content_type="application/pdf")
        # a neutral name: the file may lie where others see it
        response["Content-Disposition"] = f'inline; filename="{found.year}-{found.revision}.pdf"'
        response["Referrer-Policy"] = "no-referrer"
        return response


class Claim(OwnPage):
    """An anonymous donation, proved by the code on its confirmation, for statements and nothing else."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, ClaimForm(), claimed="claimed" in request.GET)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ClaimForm(request.POST)
        if form.is_valid():
            try:
                claim_gift(donor_id=self.donor_id, code=form.cleaned_data["code"], now=self.now)
            except ClaimRefused:
                form.add_error(
                    "code", _("This code proves no donation, or it is claimed already. Please compare it once more.")
                )
            else:
                return see_other(f"{reverse('giving:claim')}?claimed=1")
        return self._show(request, form, status=422)

    def _show(self, request: HttpRequest, form: ClaimForm, *, status: int = 200, **more: Any) -> HttpResponse:
        between = (_("Yearly statements"), reverse("giving:statements"))
        context = {"form": form, **more, **crumbs(_("Prove a donation"), between)}
        return render(request, "pages/giving/claim.html", context, status=status)


def _asked_row(request: HttpRequest, rows: list[YearRow]) -> YearRow | None:
    wanted = tuple(request.POST.get(name, "") for name in ("year", "donee", "currency"))
    return next((row for row in rows if (str(row.year), row.donee_code, row.currency) == wanted), None)
