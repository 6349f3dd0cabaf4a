"""Plan texts for the tests of reading, writing, formatting and the schema."""

from __future__ import annotations

from pathlib import PurePosixPath

from mainstem.plan.findings import Finding
from mainstem.plan.text.files import PlanFiles
from mainstem.plan.text.load import Loaded, load_plan

#: Every section and every shorthand, sound in its text.
FULL = """\
# yaml-language-server: $schema=../mainstem.schema.json
organisation:
  name: Arena Sports  # the company
  timezone: Europe/Berlin
  unit: hour
  week_starts: sun
  calendar: {working_days: [mon, tue, wed], holidays: [2026-12-25]}
  conversions:
    - {from: point, to: hour, factor: 6.5, team: player, valid_from: 2026-01-01, source: survey}
  settings:
    k_min: 3
    share_policy: first_wins
    path_majority: 75%
    rank: [project, label]
    limits: {S06.effective_streams: 4}
  technologies: Kafka
cycles:
  2026-Q3: {first_day: 2026-07-01, last_day: 2026-09-30, state: committed}
  2026-10:
    first_day: 2026-10-01
    last_day: 2026-10-31
customers:
  viewer:
    kind: external
    stages: [discover, watch, {id: return, hand_over: Ann}]
teams:
  all:
  player:
    in: all
    kind: stream-aligned
    size: 7
    owns: "@arena/player"
  on:
    name: on
    in: all
metrics:
  start-time:
    name: 1:30
    definition: Sessions that start within 2 s
    unit: "%"
    kind: ratio
    direction: up
    baseline: 61
    target: 75.5
    gaming: [autoplay, "null"]
    drives: [watch-time]
    observations:
      - {on: 2026-07-01, value: 61.5}
  watch-time:
    kind: level
  errors:
    kind: rate
objectives:
  see-the-game:
    horizon: 2027
    customer_better_off: they can now see the goal as it happens
streams:
  start-fast:
    objective: see-the-game
    also_serves: []
    customer: viewer
    stages: watch
    metric: start-time
    inputs: watch-time
    guardrails: [errors, {metric: watch-time, bound: above 3 h}]
    teams:
      player: 60%
      on: supports
      all: {part: delivers, share: 0.25, cycle: 2026-Q3}
    claims:
      - label: start
      - path: ["/player/**", "*.kt"]
        not: {label: [chore]}
      - any:
          - {epic: ST-*, field: {Area: [video, audio]}}
          - all: [{team: player}, {text: /fast\\s+start/}]
        id: second
        rank: 2
        note: ~
        accepted: [{rule: W05, why: agreed, by: Ann, until: 2026-12-31}]
  come-back:
    name: Come back
    objective: [see-the-game]
    metric:
      - {metric: watch-time, to: 2026-09-30}
      - {metric: errors, from: 2026-10-01}
    teams: [player, on]
key_results:
  kr-1:
    text: Raise sessions that start within 2 s from 61 % to 70 %
    cycle: 2026-Q3
    team: player
    stream: start-fast
    metric: start-time
    baseline: 61
    target: 70
    by: 2026-09-30
    class: ordinary
initiatives:
  warm-cache:
    stream: start-fast
    key_result: kr-1
    team: player
    cycle: 2026-Q3
    state: active
    effect: {by: 4}
    window: {from: 2026-08-01, to: 2026-09-30}
    effort: 20
dependencies:
  api:
    needs: player
    gives: on
    what: An interface
    needed_by: 2026-08-01
    hard: no
    initiative: warm-cache
links:
  - {item: ST-1, stream: start-fast, why: asked}
  - {item: ST-2, shares: {start-fast: 50%, debt: 0.25}}
rest:
  - {kind: incident, label: [incident, outage]}
expect:
  - {item: {title: Make it fast, label: start}, stream: start-fast}
"""


def files(*texts: str | bytes, **named: str | bytes) -> PlanFiles:
    """Files ``plan.yaml`` (or ``1.yaml``, ``2.yaml``, …), or under the names given."""
    if len(texts) == 1:
        named = {"plan": texts[0], **named}
    else:
        named = {**{str(i + 1): text for i, text in enumerate(texts)}, **named}
    return PlanFiles(
        {f"{n}.yaml": t.encode() if isinstance(t, str) else t for n, t in named.items()},
        PurePosixPath("plans"),
    )


def load(*texts: str | bytes, **named: str | bytes) -> Loaded:
    """The plan of these texts."""
    return load_plan(files(*texts, **named))


def said(loaded: Loaded) -> list[str]:
    """``rule line:column`` of each finding, in order."""
    return [
        f"{f.rule} {f.place.line}:{f.place.column}" if f.place else f.rule for f in loaded.findings
    ]


def only(loaded: Loaded) -> Finding:
    """The one finding there is."""
    assert len(loaded.findings) == 1, [(f.rule, f.what) for f in loaded.findings]
    return loaded.findings[0]
