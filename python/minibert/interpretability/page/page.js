"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const tokens = data.tokens.map(({ token }) => token);
const at = (id) => document.getElementById(id);

/** A new element with its text or its children. */
function make(tag, options = {}, ...children) {
  const { text, share, ...attributes } = options;
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  if (share !== undefined) element.style.setProperty("--share", share);
  element.append(...children);
  return element;
}

const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;

/** A change of a probability, with a sign, so that it needs no color. */
function points(change) {
  const size = Math.abs(100 * change).toFixed(1);
  if (size === "0.0") return "no change";
  return change < 0 ? `▼ −${size} points` : `▲ +${size} points`;
}

const word = (text, tag = "b") => make(tag, { text, dir: "auto" });

function bar(share, label, name = "") {
  const width = Math.max(0, Math.min(1, share));
  return make("div", { class: `bar ${name}`, share: width },
    make("i", { "aria-hidden": "true" }), make("span", { text: label }));
}

function headings(...names) {
  const row = make("tr", {}, ...names.map((text) => make("th", { scope: "col", text })));
  return make("thead", {}, row);
}

/* The text, and the predictions. */

function drawHeader() {
  const { name, layers, heads, hidden_size, vocab_size } = data.model;
  const shape = `${layers} layers × ${heads} heads, hidden size ${hidden_size}, ${vocab_size.toLocaleString("en")} tokens`;
  at("model").textContent = name ? `${name}: ${shape}` : shape;
  for (const [number, text] of [data.text, data.pair].entries()) {
    if (text === null) continue;
    if (number) at("sentence").append(" ", make("span", { class: "quiet", text: "/" }), " ");
    at("sentence").append(...withMasks(text));
  }
  for (const [number, mask] of data.masks.entries()) {
    const list = make("ul", { class: "answers" });
    if (data.masks.length > 1) list.append(make("li", { class: "which", text: `mask ${number + 1}:` }));
    for (const { token, probability } of mask.layers.at(-1).top) {
      list.append(make("li", {}, word(token), bar(probability, percent(probability))));
    }
    at("answers").append(list);
  }
}

const withMasks = (text) =>
  text.split(/(\[MASK\])/).map((part) =>
    part === "[MASK]" ? make("span", { class: "slot", text: part }) : part);

function drawTokens() {
  for (const [number, { token, id, segment, added }] of data.tokens.entries()) {
    const kind = added ? "added" : segment ? "second" : "";
    at("token-list").append(make("li", { class: kind }, word(token),
      make("span", { text: `id ${id}` }), make("span", { text: `position ${number}` })));
  }
}

function drawEmbeddings() {
  const kinds = ["word", "segment", "position", "sum"];
  const most = Math.max(...data.embeddings.flatMap(({ norms }) => kinds.map((kind) => norms[kind])));
  const body = make("tbody");
  for (const [number, { norms, near_word, near_sum }] of data.embeddings.entries()) {
    body.append(make("tr", {}, make("th", { scope: "row" }, word(tokens[number], "bdi")),
      ...kinds.map((kind) =>
        make("td", {}, bar(norms[kind] / most, norms[kind].toFixed(2), kind))),
      make("td", { class: "near" }, ...nearest(near_word)),
      make("td", { class: "near" }, ...nearest(near_sum))));
  }
  at("embedding-table").className = "plain";
  at("embedding-table").append(
    headings("token", ...kinds, "nearest to word", "nearest to sum"), body);
}

const nearest = (near) =>
  near.slice(0, 3).flatMap(({ token, cosine }) => [word(token), ` ${cosine.toFixed(2)}  `]);

/* The logit lens; or the surprisals, if there is no mask. */

function drawLenses() {
  for (const [number, mask] of data.masks.entries()) {
    const table = make("table", { class: "plain" });
    const likeliest = mask.layers[0].top.map((_, index) => (index ? `${index + 1}.` : "likeliest"));
    table.append(make("caption", { text: maskTitle(mask, number) }),
      headings("after", ...likeliest, `probability of “${mask.answer}”`, "rank"));
    const body = make("tbody");
    for (const { layer, top, probability, rank } of mask.layers) {
      body.append(make("tr", {},
        make("th", { scope: "row", text: layer ? `layer ${layer}` : "embeddings" }),
        ...top.map((one) => make("td", {}, prediction(one, mask.answer))),
        make("td", {}, bar(probability, percent(probability))),
        make("td", { text: rank.toLocaleString("en") })));
    }
    table.append(body);
    at("lenses").append(make("div", { class: "scroll", tabindex: 0, role: "region",
      "aria-label": `How the prediction at ${maskTitle(mask, number)} forms` }, table));
  }
}

