// LeNet-5 from left to right: the image, filters, four stages of maps, and the scores. A frame marks an
// entry of the maps, and all that it has seen in each stage before.
const TOP = 40, CELLS = { image: 7, filters: 9, conv1: 3, pool1: 6, conv2: 7, pool2: 14 };
const LEFTS = { image: 1, filters: 222, conv1: 286, pool1: 388, conv2: 492, pool2: 644, scores: 782 };
const [WIDE, HIGH] = [930, 566];

function plan(model) {
  const stages = {};
  let start = 0;
  for (const [name, [channels, side, step, reach]] of Object.entries(model.get("stages"))) {
    const wide = side * CELLS[name], pitch = 472 / Math.min(channels, 8);
    stages[name] = { name, channels, side, step, reach, wide, start, cell: CELLS[name],
      left: (channel) => LEFTS[name] + Math.floor(channel / 8) * (wide + 8),
      top: (channel) => TOP + (channel % 8) * pitch };
    start += channels * side * side;
  }
  return stages;
}

function render({ model, el }) {
  const title = "Feature maps: what each entry has seen of the image";
  const { controls, stage, painted } = frame(model, el, title);
  const stages = plan(model), names = Object.keys(stages);
  const pad = drawingPad(model, CELLS.image);
  const channelSlider = slider(model, "channel", "Map", { min: 0, max: 5 });
  const layer = choice(model, "layer", "Layer", () => names);
  controls.append(digitSlider(model), layer, channelSlider, ...pad.controls);
  const board = set(make("canvas"), { width: WIDE, height: HIGH, style: "border: 0", "aria-label":
    "Feature maps: arrow keys move to another entry, Page Up and Page Down to another map" });
  const marks = draw("svg", { width: WIDE, height: HIGH, "aria-hidden": true,
    style: "position: absolute; left: 0; top: 0; pointer-events: none" });
  const lines = draw("g"), titles = draw("g");
  marks.append(titles, lines);
  const place = (name, top, ...parts) =>
    make("div", { style: `position: absolute; left: ${LEFTS[name] - 1}px; top: ${top}px` }, ...parts);
  const seen = picture("What the entry has seen of the image", 1, 1, 196);
  const seenTitle = make("p", { style: "font-weight: 600; font-size: 13px" });
  const bars = Object.fromEntries(Object.values(stages).map(({ name, left, wide, channels }) =>
    [name, colourBar("viridis", left(channels - 1) + wide - LEFTS[name])]));
  const near = closeUp();
  stage.append(
    make("div", { style: "overflow-x: auto; max-width: 100%; padding: 3px" },
      make("div", { style: `position: relative; width: ${WIDE}px; height: ${HIGH}px` },
        board,
        place("image", TOP - 1, pad.element),
        place("image", TOP + 232, seenTitle, seen),
        ...names.map((name) => place(name, TOP + 480, bars[name].element)),
        place("scores", TOP, scoreBars(model, { wide: 70 }).element),
        marks)),
    near.element,
  );
  const context = board.getContext("2d");
  let maps = new Float32Array(0), weights = {}, quiet = false;

  const at = () => {
    const of = stages[model.get("layer")];
    return { of, channel: within(model.get("channel"), of.channels - 1),
      row: within(model.get("row"), of.side - 1), column: within(model.get("column"), of.side - 1) };
  };
  const values = (name) => {
    if (name === "image") return pixelsShown(model);
    const { start, channels, side } = stages[name];
    return maps.subarray(start, start + channels * side * side);
  };

  function show() {
    maps = floats(model, "maps");
    const all = floats(model, "weights");
    weights = { w1: all.subarray(0, 150), b1: all.subarray(150, 156), w2: all.subarray(156, 2556),
      b2: all.subarray(2556) };
    context.clearRect(0, 0, WIDE, HIGH);
    if (all.length) {
      const reach = weights.w1.reduce((most, w) => Math.max(most, Math.abs(w)), 1e-6);
      paintMaps(context, weights.w1, 5, "signed", -reach, reach, CELLS.filters,
        (k) => [LEFTS.filters, stages.conv1.top(k) + 13]);
    }
    for (const { name, side, cell, left, top } of maps.length ? Object.values(stages) : []) {
      const found = values(name);
      const most = found.reduce((most, value) => Math.max(most, value), 0);
      paintMaps(context, found, side, "viridis", 0, most || 1, cell, (k) => [left(k), top(k)]);
      bars[name].say(0, most);
    }
    move();
  }

  // The squares that the entry has seen: in a pool's layer below only its own map, else all of them.
  function squares({ of, channel, row, column }) {
    const found = [{ stage: "image", x: LEFTS.image, y: TOP, side: of.reach, cell: CELLS.image,
      row: row * of.step, column: column * of.step }];
    let seesAll = false;
    const before = names.slice(0, names.indexOf(of.name) + 1).reverse();
    for (const name of before) {
      const { step, reach, channels, cell, left, top } = stages[name];
      const ratio = of.step / step;
      for (const k of seesAll ? [...Array(channels).keys()] : [channel]) {
        const side = (of.reach - reach) / step + 1;
        found.push({ stage: name, channel: k, x: left(k), y: top(k), cell, side,
          row: row * ratio, column: column * ratio });
      }
      seesAll ||= name === "conv2";
    }
    return found.map((one) => ({ ...one, x: one.x + one.column * one.cell, y: one.y + one.row * one.cell,
      width: one.side * one.cell, height: one.side * one.cell }));
  }
  function move() {
    const here = at();
    const found = squares(here);
    const order = ["image", ...names];
    lines.replaceChildren();
    const feeds = (one, other) => order.indexOf(other.stage) === order.indexOf(one.stage) + 1
      && (other.stage.startsWith("conv") || one.channel === other.channel);
    for (const one of found) {
      for (const other of found.filter((each) => feeds(one, each))) {
        for (const down of [0, 1]) {
          lines.append(draw("line", { x1: one.x + one.width, y1: one.y + down * one.height, x2: other.x,
            y2: other.y + down * other.height, stroke: "var(--course-mark)", "stroke-opacity": 0.55 }));
        }
      }
    }
    const filter = { x: LEFTS.filters, y: stages.conv1.top(here.channel) + 13, width: 45, height: 45 };
    const boxes = found.map(({ x, y, width, height }) => ({ x, y, width, height }));
    for (const box of here.of.name.endsWith("1") ? [filter, ...boxes] : boxes) {
      lines.append(draw("rect", { ...box, fill: "none", stroke: "#000", "stroke-width": 4 }),
        draw("rect", { ...box, fill: "none", stroke: "#fff", "stroke-width": 2 }));
    }
    closer(here);
    painted();
  }
  function closer({ of, channel, row, column }) {
    const cell = { channel, row, column };
    const patch = Float32Array.from({ length: of.reach ** 2 }, (_, i) => pixelsShown(model)[
      (row * of.step + Math.floor(i / of.reach)) * PIXELS + column * of.step + (i % of.reach)]);
    resize(seen, of.reach, of.reach);
    paint(seen, patch, "grey", 0, 1);
    seenTitle.textContent = `It has seen ${of.reach}×${of.reach} pixels`;
    near.element.hidden = !maps.length;
    if (!maps.length) return;
    const value = values(of.name)[(channel * of.side + row) * of.side + column];
    near.show(of.name, cell, ingredients(of.name, cell, stages, values, weights), value);
  }

  function go(layer, channel, row, column) {
    const { channels, side } = stages[layer];
    quiet = true; // one picture for the four of them
    model.set("layer", layer);
    model.set("channel", within(channel, channels - 1));
    model.set("row", within(row, side - 1));
    quiet = false;
    fit();
    send(model, "column", within(column, side - 1));
    move();
  }
  arrows(board, (dy, dx) => {
    const { of, channel, row, column } = at();
    go(of.name, channel, row + dy, column + dx);
  }, Object.fromEntries([["PageUp", -1], ["PageDown", 1]].map(([key, by]) => [key, () => {
    const { of, channel, row, column } = at();
    go(of.name, channel + by, row, column);
  }])));
  function hover({ offsetX, offsetY }) {
    for (const { name, channels, wide, cell, left, top } of Object.values(stages)) {
      for (let k = 0; k < channels; k++) {
        const [x, y] = [offsetX - left(k), offsetY - top(k)];
        if (x < 0 || y < 0 || x >= wide || y >= wide) continue;
        const [row, column] = [Math.floor(y / cell), Math.floor(x / cell)];
        const now = ["layer", "channel", "row", "column"].map((each) => model.get(each));
        if ([name, k, row, column].join() !== now.join()) go(name, k, row, column);
        return;
      }
    }
  }
  set(board, { on: { pointermove: hover, pointerdown: hover } });
  function fit() {
    channelSlider.querySelector("input").max = stages[model.get("layer")].channels - 1;
    channelSlider.querySelector("input").value = model.get("channel");
  }
  for (const [name, said] of [["image", "image"], ["filters", "filters"], ["scores", "scores"],
    ...names.map((each) => [each, each])]) {
    const { channels, side } = stages[name] ?? {};
    const known = { image: "draw on it", filters: "5×5", scores: "of 0 to 9" };
    const about = known[name] ?? `${channels} of ${side}×${side}`;
    titles.append(draw("text", { x: LEFTS[name], y: 14, "font-weight": 600, text: said }),
      draw("text", { x: LEFTS[name], y: 31, text: about }));
  }
  listen(model, ["maps", "weights", "image", "drawing"], gathered(show));
  listen(model, ["layer"], fit);
  listen(model, ["layer", "channel", "row", "column"], () => quiet || move());
  fit();
  show();
}

export default { render };
