from datetime import date

import pytest
from fakes import WordEncoder

from rag.retrieval.query import prepare
from rag.text.relative_dates import dates_in_question, find_relative_dates

SATURDAY = date(2026, 11, 21)
NEW_YEAR = date(2026, 1, 1)  # A Thursday.
LEAP_DAY = date(2024, 2, 29)  # A Thursday.
MONTH_END = date(2026, 3, 31)  # A Tuesday.
SUNDAY = date(2026, 11, 22)

Found = tuple[str, date, date]


def dates(text: str, today: date) -> list[Found]:
    return [(m.span.of(text), m.first, m.last) for m in find_relative_dates(text, today)]


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("today", "text", "words", "first", "last"),
    [
        # Years.
        (SATURDAY, "the election last year?", "last year", "2025-01-01", "2025-12-31"),
        (NEW_YEAR, "last year's summit", "last year", "2025-01-01", "2025-12-31"),
        (LEAP_DAY, "last year", "last year", "2023-01-01", "2023-12-31"),
        (SATURDAY, "this year", "this year", "2026-01-01", "2026-12-31"),
        (SATURDAY, "Next year", "Next year", "2027-01-01", "2027-12-31"),
        (SATURDAY, "في العام الماضي", "العام الماضي", "2025-01-01", "2025-12-31"),
        (SATURDAY, "السنةُ الماضية", "السنةُ الماضية", "2025-01-01", "2025-12-31"),
        (SATURDAY, "خلال العام الحالي؟", "العام الحالي", "2026-01-01", "2026-12-31"),
        (SATURDAY, "في هذا العام", "هذا العام", "2026-01-01", "2026-12-31"),
        (SATURDAY, "هذه السنة", "هذه السنة", "2026-01-01", "2026-12-31"),
        (SATURDAY, "ميزانية العام المقبل", "العام المقبل", "2027-01-01", "2027-12-31"),
        (SATURDAY, "موازنة الدولة للعام المقبل", "للعام المقبل", "2027-01-01", "2027-12-31"),
        (SATURDAY, "الأمين العام العام الماضي", "العام الماضي", "2025-01-01", "2025-12-31"),
        # Months.
        (SATURDAY, "last month", "last month", "2026-10-01", "2026-10-31"),
        (NEW_YEAR, "last month", "last month", "2025-12-01", "2025-12-31"),
        (MONTH_END, "last month", "last month", "2026-02-01", "2026-02-28"),
        (MONTH_END, "next month", "next month", "2026-04-01", "2026-04-30"),
        (LEAP_DAY, "this month", "this month", "2024-02-01", "2024-02-29"),
        (SATURDAY, "الشهر الماضي", "الشهر الماضي", "2026-10-01", "2026-10-31"),
        (SATURDAY, "والشهر المنصرم", "الشهر المنصرم", "2026-10-01", "2026-10-31"),
        (SATURDAY, "هذا الشهر", "هذا الشهر", "2026-11-01", "2026-11-30"),
        (SATURDAY, "الشهر القادم", "الشهر القادم", "2026-12-01", "2026-12-31"),
        # Weeks, whether they start on Saturday, Sunday or Monday.
        (date(2026, 11, 18), "last week", "last week", "2026-11-07", "2026-11-15"),
        (date(2026, 11, 18), "this week", "this week", "2026-11-14", "2026-11-22"),
        (SATURDAY, "last week", "last week", "2026-11-08", "2026-11-20"),
        (SUNDAY, "next week", "next week", "2026-11-23", "2026-12-05"),
        (NEW_YEAR, "الأسبوع الماضي", "الأسبوع الماضي", "2025-12-20", "2025-12-28"),
        (NEW_YEAR, "الأسبوع الجاري", "الأسبوع الجاري", "2025-12-27", "2026-01-04"),
        # Months by name.
        (SATURDAY, "last March", "last March", "2026-03-01", "2026-03-31"),
        (date(2026, 2, 10), "last March", "last March", "2025-03-01", "2025-03-31"),
        (MONTH_END, "last March", "last March", "2025-03-01", "2025-03-31"),
        (MONTH_END, "this March", "this March", "2026-03-01", "2026-03-31"),
        (MONTH_END, "next March", "next March", "2027-03-01", "2027-03-31"),
        (SATURDAY, "next July", "next July", "2027-07-01", "2027-07-31"),
        (NEW_YEAR, "next July", "next July", "2026-07-01", "2026-07-31"),
        (SATURDAY, "last May", "last May", "2026-05-01", "2026-05-31"),
        (SATURDAY, "this past March", "this past March", "2026-03-01", "2026-03-31"),
        (date(2025, 1, 5), "last February", "last February", "2024-02-01", "2024-02-29"),
        (SATURDAY, "في مارس الماضي", "مارس الماضي", "2026-03-01", "2026-03-31"),
        (NEW_YEAR, "آذار الماضي", "آذار الماضي", "2025-03-01", "2025-03-31"),
        (SATURDAY, "في يوليو المقبل", "يوليو المقبل", "2027-07-01", "2027-07-31"),
        (SATURDAY, "بيوليو القادم", "يوليو القادم", "2027-07-01", "2027-07-31"),
        (SATURDAY, "تموز (يوليو) الماضي", "تموز (يوليو) الماضي", "2026-07-01", "2026-07-31"),
        (
            SATURDAY,
            "تشرين الثاني/نوفمبر الجاري",
            "تشرين الثاني/نوفمبر الجاري",
            "2026-11-01",
            "2026-11-30",
        ),
        (SATURDAY, "22 مارس الماضي", "22 مارس الماضي", "2026-03-22", "2026-03-22"),
        (SATURDAY, "في ٢٢ من آذار الماضي", "٢٢ من آذار الماضي", "2026-03-22", "2026-03-22"),
        (SATURDAY, "30 فبراير الماضي", "فبراير الماضي", "2026-02-01", "2026-02-28"),
        (SATURDAY, "last Ramadan", "last Ramadan", "2026-02-18", "2026-03-19"),
        (SATURDAY, "رمضان المقبل", "رمضان المقبل", "2027-02-08", "2027-03-08"),
        # Months of a year.
        (SATURDAY, "in March last year", "March last year", "2025-03-01", "2025-03-31"),
        (SATURDAY, "5 May of last year", "5 May of last year", "2025-05-05", "2025-05-05"),
        (SATURDAY, "Ramadan last year", "last year", "2025-01-01", "2025-12-31"),
        (
            SATURDAY,
            "مارس من العام الماضي",
            "مارس من العام الماضي",
            "2025-03-01",
            "2025-03-31",
        ),
        (
            SATURDAY,
            "5 مايو من هذا العام",
            "5 مايو من هذا العام",
            "2026-05-05",
            "2026-05-05",
        ),
        # Weekdays.
        (SATURDAY, "last Sunday", "last Sunday", "2026-11-15", "2026-11-15"),
        (SATURDAY, "last Saturday", "last Saturday", "2026-11-14", "2026-11-14"),
        (SATURDAY, "next Saturday", "next Saturday", "2026-11-28", "2026-11-28"),
        (SATURDAY, "next Sunday", "next Sunday", "2026-11-22", "2026-11-22"),
        (SATURDAY, "this Monday", "this Monday", "2026-11-16", "2026-11-16"),
        (SATURDAY, "this Sunday", "this Sunday", "2026-11-22", "2026-11-22"),
        (NEW_YEAR, "last Friday", "last Friday", "2025-12-26", "2025-12-26"),
        (SATURDAY, "يوم الأحد الماضي", "الأحد الماضي", "2026-11-15", "2026-11-15"),
        (SATURDAY, "الجمعة الماضية", "الجمعة الماضية", "2026-11-20", "2026-11-20"),
        (SATURDAY, "الإثنين القادم", "الإثنين القادم", "2026-11-23", "2026-11-23"),
        (LEAP_DAY, "الجمعة المقبلة", "الجمعة المقبلة", "2024-03-01", "2024-03-01"),
        (SATURDAY, "هذا الأربعاء", "هذا الأربعاء", "2026-11-18", "2026-11-18"),
        # Days.
        (NEW_YEAR, "What happened yesterday?", "yesterday", "2025-12-31", "2025-12-31"),
        (date(2024, 3, 1), "yesterday's talks", "yesterday", "2024-02-29", "2024-02-29"),
        (SATURDAY, "Yesterday in Gaza", "Yesterday", "2026-11-20", "2026-11-20"),
        (
            SATURDAY,
            "the day before yesterday",
            "the day before yesterday",
            "2026-11-19",
            "2026-11-19",
        ),
        (SATURDAY, "What happened today?", "today", "2026-11-21", "2026-11-21"),
        (SATURDAY, "What is happening today?", "today", "2026-11-21", "2026-11-21"),
        (LEAP_DAY, "Who will speak tomorrow?", "tomorrow", "2024-03-01", "2024-03-01"),
        (SATURDAY, "last night", "last night", "2026-11-20", "2026-11-20"),
        (NEW_YEAR, "ماذا حدث أمس؟", "أمس", "2025-12-31", "2025-12-31"),
        (SATURDAY, "ماذا قال بالأمس", "الأمس", "2026-11-20", "2026-11-20"),
        (SATURDAY, "أول من أمس", "أول من أمس", "2026-11-19", "2026-11-19"),
        (SATURDAY, "أمس الأول", "أمس الأول", "2026-11-19", "2026-11-19"),
        (SATURDAY, "أمس الجمعة", "أمس الجمعة", "2026-11-20", "2026-11-20"),
        (SATURDAY, "صباح اليوم", "صباح اليوم", "2026-11-21", "2026-11-21"),
        (SATURDAY, "ماذا حدث اليوم؟", "اليوم", "2026-11-21", "2026-11-21"),
        (SATURDAY, "ماذا حدث في غزة اليوم", "اليوم", "2026-11-21", "2026-11-21"),
        (SATURDAY, "اجتمعوا اليوم السبت", "اليوم السبت", "2026-11-21", "2026-11-21"),
        (MONTH_END, "من يصل غدًا؟", "غدًا", "2026-04-01", "2026-04-01"),
        (SATURDAY, "من يصل غدا؟", "غدا", "2026-11-22", "2026-11-22"),
        (SATURDAY, "مساء غد", "مساء غد", "2026-11-22", "2026-11-22"),
        (SATURDAY, "بعد غد", "بعد غد", "2026-11-23", "2026-11-23"),
        # Ago.
        (MONTH_END, "3 days ago", "3 days ago", "2026-03-28", "2026-03-28"),
        (NEW_YEAR, "a day ago", "a day ago", "2025-12-31", "2025-12-31"),
        (date(2026, 11, 18), "two weeks ago", "two weeks ago", "2026-10-31", "2026-11-08"),
        (MONTH_END, "a month ago", "a month ago", "2026-02-01", "2026-02-28"),
        (NEW_YEAR, "a couple of months ago", "a couple of months ago", "2025-11-01", "2025-11-30"),
        (LEAP_DAY, "a year ago", "a year ago", "2023-01-01", "2023-12-31"),
        (SATURDAY, "قبل ٣ أيام", "قبل ٣ أيام", "2026-11-18", "2026-11-18"),
        (SATURDAY, "قبل ثلاثة أيام", "قبل ثلاثة أيام", "2026-11-18", "2026-11-18"),
        (SATURDAY, "قبل يومين", "قبل يومين", "2026-11-19", "2026-11-19"),
        (SATURDAY, "قبل شهرين من الآن", "قبل شهرين", "2026-09-01", "2026-09-30"),
        (LEAP_DAY, "قبل سنتين", "قبل سنتين", "2022-01-01", "2022-12-31"),
        (SATURDAY, "قبل نحو خمس سنوات", "قبل نحو خمس سنوات", "2021-01-01", "2021-12-31"),
        (SATURDAY, "قبل ثمانية أشهر", "قبل ثمانية أشهر", "2026-03-01", "2026-03-31"),
        (SATURDAY, "ماذا حدث قبل عام في غزة", "قبل عام", "2025-01-01", "2025-12-31"),
        (SATURDAY, "قبل شهر واحد", "قبل شهر واحد", "2026-10-01", "2026-10-31"),
        (date(2026, 11, 18), "قبل أسبوعين", "قبل أسبوعين", "2026-10-31", "2026-11-08"),
        # Since, to today.
        (SATURDAY, "منذ 3 أيام", "منذ 3 أيام", "2026-11-18", "2026-11-21"),
        (SATURDAY, "منذ عامين", "منذ عامين", "2024-01-01", "2026-11-21"),
        (SATURDAY, "منذ العام الماضي", "العام الماضي", "2025-01-01", "2026-11-21"),
        (SATURDAY, "since last March", "last March", "2026-03-01", "2026-11-21"),
        (SATURDAY, "since yesterday", "yesterday", "2026-11-20", "2026-11-21"),
        (SATURDAY, "منذ السابع من أكتوبر الماضي", "أكتوبر الماضي", "2026-10-01", "2026-11-21"),
        # From or to today.
        (SATURDAY, "past two weeks", "past two weeks", "2026-11-07", "2026-11-21"),
        (SATURDAY, "the last 10 days", "the last 10 days", "2026-11-11", "2026-11-21"),
        (SATURDAY, "over the last year", "the last year", "2025-11-21", "2026-11-21"),
        (LEAP_DAY, "in the past year", "the past year", "2023-02-28", "2024-02-29"),
        (MONTH_END, "the past month", "the past month", "2026-02-28", "2026-03-31"),
        (SATURDAY, "the next three months", "the next three months", "2026-11-21", "2027-02-21"),
        (
            SATURDAY,
            "الأسبوعين الماضيين",
            "الأسبوعين الماضيين",
            "2026-11-07",
            "2026-11-21",
        ),
        (SATURDAY, "العامين المقبلين", "العامين المقبلين", "2026-11-21", "2028-11-21"),
        (
            SATURDAY,
            "الأيام الثلاثة الماضية",
            "الأيام الثلاثة الماضية",
            "2026-11-18",
            "2026-11-21",
        ),
        (
            SATURDAY,
            "السنوات الـ10 الماضية",
            "السنوات الـ10 الماضية",
            "2016-11-21",
            "2026-11-21",
        ),
        (SATURDAY, "في آخر شهرين", "آخر شهرين", "2026-09-21", "2026-11-21"),
        (SATURDAY, "آخر 3 أيام", "آخر 3 أيام", "2026-11-18", "2026-11-21"),
    ],
)
def test_one_date(today: date, text: str, words: str, first: str, last: str) -> None:
    assert dates(text, today) == [(words, day(first), day(last))]


