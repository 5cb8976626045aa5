//! `tidegate import`, `export` and `run`: networks of other libraries in and out, and what is refused.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod support;

use std::fs;
use std::path::Path;

use support::{command, failure_of, file, names, printed};
use tidegate_cells::{Cell, Lstm, Stack};
use tidegate_exchange::{Input, Layer, NamedArray, Network, onnx, pytorch};
use tidegate_model::Model;

fn array(name: &str, shape: &[usize]) -> NamedArray {
    let count = shape.iter().product::<usize>();
    let values = (0..count).map(|index| ((index + name.len()) as f32 * 0.37).sin() * 0.5);
    NamedArray::new(name.into(), shape.to_vec(), values.collect()).unwrap()
}

/// Parameters of a GRU of 4 units on 2 features, and of a dense layer with 3 outputs.
fn parameters(recurrent: &str, dense: &[(&str, usize, usize)]) -> Vec<NamedArray> {
    let mut arrays = vec![
        array(&format!("{recurrent}.weight_ih_l0"), &[12, 2]),
        array(&format!("{recurrent}.weight_hh_l0"), &[12, 4]),
        array(&format!("{recurrent}.bias_ih_l0"), &[12]),
        array(&format!("{recurrent}.bias_hh_l0"), &[12]),
    ];
    for (name, inputs, outputs) in dense {
        arrays.push(array(&format!("{name}.weight"), &[*outputs, *inputs]));
        arrays.push(array(&format!("{name}.bias"), &[*outputs]));
    }
    arrays
}

