"""What readers think of answers, kept on this machine: a line of JSON for each time they say so.

Nothing is sent anywhere. A reason given later is a line of its own with the same ``answer_id``.
"""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Literal

from rag.chat.exchange import Conversation
from rag.errors import StoreError
from rag.text.normalize import encodable

FILE = "feedback.jsonl"
REASONS = ("wrong_citation", "wrong_answer", "missing_answer", "badly_written", "good_answer")
MOST_REMARK = 2000

Verdict = Literal["like", "dislike"]


class Feedback:
    """Appends to ``feedback.jsonl`` in the index's folder."""

    def __init__(self, folder: Path) -> None:
        """Nothing is written before somebody says something."""
        self._file = folder / FILE
        self._lock = threading.Lock()

    def keep(
        self,
        conversation: Conversation,
        index: int,
        verdict: Verdict,
        reason: str | None = None,
        remark: str = "",
    ) -> None:
        """Write what was thought of answer ``index``, with the question, the answer and its hits.

        Raises:
            StoreError: the file cannot be written.
        """
        exchange = conversation.exchanges[index]
        record = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "answer_id": f"{conversation.id}-{index}",
            "verdict": verdict,
            "reason": reason if reason in REASONS else None,
            "remark": remark.strip()[:MOST_REMARK],
            "question": exchange.question,
            "answer": exchange.answer.to_dict() if exchange.answer else None,
        }
        line = encodable(json.dumps(record, ensure_ascii=False)) + "\n"
        try:
            with self._lock, self._file.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise StoreError(f"{self._file}: {error.strerror}") from error
