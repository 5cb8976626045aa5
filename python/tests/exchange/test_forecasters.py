"""A forecaster that the command exports gives its forecasts in ONNX Runtime and OpenVINO: every cell, head and normalisation."""

import json
import math

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
pytest.importorskip("openvino")

import tidegate

# Both sides compute in float32, with their own exponentials and orders of summation; numbers on the network's scale are about 1.
BOUND = 5e-6

WINDOW, HORIZON, BATCH = 12, 10, 3
LEVELS = (0.1, 0.5, 0.9)

CELLS = ["gru", "gru-before", "lstm", "lstm-peephole", "rnn", "rnn-relu", "mgu"]
# Without anything beside the targets, and with all that a table can have.
COLUMNS = {
    "targets": {"loss": "squared"},
    "covariates": {"loss": "quantile", "past": ["wind"], "known": ["price"], "calendar": "auto"},
}


def table(rows=160, ahead=0):
    """Hours of a load and a heat, far from zero and of unlike spread; over the last ``ahead`` only the price is known."""
    generator = np.random.default_rng(1)
    hour = np.arange(rows + ahead)
    wave = np.sin(2 * np.pi * hour / 24)
    noise = generator.standard_normal((4, rows + ahead))
    unknown = hour >= rows
    return {
        "time": np.datetime64("2024-03-01T00", "s") + hour * np.timedelta64(3600, "s"),
        "load": np.where(unknown, np.nan, 1200 + 80 * wave + 20 * noise[0]).round(3),
        "heat": np.where(unknown, np.nan, 0.3 - 0.05 * wave + 0.01 * noise[1]).round(5),
        "wind": np.where(unknown, np.nan, 7 + noise[2]).round(3),
        "price": (40 + 9 * wave + noise[3]).round(2),
    }


def csv(path, columns):
    rows = zip(*columns.values(), strict=True)
    text = [",".join("" if isinstance(cell, float) and math.isnan(cell) else str(cell) for cell in row) for row in rows]
    path.write_text("\n".join([",".join(columns), *text]) + "\n")
    return path


def trained(path, columns="targets", **options):
    settings = {
        "targets": ["load", "heat"],
        "window": WINDOW,
        "horizon": HORIZON,
        "hidden": 8,
        "epochs": 1,
        "quantiles": LEVELS,
        **COLUMNS[columns],
        **options,
    }
    if settings.get("model", "segment") == "segment":
        # The horizon's last segment is cut.
        settings["segment"] = 4
    tidegate.Forecaster(**settings).fit(table()).save(path)
    return path


RUNTIMES = ["onnxruntime", "openvino"]


def metadata(path):
    return {entry.key: entry.value for entry in onnx.load(path).metadata_props}


def windows(path, seed=3):
    """Random inputs of the shapes that the file says."""
    generator = np.random.default_rng(seed)
    sizes = {value.name: [size.dim_value or BATCH for size in value.type.tensor_type.shape.dim] for value in onnx.load(path).graph.input}
    return {name: generator.standard_normal(size).astype(np.float32) for name, size in sizes.items()}


