"""Every address of the shop, and what each kind of visitor gets from it. A new address without a line here fails."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from oscar.apps.basket.models import Basket

from core.models import User
from donors.models import MailTopic
from donors.unsubscribing import unsubscribe_token
from payments.models import Receipt
from payments.operations.statements import yearly_statement
from tests.factories.aid_life import lacking, over_goal, proposed_cover, proposed_redirect
from tests.factories.aid_packages import advanced, approved, hold, recorded
from tests.factories.deliveries import one_of_each
from tests.factories.evidence import shown_to_all
from tests.factories.giving import make_links
from tests.factories.money_afterwards import make_dispute, make_payout
from tests.factories.monthly import make_monthly
from tests.factories.staff import make_member, sign_in
from tests.factories.transparency import Giving, make_published, make_staff, open_catalogue

pytestmark = pytest.mark.django_db

ON_EVERY_ANSWER = (
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
)

PAGES: dict[str, int] = {
    "healthz": 200,
    "readyz": 200,
    "robots": 200,
    "sitemap": 200,
    "evidence:item": 200,
    "evidence:file": 200,
    "giving:home": 303,
    "giving:sign_in": 200,
    "giving:sign_in_sent": 303,
    "giving:sign_in_link": 404,
    "giving:sign_out": 405,
    "giving:gift": 404,
    "giving:proof": 404,
    "giving:monthly": 404,
    "giving:monthly_change": 404,
    "giving:monthly_skip": 404,
    "giving:monthly_pause": 404,
    "giving:monthly_resume": 404,
    "giving:monthly_cancel": 404,
    "giving:monthly_restart": 404,
    "giving:monthly_switch": 404,
    "giving:monthly_card": 404,
    "giving:monthly_card_back": 404,
    "giving:monthly_mend": 404,
    "giving:link_undo": 200,
    "giving:link_mend": 200,
    "giving:link_more": 200,
    "giving:link_merge": 200,
    "giving:link_give": 200,
    "giving:link_skip": 200,
    "giving:link_stop": 200,
    "giving:statements": 303,
    "giving:statement_pdf": 404,
    "giving:claim": 303,
    "giving:details": 303,
    "giving:mails": 303,
    "giving:cards": 303,
    "giving:privacy": 303,
    "giving:export": 303,
    "giving:export_page": 303,
    "giving:erase": 303,
    "giving:unsubscribe": 200,
    "payments:receipt": 200,
    "payments:webhook": 405,
    "reports:list": 200,
    "reports:how": 200,
    "reports:schema": 200,
    "reports:report": 200,
    "reports:report_json": 200,
    "reports:report_csv": 200,
    "reports:report_zip": 200,
    "reports:report_xlsx": 200,
    "reports:report_pdf": 200,
    "reports:section_csv": 200,
    "reports:share_image": 200,
    "reports:newest": 302,
    "api:openapi": 200,
    "api:log": 200,
    "api:reports": 200,
    "api:report": 200,
    "api:content": 200,
    "api:revisions": 200,
    "api:sections": 200,
    "api:section": 200,
    "api:nothing": 404,
    "seal:checkpoint": 200,
    "seal:checkpoint_of": 200,
    "seal:keys": 200,
    "seal:log": 200,
    "seal:notes": 200,
    "seal:schema": 200,
    "seal:tile": 200,
    "seal:verify_html": 200,
    "seal:verify_py": 200,
    "verify:page": 200,
    "storefront:home": 200,
    "storefront:needs": 200,
    "storefront:need": 200,
    "storefront:package": 200,
    "storefront:basket": 200,
    "storefront:basket_add": 405,
    "storefront:basket_add_confirmed": 405,
    "storefront:basket_change": 405,
    "storefront:give": 200,
    "storefront:give_details": 200,
    "storefront:give_monthly": 200,
    "storefront:thank_you_monthly": 200,
    "storefront:monthly_cancelled": 302,
    "storefront:checkout": 302,
    "storefront:checkout_reopen": 405,
    "storefront:checkout_cancelled": 302,
    "storefront:thank_you": 200,
    "storefront:how_we_work": 200,
    "storefront:safety": 200,
    "storefront:privacy": 200,
    "storefront:terms": 200,
    "storefront:terms_version": 200,
    "storefront:contact": 200,
    "dashboard:login": 200,
    "dashboard:logout": 405,
}
"""What GET gets there, whoever asks: nothing here may depend on who is signed in."""

DESK = {
    "dashboard:index",
    "staff:allocations",
    "staff:allocation",
    "staff:documents",
    "staff:document",
    "staff:evidence",
    "staff:evidence_item",
    "staff:evidence_file",
    "staff:evidence_of",
    "staff:goods",
    "staff:good",
    "staff:lots",
    "staff:lot",
    "staff:deliveries",
    "staff:delivery",
    "staff:services",
    "staff:service",
    "staff:imports",
    "staff:import",
    "staff:import_template",
    "staff:grants",
    "staff:payables",
    "staff:partners",
    "staff:partner",
    "staff:redirects",
    "staff:redirect",
    "staff:deficits",
    "staff:cover",
    "staff:funds",
    "staff:fund",
    "staff:donations",
    "staff:donation",
    "staff:monthly_gifts",
    "staff:monthly_gift",
    "staff:unmatched",
    "staff:matters",
    "staff:payouts",
    "staff:payout",
    "staff:disputes",
    "staff:dispute",
    "staff:mails",
    "staff:share_policies",
    "staff:reports",
    "staff:report",
    "staff:report_preview",
    "staff:trail",
}
AT_THE_DESK = {"nobody": 302, "somebody with an account": 404, "staff without rights": 404, "preparer": 200}
CAPABILITIES = (
    "evidence:item",
    "payments:receipt",
    "storefront:thank_you",
    "storefront:thank_you_monthly",
    "storefront:checkout_cancelled",
    "giving:unsubscribe",
    *(f"giving:link_{page}" for page in ("undo", "mend", "more", "merge", "give", "skip", "stop")),
)
"""Who has the address may open it: so a wrong one must say nothing."""


def names(resolver: URLResolver | Any, spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """Every address that a resolver knows, with its namespaces."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join((*spaces, str(pattern.name)))
        else:
            yield from names(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)


