// The playground's view: settings above, the plane and the losses at the left, the network and the
// weights of one of its units at the right. All of it is drawn from the session, which trains.

const [CHART_WIDE, CHART_HIGH] = [WIDE + 40, 150];

// The losses of this training, and the last one's for comparison.
function paintChart(svg, { line, last }) {
  const finite = (points) => points.filter((point) => Number.isFinite(point[1]));
  const all = [...finite(line.points), ...finite(last)];
  const high = Math.max(1e-3, ...all.map((p) => Math.max(p[1], Number.isFinite(p[2]) ? p[2] : 0)));
  const far = Math.max(10, ...all.map((point) => point[0]));
  const [left, top, wide, deep] = [46, 24, CHART_WIDE - 60, CHART_HIGH - 46];
  const curveOf = (points, column, stroke, dashes, width) => draw("polyline", {
    fill: "none", stroke, "stroke-width": width, "stroke-dasharray": dashes,
    points: points.filter((point) => Number.isFinite(point[column])).map((point) =>
      `${left + (wide * point[0]) / far},${top + deep - (deep * point[column]) / high}`).join(" "),
  });
  const text = (x, y, said, anchor) => draw("text", { x, y, "text-anchor": anchor, text: said });
  const rule = (x2, y2) => draw("line", { x1: left, y1: top + deep, x2, y2, stroke: "var(--course-line)" });
  svg.replaceChildren(
    rule(left + wide, top + deep), rule(left, top),
    text(left - 5, top + 8, rounded(high, 2), "end"), text(left - 5, top + deep, "0", "end"),
    text(left, CHART_HIGH - 6, "0", "middle"), text(left + wide, CHART_HIGH - 6, `step ${far}`, "end"),
    text(left, 13, "Loss: training —, test – –, training before this ···", "start"),
    curveOf(last, 1, "var(--course-quiet)", "1 4", 1.5),
    curveOf(line.points, 2, "var(--course-gradient)", "7 4", 2),
    curveOf(line.points, 1, "var(--course-value)", false, 2.5),
  );
}

function unitName(sizes, l, j) {
  return l === sizes.length - 1 ? `score of class ${j}` : `layer ${l}, unit ${j + 1}`;
}

// A unit to look at, and the weights that come into it, to edit.
function editor(model, lab) {
  const select = make("select", { on: { change: () =>
    send(model, "unit", select.value ? select.value.split(",").map(Number) : []) } });
  const fields = make("div", { class: "course-controls" });
  const element = make("div", {}, labelled("Look at", select), fields);
  let [shape, inputs] = ["", []];
  function rebuild(unit) {
    const sizes = lab.net.sizes;
    const units = sizes.flatMap((n, l) => Array.from({ length: l ? n : 0 }, (_, j) => [l, j]));
    select.replaceChildren(make("option", { value: "", text: "the classes" }),
      ...units.map(([l, j]) => make("option", { value: `${l},${j + 1}`, text: unitName(sizes, l, j) })));
    select.value = unit.join(",");
    fields.replaceChildren();
    inputs = [];
    const hint = "Choose a unit, or click one, to edit its weights.";
    if (!unit.length) return fields.append(make("span", { text: hint }));
    const [l, j] = [unit[0], unit[1] - 1];
    const { rows, columns, w, b } = lab.net.layers[l - 1];
    for (let d = 0; d <= rows; d++) {
      const place = d < rows ? w + d * columns + j : b + j;
      const input = make("input", { type: "number", step: 0.1, on: { input: () =>
        input.value !== "" && lab.edit(place, Number(input.value)) } });
      inputs.push([input, place]);
      const source = `from ${l === 1 ? "input" : "unit"} ${d + 1}`;
      fields.append(labelled(d === rows ? "bias" : source, input));
    }
  }
  return { element, follow() {
    const unit = model.get("unit"), now = [...lab.net.sizes, "at", ...unit].join();
    if (now !== shape) rebuild(unit);
    shape = now;
    for (const [input, place] of inputs) {
      if (document.activeElement !== input) input.value = lab.net.weights[place].toFixed(3);
    }
  } };
}

