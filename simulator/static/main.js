// Puts the page together: three phones, the tabs for small screens, the drawer.

import { el } from "./dom.js";
import { Outbox } from "./outbox.js";
import { Pane } from "./pane.js";
import { follow, onChange, store } from "./store.js";

const status = document.getElementById("status");
const outboxNode = document.getElementById("outbox");
const toggle = document.getElementById("outbox-toggle");
const outbox = new Outbox(outboxNode, closeOutbox);
const panes = [];

function build() {
  const [first] = store.people;
  const last = store.people.at(-1);
  const wanted = [
    ["resident", "ชาวบ้าน", first?.id], ["group", "กลุ่มชุมชน", store.groups[0]?.id], ["officer", "เจ้าหน้าที่", last?.id],
  ];
  for (const [role, title, chat] of wanted) if (chat) panes.push(new Pane(role, title, chat));
  document.getElementById("panes").append(...panes.map((pane) => pane.node));
  const tabs = panes.map((pane, place) => el("button", {
    type: "button", role: "tab", class: "tab", "aria-controls": `pane-${pane.role}`, "data-testid": `tab-${pane.role}`, onclick: () => show(place),
  }, wanted.find(([role]) => role === pane.role)[1]));
  document.getElementById("tabs").append(...tabs);
  show(0);

  function show(chosen) {
    tabs.forEach((tab, place) => tab.setAttribute("aria-selected", String(place === chosen)));
    panes.forEach((pane, place) => pane.node.classList.toggle("front", place === chosen));
    panes[chosen]?.toEnd();
  }
}

onChange((changed) => {
  if (panes.length === 0) build();
  for (const pane of panes) pane.update(changed.has(pane.chat));
  outbox.update();
  const { used, limit } = store.quota;
  status.textContent = limit === null ? "" : `โควตา ${used.toLocaleString("th-TH")}/${limit.toLocaleString("th-TH")}`;
});

function showOutbox(isOpen) {
  outboxNode.hidden = !isOpen;
  toggle.setAttribute("aria-expanded", String(isOpen));
  for (const pane of panes) {
    pane.update(false);
    pane.toEnd();
  }
  if (isOpen) outboxNode.querySelector("button").focus();
}

function closeOutbox() {
  showOutbox(false);
  toggle.focus();
}

window.addEventListener("resize", () => panes.forEach((pane) => pane.update(false)));
toggle.addEventListener("click", () => showOutbox(outboxNode.hidden));
outboxNode.addEventListener("keydown", (event) => event.key === "Escape" && closeOutbox());

follow((isUp) => {
  document.body.classList.toggle("offline", !isUp);
  if (!isUp) status.textContent = "ขาดการติดต่อกับ LINE จำลอง";
});
