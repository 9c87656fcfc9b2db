"""What of a page is furniture, and what looks like it and is news."""

from __future__ import annotations

import pytest

from rag.corpus.page.cleanup import read_page

AR = (
    "فتحت بلدية عين السرو أمس سوقا جديدة للخضار في ساحة القطار القديم بعد عامين من العمل.",
    "وقال رئيس البلدية إن السوق تضم ستين دكانا، وإن إيجارها سيكون رمزيا في السنة الأولى.",
)
EN = (
    "The town council of Larch End opened a new vegetable market on Monday in the station yard.",
    "The mayor said that the market has sixty stalls and that the rent would be low.",
)


def kept(*lines: str) -> list[str]:
    """The lines of a page that are not set aside."""
    text = "\n".join(lines)
    aside = read_page(text).debris
    return [line for line in lines if not any(span.of(text) == line for span in aside)]


@pytest.mark.parametrize(
    "furniture",
    [
        ["اقرأ أيضا: إغلاق الطريق الجبلي بسبب الثلوج"],
        ["مقالات ذات صلة", "إغلاق الطريق الجبلي بسبب الثلوج", "وفاة عازف الناي الأخير"],
        ["شاهد أيضا:", "من سرق جرس المدرسة؟", "أين تذهب مياه النبع؟"],
        ["تابعونا على فيسبوك", "اشترك في النشرة البريدية"],
        ["الوسوم: عين السرو، أسواق", "اترك تعليقا", "جميع الحقوق محفوظة © صحيفة السرو 2021"],
        ["مشاركة", "طباعة", "نسخ الرابط"],
    ],
)
def test_boxes_of_a_page_are_set_aside_below_the_story(furniture: list[str]) -> None:
    assert kept("سوق جديدة للخضار في عين السرو", *AR, *furniture) == [
        "سوق جديدة للخضار في عين السرو",
        *AR,
    ]


@pytest.mark.parametrize(
    "furniture",
    [
        ["READ MORE: Snow closes the mountain road"],
        ["You may also like", "Snow closes the mountain road", "Last flute player dies"],
        ["Sign up for our newsletter", "Follow us on Facebook"],
        ["Most read", "1. Snow closes the mountain road", "2. Last flute player dies"],
        [
            "Terms of use | Privacy policy | Contact",
            "© 2021 Larch End Gazette. All rights reserved.",
        ],
    ],
)
def test_boxes_of_an_english_page(furniture: list[str]) -> None:
    assert kept("New market opens at Larch End", *EN, *furniture) == [
        "New market opens at Larch End",
        *EN,
    ]


def test_a_box_in_the_middle_ends_where_the_story_goes_on() -> None:
    for box in (
        ["اقرأ أيضا", "إغلاق الطريق الجبلي بسبب الثلوج"],
        ["اقرأ أيضا: تجديد حديقة المحطة"],
    ):
        page = ["سوق جديدة للخضار في عين السرو", AR[0], "", *box, "", AR[1]]
        assert kept(*page) == [line for line in page if line not in box]


def test_a_menu_above_the_headline_is_set_aside() -> None:
    menu = ["الرئيسية", "سياسة", "رياضة", "تسجيل الدخول"]
    assert kept(*menu, "سوق جديدة للخضار في عين السرو", *AR) == [
        "سوق جديدة للخضار في عين السرو",
        *AR,
    ]


@pytest.mark.parametrize(
    "line",
    [
        "اشترك في بناء السوق ثمانون عاملا من أهل البلدة.",
        "انضم إلى المجلس عام 2003 وصار رئيسه بعد ست سنوات.",
        "شارك في الافتتاح وفد من ثلاث مدن، وغنى فيه الأطفال.",
        "المصدر: لم يبق دكان واحد في السوق القديم",
        "هل تكفي السوق أهل البلدة؟",
        '"طباعة الكتب توقفت هنا قبل نصف قرن".',
    ],
)
def test_a_sentence_that_begins_as_furniture_does_is_news(line: str) -> None:
    page = ("سوق جديدة للخضار في عين السرو", AR[0], line, AR[1])
    assert kept(*page) == list(page)


@pytest.mark.parametrize(
    "line",
    [
        "Share prices on the Larch exchange rose by four per cent after the opening.",
        "Sign up began at seven, and three hundred men had done so by noon.",
        '"Follow us," the children shouted, and the band did.',
        "Who pays for it?",
    ],
)
def test_an_english_sentence_that_begins_so(line: str) -> None:
    page = ("New market opens at Larch End", EN[0], line, EN[1])
    assert kept(*page) == list(page)


def test_lists_and_tables_of_the_story_stay() -> None:
    prices = ["أسعار اليوم:", "البندورة: 9 دنانير", "البصل: 20 دينارا", "الخيار: 7 دنانير"]
    table = ["Club\tP\tPts", "Otters\t10\t25", "Weirs\t10\t12"]
    assert kept(AR[0], *prices, AR[1]) == [AR[0], *prices, AR[1]]
    assert kept(EN[0], *table, EN[1]) == [EN[0], *table, EN[1]]


def test_the_times_of_a_live_page_stay() -> None:
    page = ["Market fire: as it happened", "5 March 2023", "16:40", EN[1], "15:05", EN[0]]
    assert {"16:40", "15:05"} <= set(kept(*page))


def test_a_text_that_a_program_broke_into_lines_is_whole() -> None:
    broken = (
        "The town council of Larch End opened a new vegetable\n"
        "market on Monday. It has sixty stalls and the rent\n"
        "will be low in its first year. Share the joy, a sign\n"
        "on the gate says. Nobody had seen so many people\n"
        "in the yard since the last train left."
    )
    assert read_page(broken).debris == ()


def test_where_nothing_is_running_text_everything_may_be_the_story() -> None:
    assert read_page("Share\nFollow us\nHome").debris == ()
    assert read_page("قصيدة قصيرة\nبيت أول\nبيت ثان").debris == ()


def test_a_second_dateline_begins_a_second_story() -> None:
    first = "عين السرو 3 مارس 2021 (وفا) - " + AR[0]
    second = "بيت العرعر 9 أبريل 2021 (بترا) - " + AR[1]
    text = f"{first}\n\n{second}"
    assert [story.of(text) for story in read_page(text).stories] == [second]


def test_a_headline_over_a_stamp_begins_a_story() -> None:
    story = ["School garden wins prize", "12 May 2021", EN[0], EN[1], EN[0]]
    text = "\n".join(["New market opens at Larch End", "11 May 2021", EN[1], EN[0], *story, "Home"])
    (found,) = read_page(text).stories
    assert found.of(text) == "\n".join(story)


def test_dated_headlines_are_links_and_no_stories() -> None:
    links = ["Snow closes the road", "3 May 2021", "Last flute player dies", "2 May 2021"]
    text = "\n".join(["New market opens at Larch End", *EN, "Related", *links])
    assert read_page(text).stories == ()
