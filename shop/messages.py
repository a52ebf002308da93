"""The message catalogues, without a system gettext: `python -m shop.messages [--collect | --check]`.

Plain: compiles what is stale. `--collect`: gathers every text from code and templates into locale/, keeping translations.
`--check`: fails, naming each text, when a catalogue lacks one, holds one untranslated or fuzzy, or loses a placeholder.
English is the language of the texts themselves; its catalogue repeats them, so that plurals have their forms there too.
"""

import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("pl", "en")
ROOMS = ("core", "ledger", "seal", "donors", "payments", "aid_packages", "transparency", "shop")
METHODS = [
    ("**/migrations/**", "ignore"),
    ("**.py", "python"),
    ("**.html", "shop.messages:extract_template"),
    ("**.txt", "shop.messages:extract_template"),
]
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy", "npgettext_one"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}|%[sd]")


def extract_template(fileobj, keywords, comment_tags, options) -> Iterator[tuple]:  # type: ignore[no-untyped-def, type-arg]  # the signature is Babel's
    """Babel's hook for Django templates: Django turns a template into Python calls, and Babel reads those."""
    source = templatize(fileobj.read().decode(), origin=getattr(fileobj, "name", None))
    # What is not a call is filler that templatize leaves behind; indented, Python's tokenizer would stumble over it.
    flat = re.sub(r"(?m)^[^\S\n]+", "", source)
    yield from extract_python(io.BytesIO(flat.encode()), keywords, comment_tags, {"encoding": "utf-8"})


def template() -> Catalog:
    """Every text that code and templates mark, sorted, without line numbers: they only make noise in history."""
    texts = Catalog(project="Store Without Borders", charset="utf-8")
    for folder in (*ROOMS, "templates"):
        if not (ROOT / folder).is_dir():
            continue
        for file, _line, text, comments, context in extract_from_dir(ROOT / folder, METHODS, {}, KEYWORDS):
            if text and text != "":
                texts.add(text, locations=[(f"{folder}/{file}", 0)], auto_comments=comments, context=context)
    return texts


def path_of(language: str, suffix: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / f"django.{suffix}"


def read(language: str) -> Catalog:
    if not path_of(language, "po").exists():
        return Catalog(locale=language)
    with path_of(language, "po").open("rb") as file:
        return read_po(file, locale=language)


def compile_stale() -> None:
    """Writes the .mo file of every catalogue that is newer than its own."""
    for language in LANGUAGES:
        source, target = path_of(language, "po"), path_of(language, "mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        half = target.with_suffix(".half")
        with half.open("wb") as file:
            write_mo(file, read(language))
        half.replace(target)


def collect() -> None:
    """Brings every catalogue up to date with the texts in use; texts no longer used are dropped."""
    texts = template()
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.update(texts, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.fuzzy = False
        catalogue.header_comment = f"# Store Without Borders, {language}."
        catalogue.project, catalogue.version = "store-without-borders", "1"
        catalogue.creation_date = catalogue.revision_date = datetime(2026, 11, 1, tzinfo=UTC)
        if language == "en":
            for message in catalogue:
                if message.id:
                    message.string = message.id
        path_of(language, "po").parent.mkdir(parents=True, exist_ok=True)
        with path_of(language, "po").open("wb") as file:
            write_po(file, catalogue, width=120, sort_output=True, include_lineno=False, omit_header=False)
    compile_stale()


def _strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def faults() -> Iterator[str]:
    """What keeps the catalogues from being complete, one line a fault."""
    texts = template()
    for language in LANGUAGES:
        catalogue = read(language)
        plurals = catalogue.num_plurals
        for wanted in texts:
            if not wanted.id:
                continue
            single = wanted.id[0] if isinstance(wanted.id, tuple) else wanted.id
            message = catalogue.get(wanted.id, context=wanted.context)
            if message is None:
                yield f"{language}: missing: {single!r}"
            elif message.fuzzy or not all(_strings(message)):
                yield f"{language}: not translated: {single!r}"
            elif isinstance(wanted.id, tuple) and len(_strings(message)) != plurals:
                yield f"{language}: plural forms missing: {single!r}"
            else:
                needed = {m.group() for m in PLACEHOLDER.finditer(single)}
                last = wanted.id[-1] if isinstance(wanted.id, tuple) else single
                allowed = needed | {m.group() for m in PLACEHOLDER.finditer(last)}
                for text in _strings(message):
                    used = {m.group() for m in PLACEHOLDER.finditer(text)}
                    if not used <= allowed or (not isinstance(wanted.id, tuple) and used != needed):
                        yield f"{language}: placeholders differ: {single!r}"


def main(arguments: list[str]) -> int:
    if not settings.configured:
        settings.configure(USE_I18N=False)
    if arguments == ["--collect"]:
        collect()
        return 0
    compile_stale()
    if arguments == ["--check"]:
        found = list(faults())
        print("\n".join(found) or "message catalogues: complete")  # noqa: T201 -- a command's answer
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
