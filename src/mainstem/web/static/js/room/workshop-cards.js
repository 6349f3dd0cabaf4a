// Fills cards with what records say (as text, never as markup), opens and closes them, and shows beside a card
// what was refused and what is advised. The markup is the server's own, cloned from templates.
const STATES = { chosen: "chosen", aside: "set aside", merged: "merged", gone: "removed" };
const ANSWERS = { true: "true", false: "not true", cannot_say: "cannot say" };
const OUTCOMES = { true: "It is true", false: "It is not true", cannot_say: "We cannot say" };

const TEXTS = new Set(["add_card", "edit_card", "turn_card"]);
const folded = (text) => String(text ?? "").replace(/\s+/g, " ").trim();
const plural = (count, one) => `${count.toLocaleString()} ${one}${count === 1 ? "" : "s"}`;
const show = (el, words) => {
  if (el && el.textContent !== words) el.textContent = words;
};
const made = (name, className, text) => Object.assign(document.createElement(name), { className, textContent: text });
const within = (name, ...parts) => {
  const el = document.createElement(name);
  el.append(...parts);
  return el;
};

class WorkshopCards extends HTMLElement {
  connectedCallback() {
    this.room = this.closest("workshop-room");
    this.advice = new Map();
    this.said = null;
    this.addEventListener("click", this);
    this.addEventListener("focusin", this);
    for (const kind of ["change", "reset"]) this.addEventListener(kind, () => setTimeout(() => this.picked()));
    for (const kind of ["workshop:put", "workshop:answer"]) document.addEventListener(kind, this);
    customElements.whenDefined("workshop-room").then(() => {
      for (const form of this.querySelectorAll("form[data-draft]")) this.room.redraft(form);
    });
  }

  disconnectedCallback() {
    for (const kind of ["workshop:put", "workshop:answer"]) document.removeEventListener(kind, this);
  }

  handleEvent(event) {
    const { type, target, detail } = event;
    if (type === "workshop:put") this.changed(detail);
    else if (type === "workshop:answer") this.answered(detail);
    else if (type === "focusin" && target.matches("select[data-cards]")) this.options(target);
    else if (type === "click" && target.closest(".card-open") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.toggle(target.closest("[data-card]"));
    }
  }

  picked() {
    this.toggleAttribute("picking", this.querySelector(".card-pick input:checked") !== null);
  }

  get board() {
    return this.querySelector("workshop-board");
  }

  el(id) {
    return this.board?.els.get(id) ?? document.getElementById(`card-${id}`);
  }

  /* what changed beside the cards themselves */

  changed({ names, isWhole }) {
    if (isWhole) this.said = null;
    const touched = new Set();
    for (const name of names) {
      const [what, id] = name.split("/");
      if (["dots", "tally", "answer"].includes(what)) touched.add(id);
      if (what === "comment") {
        this.said = null;
        const card = this.room.get(name)?.card;
        if (card) touched.add(card);
        else for (const open of this.querySelectorAll(".card.is-open")) touched.add(open.dataset.card);
      }
      if (what === "card" && (!this.room.get(name) || this.room.get(name).kind === "part")) this.sums();
    }
    if (!isWhole) for (const id of touched) this.fill(this.el(id), id);
    if (isWhole || names.some((name) => name.startsWith("dots/"))) this.left();
  }

  sums() {
    clearTimeout(this.summing);
    this.summing = setTimeout(() => {
      for (const el of this.querySelectorAll('[data-card][data-kind="team"]')) this.fill(el, el.dataset.card);
    }, 30);
  }

  comments(id) {
    if (!this.said) {
      this.said = new Map();
      for (const [comment, record] of this.room.of("comment")) {
        if (!this.said.has(record.card)) this.said.set(record.card, []);
        this.said.get(record.card).push([comment, record]);
      }
      for (const all of this.said.values()) all.sort((a, b) => (a[1].at < b[1].at ? -1 : 1));
    }
    return this.said.get(id) ?? [];
  }

