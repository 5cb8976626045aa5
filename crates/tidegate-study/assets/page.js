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
  }
})();
