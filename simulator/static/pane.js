// One phone: a chat, its header, the composer and the rich menu.

import { bubble, summary } from "./bubble.js";
import { day, el, icon } from "./dom.js";
import { actionElement } from "./flex.js";
import { RichMenu } from "./richmenu.js";
import * as sheets from "./sheets.js";
import { act, group, messagesOf, nameOf, person, store } from "./store.js";

/** `role` is resident, group or officer; it names the pane in tests and fixes its kind of chat. */
export class Pane {
  constructor(role, title, chat) {
    this.role = role;
    this.chat = chat;
    this.isGroup = Boolean(group(chat));
    this.speaker = this.isGroup ? group(chat).members[0] : chat;
    this.quoted = null;
    this.drawn = new Map();
    this.lastDay = "";
    this.atEnd = true;
    this.menu = new RichMenu((action) => this.tap(action));
    this.build(title);
    this.redraw();
  }

  build(title) {
    const label = (words, props = {}) => ({ "aria-label": words, title: words, ...props });
    this.picker = el("select", label("เลือกแชต", { class: "chat-picker", "data-testid": "chat-picker", onchange: () => this.open(this.picker.value) }));
    this.subtitle = el("p", { class: "subtitle" });
    this.headButton = el("button", { type: "button", class: "head-button", "data-testid": "relation", onclick: () => this.changeRelation() });
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": `แชต${title}`, tabindex: "0", "data-testid": "log" });
    this.replies = el("div", { class: "quick-replies", "data-testid": "quick-replies" });
    this.banner = el("div", { class: "quote-banner", hidden: true, "data-testid": "quote-banner" });
    this.area = el("textarea", label("พิมพ์ข้อความ", { rows: 1, placeholder: "Aa", "data-testid": "input", onkeydown: (event) => this.onKey(event), oninput: () => this.grow() }));
    this.voices = el("select", label("พูดในนาม", { "data-testid": "speaker", onchange: () => this.speak(this.voices.value) }));
    const tool = (name, words, run) => el("button", { type: "button", class: "plain", ...label(words), "data-testid": `add-${name}`, onclick: run }, icon(name));
    this.composer = el("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); this.send(); } },
      tool("pin", "ส่งตำแหน่ง", () => this.sendPosition()), tool("photo", "ส่งรูป", () => this.sendPhoto()),
      tool("plus", "ส่งไฟล์ เสียง วิดีโอ", () => this.sendMedia()),
      el("div", { class: "input" }, this.area, tool("face", "สติกเกอร์", () => this.sendSticker())),
      el("button", { class: "plain send", ...label("ส่ง"), "data-testid": "send" }, icon("send")));
    this.node = el("section", { class: `phone ${this.role}`, id: `pane-${this.role}`, "data-testid": `pane-${this.role}`, "aria-label": title },
      el("header", { class: "phone-head" }, el("div", { class: "who" }, el("span", { class: "role" }, title), this.picker, this.subtitle), this.headButton),
      this.log, this.replies, this.banner,
      this.isGroup ? this.buildVoices() : null,
      this.composer, this.menu.node);
    // The log grows and shrinks with the composer; who was at the end stays there.
    new ResizeObserver(() => this.atEnd && this.toEnd()).observe(this.log);
    this.log.addEventListener("scroll", () => { this.atEnd = this.isAtEnd(); });
  }

  buildVoices() {
    const mention = el("button", { type: "button", class: "mention", "data-testid": "mention", onclick: () => this.mention() }, `@${store.bot.name}`);
    return el("div", { class: "voices" }, el("label", {}, "พูดในนาม", this.voices), mention);
  }

  mention() {
    this.area.value = `@${store.bot.name} ${this.area.value}`;
    this.area.focus();
  }

  /** Show another chat of the same kind. */
  open(chat) {
    this.chat = chat;
    this.speaker = this.isGroup ? group(chat).members[0] : chat;
    this.redraw();
  }

  speak(speaker) {
    this.speaker = speaker;
    this.redraw();
  }

  redraw() {
    this.drawn.clear();
    this.lastDay = "";
    this.atEnd = true;
    this.setQuote(null);
    this.log.replaceChildren();
    this.update(true);
  }

  /** Bring the pane up to date; only what changed is touched, so nothing flickers. */
  update(hasNews) {
    this.updateHead();
    if (hasNews) this.updateLog();
    this.updateTyping();
    const person_ = person(this.chat);
    this.menu.show(person_ && !person_.blocked ? person_.menu : null, this.chat, this.hasBegun());
  }

  /** Whether the person of this chat has written anything. */
  hasBegun() {
    return messagesOf(this.chat).some((one) => one.sender === this.chat && one.kind !== "notice");
  }

  updateHead() {
    const chats = this.isGroup ? store.groups : store.people;
    fillOptions(this.picker, chats.map((one) => [one.id, one.name]), this.chat);
    if (this.isGroup) {
      const { members, count, botInside } = group(this.chat);
      fillOptions(this.voices, members.map((id) => [id, nameOf(id)]), this.speaker);
      this.subtitle.textContent = `สมาชิก ${count} คน${botInside ? ` และ ${store.bot.name}` : ""}`;
      this.headButton.textContent = botInside ? "เอาบอตออก" : "เชิญบอต";
      this.headButton.classList.toggle("urgent", !botInside);
      return;
    }
    const { friend, blocked } = person(this.chat);
    this.subtitle.textContent = blocked ? `บล็อก ${store.bot.name} แล้ว` : friend ? `แชตกับ ${store.bot.name}` : `ยังไม่ได้เป็นเพื่อนกับ ${store.bot.name}`;
    this.headButton.textContent = blocked ? "เลิกบล็อก" : friend ? "บล็อก" : "เพิ่มเพื่อน";
    this.headButton.classList.toggle("urgent", !friend);
    this.composer.classList.toggle("off", blocked);
  }

