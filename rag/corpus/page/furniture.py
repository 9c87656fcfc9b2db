"""The words that pages speak of themselves with, by what they are there for.

No line is judged by them alone: how many of its words are of these is one sign among those of
its form and place (:mod:`rag.corpus.page.lines`). They also tell a reader why a line was set aside.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rag.text.normalize import normalize

# In the form that normalising gives; an entry of several words counts as so many.
_WORDS = {
    "share": (
        "share|shares|tweet|whatsapp|facebook|twitter|telegram|linkedin|instagram|youtube|"
        "tiktok|pinterest|email|e-mail|print|copy|link|copied|url|save|bookmark|شارك|شاركها|"
        "شاركوا|مشاركه|المشاركه|شير|طباعه|اطبع|ارسل|ارسال|انسخ|نسخ|الرابط|رابط|انشر|غرد|"
        "فيسبوك|فيس بوك|تويتر|واتساب|واتس اب|تلغرام|تليغرام|تيليجرام|انستغرام|انستجرام|"
        "يوتيوب|لينكدان|احفظ|حفظ|المفضله|اكس|التواصل الاجتماعي|حجم الخط|الخط"
    ),
    "comments": (
        "comment|comments|reply|replies|leave|add|post|conversation|discussion|moderated|"
        "تعليق|تعليقا|تعليقك|تعليقات|التعليقات|التعليق|علق|اترك|اضف|اكتب|ردود|الردود|رد|"
        "الحقول|الالزاميه|بريدك|الالكتروني|مشار اليها"
    ),
    "picture": (
        "photo|photos|photograph|picture|pictures|image|images|caption|gallery|getty|"
        "courtesy|handout|watch|video|videos|listen|audio|podcast|play|player|pause|mute|"
        "seconds|volume|transcript|fullscreen|news-picture|loading|صوره|صور|الصوره|الصور|"
        "بالصور|تصوير|عدسه|ارشيفيه|ارشيف|فيديو|بالفيديو|الفيديو|شاهد|شاهدوا|استمع|استمعوا|"
        "تشغيل|الصوت|بودكاست|البوم|مصدر الصوره|صدر الصوره|مشغل|المشغل|المقطع|مده الفيديو"
    ),
    "advertisement": (
        "advertisement|advertisements|advertise|advertising|ad|ads|sponsored|promoted|"
        "promotion|partner|partners|affiliate|اعلان|اعلانات|اشهار|الاعلان|ممول|مموله|الممول|"
        "برعايه|اعلن|مدفوع|دعائيه|ترويجي"
    ),
    "follow": (
        "follow|us|subscribe|subscriber|subscribers|subscription|newsletter|newsletters|"
        "sign up|sign in|log in|login|register|join|channel|notifications|notification|"
        "alerts|app|download|inbox|briefing|every morning|each morning|account|your|you|free|"
        "unlimited|access|support|donate|membership|member|members|google play|app store|"
        "trial|breaking news|bulletin|stay|updated|delivered|تابعوا|تابعونا|تابعنا|تابع|"
        "متابعه|اشترك|اشتركوا|الاشتراك|اشتراك|للاشتراك|النشره|نشرتنا|البريديه|الاخباريه|"
        "قناتنا|قناه|قنواتنا|صفحتنا|حسابنا|حساباتنا|تطبيق|التطبيق|تطبيقنا|حملوا|تحميل|سجل|"
        "تسجيل|الدخول|حسابك|اشعارات|الاشعارات|انضم|انضموا|ليصلك|لتصلك|يصلك|تصلك|بريدك|مجانا|"
        "فعل|تفعيل|اول باول|العاجله|غوغل نيوز|جوجل|google news|مشترك|للمشتركين|المشتركين|"
        "دعمك|تبرع|القائمه البريديه"
    ),
    "tags": (
        "tags|tag|topics|topic|keywords|filed under|categories|category|more on|الوسوم|وسوم|"
        "كلمات|دلاليه|مفتاحيه|الدلاليه|المفتاحيه|تصنيف|تصنيفات|التصنيف|الاقسام|موضوعات|"
        "المواضيع|القسم"
    ),
    "credit": (
        "source|sources|reporting|editing|writing|written|edited|additional|compiled|by|"
        "agencies|correspondent|desk|staff|writer|reporter|editor|المصدر|مصدر|تحرير|اعداد|"
        "وكالات|بقلم|كتب|كتبت|مراسل|المحرر|تدقيق|تقرير|ترجمه"
    ),
    "read_also": (
        "read|also|more|related|most read|most|popular|trending|latest|recommended|"
        "recommends|like|might|may|stories|story|articles|article|news|headlines|top|picks|"
        "editor's|editors'|don't miss|see|next|previous|continue|full|elsewhere|up|اقرا|"
        "اقراوا|اقرئي|ايضا|المزيد|مزيد|ذات|صله|مواضيع|مقالات|اخبار|الاكثر|قراءه|مشاهده|"
        "تداولا|رواجا|شعبيه|الاحدث|احدث|اخر|يهمك|يهمكم|قد|يعجبك|نرشح|نقترح|مقترحات|اخترنا|لك|"
        "لكم|مختارات|متعلقه|مرتبطه|للمزيد|تفاصيل|التفاصيل|التالي|السابق|التاليه|السابقه|عاجل|"
        "الان|حول|القصه|يتصدر|طالع|طالعوا|انظر|لا يفوتك|لا تفوت|الخبر|المقال|مقال"
    ),
    "other": (
        "home|menu|search|skip|content|navigation|main|about|contact|privacy|policy|terms|"
        "conditions|cookie|cookies|accept|reject|settings|consent|manage|preferences|"
        "sections|section|back|sitemap|careers|faq|help|feedback|typo|rights|reserved|"
        "copyright|©|page|pages|website|site|click|here|tap|scroll|view|show|hide|toggle|"
        "edition|language|english|arabic|opinions|readers|reproduced|browser|unsubscribe|"
        "theme|wordpress|powered|views|expressed|authors|script|javascript|republish|"
        "republished|permission|disclaimer|appeared first|الرئيسيه|القائمه|قائمه|بحث|ابحث|"
        "البحث|تخطي|انتقل|المحتوي|الروابط|من نحن|اتصل|اتصلوا|بنا|سياسه|الخصوصيه|شروط|"
        "الاستخدام|الاحكام|ملفات|تعريف|الارتباط|اوافق|موافق|اعدادات|حقوق|الحقوق|محفوظه|اعلي|"
        "الاعلي|للاعلي|الصفحه|صفحه|الموقع|موقع|موقعنا|اضغط|انقر|هنا|عرض|اعرض|الكل|اخفاء|زر|"
        "الذهاب|العوده|خريطه|وظائف|للاعلان|اللغه|العربيه|نسخه|ابلغ|خطا|النشر|لن يتم نشر|"
        "اصحابها|كاتبها|كاتبه|بالضروره|تعبر|يعبر|يجوز|الكتاب|اذن"
    ),
    "section": (
        "politics|sport|sports|economy|business|culture|world|local|opinion|opinions|health|"
        "technology|tech|science|lifestyle|weather|arts|travel|education|environment|"
        "international|national|regional|markets|entertainment|crime|live|radio|tv|"
        "obituaries|classifieds|puzzles|crossword|quiz|poll|e-edition|epaper|shop|archive|"
        "سياسه|اقتصاد|رياضه|ثقافه|محليات|محلي|عالم|العالم|عربي|دوليات|دولي|منوعات|راي|الراي|"
        "اراء|صحه|تكنولوجيا|علوم|مجتمع|فنون|حوادث|تعليم|بيئه|اقتصاديه|رياضيه|سياسيه|ثقافيه|"
        "محليه|عربيه|الطقس|مباشر|البث|الحي|راديو|برامج|كاريكاتير|استطلاع|تحقيقات|تقارير|"
        "ملتيميديا|اسواق|سفر|المناطق|جهات"
    ),
}  # fmt: skip
_GROUP = {
    entry: group for group, entries in _WORDS.items() for entry in entries.split("|") if entry
}
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|©")
_LONGEST_ENTRY = max(len(entry.split()) for entry in _GROUP)


def words_of(text: str) -> list[str]:
    """The normalised words of ``text``, numbers among them."""
    return _TOKEN.findall(normalize(text))


def page_words(words: Sequence[str]) -> list[str | None]:
    """For each of ``words`` the group that it is of, alone or with its neighbours."""
    groups: list[str | None] = [None] * len(words)
    for size in range(_LONGEST_ENTRY, 0, -1):
        for start in range(len(words) - size + 1):
            group = _GROUP.get(" ".join(words[start : start + size]))
            if group and not any(groups[start : start + size]):
                groups[start : start + size] = [group] * size
    return groups


def commonest(groups: Sequence[str | None]) -> str | None:
    """The group of most of the words; of two, that of the word said first."""
    counts = Counter(group for group in groups if group)
    return max(counts, key=counts.__getitem__) if counts else None
