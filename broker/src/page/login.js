// The login page, live: says each new state, copies the code, goes on by itself when approved.
// Focus is never moved: what is no longer of use goes away once the focus has left it.
"use strict";

const page = document.getElementById("login");
const status = document.getElementById("status");
const connection = document.getElementById("connection");
const left = document.getElementById("left");
const more = document.getElementById("more");
const time = document.getElementById("time");
// Whether the page itself says how much time there is: the first event only says it again.
let told = Boolean(time && time.textContent);
const open = document.getElementById("open");
const enter = document.getElementById("enter");
const copy = document.getElementById("copy");
const help = document.getElementById("help");

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
  help.href = now.help;
  if (now.state !== "pending") page.querySelectorAll(".pending").forEach(putAway);
  if (enter) {
    if (now.enter) enter.hidden = false;
    else if (now.over) putAway(enter);
  }
  if (!now.over) return;
  say(left, "");
  say(time, "");
  page.querySelectorAll(".going").forEach(putAway);
  if (!now.onward) return;
  const onward = document.getElementById("continue");
  if (now.state === "approved") onward.textContent = onward.dataset.approved;
  document.getElementById("onward").hidden = false;
  if (now.state === "approved") location.assign(page.dataset.return);
}

// An EventSource begins again by itself when the connection breaks, but gives up for good after
// any answer that is not 200, and does not tell which it was.
function listen() {
  const events = new EventSource(page.dataset.events);
  events.addEventListener("open", () => say(connection, ""));
  events.addEventListener("error", () => {
    say(connection, connection.dataset.lost);
    if (events.readyState === EventSource.CLOSED) setTimeout(listenAgain, 3000);
  });
  events.addEventListener("left", (event) => {
    if (told) { told = false; return; }
    say(left, event.data);
    say(time, "");
  });
  events.addEventListener("time", (event) => {
    const now = JSON.parse(event.data);
    told = false;
    say(left, "");
    say(time, now.say);
    if (!now.more) putAway(more);
  });
  events.addEventListener("state", (event) => {
    const now = JSON.parse(event.data);
    if (now.over) events.close();
    show(now);
  });
}

async function listenAgain() {
  try {
    const answer = await fetch(page.dataset.events, { method: "HEAD", cache: "no-store" });
    // The page is gone, or another browser's: it says so itself.
    if (answer.status === 403 || answer.status === 404) { location.reload(); return; }
  } catch {
    // The broker is not there: the new EventSource waits for it.
  }
  listen();
}

if (page && document.getElementById("cancel-form")) listen();

// Every sentence calls it a button. With a script it is one: Space presses it as well as Enter.
if (open) {
  open.setAttribute("role", "button");
  open.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    open.click();
  });
}

// More time is told by the events, and the focus stays where it is. The broker answers with the
// page as it is without a script.
if (more) {
  more.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(more.action, { method: "POST", cache: "no-store" });
      if (!answer.redirected) say(connection, connection.dataset.lost);
      else if (!answer.url.endsWith("?time=more")) location.assign(answer.url);
    } catch {
      say(connection, connection.dataset.lost);
    }
  });
}

// Enter pressed twice is one entry: a wrong one costs one try.
if (enter) {
  let sent = false;
  enter.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener("pageshow", () => { sent = false; });
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
