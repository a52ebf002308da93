"""Answers that may be kept: strong ETags, gzip where it is understood, one 304 for who has it already."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag

from core.documents.canonical import sha256_hex

PAGE_AGE = 60
FILE_AGE = 24 * 3600
CORS = {"Access-Control-Allow-Origin": "*"}
"""Anyone's page may load the files: they are public, and carry no cookie."""


@dataclass(frozen=True)
class MadePage:
    """A page's bytes, as they are and packed, each the same whenever it is made."""

    plain: bytes
    packed: bytes
    digest: str


def made(body: bytes) -> MadePage:
    """The page with its packed twin and its digest."""
    return MadePage(plain=body, packed=gzip.compress(body, compresslevel=6, mtime=0), digest=sha256_hex(body))


def page(request: HttpRequest, of: MadePage) -> HttpResponse:
    """A page with an ETag of its bytes. All without a cookie see the same, so it may be kept; others' is theirs.

    It leaves packed where that is understood. Nothing secret stands on these pages, so packing tells nothing.
    """
    packs = takes_gzip(request)
    response = HttpResponse(of.packed if packs else of.plain)
    if packs:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = quote_etag(of.digest + ("-gzip" if packs else ""))
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    if request.COOKIES:
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, public=True, max_age=PAGE_AGE)
    return conditional(request, response)


def file(
    request: HttpRequest,
    body: bytes,
    *,
    content_type: str,
    filename: str,
    etag: str = "",
    headers: Mapping[str, str] | None = None,
    inline: bool = False,
) -> HttpResponse:
    """A file that can't change under its address: kept for a day, then asked for by its ETag."""
    response = HttpResponse(body, content_type=content_type, headers={**CORS, **(headers or {})})
    response["ETag"] = quote_etag(etag or sha256_hex(body))
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{filename}"'
    patch_cache_control(response, public=True, max_age=FILE_AGE)
    return conditional(request, response)


def conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer, or 304 without a body when the asker has these very bytes."""
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    assert isinstance(answer, HttpResponse)
    return answer


def takes_gzip(request: HttpRequest) -> bool:
    """Whether the asker understands gzip."""
    accepted = request.headers.get("Accept-Encoding", "").lower().split(",")
    return any(part.split(";")[0].strip() == "gzip" and "q=0" not in part.replace("q=0.", "") for part in accepted)
