// Completes the query of work while it is written. Asks `src` for <li role="option" data-text data-first data-last>:
// the text, and which characters it replaces. `wrong-at` is where the query fails.
const PAUSE = 120;
const STEPS = { ArrowDown: (at) => at + 1, ArrowUp: (at) => Math.max(at, 0) - 1 };
class QueryInput extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.list ??= this.appendChild(this.made());
    for (const kind of ["input", "keydown", "focusout", "click"]) this.addEventListener(kind, this, true);
    if (!this.hasAttribute("wrong-at")) return;
    this.input.focus({ preventScroll: true });
    this.input.selectionStart = this.input.selectionEnd = Number(this.getAttribute("wrong-at"));
  }

  made() {
    const list = document.createElement("ul");
    const id = `${this.input.id}-options`;
    Object.assign(list, { id, className: "float", hidden: true, role: "listbox", ariaLabel: "Completions" });
    Object.assign(this.input, { role: "combobox", ariaExpanded: "false", ariaAutoComplete: "list" });
    this.input.setAttribute("aria-controls", id);
    return list;
  }

  handleEvent(event) {
    const option = event.target.closest?.("[role=option]");
    if (event.type === "input") {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), PAUSE);
    } else if (event.type === "keydown") this.key(event);
    else if (event.type === "click" && option) this.take(option);
    else if (event.type === "focusout" && !this.list.matches(":hover")) this.open(false);
  }

  async ask() {
    this.querySelector(".marker")?.remove();
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    const asked = new URLSearchParams({ q: this.input.value, at: this.input.selectionStart });
    const answer = await fetch(`${this.getAttribute("src")}?${asked}`, { signal }).catch(() => null);
    if (!answer?.ok) return;
    this.list.innerHTML = await answer.text();
    this.answered = asked.get("q");
    this.list.querySelectorAll("[role=option]").forEach((option, n) => (option.id = `${this.list.id}-${n}`));
    this.open(this.list.childElementCount > 0);
  }

  open(isOpen) {
    this.list.hidden = !isOpen;
    this.input.ariaExpanded = String(isOpen);
    this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const options = [...this.list.querySelectorAll("[role=option]")];
    const at = options.findIndex((option) => option.ariaSelected === "true");
    if (this.list.hidden) return;
    // what was offered for other text would land in the wrong place
    if (this.answered !== this.input.value && event.key !== "Escape") return;
    if (event.key === "Escape") this.open(false);
    else if (at >= 0 && (event.key === "Enter" || event.key === "Tab")) this.take(options[at]);
    else if (!(event.key in STEPS)) return;
    else this.choose(options.at(STEPS[event.key](at) % options.length), options[at]);
    event.preventDefault();
  }

  choose(option, before) {
    if (before) before.ariaSelected = "false";
    option.ariaSelected = "true";
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  take({ dataset: { text, first, last } }) {
    this.input.setRangeText(text, Number(first), Number(last), "end");
    this.ask();
  }
}

customElements.define("query-input", QueryInput);
