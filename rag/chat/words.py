"""Every word the chat page says, in Arabic and English. Braces are filled in where they are used.

The Library page keeps its own table in the same shape, see :func:`rag.chat.locale.label`.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.chat.library_words import Noun


@dataclass(frozen=True, slots=True)
class Words:
    """The page's own words in one language."""

    # The frame
    tagline: str
    chat_tab: str
    library_tab: str
    skip_to_question: str
    other_language: str
    conversations: str
    settings: str
    close: str
    # Asking
    placeholder: str
    question_label: str
    chat_label: str
    welcome: str
    examples: str
    asked: str
    answered: str
    # On the way
    searching: str
    passage: Noun
    person: Noun
    articles: Noun
    reading: str
    writing: str
    waiting: str
    quoting_meanwhile: str
    stopped: str
    understood: str
    made_by: str
    quoted_by: str
    declined_in: str
    # What went wrong
    empty_question: str
    long_question: str
    bad_date: str
    bad_period: str
    failed: str
    # Why there is no answer
    reason_no_evidence: str
    reason_model_abstained: str
    reason_other: str
    nothing_in_period: str
    # Sources
    sources: str
    sources_of: str
    nearest_to: str
    no_sources: str
    also_found: str
    nearest: str
    date_unknown: str
    supported: str
    unsupported: str
    also_in: str
    open_article: str
    back_to_answer: str
    # An article
    article: str
    article_gone: str
    set_aside: str
    next_mark: str
    previous_mark: str
    mark_of: str
    loading: str
    # Conversations
    new_conversation: str
    no_conversations: str
    stored_here: str
    delete_conversation: str
    delete_sure: str
    export_markdown: str
    print_page: str
    export_title: str
    exported_question: str
    storage_full: str
    copied: str
    copy: str
    edit: str
    retry: str
    undo: str
    like: str
    dislike: str
    send_question: str
    stop: str
    save_edit: str
    cancel_edit: str
    # Feedback
    why: str
    why_placeholder: str
    send: str
    thanks: str
    reason_label: str
    wrong_citation: str
    wrong_answer: str
    missing_answer: str
    badly_written: str
    good_answer: str
    # Settings
    model: str
    model_effect: str
    model_written: str
    quoting_only: str
    passages: str
    passages_effect: str
    since: str
    until: str
    dates_effect: str
    answer_language: str
    answer_language_effect: str
    same_as_question: str
    arabic: str
    english: str
    all_articles: str
    within_period: str
    answers_in: str
    reads_passages: str
    reset: str
    # The status line
    model_ready: str
    no_model: str
    fetching: str
    loading_model: str
    model_failed: str
    index_size: str
    fingerprint: str