const maskTitle = (mask, number) =>
  data.masks.length > 1 ? `mask ${number + 1}, position ${mask.position}` : `the mask, position ${mask.position}`;

function prediction({ token, probability }, answer) {
  const name = token === answer ? "prediction answer" : "prediction";
  return make("span", { class: name, share: probability }, word(token, "span"),
    make("small", { text: percent(probability, 0) }));
}

function drawSurprisals() {
  const most = Math.max(...data.surprisals.map(({ nats }) => nats), 1e-9);
  const body = make("tbody");
  for (const { position, nats, expected, probability } of data.surprisals) {
    body.append(make("tr", {}, make("th", { scope: "row" }, word(tokens[position], "bdi")),
      make("td", {}, bar(nats / most, nats.toFixed(2), "sum")),
      make("td", {}, word(expected), ` ${percent(probability)}`)));
  }
  at("surprisal-table").className = "plain";
  at("surprisal-table").append(headings("token", "surprisal, nats", "likeliest token"), body);
}

/* Attention: a small map of each head, and a large map of one head. */

const chosen = { layer: 0, head: 0 };

function rgb(name) {
  const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
}

let scale = [];

/** 256 colors; they show the square root of a weight, so that small weights are visible. */
function mixScale() {
  const [low, high] = [rgb("--map-low"), rgb("--map-high")];
  scale = Array.from({ length: 256 }, (_, n) =>
    low.map((from, channel) => Math.round(from + (high[channel] - from) * Math.sqrt(n / 255))));
}

const weightColor = (weight) => scale[Math.round(255 * Math.max(0, Math.min(1, weight)))];
const css = (color) => `rgb(${color.join(" ")})`;

/** Black or white, whichever has the higher contrast on a color (WCAG 2, relative luminance). */
function textColor(color) {
  const [r, g, b] = color.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}

function drawHeadGrid() {
  document.querySelector(".maps").classList.toggle("stacked", data.model.heads > 6);
  const widest = data.model.heads > 6 ? 1150 : 580;
  const size = Math.max(36, Math.min(104, Math.floor((Math.min(innerWidth, widest) - 150) / data.model.heads) - 14));
  const numbers = Array.from({ length: data.model.heads }, (_, head) => head);
  const top = make("tr", {}, make("th", { scope: "col", text: "layer" }),
    ...numbers.map((head) => make("th", { scope: "col", text: `head ${head + 1}` })));
  const body = make("tbody");
  for (const [layer, heads] of data.attentions.entries()) {
    const row = make("tr", {}, make("th", { scope: "row", text: layer + 1 }));
    for (const [head, map] of heads.entries()) {
      const kind = data.heads.kinds[layer][head];
      const canvas = make("canvas", { "aria-hidden": "true", width: map.length, height: map.length });
      canvas.style.width = canvas.style.height = `${size}px`;
      const cell = make("td", { role: "gridcell", tabindex: -1,
        "aria-label": `Layer ${layer + 1}, head ${head + 1}: ${kind}`, "aria-selected": "false" }, canvas);
      if (size >= 44) cell.append(kind);
      row.append(cell);
    }
    body.append(row);
  }
  at("head-grid").append(make("thead", {}, top), body);
  moveByKeys(at("head-grid"), (row, column) => choose(row, column));
}

function paintHeadGrid() {
  for (const [layer, row] of [...at("head-grid").tBodies[0].rows].entries()) {
    for (const [head, canvas] of [...row.querySelectorAll("canvas")].entries()) {
      const context = canvas.getContext("2d");
      const image = context.createImageData(canvas.width, canvas.height);
      const weights = data.attentions[layer][head].flat();
      weights.forEach((weight, n) => image.data.set([...weightColor(weight), 255], 4 * n));
      context.putImageData(image, 0, 0);
    }
  }
}

