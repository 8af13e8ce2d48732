// The parts of a graph's drawing: gates, lines, and the numbers or arrays on them.
const LINE_HIGH = 14;

// A number with four digits, as Python writes it with %.4g.
function four(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "−inf";
  const [digits, power] = value.toExponential(3).split("e");
  if (value !== 0 && (power < -4 || power >= 4)) {
    const exponent = String(Math.abs(power)).padStart(2, "0");
    return `${Number(digits)}e${power < 0 ? "-" : "+"}${exponent}`.replaceAll("-", "−");
  }
  return String(Number(value.toPrecision(4)) + 0).replace("-", "−");
}

const three = (value) => four(Number(value.toPrecision(3)));

// A number that fits into a cell.
function brief(value) {
  const says = [3, 2, 1].map((digits) => four(Number(value.toPrecision(digits))));
  return says.find((each) => each.length < 7) ?? says[2];
}

function cut(numbers, sizes) {
  let end = 0;
  return sizes.map((size) => numbers.slice(end, (end += size)));
}

// One array on a line: a number as text, else cells with their numbers or, if many, a small map.
function block(vertex, x, y, upwards, colour) {
  const kind = upwards ? "course-value" : "course-gradient";
  const ground = draw("rect", { class: "course-new", visibility: "hidden", rx: 3 });
  const group = draw("g", { class: kind, visibility: "hidden" }, ground);
  const style = `fill: ${colour}`;
  const text = (attributes) => draw("text", { "text-anchor": "middle", style, ...attributes });
  if (!vertex.cells) {
    const says = text({ x, y: upwards ? y - 6 : y + 16 });
    group.append(says);
    const fill = ([value]) => {
      set(says, { text: four(value) });
      const wide = 7.6 * says.textContent.length + 8;
      set(ground, { x: x - wide / 2, y: upwards ? y - 20 : y + 3, width: wide, height: 18 });
    };
    return { group, ground, fill };
  }
  const [rows, columns, wide, high] = vertex.cells;
  const lines = vertex.written ? 1 : 2;
  const left = x - (columns * wide) / 2;
  const top = upwards ? y - 5 - rows * high : y + 8 + LINE_HIGH * lines;
  set(ground, { x: left - 2, y: top - 2, width: columns * wide + 4, height: rows * high + 4 });
  group.append(text({ x, y: upwards ? top - 4 - LINE_HIGH * (lines - 1) : y + 16, text: vertex.shape }));
  const range = text({ x, y: upwards ? top - 4 : y + 16 + LINE_HIGH });
  if (!vertex.written) group.append(range);
  const cells = Array.from({ length: vertex.size }, (_, i) => {
    const at = { x: left + (i % columns) * wide, y: top + Math.floor(i / columns) * high };
    const stroke = vertex.written && "var(--course-line)";
    const box = draw("rect", { ...at, width: wide, height: high, stroke });
    const says = draw("text", { x: at.x + wide / 2, y: at.y + high / 2 + 4.5, "text-anchor": "middle" });
    group.append(box);
    if (vertex.written) group.append(says);
    return { box, says };
  });
  const fill = (values, most = 0) => {
    const reach = most || values.reduce((far, value) => Math.max(far, Math.abs(value) || 0), 0);
    set(range, { text: `${three(Math.min(...values))} … ${three(Math.max(...values))}` });
    cells.forEach(({ box, says }, i) => {
      const { ground: tint, ink } = shade(values[i], reach);
      set(box, { fill: tint });
      if (vertex.written) set(says, { text: brief(values[i]), style: `fill: ${ink}; font-size: 12px` });
    });
  };
  return { group, ground, fill };
}

// The gate itself, its name above it and the line that leaves it.
function gate(graph, vertex) {
  const [x, y] = vertex.at;
  const { radius, stub } = graph;
  const middle = x + radius + stub / 2;
  const says = vertex.leaf ? vertex.name : vertex.op;
  const half = Math.max(radius, 4 * says.length + 4);
  const shape = draw("rect", {
    x: x - half, y: y - (vertex.leaf ? 12 : radius), width: 2 * half, height: 2 * (vertex.leaf ? 12 : radius),
    rx: vertex.leaf ? 4 : radius, class: vertex.leaf ? "course-leaf" : "course-gate",
  });
  const value = block(vertex, middle, y, true, "var(--course-value)");
  const gradient = block(vertex, middle, y, false, "var(--course-gradient)");
  const low = vertex.cells ? 18 + vertex.cells[0] * vertex.cells[3] + LINE_HIGH * 2 : 31;
  const held = draw("text", { x: middle, y: y + low, "text-anchor": "middle", visibility: "hidden",
    style: "fill: var(--course-gradient)", text: vertex.held && `≠ ${vertex.held}` });
  const group = draw("g", {},
    draw("line", { x1: x, y1: y, x2: x + radius + stub, y2: y, class: "course-wire" }),
    shape, draw("text", { x, y: y + 5, "text-anchor": "middle", text: says }),
    value.group, gradient.group, held);
  if (!vertex.leaf) group.append(draw("text", {
    x, y: y - radius - 5, "text-anchor": "middle", "font-style": "italic", text: vertex.name }));
  return { group, shape, value, gradient, held };
}
