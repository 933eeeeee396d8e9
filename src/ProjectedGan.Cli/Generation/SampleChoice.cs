using System.Globalization;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Generators;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Generation;

/// <summary>
/// Samples with the names of their files: the first so many of one seed (<c>000000.png</c>), or the first one of each of several seeds
/// (<c>seed0000.png</c>). Those of a conditional generator are named after their class, too (<c>000000-class3.png</c>).
/// </summary>
internal sealed class SampleChoice : IImageBatches
{
    // More seeds are a mistake in the list, and files beyond that belong in several folders anyway.
    private const int MostSeeds = 1_000_000;

    private readonly IReadOnlyList<IImageBatches> _parts;

    private SampleChoice(IReadOnlyList<IImageBatches> parts, IReadOnlyList<string> names)
    {
        _parts = parts;
        Names = names;
    }

    /// <summary>The files' names in the samples' order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <inheritdoc/>
    public long Count => Names.Count;

    /// <summary>The first samples of one seed.</summary>
    /// <param name="generator">In evaluation mode.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="labels">Where classes are drawn from; null for an unconditional generator or one class.</param>
    /// <param name="label">The class of all samples; null for drawn ones.</param>
    public static SampleChoice OfSeed(GeneratorNetwork generator, int count, long seed, IImageDataset? labels, int? label)
    {
        GeneratedImages images = new(generator, count, seed, labels, label);
        return new SampleChoice([images], [.. Enumerable.Range(0, count).Select(sample => Name($"{sample:D6}", images.Class(sample)))]);
    }

    /// <summary>The first sample of each seed, which is also what <see cref="OfSeed"/> begins with.</summary>
    /// <inheritdoc cref="OfSeed"/>
    public static SampleChoice OfSeeds(GeneratorNetwork generator, IReadOnlyList<long> seeds, IImageDataset? labels, int? label)
    {
        GeneratedImages[] parts = [.. seeds.Select(seed => new GeneratedImages(generator, 1, seed, labels, label))];
        return new SampleChoice(parts, [.. seeds.Zip(parts, (seed, part) => Name($"seed{seed:D4}", part.Class(0)))]);
    }

    /// <summary>Those of latents, named as those of one seed.</summary>
    public static SampleChoice OfLatents(LatentFile latents) =>
        new([latents], [.. Enumerable.Range(0, (int)latents.Count).Select(sample => Name($"{sample:D6}", null))]);

    /// <summary>Reads a list of seeds: <c>0-31</c>, <c>1,5,9-12</c>.</summary>
    /// <exception cref="UsageException">The text is none.</exception>
    public static IReadOnlyList<long> ParseSeeds(string text)
    {
        List<long> seeds = [];
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-', 2);
            if (!IsNumber(ends[0], out var first) || !IsNumber(ends[^1], out var last) || last < first || last - first >= MostSeeds - seeds.Count)
            {
                throw new UsageException($"--seeds is '{text}'; give at most {MostSeeds:N0} seeds from 0 as a list of numbers and ranges, for example 0-31 or 1,5,9-12.");
            }

            for (var seed = first; seed <= last; seed++)
            {
                seeds.Add(seed);
            }
        }

        return seeds.Count == seeds.Distinct().Count() ? seeds : throw new UsageException($"--seeds is '{text}', which names a seed twice; name each once.");
    }

    /// <inheritdoc/>
    public IEnumerable<Tensor> Batches(int batchSize, CancellationToken cancellation) => _parts.SelectMany(part => part.Batches(batchSize, cancellation));

    private static bool IsNumber(string text, out long number) => long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < long.MaxValue;

    private static string Name(string sample, int? label) => label is { } known ? $"{sample}-class{known}.png" : $"{sample}.png";
}
