"""The public pages and files of reports. They read frozen content only, and say how long they may be kept."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from transparency import answers, queries
from transparency.exports import files
from transparency.exports.sections import NothingUnderThisName, Wanted
from transparency.figures.schema import schema_bytes
from transparency.pages.kept import Kept
from transparency.pages.report_list import list_of
from transparency.pages.report_page import ReportPage

LONGEST_CODE = 64
_strangers: Kept[answers.MadePage] = Kept(most=64)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """All published reports."""
    reports = queries.published_reports()
    context = {"list": list_of(reports, story=queries.newest_story(reports))}
    return answers.page(request, answers.made(render(request, "pages/reports/list.html", context).content))


@require_safe
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """One report, whole or narrowed to what the address asks for."""
    wanted = wanted_of(request)
    page = _known(lambda: queries.report_page(slug=slug, wanted=wanted))
    if page is None:
        raise Http404
    if request.COOKIES:
        return answers.page(request, _made(request, page))
    # The frame is the same for every stranger, and the rest can't change: so the whole is made once.
    key = (page.sha256, page.revisions, page.superseded_by, get_language(), request.get_full_path())
    return answers.page(request, _strangers.get(key, lambda: _made(request, page)))


def _made(request: HttpRequest, page: ReportPage) -> answers.MadePage:
    share = reverse("reports:share_image", kwargs={"slug": page.slug})
    context = {"report": page, "address": site_address(request.path), "share_image": site_address(share)}
    return answers.made(render(request, "pages/reports/report.html", context).content)


@require_safe
def newest(request: HttpRequest, address: str) -> HttpResponse:
    """A lasting address (2026-10, 2026-q4, 2026, to-date, …) leads to the newest revision."""
    slug = queries.newest_slug(address=address)
    if slug is None:
        raise Http404
    response = HttpResponseRedirect(reverse("reports:report", kwargs={"slug": slug}))
    patch_cache_control(response, public=True, max_age=answers.PAGE_AGE)
    return response


@require_safe
def report_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The canonical JSON, byte for byte as it was published."""
    found = queries.report_json(slug=slug)
    if found is None:
        raise Http404
    body, sha256 = found
    return answers.file(
        request,
        body,
        content_type="application/json",
        etag=sha256,
        headers={"Link": f'<{schema_address(body)}>; rel="describedby"'},
        filename=f"report-{slug}.json",
    )


@require_safe
def report_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """All figures of the page as one CSV table, one in a line, with names in the language of the address."""
    found, wanted = _frozen(slug), wanted_of(request)
    body = _known(lambda: files.csv_of(found.content, sha256=found.sha256, wanted=wanted))
    return answers.file(request, body, content_type="text/csv; charset=utf-8", filename=_name(slug, wanted, "csv"))


@require_safe
def section_csv(request: HttpRequest, slug: str, section: str) -> HttpResponse:
    """One section as a CSV table."""
    found, wanted = _frozen(slug), wanted_of(request)
    body = _known(lambda: files.section_csv_of(found.content, sha256=found.sha256, key=section, wanted=wanted))
    if body is None:
        raise Http404
    name = _name(slug, wanted, "csv", section)
    return answers.file(request, body, content_type="text/csv; charset=utf-8", filename=name)


@require_safe
def report_zip(request: HttpRequest, slug: str) -> HttpResponse:
    """Every section as a CSV table, in one file."""
    found, wanted = _frozen(slug), wanted_of(request)
    body = _known(lambda: files.csv_zip_of(found.content, sha256=found.sha256, wanted=wanted))
    return answers.file(request, body, content_type="application/zip", filename=_name(slug, wanted, "zip"))


@require_safe
def report_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """The workbook: a sheet for each section."""
    found, wanted = _frozen(slug), wanted_of(request)
    address = site_address(reverse("reports:report", kwargs={"slug": slug}))
    body = _known(lambda: files.xlsx_of(found.content, sha256=found.sha256, address=address, wanted=wanted))
    return answers.file(request, body, content_type=XLSX, filename=_name(slug, wanted, "xlsx"))


@require_safe
def report_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The document, for reading, printing and keeping."""
    found, wanted = _frozen(slug), wanted_of(request)
    address = site_address(reverse("reports:report", kwargs={"slug": slug}))
    day = next(revision.published_on for revision in found.revisions if revision.is_this)
    body = _known(lambda: files.pdf_of(found.content, sha256=found.sha256, address=address, day=day, wanted=wanted))
    return answers.file(request, body, content_type="application/pdf", filename=_name(slug, wanted, "pdf"), inline=True)


@require_safe
def share_image(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture that stands for the report where somebody passes it on."""
    found = _frozen(slug)
    body = files.share_image_of(found.content, sha256=found.sha256)
    return answers.file(request, body, content_type="image/png", filename=f"report-{slug}.png", inline=True)


@require_safe
def schema(request: HttpRequest, version: str = "1") -> HttpResponse:
    """The JSON Schema of the reports' JSON, by version."""
    body = schema_bytes(int(version))
    name = f"report-{version}.schema.json"
    return answers.file(request, body, content_type="application/schema+json", filename=name)


def wanted_of(request: HttpRequest) -> Wanted:
    """What the address narrows the report to. Raises Http404 for what can't be a code."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("need", "partner", "region")}
    if any(len(code) > LONGEST_CODE for code in chosen.values()):
        raise Http404
    return Wanted(**chosen)


def site_address(path: str) -> str:
    """The whole address of a path on this site, as the settings name it: never as a request claims it."""
    return str(settings.SITE_URL).rstrip("/") + path


def schema_address(body: bytes) -> str:
    """Where the schema of a report's JSON is served: by the version that the JSON names."""
    version = "2" if b'"schema":"urn:store-without-borders:report:2"' in body else "1"
    return reverse("reports:schema", kwargs={"version": version})


def _frozen(slug: str) -> queries.Frozen:
    found = queries.frozen_report(slug=slug)
    if found is None:
        raise Http404
    return found


def _known(ask: Callable[[], Any]) -> Any:
    """What is asked for; 404 when it is narrowed to something that the report doesn't know."""
    try:
        return ask()
    except NothingUnderThisName as unknown:
        raise Http404 from unknown


def _name(slug: str, wanted: Wanted, ending: str, section: str = "") -> str:
    """A file's name says what is in it, also what it is narrowed to."""
    parts = ["report", slug, section, *wanted.query().values(), get_language() or ""]
    return "-".join(part for part in parts if part) + f".{ending}"