fn written(folder: &Path, name: &str, arrays: &[NamedArray]) -> String {
    let path = folder.join(name);
    fs::write(&path, pytorch::write_tensors(arrays).unwrap()).unwrap();
    path.to_str().unwrap().to_owned()
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

/// What it prints, without its line breaks.
fn sentence(subcommand: &str, options: &[&str]) -> String {
    let printed = lines(subcommand, options);
    printed.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lines(subcommand: &str, options: &[&str]) -> String {
    printed(command(subcommand, options))
}

fn refused(subcommand: &str, options: &[&str]) -> String {
    let message = failure_of(command(subcommand, options), 1);
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Largest difference between two texts of numbers in rows.
fn difference(a: &str, b: &str) -> f32 {
    let numbers = |text: &str| {
        let cells = text.lines().flat_map(|line| line.split(','));
        cells
            .map(|cell| cell.parse::<f32>().unwrap())
            .collect::<Vec<f32>>()
    };
    let (a, b) = (numbers(a), numbers(b));
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(&b)
        .fold(0.0, |most: f32, (a, b)| most.max((a - b).abs()))
}

#[test]
fn parameters_become_a_model_that_runs_streams_shows_its_gates_and_goes_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let state = written(
        folder,
        "state.safetensors",
        &parameters("gru", &[("fc", 4, 3)]),
    );
    let (model, data) = (
        path(folder, "model.safetensors"),
        file(folder, "x.csv", "a,b\n0.5,1\n-1,0.25\n2,0\n"),
    );
    let said = sentence("import", &[&state, "-o", &model]);
    assert!(
        said.contains("1 layer of GRU with 4 units, 3 outputs"),
        "{said}"
    );
    assert!(
        said.contains("assumed that the reset gate acts after the recurrent product")
            && said.contains("that every step is read (--read, --layers)")
            && !said.contains("tanh"),
        "{said}"
    );

    let whole = lines("run", &[&model, &data]);
    assert_eq!(whole.lines().count(), 3);
    assert_eq!(whole, lines("run", &[&model, &data, "--step"]));
    assert_eq!(
        whole,
        lines("run", &[&state, &data]),
        "what was imported, as it is"
    );
    let gates = lines("gates", &[&model, &data]);
    assert!(gates.contains("4 units"), "{gates}");

    for (name, bound) in [("out.onnx", 1e-6), ("out.safetensors", 0.0)] {
        let out = path(folder, name);
        let said = sentence("export", &[&model, "-o", &out]);
        assert!(said.contains("Read and run again"), "{said}");
        assert!(
            difference(&lines("run", &[&out, &data]), &whole) <= bound,
            "{name}"
        );
    }
    let out = path(folder, "out.json");
    lines("export", &[&model, "-o", &out]);
    assert!(difference(&lines("run", &[&out, &data, "--step"]), &whole) <= 1e-6);
    let source = lines(
        "export",
        &[&model, "-o", &path(folder, "again.safetensors")],
    );
    assert!(
        source.contains("class Network(nn.Module)") && source.contains("nn.GRU(2, 4)"),
        "{source}"
    );

    let array = path(folder, "y.npy");
    let said = sentence("run", &[&model, &data, "-o", &array]);
    assert!(said.contains("an array [3, 3]"), "{said}");
    let bytes = fs::read(array).unwrap();
    assert_eq!(bytes.len(), 128 + 9 * 4);
    let rows = path(folder, "y.csv");
    let said = sentence("run", &[&model, &data, "-o", &rows]);
    assert!(said.contains("the rows of an array [3, 3]"), "{said}");
    assert_eq!(fs::read_to_string(rows).unwrap(), whole);
    let other = path(folder, "y.txt");
    let message = failure_of(command("run", &[&model, &data, "-o", &other]), 2);
    assert!(
        message.contains("(.npy)") && message.contains("(.csv)"),
        "{message}"
    );
    assert!(!Path::new(&other).exists());
    let nowhere = path(folder, "nowhere/y.npy");
    let message = refused("run", &[&model, &data, "-o", &nowhere]);
    assert!(
        message.contains("nowhere/y.npy") && !message.contains(".tidegate-"),
        "{message}"
    );
}

#[test]
fn options_say_what_the_parameters_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let dense = [("head.0", 4, 5), ("head.2", 5, 2)];
    let state = written(folder, "state.safetensors", &parameters("rnn", &dense));
    let data = file(folder, "x.csv", "0.5,1\n-1,0.25\n2,0\n");
    let message = refused("run", &[&state, &data]);
    assert!(
        message.contains("which activation stands between head.0 and head.2")
            && message.contains("--layers rnn,head.0,relu,head.2"),
        "{message}"
    );
    let order = ["--layers", "rnn,last,head.0,relu,head.2,softmax"];
    let run = |options: &[&str]| lines("run", &[&[&*state, &*data], &order[..], options].concat());
    let after = run(&[]);
    let sum: f32 = after
        .trim()
        .split(',')
        .map(|cell| cell.parse::<f32>().unwrap())
        .sum();
    assert!(
        after.lines().count() == 1 && (sum - 1.0).abs() < 1e-6,
        "{after}"
    );
    assert!(difference(&after, &run(&["--reset", "before"])) > 1e-5);

    let simple = written(
        folder,
        "simple.safetensors",
        &parameters("gru", &[("fc", 4, 3)]),
    );
    let model = path(folder, "last.safetensors");
    let said = sentence(
        "import",
        &[&simple, "-o", &model, "--read", "last", "--reset", "before"],
    );
    assert!(!said.contains("assumed"), "{said}");
    let configuration = Model::load(&model).unwrap().configuration().clone();
    assert_eq!(configuration.readout, tidegate_model::Readout::LastStep);
    let message = refused(
        "import",
        &[
            &state,
            "-o",
            &model,
            "--layers",
            "rnn,last,head.0,relu,head.2",
        ],
    );
    assert!(
        message.contains("layer 4 (relu)") && message.contains("no counterpart in a model file"),
        "{message}"
    );
}

#[test]
fn a_classifier_goes_out_from_raw_channels_to_probabilities() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (data, model) = (
        path(folder, "gestures.csv"),
        path(folder, "gestures.safetensors"),
    );
    lines("generate", &["gestures", "--recordings", "40", "-o", &data]);
    lines(
        "train",
        &[
            "classify",
            &data,
            "-o",
            &model,
            "--epochs",
            "2",
            "--hidden",
            "4",
            "--threads",
            "1",
        ],
    );
    let classified = lines("classify", &[&model, &data]);
    let first = classified.lines().nth(1).unwrap();
    let probabilities: Vec<&str> = first.split(',').skip(2).collect();

    let table = fs::read_to_string(&data).unwrap();
    let heads: Vec<&str> = table.lines().next().unwrap().split(',').collect();
    let of_first = table.lines().nth(1).unwrap().split(',').next().unwrap();
    let channels: Vec<usize> = (0..heads.len())
        .filter(|&at| ["x", "y", "z"].contains(&heads[at]))
        .collect();
    assert!(!channels.is_empty(), "{heads:?}");
    let rows = table
        .lines()
        .skip(1)
        .filter(|line| line.split(',').next() == Some(of_first));
    let rows = rows.map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        channels
            .iter()
            .map(|&at| cells[at])
            .collect::<Vec<_>>()
            .join(",")
            + "\n"
    });
    let sequence = file(folder, "first.csv", &rows.collect::<String>());

    let expected = probabilities.join(",");
    // The command prints probabilities with a few digits.
    let bound = 1e-4;
    assert!(difference(&lines("run", &[&model, &sequence]), &expected) < bound);
    let out = path(folder, "gestures.onnx");
    let said = sentence("export", &[&model, "-o", &out]);
    assert!(said.contains("probabilities"), "{said}");
    assert!(difference(&lines("run", &[&out, &sequence]), &expected) < bound);
    let bytes = fs::read(&out).unwrap();
    let holds = |text: &str| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert!(holds("tidegate.classes") && holds("clockwise") && holds("tidegate.channels"));

    let bare = path(folder, "bare.safetensors");
    let message = refused("export", &[&model, "-o", &bare]);
    assert!(message.contains("layer 1 (scale)"), "{message}");
    lines("export", &[&model, "-o", &bare, "--scaled", "--logits"]);
}

