"""Passages → answer: evidence, prompt, generation, citations, verification, abstention.

Start at ``engine``; ``compose`` puts the answer together. ``conversation`` completes questions that
lean on former turns, ``several`` sees to more than one article, ``hostile`` to what is not news.
"""
