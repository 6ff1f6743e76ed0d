"""Emergencies written in English: rules only, since the corpus is Thai.

Same shape as the Thai rules: a danger, and nothing that makes it a figure, a past or a question.
"""

import re

from nlp.alarms import Alarm

_LATIN = re.compile(r"[A-Za-z]")
_BLOCKED = re.compile(
    r"\b(?:fire ?works?|fire ?drill|campfire|fired|on fire team|movie|film|song|game|last (?:week|year|month)"
    r"|yesterday|what number|which number|phone number|number for|how (?:do|can|to)|drill|false alarm"
    r"|is over|thank|thanks|no longer|camera footage|smoke detector|used to|might|may|could|if there|say|reply|answer|instructions?|prompt|classify)\b|ตอบ",
    re.IGNORECASE,
)
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (category, re.compile(pattern, re.IGNORECASE))
    for category, pattern in (
        ("fire", r"\b(?:fire|burning|smoke (?:is )?coming|flames?)\b"),
        (
            "self_harm",
            r"\b(?:kill (?:my|him|her)self|suicide|want to die|end my life|going to jump)\b",
        ),
        (
            "violence",
            (
                r"\b(?:stab(?:bed|bing)|shoot(?:ing|s)?|shot|gun ?shots?|gun|knife|fighting|beating|attack(?:ed|ing)"
                r"|rap(?:e|ed|ing)|kidnap\w*|hostage|locked me|killing|hitting (?:me|her|him)|threaten\w*)\b"
            ),
        ),
        (
            "intrusion",
            (
                r"\b(?:break(?:ing)? in(?:to)?|broke in|burglar|intruder|robber|robbed|robbing|thief (?:is )?in"
                r"|someone (?:is )?in my (?:house|room))\b"
            ),
        ),
        (
            "traffic_accident",
            r"\b(?:accident|crash(?:ed)?|hit by (?:a )?(?:car|truck|bike|motorbike)|car hit|hit and run)\b",
        ),
        (
            "medical",
            (
                r"\b(?:bleeding|unconscious|not breathing|can'?t breathe|heart attack|seizure|stroke|collapsed"
                r"|ambulance|giving birth|in labou?r|overdose|dead body|choking|passed out)\b"
            ),
        ),
        (
            "disaster",
            r"\b(?:drowning|gas leak|electrocuted|building collapse\w*|trapped|bomb|explosion|exploded)\b",
        ),
        ("animal", r"\b(?:snake|dogs? (?:is |are )?(?:attack|bit)\w*|bitten by)\b"),
        (
            "missing_person",
            (
                r"\b(?:missing (?:child|son|daughter|person)|(?:child|son|daughter|kid) (?:is )?(?:missing|lost)"
                r"|lost my (?:child|son|daughter|kid))\b"
            ),
        ),
        ("violence", r"\b(?:help me|please help|sos|need help now|call the police|emergency)\b"),
    )
)


def find_alarm(text: str) -> Alarm | None:
    """The alarm of an emergency told in English, or None."""
    if not _LATIN.search(text) or _BLOCKED.search(text):
        return None
    for category, pattern in _RULES:
        match = pattern.search(text)
        if match:
            return Alarm(f"english_{category}", category, (match.group().lower(),))
    return None
