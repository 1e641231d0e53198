//! The kernels: one `.wgsl` file each, of the name that its twin on the processor has.
//!
//! Every kernel follows one convention, which [`super::device::Device::run`] relies on: binding 0 holds the parameters, of
//! which the first are each buffer's values a lane, in binding order; then come the buffers that are read, then those that
//! are written. `z` of the workgroup's id says the lane: the model, where many are trained side by side.

/// What a device, or its language, has beyond what all have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Extras {
    /// `dot4I8Packed`.
    pub packed_dot: bool,
    /// Sums over neighbouring invocations without workgroup memory.
    pub subgroups: bool,
}

/// What several kernels have in common, from `kernels/shared/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shared {
    Levels,
    Nonlinear,
    Packed,
    Real,
    Total,
}

impl Shared {
    fn source(self, extras: Extras) -> &'static str {
        match self {
            Self::Levels => include_str!("kernels/shared/levels.wgsl"),
            Self::Nonlinear => include_str!("kernels/shared/nonlinear.wgsl"),
            Self::Packed if extras.packed_dot => include_str!("kernels/shared/packed.wgsl"),
            Self::Packed => include_str!("kernels/shared/packed_apart.wgsl"),
            Self::Real => include_str!("kernels/shared/real.wgsl"),
            Self::Total if extras.subgroups => include_str!("kernels/shared/total_subgroups.wgsl"),
            Self::Total => include_str!("kernels/shared/total.wgsl"),
        }
    }
}

/// A kernel as it is compiled.
#[derive(Debug)]
pub struct Kernel {
    /// Its file, and the name of its twin.
    pub name: &'static str,
    /// Its own WGSL.
    source: &'static str,
    /// What it has in common with others.
    shared: &'static [Shared],
    /// Buffers that are read.
    pub reads: usize,
    /// Buffers that are written.
    pub writes: usize,
}

impl Kernel {
    /// All of its WGSL.
    pub fn source(&self, extras: Extras) -> String {
        let shared = self.shared.iter().map(|shared| shared.source(extras));
        shared.chain([self.source]).collect::<Vec<_>>().join("\n")
    }
}

macro_rules! kernels {
    ($($constant:ident $name:literal $(with $shared:ident)* reads $reads:literal writes $writes:literal;)+) => {
        $(#[doc = concat!("`", $name, ".wgsl`")]
        pub static $constant: Kernel = Kernel {
            name: $name,
            source: include_str!(concat!("kernels/", $name, ".wgsl")),
            shared: &[$(Shared::$shared),*],
            reads: $reads,
            writes: $writes,
        };)+

        /// All of them.
        #[cfg(all(test, not(target_arch = "wasm32")))]
        pub static KERNELS: &[&Kernel] = &[$(&$constant),+];
    };
}

