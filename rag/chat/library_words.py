"""What the library page itself says, in Arabic and English, and how it counts things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.chat.library_catalogue import Order
from rag.chat.timeline import Unit
from rag.corpus.cleanup import Reason


@dataclass(frozen=True, slots=True)
class Noun:
    """A counted thing: alone, a pair, a few (…03 to …10), many (…11 to …99), other (…00 to …02)."""

    one: str
    two: str
    few: str
    many: str
    other: str

    def of(self, count: int) -> str:
        """``count`` of them, with the form the number asks for."""
        last = count % 100
        if count == 1:
            form = self.one
        elif count == 2:
            form = self.two
        elif 3 <= last <= 10:
            form = self.few
        else:
            form = self.many if last >= 11 else self.other
        return form.format(n=f"{count:,}")


def _english(one: str, many: str) -> Noun:
    counted = f"{{n}} {many}"
    return Noun(f"1 {one}", counted, counted, counted, counted)


@dataclass(frozen=True, slots=True)
class LibraryWords:
    """The library page's own sentences in one language."""

    title: str
    article: Noun
    outlet: Noun
    word: Noun
    span: Noun
    story: Noun
    file: Noun
    group: Noun
    add: str
    drop_hint: str
    sending: str
    stages: Mapping[str, str]
    writing: str
    added: str
    replaced: str
    known: str
    not_read: str
    wrong_kind: str
    too_large: str
    at_line: str
    more_problems: str
    nothing_in_it: str
    search: str
    search_hint: str
    order: str
    orders: Mapping[Order, str]
    column_title: str
    column_outlet: str
    column_date: str
    column_language: str
    column_length: str
    languages: Mapping[str, str]
    language_unknown: str
    outlet_unknown: str
    outlets_other: str
    date_unknown: str
    rows: str
    between: str
    previous: str
    next: str
    none_found: str
    empty: str
    list_label: str
    choose: str
    text: str
    file_name: str
    link: str
    host: str
    stories: str
    copies: str
    not_indexed: str
    aside: str
    reasons: Mapping[Reason, str]
    remove: str
    remove_question: str
    remove_also: str
    remove_yes: str
    remove_no: str
    removing: str
    removed: str
    gone: str
    close: str
    timeline: str
    timeline_units: Mapping[Unit, str]
    timeline_years: str
    timeline_none: str
    timeline_most: str
    timeline_undated: str
    timeline_vague: str
    timeline_table: str
    months: tuple[str, ...]
    when: str
    total: str
    copies_title: str
    copies_about: str
    copies_none: str
    more_groups: str
    asides_title: str
    asides_about: str
    asides_none: str
    aside_why: str
    aside_count: str
    aside_examples: str


