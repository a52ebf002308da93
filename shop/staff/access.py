"""Who may open a page of the desk: nobody else learns that it is there."""

import datetime as dt
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.generic.base import ContextMixin, View

from core.models import User

PREPARE = "core.prepare"
APPROVE = "core.approve"


class Desk(ContextMixin, View):
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
        return super().dispatch(request, *args, **kwargs)

    @property
    def actor(self) -> User:
        """Who acts. Only the signed-in come this far."""
        user = self.request.user
        assert isinstance(user, User)
        return user

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"page_title": self.page_title, **kwargs})
