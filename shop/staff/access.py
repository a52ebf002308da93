"""Who may open a page of the desk: nobody else learns that it is there."""

import datetime as dt
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from core.models import User
from core.periods import WARSAW

PREPARE = "core.prepare"
APPROVE = "core.approve"
ACCEPT = "transparency.accept_difference"
REFUSES = 422
"""The status of a page whose form can't be done as it was sent."""


class Desk(TemplateResponseMixin, ContextMixin, View):
    """A page of the desk. `rights`: any one of them opens it. A stranger is asked to sign in; without the right it is 404."""

    rights: tuple[str, ...] = (PREPARE, APPROVE)
    page_title = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path(), login_url=reverse("dashboard:login"))
        if not (user.is_active and user.is_staff and any(user.has_perm(right) for right in self.rights)):
            raise Http404
        self.now: dt.datetime = timezone.now()
        with timezone.override(WARSAW):
            answer = super().dispatch(request, *args, **kwargs)
            if isinstance(answer, TemplateResponse):
                answer.render()  # here, so that its times are Warsaw's as those of lists and exports are
        # A shared computer's back button must not show the desk to whoever sits down next.
        patch_cache_control(answer, private=True, no_store=True)
        return answer

    @property
    def actor(self) -> User:
        """Who acts. Only the signed-in come this far."""
        user = self.request.user
        assert isinstance(user, User)
        return user

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.page()

    def page(self, *, status: int = 200, **context: Any) -> HttpResponse:
        """The page itself; one that refuses a form says so in its title, which is read out first."""
        return self.render_to_response(self.get_context_data(refuses=status == REFUSES, **context), status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"page_title": self.page_title, **kwargs})
