"""Ask PyPI, by pip-audit, for known faults in what the program needs; 1 where one has a mend.

A service that was not reached is told in a line and stops nothing. PyPI's "not found" for every
package is no word on their faults either, though pip-audit takes it for "none known".
"""

import json
import re
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).parent
_UNREACHED = re.compile(r"requests\.exceptions|ServiceError|your network may")
_TIMEOUT_S = 60
_NOT_ASKED = "audit: PyPI could not be asked for known faults; nothing was looked at"


def main() -> int:
    command = [
        str(BIN / "pip-audit"), "-r", "requirements.txt", "--disable-pip", "--no-deps",
        "--format", "json", "--cache-dir", str(BIN.parent / ".audit"), "--progress-spinner", "off",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
        )
    except subprocess.TimeoutExpired:
        print(_NOT_ASKED)
        return 0
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        if not _UNREACHED.search(done.stderr):
            print(f"audit: pip-audit failed ({done.returncode})\n{done.stderr}")
            return 1
        packages = []
    return report(packages)


def report(packages: list[dict]) -> int:
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    if len(unknown) == len(packages):
        print(_NOT_ASKED)
    elif unknown:
        print("audit: PyPI does not know", ", ".join(unknown))
    faults = [(one, fault) for one in packages for fault in one.get("vulns", [])]
    for one, fault in faults:
        mends = ", ".join(fault["fix_versions"]) or "no version"
        print("audit:", one["name"], one["version"], fault["id"], "mended in", mends)
    return int(any(fault["fix_versions"] for _, fault in faults))


if __name__ == "__main__":
    sys.exit(main())