  updateLog() {
    for (const message of messagesOf(this.chat)) {
      const before = this.drawn.get(message.id);
      if (before?.message === message) continue;
      const node = bubble(message, this);
      if (before) before.node.replaceWith(node);
      else this.append(node, message);
      this.drawn.set(message.id, { message, node });
    }
    this.updateReplies();
    if (this.atEnd) this.toEnd();
  }

  isAtEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
  }

  append(node, message) {
    const today = day(message.at);
    if (today !== this.lastDay) this.log.append(el("div", { class: "day" }, today));
    this.lastDay = today;
    this.log.append(node);
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    for (const image of this.log.querySelectorAll("img")) {
      if (!image.complete) image.addEventListener("load", () => this.atEnd && this.toEnd(), { once: true });
    }
    this.atEnd = true;
  }

  updateTyping() {
    const typing = store.loading.includes(this.chat);
    if (typing === Boolean(this.typing?.isConnected)) return;
    this.typing?.remove();
    if (!typing) return;
    this.typing = el("div", { class: "typing", "aria-label": "กำลังพิมพ์" }, el("i"), el("i"), el("i"));
    this.log.append(this.typing);
    this.toEnd();
  }

  updateReplies() {
    const last = messagesOf(this.chat).filter((one) => one.kind !== "notice").at(-1);
    const items = last?.isBot ? last.body.quickReply?.items ?? [] : [];
    this.replies.replaceChildren(...items.map(({ action }) =>
      actionElement(action, (chosen) => this.tap(chosen, true), "quick-reply", { "data-testid": "quick-reply" })));
    this.replies.hidden = items.length === 0;
  }

  find(id) {
    return store.messages.get(this.chat)?.get(id);
  }

  jump(id) {
    this.drawn.get(id)?.node.scrollIntoView({ block: "center", behavior: "smooth" });
  }

  quote(message) {
    this.setQuote(message);
    this.area.focus();
  }

  setQuote(message) {
    this.quoted = message;
    this.banner.hidden = !message;
    if (!message) return this.banner.replaceChildren();
    return this.banner.replaceChildren(
      el("div", {}, el("b", {}, nameOf(message.sender)), el("span", {}, summary(message))),
      el("button", { type: "button", class: "plain", "aria-label": "ไม่ตอบกลับ", onclick: () => this.setQuote(null) }, icon("close")));
  }

  onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  grow() {
    this.area.style.height = "auto";
    this.area.style.height = `${Math.min(this.area.scrollHeight, 110)}px`;
  }

  send() {
    const text = this.area.value.trim();
    if (!text) return;
    const quote = this.quoted?.id ?? null;
    this.area.value = "";
    this.grow();
    this.setQuote(null);
    this.atEnd = true;
    this.do({ act: "say", text, quote });
  }

  unsend(message) {
    this.do({ act: "unsend", message: message.id });
  }

  async edit(message) {
    const text = await sheets.changeText(message.body.text);
    if (text) this.do({ act: "edit", message: message.id, text });
  }

  async sendPosition() {
    const place = await sheets.choosePosition();
    if (place) this.do({ act: "location", ...place });
  }

  async sendPhoto() {
    const photo = await sheets.choosePhoto();
    if (photo) this.do({ act: "photo", ...photo });
  }

  async sendMedia() {
    const media = await sheets.chooseMedia();
    if (media) this.do({ act: "media", ...media });
  }

  async sendSticker() {
    const chosen = await sheets.chooseSticker();
    if (chosen) this.do({ act: "sticker", package: chosen.package, sticker: chosen.sticker, keywords: chosen.keywords });
  }

  /** What LINE does when a button is tapped. `fromReply`: quick replies vanish once used. */
  async tap(action, fromReply = false) {
    if (action.type === "location") return this.sendPosition();
    if (action.type === "camera" || action.type === "cameraRoll") return this.sendPhoto();
    if (action.type === "uri") return window.open(action.uri, "_blank", "noreferrer");
    const params = action.type === "datetimepicker" ? await sheets.chooseMoment(action) : null;
    if (action.type === "datetimepicker" && !params) return undefined;
    if (action.type === "clipboard") navigator.clipboard?.writeText(action.clipboardText).catch(() => {});
    if (fromReply) {
      this.replies.replaceChildren();
      this.replies.hidden = true;
    }
    if (action.inputOption === "openKeyboard") {
      this.area.value = action.fillInText ?? "";
      this.area.focus();
    }
    return this.do({ act: "tap", action, params });
  }

  changeRelation() {
    if (this.isGroup) return this.do({ act: group(this.chat).botInside ? "remove" : "invite" });
    const { friend, blocked } = person(this.chat);
    return this.do({ act: friend && !blocked ? "unfollow" : "follow" });
  }

  async do(what) {
    try {
      await act({ who: this.speaker, chat: this.chat, ...what });
    } catch (fault) {
      const shown = el("div", { class: "notice fault", role: "alert" }, fault.message);
      this.log.append(shown);
      this.toEnd();
      setTimeout(() => shown.remove(), 6000);
    }
  }
}

/** Make a select offer these `[value, words]`, without touching it when nothing changed. */
function fillOptions(select, options, chosen) {
  const written = JSON.stringify(options);
  if (select.dataset.written !== written) {
    select.dataset.written = written;
    select.replaceChildren(...options.map(([value, words]) => el("option", { value }, words)));
  }
  select.value = chosen;
}
