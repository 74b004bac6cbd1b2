"use strict";

// Reads the page's data, draws one place of the path, and redraws when the slider moves.

const data = JSON.parse(document.getElementById("data").textContent);
const frames = Uint8Array.from(atob(data.frames), (letter) => letter.charCodeAt(0));
const steps = data.objective.length - 1;
const NEUTRAL = 127; // the byte of a prediction on the boundary
const BELOW = [0, 114, 178]; // blue and orange: told apart whatever one's colour vision
const ABOVE = [230, 140, 0];
const SHAPES = { constant: "=", convex: "∪", general: "≤" }; // colour is never the only sign of a kind

const find = (id) => document.getElementById(id);
const slider = find("place");
const canvas = find("picture");
const plot = { left: 96, right: 548, top: 14, bottom: 236 };

// --- the function at a place: neighbouring pictures blended, exact where predictions are linear

function picture(step) {
  const { frameSteps, side } = data;
  const size = side * side;
  let k = frameSteps.findLastIndex((at) => at <= step);
  if (k === frameSteps.length - 1) k = Math.max(0, k - 1);
  const next = Math.min(k + 1, frameSteps.length - 1);
  const weight = next > k ? (step - frameSteps[k]) / (frameSteps[next] - frameSteps[k]) : 0;
  const values = new Float32Array(size);
  for (let p = 0; p < size; p++) {
    values[p] = (1 - weight) * frames[k * size + p] + weight * frames[next * size + p] - NEUTRAL;
  }
  return values;
}

function colour(value) {
  const share = 0.8 * Math.min(1, Math.abs(value) / NEUTRAL);
  return (value < 0 ? BELOW : ABOVE).map((part) => Math.round(255 + share * (part - 255)));
}

// --- the picture: predictions as colours, the boundary as a line, samples as marks

function drawPicture(step) {
  const values = picture(step);
  const context = canvas.getContext("2d");
  const { side } = data;
  const small = document.createElement("canvas");
  small.width = small.height = side;
  const image = new ImageData(side, side);
  values.forEach((value, p) => image.data.set([...colour(value), 255], 4 * p));
  small.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingQuality = "high";
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  drawSamples(context);
  drawBoundary(context, values);
}

function drawBoundary(context, values) {
  const { side } = data;
  const unit = canvas.width / side;
  const at = (row, column) => values[row * side + column];
  context.beginPath();
  for (let row = 0; row + 1 < side; row++) {
    for (let column = 0; column + 1 < side; column++) {
      const corners = [[row, column], [row, column + 1], [row + 1, column + 1], [row + 1, column]];
      const crossings = corners.flatMap((here, k) => {
        const there = corners[(k + 1) % 4];
        const [a, b] = [at(...here), at(...there)];
        if (a > 0 === b > 0) return [];
        const share = a / (a - b);
        return [[0, 1].map((c) => (here[c] + share * (there[c] - here[c]) + 0.5) * unit)];
      });
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        context.moveTo(crossings[k][1], crossings[k][0]);
        context.lineTo(crossings[k + 1][1], crossings[k + 1][0]);
      }
    }
  }
  context.lineWidth = 5;
  context.strokeStyle = "black";
  context.stroke();
}

function drawSamples(context) {
  context.lineWidth = 1.5;
  context.strokeStyle = "white";
  data.places.forEach(([x, y], j) => {
    const [left, top] = [x * canvas.width, (1 - y) * canvas.height];
    const above = data.classes.length ? data.classes[j] === 1 : false;
    const fill = data.classes.length ? (above ? ABOVE : BELOW) : colour(data.targets[j] - NEUTRAL);
    context.fillStyle = `rgb(${fill.map((part) => Math.round(0.75 * part)).join()})`;
    context.beginPath();
    if (above) {
      context.moveTo(left, top - 7);
      context.lineTo(left + 7, top + 6);
      context.lineTo(left - 7, top + 6);
      context.closePath();
    } else {
      context.arc(left, top, 6, 0, 2 * Math.PI);
    }
    context.fill();
    context.stroke();
  });
}

// --- the objective along the path

const lowest = Math.min(data.level, ...data.objective);
const highest = Math.max(data.level, ...data.objective);
const margin = 0.08 * (highest - lowest || Math.abs(highest) || 1);
const [low, high] = [lowest - margin, highest + margin];
const across = (step) => plot.left + (step / steps) * (plot.right - plot.left);
const up = (value) => plot.bottom - ((value - low) / (high - low)) * (plot.bottom - plot.top);

function element(name, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.textContent = text;
  find("plot").append(made);
  return made;
}

function line(kind, x1, y1, x2, y2) {
  return element("line", { class: kind, x1, y1, x2, y2 });
}

function roundTicks() {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const gap = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
  const digits = Math.max(0, -Math.floor(Math.log10(gap)));
  const first = Math.ceil(low / gap);
  const count = Math.floor(high / gap) - first + 1;
  return Array.from({ length: count }, (_, k) => ((first + k) * gap).toFixed(Math.min(digits, 12)));
}

