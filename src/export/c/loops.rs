//! The loops of an exported network, in C.

/// One function of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loop {
    Dense,
    Patch,
    Requantize,
    MaxPool,
    AveragePool,
    Add,
}

impl Loop {
    /// In the order of their values.
    pub const ALL: [Self; 6] =
        [Self::Dense, Self::Patch, Self::Requantize, Self::MaxPool, Self::AveragePool, Self::Add];

    pub fn name(self) -> &'static str {
        match self {
            Self::Dense => "fw_dense",
            Self::Patch => "fw_patch",
            Self::Requantize => "fw_requantize",
            Self::MaxPool => "fw_max_pool",
            Self::AveragePool => "fw_average_pool",
            Self::Add => "fw_add",
        }
    }

    pub fn text(self) -> &'static str {
        match self {
            Self::Dense => DENSE,
            Self::Patch => PATCH,
            Self::Requantize => REQUANTIZE,
            Self::MaxPool => MAX_POOL,
            Self::AveragePool => AVERAGE_POOL,
            Self::Add => ADD,
        }
    }
}

const DENSE: &str = "\
/* sums = bias + (x - zero point) (weights - their zero points); weights are inputs x outputs. */
static void fw_dense(const uint8_t *x, const int8_t *weights, const int32_t *bias, const int8_t *zeros, int zero,
                     int inputs, int outputs, int32_t *sums) {
    for (int k = 0; k < outputs; k++) sums[k] = bias[k];
    for (int i = 0; i < inputs; i++) {
        int32_t value = x[i] - zero;
        if (value == 0) continue;
        for (int k = 0; k < outputs; k++)
            sums[k] += value * (weights[i * outputs + k] - (zeros ? zeros[k] : 0));
    }
}
";

const PATCH: &str = "\
/* The same for the output pixel `at` of a convolution; pixels beyond the image are zero. Images are channels last. */
static void fw_patch(const uint8_t *x, const int8_t *weights, const int32_t *bias, const int8_t *zeros, int zero, int at,
                     int height, int width, int channels, int kernel, int padding, int filters, int32_t *sums) {
    int across = width + 2 * padding + 1 - kernel;
    int top = at / across - padding, left = at % across - padding;
    for (int k = 0; k < filters; k++) sums[k] = bias[k];
    for (int i = 0; i < kernel * kernel * channels; i++) {
        int row = top + i / channels / kernel, column = left + i / channels % kernel;
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        int32_t value = x[(row * width + column) * channels + i % channels] - zero;
        if (value == 0) continue;
        for (int k = 0; k < filters; k++)
            sums[k] += value * (weights[i * filters + k] - (zeros ? zeros[k] : 0));
    }
}
";

const REQUANTIZE: &str = "\
/* y = zero point + round(sums * mantissa / 2^shift), halves upwards, within floor and top. */
static void fw_requantize(const int32_t *sums, const int32_t *mantissas, const uint8_t *shifts, int outputs, int zero,
                          int floor, int top, uint8_t *y) {
    for (int k = 0; k < outputs; k++) {
        int64_t scaled = (int64_t)sums[k] * mantissas[k] + ((int64_t)1 << (shifts[k] - 1));
        /* C leaves open what a shift does to a negative number. */
        int64_t value = zero + (scaled >= 0 ? scaled >> shifts[k] : ~(~scaled >> shifts[k]));
        if (value < floor) value = floor;
        y[k] = (uint8_t)(value > top ? top : value);
    }
}
";

const MAX_POOL: &str = "\
/* The largest value of each window of size x size pixels. */
static void fw_max_pool(const uint8_t *x, uint8_t *y, int height, int width, int channels, int size) {
    for (int row = 0; row < height / size; row++)
        for (int column = 0; column < width / size; column++)
            for (int c = 0; c < channels; c++) {
                int most = 0;
                for (int i = 0; i < size * size; i++) {
                    int pixel = (row * size + i / size) * width + column * size + i % size;
                    if (x[pixel * channels + c] > most) most = x[pixel * channels + c];
                }
                y[(row * (width / size) + column) * channels + c] = (uint8_t)most;
            }
}
";

const AVERAGE_POOL: &str = "\
/* The mean of each window of size x size pixels, halves upwards. */
static void fw_average_pool(const uint8_t *x, uint8_t *y, int height, int width, int channels, int size) {
    for (int row = 0; row < height / size; row++)
        for (int column = 0; column < width / size; column++)
            for (int c = 0; c < channels; c++) {
                int sum = 0;
                for (int i = 0; i < size * size; i++) {
                    int pixel = (row * size + i / size) * width + column * size + i % size;
                    sum += x[pixel * channels + c];
                }
                y[(row * (width / size) + column) * channels + c] = (uint8_t)((sum + size * size / 2) / (size * size));
            }
}
";

const ADD: &str = "\
/* A skip connection, in place: two grids added onto a third, halves upwards, within floor and top. */
static void fw_add(uint8_t *x, const uint8_t *kept, int count, int zero, int kept_zero, int32_t factor, int32_t kept_factor,
                   int shift, int out_zero, int floor, int top) {
    for (int i = 0; i < count; i++) {
        int32_t sum = (x[i] - zero) * factor + (kept[i] - kept_zero) * kept_factor + ((int32_t)1 << (shift - 1));
        int32_t value = out_zero + (sum >= 0 ? sum >> shift : ~(~sum >> shift));
        if (value < floor) value = floor;
        x[i] = (uint8_t)(value > top ? top : value);
    }
}
";
