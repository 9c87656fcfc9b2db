"""Weights and the models that run on them.

``catalogue`` says what exists and what its bytes must hash to, ``fetch`` brings it into the cache,
``protocols`` is all that the other rooms see of a model. Only this room imports torch,
sentence-transformers, OpenVINO and llama.cpp.
"""
