// Draws Flex Messages: boxes become CSS flex boxes, keywords become pixels.

import { el, isLocal, link } from "./dom.js";

const FONT = {
  xxs: 11, xs: 12, sm: 13, md: 15, lg: 18, xl: 21, xxl: 27, "3xl": 32, "4xl": 42, "5xl": 60,
};
const GAP = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const BORDER = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const IMAGE = {
  xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220,
};
const OFFSETS = { offsetTop: "top", offsetBottom: "bottom", offsetStart: "left", offsetEnd: "right" };
const SIDES = {
  paddingAll: "padding", paddingTop: "paddingTop", paddingBottom: "paddingBottom",
  paddingStart: "paddingLeft", paddingEnd: "paddingRight",
};
const GRAVITY = { top: "flex-start", center: "center", bottom: "flex-end" };

const size = (value, table) => (value in table ? `${table[value]}px` : value);

/** A bubble or a carousel of bubbles; `tap(action)` runs for what is not a plain link. */
export function flex(contents, tap) {
  if (contents.type === "bubble") return bubble(contents, tap);
  return el("div", { class: "carousel", tabindex: "0", role: "group", "aria-label": "การ์ดเลื่อนได้" },
    contents.contents.map((one) => bubble(one, tap)));
}

function bubble(contents, tap) {
  const node = el("div", { class: `flex-bubble flex-${contents.size ?? "mega"}`, dir: contents.direction ?? "ltr" });
  for (const name of ["header", "hero", "body", "footer"]) {
    if (!contents[name]) continue;
    const look = contents.styles?.[name] ?? {};
    const block = el("div", { class: `flex-block flex-${name}`, style: { backgroundColor: look.backgroundColor ?? "" } },
      component(contents[name], "vertical", tap));
    if (look.separator) block.style.borderTop = `1px solid ${look.separatorColor ?? "#dadada"}`;
    node.append(block);
  }
  return clickable(node, contents.action, tap);
}

function component(part, layout, tap) {
  const node = DRAW[part.type](part, tap, layout);
  if (part.margin) node.style[layout === "vertical" ? "marginTop" : "marginLeft"] = size(part.margin, GAP);
  if (part.type !== "button" || layout !== "vertical") stretch(node, part, layout);
  if (part.position === "absolute") node.style.position = "absolute";
  for (const [name, side] of Object.entries(OFFSETS)) {
    if (part[name] === undefined) continue;
    if (!node.style.position) node.style.position = "relative";
    node.style[side] = size(part[name], GAP);
  }
  return node;
}

function stretch(node, part, layout) {
  const fallback = layout === "vertical" || ["separator", "icon"].includes(part.type) ? 0 : 1;
  const grow = part.flex ?? (part.width || part.maxWidth ? 0 : fallback);
  node.style.flex = grow === 0 ? "0 0 auto" : `${grow} 1 0`;
  if (part.gravity && layout === "horizontal") node.style.alignSelf = GRAVITY[part.gravity];
}

function box(part, tap) {
  const node = el("div", { class: `flex-box flex-${part.layout}` });
  const style = node.style;
  if (part.spacing) style.gap = size(part.spacing, GAP);
  for (const [name, side] of Object.entries(SIDES)) if (part[name]) style[side] = size(part[name], GAP);
  for (const name of ["width", "maxWidth", "height", "maxHeight", "backgroundColor", "borderColor", "justifyContent", "alignItems"]) {
    if (part[name]) style[name] = part[name];
  }
  if (part.borderWidth) style.borderWidth = size(part.borderWidth, BORDER);
  if (part.cornerRadius) style.borderRadius = size(part.cornerRadius, GAP);
  if (part.background) {
    const { angle, startColor, centerColor, endColor, centerPosition = "50%" } = part.background;
    const middle = centerColor ? `${centerColor} ${centerPosition}, ` : "";
    style.background = `linear-gradient(${angle}, ${startColor}, ${middle}${endColor})`;
  }
  node.append(...part.contents.map((one) => component(one, part.layout, tap)));
  return clickable(node, part.action, tap);
}

