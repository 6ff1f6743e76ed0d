"""A table of message objects: which a strict LINE takes, which it refuses, and who says so.

`SCHEMA` rows are refused by LINE's published schema too; `LIMIT` rows only by its documents.
"""

from typing import Any

from tests.unit.simulator.caller import text

Json = dict[str, Any]
PHOTO = "https://example.com/a.jpg"
CLUSTER = "กี่"  # one grapheme, three code points


def message(label: str = "ตกลง", words: str = "ตกลง") -> Json:
    return {"type": "message", "label": label, "text": words}


def postback(**more: Any) -> Json:
    return {"type": "postback", "label": "รับเรื่อง", "data": "seen"} | more


def uri(address: str) -> Json:
    return {"type": "uri", "label": "โทร", "uri": address}


def quick(*actions: Json) -> Json:
    return text(quickReply={"items": [{"type": "action", "action": one} for one in actions]})


def box(*contents: Json, layout: str = "vertical", **more: Any) -> Json:
    return {"type": "box", "layout": layout, "contents": list(contents)} | more


def bubble(*contents: Json, **more: Any) -> Json:
    return {"type": "bubble", "body": box(*contents)} | more


def flex(contents: Any, alt: str = "การ์ด") -> Json:
    return {"type": "flex", "altText": alt, "contents": contents}


def words(value: str = "ก", **more: Any) -> Json:
    return {"type": "text", "text": value} | more


def button(action: Json, **more: Any) -> Json:
    return {"type": "button", "action": action} | more


def template(shape: Json, alt: str = "เมนู") -> Json:
    return {"type": "template", "altText": alt, "template": shape}


def buttons(**more: Any) -> Json:
    return template({"type": "buttons", "text": "เลือก", "actions": [message()]} | more)


def column(**more: Any) -> Json:
    return {"text": "เลือก", "actions": [message()]} | more


def columns(*shapes: Json) -> Json:
    return template({"type": "carousel", "columns": list(shapes)})


def mention(user: str | None = None) -> Json:
    target = {"type": "user", "userId": user} if user else {"type": "all"}
    return {"type": "mention", "mentionee": target}


VERSION_TWO: Json = {"type": "textV2", "text": "{a} {{ก}}", "substitution": {"a": mention()}}
PLACE: Json = {"type": "location", "title": "ก", "address": "ข", "latitude": 13.7, "longitude": 100}
VIDEO = {"type": "video", "originalContentUrl": PHOTO, "previewImageUrl": PHOTO}
PICTURE: Json = {"type": "image", "url": PHOTO, "aspectRatio": "20:13", "size": "full"}
PICKER = {"type": "datetimepicker", "label": "เวลา", "data": "at", "mode": "datetime"}
IMAGEMAP: Json = {
    "type": "imagemap",
    "baseUrl": PHOTO,
    "altText": "แผนที่",
    "baseSize": {"width": 1040, "height": 700},
    "actions": [
        {
            "type": "uri",
            "linkUri": "tel:191",
            "area": {"x": 0, "y": 0, "width": 520, "height": 700},
        }
    ],
}

