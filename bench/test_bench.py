"""The parts of the bench that need no engine."""

import unittest

import picture
import table
from shapes import Case, parse_shape
from statistic import geometric_mean, ratio, spread


def result(engine, cell, work, rounds, shape=(32, 100, 64, 128)):
    batch, steps, inputs, hidden = shape
    return {"engine": engine, "cell": cell, "work": work, "batch": batch, "steps": steps, "input": inputs, "hidden": hidden, "threads": 2,
            "median_seconds": sorted(rounds)[len(rounds) // 2], "p999_seconds": None, "spread": spread(rounds), "gflops": 1.0,
            "peak_share": 0.5, "rounds_seconds": rounds}


def document(results):
    return {"machine": {"name": "a machine", "cores": 2, "instruction_set": "avx2", "fma_peak_gflops_per_thread": {"avx2": 100.0},
                        "versions": {"tidegate": "1", "pytorch": "2"}},
            "results": results, "left_out": ["rten is left out: not built"], "summary": table.summary(results)}


class Shapes(unittest.TestCase):
    def test_a_shape_is_four_whole_numbers_above_zero(self):
        self.assertEqual(parse_shape("1,2,3,4"), (1, 2, 3, 4))
        for wrong in ("1,2,3", "1,2,3,x", "0,1,1,1", ""):
            with self.assertRaises(ValueError):
                parse_shape(wrong)

    def test_training_adds_weight_gradients_and_the_recurrent_gradient(self):
        forward, training = (Case("gru", work, 2, 3, 5, 7).operations for work in ("forward", "training"))
        self.assertEqual(forward, 2 * 2 * 3 * 3 * 7 * (5 + 7))
        self.assertEqual(training, 2 * forward + 2 * 2 * 3 * 3 * 7 * 7)


class Statistics(unittest.TestCase):
    def test_a_ratio_is_taken_round_by_round(self):
        # Both slow down together in the second round: the ratio of medians would be 4.
        self.assertEqual(ratio([1.0, 10.0, 1.0], [2.0, 20.0, 4.0]), 2.0)

    def test_means_are_geometric_and_spread_is_relative(self):
        self.assertAlmostEqual(geometric_mean([1.0, 4.0]), 2.0)
        self.assertAlmostEqual(spread([9.0, 10.0, 12.0]), 0.3)


class Tables(unittest.TestCase):
    def setUp(self):
        self.document = document([result("tidegate", "gru", "training", [1.0, 1.0, 1.0]), result("pytorch", "gru", "training", [3.0, 3.0, 4.0])])

    def test_a_ratio_above_one_says_that_the_peer_took_longer(self):
        [line] = self.document["summary"]
        self.assertEqual(line["what"], "training gru: PyTorch / Tidegate")
        self.assertAlmostEqual(line["geometric_mean"], 3.0)

    def test_a_noisy_figure_and_an_engine_left_out_are_named(self):
        self.assertIn("~3000 (3.0×)", table.markdown(self.document))
        for text in (table.plain(self.document), table.markdown(self.document)):
            self.assertIn("rten is left out: not built", text)
        self.assertIn("noisy, spread 33%", table.plain(self.document))

    def test_only_what_stands_between_the_markers_is_replaced(self):
        text = "before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n"
        self.assertEqual(table.between_markers(text, "new"), "before\n<!-- bench -->\nnew\n<!-- /bench -->\nafter\n")

    def test_the_picture_is_well_formed_and_names_the_machine(self):
        from xml.etree import ElementTree

        drawn = picture.draw(self.document)
        ElementTree.fromstring(drawn)
        self.assertIn("a machine", drawn)
        self.assertIn(">PyTorch<", drawn)


if __name__ == "__main__":
    unittest.main()
