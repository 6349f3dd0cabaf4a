// The page of a step: follows the step on screen, takes what only the server can draw from it again (never while
// somebody writes), says what others did, and gives back the words of an act that was refused.
const HEARD_EVERY = 5000;
const RULES = ["kind", "state", "title", "prompt", "purpose", "how", "good", "silent", "dots", "dots_shown", "ranking", "ranks_shown", "breakouts", "lead"];
const NEXT = new Set(["add_card", "park", "comment"]);
const WRITES = "textarea, input:not([type=checkbox], [type=radio], [type=hidden])";

const plural = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;
const facts = (record, keys) => JSON.stringify(keys.map((key) => record?.[key] ?? null));

class WorkshopPage extends HTMLElement {
  connectedCallback() {
    this.room = this.closest("workshop-room");
    this.step = this.getAttribute("step");
    this.sent = new Map();
    this.heard = { added: 0, changed: 0, comments: 0, last: "" };
    for (const kind of ["workshop:put", "workshop:answer"]) document.addEventListener(kind, this);
    for (const kind of ["workshop:sent", "focusout", "keydown"]) this.addEventListener(kind, this);
    customElements.whenDefined("workshop-room").then(() => this.note());
  }

  disconnectedCallback() {
    for (const kind of ["workshop:put", "workshop:answer"]) document.removeEventListener(kind, this);
    for (const timer of [this.later, this.saying]) clearTimeout(timer);
  }

  handleEvent(event) {
    const { type, detail } = event;
    if (type === "workshop:put") this.put(detail);
    else if (type === "workshop:sent") this.wasSent(detail);
    else if (type === "workshop:answer") this.answered(detail);
    else if (type === "focusout" && this.isDue) this.soon();
    else if (type === "keydown") this.key(event);
  }

