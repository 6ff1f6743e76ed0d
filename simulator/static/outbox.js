// The drawer "สิ่งที่ส่งออก": calls of the bot, the month's quota, faults to order.

import { clock, el, icon } from "./dom.js";
import { act, store } from "./store.js";

const KINDS = { reply: "ตอบกลับ (ฟรี)", push: "ส่งแบบ push", multicast: "ส่งหลายคน", broadcast: "ส่งทุกคน" };
const FAULTS = [
  ["500", "500 ขัดข้อง"], ["500-accepted", "500 แต่ส่งแล้ว"], ["429", "429 ถี่เกินไป"],
  ["429-month", "429 โควตาหมด"], ["hang", "เงียบ ไม่ตอบ"], ["drop", "ส่งแล้วสายหลุด"],
  ["slow", "ช้า 3 วินาที"], ["401", "401 โทเคนผิด"],
];
const FAULT_WORDS = Object.fromEntries(FAULTS);
const PATHS = [["", "ทุกคำขอ"], ["reply", "reply"], ["push", "push"], ["content", "content"]];
const RESULTS = {
  OK: "รับแล้ว", REQUEST_TIMEOUT: "เกิน 2 วินาที", COULD_NOT_CONNECT: "ต่อไม่ได้",
  ERROR_STATUS_CODE: "ตอบผิดพลาด", UNCLASSIFIED: "สายหลุด",
};

export class Outbox {
  /** `close()` runs when the person is done with the drawer. */
  constructor(node, close) {
    this.rows = el("tbody", { "data-testid": "calls" });
    this.last = 0;
    this.all = el("input", { type: "checkbox", onchange: () => this.redraw() });
    this.quotaWords = el("p", { class: "quota-words", "data-testid": "quota" });
    this.meter = el("div", { class: "meter-fill" });
    this.pending = el("p", { class: "pending", "data-testid": "faults" });
    this.webhook = el("p", { class: "webhook" });
    this.path = el("select", { "aria-label": "ใช้กับคำขอ" }, PATHS.map(([value, words]) => el("option", { value }, words)));
    this.times = el("input", { type: "number", min: "1", max: "99", value: "1", "aria-label": "กี่ครั้ง" });
    node.append(this.head(close), this.table(), this.side());
  }

  head(close) {
    return el("header", { class: "outbox-head" }, el("h2", {}, "สิ่งที่ส่งออก"), el("label", {}, this.all, "แสดงทุกคำขอ"),
      el("button", { type: "button", class: "plain", "aria-label": "ปิดสิ่งที่ส่งออก", title: "ปิด", "data-testid": "outbox-close", onclick: close }, icon("close")));
  }

  table() {
    const heads = ["เวลา", "ชนิด", "ถึง", "โควตา", "ผล"];
    return el("div", { class: "calls" },
      el("div", { class: "calls-scroll", tabindex: "0", role: "region", "aria-label": "ตารางคำขอ" },
        el("table", {}, el("thead", {}, el("tr", {}, heads.map((one) => el("th", { scope: "col" }, one)))), this.rows)));
  }

  side() {
    return el("div", { class: "side" },
      el("h2", {}, "โควตาเดือนนี้"), this.quotaWords, el("div", { class: "meter" }, this.meter),
      el("h2", {}, "สั่งให้ LINE ขัดข้อง"),
      el("div", { class: "fault-row" }, this.path, this.times, "ครั้ง"),
      el("div", { class: "faults" }, FAULTS.map(([kind, words]) =>
        el("button", { type: "button", "data-testid": `fault-${kind}`, onclick: () => this.order(kind) }, words))),
      this.pending, el("h2", {}, "webhook"), this.webhook);
  }

  order(kind) {
    act({ act: "fault", kind, times: Number(this.times.value) || 1, path: this.path.value || null });
  }

  redraw() {
    this.last = 0;
    this.rows.replaceChildren();
    this.update();
  }

  update() {
    for (const call of store.calls) {
      if (call.revision <= this.last) continue;
      this.last = call.revision;
      if (call.kind in KINDS || this.all.checked) this.rows.prepend(this.row(call));
    }
    const { used, limit } = store.quota;
    const words = (count) => count.toLocaleString("th-TH");
    this.quotaWords.textContent = limit === null ? `ใช้ไป ${words(used)} (ไม่จำกัด)` : `ใช้ไป ${words(used)} จาก ${words(limit)}`;
    this.meter.style.width = `${limit ? Math.min(100, (100 * used) / limit) : 0}%`;
    this.showPending();
    const { address, results } = store.webhook;
    const counts = Object.entries(results).map(([name, count]) => `${RESULTS[name] ?? name} ${count}`);
    this.webhook.textContent = [address, ...counts].filter(Boolean).join(" · ");
  }

  showPending() {
    const words = store.faults.map(({ kind, left, path }) => `${FAULT_WORDS[kind] ?? kind}${path ? ` ที่ ${path}` : ""} อีก ${left} ครั้ง`);
    this.pending.replaceChildren(words.length ? `รออยู่: ${words.join(", ")} ` : "ไม่มีความขัดข้องรออยู่ ");
    if (words.length) this.pending.append(el("button", { type: "button", class: "link", onclick: () => act({ act: "clearFaults" }) }, "ยกเลิก"));
  }

  row(call) {
    const good = call.status >= 200 && call.status < 300;
    const kind = KINDS[call.kind] ?? `${call.method} ${call.path.replace("/v2/bot/", "")}`;
    return el("tr", { class: good ? "" : "bad", title: call.note },
      el("td", {}, clock(call.at)), el("td", { class: call.kind in KINDS ? "kind" : "path" }, kind), el("td", {}, call.to), el("td", { class: "count" }, call.cost ? String(call.cost) : ""),
      el("td", {}, el("span", { class: "code" }, String(call.status || "ไม่ตอบ")), call.note ? el("small", {}, call.note) : null));
  }
}