GOOD: dict[str, Json] = {
    "text": text(),
    "text of 5,000 units": text("ก" * 5000),
    "text of 2,500 pictures of two units": text("\N{FIRE}" * 2500),
    "emoji at its dollar": text("$ก", emojis=[{"index": 0, "productId": "1", "emojiId": "2"}]),
    "textV2": VERSION_TWO,
    "sticker": {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    "image": {"type": "image", "originalContentUrl": PHOTO, "previewImageUrl": PHOTO},
    "video": VIDEO,
    "audio": {"type": "audio", "originalContentUrl": PHOTO, "duration": 1000},
    "location": PLACE,
    "imagemap": IMAGEMAP,
    "sender": text(sender={"name": "ศูนย์รับแจ้ง", "iconUrl": PHOTO}),
    "13 quick replies": quick(*[message() for _ in range(13)]),
    "quick replies that open the phone": quick(
        {"type": "location", "label": "ส่งตำแหน่ง"},
        {"type": "camera", "label": "ถ่ายรูป"},
        {"type": "cameraRoll", "label": "เลือกรูป"},
    ),
    "label of 20 graphemes, 60 units": quick(message(CLUSTER * 20)),
    "datetimepicker": quick(PICKER | {"initial": "2026-11-02T08:00"}),
    "postback data of 300": quick(postback(data="d" * 300, displayText="ก" * 300)),
    "uri tel": flex(bubble(button(uri("tel:191")))),
    "uri line": flex(bubble(button(uri("line://ti/p/@000yaam")))),
    "buttons": buttons(title="หัวข้อ", thumbnailImageUrl=PHOTO, text="ก" * 60),
    "buttons of 160 graphemes": buttons(text="ก" * 160),
    "confirm": template({"type": "confirm", "text": "แน่ใจ?", "actions": [message(), postback()]}),
    "carousel": columns(column(), column()),
    "image carousel": template(
        {"type": "image_carousel", "columns": [{"imageUrl": PHOTO, "action": message()}]}
    ),
    "altText of 1,500": flex(bubble(words()), "ก" * 1500),
    "flex of every part": flex(
        bubble(
            words("ก", wrap=True, size="lg", weight="bold", color="#C4322B", margin="md"),
            {"type": "text", "contents": [{"type": "span", "text": "ข", "style": "italic"}]},
            {"type": "separator", "margin": "xl"},
            PICTURE,
            box({"type": "icon", "url": PHOTO, "size": "sm"}, words(), layout="baseline"),
            box(words(flex=1), {"type": "filler"}, layout="horizontal", paddingAll="12px"),
            button(postback(), style="primary", color="#04863A", height="sm"),
            box(
                background={"type": "linearGradient", "angle": "0deg"}
                | {"startColor": "#ffffff", "endColor": "#000000"}
            ),
            header=box(words()),
            hero=PICTURE,
            footer=box(words()),
            styles={"footer": {"separator": True}},
            size="kilo",
        )
    ),
    "12 bubbles": flex({"type": "carousel", "contents": [bubble(words()) for _ in range(12)]}),
    "video in a hero": flex(
        bubble(hero={"type": "video", "url": PHOTO, "previewUrl": PHOTO, "altContent": PICTURE})
    ),
}

SCHEMA: dict[str, Any] = {
    "not an object": "สวัสดี",
    "no type": {"text": "ก"},
    "unknown type": {"type": "poem", "text": "ก"},
    "text without text": {"type": "text"},
    "text is a number": text() | {"text": 1},
    "sticker without id": {"type": "sticker", "packageId": "446"},
    "image without preview": {"type": "image", "originalContentUrl": PHOTO},
    "location without title": {k: v for k, v in PLACE.items() if k != "title"},
    "latitude in words": PLACE | {"latitude": "13.7"},
    "flex without altText": {"type": "flex", "contents": bubble(words())},
    "unknown flex container": flex({"type": "ball"}),
    "unknown flex part": flex(bubble({"type": "blink", "text": "ก"})),
    "unknown layout": flex(bubble(box(words(), layout="diagonal"))),
    "unknown weight": flex(bubble(words(weight="heavy"))),
    "unknown bubble size": flex(bubble(words(), size="huge")),
    "box without contents": flex({"type": "bubble", "body": {"type": "box", "layout": "vertical"}}),
    "button without action": flex(bubble({"type": "button"})),
    "wrap in words": flex(bubble(words(wrap="yes"))),
    "unknown action": quick({"type": "dance", "label": "ก"}),
    "postback data of 301": quick(postback(data="d" * 301)),
    "unknown picker mode": quick(PICKER | {"mode": "decade"}),
    "14 quick replies": quick(*[message() for _ in range(14)]),
    "sender name of 21": text(sender={"name": "ก" * 21}),
    "template without text": template({"type": "buttons", "actions": [message()]}),
    "unknown template": template({"type": "poll", "text": "ก", "actions": [message()]}),
    "unknown substitution": VERSION_TWO | {"substitution": {"a": {"type": "song"}}},
    "imagemap without size": {k: v for k, v in IMAGEMAP.items() if k != "baseSize"},
}

LIMIT: dict[str, Json] = {
    "empty text": text(""),
    "text of 5,001 units": text("ก" * 5001),
    "2,501 pictures of two units": text("\N{FIRE}" * 2501),
    "unknown property": text(colour="red"),
    "emoji beside its dollar": text("ก$", emojis=[{"index": 0, "productId": "1", "emojiId": "2"}]),
    "unpaired brace": VERSION_TWO | {"text": "{a} {"},
    "placeholder nobody fills": VERSION_TWO | {"text": "{a} {b}"},
    "mention of no user id": VERSION_TWO | {"substitution": {"a": mention("somebody")}},
    "http image": {"type": "image", "originalContentUrl": "http://a.example/a.jpg"}
    | {"previewImageUrl": PHOTO},
    "title of 101": PLACE | {"title": "ก" * 101},
    "latitude off the globe": PLACE | {"latitude": 91},
    "sender named LINE": text(sender={"name": "Line police"}),
    "no quick replies": quick(),
    "label of 21 graphemes": quick(message(CLUSTER * 21)),
    "quick reply without label": quick({"type": "message", "text": "ก"}),
    "location action in a card": flex(bubble(button({"type": "location", "label": "ก"}))),
    "empty message action": quick(message(words="")),
    "displayText of 301": quick(postback(displayText="ก" * 301)),
    "displayText and text": quick(postback(displayText="ก", text="ก")),
    "fillInText without keyboard": quick(postback(fillInText="ก")),
    "picker with a bad start": quick(PICKER | {"initial": "tomorrow"}),
    "script address": flex(bubble(button(uri("javascript:alert(1)")))),
    "address with a gap": flex(bubble(button(uri("https://example.com/a b")))),
    "address of nowhere": flex(bubble(button(uri("tel:")))),
    "uri of 1,001": flex(bubble(button(uri("https://example.com/" + "a" * 981)))),
    "empty altText": flex(bubble(words()), ""),
    "altText of 1,501": flex(bubble(words()), "ก" * 1501),
    "empty flex text": flex(bubble(words(""))),
    "flex label of 41": flex(bubble(button(message("ก" * 41)))),
    "flex colour by name": flex(bubble(words(color="red"))),
    "flex picture over http": flex(bubble(PICTURE | {"url": "http://a.example/a.png"})),
    "flex picture too tall": flex(bubble(PICTURE | {"aspectRatio": "1:4"})),
    "button in a baseline box": flex(bubble(box(button(message()), layout="baseline"))),
    "icon in a vertical box": flex(bubble({"type": "icon", "url": PHOTO})),
    "bubble without blocks": flex({"type": "bubble"}),
    "bubble over 30 KB": flex(bubble(*[words("ก" * 1000) for _ in range(11)])),
    "carousel over 50 KB": flex(
        {"type": "carousel", "contents": [bubble(*[words("ก" * 900)] * 5) for _ in range(4)]}
    ),
    "13 bubbles": flex({"type": "carousel", "contents": [bubble(words()) for _ in range(13)]}),
    "bubbles of two sizes": flex(
        {"type": "carousel", "contents": [bubble(words()), bubble(words(), size="kilo")]}
    ),
    "5 buttons": buttons(actions=[message() for _ in range(5)]),
    "buttons of 161": buttons(text="ก" * 161),
    "buttons of 61 under a title": buttons(text="ก" * 61, title="ก"),
    "title of 41": buttons(title="ก" * 41),
    "confirm with one": template({"type": "confirm", "text": "ก", "actions": [message()]}),
    "confirm of 241": template(
        {"type": "confirm", "text": "ก" * 241, "actions": [message(), message()]}
    ),
    "11 columns": columns(*[column() for _ in range(11)]),
    "column of 121": columns(column(text="ก" * 121)),
    "columns of two shapes": columns(column(), column(title="ก")),
    "column with 4 actions": columns(column(actions=[message() for _ in range(4)])),
    "image column label of 13": template(
        {"type": "image_carousel", "columns": [{"imageUrl": PHOTO, "action": message("ก" * 13)}]}
    ),
}