#[test]
fn a_model_of_keras_becomes_a_model_that_runs_and_streams() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tidegate-exchange/tests/reference/keras/models");
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let data = file(folder, "x.csv", "0.5,1,-1\n-1,0.25,0\n2,0,0.125\n");
    for name in ["gru_functional.keras", "functional.h5"] {
        let keras = path(&models, name);
        let model = path(folder, "model.safetensors");
        let said = sentence("import", &[&keras, "-o", &model]);
        assert!(
            said.contains(
                "3 features, 1 layer of GRU with 4 units, 2 outputs. It was a model of Keras."
            ),
            "{said}"
        );
        assert!(said.contains("[steps, batch, …]"), "{said}");
        let expected = lines("run", &[&keras, &data]);
        assert_eq!(expected.lines().count(), 3);
        assert_eq!(lines("run", &[&model, &data]), expected);
        assert!(difference(&lines("run", &[&keras, &data, "--step"]), &expected) < 1e-6);
        fs::remove_file(model).unwrap();
    }
    let out = path(folder, "out.safetensors");
    let import = |name: &str, options: &[&str]| {
        let keras = path(&models, name);
        refused("import", &[&[&keras, "-o", &out], options].concat())
    };
    assert!(
        import("functional.h5", &["--reset", "before"])
            .contains("--reset is for PyTorch's parameters")
    );
    assert!(import("lstm.weights.h5", &[]).contains("model.save(\"model.keras\")"));
    assert!(import("quantised.keras", &[]).contains("8-bit integers"));
    assert_eq!(names(folder), ["x.csv"]);
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let state = written(
        folder,
        "state.safetensors",
        &parameters("gru", &[("fc", 4, 3)]),
    );
    let model = path(folder, "model.safetensors");
    lines("import", &[&state, "-o", &model]);
    let out = path(folder, "out.safetensors");
    let data = file(folder, "x.csv", "0.5,1\n-1,0.25\n");
    let before = names(folder);

    let import = |name: &str, contents: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, contents).unwrap();
        let message = refused("import", &[path.to_str().unwrap(), "-o", &out]);
        fs::remove_file(path).unwrap();
        message
    };
    assert!(
        import("model.pt", b"PK\x03\x04 archive/data.pkl ")
            .contains("tidegate.exchange.save_state_dict(torch.load(path, weights_only=True)")
    );
    assert!(
        import("model.keras", b"PK\x03\x04 model.weights.h5 ").contains("the archive: is damaged")
    );
    assert!(import("empty", b"").contains("is empty"));
    assert!(import("text.onnx", b"hello").contains("text.onnx"));
    assert!(import("cut.safetensors", &fs::read(&state).unwrap()[..300]).contains("cut short"));
    assert!(
        import("layers.json", br#"{"layers": [{"type": "conv1d"}]}"#).contains("layer 1 (conv1d)")
    );
    assert!(refused("import", &[&path(folder, "missing"), "-o", &out]).contains("missing"));
    assert!(refused("import", &[&state, "-o", &state]).contains("would be written over"));
    assert!(refused("import", &[&model, "-o", &out]).contains("is a model file already"));
    assert!(
        refused("import", &[&model, "-o", &out, "--reset", "before"])
            .contains("--reset is for PyTorch's parameters")
    );
    assert!(
        refused("import", &[&state, "-o", &out, "--layers", "gru,fx"])
            .contains("layer fx: is no module of the file, which holds fc, gru")
            || refused("import", &[&state, "-o", &out, "--layers", "gru,fx"]).contains("gru, fc")
    );
    assert!(
        refused("export", &[&model, "-o", &out, "--logits"])
            .contains("--logits is for models of tidegate train classify")
    );

    let data_of = |contents: &str| file(folder, "bad.csv", contents);
    assert!(
        refused("run", &[&model, &data_of("1,2,3\n")])
            .contains("has the shape [1, 3], expected [steps, 2] or [steps, batch, 2]")
    );
    assert!(refused("run", &[&model, &data_of("1,2\n3,NaN\n")]).contains("value 3 is NaN"));
    assert!(refused("run", &[&model, &data_of("1,2\n3,x\n")]).contains("line 2, column 2"));
    assert!(refused("run", &[&model, &data, "-o", &data]).contains("would be written over"));
    fs::remove_file(folder.join("bad.csv")).unwrap();
    assert_eq!(names(folder), before);
    let mut unsaid = command("export", &[&model, "-o", &path(folder, "out.xyz")]);
    let output = unsaid.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(support::text(&output.stderr).contains("--format"));
}

