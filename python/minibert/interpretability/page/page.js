"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const pieces = data.tokens.map(({ token }) => token);
const at = (id) => document.getElementById(id);

/** A new element: its text, or its children, in place. */
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

/** A change of a probability, with a sign that needs no colour. */
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

/* What was read, and what is said to it. */

function drawHeader() {
  const { name, layers, heads, hidden_size, vocab_size } = data.model;
  const shape = `${layers} layers × ${heads} heads, ${hidden_size} wide, ${vocab_size.toLocaleString("en")} pieces`;
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

function drawPieces() {
  for (const [number, { token, id, segment, added }] of data.tokens.entries()) {
    const kind = added ? "added" : segment ? "second" : "";
    at("piece-list").append(make("li", { class: kind }, word(token),
      make("span", { text: `id ${id}` }), make("span", { text: `at ${number}` })));
  }
}

function drawEmbeddings() {
  const kinds = ["word", "segment", "position", "sum"];
  const most = Math.max(...data.embeddings.flatMap(({ norms }) => kinds.map((kind) => norms[kind])));
  const body = make("tbody");
  for (const [number, { norms, near_word, near_sum }] of data.embeddings.entries()) {
    body.append(make("tr", {}, make("th", { scope: "row" }, word(pieces[number], "bdi")),
      ...kinds.map((kind) =>
        make("td", {}, bar(norms[kind] / most, norms[kind].toFixed(2), kind))),
      make("td", { class: "near" }, ...nearest(near_word)),
      make("td", { class: "near" }, ...nearest(near_sum))));
  }
  at("embedding-table").className = "plain";
  at("embedding-table").append(
    headings("piece", ...kinds, "nearest to the word", "nearest to the sum"), body);
}

const nearest = (near) =>
  near.slice(0, 3).flatMap(({ token, cosine }) => [word(token), ` ${cosine.toFixed(2)}  `]);

/* The logit lens, and the surprisals where there is nothing to fill. */

function drawLenses() {
  for (const [number, mask] of data.masks.entries()) {
    const table = make("table", { class: "plain" });
    const likeliest = mask.layers[0].top.map((_, place) => (place ? `${place + 1}.` : "likeliest"));
    table.append(make("caption", { text: maskTitle(mask, number) }),
      headings("after", ...likeliest, `probability of “${mask.answer}”`, "its rank"));
    const body = make("tbody");
    for (const { layer, top, probability, rank } of mask.layers) {
      body.append(make("tr", {},
        make("th", { scope: "row", text: layer ? `layer ${layer}` : "embeddings" }),
        ...top.map((guess) => make("td", {}, guessed(guess, mask.answer))),
        make("td", {}, bar(probability, percent(probability))),
        make("td", { text: rank.toLocaleString("en") })));
    }
    table.append(body);
    at("lenses").append(make("div", { class: "scroll", tabindex: 0, role: "region",
      "aria-label": `How the answer at ${maskTitle(mask, number)} forms` }, table));
  }
}

const maskTitle = (mask, number) =>
  data.masks.length > 1 ? `mask ${number + 1}, at ${mask.position}` : `the mask at ${mask.position}`;

function guessed({ token, probability }, answer) {
  const name = token === answer ? "guess answer" : "guess";
  return make("span", { class: name, share: probability }, word(token, "span"),
    make("small", { text: percent(probability, 0) }));
}

function drawSurprisals() {
  const most = Math.max(...data.surprisals.map(({ nats }) => nats), 1e-9);
  const body = make("tbody");
  for (const { position, nats, expected, probability } of data.surprisals) {
    body.append(make("tr", {}, make("th", { scope: "row" }, word(pieces[position], "bdi")),
      make("td", {}, bar(nats / most, nats.toFixed(2), "sum")),
      make("td", {}, word(expected), ` ${percent(probability)}`)));
  }
  at("surprise-table").className = "plain";
  at("surprise-table").append(headings("piece", "surprise, nats", "likeliest there"), body);
}

/* Attention: a small map of each head, and one of them large. */

const chosen = { layer: 0, head: 0 };

function rgb(name) {
  const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
}

let ramp = [];

/** 256 colours; the root of a weight is shown, so that a tenth of the attention is still seen. */
function mixRamp() {
  const [low, high] = [rgb("--map-low"), rgb("--map-high")];
  ramp = Array.from({ length: 256 }, (_, n) =>
    low.map((from, channel) => Math.round(from + (high[channel] - from) * Math.sqrt(n / 255))));
}

const shade = (weight) => ramp[Math.round(255 * Math.max(0, Math.min(1, weight)))];
const css = (colour) => `rgb(${colour.join(" ")})`;

/** Black or white, whichever is read better on a colour (WCAG 2, relative luminance). */
function ink(colour) {
  const [r, g, b] = colour.map((value) => {
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
      weights.forEach((weight, n) => image.data.set([...shade(weight), 255], 4 * n));
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
  const top = make("tr", {}, make("th", { scope: "col", text: "looks at" }), ...pieces.map((text) =>
    make("th", { scope: "col", title: text }, make("span", { text, dir: "auto" }))));
  const body = make("tbody");
  for (const piece of pieces) {
    const heading = make("th", { scope: "row", title: piece }, word(piece, "bdi"));
    const cells = pieces.map(() => make("td", { role: "gridcell", tabindex: -1 }));
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
  at("kind").textContent = described(data.heads.kinds[layer][head], layer, head);
  for (const [query, row] of [...at("map").tBodies[0].rows].entries()) {
    for (const [key, weight] of weights[query].entries()) {
      const cell = row.cells[key + 1];
      cell.setAttribute("aria-label", said(query, key));
      cell.textContent = weight >= 0.005 ? Math.round(100 * weight) : "";
      cell.style.background = css(shade(weight));
      cell.style.color = ink(shade(weight));
    }
  }
  const query = data.masks.length ? data.masks[0].position : 0;
  const most = weights[query].indexOf(Math.max(...weights[query]));
  makeReachable(at("map"), gridCell(at("map"), query, most));
  read(query, most);
}

/** Cells as large as fit, down to a size below which the map is scrolled; small ones have no number. */
function sizeMap() {
  const labels = at("map").tBodies[0].rows[0].cells[0].offsetWidth;
  const room = at("map-scroll").clientWidth - labels - 20;
  const cell = Math.max(12, Math.min(36, Math.floor(room / pieces.length) - 2));
  at("map").style.setProperty("--cell", `${cell}px`);
  at("map").classList.toggle("dense", cell < 22);
}

const described = (kind, layer, head) => {
  const share = data.heads.shares[kind];
  if (share) return `Kind: ${kind}. ${percent(share[layer][head], 0)} of its attention goes there on average.`;
  const spread = percent(data.heads.evenness[layer][head], 0);
  return `Kind: ${kind}. It has ${spread} of the entropy of even attention on average.`;
};

const said = (query, key) =>
  `${pieces[query]} looks at ${pieces[key]}: ${percent(data.attentions[chosen.layer][chosen.head][query][key])}`;

let marked = [];

function read(query, key) {
  const weight = data.attentions[chosen.layer][chosen.head][query][key];
  at("readout").replaceChildren(word(pieces[query]), " looks at ", word(pieces[key]), `: ${percent(weight)}`);
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
      make("td", {}, share === null ? "there was none" : bar(share, percent(share)))));
  }
  at("shares").className = "plain";
  at("shares").replaceChildren(body);
}

function drawLegend() {
  const stops = Array.from({ length: 9 }, (_, n) => css(shade(n / 8)));
  document.querySelector(".legend i").style.background = `linear-gradient(to right, ${stops.join(",")})`;
}

/* Grids by keyboard: one cell can be reached by Tab, the others by arrows, Home and End. */

const reachable = new Map();

function makeReachable(table, cell) {
  const before = reachable.get(table);
  if (before) before.tabIndex = -1;
  cell.tabIndex = 0;
  reachable.set(table, cell);
}

const gridCell = (table, row, column) => table.tBodies[0].rows[row].cells[column + 1];

function placeOf(table, target) {
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
    const place = placeOf(table, event.target);
    if (!place || !MOVES[event.key]) return;
    event.preventDefault();
    const rows = table.tBodies[0].rows.length;
    const columns = table.tBodies[0].rows[0].cells.length - 1;
    const [row, column] = MOVES[event.key](...place, event, rows, columns);
    if (row < 0 || row >= rows || column < 0 || column >= columns) return;
    gridCell(table, row, column).focus();
  });
  table.addEventListener("focusin", (event) => {
    const place = placeOf(table, event.target);
    if (!place) return;
    makeReachable(table, gridCell(table, ...place));
    arrived(...place);
  });
  table.addEventListener("click", (event) => {
    const place = placeOf(table, event.target);
    if (place) gridCell(table, ...place).focus();
  });
}

