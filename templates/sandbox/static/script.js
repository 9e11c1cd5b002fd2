// The page is drawn by the server. This fetches it again when something changed and puts the changed
// regions in place; and it sends what the person does.
"use strict";
const here = document.body.dataset;
const base = { as: here.as, in: here.in };

async function send(what, body) {
  const answer = await fetch(`/sandbox/${what}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...base, ...body }),
  });
  return answer.ok ? answer.json() : { problem: "The sandbox did not take that." };
}

// -- looking -------------------------------------------------------------------------------------
const drawn = new Map();

function draw(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  for (const region of document.querySelectorAll("[data-region]")) {
    const next = fresh.querySelector(`[data-region="${region.dataset.region}"]`);
    if (!next || drawn.get(region) === next.innerHTML) continue;
    drawn.set(region, next.innerHTML);
    const low = region.scrollHeight - region.scrollTop - region.clientHeight < 80;
    region.innerHTML = next.innerHTML;
    if (region.dataset.stick !== undefined && low) region.scrollTop = region.scrollHeight;
  }
  openWindow();
  followReplay();
}

// While the day is replayed, its thread belongs beside it, where there is room.
function followReplay() {
  const running = document.querySelector("[data-running=true]");
  const threads = document.querySelectorAll("[data-region=messages] .replies");
  const wide = matchMedia("(min-width: 60rem)").matches;
  if (running && wide && !here.thread && threads.length) location.assign(threads[threads.length - 1].href);
}

let busy = false;
let again = false;
async function look() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (answer.ok) draw(await answer.text());
  } finally {
    busy = false;
    if (again) { again = false; look(); }
  }
}

function listen() {
  const live = new WebSocket(`ws://${location.host}/sandbox/live`);
  live.onmessage = () => look();
  live.onclose = () => setTimeout(listen, 1000);
}

// -- the public page -----------------------------------------------------------------------------
let shown;
async function watch() {
  try {
    const answer = await fetch("/.duckrow/revision.json", { cache: "no-store" });
    const revision = answer.ok ? (await answer.json()).revision : undefined;
    if (shown !== undefined && revision !== undefined && revision !== shown) reload();
    shown = revision ?? shown ?? null;
  } catch { /* the sandbox is restarting; the next look will tell */ }
  setTimeout(watch, 700);
}
function reload() { document.querySelector("[data-public]").contentWindow.location.reload(); }

// -- typing --------------------------------------------------------------------------------------
for (const form of document.querySelectorAll("[data-composer]")) {
  const field = form.elements.text;
  const note = form.querySelector("[data-note]");
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value;
    if (!text.trim()) return;
    field.value = "";
    note.textContent = "Sending …";
    const answer = await send("say", { text, thread: form.dataset.thread });
    note.textContent = answer.problem || "";
    if (answer.problem) field.value = text;
    look();
  });
}

// -- pressing ------------------------------------------------------------------------------------
function place(element) {
  const window_ = element.closest("[data-view]");
  return window_ ? { view: window_.dataset.view } : { ts: element.closest("[data-ts]").dataset.ts };
}

async function press(element, more) {
  const question = element.dataset.confirm;
  if (question && !confirm(question)) return;
  element.disabled = true;
  const answer = await send("click", { ...place(element), ...more });
  element.disabled = false;
  if (answer.problem) alert(`The bot did not take that: ${answer.problem}`);
  look();
}

document.addEventListener("click", async (event) => {
  const pressed = event.target.closest("[data-press]");
  if (pressed) { press(pressed, { what: pressed.dataset.press }); return; }
  const doing = event.target.closest("[data-do]");
  if (!doing) return;
  doing.disabled = true;
  const ts = doing.closest("[data-ts]")?.dataset.ts;
  const answer = await send(doing.dataset.do, { ts });
  doing.disabled = false;
  if (answer.problem) alert(answer.problem);
  look();
});

document.addEventListener("change", (event) => {
  const chosen = event.target.closest("[data-choose]");
  if (!chosen || chosen.closest(".input")) return;
  press(chosen, { what: chosen.dataset.choose, choose: value(chosen) });
});

// -- windows -------------------------------------------------------------------------------------
function value(element) {
  const inputs = [...element.querySelectorAll("input")];
  const picked = inputs.filter((each) => each.checked).map((each) => each.value);
  if (element.tagName === "FIELDSET") return "many" in element.dataset ? picked : picked[0] ?? null;
  if ("many" in element.dataset) return [...element.selectedOptions].map((each) => each.value);
  if (element.type === "datetime-local") return element.value ? Date.parse(element.value) / 1000 : null;
  return element.value === "" ? null : element.value;
}

function openWindow() {
  const dialog = document.querySelector("dialog");
  if (!dialog || dialog.open) return;
  for (const field of dialog.querySelectorAll("[data-epoch]")) {
    const at = field.dataset.epoch;
    if (at) field.value = new Date((at - new Date(at * 1000).getTimezoneOffset() * 60) * 1000)
      .toISOString().slice(0, 16);
  }
  dialog.showModal();
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    send("dismiss", {}).then(look);
  });
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-modal]");
  if (!form) return;
  event.preventDefault();
  const values = {};
  for (const each of form.querySelectorAll(".input [name], .input fieldset[data-choose]")) {
    if (each.closest("fieldset") && each.tagName !== "FIELDSET") continue;
    const given = value(each);
    values[each.name || each.dataset.choose] = given === null ? "" : given;
  }
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  const answer = await send("submit", { values });
  button.disabled = false;
  for (const place of form.querySelectorAll("[data-error-for]")) {
    place.textContent = answer.errors?.[place.dataset.errorFor] ?? "";
  }
  form.querySelector("[data-problem]").textContent = answer.problem ?? "";
  look();
});

for (const region of document.querySelectorAll("[data-stick]")) region.scrollTop = region.scrollHeight;
openWindow();
listen();
watch();