  left() {
    const step = this.room.get(`step/${this.board.getAttribute("step")}`) ?? {};
    const shown = this.room.querySelector("[data-left]");
    if (!shown) return;
    let spent = 0;
    for (const [name, { n }] of this.room.of("dots")) {
      const [card, seat] = name.split("/");
      if (Number(seat) === this.room.seat && this.room.get(`card/${card}`)?.step === this.board.getAttribute("step")) spent += n;
    }
    this.dotsLeft = Math.max(step.dots - spent, 0);
    show(shown, `${this.dotsLeft} of ${plural(step.dots ?? 0, "dot")} left`);
  }

  /* a card */

  blank(kind, id) {
    const template = this.querySelector(`template[data-card-blank="${CSS.escape(kind)}"]`) ?? this.querySelector("template[data-card-blank]");
    return this.cloned(template, id).firstElementChild;
  }

  cloned(template, id) {
    const copy = template.content.cloneNode(true);
    for (const el of copy.querySelectorAll("*")) {
      for (const attribute of el.attributes) {
        if (attribute.value.includes("__card__")) attribute.value = attribute.value.replaceAll("__card__", id);
      }
    }
    return copy;
  }

  fill(el, id) {
    const card = this.room.get(`card/${id}`);
    if (!el || !card) return;
    const state = card.state ?? "open";
    for (const name of Object.keys(STATES)) el.classList.toggle(`is-${name}`, state === name);
    el.classList.toggle("is-silent", Boolean(card.silent));
    const text = el.querySelector(".card-text bdi");
    this.advise(el, id, text.textContent !== card.text);
    show(text, card.text);
    const about = el.querySelector(".card-about");
    const under = ["statement", "key_result", "bet"].includes(card.kind) && this.room.get(`card/${card.under}`);
    about.hidden = !under;
    if (under) show(about.firstElementChild, under.text);
    this.fields(el, card);
    el.querySelector("[data-state]").hidden = !STATES[state];
    show(el.querySelector("[data-state]"), STATES[state] ?? "");
    el.querySelector("[data-silent]").hidden = !card.silent;
    show(el.querySelector("[data-by]"), this.room.get(`person/${card.by}`)?.name ?? "");
    const comments = this.comments(id);
    show(el.querySelector("[data-says]"), comments.length ? plural(comments.length, "comment") : "");
    this.dots(el, id);
    if (card.kind === "team") this.sum(el, id, card);
    if (card.kind === "statement") this.tally(el, id);
    this.inside(el, id, card, comments);
  }

  fields(el, card) {
    for (const row of el.querySelectorAll(":scope > .card-fields > [data-field]")) {
      const words = this.words(row.dataset.holds, card.fields?.[row.dataset.field]);
      row.hidden = !words;
      show(row.lastElementChild.firstElementChild, words);
    }
  }

  words(holds, value) {
    if (value === null || value === undefined || value === "" || value.length === 0) return "";
    const named = (id) => this.room.get(`card/${id}`)?.text ?? "";
    if (holds === "card") return named(value);
    if (holds === "cards") return value.map(named).filter(Boolean).join(", ");
    if (holds === "share") return `${Math.round(value * 100)} %`;
    if (holds === "number") return Number(value).toLocaleString("en", { maximumFractionDigits: 3 }).replace("-", "−");
    if (holds === "day") return new Date(`${value}T12:00`).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
    if (holds === "choice") return OUTCOMES[value] ?? String(value).replaceAll("_", " ");
    return String(value);
  }

  dots(el, id) {
    const own = this.room.get(`dots/${id}/${this.room.seat}`)?.n ?? 0;
    const form = el.querySelector(".card-dots");
    if (form) {
      form.hidden = this.room.get(`card/${id}`).step !== this.board.getAttribute("step");
      show(form.querySelector("[data-own]"), String(own));
      form.querySelector("[data-more]").value = own + 1;
      form.querySelector("[data-fewer]").value = Math.max(own - 1, 0);
      form.querySelector("[data-fewer]").disabled = own === 0;
    }
    const total = this.room.get(`tally/${id}`)?.dots;
    show(el.querySelector("[data-total]"), total === undefined ? "" : plural(total, "dot"));
  }

