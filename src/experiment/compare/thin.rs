//! Long curves with fewer points that look the same.

/// Of each column of pixels at most four points: the first, the lowest, the highest, the last (Jugel et al. 2014). A line through
/// these covers the pixels that one through all of them would. Points are in pixels and go from left to right; those that are no
/// numbers are left out.
pub fn thin(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut out = Vec::new();
    let mut column: Option<Column> = None;
    for point in points.filter(|(x, y)| x.is_finite() && y.is_finite()) {
        match column.as_mut().filter(|column| column.at == point.0.floor()) {
            Some(column) => column.take(point),
            None => {
                if let Some(full) = column.replace(Column::new(point)) {
                    full.put(&mut out);
                }
            }
        }
    }
    if let Some(last) = column {
        last.put(&mut out);
    }
    out
}

/// What is kept of a column so far, each with its place in it.
struct Column {
    at: f64,
    count: usize,
    first: (usize, (f64, f64)),
    low: (usize, (f64, f64)),
    high: (usize, (f64, f64)),
    last: (usize, (f64, f64)),
}

impl Column {
    fn new(point: (f64, f64)) -> Self {
        let first = (0, point);
        Self { at: point.0.floor(), count: 1, first, low: first, high: first, last: first }
    }

    fn take(&mut self, point: (f64, f64)) {
        let mine = (self.count, point);
        self.count += 1;
        if point.1 < self.low.1.1 {
            self.low = mine;
        }
        if point.1 > self.high.1.1 {
            self.high = mine;
        }
        self.last = mine;
    }

    fn put(self, out: &mut Vec<(f64, f64)>) {
        let mut kept = [self.first, self.low, self.high, self.last];
        kept.sort_by_key(|(place, _)| *place);
        let mut before = None;
        for (place, point) in kept {
            if before != Some(place) {
                out.push(point);
            }
            before = Some(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn few_points_stay_as_they_are() {
        let points = [(0.0, 3.0), (1.0, 2.0), (2.5, 7.0), (2.6, 1.0)];
        assert_eq!(thin(points.into_iter()), points);
        assert!(thin([(f64::NAN, 1.0), (1.0, f64::INFINITY)].into_iter()).is_empty());
    }

    #[test]
    fn extremes_of_every_column_are_kept() {
        // A saw with one spike each way, 10,000 points over 340 pixels.
        let height = |i: usize| match i {
            4321 => 1000.0,
            8765 => -1000.0,
            _ => (i * 7919 % 97) as f64,
        };
        let points: Vec<(f64, f64)> = (0..10_000).map(|i| (i as f64 * 0.034, height(i))).collect();
        let kept = thin(points.iter().copied());
        assert!(kept.len() <= 4 * 341, "{} points", kept.len());
        assert!(kept.windows(2).all(|pair| pair[0].0 <= pair[1].0), "still from left to right");
        let extremes = |of: &[(f64, f64)], column: usize| {
            let mine = || of.iter().filter(move |p| p.0.floor() == column as f64).map(|p| p.1);
            (mine().fold(f64::INFINITY, f64::min), mine().fold(f64::NEG_INFINITY, f64::max))
        };
        for column in 0..340 {
            assert_eq!(extremes(&kept, column), extremes(&points, column), "column {column}");
        }
        assert_eq!((kept[0], kept[kept.len() - 1]), (points[0], points[9999]));
    }
}
