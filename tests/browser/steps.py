"""What people do, step by step: the same steps in every language, found by what they are and not by their words."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.factories.stripe_sandbox import DECLINES, PAYS

WARM_NIGHT = "warm-night"
DRY_BOOTS = "dry-boots"


def press(control: Locator) -> None:
    """Clicks what leads to another page, and waits until that stands."""
    with control.page.expect_navigation():
        control.click()


def go_to_package(page: Page, *, need: str, package: str) -> None:
    """From home over the needs and one need to a package."""
    press(page.locator("main a[href$='/needs/']").first)
    press(page.locator(f"main a[href$='/needs/{need}/']").first)
    press(page.locator(f"main a[href$='/packages/{package}/']").first)
    expect(page.locator("h1")).to_be_visible()


def give_this_now(page: Page, *, quantity: str = "1") -> None:
    page.locator("#id_quantity").fill(quantity)
    press(page.locator("main form button:not([formaction])"))


def put_in_basket(page: Page, *, quantity: str = "1") -> None:
    page.locator("main form #id_quantity").fill(quantity)
    press(page.locator("main form button[formaction]"))


def send_donor_form(page: Page) -> None:
    press(page.locator("button.give-button"))


def pay_by_card(page: Page, number: str = PAYS) -> None:
    """On the provider's page, which learns no e-mail from us."""
    page.locator("#email").fill("payer@example.org")
    page.locator("#number").fill(number)
    page.locator("#expiry").fill("12/49")
    page.locator("#cvc").fill("123")
    press(page.locator("form button[type=submit]"))


def pay_by_blik(page: Page, *, answer: str = "approve") -> None:
    page.locator("#email").fill("payer@example.org")
    page.locator("#method-blik").check()
    page.locator("#blik").fill("123456")
    press(page.locator("form button[type=submit]"))
    press(page.locator(f"button[value={answer}]"))


def pay_by_bank(page: Page, *, answer: str) -> None:
    page.locator("#email").fill("payer@example.org")
    page.locator("#method-p24").check()
    page.locator("#bank").select_option("ing")
    press(page.locator("form button[type=submit]"))
    press(page.locator(f"button[value={answer}]"))


def be_declined(page: Page) -> None:
    pay_by_card(page, DECLINES)
    expect(page.get_by_role("alert")).to_be_visible()


def arrive_at_thanks(page: Page) -> None:
    page.wait_for_url("**/thank-you/**")
    expect(page.locator(".receipt-box")).to_be_visible()


def receipt_text(page: Page, folder: Path) -> str:
    """Follows the receipt's link, as a donor does, and reads the PDF that comes."""
    link = page.locator("a[href*='/receipt/']")
    answer = page.request.get(str(link.evaluate("link => link.href")))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "receipt.pdf"
    file.write_bytes(answer.body())
    return " ".join(" ".join(each.extract_text() for each in PdfReader(file).pages).split())


def error_of(page: Page, field: str) -> str:
    """What stands at a field, tied to it for a screen reader too."""
    control = page.locator(f"#{field}")
    expect(control).to_have_attribute("aria-invalid", "true")
    described_by = (control.get_attribute("aria-describedby") or "").split()
    told = [page.locator(f"#{each}").inner_text() for each in described_by if each.endswith("error")]
    assert told, f"nothing describes #{field}"
    return " ".join(told)
