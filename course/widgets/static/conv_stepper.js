// A convolutional layer: products under the window, and where each output's gradient is scattered.
function geometry(model) {
  const [C, H, W] = model.get("shape"), [F, , KH, KW] = model.get("filters");
  const stride = model.get("stride"), pad = model.get("pad");
  const rows = Math.floor((H + 2 * pad - KH) / stride) + 1;
  const columns = Math.floor((W + 2 * pad - KW) / stride) + 1;
  const [HP, WP] = [H + 2 * pad, W + 2 * pad];
  const edge = [];
  for (let i = 0; i < HP * WP; i++) {
    const [row, column] = [Math.floor(i / WP), i % WP];
    if (row < pad || row >= HP - pad || column < pad || column >= WP - pad) edge.push(i);
  }
  const cell = cell_for(Math.max(C, F), Math.max(HP, WP));
  return { C, H, W, F, KH, KW, stride, pad, rows, columns, HP, WP, edge, cell, count: F * rows * columns };
}

function with_border(x, { C, H, W, HP, WP, pad }) {
  const wide = new Float64Array(C * HP * WP);
  for (let c = 0; c < C; c++)
    for (let i = 0; i < H; i++)
      for (let j = 0; j < W; j++) wide[(c * HP + i + pad) * WP + j + pad] = x[(c * H + i) * W + j];
  return wide;
}

// Calls `visit(at, weight)` for each product of one step: places in the padded input and in w.
function products(step, { C, KH, KW, HP, WP, stride, rows, columns }, visit) {
  const f = Math.floor(step / (rows * columns)), place = step % (rows * columns);
  const top = Math.floor(place / columns) * stride, left = (place % columns) * stride;
  for (let c = 0, k = 0; c < C; c++)
    for (let q = 0; q < KH; q++)
      for (let r = 0; r < KW; r++, k++) visit((c * HP + top + q) * WP + left + r, f * C * KH * KW + k, k);
  return { f, top, left };
}

// All that is known up to and including a step.
function layer(wide, w, b, dout, step, g) {
  const out = new Array(g.count).fill(NaN);
  const dx = new Array(wide.length).fill(0), dw = new Array(w.length).fill(0), db = new Array(g.F).fill(0);
  for (let s = 0; s <= step; s++) {
    let sum = 0;
    const { f } = products(s, g, (at, weight) => {
      sum += wide[at] * w[weight];
      dx[at] += dout[s] * w[weight];
      dw[weight] += dout[s] * wide[at];
    });
    out[s] = sum + b[f];
    db[f] += dout[s];
  }
  return { out, dx, dw, db };
}

