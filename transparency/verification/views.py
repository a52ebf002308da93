"""The page that checks a donation, and the seal's public files. None reads a cookie; the files never change but grow."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from core.documents.canonical import canonical_json, sha256_hex
from seal import queries as seal
from seal.offline.one_file import verify_html, verify_py, words
from seal.queries.tiles import WIDTH, index_in
from seal.schema import proof_schema
from transparency import answers
from transparency.models import ReportKind
from transparency.pages.words import title_of
from transparency.verification import checking, sources
from transparency.verification.static_files import keys_text

FRESH = 60
FOR_EVER = 365 * 24 * 3600
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"


# csrf_exempt: a page that is cached for every stranger can't carry a token of one. What is sent changes nothing and is
# kept nowhere, and no other site's page may send it.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Checks a donation: in the browser, or by us where there is no JavaScript."""
    if request.method == "POST":
        return _checked_by_us(request)
    return answers.page(request, answers.made(_page(request, {}).content))


@never_cache
def _checked_by_us(request: HttpRequest) -> HttpResponse:
    if not _is_same_origin(request):
        return HttpResponse(status=403, content_type=TEXT)
    link = request.POST.get("link", "")
    answer = checking.check_link(link=link, language=(get_language() or "pl")[:2])
    return _page(request, {"answer": answer, "typed": link[: checking.LONGEST_LINK]})


def _page(request: HttpRequest, more: dict[str, object]) -> HttpResponse:
    placeholder = reverse("reports:report_json", kwargs={"slug": "2000-01-r1"})
    context = {
        "reports": [_named(leaf) for leaf in sources.reports_with_notes()],
        "words": words(),
        "report_address": placeholder.replace("2000-01-r1", "SLUG"),
        "notes_address": reverse("seal:notes", kwargs={"slug": "2000-01-r1"}).replace("2000-01-r1", "SLUG"),
        **more,
    }
    return render(request, "pages/verify/verify.html", context)


def _named(leaf: dict[str, Any]) -> dict[str, Any]:
    """A leaf of the log with its month in words: only months have notes of their own."""
    year, month = leaf["slug"].split("-")[:2]
    title = title_of(kind=ReportKind.MONTH, first_period=int(year + month))
    return {**leaf, "title": _("%(report)s, revision %(number)s") % {"report": title, "number": leaf["revision"]}}


def _is_same_origin(request: HttpRequest) -> bool:
    """Whether a browser says that our own page sent this, or says nothing: a text browser does, and nothing is changed."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint, signed (C2SP tlog-checkpoint)."""
    return _growing(request, (seal.checkpoint() or "").encode(), content_type=TEXT)


@require_safe
def checkpoint_of(request: HttpRequest, size: int) -> HttpResponse:
    """An earlier checkpoint, with the proof that the one before it is its beginning."""
    told = dict(seal.checkpoints(size=size)).get(size)
    if told is None:
        raise Http404
    return _lasting(request, canonical_json(told), content_type="application/json")


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The whole log as one file, for who checks offline."""
    return _growing(request, sources.log_json() or b"", content_type="application/json")


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Every key that has signed (C2SP verifier keys)."""
    return _growing(request, keys_text().encode(), content_type=TEXT)


@require_safe
def tile(request: HttpRequest, level: str, path: str, width: str | None = None) -> HttpResponse:
    """A tile of hashes, or of leaves (C2SP tlog-tiles). A partial one says its width and never changes either."""
    index, wide = index_in(path), int(width) if width else WIDTH
    if index is None or (width and not 0 < wide < WIDTH):
        raise Http404
    content = (
        seal.entries_tile(index=index, width=wide)
        if level == "entries"
        else seal.tile(level=int(level), index=index, width=wide)
    )
    if content is None:
        raise Http404
    return _lasting(request, content, content_type=BYTES)


@require_safe
def notes(request: HttpRequest, slug: str) -> HttpResponse | StreamingHttpResponse:
    """The leaves of a published report's notes, 32 bytes each, sorted."""
    found = seal.notes_file(report=slug)
    if found is None:
        raise Http404
    if request.headers.get("If-None-Match") == quote_etag(found.root):
        return HttpResponse(status=304, headers={"ETag": quote_etag(found.root)})
    response = StreamingHttpResponse(found.chunks(), content_type=BYTES, headers=answers.CORS)
    response["Content-Length"] = str(found.size_bytes)
    response["Content-Disposition"] = f'attachment; filename="notes-{slug}.bin"'
    response["ETag"] = quote_etag(found.root)
    patch_cache_control(response, public=True, max_age=FOR_EVER, immutable=True)
    return response


@require_safe
def verifier_page(request: HttpRequest) -> HttpResponse:
    """verify.html, to be kept and opened from disk."""
    return answers.file(request, verify_html(), content_type="text/html; charset=utf-8", filename="verify.html")


@require_safe
def verifier_script(request: HttpRequest) -> HttpResponse:
    """verify.py, to be kept and run."""
    return answers.file(request, verify_py(), content_type="text/x-python; charset=utf-8", filename="verify.py")


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of a proof file."""
    body = json.dumps(proof_schema(), indent=2, ensure_ascii=False).encode()
    return answers.file(request, body, content_type="application/schema+json", filename="proof-1.schema.json")


def _growing(request: HttpRequest, body: bytes, *, content_type: str) -> HttpResponse:
    """What grows with each publication; 404 before the first."""
    if not body:
        raise Http404
    return _answer(request, body, content_type=content_type, age={"max_age": FRESH})


def _lasting(request: HttpRequest, body: bytes, *, content_type: str) -> HttpResponse:
    """What never changes under its address."""
    return _answer(request, body, content_type=content_type, age={"max_age": FOR_EVER, "immutable": True})


def _answer(request: HttpRequest, body: bytes, *, content_type: str, age: dict[str, int | bool]) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type, headers=answers.CORS)
    response["ETag"] = quote_etag(sha256_hex(body))
    patch_cache_control(response, public=True, **age)
    return answers.conditional(request, response)
