// ---- Histograms

const histogramCard = (histogram) => {
  const [width, height, floor] = [200, 84, 68];
  const most = Math.max(...histogram.counts, 1);
  const step = width / histogram.counts.length;
  const label = `${histogram.name}: mean ${short(histogram.mean)}, standard deviation ${short(histogram.deviation)}`;
  const svg = drawing("svg", { viewBox: `0 0 ${width} ${height}`, width: "100%", role: "img", "aria-label": label });
  histogram.counts.forEach((count, index) => {
    const size = count ? Math.max(1, (count / most) * (floor - 4)) : 0;
    svg.append(drawing("rect", { x: index * step + 0.4, y: floor - size, width: step - 0.8, height: size, rx: 0.8, style: "fill: var(--c0)" }));
  });
  svg.append(drawing("line", { class: "baseline", x1: 0, x2: width, y1: floor, y2: floor }));
  svg.append(drawing("text", { class: "axis", x: 0, y: height - 2 }, short(histogram.low)));
  svg.append(drawing("text", { class: "axis", x: width, y: height - 2, "text-anchor": "end" }, short(histogram.high)));
  if (histogram.low < 0 && histogram.high > 0) {
    const zero = (-histogram.low / (histogram.high - histogram.low)) * width;
    svg.append(drawing("line", { class: "cursor", x1: zero, x2: zero, y1: 0, y2: floor }));
  }
  const shape = `[${histogram.shape.join(", ")}]`;
  const strange = histogram.strange ? `, ${histogram.strange} not finite` : "";
  const note = `${shape}, mean ${short(histogram.mean)}, deviation ${short(histogram.deviation)}${strange}`;
  return element("div", { class: "card" }, element("h3", {}, histogram.name), element("p", { class: "note" }, note), svg);
};

// ---- Pictures

const paint = (canvas, picture) => {
  canvas.width = picture.width;
  canvas.height = picture.height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(picture.width, picture.height);
  const byte = (index) => parseInt(picture.bytes.substr(2 * index, 2), 16);
  const ends = isDark() ? [[255, 138, 151], [26, 31, 40], [132, 169, 255]] : [[194, 59, 75], [255, 255, 255], [47, 95, 208]];
  for (let index = 0; index < picture.width * picture.height; index += 1) {
    let channels = [0, 0, 0];
    if (picture.colored) {
      channels = [byte(3 * index), byte(3 * index + 1), byte(3 * index + 2)];
    } else if (picture.signed) {
      const level = (byte(index) - 127.5) / 127.5;
      const end = ends[level < 0 ? 0 : 2];
      channels = ends[1].map((middle, channel) => middle + (end[channel] - middle) * Math.abs(level));
    } else {
      channels = [byte(index), byte(index), byte(index)];
    }
    image.data.set([...channels, 255], 4 * index);
  }
  context.putImageData(image, 0, 0);
};
const pictureCanvas = (picture, label) => {
  const canvas = element("canvas", { role: "img", "aria-label": label });
  const draw = () => paint(canvas, picture);
  draw();
  if (picture.signed) redraws.push(draw);
  return canvas;
};

// ---- Classes

const confusionTable = (counts) => {
  const table = element("table", { class: "confusion", "aria-describedby": "confusion-note" });
  const head = element("tr", {}, element("th", { scope: "col", "aria-label": "class" }));
  counts.forEach((_, kind) => head.append(element("th", { scope: "col" }, String(kind))));
  head.append(element("th", { scope: "col", class: "rate" }, "recall"));
  table.append(element("thead", {}, head));
  const body = element("tbody");
  counts.forEach((row, kind) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const line = element("tr", {}, element("th", { scope: "row" }, String(kind)));
    row.forEach((count, answer) => {
      const share = total ? count / total : 0;
      const cell = element("td", {}, count ? String(count) : "·");
      if (!count) cell.className = "none";
      if (count) {
        const strength = kind === answer ? 0.1 + 0.5 * share : Math.min(0.9, 0.14 + 2.4 * share);
        cell.style.background = kind === answer ? `rgba(var(--heat), ${strength.toFixed(2)})` : `color-mix(in srgb, var(--c6) ${(100 * strength).toFixed(0)}%, transparent)`;
      }
      if (kind === answer) cell.classList.add("right");
      cell.title = `${count} of class ${kind} taken for ${answer}`;
      line.append(cell);
    });
    line.append(element("td", { class: "rate" }, total ? `${((100 * row[kind]) / total).toFixed(1)} %` : "-"));
    body.append(line);
  });
  table.append(body);
  const note = element("p", { class: "note", id: "confusion-note" }, "A row for each class, a column for what its examples are taken for.");
  return element("div", { class: "card" }, note, element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Confusion matrix" }, table));
};

const confusionList = (confusions) => {
  const table = element("table", { class: "list" });
  const heads = ["class", "taken for", "examples"].map((name) => element("th", { scope: "col" }, name));
  table.append(element("thead", {}, element("tr", {}, ...heads)));
  const body = element("tbody");
  for (const row of confusions) body.append(element("tr", {}, ...row.map((number) => element("td", {}, String(number)))));
  table.append(body);
  return element("div", { class: "card scroll", tabindex: "0", role: "region", "aria-label": "Classes that were confused" }, table);
};
