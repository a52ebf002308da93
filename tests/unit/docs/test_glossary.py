"""The glossary holds every choice, state and account, each with its meaning."""

from tests.support import glossary


def test_every_member_of_every_enumeration_has_a_sentence() -> None:
    bare = [
        f"{one.room}.{one.name}.{member.value}"
        for one in glossary.enumerations()
        for member in one.members
        if not member.meaning
    ]
    assert len(glossary.enumerations()) > 10
    assert not bare


def test_the_page_says_what_the_code_says() -> None:
    assert glossary.PAGE.read_text(encoding="utf-8") == glossary.by_hand() + glossary.written(), "run make glossary"
