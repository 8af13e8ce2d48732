// Three maps of the same shape, claimed, numeric and their difference, and the error against the
// step. All steps were measured beforehand, so the slider needs no message to the kernel.
const [PLOT_WIDE, PLOT_HIGH, PLOT_LEFT, PLOT_TOP] = [620, 230, 64, 14];
const MAP_TOP = 44;
const MAPS = "Blue: negative, red: positive; the difference has a scale of its own. ◤ marks the worst "
  + "entry, the frame the one looked at.";
const LINES = " Dashed: grows as eps², dotted: as 1 / eps.";

const eps_of = (power) => three(10 ** power);

// A map with its title, a frame for the chosen entry and a triangle at the worst.
function map_of(title, shape, choose) {
  const [rows, columns, wide, high] = shape.cells;
  const width = Math.max(columns * wide + 12, 130);
  const height = rows * high + MAP_TOP + 8;
  const left = width / 2 - (columns * wide) / 2;
  const top = MAP_TOP;
  const tile = block({ ...shape, shape: title }, width / 2, top + rows * high + 5, true, "var(--course-ink)");
  set(tile.group, { visibility: "visible" });
  const chosen = draw("rect", { class: "course-frame", fill: "none", width: wide, height: high });
  const worst = draw("path", { fill: "#111", stroke: "#fff" }); // on cells, whose colours no theme changes
  const svg = draw("svg", { role: "img", "aria-label": `${title}, shape ${shape.shape}`, width, height,
    viewBox: `0 0 ${width} ${height}`, style: "cursor: pointer", on: { pointerdown: (event) => {
      const box = svg.getBoundingClientRect();
      const column = Math.floor((((event.clientX - box.left) * width) / box.width - left) / wide);
      const row = Math.floor((((event.clientY - box.top) * height) / box.height - top) / high);
      if (row >= 0 && row < rows && column >= 0 && column < columns) choose(row * columns + column);
    } } }, tile.group, chosen, worst);
  const corner = (entry) => [left + (entry % columns) * wide, top + Math.floor(entry / columns) * high];
  const mark = (entry, most) => {
    const [x, y] = corner(entry);
    set(chosen, { x, y });
    const [a, b] = corner(most);
    const side = Math.min(11, wide, high);
    set(worst, { d: `M ${a} ${b} h ${side} l ${-side} ${side} z` });
  };
  return { svg, fill: tile.fill, mark };
}

// The error against the step, both axes logarithmic, with the slopes of the two causes.
function error_plot({ powers, agrees }, errors, move_to) {
  const seen = powers.map((power, i) => ({ power, error: Math.log10(errors[i]), i }))
    .filter(({ error }) => Number.isFinite(error));
  const low = Math.floor(Math.min(...seen.map(({ error }) => error)) - 0.2);
  const high = Math.ceil(Math.max(...seen.map(({ error }) => error)) + 0.2);
  const [first, last] = [powers[0], powers[powers.length - 1]];
  const across = (power) => PLOT_LEFT + (PLOT_WIDE * (power - first)) / (last - first);
  const up = (error) => PLOT_TOP + (PLOT_HIGH * (high - error)) / (high - low);
  const text = (x, y, said, anchor = "middle") => draw("text", { x, y, "text-anchor": anchor, text: said });
  const line = (x1, y1, x2, y2, look = {}) =>
    draw("line", { x1, y1, x2, y2, stroke: "var(--course-line)", ...look });
  const drag = (event) => {
    if (!event.buttons) return;
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) * (PLOT_LEFT + PLOT_WIDE + 20)) / box.width;
    const power = first + ((x - PLOT_LEFT) / PLOT_WIDE) * (last - first);
    move_to(Math.max(first, Math.min(last, Math.round(4 * power) / 4)));
  };
  const svg = draw("svg", {
    role: "img", "aria-label": "The largest difference against the step eps, both logarithmic",
    width: PLOT_LEFT + PLOT_WIDE + 20,
    viewBox: `0 0 ${PLOT_LEFT + PLOT_WIDE + 20} ${PLOT_TOP + PLOT_HIGH + 44}`,
    style: "max-width: 100%; touch-action: none; cursor: ew-resize",
    on: { pointerdown: drag, pointermove: drag },
  });
  for (let power = first; power <= last; power += 2) {
    svg.append(line(across(power), PLOT_TOP, across(power), PLOT_TOP + PLOT_HIGH),
      text(across(power), PLOT_TOP + PLOT_HIGH + 18, eps_of(power)));
  }
  const gap = Math.max(1, Math.ceil((high - low) / 7));
  for (let error = low; error <= high; error += gap) {
    svg.append(line(PLOT_LEFT, up(error), PLOT_LEFT + PLOT_WIDE, up(error)),
      text(PLOT_LEFT - 6, up(error) + 4, eps_of(error), "end"));
  }
  const below = "step eps (vertical: largest absolute difference)";
  svg.append(text(PLOT_LEFT + PLOT_WIDE / 2, PLOT_TOP + PLOT_HIGH + 38, below));
  // A wrong gradient is wrong at every step: its errors do not come from measuring.
  (agrees ? guides(seen, low, high) : []).forEach(([a, b], kind) => svg.append(
    line(across(a[0]), up(a[1]), across(b[0]), up(b[1]),
      { stroke: "var(--course-gradient)", "stroke-width": 2, "stroke-dasharray": kind ? "2 4" : "9 5" })));
  const points = seen.map(({ power, error }) => `${across(power)},${up(error)}`).join(" ");
  svg.append(draw("polyline", { points, fill: "none", stroke: "var(--course-value)", "stroke-width": 2 }),
    ...seen.map(({ power, error }) => draw("circle",
      { cx: across(power), cy: up(error), r: 2.8, fill: "var(--course-value)" })));
  const ink = { stroke: "var(--course-ink)", "stroke-width": 2 };
  const cursor = line(0, PLOT_TOP, 0, PLOT_TOP + PLOT_HIGH, ink);
  const point = draw("circle", { ...ink, r: 7, fill: "var(--course-ink)", stroke: "var(--course-ground)" });
  svg.append(cursor, point);
  const at = (power) => {
    const here = seen.find((each) => each.power === power);
    set(cursor, { x1: across(power), x2: across(power) });
    set(point, { cx: across(power), cy: here ? up(here.error) : 0, visibility: here ? "visible" : "hidden" });
  };
  return { svg, at };
}

