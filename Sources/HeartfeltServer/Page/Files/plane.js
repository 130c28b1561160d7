// Where a window lies on the plane of arousal and valence, where models of both are served; else how
// probable each class is.

import { canvasContext, classColour, colour } from "/drawing.js";

/** From 0 to 1: where a prediction lies on the scale that its classes are. */
export function position(classes, probabilities) {
  const words = { low: 0, negative: 0, medium: 0.5, neutral: 0.5, high: 1, positive: 1 };
  const numbers = classes.map((name, index) => words[name.toLowerCase()] ?? index / (classes.length - 1));
  return probabilities.reduce((sum, share, index) => sum + share * numbers[index], 0);
}

/** The results of arousal and valence, if both are there. */
export function planeResults(results) {
  const find = (target) => results.find((result) => result.target.toLowerCase() === target);
  const arousal = find("arousal"), valence = find("valence");
  return arousal && valence ? { arousal, valence } : null;
}

export function drawPlane(canvas, { arousal, valence }, selected) {
  const { context, width, height } = canvasContext(canvas);
  const side = Math.min(width, height) - 44;
  const left = (width - side) / 2, top = (height - side) / 2 - 4;
  context.strokeStyle = colour("line");
  context.strokeRect(left, top, side, side);
  context.beginPath();
  context.moveTo(left + side / 2, top);
  context.lineTo(left + side / 2, top + side);
  context.moveTo(left, top + side / 2);
  context.lineTo(left + side, top + side / 2);
  context.stroke();
  context.fillStyle = colour("soft");
  context.textAlign = "center";
  context.fillText("valence →", left + side / 2, top + side + 14);
  context.save();
  context.translate(left - 12, top + side / 2);
  context.rotate(-Math.PI / 2);
  context.fillText("arousal →", 0, 0);
  context.restore();

  const place = (index) => {
    const one = arousal.windows[index], other = valence.windows[index];
    if (!one || !other || one.abstention || other.abstention) return null;
    return [
      left + position(valence.classes, other.probabilities) * side,
      top + side - position(arousal.classes, one.probabilities) * side,
    ];
  };
  const first = Math.max(0, selected - 30);
  for (let index = first; index < selected; index++) {
    const point = place(index);
    if (!point) continue;
    context.globalAlpha = 0.15 + 0.5 * (index - first) / (selected - first);
    disc(context, point, 3, colour("c0"));
  }
  context.globalAlpha = 1;
  const now = place(selected);
  if (now) {
    disc(context, now, 7, colour("accent"));
    const [x, y] = [(now[0] - left) / side, (top + side - now[1]) / side];
    canvas.setAttribute("aria-label", `arousal ${percent(y)}, valence ${percent(x)} of the scale`);
  } else {
    context.fillStyle = colour("warn");
    context.fillText("abstains", left + side / 2, top + side / 2 - 12);
    canvas.setAttribute("aria-label", "arousal and valence: the model abstains");
  }
}

/** A share in percent; what is not quite certain is not called so. */
export function percent(share) {
  const whole = Math.round(100 * share);
  if (whole === 100 && share < 1) return "> 99 %";
  return whole === 0 && share > 0 ? "< 1 %" : `${whole} %`;
}

function disc(context, [x, y], radius, fill) {
  context.fillStyle = fill;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** A bar a class, of each result. */
export function showBars(parent, results, selected) {
  parent.replaceChildren();
  for (const result of results) {
    const window = result.windows[selected];
    if (!window) continue;
    if (results.length > 1) parent.append(element("p", "bars-title", result.target));
    if (!window.probabilities.length) {
      parent.append(element("p", "", "No probabilities: there is nothing to judge by."));
      continue;
    }
    const group = element("div", window.abstention ? "faded" : "");
    result.classes.forEach((name, index) => {
      const share = window.probabilities[index];
      const bar = element("div", "bar");
      const track = element("div", "track"), fill = element("div", "fill");
      fill.style.width = `${100 * share}%`;
      fill.style.background = classColour(index);
      track.append(fill);
      track.setAttribute("aria-hidden", "true");
      bar.append(element("span", "", name), track, element("span", "number", percent(share)));
      group.append(bar);
    });
    parent.append(group);
  }
}

export function element(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}
