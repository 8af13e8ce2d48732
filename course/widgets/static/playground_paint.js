// What is painted anew with each frame: the plane, the network with what each unit makes of the plane,
// the curves. Class colours are those of the lesson's pictures; marks and digits say the same.

const CELL = 6, WIDE = CELL * ROW;
const DEEP = [[11, 79, 138], [179, 64, 10], [46, 125, 50], [91, 42, 134]];
const [NET_WIDE, NET_HIGH, HEAD, UNIT] = [500, 370, 24, 44];
const [POSITIVE, NEGATIVE] = ["#d6604d", "#4393c3"];
const css = (label) => `rgb(${DEEP[label].join(",")})`;

// The regions: each pixel gets the class whose interpolated score wins, deeper where its lead is large.
function regions(image, labels, scores, k) {
  const across = ROW + 1, leads = new Float64Array(across * across), wins = new Uint8Array(across * across);
  for (let node = 0; node < wins.length; node++) {
    const best = (wins[node] = winner(scores, node * k, k));
    let total = 0;
    for (let j = 0; j < k; j++) total += Math.exp(scores[node * k + j] - scores[node * k + best]);
    leads[node] = (1 / total - 1 / k) / (1 - 1 / k);
  }
  for (let row = 0; row < ROW; row++) {
    for (let column = 0; column < ROW; column++) {
      const a = row * across + column, b = a + 1, c = a + across, d = c + 1;
      const mixed = wins[a] !== wins[b] || wins[a] !== wins[c] || wins[a] !== wins[d];
      for (let y = 0; y < CELL; y++) {
        const down = (y + 0.5) / CELL, at = (row * CELL + y) * WIDE + column * CELL;
        const first = leads[a] + down * (leads[c] - leads[a]), last = leads[b] + down * (leads[d] - leads[b]);
        for (let x = 0; x < CELL; x++) {
          const right = (x + 0.5) / CELL;
          let label = wins[a], most = -Infinity;
          for (let j = 0; mixed && j < k; j++) {
            const score = (1 - down) * ((1 - right) * scores[a * k + j] + right * scores[b * k + j])
              + down * ((1 - right) * scores[c * k + j] + right * scores[d * k + j]);
            if (score > most) {
              most = score;
              label = j;
            }
          }
          labels[at + x] = label;
          tint(image.data, 4 * (at + x), DEEP[label], 0.1 + 0.36 * (first + right * (last - first)));
        }
      }
    }
  }
  for (let pixel = 0; pixel < labels.length - WIDE; pixel++) {
    if (labels[pixel] === labels[pixel + 1] && labels[pixel] === labels[pixel + WIDE]) continue;
    if ((pixel + 1) % WIDE) image.data.fill(40, 4 * pixel, 4 * pixel + 3);
  }
}

function tint(bytes, at, deep, depth) {
  bytes[at] = 255 + depth * (deep[0] - 255);
  bytes[at + 1] = 255 + depth * (deep[1] - 255);
  bytes[at + 2] = 255 + depth * (deep[2] - 255);
  bytes[at + 3] = 255;
}

// The background stays as it was while the scores do: a drag of the noise only moves the points.
const backgrounds = new WeakMap();

function background(context, scores, k) {
  let image = backgrounds.get(scores);
  if (!image) {
    const labels = new Uint8Array(WIDE * WIDE);
    backgrounds.set(scores, (image = context.createImageData(WIDE, WIDE)));
    regions(image, labels, scores, k);
    image.labels = labels;
  }
  context.putImageData(image, 0, 0);
  context.font = "bold 13px sans-serif";
  for (let y = 30; y < WIDE; y += 60) {
    for (let x = 30; x < WIDE; x += 60) {
      const label = image.labels[y * WIDE + x];
      context.fillStyle = css(label);
      context.fillText(label, x - 4, y + 5);
    }
  }
}

// One column of the layer's outputs, spread smoothly over the plane.
function smooth(context, values, from, columns) {
  const small = picture("", ROW + 1, ROW + 1, 1);
  const one = Float64Array.from({ length: (ROW + 1) ** 2 }, (_, node) => values[node * columns + from]);
  const [table, low, high] = scaleOf(one);
  paint(small, one, table, low, high);
  context.imageSmoothingEnabled = true;
  const side = (WIDE * (ROW + 1)) / ROW;
  context.drawImage(small, (WIDE - side) / 2, (WIDE - side) / 2, side, side);
}

function scaleOf(values) {
  let low = 0, high = 0;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const reach = Math.max(high, -low) || 1;
  return low < 0 ? ["signed", -reach, reach] : ["viridis", 0, reach];
}

function dots(context, { x, labels }, [middle, height, reach], hollow) {
  const at = (value, zero, sign) => WIDE / 2 + (sign * (value - zero) * WIDE) / (2 * reach);
  for (const label of new Set(labels)) {
    const path = new Path2D();
    labels.forEach((each, i) => {
      if (each === label) mark(path, at(x[2 * i], middle, 1), at(x[2 * i + 1], height, -1), label, 4);
    });
    context.fillStyle = hollow ? "white" : css(label);
    context.strokeStyle = hollow ? css(label) : "white";
    context.lineWidth = hollow ? 1.4 : 0.8;
    context.fill(path);
    context.stroke(path);
  }
}

