"""What a check answers: one sentence for each outcome, in Polish and English. Read offline, so it stands in no catalogue."""

from collections.abc import Mapping
from typing import Any

WORDS = {
    "en": {
        "counted": "{what} is counted in {month}’s report, revision {revision}.",
        "counted_all": "{what} are counted in {month}’s report, revision {revision}.",
        "not_yet": "{what} will be counted in {month}’s report: drafted on {day}, published when a second person has read it.",
        "adds_up": "The report {slug} adds up: {leaves} notes make {sum}; less {taken_back} taken back, {came_in} came in.",
        "newer": "A later revision stands in the log: {slug}.",
        "signature_unchecked": "This browser cannot check Ed25519 signatures: the log’s signature was not checked.",
        "gift": "{amount} for {fund}",
        "and": " and ",
        "proof_damaged": "The proof is damaged or incomplete: it lacks what is needed to find your donation.",
        "link_damaged": "The link is damaged or incomplete: copy the whole of it, with everything after the #.",
        "log_missing": "The log is missing: without it nothing shows that this report is the published one.",
        "log_damaged": "The log is damaged or cut short: it cannot be read.",
        "log_empty": "The log is empty, and an empty log proves nothing.",
        "log_length": "The log is cut short or padded: its checkpoint speaks of {said} leaves, the file holds {held}.",
        "log_root": "The log is not the signed one: its leaves do not give the root of its checkpoint.",
        "log_rewritten": "The log’s history was changed: its first {size} leaves are not those that were signed before.",
        "key_change": "The log changes its signing key without the signature of the key before.",
        "other_key": "The log is signed with another key than the one that your proof knows.",
        "other_log": "The checkpoint is of another log ({origin}) than the one that the signing key is for.",
        "signature": "The signature of the log’s checkpoint is not genuine.",
        "report_missing": "The report is missing.",
        "report_damaged": "The report is damaged or cut short: it cannot be read.",
        "report_unlisted": "The log does not know a report {slug}.",
        "report_changed": "The report {slug} was changed: it is not the one that the log holds.",
        "no_notes": "The report {slug} has no notes of its own: check the reports of its months.",
        "bad_counts": "The report’s table of notes is not a list of standard notes, each once.",
        "sum_differs": "The notes make {counted}, but the report says {said}.",
        "came_in_differs": "The notes less what was taken back make {counted}, but the report says that {said} came in.",
        "count_differs": "The table counts {counted} notes, but the report says {said}.",
        "notes_missing": "The file of notes is missing.",
        "notes_short": "The file of notes is cut short: {held} bytes instead of {said}.",
        "notes_long": "The file of notes is too long: {held} bytes instead of {said}.",
        "too_large": "A file is far larger than any genuine one, and was not read.",
        "doubled": "A note stands in the file twice.",
        "unsorted": "The notes are not in their order: the file was changed.",
        "notes_root": "The file of notes is not the sealed one: its root differs from the report’s.",
        "other_donee": "Your donation was given to another organisation than the one of this report.",
        "other_month": "Your donation belongs to {month}’s report, and this is another one.",
        "swapped": "{what} is not counted for {fund}, but for {other}.",
        "missing": "{what} is not counted in {month}’s report: a note of it is missing.",
        "same_kind": "Two files are of the same kind: check one report and one donation at a time.",
        "no_such_file": "The file {name} can’t be read.",
        "unknown_file": "A file is neither a report, nor notes, nor a log, nor a proof.",
    },
    "pl": {
        "counted": "{what}: darowizna jest policzona w raporcie za {month}, wersja {revision}.",
        "counted_all": "{what}: darowizna jest policzona w raporcie za {month}, wersja {revision}.",
        "not_yet": (
            "{what}: darowizna będzie policzona w raporcie za {month}; jego szkic powstaje {day}, a ukazuje się, gdy"
            " przeczyta go druga osoba."
        ),
        "adds_up": "Raport {slug} się sumuje: {leaves} not daje {sum}; po odjęciu zwrotów ({taken_back}) wpłynęło {came_in}.",
        "newer": "W dzienniku jest późniejsza wersja: {slug}.",
        "signature_unchecked": "Ta przeglądarka nie sprawdza podpisów Ed25519: podpis dziennika nie został sprawdzony.",
        "gift": "{amount} na „{fund}”",
        "and": " i ",
        "proof_damaged": "Dowód jest uszkodzony lub niepełny: brakuje w nim tego, po czym można znaleźć darowiznę.",
        "link_damaged": "Link jest uszkodzony lub niepełny: skopiuj go w całości, ze wszystkim, co stoi po znaku #.",
        "log_missing": "Brakuje dziennika: bez niego nic nie pokazuje, że to ten raport został opublikowany.",
        "log_damaged": "Dziennik jest uszkodzony lub ucięty: nie da się go odczytać.",
        "log_empty": "Dziennik jest pusty, a pusty dziennik niczego nie dowodzi.",
        "log_length": "Dziennik jest ucięty lub wydłużony: podpisano {said} wpisów, w pliku jest {held}.",
        "log_root": "To nie jest podpisany dziennik: jego wpisy nie dają korzenia, który podpisano.",
        "log_rewritten": "Historia dziennika została zmieniona: pierwszych {size} wpisów to nie te, które podpisano wcześniej.",
        "key_change": "Dziennik zmienia klucz podpisujący bez podpisu poprzedniego klucza.",
        "other_key": "Dziennik podpisano innym kluczem niż ten, który zna Twój dowód.",
        "other_log": "Podpisano inny dziennik ({origin}) niż ten, do którego należy klucz.",
        "signature": "Podpis pod dziennikiem nie jest prawdziwy.",
        "report_missing": "Brakuje raportu.",
        "report_damaged": "Raport jest uszkodzony lub ucięty: nie da się go odczytać.",
        "report_unlisted": "Dziennik nie zna raportu {slug}.",
        "report_changed": "Raport {slug} został zmieniony: to nie ten, który jest w dzienniku.",
        "no_notes": "Raport {slug} nie ma własnych not: sprawdź raporty jego miesięcy.",
        "bad_counts": "Tabela not w raporcie nie jest listą standardowych not, każdej raz.",
        "sum_differs": "Noty dają {counted}, a raport mówi {said}.",
        "came_in_differs": "Noty po odjęciu zwrotów dają {counted}, a raport mówi, że wpłynęło {said}.",
        "count_differs": "W tabeli jest {counted} not, a raport mówi {said}.",
        "notes_missing": "Brakuje pliku z notami.",
        "notes_short": "Plik z notami jest ucięty: {held} bajtów zamiast {said}.",
        "notes_long": "Plik z notami jest za długi: {held} bajtów zamiast {said}.",
        "too_large": "Plik jest o wiele większy niż jakikolwiek prawdziwy i nie został odczytany.",
        "doubled": "Jedna z not jest w pliku dwa razy.",
        "unsorted": "Noty nie stoją w swojej kolejności: plik został zmieniony.",
        "notes_root": "To nie jest zapieczętowany plik z notami: jego korzeń jest inny niż w raporcie.",
        "other_donee": "Darowiznę przekazano innej organizacji niż ta, której dotyczy raport.",
        "other_month": "Ta darowizna należy do raportu za {month}, a to jest inny raport.",
        "swapped": "{what}: darowizna nie jest policzona na „{fund}”, tylko na „{other}”.",
        "missing": "{what}: darowizna nie jest policzona w raporcie za {month}: brakuje jej noty.",
        "same_kind": "Dwa pliki są tego samego rodzaju: sprawdź jeden raport i jedną darowiznę naraz.",
        "no_such_file": "Pliku {name} nie da się odczytać.",
        "unknown_file": "Plik nie jest raportem, notami, dziennikiem ani dowodem.",
    },
}
MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "pl": [
        "styczeń",
        "luty",
        "marzec",
        "kwiecień",
        "maj",
        "czerwiec",
        "lipiec",
        "sierpień",
        "wrzesień",
        "październik",
        "listopad",
        "grudzień",
    ],
}
MONTHS_OF = [
    "stycznia",
    "lutego",
    "marca",
    "kwietnia",
    "maja",
    "czerwca",
    "lipca",
    "sierpnia",
    "września",
    "października",
    "listopada",
    "grudnia",
]


