"""Passages → the sentences that hold the answer, and how likely they do: start at ``reader``."""
