"""What covering the provider's fee costs a donor, before the true fee is known."""

PER_MILLE = 15
FIXED_MINOR = 100


def cover_fee_for(*, total_minor: int) -> int:
    """The sum in grosze to add to `total_minor`, so that about `total_minor` is left after the fee.

    The estimate is 1.5 % of everything paid plus 1.00 zł (the provider's price for European cards), grossed up, since
    the fee is also taken from what covers it, and rounded up to a whole grosz.
    """
    if total_minor <= 0:
        return 0
    needed, per = total_minor * PER_MILLE + FIXED_MINOR * 1000, 1000 - PER_MILLE
    return -(-needed // per)
