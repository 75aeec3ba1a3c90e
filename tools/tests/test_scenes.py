"""The craft of scenes, counted over all of them."""

import pytest

from tests.modules.content import make_content
from tests.modules.test_scene_rules import fine_scene
from tools.scenes import measures_of


def test_a_scene_that_keeps_the_rules_misses_only_what_needs_many():
    missed = [measure.key for measure in measures_of([fine_scene()]) if not measure.holds]
    assert missed == ["long", "common", "absolutes"]


def test_endings_in_which_somebody_leaves_are_known_by_their_words():
    value = fine_scene()
    value["steps"][1]["choices"][0] |= {"ending": "", "consequence": "She leaves without her pills."}
    value["steps"][1]["choices"][1] |= {"ending": "", "consequence": "She leaves the pills on the table."}
    counts = {measure.key: measure.count for measure in measures_of([value], "en")}
    # Both steps that follow have these two ends.
    assert counts["leaves"] == 2


def test_the_check_fails_where_a_limit_is_not_met_and_gives_hints(tmp_path, check, capsys):
    content = make_content(tmp_path)
    with pytest.raises(SystemExit, match="scenes of four steps or more"):
        check("scenes", content)
    assert "✕ 0 of 1 (0.0 %; at least 60 %): scenes where a mistake can be mended" in capsys.readouterr().out
    assert "M1-E1 · En el portón\n  - Sin camino de vuelta" in check("scenes", content, "--module", "m1", "--hints")
