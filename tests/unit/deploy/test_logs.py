"""Logs are structured, and hold nobody."""

import io
import json
import logging
import logging.config

from shop.settings.logging import logging_config


def written(**facts: object) -> dict[str, object]:
    config = logging_config(level="INFO")
    out = io.StringIO()
    config["handlers"]["stderr"]["stream"] = out
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        logging.config.dictConfig(config)
        logging.getLogger("payments").info("settled", extra=facts)
    finally:
        root.handlers[:], root.level = before[0], before[1]
    entry: dict[str, object] = json.loads(out.getvalue().splitlines()[-1])
    return entry


def test_a_line_is_one_json_object() -> None:
    entry = written()
    assert entry["event"] == "settled"
    assert entry["level"] == "info"
    assert entry["logger"] == "payments"


def test_what_names_a_person_is_dropped() -> None:
    text = json.dumps(written(email="anna@example.org", ip="192.0.2.7", remote_addr="192.0.2.7"))
    assert "anna" not in text
    assert "192.0.2.7" not in text
