using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Augmentation;

/// <summary>Makes four octaves of each image's frequencies stronger or weaker.</summary>
internal static class BandGains
{
    private const int NumbersPerBand = 3;

    // The share of a natural image's power in each band, whose spectrum falls as 1/f.
    private static readonly double[] Power = [10 / 13.0, 1 / 13.0, 1 / 13.0, 1 / 13.0];

    public static Tensor Apply(Tensor images, double probability, IAugmentationDraws draws)
    {
        using var scope = NewDisposeScope();
        long count = images.size(0), channels = images.size(1), height = images.size(2), width = images.size(3);
        var numbers = ImageDraws.Of(draws, count, NumbersPerBand * Power.Length);
        double[][] filters = [.. numbers.Select(image => Filter(Gains(image, probability)))];
        long reach = filters[0].Length / 2, groups = count * channels;
        double[] all = [.. filters.SelectMany(filter => filter)];
        var taps = tensor(all, [count, 1, filters[0].Length], dtype: images.dtype, device: images.device);
        taps = taps.expand(-1, channels, -1).contiguous();
        // Each image has its own filter: the batch lies in the channels.
        var result = Resampling.Reflect(images, reach, reach, reach, reach).reshape(1, groups, height + (2 * reach), width + (2 * reach));
        result = Convolutions.Apply(result, taps.view(groups, 1, 1, -1), null, new ConvolutionGeometry(Groups: groups));
        result = Convolutions.Apply(result, taps.view(groups, 1, -1, 1), null, new ConvolutionGeometry(Groups: groups));
        return result.reshape(images.shape).MoveToOuterDisposeScope();
    }

    /// <summary>The gain of each band. A band's own leaves the expected power as it is: the others are less where it is more.</summary>
    public static double[] Gains(ImageDraws draws, double probability)
    {
        double[] gains = [1, 1, 1, 1];
        for (var band = 0; band < gains.Length; band++)
        {
            var gain = Math.Pow(2, draws.Gate(probability) * draws.Normal());
            var norm = Math.Sqrt(1 + (Power[band] * ((gain * gain) - 1)));
            for (var i = 0; i < gains.Length; i++)
                gains[i] *= (i == band ? gain : 1) / norm;
        }
        return gains;
    }

    private static double[] Filter(double[] gains)
    {
        var bands = Wavelets.Sym2Bands;
        return [.. Enumerable.Range(0, bands[0].Length).Select(tap => gains.Select((gain, band) => gain * bands[band][tap]).Sum())];
    }
}
