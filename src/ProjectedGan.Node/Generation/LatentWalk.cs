using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.WeightFiles;
using ProjectedGan.Torch;
using TorchSharp;
using static ProjectedGan.Torch.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Node.Generation;

/// <summary>
/// A closed walk through latent space, shown as a grid of cells that each walk between latents of their own. FastGAN normalises z to the
/// hypersphere, so the walk goes along great circles (spherical interpolation).
/// </summary>
internal sealed record LatentWalk
{
    /// <summary>Cells a row and a column.</summary>
    public int Cells { get; init; } = 4;

    /// <summary>Latents that each cell visits before it returns to its first.</summary>
    public int Stops { get; init; } = 4;

    /// <summary>Frames from one latent to the next.</summary>
    public int FramesBetween { get; init; } = 12;

    public long Seed { get; init; }

    /// <summary>The class of a conditional generator.</summary>
    public int Class { get; init; }

    public TimeSpan FrameTime { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Writes an animated WebP.</summary>
    public void Write(GeneratorNetwork generator, string path, CancellationToken cancellation)
    {
        byte[] animation = ImageCodec.EncodeAnimatedWebp(Frames(generator, cancellation), FrameTime);
        AtomicFile.Write(path, stream => stream.Write(animation));
    }

    /// <summary>The frames in order; the last leads back to the first.</summary>
    public IEnumerable<ImageBuffer> Frames(GeneratorNetwork generator, CancellationToken cancellation)
    {
        for (int frame = 0; frame < Stops * FramesBetween; frame++)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Frame(generator, frame / FramesBetween, frame % FramesBetween / (float)FramesBetween);
        }
    }

    private ImageBuffer Frame(GeneratorNetwork generator, int stop, float share)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        long cells = Cells * Cells;
        Tensor weight = generator.parameters().First();
        Tensor from = SampleRandomness.Latents(Seed, stop * cells, cells, generator.LatentSize);
        Tensor to = SampleRandomness.Latents(Seed, (stop + 1) % Stops * cells, cells, generator.LatentSize);
        Tensor latents = Slerp(from, to, share).to(weight.dtype, weight.device);
        Tensor? labels = generator.Classes == 0 ? null : nn.functional.one_hot(full([cells], Of(Class), int64), generator.Classes).to(weight.dtype, weight.device);
        // The same noise in every frame: only the latents move.
        Tensor images = generator.forward(latents, labels, SampleRandomness.Noise(Seed, 0));
        return SampleGrid.Compose(images, Cells);
    }

    // [N, Z] each; independent normal latents are nearly orthogonal, so the angle is never near 0.
    private static Tensor Slerp(Tensor from, Tensor to, float share)
    {
        Tensor cosine = (from * to).sum(1, keepdim: true) / ((from * from).sum(1, keepdim: true) * (to * to).sum(1, keepdim: true)).sqrt();
        Tensor angle = cosine.clamp(Of(-0.9999f), Of(0.9999f)).acos();
        using var left = (1 - share).ToScalar();
        using var done = share.ToScalar();
        return (from * angle.mul(left).sin()).Plus(to * angle.mul(done).sin()) / angle.sin();
    }
}
