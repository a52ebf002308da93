"""Acts: what somebody can do on a page of the desk, each a small form with its reason, on the page of the thing itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.views.generic.base import TemplateResponseMixin

from core.text import TextError
from core.trail import ReasonMissing
from shop.staff.access import Desk
from shop.staff.forms import ReasonForm
from shop.staff.refusals import EXPECTED, told


@dataclass(frozen=True)
class Act:
    """One act: its button, its form, and the domain call. `do` gets the cleaned form and raises what `EXPECTED` names."""

    name: str
    label: str
    do: Callable[[dict[str, Any]], object]
    done: str
    form: type[ReasonForm] = ReasonForm
    initial: Mapping[str, Any] | None = None
    warning: str = ""
    """What the act means, said before it is done."""
    right: str = ""
    """The right it needs beyond the page's own."""


@dataclass(frozen=True)
class OfferedAct:
    """An act with its form, bound when it has just been refused."""

    act: Act
    form: ReasonForm

    @property
    def is_open(self) -> bool:
        return self.form.is_bound


class ActPage(TemplateResponseMixin, Desk):
    """A page that shows a thing and the acts that its state and the reader's rights allow. Subclasses say `acts`."""

    http_method_names: ClassVar[list[str]] = ["get", "post", "head", "options"]

    def acts(self) -> list[Act]:
        """The acts possible now, for this reader."""
        raise NotImplementedError(type(self).__name__)

    def allowed(self) -> list[Act]:
        return [act for act in self.acts() if not act.right or self.request.user.has_perm(act.right)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._page()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = request.POST.get("act", "")
        act = next((one for one in self.allowed() if one.name == wanted), None)
        if act is None:
            messages.error(request, told(None))
            return HttpResponseRedirect(request.path)
        form = act.form(request.POST, request.FILES, prefix=act.name)
        if form.is_valid():
            try:
                act.do(form.cleaned_data)
            except (*EXPECTED, ReasonMissing, TextError) as refusal:
                form.add_error(form.field_of(refusal), told(refusal))
            else:
                messages.success(request, act.done)
                return HttpResponseRedirect(self.after(act))
        return self._page(refused=OfferedAct(act, form))

    def after(self, act: Act) -> str:
        """Where the reader goes once it is done: the same page, by default."""
        return self.request.path

    def _page(self, refused: OfferedAct | None = None) -> HttpResponse:
        offered = [
            refused
            if refused and refused.act.name == act.name
            else OfferedAct(act, act.form(prefix=act.name, initial={"request_key": uuid4().hex, **(act.initial or {})}))
            for act in self.allowed()
        ]
        context = self.get_context_data(acts=offered)
        return self.render_to_response(context, status=422 if refused else 200)