def of_report(slug: str) -> dict[str, dict[str, Any]]:
    """What the addresses of a published report are made of."""
    return {
        "reports:report": {"slug": slug},
        "reports:report_json": {"slug": slug},
        "reports:report_csv": {"slug": slug},
        "reports:report_zip": {"slug": slug},
        "reports:report_xlsx": {"slug": slug},
        "reports:report_pdf": {"slug": slug},
        "reports:section_csv": {"slug": slug, "section": "funds"},
        "reports:share_image": {"slug": slug},
        "reports:schema": {"version": "2"},
        "reports:newest": {"address": "2026-10"},
        "api:report": {"slug": slug},
        "api:content": {"slug": slug},
        "api:revisions": {"slug": slug},
        "api:sections": {"slug": slug},
        "api:section": {"slug": slug, "section": "funds"},
        "api:nothing": {"path": "elsewhere"},
        "seal:notes": {"slug": slug},
    }


@pytest.fixture
def addresses(broker: str) -> dict[str, str]:
    """An address under each name, of a thing that exists."""
    open_catalogue()
    donation = Giving().give(50_000)
    report = make_published(ada=make_staff("ada"), bartek=make_staff("bartek"))
    hold(fund_code="WARM-NIGHT", amount_minor=50_000, reference="start")
    allocation = approved(amount_minor=20_000)
    advanced(allocation, amount_minor=10_000)
    document = recorded(allocation, amount_minor=5_000)
    evidence = shown_to_all(document.pk)
    link = {"language": "pl", "token": Receipt.objects.get().link_token}
    monthly = make_monthly(donor_id=donation.donor_id)
    statement = yearly_statement(
        donor_id=donation.donor_id,
        donee_code=Receipt.objects.get().donee.code,
        year=donation.settled_at.year,
        now=donation.settled_at,
    )
    parts: dict[str, dict[str, Any]] = {
        "evidence:item": {"token": evidence.token},
        "evidence:file": {"token": evidence.token},
        "staff:evidence_item": {"item_id": evidence.pk},
        "staff:evidence_file": {"item_id": evidence.pk},
        "staff:evidence_of": {"subject_kind": "document", "subject_id": document.pk},
        "giving:sign_in_link": {"token": "x" * 43},
        "giving:gift": {"gift_id": donation.pk},
        "giving:proof": {"gift_id": donation.pk},
        "giving:monthly": {"gift_id": monthly.pk},
        "giving:statement_pdf": {"statement_id": statement.pk},
        "giving:unsubscribe": {
            "token": unsubscribe_token(donor_id=donation.donor_id, topic=MailTopic.YEARLY_STATEMENT)
        },
        "payments:receipt": link,
        "seal:checkpoint_of": {"size": 1},
        "seal:tile": {"level": "entries", "path": "000", "width": "1"},
        "storefront:need": {"code": "warm-night"},
        "storefront:package": {"slug": "warm-night"},
        "storefront:checkout_cancelled": {"token": donation.token},
        "storefront:thank_you": {"token": donation.token},
        "storefront:thank_you_monthly": {"token": monthly.token},
        "storefront:monthly_cancelled": {"token": monthly.token},
        "storefront:terms_version": {"version": "2026-11"},
        "staff:allocation": {"allocation_id": allocation.pk},
        "staff:partner": {"partner_id": allocation.partner_id},
        "staff:redirect": {"redirect_id": proposed_redirect(over_goal(), amount_minor=1).pk},
        "staff:cover": {"cover_id": proposed_cover(fund_code=lacking(), amount_minor=1).pk},
        "staff:document": {"document_id": document.pk},
        "staff:donation": {"donation_id": donation.pk},
        "staff:monthly_gift": {"gift_id": monthly.pk},
        "staff:payout": {"payout_id": make_payout().pk},
        "staff:dispute": {"dispute_id": make_dispute(donation.charges.get()).pk},
        "staff:fund": {"code": "WARM-NIGHT"},
        "staff:report": {"report_id": report.pk},
        "staff:report_preview": {"report_id": report.pk},
    }
    parts |= one_of_each().addresses() | of_report(report.slug)
    parts |= {name: {"gift_id": monthly.pk} for name in PAGES if name.startswith("giving:monthly_")}
    tokens = make_links(donation.donor_id)
    parts |= {f"giving:link_{page}": {"token": tokens.get(page, tokens["give"])} for page in (*tokens, "skip", "stop")}
    return {name: reverse(name, kwargs=parts.get(name, {})) for name in (*PAGES, *DESK)}


