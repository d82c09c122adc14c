"""How often the rule of trials errs, how much it finds, and how often the right wording is heard.

    python benchmarks/trials.py [--trials 20000]

False alarms: simulated trials in which no wording makes a difference, looked at every day for 60
days. Power: the least difference is there, and the trial runs for as long as its plan says.
Coverage: how often the interval holds the truth at all looks together. Hearing: wordings of a line
with words left out, put in and misrecognised at random (seeded), as on a telephone line.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import beta

from callcoach.trials.heard import wording_heard
from callcoach.trials.planning import Plan
from callcoach.trials.sequential import interval
from callcoach.trials.simulation import Floor, alarms, findings, naive_alarms, simulate

DAYS = 60
#: Trials simulated at a time, to stay within memory.
BATCH = 1000

FLOORS = {
    "6 agents, 8 calls a day": Floor(),
    "4 agents, 5 calls a day, alike": Floor(4, 5.0, 0.15, 0.08, 0.05),
    "2 agents, 3 calls a day": Floor(2, 3.0, 0.10, 0.10, 0.05),
    "12 agents, 15 calls a day": Floor(12, 15.0, 0.25, 0.05, 0.03),
    "one agent does all the good": Floor(5, 6.0, 0.2, 0.30, 0.0),
    "days good or bad": Floor(6, 10.0, 0.2, 0.0, 0.20),
}
#: Arms and days in a turn: in turn, drawn, and three or four arms.
DESIGNS = ((2, 2), (2, 1), (3, 3), (4, 1))

LINES = (
    (
        "Bonjour {prénom}, est-ce que je vous dérange ?",
        "Bonjour {prénom}, je vous appelle à froid : vous m’accordez trente secondes ?",
        "Bonjour {prénom}, nous ne nous connaissons pas, je vais être bref.",
    ),
    (
        "Est-ce qu’on peut fixer un rendez-vous mardi ou jeudi ?",
        "Je vous propose d’en parler quinze minutes mardi, qu’en dites-vous ?",
        "Quand seriez-vous disponible pour un échange ?",
    ),
    (
        "Comment faites-vous aujourd’hui pour clôturer vos comptes chaque mois ?",
        "Combien de jours vous prend la clôture à la fin du mois ?",
    ),
    (
        "Je vous appelle parce que vous recrutez un comptable en ce moment.",
        "J’ai vu votre annonce pour un poste de comptable, d’où mon appel.",
    ),
)
_AROUND = (
    "Bonjour, Hanta Rakoto, de la société Comptaclair.",
    "Oui, je comprends tout à fait, beaucoup de nos clients disaient la même chose au début.",
    "Merci à vous, je vous souhaite une bonne journée.",
)


def upper(count: int, total: int) -> float:
    """Clopper and Pearson's 97.5 % bound of a share."""
    return float(beta.ppf(0.975, count + 1, total - count)) if count < total else 1.0


def false_alarms(floor: Floor, arms: int, block: int, trials: int) -> tuple[int, int]:
    """Of trials without a difference: those stopped by the rule, and by testing anew every day."""
    plan = Plan(floor.share, 0.08, floor.calls_per_day, icc=0.05, arms=arms)
    found, naive = 0, 0
    for seed in range(0, trials, BATCH):
        outcomes = simulate(
            floor, trials=BATCH, days=DAYS, arms=arms, block=block, effect=0.0, seed=seed
        )
        found += int(alarms(outcomes, plan).sum())
        naive += int(naive_alarms(outcomes).sum())
    return found, naive