// Lines of slope 2 and -1 through the medians of where each cause rules, cut at the plot's edges.
function guides(seen, low, high) {
  return [[2, -4, -1], [-1, -13, -8]].flatMap(([slope, from, to]) => {
    const rests = seen.filter(({ power }) => power >= from && power <= to)
      .map(({ power, error }) => error - slope * power).sort((a, b) => a - b);
    if (!rests.length) return [];
    const rest = rests[Math.floor(rests.length / 2)];
    const ends = [low, high].map((error) => Math.max(-14, Math.min(0, (error - rest) / slope)));
    return [ends.map((power) => [power, Math.max(low, Math.min(high, rest + slope * power))])];
  });
}

function render({ model, el }) {
  const { controls, stage, painted } = frame(model, el, model.get("title"));
  const maps = make("div", { class: "course-row" });
  const plot = make("div", {});
  const key = make("p", { class: "course-key" });
  stage.append(maps, plot, key);
  let shape = {}, claimed = [], numeric = [], difference = [], errors = [], drawn = [], curve = null;
  const choose = (entry) => send(model, "entry", entry);
  const to = (power) => send(model, "power", power);
  const step = () => shape.powers.findIndex((power) => power === model.get("power"));
  const entries = slider(model, "entry", "Entry", { min: 0, max: 0 });
  controls.append(
    slider(model, "power", "Step eps", { min: -14, max: 0, step: 0.25, shown: eps_of }), entries,
    button("Worst entry", () => { if (shape.cells) choose(worst()); }),
    button("Another point", () => send(model, "point", model.get("point") + 1)),
    button("Given point", () => send(model, "point", 0)),
  );

  const row = (all) => all.subarray(step() * shape.size, (step() + 1) * shape.size);
  const worst = () => row(difference)
    .reduce((most, gap, i, gaps) => (Math.abs(gap) > Math.abs(gaps[most]) ? i : most), 0);

  function build() {
    shape = model.get("shape");
    stage.hidden = !shape.cells;
    set(key, { text: MAPS + (shape.agrees ? LINES : "") });
    if (!shape.cells) return painted();
    [claimed, numeric, difference] = ["claimed", "numeric", "difference"].map((name) => floats(model, name));
    errors = shape.powers.map((_, i) => difference.subarray(i * shape.size, (i + 1) * shape.size)
      .reduce((most, gap) => (Number.isNaN(gap) ? gap : Math.max(most, Math.abs(gap))), 0));
    drawn = ["analytic", "numeric", "difference"].map((title) => map_of(title, shape, choose));
    maps.replaceChildren(...drawn.map(({ svg }) => svg));
    curve = error_plot(shape, errors, to);
    plot.replaceChildren(curve.svg);
    set(entries.querySelector("input"), { max: shape.size - 1 });
    entries.hidden = shape.size === 1;
    entries.querySelector("input").value = model.get("entry");
    move();
  }

  function move() {
    if (!shape.cells) return;
    const reach = [...claimed, ...row(numeric)]
      .reduce((far, value) => Math.max(far, Math.abs(value) || 0), 0);
    drawn[0].fill(claimed, reach);
    drawn[1].fill(row(numeric), reach);
    drawn[2].fill(row(difference));
    for (const { mark } of drawn) mark(model.get("entry"), worst());
    curve.at(model.get("power"));
    painted();
  }

  listen(model, ["built"], build);
  listen(model, ["power", "entry"], move);
  build();
}

export default { render };
