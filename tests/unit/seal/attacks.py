"""What somebody could do to a report, its notes, the log or a proof, each with the sentence that has to answer it."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from core.documents.canonical import canonical_json
from seal.log_text import checkpoint_text
from seal.merkle import leaf_hash, root_of
from seal.signing import signed_note
from tests.factories.seal import (
    ADA,
    BOOTS,
    GIFTS,
    NEXT,
    ORIGIN,
    OURS,
    THEIRS,
    WARM,
    Log,
    Sealed,
    first_log,
    leaves_of,
    make_sealed,
    proof_of,
    report_of,
)

Change = Callable[[Sealed], Sealed]


@dataclass(frozen=True)
class Attack:
    """A change, and the code of the sentence that refuses it."""

    name: str
    change: Change
    refused: str


def resealed(report: dict[str, Any], leaves: list[bytes]) -> Change:
    """As if we ourselves had published this: hashed, in the log, signed."""
    content = canonical_json(report)
    log = first_log().with_report(content).content
    return lambda sealed: replace(sealed, report=content, notes=b"".join(leaves), log=log)


def rewritten(old: bytes, new: bytes) -> Change:
    """The report's bytes as no program of ours would write them, hashed, in the log, signed."""

    def apply(sealed: Sealed) -> Sealed:
        content = sealed.report.replace(old, new, 1)
        assert content != sealed.report
        return resealed_bytes(sealed, content)

    return apply


def resealed_bytes(sealed: Sealed, content: bytes) -> Sealed:
    return replace(sealed, report=content, log=first_log().with_report(content).content)


def with_notes(**changes: Any) -> dict[str, Any]:
    report = report_of()
    return {**report, "notes": {**report["notes"], **changes}}


def a_log(begun: Callable[[], Log]) -> Change:
    """Another log, with this report at its end."""
    return lambda sealed: replace(sealed, log=begun().with_report(sealed.report).content)


def reordered(sealed: Sealed) -> Sealed:
    """October and November have changed places."""
    key, october, november = first_log().with_report(sealed.report).entries
    return replace(sealed, log=replace(first_log(), entries=(key, november, october)).content)


def grosz_changed(sealed: Sealed) -> Sealed:
    return replace(sealed, report=sealed.report.replace(b'"came_in":159456', b'"came_in":159457'))


def log_text(change: Callable[[dict[str, Any]], None]) -> Change:
    def apply(sealed: Sealed) -> Sealed:
        told = json.loads(sealed.log)
        change(told)
        return replace(sealed, log=json.dumps(told).encode())

    return apply


def another_signature(told: dict[str, Any]) -> None:
    """The right name and key id, over other bytes."""
    other = replace(first_log(), entries=first_log().entries[:1]).checkpoint
    told["checkpoint"] = told["checkpoint"].partition("\n\n")[0] + "\n\n" + other.partition("\n\n")[2]


def of_another_log(sealed: Sealed) -> Sealed:
    """Our key has signed two logs: what it says to some under one name, it needn't say to others under the other."""
    log = first_log().with_report(sealed.report)
    root = root_of([leaf_hash(entry) for entry in log.entries])
    text = checkpoint_text(origin="elsewhere.example/seal", size=len(log.entries), root=root)
    told = {**json.loads(log.content), "checkpoint": signed_note(text=text, keys=[OURS])}
    return replace(sealed, log=canonical_json(told), proof=proof_of())


def under_everybodys_key(sealed: Sealed) -> Sealed:
    """The log begins with a point of small order: one signature holds for it under whatever is said."""
    point, number = b"\1" + bytes(31), hashlib.sha256(f"{ORIGIN}\n".encode() + b"\1\1" + bytes(31)).digest()[:4]
    signature = base64.b64encode(point + bytes(32)).decode()
    key = base64.b64encode(b"\1" + point).decode()
    vkey = f"{ORIGIN}+{number.hex()}+{key}"
    begun = Log(signers=()).with_leaf({"kind": "key", "before": "", "key": vkey, "signature": signature})
    log = begun.with_report(sealed.report)
    signed = f"\u2014 {ORIGIN} {base64.b64encode(number + point + bytes(32)).decode()}\n"
    told = {**json.loads(log.content), "checkpoint": log.checkpoint + signed}
    return replace(sealed, log=canonical_json(told), proof=None)


