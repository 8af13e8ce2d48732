// A window that slides: buttons, a slider and the output's own grid choose the step.
const PACE = 700; // milliseconds a step when it plays

// The controls; `count()` says how many steps there are now. Returns what ends the timer.
function stepping(model, controls, count, moved) {
  let timer = null;
  const at = () => Math.min(model.get("step"), count() - 1);
  const go = (step) => {
    send(model, "step", Math.max(0, Math.min(count() - 1, step)));
    follow();
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  };
  const play = button("Play", () => {
    if (timer) return stop();
    if (at() === count() - 1) go(0);
    else go(at() + 1);
    if (STILL) return;
    play.textContent = "Pause";
    timer = setInterval(() => (at() < count() - 1 && play.isConnected ? go(at() + 1) : stop()), PACE);
  });
  const control = slider(model, "step", "Step", {
    min: 0, max: count() - 1, shown: (step) => `${Math.min(step, count() - 1) + 1} of ${count()}`,
  });
  const input = control.querySelector("input");
  input.addEventListener("input", () => follow());
  const back = button("Back", () => go(at() - 1));
  const next = button("Next", () => go(at() + 1));
  controls.append(back, next, play, control);

  function follow() {
    input.max = count() - 1;
    input.value = at();
    control.querySelector("output").textContent = `${at() + 1} of ${count()}`;
    input.setAttribute("aria-valuetext", `${at() + 1} of ${count()}`);
    moved();
  }
  listen(model, ["step"], follow);
  return { at, go, follow, stop };
}

// The grids of the output, one for each map; arrow keys and clicks on them choose the step.
function output_grids(caption, size, steps, group, cell) {
  const [maps, rows, columns] = size;
  return Array.from({ length: maps }, (_, f) => {
    const base = f * rows * columns;
    const made = number_grid(maps > 1 ? `${caption}, map ${f}` : caption, rows, columns, {
      role: "slider", tabindex: 0, "aria-valuemin": 0, "aria-valuemax": rows * columns - 1,
      on: { keydown: key, pointerdown: press },
    }, cell);
    function press(event) {
      const [i, j] = cell_under(event, made.svg, rows, columns);
      steps.go(base + i * columns + j);
    }
    function key(event) {
      const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
      const to = { Home: base, End: base + rows * columns - 1 }[event.key];
      if (by === undefined && to === undefined) return;
      event.preventDefault();
      const from = Math.floor(steps.at() / (rows * columns)) === f ? steps.at() + (by ?? 0) : base;
      const next = to ?? from;
      if (next < base || next >= base + rows * columns) return;
      steps.go(next);
    }
    group.append(made.element);
    return {
      ...made,
      tell(values, step, look) {
        const here = step - base;
        const inside = here >= 0 && here < rows * columns;
        made.fill(values.slice(base, base + rows * columns), look);
        const [i, j] = inside ? [Math.floor(here / columns), here % columns] : [-9, -9];
        made.frame_at(i, j);
        set(made.svg, {
          "aria-valuenow": inside ? here : 0,
          "aria-valuetext": inside ? `row ${i}, column ${j}` : "not in this map",
        });
      },
    };
  });
}

// What the student's functions returned, if it is for the settings that are shown.
function answer_of(model, what) {
  const { answers = {}, ...settings } = model.get("theirs");
  const same = Object.entries(settings).every(([name, value]) => model.get(name) === value);
  if (!same || !answers[what]) return null;
  const { values, wrong } = answers[what];
  return { values: floats_of(values), wrong };
}

function floats_of(view) {
  return new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

// A titled column of grids that stand one below the other, one for each channel or map.
function column(row, title, count, rows, columns, cell, named = "channel") {
  const grids = Array.from({ length: count }, (_, c) =>
    number_grid(count > 1 ? `${title}, ${named} ${c}` : title, rows, columns, {}, cell));
  row.append(make("div", { class: "course-column" }, ...grids.map((each) => each.element)));
  return grids;
}

function wrong_in(wrong, from, count) {
  return wrong.filter((i) => i >= from && i < from + count).map((i) => i - from);
}

// Much to show, small cells.
function cell_for(maps, longest) {
  return maps > 1 || longest > 7 ? SMALL : CELL;
}
