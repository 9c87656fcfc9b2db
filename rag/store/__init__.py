"""What is on disk: articles and chunks (SQLite), vectors (FAISS), the lexical index, the manifest.

``index`` opens and writes whole snapshots; the other modules are one file format each.
"""
