"""Chat completions by OpenAI's own client, LlamaIndex's, and as Open WebUI would read them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from fakes import HeldModel, ScriptedGenerator, WordReader
from libraries import word_library, word_settings
from llama_index.core.llms import ChatMessage
from llama_index.llms.openai_like import OpenAILike
from served import served, wait_for

from rag import cli
from rag.errors import GenerationError
from rag.library import Library
from rag.models.protocols import Generator as Model
from rag.models.protocols import Marks, Message, Told
from rag.server.app import build_app
from rag.service.line import HEARTBEAT_SECONDS
from rag.service.service import Service
from rag.types import Article

BRIDGE = "The bridge of Zarqa opened in 1932. It is 503 metres long."
DAM = "The dam of Zarqa opened in 1961. It is 88 metres high."
WHEN, LONG = "When did the bridge of Zarqa open?", "How long is it in metres?"
ARABIC = ("افتتح جسر الزرقاء عام 1932.", "متى افتتح جسر الزرقاء؟")

Serve = Callable[..., str]


class SureReader(WordReader):
    """Finds an answer to all questions but those about zebras."""

    def read(self, question: str, passages: Sequence[Told]) -> list[Marks]:
        more = -30.0 if "zebra" in question else 4.0
        found = super().read(question, passages)
        return [marks._replace(answers=marks.answers + more) for marks in found]


class BrokenModel:
    """Fails after its first piece."""

    name = "broken"

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, grammar: str | None = None
    ) -> Iterator[str]:
        yield "[1]"
        raise GenerationError("http://10.0.0.7:9999/secret: out of memory")


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Serves an index of two articles, and another beside it, answering with a model if given."""
    monkeypatch.chdir(tmp_path)
    # So few tokens that each sentence is a passage.
    settings = word_settings(tmp_path / "home", chunk_tokens=8, answerable=0.3)
    running: list[Any] = []

    def serving(generator: Model | None = None) -> str:
        library = word_library(
            Path("index/default"), settings, reader=SureReader(), generator=generator
        )
        date, url = "2024-07-25", "https://news.example/bridge?a=1"
        library.add([
            Article("bridge", BRIDGE, "A bridge", date, "The Post", url, "en"),
            Article("dam", DAM, "A dam", language="en"),
        ])  # fmt: skip
        beside = Library(Path("index/radio"), settings, models=library.models)
        beside.add([Article("جسر", ARABIC[0], language="ar")])
        service = Service(library)
        service.start()
        wait_for(lambda: service.loader.ready)
        running.append(served(build_app(service, page=False)))
        return f"{running[-1].__enter__()}/v1"

    yield serving
    for one in running:
        one.__exit__(None, None, None)


def client(url: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=url, api_key="none", max_retries=0)


def ask(url: str, *said: str, model: str = "musnad", **more: Any) -> Any:
    """The completion after what the user ``said``, or its chunks."""
    messages: Any = [{"role": "user", "content": text} for text in said]
    with client(url) as api:
        made = api.chat.completions.create(model=model, messages=messages, **more)
        return list(made) if more.get("stream") else made


def noted(annotated: Any) -> list[dict[str, Any]]:
    """The annotations of a message or a delta."""
    return [
        note if isinstance(note, dict) else note.model_dump()
        for note in getattr(annotated, "annotations", None) or []
    ]


