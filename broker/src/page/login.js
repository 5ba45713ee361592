// The login page, live: says each new state, copies the code, goes on by itself when approved.
// Focus is never moved: what is no longer of use goes away once the focus has left it.
"use strict";

const page = document.getElementById("login");
const status = document.getElementById("status");
const connection = document.getElementById("connection");
const left = document.getElementById("left");
const copy = document.getElementById("copy");

function say(where, text) {
  if (where && where.textContent !== text) where.textContent = text;
}

function putAway(part) {
  if (!part.contains(document.activeElement)) { part.hidden = true; return; }
  part.addEventListener("focusout", () => setTimeout(() => putAway(part)), { once: true });
}

function show(now) {
  page.dataset.state = now.state;
  say(status, now.say);
  if (now.state !== "pending") page.querySelectorAll(".pending").forEach(putAway);
  if (!now.over) return;
  say(left, "");
  page.querySelectorAll(".going").forEach(putAway);
  const onward = document.getElementById("continue");
  if (now.state === "approved") onward.textContent = onward.dataset.approved;
  document.getElementById("onward").hidden = false;
  if (now.state === "approved") location.assign(page.dataset.return);
}

if (page && document.getElementById("cancel-form")) {
  const events = new EventSource(page.dataset.events);
  events.addEventListener("open", () => say(connection, ""));
  events.addEventListener("error", () => say(connection, connection.dataset.lost));
  events.addEventListener("left", (event) => say(left, event.data));
  events.addEventListener("state", (event) => {
    const now = JSON.parse(event.data);
    if (now.over) events.close();
    if (now.state !== page.dataset.state) show(now);
  });
}

if (copy) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    const copied = document.getElementById("copied");
    copied.textContent = "";
    try {
      await navigator.clipboard.writeText(copy.dataset.copy);
      copied.textContent = copy.dataset.copied;
    } catch {
      copied.textContent = copy.dataset.failed;
    }
  });
}
