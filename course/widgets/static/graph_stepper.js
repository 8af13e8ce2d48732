// A graph of gates: values stand above the lines, gradients below. The page knows all numbers and
// shows those that are known after a step, so a step takes no message to the kernel.
const PACE = 1100; // ms a step stays while it plays

// What is known after a step: the mirror of `Walk.at` and `Walk.passed` in Python.
function moment(graph, algorithm, step) {
  const forward = step <= graph.gates.length;
  const computed = new Set(graph.gates.slice(0, step));
  const known = (place) => graph.vertices[place].leaf || computed.has(place);
  if (forward) {
    const place = step ? graph.gates[step - 1] : null;
    return { forward, place, known, done: new Set(), uses: (wire) => wire.consumer === place };
  }
  const done = graph.turns[algorithm].slice(0, step - graph.gates.length - 1);
  const place = done.length ? done[done.length - 1] : 0;
  const end = algorithm === "push" ? "consumer" : "source";
  const uses = (wire) => done.length && wire[end] === place;
  return { forward, place, known, done: new Set(done), end, uses };
}

// What has arrived below a line: null where nothing is to be shown yet.
function arrived(graph, now, place, gradient, shares) {
  if (now.forward) return null;
  if (now.end === "source") return place === 0 || now.done.has(place) ? gradient : null;
  const all = graph.wires.map((wire, i) => ({ wire, i })).filter(({ wire }) => wire.source === place);
  const reported = all.filter(({ wire }) => now.done.has(wire.consumer));
  if (reported.length === all.length) return gradient;
  return gradient.map((_, entry) => reported.reduce((sum, { i }) => sum + shares[i][entry], 0));
}

