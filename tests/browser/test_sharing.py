"""Several people at one page: each sees their own answers, and nobody waits without being told."""

from __future__ import annotations

import itertools
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from browser.conftest import Site, serving
from browser.reader import DAM, MEETING, MOSCOW, Reader
from browser.test_accessible import findings
from selenium.webdriver.remote.webdriver import WebDriver

from rag.chat.auth import hashed
from rag.server.tokens import Tokens
from rag.service.rights import Role

PEOPLE = 10


def test_two_browsers_at_once(
    shared_site: Site, driver: WebDriver, drivers: Callable[..., WebDriver]
) -> None:
    here, there = Reader(driver, shared_site).open(), Reader(drivers(), shared_site).open()
    shared_site.script.hold()
    here.send(MEETING)
    here.until(lambda: "Writing" in "".join(here.answers()), "the first to write")
    there.send(MOSCOW)
    there.until(lambda: "1 person before you" in "".join(there.answers()), "the place in line")
    assert "144" in there.answers()[0], "the quotes are there meanwhile"
    shared_site.script.release()
    assert "فينتيان" in here.answered()
    assert "داعش" in there.answered()
    for reader, question in ((here, MEETING), (there, MOSCOW)):
        assert [e.text for e in reader.all(".musnad-asked")] == [question]


def test_ten_people_at_once(shared_site: Site) -> None:
    """Over the page's own protocol: nobody waits long without a word, nor gets another's answer."""
    site, before = shared_site, len(shared_site.script.asked())
    gate = threading.Barrier(PEOPLE)
    for n in range(PEOPLE):
        site.script.say(f"q{n}q", f"[1] سقط 144 شخصا وكان السائل رقم {n}")
    site.script.hold()

    def ask(n: int) -> list[tuple[float, str]]:
        gate.wait()
        return list(said(site.url, f"{MOSCOW} q{n}q"))

    with ThreadPoolExecutor(PEOPLE + 1) as pool:
        running = [pool.submit(ask, n) for n in range(PEOPLE)]
        # Long enough for all to be in line behind the one that writes.
        pool.submit(release, site)
        streams = [one.result(timeout=120) for one in running]

    firsts, waits, places, ends = [], [], set(), []
    for n, stream in enumerate(streams):
        times = [0.0, *(at for at, _ in stream)]
        waits.append(max(b - a for a, b in itertools.pairwise(times)))
        firsts.append(times[1])
        ends.append(times[-1])
        texts = [text for _, text in stream]
        assert any("«" in text for text in texts), "the quotes came"
        places |= {text.partition(" before you")[0][-9:] for text in texts if "before you" in text}
        assert f"q{n}q" in texts[-1], "the question asked"
        others = [m for m in range(PEOPLE) if m != n and f"q{m}q" in "".join(texts)]
        assert others == []
    longest = max(waits)
    print(
        f"{PEOPLE} people: first word after {max(firsts):.1f} s at most, longest silence"
        f" {longest:.1f} s, last answer after {max(ends):.1f} s"
    )
    assert max(firsts) < 3
    assert longest < 6
    assert any("9 people" in place for place in places)
    assert any("1 person" in place for place in places)
    assert sorted(q[-2] for q in site.script.asked()[before:]) == [str(n) for n in range(PEOPLE)]


def release(site: Site) -> None:
    """After a while."""
    time.sleep(4)
    site.script.release()


def said(url: str, question: str) -> Iterator[tuple[float, str]]:
    """Each state of the chat that the page is told, with the seconds since the question."""
    config = fetched(f"{url}/config")
    box = next(
        c["id"] for c in config["components"] if c["props"].get("elem_id") == "musnad-question"
    )
    event = next(d for d in config["dependencies"] if [box, "submit"] in d["targets"])
    defaults = {c["id"]: c["props"].get("value") for c in config["components"]}
    session = f"s{threading.get_ident()}"
    data = [question, *(defaults[id_] for id_ in event["inputs"][1:])]
    started = time.monotonic()
    fetched(
        f"{url}/gradio_api/queue/join",
        {"data": data, "fn_index": event["id"], "session_hash": session},
    )
    stream = f"{url}/gradio_api/queue/data?session_hash={session}"
    with urllib.request.urlopen(stream, timeout=60) as lines:
        for line in lines:
            if not line.startswith(b"data:"):
                continue
            message = json.loads(line[5:])
            if message["msg"] in ("process_generating", "process_completed"):
                assert message["success"], message
                told = json.dumps(message["output"]["data"], ensure_ascii=False)
                yield time.monotonic() - started, told
            if message["msg"] == "process_completed":
                return


def fetched(url: str, sent: dict[str, Any] | None = None) -> Any:
    """The JSON at ``url``."""
    body = json.dumps(sent).encode() if sent else None
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)


def logs_in(reader: Reader, name: str, password: str) -> None:
    """Fill in the form and send it."""
    for field, text in (("name", name), ("password", password)):
        reader.one(f"input[name={field}]").clear()
        reader.one(f"input[name={field}]").send_keys(text)
    reader.one("button").click()


def test_only_those_of_the_file_get_in(tmp_path: Path, driver: WebDriver) -> None:
    logins = tmp_path / "logins"
    logins.write_text(f"reader:{hashed('كلمة السر')}\n", encoding="utf-8")
    with serving(tmp_path, logins) as site:
        with pytest.raises(urllib.error.HTTPError, match="401"):
            fetched(f"{site.url}/config")
        reader = Reader(driver, site)
        for language, told in (("ar", "لا يتطابق"), ("en", "do not belong together")):
            driver.get(site.url)
            driver.add_cookie({"name": "musnad_language", "value": language})
            driver.get(site.url)
            logs_in(reader, "reader", "wrong")
            assert told in reader.one("[role=alert]").text
            assert findings(reader) == []
        assert not reader.all("#musnad-question")
        logs_in(reader, "reader", "كلمة السر")
        reader.settled()
        assert "northern dam opened" in reader.ask(DAM)
        reader.click("#musnad-to-log_out")
        reader.one("input[type=password]")
        driver.get(site.url)
        reader.one("input[type=password]")


def test_a_token_is_a_password_and_a_reader_only_reads(tmp_path: Path, driver: WebDriver) -> None:
    token = Tokens(tmp_path / "home").add("guest", Role.READER)
    with serving(tmp_path) as site:
        driver.get(site.url)
        reader = Reader(driver, site)
        logs_in(reader, "guest", token)
        reader.settled()
        reader.click("[role=tab]:nth-child(2)")
        reader.until(
            lambda: "takes the role of an editor" in reader.one("#musnad-lib-hint").text,
            "what a reader may not",
        )
        reader.until(lambda: not reader.all("#musnad-lib-files input"), "no box for files")
        assert not reader.all("#musnad-lib-address textarea, #musnad-lib-address input")
        reader.click("#musnad-lib-list button[data-does=open]")
        reader.one("article.musnad-lib-article")
        assert not reader.all(".musnad-lib-amend, [data-does=remove]")
        driver.get("about:blank")
