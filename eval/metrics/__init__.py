"""Metrics, pure functions: each says its formula, its source and what it gives for nothing.

``ranking`` judges ranked passages, ``words`` an answer's wording, ``citations`` its sources,
``selective`` the choice between answering and declining, ``statistics`` gives intervals,
comparisons and quantiles.
"""

from __future__ import annotations

from eval.metrics.citations import (
    Cited,
    citation_precision,
    citation_recall,
    numbering_sound,
    quotes_exact,
)
from eval.metrics.ranking import (
    METRICS,
    Rank,
    first_rank,
    graded_ndcg,
    graded_recall,
    ndcg,
    recall,
    reciprocal_rank,
    subtopic_recall,
    summarise,
)
from eval.metrics.selective import (
    Bin,
    abstention,
    area_under,
    calibration_error,
    reliability,
    risk_coverage,
)
from eval.metrics.statistics import (
    Difference,
    Interval,
    bootstrap,
    holm,
    mean_interval,
    paired_difference,
    quantile,
    ratio_interval,
)
from eval.metrics.words import contains, exact, f1, words_of

__all__ = [
    "METRICS",
    "Bin",
    "Cited",
    "Difference",
    "Interval",
    "Rank",
    "abstention",
    "area_under",
    "bootstrap",
    "calibration_error",
    "citation_precision",
    "citation_recall",
    "contains",
    "exact",
    "f1",
    "first_rank",
    "graded_ndcg",
    "graded_recall",
    "holm",
    "mean_interval",
    "ndcg",
    "numbering_sound",
    "paired_difference",
    "quantile",
    "quotes_exact",
    "ratio_interval",
    "recall",
    "reciprocal_rank",
    "reliability",
    "risk_coverage",
    "subtopic_recall",
    "summarise",
    "words_of",
]