@pytest.fixture
def browsers() -> dict[str, Client]:
    """One for each kind of visitor."""
    return {
        "nobody": Client(),
        "somebody with an account": sign_in(User.objects.create_user("daria")).client,
        "staff without rights": sign_in(make_member("edek")).client,
        "preparer": sign_in(make_member("celina", "preparers")).client,
    }


def test_every_address_has_its_line() -> None:
    assert sorted(names(get_resolver())) == sorted((*PAGES, *DESK))


@pytest.mark.parametrize("person", AT_THE_DESK)
def test_what_each_visitor_gets(person: str, addresses: dict[str, str], browsers: dict[str, Client]) -> None:
    answers = {name: browsers[person].get(address).status_code for name, address in addresses.items()}
    assert answers == PAGES | dict.fromkeys(DESK, AT_THE_DESK[person])


def test_an_address_that_is_made_up_finds_nothing(addresses: dict[str, str], subtests: pytest.Subtests) -> None:
    for name in CAPABILITIES:
        caches["counts"].clear()
        right = addresses[name].rstrip("/").rpartition("/")[2]
        for wrong in ("x", right[::-1], right.upper() + "A", right[:-1], "1"):
            with subtests.test(name, wrong=wrong):
                assert Client().get(addresses[name].replace(right, wrong)).status_code == 404


