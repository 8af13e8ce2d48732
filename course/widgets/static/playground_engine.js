// The network that learns in the page, in plain arrays of doubles. Nothing here touches the page; the
// tests hold its losses, gradients and steps against NumPy's.

const ROW = 60; // cells along a side of the plane's grid, which has ROW + 1 nodes along a side
const KEPT = 400; // points of a curve, before every second is let go

// Each: the value of an input, and the slope told from that value.
const BENDS = {
  relu: [(z) => (z > 0 ? z : 0), (a) => (a > 0 ? 1 : 0)],
  tanh: [Math.tanh, (a) => 1 - a * a],
  sigmoid: [(z) => 1 / (1 + Math.exp(-z)), (a) => a * (1 - a)],
  linear: [(z) => z, () => 1],
};

// Each: the loss of one example, whose K scores begin at `at`; its slopes are written into d.
const LOSSES = {
  "cross-entropy": (s, d, at, k, label) => {
    let top = -Infinity, total = 0;
    for (let j = at; j < at + k; j++) if (s[j] > top) top = s[j];
    for (let j = at; j < at + k; j++) total += d[j] = Math.exp(s[j] - top);
    for (let j = at; j < at + k; j++) d[j] /= total;
    d[at + label] -= 1;
    return Math.log(total) - (s[at + label] - top);
  },
  hinge: (s, d, at, k, label) => {
    let loss = 0;
    d[at + label] = 0;
    for (let j = 0; j < k; j++) {
      if (j === label) continue;
      const over = s[at + j] - s[at + label] + 1;
      d[at + j] = over > 0 ? 1 : 0;
      if (over > 0) [loss, d[at + label]] = [loss + over, d[at + label] - 1];
    }
    return loss;
  },
  "squared error": (s, d, at, k, label) => {
    let loss = 0;
    for (let j = 0; j < k; j++) {
      d[at + j] = s[at + j] - (j === label ? 1 : 0);
      loss += d[at + j] ** 2 / 2;
    }
    return loss;
  },
};

// Each: how far one weight moves, of gradient g, with its two memories at m[i] and v[i], in step t.
const RULES = {
  sgd: (g, rate) => rate * g,
  momentum: (g, rate, m, v, i) => rate * (m[i] = 0.9 * m[i] + g),
  adagrad: (g, rate, m, v, i) => (rate * g) / (Math.sqrt((v[i] += g * g)) + 1e-8),
  rmsprop: (g, rate, m, v, i) => (rate * g) / (Math.sqrt((v[i] = 0.9 * v[i] + 0.1 * g * g)) + 1e-8),
  adam: (g, rate, m, v, i, t) => {
    m[i] = 0.9 * m[i] + 0.1 * g;
    v[i] = 0.999 * v[i] + 0.001 * g * g;
    return (rate * m[i]) / (1 - 0.9 ** t) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
  },
};

// Where each layer's weights (rows by columns) and biases begin in the one array of all.
function layersOf(sizes) {
  let end = 0;
  return sizes.slice(1).map((columns, l) => {
    const layer = { rows: sizes[l], columns, w: end, b: end + sizes[l] * columns };
    end = layer.b + columns;
    return layer;
  });
}

function network(sizes, activation, normals, spread) {
  const layers = layersOf(sizes);
  const last = layers[layers.length - 1];
  const weights = new Float64Array(last.b + last.columns);
  let used = 0;
  for (const { rows, w, b } of layers) {
    for (let i = w; i < b; i++) weights[i] = Math.fround((spread * normals[used++]) / Math.sqrt(rows));
  }
  return { sizes, layers, activation, weights };
}

// The outputs of all layers for n points, the points themselves first, the scores last.
function forward({ layers, activation, weights }, x, n) {
  const bend = BENDS[activation][0];
  const outs = [x];
  layers.forEach(({ rows, columns, w, b }, l) => {
    const from = outs[l], out = new Float64Array(n * columns), column = new Float64Array(rows);
    for (let j = 0; j < columns; j++) {
      for (let d = 0; d < rows; d++) column[d] = weights[w + d * columns + j];
      for (let i = 0, at = 0; i < n; i++) {
        let sum = weights[b + j];
        for (let d = 0; d < rows; d++) sum += from[at++] * column[d];
        out[i * columns + j] = sum;
      }
    }
    if (l < layers.length - 1) for (let i = 0; i < out.length; i++) out[i] = bend(out[i]);
    outs.push(out);
  });
  return outs;
}

