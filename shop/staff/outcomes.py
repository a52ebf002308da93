"""How an act that the provider has to do can end other than well."""

from django.utils.functional import Promise


class InDoubt(Exception):
    """The provider's answer is not known yet. Expected; it is looked up again by itself."""


class NotDone(Exception):
    """The provider said no, or the donor has to do it. Expected; carries the words."""

    def __init__(self, words: str | Promise) -> None:
        self.words = words
        super().__init__(str(words))
