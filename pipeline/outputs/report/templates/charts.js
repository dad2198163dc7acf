// Draws every chart of the page over its SVG. Runs inside the bundle, which gives `vegaEmbed`.
const config = JSON.parse(document.getElementById("chart-config").textContent);

// A mark leads to the papers it counts, which the table of the figure links to as well.
function leadToPapers(view, marks) {
  view.addEventListener("click", (_, item) => {
    const { label, when, year } = item?.datum ?? {};
    const papers = marks[label ?? when ?? year];
    if (papers) location.hash = `#papers?${papers}`;
  });
}

async function draw(chart) {
  const spec = JSON.parse(chart.querySelector("script").textContent);
  const live = chart.querySelector(".live");
  try {
    const options = { actions: false, ast: true, config, renderer: "svg" };
    const { view } = await vegaEmbed(live, spec, options);
    chart.dataset.drawn = "yes";
    if (chart.dataset.marks) leadToPapers(view, JSON.parse(chart.dataset.marks));
  } catch (error) {
    // The drawn SVG stays.
    live.remove();
    console.error(`a chart could not be drawn: ${error}`);
  }
}

Promise.all([...document.querySelectorAll("[data-chart]")].map(draw)).then(() =>
  document.dispatchEvent(new Event("drawn")),
);
