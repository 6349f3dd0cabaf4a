// ⌘K or Ctrl-K opens a search over everything; `/` too. Asks `src` for links, as HTML. Without script: a link.
const PAUSE = 120;
const WRITING = "input, textarea, select, [contenteditable]";
const SORRY = "<p>Search does not answer. Try again in a moment.</p>";
const INSIDE = `<input type="search" autocomplete="off" spellcheck="false" aria-label="Name"
  placeholder="A stream, team, item, page or action"><div class="found" aria-live="polite"></div>`;

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.link = this.querySelector("a");
    const textContent = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘K" : "Ctrl K";
    this.link.append(this.key ??= Object.assign(document.createElement("kbd"), { textContent, ariaHidden: "true" }));
    this.link.addEventListener("click", this);
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  handleEvent(event) {
    if (document.querySelector("dialog[open]")) return;
    const isHeld = event.ctrlKey || event.metaKey;
    const isShortcut = isHeld && event.key?.toLowerCase() === "k" && !event.shiftKey;
    const isOff = localStorage.getItem("mainstem-single-keys") === "off"; // see keys-help.js
    const isSlash = !isHeld && !isOff && event.key === "/" && !event.target.closest?.(WRITING);
    const isClick = !isHeld && event.type === "click" && !event.shiftKey;
    if (!isShortcut && !isSlash && !isClick) return;
    event.preventDefault();
    this.dialog ??= this.made();
    this.dialog.showModal();
    this.input.select();
    this.ask();
  }

  made() {
    const dialog = Object.assign(document.createElement("dialog"), { className: "palette" });
    dialog.ariaLabel = this.link.firstElementChild.textContent;
    dialog.innerHTML = INSIDE;
    [this.input, this.found] = dialog.children;
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), PAUSE);
    });
    dialog.addEventListener("keydown", (event) => this.move(event));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    this.append(dialog);
    return dialog;
  }

  async ask() {
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    const asked = new URLSearchParams({ q: this.input.value });
    const html = await fetch(`${this.getAttribute("src")}?${asked}`, { headers: { "HX-Request": "true" }, signal })
      .then((answer) => (answer.ok ? answer.text() : SORRY)).catch(() => SORRY);
    if (signal.aborted) return;
    const isInside = this.found.contains(document.activeElement);
    this.found.innerHTML = html;
    if (isInside) (this.found.querySelector("a") ?? this.input).focus();
  }

  async openFirst() {
    clearTimeout(this.timer);
    await this.ask(); // what is shown may answer fewer letters than were typed
    this.found.querySelector("a")?.click();
  }

  move(event) {
    if (event.key === "Enter" && event.target === this.input) this.openFirst();
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const links = [...this.found.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    (links[event.key === "ArrowUp" ? at - 1 : Math.min(at + 1, links.length - 1)] ?? this.input).focus();
  }
}

customElements.define("command-palette", CommandPalette);
