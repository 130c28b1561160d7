// The electrocardiogram of a window and the timeline of all windows, on canvases.

const style = getComputedStyle(document.documentElement);
export const colour = (name) => style.getPropertyValue(`--${name}`).trim();
export const classColour = (index) => colour(`c${index % 6}`);

/** A canvas in the pixels of the screen, cleared; drawn on in CSS pixels. */
export function canvasContext(canvas) {
  const scale = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "middle";
  return { context, width, height };
}

export function clock(seconds) {
  const minutes = Math.floor(seconds / 60), rest = seconds - 60 * minutes;
  const hours = Math.floor(minutes / 60);
  const tail = rest.toFixed(1).padStart(4, "0");
  return hours ? `${hours}:${String(minutes % 60).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** The samples between two times, with a grid a second wide; says how high they are. */
export function drawECG(canvas, signal, start, end) {
  const { context, width, height } = canvasContext(canvas);
  const left = 8, right = width - 8, top = 6, bottom = height - 20;
  const x = (time) => left + (time - start) / (end - start) * (right - left);
  const first = Math.max(0, Math.floor((start - signal.start) * signal.samplingRate));
  const last = Math.min(signal.samples.length, Math.ceil((end - signal.start) * signal.samplingRate));

  context.strokeStyle = colour("grid");
  context.fillStyle = colour("soft");
  context.textAlign = "center";
  for (let second = Math.ceil(start); second <= end; second++) {
    context.beginPath();
    context.moveTo(x(second), top);
    context.lineTo(x(second), bottom);
    context.stroke();
    const isNarrow = width < 480 && (second - Math.ceil(start)) % 2;
    if (!isNarrow) context.fillText(`${second} s`, Math.min(right - 12, Math.max(left + 12, x(second))), height - 9);
  }

  let low = Infinity, high = -Infinity;
  for (let index = first; index < last; index++) {
    const sample = signal.samples[index];
    if (sample === null || Number.isNaN(sample)) continue;
    if (sample < low) low = sample;
    if (sample > high) high = sample;
  }
  if (!(high >= low)) {
    context.fillText("no samples here", width / 2, height / 2);
    return "";
  }
  if (high - low < 1e-9) { high += 1; low -= 1; }
  const y = (value) => bottom - (value - low) / (high - low) * (bottom - top);
  context.strokeStyle = colour("trace");
  context.lineWidth = 1.3;
  context.lineJoin = "round";
  context.beginPath();
  let isDown = false;
  for (let index = first; index < last; index++) {
    const sample = signal.samples[index];
    if (sample === null || Number.isNaN(sample)) { isDown = false; continue; }
    const place = x(signal.start + index / signal.samplingRate);
    if (isDown) context.lineTo(place, y(sample)); else context.moveTo(place, y(sample));
    isDown = true;
  }
  context.stroke();
  const unit = signal.unit === "unknown" ? " high" : ` ${signal.unit} high`;
  return Number((high - low).toPrecision(2)) + unit;
}

const leftMargin = 44;

/** The window at a place of the timeline. */
export function windowAt(canvas, windows, place) {
  if (!windows.length) return 0;
  const { from, to } = span(windows);
  const time = from + (place - leftMargin) / (canvas.clientWidth - leftMargin - 8) * (to - from);
  let best = 0;
  windows.forEach((window, index) => { if (window.start <= time) best = index; });
  return best;
}

const span = (windows) => ({ from: windows[0].start, to: windows[windows.length - 1].end });

/** Probabilities, heart rate and quality of all windows; `least` is the quality below which it abstains. */
export function drawTimeline(canvas, result, selected, least) {
  const { context, width, height } = canvasContext(canvas);
  const windows = result.windows;
  if (!windows.length) return;
  const { from, to } = span(windows);
  const right = width - 8;
  const x = (time) => leftMargin + (time - from) / (to - from) * (right - leftMargin);
  const rows = {
    shares: [4, height * 0.46], rate: [height * 0.5, height * 0.72], quality: [height * 0.76, height - 20],
  };
  const labels = { shares: "model", rate: "beats\n/min", quality: "quality" };
  context.fillStyle = colour("soft");
  context.textAlign = "left";
  for (const [row, [top, bottom]] of Object.entries(rows)) {
    labels[row].split("\n").forEach((line, index) =>
      context.fillText(line, 0, (top + bottom) / 2 + 13 * index - (labels[row].includes("\n") ? 6 : 0)));
  }
  // Windows that overlap are drawn as wide as the step between them.
  const ends = windows.map((window, index) =>
    index + 1 < windows.length ? Math.min(window.end, windows[index + 1].start) : window.end);

  windows.forEach((window, index) => {
    const left = x(window.start), wide = Math.max(1, x(ends[index]) - left - (windows.length < 150 ? 1 : 0));
    const [top, bottom] = rows.shares;
    if (window.abstention || !window.probabilities.length) {
      hatch(context, left, top, wide, bottom - top);
    } else {
      let base = bottom;
      window.probabilities.forEach((share, number) => {
        context.fillStyle = classColour(number);
        context.fillRect(left, base - share * (bottom - top), wide, share * (bottom - top));
        base -= share * (bottom - top);
      });
    }
    const [first, floor] = rows.quality;
    context.fillStyle = window.quality < least ? colour("warn") : colour("good");
    const tall = Math.max(1, window.quality * (floor - first));
    context.fillRect(left, floor - tall, wide, tall);
  });

  const [, floor] = rows.quality;
  context.strokeStyle = colour("soft");
  context.setLineDash([4, 3]);
  line(context, leftMargin, floor - least * (floor - rows.quality[0]), right);
  context.setLineDash([]);
  drawRates(context, windows, rows.rate, x);

  const chosen = windows[selected];
  if (chosen) {
    context.strokeStyle = colour("ink");
    context.lineWidth = 2;
    const left = x(chosen.start), wide = Math.max(3, x(ends[selected]) - left);
    context.strokeRect(left, 2, wide, height - 20);
  }
  context.fillStyle = colour("soft");
  const marks = Math.max(2, Math.min(8, Math.floor(width / 110)));
  for (let mark = 0; mark <= marks; mark++) {
    const time = from + (to - from) * mark / marks;
    context.textAlign = mark === 0 ? "left" : mark === marks ? "right" : "center";
    context.fillText(clock(time), x(time), height - 8);
  }
}

function drawRates(context, windows, [top, bottom], x) {
  const rates = windows.map((window) => window.heartRate).filter((rate) => rate);
  if (!rates.length) return;
  const low = Math.min(...rates) - 3, high = Math.max(...rates) + 3;
  const y = (rate) => bottom - (rate - low) / (high - low) * (bottom - top);
  context.strokeStyle = colour("pulse");
  context.fillStyle = colour("pulse");
  context.lineWidth = 1.6;
  context.beginPath();
  let isDown = false;
  for (const window of windows) {
    if (!window.heartRate) { isDown = false; continue; }
    const place = x((window.start + window.end) / 2);
    if (isDown) context.lineTo(place, y(window.heartRate)); else context.moveTo(place, y(window.heartRate));
    if (windows.length < 60) context.fillRect(place - 1.5, y(window.heartRate) - 1.5, 3, 3);
    isDown = true;
  }
  context.stroke();
  context.textAlign = "right";
  context.fillStyle = colour("soft");
  context.fillText(Math.round(high - 3), leftMargin - 4, top + 4);
  context.fillText(Math.round(low + 3), leftMargin - 4, bottom - 2);
}

function line(context, left, y, right) {
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, y);
  context.lineTo(right, y);
  context.stroke();
}

/** What a model abstains from: told from classes without colour too. */
function hatch(context, left, top, width, height) {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = colour("soft");
  context.lineWidth = 0.7;
  context.beginPath();
  for (let place = Math.floor((left - height) / 6) * 6; place < left + width; place += 6) {
    context.moveTo(place, top + height);
    context.lineTo(place + height, top);
  }
  context.stroke();
  context.strokeStyle = colour("line");
  context.strokeRect(left, top, width, height);
  context.restore();
}
