using System.Globalization;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Generators.Styles;
using ProjectedGan.Networks.Images;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Weights.SafeTensorsFormat;
using ProjectedGan.Weights.Sources;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Samples;

/// <summary>
/// Points of a generator's latent space out of safetensors files, and the images there: <c>z</c> [N, Z], a generator's input, or, where it
/// has them, <c>w</c> [N, S, W], the styles of each layer, or [N, W], one style for all. <c>pgan invert</c> writes such files.
/// </summary>
public sealed class LatentFile : IImageBatches, IDisposable
{
    private const string Latents = "z", Styles = "w";
    private const string ClassKey = "class";

    private readonly GeneratorNetwork _generator;
    private readonly Tensor _points;
    private readonly IReadOnlyList<int> _classes;

    private LatentFile(GeneratorNetwork generator, Tensor points, IReadOnlyList<int> classes)
    {
        _generator = generator;
        _points = points;
        _classes = classes;
    }

    /// <summary>Whether the points are styles: ways between them are straight, and what maps latents has no say any more.</summary>
    public bool AreStyles => _points.dim() == 3;

    /// <inheritdoc/>
    public long Count => _points.size(0);

    /// <summary>Reads the points of all files, in their order.</summary>
    /// <param name="paths">At least one.</param>
    /// <param name="generator">In evaluation mode; not disposed with this object.</param>
    /// <param name="label">The class of all points of a conditional generator; null for those that the files name.</param>
    /// <exception cref="PganException">A file cannot be read or is of another generator, or a class is missing.</exception>
    public static LatentFile Read(IReadOnlyList<string> paths, GeneratorNetwork generator, int? label)
    {
        using var scope = NewDisposeScope();
        List<Tensor> points = [];
        List<int> classes = [];
        foreach (var path in paths)
        {
            using var file = SafeTensors.Read(path);
            var read = ReadPoints(file, generator);
            if (points.Count > 0 && points[0].dim() != read.dim())
            {
                throw new UsageException(
                    $"'{paths[0]}' and '{path}' hold points of different spaces, latents ({Latents}) and styles ({Styles}); give files of one kind.");
            }

            points.Add(read);
            if (generator.Classes > 0 && read.dim() == 2)
            {
                classes.AddRange(Enumerable.Repeat(label ?? Class(file, generator), (int)read.size(0)));
            }
        }

        if (label is not null && points[0].dim() == 3)
        {
            throw new UsageException(
                $"--class is {label}, and '{paths[0]}' holds styles, which have their class in them; leave --class out.");
        }

        Tensor weight = generator.parameters().First();
        return new LatentFile(generator, cat(points, 0).to(weight.dtype, weight.device).DetachFromDisposeScope(), classes);
    }

    /// <summary>Writes points as <see cref="Read"/> takes them.</summary>
    /// <param name="path">The file; replaced as a whole.</param>
    /// <param name="points">[N, Z], or styles [N, S, W].</param>
    /// <param name="label">The class of latents of a conditional generator.</param>
    /// <param name="notes">What else is worth knowing of them.</param>
    /// <exception cref="PganException">The file cannot be written.</exception>
    public static void Write(string path, Tensor points, int? label, IReadOnlyDictionary<string, string> notes)
    {
        Dictionary<string, string> metadata = new(notes);
        if (label is { } known && points.dim() == 2)
        {
            metadata[ClassKey] = known.ToString(CultureInfo.InvariantCulture);
        }

        TensorFile.Write(path, [(points.dim() == 2 ? Latents : Styles, points)], metadata);
    }

    /// <summary>Some of the points, [count, Z] or [count, S, W]; the caller's.</summary>
    public Tensor Points(long first, long count) => _points.narrow(0, first, count);

    /// <summary>The images of points.</summary>
    /// <param name="points">Those of <see cref="Points(long, long)"/>, or others near them.</param>
    /// <param name="first">The number of the first, whose class it and those behind it have.</param>
    /// <param name="noise">What is injected where the generator's mode asks for drawn noise.</param>
    /// <returns>[count, 3, R, R] in about [-1, 1].</returns>
    public Tensor Render(Tensor points, long first, INoiseSource? noise) =>
        Render(_generator, points, [.. _classes.Skip((int)first).Take((int)points.size(0))], noise);

