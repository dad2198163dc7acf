// On paper nothing can be opened: what is folded and drawn nowhere else is opened while printing.
(() => {
  const opened = [];
  addEventListener("beforeprint", () => {
    document.querySelectorAll("details[data-print]:not([open])").forEach((details) => {
      details.open = true;
      opened.push(details);
    });
  });
  addEventListener("afterprint", () => {
    opened.splice(0).forEach((details) => (details.open = false));
  });
})();

// Sorting of tables: a button in each heading, by click or keyboard; without scripts the tables
// stay as they are.
(() => {
  const status = document.getElementById("status");
  const collator = new Intl.Collator("en", { numeric: true });

  function compare(a, b, isNumber, direction) {
    if (a === "" || b === "") return (a === "") - (b === "");
    return direction * (isNumber ? Number(a) - Number(b) : collator.compare(a, b));
  }

  function sort(table, heading, column) {
    const isNumber = heading.matches(".number, .drawn");
    const before = heading.getAttribute("aria-sort");
    const first = isNumber ? "descending" : "ascending";
    const second = isNumber ? "ascending" : "descending";
    const now = before === first ? second : first;
    const body = table.tBodies[0];
    const key = (row) => row.cells[column].dataset.key;
    const rows = [...body.rows];
    rows.sort((a, b) => compare(key(a), key(b), isNumber, now === "ascending" ? 1 : -1));
    body.append(...rows);
    table.querySelectorAll("th[aria-sort]").forEach((th) => th.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", now);
    status.textContent = `${table.caption.textContent}, sorted by ${heading.textContent}, ${now}`;
  }

  document.querySelectorAll("table:not(#papers-table)").forEach((table) => {
    if (table.tBodies[0].rows.length < 2) return;
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sort(table, heading, column));
      heading.append(button);
    });
  });
})();
