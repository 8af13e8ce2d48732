// Two curves one above the other, the function and its derivative, and a point that runs on both.
const [WIDE, HIGH, LEFT, GAP] = [560, 170, 46, 30];

function render({ model, el }) {
  const { controls, stage, painted } = frame(model, el, "Activations and their derivatives");
  const reach = model.get("reach");
  controls.append(
    choice(model, "chosen", "Activation", () => model.get("names")),
    slider(model, "x", "Input x", { min: -reach, max: reach, step: reach / 100, shown: (x) => x.toFixed(2) }),
  );
  const picture = draw("svg", {
    viewBox: `0 0 ${WIDE + LEFT + 14} ${2 * (HIGH + GAP) + 20}`, width: WIDE + LEFT + 14, role: "img",
    "aria-label": "The function above, its derivative below, a point on both",
    on: { pointerdown: drag, pointermove: drag }, style: "touch-action: none; max-width: 100%",
  });
  stage.append(picture);
  const across = (x) => LEFT + (WIDE * (x + reach)) / (2 * reach);
  let panels = [];

  function drag(event) {
    if (!event.buttons) return;
    const box = picture.getBoundingClientRect();
    const at = ((event.clientX - box.left) * (WIDE + LEFT + 14)) / box.width;
    const x = ((at - LEFT) / WIDE) * 2 * reach - reach;
    send(model, "x", Math.max(-reach, Math.min(reach, Math.round((x * 100) / reach) * reach / 100)));
  }

  function curve(name, title, colour, top) {
    const values = floats(model, name);
    const low = Math.min(0, ...values), high = Math.max(low + 1e-3, 1, ...values);
    const up = (y) => top + HIGH - (HIGH * (y - low)) / (high - low);
    const points = Array.from(values, (y, i) => `${across(-reach + (2 * reach * i) / (values.length - 1))},${up(y)}`);
    const point = draw("circle", { r: 7, fill: colour, stroke: "var(--course-ground)", "stroke-width": 2 });
    const axis = (x1, y1, x2, y2) => draw("line", { x1, y1, x2, y2, stroke: "var(--course-line)" });
    const text = (x, y, said, anchor) => draw("text", { x, y, "text-anchor": anchor, text: said });
    picture.append(
      axis(LEFT, up(0), LEFT + WIDE, up(0)), axis(across(0), top, across(0), top + HIGH),
      text(LEFT - 6, up(high) + 5, high.toPrecision(2), "end"), text(LEFT - 6, up(low) + 5, low.toPrecision(2), "end"),
      text(LEFT, top - 8, title, "start"),
      draw("polyline", { points: points.join(" "), fill: "none", stroke: colour, "stroke-width": 2.5,
        "stroke-dasharray": name === "slopes" ? "7 4" : false }),
      point,
    );
    return { values, up, point };
  }

  function curves() {
    picture.replaceChildren();
    panels = [
      curve("values", "value", "var(--course-value)", 20),
      curve("slopes", "derivative (dashed)", "var(--course-gradient)", 20 + HIGH + GAP),
    ];
    for (const x of [-reach, 0, reach]) {
      picture.append(draw("text", { x: across(x), y: 2 * (HIGH + GAP) + 12, "text-anchor": "middle", text: x }));
    }
    move();
  }

  function move() {
    for (const { values, up, point } of panels) {
      const place = ((model.get("x") + reach) / (2 * reach)) * (values.length - 1);
      const i = Math.min(values.length - 2, Math.floor(place));
      const y = values[i] + (place - i) * (values[i + 1] - values[i]);
      if (values.length) set(point, { cx: across(model.get("x")), cy: up(y) });
    }
    painted();
  }

  listen(model, ["slopes"], curves);
  listen(model, ["x"], move);
  curves();
}

export default { render };
