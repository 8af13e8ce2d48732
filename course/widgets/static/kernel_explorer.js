// A kernel under the hand, a picture, and at once what the one makes of the other.
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const SCALES = ["automatic", "grey, 0 to 1", "signed", "magnitude"];

function copy_of(image) {
  const { rows, columns, pixels } = image;
  const values = pixels.buffer.slice(pixels.byteOffset, pixels.byteOffset + pixels.byteLength);
  return { rows, columns, values: new Float32Array(values) };
}

function render({ model, el }) {
  const { controls, stage, painted } = frame(model, el, "A kernel slides over a picture");
  const own = make("div", { class: "course-column", style: "width: min-content; min-width: 280px" });
  const pictures = make("div", { class: "course-row", style: "flex: 1; width: auto" });
  stage.style.flexWrap = "nowrap";
  stage.append(own, pictures);
  let picture = copy_of(model.get("image")), version = model.get("image").version;
  let result = null, cursor = [0, 0], fresh = true; // the picture is not painted yet

  // -- the kernel ------------------------------------------------------------------------------
  const entries = make("div", { class: "course-kernel", role: "group", "aria-label": "Kernel entries" });
  let chosen = [0, 0];
  const strength = make("input", {
    type: "range", min: -4, max: 4, step: 0.1, on: { input: () => put(+strength.value) },
  });
  const strength_shown = make("output", { "aria-hidden": true });
  const strength_control = labelled("Entry", strength);
  strength_control.append(strength_shown);
  const size = make("select", { on: { change: () => resize(+size.value) } });
  size.append(...[2, 3, 4, 5, 6, 7].map((n) => make("option", { value: n, text: `${n}x${n}` })));
  const note = make("p", { class: "course-caption" });
  own.append(labelled("Kernel size", size), entries, strength_control, note);

  const edit = (kernel) => send(model, "kernel", kernel); // hearing of the change, all follow
  function put(value) {
    if (!Number.isFinite(value)) return;
    const kernel = model.get("kernel").map((row) => [...row]);
    kernel[chosen[0]][chosen[1]] = value;
    edit(kernel);
  }
  function resize(count) { // the middle stays the middle
    const kernel = model.get("kernel");
    const from = [kernel.length, kernel[0].length].map((n) => Math.floor(n / 2) - Math.floor(count / 2));
    edit(Array.from({ length: count }, (_, i) => Array.from({ length: count }, (_, j) =>
      kernel[i + from[0]]?.[j + from[1]] ?? 0)));
  }
  function kernel_changed() {
    const kernel = model.get("kernel"), across = kernel[0].length;
    if (entries.childElementCount !== kernel.length * across || entries.dataset.across !== String(across)) {
      entries.dataset.across = across;
      entries.classList.toggle("course-dense", across > 4);
      entries.style.gridTemplateColumns = `repeat(${across}, max-content)`;
      chosen = [Math.floor(kernel.length / 2), Math.floor(across / 2)];
      entries.replaceChildren(...kernel.flatMap((row, i) => row.map((_, j) => entry(i, j))));
      size.value = kernel.length === across ? across : "";
    }
    kernel.flat().forEach((value, i) => {
      const input = entries.children[i];
      if (input.value === "" || Number(input.value) !== value) input.value = Number(value.toFixed(4));
    });
    follow_chosen();
    update();
  }
  function entry(i, j) {
    return make("input", { type: "number", step: 0.1, "aria-label": `Kernel row ${i}, column ${j}`, on: {
      focus: () => { chosen = [i, j]; follow_chosen(); },
      input: ({ target }) => { chosen = [i, j]; put(target.valueAsNumber); }, // NaN while it is empty
    } });
  }
  function follow_chosen() {
    const value = model.get("kernel")[chosen[0]][chosen[1]];
    strength.value = value;
    strength_shown.textContent = digits(value);
    strength.setAttribute("aria-label", `Kernel entry row ${chosen[0]}, column ${chosen[1]}`);
    [...entries.children].forEach((input, i) => {
      const here = i === chosen[0] * model.get("kernel")[0].length + chosen[1];
      input.style.borderWidth = here ? "2px" : "1px";
    });
  }

  // -- the pictures ----------------------------------------------------------------------------
  const look = { tabindex: 0, on: { pointerdown: point, pointermove: point, pointerup: done, keydown: key } };
  const shown = panel(pictures, "picture", { ...look, role: "application" });
  const made = panel(pictures, "result", { ...look, role: "application" });
  const theirs = panel(pictures, "yours");
  const apart = panel(pictures, "yours − result");
  const products = make("div", { class: "course-row" });
  const sum = make("p", { "aria-live": "polite" });
  own.append(products, sum);
  let under = null, multiplied = null, shape = "";

  const used = () => {
    const kernel = model.get("kernel");
    return model.get("flip") ? kernel.map((row) => [...row].reverse()).reverse() : kernel;
  };
  const drawing = () => model.get("source") === "drawing" && model.get("image").name === "drawing";

  function update() {
    const [stride, pad] = [model.get("stride"), model.get("pad")];
    result = correlate(picture, used(), stride, pad);
    if (fresh) shown.show(picture, "grey, 0 to 1");
    fresh = false;
    made.show(result, model.get("scale"));
    compare();
    probe();
    const total = model.get("kernel").flat().reduce((all, value) => all + value, 0);
    const flipped = model.get("flip") ? "; laid on flipped both ways" : "";
    note.textContent = `Sum of the entries: ${digits(total)}${flipped}`;
    painted();
  }
  function compare() {
    const answer = model.get("theirs");
    const same = answer.values && answer.version === version && result && answer.rows === result.rows &&
      ["stride", "pad", "flip"].every((name) => answer[name] === model.get(name)) &&
      JSON.stringify(answer.kernel) === JSON.stringify(model.get("kernel"));
    for (const each of [theirs, apart]) each.element.style.opacity = same ? 1 : 0.35;
    if (!answer.values) return [theirs, apart].forEach((each) => each.show(null));
    if (!same) return; // it is on its way
    const values = copy_of({ ...answer, pixels: answer.values }).values;
    const gap = Float64Array.from(values, (value, i) => value - result.values[i])
      .map((value) => (Math.abs(value) < 1e-5 ? 0 : value)); // single precision on the way
    theirs.show({ ...result, values }, model.get("scale"));
    apart.show({ ...result, values: gap }, "signed");
  }
  function place() {
    return [Math.min(model.get("row"), result.rows - 1), Math.min(model.get("column"), result.columns - 1)];
  }
  function probe() { // the window's pixels, the kernel on them, and their sum
    products.hidden = sum.hidden = !result;
    if (!result) return;
    const kernel = used(), [down, across] = [kernel.length, kernel[0].length];
    const [stride, pad] = [model.get("stride"), model.get("pad")], [row, column] = place();
    if (shape !== `${down} ${across}`) {
      shape = `${down} ${across}`;
      const cell = Math.max(down, across) > 3 ? SMALL : CELL;
      under = number_grid("window of the picture", down, across, {}, cell);
      multiplied = number_grid("window · kernel", down, across, {}, cell);
      products.replaceChildren(under.element, multiplied.element);
    }
    const [top, left] = [row * stride - pad, column * stride - pad];
    const edge = [], window = [];
    for (let k = 0; k < down * across; k++) {
      const [i, j] = [top + Math.floor(k / across), left + (k % across)];
      const inside = i >= 0 && j >= 0 && i < picture.rows && j < picture.columns;
      window.push(inside ? picture.values[i * picture.columns + j] : 0);
      if (!inside) edge.push(k);
    }
    under.fill(window, { edge });
    multiplied.fill(kernel.flat().map((weight, k) => weight * window[k]), { edge });
    made.frame_at(row, column, 1, 1);
    if (drawing()) shown.frame_at(...cursor, 1, 1);
    else shown.frame_at(top, left, down, across);
    const value = digits(result.values[row * result.columns + column]);
    const said = `Row ${row}, column ${column} of the result: the products add up to ${value}.`;
    if (sum.textContent !== said) sum.textContent = said;
  }
  function go(row, column) {
    const held = (value, count) => Math.max(0, Math.min(count - 1, value));
    model.set("row", held(row, result.rows));
    model.set("column", held(column, result.columns));
    model.save_changes();
    probe();
    painted();
  }

  // -- pointer, keys, drawing, files -----------------------------------------------------------
  function point(event) {
    const onto = event.currentTarget === shown.over ? picture : result;
    if (!onto || (event.type === "pointermove" && !event.buttons)) return;
    const [i, j] = cell_under(event, event.currentTarget, onto.rows, onto.columns);
    if (onto === result) return go(i, j);
    if (drawing()) return ink(i, j, 1);
    const kernel = model.get("kernel"), [stride, pad] = [model.get("stride"), model.get("pad")];
    const start = (at, count) => Math.round((at + pad - Math.floor(count / 2)) / stride);
    if (result) go(start(i, kernel.length), start(j, kernel[0].length));
  }
  function done() {
    if (drawing()) hand_over("drawing", picture);
  }
  function key(event) {
    const step = ARROWS[event.key], painting = event.currentTarget === shown.over && drawing();
    if (step && painting) {
      const last = [picture.rows - 1, picture.columns - 1];
      cursor = cursor.map((at, axis) => Math.max(0, Math.min(last[axis], at + step[axis])));
      probe();
    } else if (step && result) go(...place().map((at, axis) => at + step[axis]));
    else if (painting && [" ", "Enter", "Backspace", "Delete"].includes(event.key)) {
      ink(...cursor, [" ", "Enter"].includes(event.key) ? 1 : 0);
      done();
    } else return;
    event.preventDefault();
  }
  function ink(i, j, value) {
    cursor = [i, j];
    picture.values[i * picture.columns + j] = value;
    fresh = true;
    update();
  }
  function hand_over(name, { rows, columns, values }) {
    version += 1;
    const pixels = new DataView(values.buffer.slice(0));
    send(model, "image", { name, rows, columns, version, pixels });
  }
  const file = make("input", { type: "file", accept: "image/*", on: { change: async () => {
    try {
      picture = await read_file(file.files[0], 256);
    } catch {
      return send(model, "problem", "The browser cannot read this file as a picture: take PNG or JPEG.");
    }
    hand_over("upload", picture);
    fresh = true;
    update();
  } } });
  const clear = button("Clear the drawing", () => {
    picture.values.fill(0);
    fresh = true;
    update();
    done();
  });

  controls.append(
    choice(model, "source", "Picture", () => model.get("sources")), labelled("Upload", file), clear,
    choice(model, "preset", "Kernel", () => model.get("presets")),
    slider(model, "stride", "Stride", { min: 1, max: 4 }),
    slider(model, "pad", "Padding", { min: 0, max: 6 }),
    tick(model, "flip", "Flip the kernel (convolution)"),
    choice(model, "scale", "Colours of the result", () => SCALES),
  );
  const new_picture = () => {
    clear.hidden = !drawing();
    if (model.get("image").version < version) return; // an echo of what was drawn before
    version = model.get("image").version;
    picture = copy_of(model.get("image"));
    fresh = true;
    update();
  };
  listen(model, ["image"], new_picture);
  listen(model, ["kernel"], kernel_changed);
  listen(model, ["stride", "pad", "flip", "scale"], update);
  listen(model, ["row", "column"], probe);
  listen(model, ["theirs"], compare);
  clear.hidden = !drawing();
  kernel_changed();
}

export default { render };