_ARABIC = LibraryWords(
    title="المكتبة",
    article=Noun("مقال واحد", "مقالان", "{n} مقالات", "{n} مقالًا", "{n} مقال"),
    outlet=Noun("مصدر واحد", "مصدران", "{n} مصادر", "{n} مصدرًا", "{n} مصدر"),
    word=Noun("كلمة واحدة", "كلمتان", "{n} كلمات", "{n} كلمة", "{n} كلمة"),
    span=Noun("موضع واحد", "موضعان", "{n} مواضع", "{n} موضعًا", "{n} موضع"),
    story=Noun("خبر واحد", "خبران", "{n} أخبار", "{n} خبرًا", "{n} خبر"),
    file=Noun("ملف واحد", "ملفان", "{n} ملفات", "{n} ملفًا", "{n} ملف"),
    group=Noun("مجموعة واحدة", "مجموعتان", "{n} مجموعات", "{n} مجموعة", "{n} مجموعة"),
    add="إضافة مقالات",
    drop_hint="ملفات {txt} أو {md} أو {jsonl}، حتى {size} ميغابايت لكل ملف",
    sending="تجري قراءة {files}…",
    stages={
        "chunks": "تقسيم المقالات",
        "passages": "قراءة المقاطع",
        "sentences": "قراءة الجمل",
        "senses": "قراءة معاني الجمل",
        "vocabulary": "قراءة الكلمات",
    },
    writing="كتابة الفهرس",
    added="أُضيف: {articles}",
    replaced="حُدّث: {articles}، فمعرّفه موجود بنص آخر",
    known="موجود من قبل: {articles}",
    not_read="تعذّرت قراءته",
    wrong_kind="ليس من الملفات المقبولة، وهي {txt} و {md} و {jsonl}",
    too_large="أكبر من الحد، وهو {size} ميغابايت",
    at_line="السطر {line}",
    more_problems="وأخطاء أخرى عددها {n}",
    nothing_in_it="لا مقال فيه",
    search="بحث في المقالات",
    search_hint="كلمات من العنوان أو المصدر أو النص",
    order="الترتيب",
    orders={
        "newest": "الأحدث أولًا",
        "oldest": "الأقدم أولًا",
        "added": "كما أُضيفت",
        "title": "العنوان، تصاعديًا",
        "title_back": "العنوان، تنازليًا",
        "outlet": "المصدر، تصاعديًا",
        "outlet_back": "المصدر، تنازليًا",
        "language": "اللغة، تصاعديًا",
        "language_back": "اللغة، تنازليًا",
        "longest": "الأطول أولًا",
        "shortest": "الأقصر أولًا",
    },
    column_title="العنوان",
    column_outlet="المصدر",
    column_date="التاريخ",
    column_language="اللغة",
    column_length="الطول",
    languages={"ar": "العربية", "en": "الإنجليزية"},
    language_unknown="اللغة غير معروفة",
    outlet_unknown="المصدر غير معروف",
    outlets_other="مصادر أخرى",
    date_unknown="التاريخ غير معروف",
    between="من {first} إلى {last}",
    rows="{first} إلى {last} من {total}",
    previous="السابق",
    next="التالي",
    none_found="لا مقال فيه هذه الكلمات كلها.",
    empty="المكتبة خالية. أضف ملفًا لتبدأ.",
    list_label="قائمة المقالات",
    choose="اختر مقالًا من القائمة لقراءته هنا.",
    text="نص المقال",
    file_name="الملف",
    link="الرابط",
    host="وُجد في صفحة",
    stories="أخبار وُجدت في صفحته",
    copies="نصوص تكاد تطابقه",
    not_indexed="لا يُبحث فيه",
    aside="مستبعَد",
    reasons={
        "share": "زر مشاركة أو طباعة",
        "comments": "التعليقات",
        "picture": "مكان صورة",
        "advertisement": "إعلان",
        "follow": "دعوة إلى المتابعة أو الاشتراك",
        "tags": "كلمات مفتاحية",
        "credit": "اسم المصدر",
        "stamp": "تاريخ أو وقت على الصفحة",
        "number": "عدّاد",
        "address": "رابط",
        "read_also": "عنوان «اقرأ أيضًا»",
        "link": "عنوان خبر آخر",
        "story": "خبر آخر في الصفحة نفسها",
        "other": "ليس من الخبر",
    },
    remove="حذف المقال…",
    remove_question="أيُحذف هذا المقال من المكتبة؟",
    remove_also="ويُحذف معه ما وُجد في صفحته:",
    remove_yes="احذف",
    remove_no="أبقِه",
    removing="يجري الحذف…",
    removed="حُذف {articles}:",
    gone="لم يعد هذا المقال في المكتبة.",
    close="إغلاق",
    timeline="المقالات عبر الزمن",
    timeline_units={"day": "باليوم", "week": "بالأسبوع", "month": "بالشهر", "year": "بالسنة"},
    timeline_years="كل {n} سنة",
    timeline_none="لا مقال معروف التاريخ بعد.",
    timeline_most="{articles} من {first} إلى {last}، وأكثرها في {most}: {count}",
    timeline_undated="بلا تاريخ: {articles}",
    timeline_vague="تاريخه غير دقيق: {articles}",
    timeline_table="الأرقام في جدول",
    months=(
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ),
    when="الفترة",
    total="المجموع",
    copies_title="نصوص متطابقة تقريبًا",
    copies_about="مقالات يتكرر فيها نصف النص أو أكثر. {groups}.",
    copies_none="لا مقالات متطابقة تقريبًا.",
    more_groups="وأُخرى لا تظهر هنا: {groups}",
    asides_title="ما استُبعد من الصفحات ولماذا",
    asides_about="يبقى في نص المقال ولا يُبحث فيه ولا يُقتبس منه.",
    asides_none="لم يُستبعد شيء.",
    aside_why="السبب",
    aside_count="المواضع",
    aside_examples="أمثلة",
)

