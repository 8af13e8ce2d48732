// Small arrays as grids of numbers: what a cell says stands in it, colours only help.
const CELL = 40;
const PALE = [0.15, 0.85]; // the ends of the signed table are too dark to be read on

const digits = (value) => (value === 0 ? "0" : String(Number(value.toPrecision(3))).replace("-", "−"));

// The table's colour for a number, red where positive, and ink that can be read on it.
function shade(value, reach) {
  const level = reach ? (value / reach + 1) / 2 : 0.5;
  const place = PALE[0] + (PALE[1] - PALE[0]) * Math.max(0, Math.min(1, level));
  const [red, green, blue] = COLOURS.signed.slice(3 * Math.round(255 * place));
  const dark = 0.3 * red + 0.59 * green + 0.11 * blue < 128;
  return { ground: `rgb(${red}, ${green}, ${blue})`, ink: dark ? "#fff" : "#111" };
}

// A grid with a caption; `attributes` make of it a control. `marks` are sets of cells:
// `edge` is hatched (padding), `best` and `wrong` get a sign of their own.
function number_grid(caption, rows, columns, attributes = {}) {
  const [wide, high] = [columns * CELL, rows * CELL];
  const cells = [];
  const svg = draw("svg", {
    viewBox: `-3 -3 ${wide + 6} ${high + 6}`, width: wide + 6, height: high + 6, class: "course-numbers",
    role: "img", "aria-label": `${caption}, ${rows} by ${columns}`, ...attributes,
  });
  for (let i = 0; i < rows * columns; i++) {
    const [x, y] = [(i % columns) * CELL, Math.floor(i / columns) * CELL];
    const box = draw("rect", { x, y, width: CELL, height: CELL, stroke: "var(--course-line)" });
    const text = draw("text", { x: x + CELL / 2, y: y + CELL / 2 + 5, "text-anchor": "middle" });
    const sign = draw("text", { x: x + CELL - 3, y: y + 12, "text-anchor": "end", class: "course-sign" });
    cells.push({ box, text, sign, said: null });
    svg.append(box, text, sign);
  }
  const framed = draw("rect", { class: "course-frame", fill: "none", "pointer-events": "none" });
  svg.append(framed);

  function fill(values, { edge = [], best = [], wrong = [], reach = null } = {}) {
    const most = reach ?? values.reduce((far, v) => Math.max(far, Number.isNaN(v) ? 0 : Math.abs(v)), 0);
    cells.forEach((cell, i) => {
      const signs = (best.includes(i) ? "▲" : "") + (wrong.includes(i) ? "≠" : "");
      const said = `${values[i]} ${most} ${edge.includes(i)} ${signs}`;
      if (said === cell.said) return;
      cell.said = said;
      const empty = Number.isNaN(values[i]) || values[i] === undefined;
      const { ground, ink } = empty ? { ground: "transparent", ink: "inherit" } : shade(values[i], most);
      set(cell.box, { fill: ground, "stroke-dasharray": edge.includes(i) ? "3 4" : false });
      set(cell.text, {
        style: `fill: ${ink}`, text: empty ? "" : digits(values[i]), opacity: edge.includes(i) ? 0.75 : 1,
      });
      set(cell.sign, { style: `fill: ${ink}`, text: signs });
    });
  }

  function frame_at(row, column, down = 1, across = 1) {
    set(framed, { x: column * CELL, y: row * CELL, width: across * CELL, height: down * CELL });
  }
  const title = make("p", { class: "course-caption", text: caption });
  return { element: make("div", { class: "course-grid" }, title, svg), svg, title, fill, frame_at };
}

// Which cell of the grid is under the pointer, as [row, column].
function cell_under(event, svg, rows, columns) {
  const box = svg.getBoundingClientRect();
  const at = (from, size, count) => Math.max(0, Math.min(count - 1, Math.floor((from / size) * count)));
  return [at(event.clientY - box.top, box.height, rows), at(event.clientX - box.left, box.width, columns)];
}
