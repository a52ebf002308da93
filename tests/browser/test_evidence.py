"""Evidence with the keyboard alone: put in by one, refused in words, released by another with the checklist, seen by all."""

import base64
import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.desk import desk_page, sign_in
from tests.support.browser import DESKTOP, PHONE, TABLET, Readers
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

Examine = Callable[..., None]

DOCUMENT = """
from django.utils import timezone
from aid_packages.models import SpendingDocument
from core.models import User
from aid_packages import operations as aid
from core.periods import WARSAW, period_of
now, ada, bartek = timezone.now(), User.objects.get(username="ada"), User.objects.get(username="bartek")
month = period_of(now)
drafted = aid.draft_allocation(fund_code="WARM-NIGHT", partner_code=None, region_code="north", first_period=month,
    last_period=month, amount_minor=10_000, purpose="Bags", actor=ada, reason="cold", now=now)
aid.approve_allocation(allocation_id=drafted.pk, actor=bartek, reason="agreed", now=now)
bought = aid.record_purchase(allocation_id=drafted.pk, issuer_nip="5260250274", number=f"FV {drafted.pk}",
    issued_on=now.astimezone(WARSAW).date(), total_minor=10_000, own_share_minor=10_000, actor=ada, reason="bought",
    request_key=f"b{drafted.pk}", now=now)
print("document", bought.document_id)
"""
LONG_AGO = """
from datetime import timedelta
from django.utils import timezone
from aid_packages.evidence.checklist import Look
from aid_packages.evidence.models import ItemKind, SubjectKind, WithheldReason
from aid_packages.evidence.operations import release, take_in
from core.models import User
import base64
then = timezone.now() - timedelta(days=40)
item = take_in(subject_kind=SubjectKind.DOCUMENT, subject_id={document}, kind=ItemKind.PHOTO, title="Long ago",
    content=base64.b64decode("{picture}"), withheld_for=WithheldReason.SAFETY, actor=User.objects.get(username="ada"),
    reason="x", request_key="long-ago-{document}", now=then)
release(item_id=item.pk, looked_for=set(Look), actor=User.objects.get(username="bartek"), reason="x", now=then)
print("token", item.token)
"""


def photograph() -> bytes:
    drawn = Image.linear_gradient("L").resize((900, 600)).convert("RGB")
    file = io.BytesIO()
    drawn.save(file, "JPEG")
    return file.getvalue()


def press_key(place: Locator, key: str = "Enter") -> None:
    """What somebody without a mouse does: goes there, and presses a key."""
    place.focus()
    expect(place).to_be_focused()
    place.press(key)


def open_act(page: Page, name: str) -> Locator:
    fold = page.locator(f"#act-{name}")
    if fold.get_attribute("open") is None:
        press_key(fold.locator("summary"))
    return fold


def told(output: str, word: str) -> str:
    found = re.search(rf"{word} (\S+)", output)
    assert found
    return found[1]


@pytest.mark.parametrize(("language", "size"), [("en", DESKTOP), ("pl", PHONE)])
def test_put_in_and_released_with_the_keyboard_alone(
    stack: Stack, readers: Readers, examine: Examine, language: str, size: tuple[int, int]
) -> None:
    document = told(stack.manage("shell", "-c", DOCUMENT), "document")
    ada = sign_in(stack, readers, "ada", language=language, size=size)
    bartek = sign_in(stack, readers, "bartek", language=language, size=size)
    desk_page(ada, f"documents/{document}/")
    press_key(ada.locator(f"main a[href$='/evidence/of/document/{document}/']"))

    adding = open_act(ada, "add")
    adding.locator("input[type=file]").set_input_files(
        {"name": "map.svg", "mimeType": "image/svg+xml", "buffer": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}
    )
    adding.locator("#id_add-title").fill("Bags in the store")
    adding.locator("#id_add-reason").fill("sent by the shop")
    press_key(adding.locator("button[type=submit]"))
    expect(ada.locator("#id_add-file_error")).to_contain_text("SVG")
    expect(ada.locator("#id_add-title")).to_have_value("Bags in the store")
    examine(ada, "1-refused", both_schemes=False)
    adding = open_act(ada, "add")
    adding.locator("input[type=file]").set_input_files(
        {"name": "DSC_0001.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    adding.locator("#id_add-kind").select_option("photo")
    press_key(adding.locator("button[type=submit]"))
    expect(ada.locator(".alert-success")).to_be_visible()
    examine(ada, "2-put-in", both_schemes=False)

    bartek.goto(f"{stack.url}/{language}/dashboard/")
    press_key(bartek.locator("main a[href*='/evidence/']").last)
    expect(bartek.locator(".desk-evidence img")).to_be_visible()
    assert (
        bartek.locator(".desk-evidence img").evaluate("picture => picture.decode().then(() => picture.naturalWidth)")
        == 900
    )
    releasing = open_act(bartek, "release")
    releasing.locator("#id_release-reason").fill("nothing to be known")
    press_key(releasing.locator("button[type=submit]"))
    expect(bartek.locator("#id_release-looked_for_error")).to_be_visible()
    examine(bartek, "3-not-looked-for", both_schemes=False)
    releasing = open_act(bartek, "release")
    for box in releasing.locator("input[type=checkbox]").all():
        press_key(box, "Space")
    press_key(releasing.locator("button[type=submit]"))
    expect(bartek.locator(".alert-success")).to_be_visible()
    examine(bartek, "4-released", both_schemes=False)
    desk_page(bartek, "evidence/")
    examine(bartek, "5-list", both_schemes=False)


def test_what_anybody_sees_of_it(stack: Stack, readers: Readers, examine: Examine) -> None:
    document = told(stack.manage("shell", "-c", DOCUMENT), "document")
    told_back = stack.manage(
        "shell", "-c", LONG_AGO.format(document=document, picture=base64.b64encode(photograph()).decode())
    )
    for size, language in ((PHONE, "pl"), (TABLET, "en"), (DESKTOP, "pl")):
        page = readers.open(
            f"{stack.url}/{language}/evidence/{told(told_back, 'token')}/", size=size, language=language
        )
        assert page.locator("main img").evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 900
        examine(page, f"public-{size[0]}-{language}")
