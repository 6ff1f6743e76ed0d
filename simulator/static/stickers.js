// A few stickers, drawn: LINE's own pictures cannot be fetched.

import { el, svg } from "./dom.js";

export const STICKERS = [
  { package: "446", sticker: "1988", caption: "โอเค", mouth: "smile", color: "#ffd45c", keywords: ["โอเค", "OK"] },
  { package: "446", sticker: "1989", caption: "ขอบคุณ", mouth: "smile", color: "#9fe0a8", keywords: ["ขอบคุณ", "thank you"] },
  { package: "446", sticker: "1990", caption: "ช่วยด้วย!", mouth: "open", color: "#ff9c8a", keywords: ["ช่วยด้วย", "help"] },
  { package: "446", sticker: "2000", caption: "ตกใจ", mouth: "open", color: "#ffc27a", keywords: ["ตกใจ", "surprised"] },
  { package: "789", sticker: "10855", caption: "เสียใจ", mouth: "sad", color: "#a9c8f5", keywords: ["เสียใจ", "sad"] },
  { package: "789", sticker: "10856", caption: "สวัสดี", mouth: "smile", color: "#e3b7f0", keywords: ["สวัสดี", "hello"] },
];
const MOUTHS = { smile: "M30 56q18 16 36 0", open: "M48 52a8 10 0 100.1 0z", sad: "M30 62q18-14 36 0" };

/** The drawing for a sticker; a plain tile with its numbers for one that is not known here. */
export function sticker({ packageId, stickerId }) {
  const known = STICKERS.find((one) => one.package === packageId && one.sticker === stickerId);
  if (!known) return el("div", { class: "sticker unknown" }, `สติกเกอร์ ${packageId}/${stickerId}`);
  return el("div", { class: "sticker", role: "img", "aria-label": `สติกเกอร์ ${known.caption}` }, face(known), el("span", {}, known.caption));
}

function face({ mouth, color }) {
  return svg("svg", { viewBox: "0 0 96 96" },
    svg("circle", { cx: 48, cy: 46, r: 38, fill: color, stroke: "#4a3b2a", "stroke-width": 3 }),
    svg("circle", { cx: 34, cy: 38, r: 4.5, fill: "#3a2d20" }), svg("circle", { cx: 62, cy: 38, r: 4.5, fill: "#3a2d20" }),
    svg("path", { d: MOUTHS[mouth], fill: mouth === "open" ? "#7a2e26" : "none", stroke: "#3a2d20", "stroke-width": 4, "stroke-linecap": "round" }));
}
