const charts = figures.map((figure, index) => {
  const place = document.getElementById("chart-" + index);
  const { data, layout } = figure;
  Plotly.newPlot(place, data, layout, { responsive: true, displayModeBar: false });
  return place;
});
// All heat maps show the same steps: to zoom into one is to zoom into all.
let following = false;
charts.forEach((chart) => chart.on("plotly_relayout", (change) => {
  const isRange = "xaxis.range[0]" in change;
  if (following || !(isRange || change["xaxis.autorange"])) return;
  const update = isRange
    ? { "xaxis.range": [change["xaxis.range[0]"], change["xaxis.range[1]"]] }
    : { "xaxis.autorange": true };
  following = true;
  Promise.all(charts.filter((other) => other !== chart).map((other) => Plotly.relayout(other, update)))
    .finally(() => { following = false; });
}));
