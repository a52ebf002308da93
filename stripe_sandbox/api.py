"""One call of the API from its bytes to its answer: key, version, route, parameters, faults, idempotency, effect."""

import base64
import json
import re
import sys
import time
import traceback
from dataclasses import dataclass, field, replace
from typing import Any

from stripe_sandbox import agenda, form, kinds
from stripe_sandbox.contract import API_VERSION, answers, parameters, routes
from stripe_sandbox.errors import ApiError, JsonObject
from stripe_sandbox.expand import present
from stripe_sandbox.idempotency import Idempotency
from stripe_sandbox.world import Cause, World

_KEY = re.compile(r"(sk|rk)_test_[A-Za-z0-9_]{4,240}\Z")


@dataclass(frozen=True)
class Request:
    """A call as it came in; header names in lower case."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True)
class Answer:
    """What is sent back; ``hang_up`` closes the connection after ``wait`` seconds without a word instead."""

    status: int
    body: JsonObject
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False
    wait: float = 0.0


class Api:
    """Answers calls of ``/v1``."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.idempotency = Idempotency(world)

    def answer(self, request: Request) -> Answer:
        """The answer to a call, whatever happens."""
        with self._world.lock:
            request_id = self._world.ids.new("request")
        try:
            answer = self._answer(request, request_id)
        except ApiError as error:
            answer = _of_error(error)
        # A fault of the sandbox itself must reach the caller as Stripe's own faults would, and be seen here.
        except Exception:  # noqa: BLE001 - the last line of defence; it prints what it caught
            traceback.print_exc(file=sys.stderr)
            answer = _of_error(ApiError("The sandbox failed; see what it printed.", status=500, kind="api_error"))
        headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION, **answer.headers}
        return replace(answer, headers=headers)

    def _answer(self, request: Request, request_id: str) -> Answer:
        _authenticate(request.headers.get("authorization", ""))
        _check_version(request.headers.get("stripe-version"))
        found = routes.match(request.method, request.path)
        if found is None:
            raise _unknown_route(request)
        route, ids = found
        handler = kinds.handler_for(route.key)
        if handler is None:
            raise ApiError(
                f"The sandbox does not answer {request.method} {request.path} yet, though Stripe does.",
                status=501,
                code="not_implemented",
            )
        sent = form.decode(request.body if request.method == "POST" else request.query)
        call = kinds.Call(self._world, ids, parameters.check(route, sent))
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        return self._once(_Execution(self._world, self.idempotency, request, request_id, handler, call, key))

    def _once(self, execution: "_Execution") -> Answer:
        """Execute the call, or say again what was answered to its idempotency key."""
        key, request = execution.key, execution.request
        if key is None:
            return execution.run()
        kept = self.idempotency.begin(key, request.method, request.path, request.body)
        if kept is not None:
            headers = {"Idempotent-Replayed": "true", "Original-Request": kept["request"], "Idempotency-Key": key}
            return Answer(kept["status"], kept["answer"], headers)
        try:
            answer = execution.run()
        finally:
            self.idempotency.end(key)
        return replace(answer, headers={"Idempotency-Key": key, **answer.headers})


