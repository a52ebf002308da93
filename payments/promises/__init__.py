"""The promises of the books that payments holds, checked by the ledger's audit."""

from ledger import audit
from payments.promises import acts, booking, inbox, intents, money, monthly, monthly_acts, receipts, shares


def register() -> None:
    """Register every check; called when the application starts."""
    audit.register(
        3,
        "each charge, refund, dispute, fee and payout is booked once, from the provider's figures",
        booking.booked_once,
    )
    audit.register(4, "no gift without a charge, no charge without an intent", intents.gift_has_charge_and_intent)
    audit.register(5, "at most one gift for an intent, none after a cancellation", intents.one_gift_per_intent)
    audit.register(6, "charge = lines + covered fee", intents.charge_is_the_agreed_sum)
    audit.register(
        7, "refunds and disputes stay between nothing and what was captured", booking.refunds_within_captured
    )
    audit.register(8, "every succeeded payment has its donation", intents.payment_has_its_donation)
    audit.register(
        9, "every event is processed, ignored with a reason, or pending within its time", inbox.events_in_time
    )
    audit.register(11, "clearing = the provider's books", booking.clearing_is_the_providers)
    audit.register(14, "one receipt for a donation, numbers without gaps, contents frozen", receipts.receipts_in_order)
    audit.register(18, "every refund by staff has an actor, a reason and a trail", acts.refunds_have_a_trail)
    audit.register(4, "no renewal without a monthly gift committed before", monthly.renewal_has_its_commitment)
    audit.register(5, "at most one gift for a period, none after a monthly gift's end", monthly.one_gift_per_period)
    audit.register(8, "a live monthly gift has its subscription, an ended one none", monthly.subscription_has_its_gift)
    audit.register(
        18, "every act on a monthly gift stands in the trail, with who and why", monthly_acts.acts_have_a_trail
    )
    audit.register(3, "each payout is the sum of its parts, or staff are told", money.payouts_are_their_parts)
    audit.register(3, "each dispute is counted, and staff are told", money.disputes_are_counted)
    audit.register(18, "every act on a dispute or a matter stands in the trail", money.acts_on_money_have_a_trail)
    audit.register(17, "no test-mode object in a live ledger", inbox.one_mode_only)
    audit.register(
        3, "each gift's share is booked once, with it, as its donor was told", shares.shares_as_they_were_said
    )
    audit.register(3, "donors were told the share before paying", shares.donors_were_told)
    audit.register(18, "every share policy has its trail", shares.policies_have_a_trail)
    audit.register(19, "no share policy was decided by whoever proposed it", shares.another_decided)
