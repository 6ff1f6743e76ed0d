"""Groups of phrases, looked up together: one pass over the words of a text finds them all."""

from collections.abc import Collection, Mapping, Sequence

# Where a phrase stands: index of its first word, and after its last.
Spot = tuple[int, int]
# Of each group that occurs its phrases, in order; of those that begin together the longest.
Spots = Mapping[str, Sequence[Spot]]


class Lexicon:
    """Named groups of phrases. A phrase is met only as a run of whole words, so that ไฟดูด is not
    found in เสาไฟดูดี.
    """

    def __init__(self, groups: Mapping[str, Collection[str]]) -> None:
        self._groups: dict[str, list[str]] = {}
        for name, phrases in groups.items():
            for phrase in phrases:
                self._groups.setdefault(phrase, []).append(name)
        # A run of words that begins no phrase need not be made longer.
        self._beginnings = {
            phrase[:length] for phrase in self._groups for length in range(1, len(phrase) + 1)
        }

    def find(self, words: Sequence[str]) -> Spots:
        """The groups of which at least one phrase occurs in `words`."""
        spots: dict[str, list[Spot]] = {}
        for begin in range(len(words)):
            joined, at = words[begin], begin + 1
            while joined in self._beginnings:
                for name in self._groups.get(joined, ()):
                    places = spots.setdefault(name, [])
                    if places and places[-1][0] == begin:
                        places.pop()
                    places.append((begin, at))
                if at == len(words):
                    break
                joined += words[at]
                at += 1
        return spots