@dataclass(frozen=True)
class _Execution:
    """A checked call on its way through its faults to its effect."""

    world: World
    idempotency: Idempotency
    request: Request
    request_id: str
    handler: kinds.Handler
    call: kinds.Call
    key: str | None

    def run(self) -> Answer:
        error, timeout, slow = (self._strike(kind) for kind in ("error", "timeout", "slow"))
        if slow is not None:
            time.sleep(float(slow.get("seconds", 1)))
        hang_up = None if timeout is None else Answer(0, {}, hang_up=True, wait=float(timeout.get("seconds", 0)))
        if hang_up is not None and timeout is not None and timeout.get("when", "after") == "before":
            return hang_up
        if error is None:
            answer = self._effect()
        elif error.get("when", "before") == "before":
            answer = self._failed(_made_error(error))
        else:
            self._effect()
            answer = self._failed(_made_error(error))
        return hang_up or answer

    def _strike(self, kind: str) -> dict[str, Any] | None:
        with self.world.lock:
            return self.world.faults.strike(kind, method=self.request.method, path=self.request.path)

    def _effect(self) -> Answer:
        """Run the handler and keep its answer under the key, both or neither."""
        try:
            agenda.run_due(self.world)
            with self.world.act(Cause(self.request_id, self.key)):
                result = self.handler(self.call)
                if isinstance(result, kinds.Stands):
                    return self._failed(result.error)
                body = present(self.world, result, self.call.params.get("expand", []))
                if self.world.settings.check_answers and (found := answers.problems(body)):
                    raise AssertionError("not as the SDK describes it: " + "; ".join(found))
                answer = Answer(200, body)
                self._keep(answer)
                return answer
        except ApiError as error:
            return self._failed(error)

    def _failed(self, error: ApiError) -> Answer:
        answer = _of_error(error)
        if error.kept_for_replay:
            self._keep(answer)
        return answer

    def _keep(self, answer: Answer) -> None:
        if self.key is None:
            return
        # As text, so that what is replayed is what was said then, not what became of the object since.
        said = json.loads(json.dumps(answer.body))
        request = self.request
        with self.world.act():
            self.idempotency.keep(
                self.key,
                request.method,
                request.path,
                request.body,
                status=answer.status,
                answer=said,
                request=self.request_id,
            )


def _authenticate(header: str) -> None:
    scheme, _, rest = header.partition(" ")
    key = rest.strip()
    if scheme.lower() == "basic":
        try:
            key = base64.b64decode(key).decode().partition(":")[0]
        except ValueError:
            key = ""
    if not key:
        raise ApiError(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    shown = f"{key[:8]}{'*' * 12}{key[-4:]}" if len(key) > 16 else "*" * len(key)
    if key.startswith(("sk_live", "rk_live")):
        raise ApiError(
            f"This is a sandbox: it takes no live key ({shown}).", status=401, code="api_key_not_for_sandbox"
        )
    if key.startswith("pk_"):
        raise ApiError(
            "This API call cannot be made with a publishable API key. Please use a secret API key.",
            status=401,
            code="secret_key_required",
        )
    if not _KEY.match(key):
        raise ApiError(f"Invalid API Key provided: {shown}", status=401)


def _check_version(version: str | None) -> None:
    if version is not None and version != API_VERSION:
        raise ApiError(f"Invalid Stripe API version: {version}. The sandbox speaks {API_VERSION} alone.")


def _unknown_route(request: Request) -> ApiError:
    return ApiError(
        f"Unrecognized request URL ({request.method}: {request.path}). Please see https://stripe.com/docs or we can "
        "help at https://support.stripe.com/.",
        status=404,
    )


def _made_error(options: dict[str, Any]) -> ApiError:
    """The error that a fault asks for; by default what Stripe says with that status."""
    status = int(options.get("status", 500))
    usual = {
        401: ("invalid_request_error", None, "Invalid API Key provided"),
        402: ("card_error", "card_declined", "Your card was declined."),
        403: ("invalid_request_error", "more_permissions_required", "The provided key does not have access."),
        409: ("idempotency_error", "idempotency_key_in_use", "There is currently another in-progress request."),
        429: ("invalid_request_error", "rate_limit", "Request rate limit exceeded."),
    }
    kind, code, message = usual.get(
        status, ("api_error" if status >= 500 else "invalid_request_error", None, "An unknown error occurred")
    )
    return ApiError(
        options.get("message", message),
        status=status,
        kind=options.get("type", kind),
        code=options.get("code", code),
        decline_code=options.get("decline_code"),
    )


def _of_error(error: ApiError) -> Answer:
    return Answer(error.status, error.body, error.headers)
