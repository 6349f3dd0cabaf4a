// Lays cards into lanes, and makes a section for each card that others belong to, by the rules that stand on the
// elements; contexts/workshop/lanes.py has the same rules for the first paint and for script off.
const REST = "-";
const ALIVE = new Set(["open", "chosen"]);
const HEADS = "[data-each]";
const WRITES = "textarea, input:not([type=checkbox], [type=radio], [type=hidden])";

const state = (card) => card.state ?? "open";
const isHidden = (card) => card.silent && !card.text;

class WorkshopBoard extends HTMLElement {
  connectedCallback() {
    this.room = this.closest("workshop-room");
    this.els = new Map();
    this.held = null;
    document.addEventListener("workshop:put", this);
    Promise.all(["workshop-cards", "workshop-room"].map((name) => customElements.whenDefined(name))).then(() => {
      this.cards = this.closest("workshop-cards");
      this.adopt();
      if (this.room.number >= 0) this.all();
    });
  }

  disconnectedCallback() {
    document.removeEventListener("workshop:put", this);
  }

  handleEvent({ detail: { names, isWhole } }) {
    if (!this.cards) return;
    if (isWhole) return this.all();
    const ids = names.filter((name) => name.startsWith("card/")).map((name) => name.slice(5));
    if (ids.length) this.some(ids);
  }

  /* what is there already */

  adopt() {
    for (const el of this.room.querySelectorAll("[data-card]")) this.els.set(el.dataset.card, el);
    this.index();
  }

  index() {
    this.lanes = new Map();
    for (const lane of this.room.querySelectorAll("[data-lane]")) {
      lane.items ??= new Map([...lane.querySelectorAll("[data-card], [data-chip]")].map((el) => [el.dataset.card ?? el.dataset.chip, el]));
      lane.unseen ??= new Set();
      // found once: a lane may hold a thousand cards
      lane.parts ??= [".heaps", "[data-empty]", "[data-hidden]"].map((part) => [...lane.children].find((el) => el.matches(part)));
      for (const kind of lane.dataset.kinds.split(" ")) {
        if (!this.lanes.has(kind)) this.lanes.set(kind, []);
        this.lanes.get(kind).push(lane);
      }
    }
    this.heads = new Map();
    for (const each of this.room.querySelectorAll(HEADS)) {
      if (!this.heads.has(each.dataset.each)) this.heads.set(each.dataset.each, []);
      this.heads.get(each.dataset.each).push(each);
    }
  }

  card(id) {
    return this.room.get(`card/${id}`);
  }

  isHead(id) {
    const card = id && this.card(id);
    return Boolean(card) && ALIVE.has(state(card)) && !card.silent;
  }

  /* rules: the same as Layer._lies_in */

  liesIn(card, { dataset: rule }) {
    if (["gone", "merged"].includes(state(card))) return false;
    if (rule.look === "chips" && (card.silent || !ALIVE.has(state(card)))) return false;
    if (rule.onlyStep && card.step !== rule.onlyStep) return false;
    if (rule.onlyState && state(card) !== rule.onlyState) return false;
    const under = card.under ?? "";
    const fields = card.fields ?? {};
    if (rule.under === REST) {
      if (this.isHead(under)) return false;
    } else if (rule.under && under !== rule.under) return false;
    if (rule.where) {
      const value = String(fields[rule.where] ?? "");
      if (rule.value === REST ? this.isHead(value) : value !== rule.value) return false;
    }
    return !rule.has || (fields[rule.has] ?? []).includes(rule.holdsId);
  }

  /* all, or some */

  all() {
    this.sections(this.room);
    this.index();
    const wanted = new Map();
    for (const [id, card] of this.room.of("card")) {
      if (!wanted.has(card.kind)) wanted.set(card.kind, []);
      wanted.get(card.kind).push([id, card]);
    }
    for (const lane of new Set([...this.lanes.values()].flat())) {
      const here = lane.dataset.kinds.split(" ").flatMap((kind) => wanted.get(kind) ?? []);
      this.lay(lane, here);
    }
    for (const [id, el] of this.els) if (!el.isConnected) this.els.delete(id);
    this.refit(null);
  }

  lay(lane, cards) {
    const left = new Set([...lane.items.keys(), ...lane.unseen]);
    for (const [id, card] of cards) {
      if (!this.liesIn(card, lane)) continue;
      left.delete(id);
      this.put(lane, id, card);
    }
    for (const id of left) this.drop(lane, id);
    this.finish(lane);
  }

