"""One call of the API from its bytes to its answer: key, version, route, parameters, faults, idempotency, effect."""

import base64
import json
import re
import sys
import time
import traceback
from dataclasses import dataclass, field
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
        self._idempotency = Idempotency(world)

    def answer(self, request: Request) -> Answer:
        """The answer to a call, whatever happens."""
        with self._world.lock:
            request_id = self._world.ids.new("request")
        try:
            answer = self._answer(request, request_id)
        except ApiError as error:
            answer = _of_error(error)
        # A fault of the sandbox itself must reach the caller as Stripe's own faults would, and be seen here.
        except Exception:
            traceback.print_exc(file=sys.stderr)
            answer = _of_error(ApiError("The sandbox failed; see what it printed.", status=500, kind="api_error"))
        headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION, **answer.headers}
        return Answer(answer.status, answer.body, headers, answer.hang_up, answer.wait)

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
        sent = form.decode(request.query if request.method == "GET" else request.body)
        params = parameters.check(route, sent)
        call = kinds.Call(self._world, ids, params)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        return self._execute(request, request_id, handler, call, key)

    def _execute(
        self, request: Request, request_id: str, handler: kinds.Handler, call: kinds.Call, key: str | None
    ) -> Answer:
        facts = (request.method, request.path, request.body)
        if key is not None:
            kept = self._idempotency.begin(key, *facts)
            if kept is not None:
                headers = {"Idempotent-Replayed": "true", "Original-Request": kept["request"], "Idempotency-Key": key}
                return Answer(kept["status"], kept["answer"], headers)
        headers = {} if key is None else {"Idempotency-Key": key}
        try:
            return self._with_faults(request, request_id, handler, call, key, headers)
        finally:
            if key is not None:
                self._idempotency.end(key)

    def _with_faults(
        self,
        request: Request,
        request_id: str,
        handler: kinds.Handler,
        call: kinds.Call,
        key: str | None,
        headers: dict[str, str],
    ) -> Answer:
        error, timeout, slow = (self._strike(kind, request) for kind in ("error", "timeout", "slow"))
        if slow is not None:
            time.sleep(float(slow.get("seconds", 1)))
        if timeout is not None and timeout.get("when", "after") == "before":
            return Answer(0, {}, hang_up=True, wait=float(timeout.get("seconds", 0)))
        before = error is not None and error.get("when", "before") == "before"
        answer = self._effect(request, request_id, handler, call, key, error if before else None, headers)
        if timeout is not None:
            return Answer(0, {}, hang_up=True, wait=float(timeout.get("seconds", 0)))
        if error is not None and not before:
            answer = _of_error(_made_error(error))
            self._keep(key, request, request_id, answer)
        return answer

    def _strike(self, kind: str, request: Request) -> dict[str, Any] | None:
        with self._world.lock:
            return self._world.faults.strike(kind, method=request.method, path=request.path)

    def _effect(
        self,
        request: Request,
        request_id: str,
        handler: kinds.Handler,
        call: kinds.Call,
        key: str | None,
        fault: dict[str, Any] | None,
        headers: dict[str, str],
    ) -> Answer:
        """Run the handler and keep its answer under the key, both or neither."""
        world = self._world
        try:
            if fault is not None:
                raise _made_error(fault)
            with world.act(Cause(request_id, key)):
                agenda.run_due(world)
                body = present(world, handler(call), call.params.get("expand", []))
                self._check_answer(body)
                answer = Answer(200, body, headers)
                self._keep(key, request, request_id, answer)
                return answer
        except ApiError as error:
            answer = _of_error(error, headers)
            if error.kept_for_replay:
                self._keep(key, request, request_id, answer)
            return answer

    def _keep(self, key: str | None, request: Request, request_id: str, answer: Answer) -> None:
        if key is None:
            return
        # As text, so that what is replayed is what was said then, not what became of the object since.
        said = json.loads(json.dumps(answer.body))
        with self._world.act():
            self._idempotency.keep(
                key, request.method, request.path, request.body, status=answer.status, answer=said, request=request_id
            )

    def _check_answer(self, body: JsonObject) -> None:
        if self._world.settings.check_answers:
            found = answers.problems(body)
            if found:
                raise AssertionError("not as the SDK describes it: " + "; ".join(found))


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


def _of_error(error: ApiError, headers: dict[str, str] | None = None) -> Answer:
    return Answer(error.status, error.body, {**(headers or {}), **error.headers})
