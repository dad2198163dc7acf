// Files made of what is on the page: figures as CSV, charts as SVG, and the papers chosen.
// Nothing is asked of a network: a file is a blob of this very page.
const downloads = (() => {
  const { build, formula: pattern } = JSON.parse(document.getElementById("downloads").textContent);
  const formula = new RegExp(pattern);

  function save(name, type, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = `papermart-${build}-${name}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  // As `papermart export` writes them: a byte-order mark, by which Excel knows UTF-8; an
  // apostrophe before what a spreadsheet would run.
  function cell(value) {
    const text = Array.isArray(value) ? value.join("; ") : String(value ?? "");
    const harmless = typeof value !== "number" && formula.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
  }

  function saveCsv(name, rows) {
    const lines = rows.map((row) => `${row.map(cell).join(",")}\n`);
    save(`${name}.csv`, "text/csv", `\ufeff${lines.join("")}`);
  }

  // The chart as it was drawn for print: without the page its colours are what the page falls back
  // on, which not every program that shows an SVG understands.
  function saveSvg(chart) {
    const svg = chart.querySelector("svg.fallback").cloneNode(true);
    svg.removeAttribute("class");
    svg.removeAttribute("aria-hidden");
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = chart.getAttribute("aria-label");
    svg.prepend(title);
    const text = new XMLSerializer()
      .serializeToString(svg)
      .replace(/var\(--[\w-]+, *([^()]+)\)/g, "$1")
      .replaceAll("currentColor", "#1c2430");
    save(`${chart.id}.svg`, "image/svg+xml", text);
  }

  function button(shown, of, act) {
    const made = document.createElement("button");
    const more = document.createElement("span");
    made.type = "button";
    made.className = "download";
    more.className = "unseen";
    more.textContent = ` of ${of}`;
    made.append(`Download ${shown}`, more);
    made.addEventListener("click", act);
    return made;
  }

  document.querySelectorAll("script[data-csv]").forEach((script) => {
    const { csv: name, caption } = script.dataset;
    const act = () => save(`${name}.csv`, "text/csv", `\ufeff${JSON.parse(script.textContent)}`);
    script.before(button("CSV", caption, act));
  });
  document.querySelectorAll("[data-chart]").forEach((chart) => {
    const of = chart.parentElement.querySelector("figcaption")?.textContent ?? "the chart";
    chart.after(button("SVG", of, () => saveSvg(chart)));
  });
  return { saveCsv };
})();