function drawTitles() {
  const middle = (plot.left + plot.right) / 2;
  const title = { x: middle, y: plot.bottom + 52, "text-anchor": "middle" };
  element("text", title, "place on the path, segment by segment");
  const turned = `translate(20 ${(plot.top + plot.bottom) / 2}) rotate(-90)`;
  element("text", { transform: turned, "text-anchor": "middle" }, "objective F");
}

function drawAxes() {
  for (const tick of roundTicks()) {
    line("tick", plot.left, up(tick), plot.right, up(tick));
    element("text", { x: plot.left - 6, y: up(tick) + 4, "text-anchor": "end" }, tick);
  }
  const size = { width: plot.right - plot.left, height: plot.bottom - plot.top };
  element("rect", { class: "frame", x: plot.left, y: plot.top, ...size });
  line("level", plot.left, up(data.level), plot.right, up(data.level));
  const points = data.objective.map((value, s) => `${across(s).toFixed(1)},${up(value).toFixed(1)}`);
  element("polyline", { class: "curve", points: points.join(" ") });
}

function drawKinds() {
  const each = data.stepsPerSegment;
  data.kinds.forEach((kind, k) => {
    const [x, width] = [across(k * each), across(each) - across(0)];
    element("rect", { class: `kind ${kind}`, x, y: plot.bottom + 8, width, height: 20 });
    if (width > 12) {
      const middle = { x: x + width / 2, y: plot.bottom + 22, "text-anchor": "middle", class: "sign" };
      element("text", middle, SHAPES[kind]);
    }
  });
  const meanings = { constant: "constant", convex: "convex", general: "general" };
  let x = plot.left;
  for (const [kind, meaning] of Object.entries(meanings)) {
    element("rect", { class: kind, x, y: plot.bottom + 66, width: 18, height: 18 });
    element("text", { x: x + 9, y: plot.bottom + 80, "text-anchor": "middle", class: "sign" }, SHAPES[kind]);
    element("text", { x: x + 24, y: plot.bottom + 81 }, meaning);
    x += 138;
  }
}

// --- a place of the slider

function plain(number) {
  return Math.abs(number) < 5e-10 ? "0.000" : number.toPrecision(3).replace("-", "−");
}

function describe(step) {
  const each = data.stepsPerSegment;
  const segment = Math.min(Math.floor(step / each), data.kinds.length - 1);
  const time = (step - segment * each) / each;
  find("segment").textContent =
    `${segment + 1} of ${data.kinds.length} (${data.kinds[segment]}), t = ${time.toFixed(3)}`;
  find("objective").textContent = data.objective[step].toPrecision(6);
  find("rise").textContent = plain(data.objective[step] - data.level);
  find("active").textContent = `${data.active[step]} of ${data.width}`;
  find("norm").textContent = data.norm[step].toPrecision(4);
  const reason = find("reason");
  if (reason.textContent !== data.reasons[segment]) reason.textContent = data.reasons[segment];
  const words = `segment ${segment + 1}, objective ${data.objective[step].toPrecision(4)}`;
  slider.setAttribute("aria-valuetext", words);
  canvas.setAttribute("aria-label", `Predictions and samples at ${words}`);
}

const cursor = { line: null, dot: null };

function show() {
  const step = Number(slider.value);
  const x = across(step);
  cursor.line.setAttribute("x1", x);
  cursor.line.setAttribute("x2", x);
  cursor.dot.setAttribute("cx", x);
  cursor.dot.setAttribute("cy", up(data.objective[step]));
  describe(step);
  drawPicture(step);
}

function moveTo(step) {
  slider.value = step;
  show();
}

function followAddress() {
  const share = Number(new URLSearchParams(location.hash.slice(1)).get("t"));
  moveTo(Math.round(Math.min(1, Math.max(0, share || 0)) * steps));
}

function legend() {
  const boundary = `The line is where the prediction is ${Number(data.neutral.toPrecision(4))}`;
  const marks = data.classes.length
    ? "; circles are samples of the lower class, triangles of the upper one"
    : ", the median target; samples have the colour of their target";
  const [x, y] = data.axes;
  const sides = `Blue: below, orange: above. Right: ${x}; up: ${y}.`;
  find("legend").textContent = `${boundary}${marks}. ${sides} ${data.note}`;
}

function start() {
  slider.max = steps;
  drawAxes();
  drawTitles();
  drawKinds();
  cursor.line = line("cursor", 0, plot.top, 0, plot.bottom + 28);
  cursor.dot = element("circle", { class: "dot", r: 5 });
  legend();
  find("plot").setAttribute("aria-label", "Objective along the path, level, and kinds of segments");
  find("whole").textContent =
    `Level ${data.level.toPrecision(9)}. Over the whole path the certified rise above it is ` +
    (data.rise === 0 ? "exactly 0." : `at most ${data.rise.toPrecision(3)}.`);
  const each = data.stepsPerSegment;
  slider.addEventListener("input", show);
  const toNode = (node) => moveTo(each * node);
  find("next").addEventListener("click", () => toNode(Math.floor(slider.value / each) + 1));
  find("previous").addEventListener("click", () => toNode(Math.ceil(slider.value / each) - 1));
  window.addEventListener("hashchange", followAddress);
  followAddress();
}

start();
