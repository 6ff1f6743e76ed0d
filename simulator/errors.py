"""LINE's refusals: the words, and whose doing they are."""

from typing import Any

from simulator.shapes import Problems

RATE_WORDS = "The API rate limit has been exceeded. Try again later."
MONTH_WORDS = "You have reached your monthly limit."
REPLY_WORDS = "Invalid reply token"
TARGET_WORDS = "Failed to send messages"
KEY_WORDS = "The retry key is already accepted"
UNAUTHORIZED_WORDS = (
    "Authentication failed. Confirm that the access token in the authorization header is valid."
)


class Refused(Exception):
    """The platform answers with an error.

    `broke_contract` tells a fault of the caller (listed in `Line.rejected`) from the course of
    events: an expired token, a group left meanwhile, a spent quota.
    """

    def __init__(
        self,
        status: int,
        words: str,
        problems: Problems | None = None,
        broke_contract: bool = True,
    ) -> None:
        super().__init__(words)
        self.status = status
        self.words = words
        self.problems = problems or []
        self.broke_contract = broke_contract

    @property
    def body(self) -> dict[str, Any]:
        """LINE's error envelope."""
        if not self.problems:
            return {"message": self.words}
        details = [{"message": words, "property": path} for path, words in self.problems]
        return {"message": self.words, "details": details}

    @property
    def why(self) -> str:
        """One line for a person who reads a failed test."""
        return "; ".join([self.words, *(f"{path}: {words}" for path, words in self.problems)])


def bad_body(problems: Problems) -> Refused:
    """The 400 for a body with these problems."""
    count = len(problems)
    words = f"The request body has {count} error{'s' if count > 1 else ''}"
    return Refused(400, words, problems)