// A circle, square, diamond or triangle, by class.
function mark(path, x, y, label, r) {
  if (label === 0) {
    path.moveTo(x + r, y);
    return path.arc(x, y, r, 0, 7);
  }
  const corners = [[], [[-1, -1], [1, -1], [1, 1], [-1, 1]], [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
    [[0, -1.2], [1.2, 1], [-1.2, 1]]][label];
  corners.forEach(([dx, dy], i) => path[i ? "lineTo" : "moveTo"](x + 0.9 * r * dx, y + 0.9 * r * dy));
  path.closePath();
}

function paintPlane(canvas, lab, unit, cursor) {
  const context = canvas.getContext("2d");
  if (unit.length) smooth(context, lab.maps[unit[0]], unit[1] - 1, lab.net.sizes[unit[0]]);
  else if (lab.scores) background(context, lab.scores, lab.classes);
  else context.clearRect(0, 0, WIDE, WIDE);
  dots(context, lab.test, lab.window, true);
  dots(context, lab.train, lab.window, false);
  if (!cursor) return;
  context.strokeStyle = "black";
  context.lineWidth = 1.5;
  const [x, y, reach] = lab.window;
  const far = cursor.map((each, i) => ((each - [x, y][i]) * WIDE) / (2 * reach));
  context.strokeRect(WIDE / 2 + far[0] - 7, WIDE / 2 - far[1] - 7, 14, 14);
}

// Where each unit's map stands: columns of units, the inputs first.
function layout(sizes) {
  const step = (NET_WIDE - UNIT) / (sizes.length - 1);
  return sizes.map((n, l) => {
    const side = Math.min(UNIT, Math.floor((NET_HIGH - HEAD) / n) - 4), gap = (NET_HIGH - HEAD) / n;
    return Array.from({ length: n }, (_, j) => ({
      x: l * step + (UNIT - side) / 2, y: HEAD + gap * (j + 0.5) - side / 2, side,
    }));
  });
}

// The unit [layer, unit] at a place of the network's picture, or [].
function unitAt(sizes, x, y) {
  const columns = layout(sizes).slice(1);
  for (const [l, column] of columns.entries()) {
    const j = column.findIndex((at) => x >= at.x && x <= at.x + at.side && y >= at.y && y <= at.y + at.side);
    if (j >= 0) return [l + 1, j + 1];
  }
  return [];
}

function paintNet(canvas, svg, lab, unit) {
  const places = layout(lab.net.sizes), context = canvas.getContext("2d");
  context.clearRect(0, 0, NET_WIDE, NET_HIGH);
  svg.replaceChildren(...lines(lab.net, places));
  places.forEach((column, l) => {
    const name = l === 0 ? "inputs" : l === places.length - 1 ? "scores" : `layer ${l}`;
    const middle = column[0].x + column[0].side / 2;
    svg.append(draw("text", { x: middle, y: 14, "text-anchor": "middle", text: name }));
    column.forEach((place, j) => {
      const constant = thumb(context, lab.maps[l], j, column.length, place);
      const here = unit[0] === l && unit[1] === j + 1;
      const { x, y, side } = place;
      svg.append(draw("rect", { x, y, width: side, height: side, fill: "none", stroke: here
        ? "var(--course-mark)" : "var(--course-line)", "stroke-width": here ? 4 : 1 }));
      if (constant) svg.append(draw("path", { d: `M${x},${y}l${side},${side}m0,${-side}l${-side},${side}`,
        stroke: "#999", "stroke-width": 1.5 }));
    });
  });
}

// A unit's map, small; tells whether the unit gives the same everywhere.
function thumb(context, values, from, columns, { x, y, side }) {
  const one = new Float64Array(side * side), small = picture("", side, side, 1);
  for (let row = 0, at = 0; row < side; row++) {
    const down = Math.round((row * ROW) / (side - 1)) * (ROW + 1);
    for (let column = 0; column < side; column++) {
      one[at++] = values[(down + Math.round((column * ROW) / (side - 1))) * columns + from];
    }
  }
  paint(small, one, ...scaleOf(one));
  context.drawImage(small, Math.round(x), Math.round(y));
  return one.every((value) => value === one[0]);
}

// All weights in eight paths: of either sign, four widths.
function lines({ layers, weights }, places) {
  const paths = Array.from({ length: 8 }, () => []);
  layers.forEach(({ rows, columns, w, b }, l) => {
    let most = 1e-12;
    for (let i = w; i < b; i++) most = Math.max(most, Math.abs(weights[i]));
    for (let d = 0; d < rows; d++) {
      for (let j = 0; j < columns; j++) {
        const weight = weights[w + d * columns + j], size = Math.ceil((4 * Math.abs(weight)) / most) - 1;
        const [from, to] = [places[l][d], places[l + 1][j]];
        if (Math.abs(weight) < 0.05 * most) continue;
        const end = `${to.x},${to.y + to.side / 2}`;
        paths[(weight < 0 ? 4 : 0) + size].push(`M${from.x + from.side},${from.y + from.side / 2}L${end}`);
      }
    }
  });
  return paths.map((parts, i) => draw("path", {
    d: parts.join(""), fill: "none", "stroke-width": 0.6 + 1.2 * (i % 4),
    stroke: i < 4 ? POSITIVE : NEGATIVE, "stroke-dasharray": i < 4 ? false : "5 3",
  }));
}
