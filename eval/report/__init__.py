"""The report of a run: one HTML file that needs nothing else, and its pictures as PNG.

Articles and answers are hostile until shown harmless: every word is escaped by the template, no
script is in the page, and its content policy lets nothing be fetched.
"""

from __future__ import annotations

from eval.report.page import write_report

__all__ = ["write_report"]
