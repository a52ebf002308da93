"""The tree of RFC 6962: the known roots, every proof of every size, and what is refused."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seal import merkle

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]
OTHER = hashlib.sha256(b"something else").digest()


def by_definition(data: list[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written there."""
    if not data:
        return hashlib.sha256(b"").digest()
    if len(data) == 1:
        return hashlib.sha256(b"\0" + data[0]).digest()
    half = 1
    while half * 2 < len(data):
        half *= 2
    return hashlib.sha256(b"\1" + by_definition(data[:half]) + by_definition(data[half:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_known_roots(size: int) -> None:
    assert merkle.root_of(HASHES[:size]).hex() == ROOTS[size - 1]


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_any_root_is_the_one_of_the_definition(data: list[bytes]) -> None:
    assert merkle.root_of([merkle.leaf_hash(leaf) for leaf in data]) == by_definition(data)


@pytest.mark.parametrize("size", range(1, 18))
def test_every_leaf_is_proved_and_no_other(size: int) -> None:
    hashes = [merkle.leaf_hash(bytes([number])) for number in range(size)]
    root = merkle.root_of(hashes)
    for index in range(size):
        path = merkle.inclusion(hashes=hashes, index=index)
        proof = {"index": index, "size": size, "path": path, "root": root}
        assert merkle.includes(leaf=hashes[index], **proof)
        assert not merkle.includes(leaf=OTHER, **proof)
        assert not merkle.includes(leaf=hashes[index], **{**proof, "path": [*path, OTHER]})
        assert not merkle.includes(leaf=hashes[index], **{**proof, "index": (index + 1) % size if size > 1 else 1})
        assert not path or not merkle.includes(leaf=hashes[index], **{**proof, "path": path[:-1]})


@pytest.mark.parametrize("size", range(1, 18))
def test_every_beginning_is_proved_and_no_other(size: int) -> None:
    hashes = [merkle.leaf_hash(bytes([number])) for number in range(size)]
    root = merkle.root_of(hashes)
    for first in range(1, size + 1):
        path = merkle.consistency(hashes=hashes, first=first)
        older = merkle.root_of(hashes[:first])
        proof = {"first": first, "second": size, "second_root": root, "path": path}
        assert merkle.is_consistent(first_root=older, **proof)
        assert not merkle.is_consistent(first_root=OTHER, **proof)
        assert not merkle.is_consistent(first_root=older, **{**proof, "second_root": OTHER})
        assert not merkle.is_consistent(first_root=older, **{**proof, "path": [*path, OTHER]})
        assert not path or not merkle.is_consistent(first_root=older, **{**proof, "path": path[:-1]})


def test_a_reordered_history_is_not_its_beginning() -> None:
    swapped = [HASHES[1], HASHES[0], *HASHES[2:]]
    path = merkle.consistency(hashes=swapped, first=4)
    proof = {"first": 4, "second": 8, "path": path}
    assert not merkle.is_consistent(first_root=merkle.root_of(HASHES[:4]), second_root=merkle.root_of(swapped), **proof)


def test_an_empty_tree_proves_nothing() -> None:
    empty = merkle.root_of([])
    assert empty == merkle.EMPTY_ROOT
    assert not merkle.includes(leaf=OTHER, index=0, size=0, path=[], root=empty)
    assert not merkle.is_consistent(first=0, second=8, first_root=empty, second_root=merkle.root_of(HASHES), path=[])
    with pytest.raises(merkle.NoSuchProof):
        merkle.consistency(hashes=HASHES, first=0)
    with pytest.raises(merkle.NoSuchProof):
        merkle.inclusion(hashes=[], index=0)


def test_hashes_are_32_bytes() -> None:
    root = merkle.root_of(HASHES[:2])
    assert merkle.includes(leaf=HASHES[0], index=0, size=2, path=[HASHES[1]], root=root)
    assert not merkle.includes(leaf=HASHES[0][:31], index=0, size=2, path=[HASHES[1]], root=root)
    assert not merkle.includes(leaf=HASHES[0], index=0, size=2, path=[HASHES[1] + b"\0"], root=root)
