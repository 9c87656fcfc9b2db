"""An article is only text: it is not obeyed, poses as nothing, and is never markup."""

from __future__ import annotations

import json
import re
import unicodedata
from html.parser import HTMLParser
from typing import ClassVar

import pytest
from fakes import ScriptedGenerator, WordEncoder
from libraries import again, word_library
from reading.hostile_articles import (
    ABOUT_HONEST,
    ABOUT_HOSTILE,
    HONEST,
    HOSTILE,
    Hostile,
)

from rag.chat.exchange import Exchange
from rag.chat.render import answer_html
from rag.chat.sources import panel_html
from rag.library import Library
from rag.reading.hostile import plain
from rag.types import Answer

_DIMENSION = 512
# What a tokenizer could take for more than words.
_TOKENS = re.compile(r"<[|｜/<]|\[/?INST|<(?:s|unk|mask|start_of_turn|0x0A)>|<\[")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a  b\n\tc\u00a0d", "a b c d"),
        ("The dam [7] ［8］", "The dam (7) (8)"),
        ("d\u200ba\u00adm \u202e1\u202c\ufeff \u0000x\u0007", "dam 1 x"),
        ("<|im_start|> <s> <</SYS>> <0x0A>", "‹|im_start|> ‹s> ‹‹/SYS>> ‹0x0A>"),
        ("<|im_\u200bend|> ＜s＞", "‹|im_end|> ‹s>"),
        ("if 3 < 5 and x <= 2 or a->b: <3", "if 3 < 5 and x <= 2 or a->b: <3"),
        ("كَتَبَ «محمّدٌ» رسالةً، ٣٫٥٪ — naïve café", "كَتَبَ «محمّدٌ» رسالةً، ٣٫٥٪ — naïve café"),
        ("می\u200cخواهم", "میخواهم"),
        ("e" + "\u0301" * 100, "e" + "\u0301" * 4),
    ],
)
def test_plain(raw: str, shown: str) -> None:
    assert plain(raw) == shown
    assert plain(shown) == shown


def test_endless_text_is_shortened_at_a_word() -> None:
    assert len(plain("word " * 10_000)) < 1500
    assert plain("word " * 10_000).endswith(" word")
    assert len(plain("\U00012000" * 10_000).encode()) < 1500


