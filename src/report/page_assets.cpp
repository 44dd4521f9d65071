#include "report/page_assets.h"

namespace lydian {

const char* const kPageStyle = R"css(
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1e2227; --quiet: #6a7078; --line: #e4e1d9; --grid: #eeece6; --stage: #f4f1e8;
  --c1: #1f6f9f; --c2: #c8791a; --c3: #4f8a3c; --c4: #8d5aa8; --law: #8a8f96; --gold: #b8860b; --good: #2f7d3f; --bad: #b23a3a;
  --surprise: 214, 92, 30; --forced: #5b6bd6; --environment: #2a9d8f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --card: #1c2026; --ink: #e4e6e9; --quiet: #98a0a9; --line: #30363e; --grid: #272c33; --stage: #21262d;
    --c1: #5eb1e4; --c2: #eaa148; --c3: #86c46f; --c4: #c195dc; --law: #8f969f; --gold: #d9ad3c; --good: #7cc98a; --bad: #ea8080;
    --surprise: 240, 120, 50; --forced: #98a5ff; --environment: #5fd0c2;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 28px 24px 60px; }
header { border-bottom: 2px solid var(--gold); padding-bottom: 12px; }
h1 { font-size: 26px; margin: 0; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 38px 0 12px; }
header p, .quiet, .unit { color: var(--quiet); }
header p { margin: 2px 0 0; overflow-wrap: anywhere; }
p.quiet { margin: 0 0 12px; font-size: 14px; }
.missing { color: var(--quiet); border: 1px dashed var(--line); border-radius: 8px; padding: 14px 16px; margin: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 12px; margin: 20px 0 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 13px; }
.tile b { display: block; white-space: nowrap; font-size: clamp(14px, 1.55vw, 17px); font-weight: 600; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tile b small { font-size: 13px; font-weight: 400; color: var(--quiet); }
.tile span { color: var(--quiet); font-size: 13px; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(440px, 100%), 1fr)); gap: 14px; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px 8px; position: relative; }
figcaption { font-weight: 600; font-size: 14px; display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; }
.unit { font-weight: 400; font-size: 12.5px; margin-left: -6px; }
.legend { font-weight: 400; font-size: 12.5px; color: var(--quiet); display: flex; flex-wrap: wrap; gap: 0 14px; margin-left: auto; }
.key::before { content: ""; display: inline-block; width: 16px; height: 0; border-top: 2.5px solid var(--tone); margin-right: 6px; vertical-align: 0.28em; }
.key.law::before { border-top-style: dashed; }
.key.fit::before { border-top: 3px dotted var(--tone); }
.c1, .final { --tone: var(--c1); }
.fit { --tone: var(--c4); }
.c2, .warmup { --tone: var(--c2); }
.c3 { --tone: var(--c3); }
.c4 { --tone: var(--c4); }
.law { --tone: var(--law); }
svg { display: block; width: 100%; height: auto; margin-top: 6px; overflow: visible; }
.tick, .stage-name, .axis-name { font-size: 10.5px; fill: var(--quiet); font-variant-numeric: tabular-nums; }
.wide .tick, .wide .axis-name { font-size: 11.5px; }
.stage-name { font-style: italic; }
.axis { stroke: var(--quiet); stroke-width: 1; opacity: 0.6; } .grid { stroke: var(--grid); stroke-width: 1; }
.stage { fill: var(--stage); } .boundary { stroke: var(--gold); stroke-width: 1; stroke-dasharray: 2 3; }
.curve, .raw, .budget-curve { fill: none; stroke: var(--tone); stroke-linejoin: round; stroke-linecap: round; }
.curve { stroke-width: 1.8; } .raw { stroke-width: 1; opacity: 0.28; } .budget-curve { stroke-width: 2; }
.dot { fill: var(--card); stroke: var(--tone); stroke-width: 1.5; }
path.law { fill: none; stroke: var(--law); stroke-width: 1.8; stroke-dasharray: 6 5; }
line.fit { stroke: var(--c4); stroke-width: 2.4; stroke-dasharray: 0.1 6; stroke-linecap: round; }
.interval { stroke: var(--tone); stroke-width: 1.4; } g circle { fill: var(--tone); stroke: var(--card); stroke-width: 1.2; }
.cursor { position: absolute; width: 1px; background: var(--quiet); opacity: 0.5; pointer-events: none; }
#tip { position: fixed; z-index: 9; pointer-events: none; background: var(--ink); color: var(--paper); font-size: 12.5px; line-height: 1.45;
  padding: 5px 9px; border-radius: 6px; white-space: pre; font-variant-numeric: tabular-nums; max-width: 90vw; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th { text-align: left; font-weight: 600; color: var(--quiet); border-bottom: 1px solid var(--line); padding: 6px 10px 6px 0; white-space: nowrap; }
