// The rich menu at the bottom of a one-to-one chat: the uploaded picture with tappable areas.

import { el, icon } from "./dom.js";

/** Whether the person opened ("1") or closed ("0") the menu of a chat; null while they have not touched it. */
const choices = {
  get: (chat) => sessionStorage.getItem(`menu ${chat}`),
  set: (chat, open) => sessionStorage.setItem(`menu ${chat}`, open ? "1" : "0"),
};

/** Whether the chat keeps enough height above an open menu, with and without the drawer. */
const hasRoom = () => window.innerHeight >= (document.getElementById("outbox").hidden ? 600 : 800);

export class RichMenu {
  constructor(tap) {
    this.tap = tap;
    this.shown = "";
    this.node = el("div", { class: "rich-menu", hidden: true, "data-testid": "rich-menu" });
  }

  /** `menu` is the rich menu object with its id, or null. Until the person chooses, it is closed where a chat has begun or is low. */
  show(menu, chat, hasBegun) {
    this.chat = chat;
    if ((menu?.id ?? "") !== this.shown) {
      this.shown = menu?.id ?? "";
      this.node.hidden = !menu;
      this.node.replaceChildren(...(menu ? this.draw(menu) : []));
    }
    if (!menu) return;
    const chosen = choices.get(chat);
    this.open(chosen === null ? menu.selected && !hasBegun && hasRoom() : chosen === "1");
  }

  open(isOpen) {
    this.picture.hidden = !isOpen;
    this.bar.setAttribute("aria-expanded", String(isOpen));
  }

  draw(menu) {
    const { width, height } = menu.size;
    const areas = menu.areas.map(({ bounds, action }) => {
      const style = {
        left: `${(100 * bounds.x) / width}%`, top: `${(100 * bounds.y) / height}%`,
        width: `${(100 * bounds.width) / width}%`, height: `${(100 * bounds.height) / height}%`,
      };
      const words = action.label ?? action.displayText ?? action.text ?? action.uri ?? "";
      if (action.type === "uri") return el("a", { class: "area", style, href: action.uri, "aria-label": words });
      return el("button", { type: "button", class: "area", style, "aria-label": words, title: words, "data-testid": "menu-area", onclick: () => this.tap(action) });
    });
    this.picture = el("div", { class: "rich-picture", "data-testid": "menu-picture" },
      el("img", { src: `/ui/menu/${menu.id}`, alt: "" }), ...areas);
    this.picture.style.setProperty("--ratio", String(width / height));
    this.bar = el("button", { type: "button", class: "chat-bar", "data-testid": "menu-bar", onclick: () => {
      choices.set(this.chat, this.picture.hidden);
      this.open(this.picture.hidden);
    } }, menu.chatBarText, icon("down"));
    return [this.bar, this.picture];
  }
}
