// The plots of "How to read a verdict", drawn of the calibration that ships (calibration.js). Nothing is fetched.
(function () {
  "use strict";
  const chinese = document.documentElement.lang.startsWith("zh");
  const say = (english, translated) => (chinese ? translated : english);
  const number = (value) => Math.round(value).toLocaleString("en");
  const rounded = (value) => Number(value.toPrecision(2));
  const W = 720;
  const H = 260;

  function element(name, attributes, parent, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key of Object.keys(attributes)) made.setAttribute(key, attributes[key]);
    if (text) made.textContent = text;
    if (parent) parent.appendChild(made);
    return made;
  }

  // Of y where x is, along a curve of rising x; rates go by their logarithm.
  function along(xs, ys, x) {
    if (x <= xs[0]) return ys[0];
    if (x >= xs[xs.length - 1]) return ys[ys.length - 1];
    let place = 1;
    while (xs[place] < x) place += 1;
    const share = (x - xs[place - 1]) / (xs[place] - xs[place - 1] || 1);
    return Math.exp(Math.log(ys[place - 1]) * (1 - share) + Math.log(ys[place]) * share);
  }

  function limitAt(data, fmr) {
    const logs = data.fmr_rate.map(Math.log);
    const want = Math.log(fmr);
    let place = 1;
    while (place < logs.length - 1 && logs[place] < want) place += 1;
    const share = Math.min(1, Math.max(0, (want - logs[place - 1]) / (logs[place] - logs[place - 1] || 1)));
    return data.fmr_distance[place - 1] * (1 - share) + data.fmr_distance[place] * share;
  }

  function frame(place, title) {
    const svg = element("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": title });
    place.appendChild(svg);
    return svg;
  }

  function slider(place, name, low, high, value) {
    const label = document.createElement("label");
    label.textContent = name;
    const input = document.createElement("input");
    Object.assign(input, { type: "range", min: low, max: high, step: 0.01, value: value });
    label.appendChild(input);
    place.appendChild(label);
    const said = document.createElement("output");
    said.setAttribute("aria-live", "polite");
    place.appendChild(said);
    return [input, said];
  }

  function strictness(place, data) {
    const svg = frame(place, say("Distances of one person and of two, and the limit", "同一人与不同人的距离，以及界限"));
    const first = 0.2;
    const last = 1.6;
    const x = (distance) => 20 + ((distance - first) / (last - first)) * (W - 40);
    const y = (density) => H - 40 - density * (H - 80);
    for (const [name, colour] of [["genuine", "--same"], ["impostor", "--different"]]) {
      const points = [];
      data[name].forEach((density, place_) => {
        const middle = (data.edges[place_] + data.edges[place_ + 1]) / 2;
        if (middle >= first && middle <= last) points.push(`${x(middle)},${y(density)}`);
      });
      const area = `${points[0].split(",")[0]},${y(0)} ${points.join(" ")} ${points[points.length - 1].split(",")[0]},${y(0)}`;
      element("polygon", { points: area, fill: `var(${colour})`, "fill-opacity": 0.18, stroke: `var(${colour})`, "stroke-width": 2 }, svg);
    }
    element("line", { x1: 20, x2: W - 20, y1: y(0), y2: y(0), stroke: "var(--muted)" }, svg);
    for (let tick = first; tick <= last + 0.01; tick += 0.2) {
      element("text", { x: x(tick), y: H - 20, "text-anchor": "middle" }, svg, tick.toFixed(1));
    }
    element("text", { x: W / 2, y: H - 2, "text-anchor": "middle" }, svg, say("distance", "距离"));
    element("text", { x: 24, y: 18, style: "fill: var(--same)" }, svg, say("same person", "同一人"));
    element("text", { x: W - 24, y: 18, "text-anchor": "end", style: "fill: var(--different)" }, svg, say("different people", "不同的人"));
    const line = element("line", { y1: 26, y2: y(0), stroke: "var(--md-accent-fg-color)", "stroke-width": 2.5 }, svg);
    const [input, said] = slider(place, say("Strictness: looser … stricter", "严格程度：宽松 … 严格"), 1, 5.2, 3);
    function show() {
      const fmr = Math.max(data.smallest_fmr, Math.pow(10, -Number(input.value)));
      const limit = limitAt(data, fmr);
      const missed = Math.max(data.smallest_fnmr, along(data.fnmr_distance, data.fnmr_rate, limit));
      line.setAttribute("x1", x(limit));
      line.setAttribute("x2", x(limit));
      const level = Object.keys(data.levels).find((name) => Math.abs(Math.log10(data.levels[name].fmr / fmr)) < 0.03);
      const words = { convenient: "宽松", balanced: "适中", strict: "严格" };
      const named = level ? ` (${say(level, words[level])})` : "";
      const least = missed <= data.smallest_fnmr ? say("at most ", "至多 ") : "";
      said.textContent = say(
        `FMR 1 in ${number(rounded(1 / fmr))}${named}: "same" up to ${limit.toFixed(2)}. Of 1,000 pairs of one person in clear photographs ${least}${(missed * 1000).toPrecision(2)} lie beyond it (FNMR).`,
        `FMR ${number(rounded(1 / fmr))} 分之一${named}：距离不超过 ${limit.toFixed(2)} 时支持同一人。清晰照片中，同一人的 1000 对里${least}约有 ${(missed * 1000).toPrecision(2)} 对超出此界限（FNMR）。`
      );
      input.setAttribute("aria-valuetext", said.textContent);
    }
    input.addEventListener("input", show);
    show();
  }

  function many(place, data) {
    const svg = frame(place, say("Strangers expected among N faces", "N 张人脸中预期的陌生人数"));
    const x = (power) => 60 + (power / 7) * (W - 90);
    const y = (power) => H - 50 - ((power + 4) / 8) * (H - 75);
    for (let power = 0; power <= 6; power += 2) {
      element("text", { x: x(power), y: H - 26, "text-anchor": "middle" }, svg, number(Math.pow(10, power)));
    }
    for (let power = -4; power <= 4; power += 2) {
      element("line", { x1: 60, x2: W - 30, y1: y(power), y2: y(power), stroke: "var(--md-default-fg-color--lightest)" }, svg);
      element("text", { x: 54, y: y(power) + 4, "text-anchor": "end" }, svg, power < 0 ? String(Math.pow(10, power)) : number(Math.pow(10, power)));
    }
    element("text", { x: W / 2, y: H - 6, "text-anchor": "middle" }, svg, say("faces that are searched", "被搜索的人脸数"));
    element("text", { x: 60, y: 14 }, svg, say("strangers expected to be as near", "预期同样接近的陌生人数"));
    element("line", { x1: 60, x2: W - 30, y1: y(0), y2: y(0), stroke: "var(--different)", "stroke-dasharray": "6 4", "stroke-width": 2 }, svg);
    const curve = element("line", { stroke: "var(--md-accent-fg-color)", "stroke-width": 2.5 }, svg);
    const dot = element("circle", { r: 6, fill: "var(--md-accent-fg-color)" }, svg);
    const [rate, none] = slider(place, say("How rare the likeness of the pair is (FMR)", "这一对的相似有多罕见（FMR）"), 1, 5.2, 3.6);
    none.remove();
    const [faces, said] = slider(place, say("Faces that are searched", "被搜索的人脸数"), 0, 7, 3);
    function show() {
      const fmr = Math.max(data.smallest_fmr, Math.pow(10, -Number(rate.value)));
      const count = Number(faces.value);
      const clipped = (power) => Math.min(4, Math.max(-4, power + Math.log10(fmr)));
      const from = Math.max(0, -4 - Math.log10(fmr));
      const to = Math.min(7, 4 - Math.log10(fmr));
      curve.setAttribute("x1", x(from));
      curve.setAttribute("y1", y(clipped(from)));
      curve.setAttribute("x2", x(to));
      curve.setAttribute("y2", y(clipped(to)));
      dot.setAttribute("cx", x(count));
      dot.setAttribute("cy", y(clipped(count)));
      const expected = Math.pow(10, count) * fmr;
      const shown = expected >= 10 ? number(expected) : expected.toPrecision(2);
      said.textContent = say(
        `1 in ${number(rounded(1 / fmr))}, among ${number(rounded(Math.pow(10, count)))} faces: expect ${shown} strangers as near. ` +
          (expected >= 1 ? "A likeness like this is no evidence here by itself." : "Below the dashed line fewer than one is expected."),
        `罕见程度 ${number(rounded(1 / fmr))} 分之一，在 ${number(rounded(Math.pow(10, count)))} 张人脸中：预期有 ${shown} 个陌生人同样接近。` +
          (expected >= 1 ? "单凭这样的相似，在此不足为据。" : "虚线以下，预期不到一人。")
      );
      for (const input of [rate, faces]) input.setAttribute("aria-valuetext", said.textContent);
    }
    rate.addEventListener("input", show);
    faces.addEventListener("input", show);
    show();
  }

  for (const [id, draw] of [["plot-strictness", strictness], ["plot-many", many]]) {
    const place = document.getElementById(id);
    if (place && window.CALIBRATION) draw(place, window.CALIBRATION);
  }
})();
