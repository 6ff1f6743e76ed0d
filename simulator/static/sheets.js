// Choosers that come up from below: position, photo, sticker, file, date, text.

import { el, icon } from "./dom.js";
import { map } from "./map.js";
import { STICKERS, sticker } from "./stickers.js";

const PLACES = [
  { title: "ตลาดเทศบาล", address: "ถนนเทศบาล 1 (สมมติ)", latitude: 13.75011, longitude: 100.50012 },
  { title: "ปากซอยเทศบาล 5", address: "หน้าศาลาชุมชน (สมมติ)", latitude: 13.75222, longitude: 100.50333 },
  { title: "สวนสาธารณะริมคลอง", address: "ทางเดินริมคลองฝั่งเหนือ (สมมติ)", latitude: 13.75444, longitude: 100.49888 },
  { title: "โรงเรียนบ้านยาม", address: "ถนนโรงเรียน (สมมติ)", latitude: 13.74777, longitude: 100.50555 },
];

/** A modal sheet; `fill(close)` gives its contents. Resolves to what `close` got, null if dismissed. */
function sheet(title, testid, fill) {
  return new Promise((resolve) => {
    const dialog = el("dialog", { class: "sheet", "aria-label": title, "data-testid": testid });
    let result = null;
    const close = (value) => {
      result = value;
      dialog.close();
    };
    dialog.append(
      el("header", {}, el("h2", {}, title), el("button", { type: "button", class: "plain", "aria-label": "ปิด", onclick: () => close(null) }, icon("close"))),
      el("div", { class: "sheet-body" }, fill(close)));
    dialog.addEventListener("click", (event) => event.target === dialog && close(null));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export function choosePosition() {
  return sheet("เลือกตำแหน่ง", "position-sheet", (close) => {
    const latitude = number("ละติจูด", "latitude", PLACES[1].latitude);
    const longitude = number("ลองจิจูด", "longitude", PLACES[1].longitude);
    const own = el("form", { class: "row-form", onsubmit: (event) => {
      event.preventDefault();
      close({ latitude: latitude.input.valueAsNumber, longitude: longitude.input.valueAsNumber });
    } }, latitude.label, longitude.label, el("button", { class: "solid" }, "ส่งพิกัดนี้"));
    return [el("div", { class: "places" }, PLACES.map((place) =>
      el("button", { type: "button", class: "place-choice", "data-testid": "preset-place", onclick: () => close(place) },
        map(place.latitude, place.longitude), el("b", {}, place.title), el("small", {}, place.address)))), own];
  });
}

function number(words, name, value) {
  const input = el("input", { type: "number", step: "any", name, required: true, value: String(value) });
  return { input, label: el("label", {}, words, input) };
}

export function choosePhoto() {
  return sheet("ส่งรูป", "photo-sheet", (close) => {
    const file = el("input", { type: "file", accept: "image/png,image/jpeg", "data-testid": "photo-file", onchange: async () => close({ data: await base64(file.files[0]) }) });
    return [
      el("button", { type: "button", class: "solid wide", "data-testid": "sample-photo", onclick: () => close({}) }, "ใช้รูปตัวอย่าง (ไฟถนนดับ)"),
      el("label", { class: "upload" }, "หรือเลือกรูปจากเครื่อง", file)];
  });
}

export function chooseMedia() {
  return sheet("ส่งไฟล์ เสียง หรือวิดีโอ", "media-sheet", (close) => {
    const file = el("input", { type: "file", onchange: async () => {
      const { type, name } = file.files[0];
      const kind = ["video", "audio"].find((one) => type.startsWith(one)) ?? "file";
      close({ kind, name, data: await base64(file.files[0]) });
    } });
    const sample = (kind, name, words, picture) =>
      el("button", { type: "button", class: "tile", onclick: () => close({ kind, name }) }, icon(picture), words);
    return [el("div", { class: "tiles" }, sample("video", "", "วิดีโอตัวอย่าง", "film"), sample("audio", "", "เสียงตัวอย่าง", "voice"), sample("file", "ใบแจ้งเหตุ.pdf", "ไฟล์ตัวอย่าง", "file")),
      el("label", { class: "upload" }, "หรือเลือกไฟล์จากเครื่อง", file)];
  });
}

export function chooseSticker() {
  return sheet("สติกเกอร์", "sticker-sheet", (close) => el("div", { class: "sticker-grid" }, STICKERS.map((one) =>
    el("button", { type: "button", class: "plain", "aria-label": one.caption, "data-testid": "sticker-choice", onclick: () => close(one) },
      sticker({ packageId: one.package, stickerId: one.sticker })))));
}

const PICKER = { date: "date", time: "time", datetime: "datetime-local" };

/** What a datetimepicker action asks for; resolves to the postback's `params`. */
export function chooseMoment(action) {
  return sheet(action.label ?? "เลือกเวลา", "moment-sheet", (close) => {
    const tidy = (value) => value?.replace("t", "T");
    const input = el("input", { type: PICKER[action.mode], required: true, value: tidy(action.initial) ?? "", min: tidy(action.min), max: tidy(action.max), "aria-label": "เวลา", "data-testid": "moment" });
    return el("form", { class: "row-form", onsubmit: (event) => {
      event.preventDefault();
      close({ [action.mode]: input.value });
    } }, input, el("button", { class: "solid" }, "ตกลง"));
  });
}

/** A text to change; resolves to the new text. */
export function changeText(before) {
  return sheet("แก้ไขข้อความ", "edit-sheet", (close) => {
    const area = el("textarea", { rows: 4, "aria-label": "ข้อความ" });
    area.value = before;
    return el("form", { class: "row-form", onsubmit: (event) => {
      event.preventDefault();
      if (area.value.trim()) close(area.value);
    } }, area, el("button", { class: "solid" }, "บันทึก"));
  });
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
