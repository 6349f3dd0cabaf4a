// A link to a menu becomes a button that opens it in place; a <details> menu closes when one is done with it.
class MenuToggle extends HTMLElement {
  connectedCallback() {
    this.details = this.querySelector("details");
    if (!this.details) this.becomeButton();
    document.addEventListener("click", this);
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("click", this);
    document.removeEventListener("keydown", this);
  }

  becomeButton() {
    const link = this.querySelector("a[href^='#']");
    if (!link) return;
    this.menu = document.getElementById(link.hash.slice(1));
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = link.className;
    this.button.textContent = link.textContent;
    this.button.setAttribute("aria-controls", this.menu.id);
    this.button.addEventListener("click", () => this.open(!this.isOpen));
    link.replaceWith(this.button);
    this.open(false);
  }

  get isOpen() {
    return this.details ? this.details.open : this.menu?.classList.contains("open");
  }

  open(isOpen) {
    if (this.details) this.details.open = isOpen;
    this.menu?.classList.toggle("open", isOpen);
    this.button?.setAttribute("aria-expanded", String(isOpen));
  }

  handleEvent(event) {
    if (!this.isOpen) return;
    const isOutside = !this.contains(event.target) && !this.menu?.contains(event.target);
    if (event.type === "click" && isOutside) this.open(false);
    if (event.key === "Escape") {
      this.open(false);
      (this.button ?? this.details?.querySelector("summary"))?.focus();
    }
  }
}

customElements.define("menu-toggle", MenuToggle);
