"""The compose file: valid, nothing with more rights than it needs, no secret by default."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_it_follows_the_compose_specification() -> None:
    schema = json.loads((ROOT / "tests/data/compose/compose-spec.json").read_text())
    jsonschema.validate(COMPOSE, schema, cls=jsonschema.Draft7Validator)


def test_the_schema_would_notice_a_misspelt_key() -> None:
    schema = json.loads((ROOT / "tests/data/compose/compose-spec.json").read_text())
    wrong = {"services": {"web": {"imagge": "x"}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema, cls=jsonschema.Draft7Validator)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_service_has_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"]), "a number other than root's"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "healthcheck" in service
    assert "privileged" not in service


def test_only_the_proxy_has_a_door_to_the_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == ["inside"]
    assert SERVICES["valkey"]["networks"] == ["inside"]


def test_no_secret_has_a_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name, default in re.findall(r"\$\{(\w+)(:?[-?+][^}]*)?\}", text):
        assert default.startswith(":?"), f"{name} must be refused when it is empty"
    for line in (ROOT / "deploy/env.example").read_text().splitlines():
        if "=" in line and not line.startswith("#") and ("KEY" in line or "SECRET" in line or "PASSWORD" in line):
            assert line.endswith("="), line


def test_data_live_in_named_volumes() -> None:
    named = set(COMPOSE["volumes"])
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in named or (source.startswith("./deploy/") and volume.endswith(":ro"))


def test_the_example_environment_names_what_production_requires() -> None:
    from shop.settings.refusals import REQUIRED

    named = {line.split("=")[0] for line in (ROOT / "deploy/env.example").read_text().splitlines() if "=" in line}
    made_in_compose = {"DATABASE_URL", "BROKER_URL"}
    assert set(REQUIRED) <= named | made_in_compose
