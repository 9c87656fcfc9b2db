"""The store on Milvus, a database of vectors for many machines (https://milvus.io), behind the door
of :mod:`rag.store.protocol`; Milvus Lite is the same in a local file.
"""
