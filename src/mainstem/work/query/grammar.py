"""Reading a query. What stands side by side must all hold; ``or`` is weaker, brackets are stronger."""

from __future__ import annotations

from dataclasses import dataclass

from mainstem.work.query.nodes import EVERYTHING, And, Node, Not, Or, Word, joined
from mainstem.work.query.tokens import MOST_DEPTH, MOST_TERMS, Misread, Sign, Token, tokens
from mainstem.work.query.values import term

_AFTER = {Sign.AND: "and", Sign.OR: "or", Sign.NOT: "not"}
_WANTED = "Write a word, a term such as label:old, or a bracket."


def parse(text: str) -> Node:
    """The query that a text says; ``Everything`` for an empty one.

    Raises:
        Misread: pointing at the character that cannot be read, with what is allowed.
    """
    found = list(tokens(text))
    if not found:
        return EVERYTHING
    reader = _Reader(found, len(text))
    node = reader.either(0)
    left = reader.peek()
    if left is not None:
        raise Misread(
            "this bracket closes none that was opened.", "Take it away, or open one.", at=left.at
        )
    return node


@dataclass(slots=True)
class _Reader:
    """Goes through the tokens once; ``end`` is the length of the text."""

    found: list[Token]
    end: int
    at: int = 0
    count: int = 0

    def peek(self) -> Token | None:
        return self.found[self.at] if self.at < len(self.found) else None

    def either(self, depth: int) -> Node:
        parts = [self.all(depth)]
        while (token := self.peek()) is not None and token.sign is Sign.OR:
            self.at += 1
            parts.append(self.all(depth))
        return joined(Or, parts)

    def all(self, depth: int) -> Node:
        parts = [self.one(depth)]
        while (token := self.peek()) is not None and token.sign not in (Sign.OR, Sign.CLOSE):
            if token.sign is Sign.AND:
                self.at += 1
            parts.append(self.one(depth))
        return joined(And, parts)

    def one(self, depth: int) -> Node:
        token = self.peek()
        if token is None:
            raise Misread("something is missing here.", _WANTED, at=self.end)
        if depth > MOST_DEPTH:
            raise Misread(
                "the query is nested too deeply.", f"{MOST_DEPTH} levels are the most.", at=token.at
            )
        self.at += 1
        match token.sign:
            case Sign.NOT:
                return Not(self.one(depth + 1))
            case Sign.OPEN:
                return self.bracket(token, depth + 1)
            case Sign.WORD | Sign.TERM:
                return self.leaf(token)
            case Sign.CLOSE:
                raise Misread("something is missing before this bracket.", _WANTED, at=token.at)
            case _:
                word = _AFTER[token.sign]
                raise Misread(
                    f"`{word}` has nothing on its left.",
                    f'{_WANTED} To look for the word itself, write "{word}".',
                    at=token.at,
                )

    def bracket(self, opened: Token, depth: int) -> Node:
        inner = self.either(depth)
        if self.peek() is None:
            raise Misread("this bracket is not closed.", "Close it with ).", at=opened.at)
        self.at += 1
        return inner

    def leaf(self, token: Token) -> Node:
        self.count += 1
        if self.count > MOST_TERMS:
            raise Misread(
                "the query asks for too many things.", f"{MOST_TERMS} are the most.", at=token.at
            )
        if token.sign is Sign.TERM:
            return term(token)
        if not token.value.strip():
            raise Misread("there is nothing between these quotes.", _WANTED, at=token.at)
        return Word(token.value.strip())
