// A drawn map card: streets made up from the coordinates, no tiles from anywhere.

import { svg } from "./dom.js";

/** An SVG with a pin in the middle; the same place always looks the same. */
export function map(latitude, longitude) {
  const seed = Math.abs(Math.round((latitude * 131 + longitude * 977) * 1000));
  const at = (step, range) => ((seed >> step) % range) + 0;
  const root = svg("svg", { viewBox: "0 0 240 120", class: "map", role: "img", "aria-label": "แผนที่วาด" });
  root.append(svg("rect", { width: 240, height: 120, fill: "#e8efe4" }));
  root.append(svg("path", { d: `M-10 ${90 + at(2, 20)} q 60 -20 130 0 t 140 -8 v60 h-270z`, fill: "#bcd9ea" }));
  for (const [x, y] of [[16, 12], [150 + at(3, 30), 18], [30 + at(5, 20), 62], [178, 62]]) {
    root.append(svg("rect", { x, y, width: 34 + at(x % 7, 12), height: 20, rx: 2, fill: "#d8d6cf" }));
  }
  const roads = [
    `M0 ${40 + at(1, 12)} L240 ${34 + at(4, 18)}`, `M${70 + at(6, 20)} 0 L${60 + at(2, 20)} 120`,
    `M${165 + at(3, 16)} 0 L${178 + at(5, 12)} 120`,
  ];
  for (const [width, color] of [[11, "#cfcabd"], [8, "#ffffff"]]) {
    for (const d of roads) root.append(svg("path", { d, stroke: color, "stroke-width": width, fill: "none" }));
  }
  root.append(svg("ellipse", { cx: 120, cy: 71, rx: 7, ry: 2.5, fill: "#0003" }));
  root.append(svg("path", { d: "M120 70c-9-12-14-18-14-25a14 14 0 1128 0c0 7-5 13-14 25z", fill: "#e5443a" }));
  root.append(svg("circle", { cx: 120, cy: 45, r: 5.5, fill: "#fff" }));
  return root;
}
