"""The demo's hand on the Stripe sandbox: its clock, and paying as a donor would on its page."""

import json
import urllib.request
from datetime import datetime
from typing import Any


class SandboxHand:
    """Speaks to the sandbox's own address for such things. It is another program, so nothing of it is imported."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")

    def set_clock(self, now: datetime) -> None:
        self._post("clock", {"now": int(now.timestamp()), "stopped": True})

    def release_clock(self) -> None:
        self._post("clock", {"offset": 0, "stopped": False})

    def pay(self, checkout: str, **form: str) -> str:
        """How paying ended: "paid", "pending", "refused" ..."""
        return str(self._post(f"sessions/{checkout}/pay", form)["result"])

    def pay_out(self) -> str:
        """All that is available is sent to the bank: the payout's id."""
        return str(self._post("payouts", {})["payout"]["id"])

    def dispute(self, charge: str) -> str:
        """The payer's bank asks for a charge back: the dispute's id."""
        return str(self._post(f"charges/{charge}/dispute", {"reason": "product_not_received"})["id"])

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 -- the sandbox on this machine
            f"{self._address}/_sandbox/{path}", data=json.dumps(body).encode(), method="POST"
        )
        with urllib.request.urlopen(request, timeout=600) as answer:  # noqa: S310 -- as above
            read: dict[str, Any] = json.load(answer)
        return read
