"""What is told of an error to who asks from elsewhere: one line about the request, never about what
is inside.
"""

from __future__ import annotations

import logging

from rag.errors import (
    ArticleNotFound,
    Busy,
    Conflict,
    CorpusError,
    IndexNotFound,
    JobNotFound,
    MusnadError,
    UsageError,
)

# What an error says of the request, as HTTP has it, the first that fits; anything else that Musnad
# raises is our own trouble, of which the log tells.
_STATUSES: tuple[tuple[type[MusnadError], int], ...] = (
    (ArticleNotFound, 404),
    (IndexNotFound, 404),
    (JobNotFound, 404),
    (Conflict, 409),
    (CorpusError, 400),
    (UsageError, 400),
    (Busy, 503),
)
FAILED = "the server cannot do this now; its log says why"

_log = logging.getLogger(__name__)


def told(error: MusnadError) -> tuple[int, str]:
    """The status of an error, and what is said of it."""
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), None)
    if status is None:
        _log.warning("%s", error)
        return 503, FAILED
    return status, str(error)
