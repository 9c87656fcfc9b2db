import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.sentences import split_clauses, split_sentences
from rag.types import Span

SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
MIXED = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(".!?؟…،؛,;:–—-\"'”»)]([«“ \t\n\r\u2028\u200f"),
        st.sampled_from("aAbZ1٣أبهو"),
    )
)


def sentences(text: str) -> list[str]:
    return [span.of(text) for span in split_sentences(text)]


def clauses(text: str) -> list[str]:
    return [span.of(text) for span in split_clauses(text, Span(0, len(text)))]


def check_cover(text: str, whole: Span, spans: list[Span]) -> None:
    """The spans are ordered, disjoint, trimmed, and hold all but white space of ``whole``."""
    position = whole.start
    for start, end in spans:
        assert position <= start < end <= whole.end
        assert text[position:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        position = end
    assert text[position : whole.end].strip() == ""


# Each case is written with | where the text is to be cut; a | stands for no character.
@pytest.mark.parametrize(
    "marked",
    [
        "وصل الوزير. | ثم غادر؟ | نعم! | وانتهى… | وقال",
        "السطر الأول\n|السطر الثاني\r\n\n|الثالث\u2028|الرابع",
        "وقال إن الصين مستقلة، وتعاوننا؛ لا يؤثر: أبدا. | وأضاف",
        # Closing quotes and brackets belong to the sentence they follow.
        'قال "نحن هنا." | وأضاف «لا.» | ثم ذهب (وعاد.) | وانتهى',
        'كتب "الصين وروسيا" . | تواصل وتنسيق',
        "بين الصين وروسيا . | وأشار وانغ",
        'وقال "الشعبية "، بحسب "ريا نوفوستي". | وتابع',
        "هل تأتي؟» | قال الوزير",
        'He said "yes." | Then he left.',
        '"Really?" he asked. | "Yes." | "We go."',
        "He left (see p. 5). | He came [1]. | Then.",
        # Abbreviations, titles, initials.
        "قال د. أحمد وأ.د. محمد وم. علي (أ. ف. ب.) إن ص. 5 وج. 2 هنا. | ثم غادر",
        "عام 1445 هـ. وقال سنة 50 ق.م. وغيره. | انتهى",
        "Mr. Smith and Mrs. Jones met Prof. Lee. | They left.",
        "Dr. No met J. K. Rowling at 5 p.m. on Jan. 5. | It rained.",
        "The U.S. Senate and the U.N. met, e.g. in Washington, D.C. on Monday, i.e. today. | End.",
        "They live in the U.S. | The law is new.",
        "They agreed on No. 5. | He said no. | The U.K. vs. France.",
        "He sat. | The Sat. 5 game.",
        # Numbers, dates, lists.
        "بلغ 3.5 و1.000 في 3/24/2021 و24.3.2021. | ثم زاد",
        "في عام 2021. | وقال",
        "1. البند الأول. | انتهى\n|2. البند الثاني",
        "• 12. First. | Second",
        "وافق على ما يلي. | 1. وقف النار. | 2. تبادل الأسرى.",
        "ولد عام 1400هـ. الموافق 1980. | ثم غادر",
        # Ellipses.
        "I think... maybe not. | Wait... | What?",
        "لا أعرف... | ثم قال [...] وذهب (!) إلى البيت. | وعاد",
        "ماذا؟! | حقا؟؟ | نعم",
        # Addresses.
        "See https://x.com/A.B?c=D!e. | Then mail John.Smith@x.com or read bbc.co.uk. | Go.",
        "تابعونا على https://t.me/SyrianArabNewsAgency. | وشكرا",
        "Yahoo! is up. | It is.",
        "He came. | iPhone sales rose.",
        # The space after a full stop is often lost in scraping.
        "في الشرق الأوسط.|وزير الخارجية عام 2021.|وقال ماذا؟|نعم",
        'مستقبل مشرق".|وأضاف',
        "The end.|The start.",
        # A quote that opens after the full stop belongs to the next sentence.
        'ثم غادر. | "نحن هنا" قال.',
        "ثم غادر. | «نحن هنا» قال.",
    ],
)
def test_sentences(marked: str) -> None:
    pieces = [piece.strip() for piece in marked.split("|")]
    glued = marked.replace(" | ", " ").replace("|", "")
    assert sentences(glued) == pieces


@pytest.mark.parametrize("text", ["", "   ", "\n\r\n \t\u2029"])
def test_white_space_has_no_sentences(text: str) -> None:
    assert split_sentences(text) == []


@pytest.mark.parametrize(
    "marked",
    [
        "وقال وانغ،| وهو أيضا عضو؛| إن العلاقات: |ناضجة.",
        'وأضاف:| "سنعمل معا"،| بحسب الوكالة',
        'قال:|"نعم"',
        "أنقرة (زمان) –| كشفت مصادر",
        "Yes, |he said; |no: |really -| never",
        "word—|word",
        "Sino-Russian ties in 2020–2021 cost 1,000 at 10:30",
        "see https://x.com/a,b:c today",
        "بلغ ١،٥ مليون،| ثم زاد",
        "بلغ 1،000،| ثم زاد",
        "كلمات :",
    ],
)
def test_clauses(marked: str) -> None:
    assert clauses(marked.replace("|", "")) == [piece.strip() for piece in marked.split("|")]


def test_clauses_of_a_sentence_inside_a_text() -> None:
    text = "أولا، ثانيا. ثالثا، رابعا. خامسا، سادسا."
    second = split_sentences(text)[1]
    assert [span.of(text) for span in split_clauses(text, second)] == ["ثالثا،", "رابعا."]


def test_punctuation_alone_is_one_clause() -> None:
    assert clauses("، ؛ :") == ["، ؛ :"]
    assert clauses("") == []


def test_five_seed_articles_are_there() -> None:
    assert len(SEEDS) == 5


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_seed_articles_are_covered(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    spans = split_sentences(text)
    check_cover(text, Span(0, len(text)), spans)
    for span in spans:
        check_cover(text, span, split_clauses(text, span))


@pytest.mark.parametrize(
    ("seed", "count", "sentence"),
    [
        (
            0,
            13,
            "وأشار إلى أن روسيا ستعمل مع الصين لدعم مركزية الآسيان والوقاية من تدخل القوى "
            "الخارجية وتسللها.",
        ),
        (1, 21, "تاريخ النشر: 18th, September 2023 GMT"),
        (2, 13, "متابعة أخبار سانا على تلغرام https://t.me/SyrianArabNewsAgency"),
        (3, 23, "إن دعم الشعب هو مصدر التقدم في روسيا."),
        (
            4,
            27,
            "كانت المحادثات، التي عقدت في مدينة قويلين بمنطقة قوانغشي ذاتية الحكم لقومية "
            "تشوانغ جنوبي الصين، هي الاجتماع الـ51 بين وانغ ولافروف.",
        ),
        (4, 27, "• 3/24/2021"),
        (
            4,
            27,
            'وقال وانغ "هذا يظهر المستوى العالي لشراكة التنسيق الاستراتيجية الشاملة بين '
            'الصين وروسيا" .',
        ),
    ],
)
def test_seed_sentences_read_right(seed: int, count: int, sentence: str) -> None:
    found = sentences(SEEDS[seed].read_text(encoding="utf-8"))
    assert sentence in found
    assert len(found) == count


@pytest.mark.parametrize("unit", [". ", "a.", '".', "1.", ',"', "http://a.b. ", "(.) ", "-", "و. "])
def test_no_text_takes_long(unit: str) -> None:
    text = (unit * (100_000 // len(unit) + 1))[:100_000]
    started = time.perf_counter()
    split_sentences(text)
    split_clauses(text, Span(0, len(text)))
    assert time.perf_counter() - started < 3.0


@given(MIXED)
def test_sentences_cover_the_text_and_hold_no_line_break(text: str) -> None:
    spans = split_sentences(text)
    check_cover(text, Span(0, len(text)), spans)
    assert all(len(span.of(text).splitlines()) == 1 for span in spans)


@given(MIXED)
def test_clauses_cover_every_sentence(text: str) -> None:
    for span in split_sentences(text):
        check_cover(text, span, split_clauses(text, span))
