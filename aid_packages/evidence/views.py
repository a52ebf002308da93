"""What strangers see of evidence: the picture, its kind, its region and week. Unknown, withheld and recent ones are alike."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from aid_packages.evidence import queries

AGE = 60
"""Seconds for which a copy may be kept: a release that is taken back is gone everywhere a minute later."""
NOTHING_BUT_THE_PICTURE = "sandbox; default-src 'none'"


@require_safe
def item(request: HttpRequest, token: str) -> HttpResponse:
    """One piece of evidence, with how it came here."""
    found = queries.public_item(token=token, now=timezone.now())
    if found is None:
        raise Http404
    answer = render(request, "pages/evidence.html", {"item": found})
    patch_vary_headers(answer, ["Cookie"])
    if request.COOKIES:
        patch_cache_control(answer, private=True, no_cache=True)
    else:
        patch_cache_control(answer, public=True, max_age=AGE)
    return answer


@require_safe
def item_file(request: HttpRequest, token: str) -> HttpResponse:
    """Its file."""
    found = queries.public_file(token=token, now=timezone.now())
    if found is None:
        raise Http404
    shown, content = found
    picture = shown.media_type == "image/jpeg"
    answer = HttpResponse(content, content_type=shown.media_type)
    answer["Content-Disposition"] = (
        f'{"inline" if picture else "attachment"}; filename="{shown.token}.{"jpg" if picture else "pdf"}"'
    )
    answer["Content-Security-Policy"] = NOTHING_BUT_THE_PICTURE
    answer["X-Content-Type-Options"] = "nosniff"
    answer["X-Robots-Tag"] = "noindex, noimageindex"
    answer["ETag"] = quote_etag(shown.etag)
    # A reader's own browser may keep it for a minute, and nobody in between: a release that is taken back has to be gone.
    patch_cache_control(answer, private=True, max_age=AGE)
    kept = get_conditional_response(request, etag=answer["ETag"], response=answer)
    assert isinstance(kept, HttpResponse)
    return kept
