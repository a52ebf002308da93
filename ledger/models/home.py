"""The server that the books stand on."""

from django.db import models


class Home(models.Model):
    """A PostgreSQL server that the books came to: the first one, or another one after a restore. Only ever added to.

    A server counts its database transactions from its own beginning. So the numbers that entries keep of theirs (`txid`)
    are compared only among entries of one home; between two homes the order of the entries decides.
    """

    system_identifier = models.BigIntegerField()
    """What PostgreSQL calls the server, made anew for each (`pg_control_system()`). As a signed number."""
    after_entry_id = models.BigIntegerField()
    """The last entry that was made before the books came here; 0 at the first home."""
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(after_entry_id__gte=0), name="home_begins_after_an_entry"),
        ]

    def __str__(self) -> str:
        return f"home {self.pk}, after entry {self.after_entry_id}"
