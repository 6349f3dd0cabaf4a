// Puts a button beside a piece of text that copies it. Without script the text can be marked by hand.
const SHOWN_FOR = 2000;

class CopyText extends HTMLElement {
  connectedCallback() {
    if (this.button || !navigator.clipboard) return;
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.textContent = "Copy";
    this.said = document.createElement("span");
    this.said.className = "hide";
    this.said.setAttribute("role", "status");
    this.button.addEventListener("click", () => this.copy());
    this.append(this.button, this.said);
  }

  async copy() {
    const text = this.querySelector("code, pre, input")?.textContent ?? "";
    try {
      await navigator.clipboard.writeText(text);
      this.say("Copied");
    } catch {
      this.say("Not copied");
    }
  }

  say(words) {
    this.button.textContent = this.said.textContent = words;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.button.textContent = "Copy";
      this.said.textContent = "";
    }, SHOWN_FOR);
  }
}

customElements.define("copy-text", CopyText);
