// ---- The page

for (const [name, value] of figures.facts) {
  document.getElementById("facts").append(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
}
if (figures.remarks.length) {
  const node = section("remarks", "Left out");
  for (const remark of figures.remarks) node.append(element("p", { class: "remark" }, remark));
}
const findings = section("diagnoses", "Diagnoses");
if (!figures.findings.length) findings.append(element("p", { class: "healthy" }, "✓ nothing was found to be wrong"));
for (const finding of figures.findings) {
  const where = `${finding.epoch ? `epoch ${finding.epoch}` : ""}${finding.place ? `, ${finding.place}` : ""}`;
  findings.append(element("div", { class: "finding" }, element("p", { class: "where" }, where), element("p", {}, finding.message), element("p", { class: "help" }, finding.help)));
}
if (figures.charts.length) {
  const grid = element("div", { class: "grid" });
  section("curves", "Curves").append(grid);
  for (const chart of figures.charts) grid.append(chartCard(chart));
}
if (figures.confusion) section("classes", "Classes", figures.examined).append(confusionTable(figures.confusion));
if (figures.confusions.length) section("classes", "Classes", `${figures.examined}; those that were confused most often`).append(confusionList(figures.confusions));
if (figures.examples.length) {
  const isWide = figures.examples.some((example) => example.pictures.length > 1);
  const grid = element("div", { class: isWide ? "examples wide" : "examples" });
  section("examples", "Worst examples", `Of ${figures.examined}, those with the largest loss.`).append(grid);
  for (const example of figures.examples) {
    const caption = element("figcaption", {}, element("h3", {}, example.title), facts(example.facts));
    const figure = element("figure", { class: "card" });
    const pictures = element("div", { class: "pictures" });
    for (const [name, picture] of example.pictures) {
      const label = example.pictures.length > 1 ? [element("span", {}, name)] : [];
      pictures.append(element("div", {}, pictureCanvas(picture, `${example.title}: ${name}`), ...label));
    }
    if (example.pictures.length) figure.append(pictures);
    figure.append(caption);
    grid.append(figure);
  }
}
if (figures.filters) {
  const grid = element("div", { class: "filters" });
  section("filters", "First filters", `What '${figures.filters.layer}' looks for: its weights${figures.filters.pictures[0].colored ? "" : ", blue above 0 and red below"}.`).append(grid);
  figures.filters.pictures.forEach((picture, index) => {
    grid.append(element("figure", {}, pictureCanvas(picture, `filter ${index}, weights up to ${short(Math.max(Math.abs(picture.low), picture.high))}`)));
  });
}
if (figures.histograms.length) {
  const grid = element("div", { class: "small" });
  section("weights", "Weights", "How the numbers of each parameter and saved statistic are spread.").append(grid);
  for (const histogram of figures.histograms) grid.append(histogramCard(histogram));
}
if (figures.model) {
  const node = section("model", "Model");
  node.append(element("pre", { tabindex: "0" }, figures.model));
}

// Everything has its place, and so its width.
redraw();

// For whoever checks the page without looking at it.
const report = () => {
  root.dataset.overflow = root.scrollWidth > root.clientWidth ? "yes" : "no";
  root.dataset.width = String(root.clientWidth);
  root.dataset.curves = String(document.querySelectorAll("path.curve").length);
  root.dataset.state = "ready";
};
requestAnimationFrame(() => requestAnimationFrame(report));
setTimeout(report, 200);
