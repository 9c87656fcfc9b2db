"""Feeds: what is read of each entry, and what each kind of bad feed is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus_files import ADDRESS, ATOM, FIRST, RSS, SECOND, TITLE

from rag.corpus.documents import Document, Unreadable
from rag.corpus.readers import read_documents

FULL = f"""<?xml version="1.0" encoding="{{encoding}}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>صحيفة الساحل</title>
<item><title>{TITLE}</title><dc:date>2024-03-05T00:30:00+03:00</dc:date>
<description>A summary.</description>
<content:encoded><![CDATA[<p>{FIRST}</p><p>3 &lt; 4 &amp; 5<br/>A line</p>]]></content:encoded>
</item>
<item><title>Only a title</title></item>
<item><description>Rain &amp;amp; wind: 3 &lt; 4.</description><pubDate>soon</pubDate></item>
</channel></rss>"""


def read(path: Path, feed: str | bytes) -> list[Document | Unreadable]:
    path.write_bytes(feed.encode() if isinstance(feed, str) else feed)
    return list(read_documents([path]))


@pytest.mark.parametrize("name", ["a.rss", "a.xml", "a.atom"])
def test_an_entry_is_an_article(tmp_path: Path, name: str) -> None:
    (found,) = read(tmp_path / name, RSS)
    assert found == Document(
        f"{FIRST}\n\n{SECOND}",
        title=TITLE,
        date="2024-03-05",  # In the time zone that the feed states.
        outlet="صحيفة الساحل",
        url=ADDRESS,
        path=(tmp_path / name).as_posix(),
    )


def test_an_entry_of_atom_is_dated_when_it_was_published(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "a.atom", ATOM)
    assert isinstance(found, Document)
    assert (found.text, found.title, found.date) == (FIRST, TITLE, "2024-03-05")
    assert (found.outlet, found.url) == ("Coast", ADDRESS)
    changed = ATOM.replace("published>", "updated>")
    (found,) = read(tmp_path / "a.atom", changed)
    assert isinstance(found, Document) and found.date is None


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1256"])
def test_the_whole_text_goes_before_the_summary(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.rss"
    first, empty, last = read(path, FULL.format(encoding=encoding).encode(encoding))
    assert isinstance(first, Document)
    assert first.text == f"{FIRST}\n\n3 < 4 & 5\nA line"
    assert (first.title, first.date, first.outlet) == (TITLE, "2024-03-05", "صحيفة الساحل")
    assert empty == Unreadable(str(path), "entry 2: no text in it")
    assert isinstance(last, Document)
    assert (last.text, last.title, last.date) == ("Rain & wind: 3 < 4.", None, None)


def test_a_text_that_is_plain_has_no_tags(tmp_path: Path) -> None:
    plain = ATOM.replace('type="html"', 'type="text"').replace("<title>", '<title type="html">')
    (found,) = read(tmp_path / "a.atom", plain.replace(TITLE, "Rain &lt;b&gt;again&lt;/b&gt;"))
    assert isinstance(found, Document)
    assert (found.text, found.title) == (f"<p>{FIRST}</p>", "Rain again")


def test_a_feed_with_faults_is_read(tmp_path: Path) -> None:
    faulty = RSS.replace("<link>", "<b>").replace(SECOND, "Rain & wind&nbsp;today")
    (found,) = read(tmp_path / "a.rss", faulty)
    assert isinstance(found, Document)
    assert found.text == f"{FIRST}\n\nRain & wind\xa0today"


def test_the_last_entry_of_a_feed_cut_short_is_refused(tmp_path: Path) -> None:
    entry = RSS[RSS.index("<item>") : RSS.index("</channel>")]
    twice = RSS.replace(entry, entry + entry)
    path = tmp_path / "a.rss"
    first, last = read(path, twice[: twice.rindex("after three days")])
    assert isinstance(first, Document) and first.text == f"{FIRST}\n\n{SECOND}"
    assert last == Unreadable(str(path), "entry 2: cut short")


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(12))


@pytest.mark.parametrize(
    ("feed", "reason"),
    [
        ("", "empty file"),
        ("plain words", "not a feed (neither RSS nor Atom)"),
        ("<config><entry>1</entry></config>", "not a feed (neither RSS nor Atom)"),
        ("<rss version='2.0'><channel/></rss>", "no entries in this feed"),
        ("<?xml version='1.0' encoding='x-none'?><rss/>", "declares an unknown encoding, 'x-none'"),
        ("x" * 5_000_001, "a feed of 5,000,001 bytes: at most 5,000,000"),
        (RSS.replace(FIRST, FIRST[::-1]), "entry 1: the Arabic runs backwards"),
    ],
)
def test_bad_feeds_say_why(tmp_path: Path, feed: str, reason: str) -> None:
    (found,) = read(tmp_path / "a.xml", feed)
    assert isinstance(found, Unreadable) and found.reason.startswith(reason)


def test_entities_are_not_blown_up(tmp_path: Path) -> None:
    feed = RSS.replace("<rss", f"<!DOCTYPE rss [{LAUGHS}]><rss").replace(FIRST, "&a11;")
    for found in read(tmp_path / "a.rss", feed):
        assert isinstance(found, Unreadable) or len(found.text) < 1000


def test_nothing_outside_a_feed_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret of this machine")
    entity = f'<!DOCTYPE rss [<!ENTITY s SYSTEM "{(tmp_path / "secret").as_uri()}">]><rss'
    for found in read(tmp_path / "a.rss", RSS.replace("<rss", entity).replace(FIRST, "&s;")):
        assert isinstance(found, Unreadable) or "secret of" not in found.text
