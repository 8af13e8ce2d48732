// What all widgets are made of. Controls are the browser's own, so that they have names, take the
// keyboard and show the focus; whoever asks for less motion gets single steps.

const SVG = "http://www.w3.org/2000/svg";
const STILL = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
let made = 0;

// JupyterLab takes arrow keys and letters for its own shortcuts unless an element says no.
const OWN_KEYS = ["button", "canvas", "input", "select"];

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, heard] of Object.entries(value)) element.addEventListener(event, heard);
    } else if (name === "text") element.textContent = value;
    else if (value === false || value === null) element.removeAttribute(name);
    else element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : value);
  }
  return element;
}

function make(tag, attributes = {}, ...children) {
  const element = set(document.createElement(tag), attributes);
  if (OWN_KEYS.includes(tag)) element.setAttribute("data-lm-suppress-shortcuts", "");
  element.append(...children);
  return element;
}

function draw(tag, attributes = {}, ...children) {
  const element = set(document.createElementNS(SVG, tag), attributes);
  if ("tabindex" in attributes) element.setAttribute("data-lm-suppress-shortcuts", "");
  element.append(...children);
  return element;
}

// The widget itself: a titled group; below what it shows stand the words and, if any, the problem.
function frame(model, el, title) {
  const [name, words, problem] = ["h", "w", "p"].map((part) => `course-${part}${++made}`);
  const controls = make("div", { class: "course-controls" });
  const stage = make("div", { class: "course-stage" });
  const status = make("p", { id: words, class: "course-words", role: "status" });
  const alert = make("p", { id: problem, class: "course-problem", role: "alert" });
  const group = make(
    "section",
    { class: "course-widget", role: "group", "aria-labelledby": name, "data-painted": 0 },
    make("p", { id: name, class: "course-title", text: title }),
    controls, stage, alert, status,
  );
  const tell = () => {
    status.textContent = model.get("words");
    alert.textContent = model.get("problem");
    alert.hidden = !model.get("problem");
  };
  listen(model, ["words", "problem"], tell);
  tell();
  el.append(group);
  return { group, controls, stage, painted: () => (group.dataset.painted = 1 + +group.dataset.painted) };
}

function listen(model, names, heard) {
  for (const name of names) model.on(`change:${name}`, heard);
}

// One call for all changes that come with one message.
function gathered(heard) {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    queueMicrotask(() => { due = false; heard(); });
  };
}

function send(model, name, value) {
  model.set(name, value);
  model.save_changes();
}

// A control with its label; `follow` says what to do when Python changes the trait.
function labelled(label, control) {
  control.id = `course-c${++made}`;
  return make("div", { class: "course-control" }, make("label", { for: control.id, text: label }), control);
}

function slider(model, name, label, { min, max, step = 1, shown = String }) {
  const output = make("output", { "aria-hidden": true });
  const input = make("input", { type: "range", min, max, step, on: {
    input: () => { send(model, name, Number(input.value)); follow(); },
  } });
  const follow = () => {
    input.value = model.get(name);
    output.textContent = shown(model.get(name));
    input.setAttribute("aria-valuetext", output.textContent);
  };
  listen(model, [name], follow);
  follow();
  const control = labelled(label, input);
  control.append(output);
  return control;
}

function choice(model, name, label, options) {
  const select = make("select", { on: { change: () => send(model, name, select.value) } });
  const fill = () => {
    select.replaceChildren(...options().map((each) => make("option", { value: each, text: each })));
    select.value = model.get(name);
  };
  listen(model, [name], () => (select.value = model.get(name)));
  fill();
  return labelled(label, select);
}

function tick(model, name, label) {
  const box = make("input", { type: "checkbox", on: { change: () => send(model, name, box.checked) } });
  const follow = () => (box.checked = model.get(name));
  listen(model, [name], follow);
  follow();
  return labelled(label, box);
}

function button(label, pressed) {
  return make("button", { type: "button", text: label, on: { click: pressed } });
}

// Arrays travel as bytes; a DataView may begin anywhere, so its bytes are copied.
function floats(model, name) {
  const view = model.get(name);
  if (!view || !view.byteLength) return new Float32Array(0);
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

// A picture of numbers, `cell` pixels for each; `low` and `high` get the table's end colours.
function picture(label, rows, columns, cell) {
  return make("canvas", {
    role: "img", "aria-label": label, width: columns, height: rows,
    style: `width: ${columns * cell}px; height: ${rows * cell}px`,
  });
}

// A colour is one whole number, red in its lowest byte: one write for a pixel instead of four.
const PACKED = Object.fromEntries(Object.entries(COLOURS).map(([name, bytes]) => [name,
  Uint32Array.from({ length: 256 }, (_, i) => 0xff000000 | (bytes[3 * i + 2] << 16) |
    (bytes[3 * i + 1] << 8) | bytes[3 * i])]));

function colour(values, table, low, high, write) {
  const colours = PACKED[table], scale = high > low ? 255 / (high - low) : 0;
  for (let i = 0; i < values.length; i++) {
    write(i, colours[Math.max(0, Math.min(255, Math.round((values[i] - low) * scale))) || 0]);
  }
}

function paint(canvas, values, table, low, high) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  colour(values, table, low, high, (i, packed) => (pixels[i] = packed));
  context.putImageData(image, 0, 0);
}
