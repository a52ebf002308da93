"""What the second person looks for before a piece of evidence may be shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Look(models.TextChoices):
    """One line of the checklist; a release needs every one of them."""

    FACES = "faces", _("No face, tattoo, gait or clothing by which somebody could be known")
    """People can be found by less than a face."""
    PLACE = "place", _("No landmark, road, building, skyline or sign by which the place could be known")
    """A place can be found from a roof or a tree line."""
    WRITING = "writing", _("No name, signature, address, plate, serial number, screen or code that can be read")
    """Writing is read better by machines than by us."""
    TIME = "time", _("No clock, date or weather that says when, more finely than the week")
    """Time and region together are a route."""
    PARTNER = "partner", _("The partner has not asked to stay unnamed, or is not to be seen in it")
    """Who asked not to be named is not shown either."""
