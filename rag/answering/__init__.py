"""Passages → answer: evidence, prompt, generation, citations, verification, abstention."""
