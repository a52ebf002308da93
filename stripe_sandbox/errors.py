"""Stripe's error envelope, and the errors the sandbox answers with."""

from typing import Any

JsonObject = dict[str, Any]


class ApiError(Exception):
    """An answer other than success. Whatever the call had changed is undone before it is sent."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        decline_code: str | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        facts = {"code": code, "decline_code": decline_code, "message": message, "param": param, "type": kind, **more}
        if code:
            facts["doc_url"] = f"https://docs.stripe.com/error-codes#{code.replace('_', '-')}"
        self.body: JsonObject = {"error": {name: value for name, value in sorted(facts.items()) if value is not None}}

    @property
    def kept_for_replay(self) -> bool:
        """Whether an idempotency key keeps this answer: not when the call never began to execute."""
        return self.status not in (401, 403, 409, 429)


def missing(param: str) -> ApiError:
    """A required parameter was not sent."""
    return ApiError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def invalid(message: str, param: str, code: str | None = None) -> ApiError:
    """A parameter has a value that can't be accepted."""
    return ApiError(message, param=param, code=code)


def no_such(noun: str, identifier: str, *, param: str = "id", in_path: bool = True) -> ApiError:
    """An object named by the caller doesn't exist: 404 when the address names it, 400 when a parameter does."""
    return ApiError(
        f"No such {noun}: '{identifier}'",
        status=404 if in_path else 400,
        code="resource_missing",
        param=param,
    )