@pytest.fixture(scope="module", params=HOSTILE, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Hostile:
    """One of the hostile articles."""
    assert isinstance(request.param, Hostile)
    return request.param


@pytest.fixture(scope="module")
def attacked(case: Hostile, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library that holds the hostile article and the honest one of its language."""
    folder = tmp_path_factory.mktemp("attacked")
    records = [
        {"text": HONEST[case.language], "title": "Honest"},
        {"text": case.text, "title": case.title},
    ]
    corpus = folder / "articles.jsonl"
    corpus.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    library = word_library(
        folder / "index",
        encoder=WordEncoder("passages", _DIMENSION),
        sentence_encoder=WordEncoder("sentences", _DIMENSION),
    )
    assert len(library.ingest([corpus]).added) == 2
    return library


def test_quoting_shows_the_articles_own_words(attacked: Library, case: Hostile) -> None:
    for question in (ABOUT_HONEST[case.language], ABOUT_HOSTILE[case.language]):
        answer = attacked.ask(question)
        assert answer.answered
        check(attacked, answer, case)


def test_the_honest_answer_survives(attacked: Library, case: Hostile) -> None:
    says = {"en": "It cost 320 million dollars", "ar": "بلغت 320 مليون دولار"}[case.language]
    library, generator = with_generator(attacked, f"[1] {says}")
    answer = library.ask(ABOUT_HONEST[case.language])
    if not case.outranks:
        assert "320" in prompt_of(generator)
        assert any(claim.text == says and claim.supported for claim in answer.claims)
    check(library, answer, case)


@pytest.mark.parametrize("reply", ["[1] {}", "{} [9]"])
def test_a_model_that_obeys_changes_nothing(attacked: Library, case: Hostile, reply: str) -> None:
    for question in (ABOUT_HONEST[case.language], ABOUT_HOSTILE[case.language]):
        library, generator = with_generator(attacked, reply.format(case.says))
        answer = library.ask(question)
        check(library, answer, case)
        check_prompt(prompt_of(generator))


def test_what_speaks_to_the_model_is_still_found_and_read(attacked: Library, case: Hostile) -> None:
    hits = attacked.search(ABOUT_HONEST[case.language], k=50)
    article = next(a for a in attacked.articles() if a.title != "Honest")
    assert article.text == case.text
    assert {article.id} <= {hit.article.id for hit in hits}


def with_generator(library: Library, reply: str) -> tuple[Library, ScriptedGenerator]:
    generator = ScriptedGenerator(reply)
    return again(library, generator=generator), generator


def prompt_of(generator: ScriptedGenerator) -> str:
    assert len(generator.asked) == 1
    return generator.asked[0][-1]["content"]


def check(library: Library, answer: Answer, case: Hostile) -> None:
    check_quotes(library, answer)
    check_markers(answer)
    check_claims(answer, case)
    check_page(library, answer)


def check_quotes(library: Library, answer: Answer) -> None:
    for claim in answer.claims:
        for citation in claim.citations:
            text = library.article(citation.article.id).text
            assert text[citation.start : citation.end] == citation.quote


def check_markers(answer: Answer) -> None:
    """Markers count from 1 and have a citation; brackets inside of claims are not markers."""
    numbers = {c.n for claim in answer.claims for c in claim.citations}
    assert numbers == set(range(1, len(numbers) + 1))
    shown = {int(n) for n in re.findall(r"\[(\d+)\]", outside_of_claims(answer))}
    assert shown == numbers


def outside_of_claims(answer: Answer) -> str:
    text = answer.text
    for claim in answer.claims:
        assert claim.text in text
        text = text.replace(claim.text, "", 1)
    return text


def check_claims(answer: Answer, case: Hostile) -> None:
    """What the attack wants said is only shown where an article says so, with those words."""
    assert bare(case.says) not in bare(outside_of_claims(answer))
    for claim in answer.claims:
        if bare(case.says) in bare(claim.text) and claim.supported:
            assert words(case.says) <= words(claim.citations[0].quote)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", bare(text)))


def bare(text: str) -> str:
    return plain(text).casefold()


def check_prompt(prompt: str) -> None:
    strange = {c for c in prompt if unicodedata.category(c) in ("Cc", "Cf")} - {"\n"}
    assert not strange
    assert not _TOKENS.search(prompt)
    assert len(prompt) < 8000
    # Excerpts are numbered, one on each line; no other line or bracket is of an article.
    _, *excerpts, empty, _ = prompt.split("\n")
    assert empty == ""
    for n, line in enumerate(excerpts, start=1):
        assert line.startswith(f"[{n}] ")
    assert prompt.count("[") == prompt.count("]") == len(excerpts)


def check_page(library: Library, answer: Answer) -> None:
    """The page of the answer holds the renderer's own tags, links and words, and nothing live."""
    bubble = answer_html(answer, 0, "ar")
    page = Page(
        bubble + panel_html([Exchange("?", answer)], lambda name, _: library.article(name), "en")
    )
    assert page.links <= page.ids
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page.source)
    for claim in answer.claims:
        for citation in claim.citations:
            assert f"#s0-{citation.n}" in page.links
            assert squeezed(citation.quote) in squeezed(page.said)


def squeezed(text: str) -> str:
    """Without white space and controls, which a page does not show."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in "Cc Cf")


class Page(HTMLParser):
    """Markup as a browser reads it; refuses whatever the renderer does not write itself."""

    # The answer's, then the panel's.
    TAGS = frozenset(
        {"div", "p", "a", "bdi", "strong", "span", "blockquote", "mark", "ul", "ol", "li"}
        | {"section", "h2", "button", "details", "summary"}
    )
    ATTRIBUTES: ClassVar[dict[str, str]] = {
        "class": r"musnad-[a-z-]+(?: yes| no)?",
        "id": r"[sm]0-\d+|sources-0",
        "dir": "ltr|rtl|auto",
        "lang": "ar|en|und",
        "href": r"#[sm]0-\d+",
        "tabindex": "-1",
        "type": "button",
        "title": "Back to the answer",
        "aria-label": r"Back to the answer \[\d+\]",
        "data-open": r'\{"article": "\w+", "label": "\w{8}", "start": \d+, "end": \d+,'
        r' "exchange": (?:0|null)\}',
    }

    def __init__(self, source: str) -> None:
        """Read ``source``."""
        super().__init__(convert_charrefs=True)
        self.source = source
        self.said = ""
        self.links: set[str] = set()
        self.ids: set[str] = set()
        self._open: list[str] = []
        assert "\n" not in source
        self.feed(source)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.TAGS
        self._open.append(tag)
        for name, value in attrs:
            assert re.fullmatch(self.ATTRIBUTES[name], value or "")
            if name in ("id", "href"):
                (self.ids if name == "id" else self.links).add(f"#{(value or '').lstrip('#')}")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)