def inner_node_as_leaf(sealed: Sealed) -> Sealed:
    """The file of notes is the level above the leaves: were nodes hashed like leaves, it would have the same root."""
    above = [
        hashlib.sha256(b"\1" + leaf_hash(x) + leaf_hash(y)).digest()
        for x, y in zip(LEAVES[::2], LEAVES[1::2], strict=False)
    ]
    return replace(
        sealed, notes=b"".join(sorted([*above, *LEAVES[-1:], *(bytes([240 + n]) * 32 for n in range(8))][:17]))
    )


def negative_taken_back() -> dict[str, Any]:
    """No notes at all, and yet it would add up."""
    nothing = {"denominations": [], "sum": 0, "taken_back": -159_456, "leaves": 0, "root": None}
    return report_of(notes=nothing, lines={"came_in": 159_456})


LEAVES = leaves_of()
ADAS = leaves_of(GIFTS[:1])
LEFT_OUT = GIFTS[1:]
AS_BOOTS = ((ADA, BOOTS, 16_000), *GIFTS[1:])
FIRST = GIFTS[0][2]

ATTACKS = [
    # a changed grosz
    Attack("a grosz of the report changed", grosz_changed, "report_changed"),
    Attack("a sum changed and sealed so", resealed(with_notes(sum=159_455), LEAVES), "sum_differs"),
    Attack("what came in changed and sealed so", resealed(report_of(lines={"came_in": 1}), LEAVES), "came_in_differs"),
    Attack("money taken back that nobody took", resealed(with_notes(taken_back=100), LEAVES), "came_in_differs"),
    Attack("a number of notes changed", resealed(with_notes(leaves=16), LEAVES[:16]), "count_differs"),
    Attack(
        "a note of 3 grosze",
        resealed(with_notes(denominations=[{"fund": WARM, "denomination": 3, "count": 1}]), LEAVES),
        "bad_counts",
    ),
    # a missing or doubled note
    Attack("a gift left out, sealed so", resealed(report_of(LEFT_OUT), leaves_of(LEFT_OUT)), "missing"),
    Attack(
        "one note replaced by another's",
        resealed(report_of(leaves=(others := sorted([*(x for x in LEAVES if x != ADAS[0]), b"\x99" * 32]))), others),
        "missing",
    ),
    Attack(
        "a note doubled, sealed so",
        resealed(report_of(leaves=(twice := sorted([*LEAVES[1:], LEAVES[1]]))), twice),
        "doubled",
    ),
    Attack(
        "two notes change places", lambda s: replace(s, notes=s.notes[32:64] + s.notes[:32] + s.notes[64:]), "unsorted"
    ),
    Attack("a note changed", lambda s: replace(s, notes=s.notes[:-1] + bytes([s.notes[-1] ^ 1])), "notes_root"),
    # a swapped fund
    Attack("counted for another fund", resealed(report_of(AS_BOOTS), leaves_of(AS_BOOTS)), "swapped"),
    Attack("the proof names another fund", lambda s: replace(s, proof=proof_of(gifts=((BOOTS, FIRST),))), "swapped"),
    Attack("the proof names another sum", lambda s: replace(s, proof=proof_of(gifts=((WARM, FIRST + 1),))), "missing"),
    Attack("the proof is of another donee", lambda s: replace(s, proof=proof_of(donee="OTHER")), "other_donee"),
    Attack("the proof is of another month", lambda s: replace(s, proof=proof_of(period=202610)), "other_month"),
    # another key
    Attack("a log of somebody else's", a_log(lambda: Log(signers=(THEIRS,)).with_key(THEIRS)), "other_key"),
    Attack("a checkpoint signed by somebody else", a_log(lambda: replace(first_log(), signers=(THEIRS,))), "other_key"),
    Attack(
        "a key that nobody vouched for",
        a_log(lambda: replace(first_log(), signers=(NEXT,)).with_key(NEXT, before=OURS, by=NEXT)),
        "key_change",
    ),
    Attack("a forged signature", log_text(another_signature), "signature"),
    # a reordered history
    Attack(
        "the history rewritten",
        a_log(lambda: Log().with_key(OURS).with_report(b"Other", slug="2026-10-r1")),
        "log_rewritten",
    ),
    Attack("the history reordered", reordered, "log_rewritten"),
    Attack("leaves change places under the same root", log_text(lambda told: told["entries"].reverse()), "log_root"),
    Attack("a leaf left out", log_text(lambda told: told["entries"].pop()), "log_length"),
    Attack("a leaf added", log_text(lambda told: told["entries"].append("{}")), "log_length"),
    Attack("an empty log", log_text(lambda told: told.update(entries=[])), "log_empty"),
    Attack("the report isn't in the log", lambda s: replace(s, log=first_log().content), "report_unlisted"),
    # truncated and oversized
    Attack("the report cut short", lambda s: replace(s, report=s.report[:-40]), "report_damaged"),
    Attack("the report padded", lambda s: replace(s, report=s.report + b" "), "report_changed"),
    Attack("the notes cut short", lambda s: replace(s, notes=s.notes[:-1]), "notes_short"),
    Attack("the notes padded", lambda s: replace(s, notes=s.notes + b"\xff" * 32), "notes_long"),
    Attack("no notes at all", lambda s: replace(s, notes=b""), "notes_short"),
    Attack("the log cut short", lambda s: replace(s, log=s.log[:-40]), "log_damaged"),
    Attack("the proof cut short", lambda s: replace(s, proof=s.proof[:-40]), "proof_damaged"),
    Attack("a proof with a short seed", lambda s: replace(s, proof=proof_of(seed=ADA[:31])), "proof_damaged"),
    # read in two ways
    Attack("a key twice", rewritten(b'"came_in":', b'"came_in":1,"came_in":'), "report_damaged"),
    Attack("a sum with a point", rewritten(b'"came_in":159456', b'"came_in":159456.0'), "report_damaged"),
    Attack("a sum that is no number", rewritten(b'"came_in":159456', b'"came_in":NaN'), "report_damaged"),
    Attack("a sum too large", rewritten(b'"came_in":159456', b'"came_in":9007199254740993'), "report_damaged"),
    Attack(
        "a report too deep",
        rewritten(b'"schema":', b'"x":' + b"[" * 90_000 + b"]" * 90_000 + b',"schema":'),
        "report_damaged",
    ),
    Attack("half a character", rewritten(b'"code":"SWB"', b'"code":"\\ud800"'), "report_damaged"),
    Attack("another encoding", lambda s: resealed_bytes(s, s.report.decode().encode("utf-16-le")), "report_damaged"),
    Attack("a fund without a name", rewritten(b'"code":"LEGAL",', b'"kode":"LEGAL",'), "report_damaged"),
    Attack(
        "a proof whose sum has a point",
        lambda s: replace(s, proof=s.proof.replace(b"16000", b"16000.0")),
        "proof_damaged",
    ),
    Attack("a proof with a key twice", lambda s: replace(s, proof=s.proof[:-1] + b',"seed":"00"}'), "proof_damaged"),
    Attack("a log with a key twice", lambda s: replace(s, log=s.log[:-1] + b',"entries":[]}'), "log_damaged"),
    Attack("less than nothing taken back", resealed(negative_taken_back(), LEAVES), "bad_counts"),
    # another log, everybody's key, another level
    Attack("the checkpoint of another log", of_another_log, "other_log"),
    Attack("a key under which anyone's signature holds", under_everybodys_key, "key_change"),
    Attack("an inner node as a leaf", inner_node_as_leaf, "notes_root"),
    Attack("two reports at once", lambda s: replace(s, notes=s.report), "same_kind"),
    # something missing
    Attack("no log", lambda s: replace(s, log=None), "log_missing"),
    Attack("no report", lambda s: replace(s, report=None), "report_missing"),
    Attack("no notes", lambda s: replace(s, notes=None), "notes_missing"),
    Attack("a year's report", resealed(report_of(notes={"months": []}), LEAVES), "no_notes"),
]
IDS = [attack.name for attack in ATTACKS]


def attacked(attack: Attack) -> Sealed:
    return attack.change(make_sealed())
