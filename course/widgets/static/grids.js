// Small arrays as grids of numbers: what a cell says stands in it, colours only help.
const [CELL, SMALL] = [44, 36]; // pixels, and where there is much to show
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
function number_grid(caption, rows, columns, attributes = {}, cell = CELL) {
  const [wide, high] = [columns * cell, rows * cell];
  const cells = [];
  const svg = draw("svg", {
    viewBox: `-3 -3 ${wide + 6} ${high + 6}`, width: wide + 6, height: high + 6, class: "course-numbers",
    role: "img", "aria-label": `${caption}, ${rows} by ${columns}`, ...attributes,
  });
  for (let i = 0; i < rows * columns; i++) {
    const [x, y] = [(i % columns) * cell, Math.floor(i / columns) * cell];
    const box = draw("rect", { x, y, width: cell, height: cell, stroke: "var(--course-line)" });
    const text = draw("text", { x: x + cell / 2, y: y + cell / 2 + 5, "text-anchor": "middle" });
    const sign = draw("text", { x: x + cell - 3, y: y + 12, "text-anchor": "end", class: "course-sign" });
    cells.push({ box, text, sign, said: null });
    svg.append(box, text, sign);
  }
  const framed = draw("rect", { class: "course-frame", fill: "none", "pointer-events": "none" });
  svg.append(framed);

  function fill(values, { edge = [], best = [], wrong = [], reach = null } = {}) {
    const most = reach ?? values.reduce((far, v) => Math.max(far, Number.isNaN(v) ? 0 : Math.abs(v)), 0);
    cells.forEach((own, i) => {
      const signs = (best.includes(i) ? "▲" : "") + (wrong.includes(i) ? "≠" : "");
      const said = `${values[i]} ${most} ${edge.includes(i)} ${signs}`;
      if (said === own.said) return;
      own.said = said;
      const empty = Number.isNaN(values[i]) || values[i] === undefined;
      const { ground, ink } = empty ? { ground: "transparent", ink: "inherit" } : shade(values[i], most);
      set(own.box, { fill: ground, "stroke-dasharray": edge.includes(i) ? "3 4" : false });
      const written = empty ? "" : digits(values[i]);
      const small = 7.2 * written.length > cell - 2; // so that it does not run over the edge
      set(own.text, {
        style: `fill: ${ink}${small ? "; font-size: 12px" : ""}`, text: written,
        opacity: edge.includes(i) ? 0.75 : 1,
        textLength: 6.8 * written.length > cell - 2 ? cell - 4 : false, lengthAdjust: "spacingAndGlyphs",
      });
      set(own.sign, { style: `fill: ${ink}`, text: signs });
    });
  }

  function frame_at(row, column, down = 1, across = 1) {
    set(framed, { x: column * cell, y: row * cell, width: across * cell, height: down * cell });
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
