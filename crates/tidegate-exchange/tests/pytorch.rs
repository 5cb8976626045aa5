//! The parameters of PyTorch's modules: what their names and shapes say, and what they do not.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it must be"
)]

use proptest::prelude::*;
use tidegate_cells::{Activation, Cell, Gru, Lstm, Reset, Rnn, Stack};
use tidegate_exchange::{FileKind, Input, Layer, NamedArray, Network, pytorch};
use tidegate_model::{InputLayer, Model, ModelConfiguration, Readout};

use pytorch::Options;

fn array(name: &str, shape: &[usize]) -> NamedArray {
    let values =
        (0..shape.iter().product()).map(|index: usize| (index as f32 + name.len() as f32).sin());
    NamedArray::new(name.into(), shape.to_vec(), values.collect()).unwrap()
}

/// A recurrent module of one layer: `blocks` · `units` rows.
fn recurrent(prefix: &str, blocks: usize, inputs: usize, units: usize) -> Vec<NamedArray> {
    let rows = blocks * units;
    vec![
        array(&format!("{prefix}weight_ih_l0"), &[rows, inputs]),
        array(&format!("{prefix}weight_hh_l0"), &[rows, units]),
        array(&format!("{prefix}bias_ih_l0"), &[rows]),
        array(&format!("{prefix}bias_hh_l0"), &[rows]),
    ]
}

fn linear(name: &str, inputs: usize, outputs: usize) -> Vec<NamedArray> {
    vec![
        array(&format!("{name}.weight"), &[outputs, inputs]),
        array(&format!("{name}.bias"), &[outputs]),
    ]
}

fn layers(names: &str) -> Options {
    Options {
        layers: names.split(',').map(str::to_owned).collect(),
        ..Options::default()
    }
}

fn read(arrays: Vec<NamedArray>, options: &Options) -> Result<Network, String> {
    let bytes = pytorch::write_tensors(&arrays).unwrap();
    assert_eq!(FileKind::of(&bytes).unwrap(), FileKind::StateDict);
    pytorch::read(&bytes, options).map_err(|error| error.to_string())
}

fn names(network: &Network) -> Vec<&'static str> {
    network.layers.iter().map(Layer::name).collect()
}

#[test]
fn a_cell_is_known_by_the_ratio_of_rows_to_hidden_size() {
    for (blocks, name) in [(1, "rnn"), (3, "gru"), (4, "lstm")] {
        let network = read(recurrent("", blocks, 2, 5), &Options::default()).unwrap();
        assert_eq!(names(&network), [name]);
        assert_eq!(network.input, Input::Features(2));
    }
    let error = read(recurrent("a.", 2, 2, 5), &Options::default()).unwrap_err();
    assert!(
        error.starts_with("a.weight_hh_l0: has shape [10, 5]"),
        "{error}"
    );
}

