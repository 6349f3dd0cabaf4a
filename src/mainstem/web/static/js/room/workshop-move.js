// Moves cards: by pointer (only transforms while it goes, so that a thousand cards stay smooth) and by keys.
const FAR = 5;
const EDGE = 60;
const REST = "-";
const BUSY = "a, button:not(.card-grip), input, select, textarea, label, summary, form, [data-inside]";
const STEPS = {
  row: { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] },
  column: { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] },
};

class WorkshopMove extends HTMLElement {
  connectedCallback() {
    this.room = this.closest("workshop-room");
    this.line = Object.assign(document.createElement("div"), { className: "drop-line", hidden: true });
    this.append(this.line);
    for (const kind of ["pointerdown", "click", "keydown", "focusout"]) this.addEventListener(kind, this);
  }

  get board() {
    return this.querySelector("workshop-board");
  }

  handleEvent(event) {
    const { type, target } = event;
    if (type === "pointermove") this.follow(event);
    else if (type === "pointerup" || type === "pointercancel") this.release(event);
    else if (type === "pointerdown") this.press(event);
    else if (type === "keydown" && this.taken) this.key(event);
    else if (type === "keydown" && event.key === "Escape" && this.drag) this.release(null);
    else if (type === "focusout" && this.taken && !this.isShifting) this.leave();
    else if (type === "click" && target.closest(".card-grip")) this.take(target.closest("[data-card]"));
  }

  /* by pointer */

  press(event) {
    const card = event.target.closest("[data-card]");
    const byGrip = event.target.closest(".card-grip");
    if (!card || event.button !== 0 || this.drag || (!byGrip && (event.pointerType !== "mouse" || event.target.closest(BUSY)))) return;
    if (this.room.get("room")?.state === "finished") return;
    this.drag = { card, id: card.dataset.card, x: event.clientX, y: event.clientY, at: [event.clientX, event.clientY], scroll: scrollY, pointer: event.pointerId };
    for (const kind of ["pointermove", "pointerup", "pointercancel"]) document.addEventListener(kind, this);
  }

  follow(event) {
    const { drag } = this;
    if (!drag || event.pointerId !== drag.pointer) return;
    drag.at = [event.clientX, event.clientY];
    if (!drag.isOn && Math.hypot(drag.at[0] - drag.x, drag.at[1] - drag.y) < FAR) return;
    if (!drag.isOn) this.lift();
    event.preventDefault();
    drag.frame ??= requestAnimationFrame(() => this.draw());
  }

  lift() {
    const { drag, board } = this;
    drag.isOn = true;
    board.held = drag.id;
    getSelection()?.removeAllRanges();
    drag.card.classList.add("is-moving");
    this.setAttribute("moving", "");
    this.tell(`Moving ${this.words(drag.card)}`);
  }

  draw() {
    const { drag } = this;
    if (!drag) return;
    drag.frame = null;
    const [x, y] = drag.at;
    if (y < EDGE || y > innerHeight - EDGE) {
      scrollBy(0, y < EDGE ? -12 : 12);
      drag.frame = requestAnimationFrame(() => this.draw());
    }
    drag.card.style.transform = `translate3d(${x - drag.x}px, ${y - drag.y + scrollY - drag.scroll}px, 0)`;
    // where it would fall: asked for only when the pointer came somewhere else
    if (drag.asked && Math.hypot(x - drag.asked[0], y - drag.asked[1]) < 6) return;
    drag.asked = [x, y];
    this.aim(x, y);
  }

  aim(x, y) {
    const { drag } = this;
    const under = document.elementFromPoint(x, y);
    const lane = under?.closest("[data-lane]");
    drag.lane = lane && this.takes(lane, drag.card.dataset.kind) ? lane : null;
    drag.over = drag.lane && under.closest("[data-card]");
    if (!drag.lane) {
      this.line.hidden = true;
      return;
    }
    const box = (drag.over ?? drag.lane).getBoundingClientRect();
    const isRow = drag.over && this.isRow(drag.lane);
    drag.isAfter = drag.over ? (isRow ? x > box.left + box.width / 2 : y > box.top + box.height / 2) : true;
    const at = isRow ? [drag.isAfter ? box.right : box.left, box.top] : [box.left, drag.isAfter ? box.bottom : box.top];
    this.line.hidden = false;
    this.line.classList.toggle("is-row", Boolean(isRow));
    this.line.style.transform = `translate3d(${at[0]}px, ${at[1]}px, 0)`;
    this.line.style.setProperty("--long", `${isRow ? box.height : box.width}px`);
  }

  release(event) {
    const { drag, board } = this;
    for (const kind of ["pointermove", "pointerup", "pointercancel"]) document.removeEventListener(kind, this);
    this.drag = null;
    if (!drag?.isOn) return;
    cancelAnimationFrame(drag.frame);
    drag.card.classList.remove("is-moving");
    drag.card.style.transform = "";
    this.line.hidden = true;
    this.removeAttribute("moving");
    board.held = null;
    this.justMoved = true;
    setTimeout(() => (this.justMoved = false));
    if (event?.type === "pointerup" && drag.lane) {
      if (drag.lane.dataset.has) this.place(drag.id, drag.lane);
      else this.settle(drag.card, drag.lane, this.listAt(drag), drag.over && (drag.isAfter ? drag.over.nextElementSibling : drag.over));
    } else board.some([drag.id]);
  }

  listAt({ lane, over }) {
    return over ? over.parentNode : lane.querySelector(".cards-in") ?? this.board.heap(lane, "");
  }

  /* what is meant */

