// ⌘K or Ctrl-K opens a search over everything; `/` too. Asks `src` for links, as HTML. Without script: a link.
const PAUSE = 120;
const WRITING = "input, textarea, select, [contenteditable]";

const INSIDE = `<input type="search" autocomplete="off" spellcheck="false" aria-label="Name"
  placeholder="A stream, team, item, page or action"><div class="found" aria-live="polite"></div>`;

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.link = this.querySelector("a");
    if (!this.link.querySelector("kbd")) this.link.append(shortcut());
    this.link.addEventListener("click", this);
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
    this.dialog?.remove();
  }

  handleEvent(event) {
    if (document.querySelector("dialog[open]")) return;
    const isHeld = event.ctrlKey || event.metaKey;
    const isShortcut = isHeld && event.key?.toLowerCase() === "k" && !event.shiftKey;
    const isSlash = !isHeld && event.key === "/" && !event.target.closest?.(WRITING);
    const isClick = !isHeld && event.type === "click" && !event.shiftKey;
    if (!isShortcut && !isSlash && !isClick) return;
    event.preventDefault();
    if (!this.dialog?.isConnected) this.dialog = this.made();
    this.dialog.showModal();
    this.input.select();
    this.ask();
  }

  made() {
    const dialog = document.createElement("dialog");
    dialog.className = "palette";
    dialog.setAttribute("aria-label", this.link.firstElementChild.textContent);
    dialog.innerHTML = INSIDE;
    [this.input, this.found] = dialog.children;
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), PAUSE);
    });
    dialog.addEventListener("keydown", (event) => this.move(event));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    return dialog;
  }

  async ask() {
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    const asked = new URLSearchParams({ q: this.input.value });
    try {
      const answer = await fetch(`${this.getAttribute("src")}?${asked}`, { headers: { "HX-Request": "true" }, signal });
      if (!answer.ok) throw new Error(answer.statusText);
      this.found.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") this.found.innerHTML = "<p>Search does not answer. Try again in a moment.</p>";
    }
  }

  move(event) {
    const links = [...this.found.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Enter" && event.target === this.input && links[0]) links[0].click();
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    (links[event.key === "ArrowUp" ? at - 1 : Math.min(at + 1, links.length - 1)] ?? this.input).focus();
  }
}

function shortcut() {
  const textContent = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘K" : "Ctrl K";
  return Object.assign(document.createElement("kbd"), { textContent, ariaHidden: "true" });
}

customElements.define("command-palette", CommandPalette);