  sum(el, id, card) {
    const shares = [];
    for (const [, part] of this.room.of("card")) {
      const counts = part.kind === "part" && ["open", "chosen"].includes(part.state ?? "open");
      if (counts && part.fields?.team === id && typeof part.fields.share === "number") shares.push(part.fields.share);
    }
    const total = shares.reduce((sum, share) => sum + share, 0);
    let words = shares.length ? `${Math.round(total * 100)} % of its effort in ${plural(shares.length, "stream")}` : "Takes part in no stream yet";
    const size = card.fields?.size;
    if (shares.length && size) words += `: ${(total * size).toLocaleString("en", { maximumFractionDigits: 1 })} of ${size} people`;
    const shown = el.querySelector("[data-sum]");
    shown.classList.toggle("is-over", total > 1.0001);
    show(shown, words);
  }

  tally(el, id) {
    const tally = this.room.get(`tally/${id}`);
    const isShown = tally?.cannot_say !== undefined;
    const shown = el.querySelector("[data-tally]");
    shown.hidden = !isShown;
    const form = el.querySelector("[data-before]");
    if (form) form.hidden = isShown;
    if (form && !isShown) show(form.querySelector("button"), this.room.get(`answer/${id}/${this.room.seat}`) ? "Answer again" : "Answer");
    const counts = isShown ? Object.keys(ANSWERS).filter((name) => tally[name]).map((name) => `${tally[name]} ${ANSWERS[name]}`) : [];
    const differ = tally?.differ ? [made("span", "tag rest", "answers differ"), " "] : [];
    shown.replaceChildren(...differ, made("span", "", counts.join(", ") || "Nobody answered"));
    const whys = (isShown && tally.whys) || [];
    el.querySelector("[data-whys]").replaceChildren(...whys.map(({ answer, why }) => within("li", made("bdi", "", `${ANSWERS[answer][0].toUpperCase()}${ANSWERS[answer].slice(1)}: ${why}`))));
  }

  /* opened */

  toggle(el) {
    const open = el.querySelector(":scope > [data-inside]");
    const link = el.querySelector(".card-open");
    if (open) {
      open.remove();
      el.classList.remove("is-open");
      link.removeAttribute("aria-expanded");
      return show(link, "Open");
    }
    const template = this.querySelector(`template[data-inside-blank="${CSS.escape(el.dataset.kind)}"]`);
    if (!template) return;
    const box = made("div", "card-inside", "");
    box.dataset.inside = "";
    box.append(this.cloned(template, el.dataset.card));
    el.append(box);
    el.classList.add("is-open");
    show(link, "Close");
    link.setAttribute("aria-expanded", "true");
    this.prepare(box, el.dataset.card);
  }

  // What the forms of an opened card start with.
  prepare(box, id) {
    const card = this.room.get(`card/${id}`);
    for (const fieldset of box.querySelectorAll("[data-choices]")) this.choices(fieldset);
    for (const select of box.querySelectorAll("select[data-cards]")) this.options(select);
    const edit = box.querySelector(".card-edit");
    if (edit) {
      edit.elements.text.value = card.text;
      for (const [name, value] of Object.entries(card.fields ?? {})) {
        const named = edit.querySelectorAll(`[name="field.${CSS.escape(name)}"]`);
        for (const field of named) {
          if (field.type === "checkbox") field.checked = (value ?? []).includes(field.value);
          else field.value = value ?? "";
        }
      }
      edit.initial = Object.fromEntries([...new FormData(edit)].filter(([name]) => name === "text" || name.startsWith("field.")));
      for (const name of (edit.dataset.lists ?? "").split(" ").filter(Boolean)) edit.initial[name] = String(card.fields?.[name.slice(6)] ?? "");
    }
    const under = box.querySelector('[name="under"]');
    if (under) under.value = card.under ?? "";
    box.querySelector("[data-cluster]")?.setAttribute("value", card.cluster ?? "");
    const removes = box.querySelector("[data-removes]");
    if (removes) removes.hidden = card.by !== this.room.seat && !this.room.isLed;
    for (const form of box.querySelectorAll("form[data-draft]")) this.room.redraft(form);
    for (const seen of box.querySelectorAll("[data-seen]")) seen.value = card.version;
    this.fill(box.closest("[data-card]"), id);
  }

