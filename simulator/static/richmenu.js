// The rich menu at the bottom of a one-to-one chat: the uploaded picture with tappable areas.

import { el, icon } from "./dom.js";

export class RichMenu {
  constructor(tap) {
    this.tap = tap;
    this.shown = "";
    this.node = el("div", { class: "rich-menu", hidden: true, "data-testid": "rich-menu" });
  }

  /** `menu` is the rich menu object with its id, or null. */
  show(menu) {
    if ((menu?.id ?? "") === this.shown) return;
    this.shown = menu?.id ?? "";
    this.node.hidden = !menu;
    this.node.replaceChildren(...(menu ? this.draw(menu) : []));
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
    const picture = el("div", { class: "rich-picture", hidden: !menu.selected, style: { aspectRatio: `${width} / ${height}` } },
      el("img", { src: `/ui/menu/${menu.id}`, alt: "" }), ...areas);
    const bar = el("button", { type: "button", class: "chat-bar", "aria-expanded": String(menu.selected), "data-testid": "menu-bar", onclick: () => {
      picture.hidden = !picture.hidden;
      bar.setAttribute("aria-expanded", String(!picture.hidden));
    } }, menu.chatBarText, icon("down"));
    return [bar, picture];
  }
}
