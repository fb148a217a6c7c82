"""Places, and the groups of places that are watched together: everywhere, what a probe stands for, countries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

EVERYWHERE = ""


def country_of(place: str) -> str:
    """The ISO 3166-1 country of a place; "" where it is unknown."""
    return place[:2]


class Zones(msgspec.Struct):
    """The places seen so far (the leaves, in order of sight) and their groups.

    `groups` holds the countries of each group; the first group is everywhere. `member` is float32 of shape
    (groups, places): 1 where a place belongs to a group.
    """

    places: list[str]
    groups: list[tuple[str, ...]]
    member: NDArray[np.float32]
    index: dict[str, int]  # number of each place
    lands: NDArray[np.int64]  # a number for each place's country

    @classmethod
    def fresh(cls) -> Zones:
        return cls(
            places=[], groups=[()], member=np.ones((1, 0), dtype=np.float32), index={}, lands=np.zeros(0, np.int64)
        )

    def countries(self) -> list[str]:
        return [country_of(place) for place in self.places]

    def add(self, places: Iterable[str], areas: Iterable[tuple[str, ...]]) -> bool:
        """Takes in places and probe areas that are new. True where there were any."""
        fresh_places = [place for place in dict.fromkeys(places) if place not in self.index]
        groups = set(self.groups)
        countries = [(country_of(place),) for place in fresh_places if place]
        wanted = [area for area in (*areas, *countries) if area]
        fresh_groups = [area for area in dict.fromkeys(wanted) if area not in groups]
        if not fresh_places and not fresh_groups:
            return False
        self.places = self.places + fresh_places
        self.groups = self.groups + fresh_groups
        self.index = {place: number for number, place in enumerate(self.places)}
        names = self.countries()
        codes = [name.ljust(2).encode()[:2] for name in names]
        self.lands = np.array([(code[0] << 8) + code[1] for code in codes], dtype=np.int64)
        member = np.array([[float(not group or name in group) for name in names] for group in self.groups])
        self.member = member.reshape(len(self.groups), len(names)).astype(np.float32)
        return True

    def land_member(self) -> NDArray[np.float32]:
        """The rows of `member` that are single countries."""
        return self.member[[number for number, group in enumerate(self.groups) if len(group) == 1]]

    def mask(self, countries: Iterable[str], regions: Iterable[str]) -> NDArray[np.bool_]:
        """Which places a scope covers. Empty countries and regions mean everywhere; a country with none of its
        regions listed means the whole country."""
        wanted, detailed = set(countries), set(regions)
        if not wanted and not detailed:
            return np.ones(len(self.places), dtype=bool)
        with_regions = {country_of(region) for region in detailed}
        whole = wanted - with_regions
        return np.array([place in detailed or country_of(place) in whole for place in self.places], dtype=bool)


def grown(array: NDArray[Any], shape: tuple[int, ...], fill: float = 0.0) -> NDArray[Any]:
    """A copy of an array with its axes made longer, filled with `fill`."""
    if array.shape == shape:
        return array
    larger = np.full(shape, fill, dtype=array.dtype)
    larger[tuple(slice(0, size) for size in array.shape)] = array
    return larger