  takes(lane, kind) {
    const { look, has, kinds } = lane.dataset;
    return kinds.split(" ").includes(kind) && (look !== "chips" || Boolean(has)) && this.contains(lane) && !lane.dataset.onlyState;
  }

  isRow(lane) {
    return ["row", "wide"].includes(lane.dataset.look);
  }

  // A stream onto a stage of the map.
  place(id, lane) {
    const card = this.room.get(`card/${id}`);
    const stage = lane.dataset.holdsId;
    const stages = [...new Set([...(card.fields?.stages ?? []), stage])];
    const customer = this.room.get(`card/${stage}`)?.under ?? "";
    this.room.act({ act: "move_card", card: id, fields: { stages, customer } });
    this.tell(`${card.text} serves ${this.room.get(`card/${stage}`)?.text ?? "this stage"}`);
    this.board.some([id]);
  }

  // Puts a card into a list before another one, and says so to the server.
  settle(card, lane, list, next) {
    const id = card.dataset.card;
    if (next === card) next = card.nextElementSibling;
    this.shift(list, card, next ?? null);
    const order = this.order(card);
    card.dataset.order = order;
    const { under, where, value } = lane.dataset;
    const act = { act: "move_card", card: id, order };
    const record = this.room.get(`card/${id}`);
    if (under && (under === REST ? "" : under) !== (record.under ?? "") && !(under === REST && !this.board.isHead(record.under))) act.under = under === REST ? "" : under;
    if (where && value !== REST && String(record.fields?.[where] ?? "") !== value) act.fields = { [where]: value };
    this.room.act(act);
    const heading = list.parentNode.dataset.heap ?? "";
    if (heading !== (record.cluster ?? "")) this.room.act({ act: "cluster_cards", cards: [id], cluster: heading });
    this.tell(`${this.words(card)}: ${this.position(card, lane)}`);
  }

  order(card) {
    const before = card.previousElementSibling && Number(card.previousElementSibling.dataset.order);
    const after = card.nextElementSibling && Number(card.nextElementSibling.dataset.order);
    if (before === null && after === null) return Number(card.dataset.order);
    if (before === null) return after - 1;
    if (after === null) return before + 1;
    return (before + after) / 2;
  }

  shift(list, card, next) {
    this.isShifting = true;
    if (card.isConnected && list.moveBefore) list.moveBefore(card, next);
    else list.insertBefore(card, next);
    this.isShifting = false;
  }

  /* by keys */

  take(card) {
    if (this.justMoved || !card) return;
    if (this.taken === card) return this.putDown();
    if (this.taken) this.leave();
    this.taken = card;
    this.from = { list: card.parentNode, next: card.nextElementSibling };
    this.board.held = card.dataset.card;
    card.classList.add("is-taken");
    card.querySelector(".card-grip").setAttribute("aria-pressed", "true");
    this.tell(`Taken up: ${this.words(card)}. Arrow keys move it, Enter puts it down, Escape leaves it.`);
  }

  key(event) {
    const lane = this.taken.closest("[data-lane]");
    const step = STEPS[this.isRow(lane) ? "row" : "column"][event.key];
    if (event.key === "Escape") this.leave();
    else if (step?.[0]) this.along(step[0]);
    else if (step?.[1]) this.across(lane, step[1]);
    else return;
    event.preventDefault();
  }

  along(by) {
    const { taken } = this;
    const other = by < 0 ? taken.previousElementSibling : taken.nextElementSibling;
    if (other) this.shift(taken.parentNode, taken, by < 0 ? other : other.nextElementSibling);
    this.shifted();
  }

  across(lane, by) {
    const lanes = [...this.querySelectorAll("[data-lane]")].filter((one) => one.dataset.look !== "chips" && this.takes(one, this.taken.dataset.kind) && one.checkVisibility());
    const next = lanes[lanes.indexOf(lane) + by];
    if (next) this.shift(next.querySelector(".cards-in") ?? this.board.heap(next, ""), this.taken, null);
    this.shifted();
  }

  shifted() {
    const grip = this.taken.querySelector(".card-grip");
    this.isShifting = true;
    grip.focus({ preventScroll: true });
    this.isShifting = false;
    this.taken.scrollIntoView({ block: "nearest" });
    this.tell(this.position(this.taken, this.taken.closest("[data-lane]")));
  }

  putDown() {
    const card = this.taken;
    this.freed();
    this.settle(card, card.closest("[data-lane]"), card.parentNode, card.nextElementSibling);
  }

  leave() {
    const card = this.taken;
    this.shift(this.from.list, card, this.from.next?.parentNode === this.from.list ? this.from.next : null);
    this.freed();
    this.board.some([card.dataset.card]);
    this.tell("Left where it was");
  }

  freed() {
    this.taken.classList.remove("is-taken");
    this.taken.querySelector(".card-grip").removeAttribute("aria-pressed");
    this.taken = null;
    this.board.held = null;
  }

  /* words */

  words(card) {
    return card.querySelector(".card-text").textContent.trim();
  }

  position(card, lane) {
    const all = [...card.parentNode.children];
    const name = lane.querySelector(":scope > :is(h2, h3, h4, h5, h6)")?.textContent ?? lane.closest("[data-section]")?.querySelector("[data-title]")?.textContent ?? "";
    return `${all.indexOf(card) + 1} of ${all.length}${name ? ` in ${name.trim()}` : ""}`;
  }

  tell(words) {
    this.room.querySelector("[data-told]").textContent = words;
  }
}

customElements.define("workshop-move", WorkshopMove);
