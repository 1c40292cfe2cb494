"""A shop's afternoon after a restock: people hear, some come, some buy, and others buy meanwhile."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from policies.document import RestockTerms
from policies.restock import LastTold, Send, Standing, may_be_told, next_wave
from policies.values import Band
from tests.builders.policy import NOON

RESTOCK_AT = 4
COMES, BUYS = 0.35, 0.6  # of those who hear; of those who come and find it
HOURS = 12


@dataclass
class Afternoon:
    """One variant, minute by minute."""

    seed: int
    terms: RestockTerms
    restock_at: int = RESTOCK_AT
    units: int = 0
    episode: int = 1
    told: dict[int, LastTold] = field(default_factory=dict)
    heard: list[tuple[datetime, int, int, int]] = field(default_factory=list)  # when, who, units then, episode
    disappointed: int = 0

    def run(self) -> "Afternoon":
        rng = random.Random(self.seed)
        self.units = rng.randint(self.restock_at, 40)
        people, others_an_hour = rng.randint(50, 600), rng.choice([0.5, 2.0, 6.0])
        visits: dict[int, int] = {}
        band, last_wave = Band.LOW, None
        for minute in range(HOURS * 60):
            at = NOON + timedelta(minutes=minute)
            self._others(rng, others_an_hour)
            was, band = band, self._band(band)
            last_wave = None if was is Band.OUT else last_wave
            standing = Standing("alerts", self.episode, self.episode, band, band, self.units, self.restock_at)
            step = next_wave(self.terms, standing, last_wave, None, at)
            if isinstance(step, Send):
                last_wave = at
                coming = sum(rng.random() < COMES for _ in range(self._tell(step.most, people, at)))
                for _ in range(coming):
                    comes = minute + 1 + int(rng.expovariate(1 / 25))
                    visits[comes] = visits.get(comes, 0) + 1
            for _ in range(visits.pop(minute, 0)):
                self._comes(rng)
        return self

    def _others(self, rng: random.Random, an_hour: float) -> None:
        """More comes in now and then; others buy."""
        if rng.random() < 0.002:
            self.units += rng.randint(1, 10)
        if rng.random() < an_hour / 60 and self.units:
            self.units -= 1

    def _band(self, band: Band) -> Band:
        if self.units == 0 and band > Band.OUT:
            self.episode += 1
            return Band.OUT
        return Band.LOW if band is Band.OUT and self.units >= self.restock_at else band

    def _comes(self, rng: random.Random) -> None:
        if self.units == 0:
            self.disappointed += 1
        elif rng.random() < BUYS:
            self.units -= 1

    def _tell(self, most: int, people: int, at: datetime) -> int:
        chosen = [p for p in range(people) if may_be_told(self.told.get(p), self.terms, self.episode, at)][:most]
        for person in chosen:
            self.told[person] = LastTold(self.episode, at)
            self.heard.append((at, person, self.units, self.episode))
        return len(chosen)


def sold_out_share(terms: RestockTerms, seeds: int, restock_at: int = RESTOCK_AT) -> float:
    """Of all who were told, the share that came and found it sold out."""
    days = [Afternoon(seed, terms, restock_at).run() for seed in range(seeds)]
    return sum(day.disappointed for day in days) / max(1, sum(len(day.heard) for day in days))
