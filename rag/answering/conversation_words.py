"""The words by which questions ask, go on and point back, for both languages.

All but the ones to be shown are in the form :func:`rag.text.normalize.normalize` gives.
"""

from __future__ import annotations

import re


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


ASKING_AR = _words("من ما ماذا متي اين كيف كم لماذا هل اي ايه بم علام مم بماذا لمن")
_ASKING_EN = _words("what who whom whose which when where why how")
ASKING = ASKING_AR | _ASKING_EN
# "when's", "who's", which hold both a question word and its verb; "he's" and its like.
CONTRACTED = _words("what's who's where's when's how's why's he's she's it's that's there's")
BE = _words("is are was were be been")
AUXILIARIES = BE | _words(
    "did do does has have had will would can could should might must hasn't didn't wasn't"
)
CONNECTIVES = _words("and but so then or also ok okay well و ف ثم لكن ولكن طيب حسنا")
# Of these, the ones after which a mere name asks the former question anew.
CONTINUES = _words("and or but و")
ABOUT = {"what about", "how about"}.union(
    f"{join}ماذا {about}" for join in ("", "و", "ف") for about in ("عن", "بشان", "بخصوص")
)
PLACING = _words("in at to from near inside outside")
PREPOSITIONS = PLACING | _words(
    "with by on after before since during between against for"
    " في من الي علي مع عند قبل بعد خلال منذ ضد بين عام سنه"
)
# Questions to the assistant itself.
TO_US = _words("i me my you your انت انتم انتي")
# Words that ask or order but say nothing of what: "how many people", "when exactly".
LIGHT = _words(
    "else many much people person persons anyone anything someone something time times long"
    " exactly precisely now next later afterwards afterward today's please people's"
    " شخص شخصا اشخاص احد عدد الان بالضبط تحديدا ايضا اخر اخري اكثر تماما غير"
)
# Capitalised, yet no names.
NO_NAMES = _words(
    "january february march april may june july august september october november december"
    " monday tuesday wednesday thursday friday saturday sunday"
    " tell name list describe explain give show happened"
)
# What is always of something: "what was the result?", «ما السبب؟», "when was the meeting?".
RELATIONAL = _words(
    "reason reasons result results outcome outcomes date place location cause causes purpose goal"
    " topic agenda meeting summit visit talks conference attack agreement deal vote number toll"
    " response reaction victims participants attendees details"
    " سبب اسباب نتيجه نتائج هدف اهداف تاريخ مكان موعد موقع حصيله تفاصيل رد موضوع جدول اسم"
    " ضحايا قتلي جرحي مشاركون مشاركين حاضرون حضور"
    " اجتماع قمه لقاء زياره مؤتمر هجوم محادثات مباحثات اتفاق تصويت"
)
PARTICIPLE = re.compile(
    r"\w+ed|held|said|told|met|done|won|sent|made|given|taken|shot|lost|present|absent|true|hurt"
    r"|begun|built|hit|known|chosen|shown|paid|found|killed|there"
)

# --- English pronouns -----------------------------------------------------------------------------

PERSONAL = _words("he she it they him her his its their them")
DEMONSTRATIVE = _words("that this these those there then")
# Before other words *that* only joins: "said that", "the summit that".
BEFORE_THAT = (
    AUXILIARIES
    | {""}
    | _words(
        "and but so after before during since about at in on of from to for by with like what how"
    )
)
TIMES = _words(
    "year month week day morning evening afternoon century decade season time spring summer"
    " autumn fall winter monday tuesday wednesday thursday friday saturday sunday january february"
    " march april may june july august september october november december"
)
EMPTY_IT = _words("take takes took true possible likely cost costs necessary important")
CLAUSES = _words("when while after before as because if that who which since until though whether")

# --- Arabic pronouns ------------------------------------------------------------------------------

PERSONAL_AR = _words("هو هي هم هما")
WITH_PRONOUN_AR = _words(
    "منه منها منهم فيه فيها فيهم اليه اليها اليهم عليه عليها عليهم عنه عنها عنهم له لها لهم به بها"
    " بهم معه معها معهم بينهم بينهما عنهما معهما بعدها بعده قبلها قبله خلالها خلاله"
)
DEMONSTRATIVE_AR = _words(
    "ذلك تلك هذا هذه هؤلاء اولئك هناك بذلك بهذا بهذه لهذا لهذه وذلك وهذا وهذه"
)
RELATIVE_AR = _words("الذي التي الذين اللذان اللتان اللذين اللتين")
TIMES_AR = _words(
    "عام سنه شهر اسبوع يوم ايام ليله مساء صباح صيف شتاء ربيع خريف مره قرن عقد موسم"
    " سبت احد اثنين ثلاثاء اربعاء خميس جمعه"
)
WHAT_AR = _words("ما وما فما")
# Question words after which a noun, too, may stand alone.
PLACED_AR = frozenset(
    join + word for join in ("", "و", "ف") for word in ("ما", "من", "اين", "متي", "كيف")
)
ATTACHED = re.compile(r"[^\W\d_]{2}(?:ه|ها|هم|هما|هن)$")
MARKS = "".join(map(chr, [*range(0x64B, 0x660), 0x670]))

# --- taking questions apart -----------------------------------------------------------------------

# Question words that ask about a whole clause, so that one can take the place of another.
ADVERBS_EN = _words("when where why how")
ADVERBS_AR = {"متي": "متى", "اين": "أين", "لماذا": "لماذا", "كيف": "كيف"}
# After "how" they make it a question about a number.
NOT_ADVERBIAL = _words("many much long old far often big to")

# That something took place says nothing of what it was.
HAPPENS = _words("happen happened happens place take took held occur occurred")
OCCURS = _words(
    "عقد عقدت انعقد انعقدت ستعقد سيعقد يعقد تعقد جري جرت يجري تجري حدث حدثت يحدث وقع وقعت"
    " حصل حصلت تم تمت بدا بدات انتهي انتهت اقيم اقيمت ستقام سيقام"
)
# What a short question may hold besides its question word and still ask no more than that.
ADDS_NOTHING = (HAPPENS | OCCURS) | _words(
    "is are was were did does do that this it exactly precisely ذلك هذا كان كانت بالضبط تحديدا"
)
ATTENDS = _words(
    "حضر حضرها حضره حضروا يحضر سيحضر نظم ينظم استضاف استضافت يستضيف تستضيف ستستضيف تراس ترأس"
    " قاطع افتتح"
)
# Before a topic, like a question word: «ما هي ...», "tell me about ...".
OPENING = _words("هو هي هم الذي التي الذين the tell me about in on at for of to في")
BEFORE_YEAR = _words("in of the year في عام سنه العام السنه وفي عن")
# What a place of more than one word begins with, after «في»; as written.
PLACES = _words("مدينة العاصمة مدينه دولة كوريا جنوب شمال شرق غرب الشرق البيت")
COURTESY = _words(
    "hello hi hey thanks thank you ok okay yes no bye شكرا مرحبا اهلا السلام عليكم نعم لا"
)