  inside(el, id, card, comments) {
    const box = el.querySelector(":scope > [data-inside]");
    const promise = el.querySelector(".card-promise [data-seen]");
    if (promise) promise.value = card.version;
    if (!box) return;
    const list = box.querySelector("[data-comments]");
    list.replaceChildren(...comments.map(([comment, record]) => this.comment(comment, record)));
    const seen = box.querySelector(".card-edit [data-seen]");
    const isStale = seen && Number(seen.value) !== card.version;
    if (isStale && !seen.form.contains(document.activeElement) && !this.room.isDrafted(seen.form)) this.prepare(box, id);
  }

  comment(id, record) {
    const item = within("li", made("bdi", "muted", this.room.get(`person/${record.by}`)?.name ?? ""), " ", made("bdi", "", record.text));
    item.dataset.comment = id;
    if (record.by === this.room.seat || this.room.isLed) {
      const button = made("button", "plain", "Remove");
      button.type = "button";
      button.addEventListener("click", () => this.room.act({ act: "remove_comment", comment: id }));
      item.append(" ", button);
    }
    return item;
  }

  /* choices made of cards */

  options(select) {
    const kinds = select.dataset.cards.split(" ");
    const chosen = select.value;
    const first = select.options[0];
    const cards = [...this.room.of("card")].filter(
      ([id, card]) => kinds.includes(card.kind) && ["open", "chosen"].includes(card.state ?? "open") && card.text
        && id !== select.dataset.not && (!select.dataset.of || card.under === select.dataset.of),
    );
    if (this.room.number < 0) return;
    cards.sort(([a, one], [b, other]) => (one.order ?? 0) - (other.order ?? 0) || (a < b ? -1 : 1));
    select.replaceChildren(first, ...cards.map(([id, card]) => new Option(card.text.slice(0, 90), id)));
    select.value = chosen;
  }

  choices(box) {
    if (this.room.number < 0) return;
    const had = new Map([...box.querySelectorAll("input")].map((input) => [input.value, input]));
    const kinds = box.dataset.choices.split(" ");
    const none = box.querySelector("[data-none]");
    for (const [id, card] of this.room.of("card")) {
      if (!kinds.includes(card.kind) || !["open", "chosen"].includes(card.state ?? "open") || !card.text) continue;
      const whose = card.kind === "stage" ? this.room.get(`card/${card.under}`)?.text : "";
      const words = whose ? `${whose}: ${card.text}` : card.text;
      const input = had.get(id) ?? Object.assign(document.createElement("input"), { type: "checkbox", name: box.dataset.name, value: id });
      if (!had.has(id)) box.insertBefore(within("label", input, made("bdi", "", words)), none);
      else show(input.parentNode.querySelector("bdi"), words);
      had.delete(id);
    }
    for (const input of had.values()) if (!input.checked) input.parentNode.remove();
    none.hidden = box.querySelector("input") !== null;
  }

  /* answers to acts */

  answered({ act, refused, advice }) {
    if (!refused && TEXTS.has(act.act)) {
      this.advice.set(act.card, { text: folded(act.text ?? this.room.get(`card/${act.card}`)?.text), said: advice.filter(({ card }) => card === act.card) });
      if (this.el(act.card)) this.advise(this.el(act.card), act.card);
    }
    if (refused && act.card && this.el(act.card)) this.board.some([act.card]);
  }

  // Advice is about certain words: it may come before the card itself, and goes when they do.
  advise(el, id, isOther = false) {
    const { text, said } = this.advice.get(id) ?? {};
    const isKnown = text !== undefined && text === folded(this.room.get(`card/${id}`)?.text);
    if (!isKnown && !isOther) return;
    const lines = (isKnown ? said : []).map(({ what, hint }) => within("p", made("b", "", what), ` ${hint ?? ""}`));
    for (const line of lines) line.className = "beside";
    el.querySelector("[data-advice]").replaceChildren(...lines);
  }
}

customElements.define("workshop-cards", WorkshopCards);
