"""Musnad: answers about news articles whose every sentence cites the words that support it.

Start with :class:`rag.library.Library`, the façade that wires the rooms together;
then ``rag.types`` for the values it returns and ``rag.errors`` for what it raises.
Importing this package does no work: no folder is made, no model loaded, no environment read.
"""

__version__ = "0.1.0"