// The gradient of every weight and bias, from that of the scores.
function backward({ layers, activation, weights }, outs, dscores, n) {
  const slope = BENDS[activation][1];
  const grads = new Float64Array(weights.length);
  let dout = dscores;
  for (let l = layers.length - 1; l >= 0; l--) {
    const { rows, columns, w, b } = layers[l];
    const [from, din] = [outs[l], new Float64Array(n * rows)];
    for (let i = 0; i < n; i++) {
      const to = i * columns;
      for (let j = 0; j < columns; j++) grads[b + j] += dout[to + j];
      for (let d = 0; d < rows; d++) {
        const value = from[i * rows + d], row = w + d * columns;
        let sum = 0;
        for (let j = 0; j < columns; j++) {
          grads[row + j] += value * dout[to + j];
          sum += weights[row + j] * dout[to + j];
        }
        din[i * rows + d] = l ? sum * slope(value) : 0;
      }
    }
    dout = din;
  }
  return grads;
}

// Mean loss and share of right answers, with what `backward` needs; NaN where there are no points.
function measure(net, loss, { x, labels }) {
  const n = labels.length;
  const outs = forward(net, x, n);
  const scores = outs[outs.length - 1];
  const k = net.sizes[net.sizes.length - 1];
  const dscores = new Float64Array(n * k);
  let [sum, right] = [0, 0];
  for (let i = 0; i < n; i++) {
    sum += LOSSES[loss](scores, dscores, i * k, k, labels[i]);
    if (winner(scores, i * k, k) === labels[i]) right++;
  }
  for (let i = 0; i < dscores.length; i++) dscores[i] /= n;
  return { loss: sum / n, right: right / n, outs, dscores };
}

function winner(scores, at, k) {
  let best = 0;
  for (let j = 1; j < k; j++) if (scores[at + j] > scores[at + best]) best = j;
  return best;
}

// The gradient of the loss and of l2 times the squared weights; biases are not held small.
function gradients(net, loss, l2, data) {
  const { outs, dscores } = measure(net, loss, data);
  const grads = backward(net, outs, dscores, data.labels.length);
  for (const { w, b } of net.layers) for (let i = w; i < b; i++) grads[i] += 2 * l2 * net.weights[i];
  return grads;
}

function memory(net) {
  return { t: 0, m: new Float64Array(net.weights.length), v: new Float64Array(net.weights.length) };
}

function move(net, grads, rule, rate, kept) {
  const far = RULES[rule];
  kept.t++;
  for (let i = 0; i < grads.length; i++) net.weights[i] -= far(grads[i], rate, kept.m, kept.v, i, kept.t);
}

// Batches of a shuffled pass after the other, by Park and Miller's generator: the kernel draws the same.
function batches(seed) {
  let [state, order, at] = [seed + 1, [], 0];
  const drawn = (below) => (state = (state * 48271) % 2147483647) % below;
  for (let i = 0; i < 10; i++) drawn(1);
  return (n, size) => {
    if (order.length !== n || at >= n) {
      [order, at] = [Array.from({ length: n }, (_, i) => i), 0];
      for (let i = n - 1; i > 0; i--) {
        const j = drawn(i + 1);
        [order[i], order[j]] = [order[j], order[i]];
      }
    }
    return order.slice(at, (at += size));
  };
}

function chosen({ x, labels }, rows) {
  const part = new Float64Array(2 * rows.length);
  rows.forEach((row, i) => part.set(x.subarray(2 * row, 2 * row + 2), 2 * i));
  return { x: part, labels: rows.map((row) => labels[row]) };
}

// The nodes of a grid over the window [middle x, middle y, reach], from the top left, row by row.
function grid([x, y, reach]) {
  const nodes = new Float64Array(2 * (ROW + 1) ** 2);
  for (let i = 0, at = 0; i <= ROW; i++) {
    for (let j = 0; j <= ROW; j++, at += 2) {
      nodes[at] = x + reach * ((2 * j) / ROW - 1);
      nodes[at + 1] = y + reach * (1 - (2 * i) / ROW);
    }
  }
  return nodes;
}

// A curve keeps at most KEPT points: of every step, then of every second, of every fourth.
function curve() {
  return { every: 1, points: [] };
}

function keep(line, step, train, test) {
  if (step % line.every) return;
  line.points.push([step, train, test]);
  if (line.points.length < KEPT) return;
  line.every *= 2;
  line.points = line.points.filter(([at]) => at % line.every === 0);
}
