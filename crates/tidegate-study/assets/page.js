"use strict";
(() => {
  // Charts: colours of text and grid follow the page.
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const places = [...document.querySelectorAll(".chart")];
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const themed = (layout) => {
    const ink = colour("--ink"), line = colour("--line");
    const axis = (given) => ({ gridcolor: line, linecolor: line, zerolinecolor: line, ...given });
    const narrow = document.documentElement.clientWidth < 640;
    // Dates beside each other need room.
    const dates = narrow && layout.xaxis?.type === "date" ? { nticks: 4, tickangle: 0 } : {};
    return {
      ...layout, xaxis: axis({ ...layout.xaxis, ...dates }), yaxis: axis(layout.yaxis), hovermode: "closest",
      // A finger scrolls the page; a mouse zooms, and a double click shows all again.
      dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
      font: { color: ink, size: narrow ? 11 : 13, family: getComputedStyle(document.body).fontFamily },
      shapes: (layout.shapes || []).map((shape) => ({ ...shape, label: { ...shape.label, font: { color: ink } } })),
    };
  };
  const config = { responsive: true, displaylogo: false, displayModeBar: false, showLink: false };
  // Charts of one horizontal axis: to zoom into one is to zoom into all.
  const follow = (charts) => {
    let following = false;
    charts.forEach((chart) => chart.on("plotly_relayout", (change) => {
      const isRange = "xaxis.range[0]" in change;
      if (following || !(isRange || change["xaxis.autorange"])) { return; }
      const update = isRange
        ? { "xaxis.range": [change["xaxis.range[0]"], change["xaxis.range[1]"]] }
        : { "xaxis.autorange": true };
      following = true;
      Promise.all(charts.filter((other) => other !== chart).map((other) => Plotly.relayout(other, update)))
        .finally(() => { following = false; });
    }));
  };
  // Lines that are drawn on request: their boxes follow the legend, and the legend follows the boxes.
  const offer = (place) => {
    const boxes = document.querySelector(`fieldset[data-chart="${place.dataset.figure}"]`);
    if (boxes === null) { return; }
    const inputs = [...boxes.querySelectorAll("input")];
    const tracesOf = (input) => place.data.flatMap((trace, index) => trace.legendgroup === input.dataset.group ? [index] : []);
    inputs.forEach((input) => input.addEventListener("change", () =>
      Plotly.restyle(place, { visible: input.checked ? true : "legendonly" }, tracesOf(input))));
    const read = () => inputs.forEach((input) => { input.checked = place.data[tracesOf(input)[0]].visible === true; });
    place.on("plotly_restyle", read);
    read();
    boxes.hidden = false;
  };
  const offered = new Set();
  const drawOne = (place) => {
    const figure = figures[place.dataset.figure];
    if (figure.layout.height) { place.style.minHeight = "0"; }
    return Plotly.react(place, figure.data, themed(figure.layout), config).then(() => {
      if (!offered.has(place)) { offered.add(place); offer(place); }
    });
  };
  // What is hidden has no width to be drawn in.
  const draw = () => Promise.all(places.filter((place) => place.closest("[hidden]") === null).map(drawOne));
  // Of many parts one is shown, or all.
  const choice = document.getElementById("choice");
  if (choice !== null) {
    const parts = [...document.querySelectorAll(".part")];
    const choose = () => parts.forEach((part) => { part.hidden = choice.value !== "" && part.id !== choice.value; });
    choice.closest("[hidden]").hidden = false;
    choice.addEventListener("change", () => { choose(); draw(); });
    choose();
  }
  if (places.length) {
    const drawn = draw();
    drawn.then(() => {
      document.documentElement.dataset.charts = String(places.length);
      follow(places.filter((place) => figures[place.dataset.figure].layout.meta?.one_axis));
    });
    dark.addEventListener("change", draw);
  }
})();
