"""A donor's data: everything held, to read and to take along; and the farewell, with what the law keeps beside its date."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from donors.operations import ErasureHindered, erase_everything, export_donor, plan_erasure
from donors.sessions import COOKIE
from shop.giving.access import OwnPage, crumbs
from shop.giving.forms.own import EraseForm
from shop.giving.reading import sections_of


class Privacy(OwnPage):
    """What can be done with one's data."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "pages/giving/privacy.html", crumbs(_("My data")))


class Export(OwnPage):
    """Everything held, as a JSON file (GDPR art. 20)."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        text = json.dumps(export_donor(donor_id=self.donor_id), ensure_ascii=False, indent=2)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
        # a neutral name: the file may lie where others see it
        response["Content-Disposition"] = f'attachment; filename="{self.now:%Y-%m-%d}.json"'
        response["Referrer-Policy"] = "no-referrer"
        return response


class ExportPage(OwnPage):
    """The same, to be read (GDPR art. 15)."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        sections = sections_of(export_donor(donor_id=self.donor_id))
        between = (_("My data"), reverse("giving:privacy"))
        context = {"sections": sections, **crumbs(_("Everything we hold"), between)}
        return render(request, "pages/giving/export.html", context)


class Erase(OwnPage):
    """GET shows what goes now and what the law keeps until when; POST does it, and says what was done, session gone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, EraseForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = EraseForm(request.POST)
        if not form.is_valid():
            return self._show(request, form, status=422)
        try:
            plan = erase_everything(donor_id=self.donor_id, now=self.now)
        except ErasureHindered:
            return self._show(request, form, status=409)
        response = render(request, "pages/giving/erased.html", {"plan": plan})
        response.delete_cookie(COOKIE, samesite="Lax")
        return response

    def _show(self, request: HttpRequest, form: EraseForm, *, status: int = 200) -> HttpResponse:
        plan = plan_erasure(donor_id=self.donor_id, now=self.now)
        between = (_("My data"), reverse("giving:privacy"))
        context = {"form": form, "plan": plan, **crumbs(_("Erase my data"), between)}
        return render(request, "pages/giving/erase.html", context, status=status)
