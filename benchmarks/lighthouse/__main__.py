"""Ask Lighthouse how fast and accessible the learner's pages are: `python -m benchmarks.lighthouse [--page lesson]`.

Serves a new site and opens each page cold, signed in, in Debian's Chromium as a mobile phone: once on
Lighthouse's slow 4G (1.6 Mbit/s, 150 ms, processor four times slower) for the scores and the moment when the page is
interactive, once on 400 kbit/s with 400 ms for that moment alone. Ends with 1 when a target of
docs/reference/performance.md is missed. Needs Node.js ≥ 18 and Chromium; installs Lighthouse by the lock beside this
file at the first run.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.site import measured_site

HERE = Path(__file__).parent
PAGES = ["course page", "lesson", "media", "question", "result", "directory"]
SLOW_4G = {"rttMs": 150, "throughputKbps": 1638.4, "cpuSlowdownMultiplier": 4}
BAD_LINE = {"rttMs": 400, "throughputKbps": 400, "cpuSlowdownMultiplier": 4}
PERFORMANCE, ACCESSIBILITY, INTERACTIVE, INTERACTIVE_ON_A_BAD_LINE = 99, 100, 1.5, 4.0
CHROME_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--page", action="append", choices=PAGES, help="only this page; may stand several times")
    arguments = parser.parse_args()
    tool, chromium = find_lighthouse(), find_chromium()
    print(f"{'page':14}{'perf.':>7}{'access.':>9}{'interactive':>13}{'bad line':>10}{'KiB':>7}{'requests':>10}")
    missed = []
    with measured_site() as (port, paths, cookie):
        for name in arguments.page or PAGES:
            address = f"http://127.0.0.1:{port}{paths[name]}"
            report = ask_lighthouse(tool, chromium, address, cookie, SLOW_4G)
            slow = ask_lighthouse(tool, chromium, address, cookie, BAD_LINE)
            missed += [f"{name}: {problem}" for problem in show(name, report, slow)]
    if missed:
        raise SystemExit("Missed: " + "; ".join(missed))


def find_lighthouse():
    """Return the path of the locked Lighthouse, installing it when it is not there."""
    if not shutil.which("npm"):
        raise SystemExit("Lighthouse needs Node.js and npm: apt install nodejs npm")
    tool = HERE / "node_modules" / ".bin" / "lighthouse"
    if not tool.exists():
        print("Installing Lighthouse…", file=sys.stderr)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True, stdout=subprocess.DEVNULL)
    return tool


def find_chromium():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise SystemExit("Lighthouse needs Chromium: apt install chromium")


def ask_lighthouse(tool, chromium, address, cookie, line):
    """Return Lighthouse's report of one cold visit as a phone on that line."""
    with tempfile.TemporaryDirectory() as folder:
        output, headers = Path(folder) / "report.json", Path(folder) / "headers.json"
        headers.write_text(json.dumps({"Cookie": cookie}), encoding="utf-8")
        command = [
            str(tool),
            address,
            "--quiet",
            "--output=json",
            f"--output-path={output}",
            "--only-categories=performance,accessibility",
            "--form-factor=mobile",
            "--throttling-method=simulate",
            *(f"--throttling.{name}={value}" for name, value in line.items()),
            f"--extra-headers={headers}",
            f"--chrome-flags={' '.join(CHROME_FLAGS)}",
        ]
        environment = os.environ | {"CHROME_PATH": chromium}
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
        report = json.loads(output.read_text(encoding="utf-8"))
    if report["finalDisplayedUrl"] != address:
        raise SystemExit(f"{address} led to {report['finalDisplayedUrl']}")
    return report


def show(name, report, slow):
    """Print one line and return what missed its target."""
    performance, accessibility = (
        round(report["categories"][category]["score"] * 100) for category in ("performance", "accessibility")
    )
    interactive, interactive_slow = (one["audits"]["interactive"]["numericValue"] / 1000 for one in (report, slow))
    requests = report["audits"]["network-requests"]["details"]["items"]
    kibibytes = sum(request.get("transferSize") or 0 for request in requests) / 1024
    print(
        f"{name:14}{performance:7}{accessibility:9}{interactive:11.2f} s{interactive_slow:8.2f} s"
        f"{kibibytes:7.1f}{len(requests):10}"
    )
    problems = []
    if performance < PERFORMANCE:
        problems.append(f"performance {performance} < {PERFORMANCE}")
    if accessibility < ACCESSIBILITY:
        failing = [
            audit["id"]
            for audit in report["audits"].values()
            if audit["scoreDisplayMode"] == "binary" and audit["score"] == 0
        ]
        problems.append(f"accessibility {accessibility} < {ACCESSIBILITY} ({', '.join(failing)})")
    if interactive > INTERACTIVE:
        problems.append(f"interactive {interactive:.2f} s > {INTERACTIVE} s")
    if interactive_slow > INTERACTIVE_ON_A_BAD_LINE:
        problems.append(f"on a bad line {interactive_slow:.2f} s > {INTERACTIVE_ON_A_BAD_LINE} s")
    return problems


if __name__ == "__main__":
    main()
