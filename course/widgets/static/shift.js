// A digit that is pushed about: its maps before and after, what is left when they are moved back by as
// much, and what stays where it was.
const CELL = 7, FARTHEST = 10, ACROSS = 8;

function plan(model) {
  const stages = {};
  let start = 0;
  for (const [name, [channels, side, step]] of Object.entries(model.get("stages"))) {
    stages[name] = { name, channels, side, step, start, size: channels * side * side };
    start += stages[name].size;
  }
  return stages;
}

const length = (values) => Math.hypot(...values);
const relative = (now, then) => length(now.map((value, i) => value - then[i])) / (length(then) || 1);

// What is left when the maps are moved back by as much: NaN where there is nothing to compare with,
// and null where the shift is no whole number of entries.
function leftOver({ channels, side, step }, still, moved, dy, dx) {
  if (dy % step || dx % step) return null;
  return moved.map((value, i) => {
    const [row, column] = [Math.floor(i / side) % side - dy / step, (i % side) - dx / step];
    if (row < 0 || column < 0 || row >= side || column >= side) return NaN;
    return value - still[i - (dy / step) * side - dx / step];
  });
}

function largest({ channels, side }, maps) {
  return Float32Array.from({ length: channels }, (_, k) =>
    maps.subarray(k * side * side, (k + 1) * side * side).reduce((most, value) => Math.max(most, value)));
}

