// Values as people read them.
const two = (number) => String(number).padStart(2, "0");

/** Virtual time as h:mm:ss, cut off after as many decimals as a step between two times needs. */
function timeText(seconds, step = 0.001) {
  const decimals = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step) - 1e-9));
  const factor = 10 ** decimals;
  const units = Math.floor(Math.max(0, seconds) * factor + 1e-4);
  const whole = Math.floor(units / factor);
  const rest = decimals ? "." + String(units % factor).padStart(decimals, "0") : "";
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}${rest}`;
}

const digits = (value, places) => value.toFixed(places).replace(/\.?0+$/, "");

/** A number to three significant digits. */
function short(value) {
  if (value === 0) return "0";
  const places = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return places === 0 ? Math.round(value).toLocaleString("en") : digits(value, Math.min(places, 6));
}

function spanText(seconds) {
  if (seconds < 1e-3) return `${short(seconds * 1e6)} µs`;
  if (seconds < 1) return `${short(seconds * 1e3)} ms`;
  if (seconds < 120) return `${short(seconds)} s`;
  if (seconds < 7200) return `${short(seconds / 60)} min`;
  return `${short(seconds / 3600)} h`;
}

const count = (value) => Math.round(value).toLocaleString("en");
const plural = (number, one, many = one + "s") => `${count(number)} ${number === 1 ? one : many}`;
const percent = (part, whole) => {
  const value = (100 * part) / whole;
  return value > 0 && value < 0.01 ? "less than 0.01%" : `${digits(value, 2)}%`;
};
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** An element with attributes, listeners (`onclick`) and children; texts are never read as HTML. */
function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}
function drawn(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}
function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}
