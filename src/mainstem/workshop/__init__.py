"""The workshop as values: agendas, cards, what may be done with them, who sees what, and the plan it makes."""
