"""The lines of the funds: what stands on them, and what was taken from them. Rows are only added."""

from transparency.attribution.models.batch import LineBatch
from transparency.attribution.models.freeing import LineFreeing
from transparency.attribution.models.place import LinePlace
from transparency.attribution.models.segment import LineSegment
from transparency.attribution.models.spending import LineSpending
from transparency.attribution.models.taking import LineTaking

__all__ = ["LineBatch", "LineFreeing", "LinePlace", "LineSegment", "LineSpending", "LineTaking"]
