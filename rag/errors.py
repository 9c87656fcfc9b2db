"""The whole error tree.

Every error a user can meet is a :class:`MusnadError` whose message is one line that names the
file or value at fault and, where there is one, the command that mends it. The command line prints
that line and exits with ``exit_code``: 1 for something that failed, 2 for wrong usage.
"""


class MusnadError(Exception):
    """Base of every error Musnad raises on purpose."""

    exit_code = 1


class UsageError(MusnadError):
    """The request itself is wrong: an empty question, an unknown option value."""

    exit_code = 2


class IndexNotFound(UsageError):
    """No index that may be searched has this name."""


class CorpusError(MusnadError):
    """An input file cannot be read as articles."""


class ArticleNotFound(MusnadError):
    """No article of the index has this id, or several do."""


class JobNotFound(MusnadError):
    """No job has this id, or it ended long ago."""


class Conflict(MusnadError):
    """What is asked for does not go with how things stand now."""


class Busy(MusnadError):
    """More is asked for than is taken on; later it may be."""


class StoreError(MusnadError):
    """The index on disk is missing, damaged, or cannot be written."""


class IndexMismatch(StoreError):
    """The index was made by other models or settings than those in force."""


class ModelError(MusnadError):
    """A model cannot be had, loaded or run."""


class WeightsMissing(ModelError):
    """Weights are not in the cache and fetching was not possible or not allowed."""


class ChecksumMismatch(ModelError):
    """A payload does not have the sha256 the catalogue promises."""


class GenerationError(ModelError):
    """A language model failed while answering."""


class TokenError(MusnadError):
    """The file of tokens cannot be read or written, or there is no such token."""
