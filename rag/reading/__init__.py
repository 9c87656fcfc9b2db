"""Passages → what answers: the sentences that hold the answer, and how likely they do.

Start at ``reader``; its ``Reading`` is all that the rooms above get.
"""