  some(ids) {
    const kinds = new Set(ids.map((id) => this.card(id)?.kind ?? this.els.get(id)?.dataset.kind).filter(Boolean));
    if ([...kinds].some((kind) => this.heads.has(kind))) {
      const before = this.room.querySelectorAll("[data-section]").length;
      this.sections(this.room);
      if (this.room.querySelectorAll("[data-section]").length !== before) return this.all();
    }
    const touched = new Set();
    for (const id of ids) {
      const card = this.card(id);
      const kind = card?.kind ?? this.els.get(id)?.dataset.kind;
      for (const lane of new Set([...(this.lanes.get(kind) ?? []), ...this.lanesWith(id)])) {
        touched.add(lane);
        if (card && this.liesIn(card, lane)) this.put(lane, id, card);
        else this.drop(lane, id);
      }
    }
    for (const lane of touched) this.finish(lane);
    this.refit(kinds);
  }

  lanesWith(id) {
    return [...this.lanes.values()].flat().filter((lane) => lane.items.has(id) || lane.unseen.has(id));
  }

  /* one card in one lane */

  put(lane, id, card) {
    if (isHidden(card)) {
      this.drop(lane, id);
      lane.unseen.add(id);
      return;
    }
    lane.unseen.delete(id);
    if (this.held === id) return;
    const isChip = lane.dataset.look === "chips";
    const had = lane.items.get(id);
    const el = isChip ? (had ?? this.chip(id)) : (this.els.get(id) ?? this.cards.blank(card.kind, id));
    if (isChip) this.fillChip(el, card);
    else {
      this.els.set(id, el);
      this.cards.fill(el, id);
    }
    el.dataset.order = card.order ?? 0;
    this.into(isChip ? lane.querySelector("[data-heap]") : this.heap(lane, card.cluster ?? ""), el, id);
    if (!isChip) for (const other of this.lanesOf(card.kind)) if (other !== lane && other.items.get(id) === el) other.items.delete(id);
    lane.items.set(id, el);
    // what was folded because nothing lay there
    const bare = !isChip && lane.closest("details[data-bare]");
    if (bare) {
      bare.open = true;
      delete bare.dataset.bare;
    }
  }

  lanesOf(kind) {
    return this.lanes.get(kind) ?? [];
  }

  drop(lane, id) {
    lane.unseen.delete(id);
    const el = lane.items.get(id);
    if (!el || this.held === id) return;
    lane.items.delete(id);
    const isMine = el.dataset.chip || !this.card(id) || !this.lanesOf(this.card(id).kind).some((other) => other !== lane && other.dataset.look !== "chips" && this.liesIn(this.card(id), other));
    if (!isMine) return;
    const at = document.activeElement;
    const isIn = el.contains(at);
    if (isIn && at.matches(WRITES) && at.value && at.value !== at.defaultValue) {
      // what somebody is writing in stays until they are done
      lane.items.set(id, el);
      return el.addEventListener("focusout", () => setTimeout(() => this.some([id])), { once: true });
    }
    const near = (el.nextElementSibling ?? el.previousElementSibling)?.querySelector("a") ?? lane.querySelector("form.add textarea");
    el.remove();
    if (!el.dataset.chip) this.els.delete(id);
    if (isIn) near?.focus({ preventScroll: true });
  }

  // Puts an element where its order says, and never takes the focus out of it.
  into(list, el, id) {
    const order = Number(el.dataset.order);
    const key = (other) => [Number(other.dataset.order), other.dataset.card ?? other.dataset.chip ?? other.dataset.section];
    let next = null;
    for (let other = list.lastElementChild; other; other = other.previousElementSibling) {
      if (other === el) continue;
      const [at, name] = key(other);
      if (at < order || (at === order && name < id)) break;
      next = other;
    }
    if (el.parentNode === list && (el.nextElementSibling === next || (next === null && list.lastElementChild === el))) return;
    const isInside = el.contains(document.activeElement);
    if (el.isConnected && list.moveBefore) list.moveBefore(el, next);
    else if (!isInside) list.insertBefore(el, next);
  }

