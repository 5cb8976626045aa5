"use strict";
(() => {
  // Charts: colours of text and grid follow the page, on a screen and on paper.
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const places = [...document.querySelectorAll(".chart")];
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const themed = (layout) => {
    const ink = colour("--ink"), line = colour("--line");
    const axis = (given) => ({ gridcolor: line, linecolor: line, zerolinecolor: line, ...given });
    const narrow = document.documentElement.clientWidth < 640;
    return {
      ...layout, xaxis: axis(layout.xaxis), yaxis: axis(layout.yaxis), hovermode: "closest",
      font: { color: ink, size: narrow ? 11 : 13, family: getComputedStyle(document.body).fontFamily },
      shapes: (layout.shapes || []).map((shape) => ({ ...shape, label: { ...shape.label, font: { color: ink } } })),
    };
  };
  const config = { responsive: true, displaylogo: false, displayModeBar: false, showLink: false };
  const draw = () => Promise.all(places.map((place) => {
    const figure = figures[place.dataset.figure];
    if (figure.layout.height) { place.style.minHeight = "0"; }
    return Plotly.react(place, figure.data, themed(figure.layout), config);
  }));
  if (places.length) {
    const drawn = draw();
    drawn.then(() => { document.documentElement.dataset.charts = String(places.length); });
    dark.addEventListener("change", draw);
    // A chart is as wide as the paper while the page is printed.
    const resize = () => { draw(); places.forEach((place) => Plotly.Plots.resize(place)); };
    addEventListener("beforeprint", resize);
    addEventListener("afterprint", resize);
  }

  // The drawing of the cell.
  const source = document.getElementById("movie");
  if (!source) { return; }
  const movie = JSON.parse(source.textContent);
  const slider = document.getElementById("step"), play = document.getElementById("play");
  const unit = document.getElementById("unit"), cursor = document.getElementById("cursor");
  const strip = document.querySelector("svg.strip");
  const value = (part, step) => {
    if (step < 0) { return 0; }
    return unit.value === "mean" ? part.mean[step] : part.values[step * movie.units + Number(unit.value)];
  };
  const show = () => {
    const step = Number(slider.value);
    for (const box of document.querySelectorAll("#cell .part")) {
      const name = box.dataset.part;
      const at = step - Number(box.dataset.shift);
      let shown, lit;
      if (name === "input") {
        const row = movie.input.slice(step * movie.features, (step + 1) * movie.features);
        shown = movie.features <= 2 ? row.map((number) => number.toFixed(1)).join(", ") : "";
        lit = row.some((number) => number !== 0) ? 0.5 : 0;
      } else {
        const number = value(movie.parts.find((part) => part.name === name), at);
        shown = number.toFixed(2).replace("-", "−");
        lit = Math.min(1, Math.abs(number));
      }
      box.querySelector(".lit").style.setProperty("--lit", lit);
      box.querySelector(".value").textContent = shown;
    }
    const place = Number(strip.dataset.left) + Number(strip.dataset.width) * (step + 0.5) / movie.steps;
    cursor.setAttribute("x1", place);
    cursor.setAttribute("x2", place);
    document.getElementById("step-number").textContent = step + 1;
  };
  let timer = null;
  const stop = () => { clearInterval(timer); timer = null; play.textContent = play.dataset.play; };
  // Whoever asks for less motion gets a step at a time.
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  play.addEventListener("click", () => {
    if (timer !== null) { stop(); return; }
    const next = () => {
      slider.value = (Number(slider.value) + 1) % movie.steps;
      show();
    };
    if (still.matches) { next(); return; }
    play.textContent = play.dataset.pause;
    timer = setInterval(next, 200);
  });
  slider.addEventListener("input", () => { if (timer !== null) { stop(); } show(); });
  unit.addEventListener("change", show);
  show();
})();
