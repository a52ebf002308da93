"""One table of attacks, run against everything that checks: the script as it is handed out, and the page in a browser.

The server's own check runs the same table in tests/unit/seal/test_server.py.
"""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from seal.offline.command import answer
from seal.offline.one_file import verify_html, verify_py
from seal.offline.words import WORDS, Refused, sentence
from tests.factories.seal import (
    ADA,
    BOOTS,
    GIFTS,
    LEGAL,
    NAMES,
    NEXT,
    OURS,
    WARM,
    Sealed,
    first_log,
    leaves_of,
    link_of,
    make_sealed,
    proof_of,
    report_of,
)
from tests.support.browser import WITHOUT_ED25519, Readers
from tests.unit.seal.attacks import ATTACKS, IDS, Attack, attacked, resealed

COUNTED = {
    "pl": "160 zł na „Ciepła noc”: darowizna jest policzona w raporcie za listopad 2026, wersja 1.",
    "en": "160 zł for A warm night is counted in November 2026’s report, revision 1.",
}


def refusal(attack: Attack, language: str) -> str:
    """The sentence with which the table says an attack is answered."""
    with pytest.raises(Refused) as refused:
        answer(files=attacked(attack).files.values())
    assert refused.value.code == attack.refused
    return sentence(refused.value.code, refused.value.facts, language).replace("\u00a0", " ")


def written(sealed: Sealed, folder: Path) -> list[Path]:
    """The files in a folder, under names that say nothing."""
    files = []
    for number, content in enumerate(sealed.files.values()):
        files.append(folder / f"file-{number}")
        files[-1].write_bytes(content)
    return files


# --- the script, as it is handed out: nothing of ours can be imported ---


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("script") / "verify.py"
    file.write_bytes(verify_py())
    return file


def run(script: Path, *arguments: object) -> tuple[int, str]:
    command = [sys.executable, "-I", str(script), *map(str, arguments)]
    ran = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=script.parent, env={"PATH": os.environ["PATH"]}
    )
    assert ran.stderr == ""
    return ran.returncode, ran.stdout.strip().replace("\u00a0", " ")


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_script_accepts_what_is_genuine(script: Path, tmp_path: Path, language: str) -> None:
    files = written(make_sealed(), tmp_path)
    assert run(script, *files, "--language", language) == (0, COUNTED[language])
    assert run(script, *files[:3], "--link", link_of(), "--language", language) == (0, COUNTED[language])


def test_a_gift_to_two_needs_is_counted_in_both(script: Path, tmp_path: Path) -> None:
    gifts = (*GIFTS, (ADA, BOOTS, 5_000))
    files = written(resealed(report_of(gifts), leaves_of(gifts))(make_sealed()), tmp_path)
    link = link_of(gifts=((WARM, 16_000), (BOOTS, 5_000)))
    said = "160 zł for A warm night and 50 zł for Dry boots are counted in November 2026’s report, revision 1."
    assert run(script, *files[:3], "--link", link) == (0, said)


@pytest.mark.parametrize("attack", ATTACKS, ids=IDS)
def test_the_script_refuses(script: Path, tmp_path: Path, attack: Attack) -> None:
    files = written(attacked(attack), tmp_path)
    assert run(script, *files, "--language", "en") == (1, refusal(attack, "en"))
    assert run(script, *files, "--language", "pl") == (1, refusal(attack, "pl"))


def test_the_script_reads_no_file_that_is_far_too_large(script: Path, tmp_path: Path) -> None:
    huge = tmp_path / "notes.bin"
    with huge.open("wb") as file:
        file.truncate(640_000_001)
    assert run(script, *written(make_sealed(), tmp_path)[:1], huge) == (1, WORDS["en"]["too_large"])


def test_the_script_says_which_file_is_not_there(script: Path, tmp_path: Path) -> None:
    files = written(make_sealed(), tmp_path)
    said = "The file nowhere.json can’t be read."
    assert run(script, *files[:1], tmp_path / "nowhere.json") == (1, said)
    assert run(script, tmp_path) == (1, f"The file {tmp_path.name} can’t be read.")


def test_a_key_from_elsewhere_is_asked_for(script: Path, tmp_path: Path) -> None:
    files = written(replace(make_sealed(), proof=None), tmp_path)
    assert run(script, *files, "--key", "A" * 22) == (1, WORDS["en"]["other_key"])


# --- the page, from disk, in a browser ---