    /// <inheritdoc cref="Render(Tensor, long, INoiseSource?)"/>
    /// <param name="generator">In evaluation mode.</param>
    /// <param name="points">[N, Z], or styles [N, S, W].</param>
    /// <param name="classes">Of each point, for latents of a conditional generator.</param>
    /// <param name="noise">What is injected where the generator's mode asks for drawn noise.</param>
    public static Tensor Render(GeneratorNetwork generator, Tensor points, IReadOnlyList<int> classes, INoiseSource? noise)
    {
        if (points.dim() == 3)
        {
            return ((StyleGenerator)generator).Synthesize(points, noise);
        }

        using var scope = NewDisposeScope();
        var labels = generator.Classes == 0 ? null : OneHot(classes, generator, points);
        return generator.forward(points, labels, noise).MoveToOuterDisposeScope();
    }

    /// <summary>Classes as a generator takes them.</summary>
    /// <param name="classes">From 0.</param>
    /// <param name="generator">A conditional one.</param>
    /// <param name="like">Has the type and the device.</param>
    /// <returns>[N, C].</returns>
    public static Tensor OneHot(IReadOnlyList<int> classes, GeneratorNetwork generator, Tensor like)
    {
        using var scope = NewDisposeScope();
        var numbers = tensor(classes.Select(number => (long)number).ToArray());
        return nn.functional.one_hot(numbers, generator.Classes).to(like.dtype, like.device).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Tensor> Batches(int batchSize, CancellationToken cancellation)
    {
        for (long first = 0; first < Count; first += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return Make(first, Math.Min(batchSize, Count - first));
        }
    }

    public void Dispose() => _points.Dispose();

    private Tensor Make(long first, long count)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        return ImageTensors.ToBytes(Render(Points(first, count), first, SampleRandomness.Noise(0, first))).MoveToOuterDisposeScope();
    }

    private static Tensor ReadPoints(SafeTensorsFile file, GeneratorNetwork generator)
    {
        string[] names = generator is StyleGenerator ? [Latents, Styles] : [Latents];
        WeightInfo[] found = [.. names.Select(file.Find).OfType<WeightInfo>()];
        if (found is not [var info])
        {
            var wanted = string.Join(" or ", names.Select(name => $"'{name}'"));
            throw new PganException($"'{file.Path}' holds {(found.Length == 0 ? $"{file.Tensors.Count} tensors of other names" : "both")}; "
                + $"a file of latents for this generator has {wanted}, as pgan invert writes it.");
        }

        long[] one = info.Name == Styles && generator is StyleGenerator styles ? [styles.Styles, styles.StyleSize] : [generator.LatentSize];
        var each = info.Shape.Skip(1);
        var fits = info.Shape is [> 0, ..] && (each.SequenceEqual(one) || (info.Name == Styles && each.SequenceEqual(one.Skip(1))));
        if (!fits || !info.Type.IsFloatingPoint())
        {
            throw new PganException($"'{file.Path}': '{info.Name}' is {info.Type.SafeTensorsName()} {info.ShapeText}; "
                + $"this generator takes floating-point [N, {string.Join(", ", one)}]. It is of another generator.");
        }

        var points = file.Load(info.Name);
        if (!points.isfinite().all().item<bool>())
        {
            throw new PganException($"'{file.Path}': '{info.Name}' has NaN or infinite values.");
        }

        return info.Name == Styles && points.dim() == 2 ? points.unsqueeze(1).expand(-1, one[0], -1) : points;
    }

    private static int Class(SafeTensorsFile file, GeneratorNetwork generator) =>
        file.Metadata.TryGetValue(ClassKey, out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var label) && label < generator.Classes
            ? label
            : throw new UsageException($"'{file.Path}' names none of the generator's {generator.Classes} classes; give one with --class.");
}
