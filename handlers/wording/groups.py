"""What the bot says in a neighbourhood group: little, and only when called."""

from handlers import messages as m
from handlers.messages import Message


def joined(station_name: str) -> list[Message]:
    words = (
        f"สวัสดีค่ะ บัญชีนี้คือ “ยาม” ระบบแจ้งเหตุของ{station_name}\n"
        "• จะส่งเฉพาะประกาศความปลอดภัยของพื้นที่ และตอบเมื่อมีคนเรียกด้วย @\n"
        "• ข้อความในกลุ่มที่ไม่ได้เรียก เราไม่เก็บ\n"
        "• แจ้งเหตุหรือเบาะแส ส่งในแชตส่วนตัวกับบัญชีนี้ คนในกลุ่มจะไม่เห็น\n"
        "• เหตุด่วนโทร 191 · 199 · 1669\n\n"
        "หัวหน้าชุมชน: ส่งรหัสลงทะเบียนกลุ่มที่ได้จากสถานีในแชตนี้"
    )
    return [m.text(words)]


def registered(station_name: str) -> list[Message]:
    words = (
        f"ลงทะเบียนกลุ่มกับ{station_name}เรียบร้อยค่ะ ผู้ส่งรหัสเป็นหัวหน้ากลุ่มในระบบ\n"
        "ต่อจากนี้ประกาศความปลอดภัยของพื้นที่จะส่งมาที่นี่"
    )
    return [m.text(words)]


def registered_before() -> list[Message]:
    return [m.text("กลุ่มนี้ลงทะเบียนไว้แล้วค่ะ รหัสนี้ยังไม่ถูกใช้ เก็บไว้ใช้กับกลุ่มอื่นได้")]


def code_without_user() -> list[Message]:
    words = (
        "LINE ไม่ได้บอกว่าใครเป็นผู้ส่งรหัส จึงยังลงทะเบียนไม่ได้ค่ะ "
        "โปรดส่งจาก LINE บนโทรศัพท์ (ไม่ใช่บนคอมพิวเตอร์) และเพิ่มบัญชีนี้เป็นเพื่อนก่อน"
    )
    return [m.text(words)]


def report_taken(reference: str) -> list[Message]:
    """A tip or request said openly in a group: nothing of it is repeated there."""
    words = f"รับเรื่องแล้วค่ะ เลขที่ {reference}\nรายละเอียดเพิ่มเติม โปรดส่งในแชตส่วนตัวกับบัญชีนี้ คนในกลุ่มจะไม่เห็น"
    return [m.text(words)]


def added(reference: str) -> list[Message]:
    return [m.text(f"เพิ่มในเรื่อง {reference} แล้วค่ะ")]


def left(name: str | None) -> list[Message]:
    """To officers: the account was taken out of a registered group."""
    return [m.text(f"บัญชีนี้ถูกนำออกจากกลุ่ม {name or '(ไม่ทราบชื่อ)'} แล้ว ประกาศจะไม่ถึงกลุ่มนี้อีก")]


def how_to() -> list[Message]:
    words = (
        "เรียกยามด้วย @ แล้วบอกว่าเกิดอะไร ที่ไหน หรือส่งในแชตส่วนตัวเพื่อไม่ให้คนในกลุ่มเห็นค่ะ\n"
        "เหตุด่วนโทร 191 · 199 · 1669"
    )
    return [m.text(words)]
