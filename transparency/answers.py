"""Answers that may be kept: strong ETags, gzip where it is understood, one 304 for who has it already."""

import gzip
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag

from core.documents.canonical import sha256_hex

PAGE_AGE = 60
FILE_AGE = 24 * 3600
CORS = {"Access-Control-Allow-Origin": "*"}
"""Anyone's page may load the files: they are public, and carry no cookie."""
WORTH_PACKING = 1_000


def page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A page with an ETag of its bytes. All without a cookie see the same, so it may be kept; others' is theirs."""
    packed = _pack(request, response)
    response["ETag"] = quote_etag(sha256_hex(response.content) + ("-gzip" if packed else ""))
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


def _pack(request: HttpRequest, response: HttpResponse) -> bool:
    """Packs what is long, the same bytes each time. Nothing secret stands on these pages, so packing tells nothing."""
    accepted = {part.split(";")[0].strip() for part in request.headers.get("Accept-Encoding", "").lower().split(",")}
    if "gzip" not in accepted or len(response.content) < WORTH_PACKING:
        return False
    response.content = gzip.compress(response.content, compresslevel=6, mtime=0)
    response["Content-Encoding"] = "gzip"
    response["Content-Length"] = str(len(response.content))
    return True
