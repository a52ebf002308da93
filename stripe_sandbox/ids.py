"""Identifiers in Stripe's form, the same ones for the same seed and the same order of calls."""

import hashlib

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

#: Letters before the random part, and how long that part is. Charges and refunds of methods other than
#: cards carry prefixes of their own, as they do at Stripe.
FORMS = {
    "billing_portal_configuration": ("bpc_1", 23),
    "billing_portal_session": ("bps_1", 23),
    "charge": ("ch_3", 23),
    "checkout.session": ("cs_test_a1", 56),
    "client_secret": ("", 25),
    "customer": ("cus_", 14),
    "delivery": ("dlv_", 16),
    "dispute": ("du_1", 23),
    "early_fraud_warning": ("issfr_1", 23),
    "event": ("evt_1", 23),
    "fault": ("flt_", 12),
    "fingerprint": ("", 16),
    "invoice": ("in_1", 23),
    "invoice_payment": ("inpay_1", 23),
    "invoiceitem": ("ii_1", 23),
    "item": ("li_1", 23),
    "job": ("job_", 16),
    "line_item": ("il_1", 23),
    "mandate": ("mandate_1", 23),
    "payment": ("py_3", 23),
    "payment_intent": ("pi_3", 23),
    "payment_method": ("pm_1", 23),
    "payment_refund": ("pyr_1", 23),
    "payout": ("po_1", 23),
    "price": ("price_1", 23),
    "product": ("prod_", 14),
    "refund": ("re_3", 23),
    "request": ("req_", 14),
    "balance_transaction": ("txn_3", 23),
    "setup_intent": ("seti_1", 23),
    "subscription": ("sub_1", 23),
    "subscription_item": ("si_", 14),
    "test_clock": ("clock_1", 23),
    "webhook_endpoint": ("we_1", 23),
    "webhook_secret": ("whsec_", 32),
}


class Ids:
    """Counts each kind on its own, so that one kind's numbers don't depend on how often another was asked for."""

    def __init__(self, seed: str, counters: dict[str, int] | None = None) -> None:
        self._seed = seed
        self.counters = dict(counters or {})

    def new(self, kind: str) -> str:
        """The next identifier of this kind (a key of ``FORMS``)."""
        prefix, length = FORMS[kind]
        number = self.counters.get(kind, 0) + 1
        self.counters[kind] = number
        digest = int.from_bytes(hashlib.sha512(f"{self._seed}:{kind}:{number}".encode()).digest(), "big")
        letters = []
        for _ in range(length):
            digest, digit = divmod(digest, len(_ALPHABET))
            letters.append(_ALPHABET[digit])
        return prefix + "".join(letters)
