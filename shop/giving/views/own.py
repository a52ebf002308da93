"""What a donor sees and says of themselves: details, mails, and the cards they sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from donors.operations import CardState, cards_of, change_contact, choose_mails, mail_choices, own_contact
from donors.queries import donor_language
from shop.giving.access import OwnPage, crumbs, see_other
from shop.giving.forms.own import DetailsForm, MailsForm

KEPT = "kept"
"""In the address, after a form was kept."""


class Details(OwnPage):
    """Name, company, address, language."""

    def get(self, request: HttpRequest) -> HttpResponse:
        contact = own_contact(donor_id=self.donor_id)
        initial = {
            "name": contact.name,
            "company_name": contact.company_name,
            "nip": contact.nip,
            "address": contact.address,
            "language": donor_language(donor_id=self.donor_id),
        }
        return self._show(request, DetailsForm(initial=initial), kept=KEPT in request.GET)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DetailsForm(request.POST)
        if not form.is_valid():
            return self._show(request, form, status=422)
        change_contact(donor_id=self.donor_id, now=self.now, **form.cleaned_data)
        with override(form.cleaned_data["language"]):
            return see_other(f"{reverse('giving:details')}?{KEPT}=1")

    def _show(self, request: HttpRequest, form: DetailsForm, *, kept: bool = False, status: int = 200) -> HttpResponse:
        email = own_contact(donor_id=self.donor_id).email
        context = {"form": form, "facts": [(_("E-mail"), email)], "kept": kept, **crumbs(_("My details"))}
        return render(request, "pages/giving/details.html", context, status=status)


class Mails(OwnPage):
    """Which mails come, each kind by itself."""

    def get(self, request: HttpRequest) -> HttpResponse:
        choices = mail_choices(donor_id=self.donor_id)
        context = {"form": MailsForm(choices=choices), "kept": KEPT in request.GET, **crumbs(_("Mails"))}
        return render(request, "pages/giving/mails.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        choices = mail_choices(donor_id=self.donor_id)
        form = MailsForm(request.POST, choices=choices)
        form.full_clean()
        for topic, wanted in choices.items():
            if form.cleaned_data[topic.value] != wanted:
                choose_mails(donor_id=self.donor_id, topic=topic, wanted=not wanted, now=self.now)
        return see_other(f"{reverse('giving:mails')}?{KEPT}=1")


class Cards(OwnPage):
    """The cards sent with a dedication, and how far each is."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        words = {
            CardState.WAITING: (_("waits until the donation is paid"), ""),
            CardState.DUE: (_("goes out on its day"), ""),
            CardState.SENT: (_("handed to their mail server"), "good"),
            CardState.FAILED: (_("could not be delivered"), "bad"),
            CardState.CANCELLED: (_("not sent"), ""),
        }
        cards = [(card, *words[card.state]) for card in cards_of(donor_id=self.donor_id)]
        return render(request, "pages/giving/cards.html", {"cards": cards, **crumbs(_("Cards I sent"))})