function choose(layer, head) {
  Object.assign(chosen, { layer, head });
  for (const cell of at("head-grid").querySelectorAll("[aria-selected=true]")) {
    cell.setAttribute("aria-selected", "false");
  }
  gridCell(at("head-grid"), layer, head).setAttribute("aria-selected", "true");
  drawMap();
  drawShares();
}

function buildMap() {
  const top = make("tr", {}, make("th", { scope: "col", text: "attends to" }), ...tokens.map((text) =>
    make("th", { scope: "col", title: text }, make("span", { text, dir: "auto" }))));
  const body = make("tbody");
  for (const token of tokens) {
    const heading = make("th", { scope: "row", title: token }, word(token, "bdi"));
    const cells = tokens.map(() => make("td", { role: "gridcell", tabindex: -1 }));
    body.append(make("tr", {}, heading, ...cells));
  }
  at("map").append(make("thead", {}, top), body);
  moveByKeys(at("map"), read);
  sizeMap();
}

function drawMap() {
  const { layer, head } = chosen;
  const weights = data.attentions[layer][head];
  at("map-title").textContent = `Layer ${layer + 1}, head ${head + 1}`;
  at("kind").textContent = describeHead(data.heads.kinds[layer][head], layer, head);
  for (const [query, row] of [...at("map").tBodies[0].rows].entries()) {
    for (const [key, weight] of weights[query].entries()) {
      const cell = row.cells[key + 1];
      cell.setAttribute("aria-label", describeWeight(query, key));
      cell.textContent = weight >= 0.005 ? Math.round(100 * weight) : "";
      cell.style.background = css(weightColor(weight));
      cell.style.color = textColor(weightColor(weight));
    }
  }
  const query = data.masks.length ? data.masks[0].position : 0;
  const most = weights[query].indexOf(Math.max(...weights[query]));
  makeReachable(at("map"), gridCell(at("map"), query, most));
  read(query, most);
}

/** Cells as large as fit, with a minimum below which the map scrolls; small cells have no number. */
function sizeMap() {
  const labels = at("map").tBodies[0].rows[0].cells[0].offsetWidth;
  const room = at("map-scroll").clientWidth - labels - 20;
  const cell = Math.max(12, Math.min(36, Math.floor(room / tokens.length) - 2));
  at("map").style.setProperty("--cell", `${cell}px`);
  at("map").classList.toggle("dense", cell < 22);
}

const describeHead = (kind, layer, head) => {
  const share = data.heads.shares[kind];
  if (share) return `Pattern: ${kind}. It receives ${percent(share[layer][head], 0)} of the attention on average.`;
  const spread = percent(data.heads.evenness[layer][head], 0);
  return `Pattern: ${kind}. The entropy is ${spread} of that of uniform attention on average.`;
};

const describeWeight = (query, key) =>
  `${tokens[query]} attends to ${tokens[key]}: ${percent(data.attentions[chosen.layer][chosen.head][query][key])}`;

let marked = [];

function read(query, key) {
  const weight = data.attentions[chosen.layer][chosen.head][query][key];
  at("readout").replaceChildren(word(tokens[query]), " attends to ", word(tokens[key]), `: ${percent(weight)}`);
  for (const heading of marked) heading.classList.remove("at");
  marked = [at("map").tHead.rows[0].cells[key + 1], at("map").tBodies[0].rows[query].cells[0]];
  for (const heading of marked) heading.classList.add("at");
}

function drawShares() {
  const { layer, head } = chosen;
  const body = make("tbody");
  for (const [kind, shares] of Object.entries(data.heads.shares)) {
    const share = shares[layer][head];
    body.append(make("tr", {}, make("th", { scope: "row", text: kind }),
      make("td", {}, share === null ? "no such target" : bar(share, percent(share)))));
  }
  at("shares").className = "plain";
  at("shares").replaceChildren(body);
}

function drawLegend() {
  const stops = Array.from({ length: 9 }, (_, n) => css(weightColor(n / 8)));
  document.querySelector(".legend i").style.background = `linear-gradient(to right, ${stops.join(",")})`;
}

/* Grids by keyboard: Tab reaches one cell; arrows, Home and End reach the others. */

