// Traces one path through the River: under the pointer or with focus on a label, what does not belong to it fades.
class RiverTrace extends HTMLElement {
  connectedCallback() {
    for (const kind of ["pointerover", "pointerleave", "focusin", "focusout"]) this.addEventListener(kind, this);
  }

  handleEvent(event) {
    const near = event.target.closest?.("[data-ends], [data-node]");
    if (event.type === "pointerleave" || event.type === "focusout" || !near) this.trace(null);
    else this.trace(near);
  }

  trace(at) {
    const svg = at?.closest("svg");
    for (const old of this.querySelectorAll("svg.traced")) if (old !== svg) old.classList.remove("traced");
    if (!svg) return;
    const ribbons = [...svg.querySelectorAll("[data-ends]")];
    const kept = at.dataset.node ? this.through(at.dataset.node, ribbons) : this.along(at, ribbons);
    for (const ribbon of ribbons) ribbon.classList.toggle("off", !kept.has(ribbon));
    svg.classList.add("traced");
  }

  // everything that flows into or out of a node, and on from the streams that it reaches
  through(node, ribbons) {
    const kept = new Set(ribbons.filter((r) => r.dataset.ends.split(" ").includes(node)));
    if (!node.startsWith("team:") && !node.startsWith("objective:")) return kept;
    const middle = new Set([...kept].flatMap((r) => r.dataset.ends.split(" ")).filter((n) => n.startsWith("stream:")));
    const side = node.startsWith("team:") ? 0 : 1;
    for (const r of ribbons) if (middle.has(r.dataset.ends.split(" ")[side])) kept.add(r);
    return kept;
  }

  // one ribbon, and what it joins at the stream
  along(ribbon, ribbons) {
    const stream = ribbon.dataset.ends.split(" ").find((n) => n.startsWith("stream:"));
    const [first] = ribbon.dataset.ends.split(" ");
    const side = first === stream ? 1 : 0;
    return new Set([ribbon, ...ribbons.filter((r) => stream && r.dataset.ends.split(" ")[side] === stream)]);
  }
}

customElements.define("river-trace", RiverTrace);
