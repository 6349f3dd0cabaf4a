"""Learning what work was for: features, the model, its measurement, how it is kept.

Stands apart because it needs numpy at once and scikit-learn when it is used; nothing that starts fast may
import it at its top. Source: ``docs/methods.md``, sections 9.2 and 9.3.
"""
