// Says what a mark of a chart stands for: under the pointer, or with the arrow keys once the chart has focus.
// A mark is anything in an SVG with data-words or a <title>.
class ChartHover extends HTMLElement {
  connectedCallback() {
    this.tip ??= this.appendChild(document.createElement("div"));
    this.tip.className = "tip";
    this.tip.hidden = true;
    this.tip.setAttribute("role", "status");
    for (const title of this.querySelectorAll("svg title")) {
      title.parentNode.dataset.words = title.textContent;
      title.remove(); // the browser would show it a second time
    }
    if (!this.querySelector("[data-words]")) return;
    this.tabIndex = 0;
    this.setAttribute("role", "group");
    const name = this.querySelector("svg[aria-label]")?.getAttribute("aria-label") ?? "Chart";
    this.setAttribute("aria-label", `${name} Arrow keys read its values.`);
    for (const kind of ["pointermove", "pointerleave", "keydown", "blur"]) this.addEventListener(kind, this);
  }

  get marks() {
    return [...this.querySelectorAll("[data-words]")].filter((mark) => mark.getClientRects().length);
  }

  handleEvent(event) {
    if (event.type === "pointermove") this.show(event.target.closest?.("[data-words]"), event);
    else if (event.type === "keydown") this.step(event);
    else this.show(null);
  }

  step(event) {
    const marks = this.marks;
    const at = marks.indexOf(this.mark);
    const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: marks.length - 1 };
    if (event.key === "Escape") this.show(null);
    if (!(event.key in next)) return;
    event.preventDefault();
    this.show(marks[Math.max(0, Math.min(next[event.key], marks.length - 1))]);
  }

  show(mark, pointer) {
    this.mark?.classList.remove("on");
    this.mark = mark;
    this.tip.hidden = !mark;
    if (!mark) return;
    mark.classList.add("on");
    if (this.tip.textContent !== mark.dataset.words) this.tip.textContent = mark.dataset.words;
    this.place(mark.getBoundingClientRect(), pointer);
  }

  place(box, pointer) {
    const all = this.getBoundingClientRect();
    const x = (pointer?.clientX ?? box.x + box.width / 2) - all.x;
    const y = (pointer?.clientY ?? box.y) - all.y;
    const left = Math.max(0, Math.min(x - this.tip.offsetWidth / 2, all.width - this.tip.offsetWidth));
    const above = y - this.tip.offsetHeight - 10;
    this.tip.style.left = `${left}px`;
    this.tip.style.top = `${above < 0 ? y + 18 : above}px`;
  }
}

customElements.define("chart-hover", ChartHover);
