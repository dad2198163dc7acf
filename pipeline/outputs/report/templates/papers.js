// The list of papers: searched, sorted, chosen from by topic, year, site, person and whatever a
// figure counts. What is chosen stands in the address, `#papers?topic=…&year=…`.
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("papers-data").textContent);
  const papers = data.papers;
  const n = papers.id.length;
  const body = $("papers-table").tBodies[0];
  const collator = new Intl.Collator("en", { numeric: true });
  const count = (number) => number.toLocaleString("en");
  const NONE = "none";

  // Letters without accents, and those that no accent makes.
  const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };
  const fold = (text) =>
    text
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter]);
  const once = (make) => {
    let made;
    return () => (made ??= make());
  };

  // ---- what is asked of a paper

  // A person without a name of its own has the first by which a paper names them.
  const personNames = once(() => {
    const names = [...data.persons.name];
    data.people.person.forEach((person, at) => (names[person] ??= data.people.name[at]));
    return names;
  });
  const labels = once(() => {
    const bearers = new Map();
    personNames().forEach((name) => bearers.set(name, (bearers.get(name) ?? 0) + 1));
    return data.persons.id.map((id, person) => {
      const name = personNames()[person];
      return bearers.get(name) > 1 ? `${name} (${id})` : name;
    });
  });
  const foldedLabels = once(() => labels().map(fold));
  const haystacks = once(() => {
    const names = data.people.name.map(fold);
    const topics = data.topics.map(fold);
    const venues = data.venues.map(fold);
    const all = (places, words) => places.map((place) => words[place]).join("\n");
    return papers.title.map((title, i) =>
      [
        fold(title),
        all(papers.people[i], names),
        all(papers.topics[i], topics),
        all(papers.venues[i], venues),
      ].join("\n"),
    );
  });

  const words = (text) => fold(text).split(/\s+/).filter(Boolean);
  const has = (column, place) => (i) => papers[column][i].includes(place);
  const equals = (column, value) => {
    const wanted = value === NONE ? null : value;
    return (i) => (papers[column][i] === null ? null : String(papers[column][i])) === wanted;
  };
  // A paper's places are three numbers each; the first is the page.
  const on = (column, value) => {
    const pages = data.pages[column].map((found) => found === value);
    return (i) => papers.places[i].some((page, at) => at % 3 === 0 && pages[page]);
  };
  const byVenue = (column, value) => (i) => {
    const venue = papers.venue[i];
    const found = venue < 0 ? null : data.venue[column][venue];
    return found === (value === NONE ? null : value);
  };
  const shown = (column, value) =>
    value === NONE
      ? (i) => papers[column][i].length === 0
      : has(column, data[column].indexOf(value));
  function byPerson(value) {
    const id = data.persons.id.indexOf(value);
    const asked = words(value);
    const chosen =
      id >= 0
        ? data.persons.id.map((_, person) => person === id)
        : foldedLabels().map((label) => asked.every((word) => label.includes(word)));
    const named = data.people.person.map((person) => chosen[person]);
    return (i) => papers.people[i].some((place) => named[place]);
  }
  function byWords(value) {
    const asked = words(value);
    const found = haystacks();
    return (i) => asked.every((word) => found[i].includes(word));
  }

  const FILTERS = {
    q: { name: "words", of: byWords },
    topic: { name: "topic", of: (value) => shown("topics", value) },
    year: { name: "year", of: (value) => equals("year", value) },
    month: { name: "month", of: (value) => equals("month", value) },
    site: { name: "site", of: (value) => on("site", value), label: (value) => data.sites[value] },
    listing: {
      name: "listing",
      of: (value) => on("listing", value),
      label: (value) => data.listings[value],
    },
    person: {
      name: "person",
      of: byPerson,
      label: (value) => labels()[data.persons.id.indexOf(value)],
    },
    venue: { name: "venue", of: (value) => byVenue("name", value) },
    venue_type: { name: "kind of venue", of: (value) => byVenue("type", value) },
    venue_shown: { name: "venue on a card", of: (value) => shown("venues", value) },
    category: { name: "category", of: (value) => shown("categories", value) },
    is: {
      name: "only",
      of: (value) => {
        const bit = 1 << Object.keys(data.flags).indexOf(value);
        return (i) => (papers.is[i] & bit) !== 0;
      },
      label: (value) => data.flags[value],
    },
    id: {
      name: "paper",
      of: (value) => {
        const ids = new Set(value.split(","));
        return (i) => ids.has(papers.id[i]);
      },
    },
  };
  const labelled = (name, value) => FILTERS[name].label?.(value) ?? value;

  // ---- the order of papers: ranks, worked out when first asked for

  const ranked = (key) =>
    once(() => {
      const keys = Array.from({ length: n }, (_, i) => key(i));
      const order = [...keys.keys()];
      order.sort((a, b) => collator.compare(keys[a], keys[b]) || a - b);
      const ranks = new Int32Array(n);
      let rank = 0;
      order.forEach((i, at) => {
        if (at && keys[i] !== keys[order[at - 1]]) rank += 1;
        ranks[i] = keys[i] === "" ? -1 : rank;
      });
      return ranks;
    });
  const firstAuthor = (i) => data.people.name[papers.people[i][0]] ?? "";
  const venueOf = (i) => (papers.venue[i] < 0 ? "" : data.venue.name[papers.venue[i]]);
  const RANKS = {
    title: ranked((i) => fold(papers.title[i])),
    author: ranked((i) => fold(firstAuthor(i))),
    year: once(() => papers.year.map((year) => year ?? -1)),
    venue: ranked((i) => fold(venueOf(i))),
  };

  // Unknown values stand last whatever the direction; of the same rank the newest first.
  function inOrder(found) {
    const ranks = RANKS[state.sort]();
    const direction = state.isDescending ? -1 : 1;
    return found.sort((a, b) => {
      const [left, right] = [ranks[a], ranks[b]];
      if (left < 0 || right < 0) return (left < 0) - (right < 0) || a - b;
      return direction * (left - right) || a - b;
    });
  }

  // ---- what is chosen, and its address

  const state = { filters: new Map(), sort: "year", isDescending: true, found: [], nShown: 0 };

  function readAddress() {
    const [place, asked] = location.hash.split(/\?(.*)/s);
    if (place !== "#papers" || asked === undefined) return false;
    const given = new URLSearchParams(asked.replaceAll("+", "%2B"));
    state.filters = new Map([...given].filter(([name, value]) => name in FILTERS && value));
    const sort = given.get("sort")?.replace(/^-/, "");
    if (sort in RANKS) {
      state.sort = sort;
      state.isDescending = given.get("sort").startsWith("-");
    }
    return true;
  }

  let writing;
  // Browsers take it ill when an address changes with every key.
  function writeAddress() {
    clearTimeout(writing);
    writing = setTimeout(() => {
      const parts = [...state.filters].map(
        ([name, value]) => `${name}=${encodeURIComponent(value)}`,
      );
      if (state.sort !== "year" || !state.isDescending)
        parts.push(`sort=${state.isDescending ? "-" : ""}${state.sort}`);
      history.replaceState(null, "", parts.length ? `#papers?${parts.join("&")}` : "#papers");
    }, 300);
  }

  function choose(name, value) {
    if (value) state.filters.set(name, value);
    else state.filters.delete(name);
    update();
    writeAddress();
  }

  // ---- the page

  function element(name, properties, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function leadsTo(text, name, value) {
    const papersOf = `${name}=${encodeURIComponent(value)}`;
    return element("a", { href: `#papers?${papersOf}`, "data-papers": papersOf }, text);
  }

  const between = (items, sign) => items.flatMap((item, at) => (at ? [sign, item] : [item]));
  const link = (i) =>
    papers.prefix[i] < 0 ? "" : data.prefix[papers.prefix[i]] + papers.rest[i];
  const flag = (i, name) => (papers.is[i] >> Object.keys(data.flags).indexOf(name)) & 1;

  function title(i) {
    const where = link(i);
    const shownTitle = where
      ? element("a", { href: where, rel: "noreferrer" }, papers.title[i])
      : papers.title[i];
    const found = papers.topics[i].slice(0, papers.n_topics[i]).map((at) => data.topics[at]);
    const topics = between(found.map((topic) => leadsTo(topic, "topic", topic)), " · ");
    const cell = element(
      "th",
      { scope: "row", role: "rowheader", tabindex: "-1" },
      shownTitle,
    );
    if (topics.length) cell.append(element("span", { class: "topics" }, ...topics));
    return cell;
  }

  function authors(i) {
    const named = papers.people[i].slice(0, data.first_authors).map((place) => {
      const id = data.persons.id[data.people.person[place]];
      return leadsTo(data.people.name[place], "person", id);
    });
    const nMore = Math.max(papers.n_listed[i] - data.first_authors, 0);
    const isCut = flag(i, "list_cut");
    let more = nMore ? `+ ${nMore}` : "";
    if (isCut) more = nMore ? `+ ${nMore} or more` : "and others";
    if (!named.length) more = "–";
    return element("td", { role: "cell" }, ...between(named, "; "), ` ${more}`);
  }

  function placesOf(i) {
    const numbers = papers.places[i];
    return Array.from({ length: numbers.length / 3 }, (_, at) => {
      const [page, first, last] = numbers.slice(3 * at, 3 * at + 3);
      return { page, lines: first === last ? `${first}` : `${first}–${last}` };
    });
  }

  function places(i) {
    const lines = placesOf(i).map(({ page, lines }) =>
      element(
        "li",
        {},
        `${data.sites[data.pages.site[page]]}: `,
        element("span", { class: "path" }, data.pages.path[page]),
        `, ${lines}`,
      ),
    );
    return element("td", { role: "cell" }, element("ul", {}, ...lines));
  }

  const row = (i) =>
    element(
      "tr",
      { role: "row" },
      title(i),
      authors(i),
      element("td", { role: "cell" }, `${papers.year[i] ?? "–"}`),
      element("td", { role: "cell" }, venueOf(i) || "–"),
      places(i),
    );

  function showMore() {
    const next = state.found.slice(state.nShown, state.nShown + data.at_a_time).map(row);
    body.append(...next);
    state.nShown += next.length;
    $("papers-more").hidden = state.nShown >= state.found.length;
    const left = Math.min(data.at_a_time, state.found.length - state.nShown);
    $("papers-more").textContent = `Show ${count(left)} more`;
    say();
    return next[0];
  }

  function say() {
    const nFound = state.found.length;
    const all = nFound === n ? "all " : "";
    const which =
      nFound > state.nShown
        ? `Showing ${count(state.nShown)} of ${all}${count(nFound)}`
        : `Showing ${all}${count(nFound)}`;
    const parts = [`${which} ${nFound === 1 ? "paper" : "papers"}`];
    const chosen = [...state.filters].map(
      ([name, value]) => `${FILTERS[name].name}: ${labelled(name, value)}`,
    );
    if (chosen.length) parts[0] += ` (of ${count(n)})`;
    parts.push(...chosen);
    const heading = document.querySelector(`#papers-table th[data-sort=${state.sort}]`);
    const direction = state.isDescending ? "descending" : "ascending";
    parts.push(`sorted by ${heading.textContent.toLowerCase()}, ${direction}`);
    const missing = data.n_all - n;
    const rest = missing ? ` ${count(missing)} older papers are not on this page.` : "";
    $("papers-said").textContent = `${parts.join("; ")}.${rest}`;
  }

  const CONTROLS = ["topic", "year", "site"];

  function showChosen() {
    const apart = [];
    for (const [name, value] of state.filters) {
      const isSelect = CONTROLS.includes(name);
      const isThere = isSelect && [...$(`papers-${name}`).options].some((o) => o.value === value);
      if (!isThere && name !== "q" && name !== "person") apart.push([name, value]);
    }
    for (const name of CONTROLS) $(`papers-${name}`).value = state.filters.get(name) ?? "";
    const person = state.filters.get("person");
    const inputs = [
      [$("papers-q"), state.filters.get("q") ?? ""],
      [$("papers-person"), person ? labelled("person", person) : ""],
    ];
    for (const [input, value] of inputs) if (document.activeElement !== input) input.value = value;
    $("papers-chosen").replaceChildren(
      ...apart.map(([name, value]) => {
        const text = `${FILTERS[name].name}: ${labelled(name, value)} ✕`;
        const remove = element("span", { class: "unseen" }, "Remove ");
        const button = element("button", { type: "button" }, remove, text);
        button.addEventListener("click", () => {
          choose(name, "");
          $("papers-q").focus();
        });
        return element("li", {}, button);
      }),
    );
    $("papers-clear").hidden = state.filters.size === 0;
  }

  function update() {
    const asked = [...state.filters].map(([name, value]) => FILTERS[name].of(value));
    const found = [];
    for (let i = 0; i < n; i += 1) if (asked.every((test) => test(i))) found.push(i);
    state.found = inOrder(found);
    state.nShown = 0;
    body.replaceChildren();
    showChosen();
    showMore();
  }

  function options(select, values, none) {
    const made = values.map(([value, text, number]) =>
      element("option", { value }, `${text} (${count(number)})`),
    );
    if (none) made.push(element("option", { value: NONE }, `not known (${count(none)})`));
    select.append(element("option", { value: "" }, "any"), ...made);
  }

  function counted(each) {
    const found = new Map();
    for (let i = 0; i < n; i += 1)
      for (const value of each(i)) found.set(value, (found.get(value) ?? 0) + 1);
    return found;
  }

  function fillControls() {
    const topics = [...counted((i) => papers.topics[i])].map(([at, number]) => [
      data.topics[at],
      data.topics[at],
      number,
    ]);
    topics.sort((a, b) => collator.compare(a[1], b[1]));
    options($("papers-topic"), topics, papers.topics.filter((found) => !found.length).length);
    const years = counted((i) => [papers.year[i]]);
    const known = [...years].filter(([year]) => year !== null).sort((a, b) => b[0] - a[0]);
    options($("papers-year"), known.map(([year, number]) => [year, year, number]), years.get(null));
    const sites = counted(
      (i) => new Set(placesOf(i).map(({ page }) => data.pages.site[page])),
    );
    const named = [...sites].map(([site, number]) => [site, data.sites[site], number]);
    options($("papers-site"), named.sort((a, b) => collator.compare(a[1], b[1])), 0);
  }

  function suggestPeople() {
    const asked = words($("papers-person").value);
    const found = [];
    const folded = foldedLabels();
    for (let person = 0; asked.length && person < folded.length && found.length < 12; person += 1)
      if (asked.every((word) => folded[person].includes(word))) found.push(labels()[person]);
    $("papers-people").replaceChildren(
      ...found.sort(collator.compare).map((label) => element("option", { value: label })),
    );
  }

  function choosePerson() {
    const typed = $("papers-person").value.trim();
    const person = labels().indexOf(typed);
    choose("person", person < 0 ? typed : data.persons.id[person]);
  }

  function sortBy(heading) {
    const key = heading.dataset.sort;
    const first = key === "year";
    state.isDescending = state.sort === key ? !state.isDescending : first;
    state.sort = key;
    showSort();
    update();
    writeAddress();
  }

  function showSort() {
    document.querySelectorAll("#papers-table thead th").forEach((heading) => {
      heading.removeAttribute("aria-sort");
      if (heading.dataset.sort === state.sort)
        heading.setAttribute("aria-sort", state.isDescending ? "descending" : "ascending");
    });
  }

  function saveChosen() {
    const head = ["paper_id", "title", "authors", "year", "venue", "link", "sources", "topics"];
    const rows = state.found.map((i) => [
      papers.id[i],
      papers.title[i],
      papers.people[i].slice(0, papers.n_listed[i]).map((place) => data.people.name[place]),
      papers.year[i],
      venueOf(i),
      link(i),
      [...new Set(placesOf(i).map(({ page }) => data.pages.site[page]))].sort(),
      papers.topics[i].slice(0, papers.n_topics[i]).map((at) => data.topics[at]),
      placesOf(i).map(({ page, lines }) => `${data.pages.path[page]}: ${lines}`),
    ]);
    downloads.saveCsv("papers-chosen", [[...head, "pages_and_lines"], ...rows]);
  }

  function follow() {
    if (!readAddress()) return;
    showSort();
    update();
    $("papers").focus({ preventScroll: true });
    $("papers").scrollIntoView();
  }

  // ---- begin

  document.querySelectorAll("#papers-table th[data-sort]").forEach((heading) => {
    const button = element("button", { type: "button" }, ...heading.childNodes);
    button.addEventListener("click", () => sortBy(heading));
    heading.append(button);
  });
  fillControls();
  for (const name of CONTROLS)
    $(`papers-${name}`).addEventListener("change", (event) => choose(name, event.target.value));
  // Texts are made ready for a search before its first word is typed.
  $("papers-q").addEventListener("focus", () => setTimeout(haystacks));
  $("papers-q").addEventListener("input", (event) => choose("q", event.target.value.trim()));
  $("papers-person").addEventListener("input", suggestPeople);
  $("papers-person").addEventListener("change", choosePerson);
  $("papers-choice").addEventListener("submit", (event) => event.preventDefault());
  $("papers-more").addEventListener("click", () => showMore()?.cells[0].focus());
  $("papers-csv").addEventListener("click", saveChosen);
  $("papers-clear").addEventListener("click", () => {
    state.filters.clear();
    update();
    writeAddress();
    $("papers-q").focus();
  });
  document.querySelectorAll("a[data-papers]").forEach((one) => {
    one.setAttribute("href", `#papers?${one.dataset.papers}`);
  });
  // A link to the address that is there already changes nothing that `hashchange` would tell.
  document.addEventListener("click", (event) => {
    const one = event.target.closest("a[data-papers]");
    if (one && one.getAttribute("href") === location.hash) follow();
  });
  $("papers-choice").hidden = false;
  $("papers-acts").hidden = false;
  window.addEventListener("hashchange", follow);
  update();
  follow();
  // Charts that are drawn meanwhile move the list.
  document.addEventListener("drawn", () => {
    if (document.activeElement === $("papers")) $("papers").scrollIntoView();
  });
})();
