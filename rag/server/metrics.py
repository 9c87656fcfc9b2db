"""``/metrics``: what Prometheus reads."""

from __future__ import annotations

import time
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.errors import MusnadError
from rag.service.service import Service
from rag.types import Answer

# Seconds; from a search here to a long answer by a large model.
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# What has no route of ours: the page, and what nobody serves.
_OTHER = "other"


class Metrics:
    """What is counted of one application over ``service``, in a registry of its own."""

    def __init__(self, service: Service) -> None:
        """Nothing is counted yet."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "musnad_requests", "HTTP requests", ("route", "method", "status"),
            registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "musnad_request_seconds", "Seconds from a request to the end of its response",
            ("route",), buckets=_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self._answers = Counter(
            "musnad_answers", "Answers by model, and whether the articles answer the question",
            ("model", "answered"), registry=self.registry,
        )  # fmt: skip
        self._stages = Histogram(
            "musnad_answer_seconds", "Seconds from a question to the end of a stage",
            ("stage",), buckets=_BUCKETS, registry=self.registry,
        )  # fmt: skip
        self._tokens = Counter(
            "musnad_tokens", "Tokens that the language model read (prompt) and wrote (reply)",
            ("kind",), registry=self.registry,
        )  # fmt: skip
        self.registry.register(_Now(service))
        service.hearers.append(self._answered)

    def requested(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def _answered(self, answer: Answer) -> None:
        self._answers.labels(answer.model, str(answer.answered).lower()).inc()
        for stage, seconds in answer.timings.items():
            self._stages.labels(stage).observe(seconds)
        for kind, count in answer.tokens.items():
            self._tokens.labels(kind).inc(count)


class _Now(Collector):
    """What is as it is when it is asked for."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        """See :class:`Collector`."""
        service = self._service
        yield GaugeMetricFamily(
            "musnad_queue", "Questions at the language model or waiting for it", service.queue
        )
        yield GaugeMetricFamily(
            "musnad_jobs_waiting", "Uploads that have not begun", service.jobs.waiting
        )
        try:
            snapshot = service.library.snapshot()
        except MusnadError:
            return
        for name, value in (*snapshot.counts._asdict().items(), ("bytes", snapshot.size)):
            yield GaugeMetricFamily(
                f"musnad_index_{name}", f"{name} of the index".capitalize(), value
            )


class Counting:
    """ASGI middleware that counts what passes."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Counts into ``metrics`` what ``app`` answers."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; what is no request passes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", _OTHER)
            method = scope["method"] if scope["method"] in _METHODS else _OTHER
            self._metrics.requested(route, method, status, time.perf_counter() - started)


def add_metrics(app: FastAPI, service: Service) -> None:
    """Count what ``app`` answers, and serve ``/metrics``."""
    metrics = Metrics(service)
    app.add_middleware(Counting, metrics=metrics)

    @app.get(
        "/metrics",
        tags=["server"],
        summary="Figures for Prometheus",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    def read_metrics() -> Response:
        """Requests, answers, how long they took, the queue, tokens, and the size of the index."""
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)
