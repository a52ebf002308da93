"""Answers of the API. Each is made from frozen content, carries a strong ETag, and says what it can't do as a problem."""

import functools
import json
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from core.documents.canonical import sha256_hex
from transparency import queries
from transparency.answers import CORS, PAGE_AGE, conditional
from transparency.api import rates, resources
from transparency.api.description import description
from transparency.api.problems import PROBLEM_JSON, Problem, bad_parameter, not_found
from transparency.exports import files
from transparency.exports.model import Section
from transparency.exports.sections import NothingUnderThisName, Wanted

JSON = "application/json"
READING = ("GET", "HEAD", "OPTIONS")
ALLOW = ", ".join(READING)
FILTERS = frozenset({"need", "partner", "region"})
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
LONGEST_VALUE = 64
PREFLIGHT = {
    "Allow": ALLOW,
    "Access-Control-Allow-Methods": ALLOW,
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
NO_REPORT = "There is no published report under this name."
Answer = Callable[..., HttpResponse]


def reads(*, parameters: frozenset[str] = frozenset(), media: str = JSON) -> Callable[[Answer], Answer]:
    """Makes a view of a question: methods, limits, what is accepted, parameters, the language, and problems."""

    def decorate(view: Answer) -> Answer:
        # No form leads here and nothing is written, so no token can be missing: other methods get 405, and not 403.
        @csrf_exempt
        @functools.wraps(view)
        def answer(request: HttpRequest, **kwargs: str) -> HttpResponse:
            room = rates.take(address=request.META.get("REMOTE_ADDR", ""), now=datetime.now(UTC))
            try:
                response = _asked(request, view, room, kwargs, parameters=parameters, media=media)
            except Problem as problem:
                response = problem.answer()
            for name, value in {**CORS, **room.headers()}.items():
                response[name] = value
            response["Access-Control-Expose-Headers"] = "ETag, RateLimit, RateLimit-Policy, Retry-After"
            patch_vary_headers(response, ["Accept"])
            return response

        return answer

    return decorate


def _asked(
    request: HttpRequest,
    view: Answer,
    room: rates.Room,
    kwargs: dict[str, str],
    *,
    parameters: frozenset[str],
    media: str,
) -> HttpResponse:
    if request.method not in READING:
        raise Problem(HTTPStatus.METHOD_NOT_ALLOWED, "Reports are only read.", headers={"Allow": ALLOW})
    if request.method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=PREFLIGHT)
    if room.is_full:
        headers = {"Retry-After": str(room.seconds)}
        raise Problem(HTTPStatus.TOO_MANY_REQUESTS, "Ask again when the minute is over.", headers=headers)
    if not request.accepts(media) and not request.accepts(PROBLEM_JSON):
        raise Problem(HTTPStatus.NOT_ACCEPTABLE, f"This is {media}.")
    language = _parameters(request, parameters)
    with override(language):
        return view(request, **kwargs)


def _parameters(request: HttpRequest, known: frozenset[str]) -> str:
    """The language; raises Problem for parameters that aren't known, come twice, or can't be."""
    for name, values in request.GET.lists():
        if name not in known | {"language"}:
            raise bad_parameter(name[:LONGEST_VALUE], "This parameter is not known here.")
        if len(values) > 1:
            raise bad_parameter(name, "This parameter may be given once.")
        if len(values[0]) > LONGEST_VALUE:
            raise bad_parameter(name, "This can’t be a code.")
    language = request.GET.get("language", LANGUAGES[0])
    if language not in LANGUAGES:
        raise bad_parameter("language", f"One of: {', '.join(LANGUAGES)}.")
    return language


@reads(parameters=frozenset({"kind"}))
def reports(request: HttpRequest) -> HttpResponse:
    """The newest revision of each published report, newest months first."""
    kind = request.GET.get("kind", "")
    if "kind" in request.GET and kind not in resources.KINDS:
        raise bad_parameter("kind", f"One of: {', '.join(resources.KINDS)}.")
    found = [each for each in queries.published_reports() if kind in ("", each.kind)]
    return _json(request, {"reports": [resources.listed(each) for each in found]})


@reads()
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """One report: what it is, its lines, and where its parts are."""
    found = _frozen(slug)
    return _json(request, resources.one(found, files.sections(found.content, sha256=found.sha256)))


@reads()
def content(request: HttpRequest, slug: str) -> HttpResponse:
    """The canonical JSON, byte for byte as it was sealed; its ETag is its SHA-256."""
    found = queries.report_json(slug=slug)
    if found is None:
        raise not_found(NO_REPORT)
    return _answer(request, found[0], etag=found[1])


@reads(parameters=FILTERS)
def sections(request: HttpRequest, slug: str) -> HttpResponse:
    """Every section, narrowed as the page would be."""
    found = _frozen(slug)
    narrowed = _narrowed(request, found)
    return _json(request, {"slug": slug, "sections": [resources.section(each) for each in narrowed]})


@reads(parameters=FILTERS)
def section(request: HttpRequest, slug: str, section: str) -> HttpResponse:
    """One section, narrowed as the page would be."""
    found = _frozen(slug)
    wanted = next((each for each in _narrowed(request, found) if each.key == section), None)
    if wanted is None:
        raise not_found("The report, or what you want of it, has no such section.")
    return _json(request, resources.section(wanted))


@reads()
def revisions(request: HttpRequest, slug: str) -> HttpResponse:
    """Every revision of the same report."""
    return _json(request, resources.revisions(_frozen(slug)))


@reads()
def log(request: HttpRequest) -> HttpResponse:
    """Where the log that seals the reports can be read."""
    return _json(request, resources.log())


@reads()
def openapi(request: HttpRequest) -> HttpResponse:
    """What this API is, as OpenAPI 3.1."""
    return _json(request, description())


@reads()
def nothing(request: HttpRequest, path: str) -> HttpResponse:
    """Any other address under the API's."""
    raise not_found("There is nothing at this address. See /api/v1/openapi.json.")


def _frozen(slug: str) -> queries.Frozen:
    found = queries.frozen_report(slug=slug)
    if found is None:
        raise not_found(NO_REPORT)
    return found


def _narrowed(request: HttpRequest, found: queries.Frozen) -> tuple[Section, ...]:
    wanted = Wanted(**{name: request.GET[name] for name in FILTERS if request.GET.get(name)})
    try:
        return files.sections(found.content, sha256=found.sha256, wanted=wanted)
    except NothingUnderThisName as unknown:
        raise not_found("The report knows nothing under this name.") from unknown


def _json(request: HttpRequest, value: object) -> HttpResponse:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return _answer(request, body, etag=sha256_hex(body))


def _answer(request: HttpRequest, body: bytes, *, etag: str) -> HttpResponse:
    response = HttpResponse(body, content_type=JSON)
    response["ETag"] = quote_etag(etag)
    patch_cache_control(response, public=True, max_age=PAGE_AGE)
    return conditional(request, response)