const reachable = new Map();

function makeReachable(table, cell) {
  const before = reachable.get(table);
  if (before) before.tabIndex = -1;
  cell.tabIndex = 0;
  reachable.set(table, cell);
}

const gridCell = (table, row, column) => table.tBodies[0].rows[row].cells[column + 1];

function positionOf(table, target) {
  const cell = target.closest("[role=gridcell]");
  return cell && table.contains(cell) ? [cell.parentNode.sectionRowIndex, cell.cellIndex - 1] : null;
}

const MOVES = {
  ArrowLeft: (row, column) => [row, column - 1],
  ArrowRight: (row, column) => [row, column + 1],
  ArrowUp: (row, column) => [row - 1, column],
  ArrowDown: (row, column) => [row + 1, column],
  Home: (row, column, event) => [event.ctrlKey ? 0 : row, 0],
  End: (row, column, event, rows, columns) => [event.ctrlKey ? rows - 1 : row, columns - 1],
};

function moveByKeys(table, arrived) {
  table.addEventListener("keydown", (event) => {
    const position = positionOf(table, event.target);
    if (!position || !MOVES[event.key]) return;
    event.preventDefault();
    const rows = table.tBodies[0].rows.length;
    const columns = table.tBodies[0].rows[0].cells.length - 1;
    const [row, column] = MOVES[event.key](...position, event, rows, columns);
    if (row < 0 || row >= rows || column < 0 || column >= columns) return;
    gridCell(table, row, column).focus();
  });
  table.addEventListener("focusin", (event) => {
    const position = positionOf(table, event.target);
    if (!position) return;
    makeReachable(table, gridCell(table, ...position));
    arrived(...position);
  });
  table.addEventListener("click", (event) => {
    const position = positionOf(table, event.target);
    if (position) gridCell(table, ...position).focus();
  });
}

/* Head ablation. */

function drawAblations() {
  for (const [number, mask] of data.masks.entries()) {
    const before = mask.layers.at(-1).probability;
    const { probabilities, answers } = mask.without_head;
    const most = Math.max(...probabilities.flat().map((now) => Math.abs(now - before)), 0.01);
    const table = make("table", { class: "ablation" });
    table.append(make("caption", {
      text: `“${mask.answer}” at ${maskTitle(mask, number)}: ${percent(before)} with all heads` }),
      headings("layer", ...probabilities[0].map((_, head) => `head ${head + 1}`)));
    const body = make("tbody");
    for (const [layer, row] of probabilities.entries()) {
      body.append(make("tr", {}, make("th", { scope: "row", text: layer + 1 }),
        ...row.map((now, head) =>
          ablation(now, now - before, Math.abs(now - before) / most, answers[layer][head], mask.answer))));
    }
    table.append(body);
    at("ablations").append(make("div", { class: "scroll", tabindex: 0, role: "region",
      "aria-label": `Probability of ${mask.answer} without each head` }, table));
  }
}

function ablation(now, change, share, answer, before) {
  const cell = make("td", { class: change < 0 ? "less" : "more", share },
    make("b", { text: percent(now) }),
    make("span", { text: points(change) }));
  if (answer !== before) cell.append(make("span", {}, "now ", word(answer)));
  return cell;
}

function hideWithoutMasks() {
  const masked = data.masks.length > 0;
  for (const id of ["layers", "ablation", "to-layers", "to-ablation"]) at(id).hidden = !masked;
  at("surprisal").hidden = data.surprisals === null;
}

function paint() {
  mixScale();
  paintHeadGrid();
  drawLegend();
  choose(chosen.layer, chosen.head);
}

drawHeader();
drawTokens();
drawEmbeddings();
drawLenses();
if (data.surprisals) drawSurprisals();
drawAblations();
hideWithoutMasks();
at("measured").textContent = `Attention patterns are measured on ${data.heads.measured_on}.`;
drawHeadGrid();
buildMap();
at("map").addEventListener("pointerover", (event) => {
  const position = positionOf(at("map"), event.target);
  if (position) read(...position);
});
makeReachable(at("head-grid"), gridCell(at("head-grid"), 0, 0));
paint();
addEventListener("resize", sizeMap);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
