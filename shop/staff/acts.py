"""Acts: what somebody can do on a page of the desk, each a small form with its reason, on the page of the thing itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.functional import Promise

from shop.staff.access import Desk
from shop.staff.forms import ReasonForm
from shop.staff.refusals import EXPECTED, told

Text = str | Promise
"""What a person reads, translated when it is shown."""


@dataclass(frozen=True)
class Act:
    """One act: its button, its form, and the domain call. `do` gets the cleaned form and raises what `EXPECTED` names."""

    name: str
    label: Text
    do: Callable[[dict[str, Any]], object]
    done: Text
    """What is said afterwards."""
    form: Callable[..., ReasonForm] = ReasonForm
    initial: Mapping[str, Any] = field(default_factory=dict)
    note: Text = ""
    """A figure that helps to decide."""
    warning: Text = ""
    """What the act means, where it can't be taken back."""
    right: str = ""
    """The right it needs beyond the page's own."""
    shows: bool = False
    """Its answer stands on the page that it returns, and nowhere else: nothing is redirected."""


@dataclass(frozen=True)
class OfferedAct:
    """An act with its form, bound when it has just been refused."""

    act: Act
    form: ReasonForm

    @property
    def is_open(self) -> bool:
        return self.form.is_bound


class ActPage(Desk):
    """A page that shows a thing and the acts that its state and the reader's rights allow. Subclasses say `acts`."""

    def acts(self) -> list[Act]:
        """The acts possible now, for this reader."""
        raise NotImplementedError(type(self).__name__)

    def allowed(self) -> list[Act]:
        """Those of the acts for which the reader has the right."""
        return [act for act in self.acts() if not act.right or self.request.user.has_perm(act.right)]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = request.POST.get("act", "")
        act = next((one for one in self.allowed() if one.name == wanted), None)
        if act is None:
            messages.error(request, told(None))
            return HttpResponseRedirect(request.path)
        form = act.form(request.POST, request.FILES, prefix=act.name)
        if not form.is_valid() or not self._done(act, form):
            return self.page(status=422, refused=OfferedAct(act, form))
        if act.shows:
            return self.page()
        messages.success(request, str(act.done))
        return HttpResponseRedirect(self.after(act))

    def after(self, act: Act) -> str:
        """Where the reader goes once it is done: the same page, by default."""
        return self.request.path

    def _done(self, act: Act, form: ReasonForm) -> bool:
        """Makes the domain call; what it refuses stands in the form then."""
        try:
            act.do(form.cleaned_data)
        except EXPECTED as refusal:
            form.add_error(form.field_of(refusal), told(refusal))
            return False
        return True

    def page(self, *, status: int = 200, refused: OfferedAct | None = None, **context: Any) -> HttpResponse:
        offered = [
            refused if refused and refused.act.name == act.name else OfferedAct(act, unsent(act))
            for act in self.allowed()
        ]
        if refused and refused not in offered:
            offered.insert(0, refused)
        return super().page(status=status, acts=offered, **context)


def unsent(act: Act) -> ReasonForm:
    """The act's form as it is first shown, with a key of its own."""
    return act.form(prefix=act.name, initial={"request_key": uuid4().hex, **act.initial})
