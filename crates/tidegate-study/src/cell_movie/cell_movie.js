"use strict";
for (const movie of document.querySelectorAll(".cell-movie")) {
  const film = JSON.parse(movie.querySelector("script[type='application/json']").textContent);
  const slider = movie.querySelector("input.step");
  const unitChoice = movie.querySelector("select.unit");
  const playButton = movie.querySelector("button.play");
  const output = movie.querySelector("output");
  const spoken = movie.querySelector(".spoken");
  const strip = movie.querySelector("svg.strip");
  const cursor = strip.querySelector(".cursor");
  const [left, right] = [Number(strip.dataset.left), Number(strip.dataset.right)];
  const width = (right - left) / film.steps;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  let timer = null;

  const seriesOf = (part) => unitChoice.value === "mean" ? part.mean : part.units[Number(unitChoice.value)];

  // "hidden" at this step, "previous hidden" at the step before, "complement update_gate" for 1 - z.
  function valueOf(name, step) {
    const words = name.split(" ");
    const part = film.parts[words.pop()];
    if (words[0] === "previous") return step === 0 ? 0 : seriesOf(part)[step - 1];
    const value = seriesOf(part)[step];
    return words[0] === "complement" ? 1 - value : value;
  }

  const scaleOf = (name) => film.parts[name.split(" ").pop()].scale;

  function written(name, value) {
    const part = film.parts[name.split(" ").pop()];
    const large = Math.abs(value) >= 100;
    const text = large ? value.toPrecision(3) : value.toFixed(part.gate ? 3 : 2);
    return (part.gate || unitChoice.value !== "mean" ? text : `|${text}|`).replace("-", "\u2212");
  }

  function show() {
    const step = Number(slider.value);
    for (const stroke of movie.querySelectorAll("[data-part]")) {
      const name = stroke.dataset.part;
      const isInput = name === "input";
      const value = isInput ? film.input.levels[step] : valueOf(name, step);
      const level = Math.min(1, Math.abs(value) / (isInput ? 1 : scaleOf(name)));
      stroke.style.setProperty("--level", level.toFixed(3));
      stroke.classList.toggle("negative", value < 0);
    }
    for (const text of movie.querySelectorAll("[data-value]")) {
      const name = text.dataset.value;
      text.textContent = name === "input" ? film.input.texts[step] : written(name, valueOf(name, step));
    }
    cursor.setAttribute("x", left + step * width);
    output.textContent = `${step} / ${film.steps - 1}`;
    slider.setAttribute("aria-valuetext", output.textContent);
    const values = film.spoken.map(([part, name]) => `${name} ${written(part, valueOf(part, step))}`);
    spoken.textContent = `${spoken.dataset.input} ${film.input.texts[step]}; ${values.join("; ")}`;
  }

  function draw() {
    for (const trace of strip.querySelectorAll("[data-trace]")) {
      const part = film.parts[trace.dataset.trace];
      const [top, bottom] = [Number(trace.dataset.top), Number(trace.dataset.bottom)];
      const isSigned = !part.gate && unitChoice.value !== "mean";
      const lowest = isSigned ? -part.scale : 0;
      const points = seriesOf(part).map((value, step) => {
        const height = (bottom - top) * (value - lowest) / (part.scale - lowest);
        return `${(left + (step + 0.5) * width).toFixed(1)} ${(bottom - height).toFixed(1)}`;
      });
      // A round end makes a single step visible.
      trace.setAttribute("d", `M${points.join("L")}${points.length === 1 ? "h0" : ""}`);
    }
    show();
  }

  function pause() {
    if (timer === null) return;
    clearInterval(timer);
    timer = null;
    spoken.setAttribute("aria-live", "polite");
    playButton.textContent = movie.dataset.play;
  }

  function play() {
    if (Number(slider.value) === film.steps - 1) slider.value = 0;
    // What changes three times a second cannot be spoken.
    spoken.setAttribute("aria-live", "off");
    show();
    playButton.textContent = movie.dataset.pause;
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      if (Number(slider.value) === film.steps - 1) pause();
      show();
    }, calm ? 1000 : 300);
  }

  playButton.addEventListener("click", () => {
    if (timer === null) {
      play();
    } else {
      pause();
      show();
    }
  });
  slider.addEventListener("input", () => {
    pause();
    show();
  });
  unitChoice.addEventListener("change", draw);
  strip.addEventListener("click", (event) => {
    const box = strip.getBoundingClientRect();
    const x = (event.clientX - box.left) * 360 / box.width;
    pause();
    slider.value = Math.floor((x - left) / width);
    show();
  });
  slider.value = film.first;
  draw();
  spoken.setAttribute("aria-live", "polite");
}
