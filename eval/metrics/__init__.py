"""Metrics, pure functions: each says its formula, its source and what it gives for nothing.

``ranking`` judges ranked passages, ``words`` an answer's wording, ``citations`` its sources,
``selective`` the choice between answering and declining, ``statistics`` gives intervals
and comparisons.
"""
