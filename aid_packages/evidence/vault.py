"""The bytes of evidence at rest: AES-256-GCM under a key of the item's own, wrapped by a key of the environment."""

from aid_packages.evidence.models import Content, ContentKey, Item
from donors import wrapping
from donors.crypto import Place, new_key, open_bytes, seal_bytes


class Unreadable(Exception):
    """The item was erased: its key is destroyed. Expected."""

    def __init__(self, *, item_id: int) -> None:
        super().__init__(f"evidence {item_id} was erased")
        self.item_id = item_id


def store(item: Item, content: bytes) -> None:
    """Keeps the bytes of an item that stands in the database, encrypted."""
    key = new_key()
    Content.objects.create(item=item, sealed=seal_bytes(key=key, content=content, place=_content(item.pk)))
    wrapped = wrapping.wrap(key=key, place=_key(item.pk))
    ContentKey.objects.create(item=item, wrapped=wrapped, wrapped_with=wrapping.current_key_id())


def load(item_id: int) -> bytes:
    """The bytes of an item. Raises Unreadable, crypto.DecryptionRefused, wrapping.WrappingKeyMissing."""
    held = ContentKey.objects.filter(item_id=item_id).first()
    if held is None:
        raise Unreadable(item_id=item_id)
    key = wrapping.unwrap(wrapped=held.wrapped, place=_key(item_id))
    sealed = Content.objects.get(item_id=item_id).sealed
    return open_bytes(key=key, sealed=bytes(sealed), place=_content(item_id))


def rewrap(held: ContentKey) -> None:
    """Wraps the key anew under the first wrapping key; the caller holds the row."""
    held.wrapped = wrapping.rewrap(wrapped=held.wrapped, place=_key(held.item_id))
    held.wrapped_with = wrapping.current_key_id()
    held.save(update_fields=["wrapped", "wrapped_with"])


def _content(item_id: int) -> Place:
    return Place(model="evidence.content", field="sealed", row=item_id)


def _key(item_id: int) -> Place:
    return Place(model="evidence.contentkey", field="wrapped", row=item_id)
