"""The two addresses of payments: the provider's webhook, and a receipt behind its link."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from payments import operations, queries
from payments.operations.inbox import LARGEST_BODY


# csrf_exempt: the sender is the provider's server, not a browser with a session; its signature is what is checked.
@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """200 when stored, now or before; 400 for junk of every kind; 413 for a body that no event has."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if not declared.isdigit() or int(declared) > LARGEST_BODY:
        return HttpResponse(status=413, content_type="text/plain")
    try:
        operations.receive_webhook(
            body=request.read(LARGEST_BODY + 1),
            signature=request.headers.get("Stripe-Signature", ""),
            now=timezone.now(),
        )
    except operations.UntrustedMessage:
        return HttpResponse(status=400, content_type="text/plain")
    return HttpResponse(status=200, content_type="text/plain")


@never_cache
@require_GET
def receipt(request: HttpRequest, language: str, token: str) -> HttpResponse:
    """The PDF behind a capability link. A wrong, an expired and a foreign link are the same 404."""
    found = queries.receipt_by_link(token=token, now=timezone.now())
    if found is None or found.language != language:
        raise Http404
    response = HttpResponse(operations.receipt_pdf(receipt_id=found.pk), content_type="application/pdf")
    # a neutral name: the file may lie where others see it
    response["Content-Disposition"] = f'inline; filename="{found.number.replace("/", "-")}.pdf"'
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
