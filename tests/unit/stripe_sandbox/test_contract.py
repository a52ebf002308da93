"""The contract is the SDK's own: its routes, its parameters, its answers."""

import time

import pytest

from stripe_sandbox import form, kinds, objects  # noqa: F401 - objects registers the calls it answers
from stripe_sandbox.contract import answers, parameters, routes
from stripe_sandbox.errors import ApiError

CREATE_SESSION = routes.all_routes()["POST /v1/checkout/sessions"]


def refusal(encoded: str, route: routes.Route = CREATE_SESSION) -> dict[str, str]:
    with pytest.raises(ApiError) as caught:
        parameters.check(route, form.decode(encoded))
    assert caught.value.status == 400
    return caught.value.body["error"]


def test_all_routes_of_the_sdk_are_known():
    known = routes.all_routes()
    assert len(known) > 600
    assert all(route.params_module for route in known.values())
    assert known["POST /v1/refunds/{}/cancel"].verb == "cancel"


def test_every_route_refuses_a_parameter_it_does_not_know():
    for route in routes.all_routes().values():
        assert refusal("no_such_parameter=1", route)["code"] == "parameter_unknown", route.key


def test_sandbox_answers_only_routes_that_stripe_has():
    assert set(kinds.answered_routes()) <= set(routes.all_routes())


def test_fixed_parts_of_an_address_win_over_ids():
    found = routes.match("GET", "/v1/charges/search")
    assert found is not None
    assert found[0].verb == "search"
    assert routes.match("GET", "/v1/charges/ch_1") == (routes.all_routes()["GET /v1/charges/{}"], ("ch_1",))


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/charges/", "/v1/charges/ch_1/nothing", "/v1//charges"])
def test_unknown_address_matches_nothing(path: str):
    assert routes.match("GET", path) is None


def test_values_get_their_types():
    sent = "mode=payment&line_items[0][quantity]=2&allow_promotion_codes=false&metadata[a]=1&expires_at=1700000000"
    assert parameters.check(CREATE_SESSION, form.decode(sent)) == {
        "mode": "payment",
        "line_items": [{"quantity": 2}],
        "allow_promotion_codes": False,
        "metadata": {"a": "1"},
        "expires_at": 1700000000,
    }


@pytest.mark.parametrize(
    ("sent", "code", "param"),
    [
        ("payment_method_types[0]=card", "parameter_unknown", "payment_method_types"),
        ("line_items[0][price_data][foo]=1", "parameter_unknown", "line_items[0][price_data][foo]"),
        (
            "line_items[0][price_data][unit_amount]=1",
            "parameter_missing",
            "line_items[0][price_data][currency]",
        ),
        ("expires_at=soon", "parameter_invalid_integer", "expires_at"),
        ("expires_at=1e3", "parameter_invalid_integer", "expires_at"),
        ("expires_at=١٢", "parameter_invalid_integer", "expires_at"),
        ("expires_at=", "parameter_invalid_empty", "expires_at"),
        ("success_url=", "parameter_invalid_empty", "success_url"),
        ("mode=give", None, "mode"),
        ("ui_mode=hosted", None, "ui_mode"),
        ("line_items=1", None, "line_items"),
        ("line_items[a]=1", None, "line_items"),
        ("customer_email[a]=1", None, "customer_email"),
        ("allow_promotion_codes=yes", None, "allow_promotion_codes"),
        ("allowed_payment_method_types[0]=cash", None, "allowed_payment_method_types[0]"),
        ("metadata[key]=" + "x" * 501, None, "metadata[key]"),
        ("metadata[" + "k" * 41 + "]=x", None, "metadata"),
    ],
)
def test_wrong_parameters_are_named(sent: str, code: str | None, param: str):
    error = refusal(sent)
    assert error["type"] == "invalid_request_error"
    assert (error.get("code"), error["param"]) == (code, param)


@pytest.mark.parametrize("sent", ["a=1&a[b]=2", "a[b]=2&a=1", "a[[b]]=1", "=1", "a" + "[b]" * 20 + "=1", "a=%ff"])
def test_body_that_cannot_be_read_is_refused(sent: str):
    with pytest.raises(ApiError):
        form.decode(sent)


def test_metadata_can_be_unset_as_a_whole_where_the_sdk_says_so():
    update = routes.all_routes()["POST /v1/customers/{}"]
    assert parameters.check(update, form.decode("metadata=&business_name=")) == {"metadata": "", "business_name": ""}


def test_checking_a_call_takes_less_than_a_millisecond():
    sent = "mode=payment&success_url=x&" + "&".join(
        f"line_items[{n}][quantity]=1&line_items[{n}][price_data][currency]=pln"
        f"&line_items[{n}][price_data][unit_amount]=5000&line_items[{n}][price_data][product_data][name]=Kit"
        for n in range(5)
    )
    parameters.check(CREATE_SESSION, form.decode(sent))
    took = []
    for _ in range(100):
        started = time.process_time()
        parameters.check(CREATE_SESSION, form.decode(sent))
        took.append(time.process_time() - started)
    assert min(took) < 0.001, "the quickest of many: what else the machine does is not counted"


def balance_transaction(**changes: object) -> dict[str, object]:
    good = {
        "id": "txn_1",
        "object": "balance_transaction",
        "amount": 1000,
        "available_on": 1,
        "balance_type": "payments",
        "created": 1,
        "currency": "pln",
        "description": None,
        "exchange_rate": None,
        "fee": 1,
        "fee_details": [],
        "net": 999,
        "reporting_category": "charge",
        "source": "ch_1",
        "status": "pending",
        "type": "charge",
    }
    return {**good, **changes}


def test_a_right_answer_has_no_problems():
    assert answers.problems(balance_transaction()) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"amount": "1000"}, "amount: '1000' is no int"),
        ({"amount": None}, "amount: null"),
        ({"amount": True}, "amount: True is no int"),
        ({"type": "gift"}, "type: 'gift' is none of"),
        ({"colour": "green"}, "colour: unknown"),
        ({"fee_details": [{"amount": 1, "currency": "pln"}]}, "fee_details[0].type: missing"),
        ({"source": {"object": "charge", "id": "ch_1"}}, "amount_refunded: missing"),
        ({"exchange_rate": "4.25"}, "exchange_rate: '4.25' is no float"),
    ],
)
def test_a_wrong_answer_is_found(changes: dict[str, object], problem: str):
    assert problem in "; ".join(answers.problems(balance_transaction(**changes)))


def test_a_missing_field_is_found():
    answer = balance_transaction()
    del answer["net"]
    assert answers.problems(answer) == ["balance_transaction.net: missing"]