@pytest.mark.parametrize(
    "text",
    [
        "last",
        "at last",
        "At last, March came",
        "the last man",
        "last time",
        "the last week of the campaign",
        "the last two weeks of the war",
        "last year of his life",
        "the last Friday of Ramadan",
        "The truce may last two weeks",
        "Did the war last 3 years?",
        "the last march on Washington",
        "May",
        "what may happen",
        "Can this may be true?",
        "what comes next may surprise",
        "Was this march in London banned?",
        "in March",
        "في مارس",
        "on Sunday",
        "يوم الأحد",
        "Who founded USA Today?",
        "Who owns Russia Today",
        "the film The Day After Tomorrow",
        "Who sang Yesterday",
        "Who is the president today?",
        "How many members does the union have today?",
        "1,500 years ago",
        "2-3 years ago",
        "one hundred and two years ago",
        "twenty-five years ago",
        "twenty five years ago",
        "قبل خمسة وعشرين عاما",
        "two and a half years ago",
        "Tomorrowland",
        # Arabic.
        "المصري اليوم",
        "من يرأس تحرير المصري اليوم؟",
        "ماذا قالت صحيفة المصري اليوم؟",
        "ماذا حدث في المصري اليوم؟",
        "روسيا اليوم",
        "أخبار اليوم",
        "اليوم السابع",
        "اليوم العالمي للمرأة",
        "في اليوم التالي",
        "صباح اليوم التالي",
        "ماذا حدث اليوم الأول",
        "حتى اليوم",
        "اليوم الأحد",
        "أمس الأحد",
        "في أمس الحاجة",
        "حزب الغد",
        "وقد غدا رئيسا",
        "الأمين العام الحالي",
        "من هو أمينها العام المقبل؟",
        "النائب العام الماضي",
        "الوضع العام الحالي",
        "قبل يومين من الانتخابات",
        "قبل خمس سنوات من الحرب",
        "قبل ثلاثة أيام فقط من القمة",
        "قبل عامين ونصف",
        "قبل عام 2022",
        "منذ عام 2011",
        "قبل شهر رمضان",
        "قبل يوم الأحد",
        "قبل أيام",
        "آخر شهرين من العام",
        "الماضي",
        "مضى",
        "",
    ],
)
def test_no_date(text: str) -> None:
    assert dates(text, SATURDAY) == []


