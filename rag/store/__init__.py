"""Articles, vectors and words on disk, behind the door of :mod:`rag.store.protocol`."""