@pytest.fixture
def page(readers: Readers, tmp_path: Path) -> Page:
    file = tmp_path / "verify.html"
    file.write_bytes(verify_html())
    opened = readers.open(file.as_uri())
    yield opened
    assert [each for each in readers.requests if not each.startswith("file:")] == [], "it asked somebody"


def shown(page: Page, files: list[Path], language: str = "en", link: str = "") -> tuple[str, str]:
    page.select_option("#language", language)
    page.set_input_files("#files", files)
    page.fill("#link", link)
    page.click("#check button")
    page.locator("#answer p").first.wait_for()
    answered = page.locator("#answer")
    return str(answered.get_attribute("data-holds")), answered.inner_text().strip().replace("\u00a0", " ")


@pytest.mark.browser
@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_page_begins_in_the_readers_language(readers: Readers, tmp_path: Path, language: str) -> None:
    file = tmp_path / "verify.html"
    file.write_bytes(verify_html())
    page = readers.open(file.as_uri(), language=language)
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("#language").input_value() == language
    assert page.locator("h1:visible").inner_text().startswith({"pl": "Sprawdź", "en": "Check"}[language])


@pytest.mark.browser
@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_page_accepts_what_is_genuine(page: Page, tmp_path: Path, language: str) -> None:
    files = written(make_sealed(), tmp_path)
    assert shown(page, files, language) == ("yes", COUNTED[language])
    assert shown(page, files[:3], language, link_of()) == ("yes", COUNTED[language])
    page.evaluate(WITHOUT_ED25519)
    assert shown(page, files, language) == ("yes", COUNTED[language]), "the signature is checked all the same"
    forged = tmp_path / "forged"
    forged.mkdir()
    attack = ATTACKS[IDS.index("a forged signature")]
    assert shown(page, written(attacked(attack), forged), language) == ("no", refusal(attack, language))


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_refuses_all_of_the_table_with_the_same_sentences(page: Page, tmp_path: Path) -> None:
    for number, attack in enumerate(ATTACKS):
        folder = tmp_path / str(number)
        folder.mkdir()
        files = written(attacked(attack), folder)
        for language in ("en", "pl"):
            assert shown(page, files, language) == ("no", refusal(attack, language)), attack.name


# --- what holds ---


def test_before_publication_it_says_when() -> None:
    code, facts, _ = answer(files=[first_log().content], link=link_of())
    assert code == "not_yet"
    assert sentence(code, facts, "en") == (
        "160\u00a0zł will be counted in November 2026’s report: drafted on 16 December 2026,"
        " published when a second person has read it."
    )
    code, facts, _ = answer(files=[first_log().content], link=link_of(period=202612))
    assert "16 stycznia 2027" in sentence(code, facts, "pl")


def test_a_key_that_was_followed_by_another_is_still_known() -> None:
    sealed = make_sealed()
    log = replace(first_log().with_key(NEXT, before=OURS), signers=(NEXT,)).with_report(sealed.report)
    assert answer(files=replace(sealed, log=log.content).files.values())[0] == "counted"


def test_an_older_revision_says_that_there_is_a_newer() -> None:
    sealed = make_sealed()
    log = first_log().with_report(sealed.report).with_report(b"r2", slug="2026-11-r2", kind="correction")
    _, _, beside = answer(files=replace(sealed, log=log.content).files.values())
    assert beside == [("newer", {"slug": "2026-11-r2"})]


def test_a_small_fund_is_found_in_the_row_that_it_was_merged_into() -> None:
    from core.documents.canonical import canonical_json

    merged = ((ADA, WARM, 16_000 + 5_000), *GIFTS[1:])
    funds = [
        {"code": WARM, "name": NAMES[WARM], "merged": [{"code": "TINY", "name": {"pl": "Mały", "en": "Tiny"}}]},
        *({"code": code, "name": NAMES[code], "merged": []} for code in (BOOTS, LEGAL)),
    ]
    content = canonical_json(report_of(merged, funds=funds))
    proof = proof_of(gifts=((WARM, 16_000), ("TINY", 5_000)))
    sealed = Sealed(content, b"".join(leaves_of(merged)), first_log().with_report(content).content, proof)
    code, facts, _ = answer(files=sealed.files.values())
    assert code == "counted_all"
    assert "50\u00a0zł for Tiny" in sentence(code, facts, "en")


def test_both_languages_have_the_same_sentences() -> None:
    assert WORDS["pl"].keys() == WORDS["en"].keys()
