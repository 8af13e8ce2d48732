// What the widgets on a network for digits share: choosing and drawing a digit, and its scores.
const PIXELS = 28;
const BRUSH = 1.7; // ink reaches so many pixels from the brush's middle, and fades at its edge

function digitSlider(model) {
  const labels = model.get("labels");
  const named = (n) => (labels.length ? `${n}, a ${labels[n]}` : String(n));
  return slider(model, "number", "Image", { min: 0, max: model.get("count") - 1, shown: named });
}

function pixelsShown(model) {
  const drawn = floats(model, "drawing");
  return drawn.length ? drawn : floats(model, "image");
}

// Paint a stack of square maps, each entry `cell` pixels wide, where `place(k)` says: [left, top]. The
// pixels are written once; enlarged copies of small canvases take a browser ten times as long.
function paintMaps(context, maps, side, table, low, high, cell, place) {
  const image = context.createImageData(side * cell, side * cell), wide = side * cell;
  const pixels = new Uint32Array(image.data.buffer);
  for (let k = 0; k * side * side < maps.length; k++) {
    colour(maps.subarray(k * side * side, (k + 1) * side * side), table, low, high, (i, packed) => {
      const start = Math.floor(i / side) * cell * wide + (i % side) * cell;
      for (let down = 0; down < cell; down++) {
        pixels.fill(packed, start + down * wide, start + down * wide + cell);
      }
    });
    context.putImageData(image, ...place(k));
  }
}

// Give a canvas its size; a size that is set anew clears it and moves what stands around it.
function resize(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
}

// Keep a canvas of cells in the order of the keyboard, and tell `move(dy, dx, event)` of arrow keys.
function arrows(canvas, move, others = {}) {
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  return set(canvas, { role: "application", tabindex: 0, on: { keydown: (event) => {
    const heard = steps[event.key] ? () => move(...steps[event.key], event) : others[event.key];
    if (!heard) return;
    event.preventDefault();
    heard();
  } } });
}

const within = (value, most) => Math.max(0, Math.min(most, value));

// The image as a pad: the pointer draws on it, or arrow keys and space. `element` is to be placed,
// `controls` stand where the widget has its others.
function drawingPad(model, cell) {
  const label = "Drawing pad: arrow keys move the brush, and draw with Shift; Space draws, Delete erases";
  const canvas = picture(label, PIXELS, PIXELS, cell);
  const size = `width: ${3 * cell}px; height: ${3 * cell}px`;
  const brush = make("div", { hidden: true, style: `position: absolute; box-sizing: border-box;
    border: 2px solid #fff; outline: 2px solid #000; pointer-events: none; ${size}` });
  const told = make("output", { style: "display: block; font-size: 13px" });
  let pixels = [], y = PIXELS / 2, x = PIXELS / 2, at = null, erasing = false;

  function dab(across, down, erase) {
    for (let i = 0; i < pixels.length; i++) {
      const far = Math.hypot((i % PIXELS) + 0.5 - across, Math.floor(i / PIXELS) + 0.5 - down);
      const ink = within(BRUSH - far, 1);
      pixels[i] = erase ? Math.min(pixels[i], 1 - ink) : Math.max(pixels[i], ink);
    }
  }
  function keep() {
    paint(canvas, pixels, "grey", 0, 1);
    send(model, "drawing", new DataView(pixels.slice().buffer));
  }
  function show() {
    if (at) return; // what is under the pen is newer than what comes back
    pixels = pixelsShown(model);
    paint(canvas, pixels, "grey", 0, 1);
  }
  function stroke(event) {
    const next = [event.offsetX / cell, event.offsetY / cell];
    const from = at ?? next;
    const steps = Math.ceil(2 * Math.hypot(next[0] - from[0], next[1] - from[1])) || 1;
    for (let n = 1; n <= steps; n++) {
      const [across, down] = [0, 1].map((axis) => from[axis] + (n / steps) * (next[axis] - from[axis]));
      dab(across, down, erasing);
    }
    at = next;
    keep();
  }
  function point() {
    brush.style.left = `${(x - 1) * cell + 1}px`;
    brush.style.top = `${(y - 1) * cell + 1}px`;
    told.textContent = `brush: row ${y}, column ${x}`;
  }
  function press(erase) {
    dab(x + 0.5, y + 0.5, erase);
    keep();
  }
  arrows(canvas, (dy, dx, event) => {
    y = within(y + dy, PIXELS - 1);
    x = within(x + dx, PIXELS - 1);
    point();
    if (event.shiftKey) press(erasing);
  }, { " ": () => press(erasing), Delete: () => press(true), Backspace: () => press(true) });
  const shown = (yes) => () => {
    brush.hidden = !yes || !canvas.matches(":focus-visible");
    if (!brush.hidden) point();
  };
  const lift = () => (at = null);
  set(canvas, { on: {
    focus: shown(true), blur: shown(false), pointerup: lift, pointercancel: lift,
    pointerdown: (event) => {
      canvas.setPointerCapture(event.pointerId);
      stroke(event);
    },
    pointermove: (event) => { if (at) stroke(event); },
  } });
  Object.assign(canvas.style, { display: "block", touchAction: "none", cursor: "crosshair" });
  listen(model, ["image", "drawing"], show);
  show();
  const blank = () => new DataView(new Float32Array(PIXELS * PIXELS).buffer);
  const box = make("input", { type: "checkbox", on: { change: () => (erasing = box.checked) } });
  return {
    element: make("div", { style: "position: relative" }, canvas, brush, told),
    controls: [
      button("Clear", () => send(model, "drawing", blank())),
      button("Back to the image", () => send(model, "drawing", new DataView(new ArrayBuffer(0)))),
      labelled("Erase", box),
    ],
  };
}

