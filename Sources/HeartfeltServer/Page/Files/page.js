// The page: a recording or a stream in, what the model says of it out.

import { classColour, clock, drawECG, drawTimeline, windowAt } from "/drawing.js";
import { LiveRun } from "/live.js";
import { drawPlane, element, percent, planeResults, showBars } from "/plane.js";
import { address, json, Refusal, useToken } from "/requests.js";

const node = (id) => document.getElementById(id);
const state = {
  models: [], files: [], name: "", results: [], signal: null, selected: 0, live: null, note: "",
  isFollowing: true,
};

const reasons = {
  quality: (model) => `signal quality below ${model.minimumQuality.toFixed(2)}`,
  confidence: (model) => `less sure than ${model.minimumConfidence.toFixed(2)}`,
  missingSamples: () => "samples are missing",
  flat: () => "there is no signal",
};

// What the server serves.

async function start() {
  try {
    const described = await json("/v1/model");
    state.models = described.models;
    node("recognises").textContent = state.models
      .map(({ target, classes }) => `Recognises ${target}: ${classes.join(", ")}.`).join(" ");
    node("score").textContent = state.models
      .map(({ target, score }) => (state.models.length > 1 ? `${target}: ${score}` : score)).join(" ");
    node("purpose").textContent = described.purpose;
    node("access").hidden = true;
    hideError();
  } catch (error) {
    showError(error);
  }
}

function showError(error) {
  if (error instanceof Refusal && error.status === 401) node("access").hidden = false;
  node("status").textContent = "";
  node("error").textContent = error.message;
  node("error").hidden = false;
}

function hideError() {
  node("error").hidden = true;
  node("error").textContent = "";
}

function remark(text) {
  const list = node("remarks");
  list.append(element("li", "", text));
  while (list.children.length > 8) list.firstElementChild.remove();
  list.hidden = false;
}

// A recording.

async function predict() {
  if (!state.files.length) return;
  stopLive();
  hideError();
  node("remarks").replaceChildren();
  node("remarks").hidden = true;
  node("status").textContent = "Reading and predicting …";
  document.body.setAttribute("aria-busy", "true");
  try {
    const name = (state.files.find((file) => file.name.endsWith(".hea")) ?? state.files[0]).name;
    const body = state.files.length > 1 ? form(state.files) : state.files[0];
    const answers = [];
    for (const model of state.models) {
      answers.push(await json(address("/v1/predictions", {
        target: model.target, name, signal: answers.length === 0, rate: node("rate").value,
        channel: node("channel").value, unit: node("unit").value, stride: node("stride").value,
      }), { method: "POST", body }));
    }
    state.name = name;
    state.results = answers;
    state.signal = { start: 0, ...answers[0].signal };
    state.note = answers[0].lead.replace(/^./, (first) => first.toUpperCase()) + ".";
    answers[0].warnings.forEach(remark);
    state.selected = Math.max(0, answers[0].windows.findIndex((window) => !window.abstention));
    node("replay").disabled = state.signal.isThinned;
    node("status").textContent = state.signal.isThinned
      ? "The recording is long: its extremes are drawn, and it cannot be replayed here." : "";
    show();
  } catch (error) {
    node("result").hidden = true;
    node("replay").disabled = true;
    showError(error);
  } finally {
    document.body.removeAttribute("aria-busy");
    node("again").disabled = false;
  }
}

function form(files) {
  const data = new FormData();
  for (const file of files) data.append("file", file);
  return data;
}

// A stream.

async function run(name, begin) {
  stopLive();
  hideError();
  node("remarks").replaceChildren();
  node("remarks").hidden = true;
  const live = new LiveRun(name, state.models, {
    remark,
    prediction: () => { if (!live.isOver) showLive(live); },
    end: (reason, summary) => { node("status").textContent = `The stream has ended: ${reason}. ${summary}`; },
  });
  state.live = live;
  state.isFollowing = true;
  node("stop").disabled = false;
  try {
    await begin(live);
  } catch (error) {
    if (!live.isOver) showError(error);
  } finally {
    if (state.live === live) {
      node("stop").disabled = true;
      state.live = null;
    }
  }
}

function showLive(live) {
  // Sessions of several targets go on side by side: the second may be ahead of the first.
  const window = live.results[0].windows.at(-1);
  if (!window) return;
  state.name = live.name;
  state.results = live.results;
  state.signal = live.signal;
  state.note = "Live.";
  if (state.isFollowing) state.selected = live.results[0].windows.length - 1;
  node("status").textContent = `Live: ${clock(window.end)}`;
  show();
}

function stopLive() {
  state.live?.stop();
  state.live = null;
  node("stop").disabled = true;
}

// What is seen.

function show() {
  const windows = state.results[0]?.windows ?? [];
  node("result").hidden = windows.length === 0;
  if (!windows.length) {
    node("status").textContent = "There is no window in this recording.";
    return;
  }
  node("result-title").textContent = state.name;
  node("summary").textContent = [...state.results.map(sums), state.note].join(" ");
  node("place").max = windows.length - 1;
  node("place").value = state.selected;
  showLegend();
  showTable();
  showWindow();
}

function sums({ target, classes, windows }) {
  const counts = classes.map((name, index) => {
    const count = windows.filter((window) => best(window) === index).length;
    return `${name} ${count}`;
  });
  const abstained = windows.filter((window) => window.abstention).length;
  return `${target}, ${windows.length} windows: ${counts.join(", ")}`
    + `${abstained ? `; abstained from ${abstained}` : ""}.`;
}