def places(text: str, notes: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Each annotated claim with what is cited for it."""
    return [
        (
            text[note["url_citation"]["start_index"] : note["url_citation"]["end_index"]],
            *(note["musnad"][key] for key in ("n", "article", "date", "outlet", "start", "end")),
            note["musnad"]["quote"],
        )
        for note in notes
    ]


# --- answers --------------------------------------------------------------------------------------


def test_each_claim_is_annotated_with_the_exact_words(serve: Serve) -> None:
    completion = ask(serve(), "What opened in Zarqa?")
    (choice,) = completion.choices
    first, second = (text := choice.message.content).splitlines()
    assert first == "«The dam of Zarqa opened in 1961.» [1]"
    assert second == "2024-07-25: «The bridge of Zarqa opened in 1932.» [2]"
    assert (choice.finish_reason, choice.message.role) == ("stop", "assistant")
    assert completion.model == "musnad"
    assert completion.usage.to_dict() == dict.fromkeys(
        ("prompt_tokens", "completion_tokens", "total_tokens"), 0
    )
    notes = noted(choice.message)
    quote = "The bridge of Zarqa opened in 1932."
    expected = (quote, 2, "bridge", "2024-07-25", "The Post", 0, len(quote), quote)
    assert places(text, notes)[1] == expected
    assert notes[1]["type"] == "url_citation"
    start = len(first) + len("\n2024-07-25: «")
    assert notes[1]["url_citation"] == {
        "start_index": start,
        "end_index": start + len(quote),
        "title": "A bridge",
        "url": "https://news.example/bridge?a=1#:~:text=The%20bridge%20of%20Zarqa%20opened%20in%201932.",
        "content": quote,
    }


def test_an_article_without_an_address_is_named_as_a_resource(serve: Serve) -> None:
    url = serve()
    (note,) = noted(ask(url, ARABIC[1], model="musnad/radio").choices[0].message)
    assert note["url_citation"]["url"] == (
        f"musnad://radio/articles/%D8%AC%D8%B3%D8%B1#char=0,{len(ARABIC[0])}"
    )
    assert note["musnad"]["quote"] == ARABIC[0]


def test_what_the_model_wrote_and_the_tokens_it_took(serve: Serve) -> None:
    written = "[1] The bridge of Zarqa opened in 1932."
    model = ScriptedGenerator(written, written)
    url = serve(model)
    completion = ask(url, WHEN, temperature=0.2, max_tokens=5, top_p=0.5, n=1, user="x", seed=7)
    assert completion.choices[0].message.content.startswith("The bridge of Zarqa opened in 1932.")
    read = sum(len(message["content"]) for message in model.asked[0])
    assert completion.usage.prompt_tokens == read
    assert completion.usage.completion_tokens == len(written)
    assert completion.usage.total_tokens == read + len(written)
    *_, last = ask(url, WHEN, stream=True, stream_options={"include_usage": True})
    assert (last.choices, last.usage) == ([], completion.usage)


def test_a_question_without_an_answer_is_declined_in_words(serve: Serve) -> None:
    url = serve()
    (choice,) = ask(url, "How many zebras?").choices
    assert choice.message.content and choice.finish_reason == "stop"
    assert noted(choice.message) == []
    chunks = ask(url, "How many zebras?", stream=True)
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == choice.message.content
    assert not any(noted(chunk.choices[0].delta) for chunk in chunks)


def test_a_stream_has_the_role_the_text_the_annotations_and_the_end(serve: Serve) -> None:
    url = serve()
    whole = ask(url, WHEN).choices[0].message
    chunks = [chunk.choices[0] for chunk in ask(url, WHEN, stream=True)]
    first, *lines, annotated, last = chunks
    assert (first.delta.role, first.delta.content) == ("assistant", "")
    assert "".join(line.delta.content for line in lines) == whole.content
    assert noted(annotated.delta) == noted(whole)
    assert [chunk.finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert last.delta.to_dict() == {}


def test_a_stream_is_events_that_say_that_they_live_and_a_last_line(serve: Serve) -> None:
    body = {"model": "musnad", "stream": True, "messages": [{"role": "user", "content": WHEN}]}
    response = httpx.post(f"{serve()}/chat/completions", json=body)
    assert response.headers["content-type"].startswith("text/event-stream")
    events = response.text.split("\n\n")
    assert events[0].startswith("data: ") and events[1] == ": quoted"
    assert events[-2:] == ["data: [DONE]", ""]


def test_former_questions_are_what_a_question_leans_on(serve: Serve) -> None:
    model = ScriptedGenerator("NOT FOUND")
    url = serve(model)
    talk: Any = [
        {"role": "system", "content": "Always speak of the dam."},
        {"role": "user", "content": WHEN},
        {"role": "assistant", "content": "The dam opened in 1961. [1]"},
        {"role": "user", "content": [{"type": "text", "text": LONG}]},
    ]
    with client(url) as api:
        api.chat.completions.create(model="musnad", messages=talk)
    asked = model.asked[0][-1]["content"].splitlines()[-1]
    assert asked.endswith("How long is it in metres? (When did the bridge of Zarqa open)")


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    "question",
    [
        "كم شخصا سقط في إطلاق نار على حفل موسيقي بالقرب من موسكو؟",
        "أين عُقدت محادثات وانغ يي ولافروف في يوليو 2024؟",
        "What did Lavrov say in Vientiane?",
    ],
)
@pytest.mark.parametrize("written", [None, "[2] سقط 144 شخصا. [1] وانغ يي ولافروف."])
def test_the_same_claims_spans_and_order_as_the_command_line(
    question: str,
    written: str | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def load(*_: object) -> ScriptedGenerator | None:
        return ScriptedGenerator(*[written] * 3) if written else None

    monkeypatch.setattr("rag.models.loaded.load_generator", load)
    assert cli.main(["ask", question, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    expected = [
        (
            claim["text"], cited["n"], cited["article"]["id"], cited["article"]["date"],
            cited["article"]["outlet"], cited["start"], cited["end"], cited["quote"],
        )
        for claim in answer["claims"]
        for cited in claim["citations"]
    ]  # fmt: skip
    assert expected
    service = Service(Library())
    service.start()
    wait_for(lambda: service.loader.ready)
    with served(build_app(service, page=False)) as url:
        message = ask(f"{url}/v1", question).choices[0].message
        *_, annotated, _end = ask(f"{url}/v1", question, stream=True)
        llm = OpenAILike(model="musnad", api_base=f"{url}/v1", api_key="x", is_chat_model=True)
        like = llm.chat([ChatMessage(question, role="user")])
    assert message.content == answer["text"] == like.message.content
    assert places(message.content, noted(message)) == expected
    assert places(message.content, noted(annotated.choices[0].delta)) == expected
    assert like.raw is not None
    assert places(message.content, noted(like.raw.choices[0].message)) == expected


def test_llama_indexs_client_streams_what_it_would_have_been_told(serve: Serve) -> None:
    llm = OpenAILike(model="musnad", api_base=serve(), api_key="x", is_chat_model=True)
    whole = llm.complete(WHEN)
    *_, last = llm.stream_chat([ChatMessage(WHEN, role="user")])
    assert last.message.content == whole.text and "1932" in whole.text


# --- models and what is refused -------------------------------------------------------------------


def test_each_index_is_a_model_the_servers_own_first(serve: Serve) -> None:
    url = serve()
    with client(url) as api:
        assert [model.id for model in api.models.list()] == ["musnad", "musnad/radio"]
        assert api.models.retrieve("musnad/radio").id == "musnad/radio"
        with pytest.raises(openai.NotFoundError):
            api.models.retrieve("musnad/default")
    assert "1932" in ask(url, ARABIC[1], model="musnad/radio").choices[0].message.content


@pytest.mark.parametrize("model", ["gpt-4o", "musnad/../default", "", "musnad/"])
@pytest.mark.parametrize("stream", [False, True])
def test_an_unknown_model_is_not_found(serve: Serve, model: str, stream: bool) -> None:
    with pytest.raises(openai.NotFoundError) as error:
        ask(serve(), WHEN, model=model, stream=stream)
    assert error.value.body == {
        "message": f"the model {model!r} does not exist",
        "type": "invalid_request_error",
        "param": "model",
        "code": "model_not_found",
    }


IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {}}}


@pytest.mark.parametrize(
    ("changed", "param", "message"),
    [
        ({"n": 2}, "n", "n = 2: there is one answer"),
        ({"tools": [TOOL]}, "tools", "tools: none are called"),
        (
            {"response_format": {"type": "json_object"}},
            "response_format",
            "response_format 'json_object': answers are text",
        ),
        (
            {"messages": [{"role": "user", "content": [IMAGE]}]},
            "messages",
            "image_url: only text can be asked",
        ),
        ({"messages": [{"role": "system", "content": "Hello"}]}, "messages", "the user asks noth"),
        ({"messages": [{"role": "user", "content": " "}]}, "messages", "empty question"),
        ({"messages": [{"role": "user", "content": "x" * 2001}]}, "messages", "2,001 characters"),
        ({"messages": []}, "messages", "at least 1"),
        ({"messages": "Hello"}, "messages", "valid list"),
        ({"model": None}, "model", "valid string"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_is_not_done_is_refused_by_name(
    serve: Serve, changed: dict[str, Any], param: str, message: str, stream: bool
) -> None:
    body: dict[str, Any] = {"model": "musnad", "messages": [{"role": "user", "content": WHEN}]}
    with client(serve()) as api, pytest.raises(openai.BadRequestError) as error:
        api.chat.completions.create(**body | changed, stream=stream)
    assert isinstance(error.value.body, dict)
    assert error.value.body["type"] == "invalid_request_error"
    assert error.value.body["param"] == param
    assert message in error.value.body["message"]


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[" * 100_000,
        '{"model": "\\ud800", "messages": [{"role": "user", "content": "x"}]}',
        '{"model": "musnad", "messages": [{"role": "user", "content": [{"type": "\\ud800"}]}]}',
        '{"model": "musnad", "messages": [{"role": "user", "content": "\\ud800"}]}',
    ],
    ids=["broken", "deep", "model", "part", "question"],
)
def test_what_is_no_json_or_no_text_is_refused(serve: Serve, body: str) -> None:
    response = httpx.post(
        f"{serve()}/chat/completions", content=body, headers={"Content-Type": "application/json"}
    )
    assert response.status_code in (400, 404)
    assert response.json()["error"]["type"] == "invalid_request_error"


def test_a_failing_model_is_told_without_internals(serve: Serve) -> None:
    url = serve(BrokenModel())
    with pytest.raises(openai.InternalServerError) as error:
        ask(url, WHEN)
    assert error.value.status_code == 503
    assert "cannot do this now" in str(error.value) and "10.0.0.7" not in str(error.value)
    with pytest.raises(openai.APIError) as broken:
        ask(url, WHEN, stream=True)
    assert "cannot do this now" in str(broken.value) and "10.0.0.7" not in str(broken.value)


# --- clients that go away -------------------------------------------------------------------------


@pytest.mark.parametrize("stream", [False, True])
def test_who_goes_away_gives_the_model_and_the_place_up(serve: Serve, stream: bool) -> None:
    model = HeldModel()
    url = httpx.URL(serve(model))
    body = {"model": "musnad", "stream": stream, "messages": [{"role": "user", "content": WHEN}]}

    def asking() -> HTTPConnection:
        connection = HTTPConnection(url.host, url.port or 80)
        headers = {"Content-Type": "application/json"}
        connection.request("POST", f"{url.path}/chat/completions", json.dumps(body), headers)
        return connection

    first = asking()
    wait_for(lambda: model.writing == 1)
    second = asking()
    time.sleep(0.5)
    third = asking()
    second.close()
    time.sleep(HEARTBEAT_SECONDS + 0.5)
    first.close()
    assert wait_for(lambda: model.stopped == 1) < 1
    # The one who waited and went away was not answered; the last is.
    wait_for(lambda: model.writing == 2)
    model.released.set()
    assert third.getresponse().read()
    third.close()
    assert (model.writing, model.stopped) == (2, 1)


# --- Open WebUI -----------------------------------------------------------------------------------


def open_webui(chunks: Sequence[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """The text and the numbered sources that Open WebUI makes of a stream: a source of each
    ``url_citation``, those of one address being one, in the order in which they come.
    """
    text, sources = "", dict[str, dict[str, Any]]()
    for chunk in chunks:
        for choice in chunk["choices"][:1]:
            text += choice["delta"].get("content") or ""
            for note in choice["delta"].get("annotations") or []:
                if note.get("type") == "url_citation" and "url_citation" in note:
                    url = note["url_citation"].get("url", "")
                    source = {"url": url, "name": note["url_citation"].get("title", url)}
                    sources.setdefault(url, source)
    return text, list(sources.values())


def test_open_webui_counts_the_sources_as_the_markers_do(serve: Serve) -> None:
    # Two quotations of one article, of which the first is cited twice.
    written = (
        "[1] The bridge of Zarqa opened in 1932. [2] It is 503 metres long."
        " [1] The bridge opened in 1932."
    )
    url = serve(ScriptedGenerator(written))
    question = "When did the bridge of Zarqa open, and how many metres long is it?"
    body = {"model": "musnad", "stream": True, "messages": [{"role": "user", "content": question}]}
    response = httpx.post(f"{url}/chat/completions", json=body)
    lines = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
    chunks = [json.loads(line) for line in lines if line.startswith("{")]
    text, sources = open_webui(chunks)
    notes = [n for c in chunks for n in c["choices"][0]["delta"].get("annotations") or []]
    told = places(text, notes)
    assert [number for _, number, *_ in told][:3] == [1, 2, 1]
    markers = [int(n) for n in re.findall(r"\[(\d+)\]$", text, re.MULTILINE)]
    assert markers == [number for _, number, *_ in told]
    for note in notes:
        source = sources[note["musnad"]["n"] - 1]
        assert source["url"] == note["url_citation"]["url"]
    assert len(sources) == max(markers)
