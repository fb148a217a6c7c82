"""What fails now, everywhere: one line a service. Needs httpx."""

import os

import httpx

site = os.environ.get("BROWNOUT", "http://localhost:8000")
with httpx.Client(base_url=site, timeout=10) as api:
    page = "/api/v1/services?fields=slug,name"
    while page:
        services = api.get(page).raise_for_status().json()
        for service in services["results"]:
            status = api.get(f"/api/v1/services/{service['slug']}/status").raise_for_status().json()
            mark = {True: "ok", False: "DOWN", None: "unknown"}[status["ok"]]
            old = f" (as of {status['as_of']})" if status["stale"] else ""
            print(f"{mark:8} {service['name']}: {status['sentence']}{old}")
            for incident in status["incidents"]:
                print(f"         since {incident['opened_at']}: {', '.join(incident['components'])}")
        page = services["next"]
