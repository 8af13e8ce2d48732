// Pooling: the maximum of each window, or its mean, and who gets the gradient.
function geometry(model) {
  const [C, H, W] = model.get("shape"), size = model.get("window"), stride = model.get("stride");
  const rows = Math.floor((H - size) / stride) + 1, columns = Math.floor((W - size) / stride) + 1;
  const cell = cell_for(C, Math.max(H, W));
  return { C, H, W, size, stride, rows, columns, cell, count: C * rows * columns };
}

// One window: its entries, where they are, and the share of each in the gradient.
function look_at(x, step, g, kind, ties) {
  const c = Math.floor(step / (g.rows * g.columns)), place = step % (g.rows * g.columns);
  const top = Math.floor(place / g.columns) * g.stride, left = (place % g.columns) * g.stride;
  const places = [];
  for (let q = 0; q < g.size; q++)
    for (let r = 0; r < g.size; r++) places.push((c * g.H + top + q) * g.W + left + r);
  const values = places.map((at) => x[at]);
  const most = Math.max(...values);
  const best = kind === "max" ? values.flatMap((v, i) => (v === most ? [i] : [])) : [];
  const all = values.map((_, i) => i);
  const getting = kind === "average" ? all : ties === "equal shares" ? best : best.slice(0, 1);
  const shares = values.map((_, i) => (getting.includes(i) ? 1 / getting.length : 0));
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return { c, top, left, places, values, best, shares, value: kind === "max" ? most : mean };
}

function render({ model, el }) {
  const { controls, stage, painted } = frame(model, el, "Pooling, window by window");
  let show = () => {};
  const steps = stepping(model, controls, () => geometry(model).count, () => show());
  const ties = choice(model, "ties", "At a tie", () => ["the first takes all", "equal shares"]);
  controls.append(
    choice(model, "kind", "Pooling", () => ["max", "average"]),
    choice(model, "direction", "Direction", () => ["forward", "backward"]),
    slider(model, "window", "Window", { min: 1, max: model.get("most") }),
    slider(model, "stride", "Stride", { min: 1, max: 4 }),
    ties,
  );
  const x = floats(model, "x");

  function forward(g, row) {
    const image = column(row, "input x", g.C, g.H, g.W, g.cell, "map");
    const [window] = column(row, "window", 1, g.size, g.size, g.cell);
    const maps = make("div", { class: "course-column" });
    row.append(maps);
    const out = output_grids("output y", [g.C, g.rows, g.columns], steps, maps, g.cell);
    const yours = answer_of(model, "out");
    const theirs = yours ? column(row, "your out", g.C, g.rows, g.columns, g.cell, "map") : [];
    return (here, now) => {
      image.forEach((grid, c) => map(grid, x, c, g.H * g.W));
      frames(image, here, g);
      window.fill(here.values, { best: here.best });
      out.forEach((grid) => grid.tell(now.out, steps.at(), { reach: now.reach }));
      theirs.forEach((grid, c) => own(grid, yours, c, g.rows * g.columns));
    };
  }

  function backward(g, row) {
    const maps = make("div", { class: "course-column" });
    row.append(maps);
    const dy = output_grids("dy", [g.C, g.rows, g.columns], steps, maps, g.cell);
    const image = column(row, "input x", g.C, g.H, g.W, g.cell, "map");
    const [window] = column(row, "window", 1, g.size, g.size, g.cell);
    const [share] = column(row, "its shares of dy", 1, g.size, g.size, g.cell);
    const dx = column(row, "dx so far", g.C, g.H, g.W, g.cell, "map");
    const yours = answer_of(model, "dx");
    const theirs = yours ? column(row, "your dx", g.C, g.H, g.W, g.cell, "map") : [];
    return (here, now) => {
      dy.forEach((grid) => grid.tell(now.dout, steps.at(), {}));
      image.forEach((grid, c) => map(grid, x, c, g.H * g.W));
      dx.forEach((grid, c) => map(grid, now.dx, c, g.H * g.W));
      frames([...image, ...dx], here, g);
      window.fill(here.values, { best: here.best });
      share.fill(here.shares.map((part) => part * now.dout[steps.at()]), { best: here.best });
      theirs.forEach((grid, c) => own(grid, yours, c, g.H * g.W));
    };
  }

  function rebuild() {
    const g = geometry(model), row = make("div", { class: "course-row" });
    const kind = model.get("kind"), back = model.get("direction") === "backward";
    ties.hidden = !back || kind !== "max";
    stage.replaceChildren(row);
    const fill = (back ? backward : forward)(g, row);
    show = () => {
      const given = floats(model, "dout");
      const dout = Array.from({ length: g.count }, (_, i) => (given.length === g.count ? given[i] : i + 1));
      const now = { out: new Array(g.count).fill(NaN), dx: new Array(x.length).fill(0), dout };
      let here = null;
      for (let step = 0; step <= steps.at(); step++) {
        here = look_at(x, step, g, kind, model.get("ties"));
        now.out[step] = here.value;
        here.places.forEach((at, i) => (now.dx[at] += here.shares[i] * dout[step]));
      }
      now.reach = x.reduce((far, v) => Math.max(far, Math.abs(v)), 0);
      fill(here, now);
      painted();
    };
    steps.follow();
  }
  listen(model, ["kind", "direction", "window", "stride", "theirs"], rebuild);
  listen(model, ["ties"], () => show());
  rebuild();
  return steps.stop;
}

function frames(grids, here, g) {
  grids.forEach((grid, c) => grid.frame_at(c === here.c ? here.top : -99, here.left, g.size, g.size));
}

function map(grid, values, c, size) {
  const reach = values.reduce((far, v) => Math.max(far, Math.abs(v)), 0);
  grid.fill(Array.from(values.slice(c * size, (c + 1) * size)), { reach });
}

function own(grid, answer, c, size) {
  const values = Array.from(answer.values.slice(c * size, (c + 1) * size));
  grid.fill(values, { wrong: wrong_in(answer.wrong, c * size, size) });
}

export default { render };
