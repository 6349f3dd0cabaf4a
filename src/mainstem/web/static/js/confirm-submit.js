// Asks before the form in it, or around it, is sent. `question` is asked; `answer` is the button that sends.
class ConfirmSubmit extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form") ?? this.closest("form");
    this.form?.addEventListener("submit", this, true);
  }

  disconnectedCallback() {
    this.form?.removeEventListener("submit", this, true);
    this.dialog?.remove();
  }

  handleEvent(event) {
    const isOther = !this.querySelector("form") && !this.contains(event.submitter);
    if (this.isSure || isOther) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.ask(event.submitter);
  }

  ask(submitter) {
    this.dialog ??= this.made();
    this.dialog.returnValue = "";
    this.dialog.onclose = () => {
      if (this.dialog.returnValue !== "yes") return;
      this.isSure = true;
      this.form.requestSubmit(submitter);
      this.isSure = false;
    };
    this.dialog.showModal();
  }

  made() {
    const dialog = document.createElement("dialog");
    const question = document.createElement("h2");
    question.textContent = this.getAttribute("question") ?? "Do this?";
    question.id = `ask-${Math.random().toString(36).slice(2)}`;
    dialog.setAttribute("aria-labelledby", question.id);
    const form = document.createElement("form");
    form.method = "dialog";
    form.className = "actions";
    form.append(button("no", "Cancel", ""), button("yes", this.getAttribute("answer") ?? "Yes", "danger"));
    dialog.append(question, form);
    document.body.append(dialog);
    return dialog;
  }
}

function button(value, words, kind) {
  const made = document.createElement("button");
  Object.assign(made, { value, textContent: words, className: kind });
  return made;
}

customElements.define("confirm-submit", ConfirmSubmit);