// The plane: a place to look at, by arrows or pointer; where points are drawn, one to put them.
function plane(model, lab, show) {
  const name = "The plane: arrow keys move the marked place; drawing by hand, Enter puts a point there";
  const canvas = set(picture(name, WIDE, WIDE, 1), {
    tabindex: 0, role: "application", class: "course-plane",
  });
  const said = make("output", { class: "course-place" });
  const classes = make("select", {}, ...[0, 1, 2, 3].map((c) => make("option", { value: c, text: c })));
  const change = (dots) => send(model, "drawn", dots.slice(0, 400));
  const tools = make("div", { class: "course-controls" }, labelled("Draw class", classes),
    button("Remove last", () => change(model.get("drawn").slice(0, -1))), button("Clear", () => change([])));
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const state = { cursor: null };
  const drawing = () => model.get("data") === "drawn by hand";
  function place(cursor) {
    const [x, y, reach] = lab.window;
    const within = (value, zero) => Math.max(zero - reach, Math.min(zero + reach, value));
    state.cursor = [within(cursor[0], x), within(cursor[1], y)];
    const scores = forward(lab.net, Float64Array.from(state.cursor), 1).pop();
    said.textContent = `At (${state.cursor.map((each) => rounded(each, 2)).join(", ")}): scores ${
      Array.from(scores, (each) => rounded(each)).join(", ")}: class ${winner(scores, 0, lab.classes)}.`;
    show();
  }
  const put = () => change([...model.get("drawn"), [...state.cursor, Number(classes.value)]]);
  set(canvas, { on: {
    keydown(event) {
      const [x, y, reach] = lab.window;
      if (event.key in by) {
        const [right, up] = by[event.key].map((each) => (each * reach) / (event.shiftKey ? 100 : 20));
        const [from, height] = state.cursor ?? [x, y];
        place([from + right, height + up]);
      } else if (["Enter", " "].includes(event.key) && drawing()) {
        if (!state.cursor) place([x, y]);
        put();
      } else return;
      event.preventDefault();
    },
    pointerdown: drag, pointermove: drag,
  } });
  function drag(event) {
    if (!event.buttons) return;
    const box = canvas.getBoundingClientRect(), [x, y, reach] = lab.window;
    const at = [x + reach * ((2 * (event.clientX - box.left)) / box.width - 1),
      y - reach * ((2 * (event.clientY - box.top)) / box.height - 1)];
    const far = state.cursor ? Math.hypot(at[0] - state.cursor[0], at[1] - state.cursor[1]) : reach;
    if (event.type === "pointermove" && far < reach / 18) return;
    place(at);
    if (drawing()) put();
  }
  const ticks = make("div", { class: "course-ticks" });
  return { element: make("div", {}, canvas, ticks, said, tools), paint() {
    const [x, y, reach] = lab.window;
    const span = (zero) => `${rounded(zero - reach)} to ${rounded(zero + reach)}`;
    tools.hidden = !drawing();
    ticks.textContent = `Across ${span(x)}, up ${span(y)}. Filled marks: training part; hollow: test part.`;
    const [l, j] = model.get("unit");
    if (l) {
      const sizes = lab.net.sizes, own = lab.maps[l].filter((_, i) => i % sizes[l] === j - 1);
      const [table, low, high] = scaleOf(own);
      const ends = table === "viridis" ? ["dark", "yellow"] : ["blue", "red"];
      ticks.textContent = `Shown is ${unitName(sizes, l, j - 1)}, from ${rounded(low)} (${ends[0]}) `
        + `to ${rounded(high)} (${ends[1]}).`;
    }
    paintPlane(canvas, lab, model.get("unit"), state.cursor);
  } };
}

function view(model, el, lab) {
  const { group, controls, stage, painted } = frame(model, el, "A network learns to part the plane");
  const play = button("Play", () => lab.go(Infinity));
  const pace = make("select", { on: { change: () => (lab.pace = pace.value) } },
    ...Object.keys(PACES).map((each) => make("option", { value: each, text: each })));
  pace.value = lab.pace;
  const readout = make("span", { class: "course-readout" });
  group.classList.add("course-playground");
  controls.append(play, button("Step", () => lab.go(1)), button("One pass", () => lab.go(lab.passes())),
    button("Reset", () => send(model, "resets", model.get("resets") + 1)), labelled("Speed", pace), readout);
  controls.after(...settings(model));
  const net = make("div", { class: "course-net" });
  const maps = make("canvas", { width: NET_WIDE, height: NET_HIGH, "aria-hidden": true });
  const sheet = (width, height, label) => draw("svg", {
    viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label,
  });
  const wires = sheet(NET_WIDE, NET_HIGH, "The network: each unit's value over the plane, joined by weights");
  const chart = sheet(CHART_WIDE, CHART_HIGH, "The losses by step");
  const here = plane(model, lab, () => show());
  const edit = editor(model, lab);
  net.append(maps, wires);
  const key = "Red lines are positive weights, blue dashed ones negative; thicker is larger. A crossed unit "
    + "gives the same everywhere.";
  const right = make("div", { class: "course-right" }, net, make("p", { class: "course-ticks", text: key }));
  right.append(edit.element);
  stage.append(make("div", {}, here.element, chart), right);
  wires.addEventListener("click", (event) => {
    const box = wires.getBoundingClientRect(), scale = NET_WIDE / box.width;
    const unit = unitAt(lab.net.sizes, (event.clientX - box.left) * scale, (event.clientY - box.top) * scale);
    send(model, "unit", String(unit) === String(model.get("unit")) ? [] : unit);
  });

  let shown = [];
  function show() {
    const [train, test, learnt, tested] = lab.figures;
    play.textContent = model.get("playing") ? "Pause" : "Play";
    readout.textContent = `Step ${lab.steps}. Training: loss ${rounded(train)}, ${percent(learnt)} right; `
      + `test: ${rounded(test)}, ${percent(tested)}.`;
    here.paint();
    const now = [lab.maps, model.get("unit")];
    if (now.some((each, i) => each !== shown[i])) paintNet(maps, wires, lab, model.get("unit"));
    shown = now;
    paintChart(chart, lab);
    edit.follow();
    painted();
  }

  lab.views.add(show);
  show();
  return () => {
    lab.views.delete(show);
    if (!lab.views.size && model.get("playing")) send(model, "playing", false);
  };
}

export default () => {
  let lab;
  return {
    initialize({ model }) {
      lab = openSession(model);
      return () => lab.stop();
    },
    render: ({ model, el }) => view(model, el, lab),
  };
};
