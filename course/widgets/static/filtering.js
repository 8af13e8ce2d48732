// Sums of products in all windows of a picture, and panels that show pictures with their scale.
const WIDEST = 280; // pixels of the screen for the longer side of a picture
const READABLE = 34; // pixels of the screen for an image's pixel, so that its number fits
const SEEN = 10; // pixels of the screen that a frame has at least

// Four products for each entry of a row of the result: one at a time takes three times as long.
function add_products(out, start, count, x, from, stride, a, b, c, d) {
  for (let j = 0; j < count; j++, from += stride) {
    out[start + j] += a * x[from] + b * x[from + 1] + c * x[from + 2] + d * x[from + 3];
  }
}

// `kernel` is an array of rows, laid on as it is; beyond the picture there are zeros.
function correlate({ rows, columns, values }, kernel, stride, pad) {
  const [down, across] = [kernel.length, kernel[0].length];
  const wide = columns + 2 * pad;
  const padded = new Float64Array((rows + 2 * pad) * wide + 4); // the last row's products end there
  for (let i = 0; i < rows; i++)
    padded.set(values.subarray(i * columns, (i + 1) * columns), (i + pad) * wide + pad);
  const high = Math.floor((rows + 2 * pad - down) / stride) + 1;
  const count = Math.floor((wide - across) / stride) + 1;
  if (high < 1 || count < 1) return null;
  const out = new Float64Array(high * count);
  for (let i = 0; i < high; i++) {
    for (let q = 0; q < down; q++) {
      for (let r = 0; r < across; r += 4) {
        const [a, b = 0, c = 0, d = 0] = kernel[q].slice(r, r + 4);
        add_products(out, i * count, count, padded, (i * stride + q) * wide + r, stride, a, b, c, d);
      }
    }
  }
  return { rows: high, columns: count, values: out };
}

// Which table, and the numbers at its ends. A few strong edges would leave the rest pale, so signed
// colours end at three times the root mean square, if that is less than the largest.
function colours_for({ values }, scale) {
  let low = Infinity, high = -Infinity, squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < low) low = value;
    if (value > high) high = value;
    squares += value * value;
  }
  const far = Math.max(-low, high) || 1;
  const reach = Math.min(far, 3 * Math.sqrt(squares / values.length)) || 1;
  const fitting = low < -0.25 * far ? "signed" : high <= 1.5 ? "grey, 0 to 1" : "magnitude";
  const ends = {
    "grey, 0 to 1": ["grey", 0, 1], signed: ["signed", -reach, reach], magnitude: ["viridis", 0, far],
  };
  return [...ends[scale === "automatic" ? fitting : scale], low, high];
}

// A picture with caption and scale; above it lies an SVG for frames, numbers and the pointer.
function panel(parent, name, attributes = {}) {
  const title = make("p", { class: "course-caption" });
  const pixels = make("canvas", { "aria-hidden": true });
  const over = draw("svg", { role: "img", "aria-label": name, preserveAspectRatio: "none", ...attributes });
  const layers = make("div", { class: "course-layers" }, pixels, over);
  const bar = make("canvas", { width: 128, height: 1, "aria-hidden": true });
  const ends = [0, 1].map(() => make("span"));
  const legend = make("div", { class: "course-legend" }, ends[0], bar, ends[1]);
  const element = make("div", {}, title, layers, legend);
  const framed = draw("rect", { class: "course-frame", fill: "none", "vector-effect": "non-scaling-stroke" });
  const texts = draw("g", { "aria-hidden": true });
  over.append(texts, framed);
  parent.append(element);
  let size = "", table_shown = "", cell = 1;

  function show(found, scale) {
    element.hidden = !found;
    if (!found) return;
    const { rows, columns, values } = found;
    cell = Math.min(48, WIDEST / Math.max(rows, columns));
    if (size !== `${rows} ${columns}`) {
      size = `${rows} ${columns}`;
      set(pixels, { width: columns, height: rows });
      set(over, { viewBox: `0 0 ${columns} ${rows}` });
      layers.style.width = `${columns * cell}px`;
      layers.style.height = `${rows * cell}px`;
      element.style.width = `${Math.max(170, columns * cell)}px`;
    }
    const [table, low, high, least, most] = colours_for(found, scale);
    paint(pixels, values, table, low, high);
    if (table !== table_shown) {
      paint(bar, Float32Array.from({ length: 128 }, (_, i) => i), table, 0, 127);
      table_shown = table;
    }
    ends[0].textContent = (least < low ? "≤ " : "") + digits(low);
    ends[1].textContent = (most > high ? "≥ " : "") + digits(high);
    title.textContent = `${name}, ${rows}×${columns}: ${digits(least)} to ${digits(most)}`;
    write(found, cell >= READABLE, [table, low, high]);
  }

  function write({ columns, values }, readable, [table, low, high]) {
    if (!readable) return texts.replaceChildren();
    texts.replaceChildren(...Array.from(values, (value, i) => {
      const level = Math.max(0, Math.min(1, (value - low) / (high - low)));
      const [red, green, blue] = COLOURS[table].slice(3 * Math.round(255 * level));
      const ink = 0.3 * red + 0.59 * green + 0.11 * blue < 128 ? "#fff" : "#111";
      const at = { x: (i % columns) + 0.5, y: Math.floor(i / columns) + 0.5 };
      const put = { "text-anchor": "middle", "dominant-baseline": "central" };
      return draw("text", { ...at, ...put, text: digits(value), style: `fill: ${ink}; font-size: 0.36px` });
    }));
  }
  function frame_at(row, column, down, across) { // a small window in a large picture is framed wider
    const [high, wide] = [down, across].map((count) => Math.max(count, SEEN / cell));
    set(framed, {
      x: column - (wide - across) / 2, y: row - (high - down) / 2, width: wide, height: high,
      style: cell < READABLE ? "stroke-width: 2px" : false,
    });
  }
  return { element, over, show, frame_at };
}

// A photograph from a file: shrunk to fit, grey, as {rows, columns, values}.
async function read_file(file, longest) {
  const bitmap = await createImageBitmap(file);
  const factor = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const [columns, rows] = [bitmap.width, bitmap.height].map((n) => Math.max(1, Math.round(n * factor)));
  const canvas = make("canvas", { width: columns, height: rows });
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0, columns, rows);
  const { data } = context.getImageData(0, 0, columns, rows);
  const values = Float32Array.from({ length: rows * columns }, (_, i) =>
    (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]) / 255);
  return { rows, columns, values };
}