ENGLISH = Words(
    tagline="Every sentence of an answer shows the words that support it.",
    chat_tab="Chat",
    library_tab="Library",
    skip_to_question="Skip to the question",
    other_language="العربية",
    conversations="Conversations",
    settings="Settings",
    close="Close",
    placeholder="Ask the articles, in Arabic or English",
    question_label="Your question",
    chat_label="Conversation",
    welcome="Ask the articles. Answers quote them word for word.",
    examples="Questions to begin with",
    asked="Question",
    answered="Answer",
    searching="Searching the articles…",
    passage=Noun("1 passage", "2 passages", "{n} passages", "{n} passages", "{n} passages"),
    person=Noun("1 person", "2 people", "{n} people", "{n} people", "{n} people"),
    articles=Noun("1 article", "2 articles", "{n} articles", "{n} articles", "{n} articles"),
    reading="Reading {passages}…",
    writing="Writing the answer; it is checked against the articles when it is finished…",
    waiting="{people} before you; the quotes above are ready meanwhile.",
    quoting_meanwhile="Answered by quoting; the language model is not ready yet.",
    stopped="Stopped. What had been found stays.",
    understood="Understood as:",
    made_by="Written by {model} in {seconds} s, checked against the articles",
    quoted_by="Quoted from the articles in {seconds} s",
    declined_in="Looked for in {seconds} s",
    empty_question="Write a question first.",
    long_question="The question is too long: {n} characters, of {most} at most.",
    bad_date="“{value}” is no date. Write 2024, 2024-07 or 2024-07-25.",
    bad_period="The first date, {since}, is after the last, {until}.",
    failed="That did not work:",
    reason_no_evidence="No passage of the articles is near enough to the question to answer it.",
    reason_model_abstained="The language model read the nearest passages; they do not answer.",
    reason_other="Why there is no answer: {reason}.",
    nothing_in_period="No article is dated within the period set in Settings.",
    sources="Sources",
    sources_of="Sources of the answer to:",
    nearest_to="None of them answers:",
    no_sources="The sources of an answer appear here: who wrote it, when, and the exact words.",
    also_found="Found, but not cited ({n})",
    nearest="The nearest articles",
    date_unknown="date unknown",
    supported="Supported",
    unsupported="Not verified",
    also_in="Nearly the same words in:",
    open_article="Read in the article",
    back_to_answer="Back to the answer",
    article="Article",
    article_gone="This article is no longer in the library.",
    set_aside="page debris, not indexed",
    next_mark="Next",
    previous_mark="Previous",
    mark_of="Quote {n} of {all}",
    loading="Opening the article…",
    new_conversation="New conversation",
    no_conversations="No conversations yet.",
    stored_here="Kept in this browser only.",
    delete_conversation="Delete the conversation “{title}”",
    delete_sure="Delete this conversation?",
    export_markdown="Save as Markdown",
    print_page="Open to print",
    export_title="Conversation with Musnad",
    exported_question="Question",
    storage_full="This browser has no room left for conversations: delete some.",
    copied="Copied with its sources",
    copy="Copy with sources",
    edit="Edit the question",
    retry="Ask again",
    undo="Take the question back",
    like="A good answer",
    dislike="A bad answer",
    send_question="Ask",
    stop="Stop",
    save_edit="Ask this instead",
    cancel_edit="Leave as it was",
    why="Thank you. Why?",
    why_placeholder="In a few words (optional)",
    send="Send",
    thanks="Thank you; kept on this machine.",
    reason_label="Reason",
    wrong_citation="Quotes the wrong words",
    wrong_answer="Says something untrue",
    missing_answer="Misses what the articles say",
    badly_written="Badly written",
    good_answer="Answers it well",
    model="Answers are",
    model_effect="Quoting is instant; the language model then writes a sentence and checks it.",
    model_written="Written by the language model",
    quoting_only="Quoted only",
    passages="Passages to read",
    passages_effect="More find more, and take longer to read.",
    since="Articles from",
    until="Articles until",
    dates_effect="2024, 2024-07 or 2024-07-25. Articles without a date are then left out.",
    answer_language="Answer in",
    answer_language_effect="Quotes stay in the language of their article.",
    same_as_question="The question's language",
    arabic="Arabic",
    english="English",
    all_articles="Reads every article ({all})",
    within_period="Reads the articles of {period} only: {n} of {all}",
    answers_in="answers in {language}",
    reads_passages="{n} for each question",
    reset="Back to the defaults",
    model_ready="Model: {model}",
    no_model="Answers by quoting; no language model",
    fetching="Fetching {label}: {done} of {total} MB; answers by quoting meanwhile",
    loading_model="Loading the language model; answers by quoting meanwhile",
    model_failed="Answers by quoting:",
    index_size="{articles}, {passages}, {size}",
    fingerprint="index {name}",
)

