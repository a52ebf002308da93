"""Early fraud warnings: the card's bank says that a payment was probably fraud, before anybody disputes it."""

from stripe_sandbox.agenda import happens_later
from stripe_sandbox.errors import JsonObject, invalid
from stripe_sandbox.kinds import Call, Page, answers, presents
from stripe_sandbox.listing import asked, page
from stripe_sandbox.objects.event import emit
from stripe_sandbox.world import World

_KIND, _URL = "radar.early_fraud_warning", "/v1/radar/early_fraud_warnings"
FRAUD_TYPES = frozenset(
    {
        *("card_never_received", "fraudulent_card_application", "made_with_counterfeit_card"),
        *("made_with_lost_card", "made_with_stolen_card", "misc", "unauthorized_use_of_card"),
    }
)


def warn(world: World, charge: JsonObject, fraud_type: str = "unauthorized_use_of_card") -> JsonObject:
    """The bank's warning about a charge."""
    if fraud_type not in FRAUD_TYPES:
        raise invalid(f"fraud_type must be one of {', '.join(sorted(FRAUD_TYPES))}", "fraud_type")
    warning = {
        "id": world.ids.new("early_fraud_warning"),
        "object": _KIND,
        "charge": charge["id"],
        "created": world.now(),
        "fraud_type": fraud_type,
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    world.store.add(warning)
    emit(world, f"{_KIND}.created", warning)
    return warning


@presents(_KIND)
def _with_actionable(world: World, warning: JsonObject) -> JsonObject:
    charge = world.store.get("charge", warning["charge"])
    return {**warning, "actionable": charge is not None and not charge["disputed"] and not charge["refunded"]}


@happens_later("fraud_is_reported")
def _report(world: World, charge: JsonObject, _: JsonObject) -> None:
    warn(world, charge)


@answers("GET", _URL)
def list_warnings(call: Call) -> Page:
    """Warnings by charge, payment intent and time."""
    params = call.params
    names = ("charge", "payment_intent")
    return page(
        call,
        _KIND,
        url=_URL,
        where=lambda each: all(each[name] == params[name] for name in names if name in params),
        among=asked(params, *names),
    )


@answers("GET", _URL + "/{}")
def retrieve_warning(call: Call) -> JsonObject:
    """One warning."""
    return call.own(_KIND, "early fraud warning")
