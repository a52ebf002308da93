"""How asking can fail."""

from payments.failures import TELLINGS, FailureKind, Telling


class ProviderError(Exception):
    """Asking the provider failed. Carries the kind, the provider's code and its request id; never personal data."""

    def __init__(self, *, kind: FailureKind, code: str = "", parameter: str = "", request_ref: str = "") -> None:
        self.kind = kind
        self.code = code
        self.parameter = parameter
        self.request_ref = request_ref
        super().__init__(f"{kind.value} code={code or '-'} parameter={parameter or '-'} request={request_ref or '-'}")

    @property
    def telling(self) -> Telling:
        """What the donor and the operator are told, and whether it was to be expected."""
        return TELLINGS[self.kind]


class ProviderUnavailable(ProviderError):
    """No usable answer. What was asked may have happened: ask again later with the same key. To be expected."""


class ProviderRefused(ProviderError):
    """A clear no: what was asked has not happened and will not."""


class UntrustedMessage(ProviderRefused):
    """A webhook body that is junk, stale, wrongly signed, or meant for another account or mode. To be expected."""

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(kind=FailureKind.UNTRUSTED_MESSAGE, code=reason)
