//! Which layers of teacher and student are compared.

use super::{Looks, Pairing, Side};
use crate::backend::Sequence;
use crate::network::{Layer, Model, Shape};

/// A place between layers and the shape of what is there.
type Place = (usize, Shape);

/// The shape of a sample before each layer, and after the last. Tokens that an image was cut into lie where they were cut out, and
/// not in a row, as layers have them: else a column of another network's image would be held against a row of patches.
fn shapes(input: Shape, layers: &[Layer]) -> Vec<Shape> {
    let flat = |channels| Shape { height: 1, width: 1, channels };
    let mut shapes = vec![input];
    let mut cut = None;
    for layer in layers {
        let before = shapes[shapes.len() - 1];
        let shape = match layer {
            Layer::Dense { outputs, .. } => flat(*outputs),
            Layer::Flatten => flat(before.len()),
            Layer::Convolution(conv) => {
                Shape { height: conv.out_height(), width: conv.out_width(), channels: conv.filters }
            }
            Layer::Pool(pool) => Shape { height: pool.height / pool.size, width: pool.width / pool.size, ..before },
            Layer::Sequence(Sequence::Mean { channels, .. }) => flat(*channels),
            Layer::Sequence(Sequence::Patches { height, width, side, .. }) => {
                let (down, across) = (height / side, width / side);
                cut = Some((down, across));
                Shape { height: down, width: across, channels: layer.outputs(before.len()) / (down * across).max(1) }
            }
            Layer::Sequence(
                Sequence::Embedding { tokens, channels, .. } | Sequence::Attention { tokens, channels, .. },
            ) => Shape { height: 1, width: *tokens, channels: *channels },
            _ => before,
        };
        shapes.push(match cut {
            Some((height, width)) if (shape.height, shape.width) == (1, height * width) => {
                Shape { height, width, ..shape }
            }
            _ => shape,
        });
    }
    shapes
}

/// The hidden layers of a network, from input to output.
fn hidden(input: Shape, layers: &[Layer], side: Side) -> Vec<Place> {
    let shapes = shapes(input, layers);
    let ends = |is: fn(&Layer) -> bool| layers.iter().enumerate().filter(move |(_, layer)| is(layer)).map(|(i, _)| i);
    let mut found: Vec<usize> = ends(|layer| matches!(layer, Layer::Activation(_))).collect();
    if found.is_empty() {
        found = ends(|layer| matches!(layer, Layer::Add { .. })).collect();
    }
    let place = |layer: usize| if side == Side::After { layer + 1 } else { layer };
    found.into_iter().map(|layer| (place(layer), shapes[place(layer)])).collect()
}

/// The pairs of hidden layers that a method compares: the student's, and the teacher's.
fn pairs(looks: Looks, student: Vec<Place>, teacher: Vec<Place>) -> (Vec<Place>, Vec<Place>) {
    let fits = |place: &Place| !looks.images || place.1.height * place.1.width > 1;
    let [student, teacher] = [student, teacher].map(|places| places.into_iter().filter(fits).collect::<Vec<_>>());
    if student.is_empty() || teacher.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let count = match looks.pairing {
        Pairing::Last | Pairing::Middle => 1,
        Pairing::Each | Pairing::All => student.len().min(teacher.len()),
    };
    let choose = |places: &[Place]| -> Vec<Place> {
        match looks.pairing {
            Pairing::Last => vec![places[places.len() - 1]],
            Pairing::Middle => vec![places[(places.len() - 1) / 2]],
            // The last of each is always a pair, and the others lie as far apart as they can.
            Pairing::Each => (1..=count).map(|i| places[(i * places.len()).div_ceil(count) - 1]).collect(),
            Pairing::All => places.to_vec(),
        }
    };
    (choose(&student), choose(&teacher))
}

/// The places that a method compares, the student's and the teacher's, with their shapes.
pub(crate) fn compared(looks: Looks, student: &Model, teacher: &Model) -> (Vec<Place>, Vec<Place>) {
    let of = |model: &Model| hidden(model.shape, &model.layers, looks.side);
    pairs(looks, of(student), of(teacher))
}

