// The playground's settings, each a native control, in rows by what they are about.

function rounded(value, digits = 3) {
  if (!Number.isFinite(value)) return "–"; // null too
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

function percent(share) {
  return !Number.isFinite(share) ? "–" : `${Math.round(100 * share)} %`;
}

// A choice among numbers; one that Python set stands among them.
function amount(model, name, label, presets, shown = String) {
  const select = make("select", { on: { change: () => send(model, name, Number(select.value)) } });
  const fill = () => {
    const all = [...new Set([...presets, model.get(name)])].sort((a, b) => a - b);
    select.replaceChildren(...all.map((each) => make("option", { value: each, text: shown(each) })));
    select.value = model.get(name);
  };
  listen(model, [name], fill);
  fill();
  return labelled(label, select);
}

function whole(label, min, max, changed) {
  const input = make("input", { type: "number", min, max, step: 1, on: { change: () => {
    input.value = Math.max(min, Math.min(max, Math.round(Number(input.value)) || min));
    changed(Number(input.value));
  } } });
  return [labelled(label, input), input];
}

function row(name, ...children) {
  return make("div", { class: "course-controls", role: "group", "aria-label": name },
    make("strong", { class: "course-heading", "aria-hidden": true, text: name }), ...children);
}

// How many hidden layers, and how many units in each.
function layersControl(model) {
  const box = make("div", { class: "course-controls" });
  const count = make("select", { on: { change: () => {
    const hidden = model.get("hidden").slice(0, Number(count.value));
    while (hidden.length < Number(count.value)) hidden.push(hidden[hidden.length - 1] ?? 8);
    send(model, "hidden", hidden);
  } } }, ...[0, 1, 2, 3, 4].map((n) => make("option", { value: n, text: n })));
  let inputs = [];
  box.append(labelled("Hidden layers", count));
  const follow = () => {
    const hidden = model.get("hidden");
    count.value = hidden.length;
    while (inputs.length > hidden.length) inputs.pop()[0].remove();
    while (inputs.length < hidden.length) {
      const l = inputs.length;
      inputs.push(whole(`Units in layer ${l + 1}`, 1, 16, (n) =>
        send(model, "hidden", model.get("hidden").map((each, i) => (i === l ? n : each)))));
      box.append(inputs[l][0]);
    }
    hidden.forEach((n, l) => (inputs[l][1].value = n));
  };
  listen(model, ["hidden"], follow);
  follow();
  return box;
}

function settings(model) {
  const [seeded, seed] = whole("Seed", 0, 1e6, (n) => send(model, "seed", n));
  const follow = () => (seed.value = model.get("seed"));
  listen(model, ["seed"], follow);
  follow();
  const loss = choice(model, "loss", "Loss", () => model.get("choices").loss);
  const own = () => (loss.querySelector("select").disabled = model.get("engine") === "yours");
  listen(model, ["engine"], own);
  own();
  const engine = choice(model, "engine", "Trained by", () => model.get("engines"));
  const shares = (share) => `${Math.round(100 * share)} %`;
  return [
    row("Data", choice(model, "data", "Set", () => model.get("choices").data),
      slider(model, "noise", "Noise", { min: 0, max: 0.5, step: 0.01, shown: (x) => x.toFixed(2) }),
      slider(model, "share", "To learn from", { min: 0.1, max: 0.9, step: 0.1, shown: shares }), seeded),
    row("Network", layersControl(model),
      choice(model, "activation", "Activation", () => model.get("choices").activation),
      amount(model, "spread", "First weights × ", [0, 0.01, 0.5, 1, 1.4, 3, 10])),
    row("Training", ...(model.get("engines").length > 1 ? [engine] : []), loss,
      choice(model, "optimiser", "Optimiser", () => model.get("choices").optimiser),
      amount(model, "rate", "Rate", [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]),
      amount(model, "batch", "Batch", [1, 5, 10, 20, 50, 100, 400]),
      amount(model, "l2", "L2", [0, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1])),
  ];
}