function render({ model, el }) {
  const { controls, stage, painted } = frame(model, el, "Convolution, window by window");
  let g = geometry(model), show = () => {};
  const steps = stepping(model, controls, () => geometry(model).count, () => show());
  controls.append(
    choice(model, "direction", "Direction", () => ["forward", "backward"]),
    slider(model, "stride", "Stride", { min: 1, max: 3 }),
    slider(model, "pad", "Padding", { min: 0, max: 2 }),
  );
  const data = { x: floats(model, "x"), w: floats(model, "w"), b: floats(model, "b") };

  function forward() {
    const row = make("div", { class: "course-row" });
    stage.replaceChildren(row);
    const image = column(row, "input x", g.C, g.HP, g.WP, g.cell);
    const filter = column(row, "filter", g.C, g.KH, g.KW, g.cell);
    const product = column(row, "products", g.C, g.KH, g.KW, g.cell);
    const maps = make("div", { class: "course-column" });
    row.append(maps);
    const out = output_grids("output y", [g.F, g.rows, g.columns], steps, maps, g.cell);
    const yours = answer_of(model, "out");
    const theirs = yours ? column(row, "your out", g.F, g.rows, g.columns, g.cell, "map") : [];
    return (now, here) => {
      image.forEach((grid, c) => channel(grid, here.wide, c, g.HP * g.WP, { edge: g.edge }));
      image.forEach((grid) => grid.frame_at(here.top, here.left, g.KH, g.KW));
      filter.forEach((grid, c) => channel(grid, here.own, c, g.KH * g.KW));
      filter.forEach((grid, c) => (grid.title.textContent = of("filter", here.f, g.F, c, g.C)));
      product.forEach((grid, c) => channel(grid, here.products, c, g.KH * g.KW));
      out.forEach((grid) => grid.tell(now.out, here.step, { reach: here.reach }));
      theirs.forEach((grid, f) => own(grid, yours, f, g.rows * g.columns));
    };
  }

  function backward() {
    const rows = [0, 1].map(() => make("div", { class: "course-row" }));
    const said = ["To the input: dy times the filter, added onto the window",
      "To the weights: dy times the window, added onto the filter's gradient; dy, onto the bias's"];
    const headed = (row, i) => [make("p", { class: "course-said", text: said[i] }), row];
    stage.replaceChildren(...rows.flatMap(headed));
    const [above, below] = rows;
    const maps = make("div", { class: "course-column" });
    above.append(maps);
    const dy = output_grids("dy", [g.F, g.rows, g.columns], steps, maps, g.cell);
    const filter = column(above, "filter", g.C, g.KH, g.KW, g.cell);
    const to_x = column(above, "dy · filter", g.C, g.KH, g.KW, g.cell);
    const dx = column(above, "dx so far", g.C, g.HP, g.WP, g.cell);
    const image = column(below, "input x", g.C, g.HP, g.WP, g.cell);
    const to_w = column(below, "dy · window", g.C, g.KH, g.KW, g.cell);
    const dw = column(below, "dw so far", g.C, g.KH, g.KW, g.cell);
    const [db] = column(below, "db so far", 1, 1, g.F, g.cell);
    const yours = ["dx", "dw", "db"].map((what) => answer_of(model, what));
    const own_dx = yours[0] ? column(above, "your dx", g.C, g.H, g.W, g.cell) : [];
    const own_dw = yours[1] ? column(below, "your dw", g.C, g.KH, g.KW, g.cell) : [];
    const own_db = yours[2] ? column(below, "your db", 1, 1, g.F, g.cell) : [];
    return (now, here) => {
      const size = g.KH * g.KW, base = here.f * g.C;
      dy.forEach((grid) => grid.tell(Array.from(here.dout), here.step, {}));
      [...image, ...dx].forEach((grid) => grid.frame_at(here.top, here.left, g.KH, g.KW));
      image.forEach((grid, c) => channel(grid, here.wide, c, g.HP * g.WP, { edge: g.edge }));
      dx.forEach((grid, c) => channel(grid, now.dx, c, g.HP * g.WP, { edge: g.edge }));
      filter.forEach((grid, c) => channel(grid, here.own, c, size));
      to_x.forEach((grid, c) => channel(grid, here.to_x, c, size));
      to_w.forEach((grid, c) => channel(grid, here.to_w, c, size));
      dw.forEach((grid, c) => channel(grid, now.dw, base + c, size));
      filter.forEach((grid, c) => (grid.title.textContent = of("filter", here.f, g.F, c, g.C)));
      dw.forEach((grid, c) => (grid.title.textContent = of("dw so far, filter", here.f, g.F, c, g.C)));
      db.fill(now.db);
      db.frame_at(0, here.f);
      own_dx.forEach((grid, c) => own(grid, yours[0], c, g.H * g.W));
      own_dw.forEach((grid, c) => own(grid, yours[1], base + c, size));
      own_db.forEach((grid) => own(grid, yours[2], 0, g.F));
    };
  }

  function rebuild() {
    g = geometry(model);
    const fill = model.get("direction") === "forward" ? forward() : backward();
    const wide = with_border(data.x, g);
    const whole = layer(wide, data.w, data.b, new Float32Array(g.count), g.count - 1, g); // for the scale
    const reach = Math.max(...whole.out.map(Math.abs));
    show = () => {
      const given = floats(model, "dout");
      const dout = given.length === g.count ? given : Float32Array.from({ length: g.count }, (_, i) => i + 1);
      const step = steps.at();
      const here = { wide, reach, dout, step, own: [], products: [], to_x: [], to_w: [] };
      Object.assign(here, products(step, g, (at, weight, k) => {
        here.own[k] = data.w[weight];
        here.products[k] = wide[at] * data.w[weight];
        here.to_x[k] = dout[step] * data.w[weight];
        here.to_w[k] = dout[step] * wide[at];
      }));
      fill(layer(wide, data.w, data.b, dout, step, g), here);
      painted();
    };
    steps.follow();
  }
  listen(model, ["direction", "stride", "pad", "theirs"], rebuild);
  rebuild();
  return steps.stop;
}

function channel(grid, values, c, size, look = {}) {
  const reach = values.reduce((far, v) => Math.max(far, Math.abs(v)), 0);
  grid.fill(Array.from(values.slice(c * size, (c + 1) * size)), { reach, ...look });
}

function own(grid, answer, from, size) {
  const values = Array.from(answer.values.slice(from * size, (from + 1) * size));
  grid.fill(values, { wrong: wrong_in(answer.wrong, from * size, size) });
}

function of(what, f, F, c, C) {
  return [F > 1 ? `${what} ${f}` : what, C > 1 ? `channel ${c}` : ""].filter(Boolean).join(", ");
}

export default { render };
