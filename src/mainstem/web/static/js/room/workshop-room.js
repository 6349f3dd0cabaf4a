// The room: records as the server has them, what is streamed, and acts that wait until they are answered.
// Says `workshop:put` on the document ({names, number}) after every change; others read `closest("workshop-room").records`.
// Also `workshop:net` ({state, waiting}), `workshop:here` ({count}), `workshop:answer` ({id, act, refused, advice}).
const SOON = 600;
const AGAIN = 800;
const POLL = 2500;
const TRY_STREAM = 30000;

const jitter = (ms) => ms * (0.5 + Math.random());
const word = () => Array.from(crypto.getRandomValues(new Uint8Array(9)), (b) => (b % 36).toString(36)).join("");

const kept = {
  get(key) {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "null");
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      if (value === null || value.length === 0) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // it is still in memory
    }
  },
};

class WorkshopRoom extends HTMLElement {
  connectedCallback() {
    if (this.records) return;
    this.records = {};
    this.number = -1;
    this.seat = Number(this.getAttribute("seat"));
    this.own = `mainstem-room-${this.getAttribute("room")}-${this.seat}`;
    this.outbox = kept.get(`${this.own}-outbox`) ?? [];
    this.isLed = this.getAttribute("role-here") === "facilitator";
    addEventListener("online", () => this.wake());
    addEventListener("offline", () => this.say("offline"));
    addEventListener("pageshow", (event) => event.persisted && this.wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.wake());
    this.addEventListener("submit", this);
    this.addEventListener("input", this);
    this.say("connecting");
    this.start();
  }

  async start() {
    if (await this.catchUp()) this.listen();
    else setTimeout(() => this.start(), jitter(AGAIN));
    this.send();
  }

  // A new word for an act, a card or a comment.
  word() {
    return word() + word().slice(0, 3);
  }

  get(name) {
    return this.records[name];
  }

  *of(what) {
    const start = `${what}/`;
    for (const name in this.records) if (name.startsWith(start)) yield [name.slice(start.length), this.records[name]];
  }

  /* what comes from the server */