_ENGLISH = LibraryWords(
    title="Library",
    article=_english("article", "articles"),
    outlet=_english("outlet", "outlets"),
    word=_english("word", "words"),
    span=_english("passage", "passages"),
    story=_english("story", "stories"),
    file=_english("file", "files"),
    group=_english("group", "groups"),
    add="Add articles",
    drop_hint="{txt}, {md} or {jsonl} files, up to {size} MB each",
    sending="Reading {files}…",
    stages={
        "chunks": "Cutting articles into passages",
        "passages": "Reading passages",
        "sentences": "Reading sentences",
        "senses": "Reading what sentences mean",
        "vocabulary": "Reading words",
    },
    writing="Writing the index",
    added="{articles} added",
    replaced="{articles} replaced: the same id stood for another text",
    known="{articles} already here",
    not_read="could not be read",
    wrong_kind="not one of the files that are accepted: {txt}, {md} and {jsonl}",
    too_large="larger than the limit of {size} MB",
    at_line="line {line}",
    more_problems="and {n} more",
    nothing_in_it="no article in it",
    search="Search the articles",
    search_hint="Words of the title, the outlet or the text",
    order="Order",
    orders={
        "newest": "Newest first",
        "oldest": "Oldest first",
        "added": "As they were added",
        "title": "Title, ascending",
        "title_back": "Title, descending",
        "outlet": "Outlet, ascending",
        "outlet_back": "Outlet, descending",
        "language": "Language, ascending",
        "language_back": "Language, descending",
        "longest": "Longest first",
        "shortest": "Shortest first",
    },
    column_title="Title",
    column_outlet="Outlet",
    column_date="Date",
    column_language="Language",
    column_length="Length",
    languages={"ar": "Arabic", "en": "English"},
    language_unknown="language unknown",
    outlet_unknown="outlet unknown",
    outlets_other="Other outlets",
    date_unknown="date unknown",
    between="{first} to {last}",
    rows="{first}–{last} of {total}",
    previous="Previous",
    next="Next",
    none_found="No article has all these words.",
    empty="The library is empty. Add a file to begin.",
    list_label="List of articles",
    choose="Choose an article from the list to read it here.",
    text="Text of the article",
    file_name="File",
    link="Link",
    host="Found in the page of",
    stories="Stories found in its page",
    copies="Nearly the same text",
    not_indexed="Not searched",
    aside="set aside",
    reasons={
        "share": "share or print button",
        "comments": "comments",
        "picture": "place of a picture",
        "advertisement": "advertisement",
        "follow": "call to follow or subscribe",
        "tags": "keywords",
        "credit": "name of the source",
        "stamp": "date or time on the page",
        "number": "counter",
        "address": "web address",
        "read_also": "“read also” heading",
        "link": "headline of another story",
        "story": "another story on the same page",
        "other": "not part of the story",
    },
    remove="Remove article…",
    remove_question="Remove this article from the library?",
    remove_also="What was found in its page goes too:",
    remove_yes="Remove",
    remove_no="Keep",
    removing="Removing…",
    removed="{articles} removed:",
    gone="This article is no longer in the library.",
    close="Close",
    timeline="Articles over time",
    timeline_units={"day": "by day", "week": "by week", "month": "by month", "year": "by year"},
    timeline_years="every {n} years",
    timeline_none="No article has a known date yet.",
    timeline_most="{articles} from {first} to {last}, the most in {most}: {count}",
    timeline_undated="{articles} without a date",
    timeline_vague="{articles} with a less precise date",
    timeline_table="The numbers as a table",
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    when="Period",
    total="Total",
    copies_title="Near-duplicates",
    copies_about="Articles that have half of their text or more in common. {groups}.",
    copies_none="No near-duplicates.",
    more_groups="and {groups} not shown",
    asides_title="What was set aside, and why",
    asides_about="It stays in the article's text, but is neither searched nor quoted.",
    asides_none="Nothing was set aside.",
    aside_why="Why",
    aside_count="Passages",
    aside_examples="Examples",
)

_LABELS = ("title", "add", "search", "search_hint", "order", "copies_title", "asides_title")
_WORDS = {"ar": _ARABIC, "en": _ENGLISH}


def library_words(language: str) -> LibraryWords:
    """The library page's sentences in ``language``; English where it has none of its own."""
    return _WORDS.get(language, _ENGLISH)


def label_table(language: str) -> dict[str, str]:
    """The labels of components by the names under which Gradio looks them up."""
    say = library_words(language)
    return {f"library_{name}": getattr(say, name) for name in _LABELS}
