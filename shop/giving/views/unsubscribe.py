"""One click in a mail turns off the one kind of mail it came with (RFC 8058). Nobody has to sign in for that."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from donors.operations import look_at_unsubscribe, unsubscribe
from shop.giving.access import PrivatePage


# csrf_exempt: RFC 8058 has the mail program itself POST here, without cookies or a form of ours. The token is what
# permits it, and all that it permits is to get fewer mails.
@method_decorator(csrf_exempt, name="dispatch")
class Unsubscribe(PrivatePage):
    """GET shows a button and changes nothing, since mail scanners open links; POST turns the mails off."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        topic = look_at_unsubscribe(token=token)
        if topic is None:
            raise Http404
        return render(request, "pages/giving/unsubscribe.html", {"topic": topic, "done": False})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        topic = unsubscribe(token=token, now=self.now)
        if topic is None:
            raise Http404
        return render(request, "pages/giving/unsubscribe.html", {"topic": topic, "done": True})
