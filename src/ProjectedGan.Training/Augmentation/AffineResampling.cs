using ProjectedGan.Tensors;
using TorchSharp;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Training.Augmentation;

/// <summary>The samples between which an image is interpolated: number n lies at pixel (n - lead) / density.</summary>
/// <param name="Density">Samples a pixel.</param>
/// <param name="Lead">Sample n has parts of the pixels from ⌊n / density⌋ - lead to ⌊n / density⌋.</param>
internal sealed record SamplingGrid(int Density, int Lead)
{
    /// <summary>The pixels themselves.</summary>
    public static SamplingGrid Pixels { get; } = new(1, 0);

    /// <summary>Two samples a pixel, by sym6.</summary>
    public static SamplingGrid Doubled { get; } = new(2, Wavelets.Sym6Centre);
}

/// <summary>Takes the pixels of images from other places, beyond whose borders they are mirrored.</summary>
internal static class AffineResampling
{
    /// <summary>Resamples each image by its matrix.</summary>
    /// <param name="images">[N, C, H, W], at least 2 × 2.</param>
    /// <param name="inverses">N matrices: from a place to the place to take from, in pixels from the centre.</param>
    /// <param name="grid">
    /// <see cref="SamplingGrid.Pixels"/> interpolates bilinearly between pixels, and where all places are pixels copies them;
    /// <see cref="SamplingGrid.Doubled"/> between samples of the image doubled by sym6, which are then halved by it.
    /// </param>
    /// <returns>[N, C, H, W].</returns>
    public static Tensor Apply(Tensor images, IReadOnlyList<HomogeneousMatrix> inverses, SamplingGrid grid)
    {
        using var scope = NewDisposeScope();
        var columns = new Axis(0, images.size(3), grid);
        var rows = new Axis(1, images.size(2), grid);
        foreach (var inverse in inverses)
        {
            columns.Reach(inverse, columns, rows);
            rows.Reach(inverse, columns, rows);
        }
        var padded = Reflect(images, rows.Before, rows.After, columns.Before, columns.After);
        var source = grid.Density == 1 ? padded : Double(padded);
        var places = Places(columns, rows, inverses, source);
        // Borders are not met but by roundings.
        var taken = functional.grid_sample(source, places, GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: false);
        return (grid.Density == 1 ? taken : Halve(taken)).MoveToOuterDisposeScope();
    }

    /// <summary>Mirrors images at their outermost pixels, again and again where that is not enough.</summary>
    public static Tensor Reflect(Tensor images, long above, long below, long left, long right)
    {
        using var scope = NewDisposeScope();
        var padded = images.alias();
        while (above + below + left + right > 0)
        {
            long height = padded.size(2) - 1, width = padded.size(3) - 1;
            long[] step = [Math.Min(left, width), Math.Min(right, width), Math.Min(above, height), Math.Min(below, height)];
            padded = functional.pad(padded, step, PaddingModes.Reflect);
            (left, right, above, below) = (left - step[0], right - step[1], above - step[2], below - step[3]);
        }
        return padded.MoveToOuterDisposeScope();
    }

    // [N, C, H, W] to [N, C, 2 (H - 5), 2 (W - 5)]: sample n is Σᵢ pixel i · sym6[n - 2i]. Left out are the samples in which pixels beyond
    // these have a part.
    private static Tensor Double(Tensor images)
    {
        const int LeftOut = 2 * Wavelets.Sym6Centre;
        return Filter(images, new ConvolutionGeometry(Stride: 2, Rows: LeftOut, Columns: LeftOut, Transposed: true));
    }

    // [N, C, 2 (H + 5), 2 (W + 5)] to [N, C, H, W]: pixel i is Σₙ sample n · sym6[n - 2i].
    private static Tensor Halve(Tensor samples) => Filter(samples, new ConvolutionGeometry(Stride: 2));

    // The batch lies in the channels, and rows and columns are filtered at once: 16 images of 64 pixels with the defaults take 62 ms there
    // and back on a core with AVX2, one after the other 86, with three channels 163.
    private static Tensor Filter(Tensor images, ConvolutionGeometry geometry)
    {
        long count = images.size(0), channels = images.size(1), groups = count * channels;
        var taps = tensor(Wavelets.Sym6, dtype: images.dtype, device: images.device);
        var filters = taps.outer(taps).expand(groups, 1, -1, -1).contiguous();
        var flat = images.reshape(1, groups, images.size(2), images.size(3));
        var result = Convolutions.Apply(flat, filters, null, geometry with { Groups = groups });
        return result.reshape(count, channels, result.size(2), result.size(3));
    }

    // [N, rows, columns, 2]: for each sample of the result, column and row of the source, which reaches from -1 to 1.
    private static Tensor Places(Axis columns, Axis rows, IReadOnlyList<HomogeneousMatrix> inverses, Tensor source)
    {
        var column = columns.Samples(source).view(1, 1, -1);
        var row = rows.Samples(source).view(1, -1, 1);
        Tensor Coordinate(Axis axis, long size)
        {
            double[] Scaled(Func<HomogeneousMatrix, double> number) => [.. inverses.Select(inverse => number(inverse) * 2 / size)];
            Tensor PerImage(double[] numbers) => tensor(numbers, [numbers.Length, 1, 1], dtype: source.dtype, device: source.device);
            var byColumn = PerImage(Scaled(inverse => inverse[axis.Index, columns.Index])) * column; // [N, 1, columns]
            var byRow = PerImage(Scaled(inverse => inverse[axis.Index, rows.Index])) * row; // [N, rows, 1]
            var offset = PerImage([.. Scaled(inverse => axis.Origin(inverse) + 0.5).Select(place => place - 1)]);
            return byRow.Plus(offset).Plus(byColumn); // [N, rows, columns]
        }
        return stack([Coordinate(columns, source.size(3)), Coordinate(rows, source.size(2))], -1);
    }

    // An image's columns or rows, and how many pixels beyond them are needed.
    private sealed class Axis(int index, long size, SamplingGrid grid)
    {
        private long _first;
        private long _last = size - 1;

        public int Index => index;

        public long Before => -_first;

        public long After => _last - (size - 1);

        private long Count => (grid.Density * size) + (2 * grid.Lead);

        private double Centre => (grid.Density * (size - 1) / 2.0) + grid.Lead;

        // The farthest of the result's samples from its centre.
        private double Radius => Count - 1 - Centre;

        /// <summary>The result's samples, counted from its centre.</summary>
        public Tensor Samples(Tensor like) => arange(Of(-Centre), Of(Count - Centre), Of(1.0), like.dtype, like.device);

        /// <summary>The sample of the padded source from which the result's centre is taken.</summary>
        public double Origin(HomogeneousMatrix inverse) => SourceCentre(inverse) - (grid.Density * (grid.Lead + _first));

        /// <summary>Widens the range of pixels to all those of which samples are taken.</summary>
        public void Reach(HomogeneousMatrix inverse, Axis columns, Axis rows)
        {
            var centre = SourceCentre(inverse);
            var reach = (Math.Abs(inverse[index, columns.Index]) * columns.Radius) + (Math.Abs(inverse[index, rows.Index]) * rows.Radius);
            _first = Math.Min(_first, (long)Math.Floor(Math.Floor(centre - reach) / grid.Density) - grid.Lead);
            _last = Math.Max(_last, (long)Math.Floor(Math.Ceiling(centre + reach) / grid.Density));
        }

        private double SourceCentre(HomogeneousMatrix inverse) => Centre + (grid.Density * inverse[index, 2]);
    }
}
