"""Encodings: which texts are told from their bytes alone, and which are not guessed at."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.corpus.documents import Document, Unreadable
from rag.corpus.formats.encodings import decode
from rag.corpus.readers import read_documents

ARABIC = (
    "أعادت سلطات الميناء فتح أرصفته صباح الثلاثاء 5 مارس 2024 بعد العاصفة.",
    "قال رئيس الوزراء إن المفاوضات ستستمر في الأسبوع المقبل، وإن الاتفاق «قريب جدا».",
    "ارتفعت أسعار القمح بنسبة 1.5% في تونس والجزائر ومصر؛ هل تنخفض قبل الصيف؟",
    "وأضاف المتحدث أن ثلاثة من عمال الإغاثة غادروا غزة على متن طائرة لبرنامج BBC.",
    "مقتل خمسة جنود في انفجار قرب الحدود",
)
SHORT_ARABIC = ("مرحبا بكم", "فتح الميناء", "ارتفاع أسعار النفط", "قمة عربية في بغداد", "لا")
ENGLISH = (
    "The mayor said: “We don’t know when it will open.”",
    "It’s the third strike in a year – and the drivers say that it won’t be the last.",
    "The café in Zürich was closed for three days because of the storm, and so was the school.",
    "Oil rose by £3 to £84 a barrel; the analysts hadn’t expected it.",
)
SHORT_ENGLISH = ("a café", "Zürich", "don’t", "naïve")
FRENCH = "Le premier ministre a déclaré que les négociations se poursuivront à Genève."


def read_as(text: str, encoding: str) -> str | None:
    """How ``text`` comes out of that encoding; ``None`` where it is refused."""
    try:
        return decode(text.encode(encoding))
    except UnicodeDecodeError:
        return None


@pytest.mark.parametrize("text", [*ARABIC, *SHORT_ARABIC, *ENGLISH, *SHORT_ENGLISH, FRENCH])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_read_at_any_length(text: str, encoding: str) -> None:
    assert read_as(text, encoding) == text


@pytest.mark.parametrize("text", ARABIC)
def test_a_sentence_of_arabic_is_read_in_its_code_page(text: str) -> None:
    assert read_as(text, "cp1256") == text
    plain = "".join(letter for letter in text if letter not in "«»")
    assert read_as(plain, "iso8859-6") == plain


@pytest.mark.parametrize("text", [*ENGLISH, FRENCH])
def test_a_western_sentence_is_read_in_its_code_page(text: str) -> None:
    assert read_as(text, "cp1252") == text


def beginnings() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every text cut after each of its words, with the encodings that it may be in."""
    texts = [(text, ("cp1256", "iso8859-6")) for text in (*ARABIC, *SHORT_ARABIC)]
    for text, encodings in (*texts, *((text, ("cp1252",)) for text in (*ENGLISH, FRENCH))):
        words = text.replace("«", "").replace("»", "").split()
        yield from ((" ".join(words[:n]), encodings) for n in range(1, len(words) + 1))


def test_a_short_text_is_read_right_or_not_at_all() -> None:
    told = [(text, read_as(text, each)) for text, encodings in beginnings() for each in encodings]
    assert [(text, read) for text, read in told if read not in (text, None)] == []
    assert sum(read is not None for _, read in told) > 0.7 * len(told)


@pytest.mark.parametrize("text", ["لا", *SHORT_ENGLISH])
def test_a_word_is_not_enough(text: str) -> None:
    assert read_as(text, "cp1252" if text in SHORT_ENGLISH else "cp1256") is None


FOREIGN = {
    "Министр обороны заявил, что переговоры продолжатся на следующей неделе в Москве.": (
        "cp1251", "koi8-r", "iso8859-5", "cp866",
    ),
    "Ο πρωθυπουργός δήλωσε ότι οι διαπραγματεύσεις θα συνεχιστούν.": ("cp1253", "cp737"),
    "ראש הממשלה אמר כי השיחות יימשכו בשבוע הבא.": ("cp1255", "iso8859-8", "cp862"),
    "Başbakan görüşmelerin gelecek hafta süreceğini söyledi.": ("cp1254", "cp857"),
    "Předseda vlády řekl, že jednání budou pokračovat příští týden.": ("cp1250", "iso8859-2"),
    "Premier powiedział, że rozmowy będą kontynuowane.": ("cp1250", "cp852"),
    "首相は交渉が来週も続くと述べた。東京で展覧会が開かれた。": ("shift_jis", "euc-jp"),
    "谈判将于下周继续进行。北京举办了一场现代艺术展览。": ("gbk",),
    "총리는 협상이 다음 주에도 계속될 것이라고 말했다.": ("euc-kr",),
    FRENCH: ("mac_roman", "cp850"),
    ENGLISH[0]: ("mac_roman",),
    ARABIC[0]: ("cp720",),
}  # fmt: skip


@pytest.mark.parametrize("text", FOREIGN)
def test_what_is_in_another_encoding_is_refused(text: str) -> None:
    for encoding in FOREIGN[text]:
        data = text.encode(encoding, "ignore")
        for some in (data, data * 20):
            with pytest.raises(UnicodeDecodeError):
                decode(some)


@pytest.mark.parametrize("text", [*ARABIC, *ENGLISH])
def test_damaged_utf8_is_not_taken_for_another_encoding(text: str) -> None:
    data = text.encode()
    for n in range(1, len(data)):
        if data[n] & 0xC0 == 0x80:
            with pytest.raises(UnicodeDecodeError):
                decode(data[:n] + data[n + 1 :])


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text = decode(data)
    except UnicodeDecodeError:
        return
    assert "\ufffd" not in text or codecs.encode("\ufffd", "utf-8") in data or b"\xff\xfd" in data


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ("windows-1256", "فتح"),
        ("ISO-8859-6", "فتح"),
        ("iso-8859-1", "“don’t”"),
        ("us-ascii", ARABIC[0]),
    ],
)
def test_what_is_declared_is_believed(declared: str, text: str) -> None:
    meant = {"iso-8859-1": "cp1252", "us-ascii": "cp1256"}.get(declared, declared)
    assert decode(text.encode(meant), declared) == text


@pytest.mark.parametrize("declared", ["klingon", "hex", "punycode", "undefined", "utf-7"])
def test_what_is_no_encoding_is_not_known(declared: str) -> None:
    with pytest.raises(LookupError):
        decode(b"word", declared)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.csv", "a.html"])
def test_every_reader_of_text_reads_old_encodings(tmp_path: Path, name: str) -> None:
    text = ARABIC[1]
    made = {"a.csv": f"text\n{text}\n", "a.html": f"<p>{text}</p><p>{ARABIC[3]}</p>"}
    (tmp_path / name).write_bytes(made.get(name, text).encode("cp1256"))
    (found,) = read_documents([tmp_path / name])
    assert isinstance(found, Document) and text in found.text


def test_utf16_that_is_not_clear_is_binary(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("𐀀𐀁𐀂 ab".encode("utf-16-le"))
    (found,) = read_documents([tmp_path / "a.txt"])
    assert isinstance(found, Unreadable) and found.reason.startswith("binary file (NUL at byte 0)")
