// Two networks side by side; for each a row per layer (the norm of its gradient, the sizes of the
// gradient's entries, the update over the weights) and below it the film of the norms.
const [FLOOR, CEILING] = [-8, 2];
const ROW = 24, TOP = 60, NORM = [24, 132], ENTRIES = [206, 310], RATIO = [330, 392], ACROSS = 456;
const NORM_ENDS = 192;
const HEALTHY = [-4, -2];
const FILM = 400;
const PAUSE = 90;
const MOST = 100;

function render({ model, el }) {
  const { controls, stage, painted } = frame(model, el, "Gradient flow, layer by layer");
  const still = { shown: (at) => `step ${at * model.get("stride")}` };
  const play = button(STILL ? "Next frame" : "Play", () => (STILL ? onward() : run(!running)));
  const shown = slider(model, "shown", "Look at", { min: 0, max: 0, ...still });
  controls.append(
    play, button("One frame", onward), button("Start afresh", () => { run(false); afresh(); }),
    shown,
    number("layers", "Layers", 2, 12, 1), number("rate", "Rate", 0.0001, 10, "any"),
    number("stride", "Steps a frame", 1, 50, 1),
  );
  const sides = ["a", "b"].map((side, at) => network(side, at));
  if (STILL) controls.children[1].remove();
  let running = false, timer = 0;

  function number(name, label, min, max, step) {
    const input = make("input", { type: "number", min, max, step, on: { change: () => {
      if (input.value && input.checkValidity()) send(model, name, Number(input.value));
      else input.value = model.get(name);
    } } });
    const follow = () => (input.value = model.get(name));
    listen(model, [name], follow);
    follow();
    return labelled(label, input);
  }

  function run(on) {
    running = on;
    play.textContent = STILL ? "Next frame" : running ? "Pause" : "Play";
    clearTimeout(timer);
    if (running) onward();
  }

  function afresh() {
    send(model, "restarts", model.get("restarts") + 1);
  }

  function onward() {
    const measured = model.get("measured");
    if (model.get("problem")) return afresh();
    if (measured >= MOST) return run(false);
    if (model.get("shown") < measured - 1) send(model, "shown", measured - 1);
    send(model, "wanted", measured + 1);
  }

  // A choice of two lists, and what the weights at the start are multiplied by.
  function network(side, at) {
    const name = `Network ${side.toUpperCase()}`;
    const pick = (place, label, options) => {
      const select = make("select", { on: { change: () => {
        const pair = [...model.get(side)];
        pair[place] = select.value;
        send(model, side, pair);
      } } }, ...options.map((each) => make("option", { value: each, text: each })));
      const follow = () => (select.value = model.get(side)[place]);
      listen(model, [side], follow);
      follow();
      return labelled(label, select);
    };
    const picture = draw("svg", { role: "img", style: "max-width: 100%" });
    const film = make("canvas", { role: "img" });
    const pointer = make("div", { text: "▲", "aria-hidden": true, style: "line-height: 1" });
    const caption = make("p");
    stage.append(make("div", { style: `width: ${ACROSS}px` },
      make("div", { class: "course-controls" },
        pick(0, `${name}: activation`, model.get("activations")), pick(1, "weights", model.get("schemes")),
        gain(side)),
      picture, make("div", {}, film), pointer, caption,
    ));
    return { side, at, name, picture, film, pointer, caption };
  }

  function gain(side) {
    const span = { min: 0.1, max: 5, step: 0.1, shown: (x) => x.toFixed(1) };
    const control = slider(model, `${side}_gain`, "weights times", span);
    control.querySelector("input").style.width = "150px";
    return control;
  }

  // What one network has of an array (measured, 2, layers, …).
  function part(values, frame, at, each) {
    const from = (2 * frame + at) * each;
    return values.subarray(from, from + each);
  }

  function show() {
    const measured = model.get("measured"), layers = model.get("layers");
    const at = Math.min(model.get("shown"), measured - 1);
    set(shown.querySelector("input"), { max: Math.max(0, measured - 1) });
    shown.querySelector("input").value = model.get("shown");
    const norms = floats(model, "norms"), ratios = floats(model, "ratios"), losses = floats(model, "losses");
    const shares = bytes(model.get("shares"));
    const bins = measured ? shares.length / (2 * measured * layers) : 0;
    for (const side of sides) {
      side.picture.replaceChildren();
      if (at < 0 || norms.length !== 2 * measured * layers) continue;
      const now = {
        norms: part(norms, at, side.at, layers), ratios: part(ratios, at, side.at, layers),
        shares: part(shares, at, side.at, layers * bins), loss: losses[2 * at + side.at], bins,
      };
      rows(side, now, layers);
      film(side, norms, measured, layers, at);
    }
    painted();
  }

  function rows({ side, name, picture }, now, layers) {
    const high = TOP + ROW * layers + 24;
    const title = `${name}, ${model.get(side).join(" with ")}: loss ${short(now.loss)}`;
    set(picture, { viewBox: `0 0 ${ACROSS} ${high}`, width: ACROSS, "aria-label":
      `${title}. Norms of the gradients, first layer first: ${Array.from(now.norms, short).join(", ")}` });
    const text = (x, y, said, anchor = "start") => draw("text", { x, y, "text-anchor": anchor, text: said });
    const low = high - 22, usual = place(HEALTHY[0], RATIO);
    picture.append(
      text(0, 16, title), text(NORM[0], 38, "norm of"), text(NORM[0], 54, "the gradient"),
      text(ENTRIES[0], 38, "sizes of"), text(ENTRIES[0], 54, "its entries"),
      text(RATIO[0], 38, "update / weights"), text(RATIO[0], 54, "(dashed: usual)"),
      draw("rect", { x: usual, y: TOP, width: place(HEALTHY[1], RATIO) - usual, height: low - TOP,
        fill: "none", stroke: "var(--course-line)", "stroke-dasharray": "4 3" }),
      
    );
    for (const power of [-8, -4, 0]) for (const span of [NORM, RATIO]) {
      if (power === -4 && span === RATIO) continue;
      const x = place(power, span);
      picture.append(mark(x, low), text(x, low + 17, power10(power), "middle"));
    }
    const [first, last] = model.get("powers");
    for (const power of [-12, -6, 0]) {
      const x = ENTRIES[0] + ((power - first) / (last - first)) * (ENTRIES[1] - ENTRIES[0]);
      picture.append(mark(x, low), text(x, low + 17, power10(power), "middle"));
    }
    for (let layer = 0; layer < layers; layer++) {
      const y = TOP + ROW * layer, end = place(Math.log10(now.norms[layer]), NORM);
      const x = place(Math.log10(now.ratios[layer]), RATIO), middle = y + ROW / 2;
      picture.append(
        text(17, middle + 5, layer + 1, "end"),
        draw("rect", { x: NORM[0], y: y + 5, width: Math.max(1, end - NORM[0]), height: ROW - 10,
          fill: "var(--course-value)", "data-norm": now.norms[layer] }),
        text(NORM_ENDS, middle + 5, short(now.norms[layer]), "end"),
        draw("path", { d: hills(now.shares.subarray(layer * now.bins, (layer + 1) * now.bins), y + ROW - 2),
          fill: "var(--course-gradient)" }),
        draw("path", { d: `M ${x - 6} ${middle} l 6 -6 l 6 6 l -6 6 z`, fill: "var(--course-mark)" }),
        text(ACROSS, middle + 5, short(now.ratios[layer]), "end"),
      );
    }
  }

  function mark(x, low) {
    const look = { stroke: "var(--course-line)", "stroke-opacity": 0.4 };
    return draw("line", { x1: x, x2: x, y1: TOP, y2: low, ...look });
  }

  // Each layer's histogram, as tall as its row.
  function hills(shares, low) {
    const wide = (ENTRIES[1] - ENTRIES[0]) / shares.length;
    let path = `M ${ENTRIES[0]} ${low}`;
    shares.forEach((share, bin) => {
      const x = ENTRIES[0] + bin * wide;
      path += ` V ${low - (share / 255) * (ROW - 5)} H ${x + wide}`;
    });
    return `${path} V ${low} Z`;
  }

  function film({ at, name, film, pointer, caption }, norms, measured, layers, now) {
    const values = new Float32Array(measured * layers);
    for (let frame = 0; frame < measured; frame++) {
      part(norms, frame, at, layers).forEach((norm, layer) => {
        values[layer * measured + frame] = inside(Math.log10(norm));
      });
    }
    set(film, { width: measured, height: layers,
      style: `width: ${FILM}px; height: ${9 * layers}px; margin-left: ${NORM[0]}px`,
      "aria-label": `${name}: the norms of all ${measured} frames, a row for each layer` });
    paint(film, values, "viridis", FLOOR, CEILING);
    caption.style.marginLeft = `${NORM[0]}px`;
    caption.textContent = `Norms, steps 0 to ${(measured - 1) * model.get("stride")}, layer 1 on top; `
      + "dark: 10⁻⁸ or less, bright: 100 or more.";
    pointer.style.marginLeft = `${NORM[0] + ((now + 0.5) / measured) * FILM - 6}px`;
  }

  listen(model, ["measured"], () => {
    if (running) timer = setTimeout(onward, PAUSE);
  });
  listen(model, ["problem"], () => model.get("problem") && run(false));
  listen(model, ["norms", "ratios", "shares", "shown", "measured"], () => {
    const whole = floats(model, "norms").length === 2 * model.get("measured") * model.get("layers");
    if (whole) show();
  });
  show();
  return () => clearTimeout(timer);
}

// Where a power of ten stands between the ends of an axis; what is off the axis stands at its end.
function place(power, [from, to]) {
  return from + ((inside(power) - FLOOR) / (CEILING - FLOOR)) * (to - from);
}

function inside(power) {
  return Number.isNaN(power) ? CEILING : Math.max(FLOOR, Math.min(CEILING, power));
}

function short(value) {
  if (!Number.isFinite(value)) return "∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const said = size >= 0.001 && size < 10000 ? String(Number(value.toPrecision(2))) : value.toExponential(1);
  return said.replace("e+", "e").replace("-", "−");
}

function power10(power) {
  const raised = [...String(power)].map((each) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(each)]);
  return power === 0 ? "1" : `10${raised.join("")}`;
}

function bytes(view) {
  if (!view || !view.byteLength) return new Uint8Array(0);
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

export default { render };
