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
    return {
      ...layout, xaxis: axis(layout.xaxis), yaxis: axis(layout.yaxis), hovermode: "closest",
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
  const draw = () => Promise.all(places.map((place) => {
    const figure = figures[place.dataset.figure];
    if (figure.layout.height) { place.style.minHeight = "0"; }
    return Plotly.react(place, figure.data, themed(figure.layout), config);
  }));
  if (places.length) {
    const drawn = draw();
    drawn.then(() => {
      document.documentElement.dataset.charts = String(places.length);
      follow(places.filter((place) => figures[place.dataset.figure].layout.meta?.one_axis));
    });
    dark.addEventListener("change", draw);
  }
})();
