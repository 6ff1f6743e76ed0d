"""The labels and, under each, its categories: the words that every other room uses.

Each category belongs to exactly one label, so a category alone decides the label.
"""

LABELS: dict[str, tuple[str, ...]] = {
    "emergency": (
        "fire",
        "medical",
        "traffic_accident",
        "violence",
        "intrusion",
        "missing_person",
        "self_harm",
        "disaster",
        "animal",
    ),
    "tip": (
        "drugs",
        "gambling",
        "theft",
        "suspicious",
        "gathering",
        "street_racing",
        "weapons",
        "fraud",
        "vandalism",
        "wanted",
        "exploitation",
    ),
    "request": (
        "patrol",
        "house_watch",
        "lighting",
        "cctv",
        "road",
        "environment",
        "noise",
        "stray_animals",
        "information",
        "case_status",
        "officer_conduct",
    ),
    "other": ("greeting", "thanks", "chitchat", "spam", "abuse", "resolved", "unclear"),
}

CATEGORIES: tuple[str, ...] = tuple(c for group in LABELS.values() for c in group)

LABEL_OF: dict[str, str] = {c: label for label, group in LABELS.items() for c in group}