td { border-bottom: 1px solid var(--line); padding: 6px 10px 6px 0; vertical-align: top; }
.numbers { margin-top: 12px; font-variant-numeric: tabular-nums; }
.numbers th:first-child, .numbers td:first-child { padding-left: 14px; }
.controls { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; margin-bottom: 10px; font-size: 13.5px; }
.controls[hidden] { display: none; }
select, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 2px 8px; }
button { cursor: pointer; } button:disabled { opacity: 0.4; cursor: default; }
.scale i { display: inline-block; width: 70px; height: 10px; margin: 0 6px; border-radius: 3px; border: 1px solid var(--line);
  background: linear-gradient(90deg, transparent, rgba(var(--surprise), 0.75)); }
.samples td { font-size: 13px; }
.samples .text { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12.5px;
  white-space: pre-wrap; overflow-wrap: anywhere; max-height: 15em; overflow-y: auto; }
.samples td:nth-child(1) { color: var(--quiet); white-space: nowrap; font-variant-numeric: tabular-nums; }
.samples td:nth-child(2) { min-width: 130px; max-width: 260px; }
.samples td:nth-child(3) { min-width: 240px; width: 50%; }
.samples td:nth-child(4) { min-width: 60px; max-width: 260px; }
.samples td:nth-child(6) { text-align: right; font-variant-numeric: tabular-nums; }
.samples th:nth-child(6) { text-align: right; } .samples tr.first td { border-top: 2px solid var(--line); }
.t { border-radius: 2px; } .t:hover { outline: 1.5px solid var(--ink); }
.forced { box-shadow: inset 0 -2.5px var(--forced); font-weight: 700; }
.environment { box-shadow: inset 0 -2.5px var(--environment); }
.special { font-size: 11px; border: 1px solid var(--line); border-radius: 4px; padding: 0 3px 1px; margin: 0 1px; }
.special.forced { border-color: var(--forced); }
.cells { display: block; line-height: 1.1; margin-top: 3px; }
.cells .t { display: inline-block; width: 8px; height: 11px; margin: 0 1px 1px 0; border: 1px solid var(--line); }
.cells .forced { border-color: var(--forced); border-bottom-width: 2px; }
.verdict { white-space: nowrap; }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.reason { color: var(--quiet); font-size: 12px; max-width: 220px; overflow-wrap: anywhere; }
details { margin-top: 12px; } summary { cursor: pointer; color: var(--quiet); }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px; overflow-x: auto; font-size: 12.5px; line-height: 1.45; }
footer { margin-top: 40px; color: var(--quiet); font-size: 13px; overflow-wrap: anywhere; }
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --quiet: #555; --line: #ccc; --grid: #eee; --stage: #f5f5f5;
    --c1: #1f6f9f; --c2: #c8791a; --c3: #4f8a3c; --c4: #8d5aa8; --good: #2f7d3f; --bad: #b23a3a; --surprise: 214, 92, 30; }
  body { font-size: 11pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; } main { max-width: none; padding: 0; }
  .charts { grid-template-columns: 1fr 1fr; } figure, tr, .tile { break-inside: avoid; } h2 { break-after: avoid; }
  button, .controls label:nth-of-type(2), #tip, .cursor { display: none; } .samples .text { max-height: none; }
}
)css";