  async catchUp() {
    const address = `${this.getAttribute("live")}?after=${this.number}`;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status === 403 || answer.status === 404 || answer.status === 401) return this.out();
      if (!answer.ok) throw new Error(String(answer.status));
      this.take(await answer.json());
      return true;
    } catch {
      this.say("offline");
      return false;
    }
  }

  take(given) {
    const whole = given.whole ?? (given.records ? given : null);
    if (whole) this.takeWhole(whole);
    else for (const event of given.events ?? []) this.takeEvent(Array.isArray(event) ? { n: event[0], puts: event[1] } : event);
    if (given.here !== undefined) this.count(given.here);
    if (given.out) this.out();
    if (given.more) this.catchUp();
  }

  takeWhole({ n, number, records }) {
    const names = new Set([...Object.keys(this.records), ...Object.keys(records)]);
    this.records = records;
    this.number = n ?? number;
    this.tell([...names], true);
  }

  takeEvent({ n, puts }) {
    if (n <= this.number) return;
    this.number = n;
    this.put(puts);
  }

  put(puts) {
    const names = Object.keys(puts);
    for (const name of names) {
      if (puts[name] === null) delete this.records[name];
      else this.records[name] = puts[name];
    }
    if (names.length) this.tell(names, false);
  }

  // Many events in one frame are told as one.
  tell(names, isWhole) {
    this.untold ??= new Set();
    for (const name of names) this.untold.add(name);
    this.isWhole ||= isWhole;
    if (this.telling) return;
    this.telling = setTimeout(() => {
      const detail = { names: [...this.untold], number: this.number, isWhole: this.isWhole };
      this.untold = null;
      this.telling = this.isWhole = null;
      document.dispatchEvent(new CustomEvent("workshop:put", { detail }));
    }, 16);
  }

  listen() {
    this.stream?.close();
    clearTimeout(this.later);
    const stream = (this.stream = new EventSource(`${this.getAttribute("live")}?after=${this.number}`));
    let isOpen = false;
    stream.onopen = () => {
      isOpen = true;
      this.say("live");
      this.send();
    };
    stream.onmessage = (message) => this.takeEvent(JSON.parse(message.data));
    stream.addEventListener("whole", (message) => this.takeWhole(JSON.parse(message.data)));
    stream.addEventListener("here", (message) => this.count(JSON.parse(message.data).count));
    stream.addEventListener("out", () => this.out());
    stream.onerror = () => {
      if (stream !== this.stream) return;
      stream.close();
      // nobody looks: whoever looks at another window of this room keeps its stream
      if (document.hidden && isOpen) return this.say("resting");
      // an answer that is no stream: this server, or something before it, cannot hold one open
      this.later = setTimeout(() => (isOpen ? this.again() : this.poll(Date.now())), jitter(SOON));
    };
  }

  async again() {
    if (this.isOut) return;
    clearTimeout(this.later);
    if (await this.catchUp()) this.listen();
    else if (!this.isOut) this.later = setTimeout(() => this.again(), jitter(AGAIN));
  }

  async poll(since) {
    if (this.isOut) return;
    clearTimeout(this.later);
    if (await this.catchUp()) this.say("polling");
    if (this.isOut) return;
    this.send();
    if (Date.now() - since > TRY_STREAM) this.listen();
    else this.later = setTimeout(() => this.poll(since), jitter(POLL));
  }

  wake() {
    if (this.isOut || this.number < 0) return;
    if (this.stream?.readyState === EventSource.OPEN) this.send();
    else this.again();
  }

  out() {
    if (this.isOut) return false;
    this.isOut = true;
    this.stream?.close();
    clearTimeout(this.later);
    this.say("out");
    return false;
  }

  count(count) {
    document.dispatchEvent(new CustomEvent("workshop:here", { detail: { count } }));
    const shown = this.querySelector("[data-here]");
    if (shown) shown.textContent = `${count} here`;
  }

  /* what goes to the server */

  // Sends an act, again and again until it is answered; gives the id it has.
  act(act) {
    const sent = { id: this.word(), ...act };
    this.outbox.push(sent);
    this.keep();
    queueMicrotask(() => this.send());
    return sent.id;
  }

  keep() {
    kept.set(`${this.own}-outbox`, this.outbox);
    this.say(this.net);
  }

  async send() {
    if (this.sending || this.outbox.length === 0 || this.isOut) return;
    this.sending = true;
    const batch = this.outbox.slice(0, 50);
    try {
      const answer = await fetch(this.getAttribute("acts"), {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.getAttribute("token") },
        body: JSON.stringify({ acts: batch }),
        signal: AbortSignal.timeout(10000),
      });
      if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
      const given = await answer.json().catch(() => ({}));
      this.answered(batch, answer.ok || given.refused ? given : { refused: batch.map(({ id }) => ({ id, ...given })) });
    } catch {
      setTimeout(() => this.send(), jitter(AGAIN));
      if (this.net !== "live") this.say("offline");
    } finally {
      this.sending = false;
    }
    if (this.outbox.length && this.net === "live") this.send();
  }

  answered(batch, given) {
    const done = new Set(batch.map((act) => act.id));
    this.outbox = this.outbox.filter((act) => !done.has(act.id));
    this.keep();
    if (given.puts && (given.n ?? given.number ?? 0) > this.number) this.put(given.puts);
    const refused = new Map((given.refused ?? []).map((one) => [one.id, one]));
    for (const act of batch) {
      const detail = { id: act.id, act, refused: refused.get(act.id) ?? null, advice: given.advice ?? [] };
      document.dispatchEvent(new CustomEvent("workshop:answer", { detail }));
    }
  }

  /* states, drafts, forms */

  say(state) {
    this.net = state;
    this.dataset.state = state;
    const waiting = this.outbox.length;
    const words = {
      live: waiting > 3 ? `${waiting} on their way` : "",
      polling: "",
      resting: "",
      connecting: "Connecting",
      offline: `You are offline: nothing is lost.${waiting ? ` ${waiting} waiting to be sent.` : ""}`,
      out: "You are no longer in this room.",
    }[state];
    const shown = this.querySelector("[data-net]");
    if (shown && shown.textContent !== words) shown.textContent = words;
    document.dispatchEvent(new CustomEvent("workshop:net", { detail: { state, waiting } }));
  }

  handleEvent(event) {
    const form = event.target.closest?.("form");
    if (!form) return;
    if (event.type === "input") this.draft(form);
    else if (form.dataset.act && !event.defaultPrevented) {
      event.preventDefault();
      this.submit(form, event.submitter);
    }
  }

  // A form of the page as an act: `field.NAME` are fields, lists are lists.
  read(form, submitter) {
    const act = {};
    const lists = new Set((form.dataset.lists ?? "").split(" ").filter(Boolean));
    for (const name of lists) {
      if (name.startsWith("field.")) (act.fields ??= {})[name.slice(6)] = [];
      else act[name] = [];
    }
    for (const [name, value] of new FormData(form, submitter)) {
      if (["csrfmiddlewaretoken", "id", "back"].includes(name) || (name === "until" && !value) || (!lists.has(name) && form.initial?.[name] === value)) continue;
      const [to, key] = name.startsWith("field.") ? [(act.fields ??= {}), name.slice(6)] : [act, name];
      if (lists.has(name)) value && to[key].push(value);
      else to[key] = form.elements[name].type === "number" && value !== "" ? Number(value) : value;
    }
    // an edit says what was changed, so that two people can edit two fields
    for (const name of lists) if (form.initial && name.startsWith("field.") && String(act.fields[name.slice(6)]) === form.initial[name]) delete act.fields[name.slice(6)];
    for (const name of ["seen", "n", "order", "seat", "seconds", "add", "dots", "minutes", "number"]) {
      if (typeof act[name] === "string") act[name] = act[name] === "" ? undefined : Number(act[name]);
    }
    for (const name of ["up", "silent", "open", "ranking", "breakouts", "stop", "pause", "resume"]) {
      if (typeof act[name] === "string") act[name] = act[name] === "true" || act[name] === "on";
    }
    return act;
  }

  submit(form, submitter) {
    const act = this.read(form, submitter);
    if (["add_card", "park"].includes(act.act)) act.card ??= this.word();
    if (act.act === "comment") act.comment ??= this.word();
    if (act.act === "merge_cards") {
      act.into ??= act.cards.shift();
      delete act.cluster;
    }
    const id = this.act(act);
    const detail = { id, act, form };
    form.dispatchEvent(new CustomEvent("workshop:sent", { bubbles: true, detail }));
  }

  draftKey(form) {
    return form.dataset.draft ? `${this.own}-draft-${form.dataset.draft}` : "";
  }

  draft(form) {
    const key = this.draftKey(form);
    if (!key) return;
    const words = {};
    for (const field of form.elements) {
      if (!field.name || field.type === "hidden" || field.type === "submit") continue;
      if (field.type === "checkbox" || field.type === "radio") {
        if (field.checked) (words[field.name] ??= []).push(field.value);
      } else if (field.value !== field.defaultValue && field.value !== "") words[field.name] = field.value;
    }
    kept.set(key, Object.keys(words).length ? words : null);
  }

  undraft(form) {
    const key = this.draftKey(form);
    if (key) kept.set(key, null);
  }

  // Whether somebody has begun to write in a form.
  isDrafted(form) {
    return Boolean(this.draftKey(form) && kept.get(this.draftKey(form)));
  }

  redraft(form) {
    const words = this.draftKey(form) ? kept.get(this.draftKey(form)) : null;
    if (!words) return false;
    for (const field of form.elements) {
      const value = words[field.name];
      if (value === undefined) continue;
      if (Array.isArray(value)) field.checked = value.includes(field.value);
      else field.value = value;
    }
    return true;
  }
}

customElements.define("workshop-room", WorkshopRoom);
