// Narrows a list or a table down to what its form asks for, and keeps that in the address.
//
// The page is whole without this file. Rows are `[data-row]`, what they hold is `[data-cell]`; a question of the form is
// put to those that have a `data-` attribute of its name. A group with no row left is hidden,
// and so are the links of the page to it.

const grids = (root) => [...root.querySelectorAll("table[data-columns]")].map((table) => {
  const rows = [...table.rows].map((row) => {
    let at = Number(row.dataset.start ?? 0);
    return { row, cells: [...row.cells].map((cell) => ({ cell, span: cell.colSpan, at: (at += cell.colSpan) - cell.colSpan })) };
  });
  const columns = table.querySelector(".grid-columns");
  const width = (columns?.span ?? 0) + 1;
  // Columns without a link that is shown go away; what is empty between two links spans those that stay.
  return (narrowed) => {
    const used = new Array(width).fill(!narrowed).fill(true, 0, 1);
    for (const { row, cells } of rows) {
      if (narrowed && !row.hidden) for (const { cell, at } of cells) if ("cell" in cell.dataset && !("off" in cell.dataset)) used[at] = true;
    }
    const before = [0];
    for (const one of used) before.push(before.at(-1) + one);
    for (const { cell, span, at } of rows.flatMap(({ cells }) => cells)) {
      const left = before[at + span] - before[at];
      cell.hidden = left === 0;
      if (left > 0 && cell.colSpan !== left) cell.colSpan = left;
    }
    if (columns) columns.span = Math.max(1, before[width] - 1);
  };
});

function start(form) {
  const root = document.getElementById(form.dataset.filter);
  const rows = [...root.querySelectorAll("[data-row]")].map((row, at) => ({ row, at, home: row.parentNode, cells: [...row.querySelectorAll("[data-cell]")] }));
  if (!rows.length) return;
  const groups = [...root.querySelectorAll("[data-group]")].reverse();
  const narrowGrids = grids(root);
  const jumps = [...document.querySelectorAll(".contents a[href^='#']")].map((link) => ({ item: link.parentNode, target: document.getElementById(decodeURIComponent(link.hash.slice(1))) }));
  const lists = new Set(jumps.map(({ item }) => item.closest("nav")));
  const status = form.querySelector("[role=status]");
  const fields = [...form.elements].filter((field) => field.name);
  const number = new Intl.NumberFormat(document.documentElement.lang);
  // An amount as people write it: with the language's sign before the decimals, or the other one where no thousand follows,
  // and around it the words of its unit, as far as they are written yet. Nothing where it is no amount.
  const thousands = number.format(0.5).includes(",") ? /\.(?=\d{3}(\D|$))/g : /,(?=\d{3}(\D|$))/g;
  const units = form.dataset.unit?.toLowerCase().match(/[^\s.,]+/g) ?? [];
  const withoutUnit = (text) => text.toLowerCase().replace(/([^\d\s.,]+)\.?/g, (all, word) => (units.some((unit) => unit.startsWith(word)) ? "" : all));
  const amountOf = (text) => {
    const amount = Number(withoutUnit(text).replace(/[\s'’]/g, "").replace(thousands, "").replace(",", ".") || NaN);
    return Number.isNaN(amount) ? "" : amount;
  };
  const isAmount = (name) => name === "min" || name === "max";
  let flat, order = "";

  const answers = (element, name, value) => {
    if (isAmount(name)) {
      const amount = element.dataset.amount;
      return amount !== "" && (name === "min" ? Number(amount) >= value : Number(amount) <= value);
    }
    return element.dataset[name].split(" ").includes(value);
  };
  const isOfRow = (name) => isAmount(name) || name in rows[0].row.dataset;

  function sort(by) {
    if (by === order) return;
    order = by;
    flat?.remove();
    const by_ = { title: ({ row }) => Number(row.dataset.rank), amount: ({ row }) => (row.dataset.amount === "" ? Infinity : -row.dataset.amount), count: ({ row }) => -row.dataset.count }[by];
    if (!by_) return rows.forEach(({ row, home }) => home.append(row));
    flat = document.createElement(rows[0].home.tagName);
    flat.className = rows[0].home.className;
    const key = new Map(rows.map((item) => [item, by_(item)]));
    flat.append(...[...rows].sort((a, b) => key.get(a) - key.get(b) || a.at - b.at).map(({ row }) => row));
    root.prepend(flat);
  }

  function apply() {
    // What is no amount asks for nothing, and says so. The address has an amount as numbers are written, in every language.
    for (const field of fields.filter(({ name }) => isAmount(name))) {
      const isUnread = field.value.trim() !== "" && amountOf(field.value) === "";
      field.setAttribute("aria-invalid", isUnread);
      field.previousElementSibling.textContent = isUnread ? form.dataset.unread : "";
    }
    const asked = fields.map(({ name, value }) => [name, isAmount(name) ? amountOf(value) : value]).filter(([, value]) => value !== "");
    const questions = asked.filter(([name]) => name !== "sort");
    const ofRow = questions.filter(([name]) => isOfRow(name)), ofCell = questions.filter(([name]) => !isOfRow(name));
    let shown = 0, links = 0;
    for (const { row, cells } of rows) {
      let some = 0;
      for (const cell of cells) {
        const off = !ofCell.every(([name, value]) => answers(cell, name, value));
        cell.toggleAttribute("data-off", off);
        if (!off) some++;
      }
      row.hidden = !(ofRow.every(([name, value]) => answers(row, name, value)) && (ofCell.length === 0 || some > 0));
      if (!row.hidden) { shown++; links += some; }
    }
    sort(asked.find(([name]) => name === "sort")?.[1] ?? "");
    for (const group of groups) group.hidden = !group.querySelector("[data-row]:not([hidden])");
    for (const { item, target } of jumps) item.hidden = Boolean(target?.closest("[hidden]"));
    for (const list of lists) list.hidden = !list.querySelector("li:not([hidden])");
    for (const narrow of narrowGrids) narrow(questions.length > 0);
    const text = shown ? form.dataset.shown : form.dataset.none;
    status.textContent = text.replace("{rows}", number.format(shown)).replace("{all}", number.format(rows.length)).replace("{cells}", number.format(links));
    return new URLSearchParams(asked).toString();
  }

  function remember(query) {
    const address = `${location.pathname}${query && "?"}${query}${location.hash}`;
    if (address !== location.pathname + location.search + location.hash) history.replaceState(null, "", address);
    for (const link of document.querySelectorAll("nav a[hreflang]")) link.search = query;
  }

  function recall() {
    const asked = new URLSearchParams(location.search);
    for (const field of fields) {
      const value = asked.get(field.name) ?? "";
      field.value = isAmount(field.name) && value && !Number.isNaN(Number(value)) ? number.format(value) : value;
      if (field.selectedIndex < 0) field.value = "";
    }
    const query = apply();
    for (const link of document.querySelectorAll("nav a[hreflang]")) link.search = query;
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => remember(apply()));
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    for (const field of fields) field.value = "";
    remember(apply());
  });
  addEventListener("popstate", recall);
  recall();
}

for (const form of document.querySelectorAll("form[data-filter]")) start(form);
