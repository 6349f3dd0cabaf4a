"""Forms for everything in the plan, made from the fields of its model."""
