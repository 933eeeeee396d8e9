using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Images;
using ProjectedGan.Tensors;
using TorchSharp;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Samples;

/// <summary>
/// A closed walk through latent space, shown as a grid of cells that each walk between latents of their own. FastGAN normalises z to the
/// hypersphere, so the walk goes along great circles (spherical interpolation). Of a conditional generator the cells take the classes that have
/// images in turn; where those are more than the cells, the way from each latent to the next shows the following ones.
/// </summary>
public sealed record LatentWalk
{
    /// <summary>Cells a row and a column.</summary>
    public int Cells { get; init; } = 4;

    /// <summary>Latents that each cell visits before it returns to its first.</summary>
    public int Stops { get; init; } = 4;

    /// <summary>Frames from one latent to the next.</summary>
    public int FramesBetween { get; init; } = 12;

    /// <summary>Seed of latents and noise.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// In place of latents of <see cref="Seed"/>: the first latent of each of these seeds, the cells' first ones first; as many as cells and
    /// stops take.
    /// </summary>
    public IReadOnlyList<long>? Seeds { get; init; }

    /// <summary>In place of drawn latents: those of files, as many as cells and stops take. Between styles the walk goes straight.</summary>
    public LatentFile? Latents { get; init; }

    /// <summary>For a conditional generator: the data set whose labels say which classes have images.</summary>
    public IImageDataset? Labels { get; init; }

    /// <summary>For a conditional generator: the class of every cell, in place of those of <see cref="Labels"/>; from 0.</summary>
    public int? Class { get; init; }

    public int FramesPerSecond { get; init; } = 20;

    /// <summary>Frames in all.</summary>
    public int Length => Stops * FramesBetween;

    /// <summary>The frames in order; the last leads back to the first.</summary>
    /// <exception cref="UsageException">A conditional generator has no labels to take classes from, or some that it does not know.</exception>
    public IEnumerable<ImageBuffer> Frames(GeneratorNetwork generator, CancellationToken cancellation)
    {
        var classes = Latents is null ? GeneratedImages.Classes(generator, Labels, Class) : [];
        for (var frame = 0; frame < Length; frame++)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Frame(generator, classes, frame / FramesBetween, frame % FramesBetween / (float)FramesBetween);
        }
    }

    private ImageBuffer Frame(GeneratorNetwork generator, IReadOnlyList<int> classes, int stop, float share)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        Tensor from = Points(generator, stop), to = Points(generator, (stop + 1) % Stops);
        if (Latents is { } file)
        {
            var between = file.AreStyles ? Straight(from, to, share) : Slerp(from, to, share);
            return SampleGrid.Compose(file.Render(between, stop * Cells * Cells, SampleRandomness.Noise(Seed, 0)), Cells);
        }

        Tensor weight = generator.parameters().First();
        var latents = Slerp(from, to, share).to(weight.dtype, weight.device);
        var labels = classes.Count == 0 ? null : nn.functional.one_hot(tensor(CellClasses(classes, stop)), generator.Classes).to(weight.dtype, weight.device);
        // The same noise in every frame: only the latents move.
        var images = generator.forward(latents, labels, SampleRandomness.Noise(Seed, 0));
        return SampleGrid.Compose(images, Cells);
    }

    // Of all cells: [cells, Z], or styles [cells, S, W].
    private Tensor Points(GeneratorNetwork generator, int stop)
    {
        int cells = Cells * Cells, first = stop * cells;
        return Latents is { } file ? file.Points(first, cells)
            : Seeds is { } seeds ? cat([.. seeds.Skip(first).Take(cells).Select(seed => Drawn(seed, 0, 1))], 0)
            : Drawn(Seed, first, cells);

        Tensor Drawn(long seed, int from, int count) => SampleRandomness.Latents(seed, from, count, generator.LatentSize);
    }

    private static Tensor Straight(Tensor from, Tensor to, float share)
    {
        using var done = share.ToScalar();
        return from.Plus((to - from) * done);
    }

    // Held from one latent to the next: the embedding is a table, which knows nothing between two classes. A cell changes its class only where
    // the cells are too few for all.
    private long[] CellClasses(IReadOnlyList<int> classes, int stop)
    {
        int cells = Cells * Cells, first = classes.Count > cells ? stop * cells : 0;
        return [.. Enumerable.Range(first, cells).Select(turn => (long)classes[turn % classes.Count])];
    }

    // [N, Z] each; independent normal latents are nearly orthogonal, so the angle is never near 0.
    private static Tensor Slerp(Tensor from, Tensor to, float share)
    {
        var cosine = (from * to).sum(1, keepdim: true) / ((from * from).sum(1, keepdim: true) * (to * to).sum(1, keepdim: true)).sqrt();
        var angle = cosine.clamp(Of(-0.9999f), Of(0.9999f)).acos();
        using var left = (1 - share).ToScalar();
        using var done = share.ToScalar();
        return (from * angle.mul(left).sin()).Plus(to * angle.mul(done).sin()) / angle.sin();
    }
}
