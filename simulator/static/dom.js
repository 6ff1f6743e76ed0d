// Builds elements. Text goes in as text, never as markup: what people and the bot write is data.

const SVG = "http://www.w3.org/2000/svg";

/** An element with properties (`class`, `data-…`, `aria-…` and on-handlers included) and children. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(node.style, value);
    else if (name in node && name !== "list" && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const ICONS = {
  plus: "M12 5v14M5 12h14",
  send: "M4 12l16-8-6 16-3-6z",
  face: "M12 3a9 9 0 100 18 9 9 0 000-18zM8.5 10v.5M15.5 10v.5M8 14.5c2 2.7 6 2.7 8 0",
  pin: "M12 21s7-6.2 7-11a7 7 0 10-14 0c0 4.8 7 11 7 11zM12 12.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5z",
  photo: "M4 6h16v13H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5v.01",
  film: "M4 6h11v12H4zM15 11l5-3v8l-5-3",
  voice: "M12 4a2.5 2.5 0 012.5 2.5v5a2.5 2.5 0 01-5 0v-5A2.5 2.5 0 0112 4zM6 11a6 6 0 0012 0M12 17v3",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  reply: "M10 7l-5 5 5 5M5 12h9a5 5 0 015 5v1",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  pen: "M5 19l1-4L16 5l3 3L9 18z",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9l6 6 6-6",
};

/** A small line drawing; decorative, so the button around it carries the label. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** An SVG element with attributes. */
export function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const LINKS = /(https?:\/\/[^\s<>"]+|tel:[0-9+*#-]+)/g;

/** Text with its addresses and telephone links clickable; line breaks stay (CSS pre-wrap). */
export function linked(text) {
  return String(text).split(LINKS).map((part, place) => {
    if (place % 2 === 0) return document.createTextNode(part);
    return link(part, part);
  });
}

/** A link to an address of a harmless scheme; anything else becomes plain text. */
export function link(address, label, className = "") {
  if (!/^(https?|tel|line):/i.test(address)) return el("span", { class: className }, label);
  const outside = /^https?:/i.test(address);
  return el("a", {
    class: className,
    href: address,
    target: outside ? "_blank" : null,
    rel: outside ? "noreferrer noopener" : null,
  }, label);
}

const CLOCK = new Intl.DateTimeFormat("th-TH", {
  hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Bangkok",
});
const DAY = new Intl.DateTimeFormat("th-TH", {
  weekday: "short", day: "numeric", month: "short", timeZone: "Asia/Bangkok",
});

export const clock = (seconds) => CLOCK.format(new Date(seconds * 1000));
export const day = (seconds) => DAY.format(new Date(seconds * 1000));

/** Whether a picture at this address may be fetched: only from this machine. */
export function isLocal(address) {
  try {
    return ["127.0.0.1", "localhost"].includes(new URL(address).hostname);
  } catch {
    return false;
  }
}