class Refused(Exception):
    """Something doesn't hold. `code` names the sentence that says what, `facts` what stands in it."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def money(minor: int, language: str) -> str:
    """Grosze as a reader writes them: "160 zł", "1 250,50 zł" in Polish, "1,250.50 zł" in English."""
    whole, part = divmod(abs(minor), 100)
    grouped = f"{whole:,}" if language == "en" else f"{whole:,}".replace(",", "\u00a0")
    tail = f"{'.' if language == 'en' else ','}{part:02d}" if part else ""
    return f"{'-' if minor < 0 else ''}{grouped}{tail}\u00a0zł"


def sentence(code: str, facts: Mapping[str, Any], language: str) -> str:
    """The sentence of an outcome. Facts in tuples: ("money", grosze), ("month", 202611), ("day", 202611), gifts."""
    told = {name: _told(fact, language) for name, fact in facts.items()}
    text = WORDS[language][code].format(**told)
    return text[:1].upper() + text[1:]


def _told(fact: Any, language: str) -> str:
    if not isinstance(fact, tuple):
        return str(fact)
    kind, value = fact
    if kind == "money":
        return money(value, language)
    if kind == "name":
        return str(value.get(language) or next(iter(value.values()), ""))
    if kind == "gifts":
        words = WORDS[language]
        return words["and"].join(
            words["gift"].format(amount=money(amount, language), fund=_told(("name", name), language))
            if name
            else money(amount, language)
            for name, amount in value
        )
    year, month = divmod(value, 100)
    if kind == "month":
        return f"{MONTHS[language][month - 1]} {year}"
    year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    name = MONTHS_OF[month - 1] if language == "pl" else MONTHS[language][month - 1]
    return f"16 {name} {year}"
