"""What statsmodels and scipy say: a program for the Python that has them, which reads questions and writes answers.

They stay out of the environment of the tests: openpyxl takes numpy where it finds it, and numpy begins threads.
"""

import json
import subprocess
import sys
from pathlib import Path


def ask(questions):
    python = Path(f"{sys.prefix}-oracle") / "bin" / "python"
    asked = json.dumps(questions)
    done = subprocess.run([python, __file__], input=asked, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main():
    # Here alone: who asks has none of them.
    from scipy import stats  # noqa: PLC0415
    from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint  # noqa: PLC0415
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW  # noqa: PLC0415

    def newcombe(*counts):
        return confint_proportions_2indep(*counts, method="newcomb", compare="diff")

    def welch(now, before):
        return CompareMeans(DescrStatsW(now), DescrStatsW(before)).tconfint_diff(usevar="unequal")

    answers = {
        "share": lambda hits, n: proportion_confint(hits, n, method="wilson"),
        "difference": newcombe,
        "student": lambda share, degrees: [stats.t.ppf(share, degrees)],
        "mean": lambda scores: DescrStatsW(scores).tconfint_mean(),
        "means": welch,
    }
    json.dump([[float(one) for one in answers[name](*rest)] for name, *rest in json.load(sys.stdin)], sys.stdout)


if __name__ == "__main__":
    main()
