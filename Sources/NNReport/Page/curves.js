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
