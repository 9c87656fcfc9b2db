"""The chart, rendered by Helm's own engine and held against the schemas of Kubernetes."""

from __future__ import annotations

from typing import Any

import helm_python
import kubernetes_validate
import pytest
import yaml
from deploy_files import CHART, EVERYTHING, containers, pods, rendered

# The oldest release that is named in Chart.yaml, and the newest whose schemas are at hand.
RELEASES = ("1.27", kubernetes_validate.latest_version())


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("values", [{}, EVERYTHING], ids=["defaults", "everything"])
def test_every_manifest_is_one_that_kubernetes_takes(values: dict[str, Any], release: str) -> None:
    kinds = set()
    for manifest in rendered(values):
        kinds.add(manifest["kind"])
        if manifest["apiVersion"] != "ray.io/v1":
            kubernetes_validate.validate(manifest, release, strict=True)
        for pod in pods(manifest):
            whole = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, **pod}
            kubernetes_validate.validate(whole, release, strict=True)
    assert {"StatefulSet", "Service", "PodDisruptionBudget", "NetworkPolicy"} <= kinds
    more = {"HorizontalPodAutoscaler", "Ingress", "RayJob", "CronJob"}
    assert kinds & more == (more if values else set())


def test_a_slip_would_be_seen() -> None:
    service = next(one for one in rendered({}) if one["kind"] == "Service")
    service["spec"]["ports"][0]["prot"] = 1
    with pytest.raises(kubernetes_validate.ValidationError, match="prot"):
        kubernetes_validate.validate(service, RELEASES[0], strict=True)


def test_helm_finds_nothing_but_that_milvus_is_not_fetched_yet() -> None:
    report = helm_python.lint(CHART, EVERYTHING, strict=True)
    assert report["errors"] == ["chart directory is missing these dependencies: milvus"]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"replicas": 0}, "replicas"),
        ({"llm": {"url": "model:8000"}}, "url"),
        ({"backup": {"schedule": "daily"}}, "schedule"),
        ({"ressources": {}}, "ressources"),
        ({"resources": {"limits": {"memory": "4 GB"}}}, "memory"),
    ],
)
def test_a_wrong_value_is_refused_by_name(values: dict[str, Any], named: str) -> None:
    with pytest.raises(helm_python.HelmError, match=named), helm_python.Chart.load(CHART) as chart:
        chart.validate_schema(values)


def test_no_container_may_more_than_it_needs() -> None:
    found = 0
    for manifest in rendered(EVERYTHING):
        for pod in pods(manifest):
            spec = pod["spec"]
            assert spec["automountServiceAccountToken"] is False
            assert spec["securityContext"]["runAsNonRoot"] is True
            for container in containers(pod):
                found += 1
                assert container["securityContext"] == {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                }
                assert {"cpu", "memory"} <= container["resources"]["limits"].keys()
    assert found == 5


def test_what_is_mounted_and_selected_is_there() -> None:
    manifests = rendered(EVERYTHING)
    labels = [pod["metadata"]["labels"].items() for one in manifests for pod in pods(one)]
    for manifest in manifests:
        claims = manifest["spec"].get("volumeClaimTemplates", ())
        for pod in pods(manifest):
            volumes = {volume["name"] for volume in pod["spec"]["volumes"]}
            volumes |= {claim["metadata"]["name"] for claim in claims}
            for container in containers(pod):
                assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
        chosen = manifest["spec"].get("podSelector") or manifest["spec"].get("selector")
        if chosen:
            wanted = chosen.get("matchLabels", chosen).items()
            assert any(wanted <= some for some in labels), manifest["metadata"]["name"]


def test_every_secret_is_one_that_values_name() -> None:
    told = (CHART / "values.yaml").read_text(encoding="utf-8")
    text = yaml.safe_dump_all(rendered(EVERYTHING))
    keys = {ref["key"] for ref in _references(list(yaml.safe_load_all(text)))}
    assert keys == {"MUSNAD_STORE", "MUSNAD_LLM_KEY"}
    assert all(f"`{key}`" in told for key in (*keys, "tokens.json", "MILVUS_PASSWORD"))


def _references(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        own = [value["secretKeyRef"]] if "secretKeyRef" in value else []
        return own + [ref for part in value.values() for ref in _references(part)]
    return [ref for part in value for ref in _references(part)] if isinstance(value, list) else []
