"""The bytes of a piece of evidence, and the key without which they are noise."""

from django.db import models

from aid_packages.evidence.models.item import Item


class Content(models.Model):
    """What was made from the pixels, encrypted under the item's own key. Append-only, like the item."""

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="content")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"content of {self.item_id}"


class ContentKey(models.Model):
    """The key of one item, wrapped by a key of the environment. Destroying this row erases the item, here and (as they
    age) in backups; it is also the row that acts on an item lock, since rows that only grow can't be locked.
    """

    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="key")
    wrapped = models.BinaryField()
    wrapped_with = models.CharField(max_length=16)

    def __str__(self) -> str:
        return f"key of {self.item_id}"
