// One entry of a map from close by: the window below it, times the filter, and what they make.
const CLOSE = { conv1: 28, conv2: 13, pool1: 34, pool2: 34 };

// What entry (row, column) of a layer was made of: its windows in the layer below, with filters if any.
function ingredients(layer, { channel, row, column }, stages, mapsOf, weights) {
  const below = { conv1: "image", pool1: "conv1", conv2: "pool1", pool2: "conv2" }[layer];
  const under = below === "image" ? { channels: 1, side: PIXELS } : stages[below];
  const size = layer.startsWith("conv") ? 5 : 2;
  const [top, left] = layer.startsWith("conv") ? [row, column] : [2 * row, 2 * column];
  const source = mapsOf(below);
  const channels = layer.startsWith("conv") ? [...Array(under.channels).keys()] : [channel];
  const windows = channels.map((c) => Float32Array.from({ length: size * size }, (_, i) =>
    source[(c * under.side + top + Math.floor(i / size)) * under.side + left + (i % size)]));
  if (size === 2) return { below, size, channels, windows };
  const w = layer === "conv1" ? weights.w1 : weights.w2, b = layer === "conv1" ? weights.b1 : weights.b2;
  const area = size * size;
  const filters = channels.map((c) => w.subarray((channel * channels.length + c) * area).subarray(0, area));
  const sums = windows.map((window, n) => window.reduce((sum, x, i) => sum + x * filters[n][i], 0));
  return { below, size, channels, windows, filters, sums, bias: b[channel] };
}

// In words; the student's number stands beside it where it is another one.
function recipe(layer, found, value) {
  const sum = (found.sums ?? []).reduce((a, b) => a + b, 0);
  const total = sum + found.bias;
  const made = found.sums ? Math.max(0, total) : Math.max(...found.windows[0]);
  const near = Math.abs(made - value) <= 1e-3 * Math.max(1, Math.abs(made));
  const shown = found.sums
    ? `products ${short(sum)}, bias ${short(found.bias)}: ${short(total)}; the ReLU makes ${short(made)}`
    : `the largest of ${[...found.windows[0]].map(short).join(", ")} is ${short(made)}`;
  return near ? shown : `${shown}. But feature_maps says ${short(value)}: look at ${layer} again`;
}

function closeUp() {
  const heading = make("p", { style: "font-weight: 600; font-size: 13px" });
  const canvas = make("canvas", { role: "img", height: 200, width: 640 });
  canvas.style.cssText = "border: 0; display: block";
  const labels = draw("svg", { "aria-hidden": true, style: "position: absolute; left: 0; top: 0" });
  const said = make("p", { "data-recipe": true });
  const context = canvas.getContext("2d");

  function grid(values, size, left, top, cell, table, low, high, numbers) {
    const colours = COLOURS[table];
    values.forEach((value, i) => {
      const entry = 3 * within(Math.round((255 * (value - low)) / (high - low || 1)), 255);
      const [red, green, blue] = colours.slice(entry, entry + 3);
      const [x, y] = [left + (i % size) * cell, top + Math.floor(i / size) * cell];
      context.fillStyle = `rgb(${red}, ${green}, ${blue})`;
      context.fillRect(x, y, cell - 1, cell - 1);
      if (!numbers) return;
      context.fillStyle = 0.3 * red + 0.59 * green + 0.11 * blue < 128 ? "#fff" : "#000";
      context.fillText(value.toFixed(1).replace("-", "−"), x + cell / 2, y + cell / 2);
    });
  }

  function show(layer, cell, found, value) {
    const side = CLOSE[layer] * found.size, roomy = CLOSE[layer] > 20;
    const width = found.channels.length * (side + 26) + (roomy ? side + 40 : 70);
    resize(canvas, width, roomy ? side + 26 : 2 * side + 70);
    context.clearRect(0, 0, canvas.width, canvas.height);
    Object.assign(context, { font: "12px sans-serif", textAlign: "center", textBaseline: "middle" });
    const most = Math.max(1e-6, ...found.windows.map((window) => Math.max(...window)));
    const weights = (found.filters ?? []).flatMap((filter) => [...filter]);
    const reach = Math.max(1e-6, ...weights.map(Math.abs));
    set(labels, { width: canvas.width, height: canvas.height });
    labels.replaceChildren();
    const tell = (text, x, y) =>
      labels.append(draw("text", { x, y: y + 4, text, "text-anchor": "middle" }));
    const table = found.below === "image" ? "grey" : "viridis";
    found.windows.forEach((window, n) => {
      const left = roomy ? 0 : n * (side + 26) + 70;
      grid(window, found.size, left, 22, CLOSE[layer], table, 0, most, roomy);
      tell(roomy ? "window" : `map ${n}`, left + side / 2, 10);
      if (!found.filters) return;
      const [x, y] = roomy ? [side + 40, 22] : [left, side + 40];
      grid(found.filters[n], found.size, x, y, CLOSE[layer], "signed", -reach, reach, roomy);
      if (roomy) {
        tell("×", side + 20, 22 + side / 2);
        tell("filter", x + side / 2, 10);
      } else tell(short(found.sums[n]), left + side / 2, y + side + 12);
    });
    if (!roomy) {
      tell("windows", 32, 22 + side / 2);
      tell("× filters", 32, 40 + 1.5 * side);
      tell("sums", 32, 52 + 2 * side);
    }
    const place = `${layer}[${cell.channel}, ${cell.row}, ${cell.column}]`;
    heading.textContent = `How ${place} is made of ${found.below}`;
    said.textContent = recipe(layer, found, value);
    set(canvas, { "aria-label": `The window in ${found.below}${found.filters ? " and the filter" : ""}` });
  }
  const close = make("div", { style: "position: relative; overflow-x: auto" }, canvas, labels);
  return { element: make("div", {}, heading, close, said), show };
}
