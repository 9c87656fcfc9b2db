"""Function words of Arabic and English, in the form :func:`rag.text.normalize.normalize` gives.

Only words that carry grammar: no verb of saying, no noun of time or place. Normalising merges
some spellings, so ``علي`` stands for على and ``ان`` for أن, إن and آن.
"""

from __future__ import annotations

_ARABIC = (
    # Letters that were glued to a number or a foreign name: الـ51, بـ200, وBBC.
    "ا ال و ف ب ك ل لل بال وال فال كال",
    # Prepositions and adverbs of relation, then with a pronoun attached.
    "من في الي علي عن مع حتي منذ مذ بين عبر ضد دون بدون نحو لدي عند حول خلال تحت فوق بعد قبل",
    "امام خلف وراء ضمن لدن عدا سوي مثل حسب وفق ازاء تجاه رغم بسبب",
    "منه منها منهم منهما منكم مني منا فيه فيها فيهم فيهما اليه اليها اليهم اليهما الينا",
    "عليه عليها عليهم عليهما علينا عليك عنه عنها عنهم عنهما عنا له لها لهم لهما لنا لكم لك لي",
    "به بها بهم بهما بنا بي معه معها معهم معهما معنا بينه بينها بينهم بينهما بيننا",
    "لديه لديها لديهم لدينا عنده عندها عندهم",
    # Pronouns, personal, demonstrative and relative.
    "هو هي هم هما هن انا نحن انت انتم انتما انتن اياه اياها اياهم",
    "هذا هذه هذان هذين هاتان هاتين هؤلاء ذلك تلك ذاك ذلكم اولئك هنا هناك هنالك بهذا بهذه لهذا",
    "لهذه لذلك بذلك كذلك هكذا كذا",
    "الذي التي الذين اللذان اللذين اللتان اللتين اللاتي اللواتي اللائي ممن مما عما فيما بما لما",
    "كما حيثما اينما كلما",
    # Kana and her sisters; inna and hers, and inna with a pronoun attached.
    "كان كانت كانوا كانا كن كنت كنا يكون تكون يكونوا تكونوا نكون اكون يكن تكن ليس ليست ليسوا لست",
    "اصبح اصبحت امسي اضحي بات ظل صار مازال",
    "ان انه انها انهم انهما انني اننا اني انك انكم كانه كانها كانهم لكن لكنه لكنها لكنهم ليت",
    "لعل لان لانه لانها لانهم بان بانه بانها بانهم",
    # Conjunctions, particles and question words.
    "او ثم بل اما اذ اذا اذن لو لولا لوما كي لكي حيث حين حينما عندما بينما بعدما قبلما طالما ريثما",
    "الا غير لا لم لن قد لقد سوف هل يا ايها ايتها نعم كلا اجل انما فقط ايضا كل كلتا بعض",
    "اي ايه جدا ما ماذا متي اين كيف كم لماذا بم علام فيم ايان بماذا لمن",
    # The commonest of these after و or ف. The rest are left: ولي and فهم are words of their own.
    "ومن وفي وعلي والي وعن ومع وبين وحتي ومنذ وبعد وقبل وخلال وهو وهي وهم وهذا وهذه وذلك وتلك",
    "والذي والتي والذين وكان وكانت وليس وان وانه وانها وانهم وبان ولان ولكن ولكنه ولكنها وقد ولقد",
    "ولا ولم ولن وما وماذا وكيف وكما وكذلك وكل ولذلك وحيث واذا ولو ومتي واين فان فانه فانها فقد",
    "فلا فلم وله ولها ولهم وبه وبها وفيه وفيها ومنها ومنه وايضا ولماذا وهل وكم",
)
# Neither "us" nor "may": folded to lower case, they are also the country and the month.
_ENGLISH = (
    "a an the",
    "i me my mine myself we our ours ourselves you your yours yourself yourselves he him his",
    "himself she her hers herself it its itself they them their theirs themselves",
    "this that these those here there",
    "who whom whose which what when where why how whether",
    "am is are was were be been being have has had having do does did doing done",
    "will would shall should can could might must ought cannot",
    "and or but nor so yet if because as until while although though unless than then since",
    "of at by for with about against between into onto through during before after above below",
    "to from up down in out on off over under within without upon toward towards among amid per",
    "via around across along behind beyond despite except",
    "again further once also too very just only even still ever never not no",
    "all any both each few more most other another some such own same every either neither",
    "several much many",
    "isn't aren't wasn't weren't don't doesn't didn't won't wouldn't can't couldn't shouldn't",
    "hasn't haven't hadn't mustn't it's he's she's that's there's what's who's where's let's",
    "i'm i've i'd i'll you're you've you'll you'd we're we've we'll we'd they're they've they'll",
    "they'd he'd he'll she'd she'll it'll",
)

ARABIC: frozenset[str] = frozenset(" ".join(_ARABIC).split())
ENGLISH: frozenset[str] = frozenset(" ".join(_ENGLISH).split())
