// Sends the form around it, or in it, as soon as something is chosen, and puts its button away.
class AutoSubmit extends HTMLElement {
  connectedCallback() {
    for (const button of this.querySelectorAll("button:not([name])")) button.hidden = true;
    this.addEventListener("change", this);
  }

  disconnectedCallback() {
    this.removeEventListener("change", this);
  }

  handleEvent({ target }) {
    const form = target.form ?? this.closest("form");
    // text is sent with the Enter key, so that nobody loses the field while typing
    if (form && !target.matches("input:not([type=checkbox], [type=radio], [type=date])")) {
      form.requestSubmit();
    }
  }
}

customElements.define("auto-submit", AutoSubmit);