  // Enter sends what has one line; Shift and Enter makes a new one.
  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("textarea[data-enter]")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  }

  /* when the page has to be drawn again */

  // A page that was asked for before the newest acts came may be out of date when it is put in.
  note() {
    const drawn = this.drawn(this.room.records);
    const isLate = this.known !== undefined && this.known !== drawn;
    this.known = drawn;
    if (isLate) this.soon();
  }

  // Everything that the server alone draws.
  drawn(records) {
    const counts = Object.keys(records).filter((name) => name.startsWith("tally/") && records[name].ballots !== undefined);
    return [
      facts(records[`step/${this.step}`], RULES), facts(records.room, ["state", "steps", "edits", "parallel", "step"]),
      facts(records[`person/${this.room.seat}`], ["group", "role"]), counts.join(),
    ].join();
  }

  put({ names, isWhole }) {
    const drawn = this.drawn(this.room.records);
    const wasWhole = this.known === undefined || isWhole;
    if (!isWhole) this.hear(names);
    this.moved();
    if (drawn === this.known) {
      if (this.isDue) this.soon();
      return;
    }
    const isFirst = wasWhole && !this.hasBeenWhole;
    this.hasBeenWhole ||= isWhole;
    this.known = drawn;
    // what the page was made from is what came first, if nothing happened in between
    if (isFirst && this.room.number === Number(this.room.getAttribute("after"))) return;
    this.soon();
  }

  moved() {
    const on = this.room.get("room")?.step;
    const bar = this.querySelector("[data-moved]");
    if (!bar) return;
    const isElsewhere = Boolean(on) && on !== this.step;
    bar.hidden = !isElsewhere;
    if (!isElsewhere || bar.dataset.to === on) return;
    bar.dataset.to = on;
    const link = document.createElement("a");
    link.href = new URL("?", location.href).pathname;
    link.textContent = this.room.get(`step/${on}`)?.title ?? "the next step";
    bar.replaceChildren("On screen is ", link, ".");
  }

  get isWriting() {
    const at = document.activeElement;
    return this.contains(at) && at.matches(WRITES) && at.value !== "" && at.value !== at.defaultValue;
  }

  soon() {
    this.isDue = true;
    clearTimeout(this.later);
    this.later = setTimeout(() => this.isWriting || this.redraw(), 40 + Math.random() * 400);
  }

  async redraw() {
    this.isDue = false;
    const before = { ...this.room.records };
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) {
      this.isDue = true;
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("workshop-page");
    if (!fresh || this.isWriting) {
      if (!fresh) location.reload();
      this.isDue = Boolean(fresh);
      return;
    }
    if (this.isConnected) this.swap(page, fresh, before);
  }

  swap(page, fresh, before) {
    const at = document.activeElement;
    const kept = this.contains(at) ? { id: at.id, start: at.selectionStart, end: at.selectionEnd } : null;
    const open = [...this.querySelectorAll(".card.is-open")].map((card) => card.dataset.card);
    const isSame = fresh.getAttribute("step") === this.step;
    const room = this.room;
    for (const name of [".decided-in", ".step-list", "[data-room-state]"]) {
      const [old, made] = [room.querySelector(name), page.querySelector(name)];
      if (old && made) old.replaceWith(made);
      else if (old && name === "[data-room-state]") old.remove();
    }
    room.setAttribute("after", page.querySelector("workshop-room").getAttribute("after"));
    document.title = page.title;
    document.adoptNode(fresh);
    customElements.upgrade(fresh);
    Object.assign(fresh, { room, step: fresh.getAttribute("step") });
    fresh.known = fresh.drawn(before);
    fresh.hasBeenWhole = true;
    this.replaceWith(fresh);
    if (!isSame) return scrollTo({ top: 0 });
    for (const id of open) {
      const card = document.getElementById(`card-${id}`);
      if (card && !card.querySelector("[data-inside]")) card.closest("workshop-cards").toggle(card);
    }
    const again = kept?.id && document.getElementById(kept.id);
    if (!again) return;
    again.focus({ preventScroll: true });
    if (kept.start !== null && kept.start !== undefined) again.setSelectionRange(kept.start, kept.end);
  }

  /* what others did, in one sentence now and then */

  hear(names) {
    const { heard, room } = this;
    for (const name of names) {
      const record = room.get(name);
      if (!record || record.by === room.seat) continue;
      if (name.startsWith("comment/")) heard.comments += 1;
      else if (name.startsWith("card/") && record.version > 1) heard.changed += 1;
      else if (name.startsWith("card/")) {
        heard.added += 1;
        heard.last = record.text ? `${room.get(`person/${record.by}`)?.name ?? "Somebody"} added: ${record.text}` : "";
      }
    }
    if (heard.added + heard.changed + heard.comments && !this.saying) this.saying = setTimeout(() => this.speak(), HEARD_EVERY);
  }

  speak() {
    const { added, changed, comments, last } = this.heard;
    this.saying = null;
    this.heard = { added: 0, changed: 0, comments: 0, last: "" };
    const parts = [added && plural(added, "new card"), changed && `${plural(changed, "card")} changed`, comments && plural(comments, "new comment")];
    const words = added === 1 && !changed && !comments && last ? last : parts.filter(Boolean).join(", ");
    this.room.querySelector("[data-heard]").textContent = words;
  }

  /* what was sent, and what was refused */

  wasSent({ id, act, form }) {
    const words = {};
    for (const field of form.elements) if (field.name && field.type !== "hidden" && field.type !== "submit") words[field.name] = field.value;
    this.sent.set(id, { form, words });
    form.querySelector(":scope > .wrong")?.remove();
    if (form.matches("[data-many]")) form.reset();
    if (!NEXT.has(act.act)) return;
    this.room.undraft(form);
    form.elements.text.value = "";
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false;
    for (const field of form.querySelectorAll(".add-more input:not([type=checkbox]), .add-more textarea")) field.value = "";
    form.elements.text.focus();
    if (this.isDue) this.soon();
  }

  answered({ id, act, refused }) {
    const sent = this.sent.get(id);
    this.sent.delete(id);
    if (!refused) {
      // the form of an added card was emptied when it was sent: it may hold the next one by now
      if (sent && !NEXT.has(act.act)) this.room.undraft(sent.form);
      if (sent && act.act === "edit_card" && sent.form.matches(".card-edit")) this.close(sent.form);
      if (sent && act.act === "rank") this.isKept(sent.form);
      if (sent && act.act === "settle") sent.form.closest("details").open = false;
      return;
    }
    this.wrong(sent, act, refused);
  }

  // Nothing else on the page shows that a ballot was taken.
  isKept(form) {
    form.querySelector(":scope > [role=status]")?.remove();
    const said = Object.assign(document.createElement("p"), { className: "muted", textContent: "Your ranking is kept. You can change it until it is counted." });
    said.setAttribute("role", "status");
    form.append(said);
  }

  close(form) {
    const card = form.closest("[data-card]");
    if (!card) return;
    card.closest("workshop-cards").toggle(card);
    card.querySelector(".card-open").focus({ preventScroll: true });
  }

  wrong(sent, act, { message, hint, theirs, version }) {
    const said = Object.assign(document.createElement("p"), { className: "wrong" });
    said.setAttribute("role", "alert");
    said.append(`${message ?? "That was not taken."} ${hint ?? ""}`);
    const others = theirs ? [theirs.text, ...Object.values(theirs.fields ?? {})].filter(Boolean).join("; ") : "";
    if (theirs) said.append(` They wrote: “${others}”. Yours is still in the form: save again to put it in its place.`);
    const form = sent?.form;
    if (form?.isConnected) {
      for (const [name, value] of Object.entries(sent.words)) {
        const field = form.elements[name];
        if (field && "value" in field && !(field instanceof RadioNodeList) && field.type !== "checkbox" && !field.value) field.value = value;
      }
      const seen = form.querySelector("[data-seen]");
      if (seen && version) seen.value = version;
      this.room.draft(form);
      form.querySelector(":scope > .wrong")?.remove();
      return form.prepend(said);
    }
    said.className = "message bad";
    if (act.text) said.append(Object.assign(document.createElement("q"), { textContent: act.text }));
    document.getElementById("messages").append(said);
  }
}

customElements.define("workshop-page", WorkshopPage);
