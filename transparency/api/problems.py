"""What goes wrong, said as RFC 9457 says it: application/problem+json."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus

from django.http import HttpResponse

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True)
class Problem(Exception):
    """An answer that isn't what was asked for. Expected: everybody may ask anything."""

    status: HTTPStatus
    detail: str
    parameter: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def answer(self) -> HttpResponse:
        """The problem as an answer."""
        said: dict[str, object] = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
        }
        if self.parameter:
            said["parameter"] = self.parameter
        body = json.dumps(said, ensure_ascii=False).encode()
        return HttpResponse(body, status=self.status.value, content_type=PROBLEM_JSON, headers=self.headers)


def not_found(what: str) -> Problem:
    """There is no such thing."""
    return Problem(HTTPStatus.NOT_FOUND, what)


def bad_parameter(name: str, what: str) -> Problem:
    """A parameter that isn't known, or whose value can't be."""
    return Problem(HTTPStatus.BAD_REQUEST, what, parameter=name)
