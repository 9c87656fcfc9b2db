"""Articles are quoted, never obeyed: what of their text the language model does not get to see.

Anyone can write an article. :func:`addresses_model` finds the sentences that speak to the model
instead of telling news, so that they are never evidence; :func:`plain` takes from the others what
could reach a tokenizer or a reader of the prompt as something else than words. What is shown and
cited stays the raw text.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate

from rag.text.normalize import normalize

# Format characters that have ink: Arabic number signs and the end of an ayah.
_INKED = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u08e2")
# Invisible although Unicode calls them letters or marks: fillers, joiners, variation selectors.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
# No word of a living language carries more marks on one letter.
_MOST_MARKS = 4
# Room for the longest sentences of news. Encoders count a run of unknown signs as one token of
# which the language model makes thousands, so that their measure does not bound the prompt.
_LONGEST = 1200
# From here on a sign is likely to cost as many tokens as it has bytes.
_COSTLY, _COST = "\u0800", 4
_BRACKETS = str.maketrans("[]［］【】〔〕⟦⟧", "()()()()()")
_ANGLES = str.maketrans("＜﹤＞﹥｜", "<<>>|")
# Before a digit or a space it is a sign of arithmetic, except that <0x0A> names a byte.
_OPENS_TOKEN = re.compile(r"<(?=[^\s\d=]|0x)")


def plain(text: str) -> str:
    """``text`` as bare words for the prompt, on one line, and shortened where it is endless.

    Square brackets become round, so that nothing poses as a marker; no ``<`` is left that could
    begin a special token of a chat template; controls and invisible characters are gone, because
    they hide words from the reader but not from the model.
    """
    shown = _shortened(_visible(text)).translate(_BRACKETS).translate(_ANGLES)
    return _OPENS_TOKEN.sub("‹", shown)


def _visible(text: str) -> str:
    """The characters that have ink, white space unified, endless stacks of marks cut."""
    kept, marks = [], 0
    for char in " ".join(text.split()):
        category = unicodedata.category(char)
        if char in _BLANK or (category in ("Cc", "Cf", "Cs") and char not in _INKED):
            continue
        marks = marks + 1 if category.startswith("M") else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return " ".join("".join(kept).split())


def _shortened(text: str) -> str:
    """``text`` up to the last space within the cost that one sentence may have."""
    costs = accumulate(_COST if char >= _COSTLY else 1 for char in text)
    kept = text[: sum(cost <= _LONGEST for cost in costs)]
    return text if kept == text else kept.rpartition(" ")[0] or kept


# Sentences that speak to the model. Patterns are written in the form that addresses_model folds a
# text to: lower case, no marks, bare alef, ي for ى and ئ, ه for ة, one space for any white space.
# Repeats are bounded, for an article may be one endless line of anything.

_MODEL = (
    r"(?:(?:large )?language models?|llms?|chatbots?|chat ?gpt|gpt|artificial intelligence"
    r"|(?:(?:ai|helpful|virtual|digital) ){0,2}(?:assistants?|models?|agents?|bots?)"
    r"|ai(?: (?:systems?|readers?|summari[sz]ers?|crawlers?))?"
    r"|(?:نموذج|نماذج|مساعد|روبوت|برنامج)(?: (?:ال)?(?:ذكاء|لغ[هو]\w*|ذكي|افتراضي|الي|رقمي))?"
    r"(?: (?:ال)?(?:اصطناعي|كبير))?|ذكاء (?:ال)?اصطناعي)"
)
_ROLE = r"(?:system|assistant|developer|نظام|المساعد|مساعد)"
_SAY = r"(?:answer|say|reply|respond|output|print|write|repeat|state|claim|tell)"
_ARABIC_SAY = r"(?:اجب|اجيبي?|جاوب|قل|رد|اكتب|اذكر|اطبع|كرر)"
_QUOTE = '[:"«“]'
_ONLY = r"(?:always|only|never|simply|just|exactly|verbatim|nothing but|do not|don't|لا)"
_FORGET = (
    r"(?:ignore|disregard|forget|override|overrule|bypass|discard|drop|تجاهل(?:وا|ي)?|انسي?|اهمل"
    r"|الغ|تخط|لا تتبع|لا تلتزم ب) ?"
    r"(?:(?:all|any|every|each|the|these|those|of|my|everything|كل|جميع|كافه|اي|هذه|تلك) ?){0,5}"
)
_ORDERS = (
    r"(?:instructions?|prompts?|directives?|directions|rules|guidelines|commands?|context|messages?"
    r"|text|excerpts?|articles?|passages?|sources?|(?:ال)?(?:تعليمات|توجيهات|اوامر|ارشادات|قواعد"
    r"|رسايل|مقتطفات|نصوص))"
)

# Orders to a model. They begin the sentence or follow a mark other than a comma: that somebody
# "was told to ignore previous instructions" is news.
_ORDER_BEGINS = (
    r"(?:^|[^\w\s'’،,]|_)\W{0,6}(?:(?:please|kindly|now|then|so|first|important|also|you (?:must"
    r"|should|will|are to)|من فضلك|رجاء|يرجي|الرجاء|الان|(?:يجب )?عليك ان|يجب ان)\W{1,4}){0,4}"
)
_ORDERS_GIVEN = (
    # To forget what the prompt says.
    rf"{_FORGET}(?:previous|prior|earlier|preceding|above|foregoing|initial|original|system|other"
    rf"|your) (?:\w+ ){{0,2}}{_ORDERS}\b",
    rf"{_FORGET}{_ORDERS} (?:(?:that|you|were|have|been|given|told|written|stated|came|come) )"
    r"{0,4}(?:above|before|so far|(?:ال)?سابق[هة]?|اعلاه|الاخري|التي (?:سبقت|قبل|فوق)|المذكوره)",
    rf"{_FORGET}(?:تعليماتك|قواعدك|توجيهاتك|ما (?:سبق|قبل|ورد اعلاه|قيل لك)(?! من\b))\b",
    rf"{_FORGET}(?:everything|anything|what(?:ever)?) (?:\w+ ){{0,3}}(?:above|before this|told)\b",
    rf"{_FORGET}(?:the )?above(?: (?:and|or|text|articles?|excerpts?)\b|(?! ?[\w-]))",
    rf"{_ONLY} (?:answer|reply|cite|quote|mention|use|trust|تذكر|تستخدم|تستشهد|تقتبس) "
    r"(?:\w+ ){0,3}(?:excerpts?|citations?|other articles?|these instructions|this instruction"
    r"|this prompt|المقتطفات|هذه التعليمات|المقالات الاخري)\b",
    # What to say, and to whom.
    rf"(?:{_ONLY} )?(?:(?:tell|inform|answer|say to|remind|warn) the users?"
    r"|(?:تقل|قل|قولي|اخبر|تخبر|ابلغ|اجب|رد علي) ?(?:لل|ال)مستخدم(?:ين)?)\b",
    rf"(?:{_ONLY} (?:answer|reply|respond|output)|{_SAY} {_ONLY}) ?(?:{_QUOTE}|'"
    r"|(?:with|that|in|only|using|every|all|as)\b)",
    r"(?:answer|reply|respond) (?:(?:to )?(?:every|all|any|each|the|this) (?:\w+ )?questions? )?"
    r"(?:with|by saying|that)\b",
    r"(?:always )?(?:say that\b|(?:say|repeat|print|output|write)"
    rf" (?:{_QUOTE}|the (?:words?|phrase)\b))",
    r"your (?:(?:next|only|final|whole|entire) )?(?:answer|reply|response|output|task)"
    r" (?:must|should|shall|has to|will be|is to|is now)\b",
    rf"{_ARABIC_SAY} (?:دايما|دوما|فقط|حصرا|حرفيا|باستمرار)\b|(?:دايما|فقط|دوما) {_ARABIC_SAY}\b",
    r"(?:اجب|اجيبي?|جاوب) (?:(?:عن|علي) (?:كل|جميع|اي|هذا|السوال|الاسيله)\b.{0,40}? ب"
    r"|ب(?:ان|كلمه|عباره|القول|نعم|لا)\b)",
    rf"(?:قل|اكتب|كرر) (?:ببساطه|(?:ال)?(?:عباره|جمله|كلمه)|{_QUOTE})",
    # To the model by name.
    rf"(?:(?:the|all|any|every) )?{_MODEL} (?:(?:that|who|which|is|are) ){{0,2}}(?:reads?|reading"
    r"|processing|summari[sz]ing|analy[sz]ing) this (?:text|article|page|document|passage|content"
    r"|message|story|news|line)\b",
    rf"(?:الي|يا ايها|عزيزي) ال{_MODEL} ?(?:[:،,!؛.]|{_ARABIC_SAY}\b)",
)

# What gives itself away at the beginning of a sentence: the model is told who it is or called by
# name, or the text poses as a turn of the conversation, as the system or as a part of the prompt.
_OPENINGS = (
    r"you are now (?:an? |the |my |called |named |no longer |acting |operating |dan\b|\w*gpt"
    r"|in (?:developer|debug|maintenance|admin|god|jailbreak|test|unrestricted) )",
    r"انت الان (?!في |علي |امام |تقر|تشاهد|داخل |بين |مع |هنا|عند |قادر)\w",
    r"(?:dear|hey|hello|hi|attention,?|to|(?:note|notice|message|hint|(?:important )?instructions?)"
    rf" (?:to|for)) (?:(?:the|all|any|every|this|other) ){{0,3}}{_MODEL}"
    r"(?: (?:reading|processing) (?:this|the)\b.{0,40}?)? ?[:,!;—–-]",
    r"(?:the|this) (?:ai |language )?(?:assistant|model|ai|llm|chatbot) (?:must|shall|is to)"
    rf" (?:now |always |only )?{_SAY} (?:that|with|only)\b",
    r"(?:بصفتك|باعتبارك|بوصفك|كونك) (?:نموذجا? |مساعدا? (?:ذكي|الي|افتراضي|رقمي|لغوي)"
    rf"|ذكاء |مساعدا?،? (?:{_ARABIC_SAY}|عليك|يجب))",
    rf"(?:تعليمات|توجيهات|رساله|ملاحظه|تنبيه|اوامر) (?:\w+ )?(?:الي )?(?:لل|ال|ل){_MODEL}(?! ?\w)",
    rf"{_ROLE} ?[:：]|(?<=\[)/?(?:{_ROLE}|sys|prompt)\]",
    r"(?:user|human) ?[:：].*\b(?:assistant|ai|system) ?[:：]",
    r"(?:(?:begin|end|start|new|the|updated?|real|this is (?:the|a)|of|important|critical)"
    r"[\W_]{1,4}){0,4}system[\W_]{1,4}(?:prompt|message|instructions?|override|note|notice|update)s?"
    r"[\W_]{0,4}(?:[:：=>\]}»—–]|-{2}|$)",
    r"this is (?:the|your) (?:system|developers?|administrator|operator|prompt)\b"
    r"(?: \w+){0,2}?(?: (?:speaking|talking|writing|message)|[:,!.—])",
    r"(?:رساله|تعليمات|موجه|تنبيه|امر) (?:من )?(?:ال)?(?:نظام|مطور(?:ين)?|مبرمج) ?[:،.!؛—–-]",
    r"(?:انا|هنا|هذا) (?:هو )?(?:النظام|مطورك|مبرمجك)(?: (?:يتحدث|يخاطبك|المتحدث)|[:،,.!])",
    r"(?:new|updated|additional|important|real|secret) instructions?(?: for you)? ?[:：—-] ?"
    rf"(?:ignore|disregard|forget|you |always |never |do not |{_SAY}\b)",
    r"(?:begin|end|start|نهايه|بدايه) (?:of )?(?:the )?(?:excerpts|context|prompt|instructions"
    r"|conversation|المقتطفات|التعليمات|السياق)(?! ?\w)",
)

# What no news says anywhere in a sentence; the last ones are headings and tokens of chat templates.
_ANYWHERE = (
    rf"\byou are (?:(?:now |from now on )(?:\w+ ){{0,4}}|an? (?:helpful |obedient |unrestricted ))"
    rf"{_MODEL}\b",
    rf"\bfrom now on,? you (?:are|will|must|should) (?:be |only |always )?(?:{_MODEL}|{_SAY})\b",
    rf"\bانت (?:الان |من الان )(?:\w+ ){{0,3}}{_MODEL}\b|\bايها (?:ال)?{_MODEL}\b",
    rf"\bas (?:an?|the|your) {_MODEL}\W{{1,4}}"
    rf"(?:(?:you|please|always|now|must|should|only) ){{0,4}}{_SAY}\b",
    rf"\bif you are (?:an? |the )?{_MODEL}(?:,|:|\W{{1,4}}(?:reading|processing|{_SAY}|please)\b)",
    r"\bيجب (?:عليك )?ان (?:تجيب|تقول|ترد|تكتب) (?:دايما|فقط|للمستخدم|ب)",
    r"\b(?:your|reveal the|print the|repeat the|show the) (?:hidden |secret |own )?system prompt\b",
    r"\bi am your (?:developer|system|administrator|operator|programmer)\b",
    r"(?<!#)#{2,6} ?(?:new )?(?:instructions?|system|assistant|user|human|prompt|response|تعليمات)"
    r" ?(?:[:：]|$)|(?<!#)#{3} ?instructions?\b(?! (?:for|to|of|on|from|by) )",
    r"<\W{0,3}(?:system|assistant|instructions?|prompt|tool_call|think)\W{0,3}>"
    r"|<\|[a-z_▁ ]{2,40}\|>|\[ ?/?inst ?\]|<{2} ?/?sys ?>{2}|<(?:start|end)_of_turn>|</s>"
    r"|<(?:bos|eos)>",
)
_SPEAKS_TO_MODEL = re.compile(
    rf"^[\W_]*(?:{'|'.join(_OPENINGS)})|{_ORDER_BEGINS}(?:{'|'.join(_ORDERS_GIVEN)})"
    rf"|{'|'.join(_ANYWHERE)}"
)

# Letters set apart ("i g n o r e") are read once more without what stands between them.
_SET_APART = re.compile(r"(?<![^\W_])(?:[^\W_][\W_]{1,3}){7,}[^\W_](?![^\W_])")
_JOINED = re.compile(
    r"(?:ignore|disregard|forget)(?:all|any|the|your|my)*(?:previous|prior|above|earlier|instruction)"
    r"|systemprompt|youarenow|telltheuser"
    r"|(?:تجاهل|انس)(?:كل|جميع)?(?:ال)?(?:تعليمات|اوامر|ماسبق)|انتالان|قلللمستخدم"
)
# Cyrillic and Greek letters that look like Latin ones.
_LOOKALIKES = str.maketrans(
    "авеѕіјкмнорстухԁԛԝһӏьεικνορτυχαγıɡոօ", "abesijkmhopctyxdqwhlbeikvoptuxayigno"
)


def addresses_model(sentence: str) -> bool:
    """Whether ``sentence`` gives a language model orders or poses as a part of its prompt.

    News about models, prompts and instructions is not meant: an order must begin the sentence or
    follow a mark, and be one that only a model could carry out.
    """
    parts = unicodedata.normalize("NFD", normalize(_visible(sentence)))
    bare = "".join(char for char in parts if unicodedata.category(char) != "Mn")
    folded = " ".join(bare.translate(_ANGLES).split())
    alike = folded.translate(_LOOKALIKES)
    joined = (re.sub(r"[\W_]", "", run[0]) for run in _SET_APART.finditer(alike))
    return bool(
        _SPEAKS_TO_MODEL.search(folded)
        or _SPEAKS_TO_MODEL.search(alike)
        or any(map(_JOINED.search, joined))
    )