/// Whether the method finds layers to compare in these two networks, both for samples of `input`; a sentence if not.
pub(crate) fn check_layers(looks: Looks, input: Shape, student: &[Layer], teacher: &[Layer]) -> Result<(), String> {
    let of = |layers| hidden(input, layers, looks.side);
    if !pairs(looks, of(student), of(teacher)).0.is_empty() {
        return Ok(());
    }
    Err(match looks.images {
        true => "compares images of features, which teacher and student must both have; choose networks with convolutions for both, or a method that compares vectors, such as hints".into(),
        false => "compares hidden layers, which teacher and student must both have; choose networks with hidden layers, or the method soft-targets".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Resize;
    use super::*;
    use crate::network::{Architecture, ArchitectureName};

    fn layers(architecture: ArchitectureName, widths: &[usize]) -> Vec<Layer> {
        let spec = Architecture { architecture, widths: widths.to_vec(), ..Architecture::default() };
        spec.layers(INPUT, 10).unwrap()
    }

    const INPUT: Shape = Shape { height: 28, width: 28, channels: 1 };

    #[test]
    fn layers_are_paired_by_their_place() {
        let looks = |pairing, images| Looks { pairing, side: Side::After, images };
        let find = |looks: Looks, student: &[Layer], teacher: &[Layer]| {
            let (student, teacher) =
                pairs(looks, hidden(INPUT, student, looks.side), hidden(INPUT, teacher, looks.side));
            let channels = |places: Vec<Place>| places.iter().map(|(_, shape)| shape.channels).collect::<Vec<_>>();
            (channels(student), channels(teacher))
        };
        let (small, large) = (layers(ArchitectureName::Mlp, &[8, 9]), layers(ArchitectureName::Mlp, &[1, 2, 3, 4, 5]));
        assert_eq!(find(looks(Pairing::Last, false), &small, &large), (vec![9], vec![5]));
        assert_eq!(find(looks(Pairing::Middle, false), &small, &large), (vec![8], vec![3]));
        assert_eq!(find(looks(Pairing::Each, false), &small, &large), (vec![8, 9], vec![3, 5]));
        let lenet = layers(ArchitectureName::LeNet5, &[]);
        let vgg = layers(ArchitectureName::VggSmall, &[]);
        assert_eq!(find(looks(Pairing::Each, true), &lenet, &vgg), (vec![20, 50], vec![32, 64]));
        assert_eq!(find(looks(Pairing::All, true), &lenet, &vgg), (vec![20, 50], vec![16, 16, 32, 32, 64, 64]));
        assert_eq!(find(looks(Pairing::Last, false), &small, &lenet), (vec![9], vec![500]));
        assert!(check_layers(looks(Pairing::Each, true), INPUT, &small, &lenet).unwrap_err().contains("convolutions"));
        let none = layers(ArchitectureName::LogisticRegression, &[]);
        assert!(check_layers(looks(Pairing::Last, false), INPUT, &none, &lenet).unwrap_err().contains("hidden"));
    }

    /// A token of an image is compared with what another network has at the same place; words stay in their row.
    #[test]
    fn tokens_lie_where_they_were_cut_out_of_the_image() {
        let find = |student: &[Layer], teacher: &[Layer]| {
            let of = |layers| hidden(INPUT, layers, Side::After);
            let looks = Looks { pairing: Pairing::Each, side: Side::After, images: true };
            let (student, teacher) = pairs(looks, of(student), of(teacher));
            (student[0].1, teacher[0].1)
        };
        let (transformer, lenet) = (layers(ArchitectureName::Transformer, &[]), layers(ArchitectureName::LeNet5, &[]));
        let (tokens, image) = find(&transformer, &lenet);
        assert_eq!((tokens.height, tokens.width, tokens.channels), (4, 4, 32));
        assert_eq!((image.height, image.width), (24, 24));
        // What lights up at the bottom left of the one lights up there in the other.
        let at = |shape: Shape, y: usize, x: usize| {
            let mut values = vec![0.0; shape.height * shape.width];
            values[y * shape.width + x] = 1.0;
            values
        };
        let one = |shape| Shape { channels: 1, ..shape };
        let resize = Resize::new(one(tokens), one(image));
        let (tokens, image) = resize.both(1, &at(tokens, 3, 0), &at(image, 23, 0));
        let lit = |values: &[f64]| values.iter().map(|value| *value > 0.0).collect::<Vec<_>>();
        assert_eq!(lit(&tokens), lit(&image));
        let words = Shape { height: 1, width: 48, channels: 1 };
        let spec = Architecture { architecture: ArchitectureName::Transformer, ..Architecture::default() };
        let row = hidden(words, &spec.layers(words, 10).unwrap(), Side::After);
        assert!(row.iter().all(|(_, shape)| (shape.height, shape.width) == (1, 48)));
    }

    #[test]
    fn in_front_of_a_nonlinearity_is_one_place_before() {
        let vgg = layers(ArchitectureName::VggSmall, &[]);
        let (after, before) = (hidden(INPUT, &vgg, Side::After), hidden(INPUT, &vgg, Side::Before));
        assert_eq!(after.len(), 6);
        assert!(after.iter().zip(&before).all(|(after, before)| after.0 == before.0 + 1 && after.1 == before.1));
        assert!(before.iter().all(|(place, _)| matches!(vgg[*place], Layer::Activation(_))));
    }
}
