"""Forty files of every format that the README names, read in one go: each as a reader would say."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeAlias

from corpus_files import (
    ADDRESS,
    ATOM,
    FIRST,
    PAGE,
    RSS,
    SECOND,
    TITLE,
    book,
    message,
    open_document,
    rich,
    tarred,
    web_archive,
    word,
    workbook,
    zipped,
)
from fakes import ROOT
from pdf_files import Paper, arabic, visual

from rag.library import Library
from rag.types import Article

CHAPTER = f"<html><body><h1>{TITLE}</h1><p>{FIRST}</p><p>{SECOND}</p></body></html>"
PLACES = ("صفاقس", "سوسة", "قابس", "بنزرت", "طبرقة", "المهدية", "المنستير", "جرجيس", "رادس", "غنوش")
ENGLISH_PLACES = ("Sfax", "Sousse", "Gabes", "Bizerte", "Tabarka", "Mahdia", "Zarzis", "Rades")


@dataclass(frozen=True)
class Story:
    """What a reader would say of an article: its title and date, where it states them. ``stamp`` is
    how a text writes the date.
    """

    title: str | None
    date: str | None
    sentences: tuple[str, ...]
    stamp: str = ""

    @property
    def lines(self) -> list[str]:
        """The article as a text states all of it."""
        return [line for line in (self.title, self.stamp, *self.sentences) if line]

    @property
    def text(self) -> str:
        return "\n\n".join(self.lines)

    def told(self, sample: str) -> str:
        """One of the samples with this story in the place of its own."""
        pairs = zip((TITLE, FIRST, SECOND), (self.title or "", *self.sentences), strict=True)
        for old, new in pairs:
            sample = sample.replace(old, new)
        return sample.replace("05 Mar 2024", "17 Mar 2024").replace("2024-03-05", "2024-03-17")


# A file's name, what is in it, and its stories or why it is refused.
Made: TypeAlias = tuple[str, bytes, list[Story] | str]


def story(n: int, stamp: str = "", date: str | None = None, *, english: bool = False) -> Story:
    if english:
        place = ENGLISH_PLACES[n % len(ENGLISH_PLACES)]
        sentences = (
            f"The port of {place} opened again on Tuesday after {n + 3} days in which it had been"
            " closed because of the storm that hit the eastern coast of the country.",
            f"“The damage came to {n + 2} million dinars,” said Karim Ayadi, the port’s director.",
        )
        return Story(f"Port of {place} opens again after the storm", date, sentences, stamp)
    place = PLACES[n % len(PLACES)]
    sentences = (
        f"أعادت سلطات ميناء {place} فتح أرصفته صباح الثلاثاء بعد {n + 3} أيام من الإغلاق بسبب"
        " العاصفة التي ضربت الساحل الشرقي للبلاد وأغلقت الطرق والمدارس في ثلاث ولايات.",
        f"وقال مدير الميناء كريم العيادي إن الأضرار بلغت {n + 2} مليون دينار، وإن السفن عادت كلها.",
    )
    return Story(f"إعادة فتح ميناء {place} بعد العاصفة", date, sentences, stamp)


def dated(n: int) -> Story:
    day = n % 27 + 1
    return story(n, f"{day} مارس 2024", f"2024-03-{day:02}")


def dated_english(n: int) -> Story:
    day = n % 27 + 1
    return story(n, f"Published: March {day}, 2024", f"2024-03-{day:02}", english=True)


def sent(one: Story) -> Story:
    """With the date that the samples state once a story is told in them."""
    return replace(one, date="2024-03-17")


@cache
def files() -> list[Made]:
    return [*texts(), *documents(), *pages(), *tables(), *packed(), *refused()]


def texts() -> Iterator[Made]:
    encodings = ("utf-8", "utf-16", "utf-16-le", "cp1256", "iso8859-6")
    for n, encoding in enumerate(encodings):
        one = dated(n) if n % 2 else story(n)
        yield f"{encoding}.txt", one.text.encode(encoding), [one]
    for n, encoding in enumerate(("utf-8-sig", "cp1252")):
        one = dated_english(n) if n else story(n, english=True)
        yield f"english-{encoding}.txt", one.text.encode(encoding), [one]
    one = story(5)
    line = f"تونس 25 يوليو 2024 (رويترز) - {one.sentences[0]}"
    text = "\n".join((one.title or "", line, one.sentences[1]))
    yield "dateline.txt", text.encode(), [replace(one, date="2024-07-25")]
    one = story(2, english=True)
    line = f"TUNIS, July 25, 2024 (Reuters) - {one.sentences[0]}"
    text = "\n".join((one.title or "", line, one.sentences[1]))
    yield "english-dateline.txt", text.encode(), [replace(one, date="2024-07-25")]
    yield "a.md", f"# {dated(6).text}".encode(), [dated(6)]
    one = story(3, english=True)
    yield "english.md", f"# {one.text}".encode(), [one]


def documents() -> Iterator[Made]:
    yield "a.docx", word(*dated(7).lines), [dated(7)]
    one = story(4, english=True)
    yield "english.docx", word(*one.lines), [one]
    body = "".join(f"<text:p>{line}</text:p>" for line in dated(8).lines)
    yield "a.odt", open_document(body), [dated(8)]
    yield "a.rtf", rich(*dated(9).lines), [dated(9)]
    yield "english.rtf", rich(*dated_english(5).lines), [dated_english(5)]
    yield "shaped.pdf", arabic(dated(10).lines), [dated(10)]
    yield "visual.pdf", visual(dated(11).lines), [dated(11)]
    paper, one = Paper(head="The Coast, 17"), dated_english(6)
    for page in (one.lines[:3], [], one.lines[3:]):
        paper.add_page()
        paper.write_paragraphs(page, align="L")
    yield "pages.pdf", paper.bytes(), [one]
    one = sent(story(12))
    body = "\n\n".join(one.sentences)
    mail = message(body, "windows-1256", one.title or "").replace(b"05 Mar", b"17 Mar")
    yield "a.eml", mail, [one]


def pages() -> Iterator[Made]:
    one, head = story(13), '<meta charset="windows-1256">'
    page = one.told(PAGE).replace('<meta charset="utf-8">', head)
    yield "a.html", page.encode("cp1256"), [one]
    one = sent(story(7, english=True))
    published = '<meta property="article:published_time" content="2024-03-17T23:30:00-05:00">'
    page = one.told(PAGE).replace('lang="ar"', 'lang="en"').replace("<head>", f"<head>{published}")
    yield "english.html", page.encode(), [one]
    one = sent(story(14))
    feed = one.told(RSS).replace("utf-8", "windows-1256")
    yield "a.rss", feed.encode("cp1256"), [one]
    one = sent(story(15))
    yield "a.xml", one.told(RSS).encode("utf-16"), [one]
    one = sent(story(8, english=True))
    yield "a.atom", one.told(ATOM).encode(), [replace(one, sentences=one.sentences[:1])]
    one = story(16)
    plain = one.told(PAGE).replace('<meta charset="utf-8">', "")
    captured = (ADDRESS, "text/html; charset=windows-1256", plain.encode("cp1256"))
    yield "a.warc", web_archive(captured), [one]
    some = [story(17), story(18)]
    chapters = {f"{n}.xhtml": one.told(CHAPTER) for n, one in enumerate(some)}
    yield "a.epub", book(chapters, "<dc:date>1999</dc:date><dc:title>كتاب</dc:title>"), some


def tables() -> Iterator[Made]:
    one, two = replace(story(19), date="2021-03-24"), replace(story(20), date="2021-04-03")
    rows = [("title", "date", "text")] + [
        (each.title, date, " ".join(each.sentences))
        for each, date in ((one, "24/3/2021"), (two, "3/4/2021"))
    ]
    csv = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)
    yield "a.csv", csv.encode("cp1256"), [one, two]
    one = replace(story(9, english=True), date="2024-07")
    two = replace(story(10, english=True), title=None)
    tsv = f"text\ttitle\tdate\n{' '.join(one.sentences)}\t{one.title}\t2024-07\n"
    tsv += f"{' '.join(two.sentences)}\t\tsoon\n"
    yield "a.tsv", tsv.encode("utf-16"), [one, two]
    one = replace(story(21), date="2024-07-25")
    record = {"text": " ".join(one.sentences), "title": one.title, "date": "2024-07-25T10:00Z"}
    yield "a.jsonl", json.dumps(record, ensure_ascii=False).encode("utf-8-sig"), [one]
    one = replace(story(22), date="2024-07-25")
    sheet: list[list[object]] = [
        ["Title", "Date", "Text"], [one.title, "25 يوليو 2024", " ".join(one.sentences)]
    ]  # fmt: skip
    yield "a.xlsx", workbook(sheet), [one]


def packed() -> Iterator[Made]:
    some = [dated(23), story(24)]
    members = {"a.txt": some[0].text.encode("cp1256"), "b.html": some[1].told(PAGE).encode()}
    yield "a.zip", zipped(members), some
    some = [story(25), dated_english(11)]
    members = {"a/ا.docx": word(*some[0].lines), "b.txt": some[1].text.encode("cp1252")}
    yield "a.tar", tarred(members), some
    inner = zipped({"a.pdf": arabic(dated(26).lines)})
    yield "a.tgz", tarred({"in.zip": inner}, "w:gz"), [dated(26)]
    yield "a.txt.gz", gzip.compress(dated(27).text.encode("utf-16")), [dated(27)]


def refused() -> Iterator[Made]:
    yield "empty.pdf", arabic([]), "no text in this PDF: its pages are empty"
    drawn = arabic(dated(28).lines, shaped=False)
    yield "backwards.pdf", drawn, "the Arabic runs backwards (letters in visual order)"
    russian = "Министр обороны заявил, что переговоры идут.".encode("koi8-r")
    yield "russian.txt", russian, "not UTF-8: byte 0xed at offset 0"
    yield "cut.docx", word(*dated(29).lines)[:-30], "not a Word document (no sound zip archive)"
    menu = b"<html><body><nav>Home</nav></body></html>"
    yield "menu.html", menu, "no article found in this web page"


def is_right(one: Story, article: Article) -> bool:
    at = 0
    for sentence in one.sentences:
        at = article.text.find(sentence, at)
        if at < 0:
            return False
    return (article.title, article.date) == (one.title, one.date)


def test_forty_of_forty_files_are_right_or_refused(library: Library, tmp_path: Path) -> None:
    folder, expected = tmp_path / "news", {name: told for name, _, told in files()}
    folder.mkdir()
    for name, data, _ in files():
        (folder / name).write_bytes(data)
    reasons = {Path(one.path).name: one.reason for one in library.ingest([folder]).unreadable}
    articles = library.articles()
    wrong = {}
    for name, told in expected.items():
        place = f"{folder.as_posix()}/{name}"
        found = [one for one in articles if f"{one.path}/".startswith(f"{place}/")]
        if isinstance(told, str):
            right = not found and reasons.get(name) == told
        else:
            right = name not in reasons and len(found) == len(told)
            right = right and all(map(is_right, told, found))
        if not right:
            wrong[name] = reasons.get(name) or [(one.title, one.date, one.text) for one in found]
    assert (len(expected), wrong) == (40, {})


def test_every_format_of_the_readme_is_among_them() -> None:
    rows = re.findall(r"^\| (`\..*?) \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    named = {suffix for row in rows for suffix in re.findall(r"`(\.\w+)`", row)}
    assert {Path(name).suffix for name, _, _ in files()} == named
