"""The story of a report: the few numbers that a person remembers, each traced to what it is counted from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import format_whole
from core.texts import in_language
from transparency.exports.naming import Naming
from transparency.exports.values import number
from transparency.pages import words


@dataclass(frozen=True)
class Figure:
    """One large number with its words, and where it comes from: `ways` are (words, anchor) on the same page."""

    number: str
    words: str
    traced: str
    ways: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class StoryItem:
    """One thing that was handed over or done."""

    number: str
    name: str
    need: str
    traced: str


@dataclass(frozen=True)
class Trace:
    """What some figures are all counted from."""

    figures: tuple[Figure, ...]
    traced: str
    ways: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Story:
    """What a year or a month did."""

    figures: tuple[Figure, ...]
    items: tuple[StoryItem, ...]

    @property
    def traces(self) -> tuple[Trace, ...]:
        """What the figures are counted from, said once for those that share it."""
        sources = dict.fromkeys((figure.traced, figure.ways) for figure in self.figures)
        return tuple(
            Trace(tuple(figure for figure in self.figures if (figure.traced, figure.ways) == source), *source)
            for source in sources
        )


def story_of(content: Mapping[str, Any]) -> Story | None:
    """The story of a report's content; None when it has none (first method) or nothing happened."""
    found = content.get("story")
    if not found or not (found["spent"] or found["acts_of_help"] or found["items"]):
        return None
    naming = Naming(content)
    return Story(
        figures=tuple(_figures(found)),
        items=tuple(
            StoryItem(
                number=number(item["units"]),
                name=in_language(item["name"]),
                need=naming.fund(item["fund"]),
                traced=ngettext(
                    "counted from %(count)s record", "counted from %(count)s records", item["traced"]["deliveries"]
                )
                % {"count": number(item["traced"]["deliveries"])},
            )
            for item in found["items"]
        ),
    )


def _figures(found: Mapping[str, Any]) -> list[Figure]:
    traced = words.traced_to(found["traced"])
    ways = ((_("Goods, in units"), "deliveries"), (_("Services"), "services"))
    figures = []
    if found["acts_of_help"] is not None:
        acts = found["acts_of_help"]
        figures.append(Figure(number(acts), ngettext("act of help", "acts of help", acts), traced, ways))
    if found["people"] is not None:
        least = found["people"]["from"]
        figures.append(Figure(number(least), _("or more people, where we really counted"), traced, ways))
    if found["nationalities"] is not None:
        count = found["nationalities"]
        figures.append(
            Figure(number(count), ngettext("nationality among them", "nationalities among them", count), traced, ways)
        )
    figures.append(
        Figure(
            format_whole(found["spent"]),
            _("turned into help, with documents"),
            _("counted from accepted documents, to the grosz"),
            ((_("Accepted documents by grade"), "evidence"), (_("All lines"), "lines")),
        )
    )
    return figures
