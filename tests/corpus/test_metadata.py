"""Title, date and outlet that pages state, and what they do not state."""

from __future__ import annotations

import pytest

from rag.corpus.page.metadata import read_metadata

TITLE = "سوق جديدة للخضار في عين السرو"
BODY = (
    "فتحت بلدية عين السرو أمس سوقا جديدة للخضار في ساحة القطار القديم بعد عامين من العمل.\n"
    "وقال رئيس البلدية إن السوق تضم ستين دكانا، وإن إيجارها سيكون رمزيا في السنة الأولى."
)
MENU = "الرئيسية   محليات   اقتصاد   رياضة"
EN_TITLE = "New market opens at Larch End"
EN_BODY = (
    "The town council of Larch End opened a new vegetable market on Monday in the station yard.\n"
    "The mayor said that the market has sixty stalls and that the rent would be low."
)


def page(*lines: str) -> str:
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        page(TITLE, BODY),
        page("محليات", TITLE, "", BODY),
        page("الرئيسية » محليات", TITLE, BODY),
        page("صحيفة السرو", MENU, TITLE, "9 مايو 2021", BODY),
        page("9 مايو 2021", TITLE, BODY),
        page("إغلاق الطريق الجبلي    وفاة عازف الناي    هبوط سعر الزيت    فوز النجوم", TITLE, BODY),
        page("العنوان: " + TITLE, "التاريخ: 9 مايو 2021", "", BODY),
        page("# " + TITLE, "", BODY),
        page(TITLE, TITLE, "TT", BODY),
        page(TITLE + " | بوابة السرو", "9 مايو 2021", BODY),
        page(TITLE + " - بوابة السرو", TITLE, "9 مايو 2021", BODY),
        page("سهل الجبل", "سهل الجبل - خاص", TITLE, "9 مايو 2021", BODY),
    ],
)
def test_the_headline_is_told_from_what_stands_above_it(text: str) -> None:
    stated = read_metadata(text)
    assert stated.title == TITLE
    assert stated.provenance["title"].of(text) == TITLE


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("هل تكفي سوق الخضار عين السرو؟", "هل تكفي سوق الخضار عين السرو؟"),
        ("سوق الخضار تفتح أبوابها!", "سوق الخضار تفتح أبوابها!"),
        ("سوق جديدة", "سوق جديدة"),
        ("عام / سوق جديدة للخضار في عين السرو", "عام / سوق جديدة للخضار في عين السرو"),
        ("محليات / عام / سوق جديدة للخضار في عين السرو", None),
        ("9 مايو 2021", None),
        ("عين السرو - وفا", None),
    ],
)
def test_what_a_first_line_is(first: str, title: str | None) -> None:
    assert read_metadata(page(first, "", BODY)).title == title


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        EN_BODY,
        "فتحت بلدية عين السرو أمس سوقا جديدة للخضار في\nساحة القطار القديم بعد عامين من العمل.",
        page("The council opened a market on Monday and", "then closed it again, the mayor said."),
    ],
)
def test_running_text_is_no_title(text: str) -> None:
    assert read_metadata(text).title is None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        (page(TITLE, "الأحد، 9 مايو 2021 07:48 م", BODY), "2021-05-09"),
        (page("22 نوفمبر 2024", TITLE, "9 مايو 2021", BODY), "2021-05-09"),
        (page("22 نوفمبر 2024", MENU, TITLE, BODY), None),
        (page(TITLE, "آخر تحديث: 11 مايو 2021", "نشر: 9 مايو 2021", BODY), "2021-05-09"),
        (page(TITLE, "آخر تحديث: 11 مايو 2021", BODY), "2021-05-11"),
        (page(TITLE, BODY, "نشر في 9 مايو 2021"), "2021-05-09"),
        (page(TITLE, BODY, "9 مايو 2021"), "2021-05-09"),
        (page("عين السرو 9 مايو 2021 (وفا) - " + BODY), "2021-05-09"),
        (page(EN_TITLE, "LARCH END, May 9, 2021 (AP) — " + EN_BODY), "2021-05-09"),
        (page(TITLE, "منذ ساعتين", BODY), None),
        (page(TITLE, "5/9/2021", BODY), "2021-09-05"),
        (page(EN_TITLE, "5/9/2021", EN_BODY), "2021"),
        (page(TITLE, "5.9.2021", BODY), "2021-09-05"),
        (page(TITLE, "5/9/2021", BODY, "أخبار أخرى", "عرس في الجبل", "23/8/2021"), "2021-09-05"),
        (page(EN_TITLE, "5/9/2021", EN_BODY, "Related", "Snow", "8/23/2021"), "2021-05-09"),
        (
            page(TITLE, "5/9/2021", "قال عمدة القرية اليوم الأحد إن السوق ستفتح. " + BODY),
            "2021-09-05",
        ),
        (
            page(TITLE, "6/9/2021", "قال عمدة القرية اليوم الإثنين إن السوق تفتح. " + BODY),
            "2021-09-06",
        ),
        (page(TITLE, "تأسست السوق القديمة في 9 مايو 1921 وأغلقت قبل عام", BODY), None),
        (page(TITLE, BODY, "آخر موعد للتسجيل: 9 مايو 2021"), None),
        (page(EN_TITLE, EN_BODY, "Related", "Snow closes the road", "3 May 2020"), None),
    ],
)
def test_the_date_of_the_article_and_of_nothing_else(text: str, date: str | None) -> None:
    assert read_metadata(text).date == date


