// Asks for the page again when the room has changed and brings its parts marked `data-fresh` up to date in place:
// what one types, opens or has in focus stays. `at` is the event that the page shows.
const SOON = 300;
const AGAIN = 3000;
const OWN = "workshop-timer, copy-text";

class WorkshopFresh extends HTMLElement {
  connectedCallback() {
    document.addEventListener("workshop:put", this);
  }

  disconnectedCallback() {
    document.removeEventListener("workshop:put", this);
    clearTimeout(this.later);
  }

  handleEvent({ detail }) {
    if (detail.number > Number(this.getAttribute("at"))) this.later ??= setTimeout(() => this.freshen(), SOON);
  }

  async freshen() {
    this.later = null; // what happens from here on asks once more
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" }).catch(() => null);
    if (!answer?.ok) {
      this.later ??= setTimeout(() => this.freshen(), AGAIN);
      return;
    }
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    const at = made.querySelector("workshop-fresh")?.getAttribute("at");
    if (!at) return location.reload();
    if (Number(at) < Number(this.getAttribute("at"))) return;
    this.setAttribute("at", at);
    const [said, next] = [document, made].map((page) => page.querySelector("p[data-room-state]"));
    if (said && next) said.replaceWith(next);
    else said?.remove();
    for (const part of document.querySelectorAll("[data-fresh]")) {
      const next = made.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
      if (next) become(part, next);
    }
  }
}

// Makes one element like another, step by step, so that what did not change is not touched.
function become(is, next) {
  for (const { name } of [...is.attributes]) if (name !== "open" && !next.hasAttribute(name)) is.removeAttribute(name);
  for (const { name, value } of next.attributes) {
    if (name !== "open" && is.getAttribute(name) !== value) is.setAttribute(name, value);
  }
  if (is.matches(OWN)) return;
  const old = [...is.childNodes];
  const made = [...next.childNodes];
  made.forEach((child, at) => {
    const here = old[at];
    if (here === undefined) is.append(child);
    else if (!isAlike(here, child)) here.replaceWith(child);
    else if (here.nodeType === Node.ELEMENT_NODE) become(here, child);
    else if (here.nodeValue !== child.nodeValue) here.nodeValue = child.nodeValue;
  });
  for (const child of old.slice(made.length)) child.remove();
}

function isAlike(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id ?? "") === (b.id ?? "");
}

customElements.define("workshop-fresh", WorkshopFresh);
