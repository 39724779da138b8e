import json

import numpy as np

from embedding import BLOCKS, COLOURS_COUNT, cross_validated, embed, fit, fit_all, ranks, read, stored, unit


def write(path, dresses=60, noise=6.0):
    """Dresses differ in eight numbers; from view to view, two others change far more."""
    rng = np.random.default_rng(0)
    with path.open("w") as file:
        for dress in range(dresses):
            told = {block: rng.normal(size=10) for block in BLOCKS}
            for view in ("plain", "disturbed"):
                seen = {block: told[block] + 0.2 * rng.normal(size=10) for block in BLOCKS}
                for block in BLOCKS:
                    seen[block][8:] += noise * rng.normal(size=2)
                line = {"id": str(dress), "view": view, **{block: list(seen[block]) for block in BLOCKS}}
                file.write(json.dumps(line) + "\n")
    return read(path)


def test_what_changes_from_view_to_view_counts_little(tmp_path):
    data = write(tmp_path / "numbers.ndjson")
    plain = ranks(unit(data.views["features"]), unit(data.plain["features"]), data.own)
    fitted = cross_validated(data)
    assert np.mean(fitted == 1) > np.mean(plain == 1) + 0.2


def test_photos_that_are_left_out_change_nothing(tmp_path):
    data = write(tmp_path / "numbers.ndjson")
    keep = np.arange(len(data.ids)) >= 10
    before = fit_all(data, keep)
    for block in BLOCKS:
        data.plain[block][:10] += 100
        data.views[block][data.own < 10] -= 100
    after = fit_all(data, keep)
    for block in BLOCKS:
        np.testing.assert_array_equal(before[block].weights, after[block].weights)


def test_an_embedding_has_length_one_and_the_share_of_colours_that_serving_gives_them(tmp_path):
    data = write(tmp_path / "numbers.ndjson")
    keep = np.ones(len(data.ids), dtype=bool)
    rows = embed(fit_all(data, keep), data.plain)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1)
    colours = np.linalg.norm(rows[:, rows.shape[1] // 2 :], axis=1)
    np.testing.assert_allclose(colours**2, COLOURS_COUNT**2 / (1 + COLOURS_COUNT**2))


def test_what_is_stored_is_what_was_fitted(tmp_path):
    import base64

    data = write(tmp_path / "numbers.ndjson")
    keep = np.ones(len(data.ids), dtype=bool)
    fitted = fit(data.plain["features"], data.views["features"], data.own, keep)
    kept = stored(fitted)
    weights = np.frombuffer(base64.b64decode(kept["weights"]), "<i2") * kept["unit"]["weights"]
    np.testing.assert_allclose(weights.reshape(fitted.weights.shape), fitted.weights, atol=kept["unit"]["weights"])