@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("normalise", ["none", "last", "instance"])
@pytest.mark.parametrize("model", ["segment", "direct"])
@pytest.mark.parametrize("cell", CELLS)
def test_the_file_gives_what_the_network_gives(tmp_path, command, cell, model, normalise, columns, runtimes):
    path = trained(tmp_path / "model.safetensors", columns, cell=cell, model=model, normalise=normalise)
    file = tmp_path / "model.onnx"
    said = command("export", path, "-o", file, "--scaled", folder=tmp_path).stdout
    assert ("OpenVINO leaves out" in " ".join(said.split())) == (cell == "lstm-peephole")
    onnx.checker.check_model(file, full_check=True)
    inputs = windows(file)
    assert list(inputs) == (["past"] if columns == "targets" else ["past", "known"])
    expected = tidegate.load(path)(*inputs.values(), batch_first=True)
    for name, runtime in runtimes.items():
        if name == "openvino" and cell == "lstm-peephole":
            continue  # It leaves the peepholes of an LSTM out, without a word.
        found = runtime(file)(inputs)
        assert list(found) == ["point", "quantiles"]
        assert found["point"].shape == (BATCH, HORIZON, 2)
        assert found["quantiles"].shape == (BATCH, HORIZON, 2, len(LEVELS))
        assert (np.diff(found["quantiles"]) >= 0).all(), "quantiles cross"
        if columns == "targets":
            np.testing.assert_allclose(found["point"], expected[..., 0], rtol=BOUND, atol=BOUND)
        else:
            np.testing.assert_allclose(found["quantiles"], expected, rtol=BOUND, atol=BOUND)
            np.testing.assert_array_equal(found["point"], found["quantiles"][..., 1])


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize(("model", "layers"), [("segment", 2), ("direct", 2)])
def test_stacked_layers_and_any_number_of_windows_run(tmp_path, command, runtime, model, layers, runtimes):
    path = trained(tmp_path / "model.safetensors", "covariates", model=model, layers=layers, cell="lstm")
    file = tmp_path / "model.onnx"
    command("export", path, "-o", file, "--scaled", folder=tmp_path)
    run, network = runtimes[runtime](file), tidegate.load(path)
    for batch in (1, 7):
        inputs = {name: np.repeat(value[:1], batch, axis=0) for name, value in windows(file).items()}
        expected = network(*inputs.values(), batch_first=True)
        np.testing.assert_allclose(run(inputs)["quantiles"], expected, rtol=BOUND, atol=BOUND)


def cycle(times, name):
    """The features of the calendar, from their names."""
    day = times.astype("datetime64[D]")
    position = {
        "hour_of_day": (times - day) / np.timedelta64(1, "D"),
        "day_of_week": ((day - np.datetime64("1970-01-05")).astype(int) % 7) / 7,
    }[name.split(" of ")[1]]
    return (np.sin if name.startswith("sine") else np.cos)(2 * np.pi * position)


def features(columns, names):
    """The numbers of a table that stand under these names, or follow from its times."""
    made = [columns[name] if name in columns else cycle(columns["time"], name) for name in names]
    return np.stack(made, axis=-1).astype(np.float32)[None]


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize(("model", "normalise"), [("segment", "last"), ("segment", "instance"), ("direct", "none")])
@pytest.mark.parametrize("columns", COLUMNS)
def test_readings_give_the_forecast_of_the_command(tmp_path, command, runtime, model, normalise, columns, runtimes):
    path, file = tmp_path / "model.safetensors", tmp_path / "model.onnx"
    options = ["--past", "wind", "--known", "price", "--calendar", "auto"] if columns == "covariates" else []
    options += ["--targets", "load,heat", "--loss", COLUMNS[columns]["loss"], "--model", model, "--hidden", "8"]
    options += ["--normalise", normalise, "--epochs", "2"]
    data = csv(tmp_path / "data.csv", table())
    command("train", "forecast", data, "-o", path, "--window", "24", "--horizon", "10", *options, folder=tmp_path)
    said = command("export", path, "-o", file, folder=tmp_path).stdout
    assert "numbers in the data's units" in " ".join(said.split())

    recent = table(ahead=10)
    rows = 170 if columns == "covariates" else 160
    given = csv(tmp_path / "recent.csv", {name: values[:rows] for name, values in recent.items()})
    expected = json.loads(command("forecast", path, given, "--json", folder=tmp_path).stdout)
    said = metadata(file)
    assert (said["tidegate.window"], said["tidegate.horizon"]) == ("24", "10")
    assert said["tidegate.frequency"] == "1 hour"
    assert (said["tidegate.units"], said["tidegate.point"]) == ("data", expected["point"])
    assert json.loads(said["tidegate.targets"]) == expected["channels"]
    assert json.loads(said["tidegate.levels"]) == expected["levels"]
    history = {name: values[:160][-24:] for name, values in recent.items()}
    future = {name: values[160:] for name, values in recent.items()}
    inputs = {"past": features(history, json.loads(said["tidegate.past"]))}
    if columns == "covariates":
        inputs["known"] = features(future, json.loads(said["tidegate.known"]))
    found = runtimes[runtime](file)(inputs)
    for index, channel in enumerate(expected["series"][0]["channels"]):
        # As far as on the network's scale, and the rounding of float32 at the values' own size.
        spread = np.std(recent[channel["name"]][:160])
        bound = {"rtol": 4e-7, "atol": BOUND * spread}
        np.testing.assert_allclose(found["point"][0, :, index], channel["point"], **bound)
        np.testing.assert_allclose(found["quantiles"][0, :, index], channel["quantiles"], **bound)


