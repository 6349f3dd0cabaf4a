"""The Value Score: questions in the words of the plan, answers as rows, comparisons, exports."""
