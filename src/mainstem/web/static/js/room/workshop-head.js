// The head of a room: one's own hand, whose hands are up, and on which step the room is.
const listed = (names) => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);

class WorkshopHead extends HTMLElement {
  connectedCallback() {
    document.addEventListener("workshop:put", this);
  }

  disconnectedCallback() {
    document.removeEventListener("workshop:put", this);
  }

  handleEvent({ detail: { names } }) {
    const room = this.closest("workshop-room");
    if (names.some((name) => name.startsWith("person/"))) this.hands(room);
    if (names.includes("room") || names.some((name) => name.startsWith("step/"))) this.place(room);
  }

  hands(room) {
    const up = [...room.of("person")].filter(([, person]) => person.hand && !person.out);
    up.sort((one, other) => (one[1].hand < other[1].hand ? -1 : 1));
    const shown = this.querySelector("[data-hands]");
    const words = up.length ? `${listed(up.slice(0, 4).map(([, person]) => person.name))}${up.length > 4 ? ` and ${up.length - 4} more` : ""}: hand up` : "";
    if (shown && shown.textContent !== words) shown.textContent = words;
    const isUp = Boolean(room.get(`person/${room.seat}`)?.hand);
    const button = this.querySelector("[data-hand]");
    if (!button) return;
    button.textContent = isUp ? "Lower your hand" : "Raise a hand";
    button.classList.toggle("main", isUp);
    button.setAttribute("aria-pressed", String(isUp));
    this.querySelector("[data-hand-value]").value = isUp ? "" : "true";
  }

  place(room) {
    const { steps = [], step } = room.get("room") ?? {};
    const ids = steps.filter((id) => room.get(`step/${id}`));
    const shown = this.querySelector("[data-place]");
    const at = ids.indexOf(step);
    if (shown) shown.textContent = at < 0 ? "" : `Step ${at + 1} of ${ids.length}`;
  }
}

customElements.define("workshop-head", WorkshopHead);
