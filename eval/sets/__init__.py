"""Evaluation sets: questions with their gold, the corpus they are asked of, and their roles.

Our own layout, SQuAD, BEIR and parallel sentences are read into the same values, so that everything
else knows one kind of question.
"""
