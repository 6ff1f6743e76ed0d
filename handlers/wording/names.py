"""How labels, categories, states and roles are called in Thai, and which number fits which danger."""

from dataclasses import dataclass

from handlers.snapshots import CaseState, Label, Role

LABELS = {
    Label.EMERGENCY: "เหตุด่วน",
    Label.TIP: "เบาะแส",
    Label.REQUEST: "คำขอ / ร้องเรียน",
    Label.OTHER: "ยังไม่ทราบเรื่อง",
}

CATEGORIES = {
    "fire": "เพลิงไหม้",
    "medical": "เจ็บป่วยฉุกเฉิน",
    "traffic_accident": "อุบัติเหตุบนถนน",
    "violence": "ทำร้ายหรือข่มขู่",
    "intrusion": "บุกรุกหรือโจรกรรม",
    "missing_person": "คนหาย",
    "self_harm": "เสี่ยงทำร้ายตนเอง",
    "disaster": "ภัยพิบัติหรือจุดอันตราย",
    "animal": "สัตว์อันตราย",
    "drugs": "ยาเสพติด",
    "gambling": "การพนัน",
    "theft": "ลักทรัพย์",
    "suspicious": "บุคคลหรือรถต้องสงสัย",
    "gathering": "มั่วสุม",
    "street_racing": "แข่งรถบนถนน",
    "weapons": "อาวุธ",
    "fraud": "หลอกลวง ฉ้อโกง",
    "vandalism": "ทำลายทรัพย์สิน",
    "wanted": "พบบุคคลตามหมายจับ",
    "exploitation": "ค้ามนุษย์หรือบังคับใช้แรงงาน",
    "patrol": "ขอให้ตำรวจออกตรวจ",
    "house_watch": "ฝากบ้านไว้กับตำรวจ",
    "lighting": "ไฟส่องสว่าง",
    "cctv": "กล้องวงจรปิด",
    "road": "ถนนและการจราจร",
    "environment": "สิ่งแวดล้อม ต้นไม้ ขยะ",
    "noise": "เสียงรบกวน",
    "stray_animals": "สัตว์จรจัด",
    "information": "สอบถามข้อมูล",
    "case_status": "ติดตามเรื่อง",
    "officer_conduct": "การปฏิบัติหน้าที่ของเจ้าหน้าที่",
    "unclear": "รอรายละเอียด",
}

STATES = {
    CaseState.NEW: "รอเจ้าหน้าที่อ่าน",
    CaseState.SEEN: "เจ้าหน้าที่อ่านแล้ว",
    CaseState.WORKING: "กำลังดำเนินการ",
    CaseState.WAITING: "รอข้อมูลเพิ่มเติม",
    CaseState.RESOLVED: "ดำเนินการแล้ว",
    CaseState.CLOSED: "ปิดเรื่องแล้ว",
    CaseState.REOPENED: "เปิดเรื่องอีกครั้ง",
    CaseState.PASSED_ON: "ส่งต่อหน่วยงานอื่นแล้ว",
    CaseState.MERGED: "รวมกับเรื่องอื่นแล้ว",
}

RESOLUTIONS = {
    "done": "ดำเนินการเรียบร้อย",
    "nothing_found": "ตรวจสอบแล้วไม่พบเหตุ",
    "passed_on": "ส่งต่อหน่วยงานที่รับผิดชอบ",
    "duplicate": "รวมกับเรื่องเดียวกันที่มีผู้แจ้งไว้แล้ว",
    "not_ours": "อยู่นอกอำนาจหน้าที่ของสถานี",
}

ROLES = {
    Role.OFFICER: "เจ้าหน้าที่",
    Role.DISPATCHER: "ศูนย์วิทยุ",
    Role.COMMANDER: "ผู้บังคับบัญชา",
    Role.ADMIN: "ผู้ดูแลระบบ",
}


@dataclass(frozen=True, slots=True)
class Hotline:
    number: str
    who: str


POLICE = Hotline("191", "ตำรวจ")
FIRE = Hotline("199", "ดับเพลิง-กู้ภัย")
AMBULANCE = Hotline("1669", "รถพยาบาล")
HOTLINES = (POLICE, FIRE, AMBULANCE)

# A glance at a lock screen must not tell that somebody asked for help.
_SENSITIVE = frozenset({"violence", "self_harm"})
# Below this an emergency may be of any kind, also of one that must stay unseen.
SURE = 0.6

_DANGERS = frozenset(tuple(CATEGORIES)[:9])
_FIRST = {
    "fire": FIRE,
    "disaster": FIRE,
    "animal": FIRE,
    "medical": AMBULANCE,
    "traffic_accident": AMBULANCE,
    "self_harm": AMBULANCE,
}


def is_secret(category: str) -> bool:
    """Violence and self-harm: nothing is pushed that the person did not ask for."""
    return category in _SENSITIVE


def is_sensitive(category: str, confidence: float) -> bool:
    """Whether this may be somebody who must not be seen asking for help."""
    is_unsure_danger = category in _DANGERS and confidence < SURE
    return category in _SENSITIVE or is_unsure_danger


def hotlines_for(category: str) -> tuple[Hotline, Hotline, Hotline]:
    """The three numbers, the fitting one first."""
    first = _FIRST.get(category, POLICE)
    second, third = (line for line in HOTLINES if line is not first)
    return first, second, third


def category_name(category: str) -> str:
    return CATEGORIES.get(category, "เรื่องทั่วไป")


def headline(label: Label, category: str) -> str:
    """`เหตุด่วน: เพลิงไหม้`, or the label alone where the category adds nothing."""
    if category in ("unclear", "") or label is Label.OTHER:
        return LABELS[label]
    return f"{LABELS[label]}: {category_name(category)}"
