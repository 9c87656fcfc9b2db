"""Asks the installed command what the README promises answers to, and checks each quote."""

import json
import resource
import subprocess
import sys
import time


def musnad(*arguments: str) -> object:
    """The JSON that a command prints."""
    done = subprocess.run(["musnad", *arguments, "--json"], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"musnad {' '.join(arguments)} exited with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def ask(question: str, *expected: str) -> None:
    """The answer is given, and each expected alternative stands in one of its exact quotes."""
    answer = musnad("ask", question)
    print(f"{question}\n  {answer['text']}\n  {answer['timings']}")
    quotes = []
    for claim in answer["claims"]:
        for citation in claim["citations"]:
            article = musnad("show", citation["article"]["id"])
            exact = article["text"][citation["start"] : citation["end"]]
            assert exact == citation["quote"], (exact, citation)
            quotes.append(exact)
    assert answer["answered"], answer
    for words in expected:
        assert any(words in quote for quote in quotes), (words, quotes)


# First, while no other child process has run: the peak is the search's own.
started = time.perf_counter()
musnad("search", "متى التقى وانغ يي ولافروف")
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
print(f"search in a new process: {seconds:.1f} s, {peak:.0f} MB")
assert peak < 800, peak
ask("متى وأين التقى وانغ يي ولافروف في يوليو 2024؟", "فينتيان", "25 يوليو 2024")
ask("How many people were killed in the attack near Moscow?", "144")
declined = musnad("ask", "Who won the 2022 World Cup?")
print(declined["question"], declined["text"], declined["reason"], sep="\n  ")
assert not declined["answered"] and not declined["claims"], declined
