"""Makes the clients in clients/ from the API's description: `make client`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "clients" / "python"
PACKAGE = "brownout_client"


def description() -> bytes:
    """The API's description as JSON."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.renderers import OpenApiJsonRenderer

    rendered: bytes = OpenApiJsonRenderer().render(
        SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # the library says nothing
    )
    return rendered


def generate(folder: Path, schema: bytes) -> None:
    """Writes the package into a folder; one that is there is replaced. Raises CalledProcessError with what was said."""
    with tempfile.TemporaryDirectory() as made:
        file, new = Path(made) / "schema.json", Path(made) / PACKAGE
        file.write_bytes(schema)
        programs = Path(sys.executable).parent
        subprocess.run(
            [
                str(programs / "openapi-python-client"),
                "generate",
                "--fail-on-warning",
                "--meta=none",
                f"--path={file}",
                f"--config={FOLDER / 'generator.yml'}",
                f"--output-path={new}",
            ],
            env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"},
            check=True,
            capture_output=True,
            text=True,
        )
        (new / "py.typed").write_text("# The package has types.\n", encoding="utf-8")
        for leftover in new.rglob(".ruff_cache"):
            shutil.rmtree(leftover)
        shutil.rmtree(folder / PACKAGE, ignore_errors=True)
        shutil.copytree(new, folder / PACKAGE)


def main() -> int:
    sys.path.insert(0, str(PROJECT))
    from tools import typescript

    schema = description()
    typescript.generate(typescript.FOLDER, schema)
    print(f"Made {typescript.FOLDER.relative_to(PROJECT)}.")
    try:
        generate(FOLDER, schema)
    except subprocess.CalledProcessError as error:
        print(error.stdout, error.stderr, file=sys.stderr)
        return 1
    print(f"Made {(FOLDER / PACKAGE).relative_to(PROJECT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