function render({ model, el }) {
  const { controls, stage, painted } = frame(model, el, model.get("title"));
  const seen = "The graph: values above its lines, gradients below";
  const picture = draw("svg", { role: "img", "aria-label": seen });
  const view = make("div", {
    class: "course-graph", tabindex: 0, role: "group", "aria-label": "Graph, arrow keys step",
    "data-lm-suppress-shortcuts": true, on: { keydown: keys },
  }, picture);
  const key = make("p", { class: "course-key", text: "Above a line: value. Below: gradient of the last "
    + "value. Thick: what is passed on in this step. Framed: what it changed." });
  stage.append(view, key);
  let graph = {}, gates = [], wires = [], values = [], gradients = [], shares = [], timer = null;

  const last = () => (graph.gates ? graph.gates.length
    + (graph.turns[algorithm()] ? 1 + graph.turns[algorithm()].length : 0) : 0);
  const algorithm = () => model.get("algorithm");
  const at = () => Math.min(model.get("step"), last());
  const go = (step) => {
    send(model, "step", Math.max(0, Math.min(last(), step)));
  };
  const steps = slider(model, "step", "Step", { min: 0, max: 1, shown: (step) => `${step} of ${last()}` });
  const play = button("Play", () => (timer ? stop() : start()));
  controls.append(
    button("To the start", () => { stop(); go(0); }), button("Back", () => { stop(); go(at() - 1); }),
    button("Step", () => { stop(); go(at() + 1); }), play, steps,
    choice(model, "algorithm", "Backward by", () => ["push", "pull"]), ...inputs(),
  );

  function start() {
    if (at() === last()) go(0);
    else go(at() + 1);
    if (STILL) return; // one step a press for those who asked for less motion
    timer = setInterval(() => (at() < last() ? go(at() + 1) : stop()), PACE);
    play.textContent = "Pause";
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  }

  function keys(event) {
    const way = { ArrowRight: 1, ArrowLeft: -1, " ": 1, Home: -last(), End: last() }[event.key];
    if (way === undefined) return;
    event.preventDefault();
    stop();
    go(at() + way);
  }

  function inputs() {
    return Object.keys(model.get("inputs")).map((name) => {
      const take = () => {
        const number = Number(box.value);
        if (box.value === "" || !Number.isFinite(number)) follow();
        else if (number !== model.get("inputs")[name]) {
          send(model, "inputs", { ...model.get("inputs"), [name]: number });
        }
      };
      // JupyterLab keeps Enter from the field, which then would not change until it is left.
      const enter = (event) => { if (event.key === "Enter") take(); };
      const box = make("input", { type: "number", step: "any", on: { change: take, keydown: enter } });
      const follow = () => (box.value = model.get("inputs")[name]);
      listen(model, ["inputs"], follow);
      follow();
      return labelled(name, box);
    });
  }

  function build() {
    graph = model.get("graph");
    picture.replaceChildren();
    stage.hidden = !graph.vertices;
    if (!graph.vertices) return move();
    const sizes = graph.vertices.map((vertex) => vertex.size);
    values = cut(floats(model, "values"), sizes);
    gradients = cut(floats(model, "gradients"), sizes);
    shares = cut(floats(model, "shares"), graph.wires.map((wire) => sizes[wire.source]));
    const [width, height] = graph.size;
    set(picture, { width, height, viewBox: `0 0 ${width} ${height}` });
    gates = graph.vertices.map((vertex) => gate(graph, vertex));
    wires = graph.wires.map((wire, i) => {
      const path = draw("path", { d: wire.path, class: "course-wire", fill: "none" });
      const [x, y] = wire.spot;
      const says = shares[i].length === 1 ? four(Number(shares[i][0].toPrecision(3))) : "";
      const wide = 7.4 * says.length + 4;
      const back = { x: x - wide / 2, y: y - 8, width: wide, height: 16, fill: "var(--course-ground)" };
      const style = "fill: var(--course-gradient); font-size: 12px";
      const share = draw("g", { visibility: "hidden" }, draw("rect", back),
        draw("text", { x, y: y + 4.5, "text-anchor": "middle", text: says, style }));
      return { path, share };
    });
    picture.append(...wires.map(({ path }) => path), ...gates.map(({ group }) => group),
      ...wires.map(({ share }) => share));
    gates.forEach(({ value }, place) => value.fill(values[place]));
    move();
  }

  const show = (element, whether) => set(element, { visibility: whether ? "visible" : "hidden" });

  function move() {
    const range = steps.querySelector("input");
    if (range.max !== String(last())) {
      set(range, { max: last() });
      range.value = at();
    }
    set(steps.querySelector("output"), { text: `${at()} of ${last()}` });
    if (!graph.vertices) return painted();
    const now = moment(graph, algorithm(), at());
    const active = graph.wires.map(now.uses);
    const fresh = new Set(!now.forward && now.end === "consumer" && now.done.size
      ? graph.wires.filter(now.uses).map((wire) => wire.source) : [now.place]);
    gates.forEach(({ shape, value, gradient, held }, place) => {
      const known = arrived(graph, now, place, gradients[place], shares);
      shape.classList.toggle("course-turn", now.place === place);
      show(value.group, now.known(place));
      show(value.ground, now.forward && fresh.has(place) && now.known(place));
      show(gradient.group, known !== null);
      show(gradient.ground, known !== null && fresh.has(place));
      if (known !== null) gradient.fill(known);
      show(held, at() === last() && graph.vertices[place].held);
    });
    wires.forEach(({ path, share }, i) => {
      const wire = graph.wires[i];
      path.classList.toggle("course-turn", Boolean(active[i]));
      const passed = !now.forward && now.done.has(wire[now.end]);
      show(share, passed && share.textContent && (active[i] || wire.forked));
    });
    if (now.place !== null) reveal(graph.vertices[now.place].at[0]);
    painted();
  }

  function reveal(x) {
    const room = view.clientWidth;
    if (x < view.scrollLeft + 60 || x > view.scrollLeft + room - 110) view.scrollLeft = x - room / 2;
  }

  listen(model, ["built"], build);
  listen(model, ["step", "algorithm"], move);
  build();
  return stop;
}

export default { render };
