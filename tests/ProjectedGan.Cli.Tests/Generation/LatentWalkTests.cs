using ProjectedGan.Cli.Verification;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Foundation;
using ProjectedGan.Networks;
using ProjectedGan.Networks.Generators;

namespace ProjectedGan.Cli.Tests.Generation;

/// <summary>Which classes a walk of a conditional generator shows, by comparison with walks of one class each.</summary>
public class LatentWalkTests
{
    // Class 2 has no image.
    private static readonly int[] Shown = [0, 1, 3];

    [Fact]
    public void Frames_MoreClassesThanCells_ShowThemFromLatentToLatent()
    {
        using var generator = Generator(classes: 4);
        LatentWalk walk = new() { Cells = 1, Stops = 4, FramesBetween = 2, Labels = new Labelled(3, 0, 1, 0) };

        Assert.Equal([0, 0, 1, 1, 3, 3, 0, 0], Classes(generator, walk).Select(cells => cells[0]));
    }

    [Fact]
    public void Frames_CellsForAllClasses_KeepThemAllTheWay()
    {
        using var generator = Generator(classes: 4);
        LatentWalk walk = new() { Cells = 2, Stops = 2, FramesBetween = 1, Labels = new Labelled(3, 0, 1, 0) };

        Assert.All(Classes(generator, walk), cells => Assert.Equal([0, 1, 3, 0], cells));
    }

    [Fact]
    public void Frames_OneClassOrNone_AreTheSameWithLabelsOrWithout()
    {
        using GeneratorNetwork conditional = Generator(classes: 4), plain = Generator(classes: 0);
        LatentWalk walk = new() { Cells = 1, Stops = 2, FramesBetween = 2 };

        Assert.Equal(Pixels(conditional, walk with { Class = 3 }), Pixels(conditional, walk with { Class = 3, Labels = new Labelled(0, 1) }));
        Assert.Equal(Pixels(plain, walk), Pixels(plain, walk with { Labels = new Labelled(0, 1) }));
        Assert.Contains("no labels", Assert.Throws<UsageException>(() => Pixels(conditional, walk)).Message, StringComparison.Ordinal);
        Assert.Contains("5 classes", Assert.Throws<UsageException>(() => Pixels(conditional, walk with { Labels = new Labelled(4) })).Message, StringComparison.Ordinal);
    }

    // Frame by frame, the class of each cell.
    private static List<int[]> Classes(GeneratorNetwork generator, LatentWalk walk)
    {
        var frames = Pixels(generator, walk);
        List<byte[]>[] ofOne = [.. Shown.Select(label => Pixels(generator, walk with { Class = label }))];
        return [.. frames.Select((frame, number) => Enumerable.Range(0, walk.Cells * walk.Cells)
            .Select(cell => Shown.Single(label => Cell(frame, cell).SequenceEqual(Cell(ofOne[Array.IndexOf(Shown, label)][number], cell)))).ToArray())];

        IEnumerable<byte> Cell(byte[] frame, int cell) => Enumerable.Range(cell / walk.Cells * 64, 64)
            .SelectMany(row => frame.Skip(((row * walk.Cells) + (cell % walk.Cells)) * 64 * 3).Take(64 * 3));
    }

    private static List<byte[]> Pixels(GeneratorNetwork generator, LatentWalk walk) =>
        [.. walk.Frames(generator, CancellationToken.None).Select(frame => frame.Pixels.ToArray())];

    private static GeneratorNetwork Generator(int classes)
    {
        var spec = VerificationSpec.Create(replicas: 1, iterations: 1);
        spec = spec with { Data = spec.Data with { Classes = classes }, Generator = spec.Generator with { Conditional = classes > 0 } };
        var generator = new NetworkFactory(spec).CreateGenerator();
        generator.eval();
        return generator;
    }

    /// <summary>A data set that is asked for its labels alone.</summary>
    private sealed class Labelled(params int[] labels) : IImageDataset
    {
        public int Count => labels.Length;

        public int Resolution => throw new NotSupportedException();

        public int Channels => throw new NotSupportedException();

        public int ClassCount => labels.Max() + 1;

        public string Hash => throw new NotSupportedException();

        public string Name(int index) => throw new NotSupportedException();

        public int? Label(int index) => labels[index];

        public void Read(int index, Span<byte> planar) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
