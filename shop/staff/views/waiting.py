"""The desk opens on what waits."""

from django.views.generic import TemplateView

from shop.staff.access import Desk


class Waiting(Desk, TemplateView):
    template_name = "staff/waiting.html"
