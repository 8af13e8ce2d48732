// A digit, and beside it the gradient of one score, under the outline of the ink.
const CELL = 10;

function render({ model, el }) {
  const { controls, stage, painted } = frame(model, el, "Saliency: which pixels a score depends on");
  const pad = drawingPad(model, CELL);
  const names = [...Array(10).keys()].map(String);
  const wanted = make("select", { on: { change: () => send(model, "label", +wanted.value) } },
    ...names.map((name) => make("option", { value: name, text: name })));
  const shown = (n) => (n === 1 ? "none" : `mean of ${n}`);
  controls.append(
    digitSlider(model), labelled("Score of", wanted),
    slider(model, "copies", "Noisy copies", { min: 1, max: 30, shown }), ...pad.controls,
  );
  const map = picture("Sensitivity of the score: arrow keys choose a pixel to read", PIXELS, PIXELS, CELL);
  map.style.cursor = "crosshair";
  const side = PIXELS * CELL;
  const over = draw("svg", { width: side, height: side, "aria-hidden": true,
    style: "position: absolute; left: 1px; top: 1px; pointer-events: none" });
  const look = { fill: "none", "stroke-width": 2 };
  const dark = draw("path", { ...look, stroke: "#000", "stroke-width": 4, "stroke-opacity": 0.7 });
  const light = draw("path", { ...look, stroke: "#fff" });
  const size = CELL + 4;
  const pixel = draw("rect", { ...look, width: size, height: size, stroke: "#ff4fa3", "stroke-width": 3 });
  over.append(dark, light, pixel);
  const bar = colourBar("viridis", side);
  const scores = scoreBars(model, { marked: () => model.get("label") });
  const column = (title, ...parts) =>
    make("div", {}, make("p", { text: title, style: "font-weight: 600; font-size: 13px" }), ...parts);
  const heading = make("p", { style: "font-weight: 600; font-size: 13px" });
  stage.append(
    column("Image: draw on it", pad.element),
    make("div", {}, heading, make("div", { style: "position: relative" }, map, over), bar.element),
    column("Scores", scores.element),
  );

  function read(row, down) {
    model.set("row", within(row, PIXELS - 1));
    send(model, "column", within(down, PIXELS - 1));
    move();
  }
  arrows(map, (dy, dx) => read(model.get("row") + dy, model.get("column") + dx));
  const at = (event) => read(Math.floor(event.offsetY / CELL), Math.floor(event.offsetX / CELL));
  set(map, { on: { pointermove: at, pointerdown: at } });

  function move() {
    set(pixel, { x: model.get("column") * CELL - 2, y: model.get("row") * CELL - 2 });
  }
  function show() {
    const slopes = floats(model, "saliency");
    const most = slopes.reduce((most, slope) => Math.max(most, slope), 0);
    paint(map, slopes.length ? slopes : new Float32Array(PIXELS * PIXELS), "viridis", 0, most || 1);
    bar.say(0, most);
    const ink = outline(pixelsShown(model), CELL);
    for (const path of [dark, light]) set(path, { d: ink });
    painted();
  }
  function choose() {
    wanted.value = model.get("label");
    heading.textContent = `|slope| of the score of ${model.get("label")}, in score per ink`;
    scores.fill();
  }
  listen(model, ["saliency", "image", "drawing"], show);
  listen(model, ["label"], choose);
  listen(model, ["row", "column"], move);
  choose();
  show();
  move();
}

export default { render };
