// Counts a room's timer down by the server's clock. `ends` is when it ends, `left` the seconds left while it
// is paused, `now` the server's moment when the page was made. Says politely when 5 minutes, 1 minute and none are left.
const MARKS = [[300, "Five minutes left"], [60, "One minute left"], [0, "Time is up"]];

class WorkshopTimer extends HTMLElement {
  static observedAttributes = ["ends", "left"];

  connectedCallback() {
    this.ahead ??= this.measured();
    this.words ??= this.textContent.trim();
    this.face = part("timer-face", "timer");
    this.said = part("hide", "status");
    this.replaceChildren(this.face, this.said);
    document.addEventListener("workshop:put", this);
    this.every = setInterval(() => this.show(), 250);
    this.last = null;
    this.show();
  }

  disconnectedCallback() {
    document.removeEventListener("workshop:put", this);
    clearInterval(this.every);
  }

  attributeChangedCallback() {
    this.last = null;
    if (this.face) this.show();
  }

  // how far the server's clock is ahead of this one, in milliseconds, as well as the page's loading tells
  measured() {
    const told = Date.parse(this.getAttribute("now"));
    const [loaded] = performance.getEntriesByType("navigation");
    const then = loaded?.responseStart ? performance.timeOrigin + loaded.responseStart : Date.now();
    return Number.isNaN(told) ? 0 : told - then;
  }

  handleEvent({ detail }) {
    if (!detail?.names?.includes("timer")) return;
    const timer = document.querySelector("workshop-room")?.records?.timer;
    this.setAttribute("ends", timer?.ends_at ?? "");
    this.setAttribute("left", timer?.left ?? "");
  }

  // seconds left, or null where no timer is set
  get left() {
    if (this.getAttribute("left")) return Number(this.getAttribute("left"));
    const ends = Date.parse(this.getAttribute("ends"));
    return Number.isNaN(ends) ? null : Math.max(0, Math.ceil((ends - Date.now() - this.ahead) / 1000));
  }

  show() {
    const { left } = this;
    const isPaused = Boolean(this.getAttribute("left"));
    const state = left === null ? "off" : isPaused ? "paused" : left ? (left <= 60 ? "last" : "runs") : "over";
    const words = left === null ? "No timer" : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (this.getAttribute("state") !== state) this.setAttribute("state", state);
    if (this.face.textContent !== words) this.face.textContent = words;
    const mark = MARKS.find(([at]) => this.last > at && left <= at);
    if (mark && left !== null && !isPaused) this.said.textContent = mark[1];
    this.last = left;
  }
}

function part(className, role) {
  const made = Object.assign(document.createElement("span"), { className });
  made.setAttribute("role", role);
  return made;
}

customElements.define("workshop-timer", WorkshopTimer);