def test_a_year_that_follows_must_agree() -> None:
    assert dates("last March 2021", SATURDAY) == []
    assert dates("العام الماضي 2021", SATURDAY) == []
    assert [words for words, *_ in dates("last March 2026", SATURDAY)] == ["last March"]


def test_several_in_order() -> None:
    text = "Between last Sunday and yesterday، وقبل يومين"
    assert [words for words, *_ in dates(text, SATURDAY)] == [
        "last Sunday",
        "yesterday",
        "قبل يومين",
    ]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("yesterday", "2026-11-20"),
        ("last month", "2026-10"),
        ("last year", "2025"),
        ("past 3 days", "2026-11"),
        ("past two years", "2024"),
    ],
)
def test_a_mention_is_as_precise_as_its_days(text: str, iso: str) -> None:
    (mention,) = find_relative_dates(text, SATURDAY)
    assert mention.iso == iso


@pytest.mark.parametrize("today", [date.min, date.max, date(1900, 1, 1)])
@pytest.mark.parametrize("text", ["last year", "next week", "last Ramadan", "tomorrow", "200 عام"])
def test_days_outside_the_calendar_are_left_out(today: date, text: str) -> None:
    assert all(first <= last for _, first, last in dates(text, today))


def test_a_question_names_relative_and_absolute_dates() -> None:
    text = "What changed between March 2021 and last March, and in 2019?"
    found = [(m.span.of(text), m.iso) for m in dates_in_question(text, SATURDAY)]
    assert found == [("March 2021", "2021-03"), ("last March", "2026-03"), ("2019", "2019")]


def test_the_relative_reading_wins_where_both_cover_a_word() -> None:
    text = "last March 2026"
    assert [m.span.of(text) for m in dates_in_question(text, SATURDAY)] == ["last March"]
    text = "last March 2021"
    assert [m.iso for m in dates_in_question(text, SATURDAY)] == ["2021-03"]


def test_a_question_is_read_as_asked_on_its_day() -> None:
    encoder = WordEncoder()
    (mention,) = prepare("قمة العام الماضي", encoder, encoder, today=SATURDAY).dates
    assert mention.iso == "2025"
    (mention,) = prepare("last year", encoder, encoder).dates
    assert mention.year in (date.today().year - 1, date.today().year - 2)