/* Without a head. */

function drawRemovals() {
  for (const [number, mask] of data.masks.entries()) {
    const before = mask.layers.at(-1).probability;
    const { probabilities, answers } = mask.without_head;
    const most = Math.max(...probabilities.flat().map((now) => Math.abs(now - before)), 0.01);
    const table = make("table", { class: "removal" });
    table.append(make("caption", {
      text: `“${mask.answer}” at ${maskTitle(mask, number)}: ${percent(before)} with all heads` }),
      headings("layer", ...probabilities[0].map((_, head) => `head ${head + 1}`)));
    const body = make("tbody");
    for (const [layer, row] of probabilities.entries()) {
      body.append(make("tr", {}, make("th", { scope: "row", text: layer + 1 }),
        ...row.map((now, head) =>
          removal(now, now - before, Math.abs(now - before) / most, answers[layer][head], mask.answer))));
    }
    table.append(body);
    at("removals").append(make("div", { class: "scroll", tabindex: 0, role: "region",
      "aria-label": `Probability of ${mask.answer} without each head` }, table));
  }
}

function removal(now, change, share, answer, before) {
  const cell = make("td", { class: change < 0 ? "less" : "more", share },
    make("b", { text: percent(now) }),
    make("span", { text: points(change) }));
  if (answer !== before) cell.append(make("span", {}, "now ", word(answer)));
  return cell;
}

function hideWithoutMasks() {
  const masked = data.masks.length > 0;
  for (const id of ["layers", "removal", "to-layers", "to-removal"]) at(id).hidden = !masked;
  at("surprise").hidden = data.surprisals === null;
}

function paint() {
  mixRamp();
  paintHeadGrid();
  drawLegend();
  choose(chosen.layer, chosen.head);
}

drawHeader();
drawPieces();
drawEmbeddings();
drawLenses();
if (data.surprisals) drawSurprisals();
drawRemovals();
hideWithoutMasks();
at("measured").textContent = `Kinds are measured on ${data.heads.measured_on}.`;
drawHeadGrid();
buildMap();
at("map").addEventListener("pointerover", (event) => {
  const place = placeOf(at("map"), event.target);
  if (place) read(...place);
});
makeReachable(at("head-grid"), gridCell(at("head-grid"), 0, 0));
paint();
addEventListener("resize", sizeMap);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
