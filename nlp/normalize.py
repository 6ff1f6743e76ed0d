"""One spelling for what people type in many: marks in order, nothing invisible, no stretching.

Nothing here corrects a word: place names and new words stay as typed. Spaces and line breaks stay,
because in Thai they end phrases. `align` keeps, for every character of the result, where it came
from, so that what is found in the normalised text can be quoted from the original.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

_TONES = "\N{THAI CHARACTER MAI EK}-\N{THAI CHARACTER MAI CHATTAWA}"
_TONE_MARKS = "".join(
    map(chr, range(ord("\N{THAI CHARACTER MAI EK}"), ord("\N{THAI CHARACTER MAI CHATTAWA}") + 1))
)
_ABOVE_BELOW = (
    "\N{THAI CHARACTER MAI HAN-AKAT}\N{THAI CHARACTER SARA I}-\N{THAI CHARACTER SARA UU}"
    "\N{THAI CHARACTER MAITAIKHU}"
)
_SARA_AA = "\N{THAI CHARACTER SARA AA}"
_SARA_AM = "\N{THAI CHARACTER SARA AM}"
_NIKHAHIT = "\N{THAI CHARACTER NIKHAHIT}"
_MARKS = (
    "\N{THAI CHARACTER MAI HAN-AKAT}\N{THAI CHARACTER SARA I}-\N{THAI CHARACTER PHINTHU}"
    "\N{THAI CHARACTER MAITAIKHU}-\N{THAI CHARACTER YAMAKKAN}"
)
_INVISIBLE = (
    "\N{SOFT HYPHEN}\N{COMBINING GRAPHEME JOINER}\N{ZERO WIDTH SPACE}-\N{RIGHT-TO-LEFT MARK}"
    "\N{LEFT-TO-RIGHT EMBEDDING}-\N{RIGHT-TO-LEFT OVERRIDE}\N{WORD JOINER}-\N{NOMINAL DIGIT SHAPES}"
    "\N{VARIATION SELECTOR-1}-\N{VARIATION SELECTOR-16}\N{ZERO WIDTH NO-BREAK SPACE}"
)
_DIGIT_RUN_CAP = 16
_DIGITS = {0x0E50 + n: str(n) for n in range(10)} | {0xFF10 + n: str(n) for n in range(10)}

Replacement = str | Callable[[re.Match[str]], str]


def _in_order(run: re.Match[str]) -> str:
    """Vowels, then tones, then sara am: the whole run at once, or hostile runs take a pass each."""
    ranks = dict.fromkeys(_TONE_MARKS, 1) | {_SARA_AM: 2}
    return "".join(sorted(run.group(), key=lambda char: ranks.get(char, 0)))


# In this order; each line leaves nothing for an earlier one to do, save where `align` runs again.
_STEPS: tuple[tuple[re.Pattern[str], Replacement], ...] = (
    (re.compile(f"[{_INVISIBLE}]+"), ""),
    (re.compile("[\ud800-\udfff]+"), "\N{REPLACEMENT CHARACTER}"),
    (re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]"), "\n"),
    (
        re.compile(r"[\x00-\x09\x0e-\x1f\x7f-\x84\x86-\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]"),
        " ",
    ),
    (re.compile("\N{THAI CHARACTER SARA E}{2}"), "\N{THAI CHARACTER SARA AE}"),
    (re.compile(f"{_NIKHAHIT}([{_TONES}]*){_SARA_AA}"), rf"\1{_SARA_AM}"),
    (re.compile(f"([{_TONES}]){_NIKHAHIT}{_SARA_AA}"), rf"\1{_SARA_AM}"),
    (re.compile(f"[{_ABOVE_BELOW}{_TONES}{_SARA_AM}]{{2,}}"), _in_order),
    (re.compile(f"([{_MARKS}])\\1+"), r"\1"),
    (re.compile(rf"(\d{{{_DIGIT_RUN_CAP}}})\d+"), r"\1"),
    (re.compile(r"([ะาำๆฯๅ])\1+"), r"\1"),
    (re.compile(r"([ก-ฬฮ])\1{2,}"), r"\1"),
    (re.compile(r"อ{4,}"), "อ"),
    (re.compile(r"([^\W\d_ก-๙])\1{2,}"), r"\1\1"),
    (re.compile(r"([^\w\s])\1{2,}"), r"\1\1"),
    (re.compile(r" {2,}"), " "),
    (re.compile(r" ?\n[ \n]*"), "\n"),
)


@dataclass(frozen=True, slots=True)
class Aligned:
    """Normalised `text`; `starts[i]` is where its character i began, end included."""

    original: str
    text: str
    starts: tuple[int, ...]

    def quote(self, begin: int, end: int) -> str:
        """The stretch of the original that became `text[begin:end]`."""
        return self.original[self.starts[begin] : self.starts[end]]


def normalize(text: str) -> str:
    """The one spelling of `text`; doing it twice changes nothing more."""
    return align(text).text


def align(text: str) -> Aligned:
    """Normalise and remember positions; passes repeat until one changes nothing."""
    current, starts = text.translate(_DIGITS), list(range(len(text) + 1))
    while True:
        before = current
        for pattern, replacement in _STEPS:
            current, starts = _substitute(pattern, replacement, current, starts)
        if current == before:
            return Aligned(text, current, tuple(starts))


def _substitute(
    pattern: re.Pattern[str], replacement: Replacement, text: str, starts: list[int]
) -> tuple[str, list[int]]:
    spans = [
        (m.start(), m.end(), replacement(m) if callable(replacement) else m.expand(replacement))
        for m in pattern.finditer(text)
    ]
    if not spans:
        return text, starts
    parts: list[str] = []
    moved: list[int] = []
    edge = 0
    for begin, end, new in spans:
        parts += (text[edge:begin], new)
        moved += starts[edge:begin]
        moved += [starts[min(begin + n, end - 1)] for n in range(len(new))]
        edge = end
    parts.append(text[edge:])
    moved += starts[edge:]
    return "".join(parts), moved


def is_monotone(starts: tuple[int, ...]) -> bool:
    """Whether positions never step back: what `Aligned.quote` relies on."""
    return all(a <= b for a, b in pairwise(starts))