// Ten bars from a line at 0; where scores may be negative they go to the left. `before` names scores
// to compare with, drawn as outlines; `marked` returns the class to point at.
function scoreBars(model, { before, marked = () => -1, wide = 150 } = {}) {
  const high = 24, left = 22, room = 50;
  const svg = draw("svg", { width: left + wide + room, height: 10 * high, role: "img" });
  function fill() {
    const scores = floats(model, "scores"), old = before ? floats(model, before) : [];
    const low = Math.min(0, ...scores, ...old), most = Math.max(low + 1e-6, 0, ...scores, ...old);
    const across = (score) => left + (wide * (score - low)) / (most - low);
    const best = scores.indexOf(Math.max(...scores));
    const bar = (score, k, look) => draw("rect", {
      x: Math.min(across(0), across(score)), width: Math.abs(across(score) - across(0)),
      y: k * high + 4, height: high - 8, ...look,
    });
    const zero = { x1: across(0), x2: across(0), y1: 0, y2: 10 * high };
    svg.replaceChildren(draw("line", { ...zero, stroke: "var(--course-line)" }));
    scores.forEach((score, k) => {
      const row = { y: k * high + 17, "font-weight": k === best ? 700 : 400 };
      svg.append(
        bar(score, k, { fill: "var(--course-value)", "fill-opacity": k === best ? 1 : 0.55 }),
        draw("text", { ...row, x: 0, text: `${k === marked() ? "▸" : ""}${k}` }),
        draw("text", { ...row, x: left + wide + 4,
          text: (+score.toFixed(1) + 0).toFixed(1).replace("-", "−") + (k === best ? " ◂" : "") }),
      );
      if (k < old.length) {
        svg.append(bar(old[k], k, { fill: "none", stroke: "var(--course-ink)", "stroke-dasharray": "3 2" }));
      }
    });
    const said = scores.length ? `Scores of 0 to 9, the largest is that of ${best}` : "No scores";
    set(svg, { "aria-label": said });
  }
  listen(model, before ? ["scores", before] : ["scores"], fill);
  fill();
  return { element: svg, fill };
}

// The edge of the ink, for an image `cell` pixels wide a pixel, as a path: it can lie on any map.
function outline(pixels, cell) {
  const inked = (r, c) => r >= 0 && c >= 0 && r < PIXELS && c < PIXELS && pixels[r * PIXELS + c] > 0.5;
  const parts = [];
  for (let r = 0; r <= PIXELS; r++) {
    for (let c = 0; c <= PIXELS; c++) {
      if (inked(r, c) !== inked(r - 1, c)) parts.push(`M${c * cell} ${r * cell}h${cell}`);
      if (inked(r, c) !== inked(r, c - 1)) parts.push(`M${c * cell} ${r * cell}v${cell}`);
    }
  }
  return parts.join("");
}

// Colours with the numbers at their ends, below a map.
function colourBar(table, wide) {
  const bar = picture("Colours from the least to the largest", 1, 64, 1);
  bar.style.cssText = `width: ${wide}px; height: 10px; display: block; image-rendering: auto`;
  paint(bar, Float32Array.from({ length: 64 }, (_, i) => i), table, 0, 63);
  const [low, high] = [make("span"), make("span")];
  const line = "display: flex; justify-content: space-between; font-size: 12px";
  const ends = make("div", { style: line }, low, high);
  const say = (from, to) => {
    low.textContent = short(from);
    high.textContent = short(to);
  };
  return { element: make("div", { style: `width: ${wide + 2}px` }, bar, ends), say };
}

const short = (value) => String(+value.toPrecision(3)).replace("-", "−");
