// One training for all views of a widget: it follows the settings, makes steps between two frames, and
// tells the kernel how far it has come. With the engine "yours" the kernel trains, a slice when asked.

const GOLDEN = (Math.sqrt(5) - 1) / 2;
const ANEW = ["data", "hidden", "activation", "loss", "spread", "engine", "resets", "normals"];
const BUDGET = 10; // milliseconds of training in a frame
const PACES = {
  "a step a frame": () => 1,
  "a pass a frame": (passes) => passes,
  "as fast as it goes": () => Infinity,
};

function openSession(model) {
  const lab = { views: new Set(), last: [], pace: "a pass a frame", problem: "", steps: 0, line: curve() };
  let kept, next, wanted = 0, frames = 0, told = 0, timer = 0, waiting = false;
  const yours = () => model.get("engine") === "yours";
  const busy = () => lab.train.labels.length > 0 && (model.get("playing") || lab.steps < wanted);

  function part() {
    const [name, noise, share, dots] = ["data", "noise", "share", "drawn"].map((each) => model.get(each));
    const [x, y, reach, classes] = model.get("sets")[name];
    lab.window = [x, y, reach];
    lab.classes = classes || Math.max(2, ...dots.map((dot) => dot[2] + 1));
    const all = { x: Float64Array.from(dots.flatMap((dot) => dot.slice(0, 2))),
      labels: dots.map((dot) => dot[2]) };
    if (classes) {
      const [clean, moves] = ["clean", "moves"].map((each) => floats(model, each));
      const names = Object.keys(model.get("sets")).filter((each) => model.get("sets")[each][3]);
      const [long, from] = [clean.length / names.length, (names.indexOf(name) * clean.length) / names.length];
      all.x = Float64Array.from({ length: long }, (_, i) => clean[from + i] + noise * moves[from + i]);
      all.labels = Array.from({ length: long / 2 }, (_, i) => i % classes);
    }
    const learnt = all.labels.map((_, i) => (i * GOLDEN) % 1 < share);
    const those = (which) => chosen(all, [...learnt.keys()].filter((i) => learnt[i] === which));
    [lab.train, lab.test] = [those(true), those(false)];
  }

  function restart() {
    if (lab.line.points.length > 1) lab.last = lab.line.points;
    part();
    lab.net = network([2, ...model.get("hidden"), lab.classes], model.get("activation"),
      floats(model, "normals"), model.get("spread"));
    [kept, next, lab.line] = [memory(lab.net), batches(model.get("seed")), curve()];
    [lab.steps, wanted, lab.problem, waiting] = [0, 0, "", false];
    lab.nodes = grid(lab.window);
    lab.figures = [null, null, null, null];
    look();
    if (lab.figures[0] !== null && lab.train.labels.length) keep(lab.line, 0, lab.figures[0], lab.figures[1]);
    show();
    later();
    kick();
  }

  // What the network makes of the points and of the plane; by "yours" its scores come from the kernel.
  function look() {
    lab.maps = forward(lab.net, lab.nodes, lab.nodes.length / 2);
    if (yours()) return;
    lab.scores = lab.maps[lab.maps.length - 1];
    count();
  }

  function count() {
    if (yours()) return;
    const [train, test] = [lab.train, lab.test].map((each) => measure(lab.net, model.get("loss"), each));
    lab.figures = [train.loss, test.loss, train.right, test.right];
  }

  function show() {
    for (const view of lab.views) view();
  }

  function step() {
    const before = lab.net.weights.slice();
    const batch = chosen(lab.train, next(lab.train.labels.length, model.get("batch")));
    const grads = gradients(lab.net, model.get("loss"), model.get("l2"), batch);
    move(lab.net, grads, model.get("optimiser"), model.get("rate"), kept);
    if (!lab.net.weights.every((w) => Math.abs(w) < 1e30)) {
      lab.net.weights.set(before);
      lab.problem = "The weights grow beyond all numbers: the rate is too large. Reset, with a smaller one.";
      return halt();
    }
    lab.steps++;
    if (lab.steps % lab.line.every) return;
    const [train, test] = [lab.train, lab.test].map((each) => measure(lab.net, model.get("loss"), each).loss);
    keep(lab.line, lab.steps, train, test);
  }

  function halt() {
    wanted = 0;
    model.set("playing", false);
  }

  function onward() {
    frames = 0;
    if (yours() || !busy()) return;
    const until = performance.now() + BUDGET;
    let left = PACES[lab.pace](passes());
    while (left-- > 0 && busy() && performance.now() < until) step();
    look();
    show();
    if (busy()) {
      frames = requestAnimationFrame(onward);
      if (performance.now() - told > 500) tell();
    } else tell();
  }

  function kick() {
    if (!busy()) return;
    lab.problem = "";
    if (!yours()) frames = frames || requestAnimationFrame(onward);
    else if (!waiting) {
      waiting = true;
      send(model, "asked", model.get("asked") + 1);
    }
  }

  function passes() {
    return Math.ceil(lab.train.labels.length / model.get("batch"));
  }

  function tell(edited = false) {
    if (yours() && !edited) return;
    told = performance.now();
    send(model, "state", {
      by: "page", run: model.get("run"), steps: lab.steps, figures: lab.figures, problem: lab.problem,
      weights: Float32Array.from(lab.net.weights), curves: Float32Array.from(lab.line.points.flat()),
      scores: Float32Array.from(lab.scores ?? []),
    });
  }

  // A drag must not queue up work: the kernel hears of its end.
  function later(edited = false) {
    clearTimeout(timer);
    timer = setTimeout(() => tell(edited), 120);
  }

  function adopt() {
    const state = model.get("state");
    if (state.run !== model.get("run") || (state.by === "page" && lab.steps)) return;
    const numbers = (name) => floats({ get: () => state[name] }, name);
    const weights = numbers("weights");
    if (weights.length !== lab.net.weights.length) return;
    lab.net.weights.set(weights);
    lab.steps = state.steps;
    const row = numbers("curves");
    const points = Array.from({ length: row.length / 3 }, (_, i) => [...row.subarray(3 * i, 3 * i + 3)]);
    if (points.length > 1) lab.line = { every: points[1][0] - points[0][0], points };
    look();
    if (yours()) [lab.figures, lab.scores] = [state.figures, numbers("scores")];
    waiting = false;
    show();
    if (state.by === "kernel") later();
    kick();
  }

  let due = false;
  const anew = () => {
    if (!due) queueMicrotask(() => { due = false; restart(); });
    due = true;
  };
  listen(model, ANEW, anew);
  listen(model, ["noise", "share", "drawn"], () => {
    const before = lab.classes;
    part();
    if (lab.classes !== before) return restart();
    count();
    show();
    later();
  });
  listen(model, ["optimiser"], () => (kept = memory(lab.net)));
  listen(model, ["rate", "batch", "l2", "optimiser", "unit"], show);
  listen(model, ["run"], () => later());
  listen(model, ["goal"], () => { wanted = model.get("goal"); kick(); });
  listen(model, ["state"], () => model.get("state").by === "kernel" && adopt());
  listen(model, ["playing"], () => {
    if (model.get("playing")) kick();
    else tell();
    show();
  });

  Object.assign(lab, {
    passes,
    // On by so many steps; `Infinity` plays until it is paused.
    go(steps) {
      if (steps === Infinity && !STILL) return send(model, "playing", !model.get("playing"));
      send(model, "goal", lab.steps + (steps === Infinity ? passes() : steps));
      wanted = model.get("goal");
      kick();
    },
    edit(place, value) {
      lab.net.weights[place] = value;
      look();
      show();
      later(true);
    },
    stop() {
      cancelAnimationFrame(frames);
      clearTimeout(timer);
    },
  });
  restart();
  if (model.get("state").run) adopt();
  return lab;
}