ARABIC = Words(
    tagline="كل جملة في الإجابة تُظهر الكلمات التي تسندها.",
    chat_tab="المحادثة",
    library_tab="المكتبة",
    skip_to_question="انتقل إلى السؤال",
    other_language="English",
    conversations="المحادثات",
    settings="الإعدادات",
    close="إغلاق",
    placeholder="اسأل المقالات بالعربية أو الإنجليزية",
    question_label="سؤالك",
    chat_label="المحادثة",
    welcome="اسأل المقالات، والإجابات تقتبس منها حرفيا.",
    examples="أسئلة للبداية",
    asked="السؤال",
    answered="الإجابة",
    searching="يجري البحث في المقالات…",
    passage=Noun("مقطع واحد", "مقطعان", "{n} مقاطع", "{n} مقطعا", "{n} مقطع"),
    person=Noun("شخص واحد", "شخصان", "{n} أشخاص", "{n} شخصا", "{n} شخص"),
    articles=Noun("مقال واحد", "مقالان", "{n} مقالات", "{n} مقالا", "{n} مقال"),
    reading="قيد القراءة: {passages}…",
    writing="تُكتب الإجابة، وتُراجَع على المقالات عند اكتمالها…",
    waiting="قبلك {people}، والاقتباسات أعلاه جاهزة في الأثناء.",
    quoting_meanwhile="إجابة مقتبسة من المقالات؛ نموذج اللغة لم يجهز بعد.",
    stopped="أُوقفت الإجابة، ويبقى ما عُثر عليه.",
    understood="فُهم السؤال هكذا:",
    made_by="كتبها {model} في {seconds} ث، ورُوجعت على المقالات",
    quoted_by="مقتبسة من المقالات في {seconds} ث",
    declined_in="بُحث عنها في {seconds} ث",
    empty_question="اكتب سؤالا أولا.",
    long_question="السؤال طويل: {n} حرفا، والحد الأقصى {most}.",
    bad_date="«{value}» ليس تاريخا. اكتب 2024 أو 2024-07 أو 2024-07-25.",
    bad_period="التاريخ الأول {since} بعد الأخير {until}.",
    failed="تعذّر ذلك:",
    reason_no_evidence="لا مقطع في المقالات قريب من السؤال بما يكفي للإجابة عنه.",
    reason_model_abstained="قرأ نموذج اللغة أقرب المقاطع ولم يجد فيها جوابا.",
    reason_other="سبب عدم الإجابة: {reason}.",
    nothing_in_period="لا مقال يقع تاريخه في المدة المحددة في الإعدادات.",
    sources="المصادر",
    sources_of="مصادر الإجابة عن:",
    nearest_to="ليس فيها جواب عن:",
    no_sources="تظهر هنا مصادر الإجابة: من كتبها ومتى، وكلماتها بالحرف.",
    also_found="عُثر عليها ولم تُقتبس ({n})",
    nearest="أقرب المقالات",
    date_unknown="التاريخ غير معروف",
    supported="مسنَدة",
    unsupported="لم يُتحقق منها",
    also_in="كلمات تكاد تكون نفسها في:",
    open_article="اقرأها في المقال",
    back_to_answer="عودة إلى الإجابة",
    article="المقال",
    article_gone="لم يعد هذا المقال في المكتبة.",
    set_aside="من زوائد الصفحة، غير مفهرس",
    next_mark="التالي",
    previous_mark="السابق",
    mark_of="الاقتباس {n} من {all}",
    loading="يُفتح المقال…",
    new_conversation="محادثة جديدة",
    no_conversations="لا محادثات بعد.",
    stored_here="تُحفظ في هذا المتصفح وحده.",
    delete_conversation="احذف المحادثة «{title}»",
    delete_sure="أتُحذف هذه المحادثة؟",
    export_markdown="احفظها بصيغة Markdown",
    print_page="افتحها للطباعة",
    export_title="محادثة مع مُسنَد",
    exported_question="السؤال",
    storage_full="لم يبق في هذا المتصفح مكان للمحادثات: احذف بعضها.",
    copied="نُسخت مع مصادرها",
    copy="انسخ مع المصادر",
    edit="عدّل السؤال",
    retry="اسأل من جديد",
    undo="اسحب السؤال",
    like="إجابة جيدة",
    dislike="إجابة رديئة",
    send_question="اسأل",
    stop="أوقف",
    save_edit="اسأل هذا بدلا منه",
    cancel_edit="اتركه كما كان",
    why="شكرا. ما السبب؟",
    why_placeholder="في كلمات قليلة (اختياري)",
    send="أرسل",
    thanks="شكرا، حُفظ على هذا الجهاز.",
    reason_label="السبب",
    wrong_citation="تقتبس غير المطلوب",
    wrong_answer="تقول غير الصحيح",
    missing_answer="تفوّت ما تقوله المقالات",
    badly_written="صياغتها رديئة",
    good_answer="تجيب جيدا",
    model="الإجابات",
    model_effect="الاقتباس فوري، ثم يكتب نموذج اللغة جملة وتُراجَع.",
    model_written="يكتبها نموذج اللغة",
    quoting_only="مقتبسة فقط",
    passages="عدد المقاطع المقروءة",
    passages_effect="كلما زادت وُجد أكثر وطالت القراءة.",
    since="المقالات من",
    until="المقالات حتى",
    dates_effect="2024 أو 2024-07 أو 2024-07-25، وعندها تُترك المقالات غير المؤرخة.",
    answer_language="لغة الإجابة",
    answer_language_effect="تبقى الاقتباسات بلغة مقالها.",
    same_as_question="لغة السؤال",
    arabic="العربية",
    english="الإنجليزية",
    all_articles="تُقرأ كل المقالات ({all})",
    within_period="تُقرأ مقالات {period} وحدها: {n} من {all}",
    answers_in="لغة الإجابة {language}",
    reads_passages="{n} لكل سؤال",
    reset="العودة إلى الأصل",
    model_ready="النموذج: {model}",
    no_model="إجابات مقتبسة؛ بلا نموذج لغة",
    fetching="يُجلب {label}: {done} من {total} م.ب؛ والإجابات مقتبسة في الأثناء",
    loading_model="يُحمَّل نموذج اللغة؛ والإجابات مقتبسة في الأثناء",
    model_failed="إجابات مقتبسة:",
    index_size="{articles}، {passages}، {size}",
    fingerprint="الفهرس {name}",
)

_WORDS = {"ar": ARABIC, "en": ENGLISH}
LANGUAGES = tuple(_WORDS)


def words(language: str) -> Words:
    """The page's words in ``language``; English where it has none of its own."""
    return _WORDS.get(language, ENGLISH)