function render({ model, el }) {
  const { controls, stage, painted } = frame(model, el, "Shift: what moves along, and what stays");
  const stages = plan(model), names = Object.keys(stages);
  const span = { min: -FARTHEST, max: FARTHEST };
  controls.append(
    digitSlider(model), choice(model, "layer", "Maps of", () => names),
    slider(model, "dx", "To the right", span), slider(model, "dy", "Down", span),
    button("Back to its place", () => push(0, 0)),
  );
  const label = "The digit: arrow keys move it, Home puts it back";
  const image = arrows(picture(label, PIXELS, PIXELS, CELL),
    (dy, dx) => push(model.get("dy") + dy, model.get("dx") + dx), { Home: () => push(0, 0) });
  Object.assign(image.style, { touchAction: "none", cursor: "grab" });
  const ghost = draw("path", { fill: "none", stroke: "#ffb000", "stroke-width": 2,
    "stroke-dasharray": "4 3" });
  const over = draw("svg", { width: PIXELS * CELL, height: PIXELS * CELL, "aria-hidden": true,
    style: "position: absolute; left: 1px; top: 1px; pointer-events: none" }, ghost);
  const titled = (title, ...parts) =>
    make("div", {}, make("p", { text: title, style: "font-weight: 600; font-size: 13px" }), ...parts);
  const rows = Object.fromEntries(["in its place", "moved", "left when moved back"].map((title) => {
    const canvas = make("canvas", { role: "img", "aria-label": `Maps, ${title}` });
    canvas.style.border = "0";
    const heading = make("p", { style: "font-size: 13px" });
    return [title, { canvas, heading }];
  }));
  const bar = colourBar("viridis", 160);
  const table = make("table", { style:
    "border-collapse: collapse; font-size: 13px; text-align: right; margin-top: 12px" });
  const results = make("div", { style: "max-width: 100%; overflow-x: auto" },
    ...Object.values(rows).flatMap(({ canvas, heading }) => [heading, canvas]), bar.element,
    table);
  stage.append(
    make("div", {}, titled("Image: drag it", make("div", { style: "position: relative" }, image, over)),
      make("p", { text: "dashed: where it was", style: "font-size: 13px" }),
      titled("Scores (dashed: before)", scoreBars(model, { before: "before", wide: 110 }).element)),
    results,
  );

  let grip = null;
  function push(dy, dx) {
    const near = (steps) => Math.max(-FARTHEST, Math.min(FARTHEST, steps));
    model.set("dy", near(dy));
    send(model, "dx", near(dx));
  }
  set(image, { on: {
    pointerdown: (event) => {
      image.setPointerCapture(event.pointerId);
      grip = { x: event.offsetX, y: event.offsetY, dy: model.get("dy"), dx: model.get("dx") };
    },
    pointermove: (event) => {
      if (!grip) return;
      const dy = grip.dy + Math.round((event.offsetY - grip.y) / CELL);
      const dx = grip.dx + Math.round((event.offsetX - grip.x) / CELL);
      if (dy !== model.get("dy") || dx !== model.get("dx")) push(dy, dx);
    },
    pointerup: () => (grip = null), pointercancel: () => (grip = null),
  } });

  function showImage() {
    ghost.setAttribute("d", outline(floats(model, "image"), CELL));
    paint(image, floats(model, "shown"), "grey", 0, 1);
  }
  function showRow({ canvas }, { channels, side }, values, colours, low, high) {
    const cell = channels > ACROSS ? Math.floor(66 / side) : Math.floor(96 / side);
    const pitch = side * cell + 4, across = channels > ACROSS ? ACROSS : channels;
    resize(canvas, across * pitch, Math.ceil(channels / across) * pitch);
    const context = canvas.getContext("2d");
    paintMaps(context, values, side, colours, low, high, cell,
      (k) => [(k % across) * pitch, Math.floor(k / across) * pitch]);
    return { context, cell, pitch, across };
  }
  // Where nothing can be compared there is a hatch, in no colour of the table.
  function hatch({ context, cell, pitch, across }, { side }, values) {
    values.forEach((value, i) => {
      if (!Number.isNaN(value)) return;
      const k = Math.floor(i / side ** 2), row = Math.floor(i / side) % side, column = i % side;
      const [x, y] = [(k % across) * pitch + column * cell, Math.floor(k / across) * pitch + row * cell];
      context.fillStyle = (row + column) % 2 ? "#777" : "#bbb";
      context.fillRect(x, y, cell, cell);
    });
  }
  function showMaps() {
    const still = floats(model, "still"), moved = floats(model, "moved");
    results.hidden = !moved.length;
    if (!moved.length) return;
    const [dy, dx] = model.get("placed");
    const of = stages[model.get("layer")];
    const part = (values) => values.subarray(of.start, of.start + of.size);
    const most = part(still).reduce((most, value) => Math.max(most, value), 0) || 1;
    const left = leftOver(of, part(still), part(moved), dy, dx);
    const [first, second, third] = Object.values(rows);
    first.heading.textContent = `${of.name}, digit in its place`;
    second.heading.textContent = `${of.name}, digit moved`;
    showRow(first, of, part(still), "viridis", 0, most);
    showRow(second, of, part(moved), "viridis", 0, most);
    third.canvas.hidden = !left;
    third.heading.textContent = left
      ? "difference of the two after moving the maps as well (white: 0; chequered: nothing to compare)"
      : `no whole number of entries: ${of.name} moves by one when the image moves by ${of.step}`;
    if (left) hatch(showRow(third, of, left.map((value) => value || 0), "signed", -most, most), of, left);
    bar.say(0, most);
    fillTable(still, moved, dy, dx);
    painted();
  }
  // The table is made once: new rows would let the browser lay out the page again.
  const style = "padding: 2px 8px; border-bottom: 1px solid var(--course-line)";
  const cell = (tag, text = "") => make(tag, { text, style });
  const heads = ["", "changed by", "left when moved back", "largest entry of each map changed by"];
  const figures = Object.fromEntries(["image", ...names, "scores"].map((name) =>
    [name, [cell("td"), cell("td"), cell("td")]]));
  table.append(
    make("caption", { text: "What a shift changes", style: "font-weight: 600; text-align: left" }),
    make("thead", {}, make("tr", {}, ...heads.map((text) => cell(text ? "th" : "td", text)))),
    make("tbody", {}, ...Object.entries(figures).map(([name, cells]) =>
      make("tr", { "data-stage": name }, set(cell("th", name), { scope: "row" }), ...cells))),
  );
  function fillTable(still, moved, dy, dx) {
    const percent = (share) => `${(100 * share).toFixed(0)} %`;
    const lines = [["image", relative(floats(model, "shown"), floats(model, "image")), "", ""]];
    for (const of of Object.values(stages)) {
      const [then, now] = [still, moved].map((values) => values.subarray(of.start, of.start + of.size));
      const left = leftOver(of, then, now, dy, dx);
      const most = then.reduce((most, value) => Math.max(most, value), 0) || 1;
      const gap = left && left.reduce((worst, value) => Math.max(worst, Math.abs(value) || 0), 0);
      lines.push([of.name, relative(now, then), left ? percent(gap / most) : "—",
        percent(relative(largest(of, now), largest(of, then)))]);
    }
    lines.push(["scores", relative(floats(model, "scores"), floats(model, "before")), "", ""]);
    for (const [name, changed, ...rest] of lines) {
      [percent(changed), ...rest].forEach((text, i) => (figures[name][i].textContent = text));
    }
  }
  listen(model, ["image", "shown"], showImage);
  listen(model, ["moved", "layer"], gathered(showMaps));
  showImage();
  showMaps();
}

export default { render };
