"""Evaluation: data sets, metrics, and the commands that measure. A face over ``rag.library``."""
