"""The words by which questions ask, go on and point back, folded, for both languages."""

from __future__ import annotations

import re

ASKING_AR = frozenset("من ما ماذا متي اين كيف كم لماذا هل اي ايه بم علام مم بماذا لمن".split())
_ASKING_EN = frozenset("what who whom whose which when where why how".split())
ASKING = ASKING_AR | _ASKING_EN
# "when's", "who's", which hold both a question word and its verb; "he's" and its like.
CONTRACTED = frozenset(
    "what's who's where's when's how's why's he's she's it's that's there's".split()
)
BE = frozenset("is are was were be been".split())
AUXILIARIES = BE | frozenset(
    "did do does has have had will would can could should might must hasn't didn't wasn't".split()
)
CONNECTIVES = frozenset("and but so then or also ok okay well و ف ثم لكن ولكن طيب حسنا".split())
# Of these, the ones after which a mere name asks the former question anew.
CONTINUES = frozenset("and or but و".split())
ABOUT = frozenset(
    ("what about", "how about")
    + tuple(f"{join}ماذا {about}" for join in ("", "و", "ف") for about in ("عن", "بشان", "بخصوص"))
)
PLACING = frozenset("in at to from near inside outside".split())
PREPOSITIONS = PLACING | frozenset(
    "with by on after before since during between against for"
    " في من الي علي مع عند قبل بعد خلال منذ ضد بين عام سنه".split()
)
# Questions to the assistant itself.
TO_US = frozenset("i me my you your انت انتم انتي".split())
# Words that ask or order but say nothing of what: "how many people", "when exactly".
LIGHT = frozenset(
    "else many much people person persons anyone anything someone something time times long"
    " exactly precisely now next later afterwards afterward today's please people's"
    " شخص شخصا اشخاص احد عدد الان بالضبط تحديدا ايضا اخر اخري اكثر تماما غير".split()
)
# Capitalised, yet no names.
NO_NAMES = frozenset(
    "january february march april may june july august september october november december"
    " monday tuesday wednesday thursday friday saturday sunday"
    " tell name list describe explain give show happened".split()
)
# What is always of something: "what was the result?", «ما السبب؟», "when was the meeting?".
RELATIONAL = frozenset(
    "reason reasons result results outcome outcomes date place location cause causes purpose goal"
    " topic agenda meeting summit visit talks conference attack agreement deal vote number toll"
    " response reaction victims participants attendees details"
    " سبب اسباب نتيجه نتائج هدف اهداف تاريخ مكان موعد موقع حصيله تفاصيل رد موضوع جدول اسم"
    " ضحايا قتلي جرحي مشاركون مشاركين حاضرون حضور"
    " اجتماع قمه لقاء زياره مؤتمر هجوم محادثات مباحثات اتفاق تصويت".split()
)
PARTICIPLE = re.compile(
    r"\w+ed|held|said|told|met|done|won|sent|made|given|taken|shot|lost|present|absent|true|hurt"
    r"|begun|built|hit|known|chosen|shown|paid|found|killed|there"
)

# --- English pronouns -----------------------------------------------------------------------------

PERSONAL = frozenset("he she it they him her his its their them".split())
DEMONSTRATIVE = frozenset("that this these those there then".split())
# Before other words *that* only joins: "said that", "the summit that".
BEFORE_THAT = AUXILIARIES | frozenset(
    ["", "and", "but", "so", "after", "before", "during", "since", "about", "at", "in", "on", "of"]
    + ["from", "to", "for", "by", "with", "like", "what", "how"]
)
TIMES = frozenset(
    "year month week day morning evening afternoon century decade season time spring summer"
    " autumn fall winter monday tuesday wednesday thursday friday saturday sunday january february"
    " march april may june july august september october november december".split()
)
EMPTY_IT = frozenset("take takes took true possible likely cost costs necessary important".split())
CLAUSES = frozenset(
    "when while after before as because if that who which since until though whether".split()
)

# --- Arabic pronouns ------------------------------------------------------------------------------

PERSONAL_AR = frozenset("هو هي هم هما".split())
WITH_PRONOUN_AR = frozenset(
    "منه منها منهم فيه فيها فيهم اليه اليها اليهم عليه عليها عليهم عنه عنها عنهم له لها لهم به بها"
    " بهم معه معها معهم بينهم بينهما عنهما معهما بعدها بعده قبلها قبله خلالها خلاله".split()
)
DEMONSTRATIVE_AR = frozenset(
    "ذلك تلك هذا هذه هؤلاء اولئك هناك بذلك بهذا بهذه لهذا لهذه وذلك وهذا وهذه".split()
)
RELATIVE_AR = frozenset("الذي التي الذين اللذان اللتان اللذين اللتين".split())
TIMES_AR = frozenset(
    "عام سنه شهر اسبوع يوم ايام ليله مساء صباح صيف شتاء ربيع خريف مره قرن عقد موسم"
    " سبت احد اثنين ثلاثاء اربعاء خميس جمعه".split()
)
WHAT_AR = frozenset("ما وما فما".split())
# Question words after which a noun, too, may stand alone.
PLACED_AR = frozenset(
    join + word for join in ("", "و", "ف") for word in ("ما", "من", "اين", "متي", "كيف")
)
ATTACHED = re.compile(r"[^\W\d_]{2}(?:ه|ها|هم|هما|هن)$")
MARKS = "".join(map(chr, [*range(0x64B, 0x660), 0x670]))
