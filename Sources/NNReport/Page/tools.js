"use strict";
// What all parts of the page use; the parts follow each other in one script.
const root = document.documentElement;
let errors = 0;
const fail = (message) => { errors += 1; root.dataset.errors = String(errors); root.dataset.error = String(message); };
root.dataset.errors = "0";
addEventListener("error", (event) => fail(event.message));
addEventListener("securitypolicyviolation", (event) => fail(event.violatedDirective));

const figures = JSON.parse(document.getElementById("figures").textContent);
const main = document.getElementById("main");
const tip = document.getElementById("tip");
const svgSpace = "http://www.w3.org/2000/svg";

// Text is only ever set as text: names and paths are the user's.
const element = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
};
const drawing = (name, attributes = {}, text = null) => {
  const node = document.createElementNS(svgSpace, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== null) node.textContent = text;
  return node;
};
const short = (number) => {
  if (typeof number !== "number") return String(number);
  if (number === 0) return "0";
  const size = Math.abs(number);
  if (size >= 1e5 || size < 1e-3) return number.toExponential(size >= 1e5 || size < 1e-99 ? 1 : 2).replace(/\.?0+e/, "e").replace("e+", "e");
  return String(Number(number.toPrecision(4)));
};

const section = (id, title, about) => {
  const node = element("section", { id, "aria-labelledby": id + "-title" }, element("h2", { id: id + "-title" }, title));
  if (about) node.append(element("p", { class: "about" }, about));
  main.append(node);
  document.getElementById("contents").append(element("a", { href: "#" + id }, title));
  return node;
};
const facts = (pairs) => {
  const list = element("dl");
  for (const [name, value] of pairs) list.append(element("dt", {}, name), element("dd", {}, value));
  return list;
};

// Light and dark: as the system has it, until the button is pressed.
const dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
const redraws = [];
const redraw = () => redraws.forEach((draw) => draw());
document.getElementById("theme").addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; redraw(); });
dark.addEventListener("change", redraw);
if (location.hash === "#dark" || location.hash === "#light") root.dataset.theme = location.hash.slice(1);
