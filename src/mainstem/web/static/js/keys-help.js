// `?` shows the keys. Any link or button with data-key="a" is pressed by that key, and listed.
// Single keys can be turned off (they get in the way of speech input); the choice stays in this browser.
const STORE = "mainstem-single-keys";
const NAMES = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", Enter: "↵" };

function isWriting(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]");
}

class KeysHelp extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.box = this.querySelector("input[type=checkbox]");
    this.box.checked = localStorage.getItem(STORE) !== "off";
    this.box.addEventListener("change", () => localStorage.setItem(STORE, this.box.checked ? "on" : "off"));
    this.opener();
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  opener() {
    if (this.querySelector(":scope > button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = "Keys";
    button.addEventListener("click", () => this.show());
    this.prepend(button);
  }

  handleEvent(event) {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;
    if (!isPlain || !this.box.checked || isWriting(event.target)) return;
    if (event.key === "?") return this.show();
    // Enter and Space belong to what has the focus
    if ((event.key === "Enter" || event.key === " ") && event.target !== document.body) return;
    const pressed = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!pressed) return;
    event.preventDefault();
    pressed.click();
  }

  show() {
    const list = this.querySelector("dl");
    for (const old of list.querySelectorAll(".own")) old.remove();
    for (const target of document.querySelectorAll("[data-key]")) {
      const key = document.createElement("kbd");
      key.textContent = NAMES[target.dataset.key] ?? target.dataset.key;
      const term = Object.assign(document.createElement("dt"), { className: "own" });
      const words = Object.assign(document.createElement("dd"), { className: "own" });
      term.append(key);
      words.textContent = target.dataset.keyWords ?? target.firstChild.textContent.trim();
      list.append(term, words);
    }
    this.dialog.showModal();
  }
}

customElements.define("keys-help", KeysHelp);