def test_series_with_scalings_of_their_own_have_them_in_the_metadata(tmp_path, command, runtimes):
    one, other = table(), table()
    other["load"] = other["load"] * 10 - 500
    both = {name: np.concatenate([one[name], other[name]]) for name in one}
    both["shop"] = np.repeat(["a", "b"], len(one["time"]))
    data = csv(tmp_path / "data.csv", both)
    path, file = tmp_path / "model.safetensors", tmp_path / "model.onnx"
    options = ["--targets", "load", "--known", "price", "--window", "24", "--horizon", "10", "--hidden", "8", "--epochs", "2"]
    command("train", "forecast", data, "-o", path, *options, folder=tmp_path)
    said = command("export", path, "-o", file, folder=tmp_path).stdout
    assert "the 2 series have scalings of their own" in " ".join(said.split())

    ahead = {name: table(ahead=10)[name] for name in ("time", "load", "price")}
    recent = {name: np.concatenate([values, values]) for name, values in ahead.items()}
    recent["load"][170:] = recent["load"][170:] * 10 - 500
    recent["shop"] = np.repeat(["a", "b"], 170)
    answer = command("forecast", path, csv(tmp_path / "recent.csv", recent), "--json", folder=tmp_path).stdout
    said = metadata(file)
    assert said["tidegate.units"] == "scaled"
    scalings, run = json.loads(said["tidegate.scalings"]), runtimes["onnxruntime"](file)
    assert sorted(scalings) == ["a", "b"]
    for series in json.loads(answer)["series"]:
        start = 0 if series["name"] == "a" else 170
        parts = {"past": slice(start + 136, start + 160), "known": slice(start + 160, start + 170)}
        inputs = {}
        for side, rows in parts.items():
            names = json.loads(said[f"tidegate.{side}"])
            scaling = scalings[series["name"]][side]
            assert [one["name"] for one in scaling] == names
            mean, deviation = (np.array([one[key] for one in scaling]) for key in ("mean", "deviation"))
            values = np.stack([recent[name][rows] for name in names], axis=-1)
            inputs[side] = ((values - mean) / deviation).astype(np.float32)[None]
        load = scalings[series["name"]]["past"][0]
        found = run(inputs)["quantiles"][0, :, 0] * load["deviation"] + load["mean"]
        channel = series["channels"][0]
        np.testing.assert_allclose(found, channel["quantiles"], rtol=4e-7, atol=BOUND * load["deviation"])


