//! The page of a classifier.

use tidegate_train::metrics::ClassMetrics;

use super::*;
use crate::forecast::EpochLosses;

/// A name that would break out of HTML and of a script.
const HOSTILE: &str = "walk</script><b>";

fn picture(classes: usize) -> ClassifyPicture {
    let mut metrics = ClassMetrics::new(classes);
    for index in 0..4 * classes {
        let actual = index % classes;
        // One of four is taken for the next class.
        let predicted = if index < classes {
            (actual + 1) % classes
        } else {
            actual
        };
        let rest = 0.2 / (classes as f64 - 1.0);
        let logarithms: Vec<f64> = (0..classes)
            .map(|class| if class == predicted { 0.8_f64 } else { rest }.ln())
            .collect();
        metrics.add(&logarithms, actual);
    }
    let mut names: Vec<String> = (0..classes).map(|class| format!("class {class}")).collect();
    names[0] = HOSTILE.to_owned();
    ClassifyPicture {
        title: format!("Classes of {HOSTILE}"),
        subject: vec!["From gestures.csv.".to_owned()],
        counted: "recordings".to_owned(),
        classes: names,
        confusion: metrics.confusion().clone(),
        reliability: metrics.reliability().bins(),
        training: None,
    }
}

#[test]
fn the_matrix_has_a_shaded_cell_for_each_pair_of_classes() {
    let page = picture(3).html().unwrap();
    assert!(!page.contains("</script><b>"));
    let matrix = page.split_once("<table class=\"confusion\">").unwrap().1;
    let matrix = matrix.split_once("</table>").unwrap().0;
    assert_eq!(matrix.matches("<td").count(), 9);
    assert_eq!(matrix.matches("class=\"wrong\"").count(), 6);
    // Three of four are right, one is wrong.
    assert_eq!(matrix.matches("style=\"--share:33.8%\">3<").count(), 3);
    assert_eq!(matrix.matches("style=\"--share:12.0%\">1<").count(), 3);
    assert_eq!(matrix.matches("style=\"--share:0.0%\">0<").count(), 3);
    assert!(page.contains("25.0 %"), "the most frequent confusions");
}

#[test]
fn scores_and_reliability_are_in_tables_for_who_sees_no_chart() {
    let page = picture(3).html().unwrap();
    assert!(page.contains("Precision, recall and F1 of each class"));
    assert!(page.contains("0.75"));
    assert!(page.contains("0.733 – 0.800") && page.contains("as it should be"));
    assert!(!page.contains("id=\"training\""));
}

#[test]
fn many_classes_have_their_confusions_listed_instead_of_a_matrix() {
    let page = picture(60).html().unwrap();
    assert!(!page.contains("class=\"confusion\""));
    assert!(page.contains("A matrix of 60 classes") && page.contains("and 40 more"));
}

#[test]
fn training_curves_are_shown_where_they_are_given() {
    let mut picture = picture(2);
    picture.training = Some(TrainingPicture {
        title: String::new(),
        subject: Vec::new(),
        loss: "cross-entropy".to_owned(),
        epochs: (1..4)
            .map(|epoch| EpochLosses {
                epoch,
                training: 1.0 / epoch as f64,
                validation: Some(1.5 / epoch as f64),
                learning_rate: 1e-3,
            })
            .collect(),
        best_epoch: Some(3),
    });
    let page = picture.html().unwrap();
    assert!(page.contains("Training and validation loss by epoch"));
}

#[test]
fn a_page_without_anything_to_show_is_refused() {
    let mut empty = picture(2);
    empty.confusion = ConfusionMatrix::new(2);
    assert!(matches!(empty.html(), Err(ForecastPageError::Empty(_))));
    let mut unnamed = picture(3);
    unnamed.classes.pop();
    assert!(matches!(
        unnamed.html(),
        Err(ForecastPageError::Length { .. })
    ));
}
