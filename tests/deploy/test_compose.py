"""The compose file: valid, whole, and without a secret in it."""

from __future__ import annotations

import pytest
import yaml
from compose_spec import PyCompose
from deploy_files import DEPLOY, compose_variables, composed

SERVICES = yaml.safe_load(composed())["services"]


def test_it_is_one_by_the_specification() -> None:
    assert PyCompose.from_yaml(composed()).service_names() == list(SERVICES)
    with pytest.raises(ValueError, match="portz"):
        PyCompose.from_yaml(composed().replace("ports:", "portz:"))


def test_what_has_no_default_is_in_the_example_and_has_no_value_there() -> None:
    lines = (DEPLOY / ".env.example").read_text(encoding="utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(example) == {name for name, given in compose_variables().items() if given is None}
    assert not any(example.values())


def test_what_is_referred_to_is_there() -> None:
    whole = yaml.safe_load(composed())
    used: dict[str, set[str]] = {"networks": set(), "volumes": set(), "configs": set()}
    for service in SERVICES.values():
        used["networks"] |= set(service["networks"])
        used["volumes"] |= {volume.split(":")[0] for volume in service["volumes"]}
        used["configs"] |= {config["source"] for config in service.get("configs", ())}
        assert set(service.get("depends_on", ())) <= set(SERVICES)
    assert used == {kind: set(whole[kind]) for kind in used}


def test_addresses_are_those_of_services_on_a_shared_network() -> None:
    environment = SERVICES["musnad"]["environment"]
    for variable, host in (("MUSNAD_STORE", "milvus"), ("MUSNAD_LLM", "model")):
        assert f"{host}:" in environment[variable].rpartition("//")[2].rpartition("@")[2]
        assert set(SERVICES[host]["networks"]) & set(SERVICES["musnad"]["networks"])


def test_only_musnad_is_reached_from_without_and_from_this_machine_alone() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"musnad": ["127.0.0.1:8000:8000"]}
    assert yaml.safe_load(composed())["networks"]["inside"] == {"internal": True}


def test_what_runs_is_looked_after() -> None:
    for name, service in SERVICES.items():
        if name != "weights":
            limits = service["deploy"]["resources"]["limits"]
            assert service["restart"] == "unless-stopped" and {"cpus", "memory"} <= set(limits)
            # The image says how Musnad is.
            assert name == "musnad" or service["healthcheck"]["test"][0] == "CMD"
