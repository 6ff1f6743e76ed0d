"""Where new ids come from: an argument of the handlers, so that tests can foretell them."""

import secrets
from typing import Protocol
from uuid import UUID, uuid4, uuid5

from handlers.staff import CODE_LETTERS

# No letter that is heard or read as another over the telephone or the radio.
_REFERENCE_LETTERS = "ABCDEFHKMNPRTUVWXY"
_ALIAS_WORDS = [
    "ก้านธูป",
    "ใบเตย",
    "ดอกแก้ว",
    "ต้นกล้า",
    "สายธาร",
    "ร่มไม้",
    "ปีกไม้",
    "เปลวเทียน",
    "หยดน้ำ",
    "ปลายฟ้า",
    "ลมทะเล",
    "ทางดาว",
    "รวงข้าว",
    "ใบบัว",
    "กลีบจันทน์",
    "เม็ดทราย",
    "คลื่นลม",
    "สะพานไม้",
    "ริมคลอง",
    "ยอดหญ้า",
    "ผืนนา",
    "ไม้ไผ่",
    "ดินสอ",
    "ว่าวไทย",
    "กระดิ่ง",
    "โคมไฟ",
    "เรือพาย",
    "ตะวัน",
    "ดาวเหนือ",
    "เมฆขาว",
    "ภูผา",
    "น้ำค้าง",
    "แสงดาว",
    "ทุ่งนา",
    "ใบชา",
    "ลูกหว้า",
]
_RUNS = UUID("5f3f7a52-6c1c-4c0f-9a4e-3b1f2f2a9d10")


class Ids(Protocol):
    def uuid(self) -> UUID: ...
    def reference(self) -> str: ...
    def alias(self) -> str: ...
    def code(self, prefix: str) -> str: ...


class RandomIds:
    """From the system's source of randomness."""

    def uuid(self) -> UUID:
        return uuid4()

    def reference(self) -> str:
        """`KP-4821`: says nothing of when or after how many others."""
        letters = "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(2))
        return f"{letters}-{secrets.randbelow(10_000):04}"

    def alias(self) -> str:
        """`พลเมืองดี ก้านธูป 31`: never like a reference, and another for every case."""
        return f"พลเมืองดี {secrets.choice(_ALIAS_WORDS)} {10 + secrets.randbelow(90)}"

    def code(self, prefix: str) -> str:
        """`YS-7K3F9-QXD2M`: 50 bits behind the prefix."""
        letters = "".join(secrets.choice(CODE_LETTERS) for _ in range(10))
        return f"{prefix}-{letters[:5]}-{letters[5:]}"


def run_key(run_id: int, group_id: int) -> UUID:
    """The retry key of an alert's run for one group: the same whoever computes it."""
    return uuid5(_RUNS, f"{run_id}:{group_id}")