#[test]
fn what_needs_whole_sequences_is_not_streamed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut arrays = parameters("gru", &[]);
    for index in 0..4 {
        let mut reverse = arrays[index].clone();
        reverse.name += "_reverse";
        arrays.push(reverse);
    }
    let state = written(folder, "state.safetensors", &arrays);
    let data = file(folder, "x.csv", "0.5,1\n-1,0.25\n");
    assert_eq!(
        lines("run", &[&state, &data])
            .lines()
            .next()
            .unwrap()
            .split(',')
            .count(),
        8
    );
    let message = refused("run", &[&state, &data, "--step"]);
    assert!(
        message.contains("layer 1 (gru) runs backwards in time too"),
        "{message}"
    );
    let step = path(folder, "step.onnx");
    let message = refused("export", &[&state, "-o", &step, "--preset", "step"]);
    assert!(message.contains("whole sequences"), "{message}");
    assert!(!Path::new(&step).exists());
}

#[test]
fn an_export_of_peepholes_says_that_not_every_runtime_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for peepholes in [false, true] {
        let stack = Stack::new(Cell::Lstm(Lstm { peepholes }), 2, 4);
        let weights = vec![0.1; stack.parameter_count()];
        let network = Network {
            input: Input::Features(2),
            layers: vec![Layer::Recurrent { stack, weights }],
        };
        let (from, to) = (path(folder, "from.onnx"), path(folder, "to.onnx"));
        fs::write(
            &from,
            onnx::write(&network, onnx::Preset::Sequence).unwrap(),
        )
        .unwrap();
        let said = lines("export", &[&from, "-o", &to]);
        assert_eq!(said.contains("OpenVINO"), peepholes, "{said}");
    }
}
