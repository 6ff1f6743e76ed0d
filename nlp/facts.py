"""What else a message tells that an officer on the way wants to know: who is hurt, with what, in
which vehicle, which way. Words as typed, found by closed lists; silence says nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.cues import NEGATION, phrase_set
from nlp.lexicon import Lexicon, Spot
from nlp.reading import Reading, Word

_WEAPONS = {
    "gun": phrase_set("ปืน ปืนลูกซอง ปืนไทยประดิษฐ์ ปืนปากกา ปืนสั้น ปืนยาว gun pistol shotgun"),
    "blade": phrase_set(
        "มีด มีดดาบ มีดพร้า มีดอีโต้ มีดปอกผลไม้ มีดสปาต้า สปาต้า ดาบ ดาบซามูไร ขวาน อีโต้ พร้า เคียว คัตเตอร์ กรรไกร knife machete sword"
    ),
    "club": phrase_set("ไม้หน้าสาม ไม้เบสบอล ท่อนเหล็ก เหล็กแป๊บ ค้อน ประแจ"),
    "explosive": phrase_set("ระเบิด ระเบิดปิงปอง ระเบิดขวด ประทัดยักษ์ bomb grenade"),
}
_VEHICLES = {
    "motorcycle": phrase_set(
        "มอไซ มอไซค์ มอไซต์ มอไซด์ มอเตอร์ไซ มอเตอร์ไซค์ มอเตอร์ไซด์ มอเตอร์ไซต์ มอเตอไซ มอเตอไซค์ จักรยานยนต์ รถจักรยานยนต์ รถเครื่อง บิ๊กไบค์ "
        "motorbike motorcycle scooter"
    ),
    "pickup": phrase_set("กระบะ รถกระบะ รถปิคอัพ ปิคอัพ ปิกอัพ pickup"),
    "car": phrase_set("เก๋ง รถเก๋ง รถยนต์ แท็กซี่ แท๊กซี่ sedan taxi car"),
    "van": phrase_set("รถตู้ van"),
    "truck": phrase_set("สิบล้อ รถสิบล้อ หกล้อ รถหกล้อ รถพ่วง รถบรรทุก สิบแปดล้อ truck"),
    "bus": phrase_set("รถบัส รถเมล์ รถทัวร์ รถสองแถว สองแถว bus"),
    "bicycle": phrase_set("จักรยาน รถถีบ bicycle"),
    "cart": phrase_set("ซาเล้ง รถเข็น รถไถ รถอีแต๋น สามล้อ ตุ๊กตุ๊ก"),
    "boat": phrase_set("เรือ เรือหางยาว boat"),
}
_HURT = phrase_set(
    "เจ็บ บาดเจ็บ คนเจ็บ ผู้บาดเจ็บ สาหัส เลือด เลือดออก เลือดไหล เลือดท่วม เลือดอาบ หมดสติ สลบ ไม่รู้สึกตัว ไม่หายใจ หายใจไม่ออก แน่นิ่ง ชัก "
    "หัวแตก แขนหัก ขาหัก โดนแทง โดนยิง ถูกแทง ถูกยิง ตาย เสียชีวิต ศพ bleeding unconscious injured dead hurt"
)
_COLOURS = phrase_set(
    "แดง ดำ ขาว เทา เงิน บรอนซ์ น้ำเงิน ฟ้า เขียว เหลือง ส้ม ชมพู ม่วง น้ำตาล ครีม ทอง บรอนซ์เงิน black white red blue green grey gray silver yellow"
)
_LEXICON = Lexicon(
    {f"weapon:{name}": phrases for name, phrases in _WEAPONS.items()}
    | {f"vehicle:{name}": phrases for name, phrases in _VEHICLES.items()}
    | {"hurt": _HURT, "colour": _COLOURS | {f"สี{name}" for name in _COLOURS}}
)
_DIRECTION = re.compile(
    r"(?:หนี|ขับ|ขี่|วิ่ง|มุ่ง|เลี้ยว|ออก|ตรง|ไป|กลับ|ย้อน){1,3}(?:ไป)?(?:ทาง|ยัง|มุ่งหน้า|ฝั่ง)"
    r"(?!เดิม|ไหน|นี้|นั้น|อื่น) ?[^\s,.]{2,40}"
)
_COUNT = re.compile(
    r"(?:คนเจ็บ|บาดเจ็บ|เจ็บ|ตาย|เสียชีวิต|สาหัส)(?:ประมาณ|ราวๆ?| |อยู่)*(\d{1,2}) ?(?:คน|ราย|ศพ)"
)
# Words between a vehicle and its colour or plate.
_REACH = 6


@dataclass(frozen=True, slots=True)
class Vehicle:
    """`kind` is motorcycle, pickup, car …; None where only a plate is told."""

    kind: str | None
    colour: str | None
    plate: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """`hurt`: the words that say so, `hurt_count` people if told; `weapons` by kind (gun, blade,
    club, explosive); `is_over`: the writer says that it is.
    """

    hurt: tuple[str, ...]
    hurt_count: int | None
    weapons: tuple[str, ...]
    vehicles: tuple[Vehicle, ...]
    direction: str | None
    phones: tuple[str, ...]
    is_over: bool


def find_facts(reading: Reading) -> Facts:
    """All of it, of one message."""
    seen = reading.seen()
    spots = _LEXICON.find(seen.words)
    count = _COUNT.search(reading.text)
    direction = _DIRECTION.search(reading.text)
    return Facts(
        _hurt(seen.words, spots.get("hurt", ())),
        int(count.group(1)) if count else None,
        tuple(name for name in _WEAPONS if f"weapon:{name}" in spots),
        tuple(_vehicles(seen, [(n, s) for n in _VEHICLES for s in spots.get(f"vehicle:{n}", ())])),
        reading.aligned.quote(*direction.span()).strip() if direction else None,
        tuple(one.value for one in reading.entities if one.kind == "phone"),
        "over" in reading.cues,
    )


def _hurt(words: Sequence[str], spots: Sequence[Spot]) -> tuple[str, ...]:
    told = [spot for spot in spots if NEGATION.isdisjoint(words[max(0, spot[0] - 2) : spot[0]])]
    return tuple(dict.fromkeys("".join(words[slice(*spot)]) for spot in told))


def _vehicles(reading: Reading, found: Sequence[tuple[str, Spot]]) -> Iterator[Vehicle]:
    """Each with the colour and the plate that stand next after it."""
    solid = [piece for piece in reading.pieces if not piece.text.isspace()]
    plates = [at for at, piece in enumerate(solid) if piece.entity and piece.entity.kind == "plate"]
    told: dict[Vehicle, None] = {}
    for kind, (_, end) in sorted(found, key=lambda one: one[1]):
        near = solid[end : end + _REACH]
        own = next((at for at in plates if end <= at < end + _REACH), None)
        if own is not None:
            plates.remove(own)
        told[Vehicle(kind, _colour(near), _plate(solid, own))] = None
    yield from told
    yield from (Vehicle(None, None, _plate(solid, at)) for at in plates)


def _colour(words: Sequence[Word]) -> str | None:
    spots = _LEXICON.find([word.text.lower() for word in words]).get("colour", ())
    if not spots:
        return None
    return "".join(word.text for word in words[slice(*spots[0])]).removeprefix("สี")


def _plate(words: Sequence[Word], at: int | None) -> str | None:
    entity = words[at].entity if at is not None else None
    return entity.value if entity else None
