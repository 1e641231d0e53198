//! What is known of the measuring of this device.

use crate::benchmark::{Measurement, Work};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// All signals; copies are the same signals.
#[derive(Clone, Copy)]
pub(in crate::app) struct DeviceState {
    /// The benchmark under way.
    pub run: RwSignal<Option<u32>>,
    /// It was asked to stop.
    pub stopping: RwSignal<bool>,
    /// Its works, in the order of measuring.
    pub wanted: RwSignal<Vec<Work>>,
    /// What was measured, in the order of measuring.
    pub measured: RwSignal<Vec<Measurement>>,
    /// When that ended, in milliseconds since 1970, if it went to its end.
    pub ended_ms: RwSignal<Option<f64>>,
}

/// Finished figures as the database holds them and as they are copied.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::app) struct Figures {
    /// When they were finished, in milliseconds since 1970.
    pub ended_ms: f64,
    /// In the order of measuring.
    pub measurements: Vec<Measurement>,
}

impl DeviceState {
    pub fn new() -> Self {
        Self {
            run: RwSignal::new(None),
            stopping: RwSignal::new(false),
            wanted: RwSignal::new(Vec::new()),
            measured: RwSignal::new(Vec::new()),
            ended_ms: RwSignal::new(None),
        }
    }

    /// Whether the device is being measured.
    pub fn busy(&self) -> bool {
        self.run.with(Option::is_some)
    }
}