def power(
    floor: Floor, arms: int, block: int, effect: float, trials: int
) -> tuple[Plan, float, float, float]:
    """The plan; how often its difference is found by its planned end; after how much of it, in the
    median of those; how often the interval held the truth throughout.
    """
    icc = min(0.5, floor.day_icc + 0.02)
    plan = Plan(floor.share, effect, floor.calls_per_day, icc=icc, arms=arms)
    days = -(-plan.needed_days * arms // floor.agents)
    found, held, spent = [], [], []
    for seed in range(0, trials, BATCH):
        outcomes = simulate(
            floor, trials=BATCH, days=days, arms=arms, block=block, effect=effect, seed=seed + 77
        )
        found.append(findings(outcomes, plan))
        low, high = interval(outcomes.paths(plan)[0], plan.rho, plan.alpha_each)
        held.append(((low <= effect) & (high >= effect)).all(axis=-1))
        stopped = (low > 0).any(axis=-1)
        spent.append(((low > 0).argmax(axis=-1) + 1)[stopped] / low.shape[-1])
    return (
        plan,
        float(np.concatenate(found).mean()),
        float(np.median(np.concatenate(spent))),
        float(np.concatenate(held).mean()),
    )


def garble(text: str, source: random.Random, share: float) -> str:
    """A wording as it might be recognised: about `share` of its words left out, doubled or wrong."""
    heard = []
    for word in text.replace("{prénom}", "madame Delattre").split():
        if source.random() >= share:
            heard.append(word)
            continue
        kind = source.random()
        if kind < 0.3:
            continue
        if kind < 0.5:
            heard += [word, source.choice(("euh", "donc", "voilà", "bon"))]
            continue
        letters = list(word)
        for _ in range(max(1, len(letters) // 3)):
            letters[source.randrange(len(letters))] = source.choice("aeioustrnlm")
        heard.append("".join(letters))
    return " ".join(heard)


def hearing(share: float, rounds: int) -> tuple[int, int, int, int]:
    """Wordings said: heard rightly, taken for another, in all; and calls without any in which one
    was heard.
    """
    source = random.Random(5)
    right = wrong = total = invented = 0
    for _ in range(rounds):
        for wordings in LINES:
            for index, text in enumerate(wordings):
                said = [_AROUND[0], garble(text, source, share), *_AROUND[1:]]
                heard = wording_heard(said, wordings)
                right += heard == index
                wrong += heard not in (index, None)
                total += 1
            others = [text for line in LINES if line is not wordings for text in line[:1]]
            said = [*_AROUND, *(garble(text, source, share) for text in others)]
            invented += wording_heard(said, wordings) is not None
    return right, wrong, total, invented


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=20_000)
    options = parser.parse_args(arguments)
    trials = max(BATCH, options.trials // BATCH * BATCH)
    print(f"## False alarms: {trials} trials each, {DAYS} daily looks\n")
    print("| floor | wordings | assigned | stopped by the rule | upper bound | testing daily |")
    print("|---|---|---|---|---|---|")
    for name, floor in FLOORS.items():
        for arms, block in DESIGNS:
            found, naive = false_alarms(floor, arms, block, trials)
            how = "in turn" if block > 1 else "drawn"
            print(
                f"| {name} | {arms} | {how} | {found / trials:.2%} | {upper(found, trials):.2%} "
                f"| {naive / trials:.0%} |"
            )
    print(f"\n## Power: {trials // 4} trials each, planned for 80 %\n")
    print(
        "| floor | assigned | difference | planned days per wording | looking once | found |",
        end="",
    )
    print(" stopped after (median) | interval held |\n|---|---|---|---|---|---|---|---|")
    for name in list(FLOORS)[:4]:
        floor = replace(FLOORS[name])
        for block in (2, 1):
            for effect in (0.08, 0.15):
                plan, share, after, held = power(floor, 2, block, effect, max(BATCH, trials // 4))
                how = "in turn" if block > 1 else "drawn"
                print(
                    f"| {name} | {how} | {effect:.0%} | {plan.needed_days} | "
                    f"{plan.needed_at_once} | {share:.0%} | {after:.0%} of it | {held:.1%} |"
                )
    print("\n## Hearing which wording was said\n")
    print("| words wrong | said | heard as such | as another | as none | heard where none was |")
    print("|---|---|---|---|---|---|")
    rounds = 60
    for share in (0.0, 0.15, 0.25, 0.35):
        right, wrong, total, invented = hearing(share, rounds)
        print(
            f"| {share:.0%} | {total} | {right / total:.1%} | {wrong / total:.1%} "
            f"| {(total - right - wrong) / total:.1%} | {invented} of {rounds * len(LINES)} |"
        )


if __name__ == "__main__":
    main()