const char* const kPageScript = R"js(
'use strict';
(() => {
  const tip = document.createElement('div');
  tip.id = 'tip';
  tip.hidden = true;
  document.body.append(tip);
  const showTip = (text, x, y) => {
    tip.textContent = text;
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - box.width - 8)) + 'px';
    tip.style.top = (y + 18 + box.height > innerHeight ? y - box.height - 10 : y + 18) + 'px';
  };
  const number = value => value === null ? 'not finite' : Number(value.toPrecision(4)).toString();

  for (const figure of document.querySelectorAll('figure[data-plot]')) {
    const plot = JSON.parse(figure.dataset.plot);
    const svg = figure.querySelector('svg');
    const cursor = document.createElement('div');
    cursor.className = 'cursor';
    cursor.hidden = true;
    figure.append(cursor);
    svg.addEventListener('pointermove', event => {
      const box = svg.getBoundingClientRect(), frame = figure.getBoundingClientRect();
      const left = box.left + box.width * plot.left / 100, width = box.width * (plot.right - plot.left) / 100;
      const share = Math.max(0, Math.min(1, (event.clientX - left) / width));
      const wanted = plot.low + share * (plot.high - plot.low);
      const lines = [];
      for (const curve of plot.curves) {
        const nearest = curve.points.reduce((best, point) => Math.abs(point[0] - wanted) < Math.abs(best[0] - wanted) ? point : best);
        lines.push('step ' + nearest[0] + '  ' + curve.label + '  ' + number(nearest[1]));
      }
      cursor.hidden = false;
      cursor.style.left = left + share * width - frame.left - figure.clientLeft + 'px';
      cursor.style.top = box.top - frame.top + 'px';
      cursor.style.height = box.height + 'px';
      showTip(lines.join('\n'), event.clientX, event.clientY);
    });
    svg.addEventListener('pointerleave', () => { cursor.hidden = tip.hidden = true; });
  }

  const data = document.getElementById('sample-data');
  if (!data) return;
  const steps = JSON.parse(data.textContent);
  const chosen = document.getElementById('step'), filter = document.getElementById('filter'), body = document.getElementById('samples');
  const earlier = document.getElementById('earlier'), later = document.getElementById('later');
  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const kSources = ['sampled', 'forced', 'environment'];

  // Six nats, one chance in four hundred, have the full color.
  const tokenElement = (sample, index, text, className) => {
    const source = kSources[sample.sources[index]];
    const made = element('span', 't' + (source === 'sampled' ? '' : ' ' + source) + (className ? ' ' + className : ''), text);
    const surprise = sample.logProbs[index] === null ? 1 : Math.min(1, -sample.logProbs[index] / 6);
    if (surprise > 0.01) made.style.backgroundColor = 'rgba(var(--surprise), ' + (0.75 * surprise).toFixed(3) + ')';
    made.dataset.index = index;
    return made;
  };
  const specialName = (sample, index) => {
    if (sample.ids[index] === sample.open) return '<think>';
    return sample.ids[index] === sample.close ? '</think>' : 'end';
  };
  // A turn's tokens before the last answer are the policy's and the environment's words, which the line has no text of.
  const kindOf = (sample, index) => {
    const within = ([begin, end]) => begin <= index && index < end;
    if (sample.thinkingSpans.some(within)) return 'thinking';
    if (within(sample.answerSpan)) return 'answer';
    if (sample.ids[index] === sample.open || sample.ids[index] === sample.close) return 'delimiter';
    return sample.stopped && index === sample.ids.length - 1 ? 'end' : 'turn';
  };
  // The tokens of some kinds; those of the first kind are the text. Where each of them is one character the text itself is colored; elsewhere a row of cells,
  // one a token, stands below it.
  const tokensInto = (cell, sample, text, kinds) => {
    const tokens = sample.ids.map((id, index) => ({index, kind: kindOf(sample, index)})).filter(token => kinds.includes(token.kind));
    const characters = Array.from(text);
    const spelled = characters.length === tokens.filter(token => token.kind === kinds[0]).length;
    let next = 0, cells = null, written = spelled;
    for (const {index, kind} of tokens) {
      const named = kind === 'delimiter' || kind === 'end';
      if (!written && kind === kinds[0]) {
        cell.append(text);
        written = true;
      }
      if (named || (spelled && kind === kinds[0])) {
        cell.append(named ? tokenElement(sample, index, specialName(sample, index), 'special') : tokenElement(sample, index, characters[next++]));
        cells = null;
      } else {
        cells ??= cell.appendChild(element('span', 'cells'));
        cells.append(tokenElement(sample, index, ''));
      }
    }
    if (!written) cell.append(text);
  };
  const rowOf = (sample, position, startsGroup) => {
    const row = element('tr', startsGroup ? 'first' : '');
    row.dataset.position = position;
    row.append(element('td', '', sample.group + '.' + sample.sample));
    const prompt = row.appendChild(element('td')), thinking = row.appendChild(element('td'));
    const answer = row.appendChild(element('td')), verdict = row.appendChild(element('td', 'verdict'));
    prompt.append(element('div', 'text', sample.prompt));
    prompt.append(element('div', 'reason', 'truth ' + sample.truth + (sample.category ? ', category ' + sample.category : '')));
    tokensInto(thinking.appendChild(element('div', 'text')), sample, sample.thinking, ['thinking', 'delimiter']);
    thinking.append(element('div', 'reason', sample.thinkingTokens + ' tokens' + (sample.budget >= 0 ? ' of ' + sample.budget : '')));
    tokensInto(answer.appendChild(element('div', 'text')), sample, sample.answer, ['answer', 'turn', 'end']);
    if (sample.valid) verdict.append(element('span', sample.reward > 0 ? 'good' : 'bad', number(sample.reward)));
    verdict.append((sample.valid ? ' ' : '') + sample.status.replaceAll('_', ' '));
    verdict.append(element('div', 'reason', [sample.finish.replaceAll('_', ' '), sample.reason].filter(text => text).join('; ')));
    row.append(element('td', '', sample.valid ? number(sample.advantage) : 'none'));
    return row;
  };
  const kFilters = {
    all: () => true,
    rewarded: sample => sample.valid && sample.reward > 0,
    unrewarded: sample => sample.valid && sample.reward <= 0,
    fault: sample => !sample.valid,
  };
  const show = () => {
    const step = steps[chosen.selectedIndex];
    let group = null, count = 0;
    body.replaceChildren();
    step.samples.forEach((sample, position) => {
      if (!kFilters[filter.value](sample)) return;
      body.append(rowOf(sample, position, count > 0 && sample.group !== group));
      group = sample.group;
      ++count;
    });
    document.getElementById('shown').textContent = count + ' of the step\u2019s ' + step.total;
    earlier.disabled = chosen.selectedIndex === 0;
    later.disabled = chosen.selectedIndex === steps.length - 1;
  };
  for (const step of steps) chosen.append(element('option', '', String(step.step)));
  chosen.selectedIndex = steps.length - 1;
  chosen.addEventListener('change', show);
  filter.addEventListener('change', show);
  earlier.addEventListener('click', () => { --chosen.selectedIndex; show(); });
  later.addEventListener('click', () => { ++chosen.selectedIndex; show(); });
  body.addEventListener('pointerover', event => {
    const token = event.target.closest('.t');
    if (!token) { tip.hidden = true; return; }
    const sample = steps[chosen.selectedIndex].samples[token.closest('tr').dataset.position];
    const index = token.dataset.index, logProb = sample.logProbs[index];
    const chance = logProb === null ? '' : ', probability ' + number(Math.exp(logProb));
    const text = 'token ' + index + ', id ' + sample.ids[index] + ', ' + kSources[sample.sources[index]] + '\nlog-prob ' + number(logProb) + chance;
    showTip(text, event.clientX, event.clientY);
  });
  body.addEventListener('pointerleave', () => { tip.hidden = true; });
  document.getElementById('sample-controls').hidden = false;
  show();
})();
)js";

}  // namespace lydian
