// Draws one message of a chat: the bubble, what it quotes, its time and its small buttons.

import { clock, el, icon, isLocal, link, linked } from "./dom.js";
import { actionElement, flex, picture } from "./flex.js";
import { map } from "./map.js";
import { sticker } from "./stickers.js";
import { nameOf } from "./store.js";

/** `chat` gives `speaker`, `find(id)`, and the handlers `tap`, `quote`, `unsend`, `edit`, `jump`. */
export function bubble(message, chat) {
  if (message.kind === "notice") return notice(message, message.body.text);
  if (message.unsent) return notice(message, `${ownName(message, chat)}ยกเลิกข้อความ`);
  const mine = message.sender === chat.speaker;
  const node = el("article", {
    class: mine ? "message mine" : "message",
    "data-id": message.id, "data-kind": message.kind,
    "data-testid": message.isBot ? "bot-message" : "message",
  });
  if (!mine) node.append(el("div", { class: message.isBot ? "avatar bot" : "avatar", "aria-hidden": "true" }, initial(message)));
  const column = el("div", { class: "column" });
  if (!mine) column.append(el("div", { class: "sender" }, senderName(message)));
  const time = el("div", { class: "time" }, message.edited ? el("span", {}, "แก้ไขแล้ว") : null, el("time", {}, clock(message.at)));
  column.append(el("div", { class: "line" }, content(message, chat), el("div", { class: "aside" }, tools(message, chat, mine), time)));
  node.append(column);
  return node;
}

const initial = (message) => (message.isBot ? "ย" : nameOf(message.sender).slice(0, 1));

function senderName(message) {
  const alias = message.body.sender?.name;
  return alias ? `${alias} จาก ${nameOf(message.sender)}` : nameOf(message.sender);
}

const ownName = (message, chat) => (message.sender === chat.speaker ? "คุณ" : nameOf(message.sender));

const notice = (message, text) =>
  el("div", { class: "notice", "data-id": message.id, "data-testid": "notice" }, text);

function tools(message, chat, mine) {
  const tool = (name, label, run) =>
    el("button", { type: "button", class: "tool", title: label, "aria-label": label, "data-testid": `tool-${name}`, onclick: run }, icon(name));
  return el("div", { class: "tools" },
    message.canQuote ? tool("reply", "ตอบกลับข้อความนี้", () => chat.quote(message)) : null,
    mine && chat.isGroup && message.kind === "text" ? tool("pen", "แก้ไข", () => chat.edit(message)) : null,
    mine ? tool("trash", "ยกเลิกข้อความ", () => chat.unsend(message)) : null);
}

function content(message, chat) {
  const draw = DRAW[message.kind];
  const drawn = draw ? draw(message, chat) : unknown(message);
  if (!message.quote || !["text", "textV2", "sticker"].includes(message.kind)) return drawn;
  const quoted = quotation(chat.find(message.quote), chat);
  if (message.kind === "sticker") return el("div", { class: "stack" }, el("div", { class: "balloon" }, quoted), drawn);
  drawn.prepend(quoted);
  return drawn;
}

function quotation(message, chat) {
  const name = message ? nameOf(message.sender) : "";
  return el("button", { type: "button", class: "quotation", onclick: () => message && chat.jump(message.id) },
    el("b", {}, name), el("span", {}, message ? summary(message) : "ข้อความก่อนหน้า"));
}

const KIND_WORDS = {
  image: "รูปภาพ", video: "วิดีโอ", audio: "ข้อความเสียง", file: "ไฟล์", location: "ตำแหน่ง", sticker: "สติกเกอร์",
};

/** A message in one line. */
export function summary(message) {
  if (message.unsent) return "ข้อความที่ยกเลิกแล้ว";
  return message.text ?? message.body.text ?? message.body.altText ?? KIND_WORDS[message.kind] ?? "ข้อความ";
}

function text(message) {
  return el("div", { class: "balloon" }, el("div", { class: "words" }, linked(message.text ?? message.body.text)));
}

function image(message) {
  if (!message.isBot) {
    const address = `/ui/media/${message.id}`;
    return el("a", { class: "photo", href: address, target: "_blank" }, el("img", { src: address, alt: "รูปที่ส่ง", loading: "lazy" }));
  }
  const address = message.body.previewImageUrl;
  if (isLocal(address)) return el("a", { class: "photo", href: message.body.originalContentUrl, target: "_blank", rel: "noreferrer" }, picture(address, "cover"));
  return card("photo", "รูปภาพ", link(message.body.originalContentUrl, "เปิดรูป"));
}

const card = (name, title, ...below) =>
  el("div", { class: "card" }, el("div", { class: "card-icon" }, icon(name)), el("div", { class: "card-words" }, el("b", {}, title), ...below));

function media(message) {
  const { kind, body, isBot } = message;
  const name = { video: "film", audio: "voice", file: "file" }[kind];
  const detail = kind === "file" ? `${body.fileSize.toLocaleString("th-TH")} ไบต์` : body.duration ? `${Math.round(body.duration / 1000)} วินาที` : "";
  const address = isBot ? body.originalContentUrl : `/ui/media/${message.id}`;
  return card(name, body.fileName ?? KIND_WORDS[kind], el("small", {}, detail),
    isBot ? link(address, "เปิด") : el("a", { href: address, download: "" }, "บันทึก"));
}

function location({ body }) {
  return el("div", { class: "place" }, map(body.latitude, body.longitude),
    el("b", {}, body.title ?? "ตำแหน่งที่ตั้ง"),
    el("span", {}, body.address ?? `${body.latitude.toFixed(5)}, ${body.longitude.toFixed(5)}`));
}

function template(message, chat) {
  const { template: shape } = message.body;
  if (shape.columns) return el("div", { class: "carousel", tabindex: "0" }, shape.columns.map((one) => templateCard(one, chat)));
  return templateCard(shape, chat, shape.type === "confirm");
}

function templateCard(shape, chat, sideBySide = false) {
  const address = shape.thumbnailImageUrl ?? shape.imageUrl;
  return el("div", { class: "template" },
    address ? el("div", { class: "template-picture" }, picture(address, "cover")) : null,
    el("div", { class: "template-words" }, shape.title ? el("b", {}, shape.title) : null, shape.text ? el("p", {}, shape.text) : null),
    el("div", { class: sideBySide ? "template-actions beside" : "template-actions" },
      (shape.actions ?? [shape.action]).map((action) => actionElement(action, (chosen) => chat.tap(chosen), "template-button"))));
}

const unknown = (message) => el("div", { class: "balloon" }, el("div", { class: "words" }, summary(message)));

const DRAW = {
  text, textV2: text, image, video: media, audio: media, file: media, location, template,
  sticker: (message) => sticker(message.body),
  flex: (message, chat) => flex(message.body.contents, (action) => chat.tap(action)),
};
