// A training while it runs. A kernel that is busy with a cell hears no messages of the page, so Stop
// interrupts it there; the loop takes that as the wish to end after its step.
const KINDS = ["loss", "test_loss", "accuracy", "test_accuracy"];
const LEFT = 48, TOP = 30, WIDE = 380, HIGH = 170, LOW = 24;
const CELL = "padding: 2px 6px; text-align: right; font-size: 13px; min-width: 1.4em";
const STATES = { ready: "ready", running: "training", stopped: "stopped", finished: "finished" };

function render({ model, el }) {
  const { controls, stage, painted } = frame(model, el, "Training");
  const drives = model.get("unit") === "epoch";
  let asked = false;
  const start = button("Start", () => send(model, "playing", true));
  const stop = button("Stop", halt);
  const afresh = button("Start afresh", () => send(model, "restarts", model.get("restarts") + 1));
  controls.append(...(drives ? [start, stop, afresh, rate()] : [stop, afresh]));
  const facts = make("div", { class: "course-controls" });
  const loss = chart("Loss", "loss", (value) => value.toPrecision(3));
  const accuracy = chart("Accuracy", "accuracy", (value) => `${(100 * value).toFixed(1)} %`);
  const table = make("table", { style: "border-collapse: collapse; font-variant-numeric: tabular-nums" });
  const worst = make("div", { class: "course-stage", style: "flex: 1; min-width: 360px; margin: 0" });
  stage.append(
    make("div", { style: "width: 100%" }, facts), loss.picture, accuracy.picture, table, worst,
  );

  function rate() {
    const input = make("input", { type: "number", min: 0, step: "any", on: { change: () => {
      if (input.value && input.checkValidity()) send(model, "rate", Number(input.value));
      else input.value = model.get("rate");
    } } });
    const follow = () => (input.value = model.get("rate"));
    listen(model, ["rate"], follow);
    follow();
    return labelled("Learning rate", input);
  }

  function halt() {
    const kernel = model.widget_manager?.kernel;
    if (!model.get("in_cell") || !kernel) return send(model, "playing", false);
    asked = true;
    kernel.interrupt();
    state();
  }

  // What can be pressed, and the facts in numbers.
  function state() {
    const now = model.get("state"), running = now === "running";
    if (!running) asked = false;
    start.textContent = now === "stopped" ? "Resume" : "Start";
    start.disabled = running || now === "finished";
    stop.disabled = !running || asked;
    afresh.disabled = running;
    // A button that can no longer be pressed hands the focus on, or the keyboard would be lost.
    const buttons = [stop, start, afresh].filter((each) => each.isConnected);
    if (buttons.some((each) => each.disabled && each === document.activeElement)) {
      buttons.find((each) => !each.disabled)?.focus();
    }
    const total = model.get("total"), left = model.get("seconds_left"), speed = model.get("speed");
    const said = {
      "State": asked ? "stopping after this step" : STATES[now],
      [drives ? "Epoch" : "Step"]: `${model.get("done")}${total ? ` of ${total}` : ""}`,
      "Learning rate": model.get("rate") ? String(Number(model.get("rate").toPrecision(4))) : "–",
      "Images a second": speed ? Math.round(speed).toLocaleString("en") : "–",
      "Time left": left < 0 || !running ? "–" : duration(left),
    };
    facts.replaceChildren(...Object.entries(said).map(([name, value]) => make("div", {},
      make("div", { text: name, style: "font-size: 12px" }),
      make("div", { text: value, class: "course-fact", style: "font-weight: 600; min-width: 7em" }))));
  }

  // Training solid and with dots, test dashed and with squares; the last values stand in the legend.
  function chart(title, kind, write) {
    const picture = draw("svg", { role: "img", viewBox: `0 0 ${LEFT + WIDE + 14} ${TOP + HIGH + LOW + 18}`,
      width: LEFT + WIDE + 14, style: "max-width: 100%" });
    const looks = [
      [kind, title.toLowerCase(), "var(--course-value)", false],
      [`test_${kind}`, `${kind}, test part`, "var(--course-gradient)", "7 4"],
    ];
    const text = (x, y, said, anchor) => draw("text", { x, y, "text-anchor": anchor, text: said });

    function show(curves) {
      const drawn = looks.filter(([name]) => curves[name].length);
      const values = drawn.flatMap(([name]) => curves[name].map((point) => point[1]));
      const steps = drawn.flatMap(([name]) => curves[name].map((point) => point[0]));
      const share = kind === "accuracy", end = Math.max(2, ...steps);
      const top = share ? 1 : Math.max(1e-6, ...values) * 1.05;
      const low = share ? Math.min(0.9, Math.floor(10 * Math.min(...values)) / 10) : 0;
      const across = (step) => LEFT + (WIDE * step) / end;
      const up = (value) => TOP + (HIGH * (top - value)) / (top - low);
      const line = (x1, y1, x2, y2) => draw("line", { x1, y1, x2, y2, stroke: "var(--course-line)" });
      picture.replaceChildren(
        line(LEFT, TOP, LEFT, TOP + HIGH), line(LEFT, TOP + HIGH, LEFT + WIDE, TOP + HIGH),
        text(LEFT - 6, TOP + 6, share ? "100 %" : top.toPrecision(2), "end"),
        text(LEFT - 6, TOP + HIGH, share ? `${Math.round(100 * low)} %` : "0", "end"),
        text(LEFT, TOP + HIGH + 18, "0", "middle"),
        text(LEFT + WIDE, TOP + HIGH + 18, `${model.get("unit")} ${Math.round(end)}`, "end"),
      );
      drawn.forEach(([name, label, stroke, dashed], place) => {
        const points = curves[name].map(([step, value]) => [across(step), up(value)]);
        const last = curves[name].at(-1)[1], x = LEFT + 8 + place * 190;
        const look = { fill: "none", stroke, "stroke-width": 2, "stroke-dasharray": dashed };
        picture.append(
          draw("polyline", { points: points.join(" "), "data-last": last, "data-kind": name, ...look }),
          draw("line", { x1: x, x2: x + 28, y1: 13, y2: 13, ...look }),
          text(x + 34, 18, `${label} ${write(last)}`, "start"),
        );
        if (points.length <= 60) points.forEach(([x, y]) => picture.append(mark(x, y, stroke, dashed)));
      });
      if (!drawn.length) picture.append(text(LEFT + 12, 18, `${title}: nothing recorded yet`, "start"));
      const said = drawn.map(([name, label]) => `${label} ${write(curves[name].at(-1)[1])}`);
      set(picture, { "aria-label": `${title} by ${model.get("unit")}: ${said.join(", ") || "nothing yet"}` });
    }
    return { picture, show };
  }

  function mark(x, y, fill, square) {
    if (square) return draw("rect", { x: x - 2.5, y: y - 2.5, width: 5, height: 5, fill });
    return draw("circle", { cx: x, cy: y, r: 3, fill });
  }

  // Who is taken for whom: a row for what an image is, a column for what is said of it.
  function confusion() {
    const classes = model.get("classes"), counts = floats(model, "confusion"), size = classes.length;
    if (!size || counts.length !== size * size) return table.replaceChildren();
    const most = Math.max(2, ...counts.map((count, at) => (at % (size + 1) ? count : 0)));
    const cell = (tag, text, more = {}) => make(tag, { text, style: CELL, ...more });
    table.replaceChildren(
      make("caption", { text: "Who is taken for whom", style: "text-align: left; font-weight: 600" }),
      make("tr", {}, cell("td", "is \\ said"), ...classes.map((name) => cell("th", name, { scope: "col" }))),
      ...classes.map((name, row) => make("tr", {}, cell("th", name, { scope: "row" }),
        ...classes.map((_, column) => count(counts[row * size + column], row === column, most)))),
    );
  }

  function count(value, right, most) {
    const entry = 3 * Math.round((255 * Math.min(value, most)) / most);
    const [red, green, blue] = COLOURS.viridis.slice(entry, entry + 3);
    const dark = 0.3 * red + 0.6 * green + 0.1 * blue < 115;
    const shade = `background: rgb(${red}, ${green}, ${blue}); color: ${dark ? "#fff" : "#000"}`;
    const look = right ? "font-weight: 700" : value ? shade : "";
    return make("td", { text: value || "", style: `${CELL}; border: 1px solid var(--course-line); ${look}` });
  }

  function mistakes() {
    const [many, rows, columns] = model.get("pixels_shape"), pixels = floats(model, "pixels");
    const said = model.get("mistakes");
    const size = rows * columns, cell = Math.max(1, Math.round(72 / rows));
    worst.replaceChildren();
    const title = make("p", { text: "Worst mistakes", style: "width: 100%; font-weight: 600" });
    if (said.length) worst.append(title);
    said.forEach((words, place) => {
      const shown = make("figure", { style: "margin: 0; width: 110px; font-size: 13px" });
      if (place < many && pixels.length === many * size) {
        const values = pixels.subarray(place * size, (place + 1) * size);
        const canvas = picture(words, rows, columns, cell);
        paint(canvas, values, "grey", Math.min(...values), Math.max(...values));
        shown.append(canvas);
      }
      shown.append(make("figcaption", { text: words }));
      worst.append(shown);
    });
  }

  function show() {
    const all = floats(model, "curves"), lengths = model.get("lengths"), curves = {};
    let from = 0;
    KINDS.forEach((kind, place) => {
      const part = all.subarray(from, (from += 2 * lengths[place]));
      curves[kind] = Array.from({ length: part.length / 2 }, (_, i) => [part[2 * i], part[2 * i + 1]]);
    });
    loss.show(curves);
    accuracy.show(curves);
    state();
    painted();
  }

  const judged = () => { confusion(); mistakes(); };
  listen(model, ["beat"], show);
  listen(model, ["state", "in_cell", "rate"], state);
  listen(model, ["confusion", "classes", "pixels", "mistakes", "pixels_shape"], judged);
  judged();
  show();
}

function duration(seconds) {
  return seconds < 120 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

export default { render };