#[test]
fn options_say_what_names_do_not() {
    let relu = Options {
        nonlinearity: Some(Activation::Relu),
        readout: Some(Readout::LastStep),
        ..Options::default()
    };
    let before = Options {
        reset: Reset::Before,
        readout: Some(Readout::LastStep),
        ..Options::default()
    };
    let modules = |blocks| [recurrent("r.", blocks, 2, 5), linear("fc", 5, 2)].concat();
    let cell = |blocks, options| {
        let network = read(modules(blocks), options).unwrap();
        assert!(matches!(network.layers[1], Layer::FinalState));
        match &network.layers[0] {
            Layer::Recurrent { stack, .. } => stack.cell,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        cell(1, &relu),
        Cell::Rnn(Rnn {
            activation: Activation::Relu
        })
    );
    assert_eq!(
        cell(3, &before),
        Cell::Gru(Gru {
            reset: Reset::Before,
            ..Gru::default()
        })
    );
}

#[test]
fn an_option_that_would_change_nothing_is_refused_by_name() {
    let modules = |blocks| [recurrent("r.", blocks, 2, 5), linear("fc", 5, 2)].concat();
    let relu = Options {
        nonlinearity: Some(Activation::Relu),
        ..Options::default()
    };
    let before = Options {
        reset: Reset::Before,
        ..Options::default()
    };
    let twice = Options {
        readout: Some(Readout::LastStep),
        ..layers("r,fc")
    };
    for (blocks, options, start) in [
        (3, relu, "option nonlinearity: "),
        (4, before, "option reset: "),
        (3, twice, "option read: "),
    ] {
        let error = read(modules(blocks), &options).unwrap_err();
        assert!(error.starts_with(start), "{error}");
    }
}

#[test]
fn a_matrix_without_values_is_refused_before_memory_is_asked_for() {
    let shape = [1 << 61, 0];
    for options in [Options::default(), layers("gru,z")] {
        let modules = [recurrent("gru.", 3, 2, 4), vec![array("z.weight", &shape)]];
        let error = pytorch::of_arrays(modules.concat(), &options).unwrap_err();
        assert_eq!(
            error.to_string(),
            "z.weight: has shape [2305843009213693952, 0], which holds no value"
        );
    }
}

#[test]
fn a_square_matrix_is_an_embedding_by_its_name_alone() {
    let modules = |name: &str| {
        [
            vec![array(&format!("{name}.weight"), &[4, 4])],
            recurrent("gru.", 3, 4, 5),
        ]
        .concat()
    };
    let network = read(modules("embed"), &Options::default()).unwrap();
    assert_eq!(names(&network), ["embedding", "gru"]);
    let error = read(modules("fc"), &Options::default()).unwrap_err();
    assert!(
        error.starts_with("fc is a square matrix") && error.contains("--layers fc,gru"),
        "{error}"
    );
    let network = read(modules("fc"), &layers("fc,gru")).unwrap();
    assert_eq!(names(&network), ["dense", "gru"]);
}

#[test]
fn modules_are_put_in_the_one_order_that_fits() {
    let modules = [
        linear("a.classifier", 6, 4),
        recurrent("b.rnn.", 3, 3, 6),
        vec![array("z.weight", &[10, 3])],
    ];
    let network = read(modules.concat(), &Options::default()).unwrap();
    assert_eq!(names(&network), ["embedding", "gru", "dense"]);
    assert_eq!(network.input, Input::Tokens { vocabulary: 10 });
    let without_bias = [
        recurrent("gru.", 3, 3, 6),
        vec![array("fc.weight", &[4, 6])],
    ];
    let network = read(without_bias.concat(), &Options::default()).unwrap();
    assert_eq!(names(&network), ["gru", "dense"]);
}

#[test]
fn single_cells_and_modules_without_bias_are_read() {
    let mut cell = recurrent("cell.", 4, 2, 3);
    for array in &mut cell {
        array.name = array.name.replace("_l0", "");
    }
    cell.truncate(2);
    let network = read(cell, &Options::default()).unwrap();
    let Layer::Recurrent { weights, .. } = &network.layers[0] else {
        panic!()
    };
    assert!(weights[12 * 5..].iter().all(|bias| *bias == 0.0));
}

#[test]
fn an_order_that_is_not_the_only_one_is_asked_for() {
    let twins = || [recurrent("one.", 3, 5, 5), recurrent("two.", 3, 5, 5)].concat();
    let error = read(twins(), &Options::default()).unwrap_err();
    assert!(
        error.contains("one,two and as two,one") && error.contains("--layers one,two"),
        "{error}"
    );
    let network = read(twins(), &layers("two,one")).unwrap();
    let Layer::Recurrent { weights, .. } = &network.layers[0] else {
        panic!()
    };
    assert_eq!(weights[..75], twins()[4].values);
}

#[test]
fn an_activation_between_dense_layers_is_asked_for_and_not_made_up() {
    let modules = || {
        [
            recurrent("gru.", 3, 2, 5),
            linear("head.0", 5, 4),
            linear("head.2", 4, 3),
        ]
        .concat()
    };
    let error = read(modules(), &Options::default()).unwrap_err();
    assert_eq!(
        error,
        "the file does not say which activation stands between head.0 and head.2: say the order of computation with \
         --layers (layers= in Python), such as --layers gru,head.0,relu,head.2"
    );
    let network = read(modules(), &layers("gru,last,head.0,relu,head.2,softmax")).unwrap();
    assert_eq!(
        names(&network),
        ["gru", "final state", "dense", "relu", "dense", "softmax"]
    );
}

#[test]
fn layers_that_are_named_wrongly_are_refused() {
    let modules = || [recurrent("gru.", 3, 2, 5), linear("fc", 5, 3)].concat();
    let refusal = |names: &str| read(modules(), &layers(names)).unwrap_err();
    assert!(refusal("gru,fd").contains("layer fd: is no module of the file, which holds gru, fc"));
    assert!(refusal("gru").contains("module fc: is in the file, but not among"));
    assert!(refusal("gru,fc,fc").contains("named twice"));
    assert!(refusal("fc,gru").contains("layer 2 (gru): reads 2 features, but 3 come from below"));
    assert!(
        refusal("relu,gru,fc").contains("the first one must be a module")
            || refusal("relu,gru,fc").contains("layer")
    );
}

#[test]
fn what_is_not_read_is_named() {
    let mut projected = recurrent("lstm.", 4, 2, 5);
    projected.push(array("lstm.weight_hr_l0", &[3, 5]));
    let error = read(projected, &Options::default()).unwrap_err();
    assert!(
        error.contains("lstm.weight_hr_l0") && error.contains("proj_size"),
        "{error}"
    );
    let mut normalised = recurrent("lstm.", 4, 2, 5);
    normalised.push(array("norm.running_mean", &[5]));
    let error = read(normalised, &Options::default()).unwrap_err();
    assert!(
        error.starts_with("norm.running_mean: has shape [5] and belongs to no layer"),
        "{error}"
    );
    let mut incomplete = recurrent("lstm.", 4, 2, 5);
    incomplete.pop();
    let error = read(incomplete, &Options::default()).unwrap_err();
    assert_eq!(error, "lstm: has no bias_hh of layer 0");
    let mut gap = recurrent("lstm.", 4, 2, 5);
    gap.push(array("lstm.weight_ih_l2", &[20, 5]));
    let error = read(gap, &Options::default()).unwrap_err();
    assert!(error.contains("lstm.weight_ih_l2"), "{error}");
    let error = read(linear("fc", 2, 2), &Options::default()).unwrap_err();
    assert!(error.contains("fit together in no order"), "{error}");
    let unfit = [recurrent("gru.", 3, 2, 5), linear("fc", 4, 3)].concat();
    let error = read(unfit, &Options::default()).unwrap_err();
    assert!(
        error.contains("fc from 4 to 3, gru from 2 to 5")
            || error.contains("gru from 2 to 5, fc from 4 to 3"),
        "{error}"
    );
}

/// A safetensors file of one tensor of any type.
fn file(dtype: &str, name: &str, shape: &[usize], bytes: &[u8]) -> Vec<u8> {
    let header = format!(
        r#"{{"{name}":{{"dtype":"{dtype}","shape":{shape:?},"data_offsets":[0,{}]}}}}"#,
        bytes.len()
    );
    [
        &(header.len() as u64).to_le_bytes(),
        header.as_bytes(),
        bytes,
    ]
    .concat()
}

#[test]
fn other_types_of_floats_are_read_where_nothing_is_lost() {
    let values = |dtype: &str, bytes: &[u8]| {
        pytorch::read_tensors(&file(dtype, "w", &[2], bytes))
            .map(|arrays| arrays[0].values.clone())
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        values("F16", &[0x00, 0x3c, 0x00, 0xc0]).unwrap(),
        [1.0, -2.0]
    );
    assert_eq!(
        values("BF16", &[0x80, 0x3f, 0x00, 0xc0]).unwrap(),
        [1.0, -2.0]
    );
    let doubles = |a: f64, b: f64| [a.to_le_bytes(), b.to_le_bytes()].concat();
    assert_eq!(values("F64", &doubles(0.5, -3.0)).unwrap(), [0.5, -3.0]);
    let error = values("F64", &doubles(0.5, 0.1)).unwrap_err();
    assert!(
        error.starts_with("w: holds 64-bit floats, and value 1, 0.1,")
            && error.contains("module.float()"),
        "{error}"
    );
    assert!(
        values("F64", &doubles(f64::NAN, 0.5))
            .unwrap_err()
            .contains("must be finite")
    );
    let error = values("I64", &doubles(0.5, 0.5)).unwrap_err();
    assert!(error.contains("has type I64"), "{error}");
}

#[test]
fn every_network_that_pytorch_can_hold_comes_back_bit_for_bit() {
    let cells = [
        Cell::Gru(Gru::default()),
        Cell::Lstm(Lstm::default()),
        Cell::Rnn(Rnn {
            activation: Activation::Relu,
        }),
    ];
    for (index, cell) in cells.into_iter().enumerate() {
        for readout in [Readout::EveryStep, Readout::LastStep, Readout::Mean] {
            for input in [
                InputLayer::Features,
                InputLayer::Embedding {
                    vocabulary: 3,
                    size: 3,
                },
            ] {
                let mut stack = Stack::new(cell, 3, 5);
                stack.layers = 1 + index % 2;
                stack.bidirectional = index > 0;
                let model =
                    Model::new(ModelConfiguration::new(input, stack, 2, readout), 3).unwrap();
                let mut network = Network::from_model(&model);
                network
                    .layers
                    .push(Layer::Activation(tidegate_exchange::Activation::Softmax));
                let bytes = pytorch::write(&network).unwrap();
                assert_eq!(bytes, pytorch::write(&network).unwrap());
                assert_eq!(pytorch::read(&bytes, &Options::default()).unwrap(), network);
            }
        }
    }
}

#[test]
fn what_torch_has_no_module_for_is_refused() {
    let refusal = |cell, readout| {
        let configuration =
            ModelConfiguration::new(InputLayer::Features, Stack::new(cell, 3, 5), 2, readout);
        let network = Network::from_model(&Model::new(configuration, 3).unwrap());
        pytorch::write(&network).unwrap_err().to_string()
    };
    let before = Cell::Gru(Gru {
        reset: Reset::Before,
        ..Gru::default()
    });
    assert!(
        refusal(before, Readout::EveryStep)
            .contains("the reset gate before the product has no counterpart in torch.nn")
    );
    assert!(
        refusal(Cell::Lstm(Lstm { peepholes: true }), Readout::EveryStep).contains("peepholes")
    );
    assert!(refusal(Cell::Gru(Gru::default()), Readout::Attention).contains("layer 2 (attention)"));
}

#[test]
fn files_that_are_not_read_say_how_to_get_to_one_that_is() {
    let refusal = |bytes: &[u8]| FileKind::of(bytes).unwrap_err().to_string();
    assert!(
        refusal(b"PK\x03\x04...archive/data.pkl").contains("torch.load(path, weights_only=True)")
    );
    assert!(refusal(b"PK\x03\x04...word/document.xml").contains("a ZIP archive"));
    assert!(refusal(b"\x80\x02}q\x00X...").contains("pickle"));
    assert!(refusal(b"").contains("empty"));
    let message = refusal(b"0.5,1\n-1,0.25\n");
    assert!(
        message.contains("begins with text, \"0.5,1\\n-1") && message.contains("RTNeural"),
        "{message}"
    );
    let message = refusal(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00");
    assert!(
        message.contains("begins with the bytes 1f 8b 08 00"),
        "{message}"
    );
}

proptest! {
    #[test]
    fn a_damaged_file_is_read_or_refused_and_never_panics(at in 0usize..2000, bits in 1u8.., cut in 0usize..2000) {
        let network = [recurrent("gru.", 3, 2, 3), linear("fc", 3, 2)].concat();
        let mut bytes = pytorch::write_tensors(&network).unwrap();
        let length = bytes.len();
        bytes[at % length] ^= bits;
        let _ = pytorch::read(&bytes, &Options::default());
        let _ = pytorch::read(&bytes[..cut % length], &Options::default());
        let _ = Network::from_bytes(&bytes, &Options::default());
    }

    #[test]
    fn names_and_shapes_of_any_kind_are_read_or_refused(
        arrays in proptest::collection::vec(
            ("[a-c]?\\.?(weight_ih|weight_hh|bias_ih|bias_hh|weight|bias)(_l[0-2])?(_reverse)?", proptest::collection::vec(0usize..5, 0..3)),
            0..12,
        )
    ) {
        let arrays: Vec<NamedArray> = arrays.into_iter().map(|(name, shape)| array(&name, &shape)).collect();
        if let Ok(network) = pytorch::of_arrays(arrays, &Options::default()) {
            network.validate().unwrap();
        }
    }
}
