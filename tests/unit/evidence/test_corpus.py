"""500 files with planted coordinates, names and routes: each is refused with its reason, or what comes out holds nothing.

Shown by exiftool, which knows nothing of how we make files, and by looking for the planted bytes in many forms. The looking
itself is shown to find: in the files as they were planted, and in such as were only saved again.
"""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from aid_packages.evidence.containers import walk_jpeg
from aid_packages.evidence.encode import Made, made_anew
from aid_packages.evidence.kinds import NotTaken, NotTakenReason
from tests.support.corpus import SIZE, Planted, corpus, found_in
from tests.support.corpus.jpeg import exif_segment, plain, with_segments
from tests.support.exiftool import read_folder, said_too_much

AT_ONCE = 2
"""Each file has a process of its own here as well, as in the shop: two of them side by side keep the whole under a minute."""


def outcome(planted: Planted) -> Made | NotTaken:
    try:
        return made_anew(planted.content)
    except NotTaken as refusal:
        return refusal


@pytest.fixture(scope="module")
def planted() -> list[Planted]:
    return list(corpus())


@pytest.fixture(scope="module")
def outcomes(planted: list[Planted]) -> dict[str, Made | NotTaken]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip((one.name for one in planted), pool.map(outcome, planted), strict=True))


@pytest.mark.slow
def test_each_is_taken_or_refused_as_it_has_to_be(planted: list[Planted], outcomes: dict[str, Made | NotTaken]) -> None:
    assert len(planted) == len(outcomes) == SIZE
    wrong = [one.name for one in planted if isinstance(outcomes[one.name], Made) is not one.taken]
    assert wrong == []


@pytest.mark.slow
def test_every_refusal_says_why_in_a_sentence(outcomes: dict[str, Made | NotTaken]) -> None:
    refused = [found for found in outcomes.values() if isinstance(found, NotTaken)]
    assert all(str(one.words).endswith(".") and not found_in(str(one.words).encode()) for one in refused)
    never = {NotTakenReason.LEAKS, NotTakenReason.TOO_LARGE, NotTakenReason.TOO_HEAVY}
    assert {one.reason for one in refused} >= set(NotTakenReason) - never


@pytest.mark.slow
def test_nothing_planted_is_left_in_what_comes_out(outcomes: dict[str, Made | NotTaken]) -> None:
    taken = {name: made.content for name, made in outcomes.items() if isinstance(made, Made)}
    assert len(taken) > SIZE // 2
    assert {name: found for name, content in taken.items() if (found := found_in(content))} == {}


@pytest.mark.slow
def test_exiftool_finds_nothing_in_what_comes_out(outcomes: dict[str, Made | NotTaken], tmp_path: Path) -> None:
    taken = [made for made in outcomes.values() if isinstance(made, Made)]
    for number, made in enumerate(taken):
        (tmp_path / f"{number:03d}.{made.media_type.rpartition('/')[2]}").write_bytes(made.content)
    facts = read_folder(tmp_path)
    assert len(facts) == len(taken)
    assert [found for found in map(said_too_much, facts) if found] == []
    assert {one["File:FileType"] for one in facts} == {"JPEG", "PDF"}


@pytest.mark.slow
def test_every_part_of_every_file_is_accounted_for(outcomes: dict[str, Made | NotTaken]) -> None:
    for made in outcomes.values():
        if isinstance(made, Made) and made.media_type == "image/jpeg":
            walk_jpeg(made.content)


@pytest.mark.slow
def test_the_looking_finds_what_was_planted(planted: list[Planted], tmp_path: Path) -> None:
    """Negative control: the same eyes, on the files as they were sent."""
    blind = [one.name for one in planted if one.taken and not found_in(one.content)]
    assert blind == []
    for one in planted[:120]:
        (tmp_path / f"{one.name}.bin").write_bytes(one.content)
    facts = read_folder(tmp_path)
    assert sum(bool(said_too_much(one)) for one in facts) > 80
    assert sum(any("GPSLatitude" in name for name in one) for one in facts) > 30


def test_a_picture_that_is_only_saved_again_would_be_found(tmp_path: Path) -> None:
    """Negative control: what a library keeps by itself is caught by each of the three ways of looking."""

    sent = with_segments(plain(Random(1)), exif_segment())
    picture = Image.open(io.BytesIO(sent))
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=picture.info["exif"])
    (tmp_path / "saved.jpeg").write_bytes(file.getvalue())
    assert found_in(file.getvalue())
    assert said_too_much(read_folder(tmp_path)[0])
    with pytest.raises(ValueError, match="segment e1"):
        walk_jpeg(file.getvalue())


def test_the_corpus_is_the_same_each_time() -> None:
    assert [one.content for one in corpus(size=40) if "pdf locked" not in one.name] == [
        one.content for one in corpus(size=40) if "pdf locked" not in one.name
    ]


def test_without_exiftool_it_fails_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof that is left out in silence proves nothing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tests.support.exiftool.UNPACKED", tmp_path / "none")
    with pytest.raises(pytest.fail.Exception, match="libimage-exiftool-perl"):
        read_folder(tmp_path)
