"""A day of reports by hour and country, as a pandas table. Needs pandas."""

import os
import sys

import pandas as pd

site = os.environ.get("BROWNOUT", "http://localhost:8000")
service = sys.argv[1] if len(sys.argv) > 1 else "tesla"
url = f"{site}/api/v1/services/{service}/aggregate?axis_x=time&axis_y=country&grain=hour&format=csv"

# NA is a code (Namibia), so only empty cells are missing: reports that named no country, and numbers that are withheld.
cells = pd.read_csv(url, parse_dates=["time"], keep_default_na=False, na_values={"reports": [""]})
cells["country"] = cells["country"].replace("", "none named")
table = cells.pivot(index="time", columns="country", values="reports")
print(table.to_string(na_rep="few or none"))
