// Keeps a page as it is on the server, where the page has notes for it (app/src/parts/live.rs).
//
// The server only says "look again" (server/src/live/stream.rs). Then the page is asked for by its own address, as by
// any visitor, and each region that reads differently takes the place of the old one; where somebody is busy in it, a
// note offers it instead.

/** Seconds between tries to listen again. */
const GAPS = [1, 2, 5, 10, 30, 60];
/** Seconds without a sign of the server after which the page says so. */
const QUIET = 15;
/** What somebody fills in. */
const FIELDS = "input:not([type=hidden]), textarea, select";

/** `wake` wakes the islands in a region that was put in. */
export default function live(wake) {
  const note = document.querySelector("[data-live-note]");
  if (!note) return;
  const [looked, renewed] = ["[data-looked]", "[data-renewed]"].map((place) => note.querySelector(place));
  const main = note.closest("main");
  const show = (what, on) => (note.querySelector(`[data-say="${what}"]`).hidden = !on);
  let { since } = note.dataset;
  let events, silence, retry, soon, saying;
  // each has its own: beats may go on while no look succeeds
  let tries = 0;
  let misses = 0;
  let looking = false;
  let again = false;
  let offered = false;

  function listen() {
    if (document.hidden) return;
    const page = new URLSearchParams({ at: location.pathname, since });
    events = new EventSource(`/events?${page}`);
    events.onerror = unheard;
    events.addEventListener("look", () => shortly(100 + Math.random() * 300));
    events.addEventListener("beat", (beat) => {
      looked.textContent = beat.data;
      tries = 0;
      heard();
    });
  }

  function heard() {
    show("lost", false);
    clearTimeout(silence);
    silence = setTimeout(() => {
      show("lost", true);
      unheard();
    }, QUIET * 1000);
  }

  function stop() {
    events?.close();
    for (const timer of [silence, retry, soon]) clearTimeout(timer);
  }

  /** Listens again after a while, and looks first: nobody said what happened meanwhile. */
  function later(before) {
    events?.close();
    clearTimeout(retry);
    retry = setTimeout(resume, GAPS[Math.min(before, GAPS.length - 1)] * 1000);
  }

  function unheard() {
    later(tries++);
  }

  function missed() {
    later(misses++);
  }

  async function resume() {
    if (!(await look())) return;
    events?.close();
    listen();
  }

  function shortly(milliseconds) {
    clearTimeout(soon);
    soon = setTimeout(look, milliseconds);
  }

  /** Asks for the page; `false` if that makes no sense any more. */
  async function look() {
    if (looking) return (again = true);
    looking = true;
    try {
      // looking is no sign of a person: it does not prolong the session
      const signal = AbortSignal.timeout(10_000);
      const answer = await fetch(location.href, { headers: { "x-polling": "1" }, signal });
      if (answer.redirected && new URL(answer.url).pathname.startsWith("/sign-in")) return over();
      if (answer.status >= 500) missed();
      else misses = 0;
      if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
      else if (answer.status === 404 && !typing()) return gone();
      else if (answer.status < 500) offer(true);
    } catch {
      missed();
    } finally {
      looking = false;
    }
    if (again) {
      again = false;
      return look();
    }
    return true;
  }

  /** Whether something in the page was typed or chosen and not sent. */
  function typing() {
    return "typed" in note.dataset || [...main.querySelectorAll(FIELDS)].some(typed);
  }

  /** For this visitor there is no such page any more: what it showed goes too. */
  function gone() {
    stop();
    location.reload();
    return false;
  }

  function over() {
    stop();
    show("lost", false);
    show("over", true);
    return false;
  }

  function offer(on) {
    offered = on;
    show("changed", on);
  }

  function take(fresh) {
    const theirs = fresh.querySelector("[data-live-note]");
    if (!theirs) return offer(true);
    since = theirs.dataset.since;
    looked.textContent = theirs.querySelector("[data-looked]").textContent;
    const changed = [...document.querySelectorAll("[data-live]")]
      .map((old) => [old, fresh.querySelector(`[data-live="${old.dataset.live}"]`)])
      .filter(([old, region]) => !region || reads(old) !== reads(region));
    // head and body of the page itself go together, or they would contradict each other
    const own = changed.filter(([old]) => main.contains(old));
    const kept = own.some(([old, region]) => "typed" in note.dataset || !region || busy(old, region));
    for (const [old, region] of changed) {
      if (!region || (main.contains(old) ? kept : busy(old, region))) continue;
      old.replaceWith(document.adoptNode(region));
      wake(region);
    }
    offer(kept);
    if (kept || !own.length) return;
    document.title = fresh.title;
    say(renewed.dataset.renewed);
  }

  /** Once, politely. */
  function say(text) {
    renewed.textContent = text;
    clearTimeout(saying);
    saying = setTimeout(() => (renewed.textContent = ""), 5000);
  }

  document.addEventListener("visibilitychange", () => {
    stop();
    if (document.hidden) return;
    heard();
    resume();
  });
  // what was offered comes by itself once nobody is busy there
  document.addEventListener("focusout", () => offered && shortly(500));
  // an access ended (app/src/islands/countdown.rs): that can be read for a moment before it is gone
  window.addEventListener("look", () => shortly(2000));
  window.addEventListener("pagehide", stop);
  heard();
  listen();
}

/** What a region says and leads to, but for what changes with the time alone. */
function reads(region) {
  const copy = region.cloneNode(true);
  for (const moving of copy.querySelectorAll("[data-now]")) moving.remove();
  const leads = [...copy.querySelectorAll("a, [type=checkbox], [type=radio], [name^=seen-]")].map((part) => part.getAttribute("href") ?? part.getAttribute("value"));
  return copy.textContent.replace(/\s+/g, " ") + leads.join(" ");
}

/** Whether somebody would lose something: the place where she is, a selection, what she typed, chose or unfolded. */
function busy(region, fresh) {
  const selection = getSelection();
  return (
    region.contains(document.activeElement) ||
    (selection.type === "Range" && selection.containsNode(region, true)) ||
    region.querySelectorAll("details[open]").length !== fresh.querySelectorAll("details[open]").length ||
    [...region.querySelectorAll(FIELDS)].some(typed)
  );
}

function typed(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.localName !== "select") return field.value !== field.defaultValue;
  const preset = [...field.options].findIndex((option) => option.defaultSelected);
  return field.selectedIndex !== Math.max(preset, 0);
}