@pytest.mark.parametrize(
    ("text", "outlet"),
    [
        (page("صحيفة السرو", MENU, TITLE, BODY), "صحيفة السرو"),
        (page("نبض التلال", MENU, TITLE, BODY), "نبض التلال"),
        (page("راديو السرو 98.4", TITLE, BODY), "راديو السرو"),
        (page("THE SLOW POST", EN_TITLE, EN_BODY, "© 2021 The Slow Post"), "The Slow Post"),
        (page(TITLE, "قناة السرو - بيت العرعر", BODY), "قناة السرو"),
        (page(TITLE, BODY, "المصدر: صوت الجبل"), "صوت الجبل"),
        (page(TITLE, BODY, "المصدر : صوت الجبل + وكالات"), "صوت الجبل"),
        (page(TITLE, "عين السرو (وفا) - " + BODY), "وفا"),
        (page(TITLE, BODY, "ن.س / م.ك (د ب أ)"), "د ب أ"),
        (page(TITLE + " | سهل السرو", BODY), "سهل السرو"),
        (page(TITLE + " - سهل السرو", TITLE, BODY), "سهل السرو"),
        (page("سهل السرو", "الرئيسية", "محليات", TITLE, BODY), "سهل السرو"),
        (page("صوت السرو, [12.03.2021 14:20]", TITLE, BODY), "صوت السرو"),
        (page(EN_TITLE, "By Ann Lowe for the Elm Post", EN_BODY), "the Elm Post"),
        (page("حمّل تطبيق «خبر السرو»", TITLE, BODY), "خبر السرو"),
        (page(TITLE, BODY, "(واس: 9 مايو 2021)"), "واس"),
        (page(EN_TITLE, EN_BODY, "© 2021 Elm Tree Holdings Ltd"), None),
        (page("وكالة الأنباء", TITLE, BODY), None),
        (page(TITLE, BODY, "المصدر: وكالات"), None),
        (page(TITLE, "المصدر: لا أحد رأى شيئا", BODY), None),
        (page(TITLE, "رئيس المجلس السابق (هاني السروي) - وهو طبيب - رفض التعليق.", BODY), None),
        (page("محليات", TITLE, BODY), None),
        (BODY, None),
    ],
)
def test_the_outlet_where_outlets_are_named(text: str, outlet: str | None) -> None:
    stated = read_metadata(text)
    assert stated.outlet == outlet
    if outlet:
        assert stated.provenance["outlet"].of(text) == outlet
