"""500 files with planted coordinates, names and routes, as cameras, editors and attackers leave them. Made, never stored."""

from tests.support.corpus.build import SIZE, Planted, corpus
from tests.support.corpus.markers import COORDINATES, found_in

__all__ = ["COORDINATES", "SIZE", "Planted", "corpus", "found_in"]
