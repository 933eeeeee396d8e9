using ProjectedGan.Data.Ordering;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Generators.Styles;
using ProjectedGan.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Inversion;

/// <summary>
/// Finds the point of a generator's latent space whose image is nearest to a given one (Karras et al. 2020, "Analyzing and Improving the
/// Image Quality of StyleGAN", appendix D): of generators with styles one style for all layers, from the average on; of others the latent
/// itself, from the best of some on. Adam moves it, with noise on it that fades, which carries it out of small hollows. Injected noise stays
/// as the generator's <see cref="GeneratorNetwork.NoiseMode"/> has it.
/// </summary>
/// <remarks>
/// Differs from the paper: noise planes are not optimised, so that the point alone makes the image; the distance is
/// <see cref="TargetDistance"/>; and what is found is the point with the least distance that was seen, not the last.
/// </remarks>
internal sealed class LatentSearch(GeneratorNetwork generator, TargetDistance distance)
{
    // The paper's constants; its spans are of 1,000 steps.
    private const int MappedLatents = 10_000;
    private const double Noise = 0.05, NoiseSpan = 0.75;
    private const double LargestRate = 0.1, RampUp = 0.05, RampDown = 0.25;

    // A latent that was drawn is as far from a given image as any other; of some, the nearest is a start.
    private const int Candidates = 64;

    /// <summary>Steps of Adam.</summary>
    public int Steps { get; init; } = 1_000;

    /// <summary>Seed of the start and of the noise: the same one finds the same point, bit for bit.</summary>
    public long Seed { get; init; }

    /// <summary>The class of a conditional generator.</summary>
    public int? Class { get; init; }

    /// <summary>Searches.</summary>
    /// <param name="report">Told the steps that are done and the least distance.</param>
    /// <param name="cancellation">Ends the search with the best point so far.</param>
    /// <exception cref="PganException">The distance is no number.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before the first step.</exception>
    public FoundLatent Find(Action<long, string> report, CancellationToken cancellation)
    {
        using Generator random = new((ulong)RandomKey.ForRun(Seed, RandomPurpose.Samples).Seed);
        (var start, var spread) = generator is StyleGenerator styles ? Average(styles, random) : Nearest(random, cancellation);
        using var point = start;
        using FusedAdam adam = new([point], new AdamOptions { LearningRate = LargestRate, Beta1 = 0.9, Beta2 = 0.999 });
        FoundLatent? found = null;
        var first = double.NaN;
        var step = 0;
        for (; step < Steps && !cancellation.IsCancellationRequested; step++)
        {
            var done = (step + 0.5) / Steps;
            using var scope = NewDisposeScope();
            var tried = Disturbed(point, spread * Noise * Math.Pow(Math.Max(0, 1 - (done / NoiseSpan)), 2), random).requires_grad_();
            var loss = distance.Of(Render(tried));
            double value = loss.item<float>();
            if (!double.IsFinite(value))
            {
                throw new PganException(
                    $"The distance is {value} after {step} steps; the generator or the feature network makes values that are no numbers.");
            }

            adam.LearningRate = LargestRate * Ramp(done);
            adam.Step([autograd.grad([loss], [tried])[0].contiguous()]);
            first = step == 0 ? value : first;
            if (found is null || value < found.Distance)
            {
                found?.Point.Dispose();
                found = new FoundLatent(Expanded(tried.detach()).clone().DetachFromDisposeScope(), first, value, Steps: 0);
            }

            report(step + 1, $"steps, distance {found.Distance:F4}");
        }

        return found is null ? throw new OperationCanceledException(cancellation) : found with { Steps = step };
    }

    /// <summary>One image at a drawn point, for a check of what computes it.</summary>
    public void Rehearse()
    {
        using var scope = NewDisposeScope();
        using Generator random = new((ulong)Seed);
        _ = distance.Of(Render(generator is StyleGenerator styles ? Average(styles, random).Start : Drawn(1, random)));
    }

    private int[] Classes => Class is { } label ? [label] : [];

    // The average style [1, W] and the deviation of styles from it.
    private (Tensor Start, double Spread) Average(StyleGenerator styles, Generator random)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var latents = Drawn(MappedLatents, random);
        var labels = styles.Classes == 0 ? null : LatentFile.OneHot(Classes, styles, latents).expand(MappedLatents, -1);
        var mapped = styles.Map(latents, labels).select(1, 0); // [M, W]
        var average = mapped.mean([0], keepdim: true); // [1, W]
        var distances = mapped - average;
        var spread = Math.Sqrt((distances * distances).sum().item<float>() / MappedLatents);
        return (average.MoveToOuterDisposeScope(), spread);
    }

    // The best of some latents [1, Z], and the deviation of latents from zero.
    private (Tensor Start, double Spread) Nearest(Generator random, CancellationToken cancellation)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var latents = Drawn(Candidates, random);
        var best = 0;
        var least = double.PositiveInfinity;
        for (var candidate = 0; candidate < Candidates; candidate++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            double value = distance.Of(Render(latents.narrow(0, candidate, 1))).item<float>();
            (best, least) = value < least ? (candidate, value) : (best, least);
        }

        return (latents.narrow(0, best, 1).clone().MoveToOuterDisposeScope(), Math.Sqrt(generator.LatentSize));
    }

    // [count, Z].
    private Tensor Drawn(long count, Generator random)
    {
        Tensor weight = generator.parameters().First();
        return randn([count, generator.LatentSize], generator: random).to(weight.dtype, weight.device);
    }

    private Tensor Render(Tensor point) => LatentFile.Render(generator, Expanded(point), Classes, noise: null);

    // [1, S, W] of a style [1, W]; a latent as it is.
    private Tensor Expanded(Tensor point) => generator is StyleGenerator styles ? point.unsqueeze(1).expand(-1, styles.Styles, -1) : point;

    private static Tensor Disturbed(Tensor point, double strength, Generator random)
    {
        using var factor = strength.ToScalar();
        // Drawn on the CPU, so that the device has no say in what is tried.
        var noise = randn(point.shape, generator: random).to(point.dtype, point.device);
        return point.detach().Plus(noise * factor);
    }

    // Of the learning rate: up along a line, down along a cosine.
    private static double Ramp(double done) =>
        Math.Min(1, done / RampUp) * (0.5 - (0.5 * Math.Cos(Math.PI * Math.Min(1, (1 - done) / RampDown))));
}

/// <summary>What a <see cref="LatentSearch"/> found.</summary>
/// <param name="Point">[1, Z], or styles [1, S, W]; the receiver's to dispose.</param>
/// <param name="First">The distance at the start.</param>
/// <param name="Distance">The distance of the point's image.</param>
/// <param name="Steps">Steps that were done.</param>
internal sealed record FoundLatent(Tensor Point, double First, double Distance, int Steps);
