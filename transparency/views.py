"""The public pages of reports. They read frozen content only, and say how long they may be kept."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from core.documents.canonical import sha256_hex
from transparency import queries
from transparency.figures.schema import schema_bytes

PAGE_AGE = 60
FILE_AGE = 24 * 3600
CORS = {"Access-Control-Allow-Origin": "*"}
"""Anyone's page may load the files: they are public, and carry no cookie."""


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """All published reports."""
    return _page(request, "pages/reports/list.html", {"reports": queries.published_reports()})


@require_safe
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """One report."""
    page = queries.report_page(slug=slug)
    if page is None:
        raise Http404
    return _page(request, "pages/reports/report.html", {"report": page})


@require_safe
def newest(request: HttpRequest, address: str) -> HttpResponse:
    """A lasting address (2026-10, 2026, to-date) leads to the newest revision."""
    slug = queries.newest_slug(address=address)
    if slug is None:
        raise Http404
    response = HttpResponseRedirect(reverse("reports:report", kwargs={"slug": slug}))
    patch_cache_control(response, public=True, max_age=PAGE_AGE)
    return response


@require_safe
def report_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The canonical JSON, byte for byte as it was published."""
    found = queries.report_json(slug=slug)
    if found is None:
        raise Http404
    body, sha256 = found
    schema_address = reverse("reports:schema")
    return _file(
        request,
        body,
        content_type="application/json",
        etag=sha256,
        headers={"Link": f'<{schema_address}>; rel="describedby"'},
        filename=f"report-{slug}.json",
    )


@require_safe
def report_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The same figures as one CSV table, with names in the language of the address."""
    found = queries.report_csv(slug=slug, language=get_language() or "pl")
    if found is None:
        raise Http404
    # The byte order mark tells spreadsheets that the names are UTF-8.
    body = b"\xef\xbb\xbf" + found[0].encode()
    return _file(
        request,
        body,
        content_type="text/csv; charset=utf-8",
        etag=sha256_hex(body),
        headers={},
        filename=f"report-{slug}.csv",
    )


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of the reports' JSON."""
    body = schema_bytes()
    return _file(
        request,
        body,
        content_type="application/schema+json",
        etag=sha256_hex(body),
        headers={},
        filename="report-1.schema.json",
    )


def _page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """A page with an ETag of its bytes. All without a cookie see the same, so it may be kept; others' is theirs."""
    response = render(request, template, context)
    response["ETag"] = quote_etag(sha256_hex(response.content))
    patch_vary_headers(response, ["Cookie"])
    if request.COOKIES:
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, public=True, max_age=PAGE_AGE)
    return _conditional(request, response)


def _file(
    request: HttpRequest, body: bytes, *, content_type: str, etag: str, headers: dict[str, str], filename: str
) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type, headers={**CORS, **headers})
    response["ETag"] = quote_etag(etag)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    patch_cache_control(response, public=True, max_age=FILE_AGE)
    return _conditional(request, response)


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    assert isinstance(answer, HttpResponse)
    return answer