kernels! {
    ACTIVATE "activate" with Nonlinear reads 1 writes 1;
    ACTIVATE_GRADIENT "activate_gradient" reads 2 writes 1;
    ADAM "adam" reads 1 writes 3;
    ADD_ASSIGN "add_assign" reads 1 writes 1;
    ADD_BIAS "add_bias" reads 1 writes 1;
    COLUMN_SUMS "column_sums" with Total reads 1 writes 1;
    COLUMN_SUMS_DIRECT "column_sums_direct" reads 1 writes 1;
    CONVOLVE "convolve" with Real with Nonlinear reads 3 writes 1;
    CONVOLVE_INPUT_GRADIENT "convolve_input_gradient" with Real reads 2 writes 1;
    CONVOLVE_WEIGHT_GRADIENT "convolve_weight_gradient" with Real reads 2 writes 1;
    COPY "copy" reads 1 writes 1;
    CROSS_ENTROPY "cross_entropy" reads 2 writes 2;
    FAKE_QUANTIZE "fake_quantize" with Levels reads 2 writes 1;
    FAKE_QUANTIZE_GRADIENT "fake_quantize_gradient" with Levels reads 2 writes 2;
    FILL "fill" reads 0 writes 1;
    INTEGER_LINEAR "integer_linear" with Packed reads 3 writes 1;
    INTEGER_POOL "integer_pool" reads 1 writes 1;
    INTEGER_REQUANTIZE "integer_requantize" reads 2 writes 1;
    INTEGER_TABLE "integer_table" reads 1 writes 1;
    LIMIT_COLUMNS "limit_columns" reads 0 writes 1;
    MATMUL "matmul" with Real with Nonlinear reads 3 writes 1;
    MULTIPLY "multiply" reads 2 writes 1;
    MULTIPLY_ASSIGN "multiply_assign" reads 1 writes 1;
    NORMALIZE "normalize" reads 3 writes 1;
    NORMALIZE_GRADIENT "normalize_gradient" reads 5 writes 1;
    NORMALIZE_GRADIENT_SUMS "normalize_gradient_sums" with Total reads 3 writes 1;
    NORMALIZE_STATISTICS "normalize_statistics" with Total reads 1 writes 2;
    PEAK "peak" reads 0 writes 1;
    POOL "pool" reads 1 writes 1;
    POOL_GRADIENT "pool_gradient" reads 3 writes 1;
    SGD "sgd" reads 1 writes 2;
    SHARE_GRADIENT "share_gradient" reads 1 writes 1;
    SOFTMAX "softmax" reads 1 writes 1;
}

/// What a product is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Form {
    /// Which of [`TILES`].
    pub tile: usize,
    /// What the kernel makes of `FLAGS`: known beforehand, they cost nothing.
    pub flags: u32,
}

/// How a product is cut up; see `product_tiled.wgsl` and `product_direct.wgsl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tile {
    /// Operands pass through workgroup memory.
    pub tiled: bool,
    /// Invocations of a workgroup: across columns, and across rows.
    pub group: [u32; 2],
    /// Outputs of an invocation: rows, and columns.
    pub outputs: [u32; 2],
    /// Steps that are in workgroup memory at a time.
    pub steps: u32,
}

impl Tile {
    /// Rows of a workgroup's outputs.
    pub fn rows(&self) -> u32 {
        self.group[1] * self.outputs[0]
    }

    /// Columns of a workgroup's outputs.
    pub fn columns(&self) -> u32 {
        self.group[0] * self.outputs[1]
    }

    /// The source of a product whose operands and whose output `kernel` says, made for these flags.
    pub fn source(&self, kernel: &Kernel, flags: u32, extras: Extras) -> String {
        let [wx, wy] = self.group;
        let [rm, rn] = self.outputs;
        let product = match self.tiled {
            true => include_str!("kernels/product_tiled.wgsl"),
            false => include_str!("kernels/product_direct.wgsl"),
        };
        let tk = self.steps;
        let consts = format!(
            "const WX = {wx}u;\nconst WY = {wy}u;\nconst RM = {rm}u;\nconst RN = {rn}u;\nconst TK = {tk}u;\nconst FLAGS = {flags}u;\n"
        );
        let mut source = format!("{consts}\n{}\n", kernel.source(extras));
        for line in product.lines() {
            let rows = if line.contains("$i") { rm } else { 1 };
            let columns = if line.contains("$j") { rn } else { 1 };
            for (i, j) in (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))) {
                source += &line.replace("$i", &i.to_string()).replace("$j", &j.to_string());
                source.push('\n');
            }
        }
        source
    }
}

/// What is tried on a device, the fastest being kept.
pub const TILES: [Tile; 6] = [
    Tile { tiled: true, group: [16, 16], outputs: [4, 4], steps: 16 },
    Tile { tiled: true, group: [8, 8], outputs: [4, 4], steps: 16 },
    Tile { tiled: true, group: [16, 16], outputs: [2, 2], steps: 16 },
    Tile { tiled: true, group: [16, 16], outputs: [8, 4], steps: 16 },
    Tile { tiled: false, group: [4, 4], outputs: [4, 8], steps: 1 },
    Tile { tiled: false, group: [4, 1], outputs: [8, 8], steps: 1 },
];
