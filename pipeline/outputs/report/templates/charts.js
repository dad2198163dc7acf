// Draws every chart of the page over its SVG. Runs inside the bundle, which gives `vegaEmbed`.
const config = JSON.parse(document.getElementById("chart-config").textContent);

async function draw(chart) {
  const spec = JSON.parse(chart.querySelector("script").textContent);
  const live = chart.querySelector(".live");
  try {
    await vegaEmbed(live, spec, { actions: false, ast: true, config, renderer: "svg" });
    chart.dataset.drawn = "yes";
  } catch (error) {
    // The drawn SVG stays.
    live.remove();
    console.error(`a chart could not be drawn: ${error}`);
  }
}

document.querySelectorAll("[data-chart]").forEach(draw);
