"""What crawlers ask for."""

from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from aid_packages.queries.pages import needs_list
from shop.storefront.public_packages import public_slugs

PAGES = ("home", "needs", "give", "how_we_work", "safety", "privacy", "terms", "contact")
ROBOTS = """User-agent: *
Disallow: /*/basket/
Disallow: /*/give/checkout/
Disallow: /*/give/details/
Disallow: /*/thank-you/
Disallow: /*/receipt/
Disallow: /*/dashboard/

Sitemap: {site}/sitemap.xml
"""


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What need not be visited by machines, and where the sitemap is."""
    return HttpResponse(ROBOTS.format(site=_site()), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page, in each language, with its other languages beside it."""
    entries = [_entry(address) for address in _addresses()]
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        + "".join(entries)
        + "</urlset>\n"
    )
    return HttpResponse(body, content_type="application/xml; charset=utf-8")


def _addresses() -> list[dict[str, str]]:
    """For each page, its address in each language."""
    names: list[tuple[str, dict[str, str]]] = [(f"storefront:{name}", {}) for name in PAGES]
    names.append(("reports:list", {}))
    names += [("storefront:need", {"code": need.code}) for area in needs_list() for need in area.needs]
    names += [("storefront:package", {"slug": slug}) for slug in public_slugs()]
    return [{code: _address(code, name, arguments) for code, _label in settings.LANGUAGES} for name, arguments in names]


def _address(language: str, name: str, arguments: dict[str, str]) -> str:
    with override(language):
        return _site() + reverse(name, kwargs=arguments)


def _entry(addresses: dict[str, str]) -> str:
    alternates = "".join(
        f'    <xhtml:link rel="alternate" hreflang="{code}" href="{escape(address)}"/>\n'
        for code, address in addresses.items()
    )
    return "".join(
        f"  <url>\n    <loc>{escape(address)}</loc>\n{alternates}  </url>\n" for address in addresses.values()
    )


def _site() -> str:
    return str(settings.SITE_URL).rstrip("/")