/** The likeliest class; -1 where the model abstains. */
function best(window) {
  if (window.abstention || !window.probabilities.length) return -1;
  return window.probabilities.indexOf(Math.max(...window.probabilities));
}

function model(target) {
  return state.models.find((model) => model.target === target) ?? state.models[0];
}

function verdict({ target, classes, windows }, index) {
  const window = windows[index];
  if (!window) return "";
  if (window.abstention) return `Abstains: ${reasons[window.abstention](model(target))}`;
  const number = best(window);
  return `${classes[number]}, ${percent(window.probabilities[number])}`;
}

function showWindow() {
  const windows = state.results[0].windows;
  state.selected = Math.min(Math.max(0, state.selected), windows.length - 1);
  const window = windows[state.selected];
  const abstains = state.results.every((result) => result.windows[state.selected]?.abstention);
  const said = state.results.map((result) =>
    (state.results.length > 1 ? `${result.target}: ` : "") + verdict(result, state.selected));
  node("verdict").textContent = said.join("; ");
  node("verdict").classList.toggle("abstains", abstains);
  node("time").textContent = `${clock(window.start)} to ${clock(window.end)}`;
  const doubt = window.abstention === "quality" ? ", unsure" : "";
  node("heart").textContent = window.heartRate ? `${Math.round(window.heartRate)} beats/min${doubt}` : "not found";
  node("quality").textContent = `${window.quality.toFixed(2)} of 1`;
  node("place").value = state.selected;
  node("place").setAttribute("aria-valuetext", `${clock(window.start)}: ${said.join("; ")}`);

  const plane = planeResults(state.results);
  node("plane-title").textContent = plane ? "Arousal and valence"
    : abstains ? "Not to be relied on: the model abstains" : "How probable each class is";
  node("plane").hidden = !plane;
  node("bars").hidden = Boolean(plane);
  if (plane) drawPlane(node("plane"), plane, state.selected);
  else showBars(node("bars"), state.results, state.selected);

  node("height").textContent = drawECG(node("ecg"), state.signal, window.start, window.end);
  node("ecg").setAttribute("aria-label",
    `Electrocardiogram from ${clock(window.start)} to ${clock(window.end)}, quality ${window.quality.toFixed(2)}`);
  drawTimeline(node("timeline"), state.results[0], state.selected, model(state.results[0].target).minimumQuality);
  node("timeline").setAttribute("aria-label", `Timeline: ${node("summary").textContent}`);
}

function showLegend() {
  const items = state.results[0].classes.map((name, index) => {
    const item = element("span", "", name), mark = element("i");
    mark.style.background = classColour(index);
    item.prepend(mark);
    return item;
  });
  const item = element("span", "", "abstains");
  item.prepend(element("i", "hatched"));
  node("legend").replaceChildren(...items, item);
}

function showTable() {
  const heads = ["Time", "Quality", "Beats/min", ...state.results.map(({ target }) => target)];
  const head = element("tr");
  for (const text of heads) {
    const cell = element("th", "", text);
    cell.scope = "col";
    head.append(cell);
  }
  const windows = state.results[0].windows;
  // A live stream's table shows its last ten minutes.
  const first = state.live ? Math.max(0, windows.length - 600) : 0;
  const rows = windows.slice(first).map((window, offset) => {
    const row = element("tr");
    const cells = [
      clock(window.start), window.quality.toFixed(2), window.heartRate ? Math.round(window.heartRate) : "–",
      ...state.results.map((result) => verdict(result, first + offset)),
    ];
    for (const text of cells) row.append(element("td", "", text));
    return row;
  });
  node("table").replaceChildren(head, ...rows);
}

// What is done.

node("file").addEventListener("change", () => {
  state.files = [...node("file").files];
  predict();
});
node("open").addEventListener("submit", (event) => {
  event.preventDefault();
  predict();
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  node("drop").classList.add("over");
});
document.addEventListener("dragleave", () => node("drop").classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  node("drop").classList.remove("over");
  state.files = [...event.dataTransfer.files];
  predict();
});
node("place").addEventListener("input", () => {
  state.selected = Number(node("place").value);
  state.isFollowing = state.selected === state.results[0].windows.length - 1;
  showWindow();
});
node("timeline").addEventListener("click", (event) => {
  state.selected = windowAt(node("timeline"), state.results[0].windows, event.offsetX);
  state.isFollowing = false;
  showWindow();
});
node("replay").addEventListener("click", () => {
  const recording = state.signal;
  const name = `page-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`;
  run(name, (live) => live.replay(recording, Number(node("speed").value)));
});
node("live").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = node("stream").value.trim();
  if (!name) return node("stream").focus();
  node("status").textContent = `Waiting for ${name} …`;
  run(name, async (live) => live.watch(await json(`/v1/live/${encodeURIComponent(name)}`)));
});
node("stop").addEventListener("click", () => {
  stopLive();
  node("status").textContent = "Stopped.";
});
node("access").addEventListener("submit", (event) => {
  event.preventDefault();
  useToken(node("token").value.trim());
  start();
});
let resizing = 0;
addEventListener("resize", () => {
  cancelAnimationFrame(resizing);
  resizing = requestAnimationFrame(() => { if (!node("result").hidden) showWindow(); });
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (!node("result").hidden) show();
});

start();