function letters(node, part) {
  const style = node.style;
  if (part.size) style.fontSize = size(part.size, FONT);
  if (part.color) style.color = part.color;
  if (part.weight) style.fontWeight = part.weight === "bold" ? "700" : "400";
  if (part.style) style.fontStyle = part.style;
  if (part.decoration) style.textDecoration = part.decoration;
}

function text(part, tap) {
  const node = el("div", { class: part.wrap ? "flex-text flex-wrap" : "flex-text" });
  letters(node, part);
  if (part.align) node.style.textAlign = part.align;
  if (part.lineSpacing) node.style.lineHeight = `calc(1.4em + ${part.lineSpacing})`;
  if (part.maxLines && part.wrap) {
    node.classList.add("flex-clamp");
    node.style.webkitLineClamp = part.maxLines;
  }
  if (part.contents?.length) node.append(...part.contents.map(span));
  else node.append(part.text);
  return clickable(node, part.action, tap);
}

function span(part) {
  const node = el("span", {}, part.text);
  letters(node, part);
  return node;
}

function button(part, tap) {
  const style = part.style ?? "link";
  const className = `flex-button flex-${style} flex-${part.height ?? "md"}`;
  const node = actionElement(part.action, tap, className);
  if (part.color) node.style[style === "link" ? "color" : "backgroundColor"] = part.color;
  return node;
}

function image(part, tap) {
  const [wide, high] = (part.aspectRatio ?? "1:1").split(":").map(Number);
  const node = el("div", { class: "flex-image", style: { aspectRatio: `${wide} / ${high}`, backgroundColor: part.backgroundColor ?? "" } }, picture(part.url, part.aspectMode));
  node.style.width = part.size === "full" ? "100%" : size(part.size ?? "md", IMAGE);
  node.style.maxWidth = "100%";
  if (part.align !== "start") node.style.marginInlineStart = "auto";
  if (part.align !== "end") node.style.marginInlineEnd = "auto";
  return clickable(node, part.action, tap);
}

/** A picture from this machine, else a grey field: the page asks nothing of the outside. */
export function picture(address, mode = "fit") {
  if (isLocal(address)) {
    return el("img", { src: address, alt: "", style: { objectFit: mode === "cover" ? "cover" : "contain" } });
  }
  return el("div", { class: "no-picture" }, link(address, "รูปภาพ"));
}

const icon = (part) => {
  const node = el("div", { class: "flex-icon" }, picture(part.url));
  node.style.width = node.style.height = size(part.size ?? "md", FONT);
  return node;
};
const separator = (part, tap, layout) =>
  el("div", { class: layout === "vertical" ? "flex-line" : "flex-line flex-upright", style: { backgroundColor: part.color ?? "" } });
const filler = () => el("div", { class: "flex-filler" });
const video = (part, tap) => component(part.altContent, "vertical", tap);

const DRAW = { box, text, button, image, icon, separator, filler, video };

/** A button or a link for an action, as LINE would treat it. */
export function actionElement(action, tap, className, extra = {}) {
  if (action.type === "uri") {
    const node = link(action.uri, action.label ?? "", className);
    for (const [name, value] of Object.entries(extra)) node.setAttribute(name, value);
    return node;
  }
  return el("button", { type: "button", class: className, onclick: () => tap(action), ...extra }, action.label ?? "");
}

function clickable(node, action, tap) {
  if (!action) return node;
  node.classList.add("clickable");
  node.tabIndex = 0;
  node.setAttribute("role", action.type === "uri" ? "link" : "button");
  const go = (event) => {
    event.stopPropagation();
    tap(action);
  };
  node.addEventListener("click", go);
  node.addEventListener("keydown", (event) => event.key === "Enter" && go(event));
  return node;
}
