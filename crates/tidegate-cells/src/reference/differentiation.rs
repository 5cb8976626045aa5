//! Reverse-mode differentiation of scalar code in f64: it records every operation and replays the chain rule.

use std::cell::RefCell;
use std::ops::{Add, Mul, Sub};

use super::Number;

/// Up to two parents with the derivative by each.
#[derive(Clone, Copy)]
struct Node {
    parents: [u32; 2],
    derivatives: [f64; 2],
}

thread_local! {
    static RECORD: RefCell<Vec<Node>> = const { RefCell::new(Vec::new()) };
}

/// A number whose operations are recorded.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Its value.
    pub value: f64,
    node: u32,
}

/// Node of constants: nothing flows into them.
const CONSTANT: u32 = u32::MAX;

impl Variable {
    fn record(value: f64, parents: [u32; 2], derivatives: [f64; 2]) -> Variable {
        if parents == [CONSTANT; 2] {
            return Variable {
                value,
                node: CONSTANT,
            };
        }
        RECORD.with_borrow_mut(|record| {
            record.push(Node {
                parents,
                derivatives,
            });
            Variable {
                value,
                node: u32::try_from(record.len() - 1).unwrap_or(CONSTANT),
            }
        })
    }

    fn unary(self, value: f64, derivative: f64) -> Variable {
        Variable::record(value, [self.node, CONSTANT], [derivative, 0.0])
    }

    fn binary(self, other: Variable, value: f64, derivatives: [f64; 2]) -> Variable {
        Variable::record(value, [self.node, other.node], derivatives)
    }
}

impl Add for Variable {
    type Output = Variable;
    fn add(self, other: Variable) -> Variable {
        self.binary(other, self.value + other.value, [1.0, 1.0])
    }
}

impl Sub for Variable {
    type Output = Variable;
    fn sub(self, other: Variable) -> Variable {
        self.binary(other, self.value - other.value, [1.0, -1.0])
    }
}

impl Mul for Variable {
    type Output = Variable;
    fn mul(self, other: Variable) -> Variable {
        self.binary(other, self.value * other.value, [other.value, self.value])
    }
}

impl Number for Variable {
    fn constant(value: f64) -> Self {
        Variable {
            value,
            node: CONSTANT,
        }
    }

    fn sigmoid(self) -> Self {
        let y = Number::sigmoid(self.value);
        self.unary(y, y * (1.0 - y))
    }

    fn tanh(self) -> Self {
        let y = self.value.tanh();
        self.unary(y, 1.0 - y * y)
    }

    fn relu(self) -> Self {
        self.unary(
            self.value.max(0.0),
            if self.value > 0.0 { 1.0 } else { 0.0 },
        )
    }
}

/// Gradient by `inputs` of the number that `function` computes from them.
pub fn gradient(inputs: &[f64], function: impl FnOnce(&[Variable]) -> Variable) -> Vec<f64> {
    RECORD.with_borrow_mut(Vec::clear);
    let variables: Vec<Variable> = inputs
        .iter()
        .map(|&value| Variable::record(value, [0, CONSTANT], [0.0, 0.0]))
        .collect();
    let result = function(&variables);
    RECORD.with_borrow_mut(|record| {
        let mut gradients = vec![0.0; record.len()];
        if result.node != CONSTANT {
            gradients[result.node as usize] = 1.0;
        }
        for index in (inputs.len()..record.len()).rev() {
            let Node {
                parents,
                derivatives,
            } = record[index];
            for (parent, derivative) in parents.into_iter().zip(derivatives) {
                if parent != CONSTANT {
                    gradients[parent as usize] += derivative * gradients[index];
                }
            }
        }
        gradients.truncate(inputs.len());
        record.clear();
        gradients
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_follow_the_chain_rule() {
        let found = gradient(&[0.5, -2.0], |x| {
            (x[0] * x[1]).tanh() + x[0].sigmoid() - x[1].relu() * x[0]
        });
        let (t, y) = ((-1.0f64).tanh(), Number::sigmoid(0.5f64));
        let expected = [(1.0 - t * t) * -2.0 + y * (1.0 - y), (1.0 - t * t) * 0.5];
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-15),
            "{found:?} {expected:?}"
        );
    }
}
