"use strict";
(() => {
  const root = document.documentElement;
  let errors = 0;
  const fail = (message) => { errors += 1; root.dataset.errors = String(errors); root.dataset.error = String(message); };
  root.dataset.errors = "0";
  addEventListener("error", (event) => fail(event.message));
  addEventListener("securitypolicyviolation", (event) => fail(event.violatedDirective));

  const figures = JSON.parse(document.getElementById("figures").textContent);
  const main = document.getElementById("main");
  const tip = document.getElementById("tip");
  const svgSpace = "http://www.w3.org/2000/svg";

  // Text is only ever set as text: names and paths are the user's.
  const element = (name, attributes = {}, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const drawing = (name, attributes = {}, text = null) => {
    const node = document.createElementNS(svgSpace, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== null) node.textContent = text;
    return node;
  };
  const short = (number) => {
    if (typeof number !== "number") return String(number);
    if (number === 0) return "0";
    const size = Math.abs(number);
    if (size >= 1e5 || size < 1e-3) return number.toExponential(size >= 1e5 || size < 1e-99 ? 1 : 2).replace(/\.?0+e/, "e").replace("e+", "e");
    return String(Number(number.toPrecision(4)));
  };

  const section = (id, title, about) => {
    const node = element("section", { id, "aria-labelledby": id + "-title" }, element("h2", { id: id + "-title" }, title));
    if (about) node.append(element("p", { class: "about" }, about));
    main.append(node);
    document.getElementById("contents").append(element("a", { href: "#" + id }, title));
    return node;
  };
  const facts = (pairs) => {
    const list = element("dl");
    for (const [name, value] of pairs) list.append(element("dt", {}, name), element("dd", {}, value));
    return list;
  };

  // Light and dark: as the system has it, until the button is pressed.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const redraws = [];
  const redraw = () => redraws.forEach((draw) => draw());
  document.getElementById("theme").addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; redraw(); });
  dark.addEventListener("change", redraw);
  if (location.hash === "#dark" || location.hash === "#light") root.dataset.theme = location.hash.slice(1);

  // ---- Curves

  const color = (index, count, byLayer) =>
    byLayer && count > 1 ? `hsl(${Math.round(250 - (225 * index) / (count - 1))} 62% var(--ramp))` : `var(--c${index % 8})`;
  const linearTicks = (low, high, count) => {
    const rough = (high - low) / Math.max(count, 1);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999);
    const ticks = [];
    for (let index = Math.ceil(low / step - 1e-9); index * step <= high * (1 + 1e-12) + 1e-300 && ticks.length < 50; index += 1) {
      ticks.push(Number((index * step).toPrecision(12)));
    }
    return ticks;
  };
  const logTicks = (low, high, count) => {
    const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
    const every = Math.max(1, Math.ceil((last - first) / count));
    const factors = last - first <= 2 ? [1, 2, 5] : [1];
    const ticks = [];
    for (let power = first; power <= last; power += every) {
      for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(3)));
    }
    return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
  };

  const drawChart = (place, chart, state) => {
    const width = Math.max(place.clientWidth, 200);
    const height = Math.round(Math.min(260, Math.max(190, width * 0.5)));
    const curves = chart.curves.filter((_, index) => !state.hidden.has(index));
    const usable = (value) => typeof value === "number" && (!state.isLog || value > 0);
    const points = curves.flatMap((curve) => curve.points.filter((point) => usable(point[1])));
    place.replaceChildren();
    const svg = drawing("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": describe(chart) });
    place.append(svg);
    if (!points.length) {
      svg.append(drawing("text", { class: "axis", x: width / 2, y: height / 2, "text-anchor": "middle" }, "nothing to draw on this scale"));
      return;
    }
    const epochs = chart.curves.flatMap((curve) => curve.points.map((point) => point[0]));
    const [left, right] = [Math.min(...epochs), Math.max(...epochs)];
    let [low, high] = [Math.min(...points.map((point) => point[1])), Math.max(...points.map((point) => point[1]))];
    if (state.isLog) {
      if (low === high) [low, high] = [low / 2, high * 2];
    } else {
      if (low > 0 && low < high * 0.5) low = 0;
      const reach = high - low || Math.abs(high) || 1;
      if (low !== 0) low -= reach * 0.06;
      high += reach * 0.06;
    }
    const scale = state.isLog ? Math.log10 : (number) => number;
    const ticks = state.isLog ? logTicks(low, high, 6) : linearTicks(low, high, 5);
    const labels = ticks.map(short);
    const margin = { left: 14 + 7 * Math.max(...labels.map((label) => label.length), 1), right: 12, top: 8, bottom: 24 };
    const x = (epoch) => margin.left + (right === left ? 0.5 : (epoch - left) / (right - left)) * (width - margin.left - margin.right);
    const y = (value) =>
      height - margin.bottom - ((scale(value) - scale(low)) / (scale(high) - scale(low))) * (height - margin.top - margin.bottom);
    ticks.forEach((tick, index) => {
      svg.append(drawing("line", { class: "gridline", x1: margin.left, x2: width - margin.right, y1: y(tick), y2: y(tick) }));
      svg.append(drawing("text", { class: "axis", x: margin.left - 7, y: y(tick) + 4, "text-anchor": "end" }, labels[index]));
    });
    const bottom = height - margin.bottom;
    svg.append(drawing("line", { class: "baseline", x1: margin.left, x2: width - margin.right, y1: bottom, y2: bottom }));
    const marks = right === left ? [left] : linearTicks(left, right, Math.max(2, Math.floor(width / 90))).filter(Number.isInteger);
    const shown = marks[0] === left ? marks : [left, ...marks.filter((mark) => x(mark) - x(left) > 34)];
    for (const mark of shown) {
      svg.append(drawing("text", { class: "axis", x: x(mark), y: height - 7, "text-anchor": "middle" }, String(mark)));
    }
    chart.curves.forEach((curve, index) => {
      if (state.hidden.has(index)) return;
      const stroke = color(index, chart.curves.length, chart.byLayer);
      let path = "";
      let isPen = false;
      for (const [epoch, value] of curve.points) {
        if (usable(value)) path += `${isPen ? "L" : "M"}${x(epoch).toFixed(1)} ${y(value).toFixed(1)}`;
        isPen = usable(value);
      }
      svg.append(drawing("path", { class: "curve", d: path, style: `stroke: ${stroke}` }));
      if (curve.points.length === 1 && usable(curve.points[0][1])) {
        svg.append(drawing("circle", { cx: x(curve.points[0][0]), cy: y(curve.points[0][1]), r: 3.5, style: `fill: ${stroke}` }));
      }
    });
    listen(svg, chart, state, { x, left, right, top: margin.top, bottom });
  };

  const describe = (chart) =>
    chart.title + ": " + chart.curves.filter((curve) => curve.points.length).map((curve) => {
      const [first, last] = [curve.points[0], curve.points[curve.points.length - 1]];
      return `${curve.name} from ${short(first[1])} in epoch ${first[0]} to ${short(last[1])} in epoch ${last[0]}`;
    }).join("; ");

  // What the curves are at the pointer.
  const listen = (svg, chart, state, frame) => {
    const cursor = drawing("line", { class: "cursor", y1: frame.top, y2: frame.bottom, visibility: "hidden" });
    svg.append(cursor);
    const epochs = [...new Set(chart.curves.flatMap((curve) => curve.points.map((point) => point[0])))].sort((a, b) => a - b);
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const at = event.clientX - box.left;
      const epoch = epochs.reduce((best, next) => (Math.abs(frame.x(next) - at) < Math.abs(frame.x(best) - at) ? next : best));
      cursor.setAttribute("x1", frame.x(epoch));
      cursor.setAttribute("x2", frame.x(epoch));
      cursor.setAttribute("visibility", "visible");
      tip.replaceChildren(element("div", {}, `epoch ${epoch}`));
      const rows = chart.curves.map((curve, index) => ({ curve, index, point: curve.points.find((point) => point[0] === epoch) }))
        .filter((row) => row.point && !state.hidden.has(row.index));
      for (const row of rows.slice(0, 12)) {
        const dot = element("i", { style: `background: ${color(row.index, chart.curves.length, chart.byLayer)}` });
        tip.append(element("div", {}, dot, element("span", {}, row.curve.name), element("b", {}, short(row.point[1]))));
      }
      if (rows.length > 12) tip.append(element("div", {}, `and ${rows.length - 12} more`));
      tip.hidden = false;
      const room = root.clientWidth - tip.offsetWidth - 8;
      tip.style.left = `${Math.max(4, Math.min(event.pageX + 14, room))}px`;
      tip.style.top = `${event.pageY + 14}px`;
    });
    svg.addEventListener("pointerleave", () => { tip.hidden = true; cursor.setAttribute("visibility", "hidden"); });
  };

  const chartCard = (chart) => {
    const state = { isLog: false, hidden: new Set() };
    const place = element("div");
    const draw = () => drawChart(place, chart, state);
    const options = ["linear", "logarithmic"].map((word) => {
      const button = element("button", { type: "button", "aria-pressed": String(word === "linear") }, word);
      button.addEventListener("click", () => {
        state.isLog = word === "logarithmic";
        options.forEach((option) => option.setAttribute("aria-pressed", String(option === button)));
        draw();
      });
      return button;
    });
    const legend = element("ul", { class: "legend" });
    chart.curves.forEach((curve, index) => {
      const last = curve.points.length ? short(curve.points[curve.points.length - 1][1]) : "";
      const line = element("i", { style: `background: ${color(index, chart.curves.length, chart.byLayer)}` });
      const button = element("button", { type: "button", "aria-pressed": "true" }, line, element("span", {}, curve.name + " "), element("b", {}, last));
      button.addEventListener("click", () => {
        if (!state.hidden.delete(index)) state.hidden.add(index);
        button.setAttribute("aria-pressed", String(!state.hidden.has(index)));
        draw();
      });
      legend.append(element("li", {}, button));
    });
    const scale = element("div", { class: "switch", role: "group", "aria-label": `Scale of ${chart.title}` }, ...options);
    const card = element("div", { class: "card" }, element("div", { class: "head" }, element("h3", {}, chart.title), scale), place, legend);
    redraws.push(draw);
    let known = 0;
    // In the next frame: a drawing may change what is observed.
    new ResizeObserver(() => requestAnimationFrame(() => {
      if (Math.abs(place.clientWidth - known) < 1) return;
      known = place.clientWidth;
      draw();
    })).observe(place);
    return card;
  };

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

  // For whoever checks the page without looking at it.
  const report = () => {
    root.dataset.overflow = root.scrollWidth > root.clientWidth ? "yes" : "no";
    root.dataset.width = String(root.clientWidth);
    root.dataset.curves = String(document.querySelectorAll("path.curve").length);
    root.dataset.state = "ready";
  };
  requestAnimationFrame(() => requestAnimationFrame(report));
  setTimeout(report, 200);
})();