def test_nobody_can_write_where_only_reading_is_meant(addresses: dict[str, str]) -> None:
    """A bare POST from elsewhere is refused: by its method, by CSRF, or as no message of the provider's.

    The basket's has no token, so that its page can be kept for all; it asks once more and writes nothing. A mail program
    unsubscribes with no more than the mail's own token (RFC 8058).
    """
    strict = Client(enforce_csrf_checks=True, headers={"origin": "https://elsewhere.example"})
    typed = {"package": "warm-night", "quantity": "1"}
    answers = {name: strict.post(address, typed).status_code for name, address in addresses.items()}
    assert answers.pop("storefront:basket_add") == 200
    assert answers.pop("giving:unsubscribe") == 200
    assert {name: status for name, status in answers.items() if status not in {400, 403, 405}} == {}
    assert not Basket.objects.exists()


ODD_QUERY = (
    "?page=-1&page=%00&since=0000-01-01&until=9999-12-31&need=%FF&fund=%ED%A0%80&act=%C2%B2&%zz=%&=&quantity="
    + "9" * 5_000
)
ODD_HEADERS = {
    "accept": "\xff;q=x",
    "accept-language": "\xff, *;q=x, ../..",
    "if-modified-since": "Sun, 06 Nov 0000 08:49:37 GMT",
    "if-none-match": 'W/"\xff',
    "origin": "http://[",
    "range": "bytes=9-1, x",
    "referer": "http://[",
}
ODD_BODY = (
    b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n\xff\x00\xed\xa0\x80\r\n'
    b'--x\r\nContent-Disposition: form-data; name="email"; filename="../\x00"\r\n\r\nno end'
)


def test_whatever_an_address_is_sent_the_fault_is_never_ours(
    addresses: dict[str, str], browsers: dict[str, Client]
) -> None:
    """Signs that no text has, dates that no calendar has, a text where a file belongs and a file where a text does."""
    for browser in browsers.values():
        browser.raise_request_exception = False
    answers: dict[str, list[int]] = {}
    for name, address in addresses.items():
        browser = browsers["preparer" if name in DESK else "nobody"]
        asked = browser.get(address + ODD_QUERY, headers=ODD_HEADERS)
        answers[name] = [asked.status_code]
        if not name.startswith("giving:link_"):  # whoever has the link may act, whatever the form says
            sent = browser.post(address, ODD_BODY, content_type="multipart/form-data; boundary=x", headers=ODD_HEADERS)
            answers[name].append(sent.status_code)
    assert {name: statuses for name, statuses in answers.items() if max(statuses) >= 500} == {}


def test_a_number_that_nothing_has_finds_nothing(addresses: dict[str, str], browsers: dict[str, Client]) -> None:
    """Also one that no database could hold."""
    numbered = {name: url for name, url in addresses.items() if name in DESK and re.search(r"/[0-9]+/", url)}
    assert len(numbered) > 15
    for number in ("0", "9" * 30):
        answers = {
            name: browsers["preparer"].get(re.sub(r"/[0-9]+/", f"/{number}/", url)).status_code
            for name, url in numbered.items()
        }
        assert answers == dict.fromkeys(numbered, 404)


FOR_OTHERS = ("api:", "seal:", "reports:share_image")


def test_every_answer_says_what_a_browser_may_do_with_it(addresses: dict[str, str]) -> None:
    """Also refusals, files and machines' addresses: one page without them would be the one that is used."""
    answers = {name: Client().get(address) for name, address in addresses.items()}
    lacking = {
        name: missing
        for name, answer in answers.items()
        if (missing := [header for header in ON_EVERY_ANSWER if header not in answer.headers])
    }
    assert lacking == {}
    for name, answer in answers.items():
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy, name
        # A single file in a sandbox has no page to be framed; X-Frame-Options says it all the same.
        assert "frame-ancestors 'none'" in policy or policy.startswith("sandbox;"), name
        assert "unsafe" not in policy, name
        assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}, name
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert "geolocation=()" in answer["Permissions-Policy"], name
        shared = name.startswith(FOR_OTHERS)
        assert answer["Cross-Origin-Resource-Policy"] == ("cross-origin" if shared else "same-origin"), name