def test_texts_and_masks_are_columns_as_the_book_defines_them(tmp_path, command, runtimes):
    columns = table()
    columns["sky"] = np.where(columns["price"] > 40, "clear", "grey")
    missing = np.arange(160) % 7 > 4
    # The last window begins with missing values too, of which the last one before stands in.
    missing[134:139] = True
    columns["wind"][missing] = np.nan
    data = csv(tmp_path / "data.csv", columns)
    path, file = tmp_path / "model.safetensors", tmp_path / "model.onnx"
    options = ["--targets", "load", "--past", "wind,sky", "--missing", "mask", "--hidden", "8", "--epochs", "2"]
    command("train", "forecast", data, "-o", path, "--window", "24", "--horizon", "10", *options, folder=tmp_path)
    said = " ".join(command("export", path, "-o", file, folder=tmp_path).stdout.split())
    assert "Those of missing values are to be computed by who runs it." in said
    expected = json.loads(command("forecast", path, data, "--json", folder=tmp_path).stdout)

    observed = ~missing
    last_seen = np.maximum.accumulate(np.where(observed, np.arange(160), 0))
    since = np.zeros(160)
    for row in range(1, 160):
        since[row] = 1 if observed[row - 1] else since[row - 1] + 1
    made = {
        "load": columns["load"],
        "wind": columns["wind"][last_seen],
        "sky is clear": columns["sky"] == "clear",
        "sky is grey": columns["sky"] == "grey",
        "mask of wind": observed,
        "time since wind": np.log1p(since),
    }
    names = json.loads(metadata(file)["tidegate.past"])
    assert sorted(names) == sorted(made)
    past = np.stack([made[name][-24:] for name in names], axis=-1).astype(np.float32)[None]
    found = runtimes["onnxruntime"](file)({"past": past})
    channel = expected["series"][0]["channels"][0]
    bound = {"rtol": 4e-7, "atol": BOUND * np.std(columns["load"])}
    np.testing.assert_allclose(found["point"][0, :, 0], channel["point"], **bound)
    np.testing.assert_allclose(found["quantiles"][0, :, 0], channel["quantiles"], **bound)


def test_before_the_first_observed_value_stand_the_training_mean_and_no_text(tmp_path, command, runtimes):
    columns = table()
    columns["sky"] = np.where(columns["price"] > 40, "clear", "grey")
    for name, start in (("wind", 30), ("sky", 50)):
        columns[name][start : start + 9] = np.nan if name == "wind" else ""
    path, file, scaled = (tmp_path / name for name in ("model.safetensors", "model.onnx", "scaled.onnx"))
    options = ["--targets", "load", "--past", "wind,sky", "--missing", "mask", "--hidden", "8", "--epochs", "2"]
    data = csv(tmp_path / "data.csv", columns)
    command("train", "forecast", data, "-o", path, "--window", "24", "--horizon", "10", *options, folder=tmp_path)
    command("export", path, "-o", file, folder=tmp_path)
    command("export", path, "-o", scaled, "--scaled", folder=tmp_path)
    (scaling,) = json.loads(metadata(scaled)["tidegate.scalings"]).values()
    mean = {one["name"]: one["mean"] for one in scaling["past"]}

    # The series is one window, whose first rows have neither wind nor sky.
    recent = {name: values[-24:].copy() for name, values in columns.items()}
    recent["wind"][:5], recent["sky"][:3] = np.nan, ""
    recent["sky"][10] = ""
    answer = command("forecast", path, csv(tmp_path / "recent.csv", recent), "--json", folder=tmp_path).stdout

    def since(missing):
        rows = [0]
        for before in missing[:-1]:
            rows.append(rows[-1] + 1 if before else 1)
        return np.log1p(rows)

    no_wind, no_sky = np.isnan(recent["wind"]), recent["sky"] == ""
    made = {
        "load": recent["load"],
        "wind": np.where(no_wind, mean["wind"], recent["wind"]),
        "sky is clear": recent["sky"] == "clear",
        "sky is grey": recent["sky"] == "grey",
        "mask of wind": ~no_wind,
        "time since wind": since(no_wind),
        "mask of sky": ~no_sky,
        "time since sky": since(no_sky),
    }
    names = json.loads(metadata(file)["tidegate.past"])
    assert sorted(names) == sorted(made)
    past = np.stack([made[name] for name in names], axis=-1).astype(np.float32)[None]
    found = runtimes["onnxruntime"](file)({"past": past})
    channel = json.loads(answer)["series"][0]["channels"][0]
    bound = {"rtol": 4e-7, "atol": BOUND * np.std(columns["load"])}
    np.testing.assert_allclose(found["point"][0, :, 0], channel["point"], **bound)
    np.testing.assert_allclose(found["quantiles"][0, :, 0], channel["quantiles"], **bound)