  heap(lane, heading) {
    const [heaps] = lane.parts;
    const found = [...heaps.children].find((heap) => heap.dataset.heap === heading);
    if (found) return found.lastElementChild;
    const heap = Object.assign(document.createElement("div"), { className: "heap" });
    const name = Object.assign(document.createElement("p"), { className: "heap-name", hidden: !heading });
    name.append(Object.assign(document.createElement("bdi"), { textContent: heading }));
    heap.dataset.heap = heading;
    heap.append(name, Object.assign(document.createElement("ul"), { className: "cards-in" }));
    if (heading) heaps.append(heap);
    else heaps.prepend(heap);
    return heap.lastElementChild;
  }

  chip(id) {
    const el = document.createElement("li");
    const link = document.createElement("a");
    link.append(document.createElement("bdi"));
    el.dataset.chip = id;
    el.append(link);
    return el;
  }

  fillChip(el, card) {
    const link = el.firstElementChild;
    link.querySelector("bdi").textContent = card.text;
    const query = new URLSearchParams({ step: card.step ?? "", card: el.dataset.chip });
    link.href = `${this.dataset.address}?${query}#card-${el.dataset.chip}`;
  }

  finish(lane) {
    const [heaps, empty, hidden] = lane.parts;
    for (const heap of [...(heaps?.children ?? [])]) if (heap.dataset.heap && !heap.lastElementChild.childElementCount) heap.remove();
    const isEmpty = lane.items.size === 0 && lane.unseen.size === 0;
    if (empty) empty.hidden = !isEmpty;
    if ("hides" in lane.dataset) lane.hidden = isEmpty;
    if (!hidden) return;
    const count = lane.unseen.size;
    hidden.hidden = count === 0;
    if (count) hidden.textContent = `${count} ${count === 1 ? "card is" : "cards are"} being written, hidden until revealed`;
  }

  /* sections */

  sections(root) {
    for (const each of root.querySelectorAll(HEADS)) {
      const list = each.querySelector(":scope > [data-sections]");
      const old = new Map([...list.children].map((el) => [el.dataset.section, el]));
      let count = 0;
      for (const [id, card] of this.room.of("card")) {
        if (card.kind !== each.dataset.each || !this.isHead(id)) continue;
        if (each.dataset.under && card.under !== each.dataset.under) continue;
        count += 1;
        const el = old.get(id) ?? this.section(each, id);
        old.delete(id);
        const title = el.querySelector("[data-title]");
        if (title.textContent !== card.text) title.textContent = card.text;
        el.dataset.order = card.order ?? 0;
        if (!each.hasAttribute("data-own-first") || !el.isConnected) this.into(list, el, id);
        if (!el.known) this.sections(el);
        el.known = true;
      }
      for (const el of old.values()) if (!el.contains(document.activeElement)) el.remove();
      const empty = each.querySelector(":scope > [data-empty]");
      if (empty) empty.hidden = count > 0;
    }
  }

  places(ballot) {
    let count = 0;
    for (const [, card] of this.room.of("card")) if (card.kind === "metric" && card.under === ballot.dataset.ballot && this.isHead(card.under) && ALIVE.has(state(card)) && card.text) count += 1;
    ballot.querySelectorAll("form label").forEach((label, at) => (label.hidden = at >= Math.max(count, 1)));
  }

  section(each, id) {
    const blank = each.querySelector(":scope > template");
    const made = blank.content.cloneNode(true);
    rename(made, blank.dataset.blank, id);
    return made.firstElementChild;
  }

  // Choices among cards that stand open: stages of a stream, and as many places of a ballot as it has candidates.
  refit(kinds) {
    if (!kinds || kinds.has("metric")) for (const ballot of this.room.querySelectorAll("[data-ballot]")) this.places(ballot);
    for (const box of this.room.querySelectorAll("[data-choices]")) {
      if (!kinds || box.dataset.choices.split(" ").some((kind) => kinds.has(kind))) this.cards.choices(box);
    }
  }
}

// Puts an id in place of a placeholder, in attributes only, in nested templates too.
function rename(root, placeholder, id) {
  for (const el of root.querySelectorAll("*")) {
    for (const attribute of el.attributes) {
      if (attribute.value.includes(placeholder)) attribute.value = attribute.value.replaceAll(placeholder, id);
    }
    if (el.localName === "template") rename(el.content, placeholder, id);
  }
}

customElements.define("workshop-board", WorkshopBoard);
